"""Which records a search finds: the evaluator behind all four search languages.

How it works
------------
SQLite's full-text index (FTS5) cuts the texts into words and keeps, for every word, the places where it stands. What
a query asks for is worked out here on those places, because FTS5's own NEAR is another thing than what databases
call by that name: it lets two phrases overlap and one word serve both sides, it measures three things together and
not one after the other, and it cannot stand inside itself. Texts with signs beyond ASCII are cut by
`terms.words` first, as what people type is; so "Großeltern" is the same word in both, whatever SQLite's version knows.

Every title, abstract, list of authors, journal and *each single heading* is a passage of its own, so nothing can ever
match across two of them. A place is one number: the passage times `STRIDE`, plus the word's position in it. So the
places of a word are a sorted array; a phrase is an intersection of shifted arrays; a Near is a range look-up from the
end of one stretch to the beginning of the next. A stretch is one number too: its first place times `STRIDE`, plus
how many words it has beyond the first.

Patterns (`*`, `#`, `?`) are compared with the index's list of words, so they are exact wherever the sign stands.
"""

import re
import sqlite3
import threading
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from functools import cache, cached_property

import numpy as np
import pandas as pd

from researchskills.errors import CourseError
from researchskills.evidence import terms
from researchskills.evidence.query import (
    VALUE_FIELDS,
    WORD_FIELDS,
    And,
    Attribute,
    Heading,
    Line,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Word,
)
from researchskills.evidence.thesaurus import Thesaurus, split

#: More words than any passage has. First place (up to 2**42) times this stays within 63 bits.
STRIDE = 1 << 20
#: Places kept in memory after a search, in case the next search uses the same words (8 bytes each).
KEPT = 8_000_000


@cache
def library() -> "Index":
    """The index of the course's own library, built once."""
    from researchskills.datasets import load

    return Index(load("library"), Thesaurus.from_frame(load("library", "thesaurus")))


class Index:
    """Records, ready to be searched.

    Parameters
    ----------
    records : pandas.DataFrame
        With the columns of `load("library")`; `record` is the id.
    thesaurus : thesaurus.Thesaurus
        Says what is narrower when a heading is exploded.

    Attributes
    ----------
    records : pandas.DataFrame
        The same, with the id as row name.
    thesaurus : thesaurus.Thesaurus
    all : frozenset of str
        Ids of all records.

    Raises
    ------
    CourseError
        If two records have the same id.
    """

    def __init__(self, records: pd.DataFrame, thesaurus: Thesaurus):
        self.records = records.set_index("record")
        self.thesaurus = thesaurus
        if not self.records.index.is_unique:
            twice = self.records.index[self.records.index.duplicated()][0]
            raise CourseError(f"Two records have the id {twice}, so they cannot be told apart. Nothing was searched.")
        self._ids = self.records.index.to_numpy(dtype=object)
        self.all = frozenset(self._ids.tolist())
        self._headings: dict[str, list[int]] = {}
        self._main_points: dict[str, list[int]] = {}
        self._lock = threading.Lock()
        self._kept: OrderedDict[Word, np.ndarray] = OrderedDict()
        self._size_of_kept = 0
        self._build()

    # -- building ---------------------------------------------------------------------------------

    def _build(self) -> None:
        texts: list[str] = []
        records: list[int] = []
        fields: list[int] = []
        for field, name in enumerate(WORD_FIELDS):
            for number, text in enumerate(self.records[name].tolist()):
                if not isinstance(text, str) or not text:
                    continue
                passages = self._read_headings(number, text) if name == "headings" else [text]
                texts += passages
                records += [number] * len(passages)
                fields += [field] * len(passages)
        self._record_of = np.array(records, dtype=np.int64)
        self._field_of = np.array(fields, dtype=np.int8)
        # The lock keeps two threads apart: a notebook may search from another thread than it was opened in.
        self._db = sqlite3.connect(":memory:", check_same_thread=False)
        self._db.execute(
            "CREATE VIRTUAL TABLE passage USING fts5(text, content='', tokenize='unicode61 remove_diacritics 2')")
        plain = (text if text.isascii() else " ".join(terms.words(text)) for text in texts)
        self._db.executemany("INSERT INTO passage(rowid, text) VALUES (?, ?)", enumerate(plain))
        self._db.execute("CREATE VIRTUAL TABLE word USING fts5vocab(passage, 'row')")
        self._db.execute("CREATE VIRTUAL TABLE place USING fts5vocab(passage, 'instance')")
        #: In the order of their bytes in UTF-8, which is that of their code points.
        self._words = [word for (word,) in self._db.execute("SELECT term FROM word")]

    def _read_headings(self, number: int, text: str) -> list[str]:
        names = []
        for part in split(text):
            name = part.lstrip("* ")
            self._headings.setdefault(name.casefold(), []).append(number)
            if part.startswith("*"):
                self._main_points.setdefault(name.casefold(), []).append(number)
            names.append(name)
        return names

    # -- what others ask --------------------------------------------------------------------------

    def find(self, node: Node, lines: Mapping[int, frozenset[str]] | None = None) -> frozenset[str]:
        """The records that a search finds.

        Parameters
        ----------
        node : query.Node
            What is asked for.
        lines : mapping of int to frozenset of str, optional
            The sets of earlier lines, by number.

        Returns
        -------
        frozenset of str
            Their ids.

        Raises
        ------
        CourseError
            If an earlier line is asked for that does not exist, or something other than words stands in a Near.
        """
        return frozenset(self._ids[self._mask(node, lines or {})].tolist())

    def has_word(self, pattern: str | Word) -> bool:
        """Whether any word of the records matches a pattern (see `query.Word`)."""
        return bool(self.matching_words(pattern))

    def matching_words(self, pattern: str | Word) -> list[str]:
        """The words of the records that match a pattern, in alphabetical order."""
        word = pattern if isinstance(pattern, Word) else Word(pattern)
        return [self._words[number] for number in self._numbers(word)]

    # -- sets of records --------------------------------------------------------------------------

    def _mask(self, node: Node, lines: Mapping[int, frozenset[str]]) -> np.ndarray:
        """Which records match, as an array of yes and no in the order of `records`."""
        match node:
            case And(parts):
                return np.logical_and.reduce([self._every(True), *(self._mask(part, lines) for part in parts)])
            case Or(parts):
                return np.logical_or.reduce([self._every(False), *(self._mask(part, lines) for part in parts)])
            case Not(left, right):
                return self._mask(left, lines) & ~self._mask(right, lines)
            case Phrase():
                return self._at(self._phrase(node))
            case Near(left, right, between, ordered):
                return self._at(self._beside(self._stretches(left), self._stretches(right), between, ordered))
            case Heading():
                return self._with_heading(node)
            case Attribute():
                return self._with_value(node)
            case Line(number):
                if number not in lines:
                    raise CourseError(f"There is no line {number}. Nothing was searched.")
                return self.records.index.isin(lines[number])
        raise CourseError(f"A search cannot hold {type(node).__name__}. Nothing was searched.")

    def _every(self, value: bool) -> np.ndarray:
        return np.full(len(self._ids), value)

    def _at(self, stretches: np.ndarray) -> np.ndarray:
        found = self._every(False)
        found[self._record_of[stretches // STRIDE // STRIDE]] = True
        return found

    def _with_heading(self, node: Heading) -> np.ndarray:
        held = self._main_points if node.focus else self._headings
        names = self.thesaurus.explode(node.name) if node.explode else {node.name}
        found = self._every(False)
        for name in names:
            found[held.get(name.casefold(), [])] = True
        return found

    def _with_value(self, node: Attribute) -> np.ndarray:
        if node.field not in VALUE_FIELDS:
            raise CourseError(f"Records have no {node.field} to limit by. Nothing was searched.")
        column = self._values[node.field]
        if node.field == "year":
            first, last = node.values
            # A comparison with a missing year (NaN) is never true.
            return (column >= (-np.inf if first is None else first)) & (column <= (np.inf if last is None else last))
        return np.isin(column, [str(value).casefold() for value in node.values])

    @cached_property
    def _values(self) -> dict[str, np.ndarray]:
        values = {name: self.records[name].astype("string").str.casefold().fillna("").to_numpy(dtype=str)
                  for name in VALUE_FIELDS if name != "year"}
        return values | {"year": self.records["year"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)}

    # -- stretches of words -----------------------------------------------------------------------

    def _stretches(self, node: Phrase | Near | Or) -> np.ndarray:
        """Every stretch that a node matches, sorted, each once."""
        match node:
            case Phrase():
                return self._phrase(node)
            case Near():
                return self._near(node)
            case Or(parts):
                return np.unique(np.concatenate([_NONE, *(self._stretches(part) for part in parts)]))
        raise CourseError("Only words and phrases can be near each other. Nothing was searched.")

    def _phrase(self, node: Phrase) -> np.ndarray:
        if not node.words:
            return _NONE
        # Whatever stands between two words of a passage is a word: `*` needs no looking up before the last one.
        last = max((step for step, word in enumerate(node.words) if word != _ANY), default=-1)
        firm = [(step, word) for step, word in enumerate(node.words) if word != _ANY or step > last]
        starts = None
        for step, word in firm:
            places = self._places(word)
            before = places[places % STRIDE >= step] - step
            starts = before if starts is None else _common(starts, before)
            if not starts.size:
                return _NONE
        wanted = np.isin(np.arange(len(WORD_FIELDS)), [WORD_FIELDS.index(field) for field in node.fields])
        starts = starts[wanted[self._field_of[starts // STRIDE]]]
        return starts * STRIDE + len(node.words) - 1

    def _near(self, node: Near) -> np.ndarray:
        left, right = self._stretches(node.left), self._stretches(node.right)
        found = _joined_stretches(left, right, node.between)
        if not node.ordered:
            found = np.concatenate([found, _joined_stretches(right, left, node.between)])
        return np.unique(found)

    @staticmethod
    def _beside(left: np.ndarray, right: np.ndarray, between: int, ordered: bool) -> np.ndarray:
        """The stretches that have a partner: enough to know the records, and far fewer than all pairs."""
        lowest, highest = _partners(left, right, between)
        found = left[highest > lowest]
        if ordered:
            return found
        lowest, highest = _partners(right, left, between)
        return np.concatenate([found, right[highest > lowest]])

    # -- places of words --------------------------------------------------------------------------

    def _places(self, word: Word) -> np.ndarray:
        """Every place where a word that matches stands, sorted."""
        with self._lock:
            if word in self._kept:
                self._kept.move_to_end(word)
                return self._kept[word]
            places = self._kept[word] = self._read_places(self._numbers(word))
            self._size_of_kept += places.size
            while self._size_of_kept > KEPT:
                self._size_of_kept -= self._kept.popitem(last=False)[1].size
            return places

    def _read_places(self, numbers: list[int]) -> np.ndarray:
        places = [_NONE]
        for first, last in _runs(numbers):
            rows = self._db.execute(f"SELECT doc * {STRIDE} + offset FROM place WHERE term BETWEEN ? AND ?",
                                    (self._words[first], self._words[last]))
            places.append(np.fromiter((place for (place,) in rows), dtype=np.int64))
        return np.sort(np.concatenate(places))

    def _numbers(self, word: Word) -> list[int]:
        """Which of the index's words match, by their number in alphabetical order."""
        beginning = re.match(r"[^*#?]*", word.pattern)[0]
        start = bisect_left(self._words, beginning)
        if beginning == word.pattern:
            return [start] if self._words[start : start + 1] == [beginning] else []
        end = bisect_left(self._words, beginning + chr(0x10FFFF), lo=start) if beginning else len(self._words)
        matches = terms.expression(word).fullmatch
        return [number for number in range(start, end) if matches(self._words[number])]


_NONE = np.array([], dtype=np.int64)
_ANY = Word("*")


def _common(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Numbers in both of two sorted arrays; the shorter is looked up in the longer."""
    short, long = sorted((first, second), key=len)
    if not long.size:
        return _NONE
    at = np.searchsorted(long, short)
    return short[long[np.minimum(at, long.size - 1)] == short]


def _partners(first: np.ndarray, second: np.ndarray, between: int) -> tuple[np.ndarray, np.ndarray]:
    """For each stretch, which of the second begin after its end with at most so many words between: from, up to."""
    # A passage is far shorter than half the stride, so no look-up reaches into the next passage.
    between = min(between, STRIDE // 2)
    after = first // STRIDE + first % STRIDE + 1
    starts = second // STRIDE
    return np.searchsorted(starts, after), np.searchsorted(starts, after + between, side="right")


def _joined_stretches(first: np.ndarray, second: np.ndarray, between: int) -> np.ndarray:
    """Stretches from the start of one to the end of a later one that is near enough."""
    lowest, highest = _partners(first, second, between)
    counts = highest - lowest
    starts = np.repeat(first // STRIDE, counts)
    partners = second[np.arange(counts.sum()) + np.repeat(lowest - np.cumsum(counts) + counts, counts)]
    return starts * STRIDE + (partners // STRIDE + partners % STRIDE - starts)


def _runs(numbers: list[int]) -> Iterable[tuple[int, int]]:
    """First and last of each run of numbers that follow each other."""
    if numbers:
        breaks = np.flatnonzero(np.diff(numbers) != 1)
        yield from zip(np.array(numbers)[np.r_[0, breaks + 1]].tolist(),
                       np.array(numbers)[np.r_[breaks, len(numbers) - 1]].tolist(), strict=True)
