"""Activities: what a learner does, kept safe.

An activity is an object whose tagged traits *are* its state. Each change is validated on
assignment and written to `answers/<name>.json` at once (see `store`); making the activity again,
in a new kernel or another year, brings the state back. Because of that, no page of the course
depends on widget state or on variables, both of which are lost when a kernel stops.

An activity shows itself twice. `panel()` gives ipywidgets for the screen. `report()` gives HTML
that needs no script: it is what an exported page, a mentor and a marking run see. Displaying an
activity sends both; JupyterLab hides the report while the panel is alive.
"""

import os
from pathlib import Path
from textwrap import shorten

from traitlets import HasTraits, Instance, TraitError, Unicode

from researchskills._html import escape
from researchskills.store import AnswerFile, NotSavedError, Saved


def is_static() -> bool:
    """True where nobody is there to click: while building, validating and marking."""
    return os.environ.get("RESEARCHSKILLS_STATIC") == "1"


class Activity(HasTraits):
    """A task whose state saves itself.

    Subclasses tag the traits that make up the state with `saved=True`, and define `panel`,
    `report` and `shown`.

    Parameters
    ----------
    name : str
        Identifies the activity; also the name of its file.
    folder : pathlib.Path, optional
        The notebook's folder; by default the current one, which is where Jupyter puts a kernel.

    Attributes
    ----------
    notice : str
        A sentence when something about saving needs the learner's attention, else empty.
    """

    schema = 1
    name = Unicode()
    notice = Unicode()
    _saved = Instance(Saved)

    def __init__(self, name: str, folder: Path | None = None):
        super().__init__(name=name)
        path = (folder or Path.cwd()) / "answers" / f"{name}.json"
        self._file = AnswerFile(path, type(self).__name__, self.schema)
        self._restoring = self._unsaved = False
        self._saved = Saved()
        self.reload()
        self.observe(self._save_change, names=self.saved_traits())

    @classmethod
    def saved_traits(cls) -> list[str]:
        """Names of the traits that make up the state."""
        return sorted(cls.class_traits(saved=True))

    def reload(self) -> None:
        """Take over what is on disk, for instance after another tab has written."""
        saved, notice = self._file.read()
        if notice:
            self.notice = notice
        if saved is None or saved.revision == self._saved.revision:
            return
        state = saved.state
        if saved.schema < self.schema:
            state = self.migrate(state, saved.schema)
        self._saved = saved
        self._adopt(state)

    def migrate(self, state: dict, schema: int) -> dict:
        """Turn the state of an older version into today's; by default it is unchanged.

        Values that today's activity does not accept are kept as an earlier answer.
        """
        return state

    def _adopt(self, state: dict) -> None:
        refused = {}
        self._restoring = True
        try:
            for trait in self.saved_traits():
                if trait not in state:
                    continue
                try:
                    setattr(self, trait, state[trait])
                except TraitError:
                    refused[trait] = state[trait]
        finally:
            self._restoring = False
        if refused:
            self._keep_refused(refused)

    def _keep_refused(self, refused: dict) -> None:
        entry = {"state": refused, "shown": self._saved.shown, "saved": self._saved.saved,
                 "why": "the question has changed"}
        if entry not in self._saved.earlier:
            self._saved.earlier.append(entry)
        # Twenty decisions would fill the page, and a mentor's table; the whole answer is kept in the file.
        shown = shorten(self._saved.shown or "not recorded", 200, placeholder=" …")
        self.notice = (
            f"This question has changed since you answered it. Your earlier answer was: “{shown}”. "
            "It is kept; please answer again."
        )

    def _save_change(self, change) -> None:
        if self._restoring:
            return
        try:
            result = self._file.write({change["name"]: change["new"]}, self._saved, self.shown())
        except NotSavedError as problem:
            self._unsaved = True
            self.notice = (
                f"Your answer could not be saved: {problem}. It is still on this page. Copy it somewhere "
                "safe, check that the course folder can be written to, and then change the answer once more."
            )
        else:
            moved_on = result.revision != self._saved.revision + 1
            self._saved = result
            if moved_on:
                self._adopt(result.state)
                self.notice = (
                    "This question is also open in another tab and was changed there. You are now looking "
                    "at both sets of changes; an answer that was replaced is kept in the answers folder."
                )
            elif self._unsaved:
                self._unsaved, self.notice = False, ""
        self.refresh_report()

    @property
    def earlier(self) -> list[dict]:
        """Answers that were replaced or are no longer offered, oldest first."""
        return list(self._saved.earlier)

    def shown(self) -> str:
        """The answer in plain words; empty when there is none."""
        raise NotImplementedError

    def panel(self):
        """The controls, as an ipywidgets widget."""
        raise NotImplementedError

    def report(self) -> str:
        """The task and the answer as semantic HTML without script."""
        raise NotImplementedError

    def task_html(self) -> str:
        """What the report begins with to say what is to be done; who reads the plan needs none of it."""
        return ""

    def contribution(self) -> str:
        """What the research plan takes over, as HTML: by default the report without its task."""
        return self.report().replace(self.task_html(), "", 1)

    def headline(self) -> str:
        """The one sentence of it that belongs at the top of the research plan, such as the question; mostly empty."""
        return ""

    def notice_html(self) -> str:
        """The notice as HTML, or nothing."""
        if not self.notice:
            return ""
        return f'<p class="rs-notice"><strong>Please note:</strong> {escape(self.notice)}</p>'

    def _ipython_display_(self) -> None:
        self.reload()
        show(self.panel, self.report(), self.shown(), f"rs-{self.name}")

    def refresh_report(self) -> None:
        """Bring the report on the page up to date, so that an exported page shows this answer."""
        update_report(self.report(), self.shown(), f"rs-{self.name}")


def here() -> Path:
    """The notebook's folder, which is where Jupyter puts a kernel."""
    return Path.cwd().resolve()


def reopened(activity: Activity) -> Activity:
    """The same activity, in step with its file, for a cell that is run once more."""
    activity.reload()
    return activity


def show(panel, report: str, plain: str, display_id: str) -> None:
    """Display a live panel and its report as two outputs of a cell.

    Two outputs, because replacing the one that holds the panel would take the keyboard focus away
    from somebody who is typing; the report can be replaced at every change.

    Parameters
    ----------
    panel : callable
        Makes the widget; not called where nobody could use it.
    report, plain : str
        HTML and plain text.
    display_id : str
        Lets `update_report` find the report again.
    """
    from IPython.display import display

    if is_static():
        display(_bundle(report, plain), raw=True)
        return
    root = panel()
    root.add_class("rs-live")
    root.add_class("rs-panel")
    view = {"version_major": 2, "version_minor": 0, "model_id": root.model_id}
    display({"application/vnd.jupyter.widget-view+json": view}, raw=True)
    display(_bundle(report, plain), raw=True, display_id=display_id)


def update_report(report: str, plain: str, display_id: str) -> None:
    """Replace a report that `show` displayed; does nothing outside a notebook."""
    from IPython import get_ipython
    from IPython.display import update_display

    if get_ipython() is not None and not is_static():
        update_display(_bundle(report, plain), raw=True, display_id=display_id)


def _bundle(report: str, plain: str) -> dict:
    return {"text/html": report, "text/plain": plain or "No answer yet"}
