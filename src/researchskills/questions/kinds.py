"""What a question asks for; that decides which frame fits it and which kind of study could answer it.

After the distinction between questions of description, experience, effect and mechanism that texts on research
methods share (for instance C. Robson and K. McCartan, Real World Research, 4th edition, 2016).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of question.

    Attributes
    ----------
    key : str
        One of `KINDS`.
    name : str
        As learners read it.
    asks : str
        What it asks for, in a sentence.
    example : str
        From the interface of health and social care.
    frames : tuple of str
        Keys of the frames that fit, best first (`frames.FRAMES`).
    answered_by : str
        What could answer it, in a sentence.
    """

    key: str
    name: str
    asks: str
    example: str
    frames: tuple[str, ...]
    answered_by: str


KINDS = {
    one.key: one
    for one in (
        Kind("how_many", "How many, how often, how long?", "It asks for a count, a share or a time.",
             "How many days do people wait for home care after they are ready to leave hospital?",
             ("pcc", "spice"), "Records that a service holds, or a survey."),
        Kind("experience", "How do people experience it?", "It asks what something is like, and what it means.",
             "How do carers who live far away experience a discharge meeting?",
             ("pico_context", "spider", "perspectif"), "Interviews, focus groups, being there."),
        Kind("works", "Does it work?", "It asks whether something makes a difference.",
             "Do people who have a joint visit go back to hospital less often than people who have two visits?",
             ("pico", "spice"), "A comparison: at best with chance deciding, else before and after, beside others."),
        Kind("why", "Why, or how does it come about?", "It asks for reasons, or for the way something happens.",
             "Why do referrals from one ward come back more often than those from others?",
             ("perspectif", "pico_context", "spider"), "Interviews and watching, often together with records."),
        Kind("for_whom", "For whom, and when?", "It asks who gains, who does not, and in which circumstances.",
             "For which families does a single worker save repeated assessments, and for which does it not?",
             ("perspectif", "pico", "eclipse"), "Comparisons planned beforehand, and the stories behind them."),
    )
}
