"""An appraisal in words: what is strong, what threatens the result and which way, what cannot be told.

Nothing is added up. A study with one fault that turns its result round is no better for ten small merits, so the
answers are sorted and said, never counted into a mark; how sure one may be is for the reader to write.
"""

from dataclasses import dataclass, replace

from researchskills._words import number_of
from researchskills.appraisal import forms, sentence_numbers
from researchskills.appraisal.reading import Answer, Appraisal

#: How a sentence about certainty may begin; the reader goes on.
STEMS = (
    "We can be fairly sure that … because …",
    "It is likely that …, but …",
    "It may be that …; what stands against it is …",
    "This study cannot tell us whether …, because …",
)
#: Domains in this order of judgement are named first among the threats.
_WORST_FIRST = ("high", "some", "unclear", "", "low")


@dataclass(frozen=True)
class Summary:
    """What one reader says of a report.

    Attributes
    ----------
    strong, threats, unclear : list of str
        A sentence or two for each question: what was asked, the answer, where it stands, which way it pushes. Threats
        in domains that the reader judged worst come first.
    directions : str
        Whether the directions point the same way, a sentence; empty when fewer than two are known.
    open : list of str
        Questions without an answer.
    """

    strong: list[str]
    threats: list[str]
    unclear: list[str]
    directions: str
    open: list[str]


def summarise(appraisal: Appraisal) -> Summary:
    """Sort the answers of an appraisal into words.

    Parameters
    ----------
    appraisal : Appraisal
        Questions that its form no longer has are passed over.
    """
    form = forms.form(appraisal.form)

    def told(kinds, questions=form.questions) -> list[str]:
        return [said(one, appraisal.answers[one.key]) for one in questions
                if one.key in appraisal.answers and appraisal.answers[one.key].answer in kinds]

    # Among equals the order of the form is kept.
    worst_first = sorted(form.questions, key=lambda one: _weight(one, appraisal))
    known = [one.direction for one in appraisal.answers.values() if one.direction]
    unanswered = [form.question(key).text for key in appraisal.unanswered]
    return Summary(told({"yes"}), told({"no", "partly"}, worst_first), told({"unclear"}), _directions(known),
                   unanswered)


def said(question: forms.FormQuestion, answer: Answer) -> str:
    """A question with its answer, evidence and direction in words."""
    words = f"{question.text} {forms.ANSWERS[answer.answer]}{_evidence(answer)}"
    if not answer.direction:
        return words
    # Where nobody can tell whether there is a fault, only what it would do can be said.
    which = "If there is a fault, it" if answer.answer == "unclear" else "This"
    return f"{words} {which} {forms.DIRECTIONS[answer.direction]}."


def threats_in_short(appraisal: Appraisal, most: int = 3) -> str:
    """The main threats of an appraisal for a cell of a table, without their evidence."""
    bare = replace(appraisal, answers={key: replace(one, sentences=(), evidence="")
                                       for key, one in appraisal.answers.items()})
    threats = summarise(bare).threats
    more = f" And {number_of(len(threats) - most, 'further one')}." if len(threats) > most else ""
    return " ".join(threats[:most]) + more if threats else "none named"


def hints(appraisal: Appraisal, domain: str) -> list[str]:
    """Where the answers and the judgement of a domain may not fit together, as invitations to look again.

    Parameters
    ----------
    appraisal : Appraisal
    domain : str
        Key of a domain of its form.
    """
    judgement = appraisal.judgements.get(domain)
    answers = [appraisal.answers[one.key] for one in forms.form(appraisal.form).of_domain(domain)
               if one.key in appraisal.answers]
    if not judgement:
        return []
    if not answers:
        return ["No question of this part is answered yet, so nobody could look up what your judgement rests on."]
    words = f"“{forms.judgements(appraisal.form)[judgement].lower()}”"
    doubtful = sum(one.answer in {"no", "partly"} for one in answers)
    untold = sum(one.answer == "unclear" for one in answers)
    told = []
    if judgement == "low" and doubtful:
        told.append(f"{number_of(doubtful, 'answer')} here {'is' if doubtful == 1 else 'are'} no or partly: look again "
                    f"whether {words} fits.")
    elif judgement == "low" and untold:
        told.append(f"{number_of(untold, 'answer')} here {'is' if untold == 1 else 'are'} “cannot tell”: look again "
                    f"whether {words} fits.")
    elif judgement in {"some", "high"} and not doubtful and not untold:
        told.append(f"Every answer here is yes: what makes you say {words}?")
    if not any(one.sentences or one.evidence for one in answers):
        told.append("No answer here has evidence yet: which sentence would you show somebody who doubts it?")
    return told


def _weight(question: forms.FormQuestion, appraisal: Appraisal) -> tuple:
    answer = appraisal.answers.get(question.key)
    little = answer is not None and answer.direction == "little"
    return _WORST_FIRST.index(appraisal.judgements.get(question.domain, "")), little


def _evidence(answer: Answer) -> str:
    numbers = len(answer.sentences)
    where = f" (sentence{'' if numbers == 1 else 's'} {sentence_numbers.written(answer.sentences)})" if numbers else ""
    words = answer.evidence.strip()
    if not words:
        return f"{where}."
    return f"{where}: {words}{'' if words[-1] in '.!?…' else '.'}"


def _directions(known: list[str]) -> str:
    pushing = [one for one in known if one != "little"]
    if len(pushing) < 2:
        return ""
    if set(pushing) in ({"flatters"}, {"hides"}):
        side = "better" if pushing[0] == "flatters" else "worse"
        return f"The directions that you gave point one way: each makes the service look {side} than it is."
    return ("The directions that you gave do not all point one way. That does not make them cancel out: nobody knows "
            "how strong each of them is.")
