"""Records that are there twice: whole rows, identifiers, columns."""

import numpy as np

from researchskills.data.checks import likeness, words
from researchskills.data.checks.columns import Column, columns_of
from researchskills.data.finding import STRUCTURE, TIDINESS, Finding
from researchskills.data.table import Table


def rows(table: Table) -> list[Finding]:
    """Rows that are there twice, in every cell or in all but their identifier."""
    columns = columns_of(table)
    if columns.count < 3 or len(columns.all) < 2:
        return []
    hashes, keys = likeness.hashes_of(columns), likeness.keys_of(columns)
    whole = sum(hashes.values(), np.zeros(columns.count, dtype=np.uint64))
    found = []
    again, first = likeness.repeated(whole)
    filled = np.array(
        [
            sum(column.codes[row] >= 0 and not column.blank[column.codes[row]] for column in columns.all) > 1
            for row in again
        ],
        dtype=bool,
    )
    again, first = again[filled], first[filled]
    certain = bool(keys) or likeness.expected_by_chance(columns.all, columns.count) < likeness.BY_CHANCE
    if len(again) and (certain or len(columns.all) >= 4):
        found.append(
            likeness.pairs_found(
                columns,
                "repeated rows",
                f"{words.count(len(again), 'row')} {'repeats' if len(again) == 1 else 'repeat'} another row in "
                "every cell.",
                again,
                first,
                "certain" if keys else "likely" if certain else "possible",
                "The same event is counted twice.",
                "People keep one of each after asking how the copies came about, and log how many they took out.",
            )
        )
    identified = {column.name for column in keys}
    rest = [column for column in columns.all if column.name not in identified and column.filled]
    if keys and len(rest) >= 3:
        by_chance = likeness.expected_by_chance(rest, columns.count)
        if by_chance < likeness.BY_CHANCE:
            key = whole.copy()
            for column in keys:
                key = key - hashes[column.name]
            again_too, first_too = likeness.repeated(key)
            new = ~np.isin(again_too, again)
            again_too, first_too = again_too[new], first_too[new]
            # Rows with little in them agree easily.
            rich = sum((~column.missing_rows).astype(int) for column in rest)[again_too] >= max(3, 0.5 * len(rest))
            again_too, first_too = again_too[rich], first_too[rich]
            if len(again_too):
                found.append(
                    likeness.pairs_found(
                        columns,
                        "rows repeated under another identifier",
                        f"{words.count(len(again_too), 'row')} {'repeats' if len(again_too) == 1 else 'repeat'} "
                        "another row "
                        f"in everything but {words.named(keys)}.",
                        again_too,
                        first_too,
                        "likely",
                        "The same event seems to have been entered twice, with a new number each time.",
                        "People ask the service which of the two is the real one.",
                    )
                )
    return found


def identifiers(table: Table) -> list[Finding]:
    """Identifiers that should be unique and are not, and rows without one."""
    columns, found = columns_of(table), []
    whole = None
    for column in likeness.keys_of(columns):
        known = column._known & ~column.missing
        double = known & (column.counts > 1)
        if double.any():
            if whole is None:
                whole = sum(likeness.hashes_of(columns).values(), np.zeros(columns.count, dtype=np.uint64))
            positions = column.rows(double)
            # Whole rows that are there twice have been reported already.
            differing = (
                [
                    row
                    for code in np.unique(column.codes[positions])
                    for row in np.flatnonzero(column.codes == code)[1:]
                    if len(np.unique(whole[column.codes == code])) > 1
                ]
                if len(positions) < 2000
                else positions
            )
            if len(differing):
                values = len(np.unique(column.codes[differing]))
                found.append(
                    columns.finding(
                        "repeated identifiers",
                        f"{words.count(values, 'value')} of {words.named([column])} "
                        f"{'stands' if values == 1 else 'stand'} in more than one row, and these rows differ.",
                        why="Two records have become one, or one has become two: joins and counts go wrong.",
                        usual=(
                            "People look at the rows side by side: a later version, a slip of the key, or two people."
                        ),
                        certainty="certain" if column.distinct_share > 0.97 else "likely",
                        rank=STRUCTURE,
                        places=[columns.place(column, row) for row in differing],
                        count=values,
                        columns=[column],
                    )
                )
        empty = np.flatnonzero(column.missing_rows)
        if 0 < len(empty) <= 0.2 * columns.count:
            found.append(
                columns.finding(
                    "rows without identifier",
                    f"{words.count(len(empty), 'row')} {'has' if len(empty) == 1 else 'have'} no "
                    f"{words.named([column])}.",
                    why="Such a row cannot be traced back or joined.",
                    usual=(
                        "People look whether these are leftovers of the export (blank lines, notes) before they "
                        "drop them."
                    ),
                    certainty="certain",
                    rank=STRUCTURE,
                    places=[columns.place(column, row) for row in empty],
                    count=len(empty),
                    columns=[column],
                )
            )
    return found


def same_columns(table: Table) -> list[Finding]:
    """Two columns that hold the same in every row."""
    columns = columns_of(table)
    if columns.count < 10:
        return []
    seen: dict[bytes, Column] = {}
    pairs = []
    for column in columns.all:
        if column.filled < 5 or int(column._known.sum()) < 4:
            continue
        key = column.hashes[column.codes].tobytes()
        if key in seen:
            pairs.append((seen[key], column))
        else:
            seen[key] = column
    if not pairs:
        return []
    one, other = pairs[0]
    more = "" if len(pairs) == 1 else f"; {words.count(len(pairs) - 1, 'more pair')} of columns too"
    return [
        columns.finding(
            "same column twice",
            f"{words.named([one])} and {words.named([other])} hold the same in every row{more}.",
            why="Either one of them is a copy too many, or a column was filled from the wrong place.",
            usual="People check that both should be the same, and leave one out.",
            certainty="certain",
            rank=TIDINESS,
            places=[columns.whole(column) for pair in pairs for column in pair],
            count=len(pairs),
            columns=[column for pair in pairs for column in pair],
        )
    ]
