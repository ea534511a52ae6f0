"""Charts of how values spread: a histogram for skewed data, a funnel for groups of different size."""

import numpy as np
import pandas as pd

from researchskills.charts.look import (
    INK,
    ON_WHITE,
    QUIET,
    STRONG,
    WARM,
    axes,
    complete_rows,
    describe,
    label_ends,
    look,
    notes_above,
    numbers,
    read_name,
    with_unit,
)
from researchskills.errors import CourseError
from researchskills.tables import show

_BARS_WANTED, _MOST_BARS = 24, 80


def histogram(table, value: str, *, unit: str = "days", what: str = "people", width: float | None = None,
              top: float | None = None):
    """How many have each value, with the median and the quartiles in words.

    Made for waits and delays: most are short, a few are very long, and the mean describes nobody.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for each person, visit or referral.
    value : str
        Column with the numbers, in `unit`; rows without one are left out and counted.
    unit : str, default "days"
        What the numbers are.
    what : str, default "people"
        What is counted.
    width : float, optional
        Width of a bar, in `unit`; by default a round number that gives about 24 bars.
    top : float, optional
        Values from here on are gathered in one last bar, marked "or more", so that the long tail does
        not squeeze the rest. Median and quartiles always come from the values themselves.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    CourseError
        If the column is missing, holds no numbers or fewer than five.

    Notes
    -----
    Quartiles by linear interpolation, type 7 of Hyndman and Fan (1996), as pandas and Excel's
    QUARTILE.INC have it.

    The last bars often hold one or two people. For real people, gather them with `top` before the
    chart or its table leaves the team.
    """
    rows = numbers(table, [value], [value])
    values = rows[value].dropna().to_numpy()
    missing = len(rows) - len(values)
    if len(values) < 5:
        raise CourseError(f"{len(values)} values are too few for a histogram: it would show single {what}. "
                          "List or describe them in words, if that identifies nobody.")
    first, median, third = (float(one) for one in np.quantile(values, [0.25, 0.5, 0.75]))
    low, high = float(values.min()), float(values.max())
    end = high if top is None else min(float(top), high)
    # As wide as suits the bulk of the values: a few very long ones must not set the scale.
    width = width or _round_width(min(end, third + 3 * (third - first)) - low, end - low)
    start = np.floor(low / width) * width
    last = start + width * max(1, np.ceil((end - start) / width)) if top is not None else \
        start + width * (np.floor((end - start) / width) + 1)
    edges = np.round(np.arange(start, last + width / 2, width), 10)
    gathered = top is not None and bool(high >= edges[-1])
    counts, _ = np.histogram(values[values < edges[-1]] if gathered else values, edges)
    more = int((values >= edges[-1]).sum()) if gathered else 0
    whole = bool(np.all(values == np.round(values)) and float(width).is_integer())
    names, kept = _gather_empty(edges, counts, whole)
    name = read_name(value) if unit in {"", read_name(value)} else f"{read_name(value)} in {unit}"
    ax = axes(height=4.3)
    with look():
        ax.bar(edges[:-1], counts, width=width, align="edge", color=QUIET, edgecolor="white", linewidth=0.8)
        if gathered:
            ax.bar([edges[-1] + width / 2], [more], width=width, align="edge", color=WARM, hatch="//",
                   edgecolor="white", linewidth=0.8)
            names.append(f"{show(float(edges[-1]))} or more")
            ax.annotate(f"{more} with {show(float(edges[-1]))}\nor more", (edges[-1] + width, more), xytext=(0, 4),
                        textcoords="offset points", ha="center", va="bottom", fontsize=9, bbox=ON_WHITE)
        ax.margins(x=0.02)
        bottom, ceiling = 0, 1.05 * max(*counts, more)
        ax.set_ylim(bottom, ceiling)
        left_out = f"{missing:,} without a value {'is' if missing == 1 else 'are'} left out" if missing else ""
        counted = "; ".join(filter(None, [f"{len(values):,} {what}", left_out]))
        ax.set_xlabel(f"{name} ({counted})")
        ax.set_ylabel(f"number of {what}")
        marks = [(first, f"a quarter: {with_unit(first, unit)} or less"),
                 (median, f"half: {with_unit(median, unit)} or less (median)"),
                 (third, f"a quarter: {with_unit(third, unit)} or more")]
        notes_above(ax, [(place, 0, words) for place, words in marks if start <= place <= ax.get_xlim()[1]])
    tail = _tail(values, first, median, third)
    alt = (f"Histogram of {read_name(value)} for {len(values):,} {what}, from {show(low)} to "
           f"{with_unit(high, unit)}. Half have {with_unit(median, unit)} or less; the middle half lies between "
           f"{show(first)} and {with_unit(third, unit)}.{tail}{left_out and f' {left_out}.'}")
    shown = pd.DataFrame({name: names, what: kept + [more] * gathered})
    return describe(ax, alt, shown)


def funnel(
    table,
    label: str,
    size: str,
    value: str,
    low: str,
    high: str,
    *,
    outer_low: str | None = None,
    outer_high: str | None = None,
    reference: float | None = None,
    curve=None,
    unit: str = "%",
    limit_names: tuple[str, str] = ("95% limits", "99.8% limits"),
):
    """Groups of different size against the limits of chance; those outside are named.

    Draws what it is given: the limits come from `statistics`, so that a chart cannot disagree with
    the numbers beside it. A group inside the limits is not named, because its place in a ranking
    says nothing.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for each group.
    label, size, value : str
        Columns with names, sizes (the denominator) and values.
    low, high : str
        Columns with the limits that belong to each group's size.
    outer_low, outer_high : str, optional
        Columns with a second, wider pair of limits.
    reference : float, optional
        The value for all groups together; drawn as a line.
    curve : pandas.DataFrame, optional
        The limits for many sizes, with the same column names (`size`, `low`, `high`, …), for smooth
        lines; by default the groups' own limits are joined.
    unit : str, default "%"
        Unit of the values.
    limit_names : tuple of str
        What the inner and the outer limits are.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    CourseError
        If a column is missing, a size is not positive, or a lower limit is above its upper one.

    Notes
    -----
    Spiegelhalter (2005), Funnel plots for comparing institutional performance.
    """
    outer = [outer_low, outer_high] if outer_low and outer_high else []
    rows = complete_rows(table, label, [size, value, low, high, *outer], keep_order=True)
    if (rows[size] <= 0).any():
        raise CourseError(f"The size of “{show(rows[label][(rows[size] <= 0)].iloc[0])}” is not above 0, so no limits "
                          "can be drawn for it. Leave it out, and say so.")
    pairs = [(low, high), *([(outer_low, outer_high)] if outer else [])]
    if any((rows[one] > rows[other]).any() for one, other in pairs):
        raise CourseError("A lower limit is above its upper limit. Check the order of the columns.")
    drawn = rows if curve is None else numbers(curve, [size, low, high, *outer], [size, low, high, *outer])
    drawn = drawn.sort_values(size, kind="stable")
    status = [_place(row, value, pairs) for _, row in rows.iterrows()]
    ax = axes(height=4.6)
    with look():
        ends = []
        for (one, other), style, name in zip(pairs, ("--", "-"), limit_names, strict=False):
            for column in (one, other):
                ax.plot(drawn[size], drawn[column], color=INK, linestyle=style, linewidth=1.1, zorder=1)
            ends.append((drawn[size].iloc[-1], drawn[other].iloc[-1], name))
        if reference is not None:
            ax.axhline(reference, color=INK, linewidth=1, zorder=1)
            ends.append((drawn[size].iloc[-1], reference, f"all: {with_unit(reference, unit)}"))
        outside = np.array([one != 0 for one in status])
        inside = rows[~outside]
        ax.plot(inside[size], inside[value], "o", color=STRONG, markersize=6, zorder=3, label="inside the limits")
        for sign, marker, name in ((1, "^", "above"), (-1, "v", "below")):
            part = rows[[one * sign > 0 for one in status]]
            if len(part):
                ax.plot(part[size], part[value], marker, color=WARM, markeredgecolor=INK, markersize=9, zorder=4,
                        label=f"{name} the limits")
        ax.margins(x=0.04, y=0.1)
        ax.set_xlabel(f"{read_name(size)} (size of the group)")
        ax.set_title(f"{read_name(value)}{f' ({unit})' if unit else ''}", loc="left", fontsize=11)
        label_ends(ax, ends)
        _name_points(ax, rows[outside], label, size, value)
    words = {2: f"above the {limit_names[-1] if outer else limit_names[0]}", 1: f"above the {limit_names[0]}",
             -1: f"below the {limit_names[0]}", -2: f"below the {limit_names[-1] if outer else limit_names[0]}", 0: ""}
    said = [f"{show(row[label])} ({with_unit(row[value], unit)} of {show(row[size])}) is {words[one]}"
            for (_, row), one in zip(rows.iterrows(), status, strict=True) if one]
    found = f"{len(said)} outside: {'; '.join(said)}." if said else "None is outside."
    within = len(rows) - len(said)
    middle = "" if reference is None else f" around {with_unit(reference, unit)} for all,"
    alt = (f"Funnel plot of {read_name(value)} by size for {len(rows)} groups{middle} from "
           f"{show(rows[size].min())} to {show(rows[size].max())} {read_name(size)}. "
           f"{within} {'lies' if within == 1 else 'lie'} inside the {limit_names[0]}. {found}")
    # In the table, too, the words say what the shape says in the picture.
    table_shown = rows.assign(**{"compared with the limits": [words[one] or f"inside the {limit_names[0]}"
                                                              for one in status]})
    return describe(ax, alt, table_shown.drop(columns=outer))


def _place(row, value: str, pairs) -> int:
    """0 inside, 1 or 2 outside the inner or outer limits; negative below."""
    depth = 0
    for number, (low, high) in enumerate(pairs, 1):
        if row[value] > row[high]:
            depth = number
        elif row[value] < row[low]:
            depth = -number
    return depth


def _name_points(ax, points, label: str, size: str, value: str) -> None:
    left, right = ax.get_xlim()
    for _, row in points.iterrows():
        beyond = row[size] > left + 0.75 * (right - left)
        ax.annotate(show(row[label]), (row[size], row[value]), xytext=(-9 if beyond else 9, 0), fontweight="bold",
                    textcoords="offset points", ha="right" if beyond else "left", va="center", fontsize=10,
                    bbox=ON_WHITE, zorder=2)


def _round_width(bulk: float, whole: float) -> float:
    """A width of 1, 2 or 5 times a power of ten: about 24 bars for the bulk, never more than 80 in all."""
    rough = max(bulk / _BARS_WANTED, whole / _MOST_BARS)
    if rough <= 0:
        return 1.0
    scale = 10.0 ** np.floor(np.log10(rough))
    return float(next(step * scale for step in (1, 2, 5, 10) if step * scale >= rough - 1e-12))


def _gather_empty(edges, counts, whole: bool) -> tuple[list[str], list[int]]:
    """Names and counts of the bars for the table, neighbouring empty bars as one row."""
    names, kept = [], []
    start = 0
    for place, count in enumerate(counts):
        following = counts[place + 1] if place + 1 < len(counts) else None
        if count == 0 and following == 0:
            continue
        names.append(_range(edges[start], edges[place + 1], whole))
        kept.append(int(count))
        start = place + 1
    return names, kept


def _range(left: float, right: float, whole: bool) -> str:
    if whole:
        return show(int(left)) if right - left == 1 else f"{int(left)} to {int(right) - 1}"
    return f"{show(float(left))} to below {show(float(right))}"


def _tail(values, first: float, median: float, third: float) -> str:
    """Whether one side reaches much further than the other (Bowley's quartile skewness, 1901)."""
    spread = third - first
    skew = (third + first - 2 * median) / spread if spread else 0.0
    far = values.max() > third + 3 * spread
    if skew > 0.1 or far:
        return " A long tail reaches to the right."
    return " A long tail reaches to the left." if skew < -0.1 else ""
