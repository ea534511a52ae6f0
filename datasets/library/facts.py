"""What a record is about, before anybody has found words for it.

A record is first a set of facts: who is concerned, which service or question, who was asked, by what
design, where and when. Topics are defined on these facts and on nothing else, so whether a record is
relevant never depends on the words that happened to be drawn for it.
"""

from dataclasses import dataclass, field

from drawing import Luck, fitting, read, weighted

FIRST, LAST = 1985, 2026

#: Country: region of vocabulary, weight, languages other than English with their chance.
COUNTRIES = {
    "United Kingdom": ("uk", 50, ("Welsh", 0.01)),
    "Ireland": ("ie", 4, ()),
    "United States": ("us", 12, ("Spanish", 0.01)),
    "Canada": ("ca", 5, ("French", 0.12)),
    "Australia": ("au", 6, ()),
    "New Zealand": ("nz", 2, ()),
    "Netherlands": ("eu", 3, ("Dutch", 0.2)),
    "Sweden": ("nord", 3, ("Swedish", 0.22)),
    "Norway": ("nord", 3, ("Norwegian", 0.25)),
    "Denmark": ("nord", 2, ("Danish", 0.25)),
    "Finland": ("nord", 1.5, ("Finnish", 0.1)),
    "Germany": ("eu", 2.5, ("German", 0.5)),
    "France": ("eu", 1.5, ("French", 0.55)),
    "Spain": ("eu", 2, ("Spanish", 0.5)),
    "Italy": ("eu", 1.5, ("Italian", 0.35)),
    "Belgium": ("eu", 0.8, ("French", 0.2)),
    "Switzerland": ("eu", 0.8, ("German", 0.45)),
    "Portugal": ("eu", 0.6, ("Portuguese", 0.4)),
    "Japan": ("asia", 1.5, ("Japanese", 0.25)),
    "Hong Kong": ("asia", 1, ()),
    "India": ("asia", 0.6, ()),
    "South Africa": ("africa", 0.8, ()),
}
#: Designs of primary studies with their weights, and the first year in which one is likely here.
DESIGNS = {
    "randomised trial": 8,
    "before-after study": 8,
    "interrupted time series": 2.5,
    "cohort study": 11,
    "case-control study": 3,
    "survey": 18,
    "qualitative interviews": 26,
    "ethnography": 5,
    "mixed methods": 11,
    "case study": 8,
}
ASKS_PEOPLE = {"survey", "qualitative interviews", "ethnography", "mixed methods"}
#: Types with their weights, and the forms that each comes in.
TYPES = {
    "primary study": (54, {"article": 1}),
    "review": (8, {"article": 1}),
    "opinion": (11, {"article": 6, "letter": 1.5, "editorial": 1.5}),
    "policy": (5, {"report": 1}),
    "guidance": (5, {"report": 1}),
    "grey literature": (
        17,
        {"local": 3.5, "charity": 2.5, "userled": 3, "thesis": 2.5, "conference": 3, "newsletter": 1.2, "annual": 0.8},
    ),
}
#: Tags that come with a population.
PEOPLE_TAGS = {
    "older": {"older"},
    "dementia": {"older", "dementia"},
    "ld": {"ld"},
    "mental": {"mental"},
    "residents": {"older"},
}

#: Things that may be named in passing, with the tags of records that are really about them.
ASIDES = {
    "homecare": {"homecare"},
    "discharge": {"discharge"},
    "older": {"older"},
    "cassess": {"cassess"},
    "carers": {"carers"},
    "views": {"asked users"},
    "cmht": {"team"},
    "inclusion": {"inclusion"},
    "coord": {"coord"},
    "transition": {"transition"},
    "ld": {"ld"},
    "reable": {"reable"},
    "involve": {"involve"},
    "evaluation": {"evaluate"},
    "joint": {"joint"},
}


@dataclass
class Facts:
    """One publication."""

    number: int
    subject: str = ""
    second: str = ""
    people: str = ""
    voices: tuple = ()
    type: str = ""
    form: str = ""
    design: str = ""
    country: str = ""
    year: int = 0
    language: str = "English"
    plain: bool = False
    blank: bool = False
    aside: str = ""
    note: str = ""
    part: str = ""
    publisher: str = ""
    tags: set = field(default_factory=set)

    @property
    def region(self) -> str:
        """Region whose vocabulary the authors use."""
        return COUNTRIES[self.country][0]


def subjects() -> dict[str, dict]:
    """Every subject of the library by its name."""
    found = {}
    for name in ("subjects_of_topics", "subjects"):
        found.update(read(name))
    return found


def span(subject: str) -> tuple[int, int]:
    """First and last year in which anybody writes about a subject."""
    first, _, last = subjects()[subject].get("years", f"{FIRST}-{LAST}").partition("-")
    return int(first or FIRST), int(last or LAST)


def draw(number: int, luck: Luck, **given) -> Facts:
    """A record's facts; whatever is `given` stays."""
    facts = Facts(number, **given)
    known = subjects()
    if not facts.subject:
        facts.subject = luck.lean(list(known), [float(known[name].get("weight", 3)) for name in known])
    about = known[facts.subject]
    if not facts.second and "second" not in given and luck.happens(0.28) and about.get("with"):
        names, weights = weighted(about["with"])
        pairs = [(n, w) for n, w in zip(names, weights, strict=True) if n in known]
        if pairs:
            facts.second = luck.lean(*zip(*pairs, strict=True))
    if not facts.people and "people" not in given:
        names, weights = weighted(about["people"])
        facts.people = luck.lean(names, weights)
        facts.people = "" if facts.people == "none" else facts.people
    low, high = span(facts.subject)
    if facts.second:
        low, high = max(low, span(facts.second)[0]), min(high, span(facts.second)[1])
    if not facts.year:
        facts.year = FIRST - 1
        while not low <= facts.year <= high:
            facts.year = FIRST + int((LAST - FIRST + 1) * luck.random() ** 0.62)
    if not facts.country:
        facts.country = luck.lean(list(COUNTRIES), [parts[1] for parts in COUNTRIES.values()])
    if not facts.type:
        facts.type = luck.lean(list(TYPES), [parts[0] for parts in TYPES.values()])
    if facts.type == "guidance" and facts.region not in {"uk", "us", "ca", "au", "nz", "ie"}:
        facts.type = "primary study"
    if not facts.form:
        forms = TYPES[facts.type][1]
        facts.form = luck.lean(list(forms), list(forms.values()))
    if facts.type == "primary study" and not facts.design:
        designs = {d: w for d, w in DESIGNS.items() if d != "interrupted time series" or facts.year >= 1996}
        if "designs" in about:
            names, weights = weighted(about["designs"])
            designs = dict(zip(names, weights, strict=True))
        if not facts.people:  # nobody to be followed or compared
            designs = {d: w for d, w in designs.items() if d not in {"cohort study", "case-control study"}}
        facts.design = luck.lean(list(designs), list(designs.values()))
    if not facts.voices and "voices" not in given:
        facts.voices = voices(facts, luck)
    other = COUNTRIES[facts.country][2]
    if (
        other
        and "language" not in given
        and facts.form in {"article", "report", "thesis", "letter"}
        and luck.happens(other[1])
    ):
        facts.language = other[0]
    if "blank" not in given:
        likely = {"letter": 0.75, "editorial": 0.7, "newsletter": 0.25, "annual": 0.35}.get(facts.form, 0.045)
        likely += 0.05 if facts.year < 1995 else 0
        facts.blank = luck.happens(likely + (0.15 if facts.language != "English" else 0))
    if facts.form not in {"article", "letter", "editorial"} and not facts.publisher:
        shelf = {"report": facts.type, "annual": "charity"}.get(facts.form, facts.form)
        lines, _ = fitting("names", "publisher", shelf, facts.region, facts.year)
        facts.publisher = luck.pick(lines).text
    if not facts.aside and luck.happens(0.16):
        facts.aside = luck.pick(list(ASIDES))
    if "plain" not in given:
        facts.plain = luck.happens(0.3)
    facts.tags = set(PEOPLE_TAGS.get(facts.people, ()))
    for name in filter(None, (facts.subject, facts.second)):
        facts.tags |= {tag.strip() for tag in known[name].get("tags", "").split(",") if tag.strip()}
    facts.tags |= {f"asked {voice}" for voice in facts.voices}
    if ASIDES.get(facts.aside, set()) <= facts.tags:  # what a record is about is no aside
        facts.aside = ""
    return facts


def voices(facts: Facts, luck: Luck) -> tuple:
    """Who was asked: the people themselves, carers, staff."""
    if facts.form == "userled":
        if facts.subject in {"caring", "carerassess", "breaks"}:
            return ("carers",)
        return ("users",) if facts.people else ("staff",)
    if facts.type in {"policy", "guidance", "opinion", "review"} or facts.form in {"annual", "newsletter", "local"}:
        return ()
    if facts.type == "primary study" and facts.design not in ASKS_PEOPLE | {"case study"}:
        return ()
    options = {("staff",): 4.0}
    if facts.people and facts.people not in {"dying", "children"}:
        options |= {("users",): 4.0, ("users", "staff"): 2.0, ("users", "carers"): 1.0}
    if facts.people in {"older", "dementia", "ld", "mental", "stroke", "dying", "children", "residents"}:
        options |= {("carers",): 2.0, ("carers", "staff"): 1.0}
    if facts.subject in {"caring", "carerassess", "breaks"}:
        options = {("carers",): 7.0, ("staff",): 2.5, ("carers", "staff"): 1.5}
    if facts.design == "case study":
        options = {("staff",): 1.0}
    return luck.lean(list(options), list(options.values()))
