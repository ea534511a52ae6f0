"""Simulations, plans and sentences on the screen: predicted first, saved, restored, readable without a screen."""

import json

import ipywidgets
import pytest

from researchskills.errors import CourseError
from researchskills.statistics import activities
from researchskills.statistics.games import GAMES
from researchskills.statistics.planning import how_many, how_many_to_compare, what_can
from researchskills.statistics.planning_activity import SamplePlan
from researchskills.statistics.saying_activity import SayIt
from researchskills.statistics.simulation_activity import SIMULATIONS, SmallSamples

ALLOWED = (ipywidgets.Dropdown, ipywidgets.IntText, ipywidgets.Text, ipywidgets.Textarea, ipywidgets.Button)


def made(kind, folder):
    return kind("m99-p1-try", folder)


def controls(widget) -> list:
    found = [one for child in getattr(widget, "children", ()) for one in controls(child)]
    is_control = hasattr(widget, "description") and not isinstance(widget, ipywidgets.HTML)
    return [widget, *found] if is_control else found


def on_screen(panel) -> dict:
    return {one.description: one for one in controls(panel) if one.layout.display != "none"}


EVERY = [*SIMULATIONS.values(), SamplePlan, SayIt]


@pytest.mark.parametrize("kind", EVERY)
def test_every_control_is_of_a_known_good_kind_and_has_a_name_of_its_own(kind, tmp_path):
    found = controls(made(kind, tmp_path).panel())
    assert found
    assert all(isinstance(one, ALLOWED) for one in found)
    shown = [one.description.strip() for one in found if one.layout.display != "none"]
    assert all(shown)
    assert len(shown) == len(set(shown))


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize("content", [b"{ half a fi", b"", b"[1, 2]"])
def test_a_damaged_file_is_kept_and_told(kind, content, tmp_path):
    path = tmp_path / "answers" / "m99-p1-try.json"
    path.parent.mkdir()
    path.write_bytes(content)
    one = made(kind, tmp_path)
    assert "damaged" in one.notice
    assert "damaged" in one.report()
    [kept] = path.parent.glob("m99-p1-try.damaged-*.json")
    assert kept.read_bytes() == content


@pytest.mark.parametrize("kind", EVERY)
def test_without_an_answer_the_report_is_the_task_and_never_the_result(kind, tmp_path):
    one = made(kind, tmp_path)
    assert one.shown() == ""
    assert "not answered yet" in one.report().casefold()
    assert one.report() == made(kind, tmp_path).report()
    assert "<script" not in one.report()
    if kind in SIMULATIONS.values():
        assert "repetitions" not in one.report()
        assert one.game.why not in one.report()


@pytest.mark.parametrize("kind", EVERY)
def test_a_state_that_cannot_be_is_set_aside(kind, tmp_path):
    one = made(kind, tmp_path)
    if kind in SIMULATIONS.values():
        trait, name = "settings", one.game.settings[0].name
        one.settings = {name: one.game.settings[0].least}
    else:
        trait, name = "entered", "n" if kind is SamplePlan else "of"
        one.entered = {name: 12}
    path = tmp_path / "answers" / "m99-p1-try.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["state"][trait] = {name: -5}
    path.write_text(json.dumps(content), encoding="utf-8")
    again = made(kind, tmp_path)
    assert getattr(again, trait) == {}
    assert "kept" in again.notice
    assert again.earlier[-1]["state"] == {trait: {name: -5}}


# -- simulations ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", GAMES)
def test_nothing_is_shown_before_the_prediction_is_kept(which, tmp_path):
    one = made(SIMULATIONS[which], tmp_path)
    panel = one.panel()
    seen = on_screen(panel)
    assert set(seen) == {f"Your prediction: {one.game.title}", "Keep my prediction and run"}
    seen["Keep my prediction and run"].click()
    assert not one.committed, "a prediction comes first"
    seen[f"Your prediction: {one.game.title}"].value = next(iter(one.game.predictions))
    seen["Keep my prediction and run"].click()
    assert one.committed
    assert one.ran["seed"] == 1
    now = on_screen(panel)
    assert now[f"Your prediction: {one.game.title}"].disabled
    assert {setting.label for setting in one.game.settings} <= set(now)
    assert any("role=\"status\"" in child.value and "<table>" in child.value for child in panel.children
               if isinstance(child, ipywidgets.HTML))


@pytest.mark.parametrize("which", GAMES)
def test_the_result_is_a_picture_a_table_and_a_sentence_and_comes_back_the_same(which, tmp_path):
    one = made(SIMULATIONS[which], tmp_path)
    one.prediction = next(iter(one.game.predictions))
    one.keep_prediction()
    one.run()
    one.thoughts = "Chance does a lot."
    report = one.report()
    long_run = "In the long run" if which == "regression to the mean" else "repetitions"
    for part in ("<img alt=", "<table>", long_run, "Chance does a lot.", "Your prediction"):
        assert part in report
    again = made(SIMULATIONS[which], tmp_path)
    assert again.report() == report, "the same state draws the same page"
    assert "Runs: 2." in again.shown()


def test_another_run_has_other_people_and_the_settings_at_that_time(tmp_path):
    one = made(SmallSamples, tmp_path)
    one.prediction = "far"
    one.keep_prediction()
    first = one.report()
    one.run()
    assert one.report() != first
    one.settings = {"size": 100}
    assert one.ran["settings"]["size"] == 10, "a setting does nothing until it is run"
    one.run()
    assert one.ran == {"settings": {"size": 100, "share": 0.65, "samples": 10}, "seed": 3}


def test_a_number_out_of_its_range_is_pulled_to_the_end_of_it(tmp_path):
    one = made(SmallSamples, tmp_path)
    one.prediction = "far"
    one.keep_prediction()
    field = on_screen(one.panel())["People asked by each colleague, from 3 to 500"]
    field.value = 9999
    assert (field.value, one.settings["size"]) == (500, 500)
    field.value = -1
    assert (field.value, one.settings["size"]) == (3, 3)


@pytest.mark.parametrize(("which", "truth"), [
    # What theory says: Davis (1976); binomial with n = 10; twelve equal teams; design effect.
    ("regression to the mean", "higher"), ("small samples", "far"), ("league table", "anywhere"), ("clustering", "one"),
])
def test_the_long_run_says_what_theory_says(which, truth):
    game = GAMES[which]
    run = game.play(1, **game.defaults())
    assert run.answer == truth
    assert run.answer in game.predictions
    assert run.sentence != game.play(2, **game.defaults()).sentence
    assert run.table.equals(game.play(1, **game.defaults()).table)


def test_regression_rises_without_help_as_much_as_with_useless_help():
    game = GAMES["regression to the mean"]
    table = game.play(1, people=5000, agreement=0.6, chosen=0.2, effect=0.0).table.set_index("group")
    # Davis (1976): 3.9 × (1 − 0.6) × 1.400 = 2.18 (intensity of selection of the lowest fifth).
    assert table.loc["chosen, not given support", "change"] == pytest.approx(2.18, abs=0.3)
    assert table.loc["chosen, given support", "change"] == pytest.approx(2.18, abs=0.3)
    assert table.loc["everybody", "change"] == pytest.approx(0, abs=0.15)


@pytest.mark.parametrize("which", GAMES)
def test_a_simulation_works_at_the_ends_of_all_its_settings(which):
    game = GAMES[which]
    for end in (0, -1):
        settings = {}
        for setting in game.settings:
            values = list(setting.options.values()) or [setting.least, setting.most]
            settings[setting.name] = values[end]
        run = game.play(1, **settings)
        assert run.sentence
        run.chart()


# -- planning ------------------------------------------------------------------------------------------


def test_plans_are_those_of_the_planning_functions(tmp_path):
    one = made(SamplePlan, tmp_path)
    assert one.plan().sentence() == what_can(20).sentence()
    one.entered = {"question": "share", "margin": 5, "population": 800, "response": 40}
    assert one.plan().ask == how_many(0.05, population=800, response=0.4).ask
    one.entered = {"question": "compare", "first": 60, "second": 70}
    assert one.plan().needed == how_many_to_compare(0.6, 0.7).needed
    one.entered = {"question": "change", "difference": "2.5", "sd": "9"}
    assert one.plan().needed == how_many_to_compare(difference=2.5, sd=9, paired=True).needed


def test_only_the_fields_of_the_question_are_on_the_screen(tmp_path):
    one = made(SamplePlan, tmp_path)
    panel = one.panel()
    assert "Number of answers, from 1 to 100000" in on_screen(panel)
    on_screen(panel)["What do you want to know?"].value = "change"
    seen = on_screen(panel)
    assert "Number of answers, from 1 to 100000" not in seen
    seen["Standard deviation of the changes, in points"].value = "nine"
    assert "as numbers above 0" in one.shown()
    assert "as numbers above 0" in one.report()


def test_a_plan_and_its_decision_come_back(tmp_path):
    one = made(SamplePlan, tmp_path)
    one.entered = {"n": 12}
    one.decision = "Ask all 40, and tell counts only."
    again = made(SamplePlan, tmp_path)
    assert again.values["n"] == 12
    assert "tell counts only" in again.shown()
    assert "tell counts only" in again.report()


# -- sentences -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("entered", "words"), [
    ({"had": 7, "of": 9, "period": "March 2026"}, "77.8% (7 of 9)"),
    ({"had": 12, "of": 9, "period": "March 2026"}, "numerator is above the denominator"),
    ({"had": 7, "of": 9}, "needs its time"),
    ({"had": 7, "of": 9, "period": "2025", "what": "the impact of the hub"}, "claims a cause"),
    ({"kind": "rate", "events": 20, "people": 5000, "period": "2025", "rate_of": "the rate of falls"},
     "4 per 1,000 people"),
    ({"kind": "compare", "first": "Service A", "second": "Service B", "first_had": 56, "first_of": 70, "second_had": 48,
      "second_of": 80, "period": "2025", "shares": "people at home after 12 weeks"}, "20 percentage points"),
])
def test_numbers_become_a_sentence_or_a_plain_word_on_what_is_missing(entered, words, tmp_path):
    one = made(SayIt, tmp_path)
    one.entered = entered
    assert words in one.shown()
    assert words in one.report()


def test_the_own_sentence_is_read_when_asked_and_the_remarks_come_back(tmp_path):
    one = made(SayIt, tmp_path)
    panel = one.panel()
    seen = on_screen(panel)
    seen["Read my sentence"].click()
    assert "Write your sentence first" in panel.children[-2].value
    seen["Your own sentence, for the people who will read it"].value = "The hub reduced delays by 12%."
    assert "things to change" not in panel.children[-2].value
    seen["Read my sentence"].click()
    assert "3 things to change" in panel.children[-2].value
    assert "3 things to change" in made(SayIt, tmp_path).report()
    seen["Your own sentence, for the people who will read it"].value = "Delays fell in 2025."
    assert "changed the sentence since" in panel.children[-2].value


def test_what_is_typed_never_becomes_part_of_the_page(tmp_path):
    one = made(SayIt, tmp_path)
    one.entered = {"what": "<script>alert(1)</script>", "had": 1, "of": 2, "period": "<b>2025</b>"}
    one.own = "<script>alert(2)</script>"
    one.read_own()
    assert "<script>" not in one.report()
    assert "<b>2025" not in one.report()


# -- what lessons call ---------------------------------------------------------------------------------


def test_lessons_get_the_same_object_however_often_a_cell_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    one = activities.simulate("m99-p1-small", "small samples")
    one.prediction = "close"
    assert activities.simulate("m99-p1-small", "small samples") is one
    assert activities.plan_sample("m99-a1-plan") is activities.plan_sample("m99-a1-plan")
    assert activities.say_it("m99-p3-say") is activities.say_it("m99-p3-say")


def test_an_unknown_simulation_is_refused_with_those_there_are(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CourseError, match="regression to the mean"):
        activities.simulate("m99-p1-x", "regression to the median")


def test_where_nobody_can_click_a_page_shows_the_report_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("RESEARCHSKILLS_STATIC", "1")
    monkeypatch.chdir(tmp_path)
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, **_: shown.append(bundle))
    activities.simulate("m99-p2-league", "league table")._ipython_display_()
    [bundle] = shown
    assert set(bundle) == {"text/html", "text/plain"}
    assert "Predict first" in bundle["text/html"]
