"""One group: rates, proportions, medians, means, clusters — against published tables and second methods."""

import math
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from researchskills.errors import CourseError
from researchskills.statistics import clustering, estimates, resampling
from researchskills.statistics.estimate import Estimate, Estimates, number, p_value, percent
from researchskills.statistics.estimates import mean, proportion, rate
from researchskills.statistics.limits import exact_limits
from researchskills.statistics.two_proportions import compare_proportions
from researchskills.statistics.waits import median_iqr, median_places

TEAMS = pd.DataFrame(
    {
        "team": ["North"] * 4 + ["South"] * 4,
        "home": ["yes", "no", None, "yes", "no", "no", "no", "no"],
        "days": [1, 2, 3, 4, 50, 6, 7, None],
    }
)


def rounded(pair, digits=4):
    return tuple(round(one, digits) for one in pair)


# What an estimate says ------------------------------------------------------------------------------------


def test_a_sentence_holds_the_denominator_and_the_interval():
    assert proportion(7, 9).sentence() == (
        "The proportion was 77.8% (7 of 9), 95% confidence interval 45.3% to 93.7%."
    )


def test_an_estimate_without_an_interval_says_so():
    said = Estimate("The mean", 4.0, n=1, unit="days").sentence()
    assert said == "The mean was 4 days (n = 1); no interval can be given."


def test_an_open_end_is_told_in_words():
    said = Estimate("The median wait", 23.0, 13.0, math.inf, n=21, unit="days").sentence()
    assert said.endswith("95% confidence interval 13 days to no upper limit.")


def test_plain_and_html_forms_hold_sentence_numbers_and_cautions():
    shown = proportion(7, 9)._repr_html_()
    assert repr(proportion(7, 9)).count("\n") == 1
    for words in ("7 of 9", "45.3% to 93.7%", "Wilson 1927", "Before you use this", "9 people only"):
        assert words in shown
    assert "<script" not in shown


def test_words_given_by_people_are_escaped():
    assert "<b>x" not in proportion(7, 9, what="<b>x")._repr_html_()


def test_an_interval_that_does_not_hold_its_estimate_is_refused():
    with pytest.raises(CourseError, match="outside its interval"):
        Estimate("The mean", 4.0, 5.0, 6.0)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, "0"), (-0.001, "-0.001"), (-1e-9, "-1.0e-09"), (12.345, "12.3"), (1.234, "1.23"), (12345.6, "12,345.6")],
)
def test_numbers_keep_the_digits_that_help(value, shown):
    assert number(value) == shown


def test_percentages_have_one_decimal_and_p_values_are_never_zero():
    assert (percent(0.0046), percent(0.5), percent(0.0004)) == ("0.5", "50", "0.04")
    assert (p_value(0), p_value(0.0521), p_value(0.4857)) == ("less than 0.001", "0.052", "0.49")


def test_several_groups_make_a_table_that_charts_can_draw():
    found = proportion(TEAMS, "home", by="team")
    assert isinstance(found, Estimates) and len(found) == 2 and found["North"] is found[0]
    assert list(found.table.columns) == ["team", "estimate", "low", "high", "unit", "n"]
    assert found.table.round(1).loc[0].tolist() == ["North", 66.7, 20.8, 93.9, "%", 3]
    assert "North: the proportion with home was 66.7% (2 of 3)" in repr(found)
    with pytest.raises(CourseError, match="no group “Nort”"):
        found["Nort"]


def test_groups_can_be_drawn_as_intervals():
    from researchskills import charts

    ax = charts.intervals(proportion(TEAMS, "home", by="team").table, "team", "estimate", "low", "high")
    assert "66.7% (20.8 to 93.9)" in [text.get_text() for text in ax.texts]


def test_the_index_of_the_package_is_lazy():
    code = "import sys, researchskills.statistics as s; assert 'scipy' not in sys.modules; print(len(dir(s)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_name_of_the_index_exists():
    import researchskills.statistics as index

    assert all(callable(getattr(index, name)) for name in index.__all__)
    with pytest.raises(AttributeError):
        index.no_such_thing  # noqa: B018


# Rates ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("events", "low", "high"),
    # Exact limits of a Poisson count (Garwood 1936), as tabled in Altman et al., Statistics with
    # Confidence (2nd ed. 2000), chapter 18.
    [(0, 0, 3.689), (1, 0.025, 5.572), (2, 0.242, 7.225), (5, 1.623, 11.668), (10, 4.795, 18.39)],
)
def test_rate_has_the_exact_poisson_interval(events, low, high):
    found = rate(events, 1000, period="a year")
    assert found.interval == pytest.approx((low, high), abs=0.0006)


def test_rate_says_what_it_counts_among_whom_and_over_which_time():
    said = rate(11, 5200, period="year").sentence()
    assert said == (
        "The rate was 2.12 per 1,000 people a year (11 among 5,200 people), 95% confidence interval 1.06 to 3.79."
    )


def test_rate_adds_up_the_rows_of_each_group():
    wards = pd.DataFrame({"place": list("aab"), "users": [3, 5, 2], "people": [400, 600, 500]})
    found = rate(wards, "users", "people", by="place", period="a year")
    assert [part.value for part in found] == [8.0, 4.0]


def test_rate_leaves_out_rows_where_either_number_is_missing_and_says_so():
    wards = pd.DataFrame({"users": [3, None, 2], "people": [400, 600, 500]})
    found = rate(wards, "users", "people", period="a year")
    assert found.based_on == "5 among 900 people"
    assert any(text.startswith("1 of 3 rows has no value") for text in found.cautions)


def test_rate_warns_of_a_missing_period_of_no_events_and_of_more_events_than_people():
    assert any("No period" in text for text in rate(11, 5200).cautions)
    assert any("not a rate of 0" in text for text in rate(0, 5200, period="a year").cautions)
    assert any("more events than people" in text for text in rate(30, 20, period="a year").cautions)


# Proportions ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("some", "n", "wilson", "exact"),
    # R. Newcombe, Stat. Med. 17 (1998) 857-872, table I: methods 3 (score) and 5 (Clopper-Pearson).
    [
        (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
        (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
        (0, 20, (0.0000, 0.1611), (0.0000, 0.1684)),
        (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
    ],
)
def test_proportion_agrees_with_newcombes_table(some, n, wilson, exact):
    assert rounded(proportion(some, n).interval) == wilson
    assert rounded(proportion(some, n, method="exact").interval) == exact


@pytest.mark.parametrize(("some", "n"), [(0, 1), (1, 1), (3, 11), (60, 61), (450, 900)])
def test_proportion_agrees_with_statsmodels(some, n):
    from statsmodels.stats.proportion import proportion_confint

    for ours, theirs in (("wilson", "wilson"), ("exact", "beta")):
        expected = proportion_confint(some, n, method=theirs)
        assert proportion(some, n, method=ours).interval == pytest.approx(expected, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_proportion_lies_inside_its_interval_which_mirrors_and_narrows(counts):
    some, n = counts
    for method in ("wilson", "exact"):
        found, other = proportion(some, n, method=method), proportion(n - some, n, method=method)
        assert 0 <= found.low <= found.value <= found.high <= 1
        assert found.interval == pytest.approx((1 - other.high, 1 - other.low), abs=1e-9)
        more = proportion(4 * some, 4 * n, method=method)
        assert more.high - more.low < found.high - found.low


def test_proportion_counts_a_value_a_list_or_a_comparison():
    assert proportion(TEAMS, "home", "yes").based_on == "2 of 7"
    assert proportion(TEAMS, "days", "> 3").based_on == "4 of 7"
    assert proportion(TEAMS, "days", "<= 3").based_on == "3 of 7"
    assert proportion(TEAMS, "days", [1, 50]).based_on == "2 of 7"
    assert proportion(TEAMS.assign(late=TEAMS["days"] > 5), "late").based_on == "3 of 8"


def test_proportion_takes_nullable_and_categorical_columns():
    table = pd.DataFrame(
        {
            "yes": pd.array([True, None, False], dtype="boolean"),
            "band": pd.Categorical(["a", "b", None], categories=["a", "b", "c"]),
            "whole": pd.array([3, None, 30], dtype="Int64"),
        }
    )
    assert proportion(table, "yes").based_on == proportion(table, "yes", "yes").based_on == "1 of 2"
    assert proportion(table, "band", "c").based_on == "0 of 2"
    assert proportion(table, "whole", "> 28").based_on == "1 of 2"


def test_a_group_without_the_value_is_a_true_zero():
    found = proportion(TEAMS, "home", "yes", by="team")["South"]
    assert (found.value, found.n) == (0, 4)
    assert any("not proof of 0%" in text for text in found.cautions)


def test_missing_values_are_left_out_and_counted():
    assert "1 of 8 rows has no value for “home” and is left out" in proportion(TEAMS, "home", "yes").cautions[0]


def test_rows_of_the_same_person_are_pointed_out():
    table = pd.DataFrame({"person": [1, 1, 2], "home": ["yes", "no", "yes"]})
    assert any("3 rows come from 2" in text for text in proportion(table, "home").cautions)


@pytest.mark.parametrize(("some", "n", "size"), [(10, 13, 14), (3, 10, 24), (0, 6, 11), (6, 6, 11), (5, 40, 200)])
def test_exact_interval_of_a_small_population_agrees_with_counting_all_samples(some, n, size):
    # Second method: for each possible number K in the population, count samples with binomial coefficients.
    def tails(k):
        total = math.comb(size, n)
        ways = [math.comb(k, i) * math.comb(size - k, n - i) for i in range(n + 1)]
        return sum(ways[: some + 1]) / total, sum(ways[some:]) / total

    kept = [k for k in range(size + 1) if some <= k <= size - (n - some) and min(tails(k)) > 0.025]
    expected = min(kept[0] / size, some / n), max(kept[-1] / size, some / n)
    assert proportion(some, n, method="exact", population=size).interval == pytest.approx(expected)


def test_a_small_population_narrows_the_interval_and_never_beyond_what_was_counted():
    narrow, wide = proportion(10, 14, population=16), proportion(10, 14)
    assert wide.low < 10 / 16 <= narrow.low < narrow.high <= 12 / 16 < wide.high
    everybody = proportion(10, 14, population=14)
    assert everybody.interval == (10 / 14, 10 / 14)
    assert any("no sampling error" in text for text in everybody.cautions)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: proportion(9, 7), "numerator is above the denominator"),
        (lambda: proportion(-1, 7), "cannot be below 0"),
        (lambda: proportion(77.8, 100), "looks like a share or a percentage"),
        (lambda: proportion(0.7, 9), "looks like a share or a percentage"),
        (lambda: proportion(0, 0), "there is nobody"),
        (lambda: proportion(float("nan"), 9), "is missing"),
        (lambda: proportion("7", 9), "must be a number"),
        (lambda: proportion(7, 9, method="wald"), "“wilson” or “exact”"),
        (lambda: proportion(7, 9, level=95), "level=0.95 for 95%"),
        (lambda: proportion(7, 9, population=8), "cannot come from a population of 8"),
        (lambda: proportion(TEAMS, "hom", "yes"), "no column “hom”"),
        (lambda: proportion(TEAMS, "home", "Yes"), "slip of spelling"),
        (lambda: proportion(TEAMS, "days"), "Say which value to count"),
        (lambda: proportion(TEAMS, "home", "> ten"), "not a comparison"),
        (lambda: proportion(TEAMS, "home", "> 10"), "not a number"),
        (lambda: proportion(7, 9, by="team"), "need a table"),
        (lambda: rate(-1, 100), "cannot be below 0"),
        (lambda: rate(2.5, 100), "share or a percentage"),
        (lambda: rate(2, 0), "population above 0"),
        (lambda: rate(TEAMS, "days"), "Name two columns"),
        (lambda: mean([]), "no value at all"),
        (lambda: mean(["a", "b"]), "not a number"),
        (lambda: mean([1, math.inf]), "infinite"),
        (lambda: mean(TEAMS, "home"), "not a number"),
        (lambda: mean(5), "list of numbers"),
        (lambda: median_iqr([None, None]), "no value at all"),
        (lambda: median_iqr(TEAMS, "days", ended="home2"), "no column “home2”"),
        (lambda: median_iqr(TEAMS, "days", ended="team"), "must say whether the wait has ended"),
    ],
)
def test_estimates_refuse_in_plain_words(call, said):
    with pytest.raises(CourseError) as told:
        call()
    assert said in str(told.value)


def test_a_denominator_of_exactly_100_raises_the_question_of_percentages():
    assert any("percentages" in text for text in proportion(78, 100).cautions)
    assert not any("percentages" in text for text in proportion(78, 101).cautions)


# Medians --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "places"),
    # Ranks for the 95% interval of a median, as tabled in Altman et al., Statistics with Confidence (2000).
    [(6, (1, 6)), (9, (2, 8)), (10, (2, 9)), (20, (6, 15)), (25, (8, 18)), (30, (10, 21)), (50, (18, 33))],
)
def test_interval_of_a_median_uses_the_published_ranks(n, places):
    place = median_places(n)
    assert (place, n + 1 - place) == places
    found = median_iqr(range(1, n + 1))
    assert found.interval == places


def test_too_few_values_have_no_interval_for_a_median():
    found = median_iqr([3, 9, 14, 2, 60])
    assert median_places(5) is None and not found.has_interval
    assert any("no 95% interval" in text for text in found.cautions)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1e6), min_size=6, max_size=80))
def test_a_median_lies_inside_its_interval_and_between_its_quartiles(waits):
    found = median_iqr(waits)
    assert found.low <= found.value <= found.high
    assert found.q1 <= found.value <= found.q3


def test_median_gives_quartiles_and_the_share_beyond_a_standard():
    found = median_iqr([2, 3, 5, 6, 9, 13, 14, 21, 60], limit=28)
    assert (found.q1, found.value, found.q3) == (5, 9, 14)
    assert dict(found.details)["longer than 28 days"].based_on == "1 of 9"
    assert "half of the values between 5 and 14" in found.sentence()


def test_median_says_what_people_still_waiting_would_change():
    assert any("still waiting, the median looks shorter" in text for text in median_iqr(TEAMS, "days").cautions)


def test_median_points_out_waits_below_zero():
    assert any("an end before a beginning" in text for text in median_iqr([-3, 1, 2, 3, 4, 5, 6]).cautions)


def test_median_with_people_still_waiting_is_that_of_kaplan_and_meier():
    # Remission times of 21 patients on 6-mercaptopurine (E. Freireich et al., Blood 21 (1963) 699-716), the
    # example of most textbooks: median 23 weeks; log-log interval from 13 on, no upper limit (R survival).
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    going = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    table = pd.DataFrame({"weeks": ended + going, "over": [True] * 9 + [False] * 12})
    found = median_iqr(table, "weeks", ended="over", unit="weeks")
    assert (found.value, found.low, found.high) == (23, 13, math.inf)
    assert "12 of them still waiting" in found.sentence() and "no upper limit" in found.sentence()
    by_date = table.assign(over=pd.to_datetime("2026-01-01")).assign(
        over=lambda rows: rows["over"].where(table["over"])
    )
    assert median_iqr(by_date, "weeks", ended="over").value == 23


def test_median_counts_people_still_waiting_from_the_day_they_asked():
    table = pd.DataFrame(
        {
            "asked": pd.to_datetime(["2026-01-01"] * 6 + ["2026-02-20", None]),
            "days": [3, 9, 14, 21, 40, None, None, None],
        }
    )
    found = median_iqr(table, "days", since="asked", until="2026-03-02")
    by_hand = pd.DataFrame({"days": [3, 9, 14, 21, 40, 60, 10], "over": [True] * 5 + [False] * 2})
    assert found.interval == median_iqr(by_hand, "days", ended="over").interval
    assert found.value == 21 > median_iqr(table, "days").value
    assert "2 of them still waiting" in found.sentence()
    assert any("1 of 8 rows" in text for text in found.cautions)
    with pytest.raises(CourseError, match="both since="):
        median_iqr(table, "days", since="asked")
    with pytest.raises(CourseError, match="must hold dates"):
        median_iqr(table, "days", since="days", until="2026-03-02")


def test_median_is_not_known_while_fewer_than_half_have_ended():
    table = pd.DataFrame({"days": [5, 9, 20, 30, 40], "over": ["yes", "no", "no", "no", "no"]})
    found = median_iqr(table, "days", ended="over")
    assert math.isnan(found.value) and "cannot be given" in found.sentence()
    assert any("not known yet" in text for text in found.cautions)
    assert found._repr_html_()
    with pytest.raises(CourseError, match="no wait has ended"):
        median_iqr(table.assign(over="no"), "days", ended="over")


# Means ----------------------------------------------------------------------------------------------------


def test_mean_has_the_t_interval():
    # Student's sleep data (1908), extra sleep with the second drug; R's t.test gives 0.898 to 3.762.
    drug = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    found = mean(drug, unit="hours")
    assert found.value == pytest.approx(2.33)
    assert found.interval == pytest.approx((0.8976775, 3.7623225), abs=1e-6)


def test_mean_warns_of_skew_of_few_values_and_of_no_spread():
    skewed = [1] * 30 + [90]
    assert any("skewed" in text for text in mean(skewed).cautions)
    assert any("5 values only" in text for text in mean([1, 2, 3, 4, 5]).cautions)
    assert any("All values are the same" in text for text in mean([4] * 12).cautions)
    assert not mean([7]).has_interval


def test_mean_takes_nullable_numbers_and_counts_the_gaps():
    table = pd.DataFrame({"x": pd.array([1, None, 3], dtype="Int64")})
    found = mean(table, "x")
    assert found.value == 2 and "1 of 3 rows" in found.cautions[0]


# Resampling -----------------------------------------------------------------------------------------------


def test_bca_agrees_with_the_formulas_written_out():
    # Second method: Efron's steps by hand, with other draws.
    values = np.random.default_rng(4).exponential(size=40)
    rng = np.random.default_rng(11)
    drawn = np.sort(values[rng.integers(0, 40, (20000, 40))].mean(axis=1))
    from scipy.stats import norm

    z0 = norm.ppf((drawn < values.mean()).mean())
    left = np.array([np.delete(values, i).mean() for i in range(40)])
    gaps = left.mean() - left
    a = (gaps**3).sum() / (6 * (gaps**2).sum() ** 1.5)
    z = norm.ppf([0.025, 0.975])
    expected = np.quantile(drawn, norm.cdf(z0 + (z0 + z) / (1 - a * (z0 + z))))
    assert resampling.bca(values).interval == pytest.approx(tuple(expected), abs=0.03)


def test_bca_is_the_same_every_time_and_refuses_what_cannot_vary():
    values = [2, 3, 5, 6, 9, 13, 14, 21, 60]
    assert resampling.bca(values).interval == resampling.bca(values).interval
    with pytest.raises(CourseError, match="too few for the bootstrap"):
        resampling.bca([1, 2, 3])
    with pytest.raises(CourseError, match="All values are the same"):
        resampling.bca([4] * 20)
    with pytest.raises(CourseError, match="“mean”, “median” or a function"):
        resampling.bca(values, "mode")


def test_permutation_agrees_with_dealing_out_all_labels():
    from itertools import combinations

    first, second = [1, 4, 6, 9], [8, 12, 15, 20, 3]
    both = np.array(first + second, dtype=float)
    seen = abs(np.mean(first) - np.mean(second))
    # Twice the smaller tail, as scipy counts.
    gaps = [both[list(c)].mean() - np.delete(both, list(c)).mean() for c in combinations(range(9), 4)]
    low = np.mean(np.array(gaps) <= -seen + 1e-12)
    high = np.mean(np.array(gaps) >= -seen - 1e-12)
    assert resampling.permutation(first, second) == pytest.approx(min(1, 2 * min(low, high)))


def test_sign_flips_agree_with_fisher_on_darwins_plants():
    # R. A. Fisher, The Design of Experiments (1935), section 21: 1726 of the 32768 ways of giving signs to
    # Darwin's 15 differences make a total of 314 or more either way.
    gaps = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]
    assert resampling.sign_flip(gaps, draws=40_000) == pytest.approx(1726 / 32768)
    assert resampling.sign_flip(gaps) == pytest.approx(1726 / 32768, abs=0.01)


# Clusters -------------------------------------------------------------------------------------------------

# P. Shrout and J. Fleiss, Psychol. Bull. 86 (1979), table 2: six targets rated by four judges.
RATINGS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def rated() -> pd.DataFrame:
    return pd.DataFrame({"score": np.ravel(RATINGS), "target": np.repeat(list("abcdef"), 4)})


def test_icc_agrees_with_shrout_and_fleiss():
    # Table 4 of the paper: ICC(1,1) = .17; interval -0.13 to 0.72 from their formulas (R psych prints the same).
    found = clustering.icc(rated(), "score", "target")
    assert round(found.value, 2) == 0.17
    assert rounded(found.interval, 2) == (-0.13, 0.72)
    assert any("6 clusters only" in text for text in found.cautions)


def test_icc_with_clusters_of_unequal_size_agrees_with_the_formulas_written_out():
    rng = np.random.default_rng(2)
    sizes = [3, 8, 5, 12, 2, 9]
    team = np.repeat(np.arange(6), sizes)
    table = pd.DataFrame({"team": team, "y": rng.normal(size=6)[team] + rng.normal(size=len(team))})
    n, k = len(team), 6
    groups = [part["y"].to_numpy() for _, part in table.groupby("team")]
    between = sum(len(g) * (g.mean() - table["y"].mean()) ** 2 for g in groups) / (k - 1)
    within = sum(((g - g.mean()) ** 2).sum() for g in groups) / (n - k)
    n0 = (n - sum(s * s for s in sizes) / n) / (k - 1)  # Donner (1986)
    assert clustering.icc(table, "y", "team").value == pytest.approx((between - within) / (between + (n0 - 1) * within))


def test_effective_sample_size_is_that_of_kish():
    # Kish (1965): 20 visits to each of 21... by hand: 420 / (1 + 20 * 0.05) = 210.
    assert clustering.effective_sample_size(420, cluster_size=21, icc=0.05).value == 210
    assert clustering.design_effect(0.05, 21) == 2
    assert clustering.design_effect(-0.1, 21) == 1
    # By hand: 1 + ((0.5² + 1) * 21 - 1) * 0.05 = 2.2625 (Kerry and Bland 2001).
    assert clustering.design_effect(0.05, 21, cv=0.5) == pytest.approx(2.2625)


def test_effective_sample_size_from_data_lies_between_clusters_and_rows():
    found = clustering.effective_sample_size(rated(), "score", "target")
    icc = clustering.icc(rated(), "score", "target").value
    assert found.value == pytest.approx(24 / (1 + 3 * icc))
    assert found.low < found.value < found.high <= 24
    same = rated().assign(score=rated()["target"].map(ord))
    assert clustering.effective_sample_size(same, "score", "target").value == pytest.approx(6)


def test_interval_of_a_clustered_mean_agrees_with_robust_regression():
    import statsmodels.api as sm

    table = rated()
    codes = pd.factorize(table["target"])[0]
    fit = sm.OLS(table["score"], np.ones(24)).fit(cov_type="cluster", cov_kwds={"groups": codes}, use_t=True)
    found = mean(table, "score", cluster="target")
    assert found.interval == pytest.approx(tuple(fit.conf_int().to_numpy()[0]))


def test_clustering_widens_an_interval_and_never_narrows_that_of_a_proportion():
    table = pd.DataFrame({"nurse": np.repeat(range(10), 12), "seen": np.repeat([1, 1, 1, 0, 0, 0, 1, 0, 1, 0], 12)})
    aware, unaware = proportion(table, "seen", 1, cluster="nurse"), proportion(table, "seen", 1)
    # All visits of a nurse are alike, so 120 visits are worth ten nurses.
    assert dict(aware.details)["effective sample size"] == pytest.approx(10, rel=0.15)
    assert aware.low < unaware.low and aware.high > unaware.high
    assert "in 10 clusters" in aware.sentence()


def test_clusters_refuse_what_they_cannot_know():
    table = rated()
    for call, said in [
        (lambda: clustering.icc(table.assign(target="a"), "score", "target"), "only one cluster"),
        (lambda: clustering.icc(table.assign(target=range(24)), "score", "target"), "one row only"),
        (lambda: clustering.icc(table.assign(score=3), "score", "target"), "are the same"),
        (lambda: clustering.icc([1, 2], "score", "target"), "Give a table"),
        (lambda: proportion(table, "score", "> 5", cluster="nurse"), "no column “nurse”"),
        (lambda: mean(table.assign(target="a"), "score", cluster="target"), "only one cluster"),
        (lambda: clustering.effective_sample_size(40), "cluster_size= and icc="),
        (lambda: clustering.design_effect(1.2, 5), "between 0 and 1"),
        (lambda: clustering.design_effect(0.1, 0), "at least one row"),
        (lambda: clustering.finite_population_correction(15, 14), "cannot be"),
    ]:
        with pytest.raises(CourseError, match=said):
            call()


def test_finite_population_correction_runs_from_one_to_nothing():
    assert clustering.finite_population_correction(10, 14) == pytest.approx(math.sqrt(4 / 13))
    assert clustering.finite_population_correction(14, 14) == 0
    assert clustering.finite_population_correction(10, 10**9) == pytest.approx(1)


def test_exact_limits_cover_at_least_as_often_as_they_say():
    # Exact coverage by adding up binomial probabilities, at a few true shares.
    from scipy.stats import binom

    for truth in (0.02, 0.1, 0.37, 0.5):
        covered = [low <= truth <= high for low, high in (exact_limits(x, 15) for x in range(16))]
        assert binom.pmf(np.arange(16), 15, truth)[covered].sum() >= 0.95


# What an independent reader found --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "shown"),
    [(0.9999, "99.99"), (0.99943, "99.943"), (0.9995, "99.95"), (0.999, "99.9"), (1.0, "100"), (-0.9999, "-99.99")],
)
def test_most_is_not_shown_as_all(share, shown):
    assert percent(share) == shown


def test_units_of_one_are_in_the_singular():
    assert "The median was 1 day (" in median_iqr([1] * 7).sentence()
    assert "1 percentage point" in Estimate("A", 0.01, -0.02, 0.03, unit="percentage points", n=9).sentence()
    assert "was 1 per 1,000 people" in rate(1, 1000, period="a year").sentence()


def test_waits_that_have_all_ended_have_the_ordinary_median():
    table = pd.DataFrame({"days": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "over": [True] * 10})
    assert median_iqr(table, "days", ended="over") == median_iqr(list(range(1, 11)), what="The median of days")


def test_a_curve_that_stays_at_a_half_has_its_median_in_the_middle():
    # By hand: half are still waiting from 2 to 5; the middle of that stretch, as for an even number of waits.
    table = pd.DataFrame({"days": [1, 2, 5, 9], "over": [True, True, True, False]})
    assert median_iqr(table, "days", ended="over").value == 3.5


def test_the_share_beyond_a_standard_allows_for_people_still_waiting():
    table = pd.DataFrame({"days": [3, 10, 20, 30, 40, 50], "over": [True, False, True, True, True, True]})
    # By hand: 5/6 remain after 3, then 5/6 * 3/4 = 62.5% after 20.
    assert dict(median_iqr(table, "days", ended="over", limit=28).details)["longer than 28 days"].startswith("62.5%")


def test_groups_tell_who_is_in_none_and_which_have_no_value():
    table = pd.DataFrame({"team": ["A", "A", "B", None], "home": ["yes", "no", None, "yes"], "days": [1, 2, None, 3]})
    for found in (proportion(table, "home", "yes", by="team"), mean(table, "days", by="team")):
        assert list(found.parts) == ["A"]
        assert any("1 of 4 rows has no value for “team”" in text for text in found.all_cautions())
        assert any("not shown: B" in text for text in found.all_cautions())


def test_cautions_that_differ_in_numbers_only_are_told_once():
    table = pd.DataFrame({"team": list("AAABBBBCCCCC"), "home": ["yes", "no", None] * 4})
    told = [text for text in proportion(table, "home", "yes", by="team").all_cautions() if "left out" in text]
    assert len(told) == 1 and "The same, with other numbers, holds for B, C." in told[0]


@pytest.mark.parametrize(
    ("column", "typed", "count"),
    [("whole", "20", 2), ("yes", "True", 1), ("yes", "no", 3), ("when", "2026-03-01", 1), ("whole", 20, 2)],
)
def test_a_value_in_quotation_marks_is_found_in_columns_of_numbers_dates_and_truths(column, typed, count):
    table = pd.DataFrame(
        {
            "whole": pd.array([20, 20, 3, None], dtype="Int64"),
            "yes": pd.array([True, False, False, False], dtype="boolean"),
            "when": pd.to_datetime(["2026-03-01", "2026-03-02", "2026-03-03", None]),
        }
    )
    assert proportion(table, column, typed).based_on.startswith(f"{count} of")


def test_likeness_has_no_interval_where_the_formula_has_none_and_never_falls_below_minus_one():
    pairs = list("aabbccdd")
    same = pd.DataFrame({"x": [1, 1, 2, 2, 3, 3, 4, 4], "c": pairs})
    opposite = pd.DataFrame({"x": [1, 9, 2, 8, 3, 7, 4, 6], "c": pairs})
    for table, value in ((same, 1), (opposite, -1)):
        found = clustering.icc(table, "x", "c")
        assert found.value == value and not found.has_interval
        assert any("no interval to give" in text for text in found.cautions)
        assert clustering.effective_sample_size(table, "x", "c").value == (4 if value == 1 else 8)
    single = pd.DataFrame({"x": range(10), "c": list("abcdefghii")})
    assert clustering.icc(single, "x", "c").low == -1
    assert not mean(opposite, "x", cluster="c").has_interval
    with pytest.raises(CourseError, match="cannot come in clusters of 21"):
        clustering.effective_sample_size(10, cluster_size=21, icc=0.1)


def test_limits_from_special_functions_agree_with_scipys_distributions():
    # The second method is slow to start, which is why the package does without it.
    from scipy import stats

    from researchskills.statistics import limits

    for count in (0, 1, 7, 480, 10**7):
        low, high = stats.chi2.ppf(0.025, 2 * count) / 2 if count else 0, stats.chi2.ppf(0.975, 2 * count + 2) / 2
        assert limits.poisson_limits(count) == pytest.approx((low, high))
    for n in (1, 2, 6, 77, 5000, 10**6):
        place, tail = median_places(n) or 0, 0.025
        assert stats.binom.cdf(place - 1, n, 0.5) <= tail < stats.binom.cdf(place, n, 0.5)
    skewed = np.random.default_rng(2).exponential(size=25)
    assert estimates._skewness(skewed) == pytest.approx(stats.skew(skewed, bias=False))


def test_a_first_proportion_does_not_wait_for_the_slow_part_of_scipy():
    first = "import sys; from researchskills import proportion; repr(proportion(7, 9))"
    script = f"{first}; print('scipy.stats' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


def test_a_percentage_has_no_space_before_its_sign_and_headings_name_the_unit():
    found = mean([20, 24, 22, 26, 21], unit="%")
    assert found.sentence() == "The mean was 22.6% (n = 5), 95% confidence interval 19.6% to 25.6%."
    assert "22%" in dict(found.details)["median, for comparison"]
    table = proportion(TEAMS, "home", by="team").to_table()
    assert list(table.columns) == ["team", "based on", "estimate (%)", "low (%)", "high (%)"]
    assert " of " in table["based on"].iloc[0]


def test_what_only_statisticians_need_is_folded():
    shown = compare_proportions(21, 31, 18, 29)._repr_html_()
    open_part, _, folded = shown.partition("<details>")
    assert "p value" not in open_part and "Newcombe" not in open_part
    assert "p value" in folded and "ratio of the proportions" in folded
    assert "<details>" in proportion(7, 9)._repr_html_()
    assert "<details>" in median_iqr([2, 3, 5, 6, 9, 13, 14, 21, 60])._repr_html_()
