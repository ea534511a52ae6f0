"""One question, several agencies: the sheet, its gaps, and a partner's file beside one's own words."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import ipywidgets
import pytest
from panels import alert, controls, everything, named, words
from traitlets import TraitError

from researchskills.errors import CourseError
from researchskills.questions import multi_agency as sheets
from researchskills.questions import multi_agency_file as files
from researchskills.questions.frame_activity import FrameQuestion
from researchskills.questions.multi_agency import DATA, FIELDS
from researchskills.questions.multi_agency_activity import MultiAgency, multi_agency

FAULTY = Path(__file__).parent / "faulty" / "agency_columns"
NAME = "m01-a7-agencies"
QUESTION = "Do people who had one visit from both of us go back to hospital less often within six weeks?"
FULL = {"name": "Larkshire council", **dict.fromkeys(FIELDS, "said")}
OTHER = {"name": "Larkshire hospital trust", **dict.fromkeys(FIELDS, "said as well")}
OUTCOME = {"text": "Telling it once", "by": "people", "how": "at a meeting of a user-led group"}
DECIDES = {"disagree": "the joint board", "signs": "both heads", "stop": "either"}
AWAY = {"who": "people in prison", "heard": "through their advocates"}


@pytest.fixture
def activity(tmp_path) -> MultiAgency:
    return MultiAgency(NAME, tmp_path)


def filled(path: Path, answers: dict) -> bytes:
    """A form as a partner fills it in a spreadsheet."""
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))
    for row in rows:
        row[1] = answers.get(row[0], row[1])
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def chosen(name: str, content: bytes) -> tuple:
    """A file as somebody picks it on the page."""
    return ({"name": name, "content": content, "type": "text/csv", "size": len(content),
             "last_modified": datetime(2026, 5, 4, tzinfo=UTC)},)


def form(activity: MultiAgency, answers: dict, place: int = 1) -> bytes:
    return filled(activity.export(place), answers)


# -- gaps --------------------------------------------------------------------------------------------


def test_a_full_sheet_has_no_gap():
    assert sheets.gaps(QUESTION, [FULL, OTHER], [OUTCOME], DECIDES, AWAY, {1: True}) == []


@pytest.mark.parametrize(("change", "gap"), [
    ({"question": ""}, "The question that the agencies share is not written down yet."),
    ({"agencies": [{**FULL, "fears": ""}, OTHER]}, "Larkshire council has not said: what it fears from the answer."),
    ({"agencies": [FULL, {**OTHER, "name": "", "agreement": ""}]}, "Agency 2 has not said: by which agreement."),
    ({"heard": {}}, "The column of Larkshire hospital trust is what you believe about it."),
    ({"heard": {1: False}},
     "The summary still shows what you believe about Larkshire hospital trust; its own words have come. To show them "
     "here, tick “Show the partner’s own words in the summary”."),
    ({"heard": {1: False}, "agencies": [FULL, {"name": "The trust", "fears": "x", **dict.fromkeys(DATA, "y")}]},
     "You have not said what you believe about The trust: what it wants to know; what it would do with the answer; its "
     "own words have come. To show them here, tick “Show the partner’s own words in the summary”."),
    ({"outcomes": [OUTCOME, {"how": "by a vote"}]}, "Outcome 2 is not put into words yet."),
    ({"outcomes": []}, "There is no shared outcome yet."),
    ({"decides": {**DECIDES, "stop": ""}}, "It is not said yet: who may stop it."),
    ({"away": {"who": "prisoners"}}, "It is not said yet: how they will be heard."),
    ({"outcomes": [OUTCOME, {"text": "Fewer beds"}]}, "Nobody is named who chose the outcome “Fewer beds”."),
])
def test_each_gap_is_named(change, gap):
    whole = {"question": QUESTION, "agencies": [FULL, OTHER], "outcomes": [OUTCOME], "decides": DECIDES, "away": AWAY,
             "heard": {1: True}}
    [said] = sheets.gaps(**{**whole, **change})
    assert said.startswith(gap)


@pytest.mark.parametrize("outcome", [{**OUTCOME, "by": "agencies"}, {**OUTCOME, "by": "carers"},
                                     {**OUTCOME, "how": ""}])
def test_an_outcome_chosen_for_people_is_not_one_chosen_by_them(outcome):
    found = sheets.gaps(QUESTION, [FULL, OTHER], [outcome], DECIDES, AWAY, {1: True})
    assert "No outcome has been chosen by people who use the service, in a way that is said. At least one should be." \
        in found


def test_each_pointer_says_its_source_its_date_or_authority_and_how_sure_it_is():
    table = sheets.pointers()
    assert (table != "").all(axis=None)
    assert {"checked in the source", "general knowledge; ask the source",
            "moving; check again before you rely on it"} == set(table["how sure"])
    for _, row in table.iterrows():
        assert any(sign.isdigit() for sign in row["source and date"]) or row["how sure"].startswith("general") \
            or "University" in row["source and date"] or "guidance" in row["source and date"]


# -- on the screen -----------------------------------------------------------------------------------


def test_every_control_has_a_name_of_its_own_and_looking_saves_nothing(activity, tmp_path):
    panel = activity.panel()
    names = [control.description.strip() for control in controls(panel)]
    assert all(names)
    assert len(set(names)) == len(names)
    allowed = ipywidgets.Textarea | ipywidgets.Text | ipywidgets.Checkbox | ipywidgets.Dropdown | ipywidgets.Button
    assert all(isinstance(one, allowed | ipywidgets.FileUpload) for one in controls(panel))
    named(panel)["Whose column"].value = 1
    named(panel)["Which outcome"].value = 2
    assert activity.shown() == activity.contribution() == ""
    assert "Nothing written yet" in activity.report()
    assert not (tmp_path / "answers").exists()


def test_columns_are_written_one_at_a_time_and_come_back(activity, tmp_path):
    panel = activity.panel()
    use = named(panel)
    use["The question that the agencies share"].value = QUESTION
    use["Name of the agency or service"].value = "Council"
    use["What it fears from the answer"].value = "a cut"
    use["Whose column"].value = 1
    assert use["What it fears from the answer"].value == ""
    use["Name of the agency or service"].value = "Trust <1>"
    use["Whose column"].value = 0
    assert use["What it fears from the answer"].value == "a cut"
    assert use["Whose column"].options == (("1. Council (mine)", 0), ("2. Trust <1>", 1))
    assert "Trust &lt;1&gt;" in words(panel)
    again = MultiAgency(NAME, tmp_path)
    assert again.mine() == [{"name": "Council", "fears": "a cut"}, {"name": "Trust <1>"}]
    for shown in (again.report(), again.contribution()):
        assert "a cut" in shown
        assert "Council has not said: what it wants to know" in shown
    assert "Council and Trust <1>: 0 shared outcomes" in again.shown()


def test_the_panel_says_plainly_while_people_who_use_the_service_chose_nothing(activity):
    panel = activity.panel()
    plain = "No outcome has been chosen by people who use the service"
    use = named(panel)
    assert "At least one should be chosen by people who use the service." in words(panel)
    use["The outcome: what would be better, and who would notice?"].value = "Telling it once"
    use["Who chose this outcome"].value = "people"
    assert words(panel).count(plain) == 1
    use["How they chose it: when, where, asked by whom"].value = "at a user-led group in May"
    assert plain not in words(panel)
    assert "1 outcome chosen by people who use the service" in words(panel)


def test_fewer_agencies_hide_columns_and_lose_none(activity):
    panel = activity.panel()
    use = named(panel)
    use["How many agencies"].value = 4
    use["Whose column"].value = 3
    use["Name of the agency or service"].value = "Housing"
    use["How many agencies"].value = 2
    assert use["Whose column"].value == 0
    assert use["Name of the agency or service"].value == ""
    assert "Housing" not in activity.contribution()
    use["How many agencies"].value = 4
    assert activity.mine()[3] == {"name": "Housing"}


def test_what_is_chosen_stays_when_names_change(activity):
    panel = activity.panel()
    use = named(panel)
    use["Whose column"].value = 1
    seen = []
    use["What it wants to know"].observe(lambda change: seen.append(change), names="value")
    use["Name of the agency or service"].value = "Trust"
    assert use["Whose column"].value == 1
    assert seen == []


def test_what_could_identify_somebody_is_not_saved_and_not_lost(activity, tmp_path):
    panel = activity.panel()
    use = named(panel)
    use["Who holds the record"].value = "ring 020 7946 0018"
    assert "telephone number" in alert(panel)
    use["Whose column"].value = 1
    assert use["Who holds the record"].value == ""
    assert alert(panel) == ""
    use["Whose column"].value = 0
    assert use["Who holds the record"].value == "ring 020 7946 0018"
    assert "telephone number" in alert(panel)
    assert not (tmp_path / "answers").exists()


def test_pointers_about_data_can_be_read_in_the_panel(activity):
    assert "section 75" in words(activity.panel())
    assert "no legal advice" in words(activity.panel())


# -- a partner's file --------------------------------------------------------------------------------


def test_a_form_asks_everything_and_tells_nothing_that_was_believed(activity, tmp_path):
    activity.question = QUESTION
    activity.agencies = [FULL, {"name": "Trust", "fears": "being blamed for delays"}]
    named(activity.panel())["Save a form for this partner"].click()
    text = (tmp_path / f"{NAME}-form-for-agency-2.csv").read_text("utf-8-sig")
    assert QUESTION in text
    assert all(question in text for question in FIELDS.values())
    assert "blamed" not in text
    assert "said" not in text


def test_what_came_back_stands_beside_and_changes_nothing_until_ticked(activity, tmp_path):
    activity.agencies = [FULL, {"name": "Larkshire hospital trust", "fears": "being blamed"}]
    panel = activity.panel()
    use = named(panel)
    content = form(activity, {**OTHER, "fears": "more work"})
    use["A partner’s file"].value = chosen("back.csv", content)
    use["Put it beside my words"].click()
    assert "7 answers of 7 came for Larkshire hospital trust" in alert(panel)
    assert activity.settled()[1]["fears"] == "being blamed"
    assert "Larkshire hospital trust (as I believe)" in words(panel)
    begun = "You have not said what you believe about Larkshire hospital trust: what it wants to know;"
    tick = "its own words have come. To show them here, tick “Show the partner’s own words in the summary”."
    assert any(one.startswith(begun) and one.endswith(tick) for one in activity.gaps())
    assert not any("Larkshire hospital trust has not said" in one for one in activity.gaps())
    assert "<td>being blamed</td><td>more work</td>" in words(panel)
    use["Show the partner’s own words in the summary"].value = True
    assert activity.settled()[1]["fears"] == "more work"
    assert activity.mine()[1]["fears"] == "being blamed"
    again = MultiAgency(NAME, tmp_path)
    assert "being blamed" in again.report()
    assert "Larkshire hospital trust (in its own words)" in again.contribution()
    assert "more work" in again.contribution()
    assert not any("what you believe" in one for one in again.gaps())
    use["Show the partner’s own words in the summary"].value = False
    assert activity.settled()[1]["fears"] == "being blamed"


def test_the_same_file_again_changes_nothing_and_a_new_one_must_be_ticked_anew(activity):
    content = form(activity, OTHER)
    activity.take(1, "a.csv", content)
    activity.use_theirs(1, True)
    activity.take(1, "a.csv", content)
    assert activity.settled()[1]["fears"] == "said as well"
    told = activity.take(1, "b.csv", form(activity, {**OTHER, "fears": "changed"}))
    assert "replaces the file that came before" in told
    assert "fears" not in activity.settled()[1]


def test_a_partner_who_does_the_course_sends_their_own_column(activity, tmp_path):
    (tmp_path / "partner").mkdir()
    partner = MultiAgency(NAME, tmp_path / "partner")
    partner.question = "Another wording?"
    partner.agencies = [OTHER]
    told = activity.take(1, "theirs.csv", partner.export(0).read_bytes())
    assert "The file calls the agency “Larkshire hospital trust”" in told
    assert "another wording of the question: “Another wording?”" in told
    assert activity.theirs["1"]["answers"] == OTHER


@pytest.mark.parametrize("change", [
    lambda text: text.replace(",", ";"),
    lambda text: text.encode("utf-16"),
    lambda text: text.encode("cp1252"),
    lambda text: "\n".join(f"> {line}" for line in text.splitlines()),
    lambda text: text.replace("\r\n", ",,,\r\n") + ",,,,,\r\n",
], ids=["semicolons", "utf-16", "cp1252", "quoted by a mail program", "empty cells added"])
def test_a_file_survives_spreadsheets_and_mail(activity, change):
    activity.agencies = [{}, {"name": OTHER["name"]}]
    changed = change(form(activity, OTHER).decode("utf-8-sig"))
    activity.take(1, "back.csv", changed if isinstance(changed, bytes) else changed.encode())
    assert activity.theirs["1"]["answers"] == OTHER


def test_answers_with_line_breaks_quotes_and_semicolons_survive(activity):
    tricky = 'first; "quoted", second\n"third" line'
    content = form(activity, {"wants": tricky}).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content, newline="")))
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(rows)
    assert files.read(content.encode()).answers["wants"] == tricky
    assert files.read(out.getvalue().encode()).answers["wants"] == tricky


def test_no_answer_becomes_a_formula_in_a_spreadsheet(activity):
    activity.agencies = [{"wants": "=1+1", "fears": "-5"}]
    path = activity.export(0)
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))
    assert not any(row[1].startswith(("=", "+", "-", "@")) for row in rows)
    assert files.read(path.read_bytes()).answers["wants"] == "=1+1"


@pytest.mark.parametrize(("file", "said"), [
    ("empty.csv", "is empty"),
    ("another_edition.csv", "another edition"),
    ("another_kind.csv", "another kind of file"),
    ("no_header.csv", "another kind of file"),
    ("cut_off.csv", "damaged or cut off: its line “would_do” is missing"),
    ("cell_does_not_end.csv", "a cell of it does not end"),
    ("line_twice.csv", "the line “fears” stands twice"),
    ("no_answers.csv", "not a single answer"),
    ("column_nine.csv", "holds no number of a column"),
    ("telephone_number.csv", "line “holder”: it seems to hold a telephone number"),
    ("workbook.csv", "is a workbook"),
])
def test_a_file_that_cannot_be_used_is_refused_in_a_sentence_and_nothing_is_taken_over(activity, file, said):
    activity.take(1, "good.csv", form(activity, OTHER))
    before = dict(activity.theirs)
    panel = activity.panel()
    use = named(panel)
    use["A partner’s file"].value = chosen(file, (FAULTY / file).read_bytes())
    use["Put it beside my words"].click()
    assert said in alert(panel).replace("&quot;", '"')
    assert "Nothing was taken over" in alert(panel)
    assert activity.theirs == before


def test_ones_own_file_and_forms_for_others_are_refused(activity, tmp_path):
    activity.how_many = 3
    activity.agencies = [FULL]
    with pytest.raises(CourseError, match="your own column"):
        activity.take(1, "own.csv", activity.export(0).read_bytes())
    with pytest.raises(CourseError, match="made for Agency 3, and you chose Agency 2"):
        activity.take(1, "other.csv", form(activity, OTHER, 2))
    (tmp_path / "partner").mkdir()
    partner = MultiAgency(NAME, tmp_path / "partner")
    with pytest.raises(CourseError, match="a sheet of somebody else"):
        activity.take(1, "theirs.csv", form(partner, OTHER))
    assert activity.theirs == {}


def test_without_a_file_or_an_own_column_the_buttons_say_so(activity, tmp_path):
    panel = activity.panel()
    use = named(panel)
    use["Put it beside my words"].click()
    assert "Choose the file that your partner sent first" in alert(panel)
    use["Save my own column"].click()
    assert "Your own column is empty" in alert(panel)
    use["Save the sheet as a web page"].click()
    assert "nothing on the sheet yet" in alert(panel)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_said(activity, tmp_path):
    (tmp_path / f"{NAME}-form-for-agency-2.csv").mkdir()
    panel = activity.panel()
    named(panel)["Save a form for this partner"].click()
    assert "could not be written" in alert(panel)


# -- page, wrong content -----------------------------------------------------------------------------


def test_the_page_holds_the_whole_sheet(activity, tmp_path):
    activity.question, activity.agencies, activity.outcomes = QUESTION, [FULL, {"name": "A & <b>B</b>"}], [OUTCOME]
    activity.decides, activity.away = DECIDES, AWAY
    activity.take(1, "back.csv", form(activity, OTHER))
    named(activity.panel())["Save the sheet as a web page"].click()
    page = (tmp_path / f"{NAME}.html").read_text("utf-8")
    for held in (QUESTION, "Telling it once", "the joint board", "said as well", "What is still missing", "section 75"):
        assert held in page
    assert 'lang="en-GB"' in page
    assert "A &amp; &lt;b&gt;B&lt;/b&gt;" in page
    assert page.count("<table>") == page.count("<caption>") == 5


def test_the_plan_gets_tables_with_captions_and_no_task(activity):
    activity.agencies = [FULL]
    taken = activity.contribution()
    assert taken.count("<table>") == taken.count("<caption>")
    assert "<h" not in taken
    assert "Fill what you know" not in taken


@pytest.mark.parametrize(("trait", "value"), [
    ("how_many", 1), ("how_many", 5), ("agencies", [{"phone": "1"}]), ("agencies", [{"wants": 3}]),
    ("agencies", [{}] * 5), ("outcomes", [{"text": None}]), ("decides", {"who": "me"}), ("away", {"heard": []}),
    ("theirs", {"0": {"answers": {}, "use": "no"}}), ("theirs", {"1": {"answers": {"wants": 1}, "use": "no"}}),
    ("theirs", {"1": {"answers": {}, "use": "maybe"}}), ("theirs", {"1": []}),
])
def test_values_that_make_no_sense_are_refused(activity, trait, value):
    with pytest.raises(TraitError):
        setattr(activity, trait, value)


def test_a_damaged_part_of_the_answer_is_kept_aside_and_the_rest_comes_back(activity, tmp_path):
    activity.question = QUESTION
    path = tmp_path / "answers" / f"{NAME}.json"
    held = json.loads(path.read_text("utf-8"))
    held["state"]["agencies"] = "all of them"
    held["revision"] += 1
    path.write_text(json.dumps(held), "utf-8")
    again = MultiAgency(NAME, tmp_path)
    assert again.question == QUESTION
    assert again.notice
    assert again.earlier[-1]["state"] == {"agencies": "all of them"}
    assert any("Please note" in one.value for one in everything(again.panel()) if isinstance(one, ipywidgets.HTML))


def test_a_cell_that_is_run_again_shows_the_same_sheet(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    multi_agency(NAME).question = QUESTION
    assert multi_agency(NAME) is multi_agency(NAME)
    assert multi_agency(NAME).question == QUESTION


# -- the question of the frame ------------------------------------------------------------------------

TAKE, SHARED = "Take my question from the frame", "The question that the agencies share"


def framed_in(folder, text: str) -> FrameQuestion:
    one = FrameQuestion("m01-a2-question", folder=folder)
    one.keep("wording", text)
    return one


def test_the_question_of_the_frame_is_offered_and_taken_when_asked(tmp_path):
    framed_in(tmp_path, QUESTION)
    activity = MultiAgency(NAME, tmp_path, "m01-a2-question")
    panel = activity.panel()
    assert f"In the activity with the frames your question is: “{QUESTION}”" in words(panel)
    assert activity.question == "" and not (tmp_path / "answers" / f"{NAME}.json").exists()
    named(panel)[TAKE].click()
    assert named(panel)[SHARED].value == QUESTION
    assert f"The question is now: “{QUESTION}”" in alert(panel)
    assert MultiAgency(NAME, tmp_path).question == QUESTION
    named(panel)[TAKE].click()
    assert "It is the same as here already." in alert(panel)


def test_a_question_that_stands_here_gives_way_only_when_asked_twice(tmp_path):
    source = framed_in(tmp_path, QUESTION)
    activity = MultiAgency(NAME, tmp_path, "m01-a2-question")
    panel = activity.panel()
    use = named(panel)
    use[SHARED].value = "Whom do we ring?"
    use[TAKE].click()
    assert activity.question == "Whom do we ring?"
    assert "“Whom do we ring?”" in alert(panel) and QUESTION in alert(panel)
    # Another wording has come in between, and it was never shown.
    source.keep("wording", "Who is rung?")
    use[TAKE].click()
    assert activity.question == "Whom do we ring?"
    use[TAKE].click()
    assert activity.question == use[SHARED].value == "Who is rung?"
    assert "Before, it was: “Whom do we ring?”" in alert(panel)


def test_without_a_frame_nothing_is_offered_and_an_empty_one_is_said(tmp_path):
    assert TAKE not in named(MultiAgency(NAME, tmp_path).panel())
    panel = MultiAgency(NAME, tmp_path, "m01-a2-question").panel()
    named(panel)[TAKE].click()
    assert "There is no question in the activity with the frames yet" in alert(panel)


def test_where_a_file_was_written_is_said_with_its_folder(activity, tmp_path):
    activity.question = QUESTION
    activity.agencies = [FULL]
    panel = activity.panel()
    for button, name in (("Save a form for this partner", f"{NAME}-form-for-agency-2.csv"),
                         ("Save my own column", f"{NAME}-my-column.csv"),
                         ("Save the sheet as a web page", f"{NAME}.html")):
        named(panel)[button].click()
        assert f"Saved as “{name}” in the folder “{tmp_path}”." in alert(panel)
        assert (tmp_path / name).exists()
