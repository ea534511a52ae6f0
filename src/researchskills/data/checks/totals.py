"""Totals that must agree with what they add up, and rows that stand for larger areas."""

import re

import numpy as np

from researchskills.data.checks import words
from researchskills.data.checks.columns import Column, Columns, columns_of
from researchskills.data.checks.shares import SHARE
from researchskills.data.finding import STRUCTURE, VALUES, Finding, Place
from researchskills.data.structure import is_pivot
from researchskills.data.table import Table

_HIGHEST, _LOWEST = {"longest", "maximum", "max", "highest"}, {"shortest", "minimum", "min", "lowest"}


def sums(table: Table) -> list[Finding]:
    """A total row or column that is not the sum of its parts."""
    columns = columns_of(table)
    return _total_rows(columns) + _total_columns(columns)


def _total_rows(columns: Columns) -> list[Finding]:
    table, found, wrong = columns.table, [], []
    fitting: set[int] = set()
    if not len(table.totals) or is_pivot(table):
        return []
    for position in range(len(table.totals)):
        label = " ".join(
            str(value) for value in table.totals.iloc[position] if not re.search(r"\d", str(value))
        ).casefold()
        if re.search(r"average|mean|median|%|rate", label):
            continue
        for column in columns.of("number"):
            text = str(table.totals[column.name].iat[position]).strip().replace(",", "")
            if not re.fullmatch(r"[-+]?\d+(?:\.\d+)?", text) or not _adds_up(column):
                continue
            # With subtotals between, each adds up the rows since the one before.
            above = table.rows < table.total_rows[position]
            earlier = list(table.total_rows[:position])
            since = above & (table.rows > max(earlier, default=0))
            known = ~np.isnan(column.values)
            parts = [above, since, ~above, *_of_its_group(columns, position)]
            sums_ = {float(column.values[known & part].sum()) for part in parts if (known & part).any()}
            stated = float(text)
            if (
                sums_
                and min(abs(stated - one) for one in sums_) > 0.5 + 1e-6 * abs(stated)
                and column.number_count >= 2
            ):
                wrong.append((column, position, stated, min(sums_, key=lambda one: abs(stated - one))))
            elif sums_ and stated:
                fitting.add(position)
    # Hidden cells explain a total above the sum of what is shown.
    wrong = [item for item in wrong if not (item[0].missing_rows.any() and item[2] >= item[3])]
    # A row of averages or rates is no sum: it misses by far in every column.
    wrong = [item for item in wrong if item[3] and (0.5 < item[2] / item[3] < 2 or item[1] in fitting)]
    for column, position, stated, added in wrong[:3]:
        rounded = "; hidden or rounded cells may explain it" if column.missing_rows.any() else ""
        found.append(
            columns.finding(
                "totals that do not add up",
                f"The total row says {words.number(stated)} in {words.named([column])}; the rows add up to "
                f"{words.number(added)}"
                f"{rounded}.",
                why="Either a row is missing or the total is of another day.",
                usual="People find out which of the two is right before they quote either.",
                certainty="possible" if rounded else "likely",
                rank=STRUCTURE,
                places=[_total_place(columns, column, position)],
                count=1,
                columns=[column],
            )
        )
    return found


def _of_its_group(columns: Columns, position: int):
    """Rows that share a word with the total row: "Northmoor, all" adds up the rows of Northmoor."""
    for column in columns.of("text"):
        same = column.stripped == str(columns.table.totals[column.name].iat[position]).strip()
        if same.any():
            yield same[column.codes]


def _total_place(columns: Columns, column: Column, position: int):
    table = columns.table
    return Place(
        table.sheet,
        int(table.total_rows[position]),
        column.name,
        str(table.totals[column.name].iat[position]),
        column.letter,
    )


def _adds_up(column: Column) -> bool:
    return not column.words & (SHARE | {"average", "mean", "median", "score", "age", "year", "code", "outcome", "days"})


def _total_columns(columns: Columns) -> list[Finding]:
    found = []
    numbers = [column for column in columns.of("number") if _adds_up(column)]
    for index, total in enumerate(numbers):
        if not total.words & {"total", "all", "sum", "overall", "volume"} and index:
            continue
        for parts in _parts(numbers, index):
            with np.errstate(invalid="ignore"):
                added = np.sum([column.values for column in parts], axis=0)
            both = ~np.isnan(added) & ~np.isnan(total.values)
            if both.sum() < 8:
                continue
            fits = np.abs(added - total.values) <= 0.5
            if fits[both].mean() < 0.7:
                continue
            rows = np.flatnonzero(both & ~fits)
            if len(rows):
                found.append(
                    columns.finding(
                        "totals that do not add up",
                        f"In {words.count(len(rows), 'row')} of {int(both.sum()):,} {words.named([total])} is not "
                        "the sum of "
                        f"{words.named(parts, 2)}, as for {columns.naming(rows[0])}: "
                        f"{words.number(total.values[rows[0]])}, "
                        f"and the parts give {words.number(added[rows[0]])}.",
                        why="Part of what is counted in the total is missing in the parts, or the other way round.",
                        usual="People go back to the records behind both.",
                        certainty="likely",
                        rank=VALUES,
                        places=[columns.place(total, row) for row in rows],
                        count=len(rows),
                        columns=[total, *parts],
                    )
                )
            break
    return found


def _parts(numbers: list[Column], index: int):
    """Runs of at least two columns right before or after a total that could be its parts."""
    after, before = numbers[index + 1 :], numbers[:index]
    for length in range(min(len(after), 12), 1, -1):
        for start in range(0, min(len(after) - length, 3) + 1):
            yield after[start : start + length]
    for length in range(min(len(before), 12), 1, -1):
        yield before[-length:]


def middles_and_extremes(table: Table) -> list[Finding]:
    """A median or mean above the longest, or below the shortest."""
    columns, found = columns_of(table), []
    middles = [c for c in columns.of("number") if c.words & {"median", "mean", "average"}]
    for middle in middles:
        own = middle.words - {"median", "mean", "average"}
        extremes = [
            column
            for column in columns.of("number")
            if column.words & (_HIGHEST | _LOWEST)
            and len(own & column.words) >= max(1, 0.6 * len(own))
            and {word for word in own ^ column.words if word.isdigit()} == set()
        ]
        # The one that is named most alike: "median wait for start" goes with "longest wait for start".
        for extreme in sorted(extremes, key=lambda column: -len(own & column.words))[:1]:
            high = extreme.words & _HIGHEST
            rows = np.flatnonzero(middle.values > extreme.values if high else middle.values < extreme.values)
            if 0 < len(rows) <= 0.1 * middle.number_count:
                found.append(
                    columns.finding(
                        "middle beyond the extreme",
                        f"In {words.count(len(rows), 'row')} {words.named([middle])} is {'above' if high else 'below'} "
                        f"{words.named([extreme])}, as for {columns.naming(rows[0])}.",
                        why="No average can lie outside its own data.",
                        usual="People ask which of the two was mistyped.",
                        certainty="likely",
                        rank=VALUES,
                        places=[columns.place(middle, row) for row in rows],
                        count=len(rows),
                        columns=[middle, extreme],
                    )
                )
    return found


def larger_areas(table: Table) -> list[Finding]:
    """Rows for England, regions or totals among rows for councils, teams or wards."""
    columns = columns_of(table)
    rows = np.flatnonzero(columns.larger)
    if not len(rows) or columns.count < 8:
        return []
    label = max(
        (column for column in columns.all[:4] if column.lower[column.codes[rows[0]]] in words.LARGER_AREAS),
        key=lambda column: sum(len(column.stripped[column.codes[row]]) for row in rows),
    )
    names = dict.fromkeys(label.stripped[label.codes[row]] for row in rows)
    shown = words.listed([f"“{name}”" for name in names if name], 3, "name")
    return [
        columns.finding(
            "larger areas among the rows",
            f"{words.count(len(rows), 'row')} {'stands' if len(rows) == 1 else 'stand'} for a larger area or a "
            "total, not for one "
            f"unit: {shown}.",
            why="Adding up or averaging the column counts the same people twice.",
            usual="People set them apart before they analyse and use them only to compare.",
            certainty="likely",
            rank=STRUCTURE,
            places=[columns.place(label, row) for row in rows],
            count=len(rows),
            columns=[label],
        )
    ]
