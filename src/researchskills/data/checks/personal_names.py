"""Names of people: in columns made for them, and in notes.

No list holds all names, and no pattern tells Castle Hill from Grace Hill. So a column counts as names only when nearly
all of it is written like one and either its own name or common forenames in it say so; in notes a title ("Mrs") or a
word for somebody ("her daughter") must come before.
"""

import re
import unicodedata

import numpy as np

from researchskills.data.checks.columns import Column

_UPPER, _LOWER = "A-ZÀ-ÖØ-ÞŶŴ", "a-zß-öø-ÿŷŵ"
_NAME = rf"[{_UPPER}][{_UPPER}{_LOWER}’'-]*[{_LOWER}][{_UPPER}{_LOWER}’'-]*"
_TITLES = ("Mr", "Mrs", "Ms", "Miss", "Mx", "Dr", "Sister", "Rev", "Reverend")
# "Rev" without its full stop is a review as often: "Scand Rev Care Work" is a journal.
HONORIFIC = re.compile(rf"\b(?:{'|'.join(_TITLES)})(?:\.|(?<!Rev)) (?:[{_UPPER}]\.? )?{_NAME}(?: {_NAME}){{0,2}}")
#: "her daughter Amira Khan", "spoke to Joan Smith": two capitals behind a word for somebody.
SOMEBODY = re.compile(
    r"\b(?:[Mm]other|[Mm]um|[Ff]ather|[Dd]ad|[Ss]on|[Dd]aughter|[Ww]ife|[Hh]usband|[Pp]artner|[Ss]ister|[Bb]rother|"
    r"[Nn]eighbour|[Ff]riend|[Cc]arer|[Nn]iece|[Nn]ephew|[Gg]randson|[Gg]randdaughter|[Cc]lient|[Pp]atient|[Mm]anager|"
    r"[Nn]urse|[Ww]orker|[Nn]amed|[Cc]alled|(?:[Ss]poke|[Tt]alked|[Rr]eferred) (?:to|with)|[Rr]ang|[Vv]isited|[Mm]et)"
    rf",? ({_NAME}) {_NAME}"
)
_PERSON_NAME = re.compile(
    rf"{_NAME}(?:[ -]{_NAME}|[ -][{_UPPER}]\.?){{1,3}}|{_NAME}, ?[{_UPPER}][{_LOWER}]*|"
    rf"(?:[{_UPPER}]\.? ?){{1,2}} ?{_NAME}"
)
#: Columns called like this say who somebody is, whether or not "name" is among the words.
_ROLES = {
    "client",
    "patient",
    "person",
    "carer",
    "customer",
    "resident",
    "tenant",
    "adult",
    "child",
    "citizen",
    "user",
    "worker",
    "assessor",
    "nurse",
    "practitioner",
    "staff",
    "employee",
    "manager",
    "officer",
    "therapist",
    "clinician",
    "doctor",
    "gp",
    "who",
    "allocated",
    "assigned",
    "author",
    "keyworker",
    "by",
    "relative",
    "contact",
}
#: Words of a column that holds names of places and organisations.
PLACES = {
    "ward",
    "team",
    "area",
    "council",
    "trust",
    "organisation",
    "hospital",
    "locality",
    "service",
    "provider",
    "file",
    "field",
    "column",
    "region",
    "district",
    "practice",
    "indicator",
    "measure",
    "la",
    "local",
    "site",
}
#: Forenames common in the United Kingdom, of several generations and origins, without accents.
_COMMON_FORENAMES = """
aaron abdul abdullah adam adele agnes ahmed aisha alan alex alexander ali alice alison amanda amina amira amy andrea
andrew angela anita anna anne annie anthony barbara ben benjamin bernard beryl betty brenda brian bronwen carl carol
caroline catherine charles charlotte chloe chris christine christopher claire clive colin craig cynthia daniel
darren dave david dawn dean debbie deborah denise dennis derek diana diane donald donna doreen doris dorothy douglas
edith edward eileen elaine elizabeth ellen elsie emily emma eric ethel evelyn fatima fiona florence frances frank
fred frederick gareth gary gemma geoffrey george gerald gladys glenys gordon grace graham gwen hannah harold harry
hassan hazel heather helen henry hilda hussain ian ibrahim irene iris isaac ivy jack jacqueline jacob james jamie
jane janet janice jasmine jason jean jeffrey jennifer jessica jill jo joan joanne joe john jonathan joseph josephine
joshua joyce judith julia julian julie june karen kate katherine kathleen katie keith kelly kenneth kevin kim
khadija kumar laura lauren lawrence lee leonard leslie lillian linda lisa lorraine louise lucy lynn maisie malcolm
mandy margaret maria marian marie marion marjorie mark martin mary maryam matthew maureen mavis megan melanie
michael michelle mohamed mohammad mohammed monica muhammad muriel nancy natalie neil nicholas nicola nigel nora
norma norman olive oliver olivia olu omar pamela patricia patrick paul pauline peggy penelope peter philip phyllis
priya rachel ralph raymond rebecca reginald rhys richard rita robert robin roger roland ronald rose rosemary roy
ruth ryan sally samantha samuel sandra sara sarah sean sharon sheila shirley sian simon sophie stacey stanley stella
stephanie stephen steven stuart sue susan suzanne sylvia teresa terence thelma theresa thomas tim timothy tina tom
tony tracey tracy trevor valerie vera vernon veronica victor victoria vincent violet walter wendy wilfred william
winifred yasmin yusuf yvonne zainab zoe
"""
_FORENAMES = frozenset(_COMMON_FORENAMES.split())


def in_notes(text: str) -> bool:
    """Whether a sentence names somebody: "Mrs Okafor", "her daughter Amira Khan"."""
    return bool(HONORIFIC.search(text)) or any(_forename(match[1]) for match in SOMEBODY.finditer(text))


def is_names(column: Column) -> bool:
    """Whether a column holds what looks like people's names, by its own name or by common forenames in it."""
    if column.kind != "text" or column.words & PLACES or column.free_text:
        return False
    role, called = column.words & _ROLES, column.words & {"name", "names"}
    used = np.flatnonzero(column._known)[:400]
    texts = [column.stripped[index] for index in used]
    # Care homes are called Rose Court and Douglas House.
    named = [text for text in texts if _PERSON_NAME.fullmatch(text) and text.split()[-1].casefold() not in _OF_PLACES]
    if len(used) < 3 or len(named) <= 0.8 * len(used):
        return False
    known = np.mean([_forename(text) for text in named])
    if called:
        return column.distinct_share > 0.5 or known > 0.3
    # "Hospital discharge" in a column of contacts is no name: some forenames or initials must be among them.
    return known > (0.2 if role else 0.4)


def _forename(text: str) -> bool:
    """Whether a name begins (or, behind a comma, ends) with a common forename or an initial with a full stop."""
    first = text.split(",")[1].split()[:1] if "," in text else text.split()[:1]
    if not first:
        return False
    bare = unicodedata.normalize("NFKD", re.split("[-’']", first[0])[0]).encode("ascii", "ignore").decode()
    return bare.casefold() in _FORENAMES or bool(re.fullmatch(rf"[{_UPPER}]\.", first[0]))


#: Behind a forename these make a place of it: Victoria Road, Rose Court, Douglas House.
_PLACE_ENDINGS = """
road street lane house court ward hill hospital centre center infirmary park view unit team surgery practice medical
care home homes place close avenue drive lodge hall clinic grove gardens hub area locality school college trust
council service services village green wood farm field fields district square terrace way mews day nursing
residential health group review data report list
"""
_OF_PLACES = frozenset(_PLACE_ENDINGS.split())
_PAIR = re.compile(rf"\b({_NAME}) (?:[{_UPPER}]\.? )?({_NAME})")


def initials(text: str) -> str:
    """A title or label in which a common forename with a surname behind it is cut to initials."""

    def cut(match: re.Match) -> str:
        person = _forename(match[1]) and match[2].casefold() not in _OF_PLACES
        return to_initials(match) if person else match[0]

    return _PAIR.sub(cut, text)


def to_initials(match: re.Match) -> str:
    """“Joan Smith” as “J… S…”; a title before it stays."""
    words = match[0].split()
    return " ".join(word if word.rstrip(".") in _TITLES else f"{word[0]}…" for word in words)
