"""The claims of the five source documents, and the sealed key of how far they agree with their sources."""

import csv
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from researchskills import datasets
from researchskills.appraisal.claims import HOW_KNOWN, VERDICTS

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "datasets" / "claims"
SOURCES = ROOT.parent / "shared" / "sources"
#: Document → number in the name of its file.
NUMBERS = {"summary": "000", "blog": "001", "article": "002", "opinion": "003", "essay": "004"}


@pytest.fixture(scope="module")
def rows() -> dict[str, dict]:
    """The claims as text, read without our own code."""
    with (FOLDER / "claims.csv").open(encoding="utf-8", newline="") as file:
        return {row["claim"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def key() -> dict:
    return datasets.planted("claims")


def quoted(text: str) -> list[str]:
    return re.findall("“([^”]+)”", text)


def plain(text: str) -> str:
    return " ".join(text.replace("’", "'").replace("‘", "'").split()).casefold()


@pytest.mark.skipif(not SOURCES.is_dir(), reason="the source documents are not part of the course")
def test_every_quotation_stands_in_its_document(rows):
    texts = {name: plain(next(SOURCES.glob(f"{number}_*.txt")).read_text(encoding="utf-8"))
             for name, number in NUMBERS.items()}
    for row in rows.values():
        for quotation in quoted(row["stated"]):
            assert plain(quotation) in texts[row["document"]], quotation


@pytest.mark.skipif(not SOURCES.is_dir(), reason="the source documents are not part of the course")
def test_the_paragraphs_that_are_named_can_be_found(rows):
    for row in rows.values():
        text = plain(next(SOURCES.glob(f"{NUMBERS[row['document']]}_*.txt")).read_text(encoding="utf-8"))
        for quotation in quoted(row["where"]):
            assert plain(quotation) in text.replace("…", ""), quotation
        for number in re.findall(r"footnote (\d+)", row["where"]):
            assert f"[{number}]" in text


def test_no_quotation_is_longer_than_twelve_words(rows, key):
    for claim, row in rows.items():
        for text in [*row.values(), *map(str, key["claims"][claim].values())]:
            assert all(len(quotation.split()) <= 12 for quotation in quoted(text)), text


def test_every_claim_quotes_its_document(rows):
    assert all(quoted(row["stated"]) for row in rows.values())


def test_every_claim_has_a_verdict_a_fair_sentence_and_a_reason(rows, key):
    assert list(rows) == [f"C{number:02d}" for number in range(1, 27)] == list(key["claims"])
    verdicts = {"agrees", "overstated", "reversed", "not found", "wrong date", "wrong title"}
    assert set(VERDICTS) == verdicts
    for one in key["claims"].values():
        assert one["verdict"] in verdicts
        assert set(one["also"]) <= verdicts - {one["verdict"]}
        assert one["fair"].endswith(".") and one["why"].endswith(".")


def test_each_verdict_is_met_more_than_once(key):
    # Counted by hand while compiling.
    assert Counter(one["verdict"] for one in key["claims"].values()) == {
        "overstated": 8, "agrees": 7, "reversed": 3, "not found": 3, "wrong date": 3, "wrong title": 2}


def test_what_is_not_known_at_first_hand_says_so(rows):
    book = datasets.codebook("claims").set_index("field")
    allowed = {"verified", "second-hand", "general knowledge", "uncertain"}
    assert all(f"{status} = " in book.loc["status", "allowed values"] for status in allowed)
    assert {row["status"] for row in rows.values()} == allowed == set(HOW_KNOWN)
    for row in rows.values():
        if row["status"] in {"second-hand", "uncertain"}:
            assert "We have not read the book." in row["reported"]
        assert row["link"].startswith("http") or row["where_to_read"].startswith("The summary itself")


def test_the_flagship_comes_first_and_tells_the_reversal(rows, key):
    # BMJ 2006;332:1476, abstract: "beneficial effects on non-teenage mothers (better parenting …)".
    assert "teenage mothers" in rows["C01"]["stated"] and "not teenagers" in rows["C01"]["reported"]
    assert key["claims"]["C01"]["verdict"] == "reversed"
    # Child and Adolescent Mental Health 2006;11:135-141, abstract: "the findings are inconclusive".
    assert "Rutter" in rows["C02"]["cited"] and "inconclusive" in rows["C02"]["reported"]
    assert "inconclusive" in key["claims"]["C02"]["fair"]


def test_titles_agree_with_the_key_of_the_printed_list(key):
    """Two packages tell the same slips; they must not drift apart."""
    slips = {(one["item"], one["field"]): one["should_be"] for one in datasets.planted("reference_list")["slips"]}
    assert slips["R23", "title"].rstrip("?") in key["claims"]["C05"]["fair"]
    assert slips["R27", "container"] in key["claims"]["C06"]["fair"]
    assert slips["R27", "authors"] in key["claims"]["C06"]["fair"]


def test_the_table_says_nothing_of_the_verdicts(rows, key):
    text = (FOLDER / "claims.csv").read_text(encoding="utf-8").casefold()
    assert not any(word in text for word in ("verdict", "overstated", "reversed", "misreport", "wrong "))
    assert not any(one["fair"].casefold() in text for one in key["claims"].values())


def test_the_package_is_valid_and_loads():
    assert datasets.validate("claims") == []
    assert len(datasets.load("claims")) == 26
    assert set(datasets.load("claims", "documents")["document"]) == set(NUMBERS)


def test_the_files_are_made_again_byte_for_byte(tmp_path):
    subprocess.run([sys.executable, str(FOLDER / "generate.py"), str(tmp_path)], check=True)
    for name in ("claims.csv", "documents.csv", "planted.sealed"):
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes()
