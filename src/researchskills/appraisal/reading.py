"""One reader's appraisal of one report: what was answered, and where in the text it stands.

It can be written to a file and read from one, because the second reader usually works elsewhere. A file is taken over
only as a whole, and only when every part of it is understood.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from researchskills import received
from researchskills.appraisal import forms
from researchskills.appraisal.designs import DESIGNS
from researchskills.errors import CourseError
from researchskills.own_words import MOST_LETTERS
from researchskills.received import NOTHING

#: What a file of an appraisal says it is.
WHAT, VERSION = "an appraisal", 1
#: Which side of the interface a reader works on; key → words.
SECTORS = {"health": "Health", "social_care": "Social care", "both": "Both", "other": "Elsewhere"}


@dataclass(frozen=True)
class Answer:
    """The answer to one question of a form.

    Attributes
    ----------
    answer : str
        Key of `forms.ANSWERS`.
    sentences : tuple of int
        Numbers of the sentences of the report that show it; may be empty.
    evidence : str
        What shows it, in the reader's words; may be empty.
    direction : str
        Key of `forms.DIRECTIONS`; empty where it is not asked or not answered.
    """

    answer: str
    sentences: tuple[int, ...] = ()
    evidence: str = ""
    direction: str = ""


@dataclass(frozen=True)
class Appraisal:
    """What one reader made of one report.

    Attributes
    ----------
    report : str
        Key of the report, as in the package `study_reports`; for a paper of one's own a short name.
    design : str
        Key of `DESIGNS`: what the reader takes the design for.
    form : str
        Key of the form that was filled in.
    form_version : int
    reader : str
        Name or code; may be empty.
    sector : str
        Key of `SECTORS`; may be empty.
    answers : dict
        Key of a question → `Answer`; only questions that were answered.
    judgements : dict
        Key of a domain → key of `forms.JUDGEMENTS`; only domains that were judged.
    certainty : str
        How sure the reader is of the main finding and why, in one sentence.
    """

    report: str
    design: str
    form: str
    form_version: int
    reader: str = ""
    sector: str = ""
    answers: Mapping[str, Answer] = field(default_factory=dict)
    judgements: Mapping[str, str] = field(default_factory=dict)
    certainty: str = ""

    @property
    def unanswered(self) -> list[str]:
        """Keys of the questions of its form that have no answer."""
        return [one.key for one in forms.form(self.form).questions if one.key not in self.answers]


def to_json(appraisal: Appraisal) -> str:
    """An appraisal as a file for the second reader."""
    return json.dumps({"what": WHAT, "version": VERSION, **asdict(appraisal)}, ensure_ascii=False, indent=1) + "\n"


def read(content: bytes, name: str = "the file") -> Appraisal:
    """Read an appraisal from a file.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        What to call it in a message.

    Raises
    ------
    CourseError
        If the file is empty, damaged, of another kind or edition, or says something that the form does not know.
        One sentence says which; nothing is half read.
    """
    text = received.text_of(content, name, "an appraisal")
    held = received.json_of(text, name, WHAT, VERSION,
                            "Ask the reader to open the appraisal in today's edition and to export it again.")
    fields = {key: held.get(key, default) for key, default in (
        ("report", ""), ("design", ""), ("form", ""), ("form_version", 0), ("reader", ""), ("sector", ""),
        ("answers", {}), ("judgements", {}), ("certainty", ""))}
    if set(held) - {"what", "version", *fields}:
        raise _damaged(name, "it has entries that the course does not write")
    for key, kind in (("report", str), ("design", str), ("form", str), ("form_version", int), ("reader", str),
                      ("sector", str), ("answers", dict), ("judgements", dict), ("certainty", str)):
        if not isinstance(fields[key], kind) or isinstance(fields[key], bool):
            raise _damaged(name, f"its entry “{key}” is not as the course writes it")
    if not fields["report"] or fields["design"] not in DESIGNS or fields["form"] not in forms.names():
        raise _damaged(name, "it does not say which report, design and form it is about")
    if fields["sector"] and fields["sector"] not in SECTORS:
        raise _damaged(name, "its entry “sector” is not as the course writes it")
    form = forms.form(fields["form"])
    fields["answers"] = {key: _answer(name, key, one) for key, one in fields["answers"].items()}
    if fields["form_version"] == form.version:
        known = {one.key for one in form.questions}
        unknown = [key for key in fields["answers"] if key not in known]
        unknown += [key for key in fields["judgements"] if key not in form.domains]
        if unknown:
            raise _damaged(name, f"the form “{form.title}” has no question “{unknown[0][:40]}”")
    if any(not isinstance(one, str) or one not in forms.JUDGEMENTS for one in fields["judgements"].values()):
        raise _damaged(name, "one of its judgements is none that the form offers")
    fields["certainty"] = fields["certainty"][:MOST_LETTERS]
    return Appraisal(**fields)


def _answer(name: str, key: str, held) -> Answer:
    if not isinstance(held, dict) or not isinstance(held.get("answer"), str) or held["answer"] not in forms.ANSWERS:
        raise _damaged(name, f"the answer to “{key[:40]}” is none that the form offers")
    sentences, words, direction = held.get("sentences", []), held.get("evidence", ""), held.get("direction", "")
    if not isinstance(sentences, list) or not all(type(one) is int and one > 0 for one in sentences) \
            or not isinstance(words, str) or not isinstance(direction, str) \
            or (direction and direction not in forms.DIRECTIONS):
        raise _damaged(name, f"the evidence for “{key[:40]}” is not as the course writes it")
    return Answer(held["answer"], tuple(sentences), words[:MOST_LETTERS], direction)


def _damaged(name: str, what: str) -> CourseError:
    return CourseError(f"{name} is damaged: {what}. {NOTHING} Ask for the file again.")
