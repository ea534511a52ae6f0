"""Module 01's lesson, workshop and supervisor guide: what they say is true of the files, and every sum adds up.

Numbers are counted here a second time from the text of the csv files, the sealed judgements and a formula written out;
sentences are put together from these counts and looked up in the pages.
"""

import csv
import math
import re
from collections import Counter
from itertools import combinations, pairwise
from pathlib import Path

import nbformat
import pytest

from researchskills import privacy
from researchskills.datasets import planted
from researchskills.plan.parts import PARTS
from researchskills.questions import frame_sentence, project_kind, tree
from researchskills.questions.finer import FINER
from researchskills.questions.frames import FRAMES, Framed
from researchskills.questions.kinds import KINDS
from researchskills.questions.researchable import FEWEST_WEEKS, RULES, check
from researchskills.source import Module, read_module

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "solutions" / "01-researchable-questions"
DATA = ROOT / "datasets"
WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
PANEL = ("nurse", "social worker", "carer")


def read(name: str) -> list[dict]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def text_of(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def page(name: str) -> str:
    """Text of a page with every run of white space made one space."""
    return " ".join(text_of(name).split())


def part(name: str, heading: str) -> str:
    """What stands under a heading, to the next of the same or a higher level."""
    level = re.match(r"#+", heading)[0]
    found = re.search(rf"^{re.escape(heading)}.*?$(.*?)(?=^#{{1,{len(level)}}} |\Z)", text_of(name), re.M | re.S)
    assert found, heading
    return found[1]


def table_rows(text: str, columns: int) -> list[list[str]]:
    """Cells of the lines of Markdown tables that have so many columns, without rulers."""
    rows = [[cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]
            for line in text.splitlines() if line.strip().startswith("|")]
    return [row for row in rows if len(row) == columns and not set("".join(row)) <= set("-: ")]


@pytest.fixture(scope="module")
def module() -> Module:
    return read_module(FOLDER)


# The 160 questions and the rules


def question_facts(rows: list[dict], slots: list[dict], judged: dict) -> dict:
    """Every number about the questions and the rules, by a short name."""
    kinds = Counter(row["kind"] for row in rows)
    held_out = [row for row in rows if row["part"] == "held out"]
    assert len(held_out) == len(rows) / 2
    right, seen = Counter(), Counter()
    for row in held_out:
        filled = {one["slot"]: one["text"] for one in slots if one["question"] == row["question"]}
        framed = Framed(row["text"], row["kind"], row["frame"], filled, row["role"], row["data"],
                        float(row["weeks"]) if row["weeks"] else None)
        for remark in check(framed):
            seen[remark.rule] += remark.fault is True
            right[remark.rule] += remark.fault is True and judged[row["question"]][remark.rule]["fault"] == "yes"
    there = Counter(rule for row in held_out for rule, one in judged[row["question"]].items() if one["fault"] == "yes")
    [cover_up] = [row["question"] for row in rows if "cover-up for cuts" in row["text"]]
    wrong_often = [rule for rule in RULES if 10 * (seen[rule] - right[rule]) > seen[rule]]
    return {
        "total": len(rows), "works": kinds["works"], "for_whom": kinds["for_whom"],
        "cover_up": WORDS[sum(one["fault"] == "yes" for one in judged[cover_up].values())],
        "asking": ", and ".join(f"“{RULES[rule].title}” was right {right[rule]} times of {seen[rule]}" if not place
                               else f"“{RULES[rule].title}” {right[rule]} times of {seen[rule]}"
                               for place, rule in enumerate(wrong_often)),
        "table": {RULES[rule].title: ((right[rule], seen[rule]), (right[rule], there[rule]), rule in wrong_often)
                  for rule in RULES},
    }


QUESTION_SENTENCES = (
    "{total} invented questions, good and faulty (`research_questions`)", "The course keeps {total} invented questions",
    "Nearly a third ask whether something works (`works`), and {for_whom} of {total} ask for whom",
    "one half of the {total}, drawn by chance", "of the eight faults, a careful reader sees {cover_up} in it",
    "{asking}.",
)


def straight(text: str) -> str:
    return text.replace("“", '"').replace("”", '"')


@pytest.fixture(scope="module")
def questions() -> dict:
    return question_facts(read("research_questions/research_questions"), read("research_questions/slots"),
                          planted("research_questions")["questions"])


def test_every_number_about_the_questions_is_the_one_counted_from_the_csv_files(questions):
    text = straight(page("lesson.md"))
    assert [one for one in QUESTION_SENTENCES if straight(one.format(**questions)) not in text] == []
    assert 0.3 < questions["works"] / questions["total"] < 1 / 3  # “nearly a third”


def test_ten_questions_fewer_and_other_judgements_would_contradict_the_page():
    rows = [row for row in read("research_questions/research_questions") if row["kind"] != "for_whom"]
    rows = rows[: len(rows) - len(rows) % 2]
    for place, row in enumerate(rows):
        row["part"] = "held out" if place % 2 else "building"
    judged = planted("research_questions")["questions"]
    for one in judged.values():
        one["time"]["fault"] = "no"
    facts = question_facts(rows, read("research_questions/slots"), judged)
    assert len([one for one in QUESTION_SENTENCES if straight(one.format(**facts)) not in straight(page("lesson.md"))]
               ) >= 5


def wilson(some: int, of: int) -> tuple[float, float]:
    """Score interval, E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209-212, written out."""
    z, share = 1.959964, some / of
    middle = share + z * z / (2 * of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return (middle - half) / (1 + z * z / of), (middle + half) / (1 + z * z / of)


def test_the_table_of_the_rules_in_the_lesson_is_the_one_counted_here(questions):
    notebook = nbformat.read(ROOT / "course" / FOLDER.name / "lesson.ipynb", as_version=4)
    [cell] = [one for one in notebook.cells if one.source.endswith("rules_measured()")]
    html = "".join(cell.outputs[-1]["data"]["text/html"])
    cells = [re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r"<t[hd].*?</t[hd]>", html, re.S)]
    for title, ((right, seen), (also_right, there), asks) in questions["table"].items():
        place = cells.index(title)
        expected = [f"{a} of {b} ({wilson(a, b)[0]:.0%} to {wilson(a, b)[1]:.0%})"
                    for a, b in ((right, seen), (also_right, there))]
        assert cells[place + 1:place + 4] == [*expected, "a question" if asks else "a finding"], title


def test_a_rule_that_was_never_wrong_may_be_wrong_as_often_as_the_lesson_says(questions):
    right, seen = questions["table"]["Who it is about"][0]
    assert right == seen
    assert (f'"Who it is about" was never wrong in {seen}, and might still be wrong one time in three'
            in page("lesson.md"))
    assert abs(1 - wilson(right, seen)[0] - 1 / 3) < 0.05


def test_the_rules_the_kinds_and_finer_stand_in_the_lesson_as_in_the_code():
    rules = [row[0] for row in table_rows(part("lesson.md", "#### Eight rules"), 2)][1:]
    assert rules == [rule.title for rule in RULES.values()]
    kinds = table_rows(part("lesson.md", "#### Five kinds of question"), 3)[1:]
    assert [(row[0].strip("*"), row[2]) for row in kinds] == [
        (kind.name, kind.answered_by.rstrip(".")) for kind in KINDS.values()]
    assert re.findall(r"\*\*(\w+)\*\*", part("lesson.md", "#### FINER")) == [one.name.lower() for one in FINER.values()]
    for frame in FRAMES.values():
        assert f"**{frame.name}**" in text_of("lesson.md")


def test_the_weeks_in_the_guide_for_supervisors_are_those_of_the_rule():
    asked = {"two": "how_many", "six": "experience", "eight": "works", "ten": "for_whom"}
    assert {WORDS.index(word): kind for word, kind in asked.items()} == {
        FEWEST_WEEKS[kind]: kind for kind in asked.values()}
    assert FEWEST_WEEKS["why"] == FEWEST_WEEKS["works"]
    assert ("two weeks for counting what is on record, six for interviews, eight for why or whether something works, "
            "ten for whom") in page("supervisor.md")


# The vignettes and the panel


def kappa(first: list, second: list) -> float:
    """Cohen (1960), written out."""
    same = sum(a == b for a, b in zip(first, second, strict=True)) / len(first)
    chance = sum(first.count(one) * second.count(one) for one in set(first)) / len(first) ** 2
    return (same - chance) / (1 - chance)


def alike(first: list, second: list) -> int:
    return sum(a == b for a, b in zip(first, second, strict=True))


def panel_lines(vignettes: dict) -> list[str]:
    """The lines of the lesson's table of agreement."""
    lines = []
    for one, other in combinations(PANEL, 2):
        cells = []
        for stage in ("first", "later"):
            first, second = ([held["first"][who]["decision"] if stage == "first" else held["later"][who]
                              for held in vignettes.values()] for who in (one, other))
            cells.append(f"{alike(first, second)} of {len(first)}, kappa {kappa(first, second):.2f}")
        lines.append(f"| {one.capitalize()} and {other} | {cells[0]} | {cells[1]} |")
    return lines


def test_the_agreement_of_the_panel_is_that_of_the_sealed_decisions():
    vignettes = planted("vignettes")["partnership"]["vignettes"]
    assert len(vignettes) == 12
    lesson = text_of("lesson.md")
    for line in panel_lines(vignettes):
        assert line in lesson
    first = [[held["first"][who]["decision"] for held in vignettes.values()] for who in PANEL[:2]]
    assert f"{WORDS[alike(*first)]} of twelve. Their kappa, which takes out what chance would give, was " \
           f"{kappa(*first):.2f}" in lesson
    apart = [name for name, held in vignettes.items() if held["later"]["carer"] != held["agreed"]]
    assert len(apart) == 1  # “the carer still differs on one story”


def test_one_decision_more_or_less_would_contradict_the_table():
    vignettes = planted("vignettes")["partnership"]["vignettes"]
    held = vignettes["PA01"]
    held["first"]["nurse"]["decision"] = held["later"]["nurse"] = "no"
    assert [line in text_of("lesson.md") for line in panel_lines(vignettes)] == [False, False, True]


def test_the_definition_by_a_signature_agrees_with_the_panel_on_as_many_stories_as_the_lesson_says():
    signed = {row["vignette"]: row["value"] for row in read("vignettes/facts") if row["fact"] == "agreement"}
    agreed = {name: held["agreed"] for name, held in planted("vignettes")["partnership"]["vignettes"].items()}
    same = sum(signed[name] == agreed[name] for name in agreed)
    assert f"with the panel's final view it agrees on {same} of {len(agreed)} stories" in page("lesson.md")


def test_the_photograph_is_told_as_the_story_has_it_and_both_definitions_are_the_sealed_ones():
    [story] = [row for row in read("vignettes/vignettes") if row["title"] == "The photograph"]
    sealed, lesson = planted("vignettes")["partnership"], page("lesson.md")
    for words in ("fourteen months", "Neither has put in money or staff", "memorandum of partnership"):
        assert words in story["text"]
        assert words.lower() in lesson.lower()
    assert sealed["definitions"]["naive"]["text"] in lesson
    quoted = re.search(r"\"(It is a partnership when two or more .+?)\.\"", lesson)[1]
    assert quoted.replace("It is", "We count it as") in sealed["definitions"]["panel"]["text"]
    assert sealed["vignettes"][story["vignette"]]["agreed"] == "no"


def test_learners_are_sent_to_a_word_whose_panel_definition_the_lesson_has_not_shown():
    before, turn = text_of("lesson.md").partition("## Unit 3")[2].partition("## Unit 4")[0].split("### Your turn")
    words = re.search(r"three words: \*(.+?)\*, \*(.+?)\* or \*(.+?)\*\.\nTake one of the first two", turn).groups()
    sealed, terms = planted("vignettes"), {row["word"]: row["term"] for row in read("vignettes/terms")}
    assert set(words) == set(terms)
    shown = [word for word in words if sealed[terms[word]]["definitions"]["naive"]["text"] in before]
    assert shown == [words[-1]]


# The tree, the ladder and the sentence


def lesson_tree() -> list[dict]:
    names = {kind.name: key for key, kind in KINDS.items()}
    rows = [row for row in table_rows(part("lesson.md", "#### The tree"), 4) if row[1] != "Question"]
    nodes = []
    for number, text, asks, leaves_out in rows:
        place = "" if number == "Whole" else number
        kind = next((key for name, key in names.items() if asks and asks in name), "")
        kind = {"Experience": "experience"}.get(asks, kind)
        parent = place.rpartition(".")[0] or ("Whole" if place else "")
        nodes.append({"id": number, "parent": parent, "text": text, "kind": kind, "leaves_out": leaves_out})
    return nodes


def test_the_tree_of_the_lesson_is_complete_by_the_activitys_own_rules():
    held = tree.Tree.from_list(lesson_tree())
    assert [held.called(node.id) for node in held.nodes][1:] == [node.id for node in held.nodes[1:]]
    assert tree.remarks(held) == []
    assert {node.kind for node in held.leaves()} == set(KINDS)
    assert held.whole.text == tree.EXAMPLES["partnership"].question


def test_a_leaf_that_leaves_out_nothing_would_be_noticed():
    nodes = lesson_tree()
    nodes[-1]["leaves_out"] = ""
    assert [one.rule for one in tree.remarks(tree.Tree.from_list(nodes))] == ["leaves_out"]


def test_the_ladder_is_the_same_in_the_lesson_and_on_paper():
    lesson = table_rows(part("lesson.md", "#### The ladder down"), 3)
    paper = [row[:3] for row in table_rows(part("workshop.md", "### Paper 1"), 4)]
    assert lesson[1:] == paper[1:]
    assert len(lesson) == 7


def test_the_sentence_is_the_one_that_the_frame_makes_of_the_slots():
    section = part("lesson.md", "#### Four frames, and three more")
    slots = {row[0].lower(): row[1] for row in table_rows(section, 2) if row[0] != "Slot"}
    assert set(slots) == {slot.key for slot in FRAMES["pico"].slots}
    [shown] = re.findall(r"^> (.+)$", section, re.M)
    assert shown == frame_sentence.build("pico", slots, "works")


def test_ruths_edited_question_passes_the_rules_that_need_no_role():
    section = part("lesson.md", "#### Four frames, and three more")
    slots = {row[0].lower(): row[1] for row in table_rows(section, 2) if row[0] != "Slot"}
    edited = re.search(r"So she edits it: \*(.+?)\*", section)[1]
    assert [one.rule for one in check(Framed(edited, "works", "pico", slots)) if one.fault] == []


def test_ruths_weeks_are_fewer_than_the_rule_wants_as_the_lesson_says():
    section = part("lesson.md", "#### Four frames, and three more")
    slots = {row[0].lower(): row[1] for row in table_rows(section, 2) if row[0] != "Slot"}
    edited = re.search(r"So she edits it: \*(.+?)\*", section)[1]
    wanted, has = (WORDS.index(word) for word in re.search(
        r"For Ruth's question the rule wants (\w+) weeks; she has (\w+)\.", page("lesson.md")).groups())
    for weeks, seen in ((has, ["feasible"]), (wanted - 1, ["feasible"]), (wanted, [])):
        framed = Framed(edited, "works", "pico", slots, "social worker in the North team",
                        "the council's and the trust's lists of referrals", weeks)
        assert [one.rule for one in check(framed) if one.fault] == seen
    assert f"you, a colleague and {WORDS[has]} weeks can answer" in page("lesson.md")


# The plan, the sources, the times


def test_the_plan_is_written_after_everything_that_goes_into_it():
    before, after = text_of("lesson.md").split("research_plan()")
    entries = read_module(FOLDER).contributions
    for entry in entries:
        if re.match(r"m01-[ap]\d", entry["from"]):
            assert entry["from"] in before.partition("+++")[2], entry["from"]
            assert entry["from"] not in after


def test_every_activity_of_the_lesson_goes_into_the_plan_and_every_part_exists(module):
    activities = set(re.findall(r'"(m01-a\d-[a-z0-9-]+)"\)|"(m01-a\d-[a-z0-9-]+)", ', text_of("lesson.md")))
    named = {one or other for one, other in activities}
    gathered = {entry["from"]: entry["part"] for entry in module.contributions}
    assert len(named) == 7
    assert named <= set(gathered)
    assert set(gathered.values()) <= set(PARTS)
    assert {"worry", "question", "ethics", "people", "supervisor"} <= set(gathered.values())


def test_what_is_quoted_is_short_and_dated():
    for name in ("lesson.md", "workshop.md", "supervisor.md"):
        for words, cited in re.findall(r"\"([^\"]+)\"[^\"()]*\(((?:Trent|Joe|University|an essay)[^)]*)\)", page(name)):
            assert len(words.split()) <= 12, words
            assert "undated" in cited, cited


def test_the_kinds_of_project_are_those_of_the_activity():
    rows = table_rows(part("lesson.md", "#### What kind of project?"), 2)[1:]
    kinds = [kind for kind in project_kind.KINDS.values() if kind.key != "surveillance"]
    assert [(row[0].strip("*"), row[1]) for row in rows] == [(kind.name, kind.asks) for kind in kinds]


def test_each_line_about_approval_names_where_it_is_from_and_how_sure_it_is():
    rows = table_rows(part("lesson.md", "#### What kind of project?"), 3)[1:]
    assert f"{WORDS[len(rows)].capitalize()} things to know" in page("lesson.md")
    for fact, source, sure in rows:
        assert source, fact
        assert sure in project_kind.SURE.values(), fact
    assert "None of it is legal advice" in page("lesson.md")
    assert "Nothing in the module is legal advice" in page("supervisor.md")


def test_the_supervisor_is_told_what_the_privacy_check_finds_and_that_it_finds_no_names():
    [bullet] = re.findall(r"It is looked through for .+", text_of("supervisor.md"))
    examples = {"NHS": "943 476 5919", "National Insurance": "AB 12 34 56 C", "e-mail": "ivy@example.org",
                "telephone": "01632 960123", "birth": "born 3 May 1941", "postcode": "LS1 4AP"}
    for words, example in examples.items():
        assert words in bullet
        assert [words in one.kind for one in privacy.find(f"She gave {example}.")] == [True], words
    assert "**It cannot find names or stories.**" in bullet
    assert privacy.find("Ivy Holloway of the corner house told us how her husband fell.") == []


def test_the_times_that_the_lesson_plans_add_up(module):
    text = page("lesson.md")
    units = [int(minutes) for minutes in re.findall(r"## Unit \d: [^#]*?\b(\d+) minutes\.", text)]
    assert len(units) == 5
    assert "## Seen from the other side Fifteen minutes" in text
    assert "### The plan that grows Five minutes" in text
    total = sum(units) + 15 + 5
    assert total == module.lesson.header["minutes"]
    assert (f"{total} minutes: five units of {min(units)} to {max(units)} minutes ({sum(units)}), a last step of 15, "
            "and your plan (5)") in text
    assert f"{total} minutes in five sittings and a last step" in page("supervisor.md")
    for heading, total in (("## Use it tomorrow", 20), ("## Discuss together", 25)):
        assert sum(map(int, re.findall(r"\((\d+) minutes\)", part("lesson.md", heading)))) == total


def test_the_supervisor_is_told_the_time_that_the_exercises_plan():
    plan = re.search(r"Plan about (\d+) minutes for the seventeen, .*? and (\d+) for each of the two",
                     page("exercises.md"))
    checked, each = map(int, plan.groups())
    assert (f"then about {checked + 2 * each} minutes of exercises, {2 * each} of them for the sheet and the letter"
            in page("supervisor.md"))


def test_the_supervisor_is_told_the_whole_time_and_weeks_in_which_an_hour_each_is_enough():
    [line] = re.findall(r"^\| \*\*Time\*\* .+$", text_of("supervisor.md"), re.M)
    hours, first, last = (
        int(word) if word.isdigit() else WORDS.index(word) for word in re.search(
            r"About (\d+) hours in all, over (\w+) or (\w+) weeks: ", line).groups())
    minutes = list(map(int, re.search(
        r"(\d+) minutes in five sittings.* about (\d+) minutes of exercises.* and (\d+) for two tasks", line).groups()))
    tasks = [part("lesson.md", heading) for heading in ("## Use it tomorrow", "## Discuss together")]
    assert minutes[-1] == sum(map(int, re.findall(r"\((\d+) minutes\)", "".join(tasks))))
    assert hours == round(sum(minutes) / 60)
    assert "One protected hour a week" in line
    assert [first, last] == [hours, hours + 1]


def test_every_outcome_is_taught_practised_and_assessed_by_questions_that_exist(module):
    table = [row for row in table_rows(part("workshop.md", "## Outcomes"), 5) if row[0] != "Outcome"]
    assert len(table) == 8  # six of the curriculum, the part for two agencies, and the step of every module
    named = set()
    for outcome, taught, practised, assessed, session in table:
        assert taught, outcome
        assert session, outcome
        for cell, letter in ((practised, "[pa]"), (assessed, "q")):
            ids = re.findall(rf"`(m01-{letter}\d+-[a-z0-9-]+)`", cell)
            assert ids, outcome
            named |= set(ids)
    activities = set(re.findall(r'"(m01-a\d-[a-z0-9-]+)"', text_of("lesson.md")))
    assert named <= set(module.questions) | activities
    assert activities <= named
    assert {name for name, question in module.questions.items() if question.points or question.where == "lesson"
            } <= named


def test_practice_questions_are_numbered_in_the_order_of_the_page(module):
    numbers = [int(re.match(r"m01-p(\d+)-", name)[1]) for name in module.questions if name.startswith("m01-p")]
    assert numbers[0] == 1
    assert all(after == before + 1 for before, after in pairwise(numbers))


@pytest.mark.parametrize("belief", [
    "A topic is a question", "A question with", "Small means not valuable", "Counting destroys the whole",
    "Evaluation never needs ethics", "generalisable research, so it was worth little",
])
def test_each_misconception_is_answered_in_the_lesson_and_the_run_sheet(belief):
    assert belief in part("lesson.md", "## Common traps")
    assert belief in part("workshop.md", "## What people often believe")


def test_there_is_one_key_point_for_each_outcome():
    outcomes = re.findall(r"^\d\. ", part("lesson.md", "## You will be able to"), re.M)
    assert len(outcomes) == len(re.findall(r"^- ", part("lesson.md", "## Key points"), re.M)) == 5


# The papers of the workshop


def test_the_lots_on_paper_are_those_that_the_trainer_explains():
    paper, trainers = part("workshop.md", "### Paper 2"), part("workshop.md", "### Answers to Paper 2")
    lots = [row[0] for row in table_rows(paper, 2) if row[0] != "Lot"]
    told = {row[0]: row[1] for row in table_rows(trainers, 4) if row[0] != "Lot"}
    assert lots == list(told) == [str(number) for number in range(1, 9)]
    answerable = [lot for lot, says in told.items() if says.startswith("Answerable")]
    faulty = [lot for lot, says in told.items() if says.startswith("Faulty")]
    assert (f"{WORDS[len(answerable)].capitalize()} of the eight can be answered as they stand: "
            f"{answerable[0]}, {answerable[1]} and {answerable[2]}." in trainers)
    assert (f"{WORDS[len(faulty)].capitalize()} can be mended: {faulty[0]}, {faulty[1]} and {faulty[2]}." in trainers)


def test_there_are_a_hundred_minutes_to_cut_out():
    paper = part("workshop.md", "### Paper 3")
    assert sum(map(int, re.findall(r"(\d+) minutes", paper))) == 100
    [bids] = [row for row in table_rows(paper, 11) if row[0] == "Minutes"]
    assert bids[-1] == "100"


def test_the_paper_of_eight_questions_follows_the_lesson():
    lesson = [row[1] for row in table_rows(part("lesson.md", "#### Eight rules"), 2)][1:]
    paper = [row[0] for row in table_rows(part("workshop.md", "### Paper 5"), 2)][1:]
    assert len(lesson) == len(paper) == 8


def test_the_task_for_week_12_comes_out_as_the_trainers_are_told():
    text = page("workshop.md").partition("**Unseen task")[2].partition("## Paper set")[0]
    told = " ".join(part("workshop.md", "### The task for week 12").split())
    total, both_yes, both_no, hers, nurses = map(int, re.search(
        r"looked at (\d+) referrals.*?yes for (\d+) and no for (\d+)\. Of the others, (\d+) were late only to her and "
        r"(\d+) only", text).groups())
    assert both_yes + both_no + hers + nurses == total
    first = ["yes"] * both_yes + ["no"] * both_no + ["yes"] * hers + ["no"] * nurses
    second = ["yes"] * both_yes + ["no"] * both_no + ["no"] * hers + ["yes"] * nurses
    assert f"{alike(first, second)} of {total}, which is {100 * alike(first, second) / total:g}%" in told
    assert f"kappa is about {kappa(first, second):.2f}" in told
    faults = re.search(r"(\w+) faults: (.+?)\. ", told)
    assert WORDS.index(faults[1].lower()) == len(faults[2].split("; "))
    assert f"Right: at least three of the {faults[1].lower()} faults, and {alike(first, second)} of {total}." in told


def test_the_papers_can_be_printed_without_any_answer():
    papers, answers = text_of("workshop.md").split("## Answers to the papers (for trainers): do not print or send")
    assert re.findall(r"^### (.+)", answers, re.M) == [
        "Answers to Paper 1", "Answers to Paper 2", "Answers to Paper 4", "The task for week 12"]
    assert not re.search("for trainers[.:]", papers.partition("## Before the day")[2], re.I)
    assert "kappa is" not in papers


def test_as_many_pairs_read_to_the_panel_as_there_are_minutes_for():
    [(pairs, each, card)] = re.findall(r"(\w+) pairs read theirs .+? \(\d × (\d)\) .+? picks one \((\d)\)",
                                       page("workshop.md"))
    pairs = WORDS.index(pairs.lower())
    assert f"({pairs} × {each})" in page("workshop.md")
    assert pairs * int(each) + int(card) == 10
    sizes = [row for row in table_rows(part("workshop.md", "### With 10, 20 or 40"), 5) if row[0] != "Size"]
    assert len(sizes) == 3
    assert all(f"{pairs} pairs" in row[-1] for row in sizes)
