"""Feedback in Word: short, readable by ear, and free of what learners must not get."""

import io
import os
import re
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from faulty.hand_ins.make import REAL, Course

from researchskills import checks, marking
from researchskills.source import read_module

EVIL = "<script>alert(1)</script> ![x](https://evil.example/x.png) &lt; \x0b"
COMMENT = "You describe the rota as it is, and that makes the barrier real."
LEVELS = {
    "Concreteness": 3,
    "Honesty about the barrier": 2,
    "Plan with who and when": 1,
    "Effect on people who draw on care and on carers": 2,
}
#: A page of A4 in this layout takes about 450 words, and a table of fourteen rows about a third of a page.
TWO_PAGES = 900


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    before = os.environ.get("RESEARCHSKILLS_ROOT")
    course = Course(tmp_path_factory.mktemp("course"))
    marked = {name: one for name, one in read_module(course.root / "solutions" / REAL).questions.items() if one.points}
    answers = dict.fromkeys(marked, "right")
    answers.update({"m00-q3-boundary": "wrong", "m00-q7-trent": "wrong", "m00-q6-counter-moves": "half"})
    del answers["m00-q13-hear"]
    course.answer("steady-finch", answers)
    course.answer("amber-wren", {"m00-q14-fit": f"I keep the rota. {EVIL}"})
    course.answer_all()
    place = course.root / "room"
    marking.mark([course.hand_in(one) for one in ("steady-finch", "amber-wren")], place)
    marking.record(place, "steady-finch", REAL, "m00-q14-fit", LEVELS, f"{COMMENT}\n\n{EVIL}", "Jo Mentor")
    yield place
    os.environ.pop("RESEARCHSKILLS_ROOT")
    if before:
        os.environ["RESEARCHSKILLS_ROOT"] = before


@pytest.fixture(scope="module")
def content(room):
    (page,) = marking.feedback(REAL, room, ["steady-finch"])
    return page.with_suffix(".docx").read_bytes()


@pytest.fixture(scope="module")
def document(content):
    return Document(io.BytesIO(content))


def words_of(document):
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return " ".join(" ".join([*(one.text for one in document.paragraphs), *cells]).split())


def test_it_begins_with_the_mentors_words_what_went_well_and_what_is_worth_most(document):
    headings = [one.text for one in document.paragraphs if one.style.name.startswith("Heading")]
    assert headings[:6] == [
        "Feedback on My job at the interface",
        "From your mentor",
        "What went well",
        "Worth most next",
        "Not answered yet",
        "Points",
    ]
    texts = [one.text for one in document.paragraphs]
    assert texts[1].startswith("Hello! This is feedback on your work on “My job at the interface”, handed in on ")
    assert texts.index(COMMENT) == 4, "after the heading and the question that it is about"
    steps = [one.text for one in document.paragraphs if one.style.name == "List Number"]
    assert len(steps) == 3
    # The text has 4 points to gain (12 less 3 + 2 + 1 + 2), more than any other question.
    assert steps[0].startswith(
        "“Where does research fit in your job?”: 8 of 12 points. Most is to be gained under “Plan"
    )
    assert "level 1 of 3. A full answer has: A small step with a role to ask and a date, which" in steps[0]
    assert steps[1].startswith("“Is this interface work?”: 0 of 3 points.")


def test_levels_are_told_with_the_next_one_and_the_mentors_words(document):
    (table,) = [one for one in document.tables if one.rows[0].cells[0].text == "Criterion"]
    rows = {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in table.rows[1:]}
    rubric = read_module(Path(os.environ["RESEARCHSKILLS_ROOT"]) / "solutions" / REAL).questions["m00-q14-fit"]
    for criterion in rubric.mark_scheme["rubric"]:
        level, means, following = rows[criterion["criterion"]]
        given = LEVELS[criterion["criterion"]]
        assert level == f"{given} of 3" and means == criterion["levels"][given].removeprefix(f"{given}: ")
        if given == 3:
            assert following == "This is the highest level."
    assert rows["Plan with who and when"][2] == (
        "The next level, 2 of 3, has: A step with either a person to ask or a date.\n"
        "A full answer has: A small step with a role to ask and a date, which could be done within the next month."
    )
    assert words_of(document).count(COMMENT) == 1


def test_what_went_well_comes_from_the_levels_too(document):
    praise = [one.text for one in document.paragraphs if one.style.name == "List Bullet"]
    # Three of the four criteria are at level 2 or 3; the highest comes first, then the order of the rubric.
    fit = "In “Where does research fit in your job?”, under"
    assert [one.partition("): ")[0] for one in praise[1:4]] == [
        f"{fit} “Concreteness” (level 3 of 3",
        f"{fit} “Honesty about the barrier” (level 2 of 3",
        f"{fit} “Effect on people who draw on care and on carers” (level 2 of 3",
    ]


def test_reasons_come_after_the_points_and_only_for_what_is_worth_most(document):
    texts = [one.text for one in document.paragraphs]
    heading = texts.index("Reasons, for what is worth most next")
    assert texts.index("Points") < texts.index("14. Where does research fit in your job?") < heading
    # The first step is about the text, which has levels; of the two others one has a reason with six paragraphs.
    assert texts[heading + 1 : heading + 4] == [
        "3. Is this interface work?",
        "The reason takes more room than there is here; it stands on the feedback page.",
        "7. What one study can and cannot show",
    ]
    assert "10 of 14 is about 71%" in texts[heading + 4]
    assert len(texts) == heading + 6


def test_a_normal_module_takes_one_to_two_pages(document, room):
    assert len(words_of(document).split()) < TWO_PAGES
    (page,) = marking.feedback(REAL, room, ["amber-wren"])
    assert 100 < len(words_of(Document(page.with_suffix(".docx"))).split()) < TWO_PAGES


def test_it_is_in_british_english_with_headings_in_order_and_tables_that_say_what_they_hold(document):
    assert document.core_properties.language == "en-GB"
    assert document.core_properties.title == "Feedback on My job at the interface"
    assert {one.get(qn("w:val")) for one in document.styles.element.iter(qn("w:lang"))} == {"en-GB"}
    levels = [int(one.style.name[-1]) for one in document.paragraphs if one.style.name.startswith("Heading")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    captions = [one for one in document.paragraphs if one.style.name == "Caption"]
    assert len(document.tables) == len(captions) == 2
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_nothing_is_in_it_that_a_learner_must_not_get(content, room):
    module = read_module(Path(os.environ["RESEARCHSKILLS_ROOT"]) / "solutions" / REAL)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        texts = {name: parts.read(name).decode("utf-8", "replace") for name in parts.namelist()}
    everything = "".join(texts.values())
    shown = " ".join(re.sub("<[^>]+>", "", texts["word/document.xml"]).split())
    for secret in (str(room), str(Path.home()), "score(", "HIDDEN", "amber-wren", "Jo Mentor", "vbaProject"):
        assert secret not in everything
    assert module.questions["m00-q14-fit"].mark_scheme["example"].split("\n")[0] not in shown
    # The right answer of a question that was answered wrongly, as the key has it.
    wrong = module.questions["m00-q7-trent"]
    for option in wrong.content["options"]:
        if option["key"] in checks.model_answer(wrong):
            assert option["text"] not in shown
    links = re.findall(r'<Relationship [^>]*TargetMode="External"[^>]*>', everything)
    assert links == [], "nothing is fetched"
    assert "<script" not in everything and "&lt;script&gt;alert(1)" in texts["word/document.xml"]


def test_the_same_marks_give_the_same_bytes(content, room):
    (page,) = marking.feedback(REAL, room, ["steady-finch"])
    assert page.with_suffix(".docx").read_bytes() == content
