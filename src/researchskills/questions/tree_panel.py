"""The problem tree on the screen: a list of its questions, and controls for the one that is chosen in the list.

Nothing that has the focus is ever replaced: the list gets other entries, the fields other words, and the buttons stay.
What a button did is said aloud beside the list.
"""

from researchskills._html import escape
from researchskills._words import number_of
from researchskills.errors import CourseError
from researchskills.panel_parts import PART, alert, show_if, with_heading
from researchskills.questions.kinds import KINDS
from researchskills.questions.tree import EXAMPLES, SPLITS, whys
from researchskills.questions.tree_activity import TASK
from researchskills.questions.tree_report import left_out_html, remarks_html

_LONGEST_ENTRY = 80
_MOVES = {"up": "Move up", "down": "Move down", "in": "Move in, beneath the one above", "out": "Move out, one level up"}
_FIVE_WHYS = "whys"


class TreePanel:
    """The controls.

    Parameters
    ----------
    activity : ProblemTree

    Attributes
    ----------
    widget : ipywidgets.Widget
        All of them.
    """

    def __init__(self, activity):
        from ipywidgets import HTML, Button, VBox

        self.activity = activity
        self.current = activity.tree.whole.id if activity.nodes else ""
        # While fields are being filled by the program, nothing counts as typed.
        self.loading = True
        # Each sentence stands near what it is about; only the newest one stands.
        self.said, self.said_of_new, self.exported = HTML(), HTML(), HTML()
        notice = HTML(activity.notice_html())
        self.back = Button(description="Put back what was deleted")
        self.back.on_click(lambda _: self._attempt(self.said, self._put_back))
        self.start = VBox(self._starting())
        self.choosing, self.working = VBox(self._choosing()), VBox([*self._splitting(), *self._wording()])
        self.ending = VBox(self._ending())
        self.widget = VBox([HTML(with_heading(TASK)), self.start, self.choosing, self.working, self.back, self.said,
                            self.ending, notice])
        activity.observe(lambda _: self._show(), names=["nodes", "chosen", "deleted", "never_forget"])
        activity.observe(lambda _: setattr(notice, "value", activity.notice_html()), names="notice")
        self._show()

    # -- what there is ---------------------------------------------------------------------------

    def _starting(self) -> list:
        from ipywidgets import HTML, Button, Dropdown, Textarea

        self.example = Dropdown(options=[("a big question of my own", ""),
                                         *((one.title, one.key) for one in EXAMPLES.values())],
                                value="", description="Begin with")
        self.story = HTML()
        self.own = Textarea(value=self.activity.draft, rows=2, continuous_update=False,
                            description="Your big question, as people ask it where you work")
        begin = Button(description="Begin the tree")

        def chosen(change):
            one = EXAMPLES.get(change["new"])
            self.story.value = "" if one is None else (
                f"<p><strong>{escape(one.question)}</strong></p><p>{escape(one.story)}</p>")
            show_if(self.own, one is None)

        self.example.observe(chosen, names="value")
        self.own.observe(self._drafted, names="value")
        begin.on_click(lambda _: self._attempt(self.said, self._begin))
        return [self.example, self.story, self.own, begin]

    def _choosing(self) -> list:
        from ipywidgets import Select

        self.outline = Select(options=[], rows=9, description="Questions of the tree")
        self.outline.observe(self._selected, names="value")
        return [self.outline]

    def _splitting(self) -> list:
        from ipywidgets import HTML, Button, Dropdown, HBox, Textarea

        self.heading = HTML()
        self.new = Textarea(value=self.activity.draft, rows=2, continuous_update=False, description="New question")
        beneath, beside = Button(description="Add a question beneath"), Button(description="Add a question beside")
        self.split = Dropdown(options=[("none", ""), *((one.name, one.key) for one in SPLITS.values()),
                                       ("Five whys backwards", _FIVE_WHYS)], value="", description="Help to split")
        self.help = HTML()
        self.new.observe(self._drafted, names="value")
        beneath.on_click(lambda _: self._attempt(self.said_of_new, self._add_beneath))
        beside.on_click(lambda _: self._attempt(self.said_of_new, self._add_beside))
        self.split.observe(lambda _: self._help(), names="value")
        return [self.heading, self.new, HBox([beneath, beside]), self.said_of_new, self.split, self.help]

    def _wording(self) -> list:
        from ipywidgets import HTML, Button, Dropdown, HBox, Textarea

        self.title = HTML()
        self.text = Textarea(rows=2, continuous_update=False, description="Wording of the question")
        self.kind = Dropdown(options=[("not said yet", ""), *((one.name, one.key) for one in KINDS.values())],
                             value="", description="Kind of question")
        self.about_kind = HTML()
        self.leaves_out = Textarea(rows=2, continuous_update=False, description="What of the whole does it leave out?")
        self.choose = Button(description="Go on with this question")
        self.of_leaves = [self.kind, self.about_kind, self.leaves_out, self.choose]
        self.text.observe(lambda change: self._typed("text", change["new"]), names="value")
        self.kind.observe(lambda change: self._typed("kind", change["new"]), names="value")
        self.leaves_out.observe(lambda change: self._typed("leaves_out", change["new"]), names="value")
        self.choose.on_click(lambda _: self._attempt(self.said, self._choose))
        buttons = []
        for where, words in _MOVES.items():
            button = Button(description=words)
            button.on_click(lambda _, where=where: self._attempt(self.said, lambda: self._move(where)))
            buttons.append(button)
        delete = Button(description="Delete with everything beneath")
        delete.on_click(lambda _: self._attempt(self.said, self._delete))
        return [self.title, self.text, *self.of_leaves, HBox(buttons), delete]

    def _ending(self) -> list:
        from ipywidgets import HTML, Button, HBox, Textarea

        self.lacking, self.lost, self.picture = HTML(), HTML(), HTML()
        self.never = Textarea(value=self.activity.never_forget, rows=2, continuous_update=False,
                              description="What of the whole must never be forgotten? One sentence")
        self.never.observe(lambda change: self._remembered(change["new"]), names="value")
        buttons = []
        for what, words in (("html", "Save the tree as a web page"), ("txt", "Save the tree as a text")):
            button = Button(description=words)
            button.on_click(lambda _, what=what: self._attempt(self.exported, lambda: self._export(what)))
            buttons.append(button)
        return [HTML(with_heading("<p><strong>The whole again</strong></p>", PART)), self.lost, self.never,
                self.lacking, self.picture, HBox(buttons), self.exported]

    # -- what is shown ---------------------------------------------------------------------------

    def _show(self) -> None:
        activity, tree = self.activity, self.activity.tree
        begun = tree.whole is not None
        for widget in (self.choosing, self.working, self.ending):
            show_if(widget, begun)
        show_if(self.start, not begun)
        show_if(self.back, bool(activity.deleted))
        if not begun:
            return
        if self.current not in tree:
            self.current = tree.whole.id
        entries = tuple((self._entry(tree, node), node.id) for node in tree.nodes)
        self.loading = True
        if entries != tuple(self.outline.options) or self.outline.value != self.current:
            # As one change: in between, the first entry would be the chosen one.
            with self.outline.hold_sync():
                self.outline.options = entries
                self.outline.value = self.current
        self.never.value = activity.never_forget
        self.loading = False
        self.lost.value = left_out_html(tree)
        self.lacking.value = remarks_html(tree)
        self.picture.value = activity.picture_html()
        self._load()

    def _entry(self, tree, node) -> str:
        number = tree.number(node.id)
        text = _shortened(node.text)
        chosen = " (to go on with)" if node.id == self.activity.chosen and tree.is_leaf(node.id) else ""
        indent = "\u2003" * (tree.level(node.id) - 1)
        return f"{indent}{number or 'Whole:'} {text}{chosen}"

    def _load(self) -> None:
        """Fill the fields with the question that is chosen in the list."""
        tree = self.activity.tree
        node = tree.node(self.current)
        self.loading = True
        self.text.value, self.kind.value, self.leaves_out.value = node.text, node.kind, node.leaves_out
        self.loading = False
        leaf = tree.is_leaf(node.id)
        number = tree.number(node.id)
        called = f"Question {number}, {'a leaf' if leaf else 'split further'}" if number else "The whole"
        split = f"Split question {number}" if number else "Split the whole"
        self.heading.value = with_heading(f"<p><strong>{split}</strong></p>", PART)
        self.title.value = with_heading(f"<p><strong>{called}</strong></p>", PART)
        for widget in self.of_leaves:
            show_if(widget, leaf)
        kind = KINDS.get(node.kind)
        self.about_kind.value = (f"<p>{escape(kind.asks)} For example: {escape(kind.example)}</p>" if kind else "")
        self._help()

    def _help(self) -> None:
        tree = self.activity.tree
        if self.split.value == _FIVE_WHYS:
            self.help.value = _ladder(whys(tree, self.current), tree.node(self.current).text)
        elif self.split.value:
            one = SPLITS[self.split.value]
            parts = "".join(f"<li>{escape(part)}</li>" for part in one.parts)
            self.help.value = f"<p>{escape(one.ask)} It could be about:</p><ul>{parts}</ul>"
        else:
            self.help.value = ""

    # -- what is done ----------------------------------------------------------------------------

    def _attempt(self, place, act) -> None:
        """Do something that may be refused, and say in `place` what came of it."""
        # A sentence that comes a second time is announced only when the place was empty in between.
        self._hush()
        try:
            told = act()
        except CourseError as problem:
            told = str(problem)
        place.value = alert(f"<p>{escape(told)}</p>") if told else ""

    def _hush(self) -> None:
        self.said.value = self.said_of_new.value = self.exported.value = ""

    def _go_to(self, identifier: str) -> None:
        self.current = identifier
        self._show()

    def _selected(self, change) -> None:
        if not self.loading and change["new"]:
            self.current = change["new"]
            self._hush()
            self._load()

    def _drafted(self, change) -> None:
        if not self.loading:
            place = self.said_of_new if self.activity.nodes else self.said
            self._attempt(place, lambda: self.activity.keep_draft(change["new"]))

    def _typed(self, trait: str, value: str) -> None:
        if self.loading:
            return

        def change() -> str:
            self.activity.change(self.current, **{trait: value})
            told = self._stands_already(self.current) if trait == "text" else ""
            return f"Saved for {self._called()}. {told}".rstrip()

        self._attempt(self.said, change)

    def _remembered(self, text: str) -> None:
        if not self.loading:
            self._attempt(self.exported, lambda: self.activity.remember(text))

    def _called(self) -> str:
        return self.activity.tree.called(self.current)

    def _stands_already(self, identifier: str) -> str:
        """A sentence when a question stands in the tree a second time: it is kept, and somebody may want to know."""
        numbers = self.activity.tree.also(identifier)
        return f"This question stands in the tree already, as {numbers}. " if numbers else ""

    def _add(self, add, box) -> str:
        """Add what stands in a box; gives the new question's id."""
        # The box is emptied first: drawing takes a moment, and the next question may be typed already.
        text = box.value
        self._fill(box, "")
        try:
            return add(text)
        except CourseError:
            self._fill(box, text)
            raise

    def _fill(self, box, text: str) -> None:
        self.loading = True
        box.value = text
        self.loading = False

    def _begin(self) -> str:
        one = EXAMPLES.get(self.example.value)
        begin = self.activity.begin
        self._go_to(begin(one.question) if one else self._add(begin, self.own))
        # The button is gone with the beginning; the list is where work goes on.
        self.outline.focus()
        told = "The tree has begun with the whole. Type a question and add it beneath."
        self.said_of_new.value = alert(f"<p>{told}</p>")
        return ""

    def _add_beneath(self) -> str:
        new = self._add(lambda text: self.activity.add_beneath(self.current, text), self.new)
        # One stays where one is, so that the next one can follow.
        return f"Added {self.activity.tree.called(new)}. {self._stands_already(new)}You are still at {self._called()}."

    def _add_beside(self) -> str:
        self._go_to(self._add(lambda text: self.activity.add_beside(self.current, text), self.new))
        return f"Added {self._called()}. {self._stands_already(self.current)}You are there now."

    def _move(self, where: str) -> str:
        before = self._called()
        self.activity.move(self.current, where)
        return f"{before} is now {self._called()}."

    def _delete(self) -> str:
        tree = self.activity.tree
        called, beneath = tree.called(self.current), len(tree.branch(self.current)) - 1
        near = self.activity.delete(self.current)
        told = f"Deleted: {called}" + (f" and {number_of(beneath, 'question')} beneath it." if beneath else ".")
        told += " “Put back what was deleted” brings it back."
        if not near:
            # The whole is gone, and this button with it.
            self.example.focus()
            return told
        self._go_to(near)
        return f"{told} You are now at {self._called()}, “{_shortened(self.activity.tree.node(near).text)}”."

    def _put_back(self) -> str:
        self._go_to(self.activity.put_back())
        if not self.activity.deleted:
            self.outline.focus()
        return f"Put back: {self._called()}."

    def _choose(self) -> str:
        self.activity.choose(self.current)
        return f"You go on with {self._called()}."

    def _export(self, what: str) -> str:
        path = self.activity.export(what)
        return f"Saved as “{path.name}” in the folder “{path.parent.resolve()}”."


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_ENTRY else f"{text[:_LONGEST_ENTRY - 1]}…"


def _ladder(rungs: list[str], text: str) -> str:
    """The five whys backwards, for a question or for the whole."""
    if not rungs:
        return ("<p>Ask of the whole: what would I have to know first? Add that question beneath. Then ask the same of "
                "it, up to five times, until the answer is something that one can see, hear or count.</p>")
    climbed = "".join(f"<li>{escape(one)}</li>" for one in rungs)
    return (f"<p>Read it back up to the whole. Does each step hold? If one does not, the question hangs in the wrong "
            f"place, or a question is missing between.</p><p>{escape(text)} <strong>Why do I want to know "
            f"that?</strong></p><ol>{climbed}</ol><p>And downwards: what would I have to know first, to answer it? Go "
            "on until it is something that one can see, hear or count.</p>")
