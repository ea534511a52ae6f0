"""What panels are put together from: headings to jump to, sentences that are said aloud, controls that come and go.

Somebody who listens jumps to an activity, and in it from record to record. Widgets cannot carry a role or a name for
the whole panel, but their HTML can hold a heading. A panel stands under a third-level heading of the lesson, so its
own is of the fourth level and those of its parts are of the fifth. Reports have no headings: they would stand in
JupyterLab's table of contents a second time; there the section has a label.
"""

import re

from researchskills._html import escape

#: A paragraph that is bold as a whole.
_TITLE = re.compile(r"<p>(<strong>(?:(?!</strong>).)*</strong>)</p>")
PANEL, PART = 4, 5


def with_heading(html: str, level: int = PANEL) -> str:
    """The same HTML, with its first paragraph that is bold as a whole as a heading.

    Parameters
    ----------
    html : str
        As it stands in a report.
    level : int
        `PANEL` for the name of an activity, `PART` for what is in it.

    Examples
    --------
    >>> with_heading("<p><strong>Log</strong></p><p>Who searched?</p>", PART)
    '<h5><strong>Log</strong></h5><p>Who searched?</p>'
    """
    return _TITLE.sub(rf"<h{level}>\1</h{level}>", html, count=1)


def show_if(widget, wanted: bool) -> None:
    """Show a control, or take it off the screen and out of the order of the Tab key."""
    widget.layout.display = None if wanted else "none"


def alert(html: str) -> str:
    """A verdict that a screen reader says at once."""
    return f'<div role="alert">{html}</div>'


def status(words: str) -> str:
    """A sentence that a screen reader says when it is free."""
    return f'<p role="status">{escape(words)}</p>'


class SteppedPanel:
    """An activity in steps: a list of them, the step that is shown, and buttons to go back and on.

    Each step is made once and then shown or hidden, so that the keyboard keeps its place.

    Parameters
    ----------
    activity : Activity
        Its trait `step` counts from 1.
    steps : sequence of str
        Names of the steps.
    task : str
        HTML at the top.
    between : sequence of widgets
        What stands between the help on a step and the step itself.

    Attributes
    ----------
    widget : ipywidgets.VBox
        The whole panel.
    chooser : ipywidgets.Dropdown
        The list of steps.
    """

    def __init__(self, activity, steps, task: str, between=()):
        from ipywidgets import HTML, Button, Dropdown, HBox, VBox

        self.activity, self.steps = activity, steps
        self.chooser = Dropdown(options=[(f"{number}. {name}", number) for number, name in enumerate(steps, 1)],
                                value=activity.step, description="Step")
        self.back, self.on = Button(description="Back"), Button(description="Next step")
        self.help, notice = HTML(), HTML(activity.notice_html())
        self.made: dict[int, object] = {}
        self.body = VBox([])
        self.chooser.observe(lambda change: setattr(activity, "step", change["new"]), names="value")
        self.back.on_click(lambda _: self._go(-1))
        self.on.on_click(lambda _: self._go(1))
        activity.observe(lambda _: self.show(), names="step")
        activity.observe(lambda _: setattr(notice, "value", activity.notice_html()), names="notice")
        self.show()
        self.widget = VBox([HTML(with_heading(task)), self.chooser, self.help, *between, self.body,
                            HBox([self.back, self.on]), notice])

    def help_on(self, step: int) -> str:
        """What to do in a step, in words."""
        raise NotImplementedError

    def make(self, step: int):
        """The step, with its `widget` and with `enter()`, which is called each time it is shown."""
        raise NotImplementedError

    def _go(self, by: int) -> None:
        self.activity.step = min(max(self.activity.step + by, 1), len(self.steps))
        # A new step is read from its top on.
        self.chooser.focus()

    def show(self) -> None:
        """Show the step that the activity is at."""
        step = self.activity.step
        if self.chooser.value != step:
            self.chooser.value = step
        self.help.value = f"<p>{escape(self.help_on(step))}</p>"
        if step not in self.made:
            self.made[step] = self.make(step)
            self.body.children = [*self.body.children, self.made[step].widget]
        for number, part in self.made.items():
            show_if(part.widget, number == step)
        self.made[step].enter()
        show_if(self.back, step > 1)
        show_if(self.on, step < len(self.steps))
        self.back.description = f"Back to step {step - 1}"
        self.on.description = f"Next: step {step + 1}, {self.steps[min(step, len(self.steps) - 1)].lower()}"
