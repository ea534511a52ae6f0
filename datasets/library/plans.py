"""Records that the topics need: those that answer a question, and those that only look as if they did."""

import re

from facts import Facts

ASKING = ["qualitative interviews", "qualitative interviews", "survey", "mixed methods", "ethnography"]

#: For each topic: how many to plan, what holds for all of them.
GOLD = {
    "hospital-discharge": (42, {"subject": "discharge", "second": "homecare"}),
    "carers-assessment": (33, {"subject": "carerassess", "second": ""}),
    "teams-and-inclusion": (34, {"subject": "cmht", "second": "inclusion", "people": "mental"}),
    "learning-disability-moves": (32, {"subject": "coordination", "second": "transition", "people": "ld"}),
    "reablement-views": (33, {"subject": "reablement", "second": ""}),
    "evaluating-together": (30, {"subject": "involvement", "second": "jointeval"}),
}


def answering() -> list[dict]:
    """Facts of the records that answer a question."""
    made = []
    for topic, (number, base) in GOLD.items():
        for i in range(number):
            given = {**base, "plain": i % 9 < 5}
            if topic == "hospital-discharge":
                given["people"] = "dementia" if i % 8 == 7 else "older"
                if i % 3 == 1:  # the same two subjects, the other one first
                    given |= {"subject": "homecare", "second": "discharge"}
            elif topic == "carers-assessment":
                given["voices"] = ("carers", "staff") if i % 5 == 4 else ("carers",)
                given |= asking(i)
            elif topic == "teams-and-inclusion" and i % 3 == 1:
                given |= {"subject": "inclusion", "second": "cmht"}
            elif topic == "learning-disability-moves" and i % 2:
                given |= {"subject": "transition", "second": "coordination"}
            elif topic == "reablement-views":
                given |= {"people": "older", "voices": [("users",), ("users", "staff"), ("users", "carers")][i % 3]}
                given |= asking(i)
            elif topic == "evaluating-together":
                given["people"] = ["mental", "older", "adults", "ld"][i % 4]
                if i % 3 == 2:
                    given |= {"subject": "jointeval", "second": "involvement"}
            made.append(given)
    return made


def asking(i: int) -> dict:
    """A study or report in which people were asked."""
    if i % 7 == 3:
        return {"type": "grey literature", "form": "userled"}
    if i % 7 == 5:
        return {"type": "grey literature", "form": "thesis"}
    return {"type": "primary study", "design": ASKING[i % len(ASKING)]}


#: Records that share some of a topic's concepts: topic, reason a panel would give, facts, how many.
ONLY_NAMED = "is only named in passing"
NEAR = [
    (
        "hospital-discharge",
        "Older people leave hospital, but home care plays no part in it.",
        {"subject": "discharge", "second": "", "people": "older", "aside": "none"},
        6,
    ),
    (
        "hospital-discharge",
        f"Older people leave hospital; home care {ONLY_NAMED}.",
        {"subject": "discharge", "second": "", "people": "older", "aside": "homecare"},
        12,
    ),
    (
        "hospital-discharge",
        "Home care for older people, but nobody is leaving hospital.",
        {"subject": "homecare", "second": "", "people": "older", "aside": "none"},
        6,
    ),
    (
        "hospital-discharge",
        f"Home care for older people; leaving hospital {ONLY_NAMED}.",
        {"subject": "homecare", "second": "", "people": "older", "aside": "discharge"},
        12,
    ),
    (
        "hospital-discharge",
        "Leaving hospital with home care, but the people are disabled adults, not older people.",
        {"subject": "discharge", "second": "homecare", "people": "adults", "aside": "older"},
        7,
    ),
    (
        "hospital-discharge",
        "Older people come back into hospital; how they left it with home care is not studied.",
        {"subject": "readmission", "second": "", "people": "older", "aside": "homecare"},
        6,
    ),
    (
        "hospital-discharge",
        "Discharge from a wound, not from hospital.",
        {"subject": "wounds", "second": "", "people": "older", "aside": "homecare"},
        5,
    ),
    (
        "hospital-discharge",
        "Discharge from the armed forces, not from hospital.",
        {"subject": "military", "second": "", "people": "veterans", "aside": "homecare"},
        3,
    ),
    (
        "carers-assessment",
        "Carers' assessment as staff see it; carers were not asked.",
        {"subject": "carerassess", "second": "", "voices": ("staff",), "type": "primary study", "design": "survey"},
        5,
    ),
    (
        "carers-assessment",
        "Carers' assessment, but no carer speaks in it.",
        {"subject": "carerassess", "second": "", "type": "policy", "aside": "views"},
        6,
    ),
    (
        "carers-assessment",
        "Carers' assessment, but no carer speaks in it.",
        {"subject": "carerassess", "second": "", "type": "opinion", "aside": "views"},
        6,
    ),
    (
        "carers-assessment",
        f"Carers speak, but of caring; their assessment {ONLY_NAMED}.",
        {
            "subject": "caring",
            "second": "",
            "voices": ("carers",),
            "type": "primary study",
            "design": "qualitative interviews",
            "aside": "cassess",
        },
        12,
    ),
    (
        "carers-assessment",
        f"People speak of their own assessment; carers: {ONLY_NAMED}.",
        {
            "subject": "assessment",
            "second": "",
            "voices": ("users",),
            "people": "older",
            "type": "primary study",
            "design": "qualitative interviews",
            "aside": "carers",
        },
        8,
    ),
    (
        "teams-and-inclusion",
        f"Mental health teams; social inclusion {ONLY_NAMED}.",
        {"subject": "cmht", "second": "", "people": "mental", "aside": "inclusion"},
        14,
    ),
    (
        "teams-and-inclusion",
        f"Social inclusion; a team {ONLY_NAMED}.",
        {"subject": "inclusion", "second": "", "people": "mental", "aside": "cmht"},
        11,
    ),
    (
        "learning-disability-moves",
        f"Moving between services; care co-ordination {ONLY_NAMED}.",
        {"subject": "transition", "second": "", "people": "ld", "aside": "coord"},
        12,
    ),
    (
        "learning-disability-moves",
        f"Care co-ordination; a move {ONLY_NAMED}.",
        {"subject": "coordination", "second": "", "people": "ld", "aside": "transition"},
        10,
    ),
    (
        "learning-disability-moves",
        "Other people than those with learning disabilities.",
        {"subject": "coordination", "second": "transition", "people": "mental", "aside": "ld"},
        6,
    ),
    (
        "reablement-views",
        "Reablement as staff see it.",
        {
            "subject": "reablement",
            "people": "older",
            "voices": ("staff",),
            "type": "primary study",
            "design": "qualitative interviews",
        },
        10,
    ),
    (
        "reablement-views",
        "Reablement measured; nobody was asked.",
        {
            "subject": "reablement",
            "people": "older",
            "type": "primary study",
            "design": "cohort study",
            "aside": "views",
        },
        8,
    ),
    (
        "reablement-views",
        f"People speak of home care; reablement {ONLY_NAMED}.",
        {
            "subject": "homecare",
            "second": "",
            "people": "older",
            "voices": ("users",),
            "type": "primary study",
            "design": "qualitative interviews",
            "aside": "reable",
        },
        10,
    ),
    (
        "evaluating-together",
        f"Evaluation of joint working; involvement {ONLY_NAMED}.",
        {"subject": "jointeval", "second": "", "aside": "involve"},
        14,
    ),
    (
        "evaluating-together",
        f"Involvement in joint services; evaluation {ONLY_NAMED}.",
        {"subject": "involvement", "second": "jointworking", "aside": "evaluation"},
        11,
    ),
    (
        "evaluating-together",
        "Involvement, but not in evaluating joint working.",
        {"subject": "involvement", "second": "quality", "aside": "joint"},
        6,
    ),
]


def planned() -> list[dict]:
    """Facts of all planned records."""
    near = [{**given, "note": reason} for _, reason, given, number in NEAR for _ in range(number)]
    return answering() + near


#: What a panel says of a relevant record: the first that fits, whether it was argued about, and how many to take.
#: The panel saw title and abstract, so each of the three parts has to stand there.
INCLUDED = [
    (
        lambda facts, row: not row["abstract"],
        True,
        1,
        "No abstract, but the title names all three parts of the question: read the full text.",
    ),
    (
        lambda facts, row: facts.people == "dementia",
        True,
        1,
        "People with dementia count as older people here, and they leave hospital with home care.",
    ),
    (
        lambda facts, row: facts.type == "opinion" and facts.form == "article",
        True,
        1,
        "No study, but the question asks what is known about all three parts, and the panel set no limit on type.",
    ),
    (
        lambda facts, row: facts.type == "grey literature",
        True,
        1,
        "Grey literature is in: older people, leaving hospital and home care are all its matter.",
    ),
    (
        lambda facts, row: facts.type == "review",
        False,
        1,
        "A review of just this: older people, leaving hospital, home care.",
    ),
    (
        lambda facts, row: facts.type == "primary study",
        False,
        4,
        "A study of older people, of leaving hospital and of home care: all three parts of the question.",
    ),
]
ALL_PARTS = {"older people", "leaving hospital", "home care"}
#: For each of the first near misses: how many to take, the parts of the question that stand in title or abstract,
#: the parts that do not, and words that have to be there.
EXCLUDED = [
    (1, {"older people", "leaving hospital"}, {"home care"}, ""),
    (3, ALL_PARTS, set(), ""),
    (1, {"older people", "home care"}, {"leaving hospital"}, ""),
    (2, ALL_PARTS, set(), ""),
    (1, {"leaving hospital", "home care"}, set(), "disab"),
    (1, {"older people"}, set(), "readmi"),
    (1, {"older people"}, set(), "wound"),
    (1, set(), set(), "army|armed forces|military"),
]


def screening(made: list[tuple[Facts, dict]], place: dict[int, str], holds, shown) -> dict:
    """Twenty records of the first topic with a panel's decisions, a reason for each, and which were argued about.

    Parameters
    ----------
    made : list
        Facts and records.
    place : dict
        Number of each record in the library.
    holds : callable
        Whether facts answer the question.
    shown : callable
        The parts of the question that stand in a record's title or abstract.
    """
    chosen: list[dict] = []
    taken: set[int] = set()

    def take(i: int, decision: str, reason: str, argued: bool) -> None:
        taken.add(i)
        chosen.append({"record": place[i], "decision": decision, "reason": reason, "borderline": argued})

    for fits, argued, number, reason in INCLUDED:
        found = [i for i, (facts, row) in enumerate(made) if i not in taken and holds(facts) and fits(facts, row)]
        found = [i for i in found if made[i][1]["abstract"] or "No abstract" in reason]
        if reason == INCLUDED[-1][-1]:  # in place of a kind that has no fitting record
            number = sum(each[2] for each in INCLUDED) - len(taken)
        for i in [i for i in found if shown(made[i][1]) == ALL_PARTS][:number]:
            take(i, "include", reason, argued)
    for (_, reason, _, _), (number, there, absent, words) in zip(NEAR, EXCLUDED, strict=False):
        found = [
            i for i, (facts, row) in enumerate(made) if facts.note == reason and row["abstract"] and not facts.part
        ]
        for i in found:
            row = made[i][1]
            parts = shown(row)
            if (
                number
                and there <= parts
                and not absent & parts
                and re.search(words, f"{row['title']} {row['abstract']}".lower())
            ):
                take(i, "exclude", reason, ONLY_NAMED in reason or "adults" in reason)
                number -= 1
    return {
        "topic": "hospital-discharge",
        "criteria": [
            "People: older people, including people with dementia.",
            "What happens: they leave hospital, or are about to.",
            "Help: paid home care, reablement included, is arranged, given or missing, "
            "as a matter of the publication and not in passing.",
            "Any type, design, country, language and year.",
        ],
        "records": sorted(chosen, key=lambda one: one["record"]),
    }
