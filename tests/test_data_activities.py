"""Check a file, clean with a log, match two systems: what is saved, what is shown, and what is never kept."""

import json
from datetime import UTC, datetime

import ipywidgets
import pandas as pd
import pytest
from panels import alert, controls, named, words

from researchskills import checks, datasets
from researchskills.data import activities, cleaning_activity, two_systems
from researchskills.data.cleaning_activity import Cleaning
from researchskills.data.file_check_activity import DECISIONS, FileCheck, examples
from researchskills.data.match_activity import MatchUp, offered
from researchskills.errors import CourseError

# Invented: a number from the NHS's test range, a postcode and a telephone number that belong to nobody.
OWN = """name,patref,postcode,phone,days,seen
Zebulon Quirk,999 123 4560,ZZ99 3VZ,07700 900729,12,01/04/2025
Philomena Dray,999 523 4546,ZZ99 8VZ,01632 960263,999,31/02/2025
Philomena Dray,999 523 4546,ZZ99 8VZ,01632 960263,999,31/02/2025
Ottoline Marsh,999 123 4561,,n/a,-4,1900-01-01
"""
SECRETS = ["Zebulon", "Quirk", "Philomena", "Ottoline", "999 123", "999123", "ZZ99", "07700", "960263", "31/02/2025",
           "patref", "caseload"]


def files(folder) -> str:
    return "\n".join(path.read_text(encoding="utf-8", errors="replace")
                     for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")


def assert_named(panel):
    names = [control.description.strip() for control in controls(panel)]
    assert all(names)
    assert len(set(names)) == len(names)
    for control in controls(panel):
        assert isinstance(control, ipywidgets.Dropdown | ipywidgets.Text | ipywidgets.Textarea | ipywidgets.Checkbox
                          | ipywidgets.IntText | ipywidgets.Button | ipywidgets.FileUpload)


@pytest.fixture
def module(tmp_path):
    folder = tmp_path / "workspace" / "04-checking-data"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def own(module):
    """A file of the learner's own, in `my-data` beside the modules."""
    home = module.parent / "my-data"
    home.mkdir()
    path = home / "caseload march.csv"
    path.write_text(OWN, encoding="utf-8")
    return path


# -- check a file -------------------------------------------------------------------------------


@pytest.fixture
def file_check(module):
    return FileCheck("m04-a1-own-file", "training_baseline/barriers", module)


def test_examples_of_the_course_have_readable_names_and_can_be_chosen(file_check):
    panel = file_check.panel()
    assert_named(panel)
    shown = [label for label, _ in named(panel)["Example"].options]
    assert "Referrals: as exported" in shown
    assert "Referrals" in shown
    named(panel)["Check this file"].click()
    assert "kinds of things" in alert(panel) or "nothing was found" in alert(panel)
    assert file_check.checked["label"] == "training_baseline/barriers"
    assert all(path.exists() for path in examples().values())


def test_findings_are_read_ten_at_a_time_and_a_decision_on_each_survives(module, own):
    one = FileCheck("m04-a1-own-file", None, module)
    panel = one.panel()
    named(panel)["Where the file is"].value = "folder"
    named(panel)["File in “my-data”"].value = own.name
    named(panel)["Check this file"].click()
    assert_named(panel)
    lists = [control for name, control in named(panel).items() if name.startswith("What to do about")]
    assert 3 <= len(lists) <= 10
    lists[0].value = "source"
    lists[1].value = "ask"
    next(control for name, control in named(panel).items() if name.startswith("Note on 2")).value = "Ask the clerk"
    again = FileCheck("m04-a1-own-file", None, module)
    assert [entry["decision"] for entry in again.decisions.values()] == ["source", "ask"]
    assert "Ask the clerk" in again.report()
    assert again.shown().startswith("2 of ")
    assert DECISIONS["source"] in again.report()


def test_nothing_of_a_file_of_ones_own_is_kept_but_kinds_counts_and_decisions(module, own):
    one = FileCheck("m04-a1-own-file", None, module)
    assert one.check(own, "folder", "")
    for key, _ in one.findings():
        one.decide(key, "copy", "to be mended")
    kept = files(module) + one.report() + one.shown()
    assert "copy" in kept
    for secret in SECRETS:
        assert secret.lower() not in kept.lower(), secret
    # What is shown on the screen masks what identifies people, too.
    screen = words(one.panel()) + "".join(group.findings[0].sentence for _, group in one.findings())
    assert "Quirk" not in screen
    assert "999 123" not in screen


def test_an_uploaded_file_is_gone_from_the_disk_when_it_has_been_read(module, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    one = FileCheck("m04-a1-own-file", None, module)
    assert one.check_upload("../caseload march.csv", OWN.encode())
    assert not list(tmp_path.glob("check-*"))
    assert not list(tmp_path.rglob("caseload*"))
    assert one.checked["label"] == "a file of your own"
    assert "caseload" not in files(module)


def test_an_upload_works_from_the_panel(module):
    one = FileCheck("m04-a1-own-file", None, module)
    panel = one.panel()
    named(panel)["Where the file is"].value = "upload"
    named(panel)["Check this file"].click()
    assert "Choose a file first." in alert(panel)
    file = {"name": "x.csv", "type": "text/csv", "size": len(OWN), "content": memoryview(OWN.encode()),
            "last_modified": datetime(2026, 5, 4, tzinfo=UTC)}
    named(panel)["Choose a file"].value = (file,)
    named(panel)["Check this file"].click()
    assert one.checked["kind"] == "upload"


@pytest.mark.parametrize(("name", "content"), [
    ("empty.csv", b""), ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40),
    ("broken.xlsx", b"PK\x03\x04 not really"), ("book.xlsx", b"hello"),
])
def test_a_wrong_file_is_told_in_the_panel_and_nothing_is_lost(module, own, name, content):
    one = FileCheck("m04-a1-own-file", None, module)
    one.check(own, "folder", "")
    first = one.findings()[0][0]
    one.decide(first, "source")
    bad = own.with_name(name)
    bad.write_bytes(content)
    panel = one.panel()
    named(panel)["Where the file is"].value = "folder"
    named(panel)["File in “my-data”"].value = name
    named(panel)["Check this file"].click()
    assert one.trouble in alert(panel).replace("&quot;", '"').replace("&#x27;", "'")
    assert "Traceback" not in alert(panel)
    assert one.trouble.endswith((".", "?"))
    assert one.decisions[first]["decision"] == "source"
    assert bad.read_bytes() == content


def test_findings_of_one_file_never_stand_below_the_name_of_another(module, own):
    panel = FileCheck("m04-a1-own-file", "referrals/as_exported", module).panel()
    named(panel)["Check this file"].click()
    assert "<strong>1. Identifying: date of birth</strong>" in words(panel)
    bad = own.with_name("photo.csv")
    bad.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
    named(panel)["Where the file is"].value = "folder"
    named(panel)["File in “my-data”"].value = bad.name
    named(panel)["Check this file"].click()
    assert "date of birth" not in words(panel)
    assert named(panel)["Findings to read"].layout.display == "none"


def test_the_list_of_findings_says_where_one_is_and_the_buttons_move_it(module):
    panel = FileCheck("m04-a1-own-file", "referrals/as_exported", module).panel()
    named(panel)["Check this file"].click()
    pages = named(panel)["Findings to read"]
    assert pages.layout.display is None
    next(control for name, control in named(panel).items() if name.startswith("On to findings 11")).click()
    assert (pages.value, "Findings 11 to" in words(panel)) == (10, True)
    pages.value = 0
    assert "Findings 1 to 10 of" in words(panel)


def test_an_empty_folder_says_where_it_is_and_a_file_put_there_is_seen_at_once(module):
    panel = FileCheck("m04-a1-own-file", None, module).panel()
    named(panel)["Where the file is"].value = "folder"
    named(panel)["Check this file"].click()
    home = module.resolve().parent / "my-data"
    assert str(home) in alert(panel)
    home.mkdir(exist_ok=True)
    (home / "list.csv").write_text(OWN, encoding="utf-8")
    named(panel)["Check this file"].click()
    assert "Choose a file first." in alert(panel)
    assert ("list.csv", "list.csv") in named(panel)["File in “my-data”"].options


def test_a_note_that_could_identify_somebody_is_not_saved(module, own):
    one = FileCheck("m04-a1-own-file", None, module)
    panel = one.panel()
    named(panel)["Where the file is"].value = "folder"
    named(panel)["File in “my-data”"].value = own.name
    named(panel)["Check this file"].click()
    note = next(control for name, control in named(panel).items() if name.startswith("Note on 1"))
    note.value = "Ring Mrs D on 943 476 5919"
    assert "was not saved" in alert(panel)
    assert "5919" not in files(module)


def test_decisions_about_another_file_are_kept_as_earlier_ones(module, own):
    one = FileCheck("m04-a1-own-file", None, module)
    one.check(own, "folder", "")
    one.decide(one.findings()[0][0], "leave")
    assert one.check(examples()["referrals/as_exported"], "example", "referrals/as_exported")
    assert one.decisions == {}
    assert one.earlier[-1]["why"] == "another file was checked"
    one.decide(one.findings()[0][0], "ask")
    again = FileCheck("m04-a1-own-file", None, module)
    assert [entry["decision"] for entry in again.decisions.values()] == ["ask"]
    assert "1 ×" in again.earlier[-1]["shown"]


def test_a_page_that_nobody_can_click_on_shows_the_example_and_does_not_vary(module, monkeypatch):
    monkeypatch.setenv("RESEARCHSKILLS_STATIC", "1")
    first, second = (FileCheck("m04-a1-own-file", "referrals/as_exported", module).report() for _ in range(2))
    assert first == second
    assert "Example: Referrals: as exported." in first
    assert "What people usually do" in first
    assert not (module / "answers").exists(), "showing is not answering"
    assert "<script" not in first


# -- clean with a log ---------------------------------------------------------------------------


@pytest.fixture
def cleaning(module):
    return Cleaning("m04-a2-log", "referrals", "as_exported", module)


def build(panel, **parts):
    controls_by_name = named(panel)
    for name, value in parts.items():
        controls_by_name[name.replace("__", ": ").replace("_", " ")].value = value


def one_rule(panel):
    fields = named(panel)
    fields["Who you are: role or initials"].value = "data lead"
    fields["Condition 1: field"].value = "days_to_decision"
    fields["Condition 1: comparison"].value = "is"
    fields["Condition 1: value"].value = "999"
    fields["What to do"].value = "missing"
    fields["Field to change"].value = "days_to_decision"
    fields["Reason code"].value = "[not known]"
    return fields


def test_a_rule_is_built_previewed_applied_and_logged_from_the_panel(cleaning, module):
    panel = cleaning.panel()
    assert_named(panel)
    fields = one_rule(panel)
    fields["How many rows would it touch?"].click()
    count = int((cleaning.log.raw["days_to_decision"] == "999").sum())
    assert f"This would touch {count} of 5,150 rows" in alert(panel)
    assert cleaning.rules == []
    fields["Apply and log it"].click()
    assert "say why" in alert(panel)
    fields["Why, for a reader who was not there"].value = "999 is the system's code for not known"
    fields["Apply and log it"].click()
    assert f"Logged as change 1: {count} rows touched." in alert(panel)
    again = Cleaning("m04-a2-log", "referrals", "as_exported", module)
    assert again.rules == cleaning.rules
    pd.testing.assert_frame_equal(again.log.frame, cleaning.log.frame)
    assert not (again.log.frame["days_to_decision"] == "999").any()
    assert "data lead" in again.report()
    state = (module / "answers" / "m04-a2-log.json").stat().st_size
    assert state < 5_000, "rules are saved, not rows"


def test_the_last_change_can_be_taken_back(cleaning):
    panel = cleaning.panel()
    fields = one_rule(panel)
    fields["Why, for a reader who was not there"].value = "a code"
    fields["Apply and log it"].click()
    fields["Take the last change back"].click()
    assert "Change 1 was taken back." in alert(panel)
    pd.testing.assert_frame_equal(cleaning.log.frame, cleaning.log.raw)
    assert cleaning.rules == []
    fields["Take the last change back"].click()
    assert "no change to take back" in alert(panel)


def test_the_headline_is_shown_with_the_changes_and_without(cleaning):
    panel = cleaning.panel()
    fields = one_rule(panel)
    fields["Why, for a reader who was not there"].value = "a code"
    fields["Headline to compare: figure"].value = "mean"
    fields["Headline to compare: field"].value = "days_to_decision"
    fields["Apply and log it"].click()
    before = pd.to_numeric(cleaning.log.raw["days_to_decision"], errors="coerce")
    found = cleaning.headline()
    assert found.before == pytest.approx(before.mean())
    assert found.after == pytest.approx(before[before != 999].mean())
    assert found.sentence in cleaning.report()
    assert "step by step" in words(panel)


def test_a_reason_is_asked_for_anew_with_each_change(cleaning):
    panel = cleaning.panel()
    fields = one_rule(panel)
    fields["Who you are: role or initials"].value = ""
    fields["Apply and log it"].click()
    assert "say who you are" in alert(panel)
    assert "say why" in alert(panel)
    fields["Who you are: role or initials"].value = "data lead"
    fields["Why, for a reader who was not there"].value = "a code"
    fields["Apply and log it"].click()
    assert fields["Why, for a reader who was not there"].value == ""
    fields["Apply and log it"].click()
    assert "First say why" in alert(panel)
    assert len(cleaning.rules) == 1


def test_conditions_can_be_counted_before_it_is_decided_what_to_do(cleaning):
    count = int((cleaning.log.raw["days_to_decision"] == "999").sum())
    first = {"field": "days_to_decision", "comparison": "is", "value": "999"}
    cleaning.draft = {"conditions": [first]}
    assert cleaning.preview().startswith(f"What you chose fits {count} of 5,150 rows. Choose what to do")
    cleaning.draft = {"conditions": [first, {"field": "team", "comparison": "is not blank"}], "action": "multiply",
                      "value": "7"}
    assert "choose the field to change first" in cleaning.preview()


def test_a_map_is_written_a_line_for_each_value(cleaning):
    cleaning.who = "me"
    cleaning.draft = {"conditions": [{"field": "source", "comparison": "is not blank"}], "action": "map",
                      "field": "source", "value": "Primary care network = GP or primary care\nself → self-referral",
                      "why": "the name changed in 2025"}
    assert cleaning.apply(when="2026-05-04").startswith("Logged as change 1")
    assert not cleaning.log.frame["source"].isin(["Primary care network", "self"]).any()
    cleaning.draft = {**cleaning.draft, "value": "self, self-referral"}
    assert "with an equals sign" in cleaning.apply()


@pytest.mark.parametrize(("draft", "words"), [
    ({}, "Choose a field and a comparison"),
    ({"conditions": [{"field": "team", "comparison": "is blank"}]}, "Choose what to do"),
    ({"conditions": [{"field": "team", "comparison": "is"}], "action": "flag"}, "needs a value"),
    ({"conditions": [{"field": "team", "comparison": "is blank"}], "action": "missing"}, "reason code"),
    ({"conditions": [{"field": "team", "comparison": "is not blank"}], "action": "drop"}, "repeats an earlier row"),
])
def test_a_rule_that_is_not_finished_says_what_is_lacking(cleaning, draft, words):
    cleaning.who, cleaning.draft = "me", draft
    assert words in cleaning.preview()
    assert words in cleaning.apply(why="x")
    assert cleaning.rules == []


def test_the_log_is_saved_beside_the_notebook(cleaning, module):
    cleaning.who = "me"
    cleaning.draft = {"conditions": [{"field": "referral_id", "comparison": "repeats an earlier row"}],
                      "action": "drop", "why": "sent twice"}
    cleaning.apply(when="2026-05-04")
    panel = cleaning.panel()
    named(panel)["Save the log as a table (csv)"].click()
    named(panel)["Save the log as a page (html)"].click()
    assert "Saved as “change-log-m04-a2-log.html”" in alert(panel)
    table = pd.read_csv(module / "change-log-m04-a2-log.csv")
    assert len(table) == 50  # figures.md §13: exact duplicates 1 % of 5,000
    assert table["id"].str.fullmatch(r"R\d{5}").all()
    assert "sent twice" in (module / "change-log-m04-a2-log.html").read_text(encoding="utf-8")


def test_a_change_that_no_longer_fits_the_file_is_told_and_kept(cleaning, module):
    cleaning.who = "me"
    rule = {"field": "weight", "conditions": [{"field": "weight", "comparison": "is blank"}], "action": "flag",
            "value": "", "joined": "and"}
    cleaning.rules = [{"rule": rule, "who": "me", "when": "2026-05-04", "why": "x"}]
    again = Cleaning("m04-a2-log", "referrals", "as_exported", module)
    assert "Change 1 of your log cannot be made" in again.notice
    assert again.rules == cleaning.rules


def test_the_raw_file_of_the_course_is_never_touched(cleaning):
    path = examples()["referrals/as_exported"]
    before = path.read_bytes()
    cleaning.who = "me"
    cleaning.draft = {"conditions": [{"field": "team", "comparison": "is not blank"}], "action": "replace",
                      "field": "team", "value": "x", "why": "y"}
    cleaning.apply()
    assert path.read_bytes() == before


def test_a_log_of_nothing_is_a_page_that_does_not_vary(module, monkeypatch):
    monkeypatch.setenv("RESEARCHSKILLS_STATIC", "1")
    first, second = (Cleaning("m04-a2-log", "referrals", "as_exported", module).report() for _ in range(2))
    assert first == second
    assert "Nothing has been changed yet." in first
    assert not (module / "answers").exists()


# -- two systems --------------------------------------------------------------------------------


@pytest.fixture
def match(module):
    return MatchUp("m04-a3-two-systems", module)


def test_every_case_can_be_given_a_cause_and_all_right_is_correct(match, module):
    truth = two_systems.sealed_causes(match.found)
    assert match.check().status == checks.NOT_ATTEMPTED
    for cause in offered():
        match.explain([case for case, true in truth.items() if true == cause], cause)
    outcome = match.check()
    assert (outcome.status, outcome.fraction) == (checks.CORRECT, 1)
    again = MatchUp("m04-a3-two-systems", module)
    assert again.causes == match.causes
    assert again.checked
    assert "All 37 differences have their cause" in again.report()


def test_feedback_counts_by_group_and_never_gives_the_cause_away(match):
    groups = match.groups()
    assert sum(map(len, groups.values())) == 37
    match.explain(groups["only in council"], "moved ward")
    outcome = match.check()
    assert outcome.status == checks.NOT_YET
    assert f"**only in council**: 0 of {len(groups['only in council'])} right" in outcome.message
    assert "still without a cause" in outcome.message
    assert not any(cause in outcome.message for cause in offered())
    assert outcome.fraction == 0


def test_a_group_is_explained_from_the_panel_at_once_or_one_by_one(match, module):
    panel = match.panel()
    assert_named(panel)
    named(panel)["Group of differences"].value = "only in council"
    assert "what is held, in the council&#x27;s words" in words(panel)
    named(panel)["One cause for all of this group"].value = "counted on a different day"
    named(panel)["Give it to all of them"].click()
    cases = match.groups()["only in council"]
    assert {match.given(case) for case in cases} == {"counted on a different day"}
    named(panel)[f"Cause of case {cases[0]}"].value = "moved ward"
    assert match.given(cases[0]) == "moved ward"
    named(panel)[f"Cause of case {cases[0]}"].value = ""
    assert match.given(cases[0]) == ""
    named(panel)["Check the causes"].click()
    assert f"{len(cases) - 1} of 37 have their cause" in alert(panel)
    saved = json.loads((module / "answers" / "m04-a3-two-systems.json").read_text(encoding="utf-8"))
    assert saved["state"]["tries"] == 1
    assert len(json.dumps(saved)) < 4_000


def test_the_next_group_is_one_button_away_and_a_common_cause_keeps_the_lists(match):
    panel = match.panel()
    groups = list(match.groups())
    case = match.groups()[groups[0]][0]
    before = named(panel)[f"Cause of case {case}"]
    named(panel)["Give it to all of them"].click()
    assert "Choose a cause in the list first." in words(panel)
    named(panel)["One cause for all of this group"].value = "moved ward"
    named(panel)["Give it to all of them"].click()
    assert before is named(panel)[f"Cause of case {case}"]
    assert before.value == "moved ward"
    for _ in groups:
        assert named(panel)["Group of differences"].value
        named(panel)["Go to the next group"].click()
    assert named(panel)["Group of differences"].value == groups[0]
    assert "disagree on start date" in match.outcome().message


def test_the_evidence_says_in_a_word_where_the_systems_differ(match):
    case = match.groups()["disagree on ward"][0]
    lines = match._evidence_html(case).split("<tr>")
    assert "differs" in next(line for line in lines if ">ward<" in line)
    assert "differs" not in next(line for line in lines if ">birth year<" in line)
    twice = match._evidence_html(match.groups()["more than once in NHS"][0])
    assert all(name in twice for name in ("council (1)", "NHS (2)", "NHS (3)"))


def test_a_cause_that_is_not_in_the_list_is_refused(match):
    with pytest.raises(CourseError, match="no cause “gremlins”"):
        match.explain([1], "gremlins")


def test_a_new_cause_takes_the_verdict_away(match):
    match.explain([1], offered()[0])
    match.check()
    assert match.checked
    match.explain([2], offered()[0])
    assert not match.checked


def test_the_report_does_not_vary_and_needs_no_script(module, monkeypatch):
    monkeypatch.setenv("RESEARCHSKILLS_STATIC", "1")
    first, second = (MatchUp("m04-a3-two-systems", module).report() for _ in range(2))
    assert first == second
    assert "<script" not in first
    assert "The extracts differ in 37 cases" in first
    assert not (module / "answers").exists()


# -- what lessons call --------------------------------------------------------------------------


def test_the_functions_give_one_activity_however_often_the_cell_is_run(module, monkeypatch):
    monkeypatch.chdir(module)
    assert activities.check_data("m04-a1-own-file") is activities.check_data("m04-a1-own-file")
    assert activities.clean("m04-a2-log", "referrals", "as_exported") is activities.clean(
        "m04-a2-log", "referrals", "as_exported")
    assert activities.match_up("m04-a3-two-systems") is activities.match_up("m04-a3-two-systems")
    with pytest.raises(CourseError, match="does not hold two extracts"):
        activities.match_up("m04-a3-two-systems", "referrals")
    with pytest.raises(CourseError, match="Did you mean “referrals”"):
        activities.clean("m04-a2-log", "referrls")
    assert datasets.planted("two_systems")["differences"] == 37
    assert cleaning_activity.cleaning.cache_info().currsize
