"""The Lab as a learner meets it: a real server, a real kernel, a real browser."""

import json
import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import pytest
from conftest import Lab, kill_kernels, make_course, wait_until

from researchskills.errors import CourseError
from researchskills.lab import launch

CONFIG = Path(launch.__file__).parent / "config"
LESSON = "00-start-here/lesson.ipynb"


# --- starting ---------------------------------------------------------------------------------


def test_a_taken_port_is_reported_in_plain_words():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CourseError, match=f"port {port}.*Your work is untouched"):
            launch.free_port(port)
    assert launch.free_port(port) == port


def test_the_environments_programs_come_first_on_the_path(tmp_path):
    variables = launch.environment(tmp_path, {"PATH": "elsewhere"})
    assert variables["PATH"] == os.pathsep.join([str(Path(sys.executable).parent), "elsewhere"])


def test_windows_spelling_of_path_is_kept(tmp_path):
    variables = launch.environment(tmp_path, {"Path": r"C:\Windows"})
    assert "PATH" not in variables
    assert variables["Path"].endswith(r"C:\Windows")


def test_nothing_of_a_persons_other_jupyter_is_used(tmp_path):
    variables = launch.environment(tmp_path, {})
    own = tmp_path / ".course" / "jupyter"
    for name in (
        "JUPYTER_CONFIG_DIR",
        "JUPYTER_DATA_DIR",
        "JUPYTER_RUNTIME_DIR",
        "JUPYTERLAB_SETTINGS_DIR",
        "JUPYTERLAB_WORKSPACES_DIR",
        "IPYTHONDIR",
    ):
        assert own in Path(variables[name]).parents


def test_a_server_that_does_not_start_is_reported_with_its_log(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false" if os.name != "nt" else sys.executable)
    (tmp_path / ".course").mkdir()
    with pytest.raises(CourseError, match=r"log\.txt"):
        launch._launch(tmp_path, None)


def test_a_port_that_somebody_takes_while_the_server_starts_is_passed_over(tmp_path, monkeypatch):
    """Two courses started in the same second both find the same port free; only one gets it."""
    monkeypatch.setenv("RESEARCHSKILLS_ROOT", str(make_course(tmp_path / "course root")))
    workspace = tmp_path / "work"
    (workspace / ".course").mkdir(parents=True)
    looked, look = [], launch.free_port
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]

        def free_until_a_moment_ago(wanted):
            looked.append(wanted)
            return taken if len(looked) == 1 else look(wanted)

        monkeypatch.setattr(launch, "free_port", free_until_a_moment_ago)
        process, room = launch._launch(workspace, None)
        try:
            assert room.port != taken
            assert launch._answers(room)
        finally:
            launch._end(process)


def test_a_port_that_somebody_had_for_a_moment_is_tried_again(tmp_path, monkeypatch):
    monkeypatch.setenv("RESEARCHSKILLS_ROOT", str(make_course(tmp_path / "course root")))
    workspace = tmp_path / "work"
    (workspace / ".course").mkdir(parents=True)
    look = launch._is_free
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]

        def gone_since(port):
            other.close()
            return look(port)

        monkeypatch.setattr(launch, "_is_free", gone_since)
        monkeypatch.setattr(launch, "free_port", lambda wanted: taken)
        process, room = launch._launch(workspace, None)
        try:
            assert room.port == taken and launch._answers(room)
        finally:
            launch._end(process)


def test_the_configuration_is_valid_json():
    for file in CONFIG.rglob("*.json"):
        assert json.loads(file.read_text(encoding="utf-8"))


def test_no_single_letter_does_something_to_a_notebook():
    """Speech users and a slipped finger would otherwise cut, change or delete cells (WCAG 2.1.4)."""
    overrides = json.loads((CONFIG / "labconfig/default_setting_overrides.json").read_text())
    off = overrides["@jupyterlab/shortcuts-extension:shortcuts"]["shortcuts"]
    switched_off = {(entry["command"], *entry["keys"]) for entry in off if entry.get("disabled")}
    schemas = Path(sys.prefix) / "share/jupyter/lab/schemas/@jupyterlab"
    letters = set()
    for schema in schemas.rglob("*.json"):
        for entry in json.loads(schema.read_text(encoding="utf-8")).get("jupyter.lab.shortcuts", []):
            keys = entry.get("keys") or [""]
            if all(re.fullmatch(r"(Shift )?\S", key) for key in keys):
                letters.add((entry["command"], *keys))
    assert letters, "the schemas of JupyterLab have moved"
    assert letters <= switched_off


# --- the server -------------------------------------------------------------------------------


def request(lab, path, body=None, token=True):
    headers = {"Authorization": f"token {lab.room.token}"} if token else {}
    data = None if body is None else json.dumps(body).encode()
    address = f"http://127.0.0.1:{lab.room.port}/{path}"
    try:
        with urllib.request.urlopen(urllib.request.Request(address, data, headers)) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as problem:
        return problem.code, problem.read().decode()


def test_the_home_data_need_the_token(lab):
    assert request(lab, "researchskills/home", token=False)[0] == 403
    assert request(lab, "researchskills/learner", {"code": "calm-otter-7"}, token=False)[0] == 403
    status, answer = request(lab, "researchskills/home")
    assert status == 200
    assert json.loads(answer)["modules"][0]["title"] == "Start here"


def test_a_refused_learner_code_comes_back_as_a_sentence(lab):
    status, answer = request(lab, "researchskills/learner", {"code": "jo@nhs.net"})
    assert status == 409
    assert "e-mail" in json.loads(answer)["error"]


def test_an_unknown_module_comes_back_as_a_sentence(lab):
    status, answer = request(lab, "researchskills/check", {"module": "../secrets"})
    assert status == 409
    assert "There is no module" in json.loads(answer)["error"]


def test_a_second_start_joins_the_running_course(lab):
    code = f"from researchskills.lab import launch; launch.start({str(lab.workspace)!r}, browser=False)"
    again = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert "already running" in again.stdout
    assert lab.address in again.stdout


def test_an_exported_page_shows_the_report_and_needs_no_network(lab):
    notebook = nbformat.v4.new_notebook()
    widget = {
        "application/vnd.jupyter.widget-view+json": {"model_id": "gone"},
        "text/html": "<p>The report</p>",
    }
    output = nbformat.v4.new_output("display_data", widget | {"text/plain": "HBox()"})
    notebook.cells.append(nbformat.v4.new_code_cell("question()", outputs=[output]))
    (lab.workspace / "export.ipynb").write_text(nbformat.writes(notebook), encoding="utf-8")
    page = request(lab, "nbconvert/html/export.ipynb")[1]
    assert "<p>The report</p>" in page
    assert "gone" not in page
    assert not re.findall(r"""<(?:script|link|img)[^>]+(?:src|href)=["'](https?:)?//""", page)


# --- the browser ------------------------------------------------------------------------------


@pytest.fixture
def page(browser, lab):
    """The home page, in a browser that remembers what it complained about and whom it called."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.complaints, page.strangers = [], []
    page.on("console", lambda line: line.type in ("error", "warning") and page.complaints.append(line.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("request", lambda call: _ours(call.url) or page.strangers.append(call.url))
    page.goto(lab.address)
    page.wait_for_selector(".rs-home h1", timeout=60_000)
    yield page
    context.close()


def _ours(url):
    return url.startswith(("data:", "blob:")) or "://127.0.0.1" in url


def open_lesson(page):
    page.get_by_role("button", name="Open the lesson of module 0").click()
    page.wait_for_selector(".jp-Notebook .rs-run")


def wait_for_status(page, words):
    page.wait_for_function(
        "words => [...document.querySelectorAll('.rs-status-text')].some(line => line.textContent.includes(words))",
        arg=words,
        timeout=60_000,
    )


def answer_box(page):
    return page.locator(".rs-live input").last


@pytest.mark.browser
def test_the_start_is_quiet_and_calls_nobody(page):
    open_lesson(page)
    wait_for_status(page, "Ready.")
    assert page.complaints == []
    assert page.strangers == []


@pytest.mark.browser
def test_home_lists_the_module_and_asks_for_a_learner_code(page, lab):
    assert page.get_by_role("heading", name="Module 0: Start here").is_visible()
    assert page.get_by_text("about 90 minutes").is_visible()
    if page.locator("#rs-code").is_visible():
        page.fill("#rs-code", "jo@nhs.net")
        page.click("text=Use this code")
        page.wait_for_function("document.querySelector('#rs-code-problem').textContent.includes('e-mail')")
        page.fill("#rs-code", "quiet-heron-42")
        page.keyboard.press("Enter")
    page.wait_for_selector("[data-rs=next]")
    assert json.loads((lab.workspace / ".course/learner.json").read_text())["learner"] == "quiet-heron-42"


@pytest.mark.browser
def test_learners_see_no_developers_tools(page):
    labels = page.locator(".lm-MenuBar-itemLabel").all_inner_texts()
    assert labels == ["Course", "File", "Edit", "Run", "View", "Help"]
    for unwanted in (".jp-Launcher", ".jp-LauncherCard", ".jp-StatusBar", "#debugger-header", ".jp-Dialog"):
        assert page.locator(unwanted).count() == 0
    for label in labels:
        page.click(f".lm-MenuBar-itemLabel:text-is('{label}')")
        entries = " ".join(page.locator(".lm-Menu-itemLabel").all_inner_texts())
        assert not re.search(
            "terminal|kernel|nbgrader|formgrader|assignment|debug|console|launcher", entries, re.IGNORECASE
        )
        page.keyboard.press("Escape")


@pytest.mark.browser
def test_run_pressed_before_the_kernel_is_ready_is_not_lost(page):
    page.route("**/api/sessions*", lambda route: (page.wait_for_timeout(3000), route.continue_()))
    open_lesson(page)
    page.locator(".rs-run").first.click()
    wait_for_status(page, "Your code will run by itself")
    page.wait_for_selector("text=hours: 27 - activities were first", timeout=60_000)


@pytest.mark.browser
def test_activities_come_by_themselves_without_moving_the_page_or_marking_it_as_changed(page, lab):
    before = (lab.workspace / LESSON).read_bytes()
    open_lesson(page)
    page.evaluate("document.querySelector('.jp-Notebook .jp-MarkdownCell').focus()")
    held = page.evaluate("document.activeElement.className")
    wait_for_status(page, "Ready.")
    answer_box(page).wait_for()
    assert page.evaluate("document.activeElement.className") == held
    assert page.locator(".rs-report:visible").count() == 0, "the live activity stands for the report"
    page.wait_for_timeout(1000)
    assert page.evaluate("document.querySelector('.jp-mod-dirty')") is None
    assert (lab.workspace / LESSON).read_bytes() == before


@pytest.mark.browser
@pytest.mark.skipif(os.name == "nt", reason="kernels are found through ps")
def test_a_killed_kernel_comes_back_with_the_answers(page, lab):
    open_lesson(page)
    wait_for_status(page, "Ready.")
    answer_box(page).fill("hospital and home care")
    file = lab.workspace / "00-start-here/answers/m00-p1-groups.json"
    wait_until(page, lambda: file.exists() and file.read_text() == "hospital and home care")
    kill_kernels(lab)
    wait_for_status(page, "Your notebook stopped and was started again. Your saved answers are back.")
    assert answer_box(page).input_value() == "hospital and home care"
    assert page.locator(".jp-Dialog").count() == 0

    for _ in range(3):
        page.reload()
        page.wait_for_selector(".rs-live input", timeout=60_000)
        assert answer_box(page).input_value() == "hospital and home care"


@pytest.mark.browser
def test_my_notebook_has_stopped_starts_it_again(page):
    open_lesson(page)
    wait_for_status(page, "Ready.")
    page.click(".lm-MenuBar-itemLabel:text-is('Course')")
    page.click(".lm-Menu-itemLabel:text-is('My notebook has stopped')")
    page.get_by_role("button", name="Start it again").click()
    wait_for_status(page, "was started again")


@pytest.mark.browser
def test_the_toolbar_is_reached_and_used_with_the_keyboard(page):
    open_lesson(page)
    wait_for_status(page, "Ready.")
    page.evaluate("document.activeElement.blur()")
    names = []
    for _ in range(25):
        page.keyboard.press("Tab")
        names.append(page.evaluate(_FOCUSED_NAME))
        if names[-1] == "Home":
            break
    assert names[-1] == "Home", names
    for wanted in ("Check my work", "Hand in", "Feedback", "Contents"):
        page.keyboard.press("ArrowRight")
        assert page.evaluate(_FOCUSED_NAME) == wanted
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.wait_for_selector(".rs-home h1:visible")


@pytest.mark.browser
def test_every_control_has_a_name(page):
    assert page.evaluate(_NAMELESS) == []
    open_lesson(page)
    wait_for_status(page, "Ready.")
    answer_box(page).wait_for()
    assert page.evaluate(_NAMELESS) == []


@pytest.mark.browser
def test_feedback_says_where_to_put_it_when_there_is_none(page, lab):
    open_lesson(page)
    page.locator("jp-button:has-text('Feedback')").click()
    page.wait_for_selector("text=No feedback has come back yet")
    assert str(lab.workspace / "feedback") in page.inner_text(".jp-Dialog")


def choose(page, menu, entry):
    page.click(f".lm-MenuBar-itemLabel:text-is('{menu}')")
    page.click(f".lm-Menu-itemLabel:text-is('{entry}')")


def code_box(page):
    return page.locator(".jp-CodeCell:not(.rs-activity) .cm-content").first


@pytest.mark.browser
def test_larger_text_makes_everything_larger_and_stays(page):
    open_lesson(page)
    wait_for_status(page, "Ready.")
    before = page.evaluate(_TEXT_SIZES)
    choose(page, "View", "Larger text")
    choose(page, "View", "Larger text")
    after = page.evaluate(_TEXT_SIZES)
    assert after == {place: size + 2 for place, size in before.items()}
    page.reload()
    page.wait_for_selector(".jp-Notebook .rs-run")
    assert page.evaluate(_TEXT_SIZES) == after
    choose(page, "View", "Smaller text")
    choose(page, "View", "Smaller text")
    assert page.evaluate(_TEXT_SIZES) == before


@pytest.mark.browser
def test_typing_is_undone_and_tab_leaves_the_code_unchanged(page):
    open_lesson(page)
    wait_for_status(page, "Ready.")
    box = code_box(page)
    original = box.inner_text()
    box.click()
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.type("oops")
    page.keyboard.press("ControlOrMeta+Z")
    assert box.inner_text() == original
    page.keyboard.press("ControlOrMeta+Y")
    assert "oops" in box.inner_text()
    choose(page, "Edit", "Undo typing")
    assert box.inner_text() == original
    box.click()
    page.keyboard.press("Tab")
    assert page.evaluate(_FOCUSED_NAME) == "Run this code"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(_FOCUSED_NAME) == "Code that you can change"
    assert box.inner_text() == original


@pytest.mark.browser
def test_the_line_at_the_top_says_that_code_ran_or_stopped(page):
    open_lesson(page)
    wait_for_status(page, "Ready.")
    page.locator(".rs-run").first.click()
    wait_for_status(page, "Done. The result is below the code.")
    code_box(page).click()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("1 / 0")
    page.keyboard.press("Shift+Enter")
    wait_for_status(page, "The code stopped with a message. Nothing is broken")


@pytest.mark.browser
def test_a_lesson_leads_to_its_exercises_and_back_home(page):
    open_lesson(page)
    page.get_by_role("button", name="Go to the exercises").click()
    page.wait_for_function("document.title.startsWith('Exercises')")
    assert page.locator(".jp-Notebook-footer:visible").count() == 0
    page.get_by_role("button", name="Back to Home").click()
    page.wait_for_selector(".rs-home h1:visible")


@pytest.mark.browser
def test_the_guide_for_supervisors_opens_as_a_page(page):
    page.get_by_role("button", name="Guide for your supervisor of module 0: Start here").click()
    page.get_by_role("heading", name="For supervisors").wait_for()
    page.get_by_role("button", name="Back to Home").click()
    page.wait_for_selector(".rs-home h1:visible")


@pytest.mark.browser
def test_a_page_that_is_opened_again_offers_to_go_on_where_one_stopped(page):
    page.set_viewport_size({"width": 900, "height": 300})
    open_lesson(page)
    wait_for_status(page, "Ready.")
    page.mouse.move(450, 200)
    page.mouse.wheel(0, 5000)
    page.wait_for_function("Object.keys(localStorage).some(key => key.startsWith('researchskills-place'))")
    page.reload()
    page.get_by_role("button", name="Go on where you stopped: Unit 1: Your turn").click()
    assert page.evaluate("document.activeElement.textContent").startswith("Unit 1: Your turn")


@pytest.mark.browser
def test_keys_that_would_rearrange_the_window_do_nothing(page):
    open_lesson(page)
    wait_for_status(page, "Ready.")
    for keys in ("Control+B", "Alt+1", "Control+Shift+D", "Control+Shift+H"):
        page.keyboard.press(keys)
    page.wait_for_timeout(500)
    assert page.locator("#jp-left-stack:visible, .jp-Dialog").count() == 0
    assert page.locator("[data-shell-mode=single-document]").count() == 1
    choose(page, "Help", "Keyboard shortcuts")
    assert "Shift + Enter" in page.locator(".jp-Dialog").inner_text()


@pytest.mark.browser
def test_the_original_code_comes_back(browser, tmp_path, monkeypatch):
    root = make_course(tmp_path / "root")
    lesson = root / "course" / LESSON
    notebook = nbformat.read(lesson, as_version=4)
    code = notebook.cells[-1]
    code.metadata["researchskills"] = {"original": code.source}
    nbformat.write(notebook, lesson)
    lab = Lab(tmp_path / "work", root, monkeypatch)
    page = browser.new_page()
    page.goto(lab.address)
    open_lesson(page)
    back = page.get_by_role("button", name="Put the original code back")
    assert back.count() == 0
    code_box(page).click()
    page.keyboard.type("oops")
    back.click()
    assert "oops" not in code_box(page).inner_text()
    assert page.evaluate(_FOCUSED_NAME) == "Run this code"
    page.close()
    lab.stop()


@pytest.mark.browser
def test_two_tabs_do_no_damage(page, lab):
    open_lesson(page)
    wait_for_status(page, "Ready.")
    second = page.context.new_page()
    second.goto(lab.address)
    second.wait_for_selector(".rs-home h1", timeout=60_000)
    open_lesson(second)
    wait_for_status(second, "Ready.")
    answer_box(second).fill("from the second tab")
    file = lab.workspace / "00-start-here/answers/m00-p1-groups.json"
    wait_until(page, lambda: file.exists() and file.read_text() == "from the second tab")
    nbformat.read(lab.workspace / LESSON, as_version=4)


@pytest.mark.browser
def test_a_stopped_course_says_so_in_plain_words(browser, tmp_path, monkeypatch):
    lab = Lab(tmp_path / "work", make_course(tmp_path / "root"), monkeypatch)
    page = browser.new_page()
    page.goto(lab.address)
    page.wait_for_selector(".rs-home h1", timeout=60_000)
    open_lesson(page)
    wait_for_status(page, "Ready.")
    said = lab.stop()
    assert "Your work is saved" in said
    wait_for_status(page, "Not connected to the course: what you type now may not be saved.")
    page.wait_for_selector("text=The course has stopped running", timeout=60_000)
    page.close()



_TEXT_SIZES = """() => {
  const size = selector => parseFloat(getComputedStyle(document.querySelector(selector)).fontSize);
  return {
    text: size('.jp-RenderedMarkdown p'), code: size('.cm-content'), button: size('.rs-run'),
    toolbar: size('.jp-NotebookPanel-toolbar jp-button'), line: size('.rs-status'), menu: size('.lm-MenuBar-itemLabel'),
  };
}"""

_FOCUSED_NAME = """() => {
  let held = document.activeElement;
  const host = held;
  while (held?.shadowRoot?.activeElement) held = held.shadowRoot.activeElement;
  return (host.getAttribute('aria-label') || host.innerText || '').trim();
}"""

# A control needs a name from aria-label, a label, its text or its title. What nobody can see counts not.
_NAMELESS = """() => [...document.querySelectorAll(
    'button, a[href], input, select, textarea, jp-button, [role=button], [role=menuitem], [role=tab], summary')]
  .filter(node => node.checkVisibility({visibilityProperty: true}) && !node.closest('.cm-editor'))
  .filter(node => {
    const described = (node.getAttribute('aria-labelledby') ?? '').split(' ')
      .map(id => document.getElementById(id)?.textContent ?? '').join('');
    const label = node.labels ? [...node.labels].map(each => each.textContent).join('') : '';
    const names = [node.getAttribute('aria-label'), described, label, node.textContent, node.title];
    return !names.some(name => name?.trim());
  })
  .map(node => node.outerHTML.slice(0, 200))"""
