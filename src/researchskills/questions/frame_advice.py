"""Which frame fits which kind of question, and why another fits less.

The pairs follow what the makers of the frames wrote them for (see `Frame.source`): PICO for effects, PICo and SPIDER
for experience, SPICE and ECLIPSE for services, PerSPEcTiF for complex questions in their setting, PCC to map what
there is; that it also serves for a count is the course's own advice. They are advice: every frame can be chosen for
every question.
"""

from dataclasses import dataclass

from researchskills.questions.frames import FRAMES
from researchskills.questions.kinds import KINDS

BEST, FITS, LESS = "fits best", "fits as well", "fits less"


@dataclass(frozen=True)
class Advice:
    """What is to be said about a frame for a kind of question.

    Attributes
    ----------
    frame : str
        Key of `FRAMES`.
    fit : str
        `BEST`, `FITS` or `LESS`.
    why : str
        In a sentence or two.
    """

    frame: str
    fit: str
    why: str


def advice(kind: str) -> list[Advice]:
    """All frames for a kind of question, those that fit first.

    Parameters
    ----------
    kind : str
        Key of `KINDS`.
    """
    fitting = KINDS[kind].frames
    return [Advice(frame, BEST if frame == fitting[0] else FITS if frame in fitting else LESS, _WHY[kind][frame])
            for frame in (*fitting, *(key for key in FRAMES if key not in fitting))]


_WHY = {
    "how_many": {
        "pcc": "It asks for no comparison and no effect: who, what is counted, and where. That is all a count needs.",
        "spice": "It fits when you count how one service does, and its comparison sets a second number beside the "
                 "first.",
        "pico": "It expects that something is done and makes a difference. A plain count has no intervention, and an "
                "invented one turns your question into another.",
        "pico_context": "It has no slot for what is counted; it was made for what something is like.",
        "spider": "It asks how people will be heard. For a count you need records or a survey, and a clear rule for "
                  "what counts.",
        "perspectif": "It has more slots than a count needs. Come back to it when the number raises the question why.",
        "eclipse": "It starts from something that is to be improved. Count first; improve when you know how much there "
                   "is.",
    },
    "experience": {
        "pico_context": "It names whose experience, of what, and where, and asks for nothing else. Its last letters "
                        "stand for the context, not for a comparison and an outcome.",
        "spider": "It fits when you know already how you will ask or watch, for instance in interviews. It has no slot "
                  "for the place: say it with the sample.",
        "perspectif": "It fits when the two services see the same thing differently, or when time and circumstances "
                      "change the experience.",
        "pico": "It wants a comparison and an outcome that can be measured. What something is like goes missing in it.",
        "spice": "It asks for somebody's perspective, which is good, but ends with a verdict on the service. Take it "
                 "when the verdict is what you are after.",
        "pcc": "It maps what there is on a topic; it does not ask what it means to somebody.",
        "eclipse": "It is written from the side of those who run a service. The person's own view has no slot.",
    },
    "works": {
        "pico": "A difference needs something to differ from. It is the frame with a slot of its own for that and for "
                "the sign by which the difference shows.",
        "spice": "It fits for a service in one place, judged from the side of those who use it. The comparison may "
                 "stay empty, and then the answer is weaker: say so.",
        "pico_context": "It has no comparison, so it cannot tell what would have happened otherwise. It can tell what "
                        "people think has changed.",
        "spider": "What people say about a service is worth knowing, but it is not yet an effect.",
        "perspectif": "It fits less at the start. When the effect differs from place to place, it helps to ask why.",
        "pcc": "It has neither a comparison nor an effect. Use it to see what others have tried.",
        "eclipse": "It names a change and its impact, but no comparison: anything else that changed meanwhile could "
                   "be the cause.",
    },
    "why": {
        "perspectif": "Reasons lie in circumstances. It has slots for the setting, for what is around it, for the time "
                      "and for whose view it is.",
        "pico_context": "It fits when you ask one group for the reasons they see, in one setting.",
        "spider": "It fits when people's own explanations are what you want, and you know how you will ask for them.",
        "pico": "It tells whether something makes a difference. How the difference comes about has no slot.",
        "spice": "It ends with a verdict on the service. A verdict tells how well, and seldom why.",
        "pcc": "It describes how much there is of something. Knowing that is a good step before asking why.",
        "eclipse": "It knows already what should change. While the reasons are unknown, that may be too early.",
    },
    "for_whom": {
        "perspectif": "It has slots for perspective, setting, circumstances and time. Who gains, who does not, and "
                      "when, can be said in them.",
        "pico": "It fits when the groups are named beforehand: write them into the population, and look at the same "
                "outcome in each.",
        "eclipse": "It fits when the question is about a policy or a whole service: it asks for the client group "
                   "and for the impact on it.",
        "pico_context": "It hears one group in one setting. To learn for whom something differs, you need at least "
                        "two.",
        "spider": "It tells what a sample says. Whether it holds for others needs a comparison of groups.",
        "spice": "It takes one perspective at a time. Fill it once for each group, and it can serve.",
        "pcc": "It can count who is reached and who is not; who gains from it has no slot.",
    },
}
