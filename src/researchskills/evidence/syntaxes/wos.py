"""Web of Science's search language.

Rules and where they come from
------------------------------
- Every search names its field: `TS=(home care)`. TS is the topic: title, abstract and keywords, for which this
  library's headings stand.
- Words beside each other are joined by AND, in titles and topics; quotes make a phrase (Clarivate, "Search Operators",
  webofscience.help.clarivate.com/Content/search-operators.html). Names of people and journals stay together.
- `NEAR/3`: any order, at most three words between; NEAR alone is NEAR/15; no AND inside a NEAR, so that two words
  beside it need quotes (images.webofknowledge.com/WOKRS59B4/help/WOS/hs_search_operators.html). The page adds that
  NEAR may reach across fields; nothing does here (see `query`).
- NEAR, SAME, NOT, AND, OR, in this order; operators in any case (same pages). SAME asks for one address; in other
  fields it is AND. This library has no addresses, so it is refused.
- `*` any group of characters, `?` exactly one, `$` one or none; three letters before a wildcard at the end, three
  after `*` at the beginning, names excepted (resources-uw2.prod-wos.com, "Wildcards", hs_wildcards.html). An older
  page forbids `$` within quotes, the newer ones do not; it is allowed here.
- Hyphens and apostrophes are spaces, the words stay together: O'Brien is O Brien (same page).
- No stop words, no subject headings, no explosion. Real Web of Science also looks for inflected forms of words
  without quotes ("Search Rules"); here, as with its Exact Search, it does not.
"""

import re

from researchskills.evidence.query import WORD_FIELDS, And, Phrase
from researchskills.evidence.syntaxes.faults import offer
from researchskills.evidence.syntaxes.patterns import Wildcards
from researchskills.evidence.syntaxes.reader import LADDER, Field, Reader, phrase
from researchskills.evidence.syntaxes.tokens import Token, piece

_TOPIC = ("title", "abstract", "headings")
_FIELDS = {
    "TS": Field(where=_TOPIC), "TI": Field(where=("title",)), "AB": Field(where=("abstract",)),
    "AK": Field(where=("headings",)), "KP": Field(where=("headings",)), "ALL": Field(where=WORD_FIELDS),
    "AU": Field(where=("authors",), names=True), "SO": Field(where=("journal",), names=True),
    "PY": Field("year"), "LA": Field("language"), "DT": Field("type"), "CU": Field("country"),
}
_DEFAULT_NEAR = 15
_TAG = re.compile(r"([A-Za-z]\w{0,7})\s*=")
_NO_EQUALS = re.compile(r"(?:TS|TI|AB|AU|SO|PY|LA|DT|ALL|TOPIC|TITLE|AUTHOR|LANGUAGE)(?=\s*[:(])|(?:TS|TI|AB)(?=\s+\w)")
_SEVERAL = re.compile(r"[A-Z]{2}(?:\s*,\s*[A-Z]{2})+\s*=", re.IGNORECASE)
_LINE = re.compile(r"#(\d{1,6})(?!\w)")
_LINE_RANGE = re.compile(r"#\d{1,6}\s*[-–—]\s*#?\d{1,6}(?!\w)")
_SPACED_LINE = re.compile(r"#\s+\d{1,3}(?!\w)")
_OPERATOR = re.compile(r"(and|or|not)(?![\w*?$'’-])", re.IGNORECASE)
_NEAR = re.compile(r"near(?:/(\d{1,6}))?(?![\w*?$/])", re.IGNORECASE)
_WORD = re.compile(r'[^\s()"=]+|=')


class WebOfScience(Reader):
    """One line in Web of Science's language."""

    key = "wos"
    name = "Web of Science"
    example = "TS=(carer*)"
    grammar = LADDER + """
    clause: FIELD? _operand (NEAR _operand)*
    _operand: words | group | LINE
    """
    wildcards = Wildcards(
        {"*": "*", "?": "#", "$": "?"},
        "In Web of Science “*” stands for any letters, “?” for one, “$” for one or none.",
        before=3,
        short="This is too short: Web of Science needs at least three letters before a wildcard at the end of a word. "
              "Type more of it.",
        inside=1, left=3, all_short=True,
    )
    fields = _FIELDS
    default = None

    def next(self, place: int, found: list[Token]) -> Token:
        """The token at a place."""
        text = self.text
        if usual := self.usual(place):
            return usual
        if several := _SEVERAL.match(text, place):
            self.fail("Web of Science takes one field at a time: TI=(carer*) OR AB=(carer*)", *several.span())
        if (not found or found[-1].kind in ("AND", "OR", "NOT")) and (bare := _NO_EQUALS.match(text, place)):
            self.fail("In Web of Science a field is a short code with an equals sign behind it: TS=(carer*)",
                      *bare.span())
        if tag := _TAG.match(text, place):
            if tag[1].upper() not in self.fields:
                self.fail(f"Web of Science has no field {tag[1]}= here.{offer(tag[1].upper(), list(self.fields))}",
                          *tag.span())
            return piece("FIELD", tag)
        if several := _LINE_RANGE.match(text, place):
            self.fail("Lines are named one by one in Web of Science: #1 OR #2 OR #3", *several.span())
        if spaced := _SPACED_LINE.match(text, place):
            self.fail("The sign # stands right before the number of a line: #1", *spaced.span())
        if line := _LINE.match(text, place):
            return piece("LINE", line, int(line[1]))
        if operator := _OPERATOR.match(text, place):
            return piece(operator[1].upper(), operator)
        if near := _NEAR.match(text, place):
            if near[1] and int(near[1]) > 255:
                self.fail("Web of Science's proximity takes at most 255 words between. Type a smaller number.",
                          *near.span())
            if not near[1] and (number := re.compile(r"\s+\d{1,3}(?=\s+[^\W\d])").match(text, near.end())):
                self.fail("The number stands right behind the operator, with a slash: NEAR/3", near.start(),
                          number.end())
            if not near[1]:
                self.notes.append("NEAR without a number lets up to fifteen words stand between. NEAR/3 is closer.")
            return piece("NEAR", near, (int(near[1]) if near[1] else _DEFAULT_NEAR, False))
        return self._term(place)

    def _term(self, place: int) -> Token:
        word = _WORD.match(self.text, place)
        typed = word[0]
        if typed.upper() == "SAME":
            self.fail("SAME asks for words in the same address, and this library has no addresses. Use NEAR, or put "
                      "the word in quotes.", *word.span())
        self.check_signs(typed, place)
        if re.fullmatch(r"near\d+|near/|(?:n|w|pre|p|within)/\d+|(?:naer|nera|enar)/?\d*", typed, re.IGNORECASE):
            self.fail("Proximity is typed with a slash and the number beside it in Web of Science: NEAR/3",
                      *word.span())
        return Token("TERM", typed, place, word.end())

    def field(self, token: Token) -> Field:
        """The field of a tag."""
        code = token.text.rstrip("= \t\r\n").upper()
        if code in ("AK", "KP"):
            self.notes.append(f"This library has no author keywords: {code}= looks in the subject headings.")
        return self.fields[code]

    def words(self, term, field):
        """The words of a typed piece; a question mark is no punctuation here."""
        if re.search(r"\w\?+$", term.bare):
            self.notes.append("A question mark at the end of a word stands for exactly one letter more. For one or "
                              "none, type $.")
        return super().words(term, field)

    def beside(self, units, field, near):
        """Words beside each other are joined by AND, names stay together."""
        if field.names or len(units) == 1:
            return phrase(units, field)
        if near:
            self.fail('Words beside each other mean AND, which cannot stand in a NEAR. Put them in quotes: "home care"',
                      units[0][0].start, units[-1][0].end)
        self.notes.append("Words without quotes are joined by AND, wherever they stand. Quotes keep them together.")
        each = tuple(dict.fromkeys(Phrase(words, field.where) for _, words in units))
        return And(each) if len(each) > 1 else each[0]
