"""Tables of sentences that can be read on a narrow screen: what is looked at in a row of its own, the rest below it."""

import pandas as pd

from researchskills._html import escape
from researchskills.tables import show


def stacked_table(table: pd.DataFrame, caption: str) -> str:
    """A table whose columns would be too narrow side by side, as HTML with two columns.

    Parameters
    ----------
    table : pandas.DataFrame
        The first column says what a row is about; the names of the others stand before each of their values.
    caption : str
        What the table holds, in a few words.

    Returns
    -------
    str
        A `<table>` with a group of rows for each row of `table`; every header has a scope.
    """
    names = [escape(str(column)[:1].upper() + str(column)[1:]) for column in table.columns[1:]]
    groups = []
    for first, *rest in table.itertuples(index=False):
        rows = "".join(f'<tr><th scope="row">{name}</th><td>{escape(show(value))}</td></tr>'
                       for name, value in zip(names, rest, strict=True))
        groups.append(f'<tbody><tr><th scope="rowgroup" colspan="2">{escape(show(first))}</th></tr>{rows}</tbody>')
    return f"<table><caption>{escape(caption)}</caption>{''.join(groups)}</table>"
