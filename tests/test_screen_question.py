"""The question kind `screen`: screen some records, and see where a panel decided otherwise."""

import json

import pytest
from panels import controls
from traitlets import TraitError

from researchskills import bank, checks
from researchskills.evidence import library_sets
from researchskills.evidence import screen_question as screen

#: What the panel decided about twelve invented records: six go on (one of them unsure), six do not.
PANEL = {f"LB{number:05}": "include" if number <= 5 else "unsure" if number == 6 else "exclude"
         for number in range(1, 13)}
pytestmark = pytest.mark.usefixtures("small_library")
BASE = {"kind": "screen", "title": "Calibrate", "prompt": "Screen these records.", "points": 5,
        "reason": "Read the question once more.", "why": "Panels differ, too."}


def forget():
    for function in (library_sets._library, library_sets._key, library_sets.screening_set):
        function.cache_clear()


@pytest.fixture
def small_library(tmp_path, monkeypatch):
    """A library of twelve records with its sealed key, in a course folder of its own."""
    home = tmp_path / "root" / "datasets" / "library"
    home.mkdir(parents=True)
    rows = [f"{one},Breaks number {one[-2:]},What a break changed.,Okafor N" for one in PANEL]
    (home / "records.csv").write_text("record,title,abstract,authors\n" + "\n".join(rows) + "\n", encoding="utf-8")
    (home / "topics.csv").write_text("topic,title,question,use\nbreaks,Breaks,Do breaks help carers?,exercise\n",
                                     encoding="utf-8")
    tables = [{"name": name, "path": f"{name}.csv",
               "schema": {"fields": [{"name": field, "type": "string"} for field in fields]}}
              for name, fields in (("records", ("record", "title", "abstract", "authors")),
                                   ("topics", ("topic", "title", "question", "use")))]
    (home / "datapackage.json").write_text(json.dumps({"name": "library", "resources": tables}), encoding="utf-8")
    key = {"topics": {}, "duplicates": [],
           "screening": {"topic": "breaks", "criteria": ["People: carers."], "records": [
               {"record": one, "decision": what, "reason": f"The panel's word on {one}."}
               for one, what in PANEL.items()]}}
    (home / "planted.sealed").write_text(bank.seal("library", key), encoding="utf-8")
    monkeypatch.setenv("RESEARCHSKILLS_ROOT", str(tmp_path / "root"))
    forget()
    yield
    forget()


def asked(**changes) -> bank.Question:
    source = {**BASE, **changes}
    content, key, _ = screen.split("m02-q8-calibration", source)
    if source.get("why"):
        key["why"] = source["why"]
    return bank.Question(id="m02-q8-calibration", kind="screen", title=source["title"], prompt=source["prompt"],
                         points=source["points"], where="exercises", content=content, key=key)


def with_slips(*slips: str) -> dict:
    return {one: ("include" if what == "exclude" else "exclude") if one in slips else what
            for one, what in PANEL.items()}


# -- the verdict --------------------------------------------------------------------------------


def test_the_panels_own_decisions_get_full_marks_and_say_why():
    question = asked()
    outcome = screen.assess(question, screen.model_answer(question))
    assert (outcome.status, outcome.fraction) == (checks.CORRECT, 1.0)
    assert "You and the panel agree on 12 of 12 records (100%)" in outcome.message
    assert "Panels differ, too." in outcome.message


@pytest.mark.parametrize("given", [{}, None, {"LB99999": "include"}])
def test_nothing_decided_is_not_attempted_and_scores_nothing(given):
    outcome = screen.assess(asked(), given)
    assert (outcome.status, outcome.fraction) == (checks.NOT_ATTEMPTED, 0)


def test_from_the_threshold_on_an_answer_is_right_and_the_differences_are_still_named():
    # By hand: 11 of 12 alike; by chance (6·5 + 6·7)/144 = 0.5; kappa (11/12 − 1/2)/(1/2) = 5/6.
    outcome = screen.assess(asked(), with_slips("LB00002"))
    assert outcome.status == checks.CORRECT
    assert "Cohen's kappa was 0.83" in outcome.message
    assert ("- **Breaks number 02** (LB00002): you say exclude, the panel says include. The panel's word on LB00002."
            in outcome.message)
    assert "Only 12 things were judged by both" in outcome.message


def test_below_the_threshold_the_share_is_kappa_over_threshold():
    # By hand: 8 of 12 alike, both with 6 and 6; kappa (8/12 − 1/2)/(1/2) = 1/3.
    slips = ("LB00001", "LB00002", "LB00007", "LB00008")
    outcome = screen.assess(asked(threshold=0.8), with_slips(*slips))
    assert (outcome.status, outcome.fraction) == (checks.NOT_YET, pytest.approx((1 / 3) / 0.8))
    assert all(slip in outcome.message for slip in slips)
    assert "From 0.8 on it counts as right here." in outcome.message
    assert "Read the question once more." in outcome.message


def test_being_unsure_keeps_a_record_as_including_does():
    answer = {one: "unsure" if what == "include" else "include" if what == "unsure" else what
              for one, what in PANEL.items()}
    assert screen.assess(asked(), answer).fraction == 1.0


@pytest.mark.parametrize("decision", ["include", "exclude", "unsure"])
def test_deciding_the_same_about_everything_is_worth_nothing(decision):
    outcome = screen.assess(asked(), dict.fromkeys(PANEL, decision))
    assert (outcome.status, outcome.fraction) == (checks.NOT_YET, 0)
    assert "You decided the same about every record" in outcome.message
    assert "confidence interval" not in outcome.message


def test_the_opposite_of_the_panel_is_worth_nothing_rather_than_less():
    assert screen.assess(asked(), with_slips(*PANEL)).fraction == 0


def test_while_records_are_undecided_the_answer_is_not_right_yet():
    half = {one: PANEL[one] for one in list(PANEL)[3:9]}
    outcome = screen.assess(asked(), half)
    assert (outcome.status, outcome.fraction) == (checks.NOT_YET, pytest.approx(0.5))
    assert "6 of 12 records have no decision yet" in outcome.message
    assert "confidence interval" not in outcome.message, "a kappa of six says nothing"
    one = screen.assess(asked(), {"LB00001": "include"})
    assert (one.status, one.fraction) == (checks.NOT_YET, 0)


# -- what authors write -------------------------------------------------------------------------


def test_fewer_records_are_taken_from_both_kinds_and_always_the_same_ones():
    content = asked(records=6).content
    assert len(content["records"]) == 6
    assert sum(PANEL[one] != "exclude" for one in content["records"]) == 3
    assert content == asked(records=6).content
    assert content["question"] == "Do breaks help carers?"


@pytest.mark.parametrize(("changes", "words"), [
    ({"topic": "housing"}, "has for “breaks”"), ({"threshold": 0}, "threshold"), ({"threshold": True}, "threshold"),
    ({"threshold": "high"}, "threshold"), ({"records": 3}, "from 4 to 12"), ({"records": 13}, "from 4 to 12"),
    ({"records": "all"}, "from 4 to 12"),
])
def test_a_question_that_contradicts_itself_is_refused(changes, words):
    with pytest.raises(bank.QuestionError, match=words):
        asked(**changes)


def test_the_panel_is_sealed_and_comes_back():
    question = asked()
    released = question.released()
    assert "The panel's word" not in json.dumps(released, ensure_ascii=False)
    assert bank.Question.from_released(released).key == question.key
    assert set(BASE) - {"kind", "title", "prompt", "points"} <= screen.REQUIRED | screen.OPTIONAL


# -- on the screen ------------------------------------------------------------------------------


def test_choosing_in_the_lists_is_the_answer_and_survives(tmp_path):
    activity = screen.activity()(asked(), tmp_path)
    named = {control.description: control for control in controls(activity.panel())}
    first = activity.asked.content["records"][0]
    assert len(named) == 12
    named["Decision about record 1 of 12"].value = "unsure"
    assert activity.answer == {first: "unsure"}
    again = screen.activity()(asked(), tmp_path)
    assert again.shown() == f"{first}: unsure"
    report = again.report()
    assert f"Breaks number {first[-2:]}" in report
    assert "<li>People: carers.</li>" in report
    assert "<script" not in report
    assert "The panel's word" not in report
    named["Decision about record 1 of 12"].value = ""
    assert activity.answer == {}


@pytest.mark.parametrize("bad", [{"LB00001": "perhaps"}, {"LB99999": "include"}, {"LB00001": 3}])
def test_an_answer_that_the_lists_cannot_give_is_refused(tmp_path, bad):
    activity = screen.activity()(asked(), tmp_path)
    with pytest.raises(TraitError):
        activity.answer = bad


def test_the_panel_of_the_library_itself_can_be_asked(monkeypatch):
    monkeypatch.delenv("RESEARCHSKILLS_ROOT")
    forget()
    question = asked(records=20)
    assert len(question.content["records"]) == 20
    assert screen.assess(question, screen.model_answer(question)).fraction == 1.0
    assert screen.assess(question, {}).fraction == 0
    wrong = {one: "exclude" if what == "include" else "include" for one, what in screen.model_answer(question).items()}
    told = screen.assess(question, wrong)
    assert told.fraction == 0
    assert all(held["why"] in told.message for held in question.key["panel"].values())
