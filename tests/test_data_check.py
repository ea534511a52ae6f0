"""The check of a file: most important first, identifying values nowhere, the file untouched, the page accessible.

What single checks find is tested with the checks; here it is what becomes of their findings.
"""

import hashlib
import importlib.util
import json
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

from researchskills import cli, paths
from researchskills.data import check as checking
from researchskills.data import checks, delimited, masks
from researchskills.data.check import check_file
from researchskills.data.finding import IDENTIFIERS, STRUCTURE, VALUES, Finding
from researchskills.errors import CourseError

_spec = importlib.util.spec_from_file_location("make_files", Path(__file__).parent / "faulty" / "files" / "make.py")
make = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(make)

# 943 476 5919 is the NHS's own example of a number that passes its check digit and belongs to nobody.
NHS = ["9434765919", "943 476 5919"]
NAMES = ["Aphra Quimby", "Bartholomew Venn", "Clementine Oddie", "Dorothea Plum", "Ezekiel Thrupp", "Florence Wych",
         "Gideon Yelland", "Hester Zouch"]
SECRETS = [*NHS, *NAMES, *(name.split()[1] for name in NAMES), "aphra@example.org", "LS1 4AP", "07700 900123"]


def people(folder: Path) -> Path:
    """A file as nobody should send it."""
    rows = [["person", "patient name", "nhs number", "note", "days"]]
    for number in range(40):
        name = NAMES[number % 8]
        rows.append([f"LC-{number:06}", name, NHS[number % 2], "rang back", str(number % 9)])
    rows[3][3] = "write to aphra@example.org"
    rows[4][3] = "lives at LS1 4AP, telephone 07700 900123"
    rows[5][4] = "Aphra Quimby"
    rows += [rows[1], rows[1]]
    path = folder / "people.csv"
    path.write_text(make.text([[f'"{cell}"' for cell in row] for row in rows]), "utf-8")
    return path


def tidy(folder: Path) -> Path:
    """A file in which there is nothing to find."""
    settings = ["town", "rural", "urban"]
    rows = [["code", "setting", "waiting"]]
    rows += [[f"C{n:03}", settings[n * 7 % 3], str(17 + (n * 37) % 23)] for n in range(1, 41)]
    path = folder / "tidy.csv"
    path.write_text(make.text(rows), "utf-8")
    return path


def run(*words) -> "CliRunner":
    return CliRunner().invoke(cli.app, ["data", "check", *map(str, words)])


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    return check_file(people(tmp_path_factory.mktemp("people")))


def test_every_check_ran(report):
    assert report.not_run == []


def test_details_that_identify_come_first_and_then_what_breaks_counting(report):
    ranks = [finding.rank for finding in report.findings]
    assert ranks[0] == IDENTIFIERS
    assert ranks == sorted(ranks)
    assert "could identify a person" in report.sentence


@pytest.mark.parametrize("shown", ["html", "_repr_html_", "__repr__", "as_dict"])
def test_no_identifying_value_is_repeated_anywhere(report, shown):
    text = getattr(report, shown)()
    text = json.dumps(text) if isinstance(text, dict) else text
    assert [secret for secret in SECRETS if secret in text] == []
    assert "hidden" in text


def test_a_value_hidden_in_one_column_is_hidden_in_the_findings_about_others(report):
    # A name was typed into the column of days: whichever check quotes it must not show it.
    about_days = [finding for finding in report.findings if "days" in finding.sentence and finding.rank > IDENTIFIERS]
    assert about_days
    assert any("hidden, 12 characters" in finding.sentence + "".join(place.value for place in finding.places)
               for finding in about_days)


def test_the_proposed_schema_shows_no_value_of_an_identifying_column(report):
    fields = {field["name"]: field for field in report.proposed_schema["fields"]}
    assert set(fields) == {"person", "patient name", "nhs number", "note", "days"}
    for name in ("patient name", "nhs number"):
        assert set(fields[name].get("constraints", {})) <= {"required", "unique"}


def test_a_report_that_found_nothing_says_what_was_looked_for_and_never_clean(tmp_path):
    report = check_file(tidy(tmp_path))
    assert report.findings == []
    for shown in (str(report), report.html()):
        assert "nothing was found" in shown
        assert "does not show that the data are right" in shown
        assert "What was looked for" in shown
        assert not re.search(r"\bclean\b|\bno errors\b|\bno problems\b", shown, re.IGNORECASE)
    assert len(report.looked_for) == 1 + len(checks.ALL)


def test_the_file_is_never_changed(tmp_path):
    path = people(tmp_path)
    before, time = sha256(path), path.stat().st_mtime_ns
    report = check_file(path)
    assert (sha256(path), path.stat().st_mtime_ns) == (before, time)
    assert report.sha256 == before
    assert [one.name for one in tmp_path.iterdir()] == ["people.csv"]


def test_a_check_that_stumbles_is_named_and_the_others_go_on(tmp_path, monkeypatch):
    def stumbles(table):
        raise ZeroDivisionError

    monkeypatch.setattr(checks, "ALL", [("odd", "Something odd.", stumbles), *checks.ALL])
    report = check_file(people(tmp_path))
    assert report.not_run == ["Something odd (ZeroDivisionError)"]
    for shown in (str(report), report.html()):
        assert "broke off and say nothing: Something odd" in shown
    assert report.findings


def test_findings_of_one_kind_are_told_together_however_many_tables_there_are(tmp_path, monkeypatch):
    def always(table):
        return [Finding("odd", "This is odd.", "It matters.", "People ask.", "likely", (), 1, VALUES, table.name)]

    monkeypatch.setattr(checks, "ALL", [("odd", "Something odd.", always)])

    def fill(sheet, book):
        make.table(sheet, [make.HEADER, *make.RECORDS])
        for number in range(30):
            make.table(book.create_sheet(f"month {number}"), [make.HEADER, *make.RECORDS])

    report = check_file(make.workbook(tmp_path / "a.xlsx", fill))
    assert len(report.findings) == 31
    assert len(report.groups()) == 1
    assert str(report).count("This is odd.") == 3
    assert "28 more findings of this kind" in str(report)
    assert len(str(report).splitlines()) < 60


def test_a_file_with_thousands_of_faults_gets_a_short_report(tmp_path):
    rows = [["id", "name of the ward", "days", "received"]]
    rows += [[f"{n % 900}", ["North ", "north", "NORTH", "n/a", ""][n % 5], ["x", "-1", "1,000", "9999", "3"][n % 5],
              ["31/02/2025", "2025-13-01", "01/02/2025", "1900-01-01", "?"][n % 5]] for n in range(5000)]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(",".join(f'"{cell}"' for cell in row) for row in rows), "utf-8")
    report = check_file(path)
    assert report.not_run == []
    assert 5 <= len(report.groups()) <= 40
    assert len(str(report).splitlines()) < 300
    assert all(len(finding.places) <= 5 for finding in report.findings)


def test_a_sample_is_said_in_every_form_of_the_report(tmp_path, monkeypatch):
    monkeypatch.setattr(delimited, "MOST_CELLS", 600)
    monkeypatch.setattr(delimited, "SAMPLE", 150)
    path = tmp_path / "a.csv"
    path.write_text("id,days\n" + "".join(f"{n},{n % 7}\n" for n in range(1000)), "utf-8")
    report = check_file(path)
    for shown in (str(report), report.html(), json.dumps(report.as_dict())):
        assert "drawn at random with equal chance" in shown
    assert report.as_dict()["tables"][0]["rows"] == 1000
    assert report.as_dict()["tables"][0]["rows_checked"] == 150


# Schema -----------------------------------------------------------------------------------------------

def test_a_schema_that_was_proposed_can_be_saved_and_checked_against(tmp_path):
    path, saved = tidy(tmp_path), tmp_path / "waits.json"
    assert run(path, "--save-schema", saved).exit_code == 0
    assert run(path, "--schema", saved).exit_code == 0
    path.write_text(path.read_text("utf-8").replace("C007,", "C006,").replace(",22\n", ",many\n"), "utf-8")
    again = check_file(path, saved)
    assert again.against
    assert any("many" in finding.sentence + "".join(p.value for p in finding.places) for finding in again.findings)


@pytest.mark.parametrize(("content", "words"), [
    ("{", "not valid JSON"), ("[]", "not a Table Schema"), ('{"fields": []}', "not a Table Schema"),
    ('{"fields": [{"type": "string"}]}', "not a Table Schema"), (None, "There is no schema file"),
    ('{"fields": [{"name": "a", "constraints": {"pattern": "("}}]}', "“a” does not fit"),
])
def test_a_schema_that_is_none_is_refused_before_anything_is_read(content, words, tmp_path):
    schema = tmp_path / "schema.json"
    if content is not None:
        schema.write_text(content, "utf-8")
    with pytest.raises(CourseError, match=words) as refused:
        check_file(tmp_path / "not-even-there.csv", schema)
    assert refused.value.exit_status == 2


# The page ---------------------------------------------------------------------------------------------

def test_the_page_can_be_followed_by_ear_and_needs_nothing_else(report):
    page = report.html()
    assert page.startswith('<!DOCTYPE html>\n<html lang="en-GB">')
    assert "<script" not in page and "http://" not in page and "https://" not in page
    for landmark in ("<header>", "<main>", "<footer>"):
        assert page.count(landmark) == 1
    levels = [int(level) for level in re.findall(r"<h(\d)>", page)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for table in re.findall(r"<table>.*?</table>", page, re.DOTALL):
        assert table.startswith("<table><caption>")
        assert not re.search(r"<th(?! scope=)", table.replace("<thead>", ""))
    assert "How sure:" in page


def test_what_stands_in_the_file_never_becomes_part_of_the_page(tmp_path):
    evil = "<script>alert(1)</script>"
    rows = [[f"id {evil}", "days"], *[[str(n), str(n % 5)] for n in range(30)], ["30", evil], ["31", evil]]
    path = tmp_path / "a&<b>.csv"
    path.write_text(make.text(rows), "utf-8")
    report = check_file(path)
    assert report.findings
    for shown in (report.html(), report._repr_html_()):
        assert "<script" not in shown and "<b>" not in shown


def test_a_notebook_gets_html_and_plain_words(report):
    fragment = report._repr_html_()
    assert fragment.startswith("<section aria-label=")
    assert "<html" not in fragment and "<h1" not in fragment and "<h2" not in fragment
    assert repr(report).startswith("In “people.csv” (1 table with 42 records)")


# The command ------------------------------------------------------------------------------------------

def test_the_exit_status_tells_what_happened(tmp_path):
    assert run(tidy(tmp_path)).exit_code == 0
    assert run(people(tmp_path)).exit_code == 1
    said = subprocess.run([sys.executable, "-m", "researchskills.cli", "data", "check", str(tmp_path / "none.csv")],
                          capture_output=True, text=True, check=False)
    assert said.returncode == 2
    assert "There is no file" in said.stderr and "Traceback" not in said.stderr


def test_json_is_one_document_without_anything_around_it(tmp_path):
    said = run(people(tmp_path), "--json")
    content = json.loads(said.stdout)
    assert said.exit_code == 1
    assert content["findings"][0]["rank"] == IDENTIFIERS
    assert content["tables"][0]["rows"] == 42
    assert {"sentence", "why", "usual", "certainty", "places", "count"} <= set(content["findings"][0])


@pytest.mark.parametrize(("option", "name", "words"), [
    ("--report", "people.csv", "is the file that is read"),
    ("--report", "report.csv", "must end in .html"),
    ("--report", "other.html", "was not written by this command"),
    ("--report", "no/such/report.html", "There is no folder"),
    ("--save-schema", "people.csv", "is the file that is read"),
    ("--save-schema", "other.json", "was not written by this command"),
])
def test_nothing_else_is_ever_overwritten(option, name, words, tmp_path):
    path = people(tmp_path)
    (tmp_path / "other.html").write_text("<title>My page</title>", "utf-8")
    (tmp_path / "other.json").write_text('{"mine": 1}', "utf-8")
    before = {one.name: sha256(one) for one in tmp_path.iterdir()}
    refused = run(path, option, tmp_path / name)
    assert isinstance(refused.exception, CourseError)
    assert words in str(refused.exception) and refused.exception.exit_status == 2
    assert {one.name: sha256(one) for one in tmp_path.iterdir()} == before


def test_a_report_can_be_written_again(tmp_path):
    path, target = people(tmp_path), tmp_path / "report.html"
    assert run(path, "--report", target).exit_code == 1
    first = target.read_bytes()
    assert run(path, "--report", target).exit_code == 1
    assert target.read_bytes() == first
    assert first.decode() == check_file(path).html()


def test_progress_goes_from_nothing_to_all(tmp_path):
    told = []
    check_file(people(tmp_path), progress=lambda words, share: told.append((words, share)))
    assert told[-1][1] == 1
    assert all(0 <= share <= 1 for _, share in told)
    assert {"Looking through the table", "Putting the findings in order"} <= {words for words, _ in told}


def test_the_bar_shows_only_after_two_seconds(monkeypatch):
    class Terminal:
        is_terminal = True

    monkeypatch.setattr(cli, "err", Terminal())
    with cli._Waiting(shown=True) as waiting:
        waiting.tell("Reading", 0.5)
        assert waiting.bar is None
    assert cli._Waiting(shown=False).shown is False


def test_layout_and_values_are_ranked_apart(tmp_path):
    rows = [["Waits"], make.HEADER, *make.RECORDS, ["Total", "", "102", "866"]]
    path = make.workbook(tmp_path / "a.xlsx", lambda sheet, _: make.table(sheet, rows))
    report = check_file(path)
    assert any(one.check == "totals rows" and one.rank == STRUCTURE for one in report.findings)
    assert report.tables[0].total_rows.tolist() == [8]


def test_masks_leave_common_words_of_free_text_readable():
    assert checking.safe("call 943 476 5919 today") == "call 94…19 today"


def test_names_in_titles_sheets_columns_and_the_files_own_name_are_cut_to_initials(tmp_path):
    def fill(sheet, _):
        sheet.title = "Florence Zouch"
        sheet["A1"] = "Rota of Dr Gideon Yelland, printed for Florence Wych 07700 900123"
        shifts = [[f"Day {n}", "On", "Off"] for n in range(9)]
        make.table(sheet, [["Shift", "Joan Quimby", "Peter Venn"], *shifts], row=3)

    path = make.workbook(tmp_path / "Mrs Dorothea Plum 9434765919.xlsx", fill)
    result = check_file(path)
    shown = "".join((json.dumps(result.as_dict(), ensure_ascii=False), repr(result), result.html()))
    secrets = ("Yelland", "Wych", "Quimby", "Venn", "Plum", "Zouch", "9434765919", "900123")
    assert not [word for word in secrets if word in shown]
    assert "columns may be called after people: B and C" in shown
    # Places and services keep their names.
    assert masks.safe("Victoria Road team, Castle Hill") == "Victoria Road team, Castle Hill"


def test_a_date_that_stands_for_missing_is_shown_though_dates_of_birth_are_hidden():
    report = check_file(paths.course_root() / "datasets" / "referrals" / "as_exported.csv")
    [filler] = [one for one in report.findings if one.check == "dates that stand for missing"]
    assert "“1900-01-01”" in filler.sentence
    assert {place.value for place in filler.places} == {"1900-01-01"}
