"""Claims traced to their sources: what a document states, what the source reports, and what can be said of the two.

The package `claims` has one row for each statement; its sealed key holds the course's verdict, the sentence that the
source would bear, and other verdicts that can be defended. Much of what we know of a source is its abstract, so the
course's verdict is an opinion with reasons, and the reader's own may be the better one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from researchskills import datasets
from researchskills.errors import CourseError
from researchskills.paths import suggestion

#: What can be said of a statement once its source has been read.
VERDICTS = {
    "agrees": "Agrees: the source says this",
    "overstated": "Overstated: the source says less, or is less sure",
    "reversed": "Reversed: the source says the opposite",
    "not found": "Not found: the source does not say this, or none is given",
    "wrong date": "Wrong date: the date is another one",
    "wrong title": "Wrong title: the title, or the name of the journal, is another one",
}
CANNOT_TELL = "cannot tell"
#: What a reader can choose, in the order in which it is offered.
CHOICES = {**VERDICTS, CANNOT_TELL: "Cannot tell from what I can see"}
#: How sure the course is of what a source reports; the codebook defines the same words.
HOW_KNOWN = {
    "verified": "We have checked: what is named below was read; of an article, the abstract and not the whole text. "
                "Whether the claim fits it is for you to judge.",
    "second-hand": "We have checked at second hand only: the source itself was not read; what stands here comes from "
                   "another text.",
    "general knowledge": "We have checked a part only: the rest is widely known and was not looked up. Check before "
                         "you rely on it.",
    "uncertain": "We could not check: the source was not read, and nothing was found that settles it. Another verdict "
                 "may be right.",
}
#: What stands in the package where a document names no source.
NO_SOURCE = "No source is given."
#: A first set: the two that the module is built on, and each verdict at least once.
FIRST_SET = ("C01", "C02", "C04", "C05", "C07", "C13", "C17", "C19")


@dataclass(frozen=True)
class Claim:
    """A statement beside its source.

    Attributes
    ----------
    key : str
        Such as `C01`.
    document, where : str
        Title of the document that states it, and the place in it.
    stated : str
        What it states; what stands in quotation marks is its own words.
    cited : str
        What it names as its source.
    reported : str
        What that source reports, as far as it was read for this course.
    status : str
        One of `HOW_KNOWN`.
    where_to_read, link : str
        Where to find the source; the address may be empty.
    """

    key: str
    document: str
    where: str
    stated: str
    cited: str
    reported: str
    status: str
    where_to_read: str
    link: str


@dataclass(frozen=True)
class View:
    """What the course makes of a claim.

    Attributes
    ----------
    verdict : str
        One of `VERDICTS`.
    fair : str
        A sentence that the source would bear.
    why : str
    also : tuple of str
        Other verdicts that can be defended.
    """

    verdict: str
    fair: str
    why: str
    also: tuple[str, ...]


@cache
def claims() -> dict[str, Claim]:
    """All claims by their keys, in the order of the package.

    Raises
    ------
    CourseError
        If the package is damaged.
    """
    table = datasets.load("claims").fillna({"link": ""})
    titles = datasets.load("claims", "documents").set_index("document")["title"]
    return {row.claim: Claim(row.claim, titles[row.document], row.where, row.stated, row.cited, row.reported,
                             row.status, row.where_to_read, row.link) for row in table.itertuples()}


@cache
def view(key: str) -> View:
    """What the course makes of a claim.

    Raises
    ------
    CourseError
        If the key is damaged.
    """
    held = datasets.planted("claims")["claims"][key]
    return View(held["verdict"], held["fair"], held["why"], tuple(held["also"]))


def chosen(wanted: Sequence[str] | None = None) -> list[str]:
    """Keys of the claims to be traced, each once.

    Parameters
    ----------
    wanted : sequence of str, optional
        Keys; by default `FIRST_SET`.

    Raises
    ------
    CourseError
        If there is no such claim, or none is wanted.
    """
    keys = [wanted] if isinstance(wanted, str) else list(FIRST_SET if wanted is None else wanted)
    for key in keys:
        if key not in claims():
            raise CourseError(f"There is no claim “{key}”.{suggestion(str(key), list(claims()))}", exit_status=2)
    if not keys:
        raise CourseError("Name at least one claim, such as “C01”.", exit_status=2)
    return list(dict.fromkeys(keys))


def compared(verdict: str, key: str) -> str:
    """A reader's verdict beside the course's, in a sentence or two; never right or wrong.

    Parameters
    ----------
    verdict : str
        One of `CHOICES`.
    key : str
        The claim.
    """
    course = view(key)
    if verdict == course.verdict:
        return f"You and the course see it alike: {verdict}."
    told = f"You say “{verdict}”, the course says “{course.verdict}”."
    if verdict == CANNOT_TELL:
        return f"{told} Not to judge before the source was read is a good habit. What would you have to see?"
    if verdict in course.also:
        return f"{told} Yours can be defended as well: it looks at another part, or weighs it otherwise."
    if claims()[key].cited == NO_SOURCE:
        return f"{told} Put the sentence beside what was found once more: which words make the difference?"
    return f"{told} Put the two sentences side by side once more: which words make the difference?"
