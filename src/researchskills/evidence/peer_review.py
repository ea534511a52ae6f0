"""Six checks of a search, in the words of this course.

Librarians have a colleague read a search before it is run, because the person who wrote it no longer sees what is
missing. What they look at has six elements: the translation of the question, the operators, the subject headings,
the words, the spelling with the line numbers, and the limits (McGowan and others, PRESS peer review of electronic
search strategies: 2015 guideline statement, Journal of Clinical Epidemiology 2016;75:40-46). The questions
(`ELEMENTS`) are our own.

A program can see some faults for certain: a word that finds nothing, a line that no other line uses. Of others it
only sees a sign: that a line joins by AND what another joins by OR may be meant. So each remark says whether it is
a fact or a question, and none of them is a mark. The rest needs a reader who knows the subject, and that is what
the learner's own note for each element is for.
"""

from collections.abc import Sequence

from researchskills.errors import CourseError
from researchskills.evidence.history import History
from researchskills.evidence.peer_review_rules import RULES
from researchskills.evidence.search_reading import ELEMENTS, Reading, Remark

__all__ = ["ELEMENTS", "Remark", "review"]


def review(history: History, final: int, blocks: Sequence = (), reason: str = "") -> list[Remark]:
    """What the rules see in a strategy.

    Parameters
    ----------
    history : history.History
        The numbered lines.
    final : int
        Number of the line whose records are the result.
    blocks : sequence of strategy.Block, optional
        The ideas and words that were planned.
    reason : str, optional
        Why there are limits, in the searcher's words.

    Returns
    -------
    list of Remark
        In the order of the six elements; the same strategy always gives the same remarks.

    Raises
    ------
    CourseError
        If there is no such line.
    """
    if final not in history.trees:
        raise CourseError(f"There is no line {final} to look through.")
    reading = Reading(history, final, blocks, reason)
    remarks = [remark for rule in RULES for remark in rule(reading)]
    order = list(ELEMENTS)
    unique = list(dict.fromkeys(remarks))
    return sorted(unique, key=lambda one: (order.index(one.element), one.line or 0))
