"""The pilot in 15 agencies: what it is calibrated to, and what was built into it.

The file is read with the csv module. Effect sizes are worked out by comparing sums of squares of two
models by hand, uncertainty by agency comes from statsmodels and from the 15 means of agencies.
"""

import csv
import json
import statistics
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy import stats

from researchskills import datasets
from researchskills import statistics as our_statistics

HOME = Path(__file__).parents[1] / "datasets" / "network_pilot"
NUMBERS = [f"{name}_{occasion}" for name in ["wellbeing", "access", "inclusion", "cost"]
           for occasion in ["before", "after"]]


@pytest.fixture(scope="module")
def rows() -> list[dict]:
    with (HOME / "network_pilot.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def descriptor() -> dict:
    return json.loads((HOME / "datapackage.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def frame(rows) -> pd.DataFrame:
    table = pd.DataFrame(rows)
    table[NUMBERS] = table[NUMBERS].replace({"": None, "not seen again": None}).astype(float)
    table["high"] = (table["fidelity"] == "high").astype(int)
    return table


def unexplained(after, columns) -> float:
    """Sum of squares that a straight line on the columns leaves."""
    design = np.column_stack([np.ones(len(after)), *columns])
    return float(np.linalg.lstsq(design, after, rcond=None)[1][0])


def partial_eta_squared(frame, name: str) -> tuple[float, float]:
    """The part of fidelity, the start taken into account (Cohen 1973), and its p value from the F distribution."""
    table = frame.dropna(subset=[f"{name}_after"])
    after, before, high = (table[column].to_numpy() for column in (f"{name}_after", f"{name}_before", "high"))
    without, with_it = unexplained(after, [before]), unexplained(after, [before, high])
    freedom = len(after) - 3
    return (without - with_it) / without, float(stats.f.sf((without - with_it) / (with_it / freedom), 1, freedom))


def adjusted(frame, name: str, **how):
    table = frame.dropna(subset=[f"{name}_after"])
    model = smf.ols(f"{name}_after ~ {name}_before + high", table)
    if how.get("by_agency"):
        return model.fit(cov_type="cluster", cov_kwds={"groups": table["agency"]}, use_t=True)
    return model.fit()


def seen(frame) -> pd.DataFrame:
    return frame[frame["seen_again"] == "yes"]


def cost_difference(frame):
    table = seen(frame)
    high, low = (table.loc[table["high"] == which, "cost_after"] for which in (1, 0))
    return stats.ttest_ind(high, low, equal_var=False).confidence_interval(), high.mean() - low.mean()


def test_every_parameter_with_a_tolerance_lies_within_it(rows, frame, descriptor):
    again, start = seen(frame), frame.groupby("fidelity")["cost_before"].mean()
    cost = again.groupby("fidelity")["cost_after"].mean()
    change = again["wellbeing_after"] - again["wellbeing_before"]
    found = {
        "people at the start": len(rows),
        "agencies": len({row["agency"] for row in rows}),
        "share not seen again": sum(row["seen_again"] == "no" for row in rows) / len(rows),
        "share of those seen who left access and inclusion blank": again["access_after"].isna().mean(),
        "wellbeing: mean change": change.mean(),
        "correlation of the two occasions": again["wellbeing_before"].corr(again["wellbeing_after"]),
        "cost: start, mean where fidelity was high": start["high"],
        "cost: start, mean where fidelity was low": start["low"],
        "cost: nine months, mean where fidelity was low": cost["low"],
        "cost: difference at nine months, high less low": cost["high"] - cost["low"],
    }
    for word in ["high", "low"]:
        needs = Counter(row["need"] for row in rows if row["fidelity"] == word)
        found[f"need: shares where fidelity was {word}"] = {
            need: count / needs.total() for need, count in needs.items()}
    for name in ["wellbeing", "access", "inclusion"]:
        found[f"{name}: start, mean"] = frame[f"{name}_before"].mean()
        found[f"{name}: start, standard deviation"] = frame[f"{name}_before"].std()
    for name in ["access", "inclusion"]:
        found[f"{name}: fidelity, partial eta squared"] = partial_eta_squared(frame, name)[0]
        effect = adjusted(frame, name).params["high"]
        found[f"{name}: fidelity, in standard deviations"] = effect / frame[f"{name}_before"].std()
        found[f"{name}: mean change"] = (frame[f"{name}_after"] - frame[f"{name}_before"]).mean()
    given = {entry["parameter"]: entry for entry in descriptor["calibration"] if "tolerance" in entry}
    assert set(found) == set(given)
    for name, entry in given.items():
        assert found[name] == pytest.approx(entry["value"], abs=entry["tolerance"] + 1e-12), name


@pytest.mark.parametrize(("name", "p"), [("access", 0.03), ("inclusion", 0.01)])
def test_fidelity_goes_with_the_published_effect_size_and_p_value(frame, name, p):
    # Webber and others 2019: access p = .03, partial eta squared .05; inclusion p = .01, .07.
    eta, found = partial_eta_squared(frame, name)
    assert eta == pytest.approx({"access": 0.05, "inclusion": 0.07}[name], abs=0.005)
    assert round(found, 2) == p
    assert found == pytest.approx(adjusted(frame, name).pvalues["high"])


@pytest.mark.parametrize("name", ["access", "inclusion"])
def test_counting_agencies_instead_of_people_neither_result_stays_below_the_line(frame, name):
    assert adjusted(frame, name, by_agency=True).pvalues["high"] > 0.05
    # The 15 means of agencies, freed of the start, are another way to count agencies.
    table = frame.dropna(subset=[f"{name}_after"])
    left = smf.ols(f"{name}_after ~ {name}_before", table).fit().resid
    means = left.groupby(table["agency"]).mean()
    high = table.groupby("agency")["high"].first().astype(bool)
    assert stats.ttest_ind(means[high], means[~high]).pvalue > 0.05


def test_fidelity_belongs_to_agencies(rows):
    pairs = {(row["agency"], row["agency_kind"], row["fidelity"]) for row in rows}
    assert len(pairs) == 15
    assert Counter(fidelity for _, _, fidelity in pairs) == {"high": 8, "low": 7}


def test_the_cost_difference_is_the_published_one_with_a_wide_interval(frame):
    (low, high), difference = cost_difference(frame)
    assert difference == pytest.approx(-1331, abs=5)
    assert (low, high) == pytest.approx((-2593, -69), abs=60)
    before = seen(frame).groupby("high")["cost_before"].mean()
    assert before[1] < before[0] - 400  # they cost less before anything was done
    taken_into_account = adjusted(seen(frame), "cost").conf_int().loc["high"]
    assert taken_into_account[1] > 0


def test_wellbeing_rose_in_both_groups(frame):
    table = seen(frame)
    change = table["wellbeing_after"] - table["wellbeing_before"]
    assert stats.ttest_1samp(change, 0).pvalue < 0.001
    for fidelity in ["high", "low"]:
        assert stats.ttest_1samp(change[table["fidelity"] == fidelity], 0).pvalue < 0.01
    assert adjusted(frame, "wellbeing").pvalues["high"] > 0.5  # and fidelity had nothing to do with it


def test_those_lowest_at_the_start_rose_most_as_a_return_to_the_usual_level_would_make_them(frame):
    table = seen(frame).sort_values("wellbeing_before")
    change = (table["wellbeing_after"] - table["wellbeing_before"]).to_numpy()
    assert change[:40].mean() > 6
    assert change[-40:].mean() < 1
    # Expected return by the course's own function (Davis 1976), from what was sealed.
    sealed = datasets.planted("network_pilot")
    expected = our_statistics.expected_change(47, 10, 0.6, chosen_mean=table["wellbeing_before"].mean())
    assert expected.change == pytest.approx(
        sealed["wellbeing: change that is a return to the usual level"], abs=0.01)
    assert sum(value for key, value in sealed.items() if key.startswith("wellbeing")) == pytest.approx(4)


def test_groups_that_nobody_assigned_differ_from_the_start(frame):
    for name in ["wellbeing", "access", "inclusion"]:
        means = frame.groupby("fidelity")[f"{name}_before"].mean()
        assert means["high"] > means["low"] + 0.25 * frame[f"{name}_before"].std()
    kinds = frame.groupby("fidelity")["agency_kind"].agg(lambda kind: (kind == "voluntary organisation").mean())
    assert kinds["high"] > 0.5 > 0.2 > kinds["low"]


def test_people_not_seen_again_stood_lower_and_were_more_often_with_low_fidelity(frame):
    means = frame.groupby("seen_again")["wellbeing_before"].mean()
    assert means["no"] < means["yes"] - 2
    stayed = frame.groupby("fidelity")["seen_again"].agg(lambda word: (word == "yes").mean())
    assert stayed["high"] > stayed["low"]


def test_not_seen_again_is_not_a_blank_questionnaire(rows):
    for row in rows:
        gone = row["seen_again"] == "no"
        assert {row[name] == "not seen again" for name in NUMBERS if name.endswith("after")} == {gone}
        assert (row["access_after"] == "") == (row["inclusion_after"] == "")
        if not gone:
            assert row["wellbeing_after"] and row["cost_after"]


def test_only_totals_are_kept_and_every_agency_has_at_least_five_people(rows):
    assert [name for name in rows[0] if "item" in name or "question" in name] == []
    assert min(Counter(row["agency"] for row in rows).values()) >= 5
    assert {row["synthetic"] for row in rows} == {"yes"}


def test_the_readme_gives_the_numbers_of_the_file(frame):
    text = (HOME / "README.md").read_text(encoding="utf-8")
    for name in ["access", "inclusion"]:
        for by_agency in [False, True]:
            model = adjusted(frame, name, by_agency=by_agency)
            low, high = model.conf_int().loc["high"] + 0.0
            told = f"| {model.params['high']:.1f} | {low:.1f} to {high:.1f} |".replace("-0.0", "0.0").replace("-", "−")
            assert told in text
    (low, high), difference = cost_difference(frame)
    assert f"£{-difference:,.0f} lower where fidelity was high (£{-high:.0f} to £{-low:,.0f})" in text
    lowest = seen(frame).sort_values("wellbeing_before", kind="stable")
    thirds = defaultdict(list)
    for third, (_, row) in zip(np.repeat([0, 1, 2], 40), lowest.iterrows(), strict=True):
        thirds[third].append(row["wellbeing_after"] - row["wellbeing_before"])
    assert f"by {statistics.fmean(thirds[0]):.1f} in the lowest third" in text
