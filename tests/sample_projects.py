"""Twelve projects, invented for this course, with the answers that a panel of two would give and where they lead.

Larkshire is the course's invented county. No person, service or charity in these texts exists.
"""

from typing import NamedTuple


class Sample(NamedTuple):
    """A project, the answers to the steps of the path, and the kinds of project that they point to."""

    name: str
    text: str
    answers: dict[str, str]
    kinds: tuple[str, ...]


def _answers(intent: str, care: str, subject: str = "", standard: str = "", also: str = "", where: str = "both",
             who: str = "people") -> dict[str, str]:
    steps = {"intent": intent, "care": care, "subject": subject, "standard": standard, "also": also, "where": where,
             "who": who}
    return {key: value for key, value in steps.items() if value}


SAMPLES = (
    Sample("chance decides",
           "Two community teams in Larkshire let chance decide which people over 75 get a joint first visit and which "
           "get two separate ones. After six months they compare returns to hospital, so that other counties can use "
           "the answer.",
           _answers("elsewhere", "allocated"), ("research",)),
    Sample("living far away",
           "A social worker interviews twenty carers in five counties who live far from the person they care for. She "
           "chooses them so that the main situations are covered, and describes each setting, so that the findings can "
           "be used elsewhere.",
           _answers("elsewhere", "usual", where="many"), ("research",)),
    Sample("a device nobody knows",
           "A reablement team gives a bed sensor that has not been studied before to half of the people who finish "
           "with it, to see whether they feel safer at night. The manager wants to know it for the team only.",
           _answers("here", "untried", "service", "no", "nothing", "council"), ("research", "evaluation")),
    Sample("how the hub does",
           "The discharge hub has run for a year. The two managers want to know how long people wait in it, and what "
           "people and staff think of it, to decide about next year’s budget.",
           _answers("here", "usual", "service", "no", "nothing"), ("evaluation",)),
    Sample("a day centre asks its visitors",
           "A day centre under contract with the council asks its visitors and their carers what the centre does for "
           "them. The report goes to the trustees.",
           _answers("here", "usual", "service", "no", "nothing", "provider"), ("evaluation",)),
    Sample("carers named in the record",
           "Trust policy says that every record names the carer, or says that there is none. A nurse reads a hundred "
           "records and counts.",
           _answers("here", "usual", "service", "yes", "nothing", "nhs", "records"), ("audit",)),
    Sample("reviews within a year",
           "Care and support plans are to be reviewed within twelve months. A council looks at last year’s plans, "
           "finds the share that was late, and looks again after six months.",
           _answers("here", "usual", "service", "yes", "nothing", "council", "records"), ("audit",)),
    Sample("a form that comes back",
           "Referrals from one ward come back incomplete. The ward and the social work team try a shorter form that "
           "other counties use, look at the share that comes back every week, and change the form again.",
           _answers("here", "accepted", "change", also="nothing", who="staff"), ("improvement",)),
    Sample("the first visit",
           "A home care provider gives each new person a named worker for the first two weeks, as others do, and "
           "counts complaints and missed visits each week to see whether it gets better.",
           _answers("here", "accepted", "change", also="nothing", where="provider", who="records"), ("improvement",)),
    Sample("who gets no break",
           "The county has about 900 carers over 80 on its lists and the census counts many more. Health and social "
           "care want to know how many there are, what they need, and what is missing, for next year’s plans.",
           _answers("here", "usual", "needs", also="nothing"), ("needs",)),
    Sample("young carers in three towns",
           "School nurses and the family service map how many young people in three towns care for somebody, what they "
           "ask for, and which help they can reach.",
           _answers("here", "usual", "needs", also="nothing", who="children"), ("needs",)),
    Sample("all at once",
           "A new joint team wants to show that it meets the national standard, to find out what people in the area "
           "need, and to publish what makes such teams succeed anywhere.",
           _answers("both", "usual", "service", "yes", "needs"), ("research", "audit", "needs")),
)
