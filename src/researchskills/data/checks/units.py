"""One group whose numbers are in another unit than those of all others."""

import numpy as np

from researchskills.data.checks import words
from researchskills.data.checks.columns import columns_of
from researchskills.data.finding import STRUCTURE, Finding
from researchskills.data.table import Table

_WHO_ENTERS = {
    "team",
    "site",
    "service",
    "source",
    "area",
    "locality",
    "office",
    "hospital",
    "provider",
    "organisation",
    "org",
    "clinic",
    "ward",
    "system",
    "worker",
    "agency",
    "district",
    "region",
    "trust",
    "council",
    "hub",
    "base",
}


def another_unit(table: Table) -> list[Finding]:
    """One team whose numbers are several times those of all others, as when weeks are entered as days."""
    columns, found = columns_of(table), []
    # Urgent cases are quicker than others, and should be; a team that is seven times quicker is another matter.
    groups = [
        column
        for column in columns.all
        if column.categorical and int(column._known.sum()) <= 60 and column.words & _WHO_ENTERS
    ]
    for column in columns.of("number"):
        if column.number_count < 60 or column.identifies or column.words & {"population", "code", "year"}:
            continue
        if not column.words & {
            "days",
            "wait",
            "waited",
            "weeks",
            "hours",
            "minutes",
            "delay",
            "duration",
            "time",
            "length",
            "los",
            "stay",
            "cost",
            "age",
            "mileage",
            "score",
        } or column.words & {"volume", "perc", "percent", "percentage", "%", "share", "beddays", "count", "number"}:
            continue
        best = None
        for group in groups:
            if group is column:
                continue
            order = np.argsort(group.codes, kind="stable")
            parts = np.split(column.values[order], np.cumsum(np.bincount(group.codes, minlength=len(group.texts)))[:-1])
            parts = [part[~np.isnan(part)] for part in parts]
            sized = [index for index, part in enumerate(parts) if len(part) >= 15 and group._known[index]]
            if len(sized) < 3:
                continue
            middle = np.array([np.median(parts[index]) for index in sized])
            if (middle <= 0).any():
                continue
            for place, index in enumerate(sized):
                others = np.delete(middle, place)
                ratio = middle[place] / np.median(others)
                alone = middle[place] < 0.5 * others.min() or middle[place] > 2 * others.max()
                if (
                    alone
                    and (ratio < 0.29 or ratio > 3.5)
                    and (best is None or abs(np.log(ratio)) > abs(np.log(best[0])))
                ):
                    best = (ratio, group, index, middle[place], float(np.median(others)))
        if best:
            ratio, group, index, own, usual = best
            rows = np.flatnonzero((group.codes == index) & ~np.isnan(column.values))
            guess = " (a week has 7 days)" if 5 <= max(ratio, 1 / ratio) <= 9.5 else ""
            found.append(
                columns.finding(
                    "one group in another unit",
                    f"In {words.named([column])} the middle value is {words.number(own)} where "
                    f"{words.named([group])} is "
                    f"“{columns.shown(group, group.stripped[index])}”, and about {words.number(usual)} "
                    f"elsewhere{guess}: "
                    "it may be in another unit.",
                    why="That group would look far quicker or slower than it is.",
                    usual=(
                        "People ask that group how it enters the item, and turn its values into the common unit "
                        "with a logged rule."
                    ),
                    certainty="likely" if guess else "possible",
                    rank=STRUCTURE,
                    places=[columns.place(column, row) for row in rows[:5]],
                    count=len(rows),
                    columns=[column, group],
                )
            )
    return found
