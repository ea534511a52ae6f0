"""Before and after an event, here and elsewhere.

A measure that improved after something was done may have improved anyway: winter ended, a definition changed,
a bad year was followed by an ordinary one. The same measure in a place where nothing was done shows what
would have happened anyway, as far as anything can. So the change here is always read against the change there.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from researchskills.errors import CourseError
from researchskills.statistics._input import column, numbers
from researchskills.statistics.estimate import POINTS, Estimate, number, signed, with_unit
from researchskills.statistics.over_time import FEWEST_USEFUL, in_order, position
from researchskills.statistics.result import Result
from researchskills.statistics.two_means import welch


@dataclass(frozen=True, eq=False, repr=False)
class BeforeAfter(Result):
    """What a measure did around an event, here and elsewhere.

    Parameters
    ----------
    title : str
    table : pandas.DataFrame
        One row for each place: `place`, `points_before`, `points_after`, `before`, `after`, `change`
        (means, in the unit of the values).
    change : Estimate
        Change at the place of interest.
    difference : Estimate or None
        Change here minus change elsewhere.
    event : str
    cautions : tuple of str
    """

    title: str
    table: pd.DataFrame
    change: Estimate
    difference: Estimate | None
    event: str
    cautions: tuple[str, ...] = ()
    unit: str = ""

    def sentence(self) -> str:
        """Both changes, and the difference with its interval."""
        change = "percentage points" if self.unit == "%" else self.unit
        rows = [f"{row.place}: {with_unit(number(row.before), self.unit)} before and "
                f"{with_unit(number(row.after), self.unit)} from {self.event} on "
                f"({with_unit(signed(row.change), change)})" for row in self.table.itertuples()]
        told = "; ".join(rows) + "."
        if self.difference is None:
            return f"{told} There is no other place to compare with, so nobody can say what changed it."
        return f"{told} {self.difference.sentence()}"


def before_and_after(
    data, value: str, when: str, event, *, place: str | None = None, here: str | None = None, unit: str = "",
) -> BeforeAfter:
    """Compare the time before an event with the time after it, here and elsewhere.

    Parameters
    ----------
    data : pandas.DataFrame
        One row for each point in time and place, in order of time.
    value, when : str
        Columns with the measure and the time.
    event : object
        First value of `when` that belongs to the time after.
    place : str, optional
        Column with the places.
    here : str, optional
        The place where the event happened; by default the first one in the table.
    unit : str, optional
        Printed after the numbers. Changes of a percentage ("%") are told in percentage points, and the estimates
        `change` and `difference` are then kept between -1 and 1, like every difference of two shares.

    Returns
    -------
    BeforeAfter
        With a second place, `difference` is the change here minus the change there, with an interval.

    Raises
    ------
    CourseError
        If a column, the event or the place is not there, or a side has fewer than two points.

    Notes
    -----
    The difference is worked out from the month-by-month gap between the two places, so that what they share
    (winter, a change of definition) cancels out; its mean before and after are compared with Welch's (1947)
    interval. With several other places, their mean for each point in time is used.
    """
    cautions: list[str] = []
    if place is not None:
        column(data, place)
        here = data[place].iloc[0] if here is None else here  # before sorting
    data, _ = in_order(data, when)  # rows commonly run place by place, which is no news
    times = column(data, when)
    wide = data.assign(**{value: numbers(column(data, value), f"“{value}”")})
    labels = list(dict.fromkeys(times.tolist()))
    first_after = position(event, labels)
    if place is None:
        if times.duplicated().any():
            raise CourseError(f"“{when}” holds the same time twice. Name the column with the places: place='…'.")
        grid = wide.set_index(when)[[value]]
        here = here or "Here"
        grid.columns = [here]
    else:
        if here not in set(wide[place]):
            raise CourseError(f"There is no “{here}” in “{place}”. There are: "
                              f"{', '.join(map(str, wide[place].unique()))}.")
        if wide.duplicated([when, place]).any():
            twice = wide[wide.duplicated([when, place])].iloc[0]
            raise CourseError(f"{twice[place]} has more than one row for {twice[when]}. Add its rows up first, so that "
                              "each place has one row for each point in time.")
        grid = wide.pivot(index=when, columns=place, values=value)
    grid = grid.loc[labels]
    after = np.arange(len(grid)) >= first_after
    others = [name for name in grid.columns if name != here]
    columns = {str(here): grid[here].to_numpy(dtype=float)}
    if others:
        elsewhere = str(others[0]) if len(others) == 1 else "Elsewhere"
        columns[elsewhere] = grid[others].mean(axis=1).to_numpy(dtype=float)
    rows = []
    for name, held in columns.items():
        early, late = _known(held[~after]), _known(held[after])
        if min(len(early), len(late)) < 2:
            raise CourseError(f"{name} has too few points before or after {event}: at least two are needed on "
                              "each side. Nothing was worked out.")
        rows.append((name, len(early), len(late), early.mean(), late.mean(), late.mean() - early.mean()))
    table = pd.DataFrame(rows, columns=["place", "points_before", "points_after", "before", "after", "change"])
    change = _welch("The change", columns[str(here)], after, "mean after minus mean before (Welch 1947)", unit)
    difference = None
    if others:
        gap = columns[str(here)] - columns[elsewhere]
        difference = _welch(
            f"The change at {here} minus the change at {elsewhere.lower() if elsewhere == 'Elsewhere' else elsewhere}",
            gap, after, "gap between the places, mean after minus mean before (Welch 1947)", unit)
        cautions.append("This compares only what was measured at both places. Something else may still have changed "
                        "at one of them.")
    else:
        cautions.append("Before and after alone cannot tell this event from winter, a change of definition, or a "
                        "trend that was there already. Find a place where it did not happen.")
    if min(len(_known(held[side])) for held in columns.values() for side in (after, ~after)) < FEWEST_USEFUL:
        cautions.append("There are few points on one side; the interval takes months as independent and may be "
                        "too narrow.")
    else:
        cautions.append("The interval takes points in time as independent. Neighbouring months are often alike, and it "
                        "is then too narrow.")
    return BeforeAfter(f"{value.replace('_', ' ')} before and after {event}", table, change, difference, str(event),
                       tuple(cautions), unit)


def _welch(what: str, values: np.ndarray, after: np.ndarray, method: str, unit: str) -> Estimate:
    early, late = _known(values[~after]), _known(values[after])
    low, high, _ = welch(late, early)
    none = "no change" if what == "The change" else "no difference between the two changes"
    reading = f"which includes {none}" if low <= 0 <= high else ""
    scale, unit = (0.01, POINTS) if unit == "%" else (1, unit)
    value = float(late.mean() - early.mean())
    return Estimate(what, scale * value, scale * low, scale * high, n=len(early) + len(late), unit=unit, method=method,
                    based_on=f"{len(early)} points in time before, {len(late)} after", reading=reading)


def _known(values: np.ndarray) -> np.ndarray:
    return values[~np.isnan(values)]
