"""A result that shows itself: one sentence, its numbers as a table, and what to be careful about.

An `Estimate` is one number with an interval. Other analyses give a whole table: signals on a run chart,
limits for every team. They are shown the same way, so that whoever reads them meets the sentence first.
"""

from typing import ClassVar

import pandas as pd

from researchskills._html import escape
from researchskills.statistics.estimate import cautions_html, folded_table, number


class Result:
    """Base of results with more than one number.

    Subclasses have `title` (a few words), `cautions` (plain sentences), `table` (tidy, for charts) and
    `sentence()`.
    """

    title: str
    cautions: tuple[str, ...]
    table: pd.DataFrame
    #: How items of the table begin that are folded, as only statisticians need them.
    technical: ClassVar[tuple[str, ...]] = ()

    def sentence(self) -> str:
        """What was found, in one or two plain sentences."""
        raise NotImplementedError

    def to_table(self) -> pd.DataFrame:
        """The table as people read it; by default the tidy one."""
        return self.table

    def __repr__(self) -> str:
        lines = [self.sentence(), self.to_table().to_string(index=False, float_format=number)]
        return "\n".join(lines + [f"Caution: {text}" for text in self.cautions])

    def _repr_html_(self) -> str:
        return (
            f'<section aria-label="{escape(self.title)}"><p><b>{escape(self.sentence())}</b></p>'
            f"{folded_table(self.to_table(), self.title, self.technical)}{cautions_html(self.cautions)}</section>"
        )
