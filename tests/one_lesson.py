"""A running course whose one lesson holds the activities under test, and a person's page of it."""

import json
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from conftest import Lab, make_course, ready


@contextmanager
def running_lesson(folder: Path, *calls: str, prepare=None):
    """A course whose lesson shows what each call gives, such as `questions.activities.problem_tree("m00-a1-tree")`.

    `prepare` gets the course's folder before it is started.
    """
    root = make_course(folder / "course root")
    if prepare:
        prepare(root)
    path = root / "course" / "00-start-here" / "lesson.ipynb"
    notebook = nbformat.read(path, as_version=4)
    [place] = [place for place, cell in enumerate(notebook.cells) if "activity" in cell.metadata.get("tags", [])]
    notebook.cells[place:place + 1] = [_cell(number, call) for number, call in enumerate(calls)]
    nbformat.write(notebook, path)
    with pytest.MonkeyPatch.context() as monkeypatch:
        running = Lab(folder / "Zoë's work", root, monkeypatch)
        yield running
        running.stop()


def _cell(number: int, call: str):
    dotted = call.partition("(")[0]
    module, _, name = dotted.rpartition(".")
    source = (f"from researchskills.{module} import {name}\nfrom IPython.display import display\n"
              f"display({call.removeprefix(module + '.')})\n")
    cell = nbformat.v4.new_code_cell(source, metadata={"tags": ["activity"], "jupyter": {"source_hidden": True}})
    cell["id"] = f"cell-under-test-{number}"
    return cell


@contextmanager
def opened(browser, course, label: str):
    """The lesson in a browser, once the control of that name is there."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(course.address)
    page.wait_for_selector(".rs-home h1")
    page.get_by_role("button", name="Open the lesson of module 0").first.click()
    ready(page)
    page.get_by_label(label).first.wait_for()
    yield page
    context.close()


def state(course, name: str) -> dict:
    """What an activity has saved."""
    path = course.workspace / "00-start-here" / "answers" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))["state"] if path.exists() else {}


def focused(page) -> str:
    """The name of the control that has the keyboard."""
    return page.evaluate("""() => {
        const one = document.activeElement
        return one.labels?.[0]?.innerText || one.innerText || one.tagName
    }""")


def tab_to(page, name: str, back: bool = False) -> None:
    """Press Tab until the control of that name has the keyboard."""
    for _ in range(80):
        if focused(page).startswith(name):
            return
        page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"the Tab key does not lead to {name}")
