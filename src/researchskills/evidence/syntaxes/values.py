"""Fields that hold one value: years, languages, kinds of publication, countries.

A value that no record can have is refused, since its set would be empty without a word of explanation. Databases
have their own names for kinds of publication; those that mean one of the library's are understood.
"""

import re

from researchskills.evidence.query import Attribute
from researchskills.evidence.syntaxes.faults import offer, short
from researchskills.evidence.terms import plain

_FIRST, _LAST = 1500, 2100
_DATE = r"(\d{4})(?:/\d{1,2}){0,2}"
_OPEN = re.compile(r"current|present|3000(?:/\d{1,2}){0,2}")
#: Languages with the codes that databases use for them (ISO 639-2).
LANGUAGES = {
    "English": ("en", "eng"), "Welsh": ("cy", "wel", "cym"), "French": ("fr", "fre", "fra"),
    "German": ("de", "ger", "deu"), "Spanish": ("es", "spa"), "Italian": ("it", "ita"),
    "Portuguese": ("pt", "por"), "Dutch": ("nl", "dut", "nld"), "Danish": ("da", "dan"),
    "Swedish": ("sv", "swe"), "Norwegian": ("no", "nor"), "Finnish": ("fi", "fin"), "Polish": ("pl", "pol"),
    "Irish": ("ga", "gle"), "Japanese": ("ja", "jpn"), "Chinese": ("zh", "chi", "zho"),
}
#: Countries with other names for them.
COUNTRIES = {
    "United Kingdom": ("uk", "great britain", "gb"), "Ireland": ("republic of ireland",),
    "United States": ("usa", "us", "united states of america"), "Canada": (), "Australia": (), "New Zealand": (),
    "Netherlands": ("the netherlands", "holland"), "Sweden": (), "Norway": (), "Denmark": (), "Finland": (),
    "Germany": (), "France": (), "Spain": (), "Italy": (), "Belgium": (), "Switzerland": (), "Portugal": (),
    "Japan": (), "Hong Kong": (), "India": (), "South Africa": (),
}
#: The library's kinds of publication with other databases' names for them.
TYPES = {
    "primary study": ("research article", "journal article", "research", "article", "research paper", "original "
                                                                                                      "research"),
    "review": ("systematic review", "review articles", "review article", "reviews", "meta analysis"),
    "policy": ("policy document", "government document", "government publication"),
    "guidance": ("guideline", "practice guideline", "guidelines", "practice guidelines"),
    "opinion": ("editorial", "letter", "comment", "commentary", "editorial material"),
    "grey literature": ("grey", "gray literature", "report", "technical report", "reports"),
}
_PARTS_OF_UK = ("england", "scotland", "wales", "northern ireland", "north ireland")
_KNOWN = {"language": LANGUAGES, "type": TYPES, "country": COUNTRIES}


def years(typed: str, between: str, fail) -> Attribute:
    """Years as typed.

    Parameters
    ----------
    typed : str
        One year, or two with a sign between them.
    between : str
        That sign, as a regular expression.
    fail : callable
        Takes a sentence and raises it.
    """
    text = typed.strip().strip('"').strip().lower()
    found = re.fullmatch(rf'{_DATE}(?:\s*(?:{between})\s*({_OPEN.pattern}|{_DATE}))?', text)
    if not found:
        fail(f"This is no year or range of years. Type, for example, 2015 or 2010{between}2020, with a plain "
             f"“{between}” between the years.")
    first = int(found[1])
    last = int(found[3]) if found[3] else None if found[2] else first
    for year in (first, last):
        if year is not None and not _FIRST <= year <= _LAST:
            fail(f"There are no publications of the year {year}. Type a year with four digits.")
    if last is not None and last < first:
        fail(f"This range ends before it begins. Type the earlier year first: {last}, then {first}.")
    return Attribute("year", (first, last))


def value(kind: str, typed: str, fail) -> Attribute:
    """A language, a kind of publication or a country as typed.

    Parameters
    ----------
    kind : str
        `language`, `type` or `country`.
    typed : str
        The value.
    fail : callable
        Takes a sentence and raises it.
    """
    text = typed.strip().strip('"').strip()
    if found := known(kind, text):
        return found
    if kind == "country" and plain(text) in _PARTS_OF_UK:
        fail("This library keeps the United Kingdom together and does not tell its parts from each other. Type UK.")
    what = "kind of publication" if kind == "type" else kind
    return fail(f"“{short(text)}” is no {what} of this library.{offer(text, list(_KNOWN[kind]))}")


def known(kind: str, text: str) -> Attribute | None:
    """A value by its own name or another database's; None when it is neither."""
    wanted = " ".join(plain(text).replace("-", " ").split())
    for name, others in _KNOWN[kind].items():
        if wanted == plain(name) or wanted in others:
            return Attribute(kind, (name,))
    return None
