"""What kind of project is it? A path of seven questions at most, and whom to ask at its end.

The kinds and what tells them apart follow the Health Research Authority: research is planned so that findings hold, or
can be transferred, beyond the people and places studied; audit compares with a standard; evaluation asks what a
service achieves; service evaluation and improvement share a column of its table, and a project that spans two columns
has probably not been thought through yet (HRA, Defining research table, October 2022; HRA decision tool, glossary).
Needs assessment is not in that table. It is put beside it because much of the work where health and social care meet
is of that kind. The path, its words and its order are our own: it teaches the distinctions and decides nothing.

Whether a project is managed as research is decided by the organisation responsible for it (HRA, What approvals and
decisions do I need?, an undated copy), and so every end of the path says whom to ask.

England comes first. Nothing here is legal advice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from researchskills.datasets import load
from researchskills.errors import CourseError

#: Answer to any step: somebody else will know.
ASK = "ask"
#: When the facts below were put together, from notes of mid-2026 and copies of public pages that may be older.
CHECKED = "29 November 2026"
#: How sure a fact is, in words.
SURE = {
    "verified": "read in the source named",
    "general knowledge": "general knowledge, not looked up: ask",
    "uncertain": "uncertain or older: check again",
}


@dataclass(frozen=True)
class ProjectKind:
    """A kind of project.

    Attributes
    ----------
    key, name : str
    asks : str
        The question that such a project answers.
    """

    key: str
    name: str
    asks: str


KINDS = {
    one.key: one
    for one in (
        ProjectKind("research", "Research", "What do we learn here that also holds, or can be used, elsewhere?"),
        ProjectKind("evaluation", "Service evaluation", "How well does this service do, as it is?"),
        ProjectKind("audit", "Audit", "Does this service do what a written standard says?"),
        ProjectKind("improvement", "Improvement", "Does a change that we bring in make our own service better?"),
        ProjectKind("needs", "Needs assessment", "What do people in this area or group need, and what is missing?"),
        ProjectKind("surveillance", "Surveillance", "Is something coming up that threatens people’s health?"),
    )
}


@dataclass(frozen=True)
class Option:
    """An answer that a step offers.

    Attributes
    ----------
    key, words : str
    kind : str
        The kind of project that it points to; empty when it points to none.
    why : str
        Why it does, in a sentence.
    """

    key: str
    words: str
    kind: str = ""
    why: str = ""


@dataclass(frozen=True)
class Step:
    """A step of the path.

    Attributes
    ----------
    key, title, text : str
        Its key, a short name, and the question with what helps to answer it.
    options : tuple of Option
        Without the last one, which every step has: `ASK`.
    only, never : dict
        Step → answers with which this step is asked, or is not asked.
    """

    key: str
    title: str
    text: str
    options: tuple[Option, ...]
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    never: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def is_asked(self, answers: Mapping[str, str]) -> bool:
        """Whether the step belongs to the path after these answers."""
        return all(answers.get(key) in held for key, held in self.only.items()) and not any(
            answers.get(key) in held for key, held in self.never.items())

    def option(self, key: str) -> Option | None:
        """The option of that key; None for an answer that is not offered."""
        return next((one for one in (*self.options, CANNOT_TELL) if one.key == key), None)


CANNOT_TELL = Option(ASK, "I cannot tell: I will ask")
#: Kinds that share a column of the HRA's table.
_ONE_COLUMN = {"evaluation", "improvement"}

STEPS = {
    one.key: one
    for one in (
        Step("intent", "For whom is the answer?",
             "Is the project planned so that what you find also holds, or can be used, for people and places that were "
             "not part of it? Wishing to tell others about it is not enough: the way in which people or cases are "
             "chosen, described and compared must be planned for it.", (
                 Option("elsewhere", "Yes: it is planned to hold elsewhere as well", "research",
                        "It is planned to hold beyond the people and places studied."),
                 Option("here", "No: it is for our own service or area"),
                 Option("both", "Both, and neither comes first", "research",
                        "One of its two aims is to hold beyond the people and places studied."))),
        Step("care", "Who gets what?",
             "Does the project itself change which care or help somebody gets? A change that comes anyway, and that "
             "you only look at, does not count.", (
                 Option("allocated", "Yes: chance, or a rule of the project, decides who gets what", "research",
                        "The project, and not need or choice, decides who gets what."),
                 Option("untried", "Yes: people get something that has little support so far", "research",
                        "It tries out something that is not yet accepted practice."),
                 Option("accepted", "Yes: it brings in a change that is accepted elsewhere", "improvement",
                        "It brings an accepted change into your own service."),
                 Option("usual", "No: care goes on as it would without the project"))),
        Step("subject", "What do you look at?",
             "If there is more than one, choose what comes first. There is a question about the other below.", (
                 Option("service", "A service as it is, or the care it has given"),
                 Option("change", "A change in our own service, step by step", "improvement",
                        "It looks at a change in your own service while it is being made."),
                 Option("needs", "What people in an area or group need, whether they use a service or not", "needs",
                        "It looks at people and their needs, and not at one service."),
                 Option("threat", "Signs of a threat to health: infections, hazards, incidents", "surveillance",
                        "It keeps watch for threats to health.")),
             never={"intent": ("elsewhere",)}),
        Step("standard", "Is there a standard?",
             "Is there a written standard that says what should be done, in how many cases, and do you measure against "
             "it? A guideline, a law or a policy of your own can be one; what you would like to see is not one.", (
                 Option("yes", "Yes: we measure against it", "audit",
                        "It compares the service with a written standard."),
                 Option("no", "No: we want to know how the service does", "evaluation",
                        "It judges or describes a service as it is, without a standard.")),
             only={"subject": ("service",)}),
        Step("also", "Is there a second aim?",
             "Is there something else that weighs as much as what you have said so far?", (
                 Option("nothing", "No: one aim comes first"),
                 Option("audit", "Yes: to compare a service with a written standard", "audit",
                        "A second aim is to compare with a written standard."),
                 Option("evaluation", "Yes: to learn how well a service does", "evaluation",
                        "A second aim is to judge a service as it is."),
                 Option("improvement", "Yes: to bring in a change", "improvement",
                        "A second aim is to bring in a change."),
                 Option("needs", "Yes: to learn what people in an area or group need", "needs",
                        "A second aim is to learn what people need.")),
             never={"intent": ("elsewhere",)}),
        Step("where", "Whose staff, people or records?",
             "From whom come the staff, the people or the records in it?", (
                 Option("nhs", "The NHS only, general practice included"),
                 Option("council", "One, two or three councils, with or without providers"),
                 Option("both", "The NHS together with up to three councils, with providers, or with both"),
                 Option("many", "Four or more councils, whoever else takes part"),
                 Option("provider", "A care provider, a charity or a group only, under contract or not"))),
        Step("who", "Who takes part?",
             "Choose the last one in the list that applies.", (
                 Option("records", "Nobody is asked: records or figures that are there already"),
                 Option("staff", "Staff only"),
                 Option("people", "Adults who draw on care, carers or the public"),
                 Option("children", "Children or young people as well"),
                 Option("capacity", "People of 16 or over, some of whom may not be able to decide about taking part"))),
    )
}


@dataclass(frozen=True)
class Contact:
    """Somebody to ask.

    Attributes
    ----------
    who, ask : str
        Who, and what to ask.
    when : str
        In which case.
    sure, checked, source, web : str
        Key of `SURE`, a day, a source and an address; all but the first may be empty.
    """

    who: str
    ask: str
    when: str
    sure: str
    checked: str
    source: str
    web: str = ""


@dataclass(frozen=True)
class Fact:
    """Something that applies to a project, and how sure it is.

    Attributes
    ----------
    text, sure, source : str
        The source is empty for general knowledge.
    research : bool
        Whether it applies to research only.
    only : dict
        Step → answers with which it applies.
    """

    text: str
    sure: str
    source: str = ""
    research: bool = False
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """Where a path ends.

    Attributes
    ----------
    kinds : tuple of ProjectKind
        All that the answers point to; none when they point nowhere yet.
    why : tuple of str
        A sentence for each answer that points somewhere.
    open : tuple of Step
        Steps whose answer is to ask.
    is_research : {"yes", "perhaps", "no"}
        No kind found yet leaves it open.
    """

    kinds: tuple[ProjectKind, ...]
    why: tuple[str, ...]
    open: tuple[Step, ...]
    is_research: str

    @property
    def is_mixed(self) -> bool:
        """Whether the answers point to more than one kind."""
        return len(self.kinds) > 1

    def sentence(self) -> str:
        """What can be said, in a few sentences."""
        names = [one.name.lower() for one in self.kinds]
        if not names:
            told = "What kind of project this is cannot be told yet. That is a good reason to ask, and a good time."
        elif {one.key for one in self.kinds} == _ONE_COLUMN:
            told = (f"Your answers point to {_listed(names)}. The HRA’s table keeps the two in one column: say which "
                    "comes first, and ask.")
        elif self.is_mixed:
            told = (f"Your answers point to more than one kind: {_listed(names)}. Such a project has probably not been "
                    "thought through yet. Decide which aim comes first, or plan two projects, and then ask.")
        elif self.kinds == (KINDS["surveillance"],):
            told = ("Your answers point to surveillance. This course names it only: ask the public health team of your "
                    "council before you go on.")
        else:
            told = f"Your answers point to {names[0]}. It answers: {self.kinds[0].asks}"
        if self.is_research == "yes":
            told += (" Until your research office has said otherwise, plan it as research. Calling it something else "
                     "changes nothing.")
        if self.open:
            told += f" Still to be asked: {_listed([f'“{one.title}”' for one in self.open])}."
        if self.is_research == "perhaps" and names:
            told += " One of these answers could make it research."
        return told


def path(answers: Mapping[str, str]) -> list[Step]:
    """The steps to the end, or to the first that has no answer yet.

    Parameters
    ----------
    answers : dict
        Step → key of an option; answers to steps that are not on the path do not count.
    """
    steps, given = [], {}
    for step in STEPS.values():
        if not step.is_asked(given):
            continue
        steps.append(step)
        if step.option(answers.get(step.key, "")) is None:
            break
        given[step.key] = answers[step.key]
    return steps


def given(answers: Mapping[str, str]) -> dict[str, Option]:
    """Step → the option that was chosen, for the answers on the path."""
    found = {step.key: step.option(answers.get(step.key, "")) for step in path(answers)}
    return {key: one for key, one in found.items() if one}


def is_complete(answers: Mapping[str, str]) -> bool:
    """Whether every step on the path has an answer."""
    return len(given(answers)) == len(path(answers))


def result(answers: Mapping[str, str]) -> Result:
    """What the answers point to.

    Parameters
    ----------
    answers : dict
        Step → key of an option.

    Examples
    --------
    >>> found = result({"intent": "here", "care": "usual", "subject": "service", "standard": "yes", "also": "nothing",
    ...                 "where": "nhs", "who": "records"})
    >>> [one.name for one in found.kinds]
    ['Audit']
    """
    chosen = given(answers)
    pointed = [one for one in chosen.values() if one.kind]
    if chosen.get("intent") == STEPS["intent"].option("elsewhere"):
        # An accepted change that is studied for other places is part of that research, not an aim beside it.
        pointed = [one for one in pointed if one.kind == "research"]
    kinds = tuple(KINDS[key] for key in KINDS if key in {one.kind for one in pointed})
    unknown = tuple(STEPS[key] for key, one in chosen.items() if one.key == ASK)
    may_be = not kinds or bool({"intent", "care"} & {one.key for one in unknown})
    research = "yes" if KINDS["research"] in kinds else "perhaps" if may_be else "no"
    return Result(kinds, tuple(one.why for one in pointed), unknown, research)


def contacts(answers: Mapping[str, str]) -> list[Contact]:
    """Whom to ask, first those who are nearest to the project."""
    chosen = {key: one.key for key, one in given(answers).items()}
    found = result(answers)
    where, who = chosen.get("where", ASK), chosen.get("who", ASK)
    # Where the answer is to ask, nobody is left out.
    names = [(_MANAGER, "before anything else")]
    office = (_RD, "now" if where in ("nhs", "both", "many", ASK) else "if NHS staff, patients or records come in")
    council = (_COUNCIL, "now" if where in ("council", "both", "many", "provider", ASK)
               else "if a council’s staff, records or the people it supports come in")
    names += [council, office] if where in ("council", "provider") else [office, council]
    names += [(_IG, "before you open a record or ask anybody"), (_CALDICOTT, _CALDICOTT_WHEN),
              (_HRA, "when it is, or could be, research" if found.is_research != "no" else "to check the answer")]
    if who in ("capacity", ASK) and found.is_research != "no":
        names.append((_SOCIAL_CARE_REC, "because only some committees may review it" if who == "capacity"
                      else "if some may not be able to decide about taking part"))
    if where == "many":
        names.append((_ADASS, "because four or more councils take part"))
    if found.is_research == "no":
        names.append((_QUALITY, "to have it listed where such projects are listed"))
    if {"needs", "surveillance"} & {one.key for one in found.kinds}:
        names.append((_PUBLIC_HEALTH, "because it may know, or plan, the same"))
    return [_contact(name, when) for name, when in names]


def facts(answers: Mapping[str, str]) -> list[Fact]:
    """What applies to the project, whatever its kind, and what applies to research if it is or may be research."""
    chosen = {key: one.key for key, one in given(answers).items()}
    may_be = result(answers).is_research != "no"
    # Where the answer is to ask, each case may be the one.
    return [one for one in FACTS if (may_be or not one.research) and all(
        chosen.get(key, ASK) in (*held, ASK) for key, held in one.only.items())]


def _listed(words: list[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


# Whom to ask; the names are those of the data package `signposts`, which holds what to ask and when it was checked.
_RD = "Your organisation's research and development (R&D) office"
_COUNCIL = "Your council's research governance contact"
_IG = "Your information governance lead or data protection officer"
_CALDICOTT = "Your Caldicott Guardian"
_CALDICOTT_WHEN = ("when the records are confidential; a Caldicott Guardian is a senior person who watches over "
                   "confidential information")
_HRA = "Health Research Authority (HRA)"
_SOCIAL_CARE_REC = "Social Care Research Ethics Committees, through the HRA"
_ADASS = "Association of Directors of Adult Social Services (ADASS)"
_MANAGER, _QUALITY, _PUBLIC_HEALTH = "Your manager", "Your audit, quality or improvement team", \
    "The public health team of your council"
_OTHERS = {
    _MANAGER: "May I do this in working time, with these records or these people?",
    _QUALITY: "Is such a project registered here, and has somebody done it already?",
    _PUBLIC_HEALTH: "Is this in the joint strategic needs assessment, or planned for it?",
}


def _contact(name: str, when: str) -> Contact:
    if name in _OTHERS:
        return Contact(name, _OTHERS[name], when, "general knowledge", "", "")
    try:
        row = _signposts()[name]
    except (CourseError, KeyError):
        # Whom to ask is always said, also where the address book is not at hand.
        return Contact(name, "Whom must I ask, and in what order?", when, "uncertain", "", "")
    address = row["web"] if isinstance(row["web"], str) else ""
    ask = str(row["what_to_ask"])
    if name == _HRA:
        address = "https://www.hra-decisiontools.org.uk/research"
        ask += " Its decision tool, “Is my study research?”, is free; its queries line is named on hra.nhs.uk."
    day = row["checked"]
    return Contact(name, ask, when, str(row["status"]), f"{day.day} {day:%B %Y}", str(row["source"]), address)


@cache
def _signposts() -> dict[str, dict]:
    return {row["organisation"]: row for row in load("signposts").to_dict("records")}


FACTS = (
    Fact("The organisation responsible for a project decides whether it is managed as research; the HRA’s own decision "
         "tool helps it. The path here teaches, and decides nothing.", "verified",
         "hra.nhs.uk, What approvals and decisions do I need?; an undated copy"),
    Fact("A project that is not research also needs your manager’s permission.", "general knowledge"),
    Fact("Data protection and confidentiality apply to every kind. Ask your information governance lead whether a data "
         "protection impact assessment (DPIA) has to be started; a few questions decide that.", "general knowledge"),
    Fact("People are told what a project is for and are asked whether they take part, even when it is not research. "
         "Consent to take part is one thing; the lawful basis for using their data is another.", "general knowledge",
         only={"who": ("staff", "people", "children", "capacity")}),
    Fact("Some organisations want an ethics opinion on evaluations as well, above all when people are interviewed.",
         "general knowledge"),
    Fact("Is it for a degree, or paid for by a research funder? Ask the university or the funder too: a university’s "
         "ethics review can be needed where the NHS sees an evaluation, and there are limits to what students may do "
         "in the NHS.", "verified",
         "sheffield.ac.uk, research governance, undated; hra.nhs.uk, student research, 1 September 2021"),
    Fact("If records about patients are used without their consent, in any kind of project: this may need an approval "
         "on which the Confidentiality Advisory Group advises (England and Wales). Then the National Data Opt-out "
         "(England) can apply.", "verified",
         "hra.nhs.uk, Confidentiality Advisory Group, undated; digital.nhs.uk, policy guidance, section 5"),
    Fact("Nobody lacks capacity because of a diagnosis. Where somebody may not be able to decide about taking part, "
         "the Mental Capacity Act 2005 (England and Wales) can matter in an evaluation as well: ask early.",
         "general knowledge", only={"who": ("capacity",)}),
    Fact("Research in the NHS in England and Wales needs HRA and Health and Care Research Wales (HCRW) Approval, and "
         "each organisation confirms that it can take part.", "verified", "ncl.ac.uk, research in the NHS", True,
         {"where": ("nhs", "both", "many")}),
    Fact("With NHS staff only, a research ethics committee is usually not needed; the approval and the confirmation of "
         "each organisation are.", "verified", "ncl.ac.uk, research in the NHS", True,
         {"where": ("nhs", "both", "many"), "who": ("staff",)}),
    Fact("Research with a council’s staff, records or the people it supports needs the council’s own approval, through "
         "its research governance contact. A provider under contract usually gives its own as well: ask.", "verified",
         "sheffield.ac.uk, research services", True, {"where": ("council", "both", "many", "provider")}),
    Fact("For social care alone, the committee of a university can often give the ethics opinion. A committee of the "
         "national service is needed when NHS patients take part, when the Department of Health and Social Care pays "
         "and people who draw on care take part, when care departs from what is usual, or when the law asks for one.",
         "verified", "gov.scot, An ethical approach to using care home data, section 3, on England and Wales; undated",
         True, {"where": ("council", "many", "provider")}),
    Fact("Research in four or more councils: ADASS has asked for an application. For children’s services the older "
         "pages name the Association of Directors of Children’s Services (ADCS). Look whether it still holds.",
         "uncertain", "adass.org.uk, undated page; ethicsguidebook.ac.uk", True, {"where": ("many",)}),
    Fact("In England and Wales, research that would need a person’s consent, and includes people of 16 or over who "
         "cannot give it, needs approval from a committee that the law calls an appropriate body. A university’s "
         "committee is not one. In July 2022 three committees of the HRA looked at social care.", "verified",
         "HRA, social care research, 15 July 2022; screc.org.uk, questions and answers (older); Mental Capacity Act "
         "2005, section 30", True, {"who": ("capacity",)}),
    Fact("In Scotland section 51 of the Adults with Incapacity (Scotland) Act 2000 applies in place of the Mental "
         "Capacity Act 2005, in Northern Ireland the Mental Capacity Act (Northern Ireland) 2016.", "general knowledge",
         "", True, {"who": ("capacity",)}),
    Fact("Children’s social care is not what the Social Care Research Ethics Committee is for, save where generations "
         "are studied together. Ask the council’s research governance contact.", "uncertain",
         "hra.nhs.uk and screc.org.uk, older pages", True, {"who": ("children",)}),
    Fact("One policy framework covers health and social care research in all four nations; the approvals differ. "
         "Outside England ask Health and Care Research Wales, NHS Research Scotland, or Health and Social Care "
         "Research and Development Northern Ireland.", "verified",
         "hra.nhs.uk, UK Policy Framework, updated 29 March 2023", True),
)
