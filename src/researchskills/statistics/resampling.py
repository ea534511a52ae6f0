"""Intervals and p values by drawing again from the data, instead of from a formula.

The *bootstrap* draws new samples from the one at hand and watches how the estimate moves; the bias-corrected
and accelerated interval (BCa) mends its two known faults. A *permutation test* asks how often labels dealt
out at random would give a difference as large. Both need few assumptions, but no method makes much out of
very few people. Draws are seeded, so that the same data always give the same answer.
"""

import math
import warnings

import numpy as np

from researchskills.errors import CourseError
from researchskills.statistics import _input
from researchskills.statistics.estimate import Estimate

SEED = 20260601
DRAWS = 4999
#: Fewer different values than this cannot show how an estimate moves.
TOO_FEW = 5
_STATISTICS = {"mean": np.mean, "median": np.median}


def bca(values, statistic="mean", *, level=0.95, draws=DRAWS, seed=SEED, unit="", what=""):
    """Bootstrap interval of one sample, bias-corrected and accelerated.

    Parameters
    ----------
    values : list of float
    statistic : {"mean", "median"} or callable
        A function must take an array and `axis`.
    level : float, default 0.95
    draws : int, default 4999
        How many samples are drawn.
    seed : int
        The same seed gives the same interval.
    unit, what : str
        For the sentence.

    Returns
    -------
    Estimate

    Raises
    ------
    CourseError
        If there are fewer than five values, or all are the same.

    Notes
    -----
    B. Efron, J. Am. Stat. Assoc. 82 (1987) 171-185, by scipy.stats.bootstrap.
    """
    found, told = _input.known(values)
    function = _STATISTICS.get(statistic, statistic) if isinstance(statistic, str) else statistic
    if not callable(function):
        raise CourseError(f"The statistic is “mean”, “median” or a function, not {statistic!r}.")
    low, high = bca_limits((found,), function, level=level, draws=draws, seed=seed)
    if math.isnan(low):
        told.append("Drawing again hardly moves the estimate, so the bootstrap gives no interval.")
    if len(found) < 15:
        told.append(f"{len(found)} values: the bootstrap is often too narrow with fewer than about 15.")
    name = statistic if isinstance(statistic, str) else "estimate"
    value = float(function(found, axis=-1))
    return Estimate(
        what or f"The {name}",
        value,
        low,
        high,
        level,
        len(found),
        unit,
        f"bootstrap, BCa (Efron 1987), {draws:,} draws",
        tuple(told),
    )


def bca_limits(samples, function, *, level=0.95, draws=DRAWS, seed=SEED) -> tuple[float, float]:
    """Ends of a BCa interval for a statistic of one or more independent samples.

    Parameters
    ----------
    samples : tuple of numpy arrays
    function : callable
        Takes the samples and `axis`.

    Returns
    -------
    (low, high) : tuple of float
        Not-a-number when drawing again hardly moves the estimate.
    """
    from scipy import stats

    _input.level(level)
    for sample in samples:
        if len(sample) < TOO_FEW:
            raise CourseError(
                f"{len(sample)} values are too few for the bootstrap: it needs at least {TOO_FEW}, better 15. "
                "Show the values themselves instead."
            )
    if all(np.ptp(sample) == 0 for sample in samples):
        raise CourseError("All values are the same, so drawing from them again shows nothing new.")
    with warnings.catch_warnings():
        # scipy warns when draws hardly move the estimate; the ends are then not-a-number, and that is told.
        warnings.simplefilter("ignore")
        found = stats.bootstrap(
            samples,
            function,
            vectorized=True,
            n_resamples=draws,
            confidence_level=level,
            method="BCa",
            rng=np.random.default_rng(seed),
            batch=max(1, 2_000_000 // max(len(sample) for sample in samples)),
        ).confidence_interval
    value = float(function(*samples, axis=-1))
    # In lopsided samples the acceleration can carry both ends past the estimate itself.
    return min(float(found.low), value), max(float(found.high), value)


def mean_difference(first, second, axis=-1):
    """Mean of the first sample minus mean of the second."""
    return np.mean(first, axis=axis) - np.mean(second, axis=axis)


def permutation(first, second, statistic=mean_difference, *, draws=9999, seed=SEED) -> float:
    """Two-sided p value: how often labels dealt out at random give a difference as large.

    All ways of dealing are tried when there are no more than `draws` of them, so that the answer is then exact.

    Parameters
    ----------
    first, second : list of float
        Two separate groups.
    statistic : callable
        Takes both samples and `axis`.
    draws : int, default 9999
    seed : int

    Returns
    -------
    float

    Notes
    -----
    R. A. Fisher, The Design of Experiments (1935); random draws count themselves in: B. Phipson and G. Smyth,
    Stat. Appl. Genet. Mol. Biol. 9 (2010) 39. By scipy.stats.permutation_test.
    """
    samples = tuple(_input.known(sample)[0] for sample in (first, second))
    _someone_in_each(samples)
    return _permuted(samples, statistic, "independent", draws, seed)


def sign_flip(changes, *, draws=9999, seed=SEED) -> float:
    """Two-sided p value for paired changes: how often random signs give a mean change as large.

    Parameters
    ----------
    changes : list of float
        After minus before, one for each person.
    draws : int, default 9999
    seed : int

    Returns
    -------
    float

    Notes
    -----
    R. A. Fisher, The Design of Experiments (1935), section 21, with Darwin's fifteen pairs of plants.
    """
    found, _ = _input.known(changes, "the changes")
    _someone_in_each((found,))
    return _permuted((found,), lambda sample, axis: np.mean(sample, axis=axis), "samples", draws, seed)


def _permuted(samples, statistic, kind: str, draws: int, seed: int) -> float:
    from scipy import stats

    longest = sum(len(sample) for sample in samples)
    return float(
        stats.permutation_test(
            samples,
            statistic,
            permutation_type=kind,
            vectorized=True,
            n_resamples=draws,
            batch=max(1, 1_000_000 // longest),
            rng=np.random.default_rng(seed),
        ).pvalue
    )


def ways(*sizes: int) -> int:
    """In how many ways labels can be dealt out to groups of these sizes."""
    return math.comb(sum(sizes), sizes[0])


def _someone_in_each(samples) -> None:
    if any(len(sample) == 0 for sample in samples):
        raise CourseError("A group has no values, so there is nothing to compare.")
