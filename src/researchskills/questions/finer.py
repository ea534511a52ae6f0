"""FINER: five words to think a question over with; nothing is scored.

Feasible, interesting, novel, ethical, relevant: S. Hulley, S. Cummings, W. Browner, D. Grady and T. Newman, Designing
Clinical Research, 4th edition, 2013, chapter 2. What to think of under each is the course's, with the view of people
who draw on care and of carers added.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Criterion:
    """One of the five.

    Attributes
    ----------
    key, name : str
    prompts : tuple of str
        Questions to oneself.
    """

    key: str
    name: str
    prompts: tuple[str, ...]


FINER = {
    one.key: one
    for one in (
        Criterion("feasible", "Feasible", (
            "Who lets you have the records, or lets you ask the people, and have you spoken to them?",
            "What would you leave out first if you had half the weeks?")),
        Criterion("interesting", "Interesting", (
            "What do people who draw on care, and carers, say when you ask whether this matters to them?",
            "Does it interest the other service as much as yours?")),
        Criterion("novel", "Novel", (
            "What is known already, and where did you look?",
            "If somebody has answered it elsewhere, what is different where you are?")),
        Criterion("ethical", "Ethical", (
            "Who could be burdened or harmed, by being asked or by the answer?",
            "What would people who draw on care and carers want to be asked, told or spared? Who must agree before you "
            "begin?")),
        Criterion("relevant", "Relevant", (
            "Who could do something with the answer, in health and in social care?",
            "What would users and carers notice if somebody did?")),
    )
}
