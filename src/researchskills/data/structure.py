"""What is said about the way a table is laid out.

Most spreadsheets are made for reading, not for counting: a title on top, a total below, a heading over three
columns. None of that is wrong on paper, and all of it goes wrong in a pivot table or a program. Each sentence says
what was noticed and what the check did about it.
"""

import re
from dataclasses import dataclass

import numpy as np

from researchskills._words import number_of
from researchskills.data.finding import STRUCTURE, TIDINESS, Certainty, Finding, Place
from researchskills.data.table import Table, letter


@dataclass
class Seen:
    """What the reader noticed while it took a table out of a sheet.

    Attributes
    ----------
    grid : Grid
        The sheet.
    table : Table
        The table made of it.
    header : Header
        Top of the block.
    names : list of str
        Names of the columns as they stand, before blanks and repeats got a name of their own.
    joined : bool
        Whether headings of groups were joined to names.
    overflow : list of int
        Rows with values behind the last named column.
    blank_rows, repeated_headers, apart : list of int
        Rows of the sheet that are blank inside the table, repeat the header, or stand below it without one.
    category : str
        Letter of a column in which "Total" is one category among many rows.
    title_rows : int
        Lines above the header.
    records, span : numpy.ndarray
        Positions of the records and columns in the grid.
    full : numpy.ndarray
        Which cells of the grid are filled.
    """

    grid: object
    table: Table
    header: object
    names: list[str]
    joined: bool
    overflow: list[int]
    blank_rows: list[int]
    repeated_headers: list[int]
    category: str
    apart: list[int]
    title_rows: int
    records: np.ndarray
    span: np.ndarray
    full: np.ndarray

    def say(self, check: str, sentence: str, why: str, usual: str, *, certainty: Certainty = "certain",
            places: tuple[Place, ...] = (), count: int = 1, rank: int = STRUCTURE,
            columns: tuple[str, ...] = ()) -> Finding:
        """A finding about this table."""
        return Finding(check, sentence, why, usual, certainty, places, count, rank, self.table.name, columns)

    def row_places(self, rows) -> tuple[Place, ...]:
        """Whole rows as places."""
        return tuple(Place(self.table.sheet, int(row), "", "") for row in list(rows)[:5])


def notes(seen: Seen) -> list[Finding]:
    """Everything about the layout of one table."""
    return [finding for rule in _RULES for finding in rule(seen)]


def _header(seen: Seen):
    header, table = seen.header, seen.table
    if header.row is None:
        yield seen.say(
            "header", "No row with the names of the columns was found; the first row looks like data.",
            "Without names nobody can tell what a column means, and a program takes the first record for the header.",
            "Add a first row with one short name for each column.", certainty="likely",
            places=seen.row_places(table.rows[:1]),
        )
    elif len(table.header_rows) > 1:
        joined = " The names were joined, heading first." if seen.joined or header.below else ""
        yield seen.say(
            "header", f"The header stands in {len(table.header_rows)} rows "
            f"({_list(table.header_rows)}).{joined}",
            "Programs expect the names of the columns in one row; with two, names are lost or repeat themselves. "
            "Nothing in the file says how far a heading reaches.",
            "Write one row of names, such as “2022-23 – median wait”, and check the names that this report uses.",
            certainty="likely", places=seen.row_places(table.header_rows), rank=STRUCTURE,
        )
    if seen.title_rows:
        yield seen.say(
            "title rows", f"{number_of(seen.title_rows, 'line')} of text "
            f"{'stands' if seen.title_rows == 1 else 'stand'} above the header.",
            "A program that expects the names in the first row takes the title for a column name.",
            "Keep the text on a sheet of its own or in a note beside the file.", rank=TIDINESS, count=seen.title_rows,
            places=seen.row_places(seen.grid.rows[row] for row in seen.header.title[:5]),
        )
    if seen.table.footnotes:
        count = len(seen.table.footnotes)
        yield seen.say(
            "footnotes", f"{number_of(count, 'line')} of notes {'stands' if count == 1 else 'stand'} below the table; "
            "they were not read as records.",
            "Notes below the last row are counted as records by most programs, and they often say what a mark means.",
            "Read them first; then keep them outside the table.", certainty="likely", rank=TIDINESS, count=count,
        )


def _no_records(seen: Seen):
    if seen.header.row is not None and not len(seen.records) and not len(seen.table.totals):
        yield seen.say(
            "no records", "The table has names of columns and not one record below them.",
            "An empty export looks like a service where nothing happened.",
            "Look at the period and the filter with which it was exported, and export it again.",
            places=seen.row_places(seen.table.header_rows),
        )


#: What a spreadsheet program writes at the edges of a PivotTable.
_PIVOT = re.compile(
    r"(?:.* – )?(?:(?:row|column) labels|(?:sum|count|average|min|max) of .+|values|grand total)", re.IGNORECASE
)


def is_pivot(table: Table) -> bool:
    """Whether the names of the columns are those of a PivotTable."""
    names = " – ".join(table.columns).casefold()
    return ("row labels" in names or "column labels" in names) and sum(
        bool(_PIVOT.fullmatch(name)) for name in table.columns
    ) >= 1


def _pivot(seen: Seen):
    if is_pivot(seen.table):
        yield seen.say(
            "PivotTable", "This is what a PivotTable shows, not the records behind it.",
            "Groups, the parts of these groups and totals stand below one another in the same column, so adding it up "
            "counts people two or three times.",
            "Look for the sheet with the records and check that one; the totals of this table were not checked.",
            certainty="likely", places=seen.row_places(seen.table.header_rows),
        )


def _said_once(seen: Seen):
    """A group's name in its first row only: clear to a reader, blank to a program."""
    table = seen.table
    count = len(table.cells)
    records = set(seen.records.tolist())
    if count < 6 or any(one[0] in records for one in seen.grid.merged):
        return
    for place, name in enumerate(table.columns[:3]):
        text = table.cells[name].to_numpy()
        said = text != ""
        if not said[0] or not 0.05 * count <= said.sum() <= 0.5 * count or place + 1 == len(table.columns):
            continue
        rest = table.cells[list(table.columns[place + 1 :])].to_numpy() != ""
        # Every group has rows of its own, no group comes twice, and the rows without its name are otherwise full.
        groups = text[said]
        full = rest.mean(axis=1)
        if (
            len(set(groups)) == len(groups) >= 2
            and not any(one.strip()[:1].isdigit() for one in groups)
            and full[~said].mean() >= 0.7
            and np.diff(np.flatnonzero(np.append(said, True))).min() >= 2
        ):
            blank = np.flatnonzero(~said)
            yield seen.say(
                "groups named once", f"“{name}” is filled only in the first row of each group; the "
                f"{number_of(len(blank), 'row')} below them are blank there.",
                "A program cannot know which group such a row belongs to, and sorting loses it for good.",
                "Fill the names down in a copy before anything else is done.", certainty="likely",
                places=tuple(table.place(int(row), name) for row in blank[:3]), count=len(blank), columns=(name,),
            )
            return


def _column_names(seen: Seen):
    if seen.header.row is None:
        return
    table = seen.table
    blank = [name for name, own in zip(table.columns, seen.names, strict=True) if not own]
    with_data = [name for name in blank if (table.cells[name] != "").any()]
    if with_data:
        yield seen.say(
            "column names", f"{number_of(len(with_data), 'column')} {'has' if len(with_data) == 1 else 'have'} values "
            "but no name.",
            "A column without a name is dropped by some programs and renamed by others.",
            "Name it, or take it out when nobody knows what it is.",
            places=tuple(table.place(None, name) for name in with_data[:5]), count=len(with_data),
        )
    if len(blank) > len(with_data):
        count = len(blank) - len(with_data)
        yield seen.say(
            "column names", f"{number_of(count, 'column')} inside the table {'is' if count == 1 else 'are'} "
            "entirely blank.",
            "Blank columns split a table in two for a spreadsheet program: sorting one part leaves the other behind.",
            "Take them out of a copy.", count=count, rank=TIDINESS,
            places=tuple(table.place(None, name) for name in blank if name not in with_data),
        )
    repeated = [name for name in dict.fromkeys(seen.names) if name and seen.names.count(name) > 1]
    if repeated:
        named = [column for column, own in zip(table.columns, seen.names, strict=True) if own in repeated]
        yield seen.say(
            "column names", f"{number_of(len(repeated), 'name is', 'names are')} used for more than one column: "
            f"{_list([f'“{name}”' for name in repeated])}. The later ones are numbered here.",
            "Nobody can tell which of them a formula or a colleague means.",
            "Give each column a name of its own.", places=tuple(table.place(None, name) for name in named),
            count=len(repeated),
        )


def _rows(seen: Seen):
    table = seen.table
    if len(table.totals):
        # Only the label is shown: the figures of the row are looked at by the check of totals.
        places = []
        for number, row in zip(table.total_rows[:5], table.totals.head(5).itertuples(index=False), strict=True):
            where = next((i for i, text in enumerate(row) if text.strip()), 0)
            places.append(Place(table.sheet, int(number), table.columns[where], row[where], table.letters[where]))
        count = len(table.totals)
        yield seen.say(
            "totals rows", f"{number_of(count, 'row adds', 'rows add')} up other rows. "
            + ("It was set apart and not read as a record." if count == 1
               else "They were set apart and not read as records."),
            "A total among the records doubles every sum and shifts every average.",
            "Take totals out of the data and let the program add up.", certainty="likely", places=tuple(places),
            count=count,
        )
    if seen.category:
        yield seen.say(
            "totals rows",
            f"“Total” is one of the values of column {seen.category}, beside the groups that it adds up.",
            "Adding up or averaging the whole column counts everybody twice.",
            "Choose either the totals or the groups before counting.", certainty="likely",
            places=(Place(table.sheet, None, "", "Total", seen.category),),
        )
    if seen.blank_rows:
        count = len(seen.blank_rows)
        yield seen.say(
            "blank rows", f"{number_of(count, 'row')} inside the table {'is' if count == 1 else 'are'} blank.",
            "A spreadsheet program sorts and filters only up to the first blank row.",
            "Take blank rows out of a copy.", places=seen.row_places(seen.blank_rows), count=count, rank=TIDINESS,
        )
    if seen.repeated_headers:
        count = len(seen.repeated_headers)
        yield seen.say(
            "repeated header", f"The header is repeated further down, in {number_of(count, 'row')}; "
            f"{'this row was' if count == 1 else 'these rows were'} not read as records.",
            "Each repeat counts as a record, and turns every number column into text.",
            "Take the repeats out; they often mark where one export was pasted below another.",
            places=seen.row_places(seen.repeated_headers), count=count,
        )
    if seen.apart:
        count = len(seen.apart)
        yield seen.say(
            "rows apart", f"{number_of(count, 'row')} below a blank row {'has' if count == 1 else 'have'} values but "
            "no header; they were not read as records.",
            "Side calculations under a table are easily counted as records, or get lost when rows are added.",
            "Look at them: if they are records, close the gap; if they are calculations, move them.",
            certainty="likely", places=seen.row_places(seen.apart), count=count,
        )
    if seen.overflow:
        count = len(seen.overflow)
        yield seen.say(
            "cells too many", f"{number_of(count, 'row has', 'rows have')} more values than there are columns.",
            "A comma inside a text that is not in quotation marks pushes everything behind it one column to the right.",
            "Look at the whole row: often an address or a note holds the comma. Export again with quotation marks.",
            places=seen.row_places(seen.overflow), count=count,
        )
    lengths = seen.grid.lengths
    if lengths is not None and len(seen.records):
        short = table.rows[(lengths[seen.records] < len(table.columns)) & (lengths[seen.records] > 0)]
        if len(short):
            yield seen.say(
                "cells too few", f"{number_of(len(short), 'row ends', 'rows end')} before the last column.",
                "A line that breaks off may be cut short, or a missing separator shifted its values to the left.",
                "Look at the whole row and compare it with the system it came from.",
                places=seen.row_places(short), count=len(short),
            )


def _merged(seen: Seen):
    table, grid = seen.table, seen.grid
    if not grid.merged or not len(seen.records):
        return
    rows, columns = set(seen.records.tolist()), set(seen.span.tolist())
    inside = [one for one in grid.merged if one[1] in columns and (one[0] in rows or one[2] in rows)]
    if not inside:
        return
    places = []
    for r1, c1, _, _ in inside[:5]:
        place = int(np.flatnonzero(seen.span == c1)[0])
        places.append(Place(table.sheet, int(grid.rows[r1]), table.columns[place], grid.cells[r1, c1], letter(c1)))
    yield seen.say(
        "merged cells", f"{number_of(len(inside), 'group')} of merged cells "
        f"{'stands' if len(inside) == 1 else 'stand'} among the records.",
        "Only the first of the merged cells holds the value; for a program the others are blank, so they drop out "
        "of every count.",
        "Unmerge in a copy and fill the value down.", places=tuple(places), count=len(inside),
    )


def _formulas(seen: Seen):
    table = seen.table
    if table.kinds is None or not len(table.cells):
        return
    is_formula = table.kinds.to_numpy() == "formula"
    if not is_formula.any():
        return
    cells = table.cells.to_numpy()
    blank = is_formula & (cells == "")
    where = np.argwhere(blank)
    if len(where):
        yield seen.say(
            "formulas",
            f"{number_of(len(where), 'formula has', 'formulas have')} no saved result and "
            f"{'looks' if len(where) == 1 else 'look'} blank here.",
            "The file was written by a program that does not calculate, so the values are not in it.",
            "Open it in a spreadsheet program, save it there, and check it again.",
            places=tuple(table.place(int(r), table.columns[c]) for r, c in where[:5]), count=len(where),
        )


def _list(items) -> str:
    """`1, 2 and 3`; the first five and how many more."""
    words = [str(item) for item in items]
    if len(words) > 5:
        return ", ".join(words[:5]) + f" and {len(words) - 5:,} more"
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


_RULES = (_header, _no_records, _pivot, _said_once, _column_names, _rows, _merged, _formulas)
