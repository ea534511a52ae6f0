"""The live search against a server on this computer that is well, slow, busy, broken or somebody else.

The shape of a sound answer follows the Articles RESTful API of Europe PMC (result type `core`); its records are
invented.
"""

import datetime
import json
import socket
import subprocess
import sys
import time
from email.utils import format_datetime

import ipywidgets
import pandas as pd
import pytest
from panels import controls, named, words
from werkzeug import Response

from researchskills.errors import CourseError
from researchskills.evidence import europe_pmc, live_activity, references
from researchskills.evidence.europe_pmc import Patience, save, search
from researchskills.evidence.live_activity import LiveSearch

QUICK = Patience(connect=1, read=0.5, whole=1, pauses=(0.01, 0.02), between_pages=0)
RESULT = {
    "id": "900000001", "source": "MED", "pmid": "900000001", "doi": "10.5555/jic.2011.1",
    "title": "Home care after <i>hospital</i> &amp; what carers said.", "authorString": "Okafor NM, Bell J.",
    "authorList": {"author": [{"fullName": "Okafor NM", "lastName": "Okafor"},
                              {"collectiveName": "Larkshire Study Group"}]},
    "journalInfo": {"issue": "3", "volume": "12", "yearOfPublication": 2011,
                    "journal": {"title": "Journal of invented care", "medlineAbbreviation": "J Invent Care"}},
    "pubYear": "2011", "pageInfo": "147-156", "language": "eng",
    "abstractText": "<h4>Background</h4>CO<sub>2</sub> &lt; 5, p<0.05.",
    "pubTypeList": {"pubType": ["Journal Article", "Review"]},
    "meshHeadingList": {"meshHeading": [
        {"majorTopic_YN": "N", "descriptorName": "Home Care Services",
         "meshQualifierList": {"meshQualifier": [{"qualifierName": "methods", "majorTopic_YN": "Y"}]}},
        {"majorTopic_YN": "N", "descriptorName": "Aged"}]},
}
BARE = {"id": "PPR1", "source": "PPR"}


def answer(results, total=None, cursor="") -> dict:
    body = {"version": "6.9", "hitCount": len(results) if total is None else total,
            "request": {"queryString": "home care"}, "resultList": {"result": results}}
    return body | ({"nextCursorMark": cursor} if cursor else {})


def made(number: int) -> dict:
    return RESULT | {"id": str(number), "title": f"Title {number}"}


@pytest.fixture
def server(httpserver, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv(europe_pmc.VARIABLE, httpserver.url_for(""))
    return httpserver


def asked(server) -> list:
    return [request for request, _ in server.log]


def refused(text="home care", **more) -> str:
    """The sentence of a search that fails; always with what works instead."""
    with pytest.raises(CourseError) as problem:
        search(text, patience=QUICK, **more)
    said = str(problem.value)
    assert "You can search the course's own library instead" in said
    assert "Traceback" not in said and "<" not in said
    return said


# When all is well


def test_a_record_arrives_in_the_columns_of_the_library(server):
    server.expect_request("/search").respond_with_json(answer([RESULT]))
    found = search("home   care\nAND carers", patience=QUICK)
    assert list(found.records.columns) == references.COLUMNS
    row = found.records.loc[0].dropna().to_dict()
    assert row == {
        "record": "MED:900000001", "title": "Home care after hospital & what carers said",
        "abstract": "Background CO2 < 5, p<0.05.", "authors": "Okafor NM; Larkshire Study Group", "year": 2011,
        "journal": "Journal of invented care", "volume": "12", "issue": "3", "pages": "147-156",
        "doi": "10.5555/jic.2011.1", "type": "Journal Article; Review", "headings": "*Home Care Services; Aged",
        "language": "English", "database": "Europe PMC",
    }
    assert (found.asked, found.total, found.raw) == ("home care AND carers", 1, [RESULT])
    assert abs(datetime.datetime.now(datetime.UTC) - found.at) < datetime.timedelta(minutes=1)
    assert found.sentence.startswith("Europe PMC found 1 record (")


def test_the_request_is_what_the_service_documents_and_says_who_asks(server):
    server.expect_request("/search").respond_with_json(answer([RESULT]))
    search('"home care" AND naïve', limit=25, patience=QUICK)
    [request] = asked(server)
    assert dict(request.args) == {"query": '"home care" AND naïve', "resultType": "core", "pageSize": "25",
                                  "cursorMark": "*", "format": "json"}
    assert "practitioner course" in request.headers["User-Agent"]


def test_fields_that_are_missing_or_odd_leave_blanks_and_lose_no_record(server):
    odd = {"id": 7, "source": "MED", "title": None, "authorList": "Okafor", "journalInfo": [], "pubYear": "soon",
           "meshHeadingList": {"meshHeading": ["x", {}]}, "pubTypeList": {"pubType": None},
           "authorString": "Bell J, Marsh O."}
    server.expect_request("/search").respond_with_json(answer([BARE, odd, {"title": "No identifier"}]))
    table = search("x", patience=QUICK).records
    assert table["record"].isna().tolist() == [False, False, True]
    assert table["authors"].tolist()[1] == "Bell J; Marsh O"
    assert table["year"].isna().all()


def test_pages_are_fetched_until_there_are_enough_and_no_further(server):
    def page(request):
        start = {"*": 0, "B": 100, "C": 200}[request.args["cursorMark"]]
        after = {"*": "B", "B": "C", "C": "C"}[request.args["cursorMark"]]
        return Response(json.dumps(answer([made(start + n) for n in range(100)], 5000, after)),
                        content_type="application/json")

    server.expect_request("/search").respond_with_handler(page)
    steps = []
    found = search("x", limit=250, patience=QUICK, progress=lambda *step: steps.append(step))
    assert len(found.records) == 250 and found.records["record"].is_unique
    assert [request.args["cursorMark"] for request in asked(server)] == ["*", "B", "C"]
    assert steps == [(100, 250), (200, 250), (250, 250)]
    assert "found 5,000 records" in found.sentence and "250 of them were fetched" in found.sentence


def test_a_source_that_sends_the_same_page_for_ever_is_asked_twice(server):
    server.expect_request("/search").respond_with_json(answer([made(1)], 5000, "B"))
    assert len(search("x", patience=QUICK).records) == 1
    assert len(server.log) == 2


def test_an_answer_without_a_mark_for_the_next_page_is_the_last(server):
    server.expect_request("/search").respond_with_json(answer([made(n) for n in range(100)], 300))
    assert len(search("x", limit=300, patience=QUICK).records) == 100
    assert len(server.log) == 1


def test_no_hits_is_said_and_is_not_called_no_evidence(server):
    server.expect_request("/search").respond_with_json(answer([]))
    found = search("zzz", patience=QUICK)
    assert len(found.records) == 0 and "No hits is not no evidence" in found.sentence


def test_what_came_before_the_source_stopped_answering_is_kept_and_said(server):
    server.expect_ordered_request("/search").respond_with_json(answer([made(n) for n in range(100)], 300, "B"))
    for _ in range(3):
        server.expect_ordered_request("/search").respond_with_data("", status=503)
    found = search("x", limit=300, patience=QUICK)
    assert len(found.records) == 100
    assert "The others are missing: Europe PMC has a problem of its own (status 503)" in found.sentence


# Nothing is sent


@pytest.mark.parametrize(("text", "more", "said"), [
    ("  \n", {}, "no words to search for"), ("x" * 1501, {}, "has 1,501 characters"),
    ("x", {"limit": 0}, "Between 1 and"), ("x", {"limit": 1001}, "not 1,001"),
    ("x", {"address": "ftp://elsewhere"}, "is not a web address"),
    ("x", {"address": "europepmc"}, "is not a web address"),
])
def test_what_cannot_be_asked_is_not_sent(server, text, more, said):
    with pytest.raises(CourseError, match=said):
        search(text, patience=QUICK, **more)
    assert server.log == []


def test_an_address_given_goes_before_the_variable(server, monkeypatch):
    monkeypatch.setenv(europe_pmc.VARIABLE, "http://127.0.0.1:9")
    server.expect_request("/other/search").respond_with_json(answer([RESULT]))
    assert search("x", address=server.url_for("/other/"), patience=QUICK).address == server.url_for("/other")


# When it goes wrong


def test_offline_or_refused_is_one_sentence_after_three_tries(server, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = refused(address=f"http://127.0.0.1:{port}")
    assert "may be offline, or a firewall may refuse it. That was tried 3 times." in said


def test_a_name_that_nobody_knows_is_one_sentence(server):
    assert "could not be reached" in refused(address="http://europepmc.invalid")


def test_a_slow_answer_is_given_up(server):
    def slow(_request):
        time.sleep(1.2)
        return Response("{}")

    server.expect_request("/search").respond_with_handler(slow)
    start = time.monotonic()
    said = refused()
    assert "did not answer in time. That was tried 3 times" in said
    assert time.monotonic() - start < 5


def test_an_answer_that_trickles_is_given_up_as_a_whole(server):
    def trickle(_request):
        def pieces():
            for _ in range(40):
                time.sleep(0.1)
                yield b" " * 70_000
        return Response(pieces(), content_type="application/json")

    server.expect_request("/search").respond_with_handler(trickle)
    start = time.monotonic()
    assert "did not answer in time" in refused()
    assert time.monotonic() - start < 8


def test_an_answer_that_breaks_off_is_tried_again(server):
    server.expect_ordered_request("/search").respond_with_data(
        '{"hitCount"', content_type="application/json", headers={"Content-Length": "5000"})
    server.expect_ordered_request("/search").respond_with_json(answer([RESULT]))
    assert len(search("x", patience=QUICK).records) == 1


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_fault_of_the_source_is_tried_three_times_with_growing_pauses(server, status):
    times = []

    def fault(_request):
        times.append(time.monotonic())
        return Response("<html>down</html>", status=status, content_type="text/html")

    server.expect_request("/search").respond_with_handler(fault)
    with pytest.raises(CourseError, match=f"status {status}.*tried 3 times.*own library"):
        search("x", patience=Patience(pauses=(0.1, 0.4)))
    assert len(times) == 3
    assert 0.1 <= times[1] - times[0] < times[2] - times[1]


def test_a_fault_that_passes_is_not_noticed(server):
    server.expect_ordered_request("/search").respond_with_data("", status=503)
    server.expect_ordered_request("/search").respond_with_json(answer([RESULT]))
    assert len(search("x", patience=QUICK).records) == 1


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_a_busy_source_is_given_the_pause_it_asks_for(server, form):
    def wish():
        later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=2)
        return "1" if form == "seconds" else format_datetime(later, usegmt=True)

    server.expect_ordered_request("/search").respond_with_data("", status=429, headers={"Retry-After": wish()})
    server.expect_ordered_request("/search").respond_with_json(answer([RESULT]))
    start = time.monotonic()
    assert len(search("x", patience=QUICK).records) == 1
    assert time.monotonic() - start > 0.9


def test_a_source_that_wants_an_hour_is_not_waited_for(server):
    server.expect_request("/search").respond_with_data("", status=429, headers={"Retry-After": "3600"})
    start = time.monotonic()
    assert "asks for fewer requests. It asks to wait 60 minutes" in refused()
    assert time.monotonic() - start < 1 and len(server.log) == 1


@pytest.mark.parametrize("wish", ["", "soon", "-5", "9" * 40])
def test_a_pause_that_makes_no_sense_is_not_taken(server, wish):
    server.expect_request("/search").respond_with_data("", status=429, headers={"Retry-After": wish})
    assert "asks for fewer requests. That was tried 3 times" in refused()


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_refusal_is_not_tried_again(server, status):
    server.expect_request("/search").respond_with_data("no", status=status, content_type="text/plain")
    assert f"refused the request (status {status})" in refused()
    assert len(server.log) == 1


@pytest.mark.parametrize("status", [200, 400])
def test_what_the_source_says_about_a_search_is_passed_on(server, status):
    server.expect_request("/search").respond_with_json(
        {"errCode": 400, "errMsg": "The query <b>cannot</b> be parsed"}, status=status)
    assert "says: “The query cannot be parsed”" in refused()


@pytest.mark.parametrize("body", ["", "{", "not json", '{"hitCount": ', "[" * 100_000])
def test_a_damaged_answer_is_one_sentence(server, body):
    server.expect_request("/search").respond_with_data(body, content_type="application/json")
    assert "is damaged and cannot be read. That was tried 3 times." in refused()


@pytest.mark.parametrize("body", [
    [], "text", None, {}, {"hitCount": 3}, {"hitCount": "3", "resultList": {"result": []}},
    {"hitCount": True, "resultList": {"result": []}}, {"hitCount": -1, "resultList": {"result": []}},
    {"hitCount": 1, "resultList": {"result": {}}}, {"hitCount": 1, "resultList": None}, {"resultList": {"result": []}},
    {"hitCount": 1, "resultList": {"result": ["text"]}},
])
def test_an_answer_of_another_form_is_not_taken_for_records(server, body):
    server.expect_request("/search").respond_with_json(body)
    assert "in a form that this course does not know" in refused()


def test_the_sign_in_page_of_a_network_is_recognised(server):
    server.expect_request("/search").respond_with_data("", status=302, headers={"Location": "/hotel"})
    server.expect_request("/hotel").respond_with_data("<html>Sign in</html>", content_type="text/html")
    assert "your network may want you to sign in first" in refused()


def test_a_request_that_is_sent_round_in_circles_is_given_up(server):
    server.expect_request("/search").respond_with_data("", status=302, headers={"Location": "/search"})
    assert "sent round in circles" in refused()


@pytest.mark.parametrize("kind", ["application/xml", "application/pdf", "text/plain"])
def test_an_answer_of_another_kind_is_named(server, kind):
    server.expect_request("/search").respond_with_data("<x/>", content_type=kind)
    assert f"no list of records ({kind})" in refused()


def test_an_answer_that_is_far_too_large_is_not_read_to_its_end(server, monkeypatch):
    def endless(_request):
        def pieces():
            while True:
                yield b" " * 1_000_000
        return Response(pieces(), content_type="application/json")

    server.expect_request("/search").respond_with_handler(endless)
    with pytest.raises(CourseError, match="sent more than 20 MB, which is no page of records"):
        search("x", patience=Patience(whole=30))


# Keeping


def test_what_came_back_is_kept_with_the_question_and_the_day(server, tmp_path):
    server.expect_request("/search").respond_with_json(answer([RESULT, BARE], 99))
    found = search("home care", patience=QUICK)
    kept, ris = save(found, tmp_path / "searches")
    content = json.loads(kept.read_text(encoding="utf-8"))
    assert (content["asked"], content["records_at_the_source"], content["records_here"]) == ("home care", 99, 2)
    assert content["when_utc"] == found.at.strftime("%Y-%m-%dT%H:%M:%SZ") and content["records"] == [RESULT, BARE]
    assert f"{found.at:%Y-%m-%d}" in kept.name
    assert references.read(ris).records.loc[0, "title"] == "Home care after hospital & what carers said"


def test_a_file_that_is_there_already_is_never_overwritten(server, tmp_path):
    server.expect_request("/search").respond_with_json(answer([RESULT]))
    found = search("x", patience=QUICK)
    assert len({path for _ in range(3) for path in save(found, tmp_path)}) == 6


def test_a_folder_that_cannot_be_made_is_one_sentence(server, tmp_path):
    server.expect_request("/search").respond_with_json(answer([RESULT]))
    (tmp_path / "searches").write_text("a file")
    with pytest.raises(CourseError, match="could not be made.*still on this page"):
        save(search("x", patience=QUICK), tmp_path / "searches")


# The activity


@pytest.fixture
def activity(server, tmp_path, monkeypatch):
    monkeypatch.setattr(live_activity, "PATIENCE", QUICK)
    return LiveSearch("m02-a2-live", tmp_path)


def press(panel, consent=True, text="home care"):
    held = named(panel)
    held["Words to search for"].value = text
    held[live_activity.CONSENT].value = consent
    held["Search Europe PMC now"].click()


def test_nothing_is_sent_by_opening_typing_or_ticking(server, activity):
    panel = activity.panel()
    held = named(panel)
    assert held[live_activity.CONSENT].value is False
    held["Words to search for"].value = "home care"
    held[live_activity.CONSENT].value = True
    activity.report()
    assert server.log == []


def test_the_button_cannot_be_pressed_while_it_waits_and_can_be_again_afterwards(server, activity):
    panel = activity.panel()
    button, held = named(panel)["Search Europe PMC now"], []
    button.observe(lambda change: held.append(change["new"]), names="disabled")
    press(panel)
    assert held == [True, False]
    press(panel, consent=False)
    assert held == [True, False]


def test_nothing_is_sent_without_the_tick(server, activity):
    panel = activity.panel()
    press(panel, consent=False)
    assert server.log == []
    assert "Nothing was sent: tick the box" in words(panel)


def test_beforehand_it_says_what_is_sent_and_to_whom(activity):
    said = words(activity.panel())
    assert "European Bioinformatics Institute" in said
    assert "the words you type" in said and "your computer's internet address" in said
    assert "Nothing else" in said


def test_words_that_could_identify_a_person_are_not_sent(server, activity):
    panel = activity.panel()
    press(panel, text="care for 943 476 5919")
    assert server.log == [] and "NHS number" in words(panel)
    assert "943 476 5919" not in "".join(path.read_text() for path in activity.folder.rglob("*.json"))


def test_results_are_a_table_that_comes_back_another_day_without_the_network(server, activity):
    server.expect_request("/search").respond_with_json(answer([RESULT, BARE], 99))
    panel = activity.panel()
    press(panel)
    said = words(panel)
    assert 'role="status"' in said and "found 99 records" in said
    assert "<caption>Records from Europe PMC" in said and "Home care after hospital &amp; what carers said" in said
    assert len(list((activity.folder / live_activity.KEPT_IN).glob("europe-pmc-*"))) == 2
    server.clear()
    again = LiveSearch("m02-a2-live", activity.folder)
    assert again.result == activity.result
    assert "found 99 records" in again.report() and server.log == []
    assert again.shown().startswith("Asked Europe PMC for “home care”")


def test_the_tick_is_off_again_another_day(activity, server):
    server.expect_request("/search").respond_with_json(answer([RESULT]))
    press(activity.panel())
    assert named(LiveSearch("m02-a2-live", activity.folder).panel())[live_activity.CONSENT].value is False


def test_a_failure_is_an_alert_with_what_works_instead_and_the_earlier_result_stays(server, activity):
    server.expect_oneshot_request("/search").respond_with_json(answer([RESULT]))
    panel = activity.panel()
    press(panel)
    earlier = activity.result
    server.expect_request("/search").respond_with_data("", status=404, content_type="text/plain")
    press(panel, text="other words")
    said = words(panel)
    assert '<div role="alert">' in said and "own library instead" in said
    assert activity.result == earlier


def test_results_that_cannot_be_kept_are_shown_all_the_same(server, activity):
    server.expect_request("/search").respond_with_json(answer([RESULT]))
    (activity.folder / live_activity.KEPT_IN).write_text("a file of that name")
    panel = activity.panel()
    press(panel)
    assert "Home care after hospital" in words(panel) and "could not be made" in words(panel)


def test_where_nobody_can_click_the_network_is_never_touched(server, activity, monkeypatch):
    monkeypatch.setenv("RESEARCHSKILLS_STATIC", "1")
    assert activity.search("home care", consent=True) is False
    assert "No search was sent" in activity.trouble
    assert "No search has been sent yet" in activity.report()
    assert server.log == []


def test_markup_in_a_title_never_becomes_part_of_the_page(server, activity):
    server.expect_request("/search").respond_with_json(answer([RESULT | {"title": "<script>alert(1)</script> x"}]))
    panel = activity.panel()
    press(panel)
    assert "<script" not in words(panel) and "<script" not in activity.report()


def test_every_control_has_a_name_of_its_own_and_is_a_kind_that_screen_readers_know(activity):
    held = list(controls(activity.panel()))
    assert len({one.description for one in held if one.description.strip()}) == len(held)
    for one in held:
        assert isinstance(one, ipywidgets.Text | ipywidgets.Checkbox | ipywidgets.Dropdown | ipywidgets.Button)


def test_opening_a_page_with_the_activity_does_not_wait_for_requests():
    code = ("import sys, researchskills.evidence.live_activity; "
            "sys.exit('requests' in sys.modules or 'rispy' in sys.modules)")
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_records_of_the_live_search_go_into_ris_like_all_others(server, tmp_path):
    server.expect_request("/search").respond_with_json(answer([RESULT, made(2)]))
    found = search("x", patience=QUICK)
    back = references.read(references.write_ris(found.records, tmp_path / "x.ris")).records
    pd.testing.assert_frame_equal(back, found.records)
