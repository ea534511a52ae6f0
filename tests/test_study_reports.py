"""The twelve invented study reports: text, results and the panel's sealed findings.

Numbers are recomputed from the counts and spreads that stand in the texts, with statsmodels or by hand; the package's
generator computes nothing, so whatever is wrong in a text is found here.
"""

import csv
import math
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import norm, t
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.contingency_tables import StratifiedTable, Table2x2
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from researchskills import datasets, privacy
from researchskills.appraisal import forms, reports
from researchskills.appraisal.designs import DESIGNS

FOLDER = Path(__file__).parents[1] / "datasets" / "study_reports"
TABLES = ["study_reports", "sentences", "results", "review_studies"]
# The order and the designs that were agreed with those who write activities and lessons.
ORDER = {
    "discharge-visits": "randomised_trial",
    "carers-coaching": "randomised_trial",
    "reablement-team": "before_after",
    "joint-team": "controlled_before_after",
    "front-door": "interrupted_time_series",
    "meals-at-home": "cohort",
    "falls-and-rails": "case_control",
    "carers-survey": "survey",
    "going-home": "qualitative_interviews",
    "duty-desk": "ethnography",
    "link-workers": "mixed_methods",
    "short-breaks-review": "systematic_review",
}
WITHOUT_NUMBERS = {"going-home", "duty-desk"}


def rows(table: str) -> list[dict]:
    """A table as text, read without our own code."""
    with (FOLDER / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def text_of(report: str) -> str:
    return " ".join(row["text"] for row in rows("sentences") if row["report"] == report)


def result(report: str, words: str) -> dict:
    (found,) = [row for row in rows("results") if row["report"] == report and words in row["outcome"]]
    return found


def estimate_and_limits(row: dict) -> tuple[float, float, float]:
    return float(row["estimate"]), float(row["low"]), float(row["high"])


def agrees(row: dict, *recomputed: float) -> None:
    """Estimate and limits of a row are the recomputed ones, rounded to the decimals in which they are held."""
    for held, value in zip((row["estimate"], row["low"], row["high"]), recomputed, strict=True):
        decimals = len(held.partition(".")[2])
        assert abs(float(held) - value) <= 0.5 * 10**-decimals + 1e-9, (row["report"], row["outcome"], held, value)


def stands(report: str, *pieces: str) -> None:
    """What a test computes from is what the report says."""
    text = text_of(report)
    for piece in pieces:
        assert piece in text, (report, piece)


@pytest.fixture(scope="module")
def key() -> dict:
    return datasets.planted("study_reports")["reports"]


# The package


def test_the_package_is_valid_and_says_that_it_is_invented():
    assert datasets.validate("study_reports") == []
    package = datasets.describe("study_reports")
    assert package.synthetic and "invented" in package.summary
    for table in TABLES:
        assert {row["synthetic"] for row in rows(table)} == {"yes"}


def test_all_twelve_reports_are_there_in_order_with_the_agreed_designs(key):
    assert [row["report"] for row in rows("study_reports")] == list(ORDER) == reports.names()
    assert {report: found["design"] for report, found in key.items()} == ORDER
    assert all(found["form"] == DESIGNS[found["design"]].form for found in key.values())


@pytest.mark.parametrize("report", ORDER)
def test_a_report_is_one_to_two_pages_of_numbered_sentences(report):
    own = [row for row in rows("sentences") if row["report"] == report]
    assert [int(row["sentence"]) for row in own] == list(range(1, len(own) + 1))
    assert 25 <= len(own) <= 45
    assert 450 <= sum(len(row["text"].split()) for row in own) <= 800
    pages = [int(row["page"]) for row in own]
    assert pages == sorted(pages) and set(pages) == set(range(1, max(pages) + 1)) and max(pages) <= 2
    (listed,) = [row for row in rows("study_reports") if row["report"] == report]
    assert int(listed["pages"]) == max(pages)
    # A sentence ends as one, and stands once.
    assert all(re.search(r"[.?!][)”\"]?$", row["text"]) for row in own)
    assert len({row["text"] for row in own}) == len(own)


@pytest.mark.parametrize("report", ORDER)
def test_a_report_tells_methods_findings_money_and_whether_people_were_involved(report):
    sections = list(dict.fromkeys(row["section"] for row in rows("sentences") if row["report"] == report))
    text = text_of(report)
    assert len(sections) >= 5
    assert any("unding" in section for section in sections)
    assert re.search(r"forum|panel|group of|advised|steering group|falls group|draws? on care|met us|satisfied", text)


def test_reports_with_numbers_have_one_main_result_and_the_others_none():
    held = rows("results")
    for report in ORDER:
        main = [row for row in held if row["report"] == report and row["main"] == "yes"]
        assert len(main) == (0 if report in WITHOUT_NUMBERS else 1), report
    for row in held:
        estimate, low, high = estimate_and_limits(row)
        assert low < estimate < high, row
        assert row["no_difference"] in ("", "0.0", "1.0")
        assert (row["no_difference"] == "1.0") == ("ratio" in row["measure"])


@pytest.mark.parametrize("report", ORDER)
def test_results_are_those_that_stand_in_the_text(report):
    text = text_of(report)
    for row in rows("results"):
        if row["report"] == report:
            interval = re.search(r"interval (−?[\d.]+%? to −?[\d.]+%?)", row["as_written"])[1]
            assert interval in text, row
            assert not re.search(r"(?<!\w)-\d", text + row["as_written"])  # a minus sign, never a hyphen


def test_no_real_body_or_person_takes_part():
    text = " ".join(value for table in ("study_reports", "sentences") for row in rows(table) for value in row.values())
    for name in [
        *["Age UK", "Mind", "Carers UK", "Red Cross", "London", "Manchester", "Birmingham", "Leeds", "Bristol", "Kent"],
        *["Somerset", "Devon", "Cornwall", "Essex", "Norfolk", "Suffolk", "Yorkshire", "Foundation Trust", "NIHR"],
        *["University of", "National Institute", "Dr", "Mr", "Mrs", "Ms", "Professor"],
    ]:
        assert not re.search(rf"\b{name}\b", text), name
    assert privacy.find(text) == []


def test_places_are_invented_and_those_in_larkshire_are_the_countys_own():
    sys.path.insert(0, str(FOLDER.parent))
    try:
        import county
    finally:
        sys.path.remove(str(FOLDER.parent))
    places = {row["report"]: row["place"] for row in rows("study_reports")}
    own = {*county.LOCALITIES, *county.HOSPITALS}
    for report in ["discharge-visits", "carers-coaching", "reablement-team", "joint-team", "meals-at-home",
                   "falls-and-rails"]:
        assert any(place in places[report] for place in own), report
    assert all("Larkshire" in place or "invented" in place or any(one in place for one in own)
               for place in places.values())


@pytest.mark.parametrize("report", ORDER)
def test_the_page_shows_every_sentence_behind_its_number_and_the_results(report):
    page = reports.report(report).html()
    for row in rows("sentences"):
        if row["report"] == report:
            start = row["text"].split()[0].replace('"', "&quot;").replace("'", "&#x27;")
            assert f"[{row['sentence']}]&nbsp;{start}" in page
    assert "Invented for this course" in page
    assert ("Results as the report gives them" in page) == (report not in WITHOUT_NUMBERS)


# The panel's findings


@pytest.mark.parametrize("report", ORDER)
def test_the_panel_answers_every_question_of_the_form_and_judges_every_domain(report, key):
    found, form = key[report], forms.form(key[report]["form"])
    assert set(found["answers"]) == {question.key for question in form.questions}
    assert set(found["judgements"]) == set(form.domains)
    assert set(found["judgements"].values()) <= set(forms.JUDGEMENTS)
    assert all(one["answer"] in forms.ANSWERS and one["why"].endswith(".") for one in found["answers"].values())


@pytest.mark.parametrize("report", ORDER)
def test_every_finding_points_to_sentences_that_exist(report, key):
    found, last = key[report], len([row for row in rows("sentences") if row["report"] == report])
    parts = [*found["strengths"], *found["threats"], *found["answers"].values()]
    assert all(type(number) is int and 1 <= number <= last for part in parts for number in part["sentences"])
    assert all(part["sentences"] and part["text"].endswith(".") for part in [*found["strengths"], *found["threats"]])
    assert all(part["sentences"] == sorted(set(part["sentences"])) for part in parts)


@pytest.mark.parametrize("report", ORDER)
def test_strengths_and_threats_are_named_with_domain_and_direction(report, key):
    found, form = key[report], forms.form(key[report]["form"])
    assert len(found["strengths"]) >= 2 and len(found["threats"]) >= 2
    assert all(threat["domain"] in form.domains and threat["direction"] in forms.DIRECTIONS
               for threat in found["threats"])
    # A domain at high risk has a threat, or an answer that says no, to show for it.
    for domain, judgement in found["judgements"].items():
        noes = [one for one in form.of_domain(domain) if found["answers"][one.key]["answer"] in ("no", "partly")]
        assert judgement != "high" or noes or domain in {threat["domain"] for threat in found["threats"]}, domain
    assert found["certainty"].endswith(".")


def test_some_threats_flatter_the_service_and_some_hide_what_it_does(key):
    directions = {report: {threat["direction"] for threat in found["threats"]} for report, found in key.items()}
    assert sum("flatters" in found for found in directions.values()) >= 6
    assert {"discharge-visits", "meals-at-home", "falls-and-rails"} <= {
        report for report, found in directions.items() if "hides" in found}


# The designed results


def test_one_interval_holds_both_no_difference_and_a_change_that_matters():
    row = result("discharge-visits", "readmission")
    _, low, high = estimate_and_limits(row)
    assert row["main"] == "yes" and row["better"] == "lower"
    assert low < -float(row["important"]) < 0 < high


def test_one_interval_excludes_no_difference_and_every_change_that_matters():
    row = result("meals-at-home", "weight")
    assert 0 < float(row["low"]) < float(row["high"]) < float(row["important"])


def test_one_interval_is_too_wide_to_tell_anything():
    row = result("falls-and-rails", "hip")
    low, high = float(row["low"]), float(row["high"])
    assert high / low > 10 and low < float(row["important"]) < 1 < 1 / float(row["important"]) < high


def test_important_is_a_size_or_a_ratio_and_stands_in_the_unit_of_the_estimate():
    for row in rows("results"):
        if row["important"]:
            assert float(row["important"]) > 0
            assert row["no_difference"] == "0.0" or 0 < float(row["important"]) < 1


# Numbers, recomputed


@pytest.mark.parametrize("report", ORDER)
def test_percentages_follow_from_the_counts_beside_them(report):
    """“34 of 206 people (16.5%)” and “Of 131 people, 88 (67.2%)” are right to within half of the last decimal."""
    share = r"\((\d+(?:\.\d)?)%"
    found = re.findall(rf"(\d[\d,]*) of (?:the )?(\d[\d,]*)(?: [\w-]+){{0,4}} {share}", text_of(report))
    turned = re.findall(rf"Of (?:the )?(\d[\d,]*) [^.;]*?, (\d[\d,]*) {share}", text_of(report))
    found += [(part, whole, share) for whole, part, share in turned]
    for part, whole, share in found:
        value = 100 * int(part.replace(",", "")) / int(whole.replace(",", ""))
        assert abs(value - float(share)) <= (0.05 if "." in share else 0.5) + 1e-9, (part, whole, share)
    if ORDER[report] in {"randomised_trial", "cohort", "case_control", "before_after"}:
        assert len(found) >= 3


def test_people_add_up():
    stands("discharge-visits", "412 agreed", "206 were allocated", "The 38 people", "the 67 in the usual")
    assert 2 * 206 == 412 and 206 - 168 == 38 and 206 - 139 == 67
    stands("reablement-team", "186 people", "124 of the 186", "Of the other 62 people, 21 ", "14 had died, 12 ",
           "and 15 had left")
    assert 186 - 124 == 62 == 21 + 14 + 12 + 15
    stands("reablement-team", "3.5 hours a week saved for 124 people amount to 22,568 hours")
    assert 3.5 * 124 * 52 == 22568
    stands("meals-at-home", "Of 1,240 people, 310 had meals and 930 did not", "Of the 96 people", "94 of the 188")
    assert 310 + 930 == 1240 and 310 - 214 == 96 and 930 - 742 == 188
    assert 54 + 64 == 118 and 190 + 96 == 286 and 168 + 142 == 310 and 668 + 262 == 930
    stands("falls-and-rails", "Of 131 people", "88 (67.2%) were interviewed; 43 were")
    assert 131 - 88 == 43
    stands("carers-coaching", "128 carers and the other practices 113, a mean of 16.0 and 14.1")
    assert 128 / 8 == 16 and round(113 / 8, 1) == 14.1
    sizes = {row["outcome"]: int(row["n"]) for row in rows("results")}
    assert sizes["Emergency readmission within 30 days"] == 412
    assert sizes["Daily living at three months"] == 168 + 139
    assert sizes["Wellbeing at six months"] == 112 + 101
    assert sizes["People who told their story only once"] == 412 + 398 + 405 + 410
    assert sizes["Any grab rail before a serious fall"] == 88 + 176
    assert sum(int(row["n"]) for row in rows("review_studies")) == sizes[
        "Carers' strain: standardised mean difference, six studies"]


def two_means(a: tuple, b: tuple, inflate: float = 1.0) -> tuple[float, float, float]:
    """Difference in means with its large-sample interval (each a mean, standard deviation and number of people)."""
    difference = a[0] - b[0]
    error = math.sqrt(inflate * (a[1] ** 2 / a[2] + b[1] ** 2 / b[2]))
    return difference, *norm.interval(0.95, difference, error)


def test_the_trial_of_discharge_visits(key):
    low, high = confint_proportions_2indep(34, 206, 47, 206, method="wald")
    agrees(result("discharge-visits", "readmission"), 100 * (34 / 206 - 47 / 206), 100 * low, 100 * high)
    stands("discharge-visits", "71.2 (standard deviation 18.4) and 66.1 (standard deviation 19.0)",
           "121 and 112 carers", "5.1 (standard deviation 3.3) and 5.4 (standard deviation 3.5)")
    agrees(result("discharge-visits", "Daily"), *two_means((71.2, 18.4, 168), (66.1, 19.0, 139)))
    agrees(result("discharge-visits", "strain"), *two_means((5.1, 3.3, 121), (5.4, 3.5, 112)))
    # Who was left had begun better in usual care: what the key says follows from the means of all and of the lost.
    (lost,) = [one["text"] for one in key["discharge-visits"]["threats"] if one["domain"] == "lost"]
    left = (206 * 52.8 - 67 * 45.2) / 139, (206 * 52.3 - 38 * 51.6) / 168
    assert f"at about {left[0]:.1f} and the joint-visit group at {left[1]:.1f}" in lost
    # 25 % against 13 % with 85 % power, by the usual formula (Altman 1991): 400 people are enough, 350 are not.
    size = (norm.isf(0.025) + norm.isf(0.15)) ** 2 * (0.25 * 0.75 + 0.13 * 0.87) / 0.12**2
    assert 350 < 2 * size <= 400


def test_the_trial_of_coaching_as_printed_and_as_it_should_be(key):
    stands("carers-coaching", "22.9 (standard deviation 4.0) with coaching and 21.7 (standard deviation 4.1)",
           "5.9 (standard deviation 3.2) and 6.3 (standard deviation 3.4)", "p = 0.03",
           "intra-class correlation of the wellbeing score had been 0.05",
           "score of 21.0 and those in the other practices 20.4")
    groups = (22.9, 4.0, 112), (21.7, 4.1, 101)
    printed = result("carers-coaching", "Wellbeing")
    agrees(printed, *two_means(*groups))
    agrees(result("carers-coaching", "strain"), *two_means((5.9, 3.2, 112), (6.3, 3.4, 101)))
    assert round(2 * norm.sf((22.9 - 21.7) / math.sqrt(4.0**2 / 112 + 4.1**2 / 101)), 2) == 0.03
    # Design effect 1 + (m − 1) × ICC (Donner and Klar 2000), with 213 carers in 16 practices.
    effect = 1 + (213 / 16 - 1) * 0.05
    _, low, high = two_means(*groups, inflate=effect)
    assert float(printed["low"]) > 0 > low
    (threat,) = [one for one in key["carers-coaching"]["threats"] if "intra-class" in one["text"]]
    assert f"about {effect:.1f} times" in threat["text"]
    assert f"about −{-low:.1f} to {high:.1f}" in threat["text"]
    # Size of the trial: 1.5 points, standard deviation 4, power 80 %.
    assert math.ceil(2 * 16 * (norm.isf(0.025) + norm.isf(0.2)) ** 2 / 1.5**2) == 112


def test_the_reablement_team(key):
    stands("reablement-team", "from 11.2 to 14.6", "standard deviation of the change 4.0", "from a mean of 10.4 hours",
           "to 6.9", "standard deviation of the change 6.8", "10.5 among all 186 people and 11.2 among the 124")
    for words, change, spread in [("Independence", 14.6 - 11.2, 4.0), ("Home care", 6.9 - 10.4, 6.8)]:
        error = spread / math.sqrt(124)
        agrees(result("reablement-team", words), change, *t.interval(0.95, 123, change, error))
    # Those who were lost had been weaker: what the key says follows from the two means.
    (lost,) = [one for one in key["reablement-team"]["threats"] if one["domain"] == "lost"]
    assert f"about {(186 * 10.5 - 124 * 11.2) / 62:.1f}, against 11.2" in lost["text"]


def test_the_joint_team():
    before, after, there, other_before, other_after, elsewhere = 1927, 1734, 5840, 1530, 1524, 6120
    stands("joint-team", "1,927", "1,734", "1,530", "1,524", "5,840", "6,120")
    rates = [1000 * before / there, 1000 * after / there]
    rates += [1000 * other_before / elsewhere, 1000 * other_after / elsewhere]
    stands("joint-team", *(f"({rate:.1f}" for rate in rates))
    # Each count is Poisson: a Poisson count has its mean for a variance.
    change = rates[1] - rates[0] - (rates[3] - rates[2])
    error = 1000 * math.sqrt((before + after) / there**2 + (other_before + other_after) / elsewhere**2)
    agrees(result("joint-team", "admissions"), change, *norm.interval(0.95, change, error))
    counts = [(168, 412), (209, 398), (193, 405), (202, 410)]
    stands("joint-team", *(str(number) for pair in counts for number in pair))
    shares = [part / whole for part, whole in counts]
    change = 100 * (shares[1] - shares[0] - shares[3] + shares[2])
    error = 100 * math.sqrt(sum(p * (1 - p) / whole for p, (_, whole) in zip(shares, counts, strict=True)))
    agrees(result("joint-team", "story"), change, *norm.interval(0.95, change, error))


def test_the_front_door_as_printed_and_with_the_season_and_the_contacts(key):
    years = re.findall(r"were ((?:\d{3}, ){10}\d{3} and \d{3}), together ([\d,]+)", text_of("front-door"))
    assert len(years) == 3
    counts = [[int(number) for number in re.findall(r"\d+", listed)] for listed, _ in years]
    assert [sum(year) for year in counts] == [int(total.replace(",", "")) for _, total in years]
    series, month = np.concatenate(counts).astype(float), np.arange(1, 37)
    stands("front-door", f"{series[:24].mean():.1f} requests a month before and {series[24:].mean():.1f} after",
           "410 calls were entered as a contact")
    after = month > 24
    columns = [np.ones(36), month, after, np.where(after, month - 25, 0)]
    fitted = OLS(series, np.column_stack(columns)).fit()
    for words, place in [("first month", 2), ("month to month", 3)]:
        agrees(result("front-door", words), fitted.params[place], *fitted.conf_int()[place])
    slope, (low, high) = fitted.params[1], fitted.conf_int()[1]
    stands("front-door", f"by {slope:.1f} a month (95% confidence interval {low:.1f} to {high:.1f})")
    # Months that follow each other are alike: the printed intervals are too narrow.
    assert (np.diff(fitted.resid) ** 2).sum() / (fitted.resid**2).sum() < 1
    (told,) = [one["text"] for one in key["front-door"]["threats"] if "term for the season" in one["text"]]
    yearly = [np.cos(2 * np.pi * month / 12), np.sin(2 * np.pi * month / 12)]
    seasonal = OLS(series, np.column_stack([*columns, *yearly])).fit()
    mended = OLS(series + np.where(after, 410 / 12, 0), np.column_stack([*columns, *yearly])).fit()
    low, high = (abs(round(limit)) for limit in seasonal.conf_int()[2])
    assert f"about −{abs(seasonal.params[2]):.0f} (−{low} to −{high})" in told
    assert f"about −{abs(mended.params[2]):.0f}." in told


def test_the_cohort_of_meals():
    stands("meals-at-home", "118 of 310", "286 of 930", "54 of 168", "190 of 668", "64 of 142", "96 of 262")
    crude = Table2x2([[118, 310 - 118], [286, 930 - 286]])
    agrees(result("meals-at-home", "in 12 months"), crude.riskratio, *crude.riskratio_confint())
    strata = [(54, 168, 190, 668), (64, 142, 96, 262)]
    # Mantel–Haenszel risk ratio with the variance of Greenland and Robins (1985).
    top = sum(a * m / (n + m) for a, n, b, m in strata)
    bottom = sum(b * n / (n + m) for a, n, b, m in strata)
    spread = sum(((a + b) * n * m - a * b * (n + m)) / (n + m) ** 2 for a, n, b, m in strata)
    middle, error = math.log(top / bottom), math.sqrt(spread / (top * bottom))
    pooled = StratifiedTable([np.array([[a, n - a], [b, m - b]]) for a, n, b, m in strata])
    assert pooled.riskratio_pooled == pytest.approx(top / bottom)
    agrees(result("meals-at-home", "age"), top / bottom, *np.exp(norm.interval(0.95, middle, error)))
    stands("meals-at-home", "−0.4 kilograms (standard deviation 3.1) with meals", "p = 0.004",
           "−1.1 kilograms (standard deviation 3.3) without")
    agrees(result("meals-at-home", "weight"), *two_means((-0.4, 3.1, 214), (-1.1, 3.3, 742)))
    assert round(2 * norm.sf((1.1 - 0.4) / math.sqrt(3.1**2 / 214 + 3.3**2 / 742)), 3) == 0.004


def test_the_case_control_study_of_rails():
    stands("falls-and-rails", "29 of 88", "82 of 176", "3 of 21", "38 of 176")
    for words, cells in [("Any", [[29, 59], [82, 94]]), ("hip", [[3, 18], [38, 138]])]:
        table = Table2x2(cells)
        agrees(result("falls-and-rails", words), table.oddsratio, *table.oddsratio_confint())


def test_the_survey_of_carers():
    for words, part, whole in [("helped", 402, 489), ("contact", 208, 548)]:
        stands("carers-survey", str(part), str(whole))
        low, high = proportion_confint(part, whole, method="wilson")
        agrees(result("carers-survey", words), 100 * part / whole, 100 * low, 100 * high)
    low, high = confint_proportions_2indep(142, 232, 133, 302, method="newcomb")
    agrees(result("carers-survey", "break"), 100 * (142 / 232 - 133 / 302), 100 * low, 100 * high)


def test_the_review_of_short_breaks():
    studies = rows("review_studies")
    effect = np.array([float(row["estimate"]) for row in studies])
    variance = np.array([((float(row["high"]) - float(row["low"])) / (2 * norm.isf(0.025))) ** 2 for row in studies])

    def around(between: float) -> tuple[float, float, float]:
        weight = 1 / (variance + between)
        pooled = (weight * effect).sum() / weight.sum()
        return pooled, 1 / math.sqrt(weight.sum()), (weight * (effect - pooled) ** 2).sum()

    # Paule and Mandel (1982): the variance between studies that makes Q as large as its degrees of freedom.
    between = brentq(lambda value: around(value)[2] - 5, 0, 10)
    pooled, error, _ = around(between)
    agrees(result("short-breaks-review", "six"), pooled, *norm.interval(0.95, pooled, error))
    q = around(0)[2]
    stands("short-breaks-review", f"Q = {q:.1f} with 5 degrees", f"I-squared was {100 * (q - 5) / q:.0f}%")
    weight = 1 / variance[-2:]
    two = (weight * effect[-2:]).sum() / weight.sum()
    agrees(result("short-breaks-review", "two largest"), two, *norm.interval(0.95, two, 1 / math.sqrt(weight.sum())))


# Making the files


def test_tables_and_key_are_made_again_byte_for_byte(tmp_path):
    subprocess.run([sys.executable, str(FOLDER / "generate.py"), str(tmp_path)], check=True)
    for name in [*(f"{table}.csv" for table in TABLES), "planted.sealed"]:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name


@pytest.fixture
def generate(tmp_path):
    sys.path.insert(0, str(FOLDER))
    try:
        import generate
    finally:
        sys.path.remove(str(FOLDER))
        sys.modules.pop("generate", None)
    shutil.copytree(FOLDER / "material", tmp_path / "material")
    return generate


def test_a_missing_report_stops_the_making_with_a_sentence(generate, tmp_path):
    (tmp_path / "material" / "duty-desk.yaml").unlink()
    with pytest.raises(SystemExit, match="“duty-desk” is missing: write duty-desk.yaml"):
        generate.generate(tmp_path / "material")


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("sentences: [6, 7, 19]", "sentences: [6, 7, 99]", "refers to sentence 99, and there are 34"),
        ("    chance: {", "    chances: {", "questions are not those of the form: chance, chances"),
        ("{allocation: low,", "{allocations: low,", "domains are not those of the form"),
        ("{domain: lost,", "{domain: left,", "“left” is no domain of the form trial"),
        ("direction: hides", "direction: sideways", "“sideways” is no direction"),
        ('concealed: {answer: "yes"', "concealed: {answer: yes", "“True” is no answer"),
        ("differed: low", "differed: fine", "“fine” is no judgement"),
        ("form: trial", "form: cohort", "does not open the form cohort"),
    ],
)
def test_a_panel_that_does_not_fit_stops_the_making_with_a_sentence(generate, tmp_path, was, becomes, said):
    path = tmp_path / "material" / "discharge-visits.yaml"
    text = path.read_text(encoding="utf-8")
    assert was in text
    path.write_text(text.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(SystemExit, match=f"discharge-visits: .*{re.escape(said)}"):
        generate.generate(tmp_path / "material")
