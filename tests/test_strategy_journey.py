"""The search box and the strategy in a real browser, with the keyboard alone; a kernel dies on the way."""

import json

import nbformat
import pytest
import small_library
from conftest import Lab, accessibility_faults, kill_kernels, make_course, ready, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CELL = """\
from researchskills.evidence.activities import search_box, search_strategy
from IPython.display import display
display({})
"""


@pytest.fixture(scope="module")
def searching(tmp_path_factory):
    """A running course whose one lesson has a search box and a strategy, on the small library."""
    folder = tmp_path_factory.mktemp("searching")
    root = small_library.write(make_course(folder / "course root"))
    path = root / "course" / "00-start-here" / "lesson.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if "activity" in cell.metadata.get("tags", []):
            cell.source = CELL.format('search_box("m00-p2-box")')
    more = nbformat.v4.new_code_cell(CELL.format('search_strategy("m00-a1-strategy")'), metadata={
        "tags": ["activity"], "jupyter": {"source_hidden": True}})
    more["id"] = "cell-strategy"
    notebook.cells.append(more)
    nbformat.write(notebook, path)
    with pytest.MonkeyPatch.context() as monkeypatch:
        running = Lab(folder / "Zoë's work", root, monkeypatch)
        yield running
        running.stop()


@pytest.fixture(scope="module")
def page(browser, searching):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(searching.address)
    page.wait_for_selector(".rs-home h1")
    page.get_by_role("button", name="Open the lesson of module 0").first.click()
    ready(page)
    page.get_by_label("Search line").first.wait_for()
    yield page
    context.close()


def state(course, name: str) -> dict:
    path = course.workspace / "00-start-here" / "answers" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))["state"] if path.exists() else {}


def panel(page, words: str):
    return page.locator(".rs-panel").filter(has_text=words)


def focused(page) -> str:
    """The name of the control that has the keyboard."""
    return page.evaluate("""() => {
        const one = document.activeElement
        return one.labels?.[0]?.innerText || one.innerText || one.tagName
    }""")


def tab_to(page, name: str) -> None:
    for _ in range(60):
        if focused(page).startswith(name):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key does not lead to {name}")


def test_a_line_is_typed_searched_and_mended_with_the_keyboard_alone(page, searching):
    box = panel(page, "Search the library")
    box.get_by_label("Search line").focus()
    page.keyboard.type("carer*.ti,ab. ADN discharge.ti,ab.")
    page.keyboard.press("Tab")
    assert focused(page) == "Search"
    page.keyboard.press("Enter")
    box.get_by_role("alert").get_by_text("▶").wait_for()
    assert focused(page) == "Search"
    page.keyboard.press("Shift+Tab")
    assert focused(page) == "Search line"
    page.keyboard.press("Control+a")
    page.keyboard.type("carer*.ti,ab. and discharge.ti,ab.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    box.get_by_text("Line 1 finds 3 records").wait_for()
    assert state(searching, "m00-p2-box")["lines"][0]["count"] == 3
    box.locator("mark strong").first.wait_for()


def test_five_steps_are_gone_with_the_keyboard_alone(page, searching):
    strategy = panel(page, "A search strategy")
    strategy.get_by_label("Step").focus()
    tab_to(page, "Question")
    page.keyboard.press("ArrowDown")
    tab_to(page, "Idea 1")
    page.keyboard.type("leaving hospital")
    page.keyboard.press("Tab")
    page.keyboard.type("carers")
    tab_to(page, "Next: step 2")
    page.keyboard.press("Enter")
    strategy.get_by_label("Words for this idea", exact=False).wait_for()
    wait_until(page, lambda: focused(page) == "Step")
    tab_to(page, "Words for this idea")
    page.keyboard.type("discharge*")
    tab_to(page, "Suggest words")
    page.keyboard.press("Enter")
    strategy.get_by_label("Patient Discharge (heading", exact=False).wait_for()
    assert focused(page) == "Suggest words"
    tab_to(page, "Patient Discharge (heading")
    page.keyboard.press("Space")
    tab_to(page, "Take the ticked ones")
    page.keyboard.press("Enter")
    strategy.get_by_text("1 suggestion taken.").wait_for()
    assert focused(page) == "Take the ticked ones"
    strategy.get_by_label("Idea to work on").focus()
    page.keyboard.press("ArrowDown")
    wait_until(page, lambda: strategy.get_by_label("Words for this idea", exact=False).input_value() == "")
    tab_to(page, "Words for this idea")
    page.keyboard.type("carer*")
    tab_to(page, "Next: step 3")
    page.keyboard.press("Enter")
    tab_to(page, "Write the lines from my ideas")
    page.keyboard.press("Enter")
    strategy.get_by_text("5 lines written").wait_for()
    tab_to(page, "Next: step 4")
    page.keyboard.press("Enter")
    wait_until(page, lambda: focused(page) == "Step")
    strategy.get_by_label("Line to read").focus()
    page.keyboard.press("End")
    strategy.get_by_label("Record 1 looks").wait_for()
    tab_to(page, "Record 1 looks")
    page.keyboard.press("ArrowDown")
    wait_until(page, lambda: state(searching, "m00-a1-strategy").get("judged"))
    tab_to(page, "Next: step 5")
    page.keyboard.press("Enter")
    tab_to(page, "This is my search")
    page.keyboard.press("Enter")
    strategy.get_by_text("recall 80 %").first.wait_for()
    assert focused(page) == "This is my search"
    tab_to(page, "Look through my search")
    page.keyboard.press("Enter")
    strategy.get_by_text("They stand under the six headings").wait_for()
    tab_to(page, "Save the search log (Word)")
    page.keyboard.press("Enter")
    strategy.get_by_text("beside this notebook").wait_for()
    assert list((searching.workspace / "00-start-here" / "exports").glob("*.docx"))
    assert accessibility_faults(page) == []


def test_on_a_narrow_screen_nothing_is_cut_off(page):
    page.set_viewport_size({"width": 360, "height": 800})
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.set_viewport_size({"width": 1280, "height": 900})


def test_everything_is_there_after_the_kernel_was_killed(page, searching):
    before = state(searching, "m00-a1-strategy")
    kill_kernels(searching)
    ready(page, "started again")
    page.reload()
    page.wait_for_selector(".rs-live")
    ready(page)
    strategy = panel(page, "A search strategy")
    strategy.get_by_text("recall 80 %").first.wait_for()
    assert strategy.get_by_label("Step").evaluate("one => one.selectedIndex") == 4
    assert state(searching, "m00-a1-strategy") == before
    # The first search in a new kernel opens the library again.
    strategy.get_by_label("Step").select_option(index=2)
    strategy.get_by_label("Search line").fill("letter.ti,ab.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    strategy.get_by_text("Line 6 finds").wait_for()
