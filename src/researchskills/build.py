"""From what authors write to what learners open.

`solutions/NN-name/*.md` → `course/NN-name/{lesson.ipynb, exercises.ipynb, module.json, supervisor.md}`.
The lesson is run and keeps its outputs. The exercises go through nbgrader, which takes out hidden
tests and mark schemes; only they do, in a scratch folder, because nbgrader would strip the lesson and
copy mentors' notes along. The result is proved to hold no answer, and only then takes the place of the
old one.

The same source gives the same bytes: cell ids come from what a cell is, outputs carry no times, and
pictures no dates. That is what lets `course build --check` and a reviewer's diff mean something.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode, v4

import researchskills
from researchskills.bank import Question
from researchskills.errors import CourseError
from researchskills.paths import course_root, named, suggestion
from researchskills.source import Cell, Fault, Module, Page, SourceError, outcomes, read_module
from researchskills.store import replace_file

FILES = ("lesson.ipynb", "exercises.ipynb", "module.json", "supervisor.md")
#: Says what a folder was built from; written last, and not kept in the repository.
STAMP = ".built-from"
#: Stands where a learner's stub goes while nbgrader works; its own stub frightens people.
STUB_MARK = "# the stub goes here"
GRADEBOOK = "gradebook.db"


def source_modules(root: Path) -> list[str]:
    """Names of the modules that have a source."""
    return sorted(path.parent.name for path in (root / "solutions").glob("[0-9][0-9]-*/lesson.md"))


def build(
    names: Iterable[str] = (),
    root: Path | None = None,
    everything: bool = False,
    progress: Callable[[str], None] = lambda sentence: None,
) -> list[str]:
    """Build the modules whose source has changed.

    Parameters
    ----------
    names : iterable of str
        Modules, such as `00` or `00-start-here`; by default all.
    root : pathlib.Path, optional
        Course folder; by default `course_root()`.
    everything : bool
        Build also what has not changed.
    progress : callable
        Gets a sentence at each step.

    Returns
    -------
    list of str
        Names of the modules that were built.

    Raises
    ------
    SourceError
        If a source is wrong. The module's old edition is then untouched.
    """
    root = root or course_root()
    built = []
    for name in _chosen(names, root):
        target = root / "course" / name
        if not everything and _is_current(target, _built_from(root, name)):
            progress(f"{name}: nothing has changed.")
            continue
        progress(f"{name}: building …")
        with tempfile.TemporaryDirectory(prefix="course-build-") as scratch:
            made = _build_module(root, name, Path(scratch))
            target.mkdir(parents=True, exist_ok=True)
            for file in FILES:
                replace_file(target / file, (made / file).read_bytes())
            replace_file(target / STAMP, _built_from(root, name).encode())
        built.append(name)
        progress(f"{name}: done.")
    return built


def check(names: Iterable[str] = (), root: Path | None = None) -> list[str]:
    """Names of the derived files that differ from what the source gives.

    Parameters
    ----------
    names : iterable of str
        Modules; by default all.
    root : pathlib.Path, optional
        Course folder.

    Returns
    -------
    list of str
        Paths below the course folder; empty when all is in step. Folders in `course/` that no
        source accounts for are listed too.
    """
    root = root or course_root()
    chosen = _chosen(names, root)
    differing = []
    for name in chosen:
        with tempfile.TemporaryDirectory(prefix="course-check-") as scratch:
            made = _build_module(root, name, Path(scratch))
            for file in FILES:
                there = root / "course" / name / file
                if not there.exists() or there.read_bytes() != (made / file).read_bytes():
                    differing.append(f"course/{name}/{file}")
        present = (root / "course" / name).glob("*")
        differing += [f"course/{name}/{path.name}" for path in present if path.name not in (*FILES, STAMP)]
    if not list(names):
        present = [path.name for path in (root / "course").glob("*") if path.is_dir()]
        differing += [f"course/{name}" for name in sorted(present) if name not in chosen]
    return differing


def _chosen(names: Iterable[str], root: Path) -> list[str]:
    available = source_modules(root)
    chosen = []
    for word in names:
        found = named(word, available)
        if not found:
            raise CourseError(f"There is no source for a module “{word}”.{suggestion(word, available)}", exit_status=2)
        chosen.append(found)
    return chosen or available


def _edition(root: Path, name: str) -> str:
    """A fingerprint of what learners read and answer; it travels with a hand-in."""
    folder = root / "solutions" / name
    return _fingerprint([folder / "lesson.md", folder / "exercises.md"], root)


def _built_from(root: Path, name: str) -> str:
    """A fingerprint of all that the derived files depend on: text, data and this package."""
    package = Path(__file__).parent
    ours = _fingerprint(package.rglob("*.py"), package)
    folders = (root / "solutions" / name, root / "datasets")
    theirs = _fingerprint((path for folder in folders for path in folder.rglob("*")), root)
    return f"{theirs}-{ours}"


def _fingerprint(paths: Iterable[Path], root: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        if path.is_file() and path.suffix in {".md", ".yaml", ".csv", ".json", ".py", ".sealed"}:
            digest.update(f"{path.relative_to(root).as_posix()}\0".encode())
            # A checkout on Windows may have other line ends; it is still the same source.
            digest.update(path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()[:16]


def _is_current(target: Path, built_from: str) -> bool:
    try:
        return (target / STAMP).read_text() == built_from and all((target / file).exists() for file in FILES)
    except OSError:
        return False


def _build_module(root: Path, name: str, scratch: Path) -> Path:
    # Imported here, because marking builds on this module.
    from researchskills.marking import calibration

    module = read_module(root / "solutions" / name)
    wrong = calibration.faults(root / "solutions" / name, module.questions)
    if wrong:
        raise SourceError(wrong)
    edition = _edition(root, name)
    made = scratch / name
    made.mkdir()
    described = json.dumps(_description(module, edition), ensure_ascii=False, indent=1) + "\n"
    (made / "module.json").write_text(described, encoding="utf-8", newline="\n")
    (made / "supervisor.md").write_text(module.supervisor.rstrip() + "\n", encoding="utf-8", newline="\n")
    _write(made / "exercises.ipynb", _release(module, edition, scratch))
    _write(made / "lesson.ipynb", _executed(module.lesson, _lesson(module, edition), made))
    left = _answers_left(module, made)
    if left:
        raise SourceError(left)
    return made


def _description(module: Module, edition: str) -> dict:
    header = module.lesson.header
    return {
        "module": module.name, "title": header["title"], "summary": header["summary"],
        "minutes": header["minutes"], "edition": edition,
        "outcomes": outcomes(module.lesson), "plan": module.contributions,
        "questions": {name: question.released() for name, question in module.questions.items()},
    }


def _write(path: Path, notebook: NotebookNode) -> None:
    nbformat.validate(notebook)
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")


# -- cells --------------------------------------------------------------------------------------


def _notebook(module: str, page: Page, edition: str, cells: list[NotebookNode]) -> NotebookNode:
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "title": page.header["title"],
        "researchskills": {"module": module, "page": page.where, "edition": edition},
    }
    # After the title, so that the page's first words are the author's.
    cells.insert(1, _code(f"{page.where}-setup", _setup(cells), ["activity"]))
    return v4.new_notebook(metadata=metadata, cells=cells)


def _setup(cells: list[NotebookNode]) -> str:
    """Import what the page uses and no more: a page without charts need not wait for them."""
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    return "from researchskills import " + ", ".join(
        name for name in sorted(researchskills.__all__) if re.search(rf"(?<![.\w]){name}\(", code)
    )


#: What only the author changes: a stray double click or key leaves it as it is.
FIXED = {"deletable": False, "editable": False}


def _markdown(identifier: str, text: str) -> NotebookNode:
    return v4.new_markdown_cell(text, id=identifier, metadata=dict(FIXED))


def _code(identifier: str, text: str, tags: list[str]) -> NotebookNode:
    metadata = {"tags": tags, "deletable": False}
    if "activity" in tags:
        metadata |= {**FIXED, "jupyter": {"source_hidden": True}}
    return v4.new_code_cell(text, id=identifier, metadata=metadata)


def _author_cell(page: Page, number: int, cell: Cell) -> NotebookNode:
    identifier = f"{page.where}-{number:02}"
    return _markdown(identifier, cell.text) if cell.kind == "markdown" else _code(identifier, cell.text, cell.tags)


def _question_cell(question: Question, identifier: str) -> NotebookNode:
    return _code(identifier, f'question("{question.id}")', ["activity"])


def _lesson(module: Module, edition: str) -> NotebookNode:
    cells = [
        _question_cell(cell.question, cell.question.id) if cell.question else _author_cell(module.lesson, number, cell)
        for number, cell in enumerate(module.lesson.cells)
    ]
    return _with_originals(_notebook(module.name, module.lesson, edition, cells))


def _with_originals(notebook: NotebookNode) -> NotebookNode:
    """Remember the code that a learner may change, so that it can be put back."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and "activity" not in cell.metadata.tags:
            cell.metadata["researchskills"] = {"original": cell.source}
    return notebook


def source_notebook(module: Module, edition: str = "") -> NotebookNode:
    """The exercises with nbgrader's metadata, answers, hidden tests and mark schemes.

    This is what nbgrader makes the learners' release from and marks hand-ins against.

    Parameters
    ----------
    module : Module
        What its author wrote.
    edition : str, optional
        The edition that learners have; marking does not depend on it.
    """
    page = module.exercises
    cells = []
    for number, cell in enumerate(page.cells):
        cells += _graded_cells(cell.question) if cell.question else [_locked(_author_cell(page, number, cell))]
    notebook = _notebook(module.name, page, edition, cells)
    _locked(notebook.cells[1])
    return notebook


def _graded(cell: NotebookNode, **marks) -> NotebookNode:
    cell.metadata["nbgrader"] = {
        "schema_version": 3, "grade_id": cell.id, "grade": False, "solution": False, "locked": True, "task": False,
        **marks,
    }
    return cell


def _locked(cell: NotebookNode) -> NotebookNode:
    if cell.cell_type == "code" and "try" in cell.metadata.tags:
        return cell
    return _graded(cell)


def _graded_cells(question: Question) -> list[NotebookNode]:
    heading = f"### {question.title}\n\n"
    if question.points:
        heading += f"*{question.points} {'point' if question.points == 1 else 'points'}"
        heading += ", marked by your mentor*\n\n" if question.marked_by == "mentor" else "*\n\n"
    prompt = heading + question.prompt
    answer = _graded(_question_cell(question, f"{question.id}-answer"))
    if question.marked_by == "mentor":
        scheme = f"\n\n### BEGIN MARK SCHEME\n{_mark_scheme(question)}\n### END MARK SCHEME"
        task = _markdown(question.id, prompt + _criteria(question) + scheme)
        return [_graded(task, task=True, points=question.points), answer]
    prompt_cell = _graded(_markdown(f"{question.id}-prompt", prompt))
    if not question.points:
        return [prompt_cell, answer]
    if question.kind == "value":
        solution = f"### BEGIN SOLUTION\n{question.mark_scheme['solution']}\n### END SOLUTION"
        answer = _graded(_code(f"{question.id}-answer", solution, ["try"]), solution=True, locked=False)
    tests = (f'check("{question.id}")\n### BEGIN HIDDEN TESTS\nfrom researchskills.ask import score\n'
             f'score("{question.id}")\n### END HIDDEN TESTS')
    checked = _graded(_code(question.id, tests, ["activity"]), grade=True, points=question.points)
    return [prompt_cell, answer, checked]


def _criteria(question: Question) -> str:
    names = ", ".join(criterion.lower() for criterion in question.content["criteria"])
    return f"\n\nYour mentor looks at: {names}."


def _mark_scheme(question: Question) -> str:
    rows = []
    for row in question.mark_scheme["rubric"]:
        rows += [f"**{row['criterion']}**", ""] + [f"- {level}" for level in row["levels"]] + [""]
    return "\n".join([*rows, "**Example of a full answer**", "", question.mark_scheme["example"]])


# -- release ------------------------------------------------------------------------------------


def nbgrader_config(folder: Path):
    """nbgrader's settings for a folder with its own gradebook.

    Parameters
    ----------
    folder : pathlib.Path
        Holds `source/`, `release/`, `submitted/`, `autograded/` and `gradebook.db`.

    Returns
    -------
    traitlets.config.Config
        Also puts this environment's programs on PATH, because nbgrader calls `alembic` by name.
    """
    import sysconfig

    from traitlets.config import Config

    programs = sysconfig.get_path("scripts")
    if programs not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = programs + os.pathsep + os.environ.get("PATH", "")
    config = Config()
    config.CourseDirectory.root = str(folder)
    config.CourseDirectory.course_id = "research-at-the-interface"
    config.CourseDirectory.db_url = f"sqlite:///{(folder / GRADEBOOK).as_posix()}"
    config.ClearSolutions.code_stub = {"python": STUB_MARK}
    config.ClearSolutions.begin_solution_delimeter = "### BEGIN SOLUTION"
    config.ClearSolutions.end_solution_delimeter = "### END SOLUTION"
    return config


def make_gradebook(file: Path) -> None:
    """Put an empty gradebook in its place, whole, if there is none.

    One that was begun and not finished, because the disk was full or the program was stopped, has no version and could
    never be used again.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    if not file.exists() or not file.stat().st_size:
        replace_file(file, _empty_gradebook())


@cache
def _empty_gradebook() -> bytes:
    # nbgrader starts a program to make one, which takes longer than all else; they are all alike.
    from nbgrader.api import Gradebook

    with tempfile.TemporaryDirectory(prefix="gradebook-") as scratch:
        settings = nbgrader_config(Path(scratch)).CourseDirectory
        with Gradebook(settings.db_url, settings.course_id):
            pass
        return (Path(scratch) / GRADEBOOK).read_bytes()


def make_release(name: str, folder: Path) -> NotebookNode:
    """Let nbgrader derive the release of `folder/source/name/exercises.ipynb`.

    Returns
    -------
    NotebookNode
        The release as nbgrader wrote it. The gradebook in `folder` then knows the module.

    Raises
    ------
    CourseError
        If nbgrader refuses the source.
    """
    import logging

    from nbgrader.converters import GenerateAssignment
    from nbgrader.converters.base import NbGraderException
    from nbgrader.coursedir import CourseDirectory

    config = nbgrader_config(folder)
    directory = CourseDirectory(config=config)
    directory.assignment_id = name
    converter = GenerateAssignment(coursedir=directory, config=config)
    converter.create_assignment = True
    converter.force = True
    converter.log.setLevel(logging.ERROR)
    try:
        converter.start()
    except (NbGraderException, SystemExit) as problem:
        raise CourseError(f"The exercises of {name} could not be prepared for marking: {problem}") from problem
    return nbformat.read(folder / "release" / name / "exercises.ipynb", as_version=4)


def _release(module: Module, edition: str, scratch: Path) -> NotebookNode:
    room = scratch / "room"
    source = room / "source" / module.name
    source.mkdir(parents=True)
    _write(source / "exercises.ipynb", source_notebook(module, edition))
    make_gradebook(room / GRADEBOOK)
    return _with_originals(with_stubs(make_release(module.name, room), module.questions))


def with_stubs(release: NotebookNode, questions: dict[str, Question]) -> NotebookNode:
    """Put each code question's own stub where nbgrader left a mark."""
    stubs = {f"{q.id}-answer": q.content["stub"] for q in questions.values() if q.kind == "value"}
    for cell in release.cells:
        if cell.source == STUB_MARK:
            cell.source = stubs[cell.id]
    return release


# -- lesson -------------------------------------------------------------------------------------


def _executed(page: Page, notebook: NotebookNode, folder: Path) -> NotebookNode:
    """Run a lesson in a fresh kernel, and keep what does not vary."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError

    settled = {"RESEARCHSKILLS_STATIC": "1", "PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1"}
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    # What a cell prints comes in one piece or in several, as fast as it comes; the same source gives the same bytes.
    client.coalesce_streams = True
    # Only errors: a kernel on one machine need not warn about its connection.
    client.extra_arguments = ["--log-level=40"]
    try:
        client.execute(env={**os.environ, **settled})
    except (CellExecutionError, DeadKernelError) as problem:
        last = re.sub(r"\x1b\[[0-9;]*m", "", str(problem)).strip().splitlines()[-1]
        fault = Fault(page.path, _failing_line(page, notebook), f"the cell does not run: {last}")
        raise SourceError([fault]) from problem
    faults = []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.metadata.pop("execution", None)
        for output in cell.outputs:
            faults += _output_faults(page, cell, output)
    if faults:
        raise SourceError(faults)
    shutil.rmtree(folder / "answers", ignore_errors=True)
    return notebook


def _output_faults(page: Page, cell: NotebookNode, output: NotebookNode) -> list[Fault]:
    text = json.dumps(output)
    line = _line_of(page, cell)
    if output.output_type == "stream" and output.name == "stderr":
        return [Fault(page.path, line, f"the cell prints a warning: {output.text.strip().splitlines()[-1]}")]
    if re.search(r" at 0x[0-9a-f]{6,}", text):
        return [Fault(page.path, line, "the cell's output holds a memory address, which differs at each run")]
    return []


def _failing_line(page: Page, notebook: NotebookNode) -> int:
    failed = (cell for cell in notebook.cells if any(one.output_type == "error" for one in cell.get("outputs", [])))
    return next((_line_of(page, cell) for cell in failed), 1)


def _line_of(page: Page, cell: NotebookNode) -> int:
    return next((one.line for one in page.cells if one.text == cell.source), 1)


# -- proof --------------------------------------------------------------------------------------


def _answers_left(module: Module, made: Path) -> list[Fault]:
    """Faults for every answer, reason or mark scheme that stands in a released file."""
    released = {file: _readable(made / file) for file in FILES}
    faults = []
    for page in (module.lesson, module.exercises):
        for cell in page.questions:
            for what, secret in secrets(cell.question):
                files = [file for file, text in released.items() if _squeezed(secret) in text]
                if files:
                    faults.append(Fault(page.path, cell.line, f"{what} of “{cell.question.id}” is left in "
                                                              f"{' and '.join(files)}: “{secret[:60]}”"))
    return faults


def secrets(question: Question) -> list[tuple[str, str]]:
    """Texts that must not stand in anything learners get, each with what it is.

    Short ones (under 15 characters) are left out: they stand in ordinary prose by chance.
    """
    found = []
    key, scheme = question.key, question.mark_scheme
    for reason in key.get("reasons", {}).values():
        found += [("a reason", one) for one in (reason.values() if isinstance(reason, dict) else [reason])]
    found += [("a reason", mistake["reason"]) for mistake in key.get("mistakes", [])]
    found += [("a reason", key[name]) for name in ("reason", "why") if name in key]
    found += [("the mark scheme", level) for row in scheme.get("rubric", []) for level in row["levels"]]
    found += [("the model answer", part) for part in scheme.get("example", "").split("\n\n")]
    stub = question.content.get("stub", "").splitlines()
    found += [("the solution", one) for one in scheme.get("solution", "").splitlines() if one not in stub]
    return [(what, text) for what, text in found if len(text.strip()) >= 15 or what == "the solution"]


def _readable(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        notebook = nbformat.reads(text, as_version=4)
        text = "\n".join(cell.source for cell in notebook.cells) + json.dumps(
            [cell.get("outputs", []) for cell in notebook.cells], ensure_ascii=False
        )
    return _squeezed(text)


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\\n", " ")).strip()
