"""Frames: reminders of what a question should name, in the learner's own words.

A frame is a list of slots and a sentence that is built from them. None is right or wrong; some fit a kind of question
better than others (`kinds.KINDS`). Sources: PICO, W. Richardson and others, ACP J. Club 123 (1995) A12; PICo, Joanna
Briggs Institute; SPIDER, A. Cooke, D. Smith and A. Booth, Qual. Health Res. 22 (2012) 1435; SPICE, A. Booth, Libr.
Hi Tech 24 (2006) 355; PerSPEcTiF, A. Booth and others, BMJ Glob. Health 4 (2019) e001107; PCC, Joanna Briggs
Institute, for scoping reviews; ECLIPSE, V. Wildridge and L. Bell, Health Info. Libr. J. 19 (2002) 113.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

#: What checks look for in a slot, whatever the frame calls it; key → words.
ELEMENTS = {
    "population": "who it is about",
    "focus": "what is looked at",
    "comparison": "what it is compared with",
    "outcome": "what would be seen or heard",
    "context": "where, and in which circumstances",
    "time": "in which time",
}


@dataclass(frozen=True)
class Slot:
    """A slot of a frame.

    Attributes
    ----------
    key, label, hint : str
        Its key in the frame, its name, and what to write.
    element : str
        Key of `ELEMENTS`.
    needed : bool
        Whether the sentence makes no sense without it.
    """

    key: str
    label: str
    hint: str
    element: str
    needed: bool = True


@dataclass(frozen=True)
class Frame:
    """A frame.

    Attributes
    ----------
    key, name : str
    fits : str
        What it is good for, in a sentence.
    slots : tuple of Slot
    """

    key: str
    name: str
    fits: str
    slots: tuple[Slot, ...]


@dataclass(frozen=True)
class Framed:
    """A question in a frame, as a learner has it.

    Attributes
    ----------
    text : str
        The question as a sentence, perhaps edited.
    kind : str
        Key of `kinds.KINDS`; may be empty.
    frame : str
        Key of `FRAMES`; may be empty.
    slots : dict
        Key of a slot → what stands in it.
    role : str
        The learner's job, in their words; may be empty.
    data : str
        What records, people or figures they can get at; may be empty.
    weeks : float or None
        Weeks there are for it; None when not said.
    """

    text: str
    kind: str = ""
    frame: str = ""
    slots: Mapping[str, str] = field(default_factory=dict)
    role: str = ""
    data: str = ""
    weeks: float | None = None

    def element(self, key: str) -> str:
        """What stands in the slots for an element, joined; empty when nothing does."""
        if self.frame not in FRAMES:
            return ""
        held = [self.slots.get(slot.key, "").strip() for slot in FRAMES[self.frame].slots if slot.element == key]
        return "; ".join(filter(None, held))


FRAMES = {
    one.key: one
    for one in (
        Frame("pico", "PICO", "Whether something makes a difference.", (
            Slot("population", "Population", "Which people, and at which point in their care?", "population"),
            Slot("intervention", "Intervention", "What is done for or with them?", "focus"),
            Slot("comparison", "Comparison", "What happens otherwise?", "comparison"),
            Slot("outcome", "Outcome", "What would be different, and how would one notice?", "outcome"),
            Slot("time", "Time", "Within which time? (PICO is then called PICOT.)", "time", False))),
        Frame("pico_context", "PICo", "How people experience something, in its setting.", (
            Slot("population", "Population", "Whose experience?", "population"),
            Slot("interest", "Phenomenon of interest", "Which experience, event or activity?", "focus"),
            Slot("context", "Context", "Where, and in which circumstances?", "context"))),
        Frame("spider", "SPIDER", "What people say and do, when the design matters as well.", (
            Slot("sample", "Sample", "Which people will be asked or watched?", "population"),
            Slot("interest", "Phenomenon of interest", "Which experience, event or activity?", "focus"),
            Slot("design", "Design", "Interviews, a focus group, being there, a survey?", "context"),
            Slot("evaluation", "Evaluation", "What about it: views, reasons, difficulties?", "outcome"),
            Slot("research_type", "Research type", "Words, numbers or both?", "context", False))),
        Frame("spice", "SPICE", "How a service does, seen from somebody's side.", (
            Slot("setting", "Setting", "Where?", "context"),
            Slot("perspective", "Perspective", "For whom?", "population"),
            Slot("intervention", "Intervention or interest", "What is looked at?", "focus"),
            Slot("comparison", "Comparison", "Compared with what?", "comparison", False),
            Slot("evaluation", "Evaluation", "By which sign, and within which time?", "outcome"))),
        Frame("perspectif", "PerSPEcTiF", "Complex questions: who sees what, where and when.", (
            Slot("perspective", "Perspective", "From whose point of view?", "population"),
            Slot("setting", "Setting", "In which service or place?", "context"),
            Slot("phenomenon", "Phenomenon or problem", "What happens?", "focus"),
            Slot("environment", "Environment", "Which wider circumstances matter?", "context", False),
            Slot("comparison", "Comparison", "Compared with what, if anything?", "comparison", False),
            Slot("time", "Time", "In which period?", "time"),
            Slot("findings", "Findings", "What would one see, hear or count?", "outcome"))),
        Frame("pcc", "PCC", "How much there is of something, or what is known about it.", (
            Slot("population", "Population", "Which people or cases?", "population"),
            Slot("concept", "Concept", "What is counted or described?", "outcome"),
            Slot("context", "Context", "Where, and in which period?", "context"))),
        Frame("eclipse", "ECLIPSE", "Policy and management of a service.", (
            Slot("expectation", "Expectation", "What should be improved or found out, and why?", "focus"),
            Slot("client_group", "Client group", "For whom is the service?", "population"),
            Slot("location", "Location", "Where?", "context"),
            Slot("impact", "Impact", "What would be different, and how would one notice?", "outcome"),
            Slot("professionals", "Professionals", "Who provides or improves it?", "context"),
            Slot("service", "Service", "Which service?", "focus"))),
    )
}
