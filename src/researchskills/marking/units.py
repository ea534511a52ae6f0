"""Where in the lesson a question of the exercises is taught.

Authors say it in `solutions/NN-name/units.yaml`: under the number of a unit, or the heading of another part of the
lesson, the ids of the questions that draw on it. Feedback tells it in words and not as a link: it is read from a
mail, from a folder or inside the course, and no address leads to the lesson from all three.
"""

import re

import yaml

from researchskills.errors import CourseError
from researchskills.source import Module

FILE = "units.yaml"


def units(module: Module) -> dict[str, tuple[str, ...]]:
    """Headings of the lesson by question.

    Parameters
    ----------
    module : Module
        As authors wrote it.

    Returns
    -------
    dict of str to tuple of str
        For each question that is listed the headings, such as `Unit 2: Check a file`, in the lesson's order. A
        question that is not listed draws on the whole lesson.

    Raises
    ------
    CourseError
        If the file names a part of the lesson or a question that there is not.
    """
    path = module.lesson.path.with_name(FILE)
    if not path.exists():
        return {}
    try:
        listed = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        listed = None
    if not isinstance(listed, dict) or not all(isinstance(names, list) for names in listed.values()):
        raise CourseError(f"{path} cannot be read: under each part of the lesson stands a list of questions.")
    entries = {str(part): list(map(str, names)) for part, names in listed.items()}
    found: dict[str, tuple[str, ...]] = {}
    parts = _parts(module)
    for part, names in entries.items():
        if part not in parts:
            raise CourseError(f"{path}: the lesson has no part “{part}”; it has {', '.join(parts)}.")
        for name in names:
            if name not in module.questions:
                raise CourseError(f"{path}: this module has no question “{name}”.")
    for part, heading in parts.items():
        for name in entries.get(part, ()):
            found[name] = (*found.get(name, ()), heading)
    return found


def _parts(module: Module) -> dict[str, str]:
    """Headings of the second level, units by their number."""
    headings = [
        heading.strip()
        for cell in module.lesson.cells
        if cell.kind == "markdown"
        for heading in re.findall(r"(?m)^## (.+)$", cell.text)
    ]
    numbered = ((re.match(r"Unit (\d+)\b", heading), heading) for heading in headings)
    return {number[1] if number else heading: heading for number, heading in numbered}
