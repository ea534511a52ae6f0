"""A record of continuing professional development: what was done, how long it took, what came of it.

Regulators ask for it under different names, and their forms change. The headings cover what they share: what was
done, how long, what was learned, with whom it was talked over, how it is used, and what people who draw on care gained
or said. Which form counts is for the regulator to say; the record names no regulator's rule.
"""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from researchskills._words import number_of
from researchskills.plan.gather import modules
from researchskills.plan.research_plan import private_details

#: What the learner writes about a module; key → heading as a form would have it.
REFLECTIONS = {
    "learned": "What I learned",
    "talked": "With whom I talked about it (a role), and what I learned from that",
    "use": "How I use it in my work",
    "people": "What people who draw on care, or carers, gained or said",
    "next": "What I do next",
}
_NOTE = ("This is the learner's own record: nobody has checked it, and it is no certificate. Hours are those that the "
         "learner wrote down. Where none were recorded, the table says how long the course plans for the share of the "
         "lesson's questions that were answered; that is no time spent. Ask your regulator or professional body which "
         "headings and how many hours it wants.")


@dataclass(frozen=True)
class CpdEntry:
    """What was done in one module.

    Attributes
    ----------
    module, title : str
    answered, offered : int
        Questions that have an answer, and that there are.
    activities : int
        Other activities of the module in which something was saved.
    first, last : str
        Days of the earliest and the latest saved answer, ISO format.
    hours : float or None
        What the learner wrote down; None when nothing was.
    planned : float
        Hours that the course plans for the share of the lesson's questions that were answered.
    outcomes : list of str
        What the module is about being able to do.
    reflections : dict
        Key of `REFLECTIONS` → words.
    """

    module: str
    title: str
    answered: int
    offered: int
    activities: int
    first: str
    last: str
    hours: float | None
    planned: float
    outcomes: list[str]
    reflections: Mapping[str, str]

    @property
    def hours_in_words(self) -> str:
        """The hours that were recorded, or that none were and what the course plans."""
        return f"not recorded (planned for the lesson: {self.planned:g})" if self.hours is None else f"{self.hours:g}"

    def headings(self) -> dict[str, str | list[str]]:
        """The record of this module under the headings that forms share."""
        did = (f"Module “{self.title}” of Research at the Interface, by self-study: {self.answered} of {self.offered} "
               "questions answered")
        if self.activities:
            did += f", and work saved in {number_of(self.activities, 'activity', 'activities')}"
        when = self.first if self.first == self.last else f"{self.first} to {self.last}"
        return {
            "What I did": f"{did}.",
            "When, and how long": f"{when}. Hours: {self.hours_in_words}.",
            "What the module set out to teach": self.outcomes,
            **{heading: self.reflections.get(key, "") for key, heading in REFLECTIONS.items()},
        }


@dataclass(frozen=True)
class CpdRecord:
    """The whole record; `note` says where the hours come from."""

    entries: tuple[CpdEntry, ...]
    title: str = "Record of learning (CPD)"
    note: str = _NOTE

    @property
    def hours(self) -> float:
        """Hours that were recorded, of all modules."""
        return round(sum(one.hours or 0 for one in self.entries), 1)

    def private_details(self) -> list[str]:
        """A sentence for each detail in the reflections that could identify a person."""
        return private_details((f"{one.title}: {REFLECTIONS[key]}", words)
                               for one in self.entries for key, words in one.reflections.items() if key in REFLECTIONS)

    def summary(self) -> pd.DataFrame:
        """One row for each module, and the total."""
        rows = [{"module": one.title, "first": one.first, "last": one.last,
                 "answered": f"{one.answered} of {one.offered}", "hours I recorded": one.hours_in_words}
                for one in self.entries]
        total = {"module": "All", "first": "", "last": "", "answered": "", "hours I recorded": f"{self.hours:g}"}
        return pd.DataFrame([*rows, total])

    def to_csv(self) -> str:
        """The record for a spreadsheet or an online form, one row for each module."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        headings = ["Module", *CpdEntry.headings(self.entries[0])] if self.entries else ["Module"]
        writer.writerow(headings)
        for one in self.entries:
            cells = ["; ".join(words) if isinstance(words, list) else words for words in one.headings().values()]
            writer.writerow([one.title, *cells])
        return out.getvalue()


def cpd_record(workspace: Path, hours: Mapping[str, float] | None = None,
               reflections: Mapping[str, Mapping[str, str]] | None = None) -> CpdRecord:
    """What was done in each module, read from the answers without changing them.

    Parameters
    ----------
    workspace : pathlib.Path
        The learner's folder.
    hours : mapping, optional
        Module → hours that the learner wrote down.
    reflections : mapping, optional
        Module → key of `REFLECTIONS` → words.

    Returns
    -------
    CpdRecord
        Modules without any answer are left out. A file that cannot be read counts as no answer here.
    """
    hours, reflections = hours or {}, reflections or {}
    entries = []
    for module in modules():
        name, asked = module["module"], module["questions"]
        of_lesson = {key for key, one in asked.items() if one["where"] == "lesson"}
        days, answered, others = [], set(), 0
        for file in sorted((Path(workspace) / name / "answers").glob("*.json")):
            try:
                held = json.loads(file.read_bytes())
                shown, saved = held["shown"], str(held["saved"])[:10]
            except (OSError, ValueError, KeyError, TypeError):
                continue
            if shown:
                days.append(saved)
                answered |= {file.stem} & set(asked)
                others += file.stem not in asked
        if not days:
            continue
        planned = round(module["minutes"] / 60 * len(answered & of_lesson) / max(1, len(of_lesson)), 1)
        entries.append(CpdEntry(name, module["title"], len(answered), len(asked), others, min(days), max(days),
                                hours.get(name), planned, module["outcomes"], reflections.get(name, {})))
    return CpdRecord(tuple(entries))
