"""Larkshire: the invented county that the datasets on referrals, care and surveys come from.

No such county, ward, hospital, trust or person exists. Everything is drawn with a fixed seed, so that
each package's `generate.py` meets the same people in the same wards, and the same bytes come out
every time. Packages draw their own events with seeds of their own; what they share is only here:
the places, the teams, the hospitals, the two years and the people.

Shares and spreads are constants at the top, each with its source; the sources stand in full under
`calibration` in the packages' descriptors (area_profile for wards, referrals for people).
"""

from functools import cache

import numpy as np
import pandas as pd

SEED = 1948
COUNTY = "Larkshire"
COUNCIL, TRUST = "Larkshire County Council", "Larkshire Community NHS Trust"
START, END = "2024-04-01", "2026-03-31"
CENSUS = "2025-04-01"  # the day on which ages are counted, the middle of the two years
LOCALITIES = ["Northmoor", "Eastfold", "Marrow Vale", "Southdene", "Westering", "Castle Hill"]
HOSPITALS = ["Castle Hill Infirmary", "Northmoor General"]
# Hospital that people of each locality are mostly admitted to.
NEAREST = {
    "Northmoor": "Northmoor General",
    "Eastfold": "Northmoor General",
    "Marrow Vale": "Northmoor General",
    "Southdene": "Castle Hill Infirmary",
    "Westering": "Castle Hill Infirmary",
    "Castle Hill": "Castle Hill Infirmary",
}

# Ten wards for each locality, in the order of LOCALITIES: W01 to W10 are Northmoor, and so on.
WARD_NAMES = [
    *["Hethermoor", "Grindlewick", "Curlew Rigg", "Fellspar", "Nether Larkby"],
    *["Over Larkby", "Sleetholm", "Cairnthwick", "Peatlow", "Moorgate Spar"],
    *["Eastfold Quay", "Saltrow", "Ternacre", "Reedmarish", "Gullhope"],
    *["Lanternwick", "Samphire Row", "Dunnockby", "Eelstrand", "Fold Chapel"],
    *["Marrowby", "Quincewell", "Orchard Marrow", "Damsonford", "Beehollow"],
    *["Medlar Green", "Honeythwaite", "Applestaithe", "Larkmeadow", "Marrow St Osk"],
    *["Southdene Park", "Kilnacre", "Potterswick", "Claybeck Row", "Brickendene"],
    *["Tanners Lark", "Fullerdene", "Weaverholm", "Loomgate", "Dyers Strand"],
    *["Westering Cross", "Harrowlark", "Plovercombe", "Barleywick", "Oatlinch"],
    *["Sickle End", "Gleanholt", "Stookfield Lark", "Winnowdale", "Tithe Westering"],
    *["Castle Bailey", "Keepgate", "Portcullis Row", "Drawbrigg", "Barbican Lark"],
    *["Moatfield", "Armourers", "Garrison Spar", "Postern", "Castle Larkside"],
]
# setting, and the locality's lean on deprivation and on age in standard deviations. Chosen by the
# course: neighbouring wards are alike, as deprivation clusters locally in real counties.
CHARACTER = {
    "Northmoor": ("rural", -0.2, 0.9),
    "Eastfold": ("town", 0.5, 0.4),
    "Marrow Vale": ("rural", -0.9, 0.6),
    "Southdene": ("urban", 0.3, -0.6),
    "Westering": ("town", -0.7, 0.1),
    "Castle Hill": ("urban", 1.0, -1.4),
}

# Area figures (course notes on figures, section 11).
SHARE_65 = {"mean": 18.5, "sd": 6.0, "low": 4.0, "high": 45.0}
DEPRIVATION = {"mean": 21.7, "sd": 15.0}
AGE_BANDS = ["18-64", "65-74", "75-84", "85+"]
# People known to services, by age band: 68 % are 65 or over (section 3); 26.8 % are 85 or over (section 2).
PEOPLE = 6000
AGE_SHARES = {"18-64": 0.320, "65-74": 0.150, "75-84": 0.262, "85+": 0.268}
# Among those with a known answer in the home-care file of section 11: 60.2 to 29.4, and 41.4 to 22.6.
FEMALE_65, FEMALE_UNDER_65 = 0.672, 0.52
LIVING_ALONE_65, LIVING_ALONE_UNDER_65 = 0.647, 0.35
UNPAID_CARER = 0.423  # regular practical help from family or friends (section 2)
ETHNICITY = {  # chosen by the course
    "White British": 0.865,
    "White other": 0.035,
    "Asian or Asian British": 0.045,
    "Black or Black British": 0.025,
    "Mixed": 0.015,
    "Other": 0.015,
}
HIGH_FRAILTY = {"18-64": 0.12, "65-74": 0.28, "75-84": 0.46, "85+": 0.66}  # chosen by the course
SUPPORT_REASONS = {  # main reason for support, younger and older; chosen by the course
    "physical": (0.36, 0.62),
    "memory": (0.02, 0.20),
    "mental health": (0.32, 0.08),
    "learning disability": (0.24, 0.02),
    "sensory": (0.06, 0.08),
}


def _shares_of(rng: np.random.Generator, n: int, shares: dict) -> np.ndarray:
    """`n` answers in exactly the given shares (to within one), in random order."""
    bounds = np.rint(np.cumsum(list(shares.values())) / sum(shares.values()) * n).astype(int)
    answers = np.repeat(np.array(list(shares), dtype=object), np.diff(bounds, prepend=0))
    return rng.permutation(answers)


def _to(values: np.ndarray, mean: float, sd: float) -> np.ndarray:
    """The same values moved to a given mean and standard deviation."""
    return mean + sd * (values - values.mean()) / values.std(ddof=1)


@cache
def _wards() -> pd.DataFrame:
    rng = np.random.default_rng([SEED, 1])
    table = pd.DataFrame({"ward": [f"W{i:02d}" for i in range(1, 61)], "ward_name": WARD_NAMES})
    table["locality"] = np.repeat(LOCALITIES, 10)
    table["setting"] = [CHARACTER[locality][0] for locality in table["locality"]]
    poor = np.array([CHARACTER[locality][1] for locality in table["locality"]])
    old = np.array([CHARACTER[locality][2] for locality in table["locality"]])
    size = {"urban": 9500, "town": 7200, "rural": 5200}
    table["population"] = (
        np.rint(table["setting"].map(size).to_numpy() * np.exp(0.15 * rng.standard_normal(60)) / 10) * 10
    ).astype(int)
    # A skewed score: the exponential of a normal standing, moved to the mean and spread of the source.
    deprivation = _to(np.exp(0.6 * (poor + 0.75 * rng.standard_normal(60))), **DEPRIVATION)
    table["deprivation_score"] = np.round(np.clip(deprivation, 1.5, None), 1)
    share = _to(old + 0.55 * rng.standard_normal(60), SHARE_65["mean"], SHARE_65["sd"])
    share = np.round(np.clip(share, SHARE_65["low"], SHARE_65["high"]), 1)
    table["people_65_plus"] = np.rint(table["population"] * share / 100).astype(int)
    return table


def wards() -> pd.DataFrame:
    """The 60 wards.

    Returns
    -------
    pandas.DataFrame
        One row for each ward: `ward` (W01 to W60), `ward_name`, `locality`, `setting` (urban, town,
        rural), `population` (people), `deprivation_score` (higher is more deprived), `people_65_plus`.
    """
    return _wards().copy()


def teams() -> pd.DataFrame:
    """The teams.

    Returns
    -------
    pandas.DataFrame
        One row for each team: `team`, `agency` (council or NHS), `kind` (adult care, hospital social
        work, nursing, therapy, reablement), `locality` (of a hospital team: where the hospital stands).
    """
    rows = []
    for place in LOCALITIES:
        rows += [
            (f"{place} adult care", "council", "adult care", place),
            (f"{place} nursing 1", "NHS", "nursing", place),
            (f"{place} nursing 2", "NHS", "nursing", place),
            (f"{place} therapy", "NHS", "therapy", place),
            (f"{place} reablement 1", "council", "reablement", place),
            (f"{place} reablement 2", "council", "reablement", place),
        ]
    for hospital, place in zip(HOSPITALS, ["Castle Hill", "Northmoor"], strict=True):
        rows.append((f"{hospital} social work", "council", "hospital social work", place))
    return pd.DataFrame(rows, columns=["team", "agency", "kind", "locality"])


@cache
def _people() -> pd.DataFrame:
    rng, place = np.random.default_rng([SEED, 2]), _wards()
    n = PEOPLE
    table = pd.DataFrame({"person": np.arange(1, n + 1)})
    table["council_id"] = [f"LC-{i:06d}" for i in 137 + rng.permutation(9 * n)[:n]]
    table["nhs_id"] = [f"LN-{i:06d}" for i in 204 + rng.permutation(9 * n)[:n]]
    table["age_band"] = _shares_of(rng, n, AGE_SHARES)
    low = table["age_band"].map({"18-64": 18, "65-74": 65, "75-84": 75, "85+": 85}).to_numpy()
    # Working-age people lean to the older end; past 85 each year holds fewer people.
    within = np.where(low == 18, 47 * np.sqrt(rng.random(n)), 10 * rng.random(n))
    within = np.where(low == 85, np.minimum(rng.exponential(4.2, n), 18.9), within)
    table["age"] = low + np.minimum(np.floor(within).astype(int), np.where(low == 18, 46, 18))
    past_birthday = rng.integers(0, 365, n)
    census = pd.Timestamp(CENSUS)
    table["born"] = [
        census - pd.DateOffset(years=int(years)) - pd.Timedelta(days=int(days))
        for years, days in zip(table["age"], past_birthday, strict=True)
    ]
    older = (table["age"] >= 65).to_numpy()
    # Wards send people in proportion to their older residents, and deprived wards somewhat more.
    pull = (place["people_65_plus"] * (0.7 + 0.3 * place["deprivation_score"] / DEPRIVATION["mean"])).to_numpy()
    table["ward"] = rng.choice(place["ward"].to_numpy(), n, p=pull / pull.sum())
    table["locality"] = table["ward"].map(place.set_index("ward")["locality"])

    def of_each(share_older: float, share_younger: float, yes: str, no: str) -> np.ndarray:
        answers = np.empty(n, dtype=object)
        answers[older] = _shares_of(rng, older.sum(), {yes: share_older, no: 1 - share_older})
        answers[~older] = _shares_of(rng, (~older).sum(), {yes: share_younger, no: 1 - share_younger})
        return answers

    table["sex"] = of_each(FEMALE_65, FEMALE_UNDER_65, "female", "male")
    table["ethnicity"] = _shares_of(rng, n, ETHNICITY)
    # Living alone is less common among people with a carer; cut by rank, so that the shares stay exact.
    table["carer"] = _shares_of(rng, n, {"yes": UNPAID_CARER, "no": 1 - UNPAID_CARER})
    table["living_alone"] = "no"
    standing = rng.standard_normal(n) - 0.8 * (table["carer"] == "yes")
    for group, share in [(older, LIVING_ALONE_65), (~older, LIVING_ALONE_UNDER_65)]:
        rows = np.flatnonzero(group)
        alone = rows[np.argsort(-standing[rows], kind="stable")[: round(share * len(rows))]]
        table.loc[alone, "living_alone"] = "yes"
    table["frailty"] = "low"
    for band, share in HIGH_FRAILTY.items():
        rows = np.flatnonzero(table["age_band"] == band)
        table.loc[rng.permutation(rows)[: round(share * len(rows))], "frailty"] = "high"
    table["support_reason"] = ""
    for group, column in [(older, 1), (~older, 0)]:
        shares = {reason: pair[column] for reason, pair in SUPPORT_REASONS.items()}
        table.loc[group, "support_reason"] = _shares_of(rng, group.sum(), shares)
    # A hidden standing that answers on wellbeing and satisfaction can lean on; no file holds it.
    table["standing"] = np.round(
        rng.standard_normal(n) - 0.25 * (table["frailty"] == "high") - 0.15 * (table["living_alone"] == "yes"), 3
    )
    return table


def people() -> pd.DataFrame:
    """The 6,000 people known to the council, the NHS trust or both.

    Returns
    -------
    pandas.DataFrame
        One row for each person: `person` (1 to 6000), `council_id` (LC-…), `nhs_id` (LN-…), `age_band`
        (18-64, 65-74, 75-84, 85+), `age` (years on 1 April 2025), `born` (date), `ward`, `locality`, `sex`
        (female, male), `ethnicity`, `carer` (yes or no: has an unpaid carer), `living_alone` (yes or
        no, as it is, whatever a system holds), `frailty` (low, high), `support_reason`, and `standing`
        (hidden wellbeing, mean about 0, standard deviation about 1; for generators only).
    """
    return _people().copy()
