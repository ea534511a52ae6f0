"""What kind of project is it? The path on the screen, whom to ask, and what the learner will do about it.

All steps up to the first open one are in sight, so that going back is no more than choosing another answer. Answers
to steps that have left the path are kept, and count again when it comes back to them.
"""

from functools import cache
from pathlib import Path

import pandas as pd
from traitlets import Dict, TraitError, Unicode, validate

from researchskills import _html, own_words
from researchskills.activity import Activity, here, reopened
from researchskills.ask import CHOOSE
from researchskills.panel_parts import PART, show_if, status, with_heading
from researchskills.questions import project_kind
from researchskills.questions.project_kind import CANNOT_TELL, STEPS, SURE
from researchskills.tables import html_table

#: What the learner writes; name of the trait → name of the field.
FIELDS = {
    "project": "The project, in two or three sentences",
    "whom": "Whom I will ask",
    "by_when": "By when",
    "told": "What I was told, and by whom (a role, no name)",
}

TASK = ("<p><strong>What kind of project is it?</strong></p><p>Answer up to seven questions about your project. “I "
        "cannot tell: I will ask” is a good answer everywhere. At the end stand the kind that your answers point to, "
        "what applies to it, and whom to ask. Change an answer at any time.</p>")

_NO_ADVICE = ("The path is our own and decides nothing. This is not legal advice. Put together on "
              f"{project_kind.CHECKED}, from pages that may have changed since: rules and bodies move.")


class KindOfProject(Activity):
    """The path for one project.

    Attributes
    ----------
    answers : dict
        Step → key of an option.
    project, whom, by_when, told : str
        In the learner's words; see `FIELDS`.
    """

    answers = Dict().tag(saved=True)
    project = Unicode("").tag(saved=True)
    whom = Unicode("").tag(saved=True)
    by_when = Unicode("").tag(saved=True)
    told = Unicode("").tag(saved=True)

    @validate("answers")
    def _offered(self, proposal):
        for key, answer in proposal["value"].items():
            if key not in STEPS or not isinstance(answer, str) or STEPS[key].option(answer) is None:
                raise TraitError("this is no answer to a step")
        return proposal["value"]

    def answer(self, step: str, option: str) -> None:
        """Answer a step, or take its answer back with an empty option."""
        others = {key: held for key, held in self.answers.items() if key != step}
        self.answers = {**others, step: option} if option else others

    def keep(self, what: str, text: str) -> None:
        """Keep what was typed into one of `FIELDS`.

        Raises
        ------
        CourseError
            If it is too long, or could identify a person; what was kept before stays.
        """
        setattr(self, what, own_words.kept(text, FIELDS[what]))

    @property
    def is_complete(self) -> bool:
        """Whether the path has come to its end."""
        return project_kind.is_complete(self.answers)

    def shown(self) -> str:
        """The result, and whom the learner will ask."""
        told = [project_kind.result(self.answers).sentence()] if self.is_complete else []
        if not told and self.answers:
            steps = project_kind.path(self.answers)
            told.append(f"Not at the end yet: {steps[-1].title}")
        told += [f"{FIELDS[key]}: {words}" for key in ("project", "whom", "by_when", "told")
                 if (words := getattr(self, key))]
        return "\n".join(told)

    # -- on the screen ---------------------------------------------------------------------------

    def panel(self):
        """The steps, the end of the path, and what the learner will do."""
        from ipywidgets import HTML, VBox

        notice, said, end = HTML(self.notice_html()), HTML(), HTML()
        self.observe(lambda _: setattr(notice, "value", self.notice_html()), names="notice")
        steps = {step.key: self._step(step) for step in STEPS.values()}

        def show(_change=None):
            asked = project_kind.path(self.answers)
            for key, widgets in steps.items():
                widgets[-1].value = self.answers.get(key, "")
                for widget in widgets:
                    show_if(widget, STEPS[key] in asked)
            told = project_kind.result(self.answers).sentence() if self.is_complete else \
                f"The next question: {asked[-1].title}"
            said.value = (with_heading(_END, PART) if self.is_complete else "") + status(told)
            end.value = self._rest_html() if self.is_complete else ""

        self.observe(show, names="answers")
        show()
        return VBox([HTML(with_heading(TASK)), *self._field("project", 3),
                     *(widget for widgets in steps.values() for widget in widgets), said, end,
                     HTML(with_heading(_WILL_DO, PART)), *self._field("whom", 2), *self._field("by_when", 1),
                     *self._field("told", 3), notice])

    def _step(self, step) -> list:
        from ipywidgets import HTML, Dropdown

        options = [(CHOOSE, ""), *((one.words, one.key) for one in (*step.options, CANNOT_TELL))]
        box = Dropdown(options=options, value=self.answers.get(step.key, ""), description=step.title)
        box.observe(lambda change: self.answer(step.key, change["new"]), names="value")
        return [HTML(f"<p>{_html.escape(step.text)}</p>"), box]

    def _field(self, what: str, rows: int) -> list:
        from ipywidgets import HTML, Textarea

        said = HTML()
        box = own_words.field(Textarea, FIELDS[what], getattr(self, what), lambda text: self.keep(what, text), said,
                            rows=rows)
        return [box, said]

    # -- as a page -------------------------------------------------------------------------------

    def contribution(self) -> str:
        """The kind of project, whom to ask, and what the learner will do."""
        told = self._sentence_html() + self._kinds_html() + self._contacts_html() if self.is_complete else ""
        return self._words_html("project") + told + self._words_html("whom", "by_when", "told")

    def report(self) -> str:
        """The answers, the end of the path, and what the learner will do."""
        rows = [(STEPS[key].title, one.words) for key, one in project_kind.given(self.answers).items()]
        table = pd.DataFrame(rows, columns=["step", "my answer"])
        parts = [TASK, self._words_html("project")]
        parts.append(html_table(table, "My answers") if rows else "<p>No step has been answered yet.</p>")
        if self.is_complete:
            parts += [_END, self._sentence_html(), self._rest_html()]
        elif rows:
            parts.append(f"<p>The next question: {_html.escape(project_kind.path(self.answers)[-1].text)}</p>")
        parts.append(self._words_html("whom", "by_when", "told"))
        return (f'<section class="rs-report" aria-label="What kind of project is it?">{"".join(parts)}'
                f"{self.notice_html()}</section>")

    def _sentence_html(self) -> str:
        return f"<p>{_html.escape(project_kind.result(self.answers).sentence())}</p>"

    def _rest_html(self) -> str:
        return (f"{self._kinds_html()}{self._why_html()}{self._facts_html()}{self._contacts_html()}"
                f"<p>{_html.escape(_NO_ADVICE)}</p>")

    def _kinds_html(self) -> str:
        found = project_kind.result(self.answers)
        if not found.is_mixed:
            return ""
        items = "".join(f"<li>{_html.escape(one.name)}: {_html.escape(one.asks)}</li>" for one in found.kinds)
        return f"<p>Each kind answers another question:</p><ul>{items}</ul>"

    def _why_html(self) -> str:
        why = project_kind.result(self.answers).why
        items = "".join(f"<li>{_html.escape(one)}</li>" for one in why)
        return f"<p>Because of your answers:</p><ul>{items}</ul>" if items else ""

    def _facts_html(self) -> str:
        found = project_kind.facts(self.answers)
        if project_kind.result(self.answers).is_research == "perhaps":
            research = "What applies if it turns out to be research"
        else:
            research = "What applies to research"
        told = ""
        for caption, wanted in (("What applies whatever kind it is", False), (research, True)):
            rows = [(one.text, SURE[one.sure], one.source) for one in found if one.research == wanted]
            if rows:
                told += html_table(pd.DataFrame(rows, columns=["what", "how sure", "source"]), caption)
        return told

    def _contacts_html(self) -> str:
        rows = [(one.who, one.when, one.ask, one.web, SURE[one.sure] + (f" ({one.checked})" if one.checked else ""))
                for one in project_kind.contacts(self.answers)]
        table = pd.DataFrame(rows, columns=["whom", "when", "what to ask", "web", "how sure, and looked at when"])
        return html_table(table, "Whom to ask")

    def _words_html(self, *fields: str) -> str:
        return "".join(f"<p><strong>{_html.escape(FIELDS[key])}</strong></p>{_html.plain(getattr(self, key))}"
                       for key in fields if getattr(self, key).strip())


_END = "<p><strong>Where your answers point</strong></p>"
_WILL_DO = ("<p><strong>What I will do</strong></p><p>Whatever the path says, ask before you begin. Write down whom, "
            "and by when. Come back and add what you were told.</p>")


def kind_of_project(name: str) -> KindOfProject:
    """Find out what kind of project it is, and whom to ask.

    Parameters
    ----------
    name : str
        The activity's name, such as `m01-a5-project`.
    """
    return reopened(_project(name, here()))


# One object for each name and folder, however often its cell is run.
@cache
def _project(name: str, folder: Path) -> KindOfProject:
    return KindOfProject(name, folder)
