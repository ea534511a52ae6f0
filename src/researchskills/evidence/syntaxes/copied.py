"""What comes along when somebody copies a line from a review or from a database's history.

Strategies are printed with the number of each line, how many records it found, and what the database adds: its filters,
the fields behind `.mp.`. Read as words, these make the set empty or odd without any fault in the search itself.
"""

import re

from researchskills.evidence.search_error import SearchError
from researchskills.evidence.syntaxes.faults import blanked

_OPERATOR = r"(?i:and|or|not|adj\d*|near(?:/\d+)?|[nw]\d+)\b"
_NUMBER = (re.compile(r"\s*((?:#\s?|[sS])?\d{1,3}\s*[.):])\s+\S"),
           re.compile(rf"\s*((?:#\s?|[sS])?\d{{1,3}})[ ]*\t\s*(?!{_OPERATOR})\S"),
           re.compile(rf"\s*(\d{{1,3}})[ ]{{3,}}(?!{_OPERATOR})\S"),
           re.compile(r'\s*(\d{1,3})\s+(?:(?i:exp)\s|(?i:and|or)/\d|\*\w|\(|(?!OR)[A-Z]{2}\s*[=("])'))
#: With its sign, and something other than an operator or a single other line behind it.
_SIGNED = re.compile(rf"\s*((?:#\s?|[sS])\d{{1,3}})\s+(?!{_OPERATOR}|(?i:(?:and|or|not)[#s]?\d)|(?:#|[sS])\d+\s*$)"
                     r"[\w(#*\"]")
_COUNT = re.compile(r'(?<=[\w/.)\]"])\s+(\(?\d{1,3}(?:,\d{3})+\)?)\s*$|(?<=[/.)\]"])\s+(\(\d{2,}\))\s*$|'
                    r"(?<=[/.])\s+(\d+)\s*$")
_BEFORE = re.compile(r"\s*(Search\s*(?:query\s*)?:|Search(?=\s+\())", re.IGNORECASE)
_BEHIND = re.compile(r"\[mp\s*=[^\]]*\]?|\b(?:Limiters|Expanders|Search modes)\s+-|\b(?:Filters|Sort by)\s*:|"
                     r"\b(?:Indexes|Timespan)\s*=", re.IGNORECASE)


def check(text: str, syntax: str) -> None:
    """Refuse what is no part of a search, but was copied along with it.

    Parameters
    ----------
    text : str
        The line.
    syntax : str
        Its language; PubMed joins the number of a line to what follows by AND.

    Raises
    ------
    SearchError
        At the first such piece.
    """
    for pattern in _NUMBER:
        if number := pattern.match(text):
            following = int(re.search(r"\d+", number[1])[0]) + 1
            if re.search(rf"\s[#sS]?{following}(?:\s*[.):]\s|[ ]*\t|[ ]{{3,}})", text):
                raise SearchError("These are several lines at once. Type them one by one, without their numbers.", text,
                                  *number.span(1))
            raise SearchError("This looks like the number of a line that was copied along. Lines are numbered by "
                              "themselves here: leave it out.", text, *number.span(1))
    if syntax != "pubmed" and (number := _SIGNED.match(text)):
        raise SearchError("If this number of a line was copied along, leave it out. If that line is to be combined "
                          "with what follows, type AND or OR between them.", text, *number.span(1))
    if printed := _BEFORE.match(text):
        raise SearchError("This is what a database prints before a line, and no part of it. Leave it out.", text,
                          *printed.span(1))
    outside = blanked(text)
    if printed := _BEHIND.search(outside):
        raise SearchError("This is what a database prints behind a line, and no part of the search. Leave it out, with "
                          "all that belongs to it.", text, *printed.span())
    if count := _COUNT.search(outside):
        raise SearchError("This looks like a number of records that was copied along. Leave it out.", text,
                          *count.span(count.lastindex))
