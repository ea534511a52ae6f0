"""Makes hand-ins, good ones and broken ones, from the course's real notebooks.

`Course` is a course folder of its own with the real first module and the small sound one. A learner's answers are
set in a kernel, through the activities themselves, as a learner's clicks would set them. Broken files are
named for their fault.
"""

import json
import os
import shutil
import struct
import zipfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from researchskills import build, hand_in, workspace

REAL, SMALL = "00-start-here", "99-sound"
HERE = Path(__file__).resolve().parents[3]

#: Runs in a kernel. `wanted` says for each learner's folder what to answer: `all`, or question → how.
ANSWER = """
import json
from pathlib import Path
from researchskills import bank, checks
from researchskills.ask import answered

def wrong(question):
    key = question.key
    if question.kind == "choice":
        return next(o["key"] for o in question.content["options"] if o["key"] not in key["right"])
    if question.kind == "several":
        return [o["key"] for o in question.content["options"] if o["key"] not in key["right"]][:1]
    if question.kind == "match":
        targets = list(question.content["targets"])
        return {k: next(t for t in targets if t != right) for k, right in key["pairs"].items()}
    if question.kind == "order":
        return {step: place for place, step in enumerate(key["order"][1:] + key["order"][:1], 1)}
    return repr(key["answer"] + 1000)

def half(question):
    right = checks.model_answer(question)
    if question.kind == "match":
        return dict(list(right.items())[: len(right) // 2])
    return right[: len(right) // 2]

for folder, how in json.loads(WANTED).items():
    for name, question in bank.read(Path(folder) / "module.json").items():
        manner = how.get(name, how.get("*"))
        if question.kind in ("form", "value") or manner is None:
            continue
        activity = answered(name, Path(folder))
        if question.kind == "text":
            activity.answer = manner if manner not in ("right", "wrong", "half") else "The rota is kept twice. " * 12
        else:
            activity.answer = {"right": checks.model_answer, "wrong": wrong, "half": half}[manner](question)
"""


class Course:
    """A course folder with a workspace for each learner; with the small module alone it is made faster."""

    def __init__(self, root: Path, only_small: bool = False):
        self.root = root
        os.environ["RESEARCHSKILLS_ROOT"] = str(root)
        root.mkdir(parents=True, exist_ok=True)
        if not only_small:
            shutil.copytree(HERE / "solutions" / REAL, root / "solutions" / REAL)
        shutil.copytree(HERE / "tests" / "faulty" / "sources" / "sound", root / "solutions" / SMALL)
        shutil.copytree(HERE / "datasets", root / "datasets", ignore=shutil.ignore_patterns("__pycache__"))
        build.build(root=root)
        self.wanted: dict[str, dict] = {}

    def workspace(self, learner: str) -> Path:
        """The learner's workspace, made when missing."""
        place = self.root / "learners" / learner
        if not place.exists():
            workspace.refresh(place, self.root)
            workspace.choose_learner(place, learner)
        return place

    def folder(self, learner: str, module: str = REAL) -> Path:
        """The learner's folder of a module."""
        return self.workspace(learner) / module

    def answer(self, learner: str, how: dict, module: str = REAL) -> None:
        """Note what a learner answers; `answer_all` then does it."""
        self.wanted[str(self.folder(learner, module))] = how

    def answer_all(self) -> None:
        """Set all answers that were noted, in one kernel."""
        cells = [new_code_cell(f"WANTED = {json.dumps(self.wanted)!r}"), new_code_cell(ANSWER)]
        metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        NotebookClient(new_notebook(cells=cells, metadata=metadata), timeout=120).execute()
        self.wanted.clear()

    def edit(self, learner: str, change, module: str = REAL) -> None:
        """Change the cells of a learner's exercises: `change(cells)` returns the new list or None."""
        path = self.folder(learner, module) / "exercises.ipynb"
        notebook = nbformat.read(path, as_version=4)
        notebook.cells = change(notebook.cells) or notebook.cells
        nbformat.write(notebook, path)

    def code(self, learner: str, source: str, question: str = "m00-q8-run", module: str = REAL) -> None:
        """Write code into a learner's answer cell."""

        def change(cells):
            cell(cells, f"{question}-answer").source = source

        self.edit(learner, change, module)

    def hand_in(self, learner: str, module: str = REAL) -> Path:
        """Hand in."""
        return hand_in.hand_in(self.workspace(learner), module).path


def cell(cells, grade_id: str):
    """The cell with this grade_id."""
    return next(one for one in cells if one.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def repacked(source: Path, target: Path, change) -> Path:
    """A zip file with other content: `change(files)` gets name → bytes and may alter it."""
    with zipfile.ZipFile(source) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files = change(files) or files
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target


def of_learner(learner: str):
    """A change that makes a hand-in somebody else's."""

    def change(files):
        receipt = json.loads(files["receipt.json"])
        files["receipt.json"] = json.dumps({**receipt, "learner": learner}).encode()

    return change


def with_receipt(**fields):
    """A change of a hand-in's receipt; a field that is None is taken out."""

    def change(files):
        receipt = {**json.loads(files["receipt.json"]), **fields}
        kept = {name: value for name, value in receipt.items() if value is not None}
        files["receipt.json"] = json.dumps(kept).encode()

    return change


def without_receipt(files):
    """A hand-in that somebody packed by hand."""
    del files["receipt.json"]


def with_words(text: str, question: str = "m99-q3-words"):
    """A hand-in in which another text was written."""

    def change(files):
        answer = json.loads(files[f"answers/{question}.json"])
        answer["state"]["answer"] = answer["shown"] = text
        files[f"answers/{question}.json"] = json.dumps(answer).encode()

    return change


def changed(*changes):
    """Several changes, one after the other."""

    def change(files):
        for one in changes:
            one(files)

    return change


def truncated(source: Path, target: Path) -> None:
    """Half of a zip file, as a broken upload leaves it."""
    content = source.read_bytes()
    target.write_bytes(content[: len(content) // 2])


def damaged_inside(source: Path, target: Path) -> None:
    """A zip file whose table of contents is whole and whose content is not."""
    content = bytearray(source.read_bytes())
    content[200:1200] = bytes(1000)
    target.write_bytes(content)


def with_member(source: Path, target: Path, name: str, content: bytes = b"x") -> None:
    """A zip file with one more member."""
    shutil.copy(source, target)
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(zipfile.ZipInfo(name), content)


def with_doubled_name(source: Path, target: Path) -> None:
    """A zip file that holds exercises.ipynb twice."""
    shutil.copy(source, target)
    with zipfile.ZipFile(target, "a") as archive, zipfile.ZipFile(source) as original:
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            archive.writestr("exercises.ipynb", original.read("exercises.ipynb"))


def with_link(source: Path, target: Path) -> None:
    """A zip file in which an answer is a link to a file of the marker's."""
    shutil.copy(source, target)
    entry = zipfile.ZipInfo("answers/m00-q99-link.json")
    entry.create_system, entry.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(entry, "/etc/passwd")


def bomb(source: Path, target: Path) -> None:
    """A zip file whose notebook unpacks to 200 MB and says so."""

    def change(files):
        del files["exercises.ipynb"]

    repacked(source, target, change)
    with (
        zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("exercises.ipynb", "w") as stream,
    ):
        for _ in range(200):
            stream.write(bytes(1_000_000))


def lying_bomb(source: Path, target: Path) -> None:
    """A bomb whose table of contents claims that the notebook is small."""
    bomb(source, target)
    content = bytearray(target.read_bytes())
    content[:] = content.replace(struct.pack("<L", 200_000_000), struct.pack("<L", 1000))
    target.write_bytes(content)


def word_file(target: Path) -> None:
    """A Word file: a zip file too, but not a hand-in."""
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document/>")
