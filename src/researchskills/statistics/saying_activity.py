"""Saying it as an activity: numbers in, one honest sentence out; then one's own sentence, read critically."""

from functools import cache
from pathlib import Path

from traitlets import Unicode

from researchskills import _html
from researchskills.errors import CourseError
from researchskills.statistics import entries
from researchskills.statistics.entries import Field
from researchskills.statistics.form import Form
from researchskills.statistics.sentences import reporting_sentence, review

_KIND = Field("kind", "What do you want to report?", "share", {
    "A percentage (7 of 9 people)": "share",
    "Two percentages compared": "compare",
    "A rate for every so many people": "rate",
})
_PLACE = Field("place", "Where, with its small word: in Northmoor (may be left empty)")
_TIME = Field("period", "Period: April 2025 to March 2026")
_FIELDS = {
    "share": (
        Field("what", "The share of whom: the share of people who were at home after 12 weeks"),
        Field("had", "How many of them", 0),
        Field("of", "Out of how many", 0),
        _PLACE, _TIME,
    ),
    "compare": (
        Field("shares", "Which share: people at home after 12 weeks"),
        Field("first", "First group"),
        Field("first_had", "How many in the first group", 0),
        Field("first_of", "Out of how many in the first group", 0),
        Field("second", "Second group"),
        Field("second_had", "How many in the second group", 0),
        Field("second_of", "Out of how many in the second group", 0),
        _PLACE, _TIME,
    ),
    "rate": (
        Field("rate_of", "The rate of what: the rate of admissions to care homes"),
        Field("events", "How many of them", 0),
        Field("people", "Among how many people", 0, most=100_000_000),
        Field("per", "For every", 1000, {"100 people": 100, "1,000 people": 1000, "10,000 people": 10_000,
                                        "100,000 people": 100_000}),
        _PLACE, _TIME,
    ),
}


class SayIt(Form):
    """A sentence built from numbers, and the learner's own.

    Attributes
    ----------
    entered : dict
        What was entered, where it differs from the start.
    own : str
        The learner's own sentence.
    read : str
        The sentence that was last read; empty when none was.
    """

    title = "Say it in one honest sentence"
    choice, fields = _KIND, _FIELDS
    own = Unicode("").tag(saved=True)
    read = Unicode("").tag(saved=True)

    @property
    def kind(self) -> str:
        """What is reported: "share", "compare" or "rate"."""
        return self.chosen

    def estimate(self):
        """The estimate behind the sentence.

        Returns
        -------
        Estimate

        Raises
        ------
        CourseError
            If the numbers cannot be right.
        """
        from researchskills.statistics import estimates, two_proportions

        held = self.values
        if self.kind == "share":
            return estimates.proportion(held["had"], held["of"])
        if self.kind == "rate":
            return estimates.rate(held["events"], held["people"], per=held["per"])
        names = (held["first"].strip() or "the first group", held["second"].strip() or "the second group")
        counts = (held[name] for name in ("first_had", "first_of", "second_had", "second_of"))
        return two_proportions.compare_proportions(*counts, names=names)

    def sentence(self) -> str:
        """The sentence from the numbers.

        Raises
        ------
        CourseError
            If something is missing or cannot be right; says what.
        """
        held, found = self.values, self.estimate()
        subject = held.get("what") or held.get("rate_of") or ""
        if self.kind == "compare" and held["shares"].strip():
            first, second = held["first"].strip() or "first group", held["second"].strip() or "second group"
            subject = f"the difference in the share of {held['shares'].strip()} ({first} minus {second})"
        return reporting_sentence(found, subject, period=held["period"], place=held["place"])

    def read_own(self) -> None:
        """Read the learner's own sentence."""
        self.read = self.own.strip()

    def shown(self) -> str:
        """The own sentence; else the one from the numbers."""
        if self.own.strip():
            return self.own.strip()
        if not self.entered:
            return ""
        try:
            return self.sentence()
        except CourseError as problem:
            return str(problem)

    def _built_html(self) -> str:
        try:
            cautions = self.estimate().cautions
            told = "".join(f"<li>{_html.escape(text)}</li>" for text in cautions)
            listed = f"<p>Before you use it:</p><ul>{told}</ul>" if told else ""
            return f"<p><strong>From the numbers:</strong> {_html.escape(self.sentence())}</p>{listed}"
        except CourseError as problem:
            return f"<p>There is no sentence yet. {_html.escape(problem)}</p>" if self.entered else (
                "<p>Fill in the numbers, and a sentence is made from them.</p>")

    def _review_html(self) -> str:
        if not self.read:
            return ""
        changed = "" if self.read == self.own.strip() else "<p>You have changed the sentence since it was read.</p>"
        return review(self.read).html() + changed

    def panel(self):
        """Fields, the sentence made from them, and the learner's own with a button that reads it."""
        from ipywidgets import HTML, Button, VBox

        built, remarks, notice = HTML(), HTML(entries.live(self._review_html())), HTML(self.notice_html())
        button = Button(description="Read my sentence", tooltip="Look for claims that the numbers do not carry")

        def remark(_change=None):
            remarks.value = entries.live(self._review_html())

        def pressed(_button):
            self.read_own()
            remark()
            if not self.read:
                remarks.value = entries.live("<p>Write your sentence first.</p>")

        button.on_click(pressed)
        self.observe(remark, names=["read", "own"])
        self.observe(lambda _: setattr(notice, "value", self.notice_html()), names="notice")
        controls = self.controls(lambda: setattr(built, "value", entries.live(self._built_html())))
        own = entries.text_area(self, "own", "Your own sentence, for the people who will read it")
        head = HTML(f"<p><strong>{self.title}</strong></p>")
        return VBox([head, *controls, built, own, button, remarks, notice])

    def report(self) -> str:
        """What was entered, the sentence from the numbers, the own sentence and the remarks on it."""
        own = (f"<p><strong>Your own sentence</strong></p>{_html.plain(self.own)}" if self.own.strip()
               else "<p>Your own sentence: not answered yet.</p>")
        return (f'<section class="rs-report" aria-label="{self.title}"><p><strong>{self.title}</strong></p>'
                f"{self.entered_html()}{self._built_html()}{own}{self._review_html()}{self.notice_html()}</section>")


@cache
def saying(name: str, folder: Path) -> SayIt:
    """The activity of a name, one object however often its cell is run."""
    return SayIt(name, folder)
