"""Processes that run hand-ins: they share nothing with each other, and what ends one of them costs one hand-in."""

import os
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor

import psutil
import pytest

from researchskills.marking.workers import Workers

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads run hand-ins")

#: A program that has waited for something before, as one that has run a notebook has, and begins workers then.
_WAITING = """
import asyncio
from jupyter_core.utils import ensure_event_loop, run_sync
from researchskills.marking.workers import Workers

def waits_with_the_callers():
    return hasattr(ensure_event_loop(), "of_the_caller")

run_sync(asyncio.sleep)(0)
ensure_event_loop().of_the_caller = True
workers = Workers(2, apart=True)
begun = [workers.begin(waits_with_the_callers) for _ in range(2)]
while not all(one.done() for one in begun):
    workers.ended(1)
print(waits_with_the_callers(), *(one.result() for one in begun))
workers.close()
"""


@pytest.fixture
def workers():
    running = Workers(2, apart=True)
    yield running
    running.close()


def result(workers, future):
    while not future.done():
        workers.ended(1)
    return future.result()


def test_workers_do_not_wait_with_what_their_caller_waits_with():
    """They would share it, and one takes the message that another waits for: seen as a run that never ended."""
    program = [sys.executable, "-c", _WAITING]
    done = subprocess.run(program, capture_output=True, text=True, timeout=60)
    assert (done.stdout.split(), done.stderr) == (["True", "False", "False"], "")


def test_a_worker_that_ends_costs_what_it_had_and_is_replaced(workers):
    with pytest.raises(BrokenExecutor):
        result(workers, workers.begin(os._exit, 1))
    for _ in range(2):
        assert result(workers, workers.begin(os.getpid)) != os.getpid()


def test_a_worker_that_was_killed_while_it_had_nothing_to_do_costs_nothing(workers):
    killed = psutil.Process(result(workers, workers.begin(os.getpid)))
    killed.kill()
    while killed.is_running() and killed.status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    assert result(workers, workers.begin(os.getpid)) not in (killed.pid, os.getpid())


def test_what_goes_wrong_in_a_worker_is_told_and_it_goes_on(workers):
    failed = workers.begin(int, "no number")
    with pytest.raises(RuntimeError, match="invalid literal for int"):
        result(workers, failed)
    assert result(workers, workers.begin(int, "7")) == 7
