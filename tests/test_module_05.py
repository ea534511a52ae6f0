"""Module 05: what its pages say about Larkshire is what the csv files hold.

Everything is worked out here a second time: counts from the csv files with pandas, intervals with
statsmodels and scipy or from the formula in the paper that is named. None of the course's own
functions takes part, except to check that the keys accept the right answers and foresee the mistakes.
"""

import re
from collections import Counter
from functools import cache
from math import sqrt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from researchskills import checks
from researchskills.source import Module, read_module

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "solutions" / "05-small-statistics"
COUNTS = ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve",
          "Thirteen", "Fourteen", "Fifteen")


@cache
def read(package: str, table: str = "") -> pd.DataFrame:
    return pd.read_csv(ROOT / "datasets" / package / f"{table or package}.csv")


def page(name: str) -> str:
    """Text of a page with every run of white space made one space."""
    return " ".join((FOLDER / name).read_text(encoding="utf-8").split())


def missing(name: str, sentences: list[str]) -> list[str]:
    text = page(name)
    return [sentence for sentence in sentences if sentence not in text]


@pytest.fixture(scope="module")
def module() -> Module:
    return read_module(FOLDER)


# A second method for each kind of number


def wilson(some: int, asked: int) -> tuple[float, float]:
    """In per cent; statsmodels' own implementation of Wilson (1927)."""
    low, high = proportion_confint(some, asked, method="wilson")
    return 100 * low, 100 * high


def newcombe(some: int, asked: int, other_some: int, other_asked: int) -> tuple[float, float]:
    """In percentage points; statsmodels' own implementation of Newcombe (1998), method 10."""
    low, high = confint_proportions_2indep(some, asked, other_some, other_asked, method="newcomb", compare="diff")
    return 100 * low, 100 * high


def mean_interval(values) -> tuple[float, float, float]:
    values = np.asarray(values, dtype=float)
    half = stats.t.ppf(0.975, len(values) - 1) * stats.sem(values)
    return values.mean(), values.mean() - half, values.mean() + half


def welch(first, second) -> tuple[float, float, float]:
    """Statsmodels' own interval for a difference of means with unequal spreads (Welch 1947)."""
    both = CompareMeans(DescrStatsW(np.asarray(first, dtype=float)), DescrStatsW(np.asarray(second, dtype=float)))
    return np.mean(first) - np.mean(second), *both.tconfint_diff(usevar="unequal")


def kaplan_meier_median(waits, ended) -> float:
    """First time at which no more than half are left, from the definition of Kaplan and Meier (1958)."""
    left = 1.0
    for time in sorted(set(waits[ended])):
        left *= 1 - (ended & (waits == time)).sum() / (waits >= time).sum()
        if left <= 0.5:
            return time
    return float("nan")


def icc(frame: pd.DataFrame, value: str, cluster: str) -> float:
    """From one-way analysis of variance, unequal clusters (Donner and Koval 1980)."""
    groups = [part[value].to_numpy() for _, part in frame.groupby(cluster)]
    total, number = len(frame), len(groups)
    between = sum(len(one) * (one.mean() - frame[value].mean()) ** 2 for one in groups) / (number - 1)
    within = sum(((one - one.mean()) ** 2).sum() for one in groups) / (total - number)
    size = (total - sum(len(one) ** 2 for one in groups) / total) / (number - 1)
    return (between - within) / (between + (size - 1) * within)


# What is counted


@cache
def assessments() -> pd.DataFrame:
    return read("assessments")


def waits() -> pd.Series:
    return assessments()["days_waited"].dropna()


def changes(extra: str) -> pd.Series:
    low = assessments().query("wellbeing_before <= 17 and extra_support == @extra")
    return (low["wellbeing_after"] - low["wellbeing_before"]).dropna()


def discharges() -> pd.DataFrame:
    return read("packages_and_discharge", "discharges")


def delayed(hospital: str) -> list[tuple[int, int]]:
    """For both years, how many of how many discharges were delayed."""
    rows = discharges().query("hospital == @hospital")
    before = rows["month"] < "2025-04"
    return [(int((part["delay_days"] > 0).sum()), len(part)) for part in (rows[before], rows[~before])]


def at_home(service: str, frailty: str | None = None) -> tuple[int, int]:
    rows = discharges().query("service == @service")
    rows = rows if frailty is None else rows.query("frailty == @frailty")
    return int((rows["at_home_12_weeks"] == "yes").sum()), len(rows)


def teams() -> pd.DataFrame:
    return read("packages_and_discharge", "teams").set_index("team")


def percent(part: float, whole: float) -> float:
    return 100 * part / whole


# Sentences that the lesson must hold


def test_the_wards_and_referrals_of_unit_1_are_those_of_the_files():
    wards = read("area_profile").set_index("ward")
    larkby, weaver = wards.loc["W06"], wards.loc["W38"]
    assert (larkby["ward_name"], weaver["ward_name"]) == ("Over Larkby", "Weaverholm")
    ages = read("area_profile", "age_bands")
    county = ages.groupby("age_band")[["home_care_users", "people"]].sum()
    rates = county["home_care_users"] / county["people"]
    expected = {ward: (part.set_index("age_band")["people"] * rates).sum() for ward, part in ages.groupby("ward")}
    old = ages.query("ward == 'W38'").set_index("age_band")["people"]
    assert old["65-74"] / old.sum() > 0.5  # “mostly 65 to 74”
    assert rates["85+"] > 5 * rates["65-74"]  # “far more often”
    referrals = read("referrals")
    alone = referrals.query("team == 'Northmoor General social work'")["living_alone"].value_counts()
    yes, no, unknown = (int(alone[one]) for one in ("yes", "no", "unknown"))
    all_of_them = yes + no + unknown
    assert missing("lesson.md", [
        f"In **Over Larkby**, {larkby['home_care_users']} people of 65 and over draw on council home care. "
        f"In **Weaverholm** there are {weaver['home_care_users']}.",
        f"{larkby['people_65_plus']} is the number of people of 65 and over in Over Larkby. Run it. "
        f"Then put {larkby['population']} in its place",
        f"The same {larkby['home_care_users']} people: "
        f"{1000 * larkby['home_care_users'] / larkby['people_65_plus']:.1f} for every 1,000 older people, or "
        f"{1000 * larkby['home_care_users'] / larkby['population']:.1f} for every 1,000 residents.",
        f"{weaver['people_65_plus']:,} people of 65 and over live there, and {weaver['population']:,} people of any",
        f"Over Larkby has {larkby['home_care_users']}, and its ages would lead us to expect {expected['W06']:.1f}. "
        f"Weaverholm has {weaver['home_care_users']}, and we would expect {expected['W38']:.1f}:",
        f"this county has {len(wards)} wards: about {0.05 * len(wards):.0f} of them would stand out by chance alone",
        f"holds {len(referrals):,} referrals, but only {referrals['person'].nunique():,} people.",
        f"At Northmoor General, {all_of_them} referrals came in. For {yes} of them the record says that the person "
        f"lives alone, for {no} that they do not. For {unknown} it says nothing.",
        f"{yes} of {all_of_them} is {percent(yes, all_of_them):.0f}%; {yes} of the {yes + no} known is "
        f"{percent(yes, yes + no):.0f}%.",
        f"if the person lived alone in all the unknown ones, it would be {percent(yes + unknown, all_of_them):.0f}%",
        f"From April 2024 to March 2026, {(referrals['bounced'] == 'yes').sum()} referrals were for people",
        f"would be {len(referrals) - referrals['person'].nunique():,} people too many",
        f"for {unknown} referrals the record is silent",
    ]) == []
    assert all(referrals.query("team == 'Northmoor General social work'").groupby("living_alone").size() > 0)


def test_the_waits_of_unit_2_are_those_of_the_files():
    rows, days = assessments(), waits()
    status = rows["status"].value_counts()
    first, median, third = np.quantile(days, [0.25, 0.5, 0.75])
    kept = rows[rows["status"].isin(["assessed", "still waiting"])]
    so_far = (pd.Timestamp("2026-03-31") - pd.to_datetime(kept["requested"])).dt.days
    with_waiting = kaplan_meier_median(kept["days_waited"].fillna(so_far), kept["status"] == "assessed")
    long = int((days > days.mean()).sum())
    assert long / len(days) < 1 / 3
    assert (days < days.mean()).mean() > 0.7  # “more than seven in ten”
    assert (days < 28).mean() > 0.5  # the title of the histogram
    by_job = rows.groupby("profession")["days_waited"]
    therapist = by_job.get_group("occupational therapist").dropna()
    assert missing("lesson.md", [
        f"{len(days):,} people were assessed. Their mean wait was {days.mean():.0f} days.",
        f"Yes: {long} of {len(days):,}, or {percent(long, len(days)):.0f}%.",
        f"Half of the people waited {median:.0f} days or less. The **middle half** waited {first:.0f} to "
        f"{third:.0f} days",
        f"The person with the longest wait, {days.max():.0f} days,",
        f"{(days > 28).sum()} of {len(days):,} people, about {percent((days > 28).sum(), len(days)):.0f}%, waited "
        "more than 28 days.",
        f"warned that {rows['days_waited'].isna().sum()} people were left out. {status['still waiting']} of them are "
        f"**still waiting**; {status['withdrew']} withdrew and {status['died while waiting']} died while waiting.",
        f"The median moves from {median:.0f} to {with_waiting:.0f} days.",
        f"The {status['withdrew'] + status['died while waiting']} people who withdrew or died",
        f"{therapist.median():.0f} days, against {by_job.median()['social worker']:.0f} for social workers. The middle "
        f"half reaches from {therapist.quantile(0.25):.0f} to {therapist.quantile(0.75):.0f} days",
        f"Of {len(days):,} people assessed, half waited {median:.0f} days or less and {(days > 28).sum()} more than "
        f"28; {status['still waiting']} were still waiting on 31 March 2026.",
    ]) == []


def test_the_delays_of_unit_2_are_those_of_the_files():
    every = discharges()["delay_days"]
    days = every[every > 0]
    assert every.median() == 0
    assert missing("lesson.md", [
        f"Of {len(every):,} discharges, {len(days):,} were delayed by a day or more, about "
        f"{percent(len(days), len(every)):.0f}%. Among those, the median delay was {days.median():.0f} days and the "
        f"middle half {days.quantile(0.25):.0f} to {days.quantile(0.75):.0f}; the mean was {days.mean():.0f}.",
        f"Over all {len(every):,}, the mean delay was {every.mean():.1f} days and the median 0.",
        f"{(days >= 7).sum()} of the {len(days):,} delays, about a quarter, were a week or longer.",
        f"Delays of a week or more happened {(days >= 7).sum()} times.",
    ]) == []
    assert (days <= 3).mean() > 0.5  # the title of the histogram
    assert 0.23 < (days >= 7).mean() < 0.27


def test_the_intervals_of_unit_3_are_those_of_a_second_implementation():
    assert wilson(7, 9) == pytest.approx((45.26, 93.68), abs=0.01)
    assert wilson(3, 4) == pytest.approx((30.06, 95.44), abs=0.01)
    low, high = wilson(210, 270)
    assert (round(low), round(high)) == (72, 82)  # as narrow as the wrong option says, within a point
    assert high - low == pytest.approx(83 - 73, abs=0.5)
    difference = newcombe(21, 31, 18, 29)
    assert difference == pytest.approx((-17.6, 28.3), abs=0.05)
    assert missing("lesson.md", [
        "from about 45% to about 94%", "anything from about 30% to about 95%", "From 30% to 95%.",
        f"The difference is {percent(21, 31) - percent(18, 29):.1f} percentage points; the 95% confidence interval "
        f"reaches from {difference[0]:.1f} to {difference[1]:.1f}.",
        f"because {percent(21, 31):.0f}% is more than {percent(18, 29):.0f}%",
        f"6 of 9 is {percent(6, 9):.0f}%, 5 of 9 is {percent(5, 9):.0f}%",
    ]) == []
    assert stats.binom.sf(6, 9, 0.1) < 0.001  # “would hardly ever give seven of nine”
    team = teams()
    for number, (home, people) in {2: (21, 31), 1: (18, 29)}.items():
        row = team.loc[f"Castle Hill reablement {number}"]
        assert (row["at_home"], row["people"]) == (home, people)


def test_the_wellbeing_of_unit_4_is_that_of_the_files():
    helped, others = changes("yes"), changes("no")
    rows = assessments().query("wellbeing_before <= 17")
    assert 0.45 < (rows["extra_support"] == "yes").mean() < 0.55  # “places for half of them”
    with_support, low, high = mean_interval(helped)
    difference = welch(helped, others)
    offered = rows.query("extra_support == 'yes'")
    assert (assessments().query("extra_support == 'yes'")["wellbeing_before"] <= 17).all()
    lost = offered[offered["wellbeing_after"].isna()]
    assert lost["wellbeing_before"].mean() < offered.dropna(subset="wellbeing_after")["wellbeing_before"].mean()
    assert missing("lesson.md", [
        f"On average these {len(helped)} people rose: the interval, {low:.1f} to {high:.1f} points",
        f"The mean change was {with_support:.1f} points, 95% confidence interval {low:.1f} to {high:.1f} points.",
        f"And {len(lost)} of {len(offered)} people are missing, who had started a little lower.",
        f"They rose by {others.mean():.2f} points.",
        f"A difference of {difference[0]:.2f} points, with an interval from {difference[1]:.2f} to "
        f"{difference[2]:.2f}.",
    ]) == []
    assert low < 3 < high
    assert round(with_support * 2) / 2 == 2.5  # “two and a half points”
    rises = f"rose by {others.mean():.2f} points, and those with it by {with_support:.2f}"
    assert missing("exercises.md", [rises]) == []


def test_the_hub_of_units_4_and_the_workshop_is_that_of_the_files():
    castle, north = delayed("Castle Hill Infirmary"), delayed("Northmoor General")
    monthly = read("packages_and_discharge", "monthly")
    shares = monthly.pivot(index="month", columns="hospital", values="share_delayed")
    before, after = shares[shares.index < "2025-04"], shares[shares.index >= "2025-04"]
    falls = after.mean() - before.mean()
    apart = falls["Castle Hill Infirmary"] - falls["Northmoor General"]
    row = shares["Castle Hill Infirmary"]
    below = row < before["Castle Hill Infirmary"].median()
    assert below["2025-03":"2025-12"].all()
    assert not below["2025-02"]
    assert not below["2026-01"]
    for winter in (["2024-12", "2025-01", "2025-02"], ["2025-12", "2026-01", "2026-02"]):
        year = before if winter[0] < "2025-04" else after
        assert row[winter].mean() > row[[month for month in year.index if month not in winter]].mean() + 5
    (old, all_old), (new, all_new) = castle
    assert (percent(old, all_old) - percent(new, all_new)) / percent(old, all_old) > 1 / 3
    (other_old, all_other_old), (other_new, all_other_new) = north
    assert missing("lesson.md", [
        f"In the year before, {old} of {all_old:,} discharges were delayed ({percent(old, all_old):.1f}%); in the year "
        f"after, {new} of {all_new:,} ({percent(new, all_new):.1f}%).",
        f"There, {other_old} of {all_other_old:,} discharges were delayed in the year before "
        f"({percent(other_old, all_other_old):.1f}%), and {other_new} of {all_other_new:,} in the year after "
        f"({percent(other_new, all_other_new):.1f}%).",
        f"The difference between the two falls was {apart:.1f} percentage points, 95% confidence interval -2.6 to 2.8.",
        "ten months in a row, March to December 2025",
    ]) == []
    # Month by month the two hospitals' difference, before against after, as two groups of twelve.
    gap = shares["Castle Hill Infirmary"] - shares["Northmoor General"]
    _, low, high = welch(gap[after.index], gap[before.index])
    assert (low, high) == pytest.approx((-2.6, 2.8), abs=0.5)
    assert missing("workshop.md", [
        f"| {one[0][0]} of {one[0][1]:,} ({percent(*one[0]):.1f}%) | {one[1][0]} of {one[1][1]:,} "
        f"({percent(*one[1]):.1f}%) |" for one in (castle, north)
    ]) == []


def test_the_diary_of_unit_5_is_that_of_the_files():
    days = read("district_nurse_diary", "days")
    days = days.assign(percent=100 * days["minutes_for_others"] / days["minutes"])
    naive = mean_interval(days["percent"])
    by_nurse = mean_interval(days.groupby("nurse")["percent"].mean())
    alike = icc(days, "percent", "nurse")
    worth = len(days) / (1 + (len(days) / days["nurse"].nunique() - 1) * alike)
    assert (by_nurse[2] - by_nurse[1]) > 2 * (naive[2] - naive[1])
    assert naive[2] - naive[0] < 2  # “to within two points”
    assert missing("lesson.md", [
        f"{COUNTS[days['nurse'].nunique()]} district nurses kept a diary for eight weeks, on two days a week: "
        f"{len(days)} days in all.",
        f"about {naive[0]:.0f}% of a day goes on others' tasks",
        f"here it is {alike:.2f}", f"{len(days)} days are worth about {worth:.0f}.",
    ]) == []
    assert days["week"].nunique() == 8
    assert days.groupby(["nurse", "week"]).size().max() == 2
    assert 3.9 < len(days) / worth < 4.1  # “here by about 4”


def test_the_league_table_of_unit_5_is_that_of_the_files():
    team = teams()
    order = (team["at_home"] / team["people"]).rank(ascending=False)
    assert order["Southdene reablement 1"] == 1
    assert order["Castle Hill reablement 1"] == 8
    whole = team["at_home"].sum() / team["people"].sum()
    # Where a team of that size lies by chance: the exact binomial distribution.
    tails = {
        name: min(stats.binom.cdf(row["at_home"], row["people"], whole),
                  stats.binom.sf(row["at_home"] - 1, row["people"], whole))
        for name, row in team.iterrows()
    }
    assert [name for name, tail in tails.items() if tail < 0.025] == ["Eastfold reablement 2"]
    assert tails["Eastfold reablement 2"] < 0.001
    first, second = team["at_home_year_1"] / team["people_year_1"], team["at_home_year_2"] / team["people_year_2"]
    assert first.idxmax() == "Northmoor reablement 1"
    assert second.rank(ascending=False)["Northmoor reablement 1"] == 8
    correlation = stats.spearmanr(first, second).statistic
    low = team.loc["Eastfold reablement 2"]
    assert missing("lesson.md", [
        f"Southdene 1 leads with {percent(1, 1 / (29 / 38)):.0f}%, and Castle Hill 1 is in the lower half with "
        f"{percent(18, 29):.0f}%",
        f"Eastfold 2, with {low['at_home']} of {low['people']}", f"(rank correlation {correlation:.2f})",
    ]) == []
    table = [f"| {name.replace(' reablement', '')} | {100 * first[name]:.0f}% | {100 * second[name]:.0f}% |"
             for name in team.index]
    assert missing("workshop.md", [*table, f"(rank correlation {correlation:.2f})"]) == []
    sizes = pd.concat([team["people_year_1"], team["people_year_2"]])
    assert missing("workshop.md", [f"between {sizes.min()} and {sizes.max()} people in a year"]) == []
    lowest = first.nsmallest(3).index
    assert (second[lowest] - first[lowest] > 0.2).sum() == 2  # “Two of them did much better”


def test_the_two_services_are_reversed_by_frailty_as_every_page_says():
    every = {one: at_home(f"Service {one}") for one in "AB"}
    rows = {(one, level): at_home(f"Service {one}", level) for one in "AB" for level in ("low", "high")}
    assert percent(*every["A"]) > percent(*every["B"])
    for level in ("low", "high"):
        assert percent(*rows["B", level]) > percent(*rows["A", level])
        difference = newcombe(*rows["A", level], *rows["B", level])
        assert difference[0] < 0 < difference[1]  # “these data do not settle”
        assert wilson(*rows["A", level])[1] > wilson(*rows["B", level])[0]  # “the intervals overlap”
    assert missing("lesson.md", [
        f"by Service A, {every['A'][0]} of {every['A'][1]} were at home at 12 weeks ({percent(*every['A']):.1f}%); of "
        f"those supported by Service B, {every['B'][0]} of {every['B'][1]} ({percent(*every['B']):.1f}%)",
        f"{percent(*rows['B', 'high']):.1f}% for Service B and {percent(*rows['A', 'high']):.1f}% for Service A. Among "
        f"people with low frailty it is {percent(*rows['B', 'low']):.1f}% and {percent(*rows['A', 'low']):.1f}%.",
        f"Service A supported {rows['A', 'low'][1]} people with low frailty and {rows['A', 'high'][1]} with high; "
        f"Service B {rows['B', 'low'][1]} and {rows['B', 'high'][1]}.",
    ]) == []
    shown = {"low frailty": "low", "high frailty": "high"}
    assert missing("workshop.md", [
        f"| People with {name} | {rows['A', level][0]} of {rows['A', level][1]} | {rows['B', level][0]} of "
        f"{rows['B', level][1]} |" for name, level in shown.items()
    ]) == []


def test_what_is_said_of_people_who_draw_on_care_and_of_carers_is_in_the_surveys():
    survey = read("service_user_survey")["social_contact"]
    answered = survey[survey.notna() & (survey != "not returned")]
    content = int((answered == "as much as wanted").sum())
    carers = read("carer_survey")
    known = carers[carers["draws_on_care"].isin(["yes", "no"])]
    quality = pd.to_numeric(known["quality_of_life"], errors="coerce")
    both, only = (quality[known["draws_on_care"] == one].dropna() for one in ("yes", "no"))
    difference = welch(both, only)
    assert difference[2] < 0  # “the interval stays below zero”
    assert missing("lesson.md", [
        f"{content} of the {len(answered)} who answered ({percent(content, len(answered)):.1f}%)",
        f"{(known['draws_on_care'] == 'yes').sum()} of the {len(known)} carers who answered this question",
        f"lower by about {-difference[0]:.1f} points",
        f"The mean was {both.mean():.1f} points for carers who draw on care too, and {only.mean():.1f} for the others. "
        f"The difference is {difference[0]:.1f} points, 95% confidence interval {difference[1]:.1f} to "
        f"{difference[2]:.1f}.",
        f"Only {(carers['answered'] == 'yes').sum()} of {len(carers)} carers sent the form back.",
    ]) == []


def test_one_delayed_discharge_less_would_contradict_the_pages(monkeypatch):
    """The look-up can fail."""
    rows = discharges()
    fewer = rows.drop(rows.index[(rows["delay_days"] > 7) & (rows["hospital"] == "Castle Hill Infirmary")][0])
    monkeypatch.setitem(globals(), "discharges", lambda: fewer)
    for tested in (
        test_the_delays_of_unit_2_are_those_of_the_files,
        test_the_hub_of_units_4_and_the_workshop_is_that_of_the_files,
        test_the_example_of_the_delays_states_what_the_files_hold,
    ):
        with pytest.raises(AssertionError):
            tested()


# Exercises


def test_the_localities_the_physiotherapists_and_the_carers_of_the_exercises_are_those_of_the_files():
    wards = read("area_profile").groupby("locality")[["home_care_users", "people_65_plus"]].sum()
    south, north = wards.loc["Southdene"], wards.loc["Northmoor"]
    physio = assessments().query("profession == 'physiotherapist'")["days_waited"].dropna()
    long = int((physio > 28).sum())
    carers = read("carer_survey")
    known = carers[~carers["social_contact"].isin(["not returned"]) & carers["social_contact"].notna()]
    content = {one: (int((part["social_contact"] == "as much as wanted").sum()), len(part))
               for one, part in known.groupby("draws_on_care")}
    difference = newcombe(*content["yes"], *content["no"])
    low, high = wilson(long, len(physio))
    assert missing("exercises.md", [
        f"{south['home_care_users']} among {south['people_65_plus']:,} people of 65 and over is "
        f"{1000 * south['home_care_users'] / south['people_65_plus']:.1f} for every 1,000, against "
        f"{1000 * north['home_care_users'] / north['people_65_plus']:.1f} in Northmoor.",
        f"{long} of {len(physio)}, which is {percent(long, len(physio)):.0f}%: half of them. With {len(physio)} people "
        f"the interval is wide, from about {low:.0f}% to {high:.0f}%",
        f"{content['yes'][0]} of the {content['yes'][1]} who answered do ({percent(*content['yes']):.0f}%); of the "
        f"other carers {content['no'][0]} of {content['no'][1]} do ({percent(*content['no']):.0f}%).",
        f"The difference is {percent(*content['yes']) - percent(*content['no']):.0f} percentage points, 95% confidence "
        f"interval {difference[0]:.1f} to {difference[1]:.1f}.",
        f"75%, 95% confidence interval {wilson(45, 60)[0]:.0f}% to {wilson(45, 60)[1]:.0f}%",
    ]) == []


def test_the_people_needed_for_the_leaflet_are_those_of_the_usual_formula():
    """Fleiss, Levin and Paik (2003), without continuity correction."""
    first, second = 0.5, 0.65
    middle = (first + second) / 2
    each = (1.959964 * sqrt(2 * middle * (1 - middle)) + 0.841621 * sqrt(first * (1 - first) + second * (1 - second))) \
        ** 2 / (second - first) ** 2
    assert round(each, -1) == 170
    assert missing("exercises.md", ["about 170 in each group", "It does not make 20 people into 340."]) == []


def test_the_wellbeing_scale_of_the_exercises_is_as_the_prompt_says():
    both = assessments().dropna(subset=["wellbeing_before", "wellbeing_after"])
    assert round(both["wellbeing_before"].mean(), 1) == 20.5
    assert round(both["wellbeing_before"].std(), 1) == 4.2
    assert round(both.query("extra_support == 'yes'")["wellbeing_before"].mean()) == 15
    assert round(both["wellbeing_before"].corr(both["wellbeing_after"]), 1) == 0.6


def test_the_run_chart_has_eight_months_below_the_median_of_the_first_eight():
    row = re.search(r"\| Days \| ([\d |]+) \|", page("exercises.md"))[1]
    days = [int(one) for one in row.split(" | ")]
    assert len(days) == 16
    assert np.median(days[:8]) == 20.5
    assert all(one < 20.5 for one in days[8:])
    assert sum(one < 20.5 for one in days[:8]) == 4


def test_east_and_west_are_reversed():
    east, west = ((80, 100), (10, 25)), ((27, 30), (45, 95))
    assert all(percent(*one) < percent(*other) for one, other in zip(east, west, strict=True))
    assert sum(one for one, _ in east) > sum(one for one, _ in west)
    assert sum(whole for _, whole in east) == sum(whole for _, whole in west) == 125
    assert missing("exercises.md", ["90% against 80%, and 47% against 40%", "72% of its people", "58% of West's"]) == []


def test_the_example_of_the_delays_states_what_the_files_hold():
    rows = discharges().assign(delayed=discharges()["delay_days"] > 0)
    counts = {level: (int(part["delayed"].sum()), len(part)) for level, part in rows.groupby("frailty")}
    quarters = {level: part.loc[part["delayed"], "delay_days"].quantile([0.25, 0.5, 0.75]).tolist()
                for level, part in rows.groupby("frailty")}
    low, high = newcombe(*counts["high"], *counts["low"])
    text = page("exercises.md")
    for sentence in (
        f"left hospital {counts['high'][1]:,} times, and {counts['high'][0]} of these discharges "
        f"({percent(*counts['high']):.1f}%)",
        f"it was {counts['low'][0]} of {counts['low'][1]:,} ({percent(*counts['low']):.1f}%)",
        f"a gap of anything from about {low:.0f} to {high:.0f} in a hundred",
        f"middle half {quarters['high'][0]:.0f} to {quarters['high'][2]:.0f} days for high frailty, "
        f"{quarters['low'][0]:.1f} to {quarters['low'][2]:.0f} for low",
        f"{len(rows):,} discharges of {rows['person'].nunique():,} people",
    ):
        assert sentence in text
    assert {one[1] for one in quarters.values()} == {3}
    assert round(percent(*counts["high"]) - percent(*counts["low"])) == 9


# Keys


def exact(some: int, asked: int) -> float:
    """Lower limit of Clopper and Pearson (1934), in per cent."""
    return 100 * stats.beta.ppf(0.025, some, asked - some + 1)


def textbook(some: int, asked: int) -> float:
    share = some / asked
    return 100 * (share - 1.959964 * sqrt(share * (1 - share) / asked))


def keys() -> dict[str, tuple[float, list[float]]]:
    """For each question with a number: the right answer and what each foreseen mistake leads to, not rounded."""
    wards = read("area_profile").set_index("ward")
    weaver, larkby = wards.loc["W38"], wards.loc["W06"]
    users, people = weaver["home_care_users"], weaver["people_65_plus"]
    places = read("area_profile").groupby("locality")[["home_care_users", "people_65_plus", "population"]].sum()
    south, north = places.loc["Southdene"], places.loc["Northmoor"]
    by_job = assessments().groupby("profession")["days_waited"]
    therapist, physio = (by_job.get_group(one).dropna() for one in ("occupational therapist", "physiotherapist"))
    days = waits()
    service_b, service_a = at_home("Service B", "high"), at_home("Service A", "high")
    return {
        "m05-p2-weaverholm": (1000 * users / people, [
            1000 * users / weaver["population"], 100 * users / people, people / users,
            1000 * users / larkby["people_65_plus"]]),
        "m05-p5-therapist": (therapist.median(), [
            by_job.median()["social worker"], therapist.mean(), therapist.quantile(0.75), len(therapist)]),
        "m05-p8-three": (wilson(3, 4)[0], [
            wilson(7, 9)[0], wilson(3, 4)[1], 75, exact(3, 4), textbook(3, 4)]),
        "m05-p15-high": (percent(*service_b), [
            percent(*service_a), percent(*at_home("Service B", "low")), percent(*at_home("Service B")), service_b[0]]),
        "m05-q1-rate": (1000 * south["home_care_users"] / south["people_65_plus"], [
            1000 * south["home_care_users"] / south["population"],
            100 * south["home_care_users"] / south["people_65_plus"],
            1000 * north["home_care_users"] / north["people_65_plus"],
            south["people_65_plus"] / south["home_care_users"], south["home_care_users"]]),
        "m05-q3-long-waits": (percent((physio > 28).sum(), len(physio)), [
            (physio > 28).mean(), physio.median(), (physio > 28).sum(), percent((days > 28).sum(), len(days))]),
        "m05-q4-wilson": (wilson(7, 9)[0], [
            wilson(7, 9)[0] / 100, exact(7, 9), wilson(7, 9)[1], percent(7, 9), textbook(7, 9)]),
        "m05-q9-mean": ((1 - 0.6) * (20.5 - 15), [0, 20.5 - 15, 0.6 * (20.5 - 15), 15 + 0.4 * (20.5 - 15)]),
        "m05-q11-cluster": (120 / (1 + 14 * 0.2), [120, 8, 120 * 0.2, 1 + 14 * 0.2]),
    }


NUMBERED = list(keys())


def test_no_question_with_a_number_is_left_out_of_the_recount(module):
    asked = {name for name, question in module.questions.items() if question.kind in {"number", "value"}}
    assert asked == set(NUMBERED)


@pytest.mark.parametrize("name", NUMBERED)
def test_the_worked_out_answer_is_accepted_and_each_mistake_gets_its_own_reason(name, module):
    question, (answer, mistakes) = module.questions[name], keys()[name]
    for typed in (answer, round(answer, 1)):
        assert checks.assess(question, float(typed)).status == "correct"
    assert len(mistakes) == len(question.key["mistakes"])
    for place, value in enumerate(mistakes):
        outcome = checks.assess(question, float(value))
        assert (outcome.status, outcome.message) == ("not yet", question.key["mistakes"][place]["reason"])


@pytest.mark.parametrize("name", ["m05-q3-long-waits", "m05-q4-wilson", "m05-q11-cluster"])
def test_the_solution_of_each_cell_runs_and_is_accepted_as_is_the_line_that_the_task_offers(name, module):
    import researchskills

    question = module.questions[name]
    namespace = {one: getattr(researchskills, one) for one in ("load", "proportion", "effective_sample_size")}
    exec(question.mark_scheme["solution"], namespace)
    assert checks.assess(question, namespace[question.content["variable"]]).status == "correct"
    offered = re.search(r"`((?:proportion|effective_sample_size)\(.*)`", question.prompt)[1]
    namespace["physio"] = namespace["load"]("assessments").query("profession == 'physiotherapist'")
    assert checks.assess(question, eval(offered, namespace)).status == "correct"


def test_every_cell_of_the_exercises_runs_in_the_order_of_the_page(module):
    import researchskills

    names = {one: getattr(researchskills, one) for one in researchskills.__all__ if f"{one}(" in page("exercises.md")}
    cells = [cell for cell in module.exercises.cells if cell.kind == "code" and "activity" not in cell.tags]
    assert len(cells) >= 6
    for cell in cells:
        *first, last = cell.text.strip().splitlines()
        exec("\n".join(first), names)
        assert repr(eval(last, names))


# Paper set and times


def test_the_nine_waits_come_out_as_the_trainers_are_told():
    waited = [int(one) for one in re.search(r"in days: ([\d, ]+)\.", page("workshop.md"))[1].split(", ")]
    total, mean = sum(waited), sum(waited) / 9
    longer = sum(one > mean for one in waited)
    assert (len(waited), longer, sum(one > 28 for one in waited)) == (9, 2, 2)
    assert mean not in waited
    assert missing("workshop.md", [
        f"The sum is {total} and the mean {mean:.0f}; {COUNTS[longer].lower()} people waited longer.",
        f"The median is {np.median(waited):.0f} days.", "Two of nine waited more than 28 days",
    ]) == []


def test_the_table_of_intervals_is_that_of_a_second_implementation():
    for some, asked in ((3, 4), (7, 9), (14, 20), (45, 60), (700, 900)):
        low, high = wilson(some, asked)
        assert f"| {some} of {asked} | {percent(some, asked):.1f}% | {low:.1f}% | {high:.1f}% |" in page("workshop.md")


def test_the_cups_and_the_task_for_week_12_come_out_as_the_trainers_are_told():
    cup = stats.binom(10, 13 / 20)
    assert round(100 * (cup.cdf(9) - cup.cdf(3))) == 96
    assert 1 - (1 - cup.cdf(4)) ** 20 > 0.8  # the lowest of 20 at about 4
    assert 1 - cup.cdf(8) ** 20 > 0.8  # the highest at about 9
    low, high = newcombe(9, 15, 12, 15)
    assert (low, high) == pytest.approx((-48, 12), abs=0.6)


def test_the_times_that_the_lesson_plans_add_up(module):
    text = page("lesson.md")
    units = [int(minutes) for minutes in re.findall(r"## Unit \d: [^#]*?\b(\d+) minutes\.", text)]
    assert units == [30, 35, 40, 45, 45]
    assert sum(units) + 15 == module.lesson.header["minutes"] == 210
    for title, heading in (("tomorrow", "## Use it tomorrow"), ("together", "## Discuss together")):
        part = text.partition(heading)[2].partition("## ")[0]
        assert sum(map(int, re.findall(r"\((\d+) minutes\)", part))) == 20, title
        assert "Twenty minutes" in part


def test_the_exercises_say_how_many_questions_the_course_and_the_mentor_mark(module):
    marked = Counter(question.marked_by for question in module.questions.values() if question.points)
    course, mentor = COUNTS[marked["course"]], COUNTS[marked["mentor"]].lower()
    assert missing("exercises.md", [f"{course} questions that the course checks at once, and {mentor} that"]) == []


def test_every_outcome_is_taught_practised_and_assessed_by_questions_that_exist(module):
    lesson = (FOLDER / "lesson.md").read_text(encoding="utf-8")
    outcomes = re.findall(r"^\d\. (.+)$", lesson.partition("## You will be able to")[2].partition("## Unit")[0], re.M)
    table = (FOLDER / "workshop.md").read_text(encoding="utf-8").partition("## Outcomes:")[2].partition("## ")[0]
    rows = [line.split(" | ") for line in table.splitlines() if line.startswith("| ") and "`" in line]
    assert [row[0].removeprefix("| ") for row in rows[:-1]] == [one.replace("**", "").rstrip(".") for one in outcomes]
    named = {"p": set(), "q": set()}
    for row in rows:
        for kind, cell in zip("pq", row[2:4], strict=True):
            found = re.findall(r"`(m05-(\w)\d+-[a-z0-9-]+)`", cell)
            assert found
            assert {one for _, one in found} == {kind}
            named[kind] |= {name for name, _ in found}
    asked = set(module.questions)
    assert named["p"] == {name for name in asked if name.startswith("m05-p")}
    assert named["q"] == {name for name in asked if name.startswith("m05-q")}


def test_practice_questions_are_numbered_in_the_order_of_the_page(module):
    for letter in "pq":
        numbers = [int(found[1]) for name in module.questions if (found := re.match(rf"m05-{letter}(\d+)-", name))]
        assert numbers == list(range(1, len(numbers) + 1))


def test_the_example_keeps_to_the_number_of_words(module):
    question = module.questions["m05-q15-delays"]
    fewest, most = question.content["words"]
    assert fewest <= len(question.mark_scheme["example"].split()) <= most
