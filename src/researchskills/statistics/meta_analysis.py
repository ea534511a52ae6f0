"""Several studies of one question put together: what they say on average, and how far they differ.

The *fixed-effect* average asks what the one true value is if all studies measured the same. The
*random-effects* average lets true values differ from study to study and asks for their middle; beside it
belongs how much they differ (tau², I²) and where the true value in the next such study may lie (prediction
interval). An average of unlike things can be worked out as easily as one of like things, so the cautions ask
first whether there should be one.
"""

import math
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pandas as pd

from researchskills.errors import CourseError
from researchskills.statistics import _input
from researchskills.statistics.estimate import POINTS, PROPORTION, Estimate, in_brief, number, p_value, percent
from researchskills.statistics.limits import normal_quantile, t_quantile
from researchskills.statistics.result import Result
from researchskills.tables import show

#: With fewer studies nobody can read anything from a lopsided funnel (Sterne and others 2011, BMJ 343:d4002).
ENOUGH_FOR_ASYMMETRY = 10
#: With fewer studies the spread between them is hardly known, and the interval tends to be too narrow.
FEW = 5
#: From here on studies differ by more than chance in a way that must be told (Higgins and others 2003).
MUCH = 0.5
#: An estimate this far from the middle of its interval, as a share of half its width, was not meant for the scale.
_LOPSIDED = 0.25
SCALES = {"difference": 0.0, "ratio": 1.0}


@dataclass(frozen=True, eq=False, repr=False)
class PooledStudies(Result):
    """Studies with their weights, both averages, and how far the studies differ.

    Parameters
    ----------
    title : str
        What was pooled, as the subject of a sentence.
    studies : pandas.DataFrame
        One row for each study: `study`, `estimate`, `low`, `high`, `weight` (share in the random-effects
        average, in per cent) and `weight_fixed`. Intervals are at the level of the averages.
    random, fixed : Estimate
        The two averages.
    tau_squared : float
        Variance between the true values of studies; of logarithms when `scale` is "ratio".
    i_squared : float
        Share of the variation that is more than chance, from 0 to 1.
    q, p : float
        Cochran's Q and its p value.
    prediction : tuple of float or None
        Where the true value in the next such study may lie; None with fewer than three studies.
    scale : {"difference", "ratio"}
    cautions : tuple of str
    """

    title: str
    studies: pd.DataFrame
    random: Estimate
    fixed: Estimate
    tau_squared: float
    i_squared: float
    q: float
    p: float
    prediction: tuple[float, float] | None
    scale: str = "difference"
    cautions: tuple[str, ...] = ()
    technical: ClassVar[tuple[str, ...]] = ("tau", "Cochran", "method")
    #: What the prediction interval is about: not what the next study finds, which chance moves as well.
    predicted: ClassVar[str] = "true value in the next such study"

    @property
    def no_difference(self) -> float:
        """The value that means no difference: 0, or 1 for a ratio."""
        return SCALES[self.scale]

    @property
    def table(self) -> pd.DataFrame:
        """One row for each study, then the two averages: `study`, `estimate`, `low`, `high`, `weight`."""
        averages = {"random-effects average": self.random, "fixed-effect average": self.fixed}
        rows = pd.DataFrame([{"study": name, **one.as_row()} for name, one in averages.items()])
        return pd.concat([self.studies, rows], ignore_index=True)[["study", "estimate", "low", "high", "weight"]]

    def to_table(self) -> pd.DataFrame:
        """Everything in words, one row an item; what only statisticians need comes last."""
        rows = [(row.study, in_brief(self._ends(row.estimate, row.low, row.high)), f"{number(row.weight)}%")
                for row in self.studies.itertuples()]
        rows += [
            ("random-effects average", in_brief(self.random), ""),
            ("fixed-effect average", in_brief(self.fixed), ""),
            (self.predicted, self._predicted() or "cannot be told from two studies", ""),
            ("I² (variation beyond chance)", f"{percent(self.i_squared)}%", ""),
            ("tau² (variance between studies)", number(self.tau_squared), ""),
            ("Cochran's Q", f"{number(self.q)}, p {_is(self.p)}", ""),
            ("method", self.random.method, ""),
        ]
        level = f"{number(100 * self.random.level)}% interval"
        return pd.DataFrame(rows, columns=["study", f"estimate ({level})", "weight"])

    def _ends(self, value: float, low: float, high: float) -> Estimate:
        """An estimate shown as the average is."""
        share = _share(self.random.unit)
        return replace(self.random, value=share * value, low=share * low, high=share * high)

    def _predicted(self) -> str:
        if self.prediction is None:
            return ""
        # Only the ends are shown; the middle is there because an estimate has one.
        middle = self.random.as_row()["estimate"]
        return f"anywhere from {self._ends(middle, *self.prediction)._range()}"

    def sentence(self) -> str:
        """The average with its interval, how far the studies differ, and where the true value in the next may lie."""
        differ = f"{percent(self.i_squared)}% of the variation between studies is more than chance (I²)"
        next_one = f"; the {self.predicted} may lie {self._predicted()}" if self.prediction else ""
        return f"{self.random.sentence()} {differ}{next_one}."


def pool_studies(
    table: pd.DataFrame,
    label: str = "study",
    estimate: str = "estimate",
    low: str | None = "low",
    high: str | None = "high",
    *,
    se: str | None = None,
    scale: str = "difference",
    level: float = 0.95,
    unit: str = "",
    what: str = "",
    alike: str | None = None,
) -> PooledStudies:
    """Pool several studies of one question, with fixed and with random effects.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for each study.
    label : str, default "study"
        Column with the studies' names.
    estimate : str, default "estimate"
        Column with what each study found.
    low, high : str, default "low", "high"
        Columns with the ends of the studies' intervals.
    se : str, optional
        Column with standard errors, used instead of intervals. For ratios these are standard errors of
        the logarithm, while the estimates are the ratios themselves.
    scale : {"difference", "ratio"}, default "difference"
        Ratios (risk, odds, rate) are pooled as logarithms and given back as ratios.
    level : float, default 0.95
        Level of the studies' intervals, and of the averages'.
    unit : str, optional
        Printed after each number, such as "days". Percentages and percentage points are given out of a hundred.
    what : str, optional
        What is pooled, as the subject of a sentence: "The pooled difference in days".
    alike : str, optional
        Column in which studies should be the same for an average to make sense, such as the design.

    Returns
    -------
    PooledStudies

    Raises
    ------
    CourseError
        If there is only one study, a number is missing, an interval is upside down, of no width or does not
        hold its estimate, or a ratio is not above 0.

    Notes
    -----
    Inverse-variance average; tau² by R. C. Paule and J. Mandel, J. Res. Natl. Bur. Stand. 87 (1982) 377-385,
    as iterated by R. DerSimonian and R. Kacker, Contemp. Clin. Trials 28 (2007) 105-114 (statsmodels'
    `combine_effects`). Q: W. Cochran, Biometrics 10 (1954) 101-129. I²: J. Higgins and others, BMJ 327 (2003)
    557-560, 0 where Q is below its degrees of freedom. Prediction interval, t with two degrees of freedom
    fewer than studies: J. Higgins, S. Thompson and D. Spiegelhalter, J. R. Stat. Soc. A 172 (2009) 137-159.

    Examples
    --------
    >>> studies = pd.DataFrame({"study": ["A", "B"], "estimate": [2.0, 4.0], "low": [0.0, 2.0], "high": [4.0, 6.0]})
    >>> pool_studies(studies).random.value
    3.0
    """
    from scipy.stats import chi2
    from statsmodels.stats.meta_analysis import combine_effects

    if scale not in SCALES:
        raise CourseError(f"scale= is “difference” or “ratio”, not {scale!r}.")
    level = _input.level(level)
    rows, values, errors, told = _read(table, label, estimate, low, high, se, scale, level)
    if alike is not None:
        told = _unlike(table, alike) + told
    # Worked out around the mean of the estimates, so that large numbers close together lose no digits.
    around = values.mean()
    with np.errstate(divide="ignore", invalid="ignore"):  # studies without any difference have a Q of 0
        found = combine_effects(values - around, errors**2, method_re="iterated", alpha=1 - level)
    back = np.exp if scale == "ratio" else lambda value: value
    studies = len(values)
    q, free = max(0.0, float(found.q)), studies - 1
    i_squared = max(0.0, 1 - free / q) if q > 0 else 0.0
    rows = rows.assign(weight=100 * found.weights_rel_re, weight_fixed=100 * found.weights_rel_fe)

    def average(effects: str, middle, error, method: str) -> Estimate:
        ends = middle + around + np.array([-1, 0, 1]) * normal_quantile(level) * error
        lowest, value, highest = (float(_share(unit) * end) for end in back(ends))
        return Estimate(
            what or f"The {effects} average", value, lowest, highest, level, studies, unit, method,
            based_on=f"{studies} studies", reading=_reading(lowest, highest, SCALES[scale]),
        )

    tau_squared, error = float(found.tau2), float(found.sd_eff_w_re)
    random = average("random-effects", found.mean_effect_re, error,
                     "inverse variance; tau² by Paule and Mandel (1982)")
    prediction = None
    if studies >= 3:
        reach = t_quantile(level, studies - 2) * math.sqrt(tau_squared + error**2)
        prediction = tuple(float(back(found.mean_effect_re + around + side * reach)) for side in (-1, 1))
    return PooledStudies(
        what or "The random-effects average",
        rows,
        random,
        average("fixed-effect", found.mean_effect_fe, found.sd_eff_w_fe, "inverse variance"),
        tau_squared,
        i_squared,
        q,
        float(chi2.sf(q, free)),
        prediction,
        scale,
        tuple(told + _cautions(rows, random, i_squared, prediction, SCALES[scale])),
    )


def _read(table, label, estimate, low, high, se, scale, level):
    """Studies as given, estimates and standard errors on the scale of pooling, and cautions."""
    if not _input.is_frame(table):
        raise CourseError("Give a table with one row for each study: name, estimate and ends of the interval.")
    if se is None and (low is None or high is None):
        raise CourseError("Name the columns with both ends of the intervals, low= and high=, or that with se=.")
    names = [show(name) for name in _input.column(table, label)]
    if len(names) < 2:
        raise CourseError(f"Pooling needs at least two studies; this table has {'one' if names else 'none'}.")
    used = [estimate, se] if se is not None else [estimate, low, high]
    numbers = {column: _input.numbers(_input.column(table, column), f"the column “{column}”") for column in used}
    for place, name in enumerate(names):
        if pd.isna(table[label].iloc[place]) or not name.strip():
            raise CourseError(f"The study in row {place + 1} has no name in “{label}”. Give it one.")
        _check(name, {column: float(values[place]) for column, values in numbers.items()}, used, se, scale)
    to, back = (np.log, np.exp) if scale == "ratio" else (np.asarray, np.asarray)
    values, z = to(numbers[estimate]), normal_quantile(level)
    if se is not None:
        errors, told = numbers[se], []
        lows, highs = back(values - z * errors), back(values + z * errors)
    else:
        lows, highs = numbers[low], numbers[high]
        errors = (to(highs) - to(lows)) / (2 * z)
        told = _lopsided(names, np.abs(values - (to(lows) + to(highs)) / 2) / (z * errors), scale)
    rows = pd.DataFrame({"study": names, "estimate": numbers[estimate], "low": lows, "high": highs})
    return rows, values, errors, told


def _check(name: str, found: dict[str, float], used: list[str], se: str | None, scale: str) -> None:
    """Refuse what cannot be a study's result, in a sentence that names the study."""
    for column, value in found.items():
        if math.isnan(value):
            raise CourseError(
                f"“{name}” has no number in “{column}”. Find it in the report, or take the study out of the table "
                "and say so: a study without an interval cannot be weighed."
            )
    ratios = used[:1] if se is not None else used
    for column in ratios if scale == "ratio" else []:
        if found[column] <= 0:
            raise CourseError(
                f"“{name}” has {number(found[column])} in “{column}”: a ratio is always above 0. If these are "
                "differences, or logarithms of ratios, write scale=\"difference\"."
            )
    if se is not None:
        if found[se] <= 0:
            raise CourseError(f"“{name}” has a standard error of {number(found[se])}; it must be above 0.")
        return
    value, low, high = (found[column] for column in used)
    if low > high:
        raise CourseError(
            f"The interval of “{name}” is upside down: {number(low)} to {number(high)}. "
            f"Check the columns “{used[1]}” and “{used[2]}”."
        )
    if low == high:
        raise CourseError(
            f"The interval of “{name}” has no width ({number(low)} to {number(high)}), so the study would get all "
            "the weight there is. Look the interval up again, with more decimals."
        )
    if not low <= value <= high:
        raise CourseError(
            f"The estimate of “{name}”, {number(value)}, lies outside its interval, "
            f"{number(low)} to {number(high)}. Check the row."
        )


def _lopsided(names: list[str], shares: np.ndarray, scale: str) -> list[str]:
    """A caution when estimates are not in the middle of their intervals on the scale of pooling."""
    off = [name for name, share in zip(names, shares, strict=True) if share > _LOPSIDED]
    if not off:
        return []
    advice = ("are these differences rather than ratios?" if scale == "ratio"
              else "if these are ratios, write scale=\"ratio\".")
    return [f"The estimate is not near the middle of its interval in {', '.join(off)}; {advice}"]


def _unlike(table, alike: str) -> list[str]:
    """A caution when studies are not the same in what should be the same."""
    kinds = [show(kind) for kind in _input.column(table, alike).dropna().unique()]
    if len(kinds) < 2:
        return []
    return [f"Pooled though unlike: the studies differ in {alike.replace('_', ' ')} ({', '.join(kinds)}). "
            "Look at each kind on its own before believing the average."]


def _cautions(rows, random: Estimate, i_squared: float, prediction, null: float) -> list[str]:
    told, studies = [], len(rows)
    if studies < FEW:
        told.append(f"Only {studies} studies: how far they truly differ is hardly known, and the interval of the "
                    "random-effects average tends to be too narrow.")
    if i_squared >= MUCH:
        told.append(f"The studies differ by more than chance (I² {percent(i_squared)}%). One average may describe none "
                    "of them: ask first why they differ.")
    if prediction is not None and prediction[0] <= null <= prediction[1] and not random.low <= null <= random.high:
        told.append(f"The average leaves out no difference, but the {PooledStudies.predicted} could well lie the other "
                    "way.")
    heaviest = rows.loc[rows["weight"].idxmax()]
    if studies > 2 and heaviest["weight"] > 50:
        told.append(f"{heaviest['study']} carries {number(heaviest['weight'])}% of the weight: read it first.")
    if studies < ENOUGH_FOR_ASYMMETRY:
        told.append("With fewer than ten studies nobody can tell whether small ones that found nothing are missing "
                    "(asymmetry of a funnel plot cannot be judged).")
    told.append("Pooling does not mend a study: where studies flatter, so does their average.")
    return told


def _reading(low: float, high: float, null: float) -> str:
    """Which side of no difference the interval lies on."""
    if low <= null <= high:
        return f"which includes no difference ({number(null)})"
    return f"which lies {'above' if low > null else 'below'} no difference ({number(null)})"


def _share(unit: str) -> float:
    """What turns a number as tables show it into one as an `Estimate` keeps it."""
    return 0.01 if unit in {PROPORTION, POINTS} else 1.0


def _is(p: float) -> str:
    told = p_value(p)
    return told if told.startswith("less") else f"= {told}"
