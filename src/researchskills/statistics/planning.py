"""How many do I need, and what can twenty tell me?

Two questions with one answer each: the more exactly one wants to know, the more people it takes, and four
times as many people only halve the interval. Planning numbers are rough by nature; they rest on guesses that
are printed with them.
"""

import math
from dataclasses import dataclass

import pandas as pd
from scipy import special

from researchskills._html import escape
from researchskills.errors import CourseError
from researchskills.statistics import _input
from researchskills.statistics.clustering import design_effect
from researchskills.statistics.estimate import cautions_html, number, percent
from researchskills.statistics.limits import finite_limits, normal_quantile, t_quantile, wilson_limits
from researchskills.tables import html_table


@dataclass(frozen=True)
class Plan:
    """How many people are needed, how many to ask, and what that assumes.

    Parameters
    ----------
    question : str
        What the number is for.
    needed : int
        Answers needed in all.
    ask : int
        People to ask, when not everybody answers.
    each : int
        Answers needed in each group; the same as `needed` when there is one group.
    steps : tuple of (str, number)
        How the number came about.
    assumes : tuple of str
    cautions : tuple of str
    """

    question: str
    needed: int
    ask: int
    each: int
    steps: tuple[tuple[str, object], ...]
    assumes: tuple[str, ...]
    cautions: tuple[str, ...] = ()

    def sentence(self) -> str:
        """One sentence with the number and what it is for."""
        each = f", {self.each:,} in each group" if self.each != self.needed else ""
        ask = f" Ask {self.ask:,} people to get them." if self.ask != self.needed else ""
        answers = "1 answer is" if self.needed == 1 else f"{self.needed:,} answers are"
        return f"{self.question}, {answers} needed{each}.{ask}"

    def to_table(self) -> pd.DataFrame:
        """The steps, one row for each."""
        rows = [(name, number(value) if isinstance(value, float) else f"{value:,}") for name, value in self.steps]
        return pd.DataFrame(rows, columns=["step", "number"])

    def __repr__(self) -> str:
        lines = [self.sentence(), f"This assumes {'; '.join(self.assumes)}."]
        return "\n".join(lines + [f"Caution: {text}" for text in self.cautions])

    def _repr_html_(self) -> str:
        return (
            f'<section aria-label="Plan"><p><b>{escape(self.sentence())}</b></p>'
            f"{html_table(self.to_table(), 'How the number comes about')}"
            f"<p>This assumes {escape('; '.join(self.assumes))}.</p>{cautions_html(self.cautions)}</section>"
        )


def how_many(
    margin, *, share=0.5, sd=None, population=None, response=1.0, cluster_size=1, icc=0.0, level=0.95
) -> Plan:
    """How many answers make an interval as narrow as wanted.

    Parameters
    ----------
    margin : float
        Half the width of the interval that would do: 0.1 for "give or take 10 percentage points"; with `sd`
        in the unit of the scale.
    share : float, default 0.5
        The proportion expected; a half is the safe choice, as it takes most people.
    sd : float, optional
        Standard deviation of a scale: plans for a mean instead of a proportion.
    population : int, optional
        How many people there are in all; a small population takes fewer.
    response : float, default 1
        Share of those asked that will answer.
    cluster_size, icc : float
        Rows in a cluster and intraclass correlation, when people come in teams or homes.
    level : float, default 0.95

    Returns
    -------
    Plan

    Raises
    ------
    CourseError
        If a number lies outside its range.

    Notes
    -----
    W. Cochran, Sampling Techniques (3rd ed. 1977), sections 4.4 and 4.6; design effect: L. Kish (1965).

    Examples
    --------
    >>> how_many(0.05).needed
    385
    >>> how_many(0.1, population=120, response=0.4).ask
    135
    """
    z = normal_quantile(_input.level(level))
    response = _share(response, "response")
    if sd is None:
        if not isinstance(margin, int | float) or not 0 < margin < 1:
            raise CourseError(f"The margin is {margin!r}; write 0.1 for 10 percentage points.")
        share = _share(share, "share")
        plain, told = z * z * share * (1 - share) / margin**2, [f"a proportion of about {percent(share)}%"]
        question = f"For a {100 * level:g}% interval of about {percent(share)}% give or take {percent(margin)} points"
    else:
        if margin <= 0 or sd <= 0:
            raise CourseError("The margin and the standard deviation must be above 0.")
        plain, told = _for_mean(margin, sd, level), [f"a standard deviation of about {number(sd)}"]
        question = f"For a {100 * level:g}% interval of a mean give or take {number(margin)}"
    steps, n, more = _grown(plain, cluster_size, icc, "answers, if all are independent")
    if population is not None:
        size = _input.count(population, "the population")
        if size == 0:
            raise CourseError("A population of 0 holds nobody to ask.")
        n = n / (1 + (n - 1) / size)
        steps.append((f"allowing for a population of {size:,}", float(n)))
        more.append(f"a population of {size:,}")
    needed = _ceil(n)
    asked = _ceil(needed / response)
    cautions = []
    if response < 1:
        more.append(f"{percent(response)}% of those asked answering")
        cautions.append("More answers do not mend a bias: those who stay silent may differ from those who answer.")
    if population is not None and asked > population:
        cautions.append(
            f"That is more than the {population:,} people there are. Ask everybody, raise the response, or accept "
            "a wider interval."
        )
    if sd is None and needed * min(share, 1 - share) < 5:
        cautions.append("The proportion is so near the end that the formula is rough. Look at what_can(n) as well.")
    steps += [("answers needed", needed), ("people to ask", asked)]
    return Plan(question, needed, asked, needed, tuple(steps), tuple(told + more), tuple(cautions))


def _for_mean(margin: float, sd: float, level: float) -> float:
    """Answers for a mean: the smallest n whose t interval is narrow enough."""
    n = max(2, math.floor((normal_quantile(level) * sd / margin) ** 2))
    while t_quantile(level, n - 1) * sd / math.sqrt(n) > margin:
        n += 1
    return float(n)


def how_many_to_compare(
    first=None,
    second=None,
    *,
    difference=None,
    sd=None,
    paired=False,
    power=0.8,
    response=1.0,
    cluster_size=1,
    icc=0.0,
    level=0.95,
) -> Plan:
    """How many people make a difference visible, if it is there.

    Parameters
    ----------
    first, second : float, optional
        Two proportions, such as 0.5 and 0.65: plans for two separate groups.
    difference, sd : float, optional
        Difference of two means that matters, and the standard deviation; with `paired` the mean change and
        the standard deviation of the changes.
    paired : bool, default False
        The same people twice, rather than two groups.
    power : float, default 0.8
        Chance of an interval that leaves out zero, if the difference is as large as said.
    response : float, default 1
        Share of those asked that will take part and stay.
    cluster_size, icc : float
        When people come in teams or homes.
    level : float, default 0.95

    Returns
    -------
    Plan

    Raises
    ------
    CourseError
        If the numbers do not fit together.

    Notes
    -----
    Two proportions: J. Fleiss, B. Levin and M. Paik, Statistical Methods for Rates and Proportions (3rd ed.
    2003), section 4.2, without continuity correction. Means: exact power by the noncentral t distribution
    (J. Cohen, Statistical Power Analysis, 1988).

    Examples
    --------
    >>> how_many_to_compare(0.5, 0.65).each
    170
    >>> how_many_to_compare(difference=3, sd=9, paired=True).needed
    73
    """
    response, power = _share(response, "response"), _share(power, "power")
    if not 0.5 <= power < 1:
        raise CourseError(f"The power is {power:g}; 0.8 or 0.9 are usual.")
    tail = (1 - _input.level(level)) / 2
    if first is not None and second is not None and difference is None:
        first, second = _share(first, "the first proportion"), _share(second, "the second proportion")
        if first == second:
            raise CourseError("The two proportions are the same, so there is no difference to look for.")
        if paired:
            raise CourseError("paired= is for means. For two proportions of the same people ask a statistician.")
        plain = _for_proportions(first, second, tail, power)
        pair = f"{percent(first)}% and {percent(second)}%"
        question = f"To see a difference between {pair} in {percent(power)} of 100 tries"
        told = ["two groups of the same size"]
    elif difference and sd and first is None:
        if sd <= 0:
            raise CourseError("The standard deviation must be above 0.")
        plain = float(_for_means(abs(difference) / sd, tail, power, paired))
        what = "mean change" if paired else "difference in means"
        question = f"To see a {what} of {number(abs(difference))} in {percent(power)} of 100 tries"
        told = [f"a standard deviation{' of the changes' if paired else ''} of about {number(sd)}"]
        told += [] if paired else ["two groups of the same size"]
    else:
        raise CourseError("Give two proportions, such as 0.5 and 0.65; or difference= and sd= for means.")
    steps, n, more = _grown(plain, cluster_size, icc, "people" if paired else "people in each group")
    each = _ceil(n)
    needed = each if paired else 2 * each
    asked = _ceil(each / response) * (1 if paired else 2)
    if response < 1:
        more.append(f"{percent(response)}% of those asked taking part to the end")
    steps += [("answers needed", needed), ("people to ask", asked)]
    cautions = ("A guess of the difference is not a finding. Plan for the smallest one that would matter to people.",)
    return Plan(question, needed, asked, each, tuple(steps), tuple(told + more), cautions)


def _for_proportions(p: float, q: float, tail: float, power: float) -> float:
    middle, z, w = (p + q) / 2, -float(special.ndtri(tail)), float(special.ndtri(power))
    top = z * math.sqrt(2 * middle * (1 - middle)) + w * math.sqrt(p * (1 - p) + q * (1 - q))
    return (top / (p - q)) ** 2


def _power_of_t(n: int, size: float, tail: float, paired: bool) -> float:
    """Chance that the t interval leaves out zero: `n` people in each group, or measured twice."""
    df, centre = (n - 1, size * math.sqrt(n)) if paired else (2 * n - 2, size * math.sqrt(n / 2))
    limit = -float(special.stdtrit(df, tail))
    # The chance of a clear difference in the wrong direction is next to nothing where power is above a half.
    return float(1 - special.nctdtr(df, centre, limit))


def _for_means(size: float, tail: float, power: float, paired: bool) -> int:
    rough = (float(special.ndtri(power) - special.ndtri(tail)) / size) ** 2 * (1 if paired else 2)
    n = max(2, math.floor(rough))
    while _power_of_t(n, size, tail, paired) < power:
        n += 1
    return n


def _grown(plain: float, cluster_size, icc, name: str):
    """Steps so far, the number allowing for clusters, and what that assumes."""
    steps, told = [(name, float(plain))], []
    effect = design_effect(icc, cluster_size)
    if effect > 1:
        steps += [("design effect of clusters", effect), ("allowing for clusters", plain * effect)]
        told.append(f"clusters of {number(cluster_size)} with an intraclass correlation of {number(icc)}")
    elif cluster_size > 1:
        told.append("people of a cluster no more alike than others (icc=0), which is rarely so")
    else:
        told.append("independent people")
    return steps, plain * effect, told


def _share(value, name: str) -> float:
    if not isinstance(value, int | float) or not 0 < value <= 1 or (value == 1 and name != "response"):
        raise CourseError(f"{name.capitalize()} is {value!r}; write a share between 0 and 1, such as 0.4 for 40%.")
    return float(value)


def _ceil(value: float) -> int:
    return math.ceil(round(value, 9))  # so that 385.0000000001 does not become 386


@dataclass(frozen=True)
class Reach:
    """What a number of answers can and cannot show.

    Parameters
    ----------
    n : int
    table : pandas.DataFrame
        For several results, the interval that goes with them: columns `people`, `percentage`, `low`, `high`.
    half_width : float
        Half the width of the interval when half say yes, as a share.
    none_seen : float
        Upper limit when nobody has the thing (one-sided, exact), as a share.
    heard : float
        Share of people that a thing must concern to be met at least once with a chance of 95%.
    change : float
        Smallest mean change seen in 80 of 100 tries, in standard deviations of the changes.
    difference : float
        Smallest difference between two groups of n/2, in standard deviations, seen in 80 of 100 tries.
    points : float
        The same for two proportions, from 50% upwards, as a share.
    """

    n: int
    level: float
    table: pd.DataFrame
    half_width: float
    none_seen: float
    heard: float
    change: float
    difference: float
    points: float
    cautions: tuple[str, ...] = ()
    population: int | None = None

    def sentence(self) -> str:
        """The main point in one sentence."""
        half = self.table.iloc[(self.table["percentage"] - 50).abs().argmin()]
        answers = f"{self.n:,} answer{'s' if self.n > 1 else ''}"
        shown = {name: f"{percent(half[name] / 100)}%" for name in ("percentage", "low", "high")}
        return (
            f"With {answers}, {half['people']:,.0f} of {self.n:,} ({shown['percentage']}) goes with a "
            f"{100 * self.level:g}% confidence interval of {shown['low']} to {shown['high']}."
        )

    def findings(self) -> list[str]:
        """What else these answers can show, one plain sentence each."""
        if self.n == self.population:
            told = ["Everybody there is was asked, so chance in who was asked plays no part."]
        else:
            who = "this one person does not have something" if self.n == 1 else (
                f"none of these {self.n:,} people has something")
            told = [
                f"If {who}, it may still concern up to {percent(self.none_seen)}% of all people.",
                f"Something that concerns {percent(self.heard)}% of all people or more will very likely come up: in 95 "
                f"of 100 samples of {self.n:,}, at least one person has it.",
            ]
        if not math.isnan(self.change):
            told.append(
                "A score of the same people measured twice, where single people's changes scatter by about 10 points: "
                f"a true mean change of {number(10 * self.change)} points or more shows reliably, a smaller one is "
                "easily missed."
            )
        if not math.isnan(self.difference):
            groups = f"Split into two groups of {self.n // 2:,}"
            told.append(
                f"{groups}: even 50% against 100% may be missed, so do not compare percentages."
                if math.isnan(self.points) else
                f"{groups}: if one has 50%, the other has to have {percent(0.5 + self.points)}% or more for the "
                "difference to show reliably."
            )
        return told

    def technical(self) -> list[str]:
        """The same for those who want to check it."""
        # Three over n is near the exact limit from about ten on, and where nearly nobody of many was asked.
        near = self.population is None and self.level == 0.95 and self.n >= 10
        told = [f"None of {self.n:,}: one-sided exact limit (the table's intervals are two-sided, so theirs is "
                f"higher); rule of three: 3/{self.n:,} = {percent(3 / self.n)}%."] if near else []
        if not math.isnan(self.change):
            told.append(
                "“Reliably” means in 80 of 100 studies like this one (power 80%), at "
                f"{100 * self.level:g}% confidence, two-sided."
            )
            told.append(
                f"The same people measured twice: a mean change of {number(self.change)} standard deviations of the "
                "changes."
            )
        if not math.isnan(self.difference):
            told.append(
                f"Two groups of {self.n // 2:,}: a difference between means of {number(self.difference)} standard "
                "deviations."
            )
        return told

    def to_table(self) -> pd.DataFrame:
        """The table as people read it: percentages rounded, the unit in the headings."""
        ends = {name: f"{name} (%)" for name in ("low", "high")}
        rounded = self.table.assign(**{name: [percent(one / 100) for one in self.table[name]]
                                       for name in ("percentage", "low", "high")})
        return rounded.rename(columns={"people": f"of {self.n:,}", "percentage": "seen (%)", **ends})

    def __repr__(self) -> str:
        lines = [self.sentence(), *self.findings(), self.to_table().to_string(index=False), *self.technical()]
        return "\n".join(lines + [f"Caution: {text}" for text in self.cautions])

    def _repr_html_(self) -> str:
        items, more = ("".join(f"<li>{escape(text)}</li>" for text in told)
                       for told in (self.findings(), self.technical()))
        folded = f"<details><summary>Details for statisticians</summary><ul>{more}</ul></details>" if more else ""
        caption = f"What {self.n:,} answers can show: {100 * self.level:g}% confidence intervals"
        return (
            f'<section aria-label="What the answers can show"><p><b>{escape(self.sentence())}</b></p>'
            f"<ul>{items}</ul>{html_table(self.to_table(), caption)}{folded}{cautions_html(self.cautions)}</section>"
        )


def what_can(n=20, *, population=None, level=0.95) -> Reach:
    """What a number of answers can and cannot show.

    Parameters
    ----------
    n : int, default 20
        Answers.
    population : int, optional
        How many people there are in all; matters when the answers are a good part of them.
    level : float, default 0.95

    Returns
    -------
    Reach

    Raises
    ------
    CourseError
        If there is no answer, or more answers than people.

    Notes
    -----
    Intervals: E. B. Wilson (1927), see `proportion`. Nobody seen: the exact one-sided limit, close to 3/n
    (J. Hanley and A. Lippman-Hand, JAMA 249 (1983) 1743-1745). Smallest differences: as `how_many_to_compare`.

    Examples
    --------
    >>> round(what_can(20).none_seen, 3)
    0.139
    """
    from researchskills.statistics.estimates import proportion

    n, level = _input.count(n, "the number of answers"), _input.level(level)
    if n == 0:
        raise CourseError("No answers can show nothing. Give a number above 0.")
    rows = []
    for some in sorted({0, 1, round(n / 4), n // 2, round(3 * n / 4), n - 1, n}):
        found = proportion(some, n, population=population, level=level)
        rows.append({"people": some, "percentage": 100 * some / n, "low": 100 * found.low, "high": 100 * found.high})
    tail = (1 - level) / 2
    low, high = wilson_limits(n / 2, n, level)
    if population is not None:
        (low, high), *_ = finite_limits(n / 2, n, population, "wilson", level)
    few = ["With fewer than 20 answers, tell the counts and leave percentages out."] if n < 20 else []
    few += ["These are limits of chance alone. Who was asked, and who answered, often matters more."]
    return Reach(
        n,
        level,
        pd.DataFrame(rows),
        (high - low) / 2,
        _unseen(n, population, 1 - level)[0],
        _unseen(n, population, 0.05)[1],
        _smallest(lambda size: _power_of_t(n, size, tail, True)) if n >= 3 else math.nan,
        _smallest(lambda size: _power_of_t(n // 2, size, tail, False)) if n >= 4 else math.nan,
        _points(n // 2, tail) if n >= 4 else math.nan,
        tuple(few),
        population,
    )


def _unseen(n: int, population: int | None, chance: float) -> tuple[float, float]:
    """The largest share of people that a sample may miss with this chance, and the smallest that it may not.

    Of a population without end, by (1 - share)^n; of a small one by drawing without putting back. There the two
    are one person apart.
    """
    if population is None or population > 1000 * n:
        return (1 - chance ** (1 / n),) * 2
    missed, concerned = 1.0, 0
    while concerned < population - n:
        missed *= (population - n - concerned) / (population - concerned)
        if missed < chance * (1 - 1e-9):
            break
        concerned += 1
    return concerned / population, (concerned + 1) / population


def _smallest(power_of) -> float:
    from scipy.optimize import brentq

    return float(brentq(lambda size: power_of(size) - 0.8, 1e-6, 60))


def _points(each: int, tail: float) -> float:
    """Smallest rise from a half that two groups can show, as a share; not-a-number when there is none."""
    from scipy.optimize import brentq

    if _for_proportions(0.5, 1.0, tail, 0.8) > each:
        return math.nan
    return float(brentq(lambda rise: _for_proportions(0.5, 0.5 + rise, tail, 0.8) - each, 1e-4, 0.5))
