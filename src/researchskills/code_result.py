"""What the learner's own code worked out, as a question looks at it.

On the learner's own computer question and code share a notebook. While marking they do not: the code has run
in a kernel of its own, which can say what it found but cannot reach the check, and what it said is told here.
"""

import json
from dataclasses import asdict, dataclass

from researchskills import checks

MISSING, DOTS, KNOWN = "missing", "dots", "known"
_LONGEST = 200

_told: dict[str, "CodeResult"] = {}


@dataclass(frozen=True)
class CodeResult:
    """What a variable holds.

    Attributes
    ----------
    status : str
        `missing`, `dots` (still the three dots of the exercise) or `known`.
    text : str
        The value as text, shortened.
    number : int, float or None
        The value, if it is one number.
    is_whole : bool
        Whether it is a whole result of the course's statistics, out of which a number has to be taken.
    """

    status: str = MISSING
    text: str = ""
    number: float | None = None
    is_whole: bool = False


def look(variable: str) -> CodeResult:
    """What a variable of this notebook holds, or what was told of it.

    Parameters
    ----------
    variable : str
        Its name.
    """
    from IPython import get_ipython

    if variable in _told:
        return _told[variable]
    shell = get_ipython()
    if shell is None or variable not in shell.user_ns:
        return CodeResult()
    value = shell.user_ns[variable]
    if value is Ellipsis:
        return CodeResult(DOTS)
    number = checks.as_number(value)
    return CodeResult(KNOWN, str(value)[:_LONGEST], number, callable(getattr(value, "sentence", None)))


def described(variable: str) -> str:
    """What `look` finds, as JSON for another process."""
    return json.dumps(asdict(look(variable)))


def read(description: str) -> CodeResult:
    """Read what another process said; anything that does not make sense counts as nothing found.

    Parameters
    ----------
    description : str
        What `described` gave there. It is not trusted.
    """
    try:
        said = json.loads(description)
        # Half a character could not be written down.
        text = str(said["text"]).encode("utf-8", "replace").decode()[:_LONGEST]
        status, number = said["status"], said["number"]
        if status not in (MISSING, DOTS, KNOWN) or isinstance(number, bool):
            return CodeResult()
        if not (number is None or isinstance(number, (int, float))) or len(str(number)) > _LONGEST:
            return CodeResult()
        return CodeResult(status, text, number, said["is_whole"] is True)
    except (KeyError, TypeError, ValueError, RecursionError):
        return CodeResult()


def tell(found: dict[str, dict]) -> None:
    """Say what variables hold that another kernel worked out.

    Parameters
    ----------
    found : dict of str to dict
        The fields of a `CodeResult`, by variable.
    """
    _told.update({variable: CodeResult(**fields) for variable, fields in found.items()})
