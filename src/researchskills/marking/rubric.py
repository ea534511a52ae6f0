"""Marks that mentors give: a level for each criterion of a rubric, and a comment.

How they are kept, and what becomes of them when a learner hands in a different text, is told in `kept`.
"""

from pathlib import Path

from researchskills import paths, source
from researchskills.bank import Question
from researchskills.errors import CourseError
from researchskills.marking import kept
from researchskills.marking.desk import Mark
from researchskills.marking.kept import Place


def record(
    room: Path | None,
    learner: str,
    module: str,
    question: str,
    levels: dict[str, int],
    comment: str,
    marker: str,
) -> float:
    """Keep a mentor's mark for one answer.

    Parameters
    ----------
    room : pathlib.Path or None
        The marking room; None for the default one.
    learner, module, question : str
        Learner code, full module name and id of a question that mentors mark.
    levels : dict of str to int
        A level, from 0, for every criterion of the rubric.
    comment : str
        For the learner; may be empty.
    marker : str
        Who marked.

    Returns
    -------
    float
        The points: the sum of the levels.

    Raises
    ------
    CourseError
        If the levels do not fit the rubric, or the learner handed in nothing for this question.
    """
    from researchskills.marking.room import default_room
    from researchskills.marking.written import given

    place = Place(room or default_room(), module, learner, question)
    check_levels(rubric_of(module, question), levels)
    # Whether there is a hand-in at all is asked first: without one, neither questions nor texts are in the room.
    kept.find(place)
    asked, text = given(place.room, module, learner, [question]).get(question, (None, ""))
    return float(give(place, asked, text, Mark(levels, comment, marker)).points)


def give(place: Place, question: Question | None, text: str, mark: Mark, seen: int | None = None) -> Mark:
    """Keep a mentor's mark, whose levels have been checked, for a text.

    Parameters
    ----------
    place : Place
        Whose answer, to what.
    question : Question or None
        The question; None where the room does not have it.
    text : str
        The text that was read.
    mark : Mark
        Levels, comment, marker and reason.
    seen : int, optional
        Revision that the marker saw; without it the mark goes on top of whatever is there.

    Returns
    -------
    Mark
        With its time and revision.

    Raises
    ------
    ChangedError
        If another revision counts now.
    CourseError
        If there is no text, or it could not be written.
    """
    if not text:
        raise CourseError(
            f"{place.learner} wrote nothing for “{place.question}”, which counts as 0. Nothing was recorded."
        )
    entry = {
        "levels": mark.levels,
        "points": float(mark.points),
        "comment": kept.typed(mark.comment, "comment"),
        "marker": kept.marker_name(mark.marker),
    }
    if mark.reason.strip():
        entry["reason"] = kept.typed(mark.reason, "reason")
    return as_mark(kept.give(place, question, text, entry, seen, as_mark))


def take_back(place: Place, question: Question, text: str, marker: str, seen: int) -> Mark | None:
    """Take the mark back that counts, and return the one that counts again.

    Parameters
    ----------
    place, question, text, seen
        As for `give`.
    marker : str
        Who takes it back.
    """
    return as_mark(kept.take_back(place, question, text, kept.marker_name(marker), seen, as_mark))


def as_mark(entry: dict | None) -> Mark | None:
    """A mark from what is kept; None where there are no levels, as when points came from nbgrader's own pages."""
    if not entry or "levels" not in entry:
        return None
    names = ("levels", "comment", "marker", "time", "reason", "revision")
    return Mark(**{name: entry[name] for name in names if name in entry})


def read(room: Path, module: str, learner: str, question: str) -> dict:
    """The mark that was recorded last and not taken back, with the `earlier` ones; empty when there is none."""
    found = kept.load(Place(room, module, learner, question))
    if not as_mark(found.standing):
        return {}
    return {**found.standing, "earlier": found.earlier}


def is_about(room: Path, module: str, learner: str, question: str, text: str) -> bool:
    """Whether the recorded mark is about this text."""
    return bool(text) and kept.load(Place(room, module, learner, question)).counting(text) is not None


def rubric_of(module: str, question: str) -> list[dict]:
    """Criteria and levels of a question that mentors mark.

    Raises
    ------
    CourseError
        If there is no such question, or the course marks it.
    """
    known = source.read_module(paths.course_root() / "solutions" / module).questions
    if question not in known:
        raise CourseError(f"There is no question “{question}”.{paths.suggestion(question, list(known))}", exit_status=2)
    rubric = known[question].mark_scheme.get("rubric")
    if not rubric:
        raise CourseError(f"“{question}” is not marked by mentors. Nothing was recorded.", exit_status=2)
    return rubric


def check_levels(rubric: list[dict], levels: dict[str, int]) -> None:
    """Make sure that there is a level for each criterion.

    Parameters
    ----------
    rubric : list of dict
        Each with `criterion` and `levels`.
    levels : dict of str to int
        What was given.

    Raises
    ------
    CourseError
        With exit status 2, if one is missing, unknown or out of range.
    """
    criteria = {row["criterion"]: len(row["levels"]) - 1 for row in rubric}
    if set(levels) != set(criteria):
        raise CourseError(f"A level is needed for each of: {', '.join(criteria)}. Nothing was recorded.", exit_status=2)
    for criterion, level in levels.items():
        if isinstance(level, bool) or not isinstance(level, int) or not 0 <= level <= criteria[criterion]:
            raise CourseError(
                f"The level of “{criterion}” is a whole number from 0 to {criteria[criterion]}. Nothing was recorded.",
                exit_status=2,
            )
