"""From a question to lines: blocks of words, where further words come from, and what a search is measured by.

A question is taken apart into two to four ideas. Each becomes a block: words that stand for the same idea, joined by
OR. The blocks are joined by AND. That is the whole plan; the rest is finding the words that other people use. They
come from two places: from the thesaurus, which somebody made for the purpose, and from the records that turned out
to be relevant, whose words are those of the authors themselves.

How words of relevant records are ranked
----------------------------------------
A word is worth adding when it stands in many relevant records and in few others. Robertson (On term selection for
query expansion, Journal of Documentation 1990;46:359-364) showed that such words are ordered well by r·w, where r is
the number of relevant records that hold the word and w the relevance weight of Robertson and Spärck Jones
(Relevance weighting of search terms, Journal of the American Society for Information Science 1976;27:129-146):
w = log[(r + ½)(N − n − R + r + ½) / ((n − r + ½)(R − r + ½))], with R relevant records, and n records that hold the
word among N in all. It is arithmetic on counts: the same records always give the same list.
A single word that stands in more than one of twenty records of the library is left out, however well it is ranked: it
widens a search and does not aim it. In a pair with another word it may say what is meant.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from researchskills.evidence import terms
from researchskills.evidence.history import History, combined
from researchskills.evidence.query import And, Line, Node, Phrase
from researchskills.evidence.thesaurus import split
from researchskills.paths import suggestion

#: Ideas that a question is taken apart into.
FEWEST_BLOCKS, MOST_BLOCKS = 2, 4
#: Headings that are suggested at a time, and words of each kind.
MOST_HEADINGS, MOST_WORDS = 5, 8
#: Relevant records from which suggestions can be made.
ENOUGH_RELEVANT = 3
#: A word that stands in a larger share of all records than this tells hardly any two of them apart. In a small
#: library a few records are a large share already, so there is a number below which a word is never called common.
COMMON_SHARE, COMMON_FROM = 0.05, 25
#: Words that say nothing about a subject.
_EMPTY_WORDS = """
a about across after against all also among an and any are as at be because been before being between both but by
can could did do does during each either for from further had has have having how however if in into is it its
itself less many may might more most much no nor not of often on one only or other our out over own same should so
some such than that the their them then there these they this those through to too two under up upon use used using
very was we were what when where whether which while who whom whose why will with within without would year years
aim aims article based background conclusion conclusions data described design discussion evidence examined
explore explored findings finding found implications included interviews introduction method methods paper
participants people practice report reported reports research result results sample study studies suggest three
four five six new first second well still work among although per s t least studied
said say says told tell yet given give gives find finds make makes made take takes taking get gets getting good
better best like see seen set sets way ways thing things even ask asked asks back start starting started know known
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())


@dataclass(frozen=True)
class Block:
    """One idea of a question and the words that stand for it.

    Attributes
    ----------
    name : str
        What the learner calls it.
    words : tuple of str
        Words and phrases; `*` at the end of a word stands for any ending.
    headings : tuple of str
        Subject headings, as in the thesaurus.
    """

    name: str
    words: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()

    def as_dict(self) -> dict:
        """The block as plain values."""
        return {"name": self.name, "words": list(self.words), "headings": list(self.headings)}

    @classmethod
    def from_dict(cls, entry: Mapping) -> "Block":
        """The block that `as_dict` gave."""
        return cls(str(entry.get("name", "")), tuple(entry.get("words", ())), tuple(entry.get("headings", ())))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not self.words and not self.headings


@dataclass(frozen=True)
class Suggestion:
    """A word or heading that a learner may take into a block.

    Attributes
    ----------
    text : str
        The word, phrase or heading.
    kind : {"word", "heading"}
        Where it would go.
    why : str
        Where it comes from, in a few words.
    """

    text: str
    kind: str
    why: str


# -- words from the thesaurus -------------------------------------------------------------------


def from_thesaurus(texts: Iterable[str], thesaurus, block: Block | None = None) -> list[Suggestion]:
    """Headings, entry terms and narrower headings for some words.

    Parameters
    ----------
    texts : iterable of str
        What the learner calls the idea.
    thesaurus : thesaurus.Thesaurus
    block : Block, optional
        What is in it already is not suggested again.

    Returns
    -------
    list of Suggestion
        Headings first, then other words for them, then narrower ones; a few of each.
    """
    headings: dict[str, str] = {}
    unknown = []
    for text in filter(None, (one.replace("*", "").strip() for one in texts)):
        name = thesaurus.find(text)
        if name:
            same = name.casefold() == text.casefold()
            headings.setdefault(name, "a heading of this name" if same else f"the heading for “{text}”")
        else:
            unknown.append(text)
    for text in unknown:
        # Only what a word has in common with a heading: a guess, so it comes after what is known.
        for name, why in thesaurus.suggestions(text, limit=2):
            headings.setdefault(name, why)
    names = list(headings)[:MOST_HEADINGS]
    others = [Suggestion(_natural(one), "word", f"another word for {name}")
              for name in names for one in thesaurus.entry_terms(name)]
    narrower = [Suggestion(_natural(one), "word", f"narrower than {name}")
                for name in names for one in thesaurus.narrower(name)]
    as_words = [Suggestion(_natural(name), "word", "the heading as words") for name in names]
    kinds = ([Suggestion(name, "heading", headings[name]) for name in names], [*as_words, *others], narrower)
    new = _new([one for kind in kinds for one in kind], block)
    return [one for kind in kinds for one in [some for some in new if some in kind][:MOST_WORDS]]


def _natural(name: str) -> str:
    """A name as people say it: “Services, Home Care” is “home care services”."""
    first, comma, second = name.partition(", ")
    # “Aged, 80 and over” is no name turned round.
    said = f"{second} {first}" if comma and "," not in second and second[0].isalpha() else name.replace(",", "")
    return " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in said.split())


def _new(found: list[Suggestion], block: Block | None) -> list[Suggestion]:
    phrases = [terms.as_phrase(one) for one in (block.words if block else ())]
    headings = {one.casefold() for one in (block.headings if block else ())}
    kept: dict[tuple[str, str], Suggestion] = {}
    for one in found:
        if one.kind == "heading" and one.text.casefold() in headings:
            continue
        if one.kind == "word" and any(terms.caught(phrase, terms.words(one.text)) for phrase in phrases):
            continue
        kept.setdefault((one.kind, terms.plain(one.text)), one)
    return list(kept.values())


# -- words from relevant records ----------------------------------------------------------------


def weight(relevant_with: int, with_word: int, relevant: int, records: int) -> float:
    """The relevance weight of a word (Robertson and Spärck Jones, 1976, with ½ added to each cell).

    Parameters
    ----------
    relevant_with : int
        Relevant records that hold the word (r).
    with_word : int
        Records that hold the word (n).
    relevant : int
        Relevant records (R).
    records : int
        All records (N).
    """
    r, n, known, all_ = relevant_with, with_word, relevant, records
    return math.log((r + 0.5) * (all_ - n - known + r + 0.5) / ((n - r + 0.5) * (known - r + 0.5)))


def from_records(index, relevant: Iterable[str], blocks: Iterable[Block] = (), limit: int = 10) -> list[Suggestion]:
    """Headings, words and pairs of words that are frequent in relevant records and rare in others.

    Parameters
    ----------
    index : index.Index
    relevant : iterable of str
        Ids of the records that a person judged to be relevant.
    blocks : iterable of Block, optional
        What they hold already is not suggested.
    limit : int
        Most suggestions of words; of headings there are half as many.

    Returns
    -------
    list of Suggestion
        Headings first, each kind with the best first; empty with fewer than `ENOUGH_RELEVANT` records.
    """
    blocks = list(blocks)
    chosen = sorted(set(relevant) & set(index.all))
    if len(chosen) < ENOUGH_RELEVANT:
        return []
    held = [terms.as_phrase(one) for block in blocks for one in block.words]
    headings = {one for block in blocks for one in block.headings}
    words = _ranked(index, chosen, [_candidates(text) for text in terms.texts(index)],
                    lambda one: any(terms.caught(phrase, one) for phrase in held))
    indexed = _ranked(index, chosen, [{one.lstrip("* ") for one in split(text)} if isinstance(text, str) else set()
                                      for text in index.records["headings"]], lambda one: one in headings)
    words = [one for one in words if len(one[0]) > 1 or not is_common(one[2], len(index.all))]
    return [Suggestion(text if isinstance(text, str) else " ".join(text), kind,
                       f"{'on' if kind == 'heading' else 'in'} {inside} of the {len(chosen)} you marked, "
                       f"{everywhere:,} of {len(index.all):,} in all")
            for kind, found, most in (("heading", indexed, limit // 2), ("word", _without_parts(words), limit))
            for text, inside, everywhere in found[:most]]


def is_common(records: int, all_records: int) -> bool:
    """Whether a word stands in so many records that it hardly tells them apart."""
    return records > max(COMMON_FROM, COMMON_SHARE * all_records)


def common_words(index, texts: Iterable[str]) -> dict[str, int]:
    """Which of some words and phrases are common in an index, each with the number of records it stands in.

    Parameters
    ----------
    index : index.Index
    texts : iterable of str
        Words and phrases as learners write them, with `*` for any ending.
    """
    counted = {}
    for text in texts:
        phrase = terms.as_phrase(text)
        if phrase.words:
            counted[text] = len(index.find(phrase))
    return {text: count for text, count in counted.items() if is_common(count, len(index.all))}


def _ranked(index, chosen: list[str], held: list[set], known) -> list[tuple]:
    """What some records hold more often than others: each with its number among them and in all, best first."""
    inside: Counter = Counter()
    for place in index.records.index.get_indexer(chosen):
        inside.update(held[place])
    wanted = {one for one, count in inside.items() if count > 1 and not known(one)}
    everywhere: Counter = Counter()
    for one in held:
        everywhere.update(one & wanted)
    worth = {one: inside[one] * weight(inside[one], everywhere[one], len(chosen), len(held)) for one in wanted}
    # Of two that are worth the same, a pair of words says more than one of them.
    order = sorted((one for one in wanted if worth[one] > 0),
                   key=lambda one: (-worth[one], 0 if isinstance(one, str) else -len(one), one))
    return [(one, inside[one], everywhere[one]) for one in order]


def _candidates(text: str) -> set[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for part in re.split(r"[.;:|?!()]", text):
        listed = terms.words(part)
        found.update((one,) for one in listed if _says_something(one))
        found.update(pair for pair in pairwise(listed) if all(map(_says_something, pair)))
    return found


def _says_something(word: str) -> bool:
    return len(word) > 2 and word not in _EMPTY and not word[0].isdigit()


def _without_parts(ranked: list[tuple]) -> list[tuple]:
    """Leave out a word that only ever stands in a pair which is on the list too, and the other way round."""
    kept: list[tuple] = []
    for one, inside, everywhere in ranked:
        twin = any(inside == count and (set(one) < set(other) or set(other) < set(one)) for other, count, _ in kept)
        if not twin:
            kept.append((one, inside, everywhere))
    return kept


# -- lines from blocks --------------------------------------------------------------------------

_ONE_OR_NONE = {"ebsco": "#", "wos": "$"}
_OPERATORS = re.compile(r"\b(and|or|not|near|same|adj\d*|[nw]\d+)\b", re.IGNORECASE)


def written_lines(blocks: Iterable[Block], syntax: str, thesaurus, after: int = 0) -> list[str]:
    """The lines that express some blocks in the language of a database.

    For each block a line of headings, a line of words and a line that joins the two; at the end a line that joins
    the blocks.

    Parameters
    ----------
    blocks : iterable of Block
        Empty ones are passed over.
    syntax : str
        One of `syntaxes.NAMES`.
    thesaurus : thesaurus.Thesaurus
    after : int
        Number of the last line that is there already.

    Returns
    -------
    list of str
    """
    lines: list[str] = []
    whole: list[int] = []
    for block in blocks:
        if block.is_empty:
            continue
        made = _block_lines(block, syntax, thesaurus)
        lines += made
        numbers = list(range(after + len(lines) - len(made) + 1, after + len(lines) + 1))
        if len(numbers) > 1:
            lines.append(combined(numbers, "OR", syntax))
            numbers = [after + len(lines)]
        whole += numbers
    if len(whole) > 1:
        lines.append(combined(whole, "AND", syntax))
    return lines


def _block_lines(block: Block, syntax: str, thesaurus) -> list[str]:
    # The sign for one letter or none is another one in each database.
    sign = _ONE_OR_NONE.get(syntax, "?")
    words = list(dict.fromkeys(one.replace("?", sign) for one in map(_tidy, block.words) if one))
    if syntax == "wos":
        # No subject headings there: their names are looked for as words.
        named = [terms.as_phrase(one) for one in words]
        words += [_tidy(_natural(one)) for one in block.headings
                  if not any(terms.caught(phrase, terms.words(_natural(one))) for phrase in named)]
        return [f"TS=({' OR '.join(map(_quoted, words))})"] if words else []
    headings = [_heading(name, syntax, bool(thesaurus.narrower(name))) for name in block.headings]
    free = {
        "ovid": lambda: f"({' or '.join(map(_ovid_word, words))}).ti,ab.",
        "pubmed": lambda: " OR ".join(f"{_quoted(one)}[tiab]" for one in words),
        "ebsco": lambda: " OR ".join(f"{place} ({' OR '.join(map(_quoted, words))})" for place in ("TI", "AB")),
    }[syntax]
    lower = " or " if syntax == "ovid" else " OR "
    return ([lower.join(headings)] if headings else []) + ([free()] if words else [])


def _tidy(text: str) -> str:
    """A word or phrase without signs that mean something to a database."""
    return " ".join(re.sub(r"[^\w\s*?’'-]|_", " ", text).split())


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text or _OPERATORS.search(text) else text


def _ovid_word(text: str) -> str:
    # Words side by side are a phrase there; quotation marks are needed only round its own operators, and round a
    # number, which would be that of a line.
    return f'"{text}"' if _OPERATORS.search(text) or text.replace(" ", "").isdecimal() else text


def _heading(name: str, syntax: str, explode: bool) -> str:
    if syntax == "ovid":
        return f"{'exp ' if explode else ''}{name}/"
    if syntax == "pubmed":
        # PubMed takes the narrower headings along by itself.
        return f'"{name}"[Mesh]'
    return f'MH "{name}{"+" if explode else ""}"'


# -- what to read, and what is known already ----------------------------------------------------


def looked_for(node: Node, trees: Mapping[int, Node]) -> list[Phrase]:
    """The phrases of a search that can stand in a title or an abstract; used to mark them."""
    return [leaf for leaf in terms.leaves(node, trees)
            if isinstance(leaf, Phrase) and set(leaf.fields) & set(terms.READ)]


def reading_order(index, ids: Iterable[str]) -> list[str]:
    """Records in the order in which they are read: the newest first, as databases show them."""
    frame = index.records.loc[sorted(ids)]
    years = frame["year"].astype("Float64").fillna(0)
    return [one for _, one in sorted(zip(-years, frame.index, strict=True))]


@dataclass(frozen=True)
class KnownItem:
    """A record that somebody knew before, and whether a search finds it.

    Attributes
    ----------
    asked : str
        What was typed: a title, a DOI or the record's number.
    record : str
        Its id; empty when the library does not have it.
    title : str
    found : bool
    lacking : tuple of int
        Lines joined by AND in the search that do not find it.
    near : str
        A sentence that offers a similar title, where the library does not have it.
    """

    asked: str
    record: str = ""
    title: str = ""
    found: bool = False
    lacking: tuple[int, ...] = field(default=())
    near: str = ""


def known_items(asked: Iterable[str], history: History, final: int) -> list[KnownItem]:
    """Whether a search finds records that are known to be relevant.

    Parameters
    ----------
    asked : iterable of str
        Titles, DOIs or record numbers.
    history : history.History
    final : int
        Number of the line that is the search.

    Returns
    -------
    list of KnownItem
        In the order asked.
    """
    index, trees = history.index, history.trees
    names = _names_of_records(index)
    by_number = {entry.number: entry for entry in history.entries}
    result = []
    for text in filter(None, map(str.strip, asked)):
        record = names.get(_key(text), "")
        if not record:
            titles = [title for title in index.records["title"] if isinstance(title, str)]
            near = suggestion(text, titles)
            result.append(KnownItem(text, near=near if near.startswith(" Did you mean") else ""))
            continue
        hit = record in by_number[final].ids
        lacking = () if hit else tuple(number for number in _and_lines(trees[final], trees)
                                       if record not in by_number[number].ids)
        result.append(KnownItem(text, record, str(index.records.loc[record, "title"]), hit, lacking))
    return result


def _key(text: str) -> str:
    text = re.sub(r"^(https?://)?(dx\.)?doi(\.org/|:\s*)", "", text.strip(), flags=re.IGNORECASE)
    return " ".join(terms.words(text))


def _names_of_records(index) -> dict[str, str]:
    names: dict[str, str] = {}
    frame = index.records
    for column in ("title", "doi"):
        for record, value in frame[column].items():
            if isinstance(value, str) and value.strip():
                names.setdefault(_key(value), record)
    names.update({_key(record): record for record in frame.index})
    return names


def _and_lines(node: Node, trees: Mapping[int, Node]) -> list[int]:
    """The lines whose sets an AND joins, down to those that are no AND themselves."""
    if isinstance(node, Line):
        below = trees.get(node.number)
        inner = _and_lines(below, trees) if isinstance(below, And) else []
        return inner or [node.number]
    if isinstance(node, And):
        return [number for part in node.parts for number in _and_lines(part, trees)]
    return []


def lacking_words(missed) -> str:
    """For a missed record: the words in it that would have caught it, idea by idea.

    Parameters
    ----------
    missed : measures.Missed
    """
    if not missed.lacking:
        return "each of your ideas finds it; a limit or NOT has taken it away"
    told = [f"{name}: {', '.join(f'“{word}”' for word in words[:4])}" if words
            else f"{name}: none of the usual words; only another way of looking leads there"
            for name, words in missed.lacking]
    return "; ".join(told)
