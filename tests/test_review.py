"""The marking page by its addresses: real server, real gradebook, no browser and no script.

The points are those of `review_room`: a choice of 1, code of 1, and a text of 5 with two criteria (0 to 3, 0 to 2).
"""

import html
import json
import os
import re
import shlex
import shutil
import stat
from itertools import pairwise
from pathlib import Path

import pytest
import requests
from review_room import EVIL, FINCH, HERON, OTTER, TEXTS, Mentor, Server, handed_in_anew, made, stranger
from small_room import CHOICE, CODE, MODULE, TEXT

from researchskills.errors import CourseError
from researchskills.marking.desk import Mark
from researchskills.marking.results import note_file
from researchskills.marking.review import review
from researchskills.marking.review.about_desk import comment_words, feedback_command, next_steps
from researchskills.marking.review.clean import clean
from researchskills.marking.review.drafts import Drafts
from researchskills.marking.review.entry import Entry
from researchskills.marking.room import gradebook
from researchskills.marking.room_desk import RoomDesk

pytestmark = pytest.mark.slow
GOOD = {"level-0": "2", "level-1": "1", "comment": "Well seen.", "seen": "0", "action": "next"}


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    with made(tmp_path_factory.mktemp("a course")) as room:
        yield room


@pytest.fixture(scope="module")
def quiet(room, tmp_path_factory):
    """A server on a room in which nothing is marked, for tests that leave it so."""
    server = Server(shutil.copytree(room, tmp_path_factory.mktemp("quiet") / "Zoë's room"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def busy(room, tmp_path_factory):
    running = Server(shutil.copytree(room, tmp_path_factory.mktemp("busy") / "room"))
    yield running
    running.stop()


@pytest.fixture
def server(busy, room):
    """A server on a room in which nothing is marked yet, however much the test before has marked."""
    for what in ("marks", "drafts"):
        shutil.rmtree(busy.room / what, ignore_errors=True)
    shutil.copytree(room / "marks", busy.room / "marks")
    shutil.copy(room / "gradebook.db", busy.room)
    return busy


@pytest.fixture
def mortal(room, tmp_path):
    """A server that the test may kill, on a room of its own."""
    running = Server(shutil.copytree(room, tmp_path / "room"))
    yield running
    running.kill()


def held(room: Path, learner: str):
    """What nbgrader's own gradebook has: manual points, comment, and whether somebody must look."""
    with gradebook(room) as book:
        comment = book.find_comment(TEXT, "exercises", MODULE, learner).manual_comment
        return points(room, learner, TEXT), comment, bool(grade_of(book, learner, TEXT).needs_manual_grade)


def points(room: Path, learner: str, question: str):
    """The points that somebody gave, in nbgrader's own gradebook."""
    with gradebook(room) as book:
        return grade_of(book, learner, question).manual_score


def grade_of(book, learner: str, question: str):
    return book.find_grade(question, "exercises", MODULE, learner)


def words(answer: requests.Response) -> str:
    """The words of a page, as somebody reads them."""
    text = re.sub(r"<(head|script)\b.*?</\1>", "", answer.text, flags=re.S)
    text = re.sub(r"<[^>]+>", " ", text)
    return (
        re.sub(r"\s+", " ", text).replace("&lt;", "<").replace("&gt;", ">").replace("&#39;", "'").replace("&amp;", "&")
    )


# -- who gets in, and what there is to reach ------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/?token=wrong", f"/question/{TEXT}", f"/mark/{TEXT}/x", "/marker", "/alive"])
def test_without_the_token_a_plain_page_says_how_to_get_in(quiet, path):
    answer = requests.get(quiet.base + path, allow_redirects=False)
    assert answer.status_code == 403
    assert "opens only with the whole address" in words(answer)
    assert "own words" not in answer.text and "Overview" not in answer.text


def test_a_request_that_names_another_host_is_turned_away(quiet):
    answer = requests.get(quiet.address, headers={"Host": "evil.example"})
    assert answer.status_code == 403 and "own words" not in answer.text


@pytest.mark.parametrize(
    "path",
    ["/api", "/api/status", "/api/contents", "/api/kernels", "/api/sessions", "/api/terminals", "/api/config/x",
     "/api/kernelspecs", "/api/shutdown", "/api/me", "/files/gradebook.db", "/view/x", "/nbconvert/html/x", "/tree",
     "/lab", "/login", "/logout", "/metrics", "/static/style/style.min.css", "/terminals/websocket/1",
     "/formgrader", "/favicon.ico", "/robots.txt", "/review/token.txt", "/../review/token.txt"],
)  # fmt: skip
def test_nothing_of_jupyters_own_can_be_reached_even_with_the_token(quiet, path):
    mentor = Mentor(quiet)
    for method in ("get", "post", "put", "delete", "patch"):
        answer = mentor.session.request(method, quiet.base + path, headers={"Authorization": f"token {token(quiet)}"})
        assert answer.status_code == 404, method
        assert "There is no page at this address." in answer.text


def token(server: Server) -> str:
    return server.address.partition("token=")[2]


def test_pages_let_nothing_run_or_be_fetched_from_elsewhere_and_are_not_kept(quiet):
    mentor = Mentor(quiet)
    path = mentor.addresses()[OTTER]
    for address in ("/", f"/question/{TEXT}", f"/mark/{path}", "/marker", "/nowhere", "/review.css", "/review.js"):
        answer = mentor.get(address)
        policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["style-src"] == policy["script-src"] == policy["form-action"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        if not address.endswith((".css", ".js")):
            assert all(
                re.match(r"/(?!/)|#|data:,$", url) for url in re.findall(r'(?:src|href|action)="([^"]*)"', answer.text)
            )
            assert "style=" not in answer.text and not re.search(r"<[^>]+\son\w+=", answer.text)


def test_the_persons_own_jupyter_settings_are_neither_read_nor_changed(room, tmp_path):
    home = tmp_path / "home"
    (home / ".jupyter").mkdir(parents=True)
    for name in ("jupyter_server_config.py", "jupyter_config.py", "jupyter_course-review_config.py"):
        (home / ".jupyter" / name).write_text(
            f"open({str(tmp_path / 'was-read')!r}, 'w'); c.ServerApp.base_url = '/x'\n"
        )
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*")}
    theirs = {"HOME": str(home), "JUPYTER_CONFIG_DIR": str(home / ".jupyter"), "JUPYTER_TOKEN": "mine"}
    server = Server(shutil.copytree(room, tmp_path / "room"), env=theirs)
    assert "Overview" in Mentor(server).get("/").text
    server.stop()
    assert not (tmp_path / "was-read").exists()
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*")} == before


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_token_and_cookie_secret_are_for_their_owner_only(quiet):
    for path in (quiet.room / "review" / "token.txt", *(quiet.room / "review" / "jupyter" / "runtime").iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_page_goes_on_after_the_server_was_killed_and_started_again(mortal):
    server = mortal
    mentor = Mentor(server, "Ms Ali")
    path = mentor.addresses()[HERON]
    page = mentor.get(f"/mark/{path}").text
    xsrf = re.search(r'name="_xsrf" value="([^"]+)"', page)[1]
    server.kill()
    again = Server(server.room)
    try:
        assert again.address == server.address
        answer = mentor.session.post(f"{server.base}/mark/{path}", data={**GOOD, "_xsrf": xsrf})
        assert answer.status_code == 200 and "Saved: " in answer.text
        assert held(server.room, HERON)[0] == 3.0
    finally:
        assert "Marks and drafts are saved" in again.stop()


def test_who_starts_a_second_time_is_taken_to_the_page_that_is_there(server, capsys):
    review(RoomDesk(MODULE, server.room), server.room, browser=False)
    said = capsys.readouterr().out
    assert "already open in another window" in said and server.address in said


def test_a_copy_of_a_room_has_a_page_of_its_own(tmp_path):
    from researchskills.marking.review.server import _kept_token

    for name in ("room", "copy"):
        (tmp_path / name).mkdir()
    token = _kept_token(tmp_path / "room" / "token.txt")
    shutil.copy(tmp_path / "room" / "token.txt", tmp_path / "copy" / "token.txt")
    assert _kept_token(tmp_path / "room" / "token.txt") == token
    assert _kept_token(tmp_path / "copy" / "token.txt") != token


def test_a_port_that_is_taken_is_one_sentence(quiet, tmp_path):
    desk = RoomDesk(MODULE, quiet.room)
    with pytest.raises(CourseError, match="Another program is using port"):
        review(desk, tmp_path, port=int(quiet.base.rpartition(":")[2]), browser=False)


def test_the_page_keeps_away_from_ports_that_others_are_given(quiet, mortal):
    ports = [int(server.base.rpartition(":")[2]) for server in (quiet, mortal)]
    # Jupyter and the course take the first free one from 8888 on; systems hand out those from 32768 on.
    assert all(10_000 < port < 32_768 for port in ports), "an open window would find something else there"
    assert ports[0] != ports[1]


def test_every_answer_of_the_server_says_whose_it_is_and_without_the_token(quiet):
    mentor = Mentor(quiet)
    page = mentor.get(f"/mark/{mentor.addresses()[HERON]}")
    sign = re.search(r'data-sign="(\w+)"', page.text)[1]
    for answer in (page, mentor.get("/alive"), mentor.get("/nowhere"), requests.get(f"{quiet.base}/alive")):
        assert answer.headers["X-Course-Review"] == sign
    assert token(quiet) not in page.text and sign not in token(quiet)


def test_another_program_at_the_old_port_is_not_taken_for_the_page_and_gets_no_token(mortal):
    secret, port = token(mortal), int(mortal.base.rpartition(":")[2])
    mortal.kill()
    with stranger(port) as heard:
        again = Server(mortal.room)
    try:
        said = " ".join("".join(again.said).split())
        assert again.base != mortal.base and "copy it there and paste it into the page that opens now" in said
        assert [one[:2] for one in heard] == [("GET", "/alive")]
        assert secret not in str(heard)
    finally:
        again.stop()


# -- marking --------------------------------------------------------------------------------------------


def test_a_mark_reaches_nbgraders_gradebook_with_its_comment_and_marker(server):
    mentor = Mentor(server, "Ms Ali")
    assert "3 answers of 3 are still to mark" in words(mentor.get("/"))
    path = mentor.addresses()[HERON]
    answer = mentor.post(f"/mark/{path}", **GOOD)
    assert re.search(r"Saved: Answer \d, 3 of 5 points\. This is Answer \d\.", words(answer))
    assert answer.url != f"{server.base}/mark/{path}", "the next unmarked answer is open"
    assert held(server.room, HERON) == (3.0, "Well seen.", False)
    assert "2 answers of 3 are still to mark" in words(mentor.get("/"))
    assert "3 of 5 Ms Ali" in words(mentor.get(f"/question/{TEXT}"))
    page = mentor.get(f"/mark/{path}").text
    assert re.search(r'id="level-0-2"[^>]* checked', page) and re.search(r'id="level-1-1"[^>]* checked', page)


def test_next_goes_on_until_everything_is_marked(server):
    mentor = Mentor(server)
    answer, seen = mentor.get("/"), set()
    path = re.search(r'href="(/mark/[^"]+)"', answer.text)[1]
    for left in (2, 1, 0):
        seen.add(path)
        answer = mentor.post(path, **GOOD)
        path = answer.url.removeprefix(server.base)
        assert f"{left} still to mark" in words(answer) or left == 0
    assert len(seen) == 3 and path == "/"
    assert "Everything is marked." in words(answer)
    assert "What comes next" in words(answer) and "Read one of the Word documents" in words(answer)
    command = html.unescape(re.search(r'<code class="command">([^<]+)', answer.text)[1])
    assert shlex.split(command) == [
        *("course", "feedback", MODULE, "--room", str(server.room), "--send-to", "FOLDER")
    ]  # fmt: skip


def test_as_long_as_something_is_to_mark_nothing_is_said_of_feedback(quiet):
    assert "What comes next" not in words(Mentor(quiet).get("/"))


def test_the_command_for_feedback_names_no_room_where_it_is_the_usual_one(room):
    from researchskills.marking.room import default_room

    assert feedback_command(MODULE, default_room()) == f"course feedback {MODULE} --send-to FOLDER"


def test_a_second_save_stays_on_the_page_when_asked(server):
    mentor = Mentor(server)
    path = f"/mark/{mentor.addresses()[FINCH]}"
    answer = mentor.post(path, **{**GOOD, "action": "stay"})
    assert answer.url == server.base + path


@pytest.mark.parametrize(
    ("changes", "sentence", "field"),
    [
        ({"level-0": ""}, "Choose a level for “Concreteness”.", "criterion-0"),
        ({"level-0": "4"}, "The level of “Concreteness” is from 0 to 3.", "criterion-0"),
        ({"level-1": "-1"}, "The level of “Fairness to both” is from 0 to 2.", "criterion-1"),
        ({"level-1": "²"}, "The level of “Fairness to both” is from 0 to 2.", "criterion-1"),
        ({"comment": "x" * 10_001}, "The comment has 10,001 characters, and 10,000 is the most.", "comment"),
    ],
)
def test_what_cannot_be_saved_is_said_in_a_sentence_and_nothing_typed_is_lost(quiet, changes, sentence, field):
    mentor = Mentor(quiet)
    path = mentor.addresses()[HERON]
    answer = mentor.post(f"/mark/{path}", **{**GOOD, **changes})
    assert answer.status_code == 400
    assert f'<a href="#{field}">' in answer.text and sentence in words(answer)
    assert f'id="{field}"' in answer.text
    assert changes.get("comment", "Well seen.") in answer.text
    assert "autofocus" in re.search(r'<div id="errors"[^>]*>', answer.text)[0]
    assert held(quiet.room, HERON) == (None, None, True)
    # It is there on another day as well.
    assert "What you had typed before is back in the form" in words(mentor.get(f"/mark/{path}"))


@pytest.mark.parametrize(
    "path",
    [f"/mark/{TEXT}/x", f"/mark/{CHOICE}/x", "/mark/x/y", "/question/x", "/learner/x", f"/course/{CODE}/x", "/x"],
)
def test_an_address_that_leads_nowhere_is_one_sentence(quiet, path):
    answer = Mentor(quiet).get(path)
    assert answer.status_code == 404
    assert "Nothing was changed." in re.search(r'id="problem">([^<]*)', answer.text)[1]


@pytest.mark.parametrize("path", ["/names", "/undo/mark/x/y", "/undo/course/x/y", "/draft/mark/x/y"])
def test_an_address_for_forms_says_so_when_it_is_only_opened(quiet, path):
    answer = Mentor(quiet).get(path)
    assert answer.status_code == 404 and "This address only takes what a form sends." in answer.text


@pytest.mark.parametrize("path", ["/undo/mark/x/y", "/draft/mark/x/y", "/mark/x/y", f"/course/{CODE}/x"])
def test_a_form_for_what_is_not_there_changes_nothing(quiet, path):
    assert Mentor(quiet).post(path, **GOOD).status_code == 404


def test_a_form_that_another_site_sends_is_turned_away(quiet):
    mentor = Mentor(quiet)
    path = f"{quiet.base}/mark/{mentor.addresses()[HERON]}"
    assert mentor.session.post(path, data=GOOD).status_code == 403
    answer = mentor.session.post(path, data=GOOD, headers={"Origin": "https://evil.example"})
    assert answer.status_code in (403, 404)
    assert held(quiet.room, HERON)[0] is None


def test_a_forwarding_address_never_leads_to_another_site(quiet):
    mentor = Mentor(quiet)
    for place in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        xsrf = re.search(r'name="_xsrf" value="([^"]+)"', mentor.get("/marker").text)[1]
        answer = mentor.session.post(f"{quiet.base}/marker", allow_redirects=False,
                                     data={"_xsrf": xsrf, "marker": "A. Mentor", "next": place})  # fmt: skip
        assert answer.headers["Location"] == "/"


def test_who_marks_is_asked_once_and_can_be_changed(quiet):
    mentor = Mentor(quiet, name="")
    path = f"/mark/{mentor.addresses()[HERON]}"
    assert "Who marks?" in words(mentor.get(path))
    assert mentor.post("/marker", marker="  ", next=path).status_code == 400
    assert mentor.post("/marker", marker="x" * 300, next=path).status_code == 400
    assert "Marking as Zoë O'Neil" in words(mentor.post("/marker", marker="Zoë O'Neil", next=path))
    assert "Marking as Ms Ali" in words(mentor.post("/marker", marker="Ms Ali", next=path))


def test_a_name_that_the_page_is_started_with_comes_before_one_from_another_day(mortal):
    mentor = Mentor(mortal, "Ms Ali")
    mortal.kill()
    again = Server(mortal.room, options=', marker="Mr Bo"')
    try:
        assert "Marking as Mr Bo" in words(mentor.get("/"))
        assert "Marking as Zoë" in words(mentor.post("/marker", marker="Zoë", next="/")), "and can still be changed"
    finally:
        again.stop()


def test_two_mentors_do_not_overwrite_each_other(server):
    first, second = Mentor(server, "Ms Ali"), Mentor(server, "Mr Bo")
    path = f"/mark/{first.addresses()[HERON]}"
    first.get(path), second.get(path)
    first.post(path, **GOOD)
    mine = {**GOOD, "level-0": "3", "level-1": "2", "comment": "A second view."}
    answer = second.post(path, **mine)
    assert answer.status_code == 409
    both = words(answer)
    assert "Ms Ali has marked this answer in the meantime" in both
    assert re.search(r"Concreteness 2 3 Fairness to both 1 2 Comment Well seen\. A second view\.", both)
    assert held(server.room, HERON)[:2] == (3.0, "Well seen.")
    seen = re.search(r'name="seen" value="(\d+)"', answer.text)[1]

    kept = second.post(path, **{**mine, "action": "theirs"})
    assert "The other mark stands." in words(kept)
    assert held(server.room, HERON)[0] == 3.0
    assert "Saved" in words(second.post(path, **{**mine, "seen": seen}))
    assert held(server.room, HERON)[:2] == (5.0, "A second view.")


def test_a_mark_from_another_window_of_ones_own_is_called_ones_own_and_stops_once(server):
    mentor = Mentor(server, "Ms Ali")
    path = f"/mark/{mentor.addresses()[HERON]}"
    mentor.post(path, **GOOD)
    mine = {**GOOD, "level-0": "3", "comment": "A second thought.", "page": "other-window"}
    answer = mentor.post(path, **mine)
    assert answer.status_code == 409
    assert "You have marked this answer in another window in the meantime" in words(answer)
    assert "Ms Ali has marked" not in words(answer) and "Theirs" not in words(answer)
    # Sent again by the browser, or opened anew: what is saved from there was chosen with both on the screen.
    again = mentor.post(path, **mine)
    assert again.status_code == 409 and "You have marked this answer in another window" in words(again)
    for page in (again, mentor.get(path)):
        assert "A second thought." in page.text and form_of(page)["seen"] == "1"
    saved = mentor.post(path, **form_of(page), action="stay")
    assert "Saved" in words(saved) and held(server.room, HERON)[:2] == (4.0, "A second thought.")


def form_of(page: requests.Response) -> dict[str, str]:
    """What the browser would send of the form, as it stands on the page."""
    body = re.search(r'<form id="form".*?</form>', page.text, re.S)[0]
    sent = {}
    for field in re.findall(r"<input\b[^>]*>", body):
        named = dict(re.findall(r'(\w+)="([^"]*)"', field))
        if named.get("type") != "radio" or " checked" in field:
            sent[named["name"]] = html.unescape(named.get("value", ""))
    for name, text in re.findall(r'<textarea\b[^>]*name="(\w+)"[^>]*>\n(.*?)</textarea>', body, re.S):
        sent[name] = html.unescape(text)
    del sent["_xsrf"]
    return sent


def test_the_same_form_sent_twice_is_one_mark(server):
    mentor = Mentor(server)
    path = mentor.addresses()[HERON]
    for _ in range(2):
        assert "Saved" in words(mentor.post(f"/mark/{path}", **GOOD))
    assert RoomDesk(MODULE, server.room).mark(*path.split("/")).revision == 1


def test_the_last_mark_can_be_taken_back(server):
    mentor = Mentor(server)
    path = mentor.addresses()[HERON]
    mentor.post(f"/mark/{path}", **GOOD)
    mentor.post(f"/mark/{path}", **{**GOOD, "level-0": "0", "seen": "1"})
    page = mentor.get(f"/mark/{path}").text
    seen = re.findall(r'name="seen" value="(\d+)"', page)[-1]
    back = mentor.post(f"/undo/mark/{path}", seen=seen)
    assert "What was given before counts again: 3 points, by A. Mentor." in words(back)
    assert held(server.room, HERON)[0] == 3.0
    late = mentor.post(f"/undo/mark/{path}", seen="2")
    assert "nothing was taken back" in words(late)
    seen = re.findall(r'name="seen" value="(\d+)"', late.text)[-1]
    assert "This answer has no mark now." in words(mentor.post(f"/undo/mark/{path}", seen=seen))
    assert held(server.room, HERON) == (None, None, True)


def test_what_was_typed_is_there_after_a_mark_was_taken_back(server):
    mentor = Mentor(server)
    path = mentor.addresses()[FINCH]
    mentor.post(f"/mark/{path}", **GOOD)
    page = "typed-before-undo"
    mentor.post(f"/draft/mark/{path}", **{**GOOD, "comment": "Typed since.", "seen": "1", "page": page})
    back = mentor.post(f"/undo/mark/{path}", seen="1", page=page)
    assert "This answer has no mark now." in words(back)
    assert "Typed since." in back.text and "is back in the form" in words(back)


def test_names_are_on_no_page_until_somebody_asks_and_only_for_them(quiet):
    mentor, other = Mentor(quiet), Mentor(quiet, "Ms Ali")
    addresses = ["/", f"/question/{TEXT}", f"/mark/{mentor.addresses()[HERON]}"]
    addresses += [f"/learner/{mentor.addresses()[HERON].partition('/')[2].partition('-')[0]}"]
    addresses += re.findall(r'href="(/course/[^"]+)"', mentor.get(addresses[-1]).text)
    assert len(addresses) >= 6
    for address in addresses:
        assert not any(learner in mentor.get(address).text for learner in TEXTS), address
    for address in addresses:
        assert 'value="show">Show names of all</button>' in mentor.get(address).text, "it is not of this one alone"
    assert any(HERON in mentor.post("/names", names="show", next=address).text for address in addresses[:1])
    assert all(HERON in mentor.get(address).text for address in addresses)
    assert not any(learner in other.get("/").text for learner in TEXTS)
    assert HERON not in mentor.post("/names", names="hide", next="/").text


def test_answers_of_one_learner_are_marked_one_after_the_other(quiet):
    mentor = Mentor(quiet)
    learner = mentor.addresses()[FINCH].partition("/")[2].partition("-")[0]
    page = mentor.get(f"/learner/{learner}")
    assert "1 answer, 1 left to mark" in words(page)
    answer = mentor.get(re.search(r'href="(/mark/[^"]+by=learner)"', page.text)[1])
    assert "1 of 1 of this learner" in words(answer)


def test_code_that_did_not_end_can_be_read_on_its_learners_page(server):
    note = note_file(server.room, MODULE, OTTER)
    note.write_text(json.dumps(json.loads(note.read_bytes()) | {"stopped": ["while 1 < 2:\n    pass"]}))
    mentor = Mentor(server)
    learner = mentor.addresses()[OTTER].partition("/")[2].partition("-")[0]
    page = mentor.get(f"/learner/{learner}")
    assert "Code that did not come to an end" in words(page)
    assert "<code>while 1 &lt; 2:\n    pass</code>" in page.text


def test_each_level_is_told_in_full_with_its_examples(quiet):
    mentor = Mentor(quiet)
    text = words(mentor.get(f"/mark/{mentor.addresses()[HERON]}"))
    assert "2 As 1 (“Both have a reason.”), and each reason is named." in text
    blocks = re.findall(r"Examples of each level of (Concreteness|Fairness to both) Level 0 ", text)
    assert blocks == ["Concreteness", "Fairness to both"], "one for each criterion, not one for each level"
    assert "Level 3 Concreteness at level 3, passage 4 Reason 4 for 3" in text


# -- what the course marked ------------------------------------------------------------------------------


def course_page(mentor: Mentor, learner: str, question: str) -> str:
    identifier = mentor.addresses()[learner].partition("/")[2].partition("-")[0]
    return re.search(rf'href="(/course/{question}/[^"]+)"', mentor.get(f"/learner/{identifier}").text)[1]


def test_a_mentor_sees_why_the_course_gave_no_point(quiet):
    mentor = Mentor(quiet)
    text = words(mentor.get(course_page(mentor, FINCH, CHOICE)))
    assert "The course gave 0 of 1 points." in text
    assert "The beads of the second pile would be left out." in text
    assert "total = 3" in words(mentor.get(course_page(mentor, OTTER, CODE)))
    learner = mentor.addresses()[FINCH].partition("/")[2].partition("-")[0]
    told = words(mentor.get(f"/learner/{learner}"))
    assert re.search(r"Why not all points were given Which piles count\? .*would be left out", told)
    assert "Let the notebook add" not in told.partition("Why not all points were given")[2]


def test_points_are_given_in_place_of_the_courses_with_a_reason_and_taken_back(server):
    mentor, other = Mentor(server, "Ms Ali"), Mentor(server, "Mr Bo")
    path = course_page(mentor, OTTER, CODE)
    for fields, sentence in (
        ({"points": "2", "reason": "x"}, "a number from 0 to 1"),
        ({"points": "nan", "reason": "x"}, "a number from 0 to 1"),
        ({"points": "1", "reason": "  "}, "Give a reason"),
    ):
        refused = mentor.post(path, seen="0", **fields)
        assert refused.status_code == 400 and sentence in words(refused)
    assert points(server.room, OTTER, CODE) is None
    saved = mentor.post(path, seen="0", points="0,5", reason="Half of the way is right.")
    assert "0.5 of 1 points, in place of the course’s" in words(saved)
    assert "Ms Ali gave 0.5 of 1" in words(saved)
    assert points(server.room, OTTER, CODE) == 0.5
    assert "The learner reads this reason in the feedback" in words(saved)
    late = other.post(path, seen="0", points="1", reason="All of it is.")
    assert late.status_code == 409
    assert "Points 0.5 1 Reason Half of the way is right. All of it is." in words(late)
    seen = re.findall(r'name="seen" value="(\d+)"', mentor.get(path).text)[-1]
    assert "The course’s points count again." in words(mentor.post(f"/undo{path}", seen=seen))
    assert points(server.room, OTTER, CODE) is None


def test_a_reason_is_carried_over_when_the_learner_hands_in_another_answer(mortal, room):
    mentor = Mentor(mortal)
    path = course_page(mentor, OTTER, CODE)
    mentor.get(path)
    handed_in_anew(mortal.room, OTTER, code="total = 4")
    told = mentor.post(path, seen="0", points="0.5", reason="Half of the way.", page="p1")
    assert told.status_code == 409 and "The learner has handed in another answer meanwhile" in words(told)
    assert "Half of the way." in form_of(told)["reason"] and "Points: 0.5" in words(told)
    assert "total = 4" in told.text and "total = 3" in told.text
    after = mentor.post(path, **form_of(told), action="carry")
    assert after.url != mortal.base + path
    assert form_of(after)["reason"] == "Half of the way." and form_of(after)["points"] == ""
    assert points(mortal.room, OTTER, CODE) is None


# -- nothing typed is lost -------------------------------------------------------------------------------


def test_what_was_typed_outlives_the_server_and_goes_when_it_is_saved(mortal):
    server = mortal
    mentor = Mentor(server)
    path = mentor.addresses()[HERON]
    typed = {"level-0": "1", "comment": "Half a sentence\r\nand", "seen": "0", "page": "p1"}
    assert mentor.post(f"/draft/mark/{path}", **typed).status_code == 200
    assert held(server.room, HERON)[0] is None, "a draft is no mark"
    server.kill()
    again = Server(server.room)
    try:
        page = mentor.get(f"/mark/{path}")
        assert "What you had typed before is back in the form" in words(page)
        assert "Half a sentence\nand" in page.text and re.search(r'id="level-0-1"[^>]* checked', page.text)
        assert "is back in the form" not in words(Mentor(again, "Ms Ali").get(f"/mark/{path}")), "nobody else's"
        mentor.post(f"/mark/{path}", **{**GOOD, "page": "p2"})
        # What the page sent while it was being left comes in late, and may not come back.
        mentor.post(f"/draft/mark/{path}", **{**typed, "page": "p2"})
        assert "is back in the form" not in words(mentor.get(f"/mark/{path}"))
        assert list((server.room / "drafts").rglob("*.json")) == []
    finally:
        again.stop()


def test_a_comment_is_kept_and_carried_over_when_the_learner_hands_in_another_text(mortal, room):
    mentor = Mentor(mortal)
    path = f"/mark/{mentor.addresses()[HERON]}"
    mentor.get(path)
    handed_in_anew(mortal.room, HERON, text="A new text, of which the nurse and the social worker approve.")
    told = mentor.post(path, **GOOD, page="p1")
    assert told.status_code == 409
    assert "The learner has handed in another answer meanwhile" in words(told)
    assert "A new text" in words(told) and "we wrote one rule down for both" in words(told), "both texts"
    assert form_of(told)["comment"] == "Well seen." and "Concreteness: 2" in words(told)
    assert held(mortal.room, HERON) == (None, None, True)
    # Whoever only goes back, or opens the address on another day, finds it as well; and typing goes on to be kept.
    assert form_of(mentor.get(path))["comment"] == "Well seen."
    assert mentor.post(f"/draft{path}", **{**form_of(told), "comment": "Well seen, then."}).status_code == 200
    assert form_of(mentor.get(path))["comment"] == "Well seen, then."

    new = f"/mark/{mentor.addresses()[HERON]}"
    mentor.post(f"/draft{new}", **{"level-0": "1", "comment": "Typed here already.", "seen": "0", "page": "p2"})
    after = mentor.post(path, **form_of(mentor.get(path)), action="carry")
    assert after.url == mortal.base + new
    assert "It is not saved yet" in words(after)
    form = form_of(after)
    assert form["comment"] == "Typed here already.\n\nWell seen, then."
    assert form["level-0"] == "1" and "level-1" not in form, "levels are about a text and stay with it"
    assert held(mortal.room, HERON) == (None, None, True)
    assert "Saved" in words(mentor.post(new, **{**form, "level-1": "0"}))
    assert held(mortal.room, HERON)[:2] == (1.0, "Typed here already.\n\nWell seen, then.")
    nothing = mentor.get(path)
    assert "The learner has handed in another answer meanwhile" in words(nothing)
    assert re.search(r'<form id="form"[^>]* hidden>', nothing.text), "there is nothing left to carry over"


def test_a_comment_for_a_text_that_is_gone_altogether_stays_to_be_copied(mortal, room):
    mentor = Mentor(mortal)
    path = f"/mark/{mentor.addresses()[FINCH]}"
    handed_in_anew(mortal.room, FINCH, text="")
    told = mentor.post(path, **GOOD)
    assert "Nothing is written there this time" in words(told) and form_of(told)["comment"] == "Well seen."
    assert "along to the new answer" not in words(told)
    assert form_of(mentor.get(path))["comment"] == "Well seen."


def test_an_answer_that_is_loaded_again_does_not_bring_back_what_was_typed_before(quiet):
    mentor = Mentor(quiet, "Mr Reload")
    path = mentor.addresses()[FINCH]
    sent = {"level-0": "", "comment": "First try", "seen": "0", "page": "p1"}
    refused = mentor.post(f"/mark/{path}", **sent)
    came_from = re.search(r'name="came_from" value="(\w+)"', refused.text)[1]
    newer = {"level-0": "1", "level-1": "1", "comment": "Second try", "page": "p2", "came_from": came_from}
    mentor.post(f"/draft/mark/{path}", **newer)
    again = mentor.post(f"/mark/{path}", **sent)
    assert "Second try" in again.text and "First try" not in again.text
    assert "Second try" in mentor.get(f"/mark/{path}").text
    assert held(quiet.room, FINCH)[0] is None


def test_a_gradebook_that_another_program_holds_costs_nothing_that_was_typed(server):
    import sqlite3

    mentor = Mentor(server)
    path = mentor.addresses()[HERON]
    holder = sqlite3.connect(server.room / "gradebook.db", isolation_level=None)
    page = mentor.get(f"/mark/{path}")
    assert page.status_code == 200
    holder.execute("BEGIN IMMEDIATE")
    try:
        answer = mentor.post(f"/mark/{path}", **{**GOOD, "comment": "Typed with care.", "page": "held"})
    finally:
        holder.rollback()
        holder.close()
    assert answer.status_code in (409, 500)
    assert "Typed with care." in answer.text and re.search(r'id="level-0-2"[^>]* checked', answer.text)
    assert "Saved" in words(mentor.post(f"/mark/{path}", **{**GOOD, "comment": "Typed with care."}))
    assert held(server.room, HERON)[:2] == (3.0, "Typed with care.")


def test_a_draft_that_cannot_be_read_is_left_alone(tmp_path):
    drafts = Drafts(tmp_path)
    drafts.keep("A. Mentor", "mark/q/s", {"comment": "x"})
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:20])
    assert drafts.read("A. Mentor", "mark/q/s") is None
    assert file.exists()


def test_a_draft_is_kept_under_no_name_that_tells_anything(tmp_path):
    Drafts(tmp_path).keep("../../A. Mentor", "mark/q/s", {"comment": "x"})
    (file,) = tmp_path.iterdir()
    assert re.fullmatch(r"[0-9a-f]{32}\.json", file.name)
    assert json.loads(file.read_bytes())["marker"] == "../../A. Mentor"


# -- what comes with a hand-in ---------------------------------------------------------------------------


def test_what_a_learner_typed_is_text_on_the_page(quiet):
    mentor = Mentor(quiet)
    page = mentor.get(f"/mark/{mentor.addresses()[OTTER]}")
    assert EVIL in words_of_the_answer(page.text)
    assert not re.search(r"<(img|svg|style)\b", page.text)
    assert re.findall(r"<script\b[^>]*>", page.text) == ['<script src="/review.js" defer>']


def words_of_the_answer(page: str) -> str:
    return html.unescape(re.search(r'<div class="report">(.*?)</div>', page, re.S)[1])


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        ("<p>A <strong>word</strong>.</p>", "<p>A <strong>word</strong>.</p>"),
        ('<table><tbody><tr><th scope="row">A</th><td>1</td></tr></tbody></table>',) * 2,
        ('<p id="form" class="errors" style="position:fixed" onclick="x()">a</p>', "<p>a</p>"),
        ("<script>x()</script>", "&lt;script&gt;x()&lt;/script&gt;"),
        ("<style>p{}</style>", "&lt;style&gt;p{}&lt;/style&gt;"),
        ('<img src="https://evil.example/x.png" onerror="x()" alt="a">', '<img alt="a">'),
        ('<img src="data:image/svg+xml;base64,AAAA">', "<img>"),
        ('<img src="data:image/png;base64,AAAA">', '<img src="data:image/png;base64,AAAA">'),
        ('<form action="/marker"><input name="marker"></form>', None),
        ('<a href="javascript:x()">a</a>', None),
        ('<svg onload="x()"><script>x()</script></svg>', None),
        ('<iframe src="/"></iframe><object data="x"></object><meta http-equiv="refresh" content="0;url=/">', None),
        ("<math><mtext><table><mglyph><style><img src=x onerror=x()>", None),
    ],
)
def test_only_what_cannot_run_fetch_or_pretend_gets_through(html, safe):
    cleaned = clean(html)
    if safe is not None:
        assert cleaned == safe
    assert not re.search(r"<(script|style|form|input|a|svg|iframe|object|meta|math)\b", cleaned)
    assert not re.search(r"<[^>]*\b(on\w+|href|style|id|class)=", cleaned)


# -- other desks -----------------------------------------------------------------------------------------


def test_a_reason_is_asked_for_where_the_desk_needs_one():
    rubric = [{"criterion": "Tone", "levels": ["0", "1"]}]
    entry = Entry({"0": "1"}, reason="  ")
    assert [fault.field for fault in entry.faults(rubric, needs_reason=True)] == ["reason"]
    assert entry.faults(rubric, needs_reason=False) == []
    assert Entry({"0": "1"}, "a", " b ").mark(rubric, "Me") == Mark({"Tone": 1}, "a", "Me", reason="b")


def test_who_practises_sees_the_agreed_levels_after_marking_and_no_examples_before(room, tmp_path):
    server = Server(tmp_path, desk='PracticeDesk(MODULE, "Ms Ali", room)')
    try:
        mentor = Mentor(server, name="")
        page = mentor.get(f"/mark/{TEXT}/s3")
        assert "Marking as Ms Ali ." in words(page) and "Change who marks" not in words(page)
        assert "Reason 3 for 2" not in page.text and "Examples of each level" not in page.text
        assert "no learner reads it" in words(page) and "for the learner" not in words(page)
        told = mentor.post(f"/mark/{TEXT}/s3", **GOOD)
        assert told.url.endswith(f"/mark/{TEXT}/s3"), "not the next one yet"
        assert "Reason 3 for 2" in told.text and "Go on to the next unmarked answer" in told.text
        assert '<form id="form"' not in told.text and "/undo/" not in told.text
        for number in (1, 2, 4, 5, 6):
            told = mentor.post(f"/mark/{TEXT}/s{number}", **GOOD)
        assert "Everything is marked: go to the overview" in words(told)
        after = words(mentor.get("/"))
        assert "how near you came to the agreed levels" in after and "--again" in after
        assert "course feedback" not in after, "nobody waits for feedback on invented scripts"
    finally:
        server.stop()


def sent_to_bo(server, folder):
    """The desk of Ann, who has marked everything, and that of Bo, who gets all of it."""
    from researchskills.marking.second_marking import SecondDesk, export

    desk = RoomDesk(MODULE, server.room)
    for script in desk.scripts(TEXT):
        desk.record(TEXT, script.id, Mark({"Concreteness": 1, "Fairness to both": 1}, "", "Ann"), 0)
    export(MODULE, server.room, folder / "sample.json", 1.0, 3, 1)
    return desk, SecondDesk(folder / "sample.json", "Bo")


def give_by_bo(second):
    for script in second.scripts(TEXT):
        second.record(TEXT, script.id, Mark({"Concreteness": 2, "Fairness to both": 1}, "", "Bo"), 0)


def test_who_marks_a_second_time_or_agrees_is_told_who_reads_the_comment_and_what_comes_next(server, tmp_path):
    from researchskills.marking.moderation import ModerationDesk, moderate

    desk, second = sent_to_bo(server, tmp_path)
    assert "The learner does not get it." in comment_words(second)[1]
    assert "sample--bo.json" in next_steps(second)[0].sentence
    give_by_bo(second)
    moderation = ModerationDesk(moderate(MODULE, [second.marks], server.room))
    assert comment_words(moderation) == comment_words(desk)
    assert next_steps(moderation)[-1].command == feedback_command(MODULE, server.room)


def test_who_agrees_begins_with_the_levels_that_everybody_gave(server, tmp_path):
    _, second = sent_to_bo(server, tmp_path)
    give_by_bo(second)
    agreeing = Server(server.room, desk=f"ModerationDesk(moderate(MODULE, [Path({str(second.marks)!r})], room))")
    try:
        mentor = Mentor(agreeing)
        assert "3 answers of 3 are still to agree on" in words(mentor.get("/"))
        path = re.search(rf'href="/mark/({TEXT}/[^"]+)"', mentor.get(f"/question/{TEXT}").text)[1]
        page = mentor.get(f"/mark/{path}")
        chosen = re.findall(r'name="(level-\d)" value="(\d)"[^>]* checked', page.text)
        assert chosen == [("level-1", "1")], "only the second criterion is settled"
        assert "Where everybody gave the same level, it is chosen below already." in words(page)
        assert "next unmarked</button>" not in page.text and "is back in the form" not in words(page)
        told = mentor.post(f"/mark/{path}", **GOOD, reason="The form is named.")
        assert told.url.endswith(path), "the agreed levels are shown beside the others"
        assert "2 still to agree on" in words(told)
    finally:
        agreeing.stop()


def test_headings_of_every_page_go_down_one_step_at_a_time(quiet):
    mentor = Mentor(quiet)
    for address in ("/", f"/question/{TEXT}", f"/mark/{mentor.addresses()[HERON]}", course_page(mentor, HERON, CODE)):
        levels = [int(level) for level in re.findall(r"<h(\d)", mentor.get(address).text)]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
