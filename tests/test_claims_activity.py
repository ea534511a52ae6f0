"""Claims traced: sentence beside source, a verdict that is committed to, and the course's view only after that."""

import json

import ipywidgets
import pytest
from panels import alert, controls, named, words

from researchskills import datasets
from researchskills.appraisal import claims, claims_activity
from researchskills.appraisal.claims_activity import TraceClaims
from researchskills.errors import CourseError

NAME = "m03-a7-claims"
FAIR = "Mothers who were not teenagers parented better."


@pytest.fixture
def trace(tmp_path):
    return TraceClaims(NAME, ["C01", "C02", "C07"], tmp_path)


def assert_usable(panel):
    names = [control.description.strip() for control in controls(panel)]
    assert all(names)
    assert len(set(names)) == len(names)
    for control in controls(panel):
        assert isinstance(control, ipywidgets.Dropdown | ipywidgets.Textarea | ipywidgets.Button)


def commit(use, verdict="reversed", fair=FAIR):
    use["Your verdict"].value = verdict
    use["What a fair sentence would say"].value = fair
    use["Compare with the course"].click()


# -- the claims ---------------------------------------------------------------------------------


def test_the_first_set_begins_with_the_flagship_and_meets_every_verdict():
    assert claims.FIRST_SET[:2] == ("C01", "C02")
    assert {claims.view(key).verdict for key in claims.FIRST_SET} == set(claims.VERDICTS)


def test_claims_are_chosen_once_each_and_an_unknown_one_is_named():
    assert claims.chosen() == list(claims.FIRST_SET)
    assert claims.chosen(["C03", "C01", "C03"]) == ["C03", "C01"]
    assert claims.chosen("C03") == ["C03"]
    with pytest.raises(CourseError, match="There is no claim “C99”. Did you mean"):
        claims.chosen(["C01", "C99"])
    with pytest.raises(CourseError, match="There is no claim “1”"):
        claims.chosen([1])
    with pytest.raises(CourseError, match="at least one claim"):
        claims.chosen([])


def test_a_verdict_is_put_beside_the_courses_without_a_mark():
    assert claims.compared("reversed", "C01") == "You and the course see it alike: reversed."
    assert "Yours can be defended as well" in claims.compared("overstated", "C01")
    assert "good habit" in claims.compared("cannot tell", "C01")
    assert "Put the two sentences side by side once more" in claims.compared("agrees", "C01")
    told = " ".join(claims.compared(choice, key) for choice in claims.CHOICES for key in claims.claims())
    assert not any(word in told.casefold() for word in ("correct", "mistake", "point", "score"))


# -- the panel ----------------------------------------------------------------------------------


def test_the_sentence_and_its_source_stand_side_by_side_with_where_to_read_it(trace):
    panel = trace.panel()
    assert_usable(panel)
    told = words(panel)
    assert told.index("<strong>What is stated</strong>") < told.index("<strong>What its source reports</strong>")
    first = claims.claims()["C01"]
    assert told.index("effective for teenage mothers") < told.index("Mothers who were not teenagers showed")
    assert f'<a href="{first.link}" target="_blank" rel="noopener">Abstract and full text' in told
    assert "We have checked: what is named below was read" in told
    assert "verified" not in told
    assert "<h5><strong>Claim 1 of 3</strong></h5>" in told


def test_a_claim_without_a_source_says_what_was_found_and_may_be_called_not_found(tmp_path):
    trace = TraceClaims("m03-a7-claims", ["C22"], tmp_path)
    told = words(trace.panel())
    assert "<strong>What we found when we looked</strong>" in told
    assert "What its source reports" not in told
    assert "It names no source." in told and "?." not in told
    assert "Yours can be defended as well" in claims.compared("not found", "C22")
    assert "which words make the difference" not in claims.compared("not found", "C22")


def test_the_courses_view_is_hidden_until_the_reader_has_committed(trace):
    panel = trace.panel()
    use = named(panel)
    hidden = claims.view("C01").why
    assert hidden not in words(panel)
    use["Compare with the course"].click()
    assert "Choose your verdict first" in alert(panel)
    use["Your verdict"].value = "overstated"
    assert hidden not in words(panel)
    use["Compare with the course"].click()
    assert "Write what a fair sentence would say first" in alert(panel)
    assert hidden not in words(panel) + trace.report()
    use["What a fair sentence would say"].value = FAIR
    use["Compare with the course"].click()
    assert "Yours can be defended as well" in alert(panel)
    assert "Reversed: the source says the opposite. Also to be defended: overstated." in words(panel)
    assert claims.view("C01").fair in trace.report()


@pytest.mark.parametrize("verdict", ["agrees", "cannot tell"])
def test_no_fair_sentence_is_needed_where_nothing_is_to_be_mended_or_nothing_can_be_told(trace, verdict):
    panel = trace.panel()
    commit(named(panel), verdict, "")
    assert trace.is_compared("C01")


def test_what_was_said_first_is_kept_when_the_reader_changes_their_mind(trace):
    use = named(trace.panel())
    commit(use, "agrees", "")
    assert "Before you saw" not in trace.report()
    use["Your verdict"].value = "reversed"
    use["What a fair sentence would say"].value = FAIR
    assert trace.said["C01"]["first"] == {"verdict": "agrees", "fair": ""}
    assert "Before you saw the course’s view you said: Agrees: the source says this." in trace.report()


def test_looking_saves_nothing_and_no_control_is_replaced(trace, tmp_path):
    panel = trace.panel()
    before = [id(control) for control in controls(panel)]
    use = named(panel)
    for name in ("Next claim", "Previous claim", "Next one not traced yet"):
        use[name].click()
    assert "claim 2 of 3" in alert(panel).casefold()
    assert not (tmp_path / "answers").exists()
    commit(use)
    assert [id(control) for control in controls(panel)] == before
    assert trace.shown() == "1 of 3 claims traced."


def test_going_to_a_claim_shows_what_was_said_about_it_and_not_about_another(trace):
    panel = trace.panel()
    use = named(panel)
    commit(use)
    use["Go to a claim"].value = "C02"
    assert use["Your verdict"].value == "" == use["What a fair sentence would say"].value
    assert "What the course makes of it" not in words(panel)
    use["Go to a claim"].value = "C01"
    assert use["What a fair sentence would say"].value == FAIR
    assert "(traced)" in use["Go to a claim"].options[0][0]
    assert "C02" not in trace.said


def test_the_next_one_not_traced_is_looked_for_round_the_end(trace):
    panel = trace.panel()
    use = named(panel)
    use["Go to a claim"].value = "C07"
    commit(use, "agrees", "")
    use["Next one not traced yet"].click()
    assert trace.current == "C01"
    for key in ("C01", "C02"):
        use["Go to a claim"].value = key
        commit(use)
    use["Next one not traced yet"].click()
    assert "Every claim is traced." in alert(panel)
    assert "All 3 claims traced." in words(panel)


def test_answers_and_the_place_survive(trace, tmp_path):
    use = named(trace.panel())
    commit(use)
    use["Next claim"].click()
    use["Your verdict"].value = "overstated"
    again = TraceClaims(NAME, ["C01", "C02", "C07"], tmp_path)
    assert again.current == "C02"
    panel = again.panel()
    assert named(panel)["Your verdict"].value == "overstated"
    assert "1 of 3 claims traced" in words(panel)
    assert again.report() == trace.report()
    # Fewer claims in a later edition: what was said about the others stays in the file.
    assert TraceClaims(NAME, ["C07"], tmp_path).said == trace.said


def test_a_detail_that_identifies_somebody_is_not_saved(trace):
    panel = trace.panel()
    use = named(panel)
    use["Your verdict"].value = "reversed"
    # A made-up number of the test range, with the right check digit.
    use["What a fair sentence would say"].value = "NHS number 943 476 5919"
    assert "(NHS number: 94…19) and was not saved" in alert(panel)
    assert trace.said["C01"]["fair"] == ""
    assert "943 476" in use["What a fair sentence would say"].value


@pytest.mark.parametrize("state", [
    {"said": {"C01": {"verdict": "wrong", "fair": "", "first": {}}}}, {"said": {"C01": 3}},
    {"said": {"C01": {"verdict": "agrees", "fair": 1, "first": {}}}},
    {"said": {"C01": {"verdict": "agrees", "fair": "", "first": {"verdict": "", "fair": ""}}}},
    {"said": {"C01": {"verdict": "agrees", "fair": ""}}}, {"own": [{"stated": "x"}]}, {"own": [None]},
])
def test_a_state_that_cannot_be_shown_is_set_aside(tmp_path, state):
    file = tmp_path / "answers" / f"{NAME}.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"activity": "TraceClaims", "name": NAME, "state": state, "shown": "something",
                                "schema": 1, "revision": 1, "saved": "", "earlier": []}), encoding="utf-8")
    trace = TraceClaims(NAME, ["C01"], tmp_path)
    assert "This question has changed" in trace.notice
    assert trace.said == {} and trace.own == []
    assert "This question has changed" in words(trace.panel())


# -- claims of one's own ------------------------------------------------------------------------

OWN = {"Your claim: what is stated, and where": "“Telecare halves admissions”, <b>leaflet</b>",
       "Your claim: what it names as its source": "A trial of 2012",
       "Your claim: what that source says": "45 % lower odds of death, no saving of money",
       "Your claim: a fair sentence": "In one trial fewer people died."}


def fill(use, **changes):
    for name, value in {**OWN, **changes}.items():
        use[name].value = value
    use["Your claim: your verdict"].value = "overstated"


def test_a_claim_of_ones_own_is_added_shown_and_taken_out_again(trace):
    panel = trace.panel()
    use = named(panel)
    assert use["Take this claim out"].layout.display == "none"
    fill(use)
    use["Add this claim"].click()
    assert "Added as your claim 1." in alert(panel)
    assert use["Your claim: what is stated, and where"].value == ""
    assert "&lt;b&gt;leaflet" in trace.report() and "<b>leaflet" not in trace.report()
    assert trace.shown() == "1 claim of your own."
    use["Take this claim out"].click()
    assert "Choose one of your claims" in alert(panel)
    use["One of your claims"].value = 0
    use["Take this claim out"].click()
    assert trace.own == []


def test_an_own_claim_that_lacks_something_or_identifies_somebody_is_not_added(trace):
    panel = trace.panel()
    use = named(panel)
    use["Add this claim"].click()
    assert ("Still missing: what is stated, and where; what it names as its source; what that source says; your "
            "verdict.") in alert(panel)
    fill(use, **{"Your claim: what that source says": "Ask jo.smith@example.org"})
    use["Add this claim"].click()
    assert "e-mail address" in alert(panel)
    assert trace.own == []
    assert use["Your claim: what it names as its source"].value == "A trial of 2012"


def test_own_claims_have_an_end(trace):
    trace.own = [{"stated": "a", "cited": "b", "reported": "c", "fair": "", "verdict": "agrees"}] * 20
    with pytest.raises(CourseError, match="There are 20 claims of your own already"):
        trace.add_own("agrees", stated="a", cited="b", reported="c")


# -- what leaves the page -----------------------------------------------------------------------


def test_the_page_that_is_saved_has_what_was_said_and_runs_nothing(trace, tmp_path):
    panel = trace.panel()
    use = named(panel)
    use["Save as a page to read or print"].click()
    assert "There is nothing to save yet" in alert(panel)
    assert not list(tmp_path.glob("*.html"))
    commit(use)
    use["Save as a page to read or print"].click()
    page = (tmp_path / f"{NAME}-claims.html").read_text(encoding="utf-8")
    assert FAIR in page and claims.view("C01").fair in page and "<script" not in page
    assert "Claim 2 of 3" not in page


def test_a_folder_that_cannot_be_written_to_is_told_in_a_sentence(trace, tmp_path):
    panel = trace.panel()
    commit(named(panel))
    (tmp_path / f"{NAME}-claims.html").mkdir()
    named(panel)["Save as a page to read or print"].click()
    assert "could not be written" in alert(panel)


def test_lessons_get_one_activity_for_each_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = claims_activity.trace_claims(NAME)
    assert found.keys == list(claims.FIRST_SET)
    assert claims_activity.trace_claims(NAME) is found
    every = claims_activity.trace_claims("m03-a7-all", list(claims.claims()))
    panel = every.panel()
    for _ in datasets.load("claims")["claim"]:
        commit(named(panel))
        named(panel)["Next claim"].click()
    assert every.shown() == "All 26 claims traced."
    with pytest.raises(CourseError, match="Did you mean"):
        claims_activity.trace_claims(NAME, ["C1"])
