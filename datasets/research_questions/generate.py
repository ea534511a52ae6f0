"""Turns questions.txt into the tables of the package and the sealed key of what is wrong with each question.

How it works. The questions were written for the course, with what a careful reader would find wrong with each, in one
text that people can go through from top to bottom. Nothing is drawn by chance but which half a question belongs to:
rules are written with the building half in sight, and how often they are wrong is counted on the other.

Run `python generate.py` to write beside this file, `python generate.py FOLDER` to write elsewhere.
"""

import csv
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
SEED = 20261129
BUILDING, HELD_OUT = "building", "held out"

#: Who asks, and what they can get at.
ROLES = {
    "nurse": ("District nurse in a community team",
              "Our team's referral book and visit diary; colleagues; people on our caseload and their carers who "
              "agree"),
    "discharge": ("Discharge coordinator at Larkshire General",
                  "The discharge database of four wards since January 2025; ward staff; colleagues"),
    "social": ("Social worker in a hospital team",
               "The council's records of my team; colleagues in the team and on the wards; families and people who "
               "agree and whom I do not visit myself"),
    "home": ("Manager of a care home with 38 beds",
             "Our own care records, accident book and staff rota; staff; residents and families who agree"),
    "reablement": ("Occupational therapist in a reablement team",
           "Reablement records of our team since April 2024; colleagues; people who finished reablement and agree to "
           "be telephoned"),
    "carers": ("Worker at a carers' centre",
               "Our membership list and contact book since 2025; carers on our list who agree to talk to us"),
    "mental": ("Community mental health nurse",
               "Caseload records and rota of our team and the team next door; colleagues who agree; people on our "
               "caseload who agree"),
    "commissioner": ("Commissioning officer at Larkshire County Council",
                     "Monthly returns and letters from 22 home care providers; the council's payments and waiting "
                     "list for home care; provider managers"),
    "gp": ("Care coordinator in a GP practice",
           "The practice's register, appointments, referrals and letters; practice staff and volunteer drivers; people "
           "on our register who agree"),
    "ld": ("Learning disability nurse",
           "Health check records of our team; people with a learning disability and supporters who agree"),
    "student": ("Social work student on placement", "What the team lets me sit in on; published studies"),
    "sw_child": ("Family support worker at a children's centre",
                 "Attendance lists and case notes of our centre; families who agree; staff"),
    "pharm": ("Pharmacist in a community trust",
              "Medicines charts and order records of six care homes that we visit; nurses in charge there"),
    "housing": ("Housing officer in a joint discharge team",
                "Our log of housing referrals since October 2024; colleagues of the joint team"),
    "": ("", ""),
}
RULES = ("population", "outcome", "comparison", "time", "single", "neutral", "reach", "feasible")


def read(text: str) -> list[dict]:
    """The questions: `text`, `kind`, `frame`, `role`, `weeks`, `slots` (in order) and `faults` (rule → why)."""
    blocks = [[line for line in block.splitlines() if not line.startswith("#")] for block in text.split("\n\n")]
    return [_question(block) for block in filter(None, blocks)]


def _question(lines: list[str]) -> dict:
    asked, about, held, *rest = lines
    kind, frame, role, weeks = (part.strip() for part in about.split("|"))
    faults = dict(line.removeprefix("! ").split(": ", 1) for line in rest)
    return {"text": asked, "kind": kind, "frame": frame, "role": role, "weeks": weeks,
            "slots": [part.strip() for part in held.split("|")], "faults": faults}


def check(questions: list[dict]) -> None:
    """Stop where a question is not as the rest of the package takes for granted."""
    from researchskills.questions.frames import FRAMES
    from researchskills.questions.kinds import KINDS

    for one in questions:
        if one["kind"] not in KINDS or one["frame"] not in FRAMES or one["role"] not in ROLES:
            raise SystemExit(f"“{one['text']}”: kind, frame or role is not known.")
        if len(one["slots"]) > len(FRAMES[one["frame"]].slots):
            raise SystemExit(f"“{one['text']}”: more slots than the frame has.")
        if not set(one["faults"]) <= set(RULES):
            raise SystemExit(f"“{one['text']}”: a fault under no rule.")
        unknown = {"reach": not one["role"], "feasible": not one["weeks"]}
        if any(unknown.get(rule) for rule in one["faults"]):
            raise SystemExit(f"“{one['text']}”: a fault that nobody can know of.")


def judged(one: dict, rule: str) -> dict:
    """What a careful reader says: fault (yes, no, or cannot tell) and why."""
    unknown = (rule == "reach" and not one["role"]) or (rule == "feasible" and not one["weeks"])
    fault = "yes" if rule in one["faults"] else "cannot tell" if unknown else "no"
    return {"fault": fault, "why": one["faults"].get(rule, "")}


def main(folder: Path) -> None:
    from researchskills.bank import seal
    from researchskills.questions.frames import FRAMES

    questions = read((HERE / "questions.txt").read_text(encoding="utf-8"))
    check(questions)
    # Numbers are given after mixing, so that faulty ones do not stand together.
    order = np.random.default_rng(SEED).permutation(len(questions))
    rows, slots, key = [], [], {}
    for place, index in enumerate(order):
        one, number = questions[index], f"Q{place + 1:03d}"
        role, data = ROLES[one["role"]]
        rows.append({"question": number, "text": one["text"], "kind": one["kind"], "frame": one["frame"], "role": role,
                     "data": data, "weeks": one["weeks"], "part": BUILDING if place % 2 else HELD_OUT})
        slots += [{"question": number, "slot": slot.key, "text": text}
                  for slot, text in zip(FRAMES[one["frame"]].slots, one["slots"], strict=False) if text]
        key[number] = {rule: judged(one, rule) for rule in RULES}
    for name, table in (("research_questions", rows), ("slots", slots)):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, table[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(table)
    (folder / "planted.sealed").write_text(seal("research_questions", {"questions": key}) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
