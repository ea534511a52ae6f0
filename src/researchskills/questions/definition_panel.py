"""The controls of “define the disputed word”; what they do is in `definition_activity`.

As in screening, nothing moves while somebody decides: the buttons keep their place and the keyboard's focus, and only
the words of the vignette change. What a comparison brings is put below the button that asked for it.
"""

from pathlib import Path

from researchskills import _html
from researchskills._words import number_of
from researchskills.ask import CHOOSE
from researchskills.errors import CourseError
from researchskills.own_words import field, kept
from researchskills.panel_parts import PART, alert, show_if, status, with_heading
from researchskills.questions import definition as rules
from researchskills.questions import definition_report as shows
from researchskills.questions.definition import DECISIONS, LINES, MOST_CRITERIA, SECTORS

_PARTNER = ("<p><strong>Compare with a partner</strong></p><p>Take somebody from the other sector, best somebody who "
            "uses the word with you at work. Each decides alone. Save your decisions and send the file; choose the "
            "file that you were sent. It is compared and never merged. From then on this round stays as it is.</p>")
_PANEL = ("<p><strong>Compare with the panel</strong></p><p>A nurse, a social worker and a carer, all invented, "
          "decided about the same stories. They are no authority: what matters is why they differ from you. From "
          "then on this round stays as it is.</p>")
_DIFFERENCES = ("<p><strong>Where you differ, round {}</strong></p><p>Talk about these first. And see each from the "
                "other side: what would the person in it, or their carer, call it? Their word may be another one "
                "altogether.</p>")
_SHARPEN = ("<p><strong>Sharpen and try again</strong></p><p>A new round begins with your definition as it is and with "
            "no decision. This round stays, to be read and compared.</p>")


class DefinitionPanel:
    """The panel of one learner's definition.

    Parameters
    ----------
    activity : Define
        What is shown and changed.
    """

    def __init__(self, activity):
        from ipywidgets import HTML, VBox

        self.activity = activity
        self._filling = False
        #: Reasons that were not kept, because they could identify somebody: they wait in the field.
        self._refused: dict[str, str] = {}
        # Each sentence stands near what it is about; only the newest one stands.
        self.told, self.saved, self.with_partner = HTML(), HTML(), HTML()
        self.with_panel, self.begun, self.written = HTML(), HTML(), HTML()
        notice = HTML(activity.notice_html())
        activity.observe(lambda _: setattr(notice, "value", activity.notice_html()), names="notice")
        body = VBox([*self._defining(), *self._deciding(), *self._comparing(), *self._sharpening()])
        self.body = body
        self.widget = VBox([HTML(with_heading(shows.TASK)), *self._choosing(), body, notice])
        self._fill()

    # -- the parts ---------------------------------------------------------------------------------

    def _choosing(self) -> list:
        from ipywidgets import HTML, Dropdown, Text

        activity, said = self.activity, HTML()
        options = [(CHOOSE, ""), *((one.word, key) for key, one in rules.terms().items())]
        self.word = Dropdown(options=options, value=activity.term, description="The disputed word")
        show_if(self.word, not activity.set_term)
        self.about = HTML()
        who = Text(value=activity.who, description="Your name or code for a partner", continuous_update=False)
        sector = Dropdown(options=[(CHOOSE, ""), *((words, key) for key, words in SECTORS.items())],
                          value=activity.sector, description="Your sector")

        def chosen(change):
            if change["new"]:
                activity.choose(change["new"])
                self._fill()

        def named(change):
            self._attempt(said, lambda: activity.introduce(change["new"]))

        self.word.observe(chosen, names="value")
        who.observe(named, names="value")
        sector.observe(lambda change: setattr(activity, "sector", change["new"]), names="value")
        return [self.word, self.about, who, sector, said]

    def _defining(self) -> list:
        from ipywidgets import HTML, Text, Textarea

        activity, said = self.activity, HTML()
        self.stands = HTML()
        self.lines = {"text": field(Textarea, "I count it as this when", "", self._unless_filling(
            lambda text: activity.write("text", text)), said, rows=3)}
        self.criteria = [field(Text, f"Criterion {place + 1}, if you need it", "", self._unless_filling(
            lambda text, place=place: activity.write_criterion(place, text)), said) for place in range(MOST_CRITERIA)]
        for key, label in LINES.items():
            self.lines[key] = field(Textarea, label, "", self._unless_filling(
                lambda text, key=key: activity.write(key, text)), said, rows=2)
        first, *others = self.lines.values()
        heading = ("<p><strong>Your definition</strong></p><p>Write it so that a stranger would count the same: what "
                   "must be there, what may be missing, and what can be seen in a record.</p>")
        return [HTML(with_heading(heading, PART)), self.stands, first, *self.criteria, *others, said]

    def _deciding(self) -> list:
        from ipywidgets import HTML, Button, Dropdown, HBox, Textarea

        activity = self.activity
        self.card, self.far, unkept = HTML(), HTML(), HTML()
        self.why = Textarea(description="Why, in a few words", rows=2, continuous_update=False)
        self.buttons = {key: Button(description=words) for key, words in DECISIONS.items()}
        back, on, open_ = (Button(description=words) for words in
                           ("Previous story", "Next story", "Next one without a decision"))
        self.jump = Dropdown(description="Go to a story")

        def explained(change):
            if self._filling:
                return
            at = activity.current
            try:
                activity.explain(at, kept(change["new"], f"Why, about {at}"))
                self._refused.pop(at, None)
                unkept.value = ""
            except CourseError as problem:
                self._refused[at] = change["new"]
                unkept.value = alert(f"<p>{_html.escape(str(problem))}</p>")

        def decide(key: str):
            def pressed(_button):
                at = activity.current
                try:
                    activity.decide(key)
                except CourseError as problem:
                    self._say(str(problem))
                    return
                self._draw()
                self._say(f"{at}: {DECISIONS[key]}. " + (f"Now {activity.current}." if activity.current != at
                                                         else "Every story has a decision."))
            return pressed

        def move(go):
            def pressed(_button):
                go()
                self._draw()
                self._say(f"Now {activity.current}.")
            return pressed

        def next_open():
            found = rules.next_undecided(activity.vignettes(), activity.sheet().choices, activity.current)
            activity.go_to(found or activity.current)

        def jumped(change):
            if not self._filling and change["new"]:
                activity.go_to(change["new"])
                self._draw()

        self.why.observe(explained, names="value")
        self.jump.observe(jumped, names="value")
        for key, button in self.buttons.items():
            button.on_click(decide(key))
        back.on_click(move(lambda: activity.step(-1)))
        on.on_click(move(lambda: activity.step(1)))
        open_.on_click(move(next_open))
        heading = ("<p><strong>Apply it, story by story</strong></p><p>Decide by what you wrote, not by what you "
                   "feel. When your definition does not reach so far, or a fact is not known, say so.</p>")
        return [HTML(with_heading(heading, PART)), self.far, self.told, self.card, self.why, unkept,
                HBox(list(self.buttons.values())), HBox([back, on, open_]), self.jump]

    def _comparing(self) -> list:
        from ipywidgets import HTML, Button, FileUpload, VBox

        activity = self.activity
        export, compare, look = (Button(description=words) for words in
                                 ("Save my decisions for a partner", "Compare with my partner",
                                  "Compare with the panel"))
        self.upload = FileUpload(accept=".json,.txt", multiple=False, description="Partner's file")
        self.chosen = HTML()
        self.compared = VBox([])

        def picked(_change):
            name = self.upload.value[0]["name"] if self.upload.value else ""
            self.chosen.value = status(f"File chosen: {name}") if name else ""

        def partner():
            if not self.upload.value:
                raise CourseError("Choose your partner’s file first.")
            [file] = self.upload.value
            found = activity.take_partner(file["name"], bytes(file["content"]))
            self.chosen.value = status(f"File taken: {file['name']}")
            return found.sentence()

        def export_pressed(_button):
            self._attempt(self.saved, lambda: f"{_where(activity.export_for_partner())}. Send it to your partner; both "
                                              "of you should have decided by then.")

        def compare_pressed(_button):
            self._attempt(self.with_partner, partner)
            self._draw()
            self._draw_comparison()

        def look_pressed(_button):
            self._attempt(self.with_panel, lambda: activity.look_at_panel().sentence())
            self._draw()
            self._draw_comparison()

        export.on_click(export_pressed)
        self.upload.observe(picked, names="value")
        compare.on_click(compare_pressed)
        look.on_click(look_pressed)
        return [HTML(with_heading(_PARTNER, PART)), export, self.saved, self.upload, self.chosen, compare,
                self.with_partner, HTML(with_heading(_PANEL, PART)), look, self.with_panel, self.compared]

    def _sharpening(self) -> list:
        from ipywidgets import HTML, Button

        activity = self.activity
        again, page = Button(description="Sharpen and try again"), Button(description="Save everything as a web page")
        self.history = HTML()

        def again_pressed(_button):
            def begin():
                activity.sharpen()
                self._refused.clear()
                self._fill()
                return (f"Round {len(activity.rounds[activity.term])} has begun. Sharpen the definition above, then "
                        "decide anew.")
            self._attempt(self.begun, begin)

        def page_pressed(_button):
            self._attempt(self.written, lambda: f"{_where(activity.export_page())}.")

        again.on_click(again_pressed)
        page.on_click(page_pressed)
        return [HTML(with_heading(_SHARPEN, PART)), again, self.begun, self.history, page, self.written]

    # -- what is shown -----------------------------------------------------------------------------

    def _unless_filling(self, keep):
        def left(text: str):
            if self._filling:
                return
            before = self.activity.sheet()
            keep(text)
            # What was refused for want of a definition may be possible now.
            self._hush()
            if before.choices and before.definition != self.activity.sheet().definition:
                decided = number_of(len(before.choices), "story", "stories")
                self.stands.value = status(f"You have decided about {decided} already. Look whether these decisions "
                                           "still hold.")
        return left

    def _hush(self) -> None:
        for place in (self.told, self.saved, self.with_partner, self.with_panel, self.begun, self.written):
            place.value = ""

    def _attempt(self, place, act) -> None:
        """Do something that may fail, and say in `place` what came of it."""
        # A sentence that comes a second time is announced only when the place was empty in between.
        place.value = ""
        self._hush()
        try:
            told = act()
        except CourseError as problem:
            told = str(problem)
        place.value = alert(f"<p>{_html.escape(told)}</p>") if told else ""

    def _say(self, words: str) -> None:
        self._hush()
        self.told.value = alert(f"<p>{_html.escape(words)}</p>")

    def _fill(self) -> None:
        """Everything anew, for another word or another round."""
        activity, word = self.activity, self.activity.word()
        show_if(self.body, word is not None)
        self.about.value = "" if word is None else (
            f"<p>The word: <strong>{_html.escape(word.word)}</strong>. {_html.escape(word.dispute)}</p>")
        self._hush()
        # A file that was taken belongs to the round before, or to another word.
        self.upload.value = ()
        if word is None:
            return
        definition = activity.sheet().definition
        self._filling = True
        for key, control in self.lines.items():
            control.value = getattr(definition, key)
        for place, control in enumerate(self.criteria):
            control.value = definition.criteria[place] if place < len(definition.criteria) else ""
        self._filling = False
        self._draw()
        self._draw_comparison()

    def _draw(self) -> None:
        """The current vignette, and whether the round can still be changed."""
        activity = self.activity
        sheet, at, closed = activity.sheet(), activity.current, activity.is_closed()
        held = sheet.choices.get(at)
        place = activity.vignettes().index(at) + 1
        state = f"Your decision: {DECISIONS[held.decision]}." if held else "No decision yet."
        card = with_heading(shows.vignette_html(at, activity.term), PART)
        self.card.value = (f"<p>Story {place} of {len(activity.vignettes())}</p>{card}"
                           f"<p><strong>{_html.escape(activity.word().question)}</strong> {state}</p>")
        self.far.value = status(f"Round {sheet.round}. {activity.progress()}")
        self.stands.value = ("<p>This round was compared, so it stays as it is. “Sharpen and try again” further down "
                             "begins a new one.</p>" if closed else "")
        self._filling = True
        self.why.value = self._refused.get(at, activity.reason(at))
        self.jump.options = [(self._line(one, sheet), one) for one in activity.vignettes()]
        self.jump.value = at
        self._filling = False
        for control in [*self.lines.values(), *self.criteria, self.why, *self.buttons.values()]:
            control.disabled = closed
        self.history.value = shows.rounds_html(activity, activity.term)

    def _line(self, key: str, sheet) -> str:
        held = sheet.choices.get(key)
        state = DECISIONS[held.decision].lower() if held else "no decision yet"
        return f"{key}. {self.activity.word().vignettes[key].title} ({state})"

    def _draw_comparison(self) -> None:
        """The newest compared round: each difference with the person's word for it, then numbers and questions."""
        from ipywidgets import HTML, Textarea

        activity, said = self.activity, HTML()
        number, term = activity.newest_compared(), activity.term
        if not number:
            self.compared.children = []
            return
        differ = activity.differences()
        told = f"Round {number}. You do not differ on any story."
        parts = [HTML(with_heading(_DIFFERENCES.format(number), PART) if differ else f"<p>{told}</p>")]
        for key, shown in zip(differ, shows.differences_html(activity, term), strict=True):
            parts += [HTML(with_heading(shown, PART)),
                      field(Textarea, f"{key}: what would the person call it?", activity.person.get(key, ""),
                            lambda text, key=key: activity.say_person(key, text), said, rows=2)]
        self.compared.children = [
            *parts, HTML(shows.comparison_html(activity, term)),
            field(Textarea, "What came out of talking about the differences", activity.talked.get(term, ""),
                  activity.say_talked, said, rows=3), said]


def _where(path: Path) -> str:
    """Where a file was written, so that somebody finds it again."""
    return f"Saved as “{path.name}” in the folder “{path.parent.resolve()}”"
