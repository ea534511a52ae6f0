"""Exercises of module 03: what they say about data, reports and claims is what the files hold, and every key follows.

Everything is worked out a second time, from the csv files with csv and numpy and from the formula in the paper that is
named; none of the course's own functions takes part, except to check what the keys accept.
"""

import ast
import csv
import re
from collections import Counter
from functools import cache
from itertools import product
from math import log, sqrt
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from researchskills import checks, datasets
from researchskills.appraisal import forms
from researchskills.appraisal.designs import DESIGNS
from researchskills.source import Page, read_page

ROOT = Path(__file__).parents[1]
PATH = ROOT / "solutions" / "03-appraising-evidence" / "exercises.md"
COUNTS = ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve",
          "Thirteen", "Fourteen", "Fifteen", "Sixteen")


@cache
def read(package: str, table: str = "") -> list[dict]:
    path = ROOT / "datasets" / package / f"{table or package}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def text() -> str:
    """The page with every run of white space made one space."""
    return " ".join(PATH.read_text(encoding="utf-8").split())


def missing(sentences: list[str]) -> list[str]:
    return [one for one in sentences if one not in text()]


@pytest.fixture(scope="module")
def page() -> Page:
    return read_page(PATH, "exercises")


@pytest.fixture(scope="module")
def questions(page) -> dict:
    return {cell.question.id: cell.question for cell in page.questions}


def pairs(question) -> dict[str, str]:
    return {item["text"]: question.key["pairs"][item["key"]] for item in question.content["items"]}


def ticked(question) -> dict[str, bool]:
    return {option["text"]: option["key"] in question.key["right"] for option in question.content["options"]}


def right(question) -> str:
    return next(one for one, is_right in ticked(question).items() if is_right)


def sentences(report: str) -> dict[int, str]:
    return {int(row["sentence"]): row["text"] for row in read("study_reports", "sentences") if row["report"] == report}


# The page as a whole


def test_the_page_is_written_by_the_rules_and_every_model_answer_is_right(page, questions):
    assert page.faults == []
    for question in questions.values():
        if question.key:
            assert checks.assess(question, checks.model_answer(question)).status == "correct", question.id


def test_the_page_says_how_many_questions_the_course_and_the_mentor_mark(questions):
    marked = Counter(question.marked_by for question in questions.values())
    course, mentor = COUNTS[marked["course"]], COUNTS[marked["mentor"]].lower()
    assert missing([f"{course} questions that the course checks at once, and {mentor} that a mentor reads"]) == []
    numbers = [int(re.match(r"m03-q(\d+)-", name)[1]) for name in questions]
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_questions_that_take_longest_are_named_by_their_titles(questions):
    named = re.findall(r"\*([^*]+)\*", re.search(r"sittings: (.*?) take about", text())[1])
    assert len(named) == 4
    assert set(named) <= {question.title for question in questions.values()}


def test_every_cell_of_the_page_runs_in_its_order(page):
    import researchskills

    written = PATH.read_text(encoding="utf-8")
    names = {one: getattr(researchskills, one) for one in researchskills.__all__ if f"{one}(" in written}
    cells = [cell for cell in page.cells if cell.kind == "code"]
    assert len(cells) >= 6
    for cell in cells:
        *first, last = ast.parse(cell.text).body
        exec(compile(ast.Module(first, []), cell.text, "exec"), names)
        assert repr(eval(ast.unparse(last), names))


def test_no_quotation_from_a_real_source_is_longer_than_twelve_words(questions):
    told = [*pairs(questions["m03-q11-claims"]), *pairs(questions["m03-q13-loaded"])]
    told += [item["about"] for item in questions["m03-q12-grey"].content["items"]]
    told.append(questions["m03-q17-other-tradition"].prompt)
    quoted = [quotation for one in told for quotation in re.findall(r'"([^"]+)"', one)]
    assert len(quoted) > 20
    assert [one for one in quoted if len(one.split()) > 12] == []


def test_items_do_not_stand_in_the_order_of_their_answers(questions):
    for question in questions.values():
        if question.kind == "match":
            targets = list(question.content["targets"])
            places = [targets.index(to) for to in pairs(question).values()]
            assert places != sorted(places), question.id


# Designs and directions


def test_each_of_twelve_designs_stands_once_and_under_its_name(questions):
    question = questions["m03-q1-designs"]
    assert question.content["targets"] == {key: design.name for key, design in DESIGNS.items()}
    named = Counter(pairs(question).values())
    assert set(named.values()) == {1}
    assert set(DESIGNS) - set(named) == {"grey"}  # “One name is left over.”


def test_the_eight_faults_use_the_directions_of_the_forms(questions):
    question = questions["m03-q2-direction"]
    said = {key: words[:1].lower() + words[1:] for key, words in question.content["targets"].items()}
    assert said == forms.DIRECTIONS
    pushed = Counter(pairs(question).values())
    assert sum(pushed.values()) == 8
    assert set(pushed) == set(forms.DIRECTIONS)
    assert COUNTS[pushed["hides"]] == "Three"
    assert missing(["Three of the eight hide a benefit"]) == []


# Intervals


def reading(line: str) -> str:
    """What an interval says, from its ends, no difference and the smallest difference that matters."""
    low, high = (float(one) for one in re.search(r"\((-?[\d.]+) to (-?[\d.]+)\)", line).groups())
    important = float(re.search(r"(?:, |ratio of )([\d.]+) (?:points?|fewer|days fewer|matters)", line)[1])
    if "ratio" in line:
        low, high, important = log(low), log(high), abs(log(important))
    if "lower is better" in line:
        low, high = -high, -low
    if high < 0:
        return "worse"
    if low > 0:
        return "matters" if low >= important else "size_open" if high >= important else "too_small"
    return "open" if high >= important or low <= -important else "none"


def test_each_interval_is_read_as_its_ends_say(questions):
    key = pairs(questions["m03-q3-intervals"])
    assert len(key) == 8
    assert {line: reading(line) for line in key} == key
    assert set(key.values()) == set(questions["m03-q3-intervals"].content["targets"])


# Numbers that learners work out


def paule_mandel(rows: list[dict]) -> tuple[float, float, float, float, float]:
    """Random-effects mean with its interval, Q and I²; between-study variance as Paule and Mandel (1982)."""
    effects = np.array([float(row["estimate"]) for row in rows])
    ends = np.array([[float(row["low"]), float(row["high"])] for row in rows])
    variances = ((ends[:, 1] - ends[:, 0]) / (2 * stats.norm.ppf(0.975))) ** 2

    def q(between: float) -> float:
        weights = 1 / (variances + between)
        return float(weights @ (effects - weights @ effects / weights.sum()) ** 2)

    low, high, freedom = 0.0, 10.0, len(rows) - 1
    if q(0) <= freedom:
        high = 0.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if q(middle) > freedom else (low, middle)
    weights = 1 / (variances + high)
    mean, half = weights @ effects / weights.sum(), stats.norm.ppf(0.975) / sqrt(weights.sum())
    return float(mean), float(mean - half), float(mean + half), q(0), max(0.0, (q(0) - freedom) / q(0))


def fixed(rows: list[dict]) -> float:
    effects = np.array([float(row["estimate"]) for row in rows])
    weights = np.array([(float(row["high"]) - float(row["low"])) ** -2 for row in rows])
    return float(weights @ effects / weights.sum())


def breaks(above: int = 0) -> list[dict]:
    return [row for row in read("study_reports", "review_studies") if int(row["n"]) > above]


def keys() -> dict[str, tuple[float, list[float]]]:
    """For each question with a number: the right answer and what each foreseen mistake leads to, not rounded."""
    wider = 1 + (20 - 1) * 0.05  # design effect (Kish 1965)
    half = 1.6 * sqrt(wider)
    four = breaks(50)
    return {
        "m03-q4-cluster": (2 - half, [0.4, 2 - 1.6 * wider, 2 + half, half, half - 2, 2 - 1.6 / sqrt(wider)]),
        "m03-q7-pool": (paule_mandel(four)[0], [
            paule_mandel(breaks())[0], fixed(four), np.mean([float(row["estimate"]) for row in four]),
            paule_mandel(breaks(100))[0], -paule_mandel(four)[0]]),
    }


def test_no_question_with_a_number_is_left_out_of_the_recount(questions):
    assert {name for name, one in questions.items() if one.kind in {"number", "value"}} == set(keys())


@pytest.mark.parametrize("name", list(keys()))
def test_the_worked_out_answer_is_accepted_and_each_mistake_gets_its_own_reason(name, questions):
    question, (answer, mistakes) = questions[name], keys()[name]
    assert checks.assess(question, float(answer)).status == "correct"
    assert len(mistakes) == len(question.key["mistakes"])
    for place, value in enumerate(mistakes):
        outcome = checks.assess(question, float(value))
        assert (outcome.status, outcome.message) == ("not yet", question.key["mistakes"][place]["reason"])


def test_the_interval_of_twelve_practices_may_be_rounded_to_one_decimal_place(questions):
    question, worked_out = questions["m03-q4-cluster"], keys()["m03-q4-cluster"][0]
    assert checks.assess(question, f"{worked_out:.1f}").status == "correct"
    narrower = checks.assess(question, f"{keys()['m03-q4-cluster'][1][-1]:.1f}")
    assert narrower.message.startswith("You made the interval narrower.")
    worth = 240 / (1 + 19 * 0.05)
    assert f"240 ÷ {worth:.1f} is {240 / worth:.2f}" in text()
    assert missing([f"the interval is {worked_out:.1f} to {4 - worked_out:.1f} and not 0.4 to 3.6"]) == []


def test_the_solution_of_the_cell_and_the_line_that_the_task_offers_give_the_key(questions):
    import researchskills

    question = questions["m03-q7-pool"]
    names = {one: getattr(researchskills, one) for one in ("load", "pool_studies")}
    exec(question.mark_scheme["solution"], names)
    assert checks.assess(question, names[question.content["variable"]]).status == "correct"
    names["studies"] = names["load"]("study_reports", "review_studies")
    exec(re.search(r"`(pooled = .*)`", question.prompt)[1], names)
    assert checks.assess(question, names[question.content["variable"]]).status == "correct"


# The review


def test_what_is_said_of_the_six_studies_is_so():
    rows = breaks()
    sizes, effects = [int(row["n"]) for row in rows], [float(row["estimate"]) for row in rows]
    assert sizes == sorted(sizes)
    assert effects == sorted(effects)  # “The smaller the study, the larger its difference”, without an exception
    small = [row["study"] for row in rows if int(row["n"]) <= 50]
    assert small == ["Adair", "Brook"]
    _, low, high, *_ = paule_mandel(breaks(50))
    mean, below, above, *_ = paule_mandel(breaks(100))
    assert [row["study"] for row in breaks(100)] == ["Eames", "Fell"]
    assert low < 0 < high
    assert below > -0.3  # “a fall of 0.3 lies outside of it”
    assert missing([
        f"together have {sum(sizes[:2])} of the {sum(sizes)} carers",
        f"From {paule_mandel(rows)[0]:.2f} to {paule_mandel(breaks(50))[0]:.2f}, with an interval that now includes no "
        f"difference (zero; {low:.2f} to {high:.2f}), by leaving out one carer in ten",
        f"From {sizes[0]} carers and {effects[0]} to {sizes[-1]} carers and {effects[-1]}",
        f"here {100 * paule_mandel(rows)[4]:.0f}%",
        f"From top to bottom the studies have {', '.join(map(str, sizes[:-1]))} and {sizes[-1]} carers.",
        f"Eames and Fell pooled come to {mean:.2f} (95% confidence interval {below:.2f} to {above:.2f}).",
        f"Their interval reaches down to {below:.2f},",
    ]) == []
    assert sum(sizes[:2]) / sum(sizes) == pytest.approx(0.1, abs=0.01)


def test_the_review_reports_what_its_six_studies_come_to():
    mean, low, high, q, i_squared = paule_mandel(breaks())
    told = " ".join(sentences("short-breaks-review").values()).replace("−", "-")
    for part in (f"{mean:.2f} (95% confidence interval {low:.2f} to {high:.2f})",
                 f"I-squared was {100 * i_squared:.0f}%",
                 f"Q = {q:.1f} with 5 degrees of freedom, p = {stats.chi2.sf(q, 5):.2f}"):
        assert part in told
    mean, low, high, *_ = paule_mandel(breaks(100))
    assert f"{mean:.2f} ({low:.2f} to {high:.2f})" in told
    for kind in ("a week away (Adair, Brook)", "Denny and Fell studied day centres", "(Calder, Eames)"):
        assert kind in told


# The pilot and the evaluation of areas


def numbers(rows: list[dict], column: str) -> np.ndarray:
    return np.array([float(row[column]) for row in rows])


def test_what_is_said_of_the_pilot_is_so_and_no_more_is_ruled_out():
    people = read("network_pilot")
    seen = [row for row in people if row["seen_again"] == "yes"]
    lost = [row for row in people if row["seen_again"] == "no"]
    rise = numbers(seen, "wellbeing_after") - numbers(seen, "wellbeing_before")
    half = stats.t.ppf(0.975, len(rise) - 1) * rise.std(ddof=1) / sqrt(len(rise))
    assert rise.mean() - half > 0  # chance is ruled out for this one
    assert missing([
        f"Of {len(people)} people, {len(seen)} were seen again.",
        f"had risen by {rise.mean():.1f} points, 95% confidence interval {rise.mean() - half:.1f} to "
        f"{rise.mean() + half:.1f}.",
        f"{len(lost)} people are not in the change at all.",
    ]) == []
    assert numbers(lost, "wellbeing_before").mean() < numbers(seen, "wellbeing_before").mean() - 2
    by = {level: [row for row in people if row["fidelity"] == level] for level in ("high", "low")}
    for column in ("wellbeing_before", "access_before"):
        assert numbers(by["high"], column).mean() > numbers(by["low"], column).mean()
    assert numbers(by["high"], "cost_before").mean() < numbers(by["low"], "cost_before").mean()
    share = {level: np.mean([row["need"] == "learning disability" for row in rows]) for level, rows in by.items()}
    assert 1.8 < share["low"] / share["high"] < 2.4  # “about twice as high”
    later = {level: np.mean([float(row["access_after"]) for row in rows if re.fullmatch(r"\d+", row["access_after"])])
             for level, rows in by.items()}
    assert later["high"] > later["low"]


def by_areas(rows: list[dict], columns: list) -> tuple[np.ndarray, np.ndarray]:
    """Least squares and half widths of 95% intervals that count areas (Liang and Zeger 1986, with the usual factor)."""
    score = numbers(rows, "child_score")
    design = np.column_stack([[float(column(row)) for row in rows] for column in columns])
    bread = np.linalg.inv(design.T @ design)
    found = bread @ design.T @ score
    left = design * (score - design @ found)[:, None]
    names, place = np.unique([row["area"] for row in rows], return_inverse=True)
    sums = np.zeros((len(names), design.shape[1]))
    np.add.at(sums, place, left)
    areas, many, terms = len(names), len(rows), design.shape[1]
    spread = bread @ (sums.T @ sums) @ bread * areas / (areas - 1) * (many - 1) / (many - terms)
    return found, stats.t.ppf(0.975, areas - 1) * np.sqrt(np.diag(spread))


def seen_families() -> list[dict]:
    return [row for row in read("area_evaluation") if re.fullmatch(r"\d+", row["child_score"])]


def one(_) -> bool:
    return True


def programme(row: dict) -> bool:
    return row["programme"] == "yes"


def teenage(row: dict) -> bool:
    return row["mother_age_group"] == "teenage"


GROUPS = {
    "All families": one,
    "Mother 20 or over": lambda row: not teenage(row),
    "Mother a teenager": teenage,
    "Lone parent": lambda row: row["lone_parent"] == "yes",
}


@pytest.mark.parametrize("group", GROUPS)
def test_each_line_of_the_table_of_areas_is_that_of_the_file(group, questions):
    rows = [row for row in seen_families() if GROUPS[group](row)]
    found, half = by_areas(rows, [one, programme])
    line = re.search(rf"\| {group} \| ([\d,]+) \| ([\d,]+) \| (-?[\d.]+) \((-?[\d.]+) to (-?[\d.]+)\) \|",
                     questions["m03-q6-subgroup"].prompt)
    ours = sum(map(programme, rows))
    assert [int(part.replace(",", "")) for part in line.groups()[:2]] == [ours, len(rows) - ours]
    worked_out = (found[1], found[1] - half[1], found[1] + half[1])
    assert [float(part) for part in line.groups()[2:]] == pytest.approx(worked_out, abs=0.02)


def test_what_is_said_of_the_subgroups_is_so():
    rows, everybody = seen_families(), read("area_evaluation")
    # The way of Unit 2: in each area the mean of one group of mothers less that of the other; then areas with areas.
    gaps = {True: [], False: []}
    for area in {row["area"] for row in rows}:
        there = [row for row in rows if row["area"] == area]
        young = numbers([row for row in there if teenage(row)], "child_score")
        if len(young):
            older = numbers([row for row in there if not teenage(row)], "child_score")
            gaps[programme(there[0])].append(young.mean() - older.mean())
    welch = stats.ttest_ind(gaps[True], gaps[False], equal_var=False).confidence_interval()
    gap = np.mean(gaps[True]) - np.mean(gaps[False])
    assert welch.high < 0
    older, young = (by_areas([row for row in rows if GROUPS[group](row)], [one, programme])[0][1]
                    for group in ("Mother 20 or over", "Mother a teenager"))
    assert missing([
        f"the gap between the two groups of mothers is about {-gap:.1f} points wider where the programme was "
        f"(each area counted once; straight from the table it is {older - young:.1f})",
        f"its interval, {-welch.high:.1f} to {-welch.low:.1f},",
        f"{len(everybody) - len(rows):,} children without a score",
        f"With {len(everybody):,} families",
        f"so {len({row['area'] for row in everybody})} areas are what counts",
    ]) == []
    whole, spread = by_areas(rows, [one, programme]), numbers(rows, "child_score").std(ddof=1)
    assert round(spread / whole[0][1]) == 16
    assert missing(["by about a sixteenth of a standard deviation at best guess"]) == []
    assert whole[0][1] - whole[1][1] < 0 < whole[0][1] + whole[1][1]
    assert numbers(rows, "child_score").mean() == pytest.approx(50, abs=1)
    assert spread == pytest.approx(10, abs=0.5)
    assert np.mean(list(map(teenage, everybody))) == pytest.approx(1 / 7, abs=0.01)
    assert len({row["area"] for row in everybody if programme(row)}) == 150
    lone, half = by_areas([row for row in rows if GROUPS["Lone parent"](row)], [one, programme])
    assert lone[1] - half[1] < -1  # “a fall of more than a point”
    assert 0 < lone[1] + half[1] < 0.5  # “a small rise”


# Words, claims, grey literature


def test_the_sentences_of_the_interviews_are_those_of_the_report(questions):
    question, held = questions["m03-q9-going-home"], sentences("going-home")
    printed = dict(re.findall(r"^- (\d+): (.+)$", question.prompt, re.MULTILINE))
    assert printed == {number: held[int(number)] for number in printed}
    assert {f"s{number}" for number in printed} == set(question.content["targets"])
    assert len(set(pairs(question).values())) == len(pairs(question)) == 10
    assert len(printed) == 12  # “Two sentences are left over.”


def test_the_notes_on_the_interviews_agree_with_the_panel(questions):
    key = pairs(questions["m03-q9-going-home"])
    panel = datasets.planted("study_reports")["reports"]["going-home"]["answers"]
    for note, answer in {
        "The way of finding out fits": "approach", "Others decided whose voice": "sampled", "went worst": "missing",
        "A second person": "trail", "Accounts that speak against": "against", "put their views aside": "researcher",
        "another role": "freely", "One sentence claims far more": "shown", "changed what the report says": "chosen",
    }.items():
        sentence = next(int(to[1:]) for text_, to in key.items() if note in text_)
        assert sentence in panel[answer]["sentences"], note


def test_the_interviews_are_counted_as_in_the_report():
    held = sentences("going-home")
    assert "19 took part" in held[6]
    assert held[8].startswith("Eleven carers")
    assert held[25].startswith("Sixteen people")
    assert f"{100 * 16 / 19:.0f}% of older people" in text()


def test_each_verdict_is_that_of_the_package_and_each_quotation_is_in_the_statement(questions):
    question, key = questions["m03-q11-claims"], datasets.planted("claims")["claims"]
    table = {row["claim"]: row for row in read("claims")}
    names = {"not_found": "not found", "date": "wrong date", "title": "wrong title"}
    items = {item["key"]: item["text"] for item in question.content["items"]}
    assert len(items) == 10
    for claim, told in items.items():
        verdict = question.key["pairs"][claim]
        assert names.get(verdict, verdict) == key[claim]["verdict"], claim
        assert told.lower().startswith(table[claim]["document"])
        for quotation in re.findall(r'"([^"]+)"', told.partition("Source")[0].partition("Found")[0]):
            assert quotation in table[claim]["stated"], claim
    assert {question.key["pairs"][one] for one in ("C01", "C02")} == {"reversed", "overstated"}  # the flagship case
    assert set(question.key["pairs"].values()) == set(question.content["targets"])
    assert Counter(question.key["pairs"].values())["agrees"] == 2  # “Agrees stands here twice”


def test_the_panel_of_the_grey_rating_tells_documents_and_headings_apart(questions):
    question = questions["m03-q12-grey"]
    panel, scale = question.key["panel"], question.content["scale"]
    assert list(question.content["criteria"]) == list(forms.form("grey").domains)
    assert question.content["tolerance"] == 1
    whole, exact = sum(len(rated) for rated in panel.values()), question.content["exact"]
    needed = next(many for many in range(whole + 1) if many / whole >= question.content["needed"])
    assert f"You need {needed} of the {whole}, and {exact} of the {whole} have to be the panel's own." in " ".join(
        question.prompt.split())
    # One rating for a whole document: all 256 ways. The nearest miss is a single rating short of what is asked.
    counts = []
    for places in product(range(1, len(scale) + 1), repeat=len(panel)):
        alike = {item: dict.fromkeys(panel[item], place) for item, place in zip(panel, places, strict=True)}
        outcome = checks.assess(question, alike)
        assert outcome.status == "not yet"
        assert len(set(places)) > 1 or outcome.fraction == 0
        apart = [abs(place - ours) for item, place in zip(panel, places, strict=True) for ours in panel[item].values()]
        counts.append((sum(one <= 1 for one in apart), apart.count(0)))
    assert max(own for near, own in counts if near >= needed) == exact - 1
    # Somebody who is a step away in ten of the ratings is right, and a step away in one more is not.
    near = {item: dict(rated) for item, rated in panel.items()}
    for many, (item, heading) in enumerate(product(panel, question.content["criteria"]), 1):
        near[item][heading] += -1 if near[item][heading] > 2 else 1
        assert (checks.assess(question, near).status == "correct") == (whole - many >= exact)
    # “The one that tells best whom it asked has no date, and one that is clearly signed has not a single source.”
    assert (panel["summary"]["coverage"], panel["summary"]["date"]) == (4, 1)
    assert (panel["opinion"]["authority"], panel["opinion"]["accuracy"]) == (4, 1)


def test_while_the_grey_rating_is_not_right_nothing_tells_the_panels_rating_or_reason(questions):
    question = questions["m03-q12-grey"]
    panel, reasons = question.key["panel"], question.key["reasons"]
    turned = {item: {heading: 5 - place for heading, place in rated.items()} for item, rated in panel.items()}
    message = checks.assess(question, turned).message
    assert message.count("; the panel is ") == sum(abs(5 - 2 * place) > 1 for rated in panel.values()
                                                    for place in rated.values())
    assert not any(reason in message for rated in reasons.values() for reason in rated.values())
    message = checks.assess(question, panel).message
    assert all(reason in message for rated in reasons.values() for reason in rated.values())


# Certainty, and what mentors read


def test_the_trial_of_the_certainty_sentence_is_that_of_the_report_and_counts_carers_for_practices(questions):
    row = next(one for one in read("study_reports", "results")
               if one["report"] == "carers-coaching" and one["main"] == "yes")
    low, high, important, many = (float(row[name]) for name in ("low", "high", "important", "n"))
    prompt, held = questions["m03-q14-certainty"].prompt, sentences("carers-coaching")
    assert f"{row['estimate']} points (95% confidence interval {low} to {high}; p = 0.03)" in prompt
    assert f"each of the {many:.0f} carers" in prompt
    for number, part in {4: "Sixteen practices", 5: "told the outcome of the draw", 6: "ready to make a change",
                         14: "each carer counted as one", 15: "0.05", 18: "two points", 25: "22.9"}.items():
        assert part in held[number], number
    assert important == 2 < high  # “the interval as reported reaches past two points”
    wider = sqrt(1 + (many / 16 - 1) * 0.05)  # design effect (Kish 1965)
    middle, half = (low + high) / 2, (high - low) / 2
    assert middle - half * wider < 0 < low
    said = right(questions["m03-q14-certainty"])
    assert "an interval that counts practices would include no difference at all" in said


def test_the_examples_for_mentors_keep_to_their_words_and_cite_sentences_that_say_so(questions):
    for name in ("m03-q16-appraise-paper", "m03-q17-other-tradition"):
        question = questions[name]
        fewest, most = question.content["words"]
        assert fewest <= len(question.mark_scheme["example"].split()) <= most
        tops = sum(len(row["levels"]) - 1 for row in question.mark_scheme["rubric"])
        assert tops == question.points
    held = sentences("link-workers")
    for number, part in {5: "again after six months", 9: "no comparison group", 19: "often in the months before",
                         15: "96 also filled in the second", 16: "lonelier at the start", 27: "stopped",
                         23: "it was quieter than before", 24: "Seven of the 18", 29: "bear out",
                         33: "in place of wellbeing", 17: "-0.9 (95% confidence interval -1.4 to -0.4)"}.items():
        assert part in held[number].replace("−", "-"), number
    assert "fell by 0.9 points on a scale from 3 to 9, 95% confidence interval 0.4 to 1.4" in text()
    home = sentences("going-home")
    assert "that was shut" in home[24]
    assert home[25].startswith("Sixteen people")


def test_the_rubric_asks_for_all_that_the_prompt_asks_for(questions):
    asked = [row["criterion"] for row in questions["m03-q16-appraise-paper"].mark_scheme["rubric"]]
    assert asked == ["Design", "Two threats with direction", "Results read properly", "One's own place",
                     "Users' outcomes", "Certainty"]
    asked = [row["criterion"] for row in questions["m03-q17-other-tradition"].mark_scheme["rubric"]]
    assert asked == ["Accuracy", "Respect", "Evidence"]


def test_each_level_of_a_rubric_can_be_read_by_itself(questions):
    for question in questions.values():
        for row in question.mark_scheme.get("rubric", []):
            assert not [level for level in row["levels"] if re.search(r"\b[Aa]s \d", level)], row["criterion"]
