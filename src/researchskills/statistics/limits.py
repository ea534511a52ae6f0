"""Ends of intervals for counts, from formulas that hold for small numbers.

Only numbers in, numbers out: the estimates, the funnel and the planning of samples all use these. They come
from scipy.special, which takes a tenth of the time that scipy.stats takes to start.
"""

import math

import numpy as np
from scipy import special

from researchskills.errors import CourseError
from researchskills.statistics import _input


def normal_quantile(level: float) -> float:
    """How many standard errors an interval of this level reaches to either side: 1.96 for 95%."""
    return float(special.ndtri(0.5 + level / 2))


def t_quantile(level: float, df: float) -> float:
    """The same with the t distribution (Student 1908)."""
    return float(special.stdtrit(df, 0.5 + level / 2))


def t_tails(t: float, df: float) -> float:
    """Two-sided p value of the t distribution."""
    return float(2 * special.stdtr(df, -abs(t)))


def poisson_limits(events: int, level: float = 0.95) -> tuple[float, float]:
    """Exact limits for the mean of a Poisson count (Garwood 1936)."""
    tail = (1 - level) / 2
    # Half a chi-square quantile of 2k degrees of freedom is a gamma quantile of shape k.
    low = float(special.gammaincinv(events, tail)) if events else 0.0
    return low, float(special.gammainccinv(events + 1, tail))


def wilson_limits(some: float, n: float, level: float = 0.95, z: float | None = None) -> tuple[float, float]:
    """Score limits of a proportion (Wilson 1927); `n` may be an effective sample size.

    Parameters
    ----------
    some, n : float
        Numerator and denominator.
    z : float, optional
        Quantile to use instead of the normal one.
    """
    z = normal_quantile(level) if z is None else z
    p = some / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (0.0 if some == 0 else max(0.0, middle - half)), (1.0 if some == n else min(1.0, middle + half))


def exact_limits(some: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Exact binomial limits (Clopper and Pearson 1934)."""
    tail = (1 - level) / 2
    low = 0.0 if some == 0 else float(special.betaincinv(some, n - some + 1, tail))
    high = 1.0 if some == n else float(special.betainccinv(some + 1, n - some, tail))
    return low, high


def finite_limits(some: int, n: int, population, method: str, level: float):
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
        from scipy import stats

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
