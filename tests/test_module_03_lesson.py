"""Module 03: what its pages say of reports, claims and data is so, and every number on them is counted again.

Nothing here uses the course's own statistics: means, intervals and the pooled result are worked out a second time
from the text of the csv files, with numpy and quantiles from scipy. Sentences are put together from these numbers and
looked up in the pages; sentences that the pages quote are looked up in the reports.
"""

import ast
import csv
import re
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import panels
import pytest
from scipy import stats

from researchskills.appraisal import activities, forms
from researchskills.appraisal.claims import VERDICTS, view
from researchskills.appraisal.designs import DESIGNS
from researchskills.appraisal.reports import panel
from researchskills.source import Module, read_module

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "solutions" / "03-appraising-evidence"
DATA = ROOT / "datasets"
WORDS = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
         "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]


@cache
def read(name: str) -> list[dict]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def page(name: str) -> str:
    """Text of a page with every run of white space made one space."""
    return " ".join((FOLDER / name).read_text(encoding="utf-8").split())


def part(name: str, heading: str) -> str:
    """The part of a page below a heading, up to the next heading of its level or above."""
    level = heading.index(" ")
    text = (FOLDER / name).read_text(encoding="utf-8").partition(f"\n{heading}\n")[2]
    return re.split(rf"\n#{{1,{level}}} ", text)[0]


def table_rows(text: str, columns: int) -> list[list[str]]:
    """Cells of the lines of Markdown tables that have so many columns, without rulers."""
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.splitlines()
            if line.strip().startswith("|")]
    return [row for row in rows if len(row) == columns and not set("".join(row)) <= set("-: ")]


@pytest.fixture(scope="module")
def module() -> Module:
    return read_module(FOLDER)


# The sums, a second time


@cache
def sentences() -> dict[tuple[str, int], str]:
    return {(row["report"], int(row["sentence"])): row["text"] for row in read("study_reports/sentences")}


def result(report: str, start: str) -> dict:
    return next(row for row in read("study_reports/results")
                if row["report"] == report and row["outcome"].startswith(start))


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def is_number(text: str | None) -> bool:
    return bool(re.fullmatch(r"[-−]?\d+(\.\d+)?", text or ""))


def column(rows: list[dict], name: str) -> np.ndarray:
    return np.array([float(row[name]) for row in rows])


def difference(one: np.ndarray, two: np.ndarray) -> tuple[float, float, float]:
    """First mean less second with Welch's 95% interval."""
    parts = one.var(ddof=1) / len(one), two.var(ddof=1) / len(two)
    free = sum(parts) ** 2 / (parts[0] ** 2 / (len(one) - 1) + parts[1] ** 2 / (len(two) - 1))
    middle, half = one.mean() - two.mean(), stats.t.ppf(0.975, free) * np.sqrt(sum(parts))
    return middle, middle - half, middle + half


def difference_of_areas(families: list[dict], score: str) -> tuple[float, float, float]:
    """Programme areas less the others; the variance comes from the totals of the areas."""
    held = {}
    for arm in ("yes", "no"):
        rows = [row for row in families if row["programme"] == arm]
        values = column(rows, score)
        totals = {}
        for row, value in zip(rows, values - values.mean(), strict=True):
            totals[row["area"]] = totals.get(row["area"], 0) + value
        k = len(totals)
        held[arm] = values.mean(), k / (k - 1) * sum(total**2 for total in totals.values()) / len(values) ** 2, k
    middle = held["yes"][0] - held["no"][0]
    half = stats.t.ppf(0.975, held["yes"][2] + held["no"][2] - 2) * np.sqrt(held["yes"][1] + held["no"][1])
    return middle, middle - half, middle + half


def likeness(families: list[dict], score: str) -> float:
    """How many independent families they are worth: analysis of variance between areas, and Kish's design effect.

    Large areas weigh more: the mean size of a family's area, not of an area, goes into the design effect.
    """
    areas = {}
    for row in families:
        areas.setdefault(row["area"], []).append(float(row[score]))
    n, k = len(families), len(areas)
    groups = [np.array(values) for values in areas.values()]
    everybody = np.concatenate(groups).mean()
    between = sum(len(group) * (group.mean() - everybody) ** 2 for group in groups) / (k - 1)
    within = sum(((group - group.mean()) ** 2).sum() for group in groups) / (n - k)
    of_a_family = sum(len(group) ** 2 for group in groups) / n
    size = (n - of_a_family) / (k - 1)
    alike = (between - within) / (between + (size - 1) * within)
    return n / (1 + (of_a_family - 1) * alike)


def gaps(families: list[dict], score: str, arm: str) -> np.ndarray:
    """In each area of an arm: mean of teenage mothers less mean of the others."""
    held = {}
    for row in families:
        if row["programme"] == arm:
            held.setdefault(row["area"], {"teenage": [], "20 or over": []})[row["mother_age_group"]].append(
                float(row[score]))
    return np.array([np.mean(one["teenage"]) - np.mean(one["20 or over"]) for one in held.values()])


def pooled() -> dict[str, float]:
    """The six studies: Paule and Mandel's variance by bisection, and what follows from it."""
    rows = read("study_reports/review_studies")
    values = column(rows, "estimate")
    variances = ((column(rows, "high") - column(rows, "low")) / (2 * stats.norm.ppf(0.975))) ** 2

    def spread(tau: float) -> float:
        weights = 1 / (variances + tau)
        return float((weights * (values - (weights * values).sum() / weights.sum()) ** 2).sum())

    low, high = 0.0, 10.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if spread(middle) > len(values) - 1 else (low, middle)
    weights = 1 / (variances + low)
    middle, half = (weights * values).sum() / weights.sum(), stats.norm.ppf(0.975) / np.sqrt(weights.sum())
    return {"middle": middle, "low": middle - half, "high": middle + half,
            "next_low": middle - stats.t.ppf(0.975, len(values) - 2) * np.sqrt(low + 1 / weights.sum()),
            "next_high": middle + stats.t.ppf(0.975, len(values) - 2) * np.sqrt(low + 1 / weights.sum()),
            "beyond": 100 * max(0, 1 - (len(values) - 1) / spread(0))}


def wilson(hits: int, n: int) -> tuple[float, float]:
    z, p = stats.norm.ppf(0.975), hits / n
    middle, half = p + z * z / (2 * n), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return tuple((middle + sign * half) / (1 + z * z / n) for sign in (-1, 1))


def word(number: int) -> str:
    return WORDS[number] if number < len(WORDS) else str(number)


# Sentences that the lesson must hold


def facts() -> dict:
    """Every number in the lesson that comes from the data, by a short name."""
    families, pilot = read("area_evaluation/area_evaluation"), read("network_pilot/network_pilot")
    areas = {arm: len({row["area"] for row in families if row["programme"] == arm}) for arm in ("yes", "no")}
    score = "parenting_score"
    _, low, high = difference_of_areas(families, score)
    apart, narrow, wide = difference(gaps(families, score, "yes"), gaps(families, score, "no"))

    twice = [row for row in pilot if is_number(row["inclusion_before"]) and is_number(row["inclusion_after"])]

    def between(name: str) -> float:
        high, low = (column([row for row in twice if row["fidelity"] == which], name) for which in ("high", "low"))
        return difference(high, low)[0]

    results = read("study_reports/results")
    named = [row for row in results if row["important"]]
    mains = [row for row in results if row["main"] == "yes"]
    readmitted, weight = result("discharge-visits", "Emergency"), result("meals-at-home", "Change in weight")
    found = pooled()
    seen = re.search(r"scored for (\d+) people in the joint-visit group and for (\d+)", said("discharge-visits", 23))
    lost = re.search(r"with a mean of ([\d.]+), and the \d+ in the usual-care group with ([\d.]+);",
                     said("discharge-visits", 25))
    carers = re.search(r"from (\d+) and (\d+) carers", said("discharge-visits", 26))
    gone = re.search(r"for (\d+) of the (\d+) ", only("reablement-team", "A second assessment was made"))
    asked = re.search(r"Of the ([\d,]+) questionnaires, (\d+) came back", only("carers-survey", "questionnaires,"))
    helped = re.search(r"Of the (\d+) carers .*, (\d+) said", only("carers-survey", "answered the main question"))
    return {
        "families": f"{len(families):,}", "with": areas["yes"], "without": areas["no"],
        "families_difference": f"{difference_of_areas(families, score)[0]:.2f}",
        "areas_low": f"{low:.2f}", "areas_high": f"{high:.2f}", "worth": f"{round(likeness(families, score), -2):,.0f}",
        "gap": f"{-apart:.1f}", "gap_low": f"{-wide:.1f}", "gap_high": f"{-narrow:.1f}",
        "people": len(pilot), "twice": len(twice), "agencies": len({row["agency"] for row in pilot}),
        "after": f"{between('inclusion_after'):.1f}", "before": f"{between('inclusion_before'):.1f}",
        "pooled": f"{found['middle']:.2f}", "pooled_low": f"{found['low']:.2f}", "pooled_high": f"{found['high']:.2f}",
        "beyond": f"{found['beyond']:.0f}", "next_low": f"{found['next_low']:.2f}",
        "next_high": f"{found['next_high']:.2f}",
        "kg": f"{number(weight['estimate']):g}", "kg_low": f"{number(weight['low']):g}",
        "kg_high": f"{number(weight['high']):g}", "kg_n": weight["n"],
        "readmitted": f"{number(readmitted['estimate']):.1f}", "re_low": f"{number(readmitted['low']):.1f}",
        "re_high": f"{number(readmitted['high']):.1f}", "fewer": f"{-number(readmitted['low']):g}",
        "more": f"{number(readmitted['high']):g}", "five": word(round(abs(number(readmitted["important"])))),
        "rose": result("reablement-team", "Independence")["estimate"], "n_visits": readmitted["n"],
        "scored": seen[1], "scored_usual": seen[2], "began": lost[1], "began_usual": lost[2],
        "strain": carers[1], "strain_usual": carers[2],
        "entered": gone[2], "missing": int(gone[2]) - int(gone[1]),
        "sent": asked[1], "back": asked[2], "answered": helped[1], "helped": helped[2],
        "named": len(named), "results": len(results), "Eleven": word(len(named) - 1),
        "Three": word(sum(not row["important"] for row in mains)).capitalize(), "ten": word(len(mains)),
    }


def said(report: str, sentence: int) -> str:
    return sentences()[report, sentence]


def only(report: str, words: str) -> str:
    """The one sentence of a report that holds these words."""
    found = [text for (key, _), text in sentences().items() if key == report and words in text]
    assert len(found) == 1, words
    return found[0]


LESSON = (
    "402 of 489 carers said",  # also the cell: `402 * times`
    "{helped} of {answered} carers said that the service had helped them",
    "Of {sent} carers who were sent the form, {back} sent it back.",
    "Records of readmission were complete for all {n_visits} people.",
    "It was scored for {scored} people with a joint visit and for {scored_usual} without (sentence 23).",
    "had begun with a mean of {began} in one group and of {began_usual} in the other (sentence 25).",
    "{missing} of {entered} are a third.",
    "weighed {kg} kilograms more after a year",
    "95% confidence interval {kg_low} to {kg_high}, p = 0.004.",
    "For the mean of {kg_n} people",
    "{kg} kilograms ({kg_low} to {kg_high}), p = 0.004.”",
    "reaches from {fewer} fewer readmissions in a hundred to {more} more, and people had said that {five} fewer would",
    "{readmitted} percentage points ({re_low} to {re_high}).”",
    "was given to {with} areas; {without} areas went without.",
    "as if each of {families} families were a witness of its own.",
    "The difference is still {families_difference} points; the honest interval is more than half as wide again, "
    "{areas_low} to {areas_high}.",
    "the families are worth about {worth}.",
    "by about {gap} points, and zero is outside the interval of that ({gap_low} to {gap_high}).",
    "such as reablement's {rose} points", "({missing} of {entered} have no second score)",
    "an invented pilot with {people} people in {agencies} agencies",
    "Among the {twice} who answered both times they were {after} points apart at the end, and {before} before",
    "The pooled difference is {pooled}, from {pooled_low} to {pooled_high}.", "**I²**, {beyond}% here",
    "in the next such study the true difference may lie anywhere from {next_low} to {next_high}",
    "For {named} of {results}. In {Eleven} of them people who draw on care, or carers, named it",
    "{Three} of the {ten} reports with numbers name none for their main result.",
    "came back from {strain} carers and from {strain_usual}.",
)


def test_every_number_that_the_lesson_states_is_the_one_worked_out_from_the_csv_files():
    held, text = facts(), page("lesson.md")
    assert [one for one in LESSON if one.format(**held) not in text] == []


def test_another_edition_of_the_data_would_contradict_the_lesson(monkeypatch):
    """The look-up can fail: with every result and score moved by a little the sentences are no longer true."""
    moved = {}
    for name in ("area_evaluation/area_evaluation", "network_pilot/network_pilot", "study_reports/results",
                 "study_reports/review_studies"):
        rows = [dict(row) for row in read(name)][:-1]
        for place, row in enumerate(rows):
            for key in ("parenting_score", "inclusion_before", "inclusion_after", "estimate", "low", "high"):
                if is_number(row.get(key)):
                    row[key] = str(number(row[key]) + 0.4 + place % 3 * 0.7)
        moved[name] = rows
    original = read.__wrapped__
    monkeypatch.setattr(f"{__name__}.read", lambda name: moved.get(name) or original(name))
    held, text = facts(), page("lesson.md")
    assert len([one for one in LESSON if one.format(**held) not in text]) >= 10


def test_the_narrow_interval_of_ten_times_as_many_is_a_third_as_wide():
    one, ten = (np.diff(wilson(402 * times, 489 * times))[0] for times in (1, 10))
    assert one / ten == pytest.approx(3, abs=0.25)
    assert "make the interval three times as narrow" in page("lesson.md")


def test_the_interval_that_knows_areas_is_more_than_half_as_wide_again():
    families = read("area_evaluation/area_evaluation")
    plain = difference(*(column([row for row in families if row["programme"] == arm], "parenting_score")
                         for arm in ("yes", "no")))
    _, low, high = difference_of_areas(families, "parenting_score")
    assert 1.5 < (high - low) / (plain[2] - plain[1]) < 1.7


def test_zero_is_outside_the_interval_of_one_subgroup_and_inside_that_of_the_other():
    families = read("area_evaluation/area_evaluation")
    of_age = {age: difference_of_areas([row for row in families if row["mother_age_group"] == age], "parenting_score")
              for age in ("20 or over", "teenage")}
    assert of_age["20 or over"][1] > 0
    assert of_age["teenage"][1] < 0 < of_age["teenage"][2]


def test_the_picture_of_four_intervals_says_what_its_title_and_the_table_below_it_say():
    cell = next(text for text in re.findall(r"```{code-cell}\n(.*?)```", (FOLDER / "lesson.md").read_text("utf-8"),
                                            re.DOTALL) if "worth having" in text)
    names = ast.literal_eval(re.search(r"names = ({.*?})", cell, re.DOTALL)[1])
    drawn = {}
    for row in read("study_reports/results"):
        if row["outcome"] in names:
            sign = 1 if row["better"] == "higher" else -1
            ends = sorted(sign * number(row[end]) / number(row["important"]) for end in ("low", "high"))
            drawn[names[row["outcome"]]] = ends
    assert len(drawn) == 4
    assert [name for name, (low, _) in drawn.items() if low > 1] == ["independence, reablement"]
    low, high = drawn["weight, meals at home"]
    assert 0 < low < high < 1
    low, high = drawn["daily living, joint visits"]
    assert 0 < low < 1 < high
    low, high = drawn["readmissions, joint visits"]
    assert low < 0 < 1 < high
    assert "One interval of four lies wholly beyond 1" in cell


def test_the_smaller_a_study_of_the_review_the_larger_its_difference():
    rows = sorted(read("study_reports/review_studies"), key=lambda row: int(row["n"]))
    assert list(column(rows, "estimate")) == sorted(column(rows, "estimate"))
    assert max(abs(number(row["estimate"])) for row in rows[-2:]) < 0.3  # “next to nothing”


def test_the_breaks_of_the_smallest_and_of_the_largest_studies_are_as_the_lesson_says():
    rows = sorted(read("study_reports/review_studies"), key=lambda row: int(row["n"]))
    assert [{row["study"] for row in two} for two in (rows[:2], rows[-2:])] == [{"Adair", "Brook"}, {"Eames", "Fell"}]
    kinds = only("short-breaks-review", "Breaks lasted")
    for told in ("two hours a week at home (Calder, Eames)", "a week away (Adair, Brook)",
                 "Denny and Fell studied day centres"):
        assert told in kinds
    assert "the two smallest offered a week away, the two largest a day centre and two hours at home." in page(
        "lesson.md")


def test_an_interval_for_coaching_that_counts_practices_is_the_one_that_the_lesson_gives():
    """Variance times 1 + (size - 1) × likeness (Kish 1965), with the report's likeness and standard deviations."""
    practices = 16
    assert "Sixteen practices" in said("carers-coaching", 4)
    one, two = map(int, re.search(r"(\d+) of 128 .* (\d+) of 113", said("carers-coaching", 23)).groups())
    spread, spread_usual = map(float, re.findall(r"standard deviation ([\d.]+)\)", said("carers-coaching", 25)))
    alike = float(re.search(r"had been ([\d.]+)\.", said("carers-coaching", 15))[1])
    middle = number(result("carers-coaching", "Wellbeing")["estimate"])

    def ends(effect: float) -> tuple[str, str]:
        half = stats.norm.ppf(0.975) * np.sqrt(effect * (spread**2 / one + spread_usual**2 / two))
        return f"{middle - half:.1f}", f"{middle + half:.1f}"

    reported = result("carers-coaching", "Wellbeing")
    assert ends(1) == (reported["low"], reported["high"])
    low, high = ends(1 + ((one + two) / practices - 1) * alike)
    assert float(low) < 0 < float(high)
    assert f"reaches from about {low} to {high}: zero (no difference) is inside." in page("lesson.md")


# What is quoted


def quoted(text: str) -> list[str]:
    return re.findall("“([^”]+)”", text)


@pytest.mark.parametrize("name", ["m03-p2-direction", "m03-p6-looks"])
def test_sentences_that_a_question_quotes_stand_in_the_reports(name, module):
    everything = " ".join(sentences().values())
    items = [item["text"] for item in module.questions[name].content["items"]]
    quotations = [one for item in items for one in quoted(item)]
    assert len(quotations) == len(items)
    assert [one for one in quotations if one.removesuffix(".") not in everything] == []


@pytest.mark.parametrize(("report", "number", "words"), [
    ("discharge-visits", 6, "which read out the next group"), ("discharge-visits", 7, "could see the list"),
    ("discharge-visits", 12, "had usually heard from them"), ("discharge-visits", 23, "Daily living"),
    ("duty-desk", 3, "I wanted to see how"), ("duty-desk", 6, "were not covered"),
    ("duty-desk", 11, "each Friday"), ("duty-desk", 12, "which stood 61 times in my notes"),
    ("duty-desk", 16, "a list of calls that spoke against"), ("discharge-visits", 5, "needed an interpreter"),
    ("going-home", 7, "Nobody who had been readmitted"), ("going-home", 11, "needed an interpreter"),
    ("short-breaks-review", 18, "None of the studies asked"), ("reablement-team", 11, "was taken as one"),
    ("joint-team", 5, "We compared Eastfold with Westering"),
])
def test_a_sentence_that_the_lesson_points_to_by_number_says_what_the_lesson_tells(report, number, words):
    assert words in said(report, number)


def test_what_the_lesson_tells_of_the_carers_survey_stands_in_it():
    assert "a great deal, quite a lot and a little" in only("carers-survey", "a great deal, quite a lot and a little")
    left = only("carers-survey", "left the main question empty")
    assert "Eighty-two" in left
    assert "40 of them wrote" in left
    assert "can be relied on" in only("carers-survey", "sharp interval")


def test_titles_of_reports_are_given_as_they_are():
    text = page("lesson.md")
    for row in read("study_reports/study_reports"):
        if row["report"] in {"discharge-visits", "carers-coaching", "going-home", "duty-desk"}:
            assert f"*{row['title']}*" in text, row["report"]


def test_carer_strain_was_measured_in_two_trials_and_nobody_had_named_a_change():
    strain = [row for row in read("study_reports/results") if row["outcome"].startswith("Carer strain")]
    assert {row["report"] for row in strain} == {"discharge-visits", "carers-coaching"}
    assert not any(row["important"] for row in strain)
    assert {panel(row["report"])["design"] for row in strain} == {"randomised_trial"}


def test_every_design_has_its_line_in_the_lesson_under_its_name():
    names = [row[1] for row in table_rows(part("lesson.md", "#### A name for what was done"), 3)]
    assert sorted(names) == sorted([one.name for key, one in DESIGNS.items() if key != "grey"] + ["Its name"])


def test_the_lesson_and_the_paper_tell_the_claims_as_the_package_has_them(module):
    held = {row["claim"]: row for row in read("claims/claims")}
    text, paper = page("lesson.md"), paper_and_answers("### Paper 4: Seed detective")
    assert "PMC1482335" in held["C01"]["where_to_read"]
    assert "PMC1482335" in text
    assert [view(key).verdict for key in ("C04", "C01", "C02")] == ["wrong date", "reversed", "overstated"]
    for told in ("1 is a wrong date.", "2 is reversed in its first half", "3 is overstated"):
        assert told in paper
    assert "The first half is **reversed**, the second half agrees" in text
    assert "the service and the situation of families got worse" in held["C02"]["stated"]
    assert "services, and the situations of families, that had become worse" in text
    assert "in places they, and the situations of families, had become worse" in paper
    assert "some indication of harm in the most disadvantaged families" in held["C02"]["reported"]
    assert "So families became services, and what was \"some indication\" became a fact." in text
    assert "July 2000" in held["C04"]["reported"]
    assert "**July 2000" not in text
    assert "14 (the study's website), 15 (King's College London) and 16 (University of York)" in text
    for body in ("14 agencies (website", "15 (King's College London)", "16 (University of York)"):
        assert body in held["C17"]["reported"]


def test_the_claims_to_trace_need_every_verdict_once_and_are_not_told_in_the_lesson_or_asked_in_the_exercises(
        module):
    text = page("lesson.md")
    keys = re.findall(r'"(C\d\d)"', re.search(r"trace_claims\([^)]*\)", text)[0])
    assert {view(key).verdict for key in keys} == set(VERDICTS)
    assert len(keys) == len(VERDICTS)
    assert not {"C01", "C02", "C04", "C17"} & set(keys)
    assert not {item["key"] for item in module.questions["m03-q11-claims"].content["items"]} & set(keys)


def test_the_six_verdicts_are_named_in_the_words_of_the_activity():
    assert f"**{', '.join(VERDICTS)}**" in page("lesson.md")
    assert "overstated, reversed, not found, wrong date or wrong title" in page("workshop.md")


# What learners are told to do


@pytest.mark.parametrize(("form", "words"), [("trial", "Then three parts of the form:"),
                                             ("qualitative", "Do at least")])
def test_the_parts_of_a_form_that_the_lesson_names_are_parts_of_it(form, words):
    sentence = page("lesson.md").partition(words)[2].partition(".")[0]
    titles = [title.lower() for title in forms.form(form).domains.values()]
    named = re.findall(r"\*([^*]+)\*", sentence)
    assert len(named) >= 3
    assert [one for one in named if not any(title.startswith(one) for title in titles)] == []


def test_the_part_by_which_a_learner_sees_that_the_form_is_the_right_one_is_in_no_other_form():
    named = re.search(r"If step 3 has no part called \*(.*?)\*", page("lesson.md"))[1]
    held = [key for key in forms.names() if named in map(str.lower, forms.form(key).domains.values())]
    assert held == ["trial"]
    assert "choose *Partly*" in page("lesson.md")
    assert forms.ANSWERS["partly"] == "Partly"


def test_the_words_that_are_explained_before_the_first_report_stand_in_reports():
    everything = " ".join(row["text"] for row in read("study_reports/sentences")).lower()
    words = re.findall(r"^- \*\*(.*?)\*\*:", part("lesson.md", "#### Words in the reports"), re.MULTILINE)
    assert len(words) == 6
    assert [one for one in words if one.lower() not in everything] == []


def test_the_buttons_that_the_lesson_names_are_on_the_screen(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = {
        "This is the design": activities.appraise("m03-a1-visits", "discharge-visits"),
        "Compare with the course": activities.trace_claims("m03-a6-claims"),
        "Look again at what I appraised": activities.appraisals_together("m03-a7-together"),
    }
    for button, activity in made.items():
        if button == "This is the design":
            activity.step = 2
        assert button in panels.named(activity.panel()), button
        assert f"*{button}*" in page("lesson.md"), button


def test_the_text_of_the_report_says_two_sentences_before_that_it_cannot_speak_for_most():
    place = next(place for (report, place), text in sentences().items() if text.startswith("Most older people in Eng"))
    assert "do not tell how common" in said("going-home", place - 2)
    assert "two sentences before" in page("lesson.md")


# Times, tables and tasks


def test_the_times_that_the_lesson_plans_add_up(module):
    text = page("lesson.md")
    units = [int(minutes) for minutes in re.findall(r"## Unit \d: [^#]*?\b(\d+) minutes\b", text)]
    assert len(units) == 4
    assert "## Seen from the other side Fifteen minutes" in text
    assert [units[0] + units[1], units[2], units[3] + 15] == [80, 60, 70]
    assert sum(units) + 15 == module.lesson.header["minutes"] == 210
    assert "numbers (80), words (60), grey literature and claims (70)" in text
    assert "two sittings, 25 minutes and 35" in text
    assert "two sittings, 25 minutes and 30" in text
    assert text.count("Here is a good place to pause. ### Your turn") == 2  # in Units 1 and 2
    assert "210 minutes in six sittings and a last step" in page("supervisor.md")
    assert "Plan about two and three quarter hours" in page("exercises.md")
    assert "about two and three quarter hours of exercises" in page("supervisor.md")
    tomorrow = text.partition("## Use it tomorrow")[2]
    assert sum(map(int, re.findall(r"\((\d+) minutes\)", tomorrow))) == 20
    together = text.partition("## Discuss together")[2].partition("## ")[0]
    assert sum(map(int, re.findall(r"\((\d+) minutes\)", together))) == 40


def test_every_outcome_is_taught_practised_and_assessed_by_questions_that_exist(module):
    table = [row for row in table_rows(part("workshop.md", "## Outcomes: taught, practised, assessed"), 5)
             if row[0] != "Outcome"]
    assert len(table) == 9  # eight of the curriculum, and the step of every module
    activities = set(re.findall(r'"(m03-a\d-[a-z0-9-]+)"', page("lesson.md")))
    named = set()
    for outcome, taught, practised, assessed, session in table:
        assert taught, outcome
        assert session, outcome
        for cell, letter in ((practised, "[pa]"), (assessed, "q")):
            ids = re.findall(rf"`(m03-{letter}\d+-[a-z0-9-]+)`", cell)
            assert ids, outcome
            named |= set(ids)
    assert named <= set(module.questions) | activities
    assert activities <= named
    assert {name for name, question in module.questions.items() if question.points} <= named


@pytest.mark.parametrize("letter", ["p", "q"])
def test_questions_are_numbered_in_the_order_of_the_page(letter, module):
    numbers = [int(re.match(rf"m03-{letter}(\d+)-", name)[1]) for name in module.questions
               if name.startswith(f"m03-{letter}")]
    assert numbers[0] == 1
    assert all(after == before + 1 for before, after in pairwise(numbers))


def test_activities_are_numbered_in_the_order_of_the_page():
    numbers = list(dict.fromkeys(int(one) for one in re.findall(r'"m03-a(\d)-', page("lesson.md"))))
    assert numbers == list(range(1, len(numbers) + 1))


def test_each_misconception_of_the_curriculum_is_answered_in_the_lesson_and_the_workshop():
    traps, workshop = page("lesson.md").partition("## Common traps")[2].partition("## Key")[0], page("workshop.md")
    for belief in ("randomised trial is good, and the rest is bad", "p below 0.05 means true or important",
                   "bigger sample fixes bias", "anecdote", "score sums up", "Peer reviewed means right",
                   "Cited means supported"):
        assert belief in traps, belief
        assert belief in workshop, belief


def paper_and_answers(heading: str) -> str:
    """A paper of the workshop together with its answers at the end, with every run of white space made one space."""
    answers = part("workshop.md", f"### Answers to {heading.removeprefix('### ').partition(':')[0]}")
    return " ".join(f"{part('workshop.md', heading)} {answers}".split())


def newcombe(a: int, m: int, b: int, n: int) -> tuple[float, float, float]:
    """First proportion less second with Newcombe's interval (1998, method 10), in percentage points."""
    (low, high), (below, above) = wilson(a, m), wilson(b, n)
    apart = a / m - b / n
    return (100 * apart, 100 * (apart - np.hypot(a / m - low, above - b / n)),
            100 * (apart + np.hypot(high - a / m, b / n - below)))


def test_the_sums_of_the_report_to_vote_on_come_out_as_the_trainers_are_told():
    text = paper_and_answers("### Paper 1: A report to vote on")
    offered, called, again, year, others = (int(re.search(pattern, text)[1]) for pattern in (
        r"offered the calls to (\d+)", r"\[6\] (\d+) people", r"people who were called, (\d+) were",
        r"of the year before, (\d+) were", r"who were not called, (\d+) were"))
    assert f"The other {offered - called} said no" in text
    apart, low, high = newcombe(again, called, year, offered)
    assert f"({100 * again / called:.1f}%)" in text
    assert f"({100 * year / offered:.1f}%)" in text
    assert f"{-apart:.1f} percentage points (95% confidence interval {-high:.1f} to {-low:.1f}; p = 0.02)" in text
    pool = (again + year) / (called + offered)
    z = apart / 100 / np.sqrt(pool * (1 - pool) * (1 / called + 1 / offered))
    assert round(2 * stats.norm.sf(abs(z)), 2) == 0.02
    missed = offered - called
    assert f"{others} of the other {missed} came back, which is {100 * others / missed:.0f}%." in text
    apart, low, high = newcombe(again + others, offered, year, offered)
    assert f"{again + others} of {offered}, which is {100 * (again + others) / offered:.1f}%" in text
    assert (f"The difference is then {-apart:.1f} percentage points, and its interval reaches from {high:.1f} on the "
            f"other side of zero to {-low:.1f}") in text


def test_the_papers_can_be_copied_without_their_answers():
    text = (FOLDER / "workshop.md").read_text(encoding="utf-8")
    before, last, answers = text.partition("\n## Answers to the papers (for trainers)\n")
    assert last
    assert "\n## " not in answers, "the answers are the last section"
    papers = before.partition("\n## Paper set\n")[2]
    assert [int(one) for one in re.findall(r"^### Paper (\d):", papers, re.MULTILINE)] == list(range(1, 8))
    for told in ("trainers", "flatters", "which is 25%", "is a wrong date", "regression to the mean"):
        assert told not in papers, told
    headings = [line.removeprefix("### ") for line in answers.splitlines() if line.startswith("### ")]
    assert headings == [*(f"Answers to Paper {number}" for number in range(1, 5)), "The task for week 12"]


def test_the_workshop_tells_what_each_card_and_each_tradition_stands_for():
    cards = dict(table_rows(part("workshop.md", "### Voting cards"), 2))
    assert [card for card in cards if card.startswith("**")] == ["**A**", "**B**", "**C**"]
    paper = part("workshop.md", "### Paper 2: Six questions for any report")
    assert "Evaluative: does this service, here, do what it should for the people it is for?" in paper
    assert "Generalisable: what holds beyond this place, and how do we know?" in paper
    assert [row[0] for row in table_rows(paper, 2)] == ["Side", "Evaluative", "Generalisable"]
    assert "Six pairs report, one question each" in page("workshop.md")
    assert len(table_rows(paper, 4)) == 1 + 6
    assert "slide" not in page("workshop.md").replace("A pyramid on a slide.", "")


def test_the_hours_of_the_panel_add_up():
    rows = {row[0]: row[1] for row in table_rows(part("workshop.md", "### What a panel of three costs"), 2)}
    numbers = {"half an hour": 0.5, "one hour": 1, "four hours": 4}
    paid = sum(hours * one.lower().count(words) for name, one in rows.items() if name.startswith("Paid time")
               for words, hours in numbers.items())
    assert 3 * paid == 18
    assert "about eighteen paid hours for three people" in page("workshop.md")


def test_bias_bingo_has_a_story_for_each_square_and_a_direction_for_each_story():
    squares = [cell for row in table_rows(part("workshop.md", "### Paper 3: Bias bingo"), 3) for cell in row if cell]
    text = part("workshop.md", "### Answers to Paper 3")
    stories = re.findall(r"^\d\. .*$", text, re.MULTILINE)
    assert len(squares) == len(stories) == len(set(squares)) == 9
    for square in squares:
        assert sum(f"{square}." in story for story in stories) == 1, square
    directions = Counter(re.search(r"It (flatters|hides|makes rugs look more dangerous)",
                                   story)[1] for story in stories)
    assert directions == {"flatters": 7, "hides": 1, "makes rugs look more dangerous": 1}


def test_the_task_for_week_12_comes_out_as_the_trainers_are_told():
    task = page("workshop.md").partition("**Unseen task")[2].partition("## Paper set")[0]
    text = f"{task} {part('workshop.md', '### The task for week 12')}"
    began, stayed = (int(re.search(pattern, text)[1]) for pattern in (
        r"loneliness of (\d+) people", r"(\d+) people were still"))
    assert f"{began - stayed} of {began} people are missing" in text
    low, high, worth = (float(re.search(pattern, text)[1]) for pattern in (
        r"interval ([\d.]+) to", r"interval [\d.]+ to ([\d.]+)\)", r"less than (\d) points"))
    assert 0 < low < worth < high
