"""Rows compared by hashes of their values, never pair by pair.

A row that differs from another in one column has the same sum of hashes as soon as that column's hash is taken away.
So near-duplicates in 76,000 rows take a second.
"""

import numpy as np
import pandas as pd

from researchskills.data.checks.columns import Column, Columns
from researchskills.data.finding import STRUCTURE, Finding

#: So many pairs that agree by chance are put up with before repeated rows are reported.
BY_CHANCE = 0.05
PERSON = {
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
RECORD = {
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


def hashes_of(columns: Columns) -> dict[str, np.ndarray]:
    """For each column a 64-bit hash of the value in every row, shape (rows,)."""
    if "hashes" not in columns.__dict__:
        # Odd multipliers make the same value count differently in each column, and lose nothing.
        odd = np.random.default_rng(1903).integers(0, 2**63, len(columns.all), dtype=np.uint64) * np.uint64(
            2
        ) + np.uint64(1)
        columns.__dict__["hashes"] = {
            column.name: (column.hashes * factor)[column.codes] for column, factor in zip(columns.all, odd, strict=True)
        }
    return columns.__dict__["hashes"]


def repeated(key: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions of rows whose key occurred before, and for each the position where it occurred first."""
    group, _ = pd.factorize(key)
    first = np.full(group.max() + 1 if len(group) else 0, -1)
    order = np.arange(len(group))[::-1]
    first[group[order]] = order
    again = np.flatnonzero(first[group] != np.arange(len(group)))
    return again, first[group[again]]


def expected_by_chance(columns: list[Column], rows: int) -> float:
    """How many pairs of rows would agree in all these columns by chance, were the columns independent."""
    log = np.log(max(rows * (rows - 1) / 2, 1))
    for column in columns:
        log += np.log(max(np.sum(column.counts * (column.counts - 1.0)), 1.0) / max(rows * (rows - 1), 1))
    return float(np.exp(min(log, 50)))


def keys_of(columns: Columns) -> list[Column]:
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
            and not (column.words & PERSON and not column.words & RECORD and column.distinct_share < 0.97)
        ):
            found.append(column)
    return found


def pairs_found(columns: Columns, check: str, sentence: str, again, first, certainty, why, usual, names=()) -> Finding:
    """A finding about rows that are like earlier ones; each place names the row it is like."""
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
