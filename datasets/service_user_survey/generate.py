"""Makes the files of service_user_survey: an invented survey of people who draw on care in Larkshire.

How it works. 1,200 of the county's people are sent a form. Whether it comes back depends on age, on
setting and, unseen, on how life goes. Answers lean on the person's hidden wellbeing; people who
answered are ranked and cut into the published shares (see `making`). What the others would have said is
worked out with the same boundaries and kept only under seal, since no real survey could know it.

The published table is then counted as a council might: every number from 1 to 4 is hidden, every
total is shown. A month earlier the same table went out without the last few forms.

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

SEED = 119
NOT_RETURNED, NOT_ASKED, HIDDEN = "not returned", "not asked", "[c]"
SENT, FIRST_COUNT, CLOSED = "2026-01-12", "2026-03-06", "2026-03-20"
ANSWERS = ["extremely or very satisfied", "quite satisfied", "neither", "dissatisfied"]
LOCALITIES, EVERYWHERE = county.LOCALITIES, "All localities"

# How much of each answer comes from hidden wellbeing; the rest is its own. Chosen by the course.
LOADINGS = {
    "satisfaction": 0.55,
    "quality_of_life": 0.75,
    "control": 0.70,
    "safety": 0.55,
    "social_contact": 0.60,
    "information": 0.35,
    "choice": 0.50,
    "scrqol": 0.85,
}


def sample(given: dict, rng: np.random.Generator) -> pd.DataFrame:
    """People who are sent a form, drawn at random from the county's people."""
    everybody = county.people()
    chosen = everybody.iloc[rng.choice(len(everybody), given["people sent a form"], replace=False)]
    columns = ["locality", "ward", "age_band", "sex", "ethnicity", "carer", "standing"]
    people = chosen[columns].reset_index(drop=True)
    people["setting"] = ""
    for band, shares in given["setting: shares by age band"].items():
        rows = people.index[people["age_band"] == band]
        people.loc[rows, "setting"] = making.cut(rng.permutation(len(rows)), shares)
    return people


def wellbeing(people: pd.DataFrame, given: dict, rng: np.random.Generator) -> np.ndarray:
    """Hidden wellbeing: the person's own, and a little that people of one locality share."""
    own = people["standing"].to_numpy()
    own = (own - own.mean()) / own.std()
    for locality in LOCALITIES:  # the draw of people adds chance of its own; take it out first
        rows = (people["locality"] == locality).to_numpy()
        own[rows] -= own[rows].mean()
    share = given["between-locality share of variance of the quality total"]
    shared = rng.permutation([-1.2, -0.7, -0.2, 0.2, 0.7, 1.2])
    shared = shared / shared.std() * np.sqrt(share) / LOADINGS["scrqol"]
    return own + people["locality"].map(dict(zip(LOCALITIES, shared, strict=True))).to_numpy()


def who_answers(people: pd.DataFrame, standing: np.ndarray, given: dict, rng: np.random.Generator) -> np.ndarray:
    """Whether each form comes back: exactly the given share, those with the highest odds most often."""
    odds = (
        people["age_band"].map(given["answering: log odds by age band"])
        + people["setting"].map(given["answering: log odds by setting"])
        + given["answering: log odds for one standard deviation of wellbeing"] * standing
        + rng.logistic(size=len(people))
    )
    answered = np.zeros(len(people), dtype=bool)
    answered[np.argsort(-odds.to_numpy())[: round(given["share who answered"] * len(people))]] = True
    return answered


def came_back(answered: np.ndarray, late: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Day on which each form came back: a wave after the letter, a smaller one after the reminder."""
    n = len(answered)
    days = np.where(rng.random(n) < 0.7, 2, 31) + rng.gamma(2.0, 4.0, n)
    latest = (pd.Timestamp(FIRST_COUNT) - pd.Timestamp(SENT)).days
    days = np.minimum(np.floor(days), latest - rng.integers(0, 4, n))
    days[late] = rng.integers(latest + 3, (pd.Timestamp(CLOSED) - pd.Timestamp(SENT)).days + 1, late.sum())
    dates = (pd.Timestamp(SENT) + pd.to_timedelta(days, unit="D")).strftime("%Y-%m-%d").to_numpy(dtype=object)
    return np.where(answered, dates, NOT_RETURNED)


def counts(people: pd.DataFrame) -> pd.DataFrame:
    """People by locality and answer, with totals on both sides: the table before anything is hidden."""
    known = people[~people["satisfaction"].isin(["", NOT_RETURNED])]
    grouped = known["satisfaction"].where(~known["satisfaction"].str.contains("dissatisfied"), "dissatisfied")
    table = pd.crosstab(known["locality"], grouped).reindex(index=LOCALITIES, columns=ANSWERS, fill_value=0)
    table.loc[EVERYWHERE] = table.sum()
    table["all answers"] = table.sum(axis=1)
    return table


def as_published(table: pd.DataFrame) -> pd.DataFrame:
    """The same table, one row for each cell, with every number from 1 to 4 hidden and no total hidden."""
    long = table.rename_axis("locality").rename_axis(columns="answer").stack().rename("people").reset_index()
    long["people"] = long["people"].astype(object).where(~long["people"].between(1, 4), HIDDEN)
    return long.assign(synthetic="yes")


def as_key(table: pd.DataFrame) -> dict:
    """A table of counts as plain numbers, for the sealed key."""
    return {row: {column: int(table.loc[row, column]) for column in table} for row in table.index}


def choose_late(people: pd.DataFrame, answered: np.ndarray, given: dict, rng: np.random.Generator) -> np.ndarray:
    """Which forms come back late: one from a locality whose dissatisfied people number exactly five.

    That person's form lifts a hidden four to a shown five, so that the two tables together say what
    one person answered.
    """
    final = counts(people)
    place = next(name for name in LOCALITIES if final.loc[name, "dissatisfied"] == 5)
    told = people["satisfaction"].isin(["quite dissatisfied", "extremely or very dissatisfied"])
    one = people.index[(people["locality"] == place) & told][0]
    busy = people["locality"].isin([LOCALITIES[1], LOCALITIES[5]]) & (people["locality"] != place)
    rest = people.index[answered & busy & (people["satisfaction"] == "extremely or very satisfied")]
    late = np.zeros(len(people), dtype=bool)
    late[[one, *rng.choice(rest, given["forms that came back late"] - 1, replace=False)]] = True
    return late


def generate() -> tuple[dict[str, pd.DataFrame], dict]:
    """The three tables as they stand in the files, and the sealed key."""
    rng, given = np.random.default_rng([county.SEED, SEED]), making.calibration(HERE)
    people = sample(given, rng)
    n = len(people)
    standing = wellbeing(people, given, rng)
    answered = who_answers(people, standing, given, rng)
    blank = given["share of each answer left blank"]
    at_home = (people["setting"] == "own home").to_numpy()

    shares = {name: given[f"{name}: shares"] for name in ["satisfaction", "quality_of_life", "control", "safety"]}
    shares["social_contact"] = given["social_contact: shares"]
    shares["information"] = given["information: shares"]
    shares["choice"] = given["choice: shares, asked of people in their own home only"]
    shares["scrqol"] = making.beta_binomial(
        24, given["quality total: mean"], given["quality total: standard deviation"]
    )
    would_say = {}
    for name, weight in LOADINGS.items():
        mixed = weight * standing + np.sqrt(1 - weight**2) * rng.standard_normal(n)
        asked = answered & at_home if name == "choice" else answered
        would_say[name] = making.cut_like(mixed, mixed[asked], shares[name])
        people[name] = making.leave_blank(would_say[name], blank, rng)
    looked = rng.random(n) >= given["share who did not look for information"]
    people["information"] = people["information"].where(looked | (people["information"] == ""), "did not look")
    frail = people["age_band"].isin(["85+"]) * 0.6 + ~at_home * 0.8 + rng.standard_normal(n)
    helped = np.zeros(n, dtype=bool)
    order = np.flatnonzero(answered)[np.argsort(-frail[answered].to_numpy(), kind="stable")]
    helped[order[: round(given["share who had help to answer"] * answered.sum())]] = True
    helper = np.where(at_home, "family or friend", "care worker").astype(object)
    other = rng.random(n)
    helper[other < 0.25] = "care worker"
    helper[(other > 0.72) & ~at_home] = "family or friend"
    helper[other > 0.93] = "somebody else"
    people["help_to_answer"] = making.leave_blank(np.where(helped, helper, "nobody"), blank, rng)
    people["family_help"] = making.leave_blank(people["carer"], blank, rng)

    unasked = [*LOADINGS, "help_to_answer", "family_help"]
    people.loc[~answered, unasked] = NOT_RETURNED
    people.loc[answered & ~at_home, "choice"] = NOT_ASKED
    people["answered"] = np.where(answered, "yes", "no")
    late = choose_late(people, answered, given, rng)
    people["came_back"] = came_back(answered, late, rng)
    people["form"] = [f"F{number:04d}" for number in range(1, n + 1)]
    people["synthetic"] = "yes"

    final, first = counts(people), counts(people[~late])
    total = pd.to_numeric(pd.Series(would_say["scrqol"]))
    happy = pd.Series(would_say["satisfaction"]) == "extremely or very satisfied"
    planted = {
        "published": as_key(final),
        "published_last_month": as_key(first),
        "late_forms": people.loc[late, ["form", "locality", "satisfaction"]].to_dict("records"),
        "had_everybody_answered": {
            "share_extremely_or_very_satisfied": round(float(happy.mean()), 4),
            "mean_quality_total": round(float(total.mean()), 3),
        },
        "locality_effects_on_wellbeing": {
            name: round(float(standing[people["locality"] == name].mean()), 4) for name in LOCALITIES
        },
    }
    columns = ["form", "locality", "ward", "age_band", "sex", "ethnicity", "setting", "answered", "came_back"]
    columns += ["help_to_answer", "satisfaction", "quality_of_life", "control", "safety", "social_contact"]
    columns += ["information", "choice", "family_help", "scrqol", "synthetic"]
    tables = {
        "service_user_survey": people[columns],
        "published": as_published(final),
        "published_last_month": as_published(first),
    }
    return tables, planted


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    made, hidden = generate()
    making.write(folder, "service_user_survey", made, hidden)
