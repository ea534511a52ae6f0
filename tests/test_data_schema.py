"""A Table Schema proposed for a file, and a file checked against one."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from researchskills import paths
from researchskills.data import schema
from researchskills.data.reading import read
from researchskills.data.table import Table, letter
from researchskills.errors import CourseError


def table_of(columns: dict) -> Table:
    cells = pd.DataFrame({name: [str(value) for value in values] for name, values in columns.items()}, dtype=object)
    names = list(columns)
    letters = [letter(index) for index in range(len(names))]
    return Table("waits.csv", None, "A1", names, letters, [1], cells, np.arange(2, len(cells) + 2))


def changed(table: Table, row: int, column: str, value: str) -> Table:
    cells = table.cells.copy()
    cells.loc[row, column] = value
    return dataclasses.replace(table, cells=cells)


def fields(proposed: dict) -> dict:
    return {field["name"]: field for field in proposed["fields"]}


@pytest.fixture
def waits() -> Table:
    return table_of(
        {
            "case_id": [f"C{index:03d}" for index in range(40)],
            "received": [f"{1 + index % 28:02d}/03/2025" for index in range(40)],
            "team": ["North", "South"] * 20,
            "wait": [*range(38), "[c]", "99999"],
            "score": ["1.5", "2.0"] * 20,
            "seen": ["yes", "no"] * 20,
            "client_name": [f"Ann Example{chr(97 + index % 26)}" for index in range(40)],
        }
    )


def test_a_proposal_says_type_limits_and_codes_as_seen(waits):
    proposed = schema.propose(waits)
    by_name = fields(proposed)
    assert proposed["missingValues"] == ["", "[c]"]
    assert by_name["case_id"]["constraints"] == {"required": True, "unique": True}
    assert (by_name["received"]["type"], by_name["received"]["format"]) == ("date", "%d/%m/%Y")
    assert by_name["team"]["constraints"]["enum"] == ["North", "South"]
    assert by_name["wait"]["type"] == "integer"
    assert by_name["score"]["constraints"]["maximum"] == 2.0
    assert (by_name["seen"]["type"], by_name["seen"]["trueValues"]) == ("boolean", ["yes"])


def test_a_proposal_holds_no_identifying_value(waits):
    proposed = json.dumps(schema.propose(waits))
    assert "Ann Example" not in proposed
    [referrals] = read(paths.course_root() / "datasets" / "referrals" / "as_exported.csv")
    text = json.dumps(schema.propose(referrals))
    assert not [value for value in set(referrals.cells["date_of_birth"]) if f'"{value}"' in text]
    assert not [value for value in set(referrals.cells["note"]) - {""} if value in text]


def test_a_rare_word_is_not_put_on_a_list():
    table = table_of({"gender": ["female"] * 30 + ["male"] * 28 + ["non-binary"] * 2, "n": range(60)})
    assert "enum" not in fields(schema.propose(table))["gender"].get("constraints", {})


@pytest.mark.parametrize("name", ["referrals/referrals.csv", "training_baseline/training_baseline.csv"])
def test_a_proposal_is_a_table_schema_that_its_own_tidy_file_meets(name):
    from frictionless import Schema

    [table] = read(paths.course_root() / "datasets" / name)
    proposed = json.loads(json.dumps(schema.propose(table)))
    assert Schema.from_descriptor(proposed).field_names == table.columns
    assert schema.against(table, proposed) == []


def test_against_agrees_with_frictionless_itself(waits):
    from frictionless import Resource, Schema

    descriptor = {
        "fields": [
            {"name": "case_id", "type": "string", "constraints": {"required": True, "pattern": "C0[0-2][0-9]"}},
            {"name": "received", "type": "date", "format": "%d/%m/%Y"},
            {"name": "team", "type": "string", "constraints": {"enum": ["North"]}},
            {"name": "wait", "type": "integer", "constraints": {"maximum": 30}},
            {"name": "score", "type": "integer"},
            {"name": "seen", "type": "boolean", "trueValues": ["yes"], "falseValues": ["no"]},
            {"name": "client_name", "type": "string"},
        ]
    }
    rows = [list(waits.columns), *waits.cells.to_numpy().tolist()]
    report = Resource(data=rows, schema=Schema.from_descriptor(descriptor)).validate()
    theirs: dict[str, int] = {}
    for error in report.tasks[0].errors:
        theirs[error.field_name] = theirs.get(error.field_name, 0) + 1
    ours: dict[str, int] = {}
    for finding in schema.against(waits, descriptor):
        ours[finding.columns[0]] = ours.get(finding.columns[0], 0) + finding.count
    assert ours == theirs
    assert ours == {"case_id": 10, "team": 20, "wait": 7 + 1 + 1, "score": 40}


def test_faults_are_said_in_sentences_with_places_and_counts(waits):
    descriptor = schema.propose(waits)
    descriptor["fields"][3]["constraints"]["maximum"] = 35
    waits = changed(waits, 4, "case_id", "C003")
    found = schema.against(waits, descriptor)
    assert [finding.rank for finding in found] == [1, 2]
    assert found[0].sentence == "2 rows of “case_id”: the value must not occur twice."
    assert found[1].sentence == "3 rows of “wait”: the value is above the highest allowed, 35."
    assert found[1].places[0].row == 38


def test_a_date_in_another_form_is_told_the_form_that_was_agreed(waits):
    descriptor = schema.propose(waits)
    waits = changed(waits, 0, "received", "2025-03-01")
    [finding] = schema.against(waits, descriptor)
    assert finding.sentence == "1 row of “received”: this should be a date written like 28/02/2026."


def test_columns_may_stand_in_another_order_but_none_may_be_missing_or_new(waits):
    descriptor = schema.propose(waits)
    descriptor["fields"].reverse()
    assert schema.against(waits, descriptor) == []
    descriptor["fields"][0]["name"] = "carer"
    sentences = [finding.sentence for finding in schema.against(waits, descriptor)]
    assert sentences == ["The column “carer” is missing.", "Column 7, “client_name”, is not in the description."]


def test_values_of_identifying_columns_are_masked_in_faults(waits):
    descriptor = schema.propose(waits)
    descriptor["fields"][6]["constraints"] = {"maxLength": 3}
    [finding] = schema.against(waits, descriptor)
    assert finding.count == 40
    assert "Ann" not in str(finding)


def test_a_primary_key_must_be_unique(waits):
    descriptor = schema.propose(waits) | {"primaryKey": ["team", "score"]}
    [finding] = schema.against(waits, descriptor)
    assert finding.count == 38


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "not valid JSON (line 1)"),
        ("[1, 2]", "is not a Table Schema"),
        ('{"fields": [{"type": "string"}]}', "is not a Table Schema"),
        ('{"fields": [{"name": "a", "type": "wholenumber"}]}', "is not a valid Table Schema"),
        ('{"fields": [{"name": "a"}, {"name": "a"}]}', "describes the column “a” twice"),
        (
            '{"fields": [{"name": "a", "type": "integer", "constraints": {"pattern": 3}}]}',
            "is not a valid Table Schema",
        ),
    ],
)
def test_a_broken_schema_is_one_clear_sentence(tmp_path, content, words):
    path = tmp_path / "waits.schema.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CourseError) as problem:
        schema.load(path)
    assert words in str(problem.value)
    assert "nothing was checked" in str(problem.value).casefold()
    assert problem.value.exit_status == 2


def test_a_schema_that_is_not_there_is_one_clear_sentence(tmp_path):
    with pytest.raises(CourseError, match="There is no schema file"):
        schema.load(tmp_path / "none.json")


def test_a_saved_proposal_can_be_loaded_again(tmp_path, waits):
    path = tmp_path / "waits.schema.json"
    path.write_text(json.dumps(schema.propose(waits), ensure_ascii=False), encoding="utf-8")
    assert schema.against(waits, schema.load(path)) == []


@pytest.mark.parametrize("field", [
    '{"name": "a", "type": "integer", "constraints": {"minimum": "x"}}',
    '{"name": "a", "constraints": {"pattern": "("}}',
    '{"name": "a", "type": "date", "format": "%Q"}',
])
def test_a_limit_a_pattern_or_a_format_that_fits_nothing_names_its_column(tmp_path, field):
    path = tmp_path / "waits.schema.json"
    path.write_text(f'{{"fields": [{field}]}}', encoding="utf-8")
    with pytest.raises(CourseError, match="the column “a” does not fit its type"):
        schema.load(path)


def test_the_schema_may_stand_in_a_data_package_of_one_table(tmp_path):
    path = tmp_path / "datapackage.json"
    path.write_text('{"resources": [{"name": "waits", "schema": {"fields": [{"name": "a"}]}}]}', encoding="utf-8")
    assert schema.load(path) == {"fields": [{"name": "a"}]}
