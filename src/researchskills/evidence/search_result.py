"""What one search line finds, as something to look at: for cells of a lesson, and for skimming.

`search("exp Home Care Services/ and carers.ti,ab.")` gives an object that shows its count and its first records, and
that whoever writes code can go on with: `.count`, `.records`.
"""

import pandas as pd

from researchskills._html import escape
from researchskills._words import number_of
from researchskills.errors import CourseError
from researchskills.evidence import strategy, terms
from researchskills.panel_parts import PART
from researchskills.paths import suggestion

#: Records shown of a result in a lesson's cell.
FIRST = 5


class SearchResult:
    """The records that a line finds.

    Attributes
    ----------
    text, syntax : str
        The line as typed, and its language.
    count : int
        How many records there are.
    records : pandas.DataFrame
        All of them, newest first, with the columns of the library.
    notes : list of str
        How the line was read, where that may surprise.
    """

    def __init__(self, index, entry, phrases):
        self.text, self.syntax, self.count = entry.text, entry.syntax, entry.count
        self.notes = list(entry.notes)
        order = strategy.reading_order(index, entry.ids)
        self.records = index.records.loc[order].reset_index(names="record")
        self._total, self._phrases = len(index.all), phrases

    @property
    def sentence(self) -> str:
        """The count in words."""
        from researchskills.evidence.syntaxes import NAMES

        return (f"{number_of(self.count, 'record')} of {self._total:,} found ({NAMES[self.syntax]}: {self.text})")

    def __repr__(self) -> str:
        titles = [f"- {row.title} ({_plain(row.year)})" for row in self.records.head(FIRST).itertuples()]
        return "\n".join([self.sentence, *titles])

    def _repr_html_(self) -> str:
        notes = "".join(f"<li>{escape(one)}</li>" for one in self.notes)
        told = f"<p>{escape(self.sentence)}</p>" + (f"<ul>{notes}</ul>" if notes else "")
        if not self.count:
            return told + ("<p>Nothing found is not the same as nothing written: look at the words, the spelling and "
                           "each part by itself.</p>")
        rows = "".join(self._row_html(row) for row in self.records.head(FIRST).itertuples())
        head = "".join(f'<th scope="col">{one}</th>' for one in ("Title", "Source", "Year", "Type"))
        caption = (f"First {FIRST} of {number_of(self.count, 'record')}" if self.count > FIRST
                   else number_of(self.count, "record"))
        return (f"{told}<table><caption>{caption}, newest first</caption><thead><tr>{head}</tr></thead>"
                f"<tbody>{rows}</tbody></table>")

    def _row_html(self, row) -> str:
        cells = "".join(f"<td>{escape(_plain(value))}</td>" for value in (row.journal, row.year, row.type))
        return f'<tr><th scope="row">{terms.marked(_plain(row.title), self._phrases)}</th>{cells}</tr>'


def search(text: str, syntax: str = "ovid") -> SearchResult:
    """Search the course's library with one line.

    Parameters
    ----------
    text : str
        The line, as it would be typed into the database.
    syntax : {"ovid", "pubmed", "ebsco", "wos"}
        The database's language.

    Returns
    -------
    SearchResult

    Raises
    ------
    CourseError
        If the language is not known or the line cannot be read; the message names the place.
    """
    from researchskills.evidence import index, syntaxes
    from researchskills.evidence.history import History
    from researchskills.tables import make_frames_readable

    if syntax not in syntaxes.NAMES:
        raise CourseError(f"There is no database language “{syntax}”.{suggestion(syntax, list(syntaxes.NAMES))}")
    make_frames_readable()
    library = index.library()
    history = History(library)
    entry = history.add(text, syntax)
    return SearchResult(library, entry, strategy.looked_for(history.trees[1], {}))


def record_html(number: int, of: int, row, phrases=()) -> str:
    """One record to skim, with the words that were looked for marked.

    Parameters
    ----------
    number, of : int
        Its place in the result, and how many there are.
    row : pandas.Series
        A record of the library.
    phrases : iterable of query.Phrase
        What to mark.
    """
    source = ". ".join(filter(None, (_plain(row[name]) for name in ("journal", "year", "type"))))
    abstract = _plain(row["abstract"])
    text = f"<p>{terms.marked(abstract, phrases)}</p>" if abstract else "<p>No abstract.</p>"
    return (f"<article><h{PART}><strong>{number} of {of:,}.</strong> {terms.marked(_plain(row['title']), phrases)}"
            f"</h{PART}><p>{escape(source)}</p>{text}</article>")


def _plain(value) -> str:
    return "" if pd.isna(value) else str(value)
