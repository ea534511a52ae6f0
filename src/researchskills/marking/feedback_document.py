"""Feedback as a Word document of one or two pages: for who would rather read, print or forward that.

It says what the page says first, the points, and the levels that a mentor gave. Reasons are there only for what is
worth most next, and only short ones; the answers and all reasons stand on the page, which would be many pages in print.
The same hand-in with the same marks always gives the same bytes, so that a copy which was sent can be told from a newer
one.
"""

import io
import re
import zipfile
from datetime import UTC, datetime

from researchskills import _html, documents
from researchskills.marking import feedback_page
from researchskills.marking.feedback_content import Feedback, Item, Level, Step

#: The time that every part of the document's file carries; the earliest that such a file can name.
_ALWAYS = (1980, 1, 1, 0, 0, 0)
_HIGHEST = "This is the highest level."
#: A reason with more words, such as one that goes through eight pairs, is left to the page.
_MOST_WORDS = 80
#: Of the table of levels, in centimetres.
_WIDTHS = (3.2, 1.4, 5.8, 5.8)


def document(said: Feedback) -> bytes:
    """The whole document.

    Parameters
    ----------
    said : Feedback
        What is to be said.

    Returns
    -------
    bytes
        A .docx file.
    """
    made = datetime.fromisoformat(said.marked) if said.marked else datetime(*_ALWAYS[:3], tzinfo=UTC)
    paper = documents.blank(said.heading, "Feedback", made)
    paper.add_heading(documents.printable(said.heading), level=1)
    documents.add_html(paper, feedback_page.introduction(said))
    if said.from_mentor:
        paper.add_heading("From your mentor", level=2)
        documents.add_html(paper, feedback_page.from_mentor(said))
    if said.went_well:
        paper.add_heading("What went well", level=2)
        for sentence in said.went_well:
            paper.add_paragraph(documents.printable(sentence), style="List Bullet")
    if said.is_there:
        paper.add_heading("What is there", level=2)
        paper.add_paragraph(documents.printable(said.is_there))
    _add_next(paper, said)
    documents.add_html(paper, feedback_page.notes(said))
    documents.add_html(paper, feedback_page.points_table(said, links=False), level=1)
    for one in said.items:
        if one.levels:
            _add_levels(paper, one)
    _add_reasons(paper, [one for step in said.next_steps for one in step.items if one.reason])
    buffer = io.BytesIO()
    paper.save(buffer)
    return _same_each_time(buffer.getvalue())


def _add_next(paper, said: Feedback) -> None:
    if said.next_steps:
        paper.add_heading("Worth most next", level=2)
        items = (f"<li>{_in_words(step)}</li>" for step in said.next_steps)
        documents.add_html(paper, f"<ol>{''.join(items)}</ol>")
    if said.unanswered:
        paper.add_heading("Not answered yet", level=2)
        documents.add_html(paper, f"<p>{_in_words(said.unanswered)}</p>")


def _in_words(step: Step) -> str:
    return f"{_html.escape(step.words)} {feedback_page.places(step.items)}"


def _add_reasons(paper, items: list[Item]) -> None:
    if not items:
        return
    paper.add_heading("Reasons, for what is worth most next", level=2)
    for one in items:
        paper.add_heading(documents.printable(f"{one.number}. {one.mark.title}"), level=3)
        if len(re.sub("<[^>]*>", " ", one.reason).split()) > _MOST_WORDS:
            paper.add_paragraph("The reason takes more room than there is here; it stands on the feedback page.")
        else:
            documents.add_html(paper, one.reason, level=3)


def _add_levels(paper, one: Item) -> None:
    paper.add_heading(documents.printable(f"{one.number}. {one.mark.title}"), level=2)
    paper.add_paragraph("How it was read", style="Caption")
    rows = [[given.criterion, f"{given.level} of {given.highest}", given.words, _above(given)] for given in one.levels]
    documents.add_table(paper, ["Criterion", "Level", "What that means", "Towards a full answer"], rows, widths=_WIDTHS)


def _above(given: Level) -> str:
    return "\n".join(f"{name}: {words}" for name, words in given.towards) or _HIGHEST


def _same_each_time(content: bytes) -> bytes:
    """The same file without the time at which it was packed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            entry = zipfile.ZipInfo(part.filename, _ALWAYS)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, part.external_attr
            new.writestr(entry, old.read(part))
    return packed.getvalue()
