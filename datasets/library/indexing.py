"""Subject headings, given as indexers give them: mostly the most specific, sometimes the broader, sometimes none."""

import re
from functools import cache

import pandas as pd
from drawing import MATERIAL, Luck, line
from facts import Facts, subjects

PEOPLE = {
    "older": ["Aged > Age Groups"],
    "dementia": ["Persons with Dementia > Aged", "Aged"],
    "ld": ["Persons with Learning Disabilities > Disabled Persons"],
    "mental": ["Persons with Mental Health Problems > Persons", "Persons with Severe Mental Illness"],
    "adults": ["Disabled Persons > Persons"],
    "stroke": ["Stroke > Chronic Disease", "Stroke Rehabilitation"],
    "ltc": ["Chronic Disease > Experience and Outcomes"],
    "residents": ["Nursing Homes > Residential Facilities", "Residential Homes > Residential Facilities", "Aged"],
    "children": ["Disabled Children > Child", "Parent Carers"],
    "youth": ["Adolescent > Age Groups"],
    "homeless": ["Homeless Persons > Persons"],
    "substance": ["Substance Use Disorders > Experience and Outcomes"],
    "sensory": ["Persons with Sensory Loss > Disabled Persons"],
    "dying": ["Palliative Care > Health Services"],
    "prisoners": ["Prisoners > Persons"],
    "minority": ["Minority Ethnic Groups > Persons", "Migrants and Refugees"],
    "braininjury": ["Persons with Brain Injury > Disabled Persons"],
    "veterans": ["Veterans > Persons"],
}
DESIGNS = {
    "randomised trial": "Randomised Controlled Trials",
    "before-after study": "Evaluation Studies",
    "cohort study": "Cohort Studies",
    "case-control study": "Cohort Studies",
    "survey": "Surveys and Questionnaires",
    "qualitative interviews": "Qualitative Research",
    "ethnography": "Qualitative Research",
    "mixed methods": "Surveys and Questionnaires",
}
VOICES = {"users": "Service User Views", "carers": "Carer Views", "staff": "Staff Attitudes"}


@cache
def tree() -> pd.DataFrame:
    """The thesaurus as a table: heading, broader, entry_terms, scope_note."""
    rows, above = [], []
    for raw in (MATERIAL / "thesaurus.txt").read_text(encoding="utf-8").splitlines():
        if not raw.strip() or raw.startswith("#"):
            continue
        depth = (len(raw) - len(raw.lstrip())) // 2
        text, _, second = raw.strip().partition(" ^ ")
        text, _, note = text.partition(" ~ ")
        heading, _, entries = text.partition(" = ")
        above = [*above[:depth], heading.strip()]
        broader = [name for name in (above[depth - 1] if depth else "", second.strip()) if name]
        rows.append((heading.strip(), "; ".join(broader), entries.strip(), note.strip()))
    return pd.DataFrame(rows, columns=["heading", "broader", "entry_terms", "scope_note"])


def headings(facts: Facts, luck: Luck, title: str) -> str:
    """The headings of a record as its field holds them; blank where nobody indexed it."""
    unindexed = 0.05
    unindexed += {2024: 0.08, 2025: 0.3, 2026: 0.75}.get(facts.year, 0)
    unindexed += 0.05 if facts.type == "grey literature" else 0
    if luck.happens(unindexed):
        return ""
    chosen: dict[str, bool] = {}

    def give(item: str, likely: float, main: bool) -> None:
        specific, _, broader = item.partition(" > ")
        point = luck.random()
        if point < likely:
            chosen.setdefault(specific, main)
        elif broader and point < likely + (1 - likely) * 0.55:
            chosen.setdefault(broader, main and luck.happens(0.5))

    known = subjects()
    for i, name in enumerate(filter(None, (facts.subject, facts.second))):
        lines = [line(item.strip()) for item in known[name]["heads"].split(";")]
        items = [each.text for each in lines if each.fits(facts.region, facts.year)]
        give(items[0], 0.76 - 0.08 * i, luck.happens(0.9 - 0.3 * i))
        for item in items[1:]:
            give(item.partition(" > ")[0], 0.2 - 0.06 * i, luck.happens(0.2))
    for i, item in enumerate(PEOPLE.get(facts.people, ())):
        give(item, 0.8 if i == 0 else 0.35, luck.happens(0.25))
    if facts.type == "primary study":
        if facts.design in DESIGNS and luck.happens(0.5):
            chosen.setdefault(DESIGNS[facts.design], False)
        if "older" in facts.tags and luck.happens(0.5):
            chosen.setdefault("Aged", False)
        if "older" in facts.tags and luck.happens(0.25):
            chosen.setdefault("Aged, 80 and over", False)
        if facts.people in {"ld", "mental", "adults", "substance", "homeless", "stroke"} and luck.happens(0.5):
            chosen.setdefault("Adult", False)
        if luck.happens(0.5):
            chosen.setdefault("Female", False)
            if luck.happens(0.85):
                chosen.setdefault("Male", False)
    for voice in facts.voices:
        if luck.happens(0.5):
            chosen.setdefault(VOICES[voice], luck.happens(0.3))
    if facts.type == "review" and luck.happens(0.6):
        chosen.setdefault("Systematic Reviews", False)
    if facts.type == "policy" and luck.happens(0.6):
        chosen.setdefault("Health and Social Policy", luck.happens(0.3))
    if re.search(r"\b[Rr]ural\b", title) and luck.happens(0.6):
        chosen.setdefault("Rural Services", False)
    if len(chosen) > 10:
        chosen = dict(list(chosen.items())[:10])
    starred = [f"*{name}" if main else name for name, main in luck.shuffled(list(chosen.items()))]
    return "; ".join(sorted(starred, key=lambda name: not name.startswith("*")))
