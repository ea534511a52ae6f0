"""The same question from the other side: what to ask back when it is written anew.

Nobody here can judge whether a carer would say it so; only a carer can. What can be seen is whether something is
there at all, and whether words of the office still stand in a version that is meant to be somebody else's.
"""

import re
from collections.abc import Mapping

SIDES = {"person": "Person who draws on care", "carer": "Carer"}
PROMPTS = {
    "call": "What would they call it?",
    "good_week": "What would be different in a good week?",
    "rather": "What would they rather you asked?",
    "question": "The question in their words",
}
CHANGED = {
    "who": "Who it is about",
    "better": "What counts as better",
    "words": "The words",
    "asked": "What is asked at all",
    "nothing": "Nothing changed",
}
CHECK = {
    "who": "Who could check these words: a role, or a group led by people who draw on care",
    "how": "How will you ask them?",
    "by_when": "By when?",
    "they_get": "Asking costs people time: what do they get?",
}

# Our own list, short on purpose: words that people in both services use among themselves and that mean little, or
# something else, at a kitchen table.
_OFFICE = (r"service users?", r"clients?", r"interventions?", r"outcomes?", r"pathways?", r"referrals?", r"referred",
           r"eligib\w+", r"multi-?\s?(?:agency|disciplinary)\w*", r"stakeholders?", r"cohorts?", r"packages? of care",
           r"care packages?", r"delayed (?:transfers?|discharges?)", r"step-?\s?(?:down|up)", r"caseloads?",
           r"triage\w*", r"commission(?:ed|ing|ers?)", r"placements?", r"frequent attend\w+",
           r"non-?(?:compliance|engagement)",
           r"hard to reach", r"throughput", r"baselines?", r"effectiveness", r"domiciliary", r"informal carers?",
           r"thresholds?", r"safeguarding", r"respite", r"re-?ablement", r"holistic\w*", r"integrated", r"integration",
           r"provision", r"uptake", r"utilisation", r"capacity", r"acute", r"co-?production", r"person-?cent\w+",
           r"wellbeing", r"well-being", r"discharged?", r"assessments?", r"partnership working")
_OFFICE_WORDS = tuple(re.compile(rf"\b{one}\b", re.IGNORECASE) for one in _OFFICE)


def office_words_left(question: str, version: str) -> list[str]:
    """Words of the office that stand in the question and still stand in a version of it.

    Examples
    --------
    >>> office_words_left("Which outcomes do clients report?", "Does it help? Which outcomes matter?")
    ['outcomes']
    """
    return [found[0] for one in _OFFICE_WORDS if one.search(question) and (found := one.search(version))]


def ask_back(question: str, sides: Mapping[str, Mapping[str, str]], changed, why: str,
             check: Mapping[str, str]) -> list[str]:
    """What to ask the learner, a sentence each; never a fault.

    Parameters
    ----------
    question : str
        The professional version.
    sides : mapping
        Key of `SIDES` → key of `PROMPTS` → what was written.
    changed : iterable of str
        Keys of `CHANGED` that were ticked.
    why : str
        What changed, or why nothing did, in the learner's words.
    check : mapping
        Key of `CHECK` → what was written.
    """
    found = []
    for key, who in SIDES.items():
        version = sides.get(key, {}).get("question", "")
        name = who.lower()
        if not version:
            found.append(f"The question in the words of a {name} is not written yet. What would they say first?")
        elif _bare(version) == _bare(question):
            found.append(f"The version of a {name} is the professional question word for word. Would they put it so?")
        elif left := office_words_left(question, version):
            listed = ", ".join(f"“{word}”" for word in left)
            found.append(f"{listed} stands in your question and still in the version of a {name}. Would they use "
                         "the word? Perhaps they would; who could tell you?")
    if not changed:
        found.append("Nothing is ticked under what changed. What did, or why did nothing?")
    elif "nothing" in changed and len(changed) > 1:
        found.append("You ticked that nothing changed, and also that something did. Which of the two is it?")
    if changed and not why:
        found.append("You ticked what changed. Can you say it in a sentence of your own?")
    if not check.get("who"):
        found.append("Nobody is named yet who could check these words. Until somebody has, they are your guess.")
    elif not check.get("they_get"):
        found.append("You know whom to ask. What will they get for their time?")
    return found


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
