"""Funnel plots: which teams differ by more than chance, and how much of the spread is chance at all.

Small teams reach the top and the bottom of a league table because they are small. A funnel plot puts each
team's result against its size, with limits that are wide where numbers are small (Spiegelhalter 2005,
Statistics in Medicine 24:1185-1202). Inside the limits there is nothing to explain, so nobody is ranked.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from researchskills.errors import CourseError
from researchskills.statistics._input import column, count, numbers
from researchskills.statistics.estimate import number
from researchskills.statistics.result import Result

#: The usual pair of limits: about two and about three standard errors.
WARNING, ALARM = 0.95, 0.998
#: Below this many units the spread between them says little.
FEWEST_UNITS = 5
#: Share of the most extreme z scores that is pulled in before over-dispersion is judged (Spiegelhalter 2005).
_WINSORISED = 0.10


@dataclass(frozen=True, eq=False, repr=False)
class Spread(Result):
    """How much of the differences between units is chance.

    Parameters
    ----------
    title : str
    observed_sd, chance_sd, true_sd : float
        Standard deviation of the results, the part that sampling makes, and what is left, in their unit.
    share_chance : float
        Share of the observed variance that sampling explains, from 0 to 1.
    units : int
    cautions : tuple of str
    """

    title: str
    observed_sd: float
    chance_sd: float
    true_sd: float
    share_chance: float
    units: int
    cautions: tuple[str, ...] = ()

    @property
    def table(self) -> pd.DataFrame:
        """One row for each part of the spread."""
        return pd.DataFrame([
            ("standard deviation between units, as observed", self.observed_sd),
            ("part that sampling makes", self.chance_sd),
            ("what is left", self.true_sd),
            ("share of the variance that is chance (%)", 100 * self.share_chance),
        ], columns=["part", "size"])

    def sentence(self) -> str:
        """The share of chance in words."""
        share = f"about {number(round(100 * self.share_chance))}%" if self.share_chance < 1 else "as much as all"
        return f"Between the {self.units} units, {share} of the variance is what chance alone would make."


@dataclass(frozen=True, eq=False, repr=False)
class Funnel(Result):
    """Units with their limits.

    Parameters
    ----------
    title : str
    table : pandas.DataFrame
        One row for each unit, as given: `unit`, `count`, `out_of` (or `expected`), `value` (per cent, or
        ratio), `low_95`, `high_95`, `low_998`, `high_998` (the same), `place` in words.
    curve : pandas.DataFrame
        Limits for drawing: `out_of` (or `expected`), `low_95`, `high_95`, `low_998`, `high_998`.
    target : float
        What every unit is compared with, in the unit of `value`.
    unit_of_value : str
        "%" or "" for ratios.
    expected_outside : float
        Units that chance alone would put outside the 95 % limits.
    overdispersion : float
        Spiegelhalter's φ: near 1 when the limits fit, larger when units differ more than chance allows.
    spread : Spread or None
        For proportions.
    cautions : tuple of str
    """

    title: str
    table: pd.DataFrame
    curve: pd.DataFrame
    target: float
    unit_of_value: str
    expected_outside: float
    overdispersion: float
    spread: Spread | None
    cautions: tuple[str, ...] = ()

    @property
    def outside(self) -> list[str]:
        """Names of units beyond the 95 % limits."""
        return self.table.loc[self.table["place"] != INSIDE, "unit"].tolist()

    @property
    def far_outside(self) -> list[str]:
        """Names of units beyond the 99.8 % limits."""
        return self.table.loc[self.table["place"].str.contains("99.8"), "unit"].tolist()

    def chart(self):
        """The funnel as matplotlib axes, for `charts.figure`."""
        from researchskills import charts

        # Axes and alternative text name the columns, so they get names that people read.
        names = {"out_of": "people", "value": self.title.removeprefix(_TITLE)}
        size = names.get(self.curve.columns[0], "expected")
        return charts.funnel(self.table.rename(columns=names), "unit", size, names["value"], "low_95", "high_95",
                             outer_low="low_998", outer_high="high_998", reference=self.target,
                             curve=self.curve.rename(columns=names), unit=self.unit_of_value)

    def sentence(self) -> str:
        """How many units are outside, against how many chance would put there."""
        units = f"{len(self.table)} unit{'s' if len(self.table) > 1 else ''}"
        told = (f"{_count(len(self.outside))} of {units} lie{'s' if len(self.outside) == 1 else ''} "
                f"outside the 95% limits around {number(self.target)}{self.unit_of_value}; chance alone would put "
                f"about {number(round(self.expected_outside, 1))} there")
        if not self.far_outside:
            return f"{told}. None is beyond the 99.8% limits."
        return f"{told}. Beyond the 99.8% limits: {', '.join(map(str, self.far_outside))}."

    def to_table(self) -> pd.DataFrame:
        """Units with value, 95 % limits and place."""
        return self.table.drop(columns=["low_998", "high_998"])


_TITLE = "Funnel limits: "
#: What a unit within both pairs of limits is called.
INSIDE = "inside the limits"


def proportion_limits(out_of, target: float, level: float = WARNING) -> tuple[np.ndarray, np.ndarray]:
    """Exact binomial funnel limits.

    Parameters
    ----------
    out_of : array_like of int
        Sizes of the units.
    target : float
        The proportion to compare with, between 0 and 1.
    level : float, default 0.95
        Share of units that lie inside when all of them truly have the target proportion, at least.

    Returns
    -------
    low, high : numpy.ndarray
        Proportions, shape of `out_of`.

    Notes
    -----
    Spiegelhalter (2005), appendix: the count whose cumulative probability passes the tail, interpolated
    so that the line is smooth. The upper limit is found in the same way from the upper tail, so that each
    tail holds at most (1 - level) / 2 and the picture is the same whichever outcome is counted; his own upper
    line lies up to one count lower.
    """
    from scipy import stats

    size = np.asarray(out_of, dtype=float)
    if not 0 < target < 1:
        raise CourseError(f"The target proportion must lie between 0 and 1, not at {target:g}.")
    low, high = _tails(stats.binom(size, target), level)
    return np.clip(low / size, 0, 1), np.clip(high / size, 0, 1)


def ratio_limits(expected, level: float = WARNING) -> tuple[np.ndarray, np.ndarray]:
    """Exact Poisson funnel limits for observed ÷ expected.

    Parameters
    ----------
    expected : array_like of float
        Expected counts, above 0.
    level : float, default 0.95

    Returns
    -------
    low, high : numpy.ndarray
        Ratios, shape of `expected`.

    Notes
    -----
    Spiegelhalter (2005), as `proportion_limits`, with the Poisson distribution.
    """
    from scipy import stats

    size = np.asarray(expected, dtype=float)
    if (size <= 0).any():
        raise CourseError("Expected counts must be above 0. Leave out units where nothing was expected.")
    low, high = _tails(stats.poisson(size), level)
    return np.clip(low / size, 0, None), high / size


def _tails(chance, level: float) -> tuple[np.ndarray, np.ndarray]:
    tail = (1 - level) / 2
    below = chance.ppf(tail)
    at, under = chance.cdf(below), chance.cdf(below - 1)
    low = below - (at - tail) / (at - under)
    above = chance.isf(tail)
    over, beyond = chance.sf(above - 1), chance.sf(above)
    return low, above + (over - tail) / (over - beyond)


def funnel_limits(data, unit: str, count: str, out_of: str, *, target: float | None = None, what: str = "") -> Funnel:
    """Compare the proportions of several units with what chance allows.

    Parameters
    ----------
    data : pandas.DataFrame
        One row for each unit.
    unit, count, out_of : str
        Columns with its name, how many of its people had the outcome, and how many people there were.
    target : float, optional
        Proportion to compare with, from 0 to 1; by default that of all units together.
    what : str, optional
        What is measured; by default the name of the column.

    Returns
    -------
    Funnel
        `chart()` draws it.

    Raises
    ------
    CourseError
        If a column is missing, a count is larger than its total, or everybody (or nobody) had the outcome.

    Examples
    --------
    >>> teams = pd.DataFrame({"team": list("ABC"), "home": [9, 60, 150], "n": [10, 80, 200]})
    >>> funnel_limits(teams, "team", "home", "n").outside
    []
    """
    names, had, size = _units(data, unit, count, out_of)
    if (had > size).any():
        wrong = names[had > size].iloc[0]
        raise CourseError(f"{wrong}: “{count}” is larger than “{out_of}”. Nothing was worked out. "
                          "Check whether the two columns were swapped.")
    if (size != np.round(size)).any():
        raise CourseError(f"“{out_of}” must hold numbers of people, such as 7 or 120.")
    pooled = float(had.sum() / size.sum())
    centre = pooled if target is None else float(target)
    if target is not None and not 0 < centre < 1:
        raise CourseError(f"The target is {target:g}; write a proportion between 0 and 1, such as 0.8 for 80%.")
    if not 0 < centre < 1:
        raise CourseError("Everybody or nobody had the outcome, so there is nothing to compare between units.")
    limits = {level: proportion_limits(size, centre, level) for level in (WARNING, ALARM)}
    table = _placed(names, had, size, "out_of", 100 * had / size, limits, 100)
    grid = _grid(size, whole=True)
    curve = _curve(grid, "out_of", {level: proportion_limits(grid, centre, level) for level in limits}, 100)
    from scipy import stats

    low, high = limits[WARNING]
    chance = stats.binom(size, centre)
    outside = chance.cdf(np.ceil(low * size - 1e-9) - 1) + chance.sf(np.floor(high * size + 1e-9))
    scores = (had / size - centre) / np.sqrt(centre * (1 - centre) / size)
    spread = None
    if len(size) >= FEWEST_UNITS:
        spread = spread_by_chance(100 * had / size, 100 * np.sqrt(pooled * (1 - pooled) / size))
    return Funnel(f"{_TITLE}{what or count.replace('_', ' ')}", table, curve, 100 * centre, "%",
                  float(outside.sum()), _overdispersion(scores), spread,
                  _about_funnel(scores, size, table, target is None))


def funnel_ratios(data, unit: str, observed: str, expected: str, *, what: str = "") -> Funnel:
    """Compare observed with expected counts of several units.

    Parameters
    ----------
    data : pandas.DataFrame
        One row for each unit, such as the table of `standardise.expected_counts`.
    unit, observed, expected : str
        Columns with its name, the count, and the count that was expected.
    what : str, optional

    Returns
    -------
    Funnel
        Values are ratios; 1 means as many as expected.

    Raises
    ------
    CourseError
        If a column is missing or an expected count is not above 0.
    """
    names, had, size = _units(data, unit, observed, expected)
    limits = {level: ratio_limits(size, level) for level in (WARNING, ALARM)}
    table = _placed(names, had, size, "expected", had / size, limits, 1)
    grid = _grid(size, whole=False)
    curve = _curve(grid, "expected", {level: ratio_limits(grid, level) for level in limits}, 1)
    from scipy import stats

    low, high = limits[WARNING]
    chance = stats.poisson(size)
    outside = chance.cdf(np.ceil(low * size - 1e-9) - 1) + chance.sf(np.floor(high * size + 1e-9))
    scores = (had - size) / np.sqrt(size)
    return Funnel(f"{_TITLE}{what or observed.replace('_', ' ')} ÷ expected", table, curve, 1.0, "",
                  float(outside.sum()), _overdispersion(scores), None, _about_funnel(scores, size, table, False))


def spread_by_chance(values, standard_errors) -> Spread:
    """How much of the spread between units is sampling error.

    Parameters
    ----------
    values : array_like of float
        Results of the units, such as percentages.
    standard_errors : array_like of float or float
        Their standard errors, in the same unit.

    Returns
    -------
    Spread

    Raises
    ------
    CourseError
        If there are fewer than two units.

    Notes
    -----
    Observed variance minus the mean sampling variance (method of moments; Spiegelhalter 2005). Never below 0.

    Examples
    --------
    >>> round(spread_by_chance([60, 65, 70], 2.5).share_chance, 2)
    0.25
    """
    found = numbers(values, "the results")
    errors = np.broadcast_to(numbers(np.atleast_1d(standard_errors), "the standard errors"), found.shape)
    keep = ~(np.isnan(found) | np.isnan(errors))
    found, errors = found[keep], errors[keep]
    if len(found) < 2:
        raise CourseError("Two or more units are needed to speak of differences between them.")
    observed, chance = float(found.var(ddof=1)), float((errors**2).mean())
    cautions = []
    if len(found) < 20:
        cautions.append(f"With {len(found)} units the shares are rough.")
    share = 1.0 if observed <= chance else chance / observed
    return Spread("Signal and noise between units", math.sqrt(observed), math.sqrt(chance),
                  math.sqrt(max(0.0, observed - chance)), share, len(found), tuple(cautions))


def counts(data: pd.DataFrame, name: str) -> np.ndarray:
    """A column of counts, such as people or events, as floats.

    Raises
    ------
    CourseError
        If it is missing, or holds a blank, a negative number or a share.
    """
    return np.array([count(one, f"“{name}”") for one in column(data, name)], dtype=float)


def _units(data, unit: str, events: str, size: str):
    names = column(data, unit).astype(str)
    had, people = counts(data, events), numbers(column(data, size), f"“{size}”")
    if len(names) == 0:
        raise CourseError("The table has no rows, so there is nothing to compare.")
    if names.duplicated().any():
        raise CourseError(f"“{names[names.duplicated()].iloc[0]}” has more than one row. Add its rows up first.")
    if np.isnan(people).any() or (people <= 0).any():
        raise CourseError(f"“{size}” must be above 0 for every unit. Leave out those without people.")
    return names, had, people


def _placed(names, had, size, size_name, values, limits, scale) -> pd.DataFrame:
    (low, high), (far_low, far_high) = limits[WARNING], limits[ALARM]
    place = np.full(len(values), INSIDE, dtype=object)
    value = values / scale
    place[value < low] = "below the 95% limits"
    place[value > high] = "above the 95% limits"
    place[value < far_low] = "below the 99.8% limits"
    place[value > far_high] = "above the 99.8% limits"
    return pd.DataFrame({
        "unit": names.to_numpy(), "count": had.astype(int), size_name: size if size_name == "expected" else
        size.astype(int), "value": values, "low_95": scale * low, "high_95": scale * high,
        "low_998": scale * far_low, "high_998": scale * far_high, "place": place.astype(str)})


def _grid(size: np.ndarray, whole: bool) -> np.ndarray:
    """Sizes at which the limits are drawn, from the smallest unit to the largest, with some room."""
    grid = np.geomspace(max(1.0 if whole else 0.5, size.min() * 0.8), size.max() * 1.1 + 1, 120)
    return np.unique(np.round(grid)) if whole else grid


def _curve(grid, name, limits, scale) -> pd.DataFrame:
    (low, high), (far_low, far_high) = limits[WARNING], limits[ALARM]
    return pd.DataFrame({name: grid, "low_95": scale * low, "high_95": scale * high,
                         "low_998": scale * far_low, "high_998": scale * far_high})


def _overdispersion(scores: np.ndarray) -> float:
    low, high = np.quantile(scores, [_WINSORISED, 1 - _WINSORISED])
    return float((np.clip(scores, low, high) ** 2).mean())


def _about_funnel(scores, size, table, own_target: bool) -> tuple[str, ...]:
    cautions = ["Limits show how far chance reaches; they do not say why a unit lies outside. Who its people are, "
                "how they were counted and what was recorded come before how good it is."]
    limit = 1 + 2 * math.sqrt(2 / len(scores))
    if len(scores) >= FEWEST_UNITS and _overdispersion(scores) > limit:
        cautions.append("The units differ by more than chance throughout (over-dispersion), so the limits are too "
                        "narrow for finding the few that stand out. Look for what they have not in common first.")
    if len(scores) < FEWEST_UNITS:
        many = "is only 1 unit" if len(scores) == 1 else f"are only {len(scores)} units"
        cautions.append(f"There {many}; a funnel says little about so few.")
    if own_target and size.max() > size.sum() / 2:
        cautions.append("One unit holds more than half of all people, so the others are mostly compared with it.")
    if (table["value"].nunique() == 1) and len(table) > 2:
        cautions.append("All units have the same result. Check that the figures are their own.")
    return tuple(cautions)


def _count(many: int) -> str:
    return "None" if many == 0 else str(many)
