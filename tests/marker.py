"""A marker at work: `course mark` as a process of its own, with everything that it starts and leaves behind.

Each has a temporary folder of its own. Its processes are known by it: it stands in their command or their environment.
"""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import psutil
from faulty.hand_ins import make
from small_room import CODE, MODULE

from researchskills.marking.room import gradebook

_SIGNALS = {
    "interrupt": signal.SIGINT,
    "terminate": signal.SIGTERM,
    "hang-up": signal.SIGHUP,
    "kill": signal.SIGKILL,
}
#: Seconds after which something hangs, also on a slow machine.
LIMIT = 300
#: As `course mark`, with what is asked of it only here.
_MARK = """
import json, sys
from pathlib import Path
from researchskills import cli, marking
sys.argv, given = ["course"], json.loads(sys.argv[1])
@cli.app.command("mark-here")
def here():
    result = marking.mark([Path(given.pop("inbox"))], Path(given.pop("room")), **given)
    print(json.dumps(result.as_dict()))
    sys.exit(result.exit_status)
sys.argv.append("mark-here")
cli.main()
"""


class Marker:
    """A running `course mark`.

    Parameters
    ----------
    inbox, room : pathlib.Path
        What is marked, and where.
    *more : str
        Further arguments of the command.
    path : str, optional
        The environment's PATH, if it is to be another one.
    processor : int, optional
        The only processor that it may use, if it is to be one.
    output : int, optional
        Where it writes, if not into a pipe.
    **settings
        Of `marking.mark`; without a command line for them.
    """

    def __init__(
        self, inbox: Path, room: Path, *more: str, path: str | None = None, processor: int | None = None,
        output=subprocess.PIPE, **settings,
    ):  # fmt: skip
        self.room = room
        # Short: the names of sockets in it may not be long.
        self.temporary = Path(tempfile.mkdtemp(prefix="marker-"))
        command = [sys.executable, "-m", "researchskills.cli", "mark", str(inbox), "--room", str(room), *more]
        if settings:
            given = {"inbox": str(inbox), "room": str(room), **settings}
            command = [sys.executable, "-c", _MARK, json.dumps(given)]
        self.process = subprocess.Popen(
            command,
            env={**os.environ, "TMPDIR": str(self.temporary), "PATH": path or os.environ["PATH"]},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            text=True,
            start_new_session=True,
            preexec_fn=lambda: _as_in_a_terminal(processor),
        )

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        for one in self.family():
            with suppress(psutil.Error):
                one.kill()
        self.process.communicate()
        shutil.rmtree(self.temporary, ignore_errors=True)

    def end(self) -> tuple[str, str]:
        """Wait until it has ended, and return what it said on its two outputs."""
        return self.process.communicate(timeout=LIMIT)

    def family(self) -> list[psutil.Process]:
        """All processes that it started, wherever they hang in the tree now, and itself."""
        return [one for one in psutil.process_iter() if self._is_ours(one)]

    def _is_ours(self, one: psutil.Process) -> bool:
        try:
            if one.pid == os.getpid() or one.status() == psutil.STATUS_ZOMBIE:
                return False
            ours = any(str(self.temporary) in word for word in one.cmdline())
            return ours or one.environ().get("TMPDIR") == str(self.temporary)
        except (psutil.Error, OSError):
            return False

    def is_in_its_room(self) -> bool:
        """Whether it has begun to look at hand-ins."""
        with suppress(psutil.Error):
            return any(file.path.endswith(".marking.lock") for file in psutil.Process(self.process.pid).open_files())
        return False

    def kernels(self) -> dict[str, list[psutil.Process]]:
        """Processes of the fork server: `bubblewrap`, `server`, `watchman`, `keeper`, `kernel`."""
        found = {name: [] for name in ("bubblewrap", "server", "watchman", "keeper", "kernel")}
        ours = {one.pid: one for one in self.family()}
        with suppress(psutil.Error):
            found["bubblewrap"] = [one for one in ours.values() if one.name() == "bwrap"]
        above = found["bubblewrap"]
        for name in list(found)[1:]:
            numbers = {one.pid for one in above}
            above = found[name] = [one for one in ours.values() if _parent(one) in numbers]
        return found

    def wait_for(self, done: Callable[[], object]):
        """Wait for something while it runs, and return it; None when it has ended before."""
        until = time.monotonic() + LIMIT
        while self.process.poll() is None and time.monotonic() < until:
            if found := done():
                return found
            time.sleep(0.01)
        return None

    def left_behind(self) -> list[str]:
        """Processes and files that are still there some time after it has ended."""
        return self.still_running() + [str(file) for file in self.temporary.iterdir()]

    def still_running(self, seconds: float = 3) -> list[str]:
        """Processes that are still there some time after it has ended."""
        until = time.monotonic() + seconds
        while (left := self.family()) and time.monotonic() < until:
            time.sleep(0.05)
        return [str(one) for one in left]


def _as_in_a_terminal(processor: int | None) -> None:
    # Also where the tests were started by what ignores hang-ups.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    if processor is not None:
        os.sched_setaffinity(0, {processor})


def _parent(one: psutil.Process) -> int | None:
    with suppress(psutil.Error):
        return one.ppid()
    return None


def fill(inbox: Path, base: Path, codes: dict[str, str]) -> Path:
    """Make hand-ins like a given one, each by a learner of its own with code of its own."""
    inbox.mkdir()
    for learner, code in codes.items():

        def change(files, code=code):
            import nbformat

            notebook = nbformat.reads(files["exercises.ipynb"].decode(), as_version=4)
            make.cell(notebook.cells, f"{CODE}-answer").source = code
            files["exercises.ipynb"] = nbformat.writes(notebook).encode()

        target = inbox / f"{MODULE}--{learner}.zip"
        make.repacked(base, target, make.changed(change, make.of_learner(learner)))
    return inbox


def points(room: Path, module: str = MODULE) -> dict[str, dict[str, tuple]]:
    """What the gradebook has for each learner: by question, points of the check and the mentor, and who must look."""
    if not (room / "gradebook.db").exists():
        return {}
    with gradebook(room) as book:
        if module not in {one.name for one in book.assignments}:
            return {}
        return {
            submission.student_id: {
                grade.name: (grade.auto_score, grade.manual_score, grade.needs_manual_grade)
                for notebook in submission.notebooks
                for grade in notebook.grades
            }
            for submission in book.assignment_submissions(module)
        }


def is_whole(room: Path) -> bool:
    """Whether SQLite finds nothing wrong in the gradebook."""
    with closing(sqlite3.connect(room / "gradebook.db")) as database:
        return database.execute("pragma integrity_check").fetchall() == [("ok",)]


def notes(room: Path) -> dict[str, str]:
    """What was written down about each hand-in that was marked, by its place."""
    return {str(file.relative_to(room)): file.read_text() for file in sorted((room / "marks").glob("*/*/hand-in.json"))}


def stop(marker: Marker, how: str) -> float:
    """Stop a marker, and return how many seconds it took to end."""
    began = time.monotonic()
    if how == "ctrl-c":
        os.killpg(marker.process.pid, signal.SIGINT)
    else:
        marker.process.send_signal(_SIGNALS[how])
    marker.process.wait(LIMIT)
    return time.monotonic() - began
