"""Marks that mentors give: a level for each criterion of a rubric, and a comment.

The points and the comment go into nbgrader's gradebook, where they count. The levels, and whatever was given
before, are kept beside it in `marks/`, together with a fingerprint of the text that was read. When a learner
hands in a different text the mark no longer counts, but it is not lost.
"""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

from researchskills import paths, source
from researchskills.errors import CourseError
from researchskills.marking.room import NOTEBOOK, gradebook
from researchskills.store import replace_file


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
    from nbgrader.api import MissingEntry

    from researchskills.marking.room import default_room
    from researchskills.marking.written import written_texts

    room = room or default_room()
    rubric = rubric_of(module, question)
    _check_levels(rubric, levels)
    with gradebook(room) as book:
        try:
            grade = book.find_grade(question, NOTEBOOK, module, learner)
            note = book.find_comment(question, NOTEBOOK, module, learner)
        except MissingEntry as problem:
            raise CourseError(
                f"{learner} has handed in nothing for {module} in {room}. Nothing was recorded."
            ) from problem
        text = written_texts(room, module, learner).get(question, "")
        if not text:
            raise CourseError(f"{learner} wrote nothing for “{question}”, which counts as 0. Nothing was recorded.")
        points = float(sum(levels.values()))
        file = _file(room, module, learner, question)
        before = read(room, module, learner, question)
        earlier = before.pop("earlier", [])
        mark = {
            "levels": levels,
            "points": points,
            "comment": comment.strip(),
            "marker": marker,
            "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "answer": _fingerprint(text),
            "earlier": earlier + ([before] if before else []),
        }
        file.parent.mkdir(parents=True, exist_ok=True)
        replace_file(file, json.dumps(mark, ensure_ascii=False, indent=1).encode())
        grade.manual_score, grade.needs_manual_grade = points, False
        note.manual_comment = comment.strip() or None
        book.db.commit()
    return points


def read(room: Path, module: str, learner: str, question: str) -> dict:
    """The mark that was recorded last; empty when there is none."""
    try:
        return json.loads(_file(room, module, learner, question).read_bytes())
    except FileNotFoundError:
        return {}


def is_about(room: Path, module: str, learner: str, question: str, text: str) -> bool:
    """Whether the recorded mark is about this text."""
    return bool(text) and read(room, module, learner, question).get("answer") == _fingerprint(text)


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


def _check_levels(rubric: list[dict], levels: dict[str, int]) -> None:
    criteria = {row["criterion"]: len(row["levels"]) - 1 for row in rubric}
    if set(levels) != set(criteria):
        raise CourseError(f"A level is needed for each of: {', '.join(criteria)}. Nothing was recorded.", exit_status=2)
    for criterion, level in levels.items():
        if isinstance(level, bool) or not isinstance(level, int) or not 0 <= level <= criteria[criterion]:
            raise CourseError(
                f"The level of “{criterion}” is a whole number from 0 to {criteria[criterion]}. Nothing was recorded.",
                exit_status=2,
            )


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _file(room: Path, module: str, learner: str, question: str) -> Path:
    return room / "marks" / module / learner / f"{question}.json"
