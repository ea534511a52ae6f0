"""A question in a frame, on the screen and in its file."""

import json

import ipywidgets
import pytest
from panels import alert, controls, named, words
from traitlets import TraitError

from researchskills.errors import CourseError
from researchskills.questions import frame_activity
from researchskills.questions.frame_activity import FrameQuestion, frame_of, frame_question, framed_of
from researchskills.questions.frames import FRAMES, Framed
from researchskills.questions.kinds import KINDS
from researchskills.questions.tree_activity import _problem_tree

NAME, TREE = "m01-a2-question", "m01-a1-tree"
SLOTS = {"population": "Carers", "intervention": "a weekly call", "comparison": "no call", "outcome": "crisis calls"}
BUILT = "Among carers, what is the effect of a weekly call, compared with no call, on crisis calls?"


@pytest.fixture
def question(tmp_path):
    return FrameQuestion(NAME, None, tmp_path)


@pytest.fixture
def tree(tmp_path):
    """A tree of a whole and two leaves, in the folder of the question."""
    made = _problem_tree(TREE, tmp_path)
    whole = made.begin("Is the partnership good?")
    made.add_beneath(whole, "How long do people wait?")
    made.add_beneath(whole, "What is it like for carers?")
    wait, carers = made.leaves()
    made.change(wait.id, kind="how_many")
    made.change(carers.id, kind="experience")
    return made


def fill(panel, frame: str, slots: dict) -> None:
    for slot in FRAMES[frame].slots:
        if slot.key in slots:
            optional = "" if slot.needed else " (if you want it)"
            named(panel)[f"{FRAMES[frame].name}, {slot.label}{optional}"].value = slots[slot.key]


def framed(question, slots=SLOTS):
    panel = question.panel()
    named(panel)["Kind of question"].value = "works"
    named(panel)["Frame"].value = "pico"
    fill(panel, "pico", slots)
    return panel


def visible(control) -> bool:
    return control.layout.display != "none"


# -- on the screen ------------------------------------------------------------------------------


def test_every_control_can_be_said_and_looking_saves_nothing(question, tmp_path):
    panel = question.panel()
    for frame in FRAMES:
        named(panel)["Frame"].value = frame
    names = [one.description for one in controls(panel)]
    assert all(names)
    assert len(set(names)) == len(names)
    for one in controls(panel):
        assert isinstance(one, ipywidgets.Text | ipywidgets.Textarea | ipywidgets.Dropdown | ipywidgets.Button)
    other = FrameQuestion("m01-a2-other", None, tmp_path)
    other.panel()
    other.report()
    assert not (tmp_path / "answers" / "m01-a2-other.json").exists()


def test_a_kind_brings_advice_on_all_seven_frames(question):
    panel = question.panel()
    assert "Choose the kind of question first" in words(panel)
    named(panel)["Kind of question"].value = "works"
    told = words(panel)
    assert KINDS["works"].example in told
    for frame in FRAMES.values():
        assert f"<strong>{frame.name}</strong>" in told
    assert told.index("<strong>PICO</strong> (fits best)") < told.index("These fit less")
    assert len(named(panel)["Frame"].options) == 8


def test_slots_become_a_sentence_and_what_is_empty_is_said(question):
    panel = framed(question, {"population": "Carers", "intervention": "a weekly call"})
    assert named(panel)["My question, as a sentence"].value == \
        "Among carers, what is the effect of a weekly call on …?"
    assert '<p role="status">Still empty: Comparison, Outcome. Also empty, if you want it: Time.</p>' in words(panel)
    fill(panel, "pico", SLOTS)
    assert named(panel)["My question, as a sentence"].value == BUILT
    assert "Every slot that the sentence needs is filled." in words(panel)
    assert question.framed == Framed(BUILT, "works", "pico", SLOTS)


def test_a_frame_shows_an_example_and_a_hint_for_each_slot(question):
    panel = framed(question, {})
    told = words(panel)
    assert "a joint visit by a nurse and a social worker, compared with two separate visits" in told
    for slot in FRAMES["pico"].slots:
        assert slot.hint in told
        assert f"For example: {slot.example}" in told
    named(panel)["Frame"].value = "pcc"
    assert FRAMES["pico"].slot("comparison").hint not in words(panel)


def test_a_sentence_that_was_changed_belongs_to_the_learner(question, tmp_path):
    panel = framed(question)
    sentence, build = named(panel)["My question, as a sentence"], named(panel)["Build it again from the slots"]
    assert not visible(build)
    sentence.value = "Does a weekly call save carers a crisis?"
    fill(panel, "pico", {"outcome": "nights in hospital"})
    assert sentence.value == question.framed.text == "Does a weekly call save carers a crisis?"
    assert "From the slots it would be: Among carers" in words(panel)
    assert FrameQuestion(NAME, None, tmp_path).framed.text == "Does a weekly call save carers a crisis?"
    build.click()
    assert sentence.value == BUILT.replace("crisis calls", "nights in hospital")
    assert not visible(build)
    named(panel)["Bring my own words back"].click()
    assert sentence.value == question.framed.text == "Does a weekly call save carers a crisis?"
    sentence.value = ""
    assert sentence.value == BUILT.replace("crisis calls", "nights in hospital")


def test_no_wording_is_lost_however_often_it_is_built_again(question):
    panel = framed(question)
    sentence, build = named(panel)["My question, as a sentence"], named(panel)["Build it again from the slots"]
    for own in ("First words?", "Second words?"):
        sentence.value = own
        build.click()
    assert "<li>First words?</li><li>Second words?</li>" in question.report()
    back = named(panel)["Bring my own words back"]
    back.click()
    assert sentence.value == "Second words?"


def test_switching_frames_keeps_what_was_typed_and_carries_it_over(question, tmp_path):
    panel = framed(question)
    named(panel)["Frame"].value = "spice"
    use = named(panel)
    assert use["SPICE, Perspective"].value == "Carers"
    assert use["SPICE, Evaluation"].value == "crisis calls"
    assert use["SPICE, Setting"].value == ""
    fill(panel, "spice", {"evaluation": "nights in hospital"})
    use["Frame"].value = "pico"
    assert question.framed == Framed(BUILT, "works", "pico", SLOTS)
    use["Frame"].value = "spice"
    assert use["SPICE, Evaluation"].value == "nights in hospital"
    again = FrameQuestion(NAME, None, tmp_path)
    assert (again.frame, again.filled["evaluation"], again.slots["pico"]) == ("spice", "nights in hospital", SLOTS)
    use["Frame"].value = ""
    assert question.slots["pico"] == SLOTS


def test_no_control_is_replaced_while_somebody_works(question):
    panel = framed(question)
    before = [id(one) for one in controls(panel)]
    fill(panel, "pico", {"outcome": "falls"})
    named(panel)["My question, as a sentence"].value = "Mine?"
    named(panel)["Build it again from the slots"].click()
    named(panel)["Kind of question"].value = "why"
    assert [id(one) for one in controls(panel)] == before


@pytest.mark.parametrize(("field", "typed", "said"), [
    ("PICO, Population", "Mrs A, 943 476 5919", "NHS number"),
    ("My question, as a sentence", "Does it help a.b@example.org?", "e-mail address"),
    ("The question as it is now", "word " * 500, "letters"),
    ("Weeks I have for it", "soon", "no number of weeks"),
    ("Weeks I have for it", "0", "no number of weeks"),
    ("Weeks I have for it", "nan", "no number of weeks"),
    ("Weeks I have for it", "1000", "no number of weeks")])
def test_what_cannot_be_kept_is_said_and_stays_in_its_field(question, tmp_path, field, typed, said):
    panel = framed(question)
    before = (tmp_path / "answers" / f"{NAME}.json").read_bytes()
    named(panel)[field].value = typed
    assert said in alert(panel)
    assert named(panel)["PICO, Comparison"].value == "no call"
    named(panel)["Frame"].value = ""
    named(panel)["Frame"].value = "pico"
    assert named(panel)[field].value == typed
    assert json.loads(before)["state"]["slots"] == json.loads(
        (tmp_path / "answers" / f"{NAME}.json").read_bytes())["state"]["slots"]


def test_job_data_and_weeks_are_kept(question, tmp_path):
    panel = framed(question)
    named(panel)["My job"].value = "Occupational therapist"
    named(panel)["Records, people or figures I can get at"].value = "Our referral list"
    for typed, kept in (("six", None), ("6 weeks", 6.0), ("1.5", 1.5), ("", None), ("8", 8.0)):
        named(panel)["Weeks I have for it"].value = typed
        assert question.weeks == kept
    again = FrameQuestion(NAME, None, tmp_path)
    assert again.framed == Framed(BUILT, "works", "pico", SLOTS, "Occupational therapist", "Our referral list", 8.0)
    assert named(again.panel())["Weeks I have for it"].value == "8"


# -- leaves of a tree ---------------------------------------------------------------------------


def test_without_a_tree_a_question_is_typed(question):
    panel = question.panel()
    assert not visible(named(panel)["Start from"])
    named(panel)["The question as it is now"].value = "Is the handover good?"
    assert question.framed == Framed("Is the handover good?")
    assert "Is the handover good?" in question.report()


def test_leaves_are_offered_and_bring_their_kind(tree, tmp_path):
    question = FrameQuestion(NAME, TREE, tmp_path)
    panel = question.panel()
    use = named(panel)
    assert [one for one, _ in use["Start from"].options] == [
        "I type the question", "1 How long do people wait?", "2 What is it like for carers?"]
    use["Start from"].value = tree.leaves()[1].id
    assert question.start == "What is it like for carers?"
    assert use["Kind of question"].value == "experience"
    assert not visible(use["The question as it is now"])
    use["Start from"].value = tree.leaves()[0].id
    assert use["Kind of question"].value == "how_many"
    use["Kind of question"].value = "why"
    use["Start from"].value = tree.leaves()[1].id
    assert use["Kind of question"].value == "why"


def test_the_leaf_that_was_chosen_in_the_tree_is_marked_and_chosen_already(tree, tmp_path):
    first, second = tree.leaves()
    tree.choose(second.id)
    question = FrameQuestion(NAME, TREE, tmp_path)
    panel = question.panel()
    use = named(panel)
    assert [one for one, _ in use["Start from"].options] == [
        "I type the question", "1 How long do people wait?", "2 What is it like for carers? (to go on with)"]
    assert use["Start from"].value == second.id
    assert use["Kind of question"].value == "experience"
    assert "with which you chose to go on in your tree" in words(panel)
    # It is an answer only when something is done with it.
    assert not (tmp_path / "answers" / f"{NAME}.json").exists()
    assert question.shown() == question.headline() == question.contribution() == ""
    tree.choose(first.id)
    use["Look at my tree again"].click()
    assert (use["Start from"].value, use["Kind of question"].value) == (first.id, "how_many")
    use["My job"].value = "Nurse"
    kept = FrameQuestion(NAME, TREE, tmp_path)
    assert (kept.start, kept.kind, kept.role) == ("How long do people wait?", "how_many", "Nurse")
    assert framed_of(NAME, tmp_path).text == kept.headline() == "How long do people wait?"


def test_what_was_chosen_or_typed_here_is_never_replaced_by_the_choice_in_the_tree(tree, tmp_path):
    first, second = tree.leaves()
    for name, act in (("q-leaf", lambda use: setattr(use["Start from"], "value", first.id)),
                      ("q-typed", lambda use: setattr(use["The question as it is now"], "value", "Mine?")),
                      ("q-none", lambda use: setattr(use["My job"], "value", "Nurse"))):
        act(named(FrameQuestion(name, TREE, tmp_path).panel()))
    tree.choose(second.id)
    for name, start in (("q-leaf", first.text), ("q-typed", "Mine?"), ("q-none", "")):
        again = FrameQuestion(name, TREE, tmp_path)
        panel = again.panel()
        named(panel)["Look at my tree again"].click()
        assert again.start == start
        assert "In your tree you chose to go on with: 2 What is it like for carers?" in words(panel)


def test_a_leaf_that_changes_or_goes_keeps_its_words_until_the_learner_takes_the_new_ones(tree, tmp_path):
    question = FrameQuestion(NAME, TREE, tmp_path)
    panel = question.panel()
    use = named(panel)
    leaf = tree.leaves()[0].id
    use["Start from"].value = leaf
    assert not visible(use["Take the tree’s words"])
    tree.change(leaf, text="How many days do people wait?")
    use["Look at my tree again"].click()
    assert question.start == "How long do people wait?"
    assert "In your tree this leaf now says: How many days do people wait?" in words(panel)
    use["Take the tree’s words"].click()
    assert question.start == "How many days do people wait?"
    tree.delete(leaf)
    use["Look at my tree again"].click()
    assert question.start == "How many days do people wait?"
    assert "no longer a leaf of your tree" in words(panel)


def test_words_typed_before_a_leaf_was_chosen_are_kept(tree, tmp_path):
    question = FrameQuestion(NAME, TREE, tmp_path)
    use = named(question.panel())
    use["The question as it is now"].value = "Mine?"
    use["Start from"].value = tree.leaves()[0].id
    use["Start from"].value = ""
    assert use["The question as it is now"].value == question.start == "Mine?"


def test_an_absent_empty_or_damaged_tree_is_said_and_a_question_can_be_typed(tmp_path):
    answers = tmp_path / "answers"
    answers.mkdir()
    for name, content in (("absent", None), ("empty", ""), ("damaged", '{"activity": "ProblemTree"')):
        if content is not None:
            (answers / f"{name}.json").write_text(content)
        question = FrameQuestion(f"q-{name}", name, tmp_path)
        panel = question.panel()
        assert "Your problem tree has no questions yet" in words(panel)
        named(panel)["The question as it is now"].value = "Mine?"
        assert question.framed.text == "Mine?"


# -- for others ---------------------------------------------------------------------------------


def test_others_read_the_question_without_touching_the_file(question, tmp_path):
    assert framed_of(NAME, tmp_path) is None
    framed(question)
    question.keep("role", "Nurse")
    before = (tmp_path / "answers" / f"{NAME}.json").read_bytes()
    assert framed_of(NAME, tmp_path) == question.framed
    assert (tmp_path / "answers" / f"{NAME}.json").read_bytes() == before


@pytest.mark.parametrize("content", [
    "", "[]", '"text"', "{", '{"activity": "FrameQuestion"}', '{"activity": "Other", "state": {"typed": "x?"}}',
    '{"activity": "FrameQuestion", "state": {"slots": 3, "frame": "pico"}}',
    '{"activity": "FrameQuestion", "state": {"slots": {"pico": {"population": 4}}, "frame": [], "leaf": "no"}}',
    '{"activity": "FrameQuestion", "state": {"frame": "nonsense", "weeks": -3, "typed": 5}}'])
def test_a_damaged_file_gives_others_nothing_and_stays(tmp_path, content):
    path = tmp_path / "answers" / f"{NAME}.json"
    path.parent.mkdir()
    path.write_text(content)
    assert framed_of(NAME, tmp_path) is None
    assert path.read_text() == content


def test_what_cannot_be_shown_is_not_taken_over(question):
    for trait, value in (("kind", "nonsense"), ("frame", "pica"), ("slots", {"pico": {"letter": "x"}}),
                         ("slots", {"pico": {"population": 3}}), ("weeks", -1.0), ("leaf", {"id": "x"})):
        with pytest.raises(TraitError):
            setattr(question, trait, value)
    with pytest.raises(CourseError):
        question.keep("role", "telephone 0113 496 0000")
    assert question.role == ""


def test_the_plan_takes_over_the_answer_and_not_the_task(question):
    assert question.shown() == ""
    framed(question, {**SLOTS, "outcome": "<b>calls</b>"})
    question.set_weeks("6")
    told = question.contribution()
    assert "&lt;b&gt;calls&lt;/b&gt;" in told
    assert "<b>" not in told + question.report()
    assert "<caption>The question in the frame PICO</caption>" in told
    assert "Does it work?" in told
    assert '<th scope="row">Weeks I have for it</th><td>6</td>' in told
    assert "<h" not in told
    assert frame_activity.TASK not in told
    assert frame_activity.TASK in question.report()
    assert question.shown().endswith("(Does it work; PICO)")


def test_running_a_cell_again_gives_the_same_object(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert frame_question(NAME, tree=TREE) is frame_question(NAME, tree=TREE)


# -- a sharper version from elsewhere -------------------------------------------------------------


def test_a_sharper_version_is_saved_shown_and_the_wording_before_it_is_kept(question, tmp_path):
    panel = framed(question)
    question.keep("data", "Our referral list")
    use = named(panel)
    use["PICO, Time (if you want it)"].value = "ring 0113 496 0000"
    sharper = Framed("Do carers who are rung every week ring us less often in a crisis?", "works", "pico",
                     {**SLOTS, "outcome": "crisis calls within six weeks"}, "Nurse", "", 8.0)
    question.sharpen(sharper)
    assert use["My question, as a sentence"].value == question.headline() == sharper.text
    assert use["PICO, Outcome"].value == "crisis calls within six weeks"
    assert (use["My job"].value, use["Weeks I have for it"].value) == ("Nurse", "8")
    # What it does not say stays, and so does a text that could not be kept.
    assert use["Records, people or figures I can get at"].value == "Our referral list"
    assert use["PICO, Time (if you want it)"].value == "ring 0113 496 0000"
    again = FrameQuestion(NAME, None, tmp_path)
    assert again.framed == Framed(sharper.text, "works", "pico", dict(sharper.slots), "Nurse", "Our referral list", 8.0)
    assert again.replaced == [BUILT]
    assert f"Earlier wordings of yours:</p><ul><li>{BUILT}</li>" in again.report()


def test_a_sharper_version_in_another_frame_follows_its_slots_again(question):
    panel = framed(question)
    named(panel)["My question, as a sentence"].value = "Mine?"
    slots = {"population": "carers", "concept": "the number of calls", "context": "our team, May 2026"}
    text = "What is the number of calls among carers in our team, May 2026?"
    question.sharpen(Framed(text, "how_many", "pcc", slots))
    use = named(panel)
    assert (use["Frame"].value, use["Kind of question"].value) == ("pcc", "how_many")
    assert use["PCC, Concept"].value == "the number of calls"
    assert (question.wording, question.framed.text, question.replaced) == ("", text, ["Mine?"])
    assert question.slots["pico"] == SLOTS


def test_the_same_object_is_given_to_whoever_asks_by_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    one = frame_of(NAME, tmp_path)
    assert frame_question(NAME, tree=TREE) is one
    assert one.tree == TREE
