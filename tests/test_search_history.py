"""Numbered lines: what follows when one is edited or deleted, and what is refused."""

import json
import random

import pandas as pd
import pytest

from researchskills.errors import CourseError
from researchskills.evidence.history import History, combined, line_numbers, renumbered
from researchskills.evidence.index import Index
from researchskills.evidence.search_error import SearchError
from researchskills.evidence.thesaurus import Thesaurus

TITLES = ["home care", "home help", "carers at home", "carers of adults", "day care", "hospital", "home from hospital"]


@pytest.fixture
def index():
    columns = ["abstract", "headings", "authors", "journal", "type", "language", "country"]
    records = pd.DataFrame({"record": [f"LB{number:05}" for number in range(1, 8)], "title": TITLES})
    records = records.assign(**dict.fromkeys(columns, ""), year=pd.array(range(2008, 2015), dtype="Int64"))
    return Index(records, Thesaurus({"Carers": [], "Aged, 80 and over": []}))


@pytest.fixture
def history(index):
    history = History(index)
    for text in ("home.ti.", "carers.ti.", "care.ti.", "1 and 2"):
        history.add(text, "ovid")
    return history


def counts(history) -> list[int]:
    return [entry.count for entry in history.entries]


def texts(history) -> list[str]:
    return [entry.text for entry in history.entries]


def test_each_line_is_an_exact_set_with_its_number(history):
    # By hand, from the seven titles: home in 4, carers in 2, care in 2, both home and carers in 1.
    assert counts(history) == [4, 2, 2, 1]
    assert [entry.number for entry in history.entries] == [1, 2, 3, 4]
    assert history.entries[3].ids == {"LB00003"}


def test_notes_on_how_a_line_was_read_come_with_it(history):
    entry = history.add("1 or 2 and 3", "ovid")
    assert any("before OR" in note for note in entry.notes)


def test_a_line_that_cannot_be_read_leaves_the_history_as_it_was(history):
    before = history.as_state(), counts(history)
    for attempt in (
        lambda: history.add("(home", "ovid"),
        lambda: history.add("7 and 1", "ovid"),
        lambda: history.edit(1, ""),
        lambda: history.edit(2, "home)"),
        lambda: history.edit(9, "home"),
        lambda: history.delete(0),
        lambda: history.combine([1], "AND"),
        lambda: history.combine([1, 9], "AND"),
        lambda: history.combine([1, 2], "NEAR"),
    ):
        with pytest.raises(CourseError):
            attempt()
        assert (history.as_state(), counts(history)) == before


def test_editing_a_line_works_out_the_lines_that_use_it_again(history):
    history.add("4 or 3", "ovid")
    assert counts(history) == [4, 2, 2, 1, 3]
    assert history.edit(1, "adults.ti.").count == 1
    assert counts(history) == [1, 2, 2, 1, 3]
    assert history.entries[3].ids == {"LB00004"}
    assert history.entries[4].ids == {"LB00001", "LB00004", "LB00005"}


@pytest.mark.parametrize(("text", "said", "at"), [
    ("2 or 3", "cannot use itself", "2"),
    ("1 or 4", "cannot use line 4, which comes after it", "4"),
    ("or/1,3-4", "cannot use line 3", "3"),
])
def test_an_edit_may_not_use_the_line_itself_or_a_later_one(history, text, said, at):
    with pytest.raises(SearchError, match=said) as refused:
        history.edit(2, text)
    assert text[refused.value.start : refused.value.end] == at
    assert texts(history)[1] == "carers.ti."


def test_a_fault_within_a_range_points_at_the_line(history):
    with pytest.raises(SearchError, match="cannot use itself") as refused:
        history.edit(2, "or/1-3")
    assert (refused.value.start, refused.value.end) == (0, 6)


def test_deleting_a_line_that_others_use_is_refused_and_names_them(history):
    history.add("or/1-2", "ovid")
    with pytest.raises(CourseError, match=r"Line 1 is used by lines 4 and 5\. Nothing was deleted"):
        history.delete(1)
    with pytest.raises(CourseError, match=r"There is no line 6\. There are lines 1 to 5\."):
        history.delete(6)
    assert len(history.entries) == 5


def test_numbers_follow_when_a_line_is_deleted(index):
    history = History(index)
    for text, syntax in [
        ("hospital.ti.", "ovid"), ("home.ti.", "ovid"), ("carers.ti.", "ovid"), ("care.ti.", "ovid"),
        ("2 or 3", "ovid"),
        ("or/2-4", "ovid"), ("and/2,4-4", "ovid"), ("limit 5 to yr=\"2010-2011\"", "ovid"), ("(2 and 3) not 4", "ovid"),
        ("#2 AND #3", "pubmed"), ("S2 OR S4", "ebsco"), ("#4 NOT #2", "wos"), ("(s2 and s3)", "ebsco"),
        ("2.ti. or 4", "ovid"), ('"2 or 3".ti. or 2', "ovid"),
    ]:
        history.add(text, syntax)
    before = counts(history)
    history.delete(1)
    assert texts(history) == [
        "home.ti.", "carers.ti.", "care.ti.", "1 or 2", "or/1-3", "and/1,3-3", "limit 4 to yr=\"2010-2011\"",
        "(1 and 2) not 3", "#1 AND #2", "S1 OR S3", "#3 NOT #1", "(s1 and s2)", "2.ti. or 3", '"2 or 3".ti. or 1',
    ]
    assert counts(history) == before[1:]
    assert [entry.number for entry in history.entries] == list(range(1, 15))
    # What is typed still means what was found.
    assert counts(History.from_state(index, history.as_state())) == before[1:]


def test_lines_above_the_deleted_one_keep_their_numbers(history):
    history.add("1 or 4", "ovid")
    history.delete(3)
    assert texts(history) == ["home.ti.", "carers.ti.", "1 and 2", "1 or 3"]


@pytest.mark.parametrize(("text", "syntax", "expected"), [
    ("10 or 1 or 11", "ovid", "9 or 1 or 10"),
    ("or/10-12", "ovid", "or/9-11"),
    ("AND/1, 10 - 12", "ovid", "AND/1, 9 - 11"),
    ("Limit 10 to english", "ovid", "Limit 9 to english"),
    ("24 hour care.ti. and 10", "ovid", "24 hour care.ti. and 9"),
    ("covid-10.ti. or 10.ti.", "ovid", "covid-10.ti. or 10.ti."),
    ("exp Aged, 80 and over/ and 10", "ovid", "exp Aged, 80 and over/ and 9"),
    ("(home adj10 care).ti. not (10)", "ovid", "(home adj10 care).ti. not (9)"),
    ('#10 OR "#10"[ti]', "pubmed", '#9 OR "#10"[ti]'),
    ("#1 AND #10", "wos", "#1 AND #9"),
    ("S10 OR s11 N10 home", "ebsco", "S9 OR s10 N10 home"),
    ("s10* OR \"S10 nerve\" OR S10", "ebsco", "s10* OR \"S10 nerve\" OR S9"),
])
def test_only_numbers_of_lines_are_changed(text, syntax, expected):
    assert renumbered(text, syntax, {10: 9, 11: 10, 12: 11, 80: 79, 24: 23}) == expected


def test_the_places_of_line_numbers_are_those_of_their_digits():
    assert [("S1 OR S12"[start:end]) for start, end in line_numbers("S1 OR S12", "ebsco")] == ["1", "12"]


@pytest.mark.parametrize(("syntax", "both", "either"), [
    ("ovid", "1 and 2", "1 or 2"), ("pubmed", "#1 AND #2", "#1 OR #2"),
    ("ebsco", "S1 AND S2", "S1 OR S2"), ("wos", "#1 AND #2", "#1 OR #2"),
])
def test_lines_are_combined_in_every_language(index, syntax, both, either):
    history = History(index)
    history.add("home.ti.", "ovid")
    history.add("carers.ti.", "ovid")
    assert history.combine([1, 2], "AND", syntax).count == 1
    assert history.combine([1, 2], "or", syntax).count == 5
    assert texts(history)[2:] == [both, either]
    assert combined([1, 2, 3], "OR", "ovid") == "1 or 2 or 3"


def test_lines_are_combined_in_the_language_of_the_last_of_them(index):
    history = History(index)
    history.add("home.ti.", "ovid")
    history.add("carers[ti]", "pubmed")
    assert history.combine([1, 2, 2], "AND").text == "#1 AND #2"


def test_a_history_is_restored_from_its_saved_state(index, history):
    state = json.loads(json.dumps(history.as_state()))
    assert History.from_state(index, state).entries == history.entries


@pytest.mark.parametrize("state", [{}, {"lines": [{"text": "home"}]}, {"lines": None}, {"lines": [3]}])
def test_a_damaged_state_is_reported(index, state):
    with pytest.raises(CourseError, match="cannot be read"):
        History.from_state(index, state)


def test_a_saved_line_that_can_no_longer_be_read_is_named(index):
    with pytest.raises(CourseError, match="Line 2: At character 1.*Dogs"):
        History.from_state(index, {"lines": [{"text": text, "syntax": "ovid"} for text in ("home.ti.", "Dogs/")]})


def test_whatever_is_added_edited_and_deleted_the_typed_lines_mean_what_was_found(index):
    # A fresh history made from the typed lines is a second way to the same sets.
    chance = random.Random(4)
    words = ["home", "carers", "care", "hospital", "adults"]
    sign = {"ovid": "", "pubmed": "#", "ebsco": "S", "wos": "#"}
    field = {"ovid": "{}.ti.", "pubmed": "{}[ti]", "ebsco": "TI {}", "wos": "TI={}"}
    history = History(index)
    deleted = edited = 0
    for _ in range(300):
        syntax = chance.choice(list(sign))
        last = len(history.entries)
        choice = chance.random()
        if last < 3 or choice < 0.2:
            history.add(field[syntax].format(chance.choice(words)), syntax)
        elif choice < 0.5 and last < 14:
            used = chance.sample(range(1, last + 1), 2)
            history.add(chance.choice([" OR ", " AND ", " NOT "]).join(f"{sign[syntax]}{one}" for one in used), syntax)
        elif choice < 0.7:
            number = chance.randrange(1, last + 1)
            syntax = history.entries[number - 1].syntax
            history.edit(number, field[syntax].format(chance.choice(words)))
            edited += 1
        else:
            try:
                history.delete(chance.randrange(1, last + 1))
                deleted += 1
            except CourseError as refused:
                assert "is used by line" in str(refused)
        assert [entry.ids for entry in History.from_state(index, history.as_state()).entries] == [
            entry.ids for entry in history.entries]
    assert deleted > 30 and edited > 30


@pytest.mark.parametrize(("text", "said"), [
    ("home.ti. and zzzqqq.ti,ab.", "“zzzqqq”"),
    ("home.ti. not home.ti.", "No record fits the whole line"),
])
def test_a_line_that_finds_nothing_says_why(index, text, said):
    entry = History(index).add(text, "ovid")
    assert entry.count == 0
    assert said in entry.notes[-1]


def test_a_line_that_finds_something_is_not_explained(index):
    assert not [note for note in History(index).add("home.ti.", "ovid").notes if "No record" in note]
