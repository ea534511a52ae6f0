"""Kinds of question, frames, and the sentences that frames make."""

import re

import pytest

from researchskills.questions.frame_advice import BEST, FITS, LESS, advice
from researchskills.questions.frame_sentence import GAP, build, carried, empty, tidy
from researchskills.questions.frames import ELEMENTS, FRAMES, Framed
from researchskills.questions.kinds import KINDS

# Letters as the guides of university libraries give them, read on 29 November 2026: George Mason (PICO, PerSPEcTiF),
# QUT (PICO, PICo, SPICE, SPIDER), Dundee (PCC), James Madison (ECLIPSE).
LETTERS = {
    "pico": ["Population", "Intervention", "Comparison", "Outcome"],
    "pico_context": ["Population", "Phenomenon of interest", "Context"],
    "spider": ["Sample", "Phenomenon of interest", "Design", "Evaluation", "Research type"],
    "spice": ["Setting", "Perspective", "Intervention or interest", "Comparison", "Evaluation"],
    "perspectif": ["Perspective", "Setting", "Phenomenon or problem", "Environment", "Comparison", "Time", "Findings"],
    "pcc": ["Population", "Concept", "Context"],
    "eclipse": ["Expectation", "Client group", "Location", "Impact", "Professionals", "Service"],
}

#: Frame, kind, slots as practitioners type them, and the sentence that a person wrote from them by hand.
SENTENCES = [
    ("pico", "works", {"population": "Adults on two wards.", "intervention": "A named discharge coordinator",
                       "comparison": "compared with the usual ward round", "outcome": "number of delayed days",
                       "time": "six weeks"},
     "Among adults on two wards, what is the effect of a named discharge coordinator, compared with the usual ward "
     "round, on the number of delayed days within six weeks?"),
    ("pico", "works", {"population": "carers", "intervention": "to phone them every week", "comparison": "N/A",
                       "outcome": "reduce crisis calls", "time": "in 2026"},
     "Among carers, what is the effect of phoning them every week on reducing crisis calls in 2026?"),
    ("pico", "how_many", {"population": "people who have a personal budget", "intervention": "a support planner",
                          "comparison": "no planner", "outcome": "the share who change their plan",
                          "time": "January to March 2026"},
     "With a support planner, what is the share who change their plan among people who have a personal budget, "
     "compared with no planner, from January to March 2026?"),
    ("pico", "for_whom", {"population": "People with COPD", "intervention": "Telehealth at home",
                          "comparison": "vs visits only", "outcome": "nights in hospital", "time": "winter 2025/26"},
     "Among people with COPD, who gains most and who gains least from telehealth at home, compared with visits only, "
     "judged by nights in hospital in winter 2025/26?"),
    ("pico_context", "experience", {"population": "A carer who works full time", "interest": "Being assessed",
                                    "context": "home"},
     "How does a carer who works full time experience being assessed at home?"),
    ("pico_context", "experience", {"population": "The integrated team", "interest": "sharing one office",
                                    "context": "Sheffield"},
     "How does the integrated team experience sharing one office in Sheffield?"),
    ("pico_context", "why", {"population": "the ward staff", "interest": "late referrals",
                             "context": "When beds are short"},
     "What reasons do the ward staff give for late referrals when beds are short?"),
    ("spider", "experience", {"sample": "GPs and social workers", "interest": "Safeguarding meetings",
                              "design": "Focus groups", "evaluation": "Who decides", "research_type": ""},
     "What do GPs and social workers say about safeguarding meetings, above all about who decides, in focus groups?"),
    ("spider", "why", {"sample": "everyone who joined in May", "interest": "leaving early", "design": "by telephone",
                       "evaluation": "", "research_type": "mixed"},
     "How does everyone who joined in May explain leaving early, by telephone (mixed)?"),
    ("spice", "works", {"setting": "A day centre in Larkshire", "perspective": "Older people who live alone",
                        "intervention": "the lunch club", "comparison": "", "evaluation": "how often they go out"},
     "For older people who live alone in a day centre in Larkshire, what is the effect of the lunch club, judged by "
     "how often they go out?"),
    ("perspectif", "why", {"perspective": "Home carers", "setting": "our patch", "phenomenon": "missed visits",
                           "environment": "", "comparison": "", "time": "the first month of the new rota",
                           "findings": "the reasons they name"},
     "From the point of view of home carers, what lies behind missed visits in our patch, in the first month of "
     "the new rota, as seen in the reasons they name?"),
    ("pcc", "how_many", {"population": "People with a learning disability", "concept": "How long they wait for a "
                         "health check?", "context": "Larkshire; April to June 2026"},
     "What do the figures say about how long they wait for a health check among people with a learning disability in "
     "Larkshire; April to June 2026?"),
    ("pcc", "why", {"population": "carers over 80", "concept": "turning down a break", "context": "across the county"},
     "What lies behind turning down a break among carers over 80 across the county?"),
    ("eclipse", "works", {"expectation": "Reduce repeated assessments", "client_group": "Families",
                          "location": "two localities", "impact": "the number of forms they fill in",
                          "professionals": "health visitors and family workers", "service": "the family hub"},
     "What is the effect of reducing repeated assessments, through the family hub, run by health visitors and family "
     "workers, on the number of forms they fill in for families in two localities?"),
]


def test_the_letters_mean_what_their_makers_say():
    assert list(FRAMES) == list(LETTERS)
    for key, labels in LETTERS.items():
        # PICOT adds a time to PICO.
        assert [one.label for one in FRAMES[key].slots if not (key == "pico" and one.key == "time")] == labels


def test_every_frame_names_its_source_and_has_an_example_without_a_gap():
    for frame in FRAMES.values():
        sentence = build(frame.key, frame.example, frame.kind)
        assert frame.source
        assert frame.fits
        assert GAP not in sentence
        for slot in frame.slots:
            assert slot.element in ELEMENTS
            assert slot.hint
            assert slot.example in sentence[:1].lower() + sentence[1:]


def test_all_seven_frames_are_offered_for_each_kind_and_each_has_its_reason():
    reasons = set()
    for kind in KINDS.values():
        offered = advice(kind.key)
        assert sorted(one.frame for one in offered) == sorted(FRAMES)
        assert [one.frame for one in offered if one.fit != LESS] == list(kind.frames)
        assert [one.fit for one in offered][:2] == [BEST, FITS]
        reasons |= {one.why for one in offered}
    assert len(reasons) == len(KINDS) * len(FRAMES)


@pytest.mark.parametrize(("frame", "kind", "slots", "sentence"), SENTENCES)
def test_ordinary_words_make_a_sentence(frame, kind, slots, sentence):
    assert build(frame, slots, kind) == sentence


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("frame", FRAMES)
def test_every_frame_makes_one_question_of_its_example_whatever_the_kind(frame, kind):
    sentence = build(frame, FRAMES[frame].example, kind)
    assert sentence[0].isupper()
    assert sentence.count("?") == 1
    assert sentence.endswith("?")
    assert re.search(r"\b(how|what|who|whom)\b", sentence, re.IGNORECASE)
    for fault in (r"[\[\]{}]", r" [,?]", r",,", r"  ", r",\?", r"\b(\w+) \1\b"):
        assert not re.search(fault, sentence), fault
    for slot in FRAMES[frame].slots:
        assert slot.example in sentence[:1].lower() + sentence[1:]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("frame", FRAMES)
def test_a_slot_that_is_needed_and_empty_leaves_a_gap_or_is_named(frame, kind):
    for slot in FRAMES[frame].slots:
        held = {**FRAMES[frame].example, slot.key: " "}
        sentence = build(frame, held, kind)
        assert not re.search(r" [,?]|,,|  |,\?|[\[\]{}]", sentence)
        needed, others = empty(frame, held)
        assert slot in (needed if slot.needed else others)


def test_nothing_typed_makes_no_sentence():
    assert build("pico", {}) == ""
    assert build("pico", {"population": " ", "outcome": "n/a", "time": "?"}) == ""


@pytest.mark.parametrize(("typed", "kept"), [
    ("  two\n wards.  ", "two wards"), ("Who decides?", "Who decides"), ("none", ""), ("…", ""), ("-", ""),
    ("walks, meals etc.", "walks, meals etc."), ("3", "3")])
def test_what_was_typed_is_tidied(typed, kept):
    assert tidy(typed) == kept


@pytest.mark.parametrize(("place", "kept"), [
    ("Larkshire", "in Larkshire"), ("West Larkshire", "in West Larkshire"),
    ("The memory clinic", "in the memory clinic"),
    ("At home", "at home"), ("home", "at home"), ("home care in Larkshire", "in home care in Larkshire"),
    ("Online", "online"), ("NHS wards", "in NHS wards"), ("May 2026", "in May 2026"), ("Ward 5", "in ward 5")])
def test_places_keep_their_names_and_get_their_preposition(place, kept):
    sentence = build("pcc", {"population": "people", "concept": "the number of falls", "context": place}, "how_many")
    assert sentence == f"What is the number of falls among people {kept}?"


@pytest.mark.parametrize(("people", "verb"), [
    ("staff", "do"), ("the staff", "do"), ("the team", "does"), ("our teams", "do"), ("each nurse", "does"),
    ("a nurse and a social worker", "do"), ("the manager of two homes", "does"), ("parents", "do"),
    ("the people who live there", "do"), ("everybody", "does"), ("Mental Capacity Act assessors", "do")])
def test_the_verb_agrees(people, verb):
    sentence = build("pico_context", {"population": people, "interest": "change", "context": "here"}, "experience")
    assert sentence == f"How {verb} {people} experience change here?"


def test_another_frame_takes_over_words_for_the_same_part_and_overwrites_none():
    held = {"pico": {"population": "carers", "intervention": "a break", "outcome": "sleep"},
            "spice": {"evaluation": "hours slept"}}
    assert carried(FRAMES["spice"], held, "pico") == {
        "evaluation": "hours slept", "intervention": "a break", "perspective": "carers"}
    # "Who runs it" and "which service" are ECLIPSE's own: nothing comes in there by itself.
    eclipse = carried(FRAMES["eclipse"], {"spice": {"setting": "Leeds", "intervention": "a hub"}}, "spice")
    assert eclipse == {"location": "Leeds", "expectation": "a hub"}
    # How somebody will be asked is no place.
    assert "context" not in carried(FRAMES["pico_context"], {"spider": {"design": "interviews"}}, "spider")


def test_the_elements_of_a_framed_question_are_read_from_its_slots():
    framed = Framed("?", "for_whom", "eclipse", {"location": "Leeds", "professionals": "nurses", "impact": " "})
    assert framed.element("context") == "Leeds; nurses"
    assert framed.element("outcome") == ""
    assert Framed("A question").element("population") == ""
