"""The five steps of a search strategy on the screen; what they do is in `strategy_activity`.

Each step is made once, when it is first shown, and then only shown or hidden: nothing that has the focus is ever
replaced. The step's list is where reading goes on, so it gets the focus when somebody goes to another step.
"""

import re

from researchskills import _html, privacy
from researchskills._words import number_of
from researchskills.errors import CourseError
from researchskills.evidence import lines as lines_
from researchskills.evidence.peer_review import ELEMENTS
from researchskills.evidence.search_activity import OPENING, ResultPanel
from researchskills.evidence.strategy import FEWEST_BLOCKS, MOST_BLOCKS
from researchskills.evidence.strategy_activity import EXPORTS, MOST_LETTERS, TASK, topics
from researchskills.evidence.strategy_report import (
    blocks_html,
    commit_words,
    commits_html,
    element_html,
    judged_words,
    known_html,
    others_html,
)
from researchskills.panel_parts import PART, SteppedPanel, alert, show_if, status, with_heading

STEPS = ("Question and ideas", "Words for each idea", "Lines", "Records to skim",
         "Say which line is your search, check and log")
_HELP = (
    "Write the question as one sentence. Then name its two to four ideas: who is it about, what is done, where? An "
    "idea that any record could be about, such as “outcomes”, seldom helps.",
    "Collect the words that other people use for each idea: in the other service, abroad, in everyday talk. A star at "
    "the end stands for any ending: carer* finds carer, carers, carer’s. You decide which suggestions to take.",
    "Turn the ideas into numbered lines. Words for the same idea are joined by OR, the ideas by AND. The count beside "
    "a line says how many records it finds.",
    "Read the first records of a line, title and abstract. The words that you looked for are in bold. Say how each "
    "record looks. From three that look relevant on, step 2 suggests words from them.",
    "Say which line is your search. Only then are recall and precision shown, where they can be known. After that look "
    "through it with the six checks, and save the log.",
)
_HELP_ON_A_SET_QUESTION = (
    "The question is set. Name its two to four ideas: who is it about, what is done, where? An idea that any record "
    "could be about, such as “outcomes”, seldom helps.")


class Panel(SteppedPanel):
    """The controls."""

    def __init__(self, activity):
        super().__init__(activity, STEPS, TASK)

    def help_on(self, step: int) -> str:
        """What to do in a step; the first one differs when the question is set."""
        return _HELP_ON_A_SET_QUESTION if step == 1 and self.activity.set_topic else _HELP[step - 1]

    def make(self, step: int):
        """One of the five steps."""
        return (_QuestionStep, _WordsStep, _LinesStep, _RecordsStep, _CommitStep)[step - 1](self.activity)


class _Step:
    """One step: its controls, and what happens when it is shown."""

    def __init__(self, activity):
        from ipywidgets import VBox

        self.activity = activity
        self.widget = VBox(self.controls())

    def controls(self) -> list:
        """The widgets, made once."""
        raise NotImplementedError

    def enter(self) -> None:
        """Bring what is shown up to date."""

    def attempt(self, place, act) -> None:
        """Do something that may fail, and say in `place` what came of it."""
        # A sentence that comes a second time is announced only when the place was empty in between.
        place.value = "" if lines_.library_is_open() else OPENING
        try:
            place.value = alert(act() or "")
        except CourseError as problem:
            place.value = alert(lines_.error_html(problem))


class _QuestionStep(_Step):
    def controls(self) -> list:
        from ipywidgets import HTML, Dropdown, Text, Textarea

        activity = self.activity
        trouble = ""
        try:
            offered = {key: one for key, one in topics().items() if one["use"] == "lesson" or key == activity.topic}
        except CourseError as problem:
            offered, trouble = {}, alert(f"<p>{_html.escape(problem)}</p>")
        self.topic = Dropdown(options=[("a question of my own", ""), *((one["title"], key)
                                                                      for key, one in offered.items())],
                              value=activity.topic if activity.topic in offered else "", description="Question")
        show_if(self.topic, not activity.set_topic)
        self.asked = HTML()
        self.own = Textarea(value=activity.question, rows=2, description="Your question, in one sentence",
                            continuous_update=False)
        self.warning = HTML(trouble)
        self.names = [Text(description=f"Idea {number}" + ("" if number <= FEWEST_BLOCKS else " (if you need it)"),
                           continuous_update=False) for number in range(1, MOST_BLOCKS + 1)]
        self.topic.observe(self._chosen, names="value")
        self.own.observe(self._typed, names="value")
        for place, widget in enumerate(self.names):
            self._link(place, widget)
        return [self.topic, self.asked, self.own, self.warning, *self.names]

    def _link(self, place: int, widget) -> None:
        def changed(change):
            if change["new"].strip() != self._held(place):
                self.activity.name_block(place, change["new"])

        widget.value = self._held(place)
        widget.observe(changed, names="value")

    def _held(self, place: int) -> str:
        blocks = self.activity.blocks
        return blocks[place]["name"] if place < len(blocks) else ""

    def _chosen(self, change) -> None:
        self.activity.topic = change["new"]
        self.enter()

    def _typed(self, change) -> None:
        found = privacy.find(change["new"])
        self.warning.value = "" if not found else alert(
            f"<p>This seems to hold a {_html.escape(found[0].kind)} ({_html.escape(found[0].masked)}) and was not "
            "saved. Write the question without anything that could identify a person.</p>")
        if not found:
            self.activity.question = change["new"][:MOST_LETTERS]

    def enter(self) -> None:
        topic = self.activity.topic
        show_if(self.own, not topic)
        self.asked.value = f"<p>{_html.escape(self.activity.asked())}</p>" if topic else ""
        for place, widget in enumerate(self.names):
            if widget.value.strip() != self._held(place):
                widget.value = self._held(place)


class _WordsStep(_Step):
    def controls(self) -> list:
        from ipywidgets import HTML, Button, Dropdown, Text, Textarea, VBox

        self.which = Dropdown(options=[("none yet", -1)], value=-1, description="Idea to work on")
        self.words = Textarea(rows=5, continuous_update=False, description="Words for this idea, one on each line")
        self.common = HTML()
        self.headings = Textarea(rows=3, continuous_update=False,
                                 description="Subject headings for this idea, one on each line")
        self.also = Text(continuous_update=False, description="Another word to look up, if you like")
        self.ask = Button(description="Suggest words")
        self.said, self.offer = HTML(), VBox([])
        self.take = Button(description="Take the ticked ones")
        self.plan = HTML()
        self.none = HTML("<p>Name your ideas in step 1 first.</p>")
        self.which.observe(lambda _: self._load(), names="value")
        self.words.observe(lambda change: self._typed_words(change["new"]), names="value")
        self.headings.observe(lambda change: self._put("headings", change["new"]), names="value")
        self.ask.on_click(lambda _: self.attempt(self.said, self._suggest))
        self.take.on_click(lambda _: self._taken())
        self.loading = False
        self.working = [self.which, self.words, self.common, self.headings, self.also, self.ask, self.said, self.offer,
                        self.take]
        self.activity.observe(lambda _: self._show_plan(), names="blocks")
        return [self.none, *self.working, self.plan]

    def enter(self) -> None:
        blocks = self.activity.blocks
        options = [(one["name"] or f"idea {place}", place - 1) for place, one in enumerate(blocks, 1)]
        if options and tuple(options) != tuple(self.which.options):
            held = self.which.value if self.which.value in [place for _, place in options] else 0
            self.which.options = options
            self.which.value = held
        show_if(self.none, not options)
        for widget in self.working:
            show_if(widget, bool(options))
        self._load()
        self._show_plan()

    def _load(self) -> None:
        place = self.which.value
        if place is None or not 0 <= place < len(self.activity.blocks):
            return
        block = self.activity.plan()[place]
        self.loading = True
        self.words.value, self.headings.value = "\n".join(block.words), "\n".join(block.headings)
        self.loading = False
        self.found, self.offer.children, self.said.value = [], [], ""
        self._tell_common()
        show_if(self.take, False)

    def _put(self, part: str, typed: str) -> None:
        if not self.loading:
            self.activity.put_words(self.which.value, part, typed.splitlines())

    def _typed_words(self, typed: str) -> None:
        if self.loading:
            return
        # A comma is no part of a word, so people who list words with commas mean one word each.
        listed = [word.strip() for word in re.split(r"[,;\n]", typed)]
        self._put("words", "\n".join(listed))
        split = re.search(r"[,;]", typed) is not None
        if split:
            self.loading = True
            self.words.value = "\n".join(filter(None, listed))
            self.loading = False
        self._tell_common("Each word or phrase now stands on a line of its own." if split else "")

    def _tell_common(self, first: str = "") -> None:
        """Say in how many records the very common words of the idea stand; the library is not opened for it."""
        told = [first] if first else []
        if lines_.library_is_open():
            told += self.activity.common_words(self.which.value)
        self.common.value = status(" ".join(told)) if told else ""

    def _show_plan(self) -> None:
        self.plan.value = blocks_html(self.activity.plan()) if self.activity.blocks else ""

    def _suggest(self) -> str:
        from ipywidgets import Checkbox

        self.found = self.activity.suggestions(self.which.value, self.also.value)
        self.offer.children = [
            Checkbox(value=False, indent=False,
                     description=f"{one.text} ({'heading; ' if one.kind == 'heading' else ''}{one.why})")
            for one in self.found]
        show_if(self.take, bool(self.found))
        if not self.found:
            return ("<p>No further word was found. Look up another one, or mark three records as relevant in step 4: "
                    "their words are suggested here.</p>")
        return f"<p>{number_of(len(self.found), 'suggestion')}. Tick those that stand for this idea.</p>"

    def _taken(self) -> None:
        ticked = [one for box, one in zip(self.offer.children, self.found, strict=True) if box.value]
        if not ticked:
            self.said.value = alert("<p>Tick at least one of them first.</p>")
            return
        block = self.activity.plan()[self.which.value]
        for part, kind in (("words", "word"), ("headings", "heading")):
            new = [one.text for one in ticked if one.kind == kind]
            if new:
                self.activity.put_words(self.which.value, part, [*getattr(block, part), *new])
        for box in self.offer.children:
            box.value = False
        taken = {(one.kind, one.text) for one in ticked}
        kept = [(box, one) for box, one in zip(self.offer.children, self.found, strict=True)
                if (one.kind, one.text) not in taken]
        self.offer.children, self.found = [box for box, _ in kept], [one for _, one in kept]
        block = self.activity.plan()[self.which.value]
        self.loading = True
        self.words.value, self.headings.value = "\n".join(block.words), "\n".join(block.headings)
        self.loading = False
        self._tell_common()
        self.said.value = alert(f"<p>{number_of(len(ticked), 'suggestion')} taken.</p>")


class _LinesStep(_Step):
    def controls(self) -> list:
        from ipywidgets import HTML, Button

        self.said = HTML()
        self.write = Button(description="Write the lines from my ideas")
        self.anew = Button(description="Write them anew, in place of the lines written before")
        self.write.on_click(lambda _: self.attempt(self.said, lambda: self._written(False)))
        self.anew.on_click(lambda _: self.attempt(self.said, lambda: self._written(True)))
        self.panel = self.activity.line_panel(lambda _: self._changed())
        syntax, *rest = self.panel.widgets
        return [syntax, self.write, self.anew, self.said, *rest]

    def _written(self, anew: bool) -> str:
        told = self.activity.write_lines(anew)
        # What was said of single lines is about numbers that may be others now.
        self.panel.said.value = ""
        self._offer()
        return f"<p>{_html.escape(told)}</p>"

    def _changed(self) -> None:
        # How many lines were written is no longer true once one is changed or deleted.
        self.said.value = ""
        self._offer()

    def _offer(self) -> None:
        show_if(self.anew, any(line.get("written") for line in self.activity.lines))

    def enter(self) -> None:
        self.panel.refresh()
        self._offer()


class _RecordsStep(_Step):
    def controls(self) -> list:
        from ipywidgets import HTML

        self.none, self.count = HTML("<p>Type a line in step 3 first.</p>"), HTML()
        self.results = ResultPanel(self.activity.kept, (lambda: self.activity.judged, self.activity.judge))
        self.activity.observe(lambda _: self._recount(), names="judged")
        self._seen = None
        return [self.none, *self.results.widgets, self.count]

    def _recount(self) -> None:
        judged = self.activity.judged
        self.count.value = status(judged_words(judged)) if judged else ""

    def enter(self) -> None:
        texts = [line["text"] for line in self.activity.lines]
        show_if(self.none, not texts)
        # Somebody who comes back finds the page as it was left, as long as the lines are the same.
        if texts != self._seen:
            self._seen = texts
            self.results.refresh()
        self._recount()


class _CommitStep(_Step):
    def controls(self) -> list:
        from ipywidgets import HTML, Button, Dropdown, HBox, Textarea

        activity = self.activity
        self.line = Dropdown(options=[("no line yet", 0)], value=0, description="My search is")
        self.button = Button(description="This is my search")
        self.said, self.figures = HTML(), HTML()
        self.known = Textarea(value=activity.known, rows=3, continuous_update=False,
                              description="Records that you know already: title, DOI or number, one on each line")
        self.look = Button(description="Does my search find them?")
        self.known_said, self.known_found = HTML(), HTML()
        self.through = Button(description="Look through my search")
        self.through_said = HTML()
        self.button.on_click(lambda _: self.attempt(self.said, self._commit))
        self.known.observe(lambda change: setattr(activity, "known", change["new"][:MOST_LETTERS]), names="value")
        self.look.on_click(lambda _: self.attempt(self.known_said, self._look))
        self.through.on_click(lambda _: self.attempt(self.through_said, self._look_through))
        self.seen = {element: HTML() for element in ELEMENTS}
        self.after = [HTML(with_heading(
            "<p><strong>Six checks</strong></p><p>“Seen” means that a rule is certain of what it says. “A question” "
            "means that it may or may not be as you want it; only you can tell. Your own note is what counts: what "
            "will you change, what will you leave, and why?</p>", PART)),
                      self.through, self.through_said]
        for element, shown in self.seen.items():
            self.after += [shown, self._note(element)]
        return [self.line, self.button, self.said, self.figures, self.known, self.look, self.known_said,
                self.known_found, *self.after, *self._source_controls(),
                *self._log_controls(HBox)]

    def _note(self, element: str):
        from ipywidgets import Textarea

        activity = self.activity
        widget = Textarea(value=activity.notes.get(element, ""), rows=2, continuous_update=False,
                          description=f"Your note on: {ELEMENTS[element].title}")
        widget.observe(lambda change: activity.note(element, change["new"]), names="value")
        return widget

    def _source_controls(self) -> list:
        from ipywidgets import HTML, Button, Dropdown, FileUpload, Text, Textarea

        self.file = FileUpload(accept=".ris,.nbib,.txt", multiple=False, description="Choose a .ris or .nbib file")
        self.source = Text(continuous_update=False, description="Another source: its name")
        self.typed = Textarea(rows=2, continuous_update=False, description="What you typed or opened there")
        self.count = Text(continuous_update=False, description="How many records it found, if you counted")
        self.add = Button(description="Add this source to the log")
        self.drop = Dropdown(options=[("Choose …", "")], value="", description="Source to take out of the log")
        self.dropping = Button(description="Take it out")
        self.source_said, self.sources, self.file_notes = HTML(), HTML(), ""
        self.file.observe(lambda _: self._read(), names="value")
        self.add.on_click(lambda _: self.attempt(self.source_said, self._add))
        self.dropping.on_click(lambda _: self._drop())
        return [HTML(with_heading(
                    "<p><strong>Other sources</strong></p><p>A search in one place is not enough. Put into the log "
                    "where else you looked: a real database, a website, a person whom you asked. From a file that a "
                    "database exported (.ris or .nbib) the number of records is read; the file stays where it "
                    "is.</p>", PART)),
                self.file, self.source, self.typed, self.count, self.add, self.source_said, self.sources, self.drop,
                self.dropping]

    def _log_controls(self, row) -> list:
        from ipywidgets import HTML, Button, Text

        activity = self.activity
        who = Text(value=activity.who, continuous_update=False, description="Who searched: role or initials")
        self.exported, warning = HTML(), HTML()

        def named(change):
            found = privacy.find(change["new"])
            warning.value = "" if not found else alert(
                f"<p>This seems to hold a {_html.escape(found[0].kind)} ({_html.escape(found[0].masked)}) and was not "
                "saved. Write a role, such as “district nurse”, or initials.</p>")
            if not found:
                activity.who = change["new"].strip()[:100]

        who.observe(named, names="value")
        buttons = []
        for what, words in (("docx", "Save the search log (Word)"), ("ris", "Save the records (RIS)"),
                            ("csv", "Save the records (csv)")):
            button = Button(description=words)
            button.on_click(lambda _, what=what: self.attempt(self.exported, lambda: self._export(what)))
            buttons.append(button)
        return [HTML(with_heading(
                    "<p><strong>Log</strong></p><p>With the log a stranger can repeat your search: source, day, "
                    "database language, each line as typed, and its count.</p>", PART)),
                who, warning, row(buttons), self.exported]

    def enter(self) -> None:
        activity = self.activity
        many = len(activity.lines)
        options = [(f"line {number}", number) for number in range(many, 0, -1)] or [("no line yet", 0)]
        if tuple(options) != tuple(self.line.options):
            self.line.options = options
            self.line.value = activity.committed_line() if many else 0
        self._show()

    def _show(self) -> None:
        activity = self.activity
        self.figures.value = commits_html(activity.commits)
        if activity.commits and not activity.stands():
            self.figures.value += ("<p>Your question or your lines have changed since. Say again which line is your "
                                   "search, to see what that did.</p>")
        own = bool(activity.commits) and not activity.topic
        for widget in (self.known, self.look, self.known_said, self.known_found):
            show_if(widget, own)
        self.known_found.value = known_html(activity.checked_known)
        for widget in [*self.after, *self.seen.values()]:
            show_if(widget, bool(activity.commits))
        for element, shown in self.seen.items():
            shown.value = element_html(element, activity.remarks)
        self.sources.value = others_html(activity.others) if activity.others else ""
        names = [("Choose …", ""), *((one["name"], one["name"]) for one in activity.others)]
        if tuple(names) != tuple(self.drop.options):
            self.drop.options = names
            self.drop.value = ""
        for widget in (self.drop, self.dropping):
            show_if(widget, bool(activity.others))

    def _commit(self) -> str:
        self.activity.commit(self.line.value)
        self._show()
        return f"<p>{_html.escape(commit_words(self.activity.commits[-1]))}</p>"

    def _look(self) -> str:
        if not self.activity.known.strip():
            raise CourseError("Type at least one record that you know already.")
        self.activity.look_for_known()
        self._show()
        return "<p>The answer stands below.</p>"

    def _look_through(self) -> str:
        self.activity.look_through()
        self._show()
        many = len(self.activity.remarks["found"])
        return (f"<p>{number_of(many, 'remark')} on line {self.activity.remarks['line']} and the lines that lead to "
                "it. They stand under the six headings.</p>")

    def _read(self) -> None:
        if not self.file.value:
            return
        [file] = self.file.value
        self.attempt(self.source_said, lambda: self._filled(file["name"], bytes(file["content"])))

    def _filled(self, name: str, content: bytes) -> str:
        database, count, told = self.activity.read_file(name, content)
        self.source.value = self.source.value.strip() or database
        self.count.value, self.file_notes = str(count), f"Read from a file. {told}"
        return f"<p>{_html.escape(told)} Now say what you typed there, and add it to the log.</p>"

    def _add(self) -> str:
        told = self.activity.add_source(self.source.value, self.typed.value, self.count.value, self.file_notes)
        self.source.value = self.typed.value = self.count.value = self.file_notes = ""
        self._show()
        return f"<p>{_html.escape(told)}</p>"

    def _drop(self) -> None:
        if not self.drop.value:
            self.source_said.value = alert("<p>Choose a source in the list first.</p>")
            return
        name = self.drop.value
        self.activity.drop_source(name)
        self.source_said.value = alert(f"<p>“{_html.escape(name)}” is no longer in the log.</p>")
        self._show()
        if not self.activity.others:
            # The button goes with the last source, and the keyboard must not be left without a place.
            self.source.focus()

    def _export(self, what: str) -> str:
        path = self.activity.export(what)
        gaps = self.activity.log().missing() if what == "docx" else []
        told = f"<p>Saved as “{EXPORTS}/{_html.escape(path.name)}” beside this notebook.</p>"
        if gaps:
            items = "".join(f"<li>{_html.escape(one)}</li>" for one in gaps)
            told += f"<p>A stranger would still need:</p><ul>{items}</ul>"
        return told
