"""Markdown and plain text to HTML, the same way on the screen, in reports and in feedback."""

import html
import re
from functools import cache


@cache
def _renderer():
    from markdown_it import MarkdownIt

    # Raw HTML stays off: what a learner typed must never become part of a page.
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def markdown(text: str) -> str:
    """Render the course's own Markdown; raw HTML in it is shown as text."""
    return _renderer().render(text)


def as_markdown(text: str) -> str:
    """Plain text for use inside Markdown: its signs mean nothing there."""
    return re.sub(r"([\\*_`\[\]#<>|])", r"\\\1", text)


def plain(text: str) -> str:
    """What a learner typed, as paragraphs of text."""
    paragraphs = [part for part in text.strip().split("\n\n") if part.strip()]
    return "".join(f"<p>{html.escape(part.strip()).replace(chr(10), '<br>')}</p>" for part in paragraphs)


def escape(text: str) -> str:
    """Text for use inside HTML and its attributes."""
    return html.escape(str(text))
