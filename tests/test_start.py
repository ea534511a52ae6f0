"""start.py: what a newcomer runs, on computers that are not as they should be.

Most tests run the real file in a copy of the course that has no parts to install. A stand-in for the
installer uv plays what is to be tested: working, failing with the words of a real uv, being slow.
`benchmarks/startup.py` does the real thing, with the real network.
"""

import ast
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import time
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
on_posix = pytest.mark.skipif(
    os.name == "nt", reason="the stand-in for uv is a script, which Windows cannot run as one"
)


def load_start(root: Path):
    """Import start.py from a folder as a module of its own."""
    spec = importlib.util.spec_from_file_location("start_under_test", root / "start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


start = load_start(ROOT)

# The second line is a command to the shell and a string to Python: a path with a space in it, as this
# course's may have, does not work behind #!.
STAND_IN_FOR_UV = """\
#!/bin/sh
"exec" "{python}" "$0" "$@"
import os, pathlib, sys, time
root = pathlib.Path({root!r})
with open(root / "uv-calls.txt", "a") as file:
    file.write(" ".join(sys.argv[1:]) + chr(10))
if "--version" in sys.argv:
    sys.exit(0)
play = (root / "play.txt").read_text() if (root / "play.txt").exists() else ""
if play.startswith("slow"):
    (root / "uv-is-running").touch()
    time.sleep(float(play.split()[1]))
    (root / "uv-has-ended").touch()
elif play:
    print(play)
    sys.exit(1)
if "--no-install-project" not in sys.argv:
    packages = next((root / ".venv").glob("lib/python3*/site-packages"))
    (packages / "_editable_impl_researchskills.pth").write_text(str(root / "src"), encoding="utf-8")
"""

# Like running start.py, but without waiting for pip and without JupyterLab at the end.
RUN = """\
import importlib.util, subprocess, sys
spec = importlib.util.spec_from_file_location("start", sys.argv[1])
start = importlib.util.module_from_spec(spec)
spec.loader.exec_module(start)
start.MUST_IMPORT = ("researchskills",)
call = start.Installation.call
def quick(self, command, **rest):
    if command[1:3] == ["-m", "venv"]:
        command = command + ["--without-pip"]
    return call(self, command, **rest)
start.Installation.call = quick
sys.exit(start.main(sys.argv[2:]))
"""

TINY_CLI = """\
import json, os, sys
print(json.dumps([sys.argv[1:], os.getcwd(), sys.prefix, os.environ["PATH"].split(os.pathsep)[0]]))
sys.exit(7 if "fail" in sys.argv else 0)
"""


class Course:
    """A copy of the course small enough to install in no time."""

    def __init__(self, root: Path):
        self.root = root
        package = root / "src" / "researchskills"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("")
        (package / "cli.py").write_text(TINY_CLI)
        for name in ("start.py", "pyproject.toml", "uv.lock", "requirements.lock.txt"):
            shutil.copy(ROOT / name, root / name)
        self.place_uv()

    def place_uv(self):
        uv = Path(self.environment.uv)
        uv.parent.mkdir(parents=True, exist_ok=True)
        uv.write_text(STAND_IN_FOR_UV.format(python=sys.executable, root=str(self.root)))
        uv.chmod(0o755)

    @property
    def environment(self):
        return start.Environment(str(self.root))

    def command(self, *words):
        return [sys.executable, "-c", RUN, str(self.root / "start.py"), *words]

    def run(self, *words, folder=None, **variables):
        return subprocess.run(
            self.command(*words),
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=folder or self.root,
            env=os.environ | {"PYTHONUTF8": "1"} | variables,
            timeout=60,
        )

    def play(self, words=""):
        (self.root / "play.txt").write_text(words)

    def calls(self):
        """What uv was asked to install since the last time this was asked."""
        log = self.root / "uv-calls.txt"
        calls = [line for line in log.read_text().splitlines() if line.startswith("sync")] if log.exists() else []
        log.unlink(missing_ok=True)
        return calls

    def stamp(self):
        return json.loads(Path(self.environment.stamp).read_text())


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path / "Ünïcode folder with spaces")


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """A course that was started once; tests using it leave it ready."""
    course = Course(tmp_path_factory.mktemp("ready") / "Ünïcode folder with spaces")
    result = course.run("setup")
    assert result.returncode == 0, result.stderr
    return course


def wait_for(path: Path, seconds=20):
    deadline = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < deadline, f"{path.name} did not appear"
        time.sleep(0.05)


# ---------------------------------------------------------------- old and odd Pythons


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 15), (3, 10, 13)])
def test_an_old_python_is_named_in_a_sentence_and_nothing_is_made(tmp_path, version):
    shutil.copy(ROOT / "start.py", tmp_path)
    pretend = f"import runpy, sys; sys.version_info = {version}; runpy.run_path('start.py', run_name='__main__')"
    result = subprocess.run([sys.executable, "-c", pretend], capture_output=True, text=True, cwd=tmp_path)
    assert result.returncode == 1
    assert f"needs Python 3.11 or newer, and this is Python {version[0]}.{version[1]}" in result.stdout
    assert "Traceback" not in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["start.py"]


def test_old_pythons_can_read_the_whole_file():
    """A syntax error would come before the sentence."""
    source = (ROOT / "start.py").read_bytes()
    tree = ast.parse(source, feature_version=(3, 6))
    source.decode("ascii")  # Python 2 reads nothing else without being told
    for node in ast.walk(tree):
        assert not isinstance(node, ast.JoinedStr | ast.AnnAssign | ast.NamedExpr | ast.Nonlocal | ast.YieldFrom)
        assert not (isinstance(node, ast.Raise) and node.cause)
        if isinstance(node, ast.FunctionDef):
            assert not node.returns and not node.args.kwonlyargs
            assert not any(argument.annotation for argument in node.args.args)


@pytest.mark.parametrize("version", ["2.7", "3.6", "3.8", "3.10"])
def test_a_real_old_python_says_the_sentence(version, tmp_path):
    kept = (Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python")
    program = next(map(str, kept), None) or shutil.which(f"python{version}")
    if not program or subprocess.run([program, "-c", "print(1)"], capture_output=True).returncode:
        pytest.skip(f"Python {version} is not on this computer")
    result = subprocess.run([program, str(ROOT / "start.py")], capture_output=True, text=True, cwd=tmp_path)
    assert (result.returncode, result.stderr) == (1, "")
    assert "The course needs Python 3.11 or newer" in result.stdout


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ([], ["start"]),
        (["--no-browser", "--port", "9000"], ["start", "--no-browser", "--port", "9000"]),
        (["start", "--workspace", "my folder"], ["start", "--workspace", "my folder"]),
        (["mark", "hand-ins/", "--json"], ["mark", "hand-ins/", "--json"]),
        (["course", "check", "00"], ["check", "00"]),
        (["course", "--help"], ["--help"]),
    ],
)
def test_words_mean_a_course_command(words, meant):
    assert start.full_words(words) == meant


def test_help_is_shown_without_preparing_anything(course):
    result = course.run("--help")
    assert result.returncode == 0
    assert "python3 start.py setup" in result.stdout
    assert not Path(course.environment.stamp).exists()


@on_posix
def test_other_words_reach_the_course_command_from_the_users_own_folder(ready, tmp_path):
    result = ready.run("mark", "hand-ins/", "a b", folder=tmp_path)
    words, folder, prefix, first_on_path = json.loads(result.stdout)
    assert words == ["mark", "hand-ins/", "a b"]
    assert Path(folder) == tmp_path
    assert Path(prefix) == ready.root / ".venv"
    assert first_on_path == ready.environment.scripts
    assert result.stderr == ""


@on_posix
def test_the_exit_status_of_the_command_is_passed_on(ready):
    assert ready.run("fail").returncode == 7


@on_posix
def test_test_runs_pytest_in_the_course_folder_with_the_words_given(course, tmp_path):
    assert course.run("setup").returncode == 0
    packages = next((course.root / ".venv").glob("lib/python3*/site-packages"))
    (packages / "pytest.py").write_text(TINY_CLI)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "test_mine.py").touch()
    result = course.run("test", "-k", "words", "test_mine.py", folder=elsewhere)
    words, folder, _, _ = json.loads(result.stdout)
    assert words == ["-k", "words", str(elsewhere / "test_mine.py")]
    assert Path(folder) == course.root


# ---------------------------------------------------------------- installing once


@on_posix
def test_a_first_start_installs_what_the_lock_says_and_a_second_one_nothing(course):
    first = course.run("setup")
    assert first.returncode == 0, first.stderr
    assert "Fetching and installing about 1" in first.stderr
    parts, itself = course.calls()
    for word in ("--frozen", "--no-python-downloads", "--compile-bytecode", "--no-install-project"):
        assert word in parts
    assert "--group" not in parts
    assert "--no-install-project" not in itself
    stamp = course.stamp()
    assert stamp["state"] == "ready"
    assert stamp["python"] == "{}.{}.{}".format(*sys.version_info)
    assert not Path(course.environment.cache).exists()

    second = course.run("setup")
    assert second.returncode == 0
    assert course.calls() == []
    assert "Fetching" not in second.stderr


@on_posix
def test_the_package_is_found_by_a_relative_path(ready):
    """Python before 3.13 on Windows cannot read an accent in a .pth file."""
    (path_file,) = (ready.root / ".venv").glob("lib/python3*/site-packages/*researchskills.pth")
    assert path_file.read_bytes() == b"../../../../src\n"


@on_posix
def test_the_tests_parts_come_on_top_and_a_plain_start_leaves_them(course):
    course.run("setup")
    course.calls()
    course.run("test")
    assert all("--group test" in call for call in course.calls())
    assert course.stamp()["groups"] == ["test"]
    course.run("setup")
    assert course.calls() == []
    (course.root / "uv.lock").write_text("# a newer edition\n")
    course.run("setup")
    assert all("--group test" in call for call in course.calls())


@on_posix
def test_a_new_lock_is_installed_into_the_same_environment(course):
    course.run("setup")
    course.calls()
    kept = course.root / ".venv" / "kept.txt"
    kept.touch()
    (course.root / "uv.lock").write_text("# a newer edition\n")
    assert course.run("setup").returncode == 0
    assert course.calls() and kept.exists()


@on_posix
def test_an_environment_that_somebody_made_by_hand_is_completed_and_not_deleted(course):
    made = course.root / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", made], check=True)
    (made / "kept.txt").touch()
    assert course.run("setup").returncode == 0
    assert (made / "kept.txt").exists()
    assert course.stamp()["state"] == "ready"


@on_posix
def test_a_moved_course_is_installed_anew(course):
    course.run("setup")
    (course.root / ".venv" / "old.txt").touch()
    moved = course.root.with_name("moved")
    course.root.rename(moved)
    course.root = moved
    course.place_uv()
    assert course.run("setup").returncode == 0
    assert not (moved / ".venv" / "old.txt").exists()
    assert course.stamp()["place"] == str(moved / ".venv")


@on_posix
def test_an_environment_whose_python_has_gone_is_made_anew(course):
    course.run("setup")
    python = Path(course.environment.python)
    python.unlink()
    python.symlink_to("/nowhere/python3")
    assert course.run("setup").returncode == 0
    assert subprocess.run([python, "-c", "import researchskills"]).returncode == 0


@on_posix
def test_a_killed_installation_is_begun_anew_once_its_installer_has_ended(course):
    course.play("slow 2")
    first = subprocess.Popen(course.command("setup"), stderr=subprocess.DEVNULL, cwd=course.root)
    wait_for(course.root / "uv-is-running")
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert course.stamp()["state"] == "changing"
    (course.root / ".venv" / "half.txt").touch()
    course.play()
    again = course.run("setup")
    assert again.returncode == 0, again.stderr
    assert (course.root / "uv-has-ended").exists(), "installed while the first installer was still at work"
    assert not (course.root / ".venv" / "half.txt").exists()
    assert course.stamp()["state"] == "ready"


@on_posix
def test_two_starts_at_once_install_once(course):
    course.play("slow 1")
    first = subprocess.Popen(course.command("setup"), stderr=subprocess.DEVNULL, cwd=course.root)
    wait_for(course.root / "uv-is-running")
    second = course.run("setup")
    assert first.wait() == 0 and second.returncode == 0
    assert "Another start is preparing the course" in second.stderr
    assert len(course.calls()) == 2  # the parts, then the course itself


@on_posix
def test_ctrl_c_while_installing_is_answered_calmly(course):
    course.play("slow 30")
    process = subprocess.Popen(
        course.command("setup"), stderr=subprocess.PIPE, text=True, cwd=course.root, start_new_session=True
    )
    wait_for(course.root / "uv-is-running")
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to everybody in the foreground
    _, words = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Nothing is broken" in words and "Traceback" not in words


@on_posix
def test_a_stamp_that_cannot_be_read_leads_to_a_new_installation(course):
    course.run("setup")
    Path(course.environment.stamp).write_bytes(b'{"state": "rea')
    course.calls()
    assert course.run("setup").returncode == 0
    assert course.calls()


READY = {"state": "ready", "lock": "L", "place": "P", "python": "3.12.1", "groups": []}


@pytest.mark.parametrize(
    ("stamp", "python", "groups", "step"),
    [
        (READY, "3.12.1", [], "nothing"),
        (READY | {"groups": ["test"]}, "3.12.1", [], "nothing"),
        (READY, "3.12.1", ["test"], "update"),
        (READY | {"lock": "older"}, "3.12.1", [], "update"),
        (READY | {"place": "elsewhere"}, "3.12.1", [], "build"),
        (READY, "3.12.2", [], "build"),
        (READY, None, [], "build"),
        (READY | {"state": "changing"}, "3.12.1", [], "build"),
        ({}, "3.12.1", [], "build"),
        (None, "3.12.1", [], "update"),
        (None, "3.9.2", [], "build"),
        (None, None, [], "build"),
    ],
)
def test_the_stamp_decides_what_is_to_be_done(stamp, python, groups, step):
    assert start.decide(stamp, python, "L", "P", groups) == step


# ---------------------------------------------------------------- things that go wrong


@pytest.mark.parametrize("missing", ["uv.lock", "requirements.lock.txt"])
def test_an_incomplete_folder_is_said_to_be_one(course, missing):
    (course.root / missing).unlink()
    result = course.run("setup")
    assert result.returncode == 1
    assert f"{missing} is missing" in result.stderr and "extract all of it" in result.stderr


def test_a_file_in_the_place_of_the_environment_is_named(course):
    shutil.rmtree(course.root / ".venv")
    (course.root / ".venv").write_text("in the way")
    result = course.run("setup")
    assert result.returncode == 1
    assert "Nothing can be written into the course folder" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere; Windows folders differ")
def test_a_folder_without_permission_to_write_is_explained(course):
    shutil.rmtree(course.root / ".venv")
    course.root.chmod(0o555)
    try:
        result = course.run("setup")
    finally:
        course.root.chmod(0o755)
    assert result.returncode == 1
    assert "Nothing can be written into the course folder" in result.stderr


@pytest.mark.slow
@on_posix
def test_no_network_at_the_first_start_is_explained_and_a_later_start_works(course):
    shutil.rmtree(course.environment.uv_folder)
    nowhere = "http://127.0.0.1:9/simple"  # the discard port: nothing listens
    offline = {
        "PIP_INDEX_URL": nowhere,
        "PIP_EXTRA_INDEX_URL": "",
        "PIP_FIND_LINKS": "",
        "PIP_RETRIES": "1",
    }
    result = subprocess.run(
        [sys.executable, course.root / "start.py", "setup"],
        capture_output=True,
        text=True,
        env=os.environ | offline | {"PIP_CONFIG_FILE": os.devnull},
    )
    assert result.returncode == 1
    assert "The internet could not be reached, and the first start needs it" in result.stderr
    assert "Traceback" not in result.stderr
    course.place_uv()
    assert course.run("setup").returncode == 0


@on_posix
def test_a_full_disk_is_explained_and_pip_is_not_tried_as_well(course):
    course.play("error: failed to write to file\n  Caused by: No space left on device (os error 28)")
    result = course.run("setup")
    assert result.returncode == 1
    assert "The disk became full" in result.stderr and "pip" not in result.stderr
    course.play()
    assert course.run("setup").returncode == 0


def test_too_little_space_is_said_before_anything_is_made(course, monkeypatch):
    monkeypatch.setattr(start.shutil, "disk_usage", lambda folder: shutil._ntuple_diskusage(9, 8, 10**8))
    with pytest.raises(start.Problem, match=r"needs 1\.5 GB while it installs, and 0\.1 GB\nare free"):
        start.check_computer(course.environment)


@pytest.mark.slow
@on_posix
def test_without_network_a_new_lock_leaves_the_working_environment_as_it_was(course):
    course.run("setup")
    before = course.stamp()
    (course.root / "uv.lock").write_text("# a newer edition\n")
    course.play("error: Failed to fetch\n  Caused by: dns error: failed to lookup address information")
    nowhere = {
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_RETRIES": "0",
        "PIP_CONFIG_FILE": os.devnull,
    }
    result = course.run("setup", **nowhere, PIP_FIND_LINKS="", PIP_EXTRA_INDEX_URL="")
    assert result.returncode == 1
    assert course.stamp() == before


# What the installers really print, shortened (uv 0.13, pip 23 to 25, Debian's venv, Windows in English),
# and words of the sentence that must come of it.
FAILURES = {
    "offline-pip": """
        WARNING: Retrying (Retry(total=1)) after connection broken by 'NewConnectionError('Failed to
        establish a new connection: [Errno -3] Temporary failure in name resolution')': /simple/uv/
        ERROR: Could not find a version that satisfies the requirement uv==0.13.9 (from versions: none)
        -> The internet could not be reached""",
    "offline-uv": """
        error: Failed to fetch: `https://files.pythonhosted.org/x.whl`
          Caused by: error sending request for url
          Caused by: dns error
        -> The internet could not be reached""",
    "inspected-uv": """
        error: Failed to fetch: `https://files.pythonhosted.org/x.whl`
          Caused by: client error (Connect)
          Caused by: invalid peer certificate: UnknownIssuer
        -> No secure connection could be made""",
    "inspected-pip": """
        SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed:
        self-signed certificate in certificate chain (_ssl.c:1006)'))
        -> pip config set global.cert""",
    "proxy": """
        ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 407 Proxy Authentication
        Required'))
        -> which proxy address pip""",
    "forbidden": """
        error: HTTP status client error (403 Forbidden) for url (https://pypi.org/simple/uv/)
        -> package mirror""",
    "full": """
        OSError: [Errno 28] No space left on device
        -> The disk became full""",
    "full-windows": """
        error: failed to copy file: There is not enough space on the disk. (os error 112)
        -> The disk became full""",
    "long-windows": """
        error: failed to create file `C:x`: The filename or extension is too long. (os error 206)
        -> too long for Windows""",
    "no-venv": """
        The virtual environment was not created successfully because ensurepip is not
        available.  On Debian/Ubuntu systems, you need to install the python3-venv
        package using the following command.
            apt install python3.11-venv
        -> sudo apt install python3-venv""",
    "policy": """
        [WinError 1260] This program is blocked by group policy.
        -> did not allow a program""",
    "in-use": """
        [WinError 32] The process cannot access the file because it is being used by another process
        -> are in use""",
    "no-permission": """
        [WinError 5] Access is denied: 'C:Course.venvLib'
        -> could not be written""",
    "no-wheel": """
        error: Distribution `scipy==1.17.1` can't be installed because
        it doesn't have a source distribution or wheel for the current platform
        -> The course was tried with Python 3.11 to 3.13""",
    "unknown": """
        Segmentation fault
        -> Start again; if the same happens""",
    "harmless-number": """
        Downloading tuned-407 (407 kB)
        Segmentation fault
        -> Start again; if the same happens""",
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES.keys())
def test_failures_of_the_installers_are_put_in_plain_words(failure, tmp_path):
    output, words = textwrap.dedent(failure).split("-> ")
    sentences = start.explain(output, start.Environment(str(tmp_path)))[1]
    assert words in sentences
    assert "your work is untouched" in sentences
    assert max(map(len, sentences.replace(str(tmp_path), "").splitlines())) <= 105


def test_a_python_newer_than_tried_is_mentioned_when_something_fails(monkeypatch, tmp_path):
    monkeypatch.setattr(start, "NEWEST_TRIED", (3, 10))
    sentences = start.explain("Segmentation fault", start.Environment(str(tmp_path)))[1]
    assert "is newer than those the course was tried with" in sentences


# ---------------------------------------------------------------- what pip does when uv cannot be had


@on_posix
def test_pip_installs_the_whole_list_when_uv_cannot_be_used(course, monkeypatch):
    calls = []

    def call(self, command, progress=None, must_work=False):
        calls.append(" ".join(command))
        return (126, "blocked") if command[0] == course.environment.uv else (0, "pip 24.0 from here")

    monkeypatch.setattr(start.Installation, "call", call)
    installation = start.Installation(course.environment, ["test"])
    installation.install(installation.get_uv())
    assert any("--only-binary :all:" in call and start.UV in call for call in calls)
    assert any(call.endswith(f"--no-deps -r {course.environment.requirements}") for call in calls)
    assert "pytest" in calls[-1] and "-c " in calls[-1]
    assert "--use-feature=truststore" in calls[-1]


def test_the_tests_parts_have_exact_versions_for_pip_too():
    parts, limits = start.group_parts(start.Environment(str(ROOT)), "test")
    limited = {limit.split("==")[0] for limit in limits}
    assert "pytest" in parts
    assert {re.split(r"[=<>~! ]", part)[0] for part in parts} <= limited


@pytest.mark.parametrize(
    ("version", "options"),
    [
        ("pip 23.2.1 from here", []),  # cannot
        ("pip 24.0 from here", ["--use-feature=truststore"]),
        ("pip 25.0.1 from here", []),  # does so by itself
        ("nonsense", []),
    ],
)
def test_pip_trusts_the_certificates_of_the_computer_where_it_has_to_be_told(version, options):
    assert start.trust_options(version) == options


# ---------------------------------------------------------------- Windows, reasoned through


def test_paths_on_windows():
    environment = start.Environment(r"C:\Users\Zoë Smith\Course", "nt")
    assert environment.python == r"C:\Users\Zoë Smith\Course\.venv\Scripts\python.exe"
    assert environment.uv == r"C:\Users\Zoë Smith\Course\.venv\start\uv\bin\uv.exe"
    variables = start.course_variables(environment, {"PATH": r"C:\Windows", "PYTHONHOME": "x", "PYTHONPATH": "y"})
    assert variables["PATH"] == r"C:\Users\Zoë Smith\Course\.venv\Scripts;C:\Windows"
    assert "PYTHONHOME" not in variables and "PYTHONPATH" not in variables


def test_paths_elsewhere():
    environment = start.Environment("/home/zoë", "posix")
    assert environment.python == "/home/zoë/.venv/bin/python"
    assert start.course_variables(environment, {})["PATH"] == "/home/zoë/.venv/bin"


@pytest.mark.parametrize(
    ("length", "os_name", "allowed", "too_long"),
    [
        (94, "nt", False, False),
        (95, "nt", False, True),
        (95, "nt", True, False),
        (200, "posix", False, False),
    ],
)
def test_a_folder_name_too_long_for_windows_is_refused(length, os_name, allowed, too_long):
    assert start.path_too_long("x" * length, os_name, allowed) == too_long


def test_the_longest_path_inside_the_environment_is_known():
    """Checked on the environment that runs these tests, spelled as Windows would."""
    packages = Path(json.__file__).parent if sys.prefix == sys.base_prefix else Path(sys.prefix)
    packages = next(packages.glob("lib/python3*/site-packages"), None) or next(packages.glob("Lib/site-packages"), None)
    if packages is None or not (packages / "jupyterlab").exists():
        pytest.skip("the environment of the course is not the one that runs this test")
    # Only what learners get: of the tests' parts, playwright has longer paths.
    inside = list((packages / "jupyterlab").rglob("*"))
    longest = max(len(str(path.relative_to(packages))) for path in inside)
    assert longest + len(r"\.venv\Lib\site-packages" + "\\") <= start.LONGEST_PATH_INSIDE


@pytest.mark.parametrize(
    ("os_name", "variables", "processes", "is_screen", "closes"),
    [
        ("nt", {}, 2, True, True),  # double-click: py.exe and python.exe
        ("nt", {"PROMPT": "$P$G"}, 2, True, False),  # cmd.exe and python.exe
        ("nt", {}, 3, True, False),  # PowerShell, py.exe and python.exe
        ("nt", {}, 1, False, False),  # a program runs it
        ("posix", {}, 1, True, False),
    ],
)
def test_only_a_window_that_would_vanish_is_kept_open(os_name, variables, processes, is_screen, closes):
    assert start.closes_by_itself(os_name, variables, processes, is_screen) == closes


def test_the_installers_use_the_proxy_of_the_computer_but_not_instead_of_a_chosen_one():
    environment = start.Environment("/course")
    proxies = {"https": "http://system:8080"}
    assert start.installer_variables(environment, {}, proxies)["HTTPS_PROXY"] == "http://system:8080"
    chosen = start.installer_variables(environment, {"HTTPS_PROXY": "http://mine:1"}, proxies)
    assert chosen["HTTPS_PROXY"] == "http://mine:1"


def test_nothing_outside_the_course_folder_is_used_as_a_store():
    variables = start.installer_variables(start.Environment("/course"), {"UV_PYTHON": "3.9"}, {})
    assert variables["UV_CACHE_DIR"].startswith("/course/.venv/")
    assert variables["PIP_CACHE_DIR"].startswith("/course/.venv/")
    assert "UV_PYTHON" not in variables


# ---------------------------------------------------------------- the files that describe the environment


def locked_packages():
    return tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]


def names_in(requirements):
    """Lines of a requirements list without comments, the course itself and markers' spaces."""
    lines = [line.split("#")[0].strip() for line in requirements.splitlines()]
    return {line for line in lines if line and not line.startswith("-e")}


def test_the_lock_was_made_from_pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (course,) = [package for package in locked_packages() if package["name"] == project["project"]["name"]]

    def name(requirement):
        return re.split(r"[\[<>=~!; ]", requirement)[0].lower()

    assert {entry["name"] for entry in course["metadata"]["requires-dist"]} == set(
        map(name, project["project"]["dependencies"])
    )
    for group, parts in project["dependency-groups"].items():
        locked = {entry["name"] for entry in course["metadata"]["requires-dev"][group]}
        assert locked == set(map(name, parts)), f"run `uv lock`: group {group} has changed"


def test_the_list_for_pip_names_only_versions_of_the_lock():
    locked = {(package["name"], package.get("version")) for package in locked_packages()}
    listed = names_in((ROOT / "requirements.lock.txt").read_text(encoding="utf-8"))
    assert len(listed) > 100
    for line in listed:
        name, version = line.split(";")[0].strip().split("==")
        assert (name, version) in locked, f"{line}: export requirements.lock.txt again"


def test_the_list_for_pip_is_what_uv_exports_from_the_lock():
    uv = next(filter(None, [shutil.which("uv"), shutil.which(start.Environment(str(ROOT)).uv)]), None)
    if uv is None:
        pytest.skip("uv is not here; `python3 start.py test` brings it")
    export = [uv, "export", "--frozen", "--offline", "--no-hashes", "--no-annotate", "--no-header", "--quiet"]
    result = subprocess.run(export, cwd=ROOT, capture_output=True, text=True, check=True)
    listed = (ROOT / "requirements.lock.txt").read_text(encoding="utf-8")
    assert names_in(listed) == names_in(result.stdout)
    assert "\n-e .\n" in listed


def test_conda_takes_everything_but_python_from_the_same_list():
    import yaml

    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python, pip, from_pip = conda["dependencies"]
    oldest, newest = (f"{a}.{b}" for a, b in (start.OLDEST_PYTHON, start.NEWEST_TRIED))
    beyond = f"{start.NEWEST_TRIED[0]}.{start.NEWEST_TRIED[1] + 1}"
    assert python == f"python >={oldest},<{beyond}" and newest < beyond
    assert pip == "pip"
    assert from_pip == {"pip": ["--requirement requirements.lock.txt"]}


def test_every_part_exists_ready_made_for_windows_and_macs():
    """People at work cannot compile. Exceptions are computers on which nothing else is to be had."""
    known_gaps = {
        # Intel Macs: the last version with a wheel for them is 25.1.0
        ("argon2-cffi-bindings", "macosx_x86_64")
    }
    wanted = {
        "win_amd64": r"win_amd64",
        "macosx_arm64": r"macosx_\d+_\d+_(arm64|universal2)",
        "macosx_x86_64": r"macosx_\d+_\d+_(x86_64|universal2)",
    }
    listed = {}
    for line in names_in((ROOT / "requirements.lock.txt").read_text(encoding="utf-8")):
        part, _, marker = line.partition(";")
        listed[tuple(part.strip().split("=="))] = marker
    gaps = set()
    for package in locked_packages():
        marker = listed.get((package["name"], package.get("version")))
        if marker is None or "'never'" in marker:
            continue
        wheels = [wheel["url"].rsplit("/", 1)[-1] for wheel in package.get("wheels", [])]
        if any(wheel.endswith("-none-any.whl") for wheel in wheels):
            continue
        for computer, pattern in wanted.items():
            windows_only = "nt" in marker or "== 'win32'" in marker
            elsewhere_only = "!= 'win32'" in marker
            if (windows_only and "mac" in computer) or (elsewhere_only and "win" in computer):
                continue
            if not any(re.search(pattern, wheel) for wheel in wheels):
                gaps.add((package["name"], computer))
    assert gaps <= known_gaps


def test_ci_runs_the_same_command_as_everybody():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert script.startswith("#!/usr/bin/env bash\n")
    commands = [line for line in textwrap.dedent(script).splitlines() if line and not line.startswith("#")]
    assert commands[-1] == "python3 start.py test"
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
