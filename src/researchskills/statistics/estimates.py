"""One group: a rate, a proportion, a median wait, a mean.

Each says what it rests on and how far it could be off. Small numbers are the rule in practice, so the
intervals are those that stay honest with small numbers: exact Poisson for rates, Wilson or exact binomial
for proportions, order statistics for medians.
"""

import math
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import stats

from researchskills.errors import CourseError
from researchskills.statistics import _input
from researchskills.statistics.estimate import PROPORTION, Estimate, Estimates, number

#: Below this many people an estimate carries a caution: one person more or less moves it by over 5%.
FEW = 20


def rate(events, population, people=None, *, per=1000, period="", by=None, among="people", level=0.95, what=""):
    """Events for every so many people in a period, with the exact Poisson interval.

    Parameters
    ----------
    events : int or pandas.DataFrame
        How many events; or a tidy table, followed by the names of its columns of events and of people.
    population : float or str
        How many people they could have happened to (person-years when people come and go); or the name
        of the column of events.
    people : str, optional
        With a table: the name of the column with the population.
    per : int, default 1000
        The rate is for so many people.
    period : str
        In words: "a year", "in 2024-25". A rate without a period says little, so leaving it out is noted.
    by : str, optional
        With a table: one rate for each group; counts and populations are added up within it.
    among : str, default "people"
        Who the population are, for the sentence.
    level : float, default 0.95
        Confidence level.
    what : str, optional
        Subject of the sentence.

    Returns
    -------
    Estimate or Estimates

    Raises
    ------
    CourseError
        If a count is negative or no count, or the population is 0.

    Notes
    -----
    Limits from the chi-square distribution: F. Garwood, Biometrika 28 (1936) 437-442. They assume separate
    events: people who come back again and again make the true uncertainty wider.

    Examples
    --------
    >>> rate(11, 5200, period="a year")
    The rate was 2.12 per 1,000 people a year (11 among 5,200 people), 95% confidence interval 1.06 to 3.79.
    """
    words = {"per": per, "period": period, "among": among, "level": level, "what": what}
    if not _input.is_frame(events):
        return _rate(events, population, **words)
    if people is None:
        raise CourseError("Name two columns: the one with the events and the one with the people.")
    if by is not None:
        parts = {name: rate(rows, population, people, **words) for name, rows in _input.groups(events, by).items()}
        return Estimates(what or "Rate", by, parts)
    above, below = _input.column(events, population), _input.column(events, people)
    both = above.notna() & below.notna()
    dropped = tuple(_input.left_out(int((~both).sum()), len(both), f"“{population}” or “{people}”"))
    counted = [_input.numbers(side[both], f"“{name}”") for side, name in ((above, population), (below, people))]
    if any((side < 0).any() for side in counted):
        raise CourseError(f"“{population}” or “{people}” holds a number below 0, which no count can be.")
    return _rate(counted[0].sum(), counted[1].sum(), cautions=dropped, **words)


def _rate(events, population, *, per, period, among, level, what, cautions=()) -> Estimate:
    events, level = _input.count(events, "the number of events"), _input.level(level)
    if not isinstance(population, int | float | np.number) or not population > 0 or math.isinf(population):
        raise CourseError(f"A rate needs a population above 0 to divide by, not {population!r}.")
    low, high = poisson_limits(events, level)
    scale = per / population
    told = list(cautions)
    if not period:
        told.append("No period is given. Say over which time the events were counted, for instance period=“a year”.")
    if events > population:
        told.append(
            f"There are more events than {among}. That is possible when one person can have several; "
            "if people were counted, numerator or denominator is wrong."
        )
    if events == 0:
        told.append("No event was seen. That is not a rate of 0: the upper limit says what these data allow.")
    elif events < 5:
        told.append(f"Only {events} event{'s' if events > 1 else ''}: one more or fewer would move the rate a lot.")
    unit = " ".join(part for part in ("per", f"{per:,}", among, _period(period)) if part)
    return Estimate(
        what or "The rate",
        events * scale,
        low * scale,
        high * scale,
        level,
        int(population),
        unit,
        "exact Poisson interval (Garwood 1936)",
        tuple(told),
        based_on=f"{events:,} among {population:,.0f} {among}",
    )


def _period(period: str) -> str:
    return f"a {period}" if period in {"day", "week", "month", "quarter", "year"} else period


def poisson_limits(events: int, level: float = 0.95) -> tuple[float, float]:
    """Exact limits for the mean of a Poisson count (Garwood 1936)."""
    tail = (1 - level) / 2
    low = float(stats.chi2.ppf(tail, 2 * events) / 2) if events else 0.0
    return low, float(stats.chi2.ppf(1 - tail, 2 * events + 2) / 2)


def proportion(
    data, column=None, value=None, *, by=None, method="wilson", population=None, cluster=None, level=0.95, what=""
):
    """A proportion with an interval that holds for small numbers.

    Parameters
    ----------
    data : int or pandas.DataFrame
        How many people have the thing counted; or a tidy table with one row for each person.
    column : int or str
        Out of how many; or the name of a column.
    value : object, optional
        With a table: the value to count, a list of values, or a comparison such as "> 28". Left out, it
        is yes or true.
    by : str, optional
        With a table: one proportion for each group.
    method : {"wilson", "exact"}
        Score interval or exact binomial interval; the exact one is never too short, and often longer
        than needed.
    population : int, optional
        How many there are in all, when those asked are a good part of a small whole ("10 of the 14
        authorities"). Then the interval allows for it.
    cluster : str, optional
        With a table: column that says which rows belong together (team, nurse, home). Then the interval
        allows for their likeness.
    level : float, default 0.95
        Confidence level.
    what : str, optional
        Subject of the sentence.

    Returns
    -------
    Estimate or Estimates
        Between 0 and 1, shown as a percentage.

    Raises
    ------
    CourseError
        If the numbers are no counts (a percentage, a negative number), the numerator is above the
        denominator, or no row has the value.

    Notes
    -----
    E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209-212; C. Clopper and E. Pearson, Biometrika 26 (1934)
    404-413. With `population`: Wilson's interval with n(N-1)/(N-n) in place of n (W. Cochran, Sampling
    Techniques, 1977), or limits from the hypergeometric distribution (J. Buonaccorsi, Am. Stat. 41 (1987)
    215-218).

    Examples
    --------
    >>> proportion(7, 9)
    The proportion was 77.8% (7 of 9), 95% confidence interval 45.3% to 93.7%.
    Caution: It rests on 9 people only: one more or fewer would move it by 11 percentage points.
    """
    level = _input.level(level)
    if method not in {"wilson", "exact"}:
        raise CourseError(f"The method is “wilson” or “exact”, not {method!r}.")
    same = {"method": method, "population": population, "level": level, "what": what}
    if not _input.is_frame(data):
        if by is not None or cluster is not None:
            raise CourseError("by= and cluster= need a table; with plain numbers give the two counts.")
        some, n, doubt = _input.successes(data, column)
        return _proportion(some, n, cautions=tuple(doubt), **same)
    counts = _input.rule(_input.column(data, column), value)
    same |= {"what": what or _subject(column, value), "cluster": cluster}
    if by is None:
        return _counted(data, column, counts, **same)
    parts = {name: _counted(rows, column, counts, **same) for name, rows in _input.groups(data, by).items()}
    return Estimates(same["what"], by, parts)


def _counted(rows, column, counts, *, cluster, **same) -> Estimate:
    """A proportion from the rows of a table; `counts` tells which of them have the thing."""
    known = rows[rows[column].notna()]
    if known.empty:
        raise CourseError(f"The column “{column}” is empty here, so there is no proportion to give.")
    told = _input.left_out(len(rows) - len(known), len(rows), f"“{column}”")
    hit = counts(known[column])
    if cluster is not None:
        from researchskills.statistics.clustering import clustered_proportion

        return clustered_proportion(hit, _input.column(known, cluster), same["what"], same["level"], tuple(told))
    told += _input.repeated_people(known)
    return _proportion(int(hit.sum()), len(known), cautions=tuple(told), **same)


def _subject(column: str, value) -> str:
    name = str(column).replace("_", " ")
    if value is None:
        return f"The proportion with {name}"
    return f"The proportion with {name} {value if _input.is_comparison(value) else f'“{_named(value)}”'}"


def _named(value) -> str:
    return " or ".join(map(str, value)) if isinstance(value, list | tuple | set) else str(value)


def _proportion(some, n, *, method, population, level, what, cautions=()) -> Estimate:
    p, told = some / n, list(cautions)
    if population is not None:
        (low, high), formula, more = _of_finite(some, n, population, method, level)
        told += more
    elif method == "exact":
        low, high, formula = *exact_limits(some, n, level), "exact binomial interval (Clopper and Pearson 1934)"
    else:
        low, high, formula = *wilson_limits(some, n, level), "score interval (Wilson 1927)"
    if n < FEW:
        people = "1 person" if n == 1 else f"{n} people"
        told.append(f"It rests on {people} only: one more or fewer would move it by {100 / n:.0f} percentage points.")
    if some in (0, n):
        name = "Nobody" if some == 0 else "Everybody"
        told.append(
            f"{name} in this sample had it. That is not proof of {'0' if some == 0 else '100'}%: "
            "the interval says what these data allow."
        )
    of = f"{some:,} of {n:,}" + (f", out of {population:,} in all" if population is not None else "")
    return Estimate(
        what or "The proportion", p, low, high, level, n, PROPORTION, formula, tuple(told), based_on=of
    )


def wilson_limits(some: float, n: float, level: float = 0.95, z: float | None = None) -> tuple[float, float]:
    """Score limits of a proportion (Wilson 1927); `n` may be an effective sample size.

    Parameters
    ----------
    some, n : float
        Numerator and denominator.
    z : float, optional
        Quantile to use instead of the normal one.
    """
    z = float(stats.norm.ppf(0.5 + level / 2)) if z is None else z
    p = some / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (0.0 if some == 0 else max(0.0, middle - half)), (1.0 if some == n else min(1.0, middle + half))


def exact_limits(some: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Exact binomial limits (Clopper and Pearson 1934)."""
    tail = (1 - level) / 2
    low = 0.0 if some == 0 else float(stats.beta.ppf(tail, some, n - some + 1))
    high = 1.0 if some == n else float(stats.beta.ppf(1 - tail, some + 1, n - some))
    return low, high


def _of_finite(some: int, n: int, population, method: str, level: float):
    """Limits when the sample is a good part of everybody there is."""
    size = _input.count(population, "the population")
    if n > size:
        raise CourseError(f"{n:,} answers cannot come from a population of {size:,}. Check both numbers.")
    told = [
        "The interval covers chance in who was asked. If those who did not answer differ from those who did, "
        "it is too narrow."
    ]
    if n == size:
        told = ["Everybody is included, so there is no sampling error. Errors of recording remain."]
        return (some / n, some / n), "complete count, no sampling error", told
    if method == "exact":
        # Every number of people in the population that would not make this sample surprising.
        tail, possible = (1 - level) / 2, np.arange(some, size - (n - some) + 1)
        above = stats.hypergeom.sf(some - 1, size, possible, n) > tail
        below = stats.hypergeom.cdf(some, size, possible, n) > tail
        kept = possible[above & below] / size
        low, high = min(kept.min(), some / n), max(kept.max(), some / n)
        return (float(low), float(high)), "exact hypergeometric interval (Buonaccorsi 1987)", told
    effective = n * (size - 1) / (size - n)
    low, high = wilson_limits(some / n * effective, effective, level)
    # Those already counted set limits that no formula may cross.
    limits = max(low, some / size), min(high, (size - (n - some)) / size)
    return limits, "score interval (Wilson 1927) with finite population correction (Cochran 1977)", told


@dataclass(frozen=True, repr=False)
class Median(Estimate):
    """A median with the quartiles around it.

    Parameters
    ----------
    q1, q3 : float
        A quarter of the values lie below `q1`, a quarter above `q3`.
    """

    q1: float = field(default=math.nan, kw_only=True)
    q3: float = field(default=math.nan, kw_only=True)


def median_iqr(
    data, column=None, *, by=None, since=None, until=None, ended=None, unit="days", limit=None, level=0.95, what=""
):
    """Median and interquartile range of skewed values such as waits.

    Parameters
    ----------
    data : pandas.DataFrame or list of float
        Tidy table with one row for each wait, or the waits themselves.
    column : str
        With a table: the column with the waits.
    by : str, optional
        With a table: one median for each group.
    since, until : str, optional
        With a table of waits in days: column with the date when the wait began, and the last day on which
        anybody looked ("2026-03-31"). Rows without a value in `column` then count as still waiting since
        that date, and the median is that of Kaplan and Meier. Leave out those who withdrew before.
    ended : str, optional
        The same, where `column` holds the waits so far of those still waiting: column that says whether the
        wait is over, by true/false, yes/no, or the date when it ended (empty = still waiting).
    unit : str, default "days"
    limit : float, optional
        A standard, such as 28 days: the share of waits longer than it is added to the table.
    level : float, default 0.95
        Confidence level, at least that much.
    what : str, optional
        Subject of the sentence.

    Returns
    -------
    Median or Estimates
        An estimate with the quartiles `q1` and `q3`.

    Raises
    ------
    CourseError
        If there are no numbers, or a wait is negative.

    Notes
    -----
    The interval runs from one ordered value to another (binomial; W. Conover, Practical Nonparametric
    Statistics, 3rd ed. 1999, section 3.2): no assumption on the shape. Fewer than six values have no 95%
    interval. With `ended`: E. Kaplan and P. Meier, J. Am. Stat. Assoc. 53 (1958) 457-481, interval of
    R. Brookmeyer and J. Crowley, Biometrics 38 (1982) 29-41.

    Examples
    --------
    >>> median_iqr([2, 3, 5, 6, 9, 13, 14, 21, 60]).q3
    14.0
    """
    level = _input.level(level)
    same = {"unit": unit, "limit": limit, "level": level}
    dated = {"since": since, "until": until, "ended": ended}
    if not _input.is_frame(data):
        values, gaps = _input.known(data, "the values")
        return _median(values, gaps, what=what or "The median", **same)
    subject = what or f"The median of {str(column).replace('_', ' ')}"
    _input.column(data, column)
    if (since is None) != (until is None):
        raise CourseError("Give both since= (column with the first day) and until= (last day anybody looked).")
    if by is not None:
        kept = {name: rows for name, rows in _input.groups(data, by).items() if rows[column].notna().any()}
        parts = {name: median_iqr(rows, column, what=what, **dated, **same) for name, rows in kept.items()}
        return Estimates(subject, by, parts)
    if since is not None:
        return _median_of_survival(*_waits_so_far(data, column, since, until), column, subject, same)
    if ended is not None:
        waits = _input.numbers(data[column], f"“{column}”")
        return _median_of_survival(waits, _over(_input.column(data, ended)), column, subject, same)
    values, gaps = _input.known(data[column], f"“{column}”")
    if gaps:
        gaps = [f"{gaps[0]} If they are still waiting, the median is too short: see since=."]
    return _median(values, gaps + _input.repeated_people(data[data[column].notna()]), what=subject, **same)


def _median(values, cautions, *, what, unit, limit, level) -> Median:
    if not len(values):
        raise CourseError(f"{what} cannot be given: there is no value at all.")
    n = len(values)
    q1, middle, q3 = (float(one) for one in np.quantile(values, [0.25, 0.5, 0.75]))
    told = list(cautions)
    if unit in {"days", "hours", "weeks", "minutes"} and values.min() < 0:
        told.append(
            f"{int((values < 0).sum())} of the {n:,} values are below 0 {unit}: an end before a beginning. "
            "Check them before you report."
        )
    place = median_places(n, level)
    details = [("quartiles", f"{number(q1)} to {number(q3)} {unit}".strip())]
    if place is None:
        low = high = math.nan
        told.append(f"With {n} value{'s' if n > 1 else ''} there is no {100 * level:g}% interval for a median.")
    else:
        low, high = (float(one) for one in np.sort(values)[[place - 1, n - place]])
        details.append(("true level of the interval", f"{100 * (1 - 2 * stats.binom.cdf(place - 1, n, 0.5)):.1f}%"))
    average = float(values.mean())
    details += [("shortest and longest", f"{number(values.min())} and {number(values.max())} {unit}".strip())]
    details += [("mean, for comparison", f"{number(average)} {unit}".strip())]
    if limit is not None:
        longer = _proportion(int((values > limit).sum()), n, method="wilson", population=None, level=level, what="")
        details.append((f"longer than {number(limit)} {unit}".strip(), longer))
    return Median(
        what,
        middle,
        low,
        high,
        level,
        n,
        unit,
        "sample median; interval from order statistics (binomial; Conover 1999)",
        tuple(told),
        based_on=f"n = {n:,}; half of the values between {number(q1)} and {number(q3)}",
        details=tuple(details),
        q1=q1,
        q3=q3,
    )


def median_places(n: int, level: float = 0.95) -> int | None:
    """Which ordered value, from either end, limits the median; None when too few.

    The largest r with P(B < r) at most (1 - level)/2 for B binomial with n and one half (Conover 1999).
    """
    place = int(stats.binom.ppf((1 - level) / 2, n, 0.5))
    # ppf gives the first k with cdf(k) at or above the tail: its own cdf may be just the tail, or above.
    while place >= 0 and stats.binom.cdf(place, n, 0.5) > (1 - level) / 2:
        place -= 1
    return place + 1 if place >= 0 else None


def _waits_so_far(data, column, since, until) -> tuple[np.ndarray, np.ndarray]:
    """Waits in days, and whether each is over; those without a value are waiting until the last day."""
    began = _input.column(data, since)
    last = pd.to_datetime(until, errors="coerce")
    if not pd.api.types.is_datetime64_any_dtype(began) or pd.isna(last):
        raise CourseError(f"“{since}” must hold dates, and until= must be a day such as “2026-03-31”.")
    waits = _input.numbers(data[column], f"“{column}”")
    over = ~np.isnan(waits)
    so_far = (last - began).dt.days.to_numpy(dtype=float, na_value=np.nan)
    return np.where(over, waits, so_far), over


def _median_of_survival(time, over, column, what, same) -> Median:
    """Kaplan and Meier's median: people still waiting count for as long as they have waited."""
    from statsmodels.duration.survfunc import SurvfuncRight

    usable = ~np.isnan(time) & (time >= 0)
    told = _input.left_out(int((~usable).sum()), len(time), f"“{column}” (0 or more)")
    time, over = time[usable], over[usable]
    n, waiting = len(time), int((~over).sum())
    if not n or not over.any():
        raise CourseError(f"{what} cannot be given: no wait has ended yet.")
    curve = SurvfuncRight(time, over.astype(int))
    q1, middle, q3 = (float(curve.quantile(share)) for share in (0.25, 0.5, 0.75))
    told.append(
        f"{waiting:,} of {n:,} are still waiting and count with their wait so far. This assumes that they "
        "are not waiting for a reason that makes them different."
    )
    if math.isnan(middle):
        told.append("Fewer than half of the waits have ended, so the median is not known yet.")
        low = high = math.nan
    else:
        with np.errstate(all="ignore"):  # the curve ends at 0, whose logarithm is not needed
            ends = curve.quantile_ci(0.5, 1 - same["level"], method="cloglog")
        low, high = (float(one) for one in ends)
        low, high = (0.0 if math.isnan(low) else low), (math.inf if math.isnan(high) else high)
    unit = same["unit"]
    upper = number(q3) if not math.isnan(q3) else "not known yet"
    details = [("quartiles", f"{number(q1)} to {upper} {unit}".strip()), ("still waiting", waiting)]
    if not math.isnan(middle):
        details.append(("median of ended waits alone", f"{number(float(np.median(time[over])))} {unit}".strip()))
    return Median(
        what,
        middle,
        low,
        high,
        same["level"],
        n,
        unit,
        "Kaplan and Meier (1958); interval of Brookmeyer and Crowley (1982), log-log",
        tuple(told),
        based_on=f"n = {n:,}, {waiting:,} of them still waiting",
        details=tuple(details),
        q1=q1,
        q3=q3,
    )


def _over(values: pd.Series) -> np.ndarray:
    """Whether each wait is over."""
    if pd.api.types.is_bool_dtype(values):
        return values.fillna(False).to_numpy(dtype=bool)
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.notna().to_numpy()
    found = set(values.dropna().astype(str).unique())
    if found <= {"yes", "no"}:
        return (values.astype(str) == "yes").to_numpy()
    if found <= {"0", "1", "0.0", "1.0"}:
        return (pd.to_numeric(values).fillna(0) == 1).to_numpy()
    raise CourseError(f"“{values.name}” must say whether the wait has ended: true or false, yes or no, or a date.")


def mean(data, column=None, *, by=None, cluster=None, unit="", level=0.95, what=""):
    """A mean with the interval of the t distribution.

    Parameters
    ----------
    data : pandas.DataFrame or list of float
        Tidy table with one row for each person, or the values themselves.
    column : str
        With a table: the column with the values.
    by : str, optional
        With a table: one mean for each group.
    cluster : str, optional
        With a table: column that says which rows belong together; the interval then allows for it.
    unit : str
        Printed after the numbers.
    level : float, default 0.95
        Confidence level.
    what : str, optional
        Subject of the sentence.

    Returns
    -------
    Estimate or Estimates

    Raises
    ------
    CourseError
        If there are no numbers.

    Notes
    -----
    Student, Biometrika 6 (1908) 1-25. Skewed values (a few very long waits) are better told by their
    median, and are pointed out.

    Examples
    --------
    >>> mean([21, 23, 20, 25, 24], unit="points")
    The mean was 22.6 points (n = 5), 95% confidence interval 20 to 25.2 points.
    Caution: It rests on 5 values only: whether they are spread evenly around the mean cannot be seen.
    """
    level = _input.level(level)
    if not _input.is_frame(data):
        if by is not None or cluster is not None:
            raise CourseError("by= and cluster= need a table and the name of a column.")
        values, told = _input.known(data, "the values")
        return _mean(values, told, unit=unit, level=level, what=what or "The mean")
    subject = what or f"The mean of {str(column).replace('_', ' ')}"
    _input.column(data, column)
    if by is not None:
        kept = {name: rows for name, rows in _input.groups(data, by).items() if rows[column].notna().any()}
        same = {"cluster": cluster, "unit": unit, "level": level, "what": what}
        return Estimates(subject, by, {name: mean(rows, column, **same) for name, rows in kept.items()})
    values, told = _input.known(data[column], f"“{column}”")
    rows = data[data[column].notna()]
    if cluster is not None:
        from researchskills.statistics.clustering import clustered_mean

        return clustered_mean(values, _input.column(rows, cluster), subject, unit, level, tuple(told))
    return _mean(values, told + _input.repeated_people(rows), unit=unit, level=level, what=subject)


def _mean(values, cautions, *, unit, level, what) -> Estimate:
    if not len(values):
        raise CourseError(f"{what} cannot be given: there is no value at all.")
    n, average, told = len(values), float(values.mean()), list(cautions)
    spread = float(values.std(ddof=1)) if n > 1 else math.nan
    low = high = math.nan
    if n > 1:
        half = float(stats.t.ppf(0.5 + level / 2, n - 1)) * spread / math.sqrt(n)
        low, high = average - half, average + half
    told += shape_cautions(values)
    return Estimate(
        what,
        average,
        low,
        high,
        level,
        n,
        unit,
        "t interval (Student 1908)",
        tuple(told),
        details=(
            ("standard deviation", f"{number(spread)} {unit}".strip() if n > 1 else "cannot be given"),
            ("median, for comparison", f"{number(float(np.median(values)))} {unit}".strip()),
        ),
    )


def shape_cautions(values: np.ndarray) -> list[str]:
    """What the shape of the values means for a mean and its interval."""
    n = len(values)
    if n == 1:
        return ["One value has no spread, so there is no interval."]
    if np.ptp(values) == 0:
        return ["All values are the same. An interval of width 0 says that nothing varied here, not that nothing can."]
    if n < 10:
        return [f"It rests on {n} values only: whether they are spread evenly around the mean cannot be seen."]
    if abs(float(stats.skew(values, bias=False))) > 1:
        return ["The values are skewed: a few extreme ones pull the mean. Give the median as well."]
    return []
