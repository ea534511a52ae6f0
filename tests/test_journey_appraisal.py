"""An appraisal in a real browser, with the keyboard alone; a kernel dies half-way."""

import json
import shutil

import nbformat
import pytest
from conftest import ROOT, Lab, accessibility_faults, kill_kernels, make_course, ready, wait_until

from researchskills.appraisal import forms

FORM = forms.form("trial")
MANY = len(FORM.questions)
pytestmark = [pytest.mark.browser, pytest.mark.slow]
CELL = """\
from researchskills.appraisal.{} import {} as activity
from IPython.display import display
display(activity({}))
"""


def _cell(module: str, factory: str, arguments: str):
    return nbformat.v4.new_code_cell(CELL.format(module, factory, arguments), metadata={
        "tags": ["activity"], "jupyter": {"source_hidden": True}})


@pytest.fixture(scope="module")
def appraising(tmp_path_factory):
    """A running course whose one lesson has an appraisal and what was appraised together."""
    folder = tmp_path_factory.mktemp("appraising")
    root = make_course(folder / "course root")
    shutil.copytree(ROOT / "datasets" / "study_reports", root / "datasets" / "study_reports")
    path = root / "course" / "00-start-here" / "lesson.ipynb"
    notebook = nbformat.read(path, as_version=4)
    [place] = [place for place, cell in enumerate(notebook.cells) if "activity" in cell.metadata.get("tags", [])]
    new = [_cell("appraise_activity", "appraise", '"m00-a1-appraisal"'),
           _cell("together_activity", "appraisals_together", '"m00-a2-together"')]
    for number, cell in enumerate(new):
        cell["id"] = f"cell-appraising-{number}"
    notebook.cells[place:place + 1] = new
    nbformat.write(notebook, path)
    with pytest.MonkeyPatch.context() as monkeypatch:
        running = Lab(folder / "Zoë's work", root, monkeypatch)
        yield running
        running.stop()


@pytest.fixture(scope="module")
def page(browser, appraising):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(appraising.address)
    page.wait_for_selector(".rs-home h1")
    page.get_by_role("button", name="Open the lesson of module 0").first.click()
    ready(page)
    page.get_by_label("Report", exact=True).wait_for()
    yield page
    context.close()


def answers(course):
    return course.workspace / "00-start-here" / "answers"


def state(course) -> dict:
    path = answers(course) / "m00-a1-appraisal.json"
    return json.loads(path.read_text(encoding="utf-8"))["state"] if path.exists() else {}


def panel(page):
    return page.locator(".rs-panel").first


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


def choose(page, name: str, choice: str) -> None:
    """Choose in a list by its first letters, as its users do."""
    tab_to(page, name)
    page.keyboard.type(choice)


def press(page, name: str) -> None:
    tab_to(page, name)
    page.keyboard.press("Enter")


def test_the_design_is_named_before_any_question_is_seen(page, appraising):
    panel(page).get_by_label("Step").focus()
    choose(page, "Report", "A joint visit")
    panel(page).get_by_text("[1]").first.wait_for()
    press(page, "Next: step 2")
    wait_until(page, lambda: focused(page) == "Step")
    choose(page, "What is it made from?", "People")
    panel(page).get_by_label("On what do its conclusions rest?").wait_for()
    choose(page, "On what do its conclusions rest?", "On numbers")
    panel(page).get_by_label("Did chance decide", exact=False).wait_for()
    choose(page, "Did chance decide", "Yes")
    panel(page).get_by_text("Your answers lead to: randomised trial").wait_for()
    assert not {"answers", "design"} & set(state(appraising))
    assert panel(page).get_by_text(FORM.questions[0].text).count() == 0
    press(page, "This is the design")
    panel(page).get_by_text("You take it for: randomised trial").wait_for()
    assert focused(page) == "This is the design"
    assert accessibility_faults(page) == []


def test_questions_are_answered_with_their_sentences_and_a_wrong_number_is_told(page, appraising):
    press(page, "Next: step 3")
    wait_until(page, lambda: focused(page) == "Step")
    for number in (1, 2, 3):
        choose(page, f"{number}. ", "Yes")
    wait_until(page, lambda: len(state(appraising)["answers"]) == 3)
    panel(page).get_by_text(f"3 of {MANY} questions answered").wait_for()
    press(page, "Next part")
    wait_until(page, lambda: focused(page) == "Part of the form")
    choose(page, "4. ", "Cannot tell")
    tab_to(page, "Question 4: sentences")
    page.keyboard.type("6, 400")
    page.keyboard.press("Tab")
    panel(page).get_by_role("alert").get_by_text("has no sentence 400").wait_for()
    assert focused(page).startswith("Question 4: what shows it")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Control+a")
    page.keyboard.type("6-7")
    page.keyboard.press("Tab")
    panel(page).locator("blockquote").get_by_text("[7]").wait_for()
    choose(page, "Question 4: which way", "makes the service look better")
    choose(page, "Your judgement of this part", "Low")
    panel(page).get_by_text("look again whether “low risk of bias” fits").wait_for()
    wait_until(page, lambda: state(appraising)["judgements"] == {"allocation": "low"})
    assert state(appraising)["answers"]["chance"] == {
        "answer": "unclear", "sentences": [6, 7], "evidence": "", "direction": "flatters"}
    assert accessibility_faults(page) == []


def test_everything_is_there_after_the_kernel_was_killed(page, appraising):
    before = state(appraising)
    kill_kernels(appraising)
    ready(page, "started again")
    page.reload()
    page.wait_for_selector(".rs-live")
    ready(page)
    panel(page).get_by_text(f"4 of {MANY} questions answered").wait_for()
    assert panel(page).get_by_label("Step").evaluate("one => one.selectedIndex") == 2
    assert panel(page).get_by_label("Part of the form").evaluate("one => one.selectedIndex") == 1
    assert panel(page).get_by_label("Question 4: sentences", exact=False).input_value() == "6–7"
    assert state(appraising) == before


def test_the_summary_the_panel_and_the_files_come_by_keyboard(page, appraising):
    panel(page).get_by_label("Step").focus()
    press(page, "Next: step 4")
    panel(page).get_by_text("Main threats").wait_for()
    panel(page).get_by_role("img").first.wait_for()
    tab_to(page, "How sure are you")
    page.keyboard.type("We cannot be sure, because nobody can tell how lots were drawn.")
    page.keyboard.press("Tab")
    wait_until(page, lambda: "lots" in state(appraising).get("certainty", ""))
    press(page, "Next: step 5")
    panel(page).get_by_text("whoever knows what others think").wait_for()
    press(page, "Show what the panel noted now")
    panel(page).get_by_text("The panel is not the truth.").wait_for()
    wait_until(page, lambda: focused(page) == "Step")
    tab_to(page, "Your name or code")
    page.keyboard.type("N7")
    choose(page, "Where you work", "Health")
    press(page, "Save the appraisal as files")
    panel(page).get_by_role("alert").get_by_text("appraisal-discharge-visits-N7.json").wait_for()
    assert accessibility_faults(page) == []


def test_the_appraisal_stands_in_the_summary_of_findings(page, appraising):
    together = page.locator(".rs-panel").nth(1)
    together.get_by_role("button", name="Look again").focus()
    page.keyboard.press("Enter")
    together.get_by_text("1 appraisal found").wait_for()
    together.get_by_role("img", name="A grid of signs", exact=False).wait_for()
    together.get_by_role("listitem").filter(has_text="We cannot be sure").wait_for()
    assert accessibility_faults(page) == []


def test_on_a_narrow_screen_nothing_is_cut_off(page):
    for step in range(5):
        panel(page).get_by_label("Step").select_option(index=step)
        page.set_viewport_size({"width": 360, "height": 800})
        page.wait_for_timeout(500)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.set_viewport_size({"width": 1280, "height": 900})


def test_the_exported_page_can_be_read_by_everyone(page, appraising, browser):
    [file] = (appraising.workspace / "00-start-here").glob("*.html")
    context = browser.new_context(viewport={"width": 360, "height": 800})
    exported = context.new_page()
    exported.goto(file.as_uri())
    assert exported.evaluate("document.documentElement.scrollWidth") <= 360
    assert accessibility_faults(exported) == []
    context.close()
