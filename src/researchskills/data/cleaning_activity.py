"""Clean a table with a change log: the activity.

What is saved is the list of rules with who, when and why. The table is made again by replaying them, so the
state stays small, the raw file stays untouched, and a change can be taken back.
"""

from functools import cache
from pathlib import Path

from traitlets import Dict, List, Unicode

from researchskills import _html
from researchskills.activity import Activity
from researchskills.data.changes import ACTIONS, MISSING_CODES, ChangeLog, Rule
from researchskills.data.conditions import OFFERED, Condition, flagged
from researchskills.data.headline import NEED_VALUE, STATISTICS
from researchskills.data.rule_builder import condition_controls, lacking, whole
from researchskills.errors import CourseError
from researchskills.store import now

_CHOOSE = "Choose …"


class Cleaning(Activity):
    """Change a course dataset by rules that are logged.

    Parameters
    ----------
    name : str
        For example `m04-a2-log`.
    dataset, resource : str
        The package and its table; by default the first.
    folder : pathlib.Path, optional
        The notebook's folder; the log is exported there.

    Attributes
    ----------
    rules : list of dict
        Each with `rule` (see `changes.Rule.as_dict`), `who`, `when`, `why`.
    draft : dict
        What stands in the controls.
    who : str
        Role or initials of the learner.
    figure : dict
        The headline: `statistic`, `field`, `value`.
    """

    rules = List(Dict()).tag(saved=True)
    draft = Dict().tag(saved=True)
    who = Unicode("").tag(saved=True)
    figure = Dict().tag(saved=True)

    def __init__(self, name: str, dataset: str, resource: str | None = None, folder: Path | None = None):
        from researchskills import datasets

        self.folder = folder or Path.cwd()
        self.dataset, self.resource = dataset, resource
        about, path = datasets._table(dataset, resource)
        keys = about["schema"].get("primaryKey") or []
        self.log = ChangeLog(path)
        # Row numbers always; the record's own number where the table has one.
        first = keys if isinstance(keys, str) else (keys[0] if keys else self.log.raw.columns[0])
        self.log.id_field = first if first in self.log.raw.columns else None
        super().__init__(name, folder)

    def reload(self) -> None:
        """Take over what is on disk, and bring the log in step with it."""
        super().reload()
        self._replay()

    def _replay(self) -> None:
        told = [{"rule": entry.rule.as_dict(), "who": entry.who, "when": entry.when, "why": entry.why}
                for entry in self.log.entries]
        if told == self.rules:
            return
        while self.log.entries:
            self.log.undo()
        for number, line in enumerate(self.rules, 1):
            try:
                self.log.apply(Rule.from_dict(line["rule"]), why=line["why"], who=line["who"], when=line["when"])
            except (CourseError, KeyError, TypeError) as problem:
                self.notice = (f"Change {number} of your log cannot be made on today's file: {problem} "
                               "It is kept in your answer; the other changes were made.")

    # -- what happens ----------------------------------------------------------------------------

    def rule(self) -> Rule:
        """The rule that stands in the controls.

        Raises
        ------
        CourseError
            If something is still lacking.
        """
        built = whole(self.draft)
        if not built:
            raise CourseError("Choose a field and a comparison for condition 1 first.")
        action = self.draft.get("action", "")
        if not action:
            raise CourseError("Choose what to do first.")
        if lacking(built):
            raise CourseError(lacking(built))
        if len(built["conditions"]) > 1 and action not in {"drop", "flag"} and not self.draft.get("field"):
            raise CourseError("There are several conditions: choose the field to change first.")
        listed = tuple(Condition.from_dict(one) for one in built["conditions"])
        column = self.draft.get("field") or next((one.field for one in listed if one.field in self.log.raw.columns),
                                                 self.log.raw.columns[0])
        return Rule(column, listed, action, self._value(action), built["joined"])

    def _value(self, action: str):
        text = self.draft.get("value", "")
        if action == "missing":
            return self.draft.get("code", "")
        if action == "date":
            return self.draft.get("order", "")
        if action == "map":
            lines = [line for line in text.splitlines() if line.strip()]
            pairs = [line.replace("→", "=").split("=", 1) for line in lines]
            if any(len(pair) < 2 for pair in pairs):
                raise CourseError("Write one value on each line, with an equals sign: F = Female.")
            return {old.strip(): new.strip() for old, new in pairs}
        return "" if action in {"drop", "flag"} else text.strip()

    def preview(self) -> str:
        """How many rows the rule in the controls would touch, as a sentence."""
        try:
            if whole(self.draft) and not self.draft.get("action"):
                return self._fitting()
            rule = self.rule()
            rows = self.log.preview(rule)
        except CourseError as problem:
            return str(problem)
        if not rows:
            return f"{rule.words} This would touch no row."
        examples = ", ".join(map(str, rows[:5]))
        return (f"{rule.words} This would touch {len(rows):,} of {len(self.log.frame):,} rows, "
                f"the first in row {examples}.")

    def _fitting(self) -> str:
        """How many rows the conditions fit, before it is decided what to do with them."""
        built = whole(self.draft)
        if lacking(built):
            return lacking(built)
        mask = flagged(self.log.frame, [Condition.from_dict(one) for one in built["conditions"]], built["joined"])
        return (f"What you chose fits {int(mask.sum()):,} of {len(self.log.frame):,} rows. Choose what to do with "
                "them next.")

    def apply(self, why: str | None = None, when: str | None = None) -> str:
        """Apply the rule in the controls and log it; gives a sentence on what was done or what is lacking."""
        why = self.draft.get("why", "") if why is None else why
        asked = [words for words, given in (("say who you are, in the first box", self.who),
                                            ("say why, for a reader who was not there", why)) if not given.strip()]
        try:
            rule = self.rule()
            if asked:
                return f"Nothing was changed yet. First {', and '.join(asked)}."
            entry = self.log.apply(rule, why=why, who=self.who, when=when or now())
        except CourseError as problem:
            return str(problem)
        self.rules = [*self.rules, {"rule": entry.rule.as_dict(), "who": entry.who, "when": entry.when,
                                    "why": entry.why}]
        # A reason belongs to one change: left standing, it would be logged with the next one too.
        self._put({"why": ""})
        count = len(entry.rows)
        return f"Logged as change {len(self.rules)}: {count:,} row{'' if count == 1 else 's'} touched."

    def undo(self) -> str:
        """Take the last change back; gives a sentence."""
        try:
            self.log.undo()
        except CourseError as problem:
            return str(problem)
        number = len(self.rules)
        self.rules = self.rules[:-1]
        return f"Change {number} was taken back."

    def headline(self):
        """The learner's figure with the changes and without, or None when none is chosen yet.

        Raises
        ------
        CourseError
            If it cannot be worked out.
        """
        statistic = self.figure.get("statistic")
        if not statistic or (statistic != "number of rows" and not self.figure.get("field")):
            return None
        return self.log.headline(statistic, self.figure.get("field", ""), self.figure.get("value", "")
                                 if statistic in NEED_VALUE else "")

    def _headline_html(self) -> str:
        try:
            found = self.headline()
        except CourseError as problem:
            return f"<p>{_html.escape(problem)}</p>"
        return "" if found is None else found._repr_html_()

    def export(self, ending: str) -> str:
        """Write the log beside the notebook; gives a sentence.

        Parameters
        ----------
        ending : {"csv", "html"}
            As a table or as a page.
        """
        path = self.folder / f"change-log-{self.name}.{ending}"
        try:
            found = self.headline()
            self.log.export(path, () if found is None else (found,))
        except CourseError as problem:
            return str(problem)
        return f"Saved as “{path.name}” beside this notebook."

    def shown(self) -> str:
        """The log, a line for each change."""
        return "\n".join(f"{number}. {Rule.from_dict(line['rule']).words} {line['why']} ({line['who']}, {line['when']})"
                         for number, line in enumerate(self.rules, 1))

    # -- on the screen ---------------------------------------------------------------------------

    def panel(self):
        """Controls for a rule, buttons, the log, and the headline."""
        from ipywidgets import HTML, Button, HBox, VBox

        verdict, log, figure, notice = HTML(), HTML(), HTML(), HTML(self.notice_html())

        def say(words: str):
            verdict.value = f'<div role="alert"><p>{_html.escape(words)}</p></div>'

        def refigure(_change=None):
            if self.figure.get("statistic"):
                # Every step is worked out again, which takes some seconds on a slow computer.
                figure.value = '<p role="status">Working it out …</p>'
            figure.value = self._headline_html()

        def redraw():
            log.value = self.log.html()
            refigure()

        def button(words: str, act):
            made = Button(description=words)

            def pressed(_button):
                verdict.value = '<p role="status">Working it out …</p>'
                before = list(self.rules)
                say(act())
                actions[-1].value = self.draft.get("why", "")
                if self.rules != before:
                    redraw()

            made.on_click(pressed)
            return made

        fields = list(self.log.raw.columns)
        actions = self._action_controls(fields)
        buttons = [button("How many rows would it touch?", self.preview), button("Apply and log it", self.apply),
                   button("Take the last change back", self.undo)]
        exports = [button("Save the log as a table (csv)", lambda: self.export("csv")),
                   button("Save the log as a page (html)", lambda: self.export("html"))]
        self.observe(refigure, names=["figure"])
        self.observe(lambda _: setattr(notice, "value", self.notice_html()), names="notice")
        redraw()
        lists = condition_controls(fields, list(OFFERED), lambda: self.draft, self._put, self.log.raw)
        return VBox([HTML(self._task_html()), self._who_control(), *lists, *actions,
                     HBox(buttons), verdict, notice, *self._figure_controls(fields), figure, log, HBox(exports)])

    def _put(self, draft: dict) -> None:
        self.draft = {**self.draft, **draft}

    def _who_control(self):
        from ipywidgets import Text

        control = Text(value=self.who, description="Who you are: role or initials", continuous_update=False)
        control.observe(lambda change: setattr(self, "who", change["new"]), names="value")
        return control

    def _action_controls(self, fields: list[str]) -> list:
        from ipywidgets import Dropdown, Textarea

        codes = [(f"{one} {words}", one) for one, words in MISSING_CODES.items()]
        controls = {
            "field": Dropdown(options=[(_CHOOSE, ""), *((one, one) for one in fields)], description="Field to change"),
            "action": Dropdown(options=[(_CHOOSE, ""), *((words, one) for one, words in ACTIONS.items())],
                               description="What to do"),
            "code": Dropdown(options=[(_CHOOSE, ""), *codes], description="Reason code"),
            "order": Dropdown(options=[(_CHOOSE, ""), ("the day comes first", "day first"),
                                       ("the month comes first", "month first")], description="How it is written now"),
            "value": Textarea(rows=2, continuous_update=False,
                              description="New value, number, or old = new on each line"),
            "why": Textarea(rows=2, continuous_update=False, description="Why, for a reader who was not there"),
        }
        needs = {"code": {"missing"}, "order": {"date"}, "value": {"replace", "map", "multiply"},
                 "field": set(ACTIONS) - {"drop"}}

        def arrange():
            for name, actions in needs.items():
                shown = self.draft.get("action", "") in actions
                controls[name].layout.display = None if shown else "none"

        def linked(name):
            offered = [value for _, value in getattr(controls[name], "options", ())]
            held = self.draft.get(name, "")
            controls[name].value = held if not offered or held in offered else ""

            def changed(change):
                self._put({name: change["new"]})
                arrange()

            controls[name].observe(changed, names="value")

        for name in controls:
            linked(name)
        arrange()
        return [controls[name] for name in ("action", "field", "code", "order", "value", "why")]

    def _figure_controls(self, fields: list[str]) -> list:
        from ipywidgets import Dropdown, Text

        controls = {
            "statistic": Dropdown(options=[(_CHOOSE, ""), *((one, one) for one in STATISTICS)],
                                  description="Headline to compare: figure"),
            "field": Dropdown(options=[(_CHOOSE, ""), *((one, one) for one in fields)],
                              description="Headline to compare: field"),
            "value": Text(continuous_update=False, description="Headline to compare: limit or category"),
        }

        def arrange():
            controls["value"].layout.display = None if self.figure.get("statistic") in NEED_VALUE else "none"

        def linked(name):
            offered = [value for _, value in getattr(controls[name], "options", ())]
            held = self.figure.get(name, "")
            controls[name].value = held if not offered or held in offered else ""

            def changed(change):
                self.figure = {**self.figure, name: change["new"]}
                arrange()

            controls[name].observe(changed, names="value")

        for name in controls:
            linked(name)
        arrange()
        return list(controls.values())

    # -- as a page -------------------------------------------------------------------------------

    def _task_html(self) -> str:
        table = f"{self.dataset}, {self.resource}" if self.resource else self.dataset
        rows = len(self.log.raw)
        return (f"<p><strong>Clean with a change log</strong></p><p>Table: {_html.escape(table)}, {rows:,} rows. "
                "Build a rule, see how many rows it would touch, say why, and apply it. The raw file is never "
                "changed; each change can be taken back.</p>")

    def report(self) -> str:
        """The task, the log and the headline."""
        return (f'<section class="rs-report" aria-label="Clean with a change log">{self._task_html()}'
                f"{self._headline_html()}{self.log.html()}{self.notice_html()}</section>")


@cache
def cleaning(name: str, dataset: str, resource: str | None, folder: Path) -> Cleaning:
    """One activity for each name and folder, however often its cell is run."""
    return Cleaning(name, dataset, resource, folder)
