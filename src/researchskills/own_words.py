"""What learners write in their own words: kept as it is, unless it could identify somebody.

What stands in an activity goes on: into a plan, to a supervisor, to a partner in another agency. So a telephone number
or a date of birth is asked about when it is typed, and not when the file has gone.
"""

from collections.abc import Callable

from researchskills import privacy
from researchskills._html import escape
from researchskills.errors import CourseError
from researchskills.panel_parts import alert

#: Longer than anything that belongs in one field; a whole report pasted by mistake stays out.
MOST_LETTERS = 2000
#: A name longer than this is no code any more.
LONGEST_NAME = 40


def kept(typed: str, what: str = "") -> str:
    """A text as it may be kept.

    Parameters
    ----------
    typed : str
    what : str, optional
        Name of the field, for a message.

    Raises
    ------
    CourseError
        If it is too long, or holds what could identify a person.
    """
    name = f"“{what}”" if what else "This"
    if len(typed) > MOST_LETTERS:
        raise CourseError(f"{name} has {len(typed):,} letters and was not saved; {MOST_LETTERS:,} fit. Your words are "
                          "still in the field: shorten them.")
    if found := privacy.find(typed):
        raise CourseError(f"{name} could identify a person ({found[0].kind}: {found[0].masked}) and was not saved. "
                          "Write a role or a group in its place, such as “district nurse”. Your words are still in "
                          "the field.")
    return typed.strip()


def name_or_code(typed: str) -> str:
    """A short name or code as it may be saved.

    Raises
    ------
    CourseError
        If it is too long, or could identify a person by more than a name.
    """
    name = " ".join(kept(typed).split())
    if len(name) > LONGEST_NAME:
        raise CourseError(f"Use a short name or code of at most {LONGEST_NAME} letters, such as the code you hand in "
                          "under. It was not saved.")
    return name


def field(kind, what: str, value: str, keep: Callable[[str], None], said, **options):
    """A control that keeps what is written in it when the learner leaves it.

    Parameters
    ----------
    kind : type
        `Text` or `Textarea`.
    what : str
        Its name.
    value : str
        What stands in it.
    keep : callable
        Takes the text that may be kept.
    said : ipywidgets.HTML
        Where it is said why a text was not kept.
    **options
        For the control, such as `rows`.
    """
    control = kind(value=value, description=what, continuous_update=False, **options)

    def left(change):
        try:
            keep(kept(change["new"], control.description))
            said.value = ""
        except CourseError as problem:
            said.value = alert(f"<p>{escape(str(problem))}</p>")

    control.observe(left, names="value")
    return control
