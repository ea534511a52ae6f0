"""The problem tree as an activity: what is kept, what is read back, and what leaves the page.

A deleted branch is kept with its place, so that it can be put back even on another day; all other changes can be
undone by their opposite. A question that is being typed is kept as well: a kernel may stop at any moment.
"""

import uuid
from dataclasses import asdict, replace
from functools import cache, lru_cache
from pathlib import Path

from traitlets import List, TraitError, Unicode, validate

from researchskills import own_words, saving, web_page
from researchskills._html import escape
from researchskills.activity import Activity, here, reopened
from researchskills.errors import CourseError
from researchskills.questions.tree import (
    UNCHANGED,
    Leaf,
    Node,
    Tree,
    sentence,
    worded,
)
from researchskills.questions.tree_report import as_text, left_out_html, outline_html, remarks_html

#: Folder beside the notebook for files that were asked for.
EXPORTS = "exports"
#: Letters of what must never be forgotten.
MOST_LETTERS_NEVER = 2000
#: Deleted branches that can be put back.
MOST_DELETED = 5
TASK = (
    "<p><strong>The problem tree</strong></p><p>A big question cannot be answered, and it must not be lost either. "
    "Split it into smaller ones, and these again, until each could be answered: at least four. Say what kind of "
    "question each of them is and what of the whole it leaves out. Then choose the one to go on with.</p>")


class ProblemTree(Activity):
    """Split one big question without losing the whole.

    Parameters
    ----------
    name : str
        For example `m01-a1-tree`.
    folder : pathlib.Path, optional
        The notebook's folder.

    Attributes
    ----------
    nodes : list of dict
        The questions in the order in which they are read; see `tree.Node`.
    chosen : str
        Id of the leaf to go on with; it may have been split or deleted since.
    never_forget : str
        What of the whole must never be forgotten, in a sentence.
    deleted : list of dict
        Branches that can be put back, newest last: `nodes`, and `after`, beside which question they stood.
    draft : str
        A question that is not in the tree yet.
    """

    nodes = List().tag(saved=True)
    chosen = Unicode("").tag(saved=True)
    never_forget = Unicode("").tag(saved=True)
    deleted = List().tag(saved=True)
    draft = Unicode("").tag(saved=True)

    def __init__(self, name: str, folder: Path | None = None):
        self.folder = folder or Path.cwd()
        super().__init__(name, folder)

    @validate("nodes")
    def _is_a_tree(self, proposal):
        try:
            Tree.from_list(proposal["value"])
        except ValueError as problem:
            raise TraitError(f"this is no tree: {problem}") from None
        return proposal["value"]

    @validate("deleted")
    def _are_branches(self, proposal):
        for one in proposal["value"]:
            if not isinstance(one, dict) or set(one) != {"nodes", "after"} or not isinstance(one["after"], str):
                raise TraitError("this is no branch")
            try:
                _branch(one)
            except (ValueError, TypeError, KeyError):
                raise TraitError("this is no branch") from None
        return proposal["value"]

    @property
    def tree(self) -> Tree:
        """The tree as it is now."""
        return Tree.from_list(self.nodes)

    # -- what happens ----------------------------------------------------------------------------

    def begin(self, question: str) -> str:
        """Begin a tree with its whole; gives the new question's id.

        Raises
        ------
        CourseError
            If there is one already, or there are no words, or the words could identify somebody.
        """
        if self.nodes:
            raise CourseError(f"There is a tree already. Delete the whole to begin another one. {UNCHANGED}")
        return self._add(Tree().beneath, "", question)

    def add_beneath(self, identifier: str, text: str) -> str:
        """Add a question beneath another; gives its id."""
        return self._add(self.tree.beneath, identifier, text)

    def add_beside(self, identifier: str, text: str) -> str:
        """Add a question beside another; gives its id."""
        return self._add(self.tree.beside, identifier, text)

    def _add(self, add, identifier: str, text: str) -> str:
        new = uuid.uuid4().hex[:12]
        self.nodes = add(identifier, new, own_words.kept(text)).as_list()
        self.draft = ""
        return new

    def change(self, identifier: str, **values: str) -> None:
        """Another `text`, `kind` or `leaves_out` of a question."""
        for text in values.values():
            own_words.kept(text)
        self.nodes = self.tree.changed(identifier, **values).as_list()

    def move(self, identifier: str, where: str) -> None:
        """Move a question with everything beneath it.

        Parameters
        ----------
        identifier : str
        where : {"up", "down", "in", "out"}
        """
        tree = self.tree
        moved = {"up": tree.moved_up, "down": tree.moved_down, "in": tree.moved_in, "out": tree.moved_out}[where]
        self.nodes = moved(identifier).as_list()

    def delete(self, identifier: str) -> str:
        """Delete a question with everything beneath it; gives the id of a question nearby, or nothing."""
        tree = self.tree
        node, branch = tree.node(identifier), tree.branch(identifier)
        beside = [one.id for one in tree.children(node.parent)] if node.parent else [identifier]
        place = beside.index(identifier)
        # Kept before it goes: whatever happens in between, it is in the file once at least.
        kept = {"nodes": [asdict(one) for one in branch], "after": beside[place - 1] if place else ""}
        self.deleted = [*self.deleted, kept][-MOST_DELETED:]
        self.nodes = tree.without(identifier).as_list()
        near = [*beside[place + 1:place + 2], *beside[max(place - 1, 0):place], node.parent]
        return near[0]

    def put_back(self) -> str:
        """Put the branch back that was deleted last; gives the id of its question.

        When it was a whole tree and another one has been begun, the two change places.

        Raises
        ------
        CourseError
            If there is none, or no room for it; it is then still kept.
        """
        tree = self.tree
        rest, branch = list(self.deleted), ()
        while rest and (not branch or branch[0].id in tree):
            last = rest.pop()
            branch = _branch(last)
        if not branch or branch[0].id in tree:
            raise CourseError(f"There is nothing to put back. {UNCHANGED}")
        if not branch[0].parent or not tree.nodes:
            # To the far end of the list: what was deleted from the older tree comes first now.
            rest = [*([{"nodes": self.nodes, "after": ""}] if self.nodes else []), *rest]
            self.nodes = [asdict(one) for one in (replace(branch[0], parent=""), *branch[1:])]
        else:
            self.nodes = tree.with_branch(branch, last["after"]).as_list()
        self.deleted = rest
        return branch[0].id

    def choose(self, identifier: str) -> None:
        """Choose the leaf to go on with.

        Raises
        ------
        CourseError
            If it is no leaf.
        """
        tree = self.tree
        tree.node(identifier)
        if not tree.is_leaf(identifier):
            raise CourseError(f"Go on with a leaf, a question that has nothing beneath it; {tree.called(identifier)} "
                              f"is none. {UNCHANGED}")
        self.chosen = identifier

    def remember(self, text: str) -> None:
        """Keep what of the whole must never be forgotten."""
        self.never_forget = worded(own_words.kept(text), MOST_LETTERS_NEVER, may_be_empty=True)

    def keep_draft(self, text: str) -> None:
        """Keep a question that is not in the tree yet."""
        self.draft = own_words.kept(text)[:MOST_LETTERS_NEVER]

    # -- for other activities ----------------------------------------------------------------------

    def leaves(self) -> list[Leaf]:
        """The leaves, in order."""
        tree = self.tree
        return [Leaf(node.id, tree.number(node.id), node.text, node.kind) for node in tree.leaves()]

    def chosen_leaf(self) -> Leaf | None:
        """The leaf to go on with; None when none is chosen, or when it is a leaf no longer."""
        return next((leaf for leaf in self.leaves() if leaf.id == self.chosen), None)

    # -- as a page ---------------------------------------------------------------------------------

    def export(self, what: str) -> Path:
        """Write the tree into the folder `exports` beside the notebook.

        Parameters
        ----------
        what : {"html", "txt"}
            A web page, or an outline in plain text.

        Raises
        ------
        CourseError
            If there is no tree, or the file cannot be written.
        """
        tree = self.tree
        if tree.whole is None:
            raise CourseError("There is no tree yet. Begin one first. No file was written.")
        if what == "html":
            content = web_page.page("Problem tree", self._answer_html() + self.picture_html())
        else:
            content = as_text(tree, self.chosen, self.never_forget)
        folder = self.folder / EXPORTS
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise CourseError(f"The folder “{folder.resolve()}” cannot be made ({problem.strerror}). No "
                              "file was written, and your tree is untouched. Check that the course folder can be "
                              "written to.") from None
        return saving.write(folder / f"{self.name}.{what}", content.encode())

    def shown(self) -> str:
        """The tree in a sentence, and the leaf to go on with."""
        tree = self.tree
        if tree.whole is None:
            return ""
        leaf = self.chosen_leaf()
        return sentence(tree) + (f" I go on with {leaf.number}: {leaf.text}" if leaf else "")

    def panel(self):
        """The outline as a list, and what can be done with the question that is chosen in it."""
        from researchskills.questions.tree_panel import TreePanel

        return TreePanel(self).widget

    def report(self) -> str:
        """The task, the outline with what each leaf leaves out, what the rules see, and the picture."""
        tree = self.tree
        body = "<p>Not begun yet.</p>"
        if tree.whole is not None:
            body = f"{self._answer_html()}{remarks_html(tree)}{self.picture_html()}"
        return (f'<section class="rs-report" aria-label="Problem tree">{TASK}{body}{self.notice_html()}</section>')

    def contribution(self) -> str:
        """The picture with every question in its table, what is left out, and the leaf to go on with."""
        if not self.nodes:
            return ""
        return f"{self.picture_html()}{self._whole_html()}"

    def picture_html(self) -> str:
        """The picture with its table; empty before there is a tree."""
        return _picture(self.tree, self.chosen) if self.nodes else ""

    def _answer_html(self) -> str:
        return f"{outline_html(self.tree, self.chosen)}{self._whole_html()}"

    def _whole_html(self) -> str:
        leaf = self.chosen_leaf()
        never = escape(self.never_forget or "not said yet")
        going_on = f"{leaf.number} {escape(leaf.text)}" if leaf else "not chosen yet"
        return (f"{left_out_html(self.tree)}<p><strong>Never to be forgotten:</strong> {never}</p>"
                f"<p><strong>The leaf to go on with:</strong> {going_on}</p>")


def _branch(kept: dict) -> tuple[Node, ...]:
    """A branch that was deleted.

    Raises
    ------
    ValueError
        If it is none.
    """
    top, *others = kept["nodes"]
    tree = Tree.from_list([{**top, "parent": ""}, *others])
    return replace(tree.nodes[0], parent=top["parent"]), *tree.nodes[1:]


@lru_cache(maxsize=16)
def _picture(tree: Tree, chosen: str) -> str:
    from researchskills.questions import tree_picture

    return tree_picture.figure(tree, chosen)._repr_html_()


# -- what lessons call ---------------------------------------------------------------------------------


def problem_tree(name: str) -> ProblemTree:
    """Split one big question into answerable ones without losing the whole.

    Parameters
    ----------
    name : str
        The activity's name, such as `m01-a1-tree`.
    """
    return reopened(_problem_tree(name, here()))


def leaves_of(name: str, folder: Path | None = None) -> list[Leaf]:
    """The leaves of a tree that was saved, in order; none before there are any.

    Parameters
    ----------
    name : str
        As given to `problem_tree`.
    folder : pathlib.Path, optional
        The notebook's folder.
    """
    return reopened(_problem_tree(name, folder or here())).leaves()


def chosen_of(name: str, folder: Path | None = None) -> Leaf | None:
    """The leaf of a saved tree to go on with; None when none is chosen."""
    return reopened(_problem_tree(name, folder or here())).chosen_leaf()


# One object for each name and folder, however often its cell is run.


@cache
def _problem_tree(name: str, folder: Path) -> ProblemTree:
    return ProblemTree(name, folder)
