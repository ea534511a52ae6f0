"""Moderation: second marks beside first ones, and levels that are agreed where they differ.

Differences come first, on the page, in the report and in the terminal: they are what two people can talk about. How far
they agree in numbers comes after them. An agreed level needs a reason, and counts from then on; nothing is replaced by
it. In the marking room:

    second-marking/MODULE/received/SAMPLE--MARKER--DIGEST.json    every file that came back
    moderation/MODULE/LEARNER/QUESTION.json                       first, second and agreed marks: who, when and why
    moderation/MODULE.html                                        the report
    marks/MODULE/LEARNER/QUESTION.json                            all marks that ever counted; see `kept`
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from researchskills import _html, paths, source, web_page
from researchskills._html import escape
from researchskills._words import number_of
from researchskills.bank import Question
from researchskills.errors import CourseError
from researchskills.marking.agreement import NOTE, Agreement, compare
from researchskills.marking.desk import Mark, Script
from researchskills.marking.marked_twice import FIRST, Answer
from researchskills.marking.marks_file import put
from researchskills.marking.room import default_room
from researchskills.marking.second_marking import questions_of
from researchskills.marking.second_marks import SecondMarks, bring_together


@dataclass(frozen=True)
class Comparison:
    """A second marker against the first marks, for one question.

    Attributes
    ----------
    question : Question
        Which.
    letter, marker : str
        The second marker.
    agreement : Agreement
        How far they agree.
    """

    question: Question
    letter: str
    marker: str
    agreement: Agreement

    @property
    def caption(self) -> str:
        """Of the table, plain text."""
        return f"{FIRST} and {self.letter} on “{self.question.title}”, by criterion"


@dataclass(frozen=True)
class Moderation:
    """Second marks beside first ones.

    Attributes
    ----------
    module, title : str
        Full name and title of the module.
    room : pathlib.Path
        The marking room.
    found : SecondMarks
        What came back, laid beside the first marks.
    asked : tuple of Question
        Questions that mentors mark, in the order of the page.
    """

    module: str
    title: str
    room: Path
    found: SecondMarks
    asked: tuple[Question, ...]

    @property
    def answers(self) -> list[Answer]:
        """Answers that were marked twice, those that differ most first."""
        return self.found.answers

    @property
    def report(self) -> Path:
        """The page that `write` writes."""
        return self.room / "moderation" / f"{self.module}.html"

    @property
    def exit_status(self) -> int:
        """0 when every file could be used, 1 otherwise."""
        return 1 if self.found.problems else 0

    @property
    def questions(self) -> list[Question]:
        """Questions with answers to compare, in the order of the page."""
        return [one for one in self.asked if self.of(one.id)]

    def of(self, question: str) -> list[Answer]:
        """Answers to a question, those that differ most first."""
        return [one for one in self.answers if one.question.id == question]

    @cached_property
    def comparisons(self) -> list[Comparison]:
        """Each second marker against the first marks, question by question."""
        found = []
        for question in self.questions:
            for letter, marker in self.found.markers.items():
                both = [one for one in self.of(question.id) if letter in one.second]
                if both:
                    first = [one.first.levels for one in both]
                    second = [one.second[letter].levels for one in both]
                    agreement = compare(question.mark_scheme["rubric"], first, second)
                    found.append(Comparison(question, letter, marker, agreement))
        return found

    def notes(self) -> list[str]:
        """How many differ, and what the letters stand for."""
        if not self.answers:
            return ["There is no answer left that could be compared."]
        differing, agreed = self._counts()
        have = "has" if differing == 1 else "have"
        first = sorted({one.first.marker for one in self.answers} - {""}) or ["somebody who gave no name"]
        second = "; ".join(f"{letter} is {marker}" for letter, marker in self.found.markers.items())
        return [
            f"{differing} of {number_of(len(self.answers), 'answer')} {have} levels that differ; "
            f"agreed so far: {agreed}.",
            f"{FIRST} is the first mark, by {' or '.join(first)}; {second}.",
        ]

    def _counts(self) -> tuple[int, int]:
        differing = [one for one in self.answers if one.apart]
        return len(differing), sum(one.agreed is not None for one in differing)

    def _asides(self) -> list[tuple[str, list[str]]]:
        asides = [("Left out", self.found.left_out), ("Please note", [*self.found.remarks, *self.found.problems])]
        return [(heading, told) for heading, told in asides if told]

    def text(self) -> str:
        """For a terminal: differences first, then agreement, then what was left out."""
        # Whoever named a file wants to know first whether it was taken over.
        lines = [f"Moderation of {self.title}", "", *self.found.problems, *self.notes()]
        lines += [f"• {one}" for answer in self.answers for one in _differences(answer)]
        for one in self.comparisons:
            lines += ["", one.caption, *(f"• {line}" for line in one.agreement.lines(FIRST, one.letter))]
        for heading, told in (("Left out", self.found.left_out), ("Please note", self.found.remarks)):
            lines += ["", heading, *(f"• {one}" for one in told)] if told else []
        return "\n".join(lines)

    def html(self) -> str:
        """The report without the page around it; headings from the second level on."""
        parts = [f"<p>{escape(one)}</p>" for one in self.notes()]
        for question in self.questions:
            parts.append(f"<section><h2>{escape(question.title)}</h2>")
            parts += [side_by_side(one) for one in self.of(question.id) if one.apart]
            alike = sum(not one.apart for one in self.of(question.id))
            if alike:
                parts.append(f"<p>{number_of(alike, 'answer')} got the same levels from everybody.</p>")
            parts += [_agreement(one, "h3") for one in self.comparisons if one.question.id == question.id]
            parts.append("</section>")
        if self.comparisons:
            parts.append(NOTE)
        return "\n".join([*parts, *(_list(heading, told, "h2") for heading, told in self._asides())])

    def write(self) -> Path:
        """Write the report into the room."""
        footer = "<p>For mentors. It names learners by their codes: do not pass it on.</p>"
        page = web_page.page(f"Moderation of {self.title}", self.html(), footer)
        return put(self.report, page.encode())

    def summary(self) -> str:
        """Agreement and what was left out, for the marking page; headings from the third level on."""
        parts = [f"<p>{escape(one)}</p>" for one in self.notes()]
        parts += [_agreement(one, "h3") for one in self.comparisons]
        return "".join([*parts, *(_list(heading, told, "h3") for heading, told in self._asides())])

    def as_dict(self) -> dict:
        """For `--json`."""
        differing, agreed = self._counts()
        return {
            "module": self.module,
            "report": str(self.report),
            "markers": self.found.markers,
            "answers": len(self.answers),
            "differing": differing,
            "agreed": agreed,
            "comparisons": [
                {"question": one.question.id, "first": FIRST, "second": one.letter, **one.agreement.as_dict()}
                for one in self.comparisons
            ],
            "marks": [_marks(one) for one in self.answers],
            "left_out": self.found.left_out,
            "remarks": self.found.remarks,
            "problems": self.found.problems,
            "exit_status": self.exit_status,
        }


def moderate(module: str, files: Iterable[Path] = (), room: Path | None = None) -> Moderation:
    """Bring marks of second markers together with the first ones, and write the report.

    Parameters
    ----------
    module : str
        Full name.
    files : iterable of pathlib.Path
        Files of marks that came back; those that came back earlier are still in the room.
    room : pathlib.Path, optional
        The marking room; by default the course's own.

    Raises
    ------
    CourseError
        If there are no second marks that could be used; with a sentence for each file.
    """
    room = (room or default_room()).absolute()
    title = source.read_module(paths.course_root() / "solutions" / module).lesson.header["title"]
    found = bring_together(module, files, room)
    moderation = Moderation(module, title, room, found, tuple(questions_of(module).values()))
    moderation.write()
    return moderation


def side_by_side(answer: Answer, every: bool = False) -> str:
    """A table of the marks of one answer, differences first.

    Parameters
    ----------
    answer : Answer
        Which.
    every : bool
        Show also criteria on which all marks are the same.
    """
    agreed = answer.agreed
    names = [
        f"{letter}: {mark.marker or 'no name'}{', first' if letter == FIRST else ''}"
        for letter, mark in answer.marks.items()
    ]
    rows = ""
    for criterion in answer.criteria:
        spread = answer.spread(criterion)
        if spread or every:
            cells = [str(mark.levels[criterion]) for mark in answer.marks.values()]
            cells.append(number_of(spread, "level") if spread else "the same")
            cells += [str(agreed.levels[criterion])] if agreed else []
            rows += f'<tr><th scope="row">{escape(criterion)}</th>{"".join(f"<td>{one}</td>" for one in cells)}</tr>'
    heads = ["Criterion", *names, "Difference", *(["Agreed"] if agreed else [])]
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    caption = "Levels side by side, differences first" if every else f"Answer of {answer.place.learner}: what differs"
    table = f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    if agreed:
        who = f"Agreed by {escape(agreed.marker)} on {escape(agreed.time[:10])}, because:"
        table += f"<p>{who}</p>{_html.plain(agreed.reason)}"
    return table


def _agreement(one: Comparison, heading: str) -> str:
    title = f"Agreement of {FIRST} and {one.letter} on “{one.question.title}”"
    return f"<{heading}>{escape(title)}</{heading}>{one.agreement.html(FIRST, one.letter, one.caption)}"


def _list(heading: str, told: list[str], level: str) -> str:
    items = "".join(f"<li>{escape(one)}</li>" for one in told)
    return f"<{level}>{heading}</{level}><ul>{items}</ul>"


def _differences(answer: Answer) -> list[str]:
    """What differs, a line for each criterion."""
    agreed = answer.agreed
    return [
        f"{answer.place.learner}, “{answer.question.title}”, {criterion}: "
        + ", ".join(f"{letter} {mark.levels[criterion]}" for letter, mark in answer.marks.items())
        + (f"; agreed {agreed.levels[criterion]}" if agreed else "")
        for criterion in answer.criteria
        if answer.spread(criterion)
    ]


def _marks(answer: Answer) -> dict:
    agreed = answer.agreed
    return {
        "id": answer.id,
        "learner": answer.place.learner,
        "question": answer.question.id,
        "apart": answer.apart,
        "first": asdict(answer.first),
        "second": {letter: asdict(mark) for letter, mark in answer.second.items()},
        "agreed": asdict(agreed) if agreed else None,
    }


class ModerationDesk:
    """Answers that were marked twice, to agree on levels, as a desk.

    Parameters
    ----------
    moderation : Moderation
        What `moderate` gave.
    """

    needs_reason = True
    #: The page stays with an answer on which levels were agreed, to show them beside the others.
    tells_after_saving = True

    def __init__(self, moderation: Moderation):
        self.moderation = moderation
        self.module = moderation.module
        self.title = f"Moderation of {moderation.title}"

    def questions(self) -> list[Question]:
        """Questions with answers that were marked twice."""
        return self.moderation.questions

    def scripts(self, question: str) -> list[Script]:
        """The answers, those that differ most first."""
        return [
            Script(one.id, f"Answer {number}", _html.plain(one.text), one.text, one.place.learner)
            for number, one in enumerate(self.moderation.of(question), 1)
        ]

    def _answer(self, question: str, script: str) -> Answer:
        for one in self.moderation.of(question):
            if one.id == script:
                return one
        raise CourseError("There is no such answer here. Nothing was recorded.", exit_status=2)

    def mark(self, question: str, script: str) -> Mark | None:
        """The agreed mark; or the first one, where everybody gave the same and there is nothing to agree on."""
        return self._answer(question, script).settled

    def begun(self, question: str, script: str) -> Mark:
        """The levels that everybody gave: on those there is nothing to agree."""
        answer = self._answer(question, script)
        return Mark({name: level for name, level in answer.first.levels.items() if not answer.spread(name)})

    def record(self, question: str, script: str, mark: Mark, seen: int) -> Mark:
        """Keep an agreed mark with its reason, so that it counts; as `Desk.record`.

        Without a new comment for the learner the one that stands is kept.
        """
        answer = self._answer(question, script)
        if not mark.reason.strip():
            raise CourseError(
                "Agreed levels come with a reason: what in the answer decided? Nothing was recorded.", exit_status=2
            )
        kept = answer.agree(mark, seen)
        self.moderation.write()
        return kept

    def undo(self, question: str, script: str, marker: str, seen: int) -> Mark | None:
        """Take agreed levels back, so that the mark before them counts again; as `Desk.undo`."""
        again = self._answer(question, script).take_back(marker, seen)
        self.moderation.write()
        return again

    def beside(self, question: str, script: str) -> str:
        """The marks side by side, differences first, with what the markers wrote."""
        answer = self._answer(question, script)
        told = side_by_side(answer, every=True)
        comments = {letter: mark.comment for letter, mark in answer.marks.items() if mark.comment}
        if comments:
            rows = "".join(
                f"<dt>Comment by {letter}</dt><dd>{_html.plain(said)}</dd>" for letter, said in comments.items()
            )
            told += f"<dl>{rows}</dl>"
        if not answer.settled and not all(map(answer.spread, answer.criteria)):
            told += "<p>Where everybody gave the same level, it is chosen below already.</p>"
        return told + "<p>The comment that the learner gets stays as it is, unless you write another one here.</p>"

    def summary(self) -> str:
        """How far the markers agree, and what was left out."""
        return self.moderation.summary()
