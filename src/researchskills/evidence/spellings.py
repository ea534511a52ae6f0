"""Other ways of writing the same words: British and American, one and many, with and without a hyphen.

The pairs are those of ordinary dictionaries, limited to what occurs in writing about health and social care. They
are applied to words and to stems that end in `*`, in both directions.
"""

import re

from researchskills.evidence.query import Phrase, Word

#: British and American, as pieces of words; a piece is looked for as a regular expression.
_BRITISH_AMERICAN = (
    (r"isation", "ization"), (r"is(?=$|\*|e|ed|es|ing|er)", "iz"), (r"our", "or"), (r"aeing", "aing"),
    (r"^ageing", "aging"), (r"^age(?=ism)", "ag"), (r"centre", "center"), (r"programme(?=$|s|\*)", "program"),
    (r"paed", "ped"), (r"haem", "hem"), (r"anaes", "anes"), (r"oede", "ede"), (r"diarrhoea", "diarrhea"),
    (r"gynaec", "gynec"), (r"foet", "fet"), (r"sell(?=ing|ed|or)", "sel"), (r"vell(?=ing|ed|er)", "vel"),
    (r"judgement", "judgment"), (r"^grey", "gray"), (r"licence", "license"), (r"practis", "practic"),
    (r"defence", "defense"), (r"catalogue", "catalog"), (r"dialogue", "dialog"),
)
_AMERICAN_BRITISH = (
    (r"ization", "isation"), (r"iz(?=$|\*|e|ed|es|ing|er)", "is"), (r"(?<=[bvlnm])or(?=$|s|\*|al|ing|ed|h)", "our"),
    (r"^aging", "ageing"), (r"center", "centre"), (r"^program(?=$|s|\*)", "programme"), (r"pediat", "paediat"),
    (r"orthoped", "orthopaed"), (r"hematol", "haematol"), (r"anesth", "anaesth"), (r"edema", "oedema"),
    (r"diarrhea", "diarrhoea"), (r"gynec", "gynaec"), (r"^fet(?=al|us)", "foet"), (r"nsel(?=ing|ed|or)", "nsell"),
    (r"vel(?=ing|ed|er)", "vell"), (r"judgment", "judgement"), (r"^gray", "grey"), (r"license", "licence"),
    (r"defense", "defence"), (r"catalog(?=$|s|\*)", "catalogue"), (r"dialog(?=$|s|\*)", "dialogue"),
)
#: Beginnings that some people part from the word by a hyphen.
_BEGINNINGS = ("co", "inter", "multi", "re", "non", "pre", "post", "self", "under", "over")


def variants(phrase: Phrase) -> list[tuple[str, Phrase]]:
    """Other spellings of a phrase, with one word changed at a time.

    Parameters
    ----------
    phrase : Phrase

    Returns
    -------
    list of (str, Phrase)
        What kind of difference it is, and the phrase. Whether anybody writes like that is for an index to say.

    Examples
    --------
    >>> from researchskills.evidence.terms import as_phrase, typed
    >>> [typed(other) for _, other in variants(as_phrase("organis*"))]
    ['organiz*']
    """
    found: dict[Phrase, str] = {}
    for place, word in enumerate(phrase.words):
        for kind, others in _of_word(word.pattern):
            words = (*phrase.words[:place], *map(Word, others), *phrase.words[place + 1:])
            found.setdefault(Phrase(words, phrase.fields), kind)
    found.update(dict.fromkeys(_run_together(phrase), "without a hyphen"))
    return [(kind, other) for other, kind in found.items() if other != phrase]


def _of_word(pattern: str):
    for kind, pairs in (("American spelling", _BRITISH_AMERICAN), ("British spelling", _AMERICAN_BRITISH)):
        for piece, other in pairs:
            changed = re.sub(piece, other, pattern, count=1)
            if changed != pattern:
                yield kind, (changed,)
    if pattern.isalpha() and len(pattern) > 3:
        if pattern.endswith("s") and not pattern.endswith(("ss", "us", "is")):
            yield "the singular", (pattern[:-1],)
        elif not pattern.endswith("s"):
            yield "the plural", (pattern[:-1] + "ies" if re.search("[^aeiou]y$", pattern) else pattern + "s",)
    for beginning in _BEGINNINGS:
        rest = pattern.removeprefix(beginning)
        if rest != pattern and len(rest.rstrip("*")) > 3 and rest[0].isalpha():
            yield "with a hyphen", (beginning, rest)


def _run_together(phrase: Phrase):
    for place, (first, second) in enumerate(zip(phrase.words, phrase.words[1:], strict=False)):
        if first.pattern in _BEGINNINGS and second.pattern[0].isalpha():
            joined = Word(first.pattern + second.pattern)
            yield Phrase((*phrase.words[:place], joined, *phrase.words[place + 2:]), phrase.fields)
