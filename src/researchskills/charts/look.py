"""What all charts share: colours, empty axes, words at the right place, and numbers read from a table."""

from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from researchskills.errors import CourseError
from researchskills.tables import show

# From Okabe and Ito's colour-blind safe set (2008); colour is never the only sign.
INK, QUIET, STRONG, WARM = "#222222", "#7A9CB8", "#0072B2", "#D55E00"
#: Colour, line and marker of the first, second, … group: each can be told from the others in grey, too.
STYLES = (
    ("#0072B2", "-", "o"),
    ("#D55E00", "--", "D"),
    ("#009E73", "-.", "^"),
    ("#CC79A7", ":", "s"),
    ("#222222", (0, (5, 1, 1, 1, 1, 1)), "v"),
)
ON_WHITE = {"facecolor": "white", "edgecolor": "none", "pad": 1}  # words stay readable across a line
DPI = 120
NOTE_HEIGHT = 0.23  # inches for a line of words above the plot
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
        return Figure(figsize=(width, height), dpi=DPI, layout="constrained").subplots()


@dataclass(frozen=True, eq=False)
class Described:
    """What a chart knows about itself: a draft of its alternative text, and the numbers it shows."""

    alt: str
    table: pd.DataFrame


def describe(ax, alt: str, table: pd.DataFrame):
    """Leave alternative text and numbers with the axes, where `figure` finds them."""
    ax.described = Described(alt, table.reset_index(drop=True))
    return ax


def numbers(table, needed: list[str], numeric: list[str]) -> pd.DataFrame:
    """The columns needed, those in `numeric` as floats.

    Raises
    ------
    CourseError
        If a column is missing, or what should be numbers is not.
    """
    if not isinstance(table, pd.DataFrame):
        raise CourseError(f"A chart is drawn from a table (a data frame); this is {type(table).__name__}.")
    for column in needed:
        if column not in table.columns:
            raise CourseError(f"The table has no column “{column}”. It has: {', '.join(map(str, table.columns))}.")
    rows = table[list(dict.fromkeys(needed))].reset_index(drop=True)
    if rows.empty or not all(pd.api.types.is_numeric_dtype(rows[column]) for column in numeric):
        raise CourseError(f"There is nothing to draw: {', '.join(numeric)} must hold numbers.")
    return rows.astype(dict.fromkeys(numeric, float))


def complete_rows(table, label: str, numeric: list[str], keep_order: bool) -> pd.DataFrame:
    """The rows without gaps, in the order in which they are drawn from top to bottom."""
    rows = numbers(table, [label, *numeric], numeric).dropna().reset_index(drop=True)
    if rows.empty:
        raise CourseError(f"There is nothing to draw: {', '.join(numeric)} must hold numbers.")
    # A stable sort, so that equal bars stay as the table had them.
    return rows if keep_order else rows.sort_values(numeric[0], ascending=False, kind="stable")


def within(rows, label: str, low: str, value: str, high: str) -> None:
    """Refuse an estimate outside its interval.

    Raises
    ------
    CourseError
        With the name of the first such row.
    """
    outside = rows[(rows[value] < rows[low]) | (rows[value] > rows[high])]
    if len(outside):
        raise CourseError(
            f"The estimate for “{show(outside[label].iloc[0])}” lies outside its interval. "
            f"Check the columns {low}, {value} and {high}."
        )


def known(highlight, names, what: str = "bar") -> None:
    """Refuse to bring out what is not there.

    Raises
    ------
    CourseError
        With the names there are.
    """
    if highlight is not None and highlight not in set(names):
        raise CourseError(f"No {what} is called “{highlight}”. There are: {', '.join(map(str, names))}.")


def with_unit(number: float, unit: str) -> str:
    """A number as people read it, with its unit."""
    space = "" if unit in {"", "%"} else " "
    one = unit.removesuffix("s") if number == 1 else unit
    return f"{show(float(number))}{space}{one}"


def read_name(column: str) -> str:
    """A column's name as words."""
    return str(column).replace("_", " ")


def listed(words: list[str]) -> str:
    """`a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def name_rows(ax, labels, highlight: str | None) -> None:
    """The names of horizontal rows, the first one on top."""
    ax.set_yticks(range(len(labels)), [str(label) for label in labels])
    for tick in ax.get_yticklabels():
        tick.set_fontweight("bold" if tick.get_text() == highlight else "normal")
    ax.tick_params(axis="y", length=0)
    ax.invert_yaxis()
    ax.spines["left"].set_visible(False)


def spread_out(heights: list[float], least: float) -> list[float]:
    """Move labels apart until neighbours are `least` apart, keeping their order and their middle.

    Examples
    --------
    >>> spread_out([1.0, 1.0, 5.0], 2.0)
    [0.0, 2.0, 5.0]
    """
    order = sorted(range(len(heights)), key=lambda place: (heights[place], place))
    # Blocks of labels that touch: each is as wide as it must be, and centred on where its labels belong.
    blocks = []
    for place in order:
        blocks.append([[place], heights[place]])
        while len(blocks) > 1:
            (below, low), (above, high) = blocks[-2:]
            if high - low >= least * (len(below) + len(above)) / 2:
                break
            members = below + above
            blocks[-2:] = [[members, sum(heights[one] for one in members) / len(members)]]
    moved = list(heights)
    for members, middle in blocks:
        for step, place in enumerate(members):
            moved[place] = middle + (step - (len(members) - 1) / 2) * least
    return moved


def within_a_hundred(ax, unit: str, lowest: float, highest: float) -> None:
    """No numbers on the axis of percentages below 0 or above 100, where room was made for words only.

    Where the data themselves go there, as differences can, nothing is changed. The axis' limits must not
    change afterwards.
    """
    if unit != "%":
        return
    left, right = ax.get_xlim()
    start = max(left, 0.0) if lowest >= 0 else left
    end = min(right, 100.0) if highest <= 100 else right
    ax.set_xticks([tick for tick in ax.get_xticks() if start <= tick <= end])
    ax.spines["bottom"].set_bounds(start, end)
    ax.set_xlim(left, right)


def label_ends(ax, ends: list[tuple[float, float, str]], bold: str | None = None) -> None:
    """Words to the right of the ends of lines, moved apart where they would overlap."""
    bottom, top = ax.get_ylim()
    heights = spread_out([y for _, y, _ in ends], 0.065 * (top - bottom))
    for (x, y, words), height in zip(ends, heights, strict=True):
        ax.annotate(
            words,
            (x, y),
            xytext=(x, height),
            textcoords=_beside(ax, 7),
            va="center",
            fontweight="bold" if words == bold else "normal",
            annotation_clip=False,
        )


def _beside(ax, points: float):
    """The data's coordinates, moved to the right by some points."""
    from matplotlib.transforms import ScaledTranslation

    return ax.transData + ScaledTranslation(points / 72, 0, ax.figure.dpi_scale_trans)


def notes_above(ax, notes: list[tuple[float, float, str]]) -> None:
    """Words above the plot, each tied by a thin line to its place (x, y) in the data.

    They stand one above the other, so that they never cover each other or the data. The axes' limits
    must not change afterwards.
    """
    from matplotlib.transforms import ScaledTranslation, blended_transform_factory

    left, right = ax.get_xlim()
    bottom, top = ax.get_ylim()
    middle = (left + right) / 2
    towards_right = sorted((note for note in notes if note[0] <= middle), key=lambda note: -note[0])
    towards_left = sorted((note for note in notes if note[0] > middle), key=lambda note: note[0])
    # Heights in inches above the plot, so that the words fit whatever the picture's size.
    above = ax.figure.dpi_scale_trans + ScaledTranslation(0, 1, ax.transAxes)
    over = blended_transform_factory(ax.transData, above)
    for row, (x, y, words) in enumerate([*towards_right, *towards_left]):
        head = NOTE_HEIGHT * (row + 0.7)
        thin = {"color": INK, "linewidth": 0.9, "linestyle": ":", "zorder": 1, "label": "_note"}
        ax.plot([x, x], [y, top], **thin)
        ax.plot([x, x], [0, head], **thin, transform=over, clip_on=False)
        side = "left" if x <= middle else "right"
        ax.annotate(words, (x, head), xycoords=over, xytext=(4 if side == "left" else -4, 0),
                    textcoords="offset points", ha=side, va="center", bbox=ON_WHITE, annotation_clip=False)
    ax.set_xlim(left, right)
    ax.set_ylim(bottom, top)


def shape_of(values) -> str:
    """How a series goes from its first to its last value, in words."""
    known_values = [value for value in values if not pd.isna(value)]
    steps = [after - before for before, after in pairwise(known_values)]
    if not steps:
        return "a single value"
    if not any(steps):
        return "level throughout"
    if min(steps) >= 0:
        return "rising throughout" if min(steps) > 0 else "rising or level"
    if max(steps) <= 0:
        return "falling throughout" if max(steps) < 0 else "falling or level"
    return "going up and down"
