"""Screening on the screen: one record at a time, and a second screener's file beside one's own decisions.

Screening is the same few movements two hundred times over, so nothing on the page moves: the buttons keep their
place and the keyboard's focus, and only the words of the record change. A decision goes to the next record that
has none; the last one can be taken back.
"""

from pathlib import Path

import pandas as pd
from traitlets import Dict, TraitError, Unicode, validate

from researchskills import _html, own_words, privacy
from researchskills._words import number_of
from researchskills.activity import Activity
from researchskills.ask import CHOOSE
from researchskills.errors import CourseError
from researchskills.evidence import screening
from researchskills.evidence.screening import DECISIONS, EXCLUDE, INCLUDE, UNSURE, Decision, Sheet
from researchskills.panel_parts import PART, with_heading
from researchskills.tables import html_table


class Screen(Activity):
    """Decide about titles and abstracts, and compare with a second screener.

    Parameters
    ----------
    name : str
        For example `m02-a5-screening`.
    records : pandas.DataFrame
        What is screened, with the columns of the library.
    question : str
        The question the records are screened for.
    reasons : dict, optional
        Reasons to exclude: key → words.
    criteria : iterable of str, optional
        What a record must fulfil to be included, a sentence each.
    order : {"found", "newest", "mixed"}
    folder : pathlib.Path, optional
        The notebook's folder.

    Attributes
    ----------
    decisions : dict
        Record → `decision` and `reason`.
    at : str
        The record that is being looked at.
    screener : str
        Name or code that the learner screens under.
    second : dict
        The second screener's file, as it was accepted: `screener`, and `decisions` like one's own.
    agreed : dict
        Record on which both differed → what they agreed on, like `decisions`.
    """

    decisions = Dict().tag(saved=True)
    at = Unicode().tag(saved=True)
    screener = Unicode().tag(saved=True)
    second = Dict().tag(saved=True)
    agreed = Dict().tag(saved=True)

    def __init__(self, name: str, records: pd.DataFrame, question: str, reasons=None, criteria=(),
                 order: str = "mixed", folder: Path | None = None):
        self.folder = folder or Path.cwd()
        self.question, self.criteria = question, tuple(criteria)
        self.reasons = dict(reasons or screening.REASONS)
        self.ids = screening.ordered(records, order)
        self.records = records.set_index("record", drop=False).loc[self.ids]
        self._undo: list[tuple[str, dict | None]] = []
        super().__init__(name, folder)
        self.current = self.at if self.at in self.ids else screening.next_undecided(self.ids, self.mine) or self.ids[0]

    @validate("decisions", "agreed")
    def _decided(self, proposal):
        for one in proposal["value"].values():
            if not isinstance(one, dict) or one.get("decision") not in DECISIONS \
                    or not isinstance(one.get("reason", ""), str):
                raise TraitError("this is no decision")
        return proposal["value"]

    # -- what happens ----------------------------------------------------------------------------

    @property
    def mine(self) -> dict[str, Decision]:
        """One's own decisions about the records of the list."""
        return {one: Decision(**self.decisions[one]) for one in self.ids if one in self.decisions}

    def decide(self, decision: str, reason: str = "") -> None:
        """Decide about the current record and go to the next one without a decision.

        Raises
        ------
        CourseError
            If an exclusion has no reason from the list.
        """
        made = screening.decide(decision, reason, self.reasons)
        record = self.current
        self._undo.append((record, self.decisions.get(record)))
        self.decisions = {**self.decisions, record: vars(made)}
        self.go_to(screening.next_undecided(self.ids, self.decisions, record) or record)

    def undo(self) -> bool:
        """Take the last decision back and go to its record; False when there is none to take back."""
        if not self._undo:
            return False
        record, before = self._undo.pop()
        others = {one: held for one, held in self.decisions.items() if one != record}
        self.decisions = {**others, record: before} if before else others
        self.go_to(record)
        return True

    def go_to(self, record: str) -> None:
        """Look at another record."""
        # Where somebody is reading is kept only once there is something to come back to: looking is no answer.
        self.current = record
        if self.decisions:
            self.at = record

    def step(self, by: int) -> None:
        """Go some records on or back, round the ends."""
        self.go_to(self.ids[(self.ids.index(self.current) + by) % len(self.ids)])

    def name_screener(self, typed: str) -> None:
        """Keep the name or code that the learner screens under.

        Raises
        ------
        CourseError
            If it is too long, or could identify more than a name does.
        """
        self.screener = own_words.name_or_code(typed)

    def take_second(self, name: str, content: bytes) -> screening.Comparison:
        """Accept a second screener's file and compare it.

        Raises
        ------
        CourseError
            If the file cannot be used; what was accepted before stays.
        """
        sheet = screening.read(content, f"“{name}”")
        compared = screening.compare(Sheet(self.screener, self.mine), sheet, self.records, self.reasons)
        # What a file says about a person is kept only when it is a name or a code.
        who = "" if len(sheet.screener) > own_words.LONGEST_NAME or privacy.find(sheet.screener) else sheet.screener
        if self.second and self.second.get("screener") != who:
            # What was agreed on with one person does not hold for another.
            self.agreed = {}
        self.second = {"screener": who,
                       "decisions": {one: vars(held) for one, held in sheet.decisions.items()}}
        return compared

    def other_sheet(self) -> Sheet | None:
        """The second screener's decisions, once a file was accepted."""
        if not self.second:
            return None
        return Sheet(self.second["screener"],
                     {one: Decision(**held) for one, held in self.second["decisions"].items()})

    def comparison(self) -> screening.Comparison | None:
        """One's own decisions beside the second screener's, as they are now."""
        other = self.other_sheet()
        if other is None:
            return None
        try:
            return screening.compare(Sheet(self.screener, self.mine), other, self.records, self.reasons)
        except CourseError:
            # Decisions were taken back since, so that none is left to compare.
            return None

    def agree(self, record: str, decision: str, reason: str = "") -> None:
        """Keep what both agreed on about a record, or nothing with an empty decision."""
        others = {one: held for one, held in self.agreed.items() if one != record}
        self.agreed = {**others, record: vars(Decision(decision, reason))} if decision else others

    def settled(self) -> dict[str, Decision]:
        """What holds now: one's own decisions, or with a second screener what both decided or agreed on."""
        other = self.other_sheet()
        if other is None:
            return self.mine
        agreed = {one: Decision(**held) for one, held in self.agreed.items()}
        return screening.settle(Sheet(self.screener, self.mine), other, agreed, self.ids)

    def export(self) -> list[Path]:
        """Write one's own decisions beside the notebook, as JSON for the course and as CSV for a spreadsheet.

        Raises
        ------
        CourseError
            If nothing is decided yet, or a file cannot be written.
        """
        from researchskills import saving

        if not self.mine:
            raise CourseError("There is no decision to save yet. Decide about a record first.")
        sheet = Sheet(self.screener, self.mine)
        who = saving.in_a_file_name(self.screener)
        stem = "-".join(filter(None, [self.name, "decisions", who]))
        # Excel reads UTF-8 only when a mark stands before it.
        return [saving.write(self.folder / f"{stem}.json", screening.to_json(sheet, self.records).encode()),
                saving.write(self.folder / f"{stem}.csv", screening.to_csv(sheet, self.records).encode("utf-8-sig"))]

    def shown(self) -> str:
        """How far the learner is, in one sentence."""
        return screening.progress(self.ids, self.mine) if self.mine else ""

    # -- on the screen ---------------------------------------------------------------------------

    def panel(self):
        """The record, the buttons that decide, and further down the second screener."""
        from ipywidgets import HTML, VBox

        notice = HTML(self.notice_html())
        self.observe(lambda _: setattr(notice, "value", self.notice_html()), names="notice")
        return VBox([HTML(with_heading(self._task_html())), *self._deciding(), notice, *self._comparing()])

    def _deciding(self) -> list:
        from ipywidgets import HTML, Button, Dropdown, HBox, Text

        who = Text(value=self.screener, description="Name or code you screen under", continuous_update=False)
        card, progress, verdict = HTML(), HTML(), HTML()
        reason = Dropdown(options=[(CHOOSE, ""), *((words, key) for key, words in self.reasons.items())],
                          description="Reason, if you exclude")
        jump = Dropdown(description="Go to a record")
        buttons = {key: Button(description=words) for key, words in DECISIONS.items()}
        back, on, open_, undo = (Button(description=words) for words in
                                 ("Previous record", "Next record", "Next one without a decision",
                                  "Take the last decision back"))

        def draw(said: str = ""):
            card.value = self._card_html(self.current)
            progress.value = f'<p role="status">{_html.escape(screening.progress(self.ids, self.mine))}</p>'
            verdict.value = f'<div role="alert"><p>{_html.escape(said)}</p></div>' if said else ""
            held = self.mine.get(self.current)
            reason.value = held.reason if held and held.reason in self.reasons else ""
            jump.unobserve(jumped, names="value")
            jump.options = [(self._line(one), one) for one in self.ids]
            jump.value = self.current
            jump.observe(jumped, names="value")

        def jumped(change):
            if change["new"] and change["new"] != self.current:
                self.go_to(change["new"])
                draw()

        def decide(key: str):
            def pressed(_button):
                record = self.current
                try:
                    self.decide(key, reason.value if key == EXCLUDE else "")
                except CourseError as problem:
                    verdict.value = f'<div role="alert"><p>{_html.escape(str(problem))}</p></div>'
                    return
                told = f"{self._number(record)}: {self.mine[record].words(self.reasons)}."
                draw(f"{told} Now {self._number(self.current).lower()}." if self.current != record
                     else f"{told} That was the last one without a decision.")

            return pressed

        def move(by: int):
            def pressed(_button):
                self.step(by)
                draw(f"Now {self._number(self.current).lower()}.")

            return pressed

        def open_pressed(_button):
            found = screening.next_undecided(self.ids, self.mine, self.current)
            if found:
                self.go_to(found)
            draw(f"Now {self._number(self.current).lower()}." if found else "Every record has a decision.")

        def undo_pressed(_button):
            draw(f"Taken back. Now {self._number(self.current).lower()}." if self.undo()
                 else "There is no decision to take back.")

        def named(change):
            try:
                self.name_screener(change["new"])
                verdict.value = ""
            except CourseError as problem:
                verdict.value = f'<div role="alert"><p>{_html.escape(str(problem))}</p></div>'

        who.observe(named, names="value")
        # Filling the list anew would call this, so `draw` takes it off meanwhile.
        jump.observe(jumped, names="value")
        for key, button in buttons.items():
            button.on_click(decide(key))
        back.on_click(move(-1))
        on.on_click(move(1))
        open_.on_click(open_pressed)
        undo.on_click(undo_pressed)
        draw()
        return [who, progress, verdict, card, reason, HBox([buttons[INCLUDE], buttons[EXCLUDE], buttons[UNSURE]]),
                HBox([undo, open_]), HBox([back, on]), jump]

    def _comparing(self) -> list:
        from ipywidgets import HTML, Button, FileUpload, VBox

        export, upload = Button(description="Save my decisions as files"), \
            FileUpload(accept=".json,.csv,.txt", multiple=False, description="Second screener's file")
        compare, saved, verdict, shown = Button(description="Compare with mine"), HTML(), HTML(), VBox([])

        def export_pressed(_button):
            try:
                names = " and ".join(path.name for path in self.export())
                told = f"Saved beside this page: {names}. Send one of them to your second screener."
            except CourseError as problem:
                told = str(problem)
            saved.value = f'<div role="alert"><p>{_html.escape(told)}</p></div>'

        def picked(_change):
            chosen = upload.value[0]["name"] if upload.value else ""
            verdict.value = f'<p role="status">Chosen: {_html.escape(chosen)}</p>' if chosen else ""

        def draw():
            found = self.comparison()
            shown.children = [] if found is None else [HTML(self._comparison_html(found)), *self._agreeing(found)]

        def compare_pressed(_button):
            if not upload.value and not self.second:
                verdict.value = '<div role="alert"><p>Choose the second screener’s file first.</p></div>'
                return
            try:
                if upload.value:
                    [file] = upload.value
                    told = self.take_second(file["name"], bytes(file["content"])).sentence()
                else:
                    found = self.comparison()
                    told = found.sentence() if found else "There is nothing to compare yet: decide about records first."
            except CourseError as problem:
                told = str(problem)
            verdict.value = f'<div role="alert"><p>{_html.escape(told)}</p></div>'
            draw()

        def decided(_change):
            # What was said of the files is about the decisions there were then.
            saved.value = ""

        self.observe(decided, names="decisions")
        export.on_click(export_pressed)
        upload.observe(picked, names="value")
        compare.on_click(compare_pressed)
        draw()
        return [HTML(with_heading(_SECOND, PART)), export, saved, upload, compare, verdict, shown]

    def _agreeing(self, found: screening.Comparison) -> list:
        """A list for each record on which both differ: what they agreed on after talking."""
        from ipywidgets import HTML, Dropdown

        if found.differences.empty:
            return []
        options = [("Not agreed yet", ""), (DECISIONS[INCLUDE], f"{INCLUDE}|"), (DECISIONS[UNSURE], f"{UNSURE}|"),
                   *((f"{DECISIONS[EXCLUDE]}: {words}", f"{EXCLUDE}|{key}") for key, words in self.reasons.items())]
        told = HTML()

        def draw():
            told.value = f'<p role="status">{_html.escape(self._settled_sentence())}</p>'

        def chooser(record: str):
            held = self.agreed.get(record)
            value = f"{held['decision']}|{held['reason']}" if held else ""
            widget = Dropdown(options=options, description=f"Agreed on {record}",
                              value=value if value in dict(options).values() else "")

            def chosen(change):
                decision, _, reason = change["new"].partition("|")
                self.agree(record, decision, reason)
                draw()

            widget.observe(chosen, names="value")
            return widget

        draw()
        return [HTML("<p>Talk about each of them, then choose what both of you agree on. Your own decisions stay as "
                     "they are.</p>"), *(chooser(record) for record in found.differences["record"]), told]

    # -- words -----------------------------------------------------------------------------------

    def _number(self, record: str) -> str:
        return f"Record {self.ids.index(record) + 1} of {len(self.ids)}"

    def _line(self, record: str) -> str:
        held = self.mine.get(record)
        state = DECISIONS[held.decision].lower() if held else "no decision yet"
        title = str(self.records.at[record, "title"])
        return f"{self.ids.index(record) + 1}. {title if len(title) <= 70 else title[:69] + '…'} ({state})"

    def _card_html(self, record: str) -> str:
        held = self.mine.get(record)
        state = f"Your decision: {held.words(self.reasons)}." if held else "No decision yet."
        return (f"<h{PART}><strong>{self._number(record)}</strong></h{PART}>{record_html(self.records.loc[record])}"
                f"<p>{_html.escape(state)}</p>")

    def _settled_sentence(self) -> str:
        settled = self.settled()
        count = screening.counts(self.ids, settled, self.reasons)
        told = (f"Settled so far: {number_of(count['screened'], 'record')}; excluded {count['excluded']}, going on "
                f"{count['sought']}.")
        return f"{told} Still to be agreed on or screened: {count['undecided']}." if count["undecided"] else told

    def _task_html(self) -> str:
        reasons = "".join(f"<li>{_html.escape(words)}</li>" for words in self.reasons.values())
        return (f"<p><strong>Screen titles and abstracts</strong></p><p>The question: {_html.escape(self.question)}</p>"
                f"{criteria_html(self.criteria)}<p>Decide about {len(self.ids)} records. Include what may answer the "
                "question. Exclude with the first reason that fits. When you are unsure, say so: the full text will "
                "decide.</p>"
                f"<p>Reasons to exclude, in this order:</p><ol>{reasons}</ol>")

    def _comparison_html(self, found: screening.Comparison) -> str:
        names = {"yours": "you", "theirs": "second screener", "matters": "what it means"}
        table = found.differences.rename(columns=names)
        shown = html_table(table, "Where you differ; talk about these") if len(table) else ""
        notes = "".join(f"<li>{_html.escape(one)}</li>" for one in found.notes)
        number = found.agreement._repr_html_() if found.agreement is not None else ""
        return (f"{shown}<p>You decided alike on {found.alike} of {found.both} records.</p>"
                f"{f'<ul>{notes}</ul>' if notes else ''}{number}")

    def report(self) -> str:
        """The task, every decision, and the comparison with the second screener."""
        mine = self.mine
        rows = [{"record": one, "title": self.records.at[one, "title"], "decision": mine[one].words(self.reasons)}
                for one in self.ids if one in mine]
        made = html_table(pd.DataFrame(rows), "Your decisions") if rows else "<p>Nothing decided yet.</p>"
        found = self.comparison()
        other = ""
        if found is not None:
            who = _html.escape(self.second["screener"] or "the second screener")
            other = (f"<p><strong>Compared with {who}</strong></p>{self._comparison_html(found)}"
                     f"<p>{_html.escape(self._settled_sentence())}</p>")
        return (f'<section class="rs-report" aria-label="Screening">{self._task_html()}'
                f"<p>{_html.escape(screening.progress(self.ids, mine))}</p>{made}{other}{self.notice_html()}</section>")


_SECOND = ("<p><strong>A second screener</strong></p><p>Save your decisions as files and send one to the person who "
           "screens the same list, but only when both of you have finished: who knows the other’s decisions no longer "
           "decides alone. Then choose the file that you were sent. It is compared and never merged.</p>")


def criteria_html(criteria) -> str:
    """What a record must fulfil to be included, as a list; nothing when there are no criteria."""
    items = "".join(f"<li>{_html.escape(one)}</li>" for one in criteria)
    return f"<p>A record is included when all of this holds:</p><ul>{items}</ul>" if items else ""


def record_html(record: pd.Series) -> str:
    """A record as it is read: title, who, where, when, and the abstract."""
    def held(column: str) -> str:
        value = record.get(column, "")
        return "" if pd.isna(value) else str(value).strip()

    source = ", ".join(filter(None, [held("journal"), held("year"), held("type"), held("language")]))
    abstract = held("abstract")
    return (f"<p><strong>{_html.escape(held('title') or 'No title')}</strong></p>"
            f"<p>{_html.escape(held('authors') or 'No authors given')}. {_html.escape(source)}</p>"
            f"{_html.plain(abstract) if abstract else '<p>There is no abstract: the title has to do.</p>'}")
