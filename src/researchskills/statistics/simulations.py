"""What chance does, shown by letting it: four small simulations.

Each is a game in which the truth is known because we set it, so that everybody can see how far a result may
stray from it. The same settings and the same seed always give the same result. `games` has their words,
`simulation_activity` puts them on the screen.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from researchskills.statistics.entries import Field, defaults
from researchskills.statistics.estimate import number, signed
from researchskills.statistics.regression_to_mean import measured_twice

#: How often a game is repeated, unseen, to say what happens in the long run.
REPEATS = 1000


@dataclass(frozen=True, eq=False)
class Run:
    """What came out.

    Parameters
    ----------
    sentence : str
        What happened this time.
    long_run : str
        What happens in many repetitions.
    table : pandas.DataFrame
        The same as the chart.
    chart : callable
        Draws it; returns matplotlib axes.
    answer : str
        Key of the prediction that came true in the long run.
    """

    sentence: str
    long_run: str
    table: pd.DataFrame
    chart: Callable
    answer: str


@dataclass(frozen=True)
class Game:
    """A simulation.

    Parameters
    ----------
    title, story, question : str
    predictions : dict of str to str
        Keys and wordings of the answers to the question.
    why : str
        What is behind it; shown after running.
    settings : tuple of Field
    play : callable
        Takes the settings by name and a seed, gives a `Run`.
    """

    title: str
    story: str
    question: str
    predictions: dict[str, str]
    why: str
    settings: tuple[Field, ...]
    play: Callable[..., Run]

    def defaults(self) -> dict:
        """Settings at the start."""
        return defaults(self.settings)


# -- regression to the mean --------------------------------------------------------------------------

_MEAN, _SD = 23.5, 3.9


def regression(seed: int, people: int, agreement: float, chosen: float, effect: float) -> Run:
    """People chosen for low scores, half of them supported, measured again."""
    from scipy import stats

    from researchskills import charts

    cutoff = _MEAN + _SD * float(stats.norm.ppf(chosen))
    frame = measured_twice(people, _MEAN, _SD, agreement, cutoff, effect=effect, seed=seed)
    parts = {"chosen, given support": frame[frame["helped"]], "chosen, not given support":
             frame[frame["chosen"] & ~frame["helped"]], "not chosen": frame[~frame["chosen"]], "everybody": frame}
    parts = {name: part for name, part in parts.items() if len(part)}
    table = pd.DataFrame(
        [(name, len(part), part["first"].mean(), part["second"].mean(), (part["second"] - part["first"]).mean())
         for name, part in parts.items()],
        columns=["group", "people", "first score", "second score", "change"])
    changes = dict(zip(table["group"], table["change"], strict=True))
    without = changes.get("chosen, not given support", float("nan"))
    helped = changes.get("chosen, given support", float("nan"))
    sentence = (f"The lowest-scoring people without support changed by {signed(without)} points, those with support "
                f"by {signed(helped)}, and everybody together by {signed(changes['everybody'])}.")
    # The chosen lie deep below the mean by this many points; only the reliable part of it comes again.
    depth = _SD * float(stats.norm.pdf(stats.norm.ppf(chosen))) / chosen
    long_run = (f"In the long run the chosen rise by {number((1 - agreement) * depth)} points without any help; "
                f"support "
                f"adds {number(effect)}. Only the difference between the two chosen groups tells about support.")

    def chart():
        long = table.melt("group", ["first score", "second score"], "time", "score").rename(
            columns={"score": "mean score"})
        return charts.dots(long, "group", "mean score", "time", unit="points", keep_order=True)

    return Run(sentence, long_run, table, chart, "higher" if agreement < 1 else "same")


# -- small samples -----------------------------------------------------------------------------------


def small_samples(seed: int, share: float, size: int, samples: int) -> Run:
    """Several small samples of the same people, each with its interval."""
    from researchskills import charts
    from researchskills.statistics.limits import wilson_limits

    random = np.random.default_rng(seed)
    had = random.binomial(size, share, int(samples))
    ends = [wilson_limits(int(one), size) for one in had]
    table = pd.DataFrame({
        "sample": [f"sample {place}" for place in range(1, int(samples) + 1)], "satisfied": had, "asked": size,
        "percentage": 100 * had / size,
        "low": [100 * low for low, _ in ends], "high": [100 * high for _, high in ends],
    })
    holds = (table["low"] <= 100 * share) & (100 * share <= table["high"])
    table["interval holds the truth"] = ["yes" if one else "no" for one in holds]
    low, high = table["percentage"].min(), table["percentage"].max()
    sentence = (f"The truth is {number(100 * share)}%. {len(table)} samples of {size} people gave from {number(low)}% "
                f"to {number(high)}%; {int(holds.sum())} of {len(table)} intervals hold the truth.")
    many = random.binomial(size, share, (REPEATS, int(samples)))
    apart = 100 * (many.max(axis=1) - many.min(axis=1)) / size
    limits = np.array([wilson_limits(one, size) for one in range(size + 1)])[many]
    hold = ((limits[..., 0] <= share) & (share <= limits[..., 1])).mean()
    middle = float(np.median(apart))
    long_run = (f"In {REPEATS:,} repetitions the highest and the lowest sample were usually {number(middle)} "
                f"percentage "
                f"points apart, and {number(100 * hold)}% of the intervals held the truth.")

    def chart():
        return charts.intervals(table, "sample", "percentage", "low", "high", reference=100 * share, keep_order=True)

    answer = "close" if middle <= 10 else "some" if middle <= 30 else "far"
    return Run(sentence, long_run, table, chart, answer)


# -- league table ------------------------------------------------------------------------------------


def league_table(seed: int, teams: int, people: int, share: float) -> Run:
    """Teams with the same true share, put in order in two years."""
    from researchskills import charts

    random = np.random.default_rng(seed)
    had = random.binomial(people, share, (2, teams))
    # Ties are broken by a draw, as by any other accident; and every team has the same chance of each place.
    places = _places(had[0], random), _places(had[1], random)
    names = [f"Team {_letters(number)}" for number in range(teams)]
    table = pd.DataFrame({
        "team": names, "this year %": 100 * had[0] / people, "place this year": places[0],
        "next year %": 100 * had[1] / people, "place next year": places[1],
    }).sort_values("place this year", kind="stable").reset_index(drop=True)
    top, bottom = table.iloc[0], table.iloc[-1]
    sentence = (f"All {teams} teams truly have {number(100 * share)}%. "
                f"{top['team']} came top with {number(top['this year %'])}% and was number {top['place next year']} "
                f"the next year; {bottom['team']} came last with {number(bottom['this year %'])}% and was number "
                f"{bottom['place next year']} the next year.")
    years = random.binomial(people, share, (REPEATS, 2, teams)) + random.random((REPEATS, 2, teams))
    first = years[:, 0].argmax(axis=1)
    again = (years[:, 1] > years[np.arange(REPEATS), 1, first][:, None]).sum(axis=1)
    apart = float(np.median(100 * np.ptp(np.floor(years[:, 0]), axis=1) / people))
    top_again, lower_half = 100 * (again == 0).mean(), 100 * (again >= teams / 2).mean()
    long_run = (f"In {REPEATS:,} repetitions the top team came top again in {number(top_again)}% and fell into the "
                f"lower half in {number(lower_half)}%. Top and bottom were usually {number(apart)} percentage points "
                "apart, by chance alone.")

    def chart():
        long = table.melt("team", ["this year %", "next year %"], "year", "percentage")
        long["year"] = long["year"].str.removesuffix(" %")
        return charts.dots(long, "team", "percentage", "year", keep_order=True)

    return Run(sentence, long_run, table, chart, "anywhere")


def _places(had: np.ndarray, random) -> np.ndarray:
    order = np.lexsort((random.random(len(had)), -had))
    places = np.empty(len(had), dtype=int)
    places[order] = np.arange(1, len(had) + 1)
    return places


def _letters(place: int) -> str:
    return chr(65 + place % 26) * (1 + place // 26)


# -- clustering --------------------------------------------------------------------------------------


def clustering(seed: int, people: int, share: float, likeness: float) -> Run:
    """The same number of people asked in one team, or one in each of many teams."""
    from researchskills import charts
    from researchskills.statistics.clustering import design_effect

    random = np.random.default_rng(seed)
    alike = (1 - likeness) / likeness
    # Shares of teams from a beta distribution, whose intraclass correlation is 1 / (a + b + 1).
    in_one = random.binomial(people, random.beta(share * alike, (1 - share) * alike, REPEATS))
    in_many = random.binomial(1, random.beta(share * alike, (1 - share) * alike, (REPEATS, people))).sum(axis=1)
    effective = people / design_effect(likeness, people)
    rows, spans = [], {}
    for name, had in {f"{people} people in one team": in_one, f"one person in each of {people} teams": in_many}.items():
        found = 100 * had / people
        low, high = np.quantile(found, [0.025, 0.975])
        spans[name] = high - low
        first = ", ".join(number(one) for one in found[:5])
        rows.append((name, found.mean(), low, high, first))
    table = pd.DataFrame(rows, columns=["who was asked", "mean %", "low", "high", "the first five results (%)"])
    one, many = rows
    sentence = (f"The truth is {number(100 * share)}%. Asking {people} people in one team gave "
                f"{one[4].split(',')[0]}% the first time, asking one person in each of {people} teams gave "
                f"{many[4].split(',')[0]}%.")
    long_run = (f"In {REPEATS:,} repetitions 95 of 100 results lay between {number(one[2])}% and {number(one[3])}% "
                f"with one team, and between {number(many[2])}% and {number(many[3])}% with {people} teams. "
                f"People in one team are alike: {people} of them tell as much as about {number(effective)} from "
                "everywhere.")

    def chart():
        return charts.intervals(table, "who was asked", "mean %", "low", "high", reference=100 * share, keep_order=True)

    return Run(sentence, long_run, table, chart, "one")
