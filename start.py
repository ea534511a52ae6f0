"""Start the course: `python3 start.py` (on Windows `py start.py`). Nothing else has to be installed first.

The idea: everything the course needs goes into one folder beside this file, `.venv`, at exactly the
versions that `uv.lock` names; nothing is installed anywhere else on the computer. The last thing
written there is a stamp (`.venv/start/ready.json`) that says for which lock, which Python and which
place the folder was made. A start that finds a fitting stamp installs nothing and needs no network; a
start that finds none, because the first one was interrupted or the folder was moved, makes `.venv`
anew. So whatever happens half-way, starting again is safe, and nobody ever has to repair anything.

Only the standard library is used, no activation script is run (many workplaces block them), and the
whole file keeps to words that even Python 2.7 can read, so that an old Python says so in a sentence
instead of a syntax error.
"""
# ruff: noqa: B904  (`raise ... from` is a syntax error to the Pythons meant above)

from __future__ import print_function

import os
import sys

OLDEST_PYTHON = (3, 11)
NEWEST_TRIED = (3, 13)

if sys.version_info[:2] < OLDEST_PYTHON:
    print(
        "The course needs Python 3.11 or newer, and this is Python %d.%d. Nothing was changed.\n"
        "Please install Python 3.13 from https://www.python.org/downloads/ or from your organisation's\n"
        "software centre. Then start again: `py start.py` on Windows, `python3.13 start.py` elsewhere."
        % tuple(sys.version_info[:2])
    )
    if os.name == "nt" and "PROMPT" not in os.environ and sys.stdin and sys.stdin.isatty():
        print("\nPress Enter to close this window.")  # after a double-click it would be gone at once
        sys.stdin.readline()
    sys.exit(1)

import ast
import contextlib
import errno
import glob
import hashlib
import json
import ntpath
import posixpath
import re
import shutil
import subprocess
import threading
import time
import tomllib
import urllib.request

ROOT = os.path.dirname(os.path.abspath(__file__))
UV = "uv==0.13.9"  # the installer is pinned as well: it has to understand the format of uv.lock
SPACE_NEEDED = 1500 * 10**6  # bytes free while installing; about half of it stays in use
DOWNLOAD = "about 200 MB"
LONGEST_PATH_INSIDE = 165  # characters from the course folder to the deepest file of JupyterLab
MUST_IMPORT = ("researchskills", "jupyterlab", "nbgrader", "pandas")

HELP = """\
Research at the Interface: start the course.  (On Windows write `py` instead of `python3`.)

  python3 start.py                 prepare what is needed (the first time only), then open the course
      --no-browser                 print the address of the course instead of opening a browser
      --port NUMBER                use this port
      --workspace FOLDER           keep your own work in this folder
      --warm                       open notebooks faster, for more memory (Linux only)
  python3 start.py setup           prepare only; the one step that needs the internet
  python3 start.py test [WORDS]    run all tests of the course; WORDS go to pytest
  python3 start.py COMMAND [...]   anything else is a `course` command, for example
                                   python3 start.py hand-in 00
                                   python3 start.py mark hand-ins/
                                   python3 start.py course --help      (lists them all)
  python3 start.py --help          show this text

Everything is installed into the folder .venv beside start.py. To undo it, delete that folder."""


INCOMPLETE = """\
%s is missing, so the course folder is not complete. If you opened a .zip file, extract all of it first,
then start again in the extracted folder."""


class Problem(Exception):
    """Something that stops the start, in plain sentences; `kind` names it for the code."""

    def __init__(self, sentences, kind="other"):
        Exception.__init__(self, sentences)
        self.kind = kind


class Environment(object):
    """Where things are inside `.venv`, which differs between Windows and everything else."""

    def __init__(self, root, os_name=os.name):
        path = ntpath if os_name == "nt" else posixpath
        program = ".exe" if os_name == "nt" else ""
        scripts = "Scripts" if os_name == "nt" else "bin"
        self.root = root
        self.os_name = os_name
        self.folder = path.join(root, ".venv")
        self.scripts = path.join(self.folder, scripts)
        self.python = path.join(self.scripts, "python" + program)
        self.lock = path.join(root, "uv.lock")
        self.requirements = path.join(root, "requirements.lock.txt")
        # What start.py itself keeps; emptying `.venv` leaves this folder alone.
        self.own = path.join(self.folder, "start")
        self.stamp = path.join(self.own, "ready.json")
        self.busy = path.join(self.own, "busy.lock")
        self.log = path.join(self.own, "install.log")
        self.cache = path.join(self.own, "cache")
        self.uv_folder = path.join(self.own, "uv")
        self.uv = path.join(self.uv_folder, "bin", "uv" + program)


# ---------------------------------------------------------------- what the words mean


def main(words):
    """Do what the words after `start.py` ask for and return the exit status."""
    if words[:1] in (["--help"], ["-h"], ["help"]):
        print(HELP)
        return 0
    try:
        return run(Environment(ROOT), words)
    except Problem as problem:
        say("\n%s" % problem)
        return 1
    except KeyboardInterrupt:
        say("\nStopped. Nothing is broken: start again whenever you like.")
        return 130


def run(environment, words):
    """Prepare what the command needs, then hand over to it."""
    words = full_words(words)
    prepare(environment, groups=["test"] if words[0] == "test" else [])
    if words[0] == "setup":
        say("Everything is ready. Open the course with: %s" % start_command(environment.os_name))
        return 0
    if words[0] == "test":
        # Tests are always run from the course folder; a file named from elsewhere is still found.
        files = [os.path.abspath(word) if os.path.exists(word) else word for word in words[1:]]
        os.chdir(environment.root)
        return hand_over(environment, ["-m", "pytest"] + files)
    # The folder stays the user's own, so that relative paths mean what the user sees.
    return hand_over(environment, ["-m", "researchskills.cli"] + words)


def full_words(words):
    """No word, or only options, means `start`; a leading `course` may be written or left out."""
    if words[:1] == ["course"] and len(words) > 1:
        return list(words[1:])
    if not words or words[0].startswith("-"):
        return ["start"] + list(words)
    return list(words)


def start_command(os_name):
    """How this file is started here, for messages."""
    return "py start.py" if os_name == "nt" else "python3 start.py"


def hand_over(environment, arguments):
    """Run the Python of the environment with these arguments and return its exit status."""
    command = [environment.python] + arguments
    variables = course_variables(environment, os.environ)
    sys.stdout.flush()
    sys.stderr.flush()
    if environment.os_name != "nt":
        # The course takes this process over: signals and the exit status need no passing on.
        os.execve(command[0], command, variables)
    process = subprocess.Popen(command, env=variables)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            pass  # Ctrl+C reached the course too, which says goodbye in its own time


def course_variables(environment, variables):
    """Environment variables for the course: what an activation script would have set."""
    path = ntpath if environment.os_name == "nt" else posixpath
    result = without_other_pythons(variables)
    result["VIRTUAL_ENV"] = environment.folder
    # First on PATH, because nbgrader calls `alembic`, and Jupyter its own parts, by name.
    result["PATH"] = path.pathsep.join([environment.scripts] + [p for p in [result.get("PATH")] if p])
    if environment.os_name == "nt":
        result.setdefault("PYTHONUTF8", "1")  # text files mean the same on every computer
    return result


def without_other_pythons(variables):
    """Copy of the variables without those that would mix another Python into ours."""
    unwanted = {"PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"}
    unwanted |= {"UV_PYTHON", "UV_PROJECT", "UV_WORKING_DIR", "UV_WORKING_DIRECTORY", "UV_NO_EDITABLE"}
    return {name: value for name, value in variables.items() if name.upper() not in unwanted}


# ---------------------------------------------------------------- is it ready?


def prepare(environment, groups=()):
    """Make `.venv` fit the lock, if it does not already; one start at a time."""
    if next_step(environment, groups) == "nothing":
        return
    check_computer(environment)
    with one_at_a_time(environment) as handle:
        step = next_step(environment, groups)  # asked again: the other window may have done it
        if step != "nothing":
            Installation(environment, groups, handle).do(step)


def next_step(environment, groups=()):
    """Look at `.venv` and say what it needs: "nothing", "update" or "build"."""
    stamp = read_stamp(environment)
    python = ask_python(environment)
    return decide(stamp, python, lock_hash(environment), same_place(environment.folder), groups)


def decide(stamp, python, lock, place, groups):
    """Pure decision behind `next_step`.

    `stamp` is what the last start wrote (None: `.venv` was made by somebody else), `python` the
    version that the environment's Python reports (None: it does not run).
    """
    if python is None or tuple(int(part) for part in python.split(".")[:2]) < OLDEST_PYTHON:
        return "build"
    if stamp is None:
        return "update"  # made by hand, for instance with `uv sync`: add what is missing, delete nothing
    if stamp.get("state") != "ready" or stamp.get("place") != place or stamp.get("python") != python:
        return "build"  # interrupted, moved, or its Python was exchanged
    if stamp.get("lock") != lock or not set(groups) <= set(stamp.get("groups", [])):
        return "update"
    return "nothing"


def read_stamp(environment):
    """Return the stamp; None when there is none, an unfinished one when it cannot be read."""
    try:
        with open(environment.stamp, encoding="utf-8") as file:
            stamp = json.load(file)
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return {"state": "changing"}
    return stamp if isinstance(stamp, dict) else {"state": "changing"}


def write_stamp(environment, stamp):
    """Write the stamp in one go: it is there completely or not at all."""
    if stamp is None:
        if os.path.exists(environment.stamp):
            os.remove(environment.stamp)
        return
    os.makedirs(environment.own, exist_ok=True)
    with open(environment.stamp + ".new", "w", encoding="utf-8") as file:
        json.dump(stamp, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(environment.stamp + ".new", environment.stamp)


def ask_python(environment):
    """Version of the environment's Python, or None when it does not run from where it is now."""
    if not os.path.exists(environment.python):
        return None
    question = "import sys; print('%d.%d.%d' % sys.version_info[:3]); print(ascii(sys.prefix))"
    try:
        answer = subprocess.run(
            [environment.python, "-c", question],
            check=True,
            env=without_other_pythons(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=120,
        )
        version, prefix = answer.stdout.decode("ascii").splitlines()
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return version if same_place(ast.literal_eval(prefix)) == same_place(environment.folder) else None


def same_place(folder):
    """One spelling of a folder, whichever link or drive letter it was reached by."""
    return os.path.normcase(os.path.realpath(folder))


def lock_hash(environment):
    """Fingerprint of the versions that must be installed."""
    try:
        with open(environment.lock, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    except OSError:
        raise Problem(INCOMPLETE % "uv.lock")


# ---------------------------------------------------------------- before anything is changed


def check_computer(environment):
    """Refuse early, in a sentence, what would fail late."""
    if sys.maxsize < 2**32:
        raise Problem(
            "This is a 32-bit Python, for which parts of the course do not exist. Nothing was changed.\n"
            "Please install the 64-bit Python 3.13, then start again."
        )
    if path_too_long(environment.root, environment.os_name, long_paths_allowed(environment.os_name)):
        raise Problem(explain("path too long (os error 206)", environment)[1], "long path")
    try:
        free = shutil.disk_usage(environment.root).free
    except OSError:
        return  # some network drives do not tell
    if free < SPACE_NEEDED and not os.path.exists(environment.python):
        raise Problem(
            "There is too little space on the disk: the course needs %.1f GB while it installs, and %.1f GB\n"
            "are free in %s. Nothing was changed. Free some space, then start again."
            % (SPACE_NEEDED / 1e9, free / 1e9, environment.root),
            "disk",
        )


def path_too_long(root, os_name, allowed):
    """Whether Windows would refuse the deepest files of the course: 259 characters unless allowed."""
    return os_name == "nt" and not allowed and len(root) + LONGEST_PATH_INSIDE > 259


def long_paths_allowed(os_name):
    """Whether this Windows was set to accept paths of more than 259 characters."""
    if os_name != "nt":
        return True
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SYSTEM\CurrentControlSet\Control\FileSystem") as key:
            return winreg.QueryValueEx(key, "LongPathsEnabled")[0] == 1
    except OSError:
        return False


@contextlib.contextmanager
def one_at_a_time(environment):
    """Hold the lock on `.venv`; wait for another start that is holding it."""
    try:
        os.makedirs(environment.own, exist_ok=True)
        file = open(environment.busy, "a+b")
    except OSError as error:
        raise Problem(cannot_write(environment, error), "permission")
    with file:
        said = False
        while not take_lock(file):
            if not said:
                say("Another start is preparing the course just now. Waiting for it to finish ...")
                said = True
            time.sleep(0.5)
        yield file  # closing the file, or the end of this process in any way, gives the lock back


def take_lock(file):
    """Try once; True when the lock is ours, or when this disk knows no locks."""
    try:
        if os.name == "nt":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK, errno.EDEADLK)
    return True


def cannot_write(environment, error):
    """Sentences for a folder that does not let us write."""
    if error.errno == errno.ENOSPC:
        return explain("No space left on device", environment)[1]
    return (
        "Nothing can be written into the course folder (%s):\n    %s\n"
        "Copy the whole course folder to a place of your own, such as Documents, and start it there. If\n"
        "this is such a place, rename or delete the file or folder `.venv` in it, then start again."
        % (error.strerror or error, environment.root)
    )


# ---------------------------------------------------------------- installing


class Installation(object):
    """One run of installing, step by step, with a log of what the installers said."""

    def __init__(self, environment, groups, handle=None):
        self.environment = environment
        self.groups = sorted(groups)
        self.handle = handle

    def do(self, step):
        """Carry out "build" or "update" and set the stamp."""
        environment = self.environment
        before = read_stamp(environment)
        # What was installed on top before, such as the tests' parts, stays.
        self.groups = sorted(set(self.groups) | set((before or {}).get("groups", [])))
        try:
            write_stamp(environment, {"state": "changing", "groups": self.groups})
            open(environment.log, "w").close()
            if step == "build":
                say("Preparing the course. This is needed once and takes one to five minutes; it downloads")
                say("%s into %s" % (DOWNLOAD, environment.folder))
                self.make_folder()
            else:
                say("Bringing the parts of the course up to date ...")
            self.install(self.get_uv())
            self.finish()
        except FileNotFoundError as error:
            raise Problem(INCOMPLETE % os.path.basename(error.filename or "a file"))
        except OSError as error:
            raise Problem(cannot_write(environment, error), "permission")
        except Problem as problem:
            if step == "update" and problem.kind == "network":
                # Both installers fetch everything before they touch anything: all is as it was.
                write_stamp(environment, before)
            raise

    def make_folder(self):
        """Step 1: an empty environment with a Python of its own."""
        environment = self.environment
        say("Making a Python of its own for the course ...")
        base = sys.executable
        if same_place(sys.prefix) == same_place(environment.folder):
            base = getattr(sys, "_base_executable", None) or base
        if same_place(os.path.dirname(base)) == same_place(environment.scripts):
            raise Problem(
                "The course's own Python in .venv needs to be made again, and cannot do that to itself.\n"
                "Start with the computer's Python instead: %s" % start_command(environment.os_name)
            )
        empty(environment)
        self.call([base, "-m", "venv", environment.folder], must_work=True)
        if ask_python(environment) is None:
            raise Problem(explain("blocked by group policy", environment)[1], "blocked")

    def get_uv(self):
        """Step 2: the installer uv, or None when only pip can be had."""
        environment = self.environment
        if self.runs(environment.uv, "--version"):
            return environment.uv
        say("Fetching the installer ...")
        shutil.rmtree(environment.uv_folder, ignore_errors=True)
        pip = self.pip()
        status, output = self.call(pip + ["--only-binary", ":all:", "--target", environment.uv_folder, UV])
        if status:
            kind, sentences = explain(output, environment)
            if kind in ("network", "disk"):
                raise Problem(sentences, kind)
        elif self.runs(environment.uv, "--version"):
            return environment.uv
        say("    uv cannot be used here; pip does the same, more slowly.")
        return None

    def install(self, uv):
        """Step 3: everything the lock names."""
        environment = self.environment
        total = count_parts(environment)
        say("Fetching and installing about %d parts ..." % total)
        if uv:
            status, output = self.install_with_uv(uv, total)
            if not status:
                return
            kind, sentences = explain(output, environment)
            if kind in ("disk", "long path", "in use"):
                raise Problem(sentences, kind)
            # pip knows the organisation's own settings (pip.ini: package mirror, certificate, proxy).
            say("    uv could not do it; trying with pip ...")
        try:
            self.install_with_pip(total)
        except Problem as problem:
            if uv and kind == "network" and problem.kind in ("no wheel", "other"):
                raise Problem(sentences, kind)  # uv said more clearly what it came from
            raise

    def install_with_uv(self, uv, total):
        """Install with uv; return (exit status, what it printed)."""
        environment = self.environment
        sync = [uv, "sync", "--project", environment.root, "--python", environment.python, "--frozen"]
        sync += ["--no-python-downloads"] + [word for group in self.groups for word in ("--group", group)]
        archives = os.path.join(environment.cache, "archive-v0")

        def unpacked():
            return len(os.listdir(archives)) if os.path.isdir(archives) else 0

        status, output = self.call(
            sync + ["--no-install-project", "--compile-bytecode"],
            progress=lambda lines: fraction(unpacked(), total, "unpacked; now putting them in place"),
        )
        if status:
            return status, output
        # The course itself comes last and on its own: only now is there something to point at it.
        return self.call(sync)

    def install_with_pip(self, total):
        """Install the same with pip, or raise a Problem."""
        environment = self.environment
        pip = self.pip()

        def progress(lines):
            signs = ("Collecting ", "Obtaining ", "Processing ")
            found = sum(line.lstrip().startswith(signs) for line in lines)
            installing = lines[-1].startswith("Installing ")
            return fraction(total if installing else found, total, "fetched; now putting them in place")

        # The list is complete, so pip need not look for more (--no-deps).
        self.call(pip + ["--no-deps", "-r", environment.requirements], progress=progress, must_work=True)
        for group in self.groups:
            parts, limits = group_parts(environment, group)
            file_name = os.path.join(environment.own, "limits.txt")
            with open(file_name, "w", encoding="utf-8") as file:
                file.write("\n".join(limits))
            self.call(pip + ["-c", file_name] + parts, progress=progress, must_work=True)

    def finish(self):
        """See that it works, tidy up, and set the stamp: always the last thing."""
        environment = self.environment
        point_at_source(environment)
        self.call([environment.python, "-c", "import " + ", ".join(MUST_IMPORT)], must_work=True)
        # Once, or notebooks and marking would do it anew each time where Python may not write beside the source.
        self.call([environment.python, "-m", "compileall", "-q", os.path.join(environment.root, "src")])
        shutil.rmtree(environment.cache, ignore_errors=True)
        stamp = {"state": "ready", "groups": self.groups, "python": ask_python(environment)}
        stamp.update(lock=lock_hash(environment), place=same_place(environment.folder))
        write_stamp(environment, stamp)

    def pip(self):
        """The command `pip install` of the environment."""
        environment = self.environment
        if not self.runs(environment.python, "-m", "pip", "--version"):
            self.call([environment.python, "-m", "ensurepip"], must_work=True)
        pip = [environment.python, "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
        pip += ["--progress-bar", "off"]
        version = self.call([environment.python, "-m", "pip", "--version"])[1]
        return pip + trust_options(version)

    def runs(self, *command):
        """Whether this program can be run at all; workplaces may block unknown ones."""
        return self.call(list(command))[0] == 0

    def call(self, command, progress=None, must_work=False):
        """Run a command; return (exit status, what it printed). Everything also goes into the log.

        `progress` turns the lines so far into a few words that are shown while it runs.
        """
        environment = self.environment
        lines = ["$ " + " ".join(command)]
        status = 126
        # Whoever installs also holds the lock: if this process is killed, the next start waits until
        # the installer it left behind has ended. (Windows cannot pass a lock on.)
        handles = (self.handle.fileno(),) if self.handle and os.name != "nt" else ()
        try:
            process = subprocess.Popen(
                command,
                cwd=environment.root,
                env=installer_variables(environment, os.environ, urllib.request.getproxies()),
                stdin=subprocess.DEVNULL,  # nobody is asked for a password in the middle
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=handles,
            )
        except OSError as error:
            lines.append(str(error))
        else:
            status = follow(process, lines, progress)
        output = "\n".join(lines[1:])
        with open(environment.log, "a", encoding="utf-8", errors="replace") as file:
            file.write("\n".join(lines) + "\n[%s]\n" % status)
        if status and must_work:
            kind, sentences = explain(output, environment)
            raise Problem(sentences, kind)
        return status, output


def follow(process, lines, progress):
    """Collect the lines of a running process, show its progress, return its exit status."""

    def read():
        for line in process.stdout:
            lines.append(line.decode("utf-8", "replace").rstrip())

    reader = threading.Thread(target=read)
    reader.daemon = True
    reader.start()
    screen = Ticker()
    try:
        while reader.is_alive():
            reader.join(0.25)
            if progress:
                screen.show(progress(lines))
        return process.wait()
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        raise
    finally:
        screen.end()


class Ticker(object):
    """One line that keeps changing on a screen; a new line every ten seconds in a log."""

    def __init__(self):
        self.started = self.last = time.monotonic()
        self.width = 0

    def show(self, words):
        """Show these words and the time so far."""
        now = time.monotonic()
        if not words or now - self.started < 1:
            return
        text = "    %s (%d s)" % (words, now - self.started)
        if sys.stderr.isatty():
            sys.stderr.write("\r" + text.ljust(self.width))
            sys.stderr.flush()
            self.width = len(text)
        elif now - self.last >= 10:
            say(text)
            self.last = now

    def end(self):
        """Leave the line and go on below it."""
        if self.width:
            say("")


def say(text):
    """Tell the user. On standard error, so that the output of `mark --json` stays clean."""
    print(text, file=sys.stderr)
    sys.stderr.flush()


def fraction(done, total, afterwards):
    """Words for progress: `12 of about 140`, then what happens afterwards."""
    return "%d of about %d" % (done, total) if done < total else "all %s" % afterwards


def count_parts(environment):
    """About how many parts will be installed; parts for some computers only are not counted."""
    with open(environment.requirements, encoding="utf-8") as file:
        return sum(1 for line in file if "==" in line and ";" not in line)


def group_parts(environment, group):
    """Names in a dependency group, and the exact versions that the lock gives to everything."""
    with open(os.path.join(environment.root, "pyproject.toml"), "rb") as file:
        parts = tomllib.load(file)["dependency-groups"][group]
    with open(environment.lock, "rb") as file:
        packages = tomllib.load(file)["package"]
    names = [package["name"] for package in packages]
    return parts, [
        "%s==%s" % (package["name"], package["version"])
        for package in packages
        # Two versions are for different Pythons; the right one is already there.
        if names.count(package["name"]) == 1 and "registry" in package["source"]
    ]


def installer_variables(environment, variables, proxies):
    """Environment variables for pip and uv: all their files stay in our folder, the company's rules hold."""
    result = without_other_pythons(variables)
    result["UV_PROJECT_ENVIRONMENT"] = environment.folder
    # In our own folder: same disk as the environment (so files are linked, not copied), kept when an
    # installation is interrupted, and gone when it is done.
    result["UV_CACHE_DIR"] = environment.cache
    result["PIP_CACHE_DIR"] = os.path.join(environment.cache, "pip")
    result["PIP_USER"] = "0"
    result["PYTHONUTF8"] = "1"
    result["NO_COLOR"] = "1"
    result.setdefault("PIP_RETRIES", "1")  # without network, say so soon
    result.setdefault("UV_SYSTEM_CERTS", "1")  # an organisation's own certificate is known there
    result.setdefault("UV_HTTP_TIMEOUT", "120")
    result.setdefault("UV_COMPILE_BYTECODE_TIMEOUT", "600")  # virus scanners make this slow
    # uv does not read the proxy from the settings of Windows; Python does.
    for scheme in ("http", "https"):
        name = scheme.upper() + "_PROXY"
        if scheme in proxies and name not in result and name.lower() not in result:
            result[name] = proxies[scheme]
    return result


def trust_options(pip_version):
    """Options that make pip trust the certificates of the computer, where it does not do so by itself."""
    match = re.search(r"pip (\d+)\.(\d+)", pip_version)
    version = (int(match.group(1)), int(match.group(2))) if match else (0, 0)
    return ["--use-feature=truststore"] if (23, 3) <= version < (24, 2) else []


def empty(environment):
    """Remove everything in `.venv` but our own folder."""
    for patience in (1, 2, 4, 0):
        try:
            for entry in list(os.scandir(environment.folder)):
                if same_place(entry.path) == same_place(environment.own):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path)
                else:
                    os.remove(entry.path)
            return
        except OSError as error:
            # A virus scanner, or what is left of an installer that was killed, may need a moment more.
            if not patience:
                raise Problem(explain("being used by another process: %s" % error, environment)[1], "in use")
            time.sleep(patience)


def point_at_source(environment):
    """Let the environment find the course's package by a relative path.

    Installers write the full path of `src`, in UTF-8; Python before 3.13 reads that line in the
    language of the computer, so on Windows a folder with an accent in its name would not be found.
    """
    for packages in ("Lib/site-packages", "lib/python3*/site-packages"):
        pattern = os.path.join(glob.escape(environment.folder), packages, "*researchskills.pth")
        for name in glob.glob(pattern):
            source = os.path.relpath(os.path.join(environment.root, "src"), os.path.dirname(name))
            with open(name, "w", encoding="ascii") as file:
                file.write(source + "\n")


# ---------------------------------------------------------------- what went wrong, in plain words

# Tried from top to bottom on what the installer printed.
FAILURES = [
    ("disk", r"no space left|os error 28\b|os error 112\b|not enough space|disk quota|errno 28"),
    ("blocked", r"group policy|winerror 1260|os error 1260|app(lication)? control"),
    ("long path", r"os error 206|winerror 206|(name|filename).{0,20} too long"),
    ("no venv", r"ensurepip is not|no module named '?(venv|ensurepip)|python3[\d.]*-venv"),
    ("proxy", r"(error|code|status).{0,20}\b407\b|proxy authentication|proxyerror|to proxy|tunnel"),
    ("certificate", r"certificate|unknownissuer|self.signed|ssl(error|:)"),
    ("refused", r"\b(401|403|451) (client|unauthorized)|status code \(?(401|403|451)|\bforbidden"),
    ("network", r"name resolution|name or service|getaddrinfo|nodename nor servname|dns error|timed out"),
    ("network", r"network is unreachable|no route to host|connection (was )?(refused|reset|aborted)"),
    ("network", r"failed to (resolve|establish|fetch)|newconnectionerror|error sending request|offline"),
    ("in use", r"used by another process|os error 32\b|winerror 32\b|text file busy"),
    ("permission", r"permission denied|access is denied|not permitted|os error (5|13)\b|read-only file"),
    ("no wheel", r"failed to build|no matching distribution|could not find a version|microsoft visual c"),
    ("no wheel", r"subprocess-exited-with-error|no usable wheels|doesn't have a (source dist|wheel)"),
]

SENTENCES = {
    "disk": """\
The disk became full. The course needs {space} GB while it installs in
    {root}
Free some space, then start again.""",
    "blocked": """\
This computer did not allow a program inside the course folder to run:
    {python}
Ask your IT department to allow programs in that folder, or for a folder where Python environments
("venv") may be used; move the course folder there and start again.""",
    "long path": """\
The name of the course folder is too long for Windows:
    {root}
Move the folder to a shorter place, for example C:\\Course or directly into Documents, and start again.""",
    "no venv": """\
This Python lacks its `venv` part, which some systems ship separately.
On Debian or Ubuntu install it with `sudo apt install python3-venv`, then start again.""",
    "proxy": """\
The internet is only reachable through your organisation's proxy, and it refused the connection.
Ask your IT department which proxy address pip, Python's installer, may use to reach pypi.org and
files.pythonhosted.org. Note it with `{base} -m pip config set global.proxy http://address:port`
and start again; or make the first start on another network: later starts need none.""",
    "certificate": """\
No secure connection could be made to pypi.org or files.pythonhosted.org, because an unknown
certificate was shown. Organisations that inspect their internet traffic have one of their own. Ask
your IT department for it as a .pem file, note it with `{base} -m pip config set global.cert THE-FILE`
and start again; or make the first start on another network: later starts need none.""",
    "refused": """\
Your network does not let Python fetch its packages. Ask your IT department to allow
https://pypi.org and https://files.pythonhosted.org, or for the address of its own package mirror,
and note that with `{base} -m pip config set global.index-url ADDRESS`. Or make the first start on
another network: later starts need none.""",
    "network": """\
The internet could not be reached, and the first start needs it ({download} from pypi.org and
files.pythonhosted.org; later starts need none). Check the connection and start again. On a network
at work, ask your IT department to allow these two addresses for Python, or which proxy to use.""",
    "in use": """\
Some files of the course are in use. Close all windows in which the course or its tests are running,
then start again.""",
    "permission": """\
Something in the course folder could not be written:
    {root}
Copy the whole course folder to a place of your own, such as Documents, and start it there.""",
    "no wheel": """\
A part of the course does not exist ready-made for this Python ({version}) on this computer.
The course was tried with Python {oldest} to {newest}: install one of these from
https://www.python.org or your software centre, delete the folder .venv, and start again with it.""",
    "other": """\
The preparation did not finish. Start again; if the same happens, send the file named below to
whoever gave you the course.""",
}

# Where another network, or the same one later, would do: nothing has been installed yet.
KINDS_OF_NETWORK = {"proxy", "certificate", "refused", "network"}


def explain(output, environment):
    """Turn what an installer printed into (kind, plain sentences)."""
    end = "\n".join(output.splitlines()[-60:])  # what went wrong is said last
    kind = next((kind for kind, sign in FAILURES if re.search(sign, end, re.IGNORECASE)), "other")
    version = sys.version_info[:2]
    sentences = SENTENCES[kind].format(
        root=environment.root,
        python=environment.python,
        space="%.1f" % (SPACE_NEEDED / 1e9),
        download=DOWNLOAD,
        base="py" if environment.os_name == "nt" else "python3",
        version="%d.%d" % version,
        oldest="%d.%d" % OLDEST_PYTHON,
        newest="%d.%d" % NEWEST_TRIED,
    )
    if version > NEWEST_TRIED and kind == "other":
        sentences += "\nYour Python %d.%d is newer than those the course was tried with (%d.%d to %d.%d)." % (
            version + OLDEST_PYTHON + NEWEST_TRIED
        )
    sentences += "\nNothing outside the course folder was changed, and your work is untouched."
    if os.path.exists(environment.log):
        sentences += "\nDetails: %s" % environment.log
    return ("network" if kind in KINDS_OF_NETWORK else kind), sentences


# ---------------------------------------------------------------- windows that close by themselves


def closes_by_itself(os_name, variables, processes, is_screen):
    """Whether this window will vanish, with its message, as soon as we end.

    True for a double-click on start.py in Windows: then nobody else uses the window but Python (and
    its launcher `py`), and no command prompt has left its PROMPT behind.
    """
    return os_name == "nt" and is_screen and processes <= 2 and "PROMPT" not in variables


def processes_in_window():
    """How many programs share this Windows console."""
    import ctypes

    return ctypes.windll.kernel32.GetConsoleProcessList((ctypes.c_uint * 8)(), 8)


def keep_window_open():
    """After a failure, wait for Enter where the message would otherwise be gone at once."""
    if os.name == "nt" and closes_by_itself(
        os.name, os.environ, processes_in_window(), bool(sys.stdin) and sys.stdin.isatty()
    ):
        input("\nPress Enter to close this window.")


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a name the console cannot spell is no reason to stop
    exit_status = main(sys.argv[1:])
    if exit_status:
        keep_window_open()
    sys.exit(exit_status)
