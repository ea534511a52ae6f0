"""How far two people who marked the same scripts by the same rubric agree, in numbers and in sentences.

Levels have an order, so a near miss counts as partly agreeing: kappa with quadratic weights (Cohen 1968), for each
criterion. Its usual interval (Fleiss, Cohen and Everitt 1969) is made for many scripts and far too sure with six, so
scripts are drawn again instead.

Over all criteria together, the levels of one script are not independent of each other: who reads an answer kindly reads
all of it kindly. So the script and not the level is what is counted and drawn again. The measure is Janson's and
Olsson's extension of kappa to several judgements of one thing: one minus the squared distance between the two marks of
a script, divided by that between marks of scripts that were put together at random. With one criterion both are the
same number.

Kappa is never shown alone. Beside it stand how many levels were the same, how many at most one apart, and who gave
more, because these can be talked about and kappa cannot.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from researchskills._html import escape
from researchskills._words import number_of
from researchskills.errors import CourseError
from researchskills.statistics import resampling
from researchskills.statistics.agreement import FEW, kappa
from researchskills.statistics.estimate import Estimate, in_brief, number, percent

#: What the course aims at, for whole marks: a figure of its own design, and no law.
AIM = 0.6
#: How many samples of scripts are drawn for an interval.
DRAWS = 1999
_METHOD = f"interval by drawing answers again {DRAWS:,} times (BCa, Efron 1987)"
#: What the numbers mean and where they come from, HTML.
NOTE = (
    "<p>Weighted kappa (Cohen 1968, quadratic weights): 1 means that all levels are the same, 0 no more than chance "
    "would give. Over all criteria the levels of one answer belong together, so whole answers are counted (Janson and "
    "Olsson 2001). Intervals come from drawing answers again (BCa, Efron 1987); with fewer than about 15 they are "
    "rather too narrow.</p>"
)


@dataclass(frozen=True)
class CriterionAgreement:
    """Levels of one criterion by two people, script by script.

    Attributes
    ----------
    criterion : str
        As the rubric calls it.
    top : int
        The highest level; all from 0 to it count in the order, used or not.
    first, second : tuple of int
        Levels of the one and the other.
    """

    criterion: str
    top: int
    first: tuple[int, ...]
    second: tuple[int, ...]

    @property
    def differences(self) -> list[int]:
        """By how many levels the second gave more, script by script."""
        return [theirs - ours for ours, theirs in zip(self.first, self.second, strict=True)]

    @property
    def same(self) -> int:
        """How many levels are the same."""
        return sum(not one for one in self.differences)

    @property
    def near(self) -> int:
        """How many levels are at most one apart."""
        return sum(abs(one) <= 1 for one in self.differences)

    @property
    def mean_difference(self) -> float:
        """By how much the second gave more on average; below 0 when less."""
        return sum(self.differences) / len(self.differences)

    @property
    def distance(self) -> float:
        """Mean of the squared differences: two levels apart weigh four times as much as one."""
        return sum(one**2 for one in self.differences) / len(self.differences)

    @cached_property
    def _kappa(self) -> tuple[Estimate | None, str]:
        for side in (self.first, self.second):
            if len(set(side)) == 1 and len(side) > 1:
                return None, (
                    f"one side has level {side[0]} throughout, so there was nothing to tell apart"
                    if self.first != self.second
                    else f"both have level {side[0]} throughout, so there was nothing to tell apart"
                )
        try:
            found = kappa(list(self.first), list(self.second), weights="quadratic", order=range(self.top + 1))
        except CourseError:
            return None, "fewer than two answers were marked by both"
        low, high = _interval(*(np.array([side], dtype=float).T for side in (self.first, self.second)))
        return replace(found, low=low, high=high, method=f"Cohen 1968; {_METHOD}"), ""

    @property
    def kappa(self) -> Estimate | None:
        """Cohen's kappa with quadratic weights; None where it cannot be told or would mislead."""
        return self._kappa[0]

    @property
    def without_kappa(self) -> str:
        """Why there is no kappa, in a few words; empty where there is one."""
        return self._kappa[1]

    def as_dict(self) -> dict:
        """For `--json`."""
        return {
            "criterion": self.criterion,
            "scripts": len(self.first),
            "same": self.same,
            "within_one": self.near,
            "mean_difference": round(self.mean_difference, 4),
            **_as_dict(self.kappa, self.without_kappa),
        }


@dataclass(frozen=True)
class Agreement:
    """Two people's marks of the same scripts.

    Attributes
    ----------
    criteria : tuple of CriterionAgreement
        In the order of the rubric, of the same scripts in the same order.
    """

    criteria: tuple[CriterionAgreement, ...]

    @property
    def scripts(self) -> int:
        """How many scripts both have marked."""
        return len(self.criteria[0].first)

    @property
    def levels(self) -> int:
        """How many levels were compared."""
        return self.scripts * len(self.criteria)

    @property
    def same(self) -> int:
        """How many levels are the same."""
        return sum(one.same for one in self.criteria)

    @property
    def near(self) -> int:
        """How many levels are at most one apart."""
        return sum(one.near for one in self.criteria)

    @property
    def mean_difference(self) -> float:
        """By how many levels the second gave more for a criterion, on average."""
        return sum(one.mean_difference for one in self.criteria) / len(self.criteria)

    @property
    def farthest(self) -> list[CriterionAgreement]:
        """Criteria on which they differ most; empty when they differ nowhere."""
        most = max(one.distance for one in self.criteria)
        return [one for one in self.criteria if one.distance == most] if most else []

    @cached_property
    def _kappa(self) -> tuple[Estimate | None, str]:
        first, second = (
            np.array([getattr(one, side) for one in self.criteria], dtype=float).T for side in ("first", "second")
        )
        if self.scripts < 2:
            return None, "fewer than two answers were marked by both"
        if any((side == side[0]).all() for side in (first, second)):
            return None, "one side has the same levels for every answer, so there was nothing to tell apart"
        value = float(of_whole_marks(first, second, np.arange(self.scripts)))
        cautions = []
        rough = ", and the intervals are a rough guide" if self.scripts >= resampling.TOO_FEW else ""
        if self.scripts < FEW:
            cautions.append(
                f"{number_of(self.scripts, 'answer')} can say little about the next hundred: a single mark more or "
                f"less moves these figures{rough}."
            )
        if self.same == self.levels:
            cautions.append("All levels are the same, which gives no interval. It does not mean that they always are.")
        elif self.scripts < resampling.TOO_FEW:
            cautions.append(f"An interval needs {resampling.TOO_FEW} answers at least.")
        low, high = _interval(first, second)
        return Estimate(
            "Weighted kappa over all criteria" if len(self.criteria) > 1 else "Weighted kappa",
            value,
            low,
            high,
            n=self.scripts,
            method=f"Janson and Olsson 2001, which for one criterion is Cohen's weighted kappa (1968); {_METHOD}",
            cautions=tuple(cautions),
            based_on=f"{number_of(self.scripts, 'answer')}, "
            f"{number_of(len(self.criteria), 'criterion', 'criteria')} each",
        ), ""

    @property
    def kappa(self) -> Estimate | None:
        """Weighted kappa of whole marks, scripts being what is counted; None where it cannot be told."""
        return self._kappa[0]

    @property
    def without_kappa(self) -> str:
        """Why there is no kappa, in a few words; empty where there is one."""
        return self._kappa[1]

    def sentences(self, first: str, second: str) -> list[str]:
        """What to know, in the order in which to read it: where they differ comes before any number of agreement.

        Parameters
        ----------
        first, second : str
            Whose marks they are, as they stand inside a sentence: `the agreed levels`, `you`; `A`, `B`.
        """
        return [
            self._where(),
            self._direction(first, second),
            f"Of {number_of(self.levels, 'level')} ({number_of(self.scripts, 'answer')}, "
            f"{number_of(len(self.criteria), 'criterion', 'criteria')} each), {self.same} "
            f"{'is' if self.same == 1 else 'are'} the same ({percent(self.same / self.levels)}%) and {self.near} at "
            f"most one apart ({percent(self.near / self.levels)}%).",
            *self._chance(),
        ]

    def _where(self) -> str:
        far = self.farthest
        if not far:
            return "There is no difference on any criterion."
        names = " and ".join(f"“{one.criterion}”" for one in far)
        apart = "; ".join(f"{len(one.first) - one.same} of {number_of(len(one.first), 'level')} differ" for one in far)
        return f"The largest differences are on {names}: {apart}."

    def _direction(self, first: str, second: str) -> str:
        more, less = (sum(sign * gap > 0 for one in self.criteria for gap in one.differences) for sign in (1, -1))
        if not more and not less:
            return f"In these answers {second} gave the same as {first} throughout."
        counted = f"higher {_times(more)}, lower {_times(less)}"
        if self.scripts < resampling.TOO_FEW:
            return (
                f"{number_of(self.scripts, 'answer')} cannot say who gives more. {second} against {first}: {counted}."
            )
        if not self.mean_difference:
            return f"In these answers {second} gave neither more nor less than {first} on average: {counted}."
        manner = "generously" if self.mean_difference > 0 else "strictly"
        return (
            f"In these answers {second} marked more {manner} than {first}: by {number(abs(self.mean_difference))} of a "
            f"level on average ({counted})."
        )

    def _chance(self) -> list[str]:
        if not self.kappa:
            return [f"There is no kappa: {self.without_kappa}."]
        aim = f"The course aims at {AIM:g} or more, which is its own choice and no rule"
        if not self.kappa.has_interval:
            return [
                self.kappa.sentence(),
                f"{aim}; without an interval nothing can be said about whether it is reached.",
                *self.kappa.cautions,
            ]
        reached = self.kappa.value >= AIM
        inside = self.kappa.has_interval and self.kappa.low < AIM <= self.kappa.high
        verdict = "this is above it" if reached else "this is below it"
        doubt = ", but the interval reaches to the other side" if inside else ""
        return [self.kappa.sentence(), f"{aim}: {verdict}{doubt}.", *self.kappa.cautions]

    def lines(self, first: str, second: str) -> list[str]:
        """The sentences, and a line for each criterion; plain text for a terminal."""
        return self.sentences(first, second) + [
            f"{one.criterion}: {one.same} of {self.scripts} the same, {one.near} at most one apart, "
            f"{_signed(one.mean_difference, second)}, weighted kappa {_kappa_words(one)}"
            for one in self.criteria
        ]

    def html(self, first: str, second: str, caption: str) -> str:
        """Sentences and a table of the criteria, for the page and the report.

        Parameters
        ----------
        first, second : str
            As in `sentences`.
        caption : str
            Of the table, plain text.
        """
        rows = "".join(
            f'<tr><th scope="row">{escape(one.criterion)}</th><td>{one.same} of {self.scripts}</td>'
            f"<td>{one.near} of {self.scripts}</td><td>{escape(_signed(one.mean_difference, second))}</td>"
            f"<td>{escape(_kappa_words(one))}</td></tr>"
            for one in self.criteria
        )
        told = "".join(f"<li>{escape(one)}</li>" for one in self.sentences(first, second))
        return (
            f"<ul>{told}</ul><table><caption>{escape(caption)}</caption><thead><tr>"
            '<th scope="col">Criterion</th><th scope="col">The same</th><th scope="col">At most one apart</th>'
            '<th scope="col">On average</th><th scope="col">Weighted kappa (95% confidence interval)</th>'
            f"</tr></thead><tbody>{rows}</tbody></table>"
        )

    def as_dict(self) -> dict:
        """For `--json`."""
        return {
            "scripts": self.scripts,
            "levels": self.levels,
            "same": self.same,
            "within_one": self.near,
            "mean_difference": round(self.mean_difference, 4),
            "aim": AIM,
            **_as_dict(self.kappa, self.without_kappa),
            "criteria": [one.as_dict() for one in self.criteria],
        }


def compare(
    rubric: Sequence[Mapping], first: Sequence[Mapping[str, int]], second: Sequence[Mapping[str, int]]
) -> Agreement:
    """Lay the marks of two people side by side.

    Parameters
    ----------
    rubric : sequence of mapping
        Rows with `criterion` and `levels`.
    first, second : sequence of mapping
        For each script a level for every criterion; one script at least, and in the same order.
    """
    return Agreement(
        tuple(
            CriterionAgreement(
                row["criterion"],
                len(row["levels"]) - 1,
                tuple(one[row["criterion"]] for one in first),
                tuple(one[row["criterion"]] for one in second),
            )
            for row in rubric
        )
    )


def _interval(first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """Ends of a 95% interval, by drawing scripts again; not-a-number where that shows nothing."""
    if len(first) < resampling.TOO_FEW or (first == second).all():
        return math.nan, math.nan

    def again(places, axis=-1):
        return of_whole_marks(first, second, places)

    return resampling.bca_limits((np.arange(len(first)),), again, draws=DRAWS)


def of_whole_marks(first: np.ndarray, second: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Weighted kappa of whole marks, for many samples of scripts at once.

    Parameters
    ----------
    first, second : numpy.ndarray
        A row for each script, a column for each criterion.
    places : numpy.ndarray of int
        Which scripts, along the last axis.

    Returns
    -------
    numpy.ndarray
        Without the last axis.

    Notes
    -----
    H. Janson and U. Olsson, Educ. Psychol. Meas. 61 (2001) 277-289, for two judges. The mean squared distance between
    marks put together at random is worked out from means and mean squares, which is the same as going through all
    pairs of scripts. Where a sample holds nothing to tell apart both marks are the same, which counts as 1.
    """
    observed = (((first - second) ** 2).sum(axis=1))[places].mean(axis=-1)
    expected = (first**2 + second**2).sum(axis=1)[places].mean(axis=-1)
    for ours, theirs in zip(first.T, second.T, strict=True):
        expected = expected - 2 * ours[places].mean(axis=-1) * theirs[places].mean(axis=-1)
    varied = expected > 1e-9
    return np.where(varied, 1 - observed / np.where(varied, expected, 1.0), 1.0)


def _as_dict(found: Estimate | None, otherwise: str) -> dict:
    if found is None:
        return {"weighted_kappa": None, "interval": None, "no_kappa_because": otherwise}
    ends = [round(end, 4) for end in found.interval] if found.has_interval else None
    return {"weighted_kappa": round(found.value, 4), "interval": ends}


def _kappa_words(one: CriterionAgreement) -> str:
    return in_brief(one.kappa) if one.kappa else f"none: {one.without_kappa}"


def _signed(difference: float, who: str) -> str:
    if not difference:
        return "no difference"
    return f"{who} {number(abs(difference))} of a level {'higher' if difference > 0 else 'lower'}"


def _times(count: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times")
