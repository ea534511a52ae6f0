"""The whole way, once: a newcomer's first start, the lesson, the exercises, hand-in, marks and feedback.

Real course, real server, real kernel, real browser, real gradebook.
"""

import json
import re
from pathlib import Path

import pytest
from conftest import accessibility_faults, kill_kernels, open_page, ready, wait_until

from researchskills import bank, checks, marking

ROOT = Path(__file__).parents[1]
MODULE = "00-start-here"
QUESTIONS = bank.read(ROOT / "course" / MODULE / "module.json")
pytestmark = [pytest.mark.browser, pytest.mark.slow]


def control(page, identifier: str, number: int = 0):
    """A control of a question: each question's panel follows the order of the page."""
    name = QUESTIONS[identifier].title
    return page.get_by_label(f"Your answer: {name}", exact=False).nth(number)


def saved(course, identifier: str) -> dict:
    path = course.workspace / MODULE / "answers" / f"{identifier}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def test_a_newcomer_chooses_a_code_and_sees_what_to_do(page, course):
    assert page.get_by_role("heading", name="What to do next").is_visible()
    page.get_by_label("Your learner code").fill("quiet-heron-42")
    page.get_by_role("button", name="Use this code").click()
    page.wait_for_selector("text=Your learner code is quiet-heron-42")
    assert page.get_by_text("about 90 minutes").is_visible()
    assert accessibility_faults(page) == []


def test_an_answer_in_the_lesson_gets_its_own_reason_by_keyboard_alone(page, course):
    open_page(page, "lesson")
    asked = QUESTIONS["m00-p1-predict"]
    wrong = next(option for option in asked.content["options"] if option["key"] not in asked.key["right"])
    chooser = control(page, asked.id)
    chooser.focus()
    position = asked.content["options"].index(wrong) + 1
    for _ in range(position):
        page.keyboard.press("ArrowDown")
    wait_until(page, lambda: saved(course, asked.id).get("shown") == wrong["text"])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    verdict = page.locator(".rs-outcome").first
    verdict.wait_for()
    assert "Not yet" in verdict.inner_text()
    assert asked.key["reasons"][wrong["key"]] in verdict.inner_text()
    assert accessibility_faults(page) == []


def test_the_answer_is_there_after_the_kernel_was_killed_and_the_page_reopened(page, course):
    asked = QUESTIONS["m00-p1-predict"]
    before = saved(course, asked.id)["state"]["answer"]
    kill_kernels(course)
    ready(page, "started again")
    page.reload()
    page.wait_for_selector(".rs-live")
    ready(page)
    chosen = control(page, asked.id).locator("option:checked").inner_text().replace("\xa0", " ")
    assert saved(course, asked.id)["shown"] in chosen
    assert saved(course, asked.id)["state"]["answer"] == before


def test_a_cell_is_run_changed_and_its_result_read_without_knowing_any_code(page):
    cell = page.locator(".jp-CodeCell").filter(has_text='sector = "health"')
    cell.get_by_role("button", name="Run this code").click()
    page.wait_for_timeout(500)
    assert cell.get_by_role("row", name=re.compile("T3 35")).is_visible()
    editor = cell.get_by_label("Code that you can change")
    editor.click()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type('sector = "social care"\nchosen = load("training_baseline").query("sector == @sector")\n'
                       'chosen["interface_group"].value_counts().sort_index().to_frame("people")')
    page.keyboard.press("Shift+Enter")
    page.get_by_role("row", name=re.compile("T3 46")).wait_for()


def test_exercises_are_answered_checked_and_handed_in_without_personal_data(page, course):
    open_page(page, "exercises")
    for identifier, asked in QUESTIONS.items():
        if asked.kind == "choice" and asked.points:
            control(page, identifier).select_option(value=None, index=1 + _place(asked))
    # The code question: a number in place of the three dots.
    cell = page.locator(".jp-CodeCell").filter(has_text="people_found = ...")
    cell.get_by_label("Code that you can change").click()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("people_found = 112")
    page.keyboard.press("Shift+Enter")
    page.wait_for_timeout(1000)
    text = page.locator(".rs-live textarea").last
    text.fill("Every week I ring people six weeks after discharge. Call me on 07700 900123.")
    wait_until(page, lambda: "six weeks" in saved(course, "m00-q14-fit").get("shown", ""))
    assert accessibility_faults(page) == []

    page.get_by_role("button", name="Check my work").click()
    page.wait_for_selector(".jp-Dialog >> text=There are", timeout=120_000)
    said = page.locator(".jp-Dialog").inner_text()
    assert "telephone number" in said
    assert "900123" not in said, "what was found is masked"
    page.get_by_role("button", name="Close", exact=True).click()

    text.fill("Every week I ring people six weeks after discharge.")
    wait_until(page, lambda: "07700" not in saved(course, "m00-q14-fit").get("shown", ""))
    page.get_by_role("button", name="Hand in", exact=True).click()
    page.wait_for_selector(".jp-Dialog >> text=Hand in your work?", timeout=120_000)
    page.locator(".jp-Dialog .jp-mod-accept").click()
    wait_until(page, lambda: list((course.workspace / "hand-ins").glob("*.zip")))
    assert [path.name for path in (course.workspace / "hand-ins").glob("*.zip")] == [f"{MODULE}--quiet-heron-42.zip"]
    page.locator(".jp-Dialog button").last.click()


def _place(asked: bank.Question) -> int:
    keys = [option["key"] for option in asked.content["options"]]
    return keys.index(checks.model_answer(asked))


def test_the_hand_in_is_marked_and_the_feedback_reaches_the_learner(page, course, tmp_path):
    [row] = marking.mark(list((course.workspace / "hand-ins").glob("*.zip")), tmp_path / "room").rows
    assert row.problem is None
    right = [q for q in QUESTIONS.values() if q.points and q.kind == "choice"] + [QUESTIONS["m00-q8-run"]]
    assert row.points == sum(question.points for question in right)
    assert row.needs_manual_marking == 1
    [feedback] = marking.feedback(MODULE, tmp_path / "room")
    (course.workspace / "feedback").mkdir(exist_ok=True)
    target = course.workspace / "feedback" / feedback.name
    target.write_bytes(feedback.read_bytes())
    # One page of feedback opens at once; of several the learner chooses one.
    page.get_by_role("button", name="Feedback", exact=True).click()
    read = page.frame_locator("iframe").get_by_role("heading", level=1)
    read.wait_for()
    assert "feedback" in read.inner_text().casefold()


def test_nothing_was_complained_about_on_the_way(page):
    # Browsers report a kernel that was killed as a closed connection; nothing else may be there.
    assert [line for line in page.complaints if "WebSocket" not in line and "Connection lost" not in line] == []
