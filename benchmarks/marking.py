"""How fast marking is, against nbgrader's own `nbgrader autograde`, and whether both come to the same.

    uv run python benchmarks/marking.py [--hand-ins 60] [--timeout 8] [--otter PYTHON] [--json]

Both mark the same varied hand-ins (right, wrong, failing, slow, never ending; see tests/varied_hand_ins.py) in one
run, each as a command of its own, with the same limit of seconds for a cell. nbgrader gets the hand-ins as the
course rebuilds them, because it refuses some of those that people send. Compared are the points of every question
that is marked by a check, and everything that every cell shows, pictures byte by byte. Only nbgrader's wait for
output after a cell was interrupted may differ: cells that never end are compared by what they are reported as.

CPU time is what the whole machine was busy with, so nothing else should run. Memory is the largest sum of the
proportional set sizes of all processes, looked at twice a second.

With `--otter PYTHON` otter-grader's local marking is timed as well, on as many hand-ins with equal cells and equal
checks (see otter_peer.py). It needs an environment of its own, whose Python is named:

    uv venv otter && uv pip install --python otter otter-grader ipykernel pandas
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import otter_peer
from stock_nbgrader import checked_points, command_for, compared
from varied_hand_ins import RIGHT, varied

from researchskills import build
from researchskills.marking.room import prepare
from researchskills.paths import course_root


@dataclass
class Cost:
    """What a command took: seconds by the clock, seconds of all processors, and bytes at its largest."""

    wall: float
    cpu: float
    memory: int


def measured(command: list[str], variables: dict[str, str], folder: Path) -> Cost:
    """Run a command and measure it."""
    busy, started = _busy(), time.perf_counter()
    process = subprocess.Popen(command, env=variables, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    with _watched(process.pid) as largest:
        said, _ = process.communicate()
    cost = Cost(time.perf_counter() - started, _busy() - busy, max(largest))
    if process.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{said.decode()[-3000:]}")
    return cost


def _busy() -> float:
    times = psutil.cpu_times()
    return sum(times) - times.idle - getattr(times, "iowait", 0) - getattr(times, "guest", 0)


@contextmanager
def _watched(number: int):
    largest, over = [0], threading.Event()

    def watch():
        while not over.wait(0.5):
            largest.append(_memory(number))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield largest
    finally:
        over.set()
        watcher.join()


def _memory(number: int) -> int:
    total = 0
    try:
        family = [psutil.Process(number), *psutil.Process(number).children(recursive=True)]
    except psutil.Error:
        return 0
    for one in family:
        try:
            total += one.memory_full_info().pss
        except (psutil.Error, OSError):
            continue
    return total


def ours(inbox: Path, room: Path, timeout: int, scratch: Path) -> Cost:
    """`course mark`, hand-ins shut in."""
    command = [sys.executable, "-c", _MARK, str(inbox), str(room), str(timeout)]
    return measured(command, {**os.environ}, scratch)


_MARK = """
import sys
from pathlib import Path
from researchskills.marking import mark
inbox, room, timeout = sys.argv[1:]
sys.exit(mark([Path(inbox)], Path(room), timeout=int(timeout)).exit_status)
"""


def stock(room: Path, timeout: int, scratch: Path) -> Cost:
    """`nbgrader autograde`, once for each module."""
    home = scratch / "home"
    home.mkdir()
    total = Cost(0, 0, 0)
    for module in RIGHT:
        command, variables = command_for(room, module, timeout, home)
        cost = measured(command, variables, room)
        total = Cost(total.wall + cost.wall, total.cpu + cost.cpu, max(total.memory, cost.memory))
    return total


def otter(python: Path, number: int, scratch: Path) -> Cost:
    """`otter run`, once for each hand-in."""
    checks, hand_ins = otter_peer.made(scratch / "otter", number)
    total = Cost(0, 0, 0)
    for hand_in, right in hand_ins.items():
        results = hand_in.with_suffix("")
        results.mkdir()
        command = [str(python), "-m", "otter", "run", "--autograder", str(checks), "--output-dir", str(results)]
        cost = measured([*command, str(hand_in)], {**os.environ}, scratch)
        if otter_peer.points(results) != right:
            sys.exit(f"otter-grader gave {otter_peer.points(results)} points to {hand_in.name} instead of {right}")
        total = Cost(total.wall + cost.wall, total.cpu + cost.cpu, max(total.memory, cost.memory))
    return total


def main(number: int, timeout: int, otter_python: Path | None, as_json: bool) -> None:
    """Measure, compare and print."""
    build.nbgrader_config(course_root())  # puts this environment's programs on PATH
    with tempfile.TemporaryDirectory(prefix="benchmark-", ignore_cleanup_errors=True) as folder:
        scratch = Path(folder)
        inbox = varied(scratch / "made", number)
        fast, slow = scratch / "ours", scratch / "stock"
        for module in RIGHT:
            prepare(module, fast)
        shutil.copytree(fast, slow)
        our_cost = ours(inbox, fast, timeout, scratch)
        shutil.copytree(fast / "submitted", slow / "submitted")
        stock_cost = stock(slow, timeout, scratch)
        otter_cost = otter(otter_python, number, scratch) if otter_python else None
        differing = compared(fast, slow)
        our_points, stock_points = checked_points(fast), checked_points(slow)
        unequal = sorted(key for key in our_points if our_points[key] != stock_points.get(key))
    figures = {
        "hand_ins": number,
        "ratio": round(stock_cost.wall / our_cost.wall, 2),
        "cpu_ratio": round(stock_cost.cpu / our_cost.cpu, 2),
        "scores_equal": not unequal,
        "outputs_equal": not differing,
        "seconds_each": round(our_cost.wall / number, 2),
        "seconds_each_stock": round(stock_cost.wall / number, 2),
        "cpu_seconds_each": round(our_cost.cpu / number, 2),
        "cpu_seconds_each_stock": round(stock_cost.cpu / number, 2),
        "megabytes": round(our_cost.memory / 1e6),
        "megabytes_stock": round(stock_cost.memory / 1e6),
    }
    if otter_python:
        figures |= {
            "otter_seconds_each": round(otter_cost.wall / number, 2),
            "otter_cpu_seconds_each": round(otter_cost.cpu / number, 2),
        }
    if as_json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name.replace('_', ' ')}: {value}")
    for one in [*map(" ".join, unequal), *differing]:
        print("not equal:", one)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--hand-ins", type=int, default=60)
    parser.add_argument("--timeout", type=int, default=8)
    parser.add_argument("--otter", type=Path, metavar="PYTHON", help="the Python that otter-grader is installed for")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    main(chosen.hand_ins, chosen.timeout, chosen.otter, chosen.json)
