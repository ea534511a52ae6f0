"""Makes the file of network_pilot: an invented pilot of a way of working that widens people's networks.

How it works. Everybody is measured at the start and nine months later; there is nobody to compare with.
People were referred at a low time, the likelier the lower they stood that day, so a part of what they
gain is a return to their usual level. Fidelity belongs to agencies and was observed, not assigned: where
it was high, people differed from the start. Scores on the second occasion follow the first along a line,
with something of the agency's own; that remainder is set free of start and fidelity and stretched, so the
published effect sizes come out of this one draw, whatever it was.

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

SEED = 83
NOT_SEEN = "not seen again"
# Kind of agency, whether fidelity was high, and how many people it brought in; chosen by the course.
AGENCIES = [
    *[("voluntary organisation", True, size) for size in (15, 13, 12, 10, 9)],
    *[("council", True, size) for size in (10, 8)],
    ("NHS trust", True, 8),
    ("voluntary organisation", False, 9),
    *[("council", False, size) for size in (12, 10, 9)],
    *[("NHS trust", False, size) for size in (12, 10, 8)],
]
# Lowest and highest total of each score.
RANGE = {"wellbeing": (14, 70), "access": (0, 27), "inclusion": (0, 30)}


def exactly(values, mean: float, sd: float) -> np.ndarray:
    """The same values moved and stretched to this mean and standard deviation."""
    values = np.asarray(values, dtype=float)
    return mean + sd * (values - values.mean()) / values.std(ddof=1)


def remainder(values: np.ndarray, on: list[np.ndarray]) -> np.ndarray:
    """What a straight line on the given columns leaves of the values."""
    columns = np.column_stack([np.ones(len(values)), *on])
    return values - columns @ np.linalg.lstsq(columns, values, rcond=None)[0]


def costs(standing: np.ndarray, mean: float, sd: float) -> np.ndarray:
    """Skewed costs with this mean and about this spread: gamma quantiles in the order of `standing`."""
    from scipy.stats import gamma

    shape = (mean / sd) ** 2
    rank = np.argsort(np.argsort(standing))
    drawn = gamma.ppf((rank + 0.5) / len(standing), shape)
    return drawn / drawn.mean() * mean


def people(given: dict, rng: np.random.Generator) -> pd.DataFrame:
    """Who took part, and how they stood at the start."""
    kinds, fidelity, sizes = (list(part) for part in zip(*AGENCIES, strict=True))
    number = np.repeat(rng.permutation(len(AGENCIES)) + 1, sizes)
    table = pd.DataFrame({"number": number, "agency_kind": np.repeat(kinds, sizes), "high": np.repeat(fidelity, sizes)})
    high, n = table["high"].to_numpy(), len(table)
    table["age_band"] = making.cut(rng.permutation(n), {"18-39": 0.45, "40 and over": 0.55})
    table["need"] = ""
    for group, share in [(high, "high"), (~high, "low")]:
        parts = given[f"need: shares where fidelity was {share}"]
        table.loc[group, "need"] = making.cut(rng.permutation(group.sum()), parts)
    shared = rng.standard_normal(n)
    for name in RANGE:
        # Where fidelity was high, people stood a little better from the start.
        standing = 0.5 * shared + 0.87 * rng.standard_normal(n) + given["start: high fidelity, difference"] * high
        mean, sd = given[f"{name}: start, mean"], given[f"{name}: start, standard deviation"]
        table[f"{name}_before"] = np.clip(np.rint(exactly(standing, mean, sd)), *RANGE[name])
    table["cost_standing"] = rng.standard_normal(n) - 0.3 * shared
    for group, share in [(high, "high"), (~high, "low")]:
        mean, sd = given[f"cost: start, mean where fidelity was {share}"], given["cost: standard deviation"]
        table.loc[group, "cost_before"] = costs(table.loc[group, "cost_standing"].to_numpy(), mean, sd)
    return table


def follow_up(table: pd.DataFrame, given: dict, rng: np.random.Generator) -> dict:
    """Add the second occasion to the table; return what was planted in it."""
    n, high = len(table), table["high"].to_numpy()
    low_standing = (given["wellbeing: start, mean"] - table["wellbeing_before"]) / 10
    leaves = rng.logistic(size=n) + 0.5 * low_standing - 0.6 * high
    seen = np.ones(n, dtype=bool)
    seen[np.argsort(-leaves.to_numpy())[: round(given["share not seen again"] * n)]] = False
    table["seen"] = seen
    # The two longer questionnaires were not filled in by everybody who was seen.
    full = seen.copy()
    rows = np.flatnonzero(seen)
    blank = round(given["share of those seen who left access and inclusion blank"] * len(rows))
    full[rng.permutation(rows)[:blank]] = False

    def chance(among: np.ndarray) -> np.ndarray:
        """What people of one agency share, and what is each person's own."""
        alike, part = given["share of variance between agencies, beside fidelity"], table[among]
        own = pd.Series(rng.standard_normal(among.sum()), index=part.index)
        own = exactly(own - own.groupby(part["number"]).transform("mean"), 0, 1)
        # Means of agencies scatter by what they share and by chance; neither is left to this draw.
        number, people = part["number"].to_numpy(), len(part)
        mean = rng.standard_normal(len(AGENCIES) + 1)[number]
        for group in [part["high"], ~part["high"]]:
            mean[group] -= mean[group].mean()
        wanted = people * alike + (len(AGENCIES) - 1) * (1 - alike)
        return np.sqrt(wanted / (mean @ mean)) * mean + np.sqrt(1 - alike) * own

    key = {"people_not_seen_again": int((~seen).sum())}
    slope = given["correlation of the two occasions"]
    before, is_high = table.loc[seen, "wellbeing_before"].to_numpy(), high[seen].astype(float)
    # Wellbeing rose alike in both groups: the remainder knows nothing of fidelity.
    rest = remainder(chance(seen), [before, is_high])
    residual = given["wellbeing: start, standard deviation"] * np.sqrt(1 - slope**2)
    gain, usual = given["wellbeing: mean change"], given["wellbeing: usual level of people like these"]
    after = before.mean() + gain + slope * (before - before.mean()) + exactly(rest, 0, residual)
    table.loc[seen, "wellbeing_after"] = np.clip(np.rint(after), *RANGE["wellbeing"])
    back = (1 - slope) * (usual - before.mean())
    key["wellbeing: change that is a return to the usual level"] = round(float(back), 2)
    key["wellbeing: change that is not"] = round(float(gain - back), 2)

    for name in ["access", "inclusion"]:
        before, is_high = table.loc[full, f"{name}_before"].to_numpy(), high[full].astype(float)
        effect = given[f"{name}: fidelity, in standard deviations"] * given[f"{name}: start, standard deviation"]
        rest = remainder(chance(full), [before, is_high])
        # Partial eta squared is the effect's part of what effect and remainder make together (Cohen 1973).
        eta = given[f"{name}: fidelity, partial eta squared"]
        freed = remainder(is_high, [before])
        residual_squares = (effect * freed) @ (effect * freed) * (1 - eta) / eta
        rest = rest * np.sqrt(residual_squares / (rest @ rest))
        middle = before.mean() + given[f"{name}: mean change"] - effect * is_high.mean()
        after = middle + slope * (before - before.mean()) + effect * is_high + rest
        table.loc[full, f"{name}_after"] = np.clip(np.rint(after), *RANGE[name])

    for group, share in [(high, "high"), (~high, "low")]:
        stays = 0.5 * table["cost_standing"] + 0.85 * rng.standard_normal(n)
        mean = given["cost: nine months, mean where fidelity was low"]
        mean += given["cost: difference at nine months, high less low"] * (share == "high")
        drawn = costs(stays[group & seen].to_numpy(), mean, given["cost: standard deviation"])
        table.loc[group & seen, "cost_after"] = drawn
    return key


def generate() -> tuple[dict[str, pd.DataFrame], dict]:
    """The table as it stands in the file, and the sealed key."""
    rng, given = np.random.default_rng([county.SEED, SEED]), making.calibration(HERE)
    table = people(given, rng)
    key = follow_up(table, given, rng)
    table["agency"] = [f"N{number:02d}" for number in table["number"]]
    table["fidelity"] = np.where(table["high"], "high", "low")
    table["seen_again"] = np.where(table["seen"], "yes", "no")
    for name in [*RANGE, "cost"]:
        for occasion in ["before", "after"]:
            column = table[f"{name}_{occasion}"]
            words = np.where(table["seen"] | (occasion == "before"), "", NOT_SEEN)
            table[f"{name}_{occasion}"] = [word if value != value else f"{value:.0f}"
                                           for value, word in zip(column, words, strict=True)]
    table = table.iloc[rng.permutation(len(table))].reset_index(drop=True)
    table["person"] = [f"P{row:03d}" for row in range(1, len(table) + 1)]
    table["synthetic"] = "yes"
    columns = ["person", "agency", "agency_kind", "fidelity", "need", "age_band", "seen_again"]
    columns += [f"{name}_{occasion}" for name in [*RANGE, "cost"] for occasion in ["before", "after"]]
    return {"network_pilot": table[[*columns, "synthetic"]]}, key


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    made, hidden = generate()
    making.write(folder, "network_pilot", made, hidden)
