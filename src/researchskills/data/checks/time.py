"""Months and years in a table: one that is missing, a unit that stops, a nought where nothing was sent."""

import re

import numpy as np

from researchskills.data.checks import words
from researchskills.data.checks.columns import Column, Columns, columns_of
from researchskills.data.finding import STRUCTURE, VALUES, Finding
from researchskills.data.table import Table

_YEAR = r"((?:19|20)\d\d(?:\s*(?:/|-|–|to)\s*(?:(?:19|20)?\d\d))?)"
_TWO_PARTS = re.compile(r"((?:19|20)\d\d)\s*(?:/|-|–|\.|to)\s*((?:19|20)?\d{1,2})")
_QUARTER = re.compile(rf"(?:q([1-4])[\s,]*{_YEAR}|{_YEAR}[\s,]*-?\s*q([1-4]))", re.IGNORECASE)
_MONTH_FIRST = re.compile(r"(0?[1-9]|1[0-2])[/-]((?:19|20)\d\d)")


def periods(column: Column) -> tuple[np.ndarray, str] | None:
    """Running numbers of the periods in a column of years, quarters or months.

    Returns
    -------
    (numpy.ndarray, str) or None
        For each different value its place in the calendar (float, NaN where it is none) and what one step is:
        "year", "quarter" or "month". None when the column holds no periods.
    """
    number = np.full(len(column.texts), np.nan)
    if column.kind in ("month", "date"):
        days = column.days
        known = ~np.isnat(days)
        months = days[known].astype("datetime64[M]")
        # Dates count as months when all fall on the same day of the month.
        day = (days[known] - months.astype("datetime64[D]")).astype(int)
        if not len(day) or len(np.unique(day)) > 1 or known.sum() > 400:
            return None
        number[known] = months.astype(int)
        step = np.unique(np.diff(np.unique(number[known])))
        if len(step) and step.min() in (3.0, 12.0):
            number /= step.min()
            return number, "quarter" if step.min() == 3 else "year"
        return number, "month"
    if not column.filled or len(column.texts) > 400:
        return None
    for read in (_years, _quarters, _months):
        number = np.array([np.nan if (one := read(text)) is None else one for text in column.stripped], dtype=float)
        if (~np.isnan(number)).sum() >= 0.8 * column._known.sum():
            return number, read.__name__.strip("_").rstrip("s")
    if column.kind == "number" and column.words & {"year", "yr"}:
        whole = ~np.isnan(column.plain) & (column.plain % 1 == 0) & (column.plain >= 1900) & (column.plain <= 2100)
        if (
            whole.sum() >= 3
            and column.counts[whole].sum() >= 0.8 * column.filled
            and not column.words & {"birth", "born", "age"}
        ):
            return np.where(whole, column.plain, np.nan), "year"
    return None


def _years(text: str) -> int | None:
    """2023/24 or 2023-2024; not 2023-04, which is a month."""
    parts = _TWO_PARTS.fullmatch(text)
    return int(parts[1]) if parts and (int(parts[1]) + 1) % 100 == int(parts[2]) % 100 else None


def _quarters(text: str) -> int | None:
    """Q1 2024, 2024-Q1 or Q1 2024/25."""
    parts = _QUARTER.fullmatch(text)
    return int((parts[2] or parts[3])[:4]) * 4 + int(parts[1] or parts[4]) if parts else None


def _months(text: str) -> int | None:
    """2024-04 or 04/2024."""
    if (parts := _MONTH_FIRST.fullmatch(text)) is not None:
        return int(parts[2]) * 12 + int(parts[1])
    parts = _TWO_PARTS.fullmatch(text)
    return int(parts[1]) * 12 + int(parts[2]) if parts and 1 <= int(parts[2]) <= 12 else None


def gaps(table: Table) -> list[Finding]:
    """A month, quarter or year that is missing from a run, and periods that hold far fewer records than the others."""
    columns, found = columns_of(table), []
    for column in columns.all:
        told = periods(column)
        if told is None:
            continue
        number, step = told
        known = np.unique(number[~np.isnan(number)])
        sizes = np.array([column.counts[number == one].sum() for one in known])
        # A run of periods has about as many rows in each; years of opening or of starting do not.
        if len(known) < 4 or sizes.max() > 4 * sizes.min():
            continue
        lacking = np.setdiff1d(np.arange(known.min(), known.max() + 1), known)
        if 0 < len(lacking) <= 2 * len(known):
            after = known[known < lacking[0]].max()
            before = known[known > lacking[0]].min()
            texts = [column.stripped[np.flatnonzero(number == one)[0]] for one in (after, before)]
            found.append(
                columns.finding(
                    "periods missing",
                    f"{words.named([column])} jumps over {words.count(len(lacking), step)}: nothing between "
                    f"“{texts[0]}” and "
                    f"“{texts[1]}”.",
                    why="A line drawn through the points hides that nothing is known in between.",
                    usual=(
                        "People ask whether the period was not collected or not exported, and leave a gap in the chart."
                    ),
                    certainty="likely",
                    rank=STRUCTURE,
                    places=[columns.place(column, column.rows(number == one)[0]) for one in (after, before)],
                    count=len(lacking),
                    columns=[column],
                )
            )
    return found


def units_that_stop(table: Table) -> list[Finding]:
    """A team, trust or area that has no row in some periods, though it has one in all others."""
    columns, found = columns_of(table), []
    for column in columns.all:
        told = periods(column)
        if told is None:
            continue
        number, step = told
        when = number[column.codes]
        every = np.unique(when[~np.isnan(when)])
        if not 4 <= len(every) <= 200:
            continue
        for unit in columns.all:
            if unit is column or unit.kind != "text" or unit.free_text or not 3 <= int(unit._known.sum()) <= 2000:
                continue
            here = ~np.isnan(when) & unit._known[unit.codes]
            cell = unit.codes[here] * len(every) + np.searchsorted(every, when[here])
            grid = np.bincount(cell, minlength=len(unit.texts) * len(every)).reshape(len(unit.texts), len(every))[
                unit._known
            ]
            names = np.flatnonzero(unit._known)
            full = (grid > 0).mean()
            # A panel: nearly every unit has one row in every period.
            if full < 0.9 or np.median(grid[grid > 0]) > 1 or full == 1.0:
                continue
            short = np.flatnonzero((grid > 0).sum(axis=1) < len(every))
            if len(short) > 0.2 * len(names):
                continue
            texts = []
            for row in short[:3]:
                gone = every[grid[row] == 0]
                first = column.stripped[np.flatnonzero(number == gone[0])[0]]
                texts.append(
                    f"“{columns.shown(unit, unit.stripped[names[row]])}” lacks {words.count(len(gone), step)} "
                    f"(first “{first}”)"
                )
            if len(short) > 3:
                texts = texts[:2] + [f"{len(short) - 2} others lack some too"]
            found.append(
                columns.finding(
                    "units that stop or begin",
                    f"{words.count(len(short), 'unit')} of {len(names):,} in {words.named([unit])} "
                    f"{'is' if len(short) == 1 else 'are'} not there in every {step}: {'; '.join(texts)}.",
                    why="The total falls or rises because somebody stopped or began to report.",
                    usual="People compare only units that are there all the time, or say who is missing when.",
                    certainty="certain",
                    rank=STRUCTURE,
                    places=[
                        columns.place(unit, unit.rows(np.arange(len(unit.texts)) == names[row])[-1]) for row in short
                    ],
                    count=len(short),
                    columns=[unit, column],
                )
            )
            found += _noughts(columns, unit, column, when)
            break
        else:
            for unit in columns.all:
                if (
                    unit is not column
                    and unit.kind == "text"
                    and not unit.free_text
                    and 3 <= int(unit._known.sum()) <= 2000
                ):
                    found += _noughts(columns, unit, column, when)
                    break
    return found


def _noughts(columns: Columns, unit: Column, column: Column, when: np.ndarray) -> list[Finding]:
    """A nought for a unit whose other figures are large: more likely not reported."""
    cells = []
    for measure in columns.of("number"):
        if measure.number_count < 20 or measure.words & {"change", "difference"}:
            continue
        zero = np.flatnonzero((measure.values == 0) & ~np.isnan(when))
        if not len(zero) or len(zero) > 0.2 * measure.number_count:
            continue
        for row in zero:
            others = measure.values[(unit.codes == unit.codes[row]) & (measure.values > 0)]
            if len(others) >= 4 and others.min() >= 50 and np.median(others) >= 100:
                cells.append((measure, row))
    if not cells:
        return []
    rows = sorted({int(row) for _, row in cells})
    measures = list(dict.fromkeys(measure for measure, _ in cells))
    units = list(dict.fromkeys(columns.shown(unit, unit.stripped[unit.codes[row]]) for row in rows))
    shown = words.listed([f"“{name}”" for name in units], 2, "unit")
    return [
        columns.finding(
            "nought that may mean not reported",
            f"{shown} {'has' if len(units) == 1 else 'have'} 0 in {words.named(measures, 2)} in "
            f"{words.count(len(rows), 'row')}, "
            "and hundreds in all other periods.",
            why="Nothing sent is not nothing happened, and it drags the average down.",
            usual="People ask, and read it as missing until they know.",
            certainty="likely",
            rank=VALUES,
            places=[columns.place(measure, row) for measure, row in cells],
            count=len(cells),
            columns=[unit, *measures],
        )
    ]
