"""Two means, or the same people before and after: t intervals, with the bootstrap beside them."""

import math

import numpy as np

from researchskills.errors import CourseError
from researchskills.statistics import _input, resampling
from researchskills.statistics.comparison import (
    CLUSTERED,
    NAMES,
    Comparison,
    clustered,
    direction,
    not_settled,
    two_samples,
    without_intervals,
)
from researchskills.statistics.effect_sizes import hedges
from researchskills.statistics.estimate import Estimate, number, uncapital, with_unit
from researchskills.statistics.estimates import one_mean, one_proportion, shape_cautions
from researchskills.statistics.limits import t_quantile, t_tails

#: Above so many values the bootstrap only repeats what the t interval says, slowly.
_BOOTSTRAP_UP_TO = 400
_DRAWS_FOR_MANY = 999


def compare_means(
    data, second=None, *, by=None, groups=None, names=NAMES, method="welch", cluster=None, unit="", level=0.95, what=""
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
    one, two, names, told, subject = two_samples(data, second, by, groups, names, cluster)
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
    *limits, p = welch(one, two, level)
    test, formula, details = "Welch's t test", "t interval for unequal spreads (Welch 1947)", []
    if cluster is not None:
        *limits, p, clusters, more = clustered(data, data[second], by, names, cluster, level)
        test, formula = "t test allowing for clusters", CLUSTERED
        told += more
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
        details.append(("standardised difference (Hedges' g)", hedges(one, two, level)))
    else:
        parts = without_intervals(parts)
    return Comparison(
        what or f"The difference in means{_of(subject)} ({names[0]} minus {names[1]})",
        value,
        *limits,
        level,
        len(one) + len(two),
        unit,
        formula,
        tuple(told + not_settled(*limits)),
        based_on=f"n = {len(one):,} against {len(two):,}",
        reading=direction(*limits),
        details=tuple(details),
        p_value=p,
        test=test,
        groups=parts,
    )


def welch(one, two, level: float = 0.95) -> tuple[float, float, float]:
    """Ends of the interval of the first mean minus the second, and p, for unequal spreads (Welch 1947).

    Without any spread the ends are the difference itself and p is not-a-number.
    """
    parts = one.var(ddof=1) / len(one), two.var(ddof=1) / len(two)
    value, error = float(one.mean() - two.mean()), math.sqrt(sum(parts))
    if error == 0:
        return value, value, math.nan
    df = sum(parts) ** 2 / (parts[0] ** 2 / (len(one) - 1) + parts[1] ** 2 / (len(two) - 1))
    half = t_quantile(level, df) * error
    return value - half, value + half, t_tails(value / error, df)


def _ends(limits, unit: str) -> str:
    """Both ends of an interval, for a cell of a table."""
    if math.isnan(limits[0]):
        return "cannot be given: drawing again hardly moves the estimate"
    return with_unit(f"{number(limits[0])} to {number(limits[1])}", unit)


def _mean_of(sample, unit, level) -> Estimate:
    return one_mean(sample, [], unit=unit, level=level, what="The mean")


def _of(subject: str) -> str:
    return f" of {subject}" if subject else ""


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
    half = t_quantile(level, n - 1) * spread / math.sqrt(n)
    limits, formula, test = (value - half, value + half), "t interval of the changes (Student 1908)", "paired t test"
    p = t_tails(value / (spread / math.sqrt(n)), n - 1) if spread else math.nan
    details = [
        ("mean before", with_unit(number(float(first.mean())), unit)),
        ("mean after", with_unit(number(float(last.mean())), unit)),
        ("standard deviation of the changes", with_unit(number(spread), unit)),
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
    reading = direction(*limits)
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
    # 0.3 - 0.2 is a hair below 0.1 in floats: without rounding it would fall short of a change of 0.1.
    return (last - first)[both].round(9), first[both], last[both], told, subject


def _against(important, limits, changes, higher_is_better, unit, level):
    """How the interval lies to the smallest change that matters, and how many people reached it."""
    if not important > 0:
        raise CourseError("important= is the smallest change that matters, a number above 0.")
    low, high = limits if higher_is_better else (-limits[1], -limits[0])
    size = f"the smallest change that matters ({with_unit(number(important), unit)})"
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
        share = one_proportion(int(hit.sum()), len(changes), level=level)
        details.append((f"{name} by {number(important)} or more", share))
    return reading, details
