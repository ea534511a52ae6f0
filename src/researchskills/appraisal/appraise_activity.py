"""Appraising one report: from what was done, to the form for it, to a sentence on how sure one may be.

The design is named first and said aloud before any form is shown, because the form follows from it. When somebody
names another design later, the answers given on the first form are put aside under its name and come back with it.
The same holds for another report. What the panel noted is shown only when a reader has answered for themselves, or
asks for it.

Nothing here adds answers up. A judgement is the reader's own, and so is the sentence about certainty.
"""

from functools import cache
from pathlib import Path

from traitlets import Bool, Dict, Int, TraitError, Unicode, validate

from researchskills import own_words, saving
from researchskills._words import number_of
from researchskills.activity import Activity, here, reopened
from researchskills.appraisal import design_path, forms, reading, reports, saved_files, sentence_numbers
from researchskills.appraisal.designs import DESIGNS
from researchskills.appraisal.forms import Form
from researchskills.appraisal.reading import SECTORS, Appraisal
from researchskills.appraisal.saved_appraisals import appraisal_of, are_answers, are_judgements, from_state
from researchskills.errors import CourseError
from researchskills.paths import suggestion

__all__ = ["Appraise", "appraisal_of", "appraise"]

#: How many steps there are.
STEPS = 5
_LONGEST_NAME = 100
_NO_ANSWER = {"answer": "", "sentences": [], "evidence": "", "direction": ""}
#: What belongs to a report and comes back with it, and what it is for a report that is new.
_OF_A_REPORT = {"path": {}, "design": "", "certainty": "", "asked_panel": False}


class Appraise(Activity):
    """The appraisal of a report by one reader.

    Parameters
    ----------
    name : str
        For example `m03-a2-appraisal`.
    report : str, optional
        Key of a report that is set; by default the learner chooses one, or names a paper of their own.
    folder : pathlib.Path, optional
        The notebook's folder.

    Attributes
    ----------
    step : int
        The step that is shown, from 1.
    part : str
        The part of the form that was open last: key of a domain, "" for the screening questions.
    report_key, own_paper : str
        Key of a report of the course, or "" and the short name of another paper.
    path : dict
        Answers on the way to the design.
    design : str
        Key of `DESIGNS`; "" until one is committed to.
    reader, sector : str
    answers : dict
        Key of a question → `answer`, `sentences`, `evidence`, `direction`; see `reading.Answer`.
    judgements : dict
        Domain → key of `forms.JUDGEMENTS`.
    certainty : str
    asked_panel : bool
        Whether the reader asked for what the panel noted before every question was answered.
    kept : dict
        Report → what was done with it while it was the one on the page, and `forms`: form → answers and judgements.
    """

    step = Int(1).tag(saved=True)
    part = Unicode("").tag(saved=True)
    report_key = Unicode("").tag(saved=True)
    own_paper = Unicode("").tag(saved=True)
    path = Dict().tag(saved=True)
    design = Unicode("").tag(saved=True)
    reader = Unicode("").tag(saved=True)
    sector = Unicode("").tag(saved=True)
    answers = Dict().tag(saved=True)
    judgements = Dict().tag(saved=True)
    certainty = Unicode("").tag(saved=True)
    asked_panel = Bool(False).tag(saved=True)
    kept = Dict().tag(saved=True)

    def __init__(self, name: str, report: str | None = None, folder: Path | None = None):
        if report is not None and report not in reports.names():
            raise CourseError(f"There is no report “{report}”.{suggestion(report, reports.names())}", exit_status=2)
        self.folder = Path(folder) if folder else here()
        self.set_report = report
        super().__init__(name, self.folder)
        self._hold_to_the_set_report()

    def _hold_to_the_set_report(self) -> None:
        if not self.set_report or self.report_key == self.set_report:
            return
        if self.design:
            # The lesson sets another report than it did: what was done with the first is kept.
            self.take_up(self.set_report)
        else:
            self._restoring = True
            self.report_key = self.set_report
            self._restoring = False

    def _save_change(self, change) -> None:
        super()._save_change(change)
        # A report that the lesson set is no answer, but whoever reads the file later must know which it was.
        if not self._restoring and self.report_key and self._saved.state.get("report_key") != self.report_key:
            super()._save_change({"name": "report_key", "new": self.report_key})

    # -- what may be saved -----------------------------------------------------------------------

    @validate("step", "path", "design", "sector", "answers", "judgements", "kept")
    def _can_be_shown(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        if not _ALLOWED[name](value):
            raise TraitError(f"“{name}” cannot be like that")
        return value

    # -- which report ----------------------------------------------------------------------------

    @property
    def subject(self) -> str:
        """What is appraised: the key of a report, or the short name of a paper; "" when nothing is chosen."""
        return self.report_key or self.own_paper

    def text(self) -> reports.Report | None:
        """The report with its numbered sentences; None for a paper of one's own.

        Raises
        ------
        CourseError
            If the report cannot be opened.
        """
        return reports.report(self.report_key) if self.report_key else None

    def title(self) -> str:
        """What is appraised, as people call it."""
        try:
            report = self.text()
        except CourseError:
            # A page can be read after the package has gone.
            report = None
        return report.title if report else self.subject

    def take_up(self, report: str) -> None:
        """Appraise another report of the course, or with "" a paper of one's own; what was done so far is kept."""
        if report == self.report_key:
            return
        self._put_aside()
        held = self.kept.get(report, {})
        self.report_key = report
        for name, at_first in _OF_A_REPORT.items():
            setattr(self, name, held.get(name, at_first))
        self._bring_back()

    def name_paper(self, name: str) -> None:
        """Give a paper of one's own its short name.

        Raises
        ------
        CourseError
            If the name could identify a person, or is that of a report of the course.
        """
        name = " ".join(own_words.kept(name).split())[:_LONGEST_NAME]
        if name in reports.names():
            raise CourseError(f"“{name}” is what the course calls one of its own reports. Nothing was changed. Give "
                              "your paper another name.")
        self.own_paper = name

    # -- the design ------------------------------------------------------------------------------

    def answer_path(self, path: dict) -> None:
        """Keep the answers on the way to the design."""
        self.path = dict(path)

    def commit_design(self, key: str) -> str:
        """Say what the design is; gives a sentence.

        The form for it opens. Answers on the form of an earlier design are kept and come back with that design.

        Raises
        ------
        CourseError
            If nothing is chosen to appraise yet, or there is no such design.
        """
        if not self.subject:
            raise CourseError("Choose a report in step 1 first, or name a paper of your own.")
        if key not in DESIGNS:
            raise CourseError(f"There is no design “{key}”.{suggestion(key, list(DESIGNS))}", exit_status=2)
        before, after = self.form, forms.form(DESIGNS[key].form)
        told = f"You take it for: {DESIGNS[key].name}. Step 3 has the form for it, “{after.title}”."
        if before is None or before.key == after.key:
            self.design = key
            return told
        left, said = self.answered(), self.answers
        self._put_aside()
        self.design = key
        self._bring_back()
        if left:
            told += (f" What you said on the form “{before.title}” ({number_of(left, 'answer')}) is kept and comes "
                     "back with its design.")
        if back := self.answered():
            told += f" What you said on this form before ({number_of(back, 'answer')}) is back."
        if carried := self._carry_over(said, before):
            told += (f" {number_of(carried, 'answer')} to questions that both forms ask "
                     f"{'comes' if carried == 1 else 'come'} along.")
        return told

    def _carry_over(self, said: dict, before: Form) -> int:
        """Take over what was said on another form to questions asked here in the same words; gives how many."""
        asked = {(one.key, one.text) for one in before.questions}
        taken = {one.key: said[one.key] for one in self.form.questions
                 if (one.key, one.text) in asked and one.key in said and one.key not in self.answers}
        if taken:
            self.answers = {**self.answers, **taken}
        return sum(bool(one["answer"]) for one in taken.values())

    def leads_elsewhere(self) -> str:
        """What to know when the answers on the way lead to another design than the one that was chosen; else empty."""
        try:
            leads = design_path.design_of(self.path)
        except CourseError:
            # Saved in an edition whose questions on the way were others.
            return ""
        if not self.design or leads in {"", self.design}:
            return ""
        return (f"You now lead to another design than the one you chose: {DESIGNS[leads].name}, not "
                f"{DESIGNS[self.design].name}. Choose “This is the design” to change the form.")

    @property
    def form(self) -> Form | None:
        """The form for the design; None while no design is named."""
        return forms.form(DESIGNS[self.design].form) if self.design else None

    def _put_aside(self) -> None:
        if not self.design and not self.path:
            return
        held = self.kept.get(self.report_key, {})
        kept = {**held, **{name: getattr(self, name) for name in _OF_A_REPORT}}
        if self.design:
            of_form = {"answers": self.answers, "judgements": self.judgements}
            kept["forms"] = {**held.get("forms", {}), self.form.key: of_form}
        self.kept = {**self.kept, self.report_key: kept}

    def _bring_back(self) -> None:
        of_report = self.kept.get(self.report_key, {}).get("forms", {})
        held = of_report.get(self.form.key, {}) if self.design else {}
        # The design is on the disk before the answers are: should the computer stop in between, both forms are kept.
        self.answers, self.judgements = held.get("answers", {}), held.get("judgements", {})
        self.part = ""

    # -- the form --------------------------------------------------------------------------------

    def held(self, question: str) -> dict:
        """What is held for a question: `answer`, `sentences`, `evidence`, `direction`."""
        return {**_NO_ANSWER, **self.answers.get(question, {})}

    def put(self, question: str, **changed) -> None:
        """Keep an answer, its sentences or its direction; what is empty as a whole is taken away."""
        held = {**self.held(question), **changed}
        others = {key: one for key, one in self.answers.items() if key != question}
        self.answers = {**others, question: held} if any(held.values()) else others

    def mark_sentences(self, question: str, typed: str) -> None:
        """Keep which sentences of the report show the answer.

        Raises
        ------
        CourseError
            If the report has no such sentences; those held before stay.
        """
        try:
            self.put(question, sentences=sentence_numbers.read(typed, len(self.text().sentences)))
        except CourseError as problem:
            held = sentence_numbers.written(self.held(question)["sentences"])
            raise CourseError(f"{problem} {f'Still saved: {held}.' if held else 'No number is saved yet.'}") from None

    def write_evidence(self, question: str, words: str) -> None:
        """Keep what shows the answer, in one's own words.

        Raises
        ------
        CourseError
            If they could identify a person; those held before stay.
        """
        self.put(question, evidence=own_words.kept(words))

    def judge(self, domain: str, judgement: str) -> None:
        """Keep what the reader thinks of a domain; an empty judgement takes it back."""
        others = {key: one for key, one in self.judgements.items() if key != domain}
        self.judgements = {**others, domain: judgement} if judgement else others

    def answered(self) -> int:
        """How many questions of the form have an answer."""
        return sum(bool(self.held(one.key)["answer"]) for one in self.form.questions) if self.design else 0

    def progress(self) -> str:
        """How far the reader is with the form, in a sentence."""
        if not self.design:
            return "The form opens when you have said what the design is."
        many, judged = len(self.form.questions), len([one for one in self.form.domains if one in self.judgements])
        told = f"{self.answered()} of {number_of(many, 'question')} answered"
        return f"{told}, {judged} of {number_of(len(self.form.domains), 'part')} judged."

    def parts_done(self) -> int:
        """How many parts of the form are judged, with every question of them answered."""
        return sum(all(self.held(one.key)["answer"] for one in self.form.of_domain(domain))
                   for domain in self.form.domains if domain in self.judgements)

    def screened(self) -> bool:
        """Whether every screening question has an answer."""
        return bool(self.design) and all(self.held(one.key)["answer"] for one in self.form.of_domain(""))

    def write_certainty(self, words: str) -> None:
        """Keep how sure the reader is, in a sentence.

        Raises
        ------
        CourseError
            If it could identify a person; what was held before stays.
        """
        self.certainty = own_words.kept(words)

    def name_reader(self, name: str) -> None:
        """Keep under which name or code the reader works.

        Raises
        ------
        CourseError
            If it is too long, or could identify a person by more than a name; what was held before stays.
        """
        self.reader = own_words.name_or_code(name)

    @property
    def appraisal(self) -> Appraisal | None:
        """The appraisal so far; None while no report is chosen or no design named."""
        return from_state({name: getattr(self, name) for name in self.saved_traits()})

    # -- the panel -------------------------------------------------------------------------------

    def may_ask_panel(self) -> bool:
        """Whether there are notes of a panel, and the reader has named the design and screened."""
        return bool(self.report_key) and self.screened()

    def shows_panel(self) -> bool:
        """Whether what the panel noted is shown: every question is answered, or the reader asked.

        Even then its notes on a question, or a part, wait until the reader has answered it.
        """
        return self.may_ask_panel() and (self.asked_panel or self.answered() == len(self.form.questions))

    def panel_notes(self) -> dict | None:
        """What the panel noted, or None while it is not shown.

        Raises
        ------
        CourseError
            If the notes cannot be opened.
        """
        return reports.panel(self.report_key) if self.shows_panel() else None

    # -- what leaves the page --------------------------------------------------------------------

    def export(self) -> list[Path]:
        """Write the appraisal beside the notebook: a file for a second reader, and a page to read or print.

        Raises
        ------
        CourseError
            If no design is named or no question answered yet, or a file cannot be written.
        """
        from researchskills.appraisal import appraisal_report

        if self.appraisal is None or not self.appraisal.answers:
            raise CourseError("There is nothing to save yet. Name the design and answer a question first. "
                              "No file was written.")
        stem = "-".join(saving.in_a_file_name(part) for part in ("appraisal", self.subject, self.reader) if part)
        page = appraisal_report.page(f"Appraisal: {self.title()}", self.report_body())
        return [saving.write(self.folder / f"{stem}.json", reading.to_json(self.appraisal).encode()),
                saving.write(self.folder / f"{stem}.html", page.encode())]

    def export_told(self) -> str:
        """Write both files; gives what they are called, where they are and what they are for.

        Raises
        ------
        CourseError
            As `export`.
        """
        paths = self.export()
        told = [saved_files.where(paths),
                "The first is for a second reader in the course, the second to read or print.",
                saved_files.nameless(paths, saving.in_a_file_name(self.reader))]
        return " ".join(filter(None, told))

    def shown(self) -> str:
        """What is appraised, the design, how far the reader is, and the sentence about certainty."""
        if not self.design and not self.own_paper and not self.path:
            # A report that the lesson set, or one that is only being looked at, is no answer.
            return ""
        told = [self.title(), f"Design: {DESIGNS[self.design].name}. {self.progress()}" if self.design else ""]
        return "\n".join(filter(None, [*told, self.certainty]))

    # -- on the screen and as a page -------------------------------------------------------------

    def panel(self):
        """Five steps, one shown at a time."""
        from researchskills.appraisal.appraise_steps import Panel

        return Panel(self).widget

    def report_body(self) -> str:
        """The appraisal as HTML, without its frame."""
        from researchskills.appraisal import appraisal_report

        return appraisal_report.body(self)

    def report(self) -> str:
        """The task, every answer with its evidence, the summary, and the sentence about certainty."""
        from researchskills.appraisal import appraisal_report

        return (f'<section class="rs-report" aria-label="Appraisal">{appraisal_report.TASK}{self.report_body()}'
                f"{self.notice_html()}</section>")


def _is_kept(held) -> bool:
    return isinstance(held, dict) and set(held) <= {*_OF_A_REPORT, "forms"} and all(
        isinstance(held.get(name, at_first), type(at_first)) for name, at_first in _OF_A_REPORT.items()
    ) and isinstance(held.get("forms", {}), dict) and all(
        isinstance(one, dict) and are_answers(one.get("answers")) and are_judgements(one.get("judgements"))
        for one in held.get("forms", {}).values())


#: For each part of the state: whether a value can be shown.
_ALLOWED = {
    "step": lambda held: 1 <= held <= STEPS,
    "path": lambda held: all(isinstance(one, str) for one in (*held, *held.values())),
    "design": lambda held: held in {"", *DESIGNS},
    "sector": lambda held: held in {"", *SECTORS},
    "answers": are_answers,
    "judgements": are_judgements,
    "kept": lambda held: all(map(_is_kept, held.values())),
}


def appraise(name: str, report: str | None = None) -> Appraise:
    """Appraise a report: design, form, evidence, direction, judgement by domain, summary.

    Parameters
    ----------
    name : str
        The activity's name, such as `m03-a2-appraisal`.
    report : str, optional
        Key of a report of the course. By default the learner chooses one, or names a paper of their own.

    Raises
    ------
    CourseError
        If there is no such report.
    """
    return reopened(_appraise(name, report, here()))


@cache
def _appraise(name: str, report: str | None, folder: Path) -> Appraise:
    """One activity for each name and folder, however often its cell is run."""
    return Appraise(name, report, folder)
