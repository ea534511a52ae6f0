"""The controls of the research plan."""

from researchskills import _html
from researchskills._html import escape
from researchskills._words import number_of
from researchskills.errors import CourseError
from researchskills.own_words import field
from researchskills.panel_parts import PART, alert, show_if, status, with_heading
from researchskills.plan.cpd import REFLECTIONS
from researchskills.plan.parts import PARTS
from researchskills.plan.plan_activity import FOLDER, MOST_HOURS, PlanChoices, PrivateDetailsError
from researchskills.plan.research_plan import is_included

_INTRODUCTION = (
    "<p><strong>My research plan</strong></p><p>Everything that you saved in any module comes together here. Tick what "
    "goes in, write what is missing, then write the plan. Looking at it never changes an answer.</p>")


class PlanPanel:
    """The panel of one learner's plan.

    Parameters
    ----------
    choices : PlanChoices
        What is shown and changed.
    """

    def __init__(self, choices: PlanChoices):
        self.choices = choices

    def panel(self):
        """The whole panel, as a widget."""
        from ipywidgets import HTML, Button, Text, VBox

        self.parts, self.learning, self.told = VBox(), VBox(), HTML(status("Looking through your answers …"))
        said = HTML()
        title = field(Text, "Title of the plan", self.choices.title,
                      lambda text: setattr(self.choices, "title", text), said, placeholder="My research plan")
        again = Button(description="Look through my answers again")
        again.on_click(lambda _: self._gather())
        notice = HTML(self.choices.notice_html())
        self.choices.observe(lambda _: setattr(notice, "value", self.choices.notice_html()), names="notice")
        whole = VBox([HTML(with_heading(_INTRODUCTION)), title, said, self.told, again, self.parts, notice,
                      self.learning, *self._writing()])
        self._gather()
        return whole

    def _gather(self) -> None:
        self.told.value = status("Looking through your answers …")
        gathered = self.choices.gathered()
        plan = self.choices.plan(gathered)
        self.parts.children = [widget for section in plan.sections for widget in self._part(section, gathered)]
        self.learning.children = self._learning()
        told = f"{number_of(len(gathered.contributions), 'saved answer')} can go into your plan."
        self.told.value = status(told) + "".join(f"<p>{escape(one)}</p>" for one in gathered.skipped)

    def _part(self, section, gathered) -> list:
        from ipywidgets import HTML, Checkbox, Textarea

        part = section.part
        heading = f"<p><strong>{escape(part.title)}</strong></p><p>{escape(part.about)}</p>"
        offered = [one for one in gathered.contributions if one.part == part.key]
        missing = HTML(f"<p>{escape(section.missing)} You can also write here yourself.</p>" if section.missing else "")
        widgets = [HTML(with_heading(heading, PART)), missing]
        for one in offered:
            box = Checkbox(value=is_included(one, self.choices.ticked), indent=False,
                           description=f"{one.title} (from module {int(one.module[:2])}"
                                       f"{'; private, so left out unless you tick it' if one.private else ''})")
            box.observe(lambda change, name=one.name: self._tick(name, change["new"]), names="value")
            widgets.append(box)
        said = HTML()
        words = field(Textarea, f"In my own words: {part.title}", self.choices.words.get(part.key, ""),
                      lambda text: self._write_words(part.key, text), said, rows=3)
        return [*widgets, words, said]

    def _tick(self, name: str, wanted: bool) -> None:
        self.choices.ticked = {**self.choices.ticked, name: wanted}

    def _write_words(self, part: str, words: str) -> None:
        others = {key: held for key, held in self.choices.words.items() if key != part and key in PARTS}
        self.choices.words = {**others, part: words} if words.strip() else others

    # -- the record of learning ------------------------------------------------------------------

    def _learning(self) -> list:
        from ipywidgets import HTML, Dropdown, Text, Textarea

        entries = {one.title: one for one in self.choices.cpd().entries}
        heading = HTML(with_heading(
            "<p><strong>My record of learning (CPD)</strong></p><p>Hours and reflections go into the record only, not "
            "into the plan. Give only hours that you really spent, and write so that nobody can be recognised: the "
            "privacy check does not find names.</p>", PART))
        if not entries:
            return [heading, HTML("<p>It begins with the first answer that you save.</p>")]
        chosen = Dropdown(options=list(entries), description="Module")
        hours = Text(description="Hours I spent on it, such as 2.5", continuous_update=False)
        wrong = HTML()
        refused = HTML()
        fields = {key: field(Textarea, label, "", lambda text, key=key: reflect(key, text), refused, rows=2)
                  for key, label in REFLECTIONS.items()}
        self._filling = False

        def module() -> str:
            return entries[chosen.value].module

        def fill(_=None) -> None:
            self._filling = True
            held = self.choices.reflections.get(module(), {})
            own = self.choices.hours.get(module())
            hours.value, wrong.value = "" if own is None else f"{own:g}", ""
            for key, control in fields.items():
                control.value = held.get(key, "")
            self._filling = False

        def count(change) -> None:
            if self._filling:
                return
            others = {key: held for key, held in self.choices.hours.items() if key != module()}
            typed = change["new"].strip().replace(",", ".")
            try:
                spent = float(typed) if typed else None
                if spent is not None and not 0 <= spent <= MOST_HOURS:
                    raise ValueError
            except ValueError:
                wrong.value = alert(f"<p>“{escape(change['new'])}” is not a number of hours from 0 to {MOST_HOURS}. "
                                    "Write it in figures, such as 2.5. What was saved before stays.</p>")
                return
            wrong.value = ""
            self.choices.hours = others if spent is None else {**others, module(): spent}

        def reflect(key: str, text: str) -> None:
            if self._filling:
                return
            held = {**self.choices.reflections.get(module(), {}), key: text}
            self.choices.reflections = {**self.choices.reflections, module(): held}

        hours.observe(count, names="value")
        chosen.observe(fill, names="value")
        fill()
        return [heading, chosen, hours, wrong, *fields.values(), refused]

    # -- writing it ------------------------------------------------------------------------------

    def _writing(self) -> list:
        from ipywidgets import HTML, Button, Checkbox

        said = HTML()
        looked = Checkbox(description="I have looked at these details and they may stand in the plan", indent=False)
        show_if(looked, False)
        button = Button(description="Write the plan and the record")

        def write(_button) -> None:
            said.value = status("Writing …")
            try:
                files = self.choices.write(despite_private=looked.value)
            except CourseError as problem:
                said.value = alert(_html.plain(str(problem)))
                # For a private detail the learner can answer; a file that cannot be written is another matter.
                if isinstance(problem, PrivateDetailsError):
                    show_if(looked, True)
                return
            show_if(looked, False)
            looked.value = False
            listed = "".join(f"<li>{escape(one.name)}</li>" for one in files)
            said.value = alert(f"<p>Written, in the folder “{FOLDER}” of your workspace:</p><ul>{listed}</ul>"
                               "<p>They stay on your computer until you send them.</p>")

        button.on_click(write)
        return [HTML(with_heading("<p><strong>Write it</strong></p>", PART)), button, said, looked]
