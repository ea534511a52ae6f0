"""Forest plots: what is drawn is what was pooled, and the words say the same as the picture."""

import pandas as pd
import pytest
from matplotlib.collections import LineCollection, PathCollection

from researchskills import charts
from researchskills.charts import forest
from researchskills.errors import CourseError
from researchskills.statistics import pool_studies


@pytest.fixture
def stays() -> pd.DataFrame:
    return pd.DataFrame({
        "study": ["Alder", "Birch", "Cedar", "Damson"], "estimate": [-1.2, -0.4, -2.1, 0.3],
        "low": [-2.6, -1.5, -4.0, -0.9], "high": [0.2, 0.7, -0.2, 1.5],
    })


@pytest.fixture
def ratios() -> pd.DataFrame:
    return pd.DataFrame({"study": ["Alder", "Birch", "Cedar"], "estimate": [0.5, 0.8, 1.1], "low": [0.25, 0.4, 0.55],
                         "high": [1.0, 1.6, 2.2]})


def parts(ax):
    squares = next(one for one in ax.collections if isinstance(one, PathCollection))
    intervals = [segment for one in ax.collections if isinstance(one, LineCollection) for segment in one.get_segments()]
    return squares, intervals


def words(ax) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_each_study_has_its_square_and_interval_in_the_order_of_the_table(stays):
    ax = forest(pool_studies(stays, unit="days"))
    squares, intervals = parts(ax)
    assert squares.get_offsets()[:, 0].tolist() == stays["estimate"].tolist()
    assert squares.get_offsets()[:, 1].tolist() == [0, 1, 2, 3]
    assert [(segment[0][0], segment[1][0]) for segment in intervals[:4]] == list(
        zip(stays["low"], stays["high"], strict=True))
    names = [tick.get_text() for tick in ax.get_yticklabels()]
    assert names == ["Alder", "Birch", "Cedar", "Damson", "Random-effects average",
                     "True value in the next such study"]
    assert ax.yaxis_inverted()


def test_the_area_of_a_square_goes_with_the_weight(stays):
    pooled = pool_studies(stays)
    squares, _ = parts(forest(pooled))
    shares = squares.get_sizes() / squares.get_sizes().sum()
    assert shares.tolist() == pytest.approx((pooled.studies["weight"] / 100).tolist())


def test_the_diamond_is_as_wide_as_the_interval_of_the_average(stays):
    pooled = pool_studies(stays)
    ax = forest(pooled)
    corners = ax.patches[0].get_xy()
    assert (corners[:, 0].min(), corners[:, 0].max()) == pytest.approx(pooled.random.interval)
    assert corners[corners[:, 1].argmin(), 0] == pytest.approx(pooled.random.value)


def test_lines_mark_no_difference_and_a_change_that_matters_in_words_too(stays):
    ax = forest(pool_studies(stays, unit="days"), important=-1.5)
    styles = {line.get_xdata()[0]: line.get_linestyle() for line in ax.lines if line.get_ydata()[0] in (0, 1)
              and len(set(line.get_xdata())) == 1 and line.get_linestyle() != ":"}
    assert styles == {0.0: "-", -1.5: "--"}
    assert "no difference" in words(ax)
    assert "a change that matters: -1.5 days" in words(ax)
    assert forest(pool_studies(stays), no_difference=-1.0).described.alt.endswith("A line marks no difference (-1).")


def test_both_sides_of_the_axis_are_named_in_the_picture_and_in_words(stays):
    drawn = forest(pool_studies(stays, unit="days"), sides=("shorter stays", "longer stays"))
    assert {"← shorter stays", "longer stays →"} <= set(words(drawn))
    assert drawn.described.alt.endswith("Further to the left means shorter stays, further to the right longer stays.")
    assert not any("←" in one for one in words(forest(pool_studies(stays))))
    drawn.figure.draw_without_rendering()
    left, right, unit = (one.get_window_extent() for one in (*drawn.texts[-2:], drawn.xaxis.label))
    numbers = [one.get_window_extent() for one in drawn.get_xticklabels()]
    assert unit.y1 <= min(left.y0, right.y0), "the unit stands below the words"
    assert max(left.y1, right.y1) <= min(one.y0 for one in numbers)
    assert left.x1 < right.x0


@pytest.mark.parametrize("sides", ["less", ("less",), ("less", ""), ("less", 1), 2])
def test_words_for_one_side_only_are_refused(stays, sides):
    with pytest.raises(CourseError, match="Both sides of the axis need words"):
        forest(pool_studies(stays), sides=sides)


def test_ratios_stand_on_a_logarithmic_axis_with_plain_numbers(ratios):
    ax = forest(pool_studies(ratios, scale="ratio"), important=0.8)
    assert ax.get_xscale() == "log"
    ticks = [tick.get_text() for tick in ax.get_xticklabels()]
    assert {"0.5", "1", "2"} <= set(ticks)
    assert "A line marks no difference (1), a dashed line a change that matters (0.8)." in ax.described.alt


def test_alternative_text_and_table_hold_every_number_of_the_picture(stays):
    pooled = pool_studies(stays, unit="days")
    shown = charts.figure(forest(pooled, important=-1.5), title="Stays were a little shorter")
    assert shown.alt.startswith("Forest plot of 4 studies: Alder -1.2 days (-2.6 to 0.2), weight ")
    assert f"random-effects average {words(forest(pooled))[4]}" in shown.alt
    assert shown.table["study"].tolist() == [
        *stays["study"], "random-effects average", "fixed-effect average", "true value in the next such study"]
    assert shown.png().startswith(b"\x89PNG")
    assert "<img alt=" in shown._repr_html_()


def test_many_studies_are_counted_in_the_words_and_listed_in_the_table(stays):
    many = pd.concat([stays.assign(study=stays["study"] + f" {year}") for year in (2019, 2020, 2021)])
    described = forest(pool_studies(many)).described
    assert described.alt.startswith("Forest plot of 12 studies: all of them are in the table.")
    assert len(described.table) == 15


def test_two_studies_are_drawn_without_a_row_for_the_next(stays):
    ax = forest(pool_studies(stays.head(2)))
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["Alder", "Birch", "Random-effects average"]


def test_percentage_points_are_drawn_out_of_a_hundred(stays):
    pooled = pool_studies(stays, unit="percentage points")
    corners = forest(pooled).patches[0].get_xy()
    assert corners[:, 0].min() == pytest.approx(100 * pooled.random.low)
    assert corners[:, 0].min() < -1


def test_what_was_not_pooled_is_refused(stays):
    with pytest.raises(CourseError, match="A forest plot is drawn from pooled studies"):
        forest(stays)


@pytest.mark.parametrize("line", [{"important": 0}, {"important": -0.5}, {"no_difference": 0}])
def test_a_line_that_no_ratio_can_reach_is_refused(ratios, line):
    with pytest.raises(CourseError, match="each line must stand above 0"):
        forest(pool_studies(ratios, scale="ratio"), **line)


def test_the_same_studies_give_the_same_picture(stays):
    first, second = (charts.figure(forest(pool_studies(stays)), title="Stays").png() for _ in range(2))
    assert first == second
