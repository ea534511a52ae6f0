"""A file that somebody sent: read as text, whole, or refused in a sentence.

Colleagues exchange decisions and appraisals by e-mail. What arrives may have been saved by a spreadsheet, quoted by
a mail program, cut off, or be another file altogether. Whoever takes such a file over asks here first.
"""

import json
import re

from researchskills.errors import CourseError

#: Said in each refusal: it is what people fear.
NOTHING = "Nothing was taken over."


def text_of(content: bytes, name: str, what: str) -> str:
    """The text of a file.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        What to call it in a message.
    what : str
        What it should hold, such as `decisions`, in a message.

    Raises
    ------
    CourseError
        If the file is empty, a workbook, a PDF, or holds bytes that are no text.
    """
    if not content.strip():
        raise CourseError(f"{name} is empty. {NOTHING} Ask for the file again.")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise CourseError(f"{name} is a workbook, a Word document or a zip file. {NOTHING} Choose the file of {what} "
                          "that the course exports; a sheet can be saved as CSV.")
    if content.startswith(b"%PDF"):
        raise CourseError(f"{name} is a PDF. {NOTHING} Ask for the file of {what} that the course exports.")
    for encoding in ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        text = "\0"
    if "\0" in text:
        raise CourseError(f"{name} is damaged: it holds bytes that are no text. {NOTHING} Ask for the file again.")
    # A mail program puts such signs before every line of a message that is answered or passed on.
    lines = text.splitlines()
    if lines and all(line.startswith(">") for line in lines if line.strip()):
        text = "\n".join(re.sub(r"^>+ ?", "", line) for line in lines)
    return text


def json_of(text: str, name: str, kind: str, version: int, otherwise: str) -> dict:
    """The content of a JSON file that the course wrote.

    Parameters
    ----------
    text, name : str
        The file, and what to call it in a message.
    kind : str
        What the file must say it is, in its field `what`.
    version : int
        Its version, in the field `version`.
    otherwise : str
        What to do about a file of another version, a sentence.

    Raises
    ------
    CourseError
        If it cannot be read to its end, is another kind of file, or is of another version.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise CourseError(f"{name} is damaged: it cannot be read to its end. {NOTHING} Ask for the file "
                          "again.") from None
    if not isinstance(content, dict) or content.get("what") != kind:
        raise CourseError(f"{name} is another kind of file: it does not say that it holds {kind}. {NOTHING}")
    if content.get("version") != version:
        raise CourseError(f"{name} was written by another edition of the course. {NOTHING} {otherwise}")
    return content
