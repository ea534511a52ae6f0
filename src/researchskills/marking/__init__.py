"""Marking: collect hand-ins, replay them, keep the points, write feedback.

A *marking room* is a folder with nbgrader's gradebook and everything that was ever handed in to it:

    marking-room/
      gradebook.db                            nbgrader's own; points and comments
      source/, release/                       the exercises as the mentor's own copy of the course has them
      questions/MODULE/module.json            what counts as right, from the same place
      questions/MODULE/kept/, editions.json   every question as it was ever asked here, and by which edition
      questions/MODULE/as-asked/              the questions of hand-ins from another edition
      hand-ins/LEARNER/MODULE/TIME-DIGEST/    what was collected; never overwritten
      hand-ins/LEARNER/seals.json             which workspaces the learner's hand-ins come from
      submitted/, autograded/                 the hand-in that counts, before and after it was run
      marks/MODULE/LEARNER/QUESTION.json      what mentors gave, with the earlier marks and those taken back
      marks/MODULE/nameless.json              what answers are called while names are hidden
      feedback/MODULE/                        a page and a Word document for each learner
      practice/MODULE/MARKER.json             scripts that a mentor practised on; a file for each run
      second-marking/MODULE/SAMPLE.json       key to a sample that went out; received/ holds what came back
      moderation/MODULE.html, MODULE/         report; first, second and agreed marks of each answer
      review/, drafts/                        the marking page's token and port; what is typed there and not saved yet
      cohort/MODULE.html                      the cohort view
      questions/MODULE/cohort.json            what was last shown of the cohort; not for passing on

What you look for, in the order in which it happens:

    collect, identity, editions    read hand-ins; whose they are; which questions they were asked
    room                           the marking room and nbgrader's gradebook
    rebuild, replay, workers       the course's cells with the learner's code; running it, several at once
    autograde, run, results        points into the gradebook; `course mark`; what came of it
    kept, rubric, overrides        marks that people give, and how they and the gradebook agree
    desk, room_desk, review/       what the marking page needs; answers of a room; the page
    calibration, practice          scripts with agreed levels, and practising on them
    second_marking, second_marks   a sample for a second mentor, and what comes back
    moderation, marked_twice       differences, agreed levels
    agreement                      kappa and its interval
    cohort, cohort_*               the cohort view, and how it keeps answers from being worked out
    feedback_*, units              what is said to a learner; the page, the document, the folder
    written, marks_file, nameless  saved answers read without touching them; one person's marks; names hidden

Hand-ins are programs of strangers. Right answers and checks come from the marker's own `solutions/`, never from a
hand-in; of a hand-in only saved answers and the learner's own code are taken. That code runs in a kernel of its
own, shut in (`researchskills.kernels`), which says what it worked out and cannot reach what decides about points.
Where nothing can be shut in, nothing is run unless the marker says that the hand-ins are trusted.
"""

from researchskills.marking.feedback_folder import feedback
from researchskills.marking.results import MarkingResult, QuestionMark, Row, results
from researchskills.marking.rubric import record
from researchskills.marking.run import mark

__all__ = ["MarkingResult", "QuestionMark", "Row", "feedback", "mark", "record", "results"]
