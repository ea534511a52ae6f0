"""The path to a kind of project, its ends, and whom to ask."""

import itertools
import re

import pytest
from sample_projects import SAMPLES

from researchskills.datasets import load
from researchskills.questions.project_kind import (
    ASK,
    CANNOT_TELL,
    FACTS,
    KINDS,
    STEPS,
    SURE,
    _signposts,
    contacts,
    facts,
    given,
    is_complete,
    path,
    result,
)


def every_path() -> list[dict[str, str]]:
    """Every way through, by answering the open step with each of its options until there is none."""
    ended, going = [], [{}]
    while going:
        answers = going.pop()
        if is_complete(answers):
            ended.append(answers)
            continue
        step = path(answers)[-1]
        going += [{**answers, step.key: one.key} for one in (*step.options, CANNOT_TELL)]
    return ended


PATHS = every_path()


def kinds(answers) -> list[str]:
    return [one.key for one in result(answers).kinds]


def test_no_path_is_longer_than_seven_steps():
    assert max(len(path(answers)) for answers in PATHS) == 7
    assert min(len(path(answers)) for answers in PATHS) == 4


def test_every_kind_can_be_reached_alone_and_every_step_and_option_is_on_some_path():
    assert {tuple(kinds(answers)) for answers in PATHS} >= {(key,) for key in KINDS} | {()}
    used = {(key, value) for answers in PATHS for key, value in answers.items()}
    assert used == {(step.key, one.key) for step in STEPS.values() for one in (*step.options, CANNOT_TELL)}


def test_asking_is_an_answer_everywhere_and_says_what_to_ask():
    asked = {}
    while not is_complete(asked):
        asked[path(asked)[-1].key] = ASK
    found = result(asked)
    assert found.kinds == ()
    assert "cannot be told yet. That is a good reason to ask" in found.sentence()
    for step in path(asked):
        assert f"“{step.title}”" in found.sentence()
    assert found.is_research == "perhaps"


def test_every_end_names_the_two_offices_data_protection_and_the_authority():
    # One in seven of 23,000: no step has seven options, so that every answer comes with every other.
    for answers in PATHS[::7]:
        names = [one.who for one in contacts(answers)]
        for wanted in ("research and development", "council's research governance contact", "information governance",
                       "Caldicott Guardian", "Health Research Authority"):
            assert any(wanted in one for one in names), answers
        assert len(names) == len(set(names))
        assert result(answers).sentence()
        assert len(facts(answers)) >= 4


def test_the_nearest_office_comes_first():
    base = {"intent": "elsewhere", "care": "usual", "who": "people"}
    for where, first in (("nhs", "R&D"), ("both", "R&D"), ("council", "council's"), ("provider", "council's")):
        found = contacts({**base, "where": where})
        assert first in found[1].who
        assert found[1].when == "now"


# -- kinds --------------------------------------------------------------------------------------


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: one.name)
def test_the_answers_to_a_sample_project_lead_to_its_kind(sample):
    assert is_complete(sample.answers)
    assert set(given(sample.answers)) == set(sample.answers)
    assert tuple(kinds(sample.answers)) == sample.kinds


def test_the_samples_hold_each_kind_that_the_course_sorts_and_mixed_ones():
    alone = [one.kinds[0] for one in SAMPLES if len(one.kinds) == 1]
    assert set(alone) == set(KINDS) - {"surveillance"}
    assert len(SAMPLES) == 12
    assert sum(len(one.kinds) > 1 for one in SAMPLES) == 2


# The HRA's discriminants (County Durham and Darlington NHS Foundation Trust, "Defining research"): intent; an untried
# treatment; allocation by protocol; "if randomisation is used, it is research".
@pytest.mark.parametrize("answers", [
    {"intent": "elsewhere"}, {"intent": "both"}, {"care": "allocated"}, {"care": "untried"}])
def test_intent_allocation_and_what_is_untried_point_to_research(answers):
    local = {"intent": "here", "care": "usual", "subject": "service", "standard": "no", "also": "nothing",
             "where": "nhs", "who": "people"}
    assert kinds(local) == ["evaluation"]
    assert "research" in kinds({**local, **answers})
    assert result({**local, **answers}).is_research == "yes"


def test_two_kinds_are_both_shown_and_called_not_thought_through():
    found = result({"intent": "here", "care": "usual", "subject": "service", "standard": "yes", "also": "improvement",
                    "where": "nhs", "who": "records"})
    assert [one.name for one in found.kinds] == ["Audit", "Improvement"]
    assert found.sentence().startswith("Your answers point to more than one kind: audit and improvement. Such a "
                                       "project has probably not been thought through yet.")
    assert len(found.why) == 2
    assert "plan it as research" not in found.sentence()


# HRA, Defining research table, October 2022: one column for service evaluation, improvement and development.
def test_evaluation_and_improvement_share_a_column_of_the_table():
    answers = {"intent": "here", "care": "usual", "subject": "service", "standard": "no", "also": "improvement",
               "where": "nhs", "who": "people"}
    assert kinds(answers) == ["evaluation", "improvement"]
    assert result(answers).sentence() == ("Your answers point to service evaluation and improvement. The HRA’s table "
                                          "keeps the two in one column: say which comes first, and ask.")
    # With a third kind beside them it is a mixture like any other.
    assert "more than one kind" in result({**answers, "intent": "both"}).sentence()
    assert "one column" not in result({**answers, "intent": "both"}).sentence()


def test_a_change_that_is_studied_for_other_places_is_research_and_nothing_beside_it():
    found = result({"intent": "elsewhere", "care": "accepted", "where": "nhs", "who": "people"})
    assert [one.key for one in found.kinds] == ["research"]
    assert found.why == ("It is planned to hold beyond the people and places studied.",)
    both = {"intent": "both", "care": "accepted", "subject": "change", "also": "nothing", "where": "nhs",
            "who": "people"}
    assert kinds(both) == ["research", "improvement"]


def test_what_points_to_research_is_not_to_be_called_something_else():
    told = ("Until your research office has said otherwise, plan it as research. Calling it something else changes "
            "nothing.")
    for answers in PATHS[::7]:
        found = result(answers)
        assert (told in found.sentence()) == (KINDS["research"] in found.kinds), answers


def test_while_no_kind_can_be_told_research_is_not_ruled_out():
    answers = {"intent": "here", "care": "usual", "subject": ASK, "also": "nothing", "where": "council",
               "who": "people"}
    found = result(answers)
    assert found.kinds == ()
    assert found.is_research == "perhaps"
    assert any(one.research for one in facts(answers))
    assert [one.when for one in contacts(answers) if "HRA" in one.who] == ["when it is, or could be, research"]
    assert result({**answers, "subject": "needs"}).is_research == "no"


def test_surveillance_is_named_only_and_leads_to_public_health():
    answers = {"intent": "here", "care": "usual", "subject": "threat", "also": "nothing", "where": "both",
               "who": "records"}
    assert "This course names it only" in result(answers).sentence()
    assert any("public health" in one.who for one in contacts(answers))


@pytest.mark.parametrize("step", ["intent", "care"])
def test_an_open_answer_that_could_make_it_research_is_said_and_research_is_told(step):
    answers = {"intent": "here", "care": "usual", "subject": "needs", "also": "nothing", "where": "council",
               "who": "people"}
    assert not any(one.research for one in facts(answers))
    found = result({**answers, step: ASK})
    assert found.is_research == "perhaps"
    assert found.sentence().endswith("One of these answers could make it research.")
    assert any(one.research for one in facts({**answers, step: ASK}))


def test_answers_that_are_no_longer_on_the_path_do_not_count_and_come_back():
    answers = {"intent": "here", "care": "usual", "subject": "service", "standard": "yes", "also": "nothing",
               "where": "nhs", "who": "records"}
    assert kinds(answers) == ["audit"]
    assert kinds({**answers, "subject": "needs"}) == ["needs"]
    assert kinds({**answers, "intent": "elsewhere"}) == ["research"]
    assert [step.key for step in path({**answers, "intent": "elsewhere"})] == ["intent", "care", "where", "who"]
    assert not is_complete({**answers, "care": "no such answer"})


# -- what applies, and whom to ask --------------------------------------------------------------

RESEARCH = {"intent": "elsewhere", "care": "usual", "where": "council", "who": "people"}


def told(answers) -> str:
    return " ".join(one.text for one in facts(answers))


def test_what_is_no_research_still_has_rules():
    answers = {"intent": "here", "care": "usual", "subject": "service", "standard": "no", "also": "nothing",
               "where": "council", "who": "people"}
    for wanted in ("manager’s permission", "DPIA", "asked whether they take part", "ethics opinion", "for a degree"):
        assert wanted in told(answers)
    assert any("quality or improvement team" in one.who for one in contacts(answers))


def test_capacity_leads_to_an_appropriate_body():
    answers = {**RESEARCH, "who": "capacity"}
    assert "people of 16 or over who cannot give it" in told(answers)
    assert "A university’s committee is not one" in told(answers)
    assert "Nobody lacks capacity because of a diagnosis" in told(answers)
    assert "section 51 of the Adults with Incapacity (Scotland) Act 2000" in told(answers)
    assert any("Social Care Research Ethics Committees" in one.who for one in contacts(answers))
    assert "appropriate body" not in told(RESEARCH)
    assert not any("Social Care Research Ethics Committees" in one.who for one in contacts(RESEARCH))


def test_four_councils_lead_to_the_directors_and_the_older_page_is_called_older():
    answers = {**RESEARCH, "where": "many"}
    [adass] = [one for one in contacts(answers) if "ADASS" in one.who]
    [fact] = [one for one in facts(answers) if "ADASS" in one.text]
    assert adass.sure == fact.sure == "uncertain"
    assert "ADCS" in fact.text
    assert "ADASS" not in told(RESEARCH)


def test_a_council_gives_its_own_approval_and_the_nhs_another():
    assert "research governance contact" in told(RESEARCH)
    assert "HCRW" not in told(RESEARCH)
    assert "HCRW" in told({**RESEARCH, "where": "nhs"})
    assert "HCRW" in told({**RESEARCH, "where": "both"})
    assert "a research ethics committee is usually not needed" in told({**RESEARCH, "where": "nhs", "who": "staff"})


def test_whoever_is_asked_records_may_be_read_as_well():
    local = {"intent": "here", "care": "usual", "subject": "service", "standard": "no", "also": "nothing",
             "where": "nhs"}
    for step in STEPS["who"].options:
        for base in (RESEARCH, local):
            assert "Confidentiality Advisory Group" in told({**base, "who": step.key})


def test_a_place_can_be_chosen_for_health_councils_and_providers_together():
    words = {one.key: one.words for one in STEPS["where"].options}
    assert words["both"] == "The NHS together with up to three councils, with providers, or with both"


def test_the_caldicott_guardian_is_explained():
    [guardian] = [one for one in contacts(RESEARCH) if "Caldicott" in one.who]
    assert "a senior person who watches over confidential information" in guardian.when


def test_where_somebody_will_ask_no_case_is_left_out():
    open_ = {**RESEARCH, "where": ASK, "who": ASK}
    assert facts(open_) == list(FACTS)


def test_each_fact_says_how_sure_it_is_and_where_it_comes_from():
    for fact in FACTS:
        assert fact.sure in SURE
        assert bool(fact.source) == (fact.sure != "general knowledge")
        assert set(fact.only) <= set(STEPS)
        for key, held in fact.only.items():
            assert all(STEPS[key].option(one) for one in held)


def test_contacts_come_from_the_signposts_with_their_day():
    table = load("signposts").set_index("organisation")
    found = {one.who: one for answers in PATHS[::40] for one in contacts(answers)}
    assert len(set(found) & set(table.index)) == 7
    for name, one in found.items():
        if name in table.index:
            assert re.fullmatch(r"\d{1,2} [A-Z][a-z]+ 20\d\d", one.checked)
            assert one.ask.startswith(table.at[name, "what_to_ask"])
            assert one.checked.endswith(str(table.at[name, "checked"].year))


def test_without_the_address_book_somebody_is_named_all_the_same(tmp_path, monkeypatch):
    answers = PATHS[0]
    wanted = [one.who for one in contacts(answers)]
    _signposts.cache_clear()
    monkeypatch.setenv("RESEARCHSKILLS_ROOT", str(tmp_path))
    found = contacts(answers)
    assert [one.who for one in found] == wanted
    assert {one.sure for one in found} == {"uncertain", "general knowledge"}


def test_every_combination_of_answers_ends_somewhere():
    keys = list(STEPS)
    for values in itertools.product(["", ASK, "here", "service", "nonsense"], repeat=3):
        answers = dict(zip(keys, values, strict=False))
        assert path(answers)
        assert result(answers).sentence()
