"""Run a rebuilt hand-in, in two processes that know nothing of each other.

One, a kernel, runs what the learner wrote. It has no questions and no answers that count as right, so nothing it
can do decides about points. All that is taken from it is what the cells show, and what the variables hold that
a question asks about. The other runs the course's own cells, which read saved answers and those values.

Where it is possible both are forked and shut in (`researchskills.kernels`); elsewhere they are Jupyter's own,
and give the same points.
"""

import ast
import asyncio
import copy
import json
import math
import os
import signal
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path

import nbformat
from jupyter_core.utils import ensure_async, run_sync
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from nbgrader.preprocessors import Execute

from researchskills import code_result, running
from researchskills.kernels import shut_in
from researchskills.kernels.sandbox import Door
from researchskills.marking.places import environment, place
from researchskills.marking.room import NOTEBOOK, Prepared

_LARGEST_REPLY = 10_000
#: Time that a cell spent waiting for a processor is given back to it, up to so many times its time: it could also make
#: the machine busy itself.
_MOST_GIVEN_BACK = 2
#: Part of its time without which a cell was stopped too early, and the machine is to blame.
_BUSY = 0.2
#: Seconds without a sign of life after which a cell's kernel is ended from outside.
_GRACE = 20


@dataclass
class Replayed:
    """A hand-in after it was run.

    Attributes
    ----------
    notebook : nbformat.NotebookNode
        With outputs.
    answers : dict of str to bytes
        Files of answers that hold what code worked out.
    unfinished : dict of str to str
        Cells that did not come to an end, by cell id, and why.
    worth_repeating : bool
        Whether something other than the hand-in may have been the reason.
    """

    notebook: NotebookNode
    answers: dict[str, bytes] = field(default_factory=dict)
    unfinished: dict[str, str] = field(default_factory=dict)
    worth_repeating: bool = False


def replay(
    prepared: Prepared, notebook: NotebookNode, answers: dict[str, bytes], door: Door | None, timeout: int
) -> Replayed:
    """Run a hand-in.

    Parameters
    ----------
    prepared : Prepared
        The module.
    notebook : nbformat.NotebookNode
        The rebuilt hand-in; it is not changed.
    answers : dict of str to bytes
        Saved answers, by their name in the hand-in.
    door : Door or None
        Where kernels are asked for; None to start them cold.
    timeout : int
        Seconds for each cell.
    """
    notebook = _with_checks(prepared, notebook)
    variables = {
        name: question.content["variable"] for name, question in prepared.marked.items() if question.kind == "value"
    }
    learners = _LearnersKernel(notebook, variables, timeout=timeout)
    learners.run(door, answers)
    trusted = {**answers, "module.json": prepared.questions_file.read_bytes()}
    kind = _CoursesCells if door else _CoursesKernel
    ours = kind(notebook, learners.found, list(variables), timeout=timeout)
    ours.run(door, trusted)
    for one in (learners, ours):
        for cell in one.cells:
            notebook.cells[one.places[cell.id]].outputs = cell.outputs
    _number(notebook)
    return Replayed(
        notebook,
        ours.written,
        {**learners.unfinished, **ours.unfinished},
        learners.was_disturbed or bool(ours.unfinished),
    )


def lacks_points(prepared: Prepared, notebook: NotebookNode) -> bool:
    """Whether a check said nothing, which only a machine can be blamed for.

    Parameters
    ----------
    prepared : Prepared
        The module.
    notebook : nbformat.NotebookNode
        After it was run.
    """
    left_out = prepared.not_asked | prepared.changed
    checks = [cell for cell in notebook.cells if is_ours(cell) and cell.metadata.get("nbgrader", {}).get("grade")]
    return any(points_of(cell) is None for cell in checks if grade_id(cell) not in left_out)


def points_of(cell: NotebookNode) -> float | None:
    """The points that a check cell gives, or None when it does not say.

    Parameters
    ----------
    cell : nbformat.NotebookNode
        A check cell that has been run. What it prints, and warnings, mean nothing.
    """
    results = [output for output in cell.outputs if output.output_type == "execute_result"]
    if len(results) != 1 or any(output.output_type == "error" for output in cell.outputs):
        return None
    try:
        points = float(results[0].data["text/plain"])
    except (KeyError, TypeError, ValueError):
        return None
    most = float(cell.metadata.nbgrader.points)
    return points if math.isfinite(points) and 0 <= points <= most else None


def is_ours(cell: NotebookNode) -> bool:
    """Whether a cell is the course's own, and not for learners to change."""
    return cell.cell_type == "code" and "activity" in cell.metadata.get("tags", [])


def _with_checks(prepared: Prepared, notebook: NotebookNode) -> NotebookNode:
    """The hand-in with the course's cells as the gradebook has them, hidden checks included."""
    file = prepared.room / "source" / prepared.name / f"{NOTEBOOK}.ipynb"
    checks = _checks(file, file.stat().st_mtime_ns)
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            if cell.metadata.get("nbgrader", {}).get("grade"):
                cell.source = checks.get(grade_id(cell), cell.source)
    return notebook


@lru_cache(maxsize=16)
def _checks(file: Path, changed: int) -> dict[str, str]:
    # The same for every hand-in of a module.
    cells = nbformat.read(file, as_version=4).cells
    return {grade_id(cell): cell.source for cell in cells if cell.metadata.get("nbgrader", {}).get("grade")}


def _number(notebook: NotebookNode) -> None:
    """Number the cells as one kernel would have."""
    for cell, number in _numbered(notebook):
        cell.execution_count = number
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = number


def _numbered(notebook: NotebookNode) -> Iterator[tuple[NotebookNode, int]]:
    run = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    return ((cell, number) for number, cell in enumerate(run, 1))


class _OneKernel(running.Bounded, Execute):
    """Runs some cells of a hand-in in a kernel of their own."""

    def __init__(self, notebook: NotebookNode, wanted: Callable[[NotebookNode], bool], **settings):
        super().__init__(
            raise_on_iopub_timeout=False,
            error_on_timeout=running.TIMED_OUT,
            shutdown_kernel="immediate",
            **settings,
        )
        self.places = {cell.id: place for place, cell in enumerate(notebook.cells)}
        self.numbers = {cell.id: number for cell, number in _numbered(notebook)}
        self.cells = [copy.deepcopy(cell) for cell in notebook.cells if wanted(cell)]
        self.metadata = notebook.metadata
        self.unfinished: dict[str, str] = {}

    def run(self, door: Door | None, files: dict[str, bytes]) -> None:
        """Run the cells; their outputs are in `cells` afterwards."""
        book = nbformat.v4.new_notebook(cells=self.cells, metadata=self.metadata)
        with place(door, files) as where:
            self.new_manager, self.kernel_environment = where.manager, where.environment
            self.preprocess(book, {"metadata": {"path": where.folder}})
        self.unfinished = {self.cells[index].id: trouble for index, trouble in self.troubles.items()}

    async def _quietly(self, source: str, **expressions: str) -> dict:
        """Run code that leaves no trace, and return what expressions come to."""
        asked = self.kc.execute(
            source, silent=True, store_history=False, user_expressions=expressions, reply=True, timeout=20
        )
        reply = await self._while_alive(ensure_async(asked))
        return reply["content"].get("user_expressions", {})

    async def _while_alive(self, reply: Awaitable[dict]) -> dict:
        """Wait for a reply, but not for that of a kernel that is gone."""
        waiting = asyncio.ensure_future(reply)
        try:
            while not (await asyncio.wait([waiting], timeout=0.5))[0]:
                if not await ensure_async(self.km.is_alive()):
                    raise DeadKernelError("Kernel died")
            return waiting.result()
        finally:
            waiting.cancel()

    @staticmethod
    def _text(said: dict, largest: int) -> str:
        """A text that an expression came to; empty when there is none."""
        try:
            shown = said["data"]["text/plain"]
            value = ast.literal_eval(shown) if len(shown) <= largest else ""
        except (KeyError, TypeError, ValueError, SyntaxError, MemoryError, RecursionError):
            return ""
        return value if isinstance(value, str) else ""


class _LearnersKernel(_OneKernel):
    """Runs what the learner wrote, and says what it worked out."""

    def __init__(self, notebook: NotebookNode, variables: dict[str, str], **settings):
        def wanted(cell: NotebookNode) -> bool:
            if cell.cell_type != "code":
                return False
            return not is_ours(cell) or grade_id(cell) in variables or not asks(cell)

        def asks(cell: NotebookNode) -> bool:
            marks = cell.metadata.get("nbgrader", {})
            return bool(marks.get("grade")) or grade_id(cell).endswith("-answer")

        super().__init__(notebook, wanted, **settings)
        self.variables = variables
        self.found: dict[str, dict] = {}
        self.was_disturbed = False
        self._started, self._had_waited = 0.0, None
        self._timer: threading.Timer | None = None
        self.setup = [cell for cell in self.cells if is_ours(cell) and not asks(cell)]

    def run(self, door: Door | None, files: dict[str, bytes]) -> None:
        """Run them, and forget what the course's own cells showed here."""
        super().run(door, files)
        self.cells = [cell for cell in self.cells if not is_ours(cell)]

    async def async_execute_cell(self, cell: NotebookNode, cell_index: int, **kwargs) -> NotebookNode:
        """Run one cell, or, where a check would stand, look at what it asks about."""
        if grade_id(cell) in self.variables:
            await self._look(grade_id(cell))
            return cell
        spent, started = self._spent, time.monotonic()
        if spent <= self.patience:
            await self._disturbance(self._count(cell))
        self._started, self._had_waited = time.monotonic(), _waited(self._process())
        try:
            with self._for_certain():
                cell = await super().async_execute_cell(cell, cell_index, **kwargs)
        except Exception as problem:
            # Only code that writes into its kernel's own sockets sends what cannot be read.
            self.log.info("The kernel of the learner's code says what makes no sense: %r", problem)
            self.troubles[cell_index] = running.DIED
            cell.outputs = [nbformat.v4.new_output("error", ename="RuntimeError", evalue="the kernel stopped")]
            await self._replace_kernel()
        # All of it counts: code can also make the silent questions slow.
        self._spent = spent + time.monotonic() - started
        self.was_disturbed |= self.troubles.get(cell_index) == running.DIED
        return cell

    execute_cell = run_sync(async_execute_cell)

    async def _async_handle_timeout(self, timeout: int, cell: NotebookNode | None = None):
        """Stop a cell; but first let it have the time that it spent waiting for a processor."""
        until = time.monotonic() + _MOST_GIVEN_BACK * timeout
        while time.monotonic() < until and self._missing(timeout) > 0:
            self._end_after(_GRACE)
            await self._async_check_alive()
            if await self.kc.shell_channel.msg_ready():
                return None
            await asyncio.sleep(0.25)
        self.was_disturbed |= self._missing(timeout, unknown=timeout) > _BUSY * timeout
        return await super()._async_handle_timeout(timeout, cell)

    def _missing(self, timeout: int, unknown: float = 0) -> float:
        """Seconds that a cell has not had yet, where the system says how long it waited."""
        waited = _waited(self._process())
        if waited is None or self._had_waited is None:
            return unknown
        return timeout - (time.monotonic() - self._started) + waited - self._had_waited

    def is_essential(self, cell: NotebookNode) -> bool:
        """The course's own cells are always run."""
        return is_ours(cell)

    async def after_replacing_kernel(self) -> None:
        """Give a new kernel what the course's set-up cells give."""
        for cell in self.setup:
            await self._quietly(cell.source)

    def process_message(self, msg, cell, cell_index):
        """Take one message, unless it has another form than messages of an honest kernel."""
        content = _sound(msg["msg_type"], msg["content"])
        return None if content is None else super().process_message({**msg, "content": content}, cell, cell_index)

    async def _replace_kernel(self) -> None:
        # With new channels: in the old ones may be waiting whatever the old kernel liked to send.
        self.kc.stop_channels()
        await ensure_async(self.km.restart_kernel(now=True))
        await self.async_start_new_kernel_client()
        await self.after_replacing_kernel()

    @contextmanager
    def _for_certain(self) -> Iterator[None]:
        """Come to an end, also when a kernel sends so much that nothing here gets the time to stop it."""
        self._end_after(self.timeout + _GRACE)
        try:
            yield
        finally:
            self._timer.cancel()

    def _end_after(self, seconds: float) -> None:
        """End the kernel when so many seconds have passed from now on, and not before."""
        if self._timer:
            self._timer.cancel()
        self._timer = threading.Timer(seconds, _end, [self._watched()])
        self._timer.daemon = True
        self._timer.start()

    async def _look(self, question: str) -> None:
        variable = self.variables[question]
        expression = f"__import__('researchskills.code_result', fromlist=['_']).described({variable!r})"
        said = await self._disturbance(self._quietly("", found=expression))
        self.found[variable] = asdict(code_result.read(self._text((said or {}).get("found"), _LARGEST_REPLY)))

    async def _count(self, cell: NotebookNode) -> None:
        number = self.numbers.get(cell.id)
        if number:
            await self._quietly(f"get_ipython().execution_count = {number}")

    async def _disturbance(self, coroutine):
        """Do something that learner's code may have made impossible."""
        try:
            with self._for_certain():
                return await coroutine
        except Exception as problem:
            self.log.info("The kernel of the learner's code does not answer; it is replaced")
            self.was_disturbed |= isinstance(problem, DeadKernelError)
            await self._replace_kernel()
            return None

    def _watched(self) -> int | None:
        """The process that Jupyter watches: the kernel goes with it."""
        provisioner = getattr(self.km, "provisioner", None)
        process = getattr(provisioner, "process", None)
        process = process if isinstance(process, int) else getattr(provisioner, "pid", None)
        return process if isinstance(process, int) else None

    def _process(self) -> int | None:
        """The process that runs the cells, if this system can say so."""
        provisioner = getattr(self.km, "provisioner", None)
        process = getattr(provisioner, "kernel", None) or getattr(provisioner, "pid", None)
        return process if isinstance(process, int) else None


def _telling(found: dict[str, dict]) -> str:
    """Code that says what the learner's code worked out; as JSON, which has words for numbers that are none."""
    told = f"__import__('json').loads({json.dumps(found)!r})"
    return f"__import__('researchskills.code_result', fromlist=['_']).tell({told})"


class _CoursesCells:
    """Runs the course's own cells in a copy of the fork server that is no kernel, which costs much less."""

    def __init__(self, notebook: NotebookNode, found: dict[str, dict], of_code: list[str], timeout: int):
        self.places = {cell.id: place for place, cell in enumerate(notebook.cells)}
        self.cells = [copy.deepcopy(cell) for cell in notebook.cells if is_ours(cell)]
        self.told, self.of_code, self.timeout = found, of_code, timeout
        self.written: dict[str, bytes] = {}
        self.unfinished: dict[str, str] = {}

    def run(self, door: Door, files: dict[str, bytes]) -> None:
        """Run the cells; their outputs are in `cells` afterwards."""
        wanted = [f"answers/{name}.json" for name in self.of_code]
        sources = [_telling(self.told), *(cell.source for cell in self.cells)]
        try:
            came = door.run(sources, files, environment(str(shut_in.HOME)), wanted, self.timeout)
        except (OSError, ValueError, KeyError):
            self.unfinished = dict.fromkeys((cell.id for cell in self.cells), running.DIED)
            return
        for cell, outputs in zip(self.cells, came["outputs"][1:], strict=True):
            cell.outputs = [nbformat.from_dict(output) for output in outputs]
        self.written = {name: text.encode() for name, text in came["files"].items()}


class _CoursesKernel(_OneKernel):
    """Runs the course's own cells in a kernel, where there is no fork server."""

    def __init__(self, notebook: NotebookNode, found: dict[str, dict], of_code: list[str], **settings):
        super().__init__(notebook, is_ours, **settings)
        self.told, self.of_code = found, of_code
        self.written: dict[str, bytes] = {}

    async def async_execute_cell(self, cell: NotebookNode, cell_index: int, **kwargs) -> NotebookNode:
        """Run one cell; the first hears what code worked out, after the last the answers are fetched."""
        if cell_index == 0:
            await self.after_replacing_kernel()
        cell = await super().async_execute_cell(cell, cell_index, **kwargs)
        if cell_index == len(self.cells) - 1:
            await self._fetch()
        return cell

    execute_cell = run_sync(async_execute_cell)

    def is_essential(self, cell: NotebookNode) -> bool:
        """All of them."""
        return True

    async def after_replacing_kernel(self) -> None:
        """Tell a kernel what the learner's code worked out."""
        if self.told:
            await self._quietly(_telling(self.told))

    async def _fetch(self) -> None:
        wanted = {
            f"answer_{number}": f"open('answers/{name}.json', encoding='utf-8').read()"
            for number, name in enumerate(self.of_code)
        }
        said = await self._quietly("", **wanted) if wanted else {}
        for number, name in enumerate(self.of_code):
            text = self._text(said.get(f"answer_{number}"), 1_000_000)
            if text:
                self.written[f"answers/{name}.json"] = text.encode()


def _end(process: int | None) -> None:
    """Kill a process."""
    if process is not None:
        with suppress(OSError):
            os.kill(process, getattr(signal, "SIGKILL", signal.SIGTERM))


def _sound(kind: str, content: object) -> dict | None:
    """What an output or another message says, in characters that can be written; None if it has no sound form."""
    if not isinstance(content, dict):
        return None
    texts: list[object] = []
    if kind == "stream":
        texts = [content.get("name"), content.get("text")]
        if content.get("name") not in ("stdout", "stderr"):
            return None
    elif kind in ("display_data", "execute_result"):
        data, about = content.get("data"), content.get("metadata", {})
        if not isinstance(data, dict) or not isinstance(about, dict):
            return None
        texts = [value for name, value in data.items() if not name.endswith("json")]
    elif kind == "error":
        if not isinstance(content.get("traceback"), list):
            return None
        texts = [content.get("ename"), content.get("evalue"), *content["traceback"]]
    elif kind == "status" and not isinstance(content.get("execution_state"), str):
        return None
    if not all(isinstance(text, str) for text in texts):
        return None
    try:
        json.dumps(content, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.loads(json.dumps(content, ensure_ascii=False).encode("utf-8", "replace"))
    return content


def _waited(process: int | None) -> float | None:
    """Seconds that a process has waited for a processor (Linux)."""
    with suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[1]) / 1e9
    return None


def grade_id(cell: NotebookNode) -> str:
    """What nbgrader knows a cell by; empty for one that it does not know."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")
