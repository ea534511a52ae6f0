"""Two readers on the screen: a partner's file beside one's own appraisal, and what both settle after talking.

One difference is shown at a time, so that the controls keep their place and the keyboard its focus; only the words
change. One's own answers are read anew whenever something is shown: whoever changes the appraisal finds the
comparison changed, and what was settled before stays, marked where it no longer fits.
"""

import json
from functools import cache
from pathlib import Path

from traitlets import Dict, TraitError, Unicode, validate

from researchskills import _html, own_words
from researchskills.activity import Activity, here, reopened
from researchskills.appraisal import forms, reader_files, reading, settling, two_readers_report
from researchskills.appraisal.reading import Appraisal
from researchskills.appraisal.saved_appraisals import appraisal_of
from researchskills.appraisal.settling import Agreement
from researchskills.appraisal.two_readers import Comparison, compare
from researchskills.errors import CourseError

_LONGEST_WHY = 300
_YOUR_PARTNERS = "Your partner’s file"


class TwoReaders(Activity):
    """A partner's appraisal beside one's own.

    Parameters
    ----------
    name : str
        For example `m03-a3-two-readers`.
    own_name : str
        Name of one's own appraisal in the same folder.
    folder : pathlib.Path, optional
        The notebook's folder.

    Attributes
    ----------
    partner : dict
        The partner's file as it was accepted, as `reading.to_json` writes it.
    agreements : dict
        Key of a difference → `value`, `why`, `mine`, `theirs`, `form`; see `settling.Agreement`.
    certainty : str
        The sentence on certainty that both agreed on.
    waiting : Appraisal or None
        A file of another reader, until the learner has said that it takes the place of the one that is there.
    """

    partner = Dict().tag(saved=True)
    agreements = Dict().tag(saved=True)
    certainty = Unicode().tag(saved=True)

    def __init__(self, name: str, own_name: str, folder: Path | None = None):
        self.folder = folder or Path.cwd()
        self.own_name = own_name
        self.waiting: Appraisal | None = None
        self._undo: list[dict] = []
        super().__init__(name, folder)

    @validate("partner")
    def _is_an_appraisal(self, proposal):
        if proposal["value"]:
            try:
                _appraisal(proposal["value"])
            except CourseError:
                raise TraitError("this is no appraisal") from None
        return proposal["value"]

    @validate("agreements")
    def _are_agreements(self, proposal):
        for one in proposal["value"].values():
            # What was settled in an earlier edition does not say how.
            if not isinstance(one, dict) or {*one, "how"} != set(Agreement.__dataclass_fields__) \
                    or not all(isinstance(part, str) for part in one.values()) \
                    or one["form"] not in {"", *forms.names()} or one.get("how", "") not in {"", "again"}:
                raise TraitError("this is no agreement")
        return proposal["value"]

    # -- what happens ----------------------------------------------------------------------------

    def own(self) -> Appraisal:
        """One's own appraisal as it is now.

        Raises
        ------
        CourseError
            If it cannot be read, or no design is named in it yet.
        """
        own = appraisal_of(self.own_name, self.folder)
        if own is None:
            raise CourseError("There is no appraisal of your own yet. Read the report and answer for yourself first: "
                              "whoever knows the other’s answers no longer reads alone.")
        return own

    def other(self) -> Appraisal | None:
        """The partner's appraisal, once a file was accepted."""
        return _appraisal(self.partner) if self.partner else None

    def take(self, name: str, content: bytes) -> str:
        """Accept a partner's file and compare it; gives a sentence.

        A file by somebody else than before waits until `confirm` or `decline` is called.

        Raises
        ------
        CourseError
            If the file cannot be used; what was accepted before stays.
        """
        self.waiting = None
        taken = reader_files.accept(content, f"“{name}”")
        compared = compare(self.own(), taken, f"“{name}”")
        before = self.other()
        if before is not None and not reader_files.same_name(taken.reader, before.reader) and taken != before:
            self.waiting = taken
            return (f"“{name}” is by {two_readers_report.who(taken, 'a reader without a name')}. You have compared "
                    f"with {two_readers_report.who(before, 'a reader without a name')} so far. Say whether it takes "
                    "the other’s place; until then nothing changes.")
        self._put(taken)
        return compared.sentence()

    def confirm(self) -> str:
        """Let the waiting file take the place of the one that is there; gives a sentence."""
        taken = self.waiting
        compared = compare(self.own(), taken)
        self.waiting = None
        if self.agreements or self.certainty:
            # What was settled with one person does not hold for another; it is kept with the earlier answers.
            state = {"agreements": dict(self.agreements), "certainty": self.certainty, "partner": dict(self.partner)}
            self._saved.earlier.append({"state": state, "shown": self.shown(), "saved": self._saved.saved,
                                        "why": "another partner's file took its place"})
        self._put(taken, agreements={}, certainty="")
        return compared.sentence()

    def decline(self) -> None:
        """Keep the file that is there."""
        self.waiting = None

    def _put(self, taken: Appraisal, **others) -> None:
        held = json.loads(reading.to_json(taken))
        # What a file says about a person is kept only when it is a name or a code.
        self._change(partner={**held, "reader": reader_files.name_kept(taken.reader)}, **others)

    def _change(self, **values) -> None:
        """Change some of the state as one step that can be taken back."""
        before = {name: getattr(self, name) for name, value in values.items() if getattr(self, name) != value}
        if before:
            self._undo.append(before)
        for name in before:
            setattr(self, name, values[name])

    def undo(self) -> bool:
        """Take the last step back; False when there is none."""
        if not self._undo:
            return False
        for name, value in self._undo.pop().items():
            setattr(self, name, value)
        return True

    def comparison(self) -> Comparison | None:
        """Both appraisals as they are now; None while there is no partner's file.

        Raises
        ------
        CourseError
            If they can no longer be compared, because one's own appraisal has changed.
        """
        other = self.other()
        return None if other is None else compare(self.own(), other, _YOUR_PARTNERS)

    @property
    def settled(self) -> dict[str, Agreement]:
        """What both settled."""
        return {key: Agreement(**held) for key, held in self.agreements.items()}

    def settle(self, key: str, value: str, why: str = "", how: str = "") -> str:
        """Keep what both settled about a difference, or with an empty value nothing; gives a sentence.

        Raises
        ------
        CourseError
            If they no longer differ on it, or the reason could identify a person; what was settled before stays.
        """
        others = {one: held for one, held in self.agreements.items() if one != key}
        if not value:
            self._change(agreements=others)
            return "Not settled any more."
        comparison = self.comparison()
        difference = comparison.find(key) if comparison else None
        if difference is None:
            raise CourseError("You no longer differ on this. Nothing was changed.")
        agreed = settling.settle(difference, value, own_words.kept(why)[:_LONGEST_WHY], how)
        self._change(agreements={**others, key: vars(agreed)})
        because = f" Why: {agreed.why}" if agreed.why else ""
        return f"Kept: {two_readers_report.settled_words(difference, agreed)}.{because}"

    def write_certainty(self, words: str) -> str:
        """Keep the sentence on certainty that both agreed on; gives a sentence.

        Raises
        ------
        CourseError
            If it could identify a person; what was written before stays.
        """
        self._change(certainty=own_words.kept(words))
        return "Your sentence is kept."

    def export(self) -> list[Path]:
        """Write the agreed version beside the notebook: a file of the course, and a page to read and print.

        Raises
        ------
        CourseError
            If there is no agreed version yet, or a file cannot be written.
        """
        from researchskills import saving

        comparison, settled = self.comparison(), self.settled
        if comparison is None:
            raise CourseError("There is no agreed version yet: choose your partner’s file first. No file was written.")
        agreed, _ = settling.agreed_version(comparison, settled, self.certainty)
        page = two_readers_report.agreed_page(comparison, settled, self.certainty)
        return [saving.write(self.folder / f"{self.name}-agreed.json", reading.to_json(agreed).encode()),
                saving.write(self.folder / f"{self.name}-agreed.html", page.encode())]

    # -- words and screen ------------------------------------------------------------------------

    def shown(self) -> str:
        """Whom one compared with and how far both are, in one sentence."""
        other = self.other()
        if other is None:
            return ""
        try:
            told = settling.progress(self.comparison(), self.settled)
        except CourseError as problem:
            told = str(problem)
        return f"Compared with {two_readers_report.who(other, 'a partner')}. {told}"

    def panel(self):
        """Bring in a partner's file, talk about the differences one by one, save the agreed version."""
        from researchskills.appraisal.two_readers_panel import Panel

        return Panel(self).widget

    def report(self) -> str:
        """The comparison and what both settled."""
        other, parts = self.other(), []
        if other is None:
            parts.append("<p>No file of a partner yet.</p>")
        else:
            parts.append(f"<p>Compared with {_html.escape(two_readers_report.who(other, 'a partner'))}.</p>")
            try:
                comparison, settled = self.comparison(), self.settled
                parts.append(two_readers_report.comparison_html(comparison, settled))
                parts.append(f"<p>{_html.escape(settling.progress(comparison, settled))}</p>")
            except CourseError as problem:
                parts.append(f"<p>{_html.escape(str(problem))}</p>")
            if self.certainty:
                parts.append(f"<p>How sure we are: {_html.escape(self.certainty)}</p>")
        return (f'<section class="rs-report" aria-label="Two readers">{TASK}{"".join(parts)}{self.notice_html()}'
                "</section>")


TASK = ("<p><strong>Two readers</strong></p><p>Two people appraise the same report, each alone. Then they compare. "
        "Save your appraisal as a file and send it to your partner, but only when both of you have finished. Choose "
        "the file that you were sent. It is compared with yours and never merged by itself. When you "
        "change an answer of your own later, compare again.</p>")


def _appraisal(held: dict) -> Appraisal:
    return reading.read(json.dumps(held).encode(), _YOUR_PARTNERS)


def two_readers(name: str, appraisal: str) -> TwoReaders:
    """Bring a partner's appraisal beside one's own.

    Parameters
    ----------
    name : str
        The activity's name, such as `m03-a3-two-readers`.
    appraisal : str
        Name of one's own appraisal in the same notebook, such as `m03-a2-appraisal`.
    """
    return reopened(_two_readers(name, appraisal, here()))


# One object for each name and folder, however often its cell is run.


@cache
def _two_readers(name: str, appraisal: str, folder: Path) -> TwoReaders:
    return TwoReaders(name, appraisal, folder)
