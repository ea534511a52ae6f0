"""Hiding small counts so that they stay hidden.

**Primary suppression** hides each count from 1 to 4. That alone protects nobody, because totals remain: the
hidden cell is the total minus the others. **Secondary suppression** hides further cells, as few as
possible, until no small count can be worked out.

Which cells to hide is a linear programme with whole numbers (Fischetti and Salazar-González 2001, Management
Science 47(7), 1008–1027, with sliding protection levels): for every small count there must be two tables, both in
agreement with everything published, in which it differs by at least the protection. Small problems are solved
for all small counts at once, so that the fewest cells are hidden; larger ones for one small count after the other,
as in Willenborg and de Waal (2001), chapter 6. Either way, what comes out is audited (see `audit`) by a
programme of its own, repaired if need be, and cells whose hiding turns out to be needless are shown again.
"""

from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import pandas as pd

from researchskills._html import escape
from researchskills.data import audit as auditing
from researchskills.data import cells as reading
from researchskills.data.audit import THRESHOLD, Audit
from researchskills.data.cells import SYMBOL, Cells
from researchskills.errors import CourseError
from researchskills.tables import html_table

#: Unknowns up to which all small counts are protected in one programme.
_JOINT = 15000
_SECONDS = 5.0
_OUT_OF_TIME = 1  # scipy's status
#: A change of a cell may be this many times the protection. Once is enough in a table of rows and columns,
#: where people move along a chain of cells; linked tables may need more. Small is fast.
_REACHES = (1, 20)
#: So many secondary cells are tried again at the end.
_MOST_TRIED = 40


@dataclass(frozen=True, eq=False)
class Suppression:
    """Tables that can be published.

    Attributes
    ----------
    tables : tuple of pandas.DataFrame
        As they were given, with `[c]` where a count is hidden.
    primary, secondary : tuple of str
        The hidden cells: small ones, and those hidden to protect them.
    audit : Audit
        What a reader can still work out.
    method : str
        How the secondary cells were chosen.
    cells : Cells
        The published cells and their sums.
    """

    tables: tuple[pd.DataFrame, ...]
    primary: tuple[str, ...]
    secondary: tuple[str, ...]
    audit: Audit
    threshold: int
    method: str
    cells: Cells

    @property
    def table(self) -> pd.DataFrame:
        """The first table."""
        return self.tables[0]

    @property
    def sentence(self) -> str:
        """What was hidden and why, in plain words."""
        if not self.primary:
            return f"No count is below {self.threshold}, so nothing had to be hidden."
        said = (f"{len(self.primary)} {_counts(self.primary)} from 1 to {self.threshold - 1} "
                f"{_is(self.primary)} hidden: {_list(self.primary)}.")
        if self.secondary:
            said += (f" {len(self.secondary)} more {_is(self.secondary)} hidden so that nobody can work "
                     f"{'it' if len(self.primary) == 1 else 'them'} out by subtraction: {_list(self.secondary)}.")
        return f"{said} {self.audit.sentence}"

    def __repr__(self) -> str:
        return "\n\n".join([*(table.to_string() for table in self.tables), self.sentence])

    def _repr_html_(self) -> str:
        shown = "".join(
            html_table(readable(table), f"{layout.title[:1].upper()}{layout.title[1:]}; {SYMBOL} is a hidden count")
            for table, layout in zip(self.tables, self.cells.frames, strict=True)
        )
        return f"{shown}<p>{escape(self.sentence)}</p>"


def suppress(
    tables,
    threshold: int = THRESHOLD,
    *,
    count: str | None = None,
    total=None,
    add_totals: bool = False,
    hide_zero: bool = False,
    keep_totals: bool = False,
    protection: int | None = None,
) -> Suppression:
    """Hide small counts, and as few others as needed so that they cannot be worked out.

    Parameters
    ----------
    tables : pandas.DataFrame, list or dict of them
        A cross-table with totals, or a tidy table with one column of counts and rows for totals. Several
        tables count the same people and are protected together: what one hides, the other cannot show.
    threshold : int, default 5
        Counts from 1 to `threshold` − 1 are hidden. Local rules that are stricter win.
    count : str, optional
        Column with the counts of a tidy table.
    total : str or list of str, optional
        How totals are called; by default “Total”, “All …” and “Everyone”.
    add_totals : bool, default False
        Work out totals for a table that has none.
    hide_zero : bool, default False
        Hide zeros like small counts, where “nobody” would say something about everybody.
    keep_totals : bool, default False
        Never hide a total; otherwise one is hidden only where nothing else protects.
    protection : int, optional
        How far the smallest and the largest possible count of a hidden cell must lie apart, in people;
        by default `threshold` − 1, so that the totals say no more than “fewer than 5” does.

    Returns
    -------
    Suppression

    Raises
    ------
    CourseError
        If the table has no totals, is no table of counts, or cannot be protected with its totals shown.

    Examples
    --------
    >>> table = pd.DataFrame({"team": ["A", "B", "C", "Total"], "people": [3, 17, 9, 29]})
    >>> suppress(table).table["people"].tolist()
    ['[c]', 17, '[c]', 29]
    """
    if isinstance(threshold, bool) or not isinstance(threshold, int) or threshold < 2:
        raise CourseError("The threshold is a whole number of at least 2, such as 5: smaller counts are hidden.")
    model = reading.read(tables, count=count, total=total, add_totals=add_totals)
    if not model.sums:
        raise CourseError(
            "This table has no totals. Readers often know them from elsewhere, and then hiding small counts "
            "alone protects nobody. Add the totals to the table, or say add_totals=True."
        )
    if model.hidden:
        raise CourseError("Some counts are hidden already. Start from the full table, or use recoverable(…) to see "
                          "whether what is hidden stays hidden.")
    protection = threshold - 1 if protection is None else protection
    published, primary, method = protect(model, threshold, hide_zero=hide_zero, keep_totals=keep_totals,
                                         protection=protection)
    names = published.names
    hidden = sorted(published.hidden)
    values = [SYMBOL if count is None else count for count in published.counts]
    return Suppression(
        tables=tuple(layout.filled(values) for layout in published.frames),
        primary=tuple(names[place] for place in hidden if place in primary),
        secondary=tuple(names[place] for place in hidden if place not in primary),
        audit=auditing.audit(published, protection=protection, threshold=threshold),
        threshold=threshold, method=method, cells=published,
    )


def protect(model: Cells, threshold: int, *, hide_zero: bool = False, keep_totals: bool = False,
            protection: int) -> tuple[Cells, set[int], str]:
    """The cells with small and protecting ones hidden; the small ones; how they were chosen.

    As `suppress`, for cells that have been read already.
    """
    least = 0 if hide_zero else 1
    primary = {place for place, count in enumerate(model.counts) if least <= count < threshold}
    fixed = {place for place, is_total in enumerate(model.totals) if keep_totals and is_total}
    small_totals = sorted(primary & fixed)
    if small_totals:
        raise CourseError(
            f"The total “{model.names[small_totals[0]]}” is {model.counts[small_totals[0]]}, which is itself a small "
            "count, so it cannot stay. Put groups together first, or let the totals be hidden (keep_totals=False)."
        )
    if not primary:
        return model, primary, "nothing had to be hidden"
    problem = _Problem(model, fixed, protection)
    hidden = set(primary)
    # Hiding more never makes a hidden cell better known: those that are safe now stay safe.
    targets = _leaking(model, hidden, None, protection, threshold)
    joint = 2 * len(targets) * len(model.names) <= _JOINT
    best = joint
    if joint and targets:
        chosen, best = problem.cheapest(sorted(targets), hidden)
        hidden |= chosen
        targets = _leaking(model, hidden, None, protection, threshold)
    while targets:
        best = False
        for target in sorted(targets, key=lambda place: (model.counts[place], place)):
            if _leaking(model, hidden, [target], protection, threshold):
                more, _ = problem.cheapest([target], hidden, whole=True)
                if more <= hidden:
                    raise CourseError("This table is too large to be protected in one go. Nothing was changed. Split "
                                      "it, for instance by area, or put small groups together first.")
                hidden |= more
        targets = _leaking(model, hidden, None, protection, threshold)
    if not best:
        hidden = _show_needless(model, hidden, primary, protection, threshold)
    method = ("the fewest cells, by one whole-number programme" if best
              else "one small count after the other, audited and thinned out")
    return _with_hidden(model, hidden), primary, method


def _with_hidden(model: Cells, hidden: set[int]) -> Cells:
    published = deepcopy(model)
    for place in hidden:
        published.counts[place] = None
    return published


def _leaking(model: Cells, hidden: set[int], only, protection: int, threshold: int) -> set[int]:
    """Hidden cells that may be small and can be worked out too closely."""
    bounds = auditing.intervals(_with_hidden(model, hidden), only=only)
    return {place for place, (low, high) in bounds.items()
            if high is not None and high - low < protection and low < threshold}


def _show_needless(model: Cells, hidden: set[int], primary: set[int], protection: int, threshold: int) -> set[int]:
    """Show secondary cells again whose hiding protects nobody, the largest first."""
    largest_first = sorted(hidden - primary, key=lambda one: (-model.totals[one], -model.counts[one], one))
    for place in largest_first[:_MOST_TRIED]:
        without = hidden - {place}
        # Neighbours first: showing a cell endangers those that share a sum with it.
        near = {one for total, parts in model.sums if place in (total, *parts) for one in (total, *parts)}
        order = sorted(without, key=lambda one: (one not in near, one))
        if not any(_leaking(model, without, [one], protection, threshold) for one in order):
            hidden = without
    return hidden


class _Problem:
    """Which further cells to hide: the whole-number programme."""

    def __init__(self, model: Cells, fixed: set[int], protection: int):
        self.model, self.fixed, self.protection = model, fixed, protection
        self.matrix = model.matrix()
        self.weights = self._weights()

    def _weights(self) -> np.ndarray:
        """What it costs to hide a cell: one for a cell, so that few are hidden.

        A total costs as much as several cells, for it is what readers look for. A zero costs more than
        another cell, because readers often know that there is nobody. Among equals the cell with fewer
        people is hidden, and then the earlier one, so that the same table always gives the same answer.
        """
        counts = np.array(self.model.counts, dtype=float)
        weights = 1 + 0.5 * counts / (counts.max() + 1)
        weights[counts == 0] = 2.0
        weights[np.array(self.model.totals)] *= 4.0
        return weights + 1e-4 * np.arange(len(counts)) / len(counts)

    def cheapest(self, targets: list[int], hidden: set[int], whole: bool = False) -> tuple[set[int], bool]:
        """The cells to hide, so that each target can differ by the protection in two possible tables.

        Returns them and whether that is known to be the best choice; where time ran out, those hidden
        already. With `whole`, the possible tables have whole numbers, as counts of people do.
        """
        for times in _REACHES:
            found = self._solved(targets, hidden, float(times * self.protection), whole)
            if found.x is not None:
                return set(np.flatnonzero(found.x[: len(self.model.names)] > 0.5).tolist()), found.status == 0
            if found.status == _OUT_OF_TIME:
                return set(hidden), False
        raise self._impossible(targets)

    def _solved(self, targets: list[int], hidden: set[int], reach: float, whole: bool):
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import block_diag, coo_array, hstack

        cells = len(self.model.names)
        counts = np.array(self.model.counts, dtype=float)
        blocks = 2 * len(targets)
        size = cells * (1 + blocks)
        # Unknowns: hide or not, for each cell; then for each target a table with less and one with more.
        lower = np.concatenate([np.zeros(cells), *([-np.minimum(counts, reach)] * blocks)])
        upper = np.concatenate([np.ones(cells), np.full(cells * blocks, reach)])
        lower[sorted(hidden)] = 1
        for place in self.fixed:
            upper[place] = 0
        choice = coo_array((self.matrix.shape[0] * blocks, cells))
        sums = hstack([choice, block_diag([self.matrix] * blocks)])
        one = np.arange(cells * blocks)
        place = np.tile(np.arange(cells), blocks)
        # A cell changes only where it is hidden: −count·hide ≤ change ≤ reach·hide.
        change = coo_array((np.ones(len(one)), (one, cells + one)), shape=(len(one), size))
        above = change - coo_array((np.full(len(one), reach), (one, place)), shape=change.shape)
        below = change + coo_array((np.minimum(counts, reach)[place], (one, place)), shape=change.shape)
        number = np.arange(len(targets))
        at = np.array(targets)
        gap = coo_array(
            (np.concatenate([-np.ones(len(targets)), np.ones(len(targets))]),
             (np.concatenate([number, number]),
              np.concatenate([cells * (1 + 2 * number) + at, cells * (2 + 2 * number) + at]))),
            shape=(len(targets), size),
        )
        kinds = np.ones(size)
        kinds[cells:] = whole
        return milp(
            np.concatenate([self.weights, np.zeros(cells * blocks)]),
            integrality=kinds,
            bounds=Bounds(lower, upper),
            constraints=[
                LinearConstraint(sums, 0, 0),
                LinearConstraint(above, -np.inf, 0),
                LinearConstraint(below, 0, np.inf),
                LinearConstraint(gap, self.protection, np.inf),
            ],
            options={"time_limit": _SECONDS, "mip_rel_gap": 0},
        )

    def _impossible(self, targets: list[int]) -> CourseError:
        names = _list([self.model.names[place] for place in targets])
        way_out = ("Let totals be hidden (keep_totals=False), or put groups together first." if self.fixed
                   else "Put groups together first, so that counts are larger.")
        return CourseError(
            f"Hiding cells cannot protect {names}: so few people are in this table that its sums always give "
            f"something away. Nothing was changed. {way_out}"
        )


def readable(table: pd.DataFrame) -> pd.DataFrame:
    """A cross-table whose row labels are shown as its first column."""
    if isinstance(table.index, pd.RangeIndex) and table.index.name is None:
        return table
    out = table.copy()
    out.columns = [str(column) for column in table.columns]
    out.insert(0, str(table.index.name or "group"), list(table.index), allow_duplicates=True)
    return out.reset_index(drop=True)


def _counts(names) -> str:
    return "count" if len(names) == 1 else "counts"


def _is(names) -> str:
    return "is" if len(names) == 1 else "are"


def _list(names) -> str:
    return "; ".join(names)
