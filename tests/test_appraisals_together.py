"""Appraisals together: everything saved beside a page, damaged files named, nothing added up."""

import json
from pathlib import Path

import pandas as pd
import pytest
from panels import alert, controls, named, words

from researchskills.appraisal import findings, forms, reports, together_activity
from researchskills.appraisal.appraise_activity import Appraise
from researchskills.appraisal.together_activity import AppraisalsTogether
from researchskills.errors import CourseError

FORM = forms.form("trial")
NAME = "m03-a8-together"
FAULTY = Path(__file__).parent / "faulty" / "saved_appraisals"


@pytest.fixture
def folder(tmp_path):
    """Three appraisals, of a trial, of interviews and of a paper of one's own."""
    trial = Appraise("m03-a1-trial", "discharge-visits", tmp_path)
    trial.commit_design("randomised_trial")
    trial.put("lost", answer="no", sentences=[23], evidence="many had left", direction="flatters")
    trial.judge("lost", "high")
    trial.write_certainty("Fairly sure, but <b>few</b> were followed.")
    interviews = Appraise("m03-a2-words", "going-home", tmp_path)
    interviews.commit_design("qualitative_interviews")
    own = Appraise("m03-a3-own", folder=tmp_path)
    own.name_paper("Wards 2019")
    own.commit_design("survey")
    return tmp_path


def contents(folder) -> dict:
    return {path.name: path.read_bytes() for path in (folder / "answers").iterdir()}


def test_everything_appraised_is_there_under_its_title(folder):
    found, left_out = AppraisalsTogether(NAME, folder).found()
    assert list(found) == [reports.report("discharge-visits").title, reports.report("going-home").title, "Wards 2019"]
    assert left_out == []


def test_two_appraisals_of_one_report_can_be_told_apart(folder):
    again = Appraise("m03-a4-again", "going-home", folder)
    again.commit_design("ethnography")
    title = reports.report("going-home").title
    found, _ = AppraisalsTogether(NAME, folder).found()
    assert {f"{title} (m03-a2-words)", f"{title} (m03-a4-again)"} <= set(found)
    assert title not in found


def test_an_appraisal_without_a_design_is_not_there_yet(folder):
    Appraise("m03-a5-begun", "carers-survey", folder).answer_path({"made_of": "own"})
    assert len(AppraisalsTogether(NAME, folder).found()[0]) == 3


def test_damaged_files_are_named_and_left_as_they_are(folder):
    for path in FAULTY.glob("*.json"):
        (folder / "answers" / path.name).write_bytes(path.read_bytes())
    before = contents(folder)
    panel = AppraisalsTogether(NAME, folder).panel()
    for path in FAULTY.glob("*.json"):
        assert f"The file “answers/{path.name}” is damaged" in words(panel)
    assert words(panel).count("The file “") == len(list(FAULTY.glob("*.json")))
    assert reports.report("discharge-visits").title in words(panel)
    assert contents(folder) == before


def test_other_activities_and_files_set_aside_are_passed_over(folder):
    (folder / "answers" / "m03-q1.json").write_text(json.dumps({"activity": "Match", "state": {}}), encoding="utf-8")
    (folder / "answers" / "m03-a1-trial.damaged-20261129-120000.json").write_text("{", encoding="utf-8")
    (folder / "answers" / ".m03-a1-trial.json.77.tmp").write_text("{", encoding="utf-8")
    found, left_out = AppraisalsTogether(NAME, folder).found()
    assert len(found) == 3
    assert left_out == []


def test_the_summary_of_findings_says_design_result_threats_and_certainty(folder):
    found, _ = AppraisalsTogether(NAME, folder).found()
    table = findings.table(found)
    assert list(table) == list(findings.COLUMNS)
    trial, interviews, own = table.to_dict("records")
    assert trial["design"] == "randomised trial"
    # As the report has it; 0 lies within, so the sentence after it must not say that it works.
    assert "difference −6.3 percentage points (95% confidence interval −14.0 to 1.3)" in trial["main result"]
    assert "no difference" in trial["main result"] or "for the worse" in trial["main result"]
    assert trial["main threats and which way they push"] == (
        f"{FORM.question('lost').text} No. This makes the service look better than it is.")
    assert trial["how sure"].startswith("Fairly sure")
    assert interviews["main result"] == "told in words, without numbers"
    assert interviews["main threats and which way they push"] == "none named"
    assert interviews["how sure"] == "not yet written"
    assert own["main result"] == "not in the course: see the paper itself"


@pytest.mark.parametrize("key", reports.names())
def test_every_report_of_the_course_has_a_main_result_in_words(key):
    told = findings.main_result(key)
    if reports.report(key).results.empty:
        assert told == "told in words, without numbers"
    else:
        main = reports.report(key).results.query("main").iloc[0]
        assert told.startswith(f"{main['outcome']}: {main['as_written']}. ")


def test_many_threats_are_not_all_told_and_their_number_is(folder):
    trial = Appraise("m03-a1-trial", "discharge-visits", folder)
    for key in ("chance", "concealed", "treated", "planned"):
        trial.put(key, answer="no")
    told = findings.table({"it": trial.appraisal})["main threats and which way they push"].iloc[0]
    assert told.startswith(FORM.question("lost").text)
    assert told.count("? No.") == 3
    assert told.endswith("And 2 further ones.")


def test_the_page_shows_signs_findings_and_no_sum(folder):
    page = AppraisalsTogether(NAME, folder).report()
    assert page.count("<figure") == 3
    assert f"a high risk of bias was seen in “{FORM.domains['lost']}”" in page
    assert "&lt;b&gt;few&lt;/b&gt;" in page
    assert "<b>few" not in page


def test_what_is_new_is_seen_on_asking(folder):
    activity = AppraisalsTogether(NAME, folder)
    panel = activity.panel()
    Appraise("m03-a6-new", "duty-desk", folder).commit_design("ethnography")
    assert reports.report("duty-desk").title not in words(panel)
    named(panel)["Look again at what I appraised"].click()
    assert "4 appraisals found" in alert(panel)
    assert "ethnography" in words(panel)


def test_the_sentence_about_all_of_it_is_kept(folder):
    panel = AppraisalsTogether(NAME, folder).panel()
    box = named(panel)["All in all: what is known, how sure are you, and why?"]
    box.value = "We know little, because two of three asked few."
    again = AppraisalsTogether(NAME, folder)
    assert again.overall == "We know little, because two of three asked few."
    assert again.overall in again.report()
    box.value = "Ask 943 476 5919."
    assert "NHS number" in alert(panel)
    assert AppraisalsTogether(NAME, folder).overall == "We know little, because two of three asked few."


def test_nothing_appraised_yet_is_said(tmp_path):
    activity = AppraisalsTogether(NAME, tmp_path)
    panel = activity.panel()
    assert "Nothing has been appraised beside this page yet" in words(panel)
    named(panel)["Save this as files"].click()
    assert "There is nothing to save yet" in alert(panel)
    assert list(tmp_path.iterdir()) == []


def test_the_files_hold_what_the_page_shows(folder):
    activity = AppraisalsTogether(NAME, folder)
    activity.write_overall("Little is known.")
    panel = activity.panel()
    named(panel)["Save this as files"].click()
    assert f"“{NAME}.html” and “{NAME}.csv”" in alert(panel)
    page = (folder / f"{NAME}.html").read_text(encoding="utf-8")
    assert "Little is known." in page
    assert page.count("<h1>") == 1
    assert "<script" not in page
    table = pd.read_csv(folder / f"{NAME}.csv", encoding="utf-8-sig")
    assert list(table["report"]) == list(activity.found()[0])
    (folder / f"{NAME}.csv").unlink()
    (folder / f"{NAME}.csv").mkdir()
    with pytest.raises(CourseError, match="could not be written"):
        activity.export()


def test_every_control_has_a_name(folder):
    names = [control.description for control in controls(AppraisalsTogether(NAME, folder).panel())]
    assert all(names)
    assert len(set(names)) == len(names)


def test_a_cell_that_is_run_again_shows_the_same_activity(folder, monkeypatch):
    monkeypatch.chdir(folder)
    one = together_activity.appraisals_together(NAME)
    assert together_activity.appraisals_together(NAME) is one
    assert len(one.found()[0]) == 3
