"""Ovid's search language.

Rules and where they come from
------------------------------
- Words beside each other are a phrase, as with bare `adj`; `adjN` finds words in any order with at most N-1 words
  between them (Ovid training, tools.ovid.com/ovidgo, "Targeted searching using term variants").
- A field stands behind its words, between full stops: `home care.ti,ab.`; after a proximity search or a bracket it
  holds for all of it. Without one, Ovid's keyword search is `.mp.`: title, abstract, headings (Ovid online help,
  "Advanced Search Techniques", resourcecenter.ovid.com/site/help/documentation/ospa/en/Content/syntax.htm).
- `$`, `*` or `:` any ending, `$3` at most three letters, `#` exactly one, `?` one or none, none of them first (same
  page; CIAP, NSW Health, "Truncation, wildcards, and phrases on Ovid databases").
- Ovid names no shortest truncation. Here two letters must stand before it: one would bring most of the library.
- `exp X/` a heading and all narrower ones, `*X/` where it is a main point; `1 or 2`, `or/1-3`; `limit 4 to …` (same
  help page). Operators in any case. Author keywords (`.kw.`, `.kf.`) are not in this library: its headings are.
- Order of operators: see `reader`. Stop words: none are dropped here; Ovid's databases index all words today,
  though guides of the 1990s still list some.
"""

import re
from dataclasses import replace

from researchskills.evidence.query import WORD_FIELDS, And, Line, Node, Or, Phrase
from researchskills.evidence.syntaxes import faults, values
from researchskills.evidence.syntaxes.patterns import Wildcards
from researchskills.evidence.syntaxes.reader import LADDER, Field, Reader, phrase
from researchskills.evidence.syntaxes.tokens import Token, piece

#: As many words side by side, and nothing else, are rather a sentence than a phrase.
_SENTENCE = 4
_TEXT, _MP = ("title", "abstract"), ("title", "abstract", "headings")
_FIELDS = {
    "ti": Field(where=("title",)), "ab": Field(where=("abstract",)), "tw": Field(where=_TEXT),
    "mp": Field(where=_MP), "af": Field(where=WORD_FIELDS), "hw": Field(where=("headings",)),
    "kw": Field(where=("headings",)), "kf": Field(where=("headings",)),
    "au": Field(where=("authors",), names=True), "jn": Field(where=("journal",), names=True),
    "jw": Field(where=("journal",)), "sh": Field("heading"), "yr": Field("year"), "lg": Field("language"),
    "la": Field("language"), "pt": Field("type"), "cp": Field("country"),
}
_TAG = re.compile(r"\.\s*([A-Za-z_]{1,8}(?:\s*,\s*[A-Za-z_]{1,8})*)\s*\.(?![\w])")
_HALF_TAG = re.compile(r"\.(?:ti|ab|tw|mp|af|hw|kw|kf|au|jn|jw|sh)(?:,[a-z]{2})*(?![a-z])", re.IGNORECASE)
_OPERATOR = re.compile(r"(and|or|not)(?![\w/'’-])", re.IGNORECASE)
_NEAR = re.compile(r"adj(\d{0,4})(?![\w‑–-]|[/.]\d)", re.IGNORECASE)
_CODES = "ti|ab|tw|mp|af|hw|kw|kf"
#: Codes of fields that are there, with other signs than full stops round them.
_UNSTOPPED = re.compile(rf"[,:;](?:{_CODES})(?:[,;](?:{_CODES}))*\.?$|^(?:{_CODES})(?:(?:[,;](?:{_CODES}))+\.?|\.)$",
                        re.IGNORECASE)
_QUOTED_TAG = re.compile(rf'(?<=[\w*$])\.(?:{_CODES})(?:,(?:{_CODES}))*\.?"$', re.IGNORECASE)
_COMBINE = re.compile(r"(and|or)/\s*(\d[\d\s,\-–—]*)", re.IGNORECASE)
_SPACED_COMBINE = re.compile(r"(and|or)\s+/\s*\d[\d\s,-]*", re.IGNORECASE)
_COMMAND = re.compile(r"\s*((?:remove duplicates|dedup)\s+(?:from\s+)?\d+|from\s+\d+\s+keep\b.*|\d+\s+use\s+\w+)\s*",
                      re.IGNORECASE | re.DOTALL)
#: A heading may stand in quotes: Ovid prints those so that hold a word such as "of" or "and".
_HEADING = re.compile(r'(\*?)\s*(exp\s+)?(\*?)\s*("[^"]*"|[^/()"\[\]]*?)\s*/', re.IGNORECASE)
_WORD = re.compile(r'[^\s()"]+')
_ANY_OPERATOR = re.compile(r"(?:^|\s)(?:and|or|not|adj\d*)(?=\s|$)", re.IGNORECASE)
_LIMIT = re.compile(r"\s*limit\s+(\d{1,6})\s+to\s+(.*\S)\s*", re.IGNORECASE | re.DOTALL)
_UNFINISHED_LIMIT = re.compile(r"\s*limit\s+(?:\d+(?!\S)|[^.]*\bto\b)", re.IGNORECASE)
_COLON = re.compile(r"(?<=\w):(?!\w)")
_YEARS = re.compile(r'(?:yr|year)\s*=\s*("[^"]*"|[\d\-]+(?:current)?)', re.IGNORECASE)


class Ovid(Reader):
    """One line in Ovid's language."""

    key = "ovid"
    name = "Ovid"
    example = "carer*.ti,ab."
    grammar = LADDER + """
    clause: _operand (NEAR _operand)* TAG?
    _operand: words | group | HEADING | LINE | LINES
    """
    wildcards = Wildcards(
        {"*": "*", "$": "*", "#": "#", "?": "?"},
        "In Ovid “*” or “$” stands for any ending, “#” for one letter, “?” for one or none.",
        before=2,
        short="This is too short: at least two letters must stand before * or $ here. With fewer it would match most "
              "of the library.",
        limited=True,
    )
    fields = _FIELDS
    default = _FIELDS["mp"]
    no_field = ("Words without a field are looked for in title, abstract and subject headings. For title and abstract "
                "only, type a field behind them: carer*.ti,ab.")
    some_fielded = ("A field holds for the words just before it. For several words joined by or, put brackets round "
                    "all of them: (carer* or caregiver*).ti,ab.")

    def read(self) -> Node:
        """The line as a tree; `limit` is a command of its own."""
        if _LIMIT.fullmatch(self.text):
            faults.check(self.text, self.example)
            return self._limit()
        if unfinished := _UNFINISHED_LIMIT.match(self.text):
            self.fail('limit takes the number of a line and what to keep of it. Type, for example: limit 4 to '
                      'yr="2010-2020"', len(self.text) - len(self.text.lstrip()), unfinished.end())
        if self.text.lstrip().startswith(".."):
            start = self.text.index("..")
            self.fail('Commands with two full stops are not used here. For limits type, for example: limit 4 to '
                      'yr="2010-2020"', start, start + 2)
        if command := _COMMAND.fullmatch(self.text):
            self.fail("This is a command of Ovid for which there is no use in this library. Leave the line out.",
                      *command.span(1))
        node = super().read()
        if isinstance(node, Phrase) and len(node.words) >= _SENTENCE and set(_TEXT) & set(node.fields) \
                and '"' not in self.text:
            self.notes.append("Words side by side are looked for as one phrase. Put OR or AND between them.")
        return node

    def next(self, place: int, found: list[Token]) -> Token:
        """The token at a place."""
        text = self.text
        starts = not found or found[-1].kind in ("AND", "OR", "NOT", "NEAR", "LPAR")
        if tag := _TAG.match(text, place):
            return piece("TAG", tag)
        if combine := _COMBINE.match(text, place):
            whole = combine[0].rstrip()
            return Token("LINES", whole, place, place + len(whole), self._combined(combine))
        if spaced := _SPACED_COMBINE.match(text, place):
            self.fail("The slash stands right behind the operator: or/1-4", *spaced.span())
        if starts and (heading := self._heading_at(place)):
            return heading
        if usual := self.usual(place):
            if inside := _QUOTED_TAG.search(usual.text):
                self.fail('The field stands behind the quotation marks: "home care".ti,ab.', place + inside.start(),
                          place + inside.end() - 1)
            return usual
        if operator := _OPERATOR.match(text, place):
            return piece(operator[1].upper(), operator)
        if near := _NEAR.match(text, place):
            return piece("NEAR", near, self._distance(near))
        return self._term(place, found)

    def _term(self, place: int, found: list[Token]) -> Token:
        word = _WORD.match(self.text, place)
        end = word.end()
        tag = _TAG.search(self.text, place)
        if tag and place < tag.start() < end:
            end = tag.start()
        typed = self.text[place:end]
        if half := _HALF_TAG.search(typed):
            start = place + half.start()
            self.fail("A field stands between two full stops, with a space behind it: .ti,ab.",
                      start, place + half.end())
        if unstopped := _UNSTOPPED.search(typed):
            start = place + unstopped.start()
            if unstopped.start() or found:
                self.fail("A field stands right behind its words, between two full stops: carer*.ti,ab.", start,
                          place + unstopped.end())
        if "/" in typed:
            slash = place + typed.index("/")
            self.fail("A slash ends a subject heading in Ovid, and no heading ends here. Type a space instead, or the "
                      "heading's full name.", slash, slash + 1)
        self.check_signs(typed, place)
        if typed.lower() == "exp":
            self.fail("exp takes a subject heading with all narrower ones, and a heading ends with a slash: "
                      "exp Carers/", place, end)
        if re.fullmatch(r"[A-Za-z]?adj[/.\-–‑]?\d*|ajd\d+|ad[jk]{2}\d+|adg\d+|(?:near|w|n)/\d+|near\d+", typed,
                        re.IGNORECASE):
            self.fail("This is no operator of Ovid. Words near each other are typed as adj3, with the number "
                      "beside it.", place, end)
        return Token("TERM", typed, place, end)

    def _distance(self, near: re.Match) -> tuple[int, bool]:
        following = re.compile(r"\s+\d{1,2}\s+\S").match(self.text, near.end())
        if not near[1]:
            if following:
                self.fail("The number belongs to the operator: type adj3, without a space.", near.start(),
                          following.end() - 2)
            return 0, True
        if not 1 <= int(near[1]) <= 99:
            self.fail("The number after adj is from 1 to 99. adj3 lets two words stand between.", *near.span())
        return int(near[1]) - 1, False

    def _heading_at(self, place: int) -> Token | None:
        match = _HEADING.match(self.text, place)
        if match is None:
            return None
        typed, exploded = match[4], bool(match[2])
        focus = bool(match[1] or match[3])
        # "carers.ti. or exp Aged/" ends with a slash too: unless a heading is called so, it is several things.
        several = _TAG.search(typed) or (_ANY_OPERATOR.search(typed) and not self._known(typed)) or typed.isdigit()
        if several and not typed.startswith('"'):
            return None
        if not typed:
            self.fail("There is no heading before this slash. Type its name, such as Carers/", *match.span())
        if glued := _OPERATOR.match(self.text, match.end()):
            self.fail("A space is missing between the slash and the operator.", match.end() - 1, glued.end())
        if re.match(r"[a-z]", self.text[match.end() : match.end() + 1], re.IGNORECASE):
            self.fail("This library's headings have no subheadings. End the heading with the slash.", match.end() - 1,
                      match.end() + 1)
        start = match.start(4)
        heading = self.heading(typed, Field("heading", explode=exploded, focus=focus), start, start + len(typed))
        return Token("HEADING", match[0], match.start(), match.end(), heading)

    def _known(self, typed: str) -> bool:
        # Without a thesaurus, a capital at the beginning must do.
        return self.thesaurus.find(typed) is not None if self.exact else typed[:1].isupper()

    def _combined(self, match: re.Match) -> Node:
        start, numbers = match.start(2), []
        for part in re.finditer(r"[^,]+", match[2]):
            place = (start + part.start(), start + part.end())
            span = re.fullmatch(r"\s*(\d{1,6})\s*(?:-\s*(\d{1,6})\s*)?", part[0])
            if not span:
                self.fail("This is no list of line numbers. Type, for example: or/1-3,5", *place)
            first, last = int(span[1]), int(span[2] or span[1])
            if last < first:
                self.fail(f"This range ends before it begins. Type {last}-{first}", *place)
            # Only the ends are checked: a range up to a million must not become a million numbers.
            self.line(first, *place)
            self.line(last, *place)
            if last - first > faults.MOST_CHARACTERS:
                self.fail("There are too many lines in this range.", *place)
            numbers += range(first, last + 1)
        lines = tuple(Line(number) for number in dict.fromkeys(numbers))
        if len(lines) == 1:
            return lines[0]
        return And(lines) if match[1].lower() == "and" else Or(lines)

    def finish(self, found: list[Token]) -> list[Token]:
        """The tokens, with numbers that stand alone taken as those of lines."""
        # A number that stands alone, with no field behind it, is the number of a line.
        kinds = ["", *(token.kind for token in found), ""]
        for before, first, second, after in zip(kinds, found, found[1:], kinds[3:], strict=False):
            alone = before != "TERM" and after not in ("TERM", "TAG")
            if alone and first.text.isdigit() and second.text.isdigit():
                self.fail("There is no operator between these numbers of lines. Type, for example: 1 or 2", first.start,
                          second.end)
        for before, token, after in zip(kinds, found, kinds[2:], strict=False):
            several = re.fullmatch(r"(\d{1,3})[-–—](\d{1,3})", token.text)
            if several and before not in ("TERM", "NEAR") and after not in ("TERM", "TAG", "NEAR"):
                self.fail(f"Several lines at once are typed or/{several[1]}-{several[2]}. If this is to be searched "
                          "for, put it in quotes.", token.start, token.end)
        return [
            token.as_kind("LINE", int(token.text))
            if token.kind == "TERM" and token.text.isascii() and token.text.isdigit() and len(token.text) < 7
            and before != "TERM" and after not in ("TERM", "TAG") else token
            for token, before, after in zip(found, kinds, kinds[2:], strict=False)
        ]

    def field(self, token: Token) -> Field:
        """The fields that `.ti,ab.` names, as one."""
        codes = [code.strip().lower() for code in token.text.strip(". ").split(",")]
        for code in codes:
            if code == "tiab":
                self.fail("Ovid names title and abstract one by one: .ti,ab.", token.start, token.end)
            if code not in self.fields:
                self.fail(f"Ovid has no field .{code}. here.{faults.offer(code, list(self.fields))}",
                          token.start, token.end)
            if code in ("kw", "kf"):
                self.notes.append("This library has no author keywords: .kw. and .kf. look in the subject headings.")
        named = [self.fields[code] for code in codes]
        if len(named) == 1:
            return named[0]
        if any(one.kind != "words" for one in named):
            self.fail("Fields that hold one value, such as .yr. or .lg., stand alone. Combine them with and.",
                      token.start, token.end)
        where = {name for one in named for name in one.where}
        return Field(where=tuple(name for name in WORD_FIELDS if name in where), names=all(one.names for one in named))

    def beside(self, units, field, near):
        """Words beside each other are a phrase."""
        return phrase(units, field)

    def words(self, term, field):
        """The words of a typed piece; a colon is an old sign for truncation."""
        if not term.quoted and _COLON.search(term.text):
            self.notes.append("A colon at the end of a word is read as Ovid's old sign for any ending, like *.")
            term = replace(term, text=_COLON.sub("*", term.text))
        return super().words(term, field)

    def _limit(self) -> Node:
        match = _LIMIT.fullmatch(self.text)
        line = self.line(int(match[1]), *match.span(1))
        start, end = match.span(2)
        if self.text[start] == "(" and self.text[end - 1] == ")":
            start, end = start + 1, end - 1
        parts: list[Node] = [line]
        place = start
        for stop in [*re.finditer(r"\s+and\s+", self.text[start:end], re.IGNORECASE), None]:
            last = end if stop is None else start + stop.start()
            parts.append(self._condition(place, last))
            place = last if stop is None else start + stop.end()
        return And(tuple(parts))

    def _condition(self, start: int, end: int) -> Node:
        typed = self.text[start:end]

        def fail(message):
            self.fail(message, start, max(end, start + 1))

        if not typed.strip():
            fail('There is no limit here. Type, for example: limit 4 to yr="2010-2020"')
        if years := _YEARS.fullmatch(typed.strip()):
            return values.years(years[1], "-", fail)
        wanted = re.sub(r"\s+language$", "", typed.strip().strip('"'), flags=re.IGNORECASE)
        for kind in ("language", "type"):
            if found := values.known(kind, wanted):
                return found
        return fail("Limits here are years, languages and kinds of publication. Type, for example: limit 4 to (english "
                    'language and yr="2010-2020")')
