"""The controls of two readers' comparison: nothing moves while somebody works, only the words change."""

from ipywidgets import HTML, Button, Checkbox, Dropdown, FileUpload, HBox, Text, Textarea, VBox

from researchskills import _html
from researchskills.appraisal import saved_files, settling, two_readers_report
from researchskills.appraisal.two_readers import GAVE_WAY, KINDS, STILL_DIFFER, Comparison
from researchskills.errors import CourseError
from researchskills.panel_parts import PART, alert, show_if, status, with_heading

_NOT_YET = "Not settled yet"
_TALK = ("<p><strong>Talk about where you differ</strong></p><p>Look at each difference together, then choose what "
         "both of you can stand behind. Your own answers stay as they are, and so do your partner’s. “We still differ” "
         "is a good answer, too.</p>")
_AGREED = ("<p><strong>The agreed version</strong></p><p>It holds what both of you said alike or settled. What is not "
           "settled is listed beside it.</p>")


class Panel:
    """Panel of a `TwoReaders` activity; `widget` is what is shown."""

    def __init__(self, activity):
        from researchskills.appraisal.two_readers_activity import TASK

        self.activity = activity
        self.current = ""
        self.upload = FileUpload(accept=".json,.txt", multiple=False, description="Your partner's file")
        self.compare, self.replace, self.keep = (Button(description=words) for words in (
            "Compare with mine", "Take the new file instead", "Keep the file I have"))
        self.chosen, self.verdict, self.progress, self.card, self.overall, self.unsettled, self.saved = (
            HTML() for _ in range(7))
        self.talk, self.version = (HTML(with_heading(words, PART)) for words in (_TALK, _AGREED))
        self.jump = Dropdown(description="Go to a difference")
        self.choice = Dropdown(description="We agree on")
        self.again = Checkbox(description="Neither gave way: we read it again", indent=False)
        self.why = Text(description="Why, in a few words", continuous_update=False)
        self.back, self.on, self.open, self.undo = (Button(description=words) for words in (
            "Previous difference", "Next difference", "Next one not settled", "Take the last step back"))
        self.certainty = Textarea(value=activity.certainty, description="How sure we are, in one sentence",
                                  continuous_update=False)
        self.export = Button(description="Save the agreed version as files")
        notice = HTML(activity.notice_html())
        activity.observe(lambda _: setattr(notice, "value", activity.notice_html()), names="notice")
        self.moving = HBox([self.back, self.on, self.open])
        self._listen()
        self.draw()
        self.widget = VBox([HTML(with_heading(TASK)), self.upload, self.chosen, self.compare, self.verdict,
                            HBox([self.replace, self.keep]), notice, self.talk, self.jump, self.progress, self.card,
                            self.choice, self.again, self.why, self.moving, self.undo, self.overall, self.version,
                            self.certainty, self.unsettled, self.export, self.saved])

    def _listen(self) -> None:
        self.upload.observe(self._picked, names="value")
        self.compare.on_click(lambda _: self._try(self._compare))
        self.replace.on_click(lambda _: self._try(self._replace))
        self.keep.on_click(lambda _: self._try(self._keep))
        self.back.on_click(lambda _: self._step(-1))
        self.on.on_click(lambda _: self._step(1))
        self.open.on_click(lambda _: self._next_open())
        self.undo.on_click(lambda _: self._try(self._take_back))
        self.export.on_click(lambda _: self._export())
        for control, changed in self._changes():
            control.observe(changed, names="value")

    def _changes(self):
        return ((self.jump, self._jumped), (self.choice, self._settled),
                (self.again, self._explained), (self.why, self._explained), (self.certainty, self._sure))

    # -- what somebody does ----------------------------------------------------------------------

    def _picked(self, _change) -> None:
        name = self.upload.value[0]["name"] if self.upload.value else ""
        self.chosen.value = status(f"Chosen: {name}") if name else ""
        if name:
            self.verdict.value = ""

    def _compare(self) -> str:
        if self.upload.value:
            [file] = self.upload.value
            # Whatever comes of it, the next press compares anew what was accepted.
            self.upload.value = ()
            told = self.activity.take(file["name"], bytes(file["content"]))
            # The button counts what is chosen, and goes back to 0 once it was taken.
            self.chosen.value = "" if self.activity.waiting else status(f"File taken: {file['name']}")
            return told
        comparison = self.activity.comparison()
        if comparison is None:
            raise CourseError("Choose your partner’s file first.")
        return comparison.sentence()

    def _replace(self) -> str:
        # The two buttons go away; the keyboard goes on from the one above them.
        self.compare.focus()
        return self.activity.confirm()

    def _keep(self) -> str:
        self.compare.focus()
        self.activity.decline()
        return "The file that you had is kept."

    def _take_back(self) -> str:
        told = "Taken back." if self.activity.undo() else "There is no step to take back."
        if not self.activity.partner:
            self.compare.focus()
        return told

    def _settled(self, change) -> None:
        self._try(lambda: self.activity.settle(self.current, change["new"], self.why.value, _how(self.again.value)))

    def _explained(self, _change) -> None:
        held = self.activity.settled.get(self.current)
        if held is None:
            self.verdict.value = alert("<p>Choose first what you agree on; then your reason is kept with it.</p>")
            return
        comparison = self._comparison()[0]
        if not settling.fits(comparison.find(self.current) if comparison else None, held):
            self.verdict.value = alert("<p>An answer has changed since you settled this. Choose once more what you "
                                       "agree on; then your reason is kept with it.</p>")
            return
        self._try(lambda: self.activity.settle(self.current, held.value, self.why.value,
                                               _how(self.again.value)))

    def _sure(self, change) -> None:
        self._try(lambda: self.activity.write_certainty(change["new"]))

    def _jumped(self, change) -> None:
        if change["new"]:
            self.current = change["new"]
            self.verdict.value = ""
            self.draw()

    def _step(self, by: int) -> None:
        keys = self._keys()
        if keys:
            self._go_to(keys[(keys.index(self.current) + by) % len(keys)])

    def _next_open(self) -> None:
        keys = self._keys()
        if not keys:
            return
        states = settling.standing(self._comparison()[0], self.activity.settled)
        place = keys.index(self.current) + 1
        found = next((key for key in keys[place:] + keys[:place] if states[key] in {"open", "lapsed"}), "")
        if found:
            self._go_to(found)
        else:
            self.verdict.value = alert("<p>None is left: each difference is settled, or you said that you still "
                                       "differ.</p>")

    def _keys(self) -> list[str]:
        """Differences as they are now; when none is left, that is shown and said."""
        # One's own answers may have changed since the panel was drawn.
        self.draw()
        comparison, problem = self._comparison()
        if comparison and comparison.differences:
            return [one.key for one in comparison.differences]
        self.compare.focus()
        self.verdict.value = alert(f"<p>{_html.escape(problem or 'You no longer differ in anything.')}</p>")
        return []

    def _go_to(self, key: str) -> None:
        self.current = key
        self.draw()
        self.verdict.value = alert(f"<p>Now {_html.escape(dict(map(reversed, self.jump.options))[key])}</p>")

    def _export(self) -> None:
        try:
            told = saved_files.where(self.activity.export())
        except CourseError as problem:
            told = str(problem)
        self.saved.value = alert(f"<p>{_html.escape(told)}</p>")

    def _try(self, action) -> None:
        """Do something, show everything anew, and say what came of it."""
        try:
            told = action()
            self.draw()
        except CourseError as problem:
            told = str(problem)
            self.draw(keep_typed=True)
        # What was said of the files is about what was settled then.
        self.saved.value = ""
        self.verdict.value = alert(f"<p>{_html.escape(told)}</p>")

    # -- what is shown ---------------------------------------------------------------------------

    def _comparison(self) -> tuple[Comparison | None, str]:
        """The comparison as it is now, and why there is none."""
        try:
            return self.activity.comparison(), ""
        except CourseError as problem:
            return None, str(problem)

    def draw(self, keep_typed: bool = False) -> None:
        """Bring every word and control in step with the activity; what was typed and refused can be mended."""
        typed = self.why.value, self.certainty.value, self.again.value
        comparison, problem = self._comparison()
        differs, form = bool(comparison and comparison.differences), bool(comparison and comparison.one_form)
        for control in (self.talk, self.jump, self.progress, self.card, self.choice, self.again, self.why, self.moving):
            show_if(control, differs)
        for control in (self.version, self.certainty, self.unsettled, self.export, self.saved):
            show_if(control, form)
        show_if(self.undo, bool(self.activity.partner))
        for button in (self.replace, self.keep):
            show_if(button, self.activity.waiting is not None)
        # Filling the controls anew is nothing that somebody did.
        for control, changed in self._changes():
            control.unobserve(changed, names="value")
        self.certainty.value = self.activity.certainty
        if differs:
            self._draw_difference(comparison)
        if keep_typed:
            self.why.value, self.certainty.value, self.again.value = typed
        for control, changed in self._changes():
            control.observe(changed, names="value")
        self.overall.value = self._overall(comparison, problem)
        self.unsettled.value = self._unsettled(comparison) if form else ""

    def _draw_difference(self, comparison: Comparison) -> None:
        keys, settled = [one.key for one in comparison.differences], self.activity.settled
        states = settling.standing(comparison, settled)
        if self.current not in keys:
            self.current = keys[0]
        difference, held = comparison.find(self.current), settled.get(self.current)
        words = {"open": "not settled", "settled": "settled", "differ": "we still differ", "lapsed": "to be looked at"}
        options = [(f"{number}. {one.about} ({KINDS[one.kind]}; {words[states[one.key]]})", one.key)
                   for number, one in enumerate(comparison.differences, 1)]
        if tuple(options) != tuple(self.jump.options):
            self.jump.options = options
        self.jump.value = self.current
        choices = [(_NOT_YET, ""), *((self._choice(difference, value, told), value)
                                     for value, told in difference.options.items()),
                   ("We still differ (nobody gave way)", STILL_DIFFER)]
        if tuple(choices) != tuple(self.choice.options):
            self.choice.options = choices
        fits = held is not None and settling.fits(difference, held)
        self.choice.value = held.value if fits else ""
        self.why.value = held.why if held else ""
        self.again.value = bool(held and held.how)
        self.progress.value = status(settling.progress(comparison, settled))
        self.card.value = with_heading(two_readers_report.card(comparison, difference, held), PART)

    @staticmethod
    def _choice(difference, value: str, told: str) -> str:
        return f"{told} ({GAVE_WAY[difference.gave_way(value)]})"

    def _overall(self, comparison: Comparison | None, problem: str) -> str:
        if comparison is None:
            return f"<p>{_html.escape(problem)}</p>" if problem and self.activity.partner else ""
        return (f"<p>{_html.escape(comparison.sentence())}</p>"
                f"{two_readers_report.lapsed_html(comparison, self.activity.settled)}"
                f"{two_readers_report.agreement_html(comparison)}")

    def _unsettled(self, comparison: Comparison) -> str:
        try:
            _, unsettled = settling.agreed_version(comparison, self.activity.settled, self.activity.certainty)
        except CourseError as problem:
            return f"<p>{_html.escape(str(problem))}</p>"
        if not unsettled:
            return "<p>Nothing remains unsettled.</p>"
        items = "".join(f"<li>{_html.escape(one)}</li>" for one in unsettled)
        return f"<p>What remains unsettled:</p><ul>{items}</ul>"


def _how(again: bool) -> str:
    """How both came to what they settled, as `settling.Agreement` holds it."""
    return "again" if again else ""
