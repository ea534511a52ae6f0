"""Hand-ins that attack whoever marks them: no point is gained, nobody else is harmed, and nothing outside changes.

Every attack of tests/faulty/attacks is a hand-in of somebody who answered nothing, in one batch with three honest
people, and is marked as any other. Those that look for something print what they got. That they would get it where
no walls are is proved too, for some that do no harm.
"""

import hashlib
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import psutil
import pytest
from faulty.attacks import make as attacks
from faulty.hand_ins.make import changed, of_learner, repacked, with_link, with_receipt
from nbformat.v4 import new_code_cell, new_notebook
from small_room import CHOICE, CODE, MODULE, TEXT, cell, course_in, handed_in

from researchskills import marking, running
from researchskills.errors import CourseError
from researchskills.kernels.sandbox import ForkServer, NotShutInError
from researchskills.marking.places import environment
from researchskills.marking.replay import _LearnersKernel
from researchskills.marking.room import gradebook

pytestmark = pytest.mark.slow
HONEST = ("anna-first", "mary-middle", "zoe-last")
SECRET, WORDS = "SECRET-OF-THE-MARKER-4711", "The words of Mary Middle, which are nobody's business but hers."
LEFT_BEHIND = "left-behind-by-an-attack"
#: Marked on its own, as it takes much memory.
PARTS = "sends_endless_parts"
CODES = [name for name in attacks.names() if name != PARTS]
#: What the mentor is told of a hand-in that does not come to an end; all others are told nothing.
TOO_LONG, STOPPED = "did not end in time", "stopped the program that runs it"
DAMAGED = "The notebook of exercises is damaged; saved answers were marked, code could not be."
TOLD = {
    "forks_without_end": (TOO_LONG, STOPPED),
    "takes_memory_in_many": (STOPPED,),
    "prints_for_ever": (TOO_LONG,),
    "sleeps_for_ever": (TOO_LONG,),
    "ignores_interrupts": (TOO_LONG,),
    "catches_everything": (TOO_LONG,),
    "holds_the_interpreter": (TOO_LONG, STOPPED),
    "stops_at_once": (STOPPED,),
    "sends_no_messages": (STOPPED,),
    "floods_the_replies": (TOO_LONG, STOPPED),
    "set_up_stopped": (STOPPED,),
    "deep_notebook": (DAMAGED,),
    "deep_metadata": (DAMAGED,),
}
#: How far they get depends on how fast the computer is.
PERHAPS = ("patches_the_checks", "says_two_gigabytes", "shows_huge_details", "huge_cell", "kills_everything",
           "searches_the_memory")  # fmt: skip
#: They leave their kernel so that it cannot say any more, or says what was never printed.
SPEECHLESS = {*TOLD, *PERHAPS, "stops_at_the_question", "forges_replies"} - {"searches_the_memory"}


@pytest.fixture(scope="module", autouse=True)
def walls():
    """Without walls there is nothing to be tested here."""
    try:
        ForkServer(True, environment("/scratch")).close()
    except NotShutInError as problem:
        pytest.skip(f"hand-ins cannot be shut in on this computer: {problem}")


@contextmanager
def listeners(folder: Path):
    """Sockets of this computer that no hand-in may reach, and who came."""
    came, over = [], threading.Event()
    tcp, udp = socket.socket(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    unix, abstract = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
    names = {"unix": str(folder / "s"), "abstract": f"attack-{os.getpid()}"}
    tcp.bind(("127.0.0.1", 0))
    udp.bind(("127.0.0.1", 0))
    unix.bind(names["unix"])
    abstract.bind(f"\0{names['abstract']}")
    (folder / "s").chmod(0o777)

    def wait(one):
        one.settimeout(0.1)
        while not over.is_set():
            try:
                came.append(one.recvfrom(100) if one is udp else one.accept())
            except TimeoutError:
                continue

    for one in (tcp, unix, abstract):
        one.listen()
    threads = [threading.Thread(target=wait, args=(one,)) for one in (tcp, udp, unix, abstract)]
    for thread in threads:
        thread.start()
    try:
        yield {**names, "tcp": tcp.getsockname()[1], "udp": udp.getsockname()[1]}, came
    finally:
        over.set()
        for thread in threads:
            thread.join()
        for one in (tcp, udp, unix, abstract):
            one.close()


@contextmanager
def memory_watched():
    """How much memory one of the marker's own processes takes at most; kernels have limits of their own."""
    over, most = threading.Event(), [0]

    def markers():
        for one in psutil.Process().children():
            with suppress(psutil.Error):
                if one.name() != "bwrap":
                    yield one.memory_info().rss

    def watch():
        while not over.wait(0.05):
            most[0] = max(most[0], *markers(), psutil.Process().memory_info().rss)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield most
    finally:
        over.set()
        thread.join()


def digest(folder: Path) -> str:
    """A fingerprint of all files below a folder."""
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        total.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return total.hexdigest()


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    with course_in(tmp_path_factory.mktemp("attacked") / "course") as root:
        yield root


@pytest.fixture(scope="module")
def base(course):
    """A hand-in in which nothing was answered."""
    return handed_in(course, "nobody")


@pytest.fixture(scope="module")
def attacked(course, base):
    """All hand-ins, marked; and what there was to be harmed."""
    inbox, room, outside = course.parent / "inbox", course.parent / "room", course.parent / "outside"
    for folder in (inbox, outside):
        folder.mkdir()
    outside.chmod(0o777)
    secret = outside / "secret.txt"
    secret.write_text(SECRET)
    for learner in HONEST:
        text = WORDS if learner == "mary-middle" else ""
        shutil.move(handed_in(course, learner, right=True, text=text, code="first = 3\ntotal = first + 4"), inbox)
    short = Path(tempfile.mkdtemp(dir="/tmp"))
    os.environ["MARKER_TOKEN"] = SECRET
    with listeners(short) as (names, came), memory_watched() as most:
        solution = course / "solutions" / MODULE / "exercises.md"
        targets = {
            **names,
            "words": [SECRET, WORDS, "The beads of the second pile"],
            "patterns": [*attacks.patterns(WORDS[:24]), *attacks.patterns("beads of the second pile")],
            "files": [str(secret), str(solution), str(room / "questions" / MODULE / "module.json")],
            "gradebook": str(room / "gradebook.db"),
            "outside": str(outside),
            "marker": os.getpid(),
            "mark": LEFT_BEHIND,
            "secret": SECRET,
            "home": str(Path.home()),
        }
        for name in CODES:
            # What is looked for in memory must not have come there with the attack.
            known = {"patterns": targets["patterns"]} if name == "searches_the_memory" else targets
            hand_in(base, inbox, name, attacks.with_code(attacks.code(name, known)))
        for name, source in attacks.HOSTILE_VALUES.items():
            hand_in(base, inbox, name, attacks.with_code(source))
        for change in attacks.NOTEBOOKS:
            hand_in(base, inbox, change.__name__, change)
        before = digest(course / "solutions"), digest(inbox), digest(outside)
        result = marking.mark([inbox], room, timeout=4)
        after = digest(course / "solutions"), digest(inbox), digest(outside)
    del os.environ["MARKER_TOKEN"]
    shutil.rmtree(short)
    return {
        "rows": {row.learner: row for row in result.rows},
        "room": room,
        "came": came,
        "most": most[0],
        "changed": before != after,
    }


def hand_in(base: Path, inbox: Path, name: str, *changes) -> Path:
    """The hand-in of an attacker who is called after the attack."""
    learner = name.replace("_", "-")
    return repacked(base, inbox / f"{MODULE}--{learner}.zip", changed(*changes, of_learner(learner)))


def row(attacked, name):
    return attacked["rows"][name.replace("_", "-")]


def points(row, question):
    return next(one.points for one in row.questions if one.question == question)


def printed(attacked, name: str) -> str:
    """What the answer cell of a hand-in printed."""
    path = attacked["room"] / "autograded" / name.replace("_", "-") / MODULE / "exercises.ipynb"
    shown = cell(nbformat.read(path, as_version=4).cells, f"{CODE}-answer").outputs
    return "".join(one.get("text", "") for one in shown)


ALL = [*CODES, *attacks.HOSTILE_VALUES, *(change.__name__ for change in attacks.NOTEBOOKS)]


@pytest.mark.parametrize("name", ALL)
def test_no_attack_gains_a_point(attacked, name):
    """Nothing was answered in these hand-ins, so each question is a nought, as it is without the attack."""
    assert {one.question: one.points for one in row(attacked, name).questions} == {CHOICE: 0, CODE: 0, TEXT: 0}


@pytest.mark.parametrize("name", ALL)
def test_the_mentor_is_told_in_one_sentence_what_did_not_end(attacked, name):
    problem = row(attacked, name).problem or ""
    if name in TOLD:
        assert any(words in problem for words in TOLD[name])
    elif name not in PERHAPS:
        assert not problem
    # What the code begins with stands in it, full stops and all.
    assert not problem or (problem.endswith(".") and ". " not in re.sub("“.*”", "", problem))
    assert "Error" not in problem and "Traceback" not in problem


@pytest.mark.parametrize("name", sorted(set(CODES) - SPEECHLESS))
def test_what_was_looked_for_was_not_to_be_had(attacked, name):
    assert "got []" in printed(attacked, name) or "got set()" in printed(attacked, name)


@pytest.mark.parametrize("learner", HONEST)
def test_honest_people_in_the_same_batch_get_exactly_their_points(attacked, learner):
    mary = attacked["rows"][learner]
    assert (points(mary, CHOICE), points(mary, CODE)) == (1, 1)
    assert mary.problem is None and mary.remarks == ()


def test_nobody_came_to_a_socket_of_this_computer(attacked):
    assert attacked["came"] == []


def test_no_file_outside_changed(attacked):
    assert not attacked["changed"]
    assert not [*Path("/tmp").glob("written-by-an-attack"), *Path("/dev").glob("written-by-an-attack")]


def test_the_gradebook_has_no_mark_that_nobody_gave(attacked):
    with sqlite3.connect(attacked["room"] / "gradebook.db") as book:
        assert book.execute("select count(*) from grade where manual_score is not null").fetchone() == (0,)
        assert book.execute("select count(*) from grade where auto_score > 1").fetchone() == (0,)
        cells = {name for (name,) in book.execute("select name from base_cell where type = 'GradeCell'")}
    assert cells == {CHOICE, CODE}


def test_nothing_goes_on_after_marking(attacked):
    assert not [one for one in psutil.process_iter(["cmdline"]) if LEFT_BEHIND in " ".join(one.info["cmdline"] or [])]


def test_the_markers_memory_stays_bounded(attacked):
    """Texts of 700 MB and details of 9 MB each were shown to it, and lines without end."""
    assert attacked["most"] < 1_200_000_000


def test_outputs_are_cut_wherever_they_hide_what_they_say(attacked):
    for name in ("prints_for_ever", "says_two_gigabytes", "shows_huge_details", "sends_odd_messages"):
        path = attacked["room"] / "autograded" / name.replace("_", "-") / MODULE / "exercises.ipynb"
        assert path.stat().st_size < 3_000_000


# -- attacks that are no code ------------------------------------------------------------------------


def test_a_later_hand_in_under_another_name_does_not_replace_the_work(attacked, course, base, tmp_path):
    """Its receipt names Anna, and a later time."""
    room = shutil.copytree(attacked["room"], tmp_path / "room")
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    later = with_receipt(learner="anna-first", time=now, seal="a" * 64)
    forged = repacked(base, tmp_path / f"{MODULE}--anna-first.zip", later)
    result = marking.mark([forged], room)
    (anna,) = marking.results(MODULE, room, ["anna-first"])
    assert (points(anna, CHOICE), points(anna, CODE)) == (1, 1)
    assert any("cannot be seen to come from the same workspace" in problem for problem in result.problems)


def test_answers_that_are_links_are_not_opened(base, tmp_path):
    """In a zip file and in a folder; a hard link to a file of the marker's is only bytes that are no answer."""
    (secret := tmp_path / "secret.json").write_text(SECRET)
    with_link(base, tmp_path / "linked.zip")
    (folder := tmp_path / "folder" / "answers").mkdir(parents=True)
    shutil.unpack_archive(base, folder.parent)
    (folder / f"{CHOICE}.json").symlink_to(secret)
    result = marking.mark([tmp_path / "linked.zip", folder.parent], tmp_path / "room")
    told = "There is a link to another file in it. Nothing of it was opened."
    assert [row.problem for row in result.rows] == [told] * 2
    (folder / f"{CHOICE}.json").unlink()
    os.link(secret, folder / f"{CHOICE}.json")
    (row,) = marking.mark([folder.parent], tmp_path / "room").rows
    assert points(row, CHOICE) == 0 and "damaged" in row.problem and SECRET not in str(row)
    assert secret.read_text() == SECRET


def test_a_message_of_endless_parts_ends_only_the_worker_that_reads_it(course, base, tmp_path):
    """30 GB in parts that are small enough each."""
    honest = handed_in(course, "honest-neighbour", right=True, code="first = 3\ntotal = first + 4")
    path = hand_in(base, tmp_path, "endless-parts", attacks.with_code(attacks.code(PARTS, {})))
    with memory_watched() as most:
        rows = {one.learner: one for one in marking.mark([path, honest], tmp_path / "room", timeout=6).rows}
    assert most[0] < 2_000_000_000
    assert not rows["endless-parts"].points and (rows["endless-parts"].problem or "").count(". ") == 0
    assert rows["honest-neighbour"].points == 2 and rows["honest-neighbour"].problem is None


def test_ten_thousand_cells_take_no_longer_than_a_hand_in_may():
    """With five seconds for all together instead of minutes; silent questions made slow count as well."""
    cells = [new_code_cell("get_ipython().events.register('pre_execute', lambda: __import__('time').sleep(0.2))")]
    cells += [new_code_cell(f"x = {number}") for number in range(10_000)]
    started = time.monotonic()
    with ForkServer(True, environment("/scratch")) as server:
        kernel = _LearnersKernel(new_notebook(cells=cells), {}, timeout=4, patience=5.0)
        kernel.run(server.door, {})
    assert time.monotonic() - started < 40
    assert kernel.unfinished[cells[-1].id] == running.SKIPPED


# -- that the suite can fail -------------------------------------------------------------------------


def test_without_walls_the_same_attacks_succeed(base, tmp_path, monkeypatch):
    """Some that do no harm, marked with trust where bubblewrap is not to be found."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (secret := tmp_path / "secret.txt").write_text(SECRET)
    (outside := tmp_path / "outside").mkdir()
    monkeypatch.setenv("PATH", str(programs))
    short = Path(tempfile.mkdtemp(dir="/tmp"))
    with listeners(short) as (names, came):
        targets = {**names, "files": [str(secret)], "words": [], "outside": str(outside)}
        reads = "got = [open(TARGETS['files'][0], 'rb').read(10)]\nprint('got', got)"
        writes = "got = open(TARGETS['outside'] + '/written', 'w').write('x')\nprint('got', got)"
        tcp = attacks.code("opens_a_socket", targets).replace(', ("1.1.1.1", 80)', ",")
        unix = attacks.code("reaches_other_sockets", targets)
        sources = {
            "reads": f"TARGETS = {targets!r}\n{reads}",
            "writes": f"TARGETS = {targets!r}\n{writes}",
            "tcp": tcp,
            "unix": unix,
        }
        paths = [hand_in(base, tmp_path, name, attacks.with_code(source)) for name, source in sources.items()]
        with pytest.raises(CourseError, match="cannot be shut in"):
            marking.mark(paths, tmp_path / "refused")
        assert came == []
        result = marking.mark(paths, tmp_path / "room", trust=True)
        found = {"room": tmp_path / "room", "rows": {row.learner: row for row in result.rows}}
        said = {name: printed(found, name) for name in sources}
    shutil.rmtree(short)
    assert SECRET[:10] in said["reads"]
    assert (outside / "written").exists()
    assert "127.0.0.1" in said["tcp"] and names["abstract"] in said["unix"]
    assert len(came) >= 2


@pytest.mark.parametrize("name", ["rewrites_the_syntax_tree", "changes_what_is_shown"])
def test_nbgrader_alone_gives_full_marks_for_blank_work(name, base, tmp_path):
    """The peer's weakness, on record: what gets nothing here (above) gets full points there for all that follows."""
    from researchskills.marking.room import NOTEBOOK, prepare

    room = tmp_path / "room"
    prepare(MODULE, room)
    place = room / "submitted" / "blank" / MODULE
    place.mkdir(parents=True)
    shutil.unpack_archive(repacked(base, tmp_path / "x.zip", attacks.with_code(attacks.code(name, {}))), place)
    if (place / "exercises.ipynb") != (wanted := place / f"{NOTEBOOK}.ipynb"):
        (place / "exercises.ipynb").rename(wanted)
    (room / "nbgrader_config.py").write_text(
        "from pathlib import Path\nfrom researchskills.build import nbgrader_config\n"
        f"c = get_config()\nc.merge(nbgrader_config(Path({str(room)!r})))\n"
    )
    variables = {**os.environ, "RESEARCHSKILLS_QUESTIONS": str(room / "questions" / MODULE / "module.json")}
    command = [sys.executable, "-m", "nbgrader", "autograde", MODULE, "--create", f"--course-dir={room}"]
    subprocess.run(command, env=variables, cwd=room, check=True, capture_output=True)
    with gradebook(room) as book:
        grades = book.find_submission_notebook(NOTEBOOK, MODULE, "blank").grades
        given = {grade.name: grade.auto_score for grade in grades if grade.cell.type == "GradeCell"}
    assert given == {CHOICE: 0, CODE: 1}
