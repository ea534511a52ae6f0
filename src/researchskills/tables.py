"""Tables as HTML that a screen reader can follow.

pandas cuts long text at fifty characters and gives its headers no scope, so a codebook or the numbers
behind a figure are written here: a caption, `scope` on every header, every word in full, no script.
"""

from typing import ClassVar

import pandas as pd

from researchskills._html import escape


def show(value) -> str:
    """One value as people read it: no needless digits, an empty cell where nothing is known.

    Numbers of ten and more get one decimal, smaller ones two: enough to compare, not enough to mislead.
    """
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return ""
    if pd.api.types.is_bool(value):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.{1 if abs(value) >= 10 else 2}f}".rstrip("0").rstrip(".")
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return str(value)


def html_table(table: pd.DataFrame, caption: str) -> str:
    """A table with caption and scoped headers.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy table. A named index becomes the row headers, else the first column does.
    caption : str
        What the table holds, in a few words.

    Returns
    -------
    str
        A `<table>` without script or style sheet.
    """
    named = any(name is not None for name in table.index.names)
    rows = table.reset_index() if named else table
    words = [escape(str(column).replace("_", " ")) for column in rows.columns]
    head = "".join(f'<th scope="col">{word}</th>' for word in words)
    body = []
    for row in rows.itertuples(index=False):
        first, *rest = [escape(show(value)) for value in row]
        cells = "".join(f"<td>{value}</td>" for value in rest)
        body.append(f'<tr><th scope="row">{first}</th>{cells}</tr>')
    return (
        f"<table><caption>{escape(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"
    )


#: A table of more rows shows its first ones only.
MOST_ROWS = 60
FIRST_ROWS = 10


def frame_html(frame: pd.DataFrame) -> str:
    """Any data frame as a table; a long one shows its first rows and says so."""
    rows = f"{len(frame):,} row{'' if len(frame) == 1 else 's'}"
    if len(frame) > MOST_ROWS:
        return html_table(frame.head(FIRST_ROWS), f"First {FIRST_ROWS} of {rows}")
    return html_table(frame, f"Table of {rows}")


def make_frames_readable() -> None:
    """Let the notebook show every data frame with a caption and scoped headers, every word in full.

    Does nothing outside a notebook.
    """
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None:
        shell.display_formatter.formatters["text/html"].for_type(pd.DataFrame, frame_html)
        # Its own way of showing itself must not be overruled by that of its parent class.
        shell.display_formatter.formatters["text/html"].for_type(ReadableTable, ReadableTable._repr_html_)


class ReadableTable(pd.DataFrame):
    """A data frame that shows all its rows and words in a notebook; otherwise like any other.

    A choice of its rows or columns stays readable and keeps the caption.
    """

    _metadata: ClassVar[list[str]] = ["caption"]
    caption = "Table"

    @property
    def _constructor(self):
        return ReadableTable

    def _repr_html_(self) -> str:
        return html_table(self, self.caption)
