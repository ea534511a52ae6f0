"""The invented county: its wards, referrals, assessments and discharges, against what they were made from.

Everything is counted here again from the text of the files, without `load` and without the generators'
own functions. Figures to compare with stand under `calibration` in each `datapackage.json`, beside their
source and the tolerance used here. What was planted is read from the sealed key.
"""

import json
import re
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from researchskills import datasets
from researchskills.errors import CourseError

ROOT = Path(__file__).parents[1]
HOSPITALS = ["Castle Hill Infirmary", "Northmoor General"]
PACKAGES = ["area_profile", "referrals", "assessments", "packages_and_discharge"]


def raw(name: str, table: str | None = None) -> pd.DataFrame:
    path = ROOT / "datasets" / name / f"{table or name}.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def entries(name: str) -> dict:
    package = json.loads((ROOT / "datasets" / name / "datapackage.json").read_text(encoding="utf-8"))
    return {entry["parameter"]: entry for entry in package["calibration"]}


class Given:
    """Parameters of a package, each with its tolerance."""

    def __init__(self, name: str):
        self.entries = entries(name)

    def __getitem__(self, parameter: str):
        return self.entries[parameter]["value"]

    def about(self, parameter: str, value=None):
        """The parameter (or one of its parts) with the tolerance stated beside it."""
        entry = self.entries[parameter]
        return pytest.approx(entry["value"] if value is None else value, abs=entry["tolerance"], rel=0)


@pytest.fixture(scope="module")
def county():
    sys.path.insert(0, str(ROOT / "datasets"))
    try:
        import county
    finally:
        sys.path.pop(0)
    return county


@pytest.fixture(scope="module")
def referrals():
    return raw("referrals")


@pytest.fixture(scope="module")
def exported():
    table = raw("referrals", "as_exported")
    table.index += 2  # rows of a spreadsheet
    return table


@pytest.fixture(scope="module")
def key():
    return datasets.planted("referrals")["faults"]


@pytest.fixture(scope="module")
def discharges():
    table = raw("packages_and_discharge", "discharges")
    table["delay_days"] = table["delay_days"].astype(int)
    return table


# All four


@pytest.mark.parametrize("name", PACKAGES)
def test_every_parameter_states_a_tolerance(name):
    assert [p for p, entry in entries(name).items() if entry.get("tolerance") in (None, "")] == []


@pytest.mark.parametrize("name", PACKAGES)
def test_files_are_small_and_say_that_they_are_invented(name):
    for path in (ROOT / "datasets" / name).glob("*.csv"):
        assert path.stat().st_size < 1_200_000
    assert "does not exist" in (ROOT / "datasets" / name / "README.md").read_text(encoding="utf-8")


def test_planted_says_so_when_nothing_was_planted():
    with pytest.raises(CourseError, match="Nothing was planted in the data package “glossary”"):
        datasets.planted("glossary")
    with pytest.raises(CourseError, match="There is no data package “county”"):
        datasets.planted("county")


def test_the_key_cannot_be_read_by_accident():
    for name in PACKAGES:
        sealed = (ROOT / "datasets" / name / "planted.sealed").read_text(encoding="utf-8")
        assert not re.search("row|fault|differ|effect", sealed)


def test_a_damaged_key_is_reported(tmp_path, monkeypatch):
    folder = tmp_path / "datasets" / "area_profile"
    folder.mkdir(parents=True)
    package = (ROOT / "datasets" / "area_profile" / "datapackage.json").read_text(encoding="utf-8")
    (folder / "datapackage.json").write_text(package, encoding="utf-8")
    (folder / "planted.sealed").write_text("c0ffee", encoding="utf-8")
    monkeypatch.setenv("RESEARCHSKILLS_ROOT", str(tmp_path))
    with pytest.raises(CourseError, match="planted.sealed cannot be read"):
        datasets.planted("area_profile")


# People


def test_people_follow_the_shares_of_their_sources(county):
    people, given = county.people(), Given("referrals")
    assert len(people) == people["person"].nunique() == people["council_id"].nunique() == 6000
    assert people["nhs_id"].nunique() == 6000
    older = people[people["age"] >= 65]
    parameter = "age: share of people 65 or over"
    assert len(older) / 6000 == given.about(parameter)
    assert (people["age"] >= 85).mean() == given.about("age: share of people 85 or over")
    parameter = "sex: share of women among people 65 or over"
    assert (older["sex"] == "female").mean() == given.about(parameter)
    parameter = "living_alone: share of those known, 65 or over"
    assert (older["living_alone"] == "yes").mean() == given.about(parameter)


def test_age_and_date_of_birth_agree(county):
    for row in county.people().itertuples():
        years = 2025 - row.born.year - ((row.born.month, row.born.day) > (4, 1))
        assert years == row.age
        low, _, high = row.age_band.partition("-")
        assert int(low.rstrip("+")) <= row.age <= int(high or 120)


# Wards


def test_wards_follow_the_means_and_spreads_of_their_sources():
    wards, given = raw("area_profile"), Given("area_profile")
    assert len(wards) == wards["ward"].nunique() == wards["ward_name"].nunique() == given["wards"]
    for parameter in given.entries:
        if match := re.match(r"(\w+): mean and spread", parameter):
            values = wards[match[1]].astype(float)
            assert values.mean() == given.about(parameter, given[parameter]["mean"])
            assert values.std() == given.about(parameter, given[parameter]["sd"])
    share = wards["share_65_plus"].astype(float)
    low, high = (given["share_65_plus: mean and spread, per cent"][end] for end in ["low", "high"])
    assert low - 0.05 <= share.min() and share.max() <= high
    assert stats.skew(wards["deprivation_score"].astype(float)) > 0.8


def test_deprivation_pulls_carers_disability_and_living_alone_and_clusters_by_locality():
    wards, given = raw("area_profile"), Given("area_profile")
    score = np.log(wards["deprivation_score"].astype(float))
    for name, pull in given["pull of deprivation on each share"].items():
        found = np.corrcoef(score, wards[name].astype(float))[0, 1]
        assert found == given.about("pull of deprivation on each share", pull), name
    tenths = wards["unpaid_carers"].astype(float).groupby(wards["deprivation_decile"]).mean()
    parameter = "unpaid_carers: most and least deprived tenth, per cent"
    assert tenths["1"] == given.about(parameter, given[parameter]["most"])
    assert tenths["10"] == given.about(parameter, given[parameter]["least"])
    groups = [group for _, group in score.groupby(wards["locality"])]
    assert stats.f_oneway(*groups).pvalue < 0.001


def test_age_bands_add_up_to_the_wards():
    wards, bands = raw("area_profile").set_index("ward"), raw("area_profile", "age_bands")
    for total, part in [("people_65_plus", "people"), ("home_care_users", "home_care_users")]:
        assert bands[part].astype(int).groupby(bands["ward"]).sum().equals(wards[total].astype(int).rename(part))
    people = bands["people"].astype(int).groupby(bands["age_band"]).sum()
    given = Given("area_profile")
    for band, share in given["age bands: shares of people 65 and over"].items():
        assert people[band] / people.sum() == given.about("age bands: shares of people 65 and over", share)
    users = bands["home_care_users"].astype(int).groupby(bands["age_band"]).sum()
    for band, rate in given["home care: users for each 1,000 people"].items():
        assert 1000 * users[band] / people[band] == pytest.approx(rate, rel=0.1)


def test_high_crude_rates_are_old_wards_and_the_truly_high_ward_shows_after_standardising():
    wards, bands = raw("area_profile").set_index("ward"), raw("area_profile", "age_bands")
    bands[["people", "home_care_users"]] = bands[["people", "home_care_users"]].astype(int)
    totals = bands.groupby("age_band")[["people", "home_care_users"]].sum()
    rate = totals["home_care_users"] / totals["people"]
    expected = (bands["people"] * bands["age_band"].map(rate)).groupby(bands["ward"]).sum()
    seen = wards["home_care_users"].astype(int)
    # Exact Poisson limits by way of chi-squared: Garwood 1936.
    low, high = stats.chi2.ppf(0.025, 2 * seen) / 2 / expected, stats.chi2.ppf(0.975, 2 * seen + 2) / 2 / expected
    differ = datasets.planted("area_profile")["wards that truly differ"]
    assert set(seen.index[(low > 1) | (high < 1)]) == set(differ) == {"W38", "W27"}
    ratio = seen / expected
    given = Given("area_profile")
    for ward, true in differ.items():
        assert ratio[ward] == given.about("home care: wards that differ, ratio to expected", true)
    assert ratio.idxmax() == "W38" and ratio.idxmin() == "W27"
    crude = (seen / wards["people_65_plus"].astype(int)).sort_values(ascending=False)
    assert list(crude.index[:4]) == ["W02", "W46", "W06", "W38"]
    share = wards["share_65_plus"].astype(float)
    assert (share[["W02", "W46", "W06"]] > share.median()).all() and share["W38"] < share.quantile(0.25)


# Referrals, tidy


def test_referrals_follow_the_shares_of_their_sources(referrals):
    given, n = Given("referrals"), len(referrals)
    assert n == given["referrals"]
    assert n / referrals["person"].nunique() == given.about("referrals for each person")
    older = referrals["age_band"] != "18-64"
    assert older.mean() == given.about("age: share of people 65 or over")
    assert (referrals["age_band"] == "85+").mean() == given.about("age: share of people 85 or over")
    known = referrals[older & (referrals["sex"] != "")]
    assert (known["sex"] == "female").mean() == given.about("sex: share of women among people 65 or over")
    known = referrals[older & (referrals["living_alone"] != "unknown")]
    assert (known["living_alone"] == "yes").mean() == given.about("living_alone: share of those known, 65 or over")
    discharge = referrals["route"] == "hospital discharge"
    for rows, name in [(older, "65 and over"), (~older, "under 65")]:
        parameter = "route: share from hospital discharge"
        assert discharge[rows].mean() == given.about(parameter, given[parameter][name])
    decided = referrals[referrals["outcome"] != ""]
    for table, column in [(referrals, "source"), (referrals, "priority"), (decided, "outcome")]:
        for value, share in given[f"{column}: shares"].items():
            assert (table[column] == value).mean() == given.about(f"{column}: shares", share), value
    maximise = decided["outcome"] == "short-term support to maximise independence"
    parameter = "outcome: share with short-term support, discharge route, 65 and over"
    assert maximise[discharge & older].mean() == given.about(parameter)
    practical = referrals["reason"].isin(["equipment or adaptations", "mobility or falls"]) & ~discharge
    parameter = "therapy: share of practical reasons in the community"
    assert referrals["team"][practical].str.endswith("therapy").mean() == given.about(parameter)


def test_decisions_follow_from_their_dates_and_are_skewed(referrals):
    given = Given("referrals")
    for row in referrals.itertuples():
        assert (row.decided == "") == (row.days_to_decision == "") == (row.outcome == "")
        if row.decided:
            assert (date.fromisoformat(row.decided) - date.fromisoformat(row.received)).days == int(
                row.days_to_decision
            )
            assert row.decided <= "2026-03-31"
    held = referrals[referrals["days_to_decision"] != ""]
    days = held["days_to_decision"].astype(int)
    for priority, (median, _) in given["days to decision: median and spread of logarithm"].items():
        assert days[held["priority"] == priority].median() == pytest.approx(median, abs=1)
    assert days.mean() > 1.3 * days.median()


def test_bounced_means_the_same_person_in_the_fourteen_days_before(referrals):
    seen: dict[str, date] = {}
    bounced = []
    for row in referrals.itertuples():  # in order of receipt
        day = date.fromisoformat(row.received)
        gap = day - seen[row.person] if row.person in seen else timedelta(days=999)
        assert gap > timedelta(0)
        bounced.append("yes" if gap <= timedelta(days=14) else "no")
        seen[row.person] = day
    assert referrals["received"].is_monotonic_increasing
    assert bounced == list(referrals["bounced"])
    assert bounced.count("yes") / len(referrals) == Given("referrals").about("bounced: share of referrals")


def test_referrals_that_came_back_had_mostly_led_to_nothing(referrals):
    back = set(referrals.loc[referrals["bounced"] == "yes", "person"])
    first = referrals["person"].isin(back) & (referrals["bounced"] == "no")
    nothing = referrals["outcome"].isin(["no support", "signposted"])
    assert nothing[first].mean() > nothing[~referrals["person"].isin(back)].mean() + 0.15


def test_missing_is_at_random_but_for_one_team_without_ethnicity_and_one_that_does_not_ask(referrals):
    given = Given("referrals")
    without = referrals["team"] == given["ethnicity: team that leaves it out"]
    assert (referrals["ethnicity"][without] == "").all() and without.sum() > 400
    for column, rows in [("ethnicity", ~without), ("sex", without | True), ("reason", without | True)]:
        assert (referrals[column][rows] == "").mean() == given.about("share of each answer left blank")
    worst = referrals["team"] == given["living_alone: team with most unknown"]
    for rows, name in [(worst, "that team"), (~worst, "other teams")]:
        parameter = "living_alone: share unknown"
        assert (referrals["living_alone"][rows] == "unknown").mean() == given.about(parameter, given[parameter][name])
    answers = referrals["living_alone"][worst].value_counts()
    assert dict(answers) == {"unknown": 202, "yes": 182, "no": 97}


# Referrals, as exported


def written(row, people) -> dict:
    """How a tidy row would stand in the export without a fault; None where nothing is held."""
    text = {name: getattr(row, name) for name in row._fields if name not in ("Index", "bounced", "synthetic")}
    for name in ["received", "decided"]:
        text[name] = "/".join(reversed(text[name].split("-")))
    text["date_of_birth"] = people.loc[row.person, "born"].strftime("%d/%m/%Y")
    return {name: None if value in ("", "unknown") else value for name, value in text.items()}


def test_the_key_lists_exactly_what_differs_from_the_tidy_table(referrals, exported, key, county):
    people = county.people().set_index("council_id")
    truth = {row.referral_id: written(row, people) for row in referrals.itertuples()}
    near = {entry["row"]: entry["of"] for entry in key["near duplicate"]}
    listed = {
        (entry["row"], entry["field"]): entry
        for fault, found in key.items()
        if fault not in ("bounced", "exact duplicate")
        for entry in found
    }
    found = set()
    for row, line in exported.iterrows():
        right = truth[near.get(row, line["referral_id"])]
        for field in exported.columns.drop(["referral_id", "note"]):
            held = right[field]
            if held is None:
                if line[field] not in ("", "unknown") or (row, field) in listed:
                    found.add((row, field))
                    assert listed[row, field]["true"] == "not held"
            elif line[field] != held:
                found.add((row, field))
                # A date of birth that the system never held is written as 1900-01-01.
                assert listed[row, field]["true"] in (held, "not held")
                assert (listed[row, field]["true"] == "not held") == (line[field] == "1900-01-01")
            elif (row, field) in listed:
                # Nought weeks and nought days look the same.
                assert field == "days_to_decision" and held == "0", (row, field)
                found.add((row, field))
            if (row, field) in listed:
                assert line[field] == listed[row, field]["written"]
    notes = {entry["row"] for entry in key["identifier in free text"]}
    assert found | {(row, "note") for row in notes} == set(listed)


def test_faults_come_at_their_rates(exported, key):
    given = Given("referrals")
    counts = {fault: len({entry["row"] for entry in found}) for fault, found in key.items()}
    assert counts == datasets.planted("referrals")["counts"]
    rates = {
        "exact duplicate": "exact duplicates",
        "near duplicate": "near duplicates",
        "impossible date": "impossible dates",
        "day and month swapped": "day and month swapped",
        "decided before received": "decided before received",
        "identifier in free text": "identifiers in free text",
    }
    for fault, words in rates.items():
        assert counts[fault] == round(5000 * given[f"fault: {words}, share"]), fault
    assert len(exported) == 5000 + counts["exact duplicate"] + counts["near duplicate"] == 5150
    assert counts["bounced"] == round(5000 * given["bounced: share of referrals"])
    never = (exported["date_of_birth"] == "1900-01-01").mean()
    assert never == given.about("fault: date of birth not held, written as 1900-01-01")
    assert (exported["note"] != "").mean() == given.about("note: share filled in")
    codes = {"9", "99", "999", "n/a", "Not held", "1900-01-01"}
    assert exported.isin(codes - {"9", "99"}).any(axis=1).sum() <= counts["missing in disguise"]
    assert {entry["written"] for entry in key["missing in disguise"]} == codes


def test_exact_duplicates_are_the_rows_that_repeat_an_earlier_one(exported, key):
    rows = {entry["row"] for entry in key["exact duplicate"]}
    assert set(exported.index[exported.duplicated()]) == rows
    assert set(exported.index[exported["referral_id"].duplicated()]) == rows


def test_near_duplicates_differ_from_their_original_in_number_and_one_field(exported, key):
    originals = exported.drop_duplicates("referral_id").set_index("referral_id")
    for entry in key["near duplicate"]:
        here, there = exported.loc[entry["row"]].drop("referral_id"), originals.loc[entry["of"]]
        assert list(here.index[here != there[here.index]]) == [entry["field"]]
    assert {entry["field"] for entry in key["near duplicate"]} == {"person", "date_of_birth", "ward"}


def british(text: str) -> date | None:
    try:
        day, month, year = map(int, text.split("/"))
        return date(year, month, day)
    except ValueError:
        return None


def test_faults_in_dates_can_be_found_from_the_file_alone(exported, key):
    rows = {fault: {entry["row"] for entry in found} for fault, found in key.items()}
    american = rows["American dates"]
    plain = exported.drop(index=list(american))
    impossible = {
        row for row, line in plain.iterrows() for f in ["received", "decided"] if line[f] and not british(line[f])
    }
    assert impossible == rows["impossible date"]
    early, off = set(), set()
    for row, line in plain.iterrows():
        start, end = british(line["received"]), british(line["decided"])
        if start and end:
            if end < start:
                early.add(row)
            elif (end - start).days != int(line["days_to_decision"]):
                off.add(row)
    assert early == rows["decided before received"]
    small = {e["row"] for e in key["weeks written as days"] if e["written"] == e["true"]}
    assert off == rows["day and month swapped"] | (rows["weeks written as days"] - small)
    assert all(int(text[3:5]) > 12 for text in exported.loc[list(impossible & american), "received"])
    assert any(int(text[3:5]) > 12 for text in exported.loc[list(american), "received"])


def test_weeks_are_a_seventh_of_the_days_in_one_team_from_one_day_on(key):
    for entry in key["weeks written as days"]:
        assert int(entry["written"]) == round(int(entry["true"]) / 7)
    assert len(key["weeks written as days"]) > 60


def test_the_source_changes_its_name_on_one_day(referrals, exported):
    drift = Given("referrals")["fault: category renamed"]
    day = exported["referral_id"].map(referrals.set_index("referral_id")["received"])
    assert (
        day[exported["source"] == drift["old"]].max() < drift["from"] <= day[exported["source"] == drift["new"]].min()
    )


def test_identifiers_in_free_text_can_belong_to_nobody(exported, key):
    for entry in key["identifier in free text"]:
        text = exported.loc[entry["row"], "note"]
        if entry["kind"] == "NHS number":
            digits = [int(d) for d in re.search(r"999 \d{3} \d{4}", text)[0] if d != " "]
            # Modulus 11: the weighted sum with the check digit divides by eleven.
            assert sum(d * w for d, w in zip(digits, range(10, 0, -1), strict=True)) % 11 == 0
        else:
            patterns = {
                "telephone": r"\b(07700 900\d{3}|01632 960\d{3})\b",
                "postcode": r"\bZZ99 \dVZ\b",
                "e-mail": r"[\w.]+@example\.org\b",
            }
            assert re.search(patterns[entry["kind"]], text)
    others = exported["note"].drop([entry["row"] for entry in key["identifier in free text"]])
    assert not others.str.contains(r"[0-9@]").any()


# Assessments


@pytest.fixture(scope="module")
def assessments():
    return raw("assessments")


def test_assessments_follow_from_referrals_and_stand_once_for_each_person(assessments, referrals):
    source = referrals.set_index("referral_id").loc[assessments["referral_id"]].reset_index()
    assert list(source["person"]) == list(assessments["person"])
    assert list(source["team"]) == list(assessments["team"])
    assert list(source["decided"]) == list(assessments["requested"])
    assert assessments["person"].is_unique


def test_waits_follow_the_quantiles_of_the_source_and_leave_out_some_of_the_longest(assessments):
    given = Given("assessments")
    seen = assessments[assessments["status"] == "assessed"]
    days = seen["days_waited"].astype(int)
    for row in seen.itertuples():
        assert (date.fromisoformat(row.assessed) - date.fromisoformat(row.requested)).days == int(row.days_waited)
    quantiles = given["days waited: quantiles"]
    for at in ["0.25", "0.5", "0.75"]:
        assert days.quantile(float(at)) == pytest.approx(quantiles[at], abs=2)
        assert days.quantile(float(at)) < quantiles[at]
    assert days.max() <= quantiles["1"] and days.mean() > 1.4 * days.median()
    others = assessments[assessments["status"] != "assessed"]
    assert (others[["assessed", "days_waited", "wellbeing_before", "carer_assessed"]] == "").all(axis=None)
    assert set(others["status"]) == {"still waiting", "withdrew", "died while waiting"}
    long = assessments["days_waited"].replace("", "999").astype(int) > given["left the list: waits longer than, days"]
    assert (long | (assessments["status"] == "assessed")).all()


def test_professions_and_carers_keep_to_their_shares(assessments):
    given = Given("assessments")
    kind = assessments["team"].str.extract("(adult care|social work|therapy)$")[0].replace("social work", "hospital")
    for name, shares in given["profession: shares by kind of team"].items():
        for value, share in shares.items():
            found = (assessments["profession"][kind == name] == value).mean()
            assert found == given.about("profession: shares by kind of team", share)
    cared = assessments[~assessments["carer_assessed"].isin(["", "no carer"])]
    for value, share in given["carer assessed: shares"].items():
        assert (cared["carer_assessed"] == value).mean() == given.about("carer assessed: shares", share)


def test_extra_support_looks_as_if_it_worked_and_did_nothing(assessments):
    given = Given("assessments")
    measured = assessments[assessments["wellbeing_before"] != ""].copy()
    measured["before"] = measured["wellbeing_before"].astype(int)
    parameter = "wellbeing: mean and spread"
    assert measured["before"].mean() == given.about(parameter, given[parameter]["mean"])
    assert measured["before"].std() == given.about(parameter, given[parameter]["sd"])
    seen = assessments["status"] == "assessed"
    blank = (assessments["wellbeing_before"][seen] == "").mean()
    assert blank == given.about("wellbeing before: share left blank")
    lost = (measured["wellbeing_after"] == "").mean()
    assert lost == given.about("wellbeing after: share lost to follow-up")
    limit = given["extra support: total up to which it is offered"]
    low = measured["before"] <= limit
    supported = measured["extra_support"] == "yes"
    assert not (supported & ~low).any() and (assessments["extra_support"] == "yes").sum() == supported.sum()
    assert supported[low].mean() == given.about("extra support: share of those low")

    both = measured[measured["wellbeing_after"] != ""].copy()
    both["after"] = both["wellbeing_after"].astype(int)
    assert both["before"].between(7, 35).all() and both["after"].between(7, 35).all()
    reliability = np.corrcoef(both["before"], both["after"])[0, 1]
    assert reliability == given.about("wellbeing: reliability")
    change, low, supported = both["after"] - both["before"], both["before"] <= limit, both["extra_support"] == "yes"
    helped, alike, everybody = change[low & supported], change[low & ~supported], change[~supported]
    # The trap: a rise that no interval lets pass for chance, and larger than in everybody else.
    assert helped.mean() > 2 and stats.ttest_1samp(helped, 0).pvalue < 1e-6
    assert stats.ttest_ind(helped, everybody, equal_var=False).pvalue < 1e-6
    # The truth: people as low without it rise as much.
    assert abs(helped.mean() - alike.mean()) < 0.5
    assert stats.ttest_ind(helped, alike, equal_var=False).pvalue > 0.2
    assert (len(helped), len(alike)) == (138, 144)
    # Regression to the mean predicts (1 - reliability) of the distance: Galton 1886, Davis 1976.
    mean = both["before"].mean()
    assert helped.mean() == pytest.approx((1 - reliability) * (mean - both["before"][low].mean()), abs=0.6)
    assert abs(change.mean()) < 0.4


# Packages and discharge


def test_delays_follow_the_shares_and_lengths_of_the_source(discharges):
    given = Given("packages_and_discharge")
    assert len(discharges) == given["discharges"]
    for row in discharges.itertuples():
        assert (date.fromisoformat(row.discharged) - date.fromisoformat(row.ready)).days == row.delay_days
        assert row.month == row.ready[:7]
    late = discharges[discharges["delay_days"] > 0]
    assert len(late) / len(discharges) == given.about("delayed: share of discharges, both years")
    parameter = "delay: median and mean of those delayed, days"
    assert late["delay_days"].median() == given.about(parameter, given[parameter]["median"])
    assert late["delay_days"].mean() == given.about(parameter, given[parameter]["mean"])
    parameter = "delay: shares of those delayed by length"
    bands = pd.cut(late["delay_days"], [0, 1, 3, 6, 13, 20, 999], labels=list(given[parameter]))
    for band, share in given[parameter].items():
        assert (bands == band).mean() == given.about(parameter, share), band
    assert (discharges.loc[discharges["delay_days"] == 0, ["attributable_to", "delay_reason"]] == "").all(axis=None)


def test_days_of_delay_are_shared_out_as_in_the_source(discharges):
    given = Given("packages_and_discharge")
    late = discharges[discharges["delay_days"] > 0]
    days = late["delay_days"].groupby(late["attributable_to"]).sum()
    for whose, share in given["delay: shares of days by whose it is"].items():
        assert days[whose] / days.sum() == given.about("delay: shares of days by whose it is", share)
    blank = (late["delay_reason"] == "").mean()
    assert blank == given.about("delay reason left blank")
    for whose, shares in given["delay: shares of days by reason"].items():
        known = late[(late["attributable_to"] == whose) & (late["delay_reason"] != "")]
        for reason, share in shares.items():
            found = known.loc[known["delay_reason"] == reason, "delay_days"].sum() / known["delay_days"].sum()
            assert found == given.about("delay: shares of days by reason", share), (whose, reason)


def test_people_with_high_frailty_are_delayed_more_often_and_get_more_hours(discharges):
    given = Given("packages_and_discharge")
    late = (discharges["delay_days"] > 0).groupby(discharges["frailty"]).mean()
    assert late["high"] > 1.5 * late["low"]
    packages = discharges[discharges["package_hours"] != ""]
    hours = packages["package_hours"].astype(float)
    medians = hours.groupby(packages["frailty"]).median()
    assert medians["high"] > medians["low"]
    wanted = given["package: median hours and spread of logarithm"][0]
    assert hours.median() == given.about("package: median hours and spread of logarithm", wanted)
    share = (discharges["package_hours"] != "").groupby(discharges["frailty"]).mean()
    parameter = "package: share, low and high frailty"
    assert list(share[["low", "high"]]) == given.about(parameter)
    away = discharges["hospital"] != discharges["locality"].map(
        lambda place: HOSPITALS[place in ("Northmoor", "Eastfold", "Marrow Vale")]
    )
    assert away.mean() == given.about("hospital: share who go to the further one")


def test_delays_fall_as_much_without_a_hub_as_with_one():
    given = Given("packages_and_discharge")
    months = raw("packages_and_discharge", "monthly")
    months[["discharges", "delayed"]] = months[["discharges", "delayed"]].astype(int)
    assert len(months) == 48
    second = months["month"] >= "2025-04"
    assert ((months["hub"] == "yes") == (second & (months["hospital"] == HOSPITALS[0]))).all()
    falls = {}
    for hospital in HOSPITALS:
        rows = months["hospital"] == hospital
        (x, n), (y, m) = (months.loc[rows & year, ["delayed", "discharges"]].sum() for year in (~second, second))
        for share, wanted in zip(
            [x / n, y / m], given["delayed: share of discharges, first and second year"][hospital]
        ):
            assert share == given.about("delayed: share of discharges, first and second year", wanted)
        falls[hospital] = x / n - y / m, x / n * (1 - x / n) / n + y / m * (1 - y / m) / m
        assert falls[hospital][0] > 3 * falls[hospital][1] ** 0.5  # beyond chance at each hospital
    (hub, v), (none, w) = falls.values()
    assert abs(hub - none) < 1.96 * (v + w) ** 0.5
    assert abs(hub - none) < 0.01


def test_count_tables_agree_with_the_discharges(discharges):
    months = raw("packages_and_discharge", "monthly").set_index(["hospital", "month"])
    for place, group in discharges.groupby(["hospital", "month"]):
        late = group["delay_days"][group["delay_days"] > 0]
        row = months.loc[place]
        assert [int(row[c]) for c in ["discharges", "delayed", "delay_days"]] == [len(group), len(late), late.sum()]
        assert float(row["share_delayed"]) == pytest.approx(100 * len(late) / len(group), abs=0.051)
        assert float(row["mean_delay"]) == pytest.approx(late.mean(), abs=0.051)
    teams = raw("packages_and_discharge", "teams").set_index("team")
    reabled = discharges[discharges["reablement"] == "yes"]
    assert reabled["person"].is_unique
    for team, group in reabled.groupby("team"):
        home, second = group["at_home_12_weeks"] == "yes", group["ready"] >= "2025-04-01"
        wanted = [len(group), home.sum(), (~second).sum(), (home & ~second).sum(), second.sum(), (home & second).sum()]
        assert teams.loc[team].iloc[1:-1].astype(int).tolist() == wanted


def test_service_a_is_better_overall_and_service_b_within_each_level_of_frailty(discharges):
    given = Given("packages_and_discharge")
    reabled = discharges[discharges["reablement"] == "yes"]
    assert len(reabled) / len(discharges) == given.about("reablement: share of discharges")
    home = reabled["at_home_12_weeks"] == "yes"
    assert home.mean() == given.about("reablement: share at home at 12 weeks")
    cells = given["reablement: people and at home at 12 weeks, by service and frailty"]
    for service, levels in cells.items():
        for frailty, counts in levels.items():
            rows = (reabled["service"] == service) & (reabled["frailty"] == frailty)
            assert [rows.sum(), home[rows].sum()] == counts
    overall = home.groupby(reabled["service"]).mean()
    within = home.groupby([reabled["service"], reabled["frailty"]]).mean()
    assert overall["Service A"] > overall["Service B"] + 0.05
    for frailty in ["low", "high"]:
        assert within["Service B", frailty] > within["Service A", frailty] + 0.05


def test_the_league_table_of_teams_is_noise_but_for_one():
    given = Given("packages_and_discharge")
    teams = raw("packages_and_discharge", "teams").set_index("team").drop(columns=["locality", "synthetic"]).astype(int)
    share = teams["at_home"].sum() / teams["people"].sum()
    below = stats.binom.cdf(teams["at_home"], teams["people"], share)
    above = stats.binom.sf(teams["at_home"] - 1, teams["people"], share)
    nearer = pd.Series(np.minimum(below, above), index=teams.index)
    outlier = given["teams: the one that differs"]["team"]
    assert outlier == datasets.planted("packages_and_discharge")["team that truly differs"]
    assert list(nearer.index[nearer < 0.001]) == [outlier]  # 99.8 % limits
    rest = teams.drop(outlier)
    assert (nearer.drop(outlier) > 0.025).all()  # 95 % limits
    rates = rest["at_home"] / rest["people"]
    centre = rest["at_home"].sum() / rest["people"].sum()
    assert rates.max() - rates.min() > 0.25  # a league table to talk about
    sampling = (centre * (1 - centre) / rest["people"]).mean()
    assert 0.65 * rates.var() < sampling  # most of the spread is what chance alone makes
    years = [teams[f"at_home_year_{y}"] / teams[f"people_year_{y}"] for y in (1, 2)]
    assert abs(stats.spearmanr(*years).statistic) < 0.4  # last year's order says little about this year's
    first = teams[["people_year_1", "people_year_2"]].sum()
    assert first.min() > 0.4 * first.sum()


# What the read-me files say


def test_readmes_give_the_counts_that_are_in_the_files(key, discharges):
    readme = (ROOT / "datasets" / "referrals" / "README.md").read_text(encoding="utf-8")
    stated = [int(n) for n in re.findall(r"\| (\d+) \|$", readme, re.MULTILINE)]
    assert sorted(stated) == sorted(len({e["row"] for e in found}) for f, found in key.items() if f != "bounced")
    readme = (ROOT / "datasets" / "packages_and_discharge" / "README.md").read_text(encoding="utf-8")
    late, second = discharges["delay_days"] > 0, discharges["ready"] >= "2025-04-01"
    for hospital in HOSPITALS:
        rows = discharges["hospital"] == hospital
        years = [f"{(late & rows & y).sum()} of {(rows & y).sum()}" for y in (~second, second)]
        assert " | ".join(years) in readme
