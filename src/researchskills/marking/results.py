"""What came of marking, for people and for programs."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from researchskills import bank
from researchskills.marking import kept, overrides
from researchskills.marking.kept import Place
from researchskills.marking.room import NOTEBOOK, default_room


@dataclass(frozen=True)
class QuestionMark:
    """Points for one question.

    Attributes
    ----------
    question, title : str
        Id and short name.
    points : float or None
        None as long as it is not marked.
    max_points : float
        What it is worth.
    marked_by : str
        `course` or `mentor`.
    needs_manual_marking : bool
        Whether a mentor has to look at it.
    """

    question: str
    title: str
    points: float | None
    max_points: float
    marked_by: str
    needs_manual_marking: bool


@dataclass(frozen=True)
class Row:
    """What came of one learner's hand-in, or of a file that is none.

    Attributes
    ----------
    learner, module : str
        Empty when they are not known.
    hand_in : str
        The file or folder.
    time : str
        When it was handed in, UTC.
    questions : tuple of QuestionMark
        In the order of the page.
    problem : str or None
        What could not be marked and why, in one sentence each.
    remarks : tuple of str
        Worth knowing, without effect on the points.
    """

    learner: str = ""
    module: str = ""
    hand_in: str = ""
    time: str = ""
    questions: tuple[QuestionMark, ...] = ()
    problem: str | None = None
    remarks: tuple[str, ...] = ()

    @property
    def points(self) -> float | None:
        """Sum of the points so far; None when nothing is marked."""
        known = [one.points for one in self.questions if one.points is not None]
        return round(sum(known), 2) if known else None

    @property
    def max_points(self) -> float:
        """What all questions are worth."""
        return sum(one.max_points for one in self.questions)

    @property
    def needs_manual_marking(self) -> int:
        """How many questions a mentor has to look at."""
        return sum(one.needs_manual_marking for one in self.questions)


@dataclass(frozen=True)
class MarkingResult:
    """What came of marking some paths.

    Attributes
    ----------
    rows : tuple of Row
        One for each learner and module, and one for each file that could not be used.
    why_open : str
        Why hand-ins could not be shut in and ran with the marker's rights; empty when none did.
    """

    rows: tuple[Row, ...] = field(default=())
    why_open: str = ""

    @property
    def problems(self) -> list[str]:
        """One line for each row that has a problem."""
        return [f"{row.learner or row.hand_in}: {row.problem}" for row in self.rows if row.problem]

    @property
    def exit_status(self) -> int:
        """0 when all is marked, 1 when something could not be."""
        return 1 if self.problems else 0

    def as_dict(self) -> dict:
        """For `--json`."""
        rows = [
            {
                **asdict(row),
                "points": row.points,
                "max_points": row.max_points,
                "needs_manual_marking": row.needs_manual_marking,
            }
            for row in self.rows
        ]
        return {
            "rows": rows,
            "problems": self.problems,
            "exit_status": self.exit_status,
            "why_open": self.why_open,
        }


def results(module: str, room: Path | None = None, learners: Iterable[str] | None = None) -> list[Row]:
    """Marks in the gradebook, after it has been brought in line with the marks that people gave.

    Parameters
    ----------
    module : str
        Full name.
    room : pathlib.Path, optional
        The marking room; by default the course's own.
    learners : iterable of str, optional
        By default everybody who handed in.
    """
    room = room or default_room()
    questions = bank.read(room / "questions" / module / "module.json")
    wanted = None if learners is None else set(learners)
    with kept.reading(room) as book:
        there = sorted(submission.student_id for submission in book.assignment_submissions(module))
    kept.agree(room, module, there if wanted is None else sorted(wanted.intersection(there)))
    rows = []
    with kept.reading(room) as book:
        for submission in sorted(book.assignment_submissions(module), key=lambda one: one.student_id):
            learner = submission.student_id
            if wanted is not None and learner not in wanted:
                continue
            grades = {
                grade.name: grade
                for notebook in submission.notebooks
                if notebook.name == NOTEBOOK
                for grade in notebook.grades
            }
            noted = read_note(room, module, learner)
            left_out = noted.get("not_asked", ())
            marks = tuple(
                _mark(one, grades[name])
                for name, one in questions.items()
                if one.points and name in grades and name not in left_out
            )
            aside = [
                sentence
                for name, grade in grades.items()
                if name in questions and grade.manual_score is None
                for sentence in _set_aside(Place(room, module, learner, name), questions[name])
            ]
            problem = " ".join(noted.get("problems", [])) or None
            rows.append(
                Row(
                    learner,
                    module,
                    noted.get("hand_in", ""),
                    noted.get("time", ""),
                    marks,
                    problem,
                    (*noted.get("remarks", []), *aside),
                )
            )
    return rows


def _mark(question: bank.Question, grade) -> QuestionMark:
    marked = grade.manual_score is not None or grade.auto_score is not None
    points = round(float(grade.score), 2) if marked else None
    return QuestionMark(
        question.id,
        question.title,
        points,
        float(question.points),
        question.marked_by,
        bool(grade.needs_manual_grade),
    )


def _set_aside(place: Place, question: bank.Question) -> Iterator[str]:
    """A sentence about a mark that stands in its file and is not in the gradebook: it was about another answer."""
    mark = kept.load(place).standing
    if mark and question.marked_by == "course":
        override = overrides.as_override(mark)
        if override:
            yield overrides.set_aside(override, question.title)
    elif mark:
        by = f" by {mark['marker']}" if mark["marker"] else ""
        yield f"The mark{by} for “{question.title}” was about an earlier text and no longer counts."


def note_file(room: Path, module: str, learner: str) -> Path:
    """Where it is written down which hand-in was marked, and what was met."""
    return room / "marks" / module / learner / "hand-in.json"


def read_note(room: Path, module: str, learner: str) -> dict:
    """What was written down about a marked hand-in; empty when there is none."""
    try:
        return json.loads(note_file(room, module, learner).read_bytes())
    except FileNotFoundError:
        return {}
