"""What differs between the four languages, as one table.

The lesson shows `table()`. Every row is proved against the readers by a test, so what people read here is what the
practice library does; where each rule comes from is in `sources()` and, at more length, in each language's module.
"""

from dataclasses import dataclass

from researchskills.errors import CourseError
from researchskills.evidence.syntaxes import NAMES
from researchskills.paths import suggestion

_OVID = "Ovid online help, Advanced Search Techniques"
_OVID_NEAR = "Ovid training, Targeted searching using term variants"
_CIAP = "CIAP (NSW Health), Truncation, wildcards and phrases on Ovid"
_PUBMED = "PubMed User Guide (NLM)"
_PUBMED_WILD = "NLM Technical Bulletin 2024 May-Jun;(458):e5"
_PHRASE_INDEX = "PubMed User Guide (NLM); NNLM, PubMed's Phrase Index, 2022"
_NLM_NEAR = "NLM announcement of proximity search, November 2022"
_EBSCO = "EBSCO Connect, Searching with Field Codes"
_EBSCO_BOOLEAN = "EBSCO help sheet, Searching with Boolean Operators"
_EBSCO_ORDER = "EBSCO Discovery Service help, Booleans"
_EBSCO_PHRASE = "EBSCO Help, How are phrases searched?"
_EBSCO_WILD = "EBSCOhost help, Wildcard and Truncation Symbols"
_EBSCO_FORMS = "EBSCO Help, Wildcard Searches in EDS"
_SDU = "University of Southern Denmark, guide to EBSCO proximity"
_CINAHL = "CINAHL headings (EBSCO)"
_CINAHL_FAQ = "EBSCO Help, The CINAHL Databases: Frequently Asked Questions"
_WOS = "Clarivate help, Search Operators"
_WOS_WILD = "Clarivate help, Wildcards"
_WOS_RULES = "Clarivate help, Search Rules"
_HERE = "a choice made for this library"


@dataclass(frozen=True)
class Difference:
    """One thing that people want, and how each language does it.

    Attributes
    ----------
    feature : str
        What people want.
    ovid, pubmed, ebsco, wos : tuple of str
        What the language does, and where that is said.
    """

    feature: str
    ovid: tuple[str, str]
    pubmed: tuple[str, str]
    ebsco: tuple[str, str]
    wos: tuple[str, str]


DIFFERENCES = (
    Difference(
        "Which operator comes first, without brackets",
        ("proximity, NOT, AND, OR (guides disagree on NOT and AND)", "CIAP (NSW Health); university guides"),
        ("strictly from left to right", _PUBMED),
        ("proximity, then NOT and AND, then OR", _EBSCO_ORDER),
        ("proximity, NOT, AND, OR", _WOS),
    ),
    Difference(
        "and, or, not in small letters",
        ("the same as capitals", _OVID),
        ("no operators: type capitals", _PUBMED),
        ("the same as capitals, unless your library has set it otherwise", _EBSCO_BOOLEAN),
        ("the same as capitals", _WOS),
    ),
    Difference(
        "Words near each other, in any order",
        ("home adj3 care: at most two words between, one fewer than the number", _OVID_NEAR),
        ('"home care"[tiab:~3]: at most three words between (titles and abstracts only)', _NLM_NEAR),
        ("home N3 care: at most three words between", _SDU),
        ("TS=(home NEAR/3 care): at most three words between", _WOS),
    ),
    Difference(
        "Words near each other, in the order typed",
        ("home adj care: side by side only", _OVID_NEAR),
        ('"home care"[tiab]: side by side only', _PHRASE_INDEX),
        ("home W3 care: at most three words between", _SDU),
        ('TS=("home care"): side by side only', _WOS),
    ),
    Difference(
        "The proximity operator without a number",
        ("adj: side by side, in this order", _OVID_NEAR),
        ("not possible", _NLM_NEAR),
        ("not possible", _SDU),
        ("NEAR: at most fifteen words between", _WOS),
    ),
    Difference(
        "Words beside each other without quotes",
        ("home care: a phrase", _OVID_NEAR),
        ("home care[tiab]: a phrase, if PubMed's index of phrases has it, else both words; home care: both words, "
         "anywhere, and the matching subject heading", _PHRASE_INDEX),
        ("home care: within five words of each other, unless your library has set it otherwise", _EBSCO_PHRASE),
        ("TS=(home care): both words, anywhere", _WOS),
    ),
    Difference(
        "Plurals and other forms of a word, without any sign",
        ("carer: as typed", _OVID),
        ("carer[tiab]: as typed; without a tag PubMed itself adds some plurals", _PUBMED),
        ("carer: as typed here; EBSCOhost itself finds plurals and possessives too", _EBSCO_FORMS),
        ("TS=(carer): as typed here; Web of Science itself finds other forms too, unless there are quotes", _WOS_RULES),
    ),
    Difference(
        "Any ending of a word",
        ("carer* or carer$", _OVID), ("carer*", _PUBMED), ("carer*", _EBSCO_WILD), ("TS=(carer*)", _WOS_WILD),
    ),
    Difference(
        "An ending of at most three letters",
        ("care$3", _OVID), ("not possible", _PUBMED), ("not possible", _EBSCO_WILD), ("not possible", _WOS_WILD),
    ),
    Difference(
        "Exactly one letter",
        ("organi#ation", _CIAP), ("not possible; organi*ation takes any letters or none", _PUBMED_WILD),
        ("organi?ation", _EBSCO_WILD), ("TS=(organi?ation)", _WOS_WILD),
    ),
    Difference(
        "One letter or none",
        ("colo?r", _CIAP), ("not possible", _PUBMED), ("colo#r", _EBSCO_WILD), ("TS=(colo$r)", _WOS_WILD),
    ),
    Difference(
        "Any beginning of a word",
        ("not possible", _CIAP), ("not possible", _PUBMED), ("not possible", _EBSCO_WILD),
        ("TS=(*care): at least three letters after the sign", _WOS_WILD),
    ),
    Difference(
        "Fewest letters before *",
        ("two", _HERE), ("four", _PUBMED), ("two", "search-query's rules for EBSCOhost"), ("three", _WOS_WILD),
    ),
    Difference(
        "A subject heading alone",
        ("Carers/", _OVID), ('"Carers"[Mesh:NoExp]', _PUBMED), ('MH "Carers"', _CINAHL),
        ("has no subject headings", _WOS),
    ),
    Difference(
        "A subject heading with all narrower ones",
        ("exp Carers/", _OVID), ('"Carers"[Mesh]', _PUBMED), ('MH "Carers+"', _CINAHL),
        ("has no subject headings", _WOS),
    ),
    Difference(
        "A subject heading that is a main point",
        ("*Carers/", _OVID), ('"Carers"[Majr:NoExp]', _PUBMED), ('MM "Carers"', _CINAHL),
        ("has no subject headings", _WOS),
    ),
    Difference(
        "Words in title or abstract",
        ("carers.ti,ab.", _OVID), ("carers[tiab]", _PUBMED), ("TI carers OR AB carers", _EBSCO),
        ("TI=carers OR AB=carers", _WOS),
    ),
    Difference(
        "Words without a field",
        ("title, abstract and subject headings (.mp.)", _OVID), ("all fields", _PUBMED),
        ("all fields here; in CINAHL title, abstract and subject headings, in other databases others", _CINAHL_FAQ),
        ("not possible here: every search names a field", _HERE),
    ),
    Difference(
        "One field for several words",
        ("(carers or families).ti.", _OVID), ("not possible: carers[ti] OR families[ti]", _PUBMED),
        ("TI (carers OR families)", _EBSCO), ("TI=(carers OR families)", _WOS),
    ),
    Difference(
        "Very common words such as of and the",
        ("searched like others", _HERE), ("dropped where they stand alone", _PUBMED),
        ("never searched; in a phrase any word may stand there", _EBSCO_PHRASE),
        ("searched like others", _WOS_RULES),
    ),
    Difference(
        "Hyphens and apostrophes",
        ("co-production: the two parts side by side", _HERE), ("co-production: the two parts side by side", _HERE),
        ("co-production: the two parts side by side", _EBSCO_PHRASE),
        ("co-production: the two parts side by side", _WOS_WILD),
    ),
    Difference(
        "Earlier lines",
        ("1 or 2; or/1-2", _OVID), ("#1 OR #2", _PUBMED), ("S1 OR S2", _EBSCO), ("#1 OR #2", _WOS),
    ),
    Difference(
        "Years",
        ('limit 1 to yr="2010-2020"', _OVID), ("#1 AND 2010:2020[dp]", _PUBMED), ("S1 AND PY 2010-2020", _EBSCO),
        ("#1 AND PY=2010-2020", _WOS_RULES),
    ),
)


def languages(*wanted: str):
    """The four languages side by side, for a lesson.

    Parameters
    ----------
    *wanted : str
        What people want (the features); by default all of them.

    Returns
    -------
    tables.ReadableTable
        A row a feature, a column a language.

    Raises
    ------
    CourseError
        If there is no such feature.
    """
    from researchskills.tables import ReadableTable

    held = table().set_index("What you want")
    for feature in wanted:
        if feature not in held.index:
            raise CourseError(f"There is no row “{feature}”.{suggestion(feature, list(held.index))}", exit_status=2)
    shown = ReadableTable(held.loc[list(wanted)] if wanted else held)
    shown.caption = "Four search languages"
    return shown


def table():
    """What each language does, a row a feature.

    Returns
    -------
    pandas.DataFrame
        With a column for what people want and one for each language.
    """
    return _frame(0)


def sources():
    """Where the rules come from, a row a feature; the same shape as `table`."""
    return _frame(1)


def _frame(which: int):
    import pandas as pd

    rows = [{"What you want": one.feature, **{name: getattr(one, key)[which] for key, name in NAMES.items()}}
            for one in DIFFERENCES]
    return pd.DataFrame(rows)
