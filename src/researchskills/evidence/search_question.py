"""The question kind `search`: write lines that find enough of what is relevant, without finding too much else.

The learner types numbered lines; the last of them, or one that is chosen, is the answer. It is compared with the
records that are relevant to a topic of the library. *Recall*: of the relevant records, how many are found?
*Precision*: of the records found, how many are relevant? From the author's two thresholds on, the answer is right.
Below them it earns the share of the points that the worse of the two reaches, so that neither a search that finds
everything nor one that finds a single good record earns much.

An author writes, under `kind: search`:

    topic: hospital-discharge   a topic of the library
    recall: 0.8                 from which recall on it is right
    precision: 0.15             from which precision on
    syntaxes: [ovid, pubmed]    the languages that may be chosen; by default all four
    right:                      lines that get full marks, as the first of these languages has them
      - exp Patient Discharge/ or discharge*.ti,ab.
      - exp Carers/ or carer*.ti,ab.
      - 1 and 2
    reason: what to look at again when it is relevant records that are missed, in a sentence
"""

from researchskills import _html, bank, checks
from researchskills._words import number_of
from researchskills.errors import CourseError
from researchskills.evidence import lines as lines_
from researchskills.evidence import syntaxes

REQUIRED = {"topic", "recall", "precision", "right"}
OPTIONAL = {"syntaxes", "reason", "why"}
#: Missed records that are named: enough to see what is lacking, too few to be an answer list.
NAMED = 5


def split(identifier: str, source: dict) -> tuple[dict, dict, dict]:
    """Divide what the author wrote into what learners see and what is sealed.

    Raises
    ------
    bank.QuestionError
        If the topic or a language does not exist, a threshold is none, or the model lines do not reach them.
    """
    from researchskills.evidence import measures

    topic = source["topic"]
    if topic not in measures.topics():
        raise bank.QuestionError(f"the topic “{topic}” does not exist; there are: {', '.join(measures.topics())}")
    for name in ("recall", "precision"):
        value = source[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
            raise bank.QuestionError(f"{name} is a number above 0 and at most 1")
    offered = list(source.get("syntaxes") or syntaxes.NAMES)
    strange = [one for one in offered if one not in syntaxes.NAMES]
    if strange:
        raise bank.QuestionError(f"the language “{strange[0]}” is none of {', '.join(syntaxes.NAMES)}")
    right = source["right"]
    if not isinstance(right, list) or not right or not all(isinstance(one, str) and one.strip() for one in right):
        raise bank.QuestionError("right is a list of lines")
    content = {"topic": topic, "recall": source["recall"], "precision": source["precision"], "syntaxes": offered}
    key = {"right": [one.strip() for one in right], "reason": source.get("reason", "").strip()}
    _must_be_right(identifier, content, key)
    return content, key, {}


def _must_be_right(identifier: str, content: dict, key: dict) -> None:
    question = bank.Question(identifier, "search", "", "", content=content, key=key)
    outcome = assess(question, model_answer(question))
    if outcome.status != checks.CORRECT:
        raise bank.QuestionError(f"the lines under right do not get full marks: {outcome.message.splitlines()[0]}")


def number_of_answer(answer: dict) -> int:
    """Number of the line that counts: the one that was chosen, else the last."""
    many = len(answer.get("lines", []))
    chosen = answer.get("line", 0)
    return chosen if 1 <= chosen <= many else many


def evaluation(question: bank.Question, answer: dict):
    """Compare an answer with the relevant records of the topic.

    Parameters
    ----------
    question : Question
        Of the kind `search`.
    answer : dict
        `{"lines": [{"text": …, "syntax": …}], "line": 0}`.

    Returns
    -------
    measures.Evaluation

    Raises
    ------
    CourseError
        If a line cannot be read.
    """
    from researchskills.evidence import measures, terms

    history = lines_.opened(answer["lines"])
    number = number_of_answer(answer)
    sets = {entry.number: entry.ids for entry in history.entries}
    blocks = terms.ideas(history.trees[number], history.trees)
    return measures.evaluate(sets[number], question.content["topic"], sets, blocks=blocks)


def assess(question: bank.Question, answer: dict | None) -> checks.Outcome:
    """The verdict on a search.

    Parameters
    ----------
    question : Question
        Of the kind `search`.
    answer : dict
        See `evaluation`.

    Returns
    -------
    Outcome
        Full points when recall and precision reach the thresholds, else the smaller of recall ÷ threshold and
        precision ÷ threshold.
    """
    answer = answer or {}
    if not answer.get("lines"):
        return checks.Outcome(checks.NOT_ATTEMPTED, "Type at least one line and choose Search first.")
    strange = next((line["syntax"] for line in answer["lines"] if line["syntax"] not in question.content["syntaxes"]),
                   None)
    if strange:
        return checks.Outcome(checks.ERROR, f"A line is typed for {syntaxes.NAMES[strange]}, which this question does "
                              f"not take. Type it for {_named(question)}.")
    try:
        found = evaluation(question, answer)
    except CourseError as problem:
        return checks.Outcome(checks.ERROR, _html.as_markdown(lines_.error_text(problem)))
    content, key = question.content, question.key
    reached = (min(1.0, found.recall / content["recall"]), min(1.0, (found.precision or 0) / content["precision"]))
    told = "\n\n".join(filter(None, [_figures(found, content), _missed(found)]))
    if min(reached) == 1:
        return checks.Outcome(checks.CORRECT, "\n\n".join(filter(None, [told, key.get("why", "")])), 1.0)
    # The author's sentence is about what is missed; it would mislead somebody who finds too much, or nothing.
    lacks_recall = found.found and reached[0] <= reached[1]
    advice = key["reason"] if lacks_recall and key["reason"] else _advice(found, reached)
    return checks.Outcome(checks.NOT_YET, f"{told}\n\n{advice}", min(reached))


def _named(question: bank.Question) -> str:
    return " or ".join(syntaxes.NAMES[one] for one in question.content["syntaxes"])


def _figures(found, content: dict) -> str:
    asked = (f"Asked for are a recall of at least {_percent(content['recall'])} and a precision of at least "
             f"{_percent(content['precision'])}.")
    if not found.found:
        return f"Your search finds no record at all. There are {found.relevant} relevant ones. {asked}"
    told = f"Your search finds {number_of(found.found, 'record')}, {found.hits} of them relevant "
    told += f"(precision {_percent(found.precision)}). "
    told += f"Of the {found.relevant} relevant records it finds {found.hits}"
    missed = found.relevant - found.hits
    told += f" and misses {missed}" if missed else ""
    return f"{told} (recall {_percent(found.recall)}). {asked}"


def _missed(found) -> str:
    from researchskills.evidence.strategy import lacking_words

    if not found.missed or not found.found:
        return ""
    named = found.missed[:NAMED]
    which = "Missed" if len(named) == len(found.missed) else f"{len(named)} of those that are missed"
    items = "\n".join(f"- **{_html.as_markdown(one.title)}** {_html.as_markdown(lacking_words(one))}" for one in named)
    return f"{which}, with words in the record that would have caught it:\n\n{items}"


def _advice(found, reached: tuple[float, float]) -> str:
    if not found.found:
        return "Try one idea alone first and see what it finds. Then give each idea a line, and join them with AND."
    if not found.hits:
        return "None of the relevant records is among them. Do AND and OR stand where they should?"
    if reached[0] < reached[1]:
        return "What else do people call it? Look at the words above, then at headings and truncation."
    return ("Much of what is found is about something else. Which further idea of the question belongs in, joined by "
            "AND?")


def _percent(share: float) -> str:
    # 79.6 % is below 80 %, and must not look like it.
    text = f"{100 * share:.1f}"
    return f"{text.removesuffix('.0')} %"


def model_answer(question: bank.Question) -> dict:
    """The author's lines, in the form `assess` takes."""
    syntax = question.content["syntaxes"][0]
    return {"lines": [{"text": text, "syntax": syntax} for text in question.key["right"]], "line": 0}


def activity() -> type:
    """The activity that asks it; the logic above needs no widgets."""
    from researchskills.evidence.search_question_activity import SearchAsked

    return SearchAsked
