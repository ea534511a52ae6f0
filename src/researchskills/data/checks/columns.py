"""A table as the checks look at it: each column once, with what its values could mean.

All reading of text as number or date is done on the *different* values of a column and then spread over the rows:
76,000 rows hold a few hundred different words, and a check that looks at those is fast without being clever.
Nothing here judges; the checks do.
"""

import re
import weakref
from functools import cached_property

import numpy as np
import pandas as pd

from researchskills.data.checks import words
from researchskills.data.finding import Finding, Place
from researchskills.data.table import Table

#: A column counts as numbers or dates when at least this share of its filled cells are.
MOST = 0.6
_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_TIME = r"(?:[ T]\d{1,2}:\d{2}.*)?"
_FORMS = {
    "year first": rf"(?P<year>\d{{4}})[-/.](?P<second>\d{{1,2}})[-/.](?P<first>\d{{1,2}}){_TIME}",
    "day first": rf"(?P<first>\d{{1,2}})[-/.](?P<second>\d{{1,2}})[-/.](?P<year>\d{{4}}|\d{{2}}){_TIME}",
    "words": rf"(?P<first>\d{{1,2}})(?:st|nd|rd|th)?[ \-]?{_MONTH}[ ,\-]*(?P<year>\d{{4}}|\d{{2}}){_TIME}",
    "month": rf"{_MONTH}[ \-]?(?P<year>\d{{4}}|\d{{2}})",
}
#: Written forms of a date, as they are said in a sentence.
FORM_WORDS = {
    "year first": "year-month-day",
    "day first": "day/month/year",
    "words": "with the month in letters",
    "month": "month and year",
    "serial": "Excel day number",
    "US": "month/day/year",
}
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?%?")
_COMMAS = re.compile(r"[-+]?£?\d{1,3}(?:,\d{3})+(?:\.\d+)?%?")
_DAY_ZERO = np.datetime64("1899-12-30", "D")


def among(texts: np.ndarray, listed) -> np.ndarray:
    """Which texts are in a list, bool. By a table of hashes: numpy compares each text with every one of the list."""
    return np.asarray(pd.Index(texts, dtype=object).isin(list(listed)), dtype=bool)


class Column:
    """One column: its different values, and what they read as.

    Attributes
    ----------
    name, letter : str
        As in the file.
    codes : numpy.ndarray
        Which of `texts` stands in each row, int, shape (rows,).
    texts : numpy.ndarray
        The different values as they came, str, shape (values,).
    counts : numpy.ndarray
        How often each occurs, int, shape (values,).
    """

    def __init__(self, name: str, letter: str, cells: pd.Series):
        self.name, self.letter = name, letter
        self.codes, texts = pd.factorize(cells.to_numpy(dtype=object))
        self.texts = np.asarray(texts, dtype=object)
        self.counts = np.bincount(self.codes, minlength=len(self.texts))

    @cached_property
    def stripped(self) -> np.ndarray:
        """The different values without space around them."""
        return np.array([text.strip() for text in self.texts], dtype=object)

    @cached_property
    def lower(self) -> np.ndarray:
        """The different values without space around them and without case."""
        return np.array([text.casefold() for text in self.stripped], dtype=object)

    @cached_property
    def hashes(self) -> np.ndarray:
        """A 64-bit hash of each different value without space around it; 0 where it is blank."""
        return np.where(self.blank, np.uint64(0), pd.util.hash_array(self.stripped, categorize=False))

    @cached_property
    def blank(self) -> np.ndarray:
        """Which of the different values are blank."""
        return self.stripped == ""

    @cached_property
    def words(self) -> set[str]:
        """Words of the column's name, in small letters."""
        return words.of(self.name)

    @cached_property
    def coded(self) -> np.ndarray:
        """Which of the different values stand for a missing one wherever they occur (`[c]`, `n/a`, `-`)."""
        return among(self.lower, words.MISSING_ANYWHERE) & ~self.blank

    @cached_property
    def worded(self) -> np.ndarray:
        """Which of the different values say in words that nothing is known (`unknown`, `not held`)."""
        return among(self.lower, words.MISSING_IN_WORDS)

    @cached_property
    def lettered(self) -> np.ndarray:
        """Which of the different values are one letter that marks a missing number (`c`, `z`, `k`)."""
        return among(self.lower, words.MISSING_LETTERS)

    @cached_property
    def plain(self) -> np.ndarray:
        """The different values as numbers where they are written as one, NaN elsewhere, float."""
        found = []
        for text in self.stripped:
            number = np.nan
            if text and (text[0].isdigit() or text[-1].isdigit() or text[-1] == "%"):
                if text.isdecimal():
                    number = float(text)
                elif _PLAIN.fullmatch(text):
                    number = float(text.rstrip("%"))
                elif _COMMAS.fullmatch(text):
                    number = float(text.replace(",", "").replace("£", "").rstrip("%"))
                elif text[0] == "£" and _PLAIN.fullmatch(text[1:]):
                    number = float(text[1:].rstrip("%"))
            found.append(number)
        return np.array(found, dtype=float)

    @cached_property
    def _known(self) -> np.ndarray:
        return ~(self.blank | self.coded | self.worded)

    @cached_property
    def filled(self) -> int:
        """How many cells hold something that is not a code for missing."""
        return int(self.counts[self._known].sum())

    @cached_property
    def kind(self) -> str:
        """`number`, `date`, `month`, `text` or `blank`, by what most of the filled cells are."""
        if not self.filled:
            return "blank"
        numbers = int(self.counts[~np.isnan(self.plain) & self._known].sum())
        letters = int(self.counts[self.lettered & self._known].sum())
        # Codes of councils are figures for most and letters for some; nobody adds them up.
        code = "code" in self.words and numbers < self.filled
        if numbers and not code and numbers >= MOST * (self.filled - letters):
            return "number"
        form = self._forms[self._known]
        counts = self.counts[self._known]
        dated = int(counts[form != ""].sum())
        if dated and dated + self._serials() >= MOST * self.filled:
            months = int(counts[form == "month"].sum())
            return "month" if months > dated / 2 else "date"
        return "text"

    def _serials(self) -> int:
        return int(self.counts[(self.plain >= 20000) & (self.plain <= 60000)].sum())

    @cached_property
    def missing(self) -> np.ndarray:
        """Which of the different values hold nothing, given what the column is."""
        found = self.blank | self.coded
        if self.kind in ("number", "date", "month"):
            found = found | self.worded
        return found | self.lettered if self.kind == "number" else found

    @cached_property
    def missing_rows(self) -> np.ndarray:
        """Rows that hold nothing, bool, shape (rows,)."""
        return self.missing[self.codes]

    @cached_property
    def values(self) -> np.ndarray:
        """The column as numbers, float, NaN where a cell is no plain number, shape (rows,)."""
        return self.plain[self.codes]

    @cached_property
    def number_count(self) -> int:
        """How many cells hold a number."""
        return int(self.counts[~np.isnan(self.plain)].sum())

    # Dates ------------------------------------------------------------------------------------------

    @cached_property
    def _parsed(self) -> pd.DataFrame:
        """Form, first, second, year of each different value that is written like a date."""
        frame = pd.DataFrame({"form": "", "first": 0, "second": 0, "year": 0}, index=range(len(self.texts)))
        looks = (
            np.array(
                [
                    6 <= len(text) <= 30 and any(c.isdigit() for c in text[:3] + text[-4:]) and not text.isdigit()
                    for text in self.lower
                ],
                dtype=bool,
            )
            if len(self.texts) < 2000
            else None
        )
        where = np.flatnonzero(self._known if looks is None else looks & self._known)
        # A column whose commonest values show no date at all is not searched to the end.
        common = where[np.argsort(-self.counts[where], kind="stable")[:300]]
        if not any(re.fullmatch(form, self.lower[index]) for index in common for form in _FORMS.values()):
            return frame
        texts = pd.Series(self.lower[where], index=where)
        for form, pattern in _FORMS.items():
            parts = texts.str.extract(rf"^{pattern}$", flags=re.ASCII)
            hit = parts["year"].notna()
            parts, texts = parts[hit], texts[~hit]
            if parts.empty:
                continue
            year = parts["year"].astype(int)
            frame.loc[parts.index, "form"] = form
            # Two figures of a year: up to 40 of this century, as spreadsheets do it roughly.
            frame.loc[parts.index, "year"] = year.where(year > 99, year + np.where(year <= 40, 2000, 1900))
            frame.loc[parts.index, "first"] = parts["first"].astype(int) if "first" in parts else 1
            second = parts["second"].astype(int) if "second" in parts else parts["month"].map(_MONTHS)
            frame.loc[parts.index, "second"] = second
        return frame

    @cached_property
    def _forms(self) -> np.ndarray:
        return self._parsed["form"].to_numpy(dtype=object)

    @cached_property
    def month_first(self) -> bool:
        """Whether most dates that tell are written month/day/year."""
        slashed = self._forms == "day first"
        first, second = self._parsed["first"].to_numpy(), self._parsed["second"].to_numpy()
        american = self.counts[slashed & (second > 12) & (first <= 12)].sum()
        british = self.counts[slashed & (first > 12) & (second <= 12)].sum()
        return bool(american > british)

    @cached_property
    def forms(self) -> np.ndarray:
        """How each different value is written: a key of `FORM_WORDS`, or "" where it is no date."""
        forms = self._forms.copy()
        slashed = forms == "day first"
        first, second = self._parsed["first"].to_numpy(), self._parsed["second"].to_numpy()
        forms[slashed & (second > 12) & (first <= 12)] = "US"
        if self.month_first:
            forms[slashed & (first <= 12) & (second <= 12)] = "US"
        if self.kind == "date":
            forms[(self.plain >= 20000) & (self.plain <= 60000) & (self.plain % 1 == 0)] = "serial"
        return forms

    @cached_property
    def days(self) -> np.ndarray:
        """The different values as dates, datetime64[D], NaT where there is no such day."""
        day = self._parsed["first"].to_numpy().astype(int)
        month = self._parsed["second"].to_numpy().astype(int)
        year = self._parsed["year"].to_numpy().astype(int)
        american = self.forms == "US"
        day, month = np.where(american, month, day), np.where(american, day, month)
        found = np.full(len(self.texts), np.datetime64("NaT"), dtype="datetime64[D]")
        sound = (self._forms != "") & (month >= 1) & (month <= 12) & (day >= 1) & (year >= 1)
        start = ((year[sound] - 1970) * 12 + month[sound] - 1).astype("datetime64[M]")
        date = start.astype("datetime64[D]") + (day[sound] - 1)
        found[sound] = np.where(date.astype("datetime64[M]") == start, date, np.datetime64("NaT"))
        serial = self.forms == "serial"
        found[serial] = _DAY_ZERO + self.plain[serial].astype(int)
        return found

    @cached_property
    def dates(self) -> np.ndarray:
        """The column as dates, datetime64[D], shape (rows,)."""
        return self.days[self.codes]

    # Words ------------------------------------------------------------------------------------------

    @cached_property
    def free_text(self) -> bool:
        """Whether the column holds sentences rather than codes or categories."""
        if self.kind != "text":
            return False
        used = self._known & (self.counts > 0)
        lengths = np.array([len(text) for text in self.stripped[used]])
        spaced = np.array([text.count(" ") >= 3 for text in self.stripped[used]])
        return bool(len(lengths) and (lengths.mean() > 30 or spaced.mean() > 0.5) and used.sum() > 0.2 * self.filled)

    @cached_property
    def categorical(self) -> bool:
        """Whether the column sorts rows into groups: text with few different values, used again and again."""
        if self.kind not in ("text", "month") or self.free_text:
            return False
        levels = int(self._known.sum())
        return 2 <= levels <= 200 and levels <= 0.5 * self.filled

    @cached_property
    def identifies(self) -> bool:
        """Whether the name says that each value belongs to one row, case or person."""
        known = self.words & words.IDENTIFIER
        # "Case no." is a number of a case; "% no" is the share of those who said no.
        if "no" in known and not re.search(rf"(?:{words.NUMBERED})[\W_]*no\.?$", self.name.casefold()):
            known = known - {"no"}
        return bool(known) and not self.words & words.AREA

    @cached_property
    def distinct_share(self) -> float:
        """Different values per filled cell, 0 to 1."""
        return float(self._known.sum() / self.filled) if self.filled else 0.0

    def rows(self, which: np.ndarray) -> np.ndarray:
        """Positions of the rows that hold one of the different values marked in `which`."""
        return np.flatnonzero(which[self.codes])


class Columns:
    """All columns of a table, and the rows that stand for larger areas."""

    def __init__(self, table: Table):
        # Not the table itself: whoever holds this must not keep a file of a million rows in memory.
        self._table = weakref.ref(table)
        self.count = len(table.cells)
        self.all = [
            Column(name, letter, table.cells.iloc[:, index])
            for index, (name, letter) in enumerate(zip(table.columns, table.letters, strict=True))
        ]

    @property
    def table(self) -> Table:
        """The table that was looked at."""
        return self._table()

    @cached_property
    def personal(self) -> set[str]:
        """Names of columns whose values identify people, filled by the check of identifiers."""
        from researchskills.data.checks import identifiers

        return identifiers.personal_columns(self)

    def of(self, *kinds: str) -> list[Column]:
        """The columns of these kinds."""
        return [column for column in self.all if column.kind in kinds]

    @cached_property
    def larger(self) -> np.ndarray:
        """Rows that stand for England, a region, a kind of council or a total, bool, shape (rows,)."""
        found = np.zeros(self.count, dtype=bool)
        for column in self.all[:4]:
            if column.kind == "text" and not column.free_text:
                hit = among(column.lower, words.LARGER_AREAS)
                # A column that says the country of each council names larger areas in every row.
                if 0 < column.counts[hit].sum() <= 0.3 * self.count and column.counts[hit].max() <= 0.15 * self.count:
                    found |= hit[column.codes]
        return found

    @cached_property
    def label(self) -> Column | None:
        """The column that names what each row is about, for a sentence: the one with most different words."""
        texts = [
            column
            for column in self.all[:4]
            if column.kind == "text" and not column.free_text and column.name not in self.personal
        ]
        return max(
            texts,
            key=lambda column: (column.distinct_share, sum(map(len, column.stripped)) / len(column.texts)),
            default=None,
        )

    def naming(self, position: int) -> str:
        """What a row is about, in quotation marks, or its row number."""
        column = self.label
        if column is not None and column.distinct_share > 0.9:
            return f"“{column.stripped[column.codes[position]]}”"
        return f"row {int(self.table.rows[position]):,}"

    def shown(self, column: Column, text: str) -> str:
        """A value as a report may show it."""
        from researchskills import privacy
        from researchskills.data.finding import hidden

        if column.name in self.personal:
            return hidden(text)
        if column.free_text:
            return f"text of {len(text.strip())} characters"
        for match in reversed(privacy.find(text)):
            text = text[: match.start] + match.masked + text[match.end :]
        return text

    def place(self, column: Column, position: int) -> Place:
        """The place of one cell, its value masked where it could identify somebody."""
        text = column.texts[column.codes[position]]
        return self.table.place(int(position), column.name, self.shown(column, text))

    def whole(self, column: Column) -> Place:
        """The place of a whole column."""
        return self.table.place(None, column.name, "")

    def row(self, position: int) -> Place:
        """The place of a whole row."""
        return self.table.place(int(position))

    def finding(
        self,
        check: str,
        sentence: str,
        *,
        why: str,
        usual: str,
        certainty: str,
        rank: int,
        places=(),
        count: int = 1,
        columns=(),
    ) -> Finding:
        """A finding about this table."""
        return Finding(
            check,
            sentence,
            why,
            usual,
            certainty,
            tuple(places)[:5],
            int(count),
            rank,
            self.table.name,
            tuple(column.name for column in columns),
        )


_last: tuple[weakref.ref, Columns] | None = None


def columns_of(table: Table) -> Columns:
    """The columns of a table, read once for all checks that follow each other."""
    global _last
    if _last is None or _last[0]() is not table:
        _last = (weakref.ref(table, _forget), Columns(table))
    return _last[1]


def _forget(reference) -> None:
    global _last
    if _last is not None and _last[0] is reference:
        _last = None


def spread(columns: Columns, column: Column, positions: np.ndarray) -> list[Place]:
    """Up to five places in a column, each with a different value as long as there are any."""
    codes = column.codes[positions]
    _, first = np.unique(codes, return_index=True)
    chosen = sorted(positions[first[:5]])
    for position in positions:
        if len(chosen) >= 5:
            break
        if position not in chosen:
            chosen.append(position)
    return [columns.place(column, position) for position in chosen]
