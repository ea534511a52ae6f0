"""What may be said about the answers of a cohort, so that nobody's answer can be worked out.

A cohort is small, and everybody in it knows who has handed in and when. Hiding small counts is not enough then: who
looks before and after one more hand-in sees what that one person answered, and “all 8 chose A” tells what each of
them chose. So three rules hold for every figure about answers.

*Whole fives.* People are counted in groups of five, in the order in which they handed in: 5 of the first 8. With
fewer than five there are no figures at all.

*To the nearest five.* Each count is rounded, as in published statistics of adult social care in England (see
`data.rounding`), and shown as the range that it may lie in: 0 to 2, 3 to 7, 8 to 10. Because the number of people is
a multiple of five as well, the highest range never stands for “everybody” alone, nor the lowest for “nobody”.

*Changes in whole fives.* A person is counted with what they brought when they were counted first. New answers and new
marks are taken over only for five people at once (or ten, and so on). Were it six, a count that rises by two ranges
would tell that all six changed; with five it can rise by one range, which one to five of them may have caused.

All figures are counts of people. Sums of points are not among them: put together with the counts of their parts, a sum
that just reaches the next range can force one of the parts to be everybody.

This protects against whoever sees every version of the page, knows when everybody handed in and was marked, and knows
one answer: their own. Two people who put theirs together may learn more. And that somebody wrote a text is not
protected; what it says, which level it has, and that there is none, are.
"""

import json
from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path

from researchskills.data.audit import THRESHOLD
from researchskills.data.rounding import nearest
from researchskills.errors import CourseError
from researchskills.store import replace_file

#: Size of the groups, and what counts are rounded to.
FIVE = THRESHOLD
_KIND, _VERSION = "figures of a cohort as they were last shown", 1


@dataclass(frozen=True)
class Count:
    """How many people, to the nearest five.

    Attributes
    ----------
    about : int
        A multiple of five.
    people : int
        Out of how many; a multiple of five.
    """

    about: int
    people: int

    @property
    def least(self) -> int:
        """The smallest count that is rounded to this."""
        return max(0, self.about - FIVE // 2)

    @property
    def most(self) -> int:
        """The largest count that is rounded to this."""
        return min(self.people, self.about + FIVE // 2)

    @property
    def words(self) -> str:
        """The range, in words.

        Examples
        --------
        >>> Count(5, 15).words, Count(0, 5).words
        ('3 to 7 of 15', '0 to 2 of 5')
        """
        return f"{self.least} to {self.most} of {self.people}"

    def others(self) -> "Count":
        """Everybody else."""
        return Count(self.people - self.about, self.people)

    def as_dict(self) -> dict:
        """For `--json`."""
        return {"least": self.least, "most": self.most, "people": self.people}


@dataclass(frozen=True)
class Release:
    """Figures as they are shown.

    Attributes
    ----------
    people : int
        How many people they are about: a multiple of five; 0 where nothing is shown.
    day : str
        When they were renewed last.
    counts : dict of str to int
        Rounded count of each property that somebody has.
    members : dict of str to list of str
        Whom they are about, with what each was counted with; never shown.
    """

    people: int = 0
    day: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)

    def count(self, name: str) -> Count | None:
        """How many have a property; None where nothing is shown."""
        return Count(self.counts.get(name, 0), self.people) if self.people else None


def renewed(before: Release, brought: Mapping[str, Set[str]], day: str) -> Release:
    """The figures to show now.

    Parameters
    ----------
    before : Release
        What was shown last; `Release()` when nothing was.
    brought : mapping of str to set of str
        Learner → names of the properties of their answer, in the order in which they handed in.
    day : str
        Today.

    Returns
    -------
    Release
        `before` itself, unless five or more people are new or bring something else.

    Examples
    --------
    >>> seven = {one: {"right"} for one in "abcdefg"}
    >>> first = renewed(Release(), seven, "2026-11-29")
    >>> first.people, first.count("right").words
    (5, '3 to 5 of 5')
    >>> renewed(first, {**seven, "a": set()}, "2026-11-30") is first
    True
    """
    # Who is in stays in: somebody whose answer waits again would show by leaving what they had brought.
    new = [one for one in brought if one not in before.members]
    other = [one for one in before.members if one in brought and before.members[one] != sorted(brought[one])]
    taken = [*_whole_fives(other), *_whole_fives(new)]
    if not taken:
        return before
    members = {**before.members, **{one: sorted(brought[one]) for one in taken}}
    totals = Counter(name for held in members.values() for name in held)
    counts = {name: nearest(total, FIVE) for name, total in sorted(totals.items())}
    return Release(len(members), day, {name: about for name, about in counts.items() if about}, members)


def _whole_fives(people: list[str]) -> list[str]:
    return people[: len(people) // FIVE * FIVE]


def read(file: Path) -> dict[str, Release]:
    """Figures that were shown before, by name.

    Raises
    ------
    CourseError
        If they cannot be read: to begin anew could give somebody's answer away, so a person has to decide.
    """
    try:
        content = json.loads(file.read_bytes())
        if content["what"] != _KIND or content["version"] != _VERSION:
            raise ValueError
        return {name: Release(**held) for name, held in content["figures"].items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise CourseError(
            f"{file} holds what was last shown of this cohort and cannot be read. No page was written. Put back an "
            "earlier copy; or, if nobody has seen a page of this cohort yet, delete the file."
        ) from problem


def write(file: Path, figures: Mapping[str, Release]) -> None:
    """Keep what is about to be shown.

    Raises
    ------
    OSError
        If the file cannot be written; the old one is unharmed.
    """
    content = {"what": _KIND, "version": _VERSION, "figures": {name: vars(one) for name, one in figures.items()}}
    file.parent.mkdir(parents=True, exist_ok=True)
    replace_file(file, json.dumps(content, ensure_ascii=False, indent=1).encode())
