"""Conditions on the rows of a table, in the words people use: “decided is before the date in received”.

A rule that cleans data and a rule that a learner writes as an answer both begin with the same
thing: which rows does it mean? Tables come here as they left the system, every cell a text and ""
for a blank, because a condition such as “is not a date” has nothing to look at once a program has
turned the cell into a date. The index of the table is the row number in the file.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import pandas as pd

from researchskills.errors import CourseError
from researchskills.paths import suggestion

#: Stands for all fields together, where a whole row is compared with others.
WHOLE_ROW = "(whole row)"
_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_ISO = re.compile(rf"(\d{{4}})-(\d{{1,2}})-(\d{{1,2}}){_TIME}")
_NUMERIC = re.compile(rf"(\d{{1,2}})([/.-])(\d{{1,2}})\2(\d{{4}}|\d{{2}}){_TIME}")
_NAMED = re.compile(rf"(\d{{1,2}})[ -]([A-Za-z]{{3,9}})[ -](\d{{4}}|\d{{2}}){_TIME}")
_MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
           "november", "december"]
_NUMBER = re.compile(r"([-−+]?)£?((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)\s*%?")
#: Most conditions that one rule joins: more than three and nobody can say what it means.
MOST_CONDITIONS = 3


def as_number(text: str) -> float | None:
    """The number that a cell holds, or None; `1,250`, `£12.50` and `27 %` are numbers, `3 weeks` is not."""
    found = _NUMBER.fullmatch(text.strip())
    if not found:
        return None
    value = float(found[2].replace(",", ""))
    return -value if found[1] in ("-", "−") else value


@lru_cache(maxsize=50_000)
def as_date(text: str, month_first: bool = False) -> date | None:
    """The date that a cell holds, or None.

    Understood are `2025-03-31`, `31/03/2025` (also with full stops, hyphens and a year of two digits) and
    `31 March 2025` or `31 Mar 2025`, each with or without a time.

    Parameters
    ----------
    text : str
        The cell.
    month_first : bool
        Whether `03/31/2025` is meant; otherwise the day comes first, as in Britain.

    Examples
    --------
    >>> as_date("1/4/25"), as_date("31/02/2025")
    (datetime.date(2025, 4, 1), None)
    """
    text = text.strip()
    if found := _ISO.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := _NUMERIC.fullmatch(text):
        day, month, year = int(found[1]), int(found[3]), _year(found[4])
        day, month = (month, day) if month_first else (day, month)
    elif found := _NAMED.fullmatch(text):
        word = found[2].lower()
        month = next((number for number, name in enumerate(_MONTHS, 1) if word in (name, name[:3])), 0)
        day, year = int(found[1]), _year(found[3])
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year(digits: str) -> int:
    # Two digits as POSIX reads them: 69 to 99 belong to the last century.
    return int(digits) + (0 if len(digits) == 4 else 1900 if int(digits) >= 69 else 2000)


def pattern(shape: str) -> re.Pattern:
    """The pattern behind a shape such as `99/99/9999` or `LC-999999`.

    9 stands for any digit and A for any capital letter; every other character stands for itself.
    """
    parts = {"9": r"\d", "A": "[A-Z]"}
    return re.compile("".join(parts.get(sign, re.escape(sign)) for sign in shape.strip()))


@dataclass(frozen=True)
class Comparison:
    """One way of looking at a field.

    Attributes
    ----------
    test : callable
        Takes the table, and a `Condition`; gives a mask of rows.
    value : str
        What the value is, in words ("" when none is needed).
    column : bool
        Whether it needs a second column.
    """

    test: Callable[[pd.DataFrame, "Condition"], pd.Series]
    value: str = ""
    column: bool = False


@dataclass(frozen=True)
class Condition:
    """What must be so about a field.

    Attributes
    ----------
    field : str
        Column of the table, or `WHOLE_ROW`.
    comparison : str
        One of `COMPARISONS`.
    value : str
        What it is compared with; several values are separated by semicolons.
    other : str
        The second column, where the comparison needs one.
    """

    field: str
    comparison: str
    value: str = ""
    other: str = ""

    @property
    def words(self) -> str:
        """The condition as people say it."""
        kind = COMPARISONS[self.comparison]
        value = f" “{self.value}”" if kind.value else ""
        if self.comparison == "comes again within (days)":
            return f"{self.field} comes again within {self.value} days, by {self.other}"
        return f"{self.field} {self.comparison}{value}" + (f" {self.other}" if kind.column else "")

    def as_dict(self) -> dict:
        """The condition as plain values, without what it does not need."""
        entry = {"field": self.field, "comparison": self.comparison, "value": self.value, "other": self.other}
        return {name: value for name, value in entry.items() if value or name in {"field", "comparison"}}

    @classmethod
    def from_dict(cls, entry: dict) -> "Condition":
        """The condition that `as_dict` gave, or that an author wrote; a list of values may stand for a text."""
        value = entry.get("value", "")
        value = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
        return cls(entry["field"], entry["comparison"], value, entry.get("other", ""))

    def rows(self, table: pd.DataFrame) -> pd.Series:
        """Which rows of a table it is true for.

        Raises
        ------
        CourseError
            If a column does not exist, or the value is missing or cannot be used.
        """
        self._check(table)
        return COMPARISONS[self.comparison].test(table, self).astype(bool)

    def _check(self, table: pd.DataFrame) -> None:
        if self.comparison not in COMPARISONS:
            raise CourseError(f"There is no comparison “{self.comparison}”."
                              f"{suggestion(self.comparison, list(COMPARISONS))} Nothing was changed.")
        kind = COMPARISONS[self.comparison]
        wanted = [] if self.field == WHOLE_ROW and self.comparison in _ROWWISE else [self.field]
        for column in wanted + [self.other] * kind.column:
            if column not in table.columns:
                named = f"“{column}”" if column else "without a name"
                raise CourseError(f"There is no column {named} in this table."
                                  f"{suggestion(column, list(table.columns))} Nothing was changed.")
        if kind.value and not self.value.strip():
            raise CourseError(f"“{self.field} {self.comparison} …” needs {kind.value}. Nothing was changed.")


def flagged(table: pd.DataFrame, conditions, joined: str = "and") -> pd.Series:
    """Rows for which some conditions hold.

    Parameters
    ----------
    table : pandas.DataFrame, shape (rows, columns)
        Every cell a text.
    conditions : sequence of Condition
        At least one, at most `MOST_CONDITIONS`.
    joined : {"and", "or"}
        Whether all of them must hold, or one of them.

    Returns
    -------
    pandas.Series of bool
        With the table's index.

    Raises
    ------
    CourseError
        If a condition cannot be used.
    """
    conditions = list(conditions)
    if not 1 <= len(conditions) <= MOST_CONDITIONS:
        raise CourseError(f"A rule has one to {MOST_CONDITIONS} conditions. Nothing was changed.")
    if joined not in ("and", "or"):
        raise CourseError("Conditions are joined by “and” or by “or”. Nothing was changed.")
    first, *rest = (one.rows(table) for one in conditions)
    for mask in rest:
        first = first & mask if joined == "and" else first | mask
    return first


def sentence(conditions, joined: str = "and") -> str:
    """Some conditions as people say them."""
    return f" {joined} ".join(one.words for one in conditions)


def _each(column: pd.Series, function) -> pd.Series:
    # Columns repeat themselves: each different text is looked at once.
    return column.map({text: function(text) for text in column.unique()})


def numbers(column: pd.Series) -> pd.Series:
    """A column of texts as numbers; what is not a number becomes missing."""
    return _each(column, as_number).astype(float)


def dates(column: pd.Series) -> pd.Series:
    """A column of texts as dates; what is not a date becomes missing."""
    # Whole days since year 1: a typed time column could not hold a mistyped year such as 0206.
    return _each(column, lambda text: (found := as_date(text)) and float(found.toordinal())).astype(float)


def _stripped(table: pd.DataFrame, one: Condition) -> pd.Series:
    return table[one.field].str.strip()


def values(text: str) -> list[str]:
    """The values that a semicolon separates."""
    return [part.strip() for part in text.split(";") if part.strip()]


def _number_in(one: Condition) -> float:
    value = as_number(one.value)
    if value is None:
        raise CourseError(f"“{one.value}” cannot be read as a number. Use digits, such as 28. Nothing was changed.")
    return value


def _date_in(one: Condition) -> int:
    value = as_date(one.value)
    if value is None:
        raise CourseError(f"“{one.value}” cannot be read as a date. Write it as 2025-03-31. Nothing was changed.")
    return value.toordinal()


def _expression_in(one: Condition) -> re.Pattern:
    try:
        return re.compile(one.value)
    except re.error as problem:
        raise CourseError(f"The pattern “{one.value}” is not complete ({problem}). Nothing was changed.") from None


def _like(table: pd.DataFrame, one: Condition) -> pd.Series:
    shape = pattern(one.value)
    return _each(table[one.field], lambda text: shape.fullmatch(text.strip()) is not None)


def _matches(table: pd.DataFrame, one: Condition) -> pd.Series:
    expression = _expression_in(one)
    return _each(table[one.field], lambda text: expression.fullmatch(text.strip()) is not None)


def _compared(read, test) -> Callable:
    """A test that is never true where one of the two cells cannot be read."""
    return lambda table, one: test(read(table[one.field]), read(table[one.other]))


def _filled(table: pd.DataFrame, one: Condition) -> pd.Series:
    return _stripped(table, one) != ""


def _keys(table: pd.DataFrame, one: Condition) -> tuple[pd.Series, pd.Series]:
    """What makes two rows alike, and which rows have it at all."""
    if one.field == WHOLE_ROW:
        whole = table.astype(str).agg("\x1f".join, axis=1) if len(table) else pd.Series(dtype=str, index=table.index)
        return whole, pd.Series(True, index=table.index)
    return _stripped(table, one), _filled(table, one)


def _again(keep) -> Callable:
    def test(table, one):
        key, known = _keys(table, one)
        return key.duplicated(keep=keep) & known

    return test


def _again_within(table: pd.DataFrame, one: Condition) -> pd.Series:
    limit = _number_in(one)
    key, known = _keys(table, one)
    day = dates(table[one.other])
    order = pd.DataFrame({"key": key, "day": day})[known & day.notna()].sort_values("day", kind="stable")
    gap = order.groupby("key")["day"].diff()
    # Twice on the same day is the same event entered twice; that is what the repeats are for.
    return gap.between(1, limit).reindex(table.index, fill_value=False)


#: Comparisons by the words they are known by, in the order in which they are offered.
COMPARISONS = {
    "is": Comparison(lambda t, c: _stripped(t, c) == c.value.strip(), "a value"),
    "is not": Comparison(lambda t, c: _stripped(t, c) != c.value.strip(), "a value"),
    "is one of": Comparison(lambda t, c: _stripped(t, c).isin(values(c.value)),
                            "values with semicolons between them"),
    "is not one of": Comparison(lambda t, c: ~_stripped(t, c).isin(values(c.value)),
                                "values with semicolons between them"),
    "is blank": Comparison(lambda t, c: ~_filled(t, c)),
    "is not blank": Comparison(_filled),
    "contains": Comparison(lambda t, c: t[c.field].str.contains(c.value.strip(), case=False, regex=False),
                           "a piece of text"),
    "is below": Comparison(lambda t, c: numbers(t[c.field]) < _number_in(c), "a number"),
    "is above": Comparison(lambda t, c: numbers(t[c.field]) > _number_in(c), "a number"),
    "is above the number in": Comparison(_compared(numbers, lambda a, b: a > b), column=True),
    "is not a number": Comparison(lambda t, c: _filled(t, c) & numbers(t[c.field]).isna()),
    "is before": Comparison(lambda t, c: dates(t[c.field]) < _date_in(c), "a date such as 2025-03-31"),
    "is after": Comparison(lambda t, c: dates(t[c.field]) > _date_in(c), "a date such as 2025-03-31"),
    "is before the date in": Comparison(_compared(dates, lambda a, b: a < b), column=True),
    "is after the date in": Comparison(_compared(dates, lambda a, b: a > b), column=True),
    "is not a date": Comparison(lambda t, c: _filled(t, c) & dates(t[c.field]).isna()),
    "is written like": Comparison(_like, "a shape such as 99/99/9999 (9 a digit, A a capital letter)"),
    "is not written like": Comparison(lambda t, c: _filled(t, c) & ~_like(t, c).astype(bool),
                                      "a shape such as 99/99/9999 (9 a digit, A a capital letter)"),
    "matches": Comparison(_matches, "a regular expression"),
    "repeats an earlier row": Comparison(_again("first")),
    "occurs more than once": Comparison(_again(False)),
    "comes again within (days)": Comparison(_again_within, "a number of days", column=True),
}
#: What is offered in lists; a regular expression is for those who write code.
OFFERED = tuple(name for name in COMPARISONS if name != "matches")
#: Comparisons that can look at whole rows.
_ROWWISE = {"repeats an earlier row", "occurs more than once"}
#: Comparisons that tell a repeat from the row that it repeats; only such rows are ever dropped.
REPEATS = {"repeats an earlier row"}
