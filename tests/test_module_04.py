"""Module 04: what its pages say about the invented records is what the records hold.

Everything is counted here a second time, from the text of the csv files and without the course's own
`load`, rules or activities: sentences are put together from those counts and looked up in the pages, and the
keys of the questions are compared with them.
"""

import csv
import re
import statistics
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from researchskills import checks
from researchskills.data import rule_question
from researchskills.data.check import check_file
from researchskills.data.finding import IDENTIFIERS
from researchskills.datasets import planted
from researchskills.source import Module, read_module

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "solutions" / "04-checking-data"
DATA = ROOT / "datasets"
HOSPITAL_TEAM = "Northmoor General social work"
OTHER_HOSPITAL_TEAM = "Castle Hill Infirmary social work"
WORDS = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
         "twelve", "thirteen", "fourteen"]


def read(name: str) -> list[dict]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def page(name: str) -> str:
    """Text of a page with every run of white space made one space."""
    return " ".join((FOLDER / name).read_text(encoding="utf-8").split())


def british(text: str) -> date | None:
    try:
        day, month, year = map(int, text.split("/"))
        return date(year, month, day)
    except ValueError:
        return None


@pytest.fixture(scope="module")
def module() -> Module:
    return read_module(FOLDER)


@pytest.fixture(scope="module")
def tidy() -> list[dict]:
    return read("referrals/referrals")


@pytest.fixture(scope="module")
def export() -> list[dict]:
    return read("referrals/as_exported")


# Counting


def alone(rows: list[dict], team: str | None = None) -> Counter:
    return Counter(row["living_alone"] for row in rows if team in (None, row["team"]))


def per_cent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.1f}"


def of_known(counts: Counter) -> str:
    return per_cent(counts["yes"], counts["yes"] + counts["no"])


def days(rows: list[dict]) -> list[int]:
    return [int(row["days_to_decision"]) for row in rows if row["days_to_decision"]]


def copies(rows: list[dict]) -> int:
    return len(rows) - len({tuple(row.values()) for row in rows})


def distinct(rows: list[dict]) -> list[dict]:
    return [dict(cells) for cells in dict.fromkeys(tuple(row.items()) for row in rows)]


def either(text: str) -> date | None:
    """A date read the British way or, where that is none, the American way."""
    day, month, year = text.split("/") if text else ("", "", "")
    return british(text) or british(f"{month}/{day}/{year}")


def after_three_changes(rows: list[dict]) -> tuple[list[int], int]:
    """Days to decision after the log of Unit 3, and how many rows its third change touches."""
    unique = [dict(row) for row in {tuple(row.items()): row for row in rows}.values()]
    touched, result = 0, []
    for row in unique:
        if row["days_to_decision"] in {"", "999"}:
            continue
        value, received = int(row["days_to_decision"]), british(row["received"])
        if row["team"] == "Southdene therapy" and received and received > date(2025, 3, 31):
            touched += value != 0
            value *= 7
        result.append(value)
    return result, touched


def no_calendar(text: str) -> bool:
    """Neither as day/month/year nor as month/day/year is it a day."""
    day, month, year = text.split("/")
    return british(text) is None and british(f"{month}/{day}/{year}") is None


def fault_counts(rows: list[dict]) -> dict[str, int]:
    filled = [text for row in rows for text in (row["received"], row["decided"]) if text]
    codes = Counter(row["living_alone"] for row in rows)
    return {
        "n50": copies(rows),
        "n156": sum(row["date_of_birth"] == "1900-01-01" for row in rows),
        "n47": sum(row["days_to_decision"] == "999" for row in rows),
        "n25": sum(map(no_calendar, filled)),
        "n250": codes["9"] + codes["Not held"],
        "n212": sum(row["source"] == "Primary care network" for row in rows),
    }


# Sentences that the pages must hold


def lesson_sentences(tidy: list[dict], export: list[dict]) -> list[str]:
    counts, hospital, eastfold = alone(tidy), alone(tidy, HOSPITAL_TEAM), alone(tidy, "Eastfold adult care")
    outcomes = Counter(row["outcome"] for row in tidy)
    raw = days(export)
    changed, touched = after_three_changes(export)
    fewer = days(distinct(export)).count(999)
    shares = {team: 100 * alone(tidy, team)["unknown"] / alone(tidy, team).total()
              for team in {row["team"] for row in tidy}}
    lowest, second = min(shares, key=shares.get), sorted(shares, key=shares.get)[-2]
    therapy = {early: statistics.median(
        int(row["days_to_decision"]) for row in export
        if row["team"] == "Southdene therapy" and row["days_to_decision"] not in {"", "999"}
        and (day := british(row["received"])) and (day < date(2025, 4, 1)) is early) for early in (True, False)}
    row = export[2587 - 2]
    wait = british(row["decided"]) - british(row["received"])
    diary = [line for line in read("district_nurse_diary/district_nurse_diary")
             if line["activity"] == "personal care" and line["for_whom"] == "adult social care"]
    council = read("two_systems/council")
    people = Counter((one["birth_year"], one["gender"], one["ward"]) for one in council)
    alike = sum(count for count in people.values() if count > 1)
    delayed = next(line for line in read("two_systems/totals") if line["count"] == "delayed")
    from_hospital = next(line for line in read("two_systems/totals") if line["count"] == "from hospital")
    return [
        f"In Priya's file {outcomes['']} of the {len(tidy):,} referrals have nothing under *outcome*.",
        f"with {outcomes['no support']:,} referrals. A blank says",
        f"gets {len(tidy):,} rows and {len(tidy[0])} columns.",
        f"{len(export):,} rows, every cell a text.",
        f"At Northmoor General the answer is unknown for {hospital['unknown']} of {hospital.total()} referrals.",
        f"At Eastfold adult care it is {eastfold['unknown']} of {eastfold.total()}.",
        f"Of the {len(diary)} lines, {sum(line['unmet_need'] == 'none' for line in diary)} say \"none\".",
        f"title: Mean {statistics.mean(raw):.1f}, median {statistics.median(raw):g}",
        f"the largest value is {max(raw)}.",
        f"The longest true wait here is {max(days(tidy))} days",
        f"The longest true wait is {max(days(tidy))} days.",
        f"All {sum(one['team'] == 'Westering adult care' for one in export)} rows of Westering adult care have no "
        "ethnicity",
        f"Row 2587: received {row['received']}, decided {row['decided']}, and \"{row['days_to_decision']}\" days",
        f"From the 2nd to the 28th are {wait.days} days, which is nearly {WORDS[round(wait.days / 7)]} weeks.",
        f"decides in {therapy[False]:g} days (median); before, it took {therapy[True]:g}",
        f"Then {sum(value == 999 for value in raw)} waits would be made up",
        f"{counts['yes']:,} \"yes\", {counts['no']:,} \"no\" and {counts['unknown']} \"unknown\".",
        f"Which is right, {per_cent(counts['yes'], counts.total())} or {of_known(counts)} in 100?",
        f"it would be {per_cent(counts['yes'] + counts['unknown'], counts.total())} in 100.",
        f"between {per_cent(counts['yes'], counts.total())} and "
        f"{per_cent(counts['yes'] + counts['unknown'], counts.total())}.",
        f"\"we do not know for {counts['unknown']} of {counts.total():,}\"",
        f"the mean falls from {statistics.mean(raw):.1f} to {statistics.mean(changed):.1f} days, and the median is "
        f"{statistics.median(changed):g} before and after.",
        f"The second rule touches {fewer} rows and not {raw.count(999)}: {WORDS[raw.count(999) - fewer]} of the 999s "
        "stood in copies",
        f"The third rule touches {touched} rows",
        f"On Monday the council reports {delayed['council']} people",
        f"On Tuesday the trust reports {delayed['nhs']}.",
        f"{from_hospital['council']} and {from_hospital['nhs']}.",
        f"In the council's extract there are {len(council)} people.",
        f"{alike} people look like another person, and are not.",
        f"In the council's extract {alike} people share year of birth, gender and ward",
        f"unknown in {shares[HOSPITAL_TEAM]:.0f} of 100 referrals, the others in {shares[lowest]:.0f} to "
        f"{shares[second]:.0f}",
        f"{HOSPITAL_TEAM} {shares[HOSPITAL_TEAM]:.1f}; all other teams between {shares[lowest]:.1f} ({lowest}) \" "
        f"\"and {shares[second]:.1f} ({second}).",
    ]


def exercise_sentences(tidy: list[dict], export: list[dict]) -> list[str]:
    counts, other, county = alone(tidy, HOSPITAL_TEAM), alone(tidy, OTHER_HOSPITAL_TEAM), alone(tidy)
    total, most = counts.total(), counts["yes"] + counts["unknown"]
    raw = days(export)
    known = [value for value in raw if value != 999]
    codes = alone(export)
    not_dates = sum(any(text and british(text) is None for text in (row["received"], row["decided"]))
                    for row in export)
    faults = fault_counts(export)
    # The log of an exercise drops the copies first.
    logged = fault_counts(distinct(export))
    renamed = [row for row in export if row["source"] == "Primary care network"]
    unreal = sum(no_calendar(row["received"]) for row in renamed)
    reported = sum(bool((came := either(row["received"])) and (went := either(row["decided"])) and went < came)
                   for row in export)
    _, touched = after_three_changes(export)
    early = sum(bool(row["decided"]) and bool(british(row["decided"])) and bool(british(row["received"]))
                and british(row["decided"]) < british(row["received"]) for row in export)
    sex = Counter(row["sex"] for row in export)
    return [
        f"The export has {len(export):,} rows.",
        "{} under received and {} under decided".format(
            *(sum(bool(row[name]) and no_calendar(row[name]) for row in export) for name in ("received", "decided"))),
        f"flags {not_dates} rows, because {not_dates - faults['n25']} of them hold American dates.",
        f"{codes['9']} rows with a 9 and {codes['Not held']} with \\\"Not held\\\"",
        f"{len(renamed)} rows under the new name (the tool says "
        f"{len(renamed) - unreal}: {WORDS[unreal]} has",
        f"The check in Unit 2 reports {reported} rows",
        f"n141: \"{sex['9'] + sex['n/a']} rows\"",
        f"{statistics.mean(raw):.1f} with the code, {statistics.mean(known):.1f} without it: {len(raw) - len(known)} "
        f"of {len(raw):,} cells moved the mean by {WORDS[round(statistics.mean(raw) - statistics.mean(known))]} days.",
        f"The median is {statistics.median(raw):g} both times.",
        f"| F | Where team is Southdene therapy: multiply days by 7 | {touched} |",
        f"| E | Where decided is before received: flag only | {early} |",
        f"| B | Where days is 999: set to missing (not known) | {logged['n47']} | DQ officer | 2026-04-14 | |",
        f"| A | Where the whole row repeats an earlier row: drop it | {faults['n50']} |",
        f"write \"GP or primary care\" | {logged['n212']} | |",
        f"the share recorded as living alone is {per_cent(counts['yes'], total)}%, lower than anywhere else.",
        f"{counts['yes']} of {counts['yes'] + counts['no']} known is {of_known(counts)}%, the third highest of the "
        "14 teams.",
        f"Of all {total} it was {per_cent(counts['yes'], total)}%, the lowest.",
        f"this team left {counts['unknown']} answers open, of {county['unknown']} in the whole county.",
        f"of {total} referrals {counts['yes']} say \"yes\", {counts['no']} say \"no\" and {counts['unknown']} are "
        "unknown.",
        f"The truth lies between {per_cent(counts['yes'], total)}% and {per_cent(most, total)}%.",
        f"*Northmoor General, {per_cent(counts['yes'], total)}% live alone; Castle Hill Infirmary, "
        f"{per_cent(other['yes'], other.total())}%.*",
        f"{other['unknown']} of {other.total()} are unknown; {other['yes']} of {other.total()} live alone "
        f"({per_cent(other['yes'], other.total())}%), or {of_known(other)}% of those known.",
        f"up to {most} of Northmoor's {total} referrals could go without",
        f"At the least it is {per_cent(counts['yes'], total)}%, at the most {per_cent(most, total)}%.",
    ]


def test_what_the_lesson_says_about_the_check_is_what_the_check_shows():
    groups = check_file(DATA / "referrals" / "as_exported.csv").groups()
    ranks = [group.rank == IDENTIFIERS for group in groups[:8]]
    assert ranks == [True] * 4 + [False] * 4  # “the first eight findings: four are about …”
    told = {group.check: group.findings[0].sentence for group in groups}
    assert "(211 rows) begins" in told["a category that changes its name"]
    assert "In 30 rows" in told["dates in the wrong order"]


PAGES = {"lesson.md": lesson_sentences, "exercises.md": exercise_sentences}


@pytest.mark.parametrize("name", PAGES)
def test_every_number_that_a_page_states_is_the_one_counted_from_the_csv_files(name, tidy, export):
    text = page(name)
    assert [sentence for sentence in PAGES[name](tidy, export) if sentence not in text] == []


@pytest.mark.parametrize("name", PAGES)
def test_records_with_one_more_row_would_contradict_every_page(name, tidy, export):
    """The look-up can fail: add one referral of the hospital team whose answer is unknown."""
    more = [*tidy, next(row for row in tidy if row["team"] == HOSPITAL_TEAM and row["living_alone"] == "unknown")]
    longer = [*export, {**export[0], "referral_id": "R99999", "days_to_decision": "999", "living_alone": "9"}]
    text = page(name)
    assert len([sentence for sentence in PAGES[name](more, longer) if sentence not in text]) >= 5


# Words that rest on the records


def test_the_nurse_in_the_story_rang_twice_before_anything_was_decided(tidy):
    rows = [row for row in tidy if row["person"] == "LC-021623"]
    assert [row["living_alone"] for row in rows] == ["no", "unknown", "no"]
    assert [row["received"] for row in rows[:2]] == ["2024-06-07", "2024-06-13"]
    assert {row["source"] for row in rows[:2]} == {"community nursing or therapy"}
    assert rows[0]["decided"] == "2024-06-28"
    assert min(row["decided"] for row in rows) > rows[1]["received"]
    assert [row["bounced"] for row in rows] == ["no", "yes", "no"]


def test_a_blank_means_what_the_lesson_says_in_each_of_the_columns(tidy):
    still_open = [row for row in tidy if not row["decided"]]
    assert all(not row["outcome"] and not row["days_to_decision"] for row in still_open)
    assert all(row["outcome"] for row in tidy if row["decided"])
    assert any(not row["reason"] for row in tidy)
    assert all(row["living_alone"] for row in tidy)


def test_each_person_in_the_councils_extract_has_a_number_of_their_own():
    numbers = [row["council_id"] for row in read("two_systems/council")]
    assert len(set(numbers)) == len(numbers)


def test_the_team_that_looks_lowest_of_all_is_third_highest_of_those_known(tidy):
    teams = {row["team"] for row in tidy}
    counts = {team: alone(tidy, team) for team in teams}
    assert len(teams) == 14
    by_all = sorted(teams, key=lambda team: counts[team]["yes"] / counts[team].total())
    by_known = sorted(teams, key=lambda team: -counts[team]["yes"] / (counts[team]["yes"] + counts[team]["no"]))
    assert by_all[0] == by_known[2] == HOSPITAL_TEAM


def test_the_prior_mean_was_more_than_half_as_long_again(export):
    changed, _ = after_three_changes(export)
    assert 1.5 < statistics.mean(days(export)) / statistics.mean(changed) < 1.6
    known = [value for value in days(export) if value != 999]
    drop = statistics.mean(days(export)) - statistics.mean(known)
    assert drop / (statistics.mean(days(export)) - statistics.mean(changed)) > 0.95  # “nearly all of the difference”


def test_the_american_dates_are_as_the_exercise_describes_them(export):
    numbers = {entry["row"] for entry in planted("referrals")["faults"]["American dates"]}
    rows = [export[number - 2] for number in sorted(numbers)]
    assert len(rows) == 26
    assert {row["team"] for row in rows} == {OTHER_HOSPITAL_TEAM}
    received = {row["received"] for row in rows}
    assert {"09/15/2025", "09/04/2025"} <= received
    both = [(british(row["received"]), british(row["decided"])) for row in rows]
    assert any(a and b and b < a for a, b in both)  # “decided before they came”
    assert any(a and b and b - a > timedelta(days=60) for a, b in both)  # “wait for months”


def test_the_pairs_in_the_repeats_question_are_those_in_the_file(export):
    assert export[108 - 2] == export[119 - 2]
    assert export[108 - 2]["referral_id"] == "R00107"
    first, second = (next(row for row in export if row["person"] == person and row["received"] == "04/04/2024")
                     for person in ("LC-032481", "LC-023481"))
    assert {name for name in first if first[name] != second[name]} == {"person", "referral_id"}


# Keys of the questions


def pairs(module: Module, name: str) -> dict[str, str]:
    question = module.questions[name]
    return {item["text"]: question.key["pairs"][item["key"]] for item in question.content["items"]}


def test_the_counts_of_faults_are_those_in_the_export(module, export):
    counts = fault_counts(export)
    targets = module.questions["m04-q1-count"].content["targets"]
    assert sorted(pairs(module, "m04-q1-count").values()) == sorted(counts)
    assert all(targets[key] == f"{count} rows" for key, count in counts.items())
    assert {key: f"n{count}" for key, count in counts.items()} == {key: key for key in counts}
    assert set(targets) - set(counts) == {"n141"}  # “One number is left over.”


def test_the_counts_of_causes_are_those_of_the_sealed_differences(module):
    counts = Counter(record["cause"] for record in planted("two_systems")["records"])
    asked = {text[0].lower() + text[1:]: WORDS.index(to)
             for text, to in pairs(module, "m04-q10-causes").items()}
    renamed = {"a different definition of delayed": "different definition of delayed"}
    assert {renamed.get(text, text): count for text, count in asked.items()} == dict(counts)
    assert counts.total() == 37
    told = re.search(r"([\d +]+) = 37\.", page("exercises.md"))[1]
    assert [int(number) for number in told.split("+")] == list(asked.values())


def test_no_page_but_the_sealed_answers_gives_away_the_counts_of_the_causes():
    text = page("lesson.md") + page("workshop.md") + page("supervisor.md")
    for cause in {row["cause"] for row in read("two_systems/causes")}:
        assert not re.search(rf"{cause}\W+(\d+|{'|'.join(WORDS[3:7])})\b", text, re.IGNORECASE), cause


def number_keys(tidy: list[dict], export: list[dict]) -> dict[str, tuple[float, list[float]]]:
    """For each question, its right answer and what each foreseen mistake leads to, not rounded."""
    counts = alone(tidy, HOSPITAL_TEAM)
    yes, no, unknown, total = counts["yes"], counts["no"], counts["unknown"], counts.total()
    raw = days(export)
    return {
        "m04-q11-days": (
            statistics.mean(value for value in raw if value != 999),
            [statistics.mean(raw), statistics.median(raw)],
        ),
        "m04-q12-known": (
            100 * yes / (yes + no),
            [100 * yes / total, 100 * yes / (yes + unknown), 0],
        ),
        "m04-q13-most": (
            100 * (yes + unknown) / total,
            [100 * yes / total, 100 * yes / (yes + no), 100 * unknown / total, yes + unknown,
             (yes + unknown) / total],
        ),
    }


def test_no_question_with_a_number_is_left_out_of_the_recount(module, tidy, export):
    asked = {name for name, question in module.questions.items() if question.kind in {"number", "value"}}
    assert asked == set(number_keys(tidy, export))


@pytest.mark.parametrize("name", ["m04-q11-days", "m04-q12-known", "m04-q13-most"])
def test_the_counted_answer_is_accepted_and_each_counted_mistake_gets_its_own_reason(name, module, tidy, export):
    question, (answer, mistakes) = module.questions[name], number_keys(tidy, export)[name]
    for typed in {answer, round(answer, 1)}:
        assert checks.assess(question, typed).status == "correct"
    assert len(mistakes) == len(question.key["mistakes"])
    for place, value in enumerate(mistakes):
        for typed in {value, round(value, 1) if value >= 1 else round(value, 3)}:
            outcome = checks.assess(question, typed)
            assert (outcome.status, outcome.message) == ("not yet", question.key["mistakes"][place]["reason"])


@pytest.mark.parametrize("name", ["m04-q11-days", "m04-q12-known"])
def test_the_solution_of_a_cell_question_gives_its_key(name, module):
    question = module.questions[name]
    names = {}
    exec(f"from researchskills import load\n{question.mark_scheme['solution']}", names)
    assert checks.assess(question, float(names[question.content["variable"]])).status == "correct"


# Rules: what a good one catches, and that a poor one does not pass


def rule(*conditions: dict, joined: str = "and") -> dict:
    return {"joined": joined, "conditions": list(conditions)}


@pytest.mark.parametrize(("name", "answer"), [
    ("m04-p5-rule", rule({"field": "days_to_decision", "comparison": "is above", "value": "100"})),
    ("m04-p5-rule", rule({"field": "days_to_decision", "comparison": "is blank"})),
    ("m04-q3-order", rule({"field": "decided", "comparison": "is before", "value": "2025-01-01"})),
    ("m04-q3-order", rule({"field": "received", "comparison": "is before the date in", "other": "decided"})),
    ("m04-q4-disguise", rule({"field": "living_alone", "comparison": "is blank"})),
    ("m04-q4-disguise", rule({"field": "living_alone", "comparison": "is", "value": "9"})),
    ("m04-q4-disguise", rule({"field": "living_alone", "comparison": "is not one of", "value": "yes; no"})),
    ("m04-q5-bounce", rule({"field": "person", "comparison": "repeats an earlier row"})),
    ("m04-q5-bounce", rule({"field": "referral_id", "comparison": "repeats an earlier row"})),
])
def test_a_rule_that_many_try_first_does_not_pass(name, answer, module):
    outcome = checks.assess(module.questions[name], answer)
    assert outcome.status == "not yet"
    assert outcome.fraction < 1


def test_what_is_said_about_the_rules_is_what_they_catch(module):
    early = rule_question.caught(module.questions["m04-q3-order"], module.questions["m04-q3-order"].key["right"])
    assert early.flagged - early.both == 1  # “One of the rows … has another cause”
    bounced = module.questions["m04-q5-bounce"]
    found = rule_question.caught(bounced, bounced.key["right"])
    assert (found.faults, found.faults - found.both) == (350, 10)  # “misses ten of the 350”


def test_each_bounce_that_the_rule_misses_stands_in_a_pair_with_a_swapped_date(module, export):
    question = module.questions["m04-q5-bounce"]
    missed = rule_question.fault_rows(question) - rule_question.flagged_rows(question, question.key["right"])
    faults = planted("referrals")["faults"]
    turned = {entry["row"] for name in ("day and month swapped", "American dates") for entry in faults[name]}
    for row in missed:
        person = export[row - 2]["person"]
        rows = {number for number, one in enumerate(export, 2) if one["person"] == person}
        assert rows & turned, row


def test_lines_that_lack_something_are_the_right_answers_about_the_log(module):
    question = module.questions["m04-q9-log"]
    lines = re.findall(r"^\| ([A-F]) \| (.*?) \| (\d+) \| (.*?)\|(.*?)\| ?(.*?)\|$", question.prompt, re.MULTILINE)
    assert [line[0] for line in lines] == list("ABCDEF")
    lacking = {f"Line {letter}" for letter, words, _, who, when, why in lines
               if not who.strip() or not why.strip() or not re.fullmatch(r"\d{4}-\d\d-\d\d", when.strip())
               or not words.startswith("Where")}
    texts = {option["key"]: option["text"] for option in question.content["options"]}
    assert {texts[key] for key in question.key["right"]} == lacking


# Times, tables and tasks


def test_the_times_that_the_lesson_plans_add_up(module):
    text = page("lesson.md")
    units = [int(minutes) for minutes in re.findall(r"## Unit \d: [^#]*?\b(\d+) minutes\.", text)]
    assert units == [30, 40, 35, 35]
    assert sum(units) + 10 == module.lesson.header["minutes"]
    assert f"{sum(units) + 10} minutes: five sittings of 25 to 30 minutes, with a last step of 10" in text
    tomorrow = text.partition("## Use it tomorrow")[2]
    assert sum(map(int, re.findall(r"\((\d+) minutes\)", tomorrow))) == 20


def test_every_outcome_is_taught_practised_and_assessed_by_questions_that_exist(module):
    table = re.findall(r"^\| (?!Outcome|---)(.+?) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$",
                       (FOLDER / "workshop.md").read_text(encoding="utf-8").partition("## Outcomes")[2]
                       .partition("\n## ")[0], re.MULTILINE)
    assert len(table) == 8  # seven of the curriculum, and the step of every module
    activities = set(re.findall(r'"(m04-a\d-[a-z0-9-]+)"', page("lesson.md")))
    named = set()
    for outcome, taught, practised, assessed, _ in table:
        assert taught, outcome
        for cell, letter in ((practised, "[pa]"), (assessed, "q")):
            ids = re.findall(rf"`(m04-{letter}\d+-[a-z0-9-]+)`", cell)
            assert ids, outcome
            named |= set(ids)
    assert named <= set(module.questions) | activities
    assert activities <= named
    assert {name for name, question in module.questions.items() if question.points} <= named


def test_the_exercises_say_how_many_questions_the_course_and_the_mentor_mark(module):
    marked = Counter(question.marked_by for question in module.questions.values() if question.points)
    assert (f"{WORDS[marked['course']].title()} questions that the course checks at once, and "
            f"{WORDS[marked['mentor']]} that a mentor reads" in page("exercises.md"))


def test_practice_questions_are_numbered_in_the_order_of_the_page(module):
    numbers = [int(re.match(r"m04-p(\d+)-", name)[1]) for name in module.questions if "-p" in name[:5]]
    assert all(after == before + 1 for before, after in pairwise(numbers))


def test_the_task_for_week_12_comes_out_as_the_trainers_are_told():
    text = page("workshop.md")
    yes, no, blank = 12 - 1, 8, 30  # one of the two rows that are the same is dropped
    people = yes + no + blank
    assert 12 + no + blank == 50
    assert f"{people} people: {yes} yes, {no} no, {blank} blank" in text
    assert f"{yes} of {people}, which is {per_cent(yes, people)}%" in text
    assert f"{yes} of {yes + no}, which is {per_cent(yes, yes + no)}%" in text
    assert f"{yes + blank} of {people}, which is {per_cent(yes + blank, people)}%" in text


def test_the_error_hunt_on_paper_holds_the_faults_that_trainers_are_told():
    lines = re.findall(r"^\| (\d+) \| (LC-\d) \| (\S*) \| (\S*) ?\| (\d+) \| ([^|]+) \| ([^|]*)\| ([^|]*)\|$",
                       (FOLDER / "workshop.md").read_text(encoding="utf-8"), re.MULTILINE)
    rows = {int(line[0]): line[1:] for line in lines}
    assert sorted(rows) == list(range(2, 12))
    assert rows[3] == rows[8]
    assert (british(rows[3][2]) - british(rows[3][1])).days == 28
    assert british(rows[4][2]) < british(rows[4][1])
    assert british(rows[6][1]) is None
    assert (british(rows[10][2]) - british(rows[10][1])).days == int(rows[10][3])
    assert (british(rows[5][1]) - british(rows[2][1])).days == 8
