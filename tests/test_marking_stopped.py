"""Marking that is stopped, killed, crowded or out of room: nothing is lost, nothing is half, the next run goes on.

Every marker here is a process of its own, with a real gradebook, real kernels and real signals. What is right is what
an uninterrupted run comes to. The moments are random, and the same each time.
"""

import random
import signal
import subprocess
import time
from contextlib import contextmanager, suppress

import psutil
import pytest
import small_room
from marker import Marker, fill, is_whole, points, stop
from small_room import CODE, MODULE, TEXT

from researchskills import marking
from researchskills.errors import CourseError
from researchskills.marking import rubric

pytestmark = pytest.mark.slow
RIGHT, WRONG = "first = 3\ntotal = first + 4", "total = 8"
SLOW = f"import time\ntime.sleep(0.5)\n{RIGHT}"
#: With some of these a run cannot be ready before it is stopped, however fast the machine is.
LASTING = f"import time\ntime.sleep(4)\n{RIGHT}"
#: Exit statuses for which a shell says 130. Python ends by the signal where it came while a library was in `exec`.
STOPPED = (130, -signal.SIGINT)
WORDS = "The rota is kept twice, by two people who never meet."
#: What learners of the small module get: the choice is right, the text waits for a mentor.
CHOICE_RIGHT = (1.0, None, False)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    with small_room.course_in(tmp_path_factory.mktemp("course")) as root:
        yield root


@pytest.fixture(scope="module")
def base(course):
    return small_room.handed_in(course, "base-hand-in", True, WORDS, RIGHT)


def some(number: int) -> dict[str, str]:
    """Learners and their code: right, wrong and slow in turn."""
    return {f"learner-{count:02}": (RIGHT, WRONG, SLOW)[count % 3] for count in range(number)}


def expected(codes: dict[str, str]) -> dict:
    """What the gradebook comes to; points are those of tests/faulty/sources/sound."""
    return {
        learner: {
            small_room.CHOICE: CHOICE_RIGHT,
            CODE: (0.0 if code == WRONG else 1.0, None, False),
            TEXT: (None, None, True),
        }
        for learner, code in codes.items()
    }


@pytest.fixture(scope="module")
def inbox(course, base):
    return fill(course / "inbox", base, some(30))


@pytest.fixture(scope="module")
def few(course, base):
    return fill(course / "few", base, some(12))


def half_marked(room, codes: dict[str, str]) -> dict:
    """Learners who have neither all points of their hand-in nor none."""
    right = expected(codes)
    nothing = dict.fromkeys(right["learner-00"], (None, None))
    found = {learner: {name: grade[:2] for name, grade in one.items()} for learner, one in points(room).items()}
    whole = {learner: {name: grade[:2] for name, grade in one.items()} for learner, one in right.items()}
    return {learner: one for learner, one in found.items() if one and one not in (nothing, whole[learner])}


def test_a_run_that_is_stopped_at_any_moment_is_whole_and_goes_on(course, base):
    """Ctrl and C in a terminal, an interrupt of the process alone, a request to end, a power cut, a closed window."""
    codes = some(12) | {f"slowest-{count}": LASTING for count in range(3)}
    inbox = fill(course / "lasting", base, codes)
    room, moments = course / "stopped room", random.Random(7)
    ways = ["ctrl-c", "terminate", "kill", "interrupt", "hang-up", "kill"]
    for count, how in enumerate(ways):
        with Marker(inbox, room) as marker:
            # At first somewhere in the preparation, then while hand-ins are run.
            began = marker.is_in_its_room if count < 2 else lambda marker=marker: marker.kernels()["kernel"]
            assert marker.wait_for(began), marker.end()
            time.sleep(moments.uniform(0, 1.2))
            assert marker.process.poll() is None, "it was ready before it could be stopped"
            seconds = stop(marker, how)
            said, complaint = marker.end()
            if how == "kill":
                # Nothing can tidy up after it, but nothing goes on running either.
                assert marker.still_running() == []
            else:
                assert marker.left_behind() == []
                assert marker.process.returncode in STOPPED
                assert complaint.strip().endswith(
                    "Stopped. What was finished is kept; run the command again to go on."
                ), complaint
                assert said == ""
                assert seconds < 6, "on a quiet machine it takes one"
        if (room / "gradebook.db").exists():
            assert is_whole(room)
            assert half_marked(room, codes) == {}
    with Marker(inbox, room) as marker:
        said, complaint = marker.end()
        assert (marker.process.returncode, complaint) == (0, ""), said
    assert points(room) == expected(codes)
    assert list(room.rglob("*.unfinished")) == [] and list(room.rglob("*.tmp")) == []


def test_whatever_process_is_killed_costs_nobody_a_point(inbox, course):
    """A kernel, what keeps it, what watches it, the fork server, its walls, a worker: each at a random moment."""
    room, moments = course / "killed room", random.Random(11)
    killed = []
    with Marker(inbox, room) as marker:
        for name in ("kernel", "keeper", "watchman", "worker", "server", "bubblewrap"):
            found = marker.wait_for(lambda name=name: victims(marker, name))
            assert found, f"no {name} before the end"
            time.sleep(moments.uniform(0, 0.3))
            one = moments.choice(victims(marker, name) or found)
            try:
                one.kill()
                killed.append(name)
            except psutil.NoSuchProcess:
                continue  # it had ended by itself
        said, complaint = marker.end()
        assert (marker.process.returncode, complaint) == (0, ""), (said, (room / "marking.log").read_text()[-3000:])
        assert marker.left_behind() == []
    assert len(killed) >= 4
    assert points(room) == expected(some(30))


def victims(marker, name: str) -> list[psutil.Process]:
    """Processes of one kind; a kernel is one only after it was shut in."""
    if name == "worker":
        return [one for one in psutil.Process(marker.process.pid).children() if one.name() != "bwrap"]
    return marker.kernels()[name]


def test_two_cannot_mark_in_one_room(few, course, base):
    room, two = course / "crowded room", course / "two"
    fill(two, base, some(2))
    with Marker(few, room) as first:
        assert first.wait_for(lambda: points(room))
        # It is kept waiting, or it could be ready before the second has started.
        paused = victims(first, "worker")
        for worker in paused:
            worker.suspend()
        with Marker(two, room) as second:
            said, complaint = second.end()
            assert (second.process.returncode, said) == (1, "")
            assert complaint.strip() == (
                f"Somebody else is marking in {room}. Nothing was changed. Wait until they have finished."
            )
            assert second.left_behind() == []
        for worker in paused:
            worker.resume()
        first.end()
        assert first.process.returncode == 0
    assert points(room) == expected(some(12))


def test_marks_that_a_mentor_gives_meanwhile_are_kept(course, base):
    """Hand-ins come again with other code and the same text, while a mentor marks that text."""
    codes = some(12)
    room, again = course / "shared room", course / "again"
    fill(course / "at first", base, codes)
    marking.mark([course / "at first"], room)
    newer = small_room.changed(base, course / "newer.zip", minutes=30)
    fill(again, newer, dict.fromkeys(codes, RIGHT))
    given, level = {}, 0
    with Marker(again, room) as marker:
        while marker.process.poll() is None:
            for learner in codes:
                level = (level + 1) % 4
                # “Try again in a moment” is an answer; a mark that is said to be kept and is not would be none.
                try:
                    given[learner] = rubric.record(room, learner, MODULE, TEXT, {"Concreteness": level}, "", "Ann")
                except CourseError as problem:
                    assert "Nothing was recorded" in str(problem) or "Nothing was changed" in str(problem)
            time.sleep(0.05)
        assert marker.process.returncode == 0, marker.end()
    right = expected(dict.fromkeys(codes, RIGHT))
    assert set(given) == set(codes)
    assert points(room) == {learner: {**one, TEXT: (None, given[learner], False)} for learner, one in right.items()}


# -- no room on the disk -----------------------------------------------------------------------------


@contextmanager
def small_disk(place, size: str):
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], capture_output=True)
    if done.returncode:
        pytest.skip("only the system's administrator can make a small disk")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)


def fill_up(file):
    with suppress(OSError), file.open("wb", buffering=0) as film:
        while film.write(bytes(4096)):
            pass


def test_a_disk_that_fills_up_stops_marking_in_one_sentence(few, course):
    with small_disk(course / "small disk", "12m") as disk:
        room = disk / "room"
        blocker = disk / "film.mp4"
        with Marker(few, room) as marker:
            assert marker.wait_for(lambda: len(points(room)) > 1)
            fill_up(blocker)
            said, complaint = marker.end()
            assert (marker.process.returncode, said) == (1, "")
            assert complaint.count("\n") == 1 and "ree some space" in complaint
            assert "Traceback" not in complaint and "inside the course" not in complaint
            assert marker.left_behind() == []
        blocker.unlink()
        assert is_whole(room) and half_marked(room, some(12)) == {}
        with Marker(few, room) as marker:
            said, complaint = marker.end()
            assert (marker.process.returncode, complaint) == (0, ""), said
        assert points(room) == expected(some(12))
        assert list(room.rglob("*.unfinished")) == [] and list(room.rglob("*.tmp")) == []
