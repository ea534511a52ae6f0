"""A figure is a picture, a sentence, alternative text, numbers and a source; never the picture alone."""

import base64
import io
from dataclasses import dataclass

import pandas as pd

from researchskills._html import escape
from researchskills.charts.look import DPI, look
from researchskills.errors import CourseError
from researchskills.tables import html_table

_SHORTEST_ALT = 40


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
            self.picture.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
        return buffer.getvalue()

    def _repr_html_(self) -> str:
        data = base64.b64encode(self.png()).decode("ascii")
        source = f"<p><small>Source: {escape(self.source)}</small></p>" if self.source else ""
        return (
            f'<figure class="rs-figure"><figcaption><p><b>{escape(self.title)}</b></p></figcaption>'
            f'<img alt="{escape(self.alt)}" src="data:image/png;base64,{data}" style="max-width:100%">'
            f"<details open><summary>{_summary(self.table)}</summary>{html_table(self.table, self.title)}</details>"
            f"{source}</figure>"
        )

    def __repr__(self) -> str:
        source = f"\nSource: {self.source}" if self.source else ""
        return f"{self.title}\n[Picture: {self.alt}]\n{self.table.to_string()}{source}"


def _summary(table: pd.DataFrame) -> str:
    """What the table below a picture is called: some hold words and no number."""
    return "The numbers" if len(table.select_dtypes("number").columns) else "The same as a table"


def figure(chart, *, title: str, alt: str | None = None, table=None, source: str = "") -> ExplainedFigure:
    """Show a chart together with its sentence, alternative text, numbers and source.

    Parameters
    ----------
    chart : matplotlib.axes.Axes or matplotlib.figure.Figure
        What was drawn, for instance by `bars`.
    title : str
        The finding, as a sentence.
    alt : str, optional
        What somebody who cannot see the picture needs to know: kind of chart, pattern, main values.
        By default the chart's own draft (`alt_text`); one's own words can say more.
    table : pandas.DataFrame, optional
        The numbers behind the picture; by default those the chart was drawn from.
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
    picture = getattr(chart, "figure", chart)
    described = _described(chart)
    if not title or not title.strip():
        raise CourseError("A figure needs a title that says what was found. Add title=“…”.")
    if not hasattr(picture, "savefig"):
        raise CourseError(f"The figure “{title}” was given no chart. Pass what bars(…) returned, or axes.")
    if alt is None and described:
        alt = described.alt
    if table is None and described:
        table = described.table
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
    _keep_from_showing_twice(picture)
    return ExplainedFigure(picture, title.strip(), alt.strip(), table, source.strip())


def alt_text(chart) -> str:
    """The draft of an alternative text that a chart of the course makes from its numbers.

    It has the kind of chart, what is shown, and the main values. It cannot know what matters to your
    readers: read it, and add that.

    Parameters
    ----------
    chart : matplotlib.axes.Axes
        What `bars`, `intervals`, `dots`, `lines`, `histogram`, `funnel` or `control_chart` returned.

    Returns
    -------
    str

    Raises
    ------
    CourseError
        If the chart was drawn in another way and so has no draft.
    """
    described = _described(chart)
    if described is None:
        raise CourseError(
            "This chart was not drawn by one of the course's chart functions, so there is no draft. "
            "Write one: kind of chart, what is shown, the pattern and the main values."
        )
    return described.alt


def _described(chart):
    """What a chart function left with its axes, or None."""
    one = getattr(chart, "described", None)
    parts = getattr(chart, "axes", None)
    # Given the whole picture, its only axes speak for it.
    return getattr(parts[0], "described", None) if one is None and isinstance(parts, list) and parts else one


def _keep_from_showing_twice(picture) -> None:
    """A chart drawn with pyplot would be shown again, without its words, at the end of the cell."""
    if picture.canvas.manager is not None:
        from matplotlib import pyplot

        pyplot.close(picture)
