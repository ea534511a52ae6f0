"""What lessons call: search with one line, type lines into a box, build a whole strategy.

The box and the strategy save themselves under their name. Activities whose name has `-a` and a number in its second
place, such as `m02-a1-strategy`, are the learner's own and are never handed in.
"""

from researchskills.activity import here, reopened
from researchskills.errors import CourseError
from researchskills.evidence import syntaxes
from researchskills.evidence.search_activity import SearchBox, searching
from researchskills.evidence.search_result import search
from researchskills.evidence.strategy_activity import SearchStrategy, strategy_of, topics
from researchskills.paths import suggestion

__all__ = ["SearchBox", "SearchStrategy", "search", "search_box", "search_strategy"]


def search_box(name: str, syntax: str = "ovid") -> SearchBox:
    """Type search lines, see how many records each finds, and read them.

    Parameters
    ----------
    name : str
        The activity's name, such as `m02-p3-search`.
    syntax : {"ovid", "pubmed", "ebsco", "wos"}
        The database language that is chosen at first.

    Raises
    ------
    CourseError
        If the language is not known.
    """
    if syntax not in syntaxes.NAMES:
        raise CourseError(f"There is no database language “{syntax}”.{suggestion(syntax, list(syntaxes.NAMES))}",
                          exit_status=2)
    return reopened(searching(name, syntax, here()))


def search_strategy(name: str, topic: str | None = None) -> SearchStrategy:
    """Build a search from the question to the log.

    Parameters
    ----------
    name : str
        The activity's name, such as `m02-a1-strategy`.
    topic : str, optional
        A topic of the library that is set; by default the learner chooses one or brings a question.

    Raises
    ------
    CourseError
        If there is no such topic.
    """
    if topic is not None and topic not in topics():
        raise CourseError(f"There is no topic “{topic}”.{suggestion(topic, list(topics()))}", exit_status=2)
    return reopened(strategy_of(name, topic, here()))
