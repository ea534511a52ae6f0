"""Pooling studies: against a published example, against formulas written out here, and with broken input.

The published example are 13 trials of BCG vaccine (Colditz and others 1994, JAMA 271:698-702). Results for
them stand in the tests of the R package metafor (test_misc_metan_vs_rma.uni_with_dat.bcg.r), checked there
against Stata's metan. They are for the fixed-effect average and for DerSimonian and Laird's random effects;
the course uses Paule and Mandel's, for which the formulas here give the expected numbers.
"""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq
from scipy.stats import norm, t

from researchskills.errors import CourseError
from researchskills.statistics import pool_studies

# Cases and others among the vaccinated, then among the not vaccinated.
BCG = np.array([
    (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619), (33, 5036, 47, 5761),
    (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892), (29, 7470, 45, 7232), (17, 1699, 65, 1600),
    (186, 50448, 141, 27197), (5, 2493, 3, 2338), (27, 16886, 29, 17825),
], dtype=float)
Z = norm.ppf(0.975)


@pytest.fixture(scope="module")
def trials() -> pd.DataFrame:
    """Risk ratios of the 13 trials with their 95 % intervals."""
    cases, others, cases_without, others_without = BCG.T
    ratio = np.log(cases / (cases + others)) - np.log(cases_without / (cases_without + others_without))
    error = np.sqrt(1 / cases - 1 / (cases + others) + 1 / cases_without - 1 / (cases_without + others_without))
    return pd.DataFrame({"study": [f"Trial {number}" for number in range(1, 14)], "estimate": np.exp(ratio),
                         "low": np.exp(ratio - Z * error), "high": np.exp(ratio + Z * error), "se": error})


@pytest.fixture
def stays() -> pd.DataFrame:
    """Six invented studies: difference in days in hospital."""
    return pd.DataFrame({
        "study": ["Alder", "Birch", "Cedar", "Damson", "Elm", "Fir"],
        "estimate": [-1.2, -0.4, -2.1, 0.3, -0.9, -0.6],
        "low": [-2.6, -1.5, -4.0, -0.9, -1.7, -1.9], "high": [0.2, 0.7, -0.2, 1.5, -0.1, 0.7],
        "design": ["trial"] * 6,
    })


def dispersion(values, errors, tau_squared: float) -> tuple[float, float, float]:
    """Weighted mean, its standard error, and the weighted squares around it, for a given tau²."""
    weights = 1 / (errors**2 + tau_squared)
    mean = (weights @ values) / weights.sum()
    return mean, 1 / math.sqrt(weights.sum()), weights @ (values - mean) ** 2


def by_hand(values, errors) -> dict:
    """Paule and Mandel: the tau² at which the weighted squares are what chance would make them."""
    free = len(values) - 1
    fixed, fixed_error, q = dispersion(values, errors, 0)
    tau_squared = 0.0
    if q > free:
        tau_squared = brentq(lambda one: dispersion(values, errors, one)[2] - free, 0, 1e6 * errors.max() ** 2,
                             xtol=1e-14)
    mean, error, _ = dispersion(values, errors, tau_squared)
    reach = t.ppf(0.975, free - 1) * math.sqrt(tau_squared + error**2) if free > 1 else math.nan
    return {"fixed": fixed, "fixed_error": fixed_error, "q": q, "i_squared": max(0, (q - free) / q),
            "tau_squared": tau_squared, "mean": mean, "error": error, "prediction": (mean - reach, mean + reach)}


def laird(values, errors) -> tuple[float, float]:
    """DerSimonian and Laird 1986, Control. Clin. Trials 7:177-188: mean and standard error."""
    weights = 1 / errors**2
    *_, q = dispersion(values, errors, 0)
    spread = (q - len(values) + 1) / (weights.sum() - (weights @ weights) / weights.sum())
    return dispersion(values, errors, max(0, spread))[:2]


def test_the_fixed_effect_average_of_the_vaccine_trials_is_the_published_one(trials):
    pooled = pool_studies(trials, scale="ratio")
    # metafor, method="EE": 0.6503 (0.6007 to 0.7040), Q 152.2330 on 12 degrees of freedom.
    assert (pooled.fixed.value, *pooled.fixed.interval) == pytest.approx((0.6503, 0.6007, 0.7040), abs=5e-5)
    assert pooled.q == pytest.approx(152.2330, abs=5e-4)
    assert pooled.i_squared == pytest.approx((152.2330 - 12) / 152.2330, abs=1e-5)
    assert pooled.p < 0.001


def test_the_random_effects_average_lies_by_the_published_one_of_another_estimator(trials):
    # metafor, method="DL": -0.7141 (-1.0644 to -0.3638); method="REML": -0.7145, tau² 0.3132 (its manual).
    values, errors = np.log(trials["estimate"].to_numpy()), trials["se"].to_numpy()
    mean, error = laird(values, errors)
    assert (mean, mean - Z * error, mean + Z * error) == pytest.approx((-0.7141, -1.0644, -0.3638), abs=5e-5)
    pooled = pool_studies(trials, scale="ratio")
    assert math.log(pooled.random.value) == pytest.approx(-0.7145, abs=0.001)
    assert pooled.tau_squared == pytest.approx(0.3132, abs=0.006)


def check_against_formulas(pooled, values, errors, back=lambda value: value):
    expected = by_hand(values, errors)
    for one, mean, error in [(pooled.random, expected["mean"], expected["error"]),
                             (pooled.fixed, expected["fixed"], expected["fixed_error"])]:
        assert (one.value, *one.interval) == pytest.approx(
            (back(mean), back(mean - Z * error), back(mean + Z * error)), rel=1e-4)
    assert pooled.tau_squared == pytest.approx(expected["tau_squared"], rel=1e-5, abs=1e-9)
    assert pooled.q == pytest.approx(expected["q"])
    assert pooled.i_squared == pytest.approx(expected["i_squared"])
    if pooled.prediction:
        assert pooled.prediction == pytest.approx([back(end) for end in expected["prediction"]], rel=1e-5)


def test_every_number_agrees_with_the_formulas_written_out(trials):
    errors = trials["se"].to_numpy()
    check_against_formulas(pool_studies(trials, scale="ratio"), np.log(trials["estimate"].to_numpy()), errors, math.exp)


@pytest.mark.parametrize("seed", range(40))
def test_random_studies_agree_with_the_formulas_written_out(seed):
    random = np.random.default_rng(seed)
    studies = int(random.integers(2, 15))
    errors = random.uniform(0.1, 3, studies) * 10.0 ** random.integers(-3, 4)
    values = random.normal(50, errors) + random.normal(0, random.choice([0, 1, 20]) * errors.mean(), studies)
    table = pd.DataFrame({"study": range(studies), "estimate": values, "low": values - Z * errors,
                          "high": values + Z * errors})
    check_against_formulas(pool_studies(table), values, errors)


def test_standard_errors_give_the_same_as_intervals(trials):
    ends = pool_studies(trials, scale="ratio")
    errors = pool_studies(trials, se="se", low=None, high=None, scale="ratio")
    assert errors.random.interval == pytest.approx(ends.random.interval)
    assert errors.studies["low"].tolist() == pytest.approx(trials["low"].tolist())


def test_intervals_of_another_level_mean_the_same_studies(trials):
    values, z = np.log(trials["estimate"]), norm.ppf(0.95)
    table = trials.assign(low=np.exp(values - z * trials["se"]), high=np.exp(values + z * trials["se"]))
    pooled = pool_studies(table, scale="ratio", level=0.9)
    assert pooled.random.value == pytest.approx(pool_studies(trials, scale="ratio").random.value)
    assert "90% confidence interval" in pooled.sentence()


def test_ratios_pooled_upside_down_give_one_divided_by_the_average(trials):
    turned = trials.assign(estimate=1 / trials["estimate"], low=1 / trials["high"], high=1 / trials["low"])
    there, back = (pool_studies(table, scale="ratio") for table in (trials, turned))
    assert back.random.value == pytest.approx(1 / there.random.value)
    assert back.prediction == pytest.approx([1 / end for end in reversed(there.prediction)])


def test_studies_that_agree_better_than_chance_get_no_spread_and_not_a_negative_one():
    table = pd.DataFrame({"study": ["A", "B", "C"], "estimate": [1.0, 1.0, 1.1], "low": [-1.0] * 3, "high": [3.0] * 3})
    pooled = pool_studies(table)
    assert (pooled.i_squared, pooled.tau_squared) == (0, 0)
    assert pooled.random.interval == pytest.approx(pooled.fixed.interval)
    same = pool_studies(table.assign(estimate=1.0))
    assert (same.q, same.i_squared, same.p) == (0, 0, 1)


def test_the_sentence_tells_average_spread_and_where_the_next_study_may_lie(stays):
    pooled = pool_studies(stays, unit="days", what="The pooled difference in stay")
    assert pooled.sentence() == (
        "The pooled difference in stay was -0.69 days (6 studies), 95% confidence interval -1.22 to -0.16 days, "
        "which lies below no difference (0). 12.6% of the variation between studies is more than chance (I²); "
        "the true value in the next such study may lie anywhere from -1.76 to 0.38 days."
    ).replace("12.6%", f"{100 * by_hand(*numbers_of(stays))['i_squared']:.1f}%")
    assert repr(pooled).startswith(pooled.sentence())
    shown = pooled._repr_html_()
    assert "Elm" in shown and "Details for statisticians" in shown and "Cochran" in shown


def numbers_of(table):
    return table["estimate"].to_numpy(), (table["high"] - table["low"]).to_numpy() / (2 * Z)


def test_weights_add_up_and_the_narrowest_interval_weighs_most(stays):
    pooled = pool_studies(stays)
    assert pooled.studies["weight"].sum() == pytest.approx(100)
    assert pooled.studies.set_index("study")["weight"].idxmax() == "Elm"
    assert pooled.table["study"].tolist()[-2:] == ["random-effects average", "fixed-effect average"]
    # Studies are shown as their reports gave them, not as worked out again from the middle.
    assert pooled.table["low"].tolist()[:6] == stays["low"].tolist()


def test_percentage_points_are_given_and_shown_out_of_a_hundred(stays):
    pooled = pool_studies(stays, unit="percentage points")
    assert "was -0.7 percentage points" in pooled.sentence()
    assert pooled.table["estimate"].iloc[-2] == pytest.approx(pool_studies(stays).random.value)


def test_two_studies_have_no_prediction_interval(stays):
    pooled = pool_studies(stays.head(2))
    assert pooled.prediction is None
    assert "cannot be told from two studies" in str(pooled)
    assert any(text.startswith("Only 2 studies") for text in pooled.cautions)


def test_cautions_say_what_an_average_hides(trials, stays):
    told = " ".join(pool_studies(trials, scale="ratio").cautions)
    assert "One average may describe none of them" in told
    assert "the true value in the next such study could well lie the other way" in told
    assert "asymmetry" not in told  # with 13 studies it may be judged
    few = " ".join(pool_studies(stays).cautions)
    assert "asymmetry of a funnel plot cannot be judged" in few
    assert "Pooling does not mend a study" in few
    assert "Pooled though unlike" not in " ".join(pool_studies(stays, alike="design").cautions)
    mixed = stays.assign(design=["trial", "trial", "before and after", "trial", "trial", "trial"])
    assert "Pooled though unlike: the studies differ in design (trial, before and after)" in " ".join(
        pool_studies(mixed, alike="design").cautions)
    heavy = stays.assign(estimate=-0.6, low=[-0.7, *stays["low"][1:]], high=[-0.5, 0.7, 0.1, 1.5, 0.1, 0.7])
    assert any(text.startswith("Alder carries") for text in pool_studies(heavy).cautions)


def test_ratios_pooled_as_differences_are_noticed(trials):
    told = " ".join(pool_studies(trials).cautions)
    assert 'if these are ratios, write scale="ratio"' in told


@pytest.mark.parametrize(("column", "value", "said"), [
    ("low", 2.0, "The interval of “Birch” is upside down: 2 to 0.7. Check the columns “low” and “high”."),
    ("low", 0.7, "The interval of “Birch” has no width"),
    ("estimate", 5.0, "The estimate of “Birch”, 5, lies outside its interval, -1.5 to 0.7."),
    ("high", math.nan, "“Birch” has no number in “high”. Find it in the report"),
    ("study", None, "The study in row 2 has no name in “study”."),
    ("low", math.inf, "holds an infinite number"),
    ("low", "about 2", "holds something that is not a number"),
])
def test_a_broken_study_is_named_and_nothing_is_pooled(stays, column, value, said):
    table = stays.astype(object)
    table.loc[1, column] = value
    with pytest.raises(CourseError) as problem:
        pool_studies(table)
    assert said in str(problem.value)


def test_a_ratio_of_nought_or_less_is_refused(stays):
    with pytest.raises(CourseError, match="“Alder” has -1.2 in “estimate”: a ratio is always above 0"):
        pool_studies(stays, scale="ratio")


@pytest.mark.parametrize(("given", "said"), [
    ({"table": [1, 2]}, "Give a table with one row for each study"),
    ({"rows": 1}, "Pooling needs at least two studies; this table has one"),
    ({"rows": 0}, "this table has none"),
    ({"estimate": "estimat"}, "has no column “estimat”. Did you mean “estimate”"),
    ({"low": None}, "Name the columns with both ends of the intervals"),
    ({"scale": "log"}, "scale= is “difference” or “ratio”, not 'log'"),
    ({"level": 95}, "The confidence level is 95"),
    ({"se": "design"}, "holds something that is not a number"),
])
def test_a_call_that_cannot_work_says_why(stays, given, said):
    table = given.pop("table", stays.head(given.pop("rows", 6)))
    with pytest.raises(CourseError) as problem:
        pool_studies(table, **given)
    assert said in str(problem.value)


def test_a_standard_error_of_nought_is_refused(stays):
    with pytest.raises(CourseError, match="“Cedar” has a standard error of 0; it must be above 0"):
        pool_studies(stays.assign(se=[1, 1, 0, 1, 1, 1]), se="se")
