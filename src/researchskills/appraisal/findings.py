"""A summary of findings: for each report its design, main result, main threats and how sure the reader is."""

from collections.abc import Mapping

import pandas as pd

from researchskills._html import escape
from researchskills.appraisal import reports, result_reading, summary
from researchskills.appraisal.designs import DESIGNS
from researchskills.appraisal.reading import Appraisal
from researchskills.errors import CourseError

#: Columns of the table, and what stands where nothing has been written.
COLUMNS = ("report", "design", "main result", "main threats and which way they push", "how sure")
NOT_WRITTEN = "not yet written"


def table(appraisals: Mapping[str, Appraisal]) -> pd.DataFrame:
    """One row for each appraisal.

    Parameters
    ----------
    appraisals : mapping
        What a report is called → its appraisal.

    Returns
    -------
    pandas.DataFrame
        Under `COLUMNS`, in words.
    """
    rows = [(name, DESIGNS[one.design].name, main_result(one.report), summary.threats_in_short(one),
             one.certainty.strip() or NOT_WRITTEN) for name, one in appraisals.items()]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def html(appraisals: Mapping[str, Appraisal]) -> str:
    """The same as a list for each report: a table of so many words cannot be read on a narrow screen."""
    parts = []
    for row in table(appraisals).to_dict("records"):
        items = [f"<li><em>{column[:1].upper()}{column[1:]}:</em> {escape(row[column])}</li>" for column in COLUMNS[1:]]
        parts.append(f"<p><strong>{escape(row['report'])}</strong></p><ul>{''.join(items)}</ul>")
    return "".join(parts)


def main_result(report: str) -> str:
    """The main result of a report as it puts it, and what its interval lets one say.

    Parameters
    ----------
    report : str
        Key of a report; of a paper of one's own, its short name.
    """
    try:
        results = reports.report(report).results
    except CourseError:
        return "not in the course: see the paper itself"
    if results.empty:
        return "told in words, without numbers"
    main = result_reading.from_table(results)[0]
    return f"{main.outcome}: {main.as_written}. {result_reading.fair_sentence(main)}"
