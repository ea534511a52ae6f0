"""Sentences of a report, marked as evidence by their numbers: “12, 14-15”, or as people write them."""

import re

from researchskills.errors import CourseError

#: One number, or two with a sign between them that people type for “to”.
_PART = re.compile(r"(\d{1,4})\.?(?:\s*(?:-|–|—|to)\s*(\d{1,4})\.?)?(?!\d)\s*")
#: What stands between numbers or around them, and says nothing. Brackets stand round the numbers in the report, so they
#: come along when somebody copies them.
_AROUND = re.compile(r"[\[\],;\n]|\band\b|\bsentences?\b", re.IGNORECASE)


def read(typed: str, last: int) -> list[int]:
    """The numbers that somebody typed, each once and in order.

    Parameters
    ----------
    typed : str
        Numbers and ranges, with commas, semicolons, spaces or “and” between them.
    last : int
        Number of the last sentence of the report.

    Raises
    ------
    CourseError
        If something in it is no number, or the report has no such sentence.

    Examples
    --------
    >>> read("14-15, 12", 40)
    [12, 14, 15]
    >>> read("sentence 3; 5 7.", 40)
    [3, 5, 7]
    """
    found: set[int] = set()
    for part in filter(None, (one.strip() for one in _AROUND.split(typed))):
        at = 0
        while at < len(part):
            match = _PART.match(part, at)
            if not match:
                raise CourseError(f"“{part[:40]}” is no sentence number. Write numbers such as 12, 14-15.")
            found.update(_range(match, last))
            at = match.end()
    return sorted(found)


def _range(match: re.Match, last: int) -> range:
    first, end = int(match[1]), int(match[2] or match[1])
    if end < first:
        raise CourseError(f"“{match[0].strip()}” runs backwards. Write the smaller number first.")
    if not 1 <= first <= end <= last:
        wrong = first if not 1 <= first <= last else end
        raise CourseError(f"The report has no sentence {wrong}; its sentences go from 1 to {last}.")
    return range(first, end + 1)


def written(numbers) -> str:
    """Numbers as they are typed, neighbours drawn together.

    Examples
    --------
    >>> written([12, 14, 15, 16])
    '12, 14–16'
    """
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
