"""Places for hand-ins to run in, and the fork server behind them.

Loaded before what runs notebooks, which takes a second: the server can start meanwhile.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from researchskills.errors import CourseError
from researchskills.kernels import shut_in
from researchskills.kernels.sandbox import Door, ForkServer, NotShutInError, write
from researchskills.paths import course_root

#: Kept of the marker's environment; everything else (tokens, passwords, proxies) is not for learners' code.
_PASSED_ON = (
    "PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SYSTEMROOT", "WINDIR", "COMSPEC", "PATHEXT", "PYTHONPATH",
)  # fmt: skip
_MORE_STARTS = 2


class Kernels:
    """Where kernels for hand-ins come from.

    Nothing is started before the first is wanted. A fork server that is gone is replaced.

    Parameters
    ----------
    trust : bool
        Go on where hand-ins cannot be shut in.

    Attributes
    ----------
    why_open : str
        Why hand-ins are not shut in; empty where they are.
    """

    def __init__(self, trust: bool = False):
        self.trust, self.why_open = trust, ""
        self._server: ForkServer | None = None
        self._begun: ForkServer | None = None
        self._is_cold = self._has_worked = False

    def begin(self) -> None:
        """Start the fork server and do not wait for it; hand-ins can be read meanwhile."""
        with suppress(NotShutInError):
            self._begun = ForkServer(True, environment(str(shut_in.HOME)), wait=False)

    def door(self) -> Door | None:
        """Where kernels are asked for; None where they are started cold.

        Raises
        ------
        CourseError
            If hand-ins cannot be shut in and are not trusted.
        """
        if self._server and self._server.process.poll() is not None:
            self.close()
        if not self._server and not self._is_cold:
            self._server = self._start()
            self._is_cold = self._server is None
            self._has_worked = not self._is_cold and self._server.door.shut_in
        return self._server.door if self._server else None

    def _start(self) -> ForkServer | None:
        # One that is ended while it starts, where others have run, says nothing about this computer.
        for _ in range(_MORE_STARTS if self._has_worked else 0):
            with suppress(NotShutInError):
                return ForkServer(True, environment(str(shut_in.HOME)))
        try:
            begun, self._begun = self._begun, None
            if begun:
                begun.wait()
            return begun or ForkServer(True, environment(str(shut_in.HOME)))
        except NotShutInError as problem:
            if not self.trust:
                raise CourseError(
                    f"Hand-ins cannot be shut in on this computer: {problem} Their code would run with your own "
                    "rights, so nothing was marked. “course mark --doctor” says more. If you know everybody whose "
                    "hand-ins these are, mark them with --trust."
                ) from problem
            self.why_open = str(problem)
        try:
            return ForkServer(False, environment(tempfile.gettempdir()))
        except NotShutInError:
            return None

    def close(self) -> None:
        """End the fork server and all its kernels."""
        if self._begun:
            self._begun.process.kill()  # nothing was asked of it, so there is nothing to wait for
        for server in (self._server, self._begun):
            if server:
                server.close()
        self._server = self._begun = None

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self.close()


@contextmanager
def place(door: Door | None, files: dict[str, bytes]) -> Iterator["Place"]:
    """Somewhere for one kernel to be, with its files in it.

    Parameters
    ----------
    door : Door or None
        Where kernels are asked for; None to start them cold.
    files : dict of str to bytes
        What lies in its folder.
    """
    from jupyter_client.manager import AsyncKernelManager

    from researchskills.kernels.provisioner import ForkedKernelManager

    if door and door.shut_in:
        yield Place(
            lambda: ForkedKernelManager(server=door, files=files),
            str(shut_in.FOLDER),
            environment(str(shut_in.HOME)),
        )
        return
    with tempfile.TemporaryDirectory(prefix="marking-", ignore_cleanup_errors=True) as scratch:
        folder, home = Path(scratch) / "hand-in", Path(scratch) / "home"
        write(folder, files)
        home.mkdir()
        folder.mkdir(exist_ok=True)
        manager = (lambda: ForkedKernelManager(server=door)) if door else AsyncKernelManager
        yield Place(manager, str(folder), environment(str(home)))


@dataclass(frozen=True)
class Place:
    """Where one kernel runs.

    Attributes
    ----------
    manager : callable
        Makes its kernel manager.
    folder : str
        Its current folder.
    environment : dict of str to str
        Its environment variables.
    """

    manager: Callable
    folder: str
    environment: dict[str, str]


def environment(home: str) -> dict[str, str]:
    """Environment of a kernel, without anything that is the marker's own.

    Parameters
    ----------
    home : str
        What it may take for its home.
    """
    import matplotlib

    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    places = dict.fromkeys(
        ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "IPYTHONDIR", "TMPDIR", "TEMP", "TMP"), home
    )
    return {
        **kept,
        **places,
        # Shared, or every kernel would spend seconds on a new list of fonts.
        "MPLCONFIGDIR": matplotlib.get_cachedir(),
        # One thread: several hand-ins run at once, and sums come out the same on every machine.
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "RESEARCHSKILLS_ROOT": str(course_root()),
        "RESEARCHSKILLS_STATIC": "1",
    }
