"""A panel as its user meets it: controls by name, what is written, what a screen reader is told at once."""

import ipywidgets


def everything(widget):
    """The widget and all inside it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from everything(child)


def controls(widget):
    """What can be operated."""
    return (one for one in everything(widget) if isinstance(one, ipywidgets.DOMWidget) and hasattr(one, "description")
            and not isinstance(one, ipywidgets.HTML))


def named(widget) -> dict:
    """The controls by their names."""
    return {control.description: control for control in controls(widget)}


def words(widget) -> str:
    """The HTML that is written in it, save where it is hidden."""
    if widget.layout.display == "none":
        return ""
    texts = [widget.value] if isinstance(widget, ipywidgets.HTML) else []
    return " ".join(texts + [words(child) for child in getattr(widget, "children", ())])


def alert(widget) -> str:
    """What a screen reader is told at once."""
    return " ".join(part.split("</div>")[0] for part in words(widget).split('<div role="alert">')[1:])
