"""From records to a set on the screen: duplicates, screening, the flow diagram."""

from pathlib import Path

import ipywidgets
import pandas as pd
import pytest
from panels import alert, controls, named, words
from traitlets import TraitError

from researchskills import datasets
from researchskills.errors import CourseError
from researchskills.evidence import duplicates, library_sets, screening, set_activities
from researchskills.evidence.deduplicate_activity import Deduplicate
from researchskills.evidence.duplicates import APART, DOUBTFUL, SAME, SURE
from researchskills.evidence.flow_activity import FlowDiagram
from researchskills.evidence.screen_activity import Screen
from researchskills.evidence.screening import EXCLUDE, INCLUDE, UNSURE

FAULTY = Path(__file__).parent / "faulty" / "screening"
TEXT = "We asked forty carers in two towns what a week of short breaks changed for them, and most slept better. "
TITLES = ["Short breaks for carers", "Day care in two towns", "A toolkit for managers", "Carers and <b>sleep</b>"]
RECORDS = pd.DataFrame({
    "record": ["LB00001", "LB00002", "LB00003", "LB00004"], "title": TITLES, "abstract": [TEXT * 2, "", TEXT, None],
    "authors": "Okafor N; Bell JM", "year": pd.array([2004, 2019, None, 2019], dtype="Int64"),
    "journal": "Journal of Interface Care", "type": "primary study"})
DOUBLE = pd.DataFrame([
    {"record": "LB00001", "title": "Short breaks and what they change", "doi": "10.5555/a.1", "database": "CareBase"},
    {"record": "LB00002", "title": "Short breaks and what they change", "doi": "", "database": "Interface Index"},
    {"record": "LB00003", "title": "Short breaks and what they change: protocol", "doi": "10.5555/a.2",
     "database": "CareBase"},
    {"record": "LB00004", "title": "Diaries of delay on six wards", "doi": "10.5555/a.3", "database": "CareBase"},
]).assign(authors="Okafor N; Bell JM", year=2014, journal="Journal of Interface Care", volume="12", issue="3",
          pages="201-219", abstract=TEXT * 2)
DOUBLE.loc[3, ["authors", "pages", "abstract", "journal"]] = ["Marsh O", "7-9", "Transport held people up.", "Wards"]


def assert_usable(panel):
    """Every control can be said and told from the others, and none is of a kind that screen readers garble."""
    names = [control.description.strip() for control in controls(panel)]
    assert all(names)
    assert len(set(names)) == len(names)
    for control in controls(panel):
        assert isinstance(control, ipywidgets.Dropdown | ipywidgets.Text | ipywidgets.Textarea | ipywidgets.Button
                          | ipywidgets.FileUpload)


def saved(folder, name: str) -> bool:
    return (folder / "answers" / f"{name}.json").exists()


# -- screening ----------------------------------------------------------------------------------


def screening_of(folder, name="m02-a5-screening") -> Screen:
    return Screen(name, RECORDS, "Do short breaks help carers?", None, ["People: carers."], "found", folder)


@pytest.fixture
def screen(tmp_path):
    return screening_of(tmp_path)


def test_looking_at_records_saves_nothing(screen, tmp_path):
    panel = screen.panel()
    assert_usable(panel)
    assert "<li>People: carers.</li>" in words(panel)
    named(panel)["Next record"].click()
    named(panel)["Go to a record"].value = "LB00003"
    assert "Record 3 of 4" in words(panel)
    assert not saved(tmp_path, "m02-a5-screening")
    assert "Nothing decided yet" in screen.report()
    assert screen.shown() == ""


def test_a_decision_goes_to_the_next_record_and_is_told(screen):
    panel = screen.panel()
    use = named(panel)
    use["Include"].click()
    assert alert(panel) == "<p>Record 1 of 4: Include. Now record 2 of 4.</p>"
    assert "1 of 4 records decided" in words(panel)
    use["Exclude"].click()
    assert "Choose the reason for the exclusion in the list first" in alert(panel)
    use["Reason, if you exclude"].value = "setting"
    use["Exclude"].click()
    assert screen.decisions["LB00002"] == {"decision": EXCLUDE, "reason": "setting"}
    assert use["Reason, if you exclude"].value == ""
    use["Unsure"].click()
    use["Include"].click()
    assert "That was the last one without a decision" in alert(panel)
    assert screen.shown() == "4 of 4 records decided: 2 included, 1 excluded, 1 unsure. None is left."


def test_no_control_is_replaced_while_somebody_works(screen):
    panel = screen.panel()
    before = [id(control) for control in controls(panel)]
    use = named(panel)
    for name in ("Include", "Next record", "Take the last decision back", "Unsure", "Next one without a decision"):
        use[name].click()
    assert [id(control) for control in controls(panel)] == before


def test_decisions_and_the_place_survive(screen, tmp_path):
    named(screen.panel())["Include"].click()
    again = screening_of(tmp_path)
    assert again.mine == {"LB00001": screening.Decision(INCLUDE)}
    assert again.current == "LB00002"
    assert "(include)" in named(again.panel())["Go to a record"].options[0][0]
    assert "Short breaks for carers" in again.report()


def test_the_last_decision_can_be_taken_back_even_when_it_replaced_another(screen):
    panel = screen.panel()
    use = named(panel)
    use["Include"].click()
    use["Previous record"].click()
    use["Unsure"].click()
    use["Take the last decision back"].click()
    assert screen.mine["LB00001"].decision == INCLUDE
    assert screen.current == "LB00001"
    use["Take the last decision back"].click()
    assert screen.mine == {}
    use["Take the last decision back"].click()
    assert "There is no decision to take back" in alert(panel)


def test_the_next_one_without_a_decision_is_found_from_anywhere(screen):
    panel = screen.panel()
    use = named(panel)
    use["Go to a record"].value = "LB00002"
    use["Include"].click()
    use["Go to a record"].value = "LB00001"
    use["Include"].click()
    assert screen.current == "LB00003"
    use["Previous record"].click()
    use["Next one without a decision"].click()
    assert screen.current == "LB00003"


def test_a_record_is_text_and_never_part_of_the_page(screen):
    panel = screen.panel()
    named(panel)["Go to a record"].value = "LB00004"
    assert "Carers and &lt;b&gt;sleep" in words(panel)
    assert "There is no abstract" in words(panel)
    named(panel)["Unsure"].click()
    assert "<b>sleep" not in screen.report()
    assert "<script" not in screen.report()


def test_a_name_that_could_identify_somebody_is_not_kept(screen):
    panel = screen.panel()
    named(panel)["Name or code you screen under"].value = "sam@council.example.org"
    assert "was not saved" in alert(panel)
    assert screen.screener == ""
    named(panel)["Name or code you screen under"].value = " heron-42 "
    assert screen.screener == "heron-42"


def test_a_panel_and_the_record_in_it_have_headings_to_jump_to_and_a_report_has_none(screen):
    shown = words(screen.panel())
    assert "<h4><strong>Screen titles and abstracts</strong></h4>" in shown
    assert "<h5><strong>Record 1 of 4</strong></h5>" in shown
    assert "<h4>" not in screen.report() and "<h5>" not in screen.report()


def test_ones_own_decisions_are_written_beside_the_notebook(screen, tmp_path):
    panel = screen.panel()
    named(panel)["Save my decisions as files"].click()
    assert "There is no decision to save yet" in alert(panel)
    named(panel)["Name or code you screen under"].value = "heron/42"
    named(panel)["Include"].click()
    assert "There is no decision to save yet" not in words(panel)
    named(panel)["Save my decisions as files"].click()
    files = sorted(tmp_path.glob("m02-a5-screening-decisions-heron-42.*"))
    assert [path.suffix for path in files] == [".csv", ".json"]
    for path in files:
        assert screening.read(path.read_bytes(), "x").decisions == screen.mine
    assert files[0].name in alert(panel)


def upload(panel, name: str, content: bytes):
    use = named(panel)
    use["Second screener's file"].value = ({"name": name, "type": "", "size": len(content), "content": content,
                                            "last_modified": pd.Timestamp("2026-01-05", tz="UTC").to_pydatetime()},)
    use["Compare with mine"].click()


def finished(screen):
    for decision, reason in ((INCLUDE, ""), (INCLUDE, ""), (EXCLUDE, "people"), (UNSURE, "")):
        screen.decide(decision, reason)


def test_a_second_screeners_file_is_compared_differences_first_and_changes_no_decision(screen, tmp_path):
    finished(screen)
    mine = dict(screen.decisions)
    panel = screen.panel()
    named(panel)["Compare with mine"].click()
    assert "Choose the second screener’s file first" in alert(panel)
    upload(panel, "half_filled.csv", (FAULTY / "half_filled.csv").read_bytes())
    assert "You differ on 1 of the 2 records that both of you screened" in alert(panel)
    assert screen.decisions == mine
    told = words(panel)
    assert told.index("Where you differ") < told.rindex("Cohen&#x27;s kappa")
    assert "has decided about 2 of 4 records" in told
    again = screening_of(tmp_path)
    assert again.second["screener"] == "kestrel-7"
    assert "Compared with kestrel-7" in again.report()


def test_what_both_agree_on_after_talking_is_settled_and_survives(screen, tmp_path):
    finished(screen)
    panel = screen.panel()
    upload(panel, "half_filled.csv", (FAULTY / "half_filled.csv").read_bytes())
    assert_usable(panel)
    assert "Settled so far: 1 record;" in words(panel)
    named(panel)["Agreed on LB00002"].value = "exclude|setting"
    assert screening_of(tmp_path).agreed == {"LB00002": {"decision": EXCLUDE, "reason": "setting"}}
    assert screening.counts(screen.ids, screen.settled())["excluded"] == 1
    assert screen.mine["LB00002"].decision == INCLUDE
    named(panel)["Agreed on LB00002"].value = ""
    assert screen.agreed == {}


@pytest.mark.parametrize("path", sorted(path for path in FAULTY.iterdir() if path.name != "half_filled.csv"),
                         ids=lambda path: path.name)
def test_no_faulty_file_changes_anything(screen, path):
    finished(screen)
    screen.name_screener("heron-42")
    panel = screen.panel()
    before = dict(screen.decisions)
    upload(panel, path.name, path.read_bytes())
    assert "Nothing was taken over." in alert(panel)
    assert (screen.second, screen.agreed, screen.decisions) == ({}, {}, before)


def test_a_faulty_file_does_not_push_out_the_one_that_was_accepted(screen):
    finished(screen)
    panel = screen.panel()
    upload(panel, "half_filled.csv", (FAULTY / "half_filled.csv").read_bytes())
    held = dict(screen.second)
    upload(panel, "cut_off.json", (FAULTY / "cut_off.json").read_bytes())
    assert "is damaged" in alert(panel)
    assert screen.second == held


def test_of_a_second_screener_a_code_is_kept_and_never_an_address(screen, tmp_path):
    finished(screen)
    content = (FAULTY / "half_filled.csv").read_text().replace("kestrel-7", "sam@council.example.org")
    upload(screen.panel(), "half_filled.csv", content.encode())
    assert screen.second["decisions"]
    assert "council.example" not in (tmp_path / "answers" / "m02-a5-screening.json").read_text() + screen.report()


def test_what_is_no_decision_cannot_be_saved(screen):
    for bad in ({"LB00001": "include"}, {"LB00001": {"decision": "perhaps", "reason": ""}}):
        with pytest.raises(TraitError):
            screen.decisions = bad


# -- duplicates ---------------------------------------------------------------------------------


def deduplication(folder, truth=(("LB00001", "LB00002"),)) -> Deduplicate:
    return Deduplicate("m02-a4-duplicates", DOUBLE, truth, {frozenset(("LB00001", "LB00003")): "a protocol"}, folder)


@pytest.fixture
def looked(tmp_path):
    activity = deduplication(tmp_path)
    panel = activity.panel()
    named(panel)["Look for duplicates"].click()
    return activity, panel


def test_pairs_are_found_when_asked_and_nothing_is_saved_by_looking(looked, tmp_path):
    activity, panel = looked
    assert_usable(panel)
    assert "4 records compared: 1 pair is surely the same, 2 doubtful" in alert(panel)
    assert "4 records found, 1 duplicate put aside, 3 records to screen" in words(panel)
    assert not saved(tmp_path, "m02-a4-duplicates")
    assert activity.shown() == ""


def test_a_doubtful_pair_is_shown_side_by_side_with_what_differs_in_words(looked):
    _, panel = looked
    told = words(panel)
    assert "LB00001 and LB00003 (doubtful)" in told
    assert "only one title has “protocol”" in told
    assert "only one has it" in told or "differs" in told


def test_a_decision_settles_the_pair_and_survives(looked, tmp_path):
    activity, panel = looked
    named(panel)["Two publications: keep both"].click()
    assert activity.decisions == {"LB00001+LB00003": APART}
    assert "two publications" in alert(panel)
    assert activity.next_undecided() is None
    named(panel)["Next pair without a decision"].click()
    assert "No doubtful pair waits for a decision" in alert(panel)
    again = deduplication(tmp_path)
    assert again.decisions == activity.decisions
    assert "duplicates put aside" in again.report()
    assert again.shown() == "1 pair decided; 4 records found, 1 duplicate, 3 to screen"


def test_a_merger_of_the_program_can_be_objected_to_and_taken_back(looked):
    activity, panel = looked
    named(panel)["Which pairs"].value = SURE
    named(panel)["Two publications: keep both"].click()
    assert activity.merged().groups == ()
    assert "You object to 1 merger" in words(panel)
    named(panel)["Take the last decision back"].click()
    assert activity.merged().groups == (("LB00001", "LB00002"),)
    assert activity.decisions == {}
    named(panel)["Take the last decision back"].click()
    assert "There is no decision to take back" in alert(panel)


def test_the_check_names_a_publication_that_was_lost_before_one_that_stands_twice(looked):
    activity, panel = looked
    named(panel)["One publication: merge"].click()
    named(panel)["Check my decisions"].click()
    assert ("Merged, although they are two publications: LB00001 and LB00003 (a protocol); LB00002 and LB00003"
            in alert(panel))
    assert activity.tries == 1
    activity.decide(activity.look().having(DOUBTFUL)[0], APART)
    assert activity.verdict == ""
    assert activity.check() == ("Merged: 1 of 1 pair of records that are one publication. Nothing is merged that is "
                                "not the same.")


def test_without_a_key_there_is_nothing_to_check_against(tmp_path):
    activity = deduplication(tmp_path, None)
    panel = activity.panel()
    named(panel)["Look for duplicates"].click()
    assert named(panel)["Check my decisions"].layout.display == "none"
    with pytest.raises(CourseError, match="Nobody knows for certain"):
        activity.check()


def test_the_merged_set_and_what_was_put_aside_are_written_as_files(looked, tmp_path):
    _, panel = looked
    named(panel)["Save the merged set as files"].click()
    unique = pd.read_csv(tmp_path / "m02-a4-duplicates-unique.csv")
    aside = pd.read_csv(tmp_path / "m02-a4-duplicates-put-aside.csv")
    assert (list(unique["record"]), list(aside["record"])) == (["LB00001", "LB00003", "LB00004"], ["LB00002"])
    assert "Nothing was thrown away" in alert(panel)


def test_decisions_about_records_that_are_gone_wait_and_merge_nothing(tmp_path):
    first = deduplication(tmp_path)
    first.decisions = {"LB00001+LB00003": SAME, "LB08888+LB09999": SAME}
    again = deduplication(tmp_path)
    assert again.merged().counts()["duplicates"] == 2
    assert "LB08888+LB09999" in again.decisions
    with pytest.raises(TraitError):
        again.decisions = {"LB00001+LB00003": "perhaps"}


# -- the flow diagram ---------------------------------------------------------------------------

NUMBERS = {"databases": "430", "duplicates": "15", "screened": "415", "excluded": "370", "sought": "45",
           "not_retrieved": "3", "assessed": "42", "excluded_why": "Not about carers: 28", "reports": "14",
           "studies": "14"}


def filled(panel, **changes):
    from researchskills.evidence.flow import BOXES, REASONS

    for box, text in {**NUMBERS, **changes}.items():
        label = {**BOXES, **REASONS}[box]
        [field] = [control for name, control in named(panel).items() if name.split(" (")[0].split(": one")[0] == label]
        field.value = text
    named(panel)["Check and draw"].click()


@pytest.fixture
def flow(tmp_path):
    return FlowDiagram("m02-a6-flow", None, tmp_path)


def test_an_empty_form_says_what_is_missing_and_saves_nothing(flow, tmp_path):
    panel = flow.panel()
    assert_usable(panel)
    assert not saved(tmp_path, "m02-a6-flow")
    named(panel)["Check and draw"].click()
    assert "“Records from databases” is still empty" in alert(panel)
    assert "<img" not in words(panel)


def test_boxes_that_add_up_are_drawn_and_survive(flow, tmp_path):
    panel = flow.panel()
    filled(panel)
    assert alert(panel) == "<p>All boxes add up.</p>"
    assert '<img alt="Flow diagram after PRISMA 2020' in words(panel)
    again = FlowDiagram("m02-a6-flow", None, tmp_path)
    report = again.report()
    assert "All boxes add up" in report
    assert "<img alt=" in report
    assert "The numbers" in report
    assert "<script" not in report
    assert again.shown().startswith("Of 430 records found")


def test_a_wrong_box_is_named_and_the_diagram_is_still_drawn(flow):
    panel = flow.panel()
    filled(panel, screened="412")
    assert "Records screened (412) should be records found minus duplicates: 430 − 15 = 415" in alert(panel)
    assert "<img" in words(panel)


@pytest.mark.parametrize(("text", "said"), [
    ("-4", "fewer than none"), ("4.5", "whole number"), ("", "still empty"), ("9" * 40, "more than any search finds"),
    ("<script>alert(1)</script>", "is no number"),
])
def test_what_is_no_count_is_said_and_nothing_is_drawn(flow, text, said):
    panel = flow.panel()
    filled(panel, screened=text)
    assert said in alert(panel)
    assert "<img" not in words(panel)
    assert "<script" not in words(panel) + flow.report()


def test_an_old_verdict_does_not_stand_below_new_numbers(flow):
    panel = flow.panel()
    filled(panel)
    named(panel)["Records screened"].value = "400"
    assert alert(panel) == ""
    assert "<img" not in words(panel)
    assert not flow.checked


def test_a_diagram_can_begin_with_numbers_that_stay_what_they_were(tmp_path):
    activity = FlowDiagram("m02-p6-flow", {"databases": 430, "duplicates": 15}, tmp_path)
    assert named(activity.panel())["Records from databases"].value == "430"
    assert activity.typed == {}
    activity.write("duplicates", "16")
    assert activity.boxes["databases"] == "430"
    with pytest.raises(TraitError):
        activity.typed = {"databses": "3"}


# -- what lessons call --------------------------------------------------------------------------


def test_an_activity_is_the_same_however_often_its_cell_is_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first = set_activities.flow_diagram("m02-a6-flow", {"databases": 430})
    assert set_activities.flow_diagram("m02-a6-flow", {"databases": 430}) is first


@pytest.mark.parametrize(("call", "said"), [
    (lambda: set_activities.flow_diagram("m02-a6-flow", {"databse": 3}), "Did you mean “databases”"),
    (lambda: set_activities.screen("m02-a5-screening", order="newst"), "Did you mean “newest”"),
    (lambda: set_activities.screen("m02-a5-screening", records=RECORDS), "add question="),
    (lambda: set_activities.screen("m02-a5-screening", records=RECORDS.drop(columns="title"), question="Why?"),
     "needs the columns"),
    (lambda: set_activities.screen("m02-a5-screening", records=pd.concat([RECORDS, RECORDS]), question="Why?"),
     "Take out the duplicates first"),
])
def test_what_an_author_writes_wrongly_is_said(call, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CourseError, match=said):
        call()


def test_an_export_for_a_topic_holds_its_relevant_records_and_their_duplicates():
    export = library_sets.export("reablement-views")
    ids = set(export["record"])
    key = datasets.planted("library")
    assert set(key["topics"]["reablement-views"]["relevant"]) <= ids
    assert len(ids) > len(key["topics"]["reablement-views"]["relevant"])
    assert all(set(group) <= ids for group in key["duplicates"] if set(group) & ids)
    unique = library_sets.without_duplicates(export)
    assert len(export) - len(unique) == sum(len(group) - 1 for group in library_sets.true_duplicates(export)) > 0
    assert library_sets.true_duplicates(unique) == []


def test_the_set_for_practising_holds_publications_that_only_look_alike(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    activity = set_activities.deduplicate("m02-a4-look-alikes")
    ids = set(activity.records["record"])
    assert library_sets.look_alikes()
    assert all(pair <= ids for pair in library_sets.look_alikes())
    assert not any(pair <= set(group) for pair in library_sets.look_alikes() for group in activity.merged().groups)
    waiting = {pair.ids for pair in activity.look().open_pairs()}
    assert 5 <= len(waiting) <= 40
    # Who may always answer "keep both", or always "merge", decides nothing.
    same = [set(group) for group in activity.truth]
    assert {any(pair <= group for group in same) for pair in waiting} == {True, False}


def test_the_librarys_export_can_be_deduplicated_checked_and_screened(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    activity = set_activities.deduplicate("m02-a4-library", "reablement-views")
    panel = activity.panel()
    named(panel)["Look for duplicates"].click()
    assert "from Interface Index" in words(panel)
    assert "Merged: " in activity.check()
    count = activity.merged().counts()
    assert count["found"] == len(activity.records)
    screened = set_activities.screen("m02-a5-library", "reablement-views")
    assert sorted(screened.ids) == sorted(library_sets.without_duplicates(activity.records)["record"])
    assert screened.question == library_sets.question("reablement-views")
    with pytest.raises(CourseError, match="Did you mean “reablement-views”"):
        set_activities.deduplicate("m02-a4-library", "reablement-view")


def test_the_set_that_the_panel_screened_can_be_screened_and_shows_the_criteria(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    chosen = library_sets.screening_set()
    activity = set_activities.screen("m02-a5-panel")
    assert sorted(activity.ids) == sorted(chosen.panel)
    assert {one.goes_on for one in chosen.panel.values()} == {True, False}
    assert all(chosen.why.values())
    assert all(one in activity.report() for one in chosen.criteria)
    assert library_sets.true_duplicates(chosen.records) == []


def test_records_of_ones_own_can_be_deduplicated_and_screened(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    activity = set_activities.deduplicate("m02-a4-own", records=DOUBLE)
    assert activity.merged().counts()["found"] == 4
    kept = activity.merged().kept
    assert set_activities.screen("m02-a5-own", records=kept, question="Do short breaks help?").ids
    assert isinstance(activity.look(), duplicates.Duplicates)
