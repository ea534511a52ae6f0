"""What somebody typed, kept only without details that could identify a person."""

from researchskills import privacy
from researchskills.errors import CourseError

#: Longer words are cut: nobody types so much into a box.
LONGEST_WORDS = 2000
#: A name longer than this is no code any more.
_LONGEST_NAME = 40


def kept(typed: str) -> str:
    """The words as they may be saved, cut at `LONGEST_WORDS` signs.

    Raises
    ------
    CourseError
        If they hold something that could identify a person.
    """
    if found := privacy.find(typed):
        raise CourseError(f"This could identify a person ({found[0].kind}: {found[0].masked}) and was not saved. "
                          "Write it without such a detail.")
    return typed.strip()[:LONGEST_WORDS]


def name_or_code(typed: str) -> str:
    """A short name or code as it may be saved.

    Raises
    ------
    CourseError
        If it is too long, or could identify a person by more than a name.
    """
    name = " ".join(kept(typed).split())
    if len(name) > _LONGEST_NAME:
        raise CourseError(f"Use a short name or code of at most {_LONGEST_NAME} letters, such as the code you hand in "
                          "under. It was not saved.")
    return name
