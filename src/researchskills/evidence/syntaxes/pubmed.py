"""PubMed's search language.

Rules and where they come from
------------------------------
- AND, OR and NOT in capitals only, worked out strictly from left to right; a bracket comes first. Things beside each
  other without an operator are joined by AND (PubMed User Guide, pubmed.ncbi.nlm.nih.gov/help; NLM Technical
  Bulletin Nov-Dec 1997, nnlm.gov/psr/lat/v7n2/pubmedrules.html; University of Kansas, guides.lib.ku.edu/pubmed).
- A tag stands behind one term and cannot stand behind a bracket. Tagged words are looked for as a phrase. (PubMed has
  an index of phrases; where a phrase is not in it, also one in quotes, its words are joined by AND: NNLM, "PubMed's
  Phrase Index", 2022. Here a tagged or quoted term is always a phrase.)
- Words without a tag and without quotes: if they are a heading or another word for one, that heading with all
  narrower ones is searched as well as the words ("automatic term mapping", University of Kansas, above); the words
  themselves are joined by AND in all fields. The longest stretch of words that is a heading wins. Quotes, tags
  and `*` turn this off (NLM tutorial, www.nlm.nih.gov/bsd/disted/pubmedtutorial/020_460.html). Real PubMed also
  knows journals, authors and plural forms there.
- `*` for any letters or none, at the end of a word or, since 3 June 2024, inside it and more than once, in a phrase
  too; at least four letters before the first (NLM Technical Bulletin 2024 May-Jun;(458):e5); no sign for a single
  letter (NLM tutorial, above).
- `"home care"[tiab:~3]`: all words, in any order, at most three words between one and the next (NLM announcement of
  November 2022; HSLS, University of Pittsburgh, Update January 2023). Titles and abstracts only; no `*`.
- `[Mesh]` includes narrower headings, `[Mesh:NoExp]` does not, `[Majr]` means main point (User Guide).
- Stop words are ignored (NLM tutorial 020_170.html) where words stand alone; within a phrase they keep their place.
- `smith j[au]`: initials are truncated, so that Smith JA is found too; not in quotes (User Guide, author search).
"""

import re
from itertools import pairwise, permutations

from researchskills.evidence.query import WORD_FIELDS, And, Heading, Near, Node, Not, Or, Phrase, Word
from researchskills.evidence.syntaxes import values
from researchskills.evidence.syntaxes.faults import offer, short
from researchskills.evidence.syntaxes.patterns import Wildcards
from researchskills.evidence.syntaxes.reader import Field, Reader, phrase, span
from researchskills.evidence.syntaxes.stop_words import PUBMED as STOP_WORDS
from researchskills.evidence.syntaxes.tokens import Token, piece
from researchskills.evidence.terms import words

_TEXT = ("title", "abstract", "headings")
_FIELDS = {
    "tiab": Field(where=("title", "abstract")), "ti": Field(where=("title",)), "ab": Field(where=("abstract",)),
    "tw": Field(where=_TEXT), "au": Field(where=("authors",), names=True),
    "ta": Field(where=("journal",), names=True), "all": Field(where=WORD_FIELDS),
    "mh": Field("heading", explode=True), "mh:noexp": Field("heading"),
    "majr": Field("heading", explode=True, focus=True), "majr:noexp": Field("heading", focus=True),
    "dp": Field("year"), "la": Field("language"), "pt": Field("type"), "pl": Field("country"),
}
_LONG = {
    "title/abstract": "tiab", "title": "ti", "abstract": "ab", "text word": "tw", "text words": "tw", "author": "au",
    "journal": "ta", "jour": "ta", "all fields": "all", "mesh": "mh", "mesh terms": "mh", "mesh:noexp": "mh:noexp",
    "mesh terms:noexp": "mh:noexp", "mesh major topic": "majr", "mesh major topic:noexp": "majr:noexp",
    "date - publication": "dp", "publication date": "dp", "pdat": "dp", "language": "la", "lang": "la",
    "publication type": "pt", "place of publication": "pl",
}
_TAG = re.compile(r'\[([^\[\]"]*)\]')
_WORD = re.compile(r'[^\s()"\[\]]+')
_CODES = "tiab|ti|ab|tw|mh|mesh|majr|au|title|abstract"
#: Tags that are there, but not in square brackets behind a term.
_UNBRACKETED = re.compile(rf"\S\.(?:{_CODES})\.?$|^(?:{_CODES}):\w|\w\*?:(?:{_CODES})(?:,(?:{_CODES}))*$",
                          re.IGNORECASE)
_QUOTED_TAG = re.compile(rf'\w\*?\s*(\[\s*(?:{_CODES})\b[^\]"]*\])"$', re.IGNORECASE)
_ROUND = re.compile(rf"\(\s*(?:{_CODES})\s*\)", re.IGNORECASE)
_BARE_YEARS = re.compile(r"(\d{4})(?:/\d{1,2}){0,2}:(\d{4})(?:/\d{1,2}){0,2}")
_LINE = re.compile(r"#(\d{1,6})(?!\w)")
_LINE_RANGE = re.compile(r"#\d{1,6}\s*[-–—:]\s*#?\d{1,6}(?!\w)")
_SPACED_LINE = re.compile(r"#\s+\d{1,3}(?!\w)")
_DATE = r"\d{4}(?:/\d{1,2}){0,2}"
_YEAR = rf'("\s*{_DATE}\s*"|{_DATE})\s*\[\s*(?:dp|pdat|date - publication|publication date)\s*\]'
_YEARS = re.compile(rf"{_YEAR}\s*:\s*{_YEAR}", re.IGNORECASE)
_PROXIMITY = re.compile(r"(ti|title|ab|abstract|tiab|title/abstract):~(\d{1,6})", re.IGNORECASE)
_MOST_NEAR = 5


class PubMed(Reader):
    """One line in PubMed's language."""

    key = "pubmed"
    name = "PubMed"
    example = "carer*[tiab]"
    square = True
    grammar = """
    ?start: chain
    ?chain: _part ((AND | OR | NOT) _part)*
    _part: words | group | LINE | YEARS
    group: LPAR chain RPAR
    words: TERM+ TAG?
    """
    wildcards = Wildcards(
        {"*": "*"}, "PubMed has one wildcard: “*” for any letters or none.", before=4, inside=4,
        short="This is too short: PubMed needs at least four letters before *. Type more of the word, or its forms "
              "joined by OR.",
    )
    fields = _FIELDS
    default = _FIELDS["all"]
    between_years = ":"

    def next(self, place: int, found: list[Token]) -> Token:
        """The token at a place."""
        text = self.text
        if years := _YEARS.match(text, place):
            def fail(message):
                self.fail(message, *years.span())

            return piece("YEARS", years, values.years(f"{years[1]}:{years[2]}".replace('"', ""), ":", fail))
        if found and found[-1].kind == "TERM" and (wrong := _ROUND.match(text, place)):
            self.fail("A tag stands in square brackets, right behind its term: carer*[tiab]", *wrong.span())
        if usual := self.usual(place):
            if inside := _QUOTED_TAG.search(usual.text):
                self.fail('The tag stands behind the quotation marks: "home care"[tiab]', place + inside.start(1),
                          place + inside.end(1))
            return usual
        if tag := _TAG.match(text, place):
            return piece("TAG", tag)
        if text[place] in "[]":
            self.fail("Square brackets hold a tag, behind its term: carer*[tiab]", place)
        if several := _LINE_RANGE.match(text, place):
            self.fail("Lines are named one by one in PubMed: #1 OR #2 OR #3", *several.span())
        if spaced := _SPACED_LINE.match(text, place):
            self.fail("The sign # stands right before the number of a line: #1", *spaced.span())
        if line := _LINE.match(text, place):
            return piece("LINE", line, int(line[1]))
        word = _WORD.match(text, place)
        if word[0] in ("AND", "OR", "NOT"):
            return piece(word[0], word)
        self.check_signs(word[0], place)
        if _UNBRACKETED.search(word[0]):
            self.fail("A tag stands in square brackets, right behind its term: carer*[tiab]", *word.span())
        return piece("TERM", word)

    def finish(self, found: list[Token]) -> list[Token]:
        """The tokens, with an AND wherever PubMed supplies one."""
        self._check_tags(found)
        self._check_operators(found)
        self._check_years(found)
        joined: list[Token] = []
        for token in found:
            if self._needs_and(joined, token):
                rest = self.text[token.start :] if token.kind == "LPAR" else token.text
                shown = re.match(r"\(+[^\s()]*|.*", rest)[0]
                self.notes.append(f"No operator stands before “{short(shown.lstrip(',;'))}”: PubMed joins such parts "
                                  "by AND.")
                joined.append(Token("AND", "AND", token.start, token.start))
            joined.append(token)
        return joined

    @staticmethod
    def _needs_and(found: list[Token], token: Token) -> bool:
        if not found or token.kind not in ("TERM", "LINE", "YEARS", "LPAR"):
            return False
        before = found[-1]
        if before.kind not in ("TERM", "LINE", "YEARS", "TAG", "RPAR"):
            return False
        return not (before.kind == token.kind == "TERM" and not before.quoted and not token.quoted)

    def _check_tags(self, found: list[Token]) -> None:
        for before, token in pairwise(found):
            if token.kind == "TAG" and before.kind == "RPAR":
                self.fail("PubMed does not let a tag hold for a whole bracket. Put the tag behind every term "
                          "inside it.", token.start, token.end)

    def _check_years(self, found: list[Token]) -> None:
        kinds = [*(token.kind for token in found[1:]), ""]
        for token, after in zip(found, kinds, strict=True):
            if token.kind == "TERM" and after not in ("TAG", "TERM") and (years := _BARE_YEARS.fullmatch(token.text)):
                self.fail(f"Years need their tag, or they are searched as words: {years[1]}:{years[2]}[dp]",
                          token.start, token.end)

    def _check_operators(self, found: list[Token]) -> None:
        for place, token in enumerate(found):
            if token.kind != "TERM" or token.quoted or token.text.lower() not in ("and", "or", "not"):
                continue
            ahead = next((one for one in found[place:] if one.kind != "TERM"), None)
            if not (ahead is not None and ahead.kind == "TAG" and self._is_heading(found, place)):
                self._lower(token)

    def _lower(self, token: Token) -> None:
        self.fail(f"PubMed takes AND, OR and NOT as operators in capitals only. Type {token.text.upper()}, or put the "
                  "words in quotes if they belong together.", token.start, token.end)

    def _is_heading(self, found: list[Token], place: int) -> bool:
        first = place
        while first and found[first - 1].kind == "TERM" and not found[first - 1].quoted:
            first -= 1
        last = place
        while found[last].kind == "TERM":
            last += 1
        tag = re.sub(r"\s+", " ", found[last].text.strip("[] ").lower())
        if _LONG.get(tag, tag) not in ("mh", "mh:noexp", "majr", "majr:noexp"):
            return False
        typed = " ".join(token.text for token in found[first:last])
        return not self.exact or self.thesaurus.find(typed) is not None

    def field(self, token: Token) -> Field:
        """The field of a tag."""
        code = re.sub(r"\s+", " ", token.text.strip("[] ").lower())
        code = re.sub(r"\s*([:/])\s*", r"\1", code)
        found = self.fields.get(_LONG.get(code, code))
        if found is None:
            if "~" in code:
                self.fail("Proximity is typed as a tag with a number, behind words in quotes, in titles and abstracts "
                          'only: "home care"[tiab:~3]', token.start, token.end)
            if code in ("mh:exp", "mesh:exp", "mesh terms:exp"):
                self.fail("PubMed takes the narrower headings along by itself. Type [mh].", token.start, token.end)
            if code in ("filter", "sb"):
                self.fail("There are no filters here; limits are typed with their own tags. Type, for example, "
                          "english[la], review[pt] or 2010:2020[dp]", token.start, token.end)
            self.fail(f"PubMed has no tag [{short(code)}] here.{offer(code, list(self.fields))}",
                      token.start, token.end)
        return found

    # -- the tree -----------------------------------------------------------------------------------------------

    def _chain(self, tree, field):
        first, *rest = tree.children
        result = self.node(first, None)
        kind, pieces = "", [result]
        used = [operator.type for operator in rest[::2]]
        for operator, part in zip(used, rest[1::2], strict=True):
            node = self.node(part, None)
            if operator == "NOT":
                pieces, kind = [Not(_joined(kind, pieces), node)], ""
            elif operator == kind:
                pieces, kind = [*pieces, node], operator
            else:
                pieces, kind = [_joined(kind, pieces), node], operator
        if len(set(used)) > 1 or used.count("NOT") > 1:
            self.remark("PubMed works from left to right", self._from_left(tree))
        return _joined(kind, pieces)

    def _from_left(self, tree) -> str:
        first, *rest = tree.children
        said = self._said(first)
        for place, (operator, part) in enumerate(zip(rest[::2], rest[1::2], strict=True)):
            joined = f"{said} {operator.type} {self._said(part)}"
            said = joined if place == len(rest) // 2 - 1 else f"({joined})"
        return said

    def _said(self, tree) -> str:
        start, end = span(tree)
        return " ".join(self.text[start:end].split())

    def _words(self, tree, field, near=False):
        tokens = [child.value for child in tree.children]
        tag = tokens.pop() if tokens[-1].kind == "TAG" else None
        if tag is not None and (proximity := _PROXIMITY.fullmatch(re.sub(r"\s+", "", tag.text.strip("[]")))):
            return self._proximity(tokens, tag, proximity)
        where = self.default if tag is None else self.field(tag)
        start, end = tokens[0].start, tokens[-1].end
        typed = self.text[start:end]

        def fail(message):
            self.fail(message, start, end)

        if where.kind == "heading":
            if "/" in typed:
                slash = start + typed.index("/")
                self.fail("This library's headings have no subheadings. End the term before the slash.", slash, end)
            return self.heading(typed, where, start, end)
        if where.kind == "year":
            return values.years(typed, ":", fail)
        if where.kind != "words":
            return values.value(where.kind, typed, fail)
        self.check_punctuation(tokens, where)
        units = [(token, self.words(token, where)) for token in tokens]
        if tag is None and not tokens[0].quoted:
            return self._mapped(units, fail)
        return self._phrase(units, where, tag)

    def _phrase(self, units, where: Field, tag: Token | None) -> Node:
        found = phrase(units, where)
        if where.where == ("authors",) and len(found.words) > 1 and not units[0][0].quoted:
            *names, initials = found.words
            if len(initials.pattern) <= 3 and "*" not in initials.pattern:
                self.notes.append("PubMed adds further initials to an author's name: Bell J finds Bell JM too. Quotes "
                                  "turn this off.")
                return Phrase((*names, Word(f"{initials.pattern}*")), where.where)
        if tag is not None and len(units) > 1 and not where.names:
            self.notes.append("Words before one tag are searched as a phrase here. PubMed does so if the phrase is in "
                              "its index, else it joins them by AND, even within quotes.")
        return found

    def _mapped(self, units, fail) -> Node:
        kept = [(token, typed) for token, typed in units if token.text.casefold() not in STOP_WORDS]
        texts = [token.text.strip(".,;:!") for token, _ in units]
        parts, place = [], 0
        while place < len(units):
            length, name = self._longest(units, texts, place)
            if name is not None:
                stretch = units[place : place + length]
                typed = self._all([one for one in stretch if one in kept])
                own = self._all([(None, (Word(word),)) for word in words(name) if word not in STOP_WORDS])
                forms = [Heading(name, explode=True), *dict.fromkeys(one for one in (typed, own) if one is not None)]
                parts.append(Or(tuple(forms)) if len(forms) > 1 else forms[0])
                place += length
                continue
            if units[place] in kept:
                parts.append(self._all([units[place]]))
            place += 1
        if not parts:
            fail("PubMed drops very common words, and these are nothing else. Type a word that says what you look for, "
                 "or put the words in quotes.")
        if len(kept) < len(units):
            common = (token.text for token, _ in units if token.text.casefold() in STOP_WORDS)
            gone = short(", ".join(dict.fromkeys(common)))
            self.notes.append(f"PubMed drops very common words that stand alone: {gone}.")
        if year := next((text for text in texts if re.fullmatch(r"(?:19|20)\d\d", text)), None):
            self.notes.append("A year without its tag is searched as a word here. For records of that year, type "
                              f"{year}[dp].")
        self.notes.append("Words without a tag and quotes are searched in all fields, joined by AND. Where they are a "
                          "subject heading or another word for one, PubMed adds that heading and all narrower ones.")
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _longest(self, units, texts: list[str], place: int) -> tuple[int, str | None]:
        if self.thesaurus is None:
            return 1, None
        for last in range(min(len(units), place + 10), place, -1):
            stretch = range(place, last)
            if any("*" in texts[one] for one in stretch):
                continue
            name = self.thesaurus.find(" ".join(texts[one] for one in stretch))
            if name is not None:
                return last - place, name
        return 1, None

    def _all(self, units) -> Node | None:
        phrases = tuple(dict.fromkeys(Phrase(one, WORD_FIELDS) for _, one in units))
        if not phrases:
            return None
        return phrases[0] if len(phrases) == 1 else And(phrases)

    def _proximity(self, tokens: list[Token], tag: Token, found: re.Match) -> Node:
        term = tokens[0]
        if len(tokens) > 1 or not term.quoted:
            self.fail('Words of a proximity search stand in quotes: "home care"[tiab:~3]', term.start, tokens[-1].end)
        if "*" in term.text:
            self.fail("PubMed takes no * in a proximity search. Type the forms one by one, joined by OR.", term.start,
                      term.end)
        where = self.fields[_LONG.get(found[1].lower(), found[1].lower())].where
        close = [word for word in self.words(term, Field(where=where)) if word.pattern not in STOP_WORDS]
        if len(close) < 2:
            self.fail("A proximity search needs at least two words in its quotes, besides very common ones.",
                      term.start, term.end)
        if len(close) > _MOST_NEAR:
            self.fail(f"A proximity search here takes at most {_MOST_NEAR} words. Split it, and join the parts by AND.",
                      term.start, term.end)
        distance = int(found[2])
        if distance > 1_000:
            self.fail("PubMed's proximity takes at most 1,000 words between. Type a smaller number.",
                      tag.start, tag.end)
        single = [Phrase((word,), where) for word in close]
        if len(single) == 2:
            return Near(single[0], single[1], distance)
        # In any order: each order is a chain whose neighbours are close.
        orders = []
        for order in permutations(single):
            chain = order[0]
            for one in order[1:]:
                chain = Near(chain, one, distance, ordered=True)
            orders.append(chain)
        return Or(tuple(dict.fromkeys(orders)))

    def beside(self, units, field, near):
        """Words beside each other, behind a tag, are a phrase."""
        return phrase(units, field)


def _joined(kind: str, pieces: list[Node]) -> Node:
    if len(pieces) == 1:
        return pieces[0]
    return And(tuple(pieces)) if kind == "AND" else Or(tuple(pieces))
