"""Workbooks: xlsx, xlsm, xlsb, xls and ods, read as typed.

python-calamine gives the values quickly. What it does not tell (which cells are formulas, which rows and columns are
hidden) is looked up in the parts of the file itself; reading a large workbook a second time with openpyxl would
take longer than the whole check.
"""

import datetime as dt
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from researchskills._words import number_of
from researchskills.data.delimited import MOST_COLUMNS, too_many_columns
from researchskills.data.finding import STRUCTURE, TIDINESS, Finding, Place
from researchskills.data.layout import Grid, filled, tables
from researchskills.data.opening import locked
from researchskills.data.table import Table, letter
from researchskills.errors import CourseError

#: Rows times columns of one sheet.
MOST_CELLS = 6_000_000
#: A sheet may reach so far, filled or not, before it is given to the reader, which makes room for every cell.
LARGEST_AREA = 40_000_000

_CELL = re.compile(rb"<c\s([^>]*?)(/>|>(.*?)</c>)", re.DOTALL)
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})(\d+)"')
_FILLED = re.compile(rb'<c\s(?:[^>]*?\s)?r="([A-Z]{1,3})(\d+)"[^>/]*>')
_HIDDEN_ROW = re.compile(rb'<row\s[^>]*?\br="(\d+)"[^>]*?\bhidden="(?:1|true)"')
_HIDDEN_COLUMN = re.compile(rb'<col\s[^>]*?>')
_ODS_COLUMN = re.compile(rb"<table:table-column\b[^>]*>")
_ODS_ROW = re.compile(rb"(<table:table-row\b[^>]*?)(?:/>|>(.*?)</table:table-row>)", re.DOTALL)
_ODS_CELL = re.compile(rb"<table:(?:covered-)?table-cell\b[^>]*>")


def read(path: Path, kind: str, progress: Callable[[int, int], None] | None = None) -> tuple[list[Table], list[str]]:
    """Tables of all sheets.

    Parameters
    ----------
    path : pathlib.Path
        A workbook.
    kind : str
        What `opening.kind_of` says: `workbook`, `ods` or `xls`.
    progress : callable, optional
        Called with sheets done and sheets in all.

    Returns
    -------
    tables : list of Table
        In the order of the sheets.
    without : list of str
        Names of sheets that hold no table.

    Raises
    ------
    CourseError
        When the workbook is damaged, locked, or too large.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

    parts = _Parts(path, kind)
    found: list[Table] = []
    without: list[str] = []
    hidden: list[str] = []
    try:
        with path.open("rb") as file:
            book = CalamineWorkbook.from_filelike(file)
            sheets = [one for one in book.sheets_metadata if str(one.typ).endswith("WorkSheet")]
            for done, facts in enumerate(sheets):
                if progress:
                    progress(done, len(sheets))
                part = parts.sheet(facts.name)
                part.refuse_if_vast(path.name, facts.name)
                sheet = book.get_sheet_by_name(facts.name)
                here = _sheet(sheet, facts.name, part, path.name)
                found += here
                if not here:
                    without.append(facts.name)
                if facts.visible != SheetVisibleEnum.Visible:
                    hidden.append(facts.name)
            if progress:
                progress(len(sheets), len(sheets))
    except PasswordError:
        raise locked(path.name) from None
    except (CalamineError, OSError, EOFError, zipfile.BadZipFile, zipfile.zlib.error) as problem:
        if isinstance(problem, PermissionError):
            raise
        raise CourseError(
            f"“{path.name}” is damaged or not a workbook: its sheets cannot be read. It has not been changed. "
            "Open it in a spreadsheet program, save it under another name, and check that file.", 2,
        ) from None
    if found and hidden:
        found[0].notes.insert(0, Finding(
            "hidden sheets", f"{number_of(len(hidden), 'sheet is', 'sheets are')} hidden: "
            f"{', '.join(f'“{name}”' for name in hidden[:5])}.",
            "Hidden sheets travel with the file; they often hold the records behind a published table.",
            "Look at them before the file goes to anybody else.", "certain",
            tuple(Place(name, None, "", "") for name in hidden[:5]), len(hidden), STRUCTURE,
        ))
    return found, without


def _sheet(sheet, name: str, part: "_Part", file: str) -> list[Table]:
    if sheet.height * sheet.width > MOST_CELLS:
        raise CourseError(
            f"The sheet “{name}” of “{file}” has {sheet.height:,} rows and {sheet.width:,} columns, more than can be "
            "checked at once. It has not been changed. Save it as “CSV UTF-8”: such a file can have any length.", 2,
        )
    if not sheet.height:
        return []
    values = sheet.to_python(skip_empty_area=False)
    grid = _grid(values, sheet.merged_cell_ranges or [], part)
    del values
    used = filled(grid.cells).any(axis=0).sum()
    if used > MOST_COLUMNS:
        raise too_many_columns(file, int(used), name)
    found, _ = tables(grid, file, name)
    if found:
        found[0].notes += _about_sheet(found, name, part)
    return found


def _grid(values: list[list], merged: list, part: "_Part") -> Grid:
    shape = (len(values), len(values[0]))
    cells = np.empty(shape, dtype=object)
    kinds = np.empty(shape, dtype=object)
    for at, row in enumerate(values):
        texts, sorts = [], []
        for value in row:
            if type(value) is str:
                texts.append(value)
                sorts.append("text" if value else "blank")
            else:
                text, sort = plain(value)
                texts.append(text)
                sorts.append(sort)
        cells[at], kinds[at] = texts, sorts
    for (row, column), error in part.special.items():
        if row < shape[0] and column < shape[1]:
            kinds[row, column] = "error" if error else "formula"
            if error and not cells[row, column]:
                cells[row, column] = error
    ranges = [(r1, c1, r2, c2) for (r1, c1), (r2, c2) in merged]
    return Grid(cells, np.arange(1, shape[0] + 1), kinds, ranges)


def plain(value) -> tuple[str, str]:
    """A value of a cell as text, and its kind.

    Examples
    --------
    >>> plain(3.0), plain(0.1 + 0.2), plain(dt.date(2025, 3, 31))
    (('3', 'number'), ('0.3', 'number'), ('2025-03-31', 'date'))
    """
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), "boolean"
    if isinstance(value, float | int):
        if value == int(value) and abs(value) < 1e15:
            return str(int(value)), "number"
        # Fifteen digits are what a spreadsheet program keeps and shows.
        return format(value, ".15g"), "number"
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return (value.date().isoformat() if midnight else value.isoformat(" ", "seconds")), "date"
    if isinstance(value, dt.date):
        return value.isoformat(), "date"
    if isinstance(value, dt.time):
        return value.isoformat("seconds"), "time"
    if isinstance(value, dt.timedelta):
        hours, rest = divmod(int(value.total_seconds()), 3600)
        return f"{hours}:{rest // 60:02}:{rest % 60:02}", "time"
    return str(value), "text"


def _about_sheet(found: list[Table], name: str, part: "_Part") -> list[Finding]:
    notes = []
    if len(found) > 1:
        notes.append(Finding(
            "several tables", f"{len(found)} tables stand on this sheet: {', '.join(one.region for one in found[:8])}"
            f"{' …' if len(found) > 8 else ''}. Each was checked by itself.",
            "Sorting, filtering or importing a sheet takes everything on it for one table.",
            "Give each table a sheet of its own, in a copy.", "likely",
            tuple(Place(name, int(one.header_rows[0] if one.header_rows else one.rows[0]), one.columns[0], "",
                        one.letters[0]) for one in found[:5] if one.header_rows or len(one.rows)),
            len(found), STRUCTURE, found[0].name,
        ))
    if part.hidden_rows or part.hidden_columns:
        words = [number_of(len(part.hidden_rows), "row")] if part.hidden_rows else []
        words += [number_of(len(part.hidden_columns), "column")] if part.hidden_columns else []
        count = len(part.hidden_rows) + len(part.hidden_columns)
        places = [Place(name, row, "", "") for row in part.hidden_rows[:3]]
        places += [Place(name, None, "", "", letter(column)) for column in part.hidden_columns[:2]]
        notes.append(Finding(
            "hidden rows and columns", f"{' and '.join(words)} of this sheet {'is' if count == 1 else 'are'} hidden; "
            "they were read like the others.",
            "What is hidden is still counted by formulas and still goes to whoever gets the file. A filter that was "
            "left on hides rows too.",
            "Show everything before you count, and before you pass the file on.", "certain", tuple(places), count,
            STRUCTURE, found[0].name,
        ))
    if part.formulas and not part.special:
        notes.append(Finding(
            "formulas",
            f"{number_of(part.formulas, 'cell holds', 'cells hold')} a formula; what was checked is the result that "
            "was saved last.",
            "A formula may point to rows that have moved, and its result changes when somebody edits another cell.",
            "Check one formula by hand, then keep a copy with values only.", "certain", (), part.formulas, TIDINESS,
            found[0].name,
        ))
    return notes


class _Part:
    """What is written in the part of the file that holds one sheet, beyond the values.

    Attributes
    ----------
    special : dict
        `(row, column)`, positions from 0, of formulas (empty text) and errors (such as `#REF!`).
    hidden_rows, hidden_columns : list of int
        Rows counted from 1, columns from 0.
    formulas : int
        Number of formulas where their places are not known.
    area : int
        Last filled row times last filled column.
    """

    def __init__(self):
        self.special: dict[tuple[int, int], str] = {}
        self.hidden_rows: list[int] = []
        self.hidden_columns: list[int] = []
        self.formulas = 0
        self.area = 0

    def refuse_if_vast(self, file: str, sheet: str) -> None:
        """Stop before the reader makes room for thousands of millions of cells."""
        if self.area > LARGEST_AREA:
            raise CourseError(
                f"The sheet “{sheet}” of “{file}” has a value so far out that the sheet counts {self.area:,} cells. "
                "It has not been changed. Press Ctrl and End in the spreadsheet program to find that value, take it "
                "out of a copy, and check the copy.", 2,
            )


class _Parts:
    """Looks into the parts of a workbook file by the name of a sheet."""

    def __init__(self, path: Path, kind: str):
        self.path, self.kind = path, kind
        self.targets: dict[str, str] = {}
        self.ods: dict[str, _Part] = {}
        if kind == "workbook":
            self._find_sheets()
        elif kind == "ods":
            self._read_ods()

    def _find_sheets(self) -> None:
        from xml.etree import ElementTree

        try:
            with zipfile.ZipFile(self.path) as archive:
                book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
                links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        except (KeyError, ElementTree.ParseError):
            # xlsb keeps its parts in another form; calamine still reads the values.
            return
        targets = {link.get("Id"): link.get("Target", "") for link in links}
        for element in book.iter():
            if element.tag.endswith("}sheet"):
                identifier = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
                target = targets.get(identifier, "")
                self.targets[element.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"

    def sheet(self, name: str) -> _Part:
        """What is known about a sheet."""
        if self.kind == "ods":
            return self.ods.get(name, _Part())
        part = _Part()
        if name not in self.targets:
            return part
        with zipfile.ZipFile(self.path) as archive:
            try:
                xml = archive.read(self.targets[name])
            except KeyError:
                return part
        _read_xlsx(xml, part)
        return part

    def _read_ods(self) -> None:
        with zipfile.ZipFile(self.path) as archive:
            xml = archive.read("content.xml")
        # A cell of many columns that is repeated over many rows is a bomb; blank filling is common and harmless.
        for piece in xml.split(b"<table:table ")[1:]:
            name = re.search(rb'table:name="([^"]*)"', piece[:2000])
            part = _Part()
            part.formulas = piece.count(b"table:formula=")
            repeated = [int(n) for n in re.findall(rb'number-columns-repeated="(\d{4,})"[^>]*office:value', piece)]
            rows = [int(n) for n in re.findall(rb'number-rows-repeated="(\d{4,})"', piece)]
            _read_ods_rows(piece, part)
            part.area = max(repeated, default=0) * max(rows, default=1)
            if name:
                import html

                self.ods[html.unescape(name[1].decode("utf-8", "replace"))] = part


def _read_ods_rows(xml: bytes, part: _Part) -> None:
    """Hidden rows and columns of a sheet of an ods file, and where its formulas stand."""
    if b"table:visibility=" not in xml and not part.formulas:
        return
    column = 0
    for tag in _ODS_COLUMN.findall(xml):
        times = _times(tag, b"columns")
        # What is hidden to the far right of a table is a matter of looks.
        if b'table:visibility="' in tag and b'"visible"' not in tag and column + times < 1000:
            part.hidden_columns += range(column, column + times)
        column += times
    row = 0
    for match in _ODS_ROW.finditer(xml):
        tag, inner = match[1], match[2] or b""
        times = _times(tag, b"rows")
        if (b'table:visibility="collapse"' in tag or b'table:visibility="filter"' in tag) and times < 100_000:
            part.hidden_rows += range(row + 1, row + 1 + times)
        if b"table:formula=" in inner:
            column = 0
            for cell in _ODS_CELL.findall(inner):
                many = _times(cell, b"columns")
                if b"table:formula=" in cell and times * many < 1000:
                    part.special |= {(row + r, column + c): "" for r in range(times) for c in range(many)}
                column += many
        row += times


def _times(tag: bytes, what: bytes) -> int:
    found = re.search(rb'number-%s-repeated="(\d+)"' % what, tag)
    return int(found[1]) if found else 1


def _read_xlsx(xml: bytes, part: _Part) -> None:
    for match in _HIDDEN_ROW.finditer(xml):
        part.hidden_rows.append(int(match[1]))
    for match in _HIDDEN_COLUMN.finditer(xml[: max(xml.find(b"<sheetData"), 0)]):
        tag = match[0]
        if b'hidden="1"' in tag or b'hidden="true"' in tag:
            low, high = (int(re.search(rb'\b%s="(\d+)"' % side, tag)[1]) for side in (b"min", b"max"))
            # Hiding everything to the right of a table is a matter of looks.
            if high < 16_000:
                part.hidden_columns += range(low - 1, high)
    rows = [int(number) for number in re.findall(rb'<row\s[^>]*?\br="(\d+)"', xml[-200_000:])]
    wide = [len(match) for match in set(re.findall(rb'<c\s(?:[^>]*?\s)?r="([A-Z]{2,3})\d', xml))]
    if rows and wide and max(rows) * 26 ** max(wide) > LARGEST_AREA:
        reach = [(int(number), _column(name)) for name, number in _FILLED.findall(xml)]
        part.area = max((row for row, _ in reach), default=0) * max((column + 1 for _, column in reach), default=0)
    if b"<f" in xml or b't="e"' in xml:
        for match in _CELL.finditer(xml):
            inner = match[3] or b""
            formula, error = b"<f" in inner, b't="e"' in match[1]
            if not formula and not error:
                continue
            reference = _REFERENCE.search(match[1])
            if reference:
                shown = re.search(rb"<v>([^<]*)</v>", inner)
                text = shown[1].decode("utf-8", "replace") if error and shown else ""
                part.special[int(reference[2]) - 1, _column(reference[1])] = text


def _column(name: bytes) -> int:
    number = 0
    for sign in name:
        number = number * 26 + sign - 64
    return number - 1
