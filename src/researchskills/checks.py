"""Instant feedback: correct, not yet, not attempted, or error — each with a calm sentence.

`assess` decides, from a question and an answer, and knows nothing of the screen. `ask.check` shows
its verdict in a notebook and `ask.score` turns it into points when a module is marked, so feedback
and marks cannot disagree.
"""

import math
import re
from dataclasses import dataclass

from researchskills import _html, kinds
from researchskills._words import number_of
from researchskills.bank import Question

CORRECT, NOT_YET, NOT_ATTEMPTED, ERROR = "correct", "not yet", "not attempted", "error"

#: What each outcome is called on the screen; the sign is never the only carrier of meaning.
LABELS = {CORRECT: "✓ Correct", NOT_YET: "↻ Not yet", NOT_ATTEMPTED: "○ Not answered yet",
          ERROR: "! Cannot be checked"}


@dataclass(frozen=True)
class Outcome:
    """Verdict on an answer.

    Attributes
    ----------
    status : str
        `correct`, `not yet`, `not attempted` or `error`.
    message : str
        Markdown for the learner: why, and what to look at again.
    fraction : float
        Share of the points, from 0 to 1.
    """

    status: str
    message: str
    fraction: float = 0.0


def assess(question: Question, answer) -> Outcome:
    """Compare an answer with what counts as right.

    Parameters
    ----------
    question : Question
        A question with a key.
    answer : object
        By kind: an option's key (choice), a list of keys (several), item → target (match),
        step → place (order), typed text or a number (number, value).

    Returns
    -------
    Outcome
        A question that has several parts gives a share of its points for each part that is right.
    """
    judge = kinds.module(question.kind).assess if question.kind in kinds.NAMES else _ASSESS[question.kind]
    return judge(question, answer)


def _correct(question: Question, message: str = "") -> Outcome:
    parts = [part for part in (message, question.key.get("why", "")) if part]
    return Outcome(CORRECT, "\n\n".join(parts) or "That is right.", 1.0)


def _assess_choice(question: Question, answer: str) -> Outcome:
    if not answer:
        return Outcome(NOT_ATTEMPTED, "Choose one of the answers first.")
    reason = question.key["reasons"][answer]
    if answer in question.key["right"]:
        return _correct(question, reason)
    return Outcome(NOT_YET, reason)


def _assess_several(question: Question, answer: list[str]) -> Outcome:
    if not answer:
        return Outcome(NOT_ATTEMPTED, "Tick every answer that applies first.")
    right, reasons = set(question.key["right"]), question.key["reasons"]
    texts = {option["key"]: option["text"] for option in question.content["options"]}
    wrong, missed = [key for key in texts if key in answer and key not in right], right - set(answer)
    if not wrong and not missed:
        return _correct(question, _bullets((texts[key], reasons[key]) for key in texts if key in right))
    lines = _bullets((texts[key], reasons[key]) for key in wrong)
    if missed:
        lines += f"\n\n{number_of(len(missed), 'answer that applies is', 'answers that apply are')} not ticked yet."
    found = len(right) - len(missed)
    return Outcome(NOT_YET, lines.strip(), max(0.0, (found - len(wrong)) / len(right)))


def _assess_match(question: Question, answer: dict) -> Outcome:
    pairs, reasons, also = question.key["pairs"], question.key["reasons"], question.key.get("also", {})
    given = {key: target for key, target in answer.items() if target and key in pairs}
    if not given:
        return Outcome(NOT_ATTEMPTED, "Choose an answer for each line first.")
    texts = {item["key"]: f"{number}. {item['text']}" for number, item in enumerate(question.content["items"], 1)}
    wrong = [key for key in texts if key in given and given[key] not in {pairs[key], *also.get(key, ())}]
    blank = len(pairs) - len(given)
    if not wrong and not blank:
        return _correct(question, f"All {len(pairs)} are right.")
    right = len(given) - len(wrong)
    head = f"{right} of {len(pairs)} are right."
    if blank:
        head += f" {number_of(blank, 'is', 'are')} still empty."
    body = _bullets((texts[key], reasons[key].get(given[key]) or reasons[key][""]) for key in wrong)
    return Outcome(NOT_YET, f"{head}\n\n{body}".strip(), right / len(pairs))


def _assess_order(question: Question, answer: dict) -> Outcome:
    order = question.key["order"]
    given = {key: place for key, place in answer.items() if place and key in order}
    if not given:
        return Outcome(NOT_ATTEMPTED, "Give each line its place first.")
    if len(given) < len(order):
        return Outcome(NOT_YET, f"{number_of(len(order) - len(given), 'line has', 'lines have')} no place yet.")
    repeated = sorted({place for place in given.values() if list(given.values()).count(place) > 1})
    right = sum(given[key] == place for place, key in enumerate(order, 1))
    if repeated:
        return Outcome(NOT_YET, f"Place {repeated[0]} is used more than once. Each line has a place of its own.",
                       right / len(order))
    if right == len(order):
        return _correct(question, "All are in the right place.")
    return Outcome(NOT_YET, f"{right} of {len(order)} are in the right place. {question.key['reason']}",
                   right / len(order))


def as_number(typed) -> float | None:
    """The number that somebody typed, or None.

    Spaces, thousands commas, a currency sign, a per cent sign and words after the number are
    allowed, because people write them: `£1,250`, `27.5 %`, `8 hours`.
    """
    if isinstance(typed, bool):
        return None
    if not isinstance(typed, str):
        try:
            return float(typed)
        except (TypeError, ValueError):
            return None
    found = re.fullmatch(r"\s*£?\s*([-−+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|[-−+]?\.\d+)\s*(?:%|[^\W\d][^\d]*)?\s*",
                         typed)
    return float(found[1].replace(",", "").replace("−", "-")) if found else None


def _assess_number(question: Question, answer) -> Outcome:
    if answer is None or answer == "" or answer is Ellipsis:
        return Outcome(NOT_ATTEMPTED, "Type a number first.")
    value = as_number(answer)
    if str(answer) == "nan":
        return Outcome(ERROR, "There is no number: nothing was found to count or to average. Compare what stands in "
                              "quotation marks with the data, letter by letter.")
    if value is None or not math.isfinite(value):
        shown = answer if isinstance(answer, str) else type(answer).__name__
        return Outcome(ERROR, f"“{shown}” cannot be read as a number. Use digits and a full stop, such as 27.5.")
    key = question.key
    # A hair of slack, so that 0.1 + 0.2 counts as within 0 of 0.3.
    slack = 1e-9 * max(1.0, abs(key["answer"]))
    if abs(value - key["answer"]) <= key["tolerance"] + slack:
        return _correct(question, "That is right.")
    for mistake in key["mistakes"]:
        if abs(value - mistake["value"]) <= mistake["tolerance"] + slack:
            return Outcome(NOT_YET, mistake["reason"])
    return Outcome(NOT_YET, key["reason"])


_ASSESS = {
    "choice": _assess_choice, "several": _assess_several, "match": _assess_match,
    "order": _assess_order, "number": _assess_number, "value": _assess_number,
}


def model_answer(question: Question):
    """The right answer of a question that the course marks, in the form `assess` takes.

    For authors and tests: it proves that every question can be answered in full.
    """
    if question.kind in kinds.NAMES:
        return kinds.module(question.kind).model_answer(question)
    key = question.key
    return {
        "choice": lambda: key["right"][0],
        "several": lambda: list(key["right"]),
        "match": lambda: dict(key["pairs"]),
        "order": lambda: {step: place for place, step in enumerate(key["order"], 1)},
        "number": lambda: repr(key["answer"]),
        "value": lambda: key["answer"],
    }[question.kind]()


def _bullets(pairs) -> str:
    return "\n".join(f"- **{_html.as_markdown(text)}** {reason}" for text, reason in pairs)
