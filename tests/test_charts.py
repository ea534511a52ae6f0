"""Figures: what they show, and that none is shown without words and numbers."""

import re
from html.parser import HTMLParser

import matplotlib
import pandas as pd
import pytest

from researchskills import charts
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


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": " "}, "needs a title"),
        ({"alt": ""}, "needs an alternative text"),
        ({"alt": "bars"}, "needs an alternative text of at least 40"),
        ({"alt": "Statistics is the largest gap of all the six skills.", "title": "Statistics is the largest gap "
          "of all the six skills."}, "only repeats the title"),
        ({"table": None}, "needs its numbers"),
        ({"table": GAPS.head(0)}, "needs its numbers"),
    ],
)  # fmt: skip
def test_no_figure_without_sentence_alternative_text_and_numbers(changes, said):
    with pytest.raises(CourseError, match=said):
        shown(**changes)


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
