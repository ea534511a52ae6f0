"""Is a question researchable? Eight rules that look at what a frame holds, not at how a sentence sounds.

The rules are the course's own, after what texts on questions agree upon: a question names who, what, compared with
what or in which circumstances, what would be seen and when (W. Richardson and others, ACP J. Club 123 (1995) A12);
it is one question, open to more than one answer, and can be answered with the means at hand (S. Hulley and others,
Designing Clinical Research, 4th edition, 2013, chapter 2, for "feasible"; C. Robson and K. McCartan, Real World
Research, 4th edition, 2016, chapter 3).

A rule reads words, and words mislead. How often each rule is wrong was counted on questions that were held out
(`rule_quality`); one that is wrong more than one time in ten is put to the learner as a question.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from researchskills._words import number_of
from researchskills.own_words import MOST_LETTERS
from researchskills.questions import wording
from researchskills.questions.frames import FRAMES, Framed

#: Weeks below which a question of a kind can hardly be answered beside a job, from the day on which everybody has
#: agreed: planning, collecting, making sense of it, telling. A rule of thumb of this course, not from a study.
FEWEST_WEEKS = {"how_many": 2, "experience": 6, "why": 8, "works": 8, "for_whom": 10}
#: Weeks that remain to be kept for planning and writing when people are followed up.
_BESIDE_FOLLOW_UP = 4
#: The same where asking people often needs a special review first (`wording.PERMISSION`).
_WITH_PERMISSION = 20
#: More people than one practitioner can ask or give something to.
_MANY_PEOPLE = 300

#: What no rule can tell.
CANNOT_JUDGE = (
    "whether the answer matters to anybody, and to whom",
    "whether it is right to ask it: ethics, burden, and what people who draw on care and carers think of it",
    "whether a word means the same in health and in social care",
    "whether it has been answered already",
    "whether the people and records that you name will really be open to you",
    "whether the sign that you chose shows what you mean",
)


@dataclass(frozen=True)
class Rule:
    """A rule.

    Attributes
    ----------
    key, title : str
    asks : str
        As a question to the learner, when the rule is not sure enough to be a finding.
    holds : str
        What is said when no fault was seen.
    look : callable
        Framed → `Remark`.
    """

    key: str
    title: str
    asks: str
    holds: str
    look: Callable


@dataclass(frozen=True)
class Remark:
    """What a rule says of a question.

    Attributes
    ----------
    rule : str
        Key of `RULES`.
    fault : bool or None
        None when it cannot judge.
    sentence : str
        What it saw, in a sentence.
    evidence : tuple of str
        Words that led to it.
    """

    rule: str
    fault: bool | None
    sentence: str
    evidence: tuple[str, ...] = ()


def check(framed: Framed) -> list[Remark]:
    """What the rules say of a question, one remark for each in the order of `RULES`.

    Parameters
    ----------
    framed : Framed

    Examples
    --------
    >>> [one.rule for one in check(Framed("Is partnership good?", "works", "pico", {"outcome": "good"})) if one.fault]
    ['population', 'outcome', 'comparison', 'time']
    """
    held = _shortened(framed)
    return [rule.look(held) for rule in RULES.values()]


def _shortened(framed: Framed) -> Framed:
    # Nobody waits for a whole report that was pasted by mistake.
    cut = {key: " ".join(text.split())[:MOST_LETTERS] for key, text in framed.slots.items()}
    return Framed(" ".join(framed.text.split())[:MOST_LETTERS], framed.kind, framed.frame, cut,
                  framed.role[:MOST_LETTERS], framed.data[:MOST_LETTERS], framed.weeks)


def _unframed(rule: str, what: str) -> Remark:
    return Remark(rule, None, f"A rule cannot find {what} in a bare sentence. Choose a frame and fill in its parts.")


def _fine(rule: str, *evidence: str) -> Remark:
    return Remark(rule, False, RULES[rule].holds, tuple(evidence))


def _in_parts(framed: Framed) -> bool:
    return framed.frame in FRAMES and any(text.strip() for text in framed.slots.values())


def _everything(framed: Framed) -> str:
    """Sentence and slots; a stop between them keeps words of two apart."""
    return " . ".join([framed.text, *filter(None, framed.slots.values())])


def _population(framed: Framed) -> Remark:
    if not _in_parts(framed):
        return _unframed("population", "whom it is about")
    held = framed.element("population")
    if not held:
        return Remark("population", True, "The part for whom it is about is empty.")
    if not wording.left_of(held, wording.ANYBODY, wording.FILLERS):
        return Remark("population", True, f"“{held}” may be anybody. Which ones: of which service, at which point?",
                      (held,))
    return _fine("population", held)


def _outcome(framed: Framed) -> Remark:
    if not _in_parts(framed):
        return _unframed("outcome", "what would be seen or heard")
    has_part = any(slot.element == "outcome" for slot in FRAMES[framed.frame].slots)
    held = framed.element("outcome") if has_part else framed.element("focus")
    if not held:
        return Remark("outcome", True, "The part for what would be seen or heard is empty.")
    verdicts = wording.held_in(held, wording.VERDICTS)
    signs = wording.held_in(held, wording.SIGNS)
    bare = not wording.left_of(held, wording.VERDICTS, wording.FILLERS, wording.ANYBODY)
    if bare or (verdicts and not signs):
        return Remark("outcome", True, f"“{held}” cannot be seen, heard or counted as it stands. By which sign would "
                      "somebody else notice it?", tuple(verdicts) or (held,))
    return _fine("outcome", held)


def _comparison(framed: Framed) -> Remark:
    if not _in_parts(framed):
        return _unframed("comparison", "what it is compared with, or where it is")
    compared = framed.element("comparison")
    if compared:
        return _fine("comparison", compared)
    if framed.kind == "works":
        than = re.search(r"\b(?:than|compared (?:with|to)|instead of|versus|before and after|beside those)\b|"
                         r"\bwhich\b.*\b(?:best|better|worse|worst|most|least)\b", _everything(framed), re.IGNORECASE)
        if than:
            return _fine("comparison", than[0])
        return Remark("comparison", True, "Whether something works can be told only beside something else: what would "
                      "have happened without it? Nothing is named.")
    where = _where(framed)
    if where:
        return _fine("comparison", where)
    return Remark("comparison", True, "Neither a comparison nor a place or circumstances are named.")


def _where(framed: Framed) -> str:
    """Place or circumstances; of SPIDER, which has no part for them, what the other parts tell."""
    places = {slot.key for slot in FRAMES[framed.frame].slots if slot.element == "context"}
    if framed.frame in {"spider", "pico"}:
        return _place_in(_everything(framed))
    return "; ".join(filter(None, (framed.slots.get(key, "").strip() for key in places)))


def _place_in(text: str) -> str:
    found = re.search(r"\b(?:our|my)\s+\w+|\b(?:in|at|of|on|from|between)\s+(?:one|two|three|four|five|six|the|a)\s+"
                      r"(?:\w+ ){0,2}(?:wards?|homes?|teams?|practices?|towns?|hospitals?|centres?|clinics?)\b|"
                      r"(?<=[a-z] )[A-Z][a-z]{3,}shire\b|\bat home\b", text)
    return found[0] if found else ""


def _time(framed: Framed) -> Remark:
    text = _everything(framed)
    found = wording.times(text)
    own = framed.element("time")
    if own and not wording.NO_TIME.search(own):
        found = [own]
    if found:
        return _fine("time", *dict.fromkeys(found[:3]))
    vague = [one[0] for one in wording.NO_TIME.finditer(text)]
    if vague:
        return Remark("time", True, f"“{vague[0]}” is no time that somebody else could keep to. From when to when, or "
                      "how long after what?", tuple(vague))
    own_part = not _in_parts(framed) or any(slot.element == "time" for slot in FRAMES[framed.frame].slots)
    return Remark("time", True, "No time is named: a period, a date, or how long after what." + (
        "" if own_part else " This frame has no part of its own for it; put it beside the place or into the sentence."))


def _single(framed: Framed) -> Remark:
    asked = framed.text
    if not asked:
        return Remark("single", None, "There is no sentence yet.")
    marks = re.findall(r"\?", asked)
    if len(marks) > 1 and len(re.findall(r"\w[^?]*\?", asked)) > 1:
        return Remark("single", True, f"There are {number_of(len(marks), 'question mark')}. Which of the questions is "
                      "yours? Keep the others for later.", ("?",) * len(marks))
    opening = wording.OPENING.search(asked)
    if not opening and not marks:
        return Remark("single", True, "This names a topic and asks nothing yet. What do you want to know about it?",
                      (asked[:80],))
    main = wording.BEFORE_MAIN.match(asked)
    for found in wording.JOINED.finditer(asked, main.end() if main else opening.end() if opening else 0):
        if _says_more(asked, found):
            continue
        again = (found["asks"] or found["next"] or "").lower()
        # “For which families …, and for which not” is one question; “how many …, and why” is two.
        if again and again in wording.words(asked[:found.start()].lower()):
            continue
        return Remark("single", True, f"From “{found[0].strip(' ,;')}” on a second question seems to begin. Which one "
                      "is yours?", (found[0].strip(" ,;"),))
    return _fine("single")


def _says_more(asked: str, found: re.Match) -> bool:
    """Whether what is joined only says more about a noun: “people who live alone and whose family is far away”."""
    if wording.HAD_NO.match(asked, found.start()):
        return True
    if not wording.GOES_ON.match(asked, found.start()):
        return False
    before = asked[:found.start()].rstrip()
    if before.endswith(",") or found[0].startswith(","):
        # Between two commas it says something in passing; behind the last one a question may begin.
        return "," in asked[found.end():] and bool(wording.RELATIVE.search(before))
    return bool(wording.RELATIVE.search(before.rpartition(",")[2]))


def _neutral(framed: Framed) -> Remark:
    if not framed.text:
        return Remark("neutral", None, "There is no sentence yet.")
    found = [one[0] for pattern in (wording.ANSWERS, wording.NOT_DONE, wording.ONE_SIDE)
             for one in pattern.finditer(framed.text)]
    if found:
        return Remark("neutral", True, f"“{found[0]}” gives an answer or a verdict before anybody has looked. What "
                      "would you have to ask so that you could be proved wrong?", tuple(dict.fromkeys(found)))
    return _fine("neutral")


def _reach(framed: Framed) -> Remark:
    mine = f"{framed.role} {framed.data}"
    if not framed.data.strip():
        return Remark("reach", None, "It cannot be judged before you say which records, people or figures you can get "
                      "at.")
    text = _everything(framed)
    open_to_all = wording.PUBLISHED.search(framed.data) and wording.PUBLISHED.search(text)
    wide = wording.WIDE.search(text)
    if wide and not open_to_all and not wording.WIDE.search(mine):
        return Remark("reach", True, f"“{wide[0]}” reaches further than the records and people that you named.",
                      (wide[0],))
    whole = framed.element("focus").strip()
    if framed.kind == "works" and wording.WHOLE_POLICY.fullmatch(whole):
        return Remark("reach", True, f"“{whole}” as a whole lies beyond the records and people that you named.",
                      (whole,))
    looked_at = f"{framed.element('outcome') or framed.element('focus')} . {framed.element('population')}"
    for holder, (needs, has) in wording.HOLDERS.items():
        needed = _lacking(looked_at, needs, mine, has)
        if needed and not _own_source(framed):
            return Remark("reach", True, f"“{needed}” points to {holder}, and you do not name that among what you can "
                          "get at.", (needed,))
    for people, (needs, has) in wording.ASKED.items():
        needed = _lacking(framed.element("population"), needs, mine, has)
        if needed and _asks_people(framed) and not _own_source(framed):
            return Remark("reach", True, f"You would have to ask or watch {people}, and you do not name them among "
                          "those whom you can get at.", (needed,))
    return _fine("reach")


def _lacking(wanted: str, needs: str, mine: str, has: str) -> str:
    """The words of a question that need something, when nothing of the sort is within reach."""
    needed = re.search(rf"\b(?:{needs})\b", wanted, re.IGNORECASE)
    return needed[0] if needed and not re.search(rf"\b(?:{has})", mine, re.IGNORECASE) else ""


def _own_source(framed: Framed) -> bool:
    """Whether what is looked for stands in a record of a sort that one can get at."""
    named, own = (held_in.lower().rstrip("s") for held_in in (framed.element("outcome"), framed.data))
    return any(one[0].lower().rstrip("s") in own for one in wording.SOURCES.finditer(named))


def _asks_people(framed: Framed) -> bool:
    """Whether somebody would have to be asked or watched, rather than records read."""
    return framed.kind in {"experience", "why"} or framed.frame == "spider"


def _feasible(framed: Framed) -> Remark:
    weeks = framed.weeks
    if weeks is None or framed.kind not in FEWEST_WEEKS:
        return Remark("feasible", None, "It cannot be judged before you say how many weeks you have, and what kind of "
                      "question it is.")
    have, text = f"{weeks:g} {'week' if weeks == 1 else 'weeks'}", _everything(framed)
    least = FEWEST_WEEKS[framed.kind]
    if weeks < least:
        return Remark("feasible", True, f"You have {have}. For a question of this kind, rule of thumb, at least "
                      f"{least} are needed beside a job, from the day on which everybody has agreed.", (have,))
    if framed.kind in {"works", "for_whom"} and wording.WHOLE_POLICY.fullmatch(framed.element("focus").strip()):
        return Remark("feasible", True, f"“{framed.element('focus').strip()}” as a whole cannot be tried out in "
                      f"{have}. Which part of it happens where you work?", (framed.element("focus").strip(), have))
    protected = wording.PERMISSION.search(framed.element("population"))
    if protected and _asks_people(framed) and weeks < _WITH_PERMISSION:
        return Remark("feasible", True, f"“{protected[0]}”: to ask these people often needs a special review, and that "
                      f"can take months; you have {have}. Ask before you plan.", (protected[0], have))
    everybody = re.search(rf"\b(?:{wording.ASKED['everybody'][0]})\b", framed.element("population"), re.IGNORECASE)
    wide = wording.WIDE.search(text) or everybody
    if wide and not wording.PUBLISHED.search(text):
        return Remark("feasible", True, f"“{wide[0]}” is more than one person can go through in {have}.",
                      (wide[0], have))
    many = _people_counted(framed)
    if many and framed.kind != "how_many":
        return Remark("feasible", True, f"“{many}” are more than one person can ask or follow in {have}.", (many, have))
    follow_up = _follow_up(framed)
    if follow_up and follow_up[1] > weeks - _BESIDE_FOLLOW_UP:
        return Remark("feasible", True, f"“{follow_up[0]}” does not fit into {have} with time for planning and "
                      "writing, unless it lies in the past and is on record.", (follow_up[0], have))
    return _fine("feasible", have)


def _people_counted(framed: Framed) -> str:
    for found in re.finditer(r"\b\d[\d,]{0,8}\b(?! (?:hours|days|weeks|months|years|pounds))",
                             f"{framed.text} . {framed.element('population')}"):
        number = int(found[0].replace(",", "") or 0)
        if number >= _MANY_PEOPLE and not 1900 <= number <= 2100:
            return found[0]
    return ""


def _follow_up(framed: Framed) -> tuple[str, float] | None:
    """The longest stretch that has still to be waited for; none where the calendar says that it is on record."""
    text = " . ".join(filter(None, (framed.element(key) for key in ("time", "outcome", "context"))))
    ahead = wording.AHEAD.search(_everything(framed))
    if wording.CALENDAR.search(_everything(framed)) and not ahead:
        return None
    # Who gets two hours of help a week is not followed for a week.
    found = wording.stretches(text)
    return max(found, key=lambda one: one[1], default=None)


RULES = {
    one.key: one
    for one in (
        Rule("population", "Who it is about", "Could it be that nobody can tell which people are meant?",
             "It says which people or cases it is about.", _population),
        Rule("outcome", "What would be seen or heard", "Could it be that nobody would know what to look for?",
             "It names something that can be seen, heard or counted.", _outcome),
        Rule("comparison", "Compared with what, or where",
             "Could it be that there is nothing to hold it against?",
             "It names a comparison, a place or circumstances.", _comparison),
        Rule("time", "In which time", "Could it be that no time is named?", "It names a time.", _time),
        Rule("single", "One question", "Could it be that this is not one question?", "It asks one thing.", _single),
        Rule("neutral", "No answer smuggled in", "Could it be that the answer is in the question already?",
             "No word was seen that gives the answer beforehand.", _neutral),
        Rule("reach", "Within your role and data", "Could it be that you cannot get at what it needs?",
             "Nothing was seen that lies outside what you can get at.", _reach),
        Rule("feasible", "Feasible in the weeks you have", "Could it be too much for your weeks?",
             "Nothing was seen that is too much for your weeks, by a rule of thumb; time for approvals is not counted.",
             _feasible),
    )
}
