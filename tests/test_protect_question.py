"""Hiding cells as a question, and the activity of attacker and defender."""

import re
from itertools import combinations

import pytest
import yaml

from researchskills import ask, bank, checks
from researchskills.data import protect_activity, protect_question
from researchskills.errors import CourseError

SOURCE = """
kind: protect
title: Which cells must be hidden?
prompt: Protect this table.
table:
  rows_are: locality
  columns: [reablement, home care, Total]
  rows:
    Northmoor: [12, 6, 18]
    Eastfold: [3, 9, 12]
    Westering: [22, 14, 36]
    Total: [37, 29, 66]
reason: Subtract along rows and columns.
why: Four cells make a rectangle.
"""
ASKED = bank.parse("m06-p1-hide", yaml.safe_load(SOURCE), "lesson")
RECTANGLE = ["Northmoor, reablement", "Northmoor, home care", "Eastfold, reablement", "Eastfold, home care"]


def assessed(*hidden) -> checks.Outcome:
    return checks.assess(ASKED, list(hidden))


def test_the_model_answer_gets_full_marks_and_nothing_is_not_attempted():
    assert checks.assess(ASKED, checks.model_answer(ASKED)).status == checks.CORRECT
    assert sorted(checks.model_answer(ASKED)) == sorted(RECTANGLE)
    assert assessed().status == checks.NOT_ATTEMPTED


def test_any_other_choice_that_protects_with_as_few_cells_is_right_too():
    # By hand: the rectangle with Westering protects as well, it only hides more people.
    other = [cell.replace("Northmoor", "Westering") for cell in RECTANGLE]
    outcome = assessed(*other)
    assert (outcome.status, outcome.fraction) == (checks.CORRECT, 1.0)
    assert outcome.message.endswith("Four cells make a rectangle.")


def test_no_choice_of_three_cells_is_accepted():
    # The independent check: with three hidden inner cells of a table with all totals, one stands alone.
    for some in combinations([cell for cell in protect_question.offered(ASKED.content) if "Total" not in cell], 3):
        assert assessed(*some).status == checks.NOT_YET


def test_a_cell_that_leaks_is_named_with_the_subtraction_that_finds_it():
    outcome = assessed("Eastfold, reablement")
    assert outcome.status == checks.NOT_YET
    assert "**Eastfold, reablement** is hidden but not protected. Eastfold, reablement is exactly 3." in outcome.message
    assert "12 (Eastfold, Total) − 9 (Eastfold, home care) = 3." in outcome.message
    assert outcome.message.endswith("Subtract along rows and columns.")
    assert outcome.fraction == 0.5


def test_a_small_count_that_is_shown_is_named():
    outcome = assessed("Northmoor, home care")
    assert "**Eastfold, reablement: 3** is a small count and is still shown." in outcome.message
    assert outcome.fraction == 0


def test_hiding_everything_gets_only_a_share():
    everything = list(protect_question.offered(ASKED.content))
    outcome = assessed(*everything)
    assert outcome.status == checks.NOT_YET
    assert outcome.fraction == 4 / len(everything)
    assert "You hid 12 cells; 4 are enough." in outcome.message


def test_a_shared_total_of_two_tables_is_one_cell():
    source = yaml.safe_load("""
kind: protect
title: Two tables
prompt: Protect both.
tables:
  by age: {columns: [65-84, 85+, Total], rows: {North: [11, 2, 13], South: [20, 8, 28], Total: [31, 10, 41]}}
  by sex: {columns: [women, men, Total], rows: {North: [3, 10, 13], South: [15, 13, 28], Total: [18, 23, 41]}}
""")
    asked = bank.parse("m06-p2-two", source, "lesson")
    labels = list(protect_question.offered(asked.content).values())
    assert labels.count("North, Total: 13") == 1
    outcome = checks.assess(asked, ["North, 85+", "North, women"])
    assert "10 (Total, 85+) − 8 (South, 85+) = 2." in outcome.message
    assert checks.assess(asked, checks.model_answer(asked)).status == checks.CORRECT


def changed(**fields) -> dict:
    source = yaml.safe_load(SOURCE)
    return {key: value for key, value in {**source, **fields}.items() if value is not None}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (changed(table=None), "give either table or tables"),
        (changed(most=3), "most is 3, but 4 cells must be hidden"),
        (changed(table={"columns": ["a", "Total"], "rows": {"x": [9, 9], "Total": [9]}}), "one count for each column"),
        (changed(table={"columns": ["a", "Total"], "rows": {"x": [9, 8]}}), "is 8, but its parts add up to 9"),
        (changed(table={"columns": ["a", "b"], "rows": {"x": [3, 8], "y": [3, 8]}}), "no totals"),
        (changed(table={"columns": ["a", "Total"], "rows": {"x": [9, 9]}}), "there is nothing to protect"),
        (changed(table={"rows": {"x": [9]}}), "needs columns"),
    ],
)
def test_an_author_is_told_what_is_wrong_with_a_table(source, said):
    with pytest.raises(bank.QuestionError, match=re.escape(said)):
        bank.parse("m06-p9-wrong", source, "lesson")


def test_nothing_sealed_gives_the_cells_away_and_the_question_survives_its_release():
    entry = ASKED.released()
    again = bank.Question.from_released(entry)
    assert checks.assess(again, RECTANGLE).status == checks.CORRECT
    assert again.content["most"] == 4


def names(widget) -> list[str]:
    own = [widget.description] if getattr(widget, "description", "") else []
    return own + [name for child in getattr(widget, "children", ()) for name in names(child)]


def by_name(widget, name):
    if getattr(widget, "description", None) == name:
        return widget
    return next(filter(None, (by_name(child, name) for child in getattr(widget, "children", ()))), None)


def test_every_cell_has_a_named_box_and_the_answer_saves_itself(tmp_path):
    one = ask.shown_as("protect")(ASKED, tmp_path)
    panel = one.panel()
    assert "Eastfold, reablement: 3" in names(panel)
    by_name(panel, "Eastfold, reablement: 3").value = True
    again = ask.shown_as("protect")(ASKED, tmp_path)
    assert again.answer == ["Eastfold, reablement"]
    assert again.shown() == "Eastfold, reablement: 3"
    assert by_name(again.panel(), "Eastfold, reablement: 3").value
    assert again.check().status == checks.NOT_YET


def test_the_report_shows_the_table_before_and_as_it_would_be_published(tmp_path):
    one = ask.shown_as("protect")(ASKED, tmp_path)
    one.answer = list(RECTANGLE)
    report = one.report()
    assert report.count("<td>[c]</td>") == 4
    assert "before hiding anything</caption>" in report
    assert '<th scope="col">locality</th>' in report
    assert "script" not in report


def test_a_cell_that_is_no_longer_offered_is_kept_as_an_earlier_answer(tmp_path):
    one = ask.shown_as("protect")(ASKED, tmp_path)
    one.answer = ["Eastfold, reablement"]
    other = changed()
    other["table"]["rows"] = {"Far": [3, 9, 12], "Near": [9, 9, 18], "Total": [12, 18, 30]}
    again = ask.shown_as("protect")(bank.parse("m06-p1-hide", other, "lesson"), tmp_path)
    assert again.answer == []
    assert "Eastfold, reablement" in again.notice


# -- attacker and defender -----------------------------------------------------------------------


@pytest.fixture
def game(tmp_path):
    return protect_activity.Protect("m06-a1-attack", folder=tmp_path)


def test_the_defended_table_is_audited_like_the_question(game):
    assert game.defence().status == checks.NOT_ATTEMPTED
    game.hidden = ["Eastfold, reablement"]
    assert "Eastfold, reablement is exactly 3" in game.defence().message
    game.hidden = protect_question.model_answer(game._defence)
    assert game.defence().status == checks.CORRECT


def test_a_hidden_number_that_is_guessed_is_explained(game):
    exact = game.exact()
    assert exact, "the published table must leak"
    first = exact[0]
    game.guesses = {first.name: str(first.low)}
    assert f"{first.name}: you say {first.low}. Right: the count was never hidden. {first.how}" in game.attack()
    assert game.attack()[-1] == f"You have worked out 1 of the {len(exact)} hidden counts that can be worked out."
    game.guesses = {first.name: "99"}
    assert "Not so; subtract again" in game.attack()[0]


def test_a_guess_where_nobody_can_be_sure_is_told_so(game):
    vague = next(one for one in game.audit.intervals if one.low != one.high)
    game.guesses = {vague.name: str(vague.low)}
    assert f"Nobody can be sure: it is between {vague.low} and {vague.high}." in game.attack()[0]


def test_the_attacked_numbers_are_those_of_the_full_table(game):
    # The second method: the survey's own records, counted.
    from researchskills import datasets

    survey = datasets.load("service_user_survey").dropna(subset="satisfaction")
    said = survey["satisfaction"].astype(str).str.replace(r".* dissatisfied", "dissatisfied", regex=True)
    counts = survey.groupby([survey["locality"].astype(str), said]).size()
    for one in game.exact():
        locality, answer = one.name.split(", ", 1)
        assert counts.get((locality, answer)) == one.low, one.name


def test_a_neighbour_who_knows_everything_finds_exactly_one_person(game):
    assert "at least one fact" in game.intruder()
    game.facts = list(game.people.columns)
    assert "One person fits: you have found them." in game.intruder()
    game.facts = ["sex"]
    assert "people fit" in game.intruder()


def test_the_game_saves_itself_and_every_control_has_a_name(game, tmp_path):
    panel = game.panel()
    by_name(panel, "Eastfold, reablement: 3").value = True
    field = next(name for name in names(panel) if name.endswith("the hidden number is"))
    by_name(panel, field).value = "3"
    by_name(panel, "A neighbour knows: ward").value = True
    again = protect_activity.Protect("m06-a1-attack", folder=tmp_path)
    assert again.hidden == ["Eastfold, reablement"]
    assert list(again.guesses.values()) == ["3"]
    assert again.facts == ["ward"]
    assert "Known next door: ward" in again.shown()
    assert len(names(panel)) == len(set(names(panel)))


def test_verdicts_vanish_when_the_answer_changes_and_the_report_is_the_same_each_time(game):
    game.hidden, game.defended = ["Eastfold, reablement"], True
    assert "is exactly 3" in game.report()
    assert game.report() == game.report()
    game.hidden = []
    assert not game.defended
    assert "is exactly 3" not in game.report()
    assert "<script" not in game.report()


def test_what_is_no_number_is_not_called_a_wrong_one(game):
    first = game.exact()[0]
    game.guesses = {first.name: "three?"}
    assert f"{first.name}: “three?” cannot be read as a number." in game.attack()[0]
    assert game.attack()[-1].startswith("You have worked out 0 of")


def test_a_page_can_show_the_steps_in_two_places(tmp_path):
    first = protect_activity.Protect("m06-a1-attack", folder=tmp_path, steps=("attack", "defend"))
    assert "<strong>1. Defend.</strong>" in first.report()
    assert "<strong>2. Attack.</strong>" in first.report()
    assert not [name for name in names(first.panel()) if name.startswith("A neighbour knows")]
    second = protect_activity.Protect("m06-a2-next-door", folder=tmp_path, steps=("neighbour",))
    assert "<strong>Be the motivated intruder.</strong>" in second.report()
    assert "Defend" not in second.report()
    assert all(name.startswith("A neighbour knows") for name in names(second.panel()))
    for wrong in ((), ("hide",)):
        with pytest.raises(CourseError):
            protect_activity.Protect("m06-a3-none", folder=tmp_path, steps=wrong)


def test_the_neighbour_is_described_before_anybody_looks_for_them(game):
    person = game.neighbour()
    task = game.report()
    assert all(value in task for value in person.values())
    assert game.facts == []


def test_something_is_said_while_a_table_is_audited(tmp_path, monkeypatch):
    one = ask.shown_as("protect")(ASKED, tmp_path)
    one.answer = ["Eastfold, reablement"]
    button, verdict = one.check_panel().children
    seen, assess = [], protect_question.assess
    monkeypatch.setattr(protect_question, "assess", lambda *args: seen.append(verdict.value) or assess(*args))
    button.click()
    assert seen[0] == '<p role="status">Checking …</p>'
    assert "Not yet" in verdict.value


def test_a_table_that_gives_nothing_away_cannot_be_attacked(tmp_path):
    with pytest.raises(CourseError):
        protect_activity.Protect("m06-a1-attack", attacked="training_baseline", folder=tmp_path)
