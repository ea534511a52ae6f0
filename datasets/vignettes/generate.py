"""Makes three disputed words, twelve invented vignettes for each, and the sealed key of what a panel made of them.

How it works. The vignettes are written by hand in `material/`, one file for each word: the story, its facts, what
each of the three on the panel decided at first and why, what they decided with a sharpened definition, and what they
agreed on. `TERMS` below holds the words, the names of the facts, and two definitions that can be applied to the facts
by rule: the panel's sharpened one, and a naive one that is often heard. The script stops when the panel's decisions
are not those of its own definition, or when agreement leaves the range for which the vignettes were written; so what
the README promises cannot drift from the stories.

Run `python generate.py` to write the files beside this one, `python generate.py FOLDER` to write them elsewhere.
"""

import re
import sys
from itertools import combinations
from pathlib import Path

import pandas as pd

HERE = Path(__file__).parent
PANEL = ("nurse", "social worker", "carer")
YES, NO, CANNOT_TELL = "yes", "no", "cannot_tell"
NOT_KNOWN = "not_known"

#: A rule is a list of cases; the word holds when every fact of at least one case is as the case has it.
TERMS = {
    "referral": {
        "file": "referral.txt",
        "word": "inappropriate referral",
        "question": "Was this an inappropriate referral?",
        "dispute": "The team that receives often means “not for us”; the one that sends often means “they would not "
                   "help”; the person may not know that there was one.",
        "facts": {
            "agreed": "The person had agreed to it",
            "risk": "Somebody was at risk of serious harm",
            "remit": "The team is there for this need",
            "could_know": "The referrer could have known whom the team is for, and what it asks",
            "says_why": "The referral said what was wanted and why",
            "accepted": "The team took it",
            "days": "Days until the team first answered",
        },
        "panel": {
            "text": "We count a referral as inappropriate when the team is not there for the need and the referrer "
                    "could have known that on the day; or when the person had not agreed and nobody was at risk of "
                    "serious harm; or when it did not say what was wanted and why. Whether it was taken, how long it "
                    "took and whether it helped do not count. It is read from the referral and from what the team had "
                    "published on that day.",
            "rule": [{"remit": NO, "could_know": YES}, {"agreed": NO, "risk": NO}, {"says_why": NO}],
        },
        "naive": {
            "text": "A referral is inappropriate when the team did not take it.",
            "rule": [{"accepted": NO}],
        },
    },
    "partnership": {
        "file": "partnership.txt",
        "word": "partnership",
        "question": "Is this a partnership?",
        "dispute": "Some mean a signed agreement, some mean people who get on well, some mean that those who draw on "
                   "care have a say.",
        "facts": {
            "agreement": "There is a written agreement",
            "same_aim": "They name the same aim",
            "both_give": "Each gives something of its own: time, staff, money, rooms or data",
            "decide_together": "They decide together",
            "lasts": "It goes on beyond one case or one event",
            "people_have_a_say": "People who draw on care have a say in it",
            "meetings": "Meetings in the last year",
        },
        "panel": {
            "text": "We count it as a partnership when two or more bodies that could act alone name the same aim, each "
                    "gives something of its own, they decide together, and it goes on beyond one case. A signature, a "
                    "shared building and a contract to buy do not count. It is read from minutes and from what each "
                    "says when asked alone.",
            "rule": [{"same_aim": YES, "both_give": YES, "decide_together": YES, "lasts": YES}],
        },
        "naive": {
            "text": "It is a partnership when there is a written agreement.",
            "rule": [{"agreement": YES}],
        },
    },
    "delayed": {
        "file": "delayed.txt",
        "word": "delayed",
        "question": "Was this person's discharge delayed?",
        "dispute": "The ward looks at the planned date, official figures at a list of reasons, social care at who "
                   "was ready; the person counts nights.",
        "facts": {
            "doctor_ready": "By the planned day, the doctor had written that hospital was no longer needed",
            "all_ready": "By the planned day, nurse, therapist and social worker had written the same",
            "nights": "Nights in a hospital bed after all four had written it",
            "past_date": "The first planned date had passed",
            "own_choice": "The person could have gone that day and chose to stay",
            "on_return": "The hospital's figures counted a delay",
        },
        "panel": {
            "text": "We count a discharge as delayed when the person spent at least one night in a hospital bed of any "
                    "kind after doctor, nurse, therapist and social worker had all written that hospital was no "
                    "longer needed, unless what they needed was there on that day and they chose to stay. The planned "
                    "date and whose fault it was do not count. It is read from the notes of all four, with dates.",
            "rule": [{"nights": ">=1", "own_choice": NO}],
        },
        "naive": {
            "text": "A discharge is delayed when the planned date has passed.",
            "rule": [{"past_date": YES}],
        },
    },
}
#: Ranges the vignettes were written for; see `calibration` in datapackage.json.
FIRST, LATER_AT_LEAST, NAIVE_AT_MOST = (0.4, 0.6), 0.8, 0.2


def applied(rule: list[dict], facts: dict) -> str:
    """What a rule says of a vignette: a fact that is not known leaves it open, unless another case decides."""
    cases = [[_holds(facts[fact], wanted) for fact, wanted in case.items()] for case in rule]
    if any(all(held is True for held in case) for case in cases):
        return YES
    return NO if all(any(held is False for held in case) for case in cases) else CANNOT_TELL


def _holds(value: str, wanted: str) -> bool | None:
    if value == NOT_KNOWN:
        return None
    return int(value) >= int(wanted[2:]) if wanted.startswith(">=") else value == wanted


def kappa(first: list[str], second: list[str]) -> float:
    """Cohen's kappa, by hand (J. Cohen, Educ. Psychol. Meas. 20 (1960) 37-46)."""
    n = len(first)
    seen = sum(a == b for a, b in zip(first, second, strict=True)) / n
    chance = sum(first.count(one) * second.count(one) for one in set(first)) / n**2
    return (seen - chance) / (1 - chance)


def read(term: str) -> list[dict]:
    """The vignettes of a word, as they stand in its file."""
    text = (HERE / "material" / TERMS[term]["file"]).read_text(encoding="utf-8")
    return [_vignette(block.splitlines()) for block in text.strip().split("\n\n")]


def _vignette(lines: list[str]) -> dict:
    identifier, title = lines[0].split(" | ")
    held = dict(line.split(": ", 1) for line in lines[2:])
    agreed, why = held["panel"].split(" | ")
    return {
        "vignette": identifier, "title": title, "text": lines[1],
        "facts": dict(pair.split("=") for pair in held["facts"].split()),
        "first": {who: {"decision": decision, "why": held[who]}
                  for who, decision in zip(PANEL, held["first"].split(), strict=True)},
        "later": dict(zip(PANEL, held["later"].split(), strict=True)),
        "agreed": agreed, "why": why,
    }


def check(term: str, vignettes: list[dict]) -> None:
    """Stop when stories, rules and decisions do not fit together."""
    about = TERMS[term]
    if len(vignettes) != 12:
        raise SystemExit(f"{term}: {len(vignettes)} vignettes instead of 12.")
    for one in vignettes:
        sentences = len(re.findall(r"[.?!]”?(?=\s|$)", one["text"]))
        if not 4 <= sentences <= 6:
            raise SystemExit(f"{one['vignette']}: {sentences} sentences; there should be four to six.")
        if list(one["facts"]) != list(about["facts"]):
            raise SystemExit(f"{one['vignette']}: its facts are not those of the word.")
        if applied(about["panel"]["rule"], one["facts"]) != one["agreed"]:
            raise SystemExit(f"{one['vignette']}: the panel's definition does not give what the panel agreed on.")
    agreed = [one["agreed"] for one in vignettes]
    naive = kappa([applied(about["naive"]["rule"], one["facts"]) for one in vignettes], agreed)
    if naive > NAIVE_AT_MOST:
        raise SystemExit(f"{term}: the naive definition agrees too well with the panel (kappa {naive:.2f}).")
    for a, b in combinations(PANEL, 2):
        first = kappa(*([one["first"][who]["decision"] for one in vignettes] for who in (a, b)))
        later = kappa(*([one["later"][who] for one in vignettes] for who in (a, b)))
        if not FIRST[0] <= first <= FIRST[1] or later < LATER_AT_LEAST:
            raise SystemExit(f"{term}, {a} and {b}: kappa {first:.2f} at first and {later:.2f} later.")


def main(folder: Path) -> None:
    from researchskills.bank import seal

    held = {term: read(term) for term in TERMS}
    for term, vignettes in held.items():
        check(term, vignettes)
    tables = {
        "vignettes": [{"vignette": one["vignette"], "term": term, "title": one["title"], "text": one["text"]}
                      for term, vignettes in held.items() for one in vignettes],
        "facts": [{"vignette": one["vignette"], "fact": fact, "label": TERMS[term]["facts"][fact],
                   "value": value.replace("_", " ")}
                  for term, vignettes in held.items() for one in vignettes for fact, value in one["facts"].items()],
        "terms": [{"term": term, **{key: about[key] for key in ("word", "question", "dispute")}}
                  for term, about in TERMS.items()],
    }
    for name, rows in tables.items():
        pd.DataFrame(rows).to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
    key = {term: {"definitions": {which: TERMS[term][which] for which in ("panel", "naive")},
                  "vignettes": {one["vignette"]: {**{part: one[part] for part in ("first", "later", "agreed", "why")},
                                                  "naive": applied(TERMS[term]["naive"]["rule"], one["facts"])}
                                for one in vignettes}}
           for term, vignettes in held.items()}
    (folder / "planted.sealed").write_text(seal("vignettes", key) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
