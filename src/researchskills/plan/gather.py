"""What a learner saved in all modules, read without touching it.

Each module says in its `module.json` which of its questions and activities contribute to the plan, and to which part
(see `source.plan_entries`), so a new module joins by what its author writes, and nothing here knows any module.

An activity that finds a damaged file sets it aside, and a question that has changed keeps the old answer: both write.
So a copy of the answers is read, and the learner's own folder stays as it is, byte for byte.
"""

import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import researchskills
from researchskills import paths
from researchskills.ask import answered
from researchskills.errors import CourseError


@dataclass(frozen=True)
class Contribution:
    """Something a learner made that belongs into the plan.

    Attributes
    ----------
    module : str
        Name of the module it comes from.
    name : str
        Id of the question or name of the activity.
    part : str
        Key of the part of the plan.
    title : str
    private : bool
        Whether it stays out unless the learner ticks it.
    saved : str
        When it was last changed, in UTC.
    shown : str
        The answer in plain words.
    html : str
        The answer as a page shows it.
    headline : str
        The question as it stands there, for the top of the plan; mostly empty.
    """

    module: str
    name: str
    part: str
    title: str
    private: bool
    saved: str
    shown: str
    html: str
    headline: str = ""


@dataclass(frozen=True)
class Gathered:
    """Everything that was found.

    Attributes
    ----------
    contributions : list of Contribution
        In the order of modules, and in each as its author listed them.
    skipped : list of str
        A sentence for each answer that could not be read, with the name of its file.
    fillers : dict
        Part → titles of the modules of this course that contribute to it.
    """

    contributions: list[Contribution]
    skipped: list[str]
    fillers: dict[str, list[str]]


def modules() -> list[dict]:
    """The descriptions of the modules of this course, in teaching order."""
    return [json.loads((folder / "module.json").read_text(encoding="utf-8")) for folder in paths.modules()]


def gather(workspace: Path) -> Gathered:
    """Collect what contributes to the plan.

    Parameters
    ----------
    workspace : pathlib.Path
        The learner's folder, with a folder for each module. Nothing in it is changed.

    Returns
    -------
    Gathered
        Questions and activities without an answer are left out.
    """
    found, skipped, fillers = [], [], {}
    for module in modules():
        for part in dict.fromkeys(entry["part"] for entry in module["plan"]):
            fillers.setdefault(part, []).append(module["title"])
        for entry in module["plan"]:
            file = Path(workspace) / module["module"] / "answers" / f"{entry['from']}.json"
            if not file.exists():
                continue
            try:
                one = _read(file, module["module"], entry)
            except (CourseError, OSError, ValueError, TypeError, KeyError, AttributeError) as problem:
                skipped.append(f"“{entry['title']}” was left out: {module['module']}/answers/{file.name} could "
                               f"not be used ({_brief(problem)}). The file was not touched.")
                continue
            if one:
                found.append(one)
    return Gathered(found, skipped, fillers)


def _read(file: Path, module: str, entry: dict) -> Contribution | None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch).resolve() / module
        (folder / "answers").mkdir(parents=True)
        shutil.copyfile(file, folder / "answers" / file.name)
        held = json.loads(file.read_bytes())
        if not isinstance(held, dict) or not held.get("shown"):
            if isinstance(held, dict) and isinstance(held.get("state"), dict):
                return None
            raise ValueError("it is damaged")
        # Questions come from the edition that the answer was given in, which lies beside it.
        beside = file.parent.parent / "module.json"
        if beside.exists():
            shutil.copyfile(beside, folder / "module.json")
        with _standing_in(folder):
            if "call" in entry:
                call = entry["call"]
                activity = getattr(researchskills, call["function"])(*call["args"], **call["kwargs"])
            else:
                activity = answered(entry["from"], folder)
        if not activity.shown():
            if activity.notice:
                raise ValueError("it is damaged or belongs to something else")
            return None
        return Contribution(module, entry["from"], entry["part"], entry["title"], entry["private"],
                            str(held.get("saved", "")), activity.shown(), activity.contribution(), activity.headline())


@contextmanager
def _standing_in(folder: Path):
    """A folder as the current one, with nobody there to click."""
    before, static = Path.cwd(), os.environ.get("RESEARCHSKILLS_STATIC")
    os.chdir(folder)
    os.environ["RESEARCHSKILLS_STATIC"] = "1"
    try:
        yield
    finally:
        os.chdir(before)
        if static is None:
            del os.environ["RESEARCHSKILLS_STATIC"]
        else:
            os.environ["RESEARCHSKILLS_STATIC"] = static


def _brief(problem: Exception) -> str:
    if isinstance(problem, json.JSONDecodeError | UnicodeDecodeError):
        return "it is damaged"
    return str(problem).strip().rstrip(".") or type(problem).__name__

