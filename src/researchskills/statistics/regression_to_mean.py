"""Regression to the mean: people chosen because they scored low will, on average, score higher next time.

A low score is partly a low state and partly a bad day. Choose the lowest and you choose many bad days,
which will not all come again. So the group's mean rises although nobody did anything (Galton 1886; Davis
1976, American Journal of Epidemiology 104:493-498; Barnett, van der Pols & Dobson 2005, International
Journal of Epidemiology 34:215-220). A comparison group chosen in the same way rises as much.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from researchskills.errors import CourseError
from researchskills.statistics.estimate import number, signed
from researchskills.statistics.result import Result

_WHAT_TO_DO = ("Compare with people who were chosen in the same way but did not have the support, or measure twice "
               "before choosing.")


@dataclass(frozen=True, eq=False, repr=False)
class ExpectedChange(Result):
    """What will happen to a chosen group without any help.

    Parameters
    ----------
    title : str
    chosen : float
        Share of people chosen, from 0 to 1; not-a-number when the group was given by its mean.
    first, second : float
        Mean of the chosen at the first and expected mean at the second measurement.
    mean, sd, reliability : float
        Of everybody, in the unit of the measure; reliability is the correlation between two measurements.
    cautions : tuple of str
    """

    title: str
    chosen: float
    first: float
    second: float
    mean: float
    sd: float
    reliability: float
    cautions: tuple[str, ...] = ()

    @property
    def change(self) -> float:
        """Expected second minus first mean."""
        return self.second - self.first

    @property
    def table(self) -> pd.DataFrame:
        """The numbers, one row each."""
        rows = [("mean of everybody", number(self.mean)), ("standard deviation of everybody", number(self.sd)),
                ("correlation between two measurements", number(self.reliability))]
        if not math.isnan(self.chosen):
            rows.append(("share chosen", f"{number(100 * self.chosen)}%"))
        rows += [("mean of the chosen, first time", number(self.first)),
                 ("expected mean, second time", number(self.second)),
                 ("expected change without any help", signed(self.change))]
        return pd.DataFrame(rows, columns=["item", "value"])

    def sentence(self) -> str:
        """The expected change in words."""
        return (f"People chosen with a mean of {number(self.first)} would have a mean of about {number(self.second)} "
                f"the next time ({signed(self.change)}) even if nothing were done.")


def expected_change(
    mean: float, sd: float, reliability: float, *, cutoff: float | None = None, side: str = "below",
    chosen_mean: float | None = None, what: str = "",
) -> ExpectedChange:
    """Change that regression to the mean alone leads to expect.

    Parameters
    ----------
    mean, sd : float
        Mean and standard deviation of everybody at the first measurement.
    reliability : float
        Correlation between two measurements of the same people with nothing done in between, from 0 to 1.
    cutoff : float, optional
        People beyond it were chosen.
    side : {"below", "above"}
        Whether those below or above the cut-off were chosen.
    chosen_mean : float, optional
        Mean of the chosen at the first measurement, when it is known; then no cut-off is needed and nothing
        is assumed about the shape of the distribution except that the two measurements go along a line.
    what : str, optional

    Returns
    -------
    ExpectedChange

    Raises
    ------
    CourseError
        If the reliability is no correlation from 0 to 1, the spread is not above 0, or neither a cut-off nor
        the mean of the chosen is given.

    Notes
    -----
    With scores from a normal distribution the chosen mean lies C(z) = φ(z) ÷ Φ(z) standard deviations from
    the mean of everybody, z = (cutoff - mean) ÷ sd; the expected change is sd × (1 - reliability) × C(z)
    (Davis 1976; Barnett et al. 2005, equation 1, where it is σ_w² ÷ √(σ_w² + σ_b²) × C(z)).

    Examples
    --------
    >>> round(expected_change(23.5, 3.9, 0.6, cutoff=20).change, 1)
    2.3
    """
    if not 0 <= reliability <= 1:
        raise CourseError(f"The correlation between two measurements must lie from 0 to 1, not at {reliability:g}.")
    if not sd > 0:
        raise CourseError("The standard deviation must be above 0: people must differ.")
    share = math.nan
    if chosen_mean is None:
        if cutoff is None:
            raise CourseError("Say who was chosen: give cutoff=… or chosen_mean=….")
        share, depth = _selected((cutoff - mean) / sd, side)
        chosen_mean = mean - depth * sd if side == "below" else mean + depth * sd
    cautions = [_WHAT_TO_DO]
    if reliability == 1:
        cautions.append("A correlation of 1 means that nobody ever has a bad day. Real measures are below it.")
    second = mean + reliability * (chosen_mean - mean)
    return ExpectedChange(f"Regression to the mean{f': {what}' if what else ''}", share, chosen_mean, second, mean, sd,
                          reliability, tuple(cautions))


def _selected(z: float, side: str) -> tuple[float, float]:
    """Share beyond a cut-off and the mean depth of those beyond, in standard deviations."""
    from scipy import stats

    if side not in ("below", "above"):
        raise CourseError(f"side must be “below” or “above”, not “{side}”.")
    share = float(stats.norm.cdf(z) if side == "below" else stats.norm.sf(z))
    if share < 1e-6:
        raise CourseError("Hardly anybody lies beyond this cut-off. Choose one nearer to the mean.")
    return share, float(stats.norm.pdf(z)) / share


def measured_twice(
    people: int = 2000, mean: float = 23.5, sd: float = 3.9, reliability: float = 0.6, cutoff: float = 20.0, *,
    effect: float = 0.0, seed: int = 1,
) -> pd.DataFrame:
    """Simulated people, measured twice; the lowest are chosen and nothing is done unless `effect` is given.

    Parameters
    ----------
    people : int, default 2000
    mean, sd, reliability, cutoff : float
        As for `expected_change`; those below the cut-off at the first measurement are chosen.
    effect : float, default 0
        Added to the second score of half of the chosen, drawn at random; the others are compared with them.
    seed : int, default 1

    Returns
    -------
    pandas.DataFrame
        One row for each person: `first`, `second`, `chosen` (bool), `helped` (bool).
    """
    random = np.random.default_rng(seed)
    true = random.normal(mean, sd * math.sqrt(reliability), people)
    noise = sd * math.sqrt(1 - reliability)
    first, second = true + random.normal(0, noise, people), true + random.normal(0, noise, people)
    chosen = first < cutoff
    helped = chosen & (random.random(people) < 0.5)
    return pd.DataFrame({"first": first, "second": second + effect * helped, "chosen": chosen, "helped": helped})
