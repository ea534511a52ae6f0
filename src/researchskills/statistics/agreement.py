"""Do two people who judge the same things agree, beyond what chance would give?

Cohen's kappa takes the agreement that would come about if both dealt out their categories at random, and
asks how much of the rest was reached. It is easily misread: with one common category kappa is low even when
people agree almost always. So observed agreement is always shown beside it, and no label such as "good".
"""

import math

import numpy as np
import pandas as pd

from researchskills.errors import CourseError
from researchskills.statistics import _input, resampling
from researchskills.statistics.estimate import Estimate, percent

#: With fewer things judged, the normal interval of kappa is a rough guide.
FEW = 30


def kappa(first, second=None, third=None, *, weights=None, order=None, level=0.95) -> Estimate:
    """Cohen's kappa of two people, with interval.

    Parameters
    ----------
    first, second : list
        What each of the two decided, in the same order. Or `first` is a square table of counts (rows: first
        person, columns: second person) and `second` is left out.
    third : str, optional
        With a tidy table first: `kappa(frame, "coder_a", "coder_b")`.
    weights : {"linear", "quadratic"}, optional
        For ordered categories: a near miss counts as partly agreeing.
    order : list, optional
        The categories in their order; needed with weights unless they are numbers or ordered categories.
    level : float, default 0.95

    Returns
    -------
    Estimate

    Raises
    ------
    CourseError
        If the two lists differ in length, fewer than two things were judged, or only one category was used.

    Notes
    -----
    J. Cohen, Educ. Psychol. Meas. 20 (1960) 37-46; weights: Psychol. Bull. 70 (1968) 213-220; interval:
    J. Fleiss, J. Cohen and B. Everitt, Psychol. Bull. 72 (1969) 323-327; by statsmodels' inter_rater. The
    caution on a common category: A. Feinstein and D. Cicchetti, J. Clin. Epidemiol. 43 (1990) 543-549.

    Examples
    --------
    >>> round(kappa([[20, 5], [10, 15]]).value, 2)
    0.4
    """
    from scipy.stats import norm
    from statsmodels.stats.inter_rater import cohens_kappa

    if weights not in {None, "linear", "quadratic"}:
        raise CourseError(f"weights= is “linear” or “quadratic”, not {weights!r}.")
    counts, told = _crossed(first, second, third, order, weights)
    n = int(counts.sum())
    if n < 2:
        raise CourseError("Fewer than two things were judged by both, so agreement cannot be told.")
    if (counts.sum(axis=0) * counts.sum(axis=1)).max() == n * n:
        raise CourseError(
            "Both used one and the same category for everything. They agree, but kappa cannot be worked out: "
            "there was nothing to tell apart."
        )
    z = float(norm.ppf(0.5 + _input.level(level) / 2))
    with np.errstate(all="ignore"):
        found = cohens_kappa(counts, wt=weights)
    value, error = float(found.kappa), float(found.std_kappa)
    agreed = float(np.trace(counts)) / n
    shares = counts.sum(axis=0) + counts.sum(axis=1)
    if n < FEW and agreed < 1:
        told.append(f"Only {n} things were judged by both: the interval is a rough guide.")
    if shares.max() / shares.sum() > 0.8:
        told.append(
            f"One category makes up {percent(shares.max() / shares.sum())}% of all decisions. Kappa is then low even "
            f"when people mostly agree; here they agreed on {percent(agreed)}%."
        )
    if (shares == 0).any():
        told.append(f"{int((shares == 0).sum())} of {len(shares)} categories were used by nobody.")
    if agreed == 1:
        told.append("They agreed on everything, so the formula gives an interval of no width; it is not certain.")
    return Estimate(
        "Cohen's kappa" if weights is None else f"Cohen's kappa with {weights} weights",
        value,
        max(-1.0, value - z * error) if agreed < 1 else math.nan,
        min(1.0, value + z * error) if agreed < 1 else math.nan,
        level,
        n,
        "",
        "Cohen 1960; interval of Fleiss, Cohen and Everitt 1969",
        tuple(told),
        based_on=f"{n:,} things judged by both, {int(np.trace(counts)):,} of them alike",
        details=(
            ("observed agreement", f"{percent(agreed)}%"),
            ("agreement expected by chance", f"{percent(float(counts.sum(axis=0) @ counts.sum(axis=1)) / n**2)}%"),
        ),
    )


def _crossed(first, second, third, order, weights) -> tuple[np.ndarray, list[str]]:
    """Square table of counts, and a caution about gaps."""
    if second is None:
        try:
            counts = np.asarray(first, dtype=float)
        except (ValueError, TypeError):
            counts = np.empty(0)
        if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or len(counts) < 2:
            raise CourseError("Give two lists of decisions, or a square table of counts.")
        if (counts < 0).any() or (counts != np.floor(counts)).any():
            raise CourseError("The table must hold counts: whole numbers, 0 or more. Percentages are not enough.")
        return counts, []
    if _input.is_frame(first):
        pair = [_input.column(first, second), _input.column(first, third)]
    else:
        pair = [pd.Series(list(side)) for side in (first, second)]
        if len(pair[0]) != len(pair[1]):
            raise CourseError(f"{len(pair[0])} decisions of one and {len(pair[1])} of the other: give one each.")
    both = (pair[0].notna().to_numpy() & pair[1].notna().to_numpy()).astype(bool)
    told = _input.left_out(int((~both).sum()), len(both), "both people")
    names = _categories(pair, order, weights)
    for side in pair:
        strange = set(side[both]) - set(names)
        if strange:
            raise CourseError(f"“{min(map(str, strange))}” is not among the categories in order=. Check the spelling.")
    codes = [pd.Categorical(side[both], categories=names).codes for side in pair]
    counts = np.zeros((len(names), len(names)))
    np.add.at(counts, tuple(codes), 1)
    return counts, told


def _categories(pair, order, weights) -> list:
    if order is not None:
        return list(order)
    kinds = [side.dtype for side in pair]
    if all(isinstance(kind, pd.CategoricalDtype) for kind in kinds) and kinds[0] == kinds[1]:
        return list(kinds[0].categories)
    found = set(pair[0].dropna()) | set(pair[1].dropna())
    if weights and not all(isinstance(one, int | float | np.number) for one in found):
        raise CourseError("Weights need to know the order of the categories: give it with order=[…].")
    return sorted(found, key=lambda one: (isinstance(one, str), one))


def fleiss_kappa(data, columns=None, *, level=0.95) -> Estimate:
    """Kappa of three or more people who judged the same things.

    Parameters
    ----------
    data : pandas.DataFrame or array
        Tidy table with one row for each thing judged; or counts, with one row for each thing and one column
        for each category.
    columns : list of str, optional
        With a table: one column for each person.
    level : float, default 0.95

    Returns
    -------
    Estimate

    Raises
    ------
    CourseError
        If a thing was judged by another number of people than the rest, or only one category was used.

    Notes
    -----
    J. Fleiss, Psychol. Bull. 76 (1971) 378-382, by statsmodels' inter_rater; the interval by drawing things
    again (BCa, Efron 1987).
    """
    from statsmodels.stats.inter_rater import aggregate_raters
    from statsmodels.stats.inter_rater import fleiss_kappa as of_counts

    told: list[str] = []
    if columns is not None:
        held = data[[_input.column(data, name).name for name in columns]]
        known = held.dropna()
        told = _input.left_out(len(held) - len(known), len(held), "everybody")
        counts = aggregate_raters(known.astype(str).to_numpy())[0]
    else:
        counts = np.asarray(data)
    if counts.ndim != 2 or len(counts) < 2 or (counts.sum(axis=1) != counts[0].sum()).any() or counts[0].sum() < 2:
        raise CourseError("Each thing must be judged by the same number of people, two or more.")
    if (counts.sum(axis=0) > 0).sum() < 2:
        raise CourseError("Everybody used one and the same category, so kappa cannot be worked out.")
    people, value = int(counts[0].sum()), float(of_counts(counts))
    low = high = math.nan
    if len(counts) >= resampling.TOO_FEW:

        def again(places, axis=-1):
            return _fleiss(counts[places])

        low, high = resampling.bca_limits((np.arange(len(counts)),), again, level=level, draws=1999)
    if len(counts) < FEW:
        told.append(f"Only {len(counts)} things were judged: the interval is a rough guide.")
    return Estimate(
        "Fleiss' kappa",
        value,
        low,
        high,
        level,
        len(counts),
        "",
        "Fleiss 1971; bootstrap interval, BCa (Efron 1987)",
        tuple(told),
        based_on=f"{len(counts):,} things judged by {people} people each",
    )


def _fleiss(counts: np.ndarray) -> np.ndarray:
    """Fleiss' kappa for many tables at once: things in the last axis but one, categories in the last."""
    things, people = counts.shape[-2], counts[..., 0, :].sum(axis=-1).flat[0]
    agreed = ((counts**2).sum(axis=(-2, -1)) / things - people) / (people * (people - 1))
    shares = counts.sum(axis=-2) / (things * people)
    chance = (shares**2).sum(axis=-1)
    with np.errstate(all="ignore"):
        return np.where(chance < 1, (agreed - chance) / (1 - chance), 1.0)
