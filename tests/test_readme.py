"""The README is checked like code: every command exists, every path is there, every picture has words."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from researchskills.cli import app

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL)
INLINE = re.findall(r"`(python3 start\.py[^`]*)`", TEXT)
COMMANDS = sorted({line for block in BLOCKS for line in block.splitlines() if line} | set(INLINE))

# Safe to run as they stand: they change nothing outside what is derived already.
RUN = {"python3 start.py data list", "python3 start.py data describe training_baseline",
       "python3 start.py data codebook training_baseline", "python3 start.py data validate training_baseline"}


def words(command: str) -> list[str]:
    """The words behind `python3 start.py`."""
    return shlex.split(command)[2:]


def test_the_two_commands_stand_at_the_top():
    assert BLOCKS[0].splitlines() == ["python3 start.py", "python3 start.py test"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_shown_is_understood(command):
    """Each option that is shown must be in the help of its command."""
    assert command.startswith("python3 start.py")
    given = words(command)
    if not given or given[0] in {"test", "setup"} or given[0].startswith("--"):
        help_command = [sys.executable, ROOT / "start.py", "--help"]
        shown = subprocess.run(help_command, capture_output=True, text=True, check=True)
        for word in given:
            if word.startswith("--") or word in {"test", "setup"}:
                assert word in shown.stdout
        return
    path = [word for word in given[:2] if word.isalpha()] if given[0] == "data" else given[:1]
    result = CliRunner().invoke(app, [*path, "--help"])
    assert result.exit_code == 0, result.output
    for word in given:
        if word.startswith("--"):
            assert word in result.output


@pytest.mark.parametrize("command", sorted(RUN))
def test_commands_that_look_at_data_work_as_shown(command):
    assert command in COMMANDS
    result = CliRunner().invoke(app, words(command))
    assert result.exit_code == 0, result.output
    assert result.output.strip()


def test_every_command_of_the_program_is_in_the_readme():
    shown = CliRunner().invoke(app, ["--help"]).output
    commands = re.findall(r"^  ([a-z-]+)  ", shown.partition("Commands:")[2], re.MULTILINE)
    assert len(commands) >= 9
    missing = [name for name in commands
               if not re.search(rf"start\.py {name}\b|course {name}\b", TEXT) and name not in {"start", "learner"}]
    assert missing == []


def test_every_path_named_in_the_folder_map_exists():
    made_later = {"workspace/", "marking-room/"}
    for path in re.findall(r"^\| `([^`*N]+)` \|", TEXT, re.MULTILINE):
        assert path in made_later or (ROOT / path).exists(), path


def test_every_picture_exists_and_is_described():
    pictures = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", TEXT)
    assert pictures
    for words_for_it, path in pictures:
        assert len(words_for_it) > 40
        assert (ROOT / path).stat().st_size > 10_000


def test_ci_runs_the_readmes_test_command_and_nothing_cleverer():
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    commands = [line for line in lines if line.strip() and not line.startswith(("#", "set ", "cd "))]
    assert [line.removeprefix("exec ") for line in commands] == ["python3 start.py test"]
