"""Reports to appraise: invented studies, a page or two each, with numbered sentences.

The package `study_reports` has one row for each report, one for each sentence and one for each result; its sealed key
holds what a panel of the authors found in each report.
"""

from dataclasses import dataclass
from functools import cache

import pandas as pd

from researchskills import datasets
from researchskills._html import escape
from researchskills.errors import CourseError
from researchskills.paths import suggestion
from researchskills.tables import html_table


@dataclass(frozen=True)
class Report:
    """A study report.

    Attributes
    ----------
    key, title, place, about : str
        Its key, its title, where it was done, and what it is about in a sentence.
    sentences : pandas.DataFrame
        `sentence` (number from 1), `page`, `section`, `text`.
    results : pandas.DataFrame
        One row for each result: see the codebook of the package; empty for reports without numbers.
    """

    key: str
    title: str
    place: str
    about: str
    sentences: pd.DataFrame
    results: pd.DataFrame

    def sentence(self, number: int) -> str:
        """The text of a sentence.

        Raises
        ------
        CourseError
            If the report has no sentence of that number.
        """
        found = self.sentences.loc[self.sentences["sentence"] == number, "text"]
        if found.empty:
            raise CourseError(f"The report “{self.title}” has no sentence {number}; it has "
                              f"{len(self.sentences)}.", exit_status=2)
        return str(found.iloc[0])

    def html(self) -> str:
        """The report as a page: sections, and each sentence behind its number."""
        parts = [f'<section aria-label="{escape(self.title)}"><p><strong>{escape(self.title)}</strong></p>',
                 f"<p>{escape(self.place)}. Invented for this course. Numbers in square brackets count the "
                 "sentences.</p>"]
        for page, of_page in self.sentences.groupby("page", sort=False):
            parts.append(f"<p>Page {page}</p>")
            for section, rows in of_page.groupby("section", sort=False):
                told = " ".join(f"[{number}]&nbsp;{escape(text)}" for number, text in
                                zip(rows["sentence"], rows["text"], strict=True))
                parts.append(f"<p><strong>{escape(section)}</strong></p><p>{told}</p>")
        if not self.results.empty:
            printed = self.results[["outcome", "as_written"]]
            printed.columns = ["Outcome", "Result"]
            parts.append(html_table(printed, "Results as the report gives them"))
        return "".join([*parts, "</section>"])


def names() -> list[str]:
    """Keys of the reports, in the order of the package."""
    return list(datasets.load("study_reports")["report"].astype(str))


@cache
def report(key: str) -> Report:
    """A report.

    Parameters
    ----------
    key : str
        One of `names()`.

    Raises
    ------
    CourseError
        If there is no such report.
    """
    listed = datasets.load("study_reports").set_index("report", drop=False)
    if key not in listed.index:
        raise CourseError(f"There is no report “{key}”.{suggestion(key, names())}", exit_status=2)
    row = listed.loc[key]
    parts = {}
    for table in ("sentences", "results"):
        held = datasets.load("study_reports", table)
        parts[table] = held[held["report"] == key].drop(columns="report").reset_index(drop=True)
    return Report(key, str(row["title"]), str(row["place"]), str(row["about"]), **parts)


def panel(key: str) -> dict:
    """What the panel found in a report: `design`, `strengths`, `threats`, `answers`, `judgements`, `certainty`."""
    return datasets.planted("study_reports")["reports"][key]
