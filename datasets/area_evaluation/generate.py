"""Makes the file of area_evaluation: an invented evaluation of a programme for young families in 200 areas.

How it works. Families live in areas; each area has a deprivation fifth and a standing of its own, so
families of one area are a little alike. A family's two scores lean on mother's age, lone parenthood,
work, deprivation and area, and on chance. What the programme adds differs between kinds of families. All
that is not the programme's doing is then centred in each arm and kind of family: the differences between
the arms are the designed ones and not the luck of one draw, while their uncertainty stays what it would be.

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

SEED = 91
KINDS = ["teenage", "lone_parent", "workless"]
SCORES = ["parenting_score", "child_score"]


def families(given: dict, rng: np.random.Generator) -> pd.DataFrame:
    """One row a family: as many in each arm and at each age as in the published study."""
    fifths = {"programme": np.repeat(np.arange(1, 6), 30), "comparison": np.repeat(np.arange(1, 6), 10)}
    parts, first = [], 0
    for arm, deprivation in fifths.items():
        areas = first + np.arange(len(deprivation))
        deprivation, first = rng.permutation(deprivation), first + len(deprivation)
        weight = rng.gamma(12, size=len(areas))  # areas differ in how many families were found
        for age in [9, 36]:
            count = given[f"families in {arm} areas, child {age} months"]
            # Ten families in every area, so that each has something to say; the rest by size.
            extra = rng.multinomial(count - 10 * len(areas), weight / weight.sum())
            place = np.repeat(np.arange(len(areas)), extra + 10)
            parts.append(pd.DataFrame({
                "area": areas[place], "programme": arm == "programme", "area_deprivation": deprivation[place],
                "child_age_months": age,
            }))
    table = pd.concat(parts, ignore_index=True)
    # The kinds of families overlap: three standings that hang together and rise with deprivation.
    hard = 0.15 * (table["area_deprivation"].to_numpy() - 3) + 0.7 * rng.standard_normal(len(table))
    for kind in KINDS:
        standing = hard + rng.standard_normal(len(table))
        table[kind] = False
        for _, rows in table.groupby(["programme", "child_age_months"]).groups.items():
            share = given[f"{kind}: share of families"]
            table.loc[rows, kind] = making.cut(standing[rows], {False: 1 - share, True: share}).astype(bool)
    return table


def conditional(table: pd.DataFrame, crude: list[float]) -> np.ndarray:
    """What the programme adds for each kind, all else alike, from what one kind against the others shows.

    Kinds overlap, so the difference that teenage mothers show holds a part of what lone parents show.
    """
    ours = table.loc[table["programme"], KINDS].astype(float)
    overlap = [[ours.loc[ours[one] == 1, other].mean() - ours.loc[ours[one] == 0, other].mean() for other in KINDS]
               for one in KINDS]
    return np.linalg.solve(np.array(overlap), np.array(crude))


def generate() -> tuple[dict[str, pd.DataFrame], dict]:
    """The table as it stands in the file, and the sealed key."""
    rng, given = np.random.default_rng([county.SEED, SEED]), making.calibration(HERE)
    table = families(given, rng)
    n = len(table)
    kinds = table[KINDS].to_numpy(float)
    # Children who could not be seen: more of them where life is hard.
    unseen = rng.logistic(size=n) + kinds @ [0.4, 0.3, 0.3]
    seen = np.ones(n, dtype=bool)
    seen[np.argsort(-unseen)[: round(given["share of children not seen"] * n)]] = False
    present = {"parenting_score": np.ones(n, dtype=bool), "child_score": seen}

    areas, cells = table["area"].to_numpy(), table.groupby(["programme", "child_age_months", *KINDS]).ngroup()
    shared = rng.standard_normal(n)
    adds = {}
    for score in SCORES:
        among = present[score]
        lean = [given[f"{score}: {kind}, difference in standard deviations"] for kind in KINDS]
        slope = given[f"{score}: each fifth of deprivation"]
        own = rng.standard_normal(areas.max() + 1)
        own = (own - own.mean()) / own.std() * np.sqrt(given[f"{score}: variance between areas of one fifth"])
        known = kinds @ lean + slope * (table["area_deprivation"].to_numpy() - 3) + own[areas]
        alike = given["correlation of the two scores beside what they share"]
        chance = np.sqrt(alike) * shared + np.sqrt(1 - alike) * rng.standard_normal(n)
        rest = known + np.sqrt(1 - known.var()) * chance
        rest = pd.Series(rest).where(among)
        # Arms are made alike within each kind of family; the kinds keep their leaning.
        rest = rest - rest.groupby(cells).transform("mean") + kinds @ lean
        effect = conditional(table[among], [given[f"{score}: programme and {kind}, interaction"] for kind in KINDS])
        ours = kinds[among & table["programme"]]
        base = given[f"{score}: programme, difference over all families"] - ours.mean(axis=0) @ effect
        added = (base + kinds @ effect) * table["programme"].to_numpy()
        adds[score] = {"nobody of the three": base, **dict(zip(KINDS, effect, strict=True))}
        table[score] = np.clip(np.rint(50 + 10 * (rest + added - np.dot(kinds.mean(axis=0), lean))), 0, 100)

    table["mother_age_group"] = np.where(table["teenage"], "teenage", "20 or over")
    for name in ["programme", "lone_parent", "workless"]:
        table[name] = np.where(table[name], "yes", "no")
    # Numbers of areas and families say nothing about the arm.
    number = rng.permutation(areas.max() + 1) + 1
    table["area"] = [f"A{number[area]:03d}" for area in areas]
    table = table.iloc[rng.permutation(n)].sort_values("area", kind="stable").reset_index(drop=True)
    table["family"] = [f"F{row:05d}" for row in range(1, n + 1)]
    table["parenting_score"] = table["parenting_score"].astype(int).astype(str)
    table["child_score"] = [f"{score:.0f}" if score == score else "not seen" for score in table["child_score"]]
    table["synthetic"] = "yes"
    columns = ["family", "area", "programme", "area_deprivation", "child_age_months", "mother_age_group"]
    columns += ["lone_parent", "workless", *SCORES, "synthetic"]
    planted = {
        "what the programme adds, in standard deviations, all else alike": {
            score: {kind: round(value, 3) for kind, value in parts.items()} for score, parts in adds.items()},
        "children_not_seen": int((~seen).sum()),
    }
    return {"area_evaluation": table[columns]}, planted


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    made, hidden = generate()
    making.write(folder, "area_evaluation", made, hidden)
