"""The kind of a project on the screen and in its file."""

import json

import ipywidgets
import pytest
from panels import alert, controls, named, words
from sample_projects import SAMPLES
from traitlets import TraitError

from researchskills.questions import project_activity
from researchskills.questions.project_activity import FIELDS, KindOfProject, kind_of_project
from researchskills.questions.project_kind import CHECKED, STEPS

NAME = "m01-a5-project"
AUDIT = next(one.answers for one in SAMPLES if one.kinds == ("audit",))
MIXED = SAMPLES[-1].answers


@pytest.fixture
def project(tmp_path):
    return KindOfProject(NAME, tmp_path)


def choose(panel, answers: dict) -> None:
    for key, value in answers.items():
        named(panel)[STEPS[key].title].value = value


def in_sight(panel) -> list[str]:
    return [one.description for one in controls(panel)
            if isinstance(one, ipywidgets.Dropdown) and one.layout.display != "none"]


def test_every_control_can_be_said_and_looking_saves_nothing(project, tmp_path):
    panel = project.panel()
    names = [one.description for one in controls(panel)]
    assert all(names)
    assert len(set(names)) == len(names)
    for one in controls(panel):
        assert isinstance(one, ipywidgets.Dropdown | ipywidgets.Textarea)
    project.report()
    assert project.shown() == ""
    assert not (tmp_path / "answers").exists()


def test_one_question_after_the_other_comes_into_sight(project):
    panel = project.panel()
    assert in_sight(panel) == ["For whom is the answer?"]
    seen = []
    for key, value in AUDIT.items():
        seen.append(STEPS[key].title)
        assert in_sight(panel) == seen
        assert STEPS[key].text in words(panel)
        assert f'<p role="status">The next question: {STEPS[key].title}</p>' in words(panel).replace("&#x27;", "'")
        choose(panel, {key: value})
    assert '<p role="status">Your answers point to audit.' in words(panel)


def test_every_step_offers_to_ask(project):
    panel = project.panel()
    for step in STEPS.values():
        assert named(panel)[step.title].options[-1] == ("I cannot tell: I will ask", "ask")


def test_going_back_changes_the_end_and_loses_no_answer(project, tmp_path):
    panel = project.panel()
    choose(panel, AUDIT)
    choose(panel, {"subject": "needs"})
    assert "Is there a standard?" not in in_sight(panel)
    assert "Your answers point to needs assessment." in words(panel)
    choose(panel, {"intent": "elsewhere"})
    assert in_sight(panel) == [STEPS[key].title for key in ("intent", "care", "where", "who")]
    assert "Your answers point to research." in words(panel)
    choose(panel, {"intent": "here", "subject": "service"})
    assert "Your answers point to audit." in words(panel)
    assert KindOfProject(NAME, tmp_path).answers == AUDIT
    choose(panel, {"care": ""})
    assert in_sight(panel) == ["For whom is the answer?", "Who gets what?"]
    assert "Your answers point to audit." not in words(panel)


def test_the_end_names_whom_to_ask_how_sure_it_is_and_that_it_is_no_advice(project):
    panel = project.panel()
    choose(panel, AUDIT)
    told = words(panel)
    for wanted in ("<caption>Whom to ask</caption>", "Caldicott Guardian", "Health Research Authority",
                   "https://www.hra-decisiontools.org.uk/research", "not legal advice", CHECKED,
                   "<caption>What applies whatever kind it is</caption>", "general knowledge, not looked up: ask"):
        assert wanted in told
        assert wanted in project.report()
    assert "What applies to research" not in told


def test_a_mixture_shows_every_kind(project):
    panel = project.panel()
    choose(panel, MIXED)
    told = words(panel)
    assert "point to more than one kind: research, audit and needs assessment." in told
    for name in ("Research:", "Audit:", "Needs assessment:"):
        assert f"<li>{name} " in told
    assert "<caption>What applies to research</caption>" in told


def test_asking_everywhere_has_an_end(project):
    panel = project.panel()
    for step in STEPS.values():
        choose(panel, {step.key: "ask"})
    assert "cannot be told yet" in words(panel)
    assert "<caption>What applies if it turns out to be research</caption>" in words(panel)
    assert "<caption>Whom to ask</caption>" in words(panel)


def test_what_the_learner_writes_is_kept(project, tmp_path):
    panel = project.panel()
    for what, text in (("project", "We count.\n\nThen we ask."), ("whom", "Our R&D office"), ("by_when", "Friday"),
                       ("told", "It is an audit")):
        named(panel)[FIELDS[what]].value = text
    again = KindOfProject(NAME, tmp_path)
    assert (again.project, again.whom, again.by_when, again.told) == (
        "We count.\n\nThen we ask.", "Our R&D office", "Friday", "It is an audit")
    assert "Our R&amp;D office" in again.report()
    assert "Whom I will ask: Our R&D office" in again.shown()


def test_what_could_identify_somebody_is_not_kept_and_stays_in_its_field(project):
    panel = project.panel()
    box = named(panel)["Whom I will ask"]
    box.value = "a.b@example.org"
    assert "e-mail address" in alert(panel)
    assert (box.value, project.whom) == ("a.b@example.org", "")
    box.value = "the research office"
    assert alert(panel) == ""
    assert project.whom == "the research office"


def test_the_plan_takes_over_the_result_and_not_the_task(project):
    project.keep("project", "We <b>count</b>")
    project.answers = AUDIT
    project.keep("by_when", "Friday")
    told = project.contribution()
    assert "Your answers point to audit." in told
    assert "We &lt;b&gt;count" in told
    assert "Friday" in told
    assert "<h" not in told
    assert project_activity.TASK not in told
    assert "seven questions" in project.report()
    assert project.shown().startswith("Your answers point to audit.")


def test_a_damaged_or_foreign_answer_is_set_aside_and_said(tmp_path):
    path = tmp_path / "answers" / f"{NAME}.json"
    path.parent.mkdir()
    path.write_text("{")
    project = KindOfProject(NAME, tmp_path)
    assert "damaged" in project.panel().children[-1].value
    project.answer("intent", "here")
    held = json.loads(path.read_text())
    held["state"]["answers"] = {"intent": "here", "nonsense": "x"}
    path.write_text(json.dumps(held))
    again = KindOfProject(NAME, tmp_path)
    assert again.answers == {}
    assert again.earlier[0]["state"] == {"answers": {"intent": "here", "nonsense": "x"}}
    for wrong in ({"intent": "nonsense"}, {"intent": 3}, {"no step": "here"}):
        with pytest.raises(TraitError):
            again.answers = wrong


def test_running_a_cell_again_gives_the_same_object(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert kind_of_project(NAME) is kind_of_project(NAME)
