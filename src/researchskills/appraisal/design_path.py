"""The way to a design's name: at most six plain questions about what was done.

Authors call their study what they like, and often nothing at all. So no question here uses the name of a design. Each
asks for something that a methods section tells, and “cannot tell” is always an answer: it leads to what to look for in
the report, because a design that cannot be found in it is itself a finding.

A path is what a learner answered, question by question: `{"made_of": "people", "findings": "words"}`. Where somebody
changes an earlier answer, answers that no longer lie on the way are left aside.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from researchskills.appraisal.designs import DESIGNS
from researchskills.appraisal.forms import ANSWERS
from researchskills.errors import CourseError
from researchskills.paths import suggestion

#: The answer that every question has.
CANNOT_TELL = "unclear"


@dataclass(frozen=True)
class PathQuestion:
    """A question on the way to the design.

    Attributes
    ----------
    key, text : str
        Its key, and what is asked.
    hint : str
        What to mind where the answer is not plain.
    leads : dict
        Answer → the words it is offered in, and the key of the question or of the design to which it leads.
    look_for : str
        What to look for in the report, for those who cannot tell.
    """

    key: str
    text: str
    hint: str
    leads: Mapping[str, tuple[str, str]]
    look_for: str

    @property
    def answers(self) -> dict[str, str]:
        """Answer → words, in the order in which they are offered; the last is that one cannot tell."""
        return {**{key: words for key, (words, _) in self.leads.items()}, CANNOT_TELL: ANSWERS[CANNOT_TELL]}


@dataclass(frozen=True)
class Step:
    """How far some answers lead.

    Attributes
    ----------
    answers : dict
        Those answers that lie on the way, in its order.
    question : PathQuestion or None
        What is asked next; none once the design is named or somebody cannot tell.
    design : str
        Key of the design, or empty.
    look_for : str
        What to look for in the report, if the last answer is that one cannot tell; else empty.
    """

    answers: dict[str, str]
    question: PathQuestion | None = None
    design: str = ""
    look_for: str = ""

    @property
    def questions(self) -> list[PathQuestion]:
        """The questions to show: those answered, and the next."""
        return [QUESTIONS[key] for key in self.answers] + ([self.question] if self.question else [])


QUESTIONS = {
    one.key: one
    for one in (
        PathQuestion(
            "made_of", "What is it made from?",
            "Go by what was done, not by where it was printed. A council's report can be a study, and a journal prints "
            "opinions, too.",
            {"own": ("People, places or records that its authors looked into themselves", "findings"),
             "studies": ("Other studies, which were looked for by a plan", "systematic_review"),
             "neither": ("What somebody knows, wants or has read; how it was found out is not told", "grey")},
            "Look for a section called methods, or for a sentence that says who was asked, watched or counted, and "
            "when."),
        PathQuestion(
            "findings", "On what do its conclusions rest?",
            "A few quotations beside many tables are decoration, and so is one table of who was interviewed. Choose "
            "both only if both were collected by a plan.",
            {"numbers": ("On numbers", "chance"),
             "words": ("On words, or on what was seen, told in words", "came_by"),
             "both": ("On numbers and words, both collected for one question", "mixed_methods")},
            "Read the first sentences of the results: do they give figures, or do they tell what people said and did?"),
        PathQuestion(
            "came_by", "How did the researchers come by the words?",
            "Many who watch also talk with people. What counts is whether they were there while things happened.",
            {"there": ("They were there for some time, watching as well as asking", "ethnography"),
             "talked": ("They asked people, one by one or in groups", "qualitative_interviews")},
            "Look for hours or months that somebody spent in a place, or for a number of interviews or groups."),
        PathQuestion(
            "chance", "Did chance decide who, or which place, had the service?",
            "Drawing lots, a computer's random list and “randomly allocated” are chance. Taking turns, a waiting list, "
            "or picking people at random to be asked are not.",
            {"yes": ("Yes, lots were drawn", "randomised_trial"),
             "no": ("No, or no service was given out", "when")},
            "Look for the word random, and read what was random: who had the service, or only who was asked."),
        PathQuestion(
            "when", "In which direction of time did it look?",
            "Records count as looking. If old records were read from a start date onwards, that is following people "
            "forward.",
            {"once": ("At one point: everybody was asked or measured once", "beside"),
             "back": ("Back: from people who have an outcome, and others who have not, to what came before",
                      "case_control"),
             "forward": ("Forward: from before to after, or from a start onwards", "compared")},
            "Look for dates: of the start, of each measurement, and of the end."),
        PathQuestion(
            "beside", "Does it set people or places with a service beside others without, to say what the service did?",
            "Tables by age or area are in every survey. Choose yes only if two groups are compared to judge a service.",
            {"yes": ("Yes", "non_randomised_comparison"),
             "no": ("No, it tells how common something is, or what goes together", "survey")},
            "Look at the aim: does it want to know how things are, or what a service changed?"),
        PathQuestion(
            "compared", "Is there a group, or a place, to compare with?",
            "The same people at an earlier time are no such group. A national average that is mentioned at the end is "
            "none either.",
            {"yes": ("Yes, others without it were looked at in the same way", "compared_how"),
             "no": ("No, only those with it", "points")},
            "Look for a table with a column for each of two groups or places."),
        PathQuestion(
            "points", "How many times was it measured before the change?",
            "Monthly or weekly counts are many. A count for the year before, and one for the year after, are two.",
            {"few": ("Once or a few times", "before_after"),
             "many": ("At many points, such as every month, so that one sees where things were heading",
                      "interrupted_time_series")},
            "Look for a line drawn over time, or count the dates in the table of results."),
        PathQuestion(
            "compared_how", "What was set beside each other?",
            "Ask what the main result is a difference of.",
            {"change": ("How much each group or place changed from before to after", "controlled_before_after"),
             "after": ("How the groups stood afterwards; nothing was measured before", "non_randomised_comparison"),
             "became": ("What became of people in each group as they were followed, such as who went into a care home",
                        "cohort")},
            "Find the main result and read what was taken away from, or divided by, what."),
    )
}
_FIRST = "made_of"


def start() -> PathQuestion:
    """The first question."""
    return QUESTIONS[_FIRST]


def step(path: Mapping[str, str]) -> Step:
    """Go along the answers as far as they lead.

    Parameters
    ----------
    path : mapping
        Key of a question → key of an answer; in any order, and answers off the way do no harm.

    Returns
    -------
    Step
        With the next question, or the design, or what to look for.

    Raises
    ------
    CourseError
        If there is no such question, or it has no such answer.

    Examples
    --------
    >>> step({"made_of": "own"}).question.key
    'findings'
    >>> step({"made_of": "studies"}).design
    'systematic_review'
    """
    for key, answer in path.items():
        if key not in QUESTIONS:
            raise CourseError(f"There is no question “{key}” on the way to the design."
                              f"{suggestion(key, list(QUESTIONS))}")
        if answer not in QUESTIONS[key].answers:
            raise CourseError(f"“{answer}” is no answer to “{QUESTIONS[key].text}” "
                              f"Choose one of: {', '.join(QUESTIONS[key].answers)}.")
    passed, at = {}, _FIRST
    while at in QUESTIONS and at in path:
        asked, passed[at] = QUESTIONS[at], path[at]
        if path[at] == CANNOT_TELL:
            return Step(passed, look_for=asked.look_for)
        at = asked.leads[path[at]][1]
    return Step(passed, design=at) if at in DESIGNS else Step(passed, QUESTIONS[at])


def design_of(path: Mapping[str, str]) -> str:
    """Key of the design to which the answers lead; empty while they lead to none.

    Examples
    --------
    >>> design_of({"made_of": "own", "findings": "words", "came_by": "there"})
    'ethnography'
    """
    return step(path).design
