"""Drop-down lists that build the conditions of a rule; used by the cleaning activity and the rule question.

Each list has a name that a screen reader can say, and the keyboard is enough. What is not needed is hidden,
and hidden things are skipped by the Tab key too.
"""

from researchskills import _html
from researchskills.data.conditions import COMPARISONS, MOST_CONDITIONS, WHOLE_ROW

#: First entry of every list, as in the questions.
CHOOSE = "Choose …"
#: A field with more different values than this gets no list of its values.
MOST_VALUES = 12


def whole(state: dict) -> dict:
    """The conditions of a draft that are filled in, with how they are joined; {} when there is none.

    Parameters
    ----------
    state : dict
        `{"joined": "and", "conditions": [{"field": …, "comparison": …, "value": …, "other": …}]}`, parts of which
        may be lacking.
    """
    filled = [one for one in state.get("conditions", []) if one.get("field") and one.get("comparison")]
    if not filled:
        return {}
    needed = []
    for one in filled:
        kind = COMPARISONS[one["comparison"]]
        kept = {"field": one["field"], "comparison": one["comparison"]}
        if kind.value:
            kept["value"] = one.get("value", "")
        if kind.column:
            kept["other"] = one.get("other", "")
        needed.append(kept)
    return {"joined": state.get("joined", "and"), "conditions": needed}


def lacking(rule: dict) -> str:
    """What a rule (see `whole`) still lacks in its lists, as a sentence; empty when nothing does."""
    for one in rule.get("conditions", []):
        kind = COMPARISONS[one["comparison"]]
        if kind.column and not one.get("other"):
            return (f"“{one['field']} {one['comparison']} …” needs the other field: {_other(kind)}. "
                    "Choose it in the list.")
    return ""


def _other(kind) -> str:
    return "the date by which the days are counted" if kind.value else "the one to compare with"


def _advice(one: dict) -> str:
    """How to fill in what a comparison needs."""
    kind = COMPARISONS.get(one.get("comparison", ""))
    told = []
    if kind and kind.value:
        told.append(f"Value: {kind.value}.")
        value = one.get("value", "")
        if "one of" in one["comparison"] and "," in value and ";" not in value:
            told.append("Put a semicolon between two values; a comma is read as part of one.")
    if kind and kind.column:
        told.append(f"Other field: {_other(kind)}.")
    return f"<p>{_html.escape(' '.join(told))}</p>" if told else ""


def values_html(table, column: str) -> str:
    """The values of a field and how often each occurs, for fields with few of them."""
    if column not in table.columns:
        return ""
    counts = table[column].value_counts()
    if len(counts) > MOST_VALUES:
        examples = ", ".join(f"“{_html.escape(one)}”" for one in list(table[column].head(3)))
        return f"<p>{_html.escape(column)} has {len(counts):,} different values, such as {examples}.</p>"
    # Ties in the order of the alphabet, so that the page does not vary.
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    told = "; ".join(f"{f'“{value}”' if value else '(blank)'} {count:,}" for value, count in ordered)
    return f"<p>Values of {_html.escape(column)}: {_html.escape(told)}.</p>"


def condition_controls(fields: list[str], comparisons: list[str], get, put, table=None) -> list:
    """The widgets that build up to three conditions.

    Parameters
    ----------
    fields, comparisons : list of str
        What is on offer.
    get, put : callable
        `get()` gives the draft as a dict (see `whole`), `put(draft)` takes the changed one.
    table : pandas.DataFrame, optional
        Where the values of a chosen field are shown from.
    """
    from ipywidgets import Dropdown, VBox

    groups, hints = [], []

    def draft() -> dict:
        state = get()
        listed = [dict(one) for one in state.get("conditions", [])][:MOST_CONDITIONS]
        return {"joined": state.get("joined", "and"), "conditions": listed or [{}]}

    def arrange(_change=None):
        state = draft()
        count = len(state["conditions"])
        for place, group in enumerate(groups):
            _hide(group, place >= count)
            one = state["conditions"][place] if place < count else {}
            kind = COMPARISONS.get(one.get("comparison", ""))
            _hide(group.children[2], not (kind and kind.value))
            _hide(group.children[3], not (kind and kind.column))
            if kind and kind.value:
                group.children[2].placeholder = kind.value
            values = values_html(table, one.get("field", "")) if table is not None and place < count else ""
            hints[place].value = _advice(one) + values
        _hide(joined, count < 2)

    def set_count(change):
        state = draft()
        listed = state["conditions"]
        put({**state, "conditions": (listed + [{}] * MOST_CONDITIONS)[: change["new"]]})
        for place in range(MOST_CONDITIONS):
            _show_in(groups[place], get().get("conditions", []), place)
        arrange()

    def set_joined(change):
        put({**draft(), "joined": change["new"]})

    state = draft()
    many = Dropdown(options=[("one condition", 1), ("two conditions", 2), ("three conditions", 3)],
                    value=len(state["conditions"]), description="How many conditions")
    joined = Dropdown(options=[("and: all must be true", "and"), ("or: one of them is enough", "or")],
                      value=state["joined"], description="Conditions joined by")
    for place in range(MOST_CONDITIONS):
        group, hint = _group(place, fields, comparisons, draft, put, arrange)
        _show_in(group, state["conditions"], place)
        groups.append(group)
        hints.append(hint)
    many.observe(set_count, names="value")
    joined.observe(set_joined, names="value")
    arrange()
    return [many, joined, VBox(groups)]


def _group(place: int, fields, comparisons, draft, put, arrange):
    from ipywidgets import HTML, Dropdown, Text, VBox

    number = f"Condition {place + 1}"
    rowwise = [WHOLE_ROW] if "repeats an earlier row" in comparisons else []
    controls = {
        "field": Dropdown(options=[(CHOOSE, ""), *((one, one) for one in [*fields, *rowwise])],
                          description=f"{number}: field"),
        "comparison": Dropdown(options=[(CHOOSE, ""), *((one, one) for one in comparisons)],
                               description=f"{number}: comparison"),
        "value": Text(description=f"{number}: value", continuous_update=False),
        "other": Dropdown(options=[(CHOOSE, ""), *((one, one) for one in fields)],
                          description=f"{number}: other field"),
    }
    hint = HTML("")
    group = VBox([*controls.values(), hint])

    def linked(name):
        def changed(change):
            state = draft()
            listed = state["conditions"]
            if place < len(listed) and listed[place].get(name, "") != change["new"]:
                listed[place] = {**listed[place], name: change["new"]}
                put({**state, "conditions": listed})
                arrange()

        controls[name].observe(changed, names="value")

    for name in controls:
        linked(name)
    return group, hint


def _show_in(group, listed: list[dict], place: int) -> None:
    one = listed[place] if place < len(listed) else {}
    for control, name in zip(group.children[:4], ("field", "comparison", "value", "other"), strict=True):
        offered = [value for _, value in control.options] if hasattr(control, "options") else None
        value = one.get(name, "")
        control.value = value if offered is None or value in offered else ""


def _hide(widget, hidden: bool) -> None:
    widget.layout.display = "none" if hidden else None
