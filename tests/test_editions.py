"""A hand-in is marked by the questions that it was asked, or it is said why not; it never silently counts as 0.

Two real editions of a small module are built; between them one question has another right answer, one another
wording, one another option, and so on, as each question's title says.
"""

import json
import os
import shutil
from pathlib import Path

import pytest
from faulty.hand_ins import make
from faulty.hand_ins.make import SMALL, Course

from researchskills import bank, build, hand_in, marking, workspace
from researchskills.errors import CourseError
from researchskills.hand_in import digest
from researchskills.marking import collect, editions
from researchskills.marking.results import read_note
from researchskills.marking.room import prepare
from researchskills.marking.written import opened
from researchskills.source import read_module

WREN = "quiet-wren"

CHOICE = """
```{{question}} {id}
kind: choice
title: {title}
points: 1
prompt: |
  {prompt}
options:
  - text: {first}
    {first_right}reason: {reason}
  - text: The second pile
    {second_right}reason: It holds four beads.
```
"""


def choice(
    identifier, title, prompt="Which pile holds more?", first="The first pile", right=2, reason="It holds three."
):
    marks = ("right: true\n    ", "") if right == 1 else ("", "right: true\n    ")
    return CHOICE.format(
        id=identifier,
        title=title,
        prompt=prompt,
        first=first,
        reason=reason,
        first_right=marks[0],
        second_right=marks[1],
    )


CODE = """
```{{question}} m99-q8-code
kind: value
title: Other code
points: 1
prompt: |
  Put the second pile in place of the three dots.
variable: {variable}
stub: |
  {variable} = 3 + ...
solution: |
  {variable} = 3 + 4
answer: 7
reason: The second pile has four beads.
```
"""
WORDS = """
```{{question}} m99-q9-words
kind: text
title: Other task for a text
points: 3
prompt: |
  {prompt}
rubric:
  - criterion: Concreteness
    levels: ["0 no reason is given", "1 a reason in general", "2 a reason from practice", "3 a reason and its remedy"]
example: |
  The nurse counts journeys and the social worker counts people, so they need one shared definition.
```
"""
HEAD = "---\ntitle: Sound exercises\n---\n\n# Sound exercises\n\nSome questions.\n"
FIRST = HEAD + "".join(
    [
        choice("m99-q1-same", "The same"),
        choice("m99-q2-title", "Its title is old", reason="It has three."),
        choice("m99-q3-answer", "Another right answer"),
        choice("m99-q4-wording", "Other words", prompt="Which pile holds fewer?", right=1),
        choice("m99-q5-option", "Another option"),
        choice("m99-q6-points", "Other points"),
        choice("m99-q7-removed", "Removed"),
        CODE.format(variable="total"),
        WORDS.format(prompt="Why do two people count differently?"),
    ]
)
SECOND = HEAD + "".join(
    [
        choice("m99-q1-same", "The same"),
        choice("m99-q2-title", "Its title is new", reason="It holds three beads, not more."),
        choice("m99-q3-answer", "Another right answer", right=1),
        choice("m99-q4-wording", "Other words", prompt="Which pile does not hold fewer?"),
        choice("m99-q5-option", "Another option", first="The pile on the left"),
        choice("m99-q6-points", "Other points").replace("points: 1", "points: 2"),
        CODE.format(variable="beads"),
        WORDS.format(prompt="Why do two people count alike?"),
        choice("m99-x", "Added").replace("m99-x", "m99-q10-added"),
    ]
)
#: What is right in the first edition, in the order of the questions; every answer is given as that edition has it.
ASKED_OTHERWISE = {"m99-q3-answer", "m99-q4-wording", "m99-q5-option", "m99-q8-code"}

#: As a receipt was before there were digests.
UNDIGESTED = make.with_receipt(learner="undigested-wren", questions=None, earlier_editions=None)


class Two:
    """Two editions of a course, each in a folder of its own, and hand-ins from both."""

    def __init__(self, place: Path):
        self.first, self.second = place / "first", place / "second"
        course = Course(self.first, only_small=True)
        shutil.copytree(self.first, self.second)
        for root, text in ((self.first, FIRST), (self.second, SECOND)):
            (root / "solutions" / SMALL / "exercises.md").write_text(text, encoding="utf-8")
            build.build(root=root)
        self.old = self.handed_in(course, WREN, "total = 3 + 4")
        course.root = self.second
        course.answer("new-finch", {}, SMALL)
        # Who has begun with the first edition, and goes on with the second.
        started = self.first / "learners" / WREN
        workspace.refresh(started, self.second)
        course.wanted[str(started / SMALL)] = {"m99-q10-added": "right"}
        self.new = self.handed_in(course, "new-finch", "beads = 3 + 4")
        self.updated = hand_in.hand_in(started, SMALL).path

    def handed_in(self, course, learner, code):
        course.answer(learner, {"*": "right", "m99-q9-words": "They count two different things."}, SMALL)
        course.answer_all()
        course.code(learner, code, "m99-q8-code", SMALL)
        return Path(shutil.copy(course.hand_in(learner, SMALL), self.first.parent / f"{learner}.zip"))

    def named(self, root):
        """How an edition is called in a sentence."""
        return f"edition {json.loads((root / 'course' / SMALL / 'module.json').read_bytes())['edition'][:8]}"


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RESEARCHSKILLS_ROOT", "")
        yield Two(tmp_path_factory.mktemp("editions"))


@pytest.fixture(scope="module")
def mentor_has(two):
    """Gives the mentor the first or the second edition."""

    def have(root):
        os.environ["RESEARCHSKILLS_ROOT"] = str(root)

    return have


@pytest.fixture(autouse=True)
def second_edition(two, mentor_has):
    mentor_has(two.second)


@pytest.fixture(scope="module")
def known(two, mentor_has, tmp_path_factory):
    """A room that was prepared with the first edition and then with the second."""
    room = tmp_path_factory.mktemp("known")
    mentor_has(two.first)
    prepare(SMALL, room)
    mentor_has(two.second)
    return room, prepare(SMALL, room)


@pytest.fixture(scope="module")
def unknown(two, mentor_has, tmp_path_factory):
    """A new room, with the second edition only."""
    mentor_has(two.second)
    room = tmp_path_factory.mktemp("unknown")
    return room, prepare(SMALL, room)


def fitted(place, path):
    """The hand-in's learner and the module as it is marked for it."""
    room, prepared = place
    folder = collect.keep(collect.read(path), room)
    return editions.fitted(prepared, folder), folder


def right(fit, folder):
    """Questions whose answer is right, by the questions that the hand-in is marked by."""
    prepared = fit.prepared
    wanted = {name: one for name, one in prepared.marked.items() if one.kind == "choice"}
    with opened(prepared.questions_file, wanted, folder) as answers:
        return {name for name, answer in answers.items() if answer.outcome().fraction == 1}


def test_a_question_has_the_same_digest_for_its_author_and_its_learners():
    """On modules that have between them the kinds of questions that subjects bring along, and the common ones."""
    here = Path(__file__).parents[1]
    kinds = set()
    for name in ("02-finding-evidence", "03-appraising-evidence", "04-checking-data"):
        for question in read_module(here / "solutions" / name).questions.values():
            released = json.loads(json.dumps(question.released()))
            assert digest(bank.Question.from_released(released)) == digest(question)
            kinds.add(question.kind)
    assert len(kinds) > 8


def test_a_hand_in_of_todays_edition_is_marked_as_usual(two, known):
    fit, folder = fitted(known, two.new)
    assert fit == editions.Fitted(known[1])
    assert len(right(fit, folder)) == 7


def test_an_earlier_edition_that_the_room_knows_is_marked_as_it_was_asked(two, known):
    fit, folder = fitted(known, two.old)
    assert right(fit, folder) == {
        "m99-q1-same",
        "m99-q2-title",
        "m99-q3-answer",
        "m99-q4-wording",
        "m99-q5-option",
        "m99-q6-points",
    }
    said = " ".join(fit.remarks)
    assert (
        f"Marked as asked in {two.named(two.first)}: “Another right answer”, “Other words”, “Another option”, "
        "“Other code”." in said
    )
    assert "The task was another" in said and "“Other task for a text”" in said
    assert fit.prepared.questions["m99-q8-code"].content["variable"] == "total"
    assert "total = 3 + ..." in [cell.source for cell in fit.prepared.release.cells]
    # Points cannot be compared with points of another size, and nobody answers what was not asked.
    assert fit.prepared.changed == {"m99-q6-points"}
    assert len(fit.problems) == 1 and "Not marked" in fit.problems[0] and "“Other points”" in fit.problems[0]
    assert "Ask for a new hand-in, or mark it yourself" in fit.problems[0]
    assert fit.prepared.not_asked == {"m99-q10-added"}
    assert f"Not asked in {two.named(two.first)}, so left out of the points: “Added”." in said
    assert "no longer has were left out: “Removed”." in said


def test_a_change_of_title_or_explanation_is_no_change(two, known):
    fit, _ = fitted(known, two.old)
    assert "“Its title is new”" not in " ".join([*fit.remarks, *fit.problems])


def test_an_earlier_edition_that_the_room_does_not_know_is_not_marked_where_it_differs(two, unknown):
    fit, folder = fitted(unknown, two.old)
    assert fit.prepared.questions == unknown[1].questions
    # Whether it was asked is only what the receipt says, and so a mentor looks.
    assert fit.prepared.changed == ASKED_OTHERWISE | {"m99-q6-points", "m99-q10-added"}
    assert fit.prepared.not_asked == frozenset()
    said = " ".join(fit.problems)
    for title in ("Another right answer", "Other words", "Another option", "Other code", "Other points", "Added"):
        assert f"“{title}”" in said
    assert f"{two.named(two.first)}" in said and "“The same”" not in said
    assert right(fit, folder) >= {"m99-q1-same", "m99-q2-title"}


def test_a_newer_edition_than_the_mentors_says_to_update_the_course(two, mentor_has, tmp_path):
    mentor_has(two.first)
    fit, _ = fitted((tmp_path, prepare(SMALL, tmp_path)), two.updated)
    [problem] = fit.problems
    assert f"newer edition of the course than yours ({two.named(two.second)})" in problem
    assert "Update your course, then mark it again" in problem
    # The receipt names it, and no title of it is known here.
    assert "“m99-q10-added”" in problem and "“Another right answer”" in problem
    assert "m99-q1-same" not in fit.prepared.changed


def test_without_digests_the_edition_is_enough_where_the_room_knows_it(two, known, tmp_path):
    old = make.repacked(two.old, tmp_path / "old.zip", UNDIGESTED)
    fit, folder = fitted(known, old)
    assert fit.prepared.not_asked == {"m99-q10-added"} and fit.prepared.changed == {"m99-q6-points"}
    assert "m99-q3-answer" in right(fit, folder)


def test_without_digests_in_a_room_that_does_not_know_the_edition_the_wording_is_compared(two, unknown, tmp_path):
    old = make.repacked(two.old, tmp_path / "old.zip", UNDIGESTED)
    fit, _ = fitted(unknown, old)
    assert "m99-q4-wording" in fit.prepared.changed and "m99-q1-same" not in fit.prepared.changed
    assert any("which this room does not know" in remark for remark in fit.remarks)
    assert any("“m99-q7-removed”" in remark for remark in fit.remarks)


def test_packed_by_hand_the_edition_stands_in_the_notebook(two, known, tmp_path):
    old = make.repacked(two.old, tmp_path / f"{SMALL}--by-hand.zip", make.without_receipt)
    fit, folder = fitted(known, old)
    assert fit.prepared.not_asked == {"m99-q10-added"} and "m99-q3-answer" in right(fit, folder)


@pytest.mark.parametrize(
    "fields",
    [
        {"questions": ["m99-q1-same"]},
        {"questions": {"../../x": "0" * 16, "m99-q1-same": "../../../x", "m99-q3-answer": 7}},
        {"edition": "../../etc"},
        {"edition": ["a"], "questions": {}},
        {"earlier_editions": {"a": 1}, "edition": "x" * 5000},
    ],
)
def test_a_receipt_with_nonsense_hurts_nobody(two, unknown, tmp_path, fields):
    odd = make.repacked(two.old, tmp_path / "odd.zip", make.with_receipt(learner="odd-wren", **fields))
    fit, _ = fitted(unknown, odd)
    assert fit.problems or fit.remarks


def test_a_receipt_cannot_leave_hard_questions_out_of_the_points(two, known, tmp_path):
    """Somebody writes into the receipt that only one question was asked."""
    only = {"m99-q1-same": digest(known[1].questions["m99-q1-same"])}
    ours = make.repacked(two.new, tmp_path / "1.zip", make.with_receipt(learner="sly-wren", questions=only))
    fit, _ = fitted(known, ours)
    assert fit == editions.Fitted(known[1]), "the room knows better what this edition asks"
    change = make.with_receipt(learner="sly-wren", questions=only, edition="made-up")
    fit, _ = fitted(known, make.repacked(two.new, tmp_path / "2.zip", change))
    assert fit.prepared.not_asked == frozenset() and len(fit.prepared.changed) == 8
    assert "Please look at it yourself" in fit.problems[0]


@pytest.fixture(scope="module")
def marked(two, known):
    """Both editions marked in one room, by the real marking."""
    result = marking.mark([two.old, two.new], known[0], trust=True)
    return {row.learner: row for row in result.rows}


def points(row):
    return {one.question: one.points for one in row.questions}


def test_the_gradebook_gets_points_for_what_was_asked_and_none_for_what_was_not(two, known, marked):
    old, new = points(marked[WREN]), points(marked["new-finch"])
    assert {name: value for name, value in old.items() if value is not None} == dict.fromkeys(
        {"m99-q1-same", "m99-q2-title"} | ASKED_OTHERWISE, 1
    )
    assert set(old) - set(new) == set() and set(new) - set(old) == {"m99-q10-added"}
    by_mentor = {one.question for one in marked[WREN].questions if one.needs_manual_marking}
    assert by_mentor == {"m99-q6-points", "m99-q9-words"}
    assert "“Other points”" in marked[WREN].problem
    assert sum(value or 0 for value in new.values()) == 9 and marked["new-finch"].problem is None


def test_marking_again_changes_nothing(two, known, marked):
    again = marking.mark([two.old, two.new], known[0], trust=True)
    assert {row.learner: row for row in again.rows} == marked
    note = read_note(known[0], SMALL, WREN)
    asked = editions.questions_file(known[0], SMALL, note["fingerprint"])
    assert json.loads(asked.read_bytes())["questions"]["m99-q4-wording"]["prompt"] == "Which pile holds fewer?"
    assert editions.questions_file(known[0], SMALL, "") == known[1].questions_file


def test_a_room_that_began_with_the_first_edition_still_marks_it_when_the_course_has_moved_on(
    two, mentor_has, tmp_path
):
    mentor_has(two.first)
    one = make.repacked(two.old, tmp_path / "1.zip", make.with_receipt(learner="early-wren"))
    assert marking.mark([one], tmp_path / "room", trust=True).rows[0].points == 8
    mentor_has(two.second)
    before = {path: path.read_bytes() for path in (tmp_path / "room" / "questions").rglob("*.json")}
    rows = {row.learner: row for row in marking.mark([two.old, two.new], tmp_path / "room", trust=True).rows}
    assert rows[WREN].points == 8 and rows[WREN].problem is None
    assert "your course has changed" in rows[WREN].remarks[-1]
    assert "use another room" in rows["new-finch"].problem and rows["new-finch"].points is None
    assert (
        before.items()
        <= {path: path.read_bytes() for path in (tmp_path / "room" / "questions").rglob("*") if path.is_file()}.items()
    )


def test_a_module_that_cannot_be_prepared_and_never_was_is_refused(two, tmp_path):
    refusal = CourseError("It cannot be prepared.")
    folder = collect.keep(collect.read(two.new), tmp_path)
    with pytest.raises(CourseError, match="It cannot be prepared"):
        editions.for_hand_in(refusal, SMALL, tmp_path, folder)
