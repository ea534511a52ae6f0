"""One estimate with everything that must travel with it.

A number on its own invites more belief than it has earned. So every function of this package returns the
number together with its interval, the count it rests on, how it was worked out and what to be careful
about, and all of that shows itself wherever the estimate is shown: in a notebook, in a terminal, in an
exported page. The sentence describes; it never says that one thing made another happen.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from researchskills._html import escape
from researchskills.errors import CourseError
from researchskills.tables import html_table, show

#: Units that hold a share from 0 to 1 (or a difference of shares) and are shown out of a hundred.
PROPORTION, POINTS = "proportion", "percentage points"
#: How items begin that help whoever checks the method, and hold up everybody else.
TECHNICAL = ("method", "p value", "true level", "bootstrap interval", "t interval", "standardised difference",
             "standard deviation", "ratio of the proportions", "odds ratio", "mean cluster size")
#: A number as sentences show it, and the words that change with it.
_NUMBERS = re.compile(r"\d[\d,.]*(?: people| person)?|\bhas\b|\bhave\b|\bis left\b|\bare left\b|\b\w+only\b")


@dataclass(frozen=True)
class Estimate:
    """A number, its interval, and what to know before using it.

    Parameters
    ----------
    what : str
        What was estimated, as the subject of a sentence: "The median wait".
    value, low, high : float
        The estimate and the ends of its interval; not-a-number when there is none. An end may be infinite.
        Proportions are kept between 0 and 1, and shown as percentages.
    level : float, default 0.95
        Confidence level of the interval, between 0 and 1.
    n : int
        How many people, visits or rows the estimate rests on.
    unit : str
        Printed after each number: "days", "per 1,000 people a year". Two are special: "proportion" is
        shown with a per cent sign, "percentage points" is a difference of two proportions.
    method : str
        How value and interval were worked out, with the author and year of the formula.
    cautions : tuple of str
        Plain sentences about what weakens the estimate.
    based_on : str, optional
        The denominator in words, such as "7 of 9"; "n = 9" when left out.
    reading : str, optional
        What the interval says, for the end of the sentence: "which includes no difference".
    details : tuple of (str, value), optional
        Further numbers for the table.

    Notes
    -----
    Numbers keep all their digits; only what is shown is rounded.
    """

    what: str
    value: float
    low: float = math.nan
    high: float = math.nan
    level: float = 0.95
    n: int = 0
    unit: str = ""
    method: str = ""
    cautions: tuple[str, ...] = ()
    based_on: str = field(default="", kw_only=True)
    reading: str = field(default="", kw_only=True)
    details: tuple[tuple[str, object], ...] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        if self.has_interval and not math.isnan(self.value) and not self._holds():
            # A wrong interval must never reach a report: better no answer than this one.
            raise CourseError(
                f"{self.what}: the estimate {number(self.value)} lies outside its interval, "
                f"{number(self.low)} to {number(self.high)}. Check the numbers that went in."
            )

    def _holds(self) -> bool:
        """Whether the interval holds the estimate, but for the last digit of a float."""
        slack = 1e-9 * max(1.0, abs(self.value))
        return self.low - slack <= self.value <= self.high + slack

    @property
    def has_interval(self) -> bool:
        """Whether both ends of the interval are known."""
        return not (math.isnan(self.low) or math.isnan(self.high))

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper end, with all their digits."""
        return self.low, self.high

    @property
    def denominator(self) -> str:
        """What the estimate rests on, in words."""
        return self.based_on or f"n = {self.n:,}"

    def sentence(self) -> str:
        """One sentence with denominator and interval, and no word that claims a cause."""
        where = f" ({self.denominator})" if self.denominator else ""
        if math.isnan(self.value):
            return f"{self.what} cannot be given{where}{', ' + self.reading if self.reading else ''}."
        told = f"{self.what} was {self.shown(self.value)}{where}"
        if not self.has_interval:
            return f"{told}; no interval can be given{', ' + self.reading if self.reading else ''}."
        return f"{told}, {self._level()} {self._range()}{', ' + self.reading if self.reading else ''}."

    def shown(self, value: float) -> str:
        """A value as people read it, rounded, with its unit."""
        if self.unit == PROPORTION:
            return f"{percent(value)}%"
        told = percent(value) if self.unit == POINTS else number(value)
        # 1 day, 2 days; units of several words that end otherwise ("per 1,000 people") stay as they are.
        is_one = told in {"1", "-1"} and not self.unit.startswith("per ")
        return with_unit(told, self.unit.removesuffix("s") if is_one else self.unit)

    def as_row(self) -> dict:
        """The numbers as shown in tables and charts: percentages out of a hundred."""
        scale = 100 if self.unit in {PROPORTION, POINTS} else 1
        ends = {"estimate": self.value * scale, "low": self.low * scale, "high": self.high * scale}
        return {**ends, "unit": "%" if self.unit == PROPORTION else self.unit, "n": self.n}

    def to_table(self) -> pd.DataFrame:
        """Everything about the estimate, one row for each item.

        Returns
        -------
        pandas.DataFrame
            Columns `item` and `value` (text).
        """
        rows = [("estimate", self.shown(self.value) if not math.isnan(self.value) else "cannot be given")]
        rows += [(self._level(), self._range() if self.has_interval else "cannot be given")]
        rows += [("based on", self.denominator)]
        rows += [(name, value if isinstance(value, str) else _plain(value)) for name, value in self.details]
        rows += [("method", self.method)] if self.method else []
        return pd.DataFrame(rows, columns=["item", "value"])

    def _level(self) -> str:
        return f"{number(100 * self.level)}% confidence interval"

    def _range(self) -> str:
        if math.isinf(self.high):
            return f"{self.shown(self.low)} to no upper limit" if not math.isinf(self.low) else "no limits"
        if math.isinf(self.low):
            return f"no lower limit to {self.shown(self.high)}"
        if self.unit == PROPORTION or self.unit.startswith("%"):
            return f"{self.shown(self.low)} to {self.shown(self.high)}"
        if self.unit == POINTS:
            return f"{percent(self.low)} to {self.shown(self.high)}"
        if self.unit.startswith("per "):  # said once, with the estimate
            return f"{number(self.low)} to {number(self.high)}"
        return f"{number(self.low)} to {self.shown(self.high)}"

    def __repr__(self) -> str:
        return "\n".join([self.sentence(), *(f"Caution: {text}" for text in self.cautions)])

    def _repr_html_(self) -> str:
        return (
            f'<section aria-label="Estimate"><p><b>{escape(self.sentence())}</b></p>'
            f"{folded_table(self.to_table(), self.what)}{cautions_html(self.cautions)}</section>"
        )


@dataclass(frozen=True, eq=False)
class Estimates(Sequence):
    """The same estimate for several groups, in a table that charts can draw.

    Parameters
    ----------
    what : str
        What was estimated; the caption of the table.
    group : str
        Name of the grouping column.
    parts : dict of str to Estimate
        One estimate for each group, in the order in which they are shown.
    cautions : tuple of str
        About the comparison as a whole; each estimate has its own as well.
    """

    what: str
    group: str
    parts: dict[str, Estimate]
    cautions: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.parts)

    def __getitem__(self, which) -> Estimate:
        """One estimate, by the name of its group or by its place."""
        if which in self.parts:
            return self.parts[which]
        if isinstance(which, int | slice):
            return list(self.parts.values())[which]
        raise CourseError(f"There is no group “{which}”. There are: {', '.join(map(str, self.parts))}.")

    @property
    def table(self) -> pd.DataFrame:
        """One row for each group: its name, estimate, low, high, unit and n."""
        return pd.DataFrame([{self.group: name, **part.as_row()} for name, part in self.parts.items()])

    def to_table(self) -> pd.DataFrame:
        """The table as people read it: each group with its counts, and the unit named in the headings."""
        rows = [{self.group: name, "based on": part.denominator, **part.as_row()} for name, part in self.parts.items()]
        units = {row["unit"] for row in rows}
        table = pd.DataFrame(rows).drop(columns="n")
        if len(units) == 1 and (unit := units.pop()):
            table = table.drop(columns="unit").rename(
                columns={end: f"{end} ({unit})" for end in ("estimate", "low", "high")})
        return table

    def sentence(self) -> str:
        """One sentence for each group."""
        return " ".join(f"{name}: {uncapital(part.sentence())}" for name, part in self.parts.items())

    def all_cautions(self) -> list[str]:
        """Cautions about the whole, then those of the groups, each told once with its groups.

        Cautions that differ in their numbers only are told once from three groups on: nobody reads the same
        sentence fourteen times.
        """
        told: dict[str, dict[str, list[str]]] = {}
        for name, part in self.parts.items():
            for text in part.cautions:
                told.setdefault(_NUMBERS.sub("0", text), {}).setdefault(text, []).append(str(name))
        found = list(self.cautions)
        for alike in told.values():
            (text, names), *others = alike.items()
            more = [name for _, several in others for name in several]
            if len(others) < 2:
                found += [f"{', '.join(names)}: {uncapital(text)}" for text, names in alike.items()]
            else:
                found.append(f"{', '.join(names)}: {uncapital(text)} The same, with other numbers, holds for "
                             f"{', '.join(more)}.")
        return found

    def __repr__(self) -> str:
        lines = [f"{name}: {uncapital(part.sentence())}" for name, part in self.parts.items()]
        return "\n".join(lines + [f"Caution: {text}" for text in self.all_cautions()])

    def _repr_html_(self) -> str:
        level = next(iter(self.parts.values())).level if self.parts else 0.95
        caption = f"{self.what}, by {self.group.replace('_', ' ')} ({number(100 * level)}% confidence intervals)"
        return (
            f'<section aria-label="Estimates">{html_table(self.to_table(), caption)}'
            f"{cautions_html(self.all_cautions())}</section>"
        )


def number(value: float) -> str:
    """A number with the digits that help: two for small ones, one from ten on, thousands separated."""
    value = float(value)
    if math.isinf(value):
        return "no limit"
    if 0 < abs(value) < 0.1:
        # Two figures, 0.000048 rather than 4.8e-05; below that it is the dust of floats.
        plain = f"{value:.{1 - math.floor(math.log10(abs(value)))}f}".rstrip("0")
        return plain if abs(value) >= 1e-6 else f"{value:.1e}"
    shown = show(value)
    return "0" if shown == "-0" else shown


def percent(share: float) -> str:
    """A share from 0 to 1 as a percentage: one decimal, unless that would show some as none or most as all."""
    value = 100 * share
    if 99.9 < abs(value) < 100:
        # As many decimals as the gap to 100 needs: 99.99%, not 100%.
        decimals = min(9, 1 - math.floor(math.log10(100 - abs(value))))
        return f"{value:.{decimals}f}".rstrip("0").rstrip(".")
    return number(value) if 0 < abs(value) < 0.1 else number(round(value, 1))


def with_unit(told: str, unit: str) -> str:
    """A number in words with its unit: 16 days, but 22.2%."""
    return f"{told}{unit}" if unit.startswith("%") else f"{told} {unit}".strip()


def signed(value: float) -> str:
    """A change with its sign, a true minus included."""
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{number(abs(value))}"


def p_value(p: float) -> str:
    """A p value as it should be reported: never 0, never more than three digits."""
    return "less than 0.001" if p < 0.001 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"


def folded_table(table: pd.DataFrame, caption: str, technical: tuple[str, ...] = TECHNICAL) -> str:
    """A table of items whose technical rows are folded: nobody has to read them to use the result.

    Parameters
    ----------
    table : pandas.DataFrame
        The items in its first column.
    caption : str
    technical : tuple of str
        How the folded items begin.
    """
    aside = table.iloc[:, 0].astype(str).str.startswith(technical)
    if not aside.any():
        return html_table(table, caption)
    more = html_table(table[aside], f"{caption}: details for statisticians")
    return (f"{html_table(table[~aside], caption)}<details><summary>Details for statisticians</summary>{more}"
            "</details>")


def cautions_html(cautions: Sequence[str]) -> str:
    """Cautions as a list under a heading of their own; nothing when there are none."""
    if not cautions:
        return ""
    items = "".join(f"<li>{escape(text)}</li>" for text in cautions)
    return f"<p><b>Before you use this:</b></p><ul>{items}</ul>"


def in_brief(estimate: Estimate) -> str:
    """Value and interval, for a cell of a table."""
    interval = f" ({estimate._range()})" if estimate.has_interval else ""
    return f"{estimate.shown(estimate.value)}{interval}"


def _plain(value) -> str:
    if isinstance(value, Estimate):
        return in_brief(value)
    return number(value) if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


def uncapital(text: str) -> str:
    """A sentence as the continuation of another; words in capitals keep them."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
