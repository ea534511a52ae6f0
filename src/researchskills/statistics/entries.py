"""Fields of the activities of this package: one control each, kept the same as the state.

An activity holds what was entered in a dictionary, of which only what differs from the start is written
down. Whole numbers are pulled into their range, so that a control can never hold what cannot be used.
"""

from dataclasses import dataclass, field

from researchskills._html import escape


@dataclass(frozen=True)
class Field:
    """Something to fill in.

    Parameters
    ----------
    name, label : str
        Key, and what the control is called; a range belongs into the label.
    default : object
    options : dict of str to object, optional
        Words and values to choose from.
    least, most : int, optional
        Range of a whole number.
    """

    name: str
    label: str
    default: object = ""
    options: dict = field(default_factory=dict)
    least: int = 0
    most: int = 1_000_000

    def allows(self, value) -> bool:
        """Whether the state may hold a value."""
        if self.options:
            return value in self.options.values()
        if isinstance(self.default, str):
            return isinstance(value, str)
        return isinstance(value, int) and not isinstance(value, bool) and self.least <= value <= self.most

    def nearest(self, value):
        """The value itself, or the end of the range that it passed."""
        is_number = not self.options and isinstance(self.default, int) and isinstance(value, int)
        return min(max(value, self.least), self.most) if is_number else value

    def shown(self, value) -> str:
        """A value in words."""
        words = next((words for words, one in self.options.items() if one == value), None)
        return words or (f"{value:,}" if isinstance(value, int) else str(value))


def defaults(fields) -> dict:
    """What the fields hold at the start."""
    return {one.name: one.default for one in fields}


def refused(fields, entries: dict) -> str:
    """Why some entries cannot be the state, or nothing."""
    known = {one.name: one for one in fields}
    for name, value in entries.items():
        if name not in known or not known[name].allows(value):
            return f"“{name}” cannot be {value!r}"
    return ""


def control(one: Field, activity, trait: str):
    """A widget for a field, bound to an entry of a dictionary trait.

    Parameters
    ----------
    one : Field
    activity : Activity
    trait : str
        Name of the dictionary trait; it is replaced, never changed in place, so that each change is saved.
    """
    from ipywidgets import Dropdown, IntText, Text

    def held():
        return getattr(activity, trait).get(one.name, one.default)

    if one.options:
        widget = Dropdown(options=list(one.options.items()), description=one.label, value=held())
    elif isinstance(one.default, str):
        widget = Text(description=one.label, value=held(), continuous_update=False)
    else:
        widget = IntText(description=one.label, value=held(), continuous_update=False)

    def changed(change):
        value = one.nearest(change["new"])
        if value != held():
            setattr(activity, trait, {**getattr(activity, trait), one.name: value})
        if value != change["new"]:
            widget.value = value

    def from_activity(_change):
        if widget.value != held():
            widget.value = held()

    widget.observe(changed, names="value")
    activity.observe(from_activity, names=trait)
    return widget


def text_area(activity, trait: str, label: str, rows: int = 3):
    """A widget for longer text, bound to a text trait."""
    from ipywidgets import Textarea

    widget = Textarea(description=label, value=getattr(activity, trait), rows=rows, continuous_update=False)
    widget.observe(lambda change: setattr(activity, trait, change["new"]), names="value")

    def from_activity(change):
        if widget.value != change["new"]:
            widget.value = change["new"]

    activity.observe(from_activity, names=trait)
    return widget


def show_if(widget, wanted: bool) -> None:
    """Show a control, or take it off the screen and out of the order of the Tab key."""
    widget.layout.display = None if wanted else "none"


def entries_html(fields, entries: dict, caption: str) -> str:
    """What was entered, as a table."""
    rows = "".join(
        f'<tr><th scope="row">{escape(one.label)}</th><td>{escape(one.shown(entries[one.name]))}</td></tr>'
        for one in fields
    )
    return f"<table><caption>{escape(caption)}</caption><tbody>{rows}</tbody></table>"


def live(html: str) -> str:
    """Content that a screen reader says when it changes, without moving the focus."""
    return f'<div role="status">{html}</div>' if html else ""
