"""What kind of file is this? Looked up in its first bytes, because names lie.

A photograph called `.csv`, a workbook behind a password, a shortcut to a file in the cloud: each gets one sentence
that says what it is and what to do, before anything tries to read it as a table.
"""

import zipfile
from pathlib import Path

from researchskills.encodings import wide
from researchskills.errors import CourseError

#: A workbook larger than this (bytes) has to be saved as csv first: it cannot be read in part.
LARGEST_WORKBOOK = 100_000_000
#: A workbook may unpack to so many bytes.
LARGEST_UNPACKED = 1_500_000_000

_UNCHANGED = "It has not been changed."
_SAVE_AS = "Open it where it was made, save the table as .xlsx or “CSV UTF-8”, and check that file."

#: First bytes, and what a file that begins with them is.
_SIGNATURES = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"II*\x00", "a picture (TIFF)"),
    (b"MM\x00*", "a picture (TIFF)"),
    (b"RIFF", "a picture, a sound or a film"),
    (b"ID3", "a sound"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"7z\xbc\xaf", "a compressed file (7z)"),
    (b"Rar!", "a compressed file (rar)"),
    (b"SQLite format 3", "a database (SQLite)"),
    (b"PAR1", "a data file for programs (Parquet)"),
    (b"$FL2", "a data file of SPSS"),
    (b"<stata_dta>", "a data file of Stata"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
)
_SHORTCUTS = {".gsheet", ".gdoc", ".gslides", ".url", ".webloc", ".lnk", ".desktop", ".icloud"}
_ZIP_KINDS = (
    ("word/", "a Word document"),
    ("ppt/", "a presentation"),
    ("Index/", "a file of Apple Numbers, Pages or Keynote"),
    ("visio/", "a drawing (Visio)"),
)
_OPEN_DOCUMENTS = {
    "text": "a text document (ODT)", "presentation": "a presentation (ODP)", "graphics": "a drawing (ODG)",
}


def kind_of(path: Path) -> str:
    """Whether a file is a workbook or a text with columns.

    Parameters
    ----------
    path : pathlib.Path
        Any path.

    Returns
    -------
    str
        `workbook` (xlsx, xlsm, xlsb), `ods`, `xls` or `text`.

    Raises
    ------
    CourseError
        With one sentence, when the file is missing, cannot be opened or holds no table.
    """
    name = path.name
    if path.is_dir():
        raise CourseError(f"“{name}” is a folder. Name one file in it.", 2)
    if not path.exists():
        raise CourseError(f"There is no file “{path}”. Check the name and the folder; nothing was read.", 2)
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(8192)
    except PermissionError:
        raise CourseError(
            f"“{name}” may not be opened: it is open in another program, or it belongs to somebody else. "
            f"{_UNCHANGED} Close it there, or work with a copy.", 2,
        ) from None
    except OSError as problem:
        raise CourseError(
            f"“{name}” cannot be opened ({problem.strerror}). {_UNCHANGED} "
            "Copy it to your own computer and try again.", 2,
        ) from None
    if name.startswith(("~$", ".~lock")):
        raise CourseError(f"“{name}” only marks that a file is open in another program. Choose the file itself.", 2)
    if path.suffix.lower() in _SHORTCUTS and size < 20_000:
        raise CourseError(
            f"“{name}” is a shortcut to a file that lies elsewhere; it holds no data. "
            "Open it, download the table as .xlsx or .csv, and check that file.", 2,
        )
    if not size or not start.strip(b"\x00\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise CourseError(f"“{name}” is empty: there is nothing to check. Was the export finished?", 2)
    if start.startswith(b"PK"):
        return _inside_zip(path, size)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return _inside_compound(path, size)
    if start.startswith((b"\x09\x08\x10\x00", b"\x09\x08\x08\x00", b"\x09\x04\x06\x00")):
        return "xls"
    for signature, what in _SIGNATURES:
        if start.startswith(signature):
            raise _not_a_table(name, what)
    if start[4:8] == b"ftyp":
        raise _not_a_table(name, "a picture or a film")
    return _text(name, start)


def _not_a_table(name: str, what: str) -> CourseError:
    return CourseError(f"“{name}” is {what}, not a table. {_UNCHANGED} {_SAVE_AS}", 2)


def _text(name: str, start: bytes) -> str:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or wide(start):
        return "text"
    if b"\x00" in start:
        raise _not_a_table(name, "a file for a program (binary)")
    strange = sum(byte < 9 or 13 < byte < 32 for byte in start)
    if strange > 0.02 * len(start):
        raise _not_a_table(name, "a file for a program (binary)")
    begins = start.lstrip(b"\xef\xbb\xbf \t\r\n")[:400].lower()
    if begins.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta")):
        raise _not_a_table(name, "a web page, whatever its name says")
    if begins.startswith((b"<?xml", b"<workbook", b"<svg")):
        raise _not_a_table(name, "an XML file")
    if begins.startswith((b"{", b"[{", b"[[")):
        raise _not_a_table(name, "a JSON file")
    return "text"


def _inside_zip(path: Path, size: int) -> str:
    name = path.name
    broken = CourseError(
        f"“{name}” is damaged: the parts of the workbook inside it cannot be read. {_UNCHANGED} "
        "Get a new copy, or open it in a spreadsheet program that can repair it and save it under another name.", 2,
    )
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            kind = archive.read("mimetype")[:200].decode("ascii", "replace") if "mimetype" in names else ""
            manifest = b""
            if "META-INF/manifest.xml" in names and archive.getinfo("META-INF/manifest.xml").file_size < 1_000_000:
                manifest = archive.read("META-INF/manifest.xml")
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, RuntimeError, NotImplementedError, zipfile.zlib.error):
        raise broken from None
    if "opendocument.spreadsheet" in kind:
        if b"encryption-data" in manifest:
            raise locked(name)
        found = "ods"
    elif any(one.startswith("xl/") for one in names):
        found = "workbook"
    else:
        what = next((words for sort, words in _OPEN_DOCUMENTS.items() if f"opendocument.{sort}" in kind), "")
        what = what or next((words for start, words in _ZIP_KINDS if any(n.startswith(start) for n in names)), "")
        raise _not_a_table(name, what or "a compressed folder (zip)")
    unpacked = sum(part.file_size for part in parts)
    if unpacked > LARGEST_UNPACKED or (unpacked > 50_000_000 and unpacked > 300 * max(size, 1)):
        raise CourseError(
            f"“{name}” would unpack to {unpacked / 1e6:,.0f} MB, which is not what a workbook does. {_UNCHANGED} "
            "Do not open it before somebody who looks after your computers has seen it.", 2,
        )
    _not_too_large(name, size)
    return found


def _inside_compound(path: Path, size: int) -> str:
    """The old container of Microsoft Office, which also wraps everything that has a password."""
    name = path.name
    _not_too_large(name, size)
    content = path.read_bytes()

    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in content

    if holds("EncryptedPackage") or holds("EncryptionInfo"):
        raise locked(name)
    if holds("Workbook") or holds("Book"):
        return "xls"
    what = "a Word document" if holds("WordDocument") else "a file of an Office program"
    raise _not_a_table(name, "an e-mail" if holds("__nameid_version1.0") else what)


def locked(name: str) -> CourseError:
    """The refusal of a file behind a password."""
    return CourseError(
        f"“{name}” is protected with a password, so nothing in it can be read. {_UNCHANGED} "
        "Open it with the password, save a copy without one where only you can see it, and delete the copy "
        "afterwards.", 2,
    )


def _not_too_large(name: str, size: int) -> None:
    if size > LARGEST_WORKBOOK:
        raise CourseError(
            f"“{name}” has {size / 1e6:,.0f} MB; a workbook can be checked up to {LARGEST_WORKBOOK / 1e6:,.0f} MB. "
            f"{_UNCHANGED} Save the sheet as “CSV UTF-8”: such a file can have any size.", 2,
        )
