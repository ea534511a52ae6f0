"""The `screen` question on the screen: each record with its abstract, and a list of three decisions."""

from traitlets import Dict, TraitError, validate

from researchskills import _html
from researchskills.ask import CHOOSE, Asked, _linked
from researchskills.evidence import screen_question
from researchskills.evidence.screen_activity import criteria_html, record_html
from researchskills.evidence.screening import DECISIONS


class ScreenAsked(Asked):
    """A few titles and abstracts to decide about.

    Attributes
    ----------
    answer : dict
        Record → `include`, `exclude` or `unsure`.
    """

    answer = Dict().tag(saved=True)

    @validate("answer")
    def _offered(self, proposal):
        for record, decision in proposal["value"].items():
            if record not in self.asked.content["records"] or decision not in DECISIONS:
                raise TraitError("a record or a decision is not offered")
        return proposal["value"]

    def shown(self) -> str:
        """Each record with its decision, a line each."""
        return "\n".join(f"{one}: {DECISIONS[self.answer[one]].lower()}" for one in self.asked.content["records"]
                         if one in self.answer)

    def decide(self, record: str, decision: str) -> None:
        """Decide about a record, or take the decision back with an empty one."""
        others = {one: held for one, held in self.answer.items() if one != record}
        self.answer = {**others, record: decision} if decision else others

    def controls(self) -> list:
        """The question, each record and its list, and how many are decided."""
        from ipywidgets import HTML, Dropdown

        records = screen_question.library(self.asked)
        options = [(CHOOSE, ""), *((words, key) for key, words in DECISIONS.items())]
        count = HTML()
        widgets = [HTML(self._question_html())]

        def counted(_change=None):
            count.value = f'<p role="status">{len(self.answer)} of {len(records)} records decided.</p>'

        for number, (_, record) in enumerate(records.iterrows(), 1):
            chooser = Dropdown(options=options, description=f"Decision about record {number} of {len(records)}")
            _linked(chooser, self, lambda one=record["record"]: self.answer.get(one, ""),
                    lambda value, one=record["record"]: self.decide(one, value))
            widgets += [HTML(self._card_html(number, record)), chooser]
        self.observe(counted, names="answer")
        counted()
        return [*widgets, count]

    def _question_html(self) -> str:
        content = self.asked.content
        return (f"<p>The review's question: {_html.escape(content['question'])}</p>{criteria_html(content['criteria'])}"
                "<p>Decide from title and abstract whether each record may answer it. Being unsure keeps a record, as "
                "including does.</p>")

    def _card_html(self, number: int, record) -> str:
        return f"<p><strong>Record {number} ({_html.escape(record['record'])})</strong></p>{record_html(record)}"

    def offered_html(self) -> str:
        """The question and all the records."""
        records = screen_question.library(self.asked)
        return self._question_html() + "".join(
            self._card_html(number, record) for number, (_, record) in enumerate(records.iterrows(), 1))

    def answer_html(self) -> str:
        """A table with a row for each decision."""
        titles = screen_question.titles_of(self.asked)
        rows = "".join(f'<tr><th scope="row">{_html.escape(one)}</th><td>{_html.escape(titles.get(one, ""))}</td>'
                       f"<td>{_html.escape(DECISIONS[self.answer[one]])}</td></tr>"
                       for one in self.asked.content["records"] if one in self.answer)
        return ('<table><caption>Your decisions</caption><thead><tr><th scope="col">record</th><th scope="col">title'
                f'</th><th scope="col">decision</th></tr></thead><tbody>{rows}</tbody></table>')
