"""Where things live.

The course runs from its own folder: `course/`, `solutions/` and `datasets/` are found from the
package's place, never from the current folder, so that the same call works in a learner's
workspace, while building and while marking.
"""

import os
from pathlib import Path

from researchskills.errors import CourseError


def course_root() -> Path:
    """Folder that holds `course/`, `solutions/` and `datasets/`.

    Returns
    -------
    pathlib.Path
        `RESEARCHSKILLS_ROOT` when it is set, else the folder the package was installed from.
    """
    named = os.environ.get("RESEARCHSKILLS_ROOT")
    return Path(named).resolve() if named else Path(__file__).resolve().parents[2]


def modules(root: Path | None = None) -> list[Path]:
    """Module folders of the learners' edition, in teaching order.

    Parameters
    ----------
    root : pathlib.Path, optional
        Course folder; by default `course_root()`.
    """
    folder = (root or course_root()) / "course"
    return sorted(path.parent for path in folder.glob("[0-9][0-9]-*/module.json"))


def find_module(word: str, root: Path | None = None) -> str:
    """Full name of the module that somebody means by `word`.

    Parameters
    ----------
    word : str
        `00`, `0`, `m00`, `start-here` or `00-start-here`.

    Raises
    ------
    CourseError
        If no module is called that; the message names the nearest one.
    """
    names = [path.name for path in modules(root)]
    found = named(word, names)
    if not found:
        raise CourseError(f"There is no module “{word}”.{suggestion(word, names)}", exit_status=2)
    return found


def named(word: str, names: list[str]) -> str | None:
    """Which of some module names somebody means by `word`; None when it is none of them."""
    wanted = word.strip().strip("/\\").casefold()
    for name in names:
        number, _, title = name.partition("-")
        if wanted in {name, title, number, f"m{number}", number.lstrip("0") or "0"}:
            return name
    return None


def suggestion(word: str, names: list[str]) -> str:
    """Sentence that offers the nearest of some names, or lists them when none is near."""
    from rapidfuzz import fuzz, process

    near = process.extractOne(word, names, scorer=fuzz.WRatio, score_cutoff=60)
    if near:
        return f" Did you mean “{near[0]}”?"
    return f" There are: {', '.join(names)}." if names else ""
