"""Two groups, or before and after: how large is the difference, and how sure can we be?

The answer is always a difference with its interval. The p value stands last in the table, because it says
only how surprising the data would be if there were no difference at all; a large one does not say "the same".
Nothing here can tell *why* two groups differ.
"""

import math
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import stats

from researchskills.errors import CourseError
from researchskills.statistics import _input, resampling
from researchskills.statistics.clustering import clustered_difference, few_clusters
from researchskills.statistics.estimate import POINTS, PROPORTION, Estimate, in_brief, number, p_value, uncapital
from researchskills.statistics.estimates import _mean, _proportion, _subject, shape_cautions, wilson_limits

_CLUSTERED = "difference with the variance between clusters (Liang and Zeger 1986), t interval"
_NAMES = ("the first group", "the second group")
#: Above so many values the bootstrap only repeats what the t interval says, slowly.
_BOOTSTRAP_UP_TO = 400
_DRAWS_FOR_MANY = 999
#: The exact interval of an odds ratio takes long for more people, and gains nothing there.
_EXACT_ODDS_UP_TO = 1000
#: Exact distribution of ranks up to so many people in the larger group; beyond, the normal one agrees.
_EXACT_UP_TO = 50


@dataclass(frozen=True, repr=False)
class Comparison(Estimate):
    """A difference with its interval, what was compared, and a p value that comes last.

    Parameters
    ----------
    p_value : float
        Of the test named in `test`, two-sided.
    test : str
    groups : tuple of (name, Estimate)
        What was compared.
    """

    p_value: float = field(default=math.nan, kw_only=True)
    test: str = field(default="", kw_only=True)
    groups: tuple[tuple[str, Estimate], ...] = field(default=(), kw_only=True)

    def to_table(self):
        """Estimate, interval, each group, further numbers, method and p value, one row for each."""
        groups = tuple((name, f"{part.denominator}: {in_brief(part)}") for name, part in self.groups)
        table = Estimate.to_table(replace(self, details=(*groups, *self.details)))
        if not math.isnan(self.p_value):
            table.loc[len(table)] = [f"p value ({self.test})", p_value(self.p_value)]
        return table


def _reading(low: float, high: float) -> str:
    """What the interval says about the direction."""
    if math.isnan(low) or math.isnan(high):
        return ""
    if low < 0 < high:
        return "which reaches from below to above zero: these data do not settle the direction"
    if low == 0 or high == 0:
        return "which just reaches zero: these data hardly settle the direction"
    return f"all of it {'above' if low > 0 else 'below'} zero"


def _not_settled(low: float, high: float) -> list[str]:
    if low <= 0 <= high:
        return ["Not settled is not the same as equal: look at the largest differences the interval allows."]
    return []


# Two proportions ------------------------------------------------------------------------------------------


def compare_proportions(
    data, *numbers, value=None, by=None, groups=None, names=_NAMES, cluster=None, level=0.95, what=""
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
    found = _proportions(table, what, *newcombe_limits(*table.counts, level), level)
    if cluster is None:
        return found
    hit = _as_numbers(data[numbers[0]], numbers[1] if len(numbers) == 2 else value)
    low, high, p, clusters = _clustered(data, hit, by, table.names, cluster, level)
    return replace(
        found,
        low=max(-1.0, low),
        high=min(1.0, high),
        method=_CLUSTERED,
        cautions=(*found.cautions, *few_clusters(clusters)),
        reading=_reading(low, high),
        details=((f"clusters ({cluster.replace('_', ' ')})", clusters),),
        groups=_without_intervals(found.groups),
        p_value=p,
        test="t test allowing for clusters",
    )


def _without_intervals(groups):
    """The groups' own intervals left out, where they would ignore the clusters."""
    return tuple((name, replace(part, low=math.nan, high=math.nan)) for name, part in groups)


def _as_numbers(column, value):
    """1 for rows that have the thing counted, 0 for others, a gap where it is not known."""
    counts = _input.rule(column, value)
    return column.notna().astype(float).where(column.notna()) * counts(column)


def _clustered(data, values, by, names, cluster, level):
    """Interval, p value and number of clusters for the difference between two groups."""
    inside = values.notna() & data[by].notna() & data[by].astype(str).isin(names)
    belongs = _input.column(data, cluster)
    if belongs[inside].isna().any():
        raise CourseError(f"Some rows have no “{cluster}”. Leave them out or fill them in first; nothing was changed.")
    first = (data[by].astype(str) == names[0])[inside].to_numpy()
    return clustered_difference(values[inside].to_numpy(dtype=float), first, belongs[inside], level)


def fisher(data, *numbers, value=None, by=None, groups=None, names=_NAMES, level=0.95, what=""):
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
    ratio = stats.contingency.odds_ratio(np.array(table.cells), kind="conditional")
    if math.isnan(ratio.statistic) or math.isinf(ratio.statistic) or ratio.statistic == 0:
        shown: object = "cannot be given: a cell is 0"
    else:
        ends = ratio.confidence_interval(level)
        shown = Estimate("The odds ratio", float(ratio.statistic), float(ends.low), float(ends.high), level, found.n)
    return replace(found, details=(*found.details, ("odds ratio, exact", shown)))


def boschloo(data, *numbers, value=None, by=None, groups=None, names=_NAMES, level=0.95, what=""):
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
        return _Table((a, m, b, n), _pair(names), tuple(dict.fromkeys(doubt + more)))
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
        told += _input.repeated_people(data[data[column].notna() & data[by].isin(_held(parts, by))])
    return _Table(tuple(found), tuple(parts), tuple(told), _subject(column, value))


def _held(parts: dict, by: str) -> set:
    return {one for rows in parts.values() for one in rows[by].unique()}


def _pair(names) -> tuple[str, str]:
    names = tuple(names)
    if len(names) != 2:
        raise CourseError("Give two names, one for each group.")
    return names


def _proportions(table: _Table, what, low, high, level) -> Comparison:
    a, m, b, n = table.counts
    first, second = table.names
    told = list(table.cautions)
    same = {"method": "wilson", "population": None, "level": level, "what": table.subject}
    parts = tuple(
        (name, _proportion(some, of, **same)) for name, some, of in ((first, a, m), (second, b, n))
    )
    if min(m, n) < 10:
        told.append(f"The smaller group has {min(m, n)} people: only a very large difference could show here.")
    if a + b == 0 or a + b == m + n:
        told.append(
            f"{'Nobody' if a + b == 0 else 'Everybody'} in either group had it, so the data say nothing about a "
            "difference except how large it could still be."
        )
    value = a / m - b / n
    told += _not_settled(low, high)
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
        reading=_reading(low, high),
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
    half = float(stats.norm.ppf(0.5 + level / 2)) * math.sqrt(1 / a - 1 / m + 1 / b - 1 / n)
    ends = (math.exp(middle + side) for side in (0, -half, half))
    return Estimate("The ratio", *ends, level, m + n)


# Two means ------------------------------------------------------------------------------------------------


def compare_means(
    data, second=None, *, by=None, groups=None, names=_NAMES, method="welch", cluster=None, unit="", level=0.95, what=""
):
    """Difference between the means of two separate groups.

    Parameters
    ----------
    data : pandas.DataFrame or list of float
        Tidy table with one row for each person; or the values of the first group.
    second : str or list of float
        The name of the column; or the values of the second group.
    by : str
        With a table: column with the groups.
    groups : pair of str, optional
        With a table: which two groups, first minus second.
    names : pair of str
        With lists: what to call the groups.
    method : {"welch", "bootstrap"}
        Welch's t interval with its p value; or the BCa bootstrap interval with a permutation p value.
    cluster : str, optional
        With a table: column that says which rows belong together (team, nurse, home). Interval and p value
        then come from how the clusters differ.
    unit, what : str, optional
        For the sentence.
    level : float, default 0.95

    Returns
    -------
    Comparison

    Raises
    ------
    CourseError
        If a group has fewer than two values, or nothing varies.

    Notes
    -----
    B. Welch, Biometrika 34 (1947) 28-35; BCa: B. Efron, J. Am. Stat. Assoc. 82 (1987) 171-185. Hedges' g:
    L. Hedges, J. Educ. Stat. 6 (1981) 107-128.
    """
    one, two, names, told, subject = _two_samples(data, second, by, groups, names, cluster)
    level = _input.level(level)
    if min(len(one), len(two)) < 2:
        raise CourseError("A group has fewer than two values, so its spread is unknown. Show the values instead.")
    if np.ptp(one) == 0 and np.ptp(two) == 0:
        raise CourseError("Within each group all values are the same, so there is no spread to judge a difference by.")
    if method not in {"welch", "bootstrap"}:
        raise CourseError(f"The method is “welch” or “bootstrap”, not {method!r}.")
    if cluster is not None and method == "bootstrap":
        raise CourseError("The bootstrap here does not allow for clusters. Leave out method=.")
    value = float(one.mean() - two.mean())
    welch = stats.ttest_ind(one, two, equal_var=False)
    limits = tuple(map(float, welch.confidence_interval(level)))
    p, test, formula, details = float(welch.pvalue), "Welch's t test", "t interval for unequal spreads (Welch 1947)", []
    if cluster is not None:
        *limits, p, clusters = _clustered(data, data[second], by, names, cluster, level)
        test, formula = "t test allowing for clusters", _CLUSTERED
        told += few_clusters(clusters)
        details.append((f"clusters ({cluster.replace('_', ' ')})", clusters))
        method = "clustered"
    enough = min(len(one), len(two)) >= resampling.TOO_FEW and len(one) + len(two) <= _BOOTSTRAP_UP_TO
    if method == "bootstrap" or (method == "welch" and enough):
        fewer = {} if enough else {"draws": _DRAWS_FOR_MANY}
        drawn = resampling.bca_limits((one, two), resampling.mean_difference, level=level, **fewer)
        other, name = (limits, "t interval (Welch)") if method == "bootstrap" else (drawn, "bootstrap interval (BCa)")
        if method == "bootstrap":
            limits, formula, test = drawn, "bootstrap, BCa (Efron 1987)", "permutation"
            p = resampling.permutation(one, two, **fewer)
        details.append((f"{name}, for comparison", _ends(other, unit)))
    for name, sample in zip(names, (one, two), strict=True):
        told += [f"{name}: {uncapital(text)}" for text in shape_cautions(sample)]
    parts = tuple((name, _mean_of(sample, unit, level)) for name, sample in zip(names, (one, two), strict=True))
    if cluster is None:
        details.append(("standardised difference (Hedges' g)", _hedges(one, two, level)))
    else:
        parts = _without_intervals(parts)
    return Comparison(
        what or f"The difference in means{_of(subject)} ({names[0]} minus {names[1]})",
        value,
        *limits,
        level,
        len(one) + len(two),
        unit,
        formula,
        tuple(told + _not_settled(*limits)),
        based_on=f"n = {len(one):,} against {len(two):,}",
        reading=_reading(*limits),
        details=tuple(details),
        p_value=p,
        test=test,
        groups=parts,
    )


def _ends(limits, unit: str) -> str:
    """Both ends of an interval, for a cell of a table."""
    if math.isnan(limits[0]):
        return "cannot be given: drawing again hardly moves the estimate"
    return f"{number(limits[0])} to {number(limits[1])} {unit}".strip()


def _mean_of(sample, unit, level) -> Estimate:
    return _mean(sample, [], unit=unit, level=level, what="The mean")


def _of(subject: str) -> str:
    return f" of {subject}" if subject else ""


def _two_samples(data, second, by, groups, names, cluster=None):
    """Two arrays without gaps, the names of the groups, cautions, and what was measured."""
    if not _input.is_frame(data):
        names = _pair(names)
        if cluster is not None or by is not None:
            raise CourseError("by= and cluster= need a table and the name of a column.")
        (one, told), (two, more) = _input.known(data, "the first group"), _input.known(second, "the second group")
        return one, two, names, told + more, ""
    if by is None:
        raise CourseError("Give a table, the name of a column, and by= for the column with the groups.")
    _input.column(data, second)
    parts, told = _input.two_groups(data, by, groups)
    samples = []
    for name, rows in parts.items():
        sample, gaps = _input.known(rows[second], f"“{second}”")
        samples.append(sample)
        told += [f"{name}: {text}" for text in gaps]
    if cluster is None:
        told += _input.repeated_people(data[data[second].notna() & data[by].isin(_held(parts, by))])
    return *samples, tuple(parts), told, second.replace("_", " ")


def paired_change(
    data,
    before,
    after=None,
    *,
    important=None,
    higher_is_better=True,
    method="t",
    unit="points",
    level=0.95,
    what="",
):
    """Mean change of the same people, after minus before.

    Parameters
    ----------
    data : pandas.DataFrame or list of float
        Tidy table with one row for each person; or the values before.
    before : str or list of float
        The column with the values before; or, after a list, the values after in the same order.
    after : str
        With a table: the column with the values after.
    important : float, optional
        Smallest change that matters to the people themselves (minimal important change). The sentence then
        says where the interval lies, and the table how many people changed by at least that much.
    higher_is_better : bool, default True
        Whether a rise is an improvement.
    method : {"t", "bootstrap"}
        t interval with its p value; or the BCa bootstrap interval with a sign-flip p value.
    unit : str, default "points"
    level : float, default 0.95
    what : str, optional

    Returns
    -------
    Comparison

    Raises
    ------
    CourseError
        If fewer than two people have both values, or lists differ in length.

    Notes
    -----
    Student, Biometrika 6 (1908) 1-25; BCa: B. Efron (1987); sign flips: R. A. Fisher (1935). Reading of the
    interval against a smallest important change: D. Altman et al., Statistics with Confidence (2000).
    """
    changes, first, last, told, subject = _pairs(data, before, after)
    level, n = _input.level(level), len(changes)
    if n < 2:
        raise CourseError(
            f"{'Nobody has' if n == 0 else 'One person has'} both values, so there is no spread of changes."
        )
    if method not in {"t", "bootstrap"}:
        raise CourseError(f"The method is “t” or “bootstrap”, not {method!r}.")
    value, spread = float(changes.mean()), float(changes.std(ddof=1))
    half = float(stats.t.ppf(0.5 + level / 2, n - 1)) * spread / math.sqrt(n)
    limits, formula, test = (value - half, value + half), "t interval of the changes (Student 1908)", "paired t test"
    p = float(2 * stats.t.sf(abs(value) / (spread / math.sqrt(n)), n - 1)) if spread else math.nan
    details = [
        ("mean before", f"{number(float(first.mean()))} {unit}".strip()),
        ("mean after", f"{number(float(last.mean()))} {unit}".strip()),
        ("standard deviation of the changes", f"{number(spread)} {unit}".strip()),
    ]
    if spread and n >= resampling.TOO_FEW and (method == "bootstrap" or n <= _BOOTSTRAP_UP_TO):
        fewer = {} if n <= _BOOTSTRAP_UP_TO else {"draws": _DRAWS_FOR_MANY}
        drawn = resampling.bca_limits((changes,), np.mean, level=level, **fewer)
        other, name = (limits, "t interval") if method == "bootstrap" else (drawn, "bootstrap interval (BCa)")
        details.append((f"{name}, for comparison", _ends(other, unit)))
        if method == "bootstrap":
            limits, formula, test = drawn, "bootstrap of the changes, BCa (Efron 1987)", "sign flips"
            p = resampling.sign_flip(changes, **fewer)
    elif method == "bootstrap":
        raise CourseError(f"{n} changes, or all the same: too little for the bootstrap. Show the values instead.")
    reading = _reading(*limits)
    if important is not None and not math.isnan(limits[0]):
        reading, more = _against(important, limits, changes, higher_is_better, unit, level)
        details += more
    told += shape_cautions(changes)
    told.append(
        "A change of one group does not say what brought it about. People chosen because they were doing badly "
        "come back towards the average on their own (regression to the mean)."
    )
    return Comparison(
        what or f"The mean change{subject}",
        value,
        *limits,
        level,
        n,
        unit,
        formula,
        tuple(told),
        based_on=f"{n:,} people measured twice",
        reading=reading,
        details=tuple(details),
        p_value=p,
        test=test,
    )


def _pairs(data, before, after):
    if _input.is_frame(data):
        if after is None:
            raise CourseError("Name two columns: the values before and the values after.")
        columns = [_input.numbers(_input.column(data, name), f"“{name}”") for name in (before, after)]
        start = f"“{before}”"
        subject = f" ({after.replace('_', ' ')} minus {before.replace('_', ' ')})"
        told = _input.repeated_people(data[data[before].notna() & data[after].notna()])
    else:
        columns = [_input.numbers(data, "the values before"), _input.numbers(before, "the values after")]
        start, subject, told = "before", " (after minus before)", []
        if len(columns[0]) != len(columns[1]):
            raise CourseError(
                f"{len(columns[0])} values before and {len(columns[1])} after: the same people are needed, in the "
                "same order."
            )
    first, last = columns
    both, one = ~np.isnan(first) & ~np.isnan(last), ~np.isnan(first) & np.isnan(last)
    if one.any() and both.any():
        gone, stayed = float(first[one].mean()), float(first[both].mean())
        told.append(
            f"{int(one.sum()):,} of {int((~np.isnan(first)).sum()):,} people were measured before but not after, and "
            f"are left out. They started at {number(gone)} on average, those who stayed at {number(stayed)}."
        )
    other = int((~both & ~one).sum())
    told += _input.left_out(other, len(first), start)
    return (last - first)[both], first[both], last[both], told, subject


def _against(important, limits, changes, higher_is_better, unit, level):
    """How the interval lies to the smallest change that matters, and how many people reached it."""
    if not important > 0:
        raise CourseError("important= is the smallest change that matters, a number above 0.")
    low, high = limits if higher_is_better else (-limits[1], -limits[0])
    size = f"the smallest change that matters ({number(important)} {unit})"
    if low >= important:
        reading = f"all of it at or beyond {size}"
    elif high < important:
        where = "" if low > 0 else ", and does not rule out no change" if high >= 0 else ", and it points to worse"
        reading = f"all of it short of {size}{where}"
    elif low > 0:
        reading = f"which holds improvements smaller and larger than {size}"
    else:
        reading = f"which reaches from no improvement to more than {size}"
    better = changes if higher_is_better else -changes
    details = []
    for name, hit in (("better", better >= important), ("worse", better <= -important)):
        same = {"method": "wilson", "population": None, "level": level, "what": "The proportion"}
        details.append((f"{name} by {number(important)} or more", _proportion(int(hit.sum()), len(changes), **same)))
    return reading, details


# Ranks ----------------------------------------------------------------------------------------------------


def compare_groups(
    data, second=None, *, by=None, groups=None, names=_NAMES, unit="", level=0.95, what="", seed=resampling.SEED
):
    """Two separate groups of skewed values, compared by ranks (Mann and Whitney).

    Parameters
    ----------
    data : pandas.DataFrame or list of float
        Tidy table with one row for each person; or the values of the first group.
    second : str or list of float
        The name of the column; or the values of the second group.
    by : str
        With a table: column with the groups.
    groups : pair of str, optional
        With a table: which two groups, first minus second.
    names : pair of str
        With lists: what to call the groups.
    unit, what : str, optional
        For the sentence.
    level : float, default 0.95
        Confidence level, at least that much.
    seed : int
        For the permutations that ties make necessary.

    Returns
    -------
    Comparison
        The typical difference: the median of all differences between one of the first group and one of the
        second (Hodges and Lehmann). The table adds the probability that one of the first group has the
        higher value, equal values counted half.

    Raises
    ------
    CourseError
        If a group is empty, or all values are the same.

    Notes
    -----
    H. Mann and D. Whitney, Ann. Math. Stat. 18 (1947) 50-60: exact without ties, by permutation of the ranks
    with ties, normal for large groups; the result says which. Difference and interval: J. Hodges and
    E. Lehmann, Ann. Math. Stat. 34 (1963) 598-611. Probability of superiority with method 5 of R. Newcombe,
    Stat. Med. 25 (2006) 559-573.
    """
    one, two, names, told, subject = _two_samples(data, second, by, groups, names)
    level = _input.level(level)
    m, n = len(one), len(two)
    if not m or not n:
        raise CourseError("A group has no values, so there is nothing to compare.")
    both = np.concatenate([one, two])
    if np.ptp(both) == 0:
        raise CourseError("All values are the same, so ranks cannot tell the groups apart.")
    tied = len(np.unique(both)) < len(both)
    p, test = _mann_whitney(one, two, tied, seed)
    if tied:
        share = 1 - len(np.unique(both)) / len(both)
        told.append(f"Some values are equal (ties; {share:.0%} repeat another), so the interval is approximate.")
    value = kth_difference(one, two, [(m * n + 1) // 2, m * n // 2 + 1]).mean()
    place = _rank_place(m, n, level)
    if place < 1:
        low = high = math.nan
        told.append(f"{m} against {n} values are too few for a {100 * level:g}% interval.")
        reading = ""
    else:
        low, high = kth_difference(one, two, [place, m * n + 1 - place])
        reading = _reading(low, high)
        told += _not_settled(low, high)
    if min(m, n) < 5:
        told.append(f"The smaller group has {min(m, n)} values: only groups that hardly overlap could differ clearly.")
    parts = tuple((name, f"{_middle(sample)} {unit}".strip()) for name, sample in zip(names, (one, two), strict=True))
    details = [(f"median, {name}", text) for name, text in parts]
    details.append((f"probability that one of {names[0]} is higher", superiority(one, two, level)))
    return Comparison(
        what or f"The typical difference{_in_words(subject)} ({names[0]} minus {names[1]})",
        float(value),
        float(low),
        float(high),
        level,
        m + n,
        unit,
        "median of all pairwise differences (Hodges and Lehmann 1963)",
        tuple(told),
        based_on=f"n = {m:,} against {n:,}",
        reading=reading,
        details=tuple(details),
        p_value=p,
        test=test,
    )


def _in_words(subject: str) -> str:
    return f" in {subject}" if subject else ""


def _middle(sample: np.ndarray) -> str:
    q1, q2, q3 = np.quantile(sample, [0.25, 0.5, 0.75])
    return f"{number(q2)} (quartiles {number(q1)} and {number(q3)}; n = {len(sample):,})"


def _mann_whitney(one, two, tied: bool, seed: int) -> tuple[float, str]:
    m, n = len(one), len(two)
    if max(m, n) > _EXACT_UP_TO and m + n > 2 * _EXACT_UP_TO:
        return float(stats.mannwhitneyu(one, two, method="asymptotic").pvalue), "Mann–Whitney, normal approximation"
    if not tied:
        return float(stats.mannwhitneyu(one, two, method="exact").pvalue), "Mann–Whitney, exact"
    ranks = stats.rankdata(np.concatenate([one, two]))
    p = resampling.permutation(ranks[:m], ranks[m:], seed=seed)
    exact = resampling.ways(m, n) <= 9999
    return p, f"Mann–Whitney, {'all' if exact else 'random'} permutations because of ties"


def _rank_place(m: int, n: int, level: float) -> int:
    """Which of the ordered differences limits the interval: the largest c with P(U < c) at most the tail."""
    tail = (1 - level) / 2
    if max(m, n) <= _EXACT_UP_TO:
        below = np.cumsum(u_distribution(m, n))
        return int(np.searchsorted(below, tail * (1 + 1e-12), side="right"))
    spread = math.sqrt(m * n * (m + n + 1) / 12)
    return math.floor(m * n / 2 - float(stats.norm.ppf(1 - tail)) * spread)


def u_distribution(m: int, n: int) -> np.ndarray:
    """Probability of each value of Mann and Whitney's U, from 0 to mn, without ties (their recursion, 1947)."""
    # Counts of ways grow beyond floats' exact range, so probabilities are carried along instead:
    # the largest value belongs to the first group with probability m / (m + n).
    table = {(i, 0): np.ones(1) for i in range(m + 1)} | {(0, j): np.ones(1) for j in range(n + 1)}
    for i in range(1, m + 1):
        for j in range(1, n + 1):
            both = np.zeros(i * j + 1)
            both[j:] += table[i - 1, j] * (i / (i + j))
            both[: i * (j - 1) + 1] += table[i, j - 1] * (j / (i + j))
            table[i, j] = both
    return table[m, n]


def kth_difference(one, two, places) -> np.ndarray:
    """The k-th smallest of all differences between two samples, without forming them all.

    Parameters
    ----------
    one, two : numpy arrays
    places : list of int
        Which ones, counted from 1.

    Returns
    -------
    numpy.ndarray
    """
    if len(one) * len(two) <= 1_000_000:
        return np.sort(np.subtract.outer(one, two), axis=None)[np.asarray(places) - 1]
    two = np.sort(two)
    return np.array([_bisected(one, two, place) for place in places])


def _bisected(one, two, place: int) -> float:
    low, high = one.min() - two[-1], one.max() - two[0]
    # Halving finds the difference to the last digits; the nearest true one is then taken.
    for _ in range(60):
        middle = (low + high) / 2
        at_or_below = len(two) * len(one) - np.searchsorted(two, one - middle, side="left").sum()
        low, high = (low, middle) if at_or_below >= place else (middle, high)
    above = np.searchsorted(two, one - high, side="left")
    around = np.concatenate([one - two[np.clip(above + step, 0, len(two) - 1)] for step in (-1, 0)])
    return float(around[np.abs(around - high).argmin()])


def superiority(one, two, level: float = 0.95) -> Estimate:
    """Probability that one of the first group has the higher value, equal values counted half.

    Parameters
    ----------
    one, two : list of float
    level : float, default 0.95

    Returns
    -------
    Estimate

    Notes
    -----
    Method 5 of R. Newcombe, Stat. Med. 25 (2006) 559-573: a score interval, also when the groups do not
    overlap at all.
    """
    from scipy.optimize import brentq

    one, two = (_input.known(sample)[0] for sample in (one, two))
    m, n = len(one), len(two)
    if not m or not n:
        raise CourseError("A group has no values, so there is nothing to compare.")
    ranks = stats.rankdata(np.concatenate([one, two]))
    share = float((ranks[:m].sum() - m * (m + 1) / 2) / (m * n))
    z, size = float(stats.norm.ppf(0.5 + level / 2)), (m + n) / 2 - 1

    def away(theta: float) -> float:
        variance = theta * (1 - theta) * (1 + size * (1 - theta) / (2 - theta) + size * theta / (1 + theta)) / (m * n)
        return (share - theta) ** 2 - z * z * variance

    low = brentq(away, 0.0, share) if share > 0 else 0.0
    high = brentq(away, share, 1.0) if share < 1 else 1.0
    if share == 0:
        high = brentq(away, 1e-12, 1.0)
    if share == 1:
        low = brentq(away, 0.0, 1 - 1e-12)
    return Estimate(
        "The probability that one of the first group is higher",
        share,
        low,
        high,
        level,
        m + n,
        PROPORTION,
        "Mann–Whitney U divided by mn; score interval (Newcombe 2006, method 5)",
        based_on=f"n = {m:,} against {n:,}",
    )


# Effect sizes ---------------------------------------------------------------------------------------------


def effect_size(data, second=None, *, by=None, groups=None, names=_NAMES, level=0.95, kind="hedges"):
    """Difference between two means in standard deviations.

    Parameters
    ----------
    data, second, by, groups, names
        As in `compare_means`.
    level : float, default 0.95
    kind : {"hedges", "cohen"}
        Hedges' g is Cohen's d without its upward bias in small groups.

    Returns
    -------
    Estimate

    Raises
    ------
    CourseError
        If a group has fewer than two values, or nothing varies.

    Notes
    -----
    J. Cohen, Statistical Power Analysis (1988); L. Hedges, J. Educ. Stat. 6 (1981) 107-128, exact correction;
    interval by the noncentral t distribution: G. Cumming and S. Finch, Educ. Psychol. Meas. 61 (2001) 532-574.
    """
    one, two, names, told, _ = _two_samples(data, second, by, groups, names)
    if kind not in {"hedges", "cohen"}:
        raise CourseError(f"The kind is “hedges” or “cohen”, not {kind!r}.")
    found = _hedges(one, two, _input.level(level), correct=kind == "hedges")
    told.append("“Small” and “large” depend on the matter at hand: say what the difference means for people.")
    return replace(found, what=f"{found.what} ({names[0]} minus {names[1]})", cautions=tuple(told))


def _hedges(one, two, level: float, correct: bool = True) -> Estimate:
    from scipy.optimize import brentq
    from scipy.special import gammaln

    m, n = len(one), len(two)
    if min(m, n) < 2:
        raise CourseError("A group has fewer than two values, so its spread is unknown. Show the values instead.")
    df = m + n - 2
    pooled = math.sqrt(((m - 1) * one.var(ddof=1) + (n - 1) * two.var(ddof=1)) / df)
    if pooled == 0:
        raise CourseError("Within each group all values are the same, so there is no spread to judge a difference by.")
    d, root = float(one.mean() - two.mean()) / pooled, math.sqrt(m * n / (m + n))
    factor = math.exp(gammaln(df / 2) - gammaln((df - 1) / 2)) / math.sqrt(df / 2) if correct else 1.0
    t, tail = d * root, (1 - level) / 2

    def centre(share: float) -> float:
        """The noncentrality for which the t seen has this share of the distribution above it."""
        reach = 10 + abs(t)
        return brentq(lambda delta: stats.nct.sf(t, df, delta) - share, t - reach, t + reach)

    try:
        low, high = centre(tail) / root, centre(1 - tail) / root
    except ValueError:  # the two groups lie so far apart that the distribution cannot be evaluated
        half = float(stats.norm.ppf(1 - tail)) * math.sqrt((m + n) / (m * n) + d * d / (2 * df))
        low, high = d - half, d + half
    name = "Hedges' g" if correct else "Cohen's d"
    source = "Hedges 1981" if correct else "Cohen 1988"
    return Estimate(
        f"The standardised difference, {name},",
        d * factor,
        low * factor,
        high * factor,
        level,
        m + n,
        "standard deviations",
        f"{name} ({source}); noncentral t interval (Cumming and Finch 2001)",
        based_on=f"n = {m:,} against {n:,}",
    )


def cliffs_delta(data, second=None, *, by=None, groups=None, names=_NAMES, level=0.95) -> Estimate:
    """How far two groups lie apart by order alone: from -1 (all lower) by 0 to 1 (all higher).

    The share of pairs in which the first group is higher minus the share in which it is lower.

    Parameters
    ----------
    data, second, by, groups, names
        As in `compare_means`.
    level : float, default 0.95

    Returns
    -------
    Estimate

    Notes
    -----
    N. Cliff, Psychol. Bull. 114 (1993) 494-509: twice the probability of superiority minus 1, and so is its
    interval (Newcombe 2006, method 5).
    """
    one, two, names, told, _ = _two_samples(data, second, by, groups, names)
    found = superiority(one, two, _input.level(level))
    return Estimate(
        f"Cliff's delta ({names[0]} against {names[1]})",
        2 * found.value - 1,
        2 * found.low - 1,
        2 * found.high - 1,
        level,
        found.n,
        "",
        "Cliff 1993; interval from Newcombe 2006, method 5",
        tuple(told),
        based_on=found.based_on,
    )
