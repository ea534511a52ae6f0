"""The `search` question on the screen: a box for lines, their counts, and what they find."""

from traitlets import Dict, TraitError, Unicode, validate

from researchskills import _html, bank
from researchskills.ask import Asked
from researchskills.evidence import lines as lines_
from researchskills.evidence import syntaxes
from researchskills.evidence.lines import Lines
from researchskills.evidence.search_activity import LinePanel, ResultPanel
from researchskills.evidence.search_question import number_of_answer
from researchskills.panel_parts import show_if


class SearchAsked(Asked):
    """Numbered search lines, one of which is the answer.

    Attributes
    ----------
    answer : dict
        `{"lines": [{"text", "syntax", "count"}], "line": 0}`; line 0 stands for the last one.
    draft : str
        What stands in the box and was not searched yet.
    syntax : str
        The language that is chosen.
    """

    slow = True
    answer = Dict().tag(saved=True)
    draft = Unicode("").tag(saved=True)
    syntax = Unicode("").tag(saved=True)

    def __init__(self, asked: bank.Question, folder=None):
        self.kept = Lines(lambda: self.answer.get("lines", []), self._put)
        super().__init__(asked, folder)

    @validate("answer")
    def _lines_are_lines(self, proposal):
        answer = proposal["value"]
        lines, chosen = answer.get("lines", []), answer.get("line", 0)
        if set(answer) - {"lines", "line"} or not lines_.well_formed(lines):
            raise TraitError("these are no search lines")
        if not isinstance(chosen, int) or isinstance(chosen, bool) or not 0 <= chosen <= len(lines):
            raise TraitError("there is no such line")
        if {line["syntax"] for line in lines} - set(self.asked.content["syntaxes"]):
            raise TraitError("this database language is not offered")
        return answer

    def _put(self, lines: list[dict]) -> None:
        # A changed list begins with its last line again: an old number would point at another line.
        self.answer = {"lines": lines, "line": 0} if lines else {}

    def shown(self) -> str:
        """The lines with their counts, and which of them is the answer."""
        lines = self.answer.get("lines", [])
        told = [f"{number}. {line['text']} ({line.get('count', 0):,})" for number, line in enumerate(lines, 1)]
        return "\n".join([*told, f"The answer is line {number_of_answer(self.answer)}."]) if told else ""

    def controls(self) -> list:
        """The box, the lines, the line that counts, and its records."""
        from ipywidgets import HTML, Dropdown

        found = ResultPanel(self.kept)
        panel = LinePanel(self.kept, self.asked.content["syntaxes"],
                          (lambda: self.syntax, lambda one: setattr(self, "syntax", one)),
                          (lambda: self.draft, lambda text: setattr(self, "draft", text)), found.refresh)
        which = Dropdown(options=[("the last line", 0)], value=0, description="The line that is my answer")

        def arrange(_change=None):
            many = len(self.answer.get("lines", []))
            options = [("the last line", 0), *((f"line {number}", number) for number in range(1, many + 1))]
            which.unobserve(chosen, names="value")
            if tuple(options) != tuple(which.options):
                which.options = options
            which.value = self.answer.get("line", 0)
            which.observe(chosen, names="value")
            show_if(which, many > 1)

        def chosen(change):
            self.answer = {**self.answer, "line": change["new"]}

        def changed(_change):
            panel.refresh()
            arrange()

        self.observe(changed, names="answer")
        which.observe(chosen, names="value")
        arrange()
        return [HTML(self.offered_html()), *panel.widgets, which, *found.widgets]

    def offered_html(self) -> str:
        """What is asked for, and in which languages."""
        content = self.asked.content
        named = " or ".join(syntaxes.NAMES[one] for one in content["syntaxes"])
        return (f"<p>Asked for: a recall of at least {100 * content['recall']:g} % and a precision of at least "
                f"{100 * content['precision']:g} %. Lines are typed as for {_html.escape(named)}.</p>")

    def answer_html(self) -> str:
        """The lines as a table, and which of them is the answer."""
        lines = self.answer.get("lines", [])
        return f"{lines_.table_html(lines)}<p>The answer is line {number_of_answer(self.answer)}.</p>"
