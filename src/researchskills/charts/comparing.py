"""Charts that compare groups: bars, estimates with intervals, and two or more dots in a row."""

from researchskills.charts.look import (
    INK,
    ON_WHITE,
    QUIET,
    STRONG,
    STYLES,
    axes,
    complete_rows,
    describe,
    known,
    listed,
    look,
    name_rows,
    numbers,
    read_name,
    with_unit,
    within,
    within_a_hundred,
)
from researchskills.errors import CourseError
from researchskills.tables import show

#: Alternative text names every row up to this many; of more, the first and last ones.
_MOST_NAMED = 8


def bars(table, label: str, value: str, *, unit: str = "%", highlight: str | None = None, keep_order=False):
    """Horizontal bars, each labelled with its own value.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for each bar.
    label, value : str
        Columns with the names of the bars and their lengths; lengths in the unit to be printed.
    unit : str, default "%"
        Printed after each value.
    highlight : str, optional
        Name of the bar to bring out, in a stronger colour and bold type.
    keep_order : bool, default False
        Keep the table's order; otherwise the longest bar comes first.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    CourseError
        If a column is missing, holds no numbers, or no bar has the name in `highlight`.

    Examples
    --------
    >>> gaps = pd.DataFrame({"skill": ["statistics", "interviewing"], "gap": [66.4, 52.1]})
    >>> [text.get_text() for text in bars(gaps, "skill", "gap").texts]
    ['66.4%', '52.1%']
    """
    rows = complete_rows(table, label, [value], keep_order)
    known(highlight, rows[label])
    ax = axes(height=0.9 + 0.42 * len(rows))
    with look():
        places = range(len(rows))
        chosen = [name == highlight or highlight is None for name in rows[label]]
        ax.barh(places, rows[value], color=[STRONG if one else QUIET for one in chosen], height=0.7)
        for place, number in zip(places, rows[value], strict=True):
            ax.annotate(
                with_unit(number, unit),
                (number, place),
                xytext=(4 if number >= 0 else -4, 0),
                textcoords="offset points",
                va="center",
                ha="left" if number >= 0 else "right",
            )
        name_rows(ax, rows[label], highlight)
        # Every bar carries its number, so the axis would only repeat them.
        ax.xaxis.set_visible(False)
        ax.spines["bottom"].set_visible(False)
        ax.margins(x=0.15)
    said = [f"{show(name)} {with_unit(number, unit)}" for name, number in zip(rows[label], rows[value], strict=True)]
    return describe(ax, f"Bar chart of {read_name(value)} for {_counted(rows, label)}: {_named(said)}.", rows)


def intervals(
    table,
    label: str,
    value: str,
    low: str,
    high: str,
    *,
    unit: str = "%",
    reference: float | None = None,
    keep_order=False,
):
    """Estimates with their uncertainty intervals, one row for each group.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for each group.
    label, value, low, high : str
        Columns with names, estimates and ends of the intervals.
    unit : str, default "%"
        Printed after each value.
    reference : float, optional
        Value to compare with, such as the figure for everybody; drawn as a dashed line.
    keep_order : bool, default False
        Keep the table's order; otherwise the highest estimate comes first.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    CourseError
        If a column is missing or an estimate lies outside its interval.
    """
    rows = complete_rows(table, label, [value, low, high], keep_order)
    within(rows, label, low, value, high)
    ax = axes(height=1.2 + 0.42 * len(rows))
    said = [f"{with_unit(row[value], unit)} ({show(row[low])} to {show(row[high])})" for _, row in rows.iterrows()]
    with look():
        places = range(len(rows))
        ax.hlines(places, rows[low], rows[high], color=STRONG, linewidth=2.5)
        ax.plot(rows[value], places, "o", color=STRONG, markersize=7)
        for place, end, text in zip(places, rows[high], said, strict=True):
            ax.annotate(
                text,
                (end, place),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                bbox=ON_WHITE,
            )
        if reference is not None:
            ax.axvline(reference, color=INK, linestyle="--", linewidth=1, zorder=0)
            words = f"all: {with_unit(reference, unit)}"
            ax.annotate(
                words,
                (reference, 1),
                xycoords=("data", "axes fraction"),
                xytext=(0, 3),
                textcoords="offset points",
                ha="center",
            )
        name_rows(ax, rows[label], None)
        ax.set_xlabel(unit)
        # A third of a row above and below, so that the words of the last row do not cover the axis.
        ax.margins(x=0.05, y=0.33 / max(len(rows) - 1, 1))
        left, right = ax.get_xlim()
        ax.set_xlim(left, right + 0.45 * (right - left))
        within_a_hundred(ax, unit, rows[low].min(), rows[high].max())
    compared = "" if reference is None else f" A dashed line marks {with_unit(reference, unit)} for all."
    alt = (f"Estimates of {read_name(value)} with intervals for {_counted(rows, label)}: "
           f"{_named([f'{show(name)} {text}' for name, text in zip(rows[label], said, strict=True)])}.{compared}")
    return describe(ax, alt, rows)


def dots(table, label: str, value: str, group: str, *, low: str | None = None, high: str | None = None,
         unit: str = "%", keep_order=False):
    """Two to five groups compared in every row, each with its own shape and its name on top.

    Easier to read than bars side by side: what is to be compared stands on one line.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for each label and group.
    label, value, group : str
        Columns with the names of the rows, the values, and who or when the values belong to.
    low, high : str, optional
        Columns with the ends of the intervals.
    unit : str, default "%"
        Printed after each value.
    keep_order : bool, default False
        Keep the table's order; otherwise rows are ordered by the first group's value, highest first.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    CourseError
        If a column is missing, there is one group or more than five, a row has two values for one
        group, or an estimate lies outside its interval.
    """
    ends = [low, high] if low and high else []
    rows = numbers(table, [label, group, value, *ends], [value, *ends]).dropna().reset_index(drop=True)
    groups = list(dict.fromkeys(rows[group]))
    if not 2 <= len(groups) <= len(STYLES):
        raise CourseError(f"This chart compares two to {len(STYLES)} groups; “{group}” has {len(groups)}.")
    repeated = rows[rows.duplicated([label, group])]
    if len(repeated):
        raise CourseError(f"“{show(repeated[label].iloc[0])}” has more than one value for "
                          f"“{show(repeated[group].iloc[0])}”. Add them up or average them first.")
    if ends:
        within(rows, label, low, value, high)
    first = rows[rows[group] == groups[0]].set_index(label)[value]
    names = list(dict.fromkeys(rows[label]))
    if not keep_order:
        names.sort(key=lambda name: -first.get(name, float("-inf")))
    ax = axes(height=1.4 + 0.5 * len(names))
    with look():
        for number, one in enumerate(groups):
            colour, _, marker = STYLES[number]
            part = rows[rows[group] == one]
            # A little apart, so that equal values and overlapping intervals stay visible.
            places = [names.index(name) + 0.22 * (number - (len(groups) - 1) / 2) for name in part[label]]
            if ends:
                ax.hlines(places, part[low], part[high], color=colour, linewidth=1.8)
            ax.plot(part[value], places, marker, color=colour, markersize=7, label=show(one))
            for place, number_shown, end in zip(places, part[value], part[high if ends else value], strict=True):
                ax.annotate(with_unit(number_shown, unit), (end, place), xytext=(6, 0), textcoords="offset points",
                            va="center", fontsize=9, bbox=ON_WHITE)
        name_rows(ax, names, None)
        ax.set_xlabel(f"{read_name(value)} ({unit})" if unit else read_name(value))
        ax.margins(x=0.12, y=0.12)
        columns = [value, *ends]
        within_a_hundred(ax, unit, rows[columns].min().min(), rows[columns].max().max())
        # Shape and name of each group once, above the plot: nobody has to look a colour up.
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=len(groups), frameon=False, borderaxespad=0)
    said = []
    for name in names:
        of_row = rows[rows[label] == name]
        said.append(f"{show(name)} " + ", ".join(
            f"{show(one)} {with_unit(number, unit)}" for one, number in zip(of_row[group], of_row[value], strict=True)))
    order = {name: place for place, name in enumerate(names)}
    ordered = rows.sort_values(label, key=lambda column: column.map(order), kind="stable")
    alt = f"{read_name(value)} compared between {listed([show(one) for one in groups])}: {_named(said, '; ')}."
    return describe(ax, alt[:1].upper() + alt[1:], ordered)


def _counted(rows, label: str) -> str:
    return f"{len(rows)} rows of {read_name(label)}" if len(rows) > 1 else f"one {read_name(label)}"


def _named(said: list[str], between: str = ", ") -> str:
    """Every row in words, or the top and the bottom ones of many."""
    if len(said) <= _MOST_NAMED:
        return between.join(said)
    return f"from {between.join(said[:3])} to {between.join(said[-3:])}; all values are in the table"
