"""Rows that repeat another but for a slip of the pen, and units listed twice under two names."""

import re

import numpy as np

from researchskills.data.checks import likeness, words
from researchskills.data.checks.columns import Column, columns_of
from researchskills.data.finding import STRUCTURE, Finding
from researchskills.data.table import Table


def near(table: Table) -> list[Finding]:
    """Rows that repeat another but for one slip: a typing error in a name, two figures of a date changed round."""
    from rapidfuzz.distance import OSA

    columns = columns_of(table)
    keys = {column.name for column in likeness.keys_of(columns)}
    rest = [column for column in columns.all if column.name not in keys and column.filled]
    if columns.count < 10 or len(rest) < 4 or len(rest) > 60:
        return []
    hashes = likeness.hashes_of(columns)
    whole = sum((hashes[column.name] for column in rest), np.zeros(columns.count, dtype=np.uint64))
    rich = sum((~column.missing_rows).astype(int) for column in rest) >= max(4, 0.5 * len(rest))
    seen, pairs = set(), []
    by_column: dict[str, int] = {}
    for column in rest:
        if column.kind in ("blank", "month") or (column.free_text and column.distinct_share < 0.02):
            continue
        others = [other for other in rest if other is not column]
        by_chance = likeness.expected_by_chance(others, columns.count)
        if by_chance >= likeness.BY_CHANCE:
            continue
        again, first = likeness.repeated(whole - hashes[column.name])
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
        likeness.pairs_found(
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
