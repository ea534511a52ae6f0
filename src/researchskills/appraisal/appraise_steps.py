"""The five steps of an appraisal on the screen; what they do is in `appraise_activity`.

Each step, and each part of the form, is made once and then only shown or hidden: nothing that has the focus is ever
replaced. The list of steps, or of parts, gets the focus when somebody goes on, because there reading goes on.
"""

from researchskills import _html
from researchskills._words import number_of
from researchskills.appraisal import appraisal_report, design_path, reports, summary
from researchskills.appraisal.designs import DESIGNS
from researchskills.appraisal.forms import ANSWERS, DIRECTIONS, judgements
from researchskills.appraisal.reading import SECTORS
from researchskills.appraisal.sentence_numbers import written
from researchskills.errors import CourseError
from researchskills.panel_parts import PART, SteppedPanel, alert, show_if, status, with_heading

STEPS = ("The report", "The design", "The questions", "Summary and certainty", "The panel, and files to pass on")
_HELP = (
    "Read the report once from beginning to end. Its sentences are numbered, so that you can point to them later.",
    "Say what was done, question by question; that leads to the name of the design. Commit to it before you see the "
    "form.",
    "Answer what the report lets you answer, and say where it stands. “Cannot tell” is an answer: what is not reported "
    "cannot be known. Everything is kept, so stop when you like and go on another day.",
    "Your answers in words. There is no score. Read them, then write how sure you are of the main finding, and why.",
    "See what a panel noted, save the appraisal for a second reader, and print it.",
)
_CHOOSE = ("Choose …", "")
_SCREENING = "Screening: is it worth reading on?"


class Panel(SteppedPanel):
    """The controls; below the help on a step the report can be read again."""

    def __init__(self, activity):
        from ipywidgets import HTML

        self.again = HTML()
        super().__init__(activity, STEPS, appraisal_report.TASK, [self.again])

    def help_on(self, step: int) -> str:
        """What to do in a step."""
        return _HELP[step - 1]

    def make(self, step: int):
        """One of the five steps."""
        parts = (_ReportStep, _DesignStep, _QuestionsStep, _SummaryStep, _PassingOnStep)
        return parts[step - 1](self.activity, self.chooser)

    def show(self) -> None:
        """Show the step that the activity is at, and the report above it."""
        super().show()
        self._show_report(self.activity.step)

    def _show_report(self, step: int) -> None:
        """The report, folded, from the second step on."""
        text = _text(self.activity)
        folded = f"<details><summary>Read the report again</summary>{text}</details>" if text else ""
        if self.again.value != folded:
            self.again.value = folded
        show_if(self.again, step > 1 and bool(folded))


def _text(activity) -> str:
    """The report as HTML; nothing when none is chosen or it cannot be opened."""
    try:
        report = activity.text()
    except CourseError:
        return ""
    return report.html() if report else ""


class _Step:
    """One step: its controls, and what happens when it is shown; `chooser` is the list of steps above it."""

    def __init__(self, activity, chooser):
        from ipywidgets import VBox

        self.activity, self.chooser = activity, chooser
        self.widget = VBox(self.controls())

    def controls(self) -> list:
        """The widgets, made once."""
        raise NotImplementedError

    def enter(self) -> None:
        """Bring what is shown up to date."""


def _attempt(place, act, about: str = "") -> None:
    """Do something that may fail, and say in `place` what came of it; `about` stands before what failed."""
    # A sentence that comes a second time is announced only when the place was empty in between.
    place.value = ""
    try:
        told = act()
    except CourseError as problem:
        told = f"{about}{problem}"
    place.value = alert(f"<p>{_html.escape(told)}</p>") if told else ""


class _ReportStep(_Step):
    def controls(self) -> list:
        from ipywidgets import HTML, Dropdown, Text

        activity = self.activity
        trouble, offered = "", []
        try:
            offered = [(reports.report(key).title, key) for key in reports.names()]
        except CourseError as problem:
            trouble = alert(f"<p>{_html.escape(str(problem))}</p>")
        chosen = activity.report_key if activity.report_key in [key for _, key in offered] else \
            "" if activity.own_paper else None
        self.choice = Dropdown(options=[("Choose …", None), *offered, ("A paper of my own", "")], value=chosen,
                               description="Report")
        show_if(self.choice, not activity.set_report)
        self.own = Text(value=activity.own_paper, continuous_update=False,
                        description="Short name of your paper, such as author and year")
        self.said, self.shown = HTML(trouble), HTML()
        self.choice.observe(self._chosen, names="value")
        self.own.observe(lambda change: _attempt(self.said, lambda: self._named(change["new"])), names="value")
        return [self.choice, self.own, self.said, self.shown]

    def _chosen(self, change) -> None:
        # “Choose …” is no report: what was chosen before stays.
        if change["new"] is not None:
            self.said.value = ""
            self.activity.take_up(change["new"])
        self.enter()

    def _named(self, name: str) -> str:
        self.activity.name_paper(name)
        return f"You appraise “{self.activity.own_paper}”. Keep it beside you." if self.activity.own_paper else ""

    def enter(self) -> None:
        own = self.choice.value == "" and not self.activity.set_report
        show_if(self.own, own)
        self.shown.value = "" if self.choice.value is None else _text(self.activity)


class _DesignStep(_Step):
    def controls(self) -> list:
        from ipywidgets import HTML, Button, Dropdown

        self.asked, self.hints = {}, {}
        for key, question in design_path.QUESTIONS.items():
            self.asked[key] = Dropdown(options=[_CHOOSE, *((words, one) for one, words in question.answers.items())],
                                       description=question.text)
            self.hints[key] = HTML(f"<p>{_html.escape(question.hint)}</p>")
            self.asked[key].observe(lambda change, key=key: self._answered(key, change["new"]), names="value")
        self.leads = HTML()
        self.design = Dropdown(options=[_CHOOSE, *((one.name, key) for key, one in DESIGNS.items())],
                               description="Design")
        self.button = Button(description="This is the design")
        self.said, self.committed = HTML(), HTML()
        self.button.on_click(lambda _: _attempt(self.said, self._commit))
        # A field cannot point to its hint, so the hint comes before it for whoever reads from top to bottom.
        questions = [widget for key in self.asked for widget in (self.hints[key], self.asked[key])]
        return [*questions, self.leads, self.design, self.button, self.said, self.committed]

    def enter(self) -> None:
        self.loading = True
        for key, widget in self.asked.items():
            held = self.activity.path.get(key, "")
            widget.value = held if held in design_path.QUESTIONS[key].answers else ""
        self.loading = False
        # Where the answers lead now comes before what was chosen earlier: a sentence says that the two differ.
        self.design.value = design_path.design_of(self._path()) or self.activity.design
        self.said.value = ""
        self._show()

    def _path(self) -> dict:
        return {key: widget.value for key, widget in self.asked.items() if widget.value}

    def _answered(self, key: str, answer: str) -> None:
        if self.loading:
            return
        self.activity.answer_path(self._path())
        self.design.value = design_path.design_of(self._path())
        self.said.value = ""
        self._show()

    def _show(self) -> None:
        at = design_path.step(self._path())
        shown = {one.key for one in at.questions}
        for key, widget in self.asked.items():
            show_if(widget, key in shown)
            show_if(self.hints[key], key in shown)
        if at.design:
            told = self.activity.leads_elsewhere() or (
                f"Your answers lead to: {DESIGNS[at.design].name}. Does that fit what you read? If so, commit to it; "
                "if not, change an answer or choose another design.")
        elif at.look_for:
            told = f"{at.look_for} If the report does not tell, choose the design that fits best."
        else:
            told = ""
        self.leads.value = status(told) if told else ""
        for widget in (self.design, self.button):
            show_if(widget, bool(told or self.activity.design))
        design = self.activity.design
        self.committed.value = with_heading(appraisal_report.design_html(design), PART) if design else ""

    def _commit(self) -> str:
        if not self.design.value:
            raise CourseError("Choose a design in the list first.")
        told = self.activity.commit_design(self.design.value)
        self._show()
        return told


class _QuestionsStep(_Step):
    def controls(self) -> list:
        from ipywidgets import HTML, Button, Dropdown, HBox, VBox

        self.none, self.progress = HTML("<p>Say in step 2 what the design is first.</p>"), HTML()
        self.elsewhere = HTML()
        self.part = Dropdown(options=[(_SCREENING, "")], value="", description="Part of the form")
        self.before, self.next = Button(description="Previous part"), Button(description="Next part")
        self.shelf = VBox([])
        self.made: dict[tuple, _Part] = {}
        self.loading = False
        self.part.observe(lambda change: self._chosen(change["new"]), names="value")
        self.before.on_click(lambda _: self._go(-1))
        self.next.on_click(lambda _: self._go(1))
        self.activity.observe(lambda _: self._tell(), names=["answers", "judgements"])
        self.row = HBox([self.before, self.next])
        return [self.none, self.elsewhere, self.progress, self.part, self.shelf, self.row]

    def enter(self) -> None:
        form, elsewhere = self.activity.form, self.activity.leads_elsewhere()
        self.elsewhere.value = status(f"In step 2: {elsewhere}") if elsewhere else ""
        show_if(self.none, form is None)
        for widget in (self.progress, self.part, self.shelf, self.row):
            show_if(widget, form is not None)
        if form is None:
            return
        shown = (self.activity.report_key, form.key)
        if any(key[:2] != shown for key in self.made):
            # Some answers on this form may have come over from another one.
            self.made, self.shelf.children = {}, []
        self.parts = ["", *form.domains]
        self.loading = True
        self.part.options = [(_SCREENING, ""), *((f"{number}. {words}", key)
                                                 for number, (key, words) in enumerate(form.domains.items(), 1))]
        self.part.value = self.activity.part if self.activity.part in form.domains else ""
        self.loading = False
        self._tell()
        self._show()

    def _tell(self) -> None:
        self.progress.value = status(self.activity.progress())

    def _chosen(self, part: str) -> None:
        if not self.loading:
            self.activity.part = part
            self._show()

    def _go(self, by: int) -> None:
        place = self.parts.index(self.part.value) + by
        self.part.value = self.parts[min(max(place, 0), len(self.parts) - 1)]
        self.part.focus()

    def _show(self) -> None:
        shown = (self.activity.report_key, self.activity.form.key, self.part.value)
        if shown not in self.made:
            self.made[shown] = _Part(self.activity, self.part.value)
            self.shelf.children = [*self.shelf.children, self.made[shown].widget]
        for key, part in self.made.items():
            show_if(part.widget, key == shown)
        place = self.parts.index(self.part.value)
        show_if(self.before, place > 0)
        show_if(self.next, place < len(self.parts) - 1)


class _Part:
    """The questions of one domain with the judgement below them, or the screening questions."""

    def __init__(self, activity, domain: str):
        from ipywidgets import HTML, Dropdown, VBox

        self.activity, self.domain = activity, domain
        self.form = activity.form
        title = self.form.domains.get(domain, _SCREENING)
        controls = [HTML(f"<h{PART}><strong>{_html.escape(title)}</strong></h{PART}>")]
        for question in self.form.of_domain(domain):
            controls += self._question(self.form.questions.index(question) + 1, question)
        self.advice = HTML()
        if domain:
            judgement = Dropdown(options=[("Choose …", ""), *((words, key) for key, words in
                                                           judgements(self.form.key).items())],
                                 value=activity.judgements.get(domain, ""),
                                 description=f"Your judgement of this part ({title})")
            judgement.observe(lambda change: self._judged(change["new"]), names="value")
            controls.append(judgement)
        self.widget = VBox([*controls, self.advice])
        self._advise()

    def _question(self, number: int, question) -> list:
        from ipywidgets import HTML, Dropdown, Text, Textarea

        activity, held = self.activity, self.activity.held(question.key)
        why = HTML(f"<p><em>Question {number}, why it matters here:</em> {_html.escape(question.why)}</p>")
        answer = Dropdown(options=[_CHOOSE, *((words, key) for key, words in ANSWERS.items())], value=held["answer"],
                          description=f"{number}. {question.text}")
        sentences = Text(value=written(held["sentences"]), continuous_update=False,
                         description=f"Question {number}: sentences that show it, such as 12, 14-15")
        answer.add_class("rs-asked")
        marked, evidence_said = HTML(), HTML()
        words = "what shows it, in your words" if activity.report_key else "what shows it, in your words, with its page"
        evidence = Textarea(value=held["evidence"], rows=2, continuous_update=False,
                            description=f"Question {number}: {words}")
        direction = Dropdown(options=[_CHOOSE, *((words, key) for key, words in DIRECTIONS.items())],
                             value=held["direction"], description=f"Question {number}: which way it pushes the result")

        def show_direction() -> None:
            show_if(direction, question.direction and activity.held(question.key)["answer"] not in {"", "yes"})

        def show_marked() -> None:
            marked.value = appraisal_report.marked_html(activity, activity.held(question.key)["sentences"])

        def answered(change) -> None:
            activity.put(question.key, answer=change["new"])
            show_direction()
            self._advise()

        def marking(change) -> None:
            try:
                activity.mark_sentences(question.key, change["new"])
                show_marked()
            except CourseError as problem:
                marked.value = alert(f"<p>Question {number}: {_html.escape(str(problem))}</p>")
            self._advise()

        def written_down(change) -> None:
            _attempt(evidence_said, lambda: activity.write_evidence(question.key, change["new"]),
                     f"Question {number}: ")
            self._advise()

        answer.observe(answered, names="value")
        sentences.observe(marking, names="value")
        evidence.observe(written_down, names="value")
        direction.observe(lambda change: activity.put(question.key, direction=change["new"]), names="value")
        show_if(sentences, bool(activity.report_key))
        show_direction()
        show_marked()
        return [why, answer, sentences, marked, evidence, evidence_said, direction]

    def _judged(self, judgement: str) -> None:
        self.activity.judge(self.domain, judgement)
        self._advise()

    def _advise(self) -> None:
        """What the answers suggest; they never decide."""
        activity = self.activity
        if self.domain:
            appraisal = activity.appraisal
            told = summary.hints(appraisal, self.domain) if appraisal else []
        else:
            told = [_STOP] if any(activity.held(one.key)["answer"] == "no" for one in self.form.of_domain("")) else []
        said = status(" ".join(told)) if told else ""
        if self.advice.value != said:
            self.advice.value = said


_STOP = ("A screening question has the answer no. Is reading on worth your time? You may stop here and say so in step "
         "4, or go on and see what the rest is like.")


class _SummaryStep(_Step):
    def controls(self) -> list:
        from ipywidgets import HTML, Button, Dropdown, Textarea

        activity = self.activity
        self.shown = HTML()
        self.stem = Dropdown(options=[_CHOOSE, *((one, one) for one in summary.STEMS)],
                             description="A beginning for the sentence, if you want one")
        self.take = Button(description="Put it into the sentence")
        self.certainty = Textarea(value=activity.certainty, rows=3, continuous_update=False,
                                  description="How sure are you of the main finding, and why? One sentence")
        self.said = HTML()
        self.take.on_click(lambda _: _attempt(self.said, self._take))
        self.certainty.observe(self._typed, names="value")
        return [self.shown, self.stem, self.take, self.certainty, self.said]

    def _typed(self, change) -> None:
        if change["new"].strip() != self.activity.certainty:
            _attempt(self.said, lambda: self._write(change["new"]))

    def _write(self, words: str) -> str:
        self.activity.write_certainty(words)
        return "Write your own words where the dots are: what, and why?" if "…" in words else ""

    def _take(self) -> str:
        if not self.stem.value:
            raise CourseError("Choose a beginning in the list first.")
        if self.certainty.value.strip():
            raise CourseError("There is a sentence already. Empty it first if you want to begin anew.")
        self.certainty.value = self.stem.value
        self.certainty.focus()
        return "Write your own words where the dots are: what, and why?"

    def enter(self) -> None:
        activity = self.activity
        if self.certainty.value.strip() != activity.certainty:
            self.certainty.value = activity.certainty
        appraisal = activity.appraisal
        if appraisal is None or not (appraisal.answers or appraisal.judgements):
            self.shown.value = "<p>Answer questions in step 3 first; what you said stands here in words.</p>"
            return
        told = f"<p>{_html.escape(activity.progress())}</p>{appraisal_report.summary_html(appraisal)}"
        if appraisal.judgements:
            told += appraisal_report.lights_html({activity.title(): appraisal})
        self.shown.value = appraisal_report.headed(told, PART)


class _PassingOnStep(_Step):
    def controls(self) -> list:
        from ipywidgets import HTML, Button, Dropdown, Text

        activity = self.activity
        self.wait, self.ask, self.said, self.notes = HTML(), Button(), HTML(), HTML()
        self.reader = Text(value=activity.reader, continuous_update=False, description="Your name or code")
        self.sector = Dropdown(options=[_CHOOSE, *((words, key) for key, words in SECTORS.items())],
                               value=activity.sector, description="Where you work")
        self.export, self.saved, named = Button(description="Save the appraisal as files"), HTML(), HTML()
        self.ask.on_click(lambda _: self._asked())
        self.reader.observe(
            lambda change: _attempt(named, lambda: activity.name_reader(change["new"]) or ""), names="value")
        self.sector.observe(lambda change: setattr(activity, "sector", change["new"]), names="value")
        self.export.on_click(lambda _: _attempt(self.saved, self._export))
        activity.observe(lambda _: setattr(self.saved, "value", ""),
                         names=["answers", "judgements", "certainty", "design", "reader", "sector"])
        return [self.wait, self.ask, self.said, self.notes, HTML(with_heading(_FILES, PART)), self.reader, named,
                self.sector, self.export, self.saved]

    def enter(self) -> None:
        activity = self.activity
        left = len(activity.form.questions) - activity.answered() if activity.form else 0
        shows = activity.shows_panel()
        done = self._done() if activity.may_ask_panel() else ""
        if shows:
            told = f"{done} The panel’s notes on these are below; the others wait until you have answered them." \
                if left else ""
        elif not activity.report_key:
            told = "No panel has read a paper of your own. A second reader can: save the appraisal as files."
        elif not activity.may_ask_panel():
            told = ("A panel has read this report, too. Its notes can be seen when you have named the design and "
                    "answered the screening questions.")
        else:
            told = (f"A panel has read this report, too. {done} You may see the panel’s notes on these now; the others "
                    "wait until you have answered them. But whoever knows what others think no longer reads alone.")
        self.said.value = ""
        self.wait.value = f"<p>{_html.escape(told)}</p>" if told else ""
        self.ask.description = "Show what the panel noted now"
        show_if(self.ask, activity.may_ask_panel() and not shows)
        self._show_notes()

    def _done(self) -> str:
        activity, many = self.activity, len(self.activity.form.domains)
        if parts := activity.parts_done():
            return f"You have done {parts} of {number_of(many, 'part')}."
        return f"You have answered {activity.answered()} of {number_of(len(activity.form.questions), 'question')}."

    def _show_notes(self) -> None:
        try:
            notes = self.activity.panel_notes()
            html = appraisal_report.panel_html(self.activity.appraisal, notes) if notes else ""
            self.notes.value = appraisal_report.headed(html, PART)
        except CourseError as problem:
            self.notes.value = alert(f"<p>{_html.escape(str(problem))}</p>")

    def _asked(self) -> None:
        self.activity.asked_panel = True
        self.enter()
        self.said.value = alert("<p>What the panel noted stands below.</p>")
        # The button goes, and the keyboard must not be left without a place; the notes begin a little further down.
        self.chooser.focus()

    def _export(self) -> str:
        return self.activity.export_told()


_FILES = ("<p><strong>Files to pass on</strong></p><p>A second reader works alone and sends you a file; yours is for "
          "them. Put your name or an agreed code on it, and say on which side you work.</p>")
