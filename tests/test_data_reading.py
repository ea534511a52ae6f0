"""A file is read as it really comes: whatever its encoding, its layout, or what somebody renamed it to.

Expected values are the small table of `tests/faulty/files/make.py`, written down there and found again here.
"""

import importlib.util
import os
from pathlib import Path

import openpyxl
import pytest

from researchskills.data import delimited, opening
from researchskills.data.reading import read, read_all
from researchskills.data.table import letter
from researchskills.errors import CourseError

_spec = importlib.util.spec_from_file_location("make_files", Path(__file__).parent / "faulty" / "files" / "make.py")
make = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(make)

HEADER, RECORDS = make.HEADER, make.RECORDS
REAL = Path(os.environ.get("RESEARCHSKILLS_REAL_DATA", Path(__file__).parents[2] / "shared" / "data"))


def records(table) -> list[list[str]]:
    return table.cells.to_numpy().tolist()


def noted(table) -> set[str]:
    return {note.check for note in table.notes}


def write(path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


@pytest.fixture(scope="module")
def unreadable(tmp_path_factory):
    return make.write(tmp_path_factory.mktemp("unreadable"))


# Text files -------------------------------------------------------------------------------------------

@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1",
                                      "mac_roman"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_common_encoding_and_separator_gives_the_same_table(encoding, delimiter, tmp_path):
    rows = [HEADER, *RECORDS, ["Ynys Môn", "rural", "£9", "é"], ["Caffè Siân", "town", "1", "façade"]]
    table = read(write(tmp_path / "waits.csv", make.text(rows, delimiter), encoding))[0]
    assert table.columns == HEADER
    assert records(table) == rows[1:]
    assert table.rows.tolist() == list(range(2, 9))


def test_windows_quotation_marks_are_not_taken_for_mac_letters(tmp_path):
    table = read(write(tmp_path / "a.csv", "name,note\r\nA,the council’s “plan” – now\r\n", "cp1252"))[0]
    assert table.cells.iat[0, 1] == "the council’s “plan” – now"
    assert "encoding" in noted(table)


def test_mac_apostrophes_are_recognised(tmp_path):
    table = read(write(tmp_path / "a.csv", "name,note\r\nA,the council’s café\r\n", "mac_roman"))[0]
    assert table.cells.iat[0, 1] == "the council’s café"


def test_decimal_commas_do_not_hide_the_semicolon(tmp_path):
    table = read(write(tmp_path / "a.csv", "team;hours;cost\nA;1,5;2,25\nB;2,5;3,75\n"))[0]
    assert records(table) == [["A", "1,5", "2,25"], ["B", "2,5", "3,75"]]


def test_excels_own_separator_line_is_passed_over(tmp_path):
    table = read(write(tmp_path / "a.csv", "sep=;\nteam;hours\nA;1\nB;2\n"))[0]
    assert table.columns == ["team", "hours"]
    assert table.rows.tolist() == [3, 4]


def test_line_breaks_inside_quotation_marks_stay_in_their_cell(tmp_path):
    table = read(write(tmp_path / "a.csv", 'id,note,days\n1,"two\nlines, with a comma",3\n2,"said ""no""",4\n'))[0]
    assert records(table) == [["1", "two\nlines, with a comma", "3"], ["2", 'said "no"', "4"]]
    assert table.rows.tolist() == [2, 3]


def test_a_quotation_mark_that_is_never_closed_does_not_swallow_the_file(tmp_path):
    lines = ["id,note,days", *(f"{n},fine,{n}" for n in range(1, 50)), '50,"open,50',
             *(f"{n},fine,{n}" for n in range(51, 400))]
    table = read(write(tmp_path / "a.csv", "\n".join(lines)))[0]
    assert len(table.cells) == 399
    note = next(note for note in table.notes if note.check == "quotation marks")
    assert note.places[0].row == 51


def test_rows_that_are_too_long_or_too_short_are_named(tmp_path):
    lines = ["id,address,days", *(f"{n},road {n},{n}" for n in range(1, 30)), "30,road, 30,30", "31,road"]
    table = read(write(tmp_path / "a.csv", "\n".join(lines)))[0]
    notes = {note.check: note for note in table.notes}
    assert table.columns == ["id", "address", "days"]
    assert notes["cells too many"].places[0].row == 31
    assert notes["cells too few"].places[0].row == 32


def test_blank_rows_and_columns_at_the_end_are_ignored(tmp_path):
    rows = [[*row, "", ""] for row in [HEADER, *RECORDS]] + [[""] * 6] * 3
    table = read(write(tmp_path / "a.csv", make.text(rows)))[0]
    assert table.columns == HEADER
    assert records(table) == RECORDS
    assert table.region == "A1:D6"
    assert noted(table) == set()


def test_text_that_is_not_a_number_stays_as_it_came(tmp_path):
    table = read(write(tmp_path / "a.csv", "id,date,n\n007,01/02/2024,n/a\n008, 1900-01-01,1e3\n"))[0]
    assert records(table) == [["007", "01/02/2024", "n/a"], ["008", " 1900-01-01", "1e3"]]


def test_one_column_is_a_table_too(tmp_path):
    table = read(write(tmp_path / "a.csv", "days\n3\n5\n8\n"))[0]
    assert table.columns == ["days"]
    assert table.cells["days"].tolist() == ["3", "5", "8"]


def test_more_cells_than_fit_are_sampled_with_equal_chance_and_the_report_says_how(tmp_path, monkeypatch):
    monkeypatch.setattr(delimited, "MOST_CELLS", 3000)
    monkeypatch.setattr(delimited, "SAMPLE", 500)
    lines = ["Waits by team", "id,team,days", *(f"{n},T{n % 9},{n}" for n in range(1, 5001)), "Total,,12502500",
             "Source: an invented county."]
    path = write(tmp_path / "a.csv", "\n".join(lines))
    table, again = read(path)[0], read(path)[0]
    assert len(table.cells) == 500
    assert table.length == 5000
    assert "5,000 records" in table.sampled and "500 of them" in table.sampled
    assert records(table) == records(again)
    # The row number of record n is n + 2, so place and value must agree for every record that was drawn.
    assert [int(text) + 2 for text in table.cells["id"]] == table.rows.tolist()
    # Equal chance: the mean of 500 of 1…5,000 has a standard error of 5,000/√12/√500 ≈ 65.
    assert abs(table.rows.mean() - 2502) < 4 * 65
    assert table.total_rows.tolist() == [5003]
    assert table.footnotes == ["Source: an invented county."]
    assert "blank rows" not in noted(table)


# Layout -----------------------------------------------------------------------------------------------

def test_title_rows_totals_and_notes_are_set_apart(tmp_path):
    rows = [["Waiting for assessment, 2025"], ["All figures are invented"], [""], HEADER, *RECORDS,
            ["Total", "", "102", "866"], [""], ["* longest wait of anyone still waiting"],
            ["Source: an invented county"]]
    path = make.workbook(tmp_path / "a.xlsx", lambda sheet, _: make.table(sheet, rows))
    table = read(path)[0]
    assert table.region == "A4:D10"
    assert table.header_rows == [4]
    assert records(table) == RECORDS
    assert table.rows.tolist() == [5, 6, 7, 8, 9]
    assert table.total_rows.tolist() == [10]
    assert table.totals.iloc[0].tolist() == ["Total", "", "102", "866"]
    assert table.footnotes == ["* longest wait of anyone still waiting", "Source: an invented county"]
    assert "Waiting for assessment, 2025" in table.title
    assert {"title rows", "totals rows", "footnotes"} <= noted(table)


def test_two_header_rows_are_joined_as_far_as_the_merged_cells_reach(tmp_path):
    def fill(sheet, _):
        make.table(sheet, [["council", "2023-24", "", "2024-25", "", "note"], ["", "waiting", "longest", "waiting",
                                                                               "longest", ""]])
        make.table(sheet, [[row[0], row[2], row[3], row[2], row[3], ""] for row in RECORDS], row=3)
        sheet["F4"] = "see letter"
        sheet.merge_cells("B1:C1")
        sheet.merge_cells("D1:E1")

    table = read(make.workbook(tmp_path / "a.xlsx", fill))[0]
    assert table.columns == ["council", "2023-24 – waiting", "2023-24 – longest", "2024-25 – waiting",
                             "2024-25 – longest", "note"]
    assert table.header_rows == [1, 2]
    assert table.cells.iat[0, 1] == "17"
    assert table.rows[0] == 3


def test_a_row_of_units_below_the_names_is_part_of_the_header(tmp_path):
    rows = [["council", "waiting", "longest"], ["", "people", "days"], *([row[0], row[2], row[3]] for row in RECORDS)]
    table = read(write(tmp_path / "a.csv", make.text(rows)))[0]
    assert table.columns == ["council", "waiting – people", "longest – days"]
    assert len(table.cells) == 5


def test_tables_side_by_side_and_below_each_other_are_told_apart(tmp_path):
    def fill(sheet, _):
        make.table(sheet, [HEADER, *RECORDS])
        make.table(sheet, [["team", "waiting"], ["A", "3"], ["B", "5"], ["C", "9"]], row=1, column=7)
        make.table(sheet, [["month", "people"], ["April", "30"], ["May", "28"], ["June", "31"]], row=10, column=2)

    tables = read(make.workbook(tmp_path / "a.xlsx", fill))
    assert [table.region for table in tables] == ["A1:D6", "G1:H4", "B10:C13"]
    assert tables[1].letters == ["G", "H"]
    assert tables[2].place(1, "people").words() == "sheet “Sheet” · row 12 · column “people” (C) · value “28”"
    assert "several tables" in noted(tables[0])


def test_a_blank_row_does_not_cut_a_table_in_two(tmp_path):
    rows = [HEADER, *RECORDS, [""] * 4, *RECORDS]
    tables = read(write(tmp_path / "a.csv", make.text(rows)))
    assert len(tables) == 1
    assert len(tables[0].cells) == 10
    note = next(note for note in tables[0].notes if note.check == "blank rows")
    assert note.places[0].row == 7


def test_a_header_that_is_repeated_further_down_is_no_record(tmp_path):
    rows = [HEADER, *RECORDS, HEADER, *RECORDS]
    table = read(write(tmp_path / "a.csv", make.text(rows)))[0]
    assert len(table.cells) == 10
    assert "repeated header" in noted(table)


def test_columns_without_a_name_or_with_the_same_get_one_and_are_named(tmp_path):
    rows = [["council", "days", "", "days"], ["A", "1", "2", "3"], ["B", "4", "5", "6"], ["C", "7", "8", "9"]]
    table = read(write(tmp_path / "a.csv", make.text(rows)))[0]
    assert table.columns == ["council", "days", "column C", "days (2)"]
    assert sum(note.check == "column names" for note in table.notes) == 2


def test_a_table_without_a_header_keeps_its_first_record(tmp_path):
    rows = [["RBK", "17", "2024"], ["RCF", "41", "2024"], ["REM", "2", "2025"], ["RGR", "26", "2025"]]
    table = read(write(tmp_path / "a.csv", make.text(rows)))[0]
    assert table.header_rows == []
    assert len(table.cells) == 4
    assert "header" in noted(table)


def test_total_as_a_category_of_many_rows_stays_among_the_records(tmp_path):
    rows = [["area", "sex", "people"]]
    rows += [[area, sex, "9"] for area in "ABCDEFGH" for sex in ("Men", "Women", "Total")]
    table = read(write(tmp_path / "a.csv", make.text(rows)))[0]
    assert len(table.cells) == 24
    note = next(note for note in table.notes if note.check == "totals rows")
    assert "“Total” is one of the values of column B" in note.sentence


# Workbooks --------------------------------------------------------------------------------------------

def test_cells_of_a_workbook_are_written_plainly(tmp_path):
    import datetime as dt

    def fill(sheet, _):
        make.table(sheet, [["id", "when", "share", "yes"]])
        make.table(sheet, [[3.0, dt.date(2025, 3, 31), 0.1 + 0.2, True],
                           [4, dt.datetime(2025, 4, 1, 9, 5), 7.25, False]], row=2)

    table = read(make.workbook(tmp_path / "a.xlsx", fill))[0]
    assert records(table) == [["3", "2025-03-31", "0.3", "TRUE"], ["4", "2025-04-01 09:05:00", "7.25", "FALSE"]]
    assert table.kinds.iloc[0].tolist() == ["number", "date", "number", "boolean"]


def test_hidden_sheets_rows_columns_merged_cells_and_formulas_are_named(tmp_path):
    def fill(sheet, book):
        make.table(sheet, [HEADER, *RECORDS])
        sheet["D4"] = "=C4*2"
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["B"].hidden = True
        sheet.merge_cells("B5:B6")
        other = book.create_sheet("people")
        make.table(other, [HEADER, *RECORDS])
        other.sheet_state = "hidden"

    tables = read(make.workbook(tmp_path / "a.xlsx", fill))
    notes = {note.check: note for note in tables[0].notes}
    assert {"hidden sheets", "hidden rows and columns", "merged cells", "formulas"} <= set(notes)
    assert notes["hidden sheets"].places[0].sheet == "people"
    assert notes["hidden rows and columns"].places[0].row == 3
    assert notes["merged cells"].places[0].words() == "sheet “Sheet” · row 5 · column “setting” (B) · value “town”"
    # openpyxl does not calculate, so the result is not in the file.
    assert "no saved result" in notes["formulas"].sentence
    assert tables[0].kinds.iat[2, 3] == "formula"
    assert tables[1].sheet == "people"


def test_a_workbook_renamed_csv_is_read_all_the_same(tmp_path):
    path = make.workbook(tmp_path / "a.xlsx", lambda sheet, _: make.table(sheet, [HEADER, *RECORDS]))
    renamed = path.rename(tmp_path / "a.csv")
    assert records(read(renamed)[0]) == RECORDS


def test_letters_are_those_of_a_spreadsheet_program():
    # Checked against openpyxl's own conversion.
    from openpyxl.utils import get_column_letter

    for number in (0, 25, 26, 51, 701, 702):
        assert letter(number) == get_column_letter(number + 1)


# What cannot be read ----------------------------------------------------------------------------------

@pytest.mark.parametrize("name", make.UNREADABLE)
def test_what_cannot_be_read_gets_one_sentence(name, unreadable):
    with pytest.raises(CourseError) as refused:
        read(unreadable / name)
    said = str(refused.value)
    assert make.UNREADABLE[name] in said
    assert name in said
    assert refused.value.exit_status == 2
    assert "\n" not in said and len(said) < 400


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path):
    with pytest.raises(CourseError, match="There is no file"):
        read(tmp_path / "missing.csv")
    with pytest.raises(CourseError, match="is a folder"):
        read(tmp_path)


def test_a_file_that_is_open_elsewhere_is_named(tmp_path, monkeypatch):
    path = write(tmp_path / "a.csv", "a,b\n1,2\n")

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(CourseError, match="open in another program"):
        read(path)


def test_a_workbook_beyond_the_limit_is_not_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "LARGEST_WORKBOOK", 1000)
    path = make.workbook(tmp_path / "a.xlsx", lambda sheet, _: make.table(sheet, [HEADER, *RECORDS]))
    with pytest.raises(CourseError, match="Save the sheet as “CSV UTF-8”"):
        read(path)


# Files that nobody here made ---------------------------------------------------------------------------

@pytest.mark.skipif(not REAL.is_dir(), reason="the public files for tests are not here")
def test_several_tables_on_a_published_sheet_are_found_where_they_stand():
    reading = read_all(REAL / "hf_delayed_discharges_2024_25.xlsx")
    regions = {(table.sheet, table.region) for table in reading.tables}
    # Looked up by eye in the file.
    assert {("Figure 5", region) for region in
            ("A1:Q8", "A11:D30", "F11:I20", "F23:I32", "K11:M20", "O11:U47")} <= regions
    assert ("Figure 4", "A10:D26") in regions
    combined = next(table for table in reading.tables if table.region == "K11:M20")
    assert combined.title == "Combined staff"
    # The sheet itself, read by another program, has the same text in the same place.
    sheet = openpyxl.load_workbook(REAL / "hf_delayed_discharges_2024_25.xlsx", data_only=True)["Figure 5"]
    staff = next(table for table in reading.tables if table.region == "O11:U47")
    for position in (0, 20, 35):
        row = int(staff.rows[position])
        assert [sheet.cell(row, 15).value, sheet.cell(row, 17).value] == [
            staff.cells.iat[position, 0], staff.cells.iat[position, 2]]


@pytest.mark.skipif(not REAL.is_dir(), reason="the public files for tests are not here")
def test_a_published_workbook_of_many_sheets_is_read_in_place():
    reading = read_all(REAL / "dhsc_ascof_2024_25.ods")
    tables = {table.sheet: table for table in reading.tables}
    assert reading.without_table == ["Cover"]
    scores = tables["Table_1a"]
    assert scores.header_rows == [6]
    assert scores.columns[:3] == ["Local authority code", "Local authority", "ONS area code"]
    assert scores.cells.iloc[0, :3].tolist() == ["England", "England", "E92000001"]
    assert scores.place(0, "ONS area code").words() == (
        "sheet “Table_1a” · row 7 · column “ONS area code” (C) · value “E92000001”")
    assert len(scores.cells) == 174


@pytest.mark.skipif(not REAL.is_dir(), reason="the public files for tests are not here")
def test_the_header_in_two_rows_of_a_published_csv_keeps_both_years():
    table = read(REAL / "bbc_foi_wait_times_2021_23_RAW.csv")[0]
    assert table.header_rows == [1, 2]
    assert table.columns[0] == "Upper tier LA"
    assert table.columns[4].startswith("2021-22 financial year – Median wait")
    assert table.columns[8].startswith("2022-23 financial year – Median wait")
    assert table.columns[13] == "Notes if provided"


# Seen in files from work ------------------------------------------------------------------------------

def test_a_mac_accent_in_a_word_is_not_taken_for_a_trade_mark(tmp_path):
    table = read(write(tmp_path / "a.csv", "team,n\rHôpital,1\rB,2\r", "mac_roman"))[0]
    assert table.cells.iat[0, 0] == "Hôpital"
    assert len(table.cells) == 2


def test_names_of_columns_without_a_record_are_reported(tmp_path):
    assert "no records" in noted(read(write(tmp_path / "a.csv", "id,received,team\n"))[0])


@pytest.mark.parametrize(("content", "words"), [
    ("Dear all,\nplease find the figures below, as agreed.\n\nBest wishes\nJoan\n", "is text but not a table"),
    (",,,\n,,,\n", "all its cells are blank"),
])
def test_a_letter_and_a_blank_sheet_are_no_tables(content, words, tmp_path):
    with pytest.raises(CourseError, match=words):
        read(write(tmp_path / "a.csv", content))


def test_lines_of_a_system_above_the_table_belong_to_its_title(tmp_path):
    records = "".join(f"Team {n},{n},{n}\n" for n in range(1, 9))
    found = read(write(tmp_path / "a.csv", f"Run on,01/04/2025\nBy,system\n\nTeam,Referrals,Assessed\n{records}"))
    assert [table.columns for table in found] == [["Team", "Referrals", "Assessed"]]
    assert found[0].title == "Run on 01/04/2025 By system"


def test_a_pivot_table_is_recognised_and_its_totals_are_not_checked(tmp_path):
    from researchskills.data.checks import totals

    def fill(sheet, _):
        sheet.append(["Sum of Hours", "Column Labels"])
        sheet.append(["Row Labels", "GP", "Self", "Grand Total"])
        for area in ("Northmoor", "Eastfold"):
            for name, n in ((area, 10), ("Team 1", 4), ("Team 2", 6)):
                sheet.append([name, n, n, 2 * n])
        sheet.append(["Grand Total", 20, 20, 40])

    table = read(make.workbook(tmp_path / "a.xlsx", fill))[0]
    assert "PivotTable" in noted(table)
    assert totals.sums(table) == []


def test_a_group_named_only_in_its_first_row_and_subtotals_with_a_name_each(tmp_path):
    def fill(sheet, _):
        sheet.append(["Reason", "Age", "People"])
        for reason in ("Physical support", "Sensory support", "Memory and cognition"):
            for number, age in enumerate(("18-64", "65-84", "85+")):
                sheet.append([None if number else reason, age, 10 + number])
            sheet.append([f"Total {reason}", None, 33])

    table = read(make.workbook(tmp_path / "a.xlsx", fill))[0]
    assert len(table.cells) == 9
    assert table.total_rows.tolist() == [5, 9, 13]
    finding = next(note for note in table.notes if note.check == "groups named once")
    assert (finding.count, finding.places[0].row) == (6, 3)


_SPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"))
)


def _ods(path: Path) -> Path:
    """Two sheets, as LibreOffice writes them: rows 4 and 5 filtered out, column C and the second sheet hidden."""

    def cell(value, formula="") -> str:
        kind = f'float" office:value="{value}' if isinstance(value, int) else "string"
        return f'<table:table-cell {formula} office:value-type="{kind}"><text:p>{value}</text:p></table:table-cell>'

    def row(*cells, more="") -> str:
        return f"<table:table-row{more}>{''.join(cells)}</table:table-row>"

    filtered, sum_ = ' table:visibility="filter"', 'table:formula="of:=[.B1]+[.C1]"'
    body = "".join(
        row(cell(f"Team {n}"), cell(10 + n), cell(3), cell(13 + n, sum_), more=filtered if n in (3, 4) else "")
        for n in range(1, 9)
    )
    styles = "".join(
        f'<style:style style:name="{name}" style:family="table"><style:table-properties table:display="{shown}"/>'
        "</style:style>" for name, shown in (("ta1", "true"), ("ta2", "false"))
    )
    content = (
        f"<office:document-content {_SPACES}><office:automatic-styles>{styles}</office:automatic-styles><office:body>"
        '<office:spreadsheet><table:table table:name="Shown" table:style-name="ta1">'
        '<table:table-column table:number-columns-repeated="2"/><table:table-column table:visibility="collapse"/>'
        f"<table:table-column/>{row(*map(cell, ('Team', 'Referrals', 'Waiting', 'All')))}{body}</table:table>"
        '<table:table table:name="Raw" table:style-name="ta2"><table:table-column/>'
        f"{row(cell('Team'), cell('Days'))}{row(cell('A'), cell(1))}{row(cell('B'), cell(2))}</table:table>"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    path.write_bytes(make.zipped({
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": content.encode(),
        "META-INF/manifest.xml": (
            b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
        ),
    }))
    return path


def test_hidden_rows_columns_and_formulas_of_an_ods_file_are_named(tmp_path):
    found = read(_ods(tmp_path / "a.ods"))
    notes = {note.check: note for note in found[0].notes}
    # Rows 4 and 5 are filtered out, column C is hidden; the sheet “Raw” is hidden; column D holds formulas.
    assert notes["hidden rows and columns"].count == 3
    assert [place.row or place.letter for place in notes["hidden rows and columns"].places] == [4, 5, "C"]
    assert notes["hidden sheets"].places[0].sheet == "Raw"
    assert (found[0].kinds["All"] == "formula").all()


def test_a_blank_row_behind_every_record_divides_nothing(tmp_path):
    # What a program on Windows writes that ends its lines twice.
    table = read(write(tmp_path / "a.csv", "\r\r\n".join(["id,team,days", *[f"{n},A,{n}" for n in range(9)], ""])))[0]
    assert len(table.cells) == 9
    assert "rows apart" not in noted(table)
