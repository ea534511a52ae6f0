"""Two readers, and a whole group of them, on the screen."""

import json
import re
from dataclasses import asdict, replace

import ipywidgets
import pandas as pd
import pytest
from faulty.appraisals import make
from faulty.appraisals.make import FORM, NOT_A_PARTNERS, OWN, PARTNER, SOUND, UNREADABLE, appraisal
from panels import alert, controls, named, words
from traitlets import TraitError

from researchskills.appraisal import activities, forms, reading
from researchskills.appraisal.appraise_activity import Appraise
from researchskills.appraisal.cohort_activity import ReadersTogether
from researchskills.appraisal.two_readers_activity import TwoReaders
from researchskills.ask import CHOOSE
from researchskills.errors import CourseError

FILES = make.files()
OWN_NAME, NAME, GROUP = "m03-a2-appraisal", "m03-a3-two-readers", "m03-a4-readers"


def save_own(folder, one=OWN) -> Appraise:
    """One's own appraisal, saved by the activity that writes it in the lesson."""
    activity = Appraise(OWN_NAME, one.report, folder)
    activity.design, activity.reader, activity.sector = one.design, one.reader, one.sector
    activity.answers = {key: {**asdict(held), "sentences": list(held.sentences)} for key, held in one.answers.items()}
    activity.judgements = dict(one.judgements)
    return activity


@pytest.fixture
def two(tmp_path):
    save_own(tmp_path)
    return TwoReaders(NAME, OWN_NAME, tmp_path)


def choose(panel, control: str, *files: tuple[str, bytes]):
    named(panel)[control].value = tuple(
        {"name": name, "type": "", "size": len(content), "content": content,
         "last_modified": pd.Timestamp("2026-01-05", tz="UTC").to_pydatetime()} for name, content in files)


def upload(panel, content: bytes, name: str = "partner.json"):
    choose(panel, "Your partner's file", (name, content))
    named(panel)["Compare with mine"].click()


def file(one) -> bytes:
    return reading.to_json(one).encode()


def state(activity) -> tuple:
    return tuple(json.dumps(getattr(activity, name)) for name in activity.saved_traits())


def shown_controls(widget) -> list[str]:
    """Names of the controls that can be reached, in the order of the Tab key."""
    if widget.layout.display == "none":
        return []
    if hasattr(widget, "children"):
        return [name for child in widget.children for name in shown_controls(child)]
    return [widget.description] if hasattr(widget, "description") and not isinstance(widget, ipywidgets.HTML) else []


def assert_usable(panel):
    """Every control can be said and told from the others, and none is of a kind that screen readers garble."""
    names = [control.description.strip() for control in controls(panel)]
    assert all(names)
    assert len(set(names)) == len(names)
    for control in controls(panel):
        assert isinstance(control, ipywidgets.Dropdown | ipywidgets.Text | ipywidgets.Textarea | ipywidgets.Button
                          | ipywidgets.FileUpload | ipywidgets.Checkbox)


# -- a partner's file ---------------------------------------------------------------------------


def test_looking_saves_nothing_and_only_what_can_be_used_is_there(two, tmp_path):
    panel = two.panel()
    assert_usable(panel)
    assert shown_controls(panel) == ["Your partner's file", "Compare with mine"]
    named(panel)["Compare with mine"].click()
    assert alert(panel) == "<p>Choose your partner’s file first.</p>"
    assert not (tmp_path / "answers" / f"{NAME}.json").exists()
    assert (two.shown(), "No file of a partner yet" in two.report()) == ("", True)


def test_whoever_has_not_read_alone_is_asked_to_do_so_first(tmp_path):
    two = TwoReaders(NAME, OWN_NAME, tmp_path)
    panel = two.panel()
    upload(panel, SOUND.encode())
    assert "Read the report and answer for yourself first" in alert(panel)
    assert two.partner == {}


def test_a_partners_file_is_compared_differences_first_and_the_keyboard_goes_through_it_in_order(two):
    panel = two.panel()
    choose(panel, "Your partner's file", ("partner.json", SOUND.encode()))
    assert "Chosen: partner.json" in words(panel)
    named(panel)["Compare with mine"].click()
    assert alert(panel).startswith("<p>You differ in 4 places. Talk about these first.")
    told = words(panel)
    assert told.index("Difference 1 of 4") < told.index("Cohen&#x27;s kappa")
    assert "<h4><strong>Two readers</strong></h4>" in told
    assert "<h5><strong>Difference 1 of 4: yes against no</strong></h5>" in told
    assert_usable(panel)
    assert shown_controls(panel) == [
        "Your partner's file", "Compare with mine", "Go to a difference", "We agree on",
        "Neither gave way: we read it again", "Why, in a few words", "Previous difference", "Next difference",
        "Next one not settled", "Take the last step back",
        "How sure we are, in one sentence", "Save the agreed version as files"]


def test_a_difference_shows_both_answers_with_what_each_pointed_at_and_something_to_talk_about(two):
    panel = two.panel()
    held = {**PARTNER.answers, "lost": replace(PARTNER.answers["lost"], sentences=(2,), evidence="so I saw")}
    upload(panel, file(replace(PARTNER, answers=held)))
    told = words(panel)
    assert FORM.question("lost").text in told
    assert "[2] " in told and "so I saw" in told and "as it says there" in told
    assert "One of you says yes and the other no" in told


@pytest.mark.parametrize("name", [*UNREADABLE, *NOT_A_PARTNERS])
def test_no_faulty_file_changes_anything(two, name):
    panel = two.panel()
    upload(panel, SOUND.encode())
    named(panel)["We agree on"].value = "partly"
    before = state(two)
    upload(panel, FILES[name], name)
    assert {**UNREADABLE, **NOT_A_PARTNERS}[name].split("“")[0] in alert(panel)
    assert "Nothing was taken over." in alert(panel)
    assert state(two) == before
    named(panel)["Compare with mine"].click()
    assert "You differ in 4 places" in alert(panel)


def test_a_file_as_the_appraisal_exports_it_and_a_mail_program_quotes_it_is_taken(two, tmp_path):
    theirs = tmp_path / "elsewhere"
    theirs.mkdir()
    exported = save_own(theirs, PARTNER).export()[0].read_text(encoding="utf-8")
    two.take("x.txt", "\n".join(f"> {line}" for line in exported.splitlines()).encode())
    assert two.other() == PARTNER


def test_of_a_partner_a_code_is_kept_and_never_an_address(two, tmp_path):
    upload(two.panel(), file(replace(PARTNER, reader="sam@council.example.org")))
    assert two.partner["reader"] == ""
    assert "council.example" not in (tmp_path / "answers" / f"{NAME}.json").read_text() + two.report()


def test_what_a_partner_wrote_is_text_and_never_part_of_the_page(two, tmp_path):
    held = {**PARTNER.answers, "lost": replace(PARTNER.answers["lost"], evidence="<script>alert(1)</script>")}
    panel = two.panel()
    upload(panel, file(replace(PARTNER, answers=held, reader="<b>kestrel</b>", certainty="<i>sure</i>")))
    named(panel)["We agree on"].value = "yes"
    named(panel)["Save the agreed version as files"].click()
    page = (tmp_path / f"{NAME}-agreed.html").read_text(encoding="utf-8")
    for text in (words(panel), two.report(), page):
        assert "<script" not in text and "<b>kestrel" not in text and "<i>sure" not in text


def test_another_form_is_told_as_the_first_difference(two):
    survey = forms.form("survey")
    theirs = replace(PARTNER, design="survey", form="survey", form_version=survey.version,
                     answers={survey.questions[0].key: reading.Answer("yes")})
    panel = two.panel()
    upload(panel, file(theirs))
    assert "This is the first difference to talk about" in alert(panel)
    assert "Put the report’s own word for the design aside" in words(panel)
    assert "Save the agreed version as files" not in shown_controls(panel)


# -- another partner ----------------------------------------------------------------------------


def test_the_file_of_another_reader_waits_until_it_is_said_that_it_takes_the_others_place(two):
    panel = two.panel()
    upload(panel, SOUND.encode())
    named(panel)["We agree on"].value = "partly"
    before = state(two)
    wren = make.appraisal("wren", "social_care", "yynnupnyynyny")
    upload(panel, file(wren), "wren.json")
    assert "“wren.json” is by wren (social care)" in alert(panel)
    assert "until then nothing changes" in alert(panel)
    assert state(two) == before
    assert {"Take the new file instead", "Keep the file I have"} <= set(shown_controls(panel))
    named(panel)["Keep the file I have"].click()
    assert state(two) == before
    assert "Take the new file instead" not in shown_controls(panel)
    upload(panel, file(wren), "wren.json")
    named(panel)["Take the new file instead"].click()
    assert (two.other(), two.agreements) == (wren, {})
    assert two.earlier[-1]["state"]["agreements"] != {}
    named(panel)["Take the last step back"].click()
    assert state(two) == before


def test_a_newer_file_of_the_same_partner_is_taken_at_once_and_what_no_longer_fits_is_marked(two):
    panel = two.panel()
    upload(panel, SOUND.encode())
    assert named(panel)["Go to a difference"].value == "answer:lost"
    named(panel)["We agree on"].value = "yes"
    held = {**PARTNER.answers, "lost": replace(PARTNER.answers["lost"], answer="partly")}
    upload(panel, file(replace(PARTNER, answers=held)))
    named(panel)["Go to a difference"].value = "answer:lost"
    assert "To be looked at again:" in words(panel)
    assert two.agreements["answer:lost"]["value"] == "yes"


# -- after talking ------------------------------------------------------------------------------


@pytest.fixture
def talking(two):
    panel = two.panel()
    upload(panel, SOUND.encode())
    return two, panel


def test_what_both_agree_on_is_kept_with_who_gave_way_and_why_and_survives(talking, tmp_path):
    _, panel = talking
    use = named(panel)
    assert ("Yes (I gave way)", "yes") in use["We agree on"].options
    use["We agree on"].value = "yes"
    assert alert(panel) == "<p>Kept: Yes (I gave way).</p>"
    use["Why, in a few words"].value = " sentence 14 has it "
    again = TwoReaders(NAME, OWN_NAME, tmp_path)
    assert again.agreements == {"answer:lost": {"value": "yes", "why": "sentence 14 has it", "mine": "no",
                                                "theirs": "yes", "form": "trial", "how": ""}}
    assert "1 of 4 differences settled" in again.report() and "sentence 14 has it" in again.report()
    assert again.shown().startswith("Compared with kestrel (social care). 1 of 4 differences settled")
    assert named(again.panel())["We agree on"].value == "yes"


def test_two_who_read_a_place_again_say_that_neither_gave_way(talking, tmp_path):
    two, panel = talking
    use = named(panel)
    use["We agree on"].value = "yes"
    use["Neither gave way: we read it again"].value = True
    assert alert(panel) == "<p>Kept: Yes (neither gave way: we read it again).</p>"
    again = TwoReaders(NAME, OWN_NAME, tmp_path)
    assert "neither gave way: we read it again" in again.report()
    assert named(again.panel())["Neither gave way: we read it again"].value is True
    use["Save the agreed version as files"].click()
    assert "neither gave way: we read it again" in (tmp_path / f"{NAME}-agreed.html").read_text(encoding="utf-8")
    use["Next difference"].click()
    assert use["Neither gave way: we read it again"].value is False
    use["Take the last step back"].click()
    assert two.settled["answer:lost"].how == ""


def test_what_was_settled_before_one_could_say_how_is_still_there(two, tmp_path):
    upload(two.panel(), SOUND.encode())
    two.agreements = {"answer:lost": {"value": "yes", "why": "", "mine": "no", "theirs": "yes", "form": "trial"}}
    assert "Yes (I gave way)" in TwoReaders(NAME, OWN_NAME, tmp_path).report()


def test_a_file_that_was_taken_is_named(two):
    panel = two.panel()
    upload(panel, SOUND.encode(), "kestrel.json")
    assert '<p role="status">File taken: kestrel.json</p>' in words(panel)


def test_neither_appraisal_is_changed_by_what_is_agreed_on(talking):
    two, panel = talking
    before = two.own(), two.other()
    named(panel)["We agree on"].value = "yes"
    assert (two.own(), two.other()) == before


def test_one_walks_through_the_differences_and_no_control_is_replaced(talking):
    _, panel = talking
    use, before = named(panel), [id(control) for control in controls(panel)]
    use["Next difference"].click()
    assert use["Go to a difference"].value == "answer:planned"
    use["We agree on"].value = "differ"
    use["Previous difference"].click()
    use["Previous difference"].click()
    assert use["Go to a difference"].value == "answer:told"
    use["We agree on"].value = "yes"
    use["Next one not settled"].click()
    assert use["Go to a difference"].value == "answer:lost"
    use["We agree on"].value = "no"
    use["Next one not settled"].click()
    assert use["Go to a difference"].value == "answer:my_place"
    use["We agree on"].value = "no"
    use["Next one not settled"].click()
    assert "None is left" in alert(panel)
    assert [id(control) for control in controls(panel)] == before


def test_looking_at_a_difference_settles_nothing(talking):
    two, panel = talking
    named(panel)["We agree on"].value = "yes"
    before = state(two)
    for key in ("answer:told", "answer:lost", "answer:planned"):
        named(panel)["Go to a difference"].value = key
    assert state(two) == before


def test_steps_are_taken_back_one_by_one(talking):
    two, panel = talking
    use = named(panel)
    use["We agree on"].value = "yes"
    use["We agree on"].value = "no"
    use["We agree on"].value = ""
    assert two.agreements == {}
    use["Take the last step back"].click()
    assert (two.agreements["answer:lost"]["value"], use["We agree on"].value) == ("no", "no")
    use["Take the last step back"].click()
    use["Take the last step back"].click()
    assert two.agreements == {}
    use["Take the last step back"].click()
    assert two.partner == {}
    assert shown_controls(panel) == ["Your partner's file", "Compare with mine"]


def test_a_reason_before_a_choice_or_one_that_could_identify_somebody_is_not_kept(talking):
    two, panel = talking
    use = named(panel)
    use["Why, in a few words"].value = "because"
    assert "Choose first what you agree on" in alert(panel)
    use["We agree on"].value = "yes"
    assert two.agreements["answer:lost"]["why"] == "because"
    use["Why, in a few words"].value = "ring sam@council.example.org"
    assert "was not saved" in alert(panel) and "council" not in alert(panel)
    assert use["Why, in a few words"].value == "ring sam@council.example.org", "so that it can be mended"
    assert two.agreements["answer:lost"]["why"] == "because"


def test_when_ones_own_answer_changes_the_comparison_follows_and_the_agreement_is_flagged(talking, tmp_path):
    two, panel = talking
    use = named(panel)
    use["We agree on"].value = "yes"
    save_own(tmp_path, replace(OWN, answers={**OWN.answers, "lost": replace(OWN.answers["lost"], answer="unclear")}))
    use["Compare with mine"].click()
    use["Go to a difference"].value = "answer:lost"
    assert "To be looked at again:" in words(panel) and "one of you cannot tell" in words(panel)
    assert use["We agree on"].value == ""
    assert two.agreements["answer:lost"]["value"] == "yes"
    assert "1 settled before an answer changed" in two.report()
    use["We agree on"].value = "yes"
    assert two.agreements["answer:lost"]["mine"] == "unclear"


def test_buttons_do_no_harm_when_nothing_differs_any_more(talking, tmp_path):
    _, panel = talking
    save_own(tmp_path, replace(OWN, answers=PARTNER.answers))
    named(panel)["Next difference"].click()
    assert "You no longer differ in anything" in alert(panel)
    assert "Next difference" not in shown_controls(panel)
    (tmp_path / "answers" / f"{OWN_NAME}.json").unlink()
    named(panel)["Next one not settled"].click()
    assert "There is no appraisal of your own yet" in alert(panel)


def test_an_agreement_on_what_is_no_difference_any_more_is_shown_and_kept(talking, tmp_path):
    two, panel = talking
    named(panel)["We agree on"].value = "partly"
    save_own(tmp_path, replace(OWN, answers={**OWN.answers, "lost": PARTNER.answers["lost"]}))
    named(panel)["Compare with mine"].click()
    assert f"not in the agreed version:</p><ul><li>{FORM.question('lost').text}</li>" in words(panel)
    assert "answer:lost" in two.agreements


def test_another_report_of_ones_own_leaves_everything_kept_and_says_why_nothing_is_compared(talking, tmp_path):
    two, panel = talking
    named(panel)["We agree on"].value = "yes"
    before = state(two)
    path = tmp_path / "answers" / f"{OWN_NAME}.json"
    held = json.loads(path.read_text())
    held["state"]["report_key"] = "carers-coaching"
    path.write_text(json.dumps(held))
    named(panel)["Compare with mine"].click()
    assert "and your appraisal is about" in alert(panel)
    assert "and your appraisal is about" in two.report() + two.shown()
    assert state(two) == before


# -- the agreed version -------------------------------------------------------------------------


def test_the_agreed_version_is_saved_as_a_file_and_as_a_page(talking, tmp_path):
    _, panel = talking
    use = named(panel)
    use["We agree on"].value = "yes"
    use["How sure we are, in one sentence"].value = "It may help, in places like this one."
    use["Save the agreed version as files"].click()
    assert f"in the folder {tmp_path.resolve()}: “{NAME}-agreed.json” and “{NAME}-agreed.html”" in alert(panel)
    agreed = reading.read((tmp_path / f"{NAME}-agreed.json").read_bytes(), "x")
    assert (agreed.reader, agreed.answers["lost"].answer) == ("both", "yes")
    assert agreed.certainty == "It may help, in places like this one."
    page = (tmp_path / f"{NAME}-agreed.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>") and 'lang="en-GB"' in page and page.count("<h1>") == 1
    assert re.findall(r"<h2>(?:<strong>)?(What we agree on|What remains unsettled|Where we differed)", page) == [
        "What we agree on", "What remains unsettled", "Where we differed"]
    assert "heron (health), called the first reader here, and kestrel (social care)" in page
    assert "the first reader gave way" in page and "I gave way" not in page
    told = page.partition("<main>")[2]
    assert "you:" not in told and "partner" not in told and "the second reader: “Yes”" in told
    assert FORM.question("planned").text in page.partition("What remains unsettled")[2]
    use["We agree on"].value = "no"
    assert "-agreed.json" not in words(panel)


def test_a_page_that_cannot_be_written_is_told_and_nothing_is_lost(talking, tmp_path):
    two, panel = talking
    (tmp_path / f"{NAME}-agreed.json").mkdir()
    named(panel)["Save the agreed version as files"].click()
    assert "could not be written" in alert(panel)
    assert two.partner


def test_what_is_no_agreement_and_no_appraisal_cannot_be_saved(two):
    for trait, bad in (("agreements", {"answer:lost": "yes"}), ("agreements", {"answer:lost": {"value": 1}}),
                       ("partner", {"what": "a cat"}),
                       ("partner", {**json.loads(SOUND), "judgements": {"lost": ["low"]}})):
        with pytest.raises(TraitError):
            setattr(two, trait, bad)


def test_an_agreement_on_what_the_list_no_longer_offers_is_flagged_and_kept(talking, tmp_path):
    two, _ = talking
    two.agreements = {"answer:lost": {"value": "perhaps", "why": "", "mine": "no", "theirs": "yes", "form": "trial"}}
    again = TwoReaders(NAME, OWN_NAME, tmp_path)
    assert "To be looked at again:" in words(again.panel())
    assert again.agreements == two.agreements


def test_a_damaged_file_is_put_aside_and_told(two, tmp_path):
    upload(two.panel(), SOUND.encode())
    path = tmp_path / "answers" / f"{NAME}.json"
    path.write_text(path.read_text()[:300])
    again = TwoReaders(NAME, OWN_NAME, tmp_path)
    assert again.partner == {}
    assert "damaged" in again.report()
    assert list(path.parent.glob(f"{NAME}.damaged-*"))


def test_the_function_of_the_lesson_gives_one_object_for_each_name_and_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save_own(tmp_path)
    one = activities.two_readers(NAME, OWN_NAME)
    assert one is activities.two_readers(NAME, OWN_NAME)
    one.take("x", SOUND.encode())
    assert activities.readers_together(GROUP) is activities.readers_together(GROUP)
    with pytest.raises(CourseError, match="There is no report"):
        activities.readers_together(GROUP, "discharge-visit")


# -- a whole group ------------------------------------------------------------------------------

WREN = appraisal("wren", "social_care", "yynnupnyynyny")


@pytest.fixture
def group(tmp_path):
    activity = ReadersTogether(GROUP, None, tmp_path)
    return activity, activity.panel()


def take(panel, *files):
    choose(panel, "Files of the readers", *files)
    named(panel)["Take these files"].click()


def three(panel):
    take(panel, ("a.json", file(OWN)), ("b.json", file(PARTNER)), ("c.json", file(WREN)))


def test_an_empty_group_says_what_to_do_and_saves_nothing(group, tmp_path):
    activity, panel = group
    assert_usable(panel)
    assert shown_controls(panel) == ["Files of the readers", "Take these files",
                                     "Take all files of the folder “readers”", "Take the last step back"]
    named(panel)["Take these files"].click()
    assert "Choose the readers’ files first" in alert(panel)
    named(panel)["Take all files of the folder “readers”"].click()
    assert "Make the folder" in alert(panel)
    assert not (tmp_path / "answers" / f"{GROUP}.json").exists()
    assert activity.shown() == ""


def test_many_files_at_once_show_what_divides_the_group_and_survive(group, tmp_path):
    activity, panel = group
    three(panel)
    assert alert(panel).startswith("<p>3 files taken, 0 refused. There are 3 readers now.</p>")
    assert '<p role="status">Taken: a.json, b.json, c.json</p>' in words(panel)
    assert "divides you most" in words(panel)
    assert "<img alt=" in words(panel) and "Health and social care side by side" in words(panel)
    again = ReadersTogether(GROUP, None, tmp_path)
    assert again.group == activity.group
    assert again.report() == activity.report()
    assert "divides you most" in again.shown()


def test_each_refused_file_is_named_and_the_others_are_taken(group):
    activity, panel = group
    take(panel, ("a.json", file(OWN)), *((name, FILES[name]) for name in UNREADABLE), ("b.json", file(PARTNER)))
    assert len(activity.readers) == 2
    assert alert(panel).count("<li>") == len(UNREADABLE)
    for name in UNREADABLE:
        assert f"<li>“{name}”" in alert(panel)


def test_files_of_the_folder_are_taken_and_what_else_lies_there_is_refused_by_name(group, tmp_path):
    activity, panel = group
    home = tmp_path / "readers"
    home.mkdir()
    (home / "inside").mkdir()
    (home / ".hidden.json").write_text("{")
    make.write(home)
    (home / "sound.json").write_bytes(SOUND.encode())
    named(panel)["Take all files of the folder “readers”"].click()
    assert len(activity.readers) >= 1
    assert ".hidden" not in alert(panel)
    for name in UNREADABLE:
        assert f"<li>“{name}”" in alert(panel)


def test_names_are_shown_only_when_asked_and_never_saved(group, tmp_path):
    activity, panel = group
    three(panel)
    assert "Show the readers’ names" in shown_controls(panel)
    saved = (tmp_path / "answers" / f"{GROUP}.json").read_text()
    for name in ("heron", "kestrel", "wren", "as it says there"):
        assert name not in words(panel) + activity.report() + saved
    named(panel)["Show the readers’ names"].value = True
    assert "kestrel" in words(panel) and "kestrel" not in activity.report()
    assert "shown until this page is closed. They are not saved." in words(panel)
    # Straight below the box, before all that the files say.
    assert words(panel).index("kestrel") < words(panel).index("divides you most")
    assert "Show the readers’ names" not in shown_controls(ReadersTogether(GROUP, None, tmp_path).panel())


def test_a_reader_can_be_taken_out_and_the_step_taken_back(group):
    activity, panel = group
    three(panel)
    use = named(panel)
    assert use["A reader"].label == CHOOSE
    use["Take this reader out"].click()
    assert "Choose a reader first" in alert(panel)
    use["A reader"].value = 2
    use["Take this reader out"].click()
    assert [one.number for one in activity.group] == [1, 3]
    use["Take the last step back"].click()
    assert [one.number for one in activity.group] == [1, 2, 3]
    use["Take the last step back"].click()
    assert (activity.readers, activity.about) == ([], "")
    use["Take the last step back"].click()
    assert "There is no step to take back" in alert(panel)


def test_the_same_reader_is_refused_even_after_the_page_was_closed(group, tmp_path):
    three(group[1])
    again = ReadersTogether(GROUP, None, tmp_path)
    told = again.take([("newer.json", file(replace(OWN, certainty="It may be.")))])
    assert "by the same reader as Reader 1" in told[1]
    assert len(again.readers) == 3


def test_a_report_that_is_set_holds_for_every_file(tmp_path):
    activity = ReadersTogether(GROUP, "meals-at-home", tmp_path)
    told = activity.take([("a.json", file(OWN))])
    assert "is about “A joint visit" in told[1]
    assert activity.readers == []


def test_what_is_no_reader_cannot_be_saved(group):
    three(group[1])
    [sound, *_] = group[0].readers
    for bad in ({"number": 1}, {**sound, "sector": ["health"]}, {**sound, "answers": {"told": ["yes"]}},
                {**sound, "number": True}, {**sound, "design": "guesswork"}):
        with pytest.raises(TraitError):
            group[0].readers = [bad]


def test_a_report_of_the_group_needs_no_script_and_has_no_headings(group):
    three(group[1])
    told = group[0].report()
    assert "<script" not in told and "<h4" not in told and "<table" in told
