"""The question kind `search`: lines are measured against the relevant records of a topic."""

import json

import ipywidgets
import pytest
from panels import controls, named
from small_library import small_library  # noqa: F401
from traitlets import TraitError

from researchskills import ask, bank, checks
from researchskills.evidence import search_question as kind

pytestmark = pytest.mark.usefixtures("small_library")

RIGHT = ["exp Patient Discharge/ or discharge*.ti,ab.", "exp Carers/ or (carer* or caregiver*).ti,ab.", "1 and 2"]
BASE = {"kind": "search", "title": "Carers at discharge", "prompt": "Find what carers need.", "points": 4,
        "topic": "carers-discharge", "recall": 0.8, "precision": 0.5, "right": RIGHT,
        "reason": "What else are carers called?", "why": "Two ideas, each with words and a heading."}


def asked(**changes) -> bank.Question:
    source = {**BASE, **changes}
    content, key, scheme = kind.split("m02-q2-search", source)
    assert scheme == {}
    if source.get("why"):
        key["why"] = source["why"]
    return bank.Question(id="m02-q2-search", kind="search", title=source["title"], prompt=source["prompt"],
                         points=source["points"], where="exercises", content=content, key=key)


def answer(*texts, line=0, syntax="ovid") -> dict:
    return {"lines": [{"text": text, "syntax": syntax} for text in texts], "line": line}


# -- the verdict --------------------------------------------------------------------------------


def test_the_authors_lines_get_full_marks_and_say_why():
    question = asked()
    outcome = kind.assess(question, kind.model_answer(question))
    assert (outcome.status, outcome.fraction) == (checks.CORRECT, 1.0)
    assert "Two ideas, each with words and a heading." in outcome.message
    assert "misses" not in outcome.message


@pytest.mark.parametrize("given", [{}, None, {"lines": []}, {"lines": [], "line": 0}])
def test_nothing_typed_earns_nothing(given):
    outcome = kind.assess(asked(), given)
    assert (outcome.status, outcome.fraction) == (checks.NOT_ATTEMPTED, 0.0)


@pytest.mark.parametrize(("texts", "recall", "precision", "fraction"), [
    # By eye: "carer*" alone is in 1, 3, 4, 10 and 12; four of the five relevant, and one more.
    (["carer*.ti,ab."], 4 / 5, 4 / 5, 1.0),
    # "family" is in 1 and 3, both relevant: recall 2/5 is half of 0.8, precision is above 0.5.
    (["family.ti,ab."], 2 / 5, 1.0, 0.5),
    # "discharge" is in 1, 2, 4, 8, 9, 10: four relevant of six.
    (["discharge.ti,ab."], 4 / 5, 4 / 6, 1.0),
    # "care" is in 3, 4, 5, 6: two relevant of four.
    (["care.ti,ab."], 2 / 5, 2 / 4, 0.5),
    # "home" is in 2, 4, 5, 7: two relevant of four.
    (["home.ti,ab."], 2 / 5, 2 / 4, 0.5),
    # "telephone" is in 9 alone, which is not relevant.
    (["telephone.ti,ab."], 0.0, 0.0, 0.0),
])
def test_points_follow_the_worse_of_recall_and_precision(texts, recall, precision, fraction):
    question = asked()
    found = kind.evaluation(question, answer(*texts))
    assert (found.recall, found.precision) == (pytest.approx(recall), pytest.approx(precision))
    outcome = kind.assess(question, answer(*texts))
    assert outcome.fraction == pytest.approx(fraction)
    assert (outcome.status == checks.CORRECT) == (fraction == 1.0)


def test_finding_everything_earns_as_little_as_its_precision():
    question = asked(precision=1.0, recall=1.0,
                     right=["Carers/ and (hospital or family or letter).ti,ab."])
    texts = ["(care or carers or discharge or help or budget or hospital).ti,ab."]
    # All twelve, of which five are relevant.
    assert kind.evaluation(question, answer(*texts)).found == 12
    assert kind.assess(question, answer(*texts)).fraction == pytest.approx(5 / 12)


def test_a_search_that_finds_nothing_is_told_so():
    outcome = kind.assess(asked(), answer("unicorn.ti,ab."))
    assert (outcome.status, outcome.fraction) == (checks.NOT_YET, 0.0)
    assert "finds no record at all" in outcome.message
    assert "Try one idea alone first" in outcome.message
    assert "What else are carers called?" not in outcome.message, "no missed title is shown to go by"


def test_the_authors_reason_is_given_where_recall_falls_shorter_than_precision():
    assert "What else are carers called?" in kind.assess(asked(), answer("family.ti,ab.")).message
    everything = kind.assess(asked(), answer("(care or carers or discharge or help or budget or hospital).ti,ab."))
    assert "(recall 100 %)" in everything.message
    assert "What else are carers called?" not in everything.message
    assert "Which further idea" in everything.message


def test_the_words_that_would_have_caught_a_missed_record_are_named_for_five_at_most():
    outcome = kind.assess(asked(), answer("exp Patient Discharge/", "carer*.ti,ab.", "1 and 2"))
    assert "finds 4 and misses 1 (recall 80 %)" in outcome.message
    assert "**Going home from hospital: what caregivers say** carers: “caregiver\\*”" in outcome.message
    # The idea that has the record is not blamed.
    assert "discharge: " not in outcome.message
    none = kind.assess(asked(recall=1.0, right=RIGHT), answer("telephone.ti,ab."))
    assert none.message.count("\n- **") == 5
    assert "Missed, with words" in none.message


def test_the_line_that_was_chosen_counts_else_the_last():
    texts = ["exp Carers/ and discharge.ti,ab.", "telephone.ti,ab."]
    assert kind.assess(asked(), answer(*texts)).fraction == 0.0
    assert kind.assess(asked(), answer(*texts, line=1)).status == checks.CORRECT
    assert kind.assess(asked(), answer(*texts, line=9)).fraction == 0.0


@pytest.mark.parametrize(("texts", "told"), [
    (["(carers.ti,ab."], "Line 1: At character"), (["carers.ti,ab.", "1 and 7"], "Line 2: At character 7"),
    (["carers[tiab]"], "Line 1:"), ([""], "Line 1:"),
])
def test_a_line_with_an_error_is_an_error_with_its_place(texts, told):
    outcome = kind.assess(asked(), answer(*texts))
    assert (outcome.status, outcome.fraction) == (checks.ERROR, 0.0)
    assert told in outcome.message


def test_a_language_that_is_not_offered_is_an_error():
    outcome = kind.assess(asked(syntaxes=["ovid"]), answer("carers[tiab]", syntax="pubmed"))
    assert outcome.status == checks.ERROR
    assert "PubMed" in outcome.message
    assert "Ovid" in outcome.message


def test_other_languages_are_marked_alike():
    texts = ['"Patient Discharge"[Mesh] OR discharge*[tiab]', "Carers[Mesh] OR carer*[tiab]", "#1 AND #2"]
    assert kind.assess(asked(), answer(*texts, syntax="pubmed")).status == checks.CORRECT


def test_a_verdict_does_not_vary():
    given = answer("(care or carers).ti,ab.")
    assert kind.assess(asked(), given) == kind.assess(asked(), given)


def test_what_a_learner_typed_means_nothing_in_the_feedback():
    outcome = kind.assess(asked(), answer("(**bold** <script>.ti,ab."))
    assert outcome.status == checks.ERROR
    assert "**bold**" not in outcome.message
    assert "<script>" not in outcome.message.replace("\\<", "")


def test_without_a_reason_of_the_authors_the_learner_is_told_what_is_lacking():
    question = asked(reason="")
    assert "What else do people call it?" in kind.assess(question, answer("family.ti,ab.")).message
    assert "Do AND and OR stand" in kind.assess(question, answer("telephone.ti,ab.")).message
    strict = asked(reason="", precision=1.0, right=["Carers/ and (hospital or family or letter).ti,ab."])
    assert "Which further idea" in kind.assess(strict, answer("exp Carers/ or discharge.ti,ab.")).message


# -- what authors write -------------------------------------------------------------------------


@pytest.mark.parametrize(("changes", "words"), [
    ({"topic": "carers"}, "the topic “carers” does not exist"),
    ({"recall": 80}, "recall is a number above 0 and at most 1"),
    ({"precision": 0}, "precision is a number"),
    ({"precision": True}, "precision is a number"),
    ({"syntaxes": ["ovid", "bing"]}, "“bing”"),
    ({"right": "exp Carers/"}, "a list of lines"),
    ({"right": []}, "a list of lines"),
    ({"right": ["exp Carrs/"]}, "do not get full marks: Line 1"),
    ({"right": ["telephone.ti,ab."]}, "do not get full marks"),
    ({"syntaxes": ["pubmed"]}, "do not get full marks"),
])
def test_a_question_that_contradicts_itself_is_refused(changes, words):
    with pytest.raises(bank.QuestionError, match=words):
        asked(**changes)


def test_the_key_is_sealed_and_comes_back():
    question = asked()
    released = question.released()
    assert "Patient Discharge" not in json.dumps(released, ensure_ascii=False)
    assert bank.Question.from_released(released).key == question.key
    assert set(BASE) - {"kind", "title", "prompt", "points"} <= kind.REQUIRED | kind.OPTIONAL


# -- on the screen ------------------------------------------------------------------------------


@pytest.fixture
def activity(tmp_path):
    return kind.activity()(asked(), tmp_path)


def typed(panel, *texts):
    for text in texts:
        named(panel)["Search line"].value = text
        named(panel)["Search"].click()


def test_typing_lines_is_the_answer_and_survives(activity, tmp_path):
    panel = activity.panel()
    typed(panel, *RIGHT)
    assert activity.outcome().status == checks.CORRECT
    again = kind.activity()(asked(), tmp_path)
    assert again.answer == activity.answer
    assert "The answer is line 3." in again.report()
    assert again.shown().startswith("1. exp Patient Discharge/")
    # Marking replays the saved file without a screen.
    saved = json.loads((tmp_path / "answers" / "m02-q2-search.json").read_text(encoding="utf-8"))
    assert kind.assess(asked(), saved["state"]["answer"]).status == checks.CORRECT


def test_the_saved_file_is_marked_without_a_screen_and_a_blank_one_earns_nothing(activity, tmp_path, monkeypatch):
    (tmp_path / "module.json").write_text(json.dumps({"questions": {activity.name: asked().released()}}),
                                          encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert ask.score(activity.name) == 0
    typed(activity.panel(), *RIGHT)
    assert ask.score(activity.name) == 4
    activity.answer = {"lines": activity.answer["lines"], "line": 1}
    # Seven records have the heading or the word, all five relevant ones among them.
    assert ask.score(activity.name) == 4
    typed(activity.panel(), "family.ti,ab.")
    assert ask.score(activity.name) == 2


def test_an_earlier_line_can_be_the_answer_until_the_list_changes(activity):
    panel = activity.panel()
    typed(panel, *RIGHT, "telephone.ti,ab.")
    assert activity.outcome().status == checks.NOT_YET
    named(panel)["The line that is my answer"].value = 3
    assert activity.outcome().status == checks.CORRECT
    assert activity.answer["line"] == 3
    typed(panel, "letter.ti,ab.")
    assert activity.answer["line"] == 0


def test_a_faulty_line_is_no_part_of_the_answer_and_stays_in_the_box(activity, tmp_path):
    panel = activity.panel()
    typed(panel, "(carers.ti,ab.")
    assert activity.answer == {}
    assert activity.outcome().status == checks.NOT_ATTEMPTED
    assert kind.activity()(asked(), tmp_path).draft == "(carers.ti,ab."


def test_all_lines_deleted_is_not_answered(activity):
    panel = activity.panel()
    typed(panel, "carers.ti,ab.")
    named(panel)["Add a new line, or change one"].value = 1
    named(panel)["Delete line 1"].click()
    assert activity.answer == {}
    assert not activity.is_answered


def test_the_screen_says_nothing_about_recall_before_the_check(activity):
    panel = activity.panel()
    typed(panel, *RIGHT)

    def words(widget):
        own = [widget.value] if isinstance(widget, ipywidgets.HTML) else []
        return " ".join(own + [words(child) for child in getattr(widget, "children", ())])

    assert "Asked for: a recall of at least 80 %" in words(panel)
    assert "relevant" not in words(panel)


def test_every_control_has_a_name_of_its_own(activity):
    panel = activity.panel()
    typed(panel, *RIGHT)
    names = [control.description for control in controls(panel)]
    assert all(names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("bad", [
    {"lines": "x"}, {"lines": [{"text": "x"}]}, {"lines": [], "line": 2}, {"lines": [], "more": 1},
    {"lines": [{"text": "x", "syntax": "ovid"}], "line": "1"},
    {"lines": [{"text": "x", "syntax": "ovid"}], "line": True},
    {"lines": [{"text": "x", "syntax": "bing"}]},
])
def test_an_answer_that_the_controls_cannot_give_is_refused(activity, bad):
    with pytest.raises(TraitError):
        activity.answer = bad


def test_a_language_that_the_question_does_not_take_is_refused(tmp_path):
    one = kind.activity()(asked(syntaxes=["ovid"]), tmp_path)
    with pytest.raises(TraitError):
        one.answer = {"lines": [{"text": "x[tiab]", "syntax": "pubmed"}]}


def test_what_a_learner_types_never_becomes_part_of_the_page(activity):
    activity.answer = {"lines": [{"text": "<script>x</script>", "syntax": "ovid", "count": 0}]}
    assert "<script" not in activity.report()
    activity.checked = True
    assert "<script" not in activity.report() + activity.check_report()
