"""Marking: collect hand-ins, replay them, keep the points, write feedback.

A *marking room* is a folder with nbgrader's gradebook and everything that was ever handed in to it:

    marking-room/
      gradebook.db                            nbgrader's own; points and comments
      source/, release/                       the exercises as the mentor's own copy of the course has them
      questions/MODULE/module.json            what counts as right, from the same place
      hand-ins/LEARNER/MODULE/TIME-DIGEST/    what was collected; never overwritten
      submitted/, autograded/                 the hand-in that counts, before and after it was run
      marks/MODULE/LEARNER/QUESTION.json      levels that mentors gave, with the earlier ones
      feedback/MODULE/                        one page for each learner

Two things decide what is trusted. Right answers and checks come from the marker's own `solutions/`, never
from a hand-in; of a hand-in only saved answers and the learner's own code are taken. And questions that need
no code of the learner's are scored before any of that code has run.

Running a hand-in runs the learner's code with the rights of whoever marks. Time and output are bounded and
the code does not see the marker's environment variables or home folder, but it is not shut in: a sandbox is
a later step. Until then mark only hand-ins of people you know.
"""

from researchskills.marking.feedback_page import feedback
from researchskills.marking.results import MarkingResult, QuestionMark, Row, results
from researchskills.marking.rubric import record
from researchskills.marking.run import mark

__all__ = ["MarkingResult", "QuestionMark", "Row", "feedback", "mark", "record", "results"]
