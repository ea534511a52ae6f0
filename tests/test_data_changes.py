"""Change log: the raw file stays, each change is told, and replaying the rules gives the same table."""

import hashlib
import json

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from researchskills.data import changes, conditions
from researchskills.data.changes import ChangeLog, Rule
from researchskills.data.conditions import Condition
from researchskills.errors import CourseError

# Waits in weeks for one team, a wrong code, a blank, a repeat, a date before its request, 999 for "not known".
RAW = """id,team,received,decided,wait,sex
a1,North,2025-04-01,2025-04-15,2,F
a2,North,2025-04-02,2025-04-23,3,Female
a3,South,2025-04-03,2025-04-10,7,Male
a4,South,2025-04-04,2025-03-04,999,Male
a5,South,2025-04-05,,,n/a
a3,South,2025-04-03,2025-04-10,7,Male
"""
WEEKS = Rule("wait", (Condition("team", "is", "North"),), "multiply", "7")
UNKNOWN = Rule("wait", (Condition("wait", "is", "999"),), "missing", "[not known]")
REPEATS = Rule("id", (Condition(conditions.WHOLE_ROW, "repeats an earlier row"),), "drop")
CODES = Rule("sex", (Condition("sex", "is not blank"),), "map", {"F": "Female", "n/a": "[not known]"})
BACKWARDS = Rule("decided", (Condition("decided", "is before the date in", other="received"),), "flag")
TOLD = {"why": "the team's form counts weeks", "when": "2026-05-04"}


@pytest.fixture
def raw(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(RAW, encoding="utf-8")
    return path


@pytest.fixture
def log(raw):
    return ChangeLog(raw, who="data lead", id_field="id")


def test_the_raw_file_keeps_its_bytes_and_the_raw_table_its_cells(raw, log):
    before = hashlib.sha256(raw.read_bytes()).hexdigest()
    table = log.raw
    for rule in (WEEKS, UNKNOWN, REPEATS, CODES, BACKWARDS):
        log.apply(rule, **TOLD)
    log.frame.loc[2, "wait"] = "changed by hand"
    assert hashlib.sha256(raw.read_bytes()).hexdigest() == before == log.sha256
    pd.testing.assert_frame_equal(log.raw, table)
    assert log.raw.loc[2, "wait"] == "2"


def test_an_entry_tells_rule_field_rows_before_after_who_when_and_why(log):
    entry = log.apply(WEEKS, **TOLD)
    assert (entry.rule, entry.rule.field) == (WEEKS, "wait")
    assert (entry.rows, entry.ids) == ([2, 3], ["a1", "a2"])  # the header is row 1
    assert (entry.before, entry.after) == (["2", "3"], ["14", "21"])
    assert (entry.who, entry.when, entry.why) == ("data lead", "2026-05-04", "the team's form counts weeks")
    assert WEEKS.words == "Where team is “North”: multiply wait by 7."


def test_row_numbers_stay_those_of_the_file_after_rows_were_dropped(log):
    assert log.apply(REPEATS, **TOLD).rows == [7]
    assert log.frame.index.tolist() == [2, 3, 4, 5, 6]
    assert log.apply(UNKNOWN, **TOLD).rows == [5]


@pytest.mark.parametrize(("rule", "column", "expected"), [
    (WEEKS, "wait", ["14", "21", "7", "999", "", "7"]),
    (UNKNOWN, "wait", ["2", "3", "7", "[not known]", "", "7"]),
    (CODES, "sex", ["Female", "Female", "Male", "Male", "[not known]", "Male"]),
    (BACKWARDS, "decided", ["2025-04-15", "2025-04-23", "2025-04-10", "2025-03-04", "", "2025-04-10"]),
    (Rule("decided", (Condition("id", "is", "a4"),), "replace", "2025-05-04"), "decided",
     ["2025-04-15", "2025-04-23", "2025-04-10", "2025-05-04", "", "2025-04-10"]),
    (Rule("wait", (Condition("wait", "is above", "2.5"), Condition("wait", "is below", "8")), "multiply", "0.1"),
     "wait", ["2", "0.3", "0.7", "999", "", "0.7"]),
])
def test_each_action_does_what_it_says_and_no_more(log, rule, column, expected):
    log.apply(rule, **TOLD)
    assert log.frame[column].tolist() == expected
    others = [name for name in log.frame.columns if name != column]
    pd.testing.assert_frame_equal(log.frame[others], log.raw[others])


def test_dates_are_rewritten_in_the_order_that_the_rule_states(tmp_path):
    path = tmp_path / "dates.csv"
    path.write_text("team,seen\nA,03/04/2025\nB,03/04/2025\nB,not yet\n", encoding="utf-8")
    log = ChangeLog(path, who="me")
    log.apply(Rule("seen", (Condition("team", "is", "A"),), "date", "day first"), why="one format", when="2026-05-04")
    log.apply(Rule("seen", (Condition("team", "is", "B"),), "date", "month first"), why="US dates", when="2026-05-04")
    assert log.frame["seen"].tolist() == ["2025-04-03", "2025-03-04", "not yet"]


def test_only_repeated_rows_can_be_dropped(log):
    with pytest.raises(CourseError, match="repeats an earlier row"):
        log.apply(Rule("wait", (Condition("wait", "is", "999"),), "drop"), **TOLD)
    either = (Condition("id", "repeats an earlier row"), Condition("wait", "is", "999"))
    with pytest.raises(CourseError, match="repeats an earlier row"):
        log.apply(Rule("wait", either, "drop", joined="or"), **TOLD)
    assert len(log.frame) == 6


@pytest.mark.parametrize(("told", "words"), [({"why": " "}, "say why"), ({"why": "x", "who": ""}, "who made it")])
def test_a_change_without_a_reason_or_a_person_is_refused(log, told, words):
    with pytest.raises(CourseError, match=words):
        log.apply(WEEKS, **told)
    assert log.entries == []
    pd.testing.assert_frame_equal(log.frame, log.raw)


@pytest.mark.parametrize(("rule", "words"), [
    (Rule("weight", WEEKS.conditions, "flag"), "Did you mean “wait”"),
    (Rule("wait", (Condition("tem", "is", "North"),), "flag"), "Did you mean “team”"),
    (Rule("wait", (Condition("team", "is", ""),), "flag"), "needs a value"),
    (Rule("wait", (Condition("wait", "is above", "many"),), "flag"), "cannot be read as a number"),
    (Rule("wait", (Condition("decided", "is before", "soon"),), "flag"), "cannot be read as a date"),
    (Rule("wait", (Condition("team", "matches", "("),), "flag"), "not complete"),
    (Rule("wait", (Condition("team", "is like", "N"),), "flag"), "no comparison"),
    (Rule("wait", (), "flag"), "one to 3 conditions"),
    (Rule("wait", WEEKS.conditions, "erase"), "no action"),
    (Rule("wait", WEEKS.conditions, "missing"), "never emptied without a word"),
    (Rule("wait", WEEKS.conditions, "multiply", "seven"), "to multiply by"),
    (Rule("wait", WEEKS.conditions, "map", {}), "which value becomes which"),
    (Rule("wait", WEEKS.conditions, "date", "year first"), "day or the month"),
    (Rule("wait", (Condition("team", "is", "East"),), "flag"), "touches no row"),
])
def test_a_rule_that_cannot_be_used_says_why_and_changes_nothing(log, rule, words):
    with pytest.raises(CourseError, match=words):
        log.apply(rule, **TOLD)
    assert log.entries == []


def test_a_raw_file_that_has_changed_is_noticed_before_anything_is_done(raw, log):
    log.apply(WEEKS, **TOLD)
    raw.write_text(RAW.replace("999", "99"), encoding="utf-8")
    for act in (lambda: log.apply(UNKNOWN, **TOLD), log.replay, log.check_raw):
        with pytest.raises(CourseError, match="has changed since this log was begun"):
            act()
    assert len(log.entries) == 1


def test_undo_takes_the_last_change_back_and_nothing_else(log):
    log.apply(WEEKS, **TOLD)
    once = log.frame.copy()
    log.apply(UNKNOWN, **TOLD)
    assert log.undo().rule == UNKNOWN
    pd.testing.assert_frame_equal(log.frame, once)
    log.undo()
    pd.testing.assert_frame_equal(log.frame, log.raw)
    with pytest.raises(CourseError, match="no change to take back"):
        log.undo()


# -- saving -------------------------------------------------------------------------------------


def test_a_saved_log_is_the_same_log(tmp_path, log):
    for rule in (WEEKS, UNKNOWN, REPEATS, CODES, BACKWARDS):
        log.apply(rule, **TOLD)
    log.save(tmp_path / "log.json")
    again = ChangeLog.load(tmp_path / "log.json")
    pd.testing.assert_frame_equal(again.frame, log.frame)
    pd.testing.assert_frame_equal(again.to_table(), log.to_table())
    assert again.entries == log.entries


@pytest.mark.parametrize("content", [
    b"", b"{ half a lo", b"[]", b'{"entries": 3}', b'{"format": 1, "raw": "export.csv", "entries": [{}]}',
    b'{"format": 1, "raw": "export.csv", "sha256": "", "who": "", "id_field": null, "entries": [{"rule": {}}]}',
])
def test_a_damaged_log_is_told_in_a_sentence_and_left_alone(tmp_path, raw, content):
    path = tmp_path / "log.json"
    path.write_bytes(content)
    with pytest.raises(CourseError, match="is damaged and cannot be read"):
        ChangeLog.load(path)
    assert path.read_bytes() == content


def test_a_log_that_somebody_edited_is_noticed(tmp_path, log):
    log.apply(WEEKS, **TOLD)
    path = tmp_path / "log.json"
    log.save(path)
    content = json.loads(path.read_text(encoding="utf-8"))
    content["entries"][0]["after"][0] = "15"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(CourseError, match="Entry 1 of the change log does not do today what it says"):
        ChangeLog.load(path)


def test_a_log_is_refused_with_another_raw_file(tmp_path, raw, log):
    log.apply(WEEKS, **TOLD)
    log.save(tmp_path / "log.json")
    raw.write_text(RAW + "a9,South,2025-04-03,2025-04-10,7,Male\n", encoding="utf-8")
    with pytest.raises(CourseError, match="has changed"):
        ChangeLog.load(tmp_path / "log.json")
    raw.unlink()
    with pytest.raises(CourseError, match="cannot be opened"):
        ChangeLog.load(tmp_path / "log.json")


_CELLS = st.sampled_from(["", "1", "2.5", "999", "n/a", "F", " F ", "2025-04-01", "01/05/2025", "ünknown", 'a,"b"'])
_COLUMNS = ["a", "b", "c"]
_CONDITIONS = st.one_of(
    st.builds(Condition, st.sampled_from(_COLUMNS),
              st.sampled_from(["is", "is not", "is one of", "contains"]), st.just("F")),
    st.builds(Condition, st.sampled_from(_COLUMNS), st.sampled_from(["is below", "is above"]), st.just("3")),
    st.builds(Condition, st.sampled_from(_COLUMNS),
              st.sampled_from(["is blank", "is not blank", "is not a number", "repeats an earlier row"])),
    st.builds(lambda a, b: Condition(a, "is before the date in", other=b), *[st.sampled_from(_COLUMNS)] * 2),
)
_ACTIONS = st.sampled_from([("missing", "[x]"), ("replace", "new"), ("map", {"F": "Female", "1": "2.5"}),
                            ("multiply", "7"), ("date", "day first"), ("drop", ""), ("flag", "")])
_RULES = st.builds(
    lambda column, parts, action, joined: Rule(column, tuple(parts), *action, joined),
    st.sampled_from(_COLUMNS), st.lists(_CONDITIONS, min_size=1, max_size=3), _ACTIONS, st.sampled_from(["and", "or"]))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.tuples(_CELLS, _CELLS, _CELLS), min_size=1, max_size=12),
       rules=st.lists(_RULES, max_size=6))
def test_replaying_the_saved_log_on_the_raw_file_gives_exactly_the_same_table(tmp_path, cells, rules):
    path = tmp_path / "any.csv"
    pd.DataFrame(cells, columns=_COLUMNS).to_csv(path, index=False)
    content = path.read_bytes()
    log = ChangeLog(path, who="me")
    for rule in rules:
        try:
            log.apply(rule, why="a reason", when="2026-05-04")
        except CourseError:
            continue
    pd.testing.assert_frame_equal(log.replay(), log.frame)
    log.save(tmp_path / "any.json")
    again = ChangeLog.load(tmp_path / "any.json")
    pd.testing.assert_frame_equal(again.frame, log.frame)
    assert path.read_bytes() == content
    # Each cell that differs from the raw file is in the log, and only the log's cells differ.
    done = log.to_table()
    last = done[~done["action"].isin(["flag", "drop"])].groupby(["row", "field"])["after"].last()
    common = log.frame.index
    assert set(log.raw.index) - set(common) == set(done.loc[done["action"] == "drop", "row"])
    for column in _COLUMNS:
        for row in common:
            expected = last.get((row, column), log.raw.loc[row, column])
            assert log.frame.loc[row, column] == expected
    assert log.completeness(log.frame).sentence.startswith(("All", "Nothing"))


# -- completeness and headline ------------------------------------------------------------------


def test_completeness_finds_the_changes_that_nobody_can_explain(log):
    log.apply(WEEKS, **TOLD)
    log.apply(CODES, **TOLD)
    assert log.completeness().sentence == "All 4 changes have a rule, a who, a when and a why."
    log.entries[0].why, log.entries[0].who = "", " "
    found = log.completeness()
    assert (found.cells, found.complete) == (4, 2)
    assert "The first that has not is row 2, wait: who, why lacking." in found.sentence


def test_completeness_finds_cells_that_were_changed_outside_the_log(log):
    log.apply(WEEKS, **TOLD)
    by_hand = log.frame.copy()
    by_hand.loc[5, "wait"] = "9"
    found = log.completeness(by_hand.drop(index=7))
    assert (found.cells, found.complete) == (4, 2)
    assert found.lacking["row"].tolist() == [7, 5]


def test_completeness_reads_a_log_that_was_kept_as_a_table(tmp_path, log):
    log.apply(WEEKS, **TOLD)
    log.export(tmp_path / "log.csv")
    kept = pd.read_csv(tmp_path / "log.csv")
    assert changes.completeness(kept).complete == 2
    kept.loc[0, "when"] = None
    assert changes.completeness(kept).lacking.to_dict("records") == [{"row": 2, "field": "wait", "lacking": "when"}]
    with pytest.raises(CourseError, match="the column “why” is not there"):
        changes.completeness(kept.drop(columns="why"))


def test_the_headline_is_worked_out_with_the_changes_and_without(log):
    # By hand: raw waits 2, 3, 7, 999, 7 → median 7; in days 14, 21, 7, 7 after 999 is set to missing → 10.5;
    # without the repeated row 14, 21, 7 → 14; without the row flagged (its wait is missing already) 14.
    for rule in (WEEKS, UNKNOWN, REPEATS, BACKWARDS):
        log.apply(rule, **TOLD)
    found = log.headline("median", "wait")
    assert (found.before, found.after, found.difference, found.without_flagged) == (7, 14, 7, 14)
    assert found.steps["figure"].tolist() == [7, 14, 10.5, 14, 14, 14]
    assert found.sentence == ("Median of wait: 7 in the raw file, 14 after the changes, a difference of +7. "
                              "Without the flagged rows it would be 14.")


@pytest.mark.parametrize(("statistic", "value", "before", "after"), [
    ("number of rows", "", 6, 6),
    ("total", "", 1018, 19),
    ("mean", "", 203.6, 4.75),
    ("per cent missing", "", 100 / 6, 200 / 6),
    ("per cent above", "5", 60, 50),
    ("per cent that is", "7", 40, 50),
    ("number of different values", "", 4, 3),
])
def test_named_figures(log, statistic, value, before, after):
    # By hand, from waits 2, 3, 7, 999, blank, 7; 999 then becomes missing.
    log.apply(UNKNOWN, **TOLD)
    found = log.headline(statistic, "wait", value)
    assert (found.before, found.after) == pytest.approx((before, after))


def test_a_figure_of_the_learners_own_can_be_the_headline(log):
    log.apply(REPEATS, **TOLD)
    found = log.headline(lambda table: (table["team"] == "South").mean() * 100, name="per cent South")
    assert found.sentence.startswith("Per cent South: 66.7 in the raw file, 60 after")
    with pytest.raises(CourseError, match="Did you mean “median”"):
        log.headline("medain", "wait")
    with pytest.raises(CourseError, match="no column “weight”"):
        log.headline("median", "weight")


# -- as a page ----------------------------------------------------------------------------------


def test_the_report_is_a_table_and_a_page_that_do_not_vary(tmp_path, log):
    for rule in (WEEKS, UNKNOWN, REPEATS):
        log.apply(rule, **TOLD)
    log.export(tmp_path / "log.html", (log.headline("median", "wait"),))
    page = (tmp_path / "log.html").read_text(encoding="utf-8")
    for part in ("Where team is “North”: multiply wait by 7.", "All 4 changes", log.sha256[:16], "data lead",
                 "Median of wait", '<html lang="en-GB">', 'scope="col"'):
        assert part in page
    assert "<script" not in page
    log.export(tmp_path / "again.html", (log.headline("median", "wait"),))
    assert (tmp_path / "again.html").read_text(encoding="utf-8") == page
    log.export(tmp_path / "log.csv")
    table = pd.read_csv(tmp_path / "log.csv", keep_default_na=False)
    assert table.columns.tolist()[-3:] == ["who", "when", "why"]
    assert table["row"].tolist() == [2, 3, 5, 7]
    assert repr(log) == ("Change log of export.csv: 3 changes. All 4 changes have a rule, a who, a when and a why.")


def test_what_stands_in_a_cell_never_becomes_part_of_the_page(tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("a\n<script>x</script>\n", encoding="utf-8")
    log = ChangeLog(path, who="<b>me</b>")
    log.apply(Rule("a", (Condition("a", "contains", "script"),), "replace", "<i>"), why="<u>", when="2026-05-04")
    page = log.html()
    assert not any(tag in page for tag in ("<script", "<b>", "<i>", "<u>"))


@pytest.mark.parametrize(("content", "words"), [
    ("", "is empty"), ("a,a\n1,2\n", "two columns of the same name"),
    ("a,b\n1,2\n1\n", "Row 3 of “bad.csv” has 1 cells"),
])
def test_a_file_that_is_no_table_is_refused(tmp_path, content, words):
    path = tmp_path / "bad.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CourseError, match=words):
        ChangeLog(path)


def test_a_file_from_excel_in_britain_is_read(tmp_path):
    path = tmp_path / "excel.csv"
    path.write_bytes("name,cost\nCafé,£5\n".encode("cp1252"))
    assert ChangeLog(path).raw.loc[2].tolist() == ["Café", "£5"]
    path.write_bytes("name,cost\nCafé,£5\n".encode("utf-8-sig"))
    assert ChangeLog(path).raw.columns.tolist() == ["name", "cost"]


# -- conditions ---------------------------------------------------------------------------------

TABLE = pd.DataFrame({
    "who": ["p1", "p1", " p2", "p1", "", ""],
    "when": ["2025-04-01", "14/04/2025", "04/30/2025", "2025-06-01", "", "2 May 2025"],
    "n": ["1,250", "£3.50", "3 weeks", "−2", "", "7"],
    "of": ["1000", "4", "5", "-1", "3", "7"],
}, index=range(2, 8))


@pytest.mark.parametrize(("condition", "rows"), [
    (("who", "is", "p2"), [4]),
    (("who", "is not", "p1"), [4, 6, 7]),
    (("who", "is one of", "p2; p3"), [4]),
    (("who", "is not one of", "p1; p2"), [6, 7]),
    (("who", "is blank"), [6, 7]),
    (("who", "contains", "P"), [2, 3, 4, 5]),
    (("n", "is below", "4"), [3, 5]),
    (("n", "is above", "1000"), [2]),
    (("n", "is above the number in", "", "of"), [2]),
    (("n", "is not a number"), [4]),
    (("when", "is before", "15/04/2025"), [2, 3]),
    (("when", "is after", "2025-05-01"), [5, 7]),
    (("when", "is not a date"), [4]),
    (("when", "is written like", "9999-99-99"), [2, 5]),
    (("when", "is not written like", "9999-99-99"), [3, 4, 7]),
    (("who", "matches", r"p\d"), [2, 3, 4, 5]),
    (("who", "repeats an earlier row"), [3, 5]),
    (("who", "occurs more than once"), [2, 3, 5]),
    (("who", "comes again within (days)", "14", "when"), [3]),
])
def test_each_comparison_means_what_it_says(condition, rows):
    one = Condition(*condition)
    assert TABLE.index[one.rows(TABLE)].tolist() == rows
    assert Condition.from_dict(one.as_dict()) == one
    assert one.field in one.words


def test_conditions_are_joined_by_and_or_or():
    both = (Condition("who", "is", "p1"), Condition("n", "is below", "4"))
    assert TABLE.index[conditions.flagged(TABLE, both, "and")].tolist() == [3, 5]
    assert TABLE.index[conditions.flagged(TABLE, both, "or")].tolist() == [2, 3, 5]
    assert conditions.sentence(both, "or") == "who is “p1” or n is below “4”"


@pytest.mark.parametrize(("text", "month_first", "expected"), [
    ("2025-03-31", False, "2025-03-31"), ("31/03/2025", False, "2025-03-31"), ("31.3.25", False, "2025-03-31"),
    ("31 Mar 2025", False, "2025-03-31"), ("31-March-99", False, "1999-03-31"),
    (" 1/4/2025 09:30 ", False, "2025-04-01"), ("2025-03-31T09:30:00", False, "2025-03-31"),
    ("04/01/2025", True, "2025-04-01"), ("29/02/2024", False, "2024-02-29"), ("29/02/2025", False, "None"),
    ("03/31/2025", False, "None"), ("45000", False, "None"), ("31/03-2025", False, "None"),
    ("31 Mrz 2025", False, "None"), ("2025", False, "None"), ("", False, "None"), ("00/01/1900", False, "None"),
])
def test_dates_are_read_as_people_in_britain_write_them(text, month_first, expected):
    assert str(conditions.as_date(text, month_first)) == expected
