"""People who come back."""

import numpy as np

from researchskills.data.checks import likeness, words
from researchskills.data.checks.columns import Column, Columns, columns_of
from researchskills.data.finding import STRUCTURE, Finding
from researchskills.data.table import Table

#: Days within which a second referral of the same person counts as a bounced one (Larkshire's own rule).
BOUNCED = 14


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
            column.words & likeness.PERSON
            and not column.words & (likeness.RECORD | {"age", "number_of", "satisfied"})
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
    whole = sum(likeness.hashes_of(columns).values(), np.zeros(columns.count, dtype=np.uint64))[rows_][order]
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
