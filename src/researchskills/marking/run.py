"""Mark hand-ins: `course mark`.

Each hand-in is handled on its own. Whatever goes wrong with one becomes a sentence in its row, and the
others are not touched. Marking the same hand-ins again changes nothing; only what could not be marked is
tried anew.

Several hand-ins are run at once, each in kernels of its own; one thread, this one, writes into the room and
the gradebook. What it writes for one hand-in is not interrupted half-way.
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
from filelock import FileLock, Timeout
from nbformat import NotebookNode
from traitlets.log import get_logger

from researchskills import privacy, running
from researchskills.errors import CourseError
from researchskills.marking import collect, editions, identity
from researchskills.marking.places import Kernels
from researchskills.marking.rebuild import Rebuilt, rebuild
from researchskills.marking.results import MarkingResult, Row, note_file, read_note, results
from researchskills.marking.room import NOTEBOOK, Prepared, default_room, gradebook, look_at, plainly, prepare
from researchskills.marking.workers import Workers
from researchskills.marking.written import opened
from researchskills.store import replace_file

#: Seconds between two looks at the time that is left.
_TICK = 0.25


def mark(
    paths: Iterable[Path],
    room: Path | None = None,
    progress: bool = False,
    timeout: int = 60,
    trust: bool = False,
    same_person: str | None = None,
    other_person: str | None = None,
    at_once: int | None = None,
) -> MarkingResult:
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
    trust : bool
        Go on where hand-ins cannot be shut in.
    same_person : str, optional
        A learner code: the hand-in by this code among those given is the learner's own, from a new workspace.
    other_person : str, optional
        A learner code: the hand-in by this code among those given is somebody else's, although it was accepted.
    at_once : int, optional
        How many hand-ins are run at the same time; by default one more than twice the number of processors.

    Returns
    -------
    MarkingResult
        A row for each learner and module, and for each path that could not be used.

    Raises
    ------
    CourseError
        If a path does not exist, somebody else is marking in the same room, or hand-ins cannot be shut in and
        are not trusted.
    """
    room = (room or default_room()).absolute()
    given = list(collect.candidates(map(Path, paths)))
    with _stoppable(), Kernels(trust) as kernels:
        # It takes seconds to get ready, in which the hand-ins are read.
        if given:
            kernels.begin()
        look_at(room)
        with plainly(room), _alone_in(room):
            found, refused = collect.collect(given, room, same_person, other_person)
            # Imported here: what runs notebooks takes a second to load.
            from researchskills.marking.autograde import logged

            with logged(room):
                modules = {module: _prepared(module, room) for module in sorted({module for module, _ in found})}
                jobs = [_job(modules[key[0]], room, *key, hand_ins) for key, hand_ins in sorted(found.items())]
                waiting = [job for job in jobs if job.fit and not job.is_done]
                with _progress(len(waiting), progress) as bar:
                    # Much of a hand-in's time is waiting, so more are begun than there are processors.
                    _run(waiting, kernels, timeout, at_once or 2 * (os.cpu_count() or 1) + 1, bar)
                rows = list(_rows(jobs, room))
    rows += [Row(hand_in=collect.shown(one.path), module=one.module, problem=one.sentence) for one in refused]
    return MarkingResult(tuple(rows), kernels.why_open)


@dataclass
class _Job:
    """The hand-in of one learner for one module that counts.

    Attributes
    ----------
    fit : editions.Fitted or None
        The module as it is marked for this hand-in; None when it cannot be.
    problem : str
        Why it cannot be.
    room, module, learner
        Where, what and whose.
    folder : pathlib.Path
        Where the room keeps it.
    hand_ins : list
        All that came, each with its folder in the room.
    """

    fit: editions.Fitted | None
    problem: str
    room: Path
    module: str
    learner: str
    folder: Path
    hand_ins: list
    rebuilt: Rebuilt | None = None
    tries: int = 0

    @property
    def name(self) -> str:
        return f"{self.learner}, {self.module}"

    @property
    def note(self) -> dict:
        """What was written down when it was marked last."""
        return read_note(self.room, self.module, self.learner)

    @property
    def hand_in(self) -> collect.HandIn | None:
        """What was met when it was read; None when it was read in an earlier run."""
        return next((hand_in for folder, hand_in in self.hand_ins if folder == self.folder), None)

    @property
    def is_done(self) -> bool:
        note = self.note
        same = note.get("collected") == self.folder.name
        return same and note.get("fingerprint") == self.fit.prepared.fingerprint and not note["unmarked"]


def _job(prepared: Prepared | CourseError, room: Path, module: str, learner: str, hand_ins: list) -> _Job:
    folder = collect.newest(room, learner, module)
    try:
        fit, problem = editions.for_hand_in(prepared, module, room, folder), ""
    except CourseError as refusal:
        fit, problem = None, str(refusal)
    return _Job(fit, problem, room, module, learner, folder, hand_ins)


def _run(jobs: list[_Job], kernels, timeout: int, at_once: int, bar) -> None:
    """Run hand-ins, some at once, and write down each as it comes back."""
    if not jobs:
        return
    # Whether hand-ins can be shut in is known before any of them is touched.
    door = kernels.door()
    workers = Workers(min(at_once, len(jobs)), apart=bool(door and door.shut_in))
    waiting, running_now = list(reversed(jobs)), {}
    try:
        with gradebook(jobs[0].room) as book:
            while waiting or running_now:
                while waiting and workers.is_one_free:
                    job = waiting.pop()
                    future = workers.begin(_replayed, job.fit.prepared, *_read(job), kernels.door(), timeout)
                    running_now[future] = job
                    bar.show(running_now.values())
                bar.tick()
                for future in workers.ended(_TICK):
                    job = running_now.pop(future)
                    if _is_settled(job, future):
                        _settle(job, future, book)
                        bar.step(running_now.values())
                    else:
                        waiting.insert(0, job)
    finally:
        # Whoever is stopped half-way does not wait for a hand-in that sleeps for a minute.
        kernels.close()
        workers.close()


def _replayed(*what):
    # Imported here: what runs notebooks takes a second to load.
    from researchskills.marking.replay import replay

    return replay(*what)


def _is_settled(job: _Job, future: Future) -> bool:
    """Whether there is nothing to be gained from running it again.

    A busy machine, or one on which somebody ended a process, must not cost an honest learner points.
    """
    from researchskills.marking.replay import lacks_points

    job.tries += 1
    if job.tries > 1 or future.exception():
        return job.tries > 1
    replayed = future.result()
    return not (replayed.worth_repeating or lacks_points(job.fit.prepared, replayed.notebook))


def _settle(job: _Job, future: Future, book) -> None:
    problem = future.exception()
    if problem:
        get_logger().error("Running %s failed: %s", job.name, problem)
    with _uninterrupted():
        _write(job, None if problem else future.result(), book)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Put an interrupt off until what is being written is whole."""
    came = []
    with _on_stopping(lambda *_: came.append(True)):
        yield
    if came:
        raise KeyboardInterrupt


@contextmanager
def _stoppable() -> Iterator[None]:
    """Take every way of asking a program to stop for an interrupt, so that it tidies up and says what is kept."""

    def interrupt(*_):
        raise KeyboardInterrupt

    with _on_stopping(interrupt):
        yield


@contextmanager
def _on_stopping(handler: Callable) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # A closed terminal, where there is such a thing, is meant to be ignored by what was started with nohup.
    asked = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    asked = [number for number in asked if signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, handler) for number in asked}
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)


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


def _prepared(module: str, room: Path) -> Prepared | CourseError:
    # A module that cannot be marked is told in the rows of its hand-ins; those of other modules go on.
    try:
        return prepare(module, room)
    except CourseError as problem:
        return problem


def _rows(jobs: list[_Job], room: Path) -> Iterator[Row]:
    """What came of each, with marks of people brought in line."""
    found = {}
    for module in dict.fromkeys(job.module for job in jobs if job.fit):
        learners = [job.learner for job in jobs if job.fit and job.module == module]
        found |= {(module, row.learner): row for row in results(module, room, learners)}
    for job in jobs:
        if not job.fit:
            yield Row(job.learner, job.module, job.hand_ins[0][1].name, problem=job.problem)
            continue
        row = found[job.module, job.learner]
        older = [hand_in.name for folder, hand_in in job.hand_ins if folder != job.folder]
        if older:
            remark = f"A newer hand-in counts; older and kept, but not marked: {', '.join(sorted(older))}."
            row = replace(row, remarks=(*row.remarks, remark))
        yield row


def _read(job: _Job) -> tuple[NotebookNode, dict[str, bytes]]:
    """Take what a hand-in brings, and put it where nbgrader looks for it."""
    files = identity.read_files(job.folder)
    answers = {name: content for name, content in files.items() if name.startswith("answers/")}
    try:
        job.rebuilt = rebuild(job.fit.prepared, files.get("exercises.ipynb"))
        written = nbformat.writes(job.rebuilt.notebook).encode()
    except Exception:
        # Whatever is in it, it is one hand-in's trouble, and the others go on.
        get_logger().exception("The notebook of %s cannot be used", job.name)
        job.rebuilt = rebuild(job.fit.prepared, None)
        written = nbformat.writes(job.rebuilt.notebook).encode()
    time = job.folder.name.rpartition("-")[0]
    collect.write_files(
        _submitted(job),
        {
            f"{NOTEBOOK}.ipynb": written,
            # The only spelling of a time that nbgrader reads right everywhere: UTC, and it says so.
            "timestamp.txt": f"{time[:10]} {time[11:13]}:{time[13:15]}:{time[15:17]} UTC\n".encode(),
            **answers,
        },
    )
    return job.rebuilt.notebook, answers


def _submitted(job: _Job) -> Path:
    return job.room / "submitted" / job.learner / job.module


def _write(job: _Job, replayed, book) -> None:
    """Put the points into the gradebook, and write down what was met."""
    from researchskills.marking.autograde import Outcome, autograde, unmark

    prepared, hand_in = job.fit.prepared, job.hand_in
    with opened(prepared.questions_file, prepared.marked, _submitted(job)) as answers:
        written = {name: answer.shown() for name, answer in answers.items() if answer.asked.marked_by == "mentor"}
        notices = [_notice(answer) for answer in answers.values() if answer.notice]
    if replayed is None:
        outcome = Outcome(list(prepared.marked), failed=True)
    else:
        outcome = autograde(prepared, job.learner, written, replayed, book)
    if outcome.failed:
        unmark(prepared, job.learner, book)
    time = job.folder.name.rpartition("-")[0]
    described = {
        "collected": job.folder.name,
        "fingerprint": prepared.fingerprint,
        "unmarked": outcome.unmarked,
        "not_asked": sorted(prepared.not_asked),
        "stopped": [cell.source for cell in _stopped(job.rebuilt.notebook, outcome)],
        "hand_in": hand_in.name if hand_in else job.note.get("hand_in", job.folder.name),
        "time": f"{time[:13]}:{time[13:15]}:{time[15:]}",
        "problems": [
            *(hand_in.problems if hand_in else ()),
            *job.fit.problems,
            *job.rebuilt.problems,
            *notices,
            *_sentences(prepared, job.rebuilt.notebook, outcome),
        ],
        "remarks": [
            *(hand_in.remarks if hand_in else ()),
            *job.fit.remarks,
            *job.rebuilt.remarks,
            *_private(prepared, written),
        ],
    }
    file = note_file(job.room, job.module, job.learner)
    file.parent.mkdir(parents=True, exist_ok=True)
    replace_file(file, json.dumps(described, ensure_ascii=False, indent=1).encode())
    # Hundreds of hand-ins may be waiting; what is written down need not stay in memory.
    job.rebuilt = None


def _private(prepared: Prepared, written: dict[str, str]) -> Iterator[str]:
    """Say where a person could be recognised; the check before handing in asks the learner, who may go on."""
    for name, text in written.items():
        found = list(dict.fromkeys(match.kind for match in privacy.find(text)))
        if found:
            yield (
                f"In the answer to “{prepared.marked[name].title}” stands what may identify a person "
                f"({', '.join(found)}). Read it before you pass anything on; see “When to stop and ask” in "
                "solutions/mentors.md."
            )


def _notice(answer) -> str:
    was = f" It was: {answer.earlier[-1].get('shown', '')}" if answer.earlier else ""
    return f"The answer to “{answer.asked.title}” does not fit the question as it is now, and counts as none.{was}"


def _sentences(prepared: Prepared, notebook, outcome) -> list[str]:
    if outcome.failed:
        return [f"It could not be marked; what happened is written in {prepared.room / 'marking.log'}."]
    sentences = []
    stopped = _stopped(notebook, outcome)
    if stopped:
        reasons = {outcome.unfinished[cell.id] for cell in stopped}
        what = {
            running.TOO_LONG: "did not end in time and was stopped",
            running.DIED: "stopped the program that runs it",
            running.SKIPPED: "was left out because others took too long",
        }
        begins = stopped[0].source.strip().splitlines()[0][:60]
        sentences.append(f"Code in it {' and '.join(sorted(what[one] for one in reasons))}; it begins with “{begins}”.")
    if outcome.unmarked:
        titles = ", ".join(f"“{prepared.marked[name].title}”" for name in outcome.unmarked)
        sentences.append(
            f"Not marked, because the check gave no points: {titles}. Mark it again, or look at it yourself."
        )
    return sentences


def _stopped(notebook, outcome) -> list[NotebookNode]:
    """Cells in a notebook that did not come to an end."""
    return [cell for cell in notebook.cells if cell.id in outcome.unfinished]


def _progress(total: int, wanted: bool):
    """A progress bar on stderr, or one that does nothing; also where nobody could see it."""
    return _Bar(total) if wanted and total and sys.stderr.isatty() else nullcontext(_NoBar())


class _NoBar:
    def show(self, now) -> None:
        """Say which hand-ins are being run."""

    def step(self, now) -> None:
        """One more is done."""

    def tick(self) -> None:
        """Some time has passed."""


class _Bar(_NoBar):
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
            # A thread of its own would keep workers from being copied; see `workers`.
            auto_refresh=False,
        )
        self.task = self.bar.add_task("", total=total)

    def __enter__(self):
        self.bar.start()
        return self

    def __exit__(self, *problem):
        self.bar.stop()

    def show(self, now) -> None:
        self.bar.update(self.task, description="; ".join(job.name for job in now), refresh=True)

    def step(self, now) -> None:
        self.bar.advance(self.task)
        self.show(now)

    def tick(self) -> None:
        self.bar.refresh()
