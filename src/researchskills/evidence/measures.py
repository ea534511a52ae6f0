"""How good a search is, when it is known what it should have found.

- **Recall**: of the records that are relevant, how many were found.
- **Precision**: of the records that were found, how many are relevant; undefined when nothing was found.
- **Number needed to read**: how many found records have to be read for one that is relevant, 1 / precision.

A missed record is missed for a reason that can be named: somewhere a concept of the search had no word for what the
author wrote. The key of a topic lists the words of each concept, so the words that stand in a missed record can be
shown. Only somebody who sees the concept blocks of a search can say *which* of them let the record slip: give them
as `blocks`, and only concepts whose blocks lack the record are named.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from researchskills.errors import CourseError
from researchskills.evidence import index as indexes
from researchskills.evidence import terms
from researchskills.evidence.query import Heading, Node
from researchskills.paths import suggestion


@dataclass(frozen=True)
class Missed:
    """A relevant record that a search did not find.

    Attributes
    ----------
    record, title : str
    lacking : list of (str, tuple of str)
        Concepts for which the search needs more words, each with words of the topic's key that stand in this record and
        would have caught it; then, in the same tuple, headings of the record as “Home Care Services (heading)”.
        A concept without any such word is listed with an empty tuple: only another way of looking would find it.
        Empty as a whole when every block of the search holds the record, so that a limit or a NOT has lost it.
    """

    record: str
    title: str
    lacking: list[tuple[str, tuple[str, ...]]]


@dataclass(frozen=True)
class Evaluation:
    """How good a search is.

    Attributes
    ----------
    recall : float
        hits / relevant, from 0 to 1.
    precision : float or None
        hits / found, from 0 to 1; None when nothing was found.
    number_needed_to_read : float or None
        found / hits; None when nothing relevant was found.
    hits, relevant, found : int
        How many found records are relevant; how many are relevant in all; how many were found.
    missed : list of Missed
        In the order of their ids.
    """

    recall: float
    precision: float | None
    number_needed_to_read: float | None
    hits: int
    relevant: int
    found: int
    missed: list[Missed]


def topics() -> list[str]:
    """Ids of the topics for which it is known what is relevant."""
    return list(_key())


def relevant(topic: str) -> frozenset[str]:
    """Ids of the records that are relevant to a topic.

    Parameters
    ----------
    topic : str
        Id of a topic, as in `load("library", "topics")`.

    Raises
    ------
    CourseError
        If there is no such topic.
    """
    return frozenset(_topic(topic)["relevant"])


def evaluate(
    found: Iterable[str],
    topic: str,
    lines: Mapping[int, frozenset[str]] | None = None,
    *,
    blocks: Iterable[Iterable[str] | Node] | None = None,
) -> Evaluation:
    """Compare what a search found with what is relevant to a topic.

    Parameters
    ----------
    found : iterable of str
        Ids of the records found.
    topic : str
        Id of a topic, as in `load("library", "topics")`.
    lines : mapping of int to frozenset of str, optional
        The sets of the lines of a history; needed only when a block is a tree that names lines.
    blocks : iterable, optional
        The concept blocks of the search, each a set of ids or a tree: what was joined by AND at the end. Each
        belongs to another concept of the key, so that together they resemble the concepts' own records most (common
        records in proportion to all of both; Jaccard, 1901); with more blocks than concepts the others belong to
        the likest. Then only concepts are named whose blocks all lack the record.

    Returns
    -------
    Evaluation

    Raises
    ------
    CourseError
        If there is no such topic, or if `found` names a record that the library does not have.

    Notes
    -----
    Recall and precision: A. Kent and others, American Documentation 6 (1955) 93-101. Number needed to read:
    L. Bachmann and others, J. Am. Med. Inform. Assoc. 9 (2002) 653-658.
    """
    wanted = relevant(topic)
    index = indexes.library()
    found = frozenset(found)
    if strange := sorted(found - index.all):
        raise CourseError(f"The library has no record {strange[0]}, so the search cannot be measured.")
    hits = found & wanted
    concepts = _concepts(topic)
    sets = None if blocks is None else [_ids(block, lines or {}) for block in blocks]
    missed = [
        Missed(record, str(index.records.at[record, "title"]), _lacking(record, concepts, sets))
        for record in sorted(wanted - found)
    ]
    return Evaluation(
        recall=len(hits) / len(wanted),
        precision=len(hits) / len(found) if found else None,
        number_needed_to_read=len(found) / len(hits) if hits else None,
        hits=len(hits),
        relevant=len(wanted),
        found=len(found),
        missed=missed,
    )


@dataclass(frozen=True)
class _Concept:
    name: str
    words: dict[str, frozenset[str]]  # each word of the key, with the records it stands in

    @property
    def ids(self) -> frozenset[str]:
        return frozenset().union(*self.words.values())


def _lacking(record: str, concepts: tuple[_Concept, ...], sets: list[frozenset[str]] | None) -> list:
    if sets is not None:
        belongs = _concepts_of(sets, concepts)
        # A concept that the search did not ask for cannot have lost anything.
        holds = {name: any(record in ids for ids, other in zip(sets, belongs, strict=True) if other == name)
                 for name in belongs}
        concepts = tuple(concept for concept in concepts if not holds.get(concept.name, True))
    return [(concept.name, tuple(word for word, ids in concept.words.items() if record in ids))
            for concept in concepts]


def _concepts_of(sets: list[frozenset[str]], concepts: tuple[_Concept, ...]) -> list[str]:
    """For each block the name of its concept: as many concepts as possible get a block, and those the likest ones.

    A block that was widened far resembles every concept, so the blocks are not assigned one by one.
    """
    from scipy.optimize import linear_sum_assignment

    alike = [[_alike(concept.ids, ids) for concept in concepts] for ids in sets]
    belongs = [max(range(len(concepts)), key=row.__getitem__) for row in alike]
    for block, concept in zip(*linear_sum_assignment(alike, maximize=True), strict=True):
        belongs[block] = concept
    return [concepts[place].name for place in belongs]


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    together = len(one | other)
    return len(one & other) / together if together else 0.0


def _ids(block: Iterable[str] | Node, lines: Mapping[int, frozenset[str]]) -> frozenset[str]:
    return indexes.library().find(block, lines) if isinstance(block, Node) else frozenset(block)


@cache
def _concepts(topic: str) -> tuple[_Concept, ...]:
    """The concepts of a topic's key, with the records in which each word stands."""
    find = indexes.library().find
    return tuple(
        _Concept(concept["name"],
                 {word: find(terms.as_phrase(word)) for word in concept["words"]}
                 | {f"{name} (heading)": find(Heading(name)) for name in concept["headings"]})
        for concept in _topic(topic)["concepts"]
    )


@cache
def _key() -> dict:
    from researchskills.datasets import planted

    return planted("library")["topics"]


def _topic(topic: str) -> dict:
    if topic not in _key():
        raise CourseError(f"There is no topic “{topic}”.{suggestion(topic, topics())}", exit_status=2)
    return _key()[topic]
