"""The walls around the fork server, and what protection this computer offers.

bubblewrap gives the fork server a file system of its own: the system's programs, Python, the course's code and
data, all read-only, and nothing else; no network; a new environment. Kernels that it forks are kept from
each other by `shut_in`.
"""

import contextlib
import os
import shutil
import signal
import site
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from researchskills.kernels import shut_in
from researchskills.kernels.server import receive, send
from researchskills.paths import course_root

_PATIENCE = 60  # seconds; a cold disk makes the first import slow
_PATIENCE_AT_END = 1
#: User that kernels run as when the marker is the system's administrator: nobody.
_NOBODY = 65534
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
_OF_ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "fonts", "localtime", "mime.types")


def write(folder: Path, files: dict[str, bytes]) -> None:
    """Write files into a folder.

    Parameters
    ----------
    folder : pathlib.Path
        The folder.
    files : dict of str to bytes
        Their content, by their name in it.
    """
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


class NotShutInError(Exception):
    """A fork server cannot be had on this computer; the message is one plain sentence."""


@dataclass(frozen=True)
class Door:
    """Where a fork server is asked for kernels; may be handed to other processes.

    Attributes
    ----------
    folder : pathlib.Path
        Holds its socket, and a folder for the sockets of each kernel.
    shut_in : bool
        Whether its kernels are shut in.
    owner : int or None
        The user that they run as, if it is not the one who asks.
    """

    folder: Path
    shut_in: bool
    owner: int | None = None

    @property
    def socket(self) -> Path:
        """Where the server listens."""
        return self.folder / "fork"

    def new_folder(self) -> Path:
        """A folder for one kernel's sockets."""
        folder = Path(tempfile.mkdtemp(prefix="", dir=self.folder))
        if self.owner:
            os.chown(folder, self.owner, self.owner)
        return folder

    def run(
        self,
        sources: list[str],
        files: dict[str, bytes],
        environment: dict[str, str],
        wanted: list[str],
        timeout: float,
    ) -> dict:
        """Have cells run that are the course's own; see `cells.run`.

        Parameters
        ----------
        sources : list of str
            The cells.
        files : dict of str to bytes
            What lies in their folder.
        environment, wanted
            As for `cells.run`.
        timeout : float
            Seconds.

        Raises
        ------
        OSError, ValueError
            If the server is gone, or nothing came back in time.
        """
        folder = self.new_folder()
        try:
            write(folder, files)
            if self.owner:
                for path in folder.rglob("*"):
                    os.chown(path, self.owner, self.owner)
            request = {"cells": sources, "environment": environment, "wanted": wanted, "folder": str(folder)}
            with self._asked(request, timeout) as (link, process):
                try:
                    return receive(link)
                except (OSError, ValueError):
                    with contextlib.suppress(OSError):
                        os.kill(process, signal.SIGKILL)
                    raise
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def ask(self, request: dict) -> int:
        """Fork a kernel and return the number of its process.

        Raises
        ------
        OSError, ValueError
            If the server is gone.
        """
        with self._asked(request, 30) as (_, process):
            return process

    @contextlib.contextmanager
    def _asked(self, request: dict, timeout: float) -> "Iterator[tuple[socket.socket, int]]":
        """The link to what was forked, and the number of its process."""
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(timeout)
            link.connect(str(self.socket))
            send(link, request)
            yield link, receive(link)["process"]


class ForkServer:
    """A running fork server; `door` is where it is asked.

    Parameters
    ----------
    shut_in : bool
        Whether it, and every kernel it forks, is shut in.
    environment : dict of str to str
        Its environment variables.
    wait : bool
        Whether to wait until it listens; if not, `wait` has to be called.

    Raises
    ------
    NotShutInError
        If it does not start.
    """

    def __init__(self, shut_in: bool, environment: dict[str, str], wait: bool = True):
        if sys.platform != "linux":
            raise NotShutInError("that needs Linux.")
        if shut_in and not shutil.which("bwrap"):
            raise NotShutInError("the program bubblewrap (bwrap) is not installed.")
        owner = _NOBODY if shut_in and os.geteuid() == 0 else None
        self.process = self._log = None
        self._life, self._its_life = socket.socketpair()
        self.door = Door(Path(tempfile.mkdtemp(prefix="kernels-", dir=_short_folder())), shut_in, owner)
        try:
            self._start(environment)
            if wait:
                self._wait()
        except BaseException:
            self.close()
            raise

    def _start(self, environment: dict[str, str]) -> None:
        import matplotlib  # which looks into the person's home as soon as it is imported

        # Its own copy of matplotlib's list of fonts, which takes seconds to make.
        fonts = self.door.folder / "matplotlib"
        fonts.mkdir()
        for file in Path(matplotlib.get_cachedir()).glob("fontlist*.json"):
            shutil.copy(file, fonts)
        if self.door.owner:
            for path in (self.door.folder, *self.door.folder.rglob("*")):
                os.chown(path, self.door.owner, self.door.owner)
        environment = {**environment, "MPLCONFIGDIR": str(fonts)}
        self._log = (self.door.folder / "log.txt").open("wb")
        door = self.door
        # Without “..”, which is in it where Python was called by such a path: in there is no such way.
        python = os.path.normpath(sys.executable)
        command = [python, "-m", "researchskills.kernels.server", str(door.socket)]
        if door.shut_in:
            command = [*_bubblewrap(door.folder), *command, "--shut-in", *([str(door.owner)] if door.owner else [])]
        # It ends when its input does, and that is when this process ends, in whatever way.
        self.process = subprocess.Popen(
            command, env=environment, cwd=door.folder, stdin=self._its_life, stdout=self._log,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip

    def wait(self) -> Door:
        """Wait until it listens.

        Raises
        ------
        NotShutInError
            If it does not start.
        """
        try:
            self._wait()
        except BaseException:
            self.close()
            raise
        return self.door

    def _wait(self) -> None:
        until = time.monotonic() + _PATIENCE
        while self.process.poll() is None and time.monotonic() < until:
            if self.door.socket.exists():
                return
            time.sleep(0.02)
        said = (self.door.folder / "log.txt").read_text(errors="replace").strip().splitlines()
        raise NotShutInError(f"starting did not work ({said[-1] if said else 'nothing was said'}).")

    def close(self) -> None:
        """End it and every kernel that it forked."""
        # Other processes may have a copy of it, so that closing it alone would end nothing.
        with contextlib.suppress(OSError):  # closed before, by somebody who was interrupted then
            self._life.shutdown(socket.SHUT_RDWR)
        self._life.close()
        self._its_life.close()
        if self.process:
            try:
                self.process.wait(_PATIENCE_AT_END)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self._log:
            self._log.close()
        # Kernels end a moment after it, and may still write there.
        for _ in range(20):
            shutil.rmtree(self.door.folder, ignore_errors=True)
            if not self.door.folder.exists():
                break
            time.sleep(0.05)

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self.close()


def _short_folder() -> str | None:
    # The system's names of sockets have at most 107 characters.
    folder = tempfile.gettempdir()
    return folder if len(folder) < 60 else "/tmp"


def _bubblewrap(folder: Path) -> list[str]:
    """The command that gives a program a small read-only world."""
    program = shutil.which("bwrap")
    command = [program, "--unshare-net", "--unshare-ipc", "--unshare-uts", "--die-with-parent", "--new-session"]
    if os.geteuid() == 0:
        command += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        command += ["--unshare-user"]
    for place in map(Path, _SYSTEM):
        if place.is_symlink():
            command += ["--symlink", str(place.readlink()), str(place)]
        elif place.exists():
            command += ["--ro-bind", str(place), str(place)]
    for name in _OF_ETC:
        command += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    # Not bubblewrap's own /proc, which forbids to mount a new one inside.
    command += ["--bind", "/proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]
    places = _course_and_python()
    # Folders that bubblewrap makes on the way to another are closed to everybody but their owner.
    own = [one / "x" for one in (shut_in.FOLDER, shut_in.HOME, shut_in.SOCKETS)]
    ways = {parent for place in (*places, folder, *own) for parent in place.parents}
    for way in sorted(ways - {Path("/"), Path("/usr"), Path("/tmp")}):
        command += ["--perms", "0755", "--dir", str(way)]
    for place in places:
        command += ["--ro-bind-try", str(place), str(place)]
    command += ["--bind", str(folder), str(folder)]
    closed = [word for place in ("/tmp", "/dev", "/") for word in ("--remount-ro", place)]
    return [*command, *closed, "--chdir", "/", "--"]


def _course_and_python() -> list[Path]:
    package = Path(__file__).resolve().parents[1]
    places = [Path(one) for one in (sys.base_prefix, sys.prefix, *site.getsitepackages(), site.getusersitepackages())]
    places += [package, course_root() / "datasets"]
    # What is inside another one comes with it.
    wanted = [one for one in dict.fromkeys(places) if one.is_dir()]
    return [one for one in wanted if not any(other != one and other in one.parents for other in wanted)]
