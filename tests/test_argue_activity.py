"""Argue the other side: a case for the tradition that is not one's own, and a partner's file, taken or refused."""

import json
from datetime import UTC, datetime
from pathlib import Path

import ipywidgets
import pytest
from panels import alert, controls, named, words

from researchskills.appraisal import argue_activity, traditions
from researchskills.appraisal.argue_activity import ArgueOtherSide
from researchskills.appraisal.traditions import EVALUATIVE, GENERALISABLE, MATRIX, PARTS, PROJECTS, Case
from researchskills.errors import CourseError

FAULTY = Path(__file__).parent / "faulty" / "cases"
NAME = "m03-a8-other-side"
FULL = {part: f"Words on {part}" for part in PARTS}
MINE = Case("first-nights", GENERALISABLE, "", "heron-42", FULL)
THEIRS = Case("first-nights", EVALUATIVE, "", "kestrel-7", {part: f"Theirs on {part}" for part in PARTS},
              "You forgot <i>the carers</i>.")


@pytest.fixture
def argue(tmp_path):
    return ArgueOtherSide(NAME, tmp_path)


@pytest.fixture
def begun(argue):
    argue.project, argue.nearer = "first-nights", EVALUATIVE
    return argue


def assert_usable(panel):
    names = [control.description.strip() for control in controls(panel)]
    assert all(names)
    assert len(set(names)) == len(names)
    for control in controls(panel):
        assert isinstance(control, ipywidgets.Dropdown | ipywidgets.Text | ipywidgets.Textarea | ipywidgets.Checkbox
                          | ipywidgets.Button | ipywidgets.FileUpload)


def send(use, name: str, content: bytes) -> None:
    use["Partner’s file"].value = [{"name": name, "type": "", "size": len(content), "content": memoryview(content),
                                    "last_modified": datetime.now(UTC)}]
    use["Open my partner’s file"].click()


def write(activity, parts=FULL) -> None:
    for part, text in parts.items():
        activity.keep(part, text)


# -- the two traditions -------------------------------------------------------------------------


def test_one_argues_for_the_tradition_that_is_not_nearer():
    assert traditions.other(EVALUATIVE) == GENERALISABLE
    assert traditions.other(GENERALISABLE) == EVALUATIVE
    assert traditions.other("between") == GENERALISABLE
    assert traditions.other("") == ""


def test_neither_tradition_has_more_said_about_it():
    """Swapping sides is fair only when both are described at about the same length."""
    lengths = [len(f"{one.asks} {one.does}".split()) for one in traditions.TRADITIONS.values()]
    assert max(lengths) - min(lengths) <= 5
    assert len(PROJECTS) == 3


def test_only_whether_something_is_there_is_looked_at():
    assert traditions.missing({}) == list(PARTS.values())
    assert traditions.missing({**FULL, "gain": "  "}) == [PARTS["gain"]]
    assert traditions.missing(dict.fromkeys(PARTS, "x")) == []


# -- a partner's file ---------------------------------------------------------------------------


def test_a_case_that_was_written_to_a_file_is_read_back():
    assert traditions.read(traditions.to_json(THEIRS).encode()) == THEIRS
    quoted = "\n".join(f"> {line}" for line in traditions.to_json(THEIRS).splitlines())
    assert traditions.read(quoted.encode()) == THEIRS


@pytest.mark.parametrize(("file", "told"), [
    ("empty.json", "is empty"),
    ("cut_off.json", "cannot be read to its end"),
    ("another_kind.json", "is another kind of file"),
    ("newer_edition.json", "another edition of the course"),
    ("part_unknown.json", "not as the course writes it"),
    ("part_a_number.json", "not as the course writes it"),
    ("project_unknown.json", "does not say which project"),
    ("with_an_nhs_number.json", "holds something that could identify a person"),
    ("workbook_instead.json", "is a workbook"),
])
def test_a_damaged_file_of_a_partner_is_refused_in_a_sentence_and_changes_nothing(begun, file, told):
    write(begun)
    begun.take_partner("kestrel.json", traditions.to_json(THEIRS).encode())
    panel = begun.panel()
    named(panel)["Step"].value = 3
    send(named(panel), file, (FAULTY / file).read_bytes())
    assert told in alert(panel) and "Nothing was taken over." in alert(panel)
    assert begun.theirs() == THEIRS


def test_every_faulty_file_is_tested():
    text = Path(__file__).read_text(encoding="utf-8")
    assert all(f'"{path.name}"' in text for path in FAULTY.iterdir())


@pytest.mark.parametrize(("theirs", "told"), [
    (Case("carers-table", EVALUATIVE, parts={"do": "x"}), "another project: The carers' table"),
    (Case("own", EVALUATIVE, "Ours", parts={"do": "x"}), "another project: a project of their own"),
    (Case("first-nights", EVALUATIVE), "has no word in it yet"),
    (MINE, "your own file"),
])
def test_a_file_that_does_not_belong_here_is_refused(theirs, told):
    with pytest.raises(CourseError, match=told) as refused:
        traditions.fitting(MINE, theirs)
    assert "Nothing was taken over." in str(refused.value)


def test_two_who_argued_for_the_same_side_are_told_so():
    assert "the tradition that is nearer to you" in traditions.fitting(MINE, THEIRS)
    same = Case("first-nights", GENERALISABLE, parts={"do": "other words"})
    assert "You both argued for the same tradition" in traditions.fitting(MINE, same)


# -- the panel ----------------------------------------------------------------------------------


def test_every_control_can_be_told_from_the_others_and_none_is_replaced(argue):
    panel = argue.panel()
    assert_usable(panel)
    before = [id(control) for control in controls(panel)]
    use = named(panel)
    use["Project"].value = "carers-table"
    use["Which tradition is nearer to you?"].value = GENERALISABLE
    use["Next step"].click()
    use["Step"].value = 3
    use["Back"].click()
    assert [id(control) for control in controls(panel)] == before


def test_one_cannot_go_on_before_a_project_and_a_side_are_chosen(argue):
    panel = argue.panel()
    use = named(panel)
    use["Next step"].click()
    assert "Choose a project" in alert(panel)
    assert argue.at_step == 1
    use["Project"].value = "own"
    use["Which tradition is nearer to you?"].value = "between"
    use["Next step"].click()
    assert argue.at_step == 1
    use["Your project, in two or three sentences"].value = "We moved two desks together."
    use["Next step"].click()
    assert argue.at_step == 2
    assert "You stand between the two. You argue for <strong>the generalisable tradition</strong>" in words(panel)


def test_the_check_list_says_what_is_empty_before_one_goes_on_and_never_how_good_it_is(begun):
    panel = begun.panel()
    use = named(panel)
    use["Next step"].click()
    use["Next step"].click()
    assert "Still open: what this tradition would do" in alert(panel)
    assert begun.at_step == 2
    for words_ in PARTS.values():
        assert f"{words_}: nothing yet" in words(panel)
        use[words_].value = "x"
    assert "nothing yet" not in words(panel)
    assert "A supporter would nod: not ticked yet" in words(panel)
    use["Next step"].click()
    assert begun.at_step == 3 and alert(panel) == ""


@pytest.mark.parametrize(("many", "step", "told"), [
    (2, 2, "Write at least three of the six parts"), (3, 3, "Three are written; the others can wait."),
    (5, 3, "Five are written; the others can wait.")])
def test_with_three_of_six_parts_one_may_go_on(begun, many, step, told):
    panel = begun.panel()
    use = named(panel)
    use["Next step"].click()
    for words_ in list(PARTS.values())[:many]:
        use[words_].value = "x"
    use["Next step"].click()
    assert begun.at_step == step
    assert told in alert(panel)


def test_the_list_of_steps_lets_one_look_ahead(begun):
    panel = begun.panel()
    named(panel)["Step"].value = 4
    assert "makes it more valid" in words(panel)
    assert named(panel)["Next step"].layout.display is None
    named(panel)["Next step"].click()
    assert named(panel)["Next step"].layout.display == "none"


def test_a_partners_case_and_corrections_are_shown(begun):
    write(begun)
    panel = begun.panel()
    use = named(panel)
    use["Step"].value = 3
    use["Open my partner’s file"].click()
    assert "Choose your partner’s file first" in alert(panel)
    send(use, "kestrel.json", traditions.to_json(THEIRS).encode())
    assert "the tradition that is nearer to you" in alert(panel)
    assert "Your partner (kestrel-7) argued for the evaluative tradition" in words(panel)
    assert "Theirs on gain" in words(panel)
    assert '<p role="status">File taken: kestrel.json</p>' in words(panel)
    send(use, "kestrel.html", b"<!DOCTYPE html>\n<html><body></body></html>")
    assert "is the page to read or print. Nothing was taken over. Choose the other file" in alert(panel)
    assert begun.theirs() == THEIRS
    assert "You forgot &lt;i&gt;the carers" in words(panel)
    use["What I would correct in my partner’s case"].value = "We do ask carers."
    assert begun.mine().corrects == "We do ask carers."


def test_who_changes_project_or_side_is_told_that_the_words_stay_and_loses_nothing(begun):
    write(begun)
    begun.take_partner("kestrel.json", traditions.to_json(THEIRS).encode())
    panel = begun.panel()
    use = named(panel)
    use["Project"].value = "carers-table"
    assert "What you wrote in step 2 stays as it is" in alert(panel)
    assert "Theirs on gain" not in words(panel) + begun.report()
    use["Project"].value = "first-nights"
    assert begun.theirs() == THEIRS and begun.mine().parts == FULL


def test_both_files_are_written_and_the_partner_can_open_the_first(begun, tmp_path):
    panel = begun.panel()
    use = named(panel)
    use["Step"].value = 3
    use["Save my case as files"].click()
    assert "nothing to send yet" in alert(panel)
    write(begun)
    use["Name or code you write under"].value = "heron-42"
    use["Save my case as files"].click()
    saved = tmp_path / f"{NAME}-case-heron-42.json"
    assert f"“{saved.name}”" in alert(panel)
    assert traditions.read(saved.read_bytes()) == MINE
    page = saved.with_suffix(".html").read_text(encoding="utf-8")
    assert "Words on gain" in page and "<script" not in page
    partner = ArgueOtherSide("m03-a8-partner", tmp_path)
    partner.project, partner.nearer = "first-nights", GENERALISABLE
    assert "have not written yet what they would correct" in partner.take_partner(saved.name, saved.read_bytes())
    assert partner.theirs() == MINE


def test_everything_survives(begun, tmp_path):
    panel = begun.panel()
    use = named(panel)
    write(begun)
    begun.take_partner("kestrel.json", traditions.to_json(THEIRS).encode())
    for key, label in MATRIX.items():
        use[label].value = f"Matrix {key}"
    use["What I take from it"].value = "Ask what they count as evidence."
    use["Step"].value = 4
    again = ArgueOtherSide(NAME, tmp_path)
    assert again.report() == begun.report()
    use = named(again.panel())
    assert use["Step"].value == 4
    assert use["An outsider misses"].value == "Matrix outsider_misses"
    assert use[PARTS["do"]].value == "Words on do"
    for told in ("Words on limit", "Theirs on limit", "Matrix insider_sees", "Ask what they count as evidence."):
        assert told in again.report()
    assert "Argued for the generalisable tradition." in again.shown()


def test_what_could_identify_a_person_is_not_saved(begun):
    panel = begun.panel()
    use = named(panel)
    use[PARTS["gain"]].value = "Mrs A of LS1 4AP"
    assert "(postcode: LS…AP) and was not saved" in alert(panel)
    use["Step"].value = 3
    use["Name or code you write under"].value = "x" * 41
    assert "at most 40 letters" in alert(panel)
    assert begun.case == {} and begun.writer == ""


@pytest.mark.parametrize("state", [
    {"at_step": 9}, {"project": "gone"}, {"nearer": "both"}, {"case": {"else": "x"}}, {"case": {"do": 1}},
    {"partner": {"project": "first-nights"}}, {"matrix": {"insider": "x"}}, {"takes": None},
])
def test_a_state_that_cannot_be_shown_is_set_aside(tmp_path, state):
    file = tmp_path / "answers" / f"{NAME}.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"activity": "ArgueOtherSide", "name": NAME, "state": state, "shown": "something",
                                "schema": 1, "revision": 1, "saved": "", "earlier": []}), encoding="utf-8")
    argue = ArgueOtherSide(NAME, tmp_path)
    assert "This question has changed" in argue.notice
    assert "No project chosen yet" in argue.report()
    argue.panel()


def test_lessons_get_one_activity_for_each_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert argue_activity.argue(NAME) is argue_activity.argue(NAME)
    assert argue_activity.argue(NAME).shown() == ""
