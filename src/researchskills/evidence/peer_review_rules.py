"""The rules behind the six checks of a search; each looks at one thing and yields a remark where it sees it.

A rule that can err asks. What is common to all: a word or a line counts only where it leads to the line that is the
search, and a number of records is given wherever the library can tell it.
"""

import re
from collections.abc import Iterable

from researchskills._words import number_of
from researchskills.evidence import terms
from researchskills.evidence.query import And, Attribute, Heading, Line, Near, Node, Not, Or, Phrase, Word
from researchskills.evidence.search_reading import Reading, Remark, holds
from researchskills.evidence.spellings import variants


def _listed(items: Iterable[str], most: int = 6) -> str:
    items = list(items)
    told = ", ".join(f"“{one}”" for one in items[:most])
    return told + (f" and {len(items) - most} more" if len(items) > most else "")


def _records(number: int) -> str:
    return number_of(number, "record")


# -- the question -------------------------------------------------------------------------------


def _ideas(reading: Reading):
    many = len(reading.concepts)
    if many == 1:
        yield Remark("question", "The last line holds one idea only. Does your question have a second one, without "
                     "which a record is of no use to you?", reading.final)
    if many > 4:
        yield Remark("question", f"A record must name {many} ideas at once to be found. Each further AND loses records "
                     "that do not say the word in title or abstract. Which idea could you judge while reading instead?",
                     reading.final)


def _planned(reading: Reading):
    used = [leaf for number in reading.in_use for leaf in terms.leaves(reading.trees[number], {})]
    for block in reading.blocks:
        if not block.words and not block.headings:
            continue
        if not any(holds(block, leaf) for leaf in used):
            yield Remark("question", f"The idea “{block.name}” stands in your plan, but in no line that leads to line "
                         f"{reading.final}. Is it left out on purpose?", None)
            continue
        typed = {terms.typed(leaf) for leaf in used if isinstance(leaf, Phrase)}
        left = [one for one in block.words if terms.typed(terms.as_phrase(one)) not in typed]
        if left:
            yield Remark("question", f"You collected {_listed(left)} for “{block.name}”, but no line that leads to "
                         f"line {reading.final} has {'it' if len(left) == 1 else 'them'}. Left out on purpose?", None)


# -- AND, OR and NOT ----------------------------------------------------------------------------


def mixes_operators(text: str, headings: Iterable[str] = ()) -> bool:
    """Whether a line has OR and another operator on the same level, with no brackets to say which comes first.

    AND and NOT may stand together: what is in both of two sets and not in a third is the same set either way.

    Parameters
    ----------
    text : str
        The line as typed.
    headings : iterable of str
        Names of headings in it, whose own “and” is no operator.
    """
    # The longer first: “Aged” is part of “Aged, 80 and over”.
    for name in sorted(headings, key=len, reverse=True):
        text = re.sub(re.escape(name), " ", text, flags=re.IGNORECASE)
    text = re.sub(r'"[^"]*"', " ", text)
    levels: list[set[str]] = [set()]
    for found in re.finditer(r"[()]|\b(?:and|or|not)\b(?!/)", text, re.IGNORECASE):
        if found[0] == "(":
            levels.append(set())
        elif found[0] == ")":
            if len(levels) > 1 and _mixed(levels.pop()):
                return True
        else:
            levels[-1].add(found[0].upper())
    return any(map(_mixed, levels))


def _mixed(operators: set[str]) -> bool:
    return "OR" in operators and len(operators) > 1


def _brackets(reading: Reading):
    for number in reading.in_use:
        names = [leaf.name for leaf in terms.leaves(reading.trees[number], {}) if isinstance(leaf, Heading)]
        if mixes_operators(reading.by_number[number].text, names):
            yield Remark("operators", "OR stands beside AND or NOT without brackets. Databases differ in which they "
                         "read first, so somebody else may get another set. Brackets settle it.", number, sure=True)


def _taken_away(reading: Reading):
    for number in reading.in_use:
        for node in _own_nodes(reading.trees[number]):
            if isinstance(node, Not):
                lost = len(reading.found(node.left)) - len(reading.found(node))
                if not lost:
                    yield Remark("operators", "NOT takes nothing away here. Is it needed?", number)
                    continue
                yield Remark("operators", f"NOT takes {_records(lost)} away. A record about both things goes too. Did "
                             "you read some of those before you decided?", number)


def _own_nodes(node: Node):
    """Every part of a line's own tree, not of the lines it names."""
    yield node
    below = [*terms.parts(node, {}), *([node.right] if isinstance(node, Not) else [])]
    for part in below:
        yield from _own_nodes(part)


def _wrong_operator(reading: Reading):
    for number in reading.in_use:
        for node in _own_nodes(reading.trees[number]):
            if not isinstance(node, And | Or):
                continue
            names = [reading.block_of(part) for part in node.parts]
            known = [name for name in names if name]
            if isinstance(node, And) and len(known) > len(set(known)):
                name = next(one for one in known if known.count(one) > 1)
                yield Remark("operators", f"AND joins words that both stand for “{name}”, so a record must have all of "
                             "them. Is OR meant?", number)
            if isinstance(node, Or) and len(set(known)) > 1:
                yield Remark("operators", f"OR joins {_listed(dict.fromkeys(known))}. These are different ideas of "
                             "your plan, and now one of them is enough. Is AND meant?", number)


def _heading_and_its_words(reading: Reading):
    for number in reading.in_use:
        for node in _own_nodes(reading.trees[number]):
            if not isinstance(node, And):
                continue
            found = [terms.leaves(part, reading.trees) for part in node.parts]
            headings = [leaf for part in found if part and all(isinstance(one, Heading) for one in part)
                        for leaf in part]
            phrases = [leaf for part in found if part and all(isinstance(one, Phrase) for one in part)
                       for leaf in part]
            pair = next(((heading, phrase) for heading in headings for phrase in phrases
                         if _names(reading, heading.name, phrase) or _is_part(phrase, heading.name)), None)
            if pair:
                yield Remark("operators", f"AND joins the heading “{pair[0].name}” and “{terms.typed(pair[1])}”, which "
                             "stand for the same idea, so a record must have both. Is OR meant?", number)


def _names(reading: Reading, name: str, phrase: Phrase) -> bool:
    """Whether a phrase is a name of a heading."""
    known = (name, *reading.index.thesaurus.entry_terms(name))
    return any(terms.caught(phrase, terms.words(one)) for one in known)


def _names_of_one_heading(reading: Reading):
    for number in reading.in_use:
        for node in _own_nodes(reading.trees[number]):
            if not isinstance(node, And):
                continue
            seen: dict[str, Phrase] = {}
            for phrase in (part for part in node.parts if isinstance(part, Phrase)):
                names = _named_by(reading, phrase)
                other = next((name for name in names if name in seen), None)
                if other and reading.block_of(phrase) and reading.block_of(phrase) == reading.block_of(seen[other]):
                    break  # said already, in the words of the plan
                if other:
                    yield Remark("operators", f"AND joins “{terms.typed(seen[other])}” and “{terms.typed(phrase)}”, "
                                 f"which are both names for “{other}”, so a record must have both. Is OR meant?",
                                 number)
                    break
                seen.update((name, phrase) for name in names)


#: Words that stand in many headings and name none of them.
_GENERAL = frozenset({"care", "caring", "community", "health", "home", "people", "service", "services", "social",
                      "support", "work"})


def _is_part(phrase: Phrase, name: str) -> bool:
    """Whether a phrase is a single word that makes up much of a heading, as discharge* does of Patient Discharge."""
    return any(terms.caught(phrase, [word]) for word in terms.words(name) if word not in _GENERAL)


def _empty_together(reading: Reading):
    for number in reading.in_use:
        node = reading.trees[number]
        if isinstance(node, And) and not reading.ids[number] and all(map(reading.found, node.parts)):
            yield Remark("operators", "Each part finds something, but no record has them all. Is one of the ideas too "
                         "much, or named too narrowly?", number, sure=True)


# -- subject headings ---------------------------------------------------------------------------


def _heading_and_words(reading: Reading):
    for concept in reading.concepts:
        headings = [leaf for leaf in terms.leaves(concept, reading.trees) if isinstance(leaf, Heading)]
        phrases = reading.words_of(concept)
        if headings and not phrases:
            yield Remark("headings", f"{_listed(leaf.name for leaf in headings)} is a subject heading without words "
                         "beside it. Records that nobody has indexed yet, and much grey literature, have no headings.",
                         reading.line_of(headings[0]))
        if phrases and not headings and _has_headings(reading):
            leaf, name = _heading_for(reading, phrases)
            if name:
                yield Remark("headings", f"This library has a heading for “{terms.typed(leaf)}”: {name}. No line for "
                             "this idea uses it. It finds records whose authors chose other words.",
                             reading.line_with(leaf.words))


def _heading_for(reading: Reading, phrases: list[Phrase]) -> tuple[Phrase | None, str]:
    """The first phrase that stands for a heading, and the heading."""
    for phrase in phrases:
        if names := _named_by(reading, phrase):
            return phrase, names[0]
    return None, ""


def _named_by(reading: Reading, phrase: Phrase) -> list[str]:
    """Headings that a phrase stands for; those whose own name it is come before those that have it as another word."""
    names = [name for name in reading.index.thesaurus.names() if _names(reading, name, phrase)]
    return sorted(names, key=lambda name: not terms.caught(phrase, terms.words(name)))


def _has_headings(reading: Reading) -> bool:
    # Web of Science has no subject headings.
    return any(reading.by_number[number].syntax != "wos" for number in reading.in_use)


def _how_wide(reading: Reading):
    for leaf, number in _headings_in_use(reading):
        if not reading.found(leaf):
            yield Remark("headings", f"No record of this library has the heading “{leaf.name}”. Does the thesaurus "
                         "have a better one?", number, sure=True)
            continue
        wide = Heading(leaf.name, explode=True, focus=leaf.focus)
        more = len(reading.found(wide)) - len(reading.found(leaf))
        if not leaf.explode and more:
            below = sorted(reading.index.thesaurus.narrower(leaf.name))
            yield Remark("headings", f"“{leaf.name}” is taken without its narrower headings ({_listed(below, 4)}). "
                         f"With them it finds {number_of(more, 'more record')}. Left out on purpose?", number)
        if leaf.focus:
            every = len(reading.found(Heading(leaf.name, leaf.explode)))
            few = len(reading.found(leaf))
            if few < every:
                yield Remark("headings", f"“{leaf.name}” counts only where it is a main point: {_records(few)} instead "
                             f"of {every:,}. Is that narrow enough to lose the others?", number)


def _headings_in_use(reading: Reading):
    for number in reading.in_use:
        for leaf in terms.leaves(reading.trees[number], {}):
            if isinstance(leaf, Heading):
                yield leaf, number


def _words_in_use(reading: Reading):
    for number in reading.in_use:
        for leaf in reading.words_of(reading.trees[number], through=False):
            yield leaf, number


# -- words --------------------------------------------------------------------------------------

#: What may follow a truncated stem without changing what the word is about.
_ENDINGS = re.compile(r"(?:s|e|es|ed|er|ers|or|ors|ing|ings|ion|ions|al|ally|ly|y|ies|ic|ics|ical|ically|ist|ists|ive|"
                      r"ation|ations|ational|e?ment|e?ments|[sz]e|[sz]es|[sz]ed|[sz]ing|[sz]ation|[sz]ations)?")
_PLURAL = re.compile("s?")
_ENDINGS_AFTER_E = re.compile(r"(?:s|d|r|rs|ment|ments)?")
#: A stem of few letters that is a word itself may go on as anything; after many letters it is one word.
_SHORT, _LONG = 4, 8
#: Words caught by a truncation that are named.
_NAMED = 6


def _alone(reading: Reading):
    for concept in reading.concepts:
        phrases = reading.words_of(concept)
        if len(phrases) == 1 and not any(isinstance(leaf, Heading) for leaf in terms.leaves(concept, reading.trees)):
            yield Remark("words", f"“{terms.typed(phrases[0])}” is the only word for its idea. What else do people "
                         "call it?", reading.line_with(phrases[0].words))


def _finds_nothing(reading: Reading):
    used = [leaf for leaf, _ in _words_in_use(reading)]
    for leaf, number in _words_in_use(reading):
        if reading.found(leaf):
            continue
        near = _nearest(reading, leaf)
        if near and not reading.found(terms.as_phrase(near, leaf.fields)):
            near = ""
        # With the other spelling beside it, it is no slip but care.
        if near and not any(near == terms.typed(one) or terms.caught(one, terms.words(near)) for one in used):
            yield Remark("writing", f"“{terms.typed(leaf)}” finds nothing. Is “{near}” meant?", number)
        else:
            yield Remark("words", f"“{terms.typed(leaf)}” finds nothing here. It does no harm, but is it what people "
                         "call it?", number, sure=True)


def _nearest(reading: Reading, phrase: Phrase) -> str:
    """The phrase with its unknown words put right, or nothing when none is near."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    known, mended, changed = terms.vocabulary(reading.index), [], False
    for word in phrase.words:
        stem = word.pattern.rstrip("*")
        if terms.has_pattern(Word(stem)) or reading.index.has_word(word.pattern) or len(stem) < 5:
            mended.append(word.pattern)
            continue
        # One slip of the finger is one letter too many, too few, another or swapped; two in a long word.
        whole = stem == word.pattern
        choices = known if whole else {one[:end] for one in known for end in range(len(stem) - 1, len(stem) + 2)}
        # Hardly anybody mistypes the first letter, and “geriatric” is not “pediatric”.
        alike = sorted(one for one in choices if one[:1] == stem[:1])
        near = process.extractOne(stem, alike, scorer=OSA.distance, score_cutoff=1 + (len(stem) > 8))
        if not near:
            return ""
        mended.append(near[0] + word.pattern[len(stem):])
        changed = True
    return " ".join(mended) if changed else ""


def _endings(stem: str) -> re.Pattern:
    if stem.endswith("e"):
        return _PLURAL if len(stem) <= _SHORT else _ENDINGS_AFTER_E
    return _ENDINGS


def _cut_short(reading: Reading):
    for leaf, number in _words_in_use(reading):
        if len(leaf.words) > 1:
            continue
        [word] = leaf.words
        stem = word.pattern.rstrip("*")
        if stem == word.pattern or terms.has_pattern(Word(stem)) or len(stem) >= _LONG:
            continue
        others = [(one, count) for one, count in terms.words_caught(reading.index, word)
                  if not _endings(stem).fullmatch(one[len(stem):])]
        if others:
            told = ", ".join(f"“{one}” ({count:,})" for one, count in others[:_NAMED])
            more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
            yield Remark("words", f"“{word.pattern}” also catches {told}{more}; in brackets stands how many records. "
                         "Are these meant?", number)


def _other_forms(reading: Reading):
    """Spellings, plurals and hyphens that the library has and the idea has not."""
    for concept in reading.concepts:
        phrases = reading.words_of(concept)
        have = reading.found(concept)
        for leaf in phrases:
            for kind, other in variants(leaf):
                sample = [word.pattern.replace("*", "").replace("?", "").replace("#", "x") for word in other.words]
                if any(terms.caught(one, sample) for one in phrases):
                    continue
                if not reading.found(other) - have:
                    continue
                # In a proximity search the other form finds less than it does alone.
                more = len(reading.found(_with_other(concept, leaf, other, reading)) - have)
                if more:
                    yield Remark("words", f"“{terms.typed(leaf)}” is in, “{terms.typed(other)}” ({kind}) is not. It "
                                 f"finds {_records(more)} that this idea does not find yet. Left out on purpose?",
                                 reading.line_with(leaf.words))


def _with_other(node: Node, leaf: Phrase, other: Phrase, reading: Reading) -> Node:
    """A tree in which another form may stand wherever a phrase stands."""
    match node:
        case Phrase(words, fields) if words == leaf.words:
            return Or((node, Phrase(other.words, fields)))
        case And(parts) | Or(parts):
            return type(node)(tuple(_with_other(part, leaf, other, reading) for part in parts))
        case Near(left, right, between, ordered):
            return Near(_with_other(left, leaf, other, reading), _with_other(right, leaf, other, reading), between,
                        ordered)
        case Not(left, right):
            return Not(_with_other(left, leaf, other, reading), right)
        case Line(number):
            return _with_other(reading.trees[number], leaf, other, reading)
    return node


def _entry_terms(reading: Reading):
    for concept in reading.concepts:
        phrases = reading.words_of(concept)
        have = reading.found(concept)
        for heading in (leaf for leaf in terms.leaves(concept, reading.trees) if isinstance(leaf, Heading)):
            new = []
            for name in reading.index.thesaurus.entry_terms(heading.name):
                other = terms.as_phrase(name)
                if "," in name or not other.words or any(
                        terms.caught(one, [word.pattern for word in other.words]) for one in phrases):
                    continue
                more = len(reading.found(other) - have)
                if more:
                    new.append(f"“{name}” ({more:,} more)")
            if new:
                told = ", ".join(new[:4]) + (f" and {len(new) - 4} more words" if len(new) > 4 else "")
                yield Remark("words", f"The thesaurus has other words for “{heading.name}” that none of your lines "
                             f"has; in brackets stands how many more records each finds: {told}. Left out on "
                             "purpose?", reading.line_of(heading))


# -- spelling and line numbers ------------------------------------------------------------------


def _unused(reading: Reading):
    unused = [entry.number for entry in reading.entries if entry.number not in reading.in_use]
    if len(unused) == 1:
        yield Remark("writing", f"Line {unused[0]} leads nowhere: neither line {reading.final} nor a line before it "
                     "uses it. Was its number forgotten?", unused[0], sure=True)
    elif unused:
        yield Remark("writing", f"{len(unused)} lines lead nowhere: neither line {reading.final} nor a line before it "
                     f"uses them. They are {_numbers(unused)}. Was a number forgotten, or are they left from an "
                     "earlier try?", None, sure=True)


def _numbers(numbers: list[int]) -> str:
    """Numbers of lines, in runs: 1 to 4, 6 and 9."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    told = [f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    # A run of two is two numbers.
    *first, last = ", ".join(told).split(", ")
    return f"{', '.join(first)} and {last}" if first else last


def _twice(reading: Reading):
    seen: dict[str, int] = {}
    pairs = []
    for entry in reading.entries:
        text = " ".join(entry.text.casefold().split())
        if text in seen:
            pairs.append((seen[text], entry.number))
        seen.setdefault(text, entry.number)
    if len(pairs) == 1:
        [(first, second)] = pairs
        yield Remark("writing", f"Lines {first} and {second} are the same. Is another line meant?", second, sure=True)
    elif pairs:
        told = "; ".join(f"{first} and {second}" for first, second in pairs)
        yield Remark("writing", f"Some lines are the same: {told}. Is another line meant in one of them?", None,
                     sure=True)


def _line_numbers(reading: Reading):
    for number in reading.in_use:
        for node in _own_nodes(reading.trees[number]):
            named = [part.number for part in getattr(node, "parts", ()) if isinstance(part, Line)]
            again = sorted({one for one in named if named.count(one) > 1})
            if again:
                yield Remark("writing", f"Line {again[0]} is named twice. Is another number meant?", number, sure=True)
                continue
            if isinstance(node, And) and len(named) == len(node.parts):
                whole = reading.found(node)
                same = [one for one in named if whole and reading.ids[one] == whole]
                if same:
                    yield Remark("writing", f"It finds the same as line {same[0]} alone, so the other numbers change "
                                 "nothing. Do they point at the lines that you mean?", number)


# -- limits -------------------------------------------------------------------------------------

_FIELDS = {"year": "years", "type": "type of document", "language": "language", "country": "country"}


def _limits(reading: Reading):
    if reading.reason.strip():
        return
    for number in reading.in_use:
        for node in _own_nodes(reading.trees[number]):
            limits = [part for part in getattr(node, "parts", ()) if isinstance(part, Attribute)]
            rest = tuple(part for part in getattr(node, "parts", ()) if not isinstance(part, Attribute))
            if not isinstance(node, And) or not limits or not rest:
                continue
            lost = len(reading.found(And(rest))) - len(reading.found(node))
            fields = " and ".join(dict.fromkeys(_FIELDS[one.field] for one in limits))
            yield Remark("limits", f"A limit on the {fields} takes {_records(lost)} away, and no reason is given yet. "
                         "What in your question asks for it? Write the reason into your note on limits.", number,
                         sure=True)


def _titles_only(reading: Reading):
    for concept in reading.concepts:
        phrases = reading.words_of(concept)
        if phrases and all(leaf.fields == ("title",) for leaf in phrases):
            yield Remark("limits", "The words of this idea are looked for in titles only. Many records say it in the "
                         "abstract. Is that meant?", reading.line_with(phrases[0].words))


#: In the order of the six elements.
RULES = (
    _ideas, _planned, _brackets, _taken_away, _wrong_operator, _heading_and_its_words, _names_of_one_heading,
    _empty_together, _heading_and_words, _how_wide, _alone, _finds_nothing, _cut_short, _other_forms, _entry_terms,
    _unused, _twice, _line_numbers, _limits, _titles_only,
)
