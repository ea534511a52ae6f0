"""Measures over time: is there a signal, or is it noise?

Next month will differ from this month even when nothing has changed. A run chart separates the two with
four simple rules about the median (Perla, Provost & Murray 2011, BMJ Quality & Safety 20:46-51). An XmR
chart adds limits that say how far months usually differ (Wheeler 1993, Understanding Variation).

A signal says that something changed and about when. It never says what made it change: for that, compare
with a place where the thing did not happen (`before_after`).
"""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np
import pandas as pd

from researchskills.errors import CourseError
from researchskills.statistics._input import column, numbers
from researchskills.statistics.estimate import number
from researchskills.statistics.result import Result

#: The run chart rules need about this many points off the median (Perla, Provost & Murray 2011).
FEWEST_USEFUL = 10
#: Fewer points give limits that jump about too much to be shown.
FEWEST_FOR_LIMITS = 10
#: Factors of the mean moving range: 3 ÷ 1.128 for single values, and 3.268 for the ranges (Wheeler 1993).
_LIMITS, _RANGE_LIMIT = 2.66, 3.268
#: From here on limits have settled (Wheeler 1993: useful from about 10, firm from 15 to 20).
FIRM_LIMITS = 15

_WHAT_ELSE = (
    "A signal says that something changed, not what changed it. Ask what else was different at that time, "
    "and look at the same measure in a place where this did not happen."
)


@dataclass(frozen=True)
class Signal:
    """A pattern that chance alone would rarely make.

    Parameters
    ----------
    rule : str
        "shift", "trend", "too few runs", "too many runs", "outside the limits".
    first, last : int
        Positions of its first and last point, from 0.
    sentence : str
        What was seen, in words.
    """

    rule: str
    first: int
    last: int
    sentence: str


@dataclass(frozen=True, eq=False, repr=False)
class RunChart(Result):
    """A series, its median, and the signals in it.

    Parameters
    ----------
    title : str
        What is measured.
    table : pandas.DataFrame
        One row for each point, in order: `when`, `value`, `median`, `side` ("above", "below", "on"),
        `phase` ("before", "after" or ""), `signal` (names of rules, or "").
    median : float
        Of the baseline, in the unit of the values.
    signals : tuple of Signal
        In the order of time.
    runs : int
        Runs about the median.
    runs_expected : tuple of int
        Fewest and most runs that chance would commonly make; (0, 0) when there are too few points.
    useful : int
        Points that do not lie on the median.
    rule_variant : str
        Which versions of the rules were used.
    cautions : tuple of str
    measure : str
        What is measured, as charts name it.
    """

    technical: ClassVar[tuple[str, ...]] = ("number of runs", "point far", "rules used")
    title: str
    table: pd.DataFrame
    median: float
    signals: tuple[Signal, ...]
    runs: int
    runs_expected: tuple[int, int]
    useful: int
    rule_variant: str
    cautions: tuple[str, ...] = ()
    measure: str = "value"

    @property
    def has_signal(self) -> bool:
        """Whether any rule found something."""
        return bool(self.signals)

    def chart(self, unit: str = ""):
        """The run chart as matplotlib axes, for `charts.figure`; `unit` is printed at the values."""
        from researchskills import charts

        after = self.table.loc[self.table["phase"] == "after", "when"]
        event = (after.iloc[0], "event") if len(after) else None
        named = self.table.rename(columns={"value": self.measure})
        return charts.control_chart(named, "when", self.measure, centre=self.median, signals="signal", event=event,
                                    unit=unit)

    def sentence(self) -> str:
        """The signals in words, or that there are none."""
        early = int((self.table["phase"] == "before").sum())
        told = f"{len(self.table)} points with a median of {number(self.median)}"
        if 0 < early < len(self.table):
            told = (f"{len(self.table)} points in time; the median of the {early} before the event is "
                    f"{number(self.median)}")
        if not self.signals and self.useful < FEWEST_USEFUL:
            return f"{told}: no rule found a signal, but there are too few points off the median to tell."
        if not self.signals:
            return f"{told}: no rule found a signal, so the ups and downs look like chance."
        return f"{told}: {' '.join(signal.sentence for signal in self.signals)}"

    def to_table(self) -> pd.DataFrame:
        """One row for each rule: what it looks for, what was found."""
        low, high = self.runs_expected
        found = {rule: [one.sentence for one in self.signals if one.rule == rule]
                 for rule in ("shift", "trend", "too few runs", "too many runs")}
        words = {rule: " ".join(sentences) or "no" for rule, sentences in found.items()}
        runs = words["too few runs"] if found["too few runs"] else words["too many runs"]
        expected = f"{self.runs} runs; chance commonly makes {low} to {high}" if high else (
            f"{self.runs} runs; not judged")
        return pd.DataFrame([
            ("points", f"{len(self.table)}, of which {self.useful} not on the median"),
            ("median", number(self.median)),
            ("shift", words["shift"]),
            ("trend", words["trend"]),
            ("number of runs", expected if runs == "no" else runs),
            ("point far from all others", "no rule: look at the chart and judge"),
            ("rules used", self.rule_variant),
        ], columns=["item", "found"])


@dataclass(frozen=True, eq=False, repr=False)
class ControlChart(Result):
    """A series with its mean and the limits of its ordinary variation (XmR chart).

    Parameters
    ----------
    title : str
        What is measured.
    table : pandas.DataFrame
        One row for each point: `when`, `value`, `moving_range`, `centre`, `low`, `high`, `signal`.
        Limits are not-a-number when there are too few points.
    centre, low, high : float
        Mean and natural process limits, in the unit of the values.
    mean_moving_range, range_limit : float
        Mean of the moving ranges and their upper limit.
    signals : tuple of Signal
    cautions : tuple of str
    measure : str
        What is measured, as charts name it.
    """

    title: str
    table: pd.DataFrame
    centre: float
    low: float
    high: float
    mean_moving_range: float
    range_limit: float
    signals: tuple[Signal, ...]
    cautions: tuple[str, ...] = ()
    measure: str = "value"

    @property
    def has_signal(self) -> bool:
        """Whether any rule found something."""
        return bool(self.signals)

    def chart(self, unit: str = ""):
        """The chart as matplotlib axes, for `charts.figure`; `unit` is printed at the values."""
        from researchskills import charts

        limits = {} if math.isnan(self.high) else {"low": self.low, "high": self.high}
        named = self.table.rename(columns={"value": self.measure})
        return charts.control_chart(named, "when", self.measure, centre=self.centre, signals="signal",
                                    centre_name="mean", unit=unit, **limits)

    def sentence(self) -> str:
        """Centre, limits and signals in words."""
        told = f"{len(self.table)} points with a mean of {number(self.centre)}"
        if math.isnan(self.high):
            return f"{told}; no limits are given, because there are fewer than {FEWEST_FOR_LIMITS} points."
        told += f"; ordinary variation reaches from {number(self.low)} to {number(self.high)}"
        if not self.signals:
            return f"{told}. No point or run lies outside what chance commonly makes."
        return f"{told}. {' '.join(signal.sentence for signal in self.signals)}"

    def to_table(self) -> pd.DataFrame:
        """The numbers behind the chart."""
        limits = not math.isnan(self.high)
        return pd.DataFrame([
            ("points", str(len(self.table))),
            ("mean", number(self.centre)),
            ("mean moving range", number(self.mean_moving_range)),
            ("lower limit", number(self.low) if limits else "not given"),
            ("upper limit", number(self.high) if limits else "not given"),
            ("signals", " ".join(signal.sentence for signal in self.signals) or "none"),
            ("method", "mean ± 2.66 × mean moving range (Shewhart 1931; Wheeler 1993)"),
        ], columns=["item", "found"])


def run_chart_signals(
    data, value: str | None = None, when: str | None = None, *,
    shift: int = 6, trend: int = 5, event=None, what: str = "",
) -> RunChart:
    """Look for signals on a run chart.

    Parameters
    ----------
    data : pandas.DataFrame or sequence of float
        A tidy table with one row for each point in time, in order, or the values alone. Blank values are
        left out and counted in a caution.
    value, when : str, optional
        Columns with the measure and with the time; needed when `data` is a table (`when` may be left out).
    shift : int, default 6
        Points in a row on one side of the median that make a shift. Perla, Provost & Murray (2011) use 6;
        others use 7 or 8, which gives fewer false alarms and later true ones.
    trend : int, default 5
        Points in a row, all going up or all going down, that make a trend, the first one counted (Perla,
        Provost & Murray 2011); others use 6 or 7.
    event : object, optional
        A value of `when`, or a position from 0: the first point of the time after. The median is then taken
        from the points before it only, so that a change is not hidden in its own median.
    what : str, optional
        What is measured; by default the name of the column.

    Returns
    -------
    RunChart
        `chart()` draws it.

    Raises
    ------
    CourseError
        If there are fewer than two values, or the event is not in the series.

    Notes
    -----
    Points on the median neither add to nor break a run. Equal neighbours neither add to nor break a trend.
    Limits for the number of runs are worked out from the exact distribution (Swed & Eisenhart 1943, Annals
    of Mathematical Statistics 14:66-87) with 2.5 % in each tail and the counts above and below that were
    seen; tables printed for run charts differ from it by one run for some lengths.
    A point far from all the others is left to the judgement of people who know the service.

    Examples
    --------
    >>> run_chart_signals([18, 21, 17, 20, 19, 22, 15, 14, 16, 13, 15, 14]).signals[0].rule
    'shift'
    """
    if shift < 3 or trend < 3:
        raise CourseError("A shift or a trend of fewer than three points would be found everywhere. "
                          "Use 6 to 8 for a shift and 5 to 7 for a trend.")
    series, told, name = _series(data, value, when, what)
    values, labels = series["value"].to_numpy(), series["when"].tolist()
    first_after = position(event, labels)
    baseline = values if first_after is None else values[:first_after]
    median = float(np.median(baseline))
    # A hair of slack, so that 0.1 + 0.2 lies on a median of 0.3.
    sides = np.where(np.isclose(values, median, rtol=1e-9, atol=1e-12), 0, np.sign(values - median)).astype(int)
    runs = _runs(sides)
    useful = int((sides != 0).sum())
    expected = (0, 0)
    signals = [*_shifts(runs, shift, labels), *_trends(values, trend, labels)]
    cautions = []
    if useful >= FEWEST_USEFUL and first_after is None:
        expected = runs_by_chance(int((sides > 0).sum()), int((sides < 0).sum()))
        signals += _run_count(len(runs), expected, len(values))
    elif useful < FEWEST_USEFUL:
        cautions.append(f"Only {useful} points lie off the median. The rules need about {FEWEST_USEFUL}; "
                        "wait for more points before you act on them.")
    if first_after is not None:
        cautions.append("The median comes from the points before the event and is carried on after it. "
                        "The number of runs is not judged then.")
        if first_after < FEWEST_USEFUL:
            cautions.append(f"Only {first_after} points lie before the event, so the median is uncertain.")
    cautions += told + _about_series(values)
    if signals:
        cautions.append(_WHAT_ELSE)
    signals.sort(key=lambda signal: (signal.first, signal.rule))
    phase = [""] * len(values) if first_after is None else [
        "before" if place < first_after else "after" for place in range(len(values))]
    table = series.assign(
        median=median, side=[{1: "above", -1: "below", 0: "on"}[side] for side in sides],
        phase=phase, signal=_marks(signals, len(values)))
    variant = f"shift of {shift} or more, trend of {trend} or more, runs at 2.5% in each tail"
    return RunChart(f"Run chart rules: {name}", table, median, tuple(signals), len(runs), expected, useful, variant,
                    tuple(cautions), name)


def runs_by_chance(above: int, below: int, tail: float = 0.025) -> tuple[int, int]:
    """Fewest and most runs that chance commonly makes.

    Parameters
    ----------
    above, below : int
        How many points lie on either side of the median.
    tail : float, default 0.025
        Probability left out at each end.

    Returns
    -------
    tuple of int
        Fewer runs than the first are too few, more than the second too many.

    Notes
    -----
    Exact distribution of the number of runs of two kinds in random order (Swed & Eisenhart 1943).
    """
    if above < 1 or below < 1:
        return 1, 1
    ways = math.comb(above + below, above)
    chance = {}
    for runs in range(2, above + below + 1):
        half = runs // 2
        if runs % 2:
            chance[runs] = (math.comb(above - 1, half - 1) * math.comb(below - 1, half)
                            + math.comb(above - 1, half) * math.comb(below - 1, half - 1)) / ways
        else:
            chance[runs] = 2 * math.comb(above - 1, half - 1) * math.comb(below - 1, half - 1) / ways
    possible = [runs for runs, share in chance.items() if share > 0]
    return _first_beyond(possible, chance, tail), _first_beyond(possible[::-1], chance, tail)


def _first_beyond(order: list[int], chance: dict[int, float], tail: float) -> int:
    total = 0.0
    for runs in order:
        total += chance[runs]
        if total > tail:
            return runs
    return order[-1]


def xmr(
    data, value: str | None = None, when: str | None = None, *,
    baseline: int | None = None, floor: float | None = 0.0, ceiling: float | None = None, run: int = 8, what: str = "",
) -> ControlChart:
    """Limits of ordinary variation for single values over time (XmR chart).

    Parameters
    ----------
    data, value, when, what
        As for `run_chart_signals`.
    baseline : int, optional
        Work out mean and limits from this many first points and carry them on.
    floor : float or None, default 0
        Lowest value the measure can take; a lower limit below it is shown as the floor, if all values lie
        on or above it. None for measures without one.
    ceiling : float, optional
        Highest value the measure can take, such as 100 for percentages; works as `floor` does.
    run : int, default 8
        Points in a row on one side of the mean that make a shift (Wheeler 1993: 8; others use 6 or 7).

    Returns
    -------
    ControlChart
        `chart()` draws it.

    Raises
    ------
    CourseError
        If there are fewer than two values.

    Notes
    -----
    Limits are mean ± 2.66 × mean moving range, the upper limit of the ranges 3.268 × it (Shewhart 1931;
    Wheeler 1993). They are not given for fewer than ten points. Tests compare them with statprocon, which
    rounds to three decimals and so cannot be used for shares.
    """
    series, told, name = _series(data, value, when, what)
    values, labels = series["value"].to_numpy(), series["when"].tolist()
    used = len(values) if baseline is None else baseline
    if not 2 <= used <= len(values):
        raise CourseError(f"The baseline must have from 2 to {len(values)} points; {used} were asked for.")
    moving = np.concatenate([[np.nan], np.abs(np.diff(values))])
    centre, spread = float(values[:used].mean()), float(moving[1:used].mean())
    low = high = top = math.nan
    signals, cautions = [], []
    if used >= FEWEST_FOR_LIMITS:
        low, high, top = centre - _LIMITS * spread, centre + _LIMITS * spread, _RANGE_LIMIT * spread
        if floor is not None and low < floor <= values.min():
            low = floor
            cautions.append(f"The lower limit would lie below {number(floor)}, which cannot happen; "
                            f"{number(floor)} is shown.")
        if ceiling is not None and high > ceiling >= values.max():
            high = ceiling
            cautions.append(f"The upper limit would lie above {number(ceiling)}, which cannot happen; "
                            f"{number(ceiling)} is shown.")
        signals = _outside(values, low, high, labels)
        sides = np.sign(values - centre).astype(int)
        signals += _shifts(_runs(sides), run, labels, "mean")
        if used < FIRM_LIMITS:
            cautions.append(f"Limits from {used} points are provisional; work them out again when there are "
                            f"{FIRM_LIMITS} to 20.")
    else:
        cautions.append(f"{used} points are too few for limits; at least {FEWEST_FOR_LIMITS} are needed. "
                        "Show the points with their median until then.")
    cautions += told + _about_series(values)
    if spread == 0:
        cautions.append("Neighbouring values never differ. Check whether one figure was copied down.")
    if signals:
        cautions.append(_WHAT_ELSE)
    signals.sort(key=lambda signal: (signal.first, signal.rule))
    table = series.assign(moving_range=moving, centre=centre, low=low, high=high,
                          signal=_marks(signals, len(values)))
    return ControlChart(f"XmR chart: {name}", table, centre, low, high, spread, top, tuple(signals), tuple(cautions),
                        name)


def _series(data, value, when, what) -> tuple[pd.DataFrame, list[str], str]:
    """Values with their times, cautions about blanks and order, and what is measured."""
    if isinstance(data, pd.DataFrame):
        if value is None:
            raise CourseError("Say which column holds the measure: its name is the second thing in the brackets.")
        data, told = in_order(data, when) if when else (data, [])
        found = numbers(column(data, value), f"“{value}”")
        labels = data[when].tolist() if when else list(range(1, len(found) + 1))
        if when and pd.Series(labels).duplicated().any():
            raise CourseError(f"“{when}” holds the same time more than once, so this is more than one series. "
                              "Choose the rows of one place first.")
    else:
        told = []
        found = numbers(data, "the series")
        labels = list(range(1, len(found) + 1))
    keep = ~np.isnan(found)
    if keep.sum() < 2:
        raise CourseError("A series needs at least two values. Nothing was worked out.")
    series = pd.DataFrame({"when": [one for one, kept in zip(labels, keep, strict=True) if kept],
                           "value": found[keep]})
    name = what or (value or "values").replace("_", " ")
    left_out = int((~keep).sum())
    if left_out:
        told.append(f"{left_out} blank value{' was' if left_out == 1 else 's were'} left out, so the points on "
                    "either side became neighbours.")
    return series, told, name


def in_order(data: pd.DataFrame, when: str) -> tuple[pd.DataFrame, list[str]]:
    """The rows in the order of time, and a caution if they had to be sorted.

    Dates and numbers are sorted, so are words that begin with the year ("2025-04"). Other words ("April") stay
    as they are: nobody can tell their order from the letters.

    Raises
    ------
    CourseError
        If a time is missing.
    """
    times = column(data, when)
    if times.isna().any():
        raise CourseError(f"{int(times.isna().sum())} of {len(times):,} rows have no “{when}”, so their place in the "
                          "series is not known. Leave them out or fill them in first; nothing was worked out.")
    is_text = not (pd.api.types.is_datetime64_any_dtype(times) or pd.api.types.is_numeric_dtype(times)
                   or isinstance(times.dtype, pd.PeriodDtype))
    if is_text and not times.astype(str).str.fullmatch(r"\d{4}-\d\d(-\d\d)?").all():
        return data, []
    order = times.astype(str) if is_text else times
    if order.is_monotonic_increasing:
        return data, []
    return data.iloc[order.argsort(kind="stable").to_numpy()], [
        f"The rows were not in the order of “{when}”; they were sorted."]


def position(event, labels: list) -> int | None:
    """Where in a series the time after an event begins.

    Parameters
    ----------
    event : object or None
        One of the labels, the same in words, or a position from 0.
    labels : list
        The times in order.

    Raises
    ------
    CourseError
        If it is none of these, or fewer than two points lie before it.
    """
    if event is None:
        return None
    if event in labels:
        place = labels.index(event)
    else:
        words = [_label(label) for label in labels]
        if str(event) in words:
            place = words.index(str(event))
        elif isinstance(event, int) and 0 <= event < len(labels):
            place = event
        else:
            raise CourseError(f"“{event}” is not one of the times. They run from {_label(labels[0])} to "
                              f"{_label(labels[-1])}.")
    if place < 2:
        raise CourseError("There must be at least two points before the event. Nothing was worked out.")
    return place


def _runs(sides: np.ndarray) -> list[tuple[int, int, int, int]]:
    """Runs about the median: side, first and last position, how many points; those on the median skipped."""
    runs = []
    for place, side in enumerate(sides):
        if side == 0:
            continue
        if runs and runs[-1][0] == side:
            runs[-1][2], runs[-1][3] = place, runs[-1][3] + 1
        else:
            runs.append([int(side), place, place, 1])
    return [tuple(run) for run in runs]


def _shifts(runs, needed: int, labels, line: str = "median") -> list[Signal]:
    return [
        Signal("shift", first, last,
               f"A shift: {length} points in a row lie {'above' if side > 0 else 'below'} the {line} "
               f"({_label(labels[first])} to {_label(labels[last])}).")
        for side, first, last, length in runs if length >= needed
    ]


def _trends(values: np.ndarray, needed: int, labels) -> list[Signal]:
    found = []
    first = last = 0
    direction, length = 0, 1

    def close():
        if length >= needed:
            words = "up" if direction > 0 else "down"
            found.append(Signal("trend", first, last,
                                f"A trend: {length} points in a row go {words} "
                                f"({_label(labels[first])} to {_label(labels[last])})."))

    for place in range(1, len(values)):
        step = int(np.sign(values[place] - values[last]))
        if step == 0:
            continue
        if step == direction:
            length, last = length + 1, place
        else:
            close()
            # The turning point is the first of the next row.
            first, last, direction, length = last, place, step, 2
    close()
    return found


def _run_count(runs: int, expected: tuple[int, int], points: int) -> list[Signal]:
    low, high = expected
    if runs < low:
        return [Signal("too few runs", 0, points - 1,
                       f"Too few runs: the line crosses the median seldom ({runs} runs; chance commonly makes "
                       f"{low} to {high}).")]
    if runs > high:
        return [Signal("too many runs", 0, points - 1,
                       f"Too many runs: the line crosses the median very often ({runs} runs; chance commonly makes "
                       f"{low} to {high}). Look for two groups that alternate.")]
    return []


def _outside(values: np.ndarray, low: float, high: float, labels) -> list[Signal]:
    """Points beyond the limits; neighbours on the same side are told together."""
    sides = np.where(values > high, 1, np.where(values < low, -1, 0))
    edges = [0, *(np.flatnonzero(np.diff(sides)) + 1).tolist(), len(sides)]
    found = []
    for first, past in pairwise(edges):
        if sides[first]:
            limit = "above the upper limit" if sides[first] > 0 else "below the lower limit"
            told = f"One point lies {limit} ({_label(labels[first])}: {number(values[first])})."
            if past - first > 1:
                told = (f"{past - first} points in a row lie {limit} "
                        f"({_label(labels[first])} to {_label(labels[past - 1])}).")
            found.append(Signal("outside the limits", first, past - 1, told))
    return found


def _marks(signals: list[Signal], points: int) -> list[str]:
    """For each point the rules that it belongs to; those about the whole series are left out."""
    marks = [[] for _ in range(points)]
    for signal in signals:
        if not signal.rule.startswith("too "):
            for place in range(signal.first, signal.last + 1):
                if signal.rule not in marks[place]:
                    marks[place].append(signal.rule)
    return [", ".join(one) for one in marks]


def _about_series(values: np.ndarray) -> list[str]:
    cautions = []
    if len(np.unique(values)) <= 2 and len(values) > 3:
        cautions.append("The values take only one or two different numbers, so the rules say little.")
    return cautions


def _label(label) -> str:
    return label.date().isoformat() if isinstance(label, pd.Timestamp) else str(label)
