"""The feedback page: right, readable without sight or script, and free of what learners must not get."""

import json
import os
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from faulty.hand_ins.make import SMALL, Course

from researchskills import marking
from researchskills.errors import CourseError
from researchskills.marking.feedback_page import in_full
from researchskills.source import read_module

EVIL = "<script>alert(1)</script> ![x](https://evil.example/x.png) [y](javascript:alert(1)) <img src=x onerror=y>"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    before = os.environ.get("RESEARCHSKILLS_ROOT")
    made = Course(tmp_path_factory.mktemp("course"))
    made.answer(
        "steady-finch",
        {"m99-q1-piles": "wrong", "m99-q3-words": f"They count different things. {EVIL}"},
        SMALL,
    )
    made.answer("silent-finch", {}, SMALL)
    made.answer_all()
    made.code("steady-finch", f"first = 3\ntotal = {EVIL!r}", "m99-q2-code", SMALL)
    yield made
    os.environ.pop("RESEARCHSKILLS_ROOT")
    if before:
        os.environ["RESEARCHSKILLS_ROOT"] = before


@pytest.fixture(scope="module")
def pages(course):
    room = course.root / "room"
    marking.mark([course.hand_in(one, SMALL) for one in ("steady-finch", "silent-finch")], room)
    before = {path.name: path.read_text(encoding="utf-8") for path in marking.feedback(SMALL, room)}
    marking.record(
        room, "steady-finch", SMALL, "m99-q3-words", {"Concreteness": 2}, f"Well seen.\n\n{EVIL}", "A mentor"
    )
    written = marking.feedback(SMALL, room)
    assert [path.parent for path in written] == [room / "feedback" / SMALL] * 2
    after = {path.name: path.read_text(encoding="utf-8") for path in written}
    return {
        "before": before["99-sound--steady-finch.html"],
        "after": after["99-sound--steady-finch.html"],
        "silent": after["99-sound--silent-finch.html"],
    }


class Page(HTMLParser):
    """Tags with their attributes, and the visible words."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words = [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words += data


def test_the_page_says_answer_points_reason_level_and_comment(pages):
    words = Page(pages["after"]).words
    assert "Those in the first pile" in words, "the answer"
    assert "The beads of the second pile would be left out." in words, "the reason"
    assert "2 of 3" in words and "a reason from practice" in words, "the level"
    assert "Well seen." in words, "the comment"
    assert re.search(r"Points:\s*0 out of 1", words) and re.search(r"Points:\s*2 out of 3", words)


def test_before_a_mentor_has_marked_the_page_says_so(pages):
    words = Page(pages["before"]).words
    assert "1 question is still to be marked" in words
    assert "not marked yet" in words
    assert "How it was read" not in words


def test_a_question_without_an_answer_says_nothing_was_handed_in(pages):
    words = Page(pages["silent"]).words
    assert words.count("No answer came with your hand-in") >= 2
    assert "not marked yet" not in words


def test_the_page_can_be_walked_through_by_a_screen_reader(pages):
    for text in pages.values():
        page = Page(text)
        assert ("html", {"lang": "en-GB"}) in page.tags
        levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        assert all("scope" in attrs for tag, attrs in page.tags if tag == "th")
        assert sum(tag == "table" for tag, _ in page.tags) >= sum(tag == "caption" for tag, _ in page.tags) >= 1
        assert [tag for tag, _ in page.tags].count("main") == 1
        assert "<title>" in text


def test_the_page_runs_and_fetches_nothing(pages):
    for text in pages.values():
        page = Page(text)
        assert not {"script", "img", "iframe", "link", "object"} & {tag for tag, _ in page.tags}
        for _, attrs in page.tags:
            assert not any(name.startswith("on") for name in attrs)
            assert attrs.get("href", "#").startswith("#")
        assert "default-src 'none'" in text


def test_what_was_typed_is_text_on_the_page(pages):
    assert EVIL in Page(pages["after"]).words


def test_no_check_code_and_no_example_answer_is_shown(pages, course):
    example = read_module(course.root / "solutions" / SMALL).questions["m99-q3-words"].mark_scheme["example"]
    for text in pages.values():
        assert "score(" not in text and "HIDDEN" not in text and "check(" not in text
        assert example not in Page(text).words


def test_a_mark_changed_in_nbgrader_itself_counts_and_shows_no_stale_levels(pages, course):
    from researchskills.marking.room import gradebook

    room = course.root / "room"
    with gradebook(room) as book:
        grade = book.find_grade("m99-q3-words", "exercises", SMALL, "steady-finch")
        grade.manual_score = 3.0
        book.db.commit()
    (path,) = marking.feedback(SMALL, room, ["steady-finch"])
    words = Page(path.read_text(encoding="utf-8")).words
    assert re.search(r"Points:\s*3 out of 3", words)
    assert "How it was read" not in words


def test_feedback_before_any_marking_is_one_sentence(course, tmp_path):
    with pytest.raises(CourseError, match="course mark"):
        marking.feedback(SMALL, tmp_path)


def test_answers_that_were_tampered_with_do_not_break_the_page(course, tmp_path):
    answers = course.root / "room" / "submitted" / "steady-finch" / SMALL / "answers" / "m99-q1-piles.json"
    before = answers.read_bytes()
    content = json.loads(before)
    content["state"]["answer"] = {"not": ["offered"]}
    answers.write_text(json.dumps(content))
    try:
        (path,) = marking.feedback(SMALL, course.root / "room", ["steady-finch"])
        assert "Which piles count?" in path.read_text(encoding="utf-8")
    finally:
        answers.write_bytes(before)


def test_a_level_that_builds_on_another_is_told_in_full():
    """“As 2, and …” means nothing to a learner who has not seen level 2."""
    levels = ["0: Nothing.", "1: A word.", "2: Two threats are named.", "3: As 2, and which way they push."]
    assert in_full(levels, 3) == "As 2 (“Two threats are named.”), and which way they push."
    assert in_full(levels, 2) == "Two threats are named."
