"""Sets of records from the library for practising: an export with duplicates, a set to screen, a panel's decisions.

What a broad search brings back is mostly not what was looked for, and part of it twice. An export for a topic holds
each record that speaks about at least two of the topic's concepts, and every other record of the same publications.
The screening set and the panel's decisions about it come from the library's sealed key:
`screening: {topic, criteria: [sentence], records: [{record, decision, reason}]}`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import pandas as pd

from researchskills.errors import CourseError
from researchskills.evidence.screening import DECISIONS, Decision
from researchskills.paths import suggestion

#: Where the sealed key lists publications that only look like duplicates.
_LOOK_ALIKES = "alike but different"


@dataclass(frozen=True, eq=False)
class ScreeningSet:
    """Records to screen, and what a panel decided.

    Attributes
    ----------
    topic, question : str
        What they are screened for.
    criteria : tuple of str
        What a record must fulfil to be included, a sentence each.
    records : pandas.DataFrame
        With the columns of the library.
    panel : dict
        Record → `Decision`.
    why : dict
        Record → the panel's reason, a sentence; may be empty.
    """

    topic: str
    question: str
    criteria: tuple[str, ...]
    records: pd.DataFrame
    panel: dict[str, Decision]
    why: dict[str, str]


@cache
def _library() -> pd.DataFrame:
    from researchskills.datasets import load

    return load("library")


@cache
def _key() -> dict:
    from researchskills.datasets import planted

    return planted("library")


def records(ids: Iterable[str]) -> pd.DataFrame:
    """Records of the library by their ids, in the order that is given.

    Raises
    ------
    CourseError
        If the library does not hold one of them.
    """
    held = _library().set_index("record", drop=False)
    ids = list(ids)
    strange = [one for one in ids if one not in held.index]
    if strange:
        raise CourseError(f"The library has no record {strange[0]}. Your answers are untouched; a fresh copy of "
                          "the course puts it right.")
    return held.loc[ids].reset_index(drop=True)


def question(topic: str) -> str:
    """The question of a topic, a sentence.

    Raises
    ------
    CourseError
        If there is no such topic.
    """
    from researchskills.datasets import load

    topics = load("library", "topics").set_index("topic")["question"]
    if topic not in topics.index:
        raise CourseError(f"There is no topic “{topic}”.{suggestion(topic, list(topics.index))}", exit_status=2)
    return str(topics[topic])


def export(topic: str | None = None) -> pd.DataFrame:
    """What a broad search on a topic exports from both databases, duplicates and all.

    Parameters
    ----------
    topic : str, optional
        By default that of the screening set, and on top of it what there is to decide in the whole library:
        publications that only look like duplicates, and duplicates whose year differs.

    Raises
    ------
    CourseError
        If there is no such topic.
    """
    added = set() if topic else _hard_ones()
    topic = topic or _key()["screening"]["topic"]
    question(topic)
    held, planted = _library(), _key()["topics"][topic]
    text = held[["title", "abstract", "headings"]].fillna("").agg(" ".join, axis=1).str.casefold()
    # Words of a concept and its headings; a star stands for the rest of a word.
    about = sum(text.str.contains(_any_of([*one["words"], *one["headings"]])).astype(int)
                for one in planted["concepts"])
    found = set(held["record"][about >= 2]) | set(planted["relevant"]) | added
    for group in _key()["duplicates"]:
        if found & set(group):
            found |= set(group)
    return held[held["record"].isin(found)].reset_index(drop=True)


def _hard_ones() -> set[str]:
    years = _library().set_index("record")["year"]
    hard = [group for group in _key()["duplicates"] if years[group].nunique() > 1]
    return {one for group in [*look_alikes(), *hard] for one in group}


def _any_of(words: Iterable[str]) -> str:
    patterns = (re.escape(word.casefold()).replace(r"\*", r"\w*").replace(r"\ ", r"[\s-]+") for word in words)
    return rf"\b(?:{'|'.join(patterns)})\b"


def true_duplicates(held: pd.DataFrame) -> list[list[str]]:
    """Which of some records of the library are one publication, as the sealed key has it."""
    ids = set(held["record"])
    groups = ([one for one in group if one in ids] for group in _key()["duplicates"])
    return [group for group in groups if len(group) > 1]


def look_alikes() -> dict[frozenset[str], str]:
    """Pairs of records that look like duplicates and are two publications, and what they are instead."""
    return {frozenset(pair["records"]): pair["what"] for pair in _key()[_LOOK_ALIKES]}


def without_duplicates(held: pd.DataFrame) -> pd.DataFrame:
    """Some records of the library, each publication once."""
    later = {one for group in true_duplicates(held) for one in group[1:]}
    return held[~held["record"].isin(later)].reset_index(drop=True)


@cache
def screening_set(topic: str | None = None) -> ScreeningSet:
    """The screening set of the library with the panel's decisions.

    Parameters
    ----------
    topic : str, optional
        By default the topic that has one.

    Raises
    ------
    CourseError
        If the panel has not screened records for this topic.
    """
    held = _key()["screening"]
    if topic is not None and topic != held["topic"]:
        raise CourseError(f"The panel has screened no records for “{topic}”; it has for “{held['topic']}”.",
                          exit_status=2)
    if not held["records"]:
        raise CourseError("The panel has screened no records yet. Show this sentence to your mentor.")
    panel = {one["record"]: Decision(one["decision"]) for one in held["records"]}
    strange = {one.decision for one in panel.values()} - set(DECISIONS)
    if strange:
        raise CourseError(f"The panel's decision “{strange.pop()}” is unknown. Show this sentence to your mentor.")
    return ScreeningSet(held["topic"], question(held["topic"]), tuple(held["criteria"]), records(panel), panel,
                        {one["record"]: one["reason"] for one in held["records"]})
