"""Put a hand-in together again from the marker's own notebook and the learner's code.

A learner's notebook is never run as it came. The marker's release is taken, and only code that a learner
may write is put into it: the answer cells, the cells to try things in, and cells that they added. So cells of
the course that were changed, deleted or copied cannot hurt anybody: not the learner, whose saved answers still
count, and not the batch, which nbgrader gives up when it meets a graded cell twice.
"""

import copy
import warnings
from collections import defaultdict
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode, v4

from researchskills.marking.room import Prepared


@dataclass(frozen=True)
class Rebuilt:
    """A hand-in that is ready to be run.

    Attributes
    ----------
    notebook : nbformat.NotebookNode
        Without outputs.
    remarks : list of str
        What the learner's notebook had otherwise than the course's.
    problems : list of str
        Why the learner's notebook could not be used, if so.
    """

    notebook: NotebookNode
    remarks: list[str]
    problems: list[str]


def rebuild(prepared: Prepared, content: bytes | None) -> Rebuilt:
    """Rebuild one hand-in.

    Parameters
    ----------
    prepared : Prepared
        The module.
    content : bytes or None
        The learner's `exercises.ipynb`, if there is one.
    """
    notebook = copy.deepcopy(prepared.release)
    theirs = _read(content)
    if theirs is None:
        lost = "is missing" if content is None else "is damaged"
        needs_code = any(question.kind == "value" for question in prepared.marked.values())
        sentence = f"The notebook of exercises {lost}; saved answers were marked, code could not be."
        return Rebuilt(notebook, [] if needs_code else [sentence], [sentence] if needs_code else [])
    return _merged(prepared, notebook, theirs)


def _read(content: bytes | None) -> NotebookNode | None:
    if content is None:
        return None
    try:
        with warnings.catch_warnings():
            # nbformat remarks on cells without an id and mends them.
            warnings.simplefilter("ignore")
            notebook = nbformat.reads(content.decode("utf-8"), as_version=4)
        for cell in notebook.cells:
            # Half of a character, as it is left when somebody cuts a text in the middle, cannot be written.
            cell.source = cell.source.encode("utf-8", "replace").decode()
        # Whatever else is wrong with a cell, it needs a kind, metadata and text.
        usable = all(
            isinstance(cell.source, str) and hasattr(cell.metadata, "get") and cell.cell_type for cell in notebook.cells
        )
        for cell in notebook.cells if usable else []:
            # Half a character (a lone surrogate) can be read but never written.
            cell.source = cell.source.encode("utf-8", "replace").decode()
    except Exception:  # a file that somebody edited by hand can fail in any way there is
        return None
    return notebook if usable else None


def _merged(prepared: Prepared, notebook: NotebookNode, theirs: NotebookNode) -> Rebuilt:
    places = {_key(cell): index for index, cell in enumerate(notebook.cells)}
    added: dict[int, list[str]] = defaultdict(list)
    versions: dict[int, list[str]] = defaultdict(list)
    seen, changed, copied = set(), [], []
    after = -1
    for cell in theirs.cells:
        place = places.get(_key(cell))
        if place is None:
            if cell.cell_type == "code" and cell.source.strip():
                added[after].append(cell.source)
            continue
        ours = notebook.cells[place]
        if place in seen:
            copied.append(place)
        else:
            seen.add(place)
            after = place
        if _is_open(ours):
            versions[place].append(cell.source)
        elif cell.source.strip() != ours.source.strip() and place not in copied:
            changed.append(place)
    for place, sources in versions.items():
        # Of several copies of an answer cell all that differ are run, in their order, before the check.
        written = list(
            dict.fromkeys(source for source in sources if source.strip() != notebook.cells[place].source.strip())
        )
        if written:
            notebook.cells[place].source = written[0]
            added[place] = written[1:] + added[place]
    missing = [place for key, place in places.items() if place not in seen]
    remarks = [
        f"{what}: {_titles(prepared, notebook, found)}."
        for what, found in (
            ("Cells of the course were changed, or come from an earlier edition, and have been put back", changed),
            ("Cells were copied; each is marked once", copied),
            ("Cells of the course were deleted and have been put back", missing),
        )
        if found
    ]
    _insert(notebook, added)
    return Rebuilt(notebook, remarks, [])


def _key(cell: NotebookNode) -> str:
    marks = cell.metadata.get("nbgrader", {})
    grade_id = marks.get("grade_id") if hasattr(marks, "get") else None
    return f"grade_id {grade_id}" if isinstance(grade_id, str) and grade_id else f"id {cell.get('id', '')}"


def _is_open(cell: NotebookNode) -> bool:
    """Whether a learner may write in this cell of the release."""
    marks = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "code" and (not marks or bool(marks.get("solution")))


def _titles(prepared: Prepared, notebook: NotebookNode, places: list[int]) -> str:
    names = []
    for place in places:
        grade_id = _key(notebook.cells[place]).partition(" ")[2]
        question = next(
            (
                prepared.questions[name]
                for name in (grade_id, grade_id.removesuffix("-answer"), grade_id.removesuffix("-prompt"))
                if name in prepared.questions
            ),
            None,
        )
        names.append(f"“{question.title}”" if question else "a text or set-up cell")
    return ", ".join(dict.fromkeys(names))


def _insert(notebook: NotebookNode, added: dict[int, list[str]]) -> None:
    number, cells = 0, []
    for place in range(-1, len(notebook.cells)):
        if place >= 0:
            cells.append(notebook.cells[place])
        for source in added.get(place, []):
            number += 1
            cells.append(v4.new_code_cell(source, id=f"added-{number}"))
    notebook.cells = cells
