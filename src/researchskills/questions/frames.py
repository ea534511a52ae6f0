"""Frames: reminders of what a question should name, in the learner's own words.

A frame is a list of slots; `frame_sentence` builds a sentence from what stands in them. None is right or wrong; some
fit a kind of question better than others (`kinds.KINDS`, `frame_advice`). All seven were made to search for evidence
or to review it, and serve as well to say what a study of one's own would look at.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from researchskills.errors import CourseError

#: Ten years: nobody plans a question for longer.
MOST_WEEKS = 520

#: What checks look for in a slot, whatever the frame calls it; key → words.
ELEMENTS = {
    "population": "who it is about",
    "focus": "what is looked at",
    "comparison": "what it is compared with",
    "outcome": "what would be seen or heard",
    "context": "where, and in which circumstances",
    "time": "in which time",
    "method": "how it would be found out",
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
    example : str
        What stands in it in the example of its frame.
    """

    key: str
    label: str
    hint: str
    element: str
    needed: bool = True
    example: str = ""


@dataclass(frozen=True)
class Frame:
    """A frame.

    Attributes
    ----------
    key, name : str
    fits : str
        What it is good for, in a sentence.
    slots : tuple of Slot
        In the order of its letters.
    kind : str
        Kind of question of its example, key of `kinds.KINDS`.
    source : str
        Who made it, and when.
    """

    key: str
    name: str
    fits: str
    slots: tuple[Slot, ...]
    kind: str = ""
    source: str = ""

    def slot(self, key: str) -> Slot:
        """The slot of that key."""
        return next(one for one in self.slots if one.key == key)

    @property
    def example(self) -> dict[str, str]:
        """Key of a slot → what stands in it in the example."""
        return {one.key: one.example for one in self.slots}


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
            Slot("population", "Population", "Which people, and at which point in their care?", "population", True,
                 "people over 75 who leave hospital with a care package"),
            Slot("intervention", "Intervention", "What is done for or with them? Name it; leave out that it helps.",
                 "focus", True, "a joint visit by a nurse and a social worker"),
            Slot("comparison", "Comparison", "What happens otherwise? “Nothing” is seldom true.", "comparison", True,
                 "two separate visits"),
            Slot("outcome", "Outcome", "What would be different, and how would somebody notice it?", "outcome", True,
                 "unplanned returns to hospital"),
            Slot("time", "Time", "Within which time? With it, PICO is called PICOT.", "time", False,
                 "30 days after discharge")),
            "works", "W. S. Richardson and others, ACP Journal Club, 1995"),
        Frame("pico_context", "PICo", "How people experience something, in its setting.", (
            Slot("population", "Population", "Whose experience?", "population", True, "carers who live far away"),
            Slot("interest", "Phenomenon of interest", "Which experience, event or activity?", "focus", True,
                 "meetings that plan a discharge"),
            Slot("context", "Context", "Where, and in which circumstances?", "context", True,
                 "on wards where most meetings are held by video")),
            "experience", "Joanna Briggs Institute (JBI), for reviews of qualitative studies"),
        Frame("spider", "SPIDER", "What people say and do, when the way of asking matters as well.", (
            Slot("sample", "Sample", "Which people will be asked or watched?", "population", True,
                 "home care workers"),
            Slot("interest", "Phenomenon of interest", "Which experience, event or activity?", "focus", True,
                 "the handover from hospital"),
            Slot("design", "Design", "How will you find out? Interviews, a focus group, being there, a survey?",
                 "method", True, "paired interviews"),
            Slot("evaluation", "Evaluation", "What about it? Views, reasons, difficulties?", "outcome", True,
                 "the difficulties they meet on the first visit"),
            Slot("research_type", "Research type", "Words (qualitative), numbers (quantitative) or both (mixed)?",
                 "method", False, "qualitative")),
            "experience", "A. Cooke, D. Smith and A. Booth, Qualitative Health Research, 2012"),
        Frame("spice", "SPICE", "How a service does, seen from somebody's side.", (
            Slot("setting", "Setting", "Where?", "context", True, "in two general practices"),
            Slot("perspective", "Perspective", "For whom?", "population", True, "carers of people with dementia"),
            Slot("intervention", "Intervention or interest", "What is looked at?", "focus", True,
                 "a link worker from the council"),
            Slot("comparison", "Comparison", "Compared with what?", "comparison", False, "a leaflet with addresses"),
            Slot("evaluation", "Evaluation", "By which sign, and within which time?", "outcome", True,
                 "the number who have had a carer's assessment after three months")),
            "works", "A. Booth, Library Hi Tech, 2006"),
        Frame("perspectif", "PerSPEcTiF", "Complex questions: who sees what, where and when.", (
            Slot("perspective", "Perspective", "From whose point of view?", "population", True,
                 "ward nurses and social workers"),
            Slot("setting", "Setting", "In which service or place?", "context", True, "in one community hospital"),
            Slot("phenomenon", "Phenomenon or problem", "What happens?", "focus", True, "referrals that are sent back"),
            Slot("environment", "Environment", "Which wider circumstances matter?", "context", False,
                 "that the two teams use different forms"),
            Slot("comparison", "Comparison", "Compared with what, if anything?", "comparison", False,
                 "referrals that are taken on at once"),
            Slot("time", "Time", "In which period?", "time", True, "the first three months of a new form"),
            Slot("findings", "Findings", "What would somebody see, hear or count?", "outcome", True,
                 "the reasons each side gives")),
            "why", "A. Booth and others, BMJ Global Health, 2019"),
        Frame("pcc", "PCC", "How much there is of something, or what is known about it.", (
            Slot("population", "Population", "Which people or cases?", "population", True,
                 "adults who are ready to leave hospital"),
            Slot("concept", "Concept", "What is counted or described? For a count, begin with “the number of”, “the "
                 "share of” or “how long”.", "outcome", True, "the number of days spent waiting for home care"),
            Slot("context", "Context", "Where, and in which period?", "context", True,
                 "in one county between April and June 2026")),
            "how_many", "Joanna Briggs Institute (JBI), for scoping reviews"),
        Frame("eclipse", "ECLIPSE", "Policy and management of a service.", (
            Slot("expectation", "Expectation", "What is to be improved or changed? The question will ask what comes "
                 "of it.", "focus", True, "one assessment in place of two"),
            Slot("client_group", "Client group", "For whom is the service?", "population", True,
                 "older people and their families"),
            Slot("location", "Location", "Where?", "context", True, "in a rural district"),
            Slot("impact", "Impact", "What would be different, and how would somebody notice it?", "outcome", True,
                 "how often people have to tell their story again"),
            Slot("professionals", "Professionals", "Who provides or improves it?", "context", True,
                 "community nurses and social workers"),
            Slot("service", "Service", "Which service?", "focus", True, "the joint intake team")),
            "for_whom", "V. Wildridge and L. Bell, Health Information and Libraries Journal, 2002"),
    )
}


def weeks_of(typed: str) -> float | None:
    """A number of weeks as typed, such as “6”, “1,5” or “8 weeks”; None when nothing is there.

    Raises
    ------
    CourseError
        If it is no number above 0 and up to `MOST_WEEKS`.
    """
    plain = typed.casefold().replace("weeks", "").replace("week", "").strip().replace(",", ".")
    try:
        weeks = float(plain) if plain else None
    except ValueError:
        weeks = -1.0
    if weeks is not None and not 0 < weeks <= MOST_WEEKS:
        raise CourseError(f"“{typed[:40]}” is no number of weeks. Write digits, such as 6 or 1.5, up to {MOST_WEEKS}. "
                          "It was not saved.")
    return weeks
