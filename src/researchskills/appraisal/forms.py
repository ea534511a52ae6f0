"""Appraisal forms: the questions that a design asks for, in this course's own words.

Each form is one file in `forms/`, so that an author can mend a question without touching code. It has screening
questions, which decide whether reading on is worth the time, and further questions in domains. No form adds up to a
score: a fault that turns a result round is not made good by ten small merits.

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
_FOLDER = Path(__file__).parent / "forms"


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
        If there is no such form.
    """
    path = _FOLDER / f"{key}.yaml"
    if key not in names() or not path.exists():
        raise CourseError(f"There is no appraisal form “{key}”.{suggestion(key, names())}", exit_status=2)
    held = yaml.safe_load(path.read_text(encoding="utf-8"))
    questions = tuple(FormQuestion(**{**one, "domain": one.get("domain") or ""}) for one in held["questions"])
    return Form(held["key"], held["title"], held["version"], held["about"], held["domains"], questions)
