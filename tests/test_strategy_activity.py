"""The search strategy and the search box: what is saved, what is shown, and what leaves the page."""

import datetime
import json
import os
import sys

import ipywidgets
import pandas as pd
import pytest
from panels import alert, everything, named, words
from small_library import RELEVANT, small_library  # noqa: F401
from traitlets import TraitError

from researchskills.errors import CourseError
from researchskills.evidence import activities, index, lines, references, strategy
from researchskills.evidence.peer_review import ELEMENTS
from researchskills.evidence.search_activity import SearchBox
from researchskills.evidence.search_result import search
from researchskills.evidence.strategy_activity import EXPORTS, LIBRARY, SearchStrategy

pytestmark = pytest.mark.usefixtures("small_library")


def visible(widget):
    """The controls that are on the screen."""
    if widget.layout.display == "none":
        return
    if isinstance(widget, ipywidgets.DOMWidget) and hasattr(widget, "description") \
            and not isinstance(widget, ipywidgets.HTML):
        yield widget
    for child in getattr(widget, "children", ()):
        yield from visible(child)


def sentences(widget):
    """The places in which the page says something."""
    if isinstance(widget, ipywidgets.HTML):
        yield widget
    for child in getattr(widget, "children", ()):
        yield from sentences(child)


def press(panel, start: str):
    button = next(one for one in visible(panel) if isinstance(one, ipywidgets.Button)
                  and one.description.startswith(start))
    button.click()


def step(panel, number: int):
    named(panel)["Step"].value = number


def saved(folder, name) -> dict:
    return json.loads((folder / "answers" / f"{name}.json").read_text(encoding="utf-8"))["state"]


def assert_usable(panel):
    shown = list(visible(panel))
    names = [control.description.strip() for control in shown]
    assert all(names)
    assert len(set(names)) == len(names), sorted(one for one in names if names.count(one) > 1)
    for control in shown:
        assert isinstance(control, ipywidgets.Dropdown | ipywidgets.Text | ipywidgets.Textarea | ipywidgets.Checkbox
                          | ipywidgets.Button | ipywidgets.FileUpload)


@pytest.fixture
def module(tmp_path):
    folder = tmp_path / "workspace" / "02-finding-evidence"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def mine(module):
    return SearchStrategy("m02-a1-strategy", None, module)


LINES = ["exp Patient Discharge/", "discharge*.ti,ab.", "1 or 2", "carer*.ti,ab.", "3 and 4"]


def typed(activity, texts=LINES):
    for text in texts:
        activity.kept.run(text, "ovid")
    return activity


# -- one line in a cell -------------------------------------------------------------------------


def test_a_line_in_a_cell_shows_its_count_and_its_first_records():
    found = search("exp Patient Discharge/ and carers.ti,ab.")
    # By eye: 1, 3 and 10 have both.
    assert found.count == 3
    assert list(found.records["record"]) == ["LB00001", "LB00003", "LB00010"]
    html = found._repr_html_()
    assert "3 records of 12 found" in html
    assert '<th scope="row"><mark><strong>Carers</strong></mark> and the day of discharge</th>' in html
    assert "Carers and the day of discharge (2021)" in repr(found)


def test_a_result_of_many_records_shows_the_first_five_and_has_all():
    found = search("care[tiab] OR carers[tiab] OR discharge[tiab]", syntax="pubmed")
    assert found.count > 5
    assert f"First 5 of {found.count} records" in found._repr_html_()
    assert len(found.records) == found.count


def test_nothing_found_is_said_and_is_not_the_same_as_nothing_written():
    assert "Nothing found is not the same as nothing written" in search("unicorn.ti,ab.")._repr_html_()


@pytest.mark.parametrize(("text", "syntax", "told"), [
    ("(carers.ti,ab.", "ovid", "At character"), ("", "ovid", ""), ("carers", "ovidd", "Did you mean “ovid”"),
    ("1 and 2", "ovid", "cannot use itself")])
def test_a_line_that_cannot_be_read_is_a_sentence(text, syntax, told):
    with pytest.raises(CourseError) as caught:
        search(text, syntax)
    assert told in str(caught.value)


def test_what_stands_in_a_record_never_becomes_part_of_the_page():
    html = search("budgets.ti,ab.")._repr_html_()
    assert "Budgets</strong></mark> &lt;b&gt;of&lt;/b&gt; teams &amp; wards" in html


# -- the search box -----------------------------------------------------------------------------


@pytest.fixture
def box(module):
    return SearchBox("m02-p3-search", "ovid", module)


def test_a_line_is_typed_counted_read_and_there_again_later(box, module):
    panel = box.panel()
    assert_usable(panel)
    named(panel)["Search line"].value = "carer*.ti,ab."
    press(panel, "Search")
    assert "Line 1 finds 5 records" in alert(panel)
    assert "1 of 5" in words(panel)
    assert "<h5><strong>1 of 5.</strong>" in words(panel)
    assert "<mark><strong>Carers</strong></mark>" in words(panel)
    assert named(panel)["Search line"].value == ""
    again = SearchBox("m02-p3-search", "ovid", module)
    assert again.lines == [{"text": "carer*.ti,ab.", "syntax": "ovid", "count": 5}]
    assert "carer*.ti,ab." in again.report()
    assert again.shown() == "1. carer*.ti,ab. (5)"


def test_a_faulty_line_stays_in_the_box_with_its_place_marked_and_after_a_restart(box, module):
    panel = box.panel()
    named(panel)["Search line"].value = "carer*.ti,ab. ADN discharge.ti,ab."
    press(panel, "Search")
    assert "▶" in alert(panel)
    assert named(panel)["Search line"].value == "carer*.ti,ab. ADN discharge.ti,ab."
    assert box.lines == []
    again = SearchBox("m02-p3-search", "ovid", module).panel()
    assert named(again)["Search line"].value == "carer*.ti,ab. ADN discharge.ti,ab."


def test_nothing_typed_is_told(box):
    panel = box.panel()
    press(panel, "Search")
    assert "Type a search line first" in alert(panel)


def test_lines_are_changed_deleted_and_combined_by_keyboard_controls(box):
    panel = box.panel()
    for text in ("discharge.ti,ab.", "carer*.ti,ab."):
        named(panel)["Search line"].value = text
        press(panel, "Search")
    assert_usable(panel)
    named(panel)["Lines to combine, such as 1, 2 or 1-3"].value = "1, 2"
    press(panel, "Combine")
    assert [line["text"] for line in box.lines] == ["discharge.ti,ab.", "carer*.ti,ab.", "1 and 2"]
    named(panel)["Add a new line, or change one"].value = 2
    assert named(panel)["Search line"].value == "carer*.ti,ab."
    press(panel, "Delete line 2")
    assert "Line 2 is used by line 3" in alert(panel)
    assert len(box.lines) == 3
    named(panel)["Search line"].value = "(carer* or caregiver*).ti,ab."
    press(panel, "Search and replace line 2")
    assert [line["count"] for line in box.lines] == [6, 6, 4]
    assert named(panel)["Add a new line, or change one"].value == 0
    named(panel)["Add a new line, or change one"].value = 3
    press(panel, "Delete line 3")
    assert len(box.lines) == 2


def test_the_keyboard_has_a_place_when_the_button_it_was_on_goes(box, monkeypatch):
    went = []
    monkeypatch.setattr(ipywidgets.DOMWidget, "focus", lambda widget: went.append(widget.description))
    panel = typed(box, ["carers.ti,ab."]).panel()
    named(panel)["Add a new line, or change one"].value = 1
    press(panel, "Delete line 1")
    assert went == ["Search line"]


def test_a_line_that_was_not_searched_yet_comes_back_after_another_was_changed(box):
    panel = typed(box, ["carers.ti,ab."]).panel()
    line, place = named(panel)["Search line"], named(panel)["Add a new line, or change one"]
    line.value = "letter.ti,ab. or"
    place.value = 1
    assert line.value == "carers.ti,ab."
    place.value = 0
    assert line.value == "letter.ti,ab. or"
    place.value = 1
    line.value = "carer*.ti,ab."
    press(panel, "Search and replace line 1")
    assert [one["text"] for one in box.lines] == ["carer*.ti,ab."]
    assert line.value == "letter.ti,ab. or"


def test_the_first_language_is_the_lessons_until_the_learner_chooses_one(module):
    one = SearchBox("m02-p4-search", "pubmed", module)
    assert one.syntax == "pubmed"
    named(one.panel())["Database whose language you type"].value = "wos"
    assert SearchBox("m02-p4-search", "pubmed", module).syntax == "wos"


def test_the_library_is_opened_when_something_is_searched_and_not_before(module):
    one = typed(SearchBox("m02-p3-search", "ovid", module))
    index.library.cache_clear()
    again = SearchBox("m02-p3-search", "ovid", module)
    panel = again.panel()
    assert again.report()
    assert named(panel)["Line to read"].options[-1] == ("line 5: 4 records", 5)
    assert not lines.library_is_open()
    said = []
    for widget in everything(panel):
        if isinstance(widget, ipywidgets.HTML):
            widget.observe(lambda change: said.append(change["new"]), names="value")
    named(panel)["Line to read"].value = 5
    assert any("Opening the library …" in one for one in said)
    assert lines.library_is_open()
    assert one.lines == again.lines


# -- the five steps -----------------------------------------------------------------------------


def test_a_beginner_gets_from_a_question_to_a_log_step_by_step(mine, module):
    panel = mine.panel()
    assert_usable(panel)
    # 1. question and ideas
    named(panel)["Question"].value = "carers-discharge"
    assert "What do carers need when somebody leaves hospital?" in words(panel)
    named(panel)["Idea 1"].value = "leaving hospital"
    named(panel)["Idea 2"].value = "carers"
    press(panel, "Next: step 2")
    # 2. words
    assert_usable(panel)
    named(panel)["Words for this idea, one on each line"].value = "discharge*\n\n  delayed   transfer "
    named(panel)["Another word to look up, if you like"].value = "hospital discharge"
    press(panel, "Suggest words")
    assert_usable(panel)
    boxes = [one for one in visible(panel) if isinstance(one, ipywidgets.Checkbox)]
    heading = next(one for one in boxes if one.description.startswith("Patient Discharge (heading"))
    heading.value = True
    press(panel, "Take the ticked ones")
    assert named(panel)["Subject headings for this idea, one on each line"].value == "Patient Discharge"
    named(panel)["Idea to work on"].value = 1
    named(panel)["Words for this idea, one on each line"].value = "carer*"
    assert mine.blocks == [
        {"name": "leaving hospital", "words": ["discharge*", "delayed transfer"], "headings": ["Patient Discharge"]},
        {"name": "carers", "words": ["carer*"], "headings": []}]
    press(panel, "Next: step 3")
    # 3. lines
    press(panel, "Write the lines from my ideas")
    assert [line["text"] for line in mine.lines] == [
        "exp Patient Discharge/", "(discharge* or delayed transfer).ti,ab.", "1 or 2", "(carer*).ti,ab.", "3 and 4"]
    assert_usable(panel)
    press(panel, "Next: step 4")
    # 4. records
    named(panel)["Line to read"].value = 5
    assert_usable(panel)
    named(panel)["Record 1 looks"].value = "relevant"
    assert mine.judged == {"LB00001": "relevant"}
    assert "1 looks relevant" in words(panel)
    press(panel, "Next: step 5")
    # 5. commit: nothing is told before
    assert_usable(panel)
    assert "recall" not in words(panel).split("Other sources")[0].replace("Only then are recall and precision", "")
    press(panel, "This is my search")
    # By eye: 1, 3, 4 and 10 of five relevant records are found, and LB00002 has no "carer".
    assert "recall 80 %, precision 100 %" in alert(panel)
    assert "Going home from hospital: what caregivers say" in words(panel)
    assert "caregiver*" in words(panel)
    assert_usable(panel)
    press(panel, "Look through my search")
    assert "6. Limits." in words(panel)
    named(panel)["Your note on: Words"].value = "Add caregiver*."
    named(panel)["Who searched: role or initials"].value = "NO"
    press(panel, "Save the search log (Word)")
    assert f"Saved as “{EXPORTS}/search-log-m02-a1-strategy.docx”" in alert(panel)
    # Everything is there in a new kernel.
    again = SearchStrategy("m02-a1-strategy", None, module)
    report = again.report()
    for told in ("What do carers need", "delayed transfer", "(carer*).ti,ab.", "recall 80 %", "caregiver*",
                 "Add caregiver*.", "1 looks relevant"):
        assert told in report, told
    assert again.step == 5
    assert_usable(again.panel())


def test_going_back_and_forth_loses_nothing_and_the_list_of_steps_does_the_same(mine):
    panel = mine.panel()
    named(panel)["Idea 1"].value = "carers"
    press(panel, "Next: step 2")
    assert mine.step == 2
    named(panel)["Words for this idea, one on each line"].value = "carer*"
    press(panel, "Back to step 1")
    assert named(panel)["Idea 1"].value == "carers"
    step(panel, 3)
    step(panel, 2)
    assert named(panel)["Words for this idea, one on each line"].value == "carer*"
    assert not [one for one in visible(panel) if one.description == "Idea 1"]


def test_without_ideas_words_or_lines_each_step_says_what_comes_first(mine):
    panel = mine.panel()
    step(panel, 2)
    assert "Name your ideas in step 1 first" in words(panel)
    step(panel, 3)
    press(panel, "Write the lines from my ideas")
    assert "Collect words for your ideas in step 2 first" in alert(panel)
    step(panel, 4)
    assert "Type a line in step 3 first" in words(panel)
    step(panel, 5)
    for button in ("This is my search", "Save the search log (Word)", "Save the records (RIS)"):
        press(panel, button)
        assert "step 3 first" in alert(panel)
    assert_usable(panel)


def test_an_idea_can_be_renamed_and_one_without_words_goes_with_its_name(mine):
    mine.name_block(0, "carers")
    mine.put_words(0, "words", ["carer*"])
    mine.name_block(2, "third")
    assert [one["name"] for one in mine.blocks] == ["carers", "", "third"]
    mine.name_block(2, " ")
    mine.name_block(0, "family carers")
    assert mine.blocks == [{"name": "family carers", "words": ["carer*"], "headings": []}]
    mine.name_block(0, "")
    # Its words are not thrown away with the name.
    assert mine.blocks == [{"name": "", "words": ["carer*"], "headings": []}]


def test_a_question_that_names_a_person_is_not_saved(mine):
    panel = mine.panel()
    named(panel)["Your question, in one sentence"].value = "Was 943 476 5919 told about discharge?"
    assert "NHS number" in alert(panel)
    assert "943" not in mine.question
    named(panel)["Your question, in one sentence"].value = "Were carers told about discharge?"
    assert mine.question == "Were carers told about discharge?"


def test_words_of_records_that_look_relevant_are_suggested_from_three_on(mine):
    mine.name_block(0, "carers")
    typed(mine)
    for record in ("LB00001", "LB00003"):
        mine.judge(record, "relevant")
    assert not [one for one in mine.suggestions(0) if "you marked" in one.why]
    mine.judge("LB00004", "relevant")
    assert [one for one in mine.suggestions(0) if "of the 3 you marked" in one.why]
    mine.judge("LB00004", "")
    assert "LB00004" not in mine.judged


def test_written_lines_come_after_those_that_are_there_and_all_or_none(mine):
    mine.name_block(0, "carers")
    mine.put_words(0, "words", ["carer*"])
    mine.put_words(0, "headings", ["Carers"])
    typed(mine, ["letter.ti,ab."])
    mine.write_lines()
    assert [line["text"] for line in mine.lines] == ["letter.ti,ab.", "Carers/", "(carer*).ti,ab.", "2 or 3"]
    before = mine.lines
    mine.put_words(0, "headings", ["Carers", "Unicorn Services"])
    with pytest.raises(CourseError, match="Unicorn Services"):
        mine.write_lines()
    assert mine.lines == before
    assert len(mine.kept.entries) == len(before)


def test_lines_can_be_written_anew_in_place_of_those_written_before_and_typed_ones_stay(mine):
    mine.name_block(0, "carers")
    mine.put_words(0, "words", ["carer*"])
    mine.put_words(0, "headings", ["Carers"])
    panel = mine.panel()
    step(panel, 3)
    anew = "Write them anew, in place of the lines written before"
    assert anew not in [one.description for one in visible(panel)]
    mine.kept.run("letter.ti,ab.", "ovid")
    press(panel, "Write the lines from my ideas")
    assert_usable(panel)
    mine.put_words(0, "words", ["carer*", "caregiver*"])
    press(panel, anew)
    assert [line["text"] for line in mine.lines] == [
        "letter.ti,ab.", "Carers/", "(carer* or caregiver*).ti,ab.", "2 or 3"]
    assert "in place of 3 lines written before" in alert(panel)
    assert "search is now line 4" in alert(panel)
    before = mine.lines
    mine.put_words(0, "headings", ["Unicorn Services"])
    press(panel, anew)
    assert mine.lines == before


def test_written_lines_that_a_typed_line_is_built_on_stay_and_that_is_said(mine, module):
    mine.name_block(0, "carers")
    mine.put_words(0, "words", ["carer*"])
    mine.put_words(0, "headings", ["Carers"])
    mine.name_block(1, "letters")
    mine.put_words(1, "words", ["letter"])
    mine.write_lines()
    assert [line["text"] for line in mine.lines][2:] == ["1 or 2", "(letter).ti,ab.", "3 and 4"]
    mine.kept.run("3 and discharge*.ti,ab.", "ovid")
    told = SearchStrategy("m02-a1-strategy", None, module).write_lines(anew=True)
    assert "Lines 1, 2 and 3 of the lines written before stay too" in told
    mine.reload()
    assert [line["text"] for line in mine.lines] == [
        "Carers/", "(carer*).ti,ab.", "1 or 2", "3 and discharge*.ti,ab.",
        "Carers/", "(carer*).ti,ab.", "5 or 6", "(letter).ti,ab.", "7 and 8"]


def test_a_written_line_that_was_changed_is_the_learners_own(mine):
    mine.name_block(0, "carers")
    mine.put_words(0, "words", ["carer*"])
    mine.write_lines()
    mine.kept.run("(carer* or nurse*).ti,ab.", "ovid", 1)
    mine.write_lines(anew=True)
    assert [line["text"] for line in mine.lines] == ["(carer* or nurse*).ti,ab.", "(carer*).ti,ab."]


def test_what_was_said_of_written_lines_goes_when_one_of_them_is_deleted(mine):
    mine.name_block(0, "carers")
    mine.put_words(0, "words", ["carer*"])
    panel = mine.panel()
    step(panel, 3)
    press(panel, "Write the lines from my ideas")
    assert "1 line written" in words(panel)
    named(panel)["Add a new line, or change one"].value = 1
    press(panel, "Delete line 1")
    assert "1 line written" not in words(panel)


def test_words_with_commas_between_them_get_a_line_each(mine):
    mine.name_block(0, "older people")
    panel = mine.panel()
    step(panel, 2)
    box = named(panel)["Words for this idea, one on each line"]
    box.value = "older people, elderly; frail"
    assert mine.blocks[0]["words"] == ["older people", "elderly", "frail"]
    assert box.value == "older people\nelderly\nfrail"
    assert "Each word or phrase now stands on a line of its own" in words(panel)


def test_a_very_common_word_is_taken_with_the_number_of_records_it_stands_in(mine, monkeypatch):
    # By eye: "care" stands in more of the 12 records than one in twenty, "unicorn" in none.
    monkeypatch.setattr(strategy, "COMMON_FROM", 1)
    mine.name_block(0, "care")
    typed(mine, ["care.ti,ab."])
    count = mine.lines[0]["count"]
    panel = mine.panel()
    step(panel, 2)
    named(panel)["Words for this idea, one on each line"].value = "care\nunicorn"
    assert f"“care” stands in {count} of 12 records." in words(panel)
    assert "“unicorn” stands" not in words(panel)


def test_an_idea_without_words_and_a_heading_that_is_none_are_named_when_lines_are_written(mine):
    mine.name_block(0, "carers")
    mine.name_block(1, "leaving hospital")
    mine.put_words(0, "words", ["carer*"])
    assert "No line stands for “leaving hospital”" in mine.write_lines()
    again = mine.write_lines()
    assert "Your search is now line 2; the earlier lines stand above" in again
    assert "“Write them anew” puts the new lines in place" in again
    mine.put_words(0, "headings", ["Unicorn Services"])
    with pytest.raises(CourseError, match="“Unicorn Services” is no subject heading.*“carers” in step 2"):
        mine.write_lines()


def test_no_not_is_blamed_for_a_record_that_a_block_does_not_find(module):
    one = SearchStrategy("m02-a1-strategy", "carers-discharge", module)
    # A second block so wide that it looks like the first idea: without NOT, nothing was taken away.
    typed(one, ["carer*.ti,ab.", "(carer* or discharge* or letter).ti,ab.", "discharge planning.ti,ab.",
                "1 and 2 and 3"])
    one.commit(4)
    assert one.commits[-1]["missed"]
    assert "NOT" not in " ".join(why for _, _, why in one.commits[-1]["missed"])


def test_a_sentence_that_comes_again_is_announced_again(mine):
    panel = mine.panel()
    step(panel, 3)
    heard = []
    for place in sentences(panel):
        place.observe(lambda change: heard.append(change["new"]), names="value")
    press(panel, "Write the lines")
    press(panel, "Write the lines")
    assert sum("Collect words for your ideas" in one for one in heard) == 2


def test_a_number_that_names_a_person_gets_into_no_log(mine):
    panel = mine.panel()
    step(panel, 5)
    named(panel)["Who searched: role or initials"].value = "NHS number 943 476 5919"
    assert "was not saved" in alert(panel)
    assert mine.who == ""
    with pytest.raises(CourseError, match="Nothing was added yet"):
        mine.add_source("A colleague", "asked about 943 476 5919", "")
    assert mine.others == []


# -- commit, known records, six checks ----------------------------------------------------------


def test_each_commitment_is_kept_and_compared(module):
    one = typed(SearchStrategy("m02-a1-strategy", "carers-discharge", module))
    one.commit(5)
    one.kept.run("(carer* or caregiver*).ti,ab.", "ovid", place=4)
    one.commit(5)
    assert [round(entry["recall"], 3) for entry in one.commits] == [0.8, 1.0]
    assert one.commits[-1]["missed"] == []
    assert "missed" not in one.commits[0]
    html = one.report()
    assert "80 %" in html
    assert "100 %" in html
    assert [line["text"] for line in one.commits[-1]["lines"]][3] == "(carer* or caregiver*).ti,ab."


def test_a_search_that_finds_nothing_has_no_precision(module):
    one = typed(SearchStrategy("m02-a1-strategy", "carers-discharge", module), ["unicorn.ti,ab."])
    one.commit(1)
    assert one.commits[0]["precision"] is None
    assert "precision not defined" in one.shown()
    assert f"missed {len(RELEVANT)}" in one.report()


def test_a_question_of_ones_own_has_no_recall_but_a_test_with_known_records(mine):
    panel = typed(mine).panel()
    step(panel, 5)
    press(panel, "This is my search")
    assert "recall cannot be known" in words(panel).replace("\n", " ")
    named(panel)["Records that you know already: title, DOI or number, one on each line"].value = (
        "Going home from hospital: what caregivers say\nLB00001\nA book that is not here")
    press(panel, "Does my search find them?")
    told = words(panel)
    assert "Of 2 records that you knew and that the library has, your search finds 1" in told
    assert "It is not in line 4" in told
    assert "“A book that is not here” is not in this library" in told
    assert "recall" not in json.dumps(mine.commits)


def test_lines_changed_after_committing_are_pointed_out(mine):
    panel = typed(mine).panel()
    step(panel, 5)
    press(panel, "This is my search")
    assert "have changed since" not in words(panel)
    step(panel, 3)
    named(panel)["Search line"].value = "letter.ti,ab."
    press(panel, "Search")
    step(panel, 5)
    assert "your lines have changed since" in words(panel)
    assert mine.committed_line() == 5


def test_figures_of_one_question_are_not_taken_for_those_of_another(mine):
    typed(mine)
    mine.topic = "carers-discharge"
    mine.commit(5)
    assert mine.stands()
    panel = mine.panel()
    named(panel)["Question"].value = ""
    step(panel, 5)
    assert not mine.stands()
    assert "your lines have changed since" in words(panel)


def test_when_the_committed_line_is_gone_the_last_one_counts(mine):
    typed(mine)
    mine.commit(5)
    mine.kept.delete(5)
    assert mine.committed_line() == 4


def test_remarks_stand_under_their_element_and_the_reason_for_a_limit_counts(mine):
    typed(mine, [*LINES, "limit 5 to english"])
    mine.commit(6)
    mine.look_through()
    assert [one for one in mine.remarks["found"] if one["element"] == "limits"]
    assert "<strong>Seen, line 6:</strong>" in mine.report()
    mine.note("limits", "Nobody here reads German.")
    mine.look_through()
    assert not [one for one in mine.remarks["found"] if one["element"] == "limits"]
    assert set(mine.notes) <= set(ELEMENTS)


# -- other sources, import, export --------------------------------------------------------------

RIS = """TY  - JOUR
TI  - A first record
DB  - Social Care Online
ER  - \nTY  - JOUR
TI  - A second record
DB  - Social Care Online
ER  - \n"""


def uploaded(name: str, content: bytes):
    return ({"name": name, "type": "", "size": len(content), "content": memoryview(content),
             "last_modified": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)},)


def test_a_file_of_a_real_database_becomes_a_further_source_with_its_count(mine, module):
    panel = mine.panel()
    step(panel, 5)
    named(panel)["Choose a .ris or .nbib file"].value = uploaded("export.ris", RIS.encode())
    assert "2 of 2 records were read" in alert(panel)
    assert named(panel)["Another source: its name"].value == "Social Care Online"
    press(panel, "Add this source to the log")
    assert "what you typed or opened there" in alert(panel)
    named(panel)["What you typed or opened there"].value = "carers AND discharge"
    press(panel, "Add this source to the log")
    assert mine.others[0]["name"] == "Social Care Online"
    assert mine.others[0]["found"] == 2
    assert "2 of 2 records were read" in mine.report()
    assert not list(module.rglob("*.ris"))
    named(panel)["Source to take out of the log"].value = "Social Care Online"
    press(panel, "Take it out")
    assert mine.others == []


@pytest.mark.parametrize(("name", "content"), [
    ("letter.ris", b"Dear colleague,\nplease find attached nothing.\n"), ("empty.ris", b""),
    ("photo.ris", b"\x89PNG\r\n\x1a\n" + bytes(200)), ("page.nbib", b"<!doctype html><p>Sign in"),
    ("../../etc/passwd", b"root:x:0:0"), ("..", b"x"), ("", b"x"), ("\0" * 9, b"x"),
    (f"{'x' * 900}.ris", b"x"), ("C:\\files\\..", b"x"),
])
def test_a_wrong_file_is_a_sentence_and_changes_nothing(mine, module, name, content):
    panel = mine.panel()
    step(panel, 5)
    named(panel)["Choose a .ris or .nbib file"].value = uploaded(name, content)
    assert alert(panel)
    assert "Traceback" not in words(panel)
    assert mine.others == []
    assert not list(module.glob("*passwd*"))


def test_a_source_needs_a_name_words_and_a_number_that_is_one(mine):
    for bad in (("", "x", ""), ("x", " ", ""), ("x", "y", "many")):
        with pytest.raises(CourseError, match="Nothing was added"):
            mine.add_source(*bad)
    mine.add_source("Council website", "browsed “carers”", "1,200")
    mine.add_source("Council website", "again", "")
    assert [(one["name"], one["found"]) for one in mine.others] == [
        ("Council website", 1200), ("Council website (2)", None)]


def test_the_log_says_what_a_stranger_needs(mine):
    typed(mine)
    mine.question, mine.who = "What do carers need?", "NO"
    mine.commit(5)
    mine.add_source("Council website", "browsed “carers”", "7")
    log = mine.log()
    assert log.missing() == []
    mine.add_source("A colleague", "asked for reports", "")
    assert mine.log().missing() == ["A colleague: how many you found"]
    assert [entry.text for entry in log.entries] == [*LINES, "browsed “carers”"]
    assert log.sources[0].name == LIBRARY
    assert log.sources[0].searched == datetime.date.today()
    assert log.sources[0].syntax == "Ovid"
    assert [entry.count for entry in log.entries][-2:] == [4, 7]


def test_records_are_exported_as_files_that_can_be_read_again(mine, module):
    typed(mine)
    ris, csv = mine.export("ris"), mine.export("csv")
    assert ris.parent == module / EXPORTS
    assert list(references.read(ris).records["record"]) == ["LB00001", "LB00003", "LB00010", "LB00004"]
    assert list(pd.read_csv(csv)["record"]) == ["LB00001", "LB00003", "LB00010", "LB00004"]
    # Nothing half written is left behind.
    assert sorted(path.name for path in (module / EXPORTS).iterdir()) == [
        "records-m02-a1-strategy.csv", "records-m02-a1-strategy.ris"]


def test_the_log_in_word_has_the_lines_as_typed(mine):
    from docx import Document

    typed(mine)
    document = Document(str(mine.export("docx")))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert set(LINES) <= set(cells)


def test_when_the_folder_cannot_be_made_a_sentence_says_so_and_the_work_is_safe(mine, module):
    typed(mine)
    (module / EXPORTS).write_text("I am a file and in the way", encoding="utf-8")
    panel = mine.panel()
    step(panel, 5)
    for button in ("Save the search log (Word)", "Save the records (RIS)", "Save the records (csv)"):
        press(panel, button)
        assert "cannot be made" in alert(panel)
    assert (module / EXPORTS).read_text(encoding="utf-8") == "I am a file and in the way"
    assert len(mine.lines) == 5


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_protected_is_a_sentence(mine, module):
    typed(mine)
    (module / EXPORTS).mkdir(mode=0o500)
    with pytest.raises(CourseError, match="could not be written"):
        mine.export("ris")


# -- saving -------------------------------------------------------------------------------------


def test_two_tabs_add_up_and_a_replaced_answer_is_kept(module):
    one = SearchStrategy("m02-a1-strategy", None, module)
    two = SearchStrategy("m02-a1-strategy", None, module)
    typed(one, ["carers.ti,ab."])
    two.question = "What do carers need?"
    assert [line["text"] for line in two.lines] == ["carers.ti,ab."]
    assert "another tab" in two.notice
    typed(two, ["discharge.ti,ab."])
    one.judge("LB00001", "relevant")
    third = SearchStrategy("m02-a1-strategy", None, module)
    assert [line["text"] for line in third.lines] == ["carers.ti,ab.", "discharge.ti,ab."]
    assert third.question == "What do carers need?"
    assert third.judged == {"LB00001": "relevant"}


@pytest.mark.parametrize("state", [
    {"lines": "none"}, {"lines": [{"text": "x"}]}, {"step": 9}, {"blocks": [{"name": 3}]}, {"blocks": [1] * 9},
    {"judged": {"LB00001": "great"}}, {"commits": [{"when": 1}]}, {"others": [{}]}, {"notes": {"x": "y"}},
    {"notes": {"limits": 3}}, {"syntax": "bing"}, {"remarks": {"found": "x"}}, {"checked_known": [{}]},
    {"commits": [{"when": "2026-01-01T00:00:00Z", "line": 1, "text": "x", "found": 1, "recall": "much"}]},
    {"remarks": {"line": 1, "found": [{"element": "x"}]}}, {"judged": {"LB00001": ["x"]}},
])
def test_a_file_with_impossible_values_still_opens_and_keeps_them_as_an_earlier_answer(module, state):
    (module / "answers").mkdir()
    content = {"activity": "SearchStrategy", "name": "m02-a1-strategy", "schema": 1, "revision": 3, "saved": "",
               "shown": "what there was", "earlier": [], "state": state}
    (module / "answers" / "m02-a1-strategy.json").write_text(json.dumps(content), encoding="utf-8")
    one = SearchStrategy("m02-a1-strategy", None, module)
    assert one.report()
    panel = one.panel()
    for number in range(1, 6):
        step(panel, number)
    one.question = "Another"
    assert "what there was" in one.notice


def test_a_saved_line_that_can_no_longer_be_read_is_named_and_nothing_is_lost(module):
    typed(SearchStrategy("m02-a1-strategy", None, module), ["carers.ti,ab."])
    path = module / "answers" / "m02-a1-strategy.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["state"]["lines"].append({"text": "exp Gone Services/", "syntax": "ovid", "count": 3})
    path.write_text(json.dumps(content), encoding="utf-8")
    one = SearchStrategy("m02-a1-strategy", None, module)
    panel = one.panel()
    step(panel, 3)
    named(panel)["Search line"].value = "discharge.ti,ab."
    press(panel, "Search")
    assert "Line 2:" in alert(panel)
    assert len(one.lines) == 2


def test_200_lines_and_3000_judgements_stay_well_below_the_size_of_an_answer(mine, module):
    typed(mine, [f"(carer* or word{number}).ti,ab." for number in range(200)])
    mine.judged = {f"LB{number:05d}": "relevant" for number in range(3000)}
    mine.commit(200)
    mine.look_through()
    assert (module / "answers" / "m02-a1-strategy.json").stat().st_size < 500_000
    again = SearchStrategy("m02-a1-strategy", None, module)
    panel = again.panel()
    step(panel, 3)
    assert "word199" in words(panel)


def test_what_a_learner_types_never_becomes_part_of_the_page(mine):
    evil = "<script>alert(1)</script>"
    mine.question, mine.known, mine.who = evil, evil, evil
    mine.name_block(0, evil)
    mine.put_words(0, "words", [evil])
    typed(mine, ["budgets.ti,ab."])
    mine.commit(1)
    mine.look_for_known()
    mine.look_through()
    mine.note("words", evil)
    mine.add_source(evil, evil, "1", evil)
    panel = mine.panel()
    for number in range(1, 6):
        step(panel, number)
        assert "<script" not in words(panel)
    assert "<script" not in mine.report()


def test_a_lesson_can_set_the_topic_and_asks_for_one_that_exists(module, monkeypatch):
    monkeypatch.chdir(module)
    one = activities.search_strategy("m02-p9-strategy", "carers-discharge")
    assert one.asked() == "What do carers need when somebody leaves hospital?"
    assert one.shown() == ""
    assert not [control for control in visible(one.panel()) if control.description == "Question"]
    with pytest.raises(CourseError, match="Did you mean “carers-discharge”"):
        activities.search_strategy("m02-p9-strategy", "carer-discharge")
    assert activities.search_box("m02-p8-box", "pubmed").syntax == "pubmed"
    assert activities.search_box("m02-p8-box", "pubmed") is activities.search_box("m02-p8-box", "pubmed")
    with pytest.raises(CourseError, match="Did you mean"):
        activities.search_box("m02-p8-box", "pubmedd")


def test_the_report_needs_no_library(mine, module, monkeypatch):
    typed(mine)
    mine.commit(5)
    monkeypatch.setenv("RESEARCHSKILLS_ROOT", str(module / "nowhere"))
    again = SearchStrategy("m02-a1-strategy", None, module)
    assert "3 and 4" in again.report()


def test_a_library_that_cannot_be_opened_is_a_sentence(box, small_library, monkeypatch):  # noqa: F811
    from small_library import forget

    forget()
    monkeypatch.setenv("RESEARCHSKILLS_ROOT", str(small_library / "nowhere"))
    panel = box.panel()
    named(panel)["Search line"].value = "carers.ti,ab."
    press(panel, "Search")
    assert "There is no data package" in alert(panel)
    assert box.draft == "carers.ti,ab."


@pytest.mark.parametrize("bad", [[{"text": 1}], [{"text": "x", "syntax": "y"}]])
def test_lines_that_are_none_are_refused(box, bad):
    with pytest.raises(TraitError):
        box.lines = bad
