"""Writes files that people really send, good and broken, each named for what is odd about it.

`write(folder)` makes them all; the names of those that cannot be read are in `UNREADABLE`, each with words that the one
sentence about it must hold.
"""

import io
import struct
import zipfile
from pathlib import Path

import openpyxl

#: A table small enough to be read at a glance; every layout below holds these records.
HEADER = ["council", "setting", "waiting", "longest wait"]
RECORDS = [
    ["Northmoor", "town", "17", "57"],
    ["Eastfold", "rural", "41", "243"],
    ["Marrow Vale", "rural", "2", "36"],
    ["Southdene", "town", "26", "159"],
    ["Westering", "urban", "16", "371"],
]

#: File name → words of the sentence that refuses it.
UNREADABLE = {
    "empty.csv": "is empty",
    "only_blank_lines.csv": "is empty",
    "photo.csv": "a picture (JPEG)",
    "screenshot.xlsx": "a picture (PNG)",
    "minutes.pdf": "a PDF document",
    "letter.docx": "a Word document",
    "letter.txt": "not a table",
    "page_saved_as.xls": "a web page",
    "answers.json": "a JSON file",
    "numbers_of_a_mac.numbers": "Apple Numbers",
    "shortcut.gsheet": "shortcut",
    "~$open.xlsx": "open in another program",
    "archive.zip": "a compressed folder",
    "program.csv": "a program",
    "binary.csv": "a file for a program",
    "password.xlsx": "protected with a password",
    "password.ods": "protected with a password",
    "damaged.xlsx": "is damaged",
    "broken_inside.xlsx": "is damaged",
    "bomb.xlsx": "would unpack to",
    "far_away.xlsx": "so far out",
    "two_thousand_columns.csv": "2,000 columns",
    "two_thousand_columns.xlsx": "2,000 columns",
    "no_table.xlsx": "holds no table",
}


def text(rows: list[list[str]], delimiter: str = ",") -> str:
    """Rows as delimited text."""
    return "".join(delimiter.join(row) + "\r\n" for row in rows)


def workbook(path: Path, fill) -> Path:
    """A workbook whose first sheet `fill(sheet, book)` writes."""
    book = openpyxl.Workbook()
    fill(book.active, book)
    book.save(path)
    return path


def table(sheet, rows, row: int = 1, column: int = 1) -> None:
    """Write rows from a cell on, numbers as numbers."""
    for down, record in enumerate(rows):
        for across, value in enumerate(record):
            number = int(value) if isinstance(value, str) and value.isdigit() else value
            if number != "":
                sheet.cell(row + down, column + across, number)


def compound(stream: str) -> bytes:
    """The beginning of Microsoft's old container with the name of one stream in it."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504 + stream.encode("utf-16-le") + b"\x00" * 512


def zipped(parts: dict[str, bytes]) -> bytes:
    """A zip with the given parts."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def write(folder: Path) -> Path:
    """Make all files that cannot be read."""
    (folder / "empty.csv").write_bytes(b"")
    (folder / "only_blank_lines.csv").write_bytes(b"\xef\xbb\xbf\r\n \r\n")
    (folder / "photo.csv").write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 20)
    (folder / "screenshot.xlsx").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 100)
    (folder / "minutes.pdf").write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    (folder / "letter.docx").write_bytes(zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}))
    (folder / "letter.txt").write_text(
        "Dear colleague\nThank you for your letter about the waiting times in our area\nYours sincerely\n", "utf-8")
    (folder / "page_saved_as.xls").write_text("<html><body><table><tr><td>1</td></tr></table></body></html>", "utf-8")
    (folder / "answers.json").write_text('{"council": "Northmoor", "waiting": 17}', "utf-8")
    (folder / "numbers_of_a_mac.numbers").write_bytes(zipped({"Index/Document.iwa": b"x"}))
    (folder / "shortcut.gsheet").write_text('{"url": "https://example.org/d/1", "doc_id": "1"}', "utf-8")
    (folder / "~$open.xlsx").write_bytes(b"\x05Name" + b" " * 160)
    (folder / "archive.zip").write_bytes(zipped({"data.csv": b"a,b\r\n1,2\r\n"}))
    (folder / "program.csv").write_bytes(b"MZ\x90\x00" + b"\x00" * 60)
    (folder / "binary.csv").write_bytes(b"a,b\n" + bytes(range(32)) * 30)
    (folder / "password.xlsx").write_bytes(compound("EncryptedPackage"))
    (folder / "password.ods").write_bytes(zipped({
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": b"<manifest:encryption-data/>", "content.xml": b"?"}))
    whole = workbook(folder / "whole.xlsx", lambda sheet, _: table(sheet, [HEADER, *RECORDS])).read_bytes()
    (folder / "damaged.xlsx").write_bytes(whole[: len(whole) // 2])
    (folder / "broken_inside.xlsx").write_bytes(_broken_part(whole))
    (folder / "whole.xlsx").unlink()
    (folder / "bomb.xlsx").write_bytes(zipped({
        "[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b" " * 60_000_000}))
    workbook(folder / "far_away.xlsx", lambda sheet, _: (table(sheet, [HEADER, *RECORDS]),
                                                         sheet.cell(1_048_576, 16_384, "x")))
    many = [[f"week {n}" for n in range(2000)], *([str(n % 7) for n in range(2000)] for _ in range(3))]
    (folder / "two_thousand_columns.csv").write_text(text(many), "utf-8")
    workbook(folder / "two_thousand_columns.xlsx", lambda sheet, _: table(sheet, many))
    workbook(folder / "no_table.xlsx", lambda sheet, _: sheet.cell(1, 1, "See the other file for the figures."))
    return folder


def _broken_part(whole: bytes) -> bytes:
    """The same workbook with the packed bytes of its first sheet spoilt; the list of parts stays whole."""
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        part = archive.getinfo("xl/worksheets/sheet1.xml")
    name, extra = struct.unpack("<HH", whole[part.header_offset + 26 : part.header_offset + 30])
    start = part.header_offset + 30 + name + extra
    return whole[:start] + b"\xff" * part.compress_size + whole[start + part.compress_size :]
