"""The `rate` question on the screen: under the heading of each thing, a list of steps for each criterion."""

import pandas as pd
from traitlets import Dict, TraitError, validate

from researchskills import _html
from researchskills.appraisal import rate_question
from researchskills.ask import CHOOSE, Asked, _linked
from researchskills.panel_parts import PART, status, with_heading
from researchskills.tables import html_table


class RateAsked(Asked):
    """Some things to rate by several criteria.

    Attributes
    ----------
    answer : dict
        Item → criterion → place on the scale, counted from 1; only what is rated.
    """

    answer = Dict().tag(saved=True)

    @validate("answer")
    def _offered(self, proposal):
        content = self.asked.content
        known, steps = {item["key"] for item in content["items"]}, range(1, len(content["scale"]) + 1)
        for item, held in proposal["value"].items():
            if item not in known or not isinstance(held, dict):
                raise TraitError("a thing to rate is not offered")
            # In Python true is the number 1, too.
            if any(one not in content["criteria"] or type(step) is not int or step not in steps
                   for one, step in held.items()):
                raise TraitError("a criterion or a rating is not offered")
        return proposal["value"]

    def shown(self) -> str:
        """Each rating with what it is about, a line each."""
        texts = {item["key"]: item["text"] for item in self.asked.content["items"]}
        return "\n".join(f"{texts[item]}, {rate_question.shown(one).lower()}: {self._words(step)}"
                         for (item, one), step in rate_question.ratings(self.asked, self.answer).items())

    def rate(self, item: str, criterion: str, step: int | str) -> None:
        """Rate a thing by a criterion, or take the rating back with an empty one."""
        held = {one: given for one, given in self.answer.get(item, {}).items() if one != criterion}
        if step:
            held[criterion] = step
        others = {one: given for one, given in self.answer.items() if one != item}
        self.answer = {**others, item: held} if held else others

    def controls(self) -> list:
        """The scale, each thing with a list for each criterion, and how many ratings are given."""
        from ipywidgets import HTML, Dropdown

        items, criteria = self.asked.content["items"], self.asked.content["criteria"]
        options = [(CHOOSE, ""), *((self._words(step), step) for step, _ in enumerate(self.asked.content["scale"], 1))]
        count = HTML()
        widgets = [HTML(self._scale_html())]

        def counted(_change=None):
            given = len(rate_question.ratings(self.asked, self.answer))
            count.value = status(f"{given} of {len(items) * len(criteria)} ratings given.")

        for number, item in enumerate(items, 1):
            widgets.append(HTML(with_heading(self._item_html(number, item), PART)))
            for one, words in criteria.items():
                chooser = Dropdown(options=options, description=f"{number}. {rate_question.shown(one)}: {words}")
                widgets.append(_linked(
                    chooser, self, lambda item=item["key"], one=one: self.answer.get(item, {}).get(one, ""),
                    lambda step, item=item["key"], one=one: self.rate(item, one, step)))
        self.observe(counted, names="answer")
        counted()
        return [*widgets, count]

    def _words(self, step: int) -> str:
        return f"{step} {self.asked.content['scale'][step - 1]}"

    def _scale_html(self) -> str:
        steps = "".join(f"<li>{_html.escape(words)}</li>" for words in self.asked.content["scale"])
        return f"<p>The scale:</p><ol>{steps}</ol>"

    def _item_html(self, number: int, item: dict) -> str:
        return f"<p><strong>{number}. {_html.escape(item['text'])}</strong></p>{_html.markdown(item['about'])}"

    def offered_html(self) -> str:
        """The scale, the criteria and the things to rate."""
        criteria = "".join(f"<li>{_html.escape(rate_question.shown(one))}: {_html.escape(words)}</li>"
                           for one, words in self.asked.content["criteria"].items())
        items = "".join(self._item_html(number, item) for number, item in enumerate(self.asked.content["items"], 1))
        return f"{self._scale_html()}<p>The criteria:</p><ul>{criteria}</ul>{items}"

    def answer_html(self) -> str:
        """A table with a row for each thing and a column for each criterion."""
        criteria = self.asked.content["criteria"]
        rows = [[item["text"], *(self._words(step) if step else "not rated" for one in criteria
                                 for step in [self.answer.get(item["key"], {}).get(one)])]
                for item in self.asked.content["items"]]
        table = pd.DataFrame(rows, columns=["What was rated", *map(rate_question.shown, criteria)])
        return html_table(table, "Your ratings")
