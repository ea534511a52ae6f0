"""Argue the other side: the best case for the tradition that is not one's own, and what its supporters say to it.

Five steps, one shown at a time: where one stands, the other side's case, what a partner from that side would correct,
who sees what from inside and from outside, and what one takes along. A check list says which parts are still empty;
whether a case is good is for the partner to say, who knows that tradition.
"""

from functools import cache
from pathlib import Path

import pandas as pd
from traitlets import Bool, Dict, Int, TraitError, Unicode, validate

from researchskills import _html, own_words, saving, web_page
from researchskills.activity import Activity, here, reopened
from researchskills.appraisal import saved_files, traditions
from researchskills.appraisal.stacked_tables import stacked_table
from researchskills.appraisal.traditions import MATRIX, NEARER, OWN, PARTS, PROJECTS, TRADITIONS, Case
from researchskills.errors import CourseError
from researchskills.tables import html_table

TASK = ("<p><strong>Argue the other side</strong></p><p>At the interface two traditions of research meet. Choose a "
        "project, say which tradition is nearer to you, and write the best case for the <em>other</em> one. Then let "
        "somebody who belongs to it correct you.</p>")
STEPS = ("Project, and where you stand", "The other side’s best case", "What a partner would correct",
         "From inside and from outside", "What you take from it")
#: With so many parts of a case one can go on; the others wait for another day.
ENOUGH = 3
_IN_WORDS = {3: "Three", 4: "Four", 5: "Five"}
_WORDS = {"own_project", "corrected", "corrects", "takes"}


class ArgueOtherSide(Activity):
    """A case for the other tradition.

    Parameters
    ----------
    name : str
        For example `m03-a8-other-side`.
    folder : pathlib.Path, optional
        The notebook's folder.

    Attributes
    ----------
    at_step : int
        The step that is shown, from 1.
    project, own_project : str
        Key of `traditions.PROJECTS` or `OWN`, and what an own project is.
    nearer : str
        Key of `traditions.NEARER`.
    writer : str
        Name or code.
    case : dict
        Part of the case → words; see `traditions.PARTS`.
    nods : bool
        Whether the writer thinks that a supporter would nod.
    partner : dict
        The partner's file, as it was accepted; see `traditions.Case`.
    corrected, corrects : str
        What the partner would correct in one's own case, and what one would correct in theirs.
    matrix : dict
        See `traditions.MATRIX`.
    takes : str
        What one takes from it.
    """

    at_step = Int(1).tag(saved=True)
    project = Unicode("").tag(saved=True)
    own_project = Unicode("").tag(saved=True)
    nearer = Unicode("").tag(saved=True)
    writer = Unicode("").tag(saved=True)
    case = Dict().tag(saved=True)
    nods = Bool(False).tag(saved=True)
    partner = Dict().tag(saved=True)
    corrected = Unicode("").tag(saved=True)
    corrects = Unicode("").tag(saved=True)
    matrix = Dict().tag(saved=True)
    takes = Unicode("").tag(saved=True)

    def __init__(self, name: str, folder: Path | None = None):
        self.folder = folder or Path.cwd()
        super().__init__(name, folder)

    @validate("at_step", "project", "nearer", "case", "partner", "matrix")
    def _can_be_shown(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        if not _ALLOWED[name](value):
            raise TraitError(f"“{name}” cannot be like that")
        return value

    # -- what happens ----------------------------------------------------------------------------

    @property
    def tradition(self) -> str:
        """The tradition that is argued for; empty until the learner has said where they stand."""
        return traditions.other(self.nearer)

    def mine(self) -> Case:
        """One's own case as it is now."""
        about = self.own_project if self.project == OWN else ""
        return Case(self.project, self.tradition, about, self.writer,
                    {part: words for part, words in self.case.items() if words}, self.corrects)

    def keep(self, what: str, typed: str) -> None:
        """Keep what was typed.

        Parameters
        ----------
        what : str
            A part of the case or of the matrix, or `own_project`, `corrected`, `corrects`, `takes`, `writer`.
        typed : str

        Raises
        ------
        CourseError
            If it could identify a person; what was held before stays.
        """
        if what == "writer":
            self.writer = own_words.name_or_code(typed)
        elif what in _WORDS:
            setattr(self, what, own_words.kept(typed))
        else:
            held = "case" if what in PARTS else "matrix"
            setattr(self, held, {**getattr(self, held), what: own_words.kept(typed)})

    def go_on(self) -> str:
        """Go to the next step; gives a sentence where something waits.

        Raises
        ------
        CourseError
            If the step has something that the next ones need and that is missing.
        """
        told = ""
        if self.at_step == 1:
            self._begun()
        if self.at_step == 2 and (gaps := traditions.missing(self.case)):
            written = len(PARTS) - len(gaps)
            if written < ENOUGH:
                raise CourseError(f"Write at least three of the six parts before you go on. Still open: "
                                  f"{'; '.join(map(_lower, gaps))}. A line for each is enough; nobody but your partner "
                                  "judges it. To look ahead all the same, choose another step in the list.")
            told = f"{_IN_WORDS[written]} are written; the others can wait."
        self.at_step = min(self.at_step + 1, len(STEPS))
        return told

    def _begun(self) -> None:
        if not self.project or not self.nearer or (self.project == OWN and not self.own_project):
            raise CourseError("Choose a project, or describe your own, and say which tradition is nearer to you. "
                              "The other steps build on that.")

    def export(self) -> list[Path]:
        """Write the case beside the notebook: a file for the partner, and a page to read or print.

        Raises
        ------
        CourseError
            If nothing was written yet, or a file cannot be written.
        """
        self._begun()
        if not self.mine().parts and not self.corrects:
            raise CourseError("There is nothing to send yet. Write at least one part of the case in step 2. No file "
                              "was written.")
        stem = "-".join(filter(None, [self.name, "case", self._who()]))
        page = web_page.page("Argue the other side", self._body())
        return [saving.write(self.folder / f"{stem}.json", traditions.to_json(self.mine()).encode()),
                saving.write(self.folder / f"{stem}.html", page.encode())]

    def export_told(self) -> str:
        """Write both files; gives what they are called, where they are and what they are for.

        Raises
        ------
        CourseError
            As `export`.
        """
        paths = self.export()
        told = [saved_files.where(paths), "The first is for your partner, the second to read or print.",
                saved_files.nameless(paths, self._who())]
        return " ".join(filter(None, told))

    def _who(self) -> str:
        """The writer's name as it can stand in the name of a file."""
        return saving.in_a_file_name(self.writer)

    def take_partner(self, name: str, content: bytes) -> str:
        """Accept a partner's file; gives a sentence about what to look at.

        Raises
        ------
        CourseError
            If the file cannot be used; what was accepted before stays.
        """
        self._begun()
        theirs = traditions.read(content, f"“{name}”")
        told = traditions.fitting(self.mine(), theirs)
        self.partner = vars(theirs)
        if not theirs.corrects:
            told += " They have not written yet what they would correct in yours."
        return told

    def theirs(self) -> Case | None:
        """The partner's case, once a file about this project was accepted."""
        return Case(**self.partner) if self.partner.get("project") == self.project != "" else None

    def shown(self) -> str:
        """Project, tradition, and the case in plain words."""
        told = [self._title()] if self.project else []
        if self.tradition:
            told.append(f"Argued for {TRADITIONS[self.tradition].name}.")
        told += [f"{words}: {held[part]}" for names, held in ((PARTS, self.case), (MATRIX, self.matrix))
                 for part, words in names.items() if held.get(part)]
        told += [f"Taken from it: {self.takes}"] if self.takes else []
        return "\n".join(told)

    # -- on the screen and as a page -------------------------------------------------------------

    def panel(self):
        """Five steps, one shown at a time."""
        from researchskills.appraisal.argue_steps import Panel

        return Panel(self).widget

    def report(self) -> str:
        """Both cases, the corrections, the matrix and what was taken from it."""
        return (f'<section class="rs-report" aria-label="Argue the other side">{TASK}{self._body()}'
                f"{self.notice_html()}</section>")

    def _title(self) -> str:
        if self.project == OWN:
            return f"A project of one's own: {self.own_project or 'not described yet'}"
        return PROJECTS[self.project].title

    def project_html(self) -> str:
        """The project that was chosen."""
        if not self.project:
            return "<p>No project chosen yet.</p>"
        about = "" if self.project == OWN else f"<p>{_html.escape(PROJECTS[self.project].about)} (Invented.)</p>"
        return f"<p>Project: {_html.escape(self._title())}</p>{about}"

    def sides_html(self) -> str:
        """Where the learner stands, and which tradition they argue for."""
        if not self.tradition:
            return ""
        argued, nearer = TRADITIONS[self.tradition], TRADITIONS.get(self.nearer)
        stands = f"Nearer to you is {nearer.name}." if nearer else "You stand between the two."
        return f"<p>{stands} You argue for <strong>{argued.name}</strong>. It asks: {argued.asks} {argued.does}</p>"

    def partner_html(self) -> str:
        """The partner's case and what they would correct."""
        theirs = self.theirs()
        if theirs is None:
            return ""
        who = f" ({_html.escape(theirs.writer)})" if theirs.writer else ""
        about = f"<p>Their project: {_html.escape(theirs.about)}</p>" if theirs.about else ""
        corrected = _html.plain(theirs.corrects) if theirs.corrects else "<p>Nothing written yet.</p>"
        return (f"<p>Your partner{who} argued for {TRADITIONS[theirs.tradition].name}.</p>{about}"
                f"{case_html(theirs.parts, 'Your partner’s case')}"
                f"<p>What your partner would correct in yours:</p>{corrected}")

    def _body(self) -> str:
        parts = [self.project_html(), self.sides_html(), case_html(self.case, "Your case for the other tradition")]
        if self.nods:
            parts.append("<p>You think that a supporter would nod.</p>")
        parts.append(self.partner_html())
        for label, held in (("What was corrected in your case", self.corrected),
                            ("What you would correct in your partner’s case", self.corrects)):
            if held:
                parts.append(f"<p>{label}:</p>{_html.plain(held)}")
        parts.append(matrix_html(self.matrix))
        if self.takes:
            parts.append(f"<p>What you take from it:</p>{_html.plain(self.takes)}")
        return "".join(parts)


def case_html(parts: dict[str, str], caption: str) -> str:
    """A case as a table, or nothing."""
    rows = [[words, parts[part]] for part, words in PARTS.items() if parts.get(part)]
    return html_table(pd.DataFrame(rows, columns=["Part", "In words"]), caption) if rows else ""


def matrix_html(matrix: dict[str, str]) -> str:
    """Who sees and misses what, as a table of two by two, or nothing."""
    if not any(matrix.values()):
        return ""
    rows = [[who, *(matrix.get(f"{key}_{what}", "") for what in ("sees", "misses"))]
            for who, key in (("An insider", "insider"), ("An outsider", "outsider"))]
    return stacked_table(pd.DataFrame(rows, columns=["Who", "Sees", "Misses"]), "From inside and from outside")


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _texts(held: dict, allowed: dict) -> bool:
    return set(held) <= set(allowed) and all(isinstance(one, str) for one in held.values())


def _is_partner(held: dict) -> bool:
    if not held:
        return True
    words = {"project", "tradition", "about", "writer", "corrects"}
    return (set(held) == {*words, "parts"} and all(isinstance(held[key], str) for key in words)
            and held["tradition"] in TRADITIONS and isinstance(held["parts"], dict) and _texts(held["parts"], PARTS))


#: For each part of the state: whether a value can be shown.
_ALLOWED = {
    "at_step": lambda held: 1 <= held <= len(STEPS),
    "project": lambda held: held in {"", OWN, *PROJECTS},
    "nearer": lambda held: held in {"", *NEARER},
    "case": lambda held: _texts(held, PARTS),
    "partner": _is_partner,
    "matrix": lambda held: _texts(held, MATRIX),
}


def argue(name: str) -> ArgueOtherSide:
    """Argue for the tradition that is not one's own, and let a partner from it correct the case.

    Parameters
    ----------
    name : str
        The activity's name, such as `m03-a8-other-side`.
    """
    return reopened(_argue(name, here()))


@cache
def _argue(name: str, folder: Path) -> ArgueOtherSide:
    """One activity for each name and folder, however often its cell is run."""
    return ArgueOtherSide(name, folder)
