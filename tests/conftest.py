"""Fixtures that several test files share: a small course, a running Lab, a browser."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import hypothesis
import nbformat
import pytest

# Written with plain ipywidgets so that the Lab is tested on its own: it saves and restores one answer.
_ACTIVITY = """\
from pathlib import Path
import ipywidgets
from IPython.display import HTML, display
file = Path("answers/m00-p1-groups.json")
box = ipywidgets.Text(value=file.read_text() if file.exists() else "", description="Your answer")
box.add_class("rs-live")
def save(change):
    file.parent.mkdir(exist_ok=True)
    file.write_text(change["new"])
box.observe(save, "value")
display(box)
display(HTML('<section class="rs-report">Saved answer: ' + box.value + "</section>"))
set_up = "activities were first"
"""
ROOT = Path(__file__).parents[1]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "msedge",
    "microsoft-edge",
)


def pytest_configure(config):
    # The same examples on every machine: a failure that CI finds can be found again at a desk.
    hypothesis.settings.register_profile("course", derandomize=True, deadline=None, database=None)
    hypothesis.settings.load_profile("course")
    config.addinivalue_line("markers", "browser: drives a real browser; skipped where none is installed")


def _notebook(page: str, edition: str, cells: list[dict]) -> str:
    metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "researchskills": {"module": "00-start-here", "page": page, "edition": edition},
    }
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    return nbformat.writes(notebook)


def make_course(root: Path, edition: str = "one") -> Path:
    """Write a course with one small module; another `edition` changes the lesson's text."""
    folder = root / "course" / "00-start-here"
    folder.mkdir(parents=True, exist_ok=True)
    cell = nbformat.v4
    hidden = {"tags": ["activity"], "jupyter": {"source_hidden": True}}
    lesson = [
        cell.new_markdown_cell(
            f"# Start here\n\nEdition {edition}.\n\n## Why this matters\n\nMrs Ali waits."
        ),
        cell.new_code_cell(_ACTIVITY, metadata=hidden),
        cell.new_markdown_cell("## Unit 1: Your turn\n\nChange the number and run the cell."),
        cell.new_code_cell("hours = 27\nprint('hours:', hours, '-', set_up)", metadata={"tags": ["try"]}),
    ]
    exercises = [
        cell.new_markdown_cell("# Exercises", metadata={"nbgrader": {"grade_id": "m00-q1-hours-prompt"}}),
        cell.new_code_cell(
            "hours_a_week = ...",
            metadata={"nbgrader": {"grade_id": "m00-q1-hours-answer", "solution": True, "grade": False}},
        ),
    ]
    about = {
        "module": "00-start-here",
        "title": "Start here",
        "summary": "Find your way round and answer your first question.",
        "minutes": 90,
        "edition": edition,
        "questions": {
            "m00-p1-groups": {"kind": "text", "where": "lesson", "points": 0},
            "m00-q1-hours": {"kind": "value", "where": "exercises", "points": 1},
            "m00-q2-fit": {"kind": "text", "where": "exercises", "points": 3},
        },
    }
    (folder / "lesson.ipynb").write_text(_notebook("lesson", edition, lesson), encoding="utf-8")
    (folder / "exercises.ipynb").write_text(_notebook("exercises", edition, exercises), encoding="utf-8")
    (folder / "module.json").write_text(json.dumps(about), encoding="utf-8")
    (folder / "supervisor.md").write_text("# For supervisors\n", encoding="utf-8")
    return root


@pytest.fixture
def small_course(tmp_path, monkeypatch) -> Path:
    """Root of a course with one module, which the package then takes for the course."""
    root = make_course(tmp_path / "the course")
    monkeypatch.setenv("RESEARCHSKILLS_ROOT", str(root))
    return root


@pytest.fixture(scope="session")
def browser():
    """A real browser, found on this computer; none is ever downloaded."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(f"no browser on PATH (looked for {', '.join(BROWSERS)})")
    sync_api = pytest.importorskip("playwright.sync_api")
    quiet = (
        "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    )
    with sync_api.sync_playwright() as driver:
        running = driver.chromium.launch(
            executable_path=found, args=[*quiet.split(), "--disable-component-update", "--disable-sync"]
        )
        yield running
        running.close()


class Lab:
    """A running course: where it is, its workspace and its process."""

    def __init__(self, workspace: Path, root: Path, monkeypatch: pytest.MonkeyPatch):
        from researchskills.lab import launch

        monkeypatch.setenv("RESEARCHSKILLS_ROOT", str(root))
        self.workspace, self.root = workspace, root
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                f"from researchskills.lab import launch; launch.start({str(workspace)!r}, browser=False)",
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.said = []
        for line in self.process.stdout:
            self.said.append(line)
            if "http://" in line:
                break
        self.room = launch._running(workspace)
        assert self.room, f"the course did not start: {self.said}"

    @property
    def address(self) -> str:
        return self.room.address

    def stop(self) -> str:
        self.process.terminate()
        said = self.process.communicate(timeout=30)[0]
        return "".join(self.said) + said


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A Lab on a small course, in a folder whose name has a space and an accent."""
    folder = tmp_path_factory.mktemp("lab")
    with pytest.MonkeyPatch.context() as monkeypatch:
        running = Lab(folder / "Zoë's work", make_course(folder / "course root"), monkeypatch)
        yield running
        running.stop()


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The real course in a workspace of its own."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        running = Lab(tmp_path_factory.mktemp("journey") / "Zoë's work", ROOT, monkeypatch)
        yield running
        running.stop()


@pytest.fixture(scope="module")
def page(browser, course):
    """One person's browser on the real course, kept for the whole way."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.complaints = []
    page.on("console", lambda line: line.type in ("error", "warning")
            and page.complaints.append(f"{line.text} {line.location['url']}"))
    page.goto(course.address)
    page.wait_for_selector(".rs-home h1")
    yield page
    context.close()


def open_page(page, what: str, module: int = 0) -> None:
    if not page.locator(".rs-home").is_visible():
        page.get_by_role("button", name="Home", exact=True).click()
    page.get_by_role("button", name=f"Open the {what} of module {module}").first.click()
    ready(page)


def ready(page, words: str = "Ready.") -> None:
    page.wait_for_function(
        "words => [...document.querySelectorAll('.rs-status-text')]"
        ".some(line => line.offsetParent && line.textContent.includes(words))", arg=words)


def accessibility_faults(page) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": WCAG}).response["violations"]
    return [f"{rule['id']}: {rule['help']}: {rule['nodes'][0]['html'][:200]}" for rule in found]


def wait_until(page, done, seconds=20):
    """Wait for something outside the page, and let the page go on meanwhile."""
    for _ in range(seconds * 10):
        if done():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not happen in time")


def kill_kernels(lab):
    """Kill every kernel of a running course, as a computer that runs out of memory does."""
    processes = subprocess.run(
        ["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True
    ).stdout
    for line in processes.splitlines()[1:]:
        process, parent, arguments = line.split(None, 2)
        if int(parent) == lab.room.process and "ipykernel" in arguments:
            os.kill(int(process), signal.SIGKILL)
