"""Duplicates: three answers for a pair, a person's word above the program's, and nothing lost either way."""

import sys
import warnings
from itertools import combinations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from researchskills import datasets
from researchskills.errors import CourseError
from researchskills.evidence import duplicates
from researchskills.evidence.duplicates import APART, DIFFERENT, DOUBTFUL, SAME, SURE, pair_key

ABSTRACT = ("We asked forty carers in two towns what a week of short breaks changed for them. Most slept better for a "
            "while; nobody worked more hours. What they wanted was the same person at the door each time.")
OTHER = ("Discharge co-ordinators on six wards kept a diary of every delay for a month. Transport and medicines held "
         "people up more often than assessments did, and nobody had counted either before.")
BASE = {"title": "Short breaks and what they change: forty carers in two towns", "abstract": ABSTRACT,
        "authors": "Okafor N; Bell JM; Quirk Z", "year": 2014, "journal": "Journal of Interface Care", "volume": "12",
        "issue": "3", "pages": "201-219", "doi": "10.5555/jic.2014.031", "type": "primary study",
        "language": "English", "database": "Interface Index"}


def records(*changes: dict) -> pd.DataFrame:
    """Records A, B, C …: the first as above, the others with some fields changed."""
    rows = [{"record": "ABCDEFGHIJ"[number], **BASE, **change} for number, change in enumerate(({}, *changes))]
    return pd.DataFrame(rows).astype({"year": "Int64"})


def answer(**changes) -> str:
    """The answer for the record above and one with these fields changed; `DIFFERENT` also when not lined up."""
    found = duplicates.find(records(changes))
    return found.pairs[0].answer if found.pairs else DIFFERENT


# -- three answers ------------------------------------------------------------------------------


@pytest.mark.parametrize("changes", [
    {},
    {"journal": "J Interface Care", "authors": "Okafor, N.; Bell, J.M.; Quirk, Z."},
    {"doi": "", "year": 2015},
    {"doi": None, "abstract": None, "pages": "201-19", "issue": None},
    {"title": "Short breaks and what they change - forty carers in two towns."},
    {"title": "SHORT BREAKS AND WHAT THEY CHANGE: FORTY CARERS IN TWO TOWNS"},
    {"title": "Short breaks and what they chnage: forty carers in two towns"},
    {"authors": "Okafor, Nneka; Bell, Jo M.; Quirk, Zeb", "doi": ""},
    {"title": "Short breaks and what they change", "doi": ""},
    {"journal": "JIC", "doi": "https://doi.org/10.5555/JIC.2014.031"},
], ids=lambda changes: ",".join(changes) or "exact")
def test_what_databases_do_to_a_record_leaves_it_surely_the_same(changes):
    assert answer(database="CareBase", **changes) == SURE


@pytest.mark.parametrize(("changes", "against"), [
    ({"title": "Short breaks and what they change: protocol for forty carers in two towns", "doi": ""}, "“protocol”"),
    ({"title": f"{BASE['title']}, part 2", "doi": ""}, "“part”"),
    ({"title": BASE["title"].replace("forty", "fifty 2"), "doi": ""}, "“2”"),
    ({"doi": "10.5555/jic.2016.007", "year": 2016}, "their DOIs differ"),
    ({"authors": "Okafor P; Bell JM; Quirk Z", "doi": ""}, "initials differ"),
    ({"language": "Welsh", "doi": ""}, "different languages (English and Welsh)"),
    ({"abstract": OTHER, "doi": ""}, "abstracts say different things"),
    ({"year": 2019, "doi": ""}, "the years are 5 apart"),
])
def test_what_speaks_for_and_against_is_left_to_a_person(changes, against):
    [pair] = duplicates.find(records(changes)).pairs
    assert pair.answer == DOUBTFUL
    assert any(against in one for one in pair.against)
    assert "Against one publication: " in pair.sentence()


@pytest.mark.parametrize("changes", [
    {"title": "Diaries of delay on six wards", "abstract": OTHER, "doi": "", "authors": "Marsh O; Dray P"},
    {"title": "Diaries of delay on six wards", "abstract": OTHER, "doi": "", "pages": "220-231"},
    {"title": BASE["title"].replace("forty", "fifty"), "abstract": OTHER, "doi": "10.5555/jic.2019.001", "year": 2019,
     "authors": "Marsh O; Dray P"},
], ids=["others wrote it", "the next paper by the same people", "almost the same title"])
def test_other_publications_are_left_alone(changes):
    assert answer(**changes) == DIFFERENT


def test_what_agrees_and_what_differs_is_said_in_plain_words():
    [pair] = duplicates.find(records({"journal": "J Interface Care", "year": 2015, "doi": "", "abstract": ""})).pairs
    assert pair.agrees == ("title", "authors", "volume", "issue", "pages", "language")
    assert pair.differs == ("year (2014 and 2015)",
                            "journal (“J Interface Care” may be short for “Journal of Interface Care”)",
                            "DOI (only A has it, B has not)", "abstract (only A has it, B has not)")
    assert pair.sentence().startswith("They agree in title, authors, volume, issue, pages and language. They differ in")


def test_reports_without_authors_can_be_the_same_and_years_in_titles_tell_them_apart():
    grey = {"authors": "", "journal": "Westering Council", "volume": "", "issue": "", "pages": "", "doi": "",
            "abstract": "", "type": "grey literature"}
    first, second = "Carers in Westering: annual report 2014", "Carers in Westering: annual report 2015"
    frame = records(grey | {"title": first}, grey | {"title": first, "database": "CareBase"},
                    grey | {"title": second, "year": 2015})
    found = {pair.key: pair.answer for pair in duplicates.find(frame).pairs}
    assert found["B+C"] in (SURE, DOUBTFUL)
    assert found.get("B+D", DIFFERENT) != SURE
    assert found.get("C+D", DIFFERENT) != SURE


def test_a_slip_in_the_title_is_found_although_everything_else_is_written_otherwise():
    changed = {"title": "Short breaks and what thy change: forty carers in two towns", "authors": "N. Okafor",
               "year": None, "journal": "", "volume": "", "issue": "", "pages": "", "doi": "", "abstract": ""}
    assert answer(**changed) in (SURE, DOUBTFUL)


# -- nothing reaches the screen -----------------------------------------------------------------


def test_the_chatter_of_bib_dedupe_reaches_nobody(capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        duplicates.find(records({"doi": ""}, {"title": "Diaries of delay on six wards"}))
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "")
    assert sys.stdout is not None


def test_when_bib_dedupe_stops_titles_and_dois_are_still_compared_and_somebody_is_told():
    # bib-dedupe 0.x fails where no record has an author: its column of first authors is then all numbers.
    frame = pd.DataFrame({"record": ["A", "B", "C"], "title": [BASE["title"], BASE["title"], "Something else"]})
    found = duplicates.find(frame)
    assert "bib-dedupe stopped" in found.notice
    assert [pair.key for pair in found.pairs] == ["A+B"]
    assert found.merge().counts() == {"found": 3, "duplicates": 0, "screened": 3}


@pytest.mark.parametrize("rows", [0, 1])
def test_no_record_or_a_single_one_has_no_duplicate(rows):
    found = duplicates.find(records({}).head(rows))
    assert (found.pairs, found.notice) == ((), "")
    assert found.merge().counts() == {"found": rows, "duplicates": 0, "screened": rows}


@pytest.mark.parametrize(("frame", "words"), [
    (pd.DataFrame({"title": ["x"]}), "needs a column “record”"),
    (pd.DataFrame({"record": ["A"]}), "needs a column “title”"),
    (pd.DataFrame({"record": ["A", "A"], "title": ["x", "y"]}), "The id A stands for more than one record"),
    (pd.DataFrame({"record": ["A", None, ""], "title": ["x", "y", "z"]}), "2 records have no id"),
])
def test_a_table_that_cannot_be_used_is_refused_in_a_sentence(frame, words):
    with pytest.raises(CourseError, match=words) as refused:
        duplicates.find(frame)
    assert "Nothing was changed" in str(refused.value)


# -- merging ------------------------------------------------------------------------------------

MIXED = records(
    {"doi": "", "abstract": "", "database": "CareBase", "country": "England"},
    {"title": "Diaries of delay on six wards", "abstract": OTHER, "doi": "10.5555/x.1", "authors": "Marsh O; Dray P",
     "journal": "Wards and Homes", "pages": "7-19", "volume": "3"},
    {"title": "Short breaks and what they change: protocol for forty carers in two towns", "doi": "10.5555/x.2",
     "year": 2013},
)


@pytest.fixture(scope="module")
def mixed():
    return duplicates.find(MIXED)


def test_the_fullest_record_is_kept_its_gaps_are_filled_and_the_other_is_named(mixed):
    merged = mixed.merge()
    assert list(merged.kept["record"]) == ["A", "C", "D"]
    kept = merged.kept.set_index("record").loc["A"]
    assert kept["doi"] == BASE["doi"]
    assert kept["country"] == "England"
    assert (kept["filled"], kept["also_found"]) == ("country from B", "B (CareBase)")
    assert merged.put_aside.to_dict("records") == [
        {"record": "B", "merged_into": "A", "database": "CareBase", "because": SURE}]
    assert merged.groups == (("A", "B"),)
    assert merged.by_database == {"Interface Index": 3, "CareBase": 1}
    assert merged.counts() == {"found": 4, "duplicates": 1, "screened": 3}
    assert merged.sentence() == ("4 records found, 1 duplicate put aside, 3 records to screen. 1 doubtful pair is not "
                                 "decided yet, and until then all their records are kept.")


def test_the_records_that_were_given_are_not_changed(mixed):
    before = MIXED.copy()
    mixed.merge({"A+D": SAME})
    pd.testing.assert_frame_equal(MIXED, before)


def test_a_person_may_object_to_a_merger_and_decides_the_doubtful_ones(mixed):
    assert mixed.merge({"A+B": APART}).groups == ()
    merged = mixed.merge({"A+D": SAME})
    assert merged.groups == (("A", "D", "B"),)
    assert dict(zip(merged.put_aside["record"], merged.put_aside["because"])) == {
        "D": "a person decided", "B": SURE}
    assert mixed.merge({"D+A": APART}).undecided == 0


def test_a_person_may_join_two_records_that_the_program_did_not_line_up(mixed):
    merged = mixed.merge({"C+D": SAME})
    assert {frozenset(group) for group in merged.groups} == {frozenset("AB"), frozenset("CD")}
    assert merged.counts()["duplicates"] == 2


def test_a_decision_holds_for_the_duplicates_of_the_two_records_too(mixed):
    # B is the same as A, so A and D, or B and D, is one question.
    assert [pair.key for pair in mixed.open_pairs()] == ["A+D"]
    assert mixed.open_pairs({"B+D": APART}) == mixed.open_pairs({"A+D": SAME}) == []
    assert [pair.key for pair in mixed.open_pairs({"A+B": APART})] == ["A+D", "B+D"]


def test_decisions_that_contradict_each_other_merge_nothing_and_are_told(mixed):
    merged = mixed.merge({"A+D": SAME, "B+D": APART})
    assert merged.groups == ()
    assert merged.conflicts == ("B and D were called different, yet both the same as A: these 3 records were left as "
                                "they are. Look at them once more.",)
    assert "Look at them once more" in merged.sentence()


@pytest.mark.parametrize(("decisions", "words"), [
    ({"A+Z": SAME}, "does not name two of the records"), ({"A": SAME}, "does not name two"),
    ({"A+A": SAME}, "does not name two"), ({"A+B": "merge"}, "it can be “same” or “different”"),
])
def test_a_decision_that_cannot_be_used_is_refused_and_nothing_is_merged(mixed, decisions, words):
    with pytest.raises(CourseError, match=words):
        mixed.merge(decisions)


@given(st.dictionaries(st.sampled_from([pair_key(*pair) for pair in combinations("ABCD", 2)]),
                       st.sampled_from([SAME, APART])))
def test_whatever_is_decided_every_record_is_either_kept_or_named_as_put_aside(decisions):
    merged = _FOUND.merge(decisions)
    assert sorted([*merged.kept["record"], *merged.put_aside["record"]]) == ["A", "B", "C", "D"]
    assert set(merged.put_aside["merged_into"]) <= set(merged.kept["record"])
    count = merged.counts()
    assert count["found"] - count["duplicates"] == count["screened"] == len(merged.kept)
    assert sum(merged.by_database.values()) == count["found"]
    for first, second in combinations("ABCD", 2):
        if decisions.get(pair_key(first, second)) == APART:
            assert not any({first, second} <= set(group) for group in merged.groups)


_FOUND = duplicates.find(MIXED)


def test_two_records_are_not_merged_through_a_third_that_does_not_fit():
    # B looks like A and like C; A and C have other DOIs, so one of the two steps is wrong.
    found = duplicates.find(records({"doi": ""}, {"doi": "10.5555/jic.2014.099"}))
    assert found.having(SURE) == []
    assert {pair.key for pair in found.having(DOUBTFUL)} == {"A+B", "A+C", "B+C"}
    assert found.merge().groups == ()


def test_the_pairs_can_be_read_as_a_table_with_doubtful_ones_first(mixed):
    table = mixed.table()
    assert list(table.columns) == ["first", "second", "answer", "agree", "differ", "against"]
    assert table["answer"].iloc[0] == DOUBTFUL


# -- measured -----------------------------------------------------------------------------------


def test_precision_and_recall_count_pairs():
    # Three of one publication are three pairs. By hand: merged AB, AC, BC, DE; true AB, AC, BC, FG.
    found = duplicates.score([["A", "B", "C"], ["D", "E"]], [["C", "A", "B"], ["F", "G"]])
    assert (found.hits, found.merged, found.true) == (3, 4, 4)
    assert (found.precision, found.recall) == (0.75, 0.75)
    assert (found.wrong, found.missed) == ((("D", "E"),), (("F", "G"),))
    assert (duplicates.score([], []).precision, duplicates.score([], []).recall) == (1, 1)


@pytest.mark.slow
def test_in_the_library_no_publication_is_lost_and_nearly_every_duplicate_is_found():
    truth = datasets.planted("library")["duplicates"]
    found = duplicates.find(datasets.load("library"))
    assert found.notice == ""
    sure = duplicates.score(found.merge().groups, truth)
    # A wrong merger loses a publication, so none may be made without a person.
    assert (sure.precision, sure.wrong) == (1.0, ())
    assert sure.recall >= 0.85
    shown = [pair.ids for answer in (SURE, DOUBTFUL) for pair in found.having(answer)]
    assert duplicates.score(shown, truth).recall >= 0.97
    # Who has to decide about a hundred pairs decides about none with care.
    assert len(found.open_pairs()) <= 60
