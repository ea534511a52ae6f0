"""Questions as activities.

`question("m00-p1-groups")` shows a question and saves the answer; `check(…)` shows whether it is
right and why; `score(…)` gives the points when a module is marked. What a question says comes from
the module's text (see `bank`), so a notebook cell never holds more than an id.

The controls are those that screen readers name properly: Dropdown, Checkbox, Text, Textarea and
Button, one label each.
"""

from dataclasses import replace
from functools import cache
from pathlib import Path

from traitlets import Bool, Dict, Instance, Int, List, TraitError, Unicode, validate

from researchskills import _html, bank, checks, code_result, kinds, privacy
from researchskills.activity import Activity, is_static, show, update_report
from researchskills.panel_parts import status

#: First entry of every drop-down list.
CHOOSE = "Choose …"


class Asked(Activity):
    """A question together with one learner's answer.

    Subclasses add the trait `answer` and its controls.

    Attributes
    ----------
    checked : bool
        Whether this very answer has been checked.
    tries : int
        How many different answers have been checked.
    right_first : bool or None
        Whether the first answer that was checked was right; for improving the course, never for marks.
    """

    asked = Instance(bank.Question)
    #: Whether a check can take some seconds, so that something must be said meanwhile.
    slow = False
    checked = Bool(False).tag(saved=True)
    tries = Int(0).tag(saved=True)
    right_first = Bool(None, allow_none=True).tag(saved=True)

    def __init__(self, asked: bank.Question, folder: Path | None = None):
        self.asked = asked
        super().__init__(asked.id, folder)
        self.observe(self._uncheck, names="answer")

    def _uncheck(self, _change) -> None:
        self.checked = False

    @property
    def is_answered(self) -> bool:
        """Whether there is an answer, right or wrong."""
        return bool(self.shown())

    def outcome(self) -> checks.Outcome:
        """The verdict on the answer that is saved."""
        return checks.assess(self.asked, self.answer)

    def current(self) -> checks.Outcome:
        """The verdict on the answer as it is now; differs where the answer is a result of code."""
        return self.outcome()

    def check(self) -> checks.Outcome:
        """Check the answer and remember that it was checked."""
        outcome = self.current()
        if outcome.status in (checks.CORRECT, checks.NOT_YET) and not self.checked:
            if self.right_first is None:
                self.right_first = outcome.status == checks.CORRECT
            self.tries += 1
            self.checked = True
        return outcome

    # -- on the screen -------------------------------------------------------------------------

    def controls(self) -> list:
        """The widgets that take the answer."""
        raise NotImplementedError

    def panel(self):
        """The task, its controls, and for practice a button that checks the answer."""
        from ipywidgets import HTML, VBox

        notice, asked_about = HTML(self.notice_html()), HTML(self._private_html())
        self.observe(lambda _: setattr(notice, "value", self.notice_html()), names="notice")
        self.observe(lambda _: setattr(asked_about, "value", self._private_html()), names="answer")
        parts = [*self.controls(), asked_about, notice]
        if not self.asked.points:
            # A marked question has its prompt in a locked cell above and its check in one below.
            parts.insert(0, HTML(self._prompt_html()))
            if self.asked.can_be_checked:
                parts.append(self.check_panel())
        return VBox(parts)

    def check_panel(self):
        """A button, and the verdict once it has been pressed."""
        from ipywidgets import HTML, Button, VBox

        button = Button(description="Check my answer", tooltip=f"Check my answer: {self.asked.title}")
        verdict = HTML(self._verdict_html() if self.checked else "")

        def pressed(_button):
            if self.slow:
                verdict.value = checking_html()
            outcome = self.check()
            # role=alert makes a screen reader say the verdict without moving the focus.
            verdict.value = f'<div role="alert">{_outcome_html(outcome)}</div>'
            self.refresh_report()

        def answer_changed(_change):
            verdict.value = ""

        button.on_click(pressed)
        self.observe(answer_changed, names="answer")
        return VBox([button, verdict])

    # -- as a page -----------------------------------------------------------------------------

    def report(self) -> str:
        """The task, what could be answered, and the answer."""
        shows_verdict = self.checked and self.asked.can_be_checked and not self.asked.points
        verdict = self._verdict_html() if shows_verdict else ""
        answer = self.answer_html() if self.is_answered else "<p>Not answered yet.</p>"
        prompt = "" if self.asked.points else self._prompt_html()
        return (
            f'<section class="rs-report" aria-label="{_html.escape(self.asked.title)}">{prompt}{self.offered_html()}'
            f'<p><strong>Your answer</strong></p>{answer}{self._earlier_html()}{self.notice_html()}{verdict}</section>'
        )

    def check_report(self) -> str:
        """The verdict as a page shows it."""
        title = _html.escape(self.asked.title)
        body = self._verdict_html() if self.checked else "<p>Not checked yet.</p>"
        return f'<section class="rs-report" aria-label="Check: {title}">{body}</section>'

    def contribution(self) -> str:
        """The answer alone: whoever reads the plan has not seen the task."""
        return self.answer_html()

    def offered_html(self) -> str:
        """The answers that are on offer, for kinds that offer some."""
        return ""

    def answer_html(self) -> str:
        """The answer as HTML."""
        return _html.plain(self.shown())

    def _prompt_html(self) -> str:
        return f"<p><strong>{_html.escape(self.asked.title)}</strong></p>{_html.markdown(self.asked.prompt)}"

    def _private_html(self) -> str:
        """A question about what could identify a person in a text of the learner's own; asked, and not decided."""
        found = privacy.find(self.shown()) if self.asked.kind in ("text", "form") else []
        if not found:
            return ""
        return status(f"This looks like it could identify a person ({found[0].kind}: {found[0].masked}). It is saved "
                      "on this computer only. If it belongs to a real person, please take it out.")

    def _verdict_html(self) -> str:
        return _outcome_html(self.outcome())

    def _earlier_html(self) -> str:
        changed = [entry for entry in self.earlier if entry.get("why") == "the question has changed"]
        return "".join(
            f"<p>Your answer to an earlier wording of this question: {_html.escape(entry.get('shown', ''))}</p>"
            for entry in changed
        )

    def refresh_report(self) -> None:
        """Bring the answer and the verdict on the page up to date."""
        super().refresh_report()
        if self.asked.points:
            update_report(self.check_report(), "", f"rs-{self.name}-check")


def checking_html() -> str:
    """What stands where a verdict will be, while it is worked out."""
    return '<p role="status">Checking …</p>'


def _outcome_html(outcome: checks.Outcome) -> str:
    label = checks.LABELS[outcome.status]
    css = outcome.status.replace(" ", "-")
    return (f'<div class="rs-outcome rs-{css}"><p><strong>{label}</strong></p>'
            f"{_html.markdown(outcome.message)}</div>")


def _linked(widget, activity: Activity, get, put):
    """Keep a control and a part of the answer the same.

    `get()` reads the control's value from the activity, `put(value)` writes it there.
    """
    widget.value = get()
    widget.observe(lambda change: put(change["new"]), names="value")

    def from_activity(_change):
        if widget.value != get():
            widget.value = get()

    activity.observe(from_activity, names="answer")
    return widget


class Choice(Asked):
    """One answer out of several."""

    answer = Unicode("").tag(saved=True)

    @validate("answer")
    def _offered(self, proposal):
        if proposal["value"] and proposal["value"] not in _texts(self.asked.content["options"]):
            raise TraitError("this option is not offered")
        return proposal["value"]

    def shown(self) -> str:
        """The wording of the chosen option."""
        return _texts(self.asked.content["options"]).get(self.answer, "")

    def controls(self) -> list:
        """The options as a lettered list, and one drop-down list to choose from."""
        from ipywidgets import HTML, Dropdown

        options = [(CHOOSE, "")] + [
            (f"{letter}. {option['text']}", option["key"])
            for letter, option in zip("ABCDEFGHIJ", self.asked.content["options"], strict=False)
        ]
        chooser = Dropdown(options=options, description=f"Your answer: {self.asked.title}")
        return [HTML(self.offered_html()),
                _linked(chooser, self, lambda: self.answer, lambda value: setattr(self, "answer", value))]

    def offered_html(self) -> str:
        """The options, lettered."""
        items = "".join(f"<li>{_html.escape(option['text'])}</li>" for option in self.asked.content["options"])
        return f'<ol type="A">{items}</ol>'


class Several(Asked):
    """Every answer that applies."""

    answer = List(Unicode()).tag(saved=True)

    @validate("answer")
    def _offered(self, proposal):
        if set(proposal["value"]) - set(_texts(self.asked.content["options"])):
            raise TraitError("an option is not offered")
        return proposal["value"]

    def shown(self) -> str:
        """The wordings of the ticked options, a line each."""
        texts = _texts(self.asked.content["options"])
        return "\n".join(text for key, text in texts.items() if key in self.answer)

    def controls(self) -> list:
        """One box to tick for each option."""
        from ipywidgets import Checkbox

        def box(key: str, text: str):
            def put(ticked: bool):
                others = [one for one in self.answer if one != key]
                self.answer = [*others, key] if ticked else others

            return _linked(Checkbox(description=text, indent=False), self, lambda: key in self.answer, put)

        return [box(key, text) for key, text in _texts(self.asked.content["options"]).items()]

    def offered_html(self) -> str:
        """The options as a list."""
        items = "".join(f"<li>{_html.escape(option['text'])}</li>" for option in self.asked.content["options"])
        return f"<ul>{items}</ul>"


class _Lines(Asked):
    """A value for each of several lines, as `match` and `order` need."""

    answer = Dict().tag(saved=True)

    def lines(self) -> dict[str, str]:
        """Keys and texts of the lines."""
        raise NotImplementedError

    def places(self) -> dict:
        """What a line can be given, and how that is called."""
        raise NotImplementedError

    @validate("answer")
    def _offered(self, proposal):
        lines, places = self.lines(), self.places()
        for line, place in proposal["value"].items():
            if line not in lines or place not in places:
                raise TraitError("a line or what was chosen for it is not offered")
        return proposal["value"]

    def shown(self) -> str:
        """Each line with what was chosen for it."""
        lines, places = self.lines(), self.places()
        return "\n".join(f"{lines[key]} → {places[self.answer[key]]}" for key in lines if key in self.answer)

    def controls(self) -> list:
        """One drop-down list for each line."""
        from ipywidgets import Dropdown

        options = [(CHOOSE, "")] + [(text, place) for place, text in self.places().items()]

        def chooser(number: int, key: str, text: str):
            def put(place):
                others = {one: value for one, value in self.answer.items() if one != key}
                self.answer = {**others, key: place} if place else others

            widget = Dropdown(options=options, description=f"{number}. {text}")
            return _linked(widget, self, lambda: self.answer.get(key, ""), put)

        return [chooser(number, key, text) for number, (key, text) in enumerate(self.lines().items(), 1)]

    def answer_html(self) -> str:
        """A table with a row for each line."""
        lines, places = self.lines(), self.places()
        rows = "".join(
            f'<tr><th scope="row">{_html.escape(text)}</th>'
            f"<td>{_html.escape(places[self.answer[key]]) if key in self.answer else 'not answered'}</td></tr>"
            for key, text in lines.items()
        )
        return f"<table><tbody>{rows}</tbody></table>"


class Match(_Lines):
    """What belongs to what."""

    def lines(self) -> dict[str, str]:
        """The items."""
        return _texts(self.asked.content["items"])

    def places(self) -> dict:
        """The targets."""
        return self.asked.content["targets"]

    def offered_html(self) -> str:
        """The items and the targets."""
        items = "".join(f"<li>{_html.escape(text)}</li>" for text in self.lines().values())
        targets = "".join(f"<li>{_html.escape(text)}</li>" for text in self.places().values())
        return f"<ol>{items}</ol><p>To choose from:</p><ul>{targets}</ul>"


class Order(_Lines):
    """What comes first, second, third …"""

    def lines(self) -> dict[str, str]:
        """The steps, shuffled."""
        return _texts(self.asked.content["steps"])

    def places(self) -> dict:
        """Places from the first to the last."""
        return {number: f"Place {number}" for number in range(1, len(self.asked.content["steps"]) + 1)}

    def offered_html(self) -> str:
        """The steps as a list."""
        return "<ul>" + "".join(f"<li>{_html.escape(text)}</li>" for text in self.lines().values()) + "</ul>"


class Number(Asked):
    """A number, typed with or without its unit."""

    answer = Unicode("").tag(saved=True)

    def shown(self) -> str:
        """What was typed, with the unit."""
        typed = self.answer.strip()
        unit = self.asked.content["unit"]
        return f"{typed} {unit}".strip() if typed and unit not in typed else typed

    def controls(self) -> list:
        """One field, with the unit in its name."""
        from ipywidgets import Text

        unit = self.asked.content["unit"]
        name = f"Your answer: {self.asked.title}" + (f" (in {unit})" if unit else "")
        field = Text(description=name, placeholder="a number, such as 12.5")
        return [_linked(field, self, lambda: self.answer, lambda value: setattr(self, "answer", value))]


class ShortText(Asked):
    """Words of the learner's own; read by a mentor, or by nobody."""

    answer = Unicode("").tag(saved=True)

    def shown(self) -> str:
        """The text."""
        return self.answer.strip()

    def word_count(self) -> int:
        """How many words there are."""
        return len(self.answer.split())

    def controls(self) -> list:
        """A text field and a count of words."""
        from ipywidgets import HTML, Textarea

        low, high = self.asked.content["words"]
        field = Textarea(description=f"Your answer: {self.asked.title}", rows=max(4, min(14, high // 14)))
        _linked(field, self, lambda: self.answer, lambda value: setattr(self, "answer", value))

        def counted() -> str:
            return f"<p>{self.word_count()} words so far; {low} to {high} is about right.</p>"

        count = HTML(counted())
        self.observe(lambda _: setattr(count, "value", counted()), names="answer")
        return [field, count]


class Value(Asked):
    """A number that the learner's own code works out; read from a variable of the notebook."""

    answer = Unicode("").tag(saved=True)

    def shown(self) -> str:
        """The value when it was last checked."""
        return f"{self.asked.content['variable']} = {self.answer}" if self.answer else ""

    def controls(self) -> list:
        """None: the answer is given in the code cell."""
        return []

    def current(self) -> checks.Outcome:
        """Read the variable, keep what it is now as the answer, and compare it."""
        variable = self.asked.content["variable"]
        found = code_result.look(variable)
        if found.status == code_result.MISSING:
            return checks.Outcome(checks.NOT_ATTEMPTED,
                                  f"There is no result called `{variable}` yet. Run the cell above first. "
                                  f"If you just did: its line must begin with `{variable} =`.")
        if _has_just_failed(variable):
            return checks.Outcome(checks.NOT_ATTEMPTED,
                                  "Your cell stopped with a message. Put that right and run the cell again first.")
        if found.status == code_result.DOTS:
            return checks.Outcome(checks.NOT_ATTEMPTED,
                                  f"`{variable}` is still three dots. Put your answer there and run the cell again.")
        self.answer = found.text if found.number is None else repr(found.number)
        outcome = self.outcome()
        if found.number is None and found.is_whole:
            return replace(outcome, message=f"`{variable}` holds a whole result, with its sentence. Put `.value`, "
                                            "`.low` or `.high` behind the brackets to take one number out of it.")
        if outcome.status == checks.NOT_YET:
            # Who changed the cell and forgot to run it sees that an older result was checked.
            return replace(outcome,
                           message=f"When the cell last ran, `{variable}` was {found.text}.\n\n{outcome.message}")
        return outcome


def _has_just_failed(variable: str) -> bool:
    from IPython import get_ipython

    shell = get_ipython()
    last_run = shell.user_ns.get("In", [""])[-1] if shell else ""
    return variable in last_run and not shell.last_execution_succeeded


class Form(Asked):
    """A worksheet of several fields; never right or wrong."""

    answer = Dict().tag(saved=True)

    def shown(self) -> str:
        """Each filled field with its label."""
        return "\n".join(f"{label}: {value}" for label, value in self._filled())

    def _filled(self) -> list[tuple[str, str]]:
        filled = []
        for field in self.asked.content["fields"]:
            value = self.answer.get(field["name"])
            if field["kind"] == "several":
                value = "; ".join(field["options"].get(one, one) for one in value or [])
            elif field["kind"] == "choice":
                value = field["options"].get(value, value)
            if value not in (None, ""):
                filled.append((field["label"], str(value).strip()))
        return filled

    def controls(self) -> list:
        """The fields, in order."""
        return [widget for field in self.asked.content["fields"] for widget in self._field(field)]

    def _field(self, field: dict) -> list:
        from ipywidgets import HTML, Checkbox, Dropdown, Text, Textarea

        name, label, options = field["name"], field["label"], field["options"]

        def put(value):
            others = {one: held for one, held in self.answer.items() if one != name}
            self.answer = {**others, name: value} if value not in ("", []) else others

        def get():
            return self.answer.get(name, "")

        if field["kind"] == "several":
            def box(key, text):
                def tick(ticked):
                    others = [one for one in self.answer.get(name, []) if one != key]
                    put([*others, key] if ticked else others)

                return _linked(Checkbox(description=text, indent=False), self,
                               lambda: key in self.answer.get(name, []), tick)

            return [HTML(f"<p>{_html.escape(label)}</p>"), *(box(key, text) for key, text in options.items())]
        if field["kind"] == "choice":
            entries = [(CHOOSE, "")] + [(text, key) for key, text in options.items()]
            # An option that is no longer offered is still shown, so that the answer is not lost.
            if get() and get() not in options:
                entries.append((f"{get()} (no longer offered)", get()))
            return [_linked(Dropdown(options=entries, description=label), self, get, put)]
        control = Textarea(description=label, rows=3) if field["kind"] == "text" else Text(description=label)
        return [_linked(control, self, get, put)]

    def offered_html(self) -> str:
        """The labels of the fields that are still empty."""
        filled = {label for label, _ in self._filled()}
        empty = [field["label"] for field in self.asked.content["fields"] if field["label"] not in filled]
        items = "".join(f"<li>{_html.escape(label)}</li>" for label in empty)
        return f"<p>Still empty:</p><ul>{items}</ul>" if empty else ""

    def answer_html(self) -> str:
        """A table of the filled fields."""
        rows = "".join(
            f'<tr><th scope="row">{_html.escape(label)}</th><td>{_html.plain(value)}</td></tr>'
            for label, value in self._filled()
        )
        return f"<table><tbody>{rows}</tbody></table>"


def _texts(entries: list[dict]) -> dict[str, str]:
    return {entry["key"]: entry["text"] for entry in entries}


_ACTIVITIES = {"choice": Choice, "several": Several, "match": Match, "order": Order, "number": Number,
               "value": Value, "text": ShortText, "form": Form}


def shown_as(kind: str) -> type[Asked]:
    """The class that shows a kind of question."""
    return kinds.module(kind).activity() if kind in kinds.NAMES else _ACTIVITIES[kind]


@cache
def _activity(asked_id: str, folder: Path) -> Asked:
    # One object for a question and its check, however often their cells are run.
    asked = bank.find(asked_id, folder)
    return shown_as(asked.kind)(asked, folder)


def answered(identifier: str, folder: Path | None = None) -> Asked:
    """The question with the answer that is saved in a folder.

    Parameters
    ----------
    identifier : str
        The question's id.
    folder : pathlib.Path, optional
        The notebook's folder, with `answers/` in it; by default the current one.

    Raises
    ------
    CourseError
        If there is no such question.
    """
    activity = _activity(identifier, (folder or Path.cwd()).resolve())
    activity.reload()
    return activity


def as_saved(identifier: str, folder: Path) -> Asked:
    """The question exactly as its file has it now: an object of its own, whatever a page has shown before.

    Parameters
    ----------
    identifier, folder
        As for `answered`.
    """
    asked = bank.find(identifier, folder)
    return shown_as(asked.kind)(asked, folder)


def question(identifier: str) -> Asked:
    """A question, shown where the cell stands.

    Parameters
    ----------
    identifier : str
        For example `m00-p1-groups`.
    """
    return answered(identifier)


def check(identifier: str) -> None:
    """Show whether the answer is right, and why.

    Parameters
    ----------
    identifier : str
        The id of a marked question.
    """
    activity = answered(identifier)
    if is_static() and not activity.checked:
        activity.check()
    show(activity.check_panel, activity.check_report(), "", f"rs-{identifier}-check")


def score(identifier: str) -> float:
    """Points for the answer that is saved, for marking.

    Parameters
    ----------
    identifier : str
        The id of a question that the course marks.

    Returns
    -------
    float
        Between 0 and the question's points, rounded to two places.
    """
    activity = answered(identifier)
    return round(activity.asked.points * activity.current().fraction, 2)
