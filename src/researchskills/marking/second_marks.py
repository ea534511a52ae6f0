"""Marks of second markers that come back to the room: read with care, kept, and laid beside the first marks.

The mark that was first when a sample was drawn is the one to compare with, whatever has become of it since, because the
second one was given without knowing it. Answers that were changed in the meantime, or are gone, are named and left out.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from researchskills import received
from researchskills._words import number_of
from researchskills.bank import Question
from researchskills.errors import CourseError
from researchskills.marking import practice, rubric
from researchskills.marking.desk import Mark
from researchskills.marking.kept import Place, fingerprint, marker_name
from researchskills.marking.marked_twice import FIRST, Answer
from researchskills.marking.marks_file import as_bytes, content_of, in_file_names, put, same_person, standing
from researchskills.marking.room import learners, plainly
from researchskills.marking.second_marking import ANSWERS, KEY, MARKS, fits, key_file, known_questions, questions_of
from researchskills.marking.written import written_texts


@dataclass
class SecondMarks:
    """Second marks, each with the answer it is about.

    Attributes
    ----------
    answers : list of Answer
        Those that can be compared, those that differ most first.
    markers : dict of str to str
        Letters of the second markers, with their names.
    left_out : list of str
        Answers that could not be compared, and why; a sentence each.
    remarks : list of str
        Worth knowing, a sentence each.
    problems : list of str
        Files that could not be used, a sentence each.
    """

    answers: list[Answer] = field(default_factory=list)
    markers: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def bring_together(module: str, files: Iterable[Path], room: Path) -> SecondMarks:
    """Keep files of second marks in the room, and lay all that came back beside the first marks.

    Parameters
    ----------
    module : str
        Full name.
    files : iterable of pathlib.Path
        What came back now.
    room : pathlib.Path
        The marking room.

    Raises
    ------
    CourseError
        If there are no second marks that could be used; with a sentence for each file.
    """
    found = SecondMarks()
    _take_over(module, files, room, found)
    contents = _newest(module, room, found)
    if not contents:
        nothing = f"No marks of a second marker for {module} have come back to {room} yet. Name a file of theirs."
        raise CourseError("\n".join(found.problems) or nothing, exit_status=1 if found.problems else 2)
    _Gathering(module, room, found).gather(contents)
    return found


def _take_over(module: str, files: Iterable[Path], room: Path, found: SecondMarks) -> None:
    taken = set()
    for file in files:
        try:
            content = _read(file, module, room)
            digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]
            name = f"{content['sample']}--{in_file_names(content['marker'])}--{digest}.json"
            kept = _shelf(room, module) / name
            if kept in taken:
                found.remarks.append(f"{file.name} holds the same as another file; it counts once.")
            elif not kept.exists():
                put(kept, as_bytes(content))
            taken.add(kept)
        except CourseError as problem:
            found.problems.append(str(problem))


def _newest(module: str, room: Path, found: SecondMarks) -> list[dict]:
    """What each marker gave last for each sample."""
    newest: dict[tuple[str, str], dict] = {}
    for file in sorted(_shelf(room, module).glob("*.json")):
        try:
            content = _read(file, module, room)
        except CourseError as problem:
            found.remarks.append(f"Earlier marks could not be used. {problem}")
            continue
        who = (content["sample"], in_file_names(content["marker"]))
        if who not in newest or newest[who]["saved"] < content["saved"]:
            newest[who] = content
    return list(newest.values())


def _shelf(room: Path, module: str) -> Path:
    return room / "second-marking" / module / "received"


def _read(file: Path, module: str, room: Path) -> dict:
    """What a file of second marks holds, once it is sure that it belongs here."""
    mistaken = {
        ANSWERS: "It is the file of answers that went out: ask the second marker for the file of marks, which lies "
        "beside it and has their name at its end.",
        KEY: "It is the key that stays in the marking room: ask the second marker for the file of marks.",
        practice.WHAT: "It holds marks of somebody who practised: ask the second marker for the file of marks.",
    }
    content = content_of(file, MARKS, mistaken)
    if content.get("module") != module:
        raise CourseError(
            f"{file.name} is about {str(content.get('module'))[:60]}, not about {module}. {received.NOTHING}"
        )
    try:
        asked = {name: str(made_with) for name, made_with in content["questions"].items()}
        known = known_questions(file.name, module, asked)
        content["marker"], sample = marker_name(content["marker"]), content["sample"]
        datetime.fromisoformat(content["saved"])
        sound = (
            sample.isalnum()
            and sample.isascii()
            and set(content["marks"]) <= set(asked)
            and all(
                entry["standing"] is None
                or (_is_mark(known[name], standing(entry)) and isinstance(content["answers"][name][script], str))
                for name, scripts in content["marks"].items()
                for script, entry in scripts.items()
            )
        )
    except (KeyError, TypeError, AttributeError, ValueError):
        sound = False
    if not sound:
        raise CourseError(
            f"{file.name} is damaged: something in it is missing or out of range. {received.NOTHING} Ask for it again."
        )
    key = key_file(room, module, sample)
    if not key.exists():
        raise CourseError(
            f"{file.name} belongs to answers that were not drawn from {room}. {received.NOTHING} "
            "Name the marking room that they came from with --room."
        )
    given = content_of(key, KEY)["questions"].values()
    if any(
        same_person(one["first"]["marker"], content["marker"]) for held in given for one in held["scripts"].values()
    ):
        raise CourseError(
            f"{file.name} is by {content['marker']}, who gave first marks in this sample; a second mark comes from "
            f"somebody else. {received.NOTHING}"
        )
    return content


def _is_mark(question: Question, mark: Mark) -> bool:
    return fits(question, mark.levels) and all(isinstance(one, str) for one in (mark.comment, mark.marker, mark.time))


class _Gathering:
    """Finds the answer that each second mark is about."""

    def __init__(self, module: str, room: Path, found: SecondMarks):
        self.module, self.room, self.found = module, room, found
        with plainly(room):
            self.present = set(learners(room, module))
        self.questions = questions_of(module)
        self.texts: dict[str, dict[str, str]] = {}
        self.answers: dict[Place, Answer] = {}

    def gather(self, contents: list[dict]) -> None:
        names: dict[str, str] = {}
        for one in contents:
            names.setdefault(in_file_names(one["marker"]), one["marker"])
        letters = {name: chr(ord(FIRST) + number) for number, name in enumerate(sorted(names), 1)}
        self.found.markers = {letter: names[name] for name, letter in letters.items()}
        keys = {one["sample"]: content_of(key_file(self.room, self.module, one["sample"]), KEY) for one in contents}
        # Where an answer was drawn twice, the first mark of the later day is compared.
        for content in sorted(contents, key=lambda one: keys[one["sample"]]["drawn"]):
            self._add(content, keys[content["sample"]]["questions"], letters[in_file_names(content["marker"])])
        self.found.answers = sorted(self.answers.values(), key=lambda one: (-one.apart, one.id))
        self._note_changes()

    def _add(self, content: dict, key: dict, letter: str) -> None:
        marker = content["marker"]
        for question in (name for name in key if name in content["questions"]):
            drawn, title = key[question]["scripts"], self.questions[question].title
            entries = content["marks"].get(question, {})
            given = {script: mark for script, entry in entries.items() if (mark := standing(entry))}
            for script in sorted(set(given) - set(drawn)):
                self._leave_out(f"{marker} marked an answer {script} to “{title}” that was not in the sample.")
            missing = len(set(drawn) - set(given))
            if missing:
                every = number_of(len(drawn), "answer")
                self.found.remarks.append(f"{marker} has not marked {missing} of the {every} to “{title}”.")
            for script in (one for one in drawn if one in given):
                read = content["answers"][question][script]
                self._lay_beside(question, script, drawn[script], letter, given[script], read)

    def _lay_beside(self, question: str, script: str, drawn: dict, letter: str, mark: Mark, read: str) -> None:
        learner, first = drawn["learner"], drawn["first"]
        title = self.questions[question].title
        text = self._text(learner, question)
        if read != first["answer"]:
            self._leave_out(
                f"{self.found.markers[letter]} marked another text to “{title}” than the answer of {learner} that went "
                "out: the file was changed on its way."
            )
        elif not text:
            self._leave_out(f"The answer of {learner} to “{title}” is no longer in the room.")
        elif fingerprint(text) != first["answer"]:
            self._leave_out(
                f"{learner} has changed the answer to “{title}” since the sample was drawn: the second mark is about "
                "the earlier answer."
            )
        else:
            place = Place(self.room, self.module, learner, question)
            known = self.answers.get(place)
            second = {**(known.second if known else {}), letter: mark}
            self.answers[place] = Answer(script, place, self.questions[question], text, rubric.as_mark(first), second)

    def _note_changes(self) -> None:
        for answer in self.found.answers:
            counting = answer.counting
            if counting and counting.revision != answer.first.revision and not answer.agreed:
                self.found.remarks.append(
                    f"The first mark of {answer.place.learner} for “{answer.question.title}” was changed since the "
                    "sample was drawn. The mark of that day is compared; the other one counts until levels are agreed."
                )

    def _leave_out(self, sentence: str) -> None:
        # Two second markers may have had the same answer: it is named once.
        if sentence not in self.found.left_out:
            self.found.left_out.append(sentence)

    def _text(self, learner: str, question: str) -> str:
        if learner not in self.present:
            return ""
        if learner not in self.texts:
            self.texts[learner] = written_texts(self.room, self.module, learner)
        return self.texts[learner].get(question, "")
