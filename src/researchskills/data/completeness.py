"""Whether every change can be accounted for: a rule, a who, a when and a why."""

from dataclasses import dataclass

import pandas as pd

from researchskills._html import escape
from researchskills.errors import CourseError
from researchskills.tables import html_table


@dataclass(frozen=True)
class Completeness:
    """Whether every changed cell can be accounted for.

    Attributes
    ----------
    cells : int
        Changed cells (and dropped rows).
    complete : int
        Those with rule, who, when and why.
    lacking : pandas.DataFrame
        The others: row, field, and what is lacking.
    """

    cells: int
    complete: int
    lacking: pd.DataFrame

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        if not self.cells:
            return "Nothing has been changed yet."
        if self.complete == self.cells:
            return f"All {self.cells:,} changes have a rule, a who, a when and a why."
        first = self.lacking.iloc[0]
        return (f"{self.complete:,} of {self.cells:,} changes have a rule, a who, a when and a why. The first that "
                f"has not is row {first['row']}, {first['field']}: {first['lacking']} lacking.")

    __str__ = __repr__ = lambda self: self.sentence

    def _repr_html_(self) -> str:
        table = html_table(self.lacking.head(20), "Changes that cannot be accounted for") if len(self.lacking) else ""
        return f"<p>{escape(self.sentence)}</p>{table}"


def completeness(changes: pd.DataFrame) -> Completeness:
    """Check a change log in the form of a table, whoever kept it.

    Parameters
    ----------
    changes : pandas.DataFrame, shape (changed cells, columns)
        With columns rule, field, row, who, when, why, as `ChangeLog.to_table` makes it.

    Raises
    ------
    CourseError
        If one of these columns is not there.
    """
    needed = ["rule", "field", "row", "who", "when", "why"]
    absent = [name for name in needed if name not in changes.columns]
    if absent:
        raise CourseError(f"This is no change log: the column “{absent[0]}” is not there. Nothing was changed.")
    blank = changes[["rule", "who", "when", "why"]].fillna("").astype(str).apply(lambda one: one.str.strip()) == ""
    lacks = blank.any(axis=1)
    lacking = changes.loc[lacks, ["row", "field"]].copy()
    lacking["lacking"] = [", ".join(name for name in blank.columns if row[name]) for _, row in blank[lacks].iterrows()]
    return Completeness(len(changes), int((~lacks).sum()), lacking.reset_index(drop=True))
