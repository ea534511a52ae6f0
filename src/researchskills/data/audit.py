"""What a reader can work out about hidden cells.

Hiding a cell does not make it unknown. The totals that stay in the table limit it from both sides: with a
total of 20 and a neighbour of 17 the hidden one is 3. For each hidden cell we ask for the smallest
and the largest whole number that fits everything published, in all tables together. If the two are the
same, the cell is known; if they are close, it is nearly known.

Both ends come from an integer linear programme over all sums at once (scipy's `milp`, that is HiGHS), which
is what the official tools call the auditing or disclosure-interval problem: Willenborg and de Waal
(2001), Elements of statistical disclosure control, chapter 6; Fischetti and Salazar-González (2001),
Management Science 47(7), 1008–1027.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from researchskills._html import escape
from researchskills.data import cells as reading
from researchskills.data.cells import Cells
from researchskills.errors import CourseError
from researchskills.tables import html_table

#: Counts below this are hidden unless a local rule says otherwise (facts: ASCOF 2024-25, DHSC, December 2025).
THRESHOLD = 5


@dataclass(frozen=True)
class Interval:
    """What can be worked out about one hidden cell.

    Attributes
    ----------
    name : str
        The cell.
    low, high : int or None
        Smallest and largest possible count; `high` is None where nothing limits it.
    how : str
        For a cell that leaks: a sum, in words, that shows how.
    """

    name: str
    low: int
    high: int | None
    how: str = ""

    @property
    def width(self) -> float:
        """How far the two ends lie apart, in people."""
        return float("inf") if self.high is None else self.high - self.low

    def sentence(self) -> str:
        """In plain words."""
        if self.high is None:
            return f"{self.name} is {self.low} or more; nothing more can be said."
        if self.low == self.high:
            found = f"{self.name} is exactly {self.low}."
        else:
            found = f"{self.name} lies between {self.low} and {self.high}."
        return f"{found} {self.how}".strip()


@dataclass(frozen=True, eq=False)
class Audit:
    """What can be worked out about all hidden cells.

    Attributes
    ----------
    intervals : tuple of Interval
        One for each hidden cell, in the order of the tables.
    protection : int
        How far the ends of an interval must lie apart, in people.
    threshold : int
        Counts from here on are no small counts; a hidden one that must be at least this harms nobody.
    """

    intervals: tuple[Interval, ...]
    protection: int
    threshold: int
    has_totals: bool = True

    @property
    def leaks(self) -> tuple[Interval, ...]:
        """The cells that can be worked out more closely than the protection allows."""
        return tuple(one for one in self.intervals if self._leaks(one))

    def _leaks(self, one: Interval) -> bool:
        return one.width < self.protection and one.low < self.threshold

    @property
    def safe(self) -> bool:
        """Whether no cell leaks."""
        return not self.leaks

    @property
    def sentence(self) -> str:
        """The result in one or two plain sentences."""
        hidden = len(self.intervals)
        if not hidden:
            return "No cell is hidden, so there is nothing to recover."
        if not self.has_totals:
            return f"{_cells(hidden)} hidden. No totals are published here, so nothing can be subtracted."
        if self.safe:
            return (f"{_cells(hidden)} hidden. None of them can be worked out from the totals to within "
                    f"{self.protection} {_people(self.protection)}.")
        return (f"{_cells(hidden)} hidden, but {len(self.leaks)} can be worked out from what is published. "
                + " ".join(one.sentence() for one in self.leaks))

    def to_table(self) -> pd.DataFrame:
        """One row for each hidden cell: smallest, largest, and whether it leaks."""
        # A cell of which only “2 or 3” is left has not been given away, but nobody would call it safe.
        heading, leaks, holds = (("known exactly", "yes", "no") if self.protection == 1 else ("safe", "no", "yes"))
        rows = [{"hidden cell": one.name, "at least": one.low, "at most": "no limit" if one.high is None else one.high,
                 heading: leaks if self._leaks(one) else holds, "how": one.how} for one in self.intervals]
        return pd.DataFrame(rows, columns=["hidden cell", "at least", "at most", heading, "how"])

    def __repr__(self) -> str:
        return "\n".join([self.sentence, *([self.to_table().to_string(index=False)] if self.intervals else [])])

    def _repr_html_(self) -> str:
        table = html_table(self.to_table(), "What can be worked out about each hidden cell") if self.intervals else ""
        return f"<p>{escape(self.sentence)}</p>{table}"


def recoverable(tables, *, protection: int | None = None, threshold: int = THRESHOLD, count: str | None = None,
                total=None, known_range: tuple[int, int] | None = None) -> Audit:
    """What can be worked out about the hidden cells of published tables.

    Parameters
    ----------
    tables : pandas.DataFrame, list or dict of them, or Suppression
        Tables with `[c]` (or `c`, `*`) where a count is hidden. Several count the same people.
    protection : int, optional
        How far the smallest and the largest possible count must lie apart; by default `threshold` − 1,
        which is no closer than what “fewer than 5” says anyway. With `known_range`, 1.
    threshold : int, default 5
        Hidden counts that must be at least this large harm nobody.
    count, total : optional
        As for `suppress`.
    known_range : (int, int), optional
        What the reader knows about every hidden cell, such as (1, 4) where only counts under 5 are hidden.

    Returns
    -------
    Audit

    Raises
    ------
    CourseError
        If the tables cannot be read, or what is published contradicts itself.

    Examples
    --------
    >>> table = pd.DataFrame({"team": ["A", "B", "Total"], "people": ["[c]", "17", "20"]})
    >>> recoverable(table).leaks[0].sentence()
    'A is exactly 3. 20 (Total) − 17 (B) = 3.'
    """
    if hasattr(tables, "cells") and hasattr(tables, "audit"):
        tables, model = None, tables.cells
    else:
        model = reading.read(tables, count=count, total=total)
    if protection is None:
        protection = 1 if known_range else threshold - 1
    return audit(model, protection=protection, threshold=threshold, known_range=known_range)


def audit(model: Cells, *, protection: int, threshold: int = THRESHOLD, known_range=None) -> Audit:
    """As `recoverable`, for cells that have been read already."""
    bounds = intervals(model, known_range)
    found = Audit(
        tuple(Interval(model.names[place], low, high) for place, (low, high) in sorted(bounds.items())),
        protection, threshold, bool(model.sums),
    )
    leaking = {one.name for one in found.leaks}
    if known_range:
        # Also of those that are not exact it is said what the sums add to what was known before.
        leaking |= {one.name for one in found.intervals if one.width < known_range[1] - known_range[0]}
    explained = tuple(
        replace(one, how=_how(model, place, bounds)) if one.name in leaking else one
        for one, place in zip(found.intervals, sorted(bounds), strict=True)
    )
    return replace(found, intervals=explained)


def intervals(model: Cells, known_range=None, only=None) -> dict[int, tuple[int, int | None]]:
    """Smallest and largest whole number for each hidden cell.

    Parameters
    ----------
    model : Cells
    known_range : (int, int), optional
        What is known about every hidden cell beforehand.
    only : iterable of int, optional
        Look at these cells alone.

    Returns
    -------
    dict of int to (int, int or None)

    Raises
    ------
    CourseError
        If no whole numbers fit what is published.
    """
    hidden = sorted(model.hidden)
    wanted = hidden if only is None else sorted(set(only) & set(hidden))
    if not wanted:
        return {}
    if not model.sums:
        low, high = known_range or (0, None)
        return dict.fromkeys(wanted, (low, high))
    system = _System(model, hidden, known_range)
    return {place: (system.end(place, 1), system.end(place, -1)) for place in wanted}


class _System:
    """The sums with only the hidden cells left as unknowns."""

    def __init__(self, model: Cells, hidden: list[int], known_range):
        from scipy.optimize import Bounds, LinearConstraint

        published = np.array([0 if count is None else count for count in model.counts], dtype=float)
        matrix = model.matrix()
        left = -(matrix @ published)
        self.column = {place: number for number, place in enumerate(hidden)}
        unknown = matrix[:, hidden]
        used = np.flatnonzero(np.diff(unknown.indptr))
        empty = np.setdiff1d(np.arange(matrix.shape[0]), used)
        if np.any(np.abs(left[empty]) > 0.5):
            raise _contradiction()
        low, high = known_range or (0, np.inf)
        self.bounds = Bounds(np.full(len(hidden), float(low)), np.full(len(hidden), float(high)))
        self.constraints = LinearConstraint(unknown[used], left[used], left[used]) if len(used) else ()

    def end(self, place: int, sign: int) -> int | None:
        """The smallest (sign 1) or largest (sign −1) possible count of a cell."""
        from scipy.optimize import milp

        aim = np.zeros(len(self.column))
        aim[self.column[place]] = sign
        # Without whole numbers first: far faster, and in a table of rows and columns the corners found are
        # whole already. Where one is not, whole numbers are asked for.
        for whole in (0, 1):
            found = milp(aim, constraints=self.constraints, bounds=self.bounds, integrality=np.full_like(aim, whole))
            if found.status == 3 or (found.status == 4 and sign == -1):
                return None
            if found.x is None:
                raise _contradiction()
            if np.abs(found.x - np.round(found.x)).max() < 1e-6:
                break
        return round(found.x[self.column[place]])


def _contradiction() -> CourseError:
    return CourseError(
        "No whole numbers fit these totals: what is published contradicts itself. Perhaps the table was rounded, "
        "or a total belongs to other rows. Put that right, then ask again."
    )


def _how(model: Cells, place: int, bounds) -> str:
    """The shortest subtraction that gives the cell away, where one is enough; else that several are needed."""
    for total, parts in sorted(model.sums, key=lambda one: len(one[1])):
        if place != total and place not in parts:
            continue
        others = [one for one in (total, *parts) if one != place and model.counts[one] is None]
        if others:
            continue
        if place == total:
            said = " + ".join(f"{model.counts[part]} ({model.names[part]})" for part in parts)
            return f"{said} = {sum(model.counts[part] for part in parts)}."
        rest = [part for part in parts if part != place]
        value = model.counts[total] - sum(model.counts[part] for part in rest)
        said = "".join(f" − {model.counts[part]} ({model.names[part]})" for part in rest if model.counts[part])
        return f"{model.counts[total]} ({model.names[total]}){said} = {value}."
    together = _together(model, place)
    if together:
        return together
    low, high = bounds[place]
    certain = "gives it" if low == high else "narrows it"
    return f"No single subtraction gives it, but putting several rows and columns together {certain}."


def _together(model: Cells, place: int) -> str:
    """Where a sum leaves so few people for the hidden cells that each is nearly known."""
    for total, parts in model.sums:
        if place in parts and model.counts[total] is not None:
            hidden = [part for part in parts if model.counts[part] is None]
            left = model.counts[total] - sum(model.counts[part] or 0 for part in parts)
            if len(hidden) > 1 and left < THRESHOLD:
                return f"All hidden cells of “{model.names[total]}” together hold only {left}."
    return ""


def _cells(number: int) -> str:
    return f"{number} cell{' is' if number == 1 else 's are'}"


def _people(number: int) -> str:
    return "person" if number == 1 else "people"


# -- two tables together -----------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Difference:
    """What two tables give away together.

    Attributes
    ----------
    table : pandas.DataFrame
        One row for each cell: both counts, the difference, and what it gives away.
    found : tuple of str
        A sentence for each small difference.
    """

    table: pd.DataFrame
    found: tuple[str, ...]
    sentence: str

    def __repr__(self) -> str:
        return f"{self.sentence}\n{self.table.to_string(index=False)}"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.sentence)}</p>{html_table(self.table, 'What the two tables give away together')}"


def difference_tables(a, b, *, threshold: int = THRESHOLD, part_of: bool = False,
                      names: tuple[str, str] = ("first", "second"), count: str | None = None, total=None) -> Difference:
    """What somebody learns who subtracts one published table from another.

    Two tables can each be safe and still give away a person together: last month's and this month's, or
    everybody and everybody except one service.

    Parameters
    ----------
    a, b : pandas.DataFrame
        Tables with the same labels; `[c]` where a count is hidden.
    threshold : int, default 5
        Differences from 1 to `threshold` − 1 are small counts.
    part_of : bool, default False
        Whether `b` counts some of the people in `a`, such as women among all. Then everything that the two
        tables' totals give away about the others is worked out, through hidden cells, too.
    names : (str, str)
        What the two tables are called.
    count, total : optional
        As for `suppress`.

    Returns
    -------
    Difference

    Raises
    ------
    CourseError
        If the tables have no cell in common, or `b` is larger than `a` although it is a part of it.
    """
    first, second = (reading.read(one, count=count, total=total) for one in (a, b))
    own = {name: (first.counts[place], second.counts[second.names.index(name)])
           for place, name in enumerate(first.names) if name in second.names}
    if not own:
        raise CourseError("The two tables have no cell in common: their labels differ. Give both the same labels.")
    rest = _rest(first, second) if part_of else {}
    rows, found = [], []
    for name, (one, other) in own.items():
        low, high = rest.get(name, (None, None)) if part_of else _minus(one, other)
        said = _said_difference(name, low, high, threshold, part_of, names)
        if said:
            found.append(said)
        rows.append({"cell": name, names[0]: reading.SYMBOL if one is None else one,
                     names[1]: reading.SYMBOL if other is None else other,
                     "difference": _range(low, high), "gives away": _gives_away(low, said)})
    if found:
        sentence = (f"Put together, the two tables give away {len(found)} small "
                    f"{'count' if len(found) == 1 else 'counts'}. {' '.join(found)}")
    else:
        sentence = f"No difference between the two tables is a count from 1 to {threshold - 1}."
    return Difference(pd.DataFrame(rows), tuple(found), sentence)


def _minus(one, other) -> tuple[int | None, int | None]:
    return (None, None) if one is None or other is None else (one - other, one - other)


def _rest(first: Cells, second: Cells) -> dict[str, tuple[int, int | None]]:
    """Bounds for everybody in the first table who is not in the second."""
    for place, name in enumerate(first.names):
        if name in second.names:
            one, other = first.counts[place], second.counts[second.names.index(name)]
            if one is not None and other is not None and other > one:
                raise CourseError(f"“{name}” is {other} in the second table and only {one} in the first, so the "
                                  "second cannot be a part of the first. Leave part_of out, or swap the two.")
    joint = Cells()
    joint.names = [*first.names, *second.names, *(f"{name}, the others" for name in first.names)]
    joint.counts = [*first.counts, *second.counts, *([None] * len(first.names))]
    joint.totals = [*first.totals, *second.totals, *first.totals]
    start, others = len(first.names), len(first.names) + len(second.names)
    joint.sums = [*first.sums]
    joint.sums += [(total + start, [part + start for part in parts]) for total, parts in second.sums]
    joint.sums += [(total + others, [part + others for part in parts]) for total, parts in first.sums]
    joint.sums += [(place, [start + second.names.index(name), others + place])
                   for place, name in enumerate(first.names) if name in second.names]
    bounds = intervals(joint, only=range(others, len(joint.names)))
    return {name: bounds[others + place] for place, name in enumerate(first.names)}


def _range(low, high) -> str:
    if low is None:
        return "not known"
    if high is None:
        return f"{low} or more"
    return str(low) if low == high else f"{low} to {high}"


def _gives_away(low, said: str) -> str:
    if low is None:
        return "hidden here; do the other lines tell?"
    return "a small count" if said else "nothing small"


def _said_difference(name: str, low, high, threshold: int, part_of: bool, names) -> str:
    if low is None or high is None or high - low >= threshold - 1:
        return ""
    if part_of:
        if high == 0 or low >= threshold:
            return ""
        exact = f"exactly {low}" if low == high else f"{low} to {high}"
        return f"{name}: {exact} of those in “{names[0]}” {'is' if low == high == 1 else 'are'} not in “{names[1]}”."
    if low == 0 or abs(low) >= threshold:
        return ""
    more, less = (names[0], names[1]) if low > 0 else (names[1], names[0])
    return f"{name}: {abs(low)} more in “{more}” than in “{less}”."
