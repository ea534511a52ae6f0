"""Study designs, named by what was done.

The name comes first, because each design is at risk in its own way. It follows from what the researchers did, not
from what they call it: who was compared, how people came into the groups, and when things were measured.

The path of questions that leads to a name is in `design_path`; the form that each design opens, in `forms`.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Design:
    """A design.

    Attributes
    ----------
    key : str
        One of `DESIGNS`.
    name : str
        As it is called in a methods section, in lower case.
    means : str
        What was done, in a sentence.
    form : str
        Key of the form that appraises it.
    can_say, cannot_say : str
        What a sound study of this design can tell, and what even a sound one cannot; a sentence each.
    """

    key: str
    name: str
    means: str
    form: str
    can_say: str
    cannot_say: str


def _design(*fields: str) -> Design:
    return Design(*fields)


DESIGNS = {
    one.key: one
    for one in (
        _design("randomised_trial", "randomised trial",
                "Chance decided who, or which place, got the service; then all were followed.", "trial",
                "Whether the service made the difference.",
                "Whether it would do so among people or in places unlike those in the trial."),
        _design("controlled_before_after", "controlled before–after study",
                "Places with and without the service were measured before and after; nobody drew lots.", "comparison",
                "Whether things changed more where the service was.",
                "Whether something else in those places made the difference."),
        _design("non_randomised_comparison", "non-randomised comparison",
                "People with and without the service were compared afterwards; need, choice or where they lived "
                "decided who had it.", "comparison",
                "Whether the groups differ.",
                "Whether they differed already, before the service."),
        _design("before_after", "before–after study without comparison",
                "The same people or places were measured before and after, and nobody else.", "before_after",
                "How much things changed.",
                "Why they changed; they might have done so anyway."),
        _design("interrupted_time_series", "interrupted time series",
                "The same count was taken at many points in time before and after a change.", "before_after",
                "Whether level or trend changed when the service began.",
                "Whether something else that happened at the same time made the difference."),
        _design("cohort", "cohort study",
                "People with and without something in their lives were followed to see what became of them.", "cohort",
                "Who goes on to have an outcome more often, and in which order things came.",
                "Whether one brought about the other; people differ in more than what was measured."),
        _design("case_control", "case–control study",
                "People with an outcome and people without it were compared for what had come before.", "case_control",
                "What was more common among those with the outcome; good for rare ones.",
                "How common the outcome is, or which of two things came first if memory is the source."),
        _design("survey", "cross-sectional survey",
                "People were asked once, at one point in time.", "survey",
                "How common something is among people like those who answered, and what goes together.",
                "What causes what, or what those who did not answer think."),
        _design("qualitative_interviews", "qualitative interview study",
                "People were asked in depth, and what they said was analysed as words.", "qualitative",
                "How people experience and make sense of something, and why it may work as it does.",
                "How many people feel that way."),
        _design("ethnography", "ethnography",
                "A researcher was there over some time, watching, listening and asking.", "qualitative",
                "What people do, beside what they say they do.",
                "How often it happens elsewhere."),
        _design("mixed_methods", "mixed methods study",
                "Numbers and words were collected for one question, and brought together.", "mixed",
                "How much and how, where the two parts truly meet.",
                "More than its weaker part can carry."),
        _design("systematic_review", "systematic review",
                "All studies on a question were looked for, judged and brought together, by a plan.", "review",
                "What is known so far, and how sure it is.",
                "More than the studies in it: many weak ones do not make a strong one."),
        _design("grey", "no study: policy, opinion or web page",
                "Somebody says something, and no method of finding it out is described.", "grey",
                "What a body intends, or what somebody with experience holds.",
                "Whether it is so."),
    )
}
