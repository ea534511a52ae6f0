"""Module 00: what its pages say about the survey is what the survey holds.

Everything is counted here a second time, from the text of the csv files and without the course's own
`load`: sentences are put together from those counts and looked up in the pages, and the keys of the
questions with a number are compared with them.
"""

import csv
import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from researchskills import checks
from researchskills.source import Module, read_module

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "solutions" / "00-start-here"
DATA = ROOT / "datasets" / "training_baseline"
SKILLS = {
    "skill_literature": "Finding and appraising literature",
    "skill_existing_data": "Using existing data",
    "skill_questions": "Framing researchable questions",
    "skill_interviewing": "Qualitative interviewing",
    "skill_statistics": "Small-scale statistics",
    "skill_managing": "Managing research",
}
#: The order of “Barriers to research” in the executive summary of “Developing Research at the Social
#: Services and Health Interface in Primary Care: A Study for the Trent Focus Group”, University of
#: Sheffield, about 2000 (undated): “with the most important listed first”. Beside each heading there,
#: the column of the survey and the heading that the module gives it.
BARRIERS = [
    (
        "Culture (including intrinsic reward issues) and Reward systems",
        "barrier_culture",
        "Culture and reward",
    ),
    ("Supervisor attitudes", "barrier_supervisor", "Supervisors' attitudes"),
    ("Personal skills needing development", "barrier_skills", "Personal skills"),
    ("Personal attitudes", "barrier_attitudes", "Personal attitudes"),
    ("Support staff and materials", "barrier_support", "Support staff and materials"),
    ("Services are changing", "barrier_change", "Services are changing"),
]
#: Counts in “Study design” of the same summary.
DEPARTMENTS, DEPARTMENTS_HEARD = 14, 10
AUTHORITIES, AUTHORITIES_HEARD = 11, 6
WORDS = [
    "None",
    "One",
    "Two",
    "Three",
    "Four",
    "Five",
    "Six",
    "Seven",
    "Eight",
    "Nine",
    "Ten",
    "Eleven",
    "Twelve",
    "Thirteen",
    "Fourteen",
    "Fifteen",
    "Sixteen",
    "Seventeen",
    "Eighteen",
]


def read(path: Path) -> list[dict]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def page(name: str) -> str:
    """Text of a page with every run of white space made one space."""
    return " ".join((FOLDER / name).read_text(encoding="utf-8").split())


def share(part: int, whole: int) -> float:
    return 100 * part / whole


@pytest.fixture
def rows() -> list[dict]:
    return read(DATA / "training_baseline.csv")


@pytest.fixture(scope="module")
def module() -> Module:
    return read_module(FOLDER)


# Counting


def groups(rows: list[dict]) -> Counter:
    return Counter(row["interface_group"] for row in rows)


def best_placed(rows: list[dict]) -> dict[str, tuple[int, int]]:
    """For each job: how many agree that their profession is the one best placed, and how many answered."""
    counts = {}
    for row in rows:
        if row["best_placed"]:
            agree, answered = counts.get(row["job"], (0, 0))
            counts[row["job"]] = (agree + (row["best_placed"] in {"agree", "strongly agree"}), answered + 1)
    return counts


def hours(rows: list[dict], least: float) -> int:
    return sum(float(row["hours_protected"]) >= least for row in rows if row["hours_protected"])


def ratings(rows: list[dict], skill: str) -> list[int]:
    return [int(row[skill]) for row in rows if row[skill] not in {"", "not asked"}]


def gap(rows: list[dict], skill: str) -> tuple[int, int]:
    """How many rated themselves 1 or 2, and how many gave a rating."""
    given = ratings(rows, skill)
    return given.count(1) + given.count(2), len(given)


# Sentences that the pages must hold


def lesson_sentences(rows: list[dict]) -> list[str]:
    people, in_group = len(rows), groups(rows)
    (largest, most), *_, (smallest, fewest) = in_group.most_common()
    sector = {
        name: groups([row for row in rows if row["sector"] == name]) for name in ("health", "social care")
    }
    ticks = [sum(row[column] == "yes" for row in rows) for _, column, _ in BARRIERS]
    placed = best_placed(rows)
    nurses, therapists = placed["community nurse"], placed["therapist"]
    workers, practice = placed["social worker"], placed["GP or practice team"]
    silent = people - sum(answered for _, answered in placed.values())
    known, two = sum(bool(row["hours_protected"]) for row in rows), hours(rows, 2)
    return [
        f"a survey of {people} invented people",
        f"The largest group is {largest}: {most} people out of {people}.",
        f"The smallest is {smallest}, planning and policy, with {fewest}.",
        f"{largest} is the largest group in both sectors, with {sector['health'][largest]} of "
        f"{sector['health'].total()} people in health and {sector['social care'][largest]} of "
        f"{sector['social care'].total()} in social care.",
        f"How do {people} invented people answer?",
        f'one for each barrier, out of {people} people. Culture and rewards {ticks[0]}, " '
        f'"supervisors\' attitudes {ticks[1]}, personal skills {ticks[2]}, personal attitudes {ticks[3]}, " '
        f'"support staff and materials {ticks[4]}, services are changing {ticks[5]}.',
        f"an invented survey of {people} people, made in 2026; several ticks were possible",
        f"culture first, ticked by {ticks[0]} of {people}; change last, by {ticks[5]} of {people}.",
        f"among community nurses, {nurses[0]} of the {nurses[1]} who answered agree.",
        f"That is {nurses[0]} ÷ {nurses[1]}, or {share(*nurses):.0f} in every 100.",
        f"Among therapists it is {therapists[0]} of {therapists[1]}, or "
        f"{share(*therapists):.0f} in every 100.",
        f"The number below the line, {nurses[1]} or {therapists[1]}, is the **denominator**",
        f"There are {workers[0]} social workers who agree, and {practice[0]} in GP or practice teams.",
        f"{workers[1]} social workers answered, and {practice[1]} in practice teams.",
        f"{WORDS[silent]} people left this question blank.",
        f"{WORDS[len(placed) - 1]} of the {WORDS[len(placed)].lower()} job families in the survey",
        f"The survey went to {people} people. The cell says {known}. "
        f"The other {people - known} left this question blank.",
        f"You divided by all {people}. {WORDS[people - known]} of them left the question blank",
        f"{two} is the count of people. The percentage tells us",
        f"{two} of {known} is {share(two, known):.1f}%. Among the people who answered, about one in "
        f"{WORDS[round(known / two)].lower()} could keep two hours free.",
    ]


def gap_table(rows: list[dict]) -> str:
    lines = [
        f"| {title} | {gap(rows, skill)[0]} | {gap(rows, skill)[1]} |" for skill, title in SKILLS.items()
    ]
    return " ".join(["| Skill | Rated themselves 1 or 2 | Gave an answer | |---|---|---|", *lines])


def exercise_sentences(rows: list[dict]) -> list[str]:
    people, form = len(rows), Counter(row["form"] for row in rows)
    managing, statistics, interviewing, data = (
        gap(rows, f"skill_{name}") for name in ("managing", "statistics", "interviewing", "existing_data")
    )
    each = Counter(ratings(rows, "skill_managing"))
    skipped = form["long"] - statistics[1]
    return [
        f"{each[1]} people rated themselves 1.",
        f"{managing[1]} is out of how many: everyone who answered.",
        f"{each[2]} people rated themselves exactly 2.",
        f"{managing[0]} of the {managing[1]} who answered: a count, and out of how many.",
        f"Its {people} invented people received one of two forms, at random: {form['long']} the long one, "
        f"{form['short']} the short one.",
        gap_table(rows),
        f"Qualitative interviewing, because {interviewing[0]} people rated themselves 1 or 2",
        f"{interviewing[0]} is the largest count, but out of {interviewing[1]}: about half.",
        f"Managing research, because {managing[0]} is high and only {managing[1]} people answered",
        f"{managing[0]} of {managing[1]} is a little under half.",
        f"Using existing data, because only {data[0]} people could rate themselves low",
        f"{data[0]} is the smallest count, and {data[0]} of {data[1]} is also "
        "the smallest share, about a third.",
        f"Small-scale statistics, because {statistics[0]} people did, out of {statistics[1]} who answered",
        f"smaller than most because {form['short']} people were never asked.",
        f"You divided {statistics[0]} by all {people}. But {form['short']} of them had the short form, "
        f"which did not ask about statistics, and {WORDS[skipped].lower()} left it blank.",
        f"you divided by the {form['long']} who had the long form. "
        f"{WORDS[skipped]} of them left the question blank.",
        f"{statistics[0]} is the count of people. The percentage tells us out of how many: "
        f"divide {statistics[0]} by",
        f"{statistics[0]} of {statistics[1]} is {share(*statistics):.1f}%. Divided by all {people} "
        f"it would have been {share(statistics[0], people):.1f}%",
    ]


def workshop_sentences(rows: list[dict]) -> list[str]:
    people, form = len(rows), Counter(row["form"] for row in rows)
    gaps = {
        name: gap(rows, f"skill_{name}")
        for name in ("statistics", "interviewing", "managing", "questions", "literature", "existing_data")
    }
    shares = {name: f"{share(*counts):.1f}%" for name, counts in gaps.items()}
    return [
        f"{people} invented people rated six skills",
        f"The long form of the survey went to {form['long']} of them, "
        f"the short form to {form['short']}, at random.",
        gap_table(rows),
        f"small-scale statistics {shares['statistics']}, qualitative interviewing {shares['interviewing']}, "
        f"managing research {shares['managing']}, framing questions {shares['questions']}, "
        f"literature {shares['literature']}, existing data {shares['existing_data']}.",
        f"Out of all {people}, statistics would be "
        f"{share(gaps['statistics'][0], people):.1f}% and drop to fifth place.",
    ]


PAGES = {"lesson.md": lesson_sentences, "exercises.md": exercise_sentences, "workshop.md": workshop_sentences}


@pytest.mark.parametrize("name", PAGES)
def test_every_number_that_a_page_states_is_the_one_counted_from_the_csv_file(name, rows):
    text = page(name)
    assert [sentence for sentence in PAGES[name](rows) if sentence not in text] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_survey_with_one_more_person_would_contradict_every_page(name, rows):
    """The look-up can fail: add one person who counts in most of the results."""
    another = next(
        row
        for row in rows
        if row["skill_statistics"] == "2"
        and row["interface_group"] == "T3"
        and row["skill_managing"] == "2"
        and row["best_placed"] == "agree"
    )
    text = page(name)
    contradicted = [sentence for sentence in PAGES[name](rows + [another]) if sentence not in text]
    assert len(contradicted) >= 4


# Words that rest on a comparison of numbers


def test_one_interface_group_is_the_largest_in_both_sectors_and_no_other_ties_with_it(rows):
    for sector in ("health", "social care"):
        (first, most), (_, second), *_ = groups(
            [row for row in rows if row["sector"] == sector]
        ).most_common()
        assert first == "T3"
        assert most > second


def test_barriers_are_ticked_in_the_order_of_the_source_and_the_ready_made_counts_agree(rows):
    ticks = [sum(row[column] == "yes" for row in rows) for _, column, _ in BARRIERS]
    assert all(more > fewer for more, fewer in pairwise(ticks))
    assert [(int(row["ticked"]), int(row["people"])) for row in read(DATA / "barriers.csv")] == [
        (tick, len(rows)) for tick in ticks
    ]


def test_more_than_half_agree_in_each_of_the_seven_jobs_that_work_directly_with_people(rows, module):
    placed = best_placed(rows)
    planners = placed.pop("planner or commissioner")
    assert len(placed) == 7
    assert all(agree / answered > 0.5 for agree, answered in placed.values())
    assert planners[0] / planners[1] < 0.5
    assert right_texts(module, "m00-p8-predict") == [
        "In all seven: each sees what it sees, and little of the others' work"
    ]


def test_social_workers_agree_more_often_than_practice_teams_but_by_no_means_five_times_as_readily(rows):
    placed = best_placed(rows)
    workers, practice = placed["social worker"], placed["GP or practice team"]
    assert round(workers[0] / practice[0]) == 5  # the counts
    assert 1 < share(*workers) / share(*practice) < 1.2  # the shares


def test_the_largest_gap_is_statistics_out_of_those_who_answered_and_fifth_out_of_all(rows, module):
    counts = {skill: gap(rows, skill) for skill in SKILLS}
    by_answers = sorted(counts, key=lambda skill: -share(*counts[skill]))
    by_people = sorted(counts, key=lambda skill: -counts[skill][0])  # the same denominator for all
    assert by_answers[0] == "skill_statistics"
    assert by_people[4] == "skill_statistics"  # of six: fifth from the top, second from the bottom
    assert by_people[0] == "skill_interviewing"
    assert by_people[-1] == by_answers[-1] == "skill_existing_data"
    assert right_texts(module, "m00-q9-gap")[0].startswith(SKILLS[by_answers[0]])


def test_the_reasons_in_the_gap_question_round_the_shares_fairly(rows):
    percent = {skill: share(*gap(rows, skill)) for skill in SKILLS}
    assert 45 < percent["skill_managing"] < 50  # “a little under half”
    assert 48 < percent["skill_interviewing"] < 53  # “about half”
    assert 31 < percent["skill_existing_data"] < 35  # “about a third”
    assert 65 < percent["skill_statistics"] < 68  # “two in three”
    assert sum(other > percent["skill_managing"] for other in percent.values()) >= 2  # “at least two skills”


def test_the_ready_made_gap_counts_are_those_of_the_answer_sheets(rows):
    ready = {
        row["skill"].lower(): (int(row["low"]), int(row["answered"])) for row in read(DATA / "skill_gaps.csv")
    }
    assert ready == {title.lower(): gap(rows, skill) for skill, title in SKILLS.items()}


def test_only_the_long_form_asked_about_statistics(rows):
    assert {row["form"] for row in rows if row["skill_statistics"] == "not asked"} == {"short"}
    assert {row["form"] for row in rows if row["skill_statistics"] != "not asked"} == {"long"}
    assert not any(
        row[skill] == "not asked" for row in rows for skill in SKILLS if skill != "skill_statistics"
    )


# Keys of the questions with a number


def number_keys(rows: list[dict]) -> dict[str, tuple[float, list[float]]]:
    """For each question, its right answer and what each foreseen mistake leads to, not rounded."""
    people, known = len(rows), sum(bool(row["hours_protected"]) for row in rows)
    one, two = hours(rows, 1), hours(rows, 2)
    managing, each = gap(rows, "skill_managing"), Counter(ratings(rows, "skill_managing"))
    statistics, interviewing = gap(rows, "skill_statistics"), gap(rows, "skill_interviewing")
    long_forms = sum(row["form"] == "long" for row in rows)
    return {
        "m00-p9-hours": (
            share(two, known),
            [
                share(two, people),  # divided by everybody
                two,  # a count
                share(one, known),  # one hour
                share(one, people),  # one hour, divided by everybody
                two / known,  # no percentage
            ],
        ),
        "m00-q8-run": (
            managing[0],
            [
                each[1],  # before the change
                managing[1],  # the denominator
                each[2],  # exactly 2
                each[1] + each[2] + each[3],  # 3 or less
            ],
        ),
        "m00-q10-share": (
            share(*statistics),
            [
                share(statistics[0], people),  # divided by everybody
                share(statistics[0], long_forms),  # divided by those asked
                share(*interviewing),  # another row
                share(interviewing[0], people),  # another row, divided by everybody
                statistics[0],  # a count
                share(statistics[1], statistics[0]),  # upside down
                statistics[0] / statistics[1],  # no percentage
            ],
        ),
    }


def as_printed(number: float) -> float:
    """One decimal place for percentages, three for shares below 1, counts as they are."""
    return round(number, 1) if number >= 1 else round(number, 3)


def test_no_question_with_a_number_is_left_out_of_the_recount(rows, module):
    asked = {name for name, question in module.questions.items() if question.kind in {"number", "value"}}
    assert asked == set(number_keys(rows))


@pytest.mark.parametrize("name", ["m00-p9-hours", "m00-q8-run", "m00-q10-share"])
def test_the_key_and_each_foreseen_mistake_are_the_counted_values(name, rows, module):
    answer, mistakes = number_keys(rows)[name]
    key = module.questions[name].key
    assert key["answer"] == as_printed(answer)
    assert [mistake["value"] for mistake in key["mistakes"]] == [as_printed(value) for value in mistakes]


@pytest.mark.parametrize("name", ["m00-p9-hours", "m00-q8-run", "m00-q10-share"])
def test_the_counted_answer_is_accepted_and_each_counted_mistake_gets_its_own_reason(name, rows, module):
    question, (answer, mistakes) = module.questions[name], number_keys(rows)[name]
    for typed in {answer, as_printed(answer)}:
        assert checks.assess(question, typed).status == "correct"
    for place, value in enumerate(mistakes):
        for typed in {value, as_printed(value)}:
            outcome = checks.assess(question, typed)
            assert (outcome.status, outcome.message) == ("not yet", question.key["mistakes"][place]["reason"])


def test_a_key_that_is_wrong_would_be_noticed(rows, module):
    question = module.questions["m00-q10-share"]
    wrong = replace(question, key={**question.key, "answer": 65.4})
    answer, _ = number_keys(rows)["m00-q10-share"]
    assert checks.assess(wrong, answer).status == "not yet"


def test_the_solution_of_the_cell_question_is_its_key(module):
    question = module.questions["m00-q8-run"]
    stated = re.fullmatch(r"people_found = (\d+)", question.mark_scheme["solution"])
    assert float(stated[1]) == question.key["answer"]


# The source's order and counts


def right_texts(module: Module, name: str) -> list[str]:
    question = module.questions[name]
    return [
        option["text"] for option in question.content["options"] if option["key"] in question.key["right"]
    ]


def test_the_barriers_are_to_be_put_in_the_order_of_the_source(module):
    question = module.questions["m00-q5-barriers-order"]
    texts = {step["key"]: step["text"] for step in question.content["steps"]}
    assert [texts[key].partition(":")[0] for key in question.key["order"]] == [
        title for *_, title in BARRIERS
    ]
    assert [step["key"] for step in question.content["steps"]] != question.key["order"]  # not shown solved


@pytest.mark.parametrize(("name", "row"), [("lesson.md", "| {} | **{}** |"), ("workshop.md", "| {} | {} |")])
def test_the_tables_of_barriers_number_them_in_the_order_of_the_source(name, row):
    text = page(name)
    places = [text.find(row.format(place, title)) for place, (*_, title) in enumerate(BARRIERS, 1)]
    assert -1 not in places
    assert places == sorted(places)


def test_the_first_barrier_of_the_source_is_the_answer_to_the_prediction_and_places_are_told_rightly(module):
    question = module.questions["m00-p4-predict"]
    assert right_texts(module, "m00-p4-predict")[0].startswith(BARRIERS[0][2])
    ordinals = {"third": 2, "fourth": 3, "fifth": 4}
    told = {
        option["text"].partition(":")[0]: re.search(r"in (\w+) place", question.key["reasons"][option["key"]])
        for option in question.content["options"]
    }
    places = {title: ordinals[found[1]] for title, found in told.items() if found}
    assert len(places) == 3
    for title, place in places.items():
        assert BARRIERS[place][2].startswith(title)


def test_what_is_concluded_from_the_counts_of_the_source_follows_from_them():
    lesson, exercises = page("lesson.md"), page("exercises.md")
    departments = f"{share(DEPARTMENTS_HEARD, DEPARTMENTS):.0f}%"
    authorities = f"{share(AUTHORITIES_HEARD, AUTHORITIES):.0f}%"
    missing = DEPARTMENTS - DEPARTMENTS_HEARD
    assert f"in {DEPARTMENTS_HEARD} of the region's {DEPARTMENTS} social services departments" in lesson
    assert f"in {AUTHORITIES_HEARD} of the region's {AUTHORITIES} bodies" in lesson
    assert (
        f"Nobody senior from {missing} of the departments and {AUTHORITIES - AUTHORITIES_HEARD} of the"
        in lesson
    )
    assert (
        f'"{DEPARTMENTS_HEARD} of {DEPARTMENTS}" counts departments, not staff: it does not mean that '
        f"{departments}" in lesson
    )
    assert f"from {DEPARTMENTS_HEARD} of the {DEPARTMENTS} social services departments" in exercises
    assert f"from {AUTHORITIES_HEARD} of its {AUTHORITIES} health authorities" in exercises
    assert f"{DEPARTMENTS} less {DEPARTMENTS_HEARD} leaves {missing}." in exercises
    assert (
        f"{AUTHORITIES_HEARD} of {AUTHORITIES} is about {authorities}; {DEPARTMENTS_HEARD} of {DEPARTMENTS} "
        f"is about {departments}." in exercises
    )


# Times, lists and the task for week 12


def test_the_times_that_the_lesson_plans_add_up(module):
    text = page("lesson.md")
    units = [int(minutes) for minutes in re.findall(r"## Unit \d: [^#]*?\b(\d+) minutes\.", text)]
    assert units == [25, 30, 30]
    assert sum(units) + 5 == module.lesson.header["minutes"]  # “and a last step of 5”
    assert f"{sum(units) + 5} minutes: three sittings of 25 to 30 minutes, and a last step of 5" in text
    tomorrow = text.partition("## Use it tomorrow")[2]
    assert sum(map(int, re.findall(r"\((\d+) minutes\)", tomorrow))) == 20
    assert "Twenty minutes." in tomorrow


def test_the_exercises_say_how_many_questions_the_course_and_the_mentor_mark(module):
    marked = Counter(question.marked_by for question in module.questions.values() if question.points)
    assert marked["course"] >= 10
    assert (
        f"{WORDS[marked['course']]} questions that the course checks at once, and "
        f"{WORDS[marked['mentor']].lower()} that a mentor reads" in page("exercises.md")
    )


def test_the_lesson_names_every_need_for_which_there_is_a_signpost():
    listed = re.search(r"You can choose from: (.*?)\.", page("lesson.md"))[1]
    needs = {row["need"] for row in read(ROOT / "datasets" / "signposts" / "signposts.csv")}
    assert set(re.findall(r"`([^`]+)`", listed)) == needs


def test_the_task_for_week_12_comes_out_as_the_trainers_are_told():
    text = page("workshop.md")
    back_a, sent_a, back_b, sent_b, unknown = 18, 60, 12, 24, 6
    everybody = sent_b + unknown
    assert (
        f"{back_a} of the {sent_a} referrals that Team A sent came back to it, and {back_b} of the {sent_b}"
        in text
    )
    assert (
        f"Team A {back_a} of {sent_a}, which is {share(back_a, sent_a):.0f}%; Team B {back_b} of {sent_b}, "
        f"which is {share(back_b, sent_b):.0f}%" in text
    )
    none, all_of_them = back_b, back_b + unknown
    assert (
        f"it would be {all_of_them} of {everybody} ({share(all_of_them, everybody):.0f}%); "
        f"had none, {none} of {everybody} "
        f"({share(none, everybody):.0f}%)" in text
    )
    assert share(none, everybody) > share(back_a, sent_a)  # the order stays the same either way
