"""Start the course in the browser.

The server runs as a process of its own whose talk goes to a log file, so that the screen keeps a
few plain sentences. It has its own settings, data and temporary files inside the workspace:
nothing of a person's other Jupyter is read or changed, and removing the workspace removes all of
it. A note beside them says where a running server is; whoever starts a second time is taken to it.
"""

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import webbrowser
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from researchskills import workspace as copies
from researchskills.errors import CourseError
from researchskills.lab import WARM

_HERE = Path(__file__).parent
_FIRST_PORT = 8888
_MORE = "JUPYTER_PATH"  # where Jupyter looks before anywhere else
_PATIENCE = 90  # seconds; virus scanners make the first start on Windows slow


@dataclass(frozen=True)
class Room:
    """A running server: where it is, and what lets a browser in."""

    port: int
    token: str
    process: int

    @property
    def address(self) -> str:
        """What to open in a browser; whoever has it is let in."""
        return f"http://127.0.0.1:{self.port}/doc?token={self.token}"


def start(
    workspace: Path | str | None = None, port: int | None = None, browser: bool = True, warm: bool = False
) -> None:
    """Prepare the workspace, run JupyterLab and open the home page; returns when it is stopped.

    Parameters
    ----------
    workspace : path, optional
        The learner's folder; by default `workspace.default_workspace()`.
    port : int, optional
        Use this port or fail; by default the first free one.
    browser : bool, default True
        Open the home page in the person's browser. The address is always printed.
    warm : bool, default False
        Have notebooks start from a process that has imported the course's libraries (see `kernels.for_lab`).

    Raises
    ------
    CourseError
        If the workspace cannot be written, the port is taken or the server does not start.
    """
    folder = Path(workspace or copies.default_workspace()).expanduser().resolve()
    notices = copies.refresh(folder)
    for notice in notices:
        print(notice)
    warm = warm and _can_be_warm()
    with _alone(folder):
        running = _running(folder)
        if running is None:
            server = _launch(folder, port, warm)
    if running is not None:
        print("The course is already running with this workspace. Opening it.")
        _show(running.address, browser)
        return
    process, room = server
    _show(room.address, browser)
    print("Leave this window open while you work. To stop, press Ctrl and C here.")
    _stay(process, folder)


def _can_be_warm() -> bool:
    from researchskills.kernels import for_lab

    problem = for_lab.why_not()
    if problem:
        print(f"{problem} The course starts as usual.")
    return not problem


def environment(workspace: Path, system: Mapping[str, str] | None = None, warm: bool = False) -> dict[str, str]:
    """Variables under which the server runs.

    Parameters
    ----------
    workspace : pathlib.Path
        The learner's folder.
    system : mapping, optional
        Variables to start from; by default those of this process.
    warm : bool, default False
        Whether notebooks get warm kernels.
    """
    own = workspace / ".course" / "jupyter"
    variables = dict(os.environ if system is None else system)
    # Windows spells it Path; a second PATH beside it would be ignored there.
    path = next((name for name in variables if name.upper() == "PATH"), "PATH")
    # nbgrader calls alembic by name, so the environment's programs must be found first.
    places = [str(Path(sys.executable).parent), *filter(None, [variables.get(path)])]
    if warm:
        variables[_MORE] = os.pathsep.join([str(WARM), *filter(None, [variables.get(_MORE)])])
    return variables | {
        path: os.pathsep.join(places),
        "JUPYTER_CONFIG_DIR": str(own / "config"),
        "JUPYTER_CONFIG_PATH": str(_HERE / "config"),
        "JUPYTER_DATA_DIR": str(own / "data"),
        "JUPYTER_RUNTIME_DIR": str(own / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(own / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(own / "layout"),
        "IPYTHONDIR": str(own / "ipython"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PYTHONUTF8": "1",
    }


def free_port(wanted: int | None = None) -> int:
    """The wanted port, or the first free one from 8888 on.

    Raises
    ------
    CourseError
        If the wanted port is taken, or a hundred ports are.
    """
    for port in [wanted] if wanted else range(_FIRST_PORT, _FIRST_PORT + 100):
        if _is_free(port):
            return port
    if wanted:
        raise CourseError(
            f"Another program is using port {wanted}. Your work is untouched. "
            "Start the course without --port, and a free one is chosen for you."
        )
    raise CourseError("No free port was found. Your work is untouched. Restart the computer and try again.")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        if os.name != "nt":
            # Elsewhere a port that was in use a minute ago counts as taken; on Windows this
            # option would share a port that is in use.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError, OverflowError):
            probe.bind(("127.0.0.1", port))
            return True
    return False


@contextlib.contextmanager
def _alone(workspace: Path) -> Iterator[None]:
    """One start at a time: an impatient second double-click waits for the first and then joins it."""
    try:
        with FileLock(workspace / ".course" / "start.lock", timeout=_PATIENCE):
            yield
    except Timeout:
        raise CourseError(
            "The course is being started in another window and does not come up. Your work is untouched. "
            "Close the other window and start again."
        ) from None


def _running(workspace: Path) -> Room | None:
    """The server that answers for this workspace, if there is one."""
    try:
        note = json.loads(_note(workspace).read_text(encoding="utf-8"))
        room = Room(int(note["port"]), str(note["token"]), int(note["process"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return room if _answers(room) else None


def _answers(room: Room) -> bool:
    request = urllib.request.Request(
        f"http://127.0.0.1:{room.port}/api/status", headers={"Authorization": f"token {room.token}"}
    )
    # Workplaces send web traffic through a proxy, which cannot know this computer's own addresses.
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def _launch(workspace: Path, wanted: int | None, warm: bool = False) -> tuple[subprocess.Popen, Room]:
    print("Starting the course. This takes a few seconds …")
    was_refused = False
    while True:
        port = free_port(wanted)
        if port != _FIRST_PORT and wanted is None:
            print(f"Another program is using the usual port, so the course uses {port}.")
        try:
            return _launch_on(workspace, port, warm)
        except CourseError:
            # Between the look for a free port and the server's own claim lie seconds in which another
            # course may have taken it; then the next free one will do. Or it had it only for that moment. If nobody
            # has, a second try would fail as the first did.
            said = _log(workspace).read_text(encoding="utf-8", errors="replace")
            refused_now = not was_refused and f"port {port} is not available" in said
            if wanted or (_is_free(port) and not refused_now):
                raise
            was_refused = True


def _log(workspace: Path) -> Path:
    return workspace / ".course" / "log.txt"


def _launch_on(workspace: Path, port: int, warm: bool) -> tuple[subprocess.Popen, Room]:
    own = workspace / ".course" / "jupyter"
    # Notebooks that were open last time would all start again, unseen; the home page is the way in.
    shutil.rmtree(own / "layout", ignore_errors=True)
    own.mkdir(parents=True, exist_ok=True)
    token = secrets.token_urlsafe(24)
    command = [
        sys.executable, "-m", "jupyterlab",
        f"--ServerApp.root_dir={workspace}",
        f"--ServerApp.port={port}",
        f"--LabApp.extra_labextensions_path={_HERE / 'labextensions'}",
        *(["--ServerApp.allow_root=True"] if getattr(os, "geteuid", lambda: 1)() == 0 else []),
    ]  # fmt: skip
    log = _log(workspace)
    if log.exists():
        log.replace(log.with_name("log-before.txt"))
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            # In the environment, not on the command line, where others on this computer could read it.
            env=environment(workspace, warm=warm) | {"JUPYTER_TOKEN": token},
            cwd=workspace, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
    room = Room(port, token, process.pid)
    _wait_for(room, process, log)
    note = _note(workspace)
    note.touch(mode=0o600)
    note.write_text(json.dumps({"port": port, "token": token, "process": process.pid}), encoding="utf-8")
    return process, room


def _wait_for(room: Room, process: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + _PATIENCE
    try:
        while process.poll() is None and time.monotonic() < until:
            if _answers(room):
                return
            time.sleep(0.1)
    except BaseException:
        _end(process)
        raise
    _end(process)
    raise CourseError(
        f"The course did not start. Your work is untouched. Try once more; if it happens again, "
        f"send the file {log} to your mentor."
    )


def _stay(process: subprocess.Popen, workspace: Path) -> None:
    """Wait until the server ends or somebody stops it."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        process.wait()
        print("The course has stopped. Your answers are saved. Start it again to go on.")
    except KeyboardInterrupt:
        # Ctrl-C reaches the server as well; ended at once it could not close its notebooks.
        with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
            process.wait(3)
        _end(process)
        print("\nThe course is closed. Your work is saved. Start it again whenever you like.")
    finally:
        _note(workspace).unlink(missing_ok=True)


def _end(process: subprocess.Popen) -> None:
    """Let the server close its notebooks; insist after ten seconds."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _show(address: str, browser: bool) -> None:
    opened = browser and webbrowser.open(address)
    print("The course is open in your browser. If you do not see it, open this address:" if opened
          else "Open this address in your browser:")  # fmt: skip
    print(f"  {address}", flush=True)


def _note(workspace: Path) -> Path:
    return workspace / ".course" / "jupyter" / "running.json"
