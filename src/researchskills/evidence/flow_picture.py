"""The picture of a flow diagram: boxes, words and arrows, drawn in inches.

A box is as high as its words need, so nothing overlaps whatever the reasons are called. Which boxes do not add up
is said in words and shown by a broken frame; colour only repeats it. With a second column for other sources the
picture is twice as wide and shown smaller, so its words are set larger.
"""

import textwrap
from dataclasses import dataclass

from researchskills.evidence.flow import REASONS, Flow, check, held, label

_WIDTH, _GAP, _EDGE, _TITLE = 2.45, 0.4, 0.1, 0.4  # of a box, between boxes, at the rim, above the columns; in inches
_LEVELS = 5


@dataclass(frozen=True)
class _Type:
    """Size of the words in points, height of a line in inches, letters that fit into a line."""

    size: float
    line: float
    letters: int


_ONE_COLUMN, _TWO_COLUMNS = _Type(9.5, 0.2, 30), _Type(12.5, 0.25, 23)


@dataclass(frozen=True)
class _Box:
    """Names of what stands in a box, and its lines."""

    names: tuple[str, ...]
    lines: tuple[str, ...]
    type: _Type
    wrong: bool

    @property
    def height(self) -> float:
        """In inches."""
        return len(self.lines) * self.type.line + 0.3


def draw(flow: Flow):
    """Draw a flow diagram.

    Parameters
    ----------
    flow : Flow

    Returns
    -------
    matplotlib.axes.Axes
        On a figure of its own.
    """
    from researchskills import charts
    from researchskills.charts.look import INK, look

    columns = _columns(flow)
    heights = [max(box.height for column in columns for box in column[level] if box) for level in range(_LEVELS)]
    wide = len(columns) * 2 * (_WIDTH + _GAP) - _GAP + 2 * _EDGE
    tall = sum(heights) + (_LEVELS - 1) * _GAP + _TITLE + _EDGE
    with look():
        ax = charts.axes(wide, tall)
        ax.set_xlim(0, wide)
        ax.set_ylim(0, tall)
        ax.axis("off")
        # One inch of the picture is one unit of the axes; a layout engine would shrink boxes but not words.
        ax.figure.set_layout_engine("none")
        ax.set_position([0, 0, 1, 1])
        tops = [tall - _TITLE - sum(heights[:level]) - level * _GAP for level in range(_LEVELS)]
        middles = [top - height / 2 for top, height in zip(tops, heights, strict=True)]
        for number, (title, column) in enumerate(zip(("Databases and registers", "Other sources"), columns,
                                                     strict=False)):
            left = _EDGE + number * 2 * (_WIDTH + _GAP)
            ax.text(left, tall - 0.3, title, fontweight="bold", fontsize=column[0][0].type.size + 1)
            below = _draw_column(ax, left, middles, column)
            if number:
                # What is left of the other sources joins the included reports, below and to the left.
                middle = left + _WIDTH / 2
                ax.plot([middle, middle], [below, middles[-1]], color=INK, linewidth=1)
                _arrow(ax, (middle, middles[-1]), (_EDGE + _WIDTH, middles[-1]))
    return ax


def _draw_column(ax, left: float, middles: list[float], column: list[tuple]) -> float:
    """Draw a column with what leaves it on the right; gives where its last box ends."""
    below, centre = None, left + _WIDTH / 2
    for middle, (main, side) in zip(middles, column, strict=True):
        if main is None:
            continue
        _draw_box(ax, left, middle, main)
        if below is not None:
            _arrow(ax, (centre, below), (centre, middle + main.height / 2))
        below = middle - main.height / 2
        if side is not None:
            _draw_box(ax, left + _WIDTH + _GAP, middle, side)
            _arrow(ax, (left + _WIDTH, middle), (left + _WIDTH + _GAP, middle))
    return below


def _columns(flow: Flow) -> list[list[tuple]]:
    """For each column and level the box in it, and the box of what leaves it there."""
    kind = _TWO_COLUMNS if flow.has_other else _ONE_COLUMN
    wrong = {fault.box for fault in check(flow)}

    def box(*names: str) -> _Box:
        return _Box(names, _lines(flow, names, kind, wrong), kind, bool(wrong & set(names)))

    found = ["databases", *(["registers"] if flow.registers else [])]
    removed = ["duplicates", *(["removed_other"] if flow.removed_other else [])]
    columns = [[(box(*found), box(*removed)), (box("screened"), box("excluded")), (box("sought"), box("not_retrieved")),
                (box("assessed"), box("excluded_why")), (box("studies", "reports"), None)]]
    if flow.has_other:
        columns.append([(box("other"), None), (None, None), (box("other_sought"), box("other_not_retrieved")),
                        (box("other_assessed"), box("other_excluded_why")), (None, None)])
    return columns


def _lines(flow: Flow, names, kind: _Type, wrong: set[str]) -> tuple[str, ...]:
    lines = []
    for name in names:
        # The heading of the column says where they come from; a number never begins a line.
        words = label(name).replace(" from other sources", "") if name != "other" else "Records found"
        lines += textwrap.wrap(f"{words}:\u00a0{held(flow, name):,}", kind.letters)
        if name in REASONS:
            for reason, count in getattr(flow, name).items():
                lines += textwrap.wrap(f"{reason}:\u00a0{count:,}", kind.letters, initial_indent="– ",
                                       subsequent_indent="   ")
        if name in wrong:
            lines.append("! does not add up")
    return tuple(lines)


def _draw_box(ax, left: float, middle: float, box: _Box) -> None:
    from matplotlib.patches import Rectangle

    from researchskills.charts.look import INK, WARM

    frame = {"edgecolor": WARM, "linewidth": 2, "linestyle": "--"} if box.wrong else {"edgecolor": INK, "linewidth": 1}
    ax.add_patch(Rectangle((left, middle - box.height / 2), _WIDTH, box.height, facecolor="white", **frame))
    ax.text(left + 0.1, middle, "\n".join(box.lines), va="center", fontsize=box.type.size, linespacing=1.3)


def _arrow(ax, start: tuple[float, float], end: tuple[float, float]) -> None:
    from researchskills.charts.look import INK

    ax.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1, "shrinkA": 0,
                                            "shrinkB": 0})
