"""What lessons call on the way from records to a set: find duplicates, screen, draw the flow diagram.

Each gives an activity that saves itself under its name. Activities whose name has `-a` and a number in its second
place, such as `m02-a5-screening`, are the learner's own and are never handed in.
"""

from functools import cache
from pathlib import Path

import pandas as pd

from researchskills.activity import here, reopened
from researchskills.errors import CourseError
from researchskills.evidence import flow, library_sets, screening
from researchskills.evidence.deduplicate_activity import Deduplicate
from researchskills.evidence.flow_activity import FlowDiagram
from researchskills.evidence.screen_activity import Screen
from researchskills.paths import suggestion

__all__ = ["Deduplicate", "FlowDiagram", "Screen", "deduplicate", "flow_diagram", "screen"]


def deduplicate(name: str, topic: str | None = None, records: pd.DataFrame | None = None) -> Deduplicate:
    """Decide which records are one publication.

    Parameters
    ----------
    name : str
        The activity's name, such as `m02-a4-duplicates`.
    topic : str, optional
        A topic of the library: what a broad search on it exports from both databases. By default the topic of the
        screening set, with more to decide about added from the whole library.
    records : pandas.DataFrame, optional
        Records of one's own instead, with at least the columns `record` and `title`.

    Raises
    ------
    CourseError
        If there is no such topic, or the table cannot be used.
    """
    if records is not None:
        return reopened(_of_ones_own(name, records))
    return reopened(_deduplicate(name, topic, here()))


def screen(name: str, topic: str | None = None, records: pd.DataFrame | None = None, question: str = "",
           reasons=None, criteria=(), order: str = "mixed") -> Screen:
    """Screen titles and abstracts, and compare with a second screener.

    Parameters
    ----------
    name : str
        The activity's name, such as `m02-a5-screening`.
    topic : str, optional
        A topic of the library: everything that a broad search on it brings back, each publication once. By
        default the short set that a panel has screened as well.
    records : pandas.DataFrame, optional
        Records of one's own instead, with at least the columns `record` and `title`; needs a question.
    question : str, optional
        What the records are screened for.
    reasons : dict, optional
        Reasons to exclude, key → words, in the order in which they are asked; by default `screening.REASONS`.
    criteria : iterable of str, optional
        With records of one's own: what a record must fulfil to be included, a sentence each.
    order : {"mixed", "found", "newest"}

    Raises
    ------
    CourseError
        If there is no such topic or order, or the table cannot be used.
    """
    if order not in screening.ORDERS:
        raise CourseError(f"There is no order “{order}”.{suggestion(order, list(screening.ORDERS))}", exit_status=2)
    if records is None:
        return reopened(_screen(name, topic, question, tuple((reasons or {}).items()), order, here()))
    if not {"record", "title"} <= set(records.columns) or records.empty:
        raise CourseError("To screen a table of your own it needs the columns “record” and “title”, and at least one "
                          "row. Nothing was changed.", exit_status=2)
    if records["record"].duplicated().any():
        raise CourseError("An id stands for more than one record of the table. Take out the duplicates first.",
                          exit_status=2)
    if not question.strip():
        raise CourseError("Say what the records are screened for: add question=“…”.", exit_status=2)
    return reopened(Screen(name, records, question, reasons, criteria, order, here()))


def flow_diagram(name: str, start=None) -> FlowDiagram:
    """Fill in the boxes of a flow diagram, check the sums, see the picture.

    Parameters
    ----------
    name : str
        The activity's name, such as `m02-a6-flow`.
    start : dict, optional
        Numbers that are in the boxes already: name of a box → number, or for a list of reasons its lines.

    Raises
    ------
    CourseError
        If there is no such box.
    """
    known = [*flow.BOXES, *flow.REASONS]
    for box in start or {}:
        if box not in known:
            raise CourseError(f"There is no box “{box}”.{suggestion(box, known)}", exit_status=2)
    return reopened(_flow_diagram(name, tuple((start or {}).items()), here()))


# One object for each name and folder, however often its cell is run.


@cache
def _deduplicate(name: str, topic: str | None, folder: Path) -> Deduplicate:
    records = library_sets.export(topic)
    return Deduplicate(name, records, library_sets.true_duplicates(records), library_sets.look_alikes(), folder)


@cache
def _screen(name: str, topic: str | None, question: str, reasons: tuple, order: str, folder: Path) -> Screen:
    if topic is None:
        chosen = library_sets.screening_set()
        return Screen(name, chosen.records, question or chosen.question, dict(reasons), chosen.criteria, order,
                      folder)
    unique = library_sets.without_duplicates(library_sets.export(topic))
    return Screen(name, unique, question or library_sets.question(topic), dict(reasons), (), order, folder)


@cache
def _flow_diagram(name: str, start: tuple, folder: Path) -> FlowDiagram:
    return FlowDiagram(name, dict(start), folder)


def _of_ones_own(name: str, records: pd.DataFrame) -> Deduplicate:
    return Deduplicate(name, records, folder=here())
