"""Data packages: reading, describing and checking them, and what was built into each.

Counts of designed features are taken with the csv module, so that they do not rest on `load`.
"""

import csv
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from researchskills import datasets
from researchskills.errors import CourseError
from researchskills.glossary import now_term
from researchskills.signposting import signposts

ROOT = Path(__file__).parents[1]
PACKAGES = sorted(path.parent.name for path in (ROOT / "datasets").glob("*/datapackage.json"))
SYNTHETIC = [
    name
    for name in PACKAGES
    if json.loads((ROOT / "datasets" / name / "datapackage.json").read_text(encoding="utf-8"))["synthetic"]
]
SKILLS = ["literature", "existing_data", "questions", "interviewing", "statistics", "managing"]
BARRIERS = ["culture", "supervisor", "skills", "attitudes", "support", "change"]  # the source's order


def descriptor(name: str) -> dict:
    return json.loads((ROOT / "datasets" / name / "datapackage.json").read_text(encoding="utf-8"))


@pytest.fixture
def faulty(monkeypatch):
    """Look for data packages among those broken on purpose."""
    monkeypatch.setenv("RESEARCHSKILLS_ROOT", str(ROOT / "tests" / "faulty"))


@pytest.fixture(scope="module")
def answers() -> list[dict]:
    """The baseline survey as text, read without our own code."""
    path = ROOT / "datasets" / "training_baseline" / "training_baseline.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# Reading


def test_load_gives_every_column_the_type_of_its_field():
    survey = datasets.load("training_baseline")
    assert survey["skill_statistics"].dtype == "Int64"
    assert survey["hours_protected"].dtype == float
    assert survey["barrier_culture"].dtype == "boolean"
    assert survey["answered_week"].dtype.kind == "M"
    assert not survey["sector"].cat.ordered
    assert survey["level"].cat.ordered
    assert list(survey["level"].cat.categories) == ["practitioner", "operational manager", "strategic"]


def test_load_turns_every_missing_code_into_a_missing_value(answers):
    survey = datasets.load("training_baseline")
    texts = [row["skill_statistics"] for row in answers]
    assert survey["skill_statistics"].isna().sum() == texts.count("not asked") + texts.count("")
    assert survey["function"].isna().sum() == [row["function"] for row in answers].count("does not apply")


def test_load_works_from_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert len(datasets.load("training_baseline")) == 240


def test_load_does_not_wait_for_frictionless():
    code = "import sys; from researchskills import load; load('glossary'); sys.exit('frictionless' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_load_reads_another_table_of_a_package():
    assert datasets.load("training_baseline", "barriers")["barrier"].iloc[0] == "culture and rewards"


def test_load_of_an_unknown_name_offers_the_nearest():
    with pytest.raises(CourseError, match="Did you mean “training_baseline”") as problem:
        datasets.load("trainig_basline")
    assert problem.value.exit_status == 2


def test_load_of_an_unknown_table_offers_the_nearest():
    with pytest.raises(CourseError, match="has no table “skill_gap”.*“skill_gaps”"):
        datasets.load("training_baseline", "skill_gap")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("type_wrong", "row 3 of type_wrong.csv holds “ten” in the column days_waited"),
        ("date_wrong", "row 3 of date_wrong.csv holds “02/02/2026” in the column visited"),
        ("value_not_on_list", "row 3 of value_not_on_list.csv holds “Health” in the column sector"),
        ("row_too_long", "cannot be read as a table"),
        ("column_renamed", "the columns of column_renamed.csv are not those in its description"),
        ("column_twice", "the columns of column_twice.csv are not those in its description"),
        ("file_empty", "file_empty.csv cannot be read as a table"),
        ("not_utf8", "not_utf8.csv cannot be read as a table"),
        ("file_absent", "the file file_absent.csv is missing"),
    ],
)
def test_load_says_where_a_file_is_damaged(faulty, table, said):
    with pytest.raises(CourseError, match="Your answers are untouched") as problem:
        datasets.load("every_fault", table)
    assert said in str(problem.value)


def test_load_refuses_a_row_longer_than_the_header_even_when_all_rows_are(faulty, tmp_path, monkeypatch):
    package = json.loads((ROOT / "tests/faulty/datasets/every_fault/datapackage.json").read_text())
    folder = tmp_path / "datasets" / "long_rows"
    folder.mkdir(parents=True)
    package["resources"] = [{**package["resources"][0], "path": "rows.csv"}]
    (folder / "datapackage.json").write_text(json.dumps(package))
    (folder / "rows.csv").write_text("visit,days_waited,sector,visited\nx,V1,10,health,2026-02-02\n")
    monkeypatch.setenv("RESEARCHSKILLS_ROOT", str(tmp_path))
    with pytest.raises(CourseError, match="the columns of rows.csv are not those"):
        datasets.load("long_rows")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("description_absent", "datapackage.json, is missing"),
        ("description_not_json", "datapackage.json, cannot be read"),
        ("description_without_tables", "datapackage.json, cannot be read"),
    ],
)
def test_a_package_with_a_damaged_description_is_refused_everywhere(faulty, name, said):
    for use in [datasets.load, datasets.codebook, datasets.describe, datasets.validate]:
        with pytest.raises(CourseError, match=said):
            use(name)


# Describing


def test_codebook_explains_every_column_and_every_missing_code():
    book = datasets.codebook("training_baseline").set_index("field")
    assert list(book.index) == list(datasets.load("training_baseline").columns)
    assert book.loc["skill_statistics", "allowed values"].startswith("1 = could not do this; 2 =")
    assert "not asked = the person had the short form" in book.loc["skill_statistics", "missing codes"]
    assert "not asked" not in book.loc["skill_questions", "missing codes"]
    assert book.loc["hours_protected", ["unit", "allowed values"]].tolist() == ["hours a week", "0 to 10"]
    assert book.loc["level", "type"] == "ordered category"


def test_codebook_shows_every_word_to_a_screen_reader():
    shown = datasets.codebook("training_baseline")._repr_html_()
    assert "<caption>Codebook of Answers, one row a person</caption>" in shown
    assert '<th scope="row">respondent</th>' in shown
    assert "Only the long form asked about small-scale statistics." in shown


def test_describe_says_that_records_are_invented_and_folds_what_gives_the_task_away():
    about = datasets.describe("training_baseline")
    assert "Synthetic: every record was invented." in str(about)
    shown = about._repr_html_()
    folded = shown[shown.index("<details>") :]
    assert "drops to fifth place" in folded
    assert "drops to fifth place" not in shown.replace(folded, "")
    assert "What must not be claimed" in shown.replace(folded, "")


# Checking


FAULTS = """\
type_wrong.csv · row 3 · field “days_waited” · value “ten”: this should be a whole number.
date_wrong.csv · row 3 · field “visited” · value “02/02/2026”: this should be a date written year-month-day, \
such as 2026-02-02.
value_above_maximum.csv · row 3 · field “days_waited” · value “999”: the value is above the highest allowed, 365.
value_below_minimum.csv · row 3 · field “days_waited” · value “-1”: the value is below the lowest allowed, 0.
value_not_on_list.csv · row 3 · field “sector” · value “Health”: the value is not on the list of allowed values: \
health, social care.
pattern_wrong.csv · row 3 · field “visit” · value “2”: the value is not written in the agreed form, V[0-9]+.
required_empty.csv · row 3 · field “visit”: the field must be filled in, and it is empty.
identifier_twice.csv · row 3 · field “visit” · value “V1”: the value must not occur twice; \
it is the same as in row 2.
row_blank.csv · row 3: the row is blank.
row_too_long.csv · row 3 · value “spare”: the row has more values than there are columns.
row_too_short.csv · row 3 · field “visited”: the row ends before this field.
column_renamed.csv: column 2 is called “wait”; the description expects “days_waited”.
column_missing.csv: the column “visited” is missing.
column_extra.csv: column 5, “colour”, is not in the description.
column_nameless.csv: column 2 has no name; it should be “days_waited”.
column_twice.csv: column 2 is called “visit”, as another column is already.
header_foreign.csv: column 1 is called “a”; the description expects “visit”.
header_foreign.csv: column 2 is called “b”; the description expects “days_waited”.
header_foreign.csv: column 3 is called “c”; the description expects “sector”.
header_foreign.csv: column 4 is called “d”; the description expects “visited”.
file_empty.csv: the file cannot be read as a table: the source is empty.
not_utf8.csv: the file is not written in the agreed character encoding; save it as “CSV UTF-8”.
file_absent.csv: the file is named in the description but cannot be opened.
changed_since_described.csv: the file has changed since it was described: its checksum differs.
record_orphaned.csv · row 3: “V9” in visit is not in the table “changed_since_described”.
"""


def test_validate_names_every_fault_once_with_file_row_field_and_value(faulty):
    assert datasets.validate("every_fault") == FAULTS.splitlines()


def test_validate_reports_a_description_that_is_itself_wrong(faulty):
    assert datasets.validate("field_type_unknown") == [
        'datapackage.json: field type "strng" is not supported.'
    ]


# Every package, those to come included


@pytest.mark.parametrize("name", PACKAGES)
def test_every_package_passes_its_own_check_and_loads(name):
    assert datasets.validate(name) == []
    for table in descriptor(name)["resources"]:
        assert len(datasets.load(name, table["name"]))


@pytest.mark.parametrize("name", PACKAGES)
def test_every_package_says_what_a_teacher_needs(name):
    package = descriptor(name)
    needed = ["title", "description", "licenses", "sources", "unit_of_observation", "teaching_move"]
    needed += ["designed_feature", "misconception", "must_not_claim"]
    assert [key for key in needed if not package.get(key)] == []
    assert (ROOT / "datasets" / name / "README.md").is_file()
    fields = [spec for table in package["resources"] for spec in table["schema"]["fields"]]
    assert [spec["name"] for spec in fields if not (spec.get("title") and spec.get("description"))] == []
    counted = [spec for spec in fields if spec["type"] in {"integer", "number"}]
    assert [spec["name"] for spec in counted if not spec.get("unit")] == []


@pytest.mark.parametrize("name", SYNTHETIC)
def test_synthetic_packages_say_so_and_name_a_source_for_each_parameter(name):
    package = descriptor(name)
    assert re.search(r"synthetic|invented", package["description"], re.IGNORECASE)
    for entry in package["calibration"]:
        assert all(entry.get(key) not in (None, "") for key in ["parameter", "value", "source", "status"])


@pytest.mark.parametrize("name", SYNTHETIC)
def test_generator_makes_the_same_bytes_again(name, tmp_path):
    folder = ROOT / "datasets" / name
    subprocess.run([sys.executable, str(folder / "generate.py"), str(tmp_path)], check=True)
    for table in descriptor(name)["resources"]:
        assert (tmp_path / table["path"]).read_bytes() == (folder / table["path"]).read_bytes(), table["path"]


@pytest.mark.parametrize("name", [name for name in SYNTHETIC if "disclosure" in descriptor(name)])
def test_nobody_stands_alone_in_a_released_file(name):
    rules = descriptor(name)["disclosure"]
    table = datasets.load(name)
    groups = table.groupby(rules["quasi_identifiers"], observed=True, dropna=False)
    assert groups.size().min() == rules["k"] >= 5
    assert groups[rules["sensitive"]].nunique().min() == rules["l"] >= 2


# What was built into the training baseline


def gaps(answers, everybody: bool) -> dict:
    """Share rated 1 or 2 for each skill, out of everybody or out of those who answered."""
    shares = {}
    for skill in SKILLS:
        counts = Counter(row[f"skill_{skill}"] for row in answers)
        answered = sum(counts[rating] for rating in "12345")
        shares[skill] = (counts["1"] + counts["2"]) / (len(answers) if everybody else answered)
    return shares


def test_largest_gap_is_statistics_only_when_divided_by_those_who_answered(answers):
    right, wrong = gaps(answers, everybody=False), gaps(answers, everybody=True)
    assert max(right, key=right.get) == "statistics"
    assert max(wrong, key=wrong.get) == "interviewing"
    assert sorted(wrong, key=wrong.get, reverse=True).index("statistics") == 4  # fifth place
    # 89 of 134 and 89 of 240, 122 of 234 and 122 of 240
    assert (right["statistics"], wrong["statistics"]) == (89 / 134, 89 / 240)
    assert (right["interviewing"], wrong["interviewing"]) == (122 / 234, 122 / 240)


def test_the_gap_in_statistics_is_larger_than_chance_would_make_it(answers):
    right = gaps(answers, everybody=False)
    p, q, n, m = right["statistics"], right["interviewing"], 134, 234
    error = (p * (1 - p) / n + q * (1 - q) / m) ** 0.5  # of a difference between two proportions
    assert p - q > 1.96 * error


def test_only_the_long_form_asked_about_statistics(answers):
    assert Counter(row["form"] for row in answers) == {"long": 136, "short": 104}
    for row in answers:
        assert (row["skill_statistics"] == "not asked") == (row["form"] == "short")


def test_barriers_stand_in_the_order_of_the_source(answers):
    ticks = [sum(row[f"barrier_{group}"] == "yes" for row in answers) for group in BARRIERS]
    main = Counter(row["top_barrier"] for row in answers)
    assert ticks == sorted(set(ticks), reverse=True)
    assert [main[group] for group in BARRIERS] == sorted({main[group] for group in BARRIERS}, reverse=True)
    for row in answers:
        ticked = {group for group in BARRIERS if row[f"barrier_{group}"] == "yes"}
        assert row["top_barrier"] in (ticked or {"does not apply"})


def test_every_front_line_job_sees_itself_as_best_placed(answers):
    for job in {row["job"] for row in answers} - {"planner or commissioner"}:
        given = [row["best_placed"] for row in answers if row["job"] == job and row["best_placed"]]
        assert sum(words == "agree" or words == "strongly agree" for words in given) > len(given) / 2, job


def test_answers_hang_together():
    survey = datasets.load("training_baseline")
    skills = survey.filter(like="skill_").astype(float).corr()
    assert skills.min().min() > 0.2
    backing = survey["manager_support"].cat.codes.where(survey["manager_support"].notna())
    assert backing.corr(survey["hours_protected"]) > 0.2
    assert backing.corr(survey["barrier_supervisor"].astype(float)) < -0.2
    assert survey["skill_questions"].corr(survey["barrier_skills"].astype(float)) < -0.15


def test_shares_keep_to_the_calibration(answers):
    given = {entry["parameter"]: entry["value"] for entry in descriptor("training_baseline")["calibration"]}
    checked = {f"skill_{skill}": f"skill_{skill}: shares of ratings 1 to 5" for skill in SKILLS}
    checked |= {
        name: f"{name}: shares" for name in ["earlier_training", "manager_support", "hours_protected"]
    }
    for column, parameter in checked.items():
        counts = Counter(row[column] for row in answers)
        answered = sum(counts[value] for value in given[parameter])
        for value, share in given[parameter].items():
            # Cut exactly, then a few left blank at random: within three percentage points.
            assert counts[value] / answered == pytest.approx(share, abs=0.03), (column, value)
    for group, share in given["barriers: share who tick each group"].items():
        ticked = sum(row[f"barrier_{group}"] == "yes" for row in answers)
        assert ticked == pytest.approx(share * 240, abs=1)


def test_count_tables_agree_with_the_answers(answers):
    table = datasets.load("training_baseline", "skill_gaps")
    right = gaps(answers, everybody=False)
    assert list(table["low"] / table["answered"]) == pytest.approx([right[skill] for skill in SKILLS])
    ticked = [sum(row[f"barrier_{group}"] == "yes" for row in answers) for group in BARRIERS]
    assert datasets.load("training_baseline", "barriers")["ticked"].tolist() == ticked


def test_the_readme_gives_the_numbers_that_are_in_the_file():
    readme = (ROOT / "datasets" / "training_baseline" / "README.md").read_text(encoding="utf-8")
    for row in datasets.load("training_baseline", "skill_gaps").itertuples():
        right, wrong = 100 * row.low / row.answered, 100 * row.low / row.people
        assert f"| {row.skill} | {row.low} | {row.answered} | {right:.1f}% | {wrong:.1f}% |" in readme


def test_comments_are_all_different_and_hold_no_identifiers(answers):
    comments = [row["comment"] for row in answers if row["comment"]]
    assert len(set(comments)) == len(comments) >= 40
    assert [text for text in comments if re.search(r"[0-9@]|\b(Mr|Mrs|Ms|Dr) ", text)] == []


# Glossary and signposts


def test_now_term_gives_the_name_in_full_its_years_and_its_counterpart():
    assert now_term("PCT") == "primary care trust (PCT, 2000–2013; today: integrated care board (ICB))"
    assert now_term("public health england").startswith("Public Health England (PHE, 2013–2021; today:")
    assert now_term("NHS Digital") == "NHS Digital (2013–2023; today: NHS England)"
    assert now_term("DTOC").startswith("delayed transfer of care (DTOC, until 2020; today:")
    assert now_term("CPN") == "community psychiatric nurse (CPN; today: community mental health nurse)"


def test_now_term_says_when_a_moving_entry_was_checked():
    assert now_term("NHS England").endswith("; checked June 2026)")


def test_now_term_knows_other_spellings():
    assert now_term("PGC/T") == now_term("PCG/T")
    assert now_term("Health Action Zones") == now_term("HAZ")


def test_now_term_offers_the_nearest_for_an_unknown_term():
    with pytest.raises(CourseError, match="has no term “Qualty Protects”. Did you mean “Quality Protects”"):
        now_term("Qualty Protects")


def test_no_spelling_in_the_glossary_belongs_to_two_terms():
    glossary = datasets.load("glossary").fillna({"also_written": ""})
    spellings = Counter()
    for entry in glossary.itertuples():
        written = {entry.term, entry.then_name, *entry.also_written.split(",")}
        spellings.update({words.strip().casefold() for words in written if words.strip()})
    assert [words for words, times in spellings.items() if times > 1] == []


def test_signposts_for_a_need():
    found = signposts("ethics")
    assert set(found["need"]) == {"approval and ethics"}
    assert "<caption>Signposts: approval and ethics</caption>" in found._repr_html_()
    chosen = found[["organisation", "what_to_ask"]].head(2)._repr_html_()
    assert "<caption>Signposts: approval and ethics</caption>" in chosen
    assert "Is my project research, evaluation or audit? Whom must I ask, and in what order?" in chosen
    with pytest.raises(CourseError, match="No signpost is for “fundign”. Did you mean “funding”"):
        signposts("fundign")


def test_signposts_flag_lines_that_were_old_on_the_day_given_and_never_ask_the_clock():
    assert "check again" not in signposts().columns
    flagged = signposts(on="2026-11-22")
    assert flagged.loc[flagged["check again"], "organisation"].tolist() == [
        "NIHR Research Programme for Social Care"
    ]
    assert not signposts(on="2027-06-01")["check again"].all()  # exactly twelve months: still good
    assert signposts(on="2027-06-02")["check again"].all()
    with pytest.raises(CourseError, match="is not a day"):
        signposts(on="soon")


def test_signposts_name_organisations_and_home_pages_only():
    table = signposts()
    web = table["web"].dropna()
    assert web.str.fullmatch(r"https://[a-z.-]+").all()
    assert not table["what_to_ask"].str.contains("@").any()
    assert (table["status"] != "verified").sum() > 0
    assert pd.Timestamp("2026-11-22") > table["checked"].max()
