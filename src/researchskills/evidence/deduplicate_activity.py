"""Deciding about doubtful duplicates: two records side by side, and a person's word.

The program only lines records up. What it calls surely the same is merged, and anybody may object; what it calls
doubtful waits for a decision, and both records stay until there is one. Looking for pairs takes some seconds, so it
happens when it is asked for, and the page says so meanwhile.
"""

from pathlib import Path

import pandas as pd
from traitlets import Dict, Int, TraitError, Unicode, validate

from researchskills import _html
from researchskills._words import number_of
from researchskills.activity import Activity
from researchskills.errors import CourseError
from researchskills.evidence import duplicates
from researchskills.evidence.duplicates import APART, DIFFERENT, DOUBTFUL, SAME, SURE, Duplicates, Pair
from researchskills.panel_parts import with_heading
from researchskills.tables import html_table

_DECIDED = {SAME: "the same publication", APART: "two publications", "": "not decided"}
_SHOWN = {"title": "title", "authors": "authors", "year": "year", "journal": "journal", "volume": "volume",
          "issue": "issue", "pages": "pages", "doi": "DOI", "type": "type", "language": "language",
          "database": "database", "abstract": "abstract"}
_WHICH = {DOUBTFUL: "doubtful: you decide", SURE: "surely the same: merged unless you object",
          DIFFERENT: "different: looked at and left alone"}


class Deduplicate(Activity):
    """Decide which records are one publication.

    Parameters
    ----------
    name : str
        For example `m02-a4-duplicates`.
    records : pandas.DataFrame
        With the columns of the library.
    truth : list of list of str, optional
        Ids of the records of one publication each, where that is known; allows a check.
    look_alikes : dict, optional
        Pairs of ids that only look like one publication, and what they are instead.
    folder : pathlib.Path, optional
        The notebook's folder.

    Attributes
    ----------
    decisions : dict
        `duplicates.pair_key` → `same` or `different`.
    counts : dict
        Numbers for the flow diagram as they were last: `found`, `duplicates`, `screened`, `undecided`.
    verdict : str
        What the last check said, about the decisions as they are.
    tries : int
        How often different decisions were checked.
    """

    decisions = Dict().tag(saved=True)
    counts = Dict().tag(saved=True)
    verdict = Unicode().tag(saved=True)
    tries = Int(0).tag(saved=True)

    def __init__(self, name: str, records: pd.DataFrame, truth=None, look_alikes=None,
                 folder: Path | None = None):
        self.records, self.truth = records.reset_index(drop=True), truth
        self.look_alikes = look_alikes or {}
        self.folder = folder or Path.cwd()
        self.found: Duplicates | None = None
        self._undo: list[tuple[str, str]] = []
        super().__init__(name, folder)

    @validate("decisions")
    def _decided(self, proposal):
        if set(proposal["value"].values()) - {SAME, APART}:
            raise TraitError("this is no decision about a pair")
        return proposal["value"]

    # -- what happens ----------------------------------------------------------------------------

    def look(self) -> Duplicates:
        """Line the records up, once."""
        if self.found is None:
            self.found = duplicates.find(self.records)
            self._count()
        return self.found

    def _known(self) -> dict[str, str]:
        """Decisions about pairs that were lined up; others belong to an earlier list and wait."""
        keys = {pair.key for pair in self.look().pairs}
        return {key: what for key, what in self.decisions.items() if key in keys}

    def merged(self) -> duplicates.Merged:
        """The set with the decisions as they are."""
        return self.look().merge(self._known())

    def decide(self, pair: Pair, decision: str) -> None:
        """Keep a decision about a pair; an empty one takes it back.

        Raises
        ------
        CourseError
            If it is no decision.
        """
        if decision not in _DECIDED:
            raise CourseError(f"“{decision}” is no decision about a pair. Nothing was changed.")
        self._undo.append((pair.key, self.decisions.get(pair.key, "")))
        self._put(pair.key, decision)

    def _put(self, key: str, decision: str) -> None:
        others = {one: held for one, held in self.decisions.items() if one != key}
        self.decisions = {**others, key: decision} if decision else others
        self.verdict = ""
        self._count()

    def undo(self) -> Pair | None:
        """Take the last decision back; gives its pair, or None when there is nothing to take back."""
        if not self._undo:
            return None
        key, before = self._undo.pop()
        self._put(key, before)
        return next(pair for pair in self.look().pairs if pair.key == key)

    def _count(self) -> None:
        if self.found is not None and self.decisions:
            merged = self.merged()
            self.counts = {**merged.counts(), "undecided": merged.undecided}

    def next_undecided(self, after: Pair | None = None) -> Pair | None:
        """The next doubtful pair without a decision, beginning again from the top."""
        listed = self.look().having(DOUBTFUL)
        start = listed.index(after) + 1 if after in listed else 0
        waiting = self.found.open_pairs(self._known())
        return next((one for one in [*listed[start:], *listed[:start]] if one in waiting), None)

    def progress(self) -> str:
        """What is decided and what is merged so far, in words."""
        found = self.look()
        waiting = len(found.open_pairs(self._known()))
        objected = sum(self.decisions.get(pair.key) == APART for pair in found.having(SURE))
        told = f"You object to {number_of(objected, 'merger')}. " if objected else ""
        done = "" if waiting or not found.having(DOUBTFUL) else "Every doubtful pair has a decision. "
        return done + told + self.merged().sentence()

    def check(self) -> str:
        """Compare the merged set with what is known about the course's records, in plain words.

        Raises
        ------
        CourseError
            If nothing is known about these records.
        """
        if self.truth is None:
            raise CourseError("Nobody knows for certain which of these records are the same, so there is nothing to "
                              "check against. Let a second person decide the doubtful pairs, too.")
        ids = set(self.records["record"])
        result = duplicates.score(self.merged().groups, [[one for one in group if one in ids] for group in self.truth])
        told = [f"Merged: {result.hits} of {number_of(result.true, 'pair')} of records that are one publication."]
        for pairs, what in ((result.wrong, "Merged, although they are two publications"),
                            (result.missed, "Not merged, although they are one publication")):
            if pairs:
                named = "; ".join(map(self._pair_words, pairs[:5]))
                more = f"; and {len(pairs) - 5} more" if len(pairs) > 5 else ""
                told.append(f"{what}: {named}{more}.")
        if result.wrong:
            told.append("A wrong merger loses a publication, so look at these first.")
        if not result.wrong and not result.missed:
            told.append("Nothing is merged that is not the same.")
        self.tries += not self.verdict
        self.verdict = " ".join(told)
        return self.verdict

    def _pair_words(self, pair: tuple[str, ...]) -> str:
        what = self.look_alikes.get(frozenset(pair), "")
        return f"{pair[0]} and {pair[1]}{f' ({what})' if what else ''}"

    def export(self) -> list[Path]:
        """Write the merged set and the records put aside beside the notebook.

        Raises
        ------
        CourseError
            If a file cannot be written.
        """
        from researchskills import saving

        merged = self.merged()
        return [saving.write(self.folder / f"{self.name}-{part}.csv", table.to_csv(index=False).encode("utf-8-sig"))
                for part, table in (("unique", merged.kept), ("put-aside", merged.put_aside))]

    def shown(self) -> str:
        """How many decisions there are, and what became of the set."""
        if not self.decisions:
            return ""
        told = f"{number_of(len(self.decisions), 'pair')} decided"
        if self.counts:
            told += (f"; {number_of(self.counts['found'], 'record')} found, "
                     f"{number_of(self.counts['duplicates'], 'duplicate')}, {self.counts['screened']} to screen")
        return told

    # -- on the screen ---------------------------------------------------------------------------

    def panel(self):
        """A button that looks for pairs; then the pairs, one at a time, side by side."""
        from ipywidgets import HTML, Button, Dropdown, HBox, VBox

        start, status, verdict, notice = Button(description="Look for duplicates"), HTML(), HTML(), \
            HTML(self.notice_html())
        which = Dropdown(options=[(words, key) for key, words in _WHICH.items()], description="Which pairs")
        chooser, card = Dropdown(description="Pair"), HTML()
        same, apart, open_ = (Button(description=words) for words in
                              ("One publication: merge", "Two publications: keep both", "Leave it undecided"))
        undo, following = Button(description="Take the last decision back"), \
            Button(description="Next pair without a decision")
        check, export = Button(description="Check my decisions"), Button(description="Save the merged set as files")
        rest = VBox([which, chooser, card, HBox([same, apart, open_]), HBox([undo, following]), check, export])
        rest.layout.display = "none"
        check.layout.display = None if self.truth is not None else "none"

        def say(told: str, role: str = "alert"):
            verdict.value = f'<div role="{role}"><p>{_html.escape(told)}</p></div>' if told else ""

        def current() -> Pair | None:
            return next((pair for pair in self.found.pairs if pair.key == chooser.value), None)

        def fill(key: str = ""):
            chooser.unobserve(chosen, names="value")
            listed = self.found.having(which.value)
            chooser.options = [(self._line(number, pair), pair.key) for number, pair in enumerate(listed, 1)] \
                or [("There is none of this kind", "")]
            keys = [value for _, value in chooser.options]
            chooser.value = key if key in keys else keys[0]
            chooser.observe(chosen, names="value")
            draw()

        def draw():
            pair = current()
            card.value = self.pair_html(pair) if pair else ""
            for button in (same, apart, open_):
                button.disabled = pair is None
            status.value = f'<p role="status">{_html.escape(self.progress())}</p>'

        def chosen(_change):
            say("")
            draw()

        def show(pair: Pair):
            which.unobserve(switched, names="value")
            which.value = pair.answer
            which.observe(switched, names="value")
            fill(pair.key)

        def switched(_change):
            say("")
            fill()

        def looked(_button):
            status.value = '<p role="status">Comparing the records; this can take half a minute …</p>'
            verdict.value = ""
            try:
                found = self.look()
            except CourseError as problem:
                status.value = ""
                say(str(problem))
                return
            rest.layout.display = None
            # Without a doubtful pair the sure ones are what is worth a look.
            first = self.next_undecided() or next(iter(found.pairs), None)
            if first:
                show(first)
            else:
                fill()
            say(" ".join(filter(None, [found.notice, self._found_sentence()])))

        def decide(what: str):
            def pressed(_button):
                pair = current()
                self.decide(pair, what)
                told = f"{pair.first} and {pair.second}: {_DECIDED[what]}."
                after = self.next_undecided(pair) if pair.answer == DOUBTFUL and what else None
                show(after or pair)
                say(f"{told} Now {after.first} and {after.second}." if after else told)

            return pressed

        def undone(_button):
            pair = self.undo()
            if pair is None:
                say("There is no decision to take back.")
                return
            show(pair)
            say(f"Taken back. Now {pair.first} and {pair.second}.")

        def go_on(_button):
            pair = self.next_undecided(current())
            if pair is None:
                say("No doubtful pair waits for a decision.")
                return
            show(pair)
            say(f"Now {pair.first} and {pair.second}.")

        def checked(_button):
            say(self.check())
            self.refresh_report()

        def saved(_button):
            try:
                names = " and ".join(path.name for path in self.export())
                say(f"Saved beside this page: {names}. Nothing was thrown away: what was merged stands in the second.")
            except CourseError as problem:
                say(str(problem))

        for button, action in ((start, looked), (same, decide(SAME)), (apart, decide(APART)), (open_, decide("")),
                               (undo, undone), (following, go_on), (check, checked), (export, saved)):
            button.on_click(action)
        # Filling a list anew would call these, so `fill` and `show` take them off meanwhile.
        chooser.observe(chosen, names="value")
        which.observe(switched, names="value")
        self.observe(lambda _: setattr(notice, "value", self.notice_html()), names="notice")
        return VBox([HTML(with_heading(self._task_html())), start, status, verdict, rest, notice])

    # -- words -----------------------------------------------------------------------------------

    def _line(self, number: int, pair: Pair) -> str:
        default = "merged" if pair.answer == SURE else "kept apart" if pair.answer == DIFFERENT else "not decided"
        state = _DECIDED[self.decisions[pair.key]] if pair.key in self.decisions else default
        return f"{number}. {pair.first} and {pair.second} ({state})"

    def pair_html(self, pair: Pair) -> str:
        """Two records side by side; whether a field differs is said in a word."""
        one, other = self.found.record(pair.first), self.found.record(pair.second)
        rows = []
        for column, words in _SHOWN.items():
            if column not in self.records.columns:
                continue
            held = ["" if pd.isna(record[column]) else str(record[column]) for record in (one, other)]
            if any(held):
                state = "same" if held[0] == held[1] else "only one has it" if not all(held) else "differs"
                rows.append([words, *held, state])
        table = pd.DataFrame(rows, columns=["field", pair.first, pair.second, "compared"])
        return (f"<p>{_html.escape(pair.sentence())}</p>"
                f"{html_table(table, f'{pair.first} and {pair.second} ({pair.answer})')}")

    def _found_sentence(self) -> str:
        count = {answer: len(self.found.having(answer)) for answer in _WHICH}
        waiting = len(self.found.open_pairs(self._known()))
        return (f"{number_of(len(self.records), 'record')} compared: {number_of(count[SURE], 'pair is', 'pairs are')} "
                f"surely the same, {count[DOUBTFUL]} doubtful, {count[DIFFERENT]} were looked at and are different. "
                f"Decisions that wait for you: {waiting}.")

    def _task_html(self) -> str:
        sources = ""
        if "database" in self.records:
            counted = self.records["database"].astype(str).value_counts(sort=False)
            sources = f" ({', '.join(f'{count} from {name}' for name, count in counted.items())})"
        return ("<p><strong>Find the duplicates</strong></p>"
                f"<p>{number_of(len(self.records), 'record')}{_html.escape(sources)}. The same publication may stand "
                "in it twice, written in two ways. The program lines up what looks alike; the doubtful pairs are yours "
                "to decide. When in doubt keep both: a duplicate costs a minute, a lost publication is lost.</p>")

    def report(self) -> str:
        """The task, what was decided, and the numbers for the flow diagram."""
        rows = [{"records": key.replace("+", " and "), "decision": _DECIDED[what]}
                for key, what in self.decisions.items()]
        made = html_table(pd.DataFrame(rows), "Your decisions") if rows else "<p>Nothing decided yet.</p>"
        numbers = ""
        if self.counts:
            table = pd.DataFrame({"step": ["records found", "duplicates put aside", "records to screen",
                                           "doubtful pairs not decided"],
                                  "number": [self.counts[key] for key in ("found", "duplicates", "screened",
                                                                          "undecided")]})
            numbers = html_table(table, "For the flow diagram")
        verdict = f"<p>{_html.escape(self.verdict)}</p>" if self.verdict else ""
        return (f'<section class="rs-report" aria-label="Duplicates">{self._task_html()}{made}{numbers}{verdict}'
                f"{self.notice_html()}</section>")
