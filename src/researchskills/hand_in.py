"""Before the work leaves: look it through, then pack it into one file.

A hand-in is a zip file with the two notebooks, the saved answers and a receipt: when, from which edition, a
checksum of every file, a digest of every question that was asked, and the workspace's seal. It is made on the
learner's computer and sent by whatever way people use; nothing here sends anything.

What is packed is less than what lies in the folder, on purpose: answers that were replaced, reflections
marked as private, widget state and endless output stay behind. What is packed has been looked through for
details that identify a person, and is refused if there are any, unless the learner has looked at them and
says so. Only what the learner brought counts: words and numbers that stand in the course itself or in its
made-up data raise no alarm.
"""

import hashlib
import io
import json
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from researchskills import bank, paths, privacy, workspace
from researchskills.errors import CourseError
from researchskills.store import replace_file

NOTEBOOKS = ("exercises.ipynb", "lesson.ipynb")
RECEIPT = "receipt.json"
#: Name of an answer file; anything else in the folder (locks, set-aside copies) is not an answer.
ANSWER = re.compile(r"answers/([a-z0-9]+(?:-[a-z0-9]+)*)\.json")
#: Characters of output that are packed for each cell.
LARGEST_OUTPUT = 200_000
#: What a learner does with data of their own carries a name such as `m04-a1-own-file`, and stays at home.
OWN = re.compile(r"m\d\d-a\d+-[a-z0-9-]+")
_SHOWS = re.compile(r"""\b(?:question|check)\(\s*["']([a-z0-9-]+)["']""")


@dataclass(frozen=True)
class Finding:
    """Something to look at before handing in.

    Attributes
    ----------
    kind : str
        `unanswered`, `changed`, `copied`, `missing`, `does-not-run` or `private`.
    sentence : str
        What it is and what can be done, in plain words.
    where : str
        For example: exercises, question “Is this interface work?”.
    cell : int or None
        Place of the cell in its notebook, counted from 0.
    page : str
        `exercises` or `lesson`.
    """

    kind: str
    sentence: str
    where: str
    cell: int | None = None
    page: str = "exercises"


@dataclass(frozen=True)
class Receipt:
    """What was packed, and when.

    Attributes
    ----------
    path : pathlib.Path
        The zip file.
    module, edition, learner : str
        Module, edition of the course and learner code.
    time : datetime.datetime
        UTC, to the second.
    files : dict of str to str
        SHA-256 of each packed file.
    """

    path: Path
    module: str
    edition: str
    learner: str
    time: datetime
    files: dict[str, str] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """For the learner: what to do next."""
        return (
            f"Your work on {self.module} is packed in {self.path}. "
            "Nothing has been sent: give this file to your mentor in the way you have agreed. "
            "Private reflections and earlier versions of your answers are not in it."
        )


class _Work:
    """A learner's folder of one module, read once."""

    def __init__(self, workspace_folder: Path, module: str):
        self.module = module
        self.folder = workspace_folder / module
        if not self.folder.is_dir():
            raise CourseError(
                f"There is no folder {self.folder}. Nothing was handed in. Start the course once, then try again."
            )
        self.questions = bank.read(self.folder / "module.json")
        self.edition = json.loads((self.folder / "module.json").read_bytes()).get("edition", "")
        self.notebooks = {name: self._notebook(name) for name in NOTEBOOKS if (self.folder / name).exists()}
        self.answers = dict(self._answers())

    def _notebook(self, name: str) -> NotebookNode:
        try:
            return nbformat.reads((self.folder / name).read_text(encoding="utf-8"), as_version=4)
        except (OSError, ValueError, AttributeError, KeyError, TypeError) as problem:
            raise CourseError(
                f"{self.folder / name} cannot be read. Your saved answers are safe and nothing was handed in. "
                f"Run “course fresh {self.module}” for a clean notebook, then try again."
            ) from problem

    def _answers(self) -> Iterator[tuple[str, dict]]:
        for path in sorted((self.folder / "answers").glob("*.json")):
            if ANSWER.fullmatch(f"answers/{path.name}"):
                try:
                    content = json.loads(path.read_bytes())
                except (OSError, ValueError, RecursionError):
                    continue  # the page that owns it sets it aside and says so
                if isinstance(content, dict):
                    yield path.stem, content

    def is_private(self, name: str) -> bool:
        return bool(OWN.fullmatch(name)) or (name in self.questions and self.questions[name].private)

    def delivered(self, name: str) -> NotebookNode | None:
        """The course's own notebook, if the learner's is of the same edition."""
        path = paths.course_root() / "course" / self.module / name
        if name not in self.notebooks or not path.exists():
            return None
        notebook = nbformat.read(path, as_version=4)
        same = _edition(notebook) == _edition(self.notebooks[name])
        return notebook if same else None

    def packed_notebook(self, name: str) -> NotebookNode:
        """The notebook as it is handed in."""
        notebook = _copy(self.notebooks[name])
        notebook.metadata.pop("widgets", None)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                private = OWN.search(cell.source) or any(map(self.is_private, _SHOWS.findall(cell.source)))
                cell.outputs = [] if private else _short(cell.outputs)
        return notebook

    def packed_answers(self) -> dict[str, dict]:
        """The answers as they are handed in: the current ones that are not private."""
        return {name: {**content, "earlier": []} for name, content in self.answers.items() if not self.is_private(name)}

    def place_of(self, question: str) -> tuple[str, int | None]:
        """Page and cell where a question is asked."""
        for name, notebook in self.notebooks.items():
            for index, cell in enumerate(notebook.cells):
                if _grade_id(cell) == f"{question}-answer" or question in _SHOWS.findall(cell.source):
                    return name.removesuffix(".ipynb"), index
        known = self.questions.get(question)
        return (known.where if known else "exercises"), None


# -- looking through ---------------------------------------------------------------------------------


def check_before(workspace_folder: Path, module: str, timeout: int = 60) -> list[Finding]:
    """Look a module through before it is handed in; nothing is changed and nothing is sent.

    Parameters
    ----------
    workspace_folder : pathlib.Path
        The learner's folder.
    module : str
        Full name, such as `00-start-here`.
    timeout : int
        Seconds that a cell of the notebook may take.

    Returns
    -------
    list of Finding
        Private details first; empty when there is nothing to look at.

    Raises
    ------
    CourseError
        If there is no such module in the workspace, or its notebook cannot be read.
    """
    work = _Work(workspace_folder, module)
    return [
        *_private(work),
        *_missing_and_changed(work),
        *_unanswered(work),
        *_not_running(work, timeout),
    ]


def _unanswered(work: _Work) -> Iterator[Finding]:
    from researchskills.ask import as_saved

    exercises = work.notebooks.get("exercises.ipynb", NotebookNode(cells=[]))
    sources = {_grade_id(cell): cell.source for cell in exercises.cells}
    for question in work.questions.values():
        if not question.points:
            continue
        if question.kind == "value":
            blank = _same(sources.get(f"{question.id}-answer", ""), question.content["stub"])
        else:
            blank = not as_saved(question.id, work.folder).is_answered
        if blank:
            page, index = work.place_of(question.id)
            sentence = "This question has no answer yet. You can hand in without it; it then counts as no points."
            # A file that could not be used was set aside under a longer name (see `store`).
            if aside := sorted((work.folder / "answers").glob(f"{question.id}.*-*.json")):
                sentence = ("This question has no answer: the file with your answer could not be used, and is kept as "
                            f"“answers/{aside[-1].name}”. Please answer again, and show that file to your mentor.")
            yield Finding("unanswered", sentence, f"{page}, question “{question.title}”", index, page)


def _missing_and_changed(work: _Work) -> Iterator[Finding]:
    if "exercises.ipynb" not in work.notebooks:
        sentence = (
            "The notebook of exercises is not in your folder. Your saved answers are safe. "
            f"Run “course fresh {work.module}” to get it back."
        )
        yield Finding("missing", sentence, "exercises")
        return
    cells = work.notebooks["exercises.ipynb"].cells
    seen: dict[str, int] = {}
    for index, cell in enumerate(cells):
        name = _grade_id(cell)
        if not name:
            continue
        where = _where(work, "exercises", index)
        if name in seen:
            sentence = "This cell is a copy of another one. Please delete the copy; only one of them can be marked."
            yield Finding("copied", sentence, where, index)
        elif _is_locked(cell) and _checksum(cell) != cell.metadata.nbgrader.get("checksum"):
            sentence = (
                "This cell belongs to the course and has been changed. Your answers are not affected: "
                "it is marked as it was delivered."
            )
            yield Finding("changed", sentence, where, index)
        seen.setdefault(name, index)
    delivered = work.delivered("exercises.ipynb")
    expected = (
        [_grade_id(cell) for cell in delivered.cells if _grade_id(cell)]
        if delivered
        else [question.id for question in work.questions.values() if question.points]
    )
    gone = {_question_of(name, work) or name for name in expected if name not in seen}
    for name in sorted(gone):
        title = work.questions[name].title if name in work.questions else None
        where = f"exercises, question “{title}”" if title else "exercises"
        sentence = (
            "A cell of this question has been deleted. " if title else "A cell of the course has been deleted. "
        ) + f"Saved answers are not lost; “course fresh {work.module}” brings the cell back."
        yield Finding("missing", sentence, where)


def _not_running(work: _Work, timeout: int) -> Iterator[Finding]:
    """Run each notebook whose code the learner changed; the others are known to run."""
    from researchskills import running

    for name, notebook in work.notebooks.items():
        delivered = work.delivered(name)
        if delivered and _code(notebook) == _code(delivered):
            continue
        page = name.removesuffix(".ipynb")
        with tempfile.TemporaryDirectory(prefix="course-check-") as scratch:
            folder = Path(scratch) / work.module
            shutil.copytree(work.folder, folder, ignore=shutil.ignore_patterns("*.ipynb", ".*"))
            trial = _copy(notebook)
            troubles = running.run(trial, folder, timeout, running.environment(RESEARCHSKILLS_STATIC="1"))
        for index, cell in enumerate(trial.cells):
            if cell.cell_type != "code":
                continue
            error = next((output for output in cell.outputs if output.output_type == "error"), None)
            if index in troubles:
                what = f"This cell {troubles[index]}"
                what += f" (more than {timeout} seconds)" if troubles[index] == running.TOO_LONG else ""
            elif error:
                what = f"This cell stops with an error ({error.ename}: {_masked(str(error.evalue)[:200])})"
            else:
                continue
            sentence = f"{what} when the notebook is run from the top. Please look at it, or ask your mentor."
            yield Finding("does-not-run", sentence, _where(work, page, index), index, page)


def _private(work: _Work) -> list[Finding]:
    findings, seen, known = [], set(), _Known(work)
    for text, where, index, page in _packed_texts(work):
        for match in privacy.find(text):
            value = text[match.start : match.end]
            # An answer stands in its file and in the result of its cell: one place for the learner.
            same = (match.kind, privacy.normalised(value), page, index)
            if same in seen or known.has(value):
                continue
            seen.add(same)
            sentence = (
                f"This looks like {match.described}. Does it belong to a real person? "
                "Then please take it out, or replace it with something made up."
            )
            findings.append(Finding("private", sentence, where, index, page))
    return findings


def _packed_texts(work: _Work) -> Iterator[tuple[str, str, int | None, str]]:
    """Every text that would leave the computer, with the place where the learner finds it."""
    for name, content in work.packed_answers().items():
        page, index = work.place_of(name)
        title = work.questions[name].title if name in work.questions else name
        text = "\n".join([str(content.get("shown", "")), *_leaves(content.get("state"))])
        yield text, f"{page}, question “{title}”", index, page
    for name in work.notebooks:
        page = name.removesuffix(".ipynb")
        for index, cell in enumerate(work.packed_notebook(name).cells):
            where = _where(work, page, index)
            yield privacy.without_embedded_files(cell.source), where, index, page
            for output in cell.get("outputs", []):
                yield _words(output), f"{where} (its result)", index, page


class _Known:
    """What stands in the course itself; searched only when something was found."""

    def __init__(self, work: _Work):
        self.module = work.module
        self.texts: list[str] | None = None

    def has(self, value: str) -> bool:
        if self.texts is None:
            root = paths.course_root()
            files = [*(root / "course" / self.module).glob("*"), *(root / "datasets").glob("*/*.[cj]s*")]
            self.texts = [path.read_text(encoding="utf-8", errors="replace") for path in files if path.is_file()]
        return any(value in text for text in self.texts)


# -- packing -----------------------------------------------------------------------------------------


def hand_in(workspace_folder: Path, module: str, despite_private: bool = False) -> Receipt:
    """Pack the work on a module into `hand-ins/MODULE--LEARNER.zip`.

    An earlier hand-in of the module is kept under a name with its time.

    Parameters
    ----------
    workspace_folder : pathlib.Path
        The learner's folder.
    module : str
        Full name, such as `00-start-here`.
    despite_private : bool
        The learner has looked at the private details that were found and wants to hand in.

    Returns
    -------
    Receipt
        Also stands in the zip file as `receipt.json`.

    Raises
    ------
    CourseError
        If no learner code has been chosen, something looks private, or the file cannot be written.
    """
    work = _Work(workspace_folder, module)
    learner = workspace.learner(workspace_folder)
    if not learner:
        raise CourseError(
            "You have no learner code yet, and a hand-in is named by it. Nothing was handed in. "
            f"Choose one, for example with: course learner {workspace.suggest_learner()}"
        )
    private = _private(work)
    if private and not despite_private:
        places = "; ".join(dict.fromkeys(f"{one.where}: {one.sentence.partition('.')[0]}" for one in private))
        raise CourseError(
            f"Nothing was handed in, because something in your work could identify a person. {places}. "
            "Please look at it. If it is meant to be there, hand in again and say so (--despite-private)."
        )
    files = _packed(work)
    folder = workspace_folder / "hand-ins"
    path = folder / f"{module}--{learner}.zip"
    now = _after(path, datetime.now(UTC).replace(microsecond=0))
    checksums = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    receipt = Receipt(path, module, work.edition, learner, now, checksums)
    described = {
        "schema": 1,
        "module": module,
        "edition": work.edition,
        "learner": learner,
        "seal": workspace.seal(workspace_folder, learner),
        "time": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "files": checksums,
        "questions": {one.id: digest(one) for one in work.questions.values() if one.points},
        "earlier_editions": [one for one in workspace.editions(workspace_folder, module) if one != work.edition],
    }
    files[RECEIPT] = json.dumps(described, indent=1, ensure_ascii=False).encode() + b"\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _keep_earlier(receipt.path)
        replace_file(receipt.path, _zipped(files, now))
    except OSError as problem:
        raise CourseError(
            f"The file {receipt.path} could not be written ({problem.strerror}). Your work and earlier hand-ins are "
            "untouched. Free some space or close programs that use the folder, then try again."
        ) from problem
    return receipt


#: What a key holds besides what is right: words for the learner, which improve without changing any points.
_WORDS_ONLY = {"reason", "reasons", "why", "mistakes"}


def digest(question: bank.Question) -> str:
    """Changes when what a question asks, or what counts as right, or its points change.

    Title and explanations do not matter. It is the same for the question as its author wrote it and as learners got it.
    """
    key = question.key
    if question.kind in bank.KINDS:
        key = {name: value for name, value in key.items() if name not in _WORDS_ONLY}
    prompt = " ".join(question.prompt.split())
    # Once through JSON, where numbers that name something become words.
    decisive = json.loads(json.dumps([question.id, question.kind, prompt, question.points, question.content, key]))
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()[:16]


def _after(earlier: Path, now: datetime) -> datetime:
    """The time of a hand-in: never before that of the one it follows, whatever the clock of the computer says."""
    try:
        with zipfile.ZipFile(earlier) as archive:
            stated = datetime.fromisoformat(json.loads(archive.read(RECEIPT))["time"])
        return max(now, stated.astimezone(UTC) + timedelta(seconds=1))
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RuntimeError, zipfile.BadZipFile, zlib.error):
        return now  # none before, or one that somebody damaged


def _packed(work: _Work) -> dict[str, bytes]:
    files = {name: nbformat.writes(work.packed_notebook(name)).encode() for name in work.notebooks}
    for name, content in work.packed_answers().items():
        files[f"answers/{name}.json"] = json.dumps(content, ensure_ascii=False, indent=1).encode()
    return files


def _zipped(files: dict[str, bytes], time: datetime) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            # A zip file can name the years from 1980 to 2107; the receipt has what the clock said.
            dated = min(max(time.timetuple()[:6], (1980, 1, 1, 0, 0, 0)), (2107, 12, 31, 23, 59, 58))
            entry = zipfile.ZipInfo(name, dated)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()


def _keep_earlier(path: Path) -> None:
    if not path.exists():
        return
    stamp = datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime("%Y-%m-%dT%H%M%SZ")
    kept, number = path.with_name(f"{path.stem}--{stamp}.zip"), 2
    while kept.exists():
        kept, number = path.with_name(f"{path.stem}--{stamp}-{number}.zip"), number + 1
    path.rename(kept)


# -- cells -------------------------------------------------------------------------------------------


def _copy(notebook: NotebookNode) -> NotebookNode:
    return nbformat.from_dict(json.loads(json.dumps(notebook)))


def _edition(notebook: NotebookNode) -> str:
    return notebook.metadata.get("researchskills", {}).get("edition", "")


def _grade_id(cell: NotebookNode) -> str:
    marks = cell.metadata.get("nbgrader", {})
    return str(marks.get("grade_id", "")) if isinstance(marks, dict) else ""


def _is_locked(cell: NotebookNode) -> bool:
    marks = cell.metadata.nbgrader
    return bool(marks.get("locked") or marks.get("grade")) and not marks.get("solution")


def _checksum(cell: NotebookNode) -> str:
    from nbgrader.utils import compute_checksum

    return compute_checksum(cell)


def _question_of(grade_id: str, work: _Work) -> str | None:
    for name in (grade_id, grade_id.removesuffix("-answer"), grade_id.removesuffix("-prompt")):
        if name in work.questions:
            return name
    return None


def _where(work: _Work, page: str, index: int) -> str:
    """How a learner finds a cell: by its question, else by the heading above it."""
    cells = work.notebooks[f"{page}.ipynb"].cells
    names = [_question_of(_grade_id(cells[index]), work), *_SHOWS.findall(cells[index].source)]
    title = next((work.questions[name].title for name in names if name in work.questions), None)
    if title:
        return f"{page}, question “{title}”"
    for above in reversed(cells[: index + 1]):
        heading = re.search(r"^#{1,6} +(.+)$", above.source, re.MULTILINE) if above.cell_type == "markdown" else None
        if heading:
            return f"{page}, under “{heading[1].strip()}”, cell {index + 1}"
    return f"{page}, cell {index + 1}"


def _code(notebook: NotebookNode) -> list[str]:
    return [cell.source.strip() for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def _same(source: str, other: str) -> bool:
    return "".join(source.split()) == "".join(other.split())


def _masked(text: str) -> str:
    for match in reversed(privacy.find(text)):
        text = text[: match.start] + match.masked + text[match.end :]
    return text


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for part in value.values():
            yield from _leaves(part)
    elif isinstance(value, list):
        for part in value:
            yield from _leaves(part)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def _words(output: NotebookNode) -> str:
    if output.output_type == "stream":
        return output.text
    if output.output_type == "error":
        return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join([output.evalue, *output.traceback]))
    data = output.get("data", {})
    texts = [str(data[kind]) for kind in ("text/plain", "text/markdown", "text/latex") if kind in data]
    if "text/html" in data:
        texts.append(privacy.plain_text(data["text/html"]))
    return privacy.without_embedded_files("\n".join(texts))


def _short(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Outputs that can be read on paper, up to a limit; live views are of no use to anybody else."""
    kept, left = [], LARGEST_OUTPUT
    for output in outputs:
        if output.output_type == "stream":
            if len(output.text) > left:
                output.text = output.text[:left] + "\n… The rest of this output was not handed in."
            left -= len(output.text)
        elif output.output_type == "error":
            output.traceback = [line[:2000] for line in output.traceback[-50:]]
            output.evalue = output.evalue[:2000]
        else:
            output.data = {
                kind: value
                for kind, value in output.data.items()
                if kind.startswith("image/") or (kind.startswith("text/") and len(str(value)) <= left)
            }
            left -= sum(len(str(value)) for kind, value in output.data.items() if kind.startswith("text/"))
            if not output.data:
                continue
        kept.append(output)
        if left <= 0:
            break
    return kept
