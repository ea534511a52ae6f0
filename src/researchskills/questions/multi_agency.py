"""Agencies around one question: stakes, shared outcomes, data, who decides, and what is still missing.

A multi-agency evaluation seldom fails over its statistics. It fails because one partner wanted another answer, because
nobody had said who may see which record, because they had not agreed what to do when they disagree, or because the
people who use the service were not asked what should count. So each of these is a field, and an empty field is named.

Each agency writes its own column. Until its file has come, its column is what somebody else believes about it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

FEWEST, MOST = 2, 4
#: What an agency says of itself; `name` stands above its column.
STAKES = {
    "wants": "What it wants to know",
    "fears": "What it fears from the answer",
    "would_do": "What it would do with the answer",
}
DATA = {
    "record": "Its record that the question needs",
    "holder": "Who holds the record",
    "viewers": "Who may see it",
    "agreement": "By which agreement",
}
FIELDS = STAKES | DATA
#: All of a column, with what stands above it.
COLUMN = {"name": "Name of the agency or service", **FIELDS}
#: What is said of a shared outcome.
OUTCOME = {"text": "The outcome", "by": "Who chose it", "how": "How they chose it"}
#: More than this are no longer shared by anybody.
MOST_OUTCOMES = 5
PEOPLE = "people"
#: Who chose an outcome.
CHOSEN_BY = {
    PEOPLE: "people who use the service",
    "carers": "carers",
    "one": "one agency",
    "agencies": "the agencies together",
}
DECIDES = {
    "disagree": "What happens when the agencies disagree",
    "signs": "Who signs",
    "stop": "Who may stop it",
}
AWAY = {
    "who": "Who is not at the table, though it is about them",
    "heard": "How they will be heard",
}
NOT_SAID = "not said yet"
#: Name of the tick that brings a partner's own words into the summary.
USE_THEIRS = "Show the partner’s own words in the summary"
NONE_BY_PEOPLE = ("No outcome has been chosen by people who use the service, in a way that is said. At least one "
                  "should be.")


@dataclass(frozen=True)
class Pointer:
    """Where to read on about sharing data, and how sure the course is of it.

    Attributes
    ----------
    about, source, sure : str
    """

    about: str
    source: str
    sure: str


_CHECKED, _GENERAL, _MOVING = ("checked in the source", "general knowledge; ask the source",
                               "moving; check again before you rely on it")
POINTERS = (
    Pointer("NHS bodies and councils may pool money and take over functions for each other (NHS Act 2006, section 75); "
            "each stays liable for its own.", "Care England, September 2023", _CHECKED),
    Pointer("What section 75 covers was reviewed, and reform was announced for 2025–26.",
            "GOV.UK, 3 December 2024", _MOVING),
    Pointer("Where councils are reorganised, joint agreements must be made again; new councils begin in April 2027 "
            "and 2028.", "inferenceclinical.com, a secondary source, 2026", _MOVING),
    Pointer("Research in a council needs the council’s own approval through a named contact; a provider under contract "
            "usually gives its own as well: ask.", "University of Sheffield, research services", _CHECKED),
    Pointer("A service evaluation still needs information governance and a manager’s permission.",
            "your information governance lead and research office", _GENERAL),
    Pointer("The Data (Use and Access) Act 2025 changed data protection law; its parts on research have been in force "
            "since 5 February 2026.", "Commencement Regulations SI 2026/82", _CHECKED),
    Pointer("Agreeing to take part is one thing, the lawful basis for using data another; for public bodies that is "
            "mostly a public task.", "Health Research Authority and information regulator", _GENERAL),
    Pointer("Matching records of two agencies may need a data protection impact assessment beforehand.",
            "information regulator", _GENERAL),
    Pointer("Records under a code stay personal data for whoever holds the key.",
            "ICO guidance on anonymisation, 28 March 2025", _CHECKED),
    Pointer("There are eight Caldicott Principles; councils with duties in adult care must have a Caldicott Guardian "
            "(a senior person who watches over confidential information).",
            "GOV.UK, 8 December 2020; DAC Beachcroft, 18 December 2020", _CHECKED),
    Pointer("The national data opt-out can apply where confidential information is used beyond a person’s own care.",
            "digital.nhs.uk, policy guidance, section 5", _CHECKED),
)


def pointers() -> pd.DataFrame:
    """Where to read on about whose data may be seen by whom."""
    return pd.DataFrame([vars(one) for one in POINTERS]).rename(
        columns={"about": "what to know (England)", "source": "source and date", "sure": "how sure"})


def names(agencies: Sequence[Mapping[str, str]]) -> list[str]:
    """What to call each agency; one without a name goes by its number."""
    return [one.get("name") or f"Agency {number}" for number, one in enumerate(agencies, 1)]


def summary(agencies: Sequence[Mapping[str, str]], heard: Mapping[int, bool]) -> pd.DataFrame:
    """A column for each agency, a row for each field; what is missing says so, and whose words they are.

    Parameters
    ----------
    agencies : sequence of mapping
    heard : mapping
        As in `gaps`.
    """
    heads = [f"{name} ({'mine' if not place else 'in its own words' if heard.get(place) else 'as I believe'})"
             for place, name in enumerate(names(agencies))]
    return pd.DataFrame([[words, *(one.get(key) or NOT_SAID for one in agencies)] for key, words in FIELDS.items()],
                        columns=["About", *heads])


def outcome_table(outcomes: Sequence[Mapping[str, str]]) -> pd.DataFrame:
    """The shared outcomes, who chose each, and how."""
    return pd.DataFrame([[one["text"], CHOSEN_BY.get(one.get("by", ""), NOT_SAID), one.get("how") or NOT_SAID]
                         for one in outcomes if one.get("text")],
                        columns=["Shared outcome", "Chosen by", "How they chose it"])


def chosen_by_people(outcomes: Sequence[Mapping[str, str]]) -> int:
    """How many outcomes people who use the service chose, in a way that is said."""
    return sum(bool(one.get("text") and one.get("how")) and one.get("by") == PEOPLE for one in outcomes)


def gaps(question: str, agencies: Sequence[Mapping[str, str]], outcomes: Sequence[Mapping[str, str]],
         decides: Mapping[str, str], away: Mapping[str, str], heard: Mapping[int, bool]) -> list[str]:
    """What is missing, a sentence each.

    Parameters
    ----------
    question : str
        The question that the agencies share.
    agencies : sequence of mapping
        Of each its `name` and `FIELDS`; the first is the learner's own.
    outcomes : sequence of mapping
        Of each its `text`, `by` whom it was chosen (key of `CHOSEN_BY`) and `how`.
    decides, away : mapping
        Keys of `DECIDES` and `AWAY` → words.
    heard : mapping
        Place of an agency that has filled its own column, beginning with 0 → whether its words are those that count.
    """
    found = [] if question else ["The question that the agencies share is not written down yet."]
    for place, (name, one) in enumerate(zip(names(agencies), agencies, strict=True)):
        missing = "; ".join(_inside(words) for key, words in FIELDS.items() if not one.get(key))
        if place and heard.get(place) is False:
            believed = f"You have not said what you believe about {name}: {missing}" if missing else \
                f"The summary still shows what you believe about {name}"
            found.append(f"{believed}; its own words have come. To show them here, tick “{USE_THEIRS}”.")
            continue
        if missing:
            found.append(f"{name} has not said: {missing}.")
        if place and place not in heard:
            found.append(f"The column of {name} is what you believe about it. Nobody from there has filled it yet.")
    found += _gaps_of_outcomes(outcomes)
    found += [f"It is not said yet: {_inside(words)}." for held, fields in ((decides, DECIDES), (away, AWAY))
              for key, words in fields.items() if not held.get(key)]
    return found


def _gaps_of_outcomes(outcomes: Sequence[Mapping[str, str]]) -> list[str]:
    begun = [(number, one) for number, one in enumerate(outcomes, 1) if any(one.values())]
    if not begun:
        return ["There is no shared outcome yet."]
    found = []
    for number, one in begun:
        if not one.get("text"):
            found.append(f"Outcome {number} is not put into words yet.")
        elif one.get("by") not in CHOSEN_BY:
            found.append(f"Nobody is named who chose the outcome “{one['text']}”.")
        elif not one.get("how"):
            found.append(f"It is not said how {CHOSEN_BY[one['by']]} chose the outcome “{one['text']}”.")
    return found if chosen_by_people(outcomes) else [*found, NONE_BY_PEOPLE]


def _inside(words: str) -> str:
    return words[0].lower() + words[1:]
