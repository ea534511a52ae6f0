"""The problem tree: one big question, split into answerable ones without losing the whole.

A tree stands in the order in which it is read: each question, then everything beneath it. The first one is the whole.
Its parts are numbered 1, 2, 3 …, theirs 1.1, 1.2 … A question with nothing beneath it is a leaf: small enough to be
answered. What a leaf leaves out of the whole is said beside it, so that the split loses nothing in silence.

Problem trees come from project planning (causes beneath one problem; GTZ, ZOPP: an introduction to the method, 1988);
here questions stand in place of causes. The ways to split are the course's own. The ladder back to the whole is the
five whys (T. Ohno, Toyota Production System, 1988) climbed the other way.

Nothing here judges a question. Rules look only at what is there and what is not.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import NamedTuple

from researchskills._words import number_of
from researchskills.errors import CourseError
from researchskills.questions.kinds import KINDS

#: How large a tree may be, the whole included; five whys lead from the last level to the whole.
MOST_QUESTIONS, MOST_LEVELS = 60, 6
#: Letters of a question, and of what it leaves out.
MOST_LETTERS, MOST_LETTERS_LEFT_OUT = 400, 1000
#: Leaves that module 1 asks for.
FEWEST_LEAVES = 4
UNCHANGED = "Nothing was changed."


@dataclass(frozen=True)
class Example:
    """A big question to begin with.

    Attributes
    ----------
    key, title, question : str
    story : str
        Who asks it, and why it is too big.
    """

    key: str
    title: str
    question: str
    story: str


EXAMPLES = {
    one.key: one
    for one in (
        Example("partnership", "Partnership: good or bad?", "Is partnership a good thing or a bad thing?",
                "The question is that of an opinion piece by Joe Godden (British Association of Social Workers; about "
                "2012; our copy is undated). The rest is invented. In Larkshire the council and the community trust "
                "must decide whether their joint teams go on. One social worker has never learned so much; another "
                "types everything twice and feels alone. Both know what they have seen, and nobody can answer the "
                "question as it stands."),
        Example("home", "Nobody gets home on time", "Why does it take so long to get home from hospital in Larkshire?",
                "Invented. Every Monday a ward, the hospital social work team and the home care agencies meet about "
                "people who are ready to leave and still there. Each knows the reason, and each knows a different "
                "one."),
        Example("carers", "Are we there for carers?", "Do we do right by people who care for somebody at home?",
                "Invented. A carers’ group in Larkshire asked this at a public meeting. The surgery thought of health "
                "checks, the council of assessments, the group of a night's sleep and somebody who rings back."),
    )
}


@dataclass(frozen=True)
class Split:
    """A way to split a question.

    Attributes
    ----------
    key, name : str
    ask : str
        What to ask oneself.
    parts : tuple of str
        What parts could be about.
    """

    key: str
    name: str
    ask: str
    parts: tuple[str, ...]


SPLITS = {
    one.key: one
    for one in (
        Split("whom", "By whom it concerns", "Whose question is it? Ask it once for each of them.",
              ("people who draw on care", "carers and families", "people who work in health care",
               "people who work in social care", "those who manage or pay", "people who never come to us")),
        Split("step", "By step of the journey", "Where on the way does it happen? Take one step at a time.",
              ("before somebody asks for help", "referral and first contact", "assessment", "waiting",
               "care or treatment", "review, moving on, ending")),
        Split("seen", "By what would be seen", "If the answer were yes, what would one see, hear or count that is not "
              "there if it is no?",
              ("what people say about their lives", "what they can do", "what staff do differently",
               "how long things take", "what has to be done twice", "what it costs, and whom")),
        Split("sector", "By sector", "What is the question in each service, and what is it between them?",
              ("in the hospital or surgery", "in the council", "in home care and care homes",
               "in voluntary organisations", "in housing and benefits", "at the points where one hands over to "
               "another")),
    )
}


@dataclass(frozen=True)
class Node:
    """A question of the tree.

    Attributes
    ----------
    id, parent : str
        Its own name and that of the question above it; the whole has no parent.
    text : str
    kind : str
        Key of `kinds.KINDS`; empty while not said.
    leaves_out : str
        What of the whole it leaves out.
    """

    id: str
    parent: str
    text: str
    kind: str = ""
    leaves_out: str = ""


class Leaf(NamedTuple):
    """A leaf, as other activities take it over."""

    id: str
    number: str
    text: str
    kind: str


@dataclass(frozen=True)
class Remark:
    """What a rule saw.

    Attributes
    ----------
    rule : {"split", "leaves", "kind", "leaves_out", "single", "twice"}
    ids : tuple of str
        Which questions.
    words : str
        In a sentence or two.
    """

    rule: str
    ids: tuple[str, ...]
    words: str


@dataclass(frozen=True)
class Tree:
    """Questions in the order in which they are read; a change gives another tree.

    A change that cannot be made raises a `CourseError` that says why.
    """

    nodes: tuple[Node, ...] = ()
    _by_id: Mapping[str, Node] = field(init=False, repr=False, compare=False)
    _numbers: Mapping[str, str] = field(init=False, repr=False, compare=False)
    _children: Mapping[str, list[str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        children: dict[str, list[str]] = {node.id: [] for node in self.nodes}
        numbers = {node.id: "" for node in self.nodes[:1]}
        for node in self.nodes[1:]:
            beside = children[node.parent]
            beside.append(node.id)
            numbers[node.id] = ".".join(filter(None, [numbers[node.parent], str(len(beside))]))
        object.__setattr__(self, "_by_id", {node.id: node for node in self.nodes})
        object.__setattr__(self, "_numbers", numbers)
        object.__setattr__(self, "_children", children)

    @classmethod
    def from_list(cls, saved: object) -> "Tree":
        """The tree that `as_list` gave.

        Raises
        ------
        ValueError
            If it is not a tree, or too large.
        """
        keys = {"id", "parent", "text", "kind", "leaves_out"}
        if not isinstance(saved, list) or not all(
                isinstance(one, dict) and set(one) == keys and all(isinstance(value, str) for value in one.values())
                for one in saved):
            raise ValueError("it is no list of questions")
        above: list[str] = []
        known = set()
        for place, one in enumerate(saved):
            while above and above[-1] != one["parent"]:
                above.pop()
            if bool(place) != bool(above) or (not place and one["parent"]) or one["id"] in known or not one["id"]:
                raise ValueError("its questions do not hang together")
            above.append(one["id"])
            known.add(one["id"])
            if len(above) > MOST_LEVELS or len(saved) > MOST_QUESTIONS:
                raise ValueError("it is too large")
            if one["kind"] and one["kind"] not in KINDS:
                raise ValueError("there is no such kind of question")
            if not one["text"].strip() or max(len(one["text"]), len(one["leaves_out"])) > MOST_LETTERS_LEFT_OUT:
                raise ValueError("a question has no words, or too many")
        return cls(tuple(Node(**one) for one in saved))

    def as_list(self) -> list[dict]:
        """The questions as plain values."""
        return [asdict(node) for node in self.nodes]

    # -- reading ---------------------------------------------------------------------------------

    def __contains__(self, identifier: str) -> bool:
        return identifier in self._by_id

    @property
    def whole(self) -> Node | None:
        """The big question; None before there is one."""
        return self.nodes[0] if self.nodes else None

    def node(self, identifier: str) -> Node:
        """A question by its name.

        Raises
        ------
        CourseError
            If it is not there, for instance because another tab has deleted it.
        """
        if identifier not in self._by_id:
            raise CourseError(f"Choose a question in the list first. {UNCHANGED}")
        return self._by_id[identifier]

    def number(self, identifier: str) -> str:
        """Its number, such as `1.2`; empty for the whole."""
        return self._numbers[identifier]

    def called(self, identifier: str) -> str:
        """What to call it in a sentence: its number, or “the whole”."""
        return self._numbers[identifier] or "the whole"

    def level(self, identifier: str) -> int:
        """Its level; the whole is on level 1."""
        number = self._numbers[identifier]
        return number.count(".") + 2 if number else 1

    def children(self, identifier: str) -> tuple[Node, ...]:
        """The questions directly beneath one."""
        return tuple(self._by_id[one] for one in self._children[identifier])

    def branch(self, identifier: str) -> tuple[Node, ...]:
        """A question and everything beneath it."""
        start = self.nodes.index(self.node(identifier))
        end = start + 1
        while end < len(self.nodes) and self.level(self.nodes[end].id) > self.level(identifier):
            end += 1
        return self.nodes[start:end]

    def is_leaf(self, identifier: str) -> bool:
        """Whether nothing stands beneath it. The whole is no leaf: it has yet to be split."""
        return bool(self._numbers[identifier]) and not self._children[identifier]

    def leaves(self) -> tuple[Node, ...]:
        """The leaves."""
        return tuple(node for node in self.nodes if self.is_leaf(node.id))

    def above(self, identifier: str) -> tuple[Node, ...]:
        """The questions on the way up to the whole, nearest first."""
        found, parent = [], self.node(identifier).parent
        while parent:
            found.append(self._by_id[parent])
            parent = self._by_id[parent].parent
        return tuple(found)

    def also(self, identifier: str) -> str:
        """Where else a question stands in the same words, such as `1.2` or `the whole`; empty when nowhere."""
        words = _bare(self.node(identifier).text)
        same = [node.id for node in self.nodes if node.id != identifier and _bare(node.text) == words]
        return _numbers(self, same) if same else ""

    # -- changing --------------------------------------------------------------------------------

    def beneath(self, identifier: str, new: str, text: str) -> "Tree":
        """Add a question beneath another, as the last one there.

        Parameters
        ----------
        identifier : str
            The question above; ignored for an empty tree, whose first question is the whole.
        new : str
            The name of the new one.
        text : str
            See `worded`.
        """
        text = worded(text)
        if not self.nodes:
            return Tree((Node(new, "", text),))
        self._room(self.level(identifier) + 1)
        end = self.nodes.index(self.branch(identifier)[-1]) + 1
        return Tree((*self.nodes[:end], Node(new, identifier, text), *self.nodes[end:]))

    def beside(self, identifier: str, new: str, text: str) -> "Tree":
        """Add a question beside another, directly after it and what is beneath it."""
        parent = self.node(identifier).parent
        if not parent:
            raise CourseError(f"Nothing stands beside the whole; it holds everything. Add the question beneath it. "
                              f"{UNCHANGED}")
        text = worded(text)
        self._room(self.level(identifier))
        end = self.nodes.index(self.branch(identifier)[-1]) + 1
        return Tree((*self.nodes[:end], Node(new, parent, text), *self.nodes[end:]))

    def changed(self, identifier: str, **values: str) -> "Tree":
        """Another `text`, `kind` or `leaves_out` of a question."""
        self.node(identifier)
        if "text" in values:
            values["text"] = worded(values["text"])
        if "leaves_out" in values:
            values["leaves_out"] = worded(values["leaves_out"], MOST_LETTERS_LEFT_OUT, may_be_empty=True)
        if values.get("kind"):
            values["kind"] = KINDS[values["kind"]].key
        return Tree(tuple(replace(node, **values) if node.id == identifier else node for node in self.nodes))

    def moved_up(self, identifier: str) -> "Tree":
        """Change places with the question beside it that comes before."""
        beside, place = self._beside(identifier)
        if not place:
            raise CourseError(f"{self._named(identifier)} cannot go further up among its neighbours. {UNCHANGED}")
        return self._swapped(beside[place - 1], beside[place])

    def moved_down(self, identifier: str) -> "Tree":
        """Change places with the question beside it that comes next."""
        beside, place = self._beside(identifier)
        if place == len(beside) - 1:
            raise CourseError(f"{self._named(identifier)} cannot go further down among its neighbours. {UNCHANGED}")
        return self._swapped(beside[place], beside[place + 1])

    def moved_in(self, identifier: str) -> "Tree":
        """Put it beneath the question beside it that comes before, as the last one there."""
        beside, place = self._beside(identifier)
        if not place:
            raise CourseError(f"{self._named(identifier)} has no neighbour above it, so there is nothing to put it "
                              f"beneath. {UNCHANGED}")
        branch = self.branch(identifier)
        if max(self.level(node.id) for node in branch) == MOST_LEVELS:
            raise CourseError(f"A tree has at most {MOST_LEVELS} levels, and this branch is on the last one already. "
                              f"{UNCHANGED}")
        # It stands directly behind its neighbour's branch, so only what it hangs on changes.
        return self._hung(identifier, beside[place - 1])

    def moved_out(self, identifier: str) -> "Tree":
        """Put it beside the question that it stands beneath, directly after it."""
        self._beside(identifier)
        parent = self.node(self.node(identifier).parent)
        if not parent.parent:
            raise CourseError(f"{self.number(identifier)} stands directly beneath the whole and cannot go further "
                              f"out. {UNCHANGED}")
        branch, above = self.branch(identifier), self.branch(parent.id)
        start = self.nodes.index(above[0])
        rest = [node for node in above if node not in branch]
        return Tree((*self.nodes[:start], *rest, *branch, *self.nodes[start + len(above):]))._hung(
            identifier, parent.parent)

    def without(self, identifier: str) -> "Tree":
        """The tree without a question and everything beneath it."""
        branch = self.branch(identifier)
        return Tree(tuple(node for node in self.nodes if node not in branch))

    def with_branch(self, branch: tuple[Node, ...], after: str = "") -> "Tree":
        """Put a branch back beneath the question that it hung on, or beneath the whole when that is gone.

        Parameters
        ----------
        branch : tuple of Node
            As `branch` gave it.
        after : str
            Beside which question it stood, directly after it; empty when it was the first.
        """
        top = branch[0]
        parent = top.parent if top.parent in self else self.nodes[0].id
        if len(self.nodes) + len(branch) > MOST_QUESTIONS:
            raise CourseError(f"With this branch the tree would have more than {MOST_QUESTIONS} questions. Delete "
                              f"others first. {UNCHANGED}")
        before = self.branch(after)[-1].id if after in self and self.node(after).parent == parent else parent
        start = [node.id for node in self.nodes].index(before) + 1
        nodes = (*self.nodes[:start], replace(top, parent=parent), *branch[1:], *self.nodes[start:])
        try:
            return Tree.from_list([asdict(node) for node in nodes])
        except ValueError:
            raise CourseError(f"The place where this branch hung is now too deep for it: a tree has at most "
                              f"{MOST_LEVELS} levels. Move that part out first. {UNCHANGED}") from None

    def _room(self, level: int) -> None:
        if len(self.nodes) >= MOST_QUESTIONS:
            raise CourseError(f"The tree has {MOST_QUESTIONS} questions, as many as it can hold. Delete one, or leave "
                              f"the finer ones for later. {UNCHANGED}")
        if level > MOST_LEVELS:
            raise CourseError(f"A tree has at most {MOST_LEVELS} levels. Add the question beside this one, or move "
                              f"this one out first. {UNCHANGED}")

    def _beside(self, identifier: str) -> tuple[list[str], int]:
        parent = self.node(identifier).parent
        if not parent:
            raise CourseError(f"The whole stays where it is: everything hangs on it. {UNCHANGED}")
        return self._children[parent], self._children[parent].index(identifier)

    def _named(self, identifier: str) -> str:
        return f"Question {self.number(identifier)}"

    def _swapped(self, first: str, second: str) -> "Tree":
        one, other = self.branch(first), self.branch(second)
        start = self.nodes.index(one[0])
        return Tree((*self.nodes[:start], *other, *one, *self.nodes[start + len(one) + len(other):]))

    def _hung(self, identifier: str, parent: str) -> "Tree":
        return Tree(tuple(replace(node, parent=parent) if node.id == identifier else node for node in self.nodes))


def worded(text: str, most: int = MOST_LETTERS, may_be_empty: bool = False) -> str:
    """Words as they are kept: on one line, without signs that cannot be seen.

    Raises
    ------
    CourseError
        If there are no words, or too many.

    Examples
    --------
    >>> worded("  Who   decides? ")
    'Who decides?'
    """
    seen = "".join(" " if sign.isspace() else sign for sign in text
                   if sign.isspace() or unicodedata.category(sign) not in {"Cc", "Cs"})
    # Signs that turn the direction of writing would turn the number beside it, too.
    tidy = " ".join(re.sub("[\u202a-\u202e\u2066-\u2069]", "", seen).split())
    if not tidy and not may_be_empty:
        raise CourseError(f"A question needs words. {UNCHANGED}")
    if len(tidy) > most:
        raise CourseError(f"This is {len(tidy):,} letters long; {most:,} fit. {UNCHANGED} Shorten it, and it will be "
                          "saved.")
    return tidy


# -- looking at a tree --------------------------------------------------------------------------------


def remarks(tree: Tree) -> list[Remark]:
    """What is missing from a tree; whether its questions are good ones no rule can tell."""
    if tree.whole is None:
        return []
    leaves = tree.leaves()
    if not leaves:
        return [Remark("split", (tree.whole.id,), "The whole is not split yet. Add a question beneath it.")]
    found = []
    if len(leaves) < FEWEST_LEAVES:
        found.append(Remark("leaves", tuple(node.id for node in leaves),
                            f"There {'is' if len(leaves) == 1 else 'are'} {number_of(len(leaves), 'leaf', 'leaves')}. "
                            f"Split until there are at least {FEWEST_LEAVES}."))
    found += _of_leaves(tree, "kind", "does not say yet what kind of question it is",
                        "do not say yet what kind of question they are")
    found += _of_leaves(tree, "leaves_out", "does not say yet what of the whole it leaves out",
                        "do not say yet what of the whole they leave out")
    for node in tree.nodes:
        if len(tree.children(node.id)) == 1:
            [only] = tree.children(node.id)
            found.append(Remark("single", (node.id,), f"Only {tree.number(only.id)} stands beneath "
                                f"{tree.called(node.id)}. Does it really split it? Add another beside it, or move it "
                                "out."))
    same: dict[str, list[str]] = {}
    for node in tree.nodes:
        same.setdefault(_bare(node.text), []).append(node.id)
    found += [Remark("twice", tuple(ids), f"{_numbers(tree, ids).capitalize()} have the same words.")
              for ids in same.values() if len(ids) > 1]
    return found


def _bare(text: str) -> str:
    """The words of a question whatever their case and stops."""
    return " ".join(re.findall(r"\w+", text.casefold())) or text


def _of_leaves(tree: Tree, trait: str, one: str, many: str) -> list[Remark]:
    ids = tuple(node.id for node in tree.leaves() if not getattr(node, trait))
    if not ids:
        return []
    if len(ids) == 1:
        return [Remark(trait, ids, f"Leaf {tree.number(ids[0])} {one}.")]
    return [Remark(trait, ids, f"Leaves {_numbers(tree, ids)} {many}.")]


def _numbers(tree: Tree, ids: Iterable[str]) -> str:
    *first, last = [tree.called(one) for one in ids]
    return f"{', '.join(first)} and {last}" if first else last


def whys(tree: Tree, identifier: str) -> list[str]:
    """The five whys backwards: from a question up to the whole, a sentence for each rung.

    Parameters
    ----------
    tree : Tree
    identifier : str
        A question; the whole has no rungs.
    """
    return [f"To find out: {node.text}" + ("" if tree.number(node.id) else " That is the whole.")
            for node in tree.above(identifier)]


def left_out(tree: Tree) -> list[tuple[str, str]]:
    """What the leaves leave out together: the words, each once, and the numbers of the leaves that do.

    Returns
    -------
    list of (str, str)
    """
    found: dict[str, tuple[str, list[str]]] = {}
    for node in tree.leaves():
        if node.leaves_out:
            found.setdefault(node.leaves_out.casefold().rstrip(". "), (node.leaves_out, []))[1].append(node.id)
    return [(words, _numbers(tree, ids)) for words, ids in found.values()]


def sentence(tree: Tree) -> str:
    """The size of a tree in a sentence."""
    parts = len(tree.children(tree.whole.id))
    return (f"“{tree.whole.text}” is split into {number_of(parts, 'part')} and "
            f"{number_of(len(tree.leaves()), 'leaf', 'leaves')}." if parts else
            f"“{tree.whole.text}” is not split yet.")


def kind_name(node: Node) -> str:
    """The kind of a question in words."""
    return KINDS[node.kind].name if node.kind else "not said yet"


def left_out_by(node: Node) -> str:
    """What a leaf leaves out, in words."""
    return node.leaves_out or "not said yet"
