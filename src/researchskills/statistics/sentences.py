"""Sentences that say what the data show, and no more.

`reporting_sentence` builds one from an estimate: when and where, how many of how many, the interval, no
word that claims a cause. `review` reads a learner's own sentence and remarks on what commonly goes wrong.

The reader is a set of patterns (`wording`), not a judge: it knows words, not what was done. Each rule was
measured on labelled sentences (tests/labelled_sentences.tsv). A rule that is right in at least nine of ten
cases states what it found; where it is less sure it asks a question instead.
"""

import re
from dataclasses import dataclass, replace

import pandas as pd

from researchskills._html import escape
from researchskills.errors import CourseError
from researchskills.statistics.estimate import Estimate
from researchskills.statistics.wording import RANDOMISED, RULES, Remark
from researchskills.tables import html_table


@dataclass(frozen=True)
class Review:
    """What was remarked on a text.

    Parameters
    ----------
    text : str
        As it was written.
    remarks : tuple of Remark
        Findings first, then questions; empty when no rule found anything.
    """

    text: str
    remarks: tuple[Remark, ...]

    @property
    def findings(self) -> tuple[Remark, ...]:
        """Remarks that state something."""
        return tuple(remark for remark in self.remarks if not remark.is_question)

    @property
    def questions(self) -> tuple[Remark, ...]:
        """Remarks that ask something."""
        return tuple(remark for remark in self.remarks if remark.is_question)

    def sentence(self) -> str:
        """How many remarks there are, and what that means."""
        if not self.remarks:
            return ("Nothing was found by these rules. They know words, not what was done: read the sentence to "
                    "somebody who was there.")
        parts = [_many(len(self.findings), "thing to change", "things to change"),
                 _many(len(self.questions), "question to answer", "questions to answer")]
        return f"{' and '.join(part for part in parts if part)}."

    def to_table(self) -> pd.DataFrame:
        """One row for each remark."""
        return pd.DataFrame(
            [(remark.words, ("Is it so? " if remark.is_question else "") + remark.why, remark.suggestion)
             for remark in self.remarks], columns=["words", "why", "what to do"])

    def html(self) -> str:
        """The remarks as a table, after the text itself."""
        table = html_table(self.to_table(), "Remarks on the sentence") if self.remarks else ""
        return f"<p>“{escape(self.text.strip())}”</p><p><b>{escape(self.sentence())}</b></p>{table}"

    def _repr_html_(self) -> str:
        return f'<section aria-label="Remarks on a sentence">{self.html()}</section>'

    def __repr__(self) -> str:
        lines = [f"- “{one.words}”: {'is it so? ' if one.is_question else ''}{one.why} {one.suggestion}"
                 for one in self.remarks]
        return "\n".join([self.sentence(), *lines])


def reporting_sentence(estimate, what: str = "", *, period: str, place: str = "") -> str:
    """One honest sentence from numbers.

    Parameters
    ----------
    estimate : Estimate or tuple of int
        Any estimate of this package, or (how many, out of how many).
    what : str, optional
        What was estimated, as the subject of the sentence: "the share of people at home after 12 weeks".
    period : str
        The time the data are from: "April 2025 to March 2026", "March 2026".
    place : str, optional
        "in Northmoor", "at Castle Hill Infirmary".

    Returns
    -------
    str
        With time, place, number, denominator and interval.

    Raises
    ------
    CourseError
        If the period is missing, or the subject claims a cause.

    Examples
    --------
    >>> reporting_sentence((7, 9), "the share of people who were at home after 12 weeks", period="March 2026")
    'In March 2026, the share of people who were at home after 12 weeks was 77.8% (7 of 9), 95% confidence interval ...'
    """
    if not period or not period.strip():
        raise CourseError("A sentence needs its time: give period='April 2025 to March 2026'. Nothing was written.")
    if isinstance(estimate, tuple | list):
        from researchskills.statistics.estimates import proportion

        estimate = proportion(*estimate)
    if not isinstance(estimate, Estimate):
        raise CourseError("Give an estimate, such as what proportion(7, 9) returns, or two numbers: (7, 9).")
    claims = [remark for remark in review(what).remarks if remark.rule == "cause"]
    if claims:
        raise CourseError(f"“{claims[0].words}” claims a cause. Name only what was counted or measured, such as "
                          "“the share of people at home after 12 weeks”.")
    subject = " ".join(what.split()).rstrip(".") or estimate.what
    if estimate.what and not what:
        subject = subject[:1].lower() + subject[1:] if subject[1:2].islower() else subject
    where = f" {place.strip()}" if place.strip() else ""
    return f"{_when(period.strip())}{where}, {replace(estimate, what=subject).sentence()}"


def _when(period: str) -> str:
    if re.match(r"(?i)(in|from|between|during|over|since|on|by|for|at)\b", period):
        return period[:1].upper() + period[1:]
    return f"{'From' if re.search(r' (to|until) ', period) else 'In'} {period}"


def review(text: str, *, randomised: bool = False) -> Review:
    """Read a sentence for claims that the data do not carry.

    Parameters
    ----------
    text : str
        One or a few sentences in English.
    randomised : bool, default False
        Whether chance decided who got what; then words for causes are not remarked on.

    Returns
    -------
    Review

    Examples
    --------
    >>> [remark.rule for remark in review("Thanks to the new hub, delays fell.").findings]
    ['cause']
    """
    plain = re.sub(r"\s+", " ", text.replace("’", "'").replace("−", "-").replace("–", "-")).strip()
    remarks = []
    for rule in RULES:
        if rule.name == "cause" and (randomised or RANDOMISED.search(plain)):
            continue
        remarks += rule.look(plain)
    seen, kept = set(), []
    for remark in sorted(remarks, key=lambda one: one.is_question):
        # Two patterns may see the same words; one remark on them is enough.
        key = (remark.rule, remark.words.casefold())
        if key not in seen:
            seen.add(key)
            kept.append(remark)
    return Review(text, tuple(kept))


def _many(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}" if number else ""
