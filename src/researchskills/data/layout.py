"""Where the tables are: from a sheet of cells to tables with a header, records, totals and footnotes.

A person sees at once that the first five rows are a title, that two tables stand side by side and that the last line
adds up the others. Here the same is worked out from three things: which cells are filled, which of them look like
data (numbers, dates) and which like words, and where blank rows and columns run through. Everything that was
decided this way is said in the table's notes, so that a wrong guess can be seen.
"""

import re
import sys
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from researchskills.data import structure
from researchskills.data.table import Table, letter

#: Rows at the top of a block in which its header is looked for.
HEADER_SEARCH = 15
#: So many pieces between blank rows are still taken for tables of their own; beyond, the blank rows are strays.
MOST_PIECES = 40
#: A line below the table with one filled cell of this length (characters) is a footnote.
FOOTNOTE_LENGTH = 30

_NUMBER = re.compile(r"[-+(<>~£$€ ]*\d[\d,. ]*(?:e[-+]?\d+)?\s*[%)]?$", re.IGNORECASE)
_DATE = re.compile(r"\d{1,4}[-/. ](?:\d{1,2}|[A-Za-z]{3,9})[-/. ]\d{2,4}(?:[T ]\d.*)?$|[A-Za-z]{3}-\d{2}$")
_YEAR = re.compile(r"(?:19|20)\d{2}(?:\s*[-/]\s*\d{2,4})?(?:\.0)?$")
_MARKER = re.compile(
    r"\[\w{1,3}\]|[*.\-–—:]{1,3}|[ckzx]|n/?[ak]|not (?:held|known|given|applicable|available)|nil|none|null|nan|#.*",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"(?:\d{1,2}[.)]?\s|\*+|†|\[?notes?\b|sources?\b|key\b|figures?\b|data\s|please\b|produced|printed|©|n\.?b\.?\b"
    r"|end of)",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"(?:(?:grand|sub|overall|running)[- ]?)?totals?:?(?:\s+\(.*\))?|overall|sum"
    r"|all (?:people|persons|areas|wards|teams|services|localities|councils|trusts|ages|rows|referrals|groups)"
    r"|total (?:for|of|all|number|people|persons|referrals|cases)\b.{0,40}|.{1,40}\s(?:sub-?)?total:?"
    r"|(?:sub-?)?total[: –-]+[A-Z\d(].{0,80}",
    re.IGNORECASE,
)


@dataclass
class Grid:
    """The cells of one sheet, or of one text file.

    Attributes
    ----------
    cells : numpy.ndarray
        Text of every cell, "" when blank; object, shape (rows, columns).
    rows : numpy.ndarray
        Row number of each row in the sheet, 1-based, shape (rows,).
    kinds : numpy.ndarray or None
        Kind of every cell of a workbook, same shape.
    merged : list of tuple
        Merged ranges as `(first row, first column, last row, last column)`, positions from 0.
    lengths : numpy.ndarray or None
        Number of fields of each record of a text file.
    """

    cells: np.ndarray
    rows: np.ndarray
    kinds: np.ndarray | None = None
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    lengths: np.ndarray | None = None


@dataclass
class Header:
    """What was made of the top of a block; positions in the grid."""

    title: list[int]
    groups: list[int]
    row: int | None
    below: list[int]
    evidence: float

    @property
    def body(self) -> int:
        """Position of the first record."""
        used = [*self.title, *self.groups, *self.below] + ([] if self.row is None else [self.row])
        return max(used) + 1 if used else 0


@dataclass
class Block:
    """A rectangle that holds one table; rows and columns are positions in the grid."""

    rows: np.ndarray
    columns: np.ndarray
    header: Header
    title: list[str] = field(default_factory=list)
    footnotes: list[str] = field(default_factory=list)
    apart: list[int] = field(default_factory=list)


def filled(cells: np.ndarray) -> np.ndarray:
    """Which cells hold something other than blanks; bool, the shape of `cells`."""
    if not cells.size:
        return np.zeros(cells.shape, dtype=bool)
    blanks = np.frompyfunc(str.isspace, 1, 1)
    return (cells != "") & ~blanks(cells).astype(bool)


def looks_like_data(text: str) -> bool:
    """Whether a cell looks like a number or a date rather than a label."""
    text = text.strip()
    return bool(_NUMBER.match(text) or _DATE.match(text))


def tables(grid: Grid, file: str, sheet: str | None = None) -> tuple[list[Table], list[str]]:
    """The tables of a sheet, and the text that belongs to none of them.

    Parameters
    ----------
    grid : Grid
        All cells.
    file : str
        Name of the file.
    sheet : str or None
        Name of the sheet; None for a text file, in which tables never stand side by side.

    Returns
    -------
    tables : list of Table
        From the top left to the bottom right.
    texts : list of str
        Text that stands alone.
    """
    full = filled(grid.cells)
    if grid.kinds is not None:
        # A formula whose result was not saved is blank to a reader and still part of the table.
        full |= grid.kinds == "formula"
    blocks, texts, above = [], [], []
    for rows, columns in _segments(full, split_columns=sheet is not None):
        found, loose = _blocks(grid, full, rows, columns)
        for block in found:
            block.title = block.title or above
        # A line over tables that stand side by side is the title of each.
        above = [] if found else above + loose
        blocks += found
        texts += loose
    return [_table(grid, full, block, file, sheet) for block in blocks], texts


# Where the blocks are ---------------------------------------------------------------------------------

def _runs(mask: np.ndarray) -> list[np.ndarray]:
    """Positions of each unbroken run of True."""
    positions = np.flatnonzero(mask)
    return np.split(positions, np.flatnonzero(np.diff(positions) > 1) + 1) if positions.size else []


def _segments(full: np.ndarray, split_columns: bool) -> list[tuple[np.ndarray, np.ndarray]]:
    """Rectangles divided by blank columns; blank rows are looked at afterwards."""
    if not full.any():
        return []
    all_rows = np.arange(full.shape[0])
    if not split_columns:
        used = np.flatnonzero(full.any(axis=0))
        return [(all_rows, np.arange(used[0], used[-1] + 1))]
    bands = _runs(full.any(axis=1))
    if len(bands) > MOST_PIECES:
        bands = [np.arange(bands[0][0], bands[-1][-1] + 1)]
    # Bands that are cut alike belong to one stack; it is divided at blank rows by `_blocks`.
    segments: list[tuple[np.ndarray, np.ndarray]] = []
    pending: list[tuple[np.ndarray, np.ndarray]] = []
    for band in bands:
        groups = _column_groups(full, band)
        inside = pending and pending[-1][1][0] <= groups[0][0] and groups[-1][-1] <= pending[-1][1][-1]
        if len(band) <= 3 and inside:
            # Two or three rows with a gap below a table are no tables of their own.
            groups = [np.arange(groups[0][0], groups[-1][-1] + 1)]
        if len(groups) == 1 and pending and _overlap(pending[-1][1], groups[0]):
            rows, columns = pending.pop()
            low, high = min(columns[0], groups[0][0]), max(columns[-1], groups[0][-1])
            pending.append((np.arange(rows[0], band[-1] + 1), np.arange(low, high + 1)))
            continue
        if len(groups) == 1:
            segments += pending
            pending = [(band, groups[0])]
            continue
        segments += pending
        pending = []
        segments += [(band, group) for group in groups]
    return segments + pending


def _overlap(one: np.ndarray, other: np.ndarray) -> bool:
    return one[0] <= other[-1] and other[0] <= one[-1]


def _column_groups(full: np.ndarray, band: np.ndarray) -> list[np.ndarray]:
    """Columns of a band divided at blank columns, except where the blank one is a gap inside one table."""
    groups = _runs(full[band].any(axis=0))
    if len(groups) < 2 or len(band) == 1:
        return [np.arange(groups[0][0], groups[-1][-1] + 1)]
    merged = [groups[0]]
    for group in groups[1:]:
        before = merged[-1]
        same_rows = all(
            np.array_equal(_extent(full, band, before)[place], _extent(full, band, group)[place]) for place in (0, 1)
        )
        # A lone column that begins and ends with the table beside it is part of it; two parts of several columns
        # are two tables.
        lone = min(len(before), len(group)) == 1 and group[0] - before[-1] <= 4
        if same_rows and lone:
            merged[-1] = np.arange(before[0], group[-1] + 1)
        else:
            merged.append(group)
    return merged


def _extent(full: np.ndarray, band: np.ndarray, columns: np.ndarray) -> tuple[int, int]:
    rows = np.flatnonzero(full[np.ix_(band, columns)].any(axis=1))
    return int(rows[0]), int(rows[-1])


def _blocks(grid: Grid, full: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> tuple[list[Block], list[str]]:
    """Tables that stand below each other in one stack of columns."""
    bands = [rows[run] for run in _runs(full[np.ix_(rows, columns)].any(axis=1))]
    lone = sum(len(band) == 1 and full[np.ix_(band, columns)].sum() > 1 for band in bands)
    # A blank row behind every record (line ends written twice) divides nothing.
    if len(bands) > MOST_PIECES or (len(bands) >= 6 and lone > 0.6 * len(bands)):
        bands = [np.concatenate(bands)]
    blocks: list[Block] = []
    texts: list[str] = []
    for number, band in enumerate(bands):
        used = columns[full[np.ix_(band, columns)].any(axis=0)]
        if _is_text(grid, full, band, used, alone=len(bands) == 1):
            words = _words(grid, full, band, used)
            last = number == len(bands) - 1
            if blocks and (last or _NOTE.match(words[0])):
                blocks[-1].footnotes += words
            else:
                texts += words
            continue
        span = np.arange(used[0], used[-1] + 1)
        header = _find_header(grid, full, band, span)
        if blocks and not texts and _goes_on(grid, blocks[-1], header, span):
            above = blocks[-1]
            if len(band) <= 6 and len(band) * 3 < len(above.rows):
                above.apart += [int(row) for row in band]
            else:
                # A large piece shows that the small ones before it were records too.
                above.rows = np.concatenate([above.rows, np.array(above.apart, dtype=int), band])
                above.apart = []
            continue
        blocks.append(Block(band, span, header, title=texts))
        texts = []
    return _without_preamble(grid, full, blocks), texts


def _without_preamble(grid: Grid, full: np.ndarray, blocks: list[Block]) -> list[Block]:
    """Pairs such as "Run on | 1 May 2025" above a wider and longer table belong to its title."""
    kept: list[Block] = []
    for at, block in enumerate(blocks):
        used = block.columns[full[np.ix_(block.rows, block.columns)].any(axis=0)]
        below = blocks[at + 1] if at + 1 < len(blocks) else None
        small = len(block.rows) <= 4 and len(used) <= 2 and not block.apart and not block.footnotes
        if small and below is not None and len(below.columns) >= 3 and len(below.rows) > len(block.rows) + 1:
            lines = [" ".join(_words(grid, full, np.array([row]), used)) for row in block.rows]
            below.title = [*block.title, *lines, *below.title]
        else:
            kept.append(block)
    return kept


def _is_text(grid: Grid, full: np.ndarray, band: np.ndarray, used: np.ndarray, alone: bool) -> bool:
    """One filled cell a row and words in it: a title, a note, a page of text."""
    if len(used) > 1 and full[np.ix_(band, used)].sum(axis=1).max() > 1:
        return False
    words = _words(grid, full, band, used)
    if any(looks_like_data(word) for word in words):
        return False
    # A column of short words standing alone is a list, which is a table of one column.
    return len(used) > 1 or not alone or len(words) < 3 or np.mean([len(word) for word in words]) > 40


def _words(grid: Grid, full: np.ndarray, band: np.ndarray, used: np.ndarray) -> list[str]:
    return [grid.cells[row, column].strip() for row in band for column in used if full[row, column]]


def _goes_on(grid: Grid, above: Block, header: Header, span: np.ndarray) -> bool:
    """Whether a piece below a blank row holds more records of the table above rather than another table."""
    if not (above.columns[0] <= span[0] and span[-1] <= above.columns[-1]):
        return False
    if header.title:
        return False
    if header.row is None or above.header.row is None:
        return header.row is None
    same = [grid.cells[header.row, c] == grid.cells[above.header.row, c] for c in span]
    return header.evidence <= 0 and not all(same)


# The header -------------------------------------------------------------------------------------------

def _find_header(grid: Grid, full: np.ndarray, band: np.ndarray, span: np.ndarray) -> Header:
    """Title rows, group headings, the header and a second header row at the top of a block."""
    top = band[:HEADER_SEARCH]
    count = full[np.ix_(top, span)].sum(axis=1)
    width = int(full[np.ix_(band[: HEADER_SEARCH * 4], span)].any(axis=0).sum())
    needed = 1 if width == 1 else max(2, int(np.ceil(0.6 * width)))
    start = 0
    while start < len(top) - 1 and width > 1 and _is_title(grid, full, top, start, span, count, width, needed):
        start += 1
    header = next((at for at in range(start, min(start + 5, len(top))) if count[at] >= needed), None)
    title = [int(row) for row in top[:start]]
    if header is None or header == len(band):
        return Header(title, [], None, [], 0)
    row = int(top[header])
    sample = band[header + 1 : header + 41]
    evidence = _evidence(grid, full, row, sample, span)
    if evidence < 0:
        return Header(title, [], None, [], evidence)
    groups = [int(one) for one in top[start:header]]
    below = _second_header(grid, full, row, band[header + 1 : header + 22], span)
    if below and any(full[below[0], column] and not full[row, column] for column in span):
        # Headings over several columns leave gaps that the row below fills: that row holds the names.
        return Header(title, [*groups, row], below[0], [], evidence)
    return Header(title, groups, row, below, evidence)


def _is_title(grid, full, top, at, span, count, width, needed) -> bool:
    row = top[at]
    if not count[at]:
        return True
    where = np.flatnonzero(full[row, span])
    first = grid.cells[row, span[where[0]]]
    fuller_below = bool((count[at + 1 : at + 12] >= needed).any())
    if count[at] == 1:
        # A lone label over the middle of the table, right above the names, is a heading for a group of columns.
        heading = where[0] > 1 and count[at + 1] >= needed
        return fuller_below and not looks_like_data(first) and not heading
    # Pairs such as "Run on | 1 May 2025" above a wide table.
    return width >= 5 and count[at] == 2 and where[-1] <= 1 and fuller_below and count[at + 1] != width


def _column_sample(grid: Grid, full: np.ndarray, rows: np.ndarray, column: int) -> list[str]:
    return [grid.cells[row, column].strip() for row in rows if full[row, column]]


def _shape(text: str) -> str:
    """A code reduced to its form: `LC-000123` becomes `AA-999999`."""
    return re.sub(r"\d", "9", re.sub(r"[a-z]", "a", re.sub(r"[A-Z]", "A", text)))


def _evidence(grid: Grid, full: np.ndarray, row: int, sample: np.ndarray, span: np.ndarray) -> float:
    """Above 0 when the row differs in kind from what stands below it, below 0 when it is one of them."""
    if not len(sample):
        return 0
    score = 0.0
    for column in span:
        if not full[row, column]:
            continue
        label = grid.cells[row, column].strip()
        below = [text for text in _column_sample(grid, full, sample, column) if not _MARKER.fullmatch(text)]
        if not below:
            continue
        data = np.mean([looks_like_data(text) for text in below])
        if not looks_like_data(label):
            if data > 0.6 and not _MARKER.fullmatch(label):
                score += 1
            elif data < 0.4 and len(below) >= 3:
                shapes = {_shape(text) for text in below}
                if len(shapes) == 1:
                    score += -1 if _shape(label) in shapes and re.fullmatch(r"[A-Z\d\W]{2,}", label) else 0.5
                elif label in below:
                    score -= 0.5
        elif data > 0.6:
            # Years or months may head columns of figures.
            period = _YEAR.match(label) or _DATE.match(label)
            alike = np.mean([bool(_YEAR.match(text) or _DATE.match(text)) for text in below]) > 0.5
            score += 0.5 if period and not alike else -1
    return score


def _second_header(grid: Grid, full: np.ndarray, row: int, after: np.ndarray, span: np.ndarray) -> list[int]:
    """A row below the names that holds words where the records hold figures: units, codes, "n" and "%"."""
    if len(after) < 3:
        return []
    first, rest = after[0], after[1:]
    words = figures = 0
    seen = set()
    for column in span:
        below = _column_sample(grid, full, rest, column)
        if len(below) < 2 or np.mean([looks_like_data(text) for text in below]) < 0.9:
            continue
        figures += 1
        text = grid.cells[first, column].strip()
        if text and not looks_like_data(text) and not _MARKER.fullmatch(text):
            words += 1
            seen.add(text)
    return [int(first)] if figures >= 2 and words >= 0.8 * figures and seen else []


def _names(grid: Grid, full: np.ndarray, block: Block) -> tuple[list[str], bool]:
    """Name of each column, and whether headings of groups were joined to them."""
    header, span = block.header, block.columns
    if header.row is None:
        return [""] * len(span), False
    plain = [" ".join(grid.cells[header.row, c].split()) for c in span]
    names = list(plain)
    joined = False
    for row in reversed(header.groups):
        known = {(r, c): last for r, c, _, last in grid.merged}
        repeated = {name for name in plain if name and plain.count(name) > 1}
        label, until = "", -1
        for place, column in enumerate(span):
            own = " ".join(grid.cells[row, column].split())
            if own:
                label, until = own, known.get((row, column), 10**6 if not grid.merged else column)
            if column > until:
                label = ""
            if own and not names[place]:
                names[place] = own
            # Without merged cells nobody can tell how far a heading reaches: only names that would
            # otherwise be the same take it on.
            elif label and (own or grid.merged or not repeated or plain[place] in repeated):
                names[place] = f"{label} – {names[place]}" if names[place] else label
                joined = True
    for row in header.below:
        for place, column in enumerate(span):
            text = " ".join(grid.cells[row, column].split())
            if text:
                names[place] = f"{names[place]} – {text}" if names[place] else text
    return names, joined


# The table --------------------------------------------------------------------------------------------

def _table(grid: Grid, full: np.ndarray, block: Block, file: str, sheet: str | None) -> Table:
    header, span = block.header, block.columns
    names, joined = _names(grid, full, block)
    notes = []
    body = block.rows[block.rows >= header.body] if header.body else block.rows
    body, tail = _footnotes(grid, full, body, span)
    block.footnotes = [*tail, *block.footnotes]
    span, names, overflow = _overflow(grid, full, block, body, span, names)
    named = _named(names, span)
    letters = [letter(int(c)) for c in span]

    full_body = full[np.ix_(body, span)]
    some = full_body.any(axis=1)
    body = body[some]
    repeated_headers = _repeats_of_header(grid, header, body, span)
    body = body[~repeated_headers[1]]
    total, category = _totals(grid, full, body, span)
    records = body[~total]

    cells = _frame(grid.cells, records, span, named)
    kinds = None if grid.kinds is None else _frame(grid.kinds, records, span, named)
    used = [row for row in (*header.groups, header.row, *header.below) if row is not None]
    last = max([*body.tolist(), *used], default=int(block.rows[-1]))
    first = min([*used, *body.tolist()], default=int(block.rows[0]))
    title = " ".join([*block.title, *(_words(grid, full, np.array(header.title, dtype=int), span))])
    table = Table(
        file=file, sheet=sheet,
        region=f"{letters[0]}{grid.rows[first]}:{letters[-1]}{grid.rows[last]}",
        columns=named, letters=letters, header_rows=[int(grid.rows[row]) for row in used],
        cells=cells, rows=grid.rows[records].astype(int), kinds=kinds, title=title, footnotes=block.footnotes,
        totals=_frame(grid.cells, body[total], span, named), total_rows=grid.rows[body[total]].astype(int),
    )
    seen = structure.Seen(
        grid=grid, table=table, header=header, names=names, joined=joined, overflow=overflow,
        blank_rows=[int(grid.rows[row]) for row in range(first, last) if not full[row, span].any()][:100_000],
        repeated_headers=[int(grid.rows[row]) for row in repeated_headers[0]], category=category,
        apart=[int(grid.rows[row]) for row in block.apart], title_rows=len(block.title) + len(header.title),
        records=records, span=span, full=full,
    )
    table.notes = notes + structure.notes(seen)
    return table


def _frame(cells: np.ndarray, rows: np.ndarray, span: np.ndarray, names: list[str]) -> pd.DataFrame:
    """Chosen cells as a frame of text; equal texts of a column are kept once, which saves most of the memory."""
    columns = {}
    for place, name in zip(span, names, strict=True):
        column = np.empty(len(rows), dtype=object)
        column[:] = list(map(sys.intern, cells[rows, place].tolist()))
        columns[name] = column
    return pd.DataFrame(columns, index=range(len(rows)), dtype=object)


def _named(names: list[str], span: np.ndarray) -> list[str]:
    """Every column gets a name of its own: `column C` where there is none, `days (2)` for a second one."""
    result: list[str] = []
    for name, column in zip(names, span, strict=True):
        name = name or f"column {letter(int(column))}"
        wanted, count = name, 1
        while wanted in result:
            count += 1
            wanted = f"{name} ({count})"
        result.append(wanted)
    return result


def _footnotes(grid: Grid, full: np.ndarray, body: np.ndarray, span: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Lines at the end with one filled cell in the first columns, holding words."""
    notes: list[str] = []
    end = len(body)
    while end > 1 and len(span) > 1 and end > len(body) - 40:
        row = body[end - 1]
        where = np.flatnonzero(full[row, span])
        if len(where) > 1 or (len(where) == 1 and where[0] > 1):
            break
        if len(where) == 1:
            text = grid.cells[row, span[where[0]]].strip()
            if looks_like_data(text) or _TOTAL.fullmatch(text):
                break
            if not (_NOTE.match(text) or len(text) > FOOTNOTE_LENGTH):
                break
            notes.append(text)
        end -= 1
    return body[:end], notes[::-1]


def _overflow(grid, full, block, body, span, names):
    """Columns behind the last name that only a few rows reach: cells that slipped to the right."""
    if block.header.row is None or not names or names[-1]:
        return span, names, []
    last = max((place for place, name in enumerate(names) if name), default=len(names) - 1)
    beyond = full[np.ix_(body, span[last + 1 :])]
    if not beyond.size or beyond.any(axis=1).mean() > 0.2:
        return span, names, []
    rows = [int(grid.rows[row]) for row in body[beyond.any(axis=1)]]
    return span[: last + 1], names[: last + 1], rows


def _repeats_of_header(grid: Grid, header: Header, body: np.ndarray, span: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if header.row is None or not len(body):
        return body[:0], np.zeros(len(body), dtype=bool)
    alike = np.ones(len(body), dtype=bool)
    for column in span:
        if not alike.any():
            break
        alike &= grid.cells[body, column] == grid.cells[header.row, column]
    return body[alike], alike


def _totals(grid: Grid, full: np.ndarray, body: np.ndarray, span: np.ndarray) -> tuple[np.ndarray, str]:
    """Which rows add up others; and the column in which “Total” is a category of many rows instead."""
    total = np.zeros(len(body), dtype=bool)
    category = ""
    if len(body) < 2 or len(span) < 2:
        return total, category
    for place in range(min(3, len(span))):
        values = grid.cells[body, span[place]]
        words = {text for text in set(values) if 2 < len(text) < 100 and not text[-1].isdigit()
                 and _TOTAL.fullmatch(text.strip())}
        if not words:
            continue
        hit = np.fromiter((text in words for text in values), dtype=bool, count=len(values))
        # Subtotals have a name each; one and the same word in many rows is a category.
        most = 0.5 if len(words) > 0.8 * hit.sum() else 0.2
        if hit.sum() > max(3, most * len(body)):
            category = letter(int(span[place]))
            continue
        total |= hit
    return total, category
