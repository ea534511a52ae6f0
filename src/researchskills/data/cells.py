"""A published table as cells and the sums that tie them together.

What can be worked out from a table depends on its sums alone: every total is the sum of its parts. Here a
table, or several that share totals, becomes a list of cells and a list of such sums; `audit` asks what
the sums give away, `suppression` what must be hidden so that they give nothing away.

A cell is known by its categories without the totals. The total for Northmoor is therefore the same cell in
a table by age and in a table by sex, and what one table hides the other must not show.
"""

import re
from dataclasses import dataclass, field

import pandas as pd

from researchskills.errors import CourseError

#: What a hidden count looks like in published tables.
SYMBOL = "[c]"
HIDDEN_SIGNS = {"[c]", "[C]", "c", "*", "..", "[x]"}
_TOTAL = re.compile(r"(grand )?totals?\b|all\b|everyone\b|whole ", re.IGNORECASE)


@dataclass
class Cells:
    """Cells of one or several linked tables, and their sums.

    Attributes
    ----------
    names : list of str
        `Northmoor, 85 and over`, as the table has it.
    counts : list of int or None
        What is published; None where the cell is hidden.
    totals : list of bool
        Whether the cell is a total of others.
    sums : list of (int, list of int)
        Place of a total, and the places of its parts.
    frames : list of Layout
        Where each cell stands in each table.
    """

    names: list[str] = field(default_factory=list)
    counts: list = field(default_factory=list)
    totals: list[bool] = field(default_factory=list)
    sums: list[tuple[int, list[int]]] = field(default_factory=list)
    frames: list["Layout"] = field(default_factory=list)

    @property
    def hidden(self) -> set[int]:
        """Places of the cells that are not published."""
        return {place for place, count in enumerate(self.counts) if count is None}

    def matrix(self):
        """The sums as a matrix: rows of (total − parts) that must be 0.

        Returns
        -------
        scipy.sparse.csr_array of shape (sums, cells)
        """
        from scipy.sparse import csr_array

        entries = [(row, one, value) for row, (total, parts) in enumerate(self.sums)
                   for one, value in [(total, 1.0), *((part, -1.0) for part in parts)]]
        rows, columns, values = zip(*entries, strict=True) if entries else ((), (), ())
        return csr_array((values, (rows, columns)), shape=(len(self.sums), len(self.names)))


@dataclass(frozen=True)
class Layout:
    """One table: as it was given, and which cell stands where."""

    table: pd.DataFrame
    title: str
    #: (row label position, column position) in `table` → place of the cell.
    at: dict[tuple[int, int], int]
    #: What its rows, columns or labels are: locality, answer.
    dimensions: tuple[str, ...] = ()

    def filled(self, values: list) -> pd.DataFrame:
        """The table with these values in the places of its cells."""
        out = self.table.astype(object)
        for (row, column), place in self.at.items():
            out.iat[row, column] = values[place]
        return out


def read(tables, *, count: str | None = None, total=None, add_totals: bool = False) -> Cells:
    """Turn tables into cells and sums.

    Parameters
    ----------
    tables : pandas.DataFrame, list or dict of them
        Each a cross-table (row labels as index or first column) or a tidy table (columns of labels
        and one of counts). Several tables count the same people: cells with the same labels are one.
    count : str, optional
        Column with the counts of a tidy table; by default the last one.
    total : str or list of str, optional
        How totals are called; by default “Total”, “All …”, “Everyone”.
    add_totals : bool, default False
        Work out the totals of tables that have none.

    Returns
    -------
    Cells

    Raises
    ------
    CourseError
        If something is no count, a count is negative, a total does not add up, a cell occurs twice,
        or two tables disagree about a cell.
    """
    named = _named(tables)
    cells, places, where = Cells(), {}, {}
    is_total = _total_test(total)
    for title, table in named:
        grid = _grid(table, title, count)
        if add_totals:
            grid = _with_totals(grid, is_total)
        at = {}
        own = {}
        for position, labels, value in grid.entries:
            key = frozenset((dimension, label) for dimension, label in zip(grid.dimensions, labels, strict=True)
                            if not is_total(label))
            if key in own:
                raise CourseError(f"The cell “{_said(labels)}” stands twice in {title}. Nothing was changed. "
                                  "Add the two up first, or give the table one more column that tells them apart.")
            if key not in places:
                places[key] = len(cells.names)
                cells.names.append("Total" if all(map(is_total, labels)) else _said(labels))
                cells.counts.append(value)
                cells.totals.append(any(map(is_total, labels)))
                where[key] = title
            elif cells.counts[places[key]] is None or value is None:
                # Hidden in one table and shown in another means that it is shown.
                cells.counts[places[key]] = value if value is not None else cells.counts[places[key]]
            elif cells.counts[places[key]] != value:
                raise CourseError(
                    f"The tables disagree: “{_said(labels)}” is {cells.counts[places[key]]} in {where[key]} and "
                    f"{value} in {title}. Nothing was changed. Tables that are protected together must count the "
                    "same people."
                )
            own[key] = places[key]
            at[position] = places[key]
        cells.frames.append(Layout(grid.frame, title, at, tuple(grid.dimensions)))
        cells.sums += [one for one in _sums(grid, own, is_total) if one not in cells.sums]
    _check_sums(cells)
    return cells


def has_totals(cells: Cells) -> bool:
    """Whether there is anything to subtract from."""
    return bool(cells.sums)


@dataclass
class _Grid:
    """One table, whichever form it came in."""

    frame: pd.DataFrame
    dimensions: list[str]
    entries: list[tuple[tuple[int, int], tuple[str, ...], int | None]]


def _named(tables) -> list[tuple[str, pd.DataFrame]]:
    if isinstance(tables, pd.DataFrame):
        return [("the table", tables)]
    if isinstance(tables, dict):
        named = [(str(name), table) for name, table in tables.items()]
    elif isinstance(tables, list | tuple):
        named = [(f"table {number}", table) for number, table in enumerate(tables, 1)]
    else:
        named = []
    if not named or not all(isinstance(table, pd.DataFrame) for _, table in named):
        raise CourseError("This needs a table (a data frame), or several in a list. Nothing was changed.")
    return named


def _total_test(total):
    if total is None:
        return lambda label: bool(_TOTAL.match(str(label).strip()))
    wanted = {str(one).strip().casefold() for one in ([total] if isinstance(total, str) else total)}
    return lambda label: str(label).strip().casefold() in wanted


def _grid(table: pd.DataFrame, title: str, count: str | None) -> _Grid:
    if table.empty:
        raise CourseError(f"There is nothing in {title}: it has no rows or no columns.")
    if isinstance(table.columns, pd.MultiIndex):
        raise CourseError(f"The columns of {title} have several rows of names. Use one row of names, or a tidy table.")
    unnamed = isinstance(table.index, pd.RangeIndex) and table.index.name is None
    if count is None and unnamed:
        labels = [column for column in table.columns if not _countlike(table[column])]
        if len(labels) == 1 and table.columns[0] == labels[0] and len(table.columns) > 2:
            return _crossed(table, title, labels[0])
        if labels:
            rest = [column for column in table.columns if column not in labels]
            if len(rest) != 1:
                raise CourseError(f"It is not clear which column of {title} holds the counts. "
                                  "Say so with count=“…”.")
            count = rest[0]
    if count is not None:
        if count not in table.columns:
            raise CourseError(f"There is no column “{count}” in {title}. It has: {', '.join(map(str, table.columns))}.")
        return _tidy(table, title, count)
    if len(table.columns) == 1:
        flat = table.reset_index()
        return _tidy(flat, title, flat.columns[-1])
    return _crossed(table, title, None)


def _crossed(table: pd.DataFrame, title: str, label: str | None) -> _Grid:
    if label is None and isinstance(table.index, pd.MultiIndex):
        raise CourseError(f"The rows of {title} have several names each. Use one column of names, or a tidy table.")
    rows = table[label] if label is not None else table.index
    columns = [column for column in table.columns if column != label]
    dimensions = [str(label or table.index.name or "row"), str(table.columns.name or "column")]
    entries = [
        ((row, list(table.columns).index(column)), (str(name), str(column)),
         as_count(table[column].iloc[row], f"{name}, {column}"))
        for row, name in enumerate(rows) for column in columns
    ]
    return _Grid(table, dimensions, entries)


def _tidy(table: pd.DataFrame, title: str, count: str) -> _Grid:
    # The column that marks invented records says nothing about people.
    labels = [column for column in table.columns if column not in (count, "synthetic")]
    if not labels:
        raise CourseError(f"There are counts in {title}, but nothing says what they count. Add a column of names.")
    column = list(table.columns).index(count)
    entries = []
    for row in range(len(table)):
        names = tuple(str(table[label].iloc[row]) for label in labels)
        entries.append(((row, column), names, as_count(table[count].iloc[row], _said(names))))
    return _Grid(table, [str(label) for label in labels], entries)


def _with_totals(grid: _Grid, is_total) -> _Grid:
    """A tidy copy with the totals along every dimension that has none."""
    rows = [(*labels, value) for _, labels, value in grid.entries]
    for place, _dimension in enumerate(grid.dimensions):
        if any(is_total(row[place]) for row in rows):
            continue
        sums: dict = {}
        for row in rows:
            key = (*row[:place], "Total", *row[place + 1 : -1])
            if row[-1] is None:
                raise CourseError("Totals cannot be worked out where counts are hidden already.")
            sums[key] = sums.get(key, 0) + row[-1]
        rows += [(*key, value) for key, value in sums.items()]
    frame = pd.DataFrame(rows, columns=[*grid.dimensions, "count"])
    if len(grid.dimensions) == 2:
        first, second = grid.dimensions
        order = [list(dict.fromkeys(frame[one])) for one in (first, second)]
        crossed = frame.pivot(index=first, columns=second, values="count").reindex(order[0])[order[1]]
        return _crossed(crossed, "the table", None)
    return _tidy(frame, "the table", "count")


def _sums(grid: _Grid, own: dict, is_total) -> list[tuple[int, list[int]]]:
    """Along each dimension, every total with its parts."""
    sums = []
    for place, dimension in enumerate(grid.dimensions):
        parts: dict = {}
        for _, labels, _ in grid.entries:
            if not is_total(labels[place]):
                key = _key(grid.dimensions, labels, is_total)
                parts.setdefault(key - {(dimension, labels[place])}, []).append(own[key])
        for _, labels, _ in grid.entries:
            key = _key(grid.dimensions, labels, is_total)
            if is_total(labels[place]) and key in parts:
                sums.append((own[key], parts[key]))
    return sums


def _key(dimensions, labels, is_total) -> frozenset:
    return frozenset((dimension, label) for dimension, label in zip(dimensions, labels, strict=True)
                     if not is_total(label))


def _check_sums(cells: Cells) -> None:
    for total, parts in cells.sums:
        counts = [cells.counts[part] for part in parts]
        published = cells.counts[total]
        if published is None or None in counts:
            continue
        if sum(counts) != published:
            raise CourseError(
                f"The total “{cells.names[total]}” is {published}, but its parts add up to {sum(counts)}. Nothing was "
                "changed. Put the total right first: rounding a table comes after protecting it, not before."
            )


def as_count(value, name: str) -> int | None:
    """A count, or None for a hidden one.

    Raises
    ------
    CourseError
        If it is neither, or negative, or not whole.
    """
    if isinstance(value, str):
        text = value.strip()
        if text in HIDDEN_SIGNS:
            return None
        digits = text.replace(",", "")
        if not re.fullmatch(r"-?\d+(\.0+)?", digits):
            raise CourseError(f"“{text}” at “{name}” is neither a count nor a sign for a hidden one ({SYMBOL}).")
        value = float(digits)
    if value is None or pd.isna(value):
        raise CourseError(f"The cell “{name}” is empty. Write 0 for none, or {SYMBOL} for a hidden count.")
    if not float(value).is_integer():
        raise CourseError(f"{value} at “{name}” is not a whole number. Only counts of people can be protected here.")
    if value < 0:
        raise CourseError(f"{int(value)} at “{name}” is below 0. A count of people cannot be negative; "
                          "look where it comes from. Nothing was changed.")
    return int(value)


def _countlike(column) -> bool:
    if pd.api.types.is_bool_dtype(column):
        return False
    if pd.api.types.is_numeric_dtype(column):
        return True
    return all(str(value).strip() in HIDDEN_SIGNS or re.fullmatch(r"-?[\d,]+(\.\d+)?", str(value).strip())
               for value in column)


def _said(labels) -> str:
    return ", ".join(map(str, labels))
