"""One look for every figure, and no figure on its own.

A picture alone shuts out everyone who cannot see it, and even those who can often leave with the wrong
number. So `figure` shows four things together: a sentence that says what was found, the picture with its
alternative text, the numbers as a table, and the source. It refuses to show a picture without them.

Charts are drawn on figures of their own, outside pyplot: nothing is shown twice, and no chart depends
on what was drawn before. The picture's bytes depend only on what is drawn: fixed size, resolution and
font, no date and no program version inside.
"""

import base64
import io
from contextlib import contextmanager
from dataclasses import dataclass

import pandas as pd

from researchskills._html import escape
from researchskills.errors import CourseError
from researchskills.tables import html_table, show

# From Okabe and Ito's colour-blind safe set (2008); colour is never the only sign.
INK, QUIET, STRONG = "#222222", "#7A9CB8", "#0072B2"
_ON_WHITE = {"facecolor": "white", "edgecolor": "none", "pad": 1}  # words stay readable across a line
_SHORTEST_ALT = 40
_DPI = 120
_LOOK = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so it is the same everywhere
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "figure.facecolor": "white",
    "axes.facecolor": "white",
}


@contextmanager
def look():
    """The course's look, for drawing with matplotlib or seaborn inside a `with` block."""
    import matplotlib

    with matplotlib.rc_context(rc=matplotlib.rcParamsDefault):
        matplotlib.rcParams.update(_LOOK)
        yield


def axes(width: float = 7.0, height: float = 4.0):
    """Empty axes in the course's look, to hand to seaborn as `ax=`.

    Parameters
    ----------
    width, height : float
        Size in inches.

    Returns
    -------
    matplotlib.axes.Axes
    """
    from matplotlib.figure import Figure

    with look():
        return Figure(figsize=(width, height), dpi=_DPI, layout="constrained").subplots()


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
    rows = _rows(table, label, [value], keep_order)
    _known(highlight, rows[label])
    ax = axes(height=0.9 + 0.42 * len(rows))
    with look():
        places = range(len(rows))
        chosen = [name == highlight or highlight is None for name in rows[label]]
        ax.barh(places, rows[value], color=[STRONG if one else QUIET for one in chosen], height=0.7)
        for place, number in zip(places, rows[value], strict=True):
            ax.annotate(
                _with_unit(number, unit),
                (number, place),
                xytext=(4 if number >= 0 else -4, 0),
                textcoords="offset points",
                va="center",
                ha="left" if number >= 0 else "right",
            )
        _name_rows(ax, rows[label], highlight)
        # Every bar carries its number, so the axis would only repeat them.
        ax.xaxis.set_visible(False)
        ax.spines["bottom"].set_visible(False)
        ax.margins(x=0.15)
    return ax


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
    rows = _rows(table, label, [value, low, high], keep_order)
    outside = rows[(rows[value] < rows[low]) | (rows[value] > rows[high])]
    if len(outside):
        raise CourseError(
            f"The estimate for “{outside[label].iloc[0]}” lies outside its interval. "
            f"Check the columns {low}, {value} and {high}."
        )
    ax = axes(height=1.2 + 0.42 * len(rows))
    with look():
        places = range(len(rows))
        ax.hlines(places, rows[low], rows[high], color=STRONG, linewidth=2.5)
        ax.plot(rows[value], places, "o", color=STRONG, markersize=7)
        for place, row in zip(places, rows.itertuples(index=False), strict=True):
            named = dict(zip(rows.columns, row, strict=True))
            text = f"{_with_unit(named[value], unit)} ({show(named[low])} to {show(named[high])})"
            ax.annotate(
                text,
                (named[high], place),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                bbox=_ON_WHITE,
            )
        if reference is not None:
            ax.axvline(reference, color=INK, linestyle="--", linewidth=1, zorder=0)
            words = f"all: {_with_unit(reference, unit)}"
            ax.annotate(
                words,
                (reference, 1),
                xycoords=("data", "axes fraction"),
                xytext=(0, 3),
                textcoords="offset points",
                ha="center",
            )
        _name_rows(ax, rows[label], None)
        ax.set_xlabel(unit)
        ax.margins(x=0.05)
        left, right = ax.get_xlim()
        ax.set_xlim(left, right + 0.45 * (right - left))
    return ax


@dataclass(frozen=True, eq=False)
class ExplainedFigure:
    """A picture with its sentence, alternative text, numbers and source; a notebook shows it as HTML."""

    picture: object
    title: str
    alt: str
    table: pd.DataFrame
    source: str

    def png(self) -> bytes:
        """The picture; the same drawing always gives the same bytes."""
        buffer = io.BytesIO()
        with look():
            self.picture.savefig(buffer, format="png", dpi=_DPI, metadata={"Software": None})
        return buffer.getvalue()

    def _repr_html_(self) -> str:
        data = base64.b64encode(self.png()).decode("ascii")
        source = f"<p><small>Source: {escape(self.source)}</small></p>" if self.source else ""
        return (
            f'<figure class="rs-figure"><figcaption><p><b>{escape(self.title)}</b></p></figcaption>'
            f'<img alt="{escape(self.alt)}" src="data:image/png;base64,{data}" style="max-width:100%">'
            f"<details open><summary>The numbers</summary>{html_table(self.table, self.title)}</details>"
            f"{source}</figure>"
        )

    def __repr__(self) -> str:
        source = f"\nSource: {self.source}" if self.source else ""
        return f"{self.title}\n[Picture: {self.alt}]\n{self.table.to_string()}{source}"


def figure(chart, *, title: str, alt: str, table, source: str = "") -> ExplainedFigure:
    """Show a chart together with its sentence, alternative text, numbers and source.

    Parameters
    ----------
    chart : matplotlib.axes.Axes or matplotlib.figure.Figure
        What was drawn, for instance by `bars`.
    title : str
        The finding, as a sentence.
    alt : str
        What somebody who cannot see the picture needs to know: kind of chart, pattern, main values.
    table : pandas.DataFrame
        The numbers behind the picture.
    source : str, optional
        Where they come from, with a date.

    Returns
    -------
    ExplainedFigure
        Shown by the notebook when it is the last line of a cell.

    Raises
    ------
    CourseError
        If the sentence, the alternative text or the table is missing.
    """
    if not title or not title.strip():
        raise CourseError("A figure needs a title that says what was found. Add title=“…”.")
    if not alt or len(alt.strip()) < _SHORTEST_ALT:
        raise CourseError(
            f"The figure “{title}” needs an alternative text of at least {_SHORTEST_ALT} characters: "
            "kind of chart, pattern, main values. Add alt=“…”."
        )
    if alt.strip().casefold() == title.strip().casefold():
        raise CourseError(
            f"The alternative text of “{title}” only repeats the title. Say what the picture shows."
        )
    if not isinstance(table, pd.DataFrame) or table.empty:
        raise CourseError(f"The figure “{title}” needs its numbers. Add table= with a data frame.")
    picture = getattr(chart, "figure", chart)
    if not hasattr(picture, "savefig"):
        raise CourseError(f"The figure “{title}” was given no chart. Pass what bars(…) returned, or axes.")
    _keep_from_showing_twice(picture)
    return ExplainedFigure(picture, title.strip(), alt.strip(), table, source.strip())


def _keep_from_showing_twice(picture) -> None:
    """A chart drawn with pyplot would be shown again, without its words, at the end of the cell."""
    if picture.canvas.manager is not None:
        from matplotlib import pyplot

        pyplot.close(picture)


def _rows(table, label: str, numbers: list[str], keep_order: bool):
    """The columns needed, complete, in the order in which they are drawn from top to bottom."""
    for column in [label, *numbers]:
        if column not in table.columns:
            raise CourseError(
                f"The table has no column “{column}”. It has: {', '.join(map(str, table.columns))}."
            )
    rows = table[[label, *numbers]].dropna().reset_index(drop=True)
    if rows.empty or not all(pd.api.types.is_numeric_dtype(rows[column]) for column in numbers):
        raise CourseError(f"There is nothing to draw: {', '.join(numbers)} must hold numbers.")
    rows = rows.astype(dict.fromkeys(numbers, float))
    # A stable sort, so that equal bars stay as the table had them.
    return rows if keep_order else rows.sort_values(numbers[0], ascending=False, kind="stable")


def _known(highlight: str | None, labels) -> None:
    if highlight is not None and highlight not in set(labels):
        raise CourseError(f"No bar is called “{highlight}”. There are: {', '.join(map(str, labels))}.")


def _name_rows(ax, labels, highlight: str | None) -> None:
    ax.set_yticks(range(len(labels)), [str(label) for label in labels])
    for tick in ax.get_yticklabels():
        tick.set_fontweight("bold" if tick.get_text() == highlight else "normal")
    ax.tick_params(axis="y", length=0)
    ax.invert_yaxis()
    ax.spines["left"].set_visible(False)


def _with_unit(number: float, unit: str) -> str:
    space = "" if unit in {"", "%"} else " "
    return f"{show(float(number))}{space}{unit}"
