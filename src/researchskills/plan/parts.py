"""The parts of a research plan, in the order in which a supervisor reads them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """A part of the plan.

    Attributes
    ----------
    key : str
        What a module writes when it contributes to this part.
    title : str
        Its heading.
    about : str
        What belongs here, in a sentence.
    modules : tuple of str
        Names of the modules that fill it, as the course plans them; a module need not exist yet.
    """

    key: str
    title: str
    about: str
    modules: tuple[str, ...]


PARTS = {
    one.key: one
    for one in (
        Part("setting", "My job and setting", "Where I work, and where research already happens in it.",
             ("00-start-here",)),
        Part("worry", "The worry, and the tree of questions",
             "What troubles us in everyday work, and the questions in it.", ("01-researchable-questions",)),
        Part("question", "The question", "One question that can be answered, and what its words mean.",
             ("01-researchable-questions",)),
        Part("known", "What is known", "How I searched, how much I found, and how far it can be trusted.",
             ("02-finding-evidence", "03-appraising-evidence")),
        Part("data", "Data and checks", "Which data I will use or collect, and what is wrong with them.",
             ("04-checking-data", "07-interviews")),
        Part("analysis", "Analysis planned", "What will be compared or brought together, and how it will be shown.",
             ("05-small-statistics", "06-presenting-data", "08-evaluating-together")),
        Part("ethics", "Ethics and access", "What kind of project it is, who must be asked, and what could harm whom.",
             ("01-researchable-questions", "10-managing-research")),
        Part("people", "The part of people who draw on care, and of carers",
             "Who is affected, who has had a say, and what changed because of it.", ("00-start-here",)),
        Part("timetable", "Timetable", "What happens when, and how many hours it takes.", ("10-managing-research",)),
        Part("supervisor", "What I need from my supervisor", "Time, access, a word with somebody, a decision.",
             ("00-start-here", "10-managing-research")),
    )
}
