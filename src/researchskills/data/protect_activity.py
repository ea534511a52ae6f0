"""Hiding cells on the screen: the `protect` question, and the activity of attacker and defender.

In the activity the learner first defends a table, then attacks one that only hides counts under 5, and last
plays the motivated intruder: which facts would a neighbour know, and whom would they find? All people are invented.
"""

from functools import cache
from pathlib import Path

from traitlets import Bool, Dict, Instance, List, TraitError, Unicode, validate

from researchskills import _html, bank, checks
from researchskills.activity import Activity, here, reopened
from researchskills.ask import Asked, checking_html
from researchskills.data import identifiability, protect_question
from researchskills.data.audit import Audit, recoverable
from researchskills.data.suppression import readable
from researchskills.errors import CourseError
from researchskills.tables import html_table, show

#: The table to defend: people of Larkshire, an invented county, in a month.
DEFENDED = {
    "table": {
        "rows_are": "locality",
        "columns": ["reablement", "home care", "direct payment", "Total"],
        "rows": {
            "Northmoor": [12, 26, 7, 45],
            "Eastfold": [3, 19, 9, 31],
            "Marrow Vale": [8, 14, 6, 28],
            "Westering": [22, 31, 2, 55],
            "Total": [45, 90, 24, 159],
        },
    },
    "reason": "Take each hidden cell and try to subtract: first along its row, then along its column.",
    "title": "Which cells must be hidden?",
    "prompt": "People supported in Larkshire, an invented county. Hide every count from 1 to 4, and as few others "
              "as it takes that nobody can work them out.",
    "kind": "protect",
}
#: The three steps; a page can show some of them here and the others further down.
STEPS = ("defend", "attack", "neighbour")
#: Facts that a neighbour may know, as far as the table of persons has them.
KNOWN_NEXT_DOOR = ("ward", "locality", "age_band", "sex", "ethnicity", "living_alone")


def _ticks(labels: dict[str, str], get, put, activity: Activity, trait: str) -> list:
    """A named box to tick for each key, kept the same as a list of keys."""
    from ipywidgets import Checkbox

    boxes = []
    for key, label in labels.items():
        box = Checkbox(value=key in get(), description=label, indent=False)

        def ticked(change, key=key):
            others = [one for one in get() if one != key]
            put([*others, key] if change["new"] else others)

        def from_activity(_change, box=box, key=key):
            if box.value != (key in get()):
                box.value = key in get()

        box.observe(ticked, names="value")
        activity.observe(from_activity, names=trait)
        boxes.append(box)
    return boxes


class ProtectAsked(Asked):
    """Cells to hide in one or several tables.

    Attributes
    ----------
    answer : list of str
        Names of the hidden cells, such as `Eastfold, reablement`.
    """

    slow = True
    answer = List(Unicode()).tag(saved=True)

    @validate("answer")
    def _offered(self, proposal):
        if set(proposal["value"]) - set(protect_question.offered(self.asked.content)):
            raise TraitError("a cell is not offered")
        return proposal["value"]

    def shown(self) -> str:
        """The hidden cells, a line each."""
        labels = protect_question.offered(self.asked.content)
        return "\n".join(label for name, label in labels.items() if name in self.answer)

    def controls(self) -> list:
        """The table as readers would see it, and a box for each cell."""
        from ipywidgets import HTML

        preview = HTML(self.published_html())
        self.observe(lambda _: setattr(preview, "value", self.published_html()), names="answer")
        labels = protect_question.offered(self.asked.content)
        boxes = _ticks(labels, lambda: self.answer, lambda value: setattr(self, "answer", value), self, "answer")
        return [HTML(self.offered_html()), HTML("<p>Tick each cell that you would hide:</p>"), *boxes, preview]

    def offered_html(self) -> str:
        """The full tables."""
        return _tables_html(protect_question.frames(self.asked.content), "before hiding anything")

    def published_html(self) -> str:
        """The tables with the ticked cells hidden."""
        return _tables_html(protect_question.published(self.asked.content, self.answer), "as you would publish it")

    def answer_html(self) -> str:
        """The published tables."""
        return self.published_html()


def _tables_html(tables: dict, how: str) -> str:
    return "".join(html_table(readable(table), f"{title[:1].upper()}{title[1:]}, {how}")
                   for title, table in tables.items())


class Protect(Activity):
    """Defend a table, attack another, and look for a neighbour.

    Parameters
    ----------
    name : str
        For example `m06-a1-attack`.
    attacked : str
        A published table of the course as `package/resource`, in which only small counts are hidden.
    people : str
        A table of persons of the course as `package/resource`.
    person : str or None
        Column that names a person, where one can stand in several rows.
    folder : pathlib.Path, optional
        The notebook's folder.
    steps : list of str, optional
        Which of `defend`, `attack` and `neighbour` are shown; by default all three.

    Attributes
    ----------
    hidden : list of str
        Cells that the learner hides in the defended table.
    guesses : dict
        Hidden cell of the attacked table → the number that was typed.
    facts : list of str
        What a neighbour would know.
    defended, attacked_once : bool
        Whether the learner has asked for a verdict on the first two steps.
    """

    hidden = List(Unicode()).tag(saved=True)
    guesses = Dict().tag(saved=True)
    facts = List(Unicode()).tag(saved=True)
    defended = Bool(False).tag(saved=True)
    attacked_once = Bool(False).tag(saved=True)
    _defence = Instance(bank.Question)

    def __init__(self, name: str, attacked: str = "service_user_survey/published", people: str = "referrals/referrals",
                 person: str | None = "person", folder: Path | None = None, steps: tuple[str, ...] = STEPS):
        if not steps or set(steps) - set(STEPS):
            raise CourseError(f"The steps are {', '.join(STEPS)}. Name one or several of them.", exit_status=2)
        self.steps = tuple(step for step in STEPS if step in steps)
        self._defence = _defence()
        self.attacked_table, self.audit = _attacked(attacked)
        self.people = _people(people, person)
        self._neighbour, self._intruders = None, {}
        super().__init__(name, folder)
        self.observe(lambda _: setattr(self, "defended", False), names="hidden")
        self.observe(lambda _: setattr(self, "attacked_once", False), names="guesses")

    @validate("hidden")
    def _cells(self, proposal):
        if set(proposal["value"]) - set(protect_question.offered(self._defence.content)):
            raise TraitError("a cell is not in the table")
        return proposal["value"]

    @validate("facts")
    def _known(self, proposal):
        if set(proposal["value"]) - set(self.people.columns):
            raise TraitError("a fact is not in the table")
        return proposal["value"]

    # -- what each step finds ----------------------------------------------------------------------

    def defence(self) -> checks.Outcome:
        """The verdict on the cells that were hidden."""
        return protect_question.assess(self._defence, self.hidden)

    def attack(self) -> list[str]:
        """A sentence for each guess: right or not, and how the cell is found."""
        said = []
        for one in self.audit.intervals:
            typed = str(self.guesses.get(one.name, "")).strip()
            if not typed:
                continue
            value = checks.as_number(typed)
            if value is None:
                said.append(f"{one.name}: “{typed}” cannot be read as a number. Use digits, such as 3.")
            elif one.low != one.high:
                said.append(f"{one.name}: you say {typed}. Nobody can be sure: it is between {one.low} and {one.high}.")
            elif value == one.low:
                said.append(f"{one.name}: you say {typed}. Right: the count was never hidden. {one.how}")
            else:
                said.append(f"{one.name}: you say {typed}. Not so; subtract again, along its row or along its column.")
        found = sum(checks.as_number(str(self.guesses.get(one.name, ""))) == one.low for one in self.exact())
        return [*said, f"You have worked out {found} of the {len(self.exact())} hidden counts that can be worked out."]

    def exact(self) -> list:
        """The hidden cells that can be worked out exactly."""
        return [one for one in self.audit.intervals if one.low == one.high]

    def neighbour(self) -> dict[str, str]:
        """An invented person who stands out more than anybody else: what is known about them."""
        if self._neighbour is None:
            row = self.people.loc[_rarest(self.people)]
            self._neighbour = {column: show(row[column]) for column in self.people.columns}
        return self._neighbour

    def intruder(self) -> str:
        """How many people fit what the neighbour knows, and how many stand out so."""
        chosen = [column for column in self.people.columns if column in self.facts]
        if not chosen:
            return "Tick at least one fact that somebody next door would know."
        # The panel and the report ask for the same words, and counting takes a moment.
        if tuple(chosen) not in self._intruders:
            self._intruders[tuple(chosen)] = self._counted(chosen)
        return self._intruders[tuple(chosen)]

    def _counted(self, chosen: list[str]) -> str:
        person = self.neighbour()
        fit = identifiability.matching(self.people, {column: person[column] for column in chosen})
        who = "One person fits: you have found them" if fit == 1 else f"{fit:,} people fit"
        return (f"You know: {_facts(person, chosen)}. {who}. And the others in the list? "
                f"{identifiability.unique_combinations(self.people, chosen).sentence}")

    # -- saved and shown ---------------------------------------------------------------------------

    def shown(self) -> str:
        """What was done in each step, a line each."""
        numbers = "; ".join(f"{name} = {value}" for name, value in sorted(self.guesses.items()) if value)
        lines = [("Hidden", "; ".join(self.hidden)), ("Worked out", numbers),
                 ("Known next door", ", ".join(self.facts))]
        return "\n".join(f"{label}: {value}" for label, value in lines if value)

    def panel(self):
        """The three steps."""
        from ipywidgets import HTML, VBox

        notice = HTML(self.notice_html())
        self.observe(lambda _: setattr(notice, "value", self.notice_html()), names="notice")
        controls = {"defend": self._defend_controls, "attack": self._attack_controls,
                    "neighbour": self._intrude_controls}
        return VBox([*(one for step in self.steps for one in controls[step]()), notice])

    def _defend_controls(self) -> list:
        from ipywidgets import HTML, Button

        preview, verdict = HTML(self._preview_html()), HTML(self._defence_html())
        button = Button(description="Can my table be attacked?", tooltip="Audit the cells that you hid")

        def changed(_change):
            preview.value, verdict.value = self._preview_html(), ""

        def pressed(_button):
            verdict.value = checking_html()
            self.defended = True
            verdict.value = f'<div role="alert">{self._defence_html()}</div>'

        self.observe(changed, names="hidden")
        button.on_click(pressed)
        boxes = _ticks(protect_question.offered(self._defence.content), lambda: self.hidden,
                       lambda value: setattr(self, "hidden", value), self, "hidden")
        return [HTML(self._defend_task()), *boxes, preview, button, verdict]

    def _attack_controls(self) -> list:
        from ipywidgets import HTML, Button, Text

        verdict = HTML(self._attack_html())
        button = Button(description="Are my numbers right?", tooltip="Compare your numbers with what can be worked out")

        def field(name):
            text = Text(value=str(self.guesses.get(name, "")), description=f"{name}: the hidden number is")

            def typed(change):
                others = {one: value for one, value in self.guesses.items() if one != name}
                self.guesses = {**others, name: change["new"].strip()} if change["new"].strip() else others

            def from_activity(_change):
                if text.value.strip() != self.guesses.get(name, ""):
                    text.value = self.guesses.get(name, "")

            text.observe(typed, names="value")
            self.observe(from_activity, names="guesses")
            return text

        def pressed(_button):
            self.attacked_once = True
            verdict.value = f'<div role="alert">{self._attack_html()}</div>'

        self.observe(lambda _: setattr(verdict, "value", ""), names="guesses")
        button.on_click(pressed)
        return [HTML(self._attack_task()), *(field(one.name) for one in self.audit.intervals), button, verdict]

    def _intrude_controls(self) -> list:
        from ipywidgets import HTML

        result = HTML(f'<p role="status">{_html.escape(self.intruder())}</p>')

        def changed(_change):
            result.value = f'<p role="status">{_html.escape(self.intruder())}</p>'

        self.observe(changed, names="facts")
        labels = {column: f"A neighbour knows: {column.replace('_', ' ')}" for column in self.people.columns}
        boxes = _ticks(labels, lambda: self.facts, lambda value: setattr(self, "facts", value), self, "facts")
        return [HTML(self._intrude_task()), *boxes, result]

    def report(self) -> str:
        """The steps with what was done and found."""
        said = {
            "defend": lambda: f"{self._defend_task()}{self._preview_html()}{self._defence_html()}",
            "attack": lambda: f"{self._attack_task()}{self._attack_html()}",
            "neighbour": lambda: f"{self._intrude_task()}<p>{_html.escape(self.intruder())}</p>",
        }
        name = "Be the motivated intruder" if self.steps == ("neighbour",) else "Attack and defend a table"
        return (f'<section class="rs-report" aria-label="{name}">{"".join(said[step]() for step in self.steps)}'
                f"{self.notice_html()}</section>")

    def _heading(self, step: str, title: str) -> str:
        number = f"{self.steps.index(step) + 1}. " if len(self.steps) > 1 else ""
        return f"<strong>{number}{title}</strong>"

    def _preview_html(self) -> str:
        return _tables_html(protect_question.published(self._defence.content, self.hidden), "as you would publish it")

    def _defence_html(self) -> str:
        if not self.defended:
            return ""
        outcome = self.defence()
        return f"<p><strong>{checks.LABELS[outcome.status]}</strong></p>{_html.markdown(outcome.message)}"

    def _attack_task(self) -> str:
        return (
            f"<p>{self._heading('attack', 'Attack.')} This table of invented people hides only counts from 1 to 4, "
            "and its totals are all there. Work out what you can, and leave the rest empty.</p>"
            f"{html_table(self.attacked_table, 'A table that only hides counts under 5')}"
        )

    def _attack_html(self) -> str:
        if not self.attacked_once:
            return ""
        return "<ul>" + "".join(f"<li>{_html.escape(line)}</li>" for line in self.attack()) + "</ul>"

    def _intrude_task(self) -> str:
        return (
            f"<p>{self._heading('neighbour', 'Be the motivated intruder.')} You live next door to one of "
            f"{len(self.people):,} invented people, and have no access to any system. You want to find your "
            "neighbour in a list without names.</p>"
            f"<p>This is your neighbour: {_html.escape(_facts(self.neighbour(), list(self.people.columns)))}.</p>"
            "<p>Which of these facts would you know? Tick one after the other, and watch how many people fit.</p>"
        )

    def _defend_task(self) -> str:
        table = _tables_html(protect_question.frames(self._defence.content), "before hiding anything")
        most = f"At most {self._defence.content['most']} cells. What you tick is hidden in the second table, below."
        return f"<p>{self._heading('defend', 'Defend.')} {_html.escape(self._defence.prompt)} {most}</p>{table}"


def _facts(person: dict[str, str], columns: list[str]) -> str:
    return "; ".join(f"{column.replace('_', ' ')} {person[column]}" for column in columns)


@cache
def _defence() -> bank.Question:
    content, key, _ = protect_question.split("protect", DEFENDED)
    return bank.Question(id="protect", kind="protect", title=DEFENDED["title"], prompt=DEFENDED["prompt"],
                         content=content, key=key)


@cache
def _attacked(where: str) -> tuple[object, Audit]:
    table = _load(where).drop(columns="synthetic", errors="ignore")
    found = recoverable(table, known_range=(1, 4))
    if not found.leaks:
        raise CourseError(f"No hidden count of “{where}” can be worked out, so there is nothing to attack. "
                          "Choose a table that only hides counts under 5.", exit_status=2)
    labels = [column for column in table.columns if column not in ("people", table.columns[-1])]
    if len(labels) == 2:
        # Laid out as it would be published; the order of rows and columns is that of the table.
        first, second = labels
        wide = table.astype(object).pivot(index=first, columns=second, values=table.columns[-1])
        wide = wide.loc[list(dict.fromkeys(table[first])), list(dict.fromkeys(table[second]))]
        table = readable(wide)
    return table, found


@cache
def _people(where: str, person: str | None):
    data = _load(where)
    if person and person in data.columns:
        data = data.drop_duplicates(person)
    known = [column for column in KNOWN_NEXT_DOOR if column in data.columns]
    if not known:
        raise CourseError(f"The table “{where}” has none of the facts that a neighbour may know: "
                          f"{', '.join(KNOWN_NEXT_DOOR)}.", exit_status=2)
    return data[known].reset_index(drop=True)


def _rarest(people) -> int:
    """The row of somebody alone with all facts, and with as few of them as possible."""
    result = identifiability.unique_combinations(people, list(people.columns))
    if result.alone.empty:
        return int(people.index[0])
    alone = identifiability.unique_combinations(people, list(result.fewest)).alone
    return int(alone.index[0])


def _load(where: str):
    from researchskills import datasets

    package, _, resource = where.partition("/")
    return datasets.load(package, resource or None)


@cache
def _activity(name: str, attacked: str, people: str, person: str | None, folder: Path, steps: tuple) -> Protect:
    # One object however often its cell is run.
    return Protect(name, attacked, people, person, folder, steps)


def protect(name: str, attacked: str = "service_user_survey/published", people: str = "referrals/referrals",
            person: str | None = "person", steps=STEPS) -> Protect:
    """Defend a table, attack another, and look for a neighbour.

    Parameters
    ----------
    name : str
        The activity's name, such as `m06-a1-attack`.
    attacked : str
        A published table as `package/resource` in which only counts under 5 are hidden.
    people : str
        A table of persons as `package/resource`.
    person : str, optional
        Its column that names a person, where one can stand in several rows.
    steps : str or list of str, optional
        Which of `defend`, `attack` and `neighbour` are shown here; by default all three.

    Raises
    ------
    CourseError
        If there is no such table or step, or nothing in the table can be worked out.
    """
    steps = (steps,) if isinstance(steps, str) else tuple(steps)
    return reopened(_activity(name, attacked, people, person, here(), steps))
