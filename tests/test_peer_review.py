"""Six checks of a search: each rule sees its fault, and keeps quiet where there is none."""

import time

import pytest
from small_library import small_library  # noqa: F401

from researchskills import datasets
from researchskills.errors import CourseError
from researchskills.evidence import index, spellings, strategy, terms
from researchskills.evidence.history import History
from researchskills.evidence.peer_review import ELEMENTS, review
from researchskills.evidence.peer_review_rules import mixes_operators
from researchskills.evidence.strategy import Block
from researchskills.evidence.thesaurus import Thesaurus

#: A search in which the rules see nothing.
SOUND = ["exp Patient Discharge/", "(discharge* or delayed transfer).ti,ab.", "1 or 2",
         "Carers/", "(carer* or caregiver* or relative*).ti,ab.", "4 or 5", "3 and 6"]
DISCHARGE = Block("leaving hospital", ("discharge*", "delayed transfer"), ("Patient Discharge",))
CARERS = Block("carers", ("carer*", "caregiver*", "relative*"), ("Carers",))


@pytest.fixture
def library(small_library):  # noqa: F811
    return index.library()


def seen(library, lines, final=None, syntax="ovid", **more):
    history = History(library)
    for text in lines:
        history.add(text, syntax)
    return review(history, final or len(lines), **more)


def about(remarks, element):
    return [one for one in remarks if one.element == element]


def one(remarks, element, words):
    """The one remark on an element that has these words."""
    [found] = [remark for remark in about(remarks, element) if words in remark.text]
    return found


def test_there_are_six_elements_each_with_a_question_of_its_own():
    assert list(ELEMENTS) == ["question", "operators", "headings", "words", "writing", "limits"]
    assert len({element.ask for element in ELEMENTS.values()}) == 6
    assert all(element.ask.endswith("?") for element in ELEMENTS.values())


def test_nothing_is_said_about_a_sound_search(library):
    assert seen(library, SOUND) == []
    assert seen(library, SOUND, blocks=[DISCHARGE, CARERS]) == []


def test_the_same_search_always_gives_the_same_remarks(library):
    lines = ["exp Carers/", "carer.ti.", "1 and 2", "limit 3 to english"]
    assert seen(library, lines) == seen(library, lines)


def test_a_line_that_does_not_exist_is_no_search(library):
    with pytest.raises(CourseError, match="no line 1"):
        review(History(library), 1)


# -- the question -------------------------------------------------------------------------------


def test_one_idea_alone_is_asked_about(library):
    assert not one(seen(library, ["(discharge* or delayed transfer).ti,ab."]), "question", "one idea only").sure


def test_many_ideas_at_once_are_asked_about(library):
    lines = ["care.ti,ab.", "carers.ti,ab.", "hospital.ti,ab.", "discharge.ti,ab.", "family.ti,ab.", "and/1-5"]
    assert "5 ideas at once" in one(seen(library, lines), "question", "at once").text


def test_a_planned_idea_that_no_line_has_is_named(library):
    rural = Block("the country", ("rural",), ("Rural Services",))
    found = seen(library, SOUND, blocks=[DISCHARGE, CARERS, rural])
    assert "“the country”" in one(found, "question", "stands in your plan").text
    assert len(found) == 1


def test_a_collected_word_that_no_line_has_is_named(library):
    carers = Block("carers", (*CARERS.words, "next of kin"), CARERS.headings)
    found = one(seen(library, SOUND, blocks=[DISCHARGE, carers]), "question", "You collected")
    assert "“next of kin” for “carers”" in found.text
    assert "carer*" not in found.text


# -- AND, OR and NOT ----------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "mixed"), [
    ("a and b or c", True), ("a and (b or c)", False), ("(a or b) and (c or d)", False),
    ("((a or b and c)) and d", True),
    ('"a and b" or c', False), ("a AND b AND c", False), ("band or sand", False), ("or/1-3", False),
    ("a or b not c", True), ("(a or b) not c", False), ("a and b not c", False),
    ("exp Health/ or Health and Welfare/", False),
    ("exp Health and Welfare/ or x", False), (") and ( or", False), ("", False),
])
def test_and_and_or_on_one_level_are_told_from_those_in_brackets(text, mixed):
    assert mixes_operators(text, ["Health", "Health and Welfare"]) == mixed


def test_and_and_or_without_brackets_is_a_fact(library):
    lines = ["discharge.ti,ab. and carers.ti,ab. or caregivers.ti,ab."]
    assert one(seen(library, lines), "operators", "without brackets").sure


def test_what_not_takes_away_is_counted(library):
    # By eye: "carers" in title or abstract of 1, 3, 10 and 12; "letter" also in 1.
    lines = ["carers.ti,ab.", "letter.ti,ab.", "1 not 2"]
    remark = one(seen(library, lines), "operators", "NOT")
    assert "NOT takes 1 record away" in remark.text
    assert (remark.line, remark.sure) == (3, False)


def test_words_of_one_idea_joined_by_and_are_asked_about(library):
    lines = ["(carer* and caregiver*).ti,ab.", "discharge*.ti,ab.", "1 and 2"]
    found = one(seen(library, lines, blocks=[DISCHARGE, CARERS]), "operators", "Is OR meant?")
    assert (found.line, "“carers”" in found.text) == (1, True)


def test_different_ideas_joined_by_or_are_asked_about(library):
    lines = ["carer*.ti,ab.", "discharge*.ti,ab.", "1 or 2"]
    found = one(seen(library, lines, blocks=[DISCHARGE, CARERS]), "operators", "Is AND meant?")
    assert found.line == 3


@pytest.mark.parametrize("lines", [
    ["exp Carers/ and carer*.ti,ab."], ["Carers/", "(caregivers or carer*).ti,ab.", "1 and 2"],
    ["exp Home Care Services/ and domiciliary care.ti,ab."],
    ["Patient Discharge/ and (hospital adj3 discharg*).ti,ab."]])
def test_a_heading_joined_by_and_to_its_own_words_is_asked_about_without_any_plan(library, lines):
    found = one(seen(library, lines), "operators", "stand for the same idea")
    assert (found.line, found.sure) == (len(lines), False)


def test_a_heading_joined_by_and_to_words_for_another_idea_is_left_alone(library):
    for line in ["exp Carers/ and discharge*.ti,ab.", "exp Home Care Services/ and care.ti,ab."]:
        assert not [one for one in seen(library, [line]) if "same idea" in one.text]


def test_two_names_of_one_heading_joined_by_and_are_asked_about(library):
    remark = one(seen(library, ["(home care and domiciliary care and rural).ti,ab."]), "operators", "both names for")
    assert "“home care” and “domiciliary care”" in remark.text
    assert "“Home Care Services”" in remark.text
    assert not remark.sure
    for line in ["(home care or domiciliary care).ti,ab.", "(home care and caregivers).ti,ab."]:
        assert not [one for one in seen(library, [line]) if "both names" in one.text]


def test_a_not_that_takes_nothing_away_is_asked_about(library):
    remark = one(seen(library, ["(discharge* or transfer).ti,ab. not unicorn.ti."]), "operators", "NOT takes")
    assert remark.text == "NOT takes nothing away here. Is it needed?"


def test_parts_that_no_record_has_together_are_named(library):
    lines = ["rural.ti,ab.", "discharge.ti,ab.", "1 and 2"]
    assert one(seen(library, lines), "operators", "no record has them all").sure


# -- subject headings ---------------------------------------------------------------------------


def test_a_heading_without_words_and_words_without_a_heading_are_seen(library):
    lines = ["Carers/", "hospital discharge.ti,ab.", "1 and 2"]
    found = about(seen(library, lines), "headings")
    assert any("“Carers” is a subject heading without words" in remark.text and remark.line == 1 for remark in found)
    assert any("a heading for “hospital discharge”: Patient Discharge" in remark.text and remark.line == 2
               for remark in found)


def test_a_heading_of_the_name_comes_before_one_that_has_it_as_another_word(library):
    thesaurus = Thesaurus({"Hospital Admission": [], "Hospitals": []}, {"Hospital Admission": ["hospitalisation"]})
    other = index.Index(library.records.reset_index(names="record"), thesaurus)
    remark = one(seen(other, ["(hospital* or limbo).ti,ab."]), "headings", "has a heading for “hospital*”")
    assert ": Hospitals." in remark.text


def test_web_of_science_is_not_asked_for_headings(library):
    lines = ["TS=(carers)", "TS=(hospital discharge)", "#1 AND #2"]
    assert about(seen(library, lines, syntax="wos"), "headings") == []


def test_a_heading_without_its_narrower_ones_is_counted(library):
    # By eye: Home Help Services, below Home Care Services, is on LB00007 alone.
    remark = one(seen(library, ["Home Care Services/", "care.ti,ab.", "1 or 2"]), "headings", "narrower")
    assert "“Home Help Services”" in remark.text
    assert "1 more record" in remark.text
    assert about(seen(library, ["exp Home Care Services/", "care.ti,ab.", "1 or 2"]), "headings") == []


def test_a_heading_that_no_record_has_is_a_fact(library):
    # By eye: no record is indexed with Community Services itself.
    assert one(seen(library, ["Community Services/", "care.ti,ab.", "1 or 2"]), "headings", "No record").sure


def test_a_heading_as_main_point_only_says_what_that_costs(library):
    # By eye: Carers is a main point of LB00002 alone, and on 1, 2, 3, 4, 10, 12.
    remark = one(seen(library, ["*Carers/", "carer*.ti,ab.", "1 or 2"]), "headings", "main point")
    assert "1 record instead of 6" in remark.text


# -- words --------------------------------------------------------------------------------------


def test_a_word_that_finds_nothing_is_a_fact_and_a_slip_of_the_finger_a_question(library):
    found = seen(library, ["(discharge* or unicorn).ti,ab.", "(carers or domicilary care).ti,ab.", "1 and 2"])
    assert one(found, "words", "“unicorn” finds nothing").sure
    remark = one(found, "writing", "finds nothing")
    assert "Is “domiciliary care” meant?" in remark.text
    assert not remark.sure


def test_nothing_is_offered_instead_that_finds_nothing_either(library):
    # "delayd" is a slip, but "delayed rural" stands nowhere too.
    found = seen(library, ["(delayd rural or discharge*).ti,ab."])
    assert not about(found, "writing")
    assert one(found, "words", "“delayd rural” finds nothing").sure


def test_another_spelling_beside_the_right_one_is_no_slip(library):
    found = seen(library, ["(coordination or coordinatoin).ti,ab."])
    assert not about(found, "writing")
    assert one(found, "words", "“coordinatoin” finds nothing").sure


def test_a_word_that_differs_in_its_first_letter_is_another_word(library):
    assert not about(seen(library, ["(bareers or discharge*).ti,ab."]), "writing")


def test_a_truncated_word_with_a_slip_is_put_right_too(library):
    assert "“discharg*”" in one(seen(library, ["(dischrag* or transfer*).ti,ab."]), "writing", "meant?").text
    assert "“hospital*”" in one(seen(library, ["(hosptal* or transfer*).ti,ab."]), "writing", "meant?").text


def test_a_truncation_that_catches_other_words_lists_them_with_their_records(library):
    # By eye, of the words that begin with "care" others than care, carer(s) and caregivers: careers and careful in
    # LB00005.
    remark = one(seen(library, ["(care* or help*).ti,ab."]), "words", "also catches")
    assert "“caregivers” (1)" in remark.text
    assert "“careers” (1)" in remark.text
    assert "“careful” (1)" in remark.text
    assert "“cares”" not in remark.text


def test_endings_of_the_same_word_are_not_held_against_a_truncation(library):
    assert not [one for one in seen(library, ["(organis* or organiz*).ti,ab."]) if "also catches" in one.text]


@pytest.mark.parametrize(("have", "other", "kind"), [
    ("organised", "organized", "American spelling"), ("organized", "organised", "British spelling"),
    ("carer", "carers", "the plural"), ("carers", "carer", "the singular"),
    ("coordination", "co ordination", "with a hyphen"), ("co-ordination", "coordination", "without a hyphen"),
])
def test_another_spelling_that_the_library_has_is_asked_about(library, have, other, kind):
    remark = one(seen(library, [f"({have} or limbo).ti,ab."]), "words", "is not. It finds")
    assert f"“{other}” ({kind})" in remark.text
    assert not remark.sure


def test_a_spelling_that_adds_no_record_or_is_in_already_is_not_mentioned(library):
    # Nobody writes "rurals", and "organi*ed" has both spellings.
    assert not [one for one in seen(library, ["(rural or organi#ed).ti,ab."]) if "Left out" in one.text]


def test_another_form_in_a_proximity_search_counts_only_where_it_is_near(library):
    # By eye: "teams" stands in LB00009 ("wards and teams") and LB00011 ("teams & wards"), side by side in the second.
    remark = one(seen(library, ["(wards adj team).ti. or (wards adj1 team).ti."]), "words", "“teams” (the plural)")
    assert "It finds 1 record that" in remark.text
    assert not [one for one in seen(library, ["(telephone adj5 team).ti,ab. or limbo.ti,ab."]) if "“teams”" in one.text]


def test_another_form_has_its_line_where_title_and_abstract_are_asked_one_by_one(library):
    lines = ["TI (carer OR limbo) OR AB (carer OR limbo)", "TI home OR AB home", "S1 AND S2"]
    assert one(seen(library, lines, syntax="ebsco"), "words", "“carers” (the plural)").line == 1


def test_other_words_of_the_thesaurus_are_offered_with_what_they_would_add(library):
    # By eye: "home help" is in LB00007, which has neither this heading nor "care".
    remark = one(seen(library, ["Home Help Services/", "housework.ti,ab.", "1 or 2"]), "words", "finds nothing")
    assert remark.sure
    # "family carers" stands in LB00001 and LB00003, "caregivers" in LB00002: all have the heading already.
    assert not [one for one in seen(library, ["Carers/", "carer.ti,ab.", "1 or 2"])
                if "thesaurus has other words" in one.text]
    # "hospital discharge" stands in LB00001, 2, 4, 9 and 10, none of which has this heading as a main point but 1, 2
    # and 9; so 4 and 10 are what it would add.
    found = one(seen(library, ["*Patient Discharge/", "letter.ti.", "1 or 2"]), "words", "thesaurus has other words")
    assert "“hospital discharge” (1 more)" in found.text


def test_a_single_word_for_an_idea_is_asked_about(library):
    lines = ["carers.ti,ab.", "(discharge* or delayed transfer).ti,ab.", "1 and 2"]
    assert one(seen(library, lines), "words", "only word for its idea").line == 1


# -- spelling and line numbers ------------------------------------------------------------------


def test_a_line_that_leads_nowhere_is_a_fact(library):
    lines = [*SOUND[:6], "2 and 6"]
    found = about(seen(library, lines), "writing")
    # Line 3 joins 1 and 2; line 7 passes it over, so 1 and 3 lead nowhere.
    assert len(found) == 1
    assert found[0].sure
    assert found[0].text.startswith("2 lines lead nowhere") and "They are 1 and 3." in found[0].text
    alone = one(seen(library, ["carers.ti,ab.", "discharge.ti,ab.", "letter.ti,ab.", "1 and 2"]), "writing",
                "Line 3 leads nowhere")
    assert alone.line == 3


def test_many_lines_that_lead_nowhere_or_stand_twice_are_one_remark_each(library):
    again = ["exp Carers/", "carer*.ti,ab.", "discharge*.ti,ab.", "letter.ti,ab."]
    found = about(seen(library, [*again, *again, "6 and 7"]), "writing")
    nowhere, twice = (remark.text for remark in found)
    assert "They are 1 to 5 and 8." in nowhere
    assert "Some lines are the same: 1 and 5; 2 and 6; 3 and 7; 4 and 8." in twice


def test_two_lines_that_are_the_same_are_named(library):
    lines = ["carers.ti,ab.", "Carers.ti,ab.", "1 or 2"]
    assert one(seen(library, lines), "writing", "are the same").line == 2


def test_a_number_named_twice_is_named(library):
    lines = ["carers.ti,ab.", "discharge.ti,ab.", "1 and 1"]
    assert one(seen(library, lines), "writing", "named twice").line == 3


def test_a_line_that_changes_nothing_is_asked_about(library):
    lines = [*SOUND[:6], "1 and 3"]
    remark = one(seen(library, lines), "writing", "the same as line 1 alone")
    assert not remark.sure


# -- limits -------------------------------------------------------------------------------------


def test_a_limit_without_a_reason_is_a_fact_and_says_what_it_costs(library):
    lines = [*SOUND, "limit 7 to english"]
    remark = one(seen(library, lines), "limits", "language")
    assert "takes 1 record away" in remark.text
    assert remark.sure
    assert about(seen(library, lines, reason="Nobody here reads German."), "limits") == []


def test_years_are_called_years(library):
    assert "on the years takes" in one(seen(library, [*SOUND, 'limit 7 to yr="2015-2020"']), "limits", "years").text


def test_words_in_titles_only_are_asked_about(library):
    lines = ["(carers or caregivers).ti.", "(discharge* or delayed transfer).ti,ab.", "1 and 2"]
    assert one(seen(library, lines), "limits", "titles only").line == 1


# -- other languages ----------------------------------------------------------------------------


@pytest.mark.parametrize(("syntax", "lines"), [
    ("pubmed", ['"Patient Discharge"[Mesh] OR discharge*[tiab] OR "delayed transfer"[tiab]',
                'Carers[Mesh] OR carer*[tiab] OR caregiver*[tiab] OR relative*[tiab]', "#1 AND #2"]),
    ("ebsco", ['MH "Patient Discharge+" OR TI (discharge* OR "delayed transfer") OR AB (discharge* OR "delayed '
               'transfer")', 'MH "Carers" OR TI (carer* OR caregiver* OR relative*) OR AB (carer* OR caregiver* OR '
               "relative*)", "S1 AND S2"]),
    ("wos", ['TS=(discharge* OR "delayed transfer")', "TS=(carer* OR caregiver* OR relative*)", "#1 AND #2"]),
])
def test_nothing_is_said_about_the_sound_search_in_other_languages(library, syntax, lines):
    assert seen(library, lines, syntax=syntax) == []


@pytest.mark.parametrize(("text", "other"), [
    ("organis*", "organiz*"), ("hospitalisation", "hospitalization"), ("behaviour", "behavior"), ("ageing", "aging"),
    ("programme*", "program*"), ("paediatric", "pediatric"), ("counselling", "counseling"), ("centre", "center"),
    ("color", "colour"), ("community", "communities"), ("multi-agency", "multiagency"),
    ("home organisation", "home organization"),
])
def test_pairs_of_spellings_are_those_of_the_dictionaries(text, other):
    # Oxford and Merriam-Webster list each of these as the other's variant.
    assert other in {terms.typed(found) for _, found in spellings.variants(terms.as_phrase(text))}


def test_200_lines_are_looked_through_in_little_time(library):
    lines = [f"(carer* or word{number}).ti,ab." for number in range(199)] + ["or/1-199"]
    found = seen(library, lines)
    assert len(found) >= 199


# -- the course's own library -------------------------------------------------------------------

#: As a colleague typed it in the exercises of module 02, with a fault for each check.
COLLEAGUE = [
    "exp Carers/", "(caregiver$ or care giver$).ti,ab.", "1 or 2", "Patient Discharge/",
    "(hosptal$ adj3 (discharg$ or leav$)).ti,ab.", "4 and 5", "exp Shared Decision Making/",
    "(decision$ or involv$ or consult$ or listen$ or take part).ti,ab.", "7 or 8", "nurs$.ti,ab.",
    "3 and 6 and 9 and 10", 'limit 11 to yr="2019-2021"']


@pytest.mark.parametrize(("element", "line", "words"), [
    ("question", 12, "5 ideas at once"), ("operators", 6, "Is OR meant?"), ("headings", 4, "narrower headings"),
    ("words", 1, "unpaid carers"), ("writing", 5, "“hosptal*” finds nothing. Is “hospital*” meant?"),
    ("limits", 12, "no reason is given"),
])
def test_the_six_faults_of_a_colleagues_search_are_seen_in_the_courses_own_library(element, line, words):
    found = seen(index.library(), COLLEAGUE)
    assert any(words in remark.text and remark.line == line for remark in about(found, element))


def test_the_words_of_a_whole_topic_are_looked_through_in_less_than_three_seconds():
    key = datasets.planted("library")["topics"]["hospital-discharge"]
    blocks = [Block(one["name"], tuple(one["words"]), tuple(one["headings"])) for one in key["concepts"]]
    history = History(index.library())
    for text in strategy.written_lines(blocks, "ovid", history.index.thesaurus):
        history.add(text, "ovid")
    start = time.perf_counter()
    found = review(history, len(history.entries), blocks)
    assert time.perf_counter() - start < 3
    # Everything that was planned is in, and in brackets.
    assert about(found, "question") == []
    assert about(found, "operators") == []
