"""A rule that changes a table: which rows, and what is done to one field of them.

A rule never types over one cell. It says in words which rows it means and what becomes of the field, so that
somebody who was not there can judge it, repeat it and take it back.
"""

from dataclasses import dataclass

import pandas as pd

from researchskills.data import conditions as where_
from researchskills.data.conditions import Condition
from researchskills.errors import CourseError
from researchskills.paths import suggestion

#: What a rule can do, in words.
ACTIONS = {
    "missing": "set to missing, with a reason code",
    "replace": "replace by another value",
    "map": "replace each value by another one",
    "multiply": "multiply by a number",
    "date": "write as a date, year-month-day",
    "drop": "drop the repeated rows, keep the first",
    "flag": "flag only, change nothing",
}
#: Reason codes for a value that is not there, as they are written into the cell.
MISSING_CODES = {
    "[not known]": "asked, but not known",
    "[not asked]": "nobody asked",
    "[refused]": "the person preferred not to say",
    "[z]": "does not apply",
    "[x]": "not available",
    "[impossible]": "what stood there cannot be true",
}
_ORDERS = {"day first": False, "month first": True}


@dataclass(frozen=True)
class Rule:
    """Which rows, and what is done to one field of them.

    Attributes
    ----------
    field : str
        The field that is changed (or flagged).
    conditions : tuple of Condition
        One to three conditions.
    action : str
        One of `ACTIONS`.
    value : str or dict
        The reason code, the new value, the map from old to new values, the factor, or `day first` or
        `month first`; nothing for `drop` and `flag`.
    joined : {"and", "or"}
        How the conditions are joined.
    """

    field: str
    conditions: tuple[Condition, ...]
    action: str
    value: str | dict = ""
    joined: str = "and"

    @property
    def words(self) -> str:
        """The rule as one sentence."""
        where = where_.sentence(self.conditions, self.joined)
        if self.action == "map":
            pairs = "; ".join(f"“{old}” → “{new}”" for old, new in self.value.items())
            return f"Where {where}: replace in {self.field} {pairs}."
        done = {
            "missing": f"set {self.field} to missing ({self.value})",
            "replace": f"replace {self.field} by “{self.value}”",
            "multiply": f"multiply {self.field} by {self.value}",
            "date": f"write {self.field} as year-month-day, read {self.value}",
            "drop": "drop the row, because it repeats an earlier one",
            "flag": f"flag {self.field}, change nothing",
        }
        return f"Where {where}: {done[self.action]}."

    def as_dict(self) -> dict:
        """The rule as plain values."""
        return {"field": self.field, "conditions": [one.as_dict() for one in self.conditions],
                "joined": self.joined, "action": self.action, "value": self.value}

    @classmethod
    def from_dict(cls, entry: dict) -> "Rule":
        """The rule that `as_dict` gave."""
        return cls(entry["field"], tuple(Condition.from_dict(one) for one in entry["conditions"]),
                   entry["action"], entry.get("value", ""), entry.get("joined", "and"))

    def rows(self, table: pd.DataFrame) -> pd.Series:
        """Which rows of a table it means.

        Raises
        ------
        CourseError
            If the rule cannot be used on this table; nothing is changed.
        """
        self._check(table)
        return where_.flagged(table, self.conditions, self.joined)

    def _check(self, table: pd.DataFrame) -> None:
        if self.action not in ACTIONS:
            raise CourseError(f"There is no action “{self.action}”.{suggestion(self.action, list(ACTIONS))} "
                              "Nothing was changed.")
        if self.action != "drop" and self.field not in table.columns:
            raise CourseError(f"There is no column “{self.field}” in this table."
                              f"{suggestion(self.field, list(table.columns))} Nothing was changed.")
        if self.action == "map" and not (isinstance(self.value, dict) and self.value):
            raise CourseError("Say which value becomes which, such as F → Female. Nothing was changed.")
        if self.action in {"missing", "replace"} and not str(self.value).strip():
            raise CourseError("A cell is never emptied without a word: choose a reason code or type a new value. "
                              "Nothing was changed.")
        if self.action == "multiply" and where_.as_number(str(self.value)) is None:
            raise CourseError(f"“{self.value}” cannot be read as a number to multiply by, such as 7 for weeks into "
                              "days. Nothing was changed.")
        if self.action == "date" and self.value not in _ORDERS:
            raise CourseError("Say whether the day or the month comes first: `day first` or `month first`. "
                              "Nothing was changed.")
        if self.action == "drop":
            repeats = [one.comparison in where_.REPEATS for one in self.conditions]
            if not (any(repeats) if self.joined == "and" else all(repeats)):
                raise CourseError(
                    "A row is dropped only where it repeats an earlier row; add the condition “repeats an earlier "
                    "row”. A wrong value is set to missing instead, and a doubtful row is flagged. "
                    "Nothing was changed.")

    def after(self, before: pd.Series) -> pd.Series:
        """What becomes of the cells it touches; a cell it can do nothing with stays as it is."""
        return before.map({text: self._new(text) for text in before.unique()})

    def _new(self, text: str) -> str:
        if self.action in {"missing", "replace"}:
            return self.value
        if self.action == "map":
            return self.value.get(text, self.value.get(text.strip(), text))
        if self.action == "multiply":
            number = where_.as_number(text)
            return text if number is None else _plain(number * where_.as_number(str(self.value)))
        if self.action == "date":
            found = where_.as_date(text, _ORDERS[self.value])
            return text if found is None else found.isoformat()
        return text


def _plain(number: float) -> str:
    """A number as it is typed: no needless decimals, no trace of binary fractions."""
    # Zeros are taken off only behind a point: 70 must not become 7.
    text = f"{number:.10f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
