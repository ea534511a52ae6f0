"""Makes the files of district_nurse_diary: an invented diary of twelve district nurses in Larkshire.

How it works. Each nurse has a usual share of time that goes to work which is not hers or his; each
diary day lies around it. The two spreads are set so that the wanted part of all variance lies between
nurses (the intraclass correlation). A day's minutes are then parted into own work and others' work, and
each part into activities. Nurses who step in more tend to write down fewer unmet needs: a need that
somebody meets on the quiet is not recorded anywhere.

Run `python generate.py` to write beside this file, `python generate.py FOLDER` to write elsewhere.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
import county  # noqa: E402 - the invented county lies beside the packages
import making  # noqa: E402

SEED = 42
TEAMS = ["Eastfold nursing 1", "Southdene nursing 2"]
FIRST_MONDAY = "2025-10-06"
NO_REFERRAL, NO_VISIT = "not a referral", "not a visit"
AWAY = {("N02", 3), ("N05", 6), ("N07", 1), ("N11", 5)}  # nurse and week: on leave or ill

# Activities by whom they are for, with their pull. Chosen by the course after the nurse's account.
OWN = {
    "nursing visit": 0.50,
    "travel": 0.19,
    "records": 0.13,
    "handover or meeting": 0.06,
    "referral": 0.07,
    "telephone call": 0.05,
}
OTHERS = {
    "adult social care": {
        "personal care": 0.36,
        "chasing a referral": 0.26,
        "equipment order": 0.22,
        "telephone call": 0.16,
    },
    "GP practice": {"nursing visit": 0.55, "telephone call": 0.30, "records": 0.15},
    "pharmacy": {"medicines errand": 0.75, "telephone call": 0.25},
    "family": {"listening to family": 0.60, "telephone call": 0.20, "personal care": 0.20},
}
NOTES = {
    "personal care": [
        "Nobody else was coming, so I did the wash.",
        "Helped with breakfast. Not in the plan.",
        "The morning call did not happen again.",
    ],
    "chasing a referral": [
        "Third call. Still with the duty desk.",
        "Sent back: wrong form.",
        "Told it had been closed.",
    ],
    "equipment order": [
        "Grab rail. The list for an assessment is long, so I ordered it.",
        "Commode, because waiting was not safe.",
    ],
    "referral": ["I would like to know what happens after I send it.", "Put two names on it this time."],
    "medicines errand": ["Picked up the box on the way. No delivery today."],
    "listening to family": [
        "Daughter worn out. Forty minutes at the door.",
        "He wanted somebody to tell how bad the nights are.",
    ],
    "nursing visit": ["Would be home alone all day otherwise.", "Dressing done, but that was not the problem."],
}


def spread(count: int, sd: float, rng: np.random.Generator) -> np.ndarray:
    """`count` normal scores in random order, with mean 0 and exactly this standard deviation."""
    from scipy.stats import norm

    scores = norm.ppf((np.arange(1, count + 1) - 0.5) / count)
    return rng.permutation(scores / scores.std(ddof=1) * sd)


def part(total: int, typical: int, rng: np.random.Generator) -> list[int]:
    """`total` minutes parted into activities of about `typical` minutes, each a multiple of 5."""
    units = total // 5
    if units < 1:
        return []
    count = int(np.clip(rng.poisson(total / typical), max(1, -(-units // 26)), units))
    extra = rng.multinomial(units - count, rng.dirichlet(np.full(count, 6.0)))
    return [5 * int(unit + 1) for unit in extra]


def draw(pulls: dict, rng: np.random.Generator) -> str:
    """One of the keys, in proportion to the pulls."""
    weight = np.array(list(pulls.values()))
    return list(pulls)[rng.choice(len(weight), p=weight / weight.sum())]


def diary_days(given: dict, rng: np.random.Generator) -> pd.DataFrame:
    """Nurse, team, week, date and the share of that day that goes to others' work."""
    nurses, weeks, days = given["nurses"], given["weeks"], given["diary days a nurse a week"]
    icc = given["share of minutes on others' work: intraclass correlation by nurse"]
    sd = given["share of minutes on others' work: standard deviation between diary days"]
    # The analysis of variance takes the days' part off the spread of nurses' means, so put it on first.
    between = sd * np.sqrt(icc + (1 - icc) / (weeks * days))
    usual = given["share of minutes on others' work: mean"] + spread(nurses, between, rng)
    rows = []
    for i in range(nurses):
        around = spread(weeks * days, sd * np.sqrt(1 - icc), rng)
        for week in range(1, weeks + 1):
            weekdays = np.sort(rng.choice(5, days, replace=False))
            for j, weekday in enumerate(weekdays):
                date = pd.Timestamp(FIRST_MONDAY) + pd.Timedelta(days=int(7 * (week - 1) + weekday))
                share = usual[i] + around[(week - 1) * days + j]
                rows.append((f"N{i + 1:02d}", TEAMS[i % 2], week, date.strftime("%Y-%m-%d"), share, usual[i]))
    table = pd.DataFrame(rows, columns=["nurse", "team", "week", "date", "share", "usual"])
    away = [pair in AWAY for pair in zip(table["nurse"], table["week"], strict=True)]
    return table[~np.array(away)].reset_index(drop=True)


def lines(days: pd.DataFrame, given: dict, rng: np.random.Generator) -> pd.DataFrame:
    """What was done on each day."""
    mean, sd = (given[f"minutes in a diary day: {word}"] for word in ["mean", "standard deviation"])
    parts = given["others' work: shares of minutes by whom it is for"]
    rows = []
    for day in days.itertuples():
        total = 5 * round(rng.normal(mean, sd) / 5)
        others = 5 * round(float(np.clip(day.share, 0, 0.7)) * total / 5)
        # Own work comes in longer stretches than what others leave undone.
        done = [("own work", draw(OWN, rng), minutes) for minutes in part(total - others, 50, rng)]
        for minutes in part(others, 27, rng):
            whom = draw(parts, rng)
            done.append((whom, draw(OTHERS[whom], rng), minutes))
        for k in rng.permutation(len(done)):
            rows.append((day.nurse, day.team, day.week, day.date, day.usual, *done[k]))
    columns = ["nurse", "team", "week", "date", "usual", "for_whom", "activity", "minutes"]
    return pd.DataFrame(rows, columns=columns)


def generate() -> tuple[dict[str, pd.DataFrame], dict]:
    """The two tables as they stand in the files, and the sealed key."""
    rng, given = np.random.default_rng([county.SEED, SEED]), making.calibration(HERE)
    table = lines(diary_days(given, rng), given, rng)
    n = len(table)

    table["referral_bounced"] = NO_REFERRAL
    sent = table.index[table["activity"] == "referral"]
    bounced = given["share of referrals that bounced"]
    table.loc[sent, "referral_bounced"] = making.cut(rng.random(len(sent)), {"no": 1 - bounced, "yes": bounced})

    # The more a nurse steps in, the less is written down; nurses also differ in how they write.
    visit = table["activity"].isin(["nursing visit", "personal care"]).to_numpy()
    usual = table["usual"].to_numpy()
    rank = (usual - usual.min()) / (usual.max() - usual.min())
    habit = table["nurse"].map(dict(zip(sorted(set(table["nurse"])), spread(given["nurses"], 0.3, rng), strict=True)))
    share = given["share of nursing visits with an unmet need written down: mean"] * (1.55 - 1.1 * rank + habit)
    seen = visit & (rng.random(n) < share)
    table["unmet_need"] = np.where(visit, "none", NO_VISIT).astype(object)
    table.loc[seen, "unmet_need"] = making.cut(rng.random(seen.sum()), given["unmet needs: shares"])

    table["note"] = ""
    for activity, texts in NOTES.items():
        rows = table.index[table["activity"] == activity]
        table.loc[rng.choice(rows, len(texts), replace=False), "note"] = texts
    table["entry"] = [f"D{number:04d}" for number in range(1, n + 1)]
    table["synthetic"] = "yes"
    columns = ["entry", "nurse", "team", "week", "date", "activity", "minutes", "for_whom"]
    table = table[[*columns, "referral_bounced", "unmet_need", "note", "synthetic"]]

    others = table["minutes"].where(table["for_whom"] != "own work", 0)
    days = (
        table.assign(minutes_for_others=others)
        .groupby(["nurse", "team", "date", "week"], as_index=False)[["minutes", "minutes_for_others"]]
        .sum()
    )
    days["share_for_others"] = (days["minutes_for_others"] / days["minutes"]).round(4)
    days["synthetic"] = "yes"
    stepped_in = (table["activity"] == "personal care") & (table["for_whom"] == "adult social care")
    planted = {
        "intraclass_correlation_designed": given["share of minutes on others' work: intraclass correlation by nurse"],
        "personal_care_in_place_of_social_care": int(stepped_in.sum()),
        "of_which_no_unmet_need_written_down": int((stepped_in & (table["unmet_need"] == "none")).sum()),
    }
    return {"district_nurse_diary": table, "days": days}, planted


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    made, hidden = generate()
    making.write(folder, "district_nurse_diary", made, hidden)
