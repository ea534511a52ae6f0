"""The search box and the strategy in a real browser, with the keyboard alone; a kernel dies on the way."""

import pytest
import small_library
from conftest import accessibility_faults, kill_kernels, ready, wait_until
from one_lesson import focused, opened, running_lesson, state, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def searching(tmp_path_factory):
    """A running course whose one lesson has a search box and a strategy, on the small library."""
    with running_lesson(tmp_path_factory.mktemp("searching"), 'evidence.activities.search_box("m00-p2-box")',
                        'evidence.activities.search_strategy("m00-a1-strategy")',
                        prepare=small_library.write) as running:
        yield running


@pytest.fixture(scope="module")
def page(browser, searching):
    with opened(browser, searching, "Search line") as page:
        yield page


def panel(page, words: str):
    return page.locator(".rs-panel").filter(has_text=words)


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
