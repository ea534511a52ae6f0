"""An appraisal in a real browser, with the keyboard alone; a kernel dies half-way."""

import shutil

import pytest
from conftest import ROOT, accessibility_faults, kill_kernels, ready, wait_until
from one_lesson import focused, opened, running_lesson, state, tab_to

from researchskills.appraisal import forms

FORM = forms.form("trial")
MANY = len(FORM.questions)
pytestmark = [pytest.mark.browser, pytest.mark.slow]
APPRAISAL = "m00-a1-appraisal"


@pytest.fixture(scope="module")
def appraising(tmp_path_factory):
    """A running course whose one lesson has an appraisal and what was appraised together."""
    def with_reports(root):
        shutil.copytree(ROOT / "datasets" / "study_reports", root / "datasets" / "study_reports")

    with running_lesson(tmp_path_factory.mktemp("appraising"), f'appraisal.appraise_activity.appraise("{APPRAISAL}")',
                        'appraisal.together_activity.appraisals_together("m00-a2-together")',
                        prepare=with_reports) as running:
        yield running


@pytest.fixture(scope="module")
def page(browser, appraising):
    with opened(browser, appraising, "Report") as page:
        yield page


def answers(course):
    return course.workspace / "00-start-here" / "answers"


def panel(page):
    return page.locator(".rs-panel").first


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
    assert not {"answers", "design"} & set(state(appraising, APPRAISAL))
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
    wait_until(page, lambda: len(state(appraising, APPRAISAL)["answers"]) == 3)
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
    wait_until(page, lambda: state(appraising, APPRAISAL)["judgements"] == {"allocation": "low"})
    assert state(appraising, APPRAISAL)["answers"]["chance"] == {
        "answer": "unclear", "sentences": [6, 7], "evidence": "", "direction": "flatters"}
    assert accessibility_faults(page) == []


def test_everything_is_there_after_the_kernel_was_killed(page, appraising):
    before = state(appraising, APPRAISAL)
    kill_kernels(appraising)
    ready(page, "started again")
    page.reload()
    page.wait_for_selector(".rs-live")
    ready(page)
    panel(page).get_by_text(f"4 of {MANY} questions answered").wait_for()
    assert panel(page).get_by_label("Step").evaluate("one => one.selectedIndex") == 2
    assert panel(page).get_by_label("Part of the form").evaluate("one => one.selectedIndex") == 1
    assert panel(page).get_by_label("Question 4: sentences", exact=False).input_value() == "6–7"
    assert state(appraising, APPRAISAL) == before


def test_the_summary_the_panel_and_the_files_come_by_keyboard(page, appraising):
    panel(page).get_by_label("Step").focus()
    press(page, "Next: step 4")
    panel(page).get_by_text("Main threats").wait_for()
    panel(page).get_by_role("img").first.wait_for()
    tab_to(page, "How sure are you")
    page.keyboard.type("We cannot be sure, because nobody can tell how lots were drawn.")
    page.keyboard.press("Tab")
    wait_until(page, lambda: "lots" in state(appraising, APPRAISAL).get("certainty", ""))
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
