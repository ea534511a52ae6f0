"""Two groups, before and after: against published examples, or a second way of working them out."""

import math
import re
import warnings
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from researchskills.errors import CourseError
from researchskills.statistics.effect_sizes import cliffs_delta, effect_size
from researchskills.statistics.ranks import compare_groups, kth_difference, superiority, u_distribution
from researchskills.statistics.two_means import compare_means, paired_change
from researchskills.statistics.two_proportions import boschloo, compare_proportions, fisher

# Student (1908): extra hours of sleep of ten patients with each of two drugs.
FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SECOND = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
# Hollander and Wolfe, Nonparametric Statistical Methods (1973), 69f.: permeability of membranes; also the example
# in the help of R's wilcox.test.
AT_TERM = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
EARLIER = [1.15, 0.88, 0.90, 0.74, 1.21]
COUNTS = st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def people() -> pd.DataFrame:
    """Two services and a third, with gaps, and teams within services."""
    rng = np.random.default_rng(8)
    service = np.repeat(["A", "B", "C"], [60, 60, 10])
    team = np.r_[np.repeat(np.arange(6), 10), np.repeat(np.arange(6, 12), 10), np.full(10, 12)]
    score = rng.normal(22, 3, 130) + rng.normal(0, 2, 13)[team]
    table = pd.DataFrame({"service": service, "team": team, "score": score, "home": np.where(score > 22, "yes", "no")})
    table.loc[[3, 70], ["score", "home"]] = None
    return table


# Two proportions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    # R. Newcombe, Stat. Med. 17 (1998) 873-890, table II, method 10.
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0000),
        ((10, 10, 0, 10), 0.6075, 1.0000),
    ],
)
def test_difference_of_proportions_agrees_with_newcombes_table(counts, low, high):
    found = compare_proportions(*counts)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@settings(max_examples=40, deadline=None)
@given(COUNTS, COUNTS)
def test_swapping_the_groups_mirrors_the_difference(one, two):
    found, other = compare_proportions(*one, *two), compare_proportions(*two, *one)
    assert -1 <= found.low <= found.value <= found.high <= 1
    assert (found.value, *found.interval) == pytest.approx((-other.value, -other.high, -other.low), abs=1e-9)
    assert found.p_value == pytest.approx(other.p_value)
    more = compare_proportions(*(4 * count for count in (*one, *two)))
    assert more.high - more.low < found.high - found.low


def test_a_comparison_tells_both_denominators_and_puts_the_p_value_last():
    found = compare_proportions(56, 70, 48, 80, names=("Service A", "Service B"))
    assert found.sentence() == (
        "The difference (Service A minus Service B) was 20 percentage points (56 of 70 against 48 of 80), "
        "95% confidence interval 5.2 to 33.4 percentage points, all of it above zero."
    )
    table = found.to_table()
    assert table["item"].iloc[-1] == "p value (Fisher's exact test)"
    assert table.set_index("item")["value"]["Service A"] == "56 of 70: 80% (69.2% to 87.7%)"


def test_ratio_of_proportions_agrees_with_statsmodels():
    from statsmodels.stats.proportion import confint_proportions_2indep

    ratio = dict(compare_proportions(56, 70, 48, 80).details)["ratio of the proportions"]
    expected = confint_proportions_2indep(56, 70, 48, 80, compare="ratio", method="log")
    assert ratio.interval == pytest.approx(expected, rel=1e-6)
    assert "numerator is 0" in dict(compare_proportions(0, 7, 3, 8).details)["ratio of the proportions"]


def test_proportions_of_a_table_leave_out_gaps_and_other_groups():
    found = compare_proportions(people(), "home", "yes", by="service", groups=("A", "B"))
    assert found.n == 118
    assert found.based_on.split(" ")[2] == "59"
    assert [text for text in found.cautions if text.startswith("A: 1 of 60 rows has no value")]
    assert "(A minus B)" in found.sentence()


def test_small_groups_and_all_or_nothing_are_pointed_out():
    few = compare_proportions(3, 4, 1, 4).cautions
    assert any("smaller group has 4 people" in text for text in few)
    assert any("Not settled is not the same as equal" in text for text in few)
    assert any("Nobody in either group" in text for text in compare_proportions(0, 12, 0, 15).cautions)
    assert any("on the edge" in text for text in compare_proportions(7, 20, 12, 18).cautions)


def test_fishers_exact_test_agrees_with_the_lady_tasting_tea():
    # R. A. Fisher (1935): 3 of 4 cups right; two-sided 34/70. Conditional odds ratio 6.41 (R's fisher.test:
    # 0.3135693 to 621.9337505 by another rule for the interval of two-sided tests).
    found = fisher(3, 4, 1, 4)
    assert found.p_value == pytest.approx(34 / 70)
    assert dict(found.details)["odds ratio, exact"].value == pytest.approx(6.408309, abs=1e-4)
    assert "a cell is 0" in dict(fisher(0, 4, 1, 4).details)["odds ratio, exact"]


@pytest.mark.parametrize("counts", [(2, 7, 6, 8), (7, 20, 12, 18), (0, 5, 3, 6)])
def test_boschloos_test_agrees_with_searching_a_grid(counts):
    # Second method: the largest probability, over all common shares, of a table with Fisher's p as small;
    # two-sided by doubling, as scipy does.
    a, m, b, n = counts
    one_sided = []
    for side in ("less", "greater"):
        tables = [[[[x, y], [m - x, n - y]] for y in range(n + 1)] for x in range(m + 1)]
        p = np.array([[stats.fisher_exact(table, side)[1] for table in row] for row in tables])
        as_small = p <= p[a, b] * (1 + 1e-9)
        shares = np.linspace(0, 1, 401)
        chance = [
            (np.outer(stats.binom.pmf(range(m + 1), m, s), stats.binom.pmf(range(n + 1), n, s))[as_small]).sum()
            for s in shares
        ]
        one_sided.append(max(chance))
    found = boschloo(*counts)
    assert found.p_value == pytest.approx(min(1, 2 * min(one_sided)), abs=0.002)
    assert found.p_value <= fisher(*counts).p_value and found.test == "Boschloo's exact test"


def test_boschloos_test_refuses_what_would_take_too_long_and_knows_no_variation():
    assert boschloo(0, 5, 0, 6).p_value == 1
    with pytest.raises(CourseError, match="takes too long"):
        boschloo(100, 200, 90, 200)


def test_clusters_widen_the_interval_as_robust_regression_does():
    import statsmodels.api as sm

    table = people().query("service != 'C'").dropna()
    design = np.column_stack([np.ones(len(table)), table["service"] == "A"])
    fit = sm.OLS(table["score"], design).fit()
    robust = fit.get_robustcov_results("cluster", groups=table["team"], use_correction=False)
    # Six clusters in each group: their squares are multiplied by 6/5, as with strata.
    error = robust.bse[1] * math.sqrt(6 / 5)
    half = stats.t.ppf(0.975, 10) * error
    found = compare_means(table, "score", by="service", cluster="team")
    assert found.interval == pytest.approx((found.value - half, found.value + half))
    unaware = compare_means(table, "score", by="service")
    assert found.high - found.low > unaware.high - unaware.low
    share = compare_proportions(table, "home", "yes", by="service", cluster="team")
    plain = compare_proportions(table, "home", "yes", by="service")
    assert share.value == plain.value and share.high - share.low > plain.high - plain.low
    assert dict(share.details)["clusters (team)"] == 12


# Two means ------------------------------------------------------------------------------------------------


def test_welchs_interval_agrees_with_students_sleep_data():
    # R: t.test(extra ~ group, data = sleep): t = -1.8608, p = 0.07939, interval -3.3654832 to 0.2054832.
    found = compare_means(FIRST, SECOND, unit="hours")
    assert found.value == pytest.approx(-1.58)
    assert found.interval == pytest.approx((-3.3654832, 0.2054832), abs=1e-6)
    assert round(found.p_value, 5) == 0.07939
    assert "do not settle the direction" in found.sentence()


def test_bootstrap_and_permutation_stand_beside_the_t_interval():
    found = compare_means(FIRST, SECOND, method="bootstrap")
    assert found.low < found.value < found.high and found.test == "permutation"
    assert found.interval == pytest.approx((-3.365, 0.205), abs=0.35)
    assert found.p_value == pytest.approx(0.08, abs=0.02)
    assert any("bootstrap interval" in name for name, _ in compare_means(FIRST, SECOND).details)


def test_hedges_g_agrees_with_the_noncentral_t_distribution():
    # Cohen's d of the sleep data is 0.832 (1.58 divided by the pooled standard deviation 1.8986).
    d = effect_size(SECOND, FIRST, kind="cohen")
    assert d.value == pytest.approx(0.8321811, abs=1e-6)
    # Second method: at each end of the interval the t seen has 2.5% of its distribution beyond it.
    root = math.sqrt(5)
    assert stats.nct.sf(d.value * root, 18, d.low * root) == pytest.approx(0.025, abs=1e-6)
    assert stats.nct.cdf(d.value * root, 18, d.high * root) == pytest.approx(0.025, abs=1e-6)
    # Hedges (1981): the correction for 18 degrees of freedom is close to 1 - 3 / (4 * 18 - 1).
    g = effect_size(SECOND, FIRST)
    assert g.value / d.value == pytest.approx(1 - 3 / 71, abs=2e-4)


def test_effect_size_survives_groups_that_lie_far_apart():
    found = effect_size([1, 1.01, 0.99] * 10, [9, 9.01, 8.99] * 10)
    assert found.low < found.value < found.high


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: compare_proportions(7, 9, 3), "four counts"),
        (lambda: compare_proportions(9, 7, 3, 8), "numerator is above the denominator"),
        (lambda: compare_proportions(people(), "home", "yes"), "by= for the groups"),
        (lambda: compare_proportions(people(), "home", "yes", by="service"), "say which"),
        (lambda: compare_proportions(people(), "home", "yes", by="service", groups=("A", "D")), "no group “D”"),
        (lambda: compare_proportions(people(), "home", "Yes", by="service", groups=("A", "B")), "slip of spelling"),
        (lambda: compare_proportions(7, 9, 3, 8, cluster="team"), "need a table"),
        (lambda: compare_proportions(7, 9, 3, 8, names=("A",)), "two names"),
        (lambda: compare_means([1], [2, 3]), "fewer than two values"),
        (lambda: compare_means([1, 1], [2, 2]), "no spread"),
        (lambda: compare_means(FIRST, SECOND, method="anova"), "“welch” or “bootstrap”"),
        (lambda: compare_means(people(), "score"), "by= for the column"),
        (lambda: compare_means(people(), "home", by="service", groups=("A", "B")), "not a number"),
        (lambda: compare_means([1, 2], [2, 3], method="bootstrap"), "too few for the bootstrap"),
        (
            lambda: compare_means(people().assign(team=1), "score", by="service", groups=("A", "B"), cluster="team"),
            "too few to tell how clusters differ",
        ),
        (lambda: paired_change([1, 2, 3], [1, 2]), "same people are needed"),
        (lambda: paired_change([1, None], [2, 3]), "One person has both values"),
        (lambda: paired_change(FIRST, SECOND, method="z"), "“t” or “bootstrap”"),
        (lambda: paired_change(FIRST, SECOND, important=0), "above 0"),
        (lambda: paired_change(people(), "score"), "Name two columns"),
        (lambda: compare_groups([], [1, 2]), "no values"),
        (lambda: compare_groups([3, 3], [3, 3]), "All values are the same"),
        (lambda: effect_size([1], [2, 3]), "fewer than two values"),
        (lambda: effect_size([1, 1], [2, 2]), "no spread"),
        (lambda: effect_size(FIRST, SECOND, kind="glass"), "“hedges” or “cohen”"),
        (lambda: superiority([], [1]), "no values"),
    ],
)
def test_comparisons_refuse_in_plain_words(call, said):
    with pytest.raises(CourseError) as told:
        call()
    assert said in str(told.value)


# Paired change --------------------------------------------------------------------------------------------


def test_paired_change_agrees_with_students_sleep_data():
    # R: t.test(extra ~ group, paired): mean 1.58, interval 0.7001142 to 2.4598858, p = 0.002833.
    found = paired_change(FIRST, SECOND, unit="hours")
    assert found.value == pytest.approx(1.58)
    assert found.interval == pytest.approx((0.7001142, 2.4598858), abs=1e-6)
    assert found.p_value == pytest.approx(0.002833, abs=1e-6)
    assert "10 people measured twice" in found.sentence()
    assert any("does not say what brought it about" in text for text in found.cautions)


def test_paired_change_by_bootstrap_and_sign_flips():
    found = paired_change(FIRST, SECOND, method="bootstrap")
    # All 1,024 ways of giving signs: second method by brute force, twice the smaller tail.
    gaps = np.subtract(SECOND, FIRST)
    signs = np.array(np.meshgrid(*[[-1, 1]] * 10)).reshape(10, -1).T
    sums = (signs * np.abs(gaps)).sum(axis=1)
    expected = 2 * np.mean(sums >= gaps.sum() - 1e-9)
    assert found.p_value == pytest.approx(expected)
    assert found.low < found.value < found.high


@pytest.mark.parametrize(
    ("important", "higher", "reading"),
    [
        (0.5, True, "all of it at or beyond the smallest change that matters (0.5 points)"),
        (1.0, True, "which holds improvements smaller and larger than the smallest change"),
        (3.0, True, "all of it short of the smallest change that matters (3 points)"),
        (3.0, False, "it points to worse"),
    ],
)
def test_paired_change_is_read_against_the_smallest_change_that_matters(important, higher, reading):
    found = paired_change(FIRST, SECOND, important=important, higher_is_better=higher)
    assert reading in found.sentence()


def test_paired_change_counts_people_who_reached_the_smallest_change_that_matters():
    found = dict(paired_change(FIRST, SECOND, important=1).details)
    # By hand: changes 1.2 2.4 1.3 1.3 0 1.0 1.8 0.8 4.6 1.4, of which eight are 1 or more.
    assert found["better by 1 or more"].based_on == "8 of 10"
    assert found["worse by 1 or more"].based_on == "0 of 10"


def test_paired_change_tells_how_those_who_left_had_started():
    table = pd.DataFrame({"before": [10, 12, 14, 2, 4], "after": [11, 14, 17, None, None]})
    found = paired_change(table, "before", "after")
    assert found.n == 3
    assert "2 of 5 people were measured before but not after" in found.cautions[0]
    assert "They started at 3 on average, those who stayed at 12" in found.cautions[0]


@pytest.mark.parametrize("last", [1, 400])
def test_lopsided_and_large_samples_go_through_the_bootstrap_without_warnings(last):
    changes = [0.0] * 499 + [last]
    found = paired_change([0.0] * 500, changes, method="bootstrap", important=1)
    assert found.value == pytest.approx(last / 500) and found._repr_html_()
    few = compare_means([0, 0, 0, 0, last], [0, 0, 0, 0, 0, 0])
    assert few.low < few.value < few.high and "nan" not in few.to_table().to_string()


def test_paired_change_that_never_varies_has_no_p_value():
    found = paired_change([1, 2, 3], [2, 3, 4])
    assert found.interval == (1, 1) and math.isnan(found.p_value)
    assert any("All values are the same" in text for text in found.cautions)


# Ranks ----------------------------------------------------------------------------------------------------


def test_mann_whitney_agrees_with_hollander_and_wolfe():
    # Their answer (and R's wilcox.test): one-sided p 0.1272; shift 0.305; 95% interval -0.15 to 0.76.
    found = compare_groups(AT_TERM, EARLIER)
    assert found.p_value == pytest.approx(2 * 0.1272, abs=1e-4)
    assert found.value == pytest.approx(0.305)
    assert found.interval == pytest.approx((-0.15, 0.76))
    assert found.test == "Mann–Whitney, exact"


def test_mann_whitney_with_ties_agrees_with_dealing_out_all_ranks():
    one, two = [3, 5, 5, 9], [1, 3, 3, 5, 2]
    found = compare_groups(one, two)
    ranks = stats.rankdata(one + two)
    sums = np.array([ranks[list(chosen)].sum() for chosen in combinations(range(9), 4)])
    seen = ranks[:4].sum()
    expected = 2 * min(np.mean(sums >= seen - 1e-9), np.mean(sums <= seen + 1e-9))
    assert found.p_value == pytest.approx(min(1, expected))
    assert "all permutations because of ties" in found.test
    assert any("Some values are equal" in text for text in found.cautions)


def test_distribution_of_u_agrees_with_dealing_out_all_ranks():
    sums = [sum(chosen) - 6 for chosen in combinations(range(1, 9), 3)]
    expected = np.bincount(sums, minlength=16) / len(sums)
    assert u_distribution(3, 5) == pytest.approx(expected)


def test_interval_of_the_shift_holds_the_shifts_that_the_exact_test_would_not_reject():
    # Second method: move the second group along and ask scipy's exact test each time.
    rng = np.random.default_rng(5)
    one, two = rng.normal(0, 1, 9), rng.normal(0.5, 1, 7)
    found = compare_groups(one, two)
    for shift, kept in [
        (found.low + 1e-6, True), (found.low - 1e-6, False), (found.high - 1e-6, True), (found.high + 1e-6, False),
    ]:  # fmt: skip
        p = stats.mannwhitneyu(one, two + shift, method="exact").pvalue
        assert bool(p > 0.05) is kept


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.integers(0, 50), min_size=6, max_size=15), st.lists(st.integers(0, 50), min_size=6, max_size=15)
)
def test_swapping_the_groups_mirrors_the_typical_difference(one, two):
    if len(set(one + two)) == 1:
        return
    found, other = compare_groups(one, two), compare_groups(two, one)
    assert found.low <= found.value <= found.high
    assert (found.value, *found.interval) == pytest.approx((-other.value, -other.high, -other.low))
    share, back = superiority(one, two), superiority(two, one)
    assert 0 <= share.low <= share.value <= share.high <= 1
    assert (share.value, share.low) == pytest.approx((1 - back.value, 1 - back.high), abs=1e-9)


def test_large_groups_give_the_same_differences_as_forming_all_of_them():
    rng = np.random.default_rng(6)
    one, two = rng.integers(0, 300, 1300).astype(float), rng.exponential(90, 900)
    every = np.sort(np.subtract.outer(one, two), axis=None)
    places = [1, 500_000, 585_000, 1_170_000]
    assert kth_difference(one, two, places) == pytest.approx(every[np.array(places) - 1], abs=1e-9)


def test_groups_too_small_for_an_interval_have_none():
    found = compare_groups([1, 2], [5, 7])
    assert not found.has_interval and "no interval can be given" in found.sentence()
    assert any("too few for a 95% interval" in text for text in found.cautions)


def test_probability_of_superiority_is_u_over_mn_and_close_to_other_formulas_in_large_groups():
    rng = np.random.default_rng(9)
    one, two = rng.normal(0.4, 1, 400), rng.normal(0, 1, 500)
    found = superiority(one, two)
    assert found.value == pytest.approx(stats.mannwhitneyu(one, two).statistic / (400 * 500))
    # J. Hanley and B. McNeil, Radiology 143 (1982) 29-36.
    a, m, n = found.value, 400, 500
    q1, q2 = a / (2 - a), 2 * a * a / (1 + a)
    error = math.sqrt((a * (1 - a) + (m - 1) * (q1 - a * a) + (n - 1) * (q2 - a * a)) / (m * n))
    assert found.interval == pytest.approx((a - 1.96 * error, a + 1.96 * error), abs=0.003)


def test_groups_that_do_not_overlap_still_have_an_interval_of_superiority():
    found = superiority([5, 6, 7, 8], [1, 2, 3])
    assert found.value == 1 and 0.3 < found.low < 0.9 and found.high == 1


def test_cliffs_delta_agrees_with_counting_pairs():
    pairs = np.sign(np.subtract.outer(AT_TERM, EARLIER))
    found = cliffs_delta(AT_TERM, EARLIER)
    assert found.value == pytest.approx(pairs.mean())
    assert found.low < found.value < found.high


def test_no_sentence_of_a_comparison_claims_a_cause():
    table = people()
    said = [
        compare_proportions(table, "home", "yes", by="service", groups=("A", "B")),
        compare_means(table, "score", by="service", groups=("A", "B")),
        compare_groups(table, "score", by="service", groups=("A", "B")),
        paired_change(FIRST, SECOND, important=1),
        effect_size(FIRST, SECOND),
    ]
    for found in said:
        words = set(re.findall("[a-z]+", found.sentence().lower()))
        assert not words & {"caused", "because", "led", "due", "effect", "improved", "reduced", "thanks", "impact"}
        assert "confidence interval" in found.sentence() and ("against" in words or "twice" in words)
        assert "<table>" in found._repr_html_()


# What an independent reader found --------------------------------------------------------------------------


def test_a_group_in_a_single_cluster_cannot_be_told_from_it():
    table = pd.DataFrame({"g": ["A"] * 20 + ["B"] * 20, "c": ["a"] * 20 + list("bcdef") * 4, "x": range(40)})
    with pytest.raises(CourseError, match="single cluster"):
        compare_means(table, "x", by="g", cluster="c")


def test_cautions_of_a_clustered_comparison_belong_to_its_own_interval():
    rng = np.random.default_rng(0)
    chance = np.repeat(rng.choice([0.1, 0.9], 8), 30)
    table = pd.DataFrame({"g": np.repeat(["A", "B"], 120), "c": np.repeat(np.arange(8), 30)})
    table["y"] = np.where(rng.random(240) < chance, "yes", "no")
    found = compare_proportions(table, "y", "yes", by="g", cluster="c")
    assert (found.low <= 0 <= found.high) == any("Not settled" in text for text in found.cautions)
    assert not any("different formulas" in text for text in found.cautions)
    nobody = compare_proportions(table.assign(y="no"), "y", "yes", by="g", cluster="c")
    assert not nobody.has_interval and "no interval can be given" in nobody.sentence()


def test_true_and_false_as_groups_are_told_with_their_question():
    table = pd.DataFrame({"lives_together": pd.array([True, True, False, False] * 5, dtype="boolean"), "x": range(20)})
    told = compare_means(table, "x", by="lives_together", groups=(True, False)).sentence()
    assert "(lives together “yes” minus lives together “no”)" in told
    assert compare_means(table, "x", by="lives_together", groups=("True", "False")).sentence() == told


def test_a_group_that_does_not_vary_is_compared_without_warnings():
    found = compare_means([1.0] * 12, [3, 4, 5, 6, 7, 9])
    # Second method: scipy, which warns of such data.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = stats.ttest_ind([1.0] * 12, [3, 4, 5, 6, 7, 9], equal_var=False).confidence_interval(0.95)
    assert found.interval == pytest.approx(tuple(expected))


def test_changes_are_free_of_the_dust_of_floats():
    found = paired_change([0.2, 1.1, 2.2], [0.3, 1.2, 2.3], important=0.1)
    assert dict(found.details)["better by 0.1 or more"].based_on == "3 of 3"
    assert any("All values are the same" in text for text in found.cautions)
