"""Two readers, one report: where they differ, and what to ask each other about it.

Two people who appraise a report apart from each other see more than one, above all when one works in health and the
other in social care. What helps is where they differ: each difference is a question about the report, about the form,
or about what each knows from work. So differences come first, and a number for their agreement after them.

Nothing is merged by itself: what both settle after talking is in `settling`.
"""

from dataclasses import dataclass
from functools import cached_property

from researchskills._words import number_of
from researchskills.appraisal import forms, reader_files
from researchskills.appraisal.designs import DESIGNS
from researchskills.appraisal.forms import ANSWERS, DIRECTIONS
from researchskills.appraisal.reading import SECTORS, Answer, Appraisal
from researchskills.appraisal.sentence_numbers import written
from researchskills.errors import CourseError
from researchskills.received import NOTHING

#: What two readers can differ in, those to talk about first on top: kind → what to ask each other.
PROMPTS = {
    "design": "Put the report’s own word for the design aside. Who was compared, how did people come into the groups, "
              "and when was something measured? Point at the sentence for each.",
    "opposed": "One of you says yes and the other no. Read each other the sentences that you marked. Did you read the "
               "question differently, or the report?",
    "judgement": "Which single answer weighed most for each of you? Could what is wrong here change what the report "
                 "concludes, and for whom?",
    "unsure": "One of you cannot tell. Can the other point at the sentence? If there is none, “cannot tell” is the "
              "fair answer: what one of you knows from work is not in the report.",
    "degree": "You see the same and weigh it differently. What would have to stand in the report for a plain yes, and "
              "what for a plain no?",
    "direction": "Tell it as a story: who is missing or mixed up here, and does that make the service look better or "
                 "worse than it is? Whose story does the report support?",
    "evidence": "You give the same answer and point at different sentences. Does each of them show it, or does one "
                "only say so?",
}
#: What is said of a difference, in a few words.
KINDS = {"design": "the design", "opposed": "yes against no", "judgement": "another judgement",
         "unsure": "one of you cannot tell", "degree": "more or less", "direction": "another direction",
         "evidence": "other sentences"}
#: Who gave way, so that a difference is settled.
GAVE_WAY = {"me": "I gave way", "partner": "my partner gave way", "both": "both gave way",
            "neither": "nobody gave way", "again": "neither gave way: we read it again"}
#: Value of an agreement that says there is none.
STILL_DIFFER = "differ"
_EVIDENCE = {"mine": "The sentences that I marked", "theirs": "The sentences that my partner marked",
             "both": "The sentences of both"}
#: With fewer questions, one answer more or less moves the percentage far.
FEW = 10


@dataclass(frozen=True)
class Difference:
    """Something on which two readers differ.

    Attributes
    ----------
    key : str
        What it is about: `answer:`, `direction:` or `evidence:` and a question, `judgement:` and a domain, `design`.
    kind : str
        Key of `PROMPTS`.
    about : str
        The question or the domain, in the form's words.
    mine, theirs : str
        What each said, as a key; for sentences their numbers.
    form : str
        The form that both filled in; empty where it is about the design.
    my_answer, their_answer : Answer or None
        The whole answers, where it is about a question.
    """

    key: str
    kind: str
    about: str
    mine: str
    theirs: str
    form: str = ""
    my_answer: Answer | None = None
    their_answer: Answer | None = None

    @property
    def options(self) -> dict[str, str]:
        """What can be agreed on: value → words."""
        what = self.key.partition(":")[0]
        if what == "evidence":
            return _EVIDENCE
        return {"answer": ANSWERS, "direction": DIRECTIONS, "judgement": forms.judgements(self.form),
                "design": {key: design.name for key, design in DESIGNS.items()}}[what]

    def gave_way(self, value: str) -> str:
        """Who gave way if this is what they agreed on: key of `GAVE_WAY`.

        It follows from what was chosen, so that the two can never contradict each other.
        """
        if value == STILL_DIFFER:
            return "neither"
        if self.kind == "evidence":
            return {"mine": "partner", "theirs": "me"}.get(value, "both")
        return {self.mine: "partner", self.theirs: "me"}.get(value, "both")

    def said(self, value: str) -> str:
        """What a reader said, in words."""
        if self.kind == "evidence":
            return f"sentence{'' if value.isdecimal() else 's'} {value}"
        return self.options.get(value, value)


@dataclass(frozen=True)
class Comparison:
    """Two readers' appraisals of one report side by side; neither is changed.

    Attributes
    ----------
    own, other : Appraisal
    differences : tuple of Difference
        Those to talk about first on top.
    both : tuple of str
        Keys of the questions that both answered.
    lacking : tuple of (str, bool, bool)
        What is not compared: a question or domain, whether you answered it, whether your partner did.
    notes : tuple of str
        What to know about the comparison, a sentence each.
    """

    own: Appraisal
    other: Appraisal
    differences: tuple[Difference, ...]
    both: tuple[str, ...]
    lacking: tuple[tuple[str, bool, bool], ...]
    notes: tuple[str, ...]

    @property
    def one_form(self) -> bool:
        """Whether both filled in the same form, so that answers can be compared."""
        return self.own.form == self.other.form

    @property
    def alike(self) -> int:
        """Questions to which both gave the same answer."""
        return sum(self.own.answers[key].answer == self.other.answers[key].answer for key in self.both)

    @cached_property
    def _kappa(self) -> tuple[object, str]:
        from researchskills.statistics.agreement import kappa

        sides = [[one.answers[key].answer for key in self.both] for one in (self.own, self.other)]
        try:
            return kappa(*sides, order=list(ANSWERS)), ""
        except CourseError as problem:
            return None, str(problem)

    @property
    def agreement(self):
        """Cohen's kappa of the answers, with interval and cautions; None where it cannot be worked out."""
        return self._kappa[0]

    @property
    def without_kappa(self) -> str:
        """Why there is no kappa, in a sentence; empty where there is one."""
        return self._kappa[1] if self.one_form else "Answers on two forms cannot be set against each other."

    def find(self, key: str) -> Difference | None:
        """A difference by its key."""
        return next((one for one in self.differences if one.key == key), None)

    def sentence(self) -> str:
        """Differences first, then agreement."""
        if not self.one_form:
            return (f"You took the design for different things (you: {DESIGNS[self.own.design].name}; your partner: "
                    f"{DESIGNS[self.other.design].name}) and filled in different forms. This is the first difference "
                    "to talk about: nothing is compared question by question until both of you have chosen one form.")
        told = [f"You differ in {number_of(len(self.differences), 'place')}. Talk about these first."
                if self.differences else "You differ nowhere, not in answers, directions or judgements."]
        told.append(self.agreement_sentence())
        return " ".join(told)

    def agreement_sentence(self) -> str:
        """To how many of the questions that both answered they gave the same answer."""
        from researchskills.statistics.estimate import percent

        many = len(self.both)
        told = (f"You gave the same answer to {self.alike} of the {number_of(many, 'question')} that both of you "
                f"answered ({percent(self.alike / many)}%).")
        if many < FEW:
            told += f" With so few, a single answer moves that by {percent(1 / many)} percentage points."
        return told


def compare(own: Appraisal, other: Appraisal, name: str = "The file") -> Comparison:
    """Lay a partner's appraisal beside one's own.

    Parameters
    ----------
    own, other : Appraisal
        Yours, and your partner's.
    name : str
        What to call your partner's in a message.

    Raises
    ------
    CourseError
        If it is about another report, on another version of the form, your own, or has no answer in common.
    """
    reader_files.check(other, name)
    if not reader_files.same_report(own.report, other.report):
        raise CourseError(f"{name} is about “{reader_files.report_title(other.report)}”, and your appraisal is about "
                          f"“{reader_files.report_title(own.report)}”. {NOTHING} Choose the file about the same "
                          "report; for a paper of your own, both of you must give it the same short name.")
    _refuse_own(own, other, name)
    if own.form != other.form:
        design = Difference("design", "design", "What kind of study is it?", own.design, other.design)
        return Comparison(own, other, (design,), (), (), tuple(_about_readers(own, other)))
    form = forms.form(own.form)
    if own.form_version != other.form_version:
        raise CourseError(f"{name} was filled in on version {other.form_version} of the form “{form.title}”, and yours "
                          f"on version {own.form_version}. {NOTHING} Both of you need the same edition of the course.")
    both = tuple(one.key for one in form.questions if one.key in own.answers and one.key in other.answers)
    if not both:
        raise CourseError(f"There is no question that both of you have answered, so there is nothing to compare yet. "
                          f"{NOTHING} Finish your own appraisal, and ask your partner to finish theirs.")
    answered = [(one.text, one.key in own.answers, one.key in other.answers) for one in form.questions]
    judged = [(f"Judgement: {words}", key in own.judgements, key in other.judgements)
              for key, words in form.domains.items()]
    lacking = tuple(one for one in answered + judged if not (one[1] and one[2]))
    return Comparison(own, other, tuple(_differences(own, other)), both, lacking,
                      tuple(_about_readers(own, other) + _about_gaps(answered) + _about_likeness(own, other)))


def _refuse_own(own: Appraisal, other: Appraisal, name: str) -> None:
    said = [(one.design, dict(one.answers), dict(one.judgements), one.certainty) for one in (own, other)]
    named_alike = reader_files.same_name(own.reader, other.reader)
    if own.answers and said[0] == said[1] and (named_alike or not (own.reader or other.reader)):
        raise CourseError(f"{name} is your own: everything in it is what you answered yourself. {NOTHING} Choose the "
                          "file that your partner sent.")
    if named_alike:
        raise CourseError(f"{name} is by “{other.reader}”, and that is the name you read under yourself. {NOTHING} If "
                          "it is an older file of your own, choose your partner’s; if both of you have that name, one "
                          "of you changes it and exports again.")


def _differences(own: Appraisal, other: Appraisal) -> list[Difference]:
    form, found = forms.form(own.form), []
    if own.design != other.design:
        found.append(Difference("design", "design", "What kind of study is it?", own.design, other.design))
    for one in form.questions:
        mine, theirs = own.answers.get(one.key), other.answers.get(one.key)
        if not (mine and theirs):
            continue
        pairs = []
        if mine.answer != theirs.answer:
            pairs.append(("answer", _kind({mine.answer, theirs.answer}), mine.answer, theirs.answer))
        elif mine.sentences and theirs.sentences and not set(mine.sentences) & set(theirs.sentences):
            pairs.append(("evidence", "evidence", written(mine.sentences), written(theirs.sentences)))
        if mine.direction and theirs.direction and mine.direction != theirs.direction:
            pairs.append(("direction", "direction", mine.direction, theirs.direction))
        found += [Difference(f"{what}:{one.key}", kind, one.text, *said, form.key, mine, theirs)
                  for what, kind, *said in pairs]
    for key, words in form.domains.items():
        mine, theirs = own.judgements.get(key), other.judgements.get(key)
        if mine and theirs and mine != theirs:
            found.append(Difference(f"judgement:{key}", "judgement", words, mine, theirs, form.key))
    return sorted(found, key=lambda one: list(PROMPTS).index(one.kind))


def _kind(answers: set[str]) -> str:
    return "unsure" if "unclear" in answers else "degree" if "partly" in answers else "opposed"


def _about_readers(own: Appraisal, other: Appraisal) -> list[str]:
    if own.sector and own.sector == other.sector and own.sector != "both":
        return [f"Both of you say that you work in the same sector ({SECTORS[own.sector].lower()}). You can compare, "
                "and a reader from the other side would see other things."]
    return []


def _about_gaps(answered: list[tuple[str, bool, bool]]) -> list[str]:
    notes = []
    for who, place in (("You have", 1), ("Your partner has", 2)):
        left = sum(not one[place] for one in answered)
        if left:
            notes.append(f"{who} answered {len(answered) - left} of the {len(answered)} questions; the other "
                         f"{'one is' if left == 1 else f'{left} are'} not compared.")
    return notes


def _about_likeness(own: Appraisal, other: Appraisal) -> list[str]:
    if len(own.answers) >= FEW // 2 and dict(own.answers) == dict(other.answers):
        return ["Every answer and every piece of evidence is the same as yours. Make sure that this is not your own "
                "file, and that each of you read alone."]
    return []
