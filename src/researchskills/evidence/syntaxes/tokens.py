"""The pieces that a line is made of, and whether they stand in an order that any language allows.

Checking the order here, and not in the grammar, is what lets a message say "two operators in a row" instead of
"unexpected token".
"""

import re
from dataclasses import dataclass, replace

from researchskills.evidence.search_error import SearchError
from researchskills.evidence.syntaxes.faults import short

#: Kinds that combine what stands on both sides.
BOOLEAN = ("AND", "OR", "NOT")
#: Kinds that are something to search for.
ITEMS = ("TERM", "HEADING", "LINE", "LINES", "YEARS")


@dataclass(frozen=True)
class Token:
    """A piece of a line.

    Attributes
    ----------
    kind : str
        TERM (a word, or words in quotes), HEADING, LINE, LINES, YEARS, FIELD (stands before its words), TAG (stands
        after them), AND, OR, NOT, NEAR, LPAR, RPAR.
    text : str
        As typed.
    start, end : int
        Where it stands in the line.
    value : object
        What the language's module knows about it.
    """

    kind: str
    text: str
    start: int
    end: int
    value: object = None

    def __str__(self):
        return self.text

    @property
    def quoted(self) -> bool:
        """Whether it was typed in quotes."""
        return self.text.startswith('"')

    @property
    def bare(self) -> str:
        """Its text without quotes."""
        return self.text.strip('"') if self.quoted else self.text

    def as_kind(self, kind: str, value: object = None) -> "Token":
        """The same piece, understood as another kind."""
        return replace(self, kind=kind, value=value)


def piece(kind: str, match, value: object = None) -> Token:
    """The token that a match of a regular expression is."""
    return Token(kind, match[0], match.start(), match.end(), value)


#: What comes of AND, OR and NOT when two letters change places, one is doubled or the next key is hit. Some of
#: these are words or names in small letters, so those count in capitals only.
_MISSPELT = {"adn": "AND", "aand": "AND", "annd": "AND", "andd": "AND", "nto": "NOT", "nnot": "NOT", "noot": "NOT",
             "nott": "NOT", "oor": "OR", "orr": "OR", "0r": "OR", "n0t": "NOT", "andnot": "NOT"}
_MISSPELT_CAPITALS = {"NAD": "AND", "AMD": "AND", "ABD": "AND", "ANS": "AND", "RO": "OR", "OE": "OR", "ONT": "NOT"}
#: Signs that people type for an operator.
_SIGN_FOR = {"&": "AND", "&&": "AND", "+": "AND", "|": "OR", "||": "OR"}
_GLUED = re.compile(r"[#s]?\d{1,4}(?:and|or|not)|(?:and|or|not)[#s]?\d{1,4}", re.IGNORECASE)


def instead_of(sign: str) -> str:
    """What to type instead of a sign that is no word."""
    return f"Type {_SIGN_FOR[sign]}." if sign in _SIGN_FOR else "Leave it out."


def check_spelling(tokens: list[Token], text: str) -> None:
    """Refuse a misspelt operator or line number, which would be searched as a word, and a sign that is no word.

    Parameters
    ----------
    tokens : list of Token
        All of a line.
    text : str
        The line.

    Raises
    ------
    SearchError
        At the first one.
    """
    # An operator that the language supplies where none was typed has no length.
    typed = [token for token in tokens if token.start < token.end]
    kinds = ["", *(token.kind for token in typed), ""]
    for before, token, after in zip(kinds, typed, kinds[2:], strict=False):
        if token.kind != "TERM" or token.quoted:
            continue
        # A range of years may have spaces round its sign, and EBSCOhost's heading a plus behind its quote.
        of_use = token.text in ":-" or (token.text == "+" and text[token.start - 1] == '"')
        if not of_use and not re.search(r"[^\W_]|[*?#$]", token.text):
            raise SearchError(f"There is no word in “{short(token.text)}”. {instead_of(token.text)}", text, token.start,
                              token.end)
        if _GLUED.fullmatch(token.text):
            raise SearchError("A space is missing between the operator and the number of a line. Type it between them.",
                              text, token.start, token.end)
        alone = before in ("", "LPAR", *BOOLEAN) and after in ("", "RPAR", *BOOLEAN)
        if alone and "LINE" in kinds and token.text.isdigit() and len(token.text) < 4:
            raise SearchError("If this is the number of a line, type its sign before it, as with the other line. If it "
                              "is to be searched for, put it in quotes.", text, token.start, token.end)
    for before, token, after in zip(typed, typed[1:], typed[2:], strict=False):
        meant = _MISSPELT.get(token.text.lower()) or _MISSPELT_CAPITALS.get(token.text)
        between = before.kind in (*ITEMS, "RPAR", "TAG") and after.kind in (*ITEMS, "LPAR", "FIELD")
        if meant and token.kind == "TERM" and between:
            raise SearchError(f"“{token}” looks like {meant} with a slip. Type {meant}, or put the word in quotes if "
                              "you mean it.", text, token.start, token.end)


def check_order(tokens: list[Token], text: str) -> None:
    """Refuse tokens in an order that means nothing.

    Parameters
    ----------
    tokens : list of Token
        All of a line.
    text : str
        The line.

    Raises
    ------
    SearchError
        At the first token that cannot stand where it does.
    """
    def fail(message: str, token: Token, until: Token | None = None):
        raise SearchError(message, text, token.start, (until or token).end)

    operators = (*BOOLEAN, "NEAR")
    before: Token | None = None
    for token in tokens:
        starts = before is None or before.kind == "LPAR"
        if token.kind in operators:
            if starts and token.kind == "NOT":
                fail("NOT takes records away from something. Type first what they are to be taken from.", token)
            if starts and token.kind == "NEAR":
                fail(f"{token} needs a word on both sides. If it is a word itself, put it in quotes.", token)
            if starts:
                where = "A search" if before is None else "A bracket"
                fail(f"{where} cannot start with {token}. Type a word before it, or leave it out.", token)
            if before.kind in operators:
                if token.kind == "NOT" and before.kind == "AND":
                    fail("These are two operators in a row. To take records away, type NOT alone.", before, token)
                fail("These are two operators in a row. Leave one out, or type a word between them.", before, token)
            if before.kind == "FIELD":
                fail(f"There are no words after the field {before}. Type what you look for in it.", before)
            if token.kind == "NEAR" and before.kind == "TAG":
                fail("A field stands after the whole proximity search, not inside it. Put brackets round "
                     "the words and the field behind them.", before)
            if token.kind == "NEAR" and before.kind in ("HEADING", "LINE", "LINES", "YEARS"):
                fail(f"{token} works between words only. {_what(before)}", before)
        elif token.kind == "TAG":
            if starts or before.kind in operators:
                fail(f"There are no words before the field {token}. Type what you look for in it.", token)
            if before.kind == "TAG":
                fail("These are two fields in a row. Words have one field.", before, token)
            if before.kind in ("HEADING", "LINE", "LINES", "YEARS"):
                fail(f"A field belongs to words. {_what(before)}", token)
        elif token.kind == "RPAR":
            if before is not None and before.kind == "LPAR":
                fail("There is nothing between these brackets.", before, token)
            _ends(before, fail)
        else:
            if before is not None and before.kind == "FIELD" and token.kind in ("FIELD", "LINE", "LINES", "HEADING"):
                fail(f"There are no words after the field {before}. Type what you look for in it.", before)
            if before is not None and before.kind == "NEAR" and token.kind in ("HEADING", "LINE", "LINES", "YEARS"):
                fail(f"{before} works between words only. {_what(token)}", token)
            if before is not None and before.kind == "NEAR" and token.kind == "FIELD":
                fail(f"Words can only be near each other within one field. Type {token} once, before the first of "
                     "them.", token)
            beside = before is not None and before.kind in (*ITEMS, "RPAR", "TAG")
            if beside and not before.kind == token.kind == "TERM":
                fail(f"There is no operator between “{short(before.text)}” and “{short(token.text)}”. Type AND, OR or "
                     "NOT between them.", before, token)
        before = token
    _ends(before, fail)


def _ends(last: Token | None, fail) -> None:
    if last is None:
        return
    if last.kind in (*BOOLEAN, "NEAR"):
        fail(f"Nothing follows {last}. Type a word after it, or leave it out.", last)
    if last.kind == "FIELD":
        fail(f"There are no words after the field {last}. Type what you look for in it.", last)


def _what(token: Token) -> str:
    if token.kind == "HEADING":
        return "This is a subject heading: combine it with AND or OR."
    if token.kind == "YEARS":
        return "These are years: combine them with AND."
    return "This is the number of a line: combine it with AND or OR."
