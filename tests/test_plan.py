"""The research plan: what goes in, what stays out, and that looking at it changes nothing.

Answers are written by the course's own questions and activities into a real workspace.
"""

import datetime
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import html as parser
from panels import alert, controls, named, words

from researchskills import ask, paths, workspace
from researchskills.errors import CourseError
from researchskills.plan.cpd import cpd_record
from researchskills.plan.gather import gather
from researchskills.plan.parts import PARTS
from researchskills.plan.plan_activity import PlanChoices
from researchskills.questions.activities import frame_question, problem_tree

MADE = datetime.datetime(2026, 11, 29, 9, 0, tzinfo=datetime.UTC)


@pytest.fixture
def learner(tmp_path) -> Path:
    """A workspace without any answer."""
    place = tmp_path / "workspace"
    workspace.refresh(place)
    return place


def affected(place: Path, question: str = "Why do referrals come back?") -> None:
    ask.answered("m00-p13-affected", place / "00-start-here").answer = {"question": question, "who1": "Carers"}


def state_of(place: Path) -> dict[str, str]:
    """Every file and a checksum of it."""
    return {str(path.relative_to(place)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(place.rglob("*")) if path.is_file()}


def page_of(place: Path):
    return parser.parse(str(place / "plan" / "research-plan.html"))


def headings(page, level: int) -> list[str]:
    return [one.text_content() for one in page.iter(f"h{level}")]


# -- what is gathered ------------------------------------------------------------------------------


def test_with_only_module_00_done_each_empty_part_says_what_fills_it(learner):
    affected(learner)
    PlanChoices(learner).write(made=MADE)
    page = page_of(learner)
    assert headings(page, 2)[1:] == [part.title for part in PARTS.values()]
    assert "People affected" in headings(page, 3)
    text = " ".join(page.getroot().text_content().split())
    assert "Why do referrals come back?" in text
    assert "These modules fill this part: Finding evidence" in text
    assert "module 10 (managing research), which this edition of the course does not have yet" in text


def test_an_activity_is_shown_as_its_report_without_touching_its_file(learner, monkeypatch):
    monkeypatch.chdir(learner / "01-researchable-questions")
    framed = frame_question("m01-a2-question", tree="m01-a1-tree")
    framed.wording = "How many days do people wait for home care in Larkshire?"
    monkeypatch.undo()
    before = state_of(learner)
    gathered = gather(learner)
    assert state_of(learner) == before
    assert gathered.skipped == []
    assert "How many days do people wait" in next(
        one.html for one in gathered.contributions if one.name == "m01-a2-question")


def test_the_plan_begins_with_what_somebody_with_one_minute_needs(learner, monkeypatch):
    choices = PlanChoices(learner)
    assert choices.plan().question == ""
    monkeypatch.chdir(learner / "01-researchable-questions")
    frame_question("m01-a2-question", tree="m01-a1-tree").wording = "How many days do people wait for home care?"
    choices.words = {"supervisor": "Two hours a fortnight until Easter."}
    choices.write(made=MADE)
    page = page_of(learner)
    assert headings(page, 2)[0] == "In short"
    text = page.getroot().text_content()
    short = text[text.index("In short"):text.index("Where I work, and where")]
    assert "How many days do people wait for home care?" in short
    assert "Two hours a fortnight" in short and "Timetable" in short


def test_opening_the_plan_never_changes_an_answer(learner):
    affected(learner)
    (learner / "00-start-here" / "answers" / "m00-p5-acts.json").write_text("{not JSON", "utf-8")
    old = learner / "02-finding-evidence" / "answers"
    old.mkdir()
    (old / "m02-p2-blocks.json").write_text(json.dumps(
        {"activity": "Form", "name": "m02-p2-blocks", "schema": 99, "state": {"answer": {"a": "b"}}, "shown": "b",
         "revision": 1, "saved": "2026-11-29T08:00:00Z", "earlier": []}), "utf-8")
    before = state_of(learner)
    PlanChoices(learner).panel()
    PlanChoices(learner).report()
    PlanChoices(learner).write(made=MADE)
    after = state_of(learner)
    assert {name: held for name, held in after.items() if not name.startswith("plan")} == before


def test_a_damaged_answer_is_skipped_with_a_sentence_that_names_its_file(learner):
    affected(learner)
    file = learner / "00-start-here" / "answers" / "m00-p2-my-job.json"
    for content in ("", "{", "[1, 2]", json.dumps({"shown": "x"}), json.dumps({"shown": 3, "state": []}),
                    json.dumps({"activity": "Choice", "name": "m00-p2-my-job", "schema": 1, "state": {}, "shown": "x",
                                "revision": 1, "saved": "", "earlier": []})):
        file.write_text(content, "utf-8")
        gathered = gather(learner)
        assert [one.name for one in gathered.contributions] == ["m00-p13-affected"], content
        assert len(gathered.skipped) == 1, content
        assert "00-start-here/answers/m00-p2-my-job.json" in gathered.skipped[0]
        assert "not touched" in gathered.skipped[0]
        assert file.read_text("utf-8") == content
    PlanChoices(learner).write(made=MADE)
    assert "m00-p2-my-job.json" in page_of(learner).getroot().text_content()


def test_a_new_module_joins_by_what_its_author_declares(learner, tmp_path, monkeypatch):
    root = tmp_path / "course folder"
    for name in ("course", "datasets"):
        shutil.copytree(paths.course_root() / name, root / name, ignore=shutil.ignore_patterns("*.ipynb"))
    new = root / "course" / "10-managing-research"
    new.mkdir()
    described = json.loads((root / "course" / "00-start-here" / "module.json").read_text("utf-8"))
    asked = dict(described["questions"]["m00-p13-affected"], id="m10-p1-weeks")
    described |= {"module": new.name, "title": "Managing research", "questions": {"m10-p1-weeks": asked},
                  "plan": [{"from": "m10-p1-weeks", "part": "timetable", "title": "My weeks", "private": False}]}
    (new / "module.json").write_text(json.dumps(described), "utf-8")
    monkeypatch.setenv("RESEARCHSKILLS_ROOT", str(root))
    folder = learner / new.name
    folder.mkdir()
    shutil.copy(new / "module.json", folder)
    ask.answered("m10-p1-weeks", folder).answer = {"question": "Week 1: ask the librarian"}
    plan = PlanChoices(learner).plan()
    timetable = next(one for one in plan.sections if one.part.key == "timetable")
    assert [one.title for one in timetable.contributions] == ["My weeks"]
    assert "ask the librarian" in timetable.contributions[0].html


def test_every_contribution_that_modules_declare_can_be_read(learner, monkeypatch):
    """Each activity that a module declares is made by its own call, in a folder without answers."""
    import researchskills

    monkeypatch.setenv("RESEARCHSKILLS_STATIC", "1")
    for folder in paths.modules():
        place = learner / folder.name
        place.mkdir(exist_ok=True)
        monkeypatch.chdir(place)
        for entry in json.loads((folder / "module.json").read_text("utf-8"))["plan"]:
            assert entry["part"] in PARTS and entry["title"], entry
            if "call" in entry:
                call = entry["call"]
                made = getattr(researchskills, call["function"])(*call["args"], **call["kwargs"])
                assert made.name == entry["from"]
                assert isinstance(made.contribution(), str)
                # Whoever reads the plan has not to do the task.
                assert not made.task_html() or made.task_html() not in made.contribution()
                assert made.task_html() in made.report()
            else:
                assert isinstance(ask.answered(entry["from"], place).contribution(), str)


# -- what the learner chooses ----------------------------------------------------------------------


def test_private_reflections_stay_out_unless_they_are_ticked(learner):
    ask.answered("m00-p11-skills", learner / "00-start-here").answer = {"evidence": "I once ran a survey of carers."}
    choices = PlanChoices(learner)
    assert "survey of carers" not in str(choices.plan().sections)
    assert choices.plan().left_out == ("Skills at the start",)
    choices.ticked = {"m00-p11-skills": True}
    assert "survey of carers" in str(PlanChoices(learner).plan().sections)


def test_what_is_unticked_stays_out_and_own_words_go_in(learner):
    affected(learner)
    panel = PlanChoices(learner).panel()
    box = next(one for name, one in named(panel).items() if name.startswith("People affected"))
    assert box.value is True
    box.value = False
    named(panel)["In my own words: Timetable"].value = "Ten weeks from January, two hours each."
    PlanChoices(learner).write(made=MADE)
    text = page_of(learner).getroot().text_content()
    assert "Why do referrals come back?" not in text
    assert "Ten weeks from January" in text


def test_every_control_of_the_panel_has_a_name_of_its_own(learner):
    affected(learner)
    names = [control.description for control in controls(PlanChoices(learner).panel())]
    assert all(names) and len(names) == len(set(names))


def test_a_private_detail_stops_the_writing_until_the_learner_has_looked(learner):
    affected(learner, "Why did jane.doe@example.org ring three times?")
    choices = PlanChoices(learner)
    with pytest.raises(CourseError, match="e-mail address.*Take it out") as problem:
        choices.write(made=MADE)
    assert "jane.doe" not in str(problem.value)
    assert not (learner / "plan" / "research-plan.html").exists()
    panel = choices.panel()
    named(panel)["Write the plan and the record"].click()
    assert "e-mail address" in alert(panel)
    looked = named(panel)["I have looked at these details and they may stand in the plan"]
    assert looked.layout.display is None
    looked.value = True
    named(panel)["Write the plan and the record"].click()
    assert "Written" in alert(panel)
    assert (learner / "plan" / "research-plan.docx").exists()


def test_a_private_detail_in_a_reflection_is_neither_kept_nor_written(learner):
    affected(learner)
    choices = PlanChoices(learner)
    panel = choices.panel()
    named(panel)["What I learned"].value = "Ring 07700 900123 about her"
    assert "telephone number" in alert(panel) and choices.reflections == {}
    choices.reflections = {"00-start-here": {"learned": "Ring 07700 900123"}}
    with pytest.raises(CourseError, match="What I learned.*telephone number"):
        choices.write(made=MADE)


def test_a_damaged_plan_file_is_set_aside_and_said(learner):
    choices = PlanChoices(learner)
    choices.title = "Two visits"
    file = learner / "plan" / "answers" / "research-plan.json"
    file.write_text("{", "utf-8")
    again = PlanChoices(learner)
    assert "damaged" in again.notice and again.title == ""
    assert "damaged" in words(again.panel())


# -- what is written -------------------------------------------------------------------------------


def test_the_word_document_has_headings_language_and_header_rows(learner):
    affected(learner)
    choices = PlanChoices(learner)
    choices.title = "Referrals that come back"
    choices.write(made=MADE)
    document = Document(learner / "plan" / "research-plan.docx")
    assert document.core_properties.title == "Referrals that come back"
    assert document.core_properties.language == "en-GB"
    titles = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert titles == ["In short", *(part.title for part in PARTS.values())]
    assert "People affected" in [one.text for one in document.paragraphs if one.style.name == "Heading 2"]
    assert ["My question, as it is today", "Why do referrals come back?"] in [
        [cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    record = Document(learner / "plan" / "cpd-record.docx")
    assert record.tables[0].rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_a_picture_in_the_word_document_has_words_for_those_who_cannot_see_it(learner, monkeypatch):
    monkeypatch.chdir(learner / "01-researchable-questions")
    problem_tree("m01-a1-tree").begin("Is partnership a good thing or a bad thing?")
    PlanChoices(learner).write(made=MADE)
    document = Document(learner / "plan" / "research-plan.docx")
    [picture] = document.inline_shapes
    assert "Is partnership a good thing or a bad thing?" in picture._inline.docPr.get("descr")
    # And the same as a table, with a header row.
    assert any(table.rows[0]._tr.trPr is not None and table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
               and "partnership" in table.rows[1].cells[0].text for table in document.tables)


def test_what_a_learner_typed_is_text_and_never_markup(learner):
    affected(learner, "<script>alert(1)</script><img src=x onerror=alert(1)>")
    PlanChoices(learner).write(made=MADE)
    page = page_of(learner)
    assert not list(page.iter("script", "img"))
    assert "<script>alert(1)</script>" in page.getroot().text_content()


def test_the_same_answers_give_the_same_pages(learner):
    affected(learner)
    choices = PlanChoices(learner)
    first = [path.read_bytes() for path in choices.write(made=MADE) if path.suffix != ".docx"]
    assert first == [path.read_bytes() for path in choices.write(made=MADE) if path.suffix != ".docx"]


def test_an_interrupted_writing_leaves_the_old_file_whole(learner):
    affected(learner)
    choices = PlanChoices(learner)
    choices.write(made=MADE)
    old = (learner / "plan" / "research-plan.docx").read_bytes()
    (learner / "plan" / "research-plan.html").unlink()
    (learner / "plan" / "research-plan.html").mkdir()
    with pytest.raises(CourseError, match="could not be written"):
        choices.write(made=MADE)
    assert (learner / "plan" / "research-plan.docx").read_bytes() == old


# -- as a command ----------------------------------------------------------------------------------


def course_plan(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "researchskills.cli", "plan", *map(str, arguments)],
                          capture_output=True, encoding="utf-8", check=False)


def test_the_command_says_what_it_wrote_and_what_is_still_empty(learner):
    affected(learner)
    (learner / "00-start-here" / "answers" / "m00-p2-my-job.json").write_text("{", "utf-8")
    done = course_plan("--workspace", learner, "--json")
    said = json.loads(done.stdout)
    assert done.returncode == 0
    assert {Path(file).name for file in said["files"]} == {
        "research-plan.html", "research-plan.docx", "cpd-record.html", "cpd-record.docx", "cpd-record.csv"}
    assert "m00-p2-my-job.json" in said["skipped"][0]
    assert "timetable" in said["missing"] and "people" not in said["missing"]


def test_the_command_stops_at_a_private_detail_until_it_is_told_to_go_on(learner):
    affected(learner, "Ring 07700 900123")
    stopped = course_plan("--workspace", learner)
    assert stopped.returncode == 1
    assert "telephone number" in stopped.stderr and "--despite-private" in stopped.stderr
    assert "900123" not in stopped.stderr
    assert not (learner / "plan").exists()
    assert course_plan("--workspace", learner, "--despite-private").returncode == 0
    assert (learner / "plan" / "research-plan.docx").exists()


def test_the_command_needs_a_workspace_that_exists(tmp_path):
    done = course_plan("--workspace", tmp_path / "nowhere")
    assert done.returncode == 1
    assert "Start the course once" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "nowhere").exists()


# -- the record of learning ------------------------------------------------------------------------


def test_the_record_counts_answers_days_and_hours(learner):
    affected(learner)
    record = cpd_record(learner)
    asked = json.loads((learner / "00-start-here" / "module.json").read_text("utf-8"))
    of_lesson = [one for one in asked["questions"].values() if one["where"] == "lesson"]
    entry = record.entries[0]
    assert (entry.answered, entry.offered) == (1, len(asked["questions"]))
    assert entry.planned == round(asked["minutes"] / 60 / len(of_lesson), 1)
    assert entry.hours is None and record.hours == 0
    assert f"not recorded (planned for the lesson: {entry.planned:g})" in record.summary().to_string()
    assert entry.first == entry.last == datetime.datetime.now(datetime.UTC).date().isoformat()
    assert len(entry.outcomes) == 5
    own = cpd_record(learner, {"00-start-here": 3.5})
    assert own.hours == 3.5 and "3.5" in own.summary()["hours I recorded"].tolist()


def test_hours_that_are_none_are_refused_and_the_old_ones_stay(learner):
    affected(learner)
    choices = PlanChoices(learner)
    panel = choices.panel()
    hours = named(panel)["Hours I spent on it, such as 2.5"]
    hours.value = "2,5"
    assert choices.hours == {"00-start-here": 2.5}
    for typed in ("two", "-1", "1e9", "nan"):
        hours.value = typed
        assert "is not a number of hours" in alert(panel), typed
        assert choices.hours == {"00-start-here": 2.5}


def test_the_record_as_csv_has_the_headings_that_forms_share(learner):
    affected(learner)
    choices = PlanChoices(learner)
    choices.reflections = {"00-start-here": {"use": "I ask before I count."}}
    choices.write(made=MADE)
    text = (learner / "plan" / "cpd-record.csv").read_text("utf-8-sig")
    assert text.splitlines()[0].startswith("Module,What I did,")
    assert "I ask before I count." in text
