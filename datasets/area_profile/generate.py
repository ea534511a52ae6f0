"""Makes the files of area_profile: the 60 wards of Larkshire and their people of 65 and over.

How it works. Wards come from `county.py`. Each ward's people of 65 and over are split into age bands;
home-care users are drawn from a rate for each band, which rises steeply with age. So an old ward has
many users without anything unusual about it. Two wards differ from what their ages predict: one has
more users, one fewer. All other differences from the expected count are chance.

Run `python generate.py` to write beside this file, `python generate.py FOLDER` to write elsewhere.
The same bytes come out every time.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
import county  # noqa: E402
import making  # noqa: E402

SEED = 82
BANDS = ["65-74", "75-84", "85+"]


def spread(standing: np.ndarray, mean: float, sd: float) -> np.ndarray:
    """The standings as shares with the given mean and standard deviation, to a tenth of a per cent."""
    return np.round(mean + sd * (standing - standing.mean()) / standing.std(ddof=1), 1)


def generate() -> tuple[dict[str, pd.DataFrame], dict]:
    """Both tables as they stand in the files, and the wards that truly differ."""
    given, rng = making.calibration(HERE), np.random.default_rng(SEED)
    wards = county.wards()
    n = len(wards)
    older = wards["people_65_plus"].to_numpy()
    wards["share_65_plus"] = (100 * older / wards["population"]).round(1)
    rank = wards["deprivation_score"].rank(method="first", ascending=False).to_numpy()
    wards["deprivation_decile"] = np.ceil(rank / (n / 10)).astype(int)
    poor = np.log(wards["deprivation_score"]).to_numpy()
    poor = (poor - poor.mean()) / poor.std(ddof=1)
    for name, pull in given["pull of deprivation on each share"].items():
        standing = pull * poor + np.sqrt(1 - pull**2) * rng.standard_normal(n)
        wards[name] = spread(standing, **given[f"{name}: mean and spread, per cent"])

    # Wards with many older people also have older older people.
    old = (wards["share_65_plus"] - wards["share_65_plus"].mean()) / wards["share_65_plus"].std(ddof=1)
    tilt = 0.22 * old.to_numpy() + 0.16 * rng.standard_normal(n)
    parts = np.array([given["age bands: shares of people 65 and over"][band] for band in BANDS])
    weights = parts * np.exp(np.outer(tilt, [-0.6, 0.3, 1.0]))
    exact = older[:, None] * weights / weights.sum(axis=1, keepdims=True)
    people = np.rint(exact).astype(int)
    people[:, 0] = older - people[:, 1:].sum(axis=1)

    rates = np.array([given["home care: users for each 1,000 people"][band] for band in BANDS]) / 1000
    true = wards["ward"].map(given["home care: wards that differ, ratio to expected"]).fillna(1.0).to_numpy()
    users = rng.poisson(people * rates * true[:, None])
    wards["home_care_users"] = users.sum(axis=1)

    bands = pd.DataFrame(
        {
            "ward": np.repeat(wards["ward"].to_numpy(), len(BANDS)),
            "age_band": BANDS * n,
            "people": people.ravel(),
            "home_care_users": users.ravel(),
            "synthetic": "yes",
        }
    )
    columns = [
        *["ward", "ward_name", "locality", "setting", "population", "people_65_plus", "share_65_plus"],
        *["deprivation_score", "deprivation_decile", "living_alone_65_plus", "unpaid_carers", "disability"],
        "home_care_users",
    ]
    planted = {
        "wards that truly differ": given["home care: wards that differ, ratio to expected"],
        "rates for each 1,000": given["home care: users for each 1,000 people"],
    }
    return {"area_profile": wards[columns].assign(synthetic="yes"), "age_bands": bands}, planted


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    making.write(folder, "area_profile", *generate())
