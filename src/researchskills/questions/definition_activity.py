"""Define a disputed word: write down what counts, try it on twelve vignettes, compare, sharpen, try again.

Work is kept in rounds. In a round somebody writes a definition and decides about every vignette by it. Once the round
has been compared with a partner or with the panel it is closed: what was decided alone must not change afterwards, or
nobody could say later what the talking did. Sharpening begins a new round, and the earlier ones stay to be read.
"""

import secrets
from dataclasses import replace
from functools import cache
from pathlib import Path

from traitlets import Dict, TraitError, Unicode, validate

from researchskills import own_words
from researchskills.activity import Activity, here, reopened
from researchskills.errors import CourseError
from researchskills.questions import definition as rules
from researchskills.questions import definition_file, definition_report
from researchskills.questions.definition import (
    DECISIONS,
    MOST_CRITERIA,
    SECTORS,
    Choice,
    Comparison,
    Definition,
    Sheet,
    Term,
    is_definition,
)


def define(name: str, term: str | None = None) -> "Define":
    """Define a disputed word and try the definition on twelve vignettes.

    Parameters
    ----------
    name : str
        The activity's name, such as `m01-a3-definition`.
    term : {"referral", "partnership", "delayed"}, optional
        The word; by default the learner chooses.

    Raises
    ------
    CourseError
        If there is no such word.
    """
    if term is not None:
        rules.term(term)
    return reopened(_define(name, term, here()))


# One object for each name and folder, however often its cell is run.
@cache
def _define(name: str, term: str | None, folder: Path) -> "Define":
    return Define(name, term, folder)


class Define(Activity):
    """An operational definition in rounds.

    Parameters
    ----------
    name : str
    set_term : str, optional
        The word, when the lesson sets one.
    folder : pathlib.Path, optional
        The notebook's folder.

    Attributes
    ----------
    term : str
        Short name of the word that is being worked on; empty until one is chosen.
    who, sector : str
        Name or code of the learner, and a key of `definition.SECTORS`.
    author : str
        See `definition.Sheet`.
    rounds : dict
        Word → list of rounds, oldest first. A round is a dict with `definition`, `decisions` (vignette → decision),
        `reasons` (vignette → words), `panel` (whether it was compared with the panel) and `partners` (the files that
        were accepted).
    person : dict
        Vignette → what the person in it would call it, in the learner's words.
    talked : dict
        Word → what came out of talking about the differences.
    at : str
        The vignette that is being looked at.
    """

    term = Unicode().tag(saved=True)
    who = Unicode().tag(saved=True)
    sector = Unicode().tag(saved=True)
    author = Unicode().tag(saved=True)
    rounds = Dict().tag(saved=True)
    person = Dict().tag(saved=True)
    talked = Dict().tag(saved=True)
    at = Unicode().tag(saved=True)

    def __init__(self, name: str, set_term: str | None = None, folder: Path | None = None):
        self.folder, self.set_term, self._looking_at = folder or Path.cwd(), set_term, ""
        super().__init__(name, folder)

    def reload(self) -> None:
        """Take over what is on disk; a word that the lesson sets is the word all the same."""
        super().reload()
        if self.set_term and self.term != self.set_term:
            # The lesson's choice is no answer, so it is not saved.
            self._restoring = True
            self.term = self.set_term
            self._restoring = False

    # -- what may be saved -------------------------------------------------------------------------

    @validate("term")
    def _is_a_term(self, proposal):
        if proposal["value"] and proposal["value"] not in rules.terms():
            raise TraitError("this is no disputed word of the course")
        return proposal["value"]

    @validate("sector")
    def _is_a_sector(self, proposal):
        if proposal["value"] and proposal["value"] not in SECTORS:
            raise TraitError("this is not on the list")
        return proposal["value"]

    @validate("rounds")
    def _are_rounds(self, proposal):
        for listed in proposal["value"].values():
            if not isinstance(listed, list) or not listed or not all(map(_is_round, listed)):
                raise TraitError("these are no rounds")
        return proposal["value"]

    @validate("person", "talked")
    def _are_words(self, proposal):
        if not all(isinstance(one, str) for one in proposal["value"].values()):
            raise TraitError("these are no words")
        return proposal["value"]

    # -- reading -----------------------------------------------------------------------------------

    def word(self) -> Term | None:
        """The word that is being worked on."""
        return rules.terms().get(self.term)

    def vignettes(self) -> list[str]:
        """Keys of the word's vignettes, in their order."""
        return list(self.word().vignettes) if self.term else []

    @property
    def current(self) -> str:
        """The vignette that is being looked at; at first the one where the learner was, or one without a decision."""
        keys = self.vignettes()
        undecided = rules.next_undecided(keys, self._round()["decisions"])
        places = (self._looking_at, self.at, undecided, *keys)
        return next((one for one in places if one in keys), "")

    def sheets(self, term: str | None = None) -> list[Sheet]:
        """Every round of a word, oldest first; by default of the one that is being worked on."""
        term = term or self.term
        found = []
        for number, held in enumerate(self.rounds.get(term, []), 1):
            choices = {one: Choice(held["decisions"][one], held["reasons"].get(one, ""))
                       for one in rules.terms()[term].vignettes if one in held["decisions"]}
            found.append(Sheet(term, Definition.from_dict(held["definition"]), choices, self.who, self.sector, number,
                               self.author))
        return found

    def sheet(self) -> Sheet:
        """The round that is being worked on; an empty one before anything was written."""
        return (self.sheets() or [Sheet(self.term, Definition(), {}, self.who, self.sector)])[-1]

    def reason(self, vignette: str) -> str:
        """What was written about a vignette in this round."""
        return self._round()["reasons"].get(vignette, "")

    def is_closed(self) -> bool:
        """Whether this round was compared, so that nothing in it changes any more."""
        return _is_closed(self._round())

    def panel_comparison(self, number: int, term: str | None = None) -> Comparison | None:
        """A round beside the panel, once it was compared; rounds count from 1."""
        term = term or self.term
        if not self.rounds[term][number - 1]["panel"]:
            return None
        return rules.compare(self.sheets(term)[number - 1].choices, rules.panel(term).agreed)

    def partners(self, number: int, term: str | None = None) -> list[Sheet]:
        """Partners' sheets that a round was compared with, in the order in which they came."""
        return [Sheet.from_dict(held) for held in self.rounds[term or self.term][number - 1]["partners"]]

    def partner_comparison(self, number: int, partner: Sheet) -> Comparison:
        """A round beside a partner's sheet."""
        return rules.compare_with_partner(self.sheets(partner.term)[number - 1], partner)

    def comparisons(self, number: int, term: str | None = None) -> list[tuple[Sheet | None, Comparison]]:
        """Everything that a round was compared with: each partner's sheet, and None for the panel, which comes last."""
        found = [(one, self.partner_comparison(number, one)) for one in self.partners(number, term)]
        panel = self.panel_comparison(number, term)
        return [*found, (None, panel)] if panel is not None else found

    def newest_compared(self, term: str | None = None) -> int:
        """Number of the newest round that was compared; 0 when none was."""
        listed = self.rounds.get(term or self.term, [])
        return max((number for number, held in enumerate(listed, 1) if _is_closed(held)), default=0)

    def differences(self, term: str | None = None) -> list[str]:
        """Vignettes on which the panel or a partner decided otherwise in the newest round that was compared."""
        number = self.newest_compared(term)
        found = self.comparisons(number, term) if number else []
        differ = {one for _, each in found for one in each.differences}
        return [one for one in rules.terms()[term or self.term].vignettes if one in differ]

    def knows_panels_definition(self, term: str) -> bool:
        """Whether the panel's own definition is shown: once somebody has sharpened theirs and compared again."""
        return sum(held["panel"] for held in self.rounds.get(term, [])) > 1

    def progress(self) -> str:
        """How far this round is."""
        return rules.progress(self.vignettes(), self.sheet().choices)

    # -- what happens ------------------------------------------------------------------------------

    def choose(self, term: str) -> None:
        """Work on a word; what was done about another one stays."""
        self.term = term

    def introduce(self, typed: str) -> None:
        """Keep the name or code that a partner knows the learner by.

        Raises
        ------
        CourseError
            If it is too long, or could identify more than a name does.
        """
        self.who = own_words.name_or_code(typed)

    def write(self, line: str, text: str) -> None:
        """Keep the sentence of the definition, or another line of it.

        Parameters
        ----------
        line : str
            `text`, or a key of `definition.LINES`.
        text : str

        Raises
        ------
        CourseError
            If the round was compared already.
        """
        self._redefine(replace(self.sheet().definition, **{line: text}))

    def write_criterion(self, place: int, text: str) -> None:
        """Keep a criterion; places count from 0.

        Raises
        ------
        CourseError
            If the round was compared already.
        """
        held = [*self.sheet().definition.criteria, *[""] * MOST_CRITERIA][:MOST_CRITERIA]
        held[place] = text
        while held and not held[-1]:
            held.pop()
        self._redefine(replace(self.sheet().definition, criteria=tuple(held)))

    def _redefine(self, definition: Definition) -> None:
        if definition != self.sheet().definition:
            self._change(definition=definition.as_dict())

    def explain(self, vignette: str, text: str) -> None:
        """Keep why a vignette was decided as it was.

        Raises
        ------
        CourseError
            If the round was compared already.
        """
        if text != self.reason(vignette):
            self._change(reasons={**self._round()["reasons"], vignette: text})

    def decide(self, decision: str) -> None:
        """Decide about the current vignette and go to the next one without a decision.

        Raises
        ------
        CourseError
            If there is no definition yet, no such decision, or the round was compared already.
        """
        if not self.sheet().definition.is_stated:
            raise CourseError("Write first what you count as the word: a sentence, or a criterion. Nothing was "
                              "decided.")
        if decision not in DECISIONS:
            raise CourseError(f"“{decision}” is not a decision; there are: {', '.join(DECISIONS)}. Nothing was "
                              "changed.")
        at = self.current
        self._change(decisions={**self._round()["decisions"], at: decision})
        self.go_to(rules.next_undecided(self.vignettes(), self._round()["decisions"], at) or at)

    def go_to(self, vignette: str) -> None:
        """Look at another vignette."""
        # Where somebody is reading is kept only once there is something to come back to: looking is no answer.
        self._looking_at = vignette
        if self._round()["decisions"]:
            self.at = vignette

    def step(self, by: int) -> None:
        """Go some vignettes on or back, round the ends."""
        keys = self.vignettes()
        self.go_to(keys[(keys.index(self.current) + by) % len(keys)])

    def look_at_panel(self) -> Comparison:
        """Compare this round with the panel, and close it.

        Raises
        ------
        CourseError
            If not all vignettes are decided.
        """
        self._need_word()
        if not self.sheet().is_complete():
            raise CourseError("The panel’s decisions are shown when you have decided about all stories of this "
                              f"round. {self.progress()}")
        if not self._round()["panel"]:
            self._change(closing=True, panel=True)
        return self.panel_comparison(len(self.rounds[self.term]))

    def take_partner(self, name: str, content: bytes) -> Comparison:
        """Accept a partner's file, compare this round with it, and close the round.

        Raises
        ------
        CourseError
            If the file cannot be used, or not all vignettes are decided; everything is then as it was.
        """
        self._need_word()
        sheet = definition_file.read(content, f"“{name}”", self.term)
        rules.check_partner(self.sheet(), sheet)
        partners = self._round()["partners"]
        held = sheet.as_dict()
        # The same file once more is the same partner, not a second one.
        self._change(closing=True, partners=[*(one for one in partners if one != held), held])
        return self.partner_comparison(len(self.rounds[self.term]), sheet)

    def sharpen(self) -> None:
        """Begin a new round with the definition as it is and no decision; the earlier rounds stay.

        Raises
        ------
        CourseError
            If this round was not compared yet.
        """
        if not self.is_closed():
            raise CourseError("Compare this round with a partner or with the panel first. Until then you can change "
                              "your definition and your decisions in it. Nothing was changed.")
        begun = {**_new_round(), "definition": self._round()["definition"]}
        self.rounds = {**self.rounds, self.term: [*self.rounds[self.term], begun]}
        self.go_to(self.vignettes()[0])

    def say_person(self, vignette: str, text: str) -> None:
        """Keep what the person in a vignette would call it."""
        self.person = {**self.person, vignette: text}

    def say_talked(self, text: str) -> None:
        """Keep what came out of talking about the differences."""
        self.talked = {**self.talked, self.term: text}

    def export_for_partner(self) -> Path:
        """Write this round into the notebook's folder, for a partner.

        Raises
        ------
        CourseError
            If the round is not complete, or the file cannot be written.
        """
        from researchskills import saving

        self._need_word()
        if not self.sheet().is_complete():
            raise CourseError("Decide about all stories first, then save the file: your partner’s course takes only "
                              "a whole one. No file was written.")
        if not self.author:
            self.author = secrets.token_hex(8)
        sheet = self.sheet()
        who = saving.in_a_file_name(self.who)
        stem = "-".join(filter(None, [self.name, self.term, f"round-{sheet.round}", who]))
        return saving.write(self.folder / f"{stem}.json", definition_file.to_json(sheet).encode())

    def export_page(self) -> Path:
        """Write the definition with all its rounds into the notebook's folder, as a web page.

        Raises
        ------
        CourseError
            If nothing was written yet, or the file cannot be written.
        """
        from researchskills import saving, web_page

        if not self.shown():
            raise CourseError("There is no definition yet. Write one first. No file was written.")
        page = web_page.page("Disputed words, defined", definition_report.answer_html(self, level=2))
        return saving.write(self.folder / f"{self.name}.html", page.encode())

    def _round(self) -> dict:
        return (self.rounds.get(self.term) or [_new_round()])[-1]

    def _change(self, closing: bool = False, **changed) -> None:
        """Change this round; once it is closed, only what it was compared with can be added."""
        self._need_word()
        if self.is_closed() and not closing:
            raise CourseError(f"Round {len(self.rounds[self.term])} was compared already, so it stays as it is. Choose "
                              "“Sharpen and try again” to begin a new round; this one stays to be read.")
        earlier = self.rounds.get(self.term, [])[:-1]
        self.rounds = {**self.rounds, self.term: [*earlier, {**self._round(), **changed}]}

    def _need_word(self) -> None:
        if not self.term:
            raise CourseError("Choose the disputed word first. Nothing was changed.")

    # -- in words ----------------------------------------------------------------------------------

    def shown(self) -> str:
        """Each word that was begun with its definition and how far its last round is."""
        told = []
        for term, listed in self.rounds.items():
            if term not in rules.terms():
                continue
            sheet, about = self.sheets(term)[-1], rules.terms()[term]
            told.append(f"{about.word}: {sheet.definition.in_brief() or 'no definition yet'} (round {len(listed)}; "
                        f"{rules.progress(list(about.vignettes), sheet.choices).rstrip('.')})")
        return "\n".join(told)

    def panel(self):
        """The word, the definition, the vignettes one by one, the comparison and the rounds."""
        from researchskills.questions.definition_panel import DefinitionPanel

        return DefinitionPanel(self).widget

    def report(self) -> str:
        """The task, and for each word the definition, the decisions, the comparison and the rounds."""
        return (f'<section class="rs-report" aria-label="Define the disputed word">{definition_report.TASK}'
                f"{definition_report.answer_html(self) or '<p>Nothing written yet.</p>'}{self.notice_html()}</section>")

    def contribution(self) -> str:
        """The newest definition of each word, its rounds with their agreement, and the person's word for it."""
        return definition_report.contribution_html(self)


def _new_round() -> dict:
    return {"definition": Definition().as_dict(), "decisions": {}, "reasons": {}, "panel": False, "partners": []}


def _is_closed(held: dict) -> bool:
    return held["panel"] or bool(held["partners"])


def _is_round(held) -> bool:
    return (isinstance(held, dict) and set(_new_round()) <= set(held) and is_definition(held["definition"])
            and isinstance(held["decisions"], dict) and set(held["decisions"].values()) <= set(DECISIONS)
            and isinstance(held["reasons"], dict) and all(isinstance(one, str) for one in held["reasons"].values())
            and isinstance(held["panel"], bool) and isinstance(held["partners"], list)
            and all(map(_is_sheet, held["partners"])))


def _is_sheet(held) -> bool:
    try:
        sheet = Sheet.from_dict(held)
    except (TypeError, KeyError, AttributeError, ValueError):
        return False
    return sheet.term in rules.terms() and all(one.decision in DECISIONS for one in sheet.choices.values())
