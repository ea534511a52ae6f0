"""Reading results: what an interval includes, which sentence is fair, subgroups, and the activity on the screen."""

import math
import re

import pandas as pd
import panels
import pytest
from scipy.stats import norm
from traitlets import TraitError

from researchskills.appraisal import reports, result_picture
from researchskills.appraisal import result_reading as reading
from researchskills.appraisal.result_activity import OWN, ReadResult, read_result
from researchskills.appraisal.result_reading import FAIR, OVERCLAIMED, WRONG, StudyResult
from researchskills.errors import CourseError


def stay(low: float, high: float, **more) -> StudyResult:
    """Days in hospital, where fewer are better, and a day matters."""
    given = {"unit": "days", "better": "lower", "important": 1.0, **more}
    return StudyResult("Days in hospital", (low + high) / 2, low, high, **given)


def verdict(result: StudyResult, key: str) -> str:
    return next(one.verdict for one in reading.sentences(result) if one.key == key)


# Each row by hand: fewer days are better and 1 day matters, so -1 and below is a gain that matters.
@pytest.mark.parametrize(("low", "high", "no_difference", "matters", "worst_and_best"), [
    (-3.0, -1.2, "no", "all", ["a difference for the better that matters"] * 2),
    (-3.0, -0.2, "no", "some", ["a difference for the better too small to matter",
                                "a difference for the better that matters"]),
    (-0.9, -0.2, "no", "none", ["a difference for the better too small to matter"] * 2),
    (-3.0, 0.5, "yes", "some", ["a difference for the worse too small to matter",
                                "a difference for the better that matters"]),
    (-0.5, 0.5, "yes", "none", ["a difference for the worse too small to matter",
                                "a difference for the better too small to matter"]),
    (-0.5, 2.0, "yes", "some", ["a difference for the worse that matters",
                                "a difference for the better too small to matter"]),
    (1.5, 4.0, "no", "all", ["a difference for the worse that matters"] * 2),
    (-2.0, 0.0, "yes", "some", ["no difference", "a difference for the better that matters"]),
    (-4.0, -1.0, "no", "all", ["a difference for the better that matters"] * 2),
])
def test_what_an_interval_includes(low, high, no_difference, matters, worst_and_best):
    result = stay(low, high)
    assert reading.includes_no_difference(result) == no_difference
    assert reading.includes_what_matters(result) == matters
    fitting = reading.fitting(result)
    assert [fitting[0], fitting[-1]] == worst_and_best


def test_ratios_are_read_around_one_and_both_ways():
    halved = StudyResult("Falls", 0.5, 0.3, 0.83, "ratio", "ratio", "lower", 0.8)
    assert reading.includes_no_difference(halved) == "no"
    assert reading.includes_what_matters(halved) == "some"
    assert halved.lines() == pytest.approx((0.8, 1.25))  # a quarter more is as far away as a fifth less
    turned = StudyResult("Falls", 2.0, 1 / 0.83, 1 / 0.3, "ratio", "ratio", "higher", 0.8)
    assert reading.includes_what_matters(turned) == "some"
    assert turned.lines() == pytest.approx((1.25, 0.8))


def test_without_a_word_on_what_matters_no_interval_can_tell():
    assert reading.includes_what_matters(stay(-3, -2, important=None)) == "nobody"
    assert reading.fair_sentence(stay(-3, -2, important=None)).endswith("How much of it matters, nobody has said.")


def test_the_fair_sentence_of_an_interval_on_one_side_says_small_or_large_enough():
    assert reading.fair_sentence(stay(-3, -0.2)) == (
        "All values that fit are for the better. The true difference may be too small to matter, or large enough.")
    assert reading.fair_sentence(stay(0.2, 3)).startswith("All values that fit are for the worse.")
    # Where zero is inside, or every value matters, another sentence is needed.
    assert reading.fair_sentence(stay(-3, 0)).startswith("Anything from no difference to")
    assert reading.fair_sentence(stay(-3, -1.2)).startswith("Only a difference for the better that matters")


def test_where_nobody_can_say_what_is_better_values_are_called_higher_and_lower():
    assert reading.fitting(stay(-3, 1, better="none", important=None)) == [
        "a lower value", "no difference", "a higher value"]


@pytest.mark.parametrize("result", [stay(-3, -1.2), stay(-3, 0.5), stay(-0.5, 0.5), stay(1.5, 4),
                                    stay(-3, -1.2, made="before_after"), stay(-3, -1, important=None)])
def test_every_result_has_five_sentences_and_one_of_them_is_fair(result):
    held = reading.sentences(result)
    assert len({one.text for one in held}) == 5
    assert [one.key for one in held if one.verdict == FAIR] == ["values"]
    assert all(one.why for one in held)


def test_no_proof_of_a_difference_is_no_proof_that_there_is_none():
    open_ = next(one for one in reading.sentences(stay(-3, 0.5)) if one.key == "absence")
    assert open_.verdict == WRONG
    assert "no proof that there is none" in open_.why
    assert verdict(stay(-3, -1.2), "absence") == WRONG


def test_significant_is_never_why_something_is_important():
    assert verdict(stay(-3, 0.5), "importance") == WRONG  # it is not even significant
    assert verdict(stay(-0.9, -0.2), "importance") == WRONG  # significant, and too small to matter
    assert verdict(stay(-3, -0.2), "importance") == OVERCLAIMED
    assert verdict(stay(-3, -1.2), "importance") == OVERCLAIMED  # it matters, for another reason


def test_it_works_goes_further_than_any_interval():
    assert verdict(stay(-3, -1.2), "works") == OVERCLAIMED
    assert verdict(stay(-3, 0.5), "works") == WRONG
    assert verdict(stay(1.5, 4), "works") == WRONG
    assert verdict(stay(-3, -1.2, made="before_after"), "works") == WRONG
    assert verdict(stay(-3, -1.2, made="series"), "works") == OVERCLAIMED


def test_only_people_who_were_measured_before_and_after_are_said_to_be_chosen_at_a_low_time():
    why = {made: next(one.why for one in reading.sentences(stay(-3, -1.2, made=made)) if one.key == "works")
           for made in ("before_after", "series")}
    assert "People chosen at a low time" in why["before_after"]
    assert "People" not in why["series"]
    assert why["series"].endswith("guessed from the months before. Other things change over time as well.")


def test_before_and_after_without_a_comparison_says_so_in_the_fair_sentence():
    told = reading.fair_sentence(stay(-3, -1.2, made="before_after"))
    assert told == ("Only a change for the better that matters fits what was found. What would have happened anyway is "
                    "not known: there was nobody to compare with.")
    assert "guessed from the months before" in reading.fair_sentence(stay(-3, -1.2, made="series"))


def test_a_percentage_on_its_own_has_nothing_to_differ_from():
    share = StudyResult("Carers who found it helpful", 82, 79, 85, "%", "share", made="once")
    assert reading.includes_no_difference(share) == "nothing"
    assert reading.includes_what_matters(share) == "nobody"
    assert reading.fair_sentence(share).endswith("Nothing was compared, so it does not tell what made it so.")
    assert {one.key: one.verdict for one in reading.sentences(share)} == {
        "values": FAIR, "works": WRONG, "exact": OVERCLAIMED, "importance": OVERCLAIMED}


def test_the_fair_sentence_does_not_always_stand_at_the_same_place():
    places = [[one.verdict for one in reading.sentences(result)].index(FAIR)
              for key in reports.names() for result in reading.from_table(reports.report(key).results)]
    assert len(set(places)) >= 4


# Subgroups


def test_two_subgroups_are_compared_by_their_difference():
    # The example of Altman and Bland 2003, BMJ 326:219: relative risks of fracture 0.67 (0.46 to 0.98) and
    # 0.88 (0.71 to 1.08) in two subgroups of a review.
    first = StudyResult("Vitamin with calcium", 0.67, 0.46, 0.98, "ratio", "ratio", "lower")
    second = StudyResult("Vitamin alone", 0.88, 0.71, 1.08, "ratio", "ratio", "lower")
    found = reading.interaction(second, first)
    # Their result: ratio of relative risks 0.76 (0.49 to 1.17), p = 0.2.
    assert (found.value, found.low, found.high) == pytest.approx((0.76, 0.49, 1.17), abs=0.011)
    assert float(dict(found.details)["p value of the interaction"]) == pytest.approx(0.2, abs=0.025)


def test_one_significant_subgroup_and_one_that_is_not_do_not_differ_for_that():
    first, second = stay(-3.0, -0.2), stay(-2.4, 0.4)
    told = " ".join(reading.subgroups_told(first, second))
    assert "That is not a comparison: it does not show that the subgroups differ." in told
    assert "leaves room for no difference between the subgroups" in told
    # By hand: standard errors of 2.8 / (2 × 1.96), difference 0.6.
    error = math.hypot(2.8, 2.8) / (2 * norm.ppf(0.975))
    found = reading.interaction(first, second)
    assert (found.value, found.low) == pytest.approx((0.6, 0.6 - norm.ppf(0.975) * error))


def test_subgroups_that_do_differ_are_said_to():
    # As in the evaluation of 200 areas: children of other mothers, and of teenage mothers.
    found = reading.interaction(stay(0.03, 0.15), stay(-0.24, -0.03))
    assert found.high < 0
    assert "so the subgroups do differ" in found.sentence()
    assert "That is not a comparison" not in " ".join(reading.subgroups_told(stay(0.03, 0.15), stay(-0.24, -0.03)))


def test_a_ratio_cannot_be_compared_with_a_difference():
    with pytest.raises(CourseError, match="both results are differences, or both are ratios"):
        reading.interaction(stay(-1, 1), StudyResult("Falls", 0.5, 0.3, 0.8, scale="ratio"))


# Results from reports, and typed ones


def test_results_of_a_report_come_with_how_they_came_about():
    table = pd.DataFrame({
        "outcome": ["Visits", "Score", "Share", "Risk"], "measure": ["difference in means", "mean change", "percentage",
                                                                   "risk ratio"],
        "estimate": [1.0, 2.0, 50.0, 0.8], "low": [0.5, 1.0, 40.0, 0.6], "high": [1.5, 3.0, 60.0, 1.1],
        "unit": ["visits", "points", "%", "ratio"], "no_difference": [0.0, 0.0, math.nan, 1.0],
        "better": ["lower", "higher", "higher", "lower"], "important": [math.nan, 1.0, math.nan, 0.9],
        "main": [False, True, False, False], "as_written": ["", "", "", ""],
    })
    held = reading.from_table(table)
    assert [one.outcome for one in held] == ["Score", "Visits", "Share", "Risk"]
    assert [(one.scale, one.made) for one in held] == [
        ("difference", "before_after"), ("difference", "compared"), ("share", "once"), ("ratio", "compared")]
    assert [one.important for one in held] == [1.0, None, None, 0.9]


def test_every_result_of_every_report_can_be_read_and_drawn():
    for key in reports.names():
        for result in reading.from_table(reports.report(key).results):
            assert result.low <= result.estimate <= result.high
            figure = result_picture.interval_figure([result])
            assert result.outcome in figure.alt
            assert f"{reading.number(result.low)} to " in figure.alt


@pytest.mark.parametrize(("changed", "said"), [
    ({"estimate": ""}, "Type the estimate as a number, such as -2.5."),
    ({"low": "about 2"}, "Type the lower end as a number, such as -2.5; “about 2” is none."),
    ({"outcome": " "}, "Say what was looked at"),
    ({"low": "3", "high": "1"}, "The interval is upside down: 3 to 1. Exchange its ends."),
    ({"low": "2", "high": "2"}, "The interval has no width (2 to 2)."),
    ({"estimate": "9"}, "The estimate, 9, lies outside its interval, 1 to 3."),
    ({"low": "-1", "scale": "ratio"}, "A ratio is always above 0."),
    ({"high": "120", "scale": "share"}, "A percentage lies between 0 and 100."),
])
def test_numbers_that_cannot_be_right_are_refused_in_words(changed, said):
    fields = {"outcome": "Days", "estimate": "2", "low": "1", "high": "3", **changed}
    with pytest.raises(CourseError) as problem:
        reading.typed(fields)
    assert said in str(problem.value)


def test_everything_that_is_wrong_is_said_at_once():
    with pytest.raises(CourseError) as problem:
        reading.typed({})
    assert str(problem.value).count("as a number") == 3
    assert "Say what was looked at" in str(problem.value)


def test_typed_numbers_may_be_written_as_people_write_them():
    held = reading.typed({"outcome": "Cost", "estimate": "−£1,331", "low": "-2,593", "high": "−69", "unit": "pounds"}
                         | {"estimate": "−1,331"})
    assert (held.low, held.estimate, held.high) == (-2593, -1331, -69)


@pytest.mark.parametrize(("words", "said"), [
    ("lots", "“lots” is none"), ("0", "A change of 0 is no change"),
])
def test_a_smallest_change_that_cannot_be_one_is_refused(words, said):
    with pytest.raises(CourseError, match=said):
        reading.with_important(stay(-1, 1), words)
    with pytest.raises(CourseError, match="above 0, and not 1"):
        reading.with_important(StudyResult("Falls", 0.5, 0.3, 0.8, scale="ratio"), "1")


@pytest.mark.parametrize("words", ["-2", "−2 days"])
def test_a_smallest_change_has_no_minus(words):
    with pytest.raises(CourseError, match="without a minus: 2"):
        reading.with_important(stay(-1, 1), words)


def test_a_smallest_change_is_read_as_people_write_it():
    for words, value in (("1,5", 1.5), ("2 points", 2), ("1.5", 1.5), ("1,250", 1250)):
        assert reading.with_important(stay(-1, 1), words).important == value
    assert reading.with_important(stay(-1, 1), " ").important == 1


# The picture


def test_the_picture_marks_no_difference_and_what_matters_and_says_so():
    figure = result_picture.interval_figure([stay(-3, 0.5)])
    assert figure.alt == (
        "Picture of an interval with a solid line at 0 for no difference and a dashed line at -1 day for better by "
        "what matters and a dashed line at 1 day for worse by what matters. Days in hospital: -1.25 days, from -3 to "
        "0.5 days.")
    assert figure.table[["estimate", "low", "high"]].values.tolist() == [[-1.25, -3, 0.5]]
    assert figure.png().startswith(b"\x89PNG")


def test_the_picture_of_a_percentage_has_no_line():
    share = StudyResult("Carers who found it helpful", 82, 79, 85, "%", "share", made="once")
    assert "no line, because nothing is compared" in result_picture.interval_figure([share]).alt


# The activity


@pytest.fixture
def activity(tmp_path) -> ReadResult:
    return ReadResult("m03-a4-results", None, tmp_path)


@pytest.fixture
def panel(activity):
    return activity.panel()


NO_DIFFERENCE, MATTERS = "(no difference) inside the interval?", "Does it include a change that matters?"
SENTENCE, IMPORTANT = "Which sentence would you write next?", "Smallest change that would matter to people"


def zero(panel):
    """The question about zero; of ratios, about one."""
    [found] = [one for name, one in panels.named(panel).items() if name.endswith(NO_DIFFERENCE)]
    return found


def fill_in(panel, **answers):
    named = panels.named(panel)
    for name, value in answers.items():
        control = zero(panel) if name == "no_difference" else named[
            {"matters": MATTERS, "sentence": SENTENCE, "important": IMPORTANT, "who": "Who says so?"}[name]]
        control.value = value


def press(panel) -> str:
    panels.named(panel)["Compare my reading"].click()
    return panels.alert(panel)


def own_numbers(panel, **fields):
    named = panels.named(panel)
    named["Report"].value = OWN
    words = {"outcome": "What was looked at", "estimate": "Estimate", "low": "Lower end of the 95% interval",
             "high": "Upper end of the 95% interval", "scale": "What kind of number it is",
             "better": "Which direction is better for people"}
    for key, value in fields.items():
        named[words[key]].value = value


def test_every_control_has_a_name_of_its_own(panel):
    names = [control.description for control in panels.controls(panel)]
    assert all(names)
    assert len(names) == len(set(names))


def test_nothing_is_told_before_the_reader_has_answered(activity, panel):
    result = activity.plain_result()
    fill_in(panel, no_difference="yes")
    assert "Still open: Does it include a change that matters?" in press(panel)
    shown = panels.words(panel)
    assert not any(one.why in shown for one in reading.sentences(result))
    assert "What can be said of this result" not in shown


def test_after_the_answers_each_is_discussed_and_every_sentence_judged(activity, panel):
    # Readmission: -14 to 1.3 percentage points, and 5 matter.
    fill_in(panel, important="5", no_difference="no", matters="some", sentence="absence")
    assert "1 of 3 hold" in press(panel)
    shown = panels.words(panel)
    assert "✗ Look again: zero (no difference) lies inside -14 to 1.3 percentage points." in shown
    assert "✓ Holds: the values that fit hold" in shown
    assert "✗ Look again: your sentence is wrong" in shown
    # What is to be said of the other sentences waits until somebody asks for it.
    assert shown.split("What can be said of this result")[0].count("<details>") > 0
    assert "<details><summary>Show what is to be said of every sentence</summary>" in shown
    fill_in(panel, no_difference="yes", sentence="values")
    assert "You have changed an answer since" in panels.words(panel)
    assert press(panel).strip("</p>") == "All three hold."
    assert "Show what is to be said of every sentence" not in panels.words(panel)
    assert "What can be said of this result" in panels.words(panel)
    assert "You have changed an answer since" not in panels.words(panel)


def test_what_matters_to_people_is_typed_with_who_says_so_and_changes_the_reading(activity, panel):
    fill_in(panel, important="20", no_difference="yes", matters="none", sentence="values")
    assert "All three hold" in press(panel)
    assert "Say also who says so" in panels.words(panel)
    fill_in(panel, who="The patients’ group")
    assert "Say also who says so" not in panels.words(panel)
    assert "Smallest change that matters: 20." in activity.shown()
    assert "Who says so: The patients’ group." in activity.shown()


def test_what_the_report_takes_for_a_change_that_matters_is_hidden_until_the_reader_has_compared(activity, panel):
    # Readmission: the report says that 5 percentage points matter.
    def told():
        return panels.words(panel) + activity.report()

    assert "a change of 5 percentage points matters" not in told() and "a dashed line at" not in told()
    fill_in(panel, no_difference="yes", matters="nobody", sentence="values")
    assert "a change of 5 percentage points matters" not in told()
    assert "All three hold" in press(panel)
    assert "As the report has it, a change of 5 percentage points matters to people." in told()
    assert "You typed no smallest change. The report has one" in told()
    fill_in(panel, important="5 points")
    assert "a dashed line at -5 percentage points" in told()


def test_of_ratios_one_is_asked_for_and_not_zero(activity, panel):
    assert zero(panel).description.startswith("Is zero ")
    assert ("No, zero is outside", "no") in zero(panel).options
    activity.look_at("meals-at-home")
    assert zero(panel).description.startswith("Is one ")
    assert ("No, one is outside", "no") in zero(panel).options
    fill_in(panel, no_difference="no")
    assert "Is one (no difference) inside the interval? No, one is outside." in activity.shown()


def test_a_long_scale_is_named_once_in_the_words_about_a_result(tmp_path):
    activity = ReadResult("m03-a4-results", "carers-coaching", tmp_path)
    panel = activity.panel()
    fill_in(panel, important="1", no_difference="no", matters="some", sentence="values")
    press(panel)
    told = panels.words(panel).replace(activity.plain_result().as_written, "")
    told = re.sub(r"<figure.*?</figure>", "", told, flags=re.DOTALL)
    assert told.count("on a scale from 7 to 35") == 1
    assert "1.2 points" in told


def test_a_word_instead_of_a_number_is_explained_and_nothing_is_lost(activity, panel):
    fill_in(panel, important="7", who="carers")
    fill_in(panel, important="a lot")
    assert "“a lot” is none" in panels.alert(panel)
    assert activity.reading()["important"] == "7"
    assert panels.named(panel)[IMPORTANT].value == "a lot"  # still there to be mended


def test_details_that_could_identify_somebody_are_not_saved(activity, panel):
    fill_in(panel, who="ring 07700 900123")
    assert "was not saved" in panels.alert(panel)
    assert "900123" not in activity.shown()


def test_each_result_keeps_its_own_answers(activity, panel):
    named = panels.named(panel)
    fill_in(panel, no_difference="yes")
    named["Result"].value = "Daily living at three months"
    assert zero(panel).value == ""
    assert "5.1 points" in panels.words(panel)
    fill_in(panel, no_difference="no")
    named["Result"].value = "Emergency readmission within 30 days"
    assert zero(panel).value == "yes"
    named["Report"].value = "falls-and-rails"
    assert zero(panel).value == ""
    assert "Any grab rail before a serious fall" in panels.words(panel)


def test_reports_without_numbers_are_not_offered(panel):
    offered = {key for _, key in panels.named(panel)["Report"].options}
    assert offered == {*reports.names(), OWN} - {"going-home", "duty-desk"}


def test_numbers_of_ones_own_are_read_like_those_of_a_report(activity, panel):
    own_numbers(panel, outcome="Days in hospital")
    assert "Type the estimate as a number" in panels.words(panel)
    assert "Type the estimate as a number" in press(panel)
    own_numbers(panel, estimate="0.7", low="0.5", high="0.98", scale="ratio", better="lower")
    assert "<img alt=" in panels.words(panel)
    fill_in(panel, no_difference="no", matters="nobody", sentence="values")
    assert "All three hold" in press(panel)
    assert "Ask people who draw on the service" in panels.words(panel)
    own_numbers(panel, high="1.4")
    assert "What can be said of this result" not in panels.words(panel)  # other numbers, another reading
    assert activity.reading()["no_difference"] == "no"


def test_a_percentage_of_ones_own_is_not_asked_which_way_is_better(panel):
    own_numbers(panel, outcome="Carers who found it helpful", estimate="82%", low="79", high="85", scale="share")
    assert "82% (95% interval 79 to 85)" in panels.words(panel)
    named = panels.named(panel)
    assert named["How it came about"].layout.display == "none"
    assert named["Estimate"].layout.display is None
    assert {key for _, key in named[SENTENCE].options} == {"", "values", "works", "exact", "importance"}


def test_two_groups_that_share_nobody_are_compared_by_their_difference_only(activity, panel, tmp_path):
    named = panels.named(panel)
    named["Second group: who"].value = "People who live alone"
    assert "Say who the first group is" in panels.words(panel)
    named["First group: who"].value = "People who live with somebody"
    for group, numbers in (("First", ("-6.3", "-14", "1.3")), ("Second", ("-9", "-16", "-2"))):
        for part, words in zip(("estimate", "lower end", "upper end"), numbers, strict=True):
            named[f"{group} group: {part}"].value = words
    shown = panels.words(panel)
    assert "In one interval zero lies inside, in the other outside. That is not a comparison" in shown
    assert "The difference between the two subgroups was -2.7" in shown
    assert "two intervals" in shown
    again = ReadResult("m03-a4-results", None, tmp_path)
    assert again.subgroups_html() == activity.subgroups_html()


def test_everything_comes_back_in_a_new_kernel(activity, panel, tmp_path):
    own_numbers(panel, outcome="Days in hospital", estimate="-1", low="-3", high="0.5")
    fill_in(panel, no_difference="yes", matters="nobody", sentence="absence", who="carers")
    press(panel)
    again = ReadResult("m03-a4-results", None, tmp_path)
    assert again.chosen == OWN
    assert again.readings == activity.readings
    assert again.remarks_html() == activity.remarks_html() != ""
    assert panels.named(again.panel())[SENTENCE].value == "absence"
    assert again.notice == ""


def test_the_report_holds_picture_answers_and_remarks_without_script(activity, panel):
    assert "Not answered yet" in activity.report()
    fill_in(panel, important="5", no_difference="yes", matters="some", sentence="works")
    press(panel)
    shown = activity.report()
    assert shown.startswith('<section class="rs-report" aria-label="Read a result">')
    assert "Your sentence: “This shows that it works.”" in shown
    assert "<img alt=" in shown and "What can be said of this result" in shown
    assert "<script" not in shown
    assert not re.search(r"<h\d", shown)


def test_words_of_the_reader_never_become_part_of_the_page(activity, panel):
    own_numbers(panel, outcome="<b>Days</b>", estimate="-1", low="-3", high="0.5")
    fill_in(panel, who="<i>me</i>", no_difference="yes")
    for html in (activity.report(), panels.words(panel)):
        assert "<b>Days" not in html
        assert "<i>me" not in html


def test_the_screen_follows_the_state(activity, panel):
    activity.look_at("meals-at-home")
    assert panels.named(panel)["Report"].value == "meals-at-home"
    assert "1.24" in panels.words(panel)


@pytest.mark.parametrize(("trait", "value"), [
    ("source", "no-such-report"), ("own", {"colour": "red"}), ("own", {"scale": "cubits"}), ("second", {"who": 1}),
    ("readings", {"x": {"no_difference": "maybe"}}), ("readings", {"x": "yes"}),
])
def test_a_state_that_cannot_be_shown_is_refused(activity, trait, value):
    with pytest.raises(TraitError):
        setattr(activity, trait, value)


def test_a_fixed_report_shows_its_results_only(tmp_path):
    fixed = ReadResult("m03-p4-results", "meals-at-home", tmp_path)
    named = panels.named(fixed.panel())
    assert named["Report"].layout.display == "none"
    assert len(named["Result"].options) == 3


def test_a_fixed_report_stays_the_one_whatever_was_looked_at_before(activity, tmp_path):
    activity.look_at("falls-and-rails")
    fixed = ReadResult("m03-a4-results", "meals-at-home", tmp_path)
    assert fixed.chosen == "meals-at-home"
    assert "1.24" in panels.words(fixed.panel())


def test_lessons_open_it_by_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first = read_result("m03-a4-results")
    assert read_result("m03-a4-results") is first
    with pytest.raises(CourseError, match="has no numbers to read"):
        read_result("m03-a5-results", "going-home")
    with pytest.raises(CourseError, match="There is no report “meals”"):
        read_result("m03-a5-results", "meals")
