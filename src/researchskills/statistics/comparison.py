"""What every comparison of two groups shares: the result, how it is read, and the groups themselves.

The answer is always a difference with its interval. The p value stands last in the table, because it says
only how surprising the data would be if there were no difference at all; a large one does not say "the same".
Nothing here can tell *why* two groups differ. The comparisons are in `two_proportions`, `two_means`, `ranks`
and `effect_sizes`.
"""

import math
from dataclasses import dataclass, field, replace

from researchskills.errors import CourseError
from researchskills.statistics import _input
from researchskills.statistics.clustering import clustered_difference, few_clusters
from researchskills.statistics.estimate import Estimate, in_brief, p_value

CLUSTERED = "difference with the variance between clusters (Liang and Zeger 1986), t interval"
NAMES = ("the first group", "the second group")


@dataclass(frozen=True, repr=False)
class Comparison(Estimate):
    """A difference with its interval, what was compared, and a p value that comes last.

    Parameters
    ----------
    p_value : float
        Of the test named in `test`, two-sided.
    test : str
    groups : tuple of (name, Estimate)
        What was compared.
    """

    p_value: float = field(default=math.nan, kw_only=True)
    test: str = field(default="", kw_only=True)
    groups: tuple[tuple[str, Estimate], ...] = field(default=(), kw_only=True)

    def to_table(self):
        """Estimate, interval, each group, further numbers, method and p value, one row for each."""
        groups = tuple((name, f"{part.denominator}: {in_brief(part)}") for name, part in self.groups)
        table = Estimate.to_table(replace(self, details=(*groups, *self.details)))
        if not math.isnan(self.p_value):
            table.loc[len(table)] = [f"p value ({self.test})", p_value(self.p_value)]
        return table


def direction(low: float, high: float) -> str:
    """What the interval says about the direction."""
    if math.isnan(low) or math.isnan(high):
        return ""
    if low < 0 < high:
        return "which reaches from below to above zero: these data do not settle the direction"
    if low == 0 or high == 0:
        return "which just reaches zero: these data hardly settle the direction"
    return f"all of it {'above' if low > 0 else 'below'} zero"


def not_settled(low: float, high: float) -> list[str]:
    """The caution about an interval that reaches zero."""
    if low <= 0 <= high:
        return ["Not settled is not the same as equal: look at the largest differences the interval allows."]
    return []


def without_intervals(groups):
    """The groups' own intervals left out, where they would ignore the clusters."""
    return tuple((name, replace(part, low=math.nan, high=math.nan)) for name, part in groups)


def clustered(data, values, by, names, cluster, level):
    """Interval, p value, number of clusters and cautions for the difference between two groups."""
    group = _input.group_of(data, by)
    inside = values.notna() & group.isin(names)
    belongs = _input.column(data, cluster)
    if belongs[inside].isna().any():
        raise CourseError(f"Some rows have no “{cluster}”. Leave them out or fill them in first; nothing was changed.")
    first = (group[inside] == names[0]).to_numpy(dtype=bool)
    low, high, p, clusters = clustered_difference(values[inside].to_numpy(dtype=float), first, belongs[inside], level)
    told = few_clusters(clusters)
    if math.isnan(low):
        told.append("The clusters of a group do not differ at all here, so their differences give no interval.")
    return low, high, p, clusters, told


def pair(names) -> tuple[str, str]:
    """What to call the two groups."""
    names = tuple(names)
    if len(names) != 2:
        raise CourseError("Give two names, one for each group.")
    return names


def two_samples(data, second, by, groups, names, cluster=None):
    """Two arrays without gaps, the names of the groups, cautions, and what was measured."""
    if not _input.is_frame(data):
        names = pair(names)
        if cluster is not None or by is not None:
            raise CourseError("by= and cluster= need a table and the name of a column.")
        (one, told), (two, more) = _input.known(data, "the first group"), _input.known(second, "the second group")
        return one, two, names, told + more, ""
    if by is None:
        raise CourseError("Give a table, the name of a column, and by= for the column with the groups.")
    _input.column(data, second)
    parts, told = _input.two_groups(data, by, groups)
    samples = []
    for name, rows in parts.items():
        sample, gaps = _input.known(rows[second], f"“{second}”")
        samples.append(sample)
        told += [f"{name}: {text}" for text in gaps]
    if cluster is None:
        told += _input.repeated_people(data[data[second].notna() & _input.group_of(data, by).isin(list(parts))])
    return *samples, tuple(parts), told, second.replace("_", " ")
