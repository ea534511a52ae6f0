"""Planning a sample as an activity: what can my number tell me, how many do I need?"""

from functools import cache
from pathlib import Path

from traitlets import Unicode

from researchskills import _html, checks
from researchskills.errors import CourseError
from researchskills.statistics import entries
from researchskills.statistics.entries import Field
from researchskills.statistics.form import Form

_QUESTION = Field("question", "What do you want to know?", "reach", {
    "What can the answers that I have (or will get) tell me?": "reach",
    "How many answers do I need for one percentage?": "share",
    "How many do I need to compare two percentages?": "compare",
    "How many do I need to see a mean change of a score?": "change",
})
_LIKENESS = Field("icc", "How alike people of one team or home are", 0.0, {
    "not at all, or I ask one in each": 0.0, "a little (intraclass correlation 0.02)": 0.02, "somewhat (0.05)": 0.05,
    "clearly (0.1)": 0.1, "very (0.3)": 0.3})
_RESPONSE = Field("response", "Percentage of those asked that will answer, from 1 to 100", 100, least=1, most=100)
_FIELDS = {
    "reach": (
        Field("n", "Number of answers, from 1 to 100000", 20, least=1, most=100_000),
        Field("population", "Number of people there are in all (0 when it is not known)", 0),
    ),
    "share": (
        Field("margin", "Give or take how many percentage points, from 1 to 40", 10, least=1, most=40),
        Field("share", "Percentage that you expect, from 1 to 99 (50 when you cannot guess)", 50, least=1, most=99),
        Field("population", "Number of people there are in all (0 when it is not known)", 0),
        _RESPONSE,
        Field("cluster_size", "People asked in each team or home", 1, least=1, most=1000),
        _LIKENESS,
    ),
    "compare": (
        Field("first", "Percentage in the first group, from 1 to 99", 50, least=1, most=99),
        Field("second", "Percentage in the second group that would matter, from 1 to 99", 65, least=1, most=99),
        _RESPONSE,
        Field("cluster_size", "People asked in each team or home", 1, least=1, most=1000),
        _LIKENESS,
    ),
    "change": (
        Field("difference", "Mean change that would matter, in points", "3"),
        Field("sd", "Standard deviation of the changes, in points", "9"),
        _RESPONSE,
    ),
}


class SamplePlan(Form):
    """A plan for a sample, and what the learner decides.

    Attributes
    ----------
    entered : dict
        What was entered, where it differs from the start.
    decision : str
        What the learner will do, and why.
    """

    title = "Plan a sample"
    choice, fields = _QUESTION, _FIELDS
    decision = Unicode("").tag(saved=True)

    @classmethod
    def every_field(cls) -> dict[str, Field]:
        """All fields by name: what is wanted first, then who is asked."""
        fields = super().every_field()
        who = {name: fields.pop(name) for name in ("population", "response", "cluster_size", "icc")}
        return {**fields, **who}

    @property
    def question(self) -> str:
        """Which question is asked: "reach", "share", "compare" or "change"."""
        return self.chosen

    def plan(self):
        """What the planning functions answer.

        Returns
        -------
        planning.Plan or planning.Reach

        Raises
        ------
        CourseError
            If the numbers do not fit together.
        """
        from researchskills.statistics import planning

        held = self.values
        people = held.get("population") or None
        response = held.get("response", 100) / 100
        clusters = {"cluster_size": held.get("cluster_size", 1), "icc": held.get("icc", 0.0)}
        if self.question == "reach":
            return planning.what_can(held["n"], population=people)
        if self.question == "share":
            return planning.how_many(held["margin"] / 100, share=held["share"] / 100, population=people,
                                     response=response, **clusters)
        if self.question == "compare":
            return planning.how_many_to_compare(held["first"] / 100, held["second"] / 100, response=response,
                                                **clusters)
        difference, sd = (checks.as_number(held[name]) for name in ("difference", "sd"))
        if not difference or not sd or sd <= 0:
            raise CourseError("Type the change and the standard deviation as numbers above 0, such as 3 and 9.")
        return planning.how_many_to_compare(difference=difference, sd=sd, paired=True, response=response)

    def shown(self) -> str:
        """The plan and the decision in words."""
        if not self.entered and not self.decision.strip():
            return ""
        try:
            told = self.plan().sentence()
        except CourseError as problem:
            told = str(problem)
        decision = f"\nWhat I will do: {self.decision.strip()}" if self.decision.strip() else ""
        return told + decision

    def _result_html(self) -> str:
        try:
            return self.plan()._repr_html_()
        except CourseError as problem:
            return f"<p>{_html.escape(problem)}</p>"

    def panel(self):
        """The question, its fields, the answer as it changes, and room for a decision."""
        from ipywidgets import HTML, VBox

        result, notice = HTML(), HTML(self.notice_html())
        controls = self.controls(lambda: setattr(result, "value", entries.live(self._result_html())))
        self.observe(lambda _: setattr(notice, "value", self.notice_html()), names="notice")
        decision = entries.text_area(self, "decision", "What will you do, and why?")
        return VBox([HTML(f"<p><strong>{self.title}</strong></p>"), *controls, result, decision, notice])

    def report(self) -> str:
        """The question, what was entered, the answer and the decision."""
        decision = (f"<p><strong>What you will do</strong></p>{_html.plain(self.decision)}" if self.decision.strip()
                    else "<p>What you will do: not answered yet.</p>")
        return (f'<section class="rs-report" aria-label="{self.title}"><p><strong>{self.title}</strong></p>'
                f"{self.entered_html()}{self._result_html()}{decision}"
                f"{self.notice_html()}</section>")


@cache
def sample_plan(name: str, folder: Path) -> SamplePlan:
    """The activity of a name, one object however often its cell is run."""
    return SamplePlan(name, folder)
