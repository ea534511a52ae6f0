"""Second marking: a sample of marked answers goes out in a file, and somebody else marks it without the first marks.

Mentors have no server in common, so a file travels. It holds what a second marker needs and no more: the answers under
ids that mean nothing, in an order that means nothing, and which questions they belong to. Neither learner codes nor
levels nor comments are in it. What the ids stand for, and what was given first, stays in the marking room:

    second-marking/MODULE/SAMPLE.json             the key to one file that went out
    second-marking/MODULE/received/…              files of marks that came back; see `moderation`

The second marker's levels go into a file of their own beside the one that was sent, which is never written to:

    answers.json
    answers--MARKER.json                          to be sent back

Names of the first markers are in the file only as fingerprints, by which it is noticed when somebody is about to mark
their own sample a second time.
"""

import hashlib
import json
import math
import random
import re
import secrets
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from researchskills import _html, bank, paths, privacy, received, saving, source
from researchskills._html import escape
from researchskills._words import number_of
from researchskills.bank import Question
from researchskills.errors import CourseError
from researchskills.marking.desk import Mark, Script
from researchskills.marking.kept import Place, fingerprint, load, marker_name
from researchskills.marking.marks_file import VERSION, MarksFile, as_bytes, content_of, in_file_names, put, same_person
from researchskills.marking.room import default_room, learners, plainly
from researchskills.marking.written import written_texts
from researchskills.store import now

ANSWERS, MARKS, KEY = "answers for second marking", "second marks", "key to a second marking"
SHARE, LEAST = 0.10, 3
_ID = re.compile(r"[0-9a-f]{8,16}")


@dataclass(frozen=True)
class Exported:
    """A file that was written for a second marker.

    Attributes
    ----------
    path : pathlib.Path
        The file.
    drawn : dict of str to (int, int)
        For each question's title, how many answers were drawn out of how many marked ones.
    private : tuple of str
        What in the answers could identify somebody, a sentence each.
    """

    path: Path
    drawn: dict[str, tuple[int, int]]
    private: tuple[str, ...] = ()

    @property
    def sentences(self) -> list[str]:
        """For the mentor: what is in it, what to look at, what to do next."""
        counts = [
            f"{some} of {number_of(every, 'marked answer')} to “{title}”" for title, (some, every) in self.drawn.items()
        ]
        return [
            f"{self.path} holds {'; '.join(counts)}, drawn at random.",
            *self.private,
            "It holds no learner code and none of your marks, but what people wrote can still tell who they are: read "
            "it through, and send it in a way that your organisation allows for such work.",
            f"The second marker opens it with: course review {self.path.name} --marker THEIR-NAME",
        ]

    def as_dict(self) -> dict:
        """For `--json`."""
        drawn = [{"question": title, "drawn": some, "marked": every} for title, (some, every) in self.drawn.items()]
        return {"file": str(self.path), "drawn": drawn, "private": list(self.private)}


def export(
    module: str,
    room: Path | None,
    to: Path,
    share: float = SHARE,
    least: int = LEAST,
    seed: int | None = None,
    marker: str = "",
) -> Exported:
    """Write a sample of marked answers to a file for a second marker.

    Parameters
    ----------
    module : str
        Full name.
    room : pathlib.Path or None
        The marking room; None for the course's own.
    to : pathlib.Path
        The file, or a folder to put it in. A file that is there already is not replaced.
    share : float
        Which part of the marked answers to each question is drawn, rounded up.
    least : int
        How many are drawn at least; all, if there are fewer.
    seed : int, optional
        Draws the same sample again from the same answers; by default another one each time. It is kept in the room.
    marker : str, optional
        Draw only from answers whose mark this person gave.

    Raises
    ------
    CourseError
        If nothing is marked yet, or the file cannot be written.
    """
    room = (room or default_room()).absolute()
    if not 0 < share <= 1 or least < 1:
        raise CourseError("The share lies above 0 and up to 1, and at least 1 is drawn. Nothing was written.", 2)
    sample = secrets.token_hex(6)
    path = _free(to, f"second-marking--{module}--{sample}.json")
    found = _marked(module, room, marker)
    if not found:
        who = f" by {marker}" if marker else ""
        raise CourseError(
            f"No answer to {module} has been marked{who} with a rubric in {room} yet, so there is nothing to mark a "
            f"second time. Nothing was written. Mark some answers first: course review {module}"
        )
    seed = secrets.randbelow(2**32) if seed is None else seed
    authored = questions_of(module)
    outside, inside, drawn, private = {}, {}, {}, []
    everybody = {one for answers in found.values() for one in answers}
    for name, answers in found.items():
        chosen = _drawn(sorted(answers), share, least, f"{seed} {name}")
        ids = dict(zip(_ids(len(chosen)), chosen, strict=True))
        outside[name] = {
            "fingerprint": question_fingerprint(authored[name]),
            "marked": len(answers),
            "scripts": [{"id": one, "text": answers[learner][0]} for one, learner in ids.items()],
        }
        inside[name] = {
            "fingerprint": outside[name]["fingerprint"],
            "drawn_from": sorted(answers),
            "scripts": {one: {"learner": learner, "first": answers[learner][1]} for one, learner in ids.items()},
        }
        title = authored[name].title
        drawn[title] = (len(chosen), len(answers))
        for number, learner in enumerate(chosen, 1):
            private += _private(answers[learner][0], everybody, f"Answer {number} to “{title}”")
    head = {"version": VERSION, "module": module, "edition": _edition(module), "sample": sample}
    first = {one["first"]["marker"] for held in inside.values() for one in held["scripts"].values()} - {""}
    public = {"what": ANSWERS, **head, "first_markers": sorted(_disguised(sample, one) for one in first)}
    kept = {"what": KEY, **head, "drawn": now(), "seed": seed, "share": share, "least": least, "questions": inside}
    # The key comes first: a file that went out without it could never be read again.
    key = key_file(room, module, sample)
    put(key, as_bytes(kept))
    try:
        saving.write(path, as_bytes({**public, "questions": outside}))
    except BaseException:
        key.unlink()
        raise
    return Exported(path, drawn, tuple(private))


def _free(to: Path, name: str) -> Path:
    path = to.expanduser().absolute()
    path = path / name if path.is_dir() else path
    if path.suffix != ".json":
        raise CourseError(f"The name of the file ends in .json, unlike {path.name}. Nothing was written.", 2)
    if path.exists():
        raise CourseError(
            f"{path} is there already and was left as it is: somebody may be marking it. Choose another name.", 2
        )
    return path


def _marked(module: str, room: Path, marker: str) -> dict[str, dict[str, tuple[str, dict]]]:
    """For each question the learners whose answer has a mark with levels, with text and mark."""
    found: dict[str, dict] = {}
    questions = questions_of(module)
    with plainly(room):
        everybody = learners(room, module)
    for learner in everybody:
        for name, text in written_texts(room, module, learner).items():
            mark = load(Place(room, module, learner, name)).counting(text) if text else None
            if not mark or name not in questions or not fits(questions[name], mark.get("levels")):
                continue
            if not marker or same_person(mark["marker"], marker):
                found.setdefault(name, {})[learner] = (text, mark)
    return {name: found[name] for name in questions if name in found}


def _drawn(names: list[str], share: float, least: int, seed: str) -> list[str]:
    """A sample, in an order that says nothing."""
    # 0.07 × 100 is a little more than 7 in binary, and must not be rounded up to 8.
    wanted = math.ceil(Fraction(str(share)) * len(names))
    return random.Random(seed).sample(names, min(len(names), max(least, wanted)))


def _ids(count: int) -> list[str]:
    ids: set[str] = set()
    while len(ids) < count:
        ids.add(secrets.token_hex(4))
    return list(ids)


def _private(text: str, codes: set[str], where: str) -> list[str]:
    found = [one.described for one in privacy.find(text)]
    found += [
        f"a learner code ({code})" for code in sorted(codes) if re.search(rf"(?<![\w-]){code}(?![\w-])", text.lower())
    ]
    if not found:
        return []
    return [
        f"{where} holds {', '.join(found)}. If that could identify somebody, do not send the file: delete it, and draw "
        "another sample."
    ]


def _edition(module: str) -> str:
    try:
        return json.loads((paths.course_root() / "course" / module / "module.json").read_bytes())["edition"]
    except (OSError, ValueError, KeyError):
        return ""


def questions_of(module: str) -> dict[str, Question]:
    """The questions of a module that mentors mark, with their rubrics, in the order of the page."""
    folder = paths.course_root() / "solutions" / module
    return {name: one for name, one in source.read_module(folder).questions.items() if one.marked_by == "mentor"}


def _disguised(sample: str, marker: str) -> str:
    return hashlib.sha256(f"{sample} {in_file_names(marker)}".encode()).hexdigest()[:16]


def key_file(room: Path, module: str, sample: str) -> Path:
    """Where it is kept what the ids of a sample stand for."""
    return room / "second-marking" / module / f"{sample}.json"


def question_fingerprint(question: bank.Question) -> str:
    """Changes when what is asked, or how it is marked, changes."""
    told = json.dumps([question.prompt, question.mark_scheme["rubric"]], ensure_ascii=False)
    return fingerprint(told)[:16]


def fits(question: Question, levels) -> bool:
    """Whether levels fit a rubric: one whole number in range for each criterion."""
    tops = {row["criterion"]: len(row["levels"]) - 1 for row in question.mark_scheme["rubric"]}
    return (
        isinstance(levels, dict)
        and set(levels) == set(tops)
        and all(type(level) is int and 0 <= level <= tops[name] for name, level in levels.items())
    )


class SecondDesk:
    """Answers in a file, to be marked without the first marks, as a desk.

    Parameters
    ----------
    file : pathlib.Path
        That somebody's `export` wrote; it is only read.
    marker : str
        Who marks.

    Attributes
    ----------
    module : str
        Full name of the module that the answers are from.
    marker : str
        Who marks.
    marks : pathlib.Path
        The file with the marks, beside the other, to be sent back.

    Raises
    ------
    CourseError
        If the file is none of these, is damaged, belongs to another edition, or the marker gave first marks in it.
    """

    needs_reason = False

    def __init__(self, file: Path, marker: str):
        file, self.marker = file.expanduser().absolute(), marker_name(marker)
        content = _answers(file)
        self.module = content["module"]
        asked = {name: held["fingerprint"] for name, held in content["questions"].items()}
        known = known_questions(file.name, self.module, asked)
        if _disguised(content["sample"], self.marker) in content["first_markers"]:
            raise CourseError(
                f"{self.marker} gave first marks in {file.name}, and a second mark comes from somebody else. Nothing "
                "was opened. Send the file to another mentor, or give your own name after --marker.",
                exit_status=2,
            )
        self._questions = {name: one for name, one in known.items() if name in content["questions"]}
        self._texts = {
            name: {one["id"]: one["text"] for one in content["questions"][name]["scripts"]} for name in self._questions
        }
        title = source.read_module(paths.course_root() / "solutions" / self.module).lesson.header["title"]
        # Pages are told apart by their titles, and so are the drafts of what is typed on them.
        self.title = f"Second marking: {title} ({self.marker}, {file.name})"
        self.marks = file.with_name(f"{file.stem}--{in_file_names(self.marker)}.json")
        about = {
            "module": self.module,
            "sample": content["sample"],
            "questions": {name: question_fingerprint(one) for name, one in self._questions.items()},
            # By which the room sees whether the file was changed on its way.
            "answers": {
                name: {one: fingerprint(text) for one, text in texts.items()} for name, texts in self._texts.items()
            },
        }
        self._file = MarksFile(self.marks, MARKS, self.marker, about)

    def questions(self) -> list[Question]:
        """Questions that answers in the file belong to, in the order of the page."""
        return list(self._questions.values())

    def scripts(self, question: str) -> list[Script]:
        """The answers, in the order of the file, which means nothing."""
        return [
            Script(one, f"Answer {number}", _html.plain(text), text)
            for number, (one, text) in enumerate(self._texts[question].items(), 1)
        ]

    def mark(self, question: str, script: str) -> Mark | None:
        """What the second marker gave."""
        return self._file.mark(question, script)

    def record(self, question: str, script: str, mark: Mark, seen: int) -> Mark:
        """Keep a mark in the file beside; as `Desk.record`."""
        self._known(question, script)
        return self._file.record(self._questions[question], script, mark, seen)

    def undo(self, question: str, script: str, marker: str, seen: int) -> Mark | None:
        """Take the last mark back; as `Desk.undo`."""
        self._known(question, script)
        return self._file.undo(question, script, seen)

    def _known(self, question: str, script: str) -> None:
        if script not in self._texts.get(question, {}):
            raise CourseError("There is no such answer in this file. Nothing was recorded.", exit_status=2)

    def beside(self, question: str, script: str) -> str:
        """Nothing: who marks a second time must not know what was given first."""
        return ""

    def summary(self) -> str:
        """How much is marked, and which file to send back."""
        every = [(name, one) for name, texts in self._texts.items() for one in texts]
        done = sum(self.mark(name, one) is not None for name, one in every)
        told = f"{done} of {number_of(len(every), 'answer')} marked. You do not see what was given first."
        then = "Send this file back to whoever sent you the answers" if done == len(every) else "Your marks are kept in"
        where = f"{then}: {escape(self.marks)}" if done else ""
        return f"<p>{told}</p>" + (f"<p>{where}</p>" if where else "")


def _answers(file: Path) -> dict:
    """What a file of answers holds, once it is sure that it is one."""
    content = content_of(
        file,
        ANSWERS,
        {
            MARKS: "It holds marks that somebody gave, and no answers: open the file of answers that it belongs to.",
            KEY: "It is the key that stays in the marking room: open the file of answers, and send the key to nobody.",
        },
    )
    try:
        sound = (
            isinstance(content["module"], str)
            and isinstance(content["sample"], str)
            and bool(_ID.fullmatch(content["sample"]))
            and all(isinstance(one, str) for one in content["first_markers"])
            and bool(content["questions"])
            and all(
                isinstance(held["fingerprint"], str)
                and held["scripts"]
                and all(_ID.fullmatch(one["id"]) and isinstance(one["text"], str) for one in held["scripts"])
                and len({one["id"] for one in held["scripts"]}) == len(held["scripts"])
                for held in content["questions"].values()
            )
        )
    except (KeyError, TypeError, AttributeError):
        sound = False
    if not sound:
        raise CourseError(f"{file.name} is damaged: something in it is missing. {received.NOTHING} Ask for it again.")
    return content


def known_questions(name: str, module: str, fingerprints: dict[str, str]) -> dict[str, Question]:
    """The course's questions that mentors mark, once it is sure that a file was made with the same ones.

    Parameters
    ----------
    name : str
        What to call the file in a message.
    module : str
        As the file says.
    fingerprints : dict of str to str
        Of the questions, as the file says.

    Raises
    ------
    CourseError
        If the module is not there, or a question is another one here.
    """
    is_name = re.fullmatch(r"\d\d-[a-z0-9-]+", module)
    if not is_name or not (paths.course_root() / "solutions" / module / "exercises.md").is_file():
        raise CourseError(
            f"{name} is about a module “{module[:60]}”, which this course does not have. {received.NOTHING}"
        )
    known = questions_of(module)
    for question, made_with in fingerprints.items():
        if question not in known or question_fingerprint(known[question]) != made_with:
            raise CourseError(
                f"{name} was made with another edition of the course: its question “{question}”, or the rubric, is "
                f"not the one that is marked here. {received.NOTHING} Both markers need the same edition."
            )
    return known
