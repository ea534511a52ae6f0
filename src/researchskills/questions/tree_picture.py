"""The picture of a problem tree, drawn in inches.

A tree of up to four levels grows to the right, one column for each level, so that the leaves can be read one below
the other. A deeper one would become so wide that its words had to be tiny; there each level is only set in a little.
Lines are as long as the letters really are and a box is as high as its words need, so nothing overlaps or sticks out,
whatever is typed. What a leaf still lacks, and which one was chosen, is said in words; frames only repeat it.
"""

from dataclasses import dataclass
from functools import cache

import pandas as pd

from researchskills._words import number_of
from researchskills.charts.look import DPI, INK, STRONG, look
from researchskills.questions.kinds import KINDS
from researchskills.questions.tree import Node, Tree, left_out_by, sentence

_WIDTH, _EDGE = 7.4, 0.1  # of the picture, and at its rim, in inches
_SIZE, _LINE, _PAD = 9.5, 0.185, 0.09  # of the words in points; height of a line and room around them in inches
_GAP, _BETWEEN = 0.13, 0.3  # between boxes below each other, and between columns
_INDENT = 0.38
_MOST_COLUMNS = 4
#: Branches that the alternative text names.
_MOST_NAMED = 8
_MOST_SAID = 70


@dataclass
class _Box:
    """A question on the picture: its lines (words, and whether they are bold), where it is and how large."""

    node: Node
    lines: list[tuple[str, bool]]
    left: float
    width: float
    top: float = 0.0

    @property
    def height(self) -> float:
        return len(self.lines) * _LINE + 2 * _PAD

    @property
    def middle(self) -> float:
        return self.top + self.height / 2


def draw(tree: Tree, chosen: str = ""):
    """Draw a tree.

    Parameters
    ----------
    tree : Tree
        With at least the whole.
    chosen : str
        The leaf to go on with.

    Returns
    -------
    matplotlib.axes.Axes
        On a figure of its own.
    """
    from researchskills import charts
    deepest = max(tree.level(node.id) for node in tree.nodes)
    columns = deepest <= _MOST_COLUMNS
    # Two columns of the widest kind would leave half of the picture empty.
    step = (_WIDTH - 2 * _EDGE + _BETWEEN) / max(deepest, 2) if columns else _INDENT
    boxes = {}
    for node in tree.nodes:
        left = _EDGE + (tree.level(node.id) - 1) * step
        width = step - _BETWEEN if columns else _WIDTH - _EDGE - left
        boxes[node.id] = _Box(node, _lines(tree, node, chosen, width - 2 * _PAD), left, width)
    tall = _place(tree, boxes, tree.whole.id, _EDGE, columns) + _EDGE
    with look():
        ax = charts.axes(_WIDTH, tall)
        ax.set_xlim(0, _WIDTH)
        ax.set_ylim(tall, 0)
        ax.axis("off")
        # One inch of the picture is one unit of the axes; a layout engine would shrink boxes but not words.
        ax.figure.set_layout_engine("none")
        ax.set_position([0, 0, 1, 1])
        for node in tree.nodes:
            _join(ax, boxes[node.id], [boxes[one.id] for one in tree.children(node.id)], columns)
        for box in boxes.values():
            _draw(ax, box, tree, chosen)
    return ax


def figure(tree: Tree, chosen: str = ""):
    """The picture with its alternative text and everything in it as a table.

    Returns
    -------
    charts.ExplainedFigure
    """
    from researchskills import charts

    # Two columns: with more, long questions would be squeezed on a narrow screen.
    rows = [{"question": f"{tree.number(node.id) or 'The whole:'} {node.text}",
             "kind of question, and what it leaves out": f"{_kind(node)} Leaves out: {left_out_by(node)}"
             if tree.is_leaf(node.id) else ""} for node in tree.nodes]
    return charts.figure(draw(tree, chosen), title=sentence(tree), alt=alt_text(tree, chosen),
                         table=pd.DataFrame(rows))


def alt_text(tree: Tree, chosen: str = "") -> str:
    """What somebody who cannot see the picture needs to know; the table has every word."""
    parts = tree.children(tree.whole.id)
    told = (f"Tree diagram with {number_of(len(tree.nodes), 'question')}. On top the whole: "
            f"“{_short(tree.whole.text)}”. ")
    if not parts:
        return f"{told}Nothing stands beneath it yet."
    told += f"From it lead {number_of(len(parts), 'branch', 'branches')}: "
    named = []
    for node in parts[:_MOST_NAMED]:
        leaves = sum(tree.is_leaf(one.id) for one in tree.branch(node.id))
        ends = "a leaf" if tree.is_leaf(node.id) else f"with {number_of(leaves, 'leaf', 'leaves')}"
        named.append(f"{tree.number(node.id)} “{_short(node.text)}”, {ends}")
    if len(parts) > _MOST_NAMED:
        named.append(f"and {len(parts) - _MOST_NAMED} more")
    told += f"{'; '.join(named)}."
    return told + (f" Leaf {tree.number(chosen)} is the one to go on with."
                   if chosen in tree and tree.is_leaf(chosen) else "")


def _kind(node: Node) -> str:
    return KINDS[node.kind].name if node.kind else "Kind not said yet."


def _short(text: str) -> str:
    return text if len(text) <= _MOST_SAID else f"{text[:_MOST_SAID - 1].rstrip()}…"


# -- where everything goes -----------------------------------------------------------------------------


def _place(tree: Tree, boxes: dict[str, _Box], identifier: str, top: float, columns: bool) -> float:
    """Give a question and all beneath it their heights; gives where the branch ends."""
    box = boxes[identifier]
    box.top = top
    ends = top + box.height
    below = top if columns else ends + _GAP
    children = tree.children(identifier)
    for child in children:
        below = _place(tree, boxes, child.id, below, columns) + _GAP
    if columns and children:
        # In the middle of what hangs on it, as far as its own words leave room.
        ends = max(ends, below - _GAP)
        first, last = boxes[children[0].id], boxes[children[-1].id]
        box.top = min(max(top, (first.middle + last.middle - box.height) / 2), ends - box.height)
    return max(ends, below - _GAP)


def _lines(tree: Tree, node: Node, chosen: str, width: float) -> list[tuple[str, bool]]:
    number = tree.number(node.id)
    lines = [(line, not number) for line in wrapped(f"{number} {node.text}".strip(), width, not number)]
    if tree.is_leaf(node.id):
        lines += [(line, True) for line in wrapped(_kind(node), width, True)]
        if node.id == chosen:
            lines += [(line, True) for line in wrapped("▶ I go on with this one", width, True)]
    return lines


def wrapped(text: str, width: float, bold: bool = False) -> list[str]:
    """Break a text into lines that are no wider than so many inches; a sign that the font lacks becomes □."""
    drawn = "".join(sign if _advance(sign, bold) is not None else "□" for sign in text)
    lines, line = [], ""
    for word in drawn.split(" "):
        longer = f"{line} {word}" if line else word
        if _wide(longer, bold) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        line = ""
        for sign in word:
            # A word that is longer than a line, such as an address of a web page, is broken anywhere.
            if line and _wide(line + sign, bold) > width:
                lines.append(line)
                line = ""
            line += sign
    return [*lines, line]


def _wide(text: str, bold: bool) -> float:
    return sum(_advance(sign, bold) for sign in text)


@cache
def _advance(sign: str, bold: bool) -> float | None:
    """How wide a sign is, in inches; None when the font lacks it."""
    from matplotlib.ft2font import LoadFlags

    font = _font(bold)
    if not font.get_char_index(ord(sign)):
        return None
    glyph = font.load_char(ord(sign), flags=LoadFlags.FORCE_AUTOHINT)
    # As designed, or as fitted to the dots of the picture: where it is drawn, it may be as wide as either.
    return max(glyph.linearHoriAdvance / 65536, glyph.horiAdvance / 64) / DPI


@cache
def _font(bold: bool):
    from matplotlib.font_manager import FontProperties, findfont
    from matplotlib.ft2font import FT2Font

    # Not the one that matplotlib draws with: its size must not be changed.
    font = FT2Font(findfont(FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal")))
    font.set_size(_SIZE, DPI)
    return font


# -- on the paper ----------------------------------------------------------------------------------------


def _join(ax, box: _Box, children: list[_Box], columns: bool) -> None:
    if not children:
        return
    style = {"color": INK, "linewidth": 1, "solid_capstyle": "butt", "zorder": 1}
    if columns:
        turn = box.left + box.width + _BETWEEN / 2
        ax.plot([box.left + box.width, turn], [box.middle, box.middle], **style)
        highest, lowest = min(box.middle, children[0].middle), max(box.middle, children[-1].middle)
    else:
        turn = box.left + _INDENT / 2
        highest, lowest = box.top + box.height, children[-1].middle
    ax.plot([turn, turn], [highest, lowest], **style)
    for child in children:
        ax.plot([turn, child.left], [child.middle, child.middle], **style)


def _draw(ax, box: _Box, tree: Tree, chosen: str) -> None:
    from matplotlib.patches import FancyBboxPatch

    whole, leaf = not box.node.parent, tree.is_leaf(box.node.id)
    frame = {"facecolor": "white", "edgecolor": INK, "linewidth": 1}
    if whole:
        frame = {"facecolor": "#E4ECF2", "edgecolor": INK, "linewidth": 1.6}
    elif leaf:
        frame = {"facecolor": "white", "edgecolor": STRONG, "linewidth": 3 if box.node.id == chosen else 1.3}
        if not box.node.kind:
            frame |= {"edgecolor": INK, "linestyle": "--"}
    corner = f"round,pad=0,rounding_size={0.09 if leaf else 0.001}"
    ax.add_patch(FancyBboxPatch((box.left, box.top), box.width, box.height, boxstyle=corner, zorder=2, **frame))
    for place, (words, bold) in enumerate(box.lines):
        # What looks like a formula is somebody's words.
        ax.text(box.left + _PAD, box.top + _PAD + (place + 0.5) * _LINE, words, fontsize=_SIZE, zorder=3,
                va="center_baseline", fontweight="bold" if bold else "normal", parse_math=False)
