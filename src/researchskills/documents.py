"""Word documents: British English, real headings, tables whose header row is one, pictures with their words.

Two ways to fill one: cell by cell, and from the HTML that activities report with, so that a Word document says what
the page says. Only the elements that the course's own pages use are understood.
"""

import base64
import datetime
import io
import re
from pathlib import Path

from lxml import html as parser

from researchskills import saving

_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: Width between the margins of an A4 page, in centimetres.
TEXT_WIDTH = 16.2
_BLOCKS = {"p", "ul", "ol", "table", "figure", "img", "h1", "h2", "h3", "h4", "h5", "h6", "dl", "section", "div",
           "details", "blockquote", "article", "body", "pre"}


def printable(text: str) -> str:
    """Text without the signs that a Word document may not hold."""
    return _NOT_IN_XML.sub("\ufffd", text)


def blank(title: str, subject: str, made: datetime.datetime):
    """A document in British English with its title set, on A4.

    Parameters
    ----------
    title, subject : str
    made : datetime.datetime
        When; written into the document.

    Returns
    -------
    docx.document.Document
    """
    from docx import Document
    from docx.oxml.ns import qn
    from docx.shared import Cm

    document = Document()
    about = document.core_properties
    about.title, about.subject, about.language = printable(title)[:255], subject, "en-GB"
    # The template that comes with python-docx names itself as the author and is from 2013.
    about.author, about.comments = "", ""
    about.created = about.modified = made.replace(tzinfo=None)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")
    for language in document.settings.element.iter(qn("w:themeFontLang")):
        language.set(qn("w:val"), "en-GB")
    for section in document.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm((21 - TEXT_WIDTH) / 2)
    return document


def add_table(document, header: list[str], rows: list[list[str]], typed: int | None = None, widths=()) -> None:
    """A table whose first row is marked as its header, so that it is read out and repeated on each page.

    Parameters
    ----------
    document : docx.document.Document
    header : list of str
        May be empty: then the table has no header row, and the first cell of each row is bold.
    rows : list of list of str
    typed : int, optional
        Column that holds search lines: no spelling check, and signs of equal width.
    widths : sequence of float, optional
        In centimetres.
    """
    from docx.oxml import OxmlElement
    from docx.shared import Cm

    columns = len(header) or max(map(len, rows))
    table = document.add_table(rows=1 if header else 0, cols=columns, style="Table Grid")
    table.autofit = not widths
    if header:
        # Reading all cells of a table at once is quadratic in python-docx; row by row it is not.
        for cell, words in zip(table.rows[0].cells, header, strict=True):
            cell.paragraphs[0].add_run(printable(words)).bold = True
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in rows:
        cells = table.add_row().cells
        for place, words in enumerate(row):
            run = cells[place].paragraphs[0].add_run(printable(words))
            if place == typed:
                run.font.name, run.font.no_proof = "Consolas", True
            run.bold = True if not header and not place else None
    for row in table.rows if widths else ():
        # A line that is torn in two by the end of a page is easily copied wrongly.
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Cm(width)


def add_html(document, html: str, level: int = 2) -> None:
    """Append what a report says.

    Parameters
    ----------
    document : docx.document.Document
    html : str
        As an activity's report holds it.
    level : int
        Level of the heading above it: headings in the HTML follow one level below.
    """
    if html.strip():
        _add_blocks(document, parser.fragment_fromstring(html, create_parent="div"), level)


def _add_blocks(document, element, level: int) -> None:
    words = []
    if element.text and element.text.strip():
        words.append(element.text)
    for child in element:
        if not isinstance(child.tag, str):
            continue
        if child.tag in _BLOCKS:
            _flush(document, words)
            _add_block(document, child, level)
        else:
            words.append(child)
        if child.tail and child.tail.strip():
            words.append(child.tail)
    _flush(document, words)


def _flush(document, words: list) -> None:
    if words:
        paragraph = document.add_paragraph()
        for one in words:
            _add_runs(paragraph, one)
        words.clear()


def _add_block(document, element, level: int) -> None:
    tag = element.tag
    if tag == "p" or tag == "pre":
        _add_runs(document.add_paragraph(), element)
    elif re.fullmatch("h[1-6]", tag):
        document.add_heading(printable(_text(element)), level=min(9, level + 1))
    elif tag in {"ul", "ol"}:
        for item in element.iterchildren("li"):
            _add_item(document, item, "List Number" if tag == "ol" else "List Bullet", level)
    elif tag == "dl":
        for child in element:
            paragraph = document.add_paragraph()
            _add_runs(paragraph, child)
            for run in paragraph.runs if child.tag == "dt" else ():
                run.bold = True
    elif tag == "table":
        _add_html_table(document, element)
    elif tag == "img":
        _add_picture(document, element)
    elif tag == "details":
        for summary in element.iterchildren("summary"):
            document.add_paragraph().add_run(printable(_text(summary))).bold = True
            summary.drop_tree()
        _add_blocks(document, element, level)
    else:
        _add_blocks(document, element, level)


def _add_item(document, item, style: str, level: int) -> None:
    inner = [child for child in item if child.tag in _BLOCKS and child.tag != "p"]
    for child in inner:
        item.remove(child)
    paragraph = document.add_paragraph(style=style)
    _add_runs(paragraph, item)
    for child in inner:
        _add_block(document, child, level)


def _add_runs(paragraph, element, bold: bool = False, italic: bool = False) -> None:
    """The words of an element, with what is bold, italic or code in it, spaces as a browser shows them."""
    if isinstance(element, str):
        _add_words(paragraph, element, bold, italic)
        return
    if element.tag == "br":
        paragraph.add_run().add_break()
        return
    bold, italic = bold or element.tag in {"strong", "b", "th", "dt"}, italic or element.tag in {"em", "i"}
    _add_words(paragraph, element.text or "", bold, italic)
    for child in element:
        if isinstance(child.tag, str):
            _add_runs(paragraph, child, bold, italic)
        _add_words(paragraph, child.tail or "", bold, italic)


def _add_words(paragraph, text: str, bold: bool, italic: bool) -> None:
    words = re.sub(r"[ \t\r\n]+", " ", text)
    if not paragraph.text or paragraph.text.endswith(("\n", " ")):
        words = words.lstrip(" ")
    if words:
        run = paragraph.add_run(printable(words))
        run.bold, run.italic = bold or None, italic or None


def _text(element) -> str:
    for line_break in element.iter("br"):
        line_break.text = "\n"
    lines = [re.sub(r"[ \t\r]+", " ", line).strip() for line in element.text_content().split("\n")]
    return "\n".join(filter(None, lines))


def _add_html_table(document, table) -> None:
    for caption in table.iterchildren("caption"):
        document.add_paragraph(printable(_text(caption)), style="Caption")
    rows = [[cell for cell in row if cell.tag in {"th", "td"}] for row in table.iter("tr")]
    rows = [row for row in rows if row]
    if not rows:
        return
    # The first row is a header when it says so, in a thead or by nothing but scoped columns.
    has_head = table.find("thead") is not None or all(cell.get("scope") == "col" for cell in rows[0])
    texts = [[_text(cell) for cell in row] for row in rows]
    width = max(map(len, texts))
    texts = [row + [""] * (width - len(row)) for row in texts]
    add_table(document, texts[0] if has_head else [], texts[1:] if has_head else texts)
    document.add_paragraph()


def _add_picture(document, image) -> None:
    from docx.shared import Cm

    kind, _, data = (image.get("src") or "").partition(";base64,")
    words = image.get("alt") or ""
    if kind not in {"data:image/png", "data:image/jpeg"}:
        if words:
            document.add_paragraph(printable(f"Picture: {words}"))
        return
    picture = document.add_picture(io.BytesIO(base64.b64decode(data)), width=Cm(TEXT_WIDTH))
    # Word reads the description aloud in place of the picture.
    picture._inline.docPr.set("descr", printable(words))


def write(document, path: Path | str) -> Path:
    """Write a document whole or not at all.

    Raises
    ------
    CourseError
        If it cannot be written; an older file of that name is then as it was.
    """
    buffer = io.BytesIO()
    document.save(buffer)
    return saving.write(path, buffer.getvalue())
