"""Disclosure control: hidden counts stay hidden, and what leaks is named.

Every claim that a table is safe is checked by a second formulation that shares no code with the package:
enumeration of all whole-number tables for tiny ones, a linear programme written out row by row for larger ones.
"""

import re
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from researchskills.data import disclosure as d
from researchskills.errors import CourseError

SLOW_IS_FINE = settings(max_examples=30, deadline=None, derandomize=True,
                        suppress_health_check=[HealthCheck.too_slow])


def crossed(counts, rows="row", columns="column") -> pd.DataFrame:
    """A cross-table with totals."""
    counts = np.array(counts)
    table = pd.DataFrame(counts, index=[f"r{n}" for n in range(counts.shape[0])],
                         columns=[f"c{n}" for n in range(counts.shape[1])])
    table["Total"] = table.sum(axis=1)
    table.loc["Total"] = table.sum()
    table.index.name, table.columns.name = rows, columns
    return table


SERVICES = pd.DataFrame(
    {"reablement": [12, 3, 22], "home care": [6, 9, 14]}, index=["Northmoor", "Eastfold", "Westering"]
).pipe(lambda t: t.assign(Total=t.sum(axis=1))).pipe(lambda t: pd.concat([t, t.sum().to_frame("Total").T]))


# -- what can be recovered ---------------------------------------------------------------------

#: Fischetti and Salazar-González's example of investment by activity and region (2001, Management Science
#: 47(7), table 1): 22 hidden with three cells of its rectangle lies between 5 and 30.
INVESTMENT = pd.DataFrame(
    {"A": [20, "[c]", "[c]", 45], "B": [50, 19, 32, 101], "C": [10, "[c]", "[c]", 44], "Total": [80, 49, 61, 190]},
    index=pd.Index(["I", "II", "III", "Total"], name="activity"),
)


def test_the_interval_of_a_published_example_is_found():
    found = {one.name: (one.low, one.high) for one in d.recoverable(INVESTMENT).intervals}
    # By hand, with t for (II, C): (II, A) = 30 - t, (III, A) = t - 5, (III, C) = 34 - t, none below 0.
    assert found == {"II, A": (0, 25), "II, C": (5, 30), "III, A": (0, 25), "III, C": (4, 29)}
    assert d.recoverable(INVESTMENT).safe


def test_a_single_hidden_cell_is_named_with_the_subtraction_that_gives_it_away():
    table = pd.DataFrame({"team": ["A", "B", "Total"], "people": ["[c]", "17", "20"]})
    audit = d.recoverable(table)
    assert [one.sentence() for one in audit.leaks] == ["A is exactly 3. 20 (Total) − 17 (B) = 3."]
    assert audit.sentence.startswith("1 cell is hidden, but 1 can be worked out")


def test_two_hidden_cells_that_together_hold_few_people_leak_although_neither_is_exact():
    table = pd.DataFrame({"team": ["A", "B", "C", "Total"], "people": ["[c]", "[c]", 17, 19]})
    audit = d.recoverable(table)
    assert [(one.low, one.high) for one in audit.leaks] == [(0, 2), (0, 2)]
    assert "All hidden cells of “Total” together hold only 2." in audit.leaks[0].how


def test_a_table_that_only_hides_under_five_can_give_away_two_hidden_cells_at_once():
    table = pd.DataFrame({"team": ["A", "B", "C", "Total"], "people": ["[c]", "[c]", 17, 25]})
    assert d.recoverable(table).safe
    # 25 - 17 = 8, and each of the two is at most 4: both are 4.
    known = d.recoverable(table, known_range=(1, 4))
    assert [(one.low, one.high) for one in known.leaks] == [(4, 4), (4, 4)]


def test_a_cell_of_which_two_values_are_left_is_not_called_safe():
    # 20 - 17 = 3 for two cells of at least 1 each: 1 and 2, or 2 and 1.
    table = pd.DataFrame({"team": ["A", "B", "C", "Total"], "people": ["[c]", "[c]", 17, 20]})
    said = d.recoverable(table, known_range=(1, 4)).to_table()
    assert said.columns.tolist() == ["hidden cell", "at least", "at most", "known exactly", "how"]
    assert said[["at least", "at most", "known exactly"]].to_numpy().tolist() == [[1, 2, "no"]] * 2
    assert set(said["how"]) == {"All hidden cells of “Total” together hold only 3."}
    assert "safe" in d.recoverable(table).to_table().columns


def test_cells_hidden_in_two_directions_are_solved_together():
    # r0 hides c0 and c1, r1 hides c0; with both columns' totals every one of them is known.
    table = crossed([[3, 8, 9], [2, 7, 6], [5, 6, 7]]).astype(object)
    table.loc["r0", ["c0", "c1"]] = table.loc["r1", "c0"] = "[c]"
    audit = d.recoverable(table)
    assert {one.name: one.low for one in audit.leaks} == {"r0, c0": 3, "r1, c0": 2}
    assert next(one for one in audit.intervals if one.name == "r0, c1").low == 8


def test_without_totals_nothing_can_be_subtracted():
    table = pd.DataFrame({"team": ["A", "B"], "people": ["[c]", 17]})
    assert d.recoverable(table).safe
    assert "No totals are published" in d.recoverable(table).sentence


def test_what_contradicts_itself_is_refused():
    table = pd.DataFrame({"team": ["A", "B", "C", "Total"], "people": ["[c]", "[c]", 17, 15]})
    with pytest.raises(CourseError, match="contradicts itself"):
        d.recoverable(table)


# -- hiding ------------------------------------------------------------------------------------


def test_a_small_count_is_hidden_with_the_smallest_other_one():
    table = pd.DataFrame({"team": ["A", "B", "C", "Total"], "people": [3, 17, 9, 29]})
    result = d.suppress(table)
    assert result.table["people"].tolist() == ["[c]", 17, "[c]", 29]
    assert (result.primary, result.secondary) == (("A",), ("C",))


def test_in_a_table_of_rows_and_columns_a_rectangle_is_hidden():
    # By hand: (Eastfold, reablement) needs a partner in its row, which is home care, and one in its column;
    # of 12 + 6 (Northmoor) and 22 + 14 (Westering) the first pair has fewer people.
    result = d.suppress(SERVICES)
    assert result.primary == ("Eastfold, reablement",)
    assert set(result.secondary) == {"Northmoor, reablement", "Northmoor, home care", "Eastfold, home care"}
    # With t for the small count: its row leaves 12, its column 15, and 18 - (15 - t) cannot be negative.
    bounds = {one.name: (one.low, one.high) for one in result.audit.intervals}
    assert bounds["Eastfold, reablement"] == (0, 12)
    assert result.audit.safe


def test_hiding_two_small_counts_of_one_row_may_already_be_enough():
    result = d.suppress(pd.DataFrame({"team": list("ABC") + ["Total"], "people": [4, 3, 20, 27]}))
    assert (result.primary, result.secondary) == (("A", "B"), ())


def test_the_threshold_is_a_parameter_and_zeros_are_shown_unless_asked():
    table = pd.DataFrame({"team": list("ABCD") + ["Total"], "people": [0, 7, 12, 30, 49]})
    assert d.suppress(table).primary == ()
    assert "nothing had to be hidden" in d.suppress(table).sentence
    assert d.suppress(table, 10).primary == ("B",)
    assert d.suppress(table, hide_zero=True).primary == ("A",)


def test_a_total_that_two_tables_share_cannot_be_shown_in_one_and_hidden_in_the_other():
    by_age = pd.DataFrame({"locality": ["North", "South", "Total"], "65-84": [11, 20, 31], "85+": [2, 8, 10],
                           "Total": [13, 28, 41]})
    by_sex = pd.DataFrame({"locality": ["North", "South", "Total"], "women": [3, 15, 18], "men": [10, 13, 23],
                           "Total": [13, 28, 41]})
    result = d.suppress({"by age": by_age, "by sex": by_sex})
    assert result.audit.safe
    assert set(result.primary) == {"North, 85+", "North, women"}
    one, other = (table.set_index("locality")["Total"].astype(str).to_dict() for table in result.tables)
    assert one == other


def test_a_total_that_one_table_hides_leaks_through_the_other():
    by_age = pd.DataFrame({"locality": ["North", "South", "Total"], "people": ["[c]", "[c]", 41]})
    by_sex = pd.DataFrame({"locality": ["North", "South", "Total"], "women": [1, 15, 16], "men": [2, 23, 25],
                           "Total": ["[c]", "[c]", 41]})
    assert d.recoverable(by_age).safe
    together = d.recoverable([by_age, by_sex])
    assert {one.name: one.low for one in together.leaks} == {"North": 3}


def test_tidy_and_crossed_tables_give_the_same_answer():
    named = SERVICES.rename_axis(index="locality", columns="service")
    tidy = named.stack().rename("people").reset_index()
    assert set(d.suppress(tidy, count="people").secondary) == set(d.suppress(SERVICES).secondary)


def test_totals_are_kept_where_asked_and_refused_where_a_total_is_itself_small():
    table = crossed([[3, 0, 0, 0], [9, 12, 20, 8]])
    with pytest.raises(CourseError, match="is 3, which is itself a small count"):
        d.suppress(table, keep_totals=True)
    # Hiding totals protects; with the totals shown, nobody else in the row can stand in for the 4.
    assert d.suppress(crossed([[4, 6, 0], [9, 12, 20]]), keep_totals=True).audit.safe


def test_the_same_table_is_always_protected_in_the_same_way():
    table = crossed([[3, 8, 8], [8, 8, 8], [8, 8, 8]])
    assert d.suppress(table).secondary == d.suppress(table).secondary


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (pd.DataFrame({"team": ["A", "Total"], "n": [-3, -3]}), "-3 at “A” is below 0"),
        (pd.DataFrame({"team": ["A", "B", "Total"], "n": [3, 9, 13]}), "“Total” is 13, but its parts add up to 12"),
        (pd.DataFrame({"team": ["A", "B"], "n": [3, 9]}), "has no totals"),
        (pd.DataFrame({"team": ["A", "B", "Total"], "n": [2.5, 9, 11.5]}), "not a whole number"),
        (pd.DataFrame({"team": ["A", "A", "Total"], "n": [3, 9, 12]}), "stands twice"),
        (pd.DataFrame({"team": ["A", "B", "Total"], "n": [3, None, 12]}), "is empty"),
        (pd.DataFrame({"team": ["A", "B", "Total"], "n": ["[c]", 9, 12]}), "hidden already"),
        (pd.DataFrame(), "There is nothing in"),
        ([1, 2], "needs a table"),
    ],
)
def test_what_cannot_be_protected_is_refused_in_plain_words(table, said):
    with pytest.raises(CourseError, match=re.escape(said)):
        d.suppress(table, **({} if not isinstance(table, pd.DataFrame) or table.empty else {"count": "n"}))


def test_tables_that_disagree_about_a_total_are_not_linked():
    one = pd.DataFrame({"locality": ["North", "South", "Total"], "n": [13, 28, 41]})
    with pytest.raises(CourseError, match="The tables disagree: “North” is 13 in table 1 and 12 in table 2"):
        d.suppress([one, one.assign(n=[12, 29, 41])])


def test_totals_can_be_worked_out_on_request():
    result = d.suppress(pd.DataFrame({"team": ["A", "B", "C"], "people": [3, 17, 9]}), add_totals=True)
    assert result.table["count"].tolist() == ["[c]", 17, "[c]", 29]


def test_results_are_shown_as_table_and_sentence():
    result = d.suppress(SERVICES)
    page = result._repr_html_()
    assert page.count("<td>[c]</td>") == 4
    assert "1 count from 1 to 4 is hidden: Eastfold, reablement." in page
    assert "None of them can be worked out from the totals to within 4 people." in repr(result)
    assert 'scope="row">Eastfold' in page


# -- properties --------------------------------------------------------------------------------


def fits(published: np.ndarray, most: int) -> np.ndarray:
    """All whole-number tables, with inner cells up to `most`, that agree with a published one (NaN: hidden)."""
    inner = published[:-1, :-1]
    free = list(zip(*np.where(np.isnan(inner)), strict=True))
    tries = np.indices([most + 1] * len(free)).reshape(len(free), -1).T if free else np.zeros((1, 0))
    whole = np.zeros((len(tries), *published.shape))
    whole[:, :-1, :-1] = np.nan_to_num(inner)
    for number, (row, column) in enumerate(free):
        whole[:, row, column] = tries[:, number]
    whole[:, :-1, -1] = whole[:, :-1, :-1].sum(axis=2)
    whole[:, -1, :] = whole[:, :-1, :].sum(axis=1)
    shown = ~np.isnan(published)
    return whole[(whole[:, shown] == published[shown]).all(axis=1)]


def numbers(table: pd.DataFrame) -> np.ndarray:
    return pd.to_numeric(table.stack(), errors="coerce").unstack().reindex(
        index=table.index, columns=table.columns).to_numpy(dtype=float)


@SLOW_IS_FINE
@given(st.lists(st.lists(st.integers(0, 8), min_size=2, max_size=2), min_size=2, max_size=2))
def test_in_every_tiny_table_enumeration_finds_no_small_count(counts):
    table = crossed(counts)
    result = d.suppress(table)
    published = numbers(result.table)
    possible = fits(published, most=20)
    assert len(possible) >= 1
    small = (table.to_numpy() >= 1) & (table.to_numpy() < 5)
    assert np.all(np.isnan(published[small]))
    width = possible.max(axis=0) - possible.min(axis=0)
    assert np.all(width[small] >= 4)
    # Everything is hidden only where showing any one cell would give a small count away.
    if small.any() and np.isnan(published).all():
        for place in zip(*np.where(~small), strict=True):
            again = published.copy()
            again[place] = table.to_numpy()[place]
            left = fits(again, most=20)
            hidden = np.isnan(again)
            narrow = (left.max(axis=0) - left.min(axis=0) < 4) & (left.min(axis=0) < 5)
            assert np.any(narrow & hidden)


def ends(unknown: int, equal: list, right: list, place: int) -> tuple[float, float]:
    """Smallest and largest value of one unknown, by linprog."""
    aim = np.zeros(unknown)
    aim[place] = 1
    low = linprog(aim, A_eq=np.array(equal) if equal else None, b_eq=right or None, method="highs")
    high = linprog(-aim, A_eq=np.array(equal) if equal else None, b_eq=right or None, method="highs")
    return low.fun, np.inf if high.status == 3 else -high.fun


def programme(tables: list[np.ndarray]) -> tuple[int, list, list, list]:
    """Unknowns are the inner cells of every table; each published number is one equation.

    The tables share their row totals, so the row sums of each equal those of the first.
    """
    sizes = [(table.shape[0] - 1) * (table.shape[1] - 1) for table in tables]
    equal, right, starts = [], [], np.concatenate([[0], np.cumsum(sizes)])
    whole = int(starts[-1])

    def inner(number, row, column):
        shape = tables[number].shape
        rows = range(shape[0] - 1) if row == shape[0] - 1 else [row]
        columns = range(shape[1] - 1) if column == shape[1] - 1 else [column]
        line = np.zeros(whole)
        for r, c in product(rows, columns):
            line[starts[number] + r * (shape[1] - 1) + c] = 1
        return line

    for number, table in enumerate(tables):
        for row, column in zip(*np.where(~np.isnan(table)), strict=True):
            equal.append(inner(number, row, column))
            right.append(table[row, column])
        if number:
            for row in range(table.shape[0]):
                equal.append(inner(number, row, table.shape[1] - 1) - inner(0, row, tables[0].shape[1] - 1))
                right.append(0)
    return whole, equal, right, starts


def check_by_programme(full: list[np.ndarray], published: list[np.ndarray]):
    whole, equal, right, starts = programme(published)
    for number, table in enumerate(full):
        inner = table[:-1, :-1]
        for row, column in zip(*np.where((inner >= 1) & (inner < 5)), strict=True):
            assert np.isnan(published[number][row, column])
            low, high = ends(whole, equal, right, int(starts[number]) + row * inner.shape[1] + column)
            assert high - low >= 4 - 1e-6, (number, row, column, low, high)


@settings(parent=SLOW_IS_FINE, max_examples=15)
@given(st.integers(3, 6), st.integers(3, 5), st.integers(0, 10**6))
def test_in_larger_tables_a_linear_programme_recovers_no_small_count(rows, columns, seed):
    rng = np.random.default_rng(seed)
    table = crossed(rng.poisson(rng.gamma(0.8, 10, (rows, columns))))
    result = d.suppress(table)
    check_by_programme([table.to_numpy(dtype=float)], [numbers(result.table)])
    assert result.audit.safe
    assert len(result.secondary) < table.size


@pytest.mark.parametrize("seed", range(4))
def test_a_table_too_large_for_one_programme_is_protected_step_by_step(seed, monkeypatch):
    monkeypatch.setattr("researchskills.data.suppression._JOINT", 0)
    rng = np.random.default_rng(seed)
    table = crossed(rng.poisson(rng.gamma(1.5, 8, (6, 4))))
    result = d.suppress(table)
    assert result.method.startswith("one small count after the other")
    check_by_programme([table.to_numpy(dtype=float)], [numbers(result.table)])


def test_who_runs_out_of_time_is_told_to_split_the_table(monkeypatch):
    monkeypatch.setattr("researchskills.data.suppression._SECONDS", 0.0)
    table = crossed(np.random.default_rng(1).poisson(np.random.default_rng(1).gamma(1.5, 8, (6, 4))))
    with pytest.raises(CourseError, match="too large to be protected in one go"):
        d.suppress(table)


def test_a_table_of_three_dimensions_is_protected_along_each():
    rng = np.random.default_rng(5)
    people = pd.DataFrame({"locality": rng.choice(["North", "South", "West"], 160),
                           "age": rng.choice(["65-84", "85+"], 160),
                           "sex": rng.choice(["women", "men"], 160, p=[0.75, 0.25])})
    tidy = people.value_counts().rename("people").reset_index()
    result = d.suppress(tidy, 12, count="people", add_totals=True)
    assert result.primary
    assert result.audit.safe
    assert d.recoverable(result.table, count="count", threshold=12).safe


@settings(parent=SLOW_IS_FINE, max_examples=10)
@given(st.integers(3, 4), st.integers(0, 10**6))
def test_two_linked_tables_do_not_give_each_other_away(rows, seed):
    rng = np.random.default_rng(seed)
    cube = rng.poisson(rng.gamma(0.9, 6, (rows, 3, 2)))
    tables = [crossed(cube.sum(axis=2), "locality", "age"), crossed(cube.sum(axis=1), "locality", "sex")]
    result = d.suppress(tables)
    check_by_programme([table.to_numpy(dtype=float) for table in tables], [numbers(one) for one in result.tables])


@settings(parent=SLOW_IS_FINE, max_examples=15)
@given(st.integers(0, 10**6))
def test_the_audit_agrees_with_an_independent_programme_whatever_is_hidden(seed):
    rng = np.random.default_rng(seed)
    full = crossed(rng.integers(0, 12, (3, 3)))
    shown = full.astype(object).mask(pd.DataFrame(rng.random(full.shape) < 0.4, full.index, full.columns), "[c]")
    whole, equal, right, _ = programme([numbers(shown)])
    for one in d.recoverable(shown).intervals:
        row, column = one.name.split(", ") if ", " in one.name else ("Total", "Total")
        if "Total" in (row, column):
            continue
        low, high = ends(whole, equal, right, int(row[1]) * 3 + int(column[1]))
        # A table of rows and columns has whole-number corners (it is totally unimodular), so both agree exactly.
        assert (one.low, np.inf if one.high is None else one.high) == (pytest.approx(low), pytest.approx(high))


@settings(parent=SLOW_IS_FINE, max_examples=10)
@given(st.integers(0, 10**6))
def test_totals_stay_where_asked_or_the_table_is_refused(seed):
    table = crossed(np.random.default_rng(seed).integers(0, 15, (3, 3)))
    try:
        result = d.suppress(table, keep_totals=True)
    except CourseError as problem:
        assert re.search("itself a small count|Hiding cells cannot protect", str(problem))
        return
    assert result.table["Total"].tolist() == table["Total"].tolist()
    assert result.table.loc["Total"].tolist() == table.loc["Total"].tolist()
    assert result.audit.safe


# -- rounding ----------------------------------------------------------------------------------


def test_rounded_parts_need_not_add_up_and_the_sentence_says_so():
    result = d.round_counts(SERVICES, 5)
    # By hand: 12, 6 → 10, 5 but 18 → 20; 3, 9 → 5, 10 but 12 → 10.
    assert result.table["Total"].tolist() == [20, 10, 35, 65]
    assert result.off.set_index("total")["difference"].to_dict() == {"Northmoor, Total": 5, "Eastfold, Total": -5}
    assert "2 totals are no longer the sum of the rounded parts; the largest gap is 5" in result.sentence


def test_the_total_of_all_is_one_total_and_listed_with_the_way_of_adding_up():
    table = crossed([[12, 12], [12, 12]]).rename_axis(index="team", columns="kind_of_help")
    result = d.round_counts(table, 5)
    # By hand: parts 10, sums of two 24 → 25, the total 48 → 50; so 10 + 10 is not 25, and 25 + 25 is 50.
    assert set(result.off["total"]) == {"r0, Total", "r1, Total", "Total, c0", "Total, c1"}
    assert "4 totals are no longer the sum" in result.sentence
    # 21 → 20, twice; 42 → 40; 84 → 85: only the total of all is off, along its rows and along its columns.
    result = d.round_counts(crossed([[21, 21], [21, 21]]).rename_axis(index="team", columns="kind_of_help"), 5)
    assert result.off["total"].tolist() == ["Total, by team", "Total, by kind of help"]
    assert result.off["sum of rounded parts"].tolist() == [80, 80]
    assert "1 total is no longer the sum" in result.sentence
    assert "added up in two ways is listed for each" in result.sentence


@pytest.mark.parametrize(("count", "five", "ten"), [(0, 0, 0), (2, 0, 0), (3, 5, 0), (5, 5, 10), (14, 15, 10),
                                                    (15, 15, 20), (97, 95, 100)])  # fmt: skip
def test_half_way_is_rounded_up(count, five, ten):
    table = pd.DataFrame({"team": ["A"], "n": [count]})
    assert d.round_counts(table, 5, count="n").table["n"].tolist() == [five]
    assert d.round_counts(table, 10, count="n").table["n"].tolist() == [ten]


def test_small_counts_that_become_nought_are_mentioned_and_hidden_ones_stay_hidden():
    table = pd.DataFrame({"team": ["A", "B"], "n": [2, "[c]"]})
    result = d.round_counts(table, count="n")
    assert result.table["n"].tolist() == [0, "[c]"]
    assert "1 small count has become 0: here 0 no longer means nobody." in result.sentence


def test_percentages_of_few_people_are_hidden_and_both_counts_of_small_ones():
    table = pd.DataFrame({"service": list("abcd"), "yes": [3, 7, 30, 5], "asked": [40, 12, 50, 20]})
    result = d.safe_percentages(table, "yes", "asked", base=5)
    assert result.table.to_numpy().tolist() == [
        ["a", "[c]", "[c]", "[c]"], ["b", 5, 10, "[c]"], ["c", 30, 50, "60.0"], ["d", 5, 20, "25.0"]]
    with pytest.raises(CourseError, match="numerator 9 is above the denominator 8"):
        d.safe_percentages(pd.DataFrame({"a": [9], "b": [8]}), "a", "b")


def test_a_percentage_is_not_anonymous():
    assert d.counts_behind(37.5, 8) == [3]
    assert d.counts_behind(14.3, 21) == [3]
    # By hand: 33 % of 12 without decimals is 4 of 12 alone (3/12 = 25, 5/12 = 42).
    assert d.counts_behind(33, 12, decimals=0) == [4]


# -- two tables together -----------------------------------------------------------------------


def test_last_months_table_and_this_months_give_away_who_came():
    later = SERVICES.copy()
    later.loc[["Northmoor", "Total"], ["reablement", "Total"]] += 2
    result = d.difference_tables(later, SERVICES, names=("May", "April"))
    assert "Northmoor, reablement: 2 more in “May” than in “April”." in result.found
    assert result.table.query("cell == 'Eastfold, reablement'")["gives away"].item() == "nothing small"


def test_a_hidden_count_is_not_called_harmless_because_it_cannot_be_subtracted():
    april = pd.DataFrame({"answer": ["good", "bad", "Total"], "n": [45, 5, 50]})
    march = pd.DataFrame({"answer": ["good", "bad", "Total"], "n": [45, "[c]", 49]})
    result = d.difference_tables(april, march)
    assert result.table["gives away"].tolist() == ["nothing small", "hidden here; do the other lines tell?",
                                                   "a small count"]


def test_everybody_minus_a_subgroup_gives_away_the_rest_even_through_hidden_cells():
    everybody = pd.DataFrame({"team": ["A", "B", "C", "Total"], "n": [20, 30, 25, 75]})
    women = pd.DataFrame({"team": ["A", "B", "C", "Total"], "n": ["[c]", "[c]", 10, 56]})
    # Women of A and B: 56 - 10 = 46 of 50, so at most 4 men, and each team has 0 to 4 of them.
    result = d.difference_tables(everybody, women, part_of=True, names=("all", "women"))
    assert result.table.set_index("cell")["difference"].to_dict() == {"A": "0 to 4", "B": "0 to 4", "C": "15",
                                                                     "Total": "19"}
    shown = women.assign(n=[18, 28, 10, 56])
    both = d.difference_tables(everybody, shown, part_of=True, names=("all", "women"))
    assert both.found == ("A: exactly 2 of those in “all” are not in “women”.",
                          "B: exactly 2 of those in “all” are not in “women”.")


def test_a_part_cannot_be_larger_than_the_whole():
    one = pd.DataFrame({"team": ["A", "Total"], "n": [20, 20]})
    with pytest.raises(CourseError, match="cannot be a part of the first"):
        d.difference_tables(one, one.assign(n=[21, 21]), part_of=True)
    with pytest.raises(CourseError, match="no cell in common"):
        d.difference_tables(one, pd.DataFrame({"team": ["X"], "n": [1]}))


# -- people who stand out ----------------------------------------------------------------------

PEOPLE = pd.DataFrame({
    "ward": ["W1", "W1", "W1", "W2", "W2", "W2", None],
    "age": ["65-74", "65-74", "85+", "65-74", "85+", "85+", "85+"],
    "answer": ["bad", "bad", "good", "good", "good", "bad", "good"],
})  # fmt: skip


def test_people_alone_with_a_combination_are_counted_and_a_blank_is_a_value():
    result = d.unique_combinations(PEOPLE, ["ward", "age"], sensitive="answer")
    # By hand: (W1, 85+), (W2, 65-74) and (blank, 85+) have one person each; the pair (W1, 65-74) said the same.
    assert (result.k, sorted(result.alone.index), result.few) == (1, [2, 3, 6], 7)
    assert (result.same_answer, result.l_diversity) == (2, 1)
    # Without age one is left (the blank ward), without ward nobody.
    assert result.without.to_numpy().tolist() == [["ward", 0], ["age", 1]]
    assert result.fewest == ("ward",)
    assert "3 (43%) are alone" in result.sentence


def test_no_one_stands_out_where_all_share_their_facts():
    result = d.unique_combinations(pd.DataFrame({"ward": ["W1"] * 6}), "ward")
    assert (result.k, len(result.alone), result.fewest) == (6, 0, ())


def test_the_number_of_people_who_fit_what_a_neighbour_knows():
    assert d.matching(PEOPLE, {"ward": "W1"}) == 3
    assert d.matching(PEOPLE, {"ward": "W1", "age": "85+"}) == 1
    assert d.matching(PEOPLE, {}) == 7


@pytest.mark.parametrize(("columns", "said"), [(["x"], "no column “x”"), ([], "at least one fact"),
                                               (["ward", "ward"], "named twice")])  # fmt: skip
def test_a_wrong_choice_of_facts_is_explained(columns, said):
    with pytest.raises(CourseError, match=said):
        d.unique_combinations(PEOPLE, columns)
