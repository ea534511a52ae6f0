"""The page of the cohort view: every figure in words, safe to project, readable without sight or script.

(Not the page on which a cohort of readers compares its appraisals; that is `test_cohort_of_readers.py`.)
"""

from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from conftest import accessibility_faults

from researchskills.errors import CourseError
from researchskills.marking import cohort_page
from researchskills.marking.cohort import (
    TOO_FEW,
    Cohort,
    CriterionFigures,
    HandedIn,
    QuestionFigures,
    Waiting,
    WrongOption,
)
from researchskills.marking.cohort_release import Count

EVIL = "<img src=x onerror=alert(1)>"
LEVELS = ("0: Nothing is said.", "1: A sentence.", "2: As 1, with a date.")


@pytest.fixture
def cohort():
    choice = QuestionFigures(
        "m00-q9-gap", f"Which gap? {EVIL}", "choice", "course", 1,
        answered=Count(10, 10), half=Count(5, 10), all_points=Count(5, 10), interval=(0.108, 0.892), mean_share=0.5,
        wrong_options=(WrongOption(f"The largest count {EVIL}", "Divide by **all** who answered.", Count(5, 10)),),
        day="2026-11-20",
    )  # fmt: skip
    text = QuestionFigures(
        "m00-q14-fit", "How it fits", "text", "mentor", 4, half=Count(5, 5), all_points=Count(0, 5),
        interval=(0.0, 0.769), mean_share=0.5,
        criteria=(CriterionFigures("Concreteness", LEVELS, (Count(5, 5), Count(5, 5)), (2, 2), 1.0),
                  CriterionFigures("Honesty", LEVELS, (Count(0, 5), Count(0, 5)), (0, 0), 0.0)),
        day="2026-11-21",
    )  # fmt: skip
    unmarked = QuestionFigures("m00-q15-new", "Not marked so far", "text", "mentor", 3)
    people = tuple(HandedIn(f"wren-{n}", "2026-11-19", "2026-11-20", 2, n != 3) for n in range(12))
    return Cohort(
        module="00-start-here",
        title="My job at the interface",
        day="2026-11-22",
        handed_in=people,
        hand_in_count=12,
        not_marked=1,
        waiting=(Waiting("m00-q14-fit", "How it fits", 3),),
        expected=14,
        missing=("lark-1", "lark-2", "lark-3"),
        missing_count=3,
        not_expected=("wren-0",),
        not_expected_count=1,
        questions=(choice, text, unmarked),
    )


class Page(HTMLParser):
    """Tags with their attributes, the visible words, and tables as lists of rows by caption."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words, self.tables, self.inside = [], "", {}, []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.inside.append(tag)
        if tag == "table":
            self.caption, self.rows = "", []
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop() != tag:
            pass
        if tag == "table":
            self.tables[self.caption] = self.rows

    def handle_data(self, data):
        if "style" in self.inside:
            return
        self.words += data
        if "caption" in self.inside:
            self.caption += data
        elif "td" in self.inside or "th" in self.inside:
            self.rows[-1][-1] += data


def test_each_figure_stands_in_a_table_with_caption_and_headings(cohort):
    page = Page(cohort_page.page(cohort))
    headings, gap, text, unmarked = page.tables["How the cohort did in each question"]
    shown = dict(zip(headings, gap, strict=True))
    assert shown["All points"] == "3 to 7 of 10"
    assert shown["All points, in cohorts like this"] == "11% to 89%"
    assert shown["Mean share of points, about"] == "50%"
    assert dict(zip(headings, text, strict=True))["Answered"] == "texts are not counted"
    assert unmarked.count("too few") == 4 and unmarked[-1] == "not yet"
    wrong = page.tables[f"Common wrong answers: Which gap? {EVIL}"]
    assert wrong[1] == [f"The largest count {EVIL}", "3 to 7 of 10", "Divide by all who answered.\n"]
    worst = page.tables["Honesty: 5 people, median level 0 of 2"]
    assert worst[2] == ["2 or higher", "0 to 2 of 5", "As 1 (“A sentence.”), with a date."]
    assert "Went worst: Honesty." in page.words
    assert all(attrs.get("scope") in ("row", "col") for tag, attrs in page.tags if tag == "th")


def test_what_comes_from_a_file_is_text_and_the_page_runs_and_fetches_nothing(cohort):
    evil = HandedIn(EVIL, EVIL, EVIL, 1, True)
    text = cohort_page.page(replace(cohort, handed_in=(evil,), missing=(EVIL,), not_expected=(EVIL,), title=EVIL))
    page = Page(text)
    assert "img" not in {tag for tag, _ in page.tags} and "script" not in {tag for tag, _ in page.tags}
    assert not [attrs for _, attrs in page.tags if "src" in attrs or attrs.get("href", "#")[0] != "#"]
    assert "default-src 'none'" in text
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    linked = {attrs["href"][1:] for tag, attrs in page.tags if tag == "a"}
    assert linked <= set(ids), "every link leads somewhere on the page"
    levels = [int(tag[1]) for tag, _ in page.tags if tag in ("h1", "h2", "h3")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_for_a_projector_codes_and_what_waits_are_left_out(cohort):
    words = Page(cohort_page.page(cohort)).words
    assert "wren-3" in words and "lark-2" in words and "Answers that wait for a mentor" in words
    hidden = Page(cohort_page.page(cohort, codes=False)).words
    assert "wren" not in hidden and "lark" not in hidden and "wait for a mentor" not in hidden
    assert "12 people have handed in. Of the 14 on the list, 3 have not." in hidden


def test_the_two_pages_have_names_of_their_own(cohort, tmp_path):
    whole = cohort_page.write(cohort, tmp_path)
    hidden = cohort_page.write(cohort, tmp_path, codes=False)
    assert whole == tmp_path / "cohort" / "00-start-here.html"
    assert hidden == tmp_path / "cohort" / "00-start-here--without-codes.html"
    assert "wren-3" in whole.read_text(encoding="utf-8") and "wren" not in hidden.read_text(encoding="utf-8")
    assert [path.suffix for path in (tmp_path / "cohort").iterdir()] == [".html", ".html"]


def test_with_fewer_than_five_the_page_says_why_nothing_is_said(cohort):
    few = replace(cohort, questions=cohort.questions[2:])
    page = Page(cohort_page.page(few))
    assert TOO_FEW in page.words
    assert list(page.tables) == ["Hand-ins, earliest first", "Answers that wait for a mentor"]


def test_a_page_that_cannot_be_written_is_told_in_a_sentence(cohort, tmp_path):
    (tmp_path / "cohort").write_text("a file where a folder is needed")
    with pytest.raises(CourseError, match="cannot be written"):
        cohort_page.write(cohort, tmp_path)


@pytest.mark.browser
def test_the_page_is_accessible_and_fits_a_small_screen(browser, cohort, tmp_path):
    few = replace(cohort, questions=cohort.questions[2:])
    context = browser.new_context(viewport={"width": 360, "height": 740}, bypass_csp=True)
    page = context.new_page()
    try:
        for number, one in enumerate((cohort, few)):
            page.goto(cohort_page.write(one, tmp_path / str(number)).as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= 360
            assert accessibility_faults(page) == []
    finally:
        context.close()
