"""The question kind `rate`: rate some things by several criteria, and see where a panel rated otherwise.

Rating a web page or a policy is a judgement, and two careful readers may be a step apart. So a rating counts when it
is within some steps of the panel's, and the panel's reason is told only where the two are further apart. From a share
of such ratings on, the answer is right. The ratings of one thing are never added up.

An author writes, under `kind: rate`:

    scale: [Weak, Rather weak, Rather strong, Strong]     in words, from one end to the other; two to seven
    criteria:
      authority: Is it clear who says it?                 the question that is rated
    items:
      - text: A leaflet                                   its name, shown as plain text
        about: What it says …                             what there is to read, in Markdown; may be left out
        ratings:
          authority: {rating: Weak, reason: It names nobody.}
    tolerance: 1     steps that a rating may be away from the panel's; by default 1
    needed: 0.8      share of the ratings that must be so near; by default 0.8
    reason: what to look at again, in a sentence
"""

from researchskills import bank, checks
from researchskills._html import as_markdown
from researchskills._words import number_of

REQUIRED = {"scale", "criteria", "items"}
OPTIONAL = {"tolerance", "needed", "reason", "why"}
#: Steps between a rating and the panel's that still count as agreement, unless the author says otherwise.
TOLERANCE = 1
#: Share of ratings within the tolerance from which an answer is right, unless the author says otherwise.
NEEDED = 0.8


def split(identifier: str, source: dict) -> tuple[dict, dict, dict]:
    """Divide what the author wrote into what learners see and what is sealed.

    Raises
    ------
    bank.QuestionError
        If a rating is missing, unknown or not on the scale, or if one rating given to everything would count as right.
    """
    scale, criteria = _scale(source["scale"]), _criteria(source["criteria"])
    tolerance, needed = source.get("tolerance", TOLERANCE), source.get("needed", NEEDED)
    if type(tolerance) is not int or not 0 <= tolerance <= len(scale) - 2:
        raise bank.QuestionError(f"tolerance is a whole number of steps from 0 to {len(scale) - 2}, else no rating can "
                                 "be too far away")
    if type(needed) not in (int, float) or not 0 < needed <= 1:
        raise bank.QuestionError("needed is a share above 0 and at most 1")
    items, panel, reasons = _items(source["items"], criteria, scale)
    ours = [rating for of_item in panel.values() for rating in of_item.values()]
    for level, words in enumerate(scale, 1):
        if sum(abs(level - one) <= tolerance for one in ours) / len(ours) >= needed:
            raise bank.QuestionError(f"rating everything “{words}” would count as right, so nothing would have to be "
                                     "told apart; choose things that differ more, or less tolerance")
    content = {"scale": scale, "criteria": criteria, "items": items, "tolerance": tolerance, "needed": needed}
    return content, {"panel": panel, "reasons": reasons, "reason": source.get("reason", "").strip()}, {}


def _scale(held) -> list[str]:
    if not isinstance(held, list) or not all(isinstance(one, str) and one.strip() for one in held):
        raise bank.QuestionError("scale is a list of words, such as [Weak, Middling, Strong]")
    scale = [one.strip() for one in held]
    if not 2 <= len(scale) <= 7 or len(set(scale)) < len(scale):
        raise bank.QuestionError("a scale has two to seven steps, each with words of its own")
    for words in scale:
        bank._check_label(words)
        if words[0].isdigit():
            raise bank.QuestionError(f"write “{words}” without its number; the course counts the steps of a scale")
    return scale


def _criteria(held) -> dict[str, str]:
    if not isinstance(held, dict) or not held or not all(isinstance(words, str) and words.strip()
                                                         for pair in held.items() for words in pair):
        raise bank.QuestionError("criteria are a name and a question each, such as “authority: Who says it?”")
    for words in held.values():
        bank._check_label(words)
    return {key: words.strip() for key, words in held.items()}


def _items(entries, criteria: dict, scale: list[str]) -> tuple[list[dict], dict, dict]:
    """The things for learners, and the panel's ratings of them, counted from 1, with their reasons."""
    if not isinstance(entries, list) or not all(isinstance(one, dict) and isinstance(one.get("text"), str)
                                                for one in entries):
        raise bank.QuestionError("items are a list, and each has a text")
    keyed = bank._keyed(entries, "items")
    panel, reasons = {}, {}
    for key, item in keyed:
        called = f"the item “{item['text'].strip()}”"
        if unknown := set(item) - {"text", "key", "about", "ratings"}:
            raise bank.QuestionError(f"{called} has the unknown entry {unknown.pop()}")
        rated = item.get("ratings")
        if not isinstance(rated, dict):
            raise bank.QuestionError(f"{called} has no ratings of the panel")
        if strange := set(rated) - set(criteria):
            raise bank.QuestionError(f"{called} is rated by “{strange.pop()}”, which is no criterion")
        for one in criteria:
            _check_rating(f"{called}, {one}", rated.get(one), scale)
        panel[key] = {one: scale.index(rated[one]["rating"]) + 1 for one in criteria}
        reasons[key] = {one: rated[one]["reason"].strip() for one in criteria}
    items = [{"key": key, "text": item["text"].strip(), "about": item.get("about", "").strip()} for key, item in keyed]
    return items, panel, reasons


def _check_rating(called: str, held, scale: list[str]) -> None:
    if not isinstance(held, dict) or held.get("rating") not in scale:
        raise bank.QuestionError(f"{called}: the panel's rating is missing or not on the scale ({', '.join(scale)})")
    if not held.get("reason"):
        raise bank.QuestionError(f"{called}: the panel's rating has no reason")


def assess(question: bank.Question, answer: dict) -> checks.Outcome:
    """The verdict on a learner's ratings.

    Parameters
    ----------
    question : Question
        Of the kind `rate`.
    answer : dict
        Item → criterion → place on the scale, counted from 1.

    Returns
    -------
    Outcome
        Right once everything is rated and the needed share is within the tolerance; the share of the points is the
        share of all ratings that are.
    """
    content, panel = question.content, question.key["panel"]
    whole = sum(len(of_item) for of_item in panel.values())
    given = ratings(question, answer)
    if not given:
        return checks.Outcome(checks.NOT_ATTEMPTED, "Rate each thing first.")
    far = [(item, one) for (item, one), rating in given.items()
           if abs(rating - panel[item][one]) > content["tolerance"]]
    near, left = len(given) - len(far), whole - len(given)
    words = f"{near} of {number_of(len(given), 'rating')} {'is' if near == 1 else 'are'} {_near(content['tolerance'])}."
    if left:
        words = f"{left} of {whole} ratings {'is' if left == 1 else 'are'} not given yet. {words}"
    lines = _differences(question, given, far)
    if not left and near / whole >= content["needed"]:
        parts = [words, lines, question.key.get("why", "")]
        return checks.Outcome(checks.CORRECT, "\n\n".join(filter(None, parts)), 1.0)
    words += f" {_at_least(content['needed'], whole)} of {whole} are needed for it to count as right here."
    reason = question.key["reason"] if far else ""
    return checks.Outcome(checks.NOT_YET, "\n\n".join(filter(None, [words, lines, reason])), near / whole)


def ratings(question: bank.Question, answer: dict | None) -> dict[tuple[str, str], int]:
    """What was rated, in the order in which it is asked: item and criterion → place on the scale."""
    answer = answer or {}
    return {(item["key"], one): answer[item["key"]][one] for item in question.content["items"]
            for one in question.content["criteria"] if answer.get(item["key"], {}).get(one)}


def _near(tolerance: int) -> str:
    if not tolerance:
        return "the same as the panel's"
    return f"within {number_of(tolerance, 'step')} of the panel's"


def _at_least(needed: float, whole: int) -> int:
    """The smallest count whose share is the needed one."""
    return next(count for count in range(whole + 1) if count / whole >= needed)


def _differences(question: bank.Question, given: dict, far: list[tuple[str, str]]) -> str:
    """The ratings that are too far from the panel's, and why the panel rated as it did."""
    panel, reasons, scale = question.key["panel"], question.key["reasons"], question.content["scale"]
    texts = {item["key"]: item["text"] for item in question.content["items"]}
    lines = [f"- **{as_markdown(texts[item])}**, {as_markdown(shown(one).lower())}: you say "
             f"“{scale[given[item, one] - 1]}”, the panel says “{scale[panel[item][one] - 1]}”. {reasons[item][one]}"
             for item, one in far]
    return "Where you and the panel are further apart:\n\n" + "\n".join(lines) if lines else ""


def shown(criterion: str) -> str:
    """How a criterion is called on the screen."""
    words = criterion.replace("_", " ")
    return words[:1].upper() + words[1:]


def model_answer(question: bank.Question) -> dict:
    """The panel's ratings, in the form `assess` takes."""
    return question.key["panel"]


def activity() -> type:
    """The activity that asks it; the logic above needs no widgets."""
    from researchskills.appraisal.rate_question_activity import RateAsked

    return RateAsked
