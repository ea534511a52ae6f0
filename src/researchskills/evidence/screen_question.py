"""The question kind `screen`: screen a few titles and abstracts, and see how far you agree with a panel.

Before two people share a pile, they screen the same few records and talk about where they differ; this is called
calibration. Here the other side is the panel of the library's sealed screening set. Agreement is Cohen's kappa (1960)
of whether a record goes on or not: being unsure keeps a record, as including does, because the full text then
decides. From a threshold on the answer is right. What teaches is the list of records on which learner and panel
differ, with the panel's reason.

An author writes, under `kind: screen`:

    topic: carers-breaks   whose records; by default the topic of the screening set
    records: 20            how many, taken evenly from those that go on and those that do not; by default all
    threshold: 0.6         kappa from which an answer is right; by default 0.6
    reason: what to look at again, in a sentence
"""

from researchskills import bank, checks
from researchskills.errors import CourseError
from researchskills.evidence import screening
from researchskills.evidence.screening import DECISIONS, Decision

REQUIRED: set[str] = set()
OPTIONAL = {"topic", "records", "threshold", "reason", "why"}
#: Kappa from which an answer is right, unless the author says otherwise.
THRESHOLD = 0.6


def split(identifier: str, source: dict) -> tuple[dict, dict, dict]:
    """Divide what the author wrote into what learners see and what is sealed.

    Raises
    ------
    bank.QuestionError
        If there is no such screening set, or it has too few records of either kind.
    """
    from researchskills.evidence import library_sets

    threshold = source.get("threshold", THRESHOLD)
    if isinstance(threshold, bool) or not isinstance(threshold, int | float) or not 0 < threshold <= 1:
        raise bank.QuestionError("threshold is a kappa above 0 and at most 1")
    try:
        chosen = library_sets.screening_set(source.get("topic"))
    except CourseError as problem:
        raise bank.QuestionError(str(problem)) from problem
    ids = _taken(chosen, source.get("records", len(chosen.panel)))
    panel = {one: {"decision": chosen.panel[one].decision, "why": chosen.why[one]} for one in ids}
    content = {"topic": chosen.topic, "question": chosen.question, "criteria": list(chosen.criteria), "records": ids,
               "threshold": threshold}
    return content, {"panel": panel, "reason": source.get("reason", "").strip()}, {}


def _taken(chosen, many) -> list[str]:
    """So many records, as far as possible half of them such that go on, in the order in which they are screened."""
    mixed = screening.ordered(chosen.records, "mixed")
    on = [one for one in mixed if chosen.panel[one].goes_on]
    out = [one for one in mixed if not chosen.panel[one].goes_on]
    if isinstance(many, bool) or not isinstance(many, int) or not 4 <= many <= len(mixed):
        raise bank.QuestionError(f"records is a whole number from 4 to {len(mixed)}")
    if not on or not out:
        raise bank.QuestionError("the panel decided the same about every record, so agreement means nothing")
    keep_on = min(len(on), max(many // 2, many - len(out)))
    kept = {*on[:keep_on], *out[: many - keep_on]}
    return [one for one in mixed if one in kept]


def assess(question: bank.Question, answer: dict) -> checks.Outcome:
    """The verdict on a learner's decisions.

    Parameters
    ----------
    question : Question
        Of the kind `screen`.
    answer : dict
        Record → `include`, `exclude` or `unsure`.

    Returns
    -------
    Outcome
        Full points from the threshold on; below it, and while records are undecided, kappa ÷ threshold times the
        share of the records that are decided.
    """
    from researchskills.statistics.agreement import kappa
    from researchskills.statistics.estimate import number, percent

    panel = question.key["panel"]
    given = {one: Decision(answer[one]) for one in question.content["records"] if (answer or {}).get(one)}
    if not given:
        return checks.Outcome(checks.NOT_ATTEMPTED, "Decide about each record first.")
    ours = {one: Decision(panel[one]["decision"]) for one in given}
    differ = [one for one in given if given[one].goes_on != ours[one].goes_on]
    share, left = len(given) / len(panel), len(panel) - len(given)
    alike = len(given) - len(differ)
    words = (f"You and the panel agree on {alike} of {len(given)} records ({percent(alike / len(given))}%), counting "
             "unsure as going on.")
    # A kappa of a few first records, or of one decision for all, looks exact and says nothing.
    alone = len({one.goes_on for one in given.values()}) == 1
    try:
        found = kappa([one.goes_on for one in given.values()], [one.goes_on for one in ours.values()])
    except CourseError:
        # One record only, or both sides with one decision for all of those decided so far.
        found = None
    value = found.value if found else 0.0
    if left:
        words = f"{left} of {len(panel)} records have no decision yet. {words} Kappa follows when all are decided."
    elif alone:
        words += (" You decided the same about every record, so nothing was told apart: agreement beyond chance "
                  "(Cohen's kappa) is 0.")
    else:
        words += "".join(f" {one}" for one in (found.sentence(), *found.cautions))
    threshold = question.content["threshold"]
    lines = _differences(question, given, differ)
    if not left and value >= threshold:
        parts = [words + f" From {threshold:g} on is good enough here.", lines, question.key.get("why", "")]
        return checks.Outcome(checks.CORRECT, "\n\n".join(filter(None, parts)), 1.0)
    if not left:
        words += f" From {number(threshold)} on it counts as right here."
    fraction = min(1.0, max(0.0, value) / threshold) * share
    reason = question.key["reason"] if differ else ""
    return checks.Outcome(checks.NOT_YET, "\n\n".join(filter(None, [words, lines, reason])), fraction)


def _differences(question: bank.Question, given: dict, differ: list[str]) -> str:
    """The records on which learner and panel differ, and why the panel decided as it did."""
    panel, titles = question.key["panel"], titles_of(question)
    lines = [f"- **{titles.get(one, one)}** ({one}): you say {DECISIONS[given[one].decision].lower()}, the panel says "
             f"{DECISIONS[panel[one]['decision']].lower()}. {panel[one]['why']}".rstrip() for one in differ]
    return "Where you and the panel differ:\n\n" + "\n".join(lines) if lines else ""


def titles_of(question: bank.Question) -> dict[str, str]:
    """Record → its title."""
    records = library(question)
    return dict(zip(records["record"], records["title"].astype(str), strict=True))


def library(question: bank.Question):
    """The records of the question, in the order in which they are screened."""
    from researchskills.evidence import library_sets

    return library_sets.records(question.content["records"])


def model_answer(question: bank.Question) -> dict:
    """The panel's decisions, in the form `assess` takes."""
    return {one: held["decision"] for one, held in question.key["panel"].items()}


def activity() -> type:
    """The activity that asks it; the logic above needs no widgets."""
    from researchskills.evidence.screen_question_activity import ScreenAsked

    return ScreenAsked
