"""Makes the files of packages_and_discharge: how people of 65 and over left Larkshire's two hospitals.

How it works. Shares that carry a teaching signal are exact quotas, taken from `calibration` in
`datapackage.json`: who was delayed in each hospital and year, whom each reablement service took, who was
at home twelve weeks later. Everything else is drawn around them.

- Delays follow a lognormal distribution, by equal steps of its quantiles, so that the median and the
  mean come out as they should in any sample.
- Days of delay, not people, are shared out between the NHS and social care, as the source does.
- Teams do not differ, but for one: whoever was at home is dealt to the teams as cards are.

Run `python generate.py` to write beside this file, `python generate.py FOLDER` to write elsewhere.
The same bytes come out every time.
"""

import sys
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
import county  # noqa: E402
import making  # noqa: E402

SEED = 22
HUB_OPENED = pd.Timestamp("2025-04-01")


def delays(rng: np.random.Generator, n: int, median: float, mean: float) -> np.ndarray:
    """`n` whole days, at least one: equal steps of a lognormal's quantiles, in random order."""
    spread = np.sqrt(2 * np.log(mean / median))  # the mean of a lognormal is median x exp(spread^2 / 2)
    steps = [NormalDist().inv_cdf((i + 0.5) / n) for i in range(n)]
    return rng.permutation(np.maximum(1, np.rint(median * np.exp(spread * np.array(steps)))).astype(int))


def share_out(rng: np.random.Generator, days: np.ndarray, shares: dict) -> np.ndarray:
    """A label for each delay, so that the *days* (not the delays) stand in the given shares."""
    order = rng.permutation(len(days))
    # The middle of each delay decides, so that no label is a whole delay short.
    reached = (np.cumsum(days[order]) - days[order] / 2) / days.sum()
    labels = np.empty(len(days), dtype=object)
    bounds = np.cumsum(list(shares.values())) / sum(shares.values())
    labels[order] = np.array(list(shares), dtype=object)[np.searchsorted(bounds[:-1], reached, side="right")]
    return labels


def stays(rng: np.random.Generator, given: dict) -> pd.DataFrame:
    """Who was ready to leave which hospital on which day; nobody twice within three weeks."""
    people = county.people().query("age >= 65").reset_index(drop=True)
    days = (pd.Timestamp(county.END) - pd.Timestamp(county.START)).days
    # People with high frailty come to hospital more often.
    pull = np.where(people["frailty"] == "high", 1.4, 1.0)
    taken: dict[int, list[int]] = {}
    events: set[tuple[int, int]] = set()
    while len(events) < given["discharges"]:
        who, day = int(rng.choice(len(people), p=pull / pull.sum())), int(rng.integers(days + 1))
        if all(abs(day - other) > 21 for other in taken.get(who, [])):
            taken.setdefault(who, []).append(day)
            events.add((day, who))
    when, who = np.array(sorted(events)).T
    table = people.iloc[who].reset_index(drop=True)
    table["ready"] = pd.Timestamp(county.START) + pd.to_timedelta(when, unit="D")
    return table


def discharges(rng: np.random.Generator, given: dict) -> pd.DataFrame:
    """One row for each discharge."""
    table = stays(rng, given)
    n = len(table)
    usual = table["locality"].map(county.NEAREST)
    other = usual.map(dict(zip(county.HOSPITALS, reversed(county.HOSPITALS), strict=True)))
    away = rng.random(n) < given["hospital: share who go to the further one"]
    table["hospital"] = usual.mask(away, other)
    table["person"] = table["nhs_id"]
    table["month"] = table["ready"].dt.strftime("%Y-%m")
    table.insert(0, "discharge_id", [f"D{number:05d}" for number in range(1, n + 1)])

    frail = (table["frailty"] == "high").to_numpy()
    winter = table["ready"].dt.month.isin([12, 1, 2]).to_numpy()
    standing = rng.standard_normal(n) + 0.4 * frail + 0.3 * winter
    second = (table["ready"] >= HUB_OPENED).to_numpy()
    table["delay_days"] = 0
    for hospital, shares in given["delayed: share of discharges, first and second year"].items():
        for share, year in zip(shares, [~second, second], strict=True):
            rows = np.flatnonzero((table["hospital"] == hospital).to_numpy() & year)
            delayed = rows[np.argsort(-standing[rows], kind="stable")[: round(share * len(rows))]]
            days = delays(rng, len(delayed), **given["delay: median and mean of those delayed, days"])
            table.loc[delayed, "delay_days"] = days
    delayed = (table["delay_days"] > 0).to_numpy()
    days = table.loc[delayed, "delay_days"].to_numpy()
    table["discharged"] = table["ready"] + pd.to_timedelta(table["delay_days"], unit="D")
    table["attributable_to"] = ""
    table.loc[delayed, "attributable_to"] = share_out(rng, days, given["delay: shares of days by whose it is"])
    table["delay_reason"] = ""
    for whose, shares in given["delay: shares of days by reason"].items():
        rows = (table["attributable_to"] == whose).to_numpy()
        labels = share_out(rng, table.loc[rows, "delay_days"].to_numpy(), shares)
        table.loc[rows, "delay_reason"] = making.leave_blank(labels, given["delay reason left blank"], rng)

    package = rng.random(n) < given["package: share, low and high frailty"][0]
    package[frail] = rng.random(frail.sum()) < given["package: share, low and high frailty"][1]
    package |= (table["delay_reason"] == "own-home package not arranged").to_numpy()
    median, spread = given["package: median hours and spread of logarithm"]
    hours = median * np.exp(spread * rng.standard_normal(n) + 0.25 * frail - 0.12)
    table["package_hours"] = np.where(package, np.clip(np.rint(2 * hours) / 2, 1, 42), np.nan)
    return with_reablement(table, rng, given)


def with_reablement(table: pd.DataFrame, rng: np.random.Generator, given: dict) -> pd.DataFrame:
    """The same discharges; some go to reablement, with a service, a team and what came of it."""
    for name in ["service", "team", "at_home_12_weeks"]:
        table[name] = ""
    cells = given["reablement: people and at home at 12 weeks, by service and frailty"]
    # One discharge of each person, picked by lot, so that nobody's outcome counts twice.
    mixed = table.iloc[rng.permutation(len(table))]
    once = mixed[~mixed["person"].duplicated()].sort_index()
    for service, levels in cells.items():
        for frailty, (people, _) in levels.items():
            free = once.index[(once["frailty"] == frailty) & (table.loc[once.index, "service"] == "")]
            table.loc[rng.choice(free, people, replace=False), "service"] = service
    chosen = table["service"] != ""
    table["reablement"] = np.where(chosen, "yes", "no")
    pair = np.where(rng.random(chosen.sum()) < given["reablement: share with the first team of a locality"], "1", "2")
    table.loc[chosen, "team"] = table.loc[chosen, "locality"] + " reablement " + pair
    outlier = given["teams: the one that differs"]
    luck = rng.random(len(table)) - outlier["pull"] * (table["team"] == outlier["team"]).to_numpy()
    for service, levels in cells.items():
        for frailty, (_, at_home) in levels.items():
            rows = np.flatnonzero((table["service"] == service) & (table["frailty"] == frailty))
            table.loc[rows, "at_home_12_weeks"] = "no"
            table.loc[rows[np.argsort(-luck[rows], kind="stable")[:at_home]], "at_home_12_weeks"] = "yes"
    return table


def monthly(table: pd.DataFrame) -> pd.DataFrame:
    """Counts for each month and hospital."""
    groups = table.groupby(["hospital", "month"])
    months = groups.agg(
        discharges=("delay_days", "size"),
        delayed=("delay_days", lambda days: (days > 0).sum()),
        delay_days=("delay_days", "sum"),
    ).reset_index()
    opened = f"{HUB_OPENED:%Y-%m}"
    there = (months["hospital"] == county.HOSPITALS[0]) & (months["month"] >= opened)
    months.insert(2, "hub", np.where(there, "yes", "no"))
    months["share_delayed"] = (100 * months["delayed"] / months["discharges"]).round(1)
    months["mean_delay"] = (months["delay_days"] / months["delayed"]).round(1)
    return months


def league(table: pd.DataFrame) -> pd.DataFrame:
    """Counts for each reablement team, over both years and for each."""
    people = table[table["reablement"] == "yes"]
    home = people["at_home_12_weeks"] == "yes"
    second = people["ready"] >= HUB_OPENED
    counts = pd.DataFrame(
        {
            "locality": people.groupby("team")["locality"].first(),
            "people": people.groupby("team").size(),
            "at_home": home.groupby(people["team"]).sum(),
            "people_year_1": (~second).groupby(people["team"]).sum(),
            "at_home_year_1": (home & ~second).groupby(people["team"]).sum(),
            "people_year_2": second.groupby(people["team"]).sum(),
            "at_home_year_2": (home & second).groupby(people["team"]).sum(),
        }
    )
    return counts.reset_index()


def generate() -> tuple[dict[str, pd.DataFrame], dict]:
    """The three tables as they stand in the files, and what truly differs."""
    given, rng = making.calibration(HERE), np.random.default_rng(SEED)
    table = discharges(rng, given)
    columns = [
        *["discharge_id", "person", "hospital", "locality", "age_band", "frailty", "ready", "discharged"],
        *["delay_days", "attributable_to", "delay_reason", "package_hours", "reablement", "service", "team"],
        *["at_home_12_weeks", "month"],
    ]
    planted = {
        "team that truly differs": given["teams: the one that differs"]["team"],
        "hub opened": f"{HUB_OPENED:%Y-%m-%d}",
        "why delays fell at both hospitals": "From April 2025 every hospital counted delays in a new way.",
    }
    tables = {"discharges": table[columns], "monthly": monthly(table), "teams": league(table)}
    return {name: frame.assign(synthetic="yes") for name, frame in tables.items()}, planted


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    making.write(folder, "packages_and_discharge", *generate())
