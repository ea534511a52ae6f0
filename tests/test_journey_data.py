"""Modules 04 to 06 in a real browser: check a file, clean it with a log, hide cells, let chance play."""

import json

import pytest
from conftest import accessibility_faults, kill_kernels, open_page, ready, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def saved(course, module: str, name: str) -> dict:
    path = course.workspace / module / "answers" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))["state"] if path.exists() else {}


def own_file(course) -> dict:
    [path] = (course.workspace / "04-checking-data" / "answers").glob("m04-a1-*.json")
    return json.loads(path.read_text(encoding="utf-8"))["state"]


def test_a_file_of_ones_own_is_checked_and_nothing_of_it_is_kept(page, course, tmp_path):
    open_page(page, "lesson", 4)
    mine = tmp_path / "Zoë's list.csv"
    mine.write_text("NHS number,Name,Wait (days)\n" + "".join(f"943 476 5919,Person {n},{n}\n" for n in range(9))
                    + "943 476 5919,Person 1,n/a\n", encoding="utf-8")
    page.get_by_label("Where the file is").select_option(label="another file on this computer")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a file").click()
    chooser.value.set_files(mine)
    page.wait_for_timeout(500)
    page.get_by_role("button", name="Check this file").click()
    page.get_by_text("Findings 1 to").first.wait_for()
    panel = page.locator(".rs-panel").filter(has=page.get_by_role("button", name="Check this file"))
    assert "1. identifying" in panel.inner_text().casefold(), "what could identify a person comes first"
    assert "943 476 5919" not in panel.inner_text()
    decided = panel.get_by_label("What to do about 1", exact=False)
    decided.select_option(index=1)
    wait_until(page, lambda: own_file(course).get("decisions"))
    kept = "".join(path.read_text(encoding="utf-8") for path in course.workspace.rglob("answers/*.json"))
    assert not [word for word in ("943", "Person", "Wait (days)", "Zoë's list") if word in kept]
    assert mine.read_text(encoding="utf-8").count("943 476 5919") == 10
    assert accessibility_faults(page) == []


def test_decisions_are_there_after_the_kernel_was_killed(page, course):
    before = own_file(course)["decisions"]
    kill_kernels(course)
    ready(page, "started again")
    page.reload()
    page.wait_for_selector(".rs-live")
    ready(page)
    assert own_file(course)["decisions"] == before
    assert page.get_by_text("1 of ").first.is_visible()


@pytest.mark.parametrize("module", [5, 6])
@pytest.mark.parametrize("what", ["lesson", "exercises"])
def test_every_control_of_modules_5_and_6_has_a_name_and_enough_contrast(page, module, what):
    open_page(page, what, module)
    assert page.locator(".rs-live").count() >= 8
    assert accessibility_faults(page) == []


def test_a_prediction_is_committed_before_chance_plays(page, course):
    open_page(page, "lesson", 5)
    panel = page.locator(".rs-panel").filter(has_text="Ask a few and you may hear anything")
    assert panel.locator("table:visible").count() == 0, "the result is not shown before the prediction"
    panel.get_by_label("Your prediction", exact=False).select_option(index=2)
    panel.get_by_role("button", name="Keep my prediction and run").click()
    panel.locator("table:visible").first.wait_for()


def test_no_page_complained(page):
    # A kernel was killed on purpose, and the page says so.
    assert [line for line in page.complaints if "favicon" not in line and "Connection lost" not in line] == []
