"""Makes the files of training_baseline: an invented survey of a joint cohort before training.

How it works. Each person gets two hidden standings, *competence* and *backing*, drawn from a normal
distribution. Every answer mixes them with a part of its own (a Gaussian copula with two factors), so
that answers hang together as people's do. People are then ranked on that mixture and cut into the
shares written in `datapackage.json` under `calibration`, where each figure stands beside its source.
Cutting by rank makes the shares exact to within one person.

Run `python generate.py` to write beside this file, `python generate.py FOLDER` to write elsewhere.
The same bytes come out every time.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from making import cut, leave_blank  # noqa: E402 - lies beside the packages

SEED = 14
NOT_ASKED, DOES_NOT_APPLY = "not asked", "does not apply"
AGREEMENT = ["strongly disagree", "disagree", "neither", "agree", "strongly agree"]

# sector, job, level, function, interface group, people. A quota, so that no combination of these
# five columns holds fewer than five people. Planners work across the three functions.
QUOTA = [
    ("health", "community nurse", "practitioner", "provision", "T1", 10),
    ("health", "community nurse", "practitioner", "assessment", "T2", 14),
    ("health", "community nurse", "practitioner", "co-ordination", "T3", 12),
    ("health", "community nurse", "operational manager", "co-ordination", "T3", 8),
    ("health", "GP or practice team", "practitioner", "assessment", "T1", 8),
    ("health", "GP or practice team", "practitioner", "co-ordination", "T3", 7),
    ("health", "therapist", "practitioner", "assessment", "T2", 12),
    ("health", "therapist", "practitioner", "provision", "T3", 8),
    ("health", "therapist", "operational manager", "assessment", "T2", 6),
    ("health", "planner or commissioner", "strategic", DOES_NOT_APPLY, "T4", 11),
    ("social care", "referral officer", "practitioner", "assessment", "T1", 16),
    ("social care", "social worker", "practitioner", "assessment", "T1", 10),
    ("social care", "social worker", "practitioner", "assessment", "T2", 22),
    ("social care", "social worker", "practitioner", "co-ordination", "T3", 20),
    ("social care", "social worker", "operational manager", "assessment", "T2", 8),
    ("social care", "social worker", "operational manager", "co-ordination", "T3", 10),
    ("social care", "home care or reablement worker", "practitioner", "provision", "T3", 10),
    ("social care", "home care or reablement worker", "operational manager", "provision", "T3", 6),
    ("social care", "planner or commissioner", "strategic", DOES_NOT_APPLY, "T4", 10),
    ("voluntary", "voluntary sector worker", "practitioner", "provision", "T1", 12),
    ("voluntary", "voluntary sector worker", "practitioner", "co-ordination", "T3", 9),
    ("voluntary", "voluntary sector worker", "operational manager", "provision", "T3", 6),
    ("voluntary", "planner or commissioner", "strategic", DOES_NOT_APPLY, "T4", 5),
]

SKILL_TITLES = {
    "skill_literature": "finding and appraising literature",
    "skill_existing_data": "using existing data",
    "skill_questions": "framing researchable questions",
    "skill_interviewing": "qualitative interviewing",
    "skill_statistics": "small-scale statistics",
    "skill_managing": "managing research",
}
BARRIER_TITLES = {
    "culture": "culture and rewards",
    "supervisor": "supervisors' attitudes",
    "skills": "personal skills",
    "attitudes": "personal attitudes",
    "support": "support staff and materials",
    "change": "services are changing",
}

# How much of each answer comes from competence and from backing; the rest is its own.
# Chosen by the course (no published correlation matrix): signs follow the principal source.
LOADINGS = {
    "skill_literature": (0.70, 0.10),
    "skill_existing_data": (0.65, 0.10),
    "skill_questions": (0.70, 0.15),
    "skill_interviewing": (0.60, 0.10),
    "skill_statistics": (0.70, 0.05),
    "skill_managing": (0.65, 0.20),
    "earlier_training": (0.55, 0.10),
    "manager_support": (0.05, 0.80),
    "hours_protected": (0.10, 0.60),
    "best_placed": (0.15, 0.00),
    "barrier_culture": (-0.10, -0.45),
    "barrier_supervisor": (0.00, -0.65),
    "barrier_skills": (-0.55, 0.00),
    "barrier_attitudes": (-0.40, -0.10),
    "barrier_support": (0.00, -0.30),
    "barrier_change": (0.00, -0.15),
}

COMMENTS = {
    "culture": [
        "Nobody here would notice if I did a small study, let alone say well done.",
        "Research is not in my job description and it never comes up in appraisal.",
        "We count things all the time but nobody calls it research.",
        "I finished a project for my diploma and it went in a drawer.",
        "Promotion goes on caseload, not on finding things out.",
        "In my last team we had a reading hour. I miss it.",
        "I would love to, but it feels like asking for a hobby.",
        "The word research puts people off. We say looking into it.",
        "My colleagues think I am avoiding visits when I read a paper.",
        "It has to be part of the job or it will not happen.",
        "We get thanked for clearing the list, not for asking why there is a list.",
        "Good idea, wrong decade. Everything here is about throughput.",
        "My professional body asks for evidence of learning, my employer does not.",
        "If it does not count towards registration nobody has time for it.",
    ],
    "supervisor": [
        "My manager is kind about it but the rota always wins.",
        "There is no cover. If I am out for two hours somebody is not seen.",
        "My supervisor has not done any research and says so honestly.",
        "Asked for one afternoon a month. Still waiting for an answer.",
        "I supervise six people and I would not know how to help them with this.",
        "I think my manager worries that I will find something awkward.",
        "Please train the managers as well.",
        "Joint supervision with somebody from the other side would help.",
        "Supervision is all cases. There is no slot for questions.",
        "I would release staff if I could show what the service gets back.",
    ],
    "skills": [
        "I have a spreadsheet full of referrals and no idea what to do with it.",
        "Percentages I can manage. After that I get lost.",
        "I do not know how to turn a worry into a question.",
        "I interview people every day but I doubt that makes me an interviewer.",
        "Searching takes me hours and I never know when to stop.",
        "Would like somebody to show me once, slowly, with our own data.",
        "Ethics forms. I do not know which one or whether I need one.",
        "I can read a paper but not the results section.",
    ],
    "attitudes": [
        "I always thought universities did research and we did the work.",
        "Is it still research if I do it on my own team?",
        "You cannot put what we do into numbers.",
        "The questions we have are too big for a small project.",
        "People might be more honest with somebody from outside.",
        "I am not an academic and do not want to become one.",
    ],
    "support": [
        "We share one laptop and the two systems do not talk to each other.",
        "Who would type up the interviews?",
        "I once needed a statistician and there was nobody to ask.",
        "The library will help, but I found out only by accident.",
        "A template and a phone number would do more than another policy.",
    ],
    "change": [
        "By the time we have a baseline the service has been reorganised.",
        "Third restructure in four years. What would I be measuring?",
        "We moved buildings halfway through the last evaluation.",
        "Pilots end before anybody knows whether they worked.",
    ],
}


def calibration() -> dict:
    """Parameters by name, from the descriptor, where each stands beside its source."""
    descriptor = json.loads((HERE / "datapackage.json").read_text(encoding="utf-8"))
    return {entry["parameter"]: entry["value"] for entry in descriptor["calibration"]}


def agreement(agree: float) -> dict:
    """Shares of the five levels of agreement, of which the upper two add up to `agree`."""
    rest = 1 - agree
    return dict(zip(AGREEMENT, [0.1 * rest, 0.3 * rest, 0.6 * rest, 0.55 * agree, 0.45 * agree], strict=True))


def generate() -> pd.DataFrame:
    """The whole survey, one row for each person, every value as it stands in the file."""
    rng, given = np.random.default_rng(SEED), calibration()
    people = pd.DataFrame(
        [row[:5] for row in QUOTA for _ in range(row[5])],
        columns=["sector", "job", "level", "function", "interface_group"],
    )
    people = people.iloc[rng.permutation(len(people))].reset_index(drop=True)
    n = len(people)
    people.insert(0, "respondent", [f"R{number:03d}" for number in range(1, n + 1)])

    factors = rng.standard_normal((n, 2))
    own = rng.standard_normal((n, len(LOADINGS)))
    standing = {
        name: factors @ weights + own[:, i] * np.sqrt(1 - np.square(weights).sum())
        for i, (name, weights) in enumerate((name, np.array(pair)) for name, pair in LOADINGS.items())
    }
    # Small differences between groups, chosen by the course so that groups are not copies of each other.
    standing["skill_literature"] += 0.25 * (people.sector == "health")
    standing["skill_interviewing"] += 0.20 * (people.sector == "social care")
    standing["skill_existing_data"] += 0.50 * (people.level == "strategic")

    people["form"] = "long"
    people.loc[rng.choice(n, n - given["people given the long form"], replace=False), "form"] = "short"
    blank = given["share of each answer left blank"]
    for skill in [name for name in LOADINGS if name.startswith("skill_")]:
        asked = (
            (people.form == "long") if skill == "skill_statistics" else pd.Series(True, index=people.index)
        )
        answers = cut(standing[skill][asked], given[f"{skill}: shares of ratings 1 to 5"])
        people[skill] = NOT_ASKED
        people.loc[asked, skill] = leave_blank(answers, blank, rng)

    people["earlier_training"] = leave_blank(
        cut(standing["earlier_training"], given["earlier_training: shares"]), blank, rng
    )
    people["manager_support"] = leave_blank(
        cut(standing["manager_support"], given["manager_support: shares"]), blank, rng
    )
    people["hours_protected"] = leave_blank(
        cut(standing["hours_protected"], given["hours_protected: shares"]), given["hours left blank"], rng
    )
    people["best_placed"] = ""
    for job, agree in given["best_placed: share who agree, by job"].items():
        rows = people.job == job
        people.loc[rows, "best_placed"] = cut(standing["best_placed"][rows], agreement(agree))
    people["best_placed"] = leave_blank(people["best_placed"].to_numpy(), blank, rng)

    ticked, weight = {}, given["top_barrier: pull of each ticked group"]
    for group, share in given["barriers: share who tick each group"].items():
        ticked[group] = cut(standing[f"barrier_{group}"], {"no": 1 - share, "yes": share})
        people[f"barrier_{group}"] = ticked[group]
    # The main barrier is one of those ticked: a draw in proportion to the pulls (the Gumbel trick).
    pull = np.column_stack([np.log(weight[group]) + rng.gumbel(size=n) for group in ticked])
    pull[np.column_stack([ticked[group] == "no" for group in ticked])] = -np.inf
    top = np.array(list(ticked), dtype=object)[pull.argmax(axis=1)]
    top[np.isneginf(pull).all(axis=1)] = DOES_NOT_APPLY
    people["top_barrier"] = top

    people["answered_week"] = rng.permutation(cut(np.arange(n), given["answered_week: shares"]))
    people["comment"] = ""
    for group, lines in COMMENTS.items():
        rows = people.index[people.top_barrier == group]
        writers = rng.choice(rows, min(len(lines), len(rows)), replace=False)
        people.loc[writers, "comment"] = list(rng.permutation(lines)[: len(writers)])
    people["synthetic"] = "yes"
    return people


def skill_gaps(people: pd.DataFrame) -> pd.DataFrame:
    """Counts for each skill: people, asked, answered, rated 1 or 2. The percentage is left to the reader."""
    return pd.DataFrame(
        {
            "skill": title,
            "people": len(people),
            "asked": (people[name] != NOT_ASKED).sum(),
            "answered": people[name].isin([*"12345"]).sum(),
            "low": people[name].isin(["1", "2"]).sum(),
            "synthetic": "yes",
        }
        for name, title in SKILL_TITLES.items()
    )


def barriers(people: pd.DataFrame) -> pd.DataFrame:
    """Counts for each of the source's six groups of barriers, in the source's order."""
    return pd.DataFrame(
        {
            "barrier": title,
            "people": len(people),
            "ticked": (people[f"barrier_{group}"] == "yes").sum(),
            "main": (people["top_barrier"] == group).sum(),
            "synthetic": "yes",
        }
        for group, title in BARRIER_TITLES.items()
    )


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    answers = generate()
    tables = {"training_baseline": answers, "skill_gaps": skill_gaps(answers), "barriers": barriers(answers)}
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
