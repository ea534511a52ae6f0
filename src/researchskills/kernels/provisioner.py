"""How Jupyter asks for a forked kernel: a kernel provisioner.

Jupyter finds it by its entry point; a kernel specification names it and says where the fork server listens.
"""

import asyncio
import base64
import contextlib
import os
import select
import shutil
import signal
from dataclasses import asdict
from pathlib import Path
from typing import Any

import zmq.asyncio
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerBase
from traitlets import Any as AnyTrait
from traitlets import Dict, Type, default

from researchskills.kernels.shut_in import Limits

NAME = "researchskills-forked"


class ForkedKernel(KernelProvisionerBase):
    """A kernel that a fork server makes."""

    process: int | None = None
    _ended: int | None = None

    @property
    def kernel(self) -> int | None:
        """The process that runs cells; where it is shut in, two others stand before it."""
        process = self.process
        with contextlib.suppress(OSError, ValueError, IndexError):
            for _ in range(2 if self.parent.server.shut_in else 0):
                process = int(Path(f"/proc/{process}/task/{process}/children").read_text().split()[0])
            return process
        return None

    @property
    def has_process(self) -> bool:
        """Whether a kernel was started and not yet cleaned up."""
        return self.process is not None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Choose the sockets' names and write the connection file."""
        manager = self.parent
        manager.write_connection_file()
        self.connection_info = manager.get_connection_info()
        arguments = kwargs.pop("extra_arguments", [])
        return await super().pre_launch(cmd=["forked", *arguments], **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any):
        """Ask the fork server."""
        manager = self.parent
        request = {
            "connection": {
                name: value.decode() if isinstance(value, bytes) else value
                for name, value in self.connection_info.items()
            },
            "connection_file": manager.connection_file,
            "environment": kwargs["env"],
            "arguments": cmd[1:],
            "folder": kwargs.get("cwd") or str(Path.cwd()),
            "files": {name: base64.b64encode(content).decode() for name, content in manager.files.items()},
            "limits": asdict(manager.limits) if manager.server.shut_in else None,
        }
        self.process = await asyncio.to_thread(manager.server.ask, request)
        self._ended = os.pidfd_open(self.process)
        return self.connection_info

    async def poll(self) -> int | None:
        """None while it runs; its exit status cannot be known here, so 0 afterwards."""
        if self.process is None:
            return 0
        return 0 if select.select([self._ended], [], [], 0)[0] else None

    async def wait(self) -> int | None:
        """Wait until it has ended."""
        while await self.poll() is None:
            await asyncio.sleep(0.01)
        self._forget()
        return 0

    def _forget(self) -> None:
        if self._ended is not None:
            os.close(self._ended)
        self.process = self._ended = None

    async def send_signal(self, signum: int) -> None:
        """Pass a signal on."""
        if self.process is not None and await self.poll() is None:
            signal.pidfd_send_signal(self._ended, signum)

    async def kill(self, restart: bool = False) -> None:
        """End it at once."""
        await self.send_signal(signal.SIGKILL)

    async def terminate(self, restart: bool = False) -> None:
        """Ask it to end."""
        await self.send_signal(signal.SIGTERM)

    async def cleanup(self, restart: bool = False) -> None:
        """Let go of it, and of its folder unless another takes its place."""
        self._forget()
        if not restart:
            shutil.rmtree(self.parent.folder, ignore_errors=True)


class BoundedClient(AsyncKernelClient):
    """A client that a kernel cannot drown: neither one message nor a queue of them fills the memory."""

    @default("context")
    def _bounded_context(self) -> zmq.asyncio.Context:
        self._created_context = True
        context = zmq.asyncio.Context()
        context.setsockopt(zmq.MAXMSGSIZE, 16_000_000)
        context.setsockopt(zmq.RCVHWM, 32)
        # A message that is too large ends the connection, and then sending would wait for ever.
        context.setsockopt(zmq.SNDTIMEO, 5000)
        return context


class ForkedKernelManager(AsyncKernelManager):
    """Starts kernels from a fork server.

    Attributes
    ----------
    server : Door
        Where the fork server is asked.
    files : dict of str to bytes
        What lies in the folder of a kernel that is shut in.
    limits : Limits
        What it may use.
    """

    client_factory = Type(klass=AsyncKernelClient, default_value=BoundedClient)
    server = AnyTrait()
    files = Dict()
    limits = AnyTrait(Limits())

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.folder = self.server.new_folder()
        # Beside the folder, which its kernel sees.
        self.connection_file = f"{self.folder}.json"
        if self.server.shut_in:
            self.transport = "ipc"
            self.ip = str(self.folder / "k")

    @property
    def kernel_spec(self) -> KernelSpec:
        """One that names the provisioner."""
        return KernelSpec(
            argv=["forked"],
            display_name="Python 3",
            language="python",
            metadata={"kernel_provisioner": {"provisioner_name": NAME}},
        )
