"""An agency's column as a file: a form for a partner, one's own column, and what comes back by e-mail.

A partner need not do this course. So the file is one that a spreadsheet opens, with a line for each field and a place
for the answer beside it. What comes back is read whole, or refused in a sentence.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from researchskills import privacy, received
from researchskills._words import number_of
from researchskills.errors import CourseError
from researchskills.own_words import MOST_LETTERS
from researchskills.questions.multi_agency import COLUMN, FIELDS, MOST, names
from researchskills.received import NOTHING

WHAT, VERSION = "agency column", "1"
_HEADER = ["line", "please answer here", "about"]
_ABOUT = {"what": "kind of file; leave as it is", "version": "edition of the file; leave as it is",
          "sheet": "which sheet it belongs to; leave as it is", "column": "which column; leave as it is",
          "question": "the question that we share"}


@dataclass(frozen=True)
class Column:
    """What an agency says of itself.

    Attributes
    ----------
    sheet : str
        Id of the sheet that the file was made for or comes from.
    place : int
        The column of that sheet; 0 is the one of whoever owns the sheet.
    question : str
        The question that the agency answered to.
    answers : dict
        `name` and keys of `FIELDS` → words.
    """

    sheet: str
    place: int
    question: str
    answers: Mapping[str, str]


def to_csv(column: Column) -> str:
    """A column as a file that a spreadsheet opens; fields without an answer are there to be filled."""
    # With a word before it, no spreadsheet takes the id for a number.
    held = {"what": WHAT, "version": VERSION, "sheet": f"sheet {column.sheet}", "column": str(column.place + 1),
            "question": column.question, **{key: column.answers.get(key, "") for key in COLUMN}}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_HEADER)
    # A spreadsheet takes what begins with such a sign for a formula; a blank before it makes it text.
    writer.writerows([key, f" {words}" if words.startswith(("=", "+", "-", "@")) else words,
                      (_ABOUT | COLUMN)[key]] for key, words in held.items())
    return out.getvalue()


def read(content: bytes, name: str = "the file") -> Column:
    """Read a column as it was exported, or as it came back through mail and spreadsheet.

    Raises
    ------
    CourseError
        If the file is empty, damaged, of another kind or edition, holds no answer, or could identify a person. One
        sentence or two say which; nothing is half read.
    """
    text = received.text_of(content, name, "an agency’s column")
    held = _lines(text, name)
    if held.get("what") != WHAT:
        raise CourseError(f"{name} is another kind of file: it does not say that it holds an {WHAT}. {NOTHING} Choose "
                          "the file that your partner filled.")
    if held.get("version") != VERSION:
        raise CourseError(f"{name} was written by another edition of the course. {NOTHING} Send your partner a form "
                          "from your edition.")
    missing = [key for key in ("sheet", "column", "question", *COLUMN) if key not in held]
    if missing or held["column"] not in [str(number) for number in range(1, MOST + 1)]:
        which = f"its line “{missing[0]}” is missing" if missing else "its line “column” holds no number of a column"
        raise CourseError(f"{name} is damaged or cut off: {which}. {NOTHING} Ask for the file again, attached and not "
                          "pasted.")
    for key, words in held.items():
        if len(words) > MOST_LETTERS:
            raise CourseError(f"{name}, line “{key}”: it has {len(words):,} letters, and {MOST_LETTERS:,} fit. "
                              f"{NOTHING} Ask for a shorter answer.")
        if key not in ("what", "version", "sheet", "column") and (found := privacy.find(words)):
            raise CourseError(f"{name}, line “{key}”: it seems to hold a {found[0].kind} ({found[0].masked}). "
                              f"{NOTHING} Ask your partner to write a role in its place.")
    answers = {key: words for key in COLUMN if (words := held[key])}
    if not set(answers) & set(FIELDS):
        raise CourseError(f"{name} holds the questions and not a single answer. {NOTHING} Your partner may have "
                          "sent it back before filling it.")
    return Column(held["sheet"].removeprefix("sheet").strip(), int(held["column"]) - 1, held["question"], answers)


def _lines(text: str, name: str) -> dict[str, str]:
    ended = True
    for sign in (",", ";", "\t"):
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True))
        except csv.Error:
            # Cells with line breaks look unended to whoever splits at another sign.
            ended = False
            continue
        start = next((place for place, row in enumerate(rows)
                      if [cell.strip().casefold() for cell in row[:2]] == _HEADER[:2]), None)
        if start is not None:
            break
    else:
        if not ended:
            raise CourseError(f"{name} is damaged: a cell of it does not end. {NOTHING} Ask for the file again.")
        raise CourseError(f"{name} is another kind of file: it has no line with “{_HEADER[0]}” and “{_HEADER[1]}”. "
                          f"{NOTHING} Choose the file that your partner filled.")
    held: dict[str, str] = {}
    for row in rows[start + 1:]:
        if not any(cell.strip() for cell in row):
            continue
        key = row[0].strip()
        if key in held:
            raise CourseError(f"{name} is damaged: the line “{key}” stands twice. {NOTHING} Ask your partner which of "
                              "the two counts.")
        held[key] = row[1].strip() if len(row) > 1 else ""
    return held


def fits(column: Column, sheet: str, place: int, agencies: Sequence[Mapping[str, str]], question: str) -> str:
    """Say that a column that came fits a place of the sheet, and what to know about it.

    Parameters
    ----------
    column : Column
    sheet : str
        Id of the learner's own sheet.
    place : int
        The column that the learner chose for it, beginning with 0.
    agencies : sequence of mapping
    question : str
        The question on the learner's sheet.

    Raises
    ------
    CourseError
        If it is the learner's own file, or a form for another column or from another sheet.
    """
    called = names(agencies)
    if column.sheet == sheet and column.place == 0:
        raise CourseError(f"This is your own column, as you saved it. {NOTHING} Choose the file that your partner "
                          "sent.")
    if column.sheet == sheet and column.place != place:
        meant = called[column.place] if column.place < len(called) else f"agency {column.place + 1}"
        raise CourseError(f"This form was made for {meant}, and you chose {called[place]}. {NOTHING} Choose {meant} in "
                          "the list.")
    if column.sheet != sheet and column.place != 0:
        raise CourseError(f"This form was made for a sheet of somebody else. {NOTHING} Fill it in a spreadsheet and "
                          "send it back to them, or ask your partner for the file of their own column.")
    told = [f"{number_of(len(set(column.answers) & set(FIELDS)), 'answer')} of {len(FIELDS)} came for {called[place]}."]
    given = column.answers.get("name", "")
    if given and given.casefold() != called[place].casefold():
        told.append(f"The file calls the agency “{given}”.")
    if column.question.casefold() != question.casefold():
        told.append(f"They answered to another wording of the question: “{column.question or 'none'}”. Talk about "
                    "that first.")
    return " ".join([*told, "Your own words about it stay beside theirs."])
