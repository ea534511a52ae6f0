"""Funnel limits and standardised ratios against brute force and published tables."""

import math

import numpy as np
import pandas as pd
import pytest

from researchskills import charts
from researchskills.errors import CourseError
from researchskills.statistics.funnel import (
    funnel_limits,
    funnel_ratios,
    proportion_limits,
    ratio_limits,
    spread_by_chance,
)
from researchskills.statistics.standardise import (
    byar_interval,
    expected_counts,
    observed_to_expected,
    standardised_rate,
)


def binomial(size: int, share: float) -> list[float]:
    """Every probability, with whole-number combinations: no library."""
    return [math.comb(size, k) * share**k * (1 - share) ** (size - k) for k in range(size + 1)]


def teams(random, number=12, share=0.8, people=(20, 200)) -> pd.DataFrame:
    size = random.integers(*people, number)
    return pd.DataFrame({"team": [f"Team {place}" for place in range(number)], "home": random.binomial(size, share),
                         "people": size})


@pytest.mark.parametrize("size", [5, 12, 40, 173])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.85])
@pytest.mark.parametrize("level", [0.95, 0.998])
def test_no_more_than_the_stated_share_of_equal_teams_lies_outside_in_either_tail(size, share, level):
    chance, tail = binomial(size, share), (1 - level) / 2
    low, high = (float(one[0]) for one in proportion_limits([size], share, level))
    below = sum(chance[k] for k in range(size + 1) if k / size < low - 1e-12)
    above = sum(chance[k] for k in range(size + 1) if k / size > high + 1e-12)
    assert below <= tail + 1e-12
    assert above <= tail + 1e-12
    # And not narrower than need be: the next count inside would put too many outside.
    nearest = next((k for k in range(size + 1) if k / size >= low - 1e-12), None)
    assert sum(chance[: nearest + 1]) >= tail


def test_the_lower_limit_is_spiegelhalters_interpolation_by_hand():
    # Spiegelhalter (2005), appendix, by hand for n = 20, target 0.5: P(R<=5) = 0.0207, P(R<=6) = 0.0577, so r = 6 and
    # the limit is (6 - (0.0577 - 0.025) / (0.0577 - 0.0207)) / 20.
    chance = binomial(20, 0.5)
    five, six = sum(chance[:6]), sum(chance[:7])
    assert (round(five, 4), round(six, 4)) == (0.0207, 0.0577)
    low, high = proportion_limits([20], 0.5)
    assert low[0] == pytest.approx((6 - (six - 0.025) / (six - five)) / 20)
    assert high[0] == pytest.approx(1 - low[0]), "symmetrical for a target of a half"


def test_it_does_not_matter_whether_successes_or_failures_are_counted():
    sizes = np.array([7, 25, 60, 200])
    low, high = proportion_limits(sizes, 0.82)
    other_low, other_high = proportion_limits(sizes, 0.18)
    assert np.allclose(low, 1 - other_high)
    assert np.allclose(high, 1 - other_low)


def test_poisson_limits_leave_no_more_than_the_stated_share_outside():
    for expected in (0.8, 3.0, 11.5, 80.0):
        low, high = (float(one[0]) for one in ratio_limits([expected]))
        chance = [math.exp(-expected + k * math.log(expected) - math.lgamma(k + 1)) for k in range(400)]
        assert sum(p for k, p in enumerate(chance) if k / expected < low - 1e-12) <= 0.025
        assert sum(p for k, p in enumerate(chance) if k / expected > high + 1e-12) <= 0.025


def test_simulated_equal_teams_lie_outside_as_often_as_is_said():
    random = np.random.default_rng(8)
    found = [funnel_limits(teams(random), "team", "home", "people", target=0.8) for _ in range(150)]
    outside = sum(len(one.outside) for one in found)
    said = sum(one.expected_outside for one in found)
    assert 0.02 < said / (150 * 12) <= 0.05
    # 1,800 team-years: about 70 are expected, with a standard error of about 8.
    assert abs(outside - said) < 4 * math.sqrt(said)


def test_a_team_that_truly_differs_is_named_and_nobody_is_ranked():
    table = teams(np.random.default_rng(2))
    table.loc[len(table)] = ["Team X", 60, 120]
    found = funnel_limits(table, "team", "home", "people")
    assert "Team X" in found.far_outside
    assert "chance alone would put about" in found.sentence()
    assert found.table["unit"].tolist() == table["team"].tolist(), "in the order given, not in order of the results"
    assert any("do not say why" in text for text in found.cautions)
    picture = charts.figure(found.chart(), title="One team lies outside the limits")
    assert "Team X" in picture.alt


def test_signal_and_noise_between_councils_are_split_as_in_the_national_figures():
    # figures.md section 1: satisfaction, SD 4.43 between councils, about 375 respondents each, 65 %.
    random = np.random.default_rng(0)
    values = random.normal(0, 1, 152)
    values = 65 + 4.43 * (values - values.mean()) / values.std(ddof=1)
    error = 100 * math.sqrt(0.65 * 0.35 / 375)
    found = spread_by_chance(values, error)
    assert found.share_chance == pytest.approx(0.31, abs=0.005)
    assert found.true_sd == pytest.approx(3.7, abs=0.05)
    assert "about 31%" in found.sentence()


def test_teams_that_are_all_the_same_have_nothing_but_noise():
    random = np.random.default_rng(4)
    shares = [funnel_limits(teams(random, 40), "team", "home", "people").spread.share_chance for _ in range(20)]
    assert np.mean(shares) > 0.8
    assert spread_by_chance([60, 60.5, 61], 5).share_chance == 1


def test_differences_beyond_chance_everywhere_are_called_over_dispersion():
    random = np.random.default_rng(6)
    size = random.integers(200, 900, 30)
    table = pd.DataFrame({"unit": range(30), "had": random.binomial(size, random.beta(40, 10, 30)), "of": size})
    found = funnel_limits(table, "unit", "had", "of")
    assert found.overdispersion > 2
    assert any("over-dispersion" in text for text in found.cautions)


@pytest.mark.parametrize(("rows", "words"), [
    ([("A", 12, 9), ("B", 3, 9)], "larger than"),
    ([("A", 3, 0), ("B", 3, 9)], "above 0"),
    ([("A", 0.75, 9), ("B", 3, 9)], "no whole number"),
    ([("A", 9, 9), ("B", 3, 3)], "Everybody or nobody"),
    ([("A", 1, 9), ("A", 3, 9)], "more than one row"),
    ([("A", None, 9), ("B", 3, 9)], "missing"),
    ([], "no rows"),
])
def test_tables_that_cannot_be_right_are_refused(rows, words):
    table = pd.DataFrame(rows, columns=["team", "home", "people"])
    with pytest.raises(CourseError, match=words):
        funnel_limits(table, "team", "home", "people")


# -- standardisation -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("observed", "low", "high"), [
    # Breslow & Day (1987) Statistical Methods in Cancer Research II, table 2.10, p. 70: factors for exact limits.
    (1, 0.0253, 5.57), (2, 0.121, 3.61), (3, 0.206, 2.92), (5, 0.324, 2.33), (10, 0.480, 1.84), (20, 0.611, 1.54),
    (50, 0.742, 1.32), (100, 0.814, 1.22),
])
def test_intervals_of_observed_by_expected_are_the_published_factors(observed, low, high):
    found = observed_to_expected(observed, observed)
    assert found.low == pytest.approx(low, abs=0.0015)
    assert found.high == pytest.approx(high, abs=0.006)


def test_byars_limits_agree_with_the_exact_ones_from_ten_on():
    for observed in (10, 25, 80):
        exact = observed_to_expected(observed, 1.0)
        assert byar_interval(observed) == (pytest.approx(exact.low, rel=0.002), pytest.approx(exact.high, rel=0.002))


def test_nothing_observed_has_the_upper_limit_everybody_knows():
    assert observed_to_expected(0, 1).high == pytest.approx(3.689, abs=1e-3)   # -ln 0.025
    assert observed_to_expected(0, 1).low == 0


def test_expected_counts_are_people_times_reference_rates():
    table = pd.DataFrame({
        "ward": ["W1", "W1", "W2", "W2"], "age_band": ["65-74", "75+"] * 2, "people": [1000, 200, 400, 500],
        "users": [12, 30, 5, 60]})
    found = expected_counts(table, "ward", "age_band", "people", "users", reference={"65-74": 0.01, "75+": 0.12})
    # By hand: 10 + 24 = 34 and 4 + 60 = 64.
    assert found.table["expected"].tolist() == [34, 64]
    assert found.table["ratio"].tolist() == [pytest.approx(42 / 34), pytest.approx(65 / 64)]
    assert found["W2"].sentence().startswith("Observed ÷ expected in W2 was 1.02 (65 observed, 64 expected)")
    own = expected_counts(table, "ward", "age_band", "people", "users")
    assert own.table["expected"].sum() == pytest.approx(own.table["observed"].sum()), "their own mean is 1"
    funnel = funnel_ratios(found.table, "ward", "observed", "expected")
    assert funnel.table["value"].tolist() == found.table["ratio"].tolist()
    assert funnel.target == 1


@pytest.mark.parametrize(("change", "words"), [
    ({"people": [1000, 20, 400, 500]}, "more “users” than “people”"),
    ({"age_band": ["75+", "75+", "65-74", "75+"]}, "twice"),
    ({"users": [0, 0, 0, 0]}, "Nothing was expected"),
    ({"people": [-1, 200, 400, 500]}, "numbers of people"),
])
def test_age_tables_that_cannot_be_right_are_refused(change, words):
    table = pd.DataFrame({"ward": ["W1", "W1", "W2", "W2"], "age_band": ["65-74", "75+"] * 2,
                          "people": [1000, 200, 400, 500], "users": [12, 30, 5, 60]}).assign(**change)
    with pytest.raises(CourseError, match=words):
        expected_counts(table, "ward", "age_band", "people", "users")


def test_a_band_without_a_reference_rate_is_named():
    table = pd.DataFrame({"ward": ["W1"], "age_band": ["75-84"], "people": [100], "users": [2]})
    with pytest.raises(CourseError, match="“75-84”"):
        expected_counts(table, "ward", "age_band", "people", "users", reference={"75+": 0.1})
    with pytest.raises(CourseError, match="above 1"):
        expected_counts(table, "ward", "age_band", "people", "users", reference={"75-84": 31})


def test_a_directly_standardised_rate_with_one_band_has_the_exact_poisson_interval():
    table = pd.DataFrame({"band": ["all"], "people": [2000], "events": [10]})
    found = standardised_rate(table, "band", "people", "events", {"all": 500})
    assert found.value == 5
    assert found.interval == (pytest.approx(4.795 / 2, abs=1e-3), pytest.approx(18.390 / 2, abs=1e-3))


def test_a_directly_standardised_rate_agrees_with_a_hand_calculation_and_dobsons_interval():
    table = pd.DataFrame({"band": ["a", "b"], "people": [4000, 1000], "events": [40, 60]})
    found = standardised_rate(table, "band", "people", "events", {"a": 700, "b": 300})
    assert found.value == pytest.approx(1000 * (0.7 * 40 / 4000 + 0.3 * 60 / 1000))
    # Dobson et al. (1991): the exact interval of the total count, scaled.
    variance = 0.7**2 * 40 / 4000**2 + 0.3**2 * 60 / 1000**2
    count = observed_to_expected(100, 1.0)
    scale = 1000 * math.sqrt(variance / 100)
    assert found.low == pytest.approx(found.value + scale * (count.low - 100), rel=0.02)
    assert found.high == pytest.approx(found.value + scale * (count.high - 100), rel=0.02)


def test_a_target_in_per_cent_is_refused_with_what_to_write():
    table = pd.DataFrame({"team": list("ABC"), "home": [9, 60, 150], "n": [10, 80, 200]})
    with pytest.raises(CourseError, match="such as 0.8 for 80%"):
        funnel_limits(table, "team", "home", "n", target=80)
