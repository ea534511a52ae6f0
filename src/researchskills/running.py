"""Run a notebook that may not behave.

Learners' code can loop for ever, print without end or kill its kernel, on their own computer and on a
mentor's. `Bounded` is put in front of Jupyter's own notebook clients and adds what they lack:

- output beyond a limit is dropped as it arrives, so it fills neither memory nor disk;
- a cell that passes its time is interrupted, and when the interrupt is ignored the kernel is replaced, so
  the cells after it still run;
- a kernel that dies is replaced too;
- one cell's output can never be changed by another (display updates and widgets are ignored).

This bounds accidents. It is not a sandbox: the code runs with the rights that its kernel has. What shuts a
kernel in is in `kernels`.
"""

import json
import os
import time
from pathlib import Path

from jupyter_core.utils import ensure_async, run_sync
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output
from traitlets import Any, Dict, Float, Int

TOO_LONG, DIED, SKIPPED = "took too long", "stopped the kernel", "was not run"


class Bounded(NotebookClient):
    """A notebook client that keeps within limits; also put in front of other clients.

    Attributes
    ----------
    largest_output : int
        Characters of output that are kept for each cell.
    patience : float
        Seconds that all cells together may take before the rest is skipped.
    kernel_environment : dict
        Environment variables of the kernel; empty to inherit this process's.
    new_manager : callable or None
        Makes the kernel manager; None for Jupyter's own.
    troubles : dict of int to str
        Cells (by their place in the notebook) that did not come to an end, and why.
    """

    largest_output = Int(1_000_000).tag(config=True)
    patience = Float(300.0).tag(config=True)
    kernel_environment = Dict().tag(config=True)
    new_manager = Any(None, allow_none=True)

    def reset_execution_trackers(self) -> None:
        """Start counting anew; nbclient calls this before a run."""
        super().reset_execution_trackers()
        self.troubles: dict[int, str] = {}
        self._left: dict[int, int] = {}
        self._overdue = False
        self._spent = 0.0

    def create_kernel_manager(self):
        """The manager of the kernel that is to be started."""
        if self.new_manager is None:
            return super().create_kernel_manager()
        self.km = self.new_manager()
        return self.km

    async def async_start_new_kernel(self, **kwargs) -> None:
        """Start the kernel in its own environment, and without remarks about its connection."""
        self.extra_arguments = [*self.extra_arguments, "--log-level=40", "--HistoryManager.hist_file=:memory:"]
        if self.kernel_environment:
            kwargs.setdefault("env", dict(self.kernel_environment))
        await super().async_start_new_kernel(**kwargs)

    start_new_kernel = run_sync(async_start_new_kernel)

    async def async_execute_cell(self, cell: NotebookNode, cell_index: int, **kwargs) -> NotebookNode:
        """Run one cell; afterwards the kernel is alive and free, whatever the cell did."""
        if cell.cell_type != "code":
            return cell
        if self._spent > self.patience and not self.is_essential(cell):
            self.troubles[cell_index] = SKIPPED
            cell.outputs = [_error("the cells before it took too long")]
            return cell
        self._overdue = False
        started = time.monotonic()
        try:
            cell = await super().async_execute_cell(cell, cell_index, **kwargs)
        except DeadKernelError:
            self.troubles[cell_index] = DIED
            cell.outputs.append(_error("the kernel stopped"))
            await self._replace_kernel()
        except CellTimeoutError:
            # Raised where the client is told to raise; the interrupt has been sent already.
            self._overdue = True
        if self._overdue:
            self.troubles[cell_index] = TOO_LONG
            if not await self._is_free():
                await self._replace_kernel()
        self._spent += time.monotonic() - started
        return cell

    # nbclient binds its blocking twin to its own coroutine, so it has to be bound again.
    execute_cell = run_sync(async_execute_cell)

    def is_essential(self, cell: NotebookNode) -> bool:
        """Whether a cell is run even when patience is at an end."""
        return False

    async def after_replacing_kernel(self) -> None:
        """Bring a new kernel to where it can go on; by default it starts empty."""

    async def _async_handle_timeout(self, timeout, cell=None):
        self._overdue = True
        return await super()._async_handle_timeout(timeout, cell)

    async def _is_free(self) -> bool:
        try:
            request = self.kc.kernel_info()
            until = time.monotonic() + 5
            while time.monotonic() < until:
                reply = await ensure_async(self.kc.shell_channel.get_msg(timeout=5))
                if reply["parent_header"].get("msg_id") == request:
                    return True
        except Exception as problem:  # queue.Empty, or whatever a broken connection raises
            self.log.debug("The kernel does not answer: %r", problem)
        return False

    async def _replace_kernel(self) -> None:
        await ensure_async(self.km.restart_kernel(now=True))
        await ensure_async(self.kc.wait_for_ready(timeout=60))
        await self.after_replacing_kernel()

    def process_message(self, msg, cell, cell_index):
        """Take one message of the kernel, unless it is too much or meddles with other cells."""
        kind, content = msg["msg_type"], msg["content"]
        if kind.startswith("comm") or kind in ("update_display_data", "clear_output"):
            return None
        if kind in ("stream", "display_data", "execute_result", "error"):
            left = self._left.setdefault(cell_index, self.largest_output)
            size = _size(content)
            if left < 0:
                return None
            self._left[cell_index] = left - size
            if size > left:
                self._left[cell_index] = -1
                start = content["text"][:left] if kind == "stream" else ""
                content = {"name": "stdout", "text": f"{start}\n… The rest of this output was left out."}
                msg = {**msg, "msg_type": "stream", "header": {**msg["header"], "msg_type": "stream"}}
            msg = {**msg, "content": {**content, "transient": {}}}
        return super().process_message(msg, cell, cell_index)


def run(notebook: NotebookNode, folder: Path, timeout: int = 60, environment: dict | None = None) -> dict[int, str]:
    """Run a notebook in a new kernel and leave the outputs in it.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Changed in place.
    folder : pathlib.Path
        The kernel's working folder.
    timeout : int
        Seconds for each cell.
    environment : dict, optional
        Environment variables of the kernel.

    Returns
    -------
    dict of int to str
        Cells that did not come to an end, and why (`TOO_LONG`, `DIED` or `SKIPPED`).
    """
    client = Bounded(
        notebook,
        timeout=timeout,
        allow_errors=True,
        interrupt_on_timeout=True,
        raise_on_iopub_timeout=False,
        error_on_timeout=TIMED_OUT,
        kernel_environment=environment or {},
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute()
    return client.troubles


#: What a cell shows that was stopped.
TIMED_OUT = {"ename": "TimeoutError", "evalue": "the cell took too long and was stopped", "traceback": []}


def _error(sentence: str) -> NotebookNode:
    return new_output("error", ename="RuntimeError", evalue=sentence, traceback=[])


def _size(content: dict) -> int:
    parts = [content.get("text"), *content.get("data", {}).values(), *content.get("traceback", [])]
    # However small an output is, keeping it costs something.
    return max(200, sum(map(_length, parts)) + max(0, _length([content.get("evalue"), content.get("metadata")]) - 1000))


def _length(part: object) -> int:
    return len(part) if isinstance(part, str) else len(json.dumps(part)) if part else 0


def environment(**more: str) -> dict[str, str]:
    """The environment of this process with some variables added.

    Parameters
    ----------
    **more : str
        Variables to add.
    """
    return {**os.environ, **more}
