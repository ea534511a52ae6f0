"""The research plan from the home page, once: asked about, written, opened, and no answer changed."""

import pytest
from conftest import accessibility_faults, wait_until

from researchskills import ask

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def answer(course, words: str) -> None:
    ask.answered("m00-p13-affected", course.workspace / "00-start-here").answer = {"question": words}


def write_plan(page) -> None:
    page.get_by_role("button", name="Write my research plan").click()
    page.get_by_role("button", name="Write the plan", exact=True).click()


def test_a_private_detail_is_asked_about_before_anything_is_written(page, course):
    answer(course, "Why did jane.doe@example.org ring?")
    write_plan(page)
    page.get_by_text("Nothing was written yet.").wait_for()
    said = page.inner_text(".jp-Dialog")
    assert "e-mail address" in said and "jane.doe@" not in said
    assert accessibility_faults(page) == []
    page.get_by_role("button", name="Go back").click()
    assert not (course.workspace / "plan" / "research-plan.html").exists()


def test_the_plan_is_written_and_opens(page, course):
    answer(course, "Why do referrals come back?")
    file = course.workspace / "00-start-here" / "answers" / "m00-p13-affected.json"
    before = file.read_bytes()
    write_plan(page)
    page.get_by_role("heading", name="Your research plan is written").or_(
        page.get_by_text("Your research plan is written")).first.wait_for()
    assert "research-plan.docx" in page.inner_text(".jp-Dialog")
    assert accessibility_faults(page) == []
    page.get_by_role("button", name="Close", exact=True).click()
    frame = page.frame_locator("iframe").first
    frame.get_by_role("heading", name="People affected").wait_for()
    assert "Why do referrals come back?" in frame.locator("main").inner_text()
    assert file.read_bytes() == before
    wait_until(page, lambda: (course.workspace / "plan" / "cpd-record.csv").exists())


def test_the_plan_as_a_page_is_accessible(page, course):
    page.goto((course.workspace / "plan" / "research-plan.html").as_uri())
    assert accessibility_faults(page) == []
    page.goto((course.workspace / "plan" / "cpd-record.html").as_uri())
    assert accessibility_faults(page) == []
