"""One style in code, one spelling in prose."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROGRAMS = Path(sys.executable).parent


def run(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run([PROGRAMS / words[0], *words[1:]], capture_output=True, text=True, cwd=ROOT, check=False)


def test_the_code_follows_the_house_style():
    result = run("ruff", "check", "--no-cache", ".")
    assert result.returncode == 0, result.stdout


def test_prose_is_spelled_in_british_english():
    result = run("typos", "README.md", "LICENSE.md", "solutions", "datasets")
    assert result.returncode == 0, result.stdout
