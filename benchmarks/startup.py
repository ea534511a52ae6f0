"""How long a newcomer waits, measured: python3 benchmarks/startup.py

Copies the course into a new folder and measures there, with nothing fetched before:

- the first `start.py setup`, which downloads and installs everything (needs the internet);
- a later `start.py`, from the command to a page that answers (HTTP 200), several times;
- the size of the environment.

Prints a table; `--json` prints the figures for a program to read. Nothing of the course folder is changed.
"""

import argparse
import json
import os
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("start.py", "pyproject.toml", "uv.lock", "requirements.lock.txt", "README.md", "nbgrader_config.py")
FOLDERS = ("src", "course", "datasets", "solutions")
ADDRESS = re.compile(r"http://(?:127\.0\.0\.1|localhost):\d+/\S*")


def copy_course(target: Path) -> None:
    """Copy what a learner gets: no `.venv`, no workspace."""
    target.mkdir(parents=True)
    for name in PARTS:
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, target / name)
    for name in FOLDERS:
        if (ROOT / name).exists():
            shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb*"))


def first_start(course: Path) -> float:
    """Seconds that `start.py setup` takes with nothing there yet."""
    began = time.monotonic()
    subprocess.run([sys.executable, course / "start.py", "setup"], check=True)
    return time.monotonic() - began


def later_start(course: Path, patience: float = 120) -> float:
    """Seconds from `start.py --no-browser` until the address it prints answers with a page."""
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-u", course / "start.py", "--no-browser"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    # A start that prints nothing and never ends must not hang the measurement.
    alarm = threading.Timer(patience, process.kill)
    alarm.start()
    said = []
    try:
        for line in process.stdout:
            said.append(line)
            if match := ADDRESS.search(line):
                wait_for_page(match.group(), began + patience)
                return time.monotonic() - began
        raise SystemExit("The course printed no address:\n" + "".join(said))
    finally:
        alarm.cancel()
        process.send_signal(signal.SIGTERM if os.name == "nt" else signal.SIGINT)
        process.communicate(timeout=30)


def wait_for_page(address: str, deadline: float) -> None:
    """Return as soon as the address answers with HTTP 200."""
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5) as page:
                if page.status == 200:
                    return
        except OSError:
            pass
        time.sleep(0.05)
    raise SystemExit(f"No page at {address}")


def size(folder: Path) -> int:
    """Bytes of all files in a folder, each file counted once however often it is linked."""
    files = {}
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            facts = path.stat()
            files[facts.st_dev, facts.st_ino or str(path)] = facts.st_size
    return sum(files.values())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--later-starts", type=int, default=5, help="how often to measure a later start (5)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--folder", type=Path, help="measure in this empty place and keep it")
    options = parser.parse_args()
    place = options.folder or Path(tempfile.mkdtemp(prefix="course startup "))
    course = place / "Ünïcode folder with spaces"
    try:
        copy_course(course)
        first = first_start(course)
        # The very first one also makes the workspace; it is measured like the others but named.
        opening = later_start(course)
        later = [later_start(course) for _ in range(options.later_starts)]
        figures = {
            "first_start_seconds": round(first, 1),
            "first_opening_seconds": round(opening, 2),
            "later_start_seconds_median": round(statistics.median(later), 2),
            "later_start_seconds_range": [round(min(later), 2), round(max(later), 2)],
            "environment_megabytes": round(size(course / ".venv") / 1e6),
            "computer": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, "
            f"Python {platform.python_version()}",
        }
    finally:
        if not options.folder:
            shutil.rmtree(place, ignore_errors=True)
    if options.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name.replace('_', ' '):28} {value}")


if __name__ == "__main__":
    main()
