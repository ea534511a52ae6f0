"""Scripts to practise marking on: what a mentor finds in them, what an author is told, what learners never get."""

import csv
import re
import shutil
import statistics
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from researchskills import build, privacy
from researchskills.errors import CourseError
from researchskills.marking import calibration
from researchskills.source import SourceError, read_module

ROOT = Path(__file__).parents[1]
FAULTY = Path(__file__).parent / "faulty" / "calibration"
NAME, QUESTION = "99-sound", "m99-q3-words"

# Each broken file, the line an author must be sent to, and words that must be in the sentence.
FAULTS = {
    "unknown_criterion": (10, "the script “s2”: the rubric has no criterion “Concretness”; use Concreteness"),
    "criterion_without_quotation_marks": (10, "put quotation marks around the criterion True under “levels”"),
    "level_missing": (10, "the script “s2” has no level for “Concreteness”"),
    "level_out_of_range": (27, "the script “s4”: the level of “Concreteness” is 4; use a whole number from 0 to 3"),
    "level_half": (10, "the level of “Concreteness” is 1.5"),
    "level_true": (10, "the level of “Concreteness” is True"),
    "level_twice": (13, "the entry “Concreteness” stands twice"),
    "levels_as_a_list": (10, "the script “s2” has “levels: [1]”, which should be entries"),
    "level_that_no_script_has": (1, "no script has level 3 of “Concreteness”"),
    "level_without_an_anchor": (1, "no script has an anchor for level 2 of “Concreteness”"),
    "reason_missing": (10, "the script “s2” has no reason for “Concreteness”"),
    "anchor_empty": (10, "the script “s2” has an anchor for “Concreteness” without a passage"),
    "anchor_not_in_the_text": (10, "does not stand word for word in its text: “someone was in a hurry”"),
    "five_scripts": (1, "it has 5 scripts; 6 is the fewest"),
    "id_of_a_person": (41, "the script “nurse”: ids are s1, s2 and so on"),
    "text_empty": (10, "the script “s2” has no “text”"),
    "text_is_the_example": (41, "the script “s6” is the example that stands under the question"),
    "unknown_question": (1, "its question is “m99-q3-word”; question and file name are the same"),
    "unknown_entry": (10, "the script “s2” has the unknown entry “anchor”; use id, text, levels, reasons, anchors"),
    "broken_yaml": (15, "it is not valid YAML"),
    "latin_1": (1, "it is not saved as UTF-8 text"),
    "empty": (1, "the file is not written as entries"),
    "scripts_as_text": (1, "the file has “scripts: six of them”, which should be a list"),
    "script_as_text": (41, "script 6 is not written as entries"),
}
# Broken files that send an author to more than one line.
MORE_FAULTS = {
    "id_twice": [(10, "the id “s2” stands twice"), (41, "the id “s2” stands twice")],
    "text_twice": [(10, "the script “s2” has the same text"), (41, "the script “s6” has the same text")],
    "several_faults": [(10, "is 7"), (27, "ids are s1"), (35, "has no reason"), (35, "no criterion “Concretenes”")],
}


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A course folder with one module, for which nobody has written scripts."""
    shutil.copytree(ROOT / "tests" / "faulty" / "sources" / "sound", tmp_path / "solutions" / NAME)
    (tmp_path / "solutions" / NAME / "calibration").mkdir()
    (tmp_path / "datasets").mkdir()
    monkeypatch.setenv("RESEARCHSKILLS_ROOT", str(tmp_path))
    return tmp_path


def write(root: Path, name: str, as_question: str = QUESTION) -> Path:
    path = root / "solutions" / NAME / "calibration" / f"{as_question}.yaml"
    shutil.copy(FAULTY / f"{name}.yaml", path)
    return path


# -- reading ------------------------------------------------------------------------------------


def test_a_mentor_finds_every_script_with_its_levels_and_reasons(root):
    write(root, "sound")
    found = calibration.calibration_of(NAME, QUESTION)
    assert (found.module, found.question) == (NAME, QUESTION)
    assert [one.id for one in found.scripts] == ["s1", "s2", "s3", "s4", "s5", "s6"]
    assert [one.levels["Concreteness"] for one in found.scripts] == [0, 1, 2, 3, 0, 1]
    assert found.scripts[1].text == "I think that somebody was in a hurry on that day."
    assert found.scripts[1].reasons["Concreteness"].startswith("Hurry is a reason")
    assert calibration.calibrations(NAME) == [found]


def test_a_level_is_shown_by_passages_and_an_absence_by_reasons_alone(root):
    write(root, "sound")
    found = calibration.calibration_of(NAME, QUESTION)
    [shown] = found.anchored("Concreteness", 1)
    assert (shown.script, shown.passage) == ("s2", "somebody was in a hurry"), "s6 has the level and no passage"
    assert [(one.script, one.passage) for one in found.anchored("Concreteness", 0)] == [("s1", ""), ("s5", "")]
    assert "Level 1 would need one" in found.anchored("Concreteness", 0)[0].reason
    assert found.anchored("Concreteness", 4) == []


def test_a_passage_may_run_over_the_end_of_a_line(root):
    write(root, "sound")
    [shown] = calibration.calibration_of(NAME, QUESTION).anchored("Concreteness", 2)
    assert shown.passage == "the nurse counted visits and I counted people"


# -- faults -------------------------------------------------------------------------------------


def test_every_faulty_file_is_tested():
    assert {path.stem for path in FAULTY.glob("*.yaml")} == {"sound", *FAULTS, *MORE_FAULTS}


@pytest.mark.parametrize("name", [*FAULTS, *MORE_FAULTS])
def test_a_broken_file_is_refused_with_its_line_and_script(name, root):
    path = write(root, name)
    wanted = MORE_FAULTS.get(name) or [FAULTS[name]]
    with pytest.raises(SourceError) as caught:
        calibration.calibration_of(NAME, QUESTION)
    faults = caught.value.faults
    assert [(one.path, one.line) for one in faults] == [(path, line) for line, _ in wanted]
    for fault, (_, words) in zip(faults, wanted, strict=True):
        assert words in fault.message
        assert "\n" not in str(fault)
    with pytest.raises(SourceError):
        calibration.calibrations(NAME)


def test_the_build_is_told_of_faults_and_of_files_for_no_question(root):
    folder = root / "solutions" / NAME
    questions = read_module(folder).questions
    write(root, "sound")
    (folder / "calibration" / ".hidden").touch()
    assert calibration.faults(folder, questions) == []
    stray = write(root, "sound", as_question="m99-q1-piles")
    notes = folder / "calibration" / "notes.txt"
    notes.touch()
    found = calibration.faults(folder, questions)
    assert [one.path for one in found] == [stray, notes]
    assert all("not named after a question that mentors mark here: m99-q3-words.yaml" in str(one) for one in found)
    assert calibration.faults(root / "datasets", questions) == [], "a module need not have scripts"


def test_what_is_not_there_is_named_with_what_is(root):
    with pytest.raises(CourseError, match="no scripts to practise on for “m99-q3-words” yet"):
        calibration.calibration_of(NAME, QUESTION)
    assert calibration.calibrations(NAME) == []
    with pytest.raises(CourseError, match="no question “m99-q1-piles” that mentors mark.*m99-q3-words") as caught:
        calibration.calibration_of(NAME, "m99-q1-piles")
    assert caught.value.exit_status == 2
    with pytest.raises(CourseError, match="no module “99-sond”.*99-sound") as caught:
        calibration.calibrations("99-sond")
    assert caught.value.exit_status == 2


# -- the course's own ---------------------------------------------------------------------------


MODULES = [path.parent.name for path in sorted((ROOT / "solutions").glob("[0-9][0-9]-*/lesson.md"))]


@cache
def questions_of(name: str):
    return read_module(ROOT / "solutions" / name).questions


@cache
def sets_of(name: str):
    return calibration.calibrations(name)


@pytest.mark.parametrize("name", MODULES)
def test_every_question_that_mentors_mark_has_scripts(name):
    wanted = [one.id for one in questions_of(name).values() if one.marked_by == "mentor"]
    assert [one.question for one in sets_of(name)] == wanted
    assert calibration.faults(ROOT / "solutions" / name, questions_of(name)) == []


@pytest.mark.parametrize("name", MODULES)
def test_levels_vary_within_a_script_so_that_one_impression_does_not_carry_all(name):
    for one in sets_of(name):
        even = [script.id for script in one.scripts if len(set(script.levels.values())) == 1]
        assert len(even) <= 2, f"{one.question}: {even} have the same level throughout"


@pytest.mark.parametrize("name", MODULES)
def test_reasons_are_written_for_their_own_script(name):
    for one in sets_of(name):
        reasons = [reason for script in one.scripts for reason in script.reasons.values()]
        assert len(set(reasons)) == len(reasons)
        assert all(len(reason.split()) >= 8 for reason in reasons)


@pytest.mark.parametrize("name", MODULES)
def test_scripts_hold_nothing_that_looks_like_a_person(name):
    for one in sets_of(name):
        assert [found for script in one.scripts for found in privacy.find(script.text)] == []


# -- numbers: counted here once more, from the csv files and without the course's own `load` -------


def rows(name: str) -> list[dict]:
    with (ROOT / "datasets" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def script(name: str, identifier: str) -> str:
    [found] = [one.text for one in sets_of(name)[0].scripts if one.id == identifier]
    return found


@pytest.mark.parametrize("name", ["04-checking-data", "05-small-statistics"])
def test_a_percentage_beside_its_counts_is_worked_out_rightly(name):
    pattern = re.compile(r"([\d,]+) (?:out )?of (?:the |all )?([\d,]+)[^.();]{0,60}\((\d+\.\d)%\)")
    found = [match.groups() for one in sets_of(name)[0].scripts for match in pattern.finditer(one.text)]
    found += [m.groups() for m in re.finditer(r"(\d+)/(\d+) = (\d+\.\d)%", script("04-checking-data", "s2"))]
    assert len(found) >= 2
    for part, whole, percentage in found:
        assert round(100 * int(part.replace(",", "")) / int(whole.replace(",", "")), 1) == float(percentage)


def test_scripts_on_the_referrals_give_the_counts_of_the_referrals():
    counted = Counter((row["team"], row["living_alone"]) for row in rows("referrals/referrals.csv"))
    north, castle = (
        {answer: counted[f"{place} social work", answer] for answer in ("yes", "no", "unknown")}
        for place in ("Northmoor General", "Castle Hill Infirmary")
    )
    every, known = sum(north.values()), north["yes"] + north["no"]
    most = north["yes"] + north["unknown"]
    text = script("04-checking-data", "s1")
    assert (
        f"{every} referrals in the two years. Yes {north['yes']}, no {north['no']}, unknown {north['unknown']}" in text
    )
    assert f"{most} out of {every}, {100 * most / every:.1f}" in text
    assert f"{north['yes']} out of {known}, {100 * north['yes'] / known:.1f}" in text
    assert f"{sum(castle.values())} and only {castle['unknown']} unknown, yes {castle['yes']}" in text
    text = script("04-checking-data", "s2")
    for place in (north, castle):
        whole, answered = sum(place.values()), place["yes"] + place["no"]
        assert f"{place['unknown']}/{whole}" in text
        assert f"({100 * place['unknown'] / whole:.1f}%)" in text
        assert f"{100 * place['yes'] / answered:.1f}% ({place['yes']}/{answered})" in text
        highest = 100 * (place["yes"] + place["unknown"]) / whole
        assert f"{100 * place['yes'] / whole:.1f}% to {highest:.1f}%" in text


def test_scripts_on_the_discharges_give_the_counts_of_the_discharges():
    discharges = rows("packages_and_discharge/discharges.csv")
    delays = {
        frailty: sorted(int(row["delay_days"]) for row in discharges if row["frailty"] == frailty)
        for frailty in ("high", "low")
    }
    every = {frailty: len(days) for frailty, days in delays.items()}
    late = {frailty: [day for day in days if day] for frailty, days in delays.items()}
    text = script("05-small-statistics", "s2")
    people = len({row["person"] for row in discharges})
    assert f"{len(discharges):,} discharges of {people:,} people" in text
    for frailty in ("high", "low"):
        assert f"{len(late[frailty]):,} of {every[frailty]:,}" in text
        assert f"{statistics.mean(late[frailty]):.1f} days among the {len(late[frailty])}" in text
        assert statistics.median(late[frailty]) == 3, "which s1, s5, s6 and s8 say"
        assert f"{statistics.mean(delays[frailty]):.1f} days" in script("05-small-statistics", "s3")
        assert max(late[frailty]) > 31, "a few waited for more than a month, says s8"
    assert max(late["high"]) == 100, "the longest wait, says s1"
    whose = Counter((row["frailty"], row["attributable_to"]) for row in discharges)
    text = script("05-small-statistics", "s7")
    for frailty in ("high", "low"):
        for agency in ("NHS", "social care", "both"):
            assert re.search(rf"\b{whose[frailty, agency]} of (the )?{len(late[frailty])}\b", text)


def test_the_table_of_carers_holds_the_counts_of_the_survey():
    answers = ("as much as wanted", "some, not enough", "hardly any")
    counted = Counter((row["locality"], row["social_contact"]) for row in rows("carer_survey/carer_survey.csv"))
    text = script("06-presenting-data", "s3")
    for place in {locality for locality, _ in counted}:
        cells = [counted[place, answer] for answer in answers]
        shown = " | ".join(str(cell) if cell >= 5 else "[c]" for cell in cells)
        assert f"| {place} | {shown} | {sum(cells)} |" in text
        assert sum(cells[1:]) > sum(cells) / 2, "most see less of other people than they want, says the title"
    whole = [sum(counted[place, answer] for place in {one for one, _ in counted}) for answer in answers]
    assert f"| Larkshire | {' | '.join(map(str, whole))} | {sum(whole)} |" in text


# -- learners -----------------------------------------------------------------------------------


def squeezed(text: str) -> str:
    return re.sub(r"\W+", " ", text).casefold().strip()


def test_nothing_of_the_scripts_lands_in_what_the_build_makes(root):
    write(root, "sound")
    build.build(root=root)
    made = sorted((root / "course").rglob("*"))
    assert {path.name for path in made} == {NAME, *build.FILES, build.STAMP}
    for path in made:
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert "somebody was in a hurry" not in text
            assert "calibration" not in text


@pytest.mark.parametrize("name", MODULES)
def test_no_sentence_of_a_script_or_reason_is_in_the_learners_edition(name):
    released = {path.name: squeezed(path.read_text("utf-8")) for path in (ROOT / "course" / name).glob("*.*")}
    assert released
    texts = [
        text for one in sets_of(name) for script in one.scripts for text in (script.text, *script.reasons.values())
    ]
    # A short sentence may stand in both by chance, and a script may quote the question.
    sentences = [squeezed(one) for text in texts for one in re.split(r"(?<=[.?!])\s+", text) if len(one.split()) >= 12]
    assert [(one, file) for one in sentences for file, text in released.items() if one in text] == []
