"""Files of databases and reference managers: what is read, what is said about the rest, and what is written."""

import contextlib
import csv
from pathlib import Path

import pandas as pd
import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st

from researchskills import datasets
from researchskills.errors import CourseError
from researchskills.evidence import references
from researchskills.evidence.references import author_name, language_name, read, to_ris, write_csv, write_ris

FAULTY = Path(__file__).parent / "faulty" / "references"
TITLES = ["Home care after hospital in Larkshire", "What carers told us"]


def record(**values) -> dict:
    return {"record": "LB00001", "title": "A title", "type": "policy", **values}


def frame(*rows) -> pd.DataFrame:
    return references.as_records(list(rows))


def read_back(records, folder) -> pd.DataFrame:
    return read(write_ris(records, folder / "back.ris")).records


# Reading RIS


@pytest.mark.parametrize("name", [
    "begins_with_byte_order_mark.ris", "joined_files_with_byte_order_mark_in_the_middle.ris", "utf_16.ris",
    "windows_encoding.ris", "old_mac_line_ends.ris", "windows_line_ends.ris", "end_line_missing_in_the_middle.ris",
    "end_line_missing_at_the_end.ris", "text_before_the_first_record.ris", "small_letters_and_one_space.ris",
    "abstract_line_that_looks_like_a_tag.ris",
])
def test_every_record_is_read_however_the_file_was_written(name):
    found = read(FAULTY / name)
    assert found.complete
    assert found.sentence == f"“{name}” (RIS): 2 of 2 records were read."
    assert found.records["title"].tolist() == TITLES
    assert found.records["authors"].tolist() == ["Okafor N; Bell, Siân M.", "Larkshire Carers UK"]
    assert found.records["year"].tolist() == [2011, 2014]
    assert found.records["journal"].tolist() == ["Journal of Invented Care", "Larkshire Council"]


@pytest.mark.parametrize("name", [
    "begins_with_byte_order_mark.ris", "end_line_missing_in_the_middle.ris", "small_letters_and_one_space.ris",
])
def test_rispy_by_itself_loses_records_of_these_files_without_a_word(name):
    # If this ever fails, a newer rispy has learned it, and our own mending can go.
    assert len(rispy.loads((FAULTY / name).read_text(encoding="utf-8"))) < 2


def test_older_and_newer_tags_mean_the_same():
    table = read(FAULTY / "older_tags.ris").records
    first, second, third = table.to_dict("records")
    assert first["authors"] == "Okafor, Nneka"
    assert (first["title"], first["abstract"], first["year"]) == (
        "Home care after hospital", "What happened next.", 2010)
    assert (first["journal"], first["volume"], first["issue"], first["pages"], first["doi"]) == (
        "Journal of Invented Care", "3", "2", "101-109", "10.5555/jic.2010.3")
    assert (second["journal"], second["doi"]) == ("Invented Care Review", "10.5555/icr.2012.9")
    assert second["authors"] == "Bell JM"
    assert third["authors"] == "Department for Health, Social Services and Children"
    assert (third["type"], third["year"], third["pages"]) == ("Book chapter", 2013, "7-19")
    assert third["headings"] == "Carers; Home Care Services; *Hospital Discharge"


def test_a_line_of_an_abstract_that_looks_like_a_tag_stays_in_the_abstract():
    table = read(FAULTY / "abstract_line_that_looks_like_a_tag.ris").records
    assert table.loc[0, "abstract"] == "What staff should do - and what they should not"


def test_a_record_without_its_end_is_read_and_the_place_is_named():
    middle = read(FAULTY / "end_line_missing_in_the_middle.ris")
    assert middle.remarks == ["Mended while reading: record 1 (line 1) has no end line (ER) and was ended where the "
                              "next begins."]
    end = read(FAULTY / "end_line_missing_at_the_end.ris")
    assert "record 2 (line 9) is the last and has no end line (ER): if the file was cut off" in end.remarks[0]
    assert read(FAULTY / "windows_line_ends.ris").remarks == []


def test_lines_whose_first_line_is_missing_are_reported_with_their_place():
    found = read(FAULTY / "first_line_missing.ris")
    assert not found.complete
    assert found.sentence == ("“first_line_missing.ris” (RIS): 2 of 2 records were read; lines from line 9 on belong "
                              "to no record: a first line (TY) is missing.")
    assert "What carers told us" not in found.records["title"].tolist()


def test_fewer_records_than_announced_are_reported_in_one_sentence_with_record_and_line():
    found = read(FAULTY / "record_without_content.ris")
    assert (found.announced, len(found.records)) == (3, 2)
    assert found.sentence == ("“record_without_content.ris” (RIS): 2 of 3 records were read; record 2 (line 9) has "
                              "neither title nor authors nor abstract.")
    assert found.records["record"].tolist() == ["A1", "A3"]


def test_a_sentence_names_three_places_and_counts_the_others(tmp_path):
    file = tmp_path / "many.ris"
    file.write_text("TY  - JOUR\nER  - \n" * 8 + "TY  - JOUR\nTI  - One\nER  - \n", encoding="utf-8")
    said = read(file).sentence
    assert said.startswith("“many.ris” (RIS): 1 of 9 records was read; record 1 (line 1) has neither")
    assert said.endswith("record 3 (line 5) has neither title nor authors nor abstract; and 5 more of this kind.")


def test_letters_of_two_encodings_in_one_file_are_both_right():
    found = read(FAULTY / "two_encodings_joined.ris")
    assert found.records["authors"].tolist() == ["Okafor N; Bell, Siân M.", "Müller J"]
    assert "older encoding" in found.remarks[0]


def test_a_file_cut_in_the_middle_of_a_letter_keeps_its_other_letters(tmp_path):
    file = tmp_path / "cut.ris"
    file.write_bytes("TY  - JOUR\nTI  - Siân’s café\nAB  - Zoë".encode()[:-1])
    table = read(file).records
    assert table.loc[0, "title"] == "Siân’s café"


def test_identifiers_that_are_missing_or_taken_become_numbers(tmp_path):
    file = tmp_path / "x.ris"
    file.write_text("".join(f"TY  - JOUR\n{one}TI  - T\nER  - \n" for one in ["ID  - 7\n", "ID  - 7\n", ""]),
                    encoding="utf-8")
    assert read(file).records["record"].tolist() == ["7", "R00002", "R00003"]


def test_records_have_the_columns_and_types_of_the_library():
    table = read(FAULTY / "older_tags.ris").records
    assert list(table.columns) == references.COLUMNS
    assert table["year"].dtype == "Int64"
    assert {str(kind) for kind in table.drop(columns="year").dtypes} == {"str"}
    assert table["design"].isna().all()


# How five databases lay their exports out; the records are invented.
DIALECTS = {
    "Ovid": """2.
TY  - JOUR
DB  - APA PsycInfo <2021>
ID  - 2021-94054-001
DO  - https://dx.doi.org/10.5555/jic.9
T1  - Contact after discharge.
A1  - Okafor, Nneka
A1  - Bell, Roma A
AI  - Okafor, Nneka; ORCID: https://orcid.org/0000-0000-0000-0000
A2  - Somebody, cited
Y1  - 2021//
N2  - What happened.
KW  - *Home Care
KW  - Carers
M3  - Health & Mental Health Services [3370]
JF  - Journal of Invented Care
VL  - 13
ER  -
""",
    "Embase": """TY  - JOUR
M3  - Article
Y1  - 2021
VL  - 13
JF  - Journal of Invented Care
JO  - J. Invent. Care
U2  - L2029880245
DB  - Embase
DB  - Medline
DO  - 10.5555/jic.9
LK  - https://example.org/?atitle=Contact+after+discharge
A1  - Okafor, N.
A1  - Bell, R.A.
M1  - (Okafor N.; Bell R.A.) School of Invention, Larkshire
T1  - Contact after discharge
N2  - What happened.
ER  -
""",
    "EBSCOhost": """TY  - JOUR
AU  - OKAFOR, ADA
AU  - Bell, R. Anne
T1  - Contact after discharge.
JO  - J Invent Care
JF  - Journal of Invented Care
Y1  - 2021/04/03/
M3  - Article
SP  - 1
EP  - 60
AB  - What happened.
AB  - Copyright of Journal of Invented Care is the property of nobody. (Copyright applies to all Abstracts.)
KW  - CARERS
N1  - Accession Number: 176404503; Document Type: Article
L3  - 10.5555/jic.9
UR  - https://search.example.org/login.aspx?direct=true&db=aph&AN=176404503
DP  - EBSCOhost
DB  - aph
ER  -
""",
    "Cochrane": """Record #3 of 18
Provider: John Wiley & Sons, Ltd.
Content: text/plain; charset="UTF-8"

TY  -  JOUR
AN  -  CN-00778158
A1  -  Okafor, N
A1  -  Bell, RA
T1  -  Contact after discharge
JA  -  Journal of Invented Care
PY  -  2021
SP  -  1279‐1297
M3  -  Journal article
DO  -  10.5555/jic.9
N2  -  What happened.
ER  -


Record #4 of 18
""",
    "Web of Science": """TY  - JOUR
AU  - Okafor, N
AU  - Bell, RA
TI  - Contact after discharge
T2  - JOURNAL OF INVENTED CARE
AB  - What
   happened.
J9  - J INVENT CARE
DA  - SEP 22
PY  - 2021
C7  - e12292
DO  - 10.5555/jic.9
AN  - WOS:000282053100002
N1  - Times Cited:  142
Total Times Cited:  162
ER  -
""",
}


@pytest.mark.parametrize("database", DIALECTS)
def test_exports_of_real_databases_say_the_same_in_our_columns(tmp_path, database):
    file = tmp_path / "export.ris"
    file.write_text(DIALECTS[database], encoding="utf-8")
    found = read(file)
    assert found.complete and found.remarks == []
    row = found.records.fillna("").loc[0]
    assert row["title"].rstrip(".") == "Contact after discharge"
    in_full = {"EBSCOhost": "OKAFOR, ADA; Bell, R. Anne", "Ovid": "Okafor, Nneka; Bell, Roma A"}
    assert row["authors"] == in_full.get(database, "Okafor N; Bell RA")
    assert row["journal"].casefold() == "journal of invented care"
    assert (row["year"], row["doi"], row["abstract"]) == (2021, "10.5555/jic.9", "What happened.")
    particular = {
        "Ovid": ("2021-94054-001", "Journal", "", "APA PsycInfo <2021>"),
        "Embase": ("R00001", "Article", "", "Embase; Medline"),
        "EBSCOhost": ("R00001", "Article", "1-60", "aph"),
        "Cochrane": ("CN-00778158", "Journal article", "1279-1297", ""),
        "Web of Science": ("WOS:000282053100002", "Journal", "e12292", ""),
    }
    assert tuple(row[["record", "type", "pages", "database"]]) == particular[database]


# Reading PubMed


@pytest.mark.parametrize("name", ["sound.nbib", "pubmed_file_renamed.ris", "blank_line_inside_a_record.nbib",
                                  "records_not_parted_by_blank_lines.nbib"])
def test_pubmed_records_are_read_by_what_is_in_the_file_not_by_its_name(name):
    found = read(FAULTY / name)
    assert (found.form, found.complete, len(found.records)) == ("PubMed", True, 2)
    first, second = found.records.to_dict("records")
    assert first == {
        "record": "900000001", "title": "Home care, early discharge and the people who go home: a cohort study.",
        "abstract": "BACKGROUND: People go home. RESULTS: Some come back.",
        "authors": "Okafor NM; Larkshire Study Group", "year": 2006, "journal": "Journal of invented care",
        "volume": "12", "issue": "3", "pages": "147-56", "doi": "10.5555/jic.2006.1",
        "type": "Journal Article; Comparative Study", "design": pytest.approx(float("nan"), nan_ok=True),
        "headings": "*Home Care Services; *Patient Discharge; Aged", "language": "English", "country": "England",
        "database": "PubMed",
    }
    assert (second["year"], second["language"], second["doi"]) == (2009, "German", "10.5555/il.2009.2")


def test_a_pubmed_record_without_its_first_line_does_not_flow_into_the_one_before():
    found = read(FAULTY / "first_line_missing.nbib")
    assert found.sentence.endswith("1 of 1 record was read; lines from line 27 on belong to no record: a first line "
                                   "(PMID) is missing.")
    assert found.records.loc[0, ["title", "volume"]].tolist() == [
        "Home care, early discharge and the people who go home: a cohort study.", "12"]


def test_a_pubmed_file_that_goes_on_as_ris_says_where():
    assert "from line 27 on the file goes on in another format (RIS)" in read(FAULTY / "goes_on_as_ris.nbib").sentence


def test_a_pubmed_record_without_content_is_named():
    assert read(FAULTY / "record_without_content.nbib").sentence == (
        "“record_without_content.nbib” (PubMed): 2 of 3 records were read; record 2 (line 27) has neither title nor "
        "authors nor abstract.")


# What is refused


@pytest.mark.parametrize(("name", "said"), [
    ("empty.ris", "is empty"), ("only_blank_lines.ris", "is empty"), ("web_page.ris", "is a web page"),
    ("bibtex.ris", "is a BibTeX file"), ("xml.ris", "is an XML file"), ("picture.ris", "is not a text file"),
    ("minutes_of_a_meeting.ris", "has no line that begins a record"),
])
def test_what_holds_no_references_is_refused_with_what_it_is(name, said):
    with pytest.raises(CourseError, match=said) as problem:
        read(FAULTY / name)
    assert problem.value.exit_status == 2
    assert "RIS" in str(problem.value) or "export" in str(problem.value)


def test_a_folder_and_a_file_that_is_not_there_are_refused(tmp_path):
    with pytest.raises(CourseError, match="is a folder"):
        read(tmp_path)
    with pytest.raises(CourseError, match="There is no file"):
        read(tmp_path / "nothing.ris")
    with pytest.raises(CourseError, match="There is no file|cannot be opened"):
        read(FAULTY / "empty.ris" / "inside.ris")


def test_a_file_of_300_mb_is_refused_at_once_with_advice(tmp_path):
    file = tmp_path / "everything.ris"
    with file.open("wb") as large:
        large.write(b"TY  - JOUR\n")
        large.truncate(300_000_000)
    with pytest.raises(CourseError, match="has 300 MB; up to 50 MB can be read.*Export the records in parts"):
        read(file)


def test_reading_leaves_a_file_as_it_was():
    for file in FAULTY.iterdir():
        before = file.read_bytes(), file.stat().st_mtime_ns
        with contextlib.suppress(CourseError):
            read(file)
        assert (file.read_bytes(), file.stat().st_mtime_ns) == before


@given(st.binary(max_size=300), st.sampled_from([b"", b"TY  - JOUR\nTI  - A\n", b"PMID- 1\nTI  - A\n"]))
def test_no_file_brings_reading_down(tmp_path_factory, content, start):
    file = tmp_path_factory.mktemp("any") / "any.ris"
    file.write_bytes(start + content)
    try:
        found = read(file)
    except CourseError:
        return
    assert len(found.records) + len(found.lost) >= found.announced


# Names and languages


@pytest.mark.parametrize(("written", "said"), [
    ("Okafor, N.M.", "Okafor NM"), ("Okafor, N. M.", "Okafor NM"), ("Okafor, NM", "Okafor NM"),
    ("Okafor,N", "Okafor N"),
    ("Okafor N.M.", "Okafor NM"), ("Okafor N", "Okafor N"), ("Bell, J.-P.", "Bell JP"), ("Jalil, N. -E", "Jalil NE"),
    ("Bell, J., Jr", "Bell J Jr"), ("OKAFOR, AB", "OKAFOR AB"), ("Okafor, .", "Okafor, ."), ("", ""),
    ("van der Berg, É.", "van der Berg É"), ("Okafor, Nneka  M.", "Okafor, Nneka M."),
    ("Bell, R. Anne", "Bell, R. Anne"),
    ("OKAFOR, ADA", "OKAFOR, ADA"), ("Department of Health,", "Department of Health"), ("Carers UK", "Carers UK"),
    ("Department for Health, Social Services", "Department for Health, Social Services"),
    ("Larkshire Council; adults' team", "Larkshire Council adults' team"),
])
def test_names_are_surname_and_initials_and_first_names_stay(written, said):
    assert author_name(written) == said


def test_languages_have_their_english_names():
    assert [language_name(code) for code in ["eng", "fra", "ger", "Fr", "cy", "jpn", "Welsh", "xyz", ""]] == [
        "English", "French", "German", "French", "Welsh", "Japanese", "Welsh", "xyz", ""]


# Writing


def test_records_come_back_from_ris_as_they_were(tmp_path):
    records = frame(
        record(abstract="One. Two – “three”.", authors="Okafor N; Bell JM; Larkshire Carers UK; van der Berg É",
               year=2011, journal="Journal of Invented Care", volume="3", issue="2 Suppl", pages="101-109",
               doi="10.5555/jic.1", type="primary study", design="cohort study",
               headings="*Home Care Services; Aged; Carers", language="Welsh", country="Wales", database="CareBase"),
        record(record="LB00002", type="guidance", pages="e12", journal="Larkshire Council", year=None),
        record(record="LB00003", type=None, title="TY - not a tag", pages="12–20", authors="Bell J Jr"),
        record(record="LB00004", type="grey literature", pages="S1-1-S1-9",
               authors="Department for Health, Social Services and Children"),
    )
    pd.testing.assert_frame_equal(read_back(records, tmp_path), records)


def test_the_whole_library_comes_back_from_ris(tmp_path):
    library = datasets.load("library")
    expected = library[references.COLUMNS].astype({column: "str" for column in references.COLUMNS if column != "year"})
    back = read(write_ris(library, tmp_path / "library.ris"))
    assert back.complete and back.announced == len(library)
    pd.testing.assert_frame_equal(back.records, expected)


words = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_characters=";,\x7f\x85\xa0\xad"),
                min_size=1, max_size=12)


@given(st.lists(st.tuples(words, words, st.integers(1500, 2099)), min_size=1, max_size=5))
def test_any_title_and_heading_come_back(tmp_path_factory, rows):
    records = frame(*(record(record=f"X{number}", title=title, headings=heading, year=year)
                      for number, (title, heading, year) in enumerate(rows)))
    pd.testing.assert_frame_equal(read_back(records, tmp_path_factory.mktemp("any")), records)


def test_ris_that_is_written_is_what_reference_managers_expect(tmp_path):
    records = frame(record(authors="Bell JM; Larkshire Carers UK", journal="J", pages="1-9", type="review"))
    written = write_ris(records, tmp_path / "x.ris")
    content = written.read_bytes().decode("utf-8")
    lines = content.split("\r\n")
    assert lines[0] == "TY  - JOUR"
    assert "AU  - Bell, J.M." in lines
    # An organisation is nobody with initials.
    assert "AU  - Larkshire Carers UK" in lines
    assert "SP  - 1" in lines and "EP  - 9" in lines
    assert "\n" not in content.replace("\r\n", "")
    # rispy reads it without our help.
    assert rispy.loads(content.replace("\r\n", "\n"))[0]["authors"] == ["Bell, J.M.", "Larkshire Carers UK"]


def test_a_line_break_in_an_abstract_becomes_a_space(tmp_path):
    back = read_back(frame(record(abstract="One.\nER  - \nTY  - JOUR")), tmp_path)
    assert back["abstract"].tolist() == ["One. ER - TY - JOUR"]


def test_csv_holds_every_record_and_opens_in_excel_with_the_right_letters(tmp_path):
    written = write_csv(frame(record(title="Siân’s café, “and” more")), tmp_path / "x.csv")
    assert written.read_bytes().startswith(b"\xef\xbb\xbf")
    with written.open(encoding="utf-8-sig", newline="") as file:
        [row] = csv.DictReader(file)
    assert (row["title"], row["year"]) == ("Siân’s café, “and” more", "")


def test_no_records_at_all_are_written_as_an_empty_file_of_ris(tmp_path):
    assert to_ris(frame()) == ""


def test_a_table_that_holds_no_records_is_refused():
    with pytest.raises(CourseError, match="no column “title”"):
        to_ris(pd.DataFrame({"days_waited": [1]}))


def test_a_place_that_cannot_be_written_to_is_one_sentence_and_leaves_nothing_behind(tmp_path):
    with pytest.raises(CourseError, match="could not be written: its folder does not exist"):
        write_ris(frame(record()), tmp_path / "no folder" / "x.ris")
    (tmp_path / "x.ris").mkdir()
    with pytest.raises(CourseError, match="could not be written: there is a folder of that name"):
        write_ris(frame(record()), tmp_path / "x.ris")
    assert [path.name for path in tmp_path.iterdir()] == ["x.ris"]
