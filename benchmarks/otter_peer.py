"""Work for otter-grader that equals the course's: see benchmarks/marking.py, which times it.

`otter grade` needs containers, so each hand-in is marked by `otter run`, otter's local way without them. The hand-ins
are the exercises of module 00 in otter's format: as many cells, the same table read, as many checks. A question
becomes a value, and its check an assertion about that value. None of them is slow, fails or never ends, and nothing is
shut in; both speak for otter.
"""

import json
import zipfile
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from researchskills.paths import course_root

_MODULE = "00-start-here"
_SETUP = """\
import otter
import pandas as pd
grader = otter.Notebook()
load = lambda name: pd.read_csv({table!r})"""
_TEST = """\
from otter.test_files import test_case
OK_FORMAT = False
name = "q{number}"
@test_case(points=1)
def test_value(answer_{number}):
    assert answer_{number} == {number}
"""


def made(folder: Path, number: int) -> tuple[Path, dict[Path, int]]:
    """Make the checks and the hand-ins.

    Parameters
    ----------
    folder : pathlib.Path
        Where to; it must not exist.
    number : int
        How many hand-ins.

    Returns
    -------
    checks : pathlib.Path
        What otter calls an autograder.
    hand_ins : dict of pathlib.Path to int
        The points that each must get.
    """
    folder.mkdir()
    hand_ins = {}
    for learner in range(number):
        file = folder / f"learner-{learner}.ipynb"
        cells, most = _cells(wrong=learner % 4)
        hand_ins[file] = most - learner % 4
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), file)
    checks = folder / "autograder.zip"
    with zipfile.ZipFile(checks, "w") as package:
        package.writestr("otter_config.json", "{}")
        for one in range(1, most + 1):
            package.writestr(f"tests/q{one}.py", _TEST.format(number=one))
    return checks, hand_ins


def points(results: Path) -> int:
    """The points that otter gave, read from what it wrote into a folder."""
    return sum(test.get("score", 0) for test in json.loads((results / "results.json").read_text())["tests"])


def _cells(wrong: int) -> tuple[list, int]:
    """The code cells of one hand-in, with this many wrong answers, and how many checks there are."""
    sources, checked = [], 0
    exercises = nbformat.read(course_root() / "course" / _MODULE / "exercises.ipynb", as_version=4)
    for cell in exercises.cells:
        if cell.cell_type != "code":
            continue
        if cell.id == "exercises-setup":
            sources.append(_SETUP.format(table=str(_table())))
        elif cell.source.startswith("check("):
            checked += 1
            sources.append(f'grader.check("q{checked}")')
        elif cell.id.endswith("-answer"):
            sources.append(f"answer_{checked + 1} = {checked + 1 if checked >= wrong else -1}")
        else:
            sources.append(cell.source)
    return [new_code_cell(source) for source in sources], checked


def _table() -> Path:
    return course_root() / "datasets" / "training_baseline" / "training_baseline.csv"
