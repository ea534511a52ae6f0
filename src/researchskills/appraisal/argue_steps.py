"""The five steps of "argue the other side" on the screen; what they do is in `argue_activity`.

All steps are made at once and only shown or hidden, so that nothing that has the focus is ever replaced.
"""

from ipywidgets import HTML, Button, Checkbox, Dropdown, FileUpload, HBox, Text, Textarea, VBox

from researchskills import _html
from researchskills.appraisal import traditions
from researchskills.appraisal.argue_activity import STEPS, TASK
from researchskills.appraisal.traditions import MATRIX, NEARER, OWN, PARTS, PROJECTS, TRADITIONS
from researchskills.ask import CHOOSE
from researchskills.errors import CourseError
from researchskills.panel_parts import PART, alert, show_if, status, with_heading

_HELP = (
    "Choose one of three invented projects, or take one from your work, and say which of the two traditions is nearer "
    "to you.",
    "Write as if you belonged to the other tradition. State its case so well that its supporters would nod. What you "
    "think of it yourself can wait.",
    "Save your files and send the one that ends in .json to a partner from the other side. Open theirs here, and write "
    "what you would correct in it. Nobody to exchange with? Write down what a colleague said.",
    "Some hold that research should be done by people from outside, since that “makes it more valid” (University of "
    "Sheffield, interface study, about 2000). What does each see, and miss, in this project? It is the method that "
    "makes a finding sound: who is asked, how, and whether somebody else could check it.",
    "What will you do or say differently the next time the two traditions meet?",
)
_LONGER = {"do", "evidence", "sees"}


class Panel:
    """The controls."""

    def __init__(self, activity):
        self.activity = activity
        self.chooser = Dropdown(options=[(f"{number}. {name}", number) for number, name in enumerate(STEPS, 1)],
                                value=activity.at_step, description="Step")
        self.help, self.said, notice = HTML(), HTML(), HTML(activity.notice_html())
        self.back, self.on = Button(description="Back"), Button(description="Next step")
        self.steps = [VBox(made) for made in (self._standing(), self._case(), self._partner(), self._matrix(),
                                              self._taking())]
        self.chooser.observe(lambda change: setattr(activity, "at_step", change["new"]), names="value")
        self.back.on_click(lambda _: self._go(lambda: setattr(activity, "at_step", activity.at_step - 1)))
        self.on.on_click(lambda _: self._go(activity.go_on))
        activity.observe(lambda _: self._show(), names="at_step")
        activity.observe(lambda _: self._refresh(), names=["project", "nearer", "case", "nods", "partner"])
        activity.observe(lambda _: setattr(notice, "value", activity.notice_html()), names="notice")
        self._refresh()
        self._show()
        self.widget = VBox([HTML(with_heading(TASK)), self.chooser, self.help, *self.steps, self.said,
                            HBox([self.back, self.on]), notice])

    # -- the steps -------------------------------------------------------------------------------

    def _standing(self) -> list:
        activity = self.activity
        project = Dropdown(options=[(CHOOSE, ""), *((one.title, key) for key, one in PROJECTS.items()),
                                    ("A project of my own", OWN)], value=activity.project, description="Project")
        nearer = Dropdown(options=[(CHOOSE, ""), *((words, key) for key, words in NEARER.items())],
                          value=activity.nearer, description="Which tradition is nearer to you?")
        self.own, self.about, self.sides = self._typing("own_project", "Your project, in two or three sentences", 3), \
            HTML(), HTML()
        both = "".join(f"<li><strong>{one.name[:1].upper()}{one.name[1:]}</strong>: {one.asks} {one.does}</li>"
                       for one in TRADITIONS.values())
        project.observe(lambda change: self._stand("project", change["new"]), names="value")
        nearer.observe(lambda change: self._stand("nearer", change["new"]), names="value")
        return [project, self.own, self.about, HTML(f"<p>The two traditions:</p><ul>{both}</ul>"), nearer, self.sides]

    def _case(self) -> list:
        activity = self.activity
        self.reminder, self.checks = HTML(), HTML()
        nods = Checkbox(value=activity.nods, description="I think that a supporter of this tradition would nod",
                        indent=False)
        nods.observe(lambda change: setattr(activity, "nods", change["new"]), names="value")
        fields = [self._typing(part, words, 4 if part in _LONGER else 2) for part, words in PARTS.items()]
        return [self.reminder, *fields, nods, self.checks]

    def _partner(self) -> list:
        who = Text(value=self.activity.writer, description="Name or code you write under", continuous_update=False)
        who.observe(lambda change: self._attempt(lambda: self.activity.keep("writer", change["new"]), said),
                    names="value")
        save = Button(description="Save my case as files")
        self.file = FileUpload(accept=".json,.txt", multiple=False, description="Partner’s file")
        self.chosen, take, said = HTML(), Button(description="Open my partner’s file"), HTML()
        self.theirs = HTML()
        self.file.observe(lambda _: setattr(self.chosen, "value", status(f"Chosen: {self.file.value[0]['name']}")
                                            if self.file.value else ""), names="value")
        save.on_click(lambda _: self._attempt(self._saved, said))
        take.on_click(lambda _: self._attempt(self._taken, said))
        return [who, save, self.file, self.chosen, take, said, self.theirs,
                self._typing("corrects", "What I would correct in my partner’s case", 3),
                self._typing("corrected", "What was corrected in mine: paste it, or write down what was said", 3)]

    def _matrix(self) -> list:
        return [self._typing(key, words, 2) for key, words in MATRIX.items()]

    def _taking(self) -> list:
        save = Button(description="Save everything as files")
        save.on_click(lambda _: self._attempt(self._saved))
        return [self._typing("takes", "What I take from it", 4), save]

    def _typing(self, what: str, words: str, rows: int) -> Textarea:
        activity = self.activity
        holder = activity.case if what in PARTS else activity.matrix if what in MATRIX else None
        held = getattr(activity, what) if holder is None else holder.get(what, "")
        field = Textarea(value=held, rows=rows, description=words, continuous_update=False)
        field.observe(lambda change: self._attempt(lambda: activity.keep(what, change["new"])), names="value")
        return field

    # -- what happens ----------------------------------------------------------------------------

    def _stand(self, what: str, chosen: str) -> None:
        setattr(self.activity, what, chosen)
        self.said.value = "" if not self.activity.mine().parts else alert(
            "<p>What you wrote in step 2 stays as it is. Look whether it still fits.</p>")

    def _attempt(self, act, place=None) -> bool:
        """Do something that may be refused, and say in `place` what came of it; whether it was done."""
        place = place or self.said
        # A sentence that comes a second time is announced only when the place was empty in between.
        place.value = ""
        try:
            told = act()
        except CourseError as problem:
            place.value = alert(f"<p>{_html.escape(problem)}</p>")
            return False
        place.value = alert(f"<p>{_html.escape(told)}</p>") if told else ""
        return True

    def _go(self, move) -> None:
        if self._attempt(move):
            # A new step is read from its top on.
            self.chooser.focus()

    def _saved(self) -> str:
        return self.activity.export_told()

    def _taken(self) -> str:
        if not self.file.value:
            raise CourseError("Choose your partner’s file first.")
        [file] = self.file.value
        told = self.activity.take_partner(file["name"], bytes(file["content"]))
        # The button counts what is chosen, and goes back to 0 once it was taken.
        self.file.value = ()
        self.chosen.value = status(f"File taken: {file['name']}")
        return told

    def _show(self) -> None:
        step = self.activity.at_step
        self.said.value = ""
        if self.chooser.value != step:
            self.chooser.value = step
        self.help.value = with_heading(f"<p><strong>{step}. {STEPS[step - 1]}</strong></p>"
                                       f"<p>{_html.escape(_HELP[step - 1])}</p>", PART)
        for number, made in enumerate(self.steps, 1):
            show_if(made, number == step)
        show_if(self.back, step > 1)
        show_if(self.on, step < len(STEPS))

    def _refresh(self) -> None:
        activity = self.activity
        show_if(self.own, activity.project == OWN)
        self.about.value = activity.project_html() if activity.project not in {"", OWN} else ""
        self.sides.value = self.reminder.value = activity.sides_html()
        gaps = traditions.missing(activity.case)
        rows = "".join(f"<li>{_html.escape(words)}: {'nothing yet' if words in gaps else 'something is there'}</li>"
                       for words in PARTS.values())
        self.checks.value = (f"<p>Check list; it sees only whether something is there:</p><ul>{rows}<li>A supporter "
                             f"would nod: {'you think so' if activity.nods else 'not ticked yet'}</li></ul>")
        self.theirs.value = activity.partner_html()
