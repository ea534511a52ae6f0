"""A sample goes out, and somebody else marks it blind: nothing leaks, nothing is lost, and odd files get a sentence."""

import json
import re
import shutil
from pathlib import Path

import pytest
from faulty.hand_ins import make
from marked_room import COMMENT, FIRST, MODULE, QUESTION, course, give, in_words, room_of, text_of

from researchskills.errors import CourseError
from researchskills.marking.desk import ChangedError, Mark
from researchskills.marking.practice import PracticeDesk
from researchskills.marking.second_marking import SecondDesk, _drawn, export

LEVELS = {
    "amber-finch": (0, 0),
    "calm-otter": (2, 1),
    "lively-wren": (3, 2),
    "quiet-heron": (1, 1),
    "warm-robin": (2, 2),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    root = tmp_path_factory.mktemp("second")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RESEARCHSKILLS_ROOT", str(root))
        course(root)
        answers = {learner: f"{learner.split('-')[0]}: {text_of(*levels)}" for learner, levels in LEVELS.items()}
        answers["calm-otter"] += " Ask jane.doe@example.org, or <b>quiet-heron</b>."
        answers["silver-lark"] = "This one is not marked yet, which happens to the best of answers."
        room_of(root, answers, LEVELS)
        yield root


@pytest.fixture
def room(built, tmp_path):
    shutil.copytree(built / "marking-room", tmp_path / "room")
    return tmp_path / "room"


@pytest.fixture
def sent(room, tmp_path):
    """All marked answers in a file."""
    return export(MODULE, room, tmp_path / "answers.json", share=1).path


def texts(path):
    return [one["text"] for one in json.loads(path.read_bytes())["questions"][QUESTION]["scripts"]]


def record(desk, script, levels, seen=0, comment=""):
    return desk.record(QUESTION, script, Mark(in_words(levels), comment), seen)


# -- the sample ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marked", "share", "least", "drawn"),
    # 0.07 × 100 is 7.000000000000001 in binary, and still 7.
    [
        (1, 0.1, 3, 1),
        (3, 0.1, 3, 3),
        (5, 0.1, 3, 3),
        (30, 0.1, 3, 3),
        (31, 0.1, 3, 4),
        (70, 0.1, 3, 7),
        (100, 0.07, 3, 7),
        (10, 1, 3, 10),
        (9, 0.5, 1, 5),
    ],
)
def test_a_tenth_is_drawn_rounded_up_and_three_at_least(marked, share, least, drawn):
    names = [f"learner-{number}" for number in range(marked)]
    found = _drawn(names, share, least, "1")
    assert len(set(found)) == len(found) == drawn
    assert set(found) <= set(names)


def test_every_answer_is_drawn_as_often_as_any_other():
    names = list("abcdefghij")
    counts = dict.fromkeys(names, 0)
    for seed in range(2000):
        for name in _drawn(names, 0.1, 3, str(seed)):
            counts[name] += 1
    # 600 expected of each; the standard deviation of such a count is 20.5.
    assert all(abs(count - 600) < 5 * 20.5 for count in counts.values())


def test_the_same_seed_draws_the_same_answers_again(room, tmp_path):
    drawn = [
        texts(export(MODULE, room, tmp_path / f"{name}.json", seed=seed).path)
        for name, seed in (("a", 5), ("b", 5), ("c", 6), ("d", 7), ("e", 8))
    ]
    assert drawn[0] == drawn[1]
    assert any(set(one) != set(drawn[0]) for one in drawn[2:])
    assert all(len(one) == 3 for one in drawn)
    # The order says nothing either: learners do not follow the alphabet, as in the gradebook.
    assert any(one != sorted(one) for one in drawn)
    keys = [json.loads(file.read_bytes()) for file in (room / "second-marking" / MODULE).glob("*.json")]
    assert sorted(one["seed"] for one in keys) == [5, 5, 6, 7, 8]
    assert all(one["questions"][QUESTION]["drawn_from"] == sorted(LEVELS) for one in keys)


def test_only_answers_that_are_marked_go_out(sent):
    assert len(texts(sent)) == len(LEVELS)
    assert not any("not marked yet" in one for one in texts(sent))


def test_only_the_marks_of_one_mentor_can_be_drawn_from(room, tmp_path):
    give(room, "warm-robin", (0, 0), "Cy")
    path = export(MODULE, room, tmp_path / "a.json", share=1, marker="ann lee").path
    assert len(texts(path)) == 4
    with pytest.raises(CourseError, match="by Dee"):
        export(MODULE, room, tmp_path / "b.json", marker="Dee")


def test_the_file_tells_nothing_about_learners_or_first_marks(sent):
    content = sent.read_text(encoding="utf-8")
    for secret in (FIRST, COMMENT, "Concreteness", "levels", "points", '"seed"'):
        assert secret not in content
    described = json.loads(content)
    without_texts = re.sub(r'"text": ".*"', "", content)
    assert not any(learner in without_texts for learner in LEVELS)
    assert (described["what"], described["version"]) == ("answers for second marking", 1)
    assert described["module"] == MODULE
    assert described["edition"]
    ids = [one["id"] for one in described["questions"][QUESTION]["scripts"]]
    assert all(re.fullmatch("[0-9a-f]{8}", one) for one in ids)


def test_what_could_identify_somebody_is_told(room, tmp_path):
    found = export(MODULE, room, tmp_path / "a.json", share=1)
    assert len(found.private) == 1
    number, title = re.match(r"Answer (\d) to “(.*)” holds", found.private[0]).groups()
    assert "jane" in texts(found.path)[int(number) - 1]
    assert title == "In your own words"
    assert "an e-mail address (ja…rg)" in found.private[0]
    assert "a learner code (quiet-heron)" in found.private[0]
    assert found.private[0] in found.sentences
    assert found.as_dict()["drawn"] == [{"question": title, "drawn": 5, "marked": 5}]


def test_without_marks_there_is_nothing_to_send(room, tmp_path):
    shutil.rmtree(room / "marks")
    with pytest.raises(CourseError, match="nothing to mark a second time"):
        export(MODULE, room, tmp_path / "a.json")
    with pytest.raises(CourseError, match="Nothing has been marked"):
        export(MODULE, tmp_path / "no room", tmp_path / "a.json")
    assert not (tmp_path / "a.json").exists()


def test_a_file_that_is_there_is_never_replaced(room, tmp_path, sent):
    before = sent.read_bytes()
    with pytest.raises(CourseError, match="left as it is"):
        export(MODULE, room, sent)
    assert sent.read_bytes() == before
    with pytest.raises(CourseError, match=r"ends in \.json"):
        export(MODULE, room, tmp_path / "answers.docx")
    with pytest.raises(CourseError, match="its folder does not exist"):
        export(MODULE, room, tmp_path / "nowhere" / "a.json")
    assert len(list((room / "second-marking" / MODULE).glob("*.json"))) == 1
    into_folder = export(MODULE, room, tmp_path).path
    assert into_folder.name.startswith(f"second-marking--{MODULE}--")


def test_a_damaged_gradebook_gets_a_sentence(room, tmp_path):
    (room / "gradebook.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(CourseError) as caught:
        export(MODULE, room, tmp_path / "a.json")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "a.json").exists()


def test_a_room_that_cannot_be_written_to_gets_a_sentence(room, tmp_path):
    (room / "second-marking").write_text("a file where a folder is needed")
    with pytest.raises(CourseError, match="cannot be made"):
        export(MODULE, room, tmp_path / "a.json")
    assert not (tmp_path / "a.json").exists()


# -- blind marking ------------------------------------------------------------------------------------


def test_the_second_marker_sees_answers_and_no_mark(sent):
    desk = SecondDesk(sent, "Bo")
    scripts = desk.scripts(QUESTION)
    assert [one.text for one in scripts] == texts(sent)
    assert [one.label for one in scripts] == [f"Answer {number}" for number in range(1, 6)]
    assert all(one.writer == "" and desk.beside(QUESTION, one.id) == "" for one in scripts)
    assert all(desk.mark(QUESTION, one.id) is None for one in scripts)
    assert "<b>quiet" not in "".join(one.html for one in scripts)
    assert [row["criterion"] for row in desk.questions()[0].mark_scheme["rubric"]] == ["Tone", "Concreteness"]


def test_marks_go_into_a_file_of_their_own_and_are_there_again(sent):
    before = sent.read_bytes()
    desk = SecondDesk(sent, "Bo")
    first, second = [one.id for one in desk.scripts(QUESTION)][:2]
    record(desk, first, (1, 2), comment="  good  ")
    assert sent.read_bytes() == before
    assert desk.marks == sent.with_name("answers--bo.json")
    again = SecondDesk(sent, "bo")
    assert again.mark(QUESTION, first).levels == in_words((1, 2))
    assert (again.mark(QUESTION, first).comment, again.mark(QUESTION, first).marker) == ("good", "Bo")
    assert again.mark(QUESTION, second) is None
    assert SecondDesk(sent, "Cy").mark(QUESTION, first) is None
    assert "1 of 5 answers marked" in again.summary()
    content = desk.marks.read_text(encoding="utf-8")
    assert "journeys" not in content  # answers do not travel back


def test_the_page_says_which_file_to_send_back(sent):
    desk = SecondDesk(sent, "Bo")
    for one in desk.scripts(QUESTION):
        record(desk, one.id, (1, 1))
    assert "5 of 5 answers marked" in desk.summary()
    assert f"Send this file back to whoever sent you the answers: {desk.marks}" in desk.summary()


def test_two_open_pages_do_not_replace_each_other(sent):
    one, other = SecondDesk(sent, "Bo"), SecondDesk(sent, "Bo")
    script = one.scripts(QUESTION)[0].id
    kept = record(one, script, (1, 1))
    assert record(other, script, (1, 1)) == kept  # the same twice
    with pytest.raises(ChangedError) as caught:
        record(other, script, (2, 2))
    assert caught.value.theirs == kept
    newer = record(other, script, (2, 2), seen=kept.revision)
    assert one.mark(QUESTION, script).levels == in_words((2, 2))
    again = one.undo(QUESTION, script, "Bo", newer.revision)
    assert again.levels == in_words((1, 1))
    with pytest.raises(ChangedError):
        record(other, script, (0, 0), seen=newer.revision)
    assert one.undo(QUESTION, script, "Bo", again.revision) is None
    with pytest.raises(CourseError, match="no mark to take back"):
        one.undo(QUESTION, script, "Bo", 0)
    held = json.loads(one.marks.read_bytes())["marks"][QUESTION][script]
    assert [mark["levels"]["Concreteness"] for mark in held["earlier"]] == [2, 1]


@pytest.mark.parametrize("name", ["Ann Lee", "ann lee", " ANN  LEE "])
def test_nobody_marks_their_own_sample_twice(sent, name):
    with pytest.raises(CourseError, match="a second mark comes from somebody else") as caught:
        SecondDesk(sent, name)
    assert caught.value.exit_status == 2


def test_a_marker_needs_a_name(sent):
    for name in ("", "   ", "x" * 100, "Bo\nCy"):
        with pytest.raises(CourseError):
            SecondDesk(sent, name)
    assert list(sent.parent.glob("answers--*")) == []


def changed(path, change):
    content = json.loads(path.read_bytes())
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")


def scripts_of(content):
    return content["questions"][QUESTION]["scripts"]


BAD = {
    "empty": (lambda path: path.write_bytes(b""), "is empty"),
    "cut off": (lambda path: path.write_bytes(path.read_bytes()[:300]), "cannot be read to its end"),
    "no text": (lambda path: path.write_bytes(b"\0\1\2" * 50), "bytes that are no text"),
    "word": (make.word_file, "a Word document"),
    "a list": (lambda path: path.write_text("[]"), "another kind of file"),
    "something else": (lambda path: path.write_text('{"what": "decisions"}'), "another kind of file"),
    "newer": (lambda path: changed(path, lambda one: one.update(version=2)), "another edition of the course"),
    "other module": (lambda path: changed(path, lambda one: one.update(module="77-weaving")), "does not have"),
    "module elsewhere": (lambda path: changed(path, lambda one: one.update(module="../../etc")), "does not have"),
    "other rubric": (
        lambda path: changed(path, lambda one: one["questions"][QUESTION].update(fingerprint="0" * 16)),
        "made with another edition",
    ),
    "other question": (
        lambda path: changed(path, lambda one: one["questions"].update({"m99-q9-x": one["questions"][QUESTION]})),
        "made with another edition",
    ),
    "no answers": (lambda path: changed(path, lambda one: one.update(questions={})), "is damaged"),
    "no sample": (lambda path: changed(path, lambda one: one.pop("sample")), "is damaged"),
    "answer without text": (lambda path: changed(path, lambda one: scripts_of(one)[0].pop("text")), "is damaged"),
    "same id": (lambda path: changed(path, lambda one: scripts_of(one).append(scripts_of(one)[0])), "is damaged"),
    "number for a list": (
        lambda path: changed(path, lambda one: one["questions"][QUESTION].update(scripts=3)),
        "is damaged",
    ),
    "id as a path": (lambda path: changed(path, lambda one: scripts_of(one)[0].update(id="../x")), "is damaged"),
}


@pytest.mark.parametrize("fault", BAD)
def test_a_file_that_cannot_be_used_gets_a_sentence(sent, fault):
    spoil, sentence = BAD[fault]
    spoil(sent)
    before = sent.read_bytes()
    with pytest.raises(CourseError, match=sentence) as caught:
        SecondDesk(sent, "Bo")
    assert "\n" not in str(caught.value)
    assert sent.read_bytes() == before
    assert sorted(path.name for path in sent.parent.iterdir()) == ["answers.json", "room"]


def test_other_files_of_the_course_are_recognised(sent, room):
    desk = SecondDesk(sent, "Bo")
    record(desk, desk.scripts(QUESTION)[0].id, (1, 1))
    with pytest.raises(CourseError, match="open the file of answers"):
        SecondDesk(desk.marks, "Bo")
    key = next((room / "second-marking" / MODULE).glob("*.json"))
    with pytest.raises(CourseError, match="stays in the marking room"):
        SecondDesk(key, "Bo")
    practised = PracticeDesk(MODULE, "Bo", room)
    practised.record(QUESTION, "s1", Mark(in_words((1, 1))), 0)
    with pytest.raises(CourseError, match="another kind of file"):
        SecondDesk(room / "practice" / MODULE / "bo.json", "Bo")
    with pytest.raises(CourseError, match="There is no file"):
        SecondDesk(Path("nowhere.json"), "Bo")
    with pytest.raises(CourseError, match="cannot be opened"):
        SecondDesk(room, "Bo")


def test_marks_of_other_answers_are_not_mixed_up(sent, room, tmp_path):
    desk = SecondDesk(sent, "Bo")
    record(desk, desk.scripts(QUESTION)[0].id, (1, 1))
    sent.unlink()
    export(MODULE, room, sent, share=1)  # another sample under the same name
    before = desk.marks.read_bytes()
    with pytest.raises(CourseError, match="holds marks of other answers"):
        SecondDesk(sent, "Bo")
    assert desk.marks.read_bytes() == before


def test_a_file_that_went_through_mail_and_an_editor_can_be_read(sent):
    text = sent.read_text(encoding="utf-8").replace("\n", "\r\n")
    sent.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert len(SecondDesk(sent, "Bo").scripts(QUESTION)) == 5
