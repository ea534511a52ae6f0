"""Two traditions of research that meet at the interface, and a case written for the one that is not one's own.

An interview study of social services and health authorities about 2000 found that talks about joint research run into
trouble where “a predominantly evaluative tradition meets a predominantly generalisable one” (University of Sheffield,
Developing Research at the Social Services and Health Interface in Primary Care). Neither is the better one: they
answer different questions. Who can state the other's case so that its supporters would nod has understood it.

A case can be written to a file and read from one, because the partner usually works elsewhere. What is in it is never
judged here; all that is looked at is whether something stands in each part.
"""

import json
from dataclasses import asdict, dataclass, field

from researchskills import own_words, received
from researchskills.appraisal import reader_files
from researchskills.errors import CourseError
from researchskills.received import NOTHING

#: What a file of a case says it is.
WHAT, VERSION = "a case for the other tradition", 1
EVALUATIVE, GENERALISABLE = "evaluative", "generalisable"


@dataclass(frozen=True)
class Tradition:
    """A tradition: its name, the question it asks, and what it does about it, in a sentence each."""

    name: str
    asks: str
    does: str


TRADITIONS = {
    EVALUATIVE: Tradition(
        "the evaluative tradition", "Does it work here, for whom, and what should we change?",
        "It stays close to one service, asks the people in it, and reports while something can still be changed."),
    GENERALISABLE: Tradition(
        "the generalisable tradition", "What holds elsewhere too, and how sure can we be?",
        "It plans comparisons, fixes questions and measures beforehand, and reports so that others can use it."),
}
#: Where somebody stands; who stands between the two argues for the second.
NEARER = {
    EVALUATIVE: "The evaluative one: does it work here?",
    GENERALISABLE: "The generalisable one: what holds elsewhere?",
    "between": "I stand between the two",
}
#: What a case has: part → what to write there.
PARTS = {
    "do": "What this tradition would do with the project",
    "evidence": "What it would count as evidence",
    "sees": "What it sees that yours misses",
    "strength": "Its greatest strength here",
    "limit": "An honest limit that its supporters would admit",
    "gain": "What people who draw on care, and carers, gain from it",
}
#: What somebody inside the service and somebody from outside see and miss.
MATRIX = {
    "insider_sees": "An insider sees", "insider_misses": "An insider misses",
    "outsider_sees": "An outsider sees", "outsider_misses": "An outsider misses",
}


@dataclass(frozen=True)
class Project:
    """An invented project to argue about: its title and what is known."""

    title: str
    about: str


PROJECTS = {
    "first-nights": Project(
        "The first three nights",
        "In a town of Larkshire, district nurses and the council's home care team visit people together on their "
        "first three evenings home from hospital. 46 people have had the visits in four months. There are visit "
        "notes, a log of calls, and the hospital's list of people who came back. Two other towns will begin in six "
        "months. The two managers have been asked whether to keep the visits."),
    "one-assessment": Project(
        "One assessment instead of two",
        "A memory clinic and a social work team in Larkshire have put their two assessments into one visit. Carers say "
        "that they no longer tell their story twice; two social workers say that money and housing now come last. 120 "
        "joint assessments a year are done. A neighbouring team of the same size has kept two visits and would let its "
        "records be used."),
    "carers-table": Project(
        "The carers' table",
        "On Thursdays a carers' worker from the council sits in the waiting room of two of the nine general practices "
        "in Larkshire's north. About 15 carers a month talk to her; a third of them had never been in touch with the "
        "council. The practices chose themselves. A carers' group wants it everywhere, and asks for evidence that "
        "would convince the commissioner."),
}
#: A project of one's own.
OWN = "own"


@dataclass(frozen=True)
class Case:
    """One person's case for a tradition, with what they would correct in their partner's.

    Attributes
    ----------
    project, about : str
        Key of `PROJECTS` or `OWN`; of an own project, what it is.
    tradition : str
        Which of `TRADITIONS` is argued for.
    writer : str
        Name or code; may be empty.
    parts : dict
        The parts of `PARTS` that have something in them.
    corrects : str
        What the writer would correct in the partner's case; may be empty.
    """

    project: str
    tradition: str
    about: str = ""
    writer: str = ""
    parts: dict[str, str] = field(default_factory=dict)
    corrects: str = ""


def other(nearer: str) -> str:
    """The tradition to argue for, given where somebody stands; empty as long as they have not said."""
    if not nearer:
        return ""
    return EVALUATIVE if nearer == GENERALISABLE else GENERALISABLE


def missing(parts: dict[str, str]) -> list[str]:
    """Which parts of a case have nothing in them, in words; says nothing about what is in the others."""
    return [words for part, words in PARTS.items() if not parts.get(part, "").strip()]


def to_json(case: Case) -> str:
    """A case as a file for a partner."""
    return json.dumps({"what": WHAT, "version": VERSION, **asdict(case)}, ensure_ascii=False, indent=1) + "\n"


def read(content: bytes, name: str = "the file") -> Case:
    """Read a partner's case from a file.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        What to call it in a message.

    Raises
    ------
    CourseError
        If the file is empty, damaged, of another kind or edition, or could identify a person. One sentence says
        which; nothing is half read.
    """
    reader_files.refuse_page(content, name)
    text = received.text_of(content, name, "a case")
    held = received.json_of(text, name, WHAT, VERSION,
                            "Ask your partner to open theirs in today's edition and to save the file again.")
    fields = {key: held.get(key, "") for key in ("project", "tradition", "about", "writer", "corrects")}
    parts = held.get("parts", {})
    if not isinstance(parts, dict) or not set(parts) <= set(PARTS) \
            or not all(isinstance(one, str) for one in [*fields.values(), *parts.values()]):
        raise CourseError(f"{name} is damaged: it is not as the course writes it. {NOTHING} Ask for the file again.")
    if fields["project"] not in {*PROJECTS, OWN} or fields["tradition"] not in TRADITIONS:
        raise CourseError(f"{name} is damaged: it does not say which project and tradition it is about. {NOTHING} "
                          "Ask for the file again.")
    try:
        writer = own_words.name_or_code(fields.pop("writer"))
        texts = {key: own_words.kept(one) for key, one in fields.items()}
        return Case(**texts, writer=writer, parts={key: own_words.kept(one) for key, one in parts.items()})
    except CourseError:
        raise CourseError(f"{name} holds something that could identify a person, or a very long name. {NOTHING} Ask "
                          "your partner to take it out and to save the file again.") from None


def fitting(mine: Case, theirs: Case) -> str:
    """Check that a partner's case belongs beside one's own; gives a sentence about what to look at first.

    Raises
    ------
    CourseError
        If it is about another project, has nothing in it, or is one's own file.
    """
    if theirs.project != mine.project:
        title = PROJECTS[theirs.project].title if theirs.project in PROJECTS else "a project of their own"
        raise CourseError(f"Your partner's file is about another project: {title}. {NOTHING} Agree on one project and "
                          "exchange files again.")
    if not theirs.parts and not theirs.corrects:
        raise CourseError(f"Your partner's file has no word in it yet. {NOTHING} Ask them to write their case and to "
                          "save the file again.")
    if theirs.parts and theirs.parts == mine.parts:
        raise CourseError(f"This seems to be your own file: every word of the case is yours. {NOTHING} Choose the one "
                          "that your partner sent.")
    if theirs.tradition == mine.tradition:
        return ("You both argued for the same tradition, so neither of you can say whether its supporters would nod. "
                "Compare the two cases, and find somebody from that tradition to read them.")
    return "Your partner argued for the tradition that is nearer to you. Read it as somebody who knows it from inside."
