"""The walls around kernels: what one may use, what it sees of others, and what this computer is said to offer."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from faulty.attacks import make as attacks

from researchskills import running
from researchskills.kernels import doctor, filter, sandbox, shut_in
from researchskills.kernels.provisioner import ForkedKernelManager
from researchskills.kernels.sandbox import ForkServer, NotShutInError
from researchskills.marking.places import environment

WORDS = "What Mary wrote, and nobody else may read."


@pytest.fixture(scope="module")
def server():
    """A fork server that is shut in; without one there is nothing to be tested."""
    try:
        started = ForkServer(True, environment(str(shut_in.HOME)))
    except NotShutInError as problem:
        pytest.skip(f"kernels cannot be shut in on this computer: {problem}")
    with started:
        yield started


def run(server, *sources: str, files: dict[str, bytes] | None = None, timeout: int = 20, **limits):
    """What cells print in a kernel of their own, and which did not come to an end."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])

    def manager():
        return ForkedKernelManager(server=server.door, files=files or {}, limits=shut_in.Limits(**limits))

    client = running.Bounded(
        notebook, timeout=timeout, allow_errors=True, shutdown_kernel="immediate", new_manager=manager,
        kernel_environment=environment(str(shut_in.HOME)), error_on_timeout=running.TIMED_OUT,
        raise_on_iopub_timeout=False,
    )  # fmt: skip
    client.execute()
    said = ["".join(one.get("text", one.get("ename", "")) for one in cell.outputs) for cell in notebook.cells]
    return said, client.troubles


def test_a_kernel_finds_its_files_and_can_write_beside_them(server):
    said, _ = run(
        server,
        "from pathlib import Path\nPath('mine.txt').write_text(Path('answers/x.json').read_text() * 2)\n"
        "print(Path('mine.txt').read_text(), Path.cwd())",
        files={"answers/x.json": b"ab"},
    )
    assert said == ["abab /hand-in\n"]


def test_python_that_was_called_by_a_path_with_dots_in_it_can_be_shut_in(server):
    """As by somebody in another folder of the course: ../.venv/bin/python -m researchskills.cli mark …"""
    here = Path(__file__).parent
    program = (
        "from researchskills.kernels.sandbox import ForkServer\n"
        "from researchskills.marking.places import environment\n"
        "with ForkServer(True, environment('/scratch')): print('it listens')"
    )
    called = os.path.relpath(sys.executable, here)
    done = subprocess.run([called, "-c", program], cwd=here, capture_output=True, text=True, timeout=60)
    assert (done.stdout.strip(), done.returncode) == ("it listens", 0), done.stderr


def test_what_one_kernel_was_given_is_nowhere_in_the_memory_of_the_next(server):
    search = attacks.code("searches_the_memory", {"patterns": attacks.patterns(WORDS)})
    (said,), _ = run(server, search, files={"answers/x.json": WORDS.encode()})
    assert said != "got []\n", "it finds what it was given itself, so it can find something"
    (said,), _ = run(server, search)
    assert said == "got []\n"


def test_files_of_one_kernel_are_not_there_for_another(server):
    write = "import os\nfor f in ('/hand-in', '/scratch', '/dev/shm'): open(f + '/note', 'w').write('x')\nprint('ok')"
    read = "import os\nprint([f for f in ('/hand-in', '/scratch', '/dev/shm', '/tmp') if 'note' in os.listdir(f)])"
    assert run(server, write)[0] == ["ok\n"]
    assert run(server, read)[0] == ["[]\n"]


def test_memory_of_all_its_processes_together_is_limited(server):
    """Forked by another thread, where a first attempt at counting did not look."""
    before = psutil.virtual_memory().available
    said, troubles = run(server, attacks.code("takes_memory_in_many", {}), "print('alive')", timeout=10, memory=1 << 30)
    assert troubles == {0: running.DIED} and said[1] == "alive\n"
    assert psutil.virtual_memory().available > before - (1 << 30)


def test_memory_of_one_process_is_limited(server):
    said, troubles = run(server, "x = bytearray(1200 << 20)", "print(len(bytearray(50 << 20)))", memory=1 << 30)
    assert said == ["MemoryError", f"{50 << 20}\n"] and not troubles


def test_memory_that_belongs_to_no_process_is_not_to_be_had(server):
    assert run(server, attacks.code("takes_hidden_memory", {}))[0] == ["got []\n"]


def test_the_number_of_processes_is_limited(server):
    count = (
        "import subprocess\nmade = []\ntry:\n"
        "    while len(made) < 300: made.append(subprocess.Popen(['sleep', '100']))\n"
        "except OSError: pass\nfor one in made: one.kill()\nprint(len(made))"
    )
    (said,), _ = run(server, count)
    assert 0 < int(said) <= shut_in.Limits().processes


def test_what_it_writes_is_limited(server):
    write = (
        "try:\n    with open('big', 'wb') as file:\n        for _ in range(100): file.write(bytes(1_000_000))\n"
        "except OSError: print('full')\nimport os\nprint(os.path.getsize('big') <= 20 << 20)"
    )
    assert run(server, write, disk=20 << 20)[0] == ["full\nTrue\n"]


def test_nothing_of_a_kernel_is_left_when_it_ends(server):
    run(server, attacks.code("leaves_a_process", {"mark": "left-behind-in-the-sandbox"}))
    time.sleep(0.5)
    running_now = [one.info["cmdline"] or [] for one in psutil.process_iter(["cmdline"])]
    left = [words for words in running_now if "left-behind-in-the-sandbox" in words]
    assert left == []


def test_a_fork_server_that_is_closed_takes_everything_with_it():
    try:
        server = ForkServer(True, environment(str(shut_in.HOME)))
    except NotShutInError as problem:
        pytest.skip(str(problem))
    family = [server.process.pid, *(one.pid for one in psutil.Process(server.process.pid).children(recursive=True))]
    server.close()
    time.sleep(0.5)
    assert len(family) > 1 and not any(map(psutil.pid_exists, family))


@pytest.mark.parametrize("processor", ["x86_64", "aarch64"])
def test_the_filter_of_calls_jumps_only_forward_and_inside(processor):
    """What Linux demands of such a program; each step has eight bytes."""
    steps = filter.program(processor)
    count = len(steps) // 8
    assert len(steps) % 8 == 0 and count < 4096
    for place in range(count):
        if_true, if_false = steps[place * 8 + 2], steps[place * 8 + 3]
        assert place + 1 + max(if_true, if_false) < count or place == count - 1


def test_the_doctor_finds_everything_held(server):
    protection = doctor.examine(environment(str(shut_in.HOME)))
    assert protection.is_active and not protection.problem
    assert [one.what for one in protection.findings if not one.is_held] == []
    assert "shut in on this computer" in protection.sentence


def test_the_doctor_says_why_nothing_can_be_shut_in(monkeypatch):
    monkeypatch.setattr(sandbox.shutil, "which", lambda name: None)
    protection = doctor.examine(environment(str(shut_in.HOME)))
    assert not protection.is_active and protection.findings == ()
    assert "bubblewrap" in protection.sentence and "--trust" in protection.sentence


def test_the_doctor_sees_it_when_walls_are_missing(server, monkeypatch):
    """Kernels without walls: what it tries succeeds, and it says so."""
    if not shutil.which("bwrap"):
        pytest.skip("bubblewrap is not installed")
    monkeypatch.setattr(doctor, "ForkServer", lambda _, variables: ForkServer(False, variables))
    protection = doctor.examine(environment("/tmp"))
    assert not protection.is_active
    assert {"network", "processes"} <= {one.what for one in protection.findings if not one.is_held} or all(
        not one.is_held for one in protection.findings
    )
