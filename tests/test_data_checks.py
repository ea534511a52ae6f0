"""What each check finds in a small table with one fault, and that tidy tables stay quiet.

Tables are written here by hand, so every expected count can be seen in the test. NHS numbers are from the range that
is never issued (999…), telephone numbers are Ofcom's for drama, the postcode is that of a public building.
"""

import datetime

import numpy as np
import pandas as pd
import pytest

from researchskills import datasets, paths
from researchskills.data import checks
from researchskills.data.checks import outliers
from researchskills.data.checks.categories import similar
from researchskills.data.reading import read
from researchskills.data.table import Table, letter


def table_of(columns: dict, kinds: dict | None = None, **more) -> Table:
    cells = pd.DataFrame({name: [str(value) for value in values] for name, values in columns.items()}, dtype=object)
    names = list(columns)
    letters = [letter(index) for index in range(len(names))]
    region = f"A1:{letters[-1]}{len(cells) + 1}"
    kinds = pd.DataFrame(kinds, columns=names).fillna("text") if kinds else None
    return Table("waits.csv", None, region, names, letters, [1], cells, np.arange(2, len(cells) + 2), kinds, **more)


def found(table: Table) -> list:
    return [finding for _, _, check in checks.ALL for finding in check(table)]


def the(table: Table, check: str):
    """The one finding of this name."""
    hits = [finding for finding in found(table) if finding.check == check]
    assert len(hits) == 1, [finding.check for finding in found(table)]
    return hits[0]


def names(table: Table) -> set[str]:
    return {finding.check for finding in found(table)}


def days(count: int, start="2025-01-01", form="%d/%m/%Y") -> list[str]:
    first = datetime.date.fromisoformat(start)
    return [(first + datetime.timedelta(days=index)).strftime(form) for index in range(count)]


def some(*values, of: int) -> list[str]:
    """`of` values that go round."""
    return [values[index % len(values)] for index in range(of)]


# Identifiers ---------------------------------------------------------------------------------------------


def test_nhs_numbers_are_found_masked_and_ranked_first():
    # 9990000018: 243 + 2 = 245; 245 mod 11 = 3; 11 − 3 = 8. 9990000026: 243 + 2·2 = 247; 247 mod 11 = 5; 11 − 5 = 6.
    table = table_of({"reference": ["9990000018", "999 000 0026", "9990000018"], "wait": [3, 4, 5]})
    finding = the(table, "identifying: NHS number")
    assert finding.rank == 0
    assert finding.count == 3
    assert finding.certainty == "certain"
    assert finding.columns == ("reference",)
    assert all("…" in place.value and "9990000" not in place.value for place in finding.places)


def test_ten_digit_figures_that_pass_the_check_by_chance_are_not_nhs_numbers():
    figures = [str(4_010_232_100 + index) for index in range(60)]
    assert not {name for name in names(table_of({"asset": figures})) if "identifying" in name}


def test_an_nhs_number_with_a_wrong_check_digit_is_reported():
    numbers_ = ["9990000018", "9990000026", "9990000018", "9990000019"]
    assert the(table_of({"id": numbers_, "n": [1, 2, 3, 4]}), "NHS numbers with a wrong check digit").count == 1


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("jo.bloggs@example.nhs.uk", "e-mail address"),
        ("07700 900123", "telephone number"),
        ("AB123456C", "National Insurance number"),
        ("SW1A 1AA", "postcode"),
        ("DOB 03/04/1960", "date of birth"),
    ],
)
def test_details_in_free_text_are_found_and_masked(value, kind):
    notes = [
        "Prefers to be called in the morning.",
        f"Please use {value} from now on.",
        "Nothing to add at present.",
    ] * 3
    finding = the(table_of({"note": notes}), f"identifying: {kind}")
    assert finding.count == 3
    assert value not in str(finding)


def test_columns_named_like_names_and_dates_of_birth_are_found_and_never_quoted():
    table = table_of(
        {
            "client_name": ["Ann Example", "Bob Sample", "Cy Test", "Di Model"] * 5,
            "dob": days(20, "1950-01-01"),
            "ward_name": some("North Ward", "South Ward", of=20),
        }
    )
    found_ = found(table)
    assert {"identifying: name", "identifying: date of birth"} <= {finding.check for finding in found_}
    assert not any("ward_name" in finding.columns for finding in found_ if finding.rank == 0)
    assert "Ann Example" not in str(found_)
    assert "01/01/1950" not in str(found_)


# Missing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["[c]", "[x]", "[z]", "c", "z", "k", "*", "..", "-", ".", "n/a", "#N/A"])
def test_codes_in_a_column_of_numbers_are_codes_for_missing(code):
    table = table_of({"count": ["12", "15", code, "18", "21", code, "7", "9", "10"]})
    finding = the(table, "codes for missing values")
    assert finding.count == 2
    assert f"“{code}” 2" in finding.sentence


def test_words_of_refusal_are_listed_with_their_counts():
    wait = [*map(str, range(20, 32)), "Not held", "Not held", "Cost exceeded", "unknown"]
    finding = the(table_of({"wait": wait}), "words for missing values")
    assert finding.count == 4
    assert "“Not held” 2" in finding.sentence


def test_a_nine_out_of_range_may_stand_for_missing_and_one_within_it_does_not():
    scores = [str(1 + index % 5) for index in range(40)]
    assert the(table_of({"score": [*scores, "99", "99", "99"]}), "numbers that stand for missing").count == 3
    ages = [str(20 + index % 80) for index in range(240)]
    assert "numbers that stand for missing" not in names(table_of({"age": ages}))


def test_nines_among_words_and_dates_of_1900_stand_for_missing():
    table = table_of({"sex": some("female", "male", of=30) + ["9"] * 3, "seen": [*days(32), "01/01/1900"]})
    assert the(table, "figures that stand for missing").count == 3
    assert the(table, "dates that stand for missing").places[0].value == "01/01/1900"


def test_day_nought_of_excel_stands_for_missing():
    assert the(table_of({"seen": [*days(20), "00/01/1900"]}), "dates that stand for missing").count == 1


def test_a_team_that_leaves_a_column_out_is_named():
    team = some("A", "B", "C", of=60)
    ethnicity = ["" if one == "B" else "White British" if i % 2 else "Asian" for i, one in enumerate(team)]
    finding = the(table_of({"team": team, "ethnicity": ethnicity}), "one group leaves a column out")
    assert finding.count == 20
    assert "20 of 20 rows where “team” is “B”" in finding.sentence


def test_several_ways_of_writing_missing_are_reported_but_reasons_are_not():
    mixed = table_of({"wait": ["1", "2", "", "n/a", "-", "4", "5", "6", "7"]})
    assert "3 ways" in the(mixed, "several ways of writing missing").sentence
    reasons = table_of({"wait": ["1", "2", "[c]", "[x]", "4", "5", "6", "7"]})
    assert "several ways of writing missing" not in names(reasons)


# Numbers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "check"),
    [
        ("1,200", "thousands commas"),
        ("12*", "footnote marks"),
        ("12 [note 1]", "footnote marks"),
        ("7.7 (7.6)", "two numbers"),
        ("36,415 (25795)", "two numbers"),
        ("3 weeks", "units in cells"),
        ("<5", "limits"),
        ("10-20", "ranges"),
        ("c. 20", "rough numbers"),
        ("2O", "letters for digits"),
        ("about a week", "text in columns of numbers"),
    ],
)
def test_what_is_not_written_as_a_plain_number_is_named(value, check):
    finding = the(table_of({"count": ["12", "15", "18", "21", "7", value, "9", "10"]}), check)
    assert finding.count == 1
    assert finding.places[0].row == 7
    assert finding.places[0].value == value


def test_a_column_made_of_two_numbers_in_each_cell_is_found():
    cells = [f"{a / 10} ({b / 10})" for a, b in zip(range(60, 80), range(61, 81))]
    assert the(table_of({"2016 outcome": cells}), "two numbers").count == 20


def test_age_bands_are_no_ranges_and_codes_no_units():
    bands = some("18-64", "65-74", "75-84", "85+", of=40)
    assert not names(table_of({"age_band": bands, "grade": some("3p", "4p", of=40)}))


@pytest.mark.parametrize(
    ("column", "value"),
    [("age", "200"), ("age", "-1.5"), ("visits count", "-4"), ("hours a week", "200"), ("month", "13")],
)
def test_what_cannot_be_is_impossible(column, value):
    usual = {"age": "40", "visits count": "7", "hours a week": "20", "month": "6"}[column]
    table = table_of({column: [str(int(usual) + index % 3) for index in range(20)] + [value]})
    assert the(table, "impossible numbers").places[0].value == value


def test_a_wait_of_decimals_slipped_is_unlikely_and_a_long_tail_is_not():
    # Quantiles of a lognormal law (median 18 days, sigma 1.1), so the tail is what theory gives.
    from statistics import NormalDist

    waits = [round(18 * np.exp(1.1 * NormalDist().inv_cdf((i + 0.5) / 400))) for i in range(400)]
    assert "unlikely numbers" not in names(table_of({"wait": waits}))
    heights = [str(150 + index % 30) for index in range(100)]
    assert the(table_of({"height": [*heights, "1650"]}), "unlikely numbers").places[0].value == "1650"


def test_robust_units_are_those_of_iglewicz_and_hoaglin():
    # Median 5, MAD 2: for 25 they give 0.6745 · 20 / 2 = 6.745.
    values = np.array([1, 3, 3, 4, 5, 5, 6, 7, 7, 9, 25, 1, 9], dtype=float)
    assert np.median(np.abs(values - 5)) == 2
    units = outliers.robust_units(values)
    assert units[10] == pytest.approx(6.745)
    assert units[4] == 0


def test_one_team_that_works_in_weeks_is_found():
    team = some("A", "B", "C", "D", of=400)
    wait = [(14 + (i * 7) % 60) // (7 if one == "C" else 1) for i, one in enumerate(team)]
    finding = the(table_of({"team": team, "days waited": wait}), "one group in another unit")
    assert "“C”" in finding.sentence


# Dates ---------------------------------------------------------------------------------------------------


def test_american_dates_among_british_ones_are_found():
    finding = the(table_of({"received": [*days(30), "12/31/2025", "03/15/2025"]}), "American dates among British ones")
    assert finding.count == 2


def test_excel_day_numbers_become_dates_again():
    finding = the(table_of({"received": [*days(30), "45678"]}), "Excel's day numbers among dates")
    assert finding.places[0].value == "45678"


@pytest.mark.parametrize(
    ("value", "check"),
    [
        ("31/02/2025", "impossible dates"),
        ("01/01/2090", "dates in the future"),
        ("01/01/2005", "dates far from the others"),
        ("last week", "text among dates"),
        ("2025-01-15", "dates in several forms"),
        ("15/01/25", "years of two figures"),
    ],
)
def test_dates_that_cannot_be_or_are_written_otherwise_are_named(value, check):
    finding = the(table_of({"received": [*days(60), value]}), check)
    assert finding.count == 1
    assert finding.places[0].value == value


def test_a_decision_before_its_request_is_found():
    received, decided = days(40), days(40, "2025-01-11")
    decided[7] = "01/12/2024"
    finding = the(table_of({"received": received, "decided": decided}), "dates in the wrong order")
    assert (finding.count, finding.places[0].row) == (1, 9)


def test_days_that_do_not_follow_from_their_dates_are_found_and_weeks_are_told_apart():
    wait = ["21"] * 60
    wait[3] = "12"
    wait[10:16] = ["3"] * 6
    table = table_of({"received": days(60), "decided": days(60, "2025-01-22"), "days_to_decision": wait})
    assert the(table, "days that do not fit their dates").count == 1
    assert the(table, "weeks among days").count == 6


# Repeats -------------------------------------------------------------------------------------------------


def _referrals(count: int = 60) -> dict:
    rng = np.random.default_rng(4)
    return {
        "referral_id": [f"R{index:04d}" for index in range(count)],
        "person": [f"LC-{index:06d}" for index in rng.permutation(9000)[:count]],
        "received": days(count),
        "born": [str(year) for year in rng.integers(1930, 2000, count)],
        "surname": [f"Example{chr(97 + i % 26)}{chr(97 + i // 26)}son" for i in range(count)],
        "reason": some("falls", "meals", "equipment", "advice", of=count),
    }


def test_a_tidy_table_of_referrals_has_no_repeats():
    assert not {name for name in names(table_of(_referrals())) if "repeat" in name or "duplicate" in name}


def test_rows_that_are_there_twice_are_counted():
    frame = {name: [*values, values[5], values[9]] for name, values in _referrals().items()}
    finding = the(table_of(frame), "repeated rows")
    assert (finding.count, finding.certainty) == (2, "certain")
    assert finding.places[0].row == 62
    assert "repeated identifiers" not in names(table_of(frame))


def test_an_identifier_used_for_two_different_rows_is_found():
    frame = _referrals()
    frame["referral_id"][30] = "R0002"
    assert the(table_of(frame), "repeated identifiers").count == 1


def test_the_same_row_under_a_new_number_is_found():
    frame = {name: [*values, values[5]] for name, values in _referrals().items()}
    frame["referral_id"][-1] = "R9999"
    assert the(table_of(frame), "rows repeated under another identifier").count == 1


def test_a_slip_of_the_pen_makes_a_near_duplicate():
    frame = {name: [*values, values[5], values[6]] for name, values in _referrals().items()}
    frame["referral_id"][-2:] = ["R9998", "R9999"]
    frame["surname"][-2] = frame["surname"][-2].replace("Example", "Exa" + "pmle")
    frame["person"][-1] = frame["person"][-1][:-1] + ("1" if frame["person"][-1][-1] != "1" else "2")
    assert the(table_of(frame), "near-duplicate rows").count == 2


def test_a_person_who_comes_back_within_a_fortnight_is_counted():
    frame = _referrals()
    frame["person"][20], frame["person"][50] = frame["person"][12], frame["person"][30]
    assert the(table_of(frame), "the same person again soon").count == 1


# Categories ----------------------------------------------------------------------------------------------


def test_spellings_that_differ_in_case_and_spaces_are_one_category():
    kind = some("Council Area", "County", of=40) + ["Council area", "Council  Area", "County "]
    finding = the(table_of({"type": kind, "n": range(43)}), "one category in several spellings")
    assert finding.count == 1
    assert "“Council Area” 20" in finding.sentence
    assert the(table_of({"type": kind}), "spaces round values").count == 1


def test_a_rare_misspelling_of_a_common_word_is_found():
    source = some("hospital", "housing", "voluntary", of=90) + ["hos" + "ptial"]
    assert "hos" + "ptial" in the(table_of({"source": source}), "categories that may be misspelt").sentence


@pytest.mark.parametrize(
    ("rare", "common"),
    [
        ("north ward", "south ward"),
        ("agree", "disagree"),
        ("Trust1", "Trust2"),
        ("band A", "band B"),
        ("unpaid", "paid"),
    ],
)
def test_words_that_mean_something_else_are_no_misspelling(rare, common):
    assert not similar([(rare, rare.casefold(), 1), (common, common.casefold(), 100)])


def test_a_category_that_changes_its_name_half_way_is_found_once():
    # Six months of one name, six of the other, beside categories that go on.
    dates = days(360)
    source = [("GP" if i < 180 else "primary care") if i % 3 == 0 else ("self", "housing")[i % 2] for i in range(360)]
    finding = the(table_of({"received": dates, "source": source}), "a category that changes its name")
    assert "“GP”" in finding.sentence
    assert "a group that stops" not in names(table_of({"received": dates, "source": source}))


def test_a_team_that_stops_sending_records_is_found():
    team = ["A" if i % 3 == 0 and i < 200 else "B" if i % 2 else "C" for i in range(360)]
    assert "“A”" in the(table_of({"received": days(360), "team": team}), "a group that stops").sentence


def test_one_value_that_is_nearly_everything_is_reported():
    assert the(table_of({"consent": ["yes"] * 99 + ["no"], "n": range(100)}), "one value dominates").count == 1


# Totals and periods ---------------------------------------------------------------------------------------


def test_a_numerator_above_its_denominator_is_found():
    table = table_of({"area": list("abcdef"), "numerator": [1, 2, 3, 9, 5, 6], "denominator": [8] * 6})
    finding = the(table, "part above the whole")
    assert (finding.count, finding.places[0].row) == (1, 5)


def test_a_rate_that_is_not_the_quotient_of_its_parts_is_found():
    top, bottom = range(40, 60), [80] * 20
    rate = [round(100 * a / b, 1) for a, b in zip(top, bottom)]
    rate[4] = 91.0
    table = table_of({"2024 numerator": top, "2024 denominator": bottom, "2024 outcome": rate})
    assert the(table, "shares that do not follow from their parts").count == 1


def test_shares_that_do_not_add_up_to_a_hundred_are_found():
    first = list(range(20, 40))
    table = table_of({"% yes": first, "% no": [70 - a for a in first], "% unsure": [30] * 19 + [45]})
    assert the(table, "shares that do not add up").count == 1


def test_percentages_above_a_hundred_and_a_heap_at_exactly_a_hundred_are_found():
    assert the(table_of({"percent": [*range(40, 90), 130]}), "percentages outside 0 to 100").count == 1
    heap = [str(30 + index) for index in range(60)] + ["100"] * 40
    assert the(table_of({"percent": heap}), "many units at exactly 100 %").count == 40


def test_a_total_row_that_is_not_the_sum_is_found():
    rows = {"area": ["a", "b", "c"], "people": ["10", "20", "30"]}
    for total, expected in (("60", 0), ("61", 1)):
        totals = pd.DataFrame({"area": ["Total"], "people": [total]})
        table = table_of(rows, totals=totals, total_rows=np.array([5]))
        assert sum(finding.check == "totals that do not add up" for finding in found(table)) == expected


def test_rows_for_england_among_councils_are_set_apart():
    areas = ["England", "North East", *(f"Council {chr(97 + index)}" for index in range(20))]
    assert the(table_of({"area": areas, "n": range(22)}), "larger areas among the rows").count == 2


def test_a_missing_month_and_a_team_that_stops_are_found():
    months = [f"2025-{month:02d}-01" for month in (1, 2, 3, 5, 6) for _ in "abcdefghijkl"]
    teams = ["Team " + letter_ for _ in range(5) for letter_ in "abcdefghijkl"]
    cells = {"month": months[:-1], "team": teams[:-1], "n": range(59)}
    assert the(table_of(cells), "periods missing").count == 1
    assert "Team l" in the(table_of(cells), "units that stop or begin").sentence


# Form ----------------------------------------------------------------------------------------------------


def test_broken_letters_hidden_signs_failed_formulas_and_cut_numbers_are_found():
    table = table_of(
        {
            "place": ["ZoÃ«'s house", "York", "Leeds\u200b", "Hull"],
            "key": ["9.43477E+09", "9.43478E+09", "12", "13"],
            "sum": ["#REF!", "4", "5", "6"],
        },
        kinds={"place": ["text"] * 4, "key": ["number"] * 4, "sum": ["error", "formula", "formula", "formula"]},
    )
    assert {
        "broken letters",
        "signs that cannot be seen",
        "long numbers cut by a spreadsheet",
        "formulas that failed",
    } <= names(table)
    assert the(table, "formulas").count == 3


# All together --------------------------------------------------------------------------------------------

# Packages whose files hold faults on purpose, or leave out what a tidy table would have.
FAULTY = {"as_exported.csv", "nhs.csv", "council.csv"}


def _tidy_files():
    home = paths.course_root() / "datasets"
    return [path for path in sorted(home.glob("*/*.csv")) if path.name not in FAULTY]


@pytest.mark.parametrize("path", _tidy_files(), ids=lambda path: path.stem)
def test_a_tidy_file_of_the_course_gives_very_few_findings(path):
    findings = [finding for table in read(path) for finding in found(table)]
    assert len(findings) <= 4, [finding.sentence for finding in findings]
    assert not [finding.sentence for finding in findings if finding.rank == 0]


#: Name of a planted class → the check that must speak up, and the least share of its rows that it must count.
PLANTED = {
    "American dates": (["American dates among British ones"], 0.5),  # others have a day up to 12 and cannot be told
    "bounced": (["the same person again soon"], 1.0),
    "category renamed": (["a category that changes its name"], 0.95),
    "day and month swapped": (["days that do not fit their dates", "dates in the wrong order"], 0.9),
    "decided before received": (["dates in the wrong order"], 1.0),
    "ethnicity left out by a team": (["one group leaves a column out"], 1.0),
    "exact duplicate": (["repeated rows"], 1.0),
    "identifier in free text": (
        [f"identifying: {kind}" for kind in ("NHS number", "telephone number", "e-mail address", "postcode")],
        0.75,
    ),
    "impossible date": (["impossible dates"], 1.0),
    "missing in disguise": (
        [
            "numbers that stand for missing",
            "figures that stand for missing",
            "dates that stand for missing",
            "codes for missing values",
        ],
        0.8,
    ),
    "near duplicate": (["near-duplicate rows"], 0.9),
    "weeks written as days": (["weeks among days"], 0.75),
}


def test_every_class_of_fault_planted_in_the_referrals_is_found():
    if "referrals" not in datasets.names():
        pytest.skip("the data package “referrals” is not here")
    key = datasets.planted("referrals")
    assert set(key["counts"]) == set(PLANTED), "the key has classes that this test does not know"
    [table] = read(paths.course_root() / "datasets" / "referrals" / "as_exported.csv")
    # A finding shows five places at most, so this is no recall by row: how many cells the checks count beside how
    # many were planted (a check may count others too), and whether a place that is shown is a planted one.
    reached, pointed = {}, {}
    findings = found(table)
    for name, (wanted, _) in PLANTED.items():
        speaking = [finding for finding in findings if finding.check in wanted]
        reached[name] = sum(finding.count for finding in speaking) / key["counts"][name]
        planted = {fault["row"] for fault in key["faults"][name]}
        pointed[name] = any(place.row in planted for finding in speaking for place in finding.places)
    print("counted for each planted:", {name: round(share, 2) for name, share in reached.items()})
    assert not [name for name, share in reached.items() if share < PLANTED[name][1]]
    assert not [name for name, hit in pointed.items() if not hit]


def test_no_finding_on_the_referrals_shows_a_date_of_birth_or_a_note():
    [table] = read(paths.course_root() / "datasets" / "referrals" / "as_exported.csv")
    shown = str(found(table))
    held = set(table.cells["note"]) - {""}
    # A filler is no date of birth.
    births = set(table.cells["date_of_birth"]) - {"1900-01-01"}
    others = set(table.cells["received"]) | set(table.cells["decided"])
    assert not [value for value in births - others if value in shown]
    assert not [note for note in held if note in shown]


def test_every_finding_is_a_whole_sentence_with_reason_and_advice():
    [table] = read(paths.course_root() / "datasets" / "referrals" / "as_exported.csv")
    for finding in found(table):
        assert finding.sentence.endswith(".")
        assert finding.why.endswith(".")
        assert finding.usual.startswith("People ")
        assert finding.certainty in {"certain", "likely", "possible"}
        assert 1 <= len(finding.places) <= 5
        assert finding.count >= 1
        assert finding.table == table.name


def test_each_check_says_what_it_looked_for():
    for family, looked_for, check in checks.ALL:
        assert family
        assert looked_for.endswith((".", ")"))
        assert callable(check)


@pytest.mark.parametrize(
    "columns",
    [
        {"a": []},
        {"a": [""]},
        {"a": ["", ""], "b": ["", ""]},
        {"a": ["x"]},
        {"a": ["1"], "b": ["2025-01-01"]},
        {"": ["1", "2", "3"]},
        {"a": ["1"] * 30, "b": [" "] * 30},
    ],
)
def test_tables_with_next_to_nothing_in_them_break_no_check(columns):
    assert isinstance(found(table_of(columns)), list)


# Seen in files from work ---------------------------------------------------------------------------------


def test_months_written_as_figures_are_periods_and_years_in_two_parts_are_years():
    months = [f"2024-{month:02d}" for month in (4, 5, 6, 8, 9, 10)]
    assert "“2024-06” and “2024-08”" in the(table_of({"month": months, "n": range(6)}), "periods missing").sentence
    years = ["2010/11", "2011/12", "2013/14", "2014/15", "2015/16"]
    assert "1 year" in the(table_of({"period": years, "n": range(5)}), "periods missing").sentence
    quarters = ["Q1 2024/25", "Q2 2024/25", "Q4 2024/25", "Q1 2025/26", "Q2 2025/26"]
    assert "1 quarter" in the(table_of({"period": quarters, "n": range(5)}), "periods missing").sentence
    # November 2010 to January 2011: the year in two parts does not fit all of them.
    assert "periods missing" not in names(table_of({"m": ["2010-10", "2010-11", "2010-12", "2011-01"], "n": range(4)}))


def test_a_part_named_as_such_above_its_whole_is_found_and_unrelated_counts_are_not():
    people = list(range(40, 70))
    planned = [n - 7 for n in people]
    planned[4] = people[4] + 3
    table = table_of({"ward": [f"W{i:02d}" for i in range(30)], "people_assessed": people, "people_with_plan": planned})
    finding = the(table, "part above the whole")
    assert (finding.count, finding.places[0].row, finding.places[0].column) == (1, 6, "people_with_plan")
    # Beds and nurses: one is above the other here and there, and no name says that it is a part.
    table = table_of({"beds": [n % 23 + 10 for n in range(60)], "nurses": [n % 17 + 3 for n in range(60)]})
    assert "part above the whole" not in names(table)


def test_a_share_is_worked_out_anew_from_the_counts_whose_name_it_bears():
    people = list(range(50, 80))
    home = [n // 2 for n in people]
    share = [round(100 * part / whole, 1) for part, whole in zip(home, people)]
    share[7] = 62.5
    table = table_of({"people": people, "home": home, "pct_home": share})
    finding = the(table, "shares that do not follow from their parts")
    assert (finding.count, finding.places[0].row) == (1, 9)


def test_one_share_beyond_a_hundred_does_not_hide_that_the_shares_do_not_add_up():
    first = [20 + n for n in range(20)]
    third = [30] * 19 + [112]
    table = table_of({"% home": first, "% care home": [70 - n for n in first], "% other": third})
    assert the(table, "shares that do not add up").count == 1


def test_shares_of_one_among_per_cent_are_on_another_scale():
    shares = [f"{40 + n}%" for n in range(30)] + ["0.65", "0.4"]
    assert the(table_of({"pct": shares}), "shares on two scales").count == 2
    assert "shares on two scales" not in names(table_of({"pct": [f"{n}%" for n in range(30)]}))


def test_a_column_of_excel_day_numbers_is_recognised_by_its_name():
    # 45383 is 1 April 2024 in Excel.
    numbers = [45383 + n for n in range(40)]
    assert the(table_of({"received": numbers, "n": range(40)}), "Excel's day numbers among dates").count == 40
    assert "Excel's day numbers among dates" not in names(table_of({"population": numbers, "n": range(40)}))


def test_yes_and_no_in_many_spellings_are_one_finding():
    answers = some("Yes", "No", "Y", "n", "1", "0", of=60)
    finding = the(table_of({"lives_alone": answers, "n": range(60)}), "yes and no in several spellings")
    assert finding.count == 4
    assert "in 3 ways" in finding.sentence


def test_numbers_that_a_workbook_stores_as_text_are_found():
    kinds = {"team": ["text"] * 30, "hours": ["text", *["number"] * 29]}
    table = table_of({"team": [f"T{n}" for n in range(30)], "hours": range(30)}, kinds)
    finding = the(table, "numbers stored as text")
    assert (finding.count, finding.places[0].row, finding.places[0].letter) == (1, 2, "B")


def test_a_file_with_decimal_commas_throughout_is_said_to_have_them():
    costs = [f"1.{200 + n},50" for n in range(40)]
    assert the(table_of({"cost": costs, "n": range(40)}), "decimal commas").count == 40


def test_filler_dates_are_said_once_and_not_as_days_that_do_not_fit():
    begin = days(40)
    end = days(40, "2025-01-11")
    begin[3] = "01/01/1900"
    assert names(table_of({"received": begin, "decided": end, "days": [10] * 40})) <= {
        "dates that stand for missing", "columns that never change"
    }


def test_an_impossible_number_is_not_said_again_as_an_unlikely_one():
    age = [70 + n % 17 for n in range(60)]
    age[5] = 234
    assert names(table_of({"age": age, "n": range(60)})) == {"impossible numbers"}


def test_a_wait_of_eleven_years_is_unlikely_on_any_scale():
    waits = [3 + (n * 7) % 60 for n in range(80)]
    waits[11] = 4210
    assert the(table_of({"wait": waits, "n": range(80)}), "unlikely numbers").places[0].row == 13


def test_a_team_called_east_is_no_region():
    table = table_of({"team": some("North", "East", "South", of=30), "n": range(30)})
    assert "larger areas among the rows" not in names(table)


def test_a_box_that_is_ticked_or_blank_is_not_a_column_that_never_changes():
    assert "columns that never change" not in names(table_of({"closed": some("Yes", "", of=40), "n": range(40)}))


@pytest.mark.parametrize(
    ("column", "values", "kind"),
    [
        ("Client", ["Siân Pritchard", "Zoë O’Neill", "Amira Khan", "Keith Quaye"], "name"),
        ("Social worker", ["J. Taylor", "K. Ahmed", "L. Moss"], "name"),
        ("Name", ["Pritchard, Siân", "Khan, Amira", "Quaye, Keith"], "name"),
        ("Postcode", ["ZZ99 3CZ", "ZZ99 1AB", "ZZ99 2XX"], "postcode"),
        ("NINO", ["QQ123456C", "QQ654321A", "QQ111111B"], "National Insurance number"),
    ],
)
def test_columns_that_say_who_are_found_although_their_values_fit_no_strict_pattern(column, values, kind):
    finding = the(table_of({column: some(*values, of=24), "days": range(24)}), f"identifying: {kind}")
    assert finding.rank == 0
    assert not any(value in finding.sentence + str(finding.places) for value in values)


@pytest.mark.parametrize(
    "values",
    [
        ["Castle Hill", "Marrow Vale", "Southdene Ward"],
        ["Hospital Team", "Front Door"],
        ["Rose Court", "Douglas House", "Florence Lodge"],
    ],
)
def test_places_and_services_are_no_names_of_people(values):
    table = table_of({"contact": some(*values, "Home Care", of=24), "days": range(24)})
    assert not [finding for finding in found(table) if finding.rank == 0]


def test_somebody_named_in_a_note_is_found_and_a_service_is_not():
    notes = ["Spoke to her daughter Amira Khan", "Rang Adult Social Care about it", "", "Visited Castle Hill Infirmary"]
    finding = the(table_of({"note": some(*notes, of=24), "days": range(24)}), "identifying: name")
    assert finding.count == 6


def test_the_first_and_last_date_of_birth_are_not_told_when_one_is_far_out():
    born = days(60, "1931-03-05")
    born[7] = "12/11/1821"
    sentence = the(table_of({"DOB": born, "n": range(60)}), "dates far from the others").sentence
    assert sentence.endswith("between 1931 and 1931.")


def test_a_person_entered_again_with_a_slip_is_found_among_few_rows():
    # Client, birth and referral agree but for two letters of the name.
    table = table_of(
        {
            "client": [f"Person {chr(97 + n % 26)}{n}" for n in range(25)] + ["Aphra Quimby", "Afra Quimby"],
            "born": [*days(26, "1941-02-03"), days(26, "1941-02-03")[25]],
            "referred": [*days(26, "2025-05-01"), days(26, "2025-05-01")[25]],
            "reason": some("fall", "carer", "review", of=26) + [some("fall", "carer", "review", of=26)[25]],
            "team": some("North", "South", of=26) + [some("North", "South", of=26)[25]],
        }
    )
    assert the(table, "near-duplicate rows").count == 1


def test_a_fifty_five_among_answers_from_one_to_five_is_outside_the_scale():
    answers = some("1", "2", "3", "4", "5", of=60)
    answers[8] = "55"
    finding = the(table_of({"Q1": answers, "n": range(60)}), "numbers outside their scale")
    assert (finding.count, finding.places[0].row, finding.places[0].value) == (1, 10, "55")
    # Falls in a year have a tail of their own.
    falls = [*some("0", "0", "0", "1", "1", "2", of=60), "3", "4", "6", "7"]
    assert "numbers outside their scale" not in names(table_of({"falls": falls, "n": range(64)}))


def test_a_wild_value_does_not_pass_the_total_row_when_the_other_columns_fit():
    totals = pd.DataFrame({"area": ["Total"], "calls": ["60"], "visits": ["6"]})
    rows = {"area": ["a", "b", "c"], "calls": ["10", "9999", "30"], "visits": ["1", "2", "3"]}
    table = table_of(rows, totals=totals, total_rows=np.array([5]))
    assert the(table, "totals that do not add up").columns == ("calls",)
    # A row of averages fits nowhere and is no total.
    totals = pd.DataFrame({"area": ["Total"], "calls": ["20"], "visits": ["2"]})
    rows["calls"][1] = "20"
    assert "totals that do not add up" not in names(table_of(rows, totals=totals, total_rows=np.array([5])))
