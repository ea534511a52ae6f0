"""“Save a copy as a web page”: a page to read, print and send, without machinery."""

import re
import urllib.request

import nbformat
import pytest

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
LONG = "x = " + " + ".join(["hours_a_week"] * 40)
TABLE = "<table><tr>" + "<td>a_very_long_entry_in_a_table</td>" * 20 + "</tr></table>"


@pytest.fixture(scope="module")
def exported(lab):
    """The page that the button gives for a notebook with everything a lesson can hold."""
    v4 = nbformat.v4
    folded = {"tags": ["activity"], "jupyter": {"source_hidden": True}}
    live = v4.new_output("display_data", {"application/vnd.jupyter.widget-view+json": {"model_id": "gone"}})
    report = '<section class="rs-report"><p>My saved answer</p></section>'
    shown = [live, v4.new_output("display_data", {"text/html": report, "text/plain": "My saved answer"})]
    picture = v4.new_output("display_data", {"image/png": PIXEL, "text/plain": "<Figure>"})
    script = v4.new_output("display_data", {"application/javascript": "alert('hello')"})
    table = v4.new_output("execute_result", {"text/html": TABLE, "text/plain": "…"}, execution_count=7)
    error = v4.new_output(
        "error", ename="NameError", evalue="x", traceback=["Line 1: a <word>. Nothing is broken.", "", "Own words"]
    )
    cells = [
        v4.new_markdown_cell("# Start here\n\nMrs Ali waits."),
        v4.new_code_cell("from researchskills import question", metadata=folded, execution_count=1),
        v4.new_code_cell('question("m00-p1-groups")', metadata=folded, outputs=shown, execution_count=2),
        v4.new_code_cell(LONG, metadata={"tags": ["try"]}, outputs=[table], execution_count=7),
        v4.new_code_cell("plot()", outputs=[picture, script, error], execution_count=8),
        v4.new_code_cell(""),
    ]
    notebook = v4.new_notebook(cells=cells, metadata={"title": "Where I stand & <why>"})
    (lab.workspace / "export all.ipynb").write_text(nbformat.writes(notebook), encoding="utf-8")
    request = urllib.request.Request(
        f"http://127.0.0.1:{lab.room.port}/nbconvert/html/export%20all.ipynb?download=true",
        headers={"Authorization": f"token {lab.room.token}"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read().decode()


def test_the_page_shows_what_was_asked_answered_and_found(exported):
    body = exported[exported.index("<body") :]
    for words in ("Start here", "Mrs Ali waits.", "My saved answer", "a_very_long_entry", "hours_a_week"):
        assert words in body
    assert "Line 1: a &lt;word&gt;. Nothing is broken." in body
    assert f"data:image/png;base64,{PIXEL}" in body


def test_the_page_has_no_machinery(exported):
    for words in ("researchskills", "m00-p1-groups", "In&nbsp;", "In [", "Out[", "gone", "¶", "<script", "alert("):
        assert words not in exported


def test_the_page_says_its_language_and_title_and_calls_nobody(exported):
    assert '<html lang="en-GB">' in exported
    assert "<title>Where I stand &amp; &lt;why&gt;</title>" in exported
    assert not re.findall(r"https?://", exported)


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 375])
def test_the_page_can_be_read_on_any_screen(exported, browser, tmp_path, width):
    file = tmp_path / "page.html"
    file.write_text(exported, encoding="utf-8")
    context = browser.new_context(viewport={"width": width, "height": 800}, offline=True)
    page, calls = context.new_page(), []
    page.on("request", lambda call: calls.append(call.url.split(":")[0]))
    page.goto(file.as_uri())
    layout = page.evaluate(
        """() => [document.documentElement.scrollWidth, document.querySelector("main").offsetWidth,
                  getComputedStyle(document.querySelector("p")).fontSize]"""
    )
    context.close()
    assert set(calls) <= {"file", "data"}
    assert layout[0] <= width
    assert layout[1] <= 46 * 17
    assert layout[2] == "17px"
