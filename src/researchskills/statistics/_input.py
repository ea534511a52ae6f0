"""What people hand over, made ready for a formula: columns found, gaps counted, counts checked.

Every function of the package takes either plain numbers or a tidy data frame with the names of columns.
What was left out on the way comes back as a sentence, because a figure that silently rests on fewer
people than the reader thinks is a wrong figure.
"""

import math
import operator

import numpy as np
import pandas as pd

from researchskills.errors import CourseError
from researchskills.paths import suggestion
from researchskills.tables import show

#: Columns that name somebody who may have several rows.
_PEOPLE = ("person", "person_id", "client", "nurse", "worker", "respondent")
_COMPARE = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}


def column(data: pd.DataFrame, name) -> pd.Series:
    """A column by its name, or an error that lists those there are."""
    if not isinstance(name, str):
        raise CourseError(f"Give the name of a column in quotation marks; {name!r} is not a name.")
    if name not in data.columns:
        names = [str(one) for one in data.columns]
        raise CourseError(
            f"The table has no column “{name}”.{suggestion(name, names)} It has: {', '.join(names)}."
        )
    return data[name]


def is_frame(data) -> bool:
    """Whether a tidy table was given rather than plain numbers."""
    return isinstance(data, pd.DataFrame)


def numbers(values, name: str = "the values") -> np.ndarray:
    """Values as floats, gaps as not-a-number.

    Raises
    ------
    CourseError
        If they are not numbers, or one is infinite.
    """
    series = values if isinstance(values, pd.Series) else pd.Series(_listed(values, name))
    if isinstance(series.dtype, pd.CategoricalDtype) or pd.api.types.is_datetime64_any_dtype(series):
        raise CourseError(f"{_capital(name)} holds no numbers, so nothing can be averaged or ranked.")
    try:
        out = pd.to_numeric(series).to_numpy(dtype=float, na_value=np.nan)
    except (ValueError, TypeError):
        raise CourseError(f"{_capital(name)} holds something that is not a number. Check the file first.") from None
    if np.isinf(out).any():
        raise CourseError(f"{_capital(name)} holds an infinite number. Check the file first.")
    return out


def _listed(values, name: str):
    if isinstance(values, str) or not np.iterable(values):
        raise CourseError(f"Give a list of numbers, or a table and the name of a column, for {name}.")
    return list(values)


def known(values, name: str = "the values") -> tuple[np.ndarray, list[str]]:
    """Numbers without the gaps, and a sentence on how many gaps there were."""
    found = numbers(values, name)
    keep = ~np.isnan(found)
    return found[keep], left_out(int((~keep).sum()), len(found), name)


def left_out(gaps: int, rows: int, name: str) -> list[str]:
    """The sentence about missing values; none when nothing is missing."""
    if not gaps:
        return []
    have = "has" if gaps == 1 else "have"
    return [
        f"{gaps:,} of {rows:,} rows {have} no value for {name} and {'is' if gaps == 1 else 'are'} left out; "
        "those left out may differ from those counted."
    ]


def repeated_people(data) -> list[str]:
    """A sentence when several rows belong to the same person, so that rows are not independent."""
    for name in _PEOPLE:
        if is_frame(data) and name in data.columns:
            people, rows = data[name].nunique(), int(data[name].notna().sum())
            if people < rows:
                return [
                    f"{rows:,} rows come from {people:,} different values of “{name}”. Rows that belong together "
                    "are alike, so the interval is too narrow: use one row for each, or say "
                    f"cluster={name!r} where that is offered."
                ]
    return []


def rule(values: pd.Series, value):
    """How to tell which rows count, checked once against the whole column.

    Checked against the whole, so that a group in which nobody has the value is a true zero while a slip
    of spelling is an error.

    Parameters
    ----------
    values : pandas.Series
    value : object
        One value; a list, of which any counts; or a comparison such as "> 28". None means yes/True/1.

    Returns
    -------
    callable
        Takes a column or a part of it, gives an array of bool.

    Raises
    ------
    CourseError
        If no row can hold the value.
    """
    if is_comparison(value):
        return lambda part: _compared(part, value.strip())
    distinct = set(values.dropna().unique())
    if value is None:
        if not distinct <= {"yes", "no"} and not distinct <= {True, False}:
            raise CourseError(
                f"Say which value to count: “{values.name}” holds {_some(distinct)}. "
                f"For instance value={min(map(str, distinct))!r}."
            )
        value = "yes" if distinct & {"yes", "no"} else True
    wanted = [_as_held(one, distinct) for one in (value if isinstance(value, list | tuple | set) else [value])]
    allowed = _allowed(values, distinct)
    absent = [one for one in wanted if one not in allowed]
    if absent:
        raise CourseError(
            f"No row of “{values.name}” holds {absent[0]!r}. It holds {_some(allowed)}. "
            "Nothing was counted, so that a slip of spelling is not taken for 0%."
        )
    return lambda part: part.isin(wanted).fillna(False).to_numpy(dtype=bool)


def _as_held(value, distinct: set):
    """A value typed in quotation marks as the column holds it: yes for true, "20" for 20, a day for a date."""
    if not isinstance(value, str) or not distinct or value in distinct:
        return value
    if distinct <= {True, False}:  # the codebook says yes and no, the column holds true and false
        return {"yes": True, "no": False, "true": True, "false": False}.get(value.casefold(), value)
    try:
        if all(isinstance(one, pd.Timestamp) for one in distinct):
            return pd.Timestamp(value)
        return float(value) if all(pd.api.types.is_number(one) for one in distinct) else value
    except ValueError:
        return value


def is_comparison(value) -> bool:
    """Whether the value to count is a comparison such as "> 28"."""
    return isinstance(value, str) and value.strip()[:1] in {"<", ">"}


def _allowed(values: pd.Series, found: set) -> set:
    """Values that may occur: a category nobody is in, or a yes nobody gave, is a real zero."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return set(values.cat.categories)
    for pair in ({True, False}, {"yes", "no"}):
        if found <= pair:
            return pair
    return found


def _compared(values: pd.Series, rule: str) -> np.ndarray:
    sign = rule[:2] if rule[:2] in _COMPARE else rule[:1]
    try:
        limit = float(rule[len(sign) :])
    except ValueError:
        raise CourseError(f"“{rule}” is not a comparison with a number. Write for instance “> 28”.") from None
    found = numbers(values, f"“{values.name}”")
    with np.errstate(invalid="ignore"):
        return _COMPARE[sign](found, limit) & ~np.isnan(found)


def count(value, what: str) -> int:
    """A whole number of people or events.

    Raises
    ------
    CourseError
        If it is negative, missing, or a share or percentage rather than a count.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise CourseError(f"{_capital(what)} must be a number of people or events, not {value!r}.")
    if math.isnan(value) or math.isinf(value):
        raise CourseError(f"{_capital(what)} is missing. Give the number of people or events.")
    if value < 0:
        raise CourseError(f"{_capital(what)} is {value:g}: a count cannot be below 0.")
    if value != int(value):
        raise CourseError(
            f"{_capital(what)} is {value:g}, which is no whole number: it looks like a share or a percentage. "
            "Give the number of people; the percentage is worked out from it."
        )
    return int(value)


def successes(some, n) -> tuple[int, int, list[str]]:
    """A numerator and its denominator, checked against each other, with a caution where one is due."""
    some, n = count(some, "the numerator"), count(n, "the denominator")
    if n == 0:
        raise CourseError("The denominator is 0: there is nobody to work out a proportion of.")
    if some > n:
        raise CourseError(
            f"{some:,} out of {n:,} cannot be: the numerator is above the denominator. "
            "Check that both count the same people and that the order is right."
        )
    if n == 100:
        doubt = "The denominator is exactly 100. If these are percentages, give the numbers of people instead: "
        return some, n, [f"{doubt}the interval depends on them."]
    return some, n, []


def level(value: float) -> float:
    """A confidence level between 0.5 and 1."""
    if not isinstance(value, int | float) or not 0.5 <= value < 1:
        raise CourseError(f"The confidence level is {value!r}; write for instance level=0.95 for 95%.")
    return float(value)


def groups(data: pd.DataFrame, by: str) -> dict[str, pd.DataFrame]:
    """The rows of each group, in the order of the categories or of the names."""
    labels = column(data, by)
    if labels.notna().sum() == 0:
        raise CourseError(f"The column “{by}” is empty, so there are no groups.")
    return {show(name): rows for name, rows in data.groupby(by, observed=True, sort=True)}


def group_of(data: pd.DataFrame, by: str) -> pd.Series:
    """The group of each row as `two_groups` calls it; a gap stays a gap."""
    called = {one: _group_name(by, show(one)) for one in data[by].dropna().unique()}
    return data[by].astype(object).map(called)


def _group_name(by: str, label: str) -> str:
    """“yes minus no” says nothing without the question."""
    return f"{by.replace('_', ' ')} “{label}”" if label in {"yes", "no", "unknown"} else label


def two_groups(data: pd.DataFrame, by: str, which=None) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """The rows of two groups, and a caution about rows in neither.

    Parameters
    ----------
    which : pair of str, optional
        Names of the two groups, first minus second; needed when there are more than two.
    """
    parts = groups(data, by)
    which = tuple(map(show, which)) if which is not None else tuple(parts)
    which = tuple({"True": "yes", "False": "no"}.get(name, name) if name not in parts else name for name in which)
    unknown = [name for name in which if name not in parts]
    if unknown:
        raise CourseError(f"“{by}” has no group “{unknown[0]}”. It has: {', '.join(parts)}.")
    if len(which) != 2 or which[0] == which[1]:
        raise CourseError(
            f"“{by}” has {len(parts)} groups ({', '.join(list(parts)[:8])}). A comparison needs two: "
            f"say which, for instance groups=({min(parts)!r}, {max(parts)!r})."
        )
    named = {_group_name(by, name): parts[name] for name in which}
    return named, left_out(int(data[by].isna().sum()), len(data), f"“{by}”")


def _some(values) -> str:
    try:
        shown = [show(one) for one in sorted(values)]
    except TypeError:  # words and numbers in one column have no order
        shown = sorted(map(show, values))
    return ", ".join(shown[:8]) + (" and others" if len(shown) > 8 else "")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
