"""Kinds of question that one subject brings along.

Choosing, matching and typing a number serve every module and are defined in `bank`, `checks` and
`ask`. Some tasks belong to one subject: hiding cells of a table, writing a rule that finds errors.
Each of those is one module in its subject's folder, named here, so that the foundation can ask
for it without knowing it. The module has

- `REQUIRED`, `OPTIONAL`: the fields an author must or may give;
- `split(identifier, source)`: content for learners, key, mark scheme, as `bank` has them;
- `assess(question, answer)`: the verdict, a `checks.Outcome`;
- `model_answer(question)`: an answer that is right;
- `activity()`: the subclass of `ask.Asked` that shows it.
"""

from importlib import import_module

_HOME = {
    "protect": "researchskills.data.protect_question",
    "rate": "researchskills.appraisal.rate_question",
    "rule": "researchskills.data.rule_question",
    "screen": "researchskills.evidence.screen_question",
    "search": "researchskills.evidence.search_question",
}
NAMES = tuple(_HOME)


def module(kind: str):
    """The module that defines a kind.

    Parameters
    ----------
    kind : str
        One of `NAMES`.
    """
    return import_module(_HOME[kind])
