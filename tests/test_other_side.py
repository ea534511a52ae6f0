"""The same question from the other side: two voices, what changed, who could check; and what is asked back."""

import json
import shutil

import ipywidgets
import pytest
from panels import alert, controls, named, words
from traitlets import TraitError

from researchskills.questions import other_side as rules
from researchskills.questions.frame_activity import FrameQuestion
from researchskills.questions.other_side_activity import OtherSide, other_side

QUESTION = "Which outcomes do service users report after a joint assessment?"
CHECK = {"who": "the carers’ group that carers run", "how": "at its meeting", "by_when": "in May",
         "they_get": "a fee and the result"}
SIDES = {"person": {"question": "What got better for me once they came together?"},
         "carer": {"question": "Do I still have to tell it all twice?"}}


@pytest.fixture
def activity(tmp_path) -> OtherSide:
    return OtherSide("m01-a6-other-side", None, tmp_path)


def saved(folder) -> dict:
    return json.loads((folder / "answers" / "m01-a6-other-side.json").read_text("utf-8"))["state"]


# -- what is asked back ------------------------------------------------------------------------------


def test_words_of_the_office_count_only_where_both_versions_have_them():
    assert rules.office_words_left(QUESTION, "Which outcomes matter to you?") == ["outcomes"]
    assert rules.office_words_left("Are people better?", "Which outcomes matter to you?") == []
    assert rules.office_words_left(QUESTION, "What got better?") == []


def test_a_word_of_the_office_that_was_kept_is_a_question_and_no_fault():
    sides = {**SIDES, "carer": {"question": "Which outcomes are there for me?"}}
    [asked] = rules.ask_back(QUESTION, sides, ["words"], "Shorter.", CHECK)
    assert asked.startswith("“outcomes” stands in your question and still in the version of a carer")
    assert asked.endswith("?")


def test_nothing_is_asked_when_everything_is_there():
    assert rules.ask_back(QUESTION, SIDES, ["words"], "Shorter.", CHECK) == []


@pytest.mark.parametrize(("sides", "changed", "why", "check", "asked"), [
    ({"person": SIDES["person"]}, ["who"], "Me.", CHECK, "in the words of a carer is not written yet"),
    ({**SIDES, "person": {"question": QUESTION.lower().rstrip("?")}}, ["who"], "Me.", CHECK, "word for word"),
    (SIDES, [], "", CHECK, "Nothing is ticked"),
    (SIDES, ["nothing", "who"], "Both.", CHECK, "nothing changed, and also that something did"),
    (SIDES, ["who"], "", CHECK, "in a sentence of your own"),
    (SIDES, ["who"], "Me.", {}, "Nobody is named yet who could check"),
    (SIDES, ["who"], "Me.", {"who": "a group"}, "What will they get for their time?"),
])
def test_what_is_missing_is_asked_for(sides, changed, why, check, asked):
    [said] = rules.ask_back(QUESTION, sides, changed, why, check)
    assert asked in said


# -- on the screen -----------------------------------------------------------------------------------


def test_every_control_has_a_name_of_its_own(activity):
    panel = activity.panel()
    names = [control.description.strip() for control in controls(panel)]
    assert all(names)
    assert len(set(names)) == len(names)
    assert all(isinstance(one, ipywidgets.Textarea | ipywidgets.Text | ipywidgets.Checkbox) for one in controls(panel))


def test_looking_saves_nothing(activity, tmp_path):
    panel = activity.panel()
    assert "Type the question" in words(panel)
    assert activity.shown() == activity.contribution() == ""
    assert not (tmp_path / "answers").exists()


def test_the_voices_stand_side_by_side_and_come_back(activity, tmp_path):
    panel = activity.panel()
    use = named(panel)
    use["Your question"].value = QUESTION
    use["Person who draws on care: what would they call it?"].value = "the visit with both of them"
    use["Person who draws on care: the question in their words"].value = SIDES["person"]["question"]
    use["Carer: the question in their words"].value = "<b>Twice?</b>"
    use["What counts as better"].value = True
    use["What changed, or why nothing did, in your words"].value = "Telling it once counts."
    use["Asking costs people time: what do they get?"].value = "a fee"
    assert "<caption>The same question, side by side</caption>" in words(panel)
    assert "&lt;b&gt;Twice?&lt;/b&gt;" in words(panel)
    assert "<b>Twice" not in words(panel)
    again = OtherSide("m01-a6-other-side", None, tmp_path)
    for shown in (again.report(), again.contribution()):
        for held in (QUESTION, SIDES["person"]["question"], "What counts as better", "Telling it once counts.",
                     "a fee"):
            assert held in shown
    assert named(again.panel())["What counts as better"].value is True
    assert named(again.panel())["Carer: the question in their words"].value == "<b>Twice?</b>"
    assert f"The question: {QUESTION}" in again.shown()


def test_the_plan_gets_the_answer_and_nothing_of_the_task(activity):
    activity.typed = QUESTION
    activity.write("carer", "question", "Do I have to tell it twice?")
    taken = activity.contribution()
    assert "<h" not in taken
    assert "Questions back" not in taken
    assert "Write your question anew" not in taken
    assert "Questions back" in activity.report()


def test_taking_a_tick_back_leaves_the_others(activity, tmp_path):
    use = named(activity.panel())
    use["The words"].value = use["Who it is about"].value = True
    use["The words"].value = False
    assert saved(tmp_path)["changed"] == ["who"]


def test_what_could_identify_somebody_is_not_saved_and_stays_in_the_field(activity, tmp_path):
    panel = activity.panel()
    field = named(panel)["Who could check these words: a role, or a group led by people who draw on care"]
    field.value = "Mrs A, 943 476 5919"
    assert "NHS number" in alert(panel)
    assert "was not saved" in alert(panel)
    assert "5919" not in alert(panel)
    assert field.value == "Mrs A, 943 476 5919"
    assert not (tmp_path / "answers").exists()
    field.value = "a carers’ group"
    assert alert(panel) == ""
    assert saved(tmp_path)["check"] == {"who": "a carers’ group"}


def test_a_text_that_is_far_too_long_is_refused(activity, tmp_path):
    panel = activity.panel()
    named(panel)["Your question"].value = "why " * 600
    assert "2,400 letters" in alert(panel)
    assert not (tmp_path / "answers").exists()


# -- the question of another activity ----------------------------------------------------------------


def framed(folder, text: str) -> FrameQuestion:
    one = FrameQuestion("m01-a2-question", folder=folder)
    one.wording = text
    return one


def other(folder) -> OtherSide:
    return OtherSide("m01-a6-other-side", "m01-a2-question", folder)


def test_the_framed_question_is_taken_over(tmp_path):
    framed(tmp_path, QUESTION)
    panel = other(tmp_path).panel()
    assert QUESTION in words(panel)
    assert "Another question instead" in named(panel)


def test_another_question_can_stand_in_its_place(tmp_path):
    framed(tmp_path, QUESTION)
    activity = other(tmp_path)
    panel = activity.panel()
    named(panel)["Another question instead"].value = "Who waits?"
    assert activity.question() == "Who waits?"
    assert "Who waits?" in words(panel)
    named(panel)["Another question instead"].value = ""
    assert activity.question() == QUESTION


def test_a_question_that_moved_on_is_said_and_nothing_is_lost(tmp_path):
    one = framed(tmp_path, QUESTION)
    activity = other(tmp_path)
    activity.write("carer", "question", "Twice?")
    one.wording = "How long do people wait?"
    panel = activity.panel()
    assert "How long do people wait?" in words(panel)
    assert f"for an earlier question: “{QUESTION}”" in words(panel)
    assert "Twice?" in words(panel)


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b'{"state": 3}', b"\xff\xfe\x00"])
def test_without_a_usable_question_one_can_still_be_typed(tmp_path, content):
    if content is not None:
        (tmp_path / "answers").mkdir()
        (tmp_path / "answers" / "m01-a2-question.json").write_bytes(content)
    activity = other(tmp_path)
    panel = activity.panel()
    assert "There is no question yet" in words(panel)
    named(panel)["Another question instead"].value = "Who waits?"
    assert "Who waits?" in words(panel)
    if content is not None:
        assert (tmp_path / "answers" / "m01-a2-question.json").read_bytes() == content


def test_the_plan_reads_the_answer_alone_and_still_knows_the_question(tmp_path):
    framed(tmp_path, QUESTION)
    other(tmp_path).write("carer", "question", "Twice?")
    alone = tmp_path / "copy"
    (alone / "answers").mkdir(parents=True)
    shutil.copy(tmp_path / "answers" / "m01-a6-other-side.json", alone / "answers")
    assert QUESTION in other(alone).contribution()


# -- wrong content -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("trait", "value"), [
    ("sides", {"manager": {"question": "?"}}), ("sides", {"carer": "?"}), ("sides", {"carer": {"question": 3}}),
    ("changed", ["everything"]), ("changed", [3]), ("check", {"name": "Ann"}), ("check", {"who": None}),
])
def test_values_that_make_no_sense_are_refused(activity, trait, value):
    with pytest.raises(TraitError):
        setattr(activity, trait, value)


def test_a_damaged_answer_is_set_aside_and_said(tmp_path):
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "m01-a6-other-side.json").write_text('{"state": {"why": "half', "utf-8")
    activity = OtherSide("m01-a6-other-side", None, tmp_path)
    assert activity.notice
    assert "Please note" in words(activity.panel())
    activity.say_why("Anew.")
    assert OtherSide("m01-a6-other-side", None, tmp_path).why == "Anew."


def test_a_cell_that_is_run_again_shows_the_same_activity(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    framed(tmp_path, QUESTION)
    assert other_side("m01-a6-other-side", question="m01-a2-question") is other_side("m01-a6-other-side",
                                                                                  question="m01-a2-question")
    assert other_side("m01-a6-other-side", question="m01-a2-question").question() == QUESTION


def test_looking_at_the_question_again_says_what_has_become_of_it(tmp_path):
    source = FrameQuestion("m01-a2-question", folder=tmp_path)
    one = OtherSide("m01-a6-other-side", "m01-a2-question", tmp_path)
    panel = one.panel()
    again = named(panel)["Look at my question again"]
    again.click()
    assert "There is no question in the activity with the frames yet." in alert(panel)
    source.keep("wording", "Who <b>rings</b> whom?")
    again.click()
    assert "Your question is now: “Who &lt;b&gt;rings&lt;/b&gt; whom?”" in alert(panel)
    again.click()
    assert "It is still the same: “Who" in alert(panel)
    named(panel)["Another question instead"].value = "Mine?"
    again.click()
    assert "Here stands another question instead, which you typed; it is kept." in alert(panel)
    assert one.question() == "Mine?"
