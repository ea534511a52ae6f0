"""An operational definition and its decisions: comparing, a partner's file, the panel, what is asked back."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from researchskills.errors import CourseError
from researchskills.questions import definition as rules
from researchskills.questions import definition_file
from researchskills.questions.definition import CANNOT_TELL, NO, YES, Choice, Definition, Sheet

FAULTY = Path(__file__).parent / "faulty" / "definitions"
DEFINITION = Definition("a team that is not there for it was asked", ("the page says so", "", "not in an emergency"),
                        "whether it was taken", "the team's clinician", "the referral form")


def choices(text: str, term: str = "referral") -> dict[str, Choice]:
    """Decisions from letters, one for each vignette: y, n, or ? for cannot tell."""
    words = {"y": YES, "n": NO, "?": CANNOT_TELL}
    pairs = zip(rules.term(term).vignettes, text, strict=True)
    return {one: Choice(words[sign], f"because {one}") for one, sign in pairs}


def sheet(text: str = "nyynynnyynn?", term: str = "referral", **others) -> Sheet:
    about = {"who": "heron-42", "sector": "social", "author": "a1"}
    return Sheet(term, DEFINITION, choices(text, term), **about | others)


def changed(**fields) -> bytes:
    return json.dumps({**json.loads(definition_file.to_json(sheet())), **fields}).encode()


# -- words and vignettes -------------------------------------------------------------------------


def test_each_word_comes_with_twelve_vignettes_and_their_facts():
    assert list(rules.terms()) == ["referral", "partnership", "delayed"]
    for one in rules.terms().values():
        assert len(one.vignettes) == 12
        assert all(len(vignette.facts_table()) >= 6 for vignette in one.vignettes.values())


def test_an_unknown_word_is_refused_with_those_that_there_are():
    with pytest.raises(CourseError, match="no disputed word “delay”; there are: referral, partnership, delayed"):
        rules.term("delay")


def test_the_mark_of_the_edition_changes_with_one_word_of_one_vignette():
    about = rules.term("delayed")
    one = about.vignettes["DL05"]
    assert "pharmacy" in one.text
    changed = replace(one, text=one.text.replace("pharmacy", "chemist"))
    other = replace(about, vignettes={**about.vignettes, "DL05": changed})
    assert about.edition != other.edition
    assert len({term.edition for term in rules.terms().values()}) == 3


# -- comparing -----------------------------------------------------------------------------------


def test_agreement_is_told_with_kappa_worked_out_by_hand():
    # Alike: 9 of 12. You: 6 yes, 6 no; other: 5 yes, 6 no, 1 cannot tell.
    # By chance: (6·5 + 6·6 + 0·1) / 144 = 66/144. Kappa: (9/12 - 66/144) / (1 - 66/144) = 42/78.
    own, other = choices("yyyyyynnnnnn"), choices("yyyy?nnnnnny")
    found = rules.compare(own, other)
    assert (found.alike, found.both, found.share()) == (9, 12, "9 of 12 (75%)")
    assert found.agreement.value == pytest.approx(42 / 78)
    assert found.agreement.low < 42 / 78 < found.agreement.high
    assert found.sentence().startswith(
        "You differ on 3 stories; talk about these first. You decided alike on 9 of 12 (75%). Cohen's kappa was 0.54")
    assert any("Twelve cases are few" in note for note in found.notes)


def test_cannot_tell_is_a_decision_of_its_own_and_differences_stand_in_order():
    found = rules.compare(choices("y?yyyynnnnnn"), choices("yyyyyynnnnny"))
    assert found.differences == ("RF02", "RF12")
    assert rules.compare(choices("?" * 6 + "n" * 6), choices("?" * 6 + "n" * 6)).alike == 12


def test_when_kappa_cannot_be_worked_out_it_is_said_why():
    found = rules.compare(choices("y" * 12), choices("y" * 12))
    assert found.agreement is None
    assert "one and the same category" in found.sentence() and "12 of 12 (100%)" in found.sentence()


def test_nothing_in_common_cannot_be_compared():
    with pytest.raises(CourseError, match="nothing to compare yet"):
        rules.compare({"RF01": Choice(YES)}, {"RF02": Choice(YES)})


def test_a_partner_is_refused_while_ones_own_decisions_are_not_complete():
    own = replace(sheet(author="b2"), choices={"RF01": Choice(YES)})
    with pytest.raises(CourseError, match="Decide about all 12 stories first.*Nothing was taken over"):
        rules.check_partner(own, sheet())


def test_ones_own_file_is_known_even_under_another_name_and_after_a_new_round():
    with pytest.raises(CourseError, match="your own file: it was saved here, in round 1"):
        rules.check_partner(sheet("yyyyyynnnnnn", who="otter", round=2), sheet())
    with pytest.raises(CourseError, match="that is the name you gave for yourself"):
        rules.check_partner(sheet(author="b2", who="HERON-42"), sheet())


def test_two_people_who_agreed_on_one_definition_are_no_mistake():
    own = sheet(author="b2", who="otter", sector="health")
    rules.check_partner(own, sheet())
    assert any("your own file from another computer" in note for note in rules.compare_with_partner(own, sheet()).notes)
    other = sheet("yyyyyynnnnnn")
    notes = rules.compare_with_partner(own, other).notes
    assert any("the same word for word" in note for note in notes)
    assert not any("same sector" in note for note in notes)
    assert any("same sector" in note for note in rules.compare_with_partner(replace(own, sector="social"), other).notes)


# -- a partner's file ----------------------------------------------------------------------------


def test_a_file_comes_back_as_it_went_even_quoted_by_a_mail_program():
    told = definition_file.to_json(sheet())
    for content in (told.encode(), told.encode("utf-8-sig"), told.replace("\n", "\r\n").encode(),
                    "".join(f"> {line}\n" for line in told.splitlines()).encode(),
                    "".join(f">> {line}\n" for line in told.splitlines()).encode()):
        assert definition_file.read(content, "x", "referral") == sheet()


@pytest.mark.parametrize(("file", "said"), [
    ("empty.json", "is empty"),
    ("cut_off.json", "is damaged: .* cannot be read to its end"),
    ("another_kind.json", "another kind of file"),
    ("list_instead.json", "another kind of file"),
    ("table_instead.csv", "another kind of file"),
    ("newer_edition.json", "another edition of the course"),
    ("pdf_instead.json", "is a PDF"),
    ("workbook_instead.json", "is a workbook"),
    ("no_bytes_of_text.json", "holds bytes that are no text"),
    ("decisions_damaged.json", "is damaged: its decisions"),
])
def test_a_file_that_is_no_partners_file_is_refused_in_a_sentence(file, said):
    with pytest.raises(CourseError, match=f"“{file}” .*{said}.*Nothing was taken over"):
        definition_file.read((FAULTY / file).read_bytes(), f"“{file}”", "referral")


ROWS = [{"vignette": one, "decision": YES, "why": ""} for one in ("RF01", "RF02")]


@pytest.mark.parametrize(("fields", "said"), [
    ({"term": "delayed"}, "about the word “delayed”, and you are working on “inappropriate referral”"),
    ({"term": "capacity"}, "about the word “capacity”"),
    ({"edition": "0123456789ab"}, "another edition of the stories"),
    ({"decisions": [{"vignette": "RF99", "decision": YES, "why": ""}]}, "another edition of the stories"),
    ({"decisions": ROWS}, "only half filled in: it holds decisions about 2 of 12"),
    ({"decisions": []}, "only half filled in: it holds decisions about 0 of 12"),
    ({"decisions": [*ROWS, ROWS[0]]}, "damaged"),
    ({"decisions": [{**ROWS[0], "decision": "maybe"}]}, "damaged"),
    ({"decisions": [{**ROWS[0], "why": None}]}, "damaged"),
    ({"definition": {"text": "", "criteria": [" "]}}, "decisions and no definition"),
    ({"definition": {"text": 7}}, "damaged"),
    ({"definition": {"text": "x", "criteria": ["x"] * 6}}, "longer than the course lets anybody write"),
    ({"definition": {"text": "x" * 2001}}, "longer than the course lets anybody write"),
    ({"definition": {"text": "ask sam@council.example.org"}}, r"what could identify a person \(e-mail address"),
    ({"who": "x" * 41}, "longer than the course lets anybody write"),
    ({"round": "two"}, "damaged"),
])
def test_a_partners_file_with_one_fault_is_refused_for_that_fault(fields, said):
    with pytest.raises(CourseError, match=said) as refused:
        definition_file.read(changed(**fields), "“x.json”", "referral")
    assert "Nothing was taken over" in str(refused.value)


def test_a_sector_that_is_not_on_the_list_is_left_out():
    assert definition_file.read(changed(sector="space"), "x", "referral").sector == ""


# -- the panel -----------------------------------------------------------------------------------


@pytest.mark.parametrize("term", ["referral", "partnership", "delayed"])
def test_the_panel_gives_reasons_and_its_agreement_rises(term):
    panel = rules.panel(term)
    assert set(panel.agreed) == set(rules.term(term).vignettes)
    assert all(one.why for one in panel.agreed.values())
    assert [role for role, _ in panel.said_first(next(iter(panel.agreed)))] == list(panel.first)
    table = panel.agreement()
    assert list(table["Alike at first"]) == ["9 of 12 (75%)"] * 3
    assert set(table["Alike with the sharpened definition"]) == {"11 of 12 (91.7%)", "12 of 12 (100%)"}
    assert rules.compare(panel.naive_choices, panel.agreed).agreement.value < 0.2


# -- what is asked back --------------------------------------------------------------------------


def test_decisions_that_follow_one_fact_are_noticed_and_others_are_not():
    panel = rules.panel("referral")
    assert rules.one_fact("referral", panel.naive_choices) == "The team took it"
    assert rules.one_fact("referral", panel.agreed) == ""
    assert rules.one_fact("referral", choices("y" * 12)) == ""
    assert rules.one_fact("partnership", rules.panel("partnership").naive_choices) == "There is a written agreement"


def test_prompts_say_which_way_one_differs_and_what_the_definition_leaves_open():
    own, other = sheet("yn?nnnnnnnnn"), choices("nynnnnnnnnnn")
    asked = rules.prompts(own, other, rules.compare(own.choices, other).differences)
    assert asked[0].startswith("You count RF01 and the other side does not")
    assert asked[1].startswith("You do not count RF02 and the other side does")
    assert asked[2].startswith("Your definition leaves RF03 open")
    assert len(asked) == 3
    bare = replace(own, definition=Definition("it came back"))
    assert "“Who decides in practice”" in rules.prompts(bare, other, [])[-1]


def test_a_definition_is_told_line_by_line_without_its_empty_ones():
    assert DEFINITION.rows()[1] == ("Criteria", "the page says so; not in an emergency")
    assert Definition("x").rows() == [("I count it when", "x")]
    assert not Definition(" ", (" ",)).is_stated and Definition("", ("x",)).is_stated
