"""Marking real hand-ins: everyone gets the right points or one plain sentence, and nobody touches another's.

The hand-ins are made from the real first module (see `faulty/hand_ins/make.py`) and marked in one batch with the
real nbgrader, its real gradebook and real kernels. Points are those that stand in solutions/00-start-here; its
question on code is worth 2, and the text that a mentor marks 12.
"""

import json
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest
from faulty.hand_ins import make
from faulty.hand_ins.make import REAL, SMALL, Course, cell
from nbformat.v4 import new_code_cell

from researchskills import marking
from researchskills.errors import CourseError
from researchskills.marking import autograde, collect, replay, rubric, workers
from researchskills.marking.replay import points_of
from researchskills.marking.room_desk import RoomDesk
from researchskills.source import read_module

CODE = "m00-q8-run"
TEXT = "m00-q14-fit"
RIGHT_CODE = "people_found = 112"
RIGHT = {"*": "right"}
STUBBORN = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"


def copied_and_deleted(cells):
    """What happens when somebody drags and pastes without looking."""
    copy = nbformat.from_dict(json.loads(json.dumps(cell(cells, "m00-q2-map"))))
    copy.id = "copied"
    answer = nbformat.from_dict(json.loads(json.dumps(cell(cells, f"{CODE}-answer"))))
    answer.id, answer.source = "copied-too", "people_found = ..."
    kept = [one for one in cells if one.metadata.get("nbgrader", {}).get("grade_id") not in ("m00-q1-groups",)]
    return [answer, *kept, copy]


def locked_cells_changed(cells):
    for one in cells:
        name = one.metadata.get("nbgrader", {}).get("grade_id", "")
        if name.startswith("m00-q") and one.metadata.nbgrader.get("grade"):
            one.source = "1000.0"
            one.metadata.nbgrader.points = 1000
            one.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "1000.0"})]


def helper_above(cells):
    place = cells.index(cell(cells, f"{CODE}-answer"))
    cells.insert(place, new_code_cell("half = 56"))
    cells.insert(place + 1, new_code_cell("import warnings; warnings.warn('careful'); check = score = 5"))


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    import os

    before = os.environ.get("RESEARCHSKILLS_ROOT")
    made = Course(tmp_path_factory.mktemp("a course"))
    everything_right = (
        "all-right",
        "changed-locks",
        "endless-loop",
        "output-flood",
        "syntax-error",
        "copied-cells",
        "helper-cells",
        "dead-kernel",
        "huge-answer",
        "stubborn-loop",
        "no-number",
    )
    for learner in everything_right:
        made.answer(learner, RIGHT)
        made.code(learner, RIGHT_CODE)
    made.workspace("all-empty")
    made.answer(
        "partly-right",
        {
            "m00-q1-groups": "half",
            "m00-q5-barriers-order": "wrong",
            "m00-q7-trent": "right",
            "m00-q9-gap": "wrong",
            "m00-q10-share": "right",
            "m00-q13-hear": "right",
            TEXT: "   \n ",
        },
    )
    made.code("partly-right", "people_found = 44")
    made.answer_all()
    made.edit("changed-locks", locked_cells_changed)
    made.edit("copied-cells", copied_and_deleted)
    made.edit("helper-cells", helper_above)
    made.code("helper-cells", "people_found = 2 * half")
    made.code("endless-loop", "while True:\n    pass")
    made.code("stubborn-loop", STUBBORN)
    made.code("output-flood", f"for _ in range(60): print('x' * 1_000_000)\n{RIGHT_CODE}")
    made.code("syntax-error", "people_found = = 112")
    made.code("dead-kernel", "import os; os._exit(1)")
    made.code("no-number", "people_found = float('nan')")
    yield made
    os.environ.pop("RESEARCHSKILLS_ROOT")
    if before:
        os.environ["RESEARCHSKILLS_ROOT"] = before


@pytest.fixture(scope="module")
def batch(course):
    """All hand-ins in one folder, good and bad, as a mentor's inbox has them."""
    inbox = course.root / "inbox"
    inbox.mkdir()
    for place in (course.root / "learners").iterdir():
        shutil.copy(course.hand_in(place.name), inbox)
    right = inbox / f"{REAL}--all-right.zip"

    def forged(files):
        files["module.json"] = b'{"questions": {}}'
        files["answers/m00-q9-gap.json"] = files["answers/m00-q9-gap.json"].replace(b'"tries": 0', b'"points": 99')
        notebook = json.loads(files["exercises.ipynb"])
        notebook["metadata"]["score"] = 1000
        files["exercises.ipynb"] = json.dumps(notebook).encode()

    def huge(files):
        answer = json.loads(files["answers/m00-q9-gap.json"])
        answer["shown"] = "x" * 5_000_000
        files["answers/m00-q9-gap.json"] = json.dumps(answer).encode()
        files["answers/m00-q10-share.json"] = b"[" * 100_000
        files["answers/M00 Q11.json"] = files["answers/../../x.json".replace("../../x", "m00-q13-hear")]

    for learner, change in (("changed-locks", forged), ("huge-answer", huge)):
        path = inbox / f"{REAL}--{learner}.zip"
        make.repacked(path, path.with_suffix(".new"), change).replace(path)
    slashed = inbox / f"{REAL}--helper-cells.zip"
    make.repacked(
        slashed,
        slashed.with_suffix(".new"),
        lambda files: {f"my work\\{name.replace('/', chr(92))}": text for name, text in files.items()},
    ).replace(slashed)

    make.truncated(right, inbox / "truncated.zip")
    make.damaged_inside(right, inbox / "damaged.zip")
    make.with_member(right, inbox / "climbing.zip", "../../evil.py")
    make.with_member(right, inbox / "climbing-windows.zip", "..\\evil.py")
    make.with_member(right, inbox / "absolute.zip", "/tmp/evil.py")
    make.with_member(right, inbox / "drive.zip", "C:\\evil.py")
    make.with_doubled_name(right, inbox / "doubled.zip")
    make.with_link(right, inbox / "link.zip")
    make.bomb(right, inbox / "bomb.zip")
    make.lying_bomb(right, inbox / "lying-bomb.zip")
    make.word_file(inbox / "essay.docx")
    (inbox / "notes.txt").write_text("Dear mentor, please find attached")
    (inbox / "empty folder").mkdir()
    make.repacked(right, inbox / f"{REAL}--somebody-else.zip", lambda files: None)
    make.repacked(right, inbox / "no-name.zip", lambda files: files.pop("receipt.json") and None)
    make.repacked(
        right,
        inbox / "unknown-module.zip",
        lambda files: files.update({"receipt.json": files["receipt.json"].replace(REAL.encode(), b"77-weaving")}),
    )
    small = json.dumps(
        {"metadata": {"researchskills": {"module": SMALL}}, "cells": [], "nbformat": 4, "nbformat_minor": 5}
    ).encode()
    make.repacked(right, inbox / "wrong-module.zip", lambda files: files.update({"exercises.ipynb": small}))
    return inbox


@pytest.fixture(scope="module")
def room(course):
    return course.root / "marking room"


@pytest.fixture(scope="module")
def result(batch, room):
    return marking.mark([batch], room, timeout=6)


@pytest.fixture(scope="module")
def rows(result):
    return {row.learner: row for row in result.rows if row.learner}


@pytest.fixture(scope="module")
def refused(result):
    return {Path(row.hand_in).name: row.problem for row in result.rows if not row.learner}


def points(row, question):
    return next(one.points for one in row.questions if one.question == question)


@pytest.fixture(scope="module")
def most(course):
    questions = read_module(course.root / "solutions" / REAL).questions.values()
    return sum(question.points for question in questions if question.marked_by == "course")


def test_the_model_answer_gets_all_points_that_the_course_gives(rows, most):
    row = rows["all-right"]
    assert row.points == most
    assert row.problem is None and row.remarks == ()
    assert [one.question for one in row.questions if one.needs_manual_marking] == [TEXT]
    assert points(row, TEXT) is None
    assert row.max_points == most + 12
    numbers = [int(one.question.split("-")[1][1:]) for one in row.questions]
    assert numbers == sorted(numbers), "in the order of the page"


def test_a_blank_notebook_gets_no_points_and_keeps_no_mentor_busy(rows):
    row = rows["all-empty"]
    assert [one.points for one in row.questions] == [0] * len(row.questions)
    assert row.needs_manual_marking == 0
    assert row.problem is None


def test_parts_that_are_right_get_their_share(rows, course):
    row = rows["partly-right"]
    lines = len(read_module(course.root / "solutions" / REAL).questions["m00-q1-groups"].key["pairs"])
    expected = round(5 * (lines // 2) / lines, 2)
    assert points(row, "m00-q1-groups") == expected
    assert points(row, "m00-q5-barriers-order") == 0
    assert points(row, "m00-q7-trent") == 3
    assert points(row, CODE) == 0
    assert points(row, "m00-q9-gap") == 0
    assert points(row, "m00-q10-share") == 2
    assert points(row, "m00-q13-hear") == 1
    assert points(row, "m00-q2-map") == 0


def test_a_text_of_spaces_is_nothing_handed_in(rows, room):
    mark = next(one for one in rows["partly-right"].questions if one.question == TEXT)
    assert (mark.points, mark.needs_manual_marking) == (0, False)
    with pytest.raises(CourseError, match="wrote nothing"):
        marking.record(room, "partly-right", REAL, TEXT, levels(0), "", "mentor")


@pytest.mark.parametrize("learner", ["changed-locks", "copied-cells", "helper-cells", "output-flood"])
def test_nothing_but_answers_decides_about_points(learner, rows, most):
    """Changed tests, forged scores, copies, backslashes in names, floods of output: the same points as without."""
    assert rows[learner].points == most
    assert rows[learner].problem is None


def test_the_mentor_is_told_what_was_changed(rows):
    assert any("earlier edition, and have been put back" in remark for remark in rows["changed-locks"].remarks)
    remarks = " ".join(rows["copied-cells"].remarks)
    assert "were copied" in remarks and "were deleted" in remarks
    assert "Run, change, read" in remarks
    assert any("Changed after the receipt" in remark for remark in rows["changed-locks"].remarks)


@pytest.mark.parametrize(
    ("learner", "word"),
    [
        ("endless-loop", "did not end in time"),
        ("stubborn-loop", "did not end in time"),
        ("dead-kernel", "stopped the program"),
    ],
)
def test_code_that_never_ends_or_kills_its_kernel_costs_only_its_own_question(learner, word, rows, most):
    row = rows[learner]
    assert points(row, CODE) == 0
    assert row.points == most - 2
    assert word in row.problem


def test_a_mentor_can_read_code_that_did_not_end(room, rows):
    stopped = {one.code: one.stopped for one in RoomDesk(REAL, room).learners()}
    assert stopped["endless-loop"] == ("while True:\n    pass",)
    assert stopped["all-right"] == ()


def test_code_with_a_syntax_error_costs_only_its_own_question(rows, most):
    assert points(rows["syntax-error"], CODE) == 0
    assert rows["syntax-error"].points == most - 2
    assert rows["syntax-error"].problem is None


def test_a_result_that_is_no_number_is_told_as_what_it_is(room, rows, most):
    assert rows["no-number"].points == most - 2
    answer = json.loads((room / "autograded" / "no-number" / REAL / "answers" / f"{CODE}.json").read_bytes())
    assert answer["state"]["answer"] == "nan"


def test_output_is_cut_before_it_fills_the_disk(room, rows):
    file = room / "autograded" / "output-flood" / REAL / "exercises.ipynb"
    assert file.stat().st_size < 3_000_000


def test_an_answer_that_cannot_be_read_is_named_and_the_others_count(rows, most):
    row = rows["huge-answer"]
    assert "m00-q9-gap" in row.problem and "too much" in row.problem
    assert "m00-q10-share" in row.problem and "damaged" in row.problem
    assert row.points == most - 1 - 2


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("truncated.zip", "damaged or incomplete"),
        ("damaged.zip", "damaged or incomplete"),
        ("climbing.zip", "outside its own folder"),
        ("climbing-windows.zip", "outside its own folder"),
        ("absolute.zip", "outside its own folder"),
        ("drive.zip", "outside its own folder"),
        ("doubled.zip", "two files called exercises.ipynb"),
        ("link.zip", "link to another file"),
        ("bomb.zip", "too much to be opened"),
        ("lying-bomb.zip", "damaged or incomplete"),
        ("essay.docx", "not a hand-in"),
        ("notes.txt", "not a hand-in"),
        ("empty folder", "is empty"),
        (f"{REAL}--somebody-else.zip", "Please find out whose it is"),
        ("no-name.zip", "does not say whose it is"),
        ("unknown-module.zip", "77-weaving"),
        ("wrong-module.zip", SMALL),
    ],
)
def test_what_is_no_hand_in_gets_one_plain_sentence(name, words, refused):
    assert words in refused[name]
    assert "Error" not in refused[name] and "Traceback" not in refused[name]


def test_nothing_else_is_refused_and_nothing_was_written_outside(refused, course, rows):
    assert len(refused) == 17
    assert not list(course.root.parent.rglob("evil.py")) and not Path("/tmp/evil.py").exists()
    assert len(rows) == 13


def test_the_result_can_be_read_by_a_program(result):
    read = json.loads(json.dumps(result.as_dict()))
    assert read["exit_status"] == 1
    assert len(read["problems"]) == len(result.problems)
    assert {
        "learner",
        "module",
        "points",
        "max_points",
        "questions",
        "needs_manual_marking",
        "problem",
    } <= set(read["rows"][0])


def gradebook_as_text(room):
    with sqlite3.connect(room / "gradebook.db") as database:
        return "\n".join(database.iterdump())


def test_marking_twice_gives_the_same_gradebook_and_the_same_result(batch, room, result):
    before = gradebook_as_text(room)
    assert marking.mark([batch], room, timeout=6) == result
    assert gradebook_as_text(room) == before


def test_times_are_utc_in_the_gradebook(room, rows):
    with sqlite3.connect(room / "gradebook.db") as database:
        (stored,) = database.execute(
            "select timestamp from submitted_assignment where student_id = 'all-right'"
        ).fetchone()
    stated = datetime.fromisoformat(rows["all-right"].time)
    assert datetime.fromisoformat(stored).replace(tzinfo=UTC) == stated
    assert abs((datetime.now(UTC) - stated).total_seconds()) < 3600


def levels(level):
    return {row["criterion"]: level for row in rubric.rubric_of(REAL, TEXT)}


def test_a_mentors_mark_counts_and_earlier_ones_are_kept(course, room, result):
    assert marking.record(room, "helper-cells", REAL, TEXT, levels(1), "First thoughts", "Mentor A") == 4
    assert marking.record(room, "helper-cells", REAL, TEXT, levels(2), "Second thoughts", "Mentor B") == 8
    (row,) = marking.results(REAL, room, ["helper-cells"])
    assert points(row, TEXT) == 8
    assert row.needs_manual_marking == 0
    assert rubric.read(room, REAL, "helper-cells", TEXT)["earlier"][0]["comment"] == "First thoughts"


@pytest.mark.parametrize("wrong", [{}, {"Clarity": 1}, {"*": 9}, {"*": True}, {"*": -1}, {"*": 1.5}])
def test_levels_that_do_not_fit_the_rubric_are_refused(room, result, wrong):
    given = levels(wrong["*"]) if "*" in wrong else wrong
    with pytest.raises(CourseError) as caught:
        marking.record(room, "all-right", REAL, TEXT, given, "", "mentor")
    assert caught.value.exit_status == 2


def test_a_path_that_does_not_exist_is_wrong_usage(tmp_path, course):
    with pytest.raises(CourseError) as caught:
        marking.mark([tmp_path / "nothing.zip"], tmp_path / "room")
    assert caught.value.exit_status == 2
    assert not (tmp_path / "room").exists()


# -- one learner, several hand-ins, in a room of the small module ------------------------------------


@pytest.fixture(scope="module")
def small(course):
    """Three hand-ins of one learner: right, then worse, then with other words."""
    learner = "changing-mind"
    course.answer(learner, {"m99-q1-piles": "right", "m99-q3-words": "Words that a mentor will read."}, SMALL)
    course.answer_all()
    course.code(learner, "first = 3\ntotal = first + 4", "m99-q2-code", SMALL)
    folder = course.root / "small inbox"
    folder.mkdir()

    def dated(name, time, change=lambda files: None):
        def both(files):
            receipt = json.loads(files["receipt.json"])
            files["receipt.json"] = json.dumps({**receipt, "time": time}).encode()
            change(files)

        return make.repacked(course.hand_in(learner, SMALL), folder / f"{name}.zip", both)

    def worse(files):
        del files["answers/m99-q1-piles.json"]

    def other_words(files):
        answer = json.loads(files["answers/m99-q3-words.json"])
        answer["state"]["answer"] = answer["shown"] = "Quite different words."
        files["answers/m99-q3-words.json"] = json.dumps(answer).encode()

    return {
        "first": dated("first", "2026-03-01T10:00:00Z"),
        # 10:30 in British summer time is 9:30 UTC, so it is older than the first although it reads as newer.
        "older": dated("older", "2026-03-01T10:30:00+01:00", worse),
        "newer": dated("newer", "2026-03-02T09:00:00Z", other_words),
        "future": dated("future", "2066-03-02T09:00:00Z"),
    }


def test_the_newest_hand_in_counts_by_utc_and_none_is_lost(course, small, tmp_path):
    room = tmp_path / "room"
    full = {"Concreteness": 3}
    assert marking.mark([small["first"]], room).rows[0].points == 2
    marking.record(room, "changing-mind", SMALL, "m99-q3-words", full, "Well seen.", "mentor")

    (row,) = marking.mark([small["older"]], room).rows
    assert row.points == 5, "an older hand-in changes nothing, and the mentor's mark stays"
    assert any("newer hand-in counts" in remark for remark in row.remarks)

    (row,) = marking.mark([small["newer"], small["first"]], room).rows
    assert row.points == 2, "the mark was about other words"
    assert row.needs_manual_marking == 1
    assert row.time == "2026-03-02T09:00:00Z"
    assert len(list((room / "hand-ins" / "changing-mind" / SMALL).iterdir())) == 3
    assert rubric.read(room, SMALL, "changing-mind", "m99-q3-words")["levels"] == full


def test_a_receipt_from_the_future_does_not_count_for_ever(course, small):
    hand_in = collect.read(small["future"])
    assert hand_in.time < datetime.now(UTC).replace(year=2060)
    assert any("future" in remark for remark in hand_in.remarks)


def test_a_folder_can_be_marked_like_a_zip_file(course, small, tmp_path):
    unpacked = tmp_path / "changing-mind"
    shutil.unpack_archive(small["first"], unpacked)
    hand_in = collect.read(next(collect.candidates([unpacked])))
    assert (hand_in.learner, hand_in.module) == ("changing-mind", SMALL)
    (unpacked / "answers" / "m99-q1-piles.json").unlink()
    (unpacked / "answers" / "m99-q1-piles.json").symlink_to("/etc/passwd")
    with pytest.raises(collect.UnusableError, match="link"):
        collect.read(unpacked)


def test_an_answer_to_an_earlier_wording_is_reported_with_what_it_said(course, small, tmp_path):
    def change(files):
        answer = json.loads(files["answers/m99-q1-piles.json"])
        answer["state"]["answer"], answer["shown"] = "no-longer-offered", "Those in the third pile"
        files["answers/m99-q1-piles.json"] = json.dumps(answer).encode()

    (row,) = marking.mark([make.repacked(small["first"], tmp_path / "old.zip", change)], tmp_path / "room").rows
    assert points(row, "m99-q1-piles") == 0
    assert "Which piles count?" in row.problem and "Those in the third pile" in row.problem


def test_a_hand_in_is_marked_by_the_edition_that_the_room_began_with(course, small, tmp_path):
    room = tmp_path / "room"
    marking.mark([small["first"]], room)
    page = course.root / "solutions" / SMALL / "exercises.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("m99-q1-piles", "m99-q1-heaps"), encoding="utf-8")
    try:
        (row,) = marking.mark([small["newer"]], room).rows
    finally:
        page.write_text(text, encoding="utf-8")
    assert row.points == 2 and "your course has changed" in row.remarks[-1]
    assert marking.mark([small["newer"]], room).rows[0].points == 2


def test_one_hand_in_that_fails_leaves_the_others_alone(course, small, tmp_path):
    room = tmp_path / "room"
    (room / "autograded").mkdir(parents=True)
    (room / "autograded" / "other-learner").write_text("a file where nbgrader needs a folder")
    other = make.repacked(small["first"], tmp_path / "other.zip", make.of_learner("other-learner"))
    rows = {row.learner: row for row in marking.mark([other, small["first"]], room).rows}
    assert rows["changing-mind"].points == 2
    assert rows["other-learner"].points is None
    assert "marking.log" in rows["other-learner"].problem


def test_two_people_cannot_mark_in_one_room_at_once(course, small, tmp_path):
    from filelock import FileLock

    with FileLock(tmp_path / ".marking.lock"), pytest.raises(CourseError, match="Somebody else is marking"):
        marking.mark([small["first"]], tmp_path)


def test_a_check_without_a_number_is_not_marked_instead_of_full_points():
    """nbgrader gives full points to a cell without a result, and none to one that warns."""

    def run(*outputs):
        metadata = {"nbgrader": {"grade_id": "q", "points": 2, "grade": True}}
        return new_code_cell("score()", outputs=list(outputs), metadata=metadata)

    def number(text):
        return nbformat.v4.new_output("execute_result", {"text/plain": text})

    warning = nbformat.v4.new_output("stream", name="stderr", text="DeprecationWarning")
    assert points_of(run()) is None
    assert points_of(run(warning)) is None
    assert points_of(run(warning, number("2.0"))) == 2
    assert points_of(run(number("0.67"))) == 0.67
    assert points_of(run(number("3.0"))) is None
    assert points_of(run(number("nan"))) is None
    assert points_of(run(number("None"))) is None
    assert points_of(run(number("1.0"), nbformat.v4.new_output("error", ename="E", evalue="", traceback=[]))) is None


def test_a_question_that_gets_no_points_is_tried_again_and_then_reported(course, small, tmp_path, monkeypatch):
    runs = []
    original = workers.Workers.begin

    def counted(*given):
        runs.append(given)
        return original(*given)

    monkeypatch.setattr(workers.Workers, "begin", counted)
    # A check that ends without a number, as it would when a busy machine loses its answer.
    monkeypatch.setattr(replay, "points_of", lambda cell: None)
    monkeypatch.setattr(autograde, "points_of", lambda cell: None)
    room = tmp_path / "room"
    result = marking.mark([small["first"]], room)
    assert len(runs) == 2
    assert result.rows[0].points is None
    assert "Not marked" in result.rows[0].problem and result.exit_status == 1
    monkeypatch.undo()
    assert marking.mark([small["first"]], room).rows[0].points == 2, "what could not be marked is tried again"


def test_alembic_is_found_without_help_from_the_shell(course, small, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert marking.mark([small["first"]], tmp_path / "room").rows[0].points == 2
    assert shutil.which("alembic")


def test_the_learners_code_sees_no_secrets_of_the_marker(course, small, tmp_path, monkeypatch):
    monkeypatch.setenv("MARKER_TOKEN", "secret-token")
    home = str(Path.home())
    spy = f"import os\ntotal = 0 if 'MARKER_TOKEN' in os.environ or os.path.expanduser('~') == {home!r} else 7"

    def change(files):
        notebook = nbformat.reads(files["exercises.ipynb"].decode(), as_version=4)
        cell(notebook.cells, "m99-q2-code-answer").source = spy
        files["exercises.ipynb"] = nbformat.writes(notebook).encode()

    path = make.repacked(small["first"], tmp_path / "spy.zip", change)
    assert points(marking.mark([path], tmp_path / "room").rows[0], "m99-q2-code") == 1
