"""A mentor's afternoon on the marking page: real browser, keyboard alone, a server that dies on the way."""

import re
import shutil

import pytest
from conftest import accessibility_faults, wait_until
from one_lesson import tab_to
from review_room import FINCH, HERON, OTTER, Server, handed_in_anew, made, stranger
from small_room import CODE, MODULE, TEXT

from researchskills.marking.room_desk import RoomDesk

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    with made(tmp_path_factory.mktemp("a course")) as room:
        yield room


@pytest.fixture(scope="module")
def server(room, tmp_path_factory):
    running = Server(shutil.copytree(room, tmp_path_factory.mktemp("afternoon") / "room"))
    yield running
    running.stop()


@pytest.fixture
def mortal(room, tmp_path):
    """A server that the test may kill."""
    running = Server(shutil.copytree(room, tmp_path / "room"))
    yield running
    running.kill()


def opened(browser, server, marker="", **options):
    """A browser of its own with the overview; `complaints` are what its console says."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, **options)
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.complaints, page.asked = [], []
    page.on("console", lambda line: line.type in ("error", "warning") and page.complaints.append(line.text))
    page.on("dialog", lambda dialog: page.complaints.append(dialog.message))
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(server.address)
    if marker:
        page.goto(f"{server.base}/marker")
        page.get_by_label("Your name").fill(marker)
        page.keyboard.press("Enter")
        page.get_by_text(f"You are marking as {marker}.").wait_for()
    return page


def address(server, learner: str) -> str:
    script = next(one for one in RoomDesk(MODULE, server.room).scripts(TEXT) if one.writer == learner)
    return f"{server.base}/mark/{TEXT}/{script.id}"


def standing(server, learner: str):
    desk = RoomDesk(MODULE, server.room)
    return next(desk.mark(TEXT, one.id) for one in desk.scripts(TEXT) if one.writer == learner)


def focused_id(page) -> str:
    return page.evaluate("document.activeElement.id")


def test_an_afternoon_of_marking_with_the_keyboard_alone(browser, server):
    page = opened(browser, server)
    assert accessibility_faults(page) == []
    tab_to(page, "Mark the next answer")
    page.keyboard.press("Enter")
    page.get_by_label("Your name").wait_for()
    assert accessibility_faults(page) == []
    tab_to(page, "Your name")
    page.keyboard.type("Ms Ali")
    page.keyboard.press("Enter")
    page.locator("#form").wait_for()
    for left in (2, 1):
        # Who listens hears what came of it, and a number does its work at once.
        assert focused_id(page) == "criterion-0"
        described = page.evaluate("document.activeElement.getAttribute('aria-describedby')").split()
        assert described[0] == "said" and page.locator("#said").is_visible()
        page.keyboard.press("Space")
        assert page.locator("input:checked").count() == 0, "the space bar chooses nothing by accident"
        page.keyboard.press("2")
        assert focused_id(page) == "criterion-1", "the next criterion"
        page.keyboard.press("Space")
        page.keyboard.press("9")
        page.get_by_text("There is no level 9 here.").wait_for()
        page.keyboard.press("1")
        assert focused_id(page) == "comment"
        page.keyboard.type("10 lines that I could follow.")
        assert page.locator("input:checked").evaluate_all("found => found.map(one => one.value)") == ["2", "1"]
        assert accessibility_faults(page) == []
        page.keyboard.press("Control+Enter")
        page.get_by_text(f"{left} still to mark").wait_for()
    # Forgotten levels: the focus goes to what is wrong, and from there to the field.
    tab_to_save(page)
    page.keyboard.press("Enter")
    page.locator("#errors").wait_for()
    assert focused_id(page) == "errors"
    assert page.title().startswith("Please check")
    assert accessibility_faults(page) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert focused_id(page) == "criterion-0"
    page.keyboard.press("0")
    page.keyboard.press("0")
    tab_to_save(page)
    page.keyboard.press("Enter")
    page.get_by_text("Everything is marked. You can still open").wait_for()
    assert page.get_by_text(f"course feedback {MODULE}").is_visible()
    assert accessibility_faults(page) == []
    points = sorted(standing(server, learner).points for learner in (HERON, OTTER, FINCH))
    assert points == [0, 3, 3]
    assert {standing(server, learner).marker for learner in (HERON, OTTER, FINCH)} == {"Ms Ali"}
    assert not [line for line in page.complaints if "400" not in line]
    page.context.close()


def test_a_number_works_at_once_after_going_to_the_mark_and_examples_cost_one_stop(browser, server):
    page = opened(browser, server, "Mr Bo")
    page.goto(address(server, OTTER))
    tab_to(page, "Go to your mark")
    page.keyboard.press("Enter")
    assert focused_id(page) == "criterion-0"
    stops = 0
    while not page.evaluate("document.activeElement.closest('#criterion-1')"):
        page.keyboard.press("Tab")
        stops += 1
    assert stops <= 3, "the levels, their examples, and then the next criterion"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert page.get_by_text("Concreteness at level 3, passage 4").is_visible()
    assert accessibility_faults(page) == []
    page.keyboard.press("3")
    assert page.locator("#level-0-3").is_checked(), "a number chooses from the examples as well"
    page.context.close()


def tab_to_level(page) -> None:
    _tab_until(page, "input[type=radio]")


def tab_to_save(page) -> None:
    _tab_until(page, ".actions button.main")


def _tab_until(page, what: str) -> None:
    for _ in range(60):
        if page.evaluate("what => document.activeElement.matches(what)", what):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key does not lead to {what}")


def test_a_beginning_of_a_sentence_is_put_where_the_cursor_stands(browser, server):
    page = opened(browser, server, "Mr Bo")
    page.goto(address(server, HERON))
    page.get_by_label("Comment for the learner").fill("First.")
    tab_to(page, "Beginnings of sentences for your comment")
    page.keyboard.press("Enter")
    tab_to(page, "Insert")
    page.keyboard.press("Enter")
    assert focused_id(page) == "comment"
    page.keyboard.type(" the rule.")
    assert page.get_by_label("Comment for the learner").input_value() == (
        "First. What carries your answer is … the rule."
    )
    assert accessibility_faults(page) == []
    page.context.close()


def test_points_of_the_course_are_replaced_with_a_reason(browser, server):
    page = opened(browser, server, "Ms Ali")
    code = next(one for one in RoomDesk(MODULE, server.room).learners() if one.code == OTTER)
    page.goto(f"{server.base}/learner/{code.id}")
    assert accessibility_faults(page) == []
    tab_to(page, "Let the notebook add")
    page.keyboard.press("Enter")
    page.get_by_text("The course gave 0 of 1 points.").wait_for()
    tab_to(page, "Points to give instead, from 0 to 1")
    page.keyboard.type("0.5")
    page.keyboard.press("Tab")
    assert accessibility_faults(page) == []
    page.keyboard.type("Half of the way is right.")
    tab_to(page, "Save these points")
    page.keyboard.press("Enter")
    page.get_by_text("in place of the course’s.").wait_for()
    assert focused_id(page) == "said"
    tab_to(page, "Take these points back")
    page.keyboard.press("Enter")
    page.get_by_text("The course’s points count again.").wait_for()
    assert [one.points for one in RoomDesk(MODULE, server.room).automatic(code.id) if one.question.id == CODE] == [0]
    page.context.close()


def test_nothing_that_a_learner_or_a_mentor_typed_ever_runs(browser, server):
    page = opened(browser, server, "<script>document.title = 'run'</script>")
    page.goto(address(server, OTTER))
    evil = "<script>document.title = 'run'</script><img src=x onerror=\"document.title = 'run'\"></textarea><b>out</b>"
    page.get_by_label("Comment for the learner").fill(evil)
    page.wait_for_timeout(1000)
    page.reload()
    assert page.get_by_label("Comment for the learner").input_value() == evil
    tab_to_level(page)
    page.keyboard.press("1")
    page.keyboard.press("1")
    page.get_by_role("button", name="Save", exact=False).first.click()
    page.locator("#said").wait_for()
    for place in (address(server, OTTER), f"{server.base}/question/{TEXT}"):
        page.goto(place)
        page.wait_for_timeout(200)
        assert "run" not in page.title() and page.locator("b", has_text="out").count() == 0
        assert page.locator("body").is_visible()
    assert page.complaints == [], "no dialog opened, and the policy had nothing to stop"
    assert {url.split("/")[2] for url in page.asked if not url.startswith("data:")} == {server.base.split("/")[2]}
    page.context.close()


def test_without_script_everything_can_be_done(browser, server):
    page = opened(browser, server, "Mr Bo", java_script_enabled=False)
    page.goto(address(server, FINCH))
    assert page.get_by_text("What carries your answer is …").count() == 1
    assert not page.get_by_text("the number of a level chooses it").is_visible()
    page.get_by_label("0 no reason is given").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_label("Comment for the learner").fill("x" * 10_001)
    page.get_by_role("button", name="Save", exact=False).first.click()
    assert page.get_by_role("link", name="10,001 characters").is_visible()
    page.get_by_label("Comment for the learner").fill("In general, yes.")
    page.get_by_label("Both have a reason.", exact=False).first.check()
    page.get_by_role("button", name="Save", exact=False).first.click()
    assert page.get_by_text("Saved: ").is_visible()
    assert standing(server, FINCH).comment == "In general, yes."
    page.context.close()


def test_two_mentors_see_each_others_marks_and_choose(browser, server):
    one, other = opened(browser, server, "Ms Ali"), opened(browser, server, "Mr Bo")
    for page in (one, other):
        page.goto(address(server, HERON))
        page.locator("#level-0-0").focus()
    for page, keys, comment in ((one, "31", "Ms Ali's words"), (other, "12", "Mr Bo's words")):
        page.keyboard.press(keys[0])
        page.keyboard.press(keys[1])
        page.keyboard.press("Control+a")
        page.keyboard.type(comment)
        page.get_by_role("button", name="Save", exact=False).first.click()
        page.locator("#said, #changed").first.wait_for()
    assert focused_id(other) == "changed"
    assert accessibility_faults(other) == []
    assert other.get_by_role("row", name="Comment Ms Ali's words Mr Bo's words").is_visible()
    assert standing(server, HERON).comment == "Ms Ali's words"
    # Loading the page again neither saves nor loses anything, and says the same.
    other.reload()
    assert other.get_by_role("row", name="Comment Ms Ali's words Mr Bo's words").is_visible()
    assert other.get_by_label("Comment for the learner").input_value() == "Mr Bo's words"
    other.get_by_label("Comment for the learner").fill("Mr Bo's last words")
    other.get_by_role("button", name="Save mine instead").click()
    other.locator("#said").wait_for()
    assert standing(server, HERON).comment == "Mr Bo's last words"
    for page in (one, other):
        page.context.close()


def test_the_server_dies_while_somebody_types_and_nothing_is_lost(browser, mortal):
    page = opened(browser, mortal, "Ms Ali")
    place = address(mortal, HERON)
    page.goto(place)
    page.locator("#level-0-0").focus()
    page.keyboard.press("3")
    mortal.kill()
    page.locator("#comment").focus()
    page.keyboard.type("Typed into the void")
    page.get_by_text("Not connected; what you type is kept in this browser").wait_for()
    assert accessibility_faults(page) == []
    page.get_by_role("button", name="Save and next unmarked").press("Enter")
    wait_until(page, lambda: focused_id(page) == "connection")
    assert page.locator("#comment").input_value() == "Typed into the void", "no error page of the browser's"

    again = Server(mortal.room)
    try:
        assert again.address == mortal.address
        page.get_by_text("Connected again; what you typed is kept.").wait_for()
        wait_until(page, lambda: list((mortal.room / "drafts").rglob("*.json")))
        # Another browser of the same mentor's has it as well.
        elsewhere = opened(browser, again, "Ms Ali")
        elsewhere.goto(place)
        assert elsewhere.locator("#comment").input_value() == "Typed into the void"
        elsewhere.context.close()
        page.locator("#level-1-0").focus()
        page.keyboard.press("2")
        page.get_by_role("button", name="Save and next unmarked").press("Enter")
        page.locator("#said").wait_for()
        assert standing(again, HERON).points == 5
        page.goto(place)
        assert page.get_by_text("is back in the form").count() == 0
    finally:
        again.kill()


def test_another_program_at_the_same_address_gets_nothing_of_what_is_typed(browser, mortal):
    page = opened(browser, mortal, "Ms Ali")
    page.goto(address(mortal, HERON))
    port = int(mortal.base.rpartition(":")[2])
    mortal.kill()
    with stranger(port) as heard:
        page.locator("#comment").focus()
        page.keyboard.type("For the learner alone")
        page.get_by_text("Another program answers at this address now").wait_for()
        assert page.get_by_text("copy what you typed").is_visible()
        assert page.get_by_text("disk").count() == 0, "the disk has nothing to do with it"
        assert accessibility_faults(page) == []
        page.keyboard.press("Control+Enter")
        wait_until(page, lambda: focused_id(page) == "connection")
        assert page.locator("#comment").input_value() == "For the learner alone"
        other = page.context.new_page()
        page.close(run_before_unload=True)
        other.wait_for_timeout(500)
        assert {one[:2] for one in heard} == {("GET", "/alive")}
        assert "learner alone" not in str(heard)
    again = Server(mortal.room)
    try:
        assert again.address == mortal.address
        other.goto(address(again, HERON))
        assert other.locator("#comment").input_value() == "For the learner alone"
        other.context.close()
    finally:
        again.kill()


def test_only_a_draft_that_cannot_be_written_is_said_to_be_the_disks_fault(browser, mortal):
    page = opened(browser, mortal, "Ms Ali")
    page.goto(address(mortal, HERON))
    (mortal.room / "drafts").write_text("a file where the folder should be")
    page.locator("#comment").focus()
    page.keyboard.type("A word")
    page.get_by_text("cannot write what you type (perhaps the disk is full)").wait_for()
    (mortal.room / "drafts").unlink()
    page.get_by_text("Connected again").wait_for()
    # Somebody else has logged this browser out: still the same server, and still no fault of the disk.
    page.context.clear_cookies()
    page.keyboard.type(" more")
    page.get_by_text("This browser is not let in any more").wait_for()
    page.context.close()


def test_a_comment_from_the_browsers_memory_goes_on_to_the_new_text_of_the_learner(browser, mortal):
    page = opened(browser, mortal, "Ms Ali")
    old = address(mortal, HERON)
    page.goto(old)
    page.locator("#level-0-0").focus()
    mortal.kill()
    page.keyboard.press("2")
    page.locator("#comment").focus()
    page.keyboard.type("Nobody heard this yet")
    page.get_by_text("Not connected").wait_for()
    handed_in_anew(mortal.room, HERON, text="Another text, in which the nurse is asked first.")
    page.goto("about:blank")
    again = Server(mortal.room)
    try:
        page.goto(old)
        page.get_by_text("The learner has handed in another answer meanwhile").first.wait_for()
        assert focused_id(page) == "replaced"
        assert page.get_by_text("Another text, in which the nurse is asked first.").is_visible()
        assert page.get_by_label("Your comment").input_value() == "Nobody heard this yet"
        assert accessibility_faults(page) == []
        page.set_viewport_size({"width": 360, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        tab_to(page, "Take my comment along to the new answer")
        page.keyboard.press("Enter")
        page.locator("#said").wait_for()
        assert page.url == address(again, HERON)
        assert page.locator("#comment").input_value() == "Nobody heard this yet"
        assert page.locator("input:checked").count() == 0
        page.reload()
        assert page.locator("#comment").input_value() == "Nobody heard this yet"
        page.context.close()
    finally:
        again.kill()


def test_a_browser_that_is_closed_in_the_middle_of_a_word_loses_nothing(browser, mortal):
    page = opened(browser, mortal, "Ms Ali")
    page.goto(address(mortal, FINCH))
    page.locator("#comment").focus()
    page.keyboard.type("In the middle of a wo")
    page.close(run_before_unload=True)
    back = page.context.new_page()
    back.goto(address(mortal, FINCH))
    assert back.locator("#comment").input_value() == "In the middle of a wo"
    assert back.get_by_text("What you had typed before is back in the form.").first.is_visible()

    # And the same when the server was not there to hear of it.
    mortal.kill()
    back.locator("#comment").focus()
    back.keyboard.press("Control+End")
    back.keyboard.type("rd")
    back.close()
    again = Server(mortal.room)
    try:
        assert again.base == mortal.base, "what a browser remembers belongs to one address"
        last = page.context.new_page()
        last.goto(address(again, FINCH))
        assert last.locator("#comment").input_value() == "In the middle of a word"
        page.context.close()
    finally:
        again.kill()


def test_on_a_narrow_screen_nothing_is_cut_off(browser, server):
    page = opened(browser, server, "Ms Ali")
    page.set_viewport_size({"width": 360, "height": 800})
    page.get_by_role("button", name="Show names of all").click()
    learner = RoomDesk(MODULE, server.room).learners()[0].id
    page.goto(f"{server.base}/learner/{learner}")
    course = re.search(r'href="(/course/[^"]+)"', page.content())[1]
    for path in ("/", f"/question/{TEXT}", f"/learner/{learner}", course, "/marker", "/nowhere"):
        page.goto(server.base + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        assert accessibility_faults(page) == []
    page.goto(address(server, OTTER))
    for summary in page.locator("summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert accessibility_faults(page) == []
    sizes = page.locator("button, summary, nav a, .ways a, .level label").evaluate_all(
        "found => found.map(one => [one.textContent, one.getBoundingClientRect().height])"
    )
    assert all(height >= 24 for _, height in sizes), [one for one in sizes if one[1] < 24]
    page.context.close()
