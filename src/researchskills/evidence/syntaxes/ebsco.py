"""EBSCOhost's search language.

Rules and where they come from
------------------------------
- A field code in capitals stands before its words and holds for the next word, phrase, bracket or proximity search:
  in `TI carer* OR stress` only carer* is looked for in titles. What is searched without a code differs: authors,
  subjects, titles and abstracts (EBSCO Connect, "Searching with Field Codes"); in CINAHL titles, abstracts and subject
  headings (EBSCO Help, "The CINAHL Databases - Frequently Asked Questions"). Here all fields are searched.
- `N3` any order, `W3` as typed, each with at most three words between (University of Southern Denmark,
  libguides.sdu.dk/EBSCO-english/proximity; UIC, researchguides.uic.edu/searchstrategies/proximityoperators).
- Words beside each other without quotes: EBSCO Help says that a phrase is searched as typed, and on the same page
  that the default of Boolean/Phrase searching is N5 (help.ebsco.com, "How are phrases searched?"); SDU (above)
  measured N5. Libraries may set it otherwise. Here it is N5; quotes keep words together.
- Stop words are never searched, also within quotes; in a phrase any single word may stand in their place (same page).
- `?` exactly one character, `#` one or none, `*` any ending, none of them first (EBSCOhost help, "Wildcard and
  Truncation Symbols"; subr.libguides.com/c.php?g=694282). A `?` at the end of a word is removed (McGill Library,
  tips for CINAHL). With a wildcard a word needs two letters before it (search-query's rules for EBSCOhost).
- `MH "X"` a heading, `MH "X+"` with all narrower ones, `MM` where it is a main point (CINAHL headings).
- Proximity, then NOT, AND, OR; EBSCO's help sheet "Searching with Boolean Operators" says that AND comes before OR.
  Operators in any case, unless a library asks for capitals (same sheet).
"""

import re

from researchskills.evidence.query import WORD_FIELDS, Near, Phrase, Word
from researchskills.evidence.syntaxes.faults import short
from researchskills.evidence.syntaxes.patterns import Wildcards
from researchskills.evidence.syntaxes.reader import LADDER, Field, Reader, phrase
from researchskills.evidence.syntaxes.stop_words import EBSCO as STOP_WORDS
from researchskills.evidence.syntaxes.tokens import Token, piece

_FIELDS = {
    "TI": Field(where=("title",)), "AB": Field(where=("abstract",)), "TX": Field(where=WORD_FIELDS),
    "SU": Field(where=("headings",)), "MW": Field(where=("headings",)), "KW": Field(where=("headings",)),
    "AU": Field(where=("authors",), names=True), "SO": Field(where=("journal",), names=True),
    "MH": Field("heading"), "MM": Field("heading", focus=True), "PY": Field("year"), "DT": Field("year"),
    "LA": Field("language"), "PT": Field("type"), "ZY": Field("country"),
}
#: Words between words without quotes; see above.
_DEFAULT_BETWEEN = 5
_CODE = re.compile(rf"(?:{'|'.join(_FIELDS)})(?![\w=])")
#: Small letters are words ("so", "la"), but these codes are no words of anybody's search.
_SMALL_CODE = re.compile(r"(?:ti|ab|tx|su|mh|mm|mw|py|pt)(?=\s*[(\"]|\s+\w)", re.IGNORECASE)
_UNKNOWN_CODE = re.compile(r'[A-Z]{2}(?=\s*["(])')
_SEVERAL_CODES = re.compile(r"(?:TI|AB|TX|SU|KW)(?:\s*[,/]\s*(?:TI|AB|TX|SU|KW))+(?=[\s(\"])")
#: Codes of CINAHL and its sisters that this library has nothing for.
_OTHER_CODE = re.compile(r"(?:MJ|DE|ZU|EM|JN|XB)(?=\s+\w)")
_LINE = re.compile(r"[Ss](\d{1,6})(?![\w*?#])")
_LINE_RANGE = re.compile(r"[Ss]\d{1,6}\s*[-–—]\s*[Ss]?\d{1,6}(?!\w)")
_SPACED_LINE = re.compile(r"S\s+\d{1,3}(?=\s*(?:$|\)|(?i:and|or|not)\b))")
_OPERATOR = re.compile(r"(and|or|not)(?![\w'’-])", re.IGNORECASE)
_NEAR = re.compile(r"([NnWw])(\d{1,4})(?![\w*?#])")
_WORD = re.compile(r'[^\s()"]+')


class Ebsco(Reader):
    """One line in EBSCOhost's language."""

    key = "ebsco"
    name = "EBSCOhost"
    example = "TI carer*"
    grammar = LADDER + """
    clause: FIELD? _operand (NEAR _operand)*
    _operand: words | group | LINE
    """
    wildcards = Wildcards(
        {"*": "*", "?": "#", "#": "?"},
        "In EBSCOhost “*” stands for any ending, “?” for one character, “#” for one or none.",
        before=2,
        short="This is too short: at least two letters must stand before * in EBSCOhost. Type more of the word.",
    )
    fields = _FIELDS
    default = _FIELDS["TX"]
    some_fielded = ("A field code holds for the words just after it. For several words joined by OR, put brackets "
                    "round all of them: TI (carer* OR caregiver*).")

    def next(self, place: int, found: list[Token]) -> Token:
        """The token at a place."""
        text = self.text
        starts = not found or found[-1].kind in ("AND", "OR", "NOT", "NEAR", "LPAR", "FIELD")
        if usual := self.usual(place):
            return usual
        if operator := _OPERATOR.match(text, place):
            return piece(operator[1].upper(), operator)
        if several := _LINE_RANGE.match(text, place):
            self.fail("Lines are named one by one in EBSCOhost: S1 OR S2 OR S3", *several.span())
        if starts and (spaced := _SPACED_LINE.match(text, place)):
            self.fail("The S stands right before the number of a line: S1", *spaced.span())
        if line := _LINE.match(text, place):
            return piece("LINE", line, int(line[1]))
        if near := _NEAR.match(text, place):
            if int(near[2]) > 255:
                self.fail("EBSCOhost's proximity takes at most 255 words between. Type a smaller number.", *near.span())
            return piece("NEAR", near, (int(near[2]), near[1].upper() == "W"))
        if starts and (several := _SEVERAL_CODES.match(text, place)):
            self.fail("EBSCOhost takes one field code at a time: TI carer* OR AB carer*", *several.span())
        if starts and (code := _CODE.match(text, place)):
            return piece("FIELD", code)
        if starts and (code := _SMALL_CODE.match(text, place)):
            self.fail(f"Field codes are typed in capitals in EBSCOhost: {code[0].upper()}. If this is a word, put it "
                      "in quotes.", *code.span())
        # "la" and "so" are words too, but nobody means these by a word: an operator is missing.
        if (code := _CODE.match(text, place)) and code[0] in ("TI", "AB", "TX", "SU", "MH", "MM", "MW"):
            return piece("FIELD", code)
        if starts and (code := _UNKNOWN_CODE.match(text, place) or _OTHER_CODE.match(text, place)):
            self.fail(f"EBSCOhost has no field code {code[0]} here. The codes are {', '.join(_FIELDS)}; a word of two "
                      "capitals stands in quotes.", *code.span())
        return self._term(place, found)

    def _term(self, place: int, found: list[Token]) -> Token:
        word = _WORD.match(self.text, place)
        typed = word[0]
        self.check_signs(typed, place)
        following = self.text[word.end() :].lstrip()
        if found and following and typed in ("N", "W"):
            self.fail(f"The proximity operator has its number beside it: {typed}3. If this is a word, put it "
                      "in quotes.", *word.span())
        if found and re.fullmatch(r"(?:n|w|near|within)/\d+|near\d+|within\d+", typed, re.IGNORECASE):
            self.fail("Proximity is typed N3 (any order) or W3 (as typed) in EBSCOhost, without a slash.", *word.span())
        return Token("TERM", typed, place, word.end())

    def field(self, token: Token) -> Field:
        """The field of a code."""
        if token.text == "KW":
            self.notes.append("This library has no author keywords: KW looks in the subject headings.")
        return self.fields[token.text]

    def heading(self, typed, field, start, end):
        """A heading; a plus sign behind it explodes it."""
        wanted = typed.strip().strip('"').strip()
        if wanted.endswith("+"):
            field = Field("heading", explode=True, focus=field.focus)
        if self.exact and not typed.startswith('"') and self.thesaurus.find(wanted.rstrip("+ ")) is None:
            meant = max((name for name in self.thesaurus.names()
                         if self.text[start:].casefold().startswith(name.casefold())), key=len, default="")
            if len(meant) > end - start:
                self.fail(f'Here the heading ends before its name does. Put the name in quotes: MH "{meant}"', start,
                          start + len(meant))
        return super().heading(wanted.rstrip("+ "), field, start, end)

    def words(self, term, field):
        """The words of a typed piece, with stop words as any single word."""
        bare = re.sub(r"(?<=\w)\?+(?!\w)", "", term.bare)
        if bare != term.bare:
            self.notes.append("EBSCOhost removes a question mark at the end of a word. For one letter more or none, "
                              "type #.")
            term = Token(term.kind, f'"{bare}"' if term.quoted else bare, term.start, term.end)
        found = super().words(term, field)
        if field.names or all(word.pattern in STOP_WORDS for word in found):
            return found
        if any(word.pattern in STOP_WORDS for word in found):
            self.notes.append("EBSCOhost does not search very common words: inside a phrase any single word may stand "
                              "in their place.")
        found = _trimmed(found)
        return tuple(Word("*") if word.pattern in STOP_WORDS else word for word in found)

    def beside(self, units, field, near):
        """Words beside each other are within five words of each other."""
        if field.names:
            return phrase(units, field)
        kept = [words for _, words in units if not all(word.pattern in STOP_WORDS for word in words)]
        if not kept:
            self.fail("EBSCOhost never searches very common words, and these are nothing else. Type a word that says "
                      "what you look for.", units[0][0].start, units[-1][0].end)
        if len(kept) < len(units):
            gone = short(", ".join(dict.fromkeys(token.text for token, words in units if words not in kept)))
            self.notes.append(f"EBSCOhost never searches very common words. Dropped: {gone}.")
        node = Phrase(kept[0], field.where)
        for words in kept[1:]:
            node = Near(node, Phrase(words, field.where), _DEFAULT_BETWEEN)
        if len(kept) > 1:
            self.notes.append("Words without quotes are searched within five words of each other (N5), in any order, "
                              "unless your library has set it otherwise. Quotes keep them together.")
        return node


def _trimmed(words: tuple[Word, ...]) -> tuple[Word, ...]:
    # At the ends of a phrase a stop word asks for nothing.
    first = next(place for place, word in enumerate(words) if word.pattern not in STOP_WORDS)
    last = next(place for place, word in enumerate(reversed(words)) if word.pattern not in STOP_WORDS)
    return words[first : len(words) - last]
