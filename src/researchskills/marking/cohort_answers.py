"""What one learner's answer counts towards in the figures about a cohort.

Each answer becomes a few properties: that it was given, that it earned half or all of the points, which wrong option
it holds, which level each criterion reached. Only what the question bank has a name for becomes one. What somebody
typed never does.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from researchskills import checks
from researchskills.ask import Asked
from researchskills.bank import Question
from researchskills.errors import CourseError
from researchskills.marking.results import QuestionMark

ANSWERED = "answered"
HALF, ALL = "half of the points", "all points"
_OTHER, _UNREADABLE = "other", "unreadable"


@dataclass(frozen=True)
class Named:
    """A wrong option, as the question bank has it.

    Attributes
    ----------
    text : str
        The option's own words; plain text.
    reason : str
        Why it is wrong, in Markdown; may be empty.
    """

    text: str
    reason: str = ""


def result_of(asked: Asked, mark: QuestionMark, rubric: list[dict], levels: dict[str, int] | None) -> set[str] | None:
    """What a marked answer shows.

    Parameters
    ----------
    asked : Asked
        Question and answer.
    mark : QuestionMark
        Its points.
    rubric : list of dict
        Criteria, for a question that a mentor marks.
    levels : dict of str to int or None
        What the mentor gave, if the levels are about this answer and these points.

    Returns
    -------
    set of str or None
        None as long as it is not marked, and for a text that was never written.
    """
    if mark.points is None or mark.needs_manual_marking:
        return None
    found = {name for name, share in ((HALF, 0.5), (ALL, 1)) if mark.points >= share * mark.max_points - 1e-9}
    if mark.marked_by != "mentor":
        return found | ({ANSWERED} | _held(asked) if asked.is_answered else set())
    # Were those who wrote nothing counted too, figures that come before a mentor has begun would tell who they are;
    # how many wrote something, beside how many of those are marked, would do so later.
    if not asked.is_answered or levels is None or set(levels) != {row["criterion"] for row in rubric}:
        return None
    return found | {
        at_least(number, level) for number, row in enumerate(rubric) for level in range(1, levels[row["criterion"]] + 1)
    }


def at_least(criterion: int, level: int) -> str:
    """Property of an answer in which a criterion, by its place, reaches a level."""
    return f"criterion {criterion} level {level}"


def right_parts(question: Question) -> list[str]:
    """Properties, one for each part that earns the same share of the points; empty where parts do not add up."""
    if question.kind == "match":
        return [f"right {item['key']}" for item in question.content["items"]]
    return [ALL] if question.kind in ("choice", "number", "value") else []


def wrong_options(question: Question) -> dict[str, Named]:
    """Wrong options that the question bank can name, by property."""
    kind = _KINDS.get(question.kind)
    return kind[0](question) if kind else {}


def _held(asked: Asked) -> set[str]:
    kind = _KINDS.get(asked.asked.kind)
    if not kind:
        return set()
    try:
        return set(kind[1](asked.asked, asked.answer))
    except CourseError:
        # A rule or a search that cannot be read has no wrong option with a name.
        return set()


def _texts(entries: list[dict]) -> dict[str, str]:
    return {entry["key"]: entry["text"] for entry in entries}


# -- choice and several --------------------------------------------------------------------------------


def _choice_names(question: Question) -> dict[str, Named]:
    key = question.key
    return {
        f"option {one}": Named(text, key["reasons"][one])
        for one, text in _texts(question.content["options"]).items()
        if one not in key["right"]
    }


def _choice(question: Question, answer: str) -> Iterator[str]:
    if answer not in question.key["right"]:
        yield f"option {answer}"


def _several_names(question: Question) -> dict[str, Named]:
    key = question.key
    return {
        f"option {one}": Named(f"Not ticked: {text}" if one in key["right"] else f"Ticked: {text}", key["reasons"][one])
        for one, text in _texts(question.content["options"]).items()
    }


def _several(question: Question, answer: list[str]) -> Iterator[str]:
    for one in _texts(question.content["options"]):
        if (one in answer) != (one in question.key["right"]):
            yield f"option {one}"


# -- match and order -----------------------------------------------------------------------------------


def _accepted(question: Question, item: str) -> set[str]:
    return {question.key["pairs"][item], *question.key.get("also", {}).get(item, ())}


def _match_names(question: Question) -> dict[str, Named]:
    reasons = question.key["reasons"]
    return {
        f"pair {item} {target}": Named(f"{text} → {words}", reasons[item].get(target) or reasons[item][""])
        for item, text in _texts(question.content["items"]).items()
        for target, words in question.content["targets"].items()
        if target not in _accepted(question, item)
    }


def _match(question: Question, answer: dict) -> Iterator[str]:
    for item, target in answer.items():
        if target:
            yield f"right {item}" if target in _accepted(question, item) else f"pair {item} {target}"


def _order_names(question: Question) -> dict[str, Named]:
    texts, order = _texts(question.content["steps"]), question.key["order"]
    return {
        f"swapped {number}": Named(f"{texts[later]} — placed before — {texts[one]}", question.key["reason"])
        for number, (one, later) in enumerate(pairwise(order))
    }


def _order(question: Question, answer: dict) -> Iterator[str]:
    order = question.key["order"]
    for number, (one, later) in enumerate(pairwise(order)):
        if answer.get(one) and answer.get(later) and answer[later] < answer[one]:
            yield f"swapped {number}"


# -- numbers -------------------------------------------------------------------------------------------


def _number_names(question: Question) -> dict[str, Named]:
    unit = question.content["unit"]
    named = {
        f"mistake {number}": Named(f"{one['value']:g} {unit}".strip(), one["reason"])
        for number, one in enumerate(question.key["mistakes"])
    }
    other = "A number that is none of the mistakes named in the question" if named else "Another number"
    return {
        **named,
        _OTHER: Named(other, question.key["reason"]),
        _UNREADABLE: Named("Something that cannot be read as a number"),
    }


def _number(question: Question, answer: str) -> Iterator[str]:
    outcome = checks.assess(question, answer)
    if outcome.status == checks.ERROR:
        yield _UNREADABLE
    elif outcome.status == checks.NOT_YET:
        value = checks.as_number(answer)
        # The check has chosen the reason; of mistakes that share one, the nearest was made.
        near = [
            (abs(value - one["value"]), number)
            for number, one in enumerate(question.key["mistakes"])
            if one["reason"] == outcome.message
        ]
        yield f"mistake {min(near)[1]}" if near else _OTHER


# -- kinds that subjects bring along -------------------------------------------------------------------


def _rate_names(question: Question) -> dict[str, Named]:
    reasons = question.key["reasons"]
    return {
        f"{side} {item} {one}": Named(f"{text} — {words} — rated {side} than by the panel", reasons[item][one])
        for item, text in _texts(question.content["items"]).items()
        for one, words in question.content["criteria"].items()
        for side in ("higher", "lower")
    }


def _rate(question: Question, answer: dict) -> Iterator[str]:
    from researchskills.appraisal.rate_question import ratings

    for (item, one), rating in ratings(question, answer).items():
        away = rating - question.key["panel"][item][one]
        if abs(away) > question.content["tolerance"]:
            yield f"{'higher' if away > 0 else 'lower'} {item} {one}"


def _screen_names(question: Question) -> dict[str, Named]:
    from researchskills.evidence.screen_question import titles_of

    titles = titles_of(question)
    return {
        f"record {one}": Named(f"{titles.get(one, one)} — not as the panel decided ({held['decision']})", held["why"])
        for one, held in question.key["panel"].items()
    }


def _screen(question: Question, answer: dict) -> Iterator[str]:
    from researchskills.evidence.screening import Decision

    for one, held in question.key["panel"].items():
        given = answer.get(one)
        if given and Decision(given).goes_on != Decision(held["decision"]).goes_on:
            yield f"record {one}"


def _rule_names(question: Question) -> dict[str, Named]:
    reason = question.key["reason"]
    return {
        "misses": Named("The rule misses rows with the fault", reason),
        "sound": Named("The rule also flags sound rows", reason),
    }


def _rule(question: Question, answer: dict) -> Iterator[str]:
    from researchskills.data.rule_builder import lacking, whole
    from researchskills.data.rule_question import caught

    rule = whole(answer)
    if not rule or lacking(rule):
        return
    found = caught(question, rule)
    if found.f1 >= question.content["threshold"]:
        return
    if found.both < found.faults:
        yield "misses"
    if found.both < found.flagged:
        yield "sound"


def _protect_names(question: Question) -> dict[str, Named]:
    from researchskills.data.protect_question import small

    reason = question.key.get("reason", "")
    return {
        f"{what} {name}": Named(f"{name} — {words}", reason)
        for name in small(question.content)
        for what, words in (("shown", "a small count, still shown"), ("leaks", "hidden, but can be worked out"))
    }


def _protect(question: Question, answer: list[str]) -> Iterator[str]:
    from researchskills.data.protect_question import leaks, offered, small

    hidden = [name for name in offered(question.content) if name in answer]
    yield from (f"shown {name}" for name in small(question.content) if name not in hidden)
    yield from (f"leaks {one.name}" for one in leaks(question.content, hidden))


def _search_names(question: Question) -> dict[str, Named]:
    return {
        "recall": Named("Too few of the relevant records are found", question.key["reason"]),
        "precision": Named("Too much else is found"),
    }


def _search(question: Question, answer: dict) -> Iterator[str]:
    from researchskills.evidence.search_question import evaluation

    found = evaluation(question, answer)
    if found.recall < question.content["recall"]:
        yield "recall"
    if (found.precision or 0) < question.content["precision"]:
        yield "precision"


#: For each kind: its wrong options by property, and the properties of an answer.
_KINDS: dict[str, tuple[Callable[[Question], dict[str, Named]], Callable[[Question, object], Iterator[str]]]] = {
    "choice": (_choice_names, _choice),
    "several": (_several_names, _several),
    "match": (_match_names, _match),
    "order": (_order_names, _order),
    "number": (_number_names, _number),
    "value": (_number_names, _number),
    "rate": (_rate_names, _rate),
    "screen": (_screen_names, _screen),
    "rule": (_rule_names, _rule),
    "protect": (_protect_names, _protect),
    "search": (_search_names, _search),
}
