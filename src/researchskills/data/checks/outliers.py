"""What is unlikely beside the other values of a column, and margins of error that do not fit.

Unlikely values are found with the median and the median absolute deviation, which a wild value cannot pull towards
itself, on a logarithmic scale where the column is skewed (waits, costs and populations are). Iglewicz and Hoaglin
(1993, How to detect and handle outliers) call 3.5 such units unusual; we speak up at 7, since a file has many columns
and a false alarm costs trust.
"""

import re

import numpy as np

from researchskills.data.checks import numbers, words
from researchskills.data.checks.columns import Column, Columns, columns_of
from researchskills.data.finding import VALUES, Finding
from researchskills.data.table import Table

#: Robust units from the median beyond which a value is reported.
FAR = 7.0
_SIZES = {
    "respondents",
    "numerator",
    "denominator",
    "population",
    "n",
    "base",
    "volume",
    "beds",
    "discharges",
    "days",
    "people",
    "residents",
    "staff",
    "doctors",
    "nurses",
    "count",
    "numbers",
}


def robust_units(values: np.ndarray) -> np.ndarray:
    """Distance from the median in robust units, 0.6745 · |x − median| / MAD (Iglewicz and Hoaglin, 1993).

    Parameters
    ----------
    values : numpy.ndarray
        Numbers, may hold NaN, shape (n,). All above zero and skewed to the right: taken on a logarithmic scale.

    Returns
    -------
    numpy.ndarray
        Units, signed, shape (n,); all NaN where more than half of the values are the same.
    """
    known = values[~np.isnan(values)]
    if len(known) == 0:
        return np.full(len(values), np.nan)
    low, middle, high = np.quantile(known, [0.1, 0.5, 0.9])
    if (known > 0).all() and middle - low > 0 and (high - middle) > 1.3 * (middle - low):
        values = np.log(values)
    elif (known >= 0).all() and high - middle > 2 * max(middle - low, 0):
        # Waits and delays have zeros; one is added so that their logarithm exists.
        values = np.log1p(values)
    centre = np.nanmedian(values)
    spread_ = np.nanmedian(np.abs(values - centre))
    # Rounded values give a spread that is too small, so the quartiles have a say.
    quarters = np.subtract(*np.nanquantile(values, [0.75, 0.25])) / 2
    spread_ = max(spread_, quarters)
    if spread_ <= 0:
        return np.full(len(values), np.nan)
    return 0.6745 * (values - centre) / spread_


def unlikely(table: Table) -> list[Finding]:
    """Numbers far from all others of their column."""
    columns, found = columns_of(table), []
    pairs = {margin.name for margin, _ in _margins(columns)}
    for column in columns.of("number"):
        if (
            column.number_count < 20
            or column.name in pairs
            or column.identifies
            or column.words & {"code", "year", "rank"}
            or len(column.texts) < 10
        ):
            continue
        # Sizes differ from place to place (the City of London is a council): only the extreme is worth a word.
        size = bool(column.words & _SIZES)
        impossible = [which for which, _ in numbers.cannot_be(column)]
        values = np.where(
            np.logical_or.reduce([columns.larger, *impossible])
            | np.isin(column.values, (-9, -99, -999, 999, 9999, 99999))
            | (size & (column.values == 0)),
            np.nan,
            column.values,
        )
        units = robust_units(values)
        far = np.flatnonzero((np.abs(units) > FAR * (2 if size else 1)) | _alone_above(values, size))
        if not len(far) or len(far) > max(5, 0.01 * column.number_count):
            continue
        # The last of a long tail is no surprise: there must be a gap between the far values and the rest.
        inner = np.abs(np.delete(units, far))
        inner = inner[~np.isnan(inner)]
        if np.abs(units[far]).min() - inner.max() < 1.0 and not _alone_above(values, size).any():
            continue
        worst = far[np.argsort(-np.abs(units[far]))]
        more = f" and {words.count(len(far) - 1, 'other value')} as far out" if len(far) > 1 else ""
        usual_low, usual_high = np.nanquantile(np.delete(values, far), [0.05, 0.95], method="nearest")
        wild = _alone_above(values, size).any() or np.abs(units[far]).max() > 2 * FAR * (2 if size else 1)
        certainty = "likely" if wild else "possible"
        found.append(
            (
                column,
                worst,
                certainty,
                f"{words.named([column])} holds {_value(column, worst[0])} for {columns.naming(worst[0])}{more}, "
                f"while nine in ten values lie between {words.number(usual_low)} and {words.number(usual_high)}",
            )
        )
    # Many columns of the same thing (one for each year) get one finding.
    parts = [found] if len(found) > 3 else [[one] for one in found]
    return [
        columns.finding(
            "unlikely numbers",
            part[0][3]
            + (
                f"; {words.count(len(part) - 1, 'other column')} of this table also {_holds(len(part) - 1)} "
                "values far out."
                if len(part) > 1
                else "."
            ),
            why="A slip of the key or of the unit looks like this; so does a remarkable truth.",
            usual="People look the record up before they decide; they do not delete it for being far out.",
            certainty=part[0][2],
            rank=VALUES,
            places=[
                columns.place(column, row)
                for column, worst, *_ in part
                for row in (worst if len(part) == 1 else worst[:1])
            ],
            count=sum(len(worst) for _, worst, *_ in part),
            columns=[column for column, *_ in part],
        )
        for part in parts
        if part
    ]


def _alone_above(values: np.ndarray, size: bool) -> np.ndarray:
    """The largest value where it is eight times (for sizes of places twenty times) the next: a slipped decimal point.

    Returns
    -------
    numpy.ndarray
        bool, shape (rows,).
    """
    found = np.zeros(len(values), dtype=bool)
    known = np.flatnonzero(values > 0)
    if len(known) >= 20:
        *_, second, first = known[np.argsort(values[known], kind="stable")]
        found[first] = values[first] >= (20 if size else 8) * values[second]
    return found


def outside_the_scale(table: Table) -> list[Finding]:
    """A 55 among answers from 1 to 5: a key pressed twice, or two answers in one cell."""
    columns, group = columns_of(table), []
    for column in columns.of("number"):
        known = ~np.isnan(column.plain) & column._known
        usual = known & (column.counts >= 3)
        if column.identifies or column.number_count < 30 or not 3 <= usual.sum() <= 11:
            continue
        scale, rare = column.plain[usual], known & ~usual
        top = scale.max()
        if top > 10 or scale.min() < 0 or (scale % 1 != 0).any() or column.counts[rare].sum() > 2:
            continue
        doubled = np.isin(column.plain, 11 * scale[scale > 0])
        which = rare & (column.plain > 10) & (doubled | (column.plain >= 3 * top)) & ~np.isin(column.plain, (99, 999))
        if which.any():
            group.append((column, which, scale.min(), top))
    if not group:
        return []
    column, _, low, top = group[0]
    rows = [(column, row) for column, which, *_ in group for row in column.rows(which)]
    other = f"; {words.count(len(group) - 1, 'other column')} likewise" if len(group) > 1 else ""
    return [
        columns.finding(
            "numbers outside their scale",
            f"{words.named([column])} holds {_value(column, column.rows(group[0][1])[0])} among values from "
            f"{words.number(low)} to {words.number(top)}{other}.",
            why="One such value outweighs ten true answers in an average.",
            usual="People look at the form; where it cannot be found they read the value as missing and log it.",
            certainty="likely",
            rank=VALUES,
            places=[columns.place(column, row) for column, row in rows],
            count=len(rows),
            columns=[column for column, *_ in group],
        )
    ]


def _holds(number: int) -> str:
    return "holds" if number == 1 else "hold"


def _value(column: Column, row: int) -> str:
    return f"“{column.stripped[column.codes[row]]}”"


def _margins(columns: Columns) -> list[tuple[Column, Column]]:
    """Columns of margins of error with the column that says how many people answered."""
    pairs = []
    for margin in columns.of("number"):
        if {"margin", "error"} <= margin.words or "moe" in margin.words:
            stem = re.sub(r"margin of error|moe", "", margin.name, flags=re.IGNORECASE).strip(" -_:").casefold()
            for size in columns.of("number"):
                if (
                    size is not margin
                    and size.words & {"respondents", "base", "sample", "n"}
                    and stem in size.name.casefold()
                ):
                    pairs.append((margin, size))
                    break
    return pairs


def margins_of_error(table: Table) -> list[Finding]:
    """Margins of error that do not fit the number of people who answered.

    A margin of error is 1.96 · SD / √n, so margin · √n is nearly the same for all who asked the same question.
    """
    columns, found = columns_of(table), []
    for margin, size in _margins(columns):
        with np.errstate(invalid="ignore", divide="ignore"):
            implied = margin.values * np.sqrt(size.values)
        implied = np.where(columns.larger | (margin.values <= 0), np.nan, implied)
        if (~np.isnan(implied)).sum() < 20:
            continue
        ratio = implied / np.nanmedian(implied)
        units = robust_units(np.log(implied))
        far = np.flatnonzero((np.abs(units) > FAR) & ((ratio > 2.5) | (ratio < 0.2)))
        for row in far[np.argsort(-np.abs(units[far]))][:3]:
            times = f"{ratio[row]:.1f} times" if ratio[row] > 1 else f"only {ratio[row]:.2f} times"
            found.append(
                columns.finding(
                    "margins of error that do not fit",
                    f"{columns.naming(row)} has {words.number(margin.values[row])} in {words.named([margin])} with "
                    f"{words.number(size.values[row])} people answering: {times} what others with as many answers "
                    "have.",
                    why=(
                        "The margin of error says how far a result can be trusted; a wrong one misleads about "
                        "that result only."
                    ),
                    usual="People ask the publisher, and leave the comparison with this one out until it is clear.",
                    certainty="likely",
                    rank=VALUES,
                    places=[columns.place(margin, row), columns.place(size, row)],
                    count=1,
                    columns=[margin, size],
                )
            )
    return found
