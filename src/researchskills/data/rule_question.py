"""The question kind `rule`: write a rule that finds a fault, and see how much of it you caught.

The learner builds up to three conditions from drop-down lists. The rows they flag are compared with the
rows where the fault really is: the ones that the data package's sealed key names, or those that the
author's own rule flags. Two numbers say how well a rule does. *Precision*: of the rows you flagged, how many
are faults? *Recall*: of all the faults, how many did you flag? Their harmonic mean is F1 (van Rijsbergen,
Information Retrieval, 1979, chapter 7, with both weighted alike); from a threshold on, the answer is right.

An author writes, under `kind: rule`:

    dataset: referrals          the data package
    resource: as_exported       its table; by default the first
    fields: [received, decided] what the lists offer; by default every field
    comparisons: [is blank, …]  by default all of them
    fault: decided before received     a fault (or a list of faults) of the package's sealed key
    fault_field: decided        only where the fault lies in this field
    right:                      a rule that gets full marks; without `fault` it is the key itself
      joined: or
      conditions:
        - {field: decided, comparison: is before the date in, other: received}
    threshold: 0.9
    reason: what to look at again, in a sentence
"""

from dataclasses import dataclass
from functools import cache

from researchskills import bank, checks
from researchskills.data import conditions as where_
from researchskills.data.conditions import COMPARISONS, OFFERED, Condition
from researchskills.errors import CourseError

REQUIRED = {"dataset", "right"}
OPTIONAL = {"resource", "fields", "comparisons", "fault", "fault_field", "threshold", "reason", "why"}
#: F1 from which an answer is right, unless the author says otherwise.
THRESHOLD = 0.9


@dataclass(frozen=True)
class Caught:
    """How a rule did.

    Attributes
    ----------
    flagged, faults, both : int
        Rows that the rule flagged, rows with the fault, and rows that are both.
    """

    flagged: int
    faults: int
    both: int

    @property
    def precision(self) -> float:
        """Share of the flagged rows that are faults; 0 when none is flagged."""
        return self.both / self.flagged if self.flagged else 0.0

    @property
    def recall(self) -> float:
        """Share of the faults that are flagged."""
        return self.both / self.faults if self.faults else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall (van Rijsbergen, 1979): 2·both / (flagged + faults)."""
        return 2 * self.both / (self.flagged + self.faults) if self.flagged + self.faults else 0.0

    @property
    def words(self) -> str:
        """Precision and recall as a sentence."""
        if not self.flagged:
            return f"Your rule flags no row at all. {_count(self.faults)} to be found."
        sound = self.flagged - self.both
        missed = self.faults - self.both
        if sound:
            told = f"Of the {_rows(self.flagged)} you flagged, {self.both:,} {_are(self.both, 'fault')}"
            told += f"; {sound:,} {'is' if sound == 1 else 'are'} sound"
        else:
            told = "The row you flagged is a fault"
            if self.flagged > 1:
                told = f"All {self.flagged:,} rows you flagged are faults"
        told += f" (precision {_percent(self.precision)}). Of the {self.faults:,} faults you found {self.both:,}"
        told += f" and missed {missed:,}" if missed else ""
        return told + f" (recall {_percent(self.recall)}). Together they make F1 = {self.f1:.2f}."


def _rows(number: int) -> str:
    return f"{number:,} row{'' if number == 1 else 's'}"


def _are(number: int, noun: str) -> str:
    return f"is a {noun}" if number == 1 else f"are {noun}s"


def _count(number: int) -> str:
    return f"There {'is 1 fault' if number == 1 else f'are {number:,} faults'}"


def _percent(share: float) -> str:
    # 99.8 % is not “100 %”: only a whole is called one.
    text = f"{100 * share:.0f}"
    return f"{100 * share:.1f} %" if text in {"0", "100"} and 0 < share < 1 else f"{text} %"


def split(identifier: str, source: dict) -> tuple[dict, dict, dict]:
    """Divide what the author wrote into what learners see and what is sealed.

    Raises
    ------
    bank.QuestionError
        If the package, a field or a comparison does not exist, or the rule is not a rule.
    """
    fields = _fields(source["dataset"], source.get("resource"))
    offered = source.get("fields") or fields
    comparisons = source.get("comparisons") or list(OFFERED)
    for words, known, what in ((offered, fields, "field"), (comparisons, list(COMPARISONS), "comparison")):
        for word in words:
            if word not in known:
                raise bank.QuestionError(f"the {what} “{word}” does not exist")
    right = _checked_rule(source["right"], offered, comparisons)
    threshold = source.get("threshold", THRESHOLD)
    if not isinstance(threshold, int | float) or not 0 < threshold <= 1:
        raise bank.QuestionError("threshold is a number above 0 and at most 1")
    faults = source.get("fault", [])
    faults = [faults] if isinstance(faults, str) else list(faults)
    content = {"dataset": source["dataset"], "resource": source.get("resource"), "fields": list(offered),
               "comparisons": list(comparisons), "threshold": threshold}
    key = {"faults": faults, "fault_field": source.get("fault_field", ""), "right": right,
           "reason": source.get("reason", "").strip()}
    return content, key, {}


def _fields(dataset: str, resource: str | None) -> list[str]:
    from researchskills import datasets

    try:
        return datasets.codebook(dataset, resource)["field"].tolist()
    except CourseError as problem:
        raise bank.QuestionError(str(problem)) from problem


def _checked_rule(rule, offered, comparisons) -> dict:
    try:
        listed = [Condition.from_dict(one) for one in rule["conditions"]]
        joined = rule.get("joined", "and")
    except (KeyError, TypeError, AttributeError) as problem:
        raise bank.QuestionError("right needs conditions, each with field and comparison") from problem
    if not 1 <= len(listed) <= where_.MOST_CONDITIONS or joined not in ("and", "or"):
        raise bank.QuestionError(f"right has one to {where_.MOST_CONDITIONS} conditions, joined by and or or")
    for one in listed:
        if one.field not in [*offered, where_.WHOLE_ROW] or one.comparison not in comparisons:
            raise bank.QuestionError(f"right uses “{one.field} {one.comparison}”, which learners are not offered")
    return {"joined": joined, "conditions": [one.as_dict() for one in listed]}


def table(dataset: str, resource: str | None):
    """A table of a data package as texts, indexed by row number; a file is read once.

    Raises
    ------
    CourseError
        If there is none.
    """
    from researchskills import datasets

    return _read(datasets._table(dataset, resource)[1])


@cache
def _read(path):
    from researchskills.data.raw import text_table

    return text_table(path)


def flagged_rows(question: bank.Question, answer: dict) -> set[int]:
    """Row numbers that an answer flags.

    Raises
    ------
    CourseError
        If a condition cannot be used; the message says what to change.
    """
    content = question.content
    listed = [Condition.from_dict(one) for one in answer["conditions"]]
    data = table(content["dataset"], content["resource"])
    mask = where_.flagged(data, listed, answer.get("joined", "and"))
    return set(data.index[mask])


def fault_rows(question: bank.Question) -> set[int]:
    """Row numbers where the fault is.

    Raises
    ------
    CourseError
        If the package's key does not know the fault.
    """
    key = question.key
    if not key["faults"]:
        return flagged_rows(question, key["right"])
    from researchskills import datasets

    known = datasets.planted(question.content["dataset"])["faults"]
    rows = set()
    for fault in key["faults"]:
        if fault not in known:
            raise CourseError(f"The key of “{question.content['dataset']}” does not know the fault “{fault}”. Your "
                              "answer is safe. Show this sentence to your mentor.")
        rows |= {entry["row"] for entry in known[fault] if entry.get("field") == key["fault_field"]
                 or not key["fault_field"]}
    return rows


def caught(question: bank.Question, answer: dict) -> Caught:
    """Compare the rows that an answer flags with the faults."""
    flagged, faults = flagged_rows(question, answer), fault_rows(question)
    return Caught(len(flagged), len(faults), len(flagged & faults))


def assess(question: bank.Question, answer: dict) -> checks.Outcome:
    """The verdict on a rule.

    Parameters
    ----------
    question : Question
        Of the kind `rule`.
    answer : dict
        `{"joined": "and", "conditions": [{"field": …, "comparison": …, "value": …, "other": …}]}`.

    Returns
    -------
    Outcome
        Full points from the threshold on, F1 ÷ threshold below it.
    """
    from researchskills.data.rule_builder import lacking, whole

    answer = whole(answer or {})
    if not answer:
        return checks.Outcome(checks.NOT_ATTEMPTED, "Choose a field and a comparison first.")
    if lacking(answer):
        return checks.Outcome(checks.ERROR, lacking(answer))
    try:
        found = caught(question, answer)
    except CourseError as problem:
        return checks.Outcome(checks.ERROR, str(problem).replace(" Nothing was changed.", ""))
    threshold = question.content["threshold"]
    words = found.words
    if found.f1 >= threshold:
        why = question.key.get("why", "")
        if found.f1 < 1:
            words += f" From {threshold:g} on a rule is good enough here."
        return checks.Outcome(checks.CORRECT, f"{words}\n\n{why}".strip(), 1.0)
    if found.flagged:
        words += f" From {threshold:g} on a rule counts as right here."
    return checks.Outcome(checks.NOT_YET, f"{words}\n\n{question.key['reason'] or _advice(found)}",
                          found.f1 / threshold)


def _advice(found: Caught) -> str:
    if not found.both:
        return "None of the faults is caught yet. Look at a few rows of the table and at the values of the field."
    if found.recall < found.precision:
        return "Your rule misses faults. Is the fault also written in another way, or in another field?"
    return "Your rule also flags sound rows. Which further condition tells them from the faults?"


def model_answer(question: bank.Question) -> dict:
    """The author's rule, in the form `assess` takes."""
    return question.key["right"]


def activity() -> type:
    """The activity that asks it; the logic above needs no widgets."""
    from researchskills.data.rule_activity import RuleAsked

    return RuleAsked
