"""Fields for what learners write in their own words: kept as they leave it, unless it could identify somebody.

What stands in these activities goes on: into the research plan, to a supervisor, to a partner in another agency. So a
telephone number or a date of birth is asked about when it is typed, and not when the file has gone.
"""

from collections.abc import Callable

from researchskills import _html, privacy
from researchskills.errors import CourseError
from researchskills.panel_parts import alert

#: Longer than anything that belongs in one field; a whole report pasted by mistake stays out.
MOST_LETTERS = 2000


def kept(text: str, what: str) -> str:
    """A text as it may be kept.

    Parameters
    ----------
    text : str
        As typed.
    what : str
        Name of the field, for a message.

    Raises
    ------
    CourseError
        If it is too long, or holds what could identify a person.
    """
    if len(text) > MOST_LETTERS:
        raise CourseError(f"“{what}” has {len(text):,} letters and was not saved; {MOST_LETTERS:,} fit. Your "
                          "words are still in the field: shorten them.")
    if found := privacy.find(text):
        raise CourseError(f"“{what}” seems to hold a {found[0].kind} ({found[0].masked}) and was not saved. Write a "
                          "role or a group in its place, such as “district nurse”. Your words are still in the field.")
    return text.strip()


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
            said.value = alert(f"<p>{_html.escape(str(problem))}</p>")

    control.observe(left, names="value")
    return control
