"""What the six checks of a search look at: the lines, read and followed, and the form of a remark."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from researchskills.evidence import terms
from researchskills.evidence.history import History
from researchskills.evidence.query import Heading, Node, Phrase


@dataclass(frozen=True)
class Element:
    """One of the six.

    Attributes
    ----------
    title : str
        What it is called here.
    ask : str
        What a reader asks.
    """

    title: str
    ask: str


ELEMENTS = {
    "question": Element("The question", "Does every idea of the question have its own block of words, and is there "
                        "no block for something that nobody asked?"),
    "operators": Element("AND, OR and NOT", "Are words for the same idea joined by OR and different ideas by AND? "
                         "Do brackets say what belongs together? Does NOT throw away something good?"),
    "headings": Element("Subject headings", "Is there a heading for each idea where the database has one? Are the "
                        "narrower headings in? Are words beside it, for records that have no heading?"),
    "words": Element("Words", "What else do people call it: in the other service, in another country, ten years ago, "
                     "among those who draw on it? Is anything cut too short or too long?"),
    "writing": Element("Spelling and line numbers", "Is every word spelt as it should be, and does every number "
                       "point at the line that is meant?"),
    "limits": Element("Limits", "Has each limit a reason that belongs to the question, and what is lost by it?"),
}


@dataclass(frozen=True)
class Remark:
    """Something that a rule saw.

    Attributes
    ----------
    element : str
        One of `ELEMENTS`.
    text : str
        One to three sentences.
    line : int or None
        The line it is about.
    sure : bool
        Whether it is a fact; otherwise it is a question, which may have a good answer.
    """

    element: str
    text: str
    line: int | None = None
    sure: bool = False


@dataclass
class Reading:
    """A strategy with its lines read.

    Attributes
    ----------
    history : history.History
        All lines.
    final : int
        Number of the line that is the search.
    blocks : sequence of strategy.Block
        What was planned; may be empty.
    reason : str
        The learner's reason for limits.
    """

    history: History
    final: int
    blocks: Sequence = ()
    reason: str = ""

    def __post_init__(self):
        self.index, self.entries, self.trees = self.history.index, self.history.entries, self.history.trees
        self.by_number = {entry.number: entry for entry in self.entries}
        self.ids = {entry.number: frozenset(entry.ids) for entry in self.entries}

    def found(self, node: Node) -> frozenset:
        """The records that a tree finds."""
        return self.index.find(node, self.ids)

    @cached_property
    def in_use(self) -> list[int]:
        """Numbers of the lines that lead to the final one, itself included."""
        reached, open_ = set(), [self.final]
        while open_:
            number = open_.pop()
            if number in self.trees and number not in reached:
                reached.add(number)
                open_ += terms.lines_used(self.trees[number])
        return sorted(reached)

    @cached_property
    def concepts(self) -> list[Node]:
        """What the final line joins by AND: one tree for each idea."""
        return terms.ideas(self.trees[self.final], self.trees)

    def line_of(self, leaf) -> int | None:
        """The first line in use in which a leaf itself stands."""
        return next((number for number in self.in_use if leaf in terms.leaves(self.trees[number], {})), None)

    def words_of(self, node: Node, through: bool = True) -> list[Phrase]:
        """The phrases of a tree; the same words in several fields count as one phrase in all of them.

        Parameters
        ----------
        node : query.Node
        through : bool
            Whether the lines that it names are followed.
        """
        fields: dict[tuple, dict] = {}
        for leaf in terms.leaves(node, self.trees if through else {}):
            if isinstance(leaf, Phrase):
                fields.setdefault(leaf.words, {}).update(dict.fromkeys(leaf.fields))
        return [Phrase(words, tuple(held)) for words, held in fields.items()]

    def line_with(self, words: tuple) -> int | None:
        """The first line in use in which some words themselves stand."""
        return next((number for number in self.in_use
                     if any(one.words == words for one in self.words_of(self.trees[number], through=False))), None)

    def block_of(self, node: Node) -> str:
        """Name of the planned block that a tree expresses, if it is one only."""
        found = {block.name for leaf in terms.leaves(node, self.trees) for block in self.blocks if holds(block, leaf)}
        return found.pop() if len(found) == 1 else ""


def holds(block, leaf) -> bool:
    """Whether a leaf of a tree is one of the words or headings of a planned block."""
    if isinstance(leaf, Heading):
        return leaf.name in block.headings
    return isinstance(leaf, Phrase) and terms.typed(leaf) in {terms.typed(terms.as_phrase(one)) for one in block.words}
