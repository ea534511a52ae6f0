"""What the tests of the four search languages share: a small thesaurus, short ways to write a tree, refusals."""

import pandas as pd
import pytest

from researchskills.evidence import syntaxes
from researchskills.evidence.query import WORD_FIELDS, Phrase, Word
from researchskills.evidence.search_error import SearchError
from researchskills.evidence.thesaurus import Thesaurus

THESAURUS = Thesaurus.from_frame(pd.DataFrame(
    [
        ("Home Care Services", "", "domiciliary care; home care", ""),
        ("Carers", "", "caregivers; informal carers", ""),
        ("Young Carers", "Carers", "", ""),
        ("Needs and Demand", "", "", ""),
        ("Quality of Life", "", "", ""),
        ("Carers' Assessment", "", "", ""),
    ],
    columns=["heading", "broader", "entry_terms", "scope_note"],
))
TITLE, ABSTRACT, BOTH = ("title",), ("abstract",), ("title", "abstract")
MAIN, ALL = ("title", "abstract", "headings"), WORD_FIELDS


def read(text: str, syntax: str, last_line: int = 5):
    return syntaxes.read(text, syntax, THESAURUS, last_line)


def words(text: str, fields=MAIN) -> Phrase:
    return Phrase(tuple(map(Word, text.split())), fields)


def refused(text: str, syntax: str, last_line: int = 5) -> SearchError:
    """The error of a line that cannot be read."""
    with pytest.raises(SearchError) as caught:
        read(text, syntax, last_line)
    return caught.value


def pointed_at(text: str, syntax: str, last_line: int = 5) -> str:
    """The piece of a line that its error points at."""
    error = refused(text, syntax, last_line)
    return text[error.start : error.end]
