"""What comes in, and the folder it goes to: nothing is lost, littered or left half-written, whatever happens.

Hand-ins come from a real workspace; disks that are full, programs that are killed and gradebooks that are locked
are real too.
"""

import json
import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from faulty.hand_ins import make
from faulty.hand_ins.make import SMALL, Course

from researchskills import build, hand_in, marking
from researchskills.errors import CourseError
from researchskills.marking import collect
from researchskills.marking.room import gradebook, look_at, plainly, prepare

WREN = "quiet-wren"


@pytest.fixture(scope="module", autouse=True)
def course(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RESEARCHSKILLS_ROOT", "")
        made = Course(tmp_path_factory.mktemp("course"), only_small=True)
        made.answer(WREN, {"m99-q1-piles": "right", "m99-q3-words": "First words."}, SMALL)
        made.answer_all()
        yield made


@pytest.fixture(scope="module")
def own(course):
    return course.hand_in(WREN, SMALL)


@pytest.fixture
def room(tmp_path):
    return tmp_path / "room"


@pytest.fixture
def now():
    """When the test began, and not when the first of all tests did."""
    return datetime.now(UTC).replace(microsecond=0)


def stamp(time):
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"


def dated(own, path, when, words="First words.", file_date=None):
    change = make.changed(make.with_receipt(time=when), make.with_words(words))
    make.repacked(own, path, change)
    if file_date is not None:
        os.utime(path, (file_date, file_date))
    return path


def counting(room):
    folder = collect.newest(room, WREN, SMALL)
    return json.loads((folder / "answers" / "m99-q3-words.json").read_bytes())["shown"]


def tree(folder):
    """All files below a folder with their content."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


# -- several hand-ins of one learner, and clocks -------------------------------------------------------


def test_the_same_work_handed_in_twice_is_one_hand_in_and_other_work_is_another(own, room, tmp_path):
    first = dated(own, tmp_path / "1.zip", "2026-01-01T10:00:00Z")
    again = dated(own, tmp_path / "2.zip", "2026-01-02T10:00:00Z")
    other = dated(own, tmp_path / "3.zip", "2026-01-03T10:00:00Z", "Other words.")
    back = dated(own, tmp_path / "4.zip", "2026-01-04T10:00:00Z")
    collect.collect([first, again], room)
    assert len(list((room / "hand-ins" / WREN / SMALL).iterdir())) == 1
    collect.collect([other], room)
    assert counting(room) == "Other words."
    collect.collect([back], room)
    assert counting(room) == "First words.", "who goes back to earlier words means them"
    assert len(list((room / "hand-ins" / WREN / SMALL).iterdir())) == 3
    before = tree(room)
    collect.collect([back, other, again, first], room)
    assert tree(room) == before


@pytest.mark.parametrize("ahead", [timedelta(minutes=20), timedelta(hours=20), timedelta(days=400)])
def test_a_clock_that_is_fast_does_not_keep_later_work_from_counting(own, room, tmp_path, ahead, now):
    """Collected at once; an hour later the learner, whose clock is right again, hands in better work."""
    hour_ago = (now - timedelta(hours=1)).timestamp()
    fast = dated(own, tmp_path / "fast.zip", stamp(now + ahead), "Early words.", hour_ago)
    found, _ = collect.collect([fast], room)
    [(_, hand_in)] = found[SMALL, WREN]
    assert hand_in.time == now - timedelta(hours=1)
    assert any("in the future" in remark for remark in hand_in.remarks)
    collect.collect([dated(own, tmp_path / "right.zip", stamp(now - timedelta(minutes=1)), "Late words.")], room)
    assert counting(room) == "Late words."


def test_two_hand_ins_with_one_fast_clock_keep_their_order(own, room, tmp_path, now):
    same_date = (now - timedelta(hours=1)).timestamp()
    later = dated(own, tmp_path / "a.zip", stamp(now + timedelta(hours=21)), "Late words.", same_date)
    earlier = dated(own, tmp_path / "b.zip", stamp(now + timedelta(hours=20)), "Early words.", same_date)
    collect.collect([later, earlier], room)
    assert counting(room) == "Late words."


def test_dates_that_no_calendar_has_are_replaced_by_now_at_the_latest(own, room, tmp_path, now):
    far = (now + timedelta(days=9000)).timestamp()
    for number, (when, file_date) in enumerate(
        [(stamp(now + timedelta(days=2)), far), ("9999-12-31T23:59:59-23:00", far), ("0001-01-01T00:00:00+23:00", far)]
    ):
        hand_in = collect.read(dated(own, tmp_path / f"{number}.zip", when, f"Words {number}.", file_date))
        assert now <= hand_in.time <= datetime.now(UTC)


def test_a_clock_that_begins_in_1970_is_not_believed(own, tmp_path, now):
    arrived = now - timedelta(days=3)
    hand_in = collect.read(dated(own, tmp_path / "a.zip", "1970-01-01T00:10:00Z", file_date=arrived.timestamp()))
    assert hand_in.time == arrived
    assert "Its receipt is dated in 1970" in hand_in.remarks[-1]


def test_times_of_day_in_other_zones_are_compared_as_utc(own, room, tmp_path):
    # 23:30 in Auckland is 10:30 UTC of the same day in the southern summer; 10:45 UTC is later.
    collect.collect(
        [
            dated(own, tmp_path / "a.zip", "2026-01-05T23:30:00+13:00", "In Auckland."),
            dated(own, tmp_path / "b.zip", "2026-01-05T10:45:00Z", "In Leeds."),
        ],
        room,
    )
    assert counting(room) == "In Leeds."


def test_a_hand_in_is_never_dated_before_the_one_it_follows(course, now):
    """The computer's clock was two hours fast at the first hand-in, and is right at the second."""
    course.workspace("fast-wren")
    first = course.hand_in("fast-wren", SMALL)
    ahead = now + timedelta(hours=2)
    make.repacked(first, first.with_suffix(".new"), make.with_receipt(time=stamp(ahead))).replace(first)
    receipt = hand_in.hand_in(course.workspace("fast-wren"), SMALL)
    assert receipt.time == ahead + timedelta(seconds=1)


def test_work_can_be_packed_on_a_computer_that_believes_it_is_1970():
    packed = hand_in._zipped({"answers/a.json": b"{}"}, datetime(1970, 1, 1, tzinfo=UTC))
    assert packed.startswith(b"PK")


# -- odd files ----------------------------------------------------------------------------------------


def test_names_in_any_script_and_bytes_that_are_no_text_are_no_trouble(own, room, tmp_path):
    inbox = tmp_path / "Eingang – 受信箱 🌱"
    inbox.mkdir()
    names = [
        "Zoë’s arbeit – α.zip",
        "é decomposed e\u0301.zip",
        "right\u202eto left.zip",
        "line\nbreak.zip",
        "x" * 240 + ".zip",
    ]
    for number, name in enumerate(names):
        make.repacked(own, inbox / name, make.with_receipt(learner=f"wren-{number}"))
    no_text = os.fsencode(inbox) + b"/broken\xff name.zip"
    shutil.copy(own, Path(os.fsdecode(no_text)))
    found, refused = collect.collect(collect.candidates([inbox]), room)
    assert refused == [] and len(found) == len(names) + 1
    for ones in found.values():
        for _, one in ones:
            json.dumps(one.name, ensure_ascii=False).encode()  # it can be written down


def test_a_folder_that_is_deep_and_long_is_read(own, room, tmp_path):
    deep = tmp_path
    for letter in "abcde":
        deep = deep / (letter * 200)
    deep.mkdir(parents=True)
    shutil.copy(own, deep)
    found, _ = collect.collect(collect.candidates([tmp_path / ("a" * 200)]), room)
    assert len(found) == 1


def test_a_path_longer_than_any_is_wrong_usage():
    with pytest.raises(CourseError, match="There is no file") as caught:
        list(collect.candidates([Path("a" * 5000)]))
    assert caught.value.exit_status == 2


def test_zip_files_in_a_zip_file_are_told_to_be_unpacked(own, room, tmp_path):
    attachments = tmp_path / "attachments.zip"
    make.repacked(own, attachments, lambda files: {"one.zip": own.read_bytes(), "two.ZIP": own.read_bytes()})
    _, [refused] = collect.collect([attachments], room)
    assert "other zip files in it" in refused.sentence and "unpack" in refused.sentence


def test_a_pipe_does_not_hold_everything_up(own, room, tmp_path):
    os.mkfifo(tmp_path / "pipe.zip")
    found, [refused] = collect.collect([tmp_path / "pipe.zip", own], room)
    assert refused.sentence == "This is not a file." and len(found) == 1


def test_a_marking_room_in_the_folder_is_not_collected_again(own, tmp_path):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    shutil.copy(own, inbox)
    prepare(SMALL, inbox / "room")
    collect.collect(collect.candidates([inbox]), inbox / "room")
    before = tree(inbox)
    found, refused = collect.collect(collect.candidates([inbox]), inbox / "room")
    assert refused == [] and len(found[SMALL, WREN]) == 1
    assert tree(inbox) == before


# -- the folder is no room ----------------------------------------------------------------------------


def test_somebodys_documents_are_left_alone(room, own):
    room.mkdir()
    (room / "letter.docx").write_text("Dear all")
    (room / "hand-ins").mkdir()
    with pytest.raises(CourseError, match=r"not a marking room.*letter\.docx") as caught:
        look_at(room)
    assert caught.value.exit_status == 2
    assert sorted(path.name for path in room.iterdir()) == ["hand-ins", "letter.docx"]


def test_an_empty_folder_a_new_one_and_a_real_room_are_fine(room):
    look_at(room)
    assert not room.exists()
    room.mkdir()
    look_at(room)
    prepare(SMALL, room)
    before = tree(room)
    look_at(room)
    assert tree(room) == before


def test_a_file_is_no_room(room):
    room.write_text("notes")
    with pytest.raises(CourseError, match="is a file") as caught:
        look_at(room)
    assert caught.value.exit_status == 2


@pytest.fixture(scope="module")
def another_course(tmp_path_factory):
    """The gradebook of a statistics course, as nbgrader makes it."""
    from nbgrader.api import Gradebook

    file = tmp_path_factory.mktemp("statistics") / "gradebook.db"
    build.nbgrader_config(file.parent)  # so that nbgrader finds its programs
    with Gradebook(f"sqlite:///{file}", "statistics-101") as book:
        book.add_assignment("ps1")
    return file


def nothing_else(file):
    pass


def with_our_name_but_other_modules(file):
    with sqlite3.connect(file) as database:
        database.execute("update course set id = 'research-at-the-interface' where id = 'statistics-101'")
        database.execute("update assignment set course_id = 'research-at-the-interface'")


def newer_nbgrader(file):
    with sqlite3.connect(file) as database:
        database.execute("update alembic_version set version_num = 'ffffffffffff'")


def older_nbgrader(file):
    with sqlite3.connect(file) as database:
        database.execute("update alembic_version set version_num = '724cde206c17'")


def another_database(file):
    file.unlink()
    with sqlite3.connect(file) as database:
        database.execute("create table recipes (name text)")


def no_database(file):
    file.write_bytes(b"Not a database at all, but longer than a header. " * 100)


def torn(file):
    content = bytearray(file.read_bytes())
    content[1000:9000] = bytes(8000)
    file.write_bytes(content)


@pytest.mark.parametrize(
    ("spoil", "words", "status"),
    [
        (nothing_else, "belongs to another course", 2),
        (with_our_name_but_other_modules, "belongs to another course", 2),
        (newer_nbgrader, "made by a newer nbgrader", 1),
        (older_nbgrader, "made by an older nbgrader", 1),
        (another_database, "holds something else than marks", 2),
        (no_database, "is not a gradebook, or is damaged", 1),
        (torn, "is not a gradebook, or is damaged", 1),
    ],
)
def test_a_gradebook_that_is_not_ours_is_left_as_it_is(another_course, room, spoil, words, status):
    room.mkdir()
    shutil.copy(another_course, room)
    spoil(room / "gradebook.db")
    before = tree(room)
    with pytest.raises(CourseError, match=words) as caught:
        look_at(room)
    assert caught.value.exit_status == status
    assert "Nothing was changed" in str(caught.value)
    assert tree(room) == before


LOCK = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.execute("begin exclusive")
print("locked", flush=True)
sys.stdin.read()
"""


def test_a_gradebook_that_another_program_holds_is_said_and_left(room, monkeypatch):
    prepare(SMALL, room)
    before = tree(room)
    monkeypatch.setattr("researchskills.marking.room.PATIENCE", 0.5)  # its pace, not its behaviour
    command = [sys.executable, "-c", LOCK, str(room / "gradebook.db")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "locked\n"
        with pytest.raises(CourseError, match=r"Another program is writing in .*gradebook\.db"):
            look_at(room)
        with pytest.raises(CourseError, match="Another program is writing"), plainly(room), gradebook(room) as book:
            book.db.connection().connection.execute("pragma busy_timeout = 300")
            book.add_student("somebody")
        holder.stdin.close()
    look_at(room)
    assert tree(room) == before


@pytest.fixture
def read_only():
    """Makes a folder one that can only be read, for the administrator of the computer too."""
    mounted = []

    def make_read_only(folder):
        if os.geteuid():
            folder.chmod(0o555)
            for file in folder.iterdir():
                file.chmod(0o555)
            return
        for options in ("bind", "remount,ro,bind"):
            if subprocess.run(["mount", "-o", options, folder, folder], capture_output=True).returncode:
                pytest.skip("this computer lets nobody mount anything")
            mounted[:] = [folder]

    yield make_read_only
    for folder in mounted:
        subprocess.run(["umount", folder], check=True)


def test_a_room_that_may_not_be_written_is_said(course, room, read_only):
    prepare(SMALL, room)
    before = tree(room)
    read_only(room)
    with pytest.raises(CourseError, match=r"gradebook\.db cannot be written to\. Nothing was changed"):
        look_at(room)
    assert tree(room) == before


# -- the disk is full, the program is killed ----------------------------------------------------------


@pytest.fixture
def inbox(own, tmp_path):
    """Forty learners' hand-ins."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    for number in range(40):
        change = make.changed(make.with_receipt(learner=f"wren-{number}"), make.with_words(f"Words {number}."))
        make.repacked(own, folder / f"{number}.zip", change)
    return folder


def whole(room):
    """Every hand-in that stands in the room is whole: its name has the digest of its files."""
    folders = list(room.glob("hand-ins/*/*/*"))
    for folder in folders:
        assert not folder.name.startswith("."), folder
        assert folder.name.endswith(collect.HandIn(folder, "", "", datetime.now(UTC), tree(folder)).digest)
    assert not list(room.rglob("*.tmp"))
    return len(folders)


@pytest.fixture
def disk(tmp_path):
    """A folder that is a disk of its own: `disk(kilobytes)` makes it, or makes it larger."""
    place = tmp_path / "small disk"
    place.mkdir()
    made = []

    def sized(kilobytes):
        options = f"remount,size={kilobytes}k" if made else f"size={kilobytes}k"
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], capture_output=True)
        if done.returncode:
            pytest.skip("only the administrator of a Linux computer can make a small disk")
        made.append(kilobytes)
        return place

    yield sized
    if made:
        subprocess.run(["umount", "--lazy", place], check=True)


def test_a_full_disk_leaves_nothing_half_written_and_the_next_run_goes_on(inbox, disk):
    room = disk(300) / "room"
    with pytest.raises(CourseError, match="No space left on device") as caught, plainly(room):
        collect.collect(collect.candidates([inbox]), room)
    assert "mark again" in str(caught.value)
    first = whole(room)
    assert 0 < first < 40
    disk(20_000)
    found, refused = collect.collect(collect.candidates([inbox]), room)
    assert len(found) == whole(room) == 40 and refused == []


@pytest.mark.slow
@pytest.mark.parametrize("kilobytes", [40, 200, 260])
def test_a_disk_that_is_full_at_a_later_stage_of_marking_is_said_and_the_next_run_goes_on(own, disk, kilobytes):
    """While the gradebook is made, while it gets its first rows, while points are written."""
    room = disk(kilobytes) / "room"
    try:
        [row] = marking.mark([own], room, trust=True).rows
        assert kilobytes > 200 and (row.problem or row.points == 1), "only the last step may get through"
    except CourseError as problem:
        assert re.search("No space left on device|no room left where the gradebook", str(problem))
    assert whole(room) <= 1
    disk(50_000)
    [row] = marking.mark([own], room, trust=True).rows
    assert row.points == 1 and row.problem is None


def limited():
    resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))


def test_a_file_that_may_not_grow_leaves_nothing_half_written(inbox, room, course):
    code = (
        "import sys; from pathlib import Path; from researchskills.marking import collect, room\n"
        "try:\n with room.plainly(Path(sys.argv[2])): collect.collect(collect.candidates([Path(sys.argv[1])]), "
        "Path(sys.argv[2]))\nexcept room.CourseError as problem: print(problem)"
    )
    done = subprocess.run([sys.executable, "-c", code, inbox, room], capture_output=True, text=True, preexec_fn=limited)
    assert "could not be written" in done.stdout and "File too large" in done.stdout, done.stderr
    assert whole(room) == 0


COLLECT = """
import sys
from pathlib import Path
from researchskills.marking import collect
inbox, room = map(Path, sys.argv[1:])
print("ready", flush=True)
collect.collect(collect.candidates([inbox]), room)
print("done", flush=True)
"""


def test_a_run_that_is_killed_at_any_moment_is_continued_by_the_next(inbox, tmp_path):
    whole_room, killed_room = tmp_path / "whole", tmp_path / "killed"
    begun = time.monotonic()
    expected = collect.collect(collect.candidates([inbox]), whole_room)
    took = time.monotonic() - begun
    stages = set()
    for share in (0.1, 0.25, 0.4, 0.55, 0.7, 0.85):
        command = [sys.executable, "-c", COLLECT, inbox, killed_room]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
            assert running.stdout.readline() == "ready\n"
            time.sleep(took * share / 2)  # later runs find part of the work done
            running.kill()
        stages.add(len(list(killed_room.glob("hand-ins/*/*/[0-9]*"))))
    assert any(0 < stage < 40 for stage in stages), f"it was never stopped half-way: {stages}"
    found, refused = collect.collect(collect.candidates([inbox]), killed_room)
    assert (len(found), refused) == (len(expected[0]), expected[1])
    assert tree(killed_room) == tree(whole_room)


def test_three_hundred_hand_ins_are_collected_without_filling_the_memory(own, room, tmp_path):
    import tracemalloc

    folder = tmp_path / "many"
    folder.mkdir()
    large = "x" * 200_000
    for number in range(300):
        change = make.changed(make.with_receipt(learner=f"wren-{number}"), make.with_words(f"{large}{number}"))
        make.repacked(own, folder / f"{number}.zip", change)
    tracemalloc.start()
    found, refused = collect.collect(collect.candidates([folder]), room)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found) == 300 and refused == []
    # Together they hold 120 MB, because an answer has its words twice.
    assert most < 20_000_000
