"""Old names of bodies, with what plays their part today.

Public bodies change their names faster than lessons are rewritten. Lessons therefore never spell out a
pair of names themselves: the build writes it from `datasets/glossary/glossary.csv`, and one edit there
reaches every lesson at the next build.
"""

from functools import cache

from researchskills import paths
from researchskills.errors import CourseError


def now_term(term: str) -> str:
    """An old name in full, with its years and its counterpart today.

    Parameters
    ----------
    term : str
        The name or initials as written in the glossary, in any case; other spellings listed there
        and the full name do as well.

    Returns
    -------
    str
        One phrase for use in a sentence. An entry that is still moving says when it was checked.

    Raises
    ------
    CourseError
        If the glossary has no such term; the message names the nearest.

    Examples
    --------
    >>> now_term("PCT")
    'primary care trust (PCT, 2000–2013; today: integrated care board (ICB))'
    """
    entries = _entries(paths.course_root())
    entry = entries.get(_key(term))
    if entry is None:
        known = sorted({entry["term"] for entry in entries.values()}, key=str.casefold)
        raise CourseError(f"The glossary has no term “{term}”.{paths.suggestion(term, known)}", exit_status=2)
    inside = [] if _key(entry["term"]) == _key(entry["then_name"]) else [entry["term"]]
    inside += [years] if (years := _years(entry["from_year"], entry["to_year"])) else []
    today = f"today: {entry['now']}"
    if entry["status"] == "uncertain":
        today += f"; checked {entry['checked']:%B %Y}"
    return f"{entry['then_name']} ({'; '.join([', '.join(inside), today] if inside else [today])})"


@cache
def _entries(root) -> dict:
    """Glossary entries by every spelling; read once for each course folder."""
    from researchskills.datasets import load

    entries = {}
    for entry in load("glossary").to_dict("records"):
        also = entry["also_written"] if isinstance(entry["also_written"], str) else ""
        for spelling in [entry["then_name"], *also.split(","), entry["term"]]:
            if spelling.strip():
                entries[_key(spelling)] = entry
    return entries


def _key(term: str) -> str:
    return " ".join(term.split()).casefold()


def _years(first, last) -> str:
    import pandas as pd

    if pd.isna(first):
        return "" if pd.isna(last) else f"until {last}"
    return f"from {first}" if pd.isna(last) else f"{first}–{last}"
