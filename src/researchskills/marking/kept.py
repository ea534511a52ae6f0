"""Marks that people give, kept so that none is lost and nothing disagrees.

Two places know of a mark. nbgrader's gradebook has the points that count and the comment, so that nbgrader's own
tools see them. A file in `marks/` has everything: levels, reason, who and when, the marks that were there before,
those that were taken back, and a fingerprint of the answer that was read.

**The file is the truth, and the gradebook follows it.** A mark is written in three steps: the file, which now
names what the gradebook held and what it is to hold; the gradebook; the file again, without what it held. Whoever
finds the first of these without the last knows that somebody was interrupted, and finishes it (`agree`). Points
that the gradebook got from elsewhere, such as nbgrader's own pages, were never put there by the file: they are left
alone, and are kept among the earlier marks when a new one takes their place. An empty place is filled again, also in
a gradebook that was lost and made anew.

A mark is about one answer. When a learner hands in a different one, the mark stands in its file but does not count,
until the earlier answer comes back or somebody marks the new one.
"""

import contextlib
import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from researchskills import store
from researchskills.bank import Question
from researchskills.errors import CourseError
from researchskills.marking.desk import ChangedError
from researchskills.marking.room import NOTEBOOK, gradebook

LONGEST_NAME = 60
LONGEST_TEXT = 20_000
#: Seconds to wait for somebody else who is writing the same mark.
PATIENCE = 5
#: Signs that turn the direction of the text behind them, so that a name would not read as it is written.
_TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
#: What the gradebook holds where nobody has given anything: no points, no comment.
NOTHING = (None, None)


@dataclass(frozen=True)
class Place:
    """Where marks for one learner's answer to one question are kept.

    Attributes
    ----------
    room : pathlib.Path
        The marking room.
    module, learner, question : str
        Full module name, learner code and id of the question.
    """

    room: Path
    module: str
    learner: str
    question: str

    @property
    def file(self) -> Path:
        """The file with the marks."""
        return self.room / "marks" / self.module / self.learner / f"{self.question}.json"

    @property
    def lock(self) -> Path:
        """Held by whoever writes there."""
        return self.file.with_name(f".{self.question}.lock")


@dataclass(frozen=True)
class Kept:
    """Everything that was ever given for one answer.

    Attributes
    ----------
    standing : dict or None
        The last mark that was not taken back.
    earlier : list of dict
        All others, in the order in which they were given; `taken_back` says by whom and when.
    gradebook : list of tuple
        Points and comment that this file has put into the gradebook; two while somebody is writing.
    """

    standing: dict | None = None
    earlier: list[dict] = field(default_factory=list)
    gradebook: list[tuple[float | None, str | None]] = field(default_factory=list)

    @property
    def next_revision(self) -> int:
        """Number of the next mark; a number is never used twice."""
        return 1 + max((one["revision"] for one in (*self.earlier, self.standing) if one), default=0)

    def counting(self, answer: str) -> dict | None:
        """The standing mark, if it is about this answer."""
        return self.standing if self.standing and self.standing["answer"] == fingerprint(answer) else None

    def wanted(self, answer: str) -> tuple[float | None, str | None]:
        """What the gradebook should hold."""
        mark = self.counting(answer)
        return (mark["points"], mark.get("comment") or None) if mark else NOTHING

    def owns(self, held: tuple[float | None, str | None]) -> bool:
        """Whether the gradebook got this from here."""
        return held == NOTHING or held in self.gradebook

    def as_bytes(self) -> bytes:
        """As it is written to the file."""
        content = {**(self.standing or {}), "earlier": self.earlier, "gradebook": self.gradebook}
        return json.dumps(content, ensure_ascii=False, indent=1).encode()


def fingerprint(answer: str) -> str:
    """Tells answers apart without repeating them."""
    return hashlib.sha256(answer.encode("utf-8", "surrogatepass")).hexdigest()


def load(place: Place) -> Kept:
    """What is kept in a place; a file that cannot be read is set aside under another name."""
    try:
        content = json.loads(place.file.read_bytes())
        earlier = [{"revision": number, **one} for number, one in enumerate(content.pop("earlier"), 1)]
        # Files of the first edition say nothing of the gradebook, which was then written in one step.
        held = content.pop("gradebook", None) or [(content["points"], content.get("comment") or None)]
        standing = {"revision": len(earlier) + 1, **content} if content else None
        if standing:
            _ = standing["points"], standing["answer"]
        return Kept(standing, earlier, [(points, comment) for points, comment in held])
    except FileNotFoundError:
        return Kept()
    except (ValueError, KeyError, TypeError, AttributeError):
        place.file.replace(place.file.with_name(f"{place.question}.damaged-{datetime.now(UTC):%Y%m%d-%H%M%S}.json"))
        return Kept()


# -- what people type --------------------------------------------------------------------------------


def marker_name(given: str) -> str:
    """The name of somebody who marks, trimmed.

    Raises
    ------
    CourseError
        If there is none, or it could not be read on a page.
    """
    name = given.strip()
    if not name:
        raise CourseError("A mark carries the name of its marker. Nothing was recorded. Type your name first.", 2)
    if len(name) > LONGEST_NAME:
        raise CourseError(f"A marker’s name has at most {LONGEST_NAME} characters. Nothing was recorded.", 2)
    if any(unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") or sign in _TURNING for sign in name):
        raise CourseError("A marker’s name is one line of plain letters. Nothing was recorded. Type it again.", 2)
    return name


def typed(text: str, what: str) -> str:
    """A comment or a reason, trimmed, with the line ends that files have.

    Raises
    ------
    CourseError
        If it is far too long.
    """
    text = text.replace("\r\n", "\n").encode("utf-8", "replace").decode().strip()
    if len(text) > LONGEST_TEXT:
        raise CourseError(f"The {what} has more than {LONGEST_TEXT:,} characters. Nothing was recorded.", 2)
    return text


# -- giving and taking back --------------------------------------------------------------------------


def give(
    place: Place, question: Question, answer: str, entry: dict, seen: int | None, shown: Callable[[dict | None], object]
) -> dict:
    """Keep a mark.

    Parameters
    ----------
    place : Place
        Whose answer, to what.
    question : Question
        The question.
    answer : str
        The answer that was read.
    entry : dict
        `points`, `marker`, and what else belongs to the mark.
    seen : int or None
        Revision that the marker saw (0: none); None to put the mark on top of whatever is there.
    shown : callable
        Makes of an entry what a `ChangedError` carries.

    Returns
    -------
    dict
        The entry with `time`, `answer` and `revision`.

    Raises
    ------
    ChangedError
        If another revision counts now.
    CourseError
        If it could not be written. Nothing was recorded.
    """
    with _alone(place), writing(place.room, "recorded") as book:
        kept = load(place)
        counts = kept.counting(answer)
        if counts and seen not in (None, counts["revision"]) and entry.items() <= counts.items():
            # The same thing sent twice, as by a second press of the button.
            return counts
        _compare(counts, seen, shown)
        rows = _rows(book, place, question)
        kept = _with_elsewhere(kept, rows.held, answer)
        mark = {**entry, "time": store.now(), "answer": fingerprint(answer), "revision": kept.next_revision}
        earlier = [*kept.earlier, *([kept.standing] if kept.standing else [])]
        _write(place, book, rows, Kept(mark, _in_order(earlier)), question, answer)
        return mark


def take_back(
    place: Place, question: Question, answer: str, marker: str, seen: int, shown: Callable[[dict | None], object]
) -> dict | None:
    """Take the mark back that counts, and return the one that counts again.

    Parameters
    ----------
    place, question, answer, seen, shown
        As for `give`.
    marker : str
        Who takes it back.
    """
    with _alone(place), writing(place.room, "taken back") as book:
        kept = load(place)
        counts = kept.counting(answer)
        _compare(counts, seen, shown)
        if not counts or "elsewhere" in counts:
            raise CourseError("There is no mark to take back. Nothing was changed.")
        rows = _rows(book, place, question)
        kept = _with_elsewhere(kept, rows.held, answer)
        undone = {**kept.standing, "taken_back": {"marker": marker, "time": store.now()}}
        others = [one for one in kept.earlier if "taken_back" not in one]
        before = others[-1] if others else None
        earlier = [one for one in kept.earlier if one is not before]
        kept = Kept(before, _in_order([*earlier, undone]))
        _write(place, book, rows, kept, question, answer)
        return kept.counting(answer)


def _compare(counts: dict | None, seen: int | None, shown: Callable[[dict | None], object]) -> None:
    # What nbgrader's own pages gave is no mark of a desk, and nobody saw it there as one.
    counts = None if counts and "elsewhere" in counts else counts
    if seen is None or seen == (counts["revision"] if counts else 0):
        return
    if counts:
        what = f"{counts['marker']} has marked this since you opened it."
    else:
        what = "The mark that you saw has been taken back, or was about an earlier answer."
    raise ChangedError(f"{what} Nothing was changed. Look at what stands there now, and decide again.", shown(counts))


def _with_elsewhere(kept: Kept, held: tuple[float | None, str | None], answer: str) -> Kept:
    """Keep what came into the gradebook from nbgrader's own pages before something else takes its place."""
    if kept.owns(held):
        return kept
    points, comment = held
    elsewhere = {
        "points": points,
        "comment": comment or "",
        "marker": "",
        "time": store.now(),
        "answer": fingerprint(answer),
        "revision": kept.next_revision,
        "elsewhere": True,
    }
    return replace(kept, earlier=[*kept.earlier, elsewhere])


def _in_order(entries: Iterable[dict]) -> list[dict]:
    return sorted(entries, key=lambda one: one["revision"])


def _write(place: Place, book, rows: "_Rows", kept: Kept, question: Question, answer: str) -> None:
    """The three steps; see the module's docstring."""
    from sqlalchemy.exc import SQLAlchemyError

    wanted = kept.wanted(answer)
    before = place.file.read_bytes() if place.file.exists() else None
    rows.put(wanted, question, answer)
    book.db.flush()
    try:
        place.file.parent.mkdir(parents=True, exist_ok=True)
        store.replace_file(place.file, replace(kept, gradebook=[rows.held, wanted]).as_bytes())
    except OSError as problem:
        raise CourseError(
            f"The mark could not be written ({problem.strerror or problem}). Nothing was changed. "
            f"Make room on the disk, or see whether {place.room} may be written to, and try again."
        ) from problem
    try:
        book.db.commit()
    except SQLAlchemyError:
        if before is None:
            place.file.unlink()
        else:
            store.replace_file(place.file, before)
        raise
    # The mark is safe by now; what is left to do here, the next reader does as well.
    with contextlib.suppress(OSError):
        store.replace_file(place.file, replace(kept, gradebook=[wanted]).as_bytes())


@contextmanager
def _alone(place: Place) -> Iterator[None]:
    try:
        place.lock.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(place.lock, timeout=PATIENCE):
            yield
    except Timeout:
        raise CourseError(
            "Somebody else is writing a mark for this very answer. Nothing was changed. Try again in a moment."
        ) from None
    except OSError as problem:
        raise CourseError(
            f"The marks in {place.room} cannot be written ({problem.strerror or problem}). Nothing was changed. "
            "Make room on the disk, or see whether the folder may be written to, and try again."
        ) from problem


# -- the gradebook -----------------------------------------------------------------------------------


@contextmanager
def writing(room: Path, what: str) -> Iterator:
    """The gradebook with the right to write to it, for which others are waited for some seconds.

    Parameters
    ----------
    room : pathlib.Path
        The marking room.
    what : str
        What nothing was, when it fails: `recorded`.

    Raises
    ------
    CourseError
        If another program keeps it, or it cannot be written.
    """
    from sqlalchemy import text

    with reading(room, what) as book:
        # Asked for before anything is written anywhere, so that a gradebook in use leaves no trace.
        book.db.execute(text("BEGIN IMMEDIATE"))
        yield book


@contextmanager
def reading(room: Path, what: str = "changed") -> Iterator:
    """The gradebook; whatever is wrong with it becomes a sentence.

    Parameters
    ----------
    room, what
        As for `writing`.
    """
    from nbgrader.api import InvalidEntry
    from sqlalchemy.exc import DBAPIError

    try:
        with gradebook(room) as book:
            yield book
    except (DBAPIError, InvalidEntry) as problem:  # nbgrader gives the database's words on
        words = str(getattr(problem, "orig", problem))
        if "locked" in words or "busy" in words:
            raise CourseError(
                f"Another program is using the gradebook in {room}. Nothing was {what}. "
                "Wait until marking has finished, or close nbgrader’s own pages, and try again."
            ) from problem
        raise CourseError(
            f"The gradebook in {room} cannot be used ({words}). Nothing was {what}. "
            "See whether the disk is full, or put a copy of gradebook.db back that you trust."
        ) from problem


@dataclass
class _Rows:
    """nbgrader's rows for one answer: its grade, and its comment where it has one."""

    grade: object
    note: object | None

    def __post_init__(self):
        comment = self.note.manual_comment if self.note else None
        self.held = (self.grade.manual_score, comment)

    def needs(self, points: float | None, question: Question, answer: str) -> bool:
        """Whether a person has to look at it, given the points that a person gave."""
        if points is not None:
            return False
        return bool(answer) if question.marked_by == "mentor" else self.grade.auto_score is None

    def put(self, wanted: tuple[float | None, str | None], question: Question, answer: str) -> None:
        self.grade.manual_score, comment = wanted
        self.grade.needs_manual_grade = self.needs(wanted[0], question, answer)
        if self.note:
            self.note.manual_comment = comment


def find(place: Place) -> None:
    """Make sure that the gradebook has a place for the answer.

    Raises
    ------
    CourseError
        If the learner has handed in nothing.
    """
    from nbgrader.api import MissingEntry

    with reading(place.room) as book:
        try:
            book.find_grade(place.question, NOTEBOOK, place.module, place.learner)
        except MissingEntry as problem:
            raise CourseError(
                f"{place.learner} has handed in nothing for {place.module} in {place.room}. Nothing was recorded."
            ) from problem


def held(place: Place, question: Question) -> tuple[float | None, str | None]:
    """What the gradebook has from people: points, and a comment.

    Parameters
    ----------
    place, question
        As for `give`.
    """
    with reading(place.room) as book:
        return _rows(book, place, question).held


def _rows(book, place: Place, question: Question) -> _Rows:
    from nbgrader.api import MissingEntry

    names = (place.question, NOTEBOOK, place.module, place.learner)
    try:
        # Only a text has a cell that takes a comment.
        return _Rows(book.find_grade(*names), book.find_comment(*names) if question.marked_by == "mentor" else None)
    except MissingEntry as problem:
        raise CourseError(
            f"The gradebook in {place.room} has no place for this answer. Nothing was changed. Mark the hand-in again."
        ) from problem


def agree(room: Path, module: str, learners: Iterable[str]) -> None:
    """Bring the gradebook in line with the marks that are kept.

    Needed after a hand-in was marked, since its answers may be others, and after somebody was interrupted. Writes
    nothing when there is nothing to do.

    Parameters
    ----------
    room : pathlib.Path
        The marking room.
    module : str
        Full name.
    learners : iterable of str
        Learner codes.
    """
    from researchskills.marking.results import read_note
    from researchskills.marking.written import given

    # Beside them lie what is known of the hand-in, and files that were set aside; their names are no questions'.
    named = {
        learner: sorted(path.stem for path in folder.glob("m[0-9]*.json") if "." not in path.stem)
        for learner in learners
        for folder in [Place(room, module, learner, "").file.parent]
    }
    answers = {
        Place(room, module, learner, name): answer
        for learner, names in named.items()
        if names
        for left_out in [read_note(room, module, learner).get("not_asked", ())]
        for name, answer in given(room, module, learner, names).items()
        if name not in left_out
    }
    if not answers:
        return
    with reading(room) as book:
        astray = [place for place, answer in answers.items() if _astray(book, place, *answer)]
    for place in astray:
        # Who is just writing this very mark brings it in line as well.
        with contextlib.suppress(Timeout), FileLock(place.lock, timeout=0):
            _bring_in_line(place, *answers[place])


def _astray(book, place: Place, question: Question, answer: str) -> bool:
    try:
        kept, rows = load(place), _rows(book, place, question)
    except CourseError:  # no place in the gradebook as yet
        return False
    if not kept.owns(rows.held):
        return False
    wanted = kept.wanted(answer)
    needs = rows.needs(wanted[0], question, answer)
    return rows.held != wanted or rows.grade.needs_manual_grade != needs or len(kept.gradebook) > 1


def _bring_in_line(place: Place, question: Question, answer: str) -> None:
    with writing(place.room, "changed") as book:
        kept, rows = load(place), _rows(book, place, question)
        if kept.owns(rows.held):
            _write(place, book, rows, kept, question, answer)
