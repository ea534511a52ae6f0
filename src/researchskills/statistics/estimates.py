"""One group: a rate, a proportion, a mean.

Each says what it rests on and how far it could be off. Small numbers are the rule in practice, so the
intervals are those that stay honest with small numbers: exact Poisson for rates, Wilson or exact binomial
for proportions, order statistics for medians.
"""

import math

import numpy as np

from researchskills.errors import CourseError
from researchskills.statistics import _input
from researchskills.statistics.clustering import clustered_mean, clustered_proportion
from researchskills.statistics.estimate import PROPORTION, Estimate, Estimates, number, with_unit
from researchskills.statistics.limits import exact_limits, finite_limits, poisson_limits, t_quantile, wilson_limits

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
        return in_groups(events, by, population, what or "Rate", lambda rows: rate(rows, population, people, **words))
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
        told.append("No period is given. Say over which time the events were counted, for instance period='a year'.")
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
        return one_proportion(some, n, cautions=tuple(doubt), **same)
    counts = _input.rule(_input.column(data, column), value)
    same |= {"what": what or subject_of(column, value), "cluster": cluster}
    if by is None:
        return _counted(data, column, counts, **same)
    return in_groups(data, by, column, same["what"], lambda rows: _counted(rows, column, counts, **same))


def in_groups(data, by: str, column: str, what: str, estimate) -> Estimates:
    """The same estimate for each group; who is in no group, or in one without any value, is told.

    Parameters
    ----------
    estimate : callable
        Takes the rows of a group, gives its estimate.
    """
    parts, told = _input.groups(data, by), _input.left_out(int(data[by].isna().sum()), len(data), f"“{by}”")
    empty = [name for name, rows in parts.items() if not rows[column].notna().any()]
    if len(empty) == len(parts):
        raise CourseError(f"The column “{column}” is empty, so there is nothing to work out.")
    if empty:
        told.append(f"No value of “{column}” at all, so not shown: {', '.join(empty)}.")
    found = {name: estimate(rows) for name, rows in parts.items() if name not in empty}
    return Estimates(what, by, found, tuple(told))


def _counted(rows, column, counts, *, cluster, **same) -> Estimate:
    """A proportion from the rows of a table; `counts` tells which of them have the thing."""
    known = rows[rows[column].notna()]
    if known.empty:
        raise CourseError(f"The column “{column}” is empty here, so there is no proportion to give.")
    told = _input.left_out(len(rows) - len(known), len(rows), f"“{column}”")
    hit = counts(known[column])
    if cluster is not None:
        return clustered_proportion(hit, _input.column(known, cluster), same["what"], same["level"], tuple(told))
    told += _input.repeated_people(known)
    return one_proportion(int(hit.sum()), len(known), cautions=tuple(told), **same)


def subject_of(column: str, value) -> str:
    """The subject of the sentence about a proportion: its column, and the value that was counted."""
    name = str(column).replace("_", " ")
    if value is None:
        return f"The proportion with {name}"
    return f"The proportion with {name} {value if _input.is_comparison(value) else f'“{_named(value)}”'}"


def _named(value) -> str:
    return " or ".join(map(str, value)) if isinstance(value, list | tuple | set) else str(value)


def one_proportion(some, n, *, method="wilson", population=None, level=0.95, what="", cautions=()) -> Estimate:
    """A proportion of counts that were checked already; as `proportion`."""
    p, told = some / n, list(cautions)
    if population is not None:
        (low, high), formula, more = finite_limits(some, n, population, method, level)
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
        return one_mean(values, told, unit=unit, level=level, what=what or "The mean")
    subject = what or f"The mean of {str(column).replace('_', ' ')}"
    _input.column(data, column)
    if by is not None:
        same = {"cluster": cluster, "unit": unit, "level": level, "what": what}
        return in_groups(data, by, column, subject, lambda rows: mean(rows, column, **same))
    values, told = _input.known(data[column], f"“{column}”")
    rows = data[data[column].notna()]
    if cluster is not None:
        return clustered_mean(values, _input.column(rows, cluster), subject, unit, level, tuple(told))
    return one_mean(values, told + _input.repeated_people(rows), unit=unit, level=level, what=subject)


def one_mean(values, cautions, *, unit, level, what) -> Estimate:
    """A mean of numbers without gaps; as `mean`."""
    if not len(values):
        raise CourseError(f"{what} cannot be given: there is no value at all.")
    n, average, told = len(values), float(values.mean()), list(cautions)
    spread = float(values.std(ddof=1)) if n > 1 else math.nan
    low = high = math.nan
    if n > 1:
        half = t_quantile(level, n - 1) * spread / math.sqrt(n)
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
            ("standard deviation", with_unit(number(spread), unit) if n > 1 else "cannot be given"),
            ("median, for comparison", with_unit(number(float(np.median(values))), unit)),
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
    if abs(_skewness(values)) > 1:
        return ["The values are skewed: a few extreme ones pull the mean. Give the median as well."]
    return []


def _skewness(values: np.ndarray) -> float:
    """Skewness allowing for a small sample, the G1 of D. Joanes and C. Gill, The Statistician 47 (1998) 183-189."""
    n, z = len(values), (values - values.mean()) / values.std(ddof=1)
    return float(n / ((n - 1) * (n - 2)) * (z**3).sum())
