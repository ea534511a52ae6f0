"""Makes the files of referrals: two years of invented referrals, tidy and as a system gives them out.

How it works. People of Larkshire (`county.py`) are referred once or several times. Some come back
within 14 days: the referral bounced. Shares of route, source, outcome and so on are exact quotas, taken
from `calibration` in `datapackage.json`, where each figure stands beside its source.

The export is the tidy table written out as text, with faults planted on top. A row gets at most one of
the faults that are counted in shares; the faults that a team or a month carries come on top. Every fault
is noted while it is planted, and the list is written to `planted.sealed`, so the key cannot drift from
the file. Rows are numbered as a spreadsheet numbers them: the header is row 1.

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

SEED = 4
START, END = pd.Timestamp(county.START), pd.Timestamp(county.END)
TIDY = [
    *["referral_id", "person", "received", "source", "route", "locality", "ward", "team", "age_band", "sex"],
    *["ethnicity", "living_alone", "reason", "priority", "decided", "days_to_decision", "outcome", "bounced"],
]
# The export holds two columns that the tidy table was freed of, and not the one that has to be worked out.
EXPORT = [*TIDY[:8], "date_of_birth", *TIDY[8:-1], "note"]

# Which reasons people come with, by main need; the first is the most common. Chosen by the course.
REASONS = {
    "physical": ["help at home", "equipment or adaptations", "mobility or falls", "assessment of needs"],
    "memory": ["assessment of needs", "help at home", "carer's support", "safety worry"],
    "mental health": ["assessment of needs", "safety worry", "information and advice", "help at home"],
    "learning disability": ["assessment of needs", "carer's support", "information and advice", "safety worry"],
    "sensory": ["equipment or adaptations", "information and advice", "mobility or falls", "help at home"],
}
LEAN = [0.4, 0.3, 0.2, 0.1]
NOTES = [
    "Prefers mornings.",
    "Daughter will be present.",
    "Key safe at side door.",
    "Hard of hearing, please speak slowly.",
    "Has a dog.",
    "Waiting for letter from clinic.",
    "Asked to be called back after lunch.",
    "Lives upstairs, no lift.",
    "Neighbour helps with shopping.",
    "Has fallen twice this year.",
    "Would like the same worker as last time.",
    "Interpreter needed.",
    "Husband recently in hospital.",
    "Sent back: form not complete.",
    "See earlier contact.",
    "Wants to stay at home.",
]
# Identifiers that can belong to nobody: NHS numbers from the range that is kept for tests (999, with a
# valid check digit), telephone numbers that Ofcom keeps for drama, a postcode area that does not exist,
# e-mail addresses in a domain that is kept for examples.
MOBILE, LANDLINE, POSTCODE = "07700 9{:05d}", "01632 960{:03d}", "ZZ99 {}VZ"
FORENAMES = ["Ivy", "Walter", "Nasreen", "Doreen", "Kofi", "Agnes", "Leonard", "Parveen", "Stan", "Olwen"]
DISGUISES = {  # how something that is not held is written in the export
    "ethnicity": ["", "99", "n/a", "Not held"],
    "living_alone": ["unknown", "9", "Not held", ""],
    "sex": ["", "9", "n/a"],
    "reason": ["", "n/a", "99"],
    "date_of_birth": ["1900-01-01"],
    "days_to_decision": ["", "999"],
}


def nhs_number(rng: np.random.Generator) -> str:
    """A number from the test range with a valid check digit (modulus 11, NHS Data Dictionary)."""
    while True:
        digits = [9, 9, 9, *rng.integers(0, 10, 6)]
        check = 11 - sum(int(d) * w for d, w in zip(digits, range(10, 1, -1), strict=True)) % 11
        if check != 10:
            text = "".join(map(str, [*digits, check % 11]))
            return f"{text[:3]} {text[3:6]} {text[6:]}"


def quota(rng: np.random.Generator, n: int, shares: dict) -> np.ndarray:
    """`n` answers in exactly the given shares, in random order."""
    return rng.permutation(making.cut(np.arange(n), shares))


def days_received(rng: np.random.Generator, given: dict) -> pd.DataFrame:
    """Who was referred on which day: `who` (place in the county's list), `day` (0 is the first) and `bounced`.

    Referrals of one person lie 1 to 14 days apart when the later one bounced, otherwise further.
    """
    rows = given["referrals"]
    bounced = round(given["bounced: share of referrals"] * rows)
    people = round(rows / given["referrals for each person"])
    calendar = pd.date_range(START, END, inclusive="left")
    # Few referrals arrive at weekends; winter is busier. Chosen by the course.
    busy = np.where(calendar.day_of_week < 5, 1.0, 0.18) * np.where(calendar.month.isin([12, 1, 2]), 1.12, 1.0)
    busy /= busy.sum()
    chosen = rng.choice(county.PEOPLE, people, replace=False)
    days = {who: [day] for who, day in zip(chosen, rng.choice(len(busy), people, p=busy), strict=True)}
    events = [(who, day, "no") for who, (day,) in days.items()]
    while len(events) < rows - bounced:
        who, day = rng.choice(chosen), rng.choice(len(busy), p=busy)
        if all(abs(day - other) > 30 for other in days[who]):
            days[who].append(day)
            events.append((who, day, "no"))
    while len(events) < rows:
        who, day, _ = events[rng.integers(len(events))]
        back = day + rng.integers(1, 15)
        if back < len(busy) and all(abs(back - other) > 14 for other in days[who] if other != day):
            days[who].append(back)
            events.append((who, back, "yes"))
    return pd.DataFrame(events, columns=["who", "day", "bounced"]).sort_values(["day", "who"], ignore_index=True)


def tidy(rng: np.random.Generator, given: dict) -> pd.DataFrame:
    """The referrals as they were, one row each, in the order in which they came; no numbers yet."""
    table = days_received(rng, given)
    people = county.people().iloc[table["who"]].reset_index(drop=True)
    n = len(table)
    older = (people["age_band"] != "18-64").to_numpy()
    came_back = table["who"].isin(table.loc[table["bounced"] == "yes", "who"]) & (table["bounced"] == "no")
    table["person"] = people["council_id"]
    table["date_of_birth"] = people["born"]
    table["received"] = START + pd.to_timedelta(table["day"], unit="D")
    for name in ["locality", "ward", "age_band", "sex", "ethnicity", "living_alone"]:
        table[name] = people[name]

    table["route"] = "community"
    for group, name in [(older, "65 and over"), (~older, "under 65")]:
        rows, share = np.flatnonzero(group), given["route: share from hospital discharge"][name]
        # People who have just come back as a bounced referral were not in hospital in between.
        free = rows[(table["bounced"] == "no").to_numpy()[rows]]
        table.loc[rng.choice(free, round(share * len(rows)), replace=False), "route"] = "hospital discharge"
    discharge = (table["route"] == "hospital discharge").to_numpy()
    # Sources: the discharge route has a mix of its own; the community route has what is left of the total.
    all_sources = making.cut(np.arange(n), given["source: shares"])
    table["source"] = ""
    table.loc[discharge, "source"] = quota(rng, discharge.sum(), given["source: shares on the discharge route"])
    left = pd.Series(all_sources).value_counts() - table.loc[discharge, "source"].value_counts().reindex(
        given["source: shares"], fill_value=0
    )
    table.loc[~discharge, "source"] = rng.permutation(np.repeat(left.index.to_numpy(dtype=object), left))

    table["reason"] = [rng.choice(REASONS[need], p=LEAN) for need in people["support_reason"]]
    practical = table["reason"].isin(["equipment or adaptations", "mobility or falls"])
    to_therapy = practical & (rng.random(n) < given["therapy: share of practical reasons in the community"])
    table["team"] = table["locality"] + np.where(to_therapy, " therapy", " adult care")
    table.loc[discharge, "team"] = table.loc[discharge, "locality"].map(county.NEAREST) + " social work"

    frail = (people["frailty"] == "high").to_numpy()
    need = rng.standard_normal(n) + 0.5 * frail + 0.6 * discharge
    table["priority"] = making.cut(need, given["priority: shares"])
    days = np.zeros(n)
    for priority, (median, spread) in given["days to decision: median and spread of logarithm"].items():
        rows = (table["priority"] == priority).to_numpy()
        days[rows] = median * np.exp(spread * rng.standard_normal(rows.sum()))
    table["days_to_decision"] = np.rint(days).astype(int)
    table["decided"] = table["received"] + pd.to_timedelta(table["days_to_decision"], unit="D")

    # Short-term support to maximise independence goes first to older people out of hospital.
    table["outcome"] = ""
    maximise = "short-term support to maximise independence"
    rows = np.flatnonzero(discharge & older)
    share = given["outcome: share with short-term support, discharge route, 65 and over"]
    table.loc[rng.choice(rows, round(share * len(rows)), replace=False), "outcome"] = maximise
    rest = (table["outcome"] == "").to_numpy()
    counts = pd.Series(making.cut(np.arange(n), given["outcome: shares"])).value_counts()
    counts = counts.reindex(given["outcome: shares"])
    counts[maximise] -= (~rest).sum()
    standing = 0.6 * need + rng.standard_normal(n) - 1.2 * came_back.to_numpy()
    table.loc[rest, "outcome"] = making.cut(standing[rest], counts.to_dict())
    # The published third is everybody of that group who gets it, so any more change places with others.
    group = discharge & older
    more = np.flatnonzero(rest & group & (table["outcome"] == maximise).to_numpy())
    others = np.flatnonzero(~group & (table["outcome"] == "long-term support").to_numpy())
    others = others[np.argsort(standing[others], kind="stable")[: len(more)]]
    table.loc[more, "outcome"], table.loc[others, "outcome"] = "long-term support", maximise

    # What the system does not hold.
    for name in ["ethnicity", "sex", "reason"]:
        table[name] = making.leave_blank(table[name], given["share of each answer left blank"], rng)
    table.loc[table["team"] == given["ethnicity: team that leaves it out"], "ethnicity"] = ""
    worst = (table["team"] == given["living_alone: team with most unknown"]).to_numpy()
    for group, name in [(worst, "that team"), (~worst, "other teams")]:
        rows, share = np.flatnonzero(group), given["living_alone: share unknown"][name]
        table.loc[rng.choice(rows, round(share * len(rows)), replace=False), "living_alone"] = "unknown"
    waiting = table["decided"] > END
    table["days_to_decision"] = table["days_to_decision"].astype("Int64")
    table.loc[waiting, ["decided", "days_to_decision"]] = pd.NA
    table.loc[waiting, "outcome"] = ""
    return table


class Export:
    """The tidy table as text with faults, and the key: what was planted where."""

    def __init__(self, table: pd.DataFrame, given: dict, rng: np.random.Generator):
        self.given, self.rng = given, rng
        self.was = table.to_dict("records")
        self.rows = [self._written(row) for row in self.was]
        self.free = set(range(len(table)))  # rows that hold no fault of their own yet
        self._drift()
        self._disguise()

    def _written(self, row: dict) -> dict:
        text = {name: "" if pd.isna(row[name]) else str(row[name]) for name in TIDY[1:-1]}
        for name in ["received", "decided", "date_of_birth"]:
            text[name] = "" if pd.isna(row[name]) else f"{row[name]:%d/%m/%Y}"
        text["note"] = ""
        return {"text": text, "faults": [], "bounced": row["bounced"]}

    def _plant(self, row: dict, fault: str, field: str, written: str, **more) -> None:
        entry = {"fault": fault, "field": field, "written": written, "true": row["text"][field], **more}
        row["faults"].append(entry)
        row["text"][field] = written

    def _drift(self) -> None:
        """Faults that a team or a month carries: units, codes, dates in the American order."""
        given = self.given
        for row, was in zip(self.rows, self.was, strict=True):
            if self.rng.random() < given["note: share filled in"]:
                row["text"]["note"] = str(self.rng.choice(NOTES))
            team = row["text"]["team"]
            drift = given["fault: weeks written as days"]
            if team == drift["team"] and was["received"] >= pd.Timestamp(drift["from"]) and row["text"]["decided"]:
                weeks = round(int(row["text"]["days_to_decision"]) / 7)
                self._plant(row, "weeks written as days", "days_to_decision", str(weeks))
            drift = given["fault: category renamed"]
            if row["text"]["source"] == drift["old"] and was["received"] >= pd.Timestamp(drift["from"]):
                self._plant(row, "category renamed", "source", drift["new"])
            drift = given["fault: American dates"]
            if team == drift["team"] and f"{was['received']:%Y-%m}" == drift["month"]:
                for field in ["received", "decided"]:
                    if row["text"][field]:
                        self._plant(row, "American dates", field, f"{was[field]:%m/%d/%Y}")
            if team == given["ethnicity: team that leaves it out"]:
                left_out = {"field": "ethnicity", "written": "", "true": "not held"}
                row["faults"].append({"fault": "ethnicity left out by a team", **left_out})

    def _disguise(self) -> None:
        """What is not held, written in as many ways as people have of writing it."""
        share = self.given["fault: date of birth not held, written as 1900-01-01"]
        nobody = set(self.rng.choice(len(self.rows), round(share * len(self.rows)), replace=False).tolist())
        for i, row in enumerate(self.rows):
            left_out = row["text"]["team"] == self.given["ethnicity: team that leaves it out"]
            for field, ways in DISGUISES.items():
                held = row["text"][field] not in ("", "unknown")
                if (i not in nobody) if field == "date_of_birth" else (held or (field == "ethnicity" and left_out)):
                    continue
                written = ways[int(self.rng.integers(len(ways)))]
                row["text"][field] = written
                if written not in ("", "unknown"):
                    row["faults"].append(
                        {"fault": "missing in disguise", "field": field, "written": written, "true": "not held"}
                    )

    def take(self, n: int, allowed=lambda row, was: True) -> list[int]:
        """`n` rows without a fault of their own, in which the fault would make sense."""
        fit = [i for i in sorted(self.free) if allowed(self.rows[i], self.was[i])]
        chosen = sorted(self.rng.choice(fit, n, replace=False).tolist())
        self.free -= set(chosen)
        return chosen

    def plant_in_rows(self) -> None:
        """Faults that single rows carry, each in its share of the tidy table."""
        given, n, records = self.given, len(self.rows), self.was

        def plain(row: dict, was: dict) -> bool:
            odd = {"American dates", "weeks written as days"}
            return bool(row["text"]["decided"]) and not odd & {entry["fault"] for entry in row["faults"]}

        for count, i in enumerate(self.take(round(given["fault: impossible dates, share"] * n), plain)):
            field = ["received", "decided"][count % 2]
            month = int(self.rng.choice([2, 4, 6, 9, 11]))
            day = 30 if month == 2 and count % 3 == 0 else 31
            self._plant(self.rows[i], "impossible date", field, f"{day}/{month:02d}/{records[i][field].year}")

        def turned(was: dict) -> pd.Timestamp | None:
            day = was["received"]
            return pd.Timestamp(day.year, day.day, day.month) if day.day <= 12 and day.day != day.month else None

        def hides(row: dict, was: dict) -> bool:
            # Still inside the two years and before the decision, so that only the count of days betrays it.
            return plain(row, was) and turned(was) is not None and START <= turned(was) < was["received"]

        for i in self.take(round(given["fault: day and month swapped, share"] * n), hides):
            self._plant(self.rows[i], "day and month swapped", "received", f"{turned(records[i]):%d/%m/%Y}")

        def not_leap(row: dict, was: dict) -> bool:
            return (
                plain(row, was)
                and was["days_to_decision"] < 300
                and (was["decided"].month, was["decided"].day) != (2, 29)
            )

        for i in self.take(round(given["fault: decided before received, share"] * n), not_leap):
            earlier = records[i]["decided"].replace(year=records[i]["decided"].year - 1)
            self._plant(self.rows[i], "decided before received", "decided", f"{earlier:%d/%m/%Y}")

        makers = [
            ("NHS number", lambda k: f"NHS no {nhs_number(self.rng)} given by caller."),
            ("telephone", lambda k: f"{FORENAMES[k % 10]} (neighbour) on {MOBILE.format(self.rng.integers(1000))}."),
            ("postcode", lambda k: f"Staying with son at {POSTCODE.format(1 + k % 9)} until Friday."),
            ("e-mail", lambda k: f"Write to {FORENAMES[k % 10].lower()}.{1900 + k}@example.org instead."),
            (
                "telephone",
                lambda k: f"Ask for {FORENAMES[k % 10]} on {LANDLINE.format(self.rng.integers(1000))}.",
            ),
        ]
        for k, i in enumerate(self.take(round(given["fault: identifiers in free text, share"] * n))):
            kind, make = makers[k % len(makers)]
            self._plant(self.rows[i], "identifier in free text", "note", make(k), kind=kind)

    def _retyped(self, row: dict, kind: str, known: set) -> tuple[str, str]:
        """A field of a row with a slip of the finger: field and what was typed."""
        text = row["text"]
        if kind == "person":
            digits = text["person"][3:]
            swaps = [digits[:j] + digits[j + 1] + digits[j] + digits[j + 2 :] for j in range(5)]
            swaps = [f"LC-{swap}" for swap in swaps if swap != digits and f"LC-{swap}" not in known]
            if swaps:
                return "person", swaps[int(self.rng.integers(len(swaps)))]
        if kind == "date_of_birth" and text["date_of_birth"] != "1900-01-01":
            day = int(text["date_of_birth"][:2])
            other = day + 1 if day < 28 else day - 1
            return "date_of_birth", f"{other:02d}{text['date_of_birth'][2:]}"
        number = int(text["ward"][1:])
        return "ward", f"W{number + 1 if number % 10 else number - 1:02d}"

    def assemble(self) -> tuple[pd.DataFrame, dict, list[str]]:
        """The file, its key, and the numbers that the tidy referrals got."""
        given, n, rng = self.given, len(self.rows), self.rng
        known = set(county.people()["council_id"])
        placed = [(float(i), row) for i, row in enumerate(self.rows)]
        for count, i in enumerate(self.take(round(given["fault: near duplicates, share"] * n))):
            row = self.rows[i]
            again = {"text": dict(row["text"]), "faults": [dict(entry) for entry in row["faults"]], "bounced": "no"}
            field, typed = self._retyped(row, ["person", "date_of_birth", "ward"][count % 3], known)
            self._plant(again, "near duplicate", field, typed, of=i)
            placed.append((i + int(rng.integers(1, 11)) + 0.5, again))
        placed.sort(key=lambda pair: pair[0])  # stable: ties keep their order
        numbers = {}
        for number, (place, row) in enumerate(placed, start=1):
            row["text"]["referral_id"] = f"R{number:05d}"
            if place == int(place):
                numbers[int(place)] = row["text"]["referral_id"]
        twice = [(place, row) for place, row in placed if place == int(place) and int(place) in self.free]
        for j in sorted(rng.choice(len(twice), round(given["fault: exact duplicates, share"] * n), replace=False)):
            place, row = twice[j]
            again = {"text": dict(row["text"]), "faults": [dict(entry) for entry in row["faults"]], "bounced": "no"}
            again["faults"].append({"fault": "exact duplicate", "field": "", "written": "", "true": ""})
            placed.append((place + int(rng.integers(1, 31)) + 0.7, again))
        placed.sort(key=lambda pair: pair[0])
        key: dict[str, list] = {}
        for line, (_, row) in enumerate(placed, start=2):
            where = {"row": line, "referral_id": row["text"]["referral_id"]}
            if row["bounced"] == "yes":
                key.setdefault("bounced", []).append(dict(where))
            for entry in row["faults"]:
                entry = {**where, **entry}
                if "of" in entry:
                    entry["of"] = numbers[entry["of"]]
                key.setdefault(entry.pop("fault"), []).append(entry)
        file = pd.DataFrame([row["text"] for _, row in placed])[EXPORT]
        return file, key, [numbers[i] for i in range(n)]


def generate() -> tuple[dict[str, pd.DataFrame], dict]:
    """Both tables as they stand in the files, and the key to the faults."""
    given, rng = making.calibration(HERE), np.random.default_rng(SEED)
    table = tidy(rng, given)
    export = Export(table, given, rng)
    export.plant_in_rows()
    file, key, numbers = export.assemble()
    table["referral_id"] = numbers
    table = table[TIDY].assign(synthetic="yes")
    planted = {
        "about": "Rows are numbered as in a spreadsheet: the header is row 1. Copies of a row carry its faults too.",
        "rows_in_file": len(file),
        "counts": {fault: len({entry["row"] for entry in entries}) for fault, entries in key.items()},
        "faults": key,
    }
    return {"referrals": table, "as_exported": file}, planted


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    making.write(folder, "referrals", *generate())
