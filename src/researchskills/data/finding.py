"""What a check has to say: one plain sentence, where to look, why it matters, what people usually do.

A finding is a question for the person who knows the service, not a verdict. So it says how sure the tool is,
and it shows a few places instead of a thousand. Values that could identify somebody are masked before they get here.
"""

from dataclasses import dataclass, replace
from typing import Literal

Certainty = Literal["certain", "likely", "possible"]

#: The order in which findings are read.
IDENTIFIERS, STRUCTURE, VALUES, TIDINESS = range(4)

#: What the ranks are called in a report.
GROUPS = {
    IDENTIFIERS: "Details that could identify a person",
    STRUCTURE: "How the file is laid out, where it can make counts wrong",
    VALUES: "Values to look at",
    TIDINESS: "Tidiness",
}

#: So many places are shown as examples; the count says how many there are.
MOST_PLACES = 5
#: Longest value that is shown, in characters.
LONGEST_VALUE = 60


@dataclass(frozen=True)
class Place:
    """One cell of the file, as a person would look it up.

    Attributes
    ----------
    sheet : str or None
        Sheet of a workbook; None in a text file.
    row : int or None
        Row as numbered in the sheet, or line of the text file counted in records, 1-based. None: the whole column.
    column : str
        Name of the column; empty when the whole row is meant.
    value : str
        The value as it stands there, shortened, masked where it could identify somebody.
    letter : str
        Letter of the column in a spreadsheet program (A, B, …).
    """

    sheet: str | None
    row: int | None
    column: str
    value: str
    letter: str = ""

    def words(self) -> str:
        """For example `sheet “Waits” · row 7 · column “days” (C) · value “21/13/2025”`."""
        parts = []
        if self.sheet:
            parts.append(f"sheet “{self.sheet}”")
        if self.row is not None:
            parts.append(f"row {self.row:,}")
        if self.column:
            parts.append(f"column “{self.column}”" + (f" ({self.letter})" if self.letter else ""))
        elif self.letter:
            parts.append(f"column {self.letter}")
        if self.value:
            parts.append(f"value “{self.value}”")
        return " · ".join(parts)


@dataclass(frozen=True)
class Finding:
    """Something that a careful analyst would ask about.

    Attributes
    ----------
    check : str
        Short name of the check, in words (`NHS numbers`, `repeated rows`).
    sentence : str
        What was found, in one plain sentence, with the count.
    why : str
        Why it matters, in one sentence.
    usual : str
        What people usually do about it, in one sentence.
    certainty : {"certain", "likely", "possible"}
        How sure the tool is.
    places : tuple of Place
        At most `MOST_PLACES` examples.
    count : int
        How many cells, rows or columns it concerns.
    rank : int
        `IDENTIFIERS` (0), `STRUCTURE` (1), `VALUES` (2) or `TIDINESS` (3).
    table : str
        `Table.name` of the table it belongs to; empty when it concerns the whole file.
    columns : tuple of str
        Columns concerned. For rank 0 every value of these columns is masked wherever the report shows it.
    """

    check: str
    sentence: str
    why: str
    usual: str
    certainty: Certainty
    places: tuple[Place, ...] = ()
    count: int = 1
    rank: int = VALUES
    table: str = ""
    columns: tuple[str, ...] = ()

    def __post_init__(self):
        places = tuple(replace(one, value=shortened(one.value)) for one in self.places[:MOST_PLACES])
        object.__setattr__(self, "places", places)


def shortened(value: str) -> str:
    """A value on one line and short enough to be read."""
    line = " ".join(str(value).split())
    return line if len(line) <= LONGEST_VALUE else line[: LONGEST_VALUE - 1] + "…"


def hidden(value: str) -> str:
    """What is shown instead of a value that could identify somebody: how long it is and nothing more."""
    length = len(str(value).strip())
    return f"hidden, {length} character{'' if length == 1 else 's'}" if length else ""
