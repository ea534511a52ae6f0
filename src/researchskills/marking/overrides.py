"""Points that a mentor gives for a question which the course marks.

The course's own points stay in the gradebook beside them. What a mentor gives counts instead, with a reason, as long as
the answer is the one it was given for: marking the same answer again leaves it alone, and when another answer comes
it is set aside (see `kept`), of which the results tell.
"""

import math
from dataclasses import dataclass
from pathlib import Path

from researchskills import _html, checks
from researchskills._words import number_of
from researchskills.ask import Asked
from researchskills.bank import Question
from researchskills.errors import CourseError
from researchskills.marking import kept
from researchskills.marking.kept import Place


@dataclass(frozen=True)
class Override:
    """Points in place of those that the course gives.

    Attributes
    ----------
    points : float
        Between 0 and the question's points.
    reason : str
        Why.
    marker, time : str
        Who gave them, and when in UTC.
    revision : int
        How many were given for this answer, this one included.
    """

    points: float
    reason: str
    marker: str
    time: str
    revision: int


def read(room: Path, module: str, learner: str, question: str) -> Override | None:
    """The points that were given last and not taken back; whether they count, the gradebook knows."""
    return as_override(kept.load(Place(room, module, learner, question)).standing)


def give(
    place: Place, question: Question, answer: str, points: float, reason: str, marker: str, seen: int | None = None
) -> Override:
    """Give points in place of those of the course.

    Parameters
    ----------
    place : Place
        Whose answer, to what.
    question : Question
        One that the course marks.
    answer : str
        The answer as `written.given` has it.
    points : float
        From 0 to what the question is worth; two decimals are kept.
    reason : str
        Why.
    marker : str
        Who gives them.
    seen : int, optional
        Revision that the marker saw (0: none); without it the points go on top of whatever is there.

    Raises
    ------
    ChangedError
        If another revision counts now.
    CourseError
        If the points are out of range, or there is no reason. Nothing was recorded.
    """
    entry = {
        "points": _checked(points, question),
        "reason": kept.typed(reason, "reason"),
        "marker": kept.marker_name(marker),
    }
    if not entry["reason"]:
        raise CourseError(
            "Points in place of those of the course need a reason. Nothing was recorded. Say why in a sentence.", 2
        )
    return as_override(kept.give(place, question, answer, entry, seen, as_override))


def take_back(place: Place, question: Question, answer: str, marker: str, seen: int) -> Override | None:
    """Take the points back that count, and return those that count again; None for the course's own.

    Parameters
    ----------
    place, question, answer, seen
        As for `give`.
    marker : str
        Who takes them back.
    """
    given = kept.take_back(place, question, answer, kept.marker_name(marker), seen, as_override)
    return as_override(given)


def why(points: float | None, answer: Asked) -> str:
    """What the course's check has to say about an answer, as HTML for a mentor.

    Parameters
    ----------
    points : float or None
        What the check gave; None when it gave nothing.
    answer : Asked
        The answer.
    """
    outcome = answer.outcome()
    if points is None:
        return "<p>This could not be marked: the check gave no points. Mark the hand-in again, or give points here.</p>"
    if outcome.status == checks.NOT_ATTEMPTED:
        return "<p>No answer came with the hand-in, or none that could be read.</p>"
    if outcome.status == checks.ERROR:
        # This message repeats what was typed, and may therefore not be read as Markdown.
        return _html.plain(outcome.message)
    return _html.markdown(outcome.message)


def set_aside(override: Override, title: str) -> str:
    """A sentence about points that no longer count."""
    return (
        f"{in_points(override.points)} that {override.marker} gave for “{title}” ({override.reason}) were for "
        "an earlier answer and no longer count."
    )


def in_points(points: float) -> str:
    """Points with their noun, as `2.5 points`."""
    return number_of(int(points) if points == int(points) else points, "point")


def _checked(points: float, question: Question) -> float:
    number = None if isinstance(points, bool) or not isinstance(points, int | float) else round(float(points), 2)
    if number is None or not math.isfinite(number) or not 0 <= number <= question.points:
        raise CourseError(
            f"The points for “{question.title}” are a number from 0 to {question.points:g}. Nothing was recorded.", 2
        )
    return number


def as_override(entry: dict | None) -> Override | None:
    """Points from what is kept; None where there are none, or they came from nbgrader's own pages."""
    if not entry or "reason" not in entry:
        return None
    return Override(**{name: entry[name] for name in Override.__dataclass_fields__})
