"""nbgrader's own `nbgrader autograde`, and whether it comes to the same as marking here.

It gets the hand-ins as the course rebuilds them, because it refuses some of those that people send.
"""

import os
import sys
from pathlib import Path

from varied_hand_ins import RIGHT, outputs_of

from researchskills import running
from researchskills.marking.places import environment
from researchskills.marking.room import NOTEBOOK, gradebook


def command_for(room: Path, module: str, timeout: int, home: Path) -> tuple[list[str], dict[str, str]]:
    """The command that marks a module in a room, and its environment; the room gets the settings for it."""
    (room / "nbgrader_config.py").write_text(
        "from researchskills.build import nbgrader_config\n"
        "from pathlib import Path\n"
        "c = get_config()\n"
        f"c.merge(nbgrader_config(Path({str(room)!r})))\n"
        f"c.Execute.timeout = {timeout}\n"
        f"c.Execute.error_on_timeout = {running.TIMED_OUT!r}\n"
        "c.Execute.raise_on_iopub_timeout = False\n"
    )
    variables = environment(str(home)) | {
        "PATH": os.environ["PATH"],
        "RESEARCHSKILLS_QUESTIONS": str(room / "questions" / module / "module.json"),
    }
    return [sys.executable, "-m", "nbgrader", "autograde", module, "--create", f"--course-dir={room}"], variables


def checked_points(room: Path, modules=tuple(RIGHT)) -> dict[tuple[str, str, str], float | None]:
    """Points of every question that a check marks, by module, learner and question."""
    with gradebook(room) as book:
        return {
            (module, submission.student_id, grade.name): grade.auto_score
            for module in modules
            for submission in book.assignment_submissions(module)
            for notebook in submission.notebooks
            for grade in notebook.grades
            if grade.cell.type == "GradeCell"
        }


def compared(one: Path, other: Path) -> list[str]:
    """Cells that show something else in two rooms, as `LEARNER CELL`."""
    differing = []
    for file in sorted((one / "autograded").glob(f"*/*/{NOTEBOOK}.ipynb")):
        place = file.relative_to(one)
        here, there = outputs_of(file), outputs_of(other / place) if (other / place).exists() else {}
        learner = place.parts[1]
        for cell, shown in here.items():
            if there.get(cell) != shown and not (learner.startswith(("loops-", "sleeps-")) and _stopped(shown)):
                differing.append(f"{learner} {cell}")
    return differing


def _stopped(shown: list) -> bool:
    return any(output["output_type"] == "error" for output in shown[1])
