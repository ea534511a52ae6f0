"""Beginnings of sentences for a comment, for the moment when the page stays white.

They say something about the work and leave the rest to the mentor: what carries it, what to look at again, a
question that somebody can take home, and the view of those whom the service is for.
"""

STEMS = {
    "What is strong": (
        "What carries your answer is …",
        "I could follow what happens in practice, because you describe …",
        "You are honest about …, and that makes the rest believable.",
    ),
    "What to look at again": (
        "Please read the part about … once more: it says …, and the criterion asks for …",
        "One detail would make this concrete: who does it, when, or how often? For instance …",
        "Two things are told as one here and are better kept apart: … and …",
        "To come to the next level, you could add …",
    ),
    "A question to think on": (
        "What would you see or count in your own setting if … were true?",
        "Who would tell this story differently from you, and where would they begin?",
        "What would have to happen for you to change your mind about …?",
    ),
    "People who draw on care, and carers": (
        "How would somebody who draws on your service notice …?",
        "Whose voice is not in this yet, and how could you ask them about …?",
        "If a carer read this, which sentence would they question first, and why?",
    ),
}
