"""Fair comparison of places whose people differ in age.

A ward with more people over 85 has more people who draw on home care, however its services work. Indirect
standardisation asks: how many would there be if every age band here had the same rate as the reference?
Observed ÷ expected is then read with an exact Poisson interval, because the counts are small.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from researchskills.errors import CourseError
from researchskills.statistics._input import column, count, numbers
from researchskills.statistics.estimate import Estimate, number
from researchskills.statistics.funnel import counts
from researchskills.statistics.limits import poisson_limits
from researchskills.statistics.result import Result

#: Fewer expected than this and the ratio swings with every single person.
FEW_EXPECTED = 5


@dataclass(frozen=True, eq=False, repr=False)
class Standardised(Result):
    """Observed and expected counts of several areas.

    Parameters
    ----------
    title : str
    table : pandas.DataFrame
        One row for each area: its name, `people`, `observed`, `expected`, `ratio`, `low`, `high` (95 %).
    area : str
        Name of the first column.
    reference : pandas.DataFrame
        The rates used: `band`, `rate_per_1000`.
    cautions : tuple of str
    """

    title: str
    table: pd.DataFrame
    area: str
    reference: pd.DataFrame
    cautions: tuple[str, ...] = ()

    def __getitem__(self, area) -> Estimate:
        """One area's ratio, as an estimate."""
        rows = self.table[self.table[self.area].astype(str) == str(area)]
        if rows.empty:
            raise CourseError(f"There is no “{area}” in “{self.area}”.")
        row = rows.iloc[0]
        return observed_to_expected(int(row["observed"]), float(row["expected"]), what=f"Observed ÷ expected in {area}")

    def sentence(self) -> str:
        """How many areas differ from what their ages lead to expect."""
        more, fewer = (self.table["low"] > 1).sum(), (self.table["high"] < 1).sum()
        return (f"Of {len(self.table)} areas, {_none(more)} had more than expected from the ages of their people and "
                f"{_none(fewer)} had fewer, by more than the 95% interval allows; by chance alone about "
                f"{number(round(0.05 * len(self.table), 1))} would be outside.")


def observed_to_expected(observed: int, expected: float, *, level: float = 0.95, what: str = "Observed ÷ expected"
                         ) -> Estimate:
    """Ratio of an observed to an expected count, with an exact interval.

    Parameters
    ----------
    observed : int
        How many there were.
    expected : float
        How many were expected; taken as known without error.
    level : float, default 0.95
    what : str, optional

    Returns
    -------
    Estimate
        Without unit; 1 means as many as expected.

    Raises
    ------
    CourseError
        If the observed count is no count or nothing was expected.

    Notes
    -----
    Exact Poisson limits from the chi-square distribution (Ulm 1990, American Journal of Epidemiology
    131:373-375; the table of Breslow & Day 1987, p. 70).

    Examples
    --------
    >>> observed_to_expected(10, 10).interval
    (0.479..., 1.839...)
    """
    found = count(observed, "the observed count")
    if isinstance(expected, str) or not (math.isfinite(expected) and expected > 0):
        raise CourseError("The expected count must be above 0. Nothing was worked out.")
    low, high = poisson_limits(found, level)
    ratio, ends = found / expected, (low / expected, high / expected)
    cautions = []
    if expected < FEW_EXPECTED:
        cautions.append(f"Only {number(expected)} were expected, so one person more or less changes the ratio a lot.")
    reading = "which includes 1, as many as expected" if ends[0] <= 1 <= ends[1] else ""
    return Estimate(what, ratio, *ends, level=level, n=found, method="exact Poisson interval (Ulm 1990)",
                    cautions=tuple(cautions), based_on=f"{found:,} observed, {number(expected)} expected",
                    reading=reading)


def byar_interval(observed: int, level: float = 0.95) -> tuple[float, float]:
    """Byar's approximate limits of a count (Breslow & Day 1987, p. 69).

    Parameters
    ----------
    observed : int
        The count; from 10 on the limits agree with the exact ones to within 0.2%.
    level : float, default 0.95

    Returns
    -------
    low, high : float
    """
    from scipy import stats

    z = float(stats.norm.ppf((1 + level) / 2))
    above = observed + 1
    low = observed * (1 - 1 / (9 * observed) - z / (3 * math.sqrt(observed))) ** 3 if observed else 0.0
    return low, above * (1 - 1 / (9 * above) + z / (3 * math.sqrt(above))) ** 3


def expected_counts(data, area: str, band: str, people: str, events: str, *, reference=None, what: str = ""
                    ) -> Standardised:
    """Counts expected from the ages of the people in each area (indirect standardisation).

    Parameters
    ----------
    data : pandas.DataFrame
        One row for each area and age band.
    area, band, people, events : str
        Columns with the area, the age band, how many people live there, and how many had the event (drew on
        home care, were admitted).
    reference : dict or pandas.Series, optional
        Rate of each age band, events per person. By default the rates of all areas together.
    what : str, optional
        What is counted.

    Returns
    -------
    Standardised
        Its `table` goes to `charts.intervals` or `funnel.funnel_ratios`.

    Raises
    ------
    CourseError
        If a column is missing, an area lists a band twice, events outnumber people, or a band has no rate.

    Notes
    -----
    Expected = Σ people in band × reference rate of band (Breslow & Day 1987, chapter 2). Ratios of two areas
    are each compared with the reference; they should not be compared with each other, since their age mixes
    weigh the bands differently.
    """
    places, bands = column(data, area), column(data, band).astype(str)
    lived, had = numbers(column(data, people), f"“{people}”"), counts(data, events)
    if np.isnan(lived).any() or (lived < 0).any():
        raise CourseError(f"“{people}” must hold numbers of people. Nothing was worked out.")
    if (had > lived).any():
        raise CourseError(f"There are more “{events}” than “{people}” in {places[had > lived].iloc[0]}. "
                          "Nothing was worked out. Check whether the columns were swapped.")
    frame = pd.DataFrame({"area": places.to_numpy(), "band": bands.to_numpy(), "people": lived, "events": had})
    if frame.duplicated(["area", "band"]).any():
        twice = frame[frame.duplicated(["area", "band"])].iloc[0]
        raise CourseError(f"{twice['area']} lists the age band “{twice['band']}” twice. Add the rows up first.")
    cautions = []
    if reference is None:
        totals = frame.groupby("band", sort=False)[["people", "events"]].sum()
        rates = totals["events"] / totals["people"].where(totals["people"] > 0)
        cautions.append("The reference is all these areas together, so each is compared with a mean that it is part "
                        "of.")
    else:
        rates = pd.Series(dict(reference), dtype=float)
        rates.index = rates.index.astype(str)
        if (rates > 1).any():
            raise CourseError("A reference rate is above 1. Give events per person, such as 0.031 for 31 per 1,000.")
    without = [one for one in frame["band"].unique() if one not in rates.index or math.isnan(rates[one])]
    if without:
        raise CourseError(f"There is no reference rate for the age band “{without[0]}”. Nothing was worked out. "
                          "The names of the bands must be the same in both tables.")
    frame["expected"] = frame["people"] * frame["band"].map(rates)
    sums = frame.groupby("area", sort=False)[["people", "events", "expected"]].sum()
    rows = []
    for name, row in sums.iterrows():
        if row["expected"] <= 0:
            raise CourseError(f"Nothing was expected in {name}. Leave it out, or use wider age bands.")
        ratio = observed_to_expected(int(row["events"]), float(row["expected"]))
        rows.append((name, int(row["people"]), int(row["events"]), row["expected"], ratio.value, *ratio.interval))
    table = pd.DataFrame(rows, columns=[area, "people", "observed", "expected", "ratio", "low", "high"])
    few = int((table["expected"] < FEW_EXPECTED).sum())
    if few:
        cautions.append(f"In {few} area{'' if few == 1 else 's'} fewer than {FEW_EXPECTED} were expected; read the "
                        "interval there, not the ratio.")
    cautions.append("Age is only one reason why places differ. Need, unpaid care, money and who is known to services "
                    "differ too.")
    shown = pd.DataFrame({"band": rates.index, "rate_per_1000": 1000 * rates.to_numpy()})
    return Standardised(f"{what or events.replace('_', ' ')}: observed and expected from age", table, area, shown,
                        tuple(cautions))


def standardised_rate(data, band: str, people: str, events: str, standard, *, per: int = 1000, level: float = 0.95,
                      what: str = "The age-standardised rate") -> Estimate:
    """Directly standardised rate of one area.

    Parameters
    ----------
    data : pandas.DataFrame
        One row for each age band of the area.
    band, people, events : str
        Columns with the band, how many people live there and how many had the event.
    standard : dict or pandas.Series
        People of the standard population in each band.
    per : int, default 1000
        Population that the rate is given for.
    level : float, default 0.95
    what : str, optional

    Returns
    -------
    Estimate

    Raises
    ------
    CourseError
        If a band of the area is not in the standard, or the other way round.

    Notes
    -----
    Interval from the gamma distribution (Fay & Feuer 1997, Statistics in Medicine 16:791-801); with one band it
    is the exact Poisson interval.
    """
    from scipy import stats

    bands = column(data, band).astype(str).tolist()
    lived, had = numbers(column(data, people), f"“{people}”"), counts(data, events)
    weights = pd.Series(dict(standard), dtype=float)
    weights.index = weights.index.astype(str)
    if set(bands) != set(weights.index) or len(bands) != len(set(bands)):
        raise CourseError("The age bands of the area and of the standard population must be the same, each once. "
                          "Nothing was worked out.")
    if not (lived > 0).all():
        raise CourseError("Every age band needs people. Use wider bands.")
    share = (weights[bands] / weights.sum()).to_numpy() / lived
    rate, variance, most = float((share * had).sum()), float((share**2 * had).sum()), float(share.max())
    tail = (1 - level) / 2
    low = variance / (2 * rate) * stats.chi2.ppf(tail, 2 * rate**2 / variance) if rate else 0.0
    wider, raised = variance + most**2, rate + most
    high = wider / (2 * raised) * stats.chi2.ppf(1 - tail, 2 * raised**2 / wider)
    cautions = [f"Only {int(had.sum())} events: the rate is uncertain."] if had.sum() < 10 else []
    return Estimate(what, per * rate, float(per * low), float(per * high), level=level, n=int(lived.sum()),
                    unit=f"per {per:,} people", method="gamma interval (Fay & Feuer 1997)", cautions=tuple(cautions),
                    based_on=f"{int(had.sum()):,} events among {int(lived.sum()):,} people")


def _none(many) -> str:
    return "none" if many == 0 else str(int(many))
