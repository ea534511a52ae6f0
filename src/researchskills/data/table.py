"""One table as it stands in a file: text exactly as it came, with the place of every cell.

Nothing is turned into a number or a date here. A checker that reads through pandas' own eyes no longer sees
that a date was text, that a zero was dropped or that a blank was "n/a".
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from researchskills.data.finding import Finding, Place


@dataclass
class Table:
    """A table found in a file.

    Attributes
    ----------
    file : str
        Name of the file, without its folder.
    sheet : str or None
        Sheet of the workbook; None for a text file.
    region : str
        Where the table stands, header included, for example `A5:H60`.
    columns : list of str
        Names of the columns, unique; the same as `cells.columns`. A column without a name is called `column C`.
    letters : list of str
        Letter of each column in a spreadsheet program.
    header_rows : list of int
        Rows of the sheet that hold the header, 1-based; empty when there is none.
    cells : pandas.DataFrame
        One row per record, shape (rows, columns), all text exactly as it came; "" is a blank cell. Cells of a
        workbook are written plainly: dates as 2025-03-31, whole numbers without .0. Totals rows are not among them.
    rows : numpy.ndarray
        Row in the file or sheet of each record, 1-based, int, shape (rows,).
    kinds : pandas.DataFrame or None
        Kind of each cell of a workbook, same shape as `cells`: text, number, date, time, boolean, error, formula
        or blank. None for a text file, where everything is text.
    notes : list of Finding
        What was noticed about the layout while reading.
    title : str
        Text above the header.
    footnotes : list of str
        Text below the table.
    sampled : str
        Empty, or one sentence on how the rows were sampled.
    totals : pandas.DataFrame
        Rows that add up others, set apart; same columns as `cells`.
    total_rows : numpy.ndarray
        Row in the file or sheet of each row of `totals`.
    length : int
        Records in the file; more than `len(cells)` when only a sample was read.
    """

    file: str
    sheet: str | None
    region: str
    columns: list[str]
    letters: list[str]
    header_rows: list[int]
    cells: pd.DataFrame
    rows: np.ndarray
    kinds: pd.DataFrame | None = None
    notes: list[Finding] = field(default_factory=list)
    title: str = ""
    footnotes: list[str] = field(default_factory=list)
    sampled: str = ""
    totals: pd.DataFrame = field(default_factory=pd.DataFrame)
    total_rows: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=int))
    length: int = 0

    def __post_init__(self):
        self.length = self.length or len(self.cells)

    @property
    def name(self) -> str:
        """How findings refer to the table: `Sheet1 A5:H60`, or the file's name."""
        return f"{self.sheet} {self.region}" if self.sheet else self.file

    def place(self, position: int | None, column: str = "", value: str | None = None) -> Place:
        """The place of a cell.

        Parameters
        ----------
        position : int or None
            Position of the record in `cells`, from 0; None for a whole column.
        column : str, optional
            Name of the column; empty for a whole row.
        value : str, optional
            What to show as the value; by default the cell's own text.
        """
        row = None if position is None else int(self.rows[position])
        letter = self.letters[self.columns.index(column)] if column else ""
        if value is None:
            value = self.cells[column].iat[position] if column and position is not None else ""
        return Place(self.sheet, row, column, value, letter)


def letter(index: int) -> str:
    """Letter of a column in a spreadsheet program, counted from 0.

    Examples
    --------
    >>> letter(0), letter(25), letter(26), letter(701)
    ('A', 'Z', 'AA', 'ZZ')
    """
    word = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        word = chr(65 + rest) + word
    return word
