"""The evaluator of searches: exactly what `evidence/query.py` says, whatever is combined with whatever."""

import random
import sqlite3
import sys
import unicodedata

import brute_force_search
import pandas as pd
import pytest

from researchskills.errors import CourseError
from researchskills.evidence import terms
from researchskills.evidence.index import Index, library
from researchskills.evidence.query import (
    WORD_FIELDS,
    And,
    Attribute,
    Heading,
    Line,
    Near,
    Not,
    Or,
    Phrase,
    Word,
)
from researchskills.evidence.thesaurus import Thesaurus

THESAURUS = pd.DataFrame(
    [
        ("Health Services", "", "care", ""),
        ("Community Services", "Health Services", "services in the community; community care", ""),
        ("Home Care Services", "Community Services; Aged Care", "domiciliary care; home help; care at home",
         "Help with daily life in a person’s own home."),
        ("Respite Care", "Home Care Services", "short breaks; sitting service", "So that a carer can rest."),
        ("Aged Care", "Health Services", "", ""),
        ("Carers", "", "caregivers; informal carers", ""),
        ("Young Carers", "Carers", "children who care", ""),
        ("Patient Discharge", "", "hospital discharge; delayed transfers of care", ""),
    ],
    columns=["heading", "broader", "entry_terms", "scope_note"],
)
#: Few words, so that they meet often: repeated, alike, of one letter, with numbers, accents and signs within.
TEXT = [
    *["care", "care", "care", "home", "home", "homes", "carer", "carers", "carer's", "carers’", "co-ordination"],
    *["coordination", "re-admission", "discharge", "discharged", "discharging", "planning", "plan", "plans", "7", "24"],
    *["24-hour", "2010", "covid-19", "a", "i", "s", "e-mail", "café", "naïve", "Zoë", "résumé", "Großeltern", "œuvre"],
    *["GP", "GPs", "U.K.", "1st", "95%", "[in]", "(of)", "the", "and", "or", "not", "near", "adj3", "grey", "greys"],
    *["gray", "greyer", "woman", "women"],
]
SIGNS = [" ", " ", " ", " ", " ", ", ", ". ", "-", "/", " – ", "; ", "’", "  ", "…"]
FIELDS = {"type": ["primary study", "review", "policy"], "language": ["English", "French", "Welsh"],
          "country": ["England", "Wales", "Côte d’Ivoire"]}


def row(number: int, **values) -> dict:
    blank = dict.fromkeys(["title", "abstract", "headings", "authors", "journal", "type", "language", "country"])
    return {"record": f"LB{number:05}", **blank, "year": pd.NA, **values}


def frame(rows: list[dict]) -> pd.DataFrame:
    made = pd.DataFrame(rows)
    return made.assign(year=made["year"].astype("Int64"))


def indexed(*rows: dict) -> Index:
    return Index(frame([row(number, **values) for number, values in enumerate(rows, start=1)]),
                 Thesaurus.from_frame(THESAURUS))


def numbers(ids) -> list[int]:
    return sorted(int(one[2:]) for one in ids)


def phrase(text: str, *fields: str) -> Phrase:
    return Phrase(tuple(map(Word, text.split())), fields or ("title", "abstract"))


def random_frame(chance: random.Random, size: int) -> pd.DataFrame:
    def text(length: int) -> str:
        return "".join(chance.choice(TEXT) + chance.choice(SIGNS) for _ in range(length)).strip()

    def headings() -> str:
        names = chance.sample(THESAURUS["heading"].tolist(), chance.randrange(1, 5))
        return "; ".join(chance.choice(["", "*"]) + name for name in names)

    rows = [row(
        number,
        title=text(chance.randrange(1, 9)),
        abstract=chance.choice([None, "", text(chance.randrange(1, 40)), text(chance.randrange(1, 40))]),
        headings=chance.choice([None, headings(), headings(), headings()]),
        authors=chance.choice([None, "Okafor N; Bell JM", "O’Neill-Care A", "Zoë E; Plan S"]),
        journal=chance.choice([None, "Journal of Home Care", "Care", "Community Care 24"]),
        year=chance.choice([pd.NA, 1999, 2009, 2010, 2015, 2024]),
        **{name: chance.choice([None, *values]) for name, values in FIELDS.items()},
    ) for number in range(size)]
    return frame(rows)


class Trees:
    """Random trees over every kind of node."""

    PATTERNS = (
        *("care*", "home*", "plan*", "disch*", "gr#y", "gre?y", "wom#n?", "*care", "*s", "c*r", "#are", "?", "#"),
        *("*", "*", "a*", "?are", "c#r*", "co*", "*ing", "nothing", "qq*", "gro*", "2*", "24", "7", "s*", "un*"),
    )

    def __init__(self, chance: random.Random):
        self.chance = chance
        self.words = [word for text in TEXT for word in brute_force_search.words(text)]
        self.words += ["community", "services", "journal", "bell", "o", "jm", "young", "short", "patient"]

    def word(self) -> Word:
        if self.chance.random() < 0.7:
            return Word(self.chance.choice(self.words))
        pattern = self.chance.choice(self.PATTERNS)
        limited = pattern.endswith("*") and self.chance.random() < 0.3
        return Word(pattern, self.chance.randrange(4) if limited else None)

    def phrase(self) -> Phrase:
        length = self.chance.choice([1, 1, 1, 1, 1, 2, 2, 3])
        fields = tuple({*self.chance.sample(WORD_FIELDS, self.chance.randrange(1, 4)),
                        *(["abstract"] if self.chance.random() < 0.8 else [])})
        return Phrase(tuple(self.word() for _ in range(length)), fields)

    def thing(self, depth: int):
        kind = self.chance.random()
        if depth <= 0 or kind < 0.5:
            return self.phrase()
        if kind < 0.75:
            return self.near(depth - 1)
        return Or(tuple(self.thing(depth - 1) for _ in range(self.chance.randrange(1, 4))))

    def near(self, depth: int) -> Near:
        left = self.thing(depth)
        right = left if self.chance.random() < 0.1 else self.thing(depth)
        return Near(left, right, self.chance.choice([0, 0, 1, 2, 4, 9, 99, 10**9]), self.chance.random() < 0.4)

    def leaf(self):
        kind = self.chance.random()
        if kind < 0.35:
            return self.phrase()
        if kind < 0.65:
            return self.near(2)
        if kind < 0.8:
            return Heading(self.chance.choice(THESAURUS["heading"].tolist()),
                           self.chance.random() < 0.5, self.chance.random() < 0.4)
        if kind < 0.9:
            if self.chance.random() < 0.5:
                return Attribute("year", tuple(self.chance.choice([None, 1999, 2010, 2015, 2030]) for _ in "ab"))
            name = self.chance.choice(list(FIELDS))
            values = [value.swapcase() for value in FIELDS[name]]
            return Attribute(name, tuple(self.chance.sample(values, self.chance.randrange(1, 3))))
        return Line(self.chance.choice([1, 2, 3]))

    def tree(self, depth: int):
        kind = self.chance.random()
        if depth <= 0 or kind < 0.25:
            return self.leaf()
        if kind < 0.5:
            return And(tuple(self.tree(depth - 1) for _ in range(self.chance.randrange(1, 4))))
        if kind < 0.8:
            return Or(tuple(self.tree(depth - 1) for _ in range(self.chance.randrange(1, 4))))
        return Not(self.tree(depth - 1), self.tree(depth - 1))


def compare(seed: int, trees: int, make=lambda trees: trees.tree(3)) -> list:
    """Sizes of the sets of so many random trees, each equal to that of the independent evaluator."""
    chance = random.Random(seed)
    records = random_frame(chance, 300)
    index, made, sizes = Index(records, Thesaurus.from_frame(THESAURUS)), Trees(chance), []
    ids = sorted(index.all)
    lines = {number: frozenset(chance.sample(ids, 80 * number)) for number in (1, 2, 3)}
    for _ in range(trees):
        node = make(made)
        found = index.find(node, lines)
        assert found == brute_force_search.find(records, THESAURUS, node, lines), node
        sizes.append(len(found))
    return sizes


def _kinds(node) -> set:
    below = [*getattr(node, "parts", ()), *(part for part in (getattr(node, "left", None), getattr(node, "right", None))
                                           if part is not None)]
    return {type(node)}.union(*map(_kinds, below))


# -- exactness ------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("seed", [4, 41, 412, 4123])
def test_two_thousand_random_trees_find_what_the_independent_evaluator_finds(seed):
    sizes = compare(seed, 500)
    # Not a comparison of empty sets with empty sets.
    assert sum(0 < size < 300 for size in sizes) > 250


@pytest.mark.slow
def test_a_thousand_random_nests_of_near_find_what_the_independent_evaluator_finds():
    sizes = compare(7, 1000, lambda trees: trees.near(3))
    assert sum(0 < size < 300 for size in sizes) > 200


def test_the_random_trees_hold_every_kind_of_node():
    trees = Trees(random.Random(4))
    assert set().union(*(_kinds(trees.tree(3)) for _ in range(100))) == {
        And, Or, Not, Near, Phrase, Heading, Attribute, Line}


def test_the_library_itself_is_searched_exactly():
    chance, index = random.Random(9), library()
    records = index.records.reset_index().sample(300, random_state=4).reset_index(drop=True)
    from researchskills.datasets import load

    thesaurus = load("library", "thesaurus")
    part = Index(records, index.thesaurus)
    words = [word for text in records["abstract"].dropna() for word in brute_force_search.words(text)]
    for _ in range(60):
        one, other, third = (phrase(chance.choice(words)) for _ in range(3))
        heading = Heading(chance.choice(index.thesaurus.names()), explode=True)
        node = Or((Near(Near(one, other, 5), third, 20), And((one, heading)), Not(other, heading)))
        assert part.find(node) == brute_force_search.find(records, thesaurus, node)


# -- near, by hand --------------------------------------------------------------------------------


def test_near_counts_the_words_in_between_and_looks_both_ways():
    index = indexed({"title": "home care"}, {"title": "care at home"}, {"title": "care in the home"})
    for between, expected in ((0, [1]), (1, [1, 2]), (2, [1, 2, 3])):
        assert numbers(index.find(Near(phrase("home"), phrase("care"), between))) == expected
    assert numbers(index.find(Near(phrase("home"), phrase("care"), 9, ordered=True))) == [1]


def test_one_word_never_serves_both_sides():
    index = indexed({"title": "care"}, {"title": "care for care"})
    assert numbers(index.find(Near(phrase("care"), phrase("care"), 5))) == [2]
    assert numbers(index.find(Near(phrase("care"), phrase("car*"), 5))) == [2]


def test_phrases_that_overlap_are_not_near_each_other():
    index = indexed({"title": "home care services"}, {"title": "home care care services"})
    assert numbers(index.find(Near(phrase("home care"), phrase("care services"), 5))) == [2]


def test_sqlite_s_own_near_is_another_thing():
    # Why the index works on places: FTS5 lets one word serve both sides.
    with sqlite3.connect(":memory:") as db:
        db.execute("CREATE VIRTUAL TABLE t USING fts5(x)")
        db.execute("INSERT INTO t VALUES ('care')")
        assert db.execute("SELECT count(*) FROM t WHERE t MATCH 'NEAR(\"care\" \"care\", 5)'").fetchone() == (1,)


def test_distances_are_measured_from_the_end_of_a_phrase():
    index = indexed({"title": "delayed transfer of care from hospital"})
    long = phrase("delayed transfer of care")
    assert index.find(Near(long, phrase("hospital"), 1))
    assert not index.find(Near(long, phrase("hospital"), 0))
    assert index.find(Near(phrase("hospital"), long, 1))


def test_a_near_in_a_near_is_measured_from_its_own_ends():
    # a . b . . c: the inner stretch ends at b, two words before c.
    index = indexed({"title": "alpha x beta x x gamma"})
    inner = Near(phrase("alpha"), phrase("beta"), 1)
    assert index.find(Near(inner, phrase("gamma"), 2))
    assert not index.find(Near(inner, phrase("gamma"), 1))
    # What stands inside the inner stretch is not beside it.
    assert not indexed({"title": "alpha x beta"}).find(Near(inner, phrase("x"), 9))


def test_a_wider_inner_stretch_may_be_the_one_that_is_near_enough():
    index = indexed({"title": "alpha beta x beta gamma"})
    assert index.find(Near(Near(phrase("alpha"), phrase("beta"), 5), phrase("gamma"), 0))


def test_alternatives_may_stand_on_either_side_of_a_near():
    index = indexed({"title": "care at home"}, {"title": "help in the house"}, {"title": "help at school"})
    node = Near(Or((phrase("care"), phrase("help"))), Or((phrase("home"), phrase("house"))), 2)
    assert numbers(index.find(node)) == [1, 2]


def test_nothing_matches_from_title_to_abstract():
    index = indexed({"title": "home", "abstract": "care"}, {"title": "home care", "abstract": ""})
    assert numbers(index.find(phrase("home care"))) == [2]
    assert numbers(index.find(Near(phrase("home"), phrase("care"), 10**9))) == [2]
    # Each side may be looked for in fields of its own.
    assert not index.find(Near(phrase("home", "title"), phrase("care", "abstract"), 9))


def test_nothing_matches_from_one_heading_to_the_next():
    index = indexed({"headings": "Young Carers; Home Care Services"}, {"headings": "*Home Care Services; Carers"})
    assert numbers(index.find(phrase("home care services", "headings"))) == [1, 2]
    assert not index.find(phrase("carers home", "headings"))
    assert not index.find(phrase("services carers", "headings"))
    assert not index.find(Near(phrase("services", "headings"), phrase("carers", "headings"), 10**9))


def test_only_words_can_be_near():
    index = indexed({"title": "home care"})
    with pytest.raises(CourseError, match="Only words and phrases can be near each other"):
        index.find(Near(phrase("home"), And((phrase("care"),)), 3))


# -- words and patterns ---------------------------------------------------------------------------


def test_wildcards_are_exact_wherever_they_stand():
    index = indexed({"title": "carr"}, {"title": "carer"}, {"title": "carers"}, {"title": "careeer"},
                    {"title": "recarer"})
    for pattern, most, expected in [
        ("car?r", None, [1, 2]), ("car#r", None, [2]), ("carer*", None, [2, 3]), ("carer*", 0, [2]),
        ("car*", 2, [1, 2]), ("*carer", None, [2, 5]), ("*carer*", None, [2, 3, 5]), ("c*r", None, [1, 2, 4]),
        ("####", None, [1]), ("*", 4, [1]), ("*", None, [1, 2, 3, 4, 5]), ("carer?", None, [2, 3]),
    ]:
        found = index.find(Phrase((Word(pattern, most),), ("title",)))
        assert numbers(found) == expected, (pattern, most)


def test_whether_a_word_is_there_at_all_can_be_asked():
    index = indexed({"title": "Carers’ café"})
    assert index.has_word("carers") and index.has_word("ca*") and index.has_word("*fe") and index.has_word("cafe")
    assert not index.has_word("care") and not index.has_word("x*") and not index.has_word("café")
    assert index.matching_words("ca*") == ["cafe", "carers"]


def test_one_letter_before_a_truncation_finds_thousands_of_words():
    words = [f"a{number}b" for number in range(6000)]
    index = indexed(*({"title": " ".join(words[start::500])} for start in range(500)), {"title": "b"})
    assert len(index.find(phrase("a*"))) == 500
    assert len(index.find(Or(tuple(phrase(word) for word in words)))) == 500
    assert len(index.find(Near(phrase("a*"), phrase("*b"), 0))) == 500


def test_hyphens_apostrophes_and_full_stops_part_words():
    index = indexed({"title": "co-ordination"}, {"title": "the carer’s GP in the U.K."}, {"title": "coordination"})
    assert numbers(index.find(phrase("co ordination"))) == [1]
    assert numbers(index.find(phrase("carer s gp"))) == [2]
    assert numbers(index.find(phrase("u k"))) == [2]


# The characters that can be expected in records: Latin letters with all their accents, those written with a combining
# accent, Greek and Cyrillic ones, digits, punctuation, symbols, and emoji.
EXPECTED = [*range(0x20, 0x250), *range(0x300, 0x340), *range(0x370, 0x500), *range(0x1E00, 0x1F00),
            *range(0x2000, 0x20B0), *range(0x2100, 0x2190), *range(0x2200, 0x2300), *range(0xFB00, 0xFB07),
            *range(0x1F300, 0x1F3FB), *range(0x1F400, 0x1F640)]


def test_the_index_cuts_texts_into_the_same_words_as_everybody_else():
    # Three ways: SQLite within the index, the words of what people type, and the independent evaluator.
    texts = [f"a{sign}b {sign}c d{sign}" for sign in map(chr, EXPECTED) if unicodedata.category(sign) != "Cn"]
    index = indexed(*({"title": text} for text in texts))
    ours: dict[int, list[str]] = {}
    for passage, word in index._db.execute("SELECT doc, term FROM place ORDER BY doc, offset"):
        ours.setdefault(passage, []).append(word)
    for passage, text in enumerate(texts):
        assert ours[passage] == terms.words(text) == brute_force_search.words(text)


def test_letters_are_made_plain_as_sqlite_does_it():
    # `query` names SQLite's unicode61 remove_diacritics 2. Here SQLite reads the letters of Latin alphabets by itself.
    # Only for the signs below, which stand for two letters or bear two marks, is what is made plain before more.
    more = "ßŉǰſẖẗẘẙẚẛẞǠǡǢǣǮǯǼǽǾǿ"
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE t USING fts5(x, tokenize='unicode61 remove_diacritics 2')")
    db.execute("CREATE VIRTUAL TABLE v USING fts5vocab(t, 'instance')")
    letters = [chr(code) for code in [*range(0xC0, 0x250), *range(0x1E00, 0x1F00)]
               if unicodedata.category(chr(code))[0] == "L" and chr(code) not in more]
    db.executemany("INSERT INTO t(rowid, x) VALUES (?, ?)", ((ord(letter), f"a{letter}b") for letter in letters))
    theirs = {chr(doc): term for doc, term in db.execute("SELECT doc, term FROM v")}
    assert {letter: term for letter, term in theirs.items() if f"a{terms.plain(letter)}b" != term} == {}


# -- headings, values, sets -----------------------------------------------------------------------


def test_a_heading_is_exploded_at_any_depth_and_through_every_parent():
    index = indexed({"headings": "Respite Care"}, {"headings": "*Home Care Services"}, {"headings": "Aged Care"},
                    {"headings": "Health Services"}, {"title": "respite care"})
    assert numbers(index.find(Heading("Health Services"))) == [4]
    assert numbers(index.find(Heading("Health Services", explode=True))) == [1, 2, 3, 4]
    assert numbers(index.find(Heading("Aged Care", explode=True))) == [1, 2, 3]
    assert numbers(index.find(Heading("Aged Care", explode=True, focus=True))) == [2]


def test_years_without_a_value_are_never_within_a_range():
    index = indexed({"year": 2010}, {"year": 2011}, {})
    assert numbers(index.find(Attribute("year", (2010, 2010)))) == [1]
    assert numbers(index.find(Attribute("year", (2011, None)))) == [2]
    assert numbers(index.find(Attribute("year", (None, None)))) == [1, 2]


def test_values_are_compared_without_regard_to_case():
    index = indexed({"language": "Welsh"}, {"language": "English"}, {})
    assert numbers(index.find(Attribute("language", ("WELSH", "french")))) == [1]
    with pytest.raises(CourseError, match="no colour to limit by"):
        index.find(Attribute("colour", ("red",)))


def test_a_line_that_does_not_exist_is_named():
    with pytest.raises(CourseError, match="There is no line 3"):
        indexed({"title": "care"}).find(Line(3), {1: frozenset()})


def test_two_records_with_one_id_are_refused():
    with pytest.raises(CourseError, match="LB00001"):
        Index(frame([row(1), row(1)]), Thesaurus.from_frame(THESAURUS))


def test_an_empty_library_can_be_searched():
    index = Index(frame([row(1)]).iloc[:0], Thesaurus.from_frame(THESAURUS))
    assert index.find(Or((phrase("care"), Near(phrase("a*"), phrase("b"), 3), Heading("Carers", True)))) == frozenset()


def test_what_is_kept_for_the_next_search_stays_within_its_bound(monkeypatch):
    index = indexed({"title": "care home plan"}, {"title": "care care"})
    monkeypatch.setattr(sys.modules[Index.__module__], "KEPT", 3)
    for _ in range(2):
        assert numbers(index.find(phrase("care"))) == [1, 2]
        assert numbers(index.find(phrase("*"))) == [1, 2]
        assert numbers(index.find(phrase("home plan"))) == [1]
        assert sum(places.size for places in index._kept.values()) <= 3


def test_a_search_may_run_in_another_thread():
    from concurrent.futures import ThreadPoolExecutor

    chance = random.Random(1)
    index = Index(random_frame(chance, 100), Thesaurus.from_frame(THESAURUS))
    trees = [Trees(chance).near(2) for _ in range(40)]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(index.find, trees))
    assert found == [index.find(tree) for tree in trees]


# -- the thesaurus --------------------------------------------------------------------------------


@pytest.fixture
def thesaurus():
    return Thesaurus.from_frame(THESAURUS)


def test_a_heading_is_found_by_any_of_its_names_in_any_case(thesaurus):
    assert thesaurus.find("home care SERVICES") == "Home Care Services"
    assert thesaurus.find("domiciliary care") == "Home Care Services"
    assert thesaurus.find("Domiciliary-Care") == "Home Care Services"
    assert thesaurus.find("care") == "Health Services"
    assert thesaurus.find("dogs") is None and thesaurus.find("") is None


def test_what_is_above_and_below_a_heading(thesaurus):
    assert thesaurus.narrower("health services") == ["Aged Care", "Community Services"]
    assert thesaurus.broader("Home Care Services") == ["Community Services", "Aged Care"]
    assert thesaurus.entry_terms("home care services") == ["domiciliary care", "home help", "care at home"]
    assert thesaurus.explode("Aged Care") == {"Aged Care", "Home Care Services", "Respite Care"}
    assert thesaurus.scope_note("respite care") == "So that a carer can rest."
    assert thesaurus.names() == sorted(THESAURUS["heading"])


def test_a_name_that_nobody_knows_has_nothing_below_it(thesaurus):
    assert thesaurus.explode("Dogs") == {"Dogs"}
    assert thesaurus.narrower("Dogs") == thesaurus.broader("Dogs") == thesaurus.entry_terms("Dogs") == []


def test_headings_that_lie_within_each_other_in_a_circle_end():
    circle = Thesaurus({"A": ["B"], "B": ["A"]})
    assert circle.explode("A") == {"A", "B"}


@pytest.mark.parametrize(("typed", "first", "why"), [
    ("carers", "Carers", "a heading of this name"),
    ("home help", "Home Care Services", "also called “home help”"),
    ("domicil*", "Home Care Services", "also called “domiciliary care”"),
    ("respit care", "Respite Care", "has “respit care” in its name"),
    ("careers", "Carers", "spelt much like it"),
    ("hospital discharges", "Patient Discharge", "also called “hospital discharge”"),
    ("leaving hospital after a discharge", "Patient Discharge", "also called “hospital discharge”"),
    ("respite for people", "Respite Care", "has a word of it in its name"),
    ("daily life", "Home Care Services", "its note speaks of “daily life”"),
])
def test_suggestions_say_why_they_are_made(thesaurus, typed, first, why):
    assert thesaurus.suggestions(typed)[0] == (first, why)


def test_suggestions_are_few_and_none_for_nonsense(thesaurus):
    assert len(thesaurus.suggestions("care", limit=2)) == 2
    assert thesaurus.suggestions("zzz") == thesaurus.suggestions("*") == []
