"""The search log: what it says is missing, and what stands in the Word document and the csv file.

Documents are read back: with python-docx, and where it hides something, from the file's own XML.
"""

import csv
import datetime
import errno
import os
import re
import subprocess
import sys
import zipfile

import pytest
from docx import Document
from docx.oxml.ns import qn

from researchskills.errors import CourseError
from researchskills.evidence.search_log import COLUMNS, Entry, SearchLog, Source

OVID = "Interface Index (Ovid)"
TYPED = [
    "exp Home Care Services/",
    '(domiciliary  adj3 care*).ti,ab. or "home help$"',
    "1 or 2",
    'carer’s & <b>“assessment”</b>\t#?',
]


@pytest.fixture
def log() -> SearchLog:
    sources = [
        Source(OVID, datetime.date(2026, 11, 9), "Ovid", "1990 to November 2026, all languages", "JMB", "One sitting."),
        Source("Carers' organisations: websites", datetime.date(2026, 11, 10), "browsing", who="NO"),
    ]
    lines = [Entry(OVID, number, text, count) for number, (text, count) in enumerate(zip(TYPED, [410, 0, 1410, 7]), 1)]
    return SearchLog("Does a named contact help carers?", sources,
                     [*lines[::-1], Entry(sources[1].name, 1, "Publications > Research", 12, "Read from A to Z")],
                     notes="No newspapers.")


@pytest.fixture
def document(log, tmp_path):
    return Document(log.write_docx(tmp_path / "log.docx"))


def part(path, name: str) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode("utf-8")


def headings(document) -> list[tuple[str, str]]:
    return [(one.style.name, one.text) for one in document.paragraphs
            if one.style.name.startswith(("Heading", "Title"))]


# What a stranger would still need


def test_a_complete_log_misses_nothing(log):
    assert log.missing() == []


def test_a_log_names_everything_that_a_stranger_would_still_need():
    log = SearchLog(" ", [Source("CareBase"), Source("Shelf", datetime.date(2026, 1, 2), "by hand", who="X")],
                    [Entry("CareBase", 2, "TI carer*"), Entry("CareBase", 1, "TI care", 0),
                     Entry("CareBase", 3, "1 OR 2")])
    assert log.missing() == [
        "the question", "CareBase: the day of the search", "CareBase: the syntax of its lines",
        "CareBase: who searched", "CareBase: how many records lines 2, 3 found", "Shelf: its lines, as typed",
    ]
    assert SearchLog("Q").missing() == ["the sources that were searched"]


def test_a_website_has_no_syntax_and_its_count_is_asked_for_in_other_words():
    log = SearchLog("Q", [Source("Council site", datetime.date(2026, 1, 2), who="X", described=True)],
                    [Entry("Council site", 1, "browsed “carers”")])
    assert log.missing() == ["Council site: how many you found"]
    assert SearchLog("Q", log.sources).missing() == ["Council site: what was typed or opened there"]
    tables = log._document(datetime.datetime(2026, 1, 2)).tables
    assert [row.cells[2].text for row in tables[0].rows] == ["Syntax", "in words"]
    assert tables[1].rows[0].cells[1].text == "What was typed or opened"


def test_nothing_found_is_a_count_and_not_a_gap(log):
    assert [line.count for line in log.lines_of(log.sources[0])] == [410, 0, 1410, 7]


def test_a_line_of_an_unknown_source_and_a_source_named_twice_are_refused():
    with pytest.raises(CourseError, match="Line 3 .* belongs to “Carebase”, which is not among its sources"):
        SearchLog("Q", [Source("CareBase")], [Entry("Carebase", 3, "x")])
    with pytest.raises(CourseError, match="two sources called “CareBase”"):
        SearchLog("Q", [Source("CareBase"), Source("CareBase")])


# The Word document


def test_the_document_is_in_british_english_and_says_what_it_is(log, tmp_path):
    path = log.write_docx(tmp_path / "log.docx", datetime.datetime(2026, 11, 29, 7, 30, tzinfo=datetime.UTC))
    about = Document(path).core_properties
    assert (about.title, about.language, about.author) == ("Search log", "en-GB", "")
    assert about.created == datetime.datetime(2026, 11, 29, 7, 30, tzinfo=datetime.UTC)
    assert set(re.findall(r'<w:lang [^>]*w:val="([^"]+)"', part(path, "word/styles.xml"))) == {"en-GB"}
    assert re.findall(r'<w:themeFontLang w:val="([^"]+)"', part(path, "word/settings.xml")) == ["en-GB"]
    assert "en-US" not in re.sub(r'w:eastAsia="[^"]+"', "", part(path, "word/document.xml"))


def test_headings_are_real_and_no_level_is_skipped(document):
    assert headings(document) == [
        ("Title", "Search log"), ("Heading 1", "Question"), ("Heading 1", "Sources at a glance"),
        ("Heading 1", "Lines exactly as typed"), ("Heading 2", OVID), ("Heading 2", "Carers' organisations: websites"),
        ("Heading 1", "What this search did not cover"),
    ]


def test_every_table_marks_its_first_row_as_header(document):
    assert len(document.tables) == 3
    for table in document.tables:
        marked = [row._tr.trPr is not None and row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
        assert marked == [True] + [False] * (len(table.rows) - 1)
        assert all(cell.text for cell in table.rows[0].cells)


def test_sources_stand_with_day_syntax_and_who(document):
    assert [[cell.text for cell in row.cells] for row in document.tables[0].rows] == [
        ["Source", "Date searched", "Syntax", "Who"],
        [OVID, "9 November 2026", "Ovid", "JMB"],
        ["Carers' organisations: websites", "10 November 2026", "browsing", "NO"],
    ]


def test_lines_stand_exactly_as_typed_in_order_with_their_counts(document):
    rows = [[cell.text for cell in row.cells] for row in document.tables[1].rows]
    assert rows == [["Line", "Search exactly as typed", "Records found", "Notes"],
                    ["1", TYPED[0], "410", ""], ["2", TYPED[1], "0", ""], ["3", TYPED[2], "1,410", ""],
                    ["4", TYPED[3], "7", ""]]


def test_word_is_told_not_to_correct_search_lines(document):
    for row in document.tables[1].rows[1:]:
        [run] = row.cells[1].paragraphs[0].runs
        assert run.font.no_proof
    assert not document.tables[0].rows[1].cells[0].paragraphs[0].runs[0].font.no_proof


def test_what_is_missing_stands_in_the_document(tmp_path):
    path = SearchLog("Q", [Source("CareBase")], [Entry("CareBase", 1, "x", 3)]).write_docx(tmp_path / "log.docx")
    document = Document(path)
    assert ("Heading 1", "Still missing") in headings(document)
    listed = [one.text for one in document.paragraphs if one.style.name == "List Bullet"]
    assert "CareBase: the day of the search" in listed


def test_signs_that_no_document_can_hold_are_replaced_and_not_a_reason_to_fail(tmp_path):
    log = SearchLog("Q\x00", [Source("C\x0b", syntax="s\ud800")], [Entry("C\x0b", 1, "a\x01b\ufffe", 1)])
    document = Document(log.write_docx(tmp_path / "log.docx"))
    assert document.tables[1].rows[1].cells[1].text == "a\ufffdb\ufffd"
    assert log.write_csv(tmp_path / "log.csv").stat().st_size


def test_an_empty_log_can_be_written_too(tmp_path):
    document = Document(SearchLog("").write_docx(tmp_path / "log.docx"))
    assert "the question" in [one.text for one in document.paragraphs]


# The csv file


def test_the_csv_file_has_one_row_a_line_exactly_as_typed(log, tmp_path):
    path = log.write_csv(tmp_path / "log.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == COLUMNS
    assert [row[4] for row in rows] == [*TYPED, "Publications > Research"]
    assert [row[5] for row in rows] == ["410", "0", "1410", "7", "12"]
    assert rows[0] == [OVID, "2026-11-09", "Ovid", "1", TYPED[0], "410", "JMB",
                       "1990 to November 2026, all languages; One sitting."]


def test_a_source_without_lines_has_a_row_of_its_own():
    assert SearchLog("Q", [Source("Shelf")]).rows() == [["Shelf", "", "", "", "", "", "", ""]]


# Writing


@pytest.mark.parametrize("name", ["log.docx", "log.csv"])
def test_a_file_that_is_open_in_word_is_one_sentence_and_stays_as_it_was(log, tmp_path, monkeypatch, name):
    path = tmp_path / name
    path.write_bytes(b"the older log")

    def held(*_):
        # What Windows says when Word has the file open.
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "replace", held)
    write = log.write_docx if name.endswith("docx") else log.write_csv
    with pytest.raises(CourseError, match="could not be written: it is open in another program such as") as problem:
        write(path)
    assert "Your work in the course is untouched" in str(problem.value)
    assert path.read_bytes() == b"the older log"
    assert [one.name for one in tmp_path.iterdir()] == [name]


def test_a_folder_that_is_not_there_is_one_sentence(log, tmp_path):
    with pytest.raises(CourseError, match="could not be written: its folder does not exist"):
        log.write_docx(tmp_path / "gone" / "log.docx")
    (tmp_path / "file").write_text("x")
    with pytest.raises(CourseError, match="could not be written: its folder does not exist"):
        log.write_csv(tmp_path / "file" / "log.csv")


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are set differently there")
def test_too_little_room_on_the_disk_is_one_sentence_and_the_older_file_stays(tmp_path):
    path = tmp_path / "log.docx"
    path.write_bytes(b"the older log")
    code = f"""
import resource
from researchskills.evidence.search_log import SearchLog
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    SearchLog("Q").write_docx({str(path)!r})
except Exception as problem:
    print(type(problem).__name__, problem)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.startswith("CourseError “log.docx” could not be written: there is not enough room for it.")
    assert path.read_bytes() == b"the older log"
    assert [one.name for one in tmp_path.iterdir()] == ["log.docx"]


def test_an_older_log_is_replaced_whole(log, tmp_path):
    path = tmp_path / "log.docx"
    log.write_docx(path)
    SearchLog("Another question").write_docx(path)
    assert Document(path).paragraphs[2].text == "Another question"


def test_a_page_does_not_wait_for_word_documents():
    code = "import sys, researchskills.evidence.search_log; sys.exit('docx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
