"""Two systems, 37 differences: the activity. Which cause explains each?

The two extracts are compared afresh each time; what is saved is the cause that the learner gave to each case.
Feedback says how many are right, group by group, and never which cause is the right one.
"""

from functools import cache
from pathlib import Path

import pandas as pd
from traitlets import Bool, Dict, Int

from researchskills import _html, checks
from researchskills.activity import Activity
from researchskills.data import two_systems
from researchskills.data.reconcile import DISAGREE, Reconciliation
from researchskills.errors import CourseError
from researchskills.tables import html_table

_CHOOSE = "Choose …"
#: Columns of a record that help to see the cause.
_EVIDENCE = ["birth_year", "gender", "ward", "service", "start_date", "status", "end_date", "ready_date", "delayed",
             "updated"]


class MatchUp(Activity):
    """Give each difference between two extracts its cause.

    Parameters
    ----------
    name : str
        For example `m04-a3-two-systems`.
    folder : pathlib.Path, optional
        The notebook's folder.

    Attributes
    ----------
    causes : dict
        Mark of a case → cause.
    checked : bool
        Whether these very causes have been checked.
    tries : int
        How many different answers have been checked.
    """

    causes = Dict().tag(saved=True)
    checked = Bool(False).tag(saved=True)
    tries = Int(0).tag(saved=True)

    def __init__(self, name: str, folder: Path | None = None):
        super().__init__(name, folder)
        self.found = _found()
        self.observe(lambda _: setattr(self, "checked", False), names="causes")

    def groups(self) -> dict[str, list[int]]:
        """Cases that look alike: name of the group → case numbers, in order of appearance."""
        result: dict[str, list[int]] = {}
        for _, case in self.found.cases.iterrows():
            name = f"disagree on {case['fields']}" if case["kind"] == DISAGREE else case["kind"]
            result.setdefault(name, []).append(int(case["case"]))
        return result

    def mark(self, case: int) -> str:
        """What a case is saved under; stays the same when cases are numbered anew."""
        row = self.found.cases.set_index("case").loc[case]
        places = ["" if pd.isna(row[side]) else str(row[side]) for side in ("left_row", "right_row")]
        return row["key"] or f"rows {places[0]}-{places[1]}"

    def explain(self, cases: list[int], cause: str) -> None:
        """Give some cases a cause, or none with an empty text.

        Raises
        ------
        CourseError
            If there is no such cause.
        """
        if cause and cause not in offered():
            raise CourseError(f"There is no cause “{cause}” in the list. Nothing was changed.")
        marks = {self.mark(case) for case in cases}
        others = {mark: held for mark, held in self.causes.items() if mark not in marks}
        self.causes = {**others, **dict.fromkeys(sorted(marks), cause)} if cause else others

    def given(self, case: int) -> str:
        """The cause that the learner gave to a case."""
        return self.causes.get(self.mark(case), "")

    def right(self) -> dict[str, tuple[int, int, int]]:
        """For each group: how many have the right cause, how many a cause at all, and how many there are."""
        truth = two_systems.sealed_causes(self.found)
        return {
            name: (sum(self.given(case) == truth.get(case) for case in cases),
                   sum(bool(self.given(case)) for case in cases), len(cases))
            for name, cases in self.groups().items()
        }

    def outcome(self) -> checks.Outcome:
        """The verdict on the causes given so far."""
        counts = self.right()
        right, given, total = (sum(part) for part in zip(*counts.values(), strict=True))
        if not given:
            return checks.Outcome(checks.NOT_ATTEMPTED, "Give at least one case its cause first.")
        lines = "\n".join(f"- **{_named(name)}**: {a} of {c} right"
                          + (f", {c - b} still without a cause" if b < c else "")
                          for name, (a, b, c) in counts.items())
        if right == total:
            return checks.Outcome(checks.CORRECT, f"All {total} differences have their cause. None of them says that "
                                  "one agency is wrong: each can be mended where it arises.", 1.0)
        return checks.Outcome(checks.NOT_YET, f"{right} of {total} have their cause.\n\n{lines}", right / total)

    def check(self) -> checks.Outcome:
        """Check the causes and remember that they were checked."""
        outcome = self.outcome()
        if outcome.status in (checks.CORRECT, checks.NOT_YET) and not self.checked:
            self.tries += 1
            self.checked = True
        return outcome

    def shown(self) -> str:
        """How many cases each cause was given to, a line each."""
        counts = pd.Series(list(self.causes.values()), dtype=object).value_counts().sort_index()
        return "\n".join(f"{cause}: {count}" for cause, count in counts.items())

    # -- on the screen ---------------------------------------------------------------------------

    def panel(self):
        """A list of groups; for the chosen one the evidence, and a list of causes for each case."""
        from ipywidgets import HTML, Button, Dropdown, VBox

        groups = self.groups()
        chooser = Dropdown(options=[(f"{_named(name)} ({len(cases)})", name) for name, cases in groups.items()],
                           description="Group of differences")
        names = list(groups)
        shown, verdict, notice = VBox([]), HTML(), HTML(self.notice_html())
        if self.checked:
            verdict.value = _outcome_html(self.outcome())
        button = Button(description="Check the causes", tooltip="Check the causes given so far")
        following = Button(description="Go to the next group")

        def redraw(_change=None):
            shown.children = [*self._group_widgets(groups[chooser.value]), following]

        def on(_button):
            chooser.value = names[(names.index(chooser.value) + 1) % len(names)]
            # The next group is read from its top on.
            chooser.focus()

        def pressed(_button):
            verdict.value = f'<div role="alert">{_outcome_html(self.check())}</div>'
            self.refresh_report()

        def changed(_change):
            verdict.value = ""

        chooser.observe(redraw, names="value")
        button.on_click(pressed)
        following.on_click(on)
        self.observe(changed, names="causes")
        self.observe(lambda _: setattr(notice, "value", self.notice_html()), names="notice")
        redraw()
        return VBox([HTML(self._task_html() + _causes_html()), chooser, shown, button, verdict, notice])

    def _group_widgets(self, cases: list[int]) -> list:
        from ipywidgets import HTML, Button, Dropdown

        options = [(_CHOOSE, ""), *((cause, cause) for cause in offered())]

        def chooser(case: int):
            widget = Dropdown(options=options, value=self.given(case), description=f"Cause of case {case}")
            widget.observe(lambda change: self.explain([case], change["new"]), names="value")
            return widget

        choosers = {case: chooser(case) for case in cases}
        each = [widget for case in cases for widget in (HTML(self._evidence_html(case)), choosers[case])]
        if len(cases) == 1:
            return each
        every = Dropdown(options=options, description="One cause for all of this group")
        give, given = Button(description="Give it to all of them"), HTML()

        def pressed(_button):
            if not every.value:
                given.value = '<p role="status">Choose a cause in the list first.</p>'
                return
            self.explain(cases, every.value)
            # The lists stay where they are, so that the keyboard does not lose its place.
            for widget in choosers.values():
                widget.value = every.value
            given.value = f'<p role="status">All {len(cases)} have it now.</p>'

        give.on_click(pressed)
        return [*each, every, give, given]

    def _evidence_html(self, case: int) -> str:
        """What the systems hold about a case, side by side; where they differ is said in a word."""
        records = self.found.records(case)
        lines = []
        for column in ["shared_key", *_EVIDENCE]:
            held = [_plain(record[column]) for _, record in records]
            if any(held):
                differs = len(records) > 1 and len(set(held)) > 1
                lines.append([column.replace("_", " "), *held, "differs" if differs else ""])
        # One system can hold a person twice, so its name may have to stand twice too.
        names = [f"{name} ({place})" for place, (name, _) in enumerate(records, 1)]
        table = pd.DataFrame(lines, columns=["field", *names, "compared"])
        if len(records) == 1:
            table = table.drop(columns="compared")
        return html_table(table, f"Case {case}: what is held, in the council's words")

    # -- as a page -------------------------------------------------------------------------------

    def _task_html(self) -> str:
        return ("<p><strong>Two systems, one cause for each difference</strong></p>"
                f"<p>{_html.escape(self.found.sentence.replace(' None of them is explained yet.', ''))}</p>"
                "<p>Codes, units and ways of writing dates are translated already. Give each difference its cause.</p>")

    def report(self) -> str:
        """The task, the groups, and the causes given."""
        lines = [{"group": _named(name), "cases": len(cases),
                  "with a cause": sum(bool(self.given(case)) for case in cases)}
                 for name, cases in self.groups().items()]
        given = pd.Series(list(self.causes.values()), dtype=object).value_counts().sort_index()
        counts = pd.DataFrame({"cause": list(given.index), "cases": list(given)})
        answer = html_table(counts, "Causes that you gave") if len(counts) else "<p>Not answered yet.</p>"
        verdict = _outcome_html(self.outcome()) if self.checked else ""
        return (f'<section class="rs-report" aria-label="Two systems">{self._task_html()}{_causes_html()}'
                f"{html_table(pd.DataFrame(lines), 'Groups of differences')}"
                f"<p><strong>Your answer</strong></p>{answer}{verdict}{self.notice_html()}</section>")


def _named(group: str) -> str:
    return group.replace("_", " ")


def _plain(value) -> str:
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return ""
    if isinstance(value, pd.Timestamp):
        # One way of writing dates, so that a swapped day and month can be seen.
        return value.strftime("%d/%m/%Y")
    return f"{value:g}" if isinstance(value, float) else str(value)


def _outcome_html(outcome: checks.Outcome) -> str:
    from researchskills.ask import _outcome_html as shown

    return shown(outcome)


@cache
def _found() -> Reconciliation:
    # Nothing in it depends on the learner, and nobody changes it.
    return two_systems.compare()


@cache
def offered() -> tuple[str, ...]:
    """The causes to choose from, as the data package lists them."""
    return tuple(_causes()["cause"])


@cache
def _causes() -> pd.DataFrame:
    from researchskills.datasets import load

    return load("two_systems", "causes")[["cause", "meaning", "where_to_look"]].astype(str)


def _causes_html() -> str:
    return html_table(_causes(), "Causes that occur")


@cache
def matching(name: str, folder: Path) -> MatchUp:
    """One activity for each name and folder, however often its cell is run."""
    return MatchUp(name, folder)
