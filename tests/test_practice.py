"""Practice in marking, and the numbers that tell how far two markers agree.

Expected numbers are published, worked out in fractions by going through all pairs, or found by going through all
samples that can be drawn from six scripts.
"""

import itertools
import math
import re
import statistics
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from marked_room import AGREED, MODULE, QUESTION, course, in_words, write_scripts

from researchskills.errors import CourseError
from researchskills.marking.agreement import CriterionAgreement, compare
from researchskills.marking.desk import Mark
from researchskills.marking.practice import PracticeDesk

RUBRIC = [
    {"criterion": "Concreteness", "levels": ["0", "1", "2", "3"]},
    {"criterion": "Tone", "levels": ["0", "1", "2"]},
]
ANN = [(1, 0), (1, 1), (2, 2), (2, 1), (3, 0), (1, 2)]
BO = [(0, 1), (1, 1), (2, 1), (3, 2), (1, 0), (2, 2)]


def marks_of(pairs):
    return [in_words(one) for one in pairs]


def by_hand(first, second):
    """Weighted kappa of whole marks in fractions: every mark of one against every mark of the other."""

    def distance(one, other):
        return sum((a - b) ** 2 for a, b in zip(one, other))

    observed = Fraction(sum(map(distance, first, second)), len(first))
    expected = Fraction(sum(distance(one, other) for one in first for other in second), len(first) * len(second))
    return 1 - observed / expected


# -- numbers ------------------------------------------------------------------------------------------


def test_weighted_kappa_agrees_with_a_published_table():
    # M. Friendly's book on categorical data (SAS Institute 2000), section 3.7, with 91 couples of Hout and others 1987:
    # Fleiss-Cohen weights (1 − (i − j)² / 9) give 0.3320.
    counts = [[7, 7, 2, 3], [2, 8, 3, 7], [1, 5, 4, 9], [2, 8, 9, 14]]
    pairs = [(i, j) for i in range(4) for j in range(4) for _ in range(counts[i][j])]
    found = CriterionAgreement("Fun", 3, *zip(*pairs))
    assert round(found.kappa.value, 4) == 0.3320
    assert found.same == 7 + 8 + 4 + 14


def test_levels_that_nobody_used_still_count_in_the_order():
    # By hand: observed (0 + 9 + 0 + 1) / 4 = 2.5; expected over all 16 pairs of (0, 3, 0, 2) and (0, 0, 0, 3):
    # (0·3 + 9) + (9·3 + 0) + (0·3 + 9) + (4·3 + 1) = 58, 58 / 16. Kappa 1 − 2.5 · 16 / 58 = 18 / 58.
    found = CriterionAgreement("Gap", 3, (0, 3, 0, 2), (0, 0, 0, 3))
    assert found.kappa.value == pytest.approx(18 / 58)
    # A longer scale whose further levels are not used changes nothing either.
    assert CriterionAgreement("Gap", 6, (0, 3, 0, 2), (0, 0, 0, 3)).kappa.value == pytest.approx(18 / 58)


@pytest.mark.parametrize("seed", range(5))
def test_kappa_over_all_criteria_agrees_with_going_through_all_pairs(seed):
    rng = np.random.default_rng(seed)
    first, second = ([(int(a), int(b)) for a, b in zip(rng.integers(0, 4, 7), rng.integers(0, 3, 7))] for _ in "ab")
    found = compare(RUBRIC, marks_of(first), marks_of(second))
    assert found.kappa.value == pytest.approx(float(by_hand(first, second)))
    for place, one in enumerate(found.criteria):
        sides = [[(mark[place],) for mark in marks] for marks in (first, second)]
        assert one.kappa.value == pytest.approx(float(by_hand(*sides)))


def every_sample(first, second):
    """Kappa of every sample that can be drawn from six, and how many of the 6^6 draws give it."""
    for places in itertools.combinations_with_replacement(range(6), 6):
        one, other = [first[k] for k in places], [second[k] for k in places]
        ways = math.factorial(6) // math.prod(map(math.factorial, Counter(places).values()))
        yield (1.0 if one == other else float(by_hand(one, other))), ways


@pytest.mark.parametrize("second", [ANN, BO])
def test_interval_agrees_with_going_through_all_samples(second):
    # Efron 1987: ends are quantiles of the distribution of the estimate, moved by bias and acceleration.
    first = AGREED
    drawn = sorted(every_sample(first, second))
    total = sum(ways for _, ways in drawn)
    assert total == 6**6
    normal = statistics.NormalDist()
    value = float(by_hand(first, second))
    below = sum(ways * ((one < value) + (one == value) / 2) for one, ways in drawn) / total
    bias = normal.inv_cdf(below)
    without = [float(by_hand(first[:k] + first[k + 1 :], second[:k] + second[k + 1 :])) for k in range(6)]
    gaps = [statistics.mean(without) - one for one in without]
    acceleration = sum(gap**3 for gap in gaps) / (6 * sum(gap**2 for gap in gaps) ** 1.5)

    def end(share):
        z = bias + normal.inv_cdf(share)
        place = normal.cdf(bias + z / (1 - acceleration * z)) * total
        counts = itertools.accumulate(ways for _, ways in drawn)
        return next(one for (one, _), so_far in zip(drawn, counts) if so_far >= place)

    found = compare(RUBRIC, marks_of(first), marks_of(second)).kappa
    assert found.low == pytest.approx(min(end(0.025), value), abs=0.05)
    assert found.high == pytest.approx(max(end(0.975), value), abs=0.05)


def test_a_script_counts_once_however_many_criteria_it_is_marked_on():
    # The same levels under four names hold no more information than under one.
    once = compare(RUBRIC[:1], marks_of(AGREED), marks_of(ANN))
    rubric = [{"criterion": name, "levels": ["0", "1", "2", "3"]} for name in "ABCD"]
    four = compare(rubric, *([dict.fromkeys("ABCD", one[0]) for one in side] for side in (AGREED, ANN)))
    assert four.kappa.value == pytest.approx(once.kappa.value)
    assert four.kappa.interval == pytest.approx(once.kappa.interval)
    assert "6 answers, 4 criteria each" in four.kappa.based_on


def test_numbers_are_the_same_each_time():
    first, second = (compare(RUBRIC, marks_of(AGREED), marks_of(ANN)) for _ in "ab")
    assert first.as_dict() == second.as_dict()
    assert math.isfinite(first.kappa.low)


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        ([2] * 6, [1, 2, 3, 2, 0, 1], "one side has level 2 throughout"),
        ([1, 2, 3, 2, 0, 1], [2] * 6, "one side has level 2 throughout"),
        ([2] * 6, [2] * 6, "both have level 2 throughout"),
        ([1] * 6, [2] * 6, "one side has level 1 throughout"),
        ([1], [2], "fewer than two answers"),
    ],
)
def test_no_kappa_is_given_where_it_would_mislead(first, second, why):
    # With one level throughout, the formula gives 0 for any near miss, with an interval from 0 to 0.
    found = CriterionAgreement("Tone", 3, tuple(first), tuple(second))
    assert found.kappa is None
    assert why in found.without_kappa
    whole = compare(RUBRIC[:1], *([{"Concreteness": one} for one in side] for side in (first, second)))
    assert whole.kappa is None
    assert "There is no kappa" in " ".join(whole.sentences("A", "B"))
    assert whole.as_dict()["weighted_kappa"] is None


def test_few_scripts_and_full_agreement_give_no_interval():
    few = compare(RUBRIC, marks_of(AGREED[:4]), marks_of(ANN[:4]))
    assert not few.kappa.has_interval
    assert "An interval needs 5 answers at least." in few.sentences("A", "B")
    assert not any(one.kappa.has_interval for one in few.criteria if one.kappa)
    full = compare(RUBRIC, marks_of(AGREED), marks_of(AGREED))
    assert (full.kappa.value, full.kappa.has_interval) == (1, False)
    told = " ".join(full.sentences("A", "B"))
    assert "There is no difference on any criterion." in told
    assert "It does not mean that they always are." in told


def test_sentences_say_where_and_which_way():
    # AGREED against ANN. Concreteness: +1, 0, 0, −1, +1, 0; Tone: the same throughout.
    found = compare(RUBRIC, marks_of(AGREED), marks_of(ANN))
    told = found.sentences("the agreed levels", "you")
    assert told[0] == "The largest differences are on “Concreteness”: 3 of 6 levels differ."
    # (1 − 1 + 1) / 12 levels = 0.083
    assert told[1] == (
        "In these answers you marked more generously than the agreed levels: by 0.083 of a level on average "
        "(higher twice, lower once)."
    )
    assert "Of 12 levels (6 answers, 2 criteria each), 9 are the same (75%) and 12 at most one apart (100%)." in told
    assert any("6 answers can say little" in one for one in told)
    strict = compare(RUBRIC, marks_of(ANN), marks_of(AGREED)).sentences("A", "B")
    assert "B marked more strictly than A: by 0.083" in strict[1]


def test_the_aim_is_said_with_its_doubt():
    near = compare(RUBRIC, marks_of(AGREED), marks_of([*ANN[:5], (2, 1)]))
    assert near.kappa.value > 0.6
    assert near.kappa.low < 0.6
    assert any("above it, but the interval reaches to the other side" in one for one in near.sentences("A", "B"))
    far = compare(RUBRIC, marks_of(AGREED), marks_of([(3 - a, 2 - b) for a, b in AGREED]))
    assert any(one.endswith("this is below it.") for one in far.sentences("A", "B"))


# -- practice -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    root = tmp_path_factory.mktemp("practice")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RESEARCHSKILLS_ROOT", str(root))
        yield course(root)


@pytest.fixture
def room(built, tmp_path):
    yield tmp_path / "room"
    write_scripts(built)


def give(desk, script, levels):
    return desk.record(QUESTION, script, Mark(in_words(levels)), 0)


def give_all(desk, marks=ANN):
    for script, levels in zip(desk.scripts(QUESTION), marks):
        give(desk, script.id, levels)


def test_scripts_come_in_the_same_order_and_say_nothing_of_agreed_levels(room):
    desks = [PracticeDesk(MODULE, "Ann Lee", room) for _ in "ab"]
    orders = [[one.id for one in desk.scripts(QUESTION)] for desk in desks]
    assert orders == [["s1", "s2", "s3", "s4", "s5", "s6"]] * 2
    desk = desks[0]
    shown = desk.summary() + "".join(one.html + desk.beside(QUESTION, one.id) for one in desk.scripts(QUESTION))
    assert "It says" not in shown
    assert "greed on" not in shown
    assert "0 of 6 scripts marked" in shown


def test_agreed_levels_and_reasons_appear_once_a_script_is_marked(room):
    desk = PracticeDesk(MODULE, "Ann Lee", room)
    give(desk, "s4", (1, 1))  # agreed: 3 and 1
    shown = desk.beside(QUESTION, "s4")
    assert "You differ from the agreed levels on 1 of 2 criteria." in shown
    rows = re.findall(r'<tr><th scope="row">(.*?)</th><td>(\d)</td><td>(\d)</td><td>(.*?)</td>', shown)
    assert rows == [("Concreteness", "1", "3", "you 2 levels lower"), ("Tone", "1", "1", "the same")]
    assert "It says “journeys against people, so we need one form”." in shown
    assert "Note &lt;it happens&gt;." in shown
    assert desk.beside(QUESTION, "s1") == ""


def test_differences_come_first(room):
    desk = PracticeDesk(MODULE, "Ann Lee", room)
    give(desk, "s1", (0, 2))  # agreed: 0 and 0
    assert re.findall(r'scope="row">(\w+)', desk.beside(QUESTION, "s1")) == ["Tone", "Concreteness"]


def test_a_mark_stands_once_the_agreed_levels_were_shown(room):
    desk = PracticeDesk(MODULE, "Ann Lee", room)
    first = give(desk, "s1", (1, 1))
    assert give(desk, "s1", (1, 1)) == first  # a second press of the button
    for attempt in (
        lambda: desk.record(QUESTION, "s1", Mark(in_words((0, 0))), first.revision),
        lambda: give(desk, "s1", (0, 0)),
        lambda: desk.undo(QUESTION, "s1", "Ann Lee", first.revision),
    ):
        with pytest.raises(CourseError):
            attempt()
    assert desk.mark(QUESTION, "s1").levels == in_words((1, 1))


def test_marks_are_there_again_and_belong_to_one_mentor(room):
    give(PracticeDesk(MODULE, "Ann Lee", room), "s2", (1, 1))
    assert PracticeDesk(MODULE, "ann  lee", room).mark(QUESTION, "s2").levels == in_words((1, 1))
    assert PracticeDesk(MODULE, "Bo", room).mark(QUESTION, "s2") is None
    # Names that give the same file name are told apart.
    with pytest.raises(CourseError, match="holds the marks of Ann Lee"):
        PracticeDesk(MODULE, "Ann-Lee", room)


def test_levels_that_do_not_fit_are_refused_and_nothing_is_written(room):
    desk = PracticeDesk(MODULE, "Ann Lee", room)
    for levels in ({"Concreteness": 1}, {"Concreteness": 4, "Tone": 1}, {"Concreteness": True, "Tone": 1}):
        with pytest.raises(CourseError, match="Nothing was recorded"):
            desk.record(QUESTION, "s1", Mark(levels), 0)
    assert not list(room.rglob("*.json"))


def test_summary_tells_figures_when_all_are_marked(room):
    desk = PracticeDesk(MODULE, "Ann Lee", room)
    for script in ("s1", "s2", "s3", "s4", "s5"):
        give(desk, script, (1, 1))
    assert "5 of 6 scripts marked" in desk.summary()
    assert "kappa" not in desk.summary()
    give(desk, "s6", (1, 2))
    shown = desk.summary()
    assert "Janson and Olsson 2001" in shown
    expected = by_hand(AGREED, [(1, 1)] * 5 + [(1, 2)])
    assert f"Weighted kappa over all criteria was {float(expected):.2f}" in shown
    assert "one side has level 1 throughout" in shown  # Concreteness


def test_another_run_keeps_the_figures_of_the_first(room):
    give_all(PracticeDesk(MODULE, "Ann Lee", room))
    first = (room / "practice" / MODULE / "ann-lee.json").read_bytes()
    assert PracticeDesk(MODULE, "Ann Lee", room).run == 1
    again = PracticeDesk(MODULE, "Ann Lee", room, again=True)
    assert again.run == 2
    # The page knows drafts and open windows by the title: those of two runs or two people must not be mixed up.
    titles = {PracticeDesk(MODULE, "Bo", room).title, PracticeDesk(MODULE, "Ann Lee", room).title, again.title}
    assert len(titles) == 3
    assert all(again.beside(QUESTION, one.id) == "" for one in again.scripts(QUESTION))
    assert PracticeDesk(MODULE, "Ann Lee", room, again=True).run == 2  # nothing marked yet: no third run
    give_all(again, AGREED)
    shown = PracticeDesk(MODULE, "Ann Lee", room).summary()
    kappa = float(by_hand(AGREED, ANN))
    assert "Weighted kappa over all criteria was 1 " in shown
    assert f'<th scope="row">Run 1</th><td>9 of 12</td><td>{kappa:.2f} (' in shown
    assert (room / "practice" / MODULE / "ann-lee.json").read_bytes() == first


def test_a_script_that_was_rewritten_is_marked_afresh(room, built):
    give_all(PracticeDesk(MODULE, "Ann Lee", room))
    write_scripts(built, more=" And more.")
    desk = PracticeDesk(MODULE, "Ann Lee", room)
    assert desk.mark(QUESTION, "s1") is None
    assert desk.beside(QUESTION, "s1") == ""
    assert desk.mark(QUESTION, "s2").levels == in_words(ANN[1])
    assert "5 of 6 scripts marked" in desk.summary()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"what": "practice ma',
        b"[]",
        b'{"what": "second marks", "version": 1}',
        b'{"what": "practice marks", "version": 1, "marks": {"q": {"s": 1}}}',
    ],
)
def test_a_damaged_file_is_left_alone_and_named(room, content):
    file = room / "practice" / MODULE / "bo.json"
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    with pytest.raises(CourseError, match=r"bo\.json, where your marks are kept") as caught:
        PracticeDesk(MODULE, "Bo", room)
    assert "\n" not in str(caught.value)
    assert file.read_bytes() == content


def test_a_module_without_scripts_says_so(room, built):
    (built / "solutions" / MODULE / "calibration" / f"{QUESTION}.yaml").unlink()
    with pytest.raises(CourseError, match="no scripts to practise on yet"):
        PracticeDesk(MODULE, "Ann Lee", room)
