"""The desk for a marking room: who wrote what stays hidden, and everything a mentor needs is there.

Works on copies of one room in which real hand-ins of the small module were marked (see `small_room`).
"""

import json
import re
import shutil

import pytest
import small_room
from small_room import CHOICE, CODE, EXERCISES, MODULE, TEXT, automatic_of, changed, handed_in, level, script_of

from researchskills import bank, checks, marking
from researchskills.ask import as_saved
from researchskills.errors import CourseError
from researchskills.marking import overrides
from researchskills.marking.desk import ChangedError, Mark
from researchskills.marking.room_desk import RoomDesk, _shown
from researchskills.paths import course_root

FINCH, OTTER, PIPIT, SILENT = "steady-finch", "calm-otter", "busy-pipit", "silent-finch"
EVIL = "<script>alert(1)</script> <img src=x onerror=y> [y](javascript:alert(1))\n\n<h1>Marks</h1>"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    with small_room.course_in(tmp_path_factory.mktemp("course")) as root:
        yield root


@pytest.fixture(scope="module")
def hand_ins(course):
    return {
        FINCH: handed_in(course, FINCH, right=False, text=f"The nurse counts. {EVIL}", code="total = 3 + 5"),
        OTTER: handed_in(course, OTTER, right=True, text="They count different things.", code="total = 'many'"),
        PIPIT: handed_in(course, PIPIT, text="Nobody asked."),
        SILENT: handed_in(course, SILENT),
    }


@pytest.fixture(scope="module")
def marked(course, hand_ins):
    marking.mark(hand_ins.values(), course / "marked once")
    return course / "marked once"


@pytest.fixture
def room(marked, tmp_path):
    return shutil.copytree(marked, tmp_path / "marking room")


@pytest.fixture
def desk(room):
    return RoomDesk(MODULE, room)


def test_a_mentor_marks_texts_and_nothing_else(desk):
    assert [one.id for one in desk.questions()] == [TEXT]
    assert desk.questions()[0].mark_scheme["rubric"][0]["criterion"] == "Concreteness"
    assert desk.title == "A sound lesson"
    script = desk.scripts(TEXT)[0].id
    for wrong in (CHOICE, "m99-q9-none", "m99-p1-practice"):
        for ask in (
            lambda wrong=wrong: desk.scripts(wrong),
            lambda wrong=wrong: desk.mark(wrong, script),
            lambda wrong=wrong: desk.beside(wrong, script),
            lambda wrong=wrong: desk.record(wrong, script, level(1), 0),
            lambda wrong=wrong: desk.undo(wrong, script, "Ann", 1),
        ):
            with pytest.raises(CourseError, match=wrong):
                ask()


def test_only_those_who_wrote_something_are_there(desk):
    scripts = desk.scripts(TEXT)
    assert {one.writer for one in scripts} == {FINCH, OTTER, PIPIT}
    assert [one.label for one in scripts] == ["Answer 1", "Answer 2", "Answer 3"]
    assert {one.text for one in scripts} >= {"They count different things.", "Nobody asked."}


def test_nothing_but_the_writer_tells_who_wrote_it(room, desk):
    for script in desk.scripts(TEXT):
        shown = f"{script.id} {script.label} {script.html} {desk.beside(TEXT, script.id)}"
        assert script.writer not in shown and not set(script.writer.split("-")) & set(re.split(r"\W", shown))
        assert re.fullmatch(r"[0-9a-f]{16}-[0-9a-f]{8}", script.id)
    assert desk.scripts(TEXT) == RoomDesk(MODULE, room).scripts(TEXT), "the same after a restart"


def test_the_order_has_nothing_to_do_with_names(room):
    orders = set()
    for _ in range(20):
        (room / "marks" / MODULE / "nameless.json").unlink(missing_ok=True)
        orders.add(tuple(one.writer for one in RoomDesk(MODULE, room).scripts(TEXT)))
    assert len(orders) > 1, "twenty rooms have the same order of three by chance once in 6 to the 19th"


def test_numbers_and_order_stay_when_more_is_handed_in_and_when_answers_are_marked(room, desk, course):
    before = [(one.id, one.label) for one in desk.scripts(TEXT)]
    desk.record(TEXT, before[0][0], level(1), 0)
    marking.mark([handed_in(course, "early-bee", text="A new answer.")], room)
    after = [(one.id, one.label) for one in desk.scripts(TEXT)]
    assert after[:3] == before and after[3][1] == "Answer 4"
    assert desk.mark(TEXT, after[0][0]) is not None


def test_an_answer_is_safe_to_look_at(desk):
    html = next(one.html for one in desk.scripts(TEXT) if one.writer == FINCH)
    assert not re.search(r"<(script|img|a|h1|h2)\b", html)
    assert "&lt;script&gt;" in html and "&lt;h1&gt;" in html, "what was typed is there to be read"


def test_what_was_given_before_is_shown_beside_the_answer(desk):
    script = script_of(desk, PIPIT)
    assert desk.beside(TEXT, script) == ""
    first = desk.record(TEXT, script, level(1, "<b>Who</b> asked?"), 0)
    second = desk.record(TEXT, script, level(3, "", "Bob"), first.revision)
    desk.undo(TEXT, script, "Cat", second.revision)
    beside = desk.beside(TEXT, script)
    assert "Concreteness: 3 (3 points)" in beside and "taken back by Cat" in beside and "Bob" in beside
    desk.record(TEXT, script, level(2), first.revision)
    assert "&lt;b&gt;Who&lt;/b&gt; asked?" in desk.beside(TEXT, script)
    assert desk.beside(TEXT, script_of(desk, OTTER)) == ""


def test_a_mark_by_an_earlier_rubric_is_told(room, desk):
    script = script_of(desk, PIPIT)
    desk.record(TEXT, script, level(2), 0)
    file = room / "marks" / MODULE / PIPIT / f"{TEXT}.json"
    file.write_text(file.read_text().replace("Concreteness", "Clarity"))
    assert "given by an earlier rubric" in desk.beside(TEXT, script)
    assert desk.mark(TEXT, script).points == 2, "it counts until somebody marks the answer again"
    assert desk.record(TEXT, script, level(3), 1).points == 3
    assert "Clarity: 2 (2 points)" in desk.beside(TEXT, script)


def test_a_mark_can_be_taken_back_to_the_first_and_no_further(desk):
    script = script_of(desk, PIPIT)
    marks = []
    for number in (1, 2, 3):
        marks.append(desk.record(TEXT, script, level(number), marks[-1].revision if marks else 0))
    for now, before in ((3, 2), (2, 1)):
        assert desk.undo(TEXT, script, "Ann", marks[now - 1].revision) == marks[before - 1]
    assert desk.undo(TEXT, script, "Ann", 1) is None
    assert desk.mark(TEXT, script) is None
    with pytest.raises(CourseError, match="no mark to take back"):
        desk.undo(TEXT, script, "Ann", 0)
    assert desk.record(TEXT, script, level(0), 0).revision == 4, "a number is never used twice"


def test_a_mark_that_was_taken_back_meanwhile_is_told(desk):
    script = script_of(desk, PIPIT)
    seen = desk.record(TEXT, script, level(1), 0).revision
    desk.undo(TEXT, script, "Bob", seen)
    with pytest.raises(ChangedError, match="taken back") as caught:
        desk.record(TEXT, script, level(2), seen)
    assert caught.value.theirs is None
    assert desk.mark(TEXT, script) is None


@pytest.mark.parametrize("levels", [{}, {"Tone": 1}, {"Concreteness": 4}, {"Concreteness": -1}, {"Concreteness": "1"}])
def test_levels_that_do_not_fit_are_refused(desk, levels):
    with pytest.raises(CourseError, match="Nothing was recorded"):
        desk.record(TEXT, script_of(desk, PIPIT), Mark(levels, "", "Ann"), 0)
    assert desk.mark(TEXT, script_of(desk, PIPIT)) is None


@pytest.mark.parametrize("wrong", ["", "s1", "0" * 16, "../../etc", FINCH, "0123456789abcdef-01234567"])
def test_an_id_that_leads_nowhere_is_one_sentence(desk, wrong):
    for ask in (
        lambda: desk.mark(TEXT, wrong),
        lambda: desk.automatic(wrong),
        lambda: desk.beside(TEXT, wrong),
        lambda: desk.record(TEXT, wrong, level(1), 0),
        lambda: desk.override(CODE, wrong, 1, "Why not.", "Ann", 0),
    ):
        with pytest.raises(CourseError, match="no such answer"):
            ask()


def test_a_room_without_the_module_says_what_to_do(tmp_path, course):
    with pytest.raises(CourseError, match="course mark"):
        RoomDesk(MODULE, tmp_path)
    assert not list(tmp_path.iterdir())


# -- what the course marks ---------------------------------------------------------------------------


def test_what_the_course_marked_is_told_with_its_own_reason(desk, course):
    finch = {one.question.id: one for one in desk.automatic(script_of(desk, FINCH))}
    assert list(finch) == [CHOICE, CODE], "texts are not among them"
    assert (finch[CHOICE].points, finch[CHOICE].question.points) == (0, 1)
    assert "Those in the first pile" in finch[CHOICE].html
    assert "The beads of the second pile would be left out." in finch[CHOICE].why
    assert "total = 3 + 5" in finch[CODE].html and "total = 8" in finch[CODE].html
    assert "The second pile has four beads." in finch[CODE].why
    otter = {one.question.id: one for one in desk.automatic(script_of(desk, OTTER))}
    assert otter[CHOICE].points == 1 and "The total is made of all beads" in otter[CHOICE].why
    assert "many" in otter[CODE].why and otter[CODE].points == 0, "what was worked out is no number"
    pipit = {one.question.id: one for one in desk.automatic(script_of(desk, PIPIT))}
    assert "No answer came with the hand-in" in pipit[CHOICE].why and pipit[CHOICE].points == 0


def test_a_check_that_gave_no_points_is_told_and_a_mentor_can_give_them(room, desk):
    with small_room.nbgraders_own(room) as book:
        grade = book.find_grade(CHOICE, EXERCISES, MODULE, FINCH)
        grade.auto_score, grade.needs_manual_grade = None, True
        book.db.commit()
    one = automatic_of(desk, CHOICE, FINCH)
    assert one.points is None and "could not be marked" in one.why
    desk.override(CHOICE, one.id, 1, "Marked by hand.", "Ann", 0)
    row = next(row for row in desk.learners() if row.code == FINCH)
    assert (row.points, row.to_mark) == (1, 1), "the text is still to be marked"


def test_points_of_a_mentor_are_told_with_the_courses_own(desk):
    one = automatic_of(desk, CODE, FINCH)
    given = desk.override(CODE, one.id, 0.5, "<i>Nearly</i>", "Ann", one.revision)
    now = automatic_of(desk, CODE, FINCH)
    assert (now.points, now.course_points, now.override, now.revision) == (0.5, 0, given, 1)
    assert (given.marker, given.reason) == ("Ann", "<i>Nearly</i>")
    assert desk.override(CODE, one.id, 1, "Right after all.", "Bob", 1).revision == 2
    assert desk.undo_override(CODE, one.id, "Bob", 2) == given
    assert desk.undo_override(CODE, one.id, "Bob", 1) is None
    assert automatic_of(desk, CODE, FINCH).points == 0
    with pytest.raises(CourseError, match=TEXT):
        desk.override(TEXT, script_of(desk, FINCH), 1, "Why not.", "Ann", 0)


def test_points_for_an_answer_that_is_another_one_now_are_refused(room, desk, hand_ins, tmp_path):
    one = automatic_of(desk, CODE, FINCH)
    marking.mark([changed(hand_ins[FINCH], tmp_path / "2.zip", minutes=1, code="total = 3 + 6")], room)
    with pytest.raises(CourseError, match="different answer"):
        desk.override(CODE, one.id, 1, "It was right.", "Ann", 0)
    assert "total = 3 + 6" in automatic_of(desk, CODE, FINCH).html


def test_learners_are_listed_with_what_is_left_to_do(desk):
    rows = {row.code: row for row in desk.learners()}
    assert set(rows) == {FINCH, OTTER, PIPIT, SILENT}
    assert {code: (row.to_mark, row.points) for code, row in rows.items()} == {
        FINCH: (1, 0),
        OTTER: (1, 1),
        PIPIT: (1, 0),
        SILENT: (0, 0),
    }
    assert all(row.max_points == 5 and row.time.endswith("Z") for row in rows.values())
    assert sorted(row.label for row in rows.values()) == [f"Learner {number}" for number in (1, 2, 3, 4)]
    desk.record(TEXT, script_of(desk, PIPIT), level(2), 0)
    pipit = next(row for row in desk.learners() if row.code == PIPIT)
    assert (pipit.to_mark, pipit.points) == (0, 2)
    assert script_of(desk, PIPIT).split("-")[0] == pipit.id
    assert "4 hand-ins; 2 answers to mark." in desk.summary()


def noted(room, **changes):
    """Change what was written down when the hand-in was marked."""
    file = room / "marks" / MODULE / FINCH / "hand-in.json"
    file.write_text(json.dumps({**json.loads(file.read_bytes()), **changes}))


def test_a_question_that_was_never_asked_counts_neither_for_nor_against(room, desk):
    noted(room, not_asked=[CHOICE])
    row = next(row for row in desk.learners() if row.code == FINCH)
    assert row.max_points == 4
    assert [one.question.id for one in desk.automatic(row.id)] == [CODE]


def test_an_answer_is_shown_as_it_was_asked_in_the_edition_of_the_hand_in(room, desk):
    content = json.loads((room / "questions" / MODULE / "module.json").read_bytes())
    then = bank.Question.from_released(content["questions"][CHOICE])
    key, *_ = [one["key"] for one in then.content["options"] if one["text"] == "Those in the first pile"]
    then.key["reasons"][key] = "The beads of the third pile would be left out."
    content["questions"][CHOICE] = then.released()
    file = room / "questions" / MODULE / "as-asked" / "0123456789abcdef.json"
    file.parent.mkdir()
    file.write_text(json.dumps(content))
    noted(room, fingerprint=file.stem)
    assert "third pile" in automatic_of(desk, CHOICE, FINCH).why
    assert "third pile" not in automatic_of(desk, CHOICE, OTTER).why


def test_problems_of_a_hand_in_are_told(room, desk):
    noted(room, problems=["Code in it did not end."], remarks=["It came late."])
    row = next(row for row in desk.learners() if row.code == FINCH)
    assert row.problem == "Code in it did not end." and row.remarks == ("It came late.",)
    assert "1 hand-in could not be marked in full" in desk.summary()


MARKED_BY_THE_COURSE = [
    pytest.param(file, name, id=name)
    for file in sorted((course_root() / "course").glob("*/module.json"))
    for name, question in bank.read(file).items()
    if question.marked_by == "course" and question.kind != "value"
]


@pytest.mark.parametrize(("file", "name"), MARKED_BY_THE_COURSE)
def test_every_question_of_the_course_can_be_shown_with_its_reason(file, name, tmp_path, monkeypatch):
    """Answered rightly, and not at all; whatever kind of question it is."""
    monkeypatch.setenv("RESEARCHSKILLS_ROOT", str(file.parents[2]))
    shutil.copy(file, tmp_path / "module.json")
    empty = as_saved(name, tmp_path)
    assert "No answer came" in overrides.why(0, empty) and _shown(empty) == ""
    right = as_saved(name, tmp_path)
    right.answer = checks.model_answer(right.asked)
    again = as_saved(name, tmp_path)
    assert again.outcome().status == checks.CORRECT
    assert len(_shown(again)) > 10 and len(overrides.why(1, again)) > 10
