"""What panels are put together from: headings to jump to, sentences that are said aloud, controls that come and go.

Somebody who listens jumps to an activity, and in it from record to record. Widgets cannot carry a role or a name for
the whole panel, but their HTML can hold a heading. A panel stands under a third-level heading of the lesson, so its
own is of the fourth level and those of its parts are of the fifth. Reports have no headings: they would stand in
JupyterLab's table of contents a second time; there the section has a label.
"""

import re

from researchskills._html import escape

#: A paragraph that is bold as a whole.
_TITLE = re.compile(r"<p>(<strong>(?:(?!</strong>).)*</strong>)</p>")
PANEL, PART = 4, 5


def with_heading(html: str, level: int = PANEL) -> str:
    """The same HTML, with its first paragraph that is bold as a whole as a heading.

    Parameters
    ----------
    html : str
        As it stands in a report.
    level : int
        `PANEL` for the name of an activity, `PART` for what is in it.

    Examples
    --------
    >>> with_heading("<p><strong>Log</strong></p><p>Who searched?</p>", PART)
    '<h5><strong>Log</strong></h5><p>Who searched?</p>'
    """
    return _TITLE.sub(rf"<h{level}>\1</h{level}>", html, count=1)


def show_if(widget, wanted: bool) -> None:
    """Show a control, or take it off the screen and out of the order of the Tab key."""
    widget.layout.display = None if wanted else "none"


def alert(html: str) -> str:
    """A verdict that a screen reader says at once."""
    return f'<div role="alert">{html}</div>'


def status(words: str) -> str:
    """A sentence that a screen reader says when it is free."""
    return f'<p role="status">{escape(words)}</p>'
