"""Saved answers of a hand-in, read with the marker's own questions."""

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from researchskills import bank
from researchskills.ask import Asked, as_saved
from researchskills.bank import Question
from researchskills.marking.editions import questions_file
from researchskills.marking.room import NOTEBOOK


@contextmanager
def opened(questions_file: Path, questions: dict[str, Question], *folders: Path) -> Iterator[dict[str, Asked]]:
    """The questions, each with the answer that was handed in.

    They are read in a scratch copy: an activity sets a file aside that does not belong to it, and a hand-in
    must stay as it came.

    Parameters
    ----------
    questions_file : pathlib.Path
        The marker's `module.json`.
    questions : dict of str to Question
        Those to open.
    *folders : pathlib.Path
        Folders with `answers/`; where several hold the same answer the last one counts.
    """
    with tempfile.TemporaryDirectory(prefix="answers-") as scratch:
        place = Path(scratch).resolve()
        shutil.copy(questions_file, place / "module.json")
        (place / "answers").mkdir()
        for folder in folders:
            for name in questions:
                file = folder / "answers" / f"{name}.json"
                if file.is_file() and not file.is_symlink():
                    # Marking may just be putting a newer hand-in in its place.
                    with suppress(FileNotFoundError):
                        shutil.copyfile(file, place / "answers" / file.name)
        yield {name: as_saved(name, place) for name in questions}


def questions_of(room: Path, module: str, learner: str) -> Path:
    """The questions that a hand-in was marked by, which are those of its edition (see `editions`)."""
    from researchskills.marking.results import read_note

    return questions_file(room, module, read_note(room, module, learner).get("fingerprint", ""))


def written_texts(room: Path, module: str, learner: str) -> dict[str, str]:
    """Texts that a mentor marks, by question; empty when nothing was written."""
    file = questions_of(room, module, learner)
    texts = {name: one for name, one in bank.read(file).items() if one.marked_by == "mentor"}
    with opened(file, texts, room / "submitted" / learner / module) as answers:
        return {name: answer.shown() for name, answer in answers.items()}


def given(room: Path, module: str, learner: str, names: Iterable[str]) -> dict[str, tuple[Question, str]]:
    """What a learner gave as the answer to each question, in a form that changes only when the answer does.

    For a text this is the text. For code it is the learner's own code as far down as the check, since any of it may
    decide about the result. For everything else it is what was chosen, whatever the options are worded like.

    Parameters
    ----------
    room, module, learner
        Whose answers.
    names : iterable of str
        Ids of questions; those that the module no longer has, or that are not marked, are left out.
    """
    file = questions_of(room, module, learner)
    folder = room / "submitted" / learner / module
    known = bank.read(file)
    wanted = {name: known[name] for name in names if name in known and known[name].points}
    code = codes(folder / f"{NOTEBOOK}.ipynb") if any(one.kind == "value" for one in wanted.values()) else {}
    with opened(file, {name: one for name, one in wanted.items() if one.kind != "value"}, folder) as answers:
        texts = {name: _as_text(answer) for name, answer in answers.items()}
    return {
        name: (one, code.get(name, ("", ""))[1] if one.kind == "value" else texts[name]) for name, one in wanted.items()
    }


def _as_text(answer: Asked) -> str:
    if answer.asked.marked_by == "mentor":
        return answer.shown()
    return json.dumps(answer.answer, ensure_ascii=False, sort_keys=True) if answer.is_answered else ""


def codes(path: Path) -> dict[str, tuple[str, str]]:
    """A learner's code, by question: in the cell for the answer, and in all cells from the top to the check.

    Parameters
    ----------
    path : pathlib.Path
        The notebook as it was put together for marking.
    """
    if not path.exists():
        return {}
    answers: dict[str, str] = {}
    found, so_far = {}, []
    for cell in json.loads(path.read_bytes())["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        name, source = marks.get("grade_id", ""), "".join(cell["source"])
        if marks.get("grade"):
            found[name] = (answers.get(name, ""), "\n\n".join(so_far))
        elif cell["cell_type"] == "code" and "activity" not in cell["metadata"].get("tags", []):
            so_far.append(source)
            if marks.get("solution"):
                answers[name.removesuffix("-answer")] = source
    return found
