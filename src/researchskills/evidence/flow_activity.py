"""The flow diagram as a form: numbers in, what does not add up in words, picture and table out."""

from pathlib import Path

from traitlets import Bool, Dict, TraitError, validate

from researchskills import _html
from researchskills.activity import Activity
from researchskills.evidence import flow
from researchskills.evidence.flow import BOXES, MAY_BE_BLANK, REASONS
from researchskills.panel_parts import PART, with_heading

_PARTS = {
    "Databases and registers": ("databases", "registers", "duplicates", "removed_other", "screened", "excluded",
                                "sought", "not_retrieved", "assessed", "excluded_why"),
    "Other sources (websites, organisations, people, reference lists); leave it empty if you used none": (
        "other", "other_sought", "other_not_retrieved", "other_assessed", "other_excluded_why"),
    "Included": ("reports", "studies"),
}
_LONGEST = 2000


class FlowDiagram(Activity):
    """Fill in the boxes, check the sums, see the diagram.

    Parameters
    ----------
    name : str
        For example `m02-a6-flow`.
    start : dict, optional
        Numbers that are in the boxes already: name of a box → number, as in `flow.BOXES`.
    folder : pathlib.Path, optional
        The notebook's folder.

    Attributes
    ----------
    typed : dict
        Name of a box, or of a list of reasons → what stands in it, as it was typed.
    checked : bool
        Whether these very numbers have been checked.
    """

    typed = Dict().tag(saved=True)
    checked = Bool(False).tag(saved=True)

    def __init__(self, name: str, start=None, folder: Path | None = None):
        self.start = {box: str(number) for box, number in (start or {}).items()}
        super().__init__(name, folder)
        self.observe(lambda _: setattr(self, "checked", False), names="typed")

    @validate("typed")
    def _fits(self, proposal):
        known = {*BOXES, *REASONS}
        for box, text in proposal["value"].items():
            if box not in known or not isinstance(text, str) or len(text) > _LONGEST:
                raise TraitError("there is no such box, or too much in it")
        return proposal["value"]

    @property
    def boxes(self) -> dict[str, str]:
        """What stands in the boxes: what was there at the start, and what was typed since."""
        return {**self.start, **self.typed}

    def write(self, box: str, text: str) -> None:
        """Write something into a box."""
        self.typed = {**self.typed, box: text.strip()[:_LONGEST]}

    def numbers(self) -> flow.Flow | None:
        """The numbers, or None while one cannot be read."""
        return flow.read(self.boxes)[0]

    def check(self) -> str:
        """Whether the boxes can be read and add up, in plain words; remembers that it was asked."""
        numbers, problems = flow.read(self.boxes)
        self.checked = True
        return " ".join(problems) if numbers is None else flow.verdict(numbers)

    def shown(self) -> str:
        """The diagram in a sentence."""
        if not self.typed:
            return ""
        numbers = self.numbers()
        return flow.sentence(numbers) if numbers else "Not all boxes are filled yet."

    # -- on the screen ---------------------------------------------------------------------------

    def panel(self):
        """The boxes, a button that checks them, and the diagram."""
        from ipywidgets import HTML, Button, VBox

        button, verdict, picture = Button(description="Check and draw"), HTML(), HTML()
        notice = HTML(self.notice_html())

        def draw():
            verdict.value = f'<div role="alert">{self._verdict_html()}</div>' if self.checked else ""
            picture.value = self._picture_html() if self.checked else ""

        def pressed(_button):
            self.check()
            draw()
            self.refresh_report()

        def changed(_change):
            # An old verdict must not stand below new numbers.
            verdict.value = picture.value = ""

        button.on_click(pressed)
        self.observe(changed, names="typed")
        self.observe(lambda _: setattr(notice, "value", self.notice_html()), names="notice")
        draw()
        parts = [widget for title, names in _PARTS.items()
                 for widget in (HTML(f"<h{PART}><strong>{title}</strong></h{PART}>"), *map(self._field, names))]
        return VBox([HTML(with_heading(_TASK)), *parts, button, verdict, picture, notice])

    def _field(self, box: str):
        from ipywidgets import Text, Textarea

        held = self.boxes.get(box, "")
        if box in REASONS:
            field = Textarea(value=held, rows=4, continuous_update=False,
                             description=f"{REASONS[box]}: one reason a line, with its number")
        else:
            blank = " (may be empty)" if box in MAY_BE_BLANK else ""
            field = Text(value=held, description=f"{BOXES[box]}{blank}", continuous_update=False)
        field.observe(lambda change: self.write(box, change["new"]), names="value")
        return field

    def _verdict_html(self) -> str:
        numbers, problems = flow.read(self.boxes)
        if numbers is None:
            items = "".join(f"<li>{_html.escape(one)}</li>" for one in problems)
            return f"<p>The diagram cannot be drawn yet:</p><ul>{items}</ul>"
        return f"<p>{_html.escape(flow.verdict(numbers))}</p>"

    def _picture_html(self) -> str:
        numbers = self.numbers()
        return flow.diagram(numbers)._repr_html_() if numbers else ""

    def task_html(self) -> str:
        """The task, which the plan leaves out."""
        return _TASK

    def report(self) -> str:
        """The boxes, whether they add up, and the diagram with its table."""
        numbers = self.numbers()
        if numbers is None:
            filled = [f"<li>{_html.escape(words)}: {_html.escape(self.boxes[box])}</li>"
                      for box, words in {**BOXES, **REASONS}.items() if self.boxes.get(box)]
            body = f"<p>In the boxes so far:</p><ul>{''.join(filled)}</ul>" if filled else "<p>Nothing filled in.</p>"
        else:
            body = f"{self._verdict_html() if self.checked else ''}{self._picture_html()}"
        return (f'<section class="rs-report" aria-label="Flow diagram">{_TASK}{body}{self.notice_html()}</section>')


_TASK = ("<p><strong>Draw the flow diagram</strong></p><p>Write whole numbers; 0 where there were none. Each record "
         "is counted once. A record is what a database shows: title and abstract. A report is the full text. One study "
         "may have several reports.</p><p>Write reasons one a line, each with its number at the end, such as: "
         "Not about carers: 12</p>")
