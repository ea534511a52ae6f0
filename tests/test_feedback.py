"""The feedback page: right, readable without sight or script, and free of what learners must not get."""

import json
import os
import re
import shutil
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import accessibility_faults
from faulty.hand_ins.make import SMALL, Course

from researchskills import home, marking
from researchskills.errors import CourseError
from researchskills.marking import overrides
from researchskills.marking.feedback_content import Level
from researchskills.marking.feedback_page import in_full
from researchskills.marking.kept import Place
from researchskills.marking.units import units
from researchskills.marking.written import given
from researchskills.source import read_module

MODULES = sorted(Path(__file__).parents[1].glob("solutions/[0-9][0-9]-*"))
UNITS = "1: [m99-q1-piles, m99-q2-code]\n"
COMMENT = "Do you mean both piles?"
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
    made.answer("amber-wren", {"m99-q1-piles": "right", "m99-q3-words": "They count twice."}, SMALL)
    made.answer_all()
    (made.root / "solutions" / SMALL / "units.yaml").write_text(UNITS)
    made.code("amber-wren", "first = 3\ntotal = first + 4", "m99-q2-code", SMALL)
    made.code("steady-finch", f"first = 3\ntotal = {EVIL!r}", "m99-q2-code", SMALL)
    yield made
    os.environ.pop("RESEARCHSKILLS_ROOT")
    if before:
        os.environ["RESEARCHSKILLS_ROOT"] = before


@pytest.fixture(scope="module")
def pages(course):
    room = course.root / "room"
    everybody = ("steady-finch", "silent-finch", "amber-wren")
    marking.mark([course.hand_in(one, SMALL) for one in everybody], room)
    before = read_all(marking.feedback(SMALL, room))
    # A mark that was replaced is nobody's business.
    marking.record(room, "steady-finch", SMALL, "m99-q3-words", {"Concreteness": 1}, COMMENT, "Another mentor")
    marking.record(
        room, "steady-finch", SMALL, "m99-q3-words", {"Concreteness": 2}, f"Well seen.\n\n{EVIL}", "A mentor"
    )
    marking.record(room, "amber-wren", SMALL, "m99-q3-words", {"Concreteness": 3}, "", "A mentor")
    written = marking.feedback(SMALL, room)
    assert [path.parent for path in written] == [room / "feedback" / SMALL] * 3
    after = read_all(written)
    return {
        "before": before["99-sound--steady-finch.html"],
        "after": after["99-sound--steady-finch.html"],
        "silent": after["99-sound--silent-finch.html"],
        "all points": after["99-sound--amber-wren.html"],
    }


def read_all(paths):
    return {path.name: path.read_text(encoding="utf-8") for path in paths}


def words_of(text):
    return " ".join(Page(text).words.split())


class Page(HTMLParser):
    """Tags with their attributes, and the visible words."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words, self.headings = [], "", []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.words += " " if tag in ("li", "p", "td", "th", "h2", "h3", "h4") else ""
        if re.fullmatch("h[1-6]", tag):
            self.headings.append("")

    def handle_data(self, data):
        self.words += data
        if self.headings and re.fullmatch("h[1-6]", self.tags[-1][0]):
            self.headings[-1] += data.strip()


def test_the_page_says_answer_points_reason_level_and_comment(pages):
    words = Page(pages["after"]).words
    assert "Those in the first pile" in words, "the answer"
    assert "The beads of the second pile would be left out." in words, "the reason"
    assert "2 of 3" in words and "a reason from practice" in words, "the level"
    assert "Well seen." in words, "the comment"
    assert re.search(r"Points:\s*0 out of 1", words) and re.search(r"Points:\s*2 out of 3", words)


def test_it_begins_with_a_greeting_and_the_mentors_words(pages):
    words = words_of(pages["after"])
    assert Page(pages["after"]).headings[0] == "Feedback on A sound lesson", "a learner code is no name"
    said = [
        "Hello! This is feedback on your work on “A sound lesson”, handed in on ",
        "From your mentor On question 3, “In your own words”: Well seen.",
        "What went well",
        "Points for each question",
    ]
    assert sorted(said, key=words.index) == said
    assert words.index("Hello!") < words.index("steady-finch")
    # Beside the answer it stands once more, before the levels.
    assert words.rindex("Well seen.") < words.index("How it was read")


def test_what_went_well_and_what_is_worth_most_next_stand_first(pages):
    headings = Page(pages["after"]).headings
    assert headings[1:6] == ["In short", "From your mentor", "What went well", "Worth most next", "Points"]
    assert Page(pages["all points"]).headings[1:4] == ["In short", "What went well", "Points"]
    words = words_of(pages["after"])
    # Level 2 of 3 says what is in the text; nothing else was right.
    praise = words[words.index("What went well") : words.index("Worth most next")]
    assert (
        praise == "What went well In “In your own words”, under “Concreteness” (level 2 of 3): a reason from practice "
    )
    # 1 point is missing from each of the three; the order is then that of the page.
    said = [
        "“Which piles count?”: 0 of 1",
        "“Let the notebook add”: 0 of 1",
        "“In your own words”: 2 of 3",
        "Points for",
    ]
    assert sorted(said, key=words.index) == said


def test_somebody_who_has_everything_is_told_so_and_what_it_was(pages):
    words = words_of(pages["all points"])
    assert "You have 2 of 2 questions that the course checks right: “Which piles count?” and “Let the noteb" in words
    assert "In “In your own words”, under “Concreteness” (level 3 of 3): a reason and its remedy" in words
    assert "You have all points of this module." in words
    assert "Worth most next" not in words and "Look at it again" not in words
    assert "The total is made of all beads on the table." in words, "why it was right"


def test_somebody_who_answered_nothing_is_neither_praised_nor_reproached(pages):
    assert Page(pages["silent"]).headings[1:4] == ["In short", "Not answered yet", "Points"]
    words = words_of(pages["silent"])
    assert "No answers came with this hand-in, or none that could be read. If you had answered, please hand in" in words
    assert "If not, begin with whichever question you like: 5 points can still be gained." in words


def test_each_level_says_what_the_next_one_would_look_like(pages):
    words = words_of(pages["after"])
    assert "Concreteness: level 2 of 3 What that means: a reason from practice" in words
    assert "A full answer, the next level, has: a reason and its remedy" in words
    highest = words_of(pages["all points"])
    assert "Concreteness: level 3 of 3" in highest and "This is the highest level." in highest
    assert "A full answer" not in highest


def said_at(level, wordings):
    return [f"{name}: {words}" for name, words in Level("Plan", level, tuple(wordings)).towards]


def test_a_level_that_describes_a_lack_cannot_be_taken_for_the_aim():
    """The rubric of module 00, whose level 1 a learner was once told to aim at."""
    plan = read_module(MODULES[0]).questions["m00-q14-fit"].mark_scheme["rubric"][2]["levels"]
    full = "A small step with a role to ask and a date, which could be done within the next month."
    assert said_at(0, plan) == [
        f"A full answer has: {full}",
        "Level 1 of 3 still falls short of that: A wish, without a person to ask or a date.",
    ]
    assert said_at(1, plan) == [
        "The next level, 2 of 3, has: A step with either a person to ask or a date.",
        f"A full answer has: {full}",
    ]
    assert said_at(2, plan) == [f"A full answer, the next level, has: {full}"]
    assert said_at(3, plan) == []


@pytest.mark.parametrize("folder", MODULES, ids=lambda folder: folder.name)
def test_no_rubric_of_the_course_makes_a_lack_the_next_level_or_a_strength(folder):
    """Wordings that say what is missing, as read by a person: no level that has one may be praised or aimed at."""
    fine = "taking it back|causal words|a block"
    lacks = re.compile(rf"without (?!{fine})|: (No|None|Neither)\b|is missing\.|mentioned")
    for question in read_module(folder).questions.values():
        for row in question.mark_scheme.get("rubric", []) if question.marked_by == "mentor" else []:
            wordings = tuple(row["levels"])
            raw = {in_full(list(wordings), number): wording for number, wording in enumerate(wordings)}
            for number in range(len(wordings)):
                level = Level(row["criterion"], number, wordings)
                named = [words for name, words in level.towards if not name.startswith("Level ")]
                praised = [level.words] if level.is_strength else []
                assert [words for words in named + praised if lacks.search(raw[words])] == []
                assert number == level.highest or level.full_words in named


def test_a_level_whose_words_end_in_what_is_missing_is_no_strength():
    true = ["0: Wrong.", "1: Half.", "2: Right; the uncertainty is missing.", "3: Right, with the uncertainty."]
    assert not Level("True", 2, tuple(true)).is_strength and Level("True", 3, tuple(true)).is_strength
    assert said_at(1, true)[0] == "A full answer has: Right, with the uncertainty."


def test_somebody_with_low_levels_reads_what_is_there_and_what_a_full_answer_has(course, pages, tmp_path):
    """Nothing right and no level that could be praised: the page still begins with what was answered."""
    room = shutil.copytree(course.root / "room", tmp_path / "room")
    marking.record(room, "steady-finch", SMALL, "m99-q3-words", {"Concreteness": 1}, "", "A mentor")
    (path,) = marking.feedback(SMALL, room, ["steady-finch"])
    text = path.read_text(encoding="utf-8")
    assert Page(text).headings[1:5] == ["In short", "What is there", "Worth most next", "Points"]
    words = words_of(text)
    assert "You have answered 3 of 3 questions: “Which piles count?”, “Let the notebook add” and “In your" in words
    step = "Most is to be gained under “Concreteness”, now at level 1 of 3. A full answer has: a reason and its remedy"
    assert step in words


def test_what_to_look_at_again_is_the_unit_that_authors_named(pages):
    words = words_of(pages["after"])
    assert words.count("In the lesson: “Unit 1: Adding”.") == 2
    assert words.count("This question draws on the whole lesson.") == 1, "the text is not listed"


def test_every_link_leads_somewhere_on_the_page(pages):
    for text in pages.values():
        page = Page(text)
        places = {attrs["id"] for _, attrs in page.tags if "id" in attrs}
        links = [attrs["href"] for tag, attrs in page.tags if tag == "a"]
        assert links and all(link.startswith("#") and link[1:] in places for link in links)


def test_only_the_mark_that_counts_is_told_and_nobody_else_is_named(pages):
    assert COMMENT not in pages["after"] and "level 1 of 3" not in pages["after"]
    assert "mentor" not in re.sub("Your mentor’s comment|From your mentor", "", Page(pages["after"]).words)
    for who in ("silent-finch", "amber-wren", "Another mentor", "A mentor"):
        assert who not in pages["after"]


def test_points_that_a_mentor_changed_come_with_the_reason(course, pages):
    room = course.root / "room"
    place = Place(room, SMALL, "steady-finch", "m99-q1-piles")
    question, answer = given(room, SMALL, "steady-finch", [place.question])[place.question]
    before = overrides.give(place, question, answer, 1, f"The picture could be read so. {EVIL}", "A mentor")
    (path,) = marking.feedback(SMALL, room, ["steady-finch"])
    text = path.read_text(encoding="utf-8")
    words = words_of(text)
    assert "Your mentor gave 1 point where the check gives 0 points. The picture could be read so." in words
    assert "What the check says The beads of the second pile would be left out." in words
    assert EVIL in words and "<script" not in text
    # They are told as given, first on the page, and never as right.
    given_for = "On question 1, “Which piles count?”: Your mentor gave 1 point for this: The picture could be read so."
    assert words.index(given_for) < words.index("What went well")
    assert "that the course checks right" not in words and "1 1 points given by your mentor" in words
    overrides.take_back(place, question, answer, "A mentor", before.revision)
    (path,) = marking.feedback(SMALL, room, ["steady-finch"])
    assert "where the check gives" not in path.read_text(encoding="utf-8")


def test_no_folder_of_the_mentors_is_told(course, pages):
    room = course.root / "room"
    for text in pages.values():
        assert str(course.root) not in text and str(Path.home()) not in text
    note = room / "marks" / SMALL / "silent-finch" / "hand-in.json"
    before = note.read_bytes()
    # A sentence of the kind that marking notes when a hand-in cannot be run.
    failed = f"It could not be marked; what happened is written in {room / 'marking.log'}."
    note.write_text(json.dumps({**json.loads(before), "problems": [failed, "A file in it was damaged."]}))
    try:
        (path,) = marking.feedback(SMALL, room, ["silent-finch"])
        words = words_of(path.read_text(encoding="utf-8"))
        assert "marking.log" not in words and str(room) not in words
        assert "could not be marked. Your mentor knows" in words and "A file in it was damaged." in words
    finally:
        note.write_bytes(before)


def test_before_a_mentor_has_marked_the_page_says_so(pages):
    words = Page(pages["before"]).words
    assert "1 question is still to be marked" in words
    assert "not marked yet" in words
    assert "How it was read" not in words


def test_a_question_without_an_answer_says_nothing_was_handed_in(pages):
    words = Page(pages["silent"]).words
    assert words.count("No answer came with your hand-in") == 3
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
    assert "Those in both piles" not in Page(pages["after"]).words, "the right option, where the wrong one was chosen"


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


@pytest.mark.parametrize("folder", MODULES, ids=lambda folder: folder.name)
def test_every_marked_question_of_a_module_that_authors_listed_has_a_part_of_its_lesson(folder):
    module = read_module(folder)
    found = units(module)
    lesson = (folder / "lesson.md").read_text(encoding="utf-8").splitlines()
    assert found and all(f"## {heading}" in lesson for headings in found.values() for heading in headings)
    # What is left out draws on the whole lesson: no more than the one or two long questions at the end.
    left_out = [name for name, one in module.questions.items() if one.points and name not in found]
    assert len(left_out) <= 2


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("3: [m99-q1-piles]", "no part “3”; it has Why this matters"),
        ("1: [m99-q9-pile]", "no question “m99-q9-pile”"),
        ("1: m99-q1-piles", "cannot be read"),
        ("- m99-q1-piles", "cannot be read"),
        ("1: [m99-q1-piles", "cannot be read"),
    ],
)
def test_a_list_of_units_that_does_not_fit_the_lesson_is_told(tmp_path, written, told):
    folder = shutil.copytree(Path(__file__).parent / "faulty" / "sources" / "sound", tmp_path / SMALL)
    (folder / "units.yaml").write_text(written)
    with pytest.raises(CourseError, match=re.escape(told)):
        units(read_module(folder))


def test_a_page_that_was_put_into_the_workspace_is_found_there(pages, tmp_path):
    """Mentors send the whole folder of a learner, or the page alone; both are listed, and documents are not."""
    for place in ("feedback", "feedback/steady-finch"):
        (tmp_path / place).mkdir()
    (tmp_path / "feedback" / "99-sound--steady-finch.html").write_text(pages["after"], encoding="utf-8")
    (tmp_path / "feedback/steady-finch" / "99-sound--steady-finch.html").write_text(pages["after"], encoding="utf-8")
    (tmp_path / "feedback/steady-finch" / "99-sound--steady-finch.docx").write_bytes(b"PK")
    assert len(home.feedback(tmp_path, SMALL)) == 2


@pytest.mark.browser
@pytest.mark.parametrize("which", ["after", "silent"])
def test_the_page_has_no_barriers_and_nothing_is_cut_off(browser, pages, tmp_path, which):
    file = tmp_path / "99-sound--steady-finch.html"
    file.write_text(pages[which], encoding="utf-8")
    page = browser.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(file.as_uri())
        assert accessibility_faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        # Every link is reached with the keyboard, and what it leads to comes into view.
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.querySelector(location.hash).getBoundingClientRect().top") < 800
    assert set(asked) == {file.as_uri()}, "a page asks for nothing"
    on_screen = page.inner_text("body")
    # Print: 174 mm between the margins of an A4 page are 657 pixels.
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 657, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 657
    assert page.inner_text("body").split() == on_screen.split(), "print leaves nothing out"
    cut_off = "[...document.querySelectorAll('pre, table')].filter(one => one.scrollWidth > one.clientWidth + 1)"
    assert page.evaluate(f"{cut_off}.length") == 0
    page.close()
