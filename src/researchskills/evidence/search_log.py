"""The search log: what was searched, where, when and how, so that a stranger could do it again.

A search that cannot be repeated is an anecdote. What a stranger needs is little, and it is lost within a week if
nobody writes it down: the database and its provider, the day, the language the lines were typed in, each line
exactly as it was typed, and how many records it found (Rethlefsen and others, 2021, PRISMA-S). So lines go into the
log letter by letter: nothing is tidied, and Word is told not to check their spelling.

`SearchLog` is plain data that anything may fill. It says itself what is `missing`, writes itself as a Word document
with real headings and marked header rows (so that a screen reader can move through it), and as a csv file.
"""

import csv
import datetime
import io
from dataclasses import dataclass, field
from pathlib import Path

from researchskills import documents, saving
from researchskills._words import number_of
from researchskills.documents import add_table, blank, printable
from researchskills.errors import CourseError

#: Header row of the csv file and of the tables.
COLUMNS = ["source", "date searched", "syntax", "line", "search exactly as typed", "records found", "who", "notes"]
#: Width of the columns of the table of lines, in centimetres.
_WIDTHS = (1.4, 9.6, 2.4, 2.8)


@dataclass(frozen=True)
class Source:
    """One place that was searched.

    Parameters
    ----------
    name : str
        Database and where it was searched, such as "Interface Index (course library)".
    searched : datetime.date, optional
        The day of the search.
    syntax : str
        Language the lines were typed in, such as "Ovid"; "browsing" for a website that was read through.
    covers : str
        What part of it: years, languages, limits set outside the lines.
    who : str
        Who searched: initials or a role, as your team has agreed.
    notes : str
        What else a stranger needs.
    described : bool, default False
        Whether what was done there is told in words, as for a website or a person, and not typed as search lines.
    """

    name: str
    searched: datetime.date | None = None
    syntax: str = ""
    covers: str = ""
    who: str = ""
    notes: str = ""
    described: bool = False

    @property
    def day(self) -> str:
        """The day in words, such as "29 November 2026"; empty when it is not known."""
        return f"{self.searched.day} {self.searched:%B %Y}" if self.searched else ""


@dataclass(frozen=True)
class Entry:
    """One line of a search.

    Parameters
    ----------
    source : str
        Name of its `Source`.
    number : int
        The line's number there.
    text : str
        Exactly as it was typed.
    count : int, optional
        Records it found; None when nobody noted it.
    notes : str
        For example why the line was changed.
    """

    source: str
    number: int
    text: str
    count: int | None = None
    notes: str = ""


@dataclass(frozen=True)
class SearchLog:
    """A whole search.

    Parameters
    ----------
    question : str
        What the search was to answer.
    sources : sequence of Source
        In the order they were searched.
    entries : sequence of Entry
        Lines of all sources; those of one source in the order of their numbers.
    title : str, default "Search log"
        Heading of the document.
    notes : str, default ""
        What the search did not cover, and why.

    Raises
    ------
    CourseError
        If two sources have one name, or a line belongs to none of them.

    Examples
    --------
    >>> log = SearchLog("Do link workers help?", [Source("CareBase", syntax="EBSCOhost")],
    ...                 [Entry("CareBase", 1, "TI link-worker*", 12)])
    >>> log.missing()
    ['CareBase: the day of the search', 'CareBase: who searched']
    """

    question: str
    sources: list[Source] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    title: str = "Search log"
    notes: str = ""

    def __post_init__(self):
        names = [source.name for source in self.sources]
        for name in names:
            if names.count(name) > 1:
                raise CourseError(f"The search log has two sources called “{name}”. Nothing was written. "
                                  "Give each a name of its own, such as one with the day.")
        for entry in self.entries:
            if entry.source not in names:
                raise CourseError(f"Line {entry.number} of the search log belongs to “{entry.source}”, which is not "
                                  "among its sources. Nothing was written. Add the source first.")

    def lines_of(self, source: Source) -> list[Entry]:
        """Lines of one source, by number."""
        return sorted((one for one in self.entries if one.source == source.name), key=lambda one: one.number)

    def missing(self) -> list[str]:
        """What a stranger would still need in order to repeat the search."""
        gaps = [] if self.question.strip() else ["the question"]
        gaps += [] if self.sources else ["the sources that were searched"]
        for source in self.sources:
            lines = self.lines_of(source)
            needed = {
                "the day of the search": source.searched,
                "the syntax of its lines": source.described or source.syntax.strip(),
                "who searched": source.who.strip(),
                "what was typed or opened there" if source.described else "its lines, as typed": lines,
            }
            gaps += [f"{source.name}: {what}" for what, there in needed.items() if not there]
            uncounted = [str(one.number) for one in lines if one.count is None]
            if uncounted and source.described:
                gaps.append(f"{source.name}: how many you found")
            elif uncounted:
                word = "line" if len(uncounted) == 1 else "lines"
                gaps.append(f"{source.name}: how many records {word} {', '.join(uncounted)} found")
        return gaps

    # -- as a table ------------------------------------------------------------------------------

    def rows(self) -> list[list]:
        """One row a line under `COLUMNS`; a source without lines has one row of its own."""
        rows = []
        for source in self.sources:
            day = source.searched.isoformat() if source.searched else ""
            for line in self.lines_of(source) or [None]:
                of_line = ["", "", ""] if line is None else [line.number, line.text, line.count]
                notes = _joined([source.covers, source.notes, line.notes if line else ""])
                rows.append([source.name, day, source.syntax, *of_line, source.who, notes])
        return rows

    def to_csv(self) -> str:
        """The log as csv text with a header row."""
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerows([COLUMNS, *self.rows()])
        return text.getvalue()

    def write_csv(self, path: Path | str) -> Path:
        """Write the log as a csv file that Excel opens with the right letters.

        Raises
        ------
        CourseError
            If the file cannot be written.
        """
        return saving.write(path, self.to_csv().encode("utf-8-sig", "replace"))

    # -- as a document ---------------------------------------------------------------------------

    def write_docx(self, path: Path | str, made: datetime.datetime | None = None) -> Path:
        """Write the log as a Word document in British English.

        Parameters
        ----------
        path : pathlib.Path or str
            Where to; the name should end in `.docx`.
        made : datetime.datetime, optional
            When the document was made, in UTC; by default now.

        Raises
        ------
        CourseError
            If the file cannot be written, for instance because it is open in Word.
        """
        return documents.write(self._document(made or datetime.datetime.now(datetime.UTC)), path)

    def _document(self, made: datetime.datetime):
        document = blank(self.title, "A search that can be repeated", made)
        document.add_heading(printable(self.title), level=0)
        document.add_heading("Question", level=1)
        document.add_paragraph(printable(self.question) or "not written down yet")
        gaps = self.missing()
        if gaps:
            document.add_heading("Still missing", level=1)
            document.add_paragraph("Somebody who wants to repeat this search would still need:")
            for gap in gaps:
                document.add_paragraph(printable(gap), style="List Bullet")
        document.add_heading("Sources at a glance", level=1)
        document.add_paragraph(f"{number_of(len(self.sources), 'source')} searched, "
                               f"{number_of(len(self.entries), 'line')} in all.")
        add_table(document, ["Source", "Date searched", "Syntax", "Who"],
                   [[one.name, one.day, one.syntax or ("in words" if one.described else ""), one.who]
                    for one in self.sources])
        document.add_heading("Lines exactly as typed", level=1)
        for source in self.sources:
            self._add_source(document, source)
        if self.notes.strip():
            document.add_heading("What this search did not cover", level=1)
            document.add_paragraph(printable(self.notes))
        return document

    def _add_source(self, document, source: Source) -> None:
        document.add_heading(printable(source.name), level=2)
        told = {"Searched on": source.day, "Syntax": source.syntax, "Covers": source.covers, "Notes": source.notes}
        for label, words in told.items():
            if words.strip():
                document.add_paragraph(printable(f"{label}: {words}"))
        lines = self.lines_of(source)
        if lines:
            typed = "What was typed or opened" if source.described else "Search exactly as typed"
            add_table(document, ["Line", typed, "Records found", "Notes"],
                       [[str(one.number), one.text, _count(one), one.notes] for one in lines], typed=1, widths=_WIDTHS)
        else:
            document.add_paragraph("No lines were noted.")


def _count(line: Entry) -> str:
    return "" if line.count is None else f"{line.count:,}"


def _joined(parts: list[str]) -> str:
    return "; ".join(part.strip() for part in parts if part.strip())
