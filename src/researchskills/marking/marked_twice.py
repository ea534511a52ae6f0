"""An answer that several people marked without knowing of each other, and the mark that was agreed for it.

An agreed mark counts in the gradebook and for the learner, like any other. What it rests on is kept beside it in
`moderation/MODULE/LEARNER/QUESTION.json` of the marking room: first, second and agreed marks, who gave them, when and
why, those that were taken back included.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from filelock import FileLock, Timeout

from researchskills import saving
from researchskills.bank import Question
from researchskills.errors import CourseError
from researchskills.marking import rubric
from researchskills.marking.desk import ChangedError, Mark
from researchskills.marking.kept import PATIENCE, Place, fingerprint, load, marker_name, typed
from researchskills.marking.marks_file import VERSION, as_bytes, content_of
from researchskills.marking.written import written_texts
from researchskills.store import now

RECORD = "record of moderation"
#: What the first mark is called; second markers are B, C and so on.
FIRST = "A"


@dataclass
class Answer:
    """One answer that was marked twice or more.

    Attributes
    ----------
    id : str
        Tells nothing about who wrote it.
    place : Place
        Whose it is, and where its marks are.
    question : Question
        What it answers.
    text : str
        The answer.
    first : Mark
        The mark on the day when the sample was drawn.
    second : dict of str to Mark
        Marks of second markers, by their letters.
    """

    id: str
    place: Place
    question: Question
    text: str
    first: Mark
    second: dict[str, Mark] = field(default_factory=dict)

    @property
    def marks(self) -> dict[str, Mark]:
        """All marks by letter, the first one first."""
        return {FIRST: self.first, **self.second}

    def spread(self, criterion: str) -> int:
        """How many levels lie between the lowest and the highest mark."""
        levels = [one.levels[criterion] for one in self.marks.values()]
        return max(levels) - min(levels)

    @property
    def apart(self) -> int:
        """Sum of the spreads; 0 when all marks are the same."""
        return sum(map(self.spread, self.first.levels))

    @property
    def criteria(self) -> list[str]:
        """The criteria, those first on which the marks differ most."""
        return sorted(self.first.levels, key=lambda one: -self.spread(one))

    @property
    def counting(self) -> Mark | None:
        """The mark that counts in the room now."""
        return rubric.as_mark(load(self.place).counting(self.text))

    @property
    def agreed(self) -> Mark | None:
        """The agreed mark, as long as it is the one that counts."""
        mark = self.counting
        return mark if mark and any(_is_same(mark, one) for one in self._on_record()) else None

    @property
    def settled(self) -> Mark | None:
        """The agreed mark; or the one that counts, where all gave the same levels and there is nothing to agree on."""
        mark = self.counting
        return self.agreed or (mark if mark and not self.apart and mark.levels == self.first.levels else None)

    def agree(self, mark: Mark, seen: int) -> Mark:
        """Keep an agreed mark, which then counts.

        Parameters
        ----------
        mark : Mark
            With its reason. Without a comment, the one that the learner would get anyway is kept.
        seen : int
            Revision of the settled mark that was on the screen; 0 for none.
        """
        rubric.check_levels(self.question.mark_scheme["rubric"], mark.levels)
        with self._alone():
            given = Mark(mark.levels, mark.comment, marker_name(mark.marker), reason=typed(mark.reason, "reason"))
            agreed = self.agreed
            if agreed and agreed.revision != seen and _is_same(agreed, asdict(given)):
                # The same thing sent twice, as by a second press of the button.
                return agreed
            counting, earlier = self._unchanged(seen), self._on_record()
            if counting and not given.comment.strip():
                given = replace(given, comment=counting.comment)
            # On record first: should this be interrupted, an agreed mark that counts is known to be one.
            self._keep([*earlier, {**asdict(given), "time": now()}])
            try:
                kept = rubric.give(self.place, self.question, self.text, given, counting.revision if counting else 0)
            except CourseError:
                self._keep(earlier)
                raise
            self._keep([*earlier, asdict(kept)])
        return kept

    def take_back(self, marker: str, seen: int) -> Mark | None:
        """Take the agreed mark back, and return the one that is then settled, if any."""
        with self._alone():
            self._unchanged(seen)
            if not self.agreed:
                raise CourseError("There is no agreed level to take back. Nothing was changed.")
            rubric.take_back(self.place, self.question, self.text, marker, seen)
        return self.settled

    def _unchanged(self, seen: int) -> Mark | None:
        """The mark that counts, once it is sure that answer and agreed mark are those on the screen."""
        place = self.place
        if written_texts(place.room, place.module, place.learner).get(place.question) != self.text:
            raise CourseError(
                "The learner has handed in another answer in the meantime, so there is nothing to agree on here. "
                "Nothing was changed. Close this page, and mark the new answer."
            )
        settled = self.settled
        if (settled.revision if settled else 0) != seen:
            raise ChangedError(
                "Somebody else has agreed on levels in the meantime, or has taken them back. Nothing was replaced.",
                settled,
            )
        return self.counting

    @property
    def _file(self) -> Path:
        return self.place.room / "moderation" / self.place.module / self.place.learner / f"{self.place.question}.json"

    def _on_record(self) -> list[dict]:
        """Every mark that was agreed on, in the order of time."""
        return content_of(self._file, RECORD)["agreed"] if self._file.exists() else []

    def _keep(self, agreed: list[dict]) -> None:
        content = {
            "what": RECORD,
            "version": VERSION,
            "module": self.place.module,
            "learner": self.place.learner,
            "question": self.place.question,
            "answer": fingerprint(self.text),
            "first": asdict(self.first),
            "second": [asdict(one) for one in self.second.values()],
            "agreed": agreed,
        }
        saving.write(self._file, as_bytes(content))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        lock = self._file.with_name(f".{self.place.question}.lock")
        try:
            lock.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(lock, timeout=PATIENCE):
                yield
        except Timeout:
            raise CourseError(
                "Somebody else is agreeing on this very answer. Nothing was changed. Try again in a moment."
            ) from None
        except OSError as problem:
            raise CourseError(
                f"The record in {lock.parent} cannot be written ({problem.strerror or problem}). Nothing was changed. "
                "See whether the folder may be written to, and try again."
            ) from None


def _is_same(mark: Mark, entry: dict) -> bool:
    # A first mark has no reason, so it is never taken for an agreed one.
    return bool(mark.reason) and all(getattr(mark, name) == entry[name] for name in ("levels", "marker", "reason"))
