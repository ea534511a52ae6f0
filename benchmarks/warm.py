"""Whether warm notebooks (`course start --warm`) are worth it: seconds to the first output, and memory.

    uv run python benchmarks/warm.py [--module 6] [--repetitions 7] [--json]

Time: two courses run side by side, one started as usual and one with --warm. In turn, a real browser opens the same
lesson in each; measured is from the click on the home page to the first activity on the screen, and to “Ready.”, when
all of the lesson's activities have come. Every time the notebook's kernel is a new one.

Memory: each course alone, with 0, 1, 3 and 5 lessons open; the proportional set sizes of JupyterLab, its kernels and
the fork server together, not of the browser. Per notebook means: what is more than JupyterLab as usual with no lesson
open, divided by the number of lessons, so that warm notebooks bear the cost of their fork server.

Needs Linux and a Chromium, Chrome or Edge on PATH.
"""

import argparse
import json
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import psutil
from playwright.sync_api import sync_playwright

from researchskills.lab import launch

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge", "microsoft-edge")
KINDS = {"usual": [], "warm": ["--warm"]}
OPEN = (0, 1, 3, 5)


class Course:
    """A running course and a page of it."""

    def __init__(self, folder: Path, options: list[str], browser):
        began = time.monotonic()
        command = [sys.executable, "-m", "researchskills.cli", "start", "--no-browser", "--workspace", str(folder)]
        self.process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True)
        while not (room := launch._running(folder)):
            time.sleep(0.05)
        self.start_seconds = time.monotonic() - began
        self.room, self.browser = room, browser
        if options:
            # A learner has chosen a lesson by then.
            while not self.fork_server_listens():
                time.sleep(0.1)
        self.ready_seconds = time.monotonic() - began

    def fork_server_listens(self) -> bool:
        """Whether the fork server has imported everything."""
        for one in psutil.Process(self.room.process).children():
            if "researchskills.kernels.server" in one.cmdline():
                return Path(one.cmdline()[-1]).exists()
        return False

    @contextmanager
    def page(self):
        """The home page."""
        context = self.browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.goto(self.room.address)
        page.wait_for_selector(".rs-home h1")
        yield page
        context.close()

    def open(self, page, module: int) -> tuple[float, float]:
        """Seconds from the click to the first activity, and to all of them."""
        if not page.locator(".rs-home").is_visible():
            page.get_by_role("button", name="Home", exact=True).click()
        button = page.get_by_role("button", name=f"Open the lesson of module {module}").first
        button.wait_for()
        began = time.monotonic()
        button.click()
        page.wait_for_function("[...document.querySelectorAll('.rs-live')].some(one => one.offsetParent)")
        first = time.monotonic() - began
        page.wait_for_function(
            "[...document.querySelectorAll('.rs-status-text')]"
            ".some(line => line.offsetParent && line.textContent.includes('Ready.'))"
        )
        return first, time.monotonic() - began

    def api(self, way: str, method: str = "GET"):
        """Ask JupyterLab."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.room.port}/api/{way}",
            method=method,
            headers={"Authorization": f"token {self.room.token}"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    def close_notebooks(self) -> None:
        """End all kernels."""
        for session in self.api("sessions"):
            self.api(f"sessions/{session['id']}", "DELETE")

    def megabytes(self) -> float:
        """Of JupyterLab and all below it."""
        server = psutil.Process(self.room.process)
        return sum(one.memory_full_info().pss for one in (server, *server.children(recursive=True))) / 1e6

    def stop(self) -> None:
        """End it."""
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=60)


def times(folder: Path, browser, module: int, repetitions: int) -> dict:
    """Medians of both kinds, taken in turn."""
    courses = {kind: Course(folder / kind, options, browser) for kind, options in KINDS.items()}
    taken = {kind: [] for kind in KINDS}
    try:
        # Once for nothing: afterwards files are in the computer's memory, for both alike.
        for number in range(repetitions + 1):
            for kind, course in courses.items():
                with course.page() as page:
                    seconds = course.open(page, module)
                course.close_notebooks()
                if number:
                    taken[kind].append(seconds)
    finally:
        for course in courses.values():
            course.stop()
    first, ready = ({kind: statistics.median(one[place] for one in taken[kind]) for kind in KINDS} for place in (0, 1))
    return {
        "seconds_to_first_output": {kind: round(value, 2) for kind, value in first.items()},
        "ratio_to_first_output": round(first["usual"] / first["warm"], 2),
        "seconds_to_ready": {kind: round(value, 2) for kind, value in ready.items()},
        "ratio_to_ready": round(ready["usual"] / ready["warm"], 2),
        "range_to_first_output": {
            kind: [round(end(one[0] for one in taken[kind]), 2) for end in (min, max)] for kind in KINDS
        },
        "seconds_until_warm": round(courses["warm"].ready_seconds - courses["warm"].start_seconds, 1),
    }


def memory(folder: Path, browser) -> dict:
    """Megabytes of each kind with some lessons open."""
    totals = {}
    for kind, options in KINDS.items():
        course = Course(folder / f"memory of {kind}", options, browser)
        try:
            with course.page() as page:
                totals[kind] = {0: course.megabytes()}
                for number in range(max(OPEN)):
                    course.open(page, number)
                    time.sleep(1)
                    if (running := len(course.api("kernels"))) != number + 1:
                        sys.exit(f"{running} kernels run, not {number + 1}")
                    totals[kind][number + 1] = course.megabytes()
        finally:
            course.stop()
    alone = totals["usual"][0]
    return {
        "megabytes": {kind: {n: round(totals[kind][n]) for n in OPEN} for kind in KINDS},
        "megabytes_each": {kind: {n: round((totals[kind][n] - alone) / n) for n in OPEN if n} for kind in KINDS},
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--module", type=int, default=6)
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    program = next(filter(None, map(shutil.which, BROWSERS)), None) or sys.exit("no browser on PATH")
    with tempfile.TemporaryDirectory(prefix="warm-", ignore_cleanup_errors=True) as place, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        figures = {"module": options.module, **times(Path(place), browser, options.module, options.repetitions)}
        figures |= memory(Path(place), browser)
        browser.close()
    if options.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name.replace('_', ' ')}: {value}")


if __name__ == "__main__":
    main()
