"""Makes the files of two_systems: what two agencies wrote down about the same people.

How it works. 400 people get one true package each. Each agency writes it down in its own words, codes,
units and dates; these are translations, not differences. Then 37 people, all different, get one
difference each, with one cause. The columns hold what is needed to tell which cause it was: the day of
each extract, when a record last changed, the day on which the hospital called the person ready.

Run `python generate.py` to write beside this file, `python generate.py FOLDER` to write elsewhere.
"""

import hashlib
import sys
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
import county  # noqa: E402 - the invented county lies beside the packages
import making  # noqa: E402

SEED = 37
COUNCIL_DAY, NHS_DAY = pd.Timestamp("2026-03-31"), pd.Timestamp("2026-03-26")
UK, ISO = "%d/%m/%Y", "%Y-%m-%d"
DIFFERENT_DAY = "counted on a different day"
CLOSED_ONCE = "closed in one system only"
DEFINITION = "different definition of delayed"
MOVED = "moved ward"
TWICE = "keyed twice"
SWAPPED = "day and month swapped"
NOT_ENTERED = "not yet entered"
KEY = "key missing or mistyped"

CAUSES = [
    (
        DIFFERENT_DAY,
        "The council counted on 31 March, the trust on 26 March; the package began in between.",
        "In the council's extract only; start after 26 March 2026.",
        "Both: agree one day of count and write it into the extract.",
    ),
    (
        CLOSED_ONCE,
        "The package ended and one agency closed the record; nobody told the other.",
        "Open or active on one side, ended or closed on the other.",
        "Whoever ends a package sends the end date to the other agency.",
    ),
    (
        DEFINITION,
        "The trust counts a delay from the first day after the person was ready, the council from the third.",
        "Delayed differs; 1 or 2 days lie between ready and start.",
        "Both: write the definition beside the figure, and report days rather than yes or no.",
    ),
    (
        MOVED,
        "The person moved; one agency has the new address.",
        "Wards differ; one record was changed much later than the other.",
        "Ask the person at each visit; pass changes of address on.",
    ),
    (
        TWICE,
        "The same person was entered a second time under a new number.",
        "A shared key that occurs twice on one side, all else equal.",
        "Search before adding; merge in the system, keeping both numbers.",
    ),
    (
        SWAPPED,
        "Somebody typed the month first; the system took it for a day.",
        "Start dates differ, and agree once day and month change places.",
        "Let the form show the month as a word.",
    ),
    (
        NOT_ENTERED,
        "The visit takes place, but the council's panel has not yet entered the package.",
        "In the trust's extract only; start in March 2026.",
        "Enter on the day of the decision, or mark the record as provisional.",
    ),
    (
        KEY,
        "The pseudonym is blank or mistyped on one side, so the two records of one person do not meet.",
        "Alone on both sides; year of birth, sex, ward and start agree.",
        "Make the key by program from checked fields, never by hand.",
    ),
]
CARE = {  # kind of care: the council's word, the trust's code, whether hours are counted
    "home care": ("Domiciliary care", "HC", True),
    "direct payment": ("Direct payment", "DP", False),
    "extra care housing": ("Extra care", "XC", True),
    "residential home": ("Residential", "RH", False),
    "nursing home": ("Nursing", "NH", False),
}
WORDS = [
    ("gender or sex", "Female", "2", "female"),
    ("gender or sex", "Male", "1", "male"),
    *[("care", council, code, kind) for kind, (council, code, _) in CARE.items()],
    ("status", "Open", "A", "receives the package on the day of the extract"),
    ("status", "Ended", "C", "the package has ended"),
    ("from hospital", "Yes", "H", "the package began on leaving hospital"),
    ("from hospital", "No", "C", "the package began at home"),
    ("delayed", "Y", "1", "counted as delayed, each by its own definition"),
    ("delayed", "N", "0", "not counted as delayed, each by its own definition"),
]


# How many people each cause gets. Not in the descriptor, which learners read: finding it out is the task.
HOW_MANY = {
    DIFFERENT_DAY: 5,
    CLOSED_ONCE: 6,
    DEFINITION: 6,
    MOVED: 5,
    TWICE: 3,
    SWAPPED: 4,
    NOT_ENTERED: 4,
    KEY: 4,
}


def days(rng: np.random.Generator, first: str, last: str, n: int) -> pd.DatetimeIndex:
    """`n` days between two dates, both included."""
    length = (pd.Timestamp(last) - pd.Timestamp(first)).days + 1
    return pd.Timestamp(first) + pd.to_timedelta(rng.integers(0, length, n), unit="D")


def shared_key(person: int) -> str:
    """Pseudonym that both agencies make from the same facts: a keyed number of six digits."""
    digest = hashlib.sha256(f"larkshire {person}".encode()).digest()
    return f"K{100_000 + int.from_bytes(digest[:8], 'big') % 900_000}"


def truth(given: dict, rng: np.random.Generator) -> pd.DataFrame:
    """One package for each person, as it is."""
    everybody, n = county.people(), given["people with a joint package"]
    table = everybody.iloc[rng.choice(len(everybody), n, replace=False)].reset_index(drop=True)
    table["key"] = [shared_key(person) for person in table["person"]]
    table["birth_year"] = table["born"].dt.year
    table["care"] = making.cut(rng.permutation(n), given["kinds of care: shares"])
    counted = table["care"].map({kind: parts[2] for kind, parts in CARE.items()})
    hours = np.clip(np.round(2 * rng.gamma(3.0, 4.0, n)) / 2, 2.0, 42.0)
    table["hours"] = np.where(counted, hours, np.nan)
    table["start"] = days(rng, "2024-04-01", "2026-02-20", n)
    hospital = rng.permutation(n) < round(given["share who started from hospital"] * n)
    table["hospital"] = hospital
    none = given["share of those from hospital who waited 0 days"]
    short = given["share of those from hospital who waited 1 or 2 days"]
    wait = making.cut(rng.random(hospital.sum()), {"none": none, "short": short, "long": 1 - none - short})
    gap = np.where(wait == "short", rng.integers(1, 3, len(wait)), 0)
    gap = np.where(wait == "long", 3 + np.floor(rng.lognormal(1.2, 0.8, len(wait))), gap)
    table["wait"] = 0
    table.loc[hospital, "wait"] = np.minimum(gap, 60).astype(int)
    ended = ~hospital & (rng.random(n) < given["share ended before the day of count"] / (1 - hospital.mean()))
    last = table["start"] + pd.to_timedelta(rng.integers(30, 400, n), unit="D")
    # Whatever ended did so well before either count, so that the day of count explains none of it.
    table["end"] = last.where(ended & (last < pd.Timestamp("2026-03-01")))
    return table


def choose(table: pd.DataFrame, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Rows for each cause; nobody has two."""
    free = table["end"].isna() & ~table["hospital"]
    recent = table["start"] >= pd.Timestamp("2025-04-01")
    swappable = (table["start"].dt.day <= 12) & (table["start"].dt.day != table["start"].dt.month)
    # Seen as swapped only if the date stays in the past.
    other_way = pd.to_datetime(
        {"year": table["start"].dt.year, "month": table["start"].dt.day.clip(upper=12), "day": table["start"].dt.month}
    )
    swappable &= other_way < pd.Timestamp("2026-03-01")
    fits = {
        DEFINITION: table["hospital"] & table["wait"].between(1, 2),
        SWAPPED: free & swappable,
        CLOSED_ONCE: free & (table["start"] < pd.Timestamp("2025-10-01")),
        MOVED: free & (table["start"] < pd.Timestamp("2025-10-01")),
        TWICE: free,
        KEY: free & recent,
        DIFFERENT_DAY: free,
        NOT_ENTERED: free,
    }
    chosen, taken = {}, np.zeros(len(table), dtype=bool)
    for cause, fit in fits.items():
        rows = rng.choice(np.flatnonzero(fit.to_numpy() & ~taken), HOW_MANY[cause], replace=False)
        taken[rows] = True
        chosen[cause] = np.sort(rows)
    return chosen


def mistyped(key: str) -> str:
    """The key with its last two differing neighbours swapped, as fingers do."""
    i = max(i for i in range(1, len(key) - 1) if key[i] != key[i + 1])
    return key[:i] + key[i + 1] + key[i] + key[i + 2 :]


def extracts(table: pd.DataFrame, chosen: dict, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both agencies' records in full words and true dates, with the differences in them."""
    n = len(table)
    table.loc[chosen[DIFFERENT_DAY], "start"] = days(rng, "2026-03-27", "2026-03-31", len(chosen[DIFFERENT_DAY]))
    table.loc[chosen[NOT_ENTERED], "start"] = days(rng, "2026-03-02", "2026-03-20", len(chosen[NOT_ENTERED]))
    room = (pd.Timestamp("2026-03-01") - table["start"]).dt.days.clip(lower=1)
    table["updated"] = table["start"] + pd.to_timedelta(np.floor(rng.random(n) * room), unit="D")
    table["updated"] = table["updated"].where(table["end"].isna(), table["end"])
    council, nhs = table.copy(), table.copy()
    council["delayed"] = table["wait"] >= 3
    nhs["delayed"] = table["wait"] >= 1
    nhs["updated"] = table["updated"] + pd.to_timedelta(rng.integers(0, 4, n), unit="D")

    for i, row in enumerate(chosen[CLOSED_ONCE]):
        one = [council, nhs][i % 2]
        one.loc[row, ["end", "updated"]] = days(rng, "2026-01-05", "2026-02-27", 1)[0]
    place = county.wards().set_index("ward")
    for i, row in enumerate(chosen[MOVED]):
        one = [council, nhs][i % 2]
        near = place.index[(place["locality"] == table.loc[row, "locality"]) & (place.index != table.loc[row, "ward"])]
        one.loc[row, "ward"] = rng.choice(near)
        one.loc[row, "updated"] = days(rng, "2026-01-05", "2026-02-27", 1)[0]
        [nhs, council][i % 2].loc[row, "updated"] = table.loc[row, "start"]
    for i, row in enumerate(chosen[SWAPPED]):
        one, start = [council, nhs][i % 2], table.loc[row, "start"]
        one.loc[row, "start"] = pd.Timestamp(year=start.year, month=start.day, day=start.month)
        later = max(start, one.loc[row, "start"])
        for each in [council, nhs]:  # nobody changes a record before its package starts
            each.loc[row, "updated"] = max(each.loc[row, "updated"], later)
    for i, row in enumerate(chosen[KEY]):
        one = [nhs, council][i % 2]
        one.loc[row, "key"] = "" if i < 2 else mistyped(table.loc[row, "key"])
    council = council.drop(index=chosen[NOT_ENTERED])
    nhs = nhs.drop(index=chosen[DIFFERENT_DAY])
    again = nhs.loc[chosen[TWICE]].copy()
    again["nhs_id"] = [f"LN-{number:06d}" for number in 60001 + rng.permutation(900)[: len(again)]]
    again["updated"] += pd.to_timedelta(rng.integers(5, 20, len(again)), unit="D")
    nhs = pd.concat([nhs, again])
    return council, nhs


def text(dates: pd.Series, form: str) -> pd.Series:
    """Dates as text, blank where there is none."""
    return dates.dt.strftime(form).fillna("")


def in_council_words(table: pd.DataFrame) -> pd.DataFrame:
    """The council's extract as it leaves the council's system."""
    ready = table["start"] - pd.to_timedelta(table["wait"], unit="D")
    rows = pd.DataFrame(
        {
            "council_id": table["council_id"],
            "shared_key": table["key"],
            "birth_year": table["birth_year"],
            "gender": table["sex"].str.title(),
            "ward": table["ward"],
            "service": table["care"].map({kind: parts[0] for kind, parts in CARE.items()}),
            "start_date": text(table["start"], UK),
            "status": np.where(table["end"].isna(), "Open", "Ended"),
            "end_date": text(table["end"], UK),
            "hours_per_week": [f"{hours:.1f}" if hours == hours else "" for hours in table["hours"]],
            "from_hospital": np.where(table["hospital"], "Yes", "No"),
            "ready_date": text(ready.where(table["hospital"]), UK),
            "delayed": np.where(table["hospital"], np.where(table["delayed"], "Y", "N"), ""),
            "updated": text(table["updated"], UK),
            "synthetic": "yes",
        }
    )
    return rows.sort_values("council_id", ignore_index=True)


def in_trust_codes(table: pd.DataFrame) -> pd.DataFrame:
    """The trust's extract as it leaves the trust's system."""
    ready = table["start"] - pd.to_timedelta(table["wait"], unit="D")
    rows = pd.DataFrame(
        {
            "nhs_trust_id": table["nhs_id"],
            "shared_key": table["key"],
            "yob": table["birth_year"],
            "sex": table["sex"].map({"male": "1", "female": "2"}),
            "ward_name": table["ward"].map(county.wards().set_index("ward")["ward_name"]),
            "care_type": table["care"].map({kind: parts[1] for kind, parts in CARE.items()}),
            "started": text(table["start"], ISO),
            "state": np.where(table["end"].isna(), "A", "C"),
            "closed": text(table["end"], ISO),
            "minutes_per_week": [f"{60 * hours:.0f}" if hours == hours else "" for hours in table["hours"]],
            "source": np.where(table["hospital"], "H", "C"),
            "discharge_ready": text(ready.where(table["hospital"]), ISO),
            "discharge_delay": np.where(table["hospital"], np.where(table["delayed"], "1", "0"), ""),
            "last_contact": text(table["updated"], ISO),
            "synthetic": "yes",
        }
    )
    return rows.sort_values("nhs_trust_id", ignore_index=True)


def totals(council: pd.DataFrame, nhs: pd.DataFrame) -> pd.DataFrame:
    """What each agency would report."""
    rows = [
        ("rows in the extract", len(council), len(nhs)),
        ("open or active", (council["status"] == "Open").sum(), (nhs["state"] == "A").sum()),
        ("from hospital", (council["from_hospital"] == "Yes").sum(), (nhs["source"] == "H").sum()),
        ("delayed", (council["delayed"] == "Y").sum(), (nhs["discharge_delay"] == "1").sum()),
    ]
    table = pd.DataFrame(rows, columns=["count", "council", "nhs"])
    table["difference"] = table["council"] - table["nhs"]
    return table.assign(synthetic="yes")


def generate() -> tuple[dict[str, pd.DataFrame], dict]:
    """The five tables as they stand in the files, and the sealed key."""
    rng, given = np.random.default_rng([county.SEED, SEED]), making.calibration(HERE)
    table = truth(given, rng)
    chosen = choose(table, rng)
    left, right = extracts(table, chosen, rng)
    council, nhs = in_council_words(left), in_trust_codes(right)
    seen = {
        DIFFERENT_DAY: "only council",
        CLOSED_ONCE: "status",
        DEFINITION: "delayed",
        MOVED: "ward",
        TWICE: "twice in nhs",
        SWAPPED: "start",
        NOT_ENTERED: "only nhs",
        KEY: "no shared key",
    }
    records = [
        {
            "shared_key": table.loc[row, "key"],
            "council_id": "" if cause == NOT_ENTERED else table.loc[row, "council_id"],
            "nhs_trust_id": "" if cause == DIFFERENT_DAY else table.loc[row, "nhs_id"],
            "seen_as": seen[cause],
            "cause": cause,
        }
        for cause in (cause for cause, *_ in CAUSES)
        for row in chosen[cause]
    ]
    planted = {
        "differences": len(records),
        "by_cause": {cause: len(chosen[cause]) for cause, *_ in CAUSES},
        "records": records,
    }
    causes = pd.DataFrame(CAUSES, columns=["cause", "meaning", "where_to_look", "mend_at_source"])
    words = pd.DataFrame(WORDS, columns=["about", "council_says", "nhs_says", "meaning"])
    tables = {
        "council": council,
        "nhs": nhs,
        "causes": causes.assign(synthetic="yes"),
        "words": words.assign(synthetic="yes"),
        "totals": totals(council, nhs),
    }
    return tables, planted


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    made, hidden = generate()
    making.write(folder, "two_systems", made, hidden)
