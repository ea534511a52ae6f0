"""The question kind `protect`: which cells must be hidden before this table goes out?

The learner ticks cells. What they ticked is audited like any published table (see `audit`): every small
count must be hidden, none may be worked out from what is left, and no more cells are hidden than needed. There
is usually more than one good choice, and each of them is right.

An author writes, under `kind: protect`:

    table:
      rows_are: locality  what the rows are called; by default “group”
      columns: [reablement, home care, Total]
      rows:
        Eastfold: [3, 9, 12]
        Total: [25, 20, 45]
    threshold: 5          counts from 1 to threshold − 1 are small; by default 5
    most: 4               most cells that may be hidden; by default as few as possible
    keep_totals: true     totals cannot be ticked; by default they can
    reason: what to look at again, in a sentence

or `tables:` with several such tables by name, which count the same people.
"""

import pandas as pd

from researchskills import bank, checks
from researchskills.data import audit as auditing
from researchskills.data import cells as reading
from researchskills.data import suppression
from researchskills.data.audit import THRESHOLD
from researchskills.data.cells import SYMBOL, Cells
from researchskills.errors import CourseError

REQUIRED: set[str] = set()
OPTIONAL = {"table", "tables", "threshold", "most", "keep_totals", "reason", "why"}
#: What hiding all small counts is worth; the rest is for keeping them hidden.
_PRIMARY_SHARE = 0.5


def split(identifier: str, source: dict) -> tuple[dict, dict, dict]:
    """Divide what the author wrote into what learners see and what is sealed.

    Raises
    ------
    bank.QuestionError
        If the table is no table of counts with totals, nothing in it is small, or `most` cannot be kept.
    """
    if ("table" in source) == ("tables" in source):
        raise bank.QuestionError("give either table or tables")
    given = source.get("tables") or {"the table": source["table"]}
    try:
        tables = [{"title": str(title), "rows_are": str(table.get("rows_are", "group")),
                   "columns": [str(one) for one in table["columns"]],
                   "rows": [[str(label), *counts] for label, counts in table["rows"].items()]}
                  for title, table in given.items()]
    except (KeyError, TypeError, AttributeError) as problem:
        raise bank.QuestionError("a table needs columns, and rows with a list of counts each") from problem
    for table in tables:
        for label, *counts in table["rows"]:
            if len(counts) != len(table["columns"]):
                raise bank.QuestionError(f"the row “{label}” does not have one count for each column")
    content = {"tables": tables, "threshold": source.get("threshold", THRESHOLD), "most": source.get("most"),
               "keep_totals": bool(source.get("keep_totals", False))}
    try:
        model = _model(content)
        if not model.sums:
            raise bank.QuestionError("the table has no totals, so nothing could be subtracted")
        if not small(content):
            raise bank.QuestionError(f"no count is from 1 to {content['threshold'] - 1}: there is nothing to protect")
        needed = len(_best(content))
    except CourseError as problem:
        raise bank.QuestionError(str(problem)) from problem
    content["most"] = needed if content["most"] is None else content["most"]
    if needed > content["most"]:
        raise bank.QuestionError(f"most is {content['most']}, but {needed} cells must be hidden")
    return content, {"reason": source.get("reason", "").strip()}, {}


def frames(content: dict) -> dict[str, pd.DataFrame]:
    """The question's tables, as data frames by title."""
    return {
        table["title"]: pd.DataFrame(
            [row[1:] for row in table["rows"]], columns=pd.Index(table["columns"], name="column"),
            index=pd.Index([row[0] for row in table["rows"]], name=table["rows_are"]),
        )
        for table in content["tables"]
    }


def _model(content: dict) -> Cells:
    model = reading.read(frames(content))
    if model.hidden:
        raise CourseError("Some counts are hidden already. Give all of them.")
    return model


def small(content: dict) -> list[str]:
    """Names of the small counts."""
    model = _model(content)
    return [name for name, count in zip(model.names, model.counts, strict=True) if 1 <= count < content["threshold"]]


def offered(content: dict) -> dict[str, str]:
    """The cells that can be ticked: name → name with its count."""
    model = _model(content)
    return {name: f"{name}: {count}" for name, count, total in zip(model.names, model.counts, model.totals, strict=True)
            if not (total and content["keep_totals"])}


def published(content: dict, hidden: list[str]) -> dict[str, pd.DataFrame]:
    """The tables as readers would see them."""
    model = _hide(_model(content), hidden)
    values = [SYMBOL if count is None else count for count in model.counts]
    return {layout.title: layout.filled(values) for layout in model.frames}


def _hide(model: Cells, hidden) -> Cells:
    for name in hidden:
        model.counts[model.names.index(name)] = None
    return model


def leaks(content: dict, hidden: list[str]) -> list[auditing.Interval]:
    """The small counts that are ticked and can still be worked out."""
    threshold = content["threshold"]
    found = auditing.audit(_hide(_model(content), hidden), protection=threshold - 1, threshold=threshold)
    wanted = set(small(content))
    return [one for one in found.leaks if one.name in wanted]


def assess(question: bank.Question, answer: list[str]) -> checks.Outcome:
    """Audit what a learner hid.

    Half of the points are for hiding every small count, half for keeping each from being worked out. Who
    hides more cells than needed gets a share, for a table full of signs serves nobody.
    """
    content = question.content
    labels = offered(content)
    hidden = [name for name in labels if name in answer]
    if not hidden:
        return checks.Outcome(checks.NOT_ATTEMPTED, "Tick the cells that must be hidden first.")
    wanted = small(content)
    shown = [name for name in wanted if name not in hidden]
    leaking = leaks(content, hidden)
    kept = len(wanted) - len(shown) - len(leaking)
    fraction = _PRIMARY_SHARE * (len(wanted) - len(shown)) / len(wanted) + (1 - _PRIMARY_SHARE) * kept / len(wanted)
    lines = [f"- **{labels[name]}** is a small count and is still shown." for name in shown if name in labels]
    lines += [f"- **{one.name}** is hidden but not protected. {one.sentence()}" for one in leaking]
    too_many = len(hidden) - content["most"]
    if too_many > 0:
        fraction *= content["most"] / len(hidden)
        lines.append(f"- You hid {len(hidden)} cells; {content['most']} are enough. Show what protects nobody again.")
    if not lines:
        message = (f"{len(hidden)} {'cell is' if len(hidden) == 1 else 'cells are'} hidden, and no small count can be "
                   "worked out from the others.")
        return checks.Outcome(checks.CORRECT, "\n\n".join(filter(None, [message, question.key.get("why", "")])), 1.0)
    reason = question.key.get("reason", "")
    return checks.Outcome(checks.NOT_YET, "\n".join(lines) + (f"\n\n{reason}" if reason else ""), fraction)


def _best(content: dict) -> list[str]:
    """A smallest set of cells that protects the table."""
    threshold = content["threshold"]
    model, _, _ = suppression.protect(_model(content), threshold, keep_totals=content["keep_totals"],
                                      protection=threshold - 1)
    return [model.names[place] for place in sorted(model.hidden)]


def model_answer(question: bank.Question) -> list[str]:
    """The cells that `suppress` hides."""
    return _best(question.content)


def activity() -> type:
    """The class that shows this kind of question."""
    from researchskills.data.protect_activity import ProtectAsked

    return ProtectAsked
