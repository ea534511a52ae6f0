"""The way to a design's name: every design is reached, in few questions, and who cannot tell is told where to look."""

import json
import re
from pathlib import Path

import pytest

from researchskills.appraisal import design_path, reports
from researchskills.appraisal.design_path import CANNOT_TELL, QUESTIONS, design_of, start, step
from researchskills.appraisal.designs import DESIGNS
from researchskills.appraisal.forms import ANSWERS
from researchskills.errors import CourseError

FAULTY = Path(__file__).parent / "faulty" / "design_paths"
#: What was done in each of the course's reports, read off its methods section by hand, and the design it leads to.
REPORTS = {
    "discharge-visits": (["made_of own", "findings numbers", "chance yes"], "randomised_trial"),
    "carers-coaching": (["made_of own", "findings numbers", "chance yes"], "randomised_trial"),
    "reablement-team": (["made_of own", "findings numbers", "chance no", "when forward", "compared no", "points few"],
                        "before_after"),
    "joint-team": (["made_of own", "findings numbers", "chance no", "when forward", "compared yes",
                    "compared_how change"], "controlled_before_after"),
    "front-door": (["made_of own", "findings numbers", "chance no", "when forward", "compared no", "points many"],
                   "interrupted_time_series"),
    "meals-at-home": (["made_of own", "findings numbers", "chance no", "when forward", "compared yes",
                       "compared_how became"], "cohort"),
    "falls-and-rails": (["made_of own", "findings numbers", "chance no", "when back"], "case_control"),
    "carers-survey": (["made_of own", "findings numbers", "chance no", "when once", "beside no"], "survey"),
    "going-home": (["made_of own", "findings words", "came_by talked"], "qualitative_interviews"),
    "duty-desk": (["made_of own", "findings words", "came_by there"], "ethnography"),
    "link-workers": (["made_of own", "findings both"], "mixed_methods"),
    "short-breaks-review": (["made_of studies"], "systematic_review"),
}


def path(answers: list[str]) -> dict[str, str]:
    return dict(one.split() for one in answers)


def ways(at: str | None = None, so_far: tuple = ()) -> list[tuple]:
    """Every way through the questions, told apart from `step`: pairs of question and answer, and where it ends."""
    at = at or start().key
    found = [((*so_far, (at, CANNOT_TELL)), None)]
    for answer, (_, to) in QUESTIONS[at].leads.items():
        way = (*so_far, (at, answer))
        found += ways(to, way) if to in QUESTIONS else [(way, to)]
    return found


# -- the questions as a whole -------------------------------------------------------------------


def test_every_design_is_reached_and_nothing_else():
    assert {end for _, end in ways() if end} == set(DESIGNS)


def test_no_way_is_longer_than_six_questions():
    assert max(len(way) for way, _ in ways()) == 6


def test_every_question_is_met_and_no_way_meets_one_twice():
    met = [[question for question, _ in way] for way, _ in ways()]
    assert {one for way in met for one in way} == set(QUESTIONS)
    assert all(len(set(way)) == len(way) for way in met)


@pytest.mark.parametrize(("way", "end"), ways(), ids=lambda held: "-".join(one for _, one in held)
                         if isinstance(held, tuple) else str(held))
def test_each_way_ends_in_its_design_or_in_what_to_look_for(way, end):
    ended = step(dict(way))
    assert ended.design == (end or "")
    assert ended.question is None
    assert list(ended.answers.items()) == list(way)
    assert bool(ended.look_for) == (end is None)
    if not end:
        assert ended.look_for == QUESTIONS[way[-1][0]].look_for


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=lambda question: question.key)
def test_a_question_is_plain_and_never_uses_the_name_of_a_design(question):
    assert list(question.answers)[-1] == CANNOT_TELL
    assert question.answers[CANNOT_TELL] == ANSWERS["unclear"]
    offered = " ".join([question.text, *question.answers.values()])
    assert question.text.endswith("?")
    assert question.hint.endswith(".")
    assert re.search(r"[.?]$", question.look_for)
    assert not re.search(r"random|trial|cohort|control|survey|ethnograph|qualitative|mixed|review|series|cross-section",
                         offered.lower())
    for text in (question.text, question.hint, question.look_for, *question.answers.values()):
        assert max(len(part.split()) for part in re.split(r"(?<=[.?!])\s+", text)) <= 25, text


# -- going along it -----------------------------------------------------------------------------


@pytest.mark.parametrize("report", REPORTS)
def test_what_was_done_in_a_report_leads_to_its_design(report):
    answers, design = REPORTS[report]
    given: dict[str, str] = {}
    for one in answers:
        question, answer = one.split()
        assert step(given).question.key == question, "the questions come in this order"
        assert not design_of(given)
        given[question] = answer
    assert design_of(given) == design


def test_the_panel_named_the_reports_as_the_way_does():
    assert {report: reports.panel(report)["design"] for report in reports.names()} == {
        report: design for report, (_, design) in REPORTS.items()}


def test_it_begins_with_one_question_and_goes_on_with_the_next():
    assert step({}).questions == [start()]
    assert [one.key for one in step({"made_of": "own"}).questions] == ["made_of", "findings"]


def test_the_order_in_which_answers_were_saved_does_not_matter():
    assert design_of(path(["came_by there", "made_of own", "findings words"])) == "ethnography"


def test_whoever_changes_an_earlier_answer_leaves_later_ones_aside_without_harm():
    changed = step(path(["made_of own", "findings both", "chance no", "when once", "beside no"]))
    assert changed.design == "mixed_methods"
    assert changed.answers == {"made_of": "own", "findings": "both"}


def test_who_cannot_tell_is_told_what_to_look_for_and_is_asked_nothing_further():
    stuck = step(path(["made_of own", "findings numbers", f"chance {CANNOT_TELL}", "when back"]))
    assert "Look for the word random" in stuck.look_for
    assert (stuck.design, stuck.question) == ("", None)
    assert [one.key for one in stuck.questions] == ["made_of", "findings", "chance"]


@pytest.mark.parametrize(("file", "said"), [
    ("answer_as_a_number.json", "“1” is no answer to “On what do its conclusions rest?”"),
    ("answer_empty.json", "“” is no answer to “On what do its conclusions rest?”"),
    ("answer_unknown.json", "“maybe” is no answer to “On what do its conclusions rest?” Choose one of: numbers, words"),
    ("answer_unknown_off_the_way.json", "“perhaps” is no answer to “Did chance decide"),
    ("question_unknown.json", "There is no question “colour” on the way to the design."),
])
def test_a_broken_path_is_refused_in_words(file, said):
    broken = json.loads((FAULTY / file).read_text(encoding="utf-8"))
    with pytest.raises(CourseError) as refused:
        design_path.step(broken)
    assert said in str(refused.value)
    with pytest.raises(CourseError):
        design_of(broken)


def test_every_broken_path_is_tested():
    text = Path(__file__).read_text(encoding="utf-8")
    assert all(f'"{one.name}"' in text for one in FAULTY.iterdir())
