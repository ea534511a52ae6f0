"""What a careful analyst sees in five public files that nobody here made, and what the checker says about them.

The expectations were written down by reading the files themselves before the checks were run (../shared/data; the
figures are those of domain/figures.md §1, §6 and §12). The files are not part of the course, so without them these
tests are skipped.
"""

import re
from functools import cache
from pathlib import Path

import pytest

from researchskills import paths
from researchskills.data import checks
from researchskills.data.reading import read

DATA = paths.course_root().parent / "shared" / "data"
ASCOF = "dhsc_ascof_2024_25.ods"
BBC = "bbc_foi_wait_times_2021_23_RAW.csv"
DELAYS = "hf_delayed_discharges_2024_25.xlsx"
TRAFFORD = "trafford_social_care_satisfaction.csv"
STAY = "nhsr_LOS_model.csv"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the public files for tests (../shared/data) are not here")


@cache
def tables(name: str) -> list:
    return read(Path(DATA / name))


@cache
def findings(name: str, sheet: str = "") -> list:
    return [
        finding
        for table in tables(name)
        if sheet in (table.sheet or "", "")
        for _, _, check in checks.ALL
        for finding in check(table)
    ]


def said(name: str, sheet: str, pattern: str):
    """The one finding on a sheet whose sentence fits."""
    hits = [finding for finding in findings(name, sheet) if re.search(pattern, finding.sentence)]
    assert len(hits) == 1, [finding.sentence for finding in findings(name, sheet)]
    return hits[0]


# ASCOF -----------------------------------------------------------------------------------------------------


def test_ascof_oxfordshires_margin_of_error_is_about_seven_times_that_of_its_peers():
    finding = said(ASCOF, "Table_1a", r"“Oxfordshire” has 3\.3 in “2024 to 2025 - margin of error”")
    times = float(re.search(r"([\d.]+) times", finding.sentence)[1])
    assert 6 < times < 8  # figures.md §1: an implied SD of 28 beside 4.1
    assert (finding.places[0].row, finding.places[0].value) == (98, "3.3")
    assert finding.certainty == "likely"


def test_ascof_other_margins_of_error_that_do_not_fit_are_found_too():
    assert said(ASCOF, "Table_1a", "“Liverpool” has 2.4 in “2017 to 2018")
    assert said(ASCOF, "Table_1a", "“Darlington” has 1.6 in “2021 to 2022")


def test_ascof_lists_dorset_twice_under_one_code():
    finding = said(ASCOF, "Table_1a", "“Dorset County” and “Dorset”")
    assert finding.rank == 1
    assert [place.row for place in finding.places] == [152, 153]


def test_ascof_shows_the_break_of_2020_21():
    finding = said(ASCOF, "Table_1a", "^2020 to 2021 is missing in 90%")
    assert finding.count == 3
    assert finding.rank == 1


def test_ascof_has_sixty_councils_at_exactly_a_hundred_per_cent():
    finding = said(ASCOF, "Table_3d(1a)", "^60 of 152 rows have exactly 100")
    assert finding.count == 60


@pytest.mark.parametrize(("sheet", "value"), [("Table_1c", "7.7 (7.6)"), ("Table_1e", "39 (38.7)")])
def test_ascof_carer_tables_hold_two_numbers_in_a_cell(sheet, value):
    finding = said(ASCOF, sheet, "two numbers in one cell")
    assert finding.count == 498
    assert [table for table in tables(ASCOF) if table.sheet == sheet and (table.cells == value).to_numpy().any()]


def test_ascof_codes_for_missing_are_counted_by_kind():
    sentence = said(ASCOF, "Table_1a", "hold a code instead of a value").sentence
    assert "“[x]” 504" in sentence
    assert "“[z]” 207" in sentence  # 201 in the figures and 6 in the codes of areas
    assert "“[c]”" in said(ASCOF, "Table_2a", "code instead of a value").sentence


def test_ascof_five_councils_score_nought_where_all_others_are_near_point_four():
    finding = said(ASCOF, "Table_1b", "“2019 to 2020 - outcome” holds “0”")
    assert finding.count == 5  # Trafford, Wokingham, City of London, Kent, Isles of Scilly


def test_ascof_numerators_above_denominators_stand_behind_the_results_replaced_by_z():
    finding = said(ASCOF, "Table_4b", "a numerator is above its denominator")
    assert finding.count == 3
    assert "“South Tyneside”" in finding.sentence


def test_ascof_england_and_the_regions_are_not_councils():
    finding = said(ASCOF, "Table_1a", "stand for a larger area")
    assert finding.count == 16  # England, 6 kinds of council, 9 regions
    assert "“England”" in finding.sentence


def test_ascof_respondents_are_rounded_to_five():
    assert said(ASCOF, "Table_1a", "are multiples of 5: they were rounded")


def test_ascof_gives_no_more_findings_than_a_person_can_read():
    data = [table for table in tables(ASCOF) if (table.sheet or "").startswith("Table_")]
    assert len(data) == 25
    assert len(findings(ASCOF)) < 5 * len(data)
    assert not [finding for finding in findings(ASCOF) if finding.rank == 0]


# Answers to freedom-of-information requests -----------------------------------------------------------------


def test_bbc_columns_of_waits_hold_words_instead_of_numbers():
    finding = said(BBC, "", "hold words instead of a value")
    # Counted in the file: Not held 106, Not given 95, Cost exceeded 58.
    assert finding.count == 259
    assert "“Not held” 106, “Not given” 95 and “Cost exceeded” 58" in finding.sentence


def test_bbc_writes_one_refusal_with_a_slip_of_the_key():
    assert said(BBC, "", "^“Nor held” stands 1 time where “Not held”").places[0].row == 163


def test_bbc_calls_council_areas_by_two_spellings():
    assert "“Council Area” 32 / “Council area” 21" in said(BBC, "", "capitals, spaces or signs").sentence


def test_bbc_blanks_and_words_are_mixed():
    assert said(BBC, "", "writes a missing value in")


def test_bbc_notes_are_almost_empty():
    assert "7 values in 209 rows" in said(BBC, "", "almost nothing").sentence


def test_bbc_medians_are_never_called_longer_than_the_longest_wait_of_the_other_year():
    # In each year every median is below its own longest wait; only a mix-up of columns would say otherwise.
    assert not [finding for finding in findings(BBC) if finding.check == "middle beyond the extreme"]


# Delayed discharges -------------------------------------------------------------------------------------------


def test_delays_walsall_reports_nought_in_its_first_two_months():
    finding = said(DELAYS, "Most Improved Consistency", "“RBK” has 0 in “patients_discharged_volume”")
    assert {place.row for place in finding.places} <= {8, 15}


def test_delays_two_columns_are_the_same_and_a_formula_failed():
    assert said(DELAYS, "Most Improved Consistency", "“no_delay_perc” and “no_delay_percent” hold the same")
    assert said(DELAYS, "Most Improved Consistency", "“#NUM!” 2")


def test_delays_staffing_leaves_out_nine_months_and_loses_a_trust():
    assert said(DELAYS, "All trusts staffing", "jumps over 9 months: nothing between “Jul-24” and “May-25”")
    assert said(DELAYS, "All trusts staffing", "1 unit of 120 .* “RAP” lacks 3 months")


def test_delays_medians_repeated_in_every_row_are_named():
    assert "“pre_median”" in said(DELAYS, "Figure 2", "the same value in every row").sentence


def test_delays_formulas_and_averages_among_trusts_are_named():
    assert said(DELAYS, "Figure 4", "hold a formula")
    assert "“Average*”" in said(DELAYS, "Figure 4", "stand for a larger area").sentence


def test_delays_figures_in_good_order_stay_quiet():
    for sheet in ("Figure 1", "National Delay length", "Figure 7b"):
        assert not findings(DELAYS, sheet)


# Files in good order -------------------------------------------------------------------------------------------


def test_trafford_gives_next_to_nothing():
    """The survey was voluntary in 2020-21, so 14 of 17 areas have no value; England is a row; that is all."""
    assert len(findings(TRAFFORD)) <= 4
    assert "14 of 17 rows where “period” is “2020/21”" in said(TRAFFORD, "", "is missing in").sentence
    assert "“NA” 14" in said(TRAFFORD, "", "code instead of a value").sentence
    assert said(TRAFFORD, "", "“England”").count == 11
    assert not [finding for finding in findings(TRAFFORD) if finding.rank == 0]


def test_length_of_stay_simulated_for_teaching_gives_nothing():
    """300 rows without a gap, an outlier or a repeat: a checker that finds something here cries wolf."""
    assert findings(STAY) == []
