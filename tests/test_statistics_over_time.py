"""Run charts, XmR limits, before and after: signals found, chance left alone, causes never claimed."""

from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest

from researchskills import charts
from researchskills.errors import CourseError
from researchskills.statistics.before_after import before_and_after
from researchskills.statistics.over_time import run_chart_signals, runs_by_chance, xmr
from researchskills.statistics.regression_to_mean import expected_change, measured_twice

# NIST/SEMATECH e-Handbook of Statistical Methods, section 6.3.2.2: ten batches, published limits below.
NIST = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
# Montgomery, Introduction to Statistical Quality Control (6th ed. 2009), table 6.6: costs of processing loans.
LOANS = [310, 288, 297, 298, 307, 303, 294, 297, 308, 306, 294, 299, 297, 299, 314, 295, 293, 306, 301, 304]


def rules(chart) -> list[str]:
    return [signal.rule for signal in chart.signals]


def series(here=(6.0, 5.2), there=(6.1, 5.3), months=12, seed=1) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    parts = []
    for name, (before, after) in {"Castle Hill": here, "Northmoor": there}.items():
        values = np.r_[random.normal(before, 0.3, months), random.normal(after, 0.3, months)]
        parts.append(pd.DataFrame({
            "month": pd.period_range("2024-04", periods=2 * months, freq="M").astype(str), "hospital": name,
            "delay": values}))
    return pd.concat(parts, ignore_index=True)


# -- runs ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("above", "below", "few", "many"), [
    # Siegel (1956) Nonparametric Statistics, table F, after Swed & Eisenhart (1943): that many runs or fewer,
    # that many or more, are significant; limits of what chance commonly makes lie one run inside.
    (5, 5, 2, 10), (8, 8, 4, 14), (10, 10, 6, 16), (12, 12, 7, 19), (15, 15, 10, 22), (20, 20, 14, 28),
])
def test_limits_for_the_number_of_runs_are_those_of_the_published_table(above, below, few, many):
    assert runs_by_chance(above, below) == (few + 1, many - 1)


@pytest.mark.parametrize(("useful", "limits"), [
    # Perla, Provost & Murray (2011) BMJ Quality & Safety 20:46-51, table 1, for lengths where it agrees with the
    # exact distribution; for others it is one run wider.
    (10, (3, 9)), (14, (4, 12)), (16, (5, 13)), (24, (8, 18)), (30, (11, 21)), (40, (15, 27)), (50, (19, 33)),
    (60, (24, 38)),
])
def test_limits_for_the_number_of_runs_are_those_printed_for_run_charts(useful, limits):
    assert runs_by_chance(useful // 2, useful // 2) == limits


def test_limits_for_the_number_of_runs_agree_with_listing_every_order():
    # Second method: all 792 orders of 5 points above and 7 below, their runs counted one by one.
    counted = []
    for above in combinations(range(12), 5):
        line = [place in above for place in range(12)]
        counted.append(1 + sum(one != other for one, other in pairwise(line)))
    counted = np.array(counted)
    low, high = runs_by_chance(5, 7)
    assert (counted < low).mean() <= 0.025 < (counted <= low).mean()
    assert (counted > high).mean() <= 0.025 < (counted >= high).mean()


# -- rules ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("shift", "found"), [(6, True), (7, False), (8, False)])
def test_a_shift_is_six_in_a_row_unless_another_variant_is_asked_for(shift, found):
    values = [4, 6, 4, 6, 4, 6, 6, 6, 6, 6, 6, 4, 6, 4, 4, 4, 4, 6, 4, 4, 5, 5]
    chart = run_chart_signals([*values[:5], *[7] * 6, *values[11:]], shift=shift)
    assert ("shift" in rules(chart)) is found
    assert f"shift of {shift}" in chart.rule_variant


def test_points_on_the_median_neither_add_to_nor_break_a_run():
    # Median 5 (hand): five below, six above; the two fives lie on it, inside the run of six.
    chart = run_chart_signals([1, 2, 8, 9, 5, 8, 5, 9, 8, 9, 1, 2, 3])
    [shift] = [signal for signal in chart.signals if signal.rule == "shift"]
    assert chart.median == 5
    assert (shift.first, shift.last) == (2, 9)
    assert "6 points in a row lie above" in shift.sentence
    assert chart.useful == 11


@pytest.mark.parametrize(("values", "found"), [
    ([5, 1, 2, 3, 4, 5, 2, 6, 1, 7], True),     # 1 2 3 4 5: five points
    ([5, 1, 2, 3, 4, 2, 6, 1, 7, 3], False),    # four only
    ([5, 1, 2, 2, 3, 4, 5, 2, 6, 1], True),     # equal neighbours are skipped
    ([1, 9, 8, 7, 6, 5, 9, 1, 8, 2], True),     # downwards
])
def test_a_trend_is_five_points_that_all_go_one_way(values, found):
    assert ("trend" in rules(run_chart_signals(values))) is found


def test_too_few_and_too_many_runs_are_told_apart():
    few = run_chart_signals([1, 2, 1, 2, 1, 9, 8, 9, 8, 9, 1, 8], shift=12)
    assert "too few runs" not in rules(few)
    slow = run_chart_signals([1, 2, 1, 2, 1, 2, 9, 8, 9, 8, 9, 8], shift=12)
    assert rules(slow) == ["too few runs"]
    zigzag = run_chart_signals([1, 9] * 8)
    assert rules(zigzag) == ["too many runs"]
    assert "two groups that alternate" in zigzag.sentence()


def test_chance_alone_seldom_gives_a_signal_and_says_so_in_words():
    random = np.random.default_rng(5)
    charts_of_chance = [run_chart_signals(random.normal(size=24)) for _ in range(200)]
    quiet = [chart for chart in charts_of_chance if not chart.has_signal]
    # Known from simulations (Anhøj & Olesen 2014, PLoS ONE 9:e113825): shift of 6 has many false alarms.
    assert 0.5 < len(quiet) / 200 < 0.9
    assert "look like chance" in quiet[0].sentence()


def test_the_median_before_an_event_is_carried_on_after_it():
    data = series().query("hospital == 'Castle Hill'")
    chart = run_chart_signals(data, "delay", "month", event="2025-04")
    assert chart.median == pytest.approx(np.median(data["delay"][:12]))
    assert set(chart.table.loc[chart.table["phase"] == "after", "when"]) == set(data["month"][12:])
    assert chart.has_signal
    assert any("not what changed it" in text for text in chart.cautions)
    assert chart.runs_expected == (0, 0)


@pytest.mark.parametrize(("values", "words"), [
    ([5, 4, 6, 5, 4, 6, 3], "wait for more points"),
    ([5, None, 4, 6, 3, 7, 2, 8, 4, 6, 3, 7, 2], "1 blank value was left out"),
    ([1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 0], "one or two different numbers"),
])
def test_a_weak_series_is_said_to_be_weak(values, words):
    assert any(words in text for text in run_chart_signals(values).cautions)


@pytest.mark.parametrize(("call", "words"), [
    (lambda: run_chart_signals([3]), "at least two values"),
    (lambda: run_chart_signals([1, 2, "x"]), "not a number"),
    (lambda: run_chart_signals([1, 2, 3], shift=2), "fewer than three"),
    (lambda: run_chart_signals(series(), "delay", "month"), "more than one series"),
    (lambda: run_chart_signals(series(), "wait", "month"), "no column “wait”"),
    (lambda: run_chart_signals(series()), "which column"),
    (lambda: run_chart_signals([1, 2, 3, 4], event="2030-01"), "not one of the times"),
    (lambda: run_chart_signals([1, 2, 3, 4], event=1), "two points before"),
    (lambda: xmr([1, 2, 3], baseline=9), "baseline"),
])
def test_what_cannot_be_used_is_refused_in_one_sentence(call, words):
    with pytest.raises(CourseError, match=words):
        call()


# -- XmR -----------------------------------------------------------------------------------------------


def test_limits_are_those_that_nist_prints():
    chart = xmr(NIST)
    assert chart.centre == pytest.approx(50.81)
    assert chart.mean_moving_range == pytest.approx(1.8778, abs=1e-4)
    # NIST uses 3/1.128 = 2.6596 where Wheeler uses 2.66.
    assert (chart.low, chart.high) == (pytest.approx(45.8159, abs=0.002), pytest.approx(55.8041, abs=0.002))
    assert not chart.has_signal


def test_limits_are_those_of_montgomerys_table_of_loan_costs():
    chart = xmr(LOANS)
    assert (chart.centre, round(chart.mean_moving_range, 2)) == (300.5, 7.79)
    assert (chart.low, chart.high) == (pytest.approx(279.78, abs=0.02), pytest.approx(321.22, abs=0.02))
    assert chart.range_limit == pytest.approx(25.45, abs=0.02)


@pytest.mark.parametrize("values", [NIST, LOANS, list(range(0, 60, 5))])
def test_limits_agree_with_an_independent_library(values):
    from statprocon import XmR

    chart, other = xmr(values, floor=None), XmR(counts=values)
    # It rounds to three decimals.
    assert chart.low == pytest.approx(float(other.lower_natural_process_limit()[0]), abs=0.005)
    assert chart.high == pytest.approx(float(other.upper_natural_process_limit()[0]), abs=0.005)
    assert chart.range_limit == pytest.approx(float(other.upper_range_limit()[0]), abs=0.005)


def test_limits_agree_with_a_hand_calculation_and_hold_a_baseline():
    values = [10, 12, 11, 13, 12, 10, 11, 12, 13, 11, 30]
    chart = xmr(values, baseline=10)
    moving = [2, 1, 2, 1, 2, 1, 1, 1, 2]                         # by hand; mean 13/9
    assert chart.high == pytest.approx(11.5 + 2.66 * sum(moving) / 9)
    assert rules(chart) == ["outside the limits"]
    assert "One point lies above the upper limit (11: 30)" in chart.sentence()


def test_few_points_get_no_limits_and_a_lower_limit_never_goes_below_what_can_be():
    few = xmr([3, 5, 4, 6, 2])
    assert np.isnan(few.high)
    assert "no limits are given" in few.sentence()
    floor = xmr([1, 6, 0, 7, 1, 5, 0, 6, 1, 7])
    assert floor.low == 0
    assert any("cannot happen" in text for text in floor.cautions)
    assert xmr([1, 6, 0, 7, 1, 5, 0, 6, 1, 7], floor=None).low < 0


def test_both_charts_draw_themselves_with_their_signals():
    data = series().query("hospital == 'Castle Hill'")
    for found in (run_chart_signals(data, "delay", "month", event="2025-04"), xmr(data, "delay", "month", baseline=12),
                  xmr(data.head(5), "delay", "month")):
        shown = charts.figure(found.chart("days"), title="Delays at one hospital")
        assert "delay" in shown.alt
    assert "<table>" in found._repr_html_()


# -- before and after ----------------------------------------------------------------------------------


def test_a_change_that_happened_elsewhere_too_is_not_the_events_own():
    found = before_and_after(series(), "delay", "month", "2025-04", place="hospital", here="Castle Hill")
    assert found.change.high < 0, "it fell here"
    assert found.difference.low < 0 < found.difference.high, "but no more than there"
    assert "which includes no difference between the two changes" in found.sentence()


def test_a_change_that_happened_here_only_is_seen_in_the_difference():
    data = series(there=(6.1, 6.1))
    found = before_and_after(data, "delay", "month", "2025-04", place="hospital", here="Castle Hill")
    assert found.difference.high < 0
    # Second method: difference of the four means, worked out with a pivot table.
    means = data.assign(after=data["month"] >= "2025-04").pivot_table(values="delay", index="hospital", columns="after")
    change = means[True] - means[False]
    assert found.difference.value == pytest.approx(change["Castle Hill"] - change["Northmoor"])
    # And Welch's interval of the library that has it ready made.
    from statsmodels.stats.weightstats import CompareMeans

    gap = data.pivot(index="month", columns="hospital", values="delay")
    gap = (gap["Castle Hill"] - gap["Northmoor"]).to_numpy()
    expected = CompareMeans.from_data(gap[12:], gap[:12]).tconfint_diff(usevar="unequal")
    assert found.difference.interval == pytest.approx(expected)


def test_without_another_place_nobody_can_say_what_changed_it():
    found = before_and_after(series().head(24), "delay", "month", "2025-04")
    assert found.difference is None
    assert "no other place" in found.sentence()
    assert any("winter" in text for text in found.cautions)
    with pytest.raises(CourseError, match="Name the column with the places"):
        before_and_after(series(), "delay", "month", "2025-04")
    with pytest.raises(CourseError, match="There is no “Eastfold”"):
        before_and_after(series(), "delay", "month", "2025-04", place="hospital", here="Eastfold")


# -- regression to the mean ----------------------------------------------------------------------------


@pytest.mark.parametrize(("chosen", "intensity"), [(0.2, 1.400), (0.1, 1.755), (0.05, 2.063), (0.01, 2.665)])
def test_the_chosen_lie_as_deep_as_published_tables_of_selection_say(chosen, intensity):
    # Falconer & Mackay (1996) Introduction to Quantitative Genetics, appendix table A: intensity of selection.
    from scipy import stats

    found = expected_change(0, 1, 0.5, cutoff=float(stats.norm.ppf(chosen)))
    assert -found.first == pytest.approx(intensity, abs=6e-4)
    assert found.chosen == pytest.approx(chosen)
    assert found.change == pytest.approx(0.5 * intensity, abs=6e-4)


def test_expected_change_is_the_formula_of_barnett_and_agrees_with_simulated_people():
    mean, sd, reliability, cutoff = 23.5, 3.9, 0.6, 20
    found = expected_change(mean, sd, reliability, cutoff=cutoff)
    # Barnett et al. (2005), equation 1, in its own terms: within- and between-person variance.
    from scipy import stats

    within, between = sd**2 * (1 - reliability), sd**2 * reliability
    z = (mean - cutoff) / (within + between) ** 0.5
    assert found.change == pytest.approx(within / (within + between) ** 0.5 * stats.norm.pdf(z) / stats.norm.sf(z))
    people = measured_twice(200_000, mean, sd, reliability, cutoff, seed=3).query("chosen")
    assert (people["second"] - people["first"]).mean() == pytest.approx(found.change, abs=0.04)
    assert people["first"].mean() == pytest.approx(found.first, abs=0.03)


def test_a_known_mean_of_the_chosen_needs_no_cut_off():
    found = expected_change(23.5, 3.9, 0.6, chosen_mean=18)
    assert found.second == pytest.approx(23.5 - 0.6 * 5.5)
    assert "even if nothing were done" in found.sentence()
    high = expected_change(10, 5, 0.5, cutoff=15, side="above")
    assert high.change < 0
    low = expected_change(10, 5, 0.5, cutoff=5)
    assert low.change == pytest.approx(-high.change)


@pytest.mark.parametrize("given", [
    {"sd": 0, "cutoff": 20}, {"reliability": 1.2, "cutoff": 20}, {}, {"cutoff": 20, "side": "left"}, {"cutoff": -90}])
def test_impossible_settings_are_refused(given):
    with pytest.raises(CourseError):
        expected_change(**{"mean": 23.5, "sd": 3.9, "reliability": 0.6, **given})


def months(order) -> pd.DataFrame:
    return pd.DataFrame({"month": [f"2025-{one:02d}" for one in order], "days": [float(one) for one in order]})


def test_rows_out_of_order_are_sorted_by_time_and_that_is_told():
    order = [3, 1, 2, *range(4, 13)]
    for function in (run_chart_signals, xmr):
        found = function(months(order), "days", "month")
        assert found.table["value"].tolist() == sorted(map(float, order))
        assert "not in the order of “month”" in " ".join(found.cautions)
        assert not any("order of" in text for text in function(months(range(1, 13)), "days", "month").cautions)
    words = months(range(1, 13)).assign(month=list("lkjihgfedcba"))
    assert run_chart_signals(words, "days", "month").table["value"].tolist() == list(range(1, 13))


def test_a_row_without_a_time_is_refused():
    table = months(range(1, 13))
    table.loc[4, "month"] = None
    with pytest.raises(CourseError, match="1 of 12 rows have no “month”"):
        run_chart_signals(table, "days", "month")


def test_too_few_points_are_not_said_to_look_like_chance():
    assert "too few points" in run_chart_signals([5, 6, 5, 7]).sentence()


def test_a_limit_above_what_the_measure_can_be_is_shown_as_its_ceiling():
    shares = [95, 97, 96, 99, 98, 94, 97, 99, 96, 97, 98, 99]
    assert xmr(shares).high > 100
    found = xmr(shares, ceiling=100)
    assert found.high == 100 and "100 is shown" in " ".join(found.cautions)


def test_before_and_after_takes_blank_months_and_refuses_doubled_ones():
    table = pd.DataFrame({"m": list(range(12)) * 2, "p": ["A"] * 12 + ["B"] * 12, "v": np.arange(24.0) % 7})
    blank = table.assign(v=table["v"].where(table["m"] != 3))
    assert before_and_after(blank, "v", "m", 6, place="p").table["points_before"].tolist() == [5, 5]
    with pytest.raises(CourseError, match="more than one row"):
        before_and_after(pd.concat([table, table.head(2)]), "v", "m", 6, place="p")
    mixed = table.sort_values("v", kind="stable")
    assert before_and_after(mixed, "v", "m", 6, place="p", here="A").table.equals(
        before_and_after(table, "v", "m", 6, place="p", here="A").table)
