"""Two proportions: Newcombe's interval for the difference, with the exact tests of Fisher and Boschloo."""

import math
from dataclasses import dataclass, replace

import numpy as np

from researchskills.errors import CourseError
from researchskills.statistics import _input
from researchskills.statistics.comparison import (
    CLUSTERED,
    NAMES,
    Comparison,
    clustered,
    direction,
    not_settled,
    pair,
    without_intervals,
)
from researchskills.statistics.estimate import POINTS, Estimate
from researchskills.statistics.estimates import one_proportion, subject_of
from researchskills.statistics.limits import normal_quantile, wilson_limits

#: The exact interval of an odds ratio takes long for more people, and gains nothing there.
_EXACT_ODDS_UP_TO = 1000


def compare_proportions(
    data, *numbers, value=None, by=None, groups=None, names=NAMES, cluster=None, level=0.95, what=""
):
    """Difference between two proportions, with Newcombe's interval.

    Parameters
    ----------
    data, *numbers
        Four counts: how many had it and how many there were, in the first group and in the second; or
        a tidy table with one row for each person, the name of a column and, optionally, the value to count.
    value : object, optional
        With a table: value to count, a list of values, or a comparison such as "> 28".
    by : str
        With a table: column with the groups.
    groups : pair of str, optional
        With a table: which two groups, first minus second; needed when there are more.
    names : pair of str
        With counts: what to call the groups.
    cluster : str, optional
        With a table: column that says which rows belong together (team, nurse, home). Interval and p value
        then come from how the clusters differ.
    level : float, default 0.95
    what : str, optional
        Subject of the sentence.

    Returns
    -------
    Comparison
        First proportion minus second, between -1 and 1, shown in percentage points.

    Raises
    ------
    CourseError
        If the numbers are no counts, or a numerator is above its denominator.

    Notes
    -----
    Hybrid score interval, method 10 of R. Newcombe, Stat. Med. 17 (1998) 873-890. Ratio of proportions with
    the logarithmic interval of D. Katz et al., Biometrics 34 (1978) 469-474. The p value is Fisher's exact one.

    Examples
    --------
    >>> compare_proportions(56, 70, 48, 80).sentence()
    'The difference (the first group minus the second group) was 20 percentage points (56 of 70 against 48 of 80), 95% confidence interval 5.2 to 33.4 percentage points, all of it above zero.'
    """  # noqa: E501
    table, level = _two_by_two(data, numbers, value, by, groups, names, cluster), _input.level(level)
    if cluster is None:
        return _proportions(table, what, *newcombe_limits(*table.counts, level), level)
    hit = _as_numbers(data[numbers[0]], numbers[1] if len(numbers) == 2 else value)
    low, high, p, clusters, told = clustered(data, hit, by, table.names, cluster, level)
    found = _proportions(table, what, *map(float, np.clip([low, high], -1, 1)), level, p)
    return replace(
        found,
        method=CLUSTERED,
        cautions=(*found.cautions, *told),
        details=((f"clusters ({cluster.replace('_', ' ')})", clusters),),
        groups=without_intervals(found.groups),
        test="t test allowing for clusters",
    )


def _as_numbers(column, value):
    """1 for rows that have the thing counted, 0 for others, a gap where it is not known."""
    counts = _input.rule(column, value)
    return column.notna().astype(float).where(column.notna()) * counts(column)


def fisher(data, *numbers, value=None, by=None, groups=None, names=NAMES, level=0.95, what=""):
    """Two proportions with Fisher's exact test: for small groups, careful to a fault.

    Takes and gives the same as `compare_proportions`; adds the odds ratio with its exact interval
    for up to a thousand people.

    Notes
    -----
    R. A. Fisher, J. R. Stat. Soc. 98 (1935) 39-82; two-sided by adding all tables no more likely than the one
    seen. Conditional odds ratio and its exact limits by scipy.stats.contingency.odds_ratio.

    Examples
    --------
    >>> round(fisher(3, 4, 1, 4).p_value, 4)
    0.4857
    """
    table, level = _two_by_two(data, numbers, value, by, groups, names), _input.level(level)
    found = _proportions(table, what, *newcombe_limits(*table.counts, level), level)
    if found.n > _EXACT_ODDS_UP_TO:
        return found
    from scipy import stats

    ratio = stats.contingency.odds_ratio(np.array(table.cells), kind="conditional")
    if math.isnan(ratio.statistic) or math.isinf(ratio.statistic) or ratio.statistic == 0:
        shown: object = "cannot be given: a cell is 0"
    else:
        ends = ratio.confidence_interval(level)
        shown = Estimate("The odds ratio", float(ratio.statistic), float(ends.low), float(ends.high), level, found.n)
    return replace(found, details=(*found.details, ("odds ratio, exact", shown)))


def boschloo(data, *numbers, value=None, by=None, groups=None, names=NAMES, level=0.95, what=""):
    """Two proportions with Boschloo's exact test: as safe as Fisher's, and never less able to see a difference.

    Takes and gives the same as `compare_proportions`.

    Raises
    ------
    CourseError
        Also if there are more than 250 people: then the tests agree, and this one takes long.

    Notes
    -----
    R. Boschloo, Stat. Neerl. 24 (1970) 1-35, by scipy.stats.boschloo_exact.
    """
    table, level = _two_by_two(data, numbers, value, by, groups, names), _input.level(level)
    a, m, b, n = table.counts
    if m + n > 250:
        raise CourseError(
            f"Boschloo's test takes too long for {m + n:,} people, and gains nothing there. Use compare_proportions."
        )
    found = _proportions(table, what, *newcombe_limits(*table.counts, level), level)
    from scipy import stats

    nothing_varies = a + b in (0, m + n)
    p = 1.0 if nothing_varies else stats.boschloo_exact([[a, b], [m - a, n - b]], n=16).pvalue
    return replace(found, p_value=float(min(1.0, p)), test="Boschloo's exact test")


def newcombe_limits(a: int, m: int, b: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Limits of a/m - b/n: Newcombe's method 10, from the two Wilson intervals (1998)."""
    p, q = a / m, b / n
    (low_p, high_p), (low_q, high_q) = wilson_limits(a, m, level), wilson_limits(b, n, level)
    return p - q - math.hypot(p - low_p, high_q - q), p - q + math.hypot(high_p - p, q - low_q)


@dataclass(frozen=True)
class _Table:
    """Counts of two groups, and what was left out on the way."""

    counts: tuple[int, int, int, int]
    names: tuple[str, str]
    cautions: tuple[str, ...]
    subject: str = ""

    @property
    def cells(self) -> list[list[int]]:
        a, m, b, n = self.counts
        return [[a, m - a], [b, n - b]]


def _two_by_two(data, numbers, value, by, groups, names, cluster=None) -> _Table:
    if not _input.is_frame(data):
        if by is not None or cluster is not None:
            raise CourseError("by= and cluster= need a table and the name of a column.")
        if len(numbers) != 3:
            raise CourseError(
                "Give four counts: how many had it and how many there were, in the first group and then in the "
                "second. Or give a table, the name of a column, and by= for the groups."
            )
        a, m, doubt = _input.successes(data, numbers[0])
        b, n, more = _input.successes(numbers[1], numbers[2])
        return _Table((a, m, b, n), pair(names), tuple(dict.fromkeys(doubt + more)))
    if not 1 <= len(numbers) <= 2 or by is None:
        raise CourseError("Give a table, the name of a column, the value to count, and by= for the groups.")
    column = numbers[0]
    value = numbers[1] if len(numbers) == 2 else value
    counts = _input.rule(_input.column(data, column), value)
    parts, told = _input.two_groups(data, by, groups)
    found = []
    for name, rows in parts.items():
        known = rows[rows[column].notna()]
        if known.empty:
            raise CourseError(f"Nobody in “{name}” has a value for “{column}”, so there is nothing to compare.")
        told += [f"{name}: {text}" for text in _input.left_out(len(rows) - len(known), len(rows), f"“{column}”")]
        found += [int(counts(known[column]).sum()), len(known)]
    if cluster is None:
        told += _input.repeated_people(data[data[column].notna() & _input.group_of(data, by).isin(list(parts))])
    return _Table(tuple(found), tuple(parts), tuple(told), subject_of(column, value))


def _proportions(table: _Table, what, low, high, level, p=None) -> Comparison:
    from scipy import stats

    a, m, b, n = table.counts
    first, second = table.names
    told = list(table.cautions)
    same = {"level": level, "what": table.subject}
    parts = tuple(
        (name, one_proportion(some, of, **same)) for name, some, of in ((first, a, m), (second, b, n))
    )
    if min(m, n) < 10:
        people = "1 person" if min(m, n) == 1 else f"{min(m, n)} people"
        told.append(f"The smaller group has {people}: only a very large difference could show here.")
    if a + b == 0 or a + b == m + n:
        told.append(
            f"{'Nobody' if a + b == 0 else 'Everybody'} in either group had it, so the data say nothing about a "
            "difference except how large it could still be."
        )
    value = a / m - b / n
    told += not_settled(low, high)
    if p is None:
        p = float(stats.fisher_exact(table.cells).pvalue)
        if (p < 1 - level) == (low <= 0 <= high):
            told.append("Interval and p value come from different formulas and disagree here: the case is on the edge.")
    subject = what or f"The difference{_in(table.subject)} ({first} minus {second})"
    return Comparison(
        subject,
        value,
        low,
        high,
        level,
        m + n,
        POINTS,
        "hybrid score interval (Newcombe 1998, method 10)",
        tuple(told),
        based_on=f"{a:,} of {m:,} against {b:,} of {n:,}",
        reading=direction(low, high),
        details=(("ratio of the proportions", _ratio(a, m, b, n, level)),),
        p_value=p,
        test="Fisher's exact test",
        groups=parts,
    )


def _in(subject: str) -> str:
    return f" in {subject[0].lower()}{subject[1:]}" if subject else ""


def _ratio(a, m, b, n, level):
    """Ratio of two proportions with the interval of Katz et al. (1978)."""
    if a == 0 or b == 0:
        return "cannot be given: a numerator is 0"
    middle = math.log((a / m) / (b / n))
    half = normal_quantile(level) * math.sqrt(1 / a - 1 / m + 1 / b - 1 / n)
    ends = (math.exp(middle + side) for side in (0, -half, half))
    return Estimate("The ratio", *ends, level, m + n)
