"""Appraisals in an answers folder, read without opening the activities that wrote them.

Opening an activity may set a damaged file aside. Whoever only looks at other people's or other pages' appraisals must
not move anything, so the files are read here and left as they are.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from researchskills.appraisal import forms
from researchskills.appraisal.designs import DESIGNS
from researchskills.appraisal.reading import SECTORS, Answer, Appraisal
from researchskills.errors import CourseError
from researchskills.store import LARGEST_FILE

#: Class name that an appraisal's file carries.
ACTIVITY = "Appraise"
_ANSWER = {"answer": str, "sentences": list, "evidence": str, "direction": str}


def is_answer(held) -> bool:
    """Whether something can stand for an answer; one that is still without its yes or no counts."""
    return (isinstance(held, dict) and set(held) == set(_ANSWER)
            and all(isinstance(held[key], kind) for key, kind in _ANSWER.items())
            and held["answer"] in {"", *forms.ANSWERS} and held["direction"] in {"", *forms.DIRECTIONS}
            and all(type(one) is int and one > 0 for one in held["sentences"]))


def are_answers(held) -> bool:
    """Whether something can be the answers of a form."""
    return isinstance(held, Mapping) and all(isinstance(key, str) and is_answer(one) for key, one in held.items())


def are_judgements(held) -> bool:
    """Whether something can be the judgements of a form."""
    return isinstance(held, Mapping) and all(
        isinstance(key, str) and one in forms.JUDGEMENTS for key, one in held.items())


def from_state(state: Mapping) -> Appraisal | None:
    """The appraisal that a state of the activity stands for.

    Parameters
    ----------
    state : mapping
        Names of traits and their values.

    Returns
    -------
    Appraisal or None
        None while no report is chosen or no design named. Answers to questions and judgements of domains that the
        form does not have are left out; a direction is left out where the answer is yes.

    Raises
    ------
    ValueError
        If the state holds what no activity writes.
    """
    texts = {key: state.get(key, "") for key in ("report_key", "own_paper", "design", "reader", "sector", "certainty")}
    answers, judgements = state.get("answers", {}), state.get("judgements", {})
    if not all(isinstance(one, str) for one in texts.values()) or not are_answers(answers) \
            or not are_judgements(judgements) or texts["design"] not in {"", *DESIGNS} \
            or texts["sector"] not in {"", *SECTORS}:
        raise ValueError("no state of an appraisal")
    subject = texts["report_key"] or texts["own_paper"]
    if not subject or not texts["design"]:
        return None
    form = forms.form(DESIGNS[texts["design"]].form)
    made = {}
    for question in form.questions:
        held = answers.get(question.key)
        if held and held["answer"]:
            asked = question.direction and held["answer"] != "yes"
            made[question.key] = Answer(held["answer"], tuple(held["sentences"]), held["evidence"],
                                        held["direction"] if asked else "")
    judged = {domain: judgements[domain] for domain in form.domains if domain in judgements}
    return Appraisal(subject, texts["design"], form.key, form.version, texts["reader"], texts["sector"], made, judged,
                     texts["certainty"])


def appraisal_of(name: str, folder: Path) -> Appraisal | None:
    """The appraisal that an activity has saved.

    Parameters
    ----------
    name : str
        The activity's name.
    folder : pathlib.Path
        The notebook's folder.

    Returns
    -------
    Appraisal or None
        None when nothing is saved under the name, or no design is named yet.

    Raises
    ------
    CourseError
        If the file is damaged or belongs to another kind of activity; it is left as it is.
    """
    path = Path(folder) / "answers" / f"{name}.json"
    if not path.exists():
        return None
    state = _state(path)
    if state is None:
        raise CourseError(f"“{name}” is no appraisal but another task of this page. Nothing was changed. Give the name "
                          "of an appraisal.", exit_status=2)
    return _appraisal(path, state)


def all_in(folder: Path) -> tuple[dict[str, Appraisal], list[str]]:
    """Every appraisal saved beside a notebook.

    Parameters
    ----------
    folder : pathlib.Path
        The notebook's folder.

    Returns
    -------
    appraisals : dict
        Name of the activity → `Appraisal`, by name.
    left_out : list of str
        A sentence for each file that cannot be read.
    """
    found, left_out = {}, []
    # A dot in the name marks a file that was set aside, and a dot before it one that is not an answer.
    for path in sorted((Path(folder) / "answers").glob("*.json")):
        if "." in path.stem:
            continue
        try:
            state = _state(path)
            appraisal = None if state is None else _appraisal(path, state)
        except CourseError as problem:
            left_out.append(str(problem))
            continue
        if appraisal is not None:
            found[path.stem] = appraisal
    return found, left_out


def _state(path: Path) -> dict | None:
    """The state in a file, or None when it belongs to another kind of activity."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ValueError("too large")
        held = json.loads(path.read_bytes())
        activity, state = held["activity"], held["state"]
    except (OSError, ValueError, RecursionError, KeyError, TypeError):
        raise _damaged(path) from None
    if activity != ACTIVITY:
        return None
    if not isinstance(state, dict):
        raise _damaged(path)
    return state


def _appraisal(path: Path, state: dict) -> Appraisal | None:
    try:
        return from_state(state)
    except ValueError:
        raise _damaged(path) from None


def _damaged(path: Path) -> CourseError:
    return CourseError(f"The file “answers/{path.name}” is damaged or cannot be opened. It was left as it is and not "
                       "used. Open the page that it belongs to: that keeps the file and lets you answer again.")
