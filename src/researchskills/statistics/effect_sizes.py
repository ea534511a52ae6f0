"""Effect sizes: a difference without its unit, in standard deviations or by order alone."""

import math
from dataclasses import replace

from researchskills.errors import CourseError
from researchskills.statistics import _input
from researchskills.statistics.comparison import NAMES, two_samples
from researchskills.statistics.estimate import Estimate
from researchskills.statistics.limits import normal_quantile
from researchskills.statistics.ranks import superiority


def effect_size(data, second=None, *, by=None, groups=None, names=NAMES, level=0.95, kind="hedges"):
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
    one, two, names, told, _ = two_samples(data, second, by, groups, names)
    if kind not in {"hedges", "cohen"}:
        raise CourseError(f"The kind is “hedges” or “cohen”, not {kind!r}.")
    found = hedges(one, two, _input.level(level), correct=kind == "hedges")
    told.append("“Small” and “large” depend on the matter at hand: say what the difference means for people.")
    return replace(found, what=f"{found.what} ({names[0]} minus {names[1]})", cautions=tuple(told))


def hedges(one, two, level: float, correct: bool = True) -> Estimate:
    """Hedges' g, or Cohen's d when not `correct`, of two arrays; as `effect_size`."""
    from scipy import stats
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
        half = normal_quantile(level) * math.sqrt((m + n) / (m * n) + d * d / (2 * df))
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


def cliffs_delta(data, second=None, *, by=None, groups=None, names=NAMES, level=0.95) -> Estimate:
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
    one, two, names, told, _ = two_samples(data, second, by, groups, names)
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
