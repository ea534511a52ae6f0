"""Find what could identify a person: the patterns behind the privacy check.

Practitioners write about their work, and a real NHS number or a real address slips in easily.
Before anything leaves the learner's computer the course looks for six kinds of detail that identify
somebody in the United Kingdom and asks about each of them. It asks, it does not decide: a clinic's own
telephone number is no secret, and no pattern can tell.

The patterns are stricter than "looks like": an NHS number must pass its check digit, a postcode must
begin with an area that exists, a National Insurance number must have a prefix that is issued, and a date
counts only where the text says that somebody was born on it. A check that cries wolf over every column of
figures is one that people learn to click away.

Everything here works on text alone and knows nothing of notebooks or widgets.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

NHS_NUMBER = "NHS number"
NATIONAL_INSURANCE = "National Insurance number"
EMAIL = "e-mail address"
TELEPHONE = "telephone number"
DATE_OF_BIRTH = "date of birth"
POSTCODE = "postcode"


@dataclass(frozen=True)
class Match:
    """Something in a text that could identify a person.

    Attributes
    ----------
    kind : str
        One of `NHS_NUMBER`, `NATIONAL_INSURANCE`, `EMAIL`, `TELEPHONE`, `DATE_OF_BIRTH`, `POSTCODE`,
        as it is said in a sentence.
    masked : str
        Enough of it to find it again, never all of it.
    start, end : int
        Where it stands: `text[start:end]`.
    """

    kind: str
    masked: str
    start: int
    end: int

    @property
    def described(self) -> str:
        """Kind and masked text with an article, such as “an e-mail address (ja…rg)”."""
        return f"{'an' if self.kind[0] in 'aeiouN' else 'a'} {self.kind} ({self.masked})"


def find(text: str) -> list[Match]:
    """Details in a text that could identify a person, in order of appearance.

    Parameters
    ----------
    text : str
        Plain text; see `plain_text` for HTML.

    Returns
    -------
    list of Match
        Without overlaps: where two patterns fit the same characters, the more specific one counts.

    Examples
    --------
    >>> [(match.kind, match.masked) for match in find("Mrs A, 943 476 5919, lives at LS1 4AP.")]
    [('NHS number', '94…19'), ('postcode', 'LS…AP')]
    """
    found: list[Match] = []
    for kind, spans in _FINDERS.items():
        for start, end in spans(text):
            if not any(start < other.end and other.start < end for other in found):
                found.append(Match(kind, mask(kind, text[start:end]), start, end))
    return sorted(found, key=lambda match: match.start)


def mask(kind: str, value: str) -> str:
    """A value shortened so that its owner recognises it and nobody else learns it."""
    return f"{value[:1]}…" if kind == DATE_OF_BIRTH else f"{value[:2]}…{value[-2:]}"


def normalised(value: str) -> str:
    """A value without spaces, punctuation and case, to compare two spellings of the same thing."""
    return re.sub(r"[\W_]", "", value).casefold()


def plain_text(markup: str) -> str:
    """The words of an HTML fragment, without attributes, scripts, styles and embedded images."""
    reader = _Words()
    reader.feed(markup)
    reader.close()
    return html.unescape("".join(reader.words))


def without_embedded_files(text: str) -> str:
    """A text without `data:` addresses: the letters of an encoded picture mean nothing."""
    return re.sub(r"data:[\w.+-]+/[\w.+-]+;base64,[A-Za-z0-9+/=\s]*", " ", text)


class _Words(HTMLParser):
    """Collects the text of a page; a block or a table cell ends with a line break."""

    inline = frozenset(
        ("a", "abbr", "b", "cite", "code", "em", "i", "kbd", "mark", "q", "s", "small", "span", "strong", "u")
    )

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag, attrs):
        self.hidden += tag in ("script", "style")
        if tag not in self.inline:
            self.words.append("\n")

    def handle_endtag(self, tag):
        self.hidden -= tag in ("script", "style") and self.hidden > 0
        if tag not in self.inline:
            self.words.append("\n")

    def handle_data(self, data):
        if not self.hidden:
            self.words.append(data)


# NHS number -----------------------------------------------------------------------------------------

_TEN_DIGITS = re.compile(
    r"""(?<![\w.,+\-])            # not the tail of a longer number, a decimal, a code
        (?<!\d[ ])                # not a column among columns of figures
        \d{3}([ \-]?)\d{3}\1\d{4}
        (?![\w\-]|[.,]\d|[ ]\d)""",
    re.VERBOSE,
)


def _nhs_numbers(text: str) -> Iterator[tuple[int, int]]:
    import nhs_number

    for match in _TEN_DIGITS.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        # One digit ten times (0000000000 above all) passes the check and is a filler, never a person.
        if len(set(digits)) > 1 and nhs_number.is_valid(digits):
            yield match.span()


# National Insurance number ---------------------------------------------------------------------------
# Prefixes that HMRC does not issue: National Insurance Manual NIM39110.

_NATIONAL_INSURANCE = re.compile(
    r"""(?<![\w\-])
        (?!BG|GB|KN|NK|NT|TN|ZZ)
        [A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]
        ([ \-]?)\d{2}\1\d{2}\1\d{2}[ \-]?[A-D]
        (?![\w\-])""",
    re.VERBOSE | re.IGNORECASE,
)


def _national_insurance_numbers(text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in _NATIONAL_INSURANCE.finditer(text))


# E-mail ----------------------------------------------------------------------------------------------

_EMAIL = re.compile(
    r"(?<![\w.+\-])[\w+\-]{1,64}(?:\.[\w+\-]{1,64}){0,8}@(?:[A-Za-z0-9\-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w\-])"
)


def _email_addresses(text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in _EMAIL.finditer(text))


# Telephone -------------------------------------------------------------------------------------------
# The UK has numbers of ten digits after the 0 (a few old ones of nine, which people write in two groups).

_GAP = r"[ .\-\u00a0]"
_TELEPHONE = re.compile(
    rf"""(?<![\w.,+\-(])(?<!\d[ ])
         (?: (?:\+|00)44{_GAP}?(?:\(0\){_GAP}?)?\(?(?P<abroad>[1-35789]\d{{1,9}})\)?
           | \(?(?P<home>0[1-35789]\d{{1,9}})\)?
         )
         (?P<rest>(?:{_GAP}?\d{{2,6}}){{0,4}})
         (?![\w\-]|[.,]\d|[ ]\d)""",
    re.VERBOSE,
)


def _telephone_numbers(text: str) -> Iterator[tuple[int, int]]:
    for match in _TELEPHONE.finditer(text):
        number = (match["abroad"] or match["home"][1:]) + re.sub(r"\D", "", match["rest"])
        in_two_groups = re.fullmatch(rf"{_GAP}\d{{5}}", match["rest"])
        if len(number) == 10 or (len(number) == 9 and number[0] == "1" and in_two_groups):
            yield match.span()


# Date of birth ---------------------------------------------------------------------------------------

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAY, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:(?:18|19|20)\d{2}|\d{2})"
_DATE_OF_BIRTH = re.compile(
    rf"""\b(?: born | d\.?\s?o\.?\s?b\b\.? | d\sof\sb | date[ _]?of[ _]?birth | birth[ _]?da(?:te|y) )
         (?: [^\w\n]{{0,4}} (?:is|was|on|the|of) \b ){{0,2}} [^\w\n]{{0,4}}
         (?P<date>
             {_DAY}([/.\- ])(?:0?[1-9]|1[0-2])\2{_YEAR}
           | (?:18|19|20)\d{{2}}[\-/.](?:0?[1-9]|1[0-2])[\-/.]{_DAY}
           | {_DAY}(?:st|nd|rd|th)?[ ](?:of[ ])?{_MONTH},?[ ]{_YEAR}
           | {_MONTH}[ ]{_DAY}(?:st|nd|rd|th)?,?[ ]{_YEAR}
         )
         (?!\w)""",
    re.VERBOSE | re.IGNORECASE,
)


def _dates_of_birth(text: str) -> Iterator[tuple[int, int]]:
    return (match.span("date") for match in _DATE_OF_BIRTH.finditer(text))


# Postcode --------------------------------------------------------------------------------------------
# Areas and the letters allowed in each place: Royal Mail, Programmers' Guide to the Postcode Address File.

_AREAS = (
    "AB AL B BA BB BD BF BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY "
    "E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU "
    "M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY "
    "TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE"
)
_POSTCODE = re.compile(
    rf"""(?<![\w\#\-/])
         (?: GIR[ ]?0AA
           | BFPO[ ]?\d{{1,4}}
           | (?:{"|".join(sorted(_AREAS.split(), key=len, reverse=True))})
             \d(?:\d|[A-HJKMNPR-Y])?
             [ \u00a0]{{0,2}}
             (?P<inward>\d[ABD-HJLNP-UW-Z]{{2}})
         )
         (?![\w\-]|\()""",
    re.VERBOSE | re.IGNORECASE,
)
_ORDINAL = re.compile(r"1st|2nd|3rd|[04-9]th")


def _postcodes(text: str) -> Iterator[tuple[int, int]]:
    for match in _POSTCODE.finditer(text):
        if not _ORDINAL.fullmatch(match["inward"] or ""):
            yield match.span()


_FINDERS = {
    NHS_NUMBER: _nhs_numbers,
    NATIONAL_INSURANCE: _national_insurance_numbers,
    EMAIL: _email_addresses,
    TELEPHONE: _telephone_numbers,
    DATE_OF_BIRTH: _dates_of_birth,
    POSTCODE: _postcodes,
}
