"""What the four readers share: from tokens through a small grammar to the tree of `query`.

The grammar is made with lark (LALR): it says in a few lines which operator binds how tightly, and reads a line in
less than a millisecond. Everything that needs knowledge of fields and words happens on the way back from the
grammar's tree, with the place of every piece at hand.

Order of operators
------------------
Ovid, EBSCOhost and Web of Science work out proximity first, then NOT, then AND, then OR (`LADDER`). Clarivate
says so in these words. EBSCO says that AND comes before OR. For Ovid, guides disagree whether AND or NOT comes
first (CIAP, NSW Health: AND; most others: NOT). `a AND b NOT c` is the same set either way; only `a NOT b AND c`
is not, and there `notes` asks for brackets. PubMed works strictly from left to right.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import ClassVar, NoReturn

from lark import Lark, Tree, UnexpectedInput
from lark import Token as LarkToken
from lark.lexer import Lexer

from researchskills.evidence.query import And, Heading, Line, Near, Node, Not, Or, Phrase, Word
from researchskills.evidence.search_error import SearchError
from researchskills.evidence.syntaxes import copied, faults, foreign, tokens, values
from researchskills.evidence.syntaxes.patterns import Wildcards, words_of
from researchskills.evidence.syntaxes.tokens import Token
from researchskills.evidence.terms import words

#: NOT before AND before OR; a language adds its own `clause`, which holds words, fields and proximity.
LADDER = """
?start: either
?either: both (OR both)*
?both: without (AND without)*
?without: clause (NOT clause)*
group: LPAR either RPAR
words: TERM+
"""


_QUOTE = re.compile(r'"[^"]*"')
_NO_WORD = re.compile(r"\|+|[\[\]{}<>\\^~=]")
#: Two words with a sign between them that is none of an operator; numbers such as 24/7 are no list.
_LISTED = re.compile(r"[^\W\d_]\*?[/,;][^\W\d_]")
#: A word that the end of a printed line has cut in two.
_BROKEN = re.compile(r"[^\W\d_]-\s+(?!(?i:and|or|to)\b)[^\W\d_]")
#: Longest line that a note repeats.
_SHOWN = 200


@dataclass(frozen=True)
class Field:
    """What a field of a language is in this library.

    Attributes
    ----------
    kind : str
        `words`, `heading`, `year`, `language`, `type` or `country`.
    where : tuple of str
        For words: the fields of `query.WORD_FIELDS`.
    names : bool
        Whether it holds names of people or journals, whose words always stand beside each other.
    explode, focus : bool
        For headings.
    """

    kind: str = "words"
    where: tuple[str, ...] = ()
    names: bool = False
    explode: bool = False
    focus: bool = False


class _Given(Lexer):
    """lark's lexer, given tokens that are cut already."""

    def __init__(self, conf):
        pass

    def lex(self, given):
        for token in given:
            yield LarkToken(token.kind, token)


@cache
def _parser(grammar: str) -> Lark:
    kinds = "TERM HEADING LINE LINES YEARS FIELD TAG AND OR NOT NEAR LPAR RPAR"
    return Lark(f"{grammar}\n%declare {kinds}", parser="lalr", lexer=_Given)


class Reader:
    """One line in one language.

    Parameters
    ----------
    text : str
        The line.
    thesaurus : thesaurus.Thesaurus or None
        For the names of headings.
    last_line : int
        How many lines come before this one.
    exact : bool
        Whether headings and line numbers must exist; without, a line is read only for the notes on it.

    Attributes
    ----------
    notes : list of str
        What the line's author may not expect; filled by `read`.
    """

    key: ClassVar[str]
    name: ClassVar[str]
    example: ClassVar[str]
    grammar: ClassVar[str]
    wildcards: ClassVar[Wildcards]
    fields: ClassVar[dict[str, Field]]
    #: Where words without a field are searched; None where every word needs a field.
    default: ClassVar[Field | None]
    #: Between the years of a range, as a regular expression.
    between_years: ClassVar[str] = "-"
    square: ClassVar[bool] = False
    #: What to say when only some words of an AND or OR have a field.
    some_fielded: ClassVar[str] = ""
    #: Where words without a field are looked for, if nothing else says so.
    no_field: ClassVar[str] = ""

    def __init__(self, text: str, thesaurus, last_line: int = 0, exact: bool = True):
        self.text, self.thesaurus, self.last_line, self.exact = text, thesaurus, last_line, exact
        self.notes: list[str] = []

    # -- what a language's module defines -------------------------------------------------------------------

    def next(self, place: int, found: list[Token]) -> Token:
        """The token at a place, after those that were found before it."""
        raise NotImplementedError

    def finish(self, found: list[Token]) -> list[Token]:
        """The tokens of a line, once all are known."""
        return found

    def field(self, token: Token) -> Field:
        """The field that a token names."""
        raise NotImplementedError

    def beside(self, units: list[tuple[Token, tuple[Word, ...]]], field: Field, near: bool) -> Node:
        """What words beside each other without an operator ask for."""
        raise NotImplementedError

    # -- cutting -----------------------------------------------------------------------------------------------

    def cut(self) -> list[Token]:
        """The line's tokens."""
        found: list[Token] = []
        place = 0
        while place < len(self.text):
            if self.text[place].isspace():
                place += 1
                continue
            found.append(self.next(place, found))
            place = found[-1].end
        return self.finish(found)

    def usual(self, place: int) -> Token | None:
        """A bracket or words in quotes, if there are any at a place: these are the same everywhere."""
        if self.text[place] in "()":
            return Token("LPAR" if self.text[place] == "(" else "RPAR", self.text[place], place, place + 1)
        quote = _QUOTE.match(self.text, place)
        return tokens.piece("TERM", quote) if quote else None

    def check_signs(self, typed: str, place: int) -> None:
        """Refuse a sign that no word can have."""
        if wrong := _NO_WORD.search(typed):
            self.fail(f"The sign “{wrong[0]}” means nothing here in {self.name}. {tokens.instead_of(wrong[0])}",
                      place + wrong.start(), place + wrong.end())

    # -- reading -----------------------------------------------------------------------------------------------

    def read(self) -> Node:
        """The line as a tree; see `syntaxes.read`."""
        copied.check(self.text, self.key)
        faults.check(self.text, self.example, self.square)
        foreign.check(self.text, self.key)
        cut = self.cut()
        tokens.check_spelling(cut, self.text)
        tokens.check_order(cut, self.text)
        try:
            tree = _parser(self.grammar).parse(cut)
        except UnexpectedInput as error:
            self._misplaced(error)
        node = self.node(tree, None)
        if _depth(node) > faults.DEEPEST:
            self.fail("Too many words and operators follow each other in this line. Split it into several lines and "
                      "combine them by their numbers.", len(self.text.rstrip()) - 1)
        self._may_be_copied(cut)
        return node

    def _may_be_copied(self, cut: list[Token]) -> None:
        if _BROKEN.search(faults.blanked(self.text)):
            self.notes.append("A hyphen with a space behind it, as a line break leaves it, cuts a word in two. Join "
                              "the halves if they are one word.")
        first, second = [*cut, None, None][:2]
        if first.text.isdigit() and len(first.text) < 3 and second is not None and first.kind == second.kind == "TERM":
            self.notes.append(f"The number {first.text} at the beginning is searched as a word. If it is that of a "
                              "line which was copied along, leave it out.")

    def _misplaced(self, error: UnexpectedInput) -> NoReturn:
        token = getattr(getattr(error, "token", None), "value", None)
        if isinstance(token, Token):
            self.fail(f"“{faults.short(token.text)}” cannot stand here in {self.name}. Put brackets round the parts "
                      "that belong together.", token.start, token.end)
        self.fail(f"{self.name} cannot read this line as it ends here. Type what is missing.",
                  len(self.text.rstrip()) - 1)

    def fail(self, message: str, start: int, end: int | None = None) -> NoReturn:
        """Refuse the line, with the place."""
        raise SearchError(message, self.text, start, end)

    def failing(self, tree) -> Callable:
        """A function that refuses the line at one of its parts."""
        def fail(message: str) -> NoReturn:
            self.fail(message, *span(tree))

        return fail

    # -- the tree -------------------------------------------------------------------------------------------------

    def node(self, tree, field: Token | None) -> Node:
        """The tree of `query` for a part of the grammar's tree, inside a field if there is one."""
        if isinstance(tree, LarkToken):
            return self.item(tree.value, field)
        return getattr(self, f"_{tree.data}")(tree, field)

    def _either(self, tree, field):
        if any(_data(part) in ("both", "without") for part in tree.children):
            self.remark("AND and NOT were read before OR", self._bracketed(tree))
        return Or(self._parts(tree, field))

    def _both(self, tree, field):
        if any(_data(part) == "without" for part in tree.children[:-1]):
            self.remark("NOT was read before AND, on which not every guide agrees", self._bracketed(tree))
        return And(self._parts(tree, field))

    def _parts(self, tree, field) -> tuple:
        if self.some_fielded:
            clauses = [part for part in tree.children[::2] if _data(part) == "clause" and any(
                _data(piece) == "words" for piece in part.children)]
            named = [next((piece.value for piece in part.children if _kind(piece) in ("FIELD", "TAG")), None)
                     for part in clauses]
            # Headings, years and the like always need their field: words beside them without one are no slip.
            kinds = {None if one is None else self.field(one).kind for one in named}
            if {None, "words"} <= kinds:
                self.notes.append(self.some_fielded)
        return tuple(self.node(part, field) for part in tree.children[::2])

    def _without(self, tree, field):
        first, *others = [self.node(part, field) for part in tree.children[::2]]
        for other in others:
            first = Not(first, other)
        return first

    def _group(self, tree, field):
        return self.node(tree.children[1], field)

    def _words(self, tree, field, near: bool = False):
        terms = [child.value for child in tree.children]
        if field is None:
            where = self.default
            if where is None:
                self.fail(f"These words have no field. Type one before them, such as {self.example}", *span(tree))
            if self.no_field:
                self.notes.append(self.no_field)
        else:
            where = self.field(field)
        typed = self.text[terms[0].start : terms[-1].end]
        fail = self.failing(tree)
        if where.kind == "heading":
            return self.heading(typed, where, *span(tree))
        if where.kind == "year":
            return values.years(typed, self.between_years, fail)
        if where.kind != "words":
            return values.value(where.kind, typed, fail)
        self.check_punctuation(terms, where)
        units = [(term, self.words(term, where)) for term in terms]
        return self.beside(units, where, near)

    def check_punctuation(self, terms: list[Token], field: Field) -> None:
        """Note signs between words that people may take for OR."""
        last = terms[-1].end
        loose = [term for term in terms if not term.quoted]
        if not field.names and any(_LISTED.search(term.text) or (term.text[-1] in ",;" and term.end < last)
                                   for term in loose):
            self.notes.append("Commas, semicolons and slashes are no operators. For either of two words, type OR "
                              "between them.")

    def words(self, term: Token, field: Field) -> tuple[Word, ...]:
        """The words of one typed piece."""
        def fail(message: str) -> NoReturn:
            self.fail(message, term.start, term.end)

        return words_of(term.bare, self.wildcards, field.names, fail)

    def _clause(self, tree, field):
        named = [part.value for part in tree.children if _kind(part) in ("FIELD", "TAG")]
        parts = [part for part in tree.children if _kind(part) not in ("FIELD", "TAG")]
        if named and field is not None:
            self.fail(f"These words are in the field {field} already, and words have one field. Leave one of the "
                      "two out.", named[0].start, named[0].end)
        inside = named[0] if named else field
        if len(parts) == 1:
            return self.node(parts[0], inside)
        if inside is not None and self.field(inside).kind != "words":
            self.fail("Only words can be near each other. Use AND or OR with this field.", *span(tree))
        left = self._close(parts[0], inside)
        for operator, part in zip(parts[1::2], parts[2::2], strict=True):
            between, ordered = operator.value.value
            left = Near(left, self._close(part, inside), between, ordered)
        return left

    def _close(self, tree, field):
        kind = _data(tree)
        if kind == "group":
            return self._close(tree.children[1], field)
        if kind == "words":
            return self._words(tree, field, near=True)
        if kind == "either":
            return Or(tuple(self._close(part, field) for part in tree.children[::2]))
        if kind == "clause":
            named = [part for part in tree.children if _kind(part) in ("FIELD", "TAG")]
            if named:
                self.fail("Words can only be near each other within one field. Name the field once, outside the "
                          "proximity search.", named[0].value.start, named[0].value.end)
            return self._close(tree.children[0], field) if len(tree.children) == 1 else self._clause(tree, field)
        if kind in ("both", "without"):
            self.fail("Inside a proximity search only OR can stand in brackets. Combine AND and NOT outside it.",
                      *span(tree))
        return self.fail("Only words can be near each other, not headings, years or lines. Combine these with AND "
                         "or OR.", *span(tree))

    def item(self, token: Token, field: Token | None) -> Node:
        """A finished item: the number of a line, a heading, years."""
        if field is not None:
            # A number alone is a line's in Ovid; elsewhere nobody types the sign of a line and means a word.
            do = "If the number is to be searched for, put it in quotes" if token.text.isdigit() else (
                "Take it out of the brackets")
            self.fail(f"The field {field} belongs to words, and this is none. {do}.", token.start, token.end)
        if token.kind == "LINE":
            return self.line(token.value, token.start, token.end)
        return token.value

    def line(self, number: int, start: int, end: int) -> Line:
        """An earlier line, if there is one of this number."""
        if self.exact:
            if number < 1:
                self.fail("Lines are numbered from 1. Type the number of an earlier line.", start, end)
            if number == self.last_line + 1:
                self.fail(f"This is line {number} itself, and a line cannot use itself. Type the number of an "
                          "earlier line.", start, end)
            if number > self.last_line:
                last = f"The last line before this one is {self.last_line}." if self.last_line else (
                    "No line comes before this one.")
                self.fail(f"There is no line {number} to use here. {last}", start, end)
        return Line(number)

    def heading(self, typed: str, field: Field, start: int, end: int) -> Heading:
        """A subject heading, if the thesaurus has it.

        A word that is only another name for a heading is refused with the heading's name. (PubMed would put the
        heading in its place; whoever learns should see it.)
        """
        wanted = " ".join(typed.strip().strip('"').split())
        if not self.exact:
            return Heading(wanted, field.explode, field.focus)
        name = self.thesaurus.find(wanted)
        if name is None:
            near = [one for one, *_ in self.thesaurus.suggestions(faults.short(wanted))]
            offer = f"Did you mean “{near[0]}”?" if near else "Look for one in the list of headings."
            self.fail(f"There is no subject heading “{faults.short(wanted)}”. {offer}", start, end)
        if words(name) != words(wanted):
            self.fail(f"“{faults.short(wanted)}” is another word for a heading. The heading for this is “{name}”.",
                      start, end)
        return Heading(name, field.explode, field.focus)

    # -- words for the notes --------------------------------------------------------------------------------------

    def remark(self, how: str, bracketed: str) -> None:
        """Note how the operators were read, with brackets that show it unless the line is long."""
        shown = f": {bracketed}" if len(bracketed) <= _SHOWN else ""
        self.notes.append(f"{how}{shown}. Brackets of your own make it plain.")

    def _bracketed(self, tree) -> str:
        pieces = []
        for part in tree.children:
            start, end = span(part)
            piece = " ".join(self.text[start:end].split())
            pieces.append(f"({self._bracketed(part)})" if _data(part) in ("both", "without") else piece)
        return " ".join(pieces)


def phrase(units: list[tuple[Token, tuple[Word, ...]]], field: Field) -> Phrase:
    """All words of some pieces, beside each other."""
    return Phrase(tuple(word for _, words in units for word in words), field.where)


def span(tree) -> tuple[int, int]:
    """Where a part of the grammar's tree begins and ends in the line."""
    first = last = tree
    while isinstance(first, Tree):
        first = first.children[0]
    while isinstance(last, Tree):
        last = last.children[-1]
    return first.value.start, last.value.end


def _data(tree) -> str:
    return str(tree.data) if isinstance(tree, Tree) else ""


def _kind(tree) -> str:
    return tree.type if isinstance(tree, LarkToken) else ""


def _depth(node) -> int:
    deepest, waiting = 0, [(node, 1)]
    while waiting:
        one, depth = waiting.pop()
        deepest = max(deepest, depth)
        below = one.parts if isinstance(one, And | Or) else (
            (one.left, one.right) if isinstance(one, Near | Not) else ())
        waiting += [(part, depth + 1) for part in below]
    return deepest
