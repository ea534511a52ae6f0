"""How many are needed, what twenty can tell, and whether two people agree."""

import math

import numpy as np
import pandas as pd
import pytest

from researchskills.errors import CourseError
from researchskills.statistics.agreement import _fleiss, fleiss_kappa, kappa
from researchskills.statistics.limits import wilson_limits
from researchskills.statistics.planning import how_many, how_many_to_compare, what_can


@pytest.mark.parametrize(
    ("population", "needed"),
    # R. Krejcie and D. Morgan, Educ. Psychol. Meas. 30 (1970) 607-610: margin 5 points, a half, 95%. They round
    # the last one, 384.1, down; here it is rounded up.
    [(100, 80), (200, 132), (1000, 278), (10_000, 370), (None, 385)],
)
def test_answers_for_a_proportion_agree_with_krejcie_and_morgan(population, needed):
    assert how_many(0.05, population=population).needed == needed


def test_answers_allow_for_clusters_and_for_people_who_do_not_answer():
    # By hand: 96.04 * (1 + 20 * 0.05) = 192.1; 193 / 0.4 = 482.5.
    found = how_many(0.1, cluster_size=21, icc=0.05, response=0.4)
    assert (found.needed, found.ask) == (193, 483)
    assert "Ask 483 people" in found.sentence()
    assert any("do not mend a bias" in text for text in found.cautions)
    assert "clusters of 21" in repr(found) and "design effect" in found._repr_html_()


def test_answers_for_a_mean_make_the_interval_narrow_enough_and_one_fewer_does_not():
    from scipy.stats import t

    n = how_many(2, sd=9).needed
    assert t.ppf(0.975, n - 1) * 9 / math.sqrt(n) <= 2 < t.ppf(0.975, n - 2) * 9 / math.sqrt(n - 1)


def test_asking_more_people_than_there_are_is_pointed_out():
    found = how_many(0.1, population=120, response=0.4)
    assert any("more than the 120 people there are" in text for text in found.cautions)
    assert any("so near the end" in text for text in how_many(0.05, share=0.01).cautions)


@pytest.mark.parametrize(
    ("size", "each"),
    # J. Cohen, Psychol. Bull. 112 (1992) 155-159, table 2: 80% power, 5% two-sided, medium and large difference.
    [(0.5, 64), (0.8, 26)],
)
def test_groups_for_a_difference_of_means_agree_with_cohen(size, each):
    found = how_many_to_compare(difference=size, sd=1)
    assert (found.each, found.needed) == (each, 2 * each)


def test_people_for_a_difference_agree_with_statsmodels():
    from statsmodels.stats.power import TTestPower
    from statsmodels.stats.proportion import samplesize_proportions_2indep_onetail

    for p, q in [(0.5, 0.65), (0.1, 0.25), (0.9, 0.7)]:
        expected = samplesize_proportions_2indep_onetail(p - q, q, 0.8, alpha=0.05, alternative="two-sided")
        assert how_many_to_compare(p, q).each == pytest.approx(expected, rel=0.02, abs=1)
    paired = TTestPower().solve_power(effect_size=1 / 3, power=0.8, alpha=0.05)
    assert how_many_to_compare(difference=3, sd=9, paired=True).needed == math.ceil(paired)


def test_half_the_difference_takes_about_four_times_the_people():
    one, two = (how_many_to_compare(difference=size, sd=5).each for size in (1, 2))
    assert one == pytest.approx(4 * two, rel=0.03)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: how_many(10), "0.1 for 10 percentage points"),
        (lambda: how_many(0.1, share=50), "such as 0.4 for 40%"),
        (lambda: how_many(0.1, response=0), "such as 0.4 for 40%"),
        (lambda: how_many(2, sd=-1), "above 0"),
        (lambda: how_many(0.1, population=-3), "cannot be below 0"),
        (lambda: how_many(0.1, population=0), "nobody"),
        (lambda: how_many_to_compare(0.5, 0.5), "no difference to look for"),
        (lambda: how_many_to_compare(0.5), "two proportions"),
        (lambda: how_many_to_compare(50, 65), "such as 0.4"),
        (lambda: how_many_to_compare(0.5, 0.6, power=0.2), "0.8 or 0.9"),
        (lambda: how_many_to_compare(0.5, 0.6, paired=True), "for means"),
        (lambda: how_many_to_compare(difference=3, sd=-9), "above 0"),
        (lambda: what_can(0), "No answers"),
        (lambda: what_can(20, population=12), "cannot come from"),
        (lambda: what_can(2.5), "no whole number"),
    ],
)
def test_planning_refuses_in_plain_words(call, said):
    with pytest.raises(CourseError) as told:
        call()
    assert said in str(told.value)


def test_what_twenty_can_tell_agrees_with_the_rule_of_three():
    # J. Hanley and A. Lippman-Hand, JAMA 249 (1983) 1743-1745: none of n, upper limit near 3/n; the exact
    # limit is 1 - 0.05^(1/n), 13.9% for 20 and 2.95% for 100.
    assert what_can(20).none_seen == pytest.approx(0.1391, abs=1e-4)
    assert what_can(100).none_seen == pytest.approx(0.0295, abs=1e-4)
    assert what_can(300).none_seen == pytest.approx(3 / 300, rel=0.01)


def test_what_twenty_can_tell_shows_intervals_and_smallest_differences():
    found = what_can(20)
    assert found.half_width == pytest.approx(np.diff(wilson_limits(10, 20))[0] / 2)
    assert found.table["people"].tolist() == [0, 1, 5, 10, 15, 19, 20]
    assert found.table.loc[3, ["low", "high"]].round(1).tolist() == [29.9, 70.1]
    assert found.sentence().startswith("With 20 answers, 10 of 20 (50%) goes with a 95% confidence interval of 29.9%")
    from statsmodels.stats.power import TTestIndPower, TTestPower

    assert found.change == pytest.approx(TTestPower().solve_power(nobs=20, power=0.8, alpha=0.05), abs=1e-3)
    assert found.difference == pytest.approx(TTestIndPower().solve_power(nobs1=10, power=0.8, alpha=0.05), abs=1e-3)
    assert "rule of three" in repr(found) and "rule of three" in found._repr_html_()


def test_what_can_and_how_many_agree_with_each_other():
    found = what_can(340)
    assert how_many_to_compare(0.5, 0.5 + found.points).each == 170
    assert how_many_to_compare(difference=found.difference, sd=1).each in (170, 171)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 2000])
def test_any_number_of_answers_gets_an_answer(n):
    found = what_can(n)
    assert found._repr_html_() and found.sentence()
    assert math.isnan(found.difference) == (n < 4)


def test_a_small_population_narrows_what_answers_can_show():
    assert what_can(10, population=14).table["low"].iloc[3] > what_can(10).table["low"].iloc[3]


# Agreement ------------------------------------------------------------------------------------------------

# J. Fleiss, B. Levin and M. Paik, Statistical Methods for Rates and Proportions (3rd ed. 2003), table 18.1:
# two raters, 100 patients.
RATED = np.array([[75, 1, 4], [5, 4, 1], [0, 0, 10]])


def test_kappa_agrees_with_fleiss_levin_and_paik():
    # Their text: kappa 0.68 with standard error 0.087; the error again by the formula of Fleiss, Cohen and
    # Everitt (1969) written out.
    p = RATED / 100
    rows, columns, agreed = p.sum(axis=1), p.sum(axis=0), np.trace(p)
    chance = rows @ columns
    k = (agreed - chance) / (1 - chance)
    on = (np.diag(p) * (1 - (rows + columns) * (1 - k)) ** 2).sum()
    off = sum(p[i, j] * (columns[i] + rows[j]) ** 2 for i in range(3) for j in range(3) if i != j) * (1 - k) ** 2
    error = math.sqrt((on + off - (k - chance * (1 - k)) ** 2) / 100) / (1 - chance)
    found = kappa(RATED)
    assert round(found.value, 2) == 0.68 and error == pytest.approx(0.087, abs=0.001)
    assert found.interval == pytest.approx((k - 1.959964 * error, k + 1.959964 * error), abs=1e-5)


def test_kappa_takes_lists_and_columns_alike():
    first = ["GP"] * 25 + ["self"] * 25
    second = ["GP"] * 20 + ["self"] * 5 + ["GP"] * 10 + ["self"] * 15
    table = pd.DataFrame({"a": first, "b": second})
    # By hand: agreed 35/50 = 0.7, by chance 0.5 * 0.6 + 0.5 * 0.4 = 0.5, so kappa is 0.2 / 0.5 = 0.4.
    for found in (kappa(first, second), kappa(table, "a", "b"), kappa([[20, 5], [10, 15]])):
        assert found.value == pytest.approx(0.4)
        assert found.based_on == "50 things judged by both, 35 of them alike"


def test_weighted_kappa_forgives_near_misses_and_needs_an_order():
    first, second = ["low", "mid", "high", "low"] * 10, ["mid", "mid", "high", "low"] * 10
    order = ["low", "mid", "high"]
    plain, weighted = kappa(first, second), kappa(first, second, weights="linear", order=order)
    # By hand, linear: disagreement seen 10 * 1 / 40 = 0.25 steps; expected from the margins
    # (20 10 10) by (10 20 10): (1*20*20 + 2*20*10 + 1*10*10 + 1*10*10 + 2*10*10 + 1*10*20) / 1600 = 0.875.
    assert weighted.value == pytest.approx(1 - 0.25 / 0.875)
    assert weighted.value > plain.value
    with pytest.raises(CourseError, match="order of the categories"):
        kappa(first, second, weights="linear")


def test_kappa_points_out_common_categories_few_things_unused_categories_and_gaps():
    common = kappa([[90, 4], [5, 1]])
    assert any("One category makes up" in text and "agreed on 91%" in text for text in common.cautions)
    few = kappa(["a", "b", "a", None], ["a", "b", "b", "a"], order=["a", "b", "c"])
    assert any("Only 3 things" in text for text in few.cautions)
    assert any("used by nobody" in text for text in few.cautions)
    assert any("1 of 4 rows has no value for both people" in text for text in few.cautions)
    everything = kappa(["a", "b", "a"], ["a", "b", "a"])
    assert everything.value == 1 and not everything.has_interval


def test_kappa_of_several_people_agrees_with_a_worked_example():
    # Ten things judged by fourteen people in five categories: kappa 0.210, as worked through in the article
    # "Fleiss' kappa" of Wikipedia, after Fleiss (1971).
    counts = np.array(
        [
            [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
            [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
        ]
    )  # fmt: skip
    found = fleiss_kappa(counts)
    assert round(found.value, 3) == 0.210
    assert _fleiss(counts) == pytest.approx(found.value)
    assert found.low < found.value < found.high


def test_kappa_of_several_people_takes_a_column_for_each():
    table = pd.DataFrame({"a": list("xyxyxx"), "b": list("xyxyxy"), "c": list("xyxxxy")})
    assert fleiss_kappa(table, ["a", "b", "c"]).based_on == "6 things judged by 3 people each"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: kappa(["a"], ["a", "b"]), "give one each"),
        (lambda: kappa(["a", "a"], ["a", "a"], order=["a", "b"]), "one and the same category"),
        (lambda: kappa(["a", None], ["a", "b"], order=["a", "b"]), "Fewer than two"),
        (lambda: kappa([[1, 2, 3]]), "square table"),
        (lambda: kappa([[0.5, 0.2], [0.1, 0.2]]), "must hold counts"),
        (lambda: kappa(["a", "b"], ["a", "c"], order=["a", "b"]), "not among the categories"),
        (lambda: kappa([[1, 2], [3, 4]], weights="cubic"), "“linear” or “quadratic”"),
        (lambda: fleiss_kappa([[1, 2], [2, 2]]), "same number of people"),
        (lambda: fleiss_kappa([[3, 0], [3, 0]]), "one and the same category"),
    ],
)
def test_agreement_refuses_in_plain_words(call, said):
    with pytest.raises(CourseError) as told:
        call()
    assert said in str(told.value)


@pytest.mark.parametrize(("n", "population"), [(1, 7), (5, 12), (20, 25), (20, 20), (30, 400)])
def test_what_may_stay_unseen_in_a_small_population_agrees_with_the_hypergeometric_distribution(n, population):
    from scipy import stats

    chance = [stats.hypergeom.pmf(0, population, some, n) for some in range(population + 1)]
    most = max(some for some, one in enumerate(chance) if one >= 0.05 - 1e-12)
    found = what_can(n, population=population)
    assert found.none_seen == pytest.approx(most / population)
    assert found.heard == pytest.approx((most + 1) / population)
    assert "rule of three" not in repr(found)


def test_a_handful_of_answers_is_told_in_plain_grammar_and_without_a_rule_that_does_not_hold():
    assert "With 1 answer, " in what_can(1).sentence()
    assert "rule of three" not in repr(what_can(3)) and "rule of three" in repr(what_can(20))
    assert "Everybody there is was asked" in repr(what_can(20, population=20))
    with pytest.raises(CourseError, match="write 0.1"):
        how_many("0.1")
