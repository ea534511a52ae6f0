"""What all pages of one server share."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from researchskills.errors import CourseError
from researchskills.marking.calibration import Anchor, Calibration, calibration_of
from researchskills.marking.desk import Desk
from researchskills.marking.review.drafts import Drafts
from researchskills.marking.review.queue import NotThereError, Queue
from researchskills.marking.room_desk import Automatic, LearnerRow


class Reviewing:
    """A desk, what is being typed at it, and who sits there.

    Parameters
    ----------
    desk : Desk
        What there is to mark.
    drafts : Drafts
        What is typed and not saved.
    marker : str or None
        Who marks, as long as nobody says otherwise on the page.
    """

    def __init__(self, desk: Desk, drafts: Drafts, marker: str | None):
        self.desk, self.drafts, self.marker = desk, drafts, marker or ""
        # A desk opens a gradebook and scratch folders: one thing at a time, and drafts need not wait for it.
        self._hand = ThreadPoolExecutor(1, "desk")
        self._forms: set[str] = set()
        # As they were on the screen: a newer hand-in takes the place of the one before.
        self._texts: dict[str, str] = {}
        self._calibrations: dict[str, Calibration | None] = {}

    async def do(self, work: Callable, *arguments):
        """Work at the desk while the server goes on answering."""
        return await asyncio.get_running_loop().run_in_executor(self._hand, work, *arguments)

    def queue(self) -> Queue:
        """Everything on the desk."""
        queue = Queue(self.desk)
        self._forms |= {f"mark/{item.path}" for item in queue.items}
        self._texts |= {f"mark/{item.path}": item.script.html for item in queue.items}
        return queue

    def automatic(self, question: str, answer: str) -> tuple[LearnerRow, Automatic]:
        """An answer that the course marked, and whose it is.

        Raises
        ------
        NotThereError
            If there is none, or this desk has only what mentors mark.
        """
        learner = self.learner(answer.partition("-")[0])
        for one in self.desk.automatic(learner.id):
            if (one.question.id, one.id) == (question, answer):
                self._forms.add(f"course/{question}/{answer}")
                self._texts[f"course/{question}/{answer}"] = one.html
                return learner, one
        raise NotThereError("There is no such answer here any more. Nothing was changed. Go on from the overview.")

    def newest_automatic(self, question: str, answer: str) -> tuple[LearnerRow, Automatic]:
        """The answer that took the place of one that the course marked, and whose it is.

        Raises
        ------
        NotThereError
            If there is none.
        """
        learner = self.learner(answer.partition("-")[0])
        for one in self.desk.automatic(learner.id):
            if one.question.id == question:
                return learner, one
        raise NotThereError("There is no such answer here any more. Nothing was changed. Go on from the overview.")

    def text_then(self, kind: str, question: str, answer: str) -> str:
        """HTML of an answer that has been replaced, if it was on a page since the server was started; else empty."""
        return self._texts.get(f"{kind}/{question}/{answer}", "")

    def learner(self, id: str) -> LearnerRow:
        """Somebody who handed in.

        Raises
        ------
        NotThereError
            If there is nobody of that id, or this desk knows no learners.
        """
        for learner in self.desk.learners() if hasattr(self.desk, "learners") else []:
            if learner.id == id:
                return learner
        raise NotThereError("There is no such learner here. Nothing was changed. Choose one from the overview.")

    async def know(self, kind: str, question: str, answer: str) -> None:
        """Make sure that there is such a form, without opening everything each time.

        Raises
        ------
        NotThereError
            If there is not.
        """
        if f"{kind}/{question}/{answer}" in self._forms:
            return
        if kind == "mark":
            queue = await self.do(self.queue)
            if not await self.do(queue.is_replaced, question, answer):
                queue.find(question, answer)
        else:
            await self.do(self.newest_automatic, question, answer)
        self._forms.add(f"{kind}/{question}/{answer}")

    def examples(self, question: str, criterion: str, level: int) -> list[Anchor]:
        """Passages that show a level; none where nobody has chosen any, or the desk does not say its module."""
        if question not in self._calibrations:
            try:
                self._calibrations[question] = calibration_of(getattr(self.desk, "module", ""), question)
            except CourseError:
                self._calibrations[question] = None
        found = self._calibrations[question]
        return found.anchored(criterion, level) if found else []
