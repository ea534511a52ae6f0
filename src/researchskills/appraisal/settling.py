"""What two readers settle after talking, and the version that both stand behind.

What is settled remembers what both had said. If an answer changes later, the agreement on it no longer fits; it is
kept and marked, not deleted. What is not settled is in no agreed version, and is listed beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from researchskills._words import number_of
from researchskills.appraisal import forms, reader_files
from researchskills.appraisal.designs import DESIGNS
from researchskills.appraisal.reading import MOST_LETTERS, Answer, Appraisal
from researchskills.appraisal.two_readers import STILL_DIFFER, Comparison, Difference
from researchskills.errors import CourseError


@dataclass(frozen=True)
class Agreement:
    """What two readers settled about a difference, and what each had said when they did.

    Attributes
    ----------
    value : str
        One of the difference's options, or `STILL_DIFFER`.
    why : str
        In a few words; may be empty.
    mine, theirs, form : str
        As in the difference when it was settled.
    how : {"", "again"}
        “again” when neither gave way: they read the place again and came to it together.
    """

    value: str
    why: str
    mine: str
    theirs: str
    form: str
    how: str = ""


def settle(difference: Difference, value: str, why: str = "", how: str = "") -> Agreement:
    """What both settled about a difference.

    Raises
    ------
    CourseError
        If it cannot be agreed on.
    """
    if value != STILL_DIFFER and value not in difference.options:
        raise CourseError("Choose what you agree on in the list. Nothing was changed.")
    return Agreement(value, why, difference.mine, difference.theirs, difference.form, how)


def fits(difference: Difference | None, agreement: Agreement) -> bool:
    """Whether an agreement is still about what both say; it is not once one of them answers otherwise."""
    if difference is None or agreement.value not in {STILL_DIFFER, *difference.options}:
        return False
    return (agreement.mine, agreement.theirs, agreement.form) == (
        difference.mine, difference.theirs, difference.form)


def standing(comparison: Comparison, agreements: Mapping[str, Agreement]) -> dict[str, str]:
    """Where each difference stands: `settled`, `differ`, `open`; `lapsed` where an agreement no longer fits.

    Agreements about what is no difference any more are in it as well, as `lapsed`.
    """
    states = {}
    for one in comparison.differences:
        held = agreements.get(one.key)
        states[one.key] = ("open" if held is None else "lapsed" if not fits(one, held)
                           else "differ" if held.value == STILL_DIFFER else "settled")
    return states | {key: "lapsed" for key in agreements if key not in states}


def progress(comparison: Comparison, agreements: Mapping[str, Agreement]) -> str:
    """How far both are with their differences, in words."""
    states = list(standing(comparison, agreements).values())
    if not states:
        return "There is no difference to settle."
    told = f"{states.count('settled')} of {number_of(len(comparison.differences), 'difference')} settled"
    for state, words in (("differ", "on which you still differ"), ("open", "not talked about yet"),
                         ("lapsed", "settled before an answer changed, to be looked at again")):
        if state in states:
            told += f"; {states.count(state)} {words}"
    return f"{told}."


def agreed_version(comparison: Comparison, agreements: Mapping[str, Agreement],
                   certainty: str = "", called: tuple[str, str] = ("you", "your partner"),
                   ) -> tuple[Appraisal, list[str]]:
    """The appraisal that both stand behind, and what remains unsettled.

    Parameters
    ----------
    comparison : Comparison
    agreements : mapping
        Key of a difference → `Agreement`.
    certainty : str
        The sentence on certainty that both agreed on.
    called : (str, str)
        What the two readers are called in what remains unsettled.

    Returns
    -------
    appraisal : Appraisal
        By the reader “both”; only answers that both gave or agreed on.
    unsettled : list of str
        What is not in it and why, a sentence each.

    Raises
    ------
    CourseError
        If they have not agreed on the design, or filled in different forms.
    """
    own, other = comparison.own, comparison.other
    if not comparison.one_form:
        raise CourseError("There is no agreed version yet: you filled in different forms. Talk about the design; then "
                          "one of you fills in the other form, and you compare again.")
    held = {key: agreements[key].value for key, state in standing(comparison, agreements).items()
            if state == "settled"}
    design = own.design if own.design == other.design else held.get("design")
    form = forms.form(own.form)
    if design is None or DESIGNS[design].form != form.key:
        raise CourseError("There is no agreed version yet: settle first what kind of study it is, with a design that "
                          f"the form “{form.title}” fits.")
    unsettled = [_about(one.about, f"{called[0]}: “{one.said(one.mine)}”; {called[1]}: “{one.said(one.theirs)}”")
                 for one in comparison.differences if one.key not in held]
    for who, answered in ((f"Only {called[0]}", (True, False)), (f"Only {called[1]}", (False, True)),
                          ("Nobody", (False, False))):
        lacking = [f"“{about}”" for about, *sides in comparison.lacking if tuple(sides) == answered]
        if lacking:
            unsettled.append(f"{who} answered: {', '.join(lacking)}.")
    answers = {}
    for key in comparison.both:
        answer = _agreed_answer(comparison, key, held)
        if answer:
            answers[key] = answer
    judgements = {}
    for key in form.domains:
        mine, theirs = own.judgements.get(key), other.judgements.get(key)
        agreed = mine if mine == theirs else held.get(f"judgement:{key}")
        if agreed:
            judgements[key] = agreed
    certainty = certainty.strip() or (own.certainty if own.certainty == other.certainty else "")
    if not certainty:
        unsettled.append("How sure the main finding is: there is no sentence yet that both of you agreed on.")
    sector = own.sector if own.sector == other.sector and own.sector else "both"
    return Appraisal(own.report, design, form.key, form.version, reader_files.BOTH, sector, answers, judgements,
                     certainty[:MOST_LETTERS]), unsettled


def _about(about: str, told: str) -> str:
    return f"{about} {told[:1].upper()}{told[1:]}." if about.endswith("?") else f"{about}: {told}."


def _agreed_answer(comparison: Comparison, key: str, held: Mapping[str, str]) -> Answer | None:
    mine, theirs = comparison.own.answers[key], comparison.other.answers[key]
    value = mine.answer if mine.answer == theirs.answer else held.get(f"answer:{key}")
    if value is None:
        return None
    # Whoever gave the answer brings the evidence; for a third answer, both do.
    backing = [one for one in (mine, theirs) if one.answer == value] or [mine, theirs]
    chosen = held.get(f"evidence:{key}", "both")
    if chosen != "both":
        backing = [mine if chosen == "mine" else theirs]
    if comparison.find(f"direction:{key}"):
        direction = held.get(f"direction:{key}", "")
    else:
        direction = next((one.direction for one in backing if one.direction), "")
    words = " / ".join(dict.fromkeys(one.evidence.strip() for one in backing if one.evidence.strip()))
    sentences = tuple(sorted({number for one in backing for number in one.sentences}))
    return Answer(value, sentences, words[:MOST_LETTERS], direction)
