"""Two extracts of the same people: who is in both, who in one only, and where the two disagree.

A council and a health trust hold records of the same people under different numbers, codes and
words. Adding their counts double-counts; comparing them shows differences that have causes, and a
cause can be mended. So a reconciliation never says “92 % match” and leaves it there: it lists each
difference, and sums them up by cause as far as causes are known.

Two rows are the same person where their keys agree after harmless differences of writing are set aside.
A key that one extract holds twice is told, and its first row is compared. Rows that are left alone on
both sides are only called “likely the same person” where every field named for that agrees and nobody
else fits. All differences about one person make one case, because one cause often shows in several fields.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import pandas as pd

from researchskills._html import escape
from researchskills._words import number_of
from researchskills.data.conditions import as_date, as_number
from researchskills.errors import CourseError
from researchskills.paths import suggestion
from researchskills.tables import html_table

#: What a difference can be; {left} and {right} stand for the names of the two extracts.
ONLY_LEFT, ONLY_RIGHT, DISAGREE = "only in {left}", "only in {right}", "disagree"
AGAIN_LEFT, AGAIN_RIGHT = "more than once in {left}", "more than once in {right}"
LIKELY_SAME = "keys differ, likely the same person"
#: Stands for the cause of a case that nobody has explained yet.
UNEXPLAINED = "not explained yet"
_COLUMNS = ["case", "kind", "key", "field", "left", "right", "left_row", "right_row"]


def plain_key(value) -> str:
    """An identifier without harmless differences of writing.

    Spaces, hyphens, case, zeros in front of a number and the `.0` that a spreadsheet adds are set aside:
    `lc-000123`, `LC 123` and `LC123` are one.
    """
    if pd.isna(value):
        return ""
    text = re.sub(r"\.0+$", "", str(value).strip().upper())
    text = re.sub(r"[\W_]", "", text)
    return re.sub(r"(?<!\d)0+(?=\d)", "", text)


def plain_value(value) -> str:
    """A value without harmless differences of writing: case, spaces, `01/04/2025` for `2025-04-01`, `7.0` for 7."""
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return ""
    if isinstance(value, datetime | date):
        return pd.Timestamp(value).date().isoformat()
    if pd.api.types.is_bool(value):
        return "yes" if value else "no"
    text = " ".join(str(value).split())
    number = as_number(text)
    if number is not None:
        return f"{number:.10g}"
    day = as_date(text)
    return day.isoformat() if day else text.casefold()


@dataclass(frozen=True)
class Reconciliation:
    """What two extracts have in common and where they differ.

    Attributes
    ----------
    names : tuple of str
        What the two extracts are called.
    matched : pandas.DataFrame
        One row for each key that both hold: key, rows, and the compared fields of both.
    cases : pandas.DataFrame
        One row for each person (or key) about whom the extracts differ: number, kind, fields that disagree, key,
        row on each side, cause.
    differences : pandas.DataFrame
        One row for each single difference: case, kind, key, field, value on each side, row on each side.
    notes : tuple of str
        Sentences on keys that were repeated or blank.
    compared : tuple of str
        Names of the fields that were compared.
    sizes : tuple of int
        Rows of the two extracts.
    """

    names: tuple[str, str]
    matched: pd.DataFrame
    cases: pd.DataFrame
    differences: pd.DataFrame
    notes: tuple[str, ...]
    compared: tuple[str, ...]
    sizes: tuple[int, int]
    _records: tuple[pd.DataFrame, pd.DataFrame] = field(repr=False, compare=False, default=())
    _keys: tuple[pd.Series, pd.Series] = field(repr=False, compare=False, default=())

    def only(self, name: str) -> pd.DataFrame:
        """The rows, with all their columns, that only one extract holds.

        Parameters
        ----------
        name : str
            What that extract is called.
        """
        side = self._side(name)
        kind = (ONLY_LEFT, ONLY_RIGHT)[side].format(left=self.names[0], right=self.names[1])
        rows = self.differences.loc[self.differences["kind"] == kind, ("left_row", "right_row")[side]]
        return self._records[side].loc[list(rows)]

    def record(self, name: str, row: int) -> pd.Series:
        """A whole record of one extract, by its row number."""
        return self._records[self._side(name)].loc[row]

    def records(self, case: int) -> list[tuple[str, pd.Series]]:
        """Every record that a case is about, with the name of its extract; a key held twice gives both rows.

        Parameters
        ----------
        case : int
            Number of the case.
        """
        row = self.cases.set_index("case").loc[case]
        result = []
        for side, name in enumerate(self.names):
            place, keys = row[("left_row", "right_row")[side]], self._keys[side]
            mine = list(keys.index[keys == row["key"]]) if row["key"] else []
            if pd.notna(place) and place not in mine:
                mine.append(place)
            result += [(name, self._records[side].loc[one]) for one in mine]
        return result

    def _side(self, name: str) -> int:
        if name not in self.names:
            raise CourseError(f"The two extracts are called “{self.names[0]}” and “{self.names[1]}”, "
                              f"not “{name}”.{suggestion(name, list(self.names))}", exit_status=2)
        return self.names.index(name)

    def by_kind(self) -> pd.DataFrame:
        """How many cases there are of each kind, and in which fields."""
        return self.cases.groupby(["kind", "fields"], sort=False).size().rename("cases").reset_index()

    def by_cause(self) -> pd.DataFrame:
        """How many cases each cause explains; the unexplained come last."""
        counts = self.cases.groupby("cause", sort=False).size().rename("cases").reset_index()
        counts["_last"] = counts["cause"] == UNEXPLAINED
        ordered = counts.sort_values(["_last", "cases", "cause"], ascending=[True, False, True])
        return ordered.drop(columns="_last").reset_index(drop=True)

    @property
    def sentence(self) -> str:
        """The result in words."""
        left, right = self.names
        total, unexplained = len(self.cases), int((self.cases["cause"] == UNEXPLAINED).sum())
        people = f"{len(self.matched):,} key{' is' if len(self.matched) == 1 else 's are'} in both extracts"
        kinds = "; ".join(f"{count:,} {kind}" for kind, count in self.cases["kind"].value_counts(sort=False).items())
        told = f"{people} ({left} has {self.sizes[0]:,} rows, {right} {self.sizes[1]:,}). "
        if not total:
            return told + f"No difference was found in {_listed(self.compared)}."
        told += f"The extracts differ in {number_of(total, 'case', 'cases')}: {kinds}."
        if unexplained == total:
            return told + " None of them is explained yet."
        if unexplained:
            return told + f" {number_of(unexplained, 'is', 'are')} not explained yet."
        return told + " Each has a cause."

    def __str__(self) -> str:
        return "\n".join([self.sentence, *self.notes])

    __repr__ = __str__

    def to_table(self) -> pd.DataFrame:
        """Every difference, with its case's cause and the extracts' own names in the headers."""
        left, right = self.names
        named = {"left": left, "right": right, "left_row": f"row in {left}", "right_row": f"row in {right}"}
        causes = self.cases.set_index("case")["cause"]
        table = self.differences.assign(cause=self.differences["case"].map(causes))
        return table.rename(columns=named)

    def html(self, most: int = 60) -> str:
        """The result as HTML: the sentence, sums by kind and cause, and the differences.

        Parameters
        ----------
        most : int
            Differences beyond this number are counted and not listed.
        """
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.notes)
        parts = [f'<section aria-label="Two extracts compared"><p>{escape(self.sentence)}</p>{notes}']
        if len(self.cases):
            parts.append(html_table(self.by_kind(), "Cases by kind"))
            if (self.cases["cause"] != UNEXPLAINED).any():
                parts.append(html_table(self.by_cause(), "Cases by cause"))
            shown = self.to_table().head(most)
            beyond = f", the first {most} of {len(self.differences):,}" if len(self.differences) > most else ""
            parts.append(html_table(shown, f"Differences{beyond}"))
        return "".join(parts) + "</section>"

    _repr_html_ = html


def reconcile(
    left: pd.DataFrame,
    right: pd.DataFrame,
    on: str | list[str] | Mapping[str, str],
    compare: list[str] | Mapping[str, str] | None = None,
    *,
    names: tuple[str, str] = ("left", "right"),
    key: Callable = plain_key,
    same: Mapping[str, Mapping] | None = None,
    within: Mapping[str, float] | None = None,
    likely: list[str] | Mapping[str, str] | None = None,
    causes: Mapping | Iterable[tuple[str, Callable]] | None = None,
) -> Reconciliation:
    """Match two extracts on their keys and list every difference.

    Parameters
    ----------
    left, right : pandas.DataFrame, shape (rows, columns)
        The two extracts. An index of row numbers is kept; a plain index becomes the row number in a csv file.
    on : str, list of str or mapping
        Column or columns that identify a person in both; `{column of left: column of right}` where they are
        called differently.
    compare : list of str or mapping, optional
        Fields to compare, in the same form; by default all columns that have the same name.
    names : (str, str)
        What to call the extracts, for example `("council", "NHS")`.
    key : callable
        Takes one value of a key column and gives it without harmless differences of writing.
    same : mapping, optional
        For a field (by its name in `left`), values of either extract and what they mean: `{"sex": {"F": "Female"}}`.
    within : mapping, optional
        For a field of numbers or dates, the largest distance (in its unit, or days) that still counts as agreement.
    likely : list of str or mapping, optional
        Fields that tell a person apart without the key, in the same form as `on`. Rows that are alone on both sides
        and agree in all of them, and in all of them with nobody else, are one case.
    causes : mapping or list of pairs, optional
        Either `{key or case number: cause}`, or pairs `(cause, function)` where the function takes a row of `cases`
        with `record_left` and `record_right` (a row of the extract, or None) added, and says whether the cause
        explains it; the first that does counts.

    Returns
    -------
    Reconciliation
        Shows itself as a sentence and tables.

    Raises
    ------
    CourseError
        If a column does not exist or no row has a key.

    Examples
    --------
    >>> council = pd.DataFrame({"id": ["001", "002"], "ward": ["W01", "W02"]})
    >>> nhs = pd.DataFrame({"id": ["1", "3"], "ward": ["W05", "W09"]})
    >>> reconcile(council, nhs, "id", names=("council", "NHS")).cases["kind"].tolist()
    ['only in council', 'only in NHS', 'disagree']
    """
    left, right = _numbered(left), _numbered(right)
    pairs = _pairs(on, left, right, names)
    fields = _pairs(_same_columns(left, right, pairs) if compare is None else compare, left, right, names)
    keys = [_key(table, [pair[side] for pair in pairs], key) for side, table in enumerate((left, right))]
    if not (keys[0] != "").any() or not (keys[1] != "").any():
        raise CourseError("In one of the two extracts no row has a key, so nothing can be matched. Both are untouched. "
                          "Choose the column that identifies a person in both.")
    words = {"left": names[0], "right": names[1]}
    (here, again_here), (there, again_there) = (_first_rows(column) for column in keys)
    notes = [note for side, column in enumerate(keys) for note in _notes(column, names[side])]
    both = [one for one in here if one in there]
    alone = [[row for one, row in rows.items() if one not in others] + list(column.index[column == ""])
             for rows, others, column in ((here, there, keys[0]), (there, here, keys[1]))]
    lines = [{"kind": AGAIN_LEFT.format(**words), "key": keys[0][row], "left_row": row} for row in again_here]
    lines += [{"kind": AGAIN_RIGHT.format(**words), "key": keys[1][row], "right_row": row} for row in again_there]
    pairs_found = _likely(left, right, alone, _pairs(likely or [], left, right, names))
    lines += [{"kind": LIKELY_SAME, "key": keys[0][a] or keys[1][b], "left_row": a, "right_row": b}
              for a, b in pairs_found]
    paired = [{pair[side] for pair in pairs_found} for side in (0, 1)]
    lines += [{"kind": ONLY_LEFT.format(**words), "key": keys[0][row], "left_row": row}
              for row in alone[0] if row not in paired[0]]
    lines += [{"kind": ONLY_RIGHT.format(**words), "key": keys[1][row], "right_row": row}
              for row in alone[1] if row not in paired[1]]
    found, matched = _compared(left, right, here, there, both, fields, same or {}, within or {})
    differences = _ordered(lines + found)
    cases = _cases(differences, left, right, causes)
    return Reconciliation(tuple(names), matched, cases, differences, tuple(notes), tuple(pair[0] for pair in fields),
                          (len(left), len(right)), (left, right), tuple(keys))


def _first_rows(column: pd.Series) -> tuple[dict[str, int], list[int]]:
    """The first row of each key, and the rows that hold a key again."""
    filled = column[column != ""]
    again = filled.duplicated()
    return {one: row for row, one in filled[~again].items()}, list(filled.index[again])


def _notes(column: pd.Series, name: str) -> list[str]:
    filled = column[column != ""]
    repeats, notes = filled[filled.duplicated()], []
    if len(repeats):
        notes.append(f"{name} holds {number_of(repeats.nunique(), 'key', 'keys')} more than once "
                     f"({number_of(len(repeats), 'row', 'rows')} too many); the first row of each was compared.")
    if len(filled) < len(column):
        notes.append(f"{number_of(len(column) - len(filled), 'row', 'rows')} of {name} without a key "
                     "could not be matched by it.")
    return notes


def _likely(left, right, alone, pairs) -> list[tuple[int, int]]:
    """Rows alone on both sides that agree in every field of `pairs`, and with one other row only."""
    if not pairs:
        return []
    marks = []
    for side, table in enumerate((left, right)):
        known = {}
        for row in alone[side]:
            mark = tuple(plain_value(table.at[row, pair[side]]) for pair in pairs)
            if all(mark):
                known.setdefault(mark, []).append(row)
        marks.append(known)
    return [(rows[0], marks[1][mark][0]) for mark, rows in marks[0].items()
            if len(rows) == 1 and len(marks[1].get(mark, [])) == 1]


def _numbered(table: pd.DataFrame) -> pd.DataFrame:
    # A plain index counts from 0; in a csv file the header is row 1.
    plain = isinstance(table.index, pd.RangeIndex) and table.index.start == 0
    return table.set_axis(table.index + 2, axis=0) if plain else table


def _pairs(columns, left: pd.DataFrame, right: pd.DataFrame, names) -> list[tuple[str, str]]:
    if isinstance(columns, str):
        columns = [columns]
    pairs = list(columns.items()) if isinstance(columns, Mapping) else [(one, one) for one in columns]
    for pair in pairs:
        for column, table, name in zip(pair, (left, right), names, strict=True):
            if column not in table.columns:
                raise CourseError(f"The extract “{name}” has no column “{column}”."
                                  f"{suggestion(column, list(table.columns))} Both extracts are untouched.")
    return pairs


def _same_columns(left, right, pairs) -> list[str]:
    used = {one for one, _ in pairs}
    return [column for column in left.columns if column in right.columns and column not in used]


def _key(table: pd.DataFrame, columns: list[str], plain: Callable) -> pd.Series:
    parts = [table[column].map(plain).fillna("") for column in columns]
    joined = parts[0].astype(str)
    for part in parts[1:]:
        joined = joined + "|" + part.astype(str)
    # A key of several columns of which one is blank would match strangers.
    blank = pd.concat([part == "" for part in parts], axis=1).any(axis=1)
    return joined.mask(blank, "")


def _compared(left, right, here, there, both, fields, same, within):
    lines = []
    matched = {"key": both, "left_row": [here[one] for one in both], "right_row": [there[one] for one in both]}
    for mine, theirs in fields:
        a, b = left.loc[matched["left_row"], mine].tolist(), right.loc[matched["right_row"], theirs].tolist()
        meaning = {plain_value(old): plain_value(new) for old, new in same.get(mine, {}).items()}
        matched |= {f"{mine} (left)": a, f"{mine} (right)": b}
        for one, x, y in zip(both, a, b, strict=True):
            p, q = plain_value(x), plain_value(y)
            p, q = meaning.get(p, p), meaning.get(q, q)
            if p != q and not _near(p, q, within.get(mine)):
                lines.append({"kind": DISAGREE, "key": one, "field": mine, "left": _shown(x), "right": _shown(y),
                              "left_row": here[one], "right_row": there[one]})
    return lines, pd.DataFrame(matched)


def _near(p: str, q: str, limit: float | None) -> bool:
    if limit is None:
        return False
    for read in (as_number, lambda text: (day := as_date(text)) and day.toordinal()):
        x, y = read(p), read(q)
        if x is not None and y is not None:
            return abs(x - y) <= limit + 1e-9
    return False


def _shown(value) -> str:
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return "(blank)"
    text = value.date().isoformat() if isinstance(value, pd.Timestamp) else str(value).strip()
    return text or "(blank)"


def _ordered(lines: list[dict]) -> pd.DataFrame:
    table = pd.DataFrame(lines, columns=_COLUMNS[1:])
    for column in ("left_row", "right_row"):
        table[column] = table[column].astype("Int64")
    for column in ("key", "field", "left", "right"):
        table[column] = table[column].astype(object).where(table[column].notna(), "")
    # A row without a key is a case of its own.
    rows = zip(table["key"], table["left_row"], table["right_row"], strict=True)
    person = [one or f"row {a} {b}" for one, a, b in rows]
    numbers = {one: number for number, one in enumerate(dict.fromkeys(person), 1)}
    table.insert(0, "case", [numbers[one] for one in person])
    return table.sort_values("case", kind="stable", ignore_index=True)


def _cases(differences: pd.DataFrame, left: pd.DataFrame, right: pd.DataFrame, causes) -> pd.DataFrame:
    lines = []
    for number, group in differences.groupby("case"):
        first = group.iloc[0]
        fields = ", ".join(group["field"][group["field"] != ""])
        rows = {side: group[side].dropna().min() if group[side].notna().any() else pd.NA
                for side in ("left_row", "right_row")}
        lines.append({"case": number, "kind": first["kind"], "fields": fields, "key": first["key"], **rows})
    cases = pd.DataFrame(lines, columns=["case", "kind", "fields", "key", "left_row", "right_row"])
    cases[["left_row", "right_row"]] = cases[["left_row", "right_row"]].astype("Int64")
    cases["cause"] = [_cause(row, causes, left, right) for _, row in cases.iterrows()]
    return cases


def _cause(case: pd.Series, causes, left: pd.DataFrame, right: pd.DataFrame) -> str:
    if causes is None:
        return UNEXPLAINED
    if isinstance(causes, Mapping):
        return causes.get(case["key"], causes.get(case["case"], UNEXPLAINED))
    case = case.copy()
    for name, table in (("left", left), ("right", right)):
        row = case[f"{name}_row"]
        case[f"record_{name}"] = None if pd.isna(row) else table.loc[row]
    return next((cause for cause, explains in causes if explains(case)), UNEXPLAINED)


def _listed(words) -> str:
    return ", ".join(words) or "any field"
