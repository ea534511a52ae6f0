"""Small things of form that trip up a program: stray spaces, broken letters, formulas, columns without a name."""

import re

import numpy as np

from researchskills.data.checks import words
from researchskills.data.checks.columns import among, columns_of
from researchskills.data.finding import STRUCTURE, TIDINESS, VALUES, Finding
from researchskills.data.table import Table

#: Letters of UTF-8 that were read as Windows-1252 ("Ã©" for "é"), and the sign for a letter that was lost.
_BROKEN = re.compile(r"Ã[\x80-\xbf©¨ªª«¡­³¶¼¤¯±º‰]|â(?:€|\x80)|Â[£§°·\xa0]|\ufffd")
_SCIENTIFIC = re.compile(r"\d(?:\.\d{1,6})?E\+?(?:0?[89]|1\d)")
_HIDDEN = re.compile(r"[\u00a0\u200b-\u200f\u202a-\u202e\u2060\ufeff\x00-\x08\x0b-\x1f\x7f]")


def spaces(table: Table) -> list[Finding]:
    """Spaces before, after or doubled inside a value, and signs that cannot be seen."""
    columns = columns_of(table)
    round_, double, hidden = [], [], []
    for column in columns.all:
        round_.append((column, ~column.blank & (column.texts != column.stripped)))
        only = column.blank & (column.texts != "")
        if not column.free_text:
            double.append((column, np.array(["  " in text for text in column.stripped], dtype=bool)))
        hidden.append(
            (
                column,
                only
                | np.array(
                    [
                        (not text.isascii() and bool(_HIDDEN.search(text)))
                        or (not text.isprintable() and bool(_HIDDEN.search(text)))
                        for text in column.texts
                    ],
                    dtype=bool,
                ),
            )
        )
    found = []
    for check, group, what, certainty in (
        ("spaces round values", round_, "a space before or after the value", "certain"),
        ("double spaces", double, "two spaces in a row", "certain"),
        (
            "signs that cannot be seen",
            hidden,
            "only a space, or a sign that cannot be seen (such as a hard space)",
            "certain",
        ),
    ):
        group = [(column, which) for column, which in group if which.any()]
        count = sum(int(column.counts[which].sum()) for column, which in group)
        if count:
            found.append(
                columns.finding(
                    check,
                    f"{words.count(count, 'cell')} of {words.named([column for column, _ in group])} "
                    f"{'holds' if count == 1 else 'hold'} {what}.",
                    why="A program takes “Team A ” and “Team A” for two different things.",
                    usual="People take such spaces out, as the first rule of their log.",
                    certainty=certainty,
                    rank=TIDINESS,
                    places=[columns.place(column, column.rows(which)[0]) for column, which in group],
                    count=count,
                    columns=[column for column, _ in group],
                )
            )
    return found


def broken_letters(table: Table) -> list[Finding]:
    """Letters that were read in the wrong encoding ("ZoÃ«")."""
    columns, group = columns_of(table), []
    for column in columns.all:
        which = np.array([not text.isascii() and bool(_BROKEN.search(text)) for text in column.texts], dtype=bool)
        if which.any():
            group.append((column, which))
    names = [column for column in columns.all if _BROKEN.search(column.name)]
    if not group and not names:
        return []
    count = sum(int(column.counts[which].sum()) for column, which in group) + len(names)
    return [
        columns.finding(
            "broken letters",
            f"{words.count(count, 'cell')} {'holds' if count == 1 else 'hold'} letters that were read in the wrong "
            "encoding, such as “Ã©” for “é”.",
            why="Names no longer match those in other files.",
            usual="People export again as “CSV UTF-8”; mending by hand misses some.",
            certainty="certain",
            rank=VALUES,
            places=[columns.place(column, column.rows(which)[0]) for column, which in group]
            + [columns.whole(column) for column in names],
            count=count,
            columns=[column for column, _ in group] + names,
        )
    ]


def formulas(table: Table) -> list[Finding]:
    """Cells of a workbook that hold a formula, and formulas that failed."""
    columns, found = columns_of(table), []
    if table.kinds is not None:
        places, group, count = [], [], 0
        for column, kinds in zip(columns.all, (table.kinds.iloc[:, i] for i in range(len(columns.all))), strict=True):
            rows = np.flatnonzero((kinds == "formula").to_numpy())
            if len(rows):
                count += len(rows)
                group.append(column)
                places.append(columns.place(column, rows[0]))
        if count:
            found.append(
                columns.finding(
                    "formulas",
                    f"{words.count(count, 'cell')} of {words.named(group)} {'holds' if count == 1 else 'hold'} a "
                    "formula, not a value.",
                    why=(
                        "The value may be of the last time somebody saved the file, and it changes when rows are "
                        "sorted or deleted."
                    ),
                    usual="People paste the values into a copy and keep the file with the formulas.",
                    certainty="certain",
                    rank=TIDINESS,
                    places=places,
                    count=count,
                    columns=group,
                )
            )
    failed = []
    for column in columns.all:
        which = among(column.lower, words.SPREADSHEET_ERRORS)
        if which.any():
            failed.append((column, which))
    if failed:
        count = sum(int(column.counts[which].sum()) for column, which in failed)
        errors: dict[str, int] = {}
        for column, which in failed:
            for text, number in zip(column.stripped[which], column.counts[which], strict=True):
                errors[text] = errors.get(text, 0) + int(number)
        found.append(
            columns.finding(
                "formulas that failed",
                f"{words.count(count, 'cell')} of {words.named([column for column, _ in failed])} "
                f"{'holds' if count == 1 else 'hold'} an error of the spreadsheet instead of a value: "
                f"{words.listed([f'“{error}” {number:,}' for error, number in errors.items()], 4, 'error')}.",
                why="Something the formula pointed to is gone, so other results may rest on it too.",
                usual="People mend the formula in the workbook and export again.",
                certainty="certain",
                rank=VALUES,
                places=[columns.place(column, column.rows(which)[0]) for column, which in failed],
                count=count,
                columns=[column for column, _ in failed],
            )
        )
    return found


def scientific(table: Table) -> list[Finding]:
    """Long numbers that a spreadsheet turned into 9.43E+09."""
    columns, group = columns_of(table), []
    for column in columns.all:
        which = np.array(["E" in text and bool(_SCIENTIFIC.fullmatch(text)) for text in column.stripped], dtype=bool)
        if which.any():
            group.append((column, which))
    if not group:
        return []
    count = sum(int(column.counts[which].sum()) for column, which in group)
    return [
        columns.finding(
            "long numbers cut by a spreadsheet",
            f"{words.count(count, 'cell')} of {words.named([column for column, _ in group])} "
            f"{'holds' if count == 1 else 'hold'} a number such as "
            f"“{group[0][0].stripped[np.flatnonzero(group[0][1])[0]]}”.",
            why="The last figures of an identifier are lost for good, and different people become the same.",
            usual="People export again with that column as text.",
            certainty="certain",
            rank=STRUCTURE,
            places=[columns.place(column, column.rows(which)[0]) for column, which in group],
            count=count,
            columns=[column for column, _ in group],
        )
    ]
