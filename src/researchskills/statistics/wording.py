"""What the rules of `sentences.review` look for: words that claim more than numbers carry.

Each rule is a function from a text to remarks. Patterns are lists of alternatives, one idea to a line, so
that a word which is missed or wrongly marked can be found and mended. Words before a claim can take it back
(“does not show that …”), only intend it (“aims to …”) or make it somebody's opinion (“carers said …”).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

#: A percentage of fewer people than this hides how few they are.
SMALL_NUMBER = 20
#: Certainty of a remark: a statement, or a question to the writer.
LIKELY, POSSIBLE = "likely", "possible"


@dataclass(frozen=True)
class Remark:
    """Something to look at in a sentence.

    Parameters
    ----------
    rule : str
        Name of the rule, one of those in `RULES`.
    words : str
        The words that it is about.
    why : str
        What is the matter with them.
    suggestion : str
        What to write instead.
    certainty : {"likely", "possible"}
        A possible remark is put as a question.
    """

    rule: str
    words: str
    why: str
    suggestion: str
    certainty: str

    @property
    def is_question(self) -> bool:
        """Whether the writer has to decide."""
        return self.certainty == POSSIBLE


@dataclass(frozen=True)
class Rule:
    """One thing that is looked for: its name, what that is in words, and the function that looks."""

    name: str
    looks_for: str
    look: Callable[[str], list[Remark]]


def _any(*patterns: str) -> re.Pattern:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


# -- causes ------------------------------------------------------------------------------------------

#: Where chance decided who got what, words for causes are in their place.
RANDOMISED = _any(r"\brandom(?:ly|i[sz]ed?|i[sz]ation)?\b(?! (?:sample|selection|variation|fluctuation))")

_STEMS = ("reduc|increas|improv|lower|rais|boost|prevent|cut|decreas|shorten|speed|lift|enhanc|strengthen|worsen|sav|"
          "halv|doubl|transform|eliminat|curb|eas|accelerat|minimis")
_DID = ("reduced|increased|improved|lowered|raised|boosted|prevented|decreased|shortened|sped up|lifted|enhanced|"
        "strengthened|worsened|saved|halved|doubled|transformed|eliminated|eased|accelerated|minimised|cut|slashed|"
        "averted|turned around|kept|freed up")
_DOES = ("reduces|increases|improves|lowers|raises|boosts|prevents|decreases|shortens|speeds up|enhances|strengthens|"
         "worsens|saves|cuts|transforms|keeps|frees up")
# What follows when a measure rose or fell by itself: "reduced from 6 to 5 days", "improved in 12 of 40".
_BY_ITSELF = (
    r"(?!\s*(?:$|[.,;:)(]|\d|(?:about|around|nearly|almost) \d|the most\b|(?:"
    "from|by|to|over|between|in|at|after|since|during|and|but|while|when|among|across|for|on|with|within|as|until|or|"
    "compared|slightly|steadily|sharply|significantly|again|more|less|only|rates?|hours|staffing"
    r")\b))"
)
# Not after words that make it a description: "an increased share", "with reduced hours".
_NO_ADJECTIVE = "".join(rf"(?<!\b{word} )" for word in (
    "a", "an", "the", "our", "their", "its", "this", "these", "of", "with", "for", "had", "has", "have"))
# A group of people or of things in the plural does it; not "to reduce", and not an order: "Reduce …".
_THEY_DO = ("reduce|improve|prevent|boost|enhance|strengthen|worsen|shorten|keep|save|transform|ease|lift|raise|give|"
            "stop|help|enable|cut")
_CHANGED_FIRST = (r"\b(?:up|down|fell|rose|dropped|grew|fewer|more|less|better|worse|lower|higher|shorter|longer|"
                  r"faster|safer|improved|increased|decreased|reduced)\b")
# The Care Act asks whether needs have “a significant impact on the person's wellbeing”.
_WELLBEING = r"(?:their|her|his|a person's|the person's|the adult's) well-?being"
_ADVERB = r"(?:also |clearly |greatly |significantly |really )?"
_AMOUNT = (r"(?! (?:(?:about|around|nearly|almost|up to) |an? (?:mean|median|average)|\d|one|two|three|half|"
           r"a (?:third|quarter)))")

_CAUSE = [_any(pattern) for pattern in (
    r"\bcaus(?:ed|es|ing|e)\b(?! (?:of (?:death|delay)s?\b|unknown|is unknown))",
    r"\b(?:led|leads|leading) (?:directly )?to\b",
    r"\bled (?:\w+ ){1,3}to (?!\d)\w+",
    r"\b(?:is|are|was|were) behind (?:the|this|that)\b",
    r"\bresult(?:ed|s|ing) in\b",
    r"\b(?:as a|the|a) (?:direct )?(?:result|consequence) of\b(?! (?:the )?(?:survey|count|audit|test))",
    r"\bthanks to\b",
    r"\bbecause of\b",
    r"\b(?:due|owing) to\b",
    r"\battributable to\b",
    r"\b(?:can|could|is|are|was|were|be) (?:be )?(?:attributed|credited|put down) (?:to|with)\b",
    r"\bbrought about\b",
    r"\b(?:is|are|was|were) (?:\w+ )?down to (?!(?:(?:about|around|nearly|almost|just|only|under|over) )?\d|"
    r"(?:one|two|three|half|an?|the last)\b)",
    r"\b(?:is|are|was|were|been) driving (?:up |down )?(?!to\b|for\b|from\b|a\b|home\b|between\b|time\b)(?=\w)",
    r"\b(?:drove|drives|driven by|triggered|(?:is|was) responsible for|explains why|is the reason)\b",
    r"\bcontribut(?:ed|es|ing) to\b",
    r"\b(?:(?:positive|big|real|clear|significant|direct) )?impact(?:ed|s)? (?:of|on)\b"
    rf"(?! {_WELLBEING})",
    rf"\b(?:had|has|have|having) (?:an? )?(?:(?!no )\w+ )?(?:impact|effect)\b"
    rf"(?! on {_WELLBEING})",
    r"(?<!\bno )\b(?:the )?effects? (?:of|on)\b(?! (?:chance|rounding|small numbers))",
    r"\b(?:is|are|was|were|proved|be|very) (?:(?:very|highly|clearly|more) )?effective\b",
    r"\beffectiveness of\b",
    r"\bma(?:ke|kes|king|de) (?:a|all the) (?:\w+ )?difference\b",
    r"\bma(?:de|kes|king) (?:\w+ ){1,4}?(?:better|worse|faster|safer|happier|quicker|shorter|more|less)\b",
    r"\b(?:clearly|really) works?\b",
    r"\bworks(?=\s*(?:[.!;:]|$|for\b|well\b))",
    r"\b(?:it|that|this|the \w+(?: \w+)?|support|service|scheme|hub|programme|pilot|approach) (?:has |have )?worked"
    r"(?=\s*(?:[.!;,]|$|and\b|well\b))",
    r"\benabl(?:ed|es|ing)\b",
    r"\bbenefit?ted from\b|\bthe benefits? of\b",
    r"\bsuccess of\b",
    r"\bshows? (?:that )?(?:the )?(?:value|power) of\b",
    rf"\b(?:was|were|been|being|is|are) (?:{_DID}) (?:by|through)\b{_AMOUNT}",
    rf"\b(?:has|have|had) {_ADVERB}(?:{_DID})\b{_BY_ITSELF}",
    rf"(?<=\w ){_NO_ADJECTIVE}\b(?:{_DID})\b{_BY_ITSELF}",
    r"\bstopped (?:people|delays|falls|admissions|them|us|staff|calls|carers)\b",
    rf"\b(?:by|thus|thereby) (?:{_STEMS})(?:t|p|n)?ing\b",
)]
# Words that are often used in other ways too, so that the writer is asked.
_CAUSE_PERHAPS = [_any(pattern) for pattern in (
    rf"{_CHANGED_FIRST}[^.;]{{0,30}}\bbecause (?!of\b)",
    rf"(?<=[a-z])(?<!\bto)(?<!\band)(?<!\bnot)(?<!\bwe)(?<!\bdo) (?:{_THEY_DO})\b{_BY_ITSELF}",
    rf"\b(?:{_DOES}|gives|stops)\b{_BY_ITSELF}",
    r"\b(?:has |have )?(?:meant|means) (?:that )?(?:(?:people|they|staff|carers) \w+ )?"
    r"(?:fewer|more|less|longer|shorter)\b",
    r"\bhelp(?:ed|s|ing) (?:to )?(?:people|them|us|staff|carers|patients|residents|clients|teams|"
    rf"(?:{_STEMS})\w*)\b",
)]
_TAKEN_BACK = _any(
    r"\bnot\b", r"n't\b", r"\bcannot\b", r"\bnever\b", r"\bneither\b", r"\bnor\b", r"\bwithout\b",
    r"\b(?:nobody|no one|none)\b",
    r"\bno (?:evidence|sign|proof|claim|way|data)\b", r"\bnothing\b", r"\bwhether\b", r"\bif\b", r"\bunclear\b",
    r"\bunknown\b", r"\bhow far\b", r"\btoo early to\b", r"\bunable to\b", r"\brather than\b",
    r"\bfail(?:s|ed)? to show\b",
)
_TAKEN_BACK_AFTER = _any(r"\s*(?:is|was|are|were|has|have)?\s*(?:not|n't|cannot|unknown|unclear|yet to)\b")
_ONLY_INTENDED = _any(
    r"\b(?:aim|hope|hoping|plan|intend|want|meant|designed|set up|opened|introduced|wish|goal|purpose|target|ask|"
    r"tried|try|expected|proposal|would|in order)\w*\b[^.;]*\bto\b[^.;]*$",
    r"\b(?:the (?:aim|goal|purpose|hope)|in order to)\b", r"\bto $",
    r"\b(?:hope|expect|plan)s?\b[^.;]*\b(?:will|would)\b", r"\b(?:ask|know|wonder)\w*\b[^.;]*\bwhat $",
)
_HEDGED = _any(r"\b(?:may|might|could|perhaps|possibly|possible)\b")
_SOMEBODY_SAYS = _any(
    r"\b(?:said|told us|says?|felt|feels?|believed?|believes|thought|think|wrote|claims?|claimed|argues?|recorded|"
    r"described|"
    r"quoted?)\b", r"\breported that\b", r"\bin (?:their|her|his) view\b",
)
_PAPERWORK = _any(r"\b(?:exclud|left out|leave out|remov|suppress|hidden|omitted|not shown|not given|missing|blank|"
                  r"withheld)\w*")
_PAPERWORK_AFTER = _any(
    r"\s*(?:the |a |an )?(?:missing|blank|small|rounding|suppress|incomplete|change (?:of|in) definition|non-?response|"
    r"duplicate|low numbers|privacy|disclosure|chance|error)",
)


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?]) (?=[A-Z“‘\"'0-9])", text)


def _clause_before(sentence: str, at: int) -> str:
    """The words that a claim belongs to: back to the last semicolon, or “but”."""
    return re.split(r";|, (?:but|and|so|yet) |\bbut\b", sentence[:at])[-1]


def _causes(text: str) -> list[Remark]:
    return [remark for sentence in _sentences(text) for remark in _causes_in(sentence)]


def _causes_in(sentence: str) -> list[Remark]:
    if sentence.rstrip("”’\"' ").endswith("?"):
        return []
    found, taken = [], []
    for pattern in (*_CAUSE, *_CAUSE_PERHAPS):
        for match in pattern.finditer(sentence):
            before, after = _clause_before(sentence, match.start()), sentence[match.end():]
            if any(first < match.end() and match.start() < last for first, last in taken):
                continue
            if _TAKEN_BACK.search(before) or _ONLY_INTENDED.search(before) or _TAKEN_BACK_AFTER.match(after):
                continue
            reason = match.group(0).casefold().startswith(("because", "due", "owing", "as a"))
            if reason and (_PAPERWORK.search(before) or _PAPERWORK_AFTER.match(after)):
                continue
            taken.append(match.span())
            soft = pattern in _CAUSE_PERHAPS or _HEDGED.search(before) or _SOMEBODY_SAYS.search(before)
            found.append(Remark(
                "cause", match.group(0).strip(),
                "The words may be read as saying that one thing made another happen." if soft else
                "This says that one thing made another happen. A count, or a before and after, cannot show that.",
                "Say what was seen and when (“fell from … to … after …”), and add what else could explain it.",
                POSSIBLE if soft else LIKELY))
    return found


# -- numbers -----------------------------------------------------------------------------------------

_UNCERTAINTY = _any(
    r"\b(?:confidence|credible|compatibility|uncertainty|plausible) (?:interval|limits?|range|values?)\b", r"\bC\.?I\b",
    r"±", r"\+/-", r"\bplus or minus\b", r"\bgive or take\b", r"\bmargin of error\b", r"\bcompatible with\b",
    r"\b(?:could|may|might) (?:well )?(?:be|lie) (?:anywhere )?(?:as (?:low|few|little) as|between|from|anything)\b",
    r"\bplausibl[ye]\b", r"\binterquartile\b", r"\bIQR\b", r"\bquartiles?\b", r"\bhalf (?:of them )?waited\b",
    r"\(-?\d[\d.,]*\s*%?\s*(?:to|-)\s*-?\d[\d.,]*\s*%?(?: [a-z ]+)?\)",
)
_PART_OF_INTERVAL = _any(
    r"\(?\b9\d(?:\.\d)?\s*(?:%|per cent)\s*(?:confidence|credible|uncertainty|CI\b|limits?|"
    r"interval)[^();.]*(?:\.\d+[^();.]*)*\)?",
    r"\(\s*-?\d[\d.]*\s*%?\s*(?:to|-)\s*-?\d[\d.]*\s*%[^)]*\)",
)
_PERCENTAGE = _any(r"(?<![\d.])\d+(?:\.\d+)?\s*(?:%|per ?cent\b)(?! points?)")
_SHARE_IN_WORDS = _any(r"\b(?:half|one third|a third|two thirds|a quarter|three quarters|most|the majority) of "
                       r"(?:the |our |these |all )?(?!\d)[a-z]+")
_OF = _any(r"\b\d[\d,]*\s*(?:/|(?:[a-z-]+ ){0,2}?(?:out )?of (?:the |our |all |these |about )*)\s*(?P<all>\d[\d,]*)\b"
           r"(?!\s*(?:%|per cent))",)
_PERCENT_OF = _any(r"%\)?\s*(?:[a-z-]+ ){0,2}?of (?:the |our |these |all )*(?P<all>\d[\d,]*)\b(?!\s*%)",
                   )
_N_IS = _any(r"\bn\s*=\s*(?P<all>\d[\d,]*)")
_PEOPLE = ("people|respondents|carers|adults|discharges|referrals|assessments|clients|patients|residents|visits|"
           "staff|nurses|"
           "forms|replies|answers|households|wards|councils")
_OUT_OF = _any(
    r"\b(?:of|among|from|by) (?:the |all |our |these |its |a total of |those )*\d[\d,]*"
    r"(?!\d*\s*(?:%|per ?cent|\.\d|,? ?(?:days?|weeks?|months?|years?|hours?|points?|minutes?)\b))(?! to \d)",
    rf"\b\d[\d,]* (?:{_PEOPLE})\b[^.]*\b(?:answered|were asked|replied|took part|responded|were (?:counted|included|"
    rf"assessed|"
    r"discharged|surveyed))\b",
    rf"\ball \d[\d,]* (?:{_PEOPLE})\b",
    r"\bdenominator\b",
)
_SUMMARY = _any(r"\b(?:mean|median|average|on average|averaged)\b[^.;]{0,60}?\d",
                r"\b\d+(?:\.\d+)?\s*percentage points?\b", r"\bper 1(?:,?000|0,?000|00,?000)\b")
_EVERYBODY = _any(r"\b(?:all|every|each of the|complete (?:count|list)|census)\b")
_TIME = _any(
    r"\b(?:19|20)\d\d\b",
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b",
    r"\b(?:spring|summer|autumn|winter|Christmas|quarter \d|Q[1-4])\b",
    r"\b(?:last|this|past|previous|same|each|every|per|first|next) (?:\w+ )?(?:year|month|week|quarter|day|"
    r"fortnight)s?\b",
)


def _percentages(text: str) -> list[str]:
    """Percentages that are results: not the level or the ends of an interval."""
    return [found.group(0) for found in _PERCENTAGE.finditer(_PART_OF_INTERVAL.sub(" ", text))]


def _denominator(text: str) -> list[Remark]:
    if any(pattern.search(text) for pattern in (_OF, _N_IS, _OUT_OF)):
        return []
    percentages, share = _percentages(text), _SHARE_IN_WORDS.search(text)
    if percentages:
        return [Remark("denominator", percentages[0], "Nobody can tell out of how many this is.",
                       "Write the numbers with it: “45 of 60 people (75%)”.", LIKELY)]
    if share:
        return [Remark("denominator", share.group(0), "It does not say out of how many.",
                       "Write the numbers: “31 of 60 people”.", POSSIBLE)]
    return []


def _small_number(text: str) -> list[Remark]:
    percentages = _percentages(text)
    if not percentages or _UNCERTAINTY.search(text):
        return []
    sizes = [int(found["all"].replace(",", "")) for pattern in (_OF, _PERCENT_OF, _N_IS)
             for found in pattern.finditer(text)]
    small = [size for size in sizes if 0 < size < SMALL_NUMBER]
    if not small:
        return []
    return [Remark("small number", percentages[0],
                   f"It is a percentage of {min(small)}: one person more or less changes it by {100 / min(small):.0f} "
                   "percentage points.",
                   "Give the numbers alone (“3 of 4”), or add the interval.", LIKELY)]


def _interval(text: str) -> list[Remark]:
    percentages, summary = _percentages(text), _SUMMARY.search(text)
    if _UNCERTAINTY.search(text) or not (percentages or summary):
        return []
    everybody = _EVERYBODY.search(text)
    advice = "Add the interval: “95% confidence interval 63% to 84%”."
    if everybody:
        advice += " If everybody was counted and nothing is concluded beyond them, say so."
    return [Remark("interval", percentages[0] if percentages else summary.group(0),
                   "It stands without its uncertainty, so it sounds more certain than it is.", advice,
                   LIKELY if percentages and not everybody else POSSIBLE)]


def _period(text: str) -> list[Remark]:
    percentages, summary = _percentages(text), _SUMMARY.search(text)
    if _TIME.search(text) or not (percentages or summary):
        return []
    return [Remark("period", percentages[0] if percentages else summary.group(0),
                   "It does not say which time this is from.", "Add it: “April 2025 to March 2026”.", POSSIBLE)]


# -- words -------------------------------------------------------------------------------------------

# The Care Act and the Children Act have their own uses of the word.
_SIGNIFICANT = _any(
    r"\b(?:(?:statistically|highly|very|clinically|not) |non-?)*(?:in)?significan(?:t|tly|ce)\b(?! (?:harm|others?|"
    r"life event|events? in|risk of harm|relationships?|"
    rf"impact on {_WELLBEING}))")
_NO_DIFFERENCE = _any(
    r"\bno (?:(?:real|true|overall|significant|statistically significant) )?(?:difference|change|effect|association|"
    r"relationship|link|improvement|impact|benefit)s?\b",
    r"\b(?:did|do|does)(?: not|n't) (?:differ|change|work|improve|vary|make (?:any|a|much|a \w+|any \w+) difference)\b",
    r"\b(?:groups|teams|services|areas|places|hubs|hospitals|wards|(?:both|two) \w+) "
    r"(?:are|were) (?:exactly )?(?:the same|equal|identical|alike)\b",
    r"\b(?:is|are|was|were) (?:unchanged|ineffective)\b",
)
_NO_DIFFERENCE_TOLD_WELL = _any(
    r"(?:includ\w+|(?:compatible|consistent) with|rul\w+ out|exclud\w+|from|between|contains?|cover\w*|(?:could|may|"
    r"might) be|"
    r"means?|shows? that there (?:is|was)|proves?|proof of|sign of|absence of) (?:either )?(?:a |an )?(?:\w+ ){0,4}$",
    r"(?:\bnot\b|n't\b|\bcannot\b|\bneither\b|\bwhether\b|\bif\b|"
    r"\bat best\b)[^.;,]{0,60}$", r"\bno evidence\b[^.;]{0,40}$",
)
_CHANGE_OF_FORM = _any(r"\s*(?:(?:was|were|is|has been|can be) )?(?:recorded|planned|made to|made in|to the (?:form|"
                       r"question|"
                       r"definition))")
_TESTED = _any(r"\bp\s*(?:=|>|value)", r"\bsignifican")
_UNITS = ("performers?|teams?|wards?|services?|councils?|hospitals?|agenc(?:y|ies)|trusts?|homes?|hubs?|localit(?:y|"
          "ies)|"
          "units?|areas?|nurses?|workers?")
_RANKING = _any(
    rf"\b(?:the )?(?:best|worst|top|bottom|poorest|weakest|strongest|leading|number one)[- ]"
    rf"(?:(?:performing|performance|scoring|ranked|rated) )?(?:{_UNITS}|(?:of|in) the (?:teams|wards|league|county|"
    rf"country|region))\b",
    r"\bleague table\b", r"\b(?:out|under)-?perform\w*\b",
    r"\b(?:is|are|was|were|came|comes|ranked|ranks|finished|performed|performs|did|does|scored|do) (?:the )?(?:best|"
    r"worst|top|"
    r"bottom|last)\b(?! (?:described|seen|recorded|asked|to|time|in (?:[A-Z][a-z]+|20)|interests?|available|practice|"
    r"known|"
    r"estimate|guess|week|month|year|person|quarter|day|half))",
    r"\bc(?:ame|omes|oming) out (?:on )?(?:top|best|worst|bottom)\b",
    r"\b(?:ranked|ranks|came) (?:\d|first|second|third)\b",
    r"\b(?:better|worse) than (?:the )?(?:other|all|any)\b", r"\b(?:top|bottom) of the (?:league|list)\b",
    r"\b(?:winner|loser|champion|star performer)s?\b",
)
_EXTREME = _any(r"\b(?:had|has|have|with) the (?:highest|lowest|fewest|most|longest|shortest)\b")
_NOT_RANKED = _any(r"(?:\bnot\b|n't\b|\b(?:cannot|never|no|rather than|whether|without|instead of|avoid|wrong to|"
                   r"which)\b)[^.;]{0,50}$")
_LONG_TAIL = "waits?|waited|waiting|delays?|delayed|stays?|costs?|spend|spent|duration|days|hours|weeks|price|package"
_AVERAGE = _any(
    rf"\b(?:mean|average) (?:\w+ ){{0,3}}?(?:{_LONG_TAIL})\b",
    r"\b(?:average|mean)\b[^.;]{0,40}?\b\d[\d.,]*\s*(?:days|hours|weeks)\b",
    rf"\bon average,? [^.;]{{0,50}}?\b(?:{_LONG_TAIL})\b", rf"\b(?:{_LONG_TAIL})\b[^.;]{{0,40}}?\bon average\b",
    rf"\b(?:{_LONG_TAIL})\b[^.;]{{0,30}}?\baverag(?:ed|es|ing)\b",
)
_LONG_TAIL_SEEN = _any(r"\bmedian\b", r"\bskew", r"\bmiddle half\b")


def _significant(text: str) -> list[Remark]:
    found = _SIGNIFICANT.search(text)
    if not found or _UNCERTAINTY.search(text):
        return []
    return [Remark("significant", found.group(0),
                   "“Significant” is heard as important. In statistics it only says that a p value passed a line; it "
                   "gives no size.",
                   "Say how large the difference was, with its interval, and whether people would notice it.", LIKELY)]


def _no_difference(text: str) -> list[Remark]:
    for sentence in _sentences(text):
        for found in _NO_DIFFERENCE.finditer(sentence):
            before, after = sentence[: found.start()], sentence[found.end():]
            if _NO_DIFFERENCE_TOLD_WELL.search(before) or _CHANGE_OF_FORM.match(after):
                continue
            if _UNCERTAINTY.search(text) and not _TESTED.search(text):
                continue
            return [Remark("no difference", found.group(0),
                           "Finding no clear difference is not the same as finding that there is none. Small numbers "
                           "miss large differences.",
                           "Say what the interval still allows: “from 12 points fewer to 20 points more”.", LIKELY)]
    return []


def _ranking(text: str) -> list[Remark]:
    for sentence in _sentences(text):
        for found in _RANKING.finditer(sentence):
            if not _NOT_RANKED.search(sentence[: found.start()]):
                return [Remark("ranking", found.group(0),
                               "A place in a ranking is mostly chance when numbers are small, and it says nothing "
                               "about "
                               "who the people are.",
                               "Say whether the team lies outside the limits of a funnel plot, and how far.", LIKELY)]
    found = _EXTREME.search(text)
    if found and not _UNCERTAINTY.search(text):
        return [Remark("ranking", found.group(0),
                       "Somebody always has the highest and somebody the lowest figure, by chance alone.",
                       "Say whether it lies outside the limits of a funnel plot.", POSSIBLE)]
    return []


def _average(text: str) -> list[Remark]:
    found = _AVERAGE.search(text)
    if not found or _LONG_TAIL_SEEN.search(text):
        return []
    return [Remark("average", found.group(0),
                   "Waits, stays and costs have a long tail: a few very long ones pull the mean up, so most people "
                   "wait "
                   "less than it says and some far longer.",
                   "Give the median and the middle half, and how many waited longest.", LIKELY)]


#: What `review` looks for, in the order in which it looks.
RULES = (
    Rule("cause", "words that claim a cause", _causes),
    Rule("denominator", "a percentage without “out of how many”", _denominator),
    Rule("small number", "a percentage of a small number", _small_number),
    Rule("interval", "a result without its uncertainty", _interval),
    Rule("significant", "“significant” in place of a size", _significant),
    Rule("no difference", "“no difference” in place of “we cannot tell”", _no_difference),
    Rule("ranking", "the best and the worst", _ranking),
    Rule("average", "the mean of something with a long tail", _average),
    Rule("period", "a result without its time", _period),
)
