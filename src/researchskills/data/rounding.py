"""Rounding counts, and hiding percentages that stand on too few people.

Rounding blurs every count a little instead of hiding a few. Each count, totals as well, is rounded by
itself, so rounded parts need not add up to the rounded total, and a table must say so.

Rules as in published adult social care statistics for England: numerator or denominator under 5, both hidden; counts
to the nearest 5 (ASCOF 2024-25, note 10, DHSC, December 2025); the course adds that a percentage of fewer than 20
people is not shown.
"""

from dataclasses import dataclass

import pandas as pd

from researchskills._html import escape
from researchskills.data import cells as reading
from researchskills.data.audit import THRESHOLD
from researchskills.data.cells import SYMBOL
from researchskills.errors import CourseError
from researchskills.tables import html_table


@dataclass(frozen=True, eq=False)
class Rounded:
    """A rounded table and what rounding did to its totals.

    Attributes
    ----------
    table : pandas.DataFrame
        As it was given, every count rounded.
    off : pandas.DataFrame
        One row for each total whose rounded parts no longer add up to it; two where neither the rows
        nor the columns add up to the total of all.
    """

    table: pd.DataFrame
    off: pd.DataFrame
    base: int
    gone: int
    totals_off: int = 0

    @property
    def sentence(self) -> str:
        """What rounding did, in plain words."""
        said = f"Every count is rounded to the nearest {self.base}, totals as well."
        if len(self.off):
            gap = int(self.off["difference"].abs().max())
            said += (f" {self.totals_off} {'total is' if self.totals_off == 1 else 'totals are'} no longer the sum of "
                     f"the rounded parts; the largest gap is {gap}. Say so under the table.")
            if len(self.off) > self.totals_off:
                said += " A total that can be added up in two ways is listed for each of them."
        else:
            said += " All totals still add up, by chance."
        if self.gone:
            said += (f" {self.gone} small {'count has' if self.gone == 1 else 'counts have'} become 0: "
                     "here 0 no longer means nobody.")
        return said

    def __repr__(self) -> str:
        return f"{self.table.to_string()}\n\n{self.sentence}"

    def _repr_html_(self) -> str:
        from researchskills.data.suppression import readable

        off = html_table(self.off, "Totals that no longer add up") if len(self.off) else ""
        return f"{html_table(readable(self.table), f'Rounded to {self.base}')}<p>{escape(self.sentence)}</p>{off}"


def nearest(count: int, base: int) -> int:
    """A count to the nearest multiple; half-way goes up.

    Examples
    --------
    >>> [nearest(count, 5) for count in (2, 3, 7, 8)]
    [0, 5, 5, 10]
    """
    return (2 * count + base) // (2 * base) * base


def round_counts(table, base: int = 5, *, count: str | None = None, total=None) -> Rounded:
    """Round every count of a table, and say what happens to its totals.

    Parameters
    ----------
    table : pandas.DataFrame
        A cross-table or a tidy table, with or without totals; `[c]` stays as it is.
    base : int, default 5
        Multiple to round to, usually 5 or 10.
    count, total : optional
        As for `suppress`.

    Returns
    -------
    Rounded

    Raises
    ------
    CourseError
        If the base is no whole number above 1 or the table is no table of counts.

    Examples
    --------
    >>> table = pd.DataFrame({"team": ["A", "B", "Total"], "people": [12, 22, 34]})
    >>> round_counts(table).sentence.split(". ")[1]
    '1 total is no longer the sum of the rounded parts; the largest gap is 5'
    """
    if isinstance(base, bool) or not isinstance(base, int) or base < 2:
        raise CourseError("Round to a whole number above 1, usually 5 or 10.")
    if not isinstance(table, pd.DataFrame):
        raise CourseError("Rounding needs one table (a data frame). Nothing was changed.")
    model = reading.read(table, count=count, total=total)
    rounded = [None if one is None else nearest(one, base) for one in model.counts]
    off, places = [], set()
    for number, (place, parts) in enumerate(model.sums):
        counts = [rounded[part] for part in parts]
        if rounded[place] is not None and None not in counts and sum(counts) != rounded[place]:
            places.add(place)
            off.append({"total": _sum_name(model, number), "published": rounded[place],
                        "sum of rounded parts": sum(counts), "difference": rounded[place] - sum(counts)})
    gone = sum(bool(before) and after == 0 for before, after in zip(model.counts, rounded, strict=True))
    shown = model.frames[0].filled([SYMBOL if one is None else one for one in rounded])
    columns = ["total", "published", "sum of rounded parts", "difference"]
    return Rounded(shown, pd.DataFrame(off, columns=columns), base, gone, len(places))


def _sum_name(model: reading.Cells, number: int) -> str:
    """Name of a total; where it is a sum in more than one way, with the way: “Total, by locality”."""
    place, _ = model.sums[number]
    ways = [one for one, (total, _) in enumerate(model.sums) if total == place]
    if len(ways) == 1:
        return model.names[place]
    dimensions = model.frames[0].dimensions
    way = ways.index(number)
    by = dimensions[way].replace("_", " ") if len(ways) == len(dimensions) else f"sum {way + 1}"
    return f"{model.names[place]}, by {by}"


@dataclass(frozen=True, eq=False)
class Percentages:
    """Percentages with those that stand on too few people hidden."""

    table: pd.DataFrame
    sentence: str

    def __repr__(self) -> str:
        return f"{self.table.to_string(index=False)}\n\n{self.sentence}"

    def _repr_html_(self) -> str:
        return f"{html_table(self.table, 'Percentages that can be shown')}<p>{escape(self.sentence)}</p>"


def safe_percentages(table, numerator: str, denominator: str, *, smallest: int = THRESHOLD, least: int = 20,
                     base: int | None = None) -> Percentages:
    """Percentages with both counts, hidden where they stand on too few people.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for each group.
    numerator, denominator : str
        Columns with whole numbers of people.
    smallest : int, default 5
        If either count is below this (and the denominator or numerator not zero by itself), both and the
        percentage are hidden.
    least : int, default 20
        A percentage of fewer people than this is hidden.
    base : int, optional
        Round the two counts that are shown; the percentage comes from the unrounded ones.

    Returns
    -------
    Percentages

    Raises
    ------
    CourseError
        If a column is missing, something is no count, or a numerator is above its denominator.
    """
    for column in (numerator, denominator):
        if column not in table.columns:
            raise CourseError(f"The table has no column “{column}”. It has: {', '.join(map(str, table.columns))}.")
    out = table.astype(object).reset_index(drop=True)
    shares, small, few = [], 0, 0
    for row in range(len(out)):
        name = f"row {row + 1}"
        above = reading.as_count(table[numerator].iloc[row], f"{name}, {numerator}")
        below = reading.as_count(table[denominator].iloc[row], f"{name}, {denominator}")
        if above is not None and below is not None and above > below:
            raise CourseError(f"In {name} the numerator {above} is above the denominator {below}. Nothing was changed. "
                              "Check whether the two count the same people.")
        hidden = above is None or below is None or above < smallest or below < smallest
        if hidden:
            small += 1
            shown = (SYMBOL, SYMBOL, SYMBOL)
        else:
            share = SYMBOL if below < least else f"{100 * above / below:.1f}"
            few += below < least
            shown = (*((nearest(one, base) if base else one) for one in (above, below)), share)
        out.loc[row, [numerator, denominator]] = shown[:2]
        shares.append(shown[2])
    out["percentage"] = shares
    sentence = (f"{small} of {len(out)} rows are hidden because a count is below {smallest}; {few} more "
                f"{'percentage is' if few == 1 else 'percentages are'} hidden because fewer than {least} people stand "
                f"behind {'it' if few == 1 else 'them'}.")
    return Percentages(out, sentence)


def counts_behind(percentage: float, denominator: int, decimals: int = 1) -> list[int]:
    """Which numbers of people give a published percentage: percentages are not anonymous.

    Parameters
    ----------
    percentage : float
        As published, in per cent.
    denominator : int
        How many people it is a percentage of.
    decimals : int, default 1
        Decimal places of the published percentage.

    Returns
    -------
    list of int
        Every numerator that gives this percentage when rounded.

    Examples
    --------
    >>> counts_behind(37.5, 8)
    [3]
    """
    half = 0.5 * 10**-decimals + 1e-9
    return [count for count in range(denominator + 1) if abs(100 * count / denominator - percentage) <= half]
