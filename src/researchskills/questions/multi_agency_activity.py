"""A sheet for several agencies, on the screen: one column at a time, outcomes, decisions, and what a partner sent.

What a partner writes about their agency never replaces what the learner believed about it. Both stand side by side,
and the learner ticks whose words the summary shows: where the two differ is what there is to talk about.
"""

from functools import cache
from pathlib import Path
from uuid import uuid4

import pandas as pd
from traitlets import Dict, Int, List, TraitError, Unicode, validate

from researchskills import _html, saving, web_page
from researchskills._words import number_of
from researchskills.activity import Activity, here, reopened
from researchskills.errors import CourseError
from researchskills.own_words import MOST_LETTERS
from researchskills.questions import multi_agency as sheets
from researchskills.questions import multi_agency_file as files
from researchskills.questions.multi_agency import (
    AWAY,
    COLUMN,
    DECIDES,
    FEWEST,
    FIELDS,
    MOST,
    MOST_OUTCOMES,
    NOT_SAID,
    OUTCOME,
)
from researchskills.tables import html_table


def multi_agency(name: str, question: str | None = None) -> "MultiAgency":
    """Fill a sheet for a question that several agencies share.

    Parameters
    ----------
    name : str
        The activity's name, such as `m01-a7-agencies`.
    question : str, optional
        Name of a `frame_question` in the same folder, whose question is offered; else the learner types it.
    """
    return reopened(_multi_agency(name, question, here()))


@cache
def _multi_agency(name: str, question: str | None, folder: Path) -> "MultiAgency":
    return MultiAgency(name, folder, question)


class MultiAgency(Activity):
    """Agencies around one question.

    Parameters
    ----------
    name : str
    folder : pathlib.Path, optional
        The notebook's folder.
    source : str, optional
        Name of the activity in which the question was framed.

    Attributes
    ----------
    question : str
        The question that they share.
    how_many : int
        Agencies on the sheet; columns beyond that are kept and not shown.
    agencies : list of dict
        For each `name` and keys of `multi_agency.FIELDS`; the first is the learner's own.
    outcomes : list of dict
        Shared outcomes, with `text`, `by` (key of `CHOSEN_BY`) and `how`.
    decides, away : dict
        Keys of `DECIDES` and `AWAY` → words.
    theirs : dict
        Place of an agency, as text → `answers` that it sent, and in `use` “yes” when the summary shows them.
    sheet : str
        Id of this sheet, given when its first file is saved.
    """

    question = Unicode().tag(saved=True)
    how_many = Int(FEWEST).tag(saved=True)
    agencies = List(Dict()).tag(saved=True)
    outcomes = List(Dict()).tag(saved=True)
    decides = Dict().tag(saved=True)
    away = Dict().tag(saved=True)
    theirs = Dict().tag(saved=True)
    sheet = Unicode().tag(saved=True)

    def __init__(self, name: str, folder: Path | None = None, source: str | None = None):
        self.folder, self.source = folder or Path.cwd(), source
        super().__init__(name, folder)

    @validate("how_many")
    def _fits(self, proposal):
        if not FEWEST <= proposal["value"] <= MOST:
            raise TraitError("a sheet has two to four agencies")
        return proposal["value"]

    @validate("agencies")
    def _are_agencies(self, proposal):
        return _checked(proposal["value"], COLUMN, MOST)

    @validate("outcomes")
    def _are_outcomes(self, proposal):
        return _checked(proposal["value"], OUTCOME, MOST_OUTCOMES)

    @validate("decides")
    def _are_decisions(self, proposal):
        return _checked([proposal["value"]], DECIDES, 1)[0]

    @validate("away")
    def _are_away(self, proposal):
        return _checked([proposal["value"]], AWAY, 1)[0]

    @validate("theirs")
    def _came(self, proposal):
        for place, held in proposal["value"].items():
            if place not in map(str, range(1, MOST)) or not isinstance(held, dict) \
                    or not isinstance(held.get("answers"), dict) or held.get("use") not in ("yes", "no"):
                raise TraitError("this is no column of a partner")
            _checked([held["answers"]], COLUMN, 1)
        return proposal["value"]

    # -- what happens ----------------------------------------------------------------------------

    def framed(self) -> str:
        """The question of the activity in which it was framed, as it stands now; empty when there is none."""
        if self.source is None:
            return ""
        from researchskills.questions.frame_activity import framed_of

        found = framed_of(self.source, self.folder)
        return found.text.strip()[:MOST_LETTERS] if found else ""

    def mine(self) -> list[dict]:
        """The columns as the learner wrote them, as many as there are agencies."""
        return [*self.agencies, *({} for _ in range(MOST))][: self.how_many]

    def settled(self) -> list[dict]:
        """The columns that the summary shows: a partner's own words where the learner ticked so."""
        columns = self.mine()
        for place, held in self._came_in().items():
            if held["use"] == "yes":
                columns[place] = {"name": columns[place].get("name", ""), **held["answers"]}
        return columns

    def _came_in(self) -> dict[int, dict]:
        return {int(place): held for place, held in sorted(self.theirs.items()) if int(place) < self.how_many}

    def write(self, place: int, key: str, words: str) -> None:
        """Keep what the learner says of an agency."""
        self.agencies = _with(self.agencies, place, key, words)

    def write_outcome(self, place: int, key: str, words: str) -> None:
        """Keep a shared outcome, who chose it, or how."""
        self.outcomes = _with(self.outcomes, place, key, words)

    def gaps(self) -> list[str]:
        """What is missing, a sentence each."""
        return sheets.gaps(self.question, self.settled(), self.outcomes, self.decides, self.away, self._heard())

    def _heard(self) -> dict[int, bool]:
        return {place: held["use"] == "yes" for place, held in self._came_in().items()}

    def export(self, place: int) -> Path:
        """Write a column beside the notebook: one's own as it is, another agency's as a form to fill.

        Raises
        ------
        CourseError
            If one's own column is empty, or the file cannot be written.
        """
        column = self.mine()[place]
        if not place and not any(column.get(key) for key in FIELDS):
            raise CourseError("Your own column is empty. Fill at least one of its fields first.")
        self.sheet = self.sheet or uuid4().hex[:8]
        # What the learner believes about a partner stays at home: their answers should be their own.
        answers = column if not place else {"name": column.get("name", "")}
        text = files.to_csv(files.Column(self.sheet, place, self.question, answers))
        stem = f"{self.name}-{'my-column' if not place else f'form-for-agency-{place + 1}'}"
        # Excel reads UTF-8 only when a mark stands before it.
        return saving.write(self.folder / f"{stem}.csv", text.encode("utf-8-sig"))

    def take(self, place: int, name: str, content: bytes) -> str:
        """Accept a partner's file for a column, beside what the learner wrote, and say what to know about it.

        Raises
        ------
        CourseError
            If the file cannot be used; what was accepted before stays.
        """
        column = files.read(content, f"“{name}”")
        told = files.fits(column, self.sheet, place, self.mine(), self.question)
        before = self.theirs.get(str(place))
        known = before is not None and before["answers"] == column.answers
        if before and not known:
            told += " It replaces the file that came before."
        self.theirs = {**self.theirs, str(place): before if known else {"answers": dict(column.answers), "use": "no"}}
        return told

    def use_theirs(self, place: int, use: bool) -> None:
        """Whether the summary shows a partner's own words."""
        self.theirs = {**self.theirs, str(place): {**self.theirs[str(place)], "use": "yes" if use else "no"}}

    def save_page(self) -> Path:
        """Write the sheet as a web page beside the notebook.

        Raises
        ------
        CourseError
            If nothing is written yet, or the file cannot be written.
        """
        if not self.shown():
            raise CourseError("There is nothing on the sheet yet. Write something first.")
        main = f"{self.tables_html()}{self.beside_html()}<h2>What is still missing</h2>{self._gaps_html()}" \
               f"<h2>Whose data: where to read on</h2>{pointers_html()}"
        page = web_page.page("One question, several agencies", main)
        return saving.write(self.folder / f"{self.name}.html", page.encode())

    def shown(self) -> str:
        """How far the sheet is, in a sentence or two; empty while nothing is written."""
        texts = [self.question, *self.decides.values(), *self.away.values(),
                 *(words for one in [*self.agencies, *self.outcomes] for words in one.values())]
        if not any(texts) and not self.theirs:
            return ""
        many = sum(bool(one.get("text")) for one in self.outcomes)
        told = [self.question] if self.question else []
        return " ".join([*told, f"{' and '.join(sheets.names(self.settled()))}: {number_of(many, 'shared outcome')}, "
                                f"{sheets.chosen_by_people(self.outcomes)} of them chosen by people who use the "
                                f"service; {number_of(len(self.gaps()), 'gap')} left."])

    # -- on the screen ---------------------------------------------------------------------------

    def panel(self):
        """The question, the columns one at a time, outcomes, decisions, and files for and from partners."""
        from researchskills.questions.multi_agency_panel import panel_of

        return panel_of(self)

    # -- words -----------------------------------------------------------------------------------

    def tables_html(self) -> str:
        """What is on the sheet, as tables; nothing of the task."""
        told = f"<p>The question: <strong>{_html.escape(self.question)}</strong></p>" if self.question else ""
        said = sheets.summary(self.settled(), self._heard())
        told += html_table(said, "What each agency says, or is believed to say")
        outcomes = sheets.outcome_table(self.outcomes)
        told += html_table(outcomes, "Shared outcomes") if len(outcomes) else "<p>There is no shared outcome yet.</p>"
        rows = [(words, held.get(key) or NOT_SAID) for held, fields in ((self.decides, DECIDES), (self.away, AWAY))
                for key, words in fields.items()]
        return told + html_table(pd.DataFrame(rows, columns=["About", "Agreed"]), "Who decides, and who is not there")

    def beside_html(self, only: int | None = None) -> str:
        """What the learner believed and what partners wrote, a table for each."""
        told = ""
        for place, held in self._came_in().items():
            if only in (None, place):
                believed = self.mine()[place]
                rows = [(words, believed.get(key) or NOT_SAID, held["answers"].get(key) or NOT_SAID)
                        for key, words in COLUMN.items()]
                table = pd.DataFrame(rows, columns=["About", "What you believed", "What they wrote"])
                told += html_table(table, f"{sheets.names(self.mine())[place]}: believed, and in its own words")
        return told

    def _gaps_html(self) -> str:
        items = "".join(f"<li>{_html.escape(one)}</li>" for one in self.gaps())
        return f"<ul>{items}</ul>" if items else "<p>Nothing is missing on the sheet. Whether it is right, only the " \
                                                "people at the table can say, and those who are not.</p>"

    def contribution(self) -> str:
        """The sheet and its gaps; empty while nothing is written."""
        return f"{self.tables_html()}<p>Still missing:</p>{self._gaps_html()}" if self.shown() else ""

    def report(self) -> str:
        """The task, the sheet, what partners wrote, and what is missing."""
        body = f"{self.contribution()}{self.beside_html()}" if self.shown() else "<p>Nothing written yet.</p>"
        return (f'<section class="rs-report" aria-label="One question, several agencies">{TASK}{body}'
                f"{self.notice_html()}</section>")


TASK = ("<p><strong>One question, several agencies</strong></p><p>What does each agency want from the answer, and "
        "what does it fear? Which outcomes do all share, and who chose them? Whose data does it need, and who decides? "
        "Fill what you know. What is empty is named, so that you know what to ask.</p>")
_POINTERS = ("<p>As of mid-2026, England, and no legal advice: ask your information governance lead, your research "
             "office or the Health Research Authority.</p>")


def pointers_html() -> str:
    """Where to read on about whose data may be seen by whom."""
    return _POINTERS + html_table(sheets.pointers(), "Sharing data between agencies: where to read on")


def _checked(held: list[dict], keys, most: int) -> list[dict]:
    if len(held) > most or not all(key in keys and isinstance(words, str)
                                   for one in held for key, words in one.items()):
        raise TraitError("this is no part of the sheet")
    return held


def _with(held: list[dict], place: int, key: str, words: str) -> list[dict]:
    """The same list with a word of one entry changed; entries before it are made where they are missing."""
    longer = [dict(one) for one in held] + [{} for _ in range(place + 1 - len(held))]
    longer[place][key] = words
    return longer
