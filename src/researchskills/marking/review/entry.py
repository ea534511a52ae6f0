"""What stands in a form: typed, not yet judged."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from researchskills.bank import Question
from researchskills.marking.desk import Mark
from researchskills.marking.overrides import Override

#: Characters in a comment or a reason.
LONGEST = 10_000


def revision(typed: str) -> int:
    """A revision that a form sent; 0 for whatever is none."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def too_long(name: str, text: str) -> list["Fault"]:
    """A fault, if a text has more characters than anybody will read."""
    if len(text) <= LONGEST:
        return []
    return [Fault(name, f"The {name} has {len(text):,} characters, and {LONGEST:,} is the most. Shorten it.")]


@dataclass(frozen=True)
class Fault:
    """Something that has to be put right before a mark can be saved.

    Attributes
    ----------
    field : str
        Id of the field on the page, or of the group of fields.
    sentence : str
        What is wrong with it.
    """

    field: str
    sentence: str


@dataclass
class Entry:
    """The form for a mark.

    Attributes
    ----------
    levels : dict of str to str
        Number of the criterion, from 0, and what was chosen for it.
    comment, reason : str
        As typed.
    seen : int
        Revision of the mark that was on the screen.
    """

    levels: dict[str, str] = field(default_factory=dict)
    comment: str = ""
    reason: str = ""
    seen: int = 0

    @classmethod
    def of_form(cls, value: Callable[[str], str], rubric: list[dict]) -> "Entry":
        """What a form sent; `value` gives the content of a field, empty when there is none."""
        levels = {str(place): value(f"level-{place}") for place in range(len(rubric))}
        return cls(
            {place: level for place, level in levels.items() if level},
            value("comment"),
            value("reason"),
            revision(value("seen")),
        )

    @classmethod
    def of_mark(cls, mark: Mark | None, rubric: list[dict]) -> "Entry":
        """What the form shows of a mark that was recorded."""
        if mark is None:
            return cls()
        numbers = {row["criterion"]: str(number) for number, row in enumerate(rubric)}
        levels = {numbers[name]: str(level) for name, level in mark.levels.items() if name in numbers}
        return cls(levels, mark.comment, mark.reason, mark.revision)

    def as_form(self) -> dict[str, str]:
        """As a form would send it."""
        levels = {f"level-{place}": level for place, level in self.levels.items()}
        return {**levels, "comment": self.comment, "reason": self.reason, "seen": str(self.seen)}

    def says_the_same(self, other: "Entry") -> bool:
        """Whether a reader would see no difference."""
        return (self.levels, self.comment.strip(), self.reason.strip()) == (
            other.levels,
            other.comment.strip(),
            other.reason.strip(),
        )

    def faults(self, rubric: list[dict], needs_reason: bool) -> list[Fault]:
        """What has to be put right, in the order of the page."""
        found = []
        for number, row in enumerate(rubric):
            level, highest = self.levels.get(str(number), ""), len(row["levels"]) - 1
            if not level:
                found.append(Fault(f"criterion-{number}", f"Choose a level for “{row['criterion']}”."))
            elif level not in map(str, range(highest + 1)):
                found.append(Fault(f"criterion-{number}", f"The level of “{row['criterion']}” is from 0 to {highest}."))
        found += too_long("comment", self.comment) + too_long("reason", self.reason)
        if needs_reason and not self.reason.strip():
            found.append(Fault("reason", "Give a reason for this mark."))
        return found

    def mark(self, rubric: list[dict], marker: str) -> Mark:
        """The mark, once there are no faults."""
        levels = {row["criterion"]: int(self.levels[str(number)]) for number, row in enumerate(rubric)}
        return Mark(levels, self.comment.strip(), marker, reason=self.reason.strip())


@dataclass
class PointsEntry:
    """The form for points in place of those that the course gave.

    Attributes
    ----------
    points, reason : str
        As typed.
    seen : int
        Revision of the points that were on the screen.
    """

    points: str = ""
    reason: str = ""
    seen: int = 0

    @classmethod
    def of_form(cls, value: Callable[[str], str]) -> "PointsEntry":
        """What a form sent; `value` gives the content of a field, empty when there is none."""
        return cls(value("points").strip(), value("reason"), revision(value("seen")))

    @classmethod
    def of_override(cls, override: Override | None) -> "PointsEntry":
        """What the form shows of points that were given."""
        return cls(f"{override.points:g}", override.reason, override.revision) if override else cls()

    def as_form(self) -> dict[str, str]:
        """As a form would send it."""
        return {"points": self.points, "reason": self.reason, "seen": str(self.seen)}

    def says_the_same(self, other: "PointsEntry") -> bool:
        """Whether a reader would see no difference."""
        return (self.points, self.reason.strip()) == (other.points, other.reason.strip())

    @property
    def number(self) -> float | None:
        """The points, if they are a number, with a point or a comma."""
        typed = self.points.replace(",", ".")
        return float(typed) if re.fullmatch(r"\d{1,4}(\.\d{1,6})?", typed, re.ASCII) else None

    def faults(self, question: Question) -> list[Fault]:
        """What has to be put right, in the order of the page."""
        found = []
        if self.number is None or self.number > question.points:
            found.append(Fault("points", f"The points are a number from 0 to {question.points:g}."))
        if not self.reason.strip():
            found.append(Fault("reason", "Give a reason: the learner and other mentors will ask for it."))
        return found + too_long("reason", self.reason)
