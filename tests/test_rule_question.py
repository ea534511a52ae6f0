"""The question kind `rule`: a rule flags rows, and precision and recall are said in words."""

import ipywidgets
import pytest
from panels import controls, everything
from traitlets import TraitError

from researchskills import bank, checks, datasets
from researchskills.data import rule_question as rule
from researchskills.data.rule_question import Caught

BASE = {
    "kind": "rule", "title": "Decided too early", "prompt": "Write a rule.", "points": 4,
    "dataset": "referrals", "resource": "as_exported",
    "fields": ["referral_id", "person", "received", "decided", "team", "ethnicity"],
    "fault": "decided before received",
    "right": {"conditions": [{"field": "decided", "comparison": "is before the date in", "other": "received"}]},
    "reason": "Compare the two dates.", "why": "Nothing is decided before it is asked for.",
}
BLANK_ONE_TEAM = {"joined": "and", "conditions": [
    {"field": "ethnicity", "comparison": "is blank"},
    {"field": "team", "comparison": "is", "value": "Westering adult care"}]}


def asked(**changes) -> bank.Question:
    source = {**BASE, **changes}
    content, key, _ = rule.split("m04-q2-rule", source)
    if source.get("why"):
        key["why"] = source["why"]
    return bank.Question(id="m04-q2-rule", kind="rule", title=source["title"], prompt=source["prompt"],
                         points=source["points"], where="exercises", content=content, key=key)


def answer(field, comparison, value="", other="") -> dict:
    return {"joined": "and", "conditions": [
        {"field": field, "comparison": comparison, "value": value, "other": other}]}


# -- precision, recall, F1 ----------------------------------------------------------------------


@pytest.mark.parametrize(("flagged", "faults", "both", "precision", "recall", "f1"), [
    # By hand from the definitions (van Rijsbergen, 1979): P = both/flagged, R = both/faults, F1 = 2PR/(P+R).
    (40, 50, 25, 0.625, 0.5, 2 * 0.625 * 0.5 / 1.125),
    (10, 10, 10, 1, 1, 1),
    (100, 10, 10, 0.1, 1, 0.2 / 1.1),
    (5, 10, 0, 0, 0, 0),
    (0, 10, 0, 0, 0, 0),
])
def test_precision_recall_and_f1_are_those_of_the_definition(flagged, faults, both, precision, recall, f1):
    found = Caught(flagged, faults, both)
    assert (found.precision, found.recall, found.f1) == pytest.approx((precision, recall, f1))


@pytest.mark.parametrize(("numbers", "words"), [
    ((40, 50, 25), "Of the 40 rows you flagged, 25 are faults; 15 are sound (precision 62 %). Of the 50 faults you "
                   "found 25 and missed 25 (recall 50 %). Together they make F1 = 0.56."),
    ((2, 3, 1), "Of the 2 rows you flagged, 1 is a fault; 1 is sound (precision 50 %)."),
    ((10, 10, 10), "All 10 rows you flagged are faults (precision 100 %). Of the 10 faults you found 10 (recall"),
    ((1000, 999, 999), "(precision 99.9 %)"),
    ((0, 7, 0), "Your rule flags no row at all. There are 7 faults to be found."),
])
def test_precision_and_recall_are_said_in_words(numbers, words):
    assert words in Caught(*numbers).words


# -- the verdict --------------------------------------------------------------------------------


def test_the_authors_rule_gets_full_marks_and_says_why():
    question = asked()
    outcome = rule.assess(question, rule.model_answer(question))
    assert (outcome.status, outcome.fraction) == (checks.CORRECT, 1.0)
    assert "Nothing is decided before it is asked for." in outcome.message
    assert "From 0.9 on a rule is good enough here." in outcome.message


def test_a_rule_below_the_threshold_gets_its_share():
    # The team that leaves ethnicity out is 517 of the 554 rows with a blank: F1 = 2·517/(554 + 517).
    question = asked(fault="ethnicity left out by a team", right=BLANK_ONE_TEAM, threshold=0.98)
    found = rule.assess(question, answer("ethnicity", "is blank"))
    f1 = 2 * 517 / (554 + 517)
    assert (found.status, found.fraction) == (checks.NOT_YET, pytest.approx(f1 / 0.98))
    assert "37 are sound" in found.message
    assert "Compare the two dates." in found.message
    assert rule.assess(asked(fault="ethnicity left out by a team", right=BLANK_ONE_TEAM),
                       answer("ethnicity", "is blank")).status == checks.CORRECT


@pytest.mark.parametrize(("given", "words"), [
    (answer("decided", "is blank"), "None of the faults is caught yet"),
    (answer("decided", "is not blank"), "also flags sound rows"),
])
def test_without_a_reason_of_the_authors_the_learner_is_told_what_is_lacking(given, words):
    outcome = rule.assess(asked(reason=""), given)
    assert outcome.status == checks.NOT_YET
    assert words in outcome.message


@pytest.mark.parametrize("given", [{}, None, {"joined": "and", "conditions": [{}]},
                                   {"conditions": [{"field": "decided", "comparison": ""}]}])
def test_nothing_chosen_is_not_attempted(given):
    assert rule.assess(asked(), given).status == checks.NOT_ATTEMPTED


@pytest.mark.parametrize(("given", "words"), [
    (answer("decided", "is before", "soon"), "cannot be read as a date"),
    (answer("decided", "is before"), "needs a date"),
    (answer("decided", "is before the date in"), "needs the other field: the one to compare with"),
    (answer("person", "comes again within (days)", "14"), "needs the other field: the date by which"),
])
def test_a_rule_that_is_not_finished_cannot_be_checked_and_costs_nothing(given, words):
    outcome = rule.assess(asked(), given)
    assert (outcome.status, outcome.fraction) == (checks.ERROR, 0)
    assert words in outcome.message
    assert "Nothing was changed" not in outcome.message


def test_a_rule_that_is_not_good_enough_says_how_good_is_enough():
    outcome = rule.assess(asked(), answer("decided", "is not blank"))
    assert f"From {asked().content['threshold']:g} on a rule counts as right here." in outcome.message


def told(widget) -> str:
    return " ".join(one.value for one in everything(widget) if isinstance(one, ipywidgets.HTML))


def test_commas_between_values_are_noticed(activity):
    panel = activity.panel()
    fields = {control.description: control for control in controls(panel)}
    fields["Condition 1: field"].value = "team"
    fields["Condition 1: comparison"].value = "is one of"
    fields["Condition 1: value"].value = "9, 99"
    assert "Put a semicolon between two values" in told(panel)
    fields["Condition 1: value"].value = "9; 99"
    assert "Put a semicolon between two values" not in told(panel)


def test_a_comparison_with_another_field_says_what_that_field_is_for(activity):
    panel = activity.panel()
    fields = {control.description: control for control in controls(panel)}
    fields["Condition 1: field"].value = "person"
    fields["Condition 1: comparison"].value = "comes again within (days)"
    assert "Other field: the date by which the days are counted." in told(panel)
    fields["Condition 1: value"].value = "14"
    assert "needs the other field" in told(panel)


def test_without_a_fault_the_authors_rule_is_the_key():
    question = asked(fault=[], right=BLANK_ONE_TEAM)
    assert rule.fault_rows(question) == rule.flagged_rows(question, BLANK_ONE_TEAM)
    assert len(rule.fault_rows(question)) == 517


def test_several_faults_and_one_field_of_a_fault_can_be_the_key():
    both = asked(fault=["impossible date", "American dates"])
    rows = {entry["row"] for name in ("impossible date", "American dates")
            for entry in datasets.planted("referrals")["faults"][name]}
    assert rule.fault_rows(both) == rows
    one = asked(fault="missing in disguise", fault_field="ethnicity")
    assert 0 < len(rule.fault_rows(one)) < len(rule.fault_rows(asked(fault="missing in disguise")))


def test_a_fault_that_the_key_does_not_know_is_told_without_blame():
    outcome = rule.assess(asked(fault="gremlins"), rule.model_answer(asked()))
    assert outcome.status == checks.ERROR
    assert "does not know the fault “gremlins”" in outcome.message


#: Rules that a learner can build; each finds its fault in the course's export, and exercises may use it.
EXPRESSIBLE = [
    ("exact duplicate", "", [("(whole row)", "repeats an earlier row", "", "")]),
    ("bounced", "", [("person", "comes again within (days)", "14", "received")]),
    ("decided before received", "", [("decided", "is before the date in", "", "received")]),
    (["impossible date", "American dates"], "",
     [("received", "is not a date", "", ""), ("decided", "is not a date", "", "")]),
    ("missing in disguise", "ethnicity", [("ethnicity", "is one of", "99; n/a; Not held", "")]),
    ("category renamed", "", [("source", "is", "Primary care network", "")]),
]


@pytest.mark.parametrize(("fault", "field", "conditions"), EXPRESSIBLE)
def test_planted_faults_can_be_found_with_the_lists_alone(fault, field, conditions):
    listed = [dict(zip(("field", "comparison", "value", "other"), one)) for one in conditions]
    right = {"joined": "or", "conditions": listed}
    question = asked(fault=fault, fault_field=field, right=right, fields=None)
    assert rule.caught(question, rule.model_answer(question)).f1 >= 0.9


# -- what authors write -------------------------------------------------------------------------


@pytest.mark.parametrize(("changes", "words"), [
    ({"dataset": "referrls"}, "Did you mean “referrals”"),
    ({"resource": "export"}, "no table “export”"),
    ({"fields": ["received", "weight"]}, "the field “weight” does not exist"),
    ({"comparisons": ["is like"]}, "the comparison “is like” does not exist"),
    ({"right": {}}, "right needs conditions"),
    ({"right": {"conditions": []}}, "one to 3 conditions"),
    ({"right": {**BLANK_ONE_TEAM, "joined": "xor"}}, "joined by and or or"),
    ({"fields": ["received", "decided"], "right": BLANK_ONE_TEAM}, "which learners are not offered"),
    ({"threshold": 90}, "threshold"),
])
def test_a_question_that_contradicts_itself_is_refused(changes, words):
    with pytest.raises(bank.QuestionError, match=words):
        asked(**changes)


def test_the_key_is_sealed_and_comes_back():
    question = asked()
    released = question.released()
    assert "is before the date in" not in released["sealed"]
    assert "right" not in released["content"]
    assert bank.Question.from_released(released).key == question.key
    assert set(BASE) - {"kind", "title", "prompt", "points"} <= rule.REQUIRED | rule.OPTIONAL


# -- on the screen ------------------------------------------------------------------------------


@pytest.fixture
def activity(tmp_path):
    return rule.activity()(asked(), tmp_path)


def test_choosing_in_the_lists_is_the_answer_and_survives(activity, tmp_path):
    named = {control.description: control for control in controls(activity.panel())}
    named["Condition 1: field"].value = "decided"
    named["Condition 1: comparison"].value = "is before the date in"
    named["Condition 1: other field"].value = "received"
    assert activity.shown() == "decided is before the date in received"
    assert activity.outcome().status == checks.CORRECT
    again = rule.activity()(asked(), tmp_path)
    assert again.answer == activity.answer
    held = {control.description: control.value for control in controls(again.panel())}
    assert held["Condition 1: other field"] == "received"
    assert "Your rule flags 21 of 5,150 rows, the first in row" in again.report()


def test_further_conditions_appear_when_they_are_asked_for_and_go_again(activity):
    panel = activity.panel()
    named = {control.description: control for control in controls(panel)}

    def visible(word):
        parents = [box for box in everything(panel) if named[word] in getattr(box, "children", ())]
        return all(one.layout.display != "none" for one in [named[word], *parents])

    assert visible("Condition 1: field")
    assert not visible("Condition 2: field")
    assert not visible("Conditions joined by")
    named["How many conditions"].value = 2
    assert visible("Condition 2: field")
    assert visible("Conditions joined by")
    assert not visible("Condition 1: value")
    named["Condition 1: comparison"].value = "is"
    assert visible("Condition 1: value")
    named["Condition 2: field"].value = "team"
    named["Conditions joined by"].value = "or"
    named["How many conditions"].value = 1
    assert not visible("Condition 2: field")
    assert len(activity.answer["conditions"]) == 1


def test_a_rule_whose_shorter_form_was_chosen_flags_by_that_form_alone(activity):
    activity.answer = {"joined": "or", "conditions": [*BLANK_ONE_TEAM["conditions"], {"field": "team"}]}
    assert activity.shown() == "ethnicity is blank or team is “Westering adult care”"


def test_every_control_has_a_name_of_its_own(activity):
    names = [control.description for control in controls(activity.panel())]
    assert all(names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("bad", [
    {"conditions": [{"field": "weight"}]}, {"conditions": [{"comparison": "is like"}]}, {"joined": "xor"},
    {"conditions": [{"field": 3}]}, {"conditions": [{}] * 4}, {"conditions": ["x"]}, {"conditions": [{"why": "x"}]},
])
def test_an_answer_that_the_lists_cannot_give_is_refused(activity, bad):
    with pytest.raises(TraitError):
        activity.answer = bad


def test_what_a_learner_types_never_becomes_part_of_the_page(activity):
    activity.answer = answer("team", "is", "<script>x</script>")
    assert "<script" not in activity.report()
