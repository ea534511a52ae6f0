"""Warm kernels for learners' own notebooks: `course start --warm`.

JupyterLab then finds a kernel specification that differs from the usual one in one entry: who provides the kernel.
Here that is a fork server beside JupyterLab, with nothing shut in. All else is left to Jupyter, so that a warm kernel
is interrupted, restarted and ended like any other. When the server cannot be asked, the kernel is started cold and a
new server is made for the next one; kernels that run go on.

It is off by default. benchmarks/warm.py measures why: a lesson's activities come sooner, but the fork server holds
more memory than it saves until about five notebooks are open, and most people have one or two.
"""

import asyncio
import atexit
import contextlib
import importlib.metadata
import logging
import os
import select
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_client.provisioning import LocalProvisioner

if TYPE_CHECKING:
    from researchskills.kernels.sandbox import ForkServer

NAME = "researchskills-warm"
#: Seconds that a kernel waits for a server that is still starting, because cold it would take as long.
_PATIENCE = 10
#: Seconds after which nothing that was said to the old kernel is still on its way to the new one; Jupyter gives up
#: sending after 0.1, and a cold kernel never listens so soon.
_LINGER = 0.15


def why_not() -> str:
    """Why kernels cannot be warm on this computer; empty if they can."""
    if sys.platform != "linux":
        return "Notebooks can be kept warm only on Linux, so --warm makes no difference here."
    if not importlib.metadata.entry_points(group="jupyter_client.kernel_provisioners", name=NAME):
        return "This installation is older than --warm, so it makes no difference here."
    return ""


class Warmth:
    """The fork server of this process; it is made in the background."""

    def __init__(self):
        self._server: ForkServer | None = None
        self._changing = threading.Lock()
        self._settled = threading.Event()
        self._settled.set()
        atexit.register(self.close)

    def prepare(self) -> None:
        """Begin to make it; returns at once."""
        self._settled.clear()
        threading.Thread(target=self._make, daemon=True).start()

    def _make(self) -> None:
        # Imports matplotlib, for which JupyterLab must not wait.
        from researchskills.kernels.sandbox import ForkServer, NotShutInError

        try:
            self._server = ForkServer(shut_in=False, environment=dict(os.environ))
        except (NotShutInError, OSError) as problem:
            logging.getLogger(__name__).warning("Notebooks are not kept warm: %s", problem)
        finally:
            self._settled.set()

    def ask(self, request: dict) -> "Forked | None":
        """A new kernel, or None if it has to be started cold."""
        self._settled.wait(_PATIENCE)
        server = self._server
        if server is None:
            return None
        try:
            return Forked(server.door.ask(request))
        except (OSError, ValueError):
            with self._changing:
                # Another kernel may have found out first.
                if self._server is server:
                    self.close()
                    self.prepare()
            return None

    def close(self) -> None:
        """End it."""
        server, self._server = self._server, None
        if server:
            server.close()


WARMTH = Warmth()


class Forked:
    """A process that is not a child of this one, with what a provisioner asks of a `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int):
        self.pid = pid
        self._ended = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """None while it runs; its exit status cannot be known here, so 0 afterwards."""
        return 0 if select.select([self._ended], [], [], 0)[0] else None

    def wait(self) -> int:
        """Wait until it has ended, and let go of it."""
        select.select([self._ended], [], [])
        os.close(self._ended)
        return 0

    def send_signal(self, number: int) -> None:
        """Pass a signal on, if it still runs."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._ended, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


class WarmKernel(LocalProvisioner):
    """A kernel of one's own computer that is forked if possible and started cold if not."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any):
        """Ask the fork server, or start it as usual."""
        folder = kwargs.get("cwd") or str(Path.cwd())
        request = {
            "connection": {},
            "connection_file": os.path.realpath(self.parent.connection_file),
            "environment": {**kwargs["env"], "JPY_PARENT_PID": str(os.getpid())},
            "arguments": cmd[cmd.index("-f") + 2 :],
            "folder": str(folder),
            "files": {},
            "limits": None,
            "until": os.getpid(),
        }
        forked = await asyncio.to_thread(WARMTH.ask, request)
        if forked is None:
            return await super().launch_kernel(cmd, **kwargs)
        self.process, self.cwd = forked, folder
        # It leads a session of its own, as a cold one does.
        self.pid = self.pgid = forked.pid
        return self.connection_info

    async def cleanup(self, restart: bool = False) -> None:
        """Let go of the kernel."""
        await super().cleanup(restart)
        if restart:
            # A new one may listen so soon that it would hear how the old one was told to end.
            await asyncio.sleep(_LINGER)
