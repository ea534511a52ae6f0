"""Appraising a report: design before form, evidence by sentence number, nothing lost, nothing added up."""

import json
import re
from pathlib import Path

import ipywidgets
import pytest
from panels import alert, controls, everything, named, words

from researchskills import own_words
from researchskills.appraisal import (
    appraise_activity,
    forms,
    reading,
    reports,
    saved_appraisals,
    sentence_numbers,
    summary,
)
from researchskills.appraisal.appraise_activity import Appraise, appraisal_of
from researchskills.appraisal.reading import Answer, Appraisal
from researchskills.errors import CourseError

NAME = "m03-a1-appraisal"
TRIAL = "discharge-visits"
FAULTY = Path(__file__).parent / "faulty" / "saved_appraisals"
NHS_NUMBER = "943 476 5919"  # passes the check digit, and is nobody's


@pytest.fixture
def appraisal(tmp_path):
    return Appraise(NAME, TRIAL, tmp_path)


def saved(folder, name=NAME) -> dict:
    return json.loads((folder / "answers" / f"{name}.json").read_text(encoding="utf-8"))["state"]


def screened(activity):
    for question in activity.form.of_domain(""):
        activity.put(question.key, answer="yes")


def at(activity, step: int):
    """The panel at a step, and its controls by name."""
    activity.step = step
    panel = activity.panel()
    return panel, named(panel)


def visible(panel) -> set[str]:
    """Names of the controls that are shown, with all that they stand in."""
    found = set()

    def walk(widget):
        if widget.layout.display == "none":
            return
        if not isinstance(widget, ipywidgets.HTML) and getattr(widget, "description", ""):
            found.add(widget.description)
        for child in getattr(widget, "children", ()):
            walk(child)

    walk(panel)
    return found


def asked(activity, key: str) -> str:
    """The name of the control that takes the answer to a question."""
    question = activity.form.question(key)
    return f"{activity.form.questions.index(question) + 1}. {question.text}"


# -- sentence numbers ---------------------------------------------------------------------------


@pytest.mark.parametrize("typed, numbers", [
    ("12, 14-15", [12, 14, 15]), ("14–15; 12", [12, 14, 15]), ("[3] and [5]", [3, 5]), ("3 to 5", [3, 4, 5]),
    ("7, 7, 6-7", [6, 7]), (" ", []), ("12,", [12]), ("3.", [3]), ("sentence 3", [3]), ("3 4", [3, 4]),
    ("3; 5", [3, 5]), ("Sentences 3 and 5-6.", [3, 5, 6]), ("3. 4.", [3, 4])])
def test_sentence_numbers_are_read_as_people_write_them(typed, numbers):
    assert sentence_numbers.read(typed, 40) == numbers


@pytest.mark.parametrize("typed, words_", [
    ("twelve", "“twelve” is no sentence number"), ("12.5", "no sentence number"), ("0", "no sentence 0"),
    ("41", "no sentence 41; its sentences go from 1 to 40"), ("38-60", "no sentence 60"), ("9-7", "runs backwards"),
    ("-3", "no sentence number"), ("1, 99999999999", "no sentence number")])
def test_what_is_no_sentence_number_is_told_in_a_sentence(typed, words_):
    with pytest.raises(CourseError, match=words_):
        sentence_numbers.read(typed, 40)


def test_numbers_are_written_with_neighbours_drawn_together():
    assert sentence_numbers.written([14, 12, 15, 16, 20]) == "12, 14–16, 20"
    assert sentence_numbers.read(sentence_numbers.written([1, 2, 9]), 9) == [1, 2, 9]


# -- design first -------------------------------------------------------------------------------


def test_looking_at_a_report_saves_nothing(appraisal, tmp_path):
    panel = appraisal.panel()
    assert "[1]" in words(panel)
    named(panel)["Step"].value = 1
    assert not (tmp_path / "answers").exists()
    assert appraisal.shown() == ""
    assert "No design has been named yet" in appraisal.report()


def test_no_question_is_shown_before_a_design_is_committed_to(appraisal):
    panel, use = at(appraisal, 3)
    assert "Say in step 2 what the design is first" in words(panel)
    assert not [name for name in visible(panel) if name.startswith("1. ")]
    use["Step"].value = 2
    use = named(panel)
    use["What is it made from?"].value = "own"
    use["On what do its conclusions rest?"].value = "numbers"
    use["Did chance decide who, or which place, had the service?"].value = "yes"
    assert appraisal.design == ""
    assert use["Design"].value == "randomised_trial"
    use["This is the design"].click()
    assert "You take it for: randomised trial" in alert(panel)
    use["Step"].value = 3
    assert f"1. {forms.form('trial').questions[0].text}" in visible(panel)


def test_who_cannot_tell_hears_what_to_look_for_and_may_choose(appraisal):
    panel, use = at(appraisal, 2)
    assert "Design" not in visible(panel)
    use["What is it made from?"].value = "unclear"
    assert "Look for a section called methods" in words(panel)
    use["This is the design"].click()
    assert "Choose a design in the list first" in alert(panel)
    use["Design"].value = "grey"
    use["This is the design"].click()
    assert appraisal.design == "grey"


def test_answers_come_back_with_the_design_they_were_given_for(appraisal, tmp_path):
    appraisal.commit_design("randomised_trial")
    appraisal.put("question", answer="yes")
    appraisal.judge("allocation", "high")
    told = appraisal.commit_design("cohort")
    assert "“Randomised trial” (1 answer) is kept" in told
    assert appraisal.judgements == {}
    appraisal.put("question", answer="no")
    again = Appraise(NAME, TRIAL, tmp_path)
    assert "(1 answer) is back" in again.commit_design("randomised_trial")
    assert again.held("question")["answer"] == "yes"
    assert again.judgements == {"allocation": "high"}
    again.commit_design("cohort")
    assert again.held("question")["answer"] == "no"


def test_questions_that_two_forms_ask_in_the_same_words_are_answered_once(appraisal):
    appraisal.commit_design("randomised_trial")
    appraisal.put("question", answer="yes", sentences=[3])
    appraisal.put("chosen", answer="no")  # the same key in a survey, and another question there
    appraisal.put("chance", answer="no")
    appraisal.judge("allocation", "high")
    panel, use = at(appraisal, 3)
    told = appraisal.commit_design("survey")
    assert "1 answer to questions that both forms ask comes along." in told
    assert appraisal.answers == {"question": {"answer": "yes", "sentences": [3], "evidence": "", "direction": ""}}
    assert appraisal.judgements == {}
    use["Step"].value = 2
    use["Step"].value = 3
    assert named(panel)[asked(appraisal, "question")].value == "yes"


def test_what_came_along_is_seen_on_a_form_that_was_open_before(appraisal):
    appraisal.commit_design("cohort")
    panel, use = at(appraisal, 3)
    for step, design in ((2, "randomised_trial"), (2, "cohort")):
        use["Step"].value = step
        appraisal.commit_design(design)
        use["Step"].value = 3
        if design == "randomised_trial":
            named(panel)[asked(appraisal, "told")].value = "partly"
    assert named(panel)[asked(appraisal, "told")].value == "partly"


def test_answers_that_lead_to_another_design_than_the_chosen_one_are_pointed_out(appraisal):
    panel, use = at(appraisal, 2)
    for question, answer in (("What is it made from?", "own"), ("On what do its conclusions rest?", "numbers"),
                             ("Did chance decide who, or which place, had the service?", "yes")):
        use[question].value = answer
    use["This is the design"].click()
    assert "another design than the one you chose" not in words(panel)
    use["On what do its conclusions rest?"].value = "both"
    said = ("You now lead to another design than the one you chose: mixed methods study, not randomised trial. Choose "
            "“This is the design” to change the form.")
    assert said in words(panel)
    use["Next: step 3, the questions"].click()
    assert f"In step 2: {said}" in words(panel)
    assert appraisal.design == "randomised_trial"
    use["Step"].value = 2
    use["This is the design"].click()
    use["Step"].value = 3
    assert "another design than the one you chose" not in words(panel)


def test_hints_come_before_the_field_that_they_are_about(appraisal):
    panel, _ = at(appraisal, 2)
    order = [getattr(one, "value", "") if isinstance(one, ipywidgets.HTML) else one.description
             for one in everything(panel) if hasattr(one, "description")]
    place = order.index("What is it made from?")
    assert "Go by what was done" in order[place - 1]
    appraisal.commit_design("randomised_trial")
    panel, _ = at(appraisal, 3)
    order = [getattr(one, "value", "") if isinstance(one, ipywidgets.HTML) else one.description
             for one in everything(panel) if hasattr(one, "description")]
    assert "why it matters here" in order[order.index(asked(appraisal, "question")) - 1]


def test_a_design_with_the_same_form_keeps_the_answers_in_place(appraisal):
    appraisal.commit_design("before_after")
    appraisal.put("question", answer="partly")
    appraisal.commit_design("interrupted_time_series")
    assert appraisal.held("question")["answer"] == "partly"


def test_the_open_page_shows_the_form_of_the_new_design(appraisal):
    panel, use = at(appraisal, 2)
    use["What is it made from?"].value = "unclear"
    for design, form in (("survey", "survey"), ("case_control", "case_control"), ("survey", "survey")):
        use["Design"].value = design
        use["This is the design"].click()
        use["Step"].value = 3
        offered = {name for name in visible(panel) if name[0].isdigit()}
        assert offered == {f"{number}. {one.text}" for number, one in enumerate(forms.form(form).questions, 1)
                           if one.screening}
        use["Step"].value = 2


# -- which report -------------------------------------------------------------------------------


def test_each_report_keeps_its_own_answers(tmp_path):
    activity = Appraise(NAME, folder=tmp_path)
    with pytest.raises(CourseError, match="Choose a report in step 1 first"):
        activity.commit_design("survey")
    activity.take_up(TRIAL)
    activity.commit_design("randomised_trial")
    activity.put("question", answer="yes")
    activity.write_certainty("Fairly sure.")
    activity.take_up("going-home")
    assert (activity.design, activity.certainty, activity.answers) == ("", "", {})
    activity.commit_design("qualitative_interviews")
    again = Appraise(NAME, folder=tmp_path)
    again.take_up(TRIAL)
    assert (again.design, again.certainty) == ("randomised_trial", "Fairly sure.")
    assert again.held("question")["answer"] == "yes"
    assert again.appraisal.report == TRIAL


def test_a_report_that_the_lesson_sets_is_known_to_whoever_reads_the_file(appraisal, tmp_path):
    appraisal.commit_design("randomised_trial")
    assert appraisal_of(NAME, tmp_path).report == TRIAL
    assert "Report" not in visible(appraisal.panel())


def test_another_report_set_by_a_new_edition_does_not_take_over_old_answers(appraisal, tmp_path):
    appraisal.commit_design("randomised_trial")
    appraisal.put("question", answer="no")
    newer = Appraise(NAME, "carers-coaching", tmp_path)
    assert (newer.report_key, newer.design, newer.answers) == ("carers-coaching", "", {})
    assert saved(tmp_path)["kept"][TRIAL]["forms"]["trial"]["answers"]["question"]["answer"] == "no"


def test_a_paper_of_ones_own_has_pages_in_place_of_sentences(tmp_path):
    activity = Appraise(NAME, folder=tmp_path)
    panel, use = at(activity, 1)
    use["Report"].value = ""
    use["Short name of your paper, such as author and year"].value = f"Paper on {NHS_NUMBER}"
    assert "NHS number" in alert(panel)
    assert activity.own_paper == ""
    use["Short name of your paper, such as author and year"].value = TRIAL
    assert "what the course calls one of its own reports" in alert(panel)
    use["Short name of your paper, such as author and year"].value = "Wards 2019"
    activity.commit_design("survey")
    use["Step"].value = 3
    shown = visible(panel)
    assert "Question 1: what shows it, in your words, with its page" in shown
    assert not [name for name in shown if "sentences that show it" in name]
    assert activity.appraisal.report == "Wards 2019"
    use["Step"].value = 5
    assert "No panel has read a paper of your own" in words(panel)


def test_there_is_no_such_report():
    with pytest.raises(CourseError, match="Did you mean “going-home”"):
        Appraise(NAME, "going-hom")


# -- the form -----------------------------------------------------------------------------------


def test_a_wrong_sentence_number_changes_nothing_and_stays_in_the_box(appraisal):
    appraisal.commit_design("randomised_trial")
    panel, use = at(appraisal, 3)
    box = use["Question 1: sentences that show it, such as 12, 14-15"]
    box.value = "3, 6-7"
    report = reports.report(TRIAL)
    assert all(report.sentence(number) in words(panel).replace("&#x27;", "'") for number in (3, 6, 7))
    box.value = "3, 600"
    assert "Question 1: The report has no sentence 600" in alert(panel)
    assert "Still saved: 3, 6–7." in alert(panel)
    assert box.value == "3, 600"
    assert appraisal.held("question")["sentences"] == [3, 6, 7]


def test_words_that_could_identify_a_person_are_not_saved(appraisal):
    appraisal.commit_design("randomised_trial")
    panel, use = at(appraisal, 3)
    use["Question 1: what shows it, in your words"].value = f"Mrs A, {NHS_NUMBER}"
    assert "NHS number" in alert(panel)
    assert appraisal.answers == {}
    for refused in (appraisal.write_certainty, appraisal.name_reader, own_words.kept):
        with pytest.raises(CourseError, match="NHS number"):
            refused(NHS_NUMBER)


def test_the_direction_is_asked_only_where_a_fault_could_push_and_the_answer_is_not_yes(appraisal):
    appraisal.commit_design("randomised_trial")
    appraisal.part = "allocation"
    panel, use = at(appraisal, 3)
    direction = "Question 4: which way it pushes the result"
    assert direction not in visible(panel)
    use[asked(appraisal, "chance")].value = "no"
    assert direction in visible(panel)
    use[direction].value = "flatters"
    assert appraisal.appraisal.answers["chance"] == Answer("no", direction="flatters")
    use[asked(appraisal, "chance")].value = "yes"
    assert direction not in visible(panel)
    assert appraisal.appraisal.answers["chance"] == Answer("yes")
    # A slip of the keyboard must not cost what was chosen.
    use[asked(appraisal, "chance")].value = "partly"
    assert appraisal.appraisal.answers["chance"].direction == "flatters"


def test_evidence_without_an_answer_is_kept_and_does_not_count_as_one(appraisal, tmp_path):
    appraisal.commit_design("randomised_trial")
    appraisal.mark_sentences("question", "3")
    assert appraisal.progress().startswith("0 of ")
    assert Appraise(NAME, TRIAL, tmp_path).held("question")["sentences"] == [3]
    assert appraisal.appraisal.answers == {}
    appraisal.mark_sentences("question", "")
    assert appraisal.answers == {}


def test_one_goes_on_where_one_stopped(appraisal, tmp_path):
    appraisal.commit_design("randomised_trial")
    panel, use = at(appraisal, 3)
    use["Next part"].click()
    use["Next part"].click()
    again = Appraise(NAME, TRIAL, tmp_path)
    panel = again.panel()
    assert named(panel)["Step"].value == 3
    assert named(panel)["Part of the form"].value == "differed"
    assert [name for name in visible(panel) if name[0].isdigit()] == [asked(again, "treated")]


def test_answers_suggest_and_never_decide(appraisal):
    appraisal.commit_design("randomised_trial")
    appraisal.part = "allocation"
    panel, use = at(appraisal, 3)
    use[asked(appraisal, "chance")].value = "no"
    use[asked(appraisal, "concealed")].value = "partly"
    assert appraisal.judgements == {}
    [judgement] = [use[name] for name in visible(panel) if name.startswith("Your judgement")]
    judgement.value = "low"
    assert "2 answers here are no or partly: look again whether “low risk of bias” fits" in words(panel)
    assert appraisal.judgements == {"allocation": "low"}
    judgement.value = "high"
    assert "look again" not in words(panel)
    judgement.value = ""
    assert appraisal.judgements == {}


def test_a_screening_question_with_no_asks_whether_to_read_on(appraisal):
    appraisal.commit_design("randomised_trial")
    panel, use = at(appraisal, 3)
    assert "Is reading on worth your time?" not in words(panel)
    use[asked(appraisal, "fits")].value = "no"
    assert "Is reading on worth your time?" in words(panel)


@pytest.mark.parametrize("design", ["randomised_trial", "qualitative_interviews", "mixed_methods", "grey"])
def test_every_control_can_be_said_and_is_of_a_kind_that_screen_readers_know(design, tmp_path):
    activity = Appraise(NAME, folder=tmp_path)
    activity.take_up(TRIAL)
    activity.commit_design(design)
    panel, use = at(activity, 1)
    for step in range(1, 6):
        use["Step"].value = step
    for part in activity.form.domains:
        use = named(panel)
        use["Step"].value = 3
        use["Part of the form"].value = part
    names = [control.description.strip() for control in controls(panel)]
    assert all(names)
    assert len(set(names)) == len(names)
    for control in controls(panel):
        assert isinstance(control, ipywidgets.Dropdown | ipywidgets.Text | ipywidgets.Textarea | ipywidgets.Button)


def test_no_control_is_replaced_while_somebody_works(appraisal):
    appraisal.commit_design("randomised_trial")
    panel, use = at(appraisal, 3)
    before = {id(control) for control in controls(panel)}
    use["Next part"].click()
    use["Previous part"].click()
    use["Step"].value = 4
    use["Step"].value = 3
    assert before <= {id(control) for control in controls(panel)}


# -- summary ------------------------------------------------------------------------------------


def of_trial(answers: dict, judgements: dict | None = None) -> Appraisal:
    return Appraisal(TRIAL, "randomised_trial", "trial", 1, answers=answers, judgements=judgements or {})


def test_the_summary_sorts_answers_into_words_and_names_the_worst_first():
    told = summary.summarise(of_trial(
        {"question": Answer("yes", (3,), "said in the aim"), "concealed": Answer("partly", (), "", "little"),
         "chance": Answer("no", (6, 7), "taking turns", "flatters"), "lost": Answer("no", (), "", "flatters"),
         "planned": Answer("unclear", (), "", "hides")}, {"lost": "high", "allocation": "some"}))
    text = {one.key: one.text for one in forms.form("trial").questions}
    assert told.strong == [f"{text['question']} Yes (sentence 3): said in the aim."]
    assert told.threats == [
        f"{text['lost']} No. This makes the service look better than it is.",
        f"{text['chance']} No (sentences 6–7): taking turns. This makes the service look better than it is.",
        f"{text['concealed']} Partly. This makes little difference here."]
    assert told.unclear == [f"{text['planned']} Cannot tell. If there is a fault, it makes the service look worse than "
                            "it is."]
    assert "does not make them cancel out" in told.directions
    assert len(told.open) == len(text) - 5


@pytest.mark.parametrize("directions, said", [
    ((), ""), (("flatters",), ""), (("flatters", "little"), ""), (("flatters", "flatters"), "look better than it is"),
    (("hides", "hides", "little"), "look worse than it is"), (("either", "either"), "do not all point one way")])
def test_what_the_directions_say_together(directions, said):
    keys = ["chance", "concealed", "treated"]
    told = summary.summarise(of_trial({key: Answer("no", direction=one)
                                       for key, one in zip(keys, directions, strict=False)})).directions
    assert (said in told) if said else told == ""


@pytest.mark.parametrize("answers, judgement, hint", [
    ({}, "low", "No question of this part is answered yet"),
    ({"chance": Answer("yes", (6,)), "concealed": Answer("unclear")}, "low", "1 answer here is “cannot tell”"),
    ({"chance": Answer("yes", (6,))}, "high", "Every answer here is yes"),
    ({"chance": Answer("no")}, "high", "No answer here has evidence yet")])
def test_hints_invite_to_look_again(answers, judgement, hint):
    [told] = summary.hints(of_trial(answers, {"allocation": judgement}), "allocation")
    assert hint in told


def test_nothing_that_is_shown_or_saved_is_a_score(appraisal, tmp_path):
    appraisal.commit_design("randomised_trial")
    for place, question in enumerate(appraisal.form.questions):
        appraisal.put(question.key, answer=list(forms.ANSWERS)[place % 4])
    for domain in appraisal.form.domains:
        appraisal.judge(domain, "some")
    told = appraisal.report().replace("There is no score", "").split("What the panel noted")[0]
    assert not re.search(r"score|total|overall|\d ?(%|points|per cent|out of)", re.sub(r"<[^>]*>", "", told))
    assert not {"score", "total", "overall"} & set(saved(tmp_path))


def test_a_stem_begins_the_sentence_and_never_replaces_one(appraisal):
    appraisal.commit_design("randomised_trial")
    panel, use = at(appraisal, 4)
    use["Put it into the sentence"].click()
    assert "Choose a beginning" in alert(panel)
    use["A beginning for the sentence, if you want one"].value = summary.STEMS[1]
    use["Put it into the sentence"].click()
    assert appraisal.certainty == summary.STEMS[1]
    assert "Write your own words where the dots are" in alert(panel)
    use["How sure are you of the main finding, and why? One sentence"].value = "It is likely, but few were followed."
    assert "dots" not in alert(panel)
    use["Put it into the sentence"].click()
    assert "There is a sentence already" in alert(panel)
    assert appraisal.certainty == "It is likely, but few were followed."


# -- the panel ----------------------------------------------------------------------------------


def test_what_the_panel_noted_waits_for_design_and_screening(appraisal):
    assert appraisal.panel_notes() is None
    panel, use = at(appraisal, 5)
    assert "Show what the panel noted now" not in visible(panel)
    appraisal.commit_design("randomised_trial")
    screened(appraisal)
    panel, use = at(appraisal, 5)
    assert f"You have answered 3 of {len(appraisal.form.questions)} questions." in words(panel)
    assert "The panel is not the truth" not in words(panel)
    use["Show what the panel noted now"].click()
    assert "The panel is not the truth" in words(panel)
    assert "The panel is not the truth" in appraisal.report()


def test_what_the_panel_noted_is_shown_when_every_question_is_answered(appraisal):
    appraisal.commit_design("randomised_trial")
    for question in appraisal.form.questions:
        assert not appraisal.shows_panel()
        appraisal.put(question.key, answer="yes")
    panel, _ = at(appraisal, 5)
    shown = words(panel)
    notes = reports.panel(TRIAL)
    differing = [one.text for one in appraisal.form.questions if notes["answers"][one.key]["answer"] != "yes"]
    alike = [one.text for one in appraisal.form.questions if notes["answers"][one.key]["answer"] == "yes"]
    assert differing
    assert "Open; shown when you have answered" in shown  # no part is judged yet
    table = shown[shown.index("where you differ comes first"):]
    assert max(table.index(one) for one in differing) < min(table.index(one) for one in alike)


def test_notes_on_parts_that_wait_for_another_day_are_not_shown(appraisal):
    appraisal.commit_design("randomised_trial")
    screened(appraisal)
    done, *later = appraisal.form.domains
    for question in appraisal.form.of_domain(done):
        appraisal.put(question.key, answer="yes")
    appraisal.judge(done, "low")
    panel, use = at(appraisal, 5)
    use["Show what the panel noted now"].click()
    assert (f"You have done 1 of {len(appraisal.form.domains)} parts. The panel’s notes on these are below; the others "
            "wait until you have answered them.") in words(panel)
    notes = reports.panel(TRIAL)
    for shown in (words(panel), appraisal.report()):
        shown = shown.replace("&#x27;", "'")
        answered, waits = shown.split("Open; shown when you have answered")
        for domain in ("", *appraisal.form.domains):
            for question in appraisal.form.of_domain(domain):
                assert (notes["answers"][question.key]["why"] in shown) == (domain not in later)
                if domain in later:
                    assert question.text in waits
                    assert question.text not in answered.split("What the panel noted")[1]
        assert not any(one["text"] in shown for one in notes["threats"] if one["domain"] in later)
        assert not any(one["text"] in shown for one in notes["strengths"])
        assert notes["certainty"] not in shown
    assert {one["domain"] for one in notes["threats"]} & set(later)


@pytest.mark.parametrize("key", reports.names())
def test_who_answers_as_the_panel_did_sees_no_difference(key, tmp_path):
    activity, notes = Appraise(NAME, key, tmp_path), reports.panel(key)
    activity.commit_design(notes["design"])
    for question, held in notes["answers"].items():
        activity.put(question, answer=held["answer"], sentences=list(held["sentences"]))
    for domain, judgement in notes["judgements"].items():
        activity.judge(domain, judgement)
    page = activity.report()
    assert "You named the same design." in page
    assert "Why it answered like you" in page
    assert "Why the panel answered otherwise" not in page
    assert all(len(activity.text().sentence(number)) > 10 for one in notes["answers"].values()
               for number in one["sentences"])


def test_a_panel_that_used_another_form_is_not_set_beside_the_answers(appraisal):
    appraisal.commit_design("survey")
    screened(appraisal)
    appraisal.asked_panel = True
    page = appraisal.report()
    assert "The panel used another form, “Randomised trial”" in page
    assert "those that differ first" not in page


# -- what is saved, and what leaves the page ------------------------------------------------------


def test_everything_is_there_again(appraisal, tmp_path):
    appraisal.answer_path({"made_of": "own"})
    appraisal.commit_design("randomised_trial")
    appraisal.put("chance", answer="no", direction="flatters")
    appraisal.mark_sentences("chance", "6-7")
    appraisal.write_evidence("chance", "a computer list")
    appraisal.judge("allocation", "some")
    appraisal.write_certainty("Not sure.")
    appraisal.name_reader("N7")
    appraisal.sector = "social_care"
    again = Appraise(NAME, TRIAL, tmp_path)
    assert again.appraisal == appraisal.appraisal == appraisal_of(NAME, tmp_path)
    assert again.appraisal == Appraisal(
        TRIAL, "randomised_trial", "trial", 1, "N7", "social_care",
        {"chance": Answer("no", (6, 7), "a computer list", "flatters")}, {"allocation": "some"}, "Not sure.")
    assert again.path == {"made_of": "own"}
    again.part = "allocation"
    assert "[6]" in words(at(again, 3)[0])


def test_the_file_for_a_second_reader_can_be_read_by_the_course(appraisal, tmp_path):
    panel, use = at(appraisal, 5)
    use["Save the appraisal as files"].click()
    assert "There is nothing to save yet" in alert(panel)
    assert not list(tmp_path.glob("*.json"))
    appraisal.commit_design("randomised_trial")
    appraisal.put("chance", answer="partly", sentences=[6])
    appraisal.judge("allocation", "some")
    use["Your name or code"].value = "N 7/b"
    use["Where you work"].value = "health"
    use["Save the appraisal as files"].click()
    assert "appraisal-discharge-visits-N-7-b.json" in alert(panel)
    content = (tmp_path / "appraisal-discharge-visits-N-7-b.json").read_bytes()
    assert reading.read(content) == appraisal.appraisal
    page = (tmp_path / "appraisal-discharge-visits-N-7-b.html").read_text(encoding="utf-8")
    assert page.count("<h1>") == 1
    assert '<html lang="en-GB">' in page
    assert "<script" not in page
    assert 'alt="A grid of signs' in page
    # What was said of the files is about the answers there were then.
    appraisal.put("chance", answer="no")
    assert alert(panel) == ""


def test_the_folder_is_told_and_an_earlier_file_without_a_name_is_pointed_out(appraisal, tmp_path):
    panel, use = at(appraisal, 5)
    appraisal.commit_design("randomised_trial")
    appraisal.put("chance", answer="partly")
    use["Save the appraisal as files"].click()
    assert f"in the folder {tmp_path.resolve()}: “appraisal-discharge-visits.json”" in alert(panel)
    assert "without a name" not in alert(panel)
    use["Your name or code"].value = "N7"
    use["Save the appraisal as files"].click()
    assert "The earlier file without a name may be deleted." in alert(panel)


def test_a_qualitative_form_speaks_of_concerns_and_not_of_bias(tmp_path):
    activity = Appraise(NAME, "going-home", tmp_path)
    activity.commit_design("qualitative_interviews")
    activity.part = "researcher"
    panel, use = at(activity, 3)
    judgement = use[f"Your judgement of this part ({activity.form.domains['researcher']})"]
    assert [words_ for words_, key in judgement.options if key] == [
        "Few concerns", "Some concerns", "Serious concerns", "Cannot tell"]
    activity.put("researcher", answer="no")
    judgement.value = "high"
    assert activity.judgements == {"researcher": "high"}
    use["Step"].value = 4
    assert "Serious concerns" in activity.report()
    assert "risk of bias" not in (words(panel) + activity.report()).lower()
    assert "<summary>The same as a table</summary>" in activity.report()


def test_a_file_that_cannot_be_written_is_told_and_the_answers_are_kept(appraisal, tmp_path):
    appraisal.commit_design("randomised_trial")
    appraisal.put("chance", answer="yes")
    (tmp_path / "appraisal-discharge-visits.json").mkdir()
    panel, use = at(appraisal, 5)
    use["Save the appraisal as files"].click()
    assert "could not be written" in alert(panel)
    assert appraisal.answers


def test_what_is_typed_never_becomes_part_of_the_page(appraisal):
    appraisal.commit_design("randomised_trial")
    appraisal.put("chance", answer="no")
    appraisal.write_evidence("chance", "<script>alert(1)</script>")
    appraisal.write_certainty("<b>sure</b>")
    appraisal.name_reader("<i>me</i>")
    for page in (appraisal.report(), words(at(appraisal, 4)[0])):
        assert "<script>" not in page
        assert "<b>sure" not in page
        assert "<i>me" not in page


@pytest.mark.parametrize("changed, lost", [
    ({"answers": {"chance": {"answer": "perhaps", "sentences": [], "evidence": "", "direction": ""}}}, "answers"),
    ({"judgements": {"allocation": "gold"}}, "judgements"), ({"design": "gold_standard"}, "design"),
    ({"step": 9}, "step"), ({"kept": {TRIAL: {"forms": {"trial": {"answers": 1}}}}}, "kept"),
    ({"path": {"made_of": 1}}, "path"), ({"sector": "army"}, "sector")])
def test_a_state_that_cannot_be_shown_is_kept_and_told(appraisal, tmp_path, changed, lost):
    appraisal.commit_design("randomised_trial")
    path = tmp_path / "answers" / f"{NAME}.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["state"].update(changed)
    path.write_text(json.dumps(content), encoding="utf-8")
    again = Appraise(NAME, TRIAL, tmp_path)
    assert again.notice
    assert again.earlier[-1]["state"] == {lost: changed[lost]}
    again.panel()
    assert again.report()


def test_a_damaged_file_is_set_aside_and_told(tmp_path):
    (tmp_path / "answers").mkdir()
    path = tmp_path / "answers" / f"{NAME}.json"
    path.write_bytes((FAULTY / "cut_off.json").read_bytes())
    with pytest.raises(CourseError, match="is damaged or cannot be opened"):
        appraisal_of(NAME, tmp_path)
    assert path.exists()
    activity = Appraise(NAME, TRIAL, tmp_path)
    assert "damaged" in activity.notice
    assert activity.notice.split("“")[2].split("”")[0] in [one.name for one in path.parent.iterdir()]
    assert "damaged" in words(activity.panel())


def test_an_appraisal_is_asked_for_under_its_name_only(appraisal, tmp_path):
    assert appraisal_of(NAME, tmp_path) is None
    appraisal.answer_path({"made_of": "own"})
    assert appraisal_of(NAME, tmp_path) is None
    other = {"activity": "Screen", "name": "m02-a5", "state": {}}
    path = tmp_path / "answers" / "m02-a5.json"
    path.write_text(json.dumps(other), encoding="utf-8")
    with pytest.raises(CourseError, match="is no appraisal"):
        appraisal_of("m02-a5", tmp_path)
    assert json.loads(path.read_text(encoding="utf-8")) == other


@pytest.mark.parametrize("name", sorted(path.stem for path in FAULTY.glob("*.json")))
def test_no_damaged_file_is_taken_for_an_appraisal(tmp_path, name):
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / f"{name}.json").write_bytes((FAULTY / f"{name}.json").read_bytes())
    with pytest.raises(CourseError, match=f"{name}.json” is damaged"):
        appraisal_of(name, tmp_path)
    found, left_out = saved_appraisals.all_in(tmp_path)
    assert found == {}
    assert len(left_out) == 1


def test_a_cell_that_is_run_again_shows_the_same_activity(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    one = appraise_activity.appraise(NAME, TRIAL)
    one.commit_design("randomised_trial")
    assert appraise_activity.appraise(NAME, TRIAL) is one
