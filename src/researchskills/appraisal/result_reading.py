"""What an interval lets one say: which values fit, whether one of them matters, and which sentence is fair.

Significance answers one small question, whether no difference is among the values that fit. Two others are more
useful: does a change that matters to people fit, and does a harm? They need a number that no study can give, the
smallest change that matters, and somebody who says so. What an interval never tells is whether something else
made the change, so a result without a comparison says so in its sentence.
"""

import math
import re
from dataclasses import dataclass, replace

import pandas as pd

from researchskills import checks
from researchskills.errors import CourseError
from researchskills.statistics.estimate import Estimate, number, p_value, with_unit

#: Kinds of numbers, with the value that means no difference.
SCALES = {"difference": 0.0, "ratio": 1.0, "share": None}
BETTER = ("higher", "lower", "none")
#: How the numbers came about, and what that leaves open.
MADE = {
    "compared": "two groups were compared",
    "before_after": "one group, before and after",
    "series": "one place over many months, before and after",
    "once": "one group, once: nothing was compared",
}
LEAVES_OPEN = {
    "compared": "",
    "before_after": "What would have happened anyway is not known: there was nobody to compare with.",
    "series": "What would have happened anyway is guessed from the months before.",
    "once": "Nothing was compared, so it does not tell what made it so.",
}
#: Keys of the answers to the question whether no difference is inside the interval; see `no_difference_asked`.
NO_DIFFERENCE = ("yes", "no", "nothing")
#: Answers to “Does it include a change that matters?”.
MATTERS = {
    "all": "Yes, and nothing else: every value inside matters",
    "some": "Yes, but smaller ones or none as well",
    "none": "No: every value inside is too small to matter",
    "nobody": "Cannot be told: nothing is compared, or nobody has said what matters",
}
#: What stands behind “points” in a unit. Once is enough to say it.
_SCALE = re.compile(r" on an? (?:scale|index) from .*")
FAIR, OVERCLAIMED, WRONG = "fair", "overclaimed", "wrong"


@dataclass(frozen=True)
class StudyResult:
    """A result of a study as a reader meets it.

    Attributes
    ----------
    outcome : str
    estimate, low, high : float
        The estimate and the ends of its 95 % interval.
    unit : str
    scale : str
        Key of `SCALES`.
    better : {"higher", "lower", "none"}
        Which direction is better for people; "none" when it cannot be said.
    important : float or None
        The smallest change that matters, as people said: a size without a sign, or a ratio such as 0.8.
    made : str
        Key of `MADE`.
    as_written : str
        The report's own words.
    """

    outcome: str
    estimate: float
    low: float
    high: float
    unit: str = ""
    scale: str = "difference"
    better: str = "higher"
    important: float | None = None
    made: str = "compared"
    as_written: str = ""

    @property
    def no_difference(self) -> float | None:
        """The value that means no difference; None when nothing is compared."""
        return SCALES[self.scale]

    @property
    def zero(self) -> str:
        """What the value that means no difference is called."""
        return "one" if self.scale == "ratio" else "zero"

    def said(self, value: float, with_scale: bool = False) -> str:
        """A value with its unit: 2 days, 1 day; a ratio stands alone, and a scale is named only when asked for."""
        unit = "" if self.unit == "ratio" else self.unit
        if not with_scale:
            unit = _SCALE.sub("", unit)
        return with_unit(number(value), unit.removesuffix("s") if abs(value) == 1 else unit)

    def span(self) -> str:
        """The interval in words."""
        return f"{number(self.low)} to {self.said(self.high)}"

    def gain(self, value: float) -> float:
        """A value as a distance from no difference, positive where it is better (of ratios, of logarithms)."""
        distance = math.log(value) if self.scale == "ratio" else value
        return -distance if self.better == "lower" else distance

    def gains(self) -> tuple[float, float]:
        """The worst and the best value of the interval, as gains."""
        return tuple(sorted((self.gain(self.low), self.gain(self.high))))

    def least_gain(self) -> float | None:
        """The smallest change that matters, as a gain; None when nobody has said it."""
        return None if self.important is None else abs(self.gain(self.important))

    def lines(self) -> tuple[float, ...]:
        """Where a change begins to matter, for the better first and then for the worse, on the result's own scale."""
        if self.important is None or self.no_difference is None:
            return ()
        sign = -1 if self.better == "lower" else 1
        size = self.least_gain()
        ends = (sign * size, -sign * size)
        return tuple(math.exp(end) for end in ends) if self.scale == "ratio" else ends


@dataclass(frozen=True)
class Sentence:
    """A sentence about a result: its key, its words, whether it is fair, overclaimed or wrong, and why."""

    key: str
    text: str
    verdict: str
    why: str


def no_difference_asked(result: StudyResult) -> tuple[str, dict[str, str]]:
    """The question whether no difference is inside, and its answers: key of `NO_DIFFERENCE` → words.

    “No difference is inside” can be read both ways, so the value is called by its name.
    """
    zero = result.zero
    return f"Is {zero} (no difference) inside the interval?", {
        "yes": f"Yes, {zero} is inside", "no": f"No, {zero} is outside",
        "nothing": "There is no such value: nothing is compared"}


def includes_no_difference(result: StudyResult) -> str:
    """Whether no difference is among the values that fit: a key of `NO_DIFFERENCE`."""
    if result.no_difference is None:
        return "nothing"
    return "yes" if result.low <= result.no_difference <= result.high else "no"


def includes_what_matters(result: StudyResult) -> str:
    """Whether a change that matters is among the values that fit, in either direction: a key of `MATTERS`."""
    least = result.least_gain()
    if result.no_difference is None or least is None:
        return "nobody"
    worst, best = result.gains()
    if worst >= least or best <= -least:
        return "all"
    return "some" if best >= least or worst <= -least else "none"


def fitting(result: StudyResult) -> list[str]:
    """What kinds of change are among the values that fit, from the worst to the best.

    Examples
    --------
    >>> fitting(StudyResult("Stay", -1.0, -3.0, 0.5, "days", better="lower", important=2))
    ['a difference for the worse too small to matter', 'no difference', \
'a difference for the better too small to matter', 'a difference for the better that matters']
    """
    worst, best = result.gains()
    least = result.least_gain()
    noun = "a change" if result.made in {"before_after", "series"} else "a difference"
    worse, better = (("a lower value", "a higher value") if result.better == "none"
                     else (f"{noun} for the worse", f"{noun} for the better"))
    if least is None:
        zones = [(-math.inf, 0, worse), (0, 0, "no difference"), (0, math.inf, better)]
    else:
        zones = [(-math.inf, -least, f"{worse} that matters"), (-least, 0, f"{worse} too small to matter"),
                 (0, 0, "no difference"), (0, least, f"{better} too small to matter"),
                 (least, math.inf, f"{better} that matters")]
    return [words for start, end, words in zones if _reaches(worst, best, start, end)]


def _reaches(worst: float, best: float, start: float, end: float) -> bool:
    """Whether an interval has a value of a zone; what matters begins at its very edge, the small ends before it."""
    if start == end:
        return worst <= start <= best
    if math.isinf(end):
        return best >= start and best > 0
    if math.isinf(start):
        return worst <= end and worst < 0
    return worst < end and best > start


def sentences(result: StudyResult) -> list[Sentence]:
    """Sentences that people write about such a result, one of them fair, in an order that gives nothing away."""
    held = _about_a_share(result) if result.no_difference is None else _about_a_change(result)
    turn = len(result.outcome) % len(held)
    return held[turn:] + held[:turn]


def stem(result: StudyResult) -> str:
    """The numbers, as the sentences about them begin."""
    ends = f"{number(result.low)} to {number(result.high)}"
    return f"{result.outcome}: {result.said(result.estimate, with_scale=True)} (95% interval {ends})."


def fair_sentence(result: StudyResult) -> str:
    """What the interval lets one say, and what it leaves open.

    Examples
    --------
    >>> fair_sentence(StudyResult("Stay", -1.0, -3.0, 0.5, "days", better="lower", important=2))
    'Anything from a difference for the worse too small to matter to a difference for the better that matters fits \
what was found.'
    """
    if result.no_difference is None:
        return f"Anything from {result.span()} fits what was found. {LEAVES_OPEN['once']}"
    kinds = fitting(result)
    least, (worst, best) = result.least_gain(), result.gains()
    if result.better != "none" and least is not None and len(kinds) == 2 and (worst > 0 or best < 0):
        noun = "change" if result.made in {"before_after", "series"} else "difference"
        side = "better" if worst > 0 else "worse"
        told = (f"All values that fit are for the {side}. The true {noun} may be too small to matter, or large "
                "enough.")
    else:
        told = f"Only {kinds[0]} fits" if len(kinds) == 1 else f"Anything from {kinds[0]} to {kinds[-1]} fits"
        told += " what was found."
    if result.important is None:
        told += " How much of it matters, nobody has said."
    return f"{told} {LEAVES_OPEN[result.made]}".strip()


def _about_a_change(result: StudyResult) -> list[Sentence]:
    inside = includes_no_difference(result) == "yes"
    best_guess = result.said(result.estimate)
    fair = Sentence("values", fair_sentence(result), FAIR, "It gives the values that fit and what kinds there are, and "
                    "leaves open what the study leaves open.")
    absence = Sentence(
        "absence", "The result is not significant (p above 0.05), so there is no difference.", WRONG,
        f"Not significant says only that {result.zero} lies inside. So does every other value from {result.span()}: "
        "no proof of a difference is no proof that there is none."
        if inside else f"{result.zero.capitalize()} lies outside the interval, so this result is significant.")
    return [fair, absence, _importance(result, inside), _works(result, inside), Sentence(
        "exact", f"Everybody can count on {best_guess}.", OVERCLAIMED,
        f"{best_guess} is the best guess for the average. The interval goes from {result.span()}, and single people "
        "differ from the average: some gain more, some may lose.")]


def _importance(result: StudyResult, inside: bool) -> Sentence:
    text = "The result is significant (p below 0.05), so it is important."
    if inside:
        return Sentence("importance", text, WRONG, f"{result.zero.capitalize()} lies inside the interval, so the "
                        "result is not significant. And significant would not mean important.")
    outside = f"Significant says only that {result.zero} lies outside."
    matters = includes_what_matters(result)
    why = {
        "all": "Here every value that fits does matter. That follows from the interval and from what people said, not "
               f"from significance. {outside}",
        "some": f"{outside} Values too small to matter are inside as well.",
        "none": f"{outside} Every value inside is smaller than the change that people said matters.",
        "nobody": f"{outside} How large a change matters is for people to say, and nobody has.",
    }[matters]
    return Sentence("importance", text, WRONG if matters == "none" else OVERCLAIMED, why)


def _works(result: StudyResult, inside: bool) -> Sentence:
    text = "This shows that it works."
    if inside:
        return Sentence("works", text, WRONG, f"{result.zero.capitalize()}, no difference, is among the values that "
                        "fit.")
    if result.gains()[1] < 0 and result.better != "none":
        return Sentence("works", text, WRONG, "All values that fit are for the worse.")
    if result.made == "before_after":
        return Sentence("works", text, WRONG, f"{LEAVES_OPEN['before_after']} People chosen at a low time get better "
                        "on average without any help, and other things change over time as well.")
    if result.made == "series":
        return Sentence("works", text, OVERCLAIMED,
                        f"{LEAVES_OPEN['series']} Other things change over time as well.")
    return Sentence("works", text, OVERCLAIMED, "The interval holds chance only. Whether the groups were alike, and "
                    "whether something else made the difference, is told by the design and not by the numbers.")


def _about_a_share(result: StudyResult) -> list[Sentence]:
    share = result.said(result.estimate)
    return [
        Sentence("values", fair_sentence(result), FAIR, "It gives the values that fit and says that nothing was "
                 "compared."),
        Sentence("works", "A share like this shows that it works.", WRONG,
                 "Nothing was compared: the same people might have said the same without it."),
        Sentence("exact", f"It is {share} of everybody whom it was meant for.", OVERCLAIMED,
                 f"{share} is the best guess; values from {result.span()} fit as well. And only those who answered "
                 "were counted: the others may differ, which no interval shows."),
        Sentence("importance", "The interval is narrow, so the result can be trusted.", OVERCLAIMED,
                 "A narrow interval means little chance. It does not mean that the right people were asked, in the "
                 "right words."),
    ]


# -- two subgroups -------------------------------------------------------------------------------------


def interaction(first: StudyResult, second: StudyResult) -> Estimate:
    """How far two subgroups differ: second minus first, or second divided by first for ratios.

    Two p values are not a comparison: one below 0.05 and one above can come from subgroups that hardly differ.

    Raises
    ------
    CourseError
        If the two are not of the same kind, or nothing is compared in them.

    Notes
    -----
    For subgroups without people in common. D. Altman and J. Bland, BMJ 326 (2003) 219.
    """
    from scipy.stats import norm

    if first.scale != second.scale or first.no_difference is None:
        raise CourseError("Two subgroups can be compared when both results are differences, or both are ratios.")
    to, back = (math.log, math.exp) if first.scale == "ratio" else (float, float)
    z = float(norm.ppf(0.975))
    errors = [(to(one.high) - to(one.low)) / (2 * z) for one in (first, second)]
    value, error = to(second.estimate) - to(first.estimate), math.hypot(*errors)
    low, high = back(value - z * error), back(value + z * error)
    p = float(2 * norm.sf(abs(value) / error))
    apart = not low <= first.no_difference <= high
    return Estimate(
        "The ratio of the two ratios" if first.scale == "ratio" else "The difference between the two subgroups",
        back(value), low, high, unit="" if first.unit == "ratio" else _as_typed(first.unit),
        method="test of interaction (Altman and Bland 2003)",
        based_on="second against first",
        reading="so the subgroups do differ" if apart else "which leaves room for no difference between the subgroups",
        details=(("p value of the interaction", p_value(p)),),
    )


def _as_typed(unit: str) -> str:
    """Percentages are held out of a hundred here, which an `Estimate` would take for shares."""
    return "points out of 100" if unit in {"percentage points", "%"} else unit


def subgroups_told(first: StudyResult, second: StudyResult) -> list[str]:
    """What the two intervals seem to say, and what their comparison says."""
    found = interaction(first, second)
    inside = [includes_no_difference(one) == "yes" for one in (first, second)]
    told = [f"{stem(one).removesuffix('.')}: {one.zero} lies {'inside' if held else 'outside'}."
            for one, held in zip((first, second), inside, strict=True)]
    if inside[0] != inside[1]:
        told.append(f"In one interval {first.zero} lies inside, in the other outside. That is not a comparison: it "
                    "does not show that the subgroups differ.")
    told.append(found.sentence())
    told.append("Ask also: was this subgroup named before anybody saw the results, and how many others were looked at? "
                "Of twenty subgroups without any true difference about one looks significant by chance.")
    return told


# -- results from a report, and typed ones -----------------------------------------------------------------


def from_table(results: pd.DataFrame) -> list[StudyResult]:
    """The results of a report, the main one first.

    Parameters
    ----------
    results : pandas.DataFrame
        As in `reports.Report.results`.
    """
    rows = results.sort_values("main", ascending=False, kind="stable")
    return [_from_row(row) for row in rows.itertuples()]


def _from_row(row) -> StudyResult:
    measure = str(row.measure)
    if pd.isna(row.no_difference):
        scale, made = "share", "once"
    else:
        scale = "ratio" if row.no_difference == 1 else "difference"
        made = ("series" if measure.startswith("change in") else "before_after" if measure == "mean change"
                else "compared")
    important = None if pd.isna(row.important) else float(row.important)
    return StudyResult(str(row.outcome), float(row.estimate), float(row.low), float(row.high), str(row.unit), scale,
                       str(row.better), important, made, str(row.as_written))


def typed(fields: dict[str, str]) -> StudyResult:
    """A result from what somebody typed.

    Parameters
    ----------
    fields : dict
        Texts for `outcome`, `estimate`, `low`, `high`, `unit`; keys for `scale`, `better` and `made`.

    Raises
    ------
    CourseError
        With one sentence for each thing that cannot be right.
    """
    words = {"estimate": "the estimate", "low": "the lower end", "high": "the upper end"}
    numbers = {key: _number(fields.get(key, "")) for key in words}
    wrong = [f"Type {words[key]} as a number, such as -2.5"
             f"{f'; “{fields[key].strip()}” is none' if fields.get(key, '').strip() else ''}."
             for key, value in numbers.items() if value is None]
    if not fields.get("outcome", "").strip():
        wrong.insert(0, "Say what was looked at, for example: days in hospital.")
    scale = fields.get("scale", "difference")
    if not any(value is None for value in numbers.values()):
        wrong += _impossible(scale=scale, **numbers)
    if wrong:
        raise CourseError(" ".join(wrong))
    unit = fields.get("unit", "").strip() or ("%" if scale == "share" else "")
    return StudyResult(fields["outcome"].strip(), **numbers, unit=unit, scale=scale,
                       better=fields.get("better", "higher"),
                       made="once" if scale == "share" else fields.get("made", "compared"))


def _number(words: str) -> float | None:
    """A number as people type it: 2 points, or 1,5 with the comma that much of the world writes."""
    return checks.as_number(re.sub(r"^(\s*[-−+]?\d+),(\d{1,2})(?!\d)", r"\1.\2", words))


def _impossible(scale: str, estimate: float, low: float, high: float) -> list[str]:
    """What cannot be right about three numbers."""
    wrong = []
    if low > high:
        wrong.append(f"The interval is upside down: {number(low)} to {number(high)}. Exchange its ends.")
    elif low == high:
        wrong.append(f"The interval has no width ({number(low)} to {number(high)}). Look both ends up again, with more "
                     "decimals.")
    elif not low <= estimate <= high:
        wrong.append(f"The estimate, {number(estimate)}, lies outside its interval, {number(low)} to {number(high)}.")
    if scale == "ratio" and min(low, estimate, high) <= 0:
        wrong.append("A ratio is always above 0. If these are differences, choose “a difference or a change”.")
    if scale == "share" and not 0 <= min(low, estimate) <= max(high, estimate) <= 100:
        wrong.append("A percentage lies between 0 and 100.")
    return wrong


def with_important(result: StudyResult, words: str) -> StudyResult:
    """The same result with the smallest change that matters as somebody typed it; as it was when nothing was typed.

    Raises
    ------
    CourseError
        If it is no number, or one that no change can have.
    """
    if not words.strip():
        return result
    value = _number(words)
    if value is None:
        raise CourseError(f"Type the smallest change that matters as a number, such as 2.5; “{words.strip()}” is none.")
    if value < 0:
        raise CourseError(f"Type the smallest change that matters without a minus: {number(-value)}. It says how large "
                          "a change must be, in either direction.")
    if result.scale == "ratio" and (value <= 0 or value == 1):
        raise CourseError("Of a ratio, type the smallest one that matters, such as 0.8 or 1.25: above 0, and not 1.")
    if value == 0:
        raise CourseError("A change of 0 is no change. Type the smallest one that people would notice.")
    return replace(result, important=value)
