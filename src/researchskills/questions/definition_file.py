"""A definition and its decisions as a file for a partner, and a partner's file as it comes back.

It often comes by e-mail. It is read only when all of it can be understood and is about the same word and the same
vignettes; else one sentence says why, and nothing is taken over.
"""

import json

from researchskills import privacy, received
from researchskills.errors import CourseError
from researchskills.own_words import LONGEST_NAME, MOST_LETTERS
from researchskills.questions.definition import (
    DECISIONS,
    LINES,
    MOST_CRITERIA,
    SECTORS,
    Choice,
    Definition,
    Sheet,
    is_definition,
    terms,
)
from researchskills.received import NOTHING

#: What a file of decisions says it is.
WHAT, VERSION = "definition and decisions", 1


def to_json(sheet: Sheet) -> str:
    """A definition and its decisions as a file for a partner."""
    return json.dumps({
        "what": WHAT, "version": VERSION, "term": sheet.term, "edition": terms()[sheet.term].edition, "who": sheet.who,
        "sector": sheet.sector, "round": sheet.round, "author": sheet.author, "definition": sheet.definition.as_dict(),
        "decisions": [{"vignette": one, "decision": held.decision, "why": held.why}
                      for one, held in sheet.choices.items()],
    }, ensure_ascii=False, indent=1) + "\n"


def read(content: bytes, name: str, expected: str) -> Sheet:
    """Read a partner's file, as it was exported or as it came through a mail program.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        What to call it in a message.
    expected : str
        Short name of the word that it should be about.

    Raises
    ------
    CourseError
        If the file is empty, damaged, of another kind, about another word or another edition of the vignettes, only
        half filled in, or holds what could identify a person. Nothing is half read.
    """
    text = received.text_of(content, name, "decisions")
    if not text.lstrip().startswith("{"):
        raise CourseError(f"{name} is another kind of file: it is not what this activity writes for a partner. "
                          f"{NOTHING} Choose the file that your partner was given by “Save my decisions for a "
                          "partner”.")
    held = received.json_of(text, name, WHAT, VERSION,
                            "Both of you need the same edition: update the course, then save the file anew.")
    damaged = CourseError(f"{name} is damaged: its decisions are not as the course writes them. {NOTHING} Ask for the "
                          "file again.")
    listed, about = held.get("decisions"), held.get("definition")
    if not (isinstance(listed, list) and is_definition(about) and isinstance(held.get("round"), int)
            and all(isinstance(held.get(key), str) for key in ("term", "edition", "who", "sector", "author"))
            and all(isinstance(row, dict) and all(isinstance(row.get(key), str) for key in
                                                  ("vignette", "decision", "why")) for row in listed)):
        raise damaged
    words = terms()
    if held["term"] != expected:
        other = words[held["term"]].word if held["term"] in words else held["term"][:LONGEST_NAME]
        raise CourseError(f"{name} is about the word “{other}”, and you are working on “{words[expected].word}”. "
                          f"{NOTHING} Both of you must take the same word.")
    vignettes = words[expected].vignettes
    if held["edition"] != words[expected].edition or not {row["vignette"] for row in listed} <= set(vignettes):
        raise CourseError(f"{name} is about another edition of the stories. {NOTHING} Both of you need the same "
                          "edition: update the course, and let your partner go through the stories again.")
    choices = {row["vignette"]: Choice(row["decision"], row["why"].strip()) for row in listed}
    if len(choices) < len(listed) or any(one.decision not in DECISIONS for one in choices.values()):
        raise damaged
    if len(choices) < len(vignettes):
        raise CourseError(f"{name} is only half filled in: it holds decisions about {len(choices)} of {len(vignettes)} "
                          f"stories. {NOTHING} Ask your partner to decide about all of them and to save the file "
                          "anew.")
    sheet = Sheet(expected, Definition.from_dict(about), choices, " ".join(held["who"].split()),
                  held["sector"] if held["sector"] in SECTORS else "", held["round"], held["author"])
    if not sheet.definition.is_stated:
        raise CourseError(f"{name} holds decisions and no definition. {NOTHING} Ask your partner to write one first.")
    _check_words(sheet, name)
    return sheet


def _check_words(sheet: Sheet, name: str) -> None:
    told = [sheet.definition.text, *sheet.definition.criteria, *(getattr(sheet.definition, key) for key in LINES),
            *(one.why for one in sheet.choices.values())]
    if (len(sheet.who) > LONGEST_NAME or len(sheet.definition.criteria) > MOST_CRITERIA
            or any(len(one) > MOST_LETTERS for one in told)):
        raise CourseError(f"{name} holds texts that are longer than the course lets anybody write. {NOTHING} Ask for "
                          "the file again.")
    if found := privacy.find("\n".join([sheet.who, *told])):
        raise CourseError(f"{name} seems to hold what could identify a person ({found[0].kind}, {found[0].masked}). "
                          f"{NOTHING} Ask your partner to write it without.")
