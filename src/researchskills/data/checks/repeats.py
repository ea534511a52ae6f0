"""Records that are there twice: whole rows, identifiers, rows that differ in a slip of the pen, people who come back.

Rows are compared by hashes of their values, never pair by pair: a row that differs from another in one column has the
same sum of hashes as soon as that column's hash is taken away. So near-duplicates in 76,000 rows take a second.
"""

import re

import numpy as np
import pandas as pd

from researchskills.data.checks import words
from researchskills.data.checks.columns import Column, Columns, columns_of
from researchskills.data.finding import STRUCTURE, TIDINESS, Finding
from researchskills.data.table import Table

#: Days within which a second referral of the same person counts as a bounced one (Larkshire's own rule).
BOUNCED = 14
#: So many pairs that agree by chance are put up with before repeated rows are reported.
_BY_CHANCE = 0.05
_PERSON = {
    "person",
    "client",
    "patient",
    "user",
    "nhs",
    "resident",
    "customer",
    "individual",
    "mosaic",
    "carer",
    "people",
}
_RECORD = {
    "referral",
    "assessment",
    "record",
    "case",
    "episode",
    "visit",
    "request",
    "row",
    "survey",
    "respondent",
    "contact",
}


def _hashes(columns: Columns) -> dict[str, np.ndarray]:
    """For each column a 64-bit hash of the value in every row, shape (rows,)."""
    if "hashes" not in columns.__dict__:
        found = {}
        for index, column in enumerate(columns.all):
            key = f"{index:016d}"
            unique = pd.util.hash_array(column.stripped, hash_key=key)
            unique = np.where(column.blank, np.uint64(0), unique)
            found[column.name] = unique[column.codes]
        columns.__dict__["hashes"] = found
    return columns.__dict__["hashes"]


def _repeated(key: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions of rows whose key occurred before, and for each the position where it occurred first."""
    group, _ = pd.factorize(key)
    first = np.full(group.max() + 1 if len(group) else 0, -1)
    order = np.arange(len(group))[::-1]
    first[group[order]] = order
    again = np.flatnonzero(first[group] != np.arange(len(group)))
    return again, first[group[again]]


def _chance(columns: list[Column], rows: int) -> float:
    """How many pairs of rows would agree in all these columns by chance, were the columns independent."""
    log = np.log(max(rows * (rows - 1) / 2, 1))
    for column in columns:
        log += np.log(np.sum((column.counts / max(rows, 1)) ** 2))
    return float(np.exp(min(log, 50)))


def _keys(columns: Columns) -> list[Column]:
    """Columns that give each row an identifier of its own."""
    found = []
    for column in columns.all:
        if (
            column.filled < 0.5 * columns.count
            or column.filled < 10
            or column.kind in ("date", "month")
            or column.free_text
        ):
            continue
        if column.kind == "number" and (column.plain[~np.isnan(column.plain)] % 1 != 0).any():
            continue
        if (
            column.identifies
            and column.distinct_share >= 0.85
            and not (column.words & _PERSON and not column.words & _RECORD and column.distinct_share < 0.97)
        ):
            found.append(column)
    return found


def rows(table: Table) -> list[Finding]:
    """Rows that are there twice, in every cell or in all but their identifier."""
    columns = columns_of(table)
    if columns.count < 3 or len(columns.all) < 2:
        return []
    hashes, keys = _hashes(columns), _keys(columns)
    whole = sum(hashes.values(), np.zeros(columns.count, dtype=np.uint64))
    found = []
    again, first = _repeated(whole)
    filled = np.array(
        [
            sum(column.codes[row] >= 0 and not column.blank[column.codes[row]] for column in columns.all) > 1
            for row in again
        ],
        dtype=bool,
    )
    again, first = again[filled], first[filled]
    certain = bool(keys) or _chance(columns.all, columns.count) < _BY_CHANCE
    if len(again) and (certain or len(columns.all) >= 4):
        found.append(
            _pairs(
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
        by_chance = _chance(rest, columns.count)
        if by_chance < _BY_CHANCE:
            key = whole.copy()
            for column in keys:
                key = key - hashes[column.name]
            again_too, first_too = _repeated(key)
            new = ~np.isin(again_too, again)
            again_too, first_too = again_too[new], first_too[new]
            # Rows with little in them agree easily.
            rich = sum((~column.missing_rows).astype(int) for column in rest)[again_too] >= max(3, 0.5 * len(rest))
            again_too, first_too = again_too[rich], first_too[rich]
            if len(again_too):
                found.append(
                    _pairs(
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


def _pairs(columns: Columns, check: str, sentence: str, again, first, certainty, why, usual, names=()) -> Finding:
    places = []
    for later, earlier in list(zip(again, first, strict=True))[:5]:
        places.append(columns.table.place(int(later), "", f"like row {int(columns.table.rows[earlier]):,}"))
    return columns.finding(
        check,
        sentence,
        why=why,
        usual=usual,
        certainty=certainty,
        rank=STRUCTURE,
        places=places,
        count=len(again),
        columns=names,
    )


def identifiers(table: Table) -> list[Finding]:
    """Identifiers that should be unique and are not, and rows without one."""
    columns, found = columns_of(table), []
    whole = None
    for column in _keys(columns):
        known = column._known & ~column.missing
        double = known & (column.counts > 1)
        if double.any():
            if whole is None:
                whole = sum(_hashes(columns).values(), np.zeros(columns.count, dtype=np.uint64))
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


def near(table: Table) -> list[Finding]:
    """Rows that repeat another but for one slip: a typing error in a name, two figures of a date changed round."""
    from rapidfuzz.distance import OSA

    columns = columns_of(table)
    keys = {column.name for column in _keys(columns)}
    rest = [column for column in columns.all if column.name not in keys and column.filled]
    if columns.count < 10 or len(rest) < 4 or len(rest) > 60:
        return []
    hashes = _hashes(columns)
    whole = sum((hashes[column.name] for column in rest), np.zeros(columns.count, dtype=np.uint64))
    rich = sum((~column.missing_rows).astype(int) for column in rest) >= max(4, 0.5 * len(rest))
    seen, pairs = set(), []
    by_column: dict[str, int] = {}
    for column in rest:
        if column.kind in ("blank", "month") or (column.free_text and column.distinct_share < 0.02):
            continue
        others = [other for other in rest if other is not column]
        by_chance = _chance(others, columns.count)
        if by_chance >= _BY_CHANCE:
            continue
        again, first = _repeated(whole - hashes[column.name])
        for later, earlier in zip(again, first, strict=True):
            if (later, earlier) in seen or not rich[later]:
                continue
            one, other = column.stripped[column.codes[later]], column.stripped[column.codes[earlier]]
            if one == other or column.missing[column.codes[later]] or column.missing[column.codes[earlier]]:
                continue
            # Codes one figure apart (ward W07 and W08) are a slip only where all else could hardly agree by chance.
            if not (_slip(column, one, other, OSA.distance) or (by_chance < 1e-6 and _codes_alike(one, other))):
                continue
            seen.add((later, earlier))
            pairs.append((later, earlier))
            by_column[column.name] = by_column.get(column.name, 0) + 1
    if not pairs or len(pairs) > 0.2 * columns.count:
        return []
    pairs.sort()
    names = sorted(by_column, key=lambda name: -by_column[name])
    again, first = np.array(pairs).T
    return [
        _pairs(
            columns,
            "near-duplicate rows",
            f"{words.count(len(again), 'row')} {'is' if len(again) == 1 else 'are'} almost the same as another: "
            f"all alike but for {'its' if len(again) == 1 else 'their'} identifier and a small difference in "
            f"{words.listed([f'“{words.short(name)}”' for name in names], 3, 'column')}."
            if keys
            else f"{words.count(len(again), 'row')} {'is' if len(again) == 1 else 'are'} like another but for a small "
            f"difference in {words.listed([f'“{words.short(name)}”' for name in names], 3, 'column')}.",
            again,
            first,
            "likely" if keys else "possible",
            "The same person or event may have been entered twice, with a slip.",
            "People lay the two side by side and ask the service; they do not merge by machine.",
            names=[column for column in rest if column.name in by_column],
        )
    ]


def _slip(column: Column, one: str, other: str, distance) -> bool:
    """Whether two values look like the same thing with a slip of the pen."""
    if column.kind == "number":
        # Figures that changed places, or one of several mistyped: 57 and 75, but not 3 and 4.
        return len(one) == len(other) >= 2 and sorted(one) == sorted(other)
    if column.kind == "date":
        return distance(one, other) <= 1 or sorted(one) == sorted(other)
    if min(len(one), len(other)) < 4 or any(c.isdigit() for c in one + other):
        return column.name and len(one) >= 6 and column.distinct_share > 0.3 and distance(one, other) == 1
    return one.casefold() != other.casefold() and distance(one.casefold(), other.casefold()) <= (
        1 if len(one) < 8 else 2
    )


def _codes_alike(one: str, other: str) -> bool:
    """Whether two short codes have the same letters and as many figures."""
    shape = [re.sub(r"\d", "0", text) for text in (one, other)]
    return shape[0] == shape[1] and "0" in shape[0] and any(c.isalpha() for c in one) and len(one) <= 12


def _people(columns: Columns) -> Column | None:
    """The column that says which person a record is about, when people come back."""
    best = None
    for column in columns.all:
        if (
            column.kind in ("date", "month", "blank")
            or column.free_text
            or column.distinct_share < 0.2
            or column.filled < 20
        ):
            continue
        if (
            column.words & _PERSON
            and not column.words & (_RECORD | {"age", "number_of", "satisfied"})
            and not (column.kind == "number" and (column.plain[~np.isnan(column.plain)] % 1).any())
        ):
            best = column if best is None or column.distinct_share > best.distinct_share else best
    return best


def comes_back(table: Table) -> list[Finding]:
    """The same person again within a fortnight, which may be one referral that was passed on or bounced."""
    columns = columns_of(table)
    person = _people(columns)
    if person is None or person.distinct_share > 0.995:
        return []
    date = next(
        (
            column
            for column in columns.of("date")
            if column.filled > 0.8 * columns.count and not column.words & {"birth", "dob", "born"}
        ),
        None,
    )
    if date is None:
        return []
    known = ~person.missing_rows & ~np.isnat(date.dates)
    rows_ = np.flatnonzero(known)
    day, who = date.dates[rows_].astype(int), person.codes[rows_]
    order = np.lexsort((day, who))
    same = who[order][1:] == who[order][:-1]
    gap = np.diff(day[order])
    whole = sum(_hashes(columns).values(), np.zeros(columns.count, dtype=np.uint64))[rows_][order]
    soon = same & (gap <= BOUNCED) & (whole[1:] != whole[:-1])
    again = rows_[order][1:][soon]
    if not len(again) or len(again) > 0.4 * columns.count:
        return []
    return [
        columns.finding(
            "the same person again soon",
            f"In {words.count(len(again), 'row')} the same {words.named([person])} comes again within {BOUNCED} "
            "days of "
            f"{words.named([date])}.",
            why="One need that is passed from desk to desk is counted as several.",
            usual="People decide on a rule (such as 14 days), count both ways and report which one they used.",
            certainty="possible",
            rank=STRUCTURE,
            places=[columns.table.place(int(row), date.name) for row in sorted(again)[:5]],
            count=len(again),
            columns=[person, date],
        )
    ]


def one_unit_two_names(table: Table) -> list[Finding]:
    """One council, team or person listed twice under two names with the same figures."""
    from rapidfuzz import fuzz

    columns = columns_of(table)
    if not 10 <= columns.count <= 5000:
        return []
    label = columns.label
    if label is None or label.distinct_share < 0.95 or label.name in columns.personal:
        return []
    if np.mean([any(c.isdigit() for c in text) for text in label.stripped]) > 0.5:  # codes, not names
        return []
    measured = [
        column
        for column in columns.of("number")
        if not column.identifies and not column.words & {"code"} and column.distinct_share > 0.05
    ]
    if len(measured) < 2:
        return []
    figures = np.column_stack([column.values for column in measured])
    informative = np.array([column.distinct_share > 0.1 for column in measured])
    pairs: dict[tuple[int, int], str] = {}
    for column in columns.all:
        if column is label or column.kind in ("date", "month") or not (column.identifies or "code" in column.words):
            continue
        if column.distinct_share < 0.9:
            continue
        for code in np.flatnonzero((column.counts == 2) & column._known & ~column.missing):
            one, other = np.flatnonzero(column.codes == code)
            pairs[(int(one), int(other))] = column.name
    names = [label.lower[code] for code in label.codes]
    starts: dict[str, list[int]] = {}
    for row, name in enumerate(names):
        if name:
            starts.setdefault(name.split()[0], []).append(row)
    for group in starts.values():
        for place, one in enumerate(group[:40]):
            for other in group[place + 1 : 40]:
                if names[one] != names[other] and fuzz.token_set_ratio(names[one], names[other]) >= 95:
                    pairs.setdefault((one, other), "")
    found = []
    for (one, other), code in sorted(pairs.items()):
        both = ~np.isnan(figures[one]) & ~np.isnan(figures[other])
        same = figures[one][both] == figures[other][both]
        if both[informative].sum() < 2 or not same.any():
            continue
        equal = same.all() and both.sum() >= 3
        if not (equal or (code and same.mean() > 0.5 and same.sum() >= 2)):
            continue
        # Two small units may share two or three small figures by chance.
        by_code = f" and under the same {words.named([c for c in columns.all if c.name == code])}" if code else ""
        first, second = label.stripped[label.codes[one]], label.stripped[label.codes[other]]
        found.append(
            columns.finding(
                "listed twice",
                f"“{words.short(first)}” and “{words.short(second)}” stand in two rows with the same figures"
                f"{by_code} ({words.count(int(same.sum()), 'value')} alike, {int((~same).sum())} different): one "
                "may be the old "
                "name of the other.",
                why="It is counted twice in every sum and average.",
                usual="People keep the present name, and note when the boundary or the name changed.",
                certainty="likely",
                rank=STRUCTURE,
                places=[columns.place(label, one), columns.place(label, other)],
                count=1,
                columns=[label],
            )
        )
    return found[:5]


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
        values = pd.util.hash_array(column.stripped)[column.codes]
        key = values.tobytes()
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
