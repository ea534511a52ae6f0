"""The evaluation in 200 areas: what it is calibrated to, and what was built into it.

The file is read with the csv module. Differences are counted from plain means, their uncertainty comes
from statsmodels (cluster-robust least squares and a mixed model), which the generator does not use.
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

from researchskills import datasets

HOME = Path(__file__).parents[1] / "datasets" / "area_evaluation"
KINDS = {"teenage": ("mother_age_group", "teenage"), "lone_parent": ("lone_parent", "yes"),
         "workless": ("workless", "yes")}
SCORES = ["parenting_score", "child_score"]


@pytest.fixture(scope="module")
def rows() -> list[dict]:
    with (HOME / "area_evaluation.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def descriptor() -> dict:
    return json.loads((HOME / "datapackage.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def frame(rows) -> pd.DataFrame:
    """Nought and one for each yes or no, scores in standard deviations; for statsmodels."""
    table = pd.DataFrame({"area": [row["area"] for row in rows]})
    table["programme"] = [int(row["programme"] == "yes") for row in rows]
    table["fifth"] = [int(row["area_deprivation"]) for row in rows]
    for kind, (column, word) in KINDS.items():
        table[kind] = [int(row[column] == word) for row in rows]
    for score in SCORES:
        points = np.array([float("nan") if row[score] == "not seen" else float(row[score]) for row in rows])
        table[score] = points / np.nanstd(points, ddof=1)
    return table


def difference(rows, score: str, wanted=lambda row: True) -> float:
    """Programme less comparison, in standard deviations of all, from plain means."""
    every = [float(row[score]) for row in rows if row[score] != "not seen"]
    points = defaultdict(list)
    for row in rows:
        if row[score] != "not seen" and wanted(row):
            points[row["programme"]].append(float(row[score]))
    return (statistics.fmean(points["yes"]) - statistics.fmean(points["no"])) / statistics.stdev(every)


def interaction(rows, score: str, kind: str) -> float:
    column, word = KINDS[kind]
    return difference(rows, score, lambda row: row[column] == word) - difference(
        rows, score, lambda row: row[column] != word)


def intraclass_correlation(rows, score: str) -> float:
    """One-way analysis of variance estimator (Donner 1986, Int Stat Rev 54:67-82)."""
    groups = defaultdict(list)
    for row in rows:
        if row[score] != "not seen":
            groups[row["area"]].append(float(row[score]))
    sizes, n, k = [len(one) for one in groups.values()], sum(map(len, groups.values())), len(groups)
    overall = sum(map(sum, groups.values())) / n
    between = sum(len(one) * (statistics.fmean(one) - overall) ** 2 for one in groups.values()) / (k - 1)
    within = sum(statistics.variance(one) * (len(one) - 1) for one in groups.values()) / (n - k)
    size = (n - sum(m * m for m in sizes) / n) / (k - 1)
    return (between - within) / (between + (size - 1) * within)


def by_area(formula: str, table: pd.DataFrame):
    """Least squares with errors that count areas, not families."""
    score = formula.split("~")[0].strip()
    table = table.dropna(subset=[score])
    return smf.ols(formula, table).fit(cov_type="cluster", cov_kwds={"groups": table["area"]})


def test_every_parameter_with_a_tolerance_lies_within_it(rows, descriptor):
    arms = {"yes": "programme", "no": "comparison"}
    found = {f"{arm} areas": len({row["area"] for row in rows if row["programme"] == word})
             for word, arm in arms.items()}
    ages = Counter((arms[row["programme"]], row["child_age_months"]) for row in rows)
    found |= {f"families in {arm} areas, child {age} months": count for (arm, age), count in ages.items()}
    for kind, (column, word) in KINDS.items():
        found[f"{kind}: share of families"] = sum(row[column] == word for row in rows) / len(rows)
    found["share of children not seen"] = sum(row["child_score"] == "not seen" for row in rows) / len(rows)
    for score in SCORES:
        found[f"{score}: programme, difference over all families"] = difference(rows, score)
        found[f"{score}: intraclass correlation of areas"] = intraclass_correlation(rows, score)
        found |= {f"{score}: programme and {kind}, interaction": interaction(rows, score, kind) for kind in KINDS}
    given = {entry["parameter"]: entry for entry in descriptor["calibration"] if "tolerance" in entry}
    assert set(found) == set(given)
    for name, entry in given.items():
        assert found[name] == pytest.approx(entry["value"], abs=entry["tolerance"] + 1e-12), name


def test_size_is_that_of_the_published_evaluation(rows):
    # Belsky and others 2006: mothers of 12,575 and 3,927 children in 150 areas, of 1,509 and 1,101 in 50.
    assert len(rows) == 12_575 + 3_927 + 1_509 + 1_101 == 19_112
    assert len({row["area"] for row in rows}) == 200


def test_the_programme_belongs_to_areas_and_each_fifth_has_as_many_comparison_areas(rows):
    areas = {(row["area"], row["programme"], row["area_deprivation"]) for row in rows}
    assert len(areas) == 200
    assert Counter((word, fifth) for _, word, fifth in areas) == {
        **{("yes", str(fifth)): 30 for fifth in range(1, 6)}, **{("no", str(fifth)): 10 for fifth in range(1, 6)}}


def test_families_counted_as_independent_show_a_difference_that_areas_do_not(frame):
    naive = smf.ols("child_score ~ programme", frame.dropna()).fit()
    counting_areas = by_area("child_score ~ programme", frame)
    assert naive.conf_int().loc["programme", 0] > 0.01
    assert naive.pvalues["programme"] < 0.01
    assert counting_areas.conf_int().loc["programme", 0] < 0 < counting_areas.params["programme"]
    # A mixed model is another way to count areas, and comes to the same width.
    mixed = smf.mixedlm("child_score ~ programme", frame.dropna(), groups="area").fit()
    assert mixed.bse["programme"] == pytest.approx(counting_areas.bse["programme"], rel=0.15)


def test_children_of_teenage_mothers_do_worse_where_the_programme_is_and_the_others_better(frame):
    for teenage, sign in [(0, 1), (1, -1)]:
        model = by_area("child_score ~ programme", frame[frame["teenage"] == teenage])
        low, _ = sorted(sign * model.conf_int().loc["programme"])
        assert low > 0, teenage
    both = by_area("child_score ~ programme * teenage", frame).conf_int().loc["programme:teenage"]
    assert both[1] < -0.1
    mixed = smf.mixedlm("child_score ~ programme * teenage", frame.dropna(), groups="area").fit()
    assert mixed.params["programme:teenage"] == pytest.approx(-0.22, abs=0.02)


def test_teenage_mothers_stay_the_largest_interaction_when_kinds_are_told_apart(frame):
    model = by_area("child_score ~ programme * (teenage + lone_parent + workless) + fifth", frame)
    parts = [model.params[f"programme:{kind}"] for kind in KINDS]
    assert parts[0] == min(parts)
    assert max(parts) < 0
    sealed = datasets.planted("area_evaluation")["what the programme adds, in standard deviations, all else alike"]
    assert parts == pytest.approx([sealed["child_score"][kind] for kind in KINDS], abs=0.02)


def test_children_of_lone_parents_and_of_workless_households_gain_nothing(rows):
    for kind in ["lone_parent", "workless"]:
        column, _ = KINDS[kind]
        assert difference(rows, "child_score", lambda row, column=column: row[column] == "yes") < 0
        assert difference(rows, "child_score", lambda row, column=column: row[column] == "no") > 0.08


def test_two_p_values_would_mislead_about_the_parenting_score(frame):
    young = by_area("parenting_score ~ programme", frame[frame["teenage"] == 1])
    others = by_area("parenting_score ~ programme", frame[frame["teenage"] == 0])
    assert others.pvalues["programme"] < 0.05 < young.pvalues["programme"]


def test_scores_fall_from_the_least_to_the_most_deprived_fifth(frame):
    for score in SCORES:
        means = frame.groupby("fifth")[score].mean()
        assert means.is_monotonic_decreasing
        assert 0.15 < means[1] - means[5] < 0.5


def test_children_of_teenage_mothers_were_seen_less_often(rows):
    unseen = defaultdict(list)
    for row in rows:
        unseen[row["mother_age_group"]].append(row["child_score"] == "not seen")
    assert statistics.fmean(unseen["teenage"]) > 1.3 * statistics.fmean(unseen["20 or over"])


def test_numbers_of_areas_and_families_tell_nothing_about_the_programme(rows):
    first = [row["programme"] for row in rows[: len(rows) // 2]]
    assert 0.8 < first.count("yes") / len(first) < 0.92  # 16,502 of 19,112 are 0.863
    assert [row["family"] for row in rows] == [f"F{number:05d}" for number in range(1, len(rows) + 1)]


def test_every_record_says_that_it_is_invented_and_the_readme_gives_the_numbers_of_the_file(rows, frame):
    assert {row["synthetic"] for row in rows} == {"yes"}
    text = (HOME / "README.md").read_text(encoding="utf-8")
    model = by_area("child_score ~ programme * teenage", frame)
    low, high = model.conf_int().loc["programme:teenage"]
    numbers = f"| {model.params['programme:teenage']:.2f} | {low:.2f} to {high:.2f} |".replace("-", "−")
    assert f"interaction) {numbers}" in text
    alone = by_area("child_score ~ programme", frame)
    assert f"(p = {alone.pvalues['programme']:.3f})" in text
    assert f"{sum(row['child_score'] == 'not seen' for row in rows):,} children were not seen" in text
