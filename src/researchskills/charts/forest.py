"""A forest plot: each study with its interval and weight, and what they say together."""

import pandas as pd

from researchskills.charts.look import INK, STRONG, WARM, axes, describe, look, name_rows, notes_above, with_unit
from researchskills.errors import CourseError
from researchskills.tables import show

#: Area of the square of a study that carries all the weight, in square points.
_WHOLE_WEIGHT = 700
#: Alternative text names every study up to this many.
_MOST_NAMED = 8
#: Where the axis of ratios may have numbers.
_RATIO_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)


def forest(pooled, unit: str = "", no_difference: float | None = None, important: float | None = None,
           sides: tuple[str, str] | None = None):
    """Studies as squares with intervals, their random-effects average as a diamond.

    The larger a square, the more its study weighs. Ratios stand on a logarithmic axis, where twice and half are
    equally far from no difference.

    Parameters
    ----------
    pooled : PooledStudies
        What `pool_studies` returned.
    unit : str, optional
        Printed after each number; by default the unit that the studies were pooled with.
    no_difference : float, optional
        Where the solid line stands; by default 0, or 1 for ratios.
    important : float, optional
        The smallest change that matters to people, drawn as a dashed line. The chart cannot know it: ask them.
    sides : (str, str), optional
        What it means to lie further to the left and further to the right, such as `("less strain", "more strain")`.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    CourseError
        If it is given something that was not pooled, a ratio of 0 or less for one of the lines, or words for one side
        only.

    Notes
    -----
    S. Lewis and M. Clarke, BMJ 322 (2001) 1479-1480.
    """
    if not hasattr(pooled, "studies") or not hasattr(pooled, "prediction"):
        raise CourseError("A forest plot is drawn from pooled studies: forest(pool_studies(table, …)).")
    unit = {"proportion": "%"}.get(unit or pooled.random.unit, unit or pooled.random.unit)
    ratio = pooled.scale == "ratio"
    no_difference = pooled.no_difference if no_difference is None else no_difference
    if ratio and (no_difference <= 0 or (important is not None and important <= 0)):
        raise CourseError("These studies are ratios, so each line must stand above 0; no difference is 1.")
    if sides is not None and not (isinstance(sides, (tuple, list)) and len(sides) == 2
                                  and all(isinstance(one, str) and one.strip() for one in sides)):
        raise CourseError("Both sides of the axis need words, the left one first, such as (\"shorter\", \"longer\").")
    rows, average = pooled.studies, pooled.random.as_row()
    said = [f"{_said(row.estimate, row.low, row.high, unit)}, weight {show(float(row.weight))}%"
            for row in rows.itertuples()]
    names = [*rows["study"], "Random-effects average"]
    words = [*said, _said(average["estimate"], average["low"], average["high"], unit)]
    if pooled.prediction:
        names.append(pooled.predicted.capitalize())
        words.append(f"{show(pooled.prediction[0])} to {with_unit(pooled.prediction[1], unit)}")
    ax = axes(width=8.5, height=1.6 + 0.42 * len(names))
    with look():
        if ratio:
            ax.set_xscale("log")
        places = range(len(rows))
        ax.hlines(places, rows["low"], rows["high"], color=INK, linewidth=1.5)
        ax.scatter(rows["estimate"], places, s=_WHOLE_WEIGHT * rows["weight"] / 100, marker="s", color=STRONG, zorder=3)
        _diamond(ax, average, len(rows))
        if pooled.prediction:
            ax.hlines(len(rows) + 1, *pooled.prediction, color=INK, linewidth=1.5, linestyle="--")
        for place, text in enumerate(words):
            ax.annotate(text, (1.02, place), xycoords=("axes fraction", "data"), va="center", fontsize=9.5)
        name_rows(ax, names, "Random-effects average")
        ax.set_xlabel(f"ratio{f' ({unit})' if unit else ''}" if ratio else unit)
        ax.set_ylim(len(names) - 0.4, -0.7)
        if important is None:
            mark_lines(ax, no_difference, {})
        else:
            mark_lines(ax, no_difference, {important: f"a change that matters: {with_unit(important, unit)}"})
        if ratio:
            plain_ratio_ticks(ax)
        if sides:
            _name_sides(ax, *sides)
    marked = f" A line marks no difference ({show(float(no_difference))})"
    marked += f", a dashed line a change that matters ({with_unit(important, unit)})." if important is not None else "."
    if sides:
        marked += f" Further to the left means {sides[0]}, further to the right {sides[1]}."
    listed = "; ".join(f"{name} {text}" for name, text in zip(rows["study"], said, strict=True))
    if len(rows) > _MOST_NAMED:
        listed = "all of them are in the table"
    together = "; ".join(f"{name[0].lower()}{name[1:]} {text}" for name, text in
                         zip(names[len(rows):], words[len(rows):], strict=True))
    alt = f"Forest plot of {len(rows)} studies: {listed}. Together: {together}.{marked}"
    return describe(ax, alt, _table(pooled))


def mark_lines(ax, no_difference: float | None, others: dict[float, str]) -> None:
    """A solid line for no difference and dashed ones with their words; the limits must not change afterwards."""
    lines = [] if no_difference is None else [(no_difference, "no difference", "-", INK)]
    lines += [(value, text, "--", WARM) for value, text in others.items()]
    for value, _, style, colour in lines:
        ax.axvline(value, color=colour, linestyle=style, linewidth=1.2, zorder=0)
    top = ax.get_ylim()[1]
    notes_above(ax, [(value, top, text) for value, text, _, _ in lines])


def _said(value: float, low: float, high: float, unit: str) -> str:
    return f"{with_unit(value, unit)} ({show(float(low))} to {show(float(high))})"


def _diamond(ax, average: dict, place: int) -> None:
    """The average: as wide as its interval, highest at its value."""
    ax.fill([average["low"], average["estimate"], average["high"], average["estimate"]],
            [place, place - 0.28, place, place + 0.28], color=WARM, zorder=3)


def _name_sides(ax, left: str, right: str) -> None:
    """Words with arrows between the numbers of the axis and its name."""
    for place, words in ((0, f"← {left}"), (1, f"{right} →")):
        ax.annotate(words, (place, 0), xycoords="axes fraction", xytext=(0, -24), textcoords="offset points",
                    ha="right" if place else "left", va="top", fontsize=9.5, annotation_clip=False)
    ax.xaxis.labelpad += 16


def plain_ratio_ticks(ax) -> None:
    """Numbers such as 0.5, 1 and 2 on a logarithmic axis, instead of powers of ten."""
    left, right = ax.get_xlim()
    ticks = [tick for tick in _RATIO_TICKS if left <= tick <= right]
    ax.set_xticks(ticks, [show(float(tick)) for tick in ticks])
    ax.minorticks_off()


def _table(pooled):
    """The numbers drawn, rounded as people read them."""
    rows = pooled.table
    if pooled.prediction:
        low, high = pooled.prediction
        rows = pd.concat([rows, pd.DataFrame([{"study": pooled.predicted, "low": low, "high": high}])])
    return rows.rename(columns={"weight": "weight (%)"})
