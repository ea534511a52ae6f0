"""A raw file as a table of texts: nothing is converted, every row keeps its number in the file.

A rule about “is not a date” or “is written like 99/99/9999” needs the cell as it stands in the file, and a
log needs row numbers that a person can look up. The header is row 1.
"""

import csv
import io
from pathlib import Path

import pandas as pd

from researchskills.errors import CourseError


def read_bytes(path: Path) -> bytes:
    """A file's bytes.

    Raises
    ------
    CourseError
        If it cannot be opened.
    """
    try:
        return path.read_bytes()
    except OSError as problem:
        raise CourseError(f"The file “{path.name}” cannot be opened ({problem.strerror}). Nothing was changed. Check "
                          "that it is still in its folder and not open in another program.") from None


def text_table(path: Path, content: bytes | None = None) -> pd.DataFrame:
    """A csv file, or the first table of a workbook, as a table of texts.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    content : bytes, optional
        Its bytes, where they have been read already.

    Returns
    -------
    pandas.DataFrame, shape (records, columns)
        Every cell a text, "" where it is blank; the index is the row number in the file.

    Raises
    ------
    CourseError
        If the file is empty, has two columns of one name, or rows of different length.
    """
    content = read_bytes(path) if content is None else content
    if path.suffix.lower() != ".csv":
        from researchskills.data.reading import read

        first = read(path)[0]
        return first.cells.fillna("").astype(str).set_axis(pd.Index(first.rows.astype(int)), axis=0)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What Excel in Britain writes when it does not write UTF-8.
        text = content.decode("cp1252", errors="replace")
    lines = csv.reader(io.StringIO(text, newline=""))
    try:
        header = next(lines, None)
        if not header:
            raise CourseError(f"The file “{path.name}” is empty. Nothing was changed.")
        # A wholly blank line is no record, but it counts as a row of the file.
        rows = {number: row for number, row in enumerate(lines, 2) if row}
    except csv.Error as problem:
        raise CourseError(f"The file “{path.name}” cannot be read as a table ({problem}). It is untouched.") from None
    if len(set(header)) < len(header):
        raise CourseError(f"The file “{path.name}” has two columns of the same name, so a rule could not tell them "
                          "apart. It is untouched. Rename one in the system that makes the file.")
    uneven = next((number for number, row in rows.items() if len(row) != len(header)), None)
    if uneven:
        raise CourseError(f"Row {uneven} of “{path.name}” has {len(rows[uneven])} cells and the header {len(header)}. "
                          "The file is untouched. Run “course data check” on it to see more.")
    return pd.DataFrame(list(rows.values()), columns=header, index=pd.Index(list(rows), dtype=int), dtype=str)
