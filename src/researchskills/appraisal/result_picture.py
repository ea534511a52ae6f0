"""A result as a picture: its interval, no difference, and where a change begins to matter."""

from textwrap import fill

import pandas as pd

from researchskills.appraisal.result_reading import StudyResult
from researchskills.charts import ExplainedFigure, axes, figure, look
from researchskills.charts.forest import mark_lines, plain_ratio_ticks
from researchskills.charts.look import ON_WHITE, STRONG, describe, name_rows
from researchskills.statistics.estimate import number


def interval_figure(results: list[StudyResult]) -> ExplainedFigure:
    """Intervals of a result, or of two subgroups, with the lines that they are read against.

    Parameters
    ----------
    results : list of StudyResult
        All of one kind; lines are those of the first.
    """
    first = results[0]
    rows = pd.DataFrame({"result": [one.outcome for one in results], "estimate": [one.estimate for one in results],
                         "low": [one.low for one in results], "high": [one.high for one in results]})
    lines = dict(zip(first.lines(), _words(first), strict=False))
    ax = axes(width=8, height=2 + 0.5 * len(rows))
    with look():
        if first.scale == "ratio":
            ax.set_xscale("log")
        places = range(len(rows))
        ax.hlines(places, rows["low"], rows["high"], color=STRONG, linewidth=3)
        ax.plot(rows["estimate"], places, "o", color=STRONG, markersize=9)
        for place, one in enumerate(results):
            # The unit stands below the axis: some are too long to stand beside a number.
            ax.annotate(f"{number(one.estimate)} ({number(one.low)} to {number(one.high)})", (one.estimate, place),
                        xytext=(0, -18), textcoords="offset points", ha="center", va="center", fontsize=10,
                        bbox=ON_WHITE)
        name_rows(ax, ["Interval"] if len(rows) == 1 else [fill(name, 30) for name in rows["result"]], None)
        ax.set_xlabel(first.unit)
        ax.set_ylim(len(rows) - 0.3, -0.6)
        ax.margins(x=0.3)  # room for the words of the lines
        mark_lines(ax, first.no_difference, lines)
        if first.scale == "ratio":
            plain_ratio_ticks(ax)
    told = "; ".join(f"{one.outcome}: {one.said(one.estimate)}, from {one.span()}" for one in results)
    marked = [] if first.no_difference is None else [f"a solid line at {number(first.no_difference)} for no difference"]
    marked += [f"a dashed line at {first.said(value)} for {words}" for value, words in lines.items()]
    if not marked:
        marked = ["no line, because nothing is compared"]
    alt = f"Picture of {'an interval' if len(rows) == 1 else 'two intervals'} with {' and '.join(marked)}. {told}."
    return figure(describe(ax, alt, rows), title="Which values fit?")


def _words(result: StudyResult) -> list[str]:
    noun = "higher" if result.better == "none" else "better"
    return [f"{noun} by what matters", f"{'lower' if result.better == 'none' else 'worse'} by what matters"]
