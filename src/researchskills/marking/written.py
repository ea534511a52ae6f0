"""Saved answers of a hand-in, read with the marker's own questions."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from researchskills.ask import Asked, as_saved
from researchskills.bank import Question


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
                    shutil.copyfile(file, place / "answers" / file.name)
        yield {name: as_saved(name, place) for name in questions}


def written_texts(room: Path, module: str, learner: str) -> dict[str, str]:
    """Texts that a mentor marks, by question; empty when nothing was written."""
    from researchskills import bank

    file = room / "questions" / module / "module.json"
    texts = {name: one for name, one in bank.read(file).items() if one.marked_by == "mentor"}
    with opened(file, texts, room / "submitted" / learner / module) as answers:
        return {name: answer.shown() for name, answer in answers.items()}
