"""Makes the file of assessments: what followed from some of the referrals in Larkshire.

How it works. A referral that led to support led to an assessment. Waits follow the quantiles written in
`calibration` in `datapackage.json`; whoever had not been assessed by the last day is still waiting, and
the length of that wait is not known.

Wellbeing is measured twice, and nothing changes it: both totals are the same steady part of the person
plus a fresh error. So people who score low the first time score higher the second time, whatever is
done. Extra support went to some of those who scored low, drawn by lot until the two groups of low
scorers changed by nearly the same amount. It has no effect; its groups only look as if it had.

Run `python generate.py` to write beside this file, `python generate.py FOLDER` to write elsewhere.
The same bytes come out every time. The referrals must stand in `../referrals`.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
import county  # noqa: E402
import making  # noqa: E402

SEED = 18
END = pd.Timestamp(county.END)
SUPPORTED = [
    "ongoing low-level support",
    "other short-term support",
    "short-term support to maximise independence",
    "long-term support",
    "end of life support",
]


def waits(standing: np.ndarray, quantiles: dict) -> np.ndarray:
    """Whole days by rank of `standing`, between the given quantiles straight on a logarithmic scale."""
    rank = (np.argsort(np.argsort(standing, kind="stable"), kind="stable") + 0.5) / len(standing)
    at = np.array([float(share) for share in quantiles])
    return np.rint(np.expm1(np.interp(rank, at, np.log1p(list(quantiles.values()))))).astype(int)


def referred() -> pd.DataFrame:
    """One referral for each person who was to be assessed: the first that led to support."""
    table = pd.read_csv(HERE.parent / "referrals" / "referrals.csv", dtype=str, keep_default_na=False)
    table = table[table["outcome"].isin(SUPPORTED) & (table["bounced"] == "no")]
    table = table.drop_duplicates("person").reset_index(drop=True)
    people = county.people().set_index("council_id").loc[table["person"]].reset_index()
    return table.assign(carer=people["carer"], standing=people["standing"])


def wellbeing(rng: np.random.Generator, table: pd.DataFrame, given: dict) -> pd.DataFrame:
    """The table with both totals and with extra support."""
    n, scale = len(table), given["wellbeing: mean and spread"]
    reliability = given["wellbeing: reliability"]
    steady = (table["standing"] - table["standing"].mean()) / table["standing"].std(ddof=1)
    for name in ["wellbeing_before", "wellbeing_after"]:
        mixed = np.sqrt(reliability) * steady + np.sqrt(1 - reliability) * rng.standard_normal(n)
        total = np.clip(np.rint(scale["mean"] + scale["sd"] * mixed), *given["wellbeing: lowest and highest"])
        table[name] = total.astype(int)
    seen = (table["status"] == "assessed").to_numpy()
    before = seen & (rng.random(n) >= given["wellbeing before: share left blank"])
    after = before & (rng.random(n) >= given["wellbeing after: share lost to follow-up"])
    low = np.flatnonzero(
        before & (table["wellbeing_before"] <= given["extra support: total up to which it is offered"])
    )
    change = (table["wellbeing_after"] - table["wellbeing_before"]).to_numpy()
    while True:
        chosen = rng.permutation(low)[: round(given["extra support: share of those low"] * len(low))]
        group = np.zeros(n, dtype=bool)
        group[chosen] = True
        others = np.isin(np.arange(n), low) & ~group
        gap = change[group & after].mean() - change[others & after].mean()
        alike = table["wellbeing_before"][group & after].mean() - table["wellbeing_before"][others & after].mean()
        if abs(gap) < 0.15 and abs(alike) < 0.1:
            break
    table["extra_support"] = np.where(group, "yes", "no")
    table["wellbeing_before"] = table["wellbeing_before"].astype("Int64").mask(~before)
    table["wellbeing_after"] = table["wellbeing_after"].astype("Int64").mask(~after)
    return table


def generate() -> tuple[dict[str, pd.DataFrame], dict]:
    """The table as it stands in the file, and what is true of it."""
    given, rng = making.calibration(HERE), np.random.default_rng(SEED)
    table = referred()
    n = len(table)
    therapy = table["team"].str.endswith("therapy").to_numpy()
    hospital = table["team"].str.endswith("social work").to_numpy()
    table["profession"] = ""
    for rows, kind in [(therapy, "therapy"), (hospital, "hospital"), (~therapy & ~hospital, "adult care")]:
        shares = given["profession: shares by kind of team"][kind]
        table.loc[rows, "profession"] = rng.permutation(making.cut(np.arange(rows.sum()), shares))
    table["agency"] = np.where(therapy | (table["profession"] == "community nurse"), "NHS", "council")

    # Hospitals do not wait; therapy has a list. Teams differ a little (chosen by the course).
    ease = {team: rng.normal(0, 0.25) for team in sorted(set(table["team"]))}
    standing = rng.standard_normal(n) + table["team"].map(ease) - 1.1 * hospital + 0.5 * therapy
    standing -= table["priority"].map({"routine": 0.0, "soon": 0.4, "urgent": 1.1})
    table["days_waited"] = waits(standing.to_numpy(), given["days waited: quantiles"])
    table["requested"] = pd.to_datetime(table["decided"])
    table["assessed"] = table["requested"] + pd.to_timedelta(table["days_waited"], unit="D")
    table["status"] = "assessed"
    left = table["days_waited"] > given["left the list: waits longer than, days"]
    gone = rng.permutation(making.cut(np.arange(left.sum()), given["left the list: shares of those long waits"]))
    table.loc[left, "status"] = gone
    table.loc[table["assessed"] > END, "status"] = "still waiting"
    table["days_waited"] = table["days_waited"].astype("Int64").mask(table["status"] != "assessed")
    table["assessed"] = table["assessed"].mask(table["status"] != "assessed")

    table = wellbeing(rng, table, given)
    cared_for = (table["carer"] == "yes").to_numpy()
    table["carer_assessed"] = "no carer"
    answers = rng.permutation(making.cut(np.arange(cared_for.sum()), given["carer assessed: shares"]))
    table.loc[cared_for, "carer_assessed"] = answers
    table.loc[table["status"] != "assessed", "carer_assessed"] = ""
    table = table.sort_values(["requested", "referral_id"], ignore_index=True)
    table.insert(0, "assessment_id", [f"A{number:05d}" for number in range(1, n + 1)])
    columns = [
        *["assessment_id", "referral_id", "person", "agency", "profession", "team", "requested", "status"],
        *["assessed", "days_waited", "wellbeing_before", "wellbeing_after", "extra_support", "carer_assessed"],
    ]
    planted = {
        "effect of extra support": 0,
        "reliability of wellbeing": given["wellbeing: reliability"],
        "why low scorers rise": "Regression to the mean: the error of the first score is not there the second time.",
    }
    return {"assessments": table[columns].assign(synthetic="yes")}, planted


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    making.write(folder, "assessments", *generate())
