"""Define the disputed word, on the screen: definition, vignettes one by one, partner, panel, rounds."""

import datetime
import json
from pathlib import Path

import ipywidgets
import pytest
from panels import alert, controls, named, words

from researchskills.errors import CourseError
from researchskills.questions import definition as rules
from researchskills.questions.definition_activity import Define, define

FAULTY = Path(__file__).parent / "faulty" / "definitions"
NAME = "m01-a3-definition"
SAID = {"y": "Yes", "n": "No", "?": "Cannot tell by my definition"}
#: What the panel agreed on for “inappropriate referral”, copied from its stories.
PANEL = "nyynynnyynn?"


@pytest.fixture
def activity(tmp_path) -> Define:
    return Define(NAME, None, tmp_path)


def begun(panel, term="referral"):
    named(panel)["The disputed word"].value = term
    named(panel)["I count it as this when"].value = "it came back"
    return named(panel)


def decide_all(panel, text: str) -> None:
    for sign in text:
        named(panel)[SAID[sign]].click()


def upload(panel, name: str, content: bytes) -> None:
    use = named(panel)
    use["Partner's file"].value = ({"name": name, "type": "", "size": len(content), "content": content,
                                    "last_modified": datetime.datetime(2026, 1, 5, tzinfo=datetime.UTC)},)
    use["Compare with my partner"].click()


def partners_file(folder: Path, text: str = "nynnynnyynyn", who: str = "otter", term: str = "referral") -> bytes:
    """A file as a partner makes it: in a folder of their own, on the screen."""
    folder.mkdir()
    other = Define(NAME, None, folder)
    panel = other.panel()
    use = begun(panel, term)
    use["Your name or code for a partner"].value = who
    use["Your sector"].value = "social"
    use["Why, in a few words"].value = "I have seen <b>this</b>"
    decide_all(panel, text)
    use["Save my decisions for a partner"].click()
    [path] = folder.glob("*.json")
    return path.read_bytes()


def assert_usable(panel):
    names = [control.description.strip() for control in controls(panel)]
    assert all(names) and len(set(names)) == len(names)
    for control in controls(panel):
        assert isinstance(control, ipywidgets.Dropdown | ipywidgets.Text | ipywidgets.Textarea | ipywidgets.Button
                          | ipywidgets.FileUpload)


# -- definition and decisions ----------------------------------------------------------------------


def test_before_a_word_is_chosen_only_the_word_and_the_learner_are_asked_for(activity, tmp_path):
    panel = activity.panel()
    assert "Apply it, story by story" not in words(panel)
    assert "Nothing written yet" in activity.report()
    assert activity.shown() == "" and activity.contribution() == ""
    assert not (tmp_path / "answers" / f"{NAME}.json").exists()
    named(panel)["The disputed word"].value = "delayed"
    assert "Was this person&#x27;s discharge delayed?" in words(panel)
    assert "the doctor had written that hospital was no longer needed" in words(panel)
    assert activity.shown() == ""


def test_every_control_can_be_said_before_and_after_a_comparison(activity):
    panel = activity.panel()
    assert_usable(panel)
    begun(panel)
    decide_all(panel, "y" * 12)
    named(panel)["Compare with the panel"].click()
    assert_usable(panel)
    assert "<h4><strong>Define the disputed word</strong></h4>" in words(panel)
    assert "<h5><strong>RF01. A rail for the bath</strong></h5>" in words(panel)
    assert "<h4>" not in activity.report() and "<h5>" not in activity.report()


def test_nothing_is_decided_before_there_is_a_definition(activity):
    panel = activity.panel()
    named(panel)["The disputed word"].value = "partnership"
    named(panel)["Yes"].click()
    assert "Write first what you count as the word" in alert(panel)
    assert activity.rounds == {}
    named(panel)["Criterion 2, if you need it"].value = "both give something"
    named(panel)["Yes"].click()
    assert "PA01: Yes. Now PA02." in alert(panel)
    assert activity.sheet().definition.criteria == ("", "both give something")


def test_decisions_go_on_one_by_one_and_no_control_is_replaced(activity):
    panel = activity.panel()
    use = begun(panel)
    before = [id(control) for control in controls(panel)]
    use["Why, in a few words"].value = "she came back"
    use["Cannot tell by my definition"].click()
    assert use["Why, in a few words"].value == ""
    use["Next story"].click()
    assert "Now RF03." in alert(panel) and "Story 3 of 12" in words(panel)
    use["Previous story"].click()
    use["Previous story"].click()
    assert use["Why, in a few words"].value == "she came back"
    assert "Your decision: Cannot tell by my definition." in words(panel)
    use["Go to a story"].value = "RF09"
    use["No"].click()
    assert activity.current == "RF10"
    use["Next one without a decision"].click()
    assert activity.current == "RF11"
    assert "2 of 12 stories decided: 0 yes, 1 no, 1 cannot tell. 10 to go." in words(panel)
    assert [id(control) for control in controls(panel)] == before


def test_a_decision_can_be_changed_until_the_round_is_compared(activity):
    panel = activity.panel()
    begun(panel)
    decide_all(panel, "y" * 12)
    named(panel)["Go to a story"].value = "RF01"
    named(panel)["No"].click()
    assert activity.rounds["referral"][0]["decisions"]["RF01"] == "no"
    named(panel)["Compare with the panel"].click()
    assert named(panel)["No"].disabled and named(panel)["I count it as this when"].disabled
    with pytest.raises(CourseError, match="was compared already, so it stays as it is"):
        activity.decide("yes")
    with pytest.raises(CourseError, match="was compared already"):
        activity.write("text", "something else")
    assert activity.rounds["referral"][0]["decisions"]["RF01"] == "no"


def test_who_changes_the_definition_later_is_asked_to_look_at_the_decisions_again(activity):
    panel = activity.panel()
    use = begun(panel)
    assert "still hold" not in words(panel)
    decide_all(panel, "yn")
    use["Criterion 1, if you need it"].value = "the page says so"
    assert "You have decided about 2 stories already. Look whether these decisions still hold." in words(panel)
    assert len(activity.sheet().choices) == 2


def test_what_could_identify_somebody_is_not_kept_and_the_words_are_not_lost(activity):
    panel = activity.panel()
    use = begun(panel)
    use["Who decides in practice"].value = "sam@council.example.org"
    assert "was not saved" in alert(panel) and activity.sheet().definition.decides == ""
    use["Why, in a few words"].value = "ask sam@council.example.org"
    assert "Why, about RF01" in alert(panel)
    use["Next story"].click()
    use["Previous story"].click()
    assert use["Why, in a few words"].value == "ask sam@council.example.org"
    assert "council.example" not in json.dumps(activity.rounds) + activity.report()
    use["Your name or code for a partner"].value = "07700 900123"
    assert "was not saved" in alert(panel) and activity.who == ""


def test_everything_is_there_again_in_a_new_kernel(activity, tmp_path):
    panel = activity.panel()
    use = begun(panel)
    use["Why, in a few words"].value = "<b>bold</b> reason"
    decide_all(panel, PANEL[:4])
    use["The disputed word"].value = "partnership"
    use["I count it as this when"].value = "they share"
    use["The disputed word"].value = "referral"
    assert use["I count it as this when"].value == "it came back"
    again = Define(NAME, None, tmp_path)
    assert again.term == "referral" and again.current == "RF05" and not again.notice
    assert again.rounds == activity.rounds
    assert again.report() == activity.report()
    assert "&lt;b&gt;bold" in again.report() and "<script" not in again.report()
    assert again.shown().splitlines()[1].startswith("partnership: they share (round 1; 0 of 12 stories decided")
    assert named(again.panel())["I count it as this when"].value == "it came back"


def test_a_file_whose_rounds_cannot_be_understood_is_kept_and_told(activity, tmp_path):
    begun(activity.panel())
    file = tmp_path / "answers" / f"{NAME}.json"
    held = json.loads(file.read_text(encoding="utf-8"))
    held["state"]["rounds"] = {"referral": [{"definition": 7}]}
    file.write_text(json.dumps(held), encoding="utf-8")
    again = Define(NAME, None, tmp_path)
    assert again.rounds == {} and "Your earlier answer was" in again.notice
    assert "Your earlier answer was" in words(again.panel())


def test_the_lesson_can_set_the_word(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    activity = define(NAME, "partnership")
    panel = activity.panel()
    assert named(panel)["The disputed word"].layout.display == "none"
    assert "Is this a partnership?" in words(panel)
    assert not (tmp_path / "answers").exists()
    assert define(NAME, "partnership") is activity
    with pytest.raises(CourseError, match="no disputed word “partner”"):
        define(NAME, "partner")


# -- the panel -------------------------------------------------------------------------------------


def test_the_panel_is_shown_only_when_all_twelve_are_decided(activity):
    panel = activity.panel()
    begun(panel)
    decide_all(panel, "y" * 11)
    named(panel)["Compare with the panel"].click()
    assert "when you have decided about all stories" in alert(panel) and "1 to go" in alert(panel)
    assert "Panel, after talking" not in words(panel) + activity.report()
    assert not activity.is_closed()


def test_a_refusal_goes_as_soon_as_something_else_is_done_and_only_the_newest_sentence_stands(activity):
    panel = activity.panel()
    use = named(panel)
    use["The disputed word"].value = "referral"
    use["Yes"].click()
    assert "Write first what you count as the word" in alert(panel)
    use["I count it as this when"].value = "it came back"
    assert alert(panel) == ""
    decide_all(panel, "y" * 6)
    use["Compare with the panel"].click()
    assert "6 of 12 stories decided" in alert(panel) and "Now RF07" not in alert(panel)
    decide_all(panel, "y")
    assert "shown when you have decided" not in words(panel) and "Now RF08" in alert(panel)
    decide_all(panel, "y" * 5)
    use["Sharpen and try again"].click()
    assert "Compare this round" in alert(panel)
    use["Compare with the panel"].click()
    assert "Compare this round" not in words(panel) and "You decided alike on" in alert(panel)


def test_differences_come_first_with_story_reasons_and_all_three_of_the_panel(activity):
    panel = activity.panel()
    use = begun(panel)
    use["Go to a story"].value = "RF06"
    use["Why, in a few words"].value = "the team did not take it"
    use["Go to a story"].value = "RF01"
    decide_all(panel, "nyynyynyynn?")  # RF06 is the only difference
    named(panel)["Compare with the panel"].click()
    assert "You differ on 1 story; talk about it first. You decided alike on 11 of 12 (91.7%)" in alert(panel)
    shown = words(panel)
    part = shown[shown.index("Where you differ"):]
    assert part.index("It came back after two days with the stamp") < part.index("Differences with the panel: RF06")
    for said in ("the team did not take it", "It was turned away because the team was full", "The team was full; the",
                 "A full team does not make the need go away", "Her sister did the team&#x27;s work"):
        assert said in part
    assert "Twelve cases are few" in part and "You count RF06 and the other side does not" in part
    assert "We count a referral as inappropriate" not in part


def test_full_agreement_and_one_category_for_everything_are_told_in_words(activity):
    panel = activity.panel()
    begun(panel)
    decide_all(panel, PANEL)
    named(panel)["Compare with the panel"].click()
    assert "You decided alike on 12 of 12 (100%)" in alert(panel)
    assert "You do not differ on any story" in words(panel)
    assert not [name for name in named(panel) if "what would the person call it?" in name]


def test_decisions_that_follow_one_fact_are_asked_about(activity):
    panel = activity.panel()
    begun(panel)
    naive = rules.panel("referral").naive_choices
    decide_all(panel, "".join(naive[one].decision[0] for one in activity.vignettes()))
    named(panel)["Compare with the panel"].click()
    assert "Your decisions follow one fact nearly alone: “The team took it”" in words(panel)


def test_the_persons_own_word_is_kept_for_each_difference(activity, tmp_path):
    panel = activity.panel()
    begun(panel)
    decide_all(panel, "y" + PANEL[1:])
    named(panel)["Compare with the panel"].click()
    named(panel)["RF01: what would the person call it?"].value = "being listened to"
    named(panel)["What came out of talking about the differences"].value = "we were both wrong"
    again = Define(NAME, None, tmp_path)
    assert again.person == {"RF01": "being listened to"}
    for page in (again.report(), again.contribution()):
        assert "being listened to" in page and "we were both wrong" in page
    assert named(again.panel())["RF01: what would the person call it?"].value == "being listened to"


# -- rounds ----------------------------------------------------------------------------------------


def test_sharpening_begins_a_new_round_and_loses_nothing(activity, tmp_path):
    panel = activity.panel()
    begun(panel)
    named(panel)["Sharpen and try again"].click()
    assert "Compare this round with a partner or with the panel first" in alert(panel)
    decide_all(panel, "y" * 12)
    named(panel)["Compare with the panel"].click()
    first = json.loads(json.dumps(activity.rounds["referral"][0]))
    named(panel)["Sharpen and try again"].click()
    assert "Round 2 has begun" in alert(panel)
    use = named(panel)
    assert use["I count it as this when"].value == "it came back" and not use["I count it as this when"].disabled
    assert "0 of 12 stories decided" in words(panel)
    # While sharpening, the differences of the round before stay in sight.
    assert "Differences with the panel" in words(panel) and "Where you differ, round 1" in words(panel)
    use["I count it as this when"].value = "nobody there is for it, and one could know"
    decide_all(panel, PANEL)
    use["Compare with the panel"].click()
    again = Define(NAME, None, tmp_path)
    assert json.loads(json.dumps(again.rounds["referral"][0])) == first
    # All yes against 5 yes, 6 no, 1 cannot tell: 5 alike, and no more than by chance.
    table = again.contribution()
    assert "the panel: 5 of 12 (41.7%), kappa 0" in table
    assert "the panel: 12 of 12 (100%), kappa 1" in table
    assert "it came back" in table and "nobody there is for it" in table
    assert "Round 1" in again.report() and "Round 2" in again.report()


def test_the_panels_definition_and_the_naive_one_come_with_the_second_look(activity):
    panel = activity.panel()
    begun(panel)
    decide_all(panel, "y" * 12)
    named(panel)["Compare with the panel"].click()
    assert "The panel’s own definition is shown when you have sharpened yours" in words(panel)
    named(panel)["Sharpen and try again"].click()
    assert "We count a referral" not in words(panel)
    decide_all(panel, PANEL)
    named(panel)["Compare with the panel"].click()
    shown = words(panel)
    assert "We count a referral as inappropriate when" in shown
    assert "A referral is inappropriate when the team did not take it" in shown
    assert "it was to be expected that you agree more" in shown
    assert "In round 2 the definition is the same as in the round before" in shown


# -- a partner -------------------------------------------------------------------------------------


def test_a_partners_file_quoted_by_a_mail_program_is_compared_and_nothing_is_merged(activity, tmp_path):
    content = partners_file(tmp_path / "partner")
    panel = activity.panel()
    begun(panel)
    decide_all(panel, PANEL)
    mine = dict(activity.rounds["referral"][0]["decisions"])
    quoted = "".join(f"> {line}\n" for line in content.decode().splitlines()).encode()
    upload(panel, "mail.txt", quoted)
    # The partner decided otherwise about RF03, RF11 and RF12.
    assert "You differ on 3 stories; talk about these first. You decided alike on 9 of 12 (75%)" in alert(panel)
    assert activity.rounds["referral"][0]["decisions"] == mine
    shown = words(panel)
    assert "Differences with Partner otter (social care): RF03, RF11, RF12" in shown
    assert "File taken: mail.txt" in shown
    assert "I have seen &lt;b&gt;this" not in shown  # the reason is about RF01, where both agree
    # The panel has not been looked at, so it is not told.
    assert "He had not agreed, could decide" not in shown + activity.report()
    named(panel)["Compare with the panel"].click()
    assert "He had not agreed, could decide" in words(panel)
    again = Define(NAME, None, tmp_path)
    assert "Partner otter (social care): 9 of 12 (75%)" in again.contribution()


def test_the_same_file_again_is_the_same_partner_and_another_one_stands_beside_it(activity, tmp_path):
    content, other = partners_file(tmp_path / "one"), partners_file(tmp_path / "two", "y" * 12, "egret")
    panel = activity.panel()
    begun(panel)
    decide_all(panel, PANEL)
    for one in (content, content, other):
        upload(panel, "x.json", one)
    assert [one.who for one in activity.partners(1)] == ["otter", "egret"]
    assert "Partner egret" in words(panel) and "Partner otter" in words(panel)


def test_a_partner_is_not_looked_at_before_all_twelve_are_decided(activity, tmp_path):
    content = partners_file(tmp_path / "partner")
    panel = activity.panel()
    begun(panel)
    named(panel)["Compare with my partner"].click()
    assert "Choose your partner’s file first" in alert(panel)
    named(panel)["Save my decisions for a partner"].click()
    assert "Decide about all stories first" in alert(panel)
    upload(panel, "x.json", content)
    assert "Decide about all 12 stories first" in alert(panel)
    assert activity.partners(1) == [] and not activity.is_closed()


def test_a_file_that_cannot_be_used_changes_nothing(activity, tmp_path):
    half = json.loads(partners_file(tmp_path / "partner"))
    half["decisions"] = half["decisions"][:5]
    other_word = partners_file(tmp_path / "other", term="delayed")
    panel = activity.panel()
    begun(panel)
    decide_all(panel, PANEL)
    named(panel)["Save my decisions for a partner"].click()
    [own] = tmp_path.glob(f"{NAME}-referral-round-1*.json")
    before = json.dumps(activity.rounds)
    bad = [(json.dumps(half).encode(), "only half filled in"), (other_word, "about the word “delayed”"),
           (own.read_bytes(), "This is your own file"),
           *((path.read_bytes(), "Nothing was taken over") for path in sorted(FAULTY.iterdir()))]
    for content, said in bad:
        upload(panel, "x.json", content)
        assert said in alert(panel) and "Nothing was taken over" in alert(panel)
        assert json.dumps(activity.rounds) == before
    assert not activity.is_closed()


def test_a_report_stays_readable_when_the_learner_later_takes_the_partners_name(activity, tmp_path):
    content = partners_file(tmp_path / "partner")
    panel = activity.panel()
    begun(panel)
    decide_all(panel, PANEL)
    upload(panel, "x.json", content)
    named(panel)["Your name or code for a partner"].value = "otter"
    assert "Partner otter" in Define(NAME, None, tmp_path).report()


# -- as a page -------------------------------------------------------------------------------------


def test_everything_is_written_as_a_web_page_without_script(activity, tmp_path):
    panel = activity.panel()
    named(panel)["Save everything as a web page"]
    with pytest.raises(CourseError, match="There is no definition yet"):
        activity.export_page()
    begun(panel)
    decide_all(panel, "y" * 12)
    named(panel)["Compare with the panel"].click()
    named(panel)["Save everything as a web page"].click()
    assert f"Saved as “{NAME}.html” in the folder “{tmp_path}”." in alert(panel)
    page = (tmp_path / f"{NAME}.html").read_text(encoding="utf-8")
    assert '<html lang="en-GB">' in page and "<script" not in page
    assert page.count("<h1>") == 1 and "<h2><strong>“inappropriate referral”, round 1</strong></h2>" in page
    assert "it came back" in page and "Panel, after talking" in page


def test_a_contribution_holds_the_answer_and_no_task(activity):
    panel = activity.panel()
    begun(panel)
    told = activity.contribution()
    assert "How I define “inappropriate referral”" in told and "it came back" in told
    assert "Write down what you count" not in told and "<h" not in told.replace("<thead", "")
    assert "Twelve cases" not in told
