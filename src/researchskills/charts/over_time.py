"""Charts of what happens over time: lines with their names at their ends, run charts and control charts."""

import re

import pandas as pd

from researchskills.charts.look import (
    INK,
    NOTE_HEIGHT,
    QUIET,
    STRONG,
    STYLES,
    WARM,
    axes,
    describe,
    known,
    label_ends,
    listed,
    look,
    notes_above,
    numbers,
    read_name,
    shape_of,
    with_unit,
    within,
)
from researchskills.errors import CourseError
from researchskills.tables import show

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MOST_TICKS = 8


def lines(
    table,
    when: str,
    value: str,
    *,
    group: str | None = None,
    low: str | None = None,
    high: str | None = None,
    event: tuple | None = None,
    unit: str = "",
    highlight: str | None = None,
    from_zero: bool = True,
):
    """Lines over time, each with its name at its end instead of a legend.

    A value that is missing leaves a gap in the line: nothing is drawn where nothing is known.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for each time, or for each time and group.
    when : str
        Column with dates, periods, years, months such as `2025-04`, or names of periods in their order.
    value : str
        Column with what is drawn, in the unit to be printed.
    group : str, optional
        Column that says which line a row belongs to.
    low, high : str, optional
        Columns with the ends of the intervals, drawn as a band.
    event : (time, str), optional
        Something that happened, and words for it; drawn as a line with these words.
    unit : str, optional
        Printed after the last value and at the axis.
    highlight : str, optional
        Name of the line to bring out.
    from_zero : bool, default True
        Start the upright axis at 0; otherwise the axis says where it starts.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    CourseError
        If a column is missing, a time occurs twice in a line, the times cannot be ordered, there are
        more lines than can be told apart, or an estimate lies outside its interval.
    """
    ends = [low, high] if low and high else []
    rows = numbers(table, [when, value, *ends, *([group] if group else [])], [value, *ends])
    rows, ticks = _timed(rows, when)
    names = list(dict.fromkeys(rows[group])) if group else [read_name(value)]
    known(highlight, names, "line")
    if len(names) > len(STYLES) and highlight is None:
        raise CourseError(
            f"{len(names)} lines cannot be told apart; {len(STYLES)} are the most. "
            "Choose some groups, or bring one out with highlight=“…”."
        )
    if ends:
        within(rows.dropna(), when, low, value, high)
    ax = axes(height=4.2)
    said, last_points = [], []
    with look():
        for number, name in enumerate(names):
            part = (rows[rows[group] == name] if group else rows).sort_values("_x", kind="stable")
            _once(part, name if group else None)
            filled = part.dropna(subset=[value])
            if filled.empty:
                continue
            colour, line, marker = _style(number, name, highlight)
            if ends:
                ax.fill_between(part["_x"], part[low], part[high], color=colour, alpha=0.18, linewidth=0)
            ax.plot(part["_x"], part[value], color=colour, linestyle=line, marker=marker, markersize=4.5,
                    linewidth=2.6 if name == highlight else 1.8, label=show(name),
                    zorder=3 if name == highlight else 2)
            first, last = filled.iloc[0], filled.iloc[-1]
            # A single line needs no name beside it: the axis says what it is.
            words = f"{show(name)} {with_unit(last[value], unit)}" if group else with_unit(last[value], unit)
            last_points.append((last["_x"], last[value], words))
            said.append(_in_words(part, value, unit, show(name) if group else "", first, last))
        if not last_points:
            raise CourseError(f"There is nothing to draw: {value} must hold numbers.")
        _frame(ax, ticks, from_zero and ax.dataLim.y0 >= 0, f"{read_name(value)}{f' ({unit})' if unit else ''}",
               f"Band: {read_name(low)} to {read_name(high)}." if ends else "")
        bold = next((words for _, _, words in last_points if highlight and words.startswith(show(highlight))), None)
        label_ends(ax, last_points, bold)
        happened = _draw_event(ax, event, rows[when], when)
    band = f" A band shows the interval from {read_name(low)} to {read_name(high)}." if ends else ""
    what = read_name(value)
    kind = f"{len(names)} lines of {what}" if group else f"Line of {what}"
    span = f"{ticks[0][1]} to {ticks[-1][1]}"
    alt = f"{kind} over time, {span}. {' '.join(said)}{band}{happened}"
    wide = group is not None and not ends
    return describe(ax, alt, _wide(rows, when, value, group) if wide else rows.drop(columns=["_x", "_name"]))


def control_chart(
    table,
    when: str,
    value: str,
    *,
    centre,
    low=None,
    high=None,
    signals: str | None = None,
    centre_name: str = "median",
    event: tuple | None = None,
    unit: str = "",
):
    """A run chart (centre line only) or a control chart (with limits), signals marked by shape and words.

    Draws what it is given: the rules and limits come from `statistics`, so that a chart cannot
    disagree with the numbers beside it.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for each time.
    when, value : str
        Columns with the times (as for `lines`) and what is drawn.
    centre : float or str
        Centre line: one number, or a column where it was worked out anew after a change.
    low, high : float or str, optional
        Lower and upper limit, in the same way.
    signals : str, optional
        Column with the words for each point that belongs to a signal, such as
        `8 in a row above the median`; empty for all others.
    centre_name : str, default "median"
        What the centre line is: `median` or `mean`.
    event : (time, str), optional
        Something that happened, and words for it.
    unit : str, optional
        Printed at the axis.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    CourseError
        If a column is missing, a time occurs twice, or a limit lies on the wrong side of the centre.
    """
    levels = {"centre": centre, "low": low, "high": high}
    columns = [one for one in levels.values() if isinstance(one, str)]
    wanted = [when, value, *columns, *([signals] if signals else [])]
    rows = numbers(table, wanted, [value, *columns])
    rows, ticks = _timed(rows, when)
    rows = rows.sort_values("_x", kind="stable").reset_index(drop=True)
    _once(rows, None)
    if rows[value].notna().sum() == 0:
        raise CourseError(f"There is nothing to draw: {value} must hold numbers.")
    drawn = {name: rows[one] if isinstance(one, str) else pd.Series(float(one), index=rows.index)
             for name, one in levels.items() if one is not None}
    if any((drawn[name] * sign > drawn["centre"] * sign).any() for name, sign in (("low", 1), ("high", -1))
           if name in drawn):
        raise CourseError("A limit lies on the wrong side of the centre line. Check centre, low and high.")
    words = _signal_words(rows, signals)
    ax = axes(height=4.2)
    lines_named = {"centre": centre_name, "low": "lower limit", "high": "upper limit"}
    with look():
        ax.plot(rows["_x"], rows[value], color=QUIET, linewidth=1.4, zorder=2, label=read_name(value))
        plain, marked = rows[words == ""], rows[words != ""]
        ax.plot(plain["_x"], plain[value], "o", color=STRONG, markersize=5.5, zorder=3, label="no signal")
        if len(marked):
            ax.plot(marked["_x"], marked[value], "D", color=WARM, markeredgecolor=INK, markersize=8, zorder=4,
                    label="signal")
        for name, level in drawn.items():
            # A step, because a limit that was worked out anew holds from that point on.
            ax.plot(rows["_x"], level, color=INK, linewidth=1.5 if name == "centre" else 1.1, zorder=1,
                    linestyle="-" if name == "centre" else "--", drawstyle="steps-post", label=lines_named[name])
        _frame(ax, ticks, False, f"{read_name(value)}{f' ({unit})' if unit else ''}")
        label_ends(ax, [(rows["_x"].iloc[-1], level.iloc[-1], f"{lines_named[name]} {show(level.iloc[-1])}")
                        for name, level in drawn.items()])
        starts = [(rows["_x"][place], rows[value][place], words[place]) for place in rows.index
                  if words[place] and (place == 0 or words[place] != words[place - 1])]
        happened = _draw_event(ax, event, rows[when], when, starts)
    kind = "Control chart" if "low" in drawn or "high" in drawn else "Run chart"
    shown = listed([f"{lines_named[name]} {show(level.iloc[-1])}" for name, level in drawn.items()])
    found = [f"{text}, from {dict(ticks)[place]}" for place, _, text in starts]
    unfound = "No signal." if signals else "Signals were not looked for."
    signalled = f"Signals: {'; '.join(found)}." if found else unfound
    alt = (f"{kind} of {read_name(value)}, {len(rows)} points, {ticks[0][1]} to {ticks[-1][1]}; "
           f"{shown}. {signalled}{happened}")
    out = rows.drop(columns=["_x", "_name"])
    for name, level in drawn.items():
        if not isinstance(levels[name], str):
            out[lines_named[name]] = level
    return describe(ax, alt, out)


def _signal_words(rows, signals: str | None) -> pd.Series:
    if signals is None:
        return pd.Series("", index=rows.index, dtype=object)
    column = rows[signals]
    if pd.api.types.is_bool_dtype(column) or pd.api.types.is_numeric_dtype(column):
        raise CourseError(f"The column “{signals}” must say in words what each signal is, and be empty elsewhere.")
    return column.astype(object).where(column.notna(), "").map(lambda words: str(words).strip())


def _style(number: int, name, highlight):
    if highlight is None:
        return STYLES[number]
    return (STRONG, "-", "o") if name == highlight else (QUIET, STYLES[number % len(STYLES)][1], "")


def _once(part, name) -> None:
    repeated = part[part["_x"].duplicated()]
    if len(repeated):
        whose = f" for “{show(name)}”" if name is not None else ""
        raise CourseError(f"There is more than one value{whose} at {repeated['_name'].iloc[0]}. "
                          "Add them up or average them first, or name the groups with group=“…”.")


def _timed(rows, when: str) -> tuple[pd.DataFrame, list[tuple[float, str]]]:
    """The rows with the place and the name of their time, and all places with their names in order."""
    x, names = _times(rows[when], when)
    rows = rows.assign(_x=x, _name=names)
    return rows, sorted(dict(zip(rows["_x"], rows["_name"], strict=True)).items())


def _times(column, when: str) -> tuple[list[float], list[str]]:
    """Where each time stands on the axis, and how it is called."""
    if column.isna().any():
        raise CourseError(f"{int(column.isna().sum())} rows have nothing in “{when}”, so they have no place in time.")
    if isinstance(column.dtype, pd.PeriodDtype):
        column = column.dt.to_timestamp()
    elif not pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_datetime64_any_dtype(column):
        column = _as_dates(column)
    if pd.api.types.is_datetime64_any_dtype(column):
        months = bool((column.dt.day == 1).all())
        x = ((column - pd.Timestamp("1970-01-01")) / pd.Timedelta(days=1)).tolist()
        return x, [_date_name(time, months) for time in column]
    if pd.api.types.is_numeric_dtype(column):
        x = column.astype(float).tolist()
        return x, [show(int(time) if time.is_integer() else time) for time in x]
    order = list(dict.fromkeys(column))
    return [float(order.index(time)) for time in column], [str(time) for time in column]


def _as_dates(column):
    """Dates and months that came as text or as Python dates; other words stay as they are."""
    texts = [str(time) for time in column]
    # 2011-12 is a month among months, and a financial year among financial years.
    if all(re.fullmatch(r"\d{4}-\d{2}", text) and (int(text[:4]) + 1) % 100 == int(text[5:]) for text in texts):
        return column
    if all(re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", text) for text in texts):
        whole = [text if len(text) > 7 else f"{text}-01" for text in texts]
        dates = pd.to_datetime(pd.Series(whole, index=column.index), format="%Y-%m-%d", errors="coerce")
        return column if dates.isna().any() else dates
    return column


def _date_name(time, month_only: bool) -> str:
    name = f"{_MONTHS[time.month - 1]} {time.year}"
    return name if month_only else f"{time.day} {name}"


def _frame(ax, ticks, from_zero: bool, words: str, below: str = "") -> None:
    """Axes, names of times that do not run into each other, and where the upright axis starts."""
    if from_zero:
        ax.set_ylim(bottom=0)
    step = -(-len(ticks) // _MOST_TICKS)
    chosen = ticks[::step]
    ax.set_xticks([place for place, _ in chosen], [name.replace(" ", "\n") if len(name) > 6 else name
                                                   for _, name in chosen])
    ax.grid(axis="y", color=INK, alpha=0.12, linewidth=0.8)
    ax.set_axisbelow(True)
    ax.set_title(words, loc="left", fontsize=11)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    if ax.get_ylim()[0] > 0:
        below = f"{below} The upright axis does not start at 0.".strip()
    ax.set_xlabel(below, fontsize=9)


def _draw_event(ax, event, column, when: str, notes=()) -> str:
    """The notes and the event above the plot; returns the event in words."""
    notes, said = list(notes), ""
    if event is not None:
        time, words = event
        try:
            both = pd.concat([column, pd.Series([_like(time, column)])], ignore_index=True)
            places, names = _times(both, when)
        except (TypeError, ValueError) as problem:
            raise CourseError(f"The event's time “{time}” does not look like those in “{when}”.") from problem
        *others, place = places
        if not min(others) <= place <= max(others):
            raise CourseError(f"The event's time “{time}” lies outside the times in “{when}”.")
        left, right = ax.get_xlim()
        ax.axvline(place, color=INK, linewidth=1.2, linestyle=(0, (4, 2)), zorder=1)
        ax.set_xlim(left, right)
        notes.append((place, ax.get_ylim()[1], str(words)))
        said = f" A line at {names[-1]} marks: {words}."
    notes_above(ax, notes)
    # The words stand above the plot, and the name of the axis above the words.
    ax.set_title(ax.get_title(loc="left"), loc="left", fontsize=11, pad=8 + 72 * NOTE_HEIGHT * len(notes))
    return said


def _like(time, column):
    """An event's time in the form that the column has."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return pd.Timestamp(time)
    if isinstance(column.dtype, pd.PeriodDtype):
        return pd.Period(time, freq=column.dtype.freq)
    return time


def _in_words(part, value: str, unit: str, name: str, first, last) -> str:
    filled = part.dropna(subset=[value])
    highest, lowest = filled.loc[filled[value].idxmax()], filled.loc[filled[value].idxmin()]
    gaps = len(part) - len(filled)
    words = (f"{name + ': ' if name else ''}from {with_unit(first[value], unit)} ({first['_name']}) "
             f"to {with_unit(last[value], unit)} ({last['_name']}), {shape_of(part[value])}; ")
    if len(filled) > 2:
        words += (f"highest {with_unit(highest[value], unit)} ({highest['_name']}), "
                  f"lowest {with_unit(lowest[value], unit)} ({lowest['_name']})")
    missing = f"; {gaps} {'value is' if gaps == 1 else 'values are'} missing" if gaps else ""
    text = f"{words.rstrip('; ')}{missing}."
    return text if name else text[0].upper() + text[1:]


def _wide(rows, when: str, value: str, group: str) -> pd.DataFrame:
    """One row for each time and a column for each line, as a reader would lay it out."""
    order = list(dict.fromkeys(rows[group]))
    wide = rows.pivot(index="_x", columns=group, values=value)[order]
    names = rows.drop_duplicates("_x").set_index("_x")[when]
    wide.insert(0, when, names)
    wide.columns = [str(one) for one in wide.columns]
    return wide.reset_index(drop=True)
