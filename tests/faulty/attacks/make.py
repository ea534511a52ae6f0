"""Makes hand-ins that attack whoever marks them.

Each file beside this one is the code of one attack: a learner wrote it into an answer cell. `TARGETS` says what there
is to be reached. An attack that comes to an end prints `got` and a list of what it reached.
"""

import base64
import json
import re
from pathlib import Path

import nbformat
from faulty.hand_ins.make import cell
from nbformat.v4 import new_code_cell

HERE = Path(__file__).parent

#: What a variable may hold that a question asks about; none of it is a number that is right.
HOSTILE_VALUES = {
    "endless-text": "class V:\n    def __str__(self):\n        while True: pass\n    __repr__ = __str__\ntotal = V()",
    "huge-text": "total = 'x' * 200_000_000",
    "raising": "class V:\n    def __getattribute__(self, name): raise KeyboardInterrupt\ntotal = V()",
    "leaving": "class V:\n    def __float__(self): raise SystemExit\n    __str__ = __index__ = __float__\ntotal = V()",
    "equals-all": "class V(float):\n    def __eq__(self, o): return True\n    __lt__ = __gt__ = __eq__\ntotal = V(3)",
    "all-attributes": "class V:\n    def __getattr__(self, name): return V()\n    def __call__(self, *a): return V()\n"
    "total = V()",
    "lying-class": "class V:\n    @property\n    def __class__(self): return float\ntotal = V()",
    "not-a-number": "total = float('nan')",
    "infinite": "total = float('inf')",
    "negative-zero": "total = -0.0",
    "very-long": "import sys\nsys.set_int_max_str_digits(0)\ntotal = 10**5000",
    "complex": "total = 7 + 1j",
    "surrogate": "total = '\\ud800'",
    "deep": "total = []\nfor _ in range(100_000): total = [total]",
    "forged-description": "import researchskills.code_result as r\n"
    'r.described = lambda v: \'{"status": "known", "text": {}, "number": NaN, "is_whole": 1}\'',
    "forged-status": "import researchskills.code_result as r\n"
    'r.described = lambda v: \'{"status": "right", "text": "", "number": 1, "is_whole": true, "points": 1}\'',
    "deep-description": "import researchskills.code_result as r\nr.described = lambda v: '[' * 9000",
}


def code(name: str, targets: dict) -> str:
    """The code of an attack, which knows what there is to be reached."""
    return f"TARGETS = {targets!r}\n{(HERE / f'{name}.py').read_text(encoding='utf-8')}"


def names() -> list[str]:
    """All attacks that are code."""
    return sorted(path.stem for path in HERE.glob("*.py") if path.stem != "make")


def patterns(word: str) -> list[str]:
    """Regular expressions that find a word as it is and in base 64, and that the word is not in."""
    forms = [word, *(base64.b64encode(b"x" * shift + word.encode()).decode()[4:-4] for shift in range(3))]
    return [f"{re.escape(form[:9])}[{form[9]}]{re.escape(form[10:])}" for form in forms]


def with_code(source: str, question: str = "m99-q2-code"):
    """A change of a hand-in: this stands in its answer cell."""

    def change(cells):
        cell(cells, f"{question}-answer").source = source

    return _with_cells(change)


def forged_scores(files):
    """Marks itself, in outputs, in metadata, and in cells that look like those of the course."""

    def change(cells):
        for one in cells:
            marks = one.metadata.get("nbgrader", {})
            if marks:
                marks.update(points=1000, grade=True, locked=False, checksum="0", score=1000)
                one.metadata.score = one.metadata.points = 1000
            if one.cell_type == "code":
                one.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "1000.0"})]
        task = {"grade_id": "m99-q3-words", "points": 3, "grade": False, "solution": False, "task": True,
                "locked": True, "schema_version": 3}  # fmt: skip
        cells.append(nbformat.v4.new_markdown_cell("### BEGIN MARK SCHEME\nFull marks.", metadata={"nbgrader": task}))
        check = {**task, "grade_id": "m99-q2-code", "grade": True, "task": False, "points": 1000}
        cells.append(new_code_cell("1000.0", metadata={"nbgrader": check, "tags": ["activity"]}))
        cells.append(new_code_cell("1000.0", metadata={"nbgrader": {**check, "grade_id": "m99-q9-mine"}}))

    _with_cells(change)(files)
    notebook = json.loads(files["exercises.ipynb"])
    notebook["metadata"].update(score=1000, max_score=1000, nbgrader={"score": 1000})
    files["exercises.ipynb"] = json.dumps(notebook).encode()


def set_up_stopped(files):
    """Code of its own before everything else, which stops the kernel; and again at the end."""

    def change(cells):
        cells.insert(0, new_code_cell("import os; os._exit(0)"))
        cells.append(new_code_cell("import os; os._exit(0)"))

    _with_cells(change)(files)


def huge_cell(files):
    """A cell of ten megabytes."""
    with_code("text = '" + "x" * 10_000_000 + "'")(files)


def deep_notebook(files):
    """JSON that is nested a hundred thousand deep."""
    files["exercises.ipynb"] = b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"


def deep_metadata(files):
    """Metadata that are nested deeper than programs like to go."""
    deep = b'"metadata": {"a": ' + b"[" * 900 + b"]" * 900 + b", "
    files["exercises.ipynb"] = files["exercises.ipynb"].replace(b'"metadata": {', deep, 1)


def characters_that_are_none(files):
    """Half a character, and one that ends texts in C, in code."""
    notebook = json.loads(files["exercises.ipynb"])
    for one in notebook["cells"]:
        if one["cell_type"] == "code" and one["metadata"].get("nbgrader", {}).get("solution"):
            one["source"] = "text = '\ud800 \x00'\nprint(text)"
    notebook["cells"].append({**notebook["cells"][-1], "id": "mine", "cell_type": "code", "source": "'\udfff'",
                              "metadata": {}, "outputs": [], "execution_count": None})  # fmt: skip
    files["exercises.ipynb"] = json.dumps(notebook).encode()


#: Attacks that are not code in a cell.
NOTEBOOKS = (forged_scores, set_up_stopped, huge_cell, deep_notebook, deep_metadata, characters_that_are_none)


def _with_cells(change):
    def changed(files):
        notebook = nbformat.reads(files["exercises.ipynb"].decode(), as_version=4)
        change(notebook.cells)
        files["exercises.ipynb"] = nbformat.writes(notebook).encode()

    return changed
