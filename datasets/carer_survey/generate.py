"""Makes the file of carer_survey: an invented survey of unpaid carers in Larkshire.

How it works. Each carer gets two hidden standings: *load* (how much caring there is to do) and *strain*
(how hard life is), of which strain leans on load. Hours and years follow load; tiredness, sleep, money,
social contact and quality of life follow strain. Those who answered are ranked and cut into the
published shares (see `making`). Three answers have people to whom the question does not apply, and whom
the published measure leaves out: carers who had no support, who know of no discussion, who did not look.

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

SEED = 12
NOT_RETURNED, NO_SUPPORT, NO_DISCUSSION = "not returned", "had no support", "no discussion"

# How much of each answer comes from load and from strain; the rest is its own. Chosen by the course (no
# published correlation matrix). A positive figure moves an answer towards the last of its list.
LOADINGS = {
    "hours_a_week": (0.85, 0.0),
    "years_caring": (0.35, 0.0),
    "satisfaction": (0.0, -0.40),
    "social_contact": (-0.10, -0.60),
    "included_in_discussions": (0.05, -0.35),
    "information": (0.0, -0.30),
    "looks_after_self": (-0.10, -0.65),
    "money_difficulty": (0.0, -0.45),
    "tired": (0.10, 0.65),
    "disturbed_sleep": (0.15, 0.60),
    "quality_of_life": (0.0, -0.85),
}
# Whom carers of working age and older carers look after; chosen by the course.
CARES_FOR = {
    "husband, wife or partner": (0.22, 0.74),
    "parent": (0.42, 0.07),
    "son or daughter": (0.26, 0.12),
    "other relative": (0.07, 0.05),
    "friend or neighbour": (0.03, 0.02),
}
LIVES_TOGETHER = {
    "husband, wife or partner": 0.98,
    "parent": 0.45,
    "son or daughter": 0.80,
    "other relative": 0.40,
    "friend or neighbour": 0.10,
}


def sample(given: dict, rng: np.random.Generator) -> pd.DataFrame:
    """Carers who are sent a form: as many in each ward as its share of the county's people."""
    n, place = given["carers sent a form"], county.wards()
    weight = place["people_65_plus"] + 0.15 * place["population"]
    ward = rng.choice(len(place), n, p=(weight / weight.sum()).to_numpy())
    people = pd.DataFrame({"locality": place["locality"].to_numpy()[ward]})
    people["age_band"] = making.cut(rng.permutation(n), given["age_band: shares"])
    people["sex"] = making.cut(rng.permutation(n), {"female": given["share female"], "male": 1 - given["share female"]})
    return people


def generate() -> tuple[dict[str, pd.DataFrame], dict]:
    """The table as it stands in the file, and the sealed key."""
    rng, given = np.random.default_rng([county.SEED, SEED]), making.calibration(HERE)
    people = sample(given, rng)
    n = len(people)
    odds = people["age_band"].map(given["answering: log odds by age band"]) + rng.logistic(size=n)
    answered = np.zeros(n, dtype=bool)
    answered[np.argsort(-odds.to_numpy())[: round(given["share who answered"] * n)]] = True

    older = people["age_band"].isin(["65-74", "75-84", "85+"]).to_numpy()
    people["cares_for"] = ""
    for group, column in [(older, 1), (~older, 0)]:
        shares = {whom: pair[column] for whom, pair in CARES_FOR.items()}
        people.loc[group, "cares_for"] = making.cut(rng.permutation(group.sum()), shares)
    together = rng.random(n) < people["cares_for"].map(LIVES_TOGETHER)
    people["lives_together"] = np.where(together, "yes", "no")
    both = rng.standard_normal(n) + 0.6 * older  # older carers more often draw on care themselves
    people["draws_on_care"] = "no"
    rows = np.flatnonzero(answered)
    count = round(given["share who also draw on care themselves"] * len(rows))
    people.loc[rows[np.argsort(-both[rows])[:count]], "draws_on_care"] = "yes"

    load = 0.65 * rng.standard_normal(n) + 0.75 * (together - together.mean()) / together.std()
    load = (load - load.mean()) / load.std()
    strain = 0.40 * load + np.sqrt(1 - 0.40**2) * rng.standard_normal(n)
    extra = given["quality of life: carers who also draw on care, difference in standing"]
    strain -= extra * (people["draws_on_care"] == "yes").to_numpy()

    shares = {name: given.get(f"{name}: shares") for name in LOADINGS}
    for name in ["tired", "disturbed_sleep"]:
        shares[name] = {"no": 1 - given[f"{name}: share yes"], "yes": given[f"{name}: share yes"]}
    shares["quality_of_life"] = making.beta_binomial(
        12, given["quality of life: mean"], given["quality of life: standard deviation"]
    )
    # Those whom a question does not apply to are drawn first; the shares are of the others.
    outside = {
        "satisfaction": (NO_SUPPORT, given["share who had no support in the past year"]),
        "included_in_discussions": (NO_DISCUSSION, given["share who know of no discussion"]),
        "information": ("did not look", given["share who did not look for information"]),
    }
    blank = given["share of each answer left blank"]
    for name, (on_load, on_strain) in LOADINGS.items():
        own = np.sqrt(1 - on_load**2 - on_strain**2 - 2 * 0.40 * on_load * on_strain)
        mixed = on_load * load + on_strain * strain + own * rng.standard_normal(n)
        asked = answered.copy()
        word, share = outside.get(name, ("", 0.0))
        asked[rows[rng.permutation(len(rows))[: round(share * len(rows))]]] = False
        column = np.full(n, word, dtype=object)
        column[asked] = making.cut(mixed[asked], shares[name])
        people[name] = making.leave_blank(column, blank, rng)
    for name in ["cares_for", "lives_together", "draws_on_care"]:
        people[name] = making.leave_blank(people[name], blank / 2, rng)

    people.loc[~answered, [*LOADINGS, "cares_for", "lives_together", "draws_on_care"]] = NOT_RETURNED
    people["answered"] = np.where(answered, "yes", "no")
    people["form"] = [f"C{number:04d}" for number in range(1, n + 1)]
    people["synthetic"] = "yes"
    columns = ["form", "locality", "age_band", "sex", "answered", "cares_for", "lives_together", "hours_a_week"]
    columns += ["years_caring", "draws_on_care", "satisfaction", "social_contact", "included_in_discussions"]
    columns += ["information", "looks_after_self", "money_difficulty", "tired", "disturbed_sleep"]
    columns += ["quality_of_life", "synthetic"]
    table = people[columns]

    happy = int((table["satisfaction"] == "extremely or very satisfied").sum())
    supported = table["satisfaction"].isin(given["satisfaction: shares"])
    planted = {
        "satisfied": happy,
        "of_those_who_had_support_and_answered": int(supported.sum()),
        "of_all_who_sent_the_form_back": int(answered.sum()),
        "had_no_support": int((table["satisfaction"] == NO_SUPPORT).sum()),
        "carers_who_also_draw_on_care": int((table["draws_on_care"] == "yes").sum()),
    }
    return {"carer_survey": table}, planted


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    made, hidden = generate()
    making.write(folder, "carer_survey", made, hidden)
