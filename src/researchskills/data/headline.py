"""One figure, with the changes and without them.

A change to a file matters as much as it moves the figure that somebody decides by. So a log works out the
same figure on the raw file, after each change, and without the rows that were only flagged.
"""

from dataclasses import dataclass, field

import pandas as pd

from researchskills._html import escape
from researchskills.data import conditions as where_
from researchskills.tables import html_table, show


@dataclass(frozen=True)
class Headline:
    """One figure, with the changes and without them.

    Attributes
    ----------
    name : str
        The figure, in words.
    before, after : float
        On the raw file, and on the changed table; nan when it cannot be worked out.
    without_flagged : float or None
        On the changed table without the rows that were flagged; None when none is flagged.
    steps : pandas.DataFrame
        The figure after each entry of the log.
    """

    name: str
    before: float
    after: float
    without_flagged: float | None = None
    steps: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False)

    @property
    def difference(self) -> float:
        """After minus before."""
        return self.after - self.before

    @property
    def sentence(self) -> str:
        """What the changes did to the figure."""
        text = f"{self.name}: {_told(self.before)} in the raw file, {_told(self.after)} after the changes, "
        text += "no difference." if self.difference == 0 else f"a difference of {_told(self.difference, sign=True)}."
        if self.without_flagged is not None:
            text += f" Without the flagged rows it would be {_told(self.without_flagged)}."
        return text

    __str__ = __repr__ = lambda self: self.sentence

    def _repr_html_(self) -> str:
        table = html_table(self.steps, f"{self.name}, step by step") if len(self.steps) else ""
        return f"<p>{escape(self.sentence)}</p>{table}"


def _told(number: float, sign: bool = False) -> str:
    if pd.isna(number):
        return "not known"
    text = show(float(abs(number)))
    return ("−" if number < 0 else "+" if sign else "") + text


def _known(table: pd.DataFrame, column: str, codes: set[str]) -> pd.Series:
    text = table[column].str.strip()
    return text[~text.isin(codes)]


def _share(part: float, whole: float) -> float:
    return 100 * part / whole if whole else float("nan")


#: Named figures: each takes the table, a field, a value and the codes for missing.
STATISTICS = {
    "number of rows": lambda t, c, v, m: len(t),
    "number of different values": lambda t, c, v, m: _known(t, c, m).nunique(),
    "median": lambda t, c, v, m: where_.numbers(_known(t, c, m)).median(),
    "mean": lambda t, c, v, m: where_.numbers(_known(t, c, m)).mean(),
    "total": lambda t, c, v, m: where_.numbers(_known(t, c, m)).sum(),
    "per cent missing": lambda t, c, v, m: _share(len(t) - len(_known(t, c, m)), len(t)),
    "per cent above": lambda t, c, v, m: _share((where_.numbers(_known(t, c, m)) > float(v)).sum(),
                                               where_.numbers(_known(t, c, m)).notna().sum()),
    "per cent that is": lambda t, c, v, m: _share((_known(t, c, m) == str(v)).sum(), len(_known(t, c, m))),
}
#: Named figures that need a value to compare with.
NEED_VALUE = {"per cent above", "per cent that is"}
