"""The exercises of module 01: keys follow from the data, the frames and the path they speak of, and wording from rules.

What the definitions give is worked out here from the csv files with pandas; kappa comes from its own formula
(J. Cohen, Educ. Psychol. Meas. 20 (1960) 37). None of the course's functions for definitions takes part.
"""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from researchskills import checks
from researchskills.bank import Question
from researchskills.questions import kinds, project_kind
from researchskills.questions.frames import ELEMENTS, FRAMES
from researchskills.source import read_page

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "solutions" / "01-researchable-questions" / "exercises.md"
COUNTS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
          "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen")
NAMES = ("pairs", "leaves", "pico", "spider", "spice", "missing", "projects", "results", "definition", "alike",
         "differ", "words", "faults", "cover", "finer", "rung", "only", "sheet", "letter")
#: How many items each matching question promises in the curriculum (M1).
PROMISED = {"pairs": 8, "projects": 12, "results": 10, "definition": 12, "finer": 8, "missing": 8, "faults": 8}


@cache
def questions() -> dict[str, Question]:
    """The questions by the last word of their ids."""
    return {cell.question.id.split("-")[2]: cell.question for cell in read_page(PAGE, "exercises").cells
            if cell.kind == "question"}


@cache
def text() -> str:
    return " ".join(PAGE.read_text(encoding="utf-8").split())


def matched(name: str) -> dict[str, str]:
    """Text of an item → key of its target."""
    question = questions()[name]
    return {item["text"]: question.key["pairs"][item["key"]] for item in question.content["items"]}


def verdict(name: str, answer) -> checks.Outcome:
    return checks.assess(questions()[name], answer)


# -- the page ------------------------------------------------------------------------------------------


def test_the_questions_are_numbered_in_the_order_of_the_page_and_the_page_says_how_many_there_are():
    assert [one.id for one in questions().values()] == [f"m01-q{number}-{name}" for number, name in enumerate(NAMES, 1)]
    marked = Counter(one.marked_by for one in questions().values())
    assert f"{COUNTS[marked['course']].capitalize()} questions that the course checks at once, and " \
           f"{COUNTS[marked['mentor']]} that a mentor reads" in text()


@pytest.mark.parametrize("name", NAMES[:-2])
def test_the_right_answer_gets_full_marks_and_no_answer_is_no_attempt(name):
    question = questions()[name]
    assert verdict(name, checks.model_answer(question)).fraction == 1
    blank = {"match": {}, "several": [], "choice": "", "number": ""}[question.kind]
    assert verdict(name, blank).status == "not attempted"


@pytest.mark.parametrize(("name", "many"), PROMISED.items())
def test_there_are_as_many_items_as_the_curriculum_promises(name, many):
    assert len(matched(name)) == many


@pytest.mark.parametrize("name", [one for one in NAMES if one not in ("alike", "differ", "words", "cover", "rung",
                                                                      "only", "sheet", "letter")])
def test_every_target_is_right_for_something_and_none_for_most(name):
    used = Counter(matched(name).values())
    assert set(used) == set(questions()[name].content["targets"])
    assert max(used.values()) <= len(matched(name)) / 2


def test_choices_do_not_always_stand_in_the_same_place():
    places = []
    for one in questions().values():
        if one.kind == "choice":
            places.append([option["key"] for option in one.content["options"]].index(one.key["right"][0]))
    assert len(places) == 3
    assert len(set(places)) == 3


def test_the_right_choice_does_not_stand_out_by_its_length():
    for one in questions().values():
        if one.kind == "choice":
            long = {option["key"]: len(option["text"].split()) for option in one.content["options"]}
            right = long.pop(one.key["right"][0])
            assert right <= 1.5 * max(long.values()), one.id


@pytest.mark.parametrize("name", ["pairs", "leaves", "pico", "spider", "spice", "missing", "projects", "results",
                                  "definition", "faults", "finer"])
def test_no_reason_names_the_right_answer(name):
    question = questions()[name]
    labels = {key: label.split(":")[0].casefold().rstrip("?") for key, label in question.content["targets"].items()}
    for item in question.content["items"]:
        right = labels[question.key["pairs"][item["key"]]]
        # “Where”, “time” and “outcome” are words of every day; they alone tell nobody which slot is meant.
        told = right if len(right.split()) > 1 else f"it is {right}"
        for reason in question.key["reasons"][item["key"]].values():
            assert told not in reason.casefold()


@pytest.mark.parametrize("name", ["pairs", "missing", "faults"])
def test_every_wrong_answer_to_an_item_teaches_something(name):
    for reasons in questions()[name].key["reasons"].values():
        assert all(len(one.split()) >= 6 for one in reasons.values())


def test_quotations_from_real_texts_are_short_and_say_where_they_are_from():
    quoted = {
        "these terms are often not defined particularly well": r"essay .*?\(undated; its sources were read",
        "Are the partnership arrangements a cover up for cuts?": r"\(Joe Godden, British Association of Social Workers",
        "So is partnership a good thing or a bad thing?": r"\(the same opinion piece\)",
    }
    for words, source in quoted.items():
        assert len(words.split()) <= 12
        assert words in text()
        around = text()[text().index(words) - 120:text().index(words) + 240]
        assert re.search(source, around), words


@pytest.mark.parametrize("misconception", [
    r"A title can be long and still ask nothing",           # a topic is a question
    r"[Ii]mpact is no outcome",                             # “impact” is an outcome
    r"Small is not the opposite of valuable",               # small = not valuable
    r"To count the weeks does not undo what it is like",    # counting destroys the whole
    r"Evaluation never needs ethics\S* mixes up",          # evaluation never needs ethics
])
def test_each_misconception_of_the_curriculum_is_answered(misconception):
    assert re.search(misconception, text())


# -- frames and kinds ----------------------------------------------------------------------------------


def test_the_five_kinds_of_question_are_those_of_the_course():
    assert questions()["leaves"].content["targets"] == {key: one.name for key, one in kinds.KINDS.items()}


@pytest.mark.parametrize("name", ["pico", "spider", "spice"])
def test_the_slots_are_those_of_the_frame_and_each_is_filled_once(name):
    targets = dict(questions()[name].content["targets"])
    targets.pop("none", None)
    assert targets == {slot.key: slot.label for slot in FRAMES[name].slots}
    assert Counter(to for to in matched(name).values() if to != "none") == Counter(dict.fromkeys(targets, 1))


@pytest.mark.parametrize("name", ["pico", "spice"])
def test_the_parts_stand_in_the_question_as_they_are(name):
    question = re.search(r"\*(.+?)\*", questions()[name].prompt)[1].casefold()
    for part in matched(name):
        assert all(piece.strip() in question for piece in part.casefold().split("…"))


def test_what_can_be_missing_is_what_the_frames_ask_for():
    targets = questions()["missing"].content["targets"]
    for key in ("population", "outcome", "comparison", "time"):
        said, named = (held.casefold().split() for held in (targets[key], ELEMENTS[key]))
        assert said == named, key


# A rough reader of one's own: what the eight questions say of time, of a comparison and of “nothing that can be seen”.


def test_the_impact_stands_in_the_first_four_words_to_which_its_reason_points():
    [(question, missing)] = [pair for pair in matched("missing").items() if "impact" in pair[0]]
    assert question.split()[:4] == ["What", "was", "the", "impact"]
    assert missing == "outcome"


def test_the_missing_part_is_missing_and_the_others_are_there():
    time = r"\b20\d\d\b"  # “within six weeks” says how long after, and not from when to when
    compared = r"\bcompared with\b|\bthan\b|\bthose without\b"
    place = r"Eastfold|Castle Hill|Southdene|Northmoor|Westlark|Weaverholm"
    claims = r"lead to|fare better|reduce|make fewer|impact"
    for question, missing in matched("missing").items():
        assert bool(re.search(time, question)) == (missing != "time"), question
        assert bool(re.search(place, question)) == (missing != "place"), question
        if re.search(claims, question):
            assert bool(re.search(compared, question)) == (missing != "comparison"), question
        else:
            assert missing != "comparison", question
        assert bool(re.search(r"fare better|impact", question)) == (missing == "outcome"), question
        assert bool(re.search(r"[Aa]mong|people|[Cc]arers|adults", question)) == (missing != "population"), question


# -- twelve projects -----------------------------------------------------------------------------------

#: What somebody who runs the project would answer on the course's path, by the first words of the item.
PATHS = {
    "Sixteen care homes": {"intent": "elsewhere", "care": "allocated"},
    "A joint discharge team": {"intent": "here", "care": "usual", "subject": "service", "standard": "no"},
    "The team's rule": {"intent": "here", "care": "usual", "subject": "service", "standard": "yes"},
    "A ward tries": {"intent": "here", "care": "usual", "subject": "change"},
    "Before money": {"intent": "here", "care": "usual", "subject": "needs"},
    "Twenty carers": {"intent": "elsewhere", "care": "usual"},
    "A day centre": {"intent": "here", "care": "usual", "subject": "service", "standard": "no"},
    "The county has agreed": {"intent": "here", "care": "usual", "subject": "service", "standard": "yes"},
    "Home care and": {"intent": "here", "care": "accepted", "subject": "change"},
    "A carers' centre": {"intent": "here", "care": "usual", "subject": "needs"},
    "A questionnaire": {"intent": "elsewhere", "care": "usual"},
    "The council looks back": {"intent": "here", "care": "usual", "subject": "service", "standard": "no"},
}
END = {"also": "nothing", "where": "both", "who": "people"}


def project(start: str) -> tuple[str, str]:
    [found] = [(item, kind) for item, kind in matched("projects").items() if item.startswith(start)]
    return found


@pytest.mark.parametrize(("start", "answers"), PATHS.items())
def test_the_path_of_the_course_leads_each_project_to_the_kind_of_the_key(start, answers):
    result = project_kind.result({**answers, **END})
    assert project_kind.is_complete({**answers, **END})
    assert [one.key for one in result.kinds] == [project(start)[1]]


@pytest.mark.parametrize(("start", "change", "kind"), [
    ("The team's rule", {"standard": "no"}, "evaluation"),
    ("A day centre", {"intent": "elsewhere"}, "research"),
    ("A ward tries", {"care": "allocated", "intent": "elsewhere"}, "research"),
])
def test_another_answer_on_the_path_would_contradict_the_key(start, change, kind):
    result = project_kind.result({**PATHS[start], **END, **change})
    assert [one.key for one in result.kinds] == [kind] != [project(start)[1]]


def test_every_project_is_walked_and_kinds_have_the_names_of_the_path():
    assert len(PATHS) == len(matched("projects"))
    for key, label in questions()["projects"].content["targets"].items():
        assert project_kind.KINDS[key].name == label


# -- definitions -----------------------------------------------------------------------------------------


@cache
def referrals() -> pd.DataFrame:
    """Facts of the twelve referrals, a row for each story."""
    read = {name: pd.read_csv(ROOT / "datasets" / "vignettes" / f"{name}.csv", dtype=str)
            for name in ("vignettes", "facts")}
    stories = read["vignettes"].query("term == 'referral'").set_index("vignette")
    return read["facts"].pivot(index="vignette", columns="fact", values="value").loc[stories.index].join(
        stories["title"])


def first_definition(row: pd.Series) -> str:
    """Not agreed; or not there for it, and that could have been known."""
    if row["agreed"] == "no":
        return "yes"
    if row["remit"] == "yes":
        return "no"
    return {"yes": "yes", "no": "no", "not known": "cannot_tell"}[row["could_know"]]


def not_taken(row: pd.Series) -> str:
    return "yes" if row["accepted"] == "no" else "no"


def of_the_carer(row: pd.Series) -> str:
    return "yes" if row["agreed"] == "no" and row["risk"] == "no" else "no"


def applied(definition) -> pd.Series:
    return referrals().apply(definition, axis=1)


def cohens_kappa(first: pd.Series, second: pd.Series) -> float:
    observed = (first == second).mean()
    chance = sum((first == one).mean() * (second == one).mean() for one in set(first) | set(second))
    return (observed - chance) / (1 - chance)


def test_the_table_of_the_definition_is_that_of_the_data():
    columns = ["agreed", "risk", "remit", "could_know", "says_why", "accepted", "days"]
    printed = {cells[0]: cells[1:] for line in questions()["definition"].prompt.splitlines()
               if (cells := [cell.strip() for cell in line.strip("| ").split("|")])[0].startswith("RF")}
    assert printed == {story: list(row[columns]) for story, row in referrals().iterrows()}
    assert [item.split(": ")[1] for item in matched("definition")] == list(referrals()["title"])


def test_the_definition_gives_the_key():
    assert {item.split(":")[0]: to for item, to in matched("definition").items()} == \
        applied(first_definition).to_dict()


def test_the_two_definitions_come_to_the_same_as_often_as_the_key_says():
    first, second = applied(first_definition), applied(not_taken)
    alike = first == second
    assert verdict("alike", str(alike.sum())).fraction == 1
    assert questions()["alike"].key["why"].startswith("RF01, RF02, RF05 and RF09: four of twelve")
    assert list(alike[alike].index) == ["RF01", "RF02", "RF05", "RF09"]
    assert f"{cohens_kappa(first, second):.2f}" == "-0.22"
    assert "is −0.22: less than chance alone would give." in text()


def test_each_likely_slip_in_counting_gets_its_own_reason():
    first, second = applied(first_definition), applied(not_taken)
    slips = [(first != second).sum(), (first == second).sum() + (first == "cannot_tell").sum(), (second == "yes").sum(),
             ((first == "yes") & (second == "yes")).sum()]
    reasons = {verdict("alike", str(slip)).message for slip in slips}
    assert len(reasons) == 4
    assert questions()["alike"].key["reason"] not in reasons


def test_the_definition_of_the_carer_differs_where_the_question_says():
    first, second = applied(first_definition), applied(of_the_carer)
    differ = list(first.index[first != second])
    alike, kappa = COUNTS[(first == second).sum()], cohens_kappa(first, second)
    assert f"give the same answer on {alike}; kappa is {kappa:.2f}." in text()
    assert f"They differ on {', '.join(differ[:-1])} and {differ[-1]}." in text()


# -- what the mentor reads --------------------------------------------------------------------------------


def test_the_rubrics_are_those_of_the_curriculum():
    for name, criteria in {"sheet": ["Focus", "Answerability", "Fit with both agencies", "People's part used",
                                     "Definitions"],
                           "letter": ["Clarity", "Honesty about limits", "Benefit"]}.items():
        question = questions()[name]
        assert question.content["criteria"] == criteria
        for row in question.mark_scheme["rubric"]:
            assert [level[:2] for level in row["levels"]] == ["0:", "1:", "2:", "3:"]
            # Each level has to make sense by itself, read without the others.
            assert not any(re.search(r"\bAs \d", level) for level in row["levels"])


@pytest.mark.parametrize(("name", "criterion", "asked"), [
    ("sheet", "Focus", "what it leaves out"),
    ("sheet", "Answerability", "to ask for"),
    ("sheet", "Fit with both agencies", "whose data or signature is needed"),
    ("sheet", "People's part used", "changed because of it"),
    ("sheet", "Definitions", "with a case at its edge"),
    ("letter", "Clarity", "by when"),
    ("letter", "Benefit", "would notice"),
])
def test_what_the_highest_level_wants_is_asked_for_in_the_task(name, criterion, asked):
    question = questions()[name]
    [row] = [row for row in question.mark_scheme["rubric"] if row["criterion"] == criterion]
    assert asked in question.prompt
    assert asked in row["levels"][3].replace("to be asked for", "to ask for")


def test_the_letter_is_asked_for_what_honesty_wants_at_its_highest():
    assert "what it would take to answer it" in questions()["letter"].prompt
    assert "what would be needed to answer that" in questions()["letter"].mark_scheme["rubric"][1]["levels"][3]


@pytest.mark.parametrize("name", ["sheet", "letter"])
def test_the_example_keeps_to_the_number_of_words(name):
    question = questions()[name]
    fewest, most = question.content["words"]
    assert fewest <= len(question.mark_scheme["example"].split()) <= most
