"""Two extracts compared: matched, only here, only there, disagree; by person and by cause."""

from collections import Counter

import pandas as pd
import pytest

from researchskills import datasets
from researchskills.data import two_systems
from researchskills.data.reconcile import plain_key, plain_value, reconcile
from researchskills.errors import CourseError

NAMES = ("council", "NHS")


@pytest.fixture
def council():
    return pd.DataFrame({
        "person": ["LC-001", "LC-002", "LC-003", "LC-004", "LC-004", None],
        "ward": ["W01", "W02", "W03", "W04", "W04", "W05"],
        "started": ["01/04/2025", "02/04/2025", "03/04/2025", "04/04/2025", "04/04/2025", "05/04/2025"],
        "hours": [7.0, 3.5, None, 2.0, 2.0, 1.0],
    })


@pytest.fixture
def nhs():
    return pd.DataFrame({
        "id": ["lc 1", "LC002", "LC-3", "LC-009"],
        "area": ["w01 ", "W12", "W03", "W09"],
        "started": pd.to_datetime(["2025-04-01", "2025-04-02", "2025-03-04", "2025-04-09"]),
        "hours": [7, 3.6, 4, 5],
    })


ON, COMPARE = {"person": "id"}, {"ward": "area", "started": "started", "hours": "hours"}


def test_differences_of_writing_are_no_differences(council, nhs):
    found = reconcile(council, nhs, ON, COMPARE, names=NAMES)
    assert found.matched["key"].tolist() == ["LC1", "LC2", "LC3"]
    assert "LC1" not in found.differences["key"].tolist()


def test_every_difference_is_listed_with_its_rows_and_values(council, nhs):
    found = reconcile(council, nhs, ON, COMPARE, names=NAMES)
    lines = found.differences.drop(columns="case").fillna(0).to_dict("records")
    # By hand, from the two small tables above; row numbers as in a csv file, where the header is row 1.
    names = ["kind", "key", "field", "left", "right", "left_row", "right_row"]
    assert sorted(tuple(line[name] for name in names) for line in lines) == sorted([
        ("more than once in council", "LC4", "", "", "", 6, 0),
        ("only in council", "LC4", "", "", "", 5, 0),
        ("only in council", "", "", "", "", 7, 0),
        ("only in NHS", "LC9", "", "", "", 0, 5),
        ("disagree", "LC2", "ward", "W02", "W12", 3, 3),
        ("disagree", "LC2", "hours", "3.5", "3.6", 3, 3),
        ("disagree", "LC3", "started", "03/04/2025", "2025-03-04", 4, 4),
        ("disagree", "LC3", "hours", "(blank)", "4.0", 4, 4),
    ])


def test_differences_about_one_person_are_one_case(council, nhs):
    found = reconcile(council, nhs, ON, COMPARE, names=NAMES)
    assert found.cases.set_index("key").loc["LC2", "fields"] == "ward, hours"
    assert len(found.cases) == 5
    assert found.sentence == (
        "3 keys are in both extracts (council has 6 rows, NHS 4). The extracts differ in 5 cases: "
        "1 more than once in council; 1 only in council; 1 only in NHS; 2 disagree. None of them is explained yet."
    )


def test_keys_that_repeat_or_are_blank_are_told_in_a_sentence(council, nhs):
    found = reconcile(council, nhs, ON, COMPARE, names=NAMES)
    assert found.notes == (
        "council holds 1 key more than once (1 row too many); the first row of each was compared.",
        "1 row of council without a key could not be matched by it.",
    )
    assert found.notes[0] in str(found)
    assert found.notes[1] in found._repr_html_()


def test_only_gives_whole_records_of_one_side(council, nhs):
    found = reconcile(council, nhs, ON, COMPARE, names=NAMES)
    assert found.only("NHS")["id"].tolist() == ["LC-009"]
    assert found.only("council")["ward"].tolist() == ["W04", "W05"]
    with pytest.raises(CourseError, match="are called “council” and “NHS”"):
        found.only("trust")


def test_a_case_shows_every_record_that_it_is_about(council, nhs):
    found = reconcile(council, nhs, ON, COMPARE, names=NAMES)
    cases = found.cases.set_index("key")["case"]
    assert [(name, record.name) for name, record in found.records(cases["LC4"])] == [("council", 5), ("council", 6)]
    assert [(name, record.name) for name, record in found.records(cases["LC2"])] == [("council", 3), ("NHS", 3)]
    assert [(name, record.name) for name, record in found.records(cases[""])] == [("council", 7)]


def test_words_that_mean_the_same_and_small_distances_can_be_set_aside(council, nhs):
    found = reconcile(council, nhs, ON, COMPARE, names=NAMES, same={"ward": {"W12": "W02"}},
                      within={"hours": 0.1, "started": 30})
    assert found.cases["fields"].tolist() == ["", "", "", "hours"]


def test_rows_without_a_common_key_are_paired_only_where_everything_agrees_and_nobody_else_fits():
    left = pd.DataFrame({"k": ["A1", "A2", "A3", "A9"], "born": ["1940", "1941", "1941", "1950"]})
    right = pd.DataFrame({"k": ["B1", "B2", "B4", "A9"], "born": [1940, 1941, None, 1950]})
    found = reconcile(left, right, "k", likely=["born"])
    # 1940 is on both sides once; 1941 is twice on the left, so nobody can say which of the two it is.
    assert Counter(found.cases["kind"]) == {
        "keys differ, likely the same person": 1, "only in left": 2, "only in right": 2}
    pair = found.cases[found.cases["kind"].str.startswith("keys differ")].iloc[0]
    assert (pair["left_row"], pair["right_row"]) == (2, 2)


def test_causes_are_given_by_name_or_by_rule_and_summed_up(council, nhs):
    by_name = reconcile(council, nhs, ON, COMPARE, names=NAMES, causes={"LC2": "moved", "LC3": "typing"})
    assert by_name.by_cause().to_dict("records") == [
        {"cause": "moved", "cases": 1}, {"cause": "typing", "cases": 1}, {"cause": "not explained yet", "cases": 3}]
    assert "3 are not explained yet." in by_name.sentence
    rules = [("moved", lambda case: "ward" in case["fields"]),
             ("no key", lambda case: case["record_left"] is not None and pd.isna(case["record_left"]["person"])),
             ("anything else", lambda case: True)]
    by_rule = reconcile(council, nhs, ON, COMPARE, names=NAMES, causes=rules)
    assert dict(by_rule.by_cause().to_numpy()) == {"anything else": 3, "moved": 1, "no key": 1}
    assert by_rule.sentence.endswith("Each has a cause.")
    assert "moved" in by_rule.to_table()["cause"].tolist()
    assert "Cases by cause" in by_rule.html()


def test_equal_extracts_have_no_differences(council):
    some = council.head(4)
    found = reconcile(some, some, "person")
    assert found.sentence.endswith("No difference was found in ward, started, hours.")
    assert len(found.differences) == len(found.cases) == 0
    assert found.by_cause().empty
    assert found.by_kind().empty
    assert "table" not in found.html()


def test_several_columns_can_be_the_key_and_a_blank_part_matches_nobody():
    left = pd.DataFrame({"born": ["1940", "1940", ""], "name": ["A", "B", "C"], "x": ["1", "2", "3"]})
    right = pd.DataFrame({"born": ["1940", "1940", ""], "name": ["a", "b", "c"], "x": ["1", "9", "3"]})
    found = reconcile(left, right, ["born", "name"])
    assert found.matched["key"].tolist() == ["1940|A", "1940|B"]
    assert Counter(found.cases["kind"]) == {"disagree": 1, "only in left": 1, "only in right": 1}


@pytest.mark.parametrize(("on", "compare", "words"), [
    ("persn", None, "no column “persn”. Did you mean “person”"),
    (ON, {"ward": "aera"}, "“NHS” has no column “aera”. Did you mean “area”"),
])
def test_a_column_that_is_not_there_is_told(council, nhs, on, compare, words):
    with pytest.raises(CourseError, match=words):
        reconcile(council, nhs, on, compare, names=NAMES)


def test_extracts_without_any_key_are_refused(council, nhs):
    with pytest.raises(CourseError, match="no row has a key"):
        reconcile(council.assign(person=""), nhs, ON, names=NAMES)


def test_what_stands_in_a_cell_never_becomes_part_of_the_page():
    left, right = (pd.DataFrame({"k": ["1"], "x": [text]}) for text in ("<script>", "<b>"))
    page = reconcile(left, right, "k").html()
    assert "<script" not in page
    assert "<b>" not in page


@pytest.mark.parametrize(("value", "key"), [
    ("LC-000123", "LC123"), ("lc 123", "LC123"), ("0012.0", "12"), (12.0, "12"), ("A10", "A10"), (None, ""), ("  ", ""),
    ("943 476 5919", "9434765919"), ("100", "100"),
])
def test_a_key_without_differences_of_writing(value, key):
    assert plain_key(value) == key


@pytest.mark.parametrize(("one", "other", "alike"), [
    ("01/04/2025", "2025-04-01", True), ("01/04/2025", pd.Timestamp("2025-04-01"), True), ("7.0", 7, True),
    ("1,250", 1250, True), (" Home  care", "home care", True), ("", None, True), (True, "yes", True),
    ("7", "7.5", False), ("01/04/2025", "2025-01-04", False), ("", 0, False),
])
def test_values_that_are_alike(one, other, alike):
    assert (plain_value(one) == plain_value(other)) == alike


# -- the course's own two systems ---------------------------------------------------------------

#: Each cause by the signs that the package's table of causes names (column `where_to_look`).
SIGNS = [
    ("day and month swapped", lambda case: "start_date" in case["fields"]),
    ("moved ward", lambda case: case["fields"] == "ward"),
    ("different definition of delayed", lambda case: case["fields"] == "delayed"),
    ("closed in one system only", lambda case: "status" in case["fields"]),
    ("keyed twice", lambda case: case["kind"].startswith("more than once")),
    ("key missing or mistyped", lambda case: case["kind"].startswith("keys differ")),
    ("counted on a different day", lambda case: case["kind"] == "only in council"),
    ("not yet entered", lambda case: case["kind"] == "only in NHS"),
]


@pytest.fixture(scope="module")
def two():
    return two_systems.compare(SIGNS)


def test_the_37_differences_of_the_two_systems_come_out_and_no_other(two):
    key = datasets.planted("two_systems")
    assert len(two.cases) == key["differences"] == 37
    assert dict(two.by_cause().to_numpy()) == key["by_cause"]


def test_each_case_of_the_two_systems_has_the_cause_that_the_key_names(two):
    truth = two_systems.sealed_causes(two)
    assert truth == dict(zip(two.cases["case"], two.cases["cause"]))


def test_the_translated_extract_loses_nobody_and_no_word():
    nhs = datasets.load("two_systems", "nhs")
    ours = two_systems.in_council_words(nhs, datasets.load("two_systems", "words"), datasets.load("area_profile"))
    assert len(ours) == len(nhs)
    for theirs, (column, _) in two_systems._COLUMNS.items():
        assert ours[column].notna().sum() == nhs[theirs].notna().sum(), column
