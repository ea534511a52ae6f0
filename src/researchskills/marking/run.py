"""Mark hand-ins: `course mark`.

Each hand-in is handled on its own. Whatever goes wrong with one becomes a sentence in its row, and the
others are not touched. Marking the same hand-ins again changes nothing; only what could not be marked is
tried anew.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import nbformat
from filelock import FileLock, Timeout

from researchskills import running
from researchskills.errors import CourseError
from researchskills.marking import collect
from researchskills.marking.rebuild import rebuild
from researchskills.marking.results import MarkingResult, Row, note_file, read_note, results
from researchskills.marking.room import NOTEBOOK, Prepared, default_room, prepare
from researchskills.marking.written import opened
from researchskills.store import replace_file


def mark(paths: Iterable[Path], room: Path | None = None, progress: bool = False, timeout: int = 60) -> MarkingResult:
    """Collect hand-ins and mark them.

    Parameters
    ----------
    paths : iterable of pathlib.Path
        Zip files, unpacked hand-ins, or folders that hold some.
    room : pathlib.Path, optional
        The marking room; by default `marking-room` beside the course.
    progress : bool
        Show how far it is.
    timeout : int
        Seconds that a cell may take before it is stopped.

    Returns
    -------
    MarkingResult
        A row for each learner and module, and for each path that could not be used.

    Raises
    ------
    CourseError
        If a path does not exist, or somebody else is marking in the same room.
    """
    room = (room or default_room()).absolute()
    given = list(collect.candidates(map(Path, paths)))
    with _alone_in(room):
        found, unusable = _collected(given, room)
        modules = {module: _prepared(module, room) for module in sorted({module for module, _ in found})}
        rows = []
        with _progress(len(found), progress) as step:
            for (module, learner), hand_ins in sorted(found.items()):
                step(f"{learner}, {module}")
                rows.append(_row(modules[module], learner, hand_ins, timeout))
    return MarkingResult(tuple(rows + unusable))


@contextmanager
def _alone_in(room: Path) -> Iterator[None]:
    room.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(room / ".marking.lock", timeout=2):
            yield
    except Timeout:
        raise CourseError(
            f"Somebody else is marking in {room}. Nothing was changed. Wait until they have finished."
        ) from None


def _collected(given: list[Path], room: Path) -> tuple[dict, list[Row]]:
    """Hand-ins by module and learner, each with its place in the room; and rows for what is none."""
    found, unusable = {}, []
    for path in given:
        try:
            hand_in = collect.read(path)
        except collect.UnusableError as problem:
            unusable.append(Row(hand_in=str(path), problem=str(problem)))
        else:
            folder = collect.keep(hand_in, room)
            # Its files are in the room now, and a batch of them need not fill the memory.
            kept = (folder, replace(hand_in, files={}))
            found.setdefault((hand_in.module, hand_in.learner), []).append(kept)
    return found, unusable


def _prepared(module: str, room: Path) -> Prepared | CourseError:
    # A module that cannot be marked is told in the rows of its hand-ins; those of other modules go on.
    try:
        return prepare(module, room)
    except CourseError as problem:
        return problem


def _row(prepared: Prepared | CourseError, learner: str, hand_ins: list, timeout: int) -> Row:
    first = hand_ins[0][1]
    if isinstance(prepared, CourseError):
        return Row(learner, first.module, first.path.name, problem=str(prepared))
    counted = collect.newest(prepared.room, learner, prepared.name)
    known = next((hand_in for folder, hand_in in hand_ins if folder == counted), None)
    _mark_one(prepared, learner, counted, known, timeout)
    (row,) = results(prepared.name, prepared.room, [learner])
    return _with_older(row, counted, hand_ins)


def _with_older(row: Row, counted: Path, hand_ins: list) -> Row:
    older = [hand_in.path.name for folder, hand_in in hand_ins if folder != counted]
    if not older:
        return row
    remark = f"A newer hand-in counts; older and kept, but not marked: {', '.join(sorted(older))}."
    return Row(**{**vars(row), "remarks": (*row.remarks, remark)})


def _mark_one(prepared: Prepared, learner: str, folder: Path, hand_in: collect.HandIn | None, timeout: int) -> None:
    from researchskills.marking.autograde import autograde, unmark

    note = read_note(prepared.room, prepared.name, learner)
    same = note.get("collected") == folder.name and note.get("fingerprint") == prepared.fingerprint
    if same and not note["unmarked"]:
        return
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    rebuilt = rebuild(prepared, files.get("exercises.ipynb"))
    submitted = prepared.room / "submitted" / learner / prepared.name
    time = folder.name.rpartition("-")[0]
    collect.write_files(
        submitted,
        {
            f"{NOTEBOOK}.ipynb": nbformat.writes(rebuilt.notebook).encode(),
            # The only spelling of a time that nbgrader reads right everywhere: UTC, and it says so.
            "timestamp.txt": f"{time[:10]} {time[11:13]}:{time[13:15]}:{time[15:17]} UTC\n".encode(),
            **{name: content for name, content in files.items() if name.startswith("answers/")},
        },
    )
    with opened(prepared.questions_file, prepared.marked, submitted) as answers:
        written = {name: answer.shown() for name, answer in answers.items() if answer.asked.marked_by == "mentor"}
        notices = [_notice(answer) for answer in answers.values() if answer.notice]
    outcome = autograde(prepared, learner, written, timeout)
    if outcome.failed:
        unmark(prepared, learner)
    problems = [*rebuilt.problems, *notices, *_sentences(prepared, rebuilt.notebook, outcome)]
    remarks = list(rebuilt.remarks)
    if hand_in:
        problems = [*hand_in.problems, *problems]
        remarks = [*hand_in.remarks, *remarks]
    described = {
        "collected": folder.name,
        "fingerprint": prepared.fingerprint,
        "unmarked": outcome.unmarked,
        "hand_in": hand_in.path.name if hand_in else note.get("hand_in", folder.name),
        "time": f"{time[:13]}:{time[13:15]}:{time[15:]}",
        "problems": problems,
        "remarks": remarks,
    }
    file = note_file(prepared.room, prepared.name, learner)
    file.parent.mkdir(parents=True, exist_ok=True)
    replace_file(file, json.dumps(described, ensure_ascii=False, indent=1).encode())


def _notice(answer) -> str:
    was = f" It was: {answer.earlier[-1].get('shown', '')}" if answer.earlier else ""
    return f"The answer to “{answer.asked.title}” does not fit the question as it is now, and counts as none.{was}"


def _sentences(prepared: Prepared, notebook, outcome) -> list[str]:
    if outcome.failed:
        return [f"It could not be marked; what happened is written in {prepared.room / 'marking.log'}."]
    sentences = []
    learners = [cell.id for cell in notebook.cells if cell.id in outcome.unfinished]
    if learners:
        reasons = {outcome.unfinished[name] for name in learners}
        what = {
            running.TOO_LONG: "did not end in time and was stopped",
            running.DIED: "stopped the program that runs it",
            running.SKIPPED: "was left out because others took too long",
        }
        sentences.append(f"Code in it {' and '.join(sorted(what[one] for one in reasons))}; please look at it.")
    if outcome.unmarked:
        titles = ", ".join(f"“{prepared.marked[name].title}”" for name in outcome.unmarked)
        sentences.append(
            f"Not marked, because the check gave no points: {titles}. Mark it again, or look at it yourself."
        )
    return sentences


def _progress(total: int, wanted: bool):
    """A step function within a progress bar on stderr, or one that does nothing."""
    if not wanted:
        return nullcontext(lambda what: None)
    return _Bar(total)


class _Bar:
    def __init__(self, total: int):
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self.bar = Progress(
            TextColumn("Marking"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.description}", markup=False),
            console=Console(stderr=True),
            transient=True,
        )
        self.task = self.bar.add_task("", total=total)
        self.begun = False

    def __enter__(self):
        self.bar.start()
        return self.step

    def __exit__(self, *problem):
        self.bar.stop()

    def step(self, what: str) -> None:
        self.bar.update(self.task, description=what, advance=1 if self.begun else 0)
        self.begun = True
