"""The controls of a question in a frame; what they do is in `frame_activity`.

The slots of a frame are made when it is first chosen, and then only shown or hidden. Nothing that has the focus is
ever replaced: what changes are words beside the controls.
"""

from researchskills import _html
from researchskills.ask import CHOOSE
from researchskills.errors import CourseError
from researchskills.panel_parts import PART, alert, show_if, status, with_heading
from researchskills.questions import frame_sentence
from researchskills.questions.frame_activity import FIELDS, TASK, WEEKS
from researchskills.questions.frame_advice import LESS, advice
from researchskills.questions.frames import FRAMES
from researchskills.questions.kinds import KINDS

_TYPED = "I type the question"


class Panel:
    """The controls, from the question at the start to the weeks there are for it."""

    def __init__(self, activity):
        from ipywidgets import HTML, VBox

        self.activity = activity
        self.loading = False
        #: What is typed beside the slots, by trait: its control, and where it is said why it was not kept.
        self.fields: dict[str, tuple] = {}
        self.made: dict[str, object] = {}
        self.boxes: dict[str, dict] = {}
        notice = HTML(activity.notice_html())
        activity.observe(lambda _: setattr(notice, "value", activity.notice_html()), names="notice")
        self.widget = VBox([HTML(with_heading(TASK)), *self._start(), *self._kind(), *self._frame(),
                            *self._sentence(), *self._means(), notice])
        self._offer_leaves()
        self._show_frame()
        self._tell_kind()
        self._tell_sentence()
        activity.observe(lambda _: self._sharpened(), names="sharpened")

    def _sharpened(self) -> None:
        """Show a sharper version that came from another activity; a text that could not be kept stays in its box."""
        activity = self.activity
        self.loading = True
        self.kind.value, self.frame.value = activity.kind, activity.frame
        for name, (box, said) in self.fields.items():
            if not said.value:
                held = getattr(activity, name)
                box.value = held if isinstance(held, str) else _weeks(held)
        self.loading = False
        self._show_frame()
        for key, (box, said) in self.boxes.get(activity.frame, {}).items():
            if not said.value:
                self._put(box, activity.filled.get(key, ""))
        self._tell_kind()
        self._tell_sentence()

    def _put(self, box, text: str) -> None:
        self.loading = True
        box.value = text
        self.loading = False

    # -- the question at the start ---------------------------------------------------------------

    def _start(self) -> list:
        from ipywidgets import HTML, Button, Dropdown

        self.leaf = Dropdown(options=[(_TYPED, "")], value="", description="Start from")
        self.again = Button(description="Look at my tree again")
        self.take = Button(description="Take the tree’s words")
        self.leaf_said = HTML()
        self.typed, self.typed_said = self._field("typed", 2)
        self.leaf.observe(self._leaf_chosen, names="value")
        self.again.on_click(lambda _: self._look_again())
        self.take.on_click(lambda _: self._take_words())
        for widget in (self.leaf, self.again):
            show_if(widget, bool(self.activity.tree))
        return [_part("1. The question to start from", "Which question do you want to make sharper?"), self.leaf,
                self.again, self.leaf_said, self.take, self.typed, self.typed_said]

    def _look_again(self) -> None:
        self.activity.preselect()
        self._after_leaf()

    def _offer_leaves(self) -> None:
        held = self.activity.leaf
        leaves, meant = self.activity.leaves(), self.activity.meant_leaf()
        options = [(_TYPED, ""), *((f"{one.number} {one.text}{' (to go on with)' if one == meant else ''}", one.id)
                                   for one in leaves)]
        there = any(one.id == held.get("id") for one in leaves)
        if held and not there:
            options.append((f"{held['text']} (no longer a leaf of your tree)", held["id"]))
        self.loading = True
        self.leaf.options = options
        self.leaf.value = held.get("id", "")
        self.loading = False
        if self.activity.tree and not leaves:
            told = "Your problem tree has no questions yet. Type a question here, or write some in the tree first."
        elif held and not there:
            told = "This question is no longer a leaf of your tree. Its words are kept here."
        elif changed := self.activity.changed_leaf():
            told = f"In your tree this leaf now says: {changed}"
        elif meant and meant.id != held.get("id"):
            told = f"In your tree you chose to go on with: {meant.number} {meant.text}"
        elif meant:
            told = "This is the question with which you chose to go on in your tree. You may choose another one."
        else:
            told = ""
        self.leaf_said.value = status(told) if told else ""
        show_if(self.take, bool(self.activity.changed_leaf()))
        for widget in (self.typed, self.typed_said):
            show_if(widget, not held)

    def _leaf_chosen(self, change) -> None:
        if self.loading:
            return
        # A leaf that has gone from the tree stays what it is.
        if change["new"] != self.activity.leaf.get("id", ""):
            self.activity.choose_leaf(change["new"])
        self._after_leaf()

    def _take_words(self) -> None:
        self.activity.choose_leaf(self.activity.leaf["id"])
        self._after_leaf()
        # The button is gone, and the keyboard must not be left without a place.
        self.leaf.focus()

    def _after_leaf(self) -> None:
        self.loading = True
        self.kind.value = self.activity.kind
        self.loading = False
        self._offer_leaves()
        self._tell_kind()
        self._tell_sentence()

    # -- kind and frame --------------------------------------------------------------------------

    def _kind(self) -> list:
        from ipywidgets import HTML, Dropdown

        self.kind = Dropdown(options=[(CHOOSE, ""), *((one.name, key) for key, one in KINDS.items())],
                             value=self.activity.kind, description="Kind of question")
        self.kind_said = HTML()
        self.kind.observe(self._kind_chosen, names="value")
        return [_part("2. What kind of question is it?", "What would an answer look like: a number, a story, a "
                      "difference, a reason, or a “for whom”?"), self.kind, self.kind_said]

    def _kind_chosen(self, change) -> None:
        if self.loading:
            return
        self.activity.kind = change["new"]
        self._tell_kind()
        self._tell_sentence()

    def _tell_kind(self) -> None:
        if not self.activity.kind:
            self.kind_said.value, self.advice.value = "", "<p>Choose the kind of question first to see which fit.</p>"
            return
        kind = KINDS[self.activity.kind]
        self.kind_said.value = (f"<p>{_html.escape(kind.asks)} For example: {_html.escape(kind.example)}</p>"
                                f"<p>What could answer it: {_html.escape(kind.answered_by)}</p>")
        items = {True: "", False: ""}
        for one in advice(kind.key):
            items[one.fit == LESS] += (f"<li><strong>{_html.escape(FRAMES[one.frame].name)}</strong> ({one.fit}): "
                                       f"{_html.escape(one.why)}</li>")
        self.advice.value = (f"<p>For “{_html.escape(kind.name)}” these fit:</p><ul>{items[False]}</ul><p>These fit "
                             f"less. You may choose them all the same:</p><ul>{items[True]}</ul>")

    def _frame(self) -> list:
        from ipywidgets import HTML, Dropdown, VBox

        self.advice, self.frame_said, self.slots = HTML(), HTML(), VBox([])
        self.frame = Dropdown(options=[(CHOOSE, ""), *((one.name, key) for key, one in FRAMES.items())],
                              value=self.activity.frame, description="Frame")
        self.frame.observe(self._frame_chosen, names="value")
        return [_part("3. Choose a frame and fill it", "A frame reminds you of what a question should name. None is "
                      "right or wrong."), self.advice, self.frame, self.frame_said, self.slots]

    def _frame_chosen(self, change) -> None:
        if self.loading:
            return
        self.activity.choose_frame(change["new"])
        self._show_frame()
        self._tell_sentence()

    def _show_frame(self) -> None:
        from ipywidgets import VBox

        chosen = self.activity.frame
        if chosen and chosen not in self.made:
            self.made[chosen] = VBox(self._slots_of(FRAMES[chosen]))
            self.slots.children = [*self.slots.children, self.made[chosen]]
        for key, part in self.made.items():
            show_if(part, key == chosen)
        if not chosen:
            self.frame_said.value = ""
            return
        frame = FRAMES[chosen]
        for key, (box, _) in self.boxes[chosen].items():
            # A text that could not be saved is still in its box, and stays there.
            self._put(box, box.value or self.activity.filled.get(key, ""))
        example = frame_sentence.build(chosen, frame.example)
        self.frame_said.value = (
            f"<p>{_html.escape(frame.name)}: {_html.escape(frame.fits)} ({_html.escape(frame.source)})</p>"
            f"<p>An example: {_html.escape(example)}</p><p>Write each part as it would stand in the middle of a "
            "sentence: “a joint visit” rather than “joint visit”.</p>")

    def _slots_of(self, frame) -> list:
        from ipywidgets import HTML, Textarea

        widgets, boxes = [], {}
        for slot in frame.slots:
            optional = "" if slot.needed else " (if you want it)"
            box = Textarea(rows=2, continuous_update=False, description=f"{frame.name}, {slot.label}{optional}")
            said = HTML()
            box.observe(lambda change, key=slot.key, said=said: self._filled(key, change["new"], said), names="value")
            widgets += [HTML(f"<p><strong>{_html.escape(slot.label)}</strong>{optional}. {_html.escape(slot.hint)} For "
                             f"example: {_html.escape(slot.example)}</p>"), box, said]
            boxes[slot.key] = box, said
        self.boxes[frame.key] = boxes
        return widgets

    def _filled(self, slot: str, text: str, said) -> None:
        if not self.loading:
            self._attempt(said, lambda: self.activity.fill(slot, text))

    # -- the sentence ----------------------------------------------------------------------------

    def _sentence(self) -> list:
        from ipywidgets import HTML, Button, Textarea

        self.empty, self.own, self.said = HTML(), HTML(), HTML()
        self.sentence = Textarea(rows=3, continuous_update=False, description=FIELDS["wording"])
        self.build = Button(description="Build it again from the slots")
        self.back = Button(description="Bring my own words back")
        self.sentence.observe(self._worded, names="value")
        self.build.on_click(lambda _: self._rebuild(self.activity.build_again))
        self.back.on_click(lambda _: self._rebuild(self.activity.bring_back))
        return [_part("4. The question as a sentence", "It builds itself from the slots. Change every word that you "
                      "would say differently; then it is yours, and no slot changes it any more."),
                self.empty, self.sentence, self.said, self.own, self.build, self.back]

    def _worded(self, change) -> None:
        if self.loading:
            return
        # Who takes their own words away, or types what the slots say, has the built sentence again.
        own = "" if change["new"].strip() == self.activity.built else change["new"]
        self._attempt(self.said, lambda: self.activity.keep("wording", own))

    def _rebuild(self, act) -> None:
        act()
        self.said.value = ""
        self._tell_sentence()
        self.sentence.focus()

    def _tell_sentence(self) -> None:
        activity = self.activity
        if not self.said.value:
            self._put(self.sentence, activity.wording or activity.built)
        self.empty.value = status(activity.still_empty()) if activity.frame else ""
        self.own.value = "" if not (activity.wording and activity.built) else (
            f"<p>These are your own words. From the slots it would be: {_html.escape(activity.built)}</p>")
        show_if(self.build, bool(activity.wording and activity.built))
        show_if(self.back, bool(activity.replaced and not activity.wording))

    # -- what there is for it --------------------------------------------------------------------

    def _means(self) -> list:
        from ipywidgets import HTML, Text

        weeks, weeks_said = Text(continuous_update=False, description=WEEKS), HTML()
        weeks.value = _weeks(self.activity.weeks)
        weeks.observe(lambda change: self._attempt(weeks_said, lambda: self.activity.set_weeks(change["new"])),
                      names="value")
        self.fields["weeks"] = weeks, weeks_said
        return [_part("5. What you have for it", "A good question is one that you can answer from where you are."),
                *self._field("role", 1), *self._field("data", 2), weeks, weeks_said]

    def _field(self, what: str, rows: int) -> list:
        from ipywidgets import HTML, Textarea

        box = Textarea(value=getattr(self.activity, what), rows=rows, continuous_update=False,
                       description=FIELDS[what])
        said = HTML()
        box.observe(lambda change: self._attempt(said, lambda: self.activity.keep(what, change["new"])), names="value")
        self.fields[what] = box, said
        return [box, said]

    def _attempt(self, place, act) -> None:
        """Keep something that was typed; what could not be kept is said beside it and stays in its box."""
        if self.loading:
            return
        try:
            act()
            place.value = ""
        except CourseError as problem:
            place.value = alert(f"<p>{_html.escape(str(problem))}</p>")
        self._tell_sentence()


def _weeks(weeks: float | None) -> str:
    return "" if weeks is None else f"{weeks:g}"


def _part(title: str, words: str):
    from ipywidgets import HTML

    return HTML(with_heading(f"<p><strong>{_html.escape(title)}</strong></p><p>{_html.escape(words)}</p>", PART))
