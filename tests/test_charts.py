"""Figures: what they show, and that none is shown without words and numbers."""

import re
from html.parser import HTMLParser

import matplotlib
import pandas as pd
import pytest

from researchskills import charts
from researchskills.charts.look import spread_out
from researchskills.errors import CourseError

GAPS = pd.DataFrame(
    {
        "skill": ["using data", "statistics", "interviewing"],
        "gap": [32.758, 66.418, 52.137],
        "answered": [232, 134, 234],
    }
)
ALT = "Bar chart of three skills: statistics 66.4%, interviewing 52.1%, using data 32.8%."


def shown(**changes):
    words = {
        "title": "Statistics is the largest gap.",
        "alt": ALT,
        "table": GAPS,
        "source": "synthetic survey",
    }
    return charts.figure(charts.bars(GAPS, "skill", "gap"), **{**words, **changes})


def rows(ax) -> list[str]:
    """Names of the rows as seen from top to bottom."""
    names = [tick.get_text() for tick in ax.get_yticklabels()]
    return names if ax.yaxis_inverted() else names[::-1]


def test_bars_are_labelled_with_their_values_longest_first():
    ax = charts.bars(GAPS, "skill", "gap")
    assert rows(ax) == ["statistics", "interviewing", "using data"]
    assert [text.get_text() for text in ax.texts] == ["66.4%", "52.1%", "32.8%"]
    assert [bar.get_width() for bar in ax.patches] == [66.418, 52.137, 32.758]


def test_bars_can_keep_the_order_of_the_table_and_name_another_unit():
    ax = charts.bars(GAPS, "skill", "answered", unit="people", keep_order=True)
    assert rows(ax) == ["using data", "statistics", "interviewing"]
    assert [text.get_text() for text in ax.texts] == ["232 people", "134 people", "234 people"]


def test_a_highlighted_bar_differs_by_more_than_colour():
    ax = charts.bars(GAPS, "skill", "gap", highlight="interviewing")
    weights = {tick.get_text(): tick.get_fontweight() for tick in ax.get_yticklabels()}
    assert weights == {"statistics": "normal", "interviewing": "bold", "using data": "normal"}
    assert len({bar.get_facecolor() for bar in ax.patches}) == 2


def test_bars_accept_nullable_numbers_and_leave_out_what_is_missing():
    table = pd.DataFrame({"team": ["a", "b"], "days": pd.array([3, None], dtype="Int64")})
    assert [text.get_text() for text in charts.bars(table, "team", "days", unit="days").texts] == ["3 days"]
    one = table.head(1).assign(days=1)
    assert [text.get_text() for text in charts.bars(one, "team", "days", unit="days").texts] == ["1 day"]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: charts.bars(GAPS, "skil", "gap"), "no column “skil”. It has: skill, gap, answered"),
        (lambda: charts.bars(GAPS, "gap", "skill"), "nothing to draw"),
        (lambda: charts.bars(GAPS, "skill", "gap", highlight="x"), "No bar is called “x”"),
        (
            lambda: charts.intervals(GAPS.assign(low=60), "skill", "gap", "low", "answered"),
            "lies outside its interval",
        ),
    ],
)
def test_charts_say_what_is_wrong_with_the_table(call, said):
    with pytest.raises(CourseError, match=re.escape(said)):
        call()


def test_intervals_show_estimate_both_ends_and_what_they_are_compared_with():
    table = GAPS.assign(low=GAPS["gap"] - 8, high=GAPS["gap"] + 8)
    ax = charts.intervals(table, "skill", "gap", "low", "high", reference=50)
    words = [text.get_text() for text in ax.texts]
    assert words == ["66.4% (58.4 to 74.4)", "52.1% (44.1 to 60.1)", "32.8% (24.8 to 40.8)", "all: 50%"]
    segments = ax.collections[0].get_segments()
    assert [tuple(segment[:, 0]) for segment in segments] == [
        (row.low, row.high) for row in table.sort_values("gap", ascending=False).itertuples()
    ]


def test_the_axis_of_percentages_ends_at_a_hundred_unless_the_data_go_further():
    table = pd.DataFrame({"place": ["A", "B"], "share": [95.0, 40.0], "low": [80.0, 0.0], "high": [100.0, 60.0]})
    ax = charts.intervals(table, "place", "share", "low", "high")
    assert list(ax.get_xticks()) == [0, 20, 40, 60, 80, 100]
    assert ax.spines["bottom"].get_bounds() == (0, 100)
    assert ax.get_xlim()[1] > 100, "there is room for the words"
    both = pd.concat([table.assign(year="first"), table.assign(year="second")])
    ticks = charts.dots(both, "place", "share", "year", low="low", high="high").get_xticks()
    assert (min(ticks), max(ticks)) == (0, 100)
    # Differences between percentages, and other units, can lie outside.
    ticks = charts.intervals(table.assign(low=-30.0), "place", "share", "low", "high").get_xticks()
    assert min(ticks) < 0
    assert max(charts.intervals(table, "place", "share", "low", "high", unit="days").get_xticks()) > 100


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": " "}, "needs a title"),
        ({"alt": ""}, "needs an alternative text"),
        ({"alt": "bars"}, "needs an alternative text of at least 40"),
        ({"alt": "Statistics is the largest gap of all the six skills.", "title": "Statistics is the largest gap "
          "of all the six skills."}, "only repeats the title"),
        ({"table": GAPS.head(0)}, "needs its numbers"),
    ],
)  # fmt: skip
def test_no_figure_without_sentence_alternative_text_and_numbers(changes, said):
    with pytest.raises(CourseError, match=said):
        shown(**changes)


def test_a_drawing_of_ones_own_needs_its_words_and_numbers_given():
    ax = charts.axes()
    ax.plot([1, 2], [1, 2])
    with pytest.raises(CourseError, match="needs an alternative text"):
        charts.figure(ax, title="Two points.", table=GAPS)
    with pytest.raises(CourseError, match="needs its numbers"):
        charts.figure(ax, title="Two points.", alt=ALT)
    with pytest.raises(CourseError, match="so there is no draft"):
        charts.alt_text(ax)


def test_a_figure_takes_numbers_and_a_draft_of_its_alternative_text_from_the_chart():
    ax = charts.bars(GAPS, "skill", "gap")
    shown_as = charts.figure(ax, title="Statistics is the largest gap.")
    draft = "Bar chart of gap for 3 rows of skill: statistics 66.4%, interviewing 52.1%, using data 32.8%."
    assert shown_as.alt == charts.alt_text(ax) == draft
    assert shown_as.table.to_dict("list") == {"skill": ["statistics", "interviewing", "using data"],
                                              "gap": [66.418, 52.137, 32.758]}
    assert charts.figure(ax.figure, title="Statistics is the largest gap.").alt == draft


def test_a_figure_needs_a_chart():
    with pytest.raises(CourseError, match="was given no chart"):
        charts.figure(GAPS, title="Nothing was drawn.", alt=ALT, table=GAPS)


class Tags(HTMLParser):
    """Collects tags with their attributes, and text by tag."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.words, self.open = [], {}, []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_data(self, data):
        self.words.setdefault(self.open[-1], []).append(data)


def test_a_figure_is_picture_sentence_numbers_and_source_without_script():
    page = Tags(shown()._repr_html_())
    pictures = [attributes for tag, attributes in page.tags if tag == "img"]
    assert [picture["alt"] for picture in pictures] == [ALT]
    assert pictures[0]["src"].startswith("data:image/png;base64,")
    assert page.words["caption"] == ["Statistics is the largest gap."]
    assert page.words["b"] == ["Statistics is the largest gap."]
    assert all("scope" in attributes for tag, attributes in page.tags if tag == "th")
    assert page.words["th"] == ["skill", "gap", "answered", "using data", "statistics", "interviewing"]
    assert page.words["td"] == ["32.8", "232", "66.4", "134", "52.1", "234"]
    assert page.words["small"] == ["Source: synthetic survey"]
    assert "script" not in {tag for tag, _ in page.tags}


def test_words_in_a_figure_cannot_become_markup():
    page = shown(
        title="<script>1</script> is a title.", alt=ALT + ' "quoted" <b>', source="a & b"
    )._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "&quot;quoted&quot; &lt;b&gt;" in page


def test_a_figure_reads_well_as_plain_text():
    text = repr(shown())
    assert text.startswith("Statistics is the largest gap.\n[Picture: Bar chart")
    assert text.endswith("Source: synthetic survey")


def test_the_same_drawing_gives_the_same_bytes_whatever_the_settings():
    first = shown().png()
    with matplotlib.rc_context({"font.size": 30, "savefig.facecolor": "red"}):
        assert shown().png() == first
    assert b"Software" not in first
    assert b"matplotlib" not in first


def test_a_chart_drawn_with_pyplot_is_not_shown_a_second_time():
    matplotlib.use("agg")
    from matplotlib import pyplot

    picture, ax = pyplot.subplots()
    ax.bar([1], [1])
    charts.figure(ax, title="One bar.", alt=ALT, table=GAPS)
    assert not pyplot.fignum_exists(picture.number)


def test_seaborn_draws_on_our_axes():
    import seaborn

    ax = charts.axes(height=3)
    seaborn.histplot(data=GAPS, x="gap", ax=ax)
    assert charts.figure(ax, title="Three gaps.", alt=ALT, table=GAPS).png().startswith(b"\x89PNG")


# -- over time -----------------------------------------------------------------------------------

MONTHS = ["2025-01", "2025-02", "2025-03", "2025-04"]
DELAYS = pd.DataFrame({
    "month": MONTHS * 2,
    "hospital": ["Castle Hill"] * 4 + ["Northmoor"] * 4,
    "delay": [6.0, 5.5, 5.0, 4.0, 6.5, None, 6.0, 6.2],
})


def texts(ax) -> list[str]:
    return [text.get_text() for text in ax.texts]


def drawn(ax, label: str):
    return next(line for line in ax.lines if line.get_label() == label)


def test_lines_carry_their_names_at_their_ends_instead_of_a_legend():
    ax = charts.lines(DELAYS, "month", "delay", group="hospital", unit="days")
    assert texts(ax) == ["Castle Hill 4 days", "Northmoor 6.2 days"]
    assert ax.get_legend() is None
    assert list(drawn(ax, "Castle Hill").get_ydata()) == [6.0, 5.5, 5.0, 4.0]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == [
        "Jan\n2025", "Feb\n2025", "Mar\n2025", "Apr\n2025"]
    assert ax.get_ylim()[0] == 0


def test_lines_differ_by_more_than_colour():
    ax = charts.lines(DELAYS, "month", "delay", group="hospital")
    one, other = drawn(ax, "Castle Hill"), drawn(ax, "Northmoor")
    assert one.get_linestyle() != other.get_linestyle()
    assert one.get_marker() != other.get_marker()


def test_a_missing_value_leaves_a_gap_and_the_words_say_so():
    ax = charts.lines(DELAYS, "month", "delay", group="hospital", unit="days")
    assert pd.isna(drawn(ax, "Northmoor").get_ydata()[1])
    assert charts.alt_text(ax) == (
        "2 lines of delay over time, Jan 2025 to Apr 2025. Castle Hill: from 6 days (Jan 2025) to 4 days "
        "(Apr 2025), falling throughout; highest 6 days (Jan 2025), lowest 4 days (Apr 2025). Northmoor: from "
        "6.5 days (Jan 2025) to 6.2 days (Apr 2025), going up and down; highest 6.5 days (Jan 2025), lowest 6 "
        "days (Mar 2025); 1 value is missing.")
    table = charts.figure(ax, title="Castle Hill got faster.").table
    assert list(table.columns) == ["month", "Castle Hill", "Northmoor"]
    assert table["Castle Hill"].tolist() == [6.0, 5.5, 5.0, 4.0]


def test_a_band_and_an_event_are_drawn_and_said():
    one = DELAYS.head(4).assign(low=lambda t: t["delay"] - 1, high=lambda t: t["delay"] + 1)
    ax = charts.lines(one, "month", "delay", low="low", high="high", event=("2025-03", "new hub"))
    edges = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert (edges.min(), edges.max()) == (3.0, 7.0)
    assert texts(ax) == ["4", "new hub"]
    assert charts.alt_text(ax).endswith(
        "A band shows the interval from low to high. A line at Mar 2025 marks: new hub.")
    assert ax.get_xlabel() == "Band: low to high."


def test_an_axis_that_does_not_start_at_zero_says_so():
    ax = charts.lines(DELAYS.head(4), "month", "delay", from_zero=False)
    assert ax.get_xlabel() == "The upright axis does not start at 0."


def test_financial_years_are_not_taken_for_months_nor_months_for_years():
    years = pd.DataFrame({"year": ["2010-11", "2011-12"], "share": [62.0, 63.0]})
    assert "2010-11 to 2011-12" in charts.alt_text(charts.lines(years, "year", "share"))
    months = pd.DataFrame({"month": ["2011-11", "2011-12"], "share": [62.0, 63.0]})
    assert "Nov 2011 to Dec 2011" in charts.alt_text(charts.lines(months, "month", "share"))


@pytest.mark.parametrize("times", [
    pd.to_datetime(["2025-04-01", "2025-01-01", "2025-03-01"]),
    pd.PeriodIndex(["2025-04", "2025-01", "2025-03"], freq="M"),
    ["2025-04", "2025-01", "2025-03"],
], ids=["dates", "periods", "text"])  # fmt: skip
def test_times_are_put_in_order_whatever_their_type(times):
    ax = charts.lines(pd.DataFrame({"when": times, "n": [3, 1, 2]}), "when", "n", event=(times[2], "here"))
    assert list(drawn(ax, "n").get_ydata()) == [1, 2, 3]
    assert [tick.get_text().replace("\n", " ") for tick in ax.get_xticklabels()] == [
        "Jan 2025", "Mar 2025", "Apr 2025"]


def test_labels_at_line_ends_never_overlap():
    # By hand: 1, 1 and 1.5 belong round 7/6; a distance of 1 puts them at 1/6, 7/6 and 13/6.
    spread = spread_out([1.0, 9.0, 1.0, 1.5], 1.0)
    assert spread == pytest.approx([1 / 6, 9.0, 7 / 6, 13 / 6])


def test_a_control_chart_marks_signals_by_shape_and_words():
    table = pd.DataFrame({"month": MONTHS, "delayed": [40, 52, 33, 32],
                          "signal": ["", "above the upper limit", "2 low", "2 low"]})
    ax = charts.control_chart(table, "month", "delayed", centre=38, low=25, high=50, signals="signal",
                              centre_name="mean", event=("2025-02", "definition changed"))
    assert list(drawn(ax, "signal").get_ydata()) == [52, 33, 32]
    assert drawn(ax, "signal").get_marker() != drawn(ax, "no signal").get_marker()
    assert sorted(texts(ax)) == ["2 low", "above the upper limit", "definition changed", "lower limit 25",
                                 "mean 38", "upper limit 50"]
    assert charts.alt_text(ax) == (
        "Control chart of delayed, 4 points, Jan 2025 to Apr 2025; mean 38, lower limit 25 and upper limit 50. "
        "Signals: above the upper limit, from Feb 2025; 2 low, from Mar 2025. A line at Feb 2025 marks: "
        "definition changed.")


def test_a_run_chart_needs_only_a_centre_and_limits_may_change_at_an_event():
    table = pd.DataFrame({"month": MONTHS, "n": [4, 6, 2, 3], "middle": [5.0, 5.0, 2.5, 2.5]})
    ax = charts.control_chart(table, "month", "n", centre="middle")
    assert list(drawn(ax, "median").get_ydata()) == [5, 5, 2.5, 2.5]
    assert texts(ax) == ["median 2.5"]
    assert charts.alt_text(ax).startswith("Run chart of n, 4 points")
    assert charts.alt_text(ax).endswith("Signals were not looked for.")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: charts.lines(DELAYS, "month", "delay"), "more than one value at Jan 2025"),
        (lambda: charts.lines(DELAYS, "month", "delay", group="hospital", event=("2024-01", "x")), "lies outside"),
        (lambda: charts.lines(DELAYS, "month", "delay", group="hospital", highlight="x"), "No line is called “x”"),
        (lambda: charts.lines(DELAYS.assign(month=None), "month", "delay"), "no place in time"),
        (lambda: charts.lines(pd.DataFrame({"t": [1] * 6, "n": range(6), "g": list("abcdef")}), "t", "n", group="g"),
         "6 lines cannot be told apart"),
        (lambda: charts.lines([1, 2], "t", "n"), "drawn from a table"),
        (lambda: charts.control_chart(DELAYS.head(4), "month", "delay", centre=5, low=6), "wrong side"),
        (lambda: charts.control_chart(DELAYS.head(4).assign(s=True), "month", "delay", centre=5, signals="s"),
         "must say in words"),
        (lambda: charts.histogram(pd.DataFrame({"d": [1, 2, 3]}), "d"), "too few for a histogram"),
        (lambda: charts.funnel(TEAMS.assign(low=99.0), "team", "people", "home", "low", "high"), "above its upper"),
        (lambda: charts.funnel(TEAMS.assign(people=0), "team", "people", "home", "low", "high"), "not above 0"),
        (lambda: charts.dots(DELAYS.head(4), "month", "delay", "hospital"), "has 1."),
        (lambda: charts.dots(DELAYS.assign(month="May"), "month", "delay", "hospital"), "more than one value"),
    ],
)  # fmt: skip
def test_the_newer_charts_refuse_in_plain_words(call, said):
    with pytest.raises(CourseError, match=re.escape(said)):
        call()


# -- how values spread ---------------------------------------------------------------------------

#: Quartiles by hand (linear interpolation): places 1 + 0.25 * 10 = 3.5 and so on of the eleven values.
WAITS = pd.DataFrame({"days": [2, 4, 6, 8, 10, 12, 14, 20, 30, 60, 200, None]})


def test_a_histogram_says_median_and_quartiles_of_skewed_values_in_words():
    ax = charts.histogram(WAITS, "days")
    assert set(texts(ax)) == {"a quarter: 7 days or less", "half: 12 days or less (median)",
                              "a quarter: 25 days or more"}
    assert sum(bar.get_height() for bar in ax.patches) == 11
    assert ax.get_xlabel() == "days (11 people; 1 without a value is left out)"
    assert charts.alt_text(ax) == (
        "Histogram of days for 11 people, from 2 to 200 days. Half have 12 days or less; the middle half lies "
        "between 7 and 25 days. A long tail reaches to the right. 1 without a value is left out.")


def test_a_long_tail_can_be_gathered_in_one_bar_that_says_so_without_changing_the_median():
    ax = charts.histogram(WAITS, "days", top=50, width=10)
    assert [bar.get_height() for bar in ax.patches] == [4, 3, 1, 1, 0, 2]
    assert "2 with 50\nor more" in texts(ax)
    assert "half: 12 days or less (median)" in texts(ax)
    table = charts.figure(ax, title="Most waits are short.").table
    assert table.to_dict("split")["data"] == [
        ["0 to 9", 4], ["10 to 19", 3], ["20 to 29", 1], ["30 to 39", 1], ["40 to 49", 0], ["50 or more", 2]]


def test_empty_bars_share_a_row_of_the_table():
    table = charts.figure(charts.histogram(WAITS, "days", width=10), title="Most waits are short.").table
    assert table["days"].tolist()[-5:] == ["30 to 39", "40 to 59", "60 to 69", "70 to 199", "200 to 209"]
    assert table["people"].sum() == 11


def test_a_histogram_of_equal_values_is_one_bar():
    ax = charts.histogram(pd.DataFrame({"d": [3.0] * 8}), "d")
    assert [bar.get_height() for bar in ax.patches] == [8]


TEAMS = pd.DataFrame({"team": ["A", "B", "C"], "people": [20, 80, 200], "home": [60.0, 85.0, 58.0],
                      "low": [50.0, 60.0, 63.7], "high": [90.0, 80.0, 76.3],
                      "outer_low": [38.0, 54.0, 60.0], "outer_high": [100.0, 86.0, 80.0]})


def test_a_funnel_names_only_the_groups_outside_and_tells_them_by_shape():
    ax = charts.funnel(TEAMS, "team", "people", "home", "low", "high", outer_low="outer_low",
                       outer_high="outer_high", reference=70)
    assert texts(ax) == ["95% limits", "99.8% limits", "all: 70%", "B", "C"]
    markers = {line.get_label(): (line.get_marker(), list(line.get_ydata())) for line in ax.lines
               if "limits" in line.get_label()}
    assert markers == {"inside the limits": ("o", [60.0]), "above the limits": ("^", [85.0]),
                       "below the limits": ("v", [58.0])}
    assert charts.alt_text(ax) == (
        "Funnel plot of home by size for 3 groups around 70% for all, from 20 to 200 people. 1 lies inside the 95% "
        "limits. 2 outside: B (85% of 80) is above the 95% limits; C (58% of 200) is below the 99.8% limits.")
    table = charts.figure(ax, title="One team is below.").table
    assert table["compared with the limits"].tolist() == [
        "inside the 95% limits", "above the 95% limits", "below the 99.8% limits"]


def test_a_funnel_draws_a_smooth_curve_where_one_is_given():
    curve = pd.DataFrame({"people": [10, 100, 200], "low": [40, 61, 64], "high": [98, 79, 76]})
    ax = charts.funnel(TEAMS, "team", "people", "home", "low", "high", curve=curve)
    assert list(ax.lines[0].get_xdata()) == [10, 100, 200]
    assert list(ax.lines[1].get_ydata()) == [98, 79, 76]


def test_dots_compare_groups_by_shape_with_both_values_in_words():
    table = pd.DataFrame({"domain": ["safe", "contact"] * 2, "time": ["before"] * 2 + ["after"] * 2,
                          "share": [70.0, 45.0, 71.0, 52.5]})
    ax = charts.dots(table, "domain", "share", "time")
    assert rows(ax) == ["safe", "contact"]
    assert texts(ax) == ["70%", "45%", "71%", "52.5%"]
    assert {line.get_marker() for line in ax.lines} == {"o", "D"}
    assert charts.alt_text(ax) == (
        "Share compared between before and after: safe before 70%, after 71%; contact before 45%, after 52.5%.")


@pytest.mark.parametrize("draw", [
    lambda: charts.lines(DELAYS, "month", "delay", group="hospital", event=("2025-02", "hub")),
    lambda: charts.histogram(WAITS, "days", top=50),
    lambda: charts.funnel(TEAMS, "team", "people", "home", "low", "high"),
    lambda: charts.control_chart(DELAYS.head(4), "month", "delay", centre=5, low=1, high=8),
], ids=["lines", "histogram", "funnel", "control chart"])  # fmt: skip
def test_every_chart_gives_the_same_bytes_twice_and_nothing_is_cut_off(draw):
    first = charts.figure(draw(), title="What was found.")
    with matplotlib.rc_context({"font.size": 30, "lines.linewidth": 9}):
        assert charts.figure(draw(), title="What was found.").png() == first.png()
    inside = first.picture.bbox
    for text in first.picture.axes[0].texts:
        box = text.get_window_extent()
        assert box.x0 >= inside.x0 - 1 and box.x1 <= inside.x1 + 1, text.get_text()
        assert box.y0 >= inside.y0 - 1 and box.y1 <= inside.y1 + 1, text.get_text()
