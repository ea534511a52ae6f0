"""Rules that say whether a question is researchable: what they see, how often they are right, what they leave open."""

import csv
import math
import time
from collections import defaultdict
from pathlib import Path

import pytest

from researchskills import datasets
from researchskills.questions import rule_quality, wording
from researchskills.questions.frame_sentence import build
from researchskills.questions.frames import FRAMES, Framed
from researchskills.questions.kinds import KINDS
from researchskills.questions.researchable import CANNOT_JUDGE, RULES, Remark, check

FOLDER = Path(__file__).parents[1] / "datasets" / "research_questions"
#: A question without a fault; each test below spoils one thing in it.
SOUND = Framed(
    "Do people on our caseload who have a joint visit go back to hospital less often than people with two visits?",
    "works", "pico",
    {"population": "people over 75 on our caseload", "intervention": "a joint visit", "comparison": "two visits",
     "outcome": "number of days in hospital, from the record", "time": "within eight weeks of the visit, in 2025"},
    "district nurse", "our own records, with days in hospital", 20)


def spoilt(**changes) -> Framed:
    slots = {**SOUND.slots, **changes.pop("slots", {})}
    return Framed(**{**vars(SOUND), **changes, "slots": slots})


def remark(framed: Framed, rule: str) -> Remark:
    return next(one for one in check(framed) if one.rule == rule)


def test_a_sound_question_has_no_fault_under_any_rule():
    assert {one.rule: one.fault for one in check(SOUND)} == dict.fromkeys(RULES, False)


@pytest.mark.parametrize(("rule", "changes", "evidence"), [
    ("population", {"slots": {"population": ""}}, ""),
    ("population", {"slots": {"population": "all the older people"}}, "all the older people"),
    ("outcome", {"slots": {"outcome": "impact"}}, "impact"),
    ("outcome", {"slots": {"outcome": "improved quality of care"}}, "quality"),
    ("comparison", {"slots": {"comparison": ""}, "text": "Does a joint visit help?"}, ""),
    ("time", {"slots": {"time": ""}}, ""),
    ("time", {"slots": {"time": "in the long term"}}, "long term"),
    ("time", {"slots": {"time": "", "outcome": "visits day after day, year after year"}}, ""),
    ("reach", {"slots": {"population": "people in the North of England"}}, "North of England"),
    ("reach", {"slots": {"population": "people in the West Midlands"}}, "the West Midlands"),
    ("single", {"text": "How often do people go back to hospital, and why do nurses not visit?"}, "and why"),
    ("single", {"text": "Joint visits and hospital"}, "Joint visits"),
    ("single", {"text": "Do visits help? Who pays?"}, "?"),
    ("neutral", {"text": "How can we prove that joint visits work?"}, "prove"),
    ("neutral", {"text": "Why do nurses not visit together?"}, "Why do"),
    ("neutral", {"text": "What are the benefits of joint visits?"}, "benefits"),
    ("neutral", {"text": "Are the partnership arrangements a cover up for cuts?"}, "cover up"),
    ("neutral", {"text": "Is the trust covering up its failures?"}, "its failures"),
    ("neutral", {"text": "Which cuts is the board hiding?"}, "hiding"),
    ("neutral", {"text": "Do managers pretend that both teams are joint?"}, "pretend"),
    ("neutral", {"text": "How do managers bully nurses?"}, "bully"),
    ("neutral", {"text": "Is the ward to blame for the delay?"}, "blame"),
    ("neutral", {"text": "Why has the new form stopped the ward from telling us?"}, "stopped the ward from telling us"),
    ("single", {"text": "How many people fall and who picks them up?"}, "and who"),
    ("single", {"text": "Among people who live alone, how many fall, and why?"}, "and why"),
    ("single", {"text": "Which people who live alone fall, and whose visit comes first?"}, "and whose"),
    ("single", {"text": "How many people who fall go to hospital and are they seen?"}, "and are they"),
    ("reach", {"slots": {"outcome": "number of calls to the ambulance service"}}, "ambulance"),
    ("reach", {"slots": {"population": "people over 75 in England"}}, "England"),
    ("feasible", {"weeks": 3}, "3 weeks"),
    ("feasible", {"slots": {"time": "over the next two years"}}, "two years"),
    ("feasible", {"slots": {"population": "1,200 people over 75 on our caseload"}}, "1,200"),
])
def test_each_rule_sees_its_fault_and_says_which_words_led_to_it(rule, changes, evidence):
    seen = remark(spoilt(**changes), rule)
    assert seen.fault is True
    assert evidence in " ".join(seen.evidence)
    assert seen.sentence[-1] in ".?" and "  " not in seen.sentence


@pytest.mark.parametrize(("rule", "changes"), [
    # What sounds like a fault and is none.
    ("population", {"slots": {"population": "people with dementia"}}),
    ("outcome", {"slots": {"outcome": "score on a quality-of-life form"}}),
    ("outcome", {"slots": {"outcome": "what people say became better"}}),
    ("comparison", {"slots": {"comparison": ""}, "text": "Do people with a joint visit wait fewer days than others?"}),
    ("time", {"slots": {"time": "", "population": "people over 75 on our caseload in March 2026"}}),
    ("single", {"text": "For which families does one visit do, and for which does it not?"}),
    ("single", {"text": "What do carers find hard when they ask, which seldom happens?"}),
    ("neutral", {"text": "How do people who self-harm describe a joint visit?"}),
    ("neutral", {"text": "Why do some families not come back?"}),
    ("neutral", {"text": "How do people who harm themselves say that changes can be made to the form?"}),
    ("neutral", {"text": "How many people with heart failure came in May 2026?"}),
    ("neutral", {"text": "How many colleagues reported bullying in 2025?"}),
    ("neutral", {"text": "What do carers say about blame, and about being blamed?"}),
    ("neutral", {"text": "How many people stopped using the bus?"}),
    ("single", {"text": "How many people who live alone and whose family is far away came back?"}),
    ("single", {"text": "Among people who live alone, and whose family is far away, how many came back?"}),
    ("single", {"text": "How many carers whose mother has dementia and who work use the centre?"}),
    ("single", {"text": "How many people that we visit, and which of us knows, are asked twice?"}),
    ("single", {"text": "How many people who left hospital and had no visit within a week came back?"}),
    ("single", {"text": "Of people who left hospital, and had no visit, how many came back?"}),
    ("time", {"slots": {"time": "", "outcome": "days in the year before the partnership and in the year after"}}),
    *[(rule, {"text": f"How many people came to the {side} {place}?", "slots": {"population": f"the {side} {place}"}})
      for rule in ("reach", "feasible") for side, place in zip(
          ("North", "South", "East", "West") * 2,
          ("team", "ward", "district", "office", "locality", "hospital", "side", "practice"), strict=True)],
    ("reach", {"slots": {"outcome": "calls to the ambulance, from our own record"}}),
    ("feasible", {"slots": {"time": "within two years, January 2023 to December 2024"}}),
])
def test_words_that_only_sound_like_a_fault_are_none(rule, changes):
    assert remark(spoilt(**changes), rule).fault is False


def test_a_review_may_come_first_and_weeks_for_approval_are_not_counted():
    asked = spoilt(kind="experience", weeks=12, frame="pico_context", text="How do people with delirium sleep?",
                   slots={"population": "people with delirium on our caseload", "interest": "sleep", "context": "home"})
    assert remark(asked, "feasible").sentence == (
        "“delirium”: to ask these people often needs a special review, and that can take months; you have 12 weeks. "
        "Ask before you plan.")
    assert remark(SOUND, "feasible").sentence.endswith("by a rule of thumb; time for approvals is not counted.")


def test_it_does_not_judge_style():
    plain = spoilt(text="do people on our caseload who had 1 joint visit goes back too hospital, less then others??")
    assert [one.rule for one in check(plain) if one.fault] == []


@pytest.mark.parametrize(("rule", "framed"), [
    ("population", Framed("Do joint visits work?", "works")),
    ("outcome", Framed("Do joint visits work?", "works", "pico")),
    ("comparison", Framed("Do joint visits work?")),
    ("single", Framed("", "works", "pico", SOUND.slots)),
    ("neutral", Framed("", "works", "pico", SOUND.slots)),
    ("reach", spoilt(data=" ")),
    ("feasible", spoilt(weeks=None)),
    ("feasible", spoilt(kind="")),
])
def test_it_says_when_it_cannot_judge(rule, framed):
    seen = remark(framed, rule)
    assert seen.fault is None
    assert seen.sentence


def test_what_no_rule_can_tell_is_named():
    told = " ".join(CANNOT_JUDGE)
    for matter in ("matters", "ethics", "same in health and in social care", "carers"):
        assert matter in told


def test_time_is_missing_in_a_frame_without_a_part_for_it_and_the_learner_is_told_where_to_put_it():
    seen = remark(Framed("How do carers sleep?", "experience", "pico_context",
                         {"population": "carers on our list", "interest": "what they say", "context": "Larkshire"}),
                  "time")
    assert seen.fault and "no part of its own" in seen.sentence


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("frame", FRAMES.values(), ids=list(FRAMES))
def test_sentences_that_the_course_builds_ask_one_thing_and_smuggle_nothing_in(frame, kind):
    framed = Framed(build(frame.key, frame.example, kind), kind, frame.key, frame.example)
    assert [one.rule for one in check(framed) if one.fault and one.rule in {"single", "neutral"}] == []


#: Questions that the lesson prints as good ones, and whether the rule is content with their time.
LESSON = Path(__file__).parents[1] / "solutions" / "01-researchable-questions" / "lesson.md"
PRINTED = {
    "How many people newly referred in September 2026 were asked the same things again within two weeks?": True,
    "How do carers in the North find out whom to ring when something goes wrong?": False,
    "How many hours a week does the North team spend on typing visits a second time?": True,
    "Why do social workers in the North feel alone, and those in the South not?": False,
    "Do people who have one joint first visit have to tell the same things less often than people who have two visits?":
        False,
    "For which families is one worker enough, and for which not?": False,
    "How many people left Ward 4 in May 2026 without a date for their first home care visit?": True,
    "How do care workers in two homes decide, at night, whether to ring the out-of-hours nurse?": False,
    "How many joint visits did the North team make in September 2026?": True,
    "After a joint first visit, do fewer people have to tell the same things again within two weeks?": True,
    "Among people newly referred in September or October 2026, what is the effect of one joint first visit, compared "
    "with two separate visits, on how often they are asked the same things again within two weeks after the referral?":
        True,
    "Are people who have one joint first visit asked the same things again less often, within two weeks, than people "
    "who have two separate visits (North and South teams, referrals of September and October 2026)?": True,
    "Do people who get a telephone call two days after discharge go back to the ward less often than people who get "
    "none?": True,
    "What is it like for people with a learning disability when two services review them on one day?": True,
    "On how many days in 2025 did the night nurse have nobody in social care to ring?": True,
    "Why do nurses and social workers give different reasons for the same returned referral?": False,
    "How many qualified social workers were there in the North team, for every 1,000 people on its list, in the year "
    "before the partnership and in the year after?": True,
    "How many times do I have to say that he cannot manage the stairs, before somebody remembers?": False,
}


@pytest.mark.parametrize(("text", "timed"), PRINTED.items())
def test_questions_that_the_lesson_prints_get_no_wrong_finding(text, timed):
    assert text in LESSON.read_text(encoding="utf-8")
    framed = Framed(text, "how_many", "", {}, "social worker in the North team", "our team's list", 20)
    seen = {one.rule: one.evidence for one in check(framed) if one.fault}
    assert seen == ({} if timed else {"time": ()})


def test_the_question_of_which_the_lesson_says_that_its_answer_is_in_it_is_seen():
    text = "Are the partnership arrangements a cover up for cuts?"
    assert text in LESSON.read_text(encoding="utf-8")
    assert remark(Framed(text, "works"), "neutral").evidence == ("cover up",)


# -- how often the rules are right --------------------------------------------------------------


@pytest.fixture(scope="module")
def recount() -> dict[str, list]:
    """For each rule and held-out question: whether it saw a fault, and what the sealed judgement is.

    Read with the csv module and tallied by hand, without `rule_quality`.
    """
    slots, pairs = defaultdict(dict), defaultdict(list)
    with (FOLDER / "slots.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            slots[row["question"]][row["slot"]] = row["text"]
    key = datasets.planted("research_questions")["questions"]
    with (FOLDER / "research_questions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["part"] == "held out":
                number, weeks = row["question"], float(row["weeks"]) if row["weeks"] else None
                for one in check(Framed(row["text"], row["kind"], row["frame"], slots[number], row["role"],
                                        row["data"], weeks)):
                    pairs[one.rule].append((one.fault, key[number][one.rule]["fault"]))
    return pairs


@pytest.mark.parametrize("rule", RULES)
def test_precision_and_recall_are_those_of_an_independent_recount(rule, recount):
    seen = [judged for fault, judged in recount[rule] if fault is True]
    there = [fault for fault, judged in recount[rule] if judged == "yes"]
    both = seen.count("yes")
    measured = rule_quality.measured()[rule]
    assert measured.precision.value == both / len(seen)
    assert measured.recall.value == there.count(True) / len(there) == both / len(there)
    # Wilson's score interval, written out from his paper of 1927.
    for estimate, n in ((measured.precision, len(seen)), (measured.recall, len(there))):
        p, z = both / n, 1.959964
        half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        assert estimate.low == pytest.approx(middle - half, abs=1e-5)
        assert estimate.high == pytest.approx(min(1, middle + half), abs=1e-5)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_that_is_wrong_more_than_one_time_in_ten_asks(rule, recount):
    seen = [judged for fault, judged in recount[rule] if fault is True]
    assert rule_quality.asks(rule) == (seen.count("yes") / len(seen) < 0.9)


def test_there_are_rules_of_both_sorts_so_that_both_are_shown():
    assert {rule_quality.asks(rule) for rule in RULES} == {True, False}


def test_how_a_rule_speaks_follows_from_the_counts(monkeypatch):
    for counts, expected in ((rule_quality.Counts(9, 10, 10), False), (rule_quality.Counts(8, 9, 9), True),
                             (rule_quality.Counts(0, 0, 5), True)):
        monkeypatch.setitem(rule_quality.HELD_OUT, "time", counts)
        assert rule_quality.asks("time") is expected


def test_the_kept_counts_are_those_of_the_package():
    assert rule_quality.count() == rule_quality.HELD_OUT
    building = rule_quality.count("building")
    assert sum(one.there for one in building.values()) > 50


def test_every_rule_finds_at_least_half_of_its_faults(recount):
    for rule, pairs in recount.items():
        found = [fault is True for fault, judged in pairs if judged == "yes"]
        assert sum(found) >= len(found) / 2, rule


def test_the_table_for_readers_says_how_each_rule_speaks():
    table = rule_quality.rules_measured()
    assert list(table["rule"]) == [rule.title for rule in RULES.values()]
    assert set(table["shown as"]) == {"a question", "a finding"}


def test_the_readme_of_the_package_tells_the_same(recount):
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    for rule, row in zip(RULES, rule_quality.rules_measured().itertuples(index=False), strict=True):
        assert f"| `{rule}` | {' | '.join(row[1:])} |" in text


# -- what people may type -------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", " ", "?", "\x00\x01", "🦊" * 500, "why " * 5000, "and why " * 20000,
                                  "<script>alert(1)</script>", "1" * 100_000 + " weeks", "(" * 50_000,
                                  "a-" * 50_000, "how many " + "x " * 50_000])
def test_hostile_and_endless_input_is_read_in_no_time(text):
    for frame in FRAMES.values():
        slots = {slot.key: text for slot in frame.slots}
        started = time.process_time()
        remarks = check(Framed(text, "works", frame.key, slots, text, text, 6))
        assert time.process_time() - started < 1
        assert [one.rule for one in remarks] == list(RULES)


def test_a_frame_or_kind_that_is_not_known_is_no_error():
    remarks = check(Framed("Does it work?", "nonsense", "pyramid", {"x": "y"}, "", "", 4))
    assert {one.rule for one in remarks if one.fault is None} >= {"population", "outcome", "comparison", "feasible"}


@pytest.mark.parametrize(("text", "weeks"), [("within 30 days", 30 / 7), ("six weeks", 6), ("twelve months", 52),
                                             ("a year", 52), ("two years", 104)])
def test_stretches_of_time_are_read_in_words_and_in_figures(text, weeks):
    [(_, length)] = wording.stretches(text)
    assert length == pytest.approx(weeks)
