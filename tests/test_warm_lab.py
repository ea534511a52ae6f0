"""`course start --warm`: notebooks begin where the imports have ended, and behave like any other notebook."""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from conftest import ROOT, Lab, make_course, open_page, ready
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.blocking import BlockingKernelClient

from researchskills.kernels import for_lab
from researchskills.lab import WARM, launch

FOLDER = "00-start-here"
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can fork a kernel that is ready")


class WarmLab(Lab):
    """A course that was started with `course start --warm`."""

    def __init__(self, workspace: Path, root: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("RESEARCHSKILLS_ROOT", str(root))
        self.workspace, self.root, self.said = workspace, root, []
        command = [sys.executable, "-m", "researchskills.cli", "start", "--warm", "--no-browser"]
        self.process = subprocess.Popen([*command, "--workspace", str(workspace)], stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            self.said.append(line)
            if "http://" in line:
                break
        self.room = launch._running(workspace)
        assert self.room, f"the course did not start: {self.said}"
        self.server = psutil.Process(self.room.process)

    def ask(self, way: str, method: str = "POST", body: dict | None = None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.room.port}/api/{way}",
            method=method,
            data=None if method in ("GET", "DELETE") else json.dumps(body or {}).encode(),
            headers={"Authorization": f"token {self.room.token}"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def fork_server(self) -> psutil.Process | None:
        return next((one for one in self.server.children() if "researchskills.kernels.server" in one.cmdline()), None)


class Notebook:
    """A notebook that is open in the Lab, as its kernel is seen from there and by the system."""

    def __init__(self, lab: WarmLab, name: str = "lesson"):
        self.lab = lab
        session = {"path": f"{FOLDER}/{name}.ipynb", "name": name, "type": "notebook", "kernel": {"name": "python3"}}
        self.session = lab.ask("sessions", body=session)
        self.id = self.session["kernel"]["id"]
        self.connect()

    def connect(self) -> None:
        file = self.lab.workspace / ".course" / "jupyter" / "runtime" / f"kernel-{self.id}.json"
        self.client = BlockingKernelClient(connection_file=str(file))
        self.client.load_connection_file()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def run(self, code: str) -> str:
        """What a cell prints or shows, or how it fails."""
        said = []

        def keep(message):
            content = message["content"]
            if message["msg_type"] == "stream" and content["name"] == "stdout":
                said.append(content["text"])
            elif message["msg_type"] in ("execute_result", "display_data"):
                said.append(content["data"].get("image/png") or content["data"]["text/plain"])
            elif message["msg_type"] == "error":
                said.append(content["ename"])

        self.client.execute_interactive(code, timeout=60, output_hook=keep)
        return "".join(said).strip()

    @property
    def process(self) -> psutil.Process:
        return psutil.Process(int(self.run("import os; print(os.getpid())")))

    @property
    def is_warm(self) -> bool:
        return "researchskills.kernels.server" in self.process.cmdline()

    def interrupt(self) -> None:
        self.lab.ask(f"kernels/{self.id}/interrupt")

    def restart(self) -> None:
        self.lab.ask(f"kernels/{self.id}/restart")
        self.connect()

    def close(self) -> None:
        self.client.stop_channels()
        self.lab.ask(f"sessions/{self.session['id']}", "DELETE")


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    """A small course with warm notebooks, in a folder whose name has a space and an accent."""
    folder = tmp_path_factory.mktemp("warm")
    with pytest.MonkeyPatch.context() as monkeypatch:
        running = WarmLab(folder / "Zoë's work", make_course(folder / "course root"), monkeypatch)
        yield running
        running.stop()


@contextmanager
def opened(lab: WarmLab, name: str = "lesson"):
    """A notebook for the time of a test."""
    notebook = Notebook(lab, name)
    try:
        yield notebook
    finally:
        notebook.close()


def until(done, seconds: float = 20):
    end = time.monotonic() + seconds
    while not (result := done()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
    return result


def has_ended(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.status() == psutil.STATUS_ZOMBIE
    return True


def test_it_is_off_unless_it_is_asked_for(tmp_path):
    assert "JUPYTER_PATH" not in launch.environment(tmp_path, {})
    assert launch.environment(tmp_path, {"JUPYTER_PATH": "own"}, warm=True)["JUPYTER_PATH"].split(os.pathsep) == [
        str(WARM), "own",
    ]  # fmt: skip


def test_the_kernel_specification_is_the_usual_one_but_for_who_provides_the_kernel():
    ours = json.loads((WARM / "kernels/python3/kernel.json").read_text(encoding="utf-8"))
    assert ours["metadata"].pop("kernel_provisioner") == {"provisioner_name": for_lab.NAME}
    usual = get_kernel_dict()
    # JupyterLab replaces “python” by the Python that it runs in, which is the one that the usual one names in full.
    assert usual["argv"][0] == sys.executable
    assert ours == usual | {"argv": ["python", *usual["argv"][1:]]}


def test_where_no_notebook_can_be_warm_that_is_said_and_the_course_starts(monkeypatch, capsys):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not launch._can_be_warm()
    said = capsys.readouterr().out
    assert said == (
        "Notebooks can be kept warm only on Linux, so --warm makes no difference here. The course starts as usual.\n"
    )


# What may differ is who started the kernel and when; everything else that a notebook can see is compared.
_SEEN = """
import gc, locale, logging, os, resource, signal, sys, tempfile, threading
import ipywidgets, matplotlib, matplotlib.pyplot as plt, numpy, pandas
from researchskills import load
plt.plot([1, 2]); plt.close()
print({
    "folder": os.getcwd(), "argv": sys.argv[0], "path": sys.path, "name": __name__, "flags": sys.flags,
    "environment": sorted((name, value) for name, value in os.environ.items() if name != "JPY_SESSION_NAME"),
    "leads its session": os.getsid(0) == os.getpgid(0) == os.getpid(),
    "signals": [signal.getsignal(one) in (0, 1) or signal.getsignal(one).__qualname__
                for one in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGHUP, signal.SIGPIPE)],
    "blocked": signal.pthread_sigmask(signal.SIG_BLOCK, []), "limits": list(map(resource.getrlimit, range(16))),
    "figures": (matplotlib.get_backend(), matplotlib.get_configdir(), matplotlib.get_cachedir(),
                matplotlib.matplotlib_fname(), sorted(map(str, matplotlib.rcParams.items()))),
    "tables": [pandas.get_option(f"display.{one}") for one in ("max_columns", "max_rows", "width")],
    "numbers": numpy.get_printoptions(), "widgets": sorted(get_ipython().kernel.comm_manager.targets),
    "locale": locale.setlocale(locale.LC_ALL), "rubbish": (gc.isenabled(), gc.get_threshold()),
    "streams": (sys.stdout.encoding, sys.getfilesystemencoding(), type(sys.stdin).__name__),
    "temporary": tempfile.gettempdir(), "log": (logging.root.level, len(logging.root.handlers)),
    "threads": sorted(one.name.split("-")[0].split(" ")[0] for one in threading.enumerate()
                      if "wait" not in one.name and "poller" not in type(one).__name__.lower()),
    "nothing yet": sorted(one for one in dir() if not one.startswith("_"))[:99],
})
"""


@LINUX
@pytest.mark.slow
def test_a_killed_fork_server_loses_nothing_and_cold_notebooks_see_the_same(warm):
    (warm.workspace / FOLDER / "matplotlibrc").write_text("lines.linewidth: 7\n")
    until(warm.fork_server)
    with opened(warm) as before:
        assert before.is_warm
        seen = before.run(_SEEN)
        assert "7.0" in seen, "the settings in a person's own folder count"
        before.run("kept = 42")
        fork_server = warm.fork_server()
        fork_server.kill()
        until(lambda: has_ended(fork_server))
        with opened(warm, "cold") as cold:
            assert cold.process.parent() == warm.server
            assert cold.run(_SEEN) == seen
        assert before.run("kept") == "42"
        until(warm.fork_server)
        with opened(warm, "again") as again:
            assert again.is_warm
        before.restart()
        assert before.is_warm
    (warm.workspace / FOLDER / "matplotlibrc").unlink()


@LINUX
@pytest.mark.slow
def test_an_endless_cell_is_stopped_with_all_that_it_started(warm):
    with opened(warm) as notebook:
        assert notebook.is_warm
        process = notebook.process
        asked = notebook.client.execute(
            "import subprocess; subprocess.run(['sleep', '600'])",
            # Else it would throw away what is asked in the next moment.
            stop_on_error=False,
        )
        [asleep] = until(process.children)
        notebook.interrupt()
        answer = notebook.client.get_shell_msg(timeout=20)
        while answer["parent_header"]["msg_id"] != asked:
            answer = notebook.client.get_shell_msg(timeout=20)
        assert answer["content"]["ename"] == "KeyboardInterrupt"
        until(lambda: has_ended(asleep))
        assert notebook.run("1 + 1") == "2"
        assert notebook.process == process


@LINUX
@pytest.mark.slow
def test_a_restart_gives_an_empty_notebook_that_stays(warm):
    with opened(warm) as notebook:
        notebook.run("kept = 42")
        first = notebook.process
        for _ in range(4):
            # At once, before it hears anything: what the old one was told must not reach the new one.
            warm.ask(f"kernels/{notebook.id}/restart")
        notebook.connect()
        last = notebook.process
        assert has_ended(first)
        assert notebook.run("kept") == "NameError"
        time.sleep(3)
        assert notebook.process == last
        assert notebook.is_warm


@LINUX
@pytest.mark.slow
def test_a_killed_notebook_comes_back_by_itself(warm):
    with opened(warm) as notebook:
        process = notebook.process
        process.kill()
        # It may get another connection, so that one looks for it only when it is there.
        until(lambda: set(warm.fork_server().children()) - {process})
        notebook.connect()
        assert notebook.process != process
        assert notebook.is_warm


@LINUX
@pytest.mark.slow
def test_several_notebooks_share_nothing_that_one_changes(warm):
    chance = "import random, numpy, uuid; print(random.random(), numpy.random.rand(), uuid.uuid4())"
    with opened(warm) as one, opened(warm, "exercises") as other:
        one.run("import pandas, os; pandas.set_option('display.max_rows', 3); os.environ['A'] = 'x'; kept = 1")
        seen = other.run("import pandas, os; pandas.get_option('display.max_rows'), os.environ.get('A')")
        assert seen == "(60, None)"
        assert other.run("kept") == "NameError"
        assert not set(one.run(chance).split()) & set(other.run(chance).split())
        assert one.process.parent() == other.process.parent() == warm.fork_server()
        assert one.run("from pathlib import Path; Path.cwd().name") == repr(FOLDER)


@LINUX
@pytest.mark.slow
def test_figures_programs_and_widgets_work(warm):
    with opened(warm) as notebook:
        picture = notebook.run("%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 3]);")
        assert picture.startswith("iVBOR"), "a PNG file begins so in base 64"
        assert notebook.run("!echo said by a program") == "said by a program"
        assert notebook.run("import subprocess; subprocess.run('exit 3', shell=True).returncode") == "3"
        several = "from concurrent.futures import ProcessPoolExecutor as Several\n"
        assert notebook.run(f"{several}with Several(2) as those: print(*those.map(abs, [-1, -2]))") == "1 2"
        notebook.run("import ipywidgets; number = ipywidgets.IntText(3)")
        change = {"comm_id": "", "data": {"method": "update", "state": {"value": 8}}}
        change["comm_id"] = notebook.run("print(number.model_id)")
        notebook.client.shell_channel.send(notebook.client.session.msg("comm_msg", change))
        assert notebook.run("number.value") == "8"


@LINUX
@pytest.mark.slow
def test_what_a_notebook_had_still_to_write_is_written_when_it_is_closed(warm, tmp_path):
    notebook = Notebook(warm)
    process = notebook.process
    notebook.run(f"import atexit; one = open({str(tmp_path / 'one')!r}, 'w'); one.write('to the end')")
    notebook.run(f"atexit.register(lambda: open({str(tmp_path / 'two')!r}, 'w').write('also'))")
    notebook.close()
    until(lambda: has_ended(process))
    assert (tmp_path / "one").read_text() == "to the end"
    assert (tmp_path / "two").read_text() == "also"


@LINUX
@pytest.mark.slow
@pytest.mark.parametrize("way", ["stopped", "killed", "killed after its fork server"])
def test_nothing_is_left_when_the_course_has_ended(tmp_path, way, monkeypatch):
    lab = WarmLab(tmp_path / "work", make_course(tmp_path / "course root"), monkeypatch)
    until(lab.fork_server)
    notebook = Notebook(lab)
    fork_server, kernel = lab.fork_server(), notebook.process
    folder = Path(fork_server.cmdline()[-1]).parent
    notebook.client.stop_channels()
    if way == "stopped":
        assert "Your work is saved" in lab.stop()
    else:
        if "fork server" in way:
            fork_server.kill()
        lab.server.kill()
        lab.process.wait(30)
    until(lambda: all(map(has_ended, (lab.server, fork_server, kernel))))
    if "fork server" in way:
        shutil.rmtree(folder)
    assert not folder.exists()


@LINUX
@pytest.mark.slow
@pytest.mark.browser
def test_a_lesson_is_read_answered_and_brought_back(browser, tmp_path, monkeypatch):
    lab = WarmLab(tmp_path / "Zoë's work", ROOT, monkeypatch)
    until(lab.fork_server)
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    complaints = []
    page.on("console", lambda line: line.type in ("error", "warning") and complaints.append(line.text))
    page.goto(lab.address)
    page.wait_for_selector(".rs-home h1")
    open_page(page, "lesson")
    answer = page.locator(".rs-live select").first
    answer.select_option(index=2)
    chosen = answer.locator("option:checked").inner_text()
    cell = page.locator(".jp-CodeCell").filter(has_text='sector = "health"')
    cell.get_by_label("Code that you can change").click()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("import matplotlib.pyplot as plt\nplt.plot([1, 3]);")
    page.keyboard.press("Shift+Enter")
    page.locator(".jp-OutputArea img").first.wait_for()
    assert complaints == []

    [kernel] = lab.fork_server().children()
    kernel.kill()
    ready(page, "started again")
    page.reload()
    page.wait_for_selector(".rs-live")
    ready(page)
    assert page.locator(".rs-live select").first.locator("option:checked").inner_text() == chosen
    assert len(lab.fork_server().children()) == 1, "what came back is warm too"
    context.close()
    lab.stop()
