"""The `rule` question on the screen: lists to build conditions, and how many rows they flag."""

from traitlets import Dict, TraitError, validate

from researchskills import _html
from researchskills.ask import Asked
from researchskills.data import conditions as where_
from researchskills.data import rule_question
from researchskills.data.conditions import COMPARISONS, Condition
from researchskills.data.rule_builder import condition_controls, lacking, whole
from researchskills.errors import CourseError

_PARTS = {"field", "comparison", "value", "other"}


class RuleAsked(Asked):
    """A rule of up to three conditions.

    Attributes
    ----------
    answer : dict
        `{"joined": "and", "conditions": [...]}`, as it stands on the screen; parts may be lacking.
    """

    answer = Dict().tag(saved=True)

    @validate("answer")
    def _offered(self, proposal):
        answer, content = proposal["value"], self.asked.content
        listed = answer.get("conditions", [])
        fields = {"", where_.WHOLE_ROW, *content["fields"]}
        if answer.get("joined", "and") not in ("and", "or") or not isinstance(listed, list) \
                or len(listed) > where_.MOST_CONDITIONS:
            raise TraitError("this is no rule")
        for one in listed:
            if not isinstance(one, dict) or set(one) - _PARTS or set(map(type, one.values())) - {str}:
                raise TraitError("this is no condition")
            if one.get("field", "") not in fields or one.get("other", "") not in fields \
                    or one.get("comparison", "") not in {"", *content["comparisons"]}:
                raise TraitError("a field or a comparison is not offered")
        return answer

    def shown(self) -> str:
        """The rule in words; a condition that is not finished ends in dots."""
        rule = whole(self.answer)
        if not rule:
            return ""
        return f" {rule['joined']} ".join(_words(one) for one in rule["conditions"])

    def counted(self) -> str:
        """How many rows the rule flags, in a sentence; says nothing about which are right."""
        rule = whole(self.answer)
        if not rule:
            return ""
        if lacking(rule):
            return lacking(rule)
        try:
            rows = sorted(rule_question.flagged_rows(self.asked, rule))
        except CourseError as problem:
            return str(problem).replace(" Nothing was changed.", "")
        total = len(rule_question.table(self.asked.content["dataset"], self.asked.content["resource"]))
        examples = f", the first in row {', '.join(map(str, rows[:5]))}" if rows else ""
        return f"Your rule flags {len(rows):,} of {total:,} rows{examples}."

    def controls(self) -> list:
        """The lists, and the number of rows flagged."""
        from ipywidgets import HTML

        content = self.asked.content
        data = rule_question.table(content["dataset"], content["resource"])
        count = HTML()

        def recount(_change=None):
            count.value = f'<p role="status">{_html.escape(self.counted())}</p>'

        self.observe(recount, names="answer")
        recount()
        lists = condition_controls(content["fields"], content["comparisons"], lambda: self.answer,
                                   lambda draft: setattr(self, "answer", draft), data)
        return [HTML(self.offered_html()), *lists, count]

    def offered_html(self) -> str:
        """What the lists offer."""
        content = self.asked.content
        return (f"<p>Table: {_html.escape(content['dataset'])}"
                f"{', ' + _html.escape(content['resource']) if content['resource'] else ''}. "
                f"Fields on offer: {_html.escape(', '.join(content['fields']))}. "
                f"A field is a column. The names of the columns stand in row 1 of the file.</p>")

    def answer_html(self) -> str:
        """The rule, and how many rows it flags."""
        return f"<p>{_html.escape(self.shown())}</p><p>{_html.escape(self.counted())}</p>"


def _words(one: dict) -> str:
    kind = COMPARISONS[one["comparison"]]
    lacking = (kind.value and not one["value"].strip()) or (kind.column and not one["other"])
    return f"{one['field']} {one['comparison']} …" if lacking else Condition.from_dict(one).words
