"""Two groups of skewed values, compared by ranks: Mann and Whitney, Hodges and Lehmann."""

import math

import numpy as np

from researchskills.errors import CourseError
from researchskills.statistics import _input, resampling
from researchskills.statistics.comparison import NAMES, Comparison, direction, not_settled, two_samples
from researchskills.statistics.estimate import PROPORTION, Estimate, number, with_unit
from researchskills.statistics.limits import normal_quantile

#: Exact distribution of ranks up to so many people in the larger group; beyond, the normal one agrees.
_EXACT_UP_TO = 50


def compare_groups(
    data, second=None, *, by=None, groups=None, names=NAMES, unit="", level=0.95, what="", seed=resampling.SEED
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
    one, two, names, told, subject = two_samples(data, second, by, groups, names)
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
        reading = direction(low, high)
        told += not_settled(low, high)
    if min(m, n) < 5:
        values = "1 value" if min(m, n) == 1 else f"{min(m, n)} values"
        told.append(f"The smaller group has {values}: only groups that hardly overlap could differ clearly.")
    parts = tuple((name, with_unit(_middle(sample), unit)) for name, sample in zip(names, (one, two), strict=True))
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
    from scipy import stats

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
    return math.floor(m * n / 2 - normal_quantile(level) * spread)


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
    from scipy import stats
    from scipy.optimize import brentq

    one, two = (_input.known(sample)[0] for sample in (one, two))
    m, n = len(one), len(two)
    if not m or not n:
        raise CourseError("A group has no values, so there is nothing to compare.")
    ranks = stats.rankdata(np.concatenate([one, two]))
    share = float((ranks[:m].sum() - m * (m + 1) / 2) / (m * n))
    z, size = normal_quantile(level), (m + n) / 2 - 1

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
