"""Many hand-ins in one run: nothing grows with their number, nothing is left over, and whoever waits sees how long.

benchmarks/marking_many.py measures the same with 300.
"""

import json
import os
import pty
import re
import select

import psutil
import pytest
import small_room
from marker import Marker, fill, points

pytestmark = pytest.mark.slow
NUMBER = 30
RIGHT = "total = 7"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    with small_room.course_in(tmp_path_factory.mktemp("course")) as root:
        yield root


@pytest.fixture(scope="module")
def base(course):
    return small_room.handed_in(course, "base-hand-in", True, "Two people keep the rota.", RIGHT)


@pytest.fixture(scope="module")
def few(course, base):
    return fill(course / "few", base, {f"learner-{count}": RIGHT for count in range(3)})


def files_below(folder) -> int:
    # Files come and go meanwhile, which `os.walk` takes in its stride.
    return sum(len(folders) + len(files) for _, folders, files in os.walk(folder))


def test_nothing_grows_with_the_number_of_hand_ins(course, base):
    inbox = fill(course / "many", base, {f"learner-{count:02}": RIGHT for count in range(NUMBER)})
    room, seen = course / "room of many", {}
    with Marker(inbox, room) as marker:
        process = psutil.Process(marker.process.pid)

        def counted():
            done = len(list(room.glob("marks/*/*/hand-in.json")))
            if done and done not in seen:
                seen[done] = (process.num_fds(), process.num_threads(), files_below(marker.temporary))
            return done == NUMBER

        marker.wait_for(counted)
        said, complaint = marker.end()
        assert (marker.process.returncode, complaint) == (0, ""), said
        assert marker.left_behind() == []
    assert len(points(room)) == NUMBER
    early = [one for done, one in seen.items() if 4 <= done <= 12]
    late = [one for done, one in seen.items() if done >= NUMBER - 8]
    for what, before, after in zip(("open files", "threads", "temporary files"), zip(*early), zip(*late)):
        # Hand-ins that are being run have more or fewer files; what is left behind raises the least that there are.
        most = min if what == "temporary files" else max
        # One more or less is the moment at which it was looked at.
        assert most(after) <= most(before) + 5, (what, seen)
    assert max(files for files, _, _ in seen.values()) < 100
    assert max(threads for _, threads, _ in seen.values()) < 30


def test_whoever_looks_at_a_terminal_sees_what_is_run_and_how_long_it_takes(course, few):
    ours, theirs = pty.openpty()
    shown = b""
    with Marker(few, course / "watched room", output=theirs) as marker:
        os.close(theirs)
        while select.select([ours], [], [], 60)[0]:
            try:
                shown += os.read(ours, 65536)
            except OSError:  # its end, as Linux tells it
                break
        assert marker.process.wait(20) == 0
    os.close(ours)
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())
    bar = plain.partition("Marks")[0]
    assert "Marking" in bar and "learner-1, 99-sound" in bar
    assert "0/3" in bar and "2/3" in bar
    assert re.search(r"\d:\d\d:\d\d", bar), "the time that is left"


def test_a_program_that_reads_gets_nothing_but_the_result(course, few):
    with Marker(few, course / "read room", "--json") as marker:
        said, complaint = marker.end()
    assert complaint == ""
    result = json.loads(said)
    assert [row["learner"] for row in result["rows"]] == ["learner-0", "learner-1", "learner-2"]
    assert said.count("\n") == 1
    with Marker(few, course / "read room") as marker:
        said, complaint = marker.end()
    assert complaint == "" and "Marking" not in said and "\x1b" not in said and "\r" not in said
