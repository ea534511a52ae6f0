"""Hand-ins that differ as people's do: right, half right, blank, failing, slow, drawing, printing, never ending.

They are made from the real modules 00 and 05 and told apart by their learner code. Nothing in them shows the time, a
place on the disk or an unseeded random number, so that two ways of marking can be compared output by output.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import nbformat
from faulty.hand_ins import make
from nbformat.v4 import new_code_cell

from researchskills import workspace

#: What is answered, and what the learner wrote as code: in its answer cell, or in a cell above it (`+`).
RIGHT = {
    "00-start-here": {"m00-q8-run": "people_found = 112"},
    "05-small-statistics": {
        "m05-q3-long-waits": 'over_28 = proportion(physio, "days_waited", "> 28").value * 100',
        "m05-q4-wilson": "low = proportion(7, 9).low * 100",
        "m05-q11-cluster": "worth = 41",
    },
}
_CODE = {
    "right": "",
    "figure": "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\nplt.title('Waits')\nplt.show()",
    "seaborn": "import seaborn as sns\nsns.histplot([1, 2, 2, 3, 3, 3]).set_title('Days')",
    "table": "import pandas as pd\npd.DataFrame({f'column {n}': range(3) for n in range(30)})",
    "long-table": "import pandas as pd\npd.DataFrame({'n': range(200)})",
    "error": "1 / 0",
    "deep-error": "def outer(n):\n    return inner(n)\ndef inner(n):\n    return [n][1]\nouter(3)",
    "syntax": "people = = 3",
    "unknown-name": "peple_found + 1",
    "no-such-file": "open('my data.csv')",
    "plain-error": 'load("training_baselin")',
    "prints": "for n in range(400): print('line', n)",
    "warning": "import warnings\nwarnings.warn('be careful')",
    "seeded": "import numpy as np\nnp.random.default_rng(7).normal(size=5).round(3)",
    "slow": "import time\ntime.sleep(2)\n'awake'",
    "local-module": (
        "from pathlib import Path\nPath('helper.py').write_text('half = 56')\nimport helper\nhelper.half * 2"
    ),
    "environment": "import os\nos.environ['A_WORD'] = 'x'\nos.environ['A_WORD']",
    "shell": "!echo hello",
    "threads": (
        "import threading\nseen = []\none = threading.Thread(target=lambda: seen.append(1))\n"
        "one.start(); one.join()\nseen"
    ),
    "awaits": "import asyncio\nawait asyncio.sleep(0.01)\n'done'",
    "html": "from IPython.display import HTML, display\ndisplay(HTML('<b>bold</b>'))\nHTML('<i>it</i>')",
    "shown-twice": "from IPython.display import display\ndisplay(1, 2)\ndisplay({'a': [1, 2]})",
    "process": "import subprocess\nsubprocess.run(['echo', 'x'], capture_output=True).stdout",
    "ends-itself": "import sys\nsys.exit(3)",
    "widget": "import ipywidgets\nipywidgets.IntText(value=3).value + 1",
    "course-chart": 'from researchskills import bars, load\nload("training_baseline")["sector"].value_counts()',
}
_ENDLESS = {"sleeps-for-ever": "import time\ntime.sleep(10_000)", "loops-for-ever": "while True: pass"}
_ANSWERS = ("right", "half", "wrong", "blank")


class RealCourse(make.Course):
    """Workspaces of this course itself, somewhere else."""

    def __init__(self, root: Path):
        self.root, self.wanted = root, {}

    def workspace(self, learner: str) -> Path:
        """The learner's workspace, made when missing."""
        place = self.root / "learners" / learner
        if not place.exists():
            workspace.refresh(place, make.HERE)
            workspace.choose_learner(place, learner)
        return place


def varied(root: Path, number: int, endless: int = 2, modules=tuple(RIGHT)) -> Path:
    """Make hand-ins and return the folder they lie in.

    Parameters
    ----------
    root : pathlib.Path
        An empty folder.
    number : int
        How many.
    endless : int
        How many of them do not come to an end.
    modules : sequence of str
        What they are for, in turn.
    """
    course, inbox = RealCourse(root), root / "inbox"
    inbox.mkdir(parents=True)
    for answers in _ANSWERS:
        for module in modules:
            folder = course.folder(f"base-{answers}", module)
            if answers != "blank":
                course.wanted[str(folder)] = {"*": answers if answers != "half" else "right"}
    course.answer_all()
    bases = {
        (answers, module): course.hand_in(f"base-{answers}", module) for answers in _ANSWERS for module in modules
    }
    for count, (kind, code) in zip(range(number), _kinds(number, endless)):
        module, answers = modules[count % len(modules)], _ANSWERS[count // len(modules) % 4]
        learner = f"{kind}-{count}"
        change = make.changed(_half(answers), _with_code(module, answers, code), make.of_learner(learner))
        make.repacked(bases[answers, module], inbox / f"{module}--{learner}.zip", change)
    return inbox


def _kinds(number: int, endless: int) -> Iterator[tuple[str, str]]:
    yield from list(_ENDLESS.items())[:endless]
    while True:
        yield from _CODE.items()


def _half(answers: str):
    def change(files):
        if answers == "half":
            for name in sorted(name for name in files if name.startswith("answers/"))[::2]:
                del files[name]

    return change


def _with_code(module: str, answers: str, code: str):
    def change(files):
        notebook = nbformat.reads(files["exercises.ipynb"].decode(), as_version=4)
        for question, source in RIGHT[module].items():
            written = make.cell(notebook.cells, f"{question}-answer")
            if answers == "wrong":
                source = source.split(" = ")[0] + " = -5"
            if answers != "blank":
                written.source = source
        if code:
            last = notebook.cells.index(written)
            notebook.cells.insert(last, new_code_cell(code))
        files["exercises.ipynb"] = nbformat.writes(notebook).encode()

    return change


def outputs_of(file: Path) -> dict[str, list]:
    """What the cells of a marked notebook show, in a form that can be compared.

    The path of the temporary file that Python names in a warning has the number of a process in it, which is
    another one each time.
    """
    import re

    notebook = nbformat.read(file, as_version=4)
    plain = json.dumps(
        {cell.id: [cell.execution_count, cell.outputs] for cell in notebook.cells if cell.cell_type == "code"}
    )
    return json.loads(re.sub(r"[^\s\"]*/ipykernel_\d+/\d+\.py", "a cell", plain))
