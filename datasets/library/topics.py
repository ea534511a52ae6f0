"""Six topics: which facts make a record relevant, and the words and headings that express each concept.

`holds` looks at a record's facts only. The words are what a patient searcher could have thought of; they
are sealed with the gold sets so that the course can name, for a record that was missed, the word that
would have caught it. In a word or phrase, `*` stands for any ending.
"""

from collections.abc import Callable
from dataclasses import dataclass

from facts import Facts


@dataclass(frozen=True)
class Concept:
    """One part of a question, in free text and as subject headings."""

    name: str
    words: tuple[str, ...]
    headings: tuple[str, ...]


@dataclass(frozen=True)
class Topic:
    """A question that is put to the library."""

    name: str
    title: str
    question: str
    use: str
    holds: Callable[[Facts], bool]
    concepts: tuple[Concept, ...]
    naive: tuple[str, ...]


def split(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(";"))


def tagged(*tags: str) -> Callable[[Facts], bool]:
    """Whether a record carries all of the tags."""
    return lambda facts: set(tags) <= facts.tags


OLDER = Concept(
    "older people",
    split(
        "older; elder*; aged; senior*; pensioner*; later life; frail*; people over 75; geriatric*; dementia; "
        "alzheimer*; nursing home residents; care home residents"
    ),
    split("Aged; Aged, 80 and over; Frail Elderly; Persons with Dementia"),
)
DISCHARGE = Concept(
    "leaving hospital",
    split(
        "discharge*; leaving hospital; hospital to home; aftercare; delayed transfer*; bed blocking; "
        "alternate level of care; care transition*; returning home; post acute; from hospital"
    ),
    split("Patient Discharge; Delayed Discharge"),
)
HOME_CARE = Concept(
    "home care",
    split(
        "home care; domiciliary; home help*; homecare; help at home; home support; in home care; homemaker*; "
        "personal assistance in the home; community aged care; paid help; home health aide*; "
        "personal support worker*; care worker*; care at home; reablement; re ablement; enablement; restorative; "
        "home rehabilitation; everyday rehabilitation; function focused"
    ),
    split(
        "Home Care Services; Home Care Workers; Reablement; Home-Based Services; Night Sitting Services; Live-in Care"
    ),
)
CARERS = Concept(
    "carers",
    split(
        "carer*; caregiver*; care giver*; relatives; families who care; those who care; family member*; "
        "supporting relative*"
    ),
    split("Carers; Spouse Carers; Parent Carers; Young Carers; Carer Views"),
)
CARER_ASSESSMENT = Concept(
    "assessment",
    split("assess*; support plan; asking relatives what they need; needs assessment"),
    split("Carers' Assessment; Needs Assessment, Individual; Shared Assessment"),
)
EXPERIENCE = Concept(
    "experience",
    split(
        "experience*; view*; perspective*; perception*; account*; opinion*; satisfaction; what people say; "
        "told us; described; spoke of; said; voices; interviewed; attitudes"
    ),
    split("Service User Views; Carer Views; Qualitative Research"),
)
MENTAL = Concept(
    "mental health problems",
    split("mental*; psychiatr*; psychosis; schizophren*"),
    split(
        "Persons with Mental Health Problems; Persons with Severe Mental Illness; Mental Disorders; "
        "Community Mental Health Teams; Community Mental Health Services"
    ),
)
TEAMS = Concept(
    "community teams of several agencies",
    split(
        "mental health team*; psychiatric team*; community treatment team*; psychiatric services; mental health cent*; "
        "multidisciplinary; multi agency; integrated team*"
    ),
    split("Community Mental Health Teams; Multidisciplinary Teams; Assertive Outreach; Integrated Care; Joint Working"),
)
INCLUSION = Concept(
    "social inclusion",
    split(
        "inclusion; community integration; social network*; community participation; social integration; "
        "connectedness; ordinary community life; belonging; citizenship; back to work"
    ),
    split("Social Inclusion; Social Networks; Social Isolation; Employment; Supported Employment"),
)
LEARNING = Concept(
    "learning disability",
    split(
        "learning disabilit*; learning difficult*; intellectual disabilit*; developmental disabilit*; "
        "mental handicap; mentally handicapped"
    ),
    split("Persons with Learning Disabilities"),
)
COORDINATION = Concept(
    "care co-ordination",
    split(
        "co ordination; coordination; care management; case management; support planning; key working; "
        "programme planning; program planning; person cent*; service planning; "
        "brokerage; care manager*; case manager*"
    ),
    split("Care Coordination; Care Management; Care Planning; Person-Centred Planning"),
)
TRANSITION = Concept(
    "moving between services",
    split(
        "transition*; moving between services; moving on; moving home; move from; transfer to adult; resettle*; "
        "relocat*; deinstitutionali*; aging out; out of area"
    ),
    split("Transfer Between Services; Transition to Adult Services; Deinstitutionalisation"),
)
REABLEMENT = Concept(
    "reablement",
    split(
        "reablement; re ablement; enablement; re enablement; restorative; home rehabilitation; "
        "rehabilitative home help; everyday rehabilitation; function focused"
    ),
    split("Reablement"),
)
INVOLVEMENT = Concept(
    "involvement of people who use services",
    split("involv*; participation; co production; coproduction; peer led; peer research*; user led; lived experience"),
    split("Service User Involvement; User-Led Research; User-Led Organisations"),
)
EVALUATION = Concept(
    "evaluation",
    split("evaluat*; judging the success; impact; monitoring; appraisal; audit; outcomes"),
    split("Evaluation Studies; Outcome Assessment; Performance Indicators"),
)
JOINT = Concept(
    "joint working",
    split(
        "joint working; joint planning; partnership*; integrated; integration; interagency; inter agency; collaborat*; "
        "whole system working; interorgani*"
    ),
    split(
        "Joint Working; Integrated Care; Multidisciplinary Teams; Joint Commissioning; Interprofessional Relations; "
        "Co-Location; Integrated Care Systems"
    ),
)

TOPICS = (
    Topic(
        "hospital-discharge",
        "Leaving hospital with help at home",
        "What is known about arranging home care for older people who leave hospital?",
        "lesson",
        # Reablement is home care too, for a few weeks.
        lambda facts: {"older", "discharge"} <= facts.tags and bool({"homecare", "reable"} & facts.tags),
        (OLDER, DISCHARGE, HOME_CARE),
        ("older", "discharge", "home care"),
    ),
    Topic(
        "carers-assessment",
        "Carers on their own assessment",
        "How do carers experience the assessment of their own needs?",
        "lesson",
        tagged("cassess", "asked carers"),
        (CARERS, CARER_ASSESSMENT, EXPERIENCE),
        ("carers", "assessment", "experiences"),
    ),
    Topic(
        "teams-and-inclusion",
        "Mental health teams and social inclusion",
        "How do integrated community mental health teams affect the social inclusion of the people they serve?",
        "lesson",
        tagged("mental", "team", "inclusion"),
        (MENTAL, TEAMS, INCLUSION),
        ("mental health", "teams", "social inclusion"),
    ),
    Topic(
        "learning-disability-moves",
        "Care co-ordination when people with learning disabilities move between services",
        "How is care planned and co-ordinated for people with learning disabilities who move between services?",
        "exercise",
        tagged("ld", "coord", "transition"),
        (LEARNING, COORDINATION, TRANSITION),
        ("learning disabilities", "care management", "transition"),
    ),
    Topic(
        "reablement-views",
        "Reablement as people who use it see it",
        "What do people who use reablement, and their carers, say about it?",
        "exercise",
        lambda facts: "reable" in facts.tags and bool({"asked users", "asked carers"} & facts.tags),
        (REABLEMENT, EXPERIENCE),
        ("reablement", "views"),
    ),
    Topic(
        "evaluating-together",
        "Involving people who use services in evaluating joint working",
        "How have people who use services been involved in evaluating joint working between health and social care?",
        "exercise",
        tagged("involve", "evaluate", "joint"),
        (INVOLVEMENT, EVALUATION, JOINT),
        ("user involvement", "evaluation", "joint working"),
    ),
)
