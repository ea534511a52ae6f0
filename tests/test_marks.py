"""What mentors give is never lost: not to another mentor, a kill, a full disk, or another hand-in.

Every test works on a copy of one room in which real hand-ins of the small module were marked (see `small_room`). The
choice and the code are worth 1 and were answered wrongly; the text is worth 3.
"""

import csv
import json
import random
import shutil
import sqlite3
import subprocess
import sys
import time

import pytest
import small_room
from small_room import CHOICE, CODE, EXERCISES, MODULE, TEXT, changed, handed_in, level, nbgraders_own

from researchskills import build, marking
from researchskills.errors import CourseError
from researchskills.marking import kept, overrides, rubric
from researchskills.marking.desk import ChangedError, Mark
from researchskills.marking.kept import Place
from researchskills.marking.room_desk import RoomDesk

FINCH, OTTER, SILENT = "steady-finch", "calm-otter", "silent-finch"
WORDS = "The nurse counts journeys."


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    with small_room.course_in(tmp_path_factory.mktemp("a course")) as root:
        yield root


@pytest.fixture(scope="module")
def hand_ins(course):
    return {
        FINCH: handed_in(course, FINCH, right=False, text=WORDS, code="first = 3\ntotal = first + 5"),
        OTTER: handed_in(course, OTTER, right=True, text="They count different things."),
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


def script_of(desk):
    return small_room.script_of(desk, FINCH)


def automatic_of(desk, question):
    return small_room.automatic_of(desk, question, FINCH)


def in_gradebook(room, question=TEXT):
    """Score, whether a person has to look at it, and the comment, as nbgrader itself reads them."""
    from nbgrader.api import MissingEntry

    with nbgraders_own(room) as book:
        grade = book.find_grade(question, EXERCISES, MODULE, FINCH)
        try:
            comment = book.find_comment(question, EXERCISES, MODULE, FINCH).manual_comment
        except MissingEntry:
            comment = None
        return grade.score, grade.needs_manual_grade, comment


def given_in_nbgrader(room, points, comment=None):
    """What somebody does on the pages of nbgrader's formgrader."""
    with nbgraders_own(room) as book:
        grade = book.find_grade(TEXT, EXERCISES, MODULE, FINCH)
        grade.manual_score, grade.needs_manual_grade = points, False
        if comment:
            book.find_comment(TEXT, EXERCISES, MODULE, FINCH).manual_comment = comment
        book.db.commit()


# -- nbgrader sees what is given ---------------------------------------------------------------------


def test_nbgrader_sees_a_mark_and_what_becomes_of_it(room, desk):
    script = script_of(desk)
    assert in_gradebook(room) == (0, True, None)
    first = desk.record(TEXT, script, level(2, "Say who counts."), 0)
    assert in_gradebook(room) == (2, False, "Say who counts.")
    second = desk.record(TEXT, script, level(3, "", "Bob"), first.revision)
    assert in_gradebook(room) == (3, False, None)
    assert desk.undo(TEXT, script, "Bob", second.revision) == first
    assert in_gradebook(room) == (2, False, "Say who counts.")
    assert desk.undo(TEXT, script, "Ann", first.revision) is None
    assert in_gradebook(room) == (0, True, None)


def test_nbgrader_sees_points_in_place_of_the_courses_own(room, desk):
    one = automatic_of(desk, CODE)
    assert in_gradebook(room, CODE) == (0, False, None)
    given = desk.override(CODE, one.id, 0.5, "Right but for one bead.", "Ann", 0)
    assert in_gradebook(room, CODE) == (0.5, False, None)
    assert desk.undo_override(CODE, one.id, "Ann", given.revision) is None
    assert in_gradebook(room, CODE) == (0, False, None)


def test_nbgraders_own_pages_and_export_show_the_same_points(room, desk, tmp_path):
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory

    desk.record(TEXT, script_of(desk), level(2), 0)
    desk.override(CHOICE, automatic_of(desk, CHOICE).id, 1, "The options can be read in two ways.", "Ann", 0)
    config = build.nbgrader_config(room)
    submission = NbGraderAPI(CourseDirectory(config=config), config=config).get_submission(MODULE, FINCH)
    assert (submission["score"], submission["needs_manual_grade"]) == (3, False)
    table = tmp_path / "grades.csv"
    settings = [f"--CourseDirectory.{name}={config.CourseDirectory[name]}" for name in ("root", "db_url", "course_id")]
    export = [sys.executable, "-m", "nbgrader", "export", f"--to={table}", *settings]
    subprocess.run(export, check=True, cwd=tmp_path, capture_output=True)
    with table.open(newline="") as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert scores[FINCH] == 3


def test_what_was_given_in_nbgrader_itself_counts_until_it_is_replaced_and_is_kept(room, desk):
    script = script_of(desk)
    desk.record(TEXT, script, level(1, "Why?"), 0)
    given_in_nbgrader(room, 2.5, "Seen in nbgrader")
    assert marking.results(MODULE, room, [FINCH])[0].questions[2].points == 2.5
    assert in_gradebook(room) == (2.5, False, "Seen in nbgrader"), "looking at it changed nothing"
    assert "2.5 points came into the gradebook" in desk.beside(TEXT, script)
    desk.record(TEXT, script, level(3), 1)
    assert in_gradebook(room) == (3, False, None)
    assert "Seen in nbgrader" in [one["comment"] for one in rubric.read(room, MODULE, FINCH, TEXT)["earlier"]]
    assert desk.undo(TEXT, script, "Ann", 3) is None, "it has no levels to show"
    assert in_gradebook(room) == (2.5, False, "Seen in nbgrader")


def given_by_model(stack):
    return (stack[-1][1], False) if stack else (0, True)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_is_done_in_whatever_order_the_last_that_was_not_taken_back_counts(room, desk, seed):
    """Against a model that fits in a list: each thing given lies on top of the others, taking back takes the top."""
    chance, stack, pending = random.Random(seed), [], None
    script = script_of(desk)
    for _ in range(25):
        mark = desk.mark(TEXT, script)
        seen = mark.revision if mark else 0
        action = chance.choice(["record", "record", "undo", "nbgrader", "look"])
        if action == "nbgrader":
            pending = ("nbgrader", chance.choice([0.25, 1.25, 2.75]))
            given_in_nbgrader(room, pending[1])
        elif action == "record":
            # Something in it is always new, or it would be the same mark sent twice.
            given = desk.record(TEXT, script, level(chance.randrange(4), f"Number {chance.random()}"), seen)
            stack += [*([pending] if pending else []), ("desk", given.points)]
            pending = None
        elif action == "undo" and seen:
            desk.undo(TEXT, script, "Ann", seen)
            stack.pop()
            stack += [pending] if pending else []
            pending = None
        else:
            marking.results(MODULE, room)
        assert in_gradebook(room)[:2] == (given_by_model([pending]) if pending else given_by_model(stack))
        on_desk = desk.mark(TEXT, script)
        if stack and stack[-1][0] == "desk":
            assert on_desk.points == stack[-1][1]
        else:
            assert on_desk is None
    found = kept.load(Place(room, MODULE, FINCH, TEXT))
    revisions = [one["revision"] for one in (*found.earlier, found.standing) if one]
    assert sorted(revisions) == list(range(1, len(revisions) + 1)), "nothing was lost and no number given twice"


# -- two people, one answer --------------------------------------------------------------------------

MARKER = """
import sys
from pathlib import Path
from researchskills.marking.desk import ChangedError, Mark
from researchskills.marking.room_desk import RoomDesk
room, who, level = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
desk = RoomDesk("99-sound", room)
script = next(one.id for one in desk.scripts("m99-q3-words") if one.writer == "steady-finch")
print("ready", flush=True)
for line in sys.stdin:
    try:
        desk.record("m99-q3-words", script, Mark({"Concreteness": level}, f"By {who}", who), int(line))
        print("kept", flush=True)
    except ChangedError as problem:
        print(f"changed by {problem.theirs.marker}", flush=True)
"""


def started(program, *arguments):
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_of_two_who_save_at_once_one_is_told_and_nothing_is_replaced(room):
    markers = {who: started(MARKER, room, who, level) for who, level in (("Ann", 1), ("Bob", 2))}
    assert {one.stdout.readline() for one in markers.values()} == {"ready\n"}
    winners = []
    for seen in range(8):
        for one in markers.values():
            one.stdin.write(f"{seen}\n")
            one.stdin.flush()
        said = {who: one.stdout.readline().strip() for who, one in markers.items()}
        (winner,) = [who for who, words in said.items() if words == "kept"]
        assert set(said.values()) == {"kept", f"changed by {winner}"}
        winners.append(winner)
        mark = rubric.read(room, MODULE, FINCH, TEXT)
        assert [one["marker"] for one in [*mark["earlier"], mark]] == winners, "each mark once, in order"
        assert in_gradebook(room) == (mark["points"], False, f"By {winner}")
    for one in markers.values():
        one.communicate()


def test_taking_back_what_somebody_has_just_replaced_takes_nothing_back(room, desk):
    script = script_of(desk)
    desk.record(TEXT, script, level(1), 0)
    theirs = desk.record(TEXT, script, level(3, "", "Bob"), 1)
    with pytest.raises(ChangedError, match="Bob has marked") as caught:
        desk.undo(TEXT, script, "Ann", 1)
    assert caught.value.theirs == theirs
    assert in_gradebook(room)[0] == 3


def test_points_in_place_of_the_courses_own_are_not_replaced_unseen_either(desk):
    one = automatic_of(desk, CODE)
    theirs = desk.override(CODE, one.id, 1, "It is right in another way.", "Bob", 0)
    with pytest.raises(ChangedError) as caught:
        desk.override(CODE, one.id, 0.5, "Half of it.", "Ann", 0)
    assert caught.value.theirs == theirs == automatic_of(desk, CODE).override


def test_the_same_mark_sent_twice_is_one_mark(room, desk):
    first = desk.record(TEXT, script_of(desk), level(2, "Good"), 0)
    assert desk.record(TEXT, script_of(desk), level(2, "Good"), 0) == first
    assert rubric.read(room, MODULE, FINCH, TEXT)["earlier"] == []


# -- interrupted -------------------------------------------------------------------------------------

#: Dies when the file with the marks is replaced for the nth time: just before it, or just after.
KILLED = """
import os, sys
from pathlib import Path
from researchskills.marking.desk import Mark
from researchskills.marking.room_desk import RoomDesk
room, what, when, number = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
desk = RoomDesk("99-sound", room)
script = next(one.id for one in desk.scripts("m99-q3-words") if one.writer == "steady-finch")
code = next(one for one in desk.automatic(script) if one.question.id == "m99-q2-code")
replace, count = os.replace, 0
def counted(source, target):
    global count
    count += 1
    if (when, number) == ("before", count):
        os._exit(9)
    replace(source, target)
    if (when, number) == ("after", count):
        os._exit(9)
os.replace = counted
if what == "record":
    desk.record("m99-q3-words", script, Mark({"Concreteness": 3}, "Later", "Bob"), 1)
elif what == "undo":
    desk.undo("m99-q3-words", script, "Bob", 1)
else:
    desk.override("m99-q2-code", code.id, 0.5, "Half right.", "Bob", 0)
"""


@pytest.mark.parametrize(
    ("what", "when"),
    [
        ("record", "before 1"),
        ("record", "after 1"),
        ("record", "before 2"),
        ("record", "after 2"),
        ("undo", "before 1"),
        ("undo", "after 1"),
        ("undo", "before 2"),
        ("override", "after 1"),
        ("override", "before 2"),
    ],
)
def test_whoever_is_killed_while_writing_leaves_file_and_gradebook_of_one_mind(room, desk, what, when):
    desk.record(TEXT, script_of(desk), level(1, "First"), 0)
    killed = started(KILLED, room, what, *when.split())
    killed.communicate()
    assert killed.returncode == 9
    (row,) = marking.results(MODULE, room, [FINCH])
    happened = when != "before 1"
    expected = {
        "record": ((3, False, "Later") if happened else (1, False, "First"), (0, False, None)),
        "undo": ((0, True, None) if happened else (1, False, "First"), (0, False, None)),
        "override": ((1, False, "First"), (0.5 if happened else 0, False, None)),
    }[what]
    assert (in_gradebook(room, TEXT), in_gradebook(room, CODE)) == expected
    mark, override = rubric.read(room, MODULE, FINCH, TEXT), overrides.read(room, MODULE, FINCH, CODE)
    assert mark.get("points") == (expected[0][0] if mark else None) == row.questions[2].points
    assert (override.points if override else 0) == expected[1][0] == row.questions[1].points
    assert all(len(kept.load(Place(room, MODULE, FINCH, one)).gradebook) < 2 for one in (TEXT, CODE)), "all is settled"
    again = RoomDesk(MODULE, room)
    seen = again.mark(TEXT, script_of(again))
    again.record(TEXT, script_of(again), level(2, "Goes on"), seen.revision if seen else 0)
    assert in_gradebook(room) == (2, False, "Goes on")


HOLDING = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
cursor = database.execute("begin exclusive") if sys.argv[2] == "writes" else database.execute("select * from grade")
cursor.fetchone()
print("held", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("how", ["writes", "reads"])
def test_a_gradebook_in_use_is_waited_for_and_then_told_with_nothing_half_written(room, desk, how):
    script = script_of(desk)
    desk.record(TEXT, script, level(1, "First"), 0)
    before = (room / "marks" / MODULE / FINCH / f"{TEXT}.json").read_bytes()
    other = started(HOLDING, room / "gradebook.db", how)
    assert other.stdout.readline() == "held\n"
    began = time.monotonic()
    with pytest.raises(CourseError) as caught:
        desk.record(TEXT, script, level(3), 1)
    assert 2 < time.monotonic() - began < 20
    assert "gradebook" in str(caught.value) and "sqlite" not in str(caught.value)
    assert (room / "marks" / MODULE / FINCH / f"{TEXT}.json").read_bytes() == before
    other.communicate()
    assert in_gradebook(room) == (1, False, "First")
    assert desk.record(TEXT, script, level(3), 1).points == 3, "and it goes on afterwards"


FULL = """
import resource, signal, sys
from pathlib import Path
from researchskills.errors import CourseError
from researchskills.marking.desk import Mark
from researchskills.marking.room_desk import RoomDesk
desk = RoomDesk("99-sound", Path(sys.argv[1]))
script = next(one.id for one in desk.scripts("m99-q3-words") if one.writer == "steady-finch")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    desk.record("m99-q3-words", script, Mark({"Concreteness": 3}, "Later " * 100, "Bob"), 1)
except CourseError as problem:
    print(problem)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a limit on the size of files stands for a full disk")
@pytest.mark.parametrize("room_left", [100, 5000])
def test_a_full_disk_leaves_everything_as_it_was(room, desk, room_left):
    """With 100 bytes the file cannot be written; with 5,000 it can, and the gradebook cannot."""
    desk.record(TEXT, script_of(desk), level(1, "First"), 0)
    file = room / "marks" / MODULE / FINCH / f"{TEXT}.json"
    before = file.read_bytes()
    said, _ = started(FULL, room, room_left).communicate()
    assert "Nothing was" in said
    assert file.read_bytes() == before
    assert in_gradebook(room) == (1, False, "First")
    assert not list((room / "marks").rglob("*.tmp"))


def test_a_damaged_record_is_set_aside_and_the_gradebook_still_counts(room, desk):
    desk.record(TEXT, script_of(desk), level(2), 0)
    file = room / "marks" / MODULE / FINCH / f"{TEXT}.json"
    file.write_bytes(file.read_bytes()[:40])
    (row,) = marking.results(MODULE, room, [FINCH])
    assert row.questions[2].points == 2
    assert desk.mark(TEXT, script_of(desk)) is None
    assert len(list(file.parent.glob(f"{TEXT}.damaged-*.json"))) == 1
    assert desk.record(TEXT, script_of(desk), level(3), 0).points == 3


# -- another answer ----------------------------------------------------------------------------------


def test_a_mark_is_about_one_text_and_counts_again_when_that_comes_back(room, hand_ins, tmp_path):
    desk = RoomDesk(MODULE, room)
    old = script_of(desk)
    desk.record(TEXT, old, level(2, "Good"), 0)
    marking.mark([changed(hand_ins[FINCH], tmp_path / "2.zip", text="Quite other words.", minutes=1)], room)
    (row,) = marking.results(MODULE, room, [FINCH])
    assert in_gradebook(room) == (0, True, None)
    assert any("about an earlier text" in remark for remark in row.remarks)
    assert desk.mark(TEXT, script_of(desk)) is None
    beside = desk.beside(TEXT, script_of(desk))
    assert "about an earlier text" in beside and "Good" in beside and "Concreteness: 2" in beside
    with pytest.raises(CourseError, match="different answer"):
        desk.record(TEXT, old, level(3), 0)
    marking.mark([changed(hand_ins[FINCH], tmp_path / "3.zip", text=WORDS, minutes=2)], room)
    assert in_gradebook(room) == (2, False, "Good")
    assert desk.mark(TEXT, script_of(desk)).comment == "Good"


def test_points_of_a_mentor_outlive_marking_again_and_are_set_aside_for_another_answer(room, hand_ins, tmp_path):
    desk = RoomDesk(MODULE, room)
    desk.override(CODE, automatic_of(desk, CODE).id, 0.5, "Right but for one bead.", "Ann", 0)
    text = changed(hand_ins[FINCH], tmp_path / "2.zip", text="Other words.", minutes=1)
    (row,) = marking.mark([text], room).rows
    assert (row.questions[1].points, row.questions[1].needs_manual_marking) == (0.5, False), "the code is the same"
    code = changed(text, tmp_path / "3.zip", code="first = 3\ntotal = first + 6", minutes=2)
    (row,) = marking.mark([code], room).rows
    assert row.questions[1].points == 0
    (remark,) = [one for one in row.remarks if "Ann" in one]
    assert "0.5 points" in remark and "Right but for one bead." in remark and "no longer count" in remark
    one = automatic_of(desk, CODE)
    assert one.override is None and one.remark == remark and one.revision == 0
    assert desk.override(CODE, one.id, 0.25, "Still close.", "Bob", 0).revision == 2
    assert marking.results(MODULE, room, [FINCH])[0].questions[1].points == 0.25


def test_marks_come_back_into_a_gradebook_that_was_lost(room, hand_ins):
    desk = RoomDesk(MODULE, room)
    desk.record(TEXT, script_of(desk), level(2, "Good"), 0)
    desk.override(CHOICE, automatic_of(desk, CHOICE).id, 1, "It can be read in two ways.", "Ann", 0)
    for lost in (room / "gradebook.db", room / "release", room / "marks" / MODULE / FINCH / "hand-in.json"):
        shutil.rmtree(lost) if lost.is_dir() else lost.unlink()
    (row,) = marking.mark([hand_ins[FINCH]], room).rows
    assert [one.points for one in row.questions] == [1, 0, 2]
    assert in_gradebook(room) == (2, False, "Good")


def test_marks_of_the_first_edition_are_read_and_can_be_taken_back(room):
    """Those files had neither revisions nor a word about the gradebook."""
    first = {
        "levels": {"Concreteness": 1},
        "points": 1.0,
        "comment": "Why?",
        "marker": "Ann",
        "time": "2026-03-01T10:00:00Z",
        "answer": kept.fingerprint(WORDS),
    }
    second = {**first, "levels": {"Concreteness": 2}, "points": 2.0, "comment": "", "earlier": [first]}
    file = room / "marks" / MODULE / FINCH / f"{TEXT}.json"
    file.write_text(json.dumps(second), encoding="utf-8")
    given_in_nbgrader(room, 2.0)
    desk = RoomDesk(MODULE, room)
    assert desk.mark(TEXT, script_of(desk)).revision == 2
    before = Mark({"Concreteness": 1}, "Why?", "Ann", "2026-03-01T10:00:00Z", revision=1)
    assert desk.undo(TEXT, script_of(desk), "Bob", 2) == before
    assert in_gradebook(room) == (1, False, "Why?")
    undone = rubric.read(room, MODULE, FINCH, TEXT)["earlier"][0]["taken_back"]
    assert undone["marker"] == "Bob" and undone["time"] > "2026"


# -- what people type --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "Ann\nBob", "Ann\x00", "Ann\u202eboB", "Ann\u2028Bob"])
def test_a_mark_needs_the_name_of_its_marker(desk, room, name):
    for attempt in (
        lambda: desk.record(TEXT, script_of(desk), level(1, "", name), 0),
        lambda: desk.override(CODE, automatic_of(desk, CODE).id, 1, "Why not.", name, 0),
    ):
        with pytest.raises(CourseError, match="name") as caught:
            attempt()
        assert caught.value.exit_status == 2
    assert in_gradebook(room) == (0, True, None)


def test_names_are_trimmed_and_may_be_in_any_script(desk):
    assert desk.record(TEXT, script_of(desk), level(1, "", "  Zoë O’Brien-Łoś "), 0).marker == "Zoë O’Brien-Łoś"


def test_a_comment_comes_back_as_it_was_typed(room, desk):
    typed = "Well seen.\r\n\r\n<b>Who</b> counts? 'Quotes' \\ “and” 🙂\r\n"
    expected = "Well seen.\n\n<b>Who</b> counts? 'Quotes' \\ “and” 🙂"
    assert desk.record(TEXT, script_of(desk), level(1, typed), 0).comment == expected
    assert in_gradebook(room)[2] == expected
    with pytest.raises(CourseError, match="characters"):
        desk.record(TEXT, script_of(desk), level(1, "x" * 20_001), 1)


@pytest.mark.parametrize("points", [-0.01, 1.01, float("nan"), float("inf"), True, "1", None])
def test_points_out_of_range_are_refused(desk, room, points):
    with pytest.raises(CourseError, match="from 0 to 1"):
        desk.override(CODE, automatic_of(desk, CODE).id, points, "Why not.", "Ann", 0)
    assert in_gradebook(room, CODE)[0] == 0


def test_points_in_place_of_the_courses_own_need_a_reason(desk, room):
    with pytest.raises(CourseError, match="reason"):
        desk.override(CODE, automatic_of(desk, CODE).id, 1, " \n ", "Ann", 0)
    assert in_gradebook(room, CODE)[0] == 0


def test_points_are_kept_to_two_decimals(desk):
    assert desk.override(CODE, automatic_of(desk, CODE).id, 1 / 3, "A third.", "Ann", 0).points == 0.33


def test_looking_writes_nothing(room, desk):
    desk.record(TEXT, script_of(desk), level(2), 0)

    def everything():
        with sqlite3.connect(room / "gradebook.db") as database:
            rows = "\n".join(database.iterdump())
        files = {path: path.stat().st_mtime_ns for path in (room / "marks").rglob("*.json")}
        return rows, files

    desk.summary()  # everybody has a number now
    before = everything()
    marking.results(MODULE, room)
    again = RoomDesk(MODULE, room)
    again.beside(TEXT, script_of(again))
    again.automatic(script_of(again))
    again.summary()
    assert everything() == before
