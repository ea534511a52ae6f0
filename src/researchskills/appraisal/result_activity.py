"""Reading a result on the screen: see the interval, say what it includes, choose a sentence, then compare.

A reader who sees the answer first learns that it looks obvious. So the three questions come before any remark, and
the remark is about what was said at that moment: whoever changes an answer afterwards asks for it again. The smallest
change that matters is asked for together with who says so, because no study and no course can know it.
"""

from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path

import pandas as pd
from traitlets import Dict, TraitError, Unicode, validate

from researchskills import _html, own_words
from researchskills.activity import Activity, here, reopened
from researchskills.appraisal import reports, result_picture, result_reading
from researchskills.appraisal.result_reading import MADE, MATTERS, NO_DIFFERENCE, StudyResult
from researchskills.appraisal.stacked_tables import stacked_table
from researchskills.errors import CourseError

TASK = ("<p><strong>Read a result</strong></p><p>Look at the interval before you read anybody’s words about it: it "
        "holds the values that fit what was seen. Answer the three questions, then compare.</p>")
#: Where numbers of one's own stand, in place of a report.
OWN = "own"
#: What is typed for a result of one's own; those with options are chosen.
TYPED = {"outcome": "What was looked at", "estimate": "Estimate", "low": "Lower end of the 95% interval",
         "high": "Upper end of the 95% interval", "unit": "Unit, such as days (may stay empty)"}
CHOSEN = {
    "scale": ("What kind of number it is", {"a difference or a change": "difference", "a ratio": "ratio",
                                            "a percentage on its own": "share"}),
    "better": ("Which direction is better for people", {"higher is better": "higher", "lower is better": "lower",
                                                       "cannot be said": "none"}),
    "made": ("How it came about", {words: key for key, words in MADE.items() if key != "once"}),
}
#: Two groups that share nobody: field of each → what it is called.
GROUPS = {which: {"outcome": f"{which.capitalize()} group: who", "estimate": f"{which.capitalize()} group: estimate",
                  "low": f"{which.capitalize()} group: lower end", "high": f"{which.capitalize()} group: upper end"}
          for which in ("first", "second")}
MATTERS_ASKED = "Does it include a change that matters?"
SENTENCE = "Which sentence would you write next?"
_EMPTY = {"no_difference": "", "matters": "", "sentence": "", "important": "", "who": "", "compared": {}}
_ANSWERS = ("no_difference", "matters", "sentence", "important")


class ReadResult(Activity):
    """Results read, one after the other.

    Parameters
    ----------
    name : str
        For example `m03-a4-results`.
    fixed : str or None
        Key of the only report whose results are read; None: the learner chooses, or types numbers of their own.
    folder : pathlib.Path, optional
        The notebook's folder.

    Attributes
    ----------
    source : str
        Key of the report that is looked at, or `OWN`.
    outcome : str
        The result of it that is looked at; empty for the main one.
    own, first, second : dict
        What was typed for a result of one's own, and for two groups of people.
    readings : dict
        Result → answers to `no_difference`, `matters` and `sentence`, the smallest `important` change as typed, `who`
        says so, and `compared`: the answers when they were last compared, or nothing.
    """

    source = Unicode("").tag(saved=True)
    outcome = Unicode("").tag(saved=True)
    own = Dict().tag(saved=True)
    first = Dict().tag(saved=True)
    second = Dict().tag(saved=True)
    readings = Dict().tag(saved=True)

    def __init__(self, name: str, fixed: str | None = None, folder: Path | None = None):
        self.fixed = fixed
        self.keys = [fixed] if fixed else [key for key in reports.names() if not reports.report(key).results.empty]
        super().__init__(name, folder)

    @validate("source", "own", "first", "second", "readings")
    def _can_be_shown(self, proposal):
        trait, value = proposal["trait"].name, proposal["value"]
        fits = {
            "source": lambda: value in {"", OWN, *self.keys},
            "own": lambda: _texts(value, {*TYPED, *CHOSEN}) and all(
                value.get(key, "") in {"", *options.values()} for key, (_, options) in CHOSEN.items()),
            **{which: lambda: _texts(value, {"outcome", "estimate", "low", "high"}) for which in GROUPS},
            "readings": lambda: all(map(_is_reading, value.values())),
        }
        if not fits[trait]():
            raise TraitError(f"“{trait}” cannot be like that")
        return value

    # -- what is looked at -------------------------------------------------------------------------

    @property
    def chosen(self) -> str:
        """The report that is looked at, or `OWN`."""
        return self.fixed or self.source or self.keys[0]

    def results(self) -> list[StudyResult]:
        """The results of the report that is looked at, the main one first; none for numbers of one's own."""
        return [] if self.chosen == OWN else list(_of_report(self.chosen))

    def plain_result(self) -> StudyResult:
        """The result that is looked at, as the report or the learner gives it.

        Raises
        ------
        CourseError
            If it is one's own and something is missing or cannot be right.
        """
        if self.chosen == OWN:
            return result_reading.typed(self.own)
        held = self.results()
        return next((one for one in held if one.outcome == self.outcome), held[0])

    def _result_of(self, key: str) -> StudyResult:
        """The result that a reading is about.

        Raises
        ------
        CourseError
            If it is one's own and cannot be read at present, or its report is no longer offered.
        """
        if key == OWN:
            return result_reading.typed(self.own)
        report, _, outcome = key.partition(": ")
        found = next((one for one in _of_report(report) if one.outcome == outcome), None)
        if found is None:
            raise CourseError(f"The report has no result “{outcome}” any more.")
        return found

    def result(self) -> StudyResult:
        """The same, with the smallest change that matters as the learner typed it, and none when they typed none.

        What the report takes for it is shown only when they have compared: whoever has seen a number thinks of no
        other.
        """
        return _as_read(self.plain_result(), self.reading()["important"])

    def questions(self) -> dict[str, tuple[str, dict[str, str]]]:
        """Field of a reading → question and answers about the result that is looked at."""
        try:
            result = self.plain_result()
        except CourseError:
            result = result_reading.StudyResult("", 0, 0, 0, scale=self.own.get("scale") or "difference")
        return _questions(result)

    def _key(self) -> str:
        if self.chosen == OWN:
            return OWN
        return f"{self.chosen}: {self.plain_result().outcome}"

    def reading(self) -> dict:
        """What was answered about the result that is looked at."""
        return self.readings.get(self._key(), _EMPTY)

    # -- what happens --------------------------------------------------------------------------------

    def look_at(self, source: str, outcome: str = "") -> None:
        """Go to a report, or to one of its results."""
        self.source, self.outcome = source, outcome

    def type_own(self, which: str, field: str, words: str) -> None:
        """Keep what was typed for a result of one's own (`own`) or for one of two groups (`first`, `second`).

        Raises
        ------
        CourseError
            If it could identify a person.
        """
        setattr(self, which, {**getattr(self, which), field: own_words.kept(words)})
        if which == "own" and OWN in self.readings:
            # What was said about other numbers does not hold for these.
            self.readings = {**self.readings, OWN: {**self.readings[OWN], "compared": {}}}

    def answer(self, field: str, words: str) -> None:
        """Keep an answer about the result that is looked at.

        Raises
        ------
        CourseError
            If it could identify a person, or is a smallest change that cannot be one; what was held before stays.
        """
        kept = own_words.kept(words)
        if field == "important":
            result_reading.with_important(self.plain_result(), kept)
        self.readings = {**self.readings, self._key(): {**self.reading(), field: kept}}

    def compare(self) -> str:
        """Commit to the answers; gives a sentence about how many hold.

        Raises
        ------
        CourseError
            If an answer is missing, or there is no result yet.
        """
        result, held = self.result(), self.reading()
        open_ = [question for key, (question, _) in self.questions().items() if not held[key]]
        if held["sentence"] not in {one.key for one in self.sentences()}:
            open_.append(SENTENCE)
        if open_:
            raise CourseError(f"Answer first, then compare. Still open: {' '.join(open_)}")
        compared = {key: held[key] for key in _ANSWERS}
        self.readings = {**self.readings, self._key(): {**held, "compared": compared}}
        remarks = _remarks(result, compared)
        good = sum(holds for holds, _ in remarks)
        return "All three hold." if good == len(remarks) else f"{good} of 3 hold; read on below."

    def groups(self) -> list[StudyResult]:
        """The results of two groups that share nobody; empty when nothing was typed.

        Raises
        ------
        CourseError
            If something is missing or cannot be right.
        """
        typed = {which: getattr(self, which) for which in GROUPS}
        if not any(any(fields.values()) for fields in typed.values()):
            return []
        whole = self.plain_result()
        kinds = {"unit": whole.unit, "scale": whole.scale, "better": whole.better, "made": whole.made}
        results = []
        for which, fields in typed.items():
            if not fields.get("outcome", "").strip():
                raise CourseError(f"Say who the {which} group is, for example: people who live alone.")
            try:
                results.append(result_reading.typed({**fields, **kinds}))
            except CourseError as problem:
                raise CourseError(f"{which.capitalize()} group: {problem}") from None
        return results

    # -- in words --------------------------------------------------------------------------------------

    def shown(self) -> str:
        """What was answered about each result, in plain words."""
        return "\n".join(self._lines())

    def _lines(self) -> list[str]:
        """A line for each result that something was answered about."""
        return [self._line(key, held) for key, held in self.readings.items() if any(held.values())]

    def _line(self, key: str, held: dict) -> str:
        parts = ["Numbers of your own." if key == OWN else f"{key}."]
        try:
            result = self._result_of(key)
            choices, questions = result_reading.sentences(_as_read(result, held["important"])), _questions(result)
        except CourseError:
            choices, questions = [], self.questions()
        parts += [f"{question} {options[held[one]]}." for one, (question, options) in questions.items() if held[one]]
        parts += [f"Smallest change that matters: {held['important']}."] if held["important"] else []
        parts += [f"Who says so: {held['who']}."] if held["who"] else []
        return " ".join(parts + [f"Your sentence: “{one.text}”" for one in choices if one.key == held["sentence"]])

    def card_html(self) -> str:
        """The result in words, or what is missing."""
        try:
            result = self.plain_result()
        except CourseError as problem:
            return f"<p>{_html.escape(problem)}</p>"
        written = result.as_written or f"{result.said(result.estimate)} (95% interval {result.span()})"
        direction = {"none": "Which direction is better for people cannot be said."}.get(
            result.better, f"{result.better.capitalize()} is better for people.")
        matters = ""
        if self.reading()["compared"]:
            matters = "The report does not say how large a change matters to people." if result.important is None else \
                f"As the report has it, a change of {result.said(result.important)} matters to people."
        return (f"<p><strong>{_html.escape(result.outcome)}</strong></p><p>{_html.escape(written)}</p>"
                f"<p>How it came about: {MADE[result.made]}. {direction}</p>"
                + (f"<p>{_html.escape(matters)}</p>" if matters and self.chosen != OWN else ""))

    def picture_html(self) -> str:
        """The picture of the interval."""
        try:
            return _picture(self.result())
        except CourseError:
            return ""

    def sentences_html(self) -> str:
        """The sentences to choose from, each behind its letter."""
        listed = "".join(f"<li>{_html.escape(one.text)}</li>" for one in self.sentences())
        if not listed:
            return ""
        begun = _html.escape(result_reading.stem(self.plain_result()))
        return f'<p>“{begun} …” How would you go on?</p><ol type="A">{listed}</ol>'

    def sentences(self) -> list[result_reading.Sentence]:
        """The sentences to choose from; none as long as there is no result."""
        try:
            return result_reading.sentences(self.result())
        except CourseError:
            return []

    def remarks_html(self) -> str:
        """What is to be said about the answers that were compared; nothing before."""
        compared = self.reading()["compared"]
        if not compared:
            return ""
        try:
            result = _as_read(self.plain_result(), compared["important"])
        except CourseError:
            return ""
        remarks = _remarks(result, compared)
        parts = [f"<li>{'✓ Holds' if holds else '✗ Look again'}: {_html.escape(why)}</li>" for holds, why in remarks]
        told = f"<ul>{''.join(parts)}</ul>"
        rows = [(one.text, one.verdict, one.why) for one in result_reading.sentences(result)]
        table = stacked_table(pd.DataFrame(rows, columns=["Sentence", "Fair?", "Why"]),
                              "What can be said of this result")
        if not remarks[-1][0]:
            # Whoever chose another sentence may look for the fair one first.
            table = f"<details><summary>Show what is to be said of every sentence</summary>{table}</details>"
        return f"{self._stale_html()}{told}{self._who_html(result)}{table}"

    def _stale_html(self) -> str:
        held = self.reading()
        if all(held[key] == held["compared"][key] for key in _ANSWERS):
            return ""
        return "<p>You have changed an answer since. Compare again to see what is to be said about it.</p>"

    def _who_html(self, result: StudyResult) -> str:
        held = self.reading()
        if result.no_difference is None:
            return ""
        if not held["important"].strip():
            if self.plain_result().important is not None:
                return ("<p>You typed no smallest change. The report has one, see above: do you agree with it? Type "
                        "yours and compare again.</p>")
            return "<p>Ask people who draw on the service how large a change they would notice, and type it above.</p>"
        if held["important"].strip() and not held["who"].strip():
            return ("<p>You typed how large a change matters. Say also who says so: people who draw on care, carers, "
                    "staff or you? They often differ.</p>")
        return ""

    def subgroups_html(self) -> str:
        """What the comparison of two groups of people says, with their picture."""
        try:
            groups = self.groups()
            if not groups:
                return ""
            told = result_reading.subgroups_told(*groups)
        except CourseError as problem:
            return f"<p>{_html.escape(problem)}</p>"
        return _picture(*groups) + "".join(f"<p>{_html.escape(words)}</p>" for words in told)

    def report(self) -> str:
        """The result that is looked at, what was answered about it and the others, and the remarks."""
        answers = "".join(f"<li>{_html.escape(one)}</li>" for one in self._lines())
        answered = f"<p>What you answered:</p><ul>{answers}</ul>" if answers else "<p>Not answered yet.</p>"
        return (f'<section class="rs-report" aria-label="Read a result">{TASK}{self.card_html()}{self.picture_html()}'
                f"{self.sentences_html()}{answered}{self.remarks_html()}{self.subgroups_html()}{self.notice_html()}"
                "</section>")

    def panel(self):
        """Choice of the result, its picture, the questions, the remarks, and a second group of people."""
        from researchskills.appraisal.result_panel import Panel

        return Panel(self).widget


def _remarks(result: StudyResult, answers: dict) -> list[tuple[bool, str]]:
    """Whether each of the three answers holds, and why."""
    right = result_reading.includes_no_difference(result)
    span = result.span()
    why = {"yes": f"{result.zero} (no difference) lies inside {span}.",
           "no": f"{result.zero} (no difference) lies outside {span}.",
           "nothing": "it is a percentage on its own, with nothing to differ from."}[right]
    matters = result_reading.includes_what_matters(result)
    kinds = "; ".join(result_reading.fitting(result)) if result.no_difference is not None else ""
    because = {"nobody": "as long as nothing is compared, or nobody says what matters, no interval can tell."}.get(
        matters, f"the values that fit hold: {kinds}.")
    sentence = next(one for one in result_reading.sentences(result) if one.key == answers["sentence"])
    return [
        (answers["no_difference"] == right, why),
        (answers["matters"] == matters, because),
        (sentence.verdict == result_reading.FAIR, f"your sentence is {sentence.verdict}. {sentence.why}"),
    ]


def _as_read(result: StudyResult, important: str) -> StudyResult:
    """A result with the smallest change that matters as it was typed, and without that of the report."""
    return result_reading.with_important(replace(result, important=None), important)


def _questions(result: StudyResult) -> dict[str, tuple[str, dict[str, str]]]:
    return {"no_difference": result_reading.no_difference_asked(result), "matters": (MATTERS_ASKED, MATTERS)}


def _texts(held: dict, allowed: set[str]) -> bool:
    return set(held) <= allowed and all(isinstance(one, str) for one in held.values())


def _is_reading(held) -> bool:
    if not isinstance(held, dict) or set(held) != set(_EMPTY):
        return False
    compared = held["compared"]
    return (_texts({key: held[key] for key in _EMPTY if key != "compared"}, set(_EMPTY))
            and held["no_difference"] in {"", *NO_DIFFERENCE} and held["matters"] in {"", *MATTERS}
            and isinstance(compared, dict) and (not compared or (_texts(compared, set(_ANSWERS))
                                                                and set(compared) == set(_ANSWERS))))


@cache
def _of_report(key: str) -> tuple[StudyResult, ...]:
    return tuple(result_reading.from_table(reports.report(key).results))


@lru_cache(maxsize=32)
def _picture(*results: StudyResult) -> str:
    """Drawn once for each result: a picture takes longer than a key press."""
    return result_picture.interval_figure(list(results))._repr_html_()


def read_result(name: str, report: str | None = None) -> ReadResult:
    """Read a result: what its interval includes, and which sentence is fair.

    Parameters
    ----------
    name : str
        The activity's name, such as `m03-a4-results`.
    report : str, optional
        Key of a report, whose results are then the only ones; by default the learner chooses a report or types
        numbers of their own.

    Raises
    ------
    CourseError
        If there is no such report, or it has no numbers.
    """
    if report is not None and reports.report(report).results.empty:
        raise CourseError(f"The report “{reports.report(report).title}” has no numbers to read.", exit_status=2)
    return reopened(_read_result(name, report, here()))


@cache
def _read_result(name: str, report: str | None, folder: Path) -> ReadResult:
    """One activity for each name and folder, however often its cell is run."""
    return ReadResult(name, report, folder)
