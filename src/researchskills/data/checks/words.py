"""Words that columns and cells use: what they are called, and what they write when nothing is known."""

import re

from researchskills._words import number_of as count

#: Stand for a missing value in any column. `[c]`, `[x]`, `[z]`, `[u]`, `[w]`: GSS, "Using symbols in tables", 2021.
MISSING_ANYWHERE = [
    "n/a",
    "na",
    "n.a.",
    "n/k",
    "nk",
    "nan",
    "null",
    "#n/a",
    "#value!",
    "#ref!",
    "#div/0!",
    "#name?",
    "#num!",
    "#null!",
    "-",
    "--",
    "–",
    "—",
    ".",
    "..",
    "...",
    "…",
    ":",
    "*",
    "**",
    "?",
    "??",
    "[c]",
    "[x]",
    "[z]",
    "[u]",
    "[w]",
    "[low]",
    "[k]",
    "(:)",
    "<na>",
    "tbc",
    "tbd",
]
#: Errors that a spreadsheet writes where a formula failed.
SPREADSHEET_ERRORS = ["#n/a", "#value!", "#ref!", "#div/0!", "#name?", "#num!", "#null!"]
#: Say in words that nothing is known; in a column of categories they may be an answer of their own.
MISSING_IN_WORDS = [
    "not held",
    "not given",
    "not known",
    "unknown",
    "not recorded",
    "not available",
    "not applicable",
    "not stated",
    "missing",
    "no data",
    "not collected",
    "not provided",
    "not disclosed",
    "withheld",
    "suppressed",
    "redacted",
    "cost exceeded",
    "refused",
    "no response",
    "not answered",
    "not asked",
    "blank",
    "none given",
    "not specified",
    "data not available",
    "information not held",
    "does not apply",
    "no information",
    "to be confirmed",
    "information refused",
    "prefer not to say",
    "not obtained",
    "unk",
]
#: Say that nothing is known, without saying why.
UNKNOWN = [
    "unknown",
    "not known",
    "not stated",
    "not recorded",
    "missing",
    "no information",
    "not obtained",
    "unk",
    "n/k",
    "nk",
    "not specified",
    "no data",
    "not provided",
    "not given",
    "blank",
]
#: Say that nothing had to be answered: a gap that the form itself left, not one in the data.
NOT_DUE = ["not applicable", "does not apply", "not asked", "[z]", "z"]
#: Single letters that published tables use: confidential, not available, not applicable, rounds to zero.
MISSING_LETTERS = ["c", "x", "z", "k", "u", "w"]

IDENTIFIER = {"id", "ref", "reference", "identifier", "number", "no", "key", "uprn", "respondent", "urn", "record"}
#: What is numbered when a column is called "… no.".
NUMBERED = (
    "ref|reference|case|client|nhs|record|file|account|referral|customer|person|patient|service|form|unique|serial"
    "|row|staff|asset"
)
AREA = {
    "ward",
    "area",
    "lsoa",
    "msoa",
    "council",
    "authority",
    "trust",
    "organisation",
    "org",
    "locality",
    "team",
    "region",
    "la",
    "district",
    "practice",
    "hospital",
    "of",
    "deaths",
    "people",
    "respondents",
}

#: Rows that add up others in national tables (ONS countries and regions; kinds of council in ASCOF).
LARGER_AREAS = [
    "england",
    "scotland",
    "wales",
    "northern ireland",
    "united kingdom",
    "uk",
    "great britain",
    "england and wales",
    "national",
    "all",
    "total",
    "totals",
    "grand total",
    "overall",
    "all areas",
    "all councils",
    "all teams",
    "average",
    "average*",
    "national median",
    "national average",
    "mean",
    "median",
    "sum",
    "shire counties",
    "shire county",
    "unitary authorities",
    "metropolitan districts",
    "inner london",
    "outer london",
    "london",
    "london boroughs",
    "district",
    "districts",
    "east midlands",
    "eastern",
    "east of england",
    "north east",
    "north west",
    "south east",
    "south west",
    "west midlands",
    "yorkshire and the humber",
    "yorkshire & the humber",
    "yorkshire and humber",
]

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def of(name: str) -> set[str]:
    """The words of a column's name in small letters.

    Examples
    --------
    >>> sorted(of("referral_ID (LarkshireCC)"))
    ['cc', 'id', 'larkshire', 'referral']
    """
    return set(re.findall(r"[^\W_]+|%", _CAMEL.sub(" ", str(name)).casefold()))


def named(columns, most: int = 3) -> str:
    """Names of columns for a sentence: the first few in quotation marks, then how many more."""
    names = [f"“{short(column.name)}”" for column in columns]
    return listed(names, most, "column")


def listed(names: list[str], most: int, noun: str) -> str:
    """Some names joined for a sentence; of a long list the first few and how many more."""
    if len(names) > most + 1:
        return f"{', '.join(names[:most])} and {count(len(names) - most, 'other ' + noun)}"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def short(text: str, most: int = 70) -> str:
    """A text that fits into a sentence."""
    text = " ".join(str(text).split())
    return text if len(text) <= most else text[: most - 1] + "…"


def number(value: float) -> str:
    """A number as people read it: up to four figures after the point, thousands apart."""
    if abs(value) >= 1000:
        return f"{value:,.1f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"
    return f"{value:.4g}"
