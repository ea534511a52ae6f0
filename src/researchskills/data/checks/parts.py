"""Which column is a part of which: told by their names, or by the order that their figures keep."""

import re

import numpy as np

from researchskills.data.checks.columns import Column, Columns

#: Words for a share in the name of a column.
SHARE = {"%", "percent", "percentage", "perc", "pct", "share", "proportion", "rate"}
#: So far apart (columns) may a part and its whole stand.
_NEAR = 6
_NO_COUNT = SHARE | {
    "days",
    "day",
    "weeks",
    "hours",
    "minutes",
    "wait",
    "waited",
    "los",
    "stay",
    "delay",
    "length",
    "duration",
    "age",
    "year",
    "month",
    "quarter",
    "code",
    "score",
    "mean",
    "median",
    "average",
    "cost",
    "spend",
    "price",
    "target",
    "planned",
    "budget",
    "previous",
    "last",
    "change",
    "difference",
    "rank",
    "decile",
    "margin",
    "error",
    "outcome",
    "value",
    "min",
    "max",
    "minimum",
    "maximum",
    "longest",
    "shortest",
    "index",
    "ratio",
    "sd",
}
_PART = re.compile(
    r"^(?:of|incl\w*|including)\b|\bof (?:whom|which|these|those)\b|\bwith\b|\bwithin\b|"
    r"\b(?:completed|answered|accepted|met|successful|achieved|responded|returned|eligible|offered|attended)\b"
)


def words_apart(name: str) -> str:
    """The name of a column in small letters with spaces between its words."""
    return re.sub(r"[\W_]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)).strip().casefold()


def stem(name: str, without: str) -> str:
    """A column's name without some words (a pattern), in small letters."""
    return re.sub(r"[\W_]+", " ", re.sub(without, " ", name, flags=re.IGNORECASE)).strip().casefold()


def triples(columns: Columns) -> list[tuple[Column, Column, Column | None]]:
    """Columns named numerator and denominator (and outcome) of the same thing."""
    numbers = columns.of("number")
    bottoms = {stem(c.name, "denominator|denom"): c for c in numbers if {"denominator", "denom"} & c.words}
    results = {
        stem(c.name, "outcome|percentage|percent|rate|value|%"): c
        for c in numbers
        if {"outcome", "percentage", "percent", "rate", "value", "%"} & c.words
    }
    found = []
    for top in numbers:
        if {"numerator", "num"} & top.words:
            own = stem(top.name, "numerator|num")
            if own in bottoms:
                found.append((top, bottoms[own], results.get(own)))
    return found


def counts(columns: Columns) -> list[Column]:
    """Columns of whole numbers from nought, whose names speak of no measurement."""
    found = []
    for column in columns.of("number"):
        known = column.values[~np.isnan(column.values)]
        if len(known) >= 15 and not column.identifies and not column.words & _NO_COUNT:
            whole = (known % 1 == 0) & (known >= 0)
            if whole.mean() >= 0.98 and known.max() > 5:
                found.append(column)
    return found


def nested(columns: Columns) -> list[tuple[Column, Column, str]]:
    """Pairs of a part and its whole in which the part is above the whole in a few rows.

    Either the name says so ("people with a plan", "of whom 65+") and the order holds in 95 of 100 rows; or the two
    columns are of the same size, side by side, and one is below the other so much more often than it would be if
    their rows were shuffled that the order must be meant.

    Returns
    -------
    list of tuple
        Part, whole, and "likely" or "possible".
    """
    there = counts(columns)
    position = {column.name: place for place, column in enumerate(columns.all)}
    named = {column.name for top, bottom, _ in triples(columns) for column in (top, bottom)}
    found = []
    for part in there:
        if part.name in named:
            continue
        says_part = bool(_PART.search(words_apart(part.name)))
        for whole in sorted(there, key=lambda one: abs(position[one.name] - position[part.name])):
            gap = position[part.name] - position[whole.name]
            if whole is part or whole.name in named or not -1 <= gap <= _NEAR:
                continue
            both = ~(np.isnan(part.values) | np.isnan(whole.values))
            n = int(both.sum())
            above = int((part.values[both] > whole.values[both]).sum())
            if n < 15 or not 0 < above <= max(1, 0.05 * n):
                continue
            if says_part and gap > 0 and not _PART.search(words_apart(whole.name)):
                found.append((part, whole, "likely"))
                break
            shuffled = _above_when_shuffled(part.values[both], whole.values[both])
            if n >= 30 and abs(gap) == 1 and above <= 3 and shuffled >= 0.15 and above <= 0.1 * shuffled * n:
                found.append((part, whole, "possible"))
                break
    return found


def _above_when_shuffled(part: np.ndarray, whole: np.ndarray) -> float:
    """Share of all pairs of rows in which the part of the one is above the whole of the other."""
    return float(np.searchsorted(np.sort(whole), part, side="left").mean() / len(whole))


def quotients(columns: Columns) -> list[tuple[Column, Column, Column, float]]:
    """Columns of shares that are the quotient of two counts in most rows: "% home" is "home" by "people".

    Returns
    -------
    list of tuple
        Numerator, denominator, share, and what a whole is called (1 or 100).
    """
    there = counts(columns)
    by_stem = {stem(column.name, "number of|number|count|n"): column for column in there}
    named = {result.name for _, _, result in triples(columns) if result is not None}
    found = []
    for share in columns.of("number"):
        top = by_stem.get(stem(share.name, "percentage|percent|perc|pct|share|proportion|rate|%|of"))
        if not share.words & SHARE or share.name in named or top is None or top is share:
            continue
        best = None
        for bottom in there[:20]:
            if bottom is top:
                continue
            with np.errstate(invalid="ignore", divide="ignore"):
                ratio = np.where(bottom.values > 0, top.values / bottom.values, np.nan)
            for base in (100.0, 1.0):
                off = np.abs(base * ratio - share.values)
                known = ~np.isnan(off)
                if known.sum() >= 10:
                    fits = float((off[known] <= 0.0051 * base).mean())
                    if fits >= 0.8 and (best is None or fits > best[0]):
                        best = (fits, bottom, base)
        if best:
            found.append((top, best[1], share, best[2]))
    return found
