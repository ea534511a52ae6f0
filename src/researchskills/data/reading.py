"""Read a file as it really comes: whatever was exported, pasted or published.

`opening` finds out what kind of file it is, `delimited` and `workbook` take the cells out of it as text, and `layout`
finds the tables among them. Here they are put together.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from researchskills.data.table import Table, letter
from researchskills.errors import CourseError

__all__ = ["Reading", "Table", "letter", "read", "read_all"]


@dataclass
class Reading:
    """What came out of a file.

    Attributes
    ----------
    tables : list of Table
        In the order in which they stand.
    without_table : list of str
        Sheets that hold text or nothing.
    """

    tables: list[Table]
    without_table: list[str] = field(default_factory=list)


def read(path: Path | str, *, progress: Callable[[int, int], None] | None = None) -> list[Table]:
    """All tables of a file; the file is only ever read.

    Parameters
    ----------
    path : path-like
        csv (any common encoding and separator), xlsx, xlsm, xlsb, xls or ods.
    progress : callable, optional
        Called with how much has been read and how much there is.

    Returns
    -------
    list of Table
        At least one. A sheet may hold several.

    Raises
    ------
    CourseError
        With one sentence for a person: missing, empty, locked, damaged, not a table, too large.
    """
    return read_all(path, progress=progress).tables


def read_all(path: Path | str, *, progress: Callable[[int, int], None] | None = None) -> Reading:
    """The same, with the names of sheets that hold no table."""
    from researchskills.data.opening import kind_of

    path = Path(path).expanduser()
    kind = kind_of(path)
    try:
        if kind == "text":
            from researchskills.data import delimited

            reading = Reading(delimited.read(path, progress))
        else:
            from researchskills.data import workbook

            reading = Reading(*workbook.read(path, kind, progress))
    except PermissionError:
        raise CourseError(
            f"“{path.name}” may not be opened: it is open in another program, or it belongs to somebody else. "
            "It has not been changed. Close it there, or work with a copy.", 2,
        ) from None
    except MemoryError:
        raise CourseError(
            f"“{path.name}” does not fit into this computer's memory. It has not been changed. "
            "Save the columns that you need as “CSV UTF-8” and check that file.", 2,
        ) from None
    if not reading.tables:
        raise CourseError(f"“{path.name}” holds no table: there is text in it at most. It has not been changed.", 2)
    return reading
