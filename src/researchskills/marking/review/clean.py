"""What may stand on the page of what came with a hand-in.

Answers are shown as an activity's report, which treats everything that was typed as text. This is the second lock
on the same door: whatever else may be in it, no script, style, form, link or picture from elsewhere gets through.
"""

import bleach

_TAGS = frozenset(
    {
        *("abbr", "article", "b", "blockquote", "br", "caption", "code", "col", "colgroup", "dd", "del", "details"),
        *(
            "div",
            "dl",
            "dt",
            "em",
            "figcaption",
            "figure",
            "h3",
            "h4",
            "h5",
            "h6",
            "hr",
            "i",
            "img",
            "ins",
            "kbd",
            "li",
        ),
        *("mark", "ol", "p", "pre", "q", "s", "section", "small", "span", "strong", "sub", "summary", "sup", "table"),
        *("tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul"),
    }
)
_ATTRIBUTES = {
    "th": ["scope", "colspan", "rowspan"],
    "td": ["colspan", "rowspan"],
    "col": ["span"],
    "ol": ["start"],
    "abbr": ["title"],
    "section": ["aria-label"],
    "img": lambda tag, name, value: name == "alt" or (name == "src" and value.startswith("data:image/png;base64,")),
}


def clean(html: str) -> str:
    """HTML with nothing in it that could run, fetch, or pass for a part of the page; other tags are shown as text.

    Examples
    --------
    >>> clean('<p onclick="x()">Beds <script>x()</script></p>')
    '<p>Beds &lt;script&gt;x()&lt;/script&gt;</p>'
    """
    return bleach.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, protocols=["data"])


def shown(html: str) -> str:
    """Clean HTML in which a table that is too wide for the screen can be moved with the keyboard."""
    return clean(html).replace("<table>", '<table tabindex="0">')
