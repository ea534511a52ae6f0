"""Sentences of a report, marked as evidence by their numbers: “12, 14-15”."""

import re

from researchskills.errors import CourseError

#: One number, or two with a sign between them that people type for “to”.
_PART = re.compile(r"(\d{1,4})(?:\s*(?:-|–|—|to)\s*(\d{1,4}))?")


def read(typed: str, last: int) -> list[int]:
    """The numbers that somebody typed, each once and in order.

    Parameters
    ----------
    typed : str
        Numbers and ranges with commas between them.
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
    """
    found: set[int] = set()
    # Brackets stand round the numbers in the report, so they come along when somebody copies them.
    for part in filter(None, (one.strip() for one in re.split(r"[,;\n]|\band\b", re.sub(r"[\[\]]", " ", typed)))):
        match = _PART.fullmatch(part)
        if not match:
            raise CourseError(f"“{part[:40]}” is no sentence number. Write numbers such as 12, 14-15. "
                              "The numbers saved before are unchanged.")
        first, end = int(match[1]), int(match[2] or match[1])
        if end < first:
            raise CourseError(f"“{part}” runs backwards. Write the smaller number first. "
                              "The numbers saved before are unchanged.")
        if not 1 <= first <= end <= last:
            wrong = first if not 1 <= first <= last else end
            raise CourseError(f"The report has no sentence {wrong}; its sentences go from 1 to {last}. "
                              "The numbers saved before are unchanged.")
        found.update(range(first, end + 1))
    return sorted(found)


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
