"""Who stands out: people who are alone with a combination of ordinary facts.

No name is needed to find somebody. Age band, ward and living alone, each harmless, can together fit
one person only. **k-anonymity** is the size of the smallest group that shares a combination (Samarati and
Sweeney 1998); **l-diversity** is how many different answers that group gave: if all gave the same, knowing
the group is knowing the answer (Machanavajjhala and others 2007, ACM TKDD 1(1), 3). A **motivated intruder** is the
person we test against: no special skill, but time, the internet and what neighbours know (Information
Commissioner's Office, anonymisation guidance, March 2025).
"""

from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from researchskills._html import escape
from researchskills.errors import CourseError
from researchskills.tables import html_table, show

#: Sets of columns of up to this size are tried, to find the fewest facts that single somebody out.
_MOST_FACTS = 4


@dataclass(frozen=True, eq=False)
class Combinations:
    """How far a set of columns singles people out.

    Attributes
    ----------
    people : int
        Rows looked at.
    columns : tuple of str
        The facts somebody could know.
    k : int
        Size of the smallest group.
    alone : pandas.DataFrame
        The rows of people who are alone with their combination, those columns only.
    few : int
        People in groups smaller than `wanted`.
    without : pandas.DataFrame
        For each column: how many people would be alone if it were left out.
    fewest : tuple of str
        The fewest columns that single out anybody; empty if none do.
    same_answer : int or None
        People in groups of two or more in which all gave the same answer (needs `sensitive`).
    l_diversity : int or None
        Fewest different answers in a group.
    """

    people: int
    columns: tuple[str, ...]
    k: int
    alone: pd.DataFrame
    few: int
    wanted: int
    without: pd.DataFrame
    fewest: tuple[str, ...]
    sensitive: str | None = None
    same_answer: int | None = None
    l_diversity: int | None = None

    @property
    def sentence(self) -> str:
        """The result in plain words."""
        facts = ", ".join(one.replace("_", " ") for one in self.columns)
        count = len(self.alone)
        said = [f"Of {self.people:,} people, {count:,} ({_share(count, self.people)}) are alone with their "
                f"combination of {facts}; {self.few:,} are in a group of fewer than {self.wanted}. "
                f"The smallest group has {self.k:,} {'person' if self.k == 1 else 'people'} (k = {self.k:,})."]
        if self.fewest:
            names = ", ".join(one.replace("_", " ") for one in self.fewest)
            said.append(f"One fact alone singles out at least one person: {names}." if len(self.fewest) == 1 else
                        f"{len(self.fewest)} facts are enough to single out at least one person: {names}.")
        if count:
            best = self.without.iloc[0]
            said.append(f"Leaving out {str(best['left out']).replace('_', ' ')} helps most: "
                        f"{int(best['alone']):,} would then be alone.")
        if self.sensitive is not None:
            said.append(f"For {self.same_answer:,} people in groups of two or more, everybody in the group has the "
                        f"same {self.sensitive.replace('_', ' ')}, so knowing the group is knowing the answer.")
        return " ".join(said)

    def __repr__(self) -> str:
        return f"{self.sentence}\n{self.without.to_string(index=False)}"

    def _repr_html_(self) -> str:
        table = self.without.assign(**{"left out": [str(one).replace("_", " ") for one in self.without["left out"]]})
        return f"<p>{escape(self.sentence)}</p>{html_table(table, 'People alone if one fact is left out')}"


def unique_combinations(data, columns, *, sensitive: str | None = None, k: int = 5) -> Combinations:
    """How many people are alone with a combination of facts, and which facts make them so.

    A blank counts as a value of its own: that somebody did not answer can be known, too.

    Parameters
    ----------
    data : pandas.DataFrame
        One row for each person.
    columns : list of str
        Facts that somebody outside could know.
    sensitive : str, optional
        An answer that must not become known.
    k : int, default 5
        Groups smaller than this are counted as small.

    Returns
    -------
    Combinations

    Raises
    ------
    CourseError
        If a column is missing or named twice, or there are no rows.

    Examples
    --------
    >>> people = pd.DataFrame({"ward": ["W1", "W1", "W2"], "age": ["65-74", "65-74", "85+"]})
    >>> len(unique_combinations(people, ["ward", "age"]).alone)
    1
    """
    columns = [columns] if isinstance(columns, str) else list(columns)
    _known(data, [*columns, *([sensitive] if sensitive else [])])
    if sensitive in columns:
        raise CourseError(f"“{sensitive}” cannot be both a known fact and the answer to protect. Leave it out of one.")
    if not columns:
        raise CourseError("Name at least one fact that somebody could know.")
    sizes = _sizes(data, columns)
    alone = data.loc[sizes == 1, columns]
    without = pd.DataFrame(
        [{"left out": one, "alone": int((_sizes(data, [other for other in columns if other != one]) == 1).sum())}
         for one in columns]
    ).sort_values("alone", kind="stable").reset_index(drop=True)
    same = diversity = None
    if sensitive is not None:
        groups = data.groupby(columns, dropna=False, observed=True)[sensitive]
        answers = groups.transform(lambda column: column.nunique(dropna=False))
        same, diversity = int(((answers == 1) & (sizes > 1)).sum()), int(answers.min())
    return Combinations(
        people=len(data), columns=tuple(columns), k=int(sizes.min()), alone=alone, few=int((sizes < k).sum()), wanted=k,
        without=without, fewest=_fewest(data, columns), sensitive=sensitive, same_answer=same, l_diversity=diversity,
    )


def matching(data, facts: dict) -> int:
    """How many people fit all of these facts.

    Parameters
    ----------
    data : pandas.DataFrame
        One row for each person.
    facts : dict of str to object
        Column and value, compared as they are shown.

    Returns
    -------
    int
    """
    _known(data, list(facts))
    fits = pd.Series(True, index=data.index)
    for column, value in facts.items():
        fits &= data[column].map(show) == show(value)
    return int(fits.sum())


def _known(data, columns) -> None:
    if not isinstance(data, pd.DataFrame) or data.empty:
        raise CourseError("This needs a table with one row for each person.")
    for column in columns:
        if column not in data.columns:
            raise CourseError(f"The table has no column “{column}”. It has: {', '.join(map(str, data.columns))}.")
    if len(set(columns)) < len(columns):
        raise CourseError("A column is named twice. Name each fact once.")


def _sizes(data, columns: list[str]) -> pd.Series:
    """For each person, how many share the combination; everybody without any facts."""
    if not columns:
        return pd.Series(len(data), index=data.index)
    return data.groupby(columns, dropna=False, observed=True)[columns[0]].transform("size")


def _fewest(data, columns: list[str]) -> tuple[str, ...]:
    for number in range(1, min(len(columns), _MOST_FACTS) + 1):
        for some in combinations(columns, number):
            if (_sizes(data, list(some)) == 1).any():
                return some
    return ()


def _share(part: int, whole: int) -> str:
    share = 100 * part / whole
    return f"{share:.0f}%" if share >= 1 or share == 0 else "under 1%"
