"""The `course` command speaks plainly: a sentence and an exit status, never a traceback."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from researchskills import cli
from researchskills.errors import CourseError


def course(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "researchskills.cli", *words], capture_output=True, text=True,
                          cwd=cwd, check=False)


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (("fresh", "00-star-here"), 2, "Did you mean “00-start-here”?"),
        (("check", "77"), 2, "There is no module “77”"),
        (("build", "77"), 2, "There is no source for a module “77”"),
        (("data", "describe", "trainingbaseline"), 2, "training_baseline"),
        (("frobnicate",), 2, "No such command"),
        (("mark",), 2, "Name the hand-ins"),
        (("start", "--port", "many"), 2, "valid integer"),
    ],
)
def test_wrong_words_get_a_sentence_and_a_status(words, status, sentence):
    result = course(*words)
    assert sentence in result.stderr
    assert result.returncode == status
    assert "Traceback" not in result.stderr + result.stdout


def test_it_works_from_any_folder(tmp_path):
    result = course("data", "list", cwd=tmp_path)
    assert result.returncode == 0
    assert "training_baseline" in result.stdout.split()


def test_a_fault_of_ours_goes_to_a_log_that_is_named(monkeypatch, capsys):
    def broken():
        raise ZeroDivisionError("a fault in the course")

    monkeypatch.setattr(cli, "app", broken)
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    said = capsys.readouterr().err.replace("\n", " ")
    assert stopped.value.code == 1
    assert "Traceback" not in said
    log = Path(said.partition("written down in ")[2].partition("; please")[0])
    assert "ZeroDivisionError: a fault in the course" in log.read_text(encoding="utf-8")
    log.unlink()


@pytest.mark.parametrize("status", [1, 2])
def test_the_exit_status_of_a_problem_is_kept(status, monkeypatch, capsys):
    def refused():
        raise CourseError("The [folder] is full.", exit_status=status)

    monkeypatch.setattr(cli, "app", refused)
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == status
    assert capsys.readouterr().err.strip() == "The [folder] is full.", "brackets are text, not colours"


def test_a_problem_inside_a_notebook_is_a_sentence_too():
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    try:
        CourseError("There is no question “m00-q99-x”.")._render_traceback_()
        result = shell.run_cell("from researchskills import question; question('m00-q99-x')", silent=True)
        assert isinstance(result.error_in_exec, CourseError)
        assert result.error_in_exec._render_traceback_() == [str(result.error_in_exec)]
    finally:
        InteractiveShell.clear_instance()


def test_stopping_half_way_says_so_and_leaves_no_half_report(tmp_path):
    large = tmp_path / "large.csv"
    large.write_text("a,b\n" + "\n".join(f"{number},text {number}" for number in range(600_000)), encoding="utf-8")
    running = subprocess.Popen(
        [sys.executable, "-m", "researchskills.cli", "data", "check", str(large), "--report", str(tmp_path / "r.html")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    time.sleep(2)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert (running.returncode, said) == (130, "Stopped. What was finished is kept; run the command again to go on.\n")
    assert [path.name for path in tmp_path.iterdir()] == ["large.csv"]
