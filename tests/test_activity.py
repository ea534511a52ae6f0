"""Answers survive: stopped kernels, two tabs, damaged files, changed questions, folders that refuse."""

import json
import os
import threading
from pathlib import Path

import pytest
import yaml
from jupyter_client.manager import start_new_kernel

from researchskills import ask, bank
from researchskills.store import AnswerFile, Saved

CHOICE = """
kind: choice
title: Which piles count?
prompt: Which beads belong to the total?
points: 1
options:
  - {text: Those in the first pile, reason: The second pile would be left out.}
  - {text: Those in both piles, right: true, reason: All beads count.}
"""
FORM = """
kind: form
title: My job
prompt: Fill in.
fields:
  - {name: setting, label: Where you work, kind: text}
  - {name: sector, label: Sector, kind: choice, options: {health: Health, care: Social care}}
"""


def question(identifier: str, text: str, where: str = "exercises") -> bank.Question:
    return bank.parse(identifier, yaml.safe_load(text), where)


@pytest.fixture
def choice():
    return question("m99-q1-piles", CHOICE)


@pytest.fixture
def form():
    return question("m99-p1-job", FORM, "lesson")


def keys(asked: bank.Question) -> list[str]:
    return [option["key"] for option in asked.content["options"]]


def saved(folder: Path, name: str) -> dict:
    return json.loads((folder / "answers" / f"{name}.json").read_text(encoding="utf-8"))


def test_an_answer_is_on_disk_as_soon_as_it_is_given(tmp_path, choice):
    ask.Choice(choice, tmp_path).answer = keys(choice)[1]
    content = saved(tmp_path, "m99-q1-piles")
    assert content["state"]["answer"] == keys(choice)[1]
    assert content["shown"] == "Those in both piles"
    assert content["activity"] == "Choice"
    assert ask.Choice(choice, tmp_path).answer == keys(choice)[1]


def test_an_answer_survives_a_kernel_that_is_killed(tmp_path, choice):
    (tmp_path / "module.json").write_text(json.dumps({"questions": {choice.id: choice.released()}}))
    code = f"from researchskills import question; a = question('{choice.id}'); a.answer = '{keys(choice)[0]}'; a"
    manager, client = start_new_kernel(cwd=str(tmp_path), extra_arguments=["--log-level=40"])
    try:
        client.execute_interactive(code, timeout=60)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert ask.Choice(choice, tmp_path).shown() == "Those in the first pile"


def test_two_tabs_that_fill_different_fields_keep_both(tmp_path, form):
    one, two = ask.Form(form, tmp_path), ask.Form(form, tmp_path)
    one.tries = 3
    two.answer = {"setting": "hospital"}
    again = ask.Form(form, tmp_path)
    assert again.answer == {"setting": "hospital"}
    assert again.tries == 3


def test_an_answer_that_another_tab_replaces_is_kept_and_the_learner_is_told(tmp_path, choice):
    one, two = ask.Choice(choice, tmp_path), ask.Choice(choice, tmp_path)
    one.answer = keys(choice)[0]
    two.answer = keys(choice)[1]
    assert "another tab" in two.notice
    content = saved(tmp_path, "m99-q1-piles")
    assert content["state"]["answer"] == keys(choice)[1]
    assert [entry["shown"] for entry in content["earlier"]] == ["Those in the first pile"]


def test_many_writers_at_once_never_leave_a_damaged_file(tmp_path, form):
    tabs = [ask.Form(form, tmp_path) for _ in range(6)]

    def type_on(tab, number):
        for count in range(20):
            tab.answer = {**tab.answer, "setting": f"tab {number}, word {count}"}

    threads = [threading.Thread(target=type_on, args=(tab, number)) for number, tab in enumerate(tabs)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert saved(tmp_path, "m99-p1-job")["revision"] == 120
    assert not list((tmp_path / "answers").glob("*.tmp"))
    assert not [tab.notice for tab in tabs if "not be saved" in tab.notice]


@pytest.mark.parametrize(
    ("content", "label", "words"),
    [
        (b"{ half a fi", "damaged", "damaged"),
        (b"", "damaged", "damaged"),
        (b"\xff\xfe\x00", "damaged", "damaged"),
        (b"[1, 2]", "damaged", "damaged"),
        (b'{"activity": "Choice", "name": "m99-q1-piles"}', "damaged", "damaged"),
        ({"activity": "Form"}, "other", "different question"),
        ({"name": "m99-q9-else"}, "other", "different question"),
        ({"schema": 99}, "newer", "newer edition"),
        (b" " * 3_000_000, "too-large", "too large"),
    ],
)
def test_a_file_that_cannot_be_used_is_kept_under_another_name(tmp_path, choice, content, label, words):
    if isinstance(content, dict):
        ask.Choice(choice, tmp_path).answer = keys(choice)[0]
        content = json.dumps({**saved(tmp_path, "m99-q1-piles"), **content}).encode()
    path = tmp_path / "answers" / "m99-q1-piles.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    activity = ask.Choice(choice, tmp_path)
    assert activity.answer == ""
    assert words in activity.notice
    [kept] = path.parent.glob(f"m99-q1-piles.{label}-*.json")
    assert kept.read_bytes() == content
    assert kept.name in activity.notice
    assert words in activity.report(), "an exported page says so too"
    activity.answer = keys(choice)[1]
    assert ask.Choice(choice, tmp_path).answer == keys(choice)[1]
    assert kept.read_bytes() == content


def test_an_older_file_is_brought_up_to_date(tmp_path, choice):
    ask.Choice(choice, tmp_path).answer = keys(choice)[1]

    class Choice(ask.Choice):
        schema = 2

        def migrate(self, state, schema):
            assert schema == 1
            return {**state, "tries": state.get("tries", 0) + 10}

    assert Choice(choice, tmp_path).tries == 10


def test_an_answer_that_is_no_longer_offered_is_kept_and_shown_as_such(tmp_path, choice):
    ask.Choice(choice, tmp_path).answer = keys(choice)[0]
    changed = question("m99-q1-piles", CHOICE.replace("Those in the first pile", "Those in the left pile"))
    activity = ask.Choice(changed, tmp_path)
    assert activity.answer == ""
    assert "Those in the first pile" in activity.notice
    assert "Your answer to an earlier wording of this question: Those in the first pile" in activity.report()
    activity.answer = keys(changed)[1]
    reopened = ask.Choice(changed, tmp_path)
    assert reopened.shown() == "Those in both piles"
    assert "Those in the first pile" in reopened.report(), "still there after a new answer"


def test_a_file_that_vanishes_while_the_page_is_open_is_written_again_in_full(tmp_path, form):
    activity = ask.Form(form, tmp_path)
    activity.answer = {"setting": "hospital"}
    (tmp_path / "answers" / "m99-p1-job.json").unlink()
    activity.checked = True
    assert ask.Form(form, tmp_path).answer == {"setting": "hospital"}


def test_a_folder_that_cannot_be_written_to_is_said_and_the_answer_stays_on_the_page(tmp_path, choice):
    # A file where the folder should be: refuses on every system, and for an administrator too.
    (tmp_path / "answers").write_text("in the way", encoding="utf-8")
    activity = ask.Choice(choice, tmp_path)
    activity.answer = keys(choice)[1]
    assert activity.shown() == "Those in both piles"
    assert "could not be saved" in activity.notice
    (tmp_path / "answers").unlink()
    activity.answer = keys(choice)[0]
    assert activity.notice == "", "once saving works again the warning goes"
    assert ask.Choice(choice, tmp_path).answer == keys(choice)[0]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="an administrator may write anywhere")
def test_a_read_only_answers_file_is_not_replaced(tmp_path, choice):
    activity = ask.Choice(choice, tmp_path)
    activity.answer = keys(choice)[0]
    (tmp_path / "answers").chmod(0o500)
    try:
        activity.answer = keys(choice)[1]
        assert "could not be saved" in activity.notice
        assert saved(tmp_path, "m99-q1-piles")["state"]["answer"] == keys(choice)[0]
    finally:
        (tmp_path / "answers").chmod(0o700)


def test_a_write_that_is_interrupted_leaves_the_old_file_whole(tmp_path, monkeypatch):
    file = AnswerFile(tmp_path / "answers" / "a.json", "Choice", 1)
    before = file.write({"answer": "one"}, Saved(), "one")

    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        file.write({"answer": "two"}, before, "two")
    monkeypatch.undo()
    assert file.read()[0].state == {"answer": "one"}
    assert [path.name for path in (tmp_path / "answers").iterdir() if not path.name.endswith(".lock")] == ["a.json"]


def test_a_file_that_cannot_be_opened_is_left_alone_and_nothing_is_saved_over_it(tmp_path, choice):
    # A folder with the file's name cannot be opened by anybody, an administrator included.
    blocked = tmp_path / "answers" / "m99-q1-piles.json"
    blocked.mkdir(parents=True)
    (blocked / "inside").write_text("kept", encoding="utf-8")
    activity = ask.Choice(choice, tmp_path)
    assert "cannot be opened" in activity.notice
    activity.answer = keys(choice)[0]
    assert "could not be saved" in activity.notice
    assert (blocked / "inside").read_text(encoding="utf-8") == "kept"


def test_a_text_too_long_to_be_read_again_is_not_written_and_the_old_answer_stays(tmp_path, form):
    """What can be written and never be read again is lost: the file would be set aside when it is opened."""
    note = ask.Form(form, tmp_path)
    note.answer = {"setting": "Two sentences."}
    file = tmp_path / "answers" / "m99-p1-job.json"
    before = file.read_bytes()
    note.answer = {"setting": "word " * 500_000}
    assert "far too long" in note.notice and "still on this page" in note.notice
    assert file.read_bytes() == before
