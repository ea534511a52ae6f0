"""A desk: answers to read, a rubric beside them, and a place where levels are kept.

The page that mentors mark on knows nothing but this. Behind it may lie hand-ins and a gradebook, a set of
scripts with agreed levels to practise on, somebody else's answers to mark blind, or two marks that differ.
"""

from dataclasses import dataclass
from typing import Protocol

from researchskills.bank import Question
from researchskills.errors import CourseError


@dataclass(frozen=True)
class Script:
    """One answer to one question.

    Attributes
    ----------
    id : str
        Names it in addresses and files; tells nothing about who wrote it.
    label : str
        What it is called as long as nobody asks for names, such as “Answer 3”.
    writer : str
        Learner code, for who asks; empty where there is none.
    html : str
        The answer as it is shown: safe HTML, headings from the third level on.
    text : str
        The answer as plain text.
    """

    id: str
    label: str
    html: str
    text: str
    writer: str = ""


@dataclass(frozen=True)
class Mark:
    """What somebody gave.

    Attributes
    ----------
    levels : dict of str to int
        A level, from 0, for every criterion.
    comment : str
        For the learner.
    marker : str
        Who gave it.
    time : str
        When, in UTC.
    reason : str
        Why, where a reason is asked for.
    revision : int
        How many marks this script has had, this one included.
    """

    levels: dict[str, int]
    comment: str = ""
    marker: str = ""
    time: str = ""
    reason: str = ""
    revision: int = 0

    @property
    def points(self) -> int:
        """Sum of the levels."""
        return sum(self.levels.values())


class ChangedError(CourseError):
    """Somebody else has marked the same script in the meantime; nothing was replaced.

    Attributes
    ----------
    theirs : Mark or None
        What stands there now; None when it was taken back.
    """

    def __init__(self, sentence: str, theirs: Mark | None):
        super().__init__(sentence)
        self.theirs = theirs


class Desk(Protocol):
    """What the marking page needs.

    Attributes
    ----------
    title : str
        Plain text for the top of the page.
    needs_reason : bool
        Whether a mark has to come with a reason.

    A desk may also have, and the page then uses:

    - `module`, whose anchored examples are shown beside the levels;
    - `marker`, when it is settled who marks;
    - `tells_after_saving`: the same script is shown again after saving, because `beside` then has more to say;
    - `begun(question, script)`, a mark without a part of the levels: what the form of an unmarked answer begins with;
    - `marks_once`: there is no form any more once a script is marked;
    - `learners()`, `automatic()`, `override()` and `undo_override()`, as `room_desk.RoomDesk` has them.
    """

    title: str
    needs_reason: bool

    def questions(self) -> list[Question]:
        """Questions to mark, in the order of the page."""

    def scripts(self, question: str) -> list[Script]:
        """Answers to a question, in the order in which they are best marked."""

    def mark(self, question: str, script: str) -> Mark | None:
        """The mark that counts, if there is one."""

    def record(self, question: str, script: str, mark: Mark, seen: int) -> Mark:
        """Keep a mark; `seen` is the revision that was on the screen (0: none).

        Raises
        ------
        ChangedError
            If another revision stands there now.
        CourseError
            If levels do not fit the rubric, or a reason is missing. Nothing was recorded.
        """

    def undo(self, question: str, script: str, marker: str, seen: int) -> Mark | None:
        """Take the last mark back and return the one that counts again."""

    def beside(self, question: str, script: str) -> str:
        """HTML to show beside the answer, such as what two markers gave; may be empty."""

    def summary(self) -> str:
        """HTML for the overview, such as agreement with the agreed levels; may be empty."""
