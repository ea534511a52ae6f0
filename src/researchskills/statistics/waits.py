"""Waits and other skewed values: the median, its quartiles, and people who are still waiting.

A few very long waits pull a mean far above what most people meet. The median does not move. And whoever is
still waiting has no wait to enter, although theirs may be the longest: leaving them out makes waits look short.
"""

import math
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import special

from researchskills.errors import CourseError
from researchskills.statistics import _input
from researchskills.statistics.estimate import Estimate, number, percent, with_unit
from researchskills.statistics.estimates import in_groups, one_proportion


@dataclass(frozen=True, repr=False)
class Median(Estimate):
    """A median with the quartiles around it.

    Parameters
    ----------
    q1, q3 : float
        A quarter of the values lie below `q1`, a quarter above `q3`.
    """

    q1: float = field(default=math.nan, kw_only=True)
    q3: float = field(default=math.nan, kw_only=True)


def median_iqr(
    data, column=None, *, by=None, since=None, until=None, ended=None, unit="days", limit=None, level=0.95, what=""
):
    """Median and interquartile range of skewed values such as waits.

    Parameters
    ----------
    data : pandas.DataFrame or list of float
        Tidy table with one row for each wait, or the waits themselves.
    column : str
        With a table: the column with the waits.
    by : str, optional
        With a table: one median for each group.
    since, until : str, optional
        With a table of waits in days: column with the date when the wait began, and the last day on which
        anybody looked ("2026-03-31"). Rows without a value in `column` then count as still waiting since
        that date, and the median is that of Kaplan and Meier. Leave out those who withdrew before.
    ended : str, optional
        The same, where `column` holds the waits so far of those still waiting: column that says whether the
        wait is over, by true/false, yes/no, or the date when it ended (empty = still waiting).
    unit : str, default "days"
    limit : float, optional
        A standard, such as 28 days: the share of waits longer than it is added to the table.
    level : float, default 0.95
        Confidence level, at least that much.
    what : str, optional
        Subject of the sentence.

    Returns
    -------
    Median or Estimates
        An estimate with the quartiles `q1` and `q3`.

    Raises
    ------
    CourseError
        If there are no numbers, or a wait is negative.

    Notes
    -----
    The interval runs from one ordered value to another (binomial; W. Conover, Practical Nonparametric
    Statistics, 3rd ed. 1999, section 3.2): no assumption on the shape. Fewer than six values have no 95%
    interval. With `ended`: E. Kaplan and P. Meier, J. Am. Stat. Assoc. 53 (1958) 457-481, interval of
    R. Brookmeyer and J. Crowley, Biometrics 38 (1982) 29-41.

    Examples
    --------
    >>> median_iqr([2, 3, 5, 6, 9, 13, 14, 21, 60]).q3
    14.0
    """
    level = _input.level(level)
    same = {"unit": unit, "limit": limit, "level": level}
    dated = {"since": since, "until": until, "ended": ended}
    if not _input.is_frame(data):
        values, gaps = _input.known(data, "the values")
        return _median(values, gaps, what=what or "The median", **same)
    subject = what or f"The median of {str(column).replace('_', ' ')}"
    _input.column(data, column)
    if (since is None) != (until is None):
        raise CourseError("Give both since= (column with the first day) and until= (last day anybody looked).")
    if by is not None:
        return in_groups(data, by, column, subject, lambda rows: median_iqr(rows, column, what=what, **dated, **same))
    if since is not None:
        return _median_of_survival(*_waits_so_far(data, column, since, until), column, subject, same)
    if ended is not None:
        waits = _input.numbers(data[column], f"“{column}”")
        return _median_of_survival(waits, _over(_input.column(data, ended)), column, subject, same)
    values, gaps = _input.known(data[column], f"“{column}”")
    if gaps:
        gaps = [f"{gaps[0]} If some of them are still waiting, the median looks "
                "shorter than it is: count those still waiting too (since=…, until=…)."]
    return _median(values, gaps + _input.repeated_people(data[data[column].notna()]), what=subject, **same)


def _median(values, cautions, *, what, unit, limit, level) -> Median:
    if not len(values):
        raise CourseError(f"{what} cannot be given: there is no value at all.")
    n = len(values)
    q1, middle, q3 = (float(one) for one in np.quantile(values, [0.25, 0.5, 0.75]))
    told = list(cautions)
    if unit in {"days", "hours", "weeks", "minutes"} and values.min() < 0:
        told.append(
            f"{int((values < 0).sum())} of the {n:,} values are below 0 {unit}: an end before a beginning. "
            "Check them before you report."
        )
    place = median_places(n, level)
    details = [("middle half (quartiles)", with_unit(f"{number(q1)} to {number(q3)}", unit))]
    if place is None:
        low = high = math.nan
        told.append(f"With {n} value{'s' if n > 1 else ''} there is no {100 * level:g}% interval for a median.")
    else:
        low, high = (float(one) for one in np.sort(values)[[place - 1, n - place]])
        details.append(("true level of the interval", f"{100 * (1 - 2 * special.bdtr(place - 1, n, 0.5)):.1f}%"))
    average = float(values.mean())
    details += [("shortest and longest", with_unit(f"{number(values.min())} and {number(values.max())}", unit))]
    details += [("mean, for comparison", with_unit(number(average), unit))]
    if limit is not None:
        longer = one_proportion(int((values > limit).sum()), n, level=level)
        details.append((with_unit(f"longer than {number(limit)}", unit), longer))
    return Median(
        what,
        middle,
        low,
        high,
        level,
        n,
        unit,
        "sample median; interval from order statistics (binomial; Conover 1999)",
        tuple(told),
        based_on=f"n = {n:,}; half of the values between {number(q1)} and {number(q3)}",
        details=tuple(details),
        q1=q1,
        q3=q3,
    )


def median_places(n: int, level: float = 0.95) -> int | None:
    """Which ordered value, from either end, limits the median; None when too few.

    The largest r with P(B < r) at most (1 - level)/2 for B binomial with n and one half (Conover 1999).
    """
    tail = (1 - level) / 2
    # The normal distribution gives the place to within one or two; the exact one decides.
    place = max(0, math.floor(n / 2 + special.ndtri(tail) * math.sqrt(n) / 2) + 2)
    while place > 0 and special.bdtr(place - 1, n, 0.5) > tail:
        place -= 1
    return place or None


def _waits_so_far(data, column, since, until) -> tuple[np.ndarray, np.ndarray]:
    """Waits in days, and whether each is over; those without a value are waiting until the last day."""
    began = _input.column(data, since)
    last = pd.to_datetime(until, errors="coerce")
    if not pd.api.types.is_datetime64_any_dtype(began) or pd.isna(last):
        raise CourseError(f"“{since}” must hold dates, and until= must be a day such as “2026-03-31”.")
    waits = _input.numbers(data[column], f"“{column}”")
    over = ~np.isnan(waits)
    so_far = (last - began).dt.days.to_numpy(dtype=float, na_value=np.nan)
    return np.where(over, waits, so_far), over


def _median_of_survival(time, over, column, what, same) -> Median:
    """Kaplan and Meier's median: people still waiting count for as long as they have waited."""
    from statsmodels.duration.survfunc import SurvfuncRight

    usable = ~np.isnan(time) & (time >= 0)
    told = _input.left_out(int((~usable).sum()), len(time), f"“{column}” (0 or more)")
    time, over = time[usable], over[usable]
    n, waiting = len(time), int((~over).sum())
    if not n or not over.any():
        raise CourseError(f"{what} cannot be given: no wait has ended yet.")
    if not waiting:  # nobody to allow for
        return _median(time, told, what=what, **same)
    curve = SurvfuncRight(time, over.astype(int))
    q1, middle, q3 = (_when_left(curve, 1 - share) for share in (0.25, 0.5, 0.75))
    told.append(
        f"{waiting:,} of {n:,} are still waiting and count with their wait so far. This assumes that they "
        "are not waiting for a reason that makes them different."
    )
    if math.isnan(middle):
        told.append("Fewer than half of the waits have ended, so the median is not known yet.")
        low = high = math.nan
    else:
        with np.errstate(all="ignore"):  # the curve ends at 0, whose logarithm is not needed
            ends = curve.quantile_ci(0.5, 1 - same["level"], method="cloglog")
        low, high = (float(one) for one in ends)
        low, high = (0.0 if math.isnan(low) else low), (math.inf if math.isnan(high) else high)
    unit = same["unit"]
    upper = number(q3) if not math.isnan(q3) else "not known yet"
    details = [("middle half (quartiles)", with_unit(f"{number(q1)} to {upper}", unit)), ("still waiting", waiting)]
    if not math.isnan(middle):
        details.append(("median of ended waits alone", with_unit(number(float(np.median(time[over]))), unit)))
    if same["limit"] is not None:
        left = curve.surv_prob[curve.surv_times <= same["limit"]]
        longer = f"{percent(float(left[-1]) if len(left) else 1.0)}%, as the curve of Kaplan and Meier has it"
        details.append((with_unit(f"longer than {number(same['limit'])}", unit), longer))
    return Median(
        what,
        middle,
        low,
        high,
        same["level"],
        n,
        unit,
        "Kaplan and Meier (1958); interval of Brookmeyer and Crowley (1982), log-log",
        tuple(told),
        based_on=f"n = {n:,}, {waiting:,} of them still waiting",
        details=tuple(details),
        q1=q1,
        q3=q3,
    )


def _when_left(curve, share: float) -> float:
    """When only this share is still waiting; the middle where the curve stays at the share for a while.

    So it agrees with the ordinary median of an even number of waits. statsmodels takes the later end instead.
    """
    left = curve.surv_prob - share
    at, below = np.flatnonzero(np.abs(left) < 1e-9), np.flatnonzero(left < -1e-9)
    if not len(below):
        return math.nan if not len(at) else float(curve.surv_times[at[0]])
    first = below[0] if not len(at) else at[0]
    return float(curve.surv_times[first] + curve.surv_times[below[0]]) / 2


def _over(values: pd.Series) -> np.ndarray:
    """Whether each wait is over."""
    if pd.api.types.is_bool_dtype(values):
        return values.fillna(False).to_numpy(dtype=bool)
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.notna().to_numpy()
    found = set(values.dropna().astype(str).unique())
    if found <= {"yes", "no"}:
        return (values.astype(str) == "yes").to_numpy()
    if found <= {"0", "1", "0.0", "1.0"}:
        return (pd.to_numeric(values).fillna(0) == 1).to_numpy()
    raise CourseError(f"“{values.name}” must say whether the wait has ended: true or false, yes or no, or a date.")
