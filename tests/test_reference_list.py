"""The printed reference list and the sealed key of what is wrong with it."""

import csv
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from researchskills import datasets

FOLDER = Path(__file__).parents[1] / "datasets" / "reference_list"
SURE = ["seen", "verified", "course notes", "general knowledge", "uncertain"]


@pytest.fixture(scope="module")
def rows() -> dict[str, dict]:
    """The list as text, read without our own code."""
    with (FOLDER / "reference_list.csv").open(encoding="utf-8", newline="") as file:
        return {row["item"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def key() -> dict:
    return datasets.planted("reference_list")


def test_the_list_has_every_item_once_in_the_order_of_print(rows):
    # Counted by hand in the source: 31 items, of which two share a line with the one before.
    assert list(rows) == [f"R{number:02d}" for number in range(1, 32)]
    assert Counter(row["kind"] for row in rows.values()) == {
        "journal article": 18, "book": 8, "report or grey literature": 3, "plenary talk": 1, "web page": 1}


def test_every_footnote_names_one_item_and_two_items_have_none(rows):
    noted = sorted(int(row["footnote"]) for row in rows.values() if row["footnote"])
    assert noted == list(range(1, 30))
    assert [item for item, row in rows.items() if not row["footnote"]] == ["R05", "R06"]


def test_what_an_item_has_fits_its_kind(rows):
    for item, row in rows.items():
        article = row["kind"] == "journal article"
        assert bool(row["volume"] and row["pages"] and row["container"]) == article, item
        assert bool(row["place"] and row["publisher"]) >= (row["kind"] == "book"), item
        assert bool(row["url"]) == (row["kind"] in {"report or grey literature", "plenary talk", "web page"}), item


def test_the_list_is_kept_as_printed_and_not_put_right(rows):
    assert rows["R23"]["title"].startswith("Untied we stand?")
    assert rows["R27"]["container"] == "Journal of Social Policy and Society"
    assert rows["R08"]["publisher"] == "Social Care institute for Excellence"


def test_every_slip_is_in_the_table_and_says_how_sure_we_are_and_why(rows, key):
    assert set(key["sure"]) == set(SURE)
    for slip in key["slips"]:
        assert slip["sure"] in SURE
        assert slip["why"].endswith(".") and slip["should_be"] and slip["source"], slip
        assert slip["printed"] != slip["should_be"]
        if slip["field"]:
            assert slip["printed"] in rows[slip["item"]][slip["field"]], slip
    assert len(key["slips"]) > 45
    assert len({(one["item"], one["field"], one["should_be"]) for one in key["slips"]}) == len(key["slips"])


def test_every_missing_issue_day_of_access_and_comma_slip_is_found(rows, key):
    """What can be found by a rule is found by it here, and must be the same as in the key."""
    held = Counter((slip["item"], slip["field"]) for slip in key["slips"])
    articles = {item for item, row in rows.items() if row["kind"] == "journal article"}
    assert {item for item in articles if not rows[item]["issue"]} == {item for item, field in held if field == "issue"}
    assert {item for item, row in rows.items() if row["url"] and not row["accessed"]} == {
        item for item, field in held if field == "accessed"}
    assert {item for item, row in rows.items() if re.search("et al|, and", row["authors"])} <= {
        item for item, field in held if field == "authors"}


def test_dead_addresses_are_those_of_the_courses_notes(rows, key):
    dead = {slip["item"] for slip in key["slips"] if slip["field"] == "url"}
    # The notes name dcsf.gov.uk, surestart.gov.uk and ness.bbk.ac.uk.
    assert dead == {item for item, row in rows.items()
                    if re.search(r"//www\.(dcsf\.gov|surestart\.gov|ness\.bbk\.ac)\.uk/", row["url"])}


def test_the_key_is_made_again_byte_for_byte(tmp_path):
    subprocess.run([sys.executable, str(FOLDER / "generate.py"), str(tmp_path)], check=True)
    assert (tmp_path / "planted.sealed").read_bytes() == (FOLDER / "planted.sealed").read_bytes()


def test_a_slip_that_is_not_in_the_table_stops_the_sealing(rows):
    sys.path.insert(0, str(FOLDER))
    try:
        import generate
    finally:
        sys.path.remove(str(FOLDER))
        sys.modules.pop("generate", None)
    generate.check(rows, generate.SLIPS)
    for changed, said in [({"printed": "Untidy we stand?"}, "is not in title"), ({"sure": "quite"}, "no degree")]:
        with pytest.raises(SystemExit, match=said):
            generate.check(rows, [{**generate.SLIPS[0], **changed}])


def test_the_table_says_nothing_about_what_is_wrong(rows, key):
    text = (FOLDER / "reference_list.csv").read_text(encoding="utf-8")
    assert "United we stand" not in text and "Institute for Excellence" not in text
    assert "slip" not in text.casefold()
