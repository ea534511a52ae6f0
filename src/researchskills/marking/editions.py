"""Which edition of a module a hand-in was made with, and by which questions it is marked.

A course is corrected while people work on it, so a hand-in may have been asked other questions than the mentor's
course asks today. Its receipt has a digest of each question that was asked (`hand_in.digest`). A question with the same
digest is the same question and is marked as usual, whatever else has changed in the module. For the others:

- The room keeps every question that it was ever prepared with, so one that was asked otherwise is marked as it was
  asked, if that is known here and it has the same points.
- If not, it is *not marked*, and the mentor is told. It never silently counts as 0.
- A question that a hand-in was never asked is left out of its points.
- Texts go to a mentor anyway, who is told that the task was another.

A receipt from before there were digests tells only its edition. If the room knows it, that is enough; if not, the tasks
in its notebook are compared with today's. Nothing in a receipt is trusted further than this: it can choose among
questions that this room once had, and no more.
"""

import copy
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat

from researchskills import bank, paths
from researchskills.bank import Question
from researchskills.errors import CourseError
from researchskills.hand_in import RECEIPT, digest
from researchskills.marking.room import NOTEBOOK, Prepared, as_it_stands
from researchskills.store import replace_file

_ID = re.compile(r"m\d\d-q[a-z0-9-]+")
_DIGEST = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class Fitted:
    """A module as it is marked for one hand-in.

    Attributes
    ----------
    prepared : Prepared
        The module with the questions that the hand-in was asked.
    problems : tuple of str
        What cannot be marked and why, a sentence each.
    remarks : tuple of str
        Worth knowing.
    """

    prepared: Prepared
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Made:
    """What a hand-in says about the edition it was made with: `asked` is None when it does not say enough."""

    edition: str
    asked: dict[str, str] | None
    is_known: bool
    is_newer: bool

    @property
    def called(self) -> str:
        return f"edition {self.edition[:8]}" if self.edition else "an edition that it does not name"


@dataclass(frozen=True)
class _Compared:
    """The questions that a hand-in was not asked as they are asked today."""

    as_asked: dict[str, Question]
    texts: frozenset[str]
    not_asked: frozenset[str]
    changed: frozenset[str]
    gone: frozenset[str]


def remember(room: Path, module: str, questions: dict[str, Question]) -> None:
    """Keep the questions of a module as they are today, for hand-ins that come when they have changed.

    Parameters
    ----------
    room : pathlib.Path
        The marking room.
    module : str
        Full name.
    questions : dict of str to Question
        As the mentor's course has them.
    """
    edition, released = _released(module)
    for question in (*questions.values(), *released.values()):
        file = _kept_file(room, module, question.id, digest(question))
        if question.points and not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            replace_file(file, json.dumps(question.released(), ensure_ascii=False).encode())
    known = _editions(room, module)
    digests = {name: digest(question) for name, question in released.items() if question.points}
    if edition and known.get(edition) != digests:
        replace_file(_editions_file(room, module), json.dumps({**known, edition: digests}, indent=1).encode())


def for_hand_in(prepared: Prepared | CourseError, module: str, room: Path, folder: Path) -> Fitted:
    """The module as it is marked for one hand-in.

    Parameters
    ----------
    prepared : Prepared or CourseError
        The module of today, or why it could not be prepared in this room. In the second case a hand-in that was
        asked just what the room was prepared for before can still be marked.
    module, room : str, pathlib.Path
        Module and marking room.
    folder : pathlib.Path
        The hand-in in the room.

    Raises
    ------
    CourseError
        If the module could not be prepared, and the hand-in does not belong to what the room has.
    """
    if isinstance(prepared, Prepared):
        return fitted(prepared, folder)
    standing = as_it_stands(module, room)
    made = standing and _made(standing, folder)
    if not made or made.asked != {name: digest(question) for name, question in standing.marked.items()}:
        raise prepared
    return Fitted(standing, remarks=(f"Marked by {made.called}, with which this room began; your course has changed.",))


def fitted(prepared: Prepared, folder: Path) -> Fitted:
    """The module of today with the questions that one hand-in was asked.

    Parameters
    ----------
    prepared : Prepared
        The module of today.
    folder : pathlib.Path
        The hand-in in the room.
    """
    made = _made(prepared, folder)
    compared = _compare(prepared, folder, made)
    return Fitted(_with(prepared, made, compared), *_sentences(prepared, made, compared))


def _compare(prepared: Prepared, folder: Path, made: _Made) -> _Compared:
    now, asked = prepared.marked, made.asked
    gone = _answers(folder) - prepared.questions.keys()
    if asked is None:
        differing, not_asked = _worded_otherwise(prepared, folder), set()
    else:
        not_asked = now.keys() - asked.keys()
        differing = {name for name in now.keys() & asked.keys() if asked[name] != digest(now[name])}
        gone &= asked.keys()
    texts = {name for name in differing if now[name].marked_by == "mentor"}
    then = {name: _kept(prepared.room, prepared.name, name, (asked or {}).get(name, "")) for name in differing - texts}
    as_asked = {name: one for name, one in then.items() if one and _can_stand_for(one, now[name])}
    return _Compared(
        as_asked,
        frozenset(texts),
        frozenset(not_asked),
        frozenset(differing - texts - as_asked.keys()),
        frozenset(gone),
    )


def _sentences(prepared: Prepared, made: _Made, compared: _Compared) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Problems and remarks."""
    titles = {name: question.title for name, question in prepared.questions.items()}
    for name in sorted(compared.gone):
        then = _kept(prepared.room, prepared.name, name, (made.asked or {}).get(name, ""))
        titles[name] = then.title if then else name

    def named(names: Iterable[str]) -> str:
        return ", ".join(f"“{title}”" for name, title in titles.items() if name in names)

    problems, remarks = [], []
    if made.is_newer and (unfit := compared.changed | compared.gone | compared.not_asked):
        problems.append(
            f"It was made with a newer edition of the course than yours ({made.called}), so this was not marked: "
            f"{named(unfit)}. Update your course, then mark it again."
        )
    else:
        if compared.changed:
            problems.append(
                f"Not marked, because the question has changed since this was handed in ({made.called}): "
                f"{named(compared.changed)}. Ask for a new hand-in, or mark it yourself; if your course may not be the "
                "newest, update it first."
            )
        if compared.not_asked and made.is_known:
            remarks.append(f"Not asked in {made.called}, so left out of the points: {named(compared.not_asked)}.")
        elif compared.not_asked:
            problems.append(
                f"Not marked, because it was not asked in {made.called}, which this room does not know: "
                f"{named(compared.not_asked)}. Please look at it yourself."
            )
        if compared.gone:
            remarks.append(f"Answers to questions that the module no longer has were left out: {named(compared.gone)}.")
    if made.asked is None:
        remarks.append(
            f"It was made with {made.called}, which this room does not know; where the task has the same words it was "
            "marked as it is today."
        )
    if compared.as_asked:
        remarks.append(f"Marked as asked in {made.called}: {named(compared.as_asked)}.")
    if compared.texts:
        remarks.append(f"The task was another in {made.called}; please bear it in mind: {named(compared.texts)}.")
    return tuple(problems), tuple(remarks)


def questions_file(room: Path, module: str, fingerprint: str) -> Path:
    """The questions by which a hand-in was marked.

    Parameters
    ----------
    room, module : pathlib.Path, str
        Marking room and module.
    fingerprint : str
        As it was noted when the hand-in was marked.
    """
    own = _folder(room, module) / "as-asked" / f"{fingerprint}.json"
    return own if own.is_file() else _folder(room, module) / "module.json"


def _with(prepared: Prepared, made: _Made, compared: _Compared) -> Prepared:
    as_asked = compared.as_asked
    # Only the room's own record says that a question was not there: a receipt alone could leave out hard ones.
    not_asked = compared.not_asked if made.is_known else frozenset()
    changed = compared.changed | (compared.not_asked - not_asked)
    if not (as_asked or not_asked or changed):
        return prepared
    digests = sorted(digest(question) for question in as_asked.values())
    parts = json.dumps([prepared.fingerprint, digests, sorted(not_asked), sorted(changed)])
    fingerprint = hashlib.sha256(parts.encode()).hexdigest()[:16]
    fitting = replace(prepared, fingerprint=fingerprint, not_asked=not_asked, changed=changed)
    if not as_asked:
        return fitting
    questions = {**prepared.questions, **as_asked}
    file = _folder(prepared.room, prepared.name) / "as-asked" / f"{fingerprint}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    described = {name: question.released() for name, question in questions.items()}
    replace_file(file, json.dumps({"module": prepared.name, "questions": described}).encode())
    release = copy.deepcopy(prepared.release)
    stubs = {f"{name}-answer": one.content["stub"] for name, one in as_asked.items() if one.kind == "value"}
    for cell in release.cells:
        cell.source = stubs.get(cell.get("id"), cell.source)
    return replace(fitting, release=release, questions=questions, asked=file)


def _can_stand_for(then: Question, now: Question) -> bool:
    # The gradebook knows one number of points for a question, and the notebook has a cell for code or has none.
    return (
        then.points == now.points
        and then.marked_by == now.marked_by
        and (then.kind == "value") == (now.kind == "value")
    )


def _made(prepared: Prepared, folder: Path) -> _Made:
    receipt, notebook = _json(folder / RECEIPT), _json(folder / f"{NOTEBOOK}.ipynb")
    marks = notebook.get("metadata")
    marks = marks.get("researchskills") if isinstance(marks, dict) else None
    edition = receipt.get("edition") or (marks.get("edition") if isinstance(marks, dict) else None)
    edition = edition if isinstance(edition, str) and re.fullmatch(r"[\w.-]{1,64}", edition) else ""
    known = _editions(prepared.room, prepared.name)
    asked = receipt.get("questions")
    if edition in known:
        asked = known[edition]
    elif isinstance(asked, dict) and asked:
        asked = {name: str(one) for name, one in asked.items() if _ID.fullmatch(name)}
    else:
        asked = None
    earlier = receipt.get("earlier_editions")
    here, _ = _released(prepared.name)
    return _Made(edition, asked, edition in known, bool(here) and isinstance(earlier, list) and here in earlier)


def _worded_otherwise(prepared: Prepared, folder: Path) -> set[str]:
    """Questions whose task in the learner's notebook stands as it was delivered, and differs from today's."""
    from nbgrader.utils import compute_checksum

    try:
        theirs = nbformat.read(folder / f"{NOTEBOOK}.ipynb", as_version=4)
        cells = {cell.metadata.nbgrader.grade_id: cell for cell in theirs.cells if "nbgrader" in cell.metadata}
        delivered = {name for name, cell in cells.items() if compute_checksum(cell) == cell.metadata.nbgrader.checksum}
    except Exception:  # a file that somebody edited by hand can fail in any way there is
        return set()
    ours = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell.source for cell in prepared.release.cells}
    return {
        name
        for name in prepared.marked
        for task in (name, f"{name}-prompt")
        if task in delivered and cells[task].cell_type == "markdown" and cells[task].source != ours.get(task)
    }


def _answers(folder: Path) -> set[str]:
    return {file.stem for file in (folder / "answers").glob("*.json") if _ID.fullmatch(file.stem)}


def _released(module: str) -> tuple[str, dict[str, Question]]:
    """Edition and questions of a module as learners get them from this course."""
    file = paths.course_root() / "course" / module / "module.json"
    edition = _json(file).get("edition")
    return (edition, bank.read(file)) if isinstance(edition, str) else ("", {})


def _kept(room: Path, module: str, name: str, known_as: str) -> Question | None:
    if not _DIGEST.fullmatch(known_as):
        return None
    entry = _json(_kept_file(room, module, name, known_as))
    return Question.from_released(entry) if entry else None


def _kept_file(room: Path, module: str, name: str, known_as: str) -> Path:
    return _folder(room, module) / "kept" / f"{name}--{known_as}.json"


def _editions(room: Path, module: str) -> dict[str, dict[str, str]]:
    return _json(_editions_file(room, module))


def _editions_file(room: Path, module: str) -> Path:
    return _folder(room, module) / "editions.json"


def _folder(room: Path, module: str) -> Path:
    return room / "questions" / module


def _json(file: Path) -> dict:
    try:
        content = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
