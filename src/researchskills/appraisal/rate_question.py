"""The question kind `rate`: rate some things by several criteria, and see where a panel rated otherwise.

Rating a web page or a policy is a judgement, and two careful readers may be a step apart. So a rating counts when it
is within some steps of the panel's. An answer is right when enough ratings are so near, and enough are the panel's
own. Until then only the direction is told in which the panel is further away; afterwards, all of its ratings with
their reasons. The ratings of one thing are never added up.

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
    exact: 12        number of the ratings that must be the panel's own; by default none
    reason: what to look at again, in a sentence
"""

from researchskills import bank, checks
from researchskills._html import as_markdown
from researchskills._words import number_of

REQUIRED = {"scale", "criteria", "items"}
OPTIONAL = {"tolerance", "needed", "exact", "reason", "why"}
#: Steps between a rating and the panel's that still count as agreement, unless the author says otherwise.
TOLERANCE = 1
#: Share of ratings within the tolerance from which an answer is right, unless the author says otherwise.
NEEDED = 0.8


def split(identifier: str, source: dict) -> tuple[dict, dict, dict]:
    """Divide what the author wrote into what learners see and what is sealed.

    Raises
    ------
    bank.QuestionError
        If a rating is missing, unknown or not on the scale, or if one rating given to everything, or one to each
        thing, would count as right.
    """
    scale, criteria = _scale(source["scale"]), _criteria(source["criteria"])
    tolerance, needed = source.get("tolerance", TOLERANCE), source.get("needed", NEEDED)
    if type(tolerance) is not int or not 0 <= tolerance <= len(scale) - 2:
        raise bank.QuestionError(f"tolerance is a whole number of steps from 0 to {len(scale) - 2}, else no rating can "
                                 "be too far away")
    if type(needed) not in (int, float) or not 0 < needed <= 1:
        raise bank.QuestionError("needed is a share above 0 and at most 1")
    items, panel, reasons = _items(source["items"], criteria, scale)
    whole, exact = len(items) * len(criteria), source.get("exact", 0)
    if "exact" in source and (type(exact) is not int or not 0 < exact <= whole):
        raise bank.QuestionError(f"exact is a whole number of ratings from 1 to {whole}")
    content = {"scale": scale, "criteria": criteria, "items": items, "tolerance": tolerance, "needed": needed,
               "exact": exact}
    _refuse_uniform(content, panel)
    return content, {"panel": panel, "reasons": reasons, "reason": source.get("reason", "").strip()}, {}


def _refuse_uniform(content: dict, panel: dict) -> None:
    """Refuse a key that is reached without telling criteria apart."""
    levels = range(1, len(content["scale"]) + 1)
    for level in levels:
        everything = [(level, one) for of_item in panel.values() for one in of_item.values()]
        if _is_enough(content, *_counted(content, everything)):
            raise bank.QuestionError(f"rating everything “{content['scale'][level - 1]}” would count as right, so "
                                     "nothing would have to be told apart; choose things that differ more, or less "
                                     "tolerance")
    if len(content["criteria"]) == 1:
        return  # One rating for each thing is then what is asked.
    reached = {(0, 0)}
    for of_item in panel.values():
        steps = {_counted(content, [(level, one) for one in of_item.values()]) for level in levels}
        reached = {(near + more, own + also) for near, own in reached for more, also in steps}
    if any(_is_enough(content, near, own) for near, own in reached):
        raise bank.QuestionError("one rating for each thing, whatever the criterion, would count as right; ask for "
                                 "more ratings that are the panel's own (exact), or a larger share (needed)")


def _counted(content: dict, rated: list[tuple[int, int]]) -> tuple[int, int]:
    """How many pairs of a rating and the panel's are within the tolerance, and how many are the same."""
    return (sum(abs(one - ours) <= content["tolerance"] for one, ours in rated),
            sum(one == ours for one, ours in rated))


def _is_enough(content: dict, near: int, own: int) -> bool:
    whole = len(content["items"]) * len(content["criteria"])
    return near / whole >= content["needed"] and own >= content["exact"]


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
        Right once everything is rated, enough is within the tolerance and enough the panel's own. Until then the
        share of the points goes from 0, for the best that rating everything alike could do, to 1, for the panel's
        ratings; a rating that is the panel's own counts twice as much as one that is only near.
    """
    content, panel = question.content, question.key["panel"]
    whole = len(content["items"]) * len(content["criteria"])
    given = ratings(question, answer)
    if not given:
        return checks.Outcome(checks.NOT_ATTEMPTED, "Rate each thing first.")
    rated = [(rating, panel[item][one]) for (item, one), rating in given.items()]
    near, own = _counted(content, rated)
    left = whole - len(given)
    words = f"{near} of {number_of(len(given), 'rating')} {'is' if near == 1 else 'are'} {_near(content['tolerance'])}."
    if content["exact"]:
        words = f"{words[:-1]}, and {own} {'is' if own == 1 else 'are'} the panel's own."
    if left:
        words = f"{left} of {whole} ratings {'is' if left == 1 else 'are'} not given yet. {words}"
    elif _is_enough(content, near, own):
        parts = [words, question.key.get("why", ""), _panel_with_reasons(question, given)]
        return checks.Outcome(checks.CORRECT, "\n\n".join(filter(None, parts)), 1.0)
    needed = f"{_at_least(content['needed'], whole)} of {whole} are needed for it to count as right here"
    words += f" {needed}, and {content['exact']} the panel's own." if content["exact"] else f" {needed}."
    far = [place for place, pair in zip(given, rated, strict=True) if not _counted(content, [pair])[0]]
    parts = [words, _directions(question, given, far), "" if far or left else _where_to_look(question, given),
             question.key["reason"] if far or not left else ""]
    return checks.Outcome(checks.NOT_YET, "\n\n".join(filter(None, parts)), _share(question, rated))


def _share(question: bank.Question, rated: list[tuple[int, int]]) -> float:
    """Share of the points, beyond what rating everything alike could earn.

    The same correction as in kappa (Cohen 1960), with the best uniform rating in the place of chance.
    """
    panel = [ours for of_item in question.key["panel"].values() for ours in of_item.values()]

    def alike(theirs: list[int]) -> int:
        return max(sum(_counted(question.content, [(level, ours) for ours in theirs]))
                   for level, _ in enumerate(question.content["scale"], 1))

    beyond = sum(_counted(question.content, rated)) - alike([ours for _, ours in rated])
    return max(0, beyond) / (2 * len(panel) - alike(panel))


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


def _directions(question: bank.Question, given: dict, far: list[tuple[str, str]]) -> str:
    """The ratings that are too far from the panel's, and on which side of them it is; not where."""
    texts = _texts(question)
    lines = [f"- **{texts[item]}**, {as_markdown(shown(one).lower())}: you say {_step(question, given[item, one])}; "
             f"the panel is {'lower' if given[item, one] > question.key['panel'][item][one] else 'higher'}."
             for item, one in far]
    return "Look again at these: what could you point at?\n\n" + "\n".join(lines) if lines else ""


def _where_to_look(question: bank.Question, given: dict) -> str:
    """By which criteria the fewest ratings are the panel's own; not which ratings those are."""
    panel = question.key["panel"]
    own = {one: sum(given[item, one] == panel[item][one] for item in panel) for one in question.content["criteria"]}
    fewest = [shown(one).lower() for one in own if own[one] == min(own.values())]
    return (f"None is further away than that. The fewest that are the panel's own, {min(own.values())} of "
            f"{len(panel)}, are by: {', '.join(map(as_markdown, fewest))}.")


def _panel_with_reasons(question: bank.Question, given: dict) -> str:
    """All of the panel's ratings, each with its reason and with the learner's where the two differ."""
    lines = []
    for item, text in _texts(question).items():
        lines.append(f"- **{text}**")
        for one, ours in question.key["panel"][item].items():
            yours = "" if given[item, one] == ours else f" (you: {_step(question, given[item, one])})"
            lines.append(f"  - {as_markdown(shown(one))}: {_step(question, ours)}{yours}. "
                         f"{question.key['reasons'][item][one]}")
    return "What the panel says, and why:\n\n" + "\n".join(lines)


def _texts(question: bank.Question) -> dict[str, str]:
    return {item["key"]: as_markdown(item["text"]) for item in question.content["items"]}


def _step(question: bank.Question, step: int) -> str:
    return f"“{question.content['scale'][step - 1]}”"


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
