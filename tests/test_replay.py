"""What running a hand-in comes to: the same shut in, not shut in, with kernels that start cold, and in nbgrader itself.

The hand-ins are of a dozen kinds, made from the real modules (see varied_hand_ins.py). What they come to in
`nbgrader autograde` is the measure; its points and outputs are not computed by anything of the course.
"""

import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager

import nbformat
import pytest
import small_room
from marker import Marker, fill, points
from small_room import CODE
from stock_nbgrader import checked_points, command_for, compared
from varied_hand_ins import outputs_of, varied

from researchskills import build
from researchskills.kernels.sandbox import ForkServer, NotShutInError
from researchskills.marking.autograde import points_of
from researchskills.marking.replay import replay
from researchskills.marking.room import NOTEBOOK, prepare

pytestmark = pytest.mark.slow
#: One module, and as many hand-ins as give a dozen kinds and all four ways of answering.
MODULES, NUMBER = ("00-start-here",), 12
#: A kernel that starts cold takes seconds, so fewer are tried with those.
SOME = 4
TIMEOUT = 20


@pytest.fixture(scope="module")
def inbox(tmp_path_factory):
    build.nbgrader_config(tmp_path_factory.mktemp("unused"))  # puts this environment's programs on PATH
    return varied(tmp_path_factory.mktemp("varied"), NUMBER, endless=0, modules=MODULES)


@pytest.fixture(scope="module")
def stock(inbox, tmp_path_factory):
    """A function that lets nbgrader mark what was marked in another room."""

    def mark(room, folder):
        other, home = folder / "stock", folder / "home"
        home.mkdir()
        for module in MODULES:
            prepare(module, other)
        shutil.copytree(room / "submitted", other / "submitted")
        for module in MODULES:
            command, variables = command_for(other, module, TIMEOUT, home)
            done = subprocess.run(command, env=variables, cwd=other, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr[-3000:]
        return other

    return mark


@pytest.fixture(scope="module")
def shut_in(inbox, tmp_path_factory):
    """The room of a run with hand-ins shut in."""
    try:
        ForkServer(True, {}).close()
    except NotShutInError as problem:
        pytest.skip(f"nothing can be shut in on this computer: {problem}")
    return marked(inbox, tmp_path_factory.mktemp("shut in") / "room")


def marked(inbox, room, **settings):
    with Marker(inbox, room, timeout=TIMEOUT, **settings) as marker:
        _, complaint = marker.end()
        assert (marker.process.returncode, complaint) == (0, "")
        assert marker.left_behind() == []
    return room


def test_nbgrader_itself_comes_to_the_same_points_and_outputs(shut_in, stock, tmp_path):
    other = stock(shut_in, tmp_path)
    found = checked_points(shut_in, MODULES)
    assert len({learner for _, learner, _ in found}) == NUMBER
    assert len(set(found.values())) > 3, "right, half and wrong ones are among them"
    assert found == checked_points(other, MODULES)
    assert compared(shut_in, other) == []


@pytest.fixture(scope="module")
def bare_path(tmp_path_factory):
    """A PATH on which Python is, and bubblewrap is not."""
    folder = tmp_path_factory.mktemp("bin")
    for name in ("python", "python3", "jupyter"):
        found = shutil.which(name)
        if found:
            (folder / name).symlink_to(found)
    return str(folder)


def test_without_walls_and_without_trust_nothing_is_marked(inbox, bare_path, tmp_path):
    room = tmp_path / "room"
    prepare(MODULES[0], room)
    before = points(room, MODULES[0])
    with Marker(inbox, room, path=bare_path) as marker:
        said, complaint = marker.end()
        assert (marker.process.returncode, said) == (1, "")
        assert marker.left_behind() == []
    assert complaint == (
        "Hand-ins cannot be shut in on this computer: the program bubblewrap (bwrap) is not installed. Their code "
        "would run with your own rights, so nothing was marked. “course mark --doctor” says more. If you know "
        "everybody whose hand-ins these are, mark them with --trust.\n"
    )
    assert points(room, MODULES[0]) == before == {}
    assert not list(room.glob("autograded/*")) and not list(room.glob("marks/*/*/hand-in.json"))


def test_whoever_is_trusted_gets_the_same_without_walls(shut_in, inbox, bare_path, tmp_path):
    room = marked(inbox, tmp_path / "room", path=bare_path, trust=True)
    assert checked_points(room, MODULES) == checked_points(shut_in, MODULES)
    assert compared(shut_in, room) == []


def test_kernels_that_start_cold_come_to_the_same(shut_in, tmp_path):
    """As on Windows and macOS, where there is no fork server."""
    module, right = MODULES[0], checked_points(shut_in, MODULES)
    prepared = prepare(module, shut_in)
    for place in sorted((shut_in / "submitted").glob(f"*/{module}"))[:SOME]:
        learner = place.parent.name
        answers = {f"answers/{file.name}": file.read_bytes() for file in (place / "answers").glob("*.json")}
        notebook = nbformat.read(place / f"{NOTEBOOK}.ipynb", as_version=4)
        found = replay(prepared, notebook, answers, None, TIMEOUT)
        nbformat.write(found.notebook, tmp_path / f"{learner}.ipynb")
        walled = shut_in / "autograded" / learner / module / f"{NOTEBOOK}.ipynb"
        assert outputs_of(tmp_path / f"{learner}.ipynb") == outputs_of(walled)
        checks = [cell for cell in found.notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
        for cell in (one for one in checks if one.cell_type == "code"):
            assert points_of(cell) == right[module, learner, cell.metadata.nbgrader.grade_id]


# -- tried again, or not -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A hand-in of the small course."""
    with small_room.course_in(tmp_path_factory.mktemp("course")) as root:
        yield small_room.handed_in(root, "base-hand-in", True, "Two people keep the rota.", "total = 7")


@pytest.fixture
def processor():
    """One that is kept busy; the others are left to whatever else is tested meanwhile."""
    return max(os.sched_getaffinity(0))


@contextmanager
def burners(number: int, processor: int):
    """So many programs that want a processor all the time, each in a session: Linux shares between those."""
    program = f"import os\nos.sched_setaffinity(0, {{{processor}}})\nwhile True: pass"
    running = [subprocess.Popen([sys.executable, "-c", program], start_new_session=True) for _ in range(number)]
    try:
        yield running
    finally:
        for one in running:
            one.kill()
            one.wait()


def _needs(seconds: int, tries) -> str:
    """Code that wants a processor for some seconds.

    Not shut in it can leave a sign of each try, and of how that ended: “.” by itself, “!” because it was stopped.
    """
    return f"""\
import time
def sign(one):
    with open({str(tries)!r}, "a") as file:
        file.write(one)
sign("x")
began = time.process_time()
try:
    while time.process_time() - began < {seconds}: pass
except KeyboardInterrupt:
    sign("!")
    raise
total = 7
sign(".")"""


def test_time_that_a_cell_waits_for_a_processor_is_given_back(small, bare_path, processor, tmp_path):
    """It needs two seconds and may take three; beside two others they last six.

    How much of a processor it gets is for the machine to say, so it may take three runs until one try is enough. If no
    time were given back, one try would never be.
    """
    for number in range(3):
        tries = tmp_path / f"tries-{number}"
        inbox = fill(tmp_path / f"inbox-{number}", small, {"honest-one": _needs(2, tries)})
        room = tmp_path / f"room-{number}"
        with Marker(inbox, room, path=bare_path, processor=processor, trust=True, timeout=3) as marker:
            assert marker.wait_for(tries.exists)
            began = time.monotonic()
            with burners(2, processor):
                assert marker.wait_for(lambda tries=tries: tries.read_text() not in ("", "x")), marker.end()
            assert time.monotonic() - began > 3, "the machine was not busy"
            said, complaint = marker.end()
            assert (marker.process.returncode, complaint) == (0, ""), said
        assert points(room)["honest-one"][CODE][0] == 1
        if tries.read_text() == "x.":
            return
    raise AssertionError("in every run the cell was tried again")


def test_an_honest_cell_that_got_no_processor_is_tried_again(small, bare_path, processor, tmp_path):
    """Beside twenty others it does not get its one second, however long one waits."""
    tries = tmp_path / "tries"
    inbox = fill(tmp_path / "inbox", small, {"honest-one": _needs(1, tries)})
    with Marker(inbox, tmp_path / "room", path=bare_path, processor=processor, trust=True, timeout=2) as marker:
        assert marker.wait_for(tries.exists)
        with burners(20, processor):
            assert marker.wait_for(lambda: tries.read_text() not in ("", "x")), marker.end()
        said, complaint = marker.end()
        assert (marker.process.returncode, complaint) == (0, ""), said
    # Whoever gets no time may also have no time to say that it was stopped.
    assert tries.read_text() in ("x!x.", "xx.")
    assert points(tmp_path / "room")["honest-one"][CODE][0] == 1


def test_a_cell_that_sleeps_for_ever_is_not_tried_twice(small, bare_path, tmp_path):
    tries = tmp_path / "tries"
    sleeps = f"import time\nopen({str(tries)!r}, 'a').write('x')\ntime.sleep(10_000)"
    inbox = fill(tmp_path / "inbox", small, {"sleepy-one": sleeps})
    with Marker(inbox, tmp_path / "room", path=bare_path, trust=True, timeout=3) as marker:
        said, _ = marker.end()
        assert marker.process.returncode == 1, "its mentor is asked to look at it"
    assert "did not end in time" in said
    assert tries.read_text() == "x"
    assert points(tmp_path / "room")["sleepy-one"][CODE][0] == 0
