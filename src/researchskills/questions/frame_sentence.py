"""From the slots of a frame to a sentence.

Learners write a slot as it comes to them: with a capital letter, a full stop, "compared with" before what they
compare. A template for each frame and kind of question sets the slots into a sentence. The templates are worded so
that they need not know whether a slot is one thing or several ("what is the effect of" in place of "does … reduce");
where a verb has to agree, `do` looks at the words. A rule of thumb will be wrong now and then, and therefore the
sentence is only a proposal: the learner can change every word of it.
"""

import re
from collections.abc import Mapping

from researchskills.questions.frames import FRAMES, Frame, Slot
from researchskills.questions.kinds import KINDS

#: What stands for a slot that is still empty.
GAP = "…"
#: What people type when they have nothing to put there.
_NOTHING = {"-", "–", "—", "?", "…", "...", "n/a", "na", "none", "not sure", "don't know", "don’t know", "tbc", "tbd"}

# In a template {slot} stands for what is written; {slot:form} for one of `_FORMS`; what stands in [ ] goes when a slot
# in it is empty.
_TEMPLATES = {
    "pico": {
        "how_many": "With {intervention}, {outcome:measure_} among {population}[, compared with {comparison}]"
                    "[, {time:time}]?",
        "experience": "How {population:do} {population} experience {intervention}[, compared with {comparison}]"
                      "[, above all with regard to {outcome}][, {time:time}]?",
        "works": "Among {population}, what is the effect of {intervention}[, compared with {comparison},] on {outcome}"
                 "[ {time:time}]?",
        "why": "Among {population}, how does the effect of {intervention}[, compared with {comparison},] on {outcome}"
               "[ {time:time}] come about?",
        "for_whom": "Among {population}, who gains most and who gains least from {intervention}"
                    "[, compared with {comparison}], judged by {outcome}[ {time:time}]?",
    },
    "pico_context": {
        "how_many": "{interest:measure} among {population} {context:place}?",
        "experience": "How {population:do} {population} experience {interest} {context:place}?",
        "works": "What difference {population:do} {population} notice from {interest} {context:place}?",
        "why": "What reasons {population:do} {population} give for {interest} {context:place}?",
        "for_whom": "Among {population}, for whom is the experience of {interest} {context:place} better, and for "
                    "whom is it worse?",
    },
    "spider": {
        "how_many": "{interest:figures} among {sample}[, above all about {evaluation}], {design:place}"
                    "[ ({research_type})]?",
        "experience": "What {sample:do} {sample} say about {interest}[, above all about {evaluation}], {design:place}"
                      "[ ({research_type})]?",
        "works": "What difference {sample:do} {sample} notice from {interest}[, above all in {evaluation}], "
                 "{design:place}[ ({research_type})]?",
        "why": "How {sample:do} {sample} explain {interest}[, above all {evaluation}], {design:place}"
               "[ ({research_type})]?",
        "for_whom": "Among {sample}, for whom is the experience of {interest} better, and for whom is it worse"
                    "[, judged by {evaluation}], {design:place}[ ({research_type})]?",
    },
    "spice": {
        "how_many": "For {perspective} {setting:place}, {evaluation:measure_} with {intervention}"
                    "[, compared with {comparison}]?",
        "experience": "{setting:Place}, how {perspective:do} {perspective} experience {intervention}"
                      "[, compared with {comparison}][, above all with regard to {evaluation}]?",
        "works": "For {perspective} {setting:place}, what is the effect of {intervention}"
                 "[, compared with {comparison}][, judged by {evaluation}]?",
        "why": "For {perspective} {setting:place}, how does the effect of {intervention}"
               "[, compared with {comparison},] come about[, judged by {evaluation}]?",
        "for_whom": "{setting:Place}, for whom among {perspective} is the effect of {intervention} better, and for "
                    "whom is it worse[, compared with {comparison}][, judged by {evaluation}]?",
    },
    "perspectif": {
        "how_many": "From the point of view of {perspective}, {phenomenon:figures_} {setting:place}"
                    "[, given {environment}][, compared with {comparison}][, {time:time}][, judged by {findings}]?",
        "experience": "From the point of view of {perspective}, what is the experience of {phenomenon} "
                      "{setting:place}[, given {environment}][, compared with {comparison}][, {time:time}]"
                      "[, as seen in {findings}]?",
        "works": "From the point of view of {perspective}, what difference comes from {phenomenon} {setting:place}"
                 "[, given {environment}][, compared with {comparison}][, {time:time}][, as seen in {findings}]?",
        "why": "From the point of view of {perspective}, what lies behind {phenomenon} {setting:place}"
               "[, given {environment}][, compared with {comparison}][, {time:time}][, as seen in {findings}]?",
        "for_whom": "From the point of view of {perspective}, who gains and who loses from {phenomenon} "
                    "{setting:place}[, given {environment}][, compared with {comparison}][, {time:time}]"
                    "[, as seen in {findings}]?",
    },
    "pcc": {
        "how_many": "{concept:measure} among {population} {context:place}?",
        "experience": "How {population:do} {population} experience {concept} {context:place}?",
        "works": "What difference comes from {concept} for {population} {context:place}?",
        "why": "What lies behind {concept} among {population} {context:place}?",
        "for_whom": "Among {population} {context:place}, who is affected by {concept}, and who is not?",
    },
    "eclipse": {
        "how_many": "{impact:measure} for {client_group} {location:place} with {expectation}, through {service}"
                    "[, run by {professionals}]?",
        "experience": "What is the experience of {expectation} for {client_group} {location:place}, through {service}"
                      "[, run by {professionals}][, above all with regard to {impact}]?",
        "works": "What is the effect of {expectation}, through {service}[, run by {professionals}], on {impact} for "
                 "{client_group} {location:place}?",
        "why": "What helps and what hinders {expectation} for {client_group} {location:place}, through {service}"
               "[, run by {professionals}][, as seen in {impact}]?",
        "for_whom": "Who among {client_group} {location:place} gains, and who does not, from {expectation}, through "
                    "{service}[, run by {professionals}][, judged by {impact}]?",
    },
}


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SLOT = re.compile(r"\{(\w+)(?::(\w+))?\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_COMPARED = re.compile(r"^(?:as )?(?:compared|in comparison) (?:with|to)\s+|^(?:versus|vs\.?|against|rather than|"
                       r"instead of|than)\s+", re.IGNORECASE)
_PREPOSITIONS = _set(
    "about above across after against along among amongst around as at away before behind below beneath beside between "
    "beyond by during each every following for from in inside into last near next of off on out outside over past per "
    "since this through throughout to under until up upon via when whenever where while with within without")
#: With these the text needs no "in" before it.
_ALONE = _set("online locally nationally nearby abroad everywhere anywhere here there today daily weekly monthly "
              "afterwards face-to-face")
#: A count or size of something; what comes after it tells it from "time limits" and "average waits".
_MEASURE = re.compile(
    r"(?:(?:median|mean|average|total) )?(?:number|share|proportion|percentage|rate|length|time|count|amount|cost|"
    r"frequency|score|size|age)(?=,| (?:of|who|that|which|whose|on|from|between|until|spent|waiting|without|with|in|at|"
    r"to|for|by|noted|per)\b)", re.IGNORECASE)
_IRREGULAR = _set("people men women children staff police clergy youth folk")
_SINGULAR = _set("a an each every one another this that either neither everyone everybody anyone anybody someone "
                 "somebody")
#: A capital letter that stays when the words come into the middle of a sentence.
_NAMES = _set(
    "january february march april may june july august september october november december monday tuesday wednesday "
    "thursday friday saturday sunday england scotland wales ireland britain english scottish welsh irish british "
    "larkshire christmas easter i healthwatch alzheimer parkinson caldicott")
#: Words with which no name begins.
_FUNCTION = _set(
    "the a an our my their one two three four five six seven eight nine ten several some all most many each every both "
    "other") | _PREPOSITIONS | _ALONE
#: Words with which the name of a place seldom begins.
_COMMON = _set(
    "home homes hospital hospitals ward wards community care day general intermediate acute emergency mental primary "
    "council councils rural urban local people older adults different small large while")
#: Verbs that are hardly ever nouns: "reduce waiting" is taken for "reducing waiting".
_VERBS = _set(
    "reduce improve increase make give introduce shorten find provide bring avoid prevent keep get enable ensure "
    "involve allow develop create merge raise save understand ask tell take send join integrate combine offer "
    "replace")
_UNITS = re.compile(r"^(?:about |up to |at most )?(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|"
                    r"ten|eleven|twelve|several)(?:[ -]\w+)?[ -](?:hour|day|week|month|year|working)", re.IGNORECASE)


def tidy(text: str) -> str:
    """What was typed on one line, without the signs that end a sentence; empty when it says that there is nothing."""
    line = " ".join(str(text).split()).strip(" ,;:")
    line = re.sub(r"(?<!etc)[.?!;:,]+$", "", line).strip()
    return "" if line.casefold() in _NOTHING or not re.search(r"\w", line) else line


def build(frame: str, slots: Mapping[str, str], kind: str = "") -> str:
    """The sentence that a frame makes of its slots.

    Parameters
    ----------
    frame : str
        Key of `FRAMES`.
    slots : dict
        Key of a slot → what was typed.
    kind : str, optional
        Key of `KINDS`; by default the kind that the frame is most often used for.

    Returns
    -------
    str
        A question. A slot that the sentence needs and that is empty shows as `GAP`; empty when nothing is typed.

    Examples
    --------
    >>> build("pico_context", {"population": "Carers.", "interest": "discharge meetings", "context": "two wards"})
    'How do carers experience discharge meetings in two wards?'
    """
    chosen = FRAMES[frame]
    held = {one.key: _inside(slots.get(one.key, ""), one) for one in chosen.slots}
    if not any(held.values()):
        return ""
    template = _TEMPLATES[frame][kind if kind in KINDS else chosen.kind]
    template = _OPTIONAL.sub(lambda match: match[1] if all(held[key] for key, _ in _SLOT.findall(match[1])) else "",
                             template)
    made = _SLOT.sub(lambda match: _FORMS[match[2] or ""](held[match[1]]), template)
    return _capital(re.sub(r",,+", ",", re.sub(r"\s+([,?])", r"\1", " ".join(made.split()))))


def empty(frame: str, slots: Mapping[str, str]) -> tuple[list[Slot], list[Slot]]:
    """The slots that are still empty: those that the sentence needs, and the others."""
    bare = [one for one in FRAMES[frame].slots if not tidy(slots.get(one.key, ""))]
    return [one for one in bare if one.needed], [one for one in bare if not one.needed]


def carried(to: Frame, held: Mapping[str, Mapping[str, str]], before: str) -> dict[str, str]:
    """What a frame's slots hold after a change of frames.

    Parameters
    ----------
    to : Frame
        The frame that was chosen.
    held : dict
        Key of a frame → its slots, all that was typed so far.
    before : str
        Key of the frame that was left; may be empty.

    Returns
    -------
    dict
        What was typed there before, and in slots that are empty what stood in the slot for the same element.
    """
    slots = dict(held.get(to.key, {}))
    if before not in FRAMES:
        return slots
    # Only the first slot for an element is carried over: the second means something of the frame's own.
    found = {one.element: held.get(before, {}).get(one.key, "") for one in reversed(FRAMES[before].slots)}
    for one in reversed(to.slots):
        first = next(other for other in to.slots if other.element == one.element)
        if one is first and not slots.get(one.key, "").strip() and found.get(one.element, "").strip():
            slots[one.key] = found[one.element]
    return slots


def _inside(text: str, slot: Slot) -> str:
    """Words of a slot as they stand in the middle of a sentence."""
    words = tidy(text)
    if slot.element == "comparison":
        words = _COMPARED.sub("", words)
    words = _noun(words, slot)
    first, _, rest = words.partition(" ")
    bare = first.strip("“”\"'’,").removesuffix("’s").removesuffix("'s")
    if not first[:1].isupper() or not (bare[1:].islower() or len(bare) == 1) or bare.casefold() in _NAMES:
        return words
    lowered = words[:1].lower() + words[1:]
    if first.casefold() in _FUNCTION:
        return lowered
    # "Age Concern", "Care Act": the second word tells a name.
    is_name = rest[:1].isupper() and not rest.partition(" ")[0].isupper()
    return words if is_name or (slot.element == "context" and first.casefold() not in _COMMON) else lowered


def _noun(words: str, slot: Slot) -> str:
    """The same words, such that "the effect of" can stand before them."""
    if slot.element not in ("focus", "outcome"):
        return words
    if _MEASURE.match(words):
        return f"the {words[:1].lower()}{words[1:]}"
    to, verb, rest = re.fullmatch(r"(to )?(\S*)(.*)", words, re.IGNORECASE).groups()
    if verb.casefold() not in _VERBS and not to:
        return words
    stem = verb[:-1] if verb.endswith("e") and not verb.endswith("ee") else verb
    return f"{stem}{'t' if verb.casefold() == 'get' else ''}ing{rest}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _plural(words: str) -> bool:
    """Whether the verb after these words has no "s"."""
    first, *others = words.casefold().split() or [""]
    if first in _SINGULAR and "and" not in others:
        return False
    head = re.split(r"\b(?:who|whose|that|which|with|without|in|at|of|from|on|aged|over|under|for|after|before|"
                    r"living|waiting|receiving|using|caring|working)\b|,", words.casefold(), maxsplit=1)[0].split()
    if not head or "and" in head or first not in {"the", "my", "our", "their"}:
        return True
    return head[-1] in _IRREGULAR or (head[-1].endswith("s") and not head[-1].endswith("ss"))


def _do(words: str) -> str:
    return "do" if _plural(words) else "does"


def _place(words: str) -> str:
    first = words.casefold().partition(" ")[0].strip(",")
    if not words:
        return f"in {GAP}"
    if first in _PREPOSITIONS or first in _ALONE:
        return words
    return f"at {words}" if words.casefold() == "home" else f"in {words}"


def _time(words: str) -> str:
    first = words.casefold().partition(" ")[0]
    if not words or first in _PREPOSITIONS:
        return words
    if re.match(rf"{first}\b.*\b(?:to|until)\b", words, re.IGNORECASE) and first in _NAMES:
        return f"from {words}"
    return f"within {words}" if _UNITS.match(words) else f"in {words}"


def _figures(words: str) -> str:
    return f"what do the figures say about {words or GAP}"


def _measure(words: str) -> str:
    if _MEASURE.match(words.removeprefix("the ")):
        return f"what is {words}"
    return _figures(words)


_FORMS = {
    "": lambda words: words or GAP,
    "do": _do,
    "place": _place,
    "Place": lambda words: _capital(_place(words)),
    "time": _time,
    "figures": lambda words: _capital(_figures(words)),
    "figures_": _figures,
    "measure": lambda words: _capital(_measure(words)),
    "measure_": _measure,
}
