"""Which answers there are to mark, and which comes next.

A queue runs either through the answers to one question, which is fairer, or through the answers of one learner.
Addresses name neither learners nor anything that could be traced to them.
"""

from dataclasses import dataclass
from functools import cached_property

from researchskills.bank import Question
from researchskills.errors import CourseError
from researchskills.marking.desk import Desk, Mark, Script
from researchskills.marking.room_desk import LearnerRow


class NotThereError(CourseError):
    """An address that leads nowhere."""


@dataclass(frozen=True)
class Item:
    """One answer in a queue, with the mark that counts."""

    question: Question
    script: Script
    mark: Mark | None

    @property
    def path(self) -> str:
        """Its place in addresses."""
        return f"{self.question.id}/{self.script.id}"

    @property
    def learner(self) -> str:
        """Id of its learner, where the desk knows learners."""
        return self.script.id.partition("-")[0]


class Queue:
    """Everything on a desk, as it is now.

    Parameters
    ----------
    desk : Desk
        Where the answers are. One that knows learners offers them as `learners()`; an answer's id then begins with
        its learner's.

    Attributes
    ----------
    knows_learners : bool
        Whether there is a queue by learner.
    """

    def __init__(self, desk: Desk):
        self.questions = {question.id: question for question in desk.questions()}
        self.items = [
            Item(question, script, desk.mark(question.id, script.id))
            for question in self.questions.values()
            for script in desk.scripts(question.id)
        ]
        self.knows_learners = hasattr(desk, "learners")
        self._desk = desk

    @cached_property
    def learners(self) -> list[LearnerRow]:
        """Everybody who handed in, as the desk has them; nobody where it knows no learners."""
        return self._desk.learners() if self.knows_learners else []

    def find(self, question: str, script: str) -> Item:
        """The answer that an address names.

        Raises
        ------
        NotThereError
            If there is none.
        """
        for item in self.of_question(question):
            if item.script.id == script:
                return item
        raise NotThereError("There is no such answer here. Nothing was changed. Choose one from the overview.")

    def is_replaced(self, question: str, script: str) -> bool:
        """Whether this was a learner's answer, and they have handed in a different text since.

        An answer's id begins with its learner's, and changes with the text.
        """
        learner, _, text = script.partition("-")
        return (
            question in self.questions
            and bool(text)
            and any(one.id == learner for one in self.learners)
            and all(item.script.id != script for item in self.of_question(question))
        )

    def newest(self, question: str, script: str) -> Item | None:
        """The text that took the place of an answer; None where the learner has written nothing this time."""
        learner = script.partition("-")[0]
        return next((item for item in self.of_learner(learner) if item.question.id == question), None)

    def of_question(self, question: str) -> list[Item]:
        """Answers to a question, in the desk's order.

        Raises
        ------
        NotThereError
            If there is no such question.
        """
        if question not in self.questions:
            raise NotThereError("There is no such question here. Nothing was changed. Choose one from the overview.")
        return [item for item in self.items if item.question.id == question]

    def of_learner(self, id: str) -> list[Item]:
        """A learner's answers."""
        return [item for item in self.items if item.learner == id]

    def along(self, item: Item, by_learner: bool) -> list[Item]:
        """The queue that an answer is reached in."""
        if by_learner and self.knows_learners:
            return self.of_learner(item.learner)
        return self.of_question(item.question.id)

    def next_unmarked(self, item: Item | None = None, by_learner: bool = False) -> Item | None:
        """The next answer without a mark: first in the same queue, onwards and round, then in the others."""
        ordered = (
            [one for learner in self.learners for one in self.of_learner(learner.id)] if by_learner else self.items
        )
        if item is not None:
            queue = self.along(item, by_learner)
            here = queue.index(item)
            ordered = queue[here + 1 :] + queue[:here] + ordered
        return next((one for one in ordered if one.mark is None and (item is None or one.path != item.path)), None)
