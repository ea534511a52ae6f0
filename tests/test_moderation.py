"""Second marks come back: differences first, levels agreed with a reason, everything on record, odd files named."""

import json
import re
import shutil
from html.parser import HTMLParser

import pytest
from marked_room import COMMENT, FIRST, MODULE, QUESTION, course, give, handed_in, in_words, room_of, text_of

from researchskills import marking
from researchskills.errors import CourseError
from researchskills.marking import rubric
from researchskills.marking.desk import ChangedError, Mark
from researchskills.marking.marked_twice import Answer
from researchskills.marking.moderation import ModerationDesk, moderate
from researchskills.marking.practice import PracticeDesk
from researchskills.marking.room import NOTEBOOK, gradebook
from researchskills.marking.second_marking import SecondDesk, export

LEVELS = {
    "amber-finch": (0, 0),
    "calm-otter": (2, 1),
    "lively-wren": (3, 2),
    "quiet-heron": (1, 1),
    "warm-robin": (2, 2),
}
#: What Bo gives: the same, 3 apart, 1 apart, the same, 2 apart.
BO = {"amber-finch": (0, 0), "calm-otter": (0, 0), "lively-wren": (2, 2), "quiet-heron": (1, 1), "warm-robin": (2, 0)}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    root = tmp_path_factory.mktemp("moderation")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RESEARCHSKILLS_ROOT", str(root))
        course(root)
        room_of(root, {learner: f"{learner[:5]}: {text_of(*levels)}" for learner, levels in LEVELS.items()}, LEVELS)
        yield root


@pytest.fixture
def room(built, tmp_path):
    shutil.copytree(built / "marking-room", tmp_path / "room")
    return tmp_path / "room"


@pytest.fixture
def sent(room, tmp_path):
    return export(MODULE, room, tmp_path / "answers.json", share=1, seed=1).path


def marked(sent, marker, levels, comment="", leave=()):
    """The file of a second marker who gave these levels."""
    desk = SecondDesk(sent, marker)
    for script in desk.scripts(QUESTION):
        learner = next(one for one in levels if one.startswith(script.text.partition(":")[0]))
        if learner not in leave:
            before = desk.mark(QUESTION, script.id)
            seen = before.revision if before else 0
            desk.record(QUESTION, script.id, Mark(in_words(levels[learner]), comment), seen)
    return desk.marks


@pytest.fixture
def back(sent):
    return marked(sent, "Bo", BO, "Blame in the last line <script>alert(1)</script>")


@pytest.fixture
def desk(room, back):
    return ModerationDesk(moderate(MODULE, [back], room))


def by_learner(desk, learner):
    return next(one.id for one in desk.scripts(QUESTION) if one.writer == learner)


def agree(desk, script, levels=(1, 1), seen=0, reason="The form is named.", comment="", marker="Cy"):
    return desk.record(QUESTION, script, Mark(in_words(levels), comment, marker, reason=reason), seen)


def in_gradebook(room, learner):
    with gradebook(room) as book:
        grade = book.find_grade(QUESTION, NOTEBOOK, MODULE, learner)
        comment = book.find_comment(QUESTION, NOTEBOOK, MODULE, learner)
        return grade.manual_score, comment.manual_comment, bool(grade.needs_manual_grade)


# -- bringing together --------------------------------------------------------------------------------


def test_answers_that_differ_most_come_first(desk):
    assert [one.writer for one in desk.scripts(QUESTION)[:3]] == ["calm-otter", "warm-robin", "lively-wren"]
    assert {one.writer for one in desk.scripts(QUESTION)[3:]} == {"amber-finch", "quiet-heron"}
    assert not any(one.writer in one.id + one.label for one in desk.scripts(QUESTION))


def test_agreement_is_worked_out_for_each_criterion(desk):
    (found,) = desk.moderation.as_dict()["comparisons"]
    assert (found["first"], found["second"], found["scripts"], found["same"], found["within_one"]) == (
        "A",
        "B",
        5,
        6,
        8,
    )
    by_criterion = {one["criterion"]: one for one in found["criteria"]}
    # Concreteness, A 0 2 3 1 2, B 0 0 2 1 2: squared differences 4 + 1 = 5 of 5 answers. Means 1.6 and 1, mean squares
    # 18/5 and 9/5, so by chance 3.6 + 1.8 − 2 · 1.6 · 1 = 2.2. Kappa 1 − 1 / 2.2.
    assert by_criterion["Concreteness"]["weighted_kappa"] == pytest.approx(1 - 1 / 2.2, abs=1e-4)
    assert by_criterion["Concreteness"]["mean_difference"] == pytest.approx(-0.6)
    # Tone, A 0 1 2 1 2, B 0 0 2 1 0: 1 + 4 = 5; means 1.2 and 0.6, mean squares 2 and 1: 3 − 1.44 = 1.56.
    assert by_criterion["Tone"]["weighted_kappa"] == pytest.approx(1 - 1 / 1.56, abs=1e-4)
    assert found["weighted_kappa"] == pytest.approx(1 - 2 / 3.76, abs=1e-4)
    assert found["mean_difference"] == pytest.approx(-0.6)


def test_text_and_report_tell_differences_before_agreement(desk, room):
    told = desk.moderation.text()
    assert "3 of 5 answers have levels that differ; agreed so far: 0." in told
    assert "A is the first mark, by Ann Lee; B is Bo." in told
    assert told.index("calm-otter, “In your own words”, Concreteness: A 2, B 0") < told.index("Weighted kappa")
    assert "In these answers B marked more strictly than A" in told
    page = (room / "moderation" / f"{MODULE}.html").read_text(encoding="utf-8")
    assert page.index("Answer of calm-otter: what differs") < page.index("Weighted kappa")
    assert "2 answers got the same levels from everybody." in page
    assert "journeys" not in page  # no answers in the report


class Outline(HTMLParser):
    """Headings, tables without caption or scope, and scripts."""

    def __init__(self, page):
        super().__init__()
        self.levels, self.captions, self.tables, self.bare, self.scripts = [], 0, 0, 0, 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        self.tables += tag == "table"
        self.captions += tag == "caption"
        self.bare += tag == "th" and "scope" not in dict(attrs)
        self.scripts += tag == "script"


def test_pages_can_be_followed_by_ear_and_hold_nothing_that_was_typed_as_markup(desk, room):
    agree(desk, desk.scripts(QUESTION)[0].id, reason="<script>alert(2)</script> & more")
    page = Outline((room / "moderation" / f"{MODULE}.html").read_text(encoding="utf-8"))
    assert page.levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in zip(page.levels, page.levels[1:]))
    beside = desk.beside(QUESTION, desk.scripts(QUESTION)[0].id)
    for one in (page, Outline(beside), Outline(desk.summary())):
        assert one.tables == one.captions
        assert one.bare == one.scripts == 0
        assert one.tables
    assert "&lt;script&gt;alert(1)" in beside
    assert "&lt;script&gt;alert(2)" in beside


def test_both_marks_stand_side_by_side(desk):
    shown = desk.beside(QUESTION, by_learner(desk, "warm-robin"))
    assert "A: Ann Lee, first" in shown
    assert "B: Bo" in shown
    rows = re.findall(r'scope="row">(\w+)</th><td>(\d)</td><td>(\d)</td><td>(.*?)</td>', shown)
    assert rows == [("Tone", "2", "0", "2 levels"), ("Concreteness", "2", "2", "the same")]
    assert COMMENT in shown


# -- agreeing -----------------------------------------------------------------------------------------


def test_an_agreed_level_counts_and_everything_stays_on_record(desk, room):
    script = by_learner(desk, "calm-otter")
    assert in_gradebook(room, "calm-otter") == (3, COMMENT, False)
    kept = agree(desk, script, (1, 1), reason="  It names no form.  ")
    assert in_gradebook(room, "calm-otter") == (2, COMMENT, False)
    (row,) = marking.results(MODULE, room, ["calm-otter"])
    assert next(one.points for one in row.questions if one.question == QUESTION) == 2
    assert desk.mark(QUESTION, script) == kept
    record = json.loads((room / "moderation" / MODULE / "calm-otter" / f"{QUESTION}.json").read_bytes())
    assert (record["first"]["marker"], record["first"]["levels"]) == (FIRST, in_words((2, 1)))
    assert [(one["marker"], one["levels"]) for one in record["second"]] == [("Bo", in_words((0, 0)))]
    (agreed,) = record["agreed"]
    assert (agreed["marker"], agreed["levels"], agreed["reason"]) == ("Cy", in_words((1, 1)), "It names no form.")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", agreed["time"])
    earlier = rubric.read(room, MODULE, "calm-otter", QUESTION)["earlier"]
    assert [(one["marker"], one["levels"]) for one in earlier] == [(FIRST, in_words((2, 1)))]
    again = moderate(MODULE, [], room)
    assert ModerationDesk(again).mark(QUESTION, script) == kept
    assert (again.as_dict()["differing"], again.as_dict()["agreed"]) == (3, 1)
    assert "Concreteness: A 2, B 0; agreed 1" in again.text()
    assert "It names no form." in again.report.read_text(encoding="utf-8")


def test_a_new_comment_takes_the_place_of_the_first_one(desk, room):
    agree(desk, by_learner(desk, "calm-otter"), comment="We talked about it.")
    assert in_gradebook(room, "calm-otter")[1] == "We talked about it."


def test_agreed_levels_need_a_reason_and_must_fit(desk, room):
    script = by_learner(desk, "calm-otter")
    for attempt, sentence in (
        (lambda: agree(desk, script, reason="  \n "), "come with a reason"),
        (lambda: agree(desk, script, levels=(4, 0)), "whole number from 0 to 3"),
        (lambda: agree(desk, script, marker=" "), "name"),
        (lambda: agree(desk, "00000000"), "no such answer"),
    ):
        with pytest.raises(CourseError, match=sentence):
            attempt()
    assert desk.needs_reason
    assert desk.mark(QUESTION, script) is None
    assert in_gradebook(room, "calm-otter")[0] == 3


def test_agreed_levels_can_be_taken_back(desk, room):
    script = by_learner(desk, "calm-otter")
    kept = agree(desk, script)
    newer = agree(desk, script, (2, 2), seen=kept.revision, reason="Read again.")
    assert in_gradebook(room, "calm-otter")[0] == 4
    again = desk.undo(QUESTION, script, "Cy", newer.revision)
    assert again.levels == in_words((1, 1))
    assert in_gradebook(room, "calm-otter")[0] == 2
    assert desk.undo(QUESTION, script, "Cy", again.revision) is None
    assert in_gradebook(room, "calm-otter")[0] == 3
    with pytest.raises(CourseError, match="no agreed level to take back"):
        desk.undo(QUESTION, script, "Cy", 0)
    record = json.loads((room / "moderation" / MODULE / "calm-otter" / f"{QUESTION}.json").read_bytes())
    assert [one["levels"]["Tone"] for one in record["agreed"]] == [1, 2]


def test_where_all_gave_the_same_there_is_nothing_to_agree_on_but_it_can_be_done(desk, room):
    script = by_learner(desk, "quiet-heron")
    alike = desk.mark(QUESTION, script)
    assert (alike.marker, alike.levels) == (FIRST, in_words((1, 1)))
    with pytest.raises(CourseError, match="no agreed level to take back"):
        desk.undo(QUESTION, script, "Cy", alike.revision)
    kept = agree(desk, script, (2, 2), seen=alike.revision, reason="Both overlooked the last line.")
    assert in_gradebook(room, "quiet-heron")[0] == 4
    assert desk.undo(QUESTION, script, "Cy", kept.revision).marker == FIRST
    assert in_gradebook(room, "quiet-heron")[0] == 2
    assert sum(desk.mark(QUESTION, one.id) is None for one in desk.scripts(QUESTION)) == 3


def test_two_moderators_do_not_replace_each_other(desk, room):
    other = ModerationDesk(moderate(MODULE, [], room))
    script = by_learner(desk, "calm-otter")
    kept = agree(desk, script)
    assert agree(other, script) == kept  # the same twice
    with pytest.raises(ChangedError) as caught:
        agree(other, script, (2, 2), marker="Dee")
    assert caught.value.theirs == kept
    assert in_gradebook(room, "calm-otter")[0] == 2


def test_levels_are_known_to_be_agreed_when_it_was_interrupted(desk, room, monkeypatch):
    # The computer is switched off right after the gradebook was written.
    script = by_learner(desk, "calm-otter")
    keep, calls = Answer._keep, []

    def switched_off(answer, agreed):
        calls.append(agreed)
        if len(calls) == 2:
            raise KeyboardInterrupt
        keep(answer, agreed)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Answer, "_keep", switched_off)
        agree(desk, script)
    found = desk.mark(QUESTION, script)
    assert (found.levels, found.reason) == (in_words((1, 1)), "The form is named.")
    assert in_gradebook(room, "calm-otter")[0] == 2


def test_a_first_mark_that_was_changed_meanwhile_is_told(room, back):
    give(room, "calm-otter", (0, 1))
    found = moderate(MODULE, [back], room)
    (remark,) = found.found.remarks
    assert "first mark of calm-otter" in remark
    assert "changed since" in remark
    marks = {one["learner"]: one for one in found.as_dict()["marks"]}
    assert marks["calm-otter"]["first"]["levels"] == in_words((2, 1))  # as it was when the sample was drawn
    desk = ModerationDesk(found)
    agree(desk, by_learner(desk, "calm-otter"))
    assert in_gradebook(room, "calm-otter")[0] == 2
    earlier = rubric.read(room, MODULE, "calm-otter", QUESTION)["earlier"]
    assert [sum(one["levels"].values()) for one in earlier] == [3, 1]


# -- what came back, and how --------------------------------------------------------------------------


def test_two_second_markers_are_compared_each(sent, back, room):
    cy = marked(sent, "Cy", LEVELS, leave=("amber-finch",))
    found = moderate(MODULE, [back, cy], room)
    assert found.found.markers == {"B": "Bo", "C": "Cy"}
    assert [(one.letter, one.agreement.scripts) for one in found.comparisons] == [("B", 5), ("C", 4)]
    assert found.comparisons[1].agreement.same == 8
    assert "Cy has not marked 1 of the 5 answers to “In your own words”." in found.found.remarks
    desk = ModerationDesk(found)
    shown = desk.beside(QUESTION, by_learner(desk, "warm-robin"))
    assert re.findall(r'scope="row">(\w+)</th><td>(\d)</td><td>(\d)</td><td>(\d)</td><td>(.*?)</td>', shown)[0] == (
        "Tone",
        "2",
        "0",
        "2",
        "2 levels",
    )
    agree(desk, by_learner(desk, "warm-robin"))
    record = json.loads((room / "moderation" / MODULE / "warm-robin" / f"{QUESTION}.json").read_bytes())
    assert [one["marker"] for one in record["second"]] == ["Bo", "Cy"]


def test_the_same_file_twice_counts_once(back, room, tmp_path):
    copy = shutil.copy(back, tmp_path / "Copy of answers.json")
    found = moderate(MODULE, [back, tmp_path / "Copy of answers.json", back], room)
    assert found.comparisons[0].agreement.scripts == 5
    assert len(found.comparisons) == 1
    assert f"{copy.name} holds the same as another file; it counts once." in found.found.remarks
    assert found.exit_status == 0
    assert len(list((room / "second-marking" / MODULE / "received").glob("*.json"))) == 1


def test_what_a_marker_sent_last_counts_in_any_order(sent, room, tmp_path):
    early = shutil.copy(marked(sent, "Bo", LEVELS), tmp_path / "early.json")
    content = json.loads(early.read_bytes())
    early.write_text(json.dumps({**content, "saved": "2026-01-01T00:00:00Z"}))
    late = marked(sent, "Bo", BO)
    for files in ([late, early], [early, late], []):
        assert moderate(MODULE, files, room).comparisons[0].agreement.same == 6
    assert len(list((room / "second-marking" / MODULE / "received").glob("*.json"))) == 2


def test_a_changed_answer_is_named_and_left_out(built, room, back):
    opened = ModerationDesk(moderate(MODULE, [back], room))
    script = by_learner(opened, "warm-robin")
    shutil.copytree(built / "learners", room.parent / "learners")
    new = handed_in(room.parent, "warm-robin", "An answer that was written anew, after the sample had been drawn.")
    marking.mark([new], room)
    with pytest.raises(CourseError, match="has handed in another answer in the meantime"):
        agree(opened, script)
    assert in_gradebook(room, "warm-robin")[0] is None
    found = moderate(MODULE, [back], room)
    assert found.found.left_out == [
        "warm-robin has changed the answer to “In your own words” since the sample was drawn: the second mark is about "
        "the earlier answer."
    ]
    assert found.comparisons[0].agreement.scripts == 4
    assert "Left out" in found.text()
    assert "warm-robin has changed" in found.report.read_text(encoding="utf-8")


def test_answers_that_are_gone_or_unknown_are_named_and_left_out(room, back, sent):
    shutil.rmtree(room / "submitted" / "amber-finch")
    content = json.loads(back.read_bytes())
    entry = next(iter(content["marks"][QUESTION].values()))
    content["marks"][QUESTION]["0123abcd"], content["answers"][QUESTION]["0123abcd"] = entry, "a fingerprint"
    back.write_text(json.dumps(content))
    found = moderate(MODULE, [back], room)
    assert sorted(found.found.left_out) == [
        "Bo marked an answer 0123abcd to “In your own words” that was not in the sample.",
        "The answer of amber-finch to “In your own words” is no longer in the room.",
    ]
    assert found.comparisons[0].agreement.scripts == 4


def test_an_answer_that_was_changed_on_its_way_to_the_second_marker_is_named_and_left_out(room, sent):
    content = json.loads(sent.read_bytes())
    script = next(one for one in content["questions"][QUESTION]["scripts"] if one["text"].startswith("calm-"))
    script["text"] += " And somebody put in another sentence."
    sent.write_text(json.dumps(content))
    found = moderate(MODULE, [marked(sent, "Bo", BO)], room)
    assert found.found.left_out == [
        "Bo marked another text to “In your own words” than the answer of calm-otter that went out: the file was "
        "changed on its way."
    ]
    assert found.comparisons[0].agreement.scripts == 4


def test_marks_stay_with_the_answers_they_were_given_for(sent):
    marks = marked(sent, "Bo", BO)
    before = marks.read_bytes()
    content = json.loads(sent.read_bytes())
    content["questions"][QUESTION]["scripts"][0]["text"] = "Another answer."
    sent.write_text(json.dumps(content))
    with pytest.raises(CourseError, match="holds marks of other answers. It was not touched"):
        SecondDesk(sent, "Bo")
    assert marks.read_bytes() == before


def spoilt(back, tmp_path, name, change):
    content = json.loads(back.read_bytes())
    change(content)
    path = tmp_path / name
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def first_entry(content):
    return next(iter(content["marks"][QUESTION].values()))


BAD = {
    "other module": (lambda one: one.update(module="00-start-here"), "is about 00-start-here, not about 99-sound"),
    "other rubric": (lambda one: one["questions"].update({QUESTION: "0" * 16}), "made with another edition"),
    "other room": (lambda one: one.update(sample="0123456789ab"), "were not drawn from"),
    "a path": (lambda one: one.update(sample="../../x"), "is damaged"),
    "level too high": (lambda one: first_entry(one)["standing"]["levels"].update(Tone=3), "is damaged"),
    "level in words": (lambda one: first_entry(one)["standing"]["levels"].update(Tone="2"), "is damaged"),
    "criterion missing": (lambda one: first_entry(one)["standing"]["levels"].pop("Tone"), "is damaged"),
    "comment is a list": (lambda one: first_entry(one)["standing"].update(comment=[1]), "is damaged"),
    "no marker": (lambda one: one.pop("marker"), "is damaged"),
    "no marks": (lambda one: one.pop("marks"), "is damaged"),
    "no answers": (lambda one: one.pop("answers"), "is damaged"),
    "no time": (lambda one: one.pop("saved"), "is damaged"),
    "by the first marker": (lambda one: one.update(marker="ann  LEE"), "gave first marks"),
    "newer": (lambda one: one.update(version=2), "another edition of the course"),
}


def test_files_that_cannot_be_used_get_a_sentence_each_and_hold_up_no_other(room, back, tmp_path):
    files = [spoilt(back, tmp_path, f"{name}.json", change) for name, (change, _) in BAD.items()]
    found = moderate(MODULE, [*files, back], room)
    assert found.exit_status == 1
    assert found.comparisons[0].agreement.scripts == 5
    for problem, (name, (_, sentence)) in zip(found.found.problems, BAD.items(), strict=True):
        assert problem.startswith(f"{name}.json ")
        assert sentence in problem
        assert "\n" not in problem
    assert len(list((room / "second-marking" / MODULE / "received").glob("*.json"))) == 1
    assert all(one in found.text() for one in found.found.problems)


def test_other_files_of_the_course_are_recognised(room, sent, tmp_path):
    practised = PracticeDesk(MODULE, "Bo", room)
    practised.record(QUESTION, "s1", Mark(in_words((1, 1))), 0)
    key = next((room / "second-marking" / MODULE).glob("*.json"))
    (tmp_path / "cut.json").write_text('{"what": "second ma')
    files = [sent, room / "practice" / MODULE / "bo.json", key, tmp_path / "cut.json", tmp_path / "none.json"]
    with pytest.raises(CourseError) as caught:
        moderate(MODULE, files, room)
    told = str(caught.value).split("\n")
    wanted = [
        "the file of answers that went out",
        "somebody who practised",
        "stays in the marking room",
        "cannot be read to its end",
        "There is no file",
    ]
    assert len(told) == len(wanted)
    assert all(words in one for words, one in zip(wanted, told))


def test_without_any_second_marks_it_says_what_is_needed(room):
    with pytest.raises(CourseError, match="Name a file of theirs") as caught:
        moderate(MODULE, [], room)
    assert caught.value.exit_status == 2


def test_a_room_that_cannot_be_written_to_gets_a_sentence(room, back):
    (room / "moderation").write_text("a file where a folder is needed")
    with pytest.raises(CourseError, match="cannot be made"):
        moderate(MODULE, [back], room)


def test_nothing_left_to_compare_is_said(room, back):
    for learner in LEVELS:
        shutil.rmtree(room / "submitted" / learner)
    found = moderate(MODULE, [back], room)
    assert "There is no answer left that could be compared." in found.text()
    assert len(found.found.left_out) == 5
    assert ModerationDesk(found).questions() == []


def test_a_program_can_read_the_result(desk):
    again = json.loads(json.dumps(desk.moderation.as_dict()))
    assert again["markers"] == {"B": "Bo"}
    assert again["exit_status"] == 0
