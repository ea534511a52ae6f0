"""Is it researchable? on the screen: findings and questions, answers to them, versions, FINER, and what is saved."""

import json
from html.parser import HTMLParser

import ipywidgets
import pytest
from panels import alert, controls, everything, named, words
from traitlets import TraitError

from researchskills.errors import CourseError
from researchskills.questions import rule_quality
from researchskills.questions.finer import FINER
from researchskills.questions.frame_activity import FrameQuestion, frame_question, framed_of
from researchskills.questions.frames import FRAMES
from researchskills.questions.other_side_activity import OtherSide
from researchskills.questions.researchable import CANNOT_JUDGE, RULES
from researchskills.questions.researchable_activity import MOST_VERSIONS, IsItResearchable, _one, is_it_researchable

NAME = "m01-a4-check"
TEXT, LOOK = "Your question, as one sentence", "Look through my question"
KIND, FRAME, WEEKS = "What it asks for", "Frame", "Weeks you have for all of it"
DATA = "Records, figures and people that you can get at"
PARTNERSHIP = "Is partnership a good thing or a bad thing?"


def activity(folder, question=None) -> IsItResearchable:
    return IsItResearchable(NAME, question, folder)


def state(folder) -> dict:
    return json.loads((folder / "answers" / f"{NAME}.json").read_text(encoding="utf-8"))["state"]


def saved(folder) -> bool:
    return (folder / "answers" / f"{NAME}.json").exists()


def on_screen(widget):
    """The controls that are shown, by name."""
    def walk(one):
        if one.layout.display == "none":
            return
        if isinstance(one, ipywidgets.DOMWidget) and hasattr(one, "description") \
                and not isinstance(one, ipywidgets.HTML):
            yield one
        for child in getattr(one, "children", ()):
            yield from walk(child)

    return {one.description: one for one in walk(widget)}


def part(panel, label: str):
    """The field for a part of the frame."""
    return next(one for name, one in on_screen(panel).items() if name.startswith(f"{label}: "))


@pytest.fixture
def faulty(tmp_path):
    """The opinion piece's question, typed anew in a frame, and looked through."""
    one = activity(tmp_path)
    panel = one.panel()
    use = named(panel)
    use[TEXT].value = PARTNERSHIP
    use[KIND].value = "works"
    use[FRAME].value = "pico"
    part(panel, "Population").value = "people over 75 on our caseload"
    part(panel, "Intervention").value = "joint visits"
    part(panel, "Outcome").value = "quality"
    use[DATA].value = "our own referral book"
    use[WEEKS].value = "8 weeks"
    use[LOOK].click()
    return one, panel


def framed_question(folder, name="m01-a2-question") -> FrameQuestion:
    one = FrameQuestion(name, folder=folder)
    one.kind = "how_many"
    one.choose_frame("pcc")
    one.fill("population", "people on our caseload")
    one.fill("concept", "the number of visits by two workers")
    one.fill("context", "in our team in March 2026")
    one.keep("role", "district nurse")
    one.set_weeks("6")
    return one


def test_looking_saves_nothing_and_every_control_has_a_name_of_its_own(tmp_path):
    one = activity(tmp_path)
    panel = one.panel()
    names = [control.description.strip() for control in controls(panel)]
    assert all(names) and len(set(names)) == len(names)
    allowed = (ipywidgets.Text, ipywidgets.Textarea, ipywidgets.Dropdown, ipywidgets.Button)
    assert all(isinstance(control, allowed) for control in controls(panel))
    assert not saved(tmp_path)
    assert one.shown() == "" and one.contribution() == ""


def test_findings_and_questions_stand_apart_and_each_says_what_led_to_it(faulty):
    one, panel = faulty
    found = {remark.rule for remark in one.remarks() if remark.fault}
    assert found == {"outcome", "comparison", "time"}
    text = words(panel)
    findings, questions = text.index("<strong>Findings</strong>"), text.index("<strong>Questions to you</strong>")
    for rule in found:
        place = text.index(f"<strong>{RULES[rule].title}.</strong>")
        assert findings < place
        assert (place > questions) == rule_quality.asks(rule)
    assert "Could it be that nobody would know what to look for?" in text
    assert "“quality”" in text
    assert "2 findings, 1 question to you" in alert(panel)


def test_only_what_was_seen_has_fields_to_answer_it(faulty):
    one, panel = faulty
    shown = on_screen(panel)
    for remark in one.remarks():
        assert (f"{RULES[remark.rule].title}: because …" in shown) == (remark.fault is True)


def test_it_says_what_it_saw_in_order_and_what_it_cannot_judge(faulty):
    _, panel = faulty
    text = words(panel)
    assert "<strong>Nothing amiss was seen</strong>" in text
    assert "Seen: “people over 75 on our caseload”." in text
    for one in CANNOT_JUDGE:
        assert one in text


def test_how_often_the_rules_are_right_can_be_read_beside_what_they_say(faulty):
    _, panel = faulty
    text = words(panel)
    assert "<summary>How often the rules are right</summary>" in text
    assert "7 of 8 (53% to 98%)" in text and "a question" in text


def test_without_a_frame_or_weeks_rules_say_that_they_cannot_judge_yet(tmp_path):
    one = activity(tmp_path)
    panel = one.panel()
    named(panel)[TEXT].value = PARTNERSHIP
    named(panel)[LOOK].click()
    assert "Cannot be judged yet" in words(panel)
    assert {remark.rule for remark in one.remarks() if remark.fault is None} == {
        "population", "outcome", "comparison", "reach", "feasible"}
    assert "5 rules that cannot judge yet" in alert(panel)


def test_an_answer_to_a_finding_is_kept_and_comes_back(faulty, tmp_path):
    _, panel = faulty
    use = on_screen(panel)
    use["In which time: what do you do about it?"].value = "kept"
    use["In which time: because …"].value = "My manager <b>sets</b> the month."
    again = activity(tmp_path)
    assert again.versions[-1]["replies"]["time"] == {"choice": "kept", "because": "My manager <b>sets</b> the month."}
    fresh = on_screen(again.panel())
    assert fresh["In which time: because …"].value.startswith("My manager")
    for html in (again.report(), again.contribution()):
        assert "I keep it as it is, because: My manager &lt;b&gt;sets" in html and "<b>sets" not in html


def test_tried_again_the_finding_goes_and_both_versions_can_be_read(faulty):
    one, panel = faulty
    use = on_screen(panel)
    use["In which time: what do you do about it?"].value = "changed"
    use["Compared with what, or where: what do you do about it?"].value = "kept"
    part(panel, "Time").value = "within 30 days of the visit"
    assert "You have changed your question since" in words(panel)
    named(panel)[TEXT].value = "Do joint visits change quality?"
    named(panel)[LOOK].click()
    assert "You have changed your question since" not in words(panel)
    assert "In which time: because …" not in on_screen(panel)
    assert [version["number"] for version in one.versions] == [1, 2]
    assert one.versions[0]["replies"]["time"]["choice"] == "changed"
    # A reason to keep something holds for the same finding in the next version.
    assert one.versions[1]["replies"] == {"comparison": {"choice": "kept", "because": ""}}
    report = one.report()
    assert PARTNERSHIP in report and "Do joint visits change quality?" in report
    assert "<td>Your question, as one sentence, Time</td>" in report
    assert report.index("Do joint visits change quality?") < report.index(PARTNERSHIP)


def test_a_second_look_at_the_same_question_makes_no_version(faulty):
    one, panel = faulty
    named(panel)[LOOK].click()
    assert "Nothing has changed since version 1" in alert(panel)
    assert len(one.versions) == 1


def test_no_control_is_replaced_while_somebody_works(faulty):
    _, panel = faulty
    before = [id(control) for control in controls(panel)]
    named(panel)[FRAME].value = "perspectif"
    named(panel)[TEXT].value = "Who pays?"
    named(panel)[LOOK].click()
    assert [id(control) for control in controls(panel)] == before


def test_another_frame_takes_along_what_fits_and_the_way_back_loses_nothing(faulty):
    one, panel = faulty
    named(panel)[FRAME].value = "perspectif"
    assert part(panel, "Perspective").value == "people over 75 on our caseload"
    assert part(panel, "Phenomenon or problem").value == "joint visits"
    # What another frame holds is not read by the rules.
    assert set(one.framed().slots) == {slot.key for slot in FRAMES["perspectif"].slots}
    named(panel)[FRAME].value = "pico"
    assert part(panel, "Outcome").value == "quality"
    assert part(panel, "Intervention").value == "joint visits"


def test_everything_comes_back_in_another_kernel(faulty, tmp_path):
    _, panel = faulty
    named(panel)["Ethical: your thoughts"].value = "Two carers said: ask us first."
    again = activity(tmp_path)
    use = named(again.panel())
    assert (use[TEXT].value, use[KIND].value, use[FRAME].value) == (PARTNERSHIP, "works", "pico")
    assert use[WEEKS].value == "8 weeks" and again.framed().weeks == 8
    assert use["Ethical: your thoughts"].value == "Two carers said: ask us first."
    assert again.stands() and len(again.versions) == 1


# -- a question from a frame ------------------------------------------------------------------------


def test_the_question_of_the_frame_is_looked_through_and_its_own_file_is_not_touched(tmp_path):
    source = framed_question(tmp_path)
    before = (tmp_path / "answers" / "m01-a2-question.json").read_bytes()
    one = activity(tmp_path, "m01-a2-question")
    panel = one.panel()
    assert named(panel)[TEXT].value == source.framed.text
    assert named(panel)["Your role"].value == "district nurse"
    assert not saved(tmp_path) and one.shown() == ""
    named(panel)[LOOK].click()
    assert {remark.rule for remark in one.remarks() if remark.fault} == set()
    assert (tmp_path / "answers" / "m01-a2-question.json").read_bytes() == before
    # The research plan opens a copy of this file alone.
    (tmp_path / "answers" / "m01-a2-question.json").unlink()
    alone = activity(tmp_path, "m01-a2-question")
    assert source.framed.text.split()[0] in alone.contribution()
    assert "district nurse" in alone.contribution()


def test_a_frame_that_changed_is_told_and_taken_over_only_when_asked(tmp_path):
    source = framed_question(tmp_path)
    one = activity(tmp_path, "m01-a2-question")
    named(one.panel())[DATA].value = "our visit diary"
    source.fill("concept", "the number of visits by three workers")
    one.reload()
    assert "two workers" in one.draft["text"]
    panel = one.panel()
    assert "three workers" in words(panel)
    named(panel)["Take over my question as it stands in the frame now"].click()
    assert "three workers" in named(panel)[TEXT].value
    assert named(panel)[DATA].value == "our visit diary"
    assert "In the activity with the frames" not in words(panel)


def test_an_untouched_question_follows_its_frame(tmp_path):
    source = framed_question(tmp_path)
    one = activity(tmp_path, "m01-a2-question")
    source.fill("concept", "the number of visits by three workers")
    one.reload()
    assert "three workers" in one.draft["text"]
    assert not saved(tmp_path)


@pytest.mark.parametrize("content", [None, b"{", b"[]", b'{"activity": "FrameQuestion", "state": {"slots": 3}}'])
def test_a_frame_that_is_missing_or_damaged_leaves_an_empty_question_and_a_sentence(tmp_path, content):
    if content is not None:
        (tmp_path / "answers").mkdir()
        (tmp_path / "answers" / "m01-a2-question.json").write_bytes(content)
    one = activity(tmp_path, "m01-a2-question")
    panel = one.panel()
    named(panel)["Take over my question as it stands in the frame now"].click()
    assert "There is no question in the activity with the frames yet" in alert(panel)
    assert one.draft["text"] == ""


def test_the_button_to_take_over_is_there_only_with_a_frame(tmp_path):
    assert "Take over my question as it stands in the frame now" not in on_screen(activity(tmp_path).panel())


MAKE = "Make this my question from here on"


def test_the_newest_version_becomes_the_question_of_the_frame_and_those_after_read_it_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = frame_question("m01-a2-question")
    source.reload()
    framed_question(tmp_path)
    source.reload()
    before, open_frame = source.framed.text, source.panel()
    one = is_it_researchable(NAME, question="m01-a2-question")
    panel = one.panel()
    assert MAKE not in on_screen(panel)
    part(panel, "Concept").value = "the number of visits by two workers on one day"
    named(panel)[TEXT].value = "On how many days in March 2026 did two of us visit the same person?"
    named(panel)[DATA].value = "our visit diary"
    named(panel)[WEEKS].value = "8"
    named(panel)[LOOK].click()
    assert source.framed.text == before
    on_screen(panel)[MAKE].click()
    sharper = "On how many days in March 2026 did two of us visit the same person?"
    assert f"From here on your question is: “{sharper}”" in alert(panel)
    assert f"kept among your earlier wordings: “{before}”" in alert(panel)
    held = framed_of("m01-a2-question", tmp_path)
    assert (held.text, held.role, held.data, held.weeks) == (sharper, "district nurse", "our visit diary", 8)
    assert held.slots["concept"] == "the number of visits by two workers on one day"
    assert source.replaced == [before] and before in source.report()
    assert named(open_frame)["My question, as a sentence"].value == sharper
    assert named(open_frame)["PCC, Concept"].value == "the number of visits by two workers on one day"
    assert OtherSide("m01-a6-other-side", "m01-a2-question", tmp_path).question() == sharper
    assert one.headline() == source.headline() == sharper


def test_a_change_that_was_not_looked_through_is_not_made_the_question(tmp_path):
    framed_question(tmp_path)
    before = (tmp_path / "answers" / "m01-a2-question.json").read_bytes()
    one = activity(tmp_path, "m01-a2-question")
    panel = one.panel()
    named(panel)[LOOK].click()
    named(panel)[TEXT].value = "Another one?"
    named(panel)[MAKE].click()
    assert "You have changed your question since you looked through it" in alert(panel)
    assert (tmp_path / "answers" / "m01-a2-question.json").read_bytes() == before


def test_a_question_typed_before_there_was_one_in_the_frame_goes_there_and_replaces_nothing(tmp_path):
    one = activity(tmp_path, "m01-a2-question")
    panel = one.panel()
    named(panel)[TEXT].value = "How many carers on our list were rung in May 2026?"
    named(panel)[LOOK].click()
    named(panel)[MAKE].click()
    assert "From here on your question is: “How many carers" in alert(panel)
    assert "earlier wordings" not in alert(panel)
    named(panel)[MAKE].click()
    held = FrameQuestion("m01-a2-question", folder=tmp_path)
    assert (held.framed.text, held.replaced) == ("How many carers on our list were rung in May 2026?", [])


def test_a_frame_that_cannot_be_written_is_said(tmp_path):
    framed_question(tmp_path)
    one = activity(tmp_path, "m01-a2-question")
    panel = one.panel()
    named(panel)[TEXT].value = "How many carers on our list were rung in May 2026?"
    named(panel)[LOOK].click()
    path = tmp_path / "answers" / "m01-a2-question.json"
    path.unlink()
    path.mkdir()
    named(panel)[MAKE].click()
    assert "It could not be saved in the activity with the frames." in alert(panel)
    assert "From here on" not in alert(panel)


def test_without_a_frame_there_is_nothing_to_hand_back_to(faulty):
    one, panel = faulty
    assert MAKE not in on_screen(panel)
    with pytest.raises(CourseError):
        one.hand_back()
    assert one.headline() == PARTNERSHIP


def test_a_question_that_was_only_taken_over_is_no_headline(tmp_path):
    framed_question(tmp_path)
    assert activity(tmp_path, "m01-a2-question").headline() == ""


# -- FINER ------------------------------------------------------------------------------------------


def test_finer_asks_for_the_view_of_people_who_draw_on_care_and_scores_nothing(tmp_path):
    one = activity(tmp_path)
    panel = one.panel()
    text = words(panel)
    for criterion in FINER.values():
        assert all(prompt in text for prompt in criterion.prompts)
        named(panel)[f"{criterion.name}: your thoughts"].value = f"On {criterion.key}."
    assert "carers" in text and "draw on care" in text
    assert one.finer == {key: f"On {key}." for key in FINER}
    assert "On novel." in one.contribution() and "On novel." in one.report()
    assert not any(word in one.report().lower() for word in ("score:", "points", "out of 5"))


def test_the_contribution_holds_the_answer_and_no_task(faulty):
    one, _ = faulty
    html = one.contribution()
    assert PARTNERSHIP in html and "our own referral book" in html
    assert "Eight rules" not in html and "<h" not in html.replace("<hr", "")
    assert html.count("<table") == html.count("<caption>") >= 2
    assert '<th scope="col"></th>' not in html
    for heading in ("<h4", "<h5"):
        assert heading not in one.report()


# -- what people may type ---------------------------------------------------------------------------


def test_nothing_to_look_through_is_said(tmp_path):
    one = activity(tmp_path)
    panel = one.panel()
    named(panel)[LOOK].click()
    assert "Type your question first" in alert(panel)
    assert one.versions == []


@pytest.mark.parametrize("typed", ["soon", "0", "-3", "nan", "inf", "1e9", "9" * 400, "six"])
def test_weeks_that_are_none_are_told_and_the_old_ones_stay(faulty, typed):
    one, panel = faulty
    named(panel)[WEEKS].value = typed
    assert "is no number of weeks" in alert(panel)
    assert one.framed().weeks == 8


@pytest.mark.parametrize(("typed", "weeks"), [("6", 6), ("1,5", 1.5), ("1 week", 1), ("12 Weeks", 12), ("", None)])
def test_weeks_are_read_as_people_write_them(tmp_path, typed, weeks):
    one = activity(tmp_path)
    one.put("weeks", typed)
    assert one.framed().weeks == weeks


@pytest.mark.parametrize("name", [TEXT, "Your role", DATA, "Feasible: your thoughts"])
def test_what_could_identify_somebody_is_not_kept(tmp_path, name):
    one = activity(tmp_path)
    panel = one.panel()
    named(panel)[name].value = "Ask sam.lee@council.example.org about it"
    assert "e-mail address" in alert(panel)
    assert not saved(tmp_path)
    assert "sam.lee" in named(panel)[name].value


def test_a_reason_that_could_identify_somebody_is_not_kept(faulty, tmp_path):
    one, panel = faulty
    on_screen(panel)["In which time: because …"].value = "ring 0113 496 0000"
    assert "telephone number" in alert(panel)
    assert "0113" not in (tmp_path / "answers" / f"{NAME}.json").read_text(encoding="utf-8")
    on_screen(panel)["In which time: because …"].value = "the month is set"
    assert "telephone number" not in words(panel)
    assert one.versions[-1]["replies"]["time"]["because"] == "the month is set"


def test_a_text_that_is_far_too_long_is_not_saved_and_not_lost(faulty):
    one, panel = faulty
    named(panel)[TEXT].value = "why " * 2000
    assert "8,000 letters" in alert(panel)
    assert one.draft["text"] == PARTNERSHIP
    assert named(panel)[TEXT].value == "why " * 2000


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags = set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)


def test_what_is_typed_never_becomes_part_of_a_page(tmp_path):
    hostile = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    one = activity(tmp_path)
    panel = one.panel()
    named(panel)[FRAME].value = "pico"
    named(panel)[LOOK].click()
    for control in on_screen(panel).values():
        if isinstance(control, ipywidgets.Text | ipywidgets.Textarea) and control.description != WEEKS:
            control.value = hostile
    named(panel)[LOOK].click()
    for html in (one.report(), one.contribution(), words(panel)):
        tags = _Tags()
        tags.feed(html)
        assert not tags.tags & {"script", "img"}


def test_many_versions_stay_within_bounds_and_the_first_is_kept(tmp_path):
    one = activity(tmp_path)
    for number in range(MOST_VERSIONS + 10):
        one.put("text", f"How many visits in week {number}?")
        one.look_through()
    assert len(one.versions) == MOST_VERSIONS
    assert [one.versions[0]["number"], one.versions[-1]["number"]] == [1, MOST_VERSIONS + 10]
    assert activity(tmp_path).versions == one.versions


@pytest.mark.parametrize("change", [
    {"draft": {"text": 3}}, {"draft": {"text": "x"}}, {"versions": [{}]}, {"finer": {"beautiful": "x"}},
    {"finer": {"novel": 3}}, {"versions": [{"number": 1, "when": "", "question": {}, "remarks": [], "replies": {}}]}])
def test_a_state_that_cannot_be_shown_is_refused(tmp_path, change):
    one = activity(tmp_path)
    for name, value in change.items():
        with pytest.raises(TraitError):
            setattr(one, name, value)


def test_an_answer_file_with_foreign_parts_opens_and_keeps_them_as_an_earlier_answer(faulty, tmp_path):
    path = tmp_path / "answers" / f"{NAME}.json"
    held = json.loads(path.read_text(encoding="utf-8"))
    held["state"]["draft"]["kind"] = "astrology"
    path.write_text(json.dumps(held), encoding="utf-8")
    one = activity(tmp_path)
    assert one.draft["text"] == PARTNERSHIP  # from the last version
    assert one.earlier and one.notice
    assert "<section" in one.report()


def test_running_the_cell_again_gives_the_same_activity(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    one = is_it_researchable(NAME)
    assert is_it_researchable(NAME) is one
    _one.cache_clear()
    assert one.look_through.__doc__
    with pytest.raises(CourseError):
        one.look_through()


def test_headings_to_jump_to_are_in_the_panel(faulty):
    _, panel = faulty
    text = " ".join(one.value for one in everything(panel) if isinstance(one, ipywidgets.HTML))
    assert "<h4><strong>Is it researchable?</strong></h4>" in text
    for heading in ("Findings", "Questions to you", "Think it over: FINER", "What no rule can judge"):
        assert f"<h5><strong>{heading}</strong></h5>" in text
