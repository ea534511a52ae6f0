"""Somewhere to run several hand-ins at once.

What a kernel sends is read in a process that has nothing else to lose: a hand-in that sends without end fills the
memory that this process may have, and costs only its own run. Where hand-ins are not shut in, threads do.

The processes of `concurrent.futures` are not used: each needs threads beside the one that asks, and a copy of a process
with threads can wait for ever for what one of them held.
"""

import asyncio
import contextvars
import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path

#: Bytes of address space that a worker may add to what it was born with.
_MEMORY = 1 << 30


class Workers:
    """Workers, each for one hand-in at a time.

    Parameters
    ----------
    number : int
        How many.
    apart : bool
        Whether each is a process of its own (Linux).
    """

    def __init__(self, number: int, apart: bool):
        self._context = _context() if apart else None
        self._free = [_Worker(self._context) for _ in range(number)]
        self._busy: dict[_Worker, Future] = {}

    @property
    def is_one_free(self) -> bool:
        """Whether something can be begun at once."""
        return bool(self._free)

    def begin(self, function: Callable, *arguments) -> Future:
        """Have a free worker call a function."""
        worker = self._free.pop()
        try:
            worker.connection.send((function, arguments))
        except ConnectionError:
            # It was killed while it had nothing to do.
            worker = self._replaced(worker)
            worker.connection.send((function, arguments))
        self._busy[worker] = Future()
        return self._busy[worker]

    def ended(self, seconds: float) -> list[Future]:
        """Wait for what was begun.

        Parameters
        ----------
        seconds : float
            For how long at most.

        Returns
        -------
        list of Future
            What has ended. The exception is a `BrokenExecutor` where a worker ended with it.
        """
        connections = {worker.connection: worker for worker in self._busy}
        found = []
        for connection in wait(connections, seconds):
            worker = connections[connection]
            future = self._busy.pop(worker)
            found.append(future)
            try:
                result, problem = connection.recv()
            except (EOFError, OSError):
                future.set_exception(BrokenExecutor("The process that ran it ended."))
                worker = self._replaced(worker)
            else:
                future.set_exception(RuntimeError(problem)) if problem else future.set_result(result)
            self._free.append(worker)
        return found

    def _replaced(self, worker: "_Worker") -> "_Worker":
        worker.close()
        return _Worker(self._context)

    def close(self) -> None:
        """End; what is running is given up."""
        for worker in (*self._free, *self._busy):
            worker.close()


class _Worker:
    """One that calls functions: a process of its own, or a thread where there is no context for one."""

    def __init__(self, context):
        self.connection, theirs = multiprocessing.Pipe()
        if context:
            self._runs = context.Process(target=_serve_apart, args=(theirs, dict(os.environ)), daemon=True)
        else:
            self._runs = threading.Thread(target=_serve, args=(theirs,))
        with _interrupts_held():
            self._runs.start()
        if context:
            theirs.close()  # so that its end is noticed here

    def close(self) -> None:
        if isinstance(self._runs, threading.Thread):
            with suppress(ConnectionError):
                self.connection.send(None)
        else:
            self._runs.kill()
        self._runs.join()
        self.connection.close()


def _context():
    # A copy is cheapest. Where there are other threads, as in a notebook or a test, copies are taken of a process that
    # was made for that and has none.
    if threading.active_count() == 1:
        return multiprocessing.get_context("fork")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["researchskills.marking.replay"])
    return context


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Keep Ctrl and C from what is being born, until it can ignore it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(connection: Connection) -> None:
    """Call what is asked for, until nothing more is."""
    with connection:
        while asked := connection.recv():
            function, arguments = asked
            try:
                answer = (function(*arguments), "")
            except BaseException:
                answer = (None, traceback.format_exc())
            connection.send(answer)


def _serve_apart(connection: Connection, environment: dict[str, str]) -> None:
    """In a new worker: leave interrupts to the marker, end with it, and keep within limits."""
    import resource  # which Windows does not have

    from researchskills.kernels import shut_in

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    os.environ.clear()
    os.environ.update(environment)
    shut_in.die_with_parent()
    born_with = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (born_with + _MEMORY, born_with + _MEMORY))
    try:
        # Not with what the caller waits with: all copies have it, and one would take the message another waits for.
        asyncio.set_event_loop(None)
        contextvars.Context().run(_serve, connection)
    except (EOFError, OSError, MemoryError):
        os._exit(1)
