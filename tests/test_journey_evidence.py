"""Module 02 in a real browser: type a line, be told where it is wrong, go on after the kernel was killed."""

import json

import pytest
from conftest import accessibility_faults, kill_kernels, open_page, ready, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def saved_box(course) -> dict:
    path = course.workspace / "02-finding-evidence" / "answers" / "m02-a1-box.json"
    return json.loads(path.read_text(encoding="utf-8"))["state"] if path.exists() else {}


def box(page):
    return page.locator(".rs-panel").filter(has=page.get_by_role("button", name="Search", exact=True)).first


def test_a_line_that_cannot_be_read_is_shown_with_its_place_and_stays_in_the_box(page, course):
    open_page(page, "lesson", 2)
    line = box(page).get_by_label("Search line", exact=True)
    line.fill("(carers or respite")
    box(page).get_by_role("button", name="Search", exact=True).click()
    alert = box(page).get_by_role("alert").filter(has_text="bracket")
    alert.wait_for()
    assert "At character 1" in alert.inner_text()
    assert line.input_value() == "(carers or respite"
    assert not saved_box(course).get("lines")


def test_a_line_that_can_be_read_is_counted_and_kept(page, course):
    line = box(page).get_by_label("Search line", exact=True)
    line.fill("(carers or respite).ti,ab.")
    box(page).get_by_role("button", name="Search", exact=True).click()
    wait_until(page, lambda: saved_box(course).get("lines"))
    [kept] = saved_box(course)["lines"]
    assert kept["text"] == "(carers or respite).ti,ab."
    wait_until(page, lambda: f"{kept['count']:,}" in box(page).inner_text())


def test_a_click_right_after_typing_reads_what_was_typed(page, course):
    """The kernel must not take the click before the text: it did in one of four tries."""
    before = len(saved_box(course)["lines"])
    line = box(page).get_by_label("Search line", exact=True)
    for word in ("respite", "dementia", "nurses", "families", "wards", "falls", "reablement", "housing"):
        wait_until(page, lambda: line.input_value() == "")  # the line before is through
        line.fill(f"{word}.ti.")
        box(page).get_by_role("button", name="Search", exact=True).click()
        box(page).get_by_role("cell", name=f"{word}.ti.").wait_for()
    assert len(saved_box(course)["lines"]) == before + 8


def test_the_lines_are_there_after_the_kernel_was_killed(page, course):
    before = saved_box(course)["lines"]
    kill_kernels(course)
    ready(page, "started again")
    page.reload()
    page.wait_for_selector(".rs-live")
    ready(page)
    assert saved_box(course)["lines"] == before
    wait_until(page, lambda: "(carers or respite).ti,ab." in box(page).inner_text())


@pytest.mark.parametrize("what", ["lesson", "exercises"])
def test_every_control_of_module_2_has_a_name_and_enough_contrast(page, what):
    open_page(page, what, 2)
    assert page.locator(".rs-live").count() >= 8
    assert accessibility_faults(page) == []


def test_no_page_complained(page):
    # A kernel was killed on purpose, and the page says so.
    assert [line for line in page.complaints if "favicon" not in line and "Connection lost" not in line] == []
