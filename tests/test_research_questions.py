"""Questions of the data package: their judgements, their halves, and what is sealed."""

import csv
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from researchskills import datasets
from researchskills.questions.frames import FRAMES
from researchskills.questions.kinds import KINDS

FOLDER = Path(__file__).parents[1] / "datasets" / "research_questions"
RULES = ["population", "outcome", "comparison", "time", "single", "neutral", "reach", "feasible"]


def table(name: str) -> list[dict]:
    """A table as text, read without our own code."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def rows() -> dict[str, dict]:
    return {row["question"]: row for row in table("research_questions")}


@pytest.fixture(scope="module")
def key() -> dict:
    return datasets.planted("research_questions")["questions"]


@pytest.fixture
def generate():
    sys.path.insert(0, str(FOLDER))
    try:
        import generate
    finally:
        sys.path.remove(str(FOLDER))
        sys.modules.pop("generate", None)
    return generate


def test_there_are_questions_of_every_kind_in_every_frame_in_both_halves(rows):
    assert len(rows) >= 80
    for part in ("building", "held out"):
        half = [row for row in rows.values() if row["part"] == part]
        assert abs(len(half) - len(rows) / 2) < 1
        assert {row["kind"] for row in half} == set(KINDS)
        assert {row["frame"] for row in half} == set(FRAMES)


def test_every_question_is_judged_under_every_rule_and_every_fault_says_why(rows, key):
    assert set(key) == set(rows)
    for number, held in key.items():
        assert list(held) == RULES or set(held) == set(RULES), number
        for rule, one in held.items():
            assert one["fault"] in {"yes", "no", "cannot tell"}
            assert bool(one["why"]) == (one["fault"] == "yes"), (number, rule)
            assert one["fault"] == "no" or not one["why"] or one["why"][-1] in ".?", (number, rule)


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_has_enough_faulty_and_enough_sound_questions_in_each_half(rule, rows, key):
    every = Counter(key[number][rule]["fault"] for number in rows)
    assert every["yes"] >= 8 and every["no"] >= 15
    for part in ("building", "held out"):
        half = Counter(key[number][rule]["fault"] for number, row in rows.items() if row["part"] == part)
        assert half["yes"] >= 4 and half["no"] >= 15, part


def test_a_good_third_of_the_questions_has_no_fault_and_few_have_all(key):
    faults = [sum(one["fault"] == "yes" for one in held.values()) for held in key.values()]
    assert faults.count(0) >= len(faults) / 3
    assert sum(many == 1 for many in faults) >= 40
    assert max(faults) < len(RULES)


def test_nobody_can_tell_where_role_or_weeks_are_lacking(rows, key):
    for number, row in rows.items():
        assert (key[number]["reach"]["fault"] == "cannot tell") == (not row["data"]), number
        assert (key[number]["feasible"]["fault"] == "cannot tell") == (not row["weeks"]), number


def test_every_filled_slot_belongs_to_the_frame_of_its_question(rows):
    for slot in table("slots"):
        frame = FRAMES[rows[slot["question"]]["frame"]]
        assert slot["slot"] in {one.key for one in frame.slots}, slot
        assert slot["text"] == slot["text"].strip() != ""


def test_the_rhetorical_questions_of_the_opinion_piece_are_there_and_have_faults(rows, key):
    asked = {row["text"]: number for number, row in rows.items()}
    for text in ("Is partnership a good thing or a bad thing?", "Are partnership arrangements a cover-up for cuts?"):
        faults = [rule for rule, one in key[asked[text]].items() if one["fault"] == "yes"]
        assert len(faults) >= 5, text
    assert key[asked["Are partnership arrangements a cover-up for cuts?"]]["neutral"]["fault"] == "yes"
    answerable = asked["After the joint agreement ended, which tasks did social workers of one team do less often, and "
                       "which more often, than before?"]
    assert {one["fault"] for one in key[answerable].values()} == {"no"}


def test_no_question_stands_there_twice_and_none_names_a_person(rows):
    from researchskills import privacy

    assert len({row["text"] for row in rows.values()}) == len(rows)
    assert not [text for row in rows.values() for text in row.values() if privacy.find(text)]


def test_the_package_is_as_its_description_says():
    assert datasets.validate("research_questions") == []


def test_everything_is_made_again_byte_for_byte(tmp_path):
    subprocess.run([sys.executable, str(FOLDER / "generate.py"), str(tmp_path)], check=True)
    for name in ("research_questions.csv", "slots.csv", "planted.sealed"):
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name


@pytest.mark.parametrize(("change", "said"), [
    ({"frame": "pyramid"}, "not known"), ({"role": "astronaut"}, "not known"),
    ({"faults": {"style": "It is ugly."}}, "under no rule"), ({"slots": ["x"] * 9}, "more slots"),
    ({"role": "", "faults": {"reach": "Too far."}}, "nobody can know")])
def test_a_question_that_breaks_the_rules_of_the_package_stops_the_making(generate, change, said):
    good = generate.read((FOLDER / "questions.txt").read_text(encoding="utf-8"))
    generate.check(good)
    with pytest.raises(SystemExit, match=said):
        generate.check([{**good[0], **change}])


def test_the_tables_do_not_say_what_is_wrong(rows, key):
    text = (FOLDER / "research_questions.csv").read_text(encoding="utf-8")
    assert not [one["why"] for held in key.values() for one in held.values() if one["why"] and one["why"] in text]
