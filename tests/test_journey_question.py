"""A question that is sharpened in one activity and goes on in the others, in a real browser."""

import pytest
from conftest import accessibility_faults, wait_until
from one_lesson import opened, running_lesson, state

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FIRST = "How do carers find out whom to ring?"
SHARPER = "How do six carers on our list find out whom to ring at night, in May 2026?"


@pytest.fixture(scope="module")
def asking(tmp_path_factory):
    """A running course whose one lesson has four activities about one question."""
    calls = ('frame_question("m00-a2-question")', 'is_it_researchable("m00-a4-check", question="m00-a2-question")',
             'other_side("m00-a6-other-side", question="m00-a2-question")',
             'multi_agency("m00-a7-agencies", question="m00-a2-question")')
    with running_lesson(tmp_path_factory.mktemp("asking"),
                        *(f"questions.activities.{call}" for call in calls)) as running:
        yield running


@pytest.fixture
def page(browser, asking):
    with opened(browser, asking, "My question, as a sentence") as page:
        yield page


def test_a_sharper_question_is_saved_in_the_frame_shown_there_and_taken_by_the_others(page, asking):
    framed = page.get_by_label("My question, as a sentence")
    checked = page.get_by_label("Your question, as one sentence")
    framed.fill(FIRST)
    framed.blur()
    page.get_by_role("button", name="Take over my question as it stands in the frame now").click()
    wait_until(page, lambda: checked.input_value() == FIRST)
    checked.fill(SHARPER)
    checked.blur()
    page.get_by_role("button", name="Look through my question").click()
    make = page.get_by_role("button", name="Make this my question from here on")
    make.click()
    page.get_by_text(f"From here on your question is: “{SHARPER}”").wait_for()
    assert make.evaluate("one => one === document.activeElement")
    wait_until(page, lambda: framed.input_value() == SHARPER)
    held = state(asking, "m00-a2-question")
    assert (held["wording"], held["replaced"]) == (SHARPER, [FIRST])
    page.get_by_role("button", name="Look at my question again").click()
    page.get_by_text(f"Your question is now: “{SHARPER}”").wait_for()
    page.get_by_role("button", name="Take my question from the frame").click()
    shared = page.get_by_label("The question that the agencies share")
    wait_until(page, lambda: shared.input_value() == SHARPER)
    assert accessibility_faults(page) == []
