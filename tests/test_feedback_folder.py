"""Feedback laid out to be sent: complete, listed, and never in place of what somebody else put there."""

import csv
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from faulty.hand_ins.make import SMALL, Course

from researchskills import marking
from researchskills.errors import CourseError
from researchskills.marking.feedback_folder import CHANGED, COLUMNS, MANIFEST, LaidOut, Parcel, lay_out, write

PAGE, PAPER = "99-sound--steady-finch.html", "99-sound--steady-finch.docx"


def parcel(learner="steady-finch", content=b"well done", ending="html", module=SMALL):
    return Parcel(learner, module, f"{module}--{learner}.{ending}", content, "2026-11-29T10:00:00Z", "complete")


def listed(folder):
    with (folder / MANIFEST).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def fingerprint(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def everything(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    before = os.environ.get("RESEARCHSKILLS_ROOT")
    course = Course(tmp_path_factory.mktemp("course"))
    course.answer("steady-finch", {"m99-q1-piles": "right", "m99-q3-words": "They count twice."}, SMALL)
    course.answer("silent-finch", {}, SMALL)
    course.answer_all()
    marking.mark([course.hand_in(one, SMALL) for one in ("steady-finch", "silent-finch")], course.root / "room")
    shutil.copytree(course.root / "room", course.root / "unmarked room")
    yield course.root / "room"
    os.environ.pop("RESEARCHSKILLS_ROOT")
    if before:
        os.environ["RESEARCHSKILLS_ROOT"] = before


def test_each_learner_has_a_folder_and_the_list_tells_what_is_in_it(room, tmp_path):
    pages = marking.feedback(SMALL, room, send_to=tmp_path / "to send")
    folder = tmp_path / "to send"
    assert sorted(pages) == [folder / "silent-finch/99-sound--silent-finch.html", folder / "steady-finch" / PAGE]
    assert (folder / MANIFEST).read_bytes().startswith(b"\xef\xbb\xbf"), "Excel knows by this that it is UTF-8"
    entries = listed(folder)
    assert [entry["file"] for entry in entries] == [
        "silent-finch/99-sound--silent-finch.docx",
        "silent-finch/99-sound--silent-finch.html",
        f"steady-finch/{PAPER}",
        f"steady-finch/{PAGE}",
    ]
    for entry in entries:
        file = folder / entry["file"]
        assert tuple(entry) == COLUMNS
        assert entry["sha256"] == fingerprint(file) and int(entry["size"]) == file.stat().st_size
        assert entry["module"] == SMALL and entry["file"].startswith(f"{entry['learner']}/")
        assert entry["time of the marks"].endswith("Z")
    said = {entry["learner"]: entry["complete"] for entry in entries}
    assert said == {"silent-finch": "complete", "steady-finch": "1 question is still to be marked"}
    assert sorted(everything(folder)) == sorted([MANIFEST, *(entry["file"] for entry in entries)])


def test_again_changes_nothing_and_a_new_mark_replaces_only_what_it_concerns(room, tmp_path):
    marking.feedback(SMALL, room, send_to=tmp_path)
    before = everything(tmp_path)
    times = {name: (tmp_path / name).stat().st_mtime_ns for name in before}
    marking.feedback(SMALL, room, send_to=tmp_path)
    assert everything(tmp_path) == before
    assert {name: (tmp_path / name).stat().st_mtime_ns for name in before} == times
    marking.record(room, "steady-finch", SMALL, "m99-q3-words", {"Concreteness": 3}, "Well seen.", "A mentor")
    marking.feedback(SMALL, room, send_to=tmp_path)
    after = everything(tmp_path)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {MANIFEST, f"steady-finch/{PAGE}", f"steady-finch/{PAPER}"}
    assert {entry["complete"] for entry in listed(tmp_path)} == {"complete"}


def test_a_file_that_somebody_changed_is_kept_and_named(room, tmp_path):
    marking.feedback(SMALL, room, send_to=tmp_path)
    (tmp_path / "steady-finch" / PAPER).write_bytes(b"with a word of my own")
    (tmp_path / "silent-finch/99-sound--silent-finch.html").unlink()
    done = write(SMALL, room, send_to=tmp_path)
    assert done.changed == (f"steady-finch/{PAPER}",) and done.problem == "", "to change it is allowed"
    assert (tmp_path / "steady-finch" / PAPER).read_bytes() == b"with a word of my own"
    assert (tmp_path / "silent-finch/99-sound--silent-finch.html").exists(), "all others are written"
    assert len(done.pages) == len(done.documents) == 2
    # It stands in the list as it is now, and is recognised the next time as well, and when it is changed once more.
    for words in (b"with a word of my own", b"with two words"):
        (tmp_path / "steady-finch" / PAPER).write_bytes(words)
        assert write(SMALL, room, send_to=tmp_path).changed == (f"steady-finch/{PAPER}",)
        entries = {entry["file"]: entry for entry in listed(tmp_path)}
        assert all(entry["sha256"] == fingerprint(tmp_path / place) for place, entry in entries.items())
        assert entries[f"steady-finch/{PAPER}"]["size"] == str(len(words))
        assert {place for place, entry in entries.items() if entry[CHANGED]} == {f"steady-finch/{PAPER}"}
        assert (tmp_path / "steady-finch" / PAPER).read_bytes() == words
    # Moved away, it is the course's own again.
    (tmp_path / "steady-finch" / PAPER).rename(tmp_path / "mine.docx")
    assert write(SMALL, room, send_to=tmp_path).changed == ()
    assert {entry[CHANGED] for entry in listed(tmp_path)} == {""}


def test_what_was_changed_in_another_module_stands_in_the_list_as_it_is(tmp_path):
    lay_out([parcel(module="00-start-here")], tmp_path)
    other = tmp_path / "steady-finch" / "00-start-here--steady-finch.html"
    other.write_bytes(b"with a word of my own")
    assert lay_out([parcel()], tmp_path) == LaidOut()
    entries = {entry["module"]: entry for entry in listed(tmp_path)}
    assert entries["00-start-here"]["sha256"] == fingerprint(other) and entries["00-start-here"][CHANGED] == "yes"
    assert lay_out([parcel(module="00-start-here", content=b"newer")], tmp_path).changed == (
        "steady-finch/00-start-here--steady-finch.html",
    )
    assert other.read_bytes() == b"with a word of my own"


def test_a_list_from_before_changes_were_noted_is_gone_on_with(tmp_path):
    lay_out([parcel(content=b"first")], tmp_path)
    lines = (tmp_path / MANIFEST).read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].endswith(f",{CHANGED}") and lines[1].endswith(",")
    older = [lines[0].removesuffix(f",{CHANGED}"), lines[1].removesuffix(",")]
    (tmp_path / MANIFEST).write_text("\r\n".join(older))
    assert lay_out([parcel(content=b"second")], tmp_path) == LaidOut()
    assert (tmp_path / "steady-finch" / PAGE).read_bytes() == b"second"


def course(*words):
    """The command, as a mentor runs it."""
    command = [sys.executable, "-m", "researchskills.cli", "feedback", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_says_where_what_is_open_and_what_to_do(room, tmp_path):
    folder = tmp_path / "to send"
    room = room.with_name("unmarked room")
    first = course("99", "--room", room, "--send-to", folder)
    assert first.returncode == 0, first.stderr
    assert first.stdout.splitlines() == [
        str(folder / "silent-finch/99-sound--silent-finch.html"),
        str(folder / "steady-finch" / PAGE),
        f"2 pages and 2 Word files are in {folder}; each Word file lies beside its page, under the same name.",
        f"All files are listed in {folder / MANIFEST}.",
        f"Not complete yet; to go on marking: course review 99 --room {room}",
        "• steady-finch: 1 question still to be marked",
        "Read one before you send them.",
    ]
    (folder / "steady-finch" / PAPER).write_bytes(b"with a word of my own")
    kept = course("99", "--room", room, "--send-to", folder)
    assert kept.returncode == 0 and str(folder / "steady-finch" / PAGE) in kept.stdout
    assert (
        f"Kept as you changed them since, without what may be new in the marks:\n• steady-finch/{PAPER}\n"
        in kept.stdout
    )
    # What was never the course's is another thing: the rest is told all the same.
    (folder / "silent-finch/99-sound--silent-finch.html").unlink()
    (folder / "silent-finch/99-sound--silent-finch.html").mkdir()
    in_the_way = course("99", "--room", room, "--send-to", folder)
    assert in_the_way.returncode == 1 and str(folder / "steady-finch" / PAGE) in in_the_way.stdout
    assert "1 page and 2 Word files" in in_the_way.stdout and "Read one before" in in_the_way.stdout
    assert "at “silent-finch/99-sound--silent-finch.html” lies something of somebody else's" in in_the_way.stderr


def test_a_file_in_place_of_the_folder_is_called_a_file(room, tmp_path):
    file = tmp_path / "FINAL.docx"
    file.write_bytes(b"mine")
    for place in (file, file / "to send"):
        with pytest.raises(
            CourseError, match=r"FINAL\.docx is a file, and not a folder to send from\. Nothing"
        ) as told:
            marking.feedback(SMALL, room, send_to=place)
        assert told.value.exit_status == 2
    assert everything(tmp_path) == {"FINAL.docx": b"mine"}


def test_a_folder_of_the_room_or_of_the_course_is_refused(room, tmp_path):
    root = room.parent
    before = everything(root / "solutions")
    for place in (room, room / "feedback", root, root / "solutions", root / "course" / SMALL / "new"):
        with pytest.raises(CourseError, match="Nothing was written there") as told:
            marking.feedback(SMALL, room, send_to=place)
        assert told.value.exit_status == 2
        assert not (place / MANIFEST).exists()
    assert everything(root / "solutions") == before
    (tmp_path / "link").symlink_to(room)
    with pytest.raises(CourseError, match="belongs to the marking room"):
        marking.feedback(SMALL, room, send_to=tmp_path / "link")
    marking.feedback(SMALL, room, send_to=root / "to send")
    marking.feedback(SMALL, room, send_to=root / "to send")
    shutil.rmtree(root / "to send")


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_somebody_who_has_no_learner_code_in_the_gradebook_gets_no_folder(room, tmp_path):
    """nbgrader's own tools take any name, also one that leads out of the folder."""
    from researchskills.marking.room import gradebook

    with gradebook(room) as book:
        book.add_student("../jo bloggs")
        book.add_submission(SMALL, "../jo bloggs")
    try:
        with pytest.raises(CourseError, match="“../jo bloggs” is no learner code"):
            marking.feedback(SMALL, room, send_to=tmp_path / "to send")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["to send"]
        assert sorted(path.name for path in (tmp_path / "to send").iterdir()) == [
            MANIFEST,
            "silent-finch",
            "steady-finch",
        ]
    finally:
        with gradebook(room) as book:
            book.remove_student("../jo bloggs")


@pytest.mark.parametrize("where", ["file", "folder", "link", "link for a folder", "file for a folder"])
def test_whatever_somebody_else_put_there_is_left_alone(tmp_path, where):
    folder, own = tmp_path / "to send", tmp_path / "own"
    own.mkdir()
    (own / PAGE).write_bytes(b"mine")
    place = folder / "steady-finch"
    folder.mkdir()
    if where == "link for a folder":
        place.symlink_to(own)
    elif where == "file for a folder":
        place.write_bytes(b"mine")
    else:
        place.mkdir()
        if where == "file":
            (place / PAGE).write_bytes(b"mine")
        elif where == "folder":
            (place / PAGE).mkdir()
        else:
            (place / PAGE).symlink_to(own / PAGE)
    before = everything(tmp_path)
    assert lay_out([parcel(), parcel("amber-wren")], folder) == LaidOut(in_the_way=(f"steady-finch/{PAGE}",))
    after = everything(tmp_path)
    assert {name: after[name] for name in before} == before
    assert [entry["learner"] for entry in listed(folder)] == ["amber-wren"]


@pytest.mark.parametrize("linked", [PAGE, ""], ids=["page", "folder"])
def test_what_was_sent_and_is_kept_elsewhere_through_a_link_is_not_replaced(tmp_path, linked):
    folder = tmp_path / "to send"
    lay_out([parcel(content=b"first")], folder)
    place, elsewhere = folder / "steady-finch" / linked, tmp_path / "elsewhere"
    place.rename(elsewhere)
    place.symlink_to(elsewhere)
    assert lay_out([parcel(content=b"second")], folder) == LaidOut(in_the_way=(f"steady-finch/{PAGE}",))
    assert place.is_symlink() and (folder / "steady-finch" / PAGE).read_bytes() == b"first"


def test_other_modules_and_notes_in_the_list_stay(tmp_path):
    lay_out([parcel(module="00-start-here"), parcel("amber-wren")], tmp_path)
    # Somebody adds a column in Excel, with an accent, and saves it in its old way.
    text = (tmp_path / MANIFEST).read_text(encoding="utf-8-sig").splitlines()
    noted = [f"{text[0]},sent", *(f"{line},à Zoë" for line in text[1:])]
    (tmp_path / MANIFEST).write_bytes("\r\n".join(noted).encode("cp1252"))
    assert lay_out([parcel("amber-wren", b"newer"), parcel("steady-finch")], tmp_path) == LaidOut()
    assert [(entry["learner"], entry["module"], entry["sent"]) for entry in listed(tmp_path)] == [
        ("amber-wren", SMALL, "à Zoë"),
        ("steady-finch", "00-start-here", "à Zoë"),
        ("steady-finch", SMALL, ""),
    ]


@pytest.mark.parametrize(
    "content",
    [b"", b"name,mark\njo,3\n", b"\xff\xfe\x00", b'learner,"module', b"PK\x03\x04 a workbook"],
    ids=["empty", "another list", "no text", "cut off", "workbook"],
)
def test_a_list_that_the_course_did_not_write_is_left_alone(tmp_path, content):
    (tmp_path / MANIFEST).write_bytes(content)
    with pytest.raises(CourseError, match="is not a list that the course wrote. Nothing was changed."):
        lay_out([parcel()], tmp_path)
    assert everything(tmp_path) == {MANIFEST: content}


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises(CourseError, match="cannot be made"):
        lay_out([parcel()], tmp_path / "file" / "to send")
    assert everything(tmp_path) == {"file": b"mine"}


def run(code, *words):
    head = """
import resource, sys
from pathlib import Path
from researchskills.marking.feedback_folder import LaidOut, Parcel, lay_out
folder = Path(sys.argv[1])
def parcels(letter, size=2000, number=200):
    for one in range(number):
        name = f"99-sound--finch-{one}.html"
        yield Parcel(f"finch-{one}", "99-sound", name, letter * size, "2026-11-29T10:00:00Z", "complete")
"""
    return [sys.executable, "-c", head + code, *map(str, words)]


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are set differently there")
def test_too_little_room_on_the_disk_is_one_sentence_and_no_file_is_half(tmp_path):
    lay_out([parcel(content=b"old")], tmp_path)
    before = everything(tmp_path)
    code = f"""
resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
big = Parcel("steady-finch", "{SMALL}", "{PAGE}", b"x" * 5000, "2026-11-29T10:00:00Z", "complete")
try:
    lay_out([big], folder)
except Exception as problem:
    print(type(problem).__name__, problem)
"""
    said = subprocess.run(run(code, tmp_path), capture_output=True, text=True, check=True).stdout
    assert said.startswith(f"CourseError “{PAGE}” could not be written: there is not enough room for it.")
    assert said.count("\n") == 1
    after = everything(tmp_path)
    assert set(after) == set(before) and after[f"steady-finch/{PAGE}"] == b"old"
    # With room again it goes on: the older file is still known as the course's own.
    assert lay_out([parcel(content=b"x" * 5000)], tmp_path) == LaidOut()
    assert [entry["size"] for entry in listed(tmp_path)] == ["5000"]


@pytest.mark.skipif(sys.platform == "win32", reason="a process is stopped differently there")
def test_killed_at_any_moment_it_leaves_whole_files_and_goes_on_the_next_time(tmp_path):
    subprocess.run(run("lay_out(parcels(b'a'), folder)", tmp_path), check=True)
    for letter in "bcd":
        process = subprocess.Popen(
            run(f"print(flush=True); lay_out(parcels(b'{letter}'), folder)", tmp_path), stdout=subprocess.PIPE
        )
        process.stdout.readline()
        newest = tmp_path / "finch-40/99-sound--finch-40.html"
        while newest.read_bytes()[:1] != letter.encode():
            assert process.poll() is None, "it ended and left files of the last time as if they were somebody's own"
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        contents = [path.read_bytes() for path in tmp_path.glob("*/*.html")]
        assert len(contents) == 200 and all(len(one) == 2000 and len(set(one)) == 1 for one in contents)
        assert len({one[:1] for one in contents}) > 1, "it was killed while it was writing"
    subprocess.run(run("assert lay_out(parcels(b'e'), folder) == LaidOut()", tmp_path), check=True)
    files = sorted(path.name for path in tmp_path.rglob("*") if path.is_file())
    assert files == sorted([MANIFEST, *(f"99-sound--finch-{one}.html" for one in range(200))])
    assert len(listed(tmp_path)) == 200
    assert all(entry["sha256"] == fingerprint(tmp_path / entry["file"]) for entry in listed(tmp_path))
