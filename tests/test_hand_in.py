"""Looking work through and packing it, with the course's real notebooks in a real workspace."""

import json
import shutil
import zipfile
from datetime import UTC, datetime
from hashlib import sha256

import nbformat
import pytest
from faulty.hand_ins.make import REAL, SMALL, Course, cell
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from researchskills import hand_in, workspace
from researchskills.errors import CourseError

NHS = "943 476 5919"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    import os

    before = os.environ.get("RESEARCHSKILLS_ROOT")
    made = Course(tmp_path_factory.mktemp("course"))
    for learner in ("careful-wren", "private-wren", "busy-wren", "packing-wren"):
        made.answer(
            learner,
            {"m99-q1-piles": "right", "m99-q3-words": "Two people count two different things here."},
            SMALL,
        )
    made.answer("table-wren", {"*": "right"})
    made.answer_all()
    for learner in ("careful-wren", "private-wren", "busy-wren", "packing-wren"):
        made.code(learner, "first = 3\ntotal = first + 4", "m99-q2-code", SMALL)
    yield made
    os.environ.pop("RESEARCHSKILLS_ROOT")
    if before:
        os.environ["RESEARCHSKILLS_ROOT"] = before


def kinds(findings):
    return [finding.kind for finding in findings]


def check(course, learner, module=SMALL, timeout=20):
    return hand_in.check_before(course.workspace(learner), module, timeout)


def write_answer(course, learner, question, text, module=SMALL):
    path = course.folder(learner, module) / "answers" / f"{question}.json"
    content = json.loads(path.read_bytes())
    content["state"]["answer"] = content["shown"] = text
    path.write_text(json.dumps(content), encoding="utf-8")


def test_nothing_is_found_in_careful_work(course):
    assert check(course, "careful-wren") == []


@pytest.mark.parametrize("module", [REAL, SMALL])
def test_in_a_notebook_as_delivered_only_answers_are_missing(course, module):
    findings = check(course, "fresh-wren", module)
    assert set(kinds(findings)) == {"unanswered"}
    assert all(finding.cell is not None for finding in findings)
    assert findings[0].where.startswith("exercises, question “")


def test_checking_changes_nothing(course):
    folder = course.folder("careful-wren", SMALL)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")}
    check(course, "careful-wren")
    after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")}
    assert before == after


def test_changed_copied_and_deleted_cells_are_named(course):
    def change(cells):
        cell(cells, "m99-q1-piles-prompt").source += " Really?"
        copy = nbformat.from_dict(json.loads(json.dumps(cell(cells, "m99-q2-code"))))
        copy.id = "copied"
        cells.append(copy)
        return [one for one in cells if one.metadata.get("nbgrader", {}).get("grade_id") != "m99-q3-words"]

    course.edit("clumsy-wren", change, SMALL)
    findings = check(course, "clumsy-wren")
    named = {finding.kind: finding.where for finding in findings}
    assert named["changed"] == "exercises, question “Which piles count?”"
    assert named["copied"] == "exercises, question “Let the notebook add”"
    assert named["missing"] == "exercises, question “In your own words”"


def test_a_deleted_notebook_is_missing_and_not_a_crash(course):
    (course.folder("lost-wren", SMALL) / "exercises.ipynb").unlink()
    findings = check(course, "lost-wren")
    assert "missing" in kinds(findings)
    assert "course fresh 99-sound" in next(one.sentence for one in findings if one.kind == "missing")


def test_an_answer_whose_file_is_damaged_is_not_called_unanswered_without_a_word(course):
    folder = course.folder("torn-wren", SMALL)
    (folder / "answers").mkdir(exist_ok=True)
    (folder / "answers" / "m99-q3-words.json").write_text('{"activity": "Short', encoding="utf-8")
    found = next(one for one in check(course, "torn-wren") if "In your own words" in one.where)
    [kept] = (folder / "answers").glob("m99-q3-words.damaged-*.json")
    assert f"answers/{kept.name}" in found.sentence


def test_a_damaged_notebook_is_said_in_one_sentence(course):
    path = course.folder("broken-wren", SMALL) / "exercises.ipynb"
    path.write_text(path.read_text(encoding="utf-8")[:500], encoding="utf-8")
    with pytest.raises(CourseError, match="cannot be read"):
        check(course, "broken-wren")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("total = first + 4", "NameError"),
        ("total = = 7", "SyntaxError"),
        ("while True: pass", "took too long"),
        ("import os; os._exit(1)", "stopped the kernel"),
        (f"raise ValueError('patient {NHS}')", "94…19"),
    ],
)
def test_code_that_does_not_run_from_the_top_is_named(course, code, words):
    course.code("busy-wren", code, "m99-q2-code", SMALL)
    found = [finding for finding in check(course, "busy-wren", timeout=6) if finding.kind == "does-not-run"]
    assert words in found[0].sentence
    assert found[0].where == "exercises, question “Let the notebook add”"
    assert NHS not in found[0].sentence


def test_a_private_detail_is_found_in_every_place_where_it_stands_and_its_value_is_not_repeated(course):
    write_answer(course, "private-wren", "m99-q3-words", f"Mrs Bloggs ({NHS}) was counted twice by two of us.")

    def change(cells):
        cells.append(new_markdown_cell("Ring me on 07700 900123 ![x](data:image/png;base64,LS14AP)"))
        cells.append(
            new_code_cell(
                "1",
                outputs=[
                    new_output(
                        "display_data",
                        {"text/html": "<table><tr><td>LS1 4AP</td></tr></table>", "image/png": "LS14AP"},
                    ),
                    new_output("stream", text=f"jo@example.org {NHS}"),
                ],
            )
        )

    course.edit("private-wren", change, SMALL)
    found = [finding for finding in check(course, "private-wren") if finding.kind == "private"]
    assert found[0].where == "exercises, question “In your own words”"
    text = " ".join(finding.sentence for finding in found)
    # The NHS number stands in an answer and in the result of another cell: both have to be cleared.
    assert len(found) == 5
    assert len({finding.where for finding in found if "NHS number" in finding.sentence}) == 2
    for kind in ("NHS number", "telephone number", "postcode", "e-mail address"):
        assert kind in text
    for value in (NHS, "07700 900123", "LS1 4AP", "jo@example.org"):
        assert value not in text

    with pytest.raises(CourseError) as caught:
        hand_in.hand_in(course.workspace("private-wren"), SMALL)
    assert NHS not in str(caught.value) and "94…19" in str(caught.value)
    assert not (course.workspace("private-wren") / "hand-ins").exists()
    assert hand_in.hand_in(course.workspace("private-wren"), SMALL, despite_private=True).path.exists()


def test_the_courses_own_words_and_made_up_data_raise_no_alarm(course):
    import pandas as pd

    table = pd.read_csv(course.root / "datasets" / "training_baseline" / "training_baseline.csv")

    def change(cells):
        cells.append(
            new_code_cell(
                "load('training_baseline')",
                outputs=[new_output("execute_result", {"text/plain": table.to_string(), "text/html": table.to_html()})],
            )
        )
        cells.append(new_code_cell("1", outputs=[new_output("stream", text="Ring 0114 496 0123")]))

    course.edit("table-wren", change)
    course_page = course.root / "course" / REAL / "supervisor.md"
    course_page.write_text(course_page.read_text(encoding="utf-8") + "\nRing 0114 496 0123.\n", encoding="utf-8")
    assert "private" not in kinds(check(course, "table-wren", REAL))


def test_a_hand_in_holds_its_receipt_and_no_more_than_it_should(course):
    place = course.workspace("packing-wren")
    folder = place / SMALL
    answer = folder / "answers" / "m99-q3-words.json"
    content = json.loads(answer.read_bytes())
    content["earlier"] = [{"state": {"answer": NHS}, "shown": NHS, "saved": "", "why": "replaced from another tab"}]
    answer.write_text(json.dumps(content), encoding="utf-8")
    (folder / "answers" / "m99-q3-words.damaged-20260101-000000.json").write_text(NHS)
    (folder / "diary.txt").write_text(NHS)

    def change(cells):
        cells.append(
            new_code_cell(
                "1",
                outputs=[
                    new_output("stream", text="y" * 5_000_000),
                    new_output("display_data", {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}}),
                ],
            )
        )

    course.edit("packing-wren", change, SMALL)
    receipt = hand_in.hand_in(place, SMALL)
    assert receipt.path == place / "hand-ins" / "99-sound--packing-wren.zip"
    with zipfile.ZipFile(receipt.path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert set(files) == {
        "exercises.ipynb",
        "lesson.ipynb",
        "receipt.json",
        "answers/m99-q1-piles.json",
        "answers/m99-q3-words.json",
    }
    assert not any(NHS.encode() in text for text in files.values())
    assert len(files["exercises.ipynb"]) < 1_000_000
    described = json.loads(files["receipt.json"])
    assert described["learner"] == "packing-wren" and described["module"] == SMALL
    assert described["files"] == {
        name: sha256(text).hexdigest() for name, text in files.items() if name != "receipt.json"
    }
    assert described["edition"] == receipt.edition != ""
    assert described["time"].endswith("Z")
    assert abs((datetime.now(UTC) - receipt.time).total_seconds()) < 600
    assert str(receipt.path) in receipt.sentence and "Nothing has been sent" in receipt.sentence


def test_a_receipt_says_which_questions_were_asked_and_which_editions_there_were_before(course):
    from researchskills import bank

    place = course.workspace("asked-wren")
    receipt = json.loads(zipfile.ZipFile(hand_in.hand_in(place, SMALL).path).read("receipt.json"))
    questions = bank.read(place / SMALL / "module.json")
    # Only those that have points; the lesson's practice question is none.
    assert receipt["questions"] == {
        name: hand_in.digest(questions[name]) for name in ("m99-q1-piles", "m99-q2-code", "m99-q3-words")
    }
    assert receipt["earlier_editions"] == []

    newer = course.root.parent / "newer course"
    shutil.copytree(course.root / "course" / SMALL, newer / "course" / SMALL)
    described = newer / "course" / SMALL / "module.json"
    described.write_text(described.read_text(encoding="utf-8").replace(receipt["edition"], "newer"), encoding="utf-8")
    for _ in range(2):
        workspace.refresh(place, newer)
    again = json.loads(zipfile.ZipFile(hand_in.hand_in(place, SMALL).path).read("receipt.json"))
    assert (again["edition"], again["earlier_editions"]) == ("newer", [receipt["edition"]])
    assert again["seal"] == receipt["seal"] and again["questions"] == receipt["questions"]


@pytest.mark.parametrize(
    ("change", "is_another"),
    [
        ({"title": "Another title"}, False),
        ({"prompt": "  Which beads belong\nto the total? "}, False),
        ({"prompt": "Which beads do not belong to the total?"}, True),
        ({"points": 2}, True),
        ({"kind": "several"}, True),
    ],
)
def test_a_question_is_another_one_when_what_it_asks_has_changed(course, change, is_another):
    from dataclasses import replace

    from researchskills import bank

    question = bank.read(course.root / "course" / SMALL / "module.json")["m99-q1-piles"]
    assert question.prompt == "Which beads belong to the total?"
    assert (hand_in.digest(replace(question, **change)) != hand_in.digest(question)) is is_another
    reasons = {key: f"{reason} Really." for key, reason in question.key["reasons"].items()}
    assert hand_in.digest(replace(question, key={**question.key, "reasons": reasons})) == hand_in.digest(question)
    wrong = [option["key"] for option in question.content["options"] if option["key"] not in question.key["right"]]
    assert hand_in.digest(replace(question, key={**question.key, "right": wrong})) != hand_in.digest(question)


def test_an_earlier_hand_in_is_kept_with_its_time(course):
    place = course.workspace("careful-wren")
    first = hand_in.hand_in(place, SMALL).path.read_bytes()
    hand_in.hand_in(place, SMALL)
    hand_in.hand_in(place, SMALL)
    kept = sorted(path.name for path in (place / "hand-ins").iterdir())
    assert len(kept) == 3
    assert first in [(place / "hand-ins" / name).read_bytes() for name in kept]
    assert all(name.startswith("99-sound--careful-wren") and name.endswith(".zip") for name in kept)


def test_a_hand_in_that_cannot_be_written_leaves_the_earlier_one(course, monkeypatch):
    place = course.workspace("full-disk-wren")
    first = hand_in.hand_in(place, SMALL).path

    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(hand_in, "replace_file", full)
    before = first.read_bytes()
    with pytest.raises(CourseError, match="No space left on device"):
        hand_in.hand_in(place, SMALL)
    assert any(path.read_bytes() == before for path in (place / "hand-ins").glob("*.zip"))


def test_a_private_reflection_stays_with_the_learner(course, monkeypatch):
    place = course.workspace("shy-wren")
    folder = place / SMALL
    described = json.loads((folder / "module.json").read_bytes())
    described["questions"]["m99-p1-sum"]["private"] = True
    (folder / "module.json").write_text(json.dumps(described), encoding="utf-8")
    (folder / "answers").mkdir(exist_ok=True)
    (folder / "answers" / "m99-p1-sum.json").write_text(
        json.dumps(
            {
                "activity": "Choice",
                "name": "m99-p1-sum",
                "schema": 1,
                "revision": 1,
                "saved": "",
                "earlier": [],
                "state": {"answer": NHS},
                "shown": NHS,
            }
        )
    )
    path = folder / "lesson.ipynb"
    notebook = nbformat.read(path, as_version=4)
    shown = next(one for one in notebook.cells if "m99-p1-sum" in one.source)
    shown.outputs = [new_output("display_data", {"text/html": f"<p>{NHS}</p>"})]
    nbformat.write(notebook, path)
    with zipfile.ZipFile(hand_in.hand_in(place, SMALL).path) as archive:
        assert not any(NHS.encode() in archive.read(name) for name in archive.namelist())


def test_without_a_learner_code_nothing_is_handed_in(course, tmp_path):
    workspace.refresh(tmp_path / "new", course.root)
    with pytest.raises(CourseError, match="no learner code"):
        hand_in.hand_in(tmp_path / "new", SMALL)


def test_an_unknown_module_is_said_plainly(course):
    with pytest.raises(CourseError, match="There is no folder"):
        hand_in.hand_in(course.workspace("careful-wren"), "55-nothing")


def test_what_a_learner_did_with_data_of_their_own_stays_at_home(course):
    write = course.folder("packing-wren", SMALL) / "answers" / "m99-a1-own-file.json"
    write.write_text(json.dumps({"activity": "FileCheck", "name": "m99-a1-own-file", "schema": 1, "state": {},
                                 "shown": f"12 findings in referrals for {NHS}.xlsx", "earlier": []}), encoding="utf-8")

    def change(cells):
        cells.append(new_code_cell('check_data("m99-a1-own-file")', outputs=[new_output("stream", text=NHS)]))

    course.edit("packing-wren", change, SMALL)
    assert "private" not in kinds(check(course, "packing-wren"))
    receipt = hand_in.hand_in(course.workspace("packing-wren"), SMALL)
    with zipfile.ZipFile(receipt.path) as packed:
        everything = b"".join(packed.read(name) for name in packed.namelist())
    assert NHS.encode() not in everything
    assert write.exists()


def test_an_answer_that_is_lost_between_two_looks_is_missed_by_the_second(course):
    """The server looks again and again in one process; what it saw an hour ago must not count."""
    assert check(course, "careful-wren") == []
    file = course.folder("careful-wren", SMALL) / "answers" / "m99-q1-piles.json"
    whole = file.read_bytes()
    try:
        file.write_text("{", encoding="utf-8")
        assert kinds(check(course, "careful-wren")) == ["unanswered"]
        for aside in file.parent.glob("m99-q1-piles.damaged-*"):
            aside.unlink()
        assert kinds(check(course, "careful-wren")) == ["unanswered"]
    finally:
        file.write_bytes(whole)
