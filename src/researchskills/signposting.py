"""Where to find help: from a need to an organisation and a first question.

An address book grows old without a sign. Each line in `datasets/signposts` says when it was last
checked, and `signposts(on=…)` flags lines that were older than a year on the day given. The day is never
taken from the clock, so that a lesson shows the same table whenever it is built.
"""

from researchskills import paths
from researchskills.errors import CourseError

_MONTHS_GOOD_FOR = 12


def signposts(need: str | None = None, on: str | None = None):
    """Organisations that can help.

    Parameters
    ----------
    need : str, optional
        One of the needs in the table, or a word of it; by default all.
    on : str, optional
        A day such as `"2026-11-22"`. With it comes a column `check again`, true for lines last
        checked more than twelve months before that day.

    Returns
    -------
    pandas.DataFrame
        One row for each organisation: need, organisation, what_to_ask, cost, nation, web, checked,
        status, source, note. In a notebook it shows every word.

    Raises
    ------
    CourseError
        If no need contains that word, or the day is not a date.

    Examples
    --------
    >>> signposts("funding")["organisation"].str.contains("NIHR").all()
    True
    """
    import pandas as pd

    from researchskills.datasets import load
    from researchskills.tables import ReadableTable

    table = load("signposts")
    if need is not None:
        chosen = table["need"].astype(str).str.contains(need.strip(), case=False, regex=False)
        if not chosen.any():
            needs = list(table["need"].cat.categories)
            raise CourseError(f"No signpost is for “{need}”.{paths.suggestion(need, needs)}", exit_status=2)
        table = table[chosen].reset_index(drop=True)
    if on is not None:
        try:
            day = pd.Timestamp(on)
        except ValueError:
            raise CourseError(f"“{on}” is not a day. Write it as 2026-11-22.", exit_status=2) from None
        table["check again"] = table["checked"] < day - pd.DateOffset(months=_MONTHS_GOOD_FOR)
    shown = ReadableTable(table)
    shown.caption = "Signposts" if need is None else f"Signposts: {', '.join(table['need'].unique())}"
    return shown
