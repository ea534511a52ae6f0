"""Typed searches in four languages find exactly what an evaluator written independently finds.

Random trees are written as text by the rules of each language (the writers below know nothing of the readers), read
by `syntaxes.read`, found by the index, and compared with `brute_force_search` on the tree itself.
"""

import random
import re
from collections import Counter
from functools import reduce
from itertools import permutations
from typing import ClassVar

import brute_force_search
import pandas as pd
import pytest

from researchskills.evidence import syntaxes
from researchskills.evidence.index import Index
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

#: Trees that all languages can say, and trees of each language alone: 3,200 in all.
SHARED, OWN = 1_200, 500
THESAURUS = pd.DataFrame(
    [
        ("Services", "", "", ""),
        ("Home Care Services", "Services", "domiciliary care; home help", ""),
        ("Respite Care", "Home Care Services; Relief", "short breaks", ""),
        ("Relief", "", "", ""),
        ("Carers", "", "caregivers", ""),
        ("Young Carers", "Carers", "", ""),
        ("Needs and Demand", "Services", "", ""),
    ],
    columns=["heading", "broader", "entry_terms", "scope_note"],
)
HEADINGS = THESAURUS["heading"].tolist()
_WORDS = ("home homes care carer carers caring careless social worker workers colour color colours woman women "
          "stress respite co-production carer's café of the short breaks help caregivers quality life")
VOCABULARY = _WORDS.split()
PEOPLE = ["Okafor N", "Okafor NB", "Bell JM", "Bell K", "O'Brien T"]
JOURNALS = ["Journal of Home Care", "Care and Quality", "Social Care Quarterly"]
#: A hyphen or an apostrophe keeps two words beside each other in every language.
JOINED = {("co", "production"): "co-production", ("carer", "s"): "carer's"}
PLAIN = ["home", "homes", "care", "carer", "carers", "caring", "social", "worker", "workers", "stress", "respite",
         "cafe", "women", "colour", "help"]


def _both(words: str) -> And:
    return And(tuple(Phrase((Word(word),), WORD_FIELDS) for word in words.lower().split()))


#: What PubMed makes of other words for a heading that stand without a tag.
MAPPED = {Or((Heading(name, True), _both(typed), _both(name))): typed for name, typed in
          [("Carers", "caregivers"), ("Respite Care", "short breaks"), ("Home Care Services", "home help")]}
TITLE, ABSTRACT, BOTH = ("title",), ("abstract",), ("title", "abstract")
MAIN = ("title", "abstract", "headings")


def _records() -> pd.DataFrame:
    chance = random.Random(42)

    def text(least: int, most: int) -> str:
        return " ".join(chance.choice(VOCABULARY) for _ in range(chance.randint(least, most)))

    return pd.DataFrame([
        {
            "record": f"LB{number:05}",
            "title": text(3, 7).capitalize(),
            "abstract": text(8, 18) + "." if number % 9 else "",
            "authors": "; ".join(chance.sample(PEOPLE, chance.randint(1, 2))),
            "year": 2005 + number % 15,
            "journal": chance.choice(JOURNALS),
            "type": ["primary study", "review", "opinion"][number % 3],
            "headings": "; ".join(chance.choice(["", "*"]) + one for one in
                                  chance.sample(HEADINGS, chance.randint(0, 3))),
            "language": ["English", "Welsh"][number % 7 == 0],
            "country": "Wales",
        }
        for number in range(1, 61)
    ]).astype({"year": "Int64"})


RECORDS = _records()
THE_THESAURUS = Thesaurus.from_frame(THESAURUS)
INDEX = Index(RECORDS, THE_THESAURUS)
LINES = {number: frozenset(f"LB{one:05}" for one in range(1, 61) if one % number == 0) for number in (1, 2, 3, 4)}


class Writer:
    """Writes a tree as a person might type it in one language, and makes trees that the language can say."""

    syntax = ""
    #: Fields with the ways to type each; the position is the language's own.
    fields: ClassVar[dict] = {}
    #: From the signs of `query.Word` to the language's.
    signs: ClassVar[dict] = {}
    patterns: tuple = ()
    headings = True

    def __init__(self, chance: random.Random):
        self.chance = chance

    # -- trees --------------------------------------------------------------------------------------------

    def tree(self, depth: int, shared: bool = False):
        kind = self.chance.random()
        if depth == 0 or kind < 0.15:
            return self.shared_leaf() if shared else self.leaf()
        if kind < 0.45:
            return And(tuple(self.tree(depth - 1, shared) for _ in range(self.chance.randint(2, 3))))
        if kind < 0.8:
            return Or(tuple(self.tree(depth - 1, shared) for _ in range(self.chance.randint(2, 3))))
        return Not(self.tree(depth - 1, shared), self.tree(depth - 1, shared))

    def shared_leaf(self):
        """Something that all four languages can say."""
        pick = self.chance.choice
        where = pick([TITLE, ABSTRACT, BOTH, WORD_FIELDS])
        kind = self.chance.random()
        if kind < 0.15:
            return Line(pick(list(LINES)))
        if kind < 0.25:
            return Attribute("year", (year := self.chance.randint(2005, 2019), year))
        if kind < 0.32:
            return pick([Attribute("language", ("Welsh",)), Attribute("type", ("review",))])
        if kind < 0.5:
            two = self.chance.sample(PLAIN, 2)
            return Near(self.single(two[0], BOTH), self.single(two[1], BOTH), self.chance.randint(0, 4))
        if kind < 0.7:
            words = pick([*JOINED, tuple(self.chance.sample(PLAIN, 2)), ("home", "care"), ("social", "worker")])
            return Phrase(tuple(map(Word, words)), where)
        return self.single(pick([*PLAIN, "care*", "carer*", "work*"]), where)

    def single(self, pattern: str, where) -> Phrase:
        return Phrase((Word(pattern),), where)

    def leaf(self):
        """Something that this language can say, often something that only it can."""
        kind = self.chance.random()
        where = self.chance.choice(list(self.fields))
        if kind < 0.2 and self.headings:
            return self.heading()
        if kind < 0.45:
            return self.near(self.chance.choice(self.near_fields()), 2)
        if kind < 0.55:
            return self.special()
        if kind < 0.75:
            return Phrase(tuple(map(self.word, range(self.chance.randint(1, 3)))), where)
        return self.shared_leaf()

    def word(self, _=None) -> Word:
        return self.chance.choice([*map(Word, PLAIN), *self.patterns])

    def heading(self) -> Heading:
        return Heading(self.chance.choice(HEADINGS), self.chance.random() < 0.5, self.chance.random() < 0.4)

    def near_fields(self) -> list:
        return [where for where in self.fields if where]

    def near(self, where, depth: int):
        parts = []
        for _ in range(2):
            kind = self.chance.random()
            if depth and kind < 0.25:
                parts.append(self.near(where, depth - 1))
            elif kind < 0.5:
                parts.append(Or(tuple(Phrase((self.word(),), where) for _ in range(2))))
            else:
                parts.append(Phrase((self.word(),), where) if kind < 0.8
                             else Phrase((Word("home"), Word("care")), where))
        return Near(*parts, self.chance.randint(0, 4), ordered=self.chance.choice(self.ordered()))

    def ordered(self) -> list[bool]:
        return [False]

    def special(self):
        return self.shared_leaf()

    # -- text ---------------------------------------------------------------------------------------------

    def text(self, node) -> str:
        return self.say(node, None)[0]

    def say(self, node, inside) -> tuple[str, int]:
        """A node's text and how tightly it binds: 3 most (nothing can come between), 0 least."""
        written = self._say(node, inside)
        if self.chance.random() < 0.12 and written[1] < 4:
            return self.bracket(written[0]), 3
        return written[0], min(written[1], 3)

    def _say(self, node, inside):
        where = _common(node)
        if isinstance(node, And | Or | Not) and inside is None and where and self.chance.random() < 0.5:
            factored = self.factored(node, where)
            if factored:
                return factored, 3
        match node:
            case Phrase() | Near():
                return self.words(node, inside)
            case Or(parts):
                return self.joined("OR", 0, [self.say(part, inside) for part in parts])
            case And(parts):
                return self.joined("AND", 1, [self.say(part, inside) for part in parts])
            case Not(left, right):
                return self.joined("NOT", 2, [self.say(left, inside), self.say(right, inside)])
            case Heading():
                return self.say_heading(node), 3
            case Line(number):
                return self.say_line(number), 3
            case Attribute():
                return self.say_value(node), 3
        raise AssertionError(node)

    def joined(self, operator: str, level: int, parts: list) -> tuple[str, int]:
        pieces = []
        for place, (text, binds) in enumerate(parts):
            # a NOT b NOT c is (a NOT b) NOT c; AND and OR may stand in themselves as they are.
            enough = binds >= level if operator != "NOT" or place == 0 else binds == 3
            pieces.append(text if enough else self.bracket(text))
        return self.glue(operator, pieces), level

    def glue(self, operator: str, pieces: list[str]) -> str:
        return pieces[0] + "".join(f"{self.space()}{self.case(operator)}{self.space()}{piece}" for piece in pieces[1:])

    def case(self, operator: str) -> str:
        return self.chance.choice([operator, operator.lower(), operator.capitalize()])

    def space(self) -> str:
        return self.chance.choice([" ", " ", " ", "  ", "\n", "\t"])

    def bracket(self, text: str) -> str:
        pad = self.chance.choice(["", " "])
        return f"({pad}{text}{pad})"

    def factored(self, node, where) -> str:
        return ""

    def pattern(self, word: Word) -> str:
        text = "".join(self.signs.get(sign, sign) for sign in word.pattern)
        text = f"{text[:-1]}${word.most}" if word.most else text
        return self.chance.choice([text, text.capitalize()])

    def bare(self, node: Phrase) -> str:
        """Words of a phrase without a field, kept together."""
        if joined := JOINED.get(tuple(word.pattern for word in node.words)):
            return self.chance.choice([joined, f'"{joined}"'])
        text = " ".join(map(self.pattern, node.words))
        return text if len(node.words) == 1 and self.chance.random() < 0.8 else f'"{text}"'

    def words(self, node, inside) -> tuple[str, int]:
        raise NotImplementedError

    def near_text(self, node) -> str:
        """A proximity search without a field."""
        if isinstance(node, Phrase):
            return self.bare(node)
        if isinstance(node, Or):
            return self.bracket(self.glue("OR", [self.near_text(part) for part in node.parts]))
        left, right = (self.near_text(part) for part in (node.left, node.right))
        if isinstance(node.left, Near) and self.chance.random() < 0.5:
            left = self.bracket(left)
        if isinstance(node.right, Near):
            right = self.bracket(right)
        return f"{left}{self.space()}{self.near_operator(node)}{self.space()}{right}"


class BeforeWriter(Writer):
    """Languages whose fields stand before their words."""

    def words(self, node, inside):
        if inside is not None or not node_fields(node):
            return self.near_text(node), 3
        where = node_fields(node)
        if where not in self.fields:
            # Title or abstract have no field of their own here.
            parts = [self.say(_within(node, (one,)), None) for one in where]
            return self.bracket(self.joined("OR", 0, parts)[0]), 3
        code = self.chance.choice(self.fields[where])
        text = self.near_text(node)
        if self.chance.random() < (0.5 if isinstance(node, Near) else 0.2):
            text = self.bracket(text)
        return self.fielded(code, text), 3

    def fielded(self, code: str, text: str) -> str:
        return f"{code}{self.between}{text}" if code else text

    def factored(self, node, where):
        if where not in self.fields:
            return ""
        code = self.chance.choice(self.fields[where])
        return self.fielded(code, self.bracket(self.joined_inside(node))) if code else ""

    def joined_inside(self, node):
        return self.say(node, True)[0]


class OvidWriter(Writer):
    syntax = "ovid"
    fields: ClassVar[dict] = {
        TITLE: [".ti."], ABSTRACT: [".ab."], BOTH: [".ti,ab.", ".ab,ti.", ".tw.", ".TI,AB."], MAIN: ["", ".mp."],
        ("headings",): [".hw."], WORD_FIELDS: [".af."],
    }
    signs: ClassVar[dict] = {"*": "*", "#": "#", "?": "?"}
    patterns = (Word("wom#n"), Word("colo?r"), Word("care*", 1), Word("care*", 3), Word("c#r*"), Word("car?er"))

    def ordered(self):
        return [False, False, True]

    def near(self, where, depth):
        made = super().near(where, depth)
        return Near(made.left, made.right, 0, True) if made.ordered else made

    def near_operator(self, node):
        return self.case("ADJ") if node.ordered else f"{self.case('ADJ')}{node.between + 1}"

    def bare(self, node):
        if len(node.words) > 1 and self.chance.random() < 0.5:
            return " ".join(map(self.pattern, node.words))
        return super().bare(node)

    def words(self, node, inside):
        text = self.near_text(node)
        if inside is not None:
            return text, 3
        tag = self.chance.choice(self.fields[node_fields(node)])
        if isinstance(node, Near) and self.chance.random() < 0.5:
            text = self.bracket(text)
        return f"{text}{tag}", 3

    def factored(self, node, where):
        tag = self.chance.choice(self.fields[where])
        return f"{self.bracket(self.say(node, True)[0])}{tag}"

    def say_heading(self, node):
        focus, exploded = "*" * node.focus, "exp " * node.explode
        return f"{exploded}{focus}{self.chance.choice([node.name, node.name.lower()])}/"

    def say_line(self, number):
        return str(number)

    def say_value(self, node):
        code = {"year": "yr", "language": "lg", "type": "pt"}[node.field]
        return f"{node.values[0]}.{code}."

    def special(self):
        return self.chance.choice([Or, And])(tuple(map(Line, (1, 2, 3))))

    def _say(self, node, inside):
        if isinstance(node, And | Or) and node.parts == tuple(map(Line, (1, 2, 3))):
            return f"{'and' if isinstance(node, And) else 'or'}/{self.chance.choice(['1-3', '1,2-3', '1-2,3'])}", 3
        return super()._say(node, inside)


class PubMedWriter(Writer):
    syntax = "pubmed"
    fields: ClassVar[dict] = {
        TITLE: ["ti", "Title"], ABSTRACT: ["ab"], BOTH: ["tiab", "Title/Abstract", "TIAB"], MAIN: ["tw"],
        WORD_FIELDS: ["all", "All Fields"],
    }
    signs: ClassVar[dict] = {"*": "*"}
    patterns = (Word("care*"), Word("carer*"))

    def case(self, operator):
        return operator

    def joined(self, operator, level, parts):
        # From left to right: only what stands to the right of an operator needs brackets.
        first, *rest = parts
        pieces = [first[0], *(text if binds == 3 else self.bracket(text) for text, binds in rest)]
        if operator == "AND" and all(re.search(r"[\])]$", text) for text in pieces) and self.chance.random() < 0.1:
            return " ".join(pieces), level
        return self.glue(operator, pieces), level

    def near(self, where, depth):
        where = self.chance.choice([TITLE, ABSTRACT, BOTH])
        between = self.chance.randint(0, 3)
        words = [self.single(one, where) for one in self.chance.sample(PLAIN, self.chance.choice([2, 2, 3]))]
        if len(words) == 2:
            return Near(*words, between)
        return Or(tuple(Near(Near(a, b, between, True), c, between, True) for a, b, c in permutations(words)))

    def _say(self, node, inside):
        if isinstance(node, Or) and isinstance(node.parts[0], Near) and node.parts[0].ordered and len(node.parts) == 6:
            first = node.parts[0]
            words = [first.left.left, first.left.right, first.right]
            return self.proximity(words, first.between), 3
        if node in MAPPED:
            return MAPPED[node], 3
        return super()._say(node, inside)

    def proximity(self, words, between):
        text = " ".join(phrase.words[0].pattern for phrase in words)
        return f'"{text}"[{self.chance.choice(self.fields[words[0].fields])}:~{between}]'.replace("All Fields", "all")

    def words(self, node, inside):
        if isinstance(node, Near):
            return self.proximity([node.left, node.right], node.between), 3
        gap = self.chance.choice(["", " "])
        text = self.bare(node)
        if text.startswith('"') and node.fields == WORD_FIELDS and self.chance.random() < 0.3:
            return text, 3
        if len(node.words) > 1 and self.chance.random() < 0.3:
            text = text.strip('"')
        return f"{text}{gap}[{self.chance.choice(self.fields[node.fields])}]", 3

    def special(self):
        """Another word for a heading, which PubMed looks up."""
        return self.chance.choice(list(MAPPED))

    def say_heading(self, node):
        tag = self.chance.choice(["Mesh", "mh", "MeSH Terms"]) if not node.focus else self.chance.choice(
            ["majr", "MeSH Major Topic"])
        name = self.chance.choice([node.name, f'"{node.name}"'])
        return f"{name}[{tag}]" if node.explode else f"{name}[{tag}:noexp]"

    def say_line(self, number):
        return f"#{number}"

    def say_value(self, node):
        if node.field == "year":
            first, last = node.values
            built = f'"{first}/01/01"[dp] : "{last}/12/31"[Publication Date]'
            return self.chance.choice([f"{first}:{last}[dp]", built])
        return f"{node.values[0]}[{'la' if node.field == 'language' else 'pt'}]"


class EbscoWriter(BeforeWriter):
    syntax = "ebsco"
    between = " "
    fields: ClassVar[dict] = {TITLE: ["TI"], ABSTRACT: ["AB"], WORD_FIELDS: ["TX", ""], ("headings",): ["SU"]}
    signs: ClassVar[dict] = {"*": "*", "#": "?", "?": "#"}
    patterns = (Word("wom#n"), Word("colo?r"), Word("colo?rs"), Word("ca*"), Word("carer?"))

    def ordered(self):
        return [False, True]

    def near_operator(self, node):
        return f"{self.chance.choice(['W', 'w'] if node.ordered else ['N', 'n'])}{node.between}"

    def near_text(self, node):
        single = isinstance(node, Near) and all(
            isinstance(part, Phrase) and len(part.words) == 1 for part in (node.left, node.right))
        if single and node.between == 5 and not node.ordered:
            return f"{self.pattern(node.left.words[0])}{self.space()}{self.pattern(node.right.words[0])}"
        if isinstance(node, Phrase) and Word("*") in node.words:
            return '"quality of life"'
        return super().near_text(node)

    def special(self):
        """Words without quotes, and a very common word in a phrase."""
        where = self.chance.choice(list(self.fields))
        two = self.chance.sample(PLAIN, 2)
        return self.chance.choice([
            Near(self.single(two[0], where), self.single(two[1], where), 5),
            Phrase((Word("quality"), Word("*"), Word("life")), where),
        ])

    def say_heading(self, node):
        code = "MM" if node.focus else "MH"
        return f'{code} "{node.name}{"+" * node.explode}"'

    def say_line(self, number):
        return f"{self.chance.choice('Ss')}{number}"

    def say_value(self, node):
        if node.field == "year":
            first, last = node.values
            return f"PY {first}-{last}"
        return f"{'LA' if node.field == 'language' else 'PT'} {node.values[0]}"


class WebOfScienceWriter(BeforeWriter):
    syntax = "wos"
    between = ""
    headings = False
    fields: ClassVar[dict] = {TITLE: ["TI=", "ti="], ABSTRACT: ["AB="], MAIN: ["TS=", "TS ="], WORD_FIELDS: ["ALL="]}
    signs: ClassVar[dict] = {"*": "*", "#": "?", "?": "$"}
    patterns = (Word("wom#n"), Word("colo?r"), Word("car*"), Word("*ork"), Word("*ing"), Word("c*r"), Word("worker?"))

    def near_operator(self, node):
        return self.case("NEAR") if node.between == 15 else f"{self.case('NEAR')}/{node.between}"

    def near(self, where, depth):
        made = super().near(where, depth)
        return Near(made.left, made.right, 15) if self.chance.random() < 0.2 else made

    def special(self):
        where = self.chance.choice(list(self.fields))
        return And(tuple(self.single(one, where) for one in self.chance.sample(PLAIN, 3)))

    def _say(self, node, inside):
        where = _common(node)
        simple = isinstance(node, And) and where in self.fields and inside is None and all(
            isinstance(part, Phrase) and len(part.words) == 1 for part in node.parts)
        if simple and self.chance.random() < 0.7:
            text = " ".join(self.pattern(part.words[0]) for part in node.parts)
            return f"{self.chance.choice(self.fields[where])}({text})", 3
        return super()._say(node, inside)

    def say_line(self, number):
        return f"#{number}"

    def say_value(self, node):
        if node.field == "year":
            first, last = node.values
            return f"PY={first}-{last}"
        return f"{'LA' if node.field == 'language' else 'DT'}={node.values[0]}"


WRITERS = [OvidWriter, PubMedWriter, EbscoWriter, WebOfScienceWriter]


def node_fields(node):
    return node.fields if isinstance(node, Phrase) else _common(node)


def _leaves(node):
    if isinstance(node, And | Or):
        return [leaf for part in node.parts for leaf in _leaves(part)]
    if isinstance(node, Near | Not):
        return [*_leaves(node.left), *_leaves(node.right)]
    return [node]


def _common(node):
    """The fields that all words of a node have in common, if it holds nothing but words."""
    leaves = _leaves(node)
    fields: ClassVar[dict] = {leaf.fields if isinstance(leaf, Phrase) else None for leaf in leaves}
    return fields.pop() if len(fields) == 1 else None


def _within(node, where):
    if isinstance(node, Phrase):
        return Phrase(node.words, where)
    if isinstance(node, Or):
        return Or(tuple(_within(part, where) for part in node.parts))
    return Near(_within(node.left, where), _within(node.right, where), node.between, node.ordered)


def _kinds(node) -> list[str]:
    below = node.parts if isinstance(node, And | Or) else (
        (node.left, node.right) if isinstance(node, Near | Not) else ())
    return [type(node).__name__, *(kind for part in below for kind in _kinds(part))]


def _found(text: str, syntax: str):
    return INDEX.find(syntaxes.read(text, syntax, THE_THESAURUS, last_line=4), LINES)


def _brute(node):
    return brute_force_search.find(RECORDS, THESAURUS, node, LINES)


def test_a_thousand_searches_find_the_same_in_all_four_languages_as_by_brute_force():
    chance, sizes = random.Random(2026), Counter()
    for _ in range(SHARED):
        tree = Writer(chance).tree(chance.randint(0, 3), shared=True)
        wanted = _brute(tree)
        sizes[len(wanted)] += 1
        for writer in WRITERS:
            text = writer(chance).text(tree)
            assert _found(text, writer.syntax) == wanted, (writer.syntax, text, tree)
    # The comparison would prove little if most sets were empty or full.
    assert sizes[0] + sizes[60] < SHARED / 2 and len(sizes) > 30


@pytest.mark.parametrize("writer", WRITERS, ids=lambda writer: writer.syntax)
def test_what_only_one_language_can_say_is_found_as_by_brute_force(writer):
    chance, kinds, sizes = random.Random(writer.syntax), Counter(), Counter()
    for _ in range(OWN):
        made = writer(chance)
        tree = made.tree(chance.choice([0, 1, 1, 2, 3]))
        text = made.text(tree)
        wanted = _brute(tree)
        assert _found(text, writer.syntax) == wanted, (text, tree)
        kinds.update(_kinds(tree))
        sizes[len(wanted)] += 1
    expected = {"And", "Or", "Not", "Near", "Phrase", "Line", "Attribute"} | ({"Heading"} if writer.headings else set())
    assert all(kinds[kind] > 20 for kind in expected), kinds
    assert sizes[0] + sizes[60] < OWN / 2


@pytest.mark.parametrize("writer", WRITERS, ids=lambda writer: writer.syntax)
def test_operators_without_brackets_are_worked_out_in_the_documented_order(writer):
    # Python's own operators on sets have the documented order of Ovid, EBSCOhost and Web of Science: - (NOT)
    # before & (AND) before | (OR). PubMed's order is that of a fold from the left.
    chance = random.Random(7)
    signs: ClassVar[dict] = {"AND": "&", "OR": "|", "NOT": "-"}
    sets = {one: _brute(Phrase((Word(one),), TITLE)) for one in PLAIN}
    made = writer(chance)
    for _ in range(300):
        words = chance.choices(PLAIN, k=chance.randint(2, 6))
        operators = chance.choices(list(signs), k=len(words) - 1)
        pieces = [made.words(Phrase((Word(one),), TITLE), None)[0] for one in words]
        text = pieces[0] + "".join(f" {operator} {piece}" for operator, piece in zip(operators, pieces[1:]))
        if writer.syntax == "pubmed":
            wanted = reduce(lambda left, step: eval(f"left {signs[step[0]]} right",
                                                    {"left": left, "right": sets[step[1]]}),
                            zip(operators, words[1:]), sets[words[0]])
        else:
            formula = f"sets[{words[0]!r}]" + "".join(
                f" {signs[operator]} sets[{word!r}]" for operator, word in zip(operators, words[1:]))
            wanted = eval(formula, {"sets": sets})
        assert _found(text, writer.syntax) == wanted, text


def test_a_limit_in_ovid_finds_what_the_line_and_the_values_have_in_common():
    chance = random.Random(3)
    for _ in range(60):
        number, first = chance.randint(1, 4), chance.randint(2004, 2015)
        last = chance.choice([first, first + chance.randint(1, 8), None])
        years = Attribute("year", (first, last))
        typed = {None: f"{first} -Current", first: f"{first}"}.get(last, f"{first}{chance.choice(['-', ' - '])}{last}")
        other, said = chance.choice([(None, ""), (Attribute("language", ("Welsh",)), "welsh language and "),
                                     (Attribute("type", ("review",)), "review and ")])
        text = f'limit {number} to ({said}yr="{typed}")'
        wanted = _brute(And(tuple(one for one in (Line(number), years, other) if one)))
        assert _found(text, "ovid") == wanted, text
