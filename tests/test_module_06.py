"""Module 06: what its pages say about the invented data is what the data hold.

Everything is counted a second time, from the text of the csv files and without the course's own functions:
subtractions by hand or by trying every possibility, intervals with statsmodels. Sentences and answer keys are
compared with those counts.
"""

import csv
import re
from collections import Counter
from itertools import combinations, product
from pathlib import Path

import pytest
from statsmodels.stats.proportion import proportion_confint

from researchskills import bank, checks
from researchskills.source import read_module

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "solutions" / "06-presenting-data"
LOCALITIES = ["Northmoor", "Eastfold", "Marrow Vale", "Southdene", "Westering", "Castle Hill"]
SATISFIED = "extremely or very satisfied"
NOT_ANSWERED = {"", "not returned", "not asked"}


def read(package: str, table: str) -> list[dict]:
    with (ROOT / "datasets" / package / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def page(name: str) -> str:
    """Text of a page with every run of white space made one space."""
    return " ".join((FOLDER / name).read_text(encoding="utf-8").split())


def wilson(some: int, out_of: int) -> tuple[float, float]:
    low, high = proportion_confint(some, out_of, method="wilson")
    return 100 * low, 100 * high


def in_tenths(some: int, out_of: int) -> str:
    low, high = wilson(some, out_of)
    return f"{low:.1f}% to {high:.1f}%"


@pytest.fixture(scope="module")
def survey() -> list[dict]:
    return [row for row in read("service_user_survey", "service_user_survey") if row["answered"] == "yes"]


@pytest.fixture(scope="module")
def carers() -> list[dict]:
    return [row for row in read("carer_survey", "carer_survey") if row["answered"] == "yes"]


@pytest.fixture(scope="module")
def module():
    return read_module(FOLDER)


@pytest.fixture(scope="module")
def lesson() -> str:
    return page("lesson.md")


@pytest.fixture(scope="module")
def exercises() -> str:
    return page("exercises.md")


def published(table: str) -> dict[str, dict[str, int | None]]:
    """Locality → answer → count, None where it is hidden."""
    found: dict = {}
    for row in read("service_user_survey", table):
        found.setdefault(row["locality"], {})[row["answer"]] = None if row["people"] == "[c]" else int(row["people"])
    return found


def answer(module, identifier: str) -> float:
    return module.questions[identifier].key["answer"]


def alone(rows: list[dict], facts: list[str]) -> tuple[int, int]:
    """How many are the only one with their facts, and how many share them with fewer than four others."""
    sizes = Counter(tuple(row[fact] for fact in facts) for row in rows)
    return (sum(size == 1 for size in sizes.values()), sum(size for size in sizes.values() if size < 5))


def share(rows: list[dict], column: str, value: str) -> tuple[int, int]:
    known = [row for row in rows if row[column] not in NOT_ANSWERED]
    return sum(row[column] == value for row in known), len(known)


# Unit 1


def test_the_six_localities_are_as_the_survey_has_them_and_none_differs_from_the_county(survey, lesson):
    workshop = page("workshop.md")
    ends = []
    county = share(survey, "satisfaction", SATISFIED)
    assert county == (272, 417)
    for name in LOCALITIES:
        some, out_of = share([row for row in survey if row["locality"] == name], "satisfaction", SATISFIED)
        row = f"| {name} | {some} | {out_of} | {100 * some / out_of:.1f}% | {in_tenths(some, out_of)} |"
        assert row in workshop
        low, high = wilson(some, out_of)
        assert low < 100 * 272 / 417 < high
        ends.append((low, high))
    # So all of them overlap, each with each.
    assert max(low for low, _ in ends) < min(high for _, high in ends)
    assert (round(100 * 45 / 76), round(100 * 35 / 49)) == (59, 71)
    assert "Between 59% and 71% are extremely or very satisfied" in lesson
    assert f"| All localities | 272 | 417 | 65.2% | {in_tenths(272, 417)} |" in workshop
    assert "in Southdene 45 of the 76 people" in lesson
    assert "59.2%, with a 95% interval from 48.0% to 69.6%" in lesson
    assert in_tenths(45, 76) == "48.0% to 69.6%"


def test_the_cut_off_scale_makes_one_bar_eleven_times_as_long_as_another(lesson):
    assert round((100 * 35 / 49 - 58) / (100 * 45 / 76 - 58)) == 11
    assert "draft.set_ylim(58, 72)" in lesson
    assert "eleven times as long" in lesson


def test_the_settings_are_as_the_question_says(survey, lesson):
    for name, words in (("nursing home", "41.7% (5 of 12), 95% interval 19.3% to 68.0%"),
                        ("residential home", "71.4% (40 of 56)"), ("own home", "65.0% (227 of 349)")):
        some, out_of = share([row for row in survey if row["setting"] == name], "satisfaction", SATISFIED)
        assert f"{100 * some / out_of:.1f}% ({some} of {out_of})" in words
        assert words in lesson
    assert in_tenths(5, 12) == "19.3% to 68.0%"


def test_forms_that_came_back_are_as_the_pages_say(survey, lesson):
    sent = read("service_user_survey", "service_user_survey")
    assert (len(survey), len(sent)) == (432, 1200)
    homes = [row["answered"] for row in sent if row["setting"] == "nursing home"]
    assert (homes.count("yes"), len(homes)) == (12, 89)
    assert "432 of 1,200 forms came back, and only 12 of 89 from nursing homes" in lesson
    assert "89 forms were sent to nursing homes: 77 people were not heard" in lesson


def test_the_two_agencies_count_different_numbers_of_delays(lesson):
    council = sum(row["delayed"] == "Y" for row in read("two_systems", "council"))
    nhs = sum(row["discharge_delay"] == "1" for row in read("two_systems", "nhs"))
    assert (council, nhs) == (13, 19)
    assert "The council counts 13, the NHS 19" in lesson
    assert "counts 13 delayed discharges and the trust 19" in page("supervisor.md")


# Unit 2


def test_three_of_the_seven_hidden_counts_fall_to_one_subtraction(lesson):
    table = published("published")
    hidden = [(place, kind) for place, row in table.items() for kind, count in row.items() if count is None]
    assert len(hidden) == 7
    exact = {}
    for place, row in table.items():
        missing = [kind for kind, count in row.items() if count is None]
        if len(missing) == 1:
            shown = sum(count for kind, count in row.items() if count is not None and kind != "all answers")
            exact[place, missing[0]] = row["all answers"] - shown
    assert exact == {("Northmoor", "dissatisfied"): 3, ("Marrow Vale", "dissatisfied"): 3, ("Southdene", "neither"): 4}
    assert "75 − 52 − 15 − 5 = 3" in lesson
    assert {count for count in table["Northmoor"].values() if count} == {52, 15, 5, 75}


def test_the_other_four_hidden_counts_have_two_possible_values_each(lesson):
    table = published("published")
    fixed = {("Northmoor", "dissatisfied"): 3, ("Marrow Vale", "dissatisfied"): 3, ("Southdene", "neither"): 4}
    open_cells = [(place, kind) for place, row in table.items() for kind, count in row.items()
                  if count is None and (place, kind) not in fixed]
    fits = []
    for values in product(range(1, 5), repeat=len(open_cells)):
        guess = {**fixed, **dict(zip(open_cells, values, strict=True))}
        full = {place: {kind: guess.get((place, kind), count) for kind, count in row.items()}
                for place, row in table.items()}
        rows = all(row["all answers"] == sum(row[kind] for kind in row if kind != "all answers")
                   for row in full.values())
        columns = all(full["All localities"][kind] == sum(full[place][kind] for place in LOCALITIES)
                      for kind in full["All localities"])
        if rows and columns:
            fits.append(values)
    assert [len(set(values)) for values in zip(*fits, strict=True)] == [2, 2, 2, 2]
    assert "The other four are narrowed down to two values" in lesson


def test_april_and_march_together_say_what_the_late_form_said(module, lesson):
    april, march = published("published")["Southdene"], published("published_last_month")["Southdene"]
    assert april["all answers"] - march["all answers"] == 1
    neither = april["all answers"] - april[SATISFIED] - april["quite satisfied"] - april["dissatisfied"]
    assert neither == answer(module, "m06-p6-southdene") == 4
    both = march["all answers"] - march[SATISFIED] - march["quite satisfied"]
    possible = [(one, both - one) for one in range(1, 5) if 1 <= both - one <= 4]
    assert possible == [(4, 4)]
    assert answer(module, "m06-p7-march") == 4
    late = [row for row in read("service_user_survey", "service_user_survey")
            if row["locality"] == "Southdene" and row["came_back"] == "2026-03-13"]
    # Hal's story is the story of this row.
    assert [(row["satisfaction"], row["age_band"], row["sex"], row["setting"]) for row in late] == [
        ("extremely or very dissatisfied", "85+", "male", "own home")]
    other = [published(name)["Castle Hill"] for name in ("published", "published_last_month")]
    assert [(row["all answers"], row[SATISFIED]) for row in other] == [(47, 33), (44, 30)]
    assert "from 44 to 47 and \"extremely or very satisfied\" from 30 to 33" in lesson


def test_the_table_of_settings_is_protected_and_rounded_as_the_lesson_says(survey, lesson):
    counts = Counter((row["setting"], row["information"]) for row in survey if row["information"] not in NOT_ANSWERED)
    homes = [counts["nursing home", kind] for kind in ("did not look", "difficult", "easy")]
    assert homes == [2, 3, 7]
    assert "2 people did not look for information, and 3 found it difficult" in lesson
    assert sum(homes) - homes[2] == 5
    assert "add up to 5. So each of them is from 0 to 5" in lesson
    easy = [counts[setting, "easy"] for setting in ("own home", "residential home", "nursing home")]
    rounded = [5 * round(count / 5) for count in easy]
    assert (rounded, sum(rounded), 5 * round(sum(easy) / 5)) == ([165, 35, 5], 205, 210)
    assert "165 + 35 + 5 is 205" in lesson
    assert (10 * round(homes[2] / 10), 10 * round(sum(homes) / 10)) == (10, 10)


def test_a_percentage_of_few_people_is_a_count(module):
    assert 0.25 * 12 == 3
    pairs = [(some, out_of) for some in range(1, 5) for out_of in range(some, 200)
             if f"{100 * some / out_of:.1f}" == "33.3"]
    assert pairs == [(1, 3), (2, 6), (3, 9), (4, 12)]
    fitting = [count for count in range(18) if f"{100 * count / 17:.1f}" == "5.9"]
    assert fitting == [answer(module, "m06-q6-percentage")]


# Unit 3


def test_people_who_are_alone_with_their_facts_are_counted_right(survey, module, lesson):
    assert alone(survey, ["ward", "age_band", "sex"])[0] == 157
    assert "157 of the 432 are alone with theirs" in lesson
    assert alone(survey, ["locality", "age_band", "sex"]) == (answer(module, "m06-p10-locality"), 25)
    assert len({row["ward"] for row in survey}) == 60
    assert len({row["age_band"] for row in survey}) * len({row["sex"] for row in survey}) * 60 == 480


def test_the_carers_facts_have_the_fewest_alone_without_locality(carers, module):
    facts = ["locality", "age_band", "cares_for"]
    assert alone(carers, facts)[0] == 55
    pairs = {pair: alone(carers, list(pair))[0] for pair in combinations(facts, 2)}
    assert pairs == {("locality", "age_band"): 7, ("locality", "cares_for"): 6, ("age_band", "cares_for"): 5}
    assert answer(module, "m06-q7-alone") == min(pairs.values())
    assert alone(carers, ["age_band", "cares_for"])[1] == 50


# Unit 4


def test_social_contact_is_as_the_three_wordings_say(survey, lesson):
    counts = Counter(row["social_contact"] for row in survey if row["social_contact"] not in NOT_ANSWERED)
    total = sum(counts.values())
    assert (counts["as much as wanted"], counts["enough"], total) == (187, 140, 418)
    assert (counts["some, not enough"], counts["hardly any"]) == (66, 25)
    assert [f"{100 * counts[kind] / total:.1f}" for kind in ("as much as wanted", "enough", "some, not enough",
                                                             "hardly any")] == ["44.7", "33.5", "15.8", "6.0"]
    assert in_tenths(91, 418) == "18.1% to 26.0%"
    assert "together 91 of 418, or 21.8% (95% interval 18.1% to 26.0%)" in lesson
    assert in_tenths(187, 418) == "40.0% to 49.5%"
    assert "187 (45%; 95% interval 40% to 50%)" in lesson
    assert "44.7%, interval 40.0% to 49.5%" in page("workshop.md")


def test_the_three_wordings_keep_the_same_facts(lesson):
    wordings = re.findall(r"\*\*For the (?:board|teams|people)[^*]*\*\* > (.*?) (?=\*\*For|Look at what)", lesson)
    assert len(wordings) == 3
    for words in wordings:
        assert all(fact in words for fact in ("418", "91", "12", "nursing homes")), words


def test_the_carers_results_are_as_the_pages_say(carers, lesson, exercises):
    had_support = [row for row in carers if row["satisfaction"] not in {"", "had no support"}]
    assert (sum(row["satisfaction"] == SATISFIED for row in had_support), len(had_support)) == (90, 243)
    assert (len(carers), len(read("carer_survey", "carer_survey"))) == (296, 800)
    assert "**90 of 243** carers are very satisfied" in lesson
    assert 800 - 296 == 504
    contact = Counter(row["social_contact"] for row in carers if row["social_contact"])
    assert (contact["as much as wanted"], contact["some, not enough"], contact["hardly any"]) == (88, 156, 40)
    assert "88 of the 284 carers" in exercises
    assert [round(100 * count / 284) for count in (88, 156, 40)] == [31, 55, 14]
    assert in_tenths(88, 284) == "25.9% to 36.6%"
    assert "anything from 26 to 37 in every 100" in exercises


def test_the_model_answer_s_summary_has_about_eighty_words_or_a_little_more(module):
    text = module.questions["m06-q14-figure"].mark_scheme["example"]
    summary = re.search(r"Summary: (.*?)\n\n", text, re.DOTALL)[1]
    assert 70 <= len(summary.split()) <= 105


def test_information_is_as_the_exercise_says(survey, exercises):
    kinds = Counter(row["information"] for row in survey if row["information"] not in NOT_ANSWERED)
    looked = kinds["easy"] + kinds["difficult"]
    assert (kinds["easy"], looked, kinds["did not look"], looked + kinds["did not look"]) == (211, 319, 95, 414)
    assert in_tenths(211, 319) == "60.8% to 71.1%"
    assert "211 (66.1%; 95% CI 60.8 to 71.1)" in exercises


# Exercises


def table_of(text: str, header: str) -> dict[str, list[int]]:
    """The rows of a Markdown table of counts."""
    lines = text[text.index(header):].splitlines()
    rows = {}
    for line in lines[2:]:
        if not line.startswith("|"):
            break
        name, *counts = (one.strip(" *") for one in line.strip("|").split("|"))
        rows[name] = [int(one) for one in counts]
    return rows


def test_exactly_the_counts_from_one_to_four_need_primary_suppression(module):
    text = (FOLDER / "exercises.md").read_text(encoding="utf-8")
    rows = table_of(text, "| Locality | Assessed | Offered and declined | Waiting |")
    kinds = ["assessed", "offered and declined", "waiting"]
    small = {f"{name}, {kind}: {count}" for name, counts in rows.items()
             for kind, count in zip(kinds, counts, strict=True) if 1 <= count <= 4}
    asked = module.questions["m06-q1-primary"]
    right = {one["text"] for one in asked.content["options"] if one["key"] in asked.key["right"]}
    assert right == small


def possible_values(rows: dict[str, list[int]], hidden: list[tuple[str, int]]) -> dict[tuple[str, int], set[int]]:
    """Every count each hidden cell could have, found by trying: two rows, two columns, totals known."""
    (first, column), *_ = hidden
    assert len({place for place, _ in hidden}) == len({one for _, one in hidden}) == 2
    fits: dict = {cell: set() for cell in hidden}
    for change in range(-200, 201):
        # Moving people along the rectangle is the only change that leaves all totals as they are.
        moved = {(place, one): rows[place][one] + change * (1 if (place == first) == (one == column) else -1)
                 for place, one in hidden}
        if min(moved.values()) >= 0:
            for cell, count in moved.items():
                fits[cell].add(count)
    return fits


def test_the_secondary_suppressions_really_stop_subtraction(module):
    asked = module.questions["m06-q2-secondary"]
    hidden = checks.model_answer(asked)
    assert sorted(hidden) == ["Castle Hill, company", "Castle Hill, equipment", "Southdene, company",
                              "Southdene, equipment"]
    table = asked.content["tables"][0]
    rows = {row[0]: row[1:] for row in table["rows"]}
    cells = [(name.split(", ")[0], table["columns"].index(name.split(", ")[1])) for name in hidden]
    fits = possible_values(rows, cells)
    assert all(max(values) - min(values) >= 4 for values in fits.values())
    assert checks.assess(asked, hidden).fraction == 1
    only_small = checks.assess(asked, ["Castle Hill, equipment", "Southdene, company"])
    assert only_small.fraction < 1
    assert "Southdene" in only_small.message


def test_each_table_of_the_paper_set_and_of_the_exercise_adds_up(module):
    text = (FOLDER / "workshop.md").read_text(encoding="utf-8")
    paper = table_of(text, "| | Equipment | Home care | Company | Total |")
    content = module.questions["m06-q2-secondary"].content["tables"][0]
    for rows in (paper, {row[0]: row[1:] for row in content["rows"]}):
        parts = [counts for name, counts in rows.items() if name != "Total"]
        assert all(sum(counts[:-1]) == counts[-1] for counts in rows.values())
        assert [sum(column) for column in zip(*parts, strict=True)] == rows["Total"]
    small = [(name, place) for name, counts in paper.items() for place, count in enumerate(counts) if 1 <= count <= 4]
    assert small == [("Marrow Vale", 0), ("Southdene", 2)]
    rectangle = [("Marrow Vale", 0), ("Marrow Vale", 2), ("Southdene", 0), ("Southdene", 2)]
    assert [paper[name][place] for name, place in rectangle] == [4, 8, 10, 2]
    assert all(max(values) - min(values) >= 4 for values in possible_values(paper, rectangle).values())


def test_the_numbers_of_the_two_services_and_of_rounding_are_right(module):
    assert answer(module, "m06-q3-difference") == 23 - 20
    assert (61 + 23, 50 + 20) == (84, 70)
    assert 12 + 12 + 22 + 7 == 53
    rounded = [5 * round(count / 5) for count in (12, 12, 22, 7)]
    assert answer(module, "m06-q4-round") == 55 - sum(rounded)


def test_with_five_one_total_no_longer_adds_up(carers, module):
    counts = Counter((row["locality"], row["social_contact"]) for row in carers if row["social_contact"])
    kinds = ["hardly any", "some, not enough", "as much as wanted"]
    # What is hidden, and why: one small count and its three partners.
    assert [cell for cell, count in counts.items() if count < 5] == [("Northmoor", "hardly any")]
    hidden = {(place, kind) for place in ("Northmoor", "Castle Hill") for kind in ("hardly any", "as much as wanted")}

    def off(base: int) -> list[str]:
        def near(count):
            return base * ((count + base // 2) // base) if base % 2 else base * ((2 * count + base) // (2 * base))

        found = [place for place in LOCALITIES if not any((place, kind) in hidden for kind in kinds)
                 and sum(near(counts[place, kind]) for kind in kinds)
                 != near(sum(counts[place, kind] for kind in kinds))]
        found += [kind for kind in kinds if not any((place, kind) in hidden for place in LOCALITIES)
                  and sum(near(counts[place, kind]) for place in LOCALITIES)
                  != near(sum(counts[place, kind] for place in LOCALITIES))]
        # The total of all is one total, whether its rows, its columns or both no longer add up to it.
        total = near(sum(counts.values()))
        by_answer = sum(near(sum(counts[place, kind] for place in LOCALITIES)) for kind in kinds)
        by_place = sum(near(sum(counts[place, kind] for kind in kinds)) for place in LOCALITIES)
        found += ["Total"] * (by_answer != total or by_place != total)
        return found

    assert off(5) == ["Southdene"]
    assert len(off(5)) == answer(module, "m06-q5-totals")
    assert off(10) == ["Westering", "Total"]
    wrong = [mistake["value"] for mistake in module.questions["m06-q5-totals"].key["mistakes"]]
    assert len(off(10)) in wrong


def test_delays_and_decisions_are_as_the_charts_in_words_say():
    years: dict = {}
    for row in read("packages_and_discharge", "discharges"):
        year = "first" if row["month"] < "2025-04" else "second"
        delayed, people = years.get((row["hospital"], year), (0, 0))
        years[row["hospital"], year] = (delayed + (int(row["delay_days"]) > 0), people + 1)
    shares = {place: 100 * delayed / people for place, (delayed, people) in years.items()}
    assert all(round(share) == (17 if year == "first" else 11) for (_, year), share in shares.items())
    winter = {True: [0, 0], False: [0, 0]}
    for row in read("packages_and_discharge", "discharges"):
        of_season = winter[row["month"][-2:] in {"12", "01", "02"}]
        of_season[0] += int(row["delay_days"]) > 0
        of_season[1] += 1
    assert winter[True][0] / winter[True][1] > winter[False][0] / winter[False][1]
    days = sorted(int(row["days_to_decision"]) for row in read("referrals", "referrals") if row["days_to_decision"])
    assert days[len(days) // 2] == 11
    reasons: Counter = Counter()
    for row in read("packages_and_discharge", "discharges"):
        if row["attributable_to"] == "social care":
            reasons[row["delay_reason"]] += int(row["delay_days"])
    assert "home" in reasons.most_common(1)[0][0]


# The module as a whole


def test_every_outcome_is_practised_and_assessed_by_questions_that_exist(module):
    text = (FOLDER / "workshop.md").read_text(encoding="utf-8")
    part = text[text.index("## Outcomes: taught"):text.index("## Afterwards")]
    rows = [line for line in part.splitlines() if line.startswith("| ") and "m06-" in line]
    assert len(rows) == 6
    named = set(re.findall(r"`(m06-[pq]\d+-[a-z-]+)`", part))
    assert named == set(module.questions), named ^ set(module.questions)
    for row in rows:
        _, outcome, taught, practised, assessed, *_ = row.split("|")
        assert "Unit" in taught or "other side" in taught, outcome
        assert "m06-p" in practised, outcome
        assert "m06-q" in assessed, outcome


def test_the_activity_cells_of_the_lesson_run_without_the_others(module, monkeypatch, tmp_path):
    """The page runs them by itself on opening, before a learner has run anything."""
    import researchskills

    monkeypatch.setenv("RESEARCHSKILLS_STATIC", "1")
    monkeypatch.chdir(tmp_path)
    for cell in module.lesson.cells:
        if cell.kind == "code":
            # Each by itself: nobody has to run the cells above first.
            names = {name: getattr(researchskills, name) for name in researchskills.__all__
                     if re.search(rf"\b{name}\b", cell.text)}
            exec(compile(cell.text, f"lesson.md, line {cell.line}", "exec"), names)


def test_nobody_is_asked_for_a_person_or_an_unpublished_figure(lesson, exercises):
    assert "could identify a real person or a small team" in lesson
    assert "already published numbers only" in exercises
    assert "Larkshire" in exercises


def test_marks_come_from_rubrics_named_in_the_curriculum(module):
    rows = module.questions["m06-q14-figure"].mark_scheme["rubric"]
    names = [row["criterion"] for row in rows]
    assert names == ["True", "Safe", "Clear", "Useful to the people described"]
    assert all(len(row["levels"]) == 4 for row in rows)
    assert isinstance(module.questions["m06-q14-figure"], bank.Question)


def test_the_day_s_minutes_add_up_to_a_half_day():
    part = (FOLDER / "workshop.md").read_text(encoding="utf-8")
    minutes = re.findall(r"^\| (\d:\d\d) \| (\d+) \|", part, re.MULTILINE)
    clock = 0
    for at, length in minutes:
        hours, rest = map(int, at.split(":"))
        assert 60 * hours + rest == clock
        clock += int(length)
    assert clock == 180
