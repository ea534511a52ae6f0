"""Numbers that cannot be, and counts that were rounded."""

import numpy as np

from researchskills.data.checks import words
from researchskills.data.checks.columns import Column, Columns, columns_of, spread
from researchskills.data.finding import TIDINESS, VALUES, Finding
from researchskills.data.table import Table

_CHANGE = {
    "change",
    "difference",
    "diff",
    "net",
    "balance",
    "score",
    "z",
    "temperature",
    "effect",
    "gain",
    "variance",
    "deviation",
    "gap",
    "trend",
    "index",
    "log",
    "longitude",
    "latitude",
    "easting",
    "northing",
    "residual",
    "coefficient",
    "estimate",
    "growth",
    "adjustment",
    "profit",
    "surplus",
    "x",
    "y",
}
_COUNTED = {
    "number",
    "count",
    "n",
    "people",
    "referrals",
    "visits",
    "clients",
    "patients",
    "deaths",
    "beds",
    "days",
    "wait",
    "waits",
    "weeks",
    "hours",
    "minutes",
    "age",
    "los",
    "stay",
    "population",
    "numerator",
    "denominator",
    "total",
    "discharges",
    "admissions",
    "requests",
    "respondents",
    "cost",
    "delay",
    "delayed",
    "length",
    "duration",
    "users",
    "carers",
    "staff",
    "nurses",
    "doctors",
    "caseload",
    "volume",
}
_NOT_AGE = {"band", "group", "average", "mean", "median", "standardised", "population", "days", "code", "range"}


def impossible(table: Table) -> list[Finding]:
    """Numbers that cannot be: ages over 120, negative counts, more hours than a week has, months after December."""
    columns, found = columns_of(table), []
    for column in columns.of("number"):
        for which, what in cannot_be(column):
            found += _outside(columns, column, which, what)
    return found


def cannot_be(column: Column) -> list[tuple[np.ndarray, str]]:
    """Rows of a column of numbers that cannot be true, bool, shape (rows,), each with words for what they hold."""
    name, values = column.words, column.values
    if column.number_count < 3:
        return []
    found = []
    counted = name & _COUNTED and not name & _CHANGE and not {"%", "percent", "percentage"} & name
    if "age" in name and not name & _NOT_AGE:
        found.append(((values < 0) | (values > 120), "an age below 0 or over 120"))
    elif counted or _like_counts(column):
        found.append((values < 0, "a number below zero where something was counted or timed"))
    if {"hours", "week"} <= name or {"hours", "weekly"} <= name:
        found.append((values > 168, "more hours than a week has (168)"))
    if "month" in name and np.nanmax(values) <= 100 and np.nanmedian(values) <= 12 and not name & {"months", "per"}:
        found.append(((values < 1) | (values > 12), "a month that is not 1 to 12"))
    if "year" in name and not name & {"per", "of"} and 1950 <= np.nanmedian(values) <= 2050:
        found.append(((values < 1900) | (values > 2100), "a year outside 1900 to 2100"))
    return found


def _like_counts(column: Column) -> bool:
    """Whole numbers, hardly any of them below zero, in a column whose name does not speak of a change."""
    if column.words & (_CHANGE | {"margin", "code", "rating", "points"}) or column.number_count < 50:
        return False
    known = column.values[~np.isnan(column.values)]
    below = (known < 0).mean()
    return (
        0 < below <= 0.02 and bool((known % 1 == 0).all()) and not np.isin(known[known < 0], (-1, -9, -99, -999)).all()
    )


def _outside(columns: Columns, column: Column, which: np.ndarray, what: str) -> list[Finding]:
    rows = np.flatnonzero(which & ~np.isnan(column.values) & ~np.isin(column.values, (-99, -999, -9, 999)))
    if not len(rows) or len(rows) > 0.2 * column.number_count:
        return []
    return [
        columns.finding(
            "impossible numbers",
            f"{words.named([column])} holds {what} in {words.count(len(rows), 'row')}.",
            why="It cannot be true, and it moves every average.",
            usual="People look the record up at the source; where that fails they read it as missing and log it.",
            certainty="certain",
            rank=VALUES,
            places=spread(columns, column, rows),
            count=len(rows),
            columns=[column],
        )
    ]


def stored_as_text(table: Table) -> list[Finding]:
    """Numbers that a workbook holds as text, so that it leaves them out of its sums."""
    columns = columns_of(table)
    if table.kinds is None:
        return []
    some, whole = [], []
    for index, column in enumerate(columns.all):
        if column.kind != "number" or column.identifies or column.words & {"code", "year"}:
            continue
        as_text = (table.kinds.iloc[:, index] == "text").to_numpy() & ~np.isnan(column.values)
        if as_text.any():
            (whole if as_text.sum() >= 0.95 * column.number_count else some).append((column, as_text))
    found = []
    for group, rank in ((some, VALUES), (whole, TIDINESS)):
        if group:
            count = sum(int(which.sum()) for _, which in group)
            found.append(
                columns.finding(
                    "numbers stored as text",
                    f"{words.count(count, 'cell')} of {words.named([column for column, _ in group])} "
                    f"{'looks' if count == 1 else 'look'} like a number and {'is' if count == 1 else 'are'} stored as "
                    f"text{', unlike the others of the column' if group is some else ''}.",
                    why="A spreadsheet program leaves such cells out of sums and averages without a word.",
                    usual="People turn them into numbers in a copy (Data, Text to columns, Finish).",
                    certainty="certain",
                    rank=rank,
                    places=[
                        place
                        for column, which in group
                        for place in spread(columns, column, np.flatnonzero(which))[: 5 if len(group) == 1 else 1]
                    ],
                    count=count,
                    columns=[column for column, _ in group],
                )
            )
    return found


def rounded(table: Table) -> list[Finding]:
    """Counts that are all rounded to five or ten."""
    columns, tens, fives = columns_of(table), [], []
    for column in columns.of("number"):
        known = column.values[~np.isnan(column.values)]
        if len(known) >= 40 and len(np.unique(known)) >= 15 and (known % 1 == 0).all() and not column.identifies:
            if (known % 10 == 0).mean() > 0.98:
                tens.append(column)
            elif (known % 5 == 0).mean() > 0.98:
                fives.append(column)
    return [
        columns.finding(
            "rounded counts",
            f"Nearly all numbers in {words.named(group)} are multiples of {base}: they were rounded.",
            why="Sums of rounded numbers miss the true sum, and small differences between them mean nothing.",
            usual="People say so in the note and do not work out shares from small rounded numbers.",
            certainty="likely",
            rank=TIDINESS,
            places=[columns.whole(column) for column in group],
            count=len(group),
            columns=group,
        )
        for base, group in ((10, tens), (5, fives))
        if group
    ]
