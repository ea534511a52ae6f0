"""Appraisal forms: the questions that a design asks for, in this course's own words.

Each form is one file in `forms/`, so that an author can mend a question without touching code. It has screening
questions, which decide whether reading on is worth the time, and further questions in domains. Every question is put
so that yes is the answer that reassures. No form adds up to a score: a fault that turns a result round is not made
good by ten small merits.

    key: trial
    title: Randomised trial
    version: 1
    about: What the form is for, in a sentence
    domains:
      allocation: How people came to be in each group
    questions:
      - key: chance            unique in its form; never used again for another question
        domain: allocation     none for a screening question
        text: Did chance decide who got the service?
        why: Why it matters here, in one or two sentences
        direction: true        whether to ask which way a fault would push the result

When a question changes its meaning, give it a new key and raise `version`: readers of two versions cannot be compared.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from researchskills.appraisal.designs import DESIGNS
from researchskills.errors import CourseError
from researchskills.paths import suggestion

#: Answers to a question of a form, in the order in which they are offered.
ANSWERS = {"yes": "Yes", "partly": "Partly", "no": "No", "unclear": "Cannot tell"}
#: Which way a fault pushes the result, if it does.
DIRECTIONS = {
    "flatters": "makes the service look better than it is",
    "hides": "makes the service look worse than it is",
    "either": "could go either way",
    "little": "makes little difference here",
}
#: What a reader thinks of a domain. A letter and a shape stand beside the colour.
JUDGEMENTS = {
    "low": "Low risk of bias",
    "some": "Some concerns",
    "high": "High risk of bias",
    "unclear": "Cannot tell",
}
#: The same of studies that work with words, where bias is not the word for what can go wrong.
_JUDGEMENTS_OF_WORDS = {**JUDGEMENTS, "low": "Few concerns", "high": "Serious concerns"}
_FOLDER = Path(__file__).parent / "forms"
#: How an author calls what may stand behind an entry.
_KINDS = {str: "words", int: "a whole number", dict: "entries with words behind them", list: "a list",
          bool: "true or false"}


@dataclass(frozen=True)
class FormQuestion:
    """One question of a form; `domain` is empty for a screening question."""

    key: str
    text: str
    why: str
    domain: str = ""
    direction: bool = False

    @property
    def screening(self) -> bool:
        """Whether it decides if reading on is worth the time."""
        return not self.domain


@dataclass(frozen=True)
class Form:
    """An appraisal form.

    Attributes
    ----------
    key, title, about : str
    version : int
        Raised when a question changes its meaning.
    domains : dict
        Key → what the domain is about, in the order in which they are shown.
    questions : tuple of FormQuestion
        Screening questions first.
    """

    key: str
    title: str
    version: int
    about: str
    domains: dict[str, str]
    questions: tuple[FormQuestion, ...]

    def question(self, key: str) -> FormQuestion:
        """One of its questions."""
        return next(one for one in self.questions if one.key == key)

    def of_domain(self, domain: str) -> list[FormQuestion]:
        """Questions of a domain; of none, the screening questions."""
        return [one for one in self.questions if one.domain == domain]


def names() -> list[str]:
    """Keys of the forms, in the order of the designs that use them."""
    return list(dict.fromkeys(design.form for design in DESIGNS.values()))


def judgements(key: str) -> dict[str, str]:
    """The words for each of `JUDGEMENTS` on a form.

    Parameters
    ----------
    key : str
        One of `names()`.
    """
    return _JUDGEMENTS_OF_WORDS if key == "qualitative" else JUDGEMENTS


@cache
def form(key: str) -> Form:
    """A form.

    Parameters
    ----------
    key : str
        One of `names()`.

    Raises
    ------
    CourseError
        If there is no such form, or its file is not as it should be.
    """
    path = _FOLDER / f"{key}.yaml"
    if key not in names() or not path.exists():
        raise CourseError(f"There is no appraisal form “{key}”.{suggestion(key, names())}", exit_status=2)
    return read(path.read_bytes(), path.name)


def read(content: bytes, name: str) -> Form:
    """A form from its file.

    Parameters
    ----------
    content : bytes
        YAML as the top of this module shows it.
    name : str
        Name of the file, which is the form's key with `.yaml` behind it.

    Raises
    ------
    CourseError
        If anything in it is missing, unknown, twice there or of the wrong kind; one sentence tells the author which.
    """
    try:
        held = yaml.safe_load(content.decode("utf-8"))
    except UnicodeDecodeError as problem:
        raise _faulty(name, "it is not saved as UTF-8 text") from problem
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f" near line {mark.line + 1}" if mark else ""
        raise _faulty(name, f"it is not valid YAML{where}; look for a colon inside a sentence, which needs quotation "
                            "marks around the whole of it, or for a line that is indented wrongly") from problem
    _check_entries(name, "the form", held, {"key": str, "title": str, "version": int, "about": str, "domains": dict,
                                            "questions": list})
    if f"{held['key']}.yaml" != name:
        raise _faulty(name, f"its key is “{held['key']}”; key and file name are the same")
    if held["version"] < 1:
        raise _faulty(name, "the version is a whole number from 1")
    for key, words in held["domains"].items():
        if not isinstance(key, str) or not isinstance(words, str) or not words.strip():
            raise _faulty(name, f"the domain “{key}” has no words that say what it is about")
    questions = tuple(_question(name, number, one) for number, one in enumerate(held["questions"], 1))
    _check_questions(name, questions, held["domains"])
    return Form(held["key"], held["title"], held["version"], held["about"], held["domains"], questions)


def _question(name: str, number: int, held) -> FormQuestion:
    called = f"question {number}"
    if isinstance(held, dict) and isinstance(held.get("key"), str):
        called = f"the question “{held['key']}”"
    _check_entries(name, called, held, {"key": str, "text": str, "why": str}, {"domain": str, "direction": bool})
    return FormQuestion(**held)


def _check_entries(name: str, what: str, held, needed: dict, allowed: dict | None = None) -> None:
    """Whether the entries of the form, or of one of its questions, are there and of the right kind."""
    allowed = allowed or {}
    if not isinstance(held, dict):
        raise _faulty(name, f"{what} is not written as entries such as “key: …”, a line each")
    for entry in needed:
        if held.get(entry) in (None, "", [], {}):
            raise _faulty(name, f"{what} has no “{entry}”")
    for entry, value in held.items():
        kind = {**needed, **allowed}.get(entry)
        if kind is None:
            raise _faulty(name, f"{what} has the unknown entry “{entry}”; use {', '.join([*needed, *allowed])}")
        # In Python true is a whole number, too.
        if type(value) is not kind:
            raise _faulty(name, f"{what} has “{entry}: {str(value)[:40]}”, which should be {_KINDS[kind]}")


def _check_questions(name: str, questions: tuple[FormQuestion, ...], domains: dict) -> None:
    """Whether the questions and the domains belong to each other, and the screening questions come first."""
    keys = [one.key for one in questions]
    for number, one in enumerate(questions):
        if one.key in keys[:number]:
            raise _faulty(name, f"the question “{one.key}” stands twice; every key is used once in a form")
        if one.domain and one.domain not in domains:
            raise _faulty(name, f"the question “{one.key}” is in the unknown domain “{one.domain}”; "
                                f"use {', '.join(domains)}")
        if one.screening and number and not questions[number - 1].screening:
            raise _faulty(name, f"the question “{one.key}” has no domain; give it one, or put it at the top with the "
                                "screening questions")
    if not questions[0].screening:
        raise _faulty(name, "it does not begin with a screening question, which is one without a domain")
    for domain in domains:
        if all(one.domain != domain for one in questions):
            raise _faulty(name, f"the domain “{domain}” has no question")


def _faulty(name: str, what: str) -> CourseError:
    return CourseError(f"The appraisal form “{name}” cannot be used: {what}.")
