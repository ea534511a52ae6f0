"""The words of a search: what a tree looks for, which words a pattern catches, and where they stand in a text.

Skimming results, reviewing a strategy and suggesting further words all ask the same things of a line: which
words and headings does it hold, once the numbers of earlier lines are followed? What does `care*` catch? A part
behind NOT is left out: nobody looks for what is to be taken away.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from weakref import WeakKeyDictionary

from researchskills._html import escape
from researchskills.evidence.query import And, Attribute, Heading, Line, Near, Node, Not, Or, Phrase, Word

#: A longest run of letters and digits (see `query`).
_WORD = re.compile(r"[^\W_]+")
#: The fields that people read when they skim results.
READ = ("title", "abstract")


def plain(text: str) -> str:
    """A text in lower case and without accents, as words are compared (see `query`)."""
    parts = unicodedata.normalize("NFD", str(text).casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def words(text: str) -> list[str]:
    """The words of a text, in order."""
    return _WORD.findall(plain(text))


@lru_cache(maxsize=4096)
def expression(word: Word) -> re.Pattern:
    """The regular expression that matches the words which a pattern catches."""
    letter = r"[^\W_]"
    signs = {"*": f"{letter}*", "#": letter, "?": f"{letter}?"}
    made = "".join(signs.get(sign, re.escape(sign)) for sign in word.pattern)
    if word.most is not None and made.endswith("*"):
        made = f"{made[:-1]}{{0,{word.most}}}"
    return re.compile(made)


def has_pattern(word: Word) -> bool:
    """Whether a word stands for more than itself."""
    return any(sign in word.pattern for sign in "*#?")


def typed(phrase: Phrase) -> str:
    """A phrase as people type it."""
    return " ".join(word.pattern for word in phrase.words)


def as_phrase(text: str, fields: tuple[str, ...] = READ) -> Phrase:
    """A phrase from words with `*`, `#` and `?` in them.

    Parameters
    ----------
    text : str
        Such as `home care` or `carer*`.
    fields : tuple of str
        Where it is looked for.
    """
    found = re.findall(r"(?:[^\W_]|[*#?])+", plain(text))
    return Phrase(tuple(Word(one) for one in found if one.strip("*#?")), fields)


def caught(phrase: Phrase, sequence: Iterable[str]) -> bool:
    """Whether a phrase matches some words from the first to the last."""
    sequence = list(sequence)
    return len(phrase.words) == len(sequence) and all(
        expression(pattern).fullmatch(word) for pattern, word in zip(phrase.words, sequence, strict=True))


def leaves(node: Node, trees: Mapping[int, Node]) -> list:
    """The phrases, headings and attributes that a tree looks for, in order, each once.

    Parameters
    ----------
    node : query.Node
        The tree.
    trees : mapping of int to query.Node
        The trees of earlier lines.
    """
    found: dict = {}
    for one in _walk(node, trees):
        if isinstance(one, Phrase | Heading | Attribute):
            found.setdefault(one)
    return list(found)


def _walk(node: Node, trees: Mapping[int, Node]):
    yield node
    for part in parts(node, trees):
        yield from _walk(part, trees)


def parts(node: Node, trees: Mapping[int, Node]) -> list:
    """What a tree is made of, one level down; a part that is taken away by NOT is none."""
    if isinstance(node, And | Or):
        return list(node.parts)
    if isinstance(node, Near):
        return [node.left, node.right]
    if isinstance(node, Not):
        return [node.left]
    if isinstance(node, Line):
        return [trees[node.number]] if node.number in trees else []
    return []


def lines_used(node: Node) -> set[int]:
    """Numbers of the lines that a tree names, also behind NOT."""
    if isinstance(node, Line):
        return {node.number}
    below = [*parts(node, {}), *([node.right] if isinstance(node, Not) else [])]
    return set().union(*map(lines_used, below)) if below else set()


def ideas(node: Node, trees: Mapping[int, Node]) -> list[Node]:
    """What a search joins by AND in the end, through line numbers and brackets: one tree for each idea.

    Limits by year, language and the like are no ideas and are left out.
    """
    while isinstance(node, Line) and node.number in trees:
        node = trees[node.number]
    if isinstance(node, Not):
        return ideas(node.left, trees)
    if isinstance(node, And):
        return [one for part in node.parts for one in ideas(part, trees)]
    return [] if isinstance(node, Attribute) else [node]


def marked(text: str, phrases: Iterable[Phrase]) -> str:
    """A text as HTML, with the words that some phrases match in `<mark>` and in bold.

    Bold, because a colour alone says nothing to somebody who cannot see it.

    Parameters
    ----------
    text : str
        Title or abstract; escaped here.
    phrases : iterable of Phrase
        What is looked for.
    """
    text = str(text)
    places = [(found.span(), plain(found[0])) for found in _WORD.finditer(text)]
    stretches = _stretches(places, list(phrases))
    result, done = [], 0
    for start, end in stretches:
        result += [escape(text[done:start]), f"<mark><strong>{escape(text[start:end])}</strong></mark>"]
        done = end
    return "".join(result) + escape(text[done:])


def _stretches(places: list, phrases: list[Phrase]) -> list[tuple[int, int]]:
    hit = set()
    for phrase in phrases:
        length = len(phrase.words)
        for start in range(len(places) - length + 1):
            if length and caught(phrase, [word for _, word in places[start : start + length]]):
                hit.update(range(start, start + length))
    joined: list[tuple[int, int]] = []
    for place in sorted(hit):
        start, end = places[place][0]
        if joined and place - 1 in hit:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


_VOCABULARIES: WeakKeyDictionary = WeakKeyDictionary()


def vocabulary(index) -> Counter:
    """In how many records of an index each word stands, in title or abstract; counted once.

    Parameters
    ----------
    index : index.Index

    Returns
    -------
    collections.Counter
        Word → number of records.
    """
    if index not in _VOCABULARIES:
        count: Counter = Counter()
        for text in texts(index):
            count.update(set(words(text)))
        _VOCABULARIES[index] = count
    return _VOCABULARIES[index]


def texts(index, records: Iterable[str] | None = None) -> list[str]:
    """Title and abstract of records, each as one text.

    Parameters
    ----------
    index : index.Index
    records : iterable of str, optional
        Their ids; by default all.
    """
    frame = index.records if records is None else index.records.loc[list(records)]
    titles, abstracts = (frame[name].fillna("").astype(str) for name in READ)
    # A sign between them, so that nothing is read across the two.
    return [f"{title} | {abstract}" for title, abstract in zip(titles, abstracts, strict=True)]


def words_caught(index, word: Word) -> list[tuple[str, int]]:
    """The words of an index that a pattern catches, with the number of records, most frequent first."""
    match = expression(word).fullmatch
    found = [(one, count) for one, count in vocabulary(index).items() if match(one)]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))
