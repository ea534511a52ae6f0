"""Text files with columns: csv of any common encoding and separator.

A csv file does not say how it was written. The encoding is settled first (a wrong one turns "Siân" into "SiÃ¢n"), then
the separator, then records are read one after the other. A file with more cells than fit comfortably into
memory is never held whole: an equal-chance sample of its records is drawn while it streams past.
"""

import csv
import io
import random
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from researchskills._words import number_of
from researchskills.data.finding import STRUCTURE, TIDINESS, Finding, Place
from researchskills.data.layout import Grid, tables
from researchskills.data.table import Table
from researchskills.encodings import encoding_of
from researchskills.errors import CourseError

#: Cells that are read whole; a larger file is sampled.
MOST_CELLS = 3_000_000
#: Records in a sample, unless the rows are very wide.
SAMPLE = 100_000
#: Columns a table may have.
MOST_COLUMNS = 500
#: Records at the beginning that stay together, for the header, and at the end, for totals and notes.
HEAD, TAIL = 200, 30
#: A quotation mark that is never closed swallows the lines below it; so many lines in one cell are not meant.
LINES_IN_A_CELL = 60
LONGEST_CELL = 20_000_000

_DELIMITERS = (",", ";", "\t", "|")
@dataclass
class Form:
    """How a text file is written.

    Attributes
    ----------
    encoding : str
        Name that Python understands.
    delimiter : str
        The sign between two values.
    quoted : bool
        Whether quotation marks hold values together.
    skip : int
        Lines to pass over (Excel's own `sep=;`).
    guessed : bool
        Whether the encoding is a guess.
    """

    encoding: str
    delimiter: str = ","
    quoted: bool = True
    skip: int = 0
    guessed: bool = False


class _UnclosedQuoteError(Exception):
    def __init__(self, row: int):
        self.row = row


def read(path: Path, progress: Callable[[int, int], None] | None = None) -> list[Table]:
    """Tables of a text file.

    Parameters
    ----------
    path : pathlib.Path
        A file for which `opening.kind_of` says `text`.
    progress : callable, optional
        Called with bytes done and bytes in all.

    Raises
    ------
    CourseError
        When there are no columns in it, or too many.
    """
    encoding, guessed = encoding_of(path)
    form = Form(encoding, guessed=guessed)
    form.delimiter, form.skip = _delimiter(path, encoding)
    notes = _about_encoding(path, form)
    try:
        found = _tables(path, form, progress)
    except _UnclosedQuoteError as problem:
        found = _tables(path, replace(form, quoted=False), progress)
        notes.append(Finding(
            "quotation marks", f"A quotation mark is opened in or before row {problem.row:,} and not closed near it; "
            "the file was read as if quotation marks meant nothing.",
            "An unclosed mark swallows the rows below it into one cell, and they vanish from every count.",
            "Look for the mark in a text editor, and export the file again.", "likely",
            (Place(None, problem.row, "", ""),), rank=STRUCTURE,
        ))
    if not found:
        raise CourseError(
            f"“{path.name}” holds no table: all its cells are blank. It has not been changed. "
            "Was the export finished?", 2,
        )
    first = found[0]
    if not len(first.cells) and (first.title or first.footnotes) and len(found) == 1:
        # A letter: one of its lines happens to hold a comma.
        raise _no_table(path.name)
    found[0].notes[:0] = notes
    return found


# Encoding ---------------------------------------------------------------------------------------------

def _about_encoding(path: Path, form: Form) -> list[Finding]:
    notes = []
    if form.guessed:
        with path.open("r", encoding=form.encoding, errors="replace", newline="") as file:
            example = next((line for line in file if not line.isascii()), "")
        word = next((word for word in example.replace(form.delimiter, " ").split() if not word.isascii()), "")
        notes.append(Finding(
            "encoding", f"The file is written in an older encoding, probably {form.encoding.replace('_', ' ')}.",
            "Opened with another encoding, names with accents, pound signs and apostrophes turn into odd signs.",
            "Check that accents look right, then save a copy as “CSV UTF-8”.", "likely",
            (Place(None, None, "", word),) if word else (), rank=TIDINESS,
        ))
    return notes


# Separator --------------------------------------------------------------------------------------------

def _delimiter(path: Path, encoding: str) -> tuple[str, int]:
    with path.open("r", encoding=encoding, errors="replace", newline="") as file:
        text = file.read(200_000)
    complete = len(text) < 200_000
    first = text.split("\n", 1)[0].strip().strip('"')
    if len(first) == 5 and first.lower().startswith("sep="):
        return first[4], 1
    best, score = ",", 0.0
    for delimiter in _DELIMITERS:
        if delimiter not in text:
            continue
        try:
            records = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        except csv.Error:
            continue
        # The last record may have been cut off in the middle.
        lengths = Counter(len(one) for one in (records if complete else records[:-1])[:2000] if any(one))
        wide_ones = {length: count for length, count in lengths.items() if length > 1}
        if not wide_ones:
            continue
        common, count = max(wide_ones.items(), key=lambda item: (item[1], item[0]))
        agreement = count / sum(lengths.values())
        this = agreement + 0.02 * min(common, 20)
        if this > score:
            best, score = delimiter, this
    if not score:
        _refuse_prose(path, text)
    return best, 0


def _refuse_prose(path: Path, text: str) -> None:
    lines = [line for line in text.splitlines() if line.strip()]
    words = [len(line.split()) for line in lines]
    if len(lines) < 2 or max(map(len, lines)) > 120 or sum(words) / len(words) > 4:
        raise _no_table(path.name)


def _no_table(name: str) -> CourseError:
    return CourseError(
        f"“{name}” is text but not a table: its lines are not divided into columns. It has not been changed. "
        "A table needs a comma, a semicolon or a tab between its values.", 2,
    )


# Records ----------------------------------------------------------------------------------------------

@dataclass
class _Stream:
    """Records of a file with their row numbers, and how much of the file has gone by."""

    path: Path
    form: Form
    progress: Callable[[int, int], None] | None
    row: int = 0

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        csv.field_size_limit(LONGEST_CELL)
        form = self.form
        quoting = {} if form.quoted else {"quoting": csv.QUOTE_NONE}
        size = self.path.stat().st_size
        with self.path.open("rb") as binary:
            file = io.TextIOWrapper(binary, encoding=form.encoding, errors="replace", newline="")
            for _ in range(form.skip):
                file.readline()
            reader = csv.reader(_without_zeros(file), delimiter=form.delimiter, **quoting)
            try:
                for number, record in enumerate(reader, form.skip + 1):
                    if form.quoted and reader.line_num - self.row > LINES_IN_A_CELL:
                        raise _UnclosedQuoteError(number)
                    self.row = reader.line_num
                    if self.progress and not number & 4095:
                        self.progress(binary.tell(), size)
                    yield number, record
            except csv.Error as problem:
                if form.quoted:
                    raise _UnclosedQuoteError(number + 1 if self.row else 1) from None
                raise CourseError(
                    f"“{self.path.name}” cannot be divided into columns (near row {self.row:,}: {problem}). "
                    "It has not been changed. Export the file again.", 2,
                ) from None
        if self.progress:
            self.progress(size, size)


def _without_zeros(lines: Iterator[str]) -> Iterator[str]:
    # csv stops at a NUL sign; some exports leave one in an empty cell.
    return (line.replace("\x00", "") if "\x00" in line else line for line in lines)


@dataclass
class _Sample:
    """Records drawn with equal chance from a stream of unknown length (algorithm R: Vitter, 1985).

    The seed is fixed, so the same file always gives the same sample.
    """

    size: int
    kept: list = field(default_factory=list)
    seen: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(20240401))

    def offer(self, item) -> None:
        self.seen += 1
        if len(self.kept) < self.size:
            self.kept.append(item)
            return
        place = int(self.chance.random() * self.seen)
        if place < self.size:
            self.kept[place] = item


def _tables(path: Path, form: Form, progress) -> list[Table]:
    head: list[tuple[int, list[str]]] = []
    cells = 0
    stream = iter(_Stream(path, form, progress))
    for item in stream:
        head.append(item)
        cells += len(item[1])
        if len(item[1]) > MOST_COLUMNS and sum(1 for text in item[1] if text.strip()) > MOST_COLUMNS:
            raise too_many_columns(path.name, len(item[1]))
        if cells > MOST_CELLS:
            break
    else:
        if not any(record for _, record in head):
            return []
        found, _ = tables(_grid(head), path.name)
        return found
    return _sampled(path, head, stream)


def too_many_columns(name: str, count: int, sheet: str = "") -> CourseError:
    """The refusal of a table that is wider than this check can say anything useful about."""
    where = f"The sheet “{sheet}” of “{name}”" if sheet else f"“{name}”"
    return CourseError(
        f"{where} has {count:,} columns; up to {MOST_COLUMNS} can be checked. It has not been changed. "
        "Often rows and columns are swapped, or every week has a column of its own: "
        "save the columns that you need, or one row for each week, in a copy.", 2,
    )


def _sampled(path: Path, head: list, stream: Iterator) -> list[Table]:
    """The one table of a file that is too large to hold, from an equal-chance sample of its records."""
    # The top is laid out by itself, to learn where the header ends.
    top, _ = tables(_grid(head[:HEAD]), path.name)
    first = top[0]
    start = int(first.rows[0]) if len(first.rows) else head[0][0]
    width = max(len(record) for _, record in head[:HEAD])
    upper = [item for item in head if item[0] < start]
    sample = _Sample(min(SAMPLE, MOST_CELLS // max(width, 1)))
    waiting: deque = deque()
    blank = 0

    def records():
        yield from (item for item in head if item[0] >= start)
        head.clear()
        yield from stream

    for item in records():
        if not any(item[1]):
            blank += 1
            continue
        waiting.append(item)
        if len(waiting) > TAIL:
            sample.offer(waiting.popleft())
    # Totals and notes stand in the last lines; what is neither goes into the draw like every other record.
    bottom, _ = tables(_grid(upper[-HEAD:] + list(waiting)), path.name)
    tail = set(bottom[0].rows.tolist()) if bottom else set()
    for item in waiting:
        if item[0] in tail:
            sample.offer(item)
    kept = sorted(sample.kept)
    found, _ = tables(_grid(upper[-HEAD:] + kept), path.name)
    table = found[0]
    table.footnotes = bottom[0].footnotes if bottom else []
    if bottom:
        table.totals, table.total_rows = bottom[0].totals, bottom[0].total_rows
        table.notes += [one for one in bottom[0].notes if one.check in {"totals rows", "footnotes"}]
    # Rows that were not drawn are gaps in the numbers, not blank rows.
    table.notes = [one for one in table.notes if one.check != "blank rows"]
    if blank:
        table.notes.append(Finding(
            "blank rows",
            f"{number_of(blank, 'row')} inside the table {'is' if blank == 1 else 'are'} blank.",
            "A spreadsheet program sorts and filters only up to the first blank row.",
            "Take blank rows out of a copy.", "certain", (), blank, TIDINESS, table.name,
        ))
    table.length = sample.seen
    top_row = table.header_rows[0] if table.header_rows else start
    table.region = f"{table.letters[0]}{top_row}:{table.letters[-1]}{kept[-1][0]}"
    table.sampled = (
        f"The file has {sample.seen:,} records. {len(table.cells):,} of them were checked, drawn at random with equal "
        "chance for each (the same ones every time). Counts are of the sample; repeats and gaps between rows can "
        "only partly be seen in it."
    )
    for note in table.notes:
        object.__setattr__(note, "table", table.name)
    return [table]


def _grid(records: list[tuple[int, list[str]]]) -> Grid:
    lengths = np.array([len(record) for _, record in records], dtype=np.int32)
    width = int(lengths.max(initial=0))
    cells = np.full((len(records), width), "", dtype=object)
    if (lengths == width).all():
        cells[:] = [record for _, record in records]
    else:
        for place, (_, record) in enumerate(records):
            cells[place, : len(record)] = record
    return Grid(cells, np.array([number for number, _ in records], dtype=np.int64), lengths=lengths)
