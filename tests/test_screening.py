"""Screening: decisions and their order, and a second screener's file that is compared or refused, never merged."""

import json
from pathlib import Path

import pandas as pd
import pytest

from researchskills.errors import CourseError
from researchskills.evidence import screening
from researchskills.evidence.screening import EXCLUDE, INCLUDE, UNSURE, Decision, Sheet

FAULTY = Path(__file__).parent / "faulty" / "screening"
TITLES = ["Short breaks for carers", "Day care in two towns", "A toolkit for managers", "Carers and sleep"]
RECORDS = pd.DataFrame({"record": [f"LB0000{number}" for number in range(1, 5)], "title": TITLES,
                        "year": pd.array([2004, 2019, None, 2019], dtype="Int64")})
IDS = list(RECORDS["record"])
MINE = Sheet("heron-42", {"LB00001": Decision(INCLUDE), "LB00002": Decision(INCLUDE),
                          "LB00003": Decision(EXCLUDE, "people"), "LB00004": Decision(UNSURE)})


def sheet(screener: str, *decisions: str) -> Sheet:
    return Sheet(screener, {one: Decision(what) for one, what in zip(IDS, decisions) if what})


def many(screener: str, decisions: str) -> tuple[Sheet, pd.DataFrame]:
    """One letter a record: i, e, u."""
    words = {"i": INCLUDE, "e": EXCLUDE, "u": UNSURE}
    ids = [f"R{number:03}" for number in range(len(decisions))]
    held = {one: Decision(words[letter], "kind" if letter == "e" else "") for one, letter in zip(ids, decisions)}
    return Sheet(screener, held), pd.DataFrame({"record": ids, "title": ids})


# -- deciding -----------------------------------------------------------------------------------


def test_an_exclusion_needs_a_reason_from_the_list_and_other_decisions_drop_it():
    assert screening.decide(EXCLUDE, "people") == Decision(EXCLUDE, "people")
    assert screening.decide(INCLUDE, "people") == Decision(INCLUDE)
    for reason in ("", "boring"):
        with pytest.raises(CourseError, match="Choose the reason"):
            screening.decide(EXCLUDE, reason)
    with pytest.raises(CourseError, match="not a decision"):
        screening.decide("perhaps")


def test_an_unsure_record_goes_on_to_the_full_text():
    assert [Decision(one).goes_on for one in (INCLUDE, UNSURE, EXCLUDE)] == [True, True, False]


def test_the_mixed_order_is_the_same_for_everybody_and_differs_from_the_export():
    _, records = many("a", "i" * 50)
    mixed = screening.ordered(records, "mixed")
    assert mixed == screening.ordered(records.iloc[::-1], "mixed")
    assert sorted(mixed) == list(records["record"])
    assert mixed != list(records["record"])


def test_newest_first_keeps_the_order_within_a_year_and_puts_the_undated_last():
    assert screening.ordered(RECORDS, "newest") == ["LB00002", "LB00004", "LB00001", "LB00003"]
    assert screening.ordered(RECORDS, "found") == IDS
    with pytest.raises(CourseError, match="There is no order"):
        screening.ordered(RECORDS, "random")


def test_the_next_undecided_record_is_looked_for_round_the_end():
    made = {"LB00001": Decision(INCLUDE), "LB00004": Decision(INCLUDE)}
    assert screening.next_undecided(IDS, made) == "LB00002"
    assert screening.next_undecided(IDS, made, "LB00003") == "LB00002"
    assert screening.next_undecided(IDS, MINE.decisions) == ""
    assert screening.remaining(IDS, made) == ["LB00002", "LB00003"]


def test_progress_is_told_in_words():
    told = screening.progress(IDS, sheet("x", INCLUDE, EXCLUDE, "", "").decisions)
    assert told == "2 of 4 records decided: 1 included, 1 excluded, 0 unsure. 2 to go."
    assert screening.progress(IDS, MINE.decisions).endswith("None is left.")


def test_the_counts_for_the_flow_diagram_add_up():
    count = screening.counts(IDS, MINE.decisions)
    assert count["screened"] == count["excluded"] + count["sought"] == 4
    assert count["reasons"] == {"It is about other people": 1}
    assert screening.counts(IDS, {})["undecided"] == 4


# -- files that are sound -----------------------------------------------------------------------


def test_decisions_written_as_json_or_csv_are_read_back():
    for written in (screening.to_json(MINE, RECORDS), screening.to_csv(MINE, RECORDS)):
        again = screening.read(written.encode(), "x")
        assert again.screener == "heron-42"
        assert again.decisions == MINE.decisions


def test_records_without_a_decision_are_in_the_file_and_stay_undecided():
    half = sheet("heron-42", INCLUDE, "", "", EXCLUDE)
    assert len(json.loads(screening.to_json(half, RECORDS))["decisions"]) == 4
    assert set(screening.read(screening.to_csv(half, RECORDS).encode(), "x").decisions) == {"LB00001", "LB00004"}


@pytest.mark.parametrize("through", [
    lambda text: ("\ufeff" + text).encode(),
    lambda text: text.encode("utf-16"),
    lambda text: text.replace(",", ";").encode(),
    lambda text: text.replace(",", "\t").encode("cp1252"),
    lambda text: text.replace("\r\n", "\n").encode(),
    lambda text: text.replace("include", " Include ").replace("exclude", "EXCLUDED").encode(),
    lambda text: ("Dear Heron,\n\nhere they are.\n\n" + text).encode(),
    lambda text: "\n".join(f"> {line}" for line in text.splitlines()).encode(),
    lambda text: text.replace("\r\n", ",,\r\n").replace("screener,,", "screener,,", 1).encode(),
], ids=["mark", "utf-16", "semicolons", "tabs", "unix", "capitals", "under a message", "answered", "empty cells"])
def test_a_csv_file_survives_spreadsheets_and_mail(through):
    again = screening.read(through(screening.to_csv(MINE, RECORDS)), "x")
    assert again.decisions == MINE.decisions


def test_a_title_with_commas_quotes_and_line_ends_does_not_break_the_file():
    odd = RECORDS.assign(title=['He said "no", twice', "Two\nlines", "=SUM(A1)", "Zoë; naïve"])
    assert screening.read(screening.to_csv(MINE, odd).encode(), "x").decisions == MINE.decisions


# -- files that are not -------------------------------------------------------------------------


@pytest.mark.parametrize(("file", "words"), [
    ("empty.csv", "is empty"),
    ("another_kind.csv", "no line with the columns “record” and “decision”"),
    ("another_kind.json", "another kind of file"),
    ("cut_off.json", "is damaged"),
    ("cut_off.csv", "line 5: it has 2 cells where the first line has 5"),
    ("decision_unknown.csv", "line 3: “perhaps not” is not a decision"),
    ("list_damaged.json", "not as the course writes it"),
    ("newer_edition.json", "another edition"),
    ("no_bytes_of_text.csv", "is damaged"),
    ("nothing_decided.csv", "4 records and not a single decision"),
    ("pdf_instead.pdf", "is a PDF"),
    ("record_twice.csv", "line 6: the record LB00002 stands twice"),
    ("record_without_id.csv", "line 3: the id of the record is missing"),
    ("two_columns_alike.csv", "two columns of the same name"),
    ("two_people_in_one.csv", "more than one person (“kestrel-7”, “wren-3”)"),
    ("workbook_instead.csv", "is a workbook"),
])
def test_a_faulty_file_is_refused_in_one_clear_sentence(file, words):
    with pytest.raises(CourseError) as refused:
        screening.read((FAULTY / file).read_bytes(), file)
    told = str(refused.value)
    assert words in told
    assert "Nothing was taken over." in told
    assert told.count(". ") <= 2


@pytest.mark.parametrize("content", [
    b"record,decision\r\nLB1,\"" + b"x" * 200_000, b"[" * 100_000, b"{" + b"\x00" * 10, b"\xff\xfe\x00", b">\n>\n",
    b"record;decision\n", b'{"what": "screening decisions", "version": 1, "decisions": [{"record": 1, "decision": 2}]}',
])
def test_whatever_arrives_is_refused_in_words(content):
    with pytest.raises(CourseError, match="Nothing was taken over"):
        screening.read(content, "odd.csv")


@pytest.mark.parametrize(("file", "words"), [
    ("another_list.csv", "The file is about another list: 4 of its records are not among your 4, such as RX00001"),
    ("same_person.json", "the name you screen under yourself"),
])
def test_a_file_that_does_not_belong_here_is_not_compared(file, words):
    other = screening.read((FAULTY / file).read_bytes(), file)
    with pytest.raises(CourseError, match=words) as refused:
        screening.compare(MINE, other, RECORDS)
    assert "Nothing was taken over." in str(refused.value)


def test_one_strange_record_is_enough_to_refuse_a_list():
    with pytest.raises(CourseError, match="1 of its records is not among your 4, such as LB9"):
        screening.compare(MINE, Sheet("kestrel", {"LB00001": Decision(INCLUDE), "LB9": Decision(EXCLUDE)}), RECORDS)


def test_every_faulty_file_is_tested():
    text = Path(__file__).read_text(encoding="utf-8")
    assert all(f'"{path.name}"' in text for path in FAULTY.iterdir())


def test_a_half_filled_file_is_compared_as_far_as_it_goes_and_says_so():
    other = screening.read((FAULTY / "half_filled.csv").read_bytes(), "half_filled.csv")
    found = screening.compare(MINE, other, RECORDS)
    assert found.both == 2
    assert "“kestrel-7” has decided about 2 of 4 records; the other 2 are not compared." in found.notes


def test_two_people_who_decided_about_nothing_in_common_are_told_so():
    with pytest.raises(CourseError, match="no record that both"):
        screening.compare(sheet("a", INCLUDE, INCLUDE, "", ""), sheet("b", "", "", INCLUDE, EXCLUDE), RECORDS)


# -- two screeners ------------------------------------------------------------------------------


def test_differences_come_first_and_those_that_would_lose_a_record_before_the_others():
    mine, theirs = sheet("a", INCLUDE, INCLUDE, UNSURE, EXCLUDE), sheet("b", UNSURE, EXCLUDE, INCLUDE, EXCLUDE)
    found = screening.compare(mine, theirs, RECORDS)
    assert list(found.differences["record"]) == ["LB00002", "LB00001", "LB00003"]
    assert list(found.differences["matters"]) == ["one of you would lose it", "", ""]
    assert found.alike == 1
    assert found.sentence().startswith(
        "You differ on 3 of the 4 records that both of you screened; on 1 of them one of you would lose the record. "
        "Talk about these first. You decided alike on 1 of 4")


def test_agreement_is_cohens_kappa_with_its_interval_and_a_caution():
    # By hand: both include 20, both exclude 15, 5 and 10 differ. Observed 0.7, by chance 0.5, kappa 0.4.
    mine, records = many("a", "i" * 20 + "i" * 5 + "e" * 10 + "e" * 15)
    theirs, _ = many("b", "i" * 20 + "e" * 5 + "i" * 10 + "e" * 15)
    found = screening.compare(mine, theirs, records)
    assert found.agreement.value == pytest.approx(0.4)
    assert found.agreement.low < 0.4 < found.agreement.high
    assert found.alike / found.both == 0.7
    small = screening.compare(MINE, sheet("b", INCLUDE, EXCLUDE, EXCLUDE, INCLUDE), RECORDS).agreement
    assert any("Only 4 things were judged by both" in one for one in small.cautions)


def test_where_kappa_cannot_be_told_a_sentence_says_why():
    found = screening.compare(sheet("a", *[EXCLUDE] * 4), sheet("b", *[EXCLUDE] * 4), RECORDS)
    assert found.agreement is None
    assert any("nothing to tell apart" in one for one in found.notes)
    assert found.sentence() == "You decided alike on all 4 records that both of you screened."


def test_exclusions_for_different_reasons_or_for_none_are_mentioned():
    other = Sheet("b", {**MINE.decisions, "LB00003": Decision(EXCLUDE, "kind"), "LB00002": Decision(EXCLUDE)})
    notes = screening.compare(MINE, other, RECORDS).notes
    assert any("1 record you both exclude for different reasons" in one for one in notes)
    assert any("1 exclusion of “b” has no reason" in one for one in notes)


def test_a_file_that_repeats_every_decision_may_be_ones_own_and_says_so():
    mine, records = many("", "ieueiieeui")
    other, _ = many("", "ieueiieeui")
    assert any("not your own file" in one for one in screening.compare(mine, other, records).notes)


def test_comparing_changes_neither_persons_decisions():
    before = dict(MINE.decisions)
    other = sheet("b", EXCLUDE, INCLUDE, EXCLUDE, INCLUDE)
    held = dict(other.decisions)
    screening.compare(MINE, other, RECORDS)
    assert (dict(MINE.decisions), dict(other.decisions)) == (before, held)


def test_only_what_both_decided_alike_or_agreed_on_is_settled():
    other = sheet("b", INCLUDE, EXCLUDE, EXCLUDE, "")
    agreed = {"LB00002": Decision(UNSURE)}
    settled = screening.settle(MINE, other, agreed, IDS)
    assert settled == {"LB00001": Decision(INCLUDE), "LB00002": Decision(UNSURE),
                       "LB00003": Decision(EXCLUDE, "people")}
    assert screening.counts(IDS, settled)["undecided"] == 1
