"""The desk where hand-ins of a module are marked in a room."""

from dataclasses import dataclass
from pathlib import Path

from researchskills import _html, bank, paths, source
from researchskills._words import number_of
from researchskills.bank import Question
from researchskills.errors import CourseError
from researchskills.marking import kept, overrides, rubric
from researchskills.marking.desk import Mark, Script
from researchskills.marking.kept import Place, fingerprint
from researchskills.marking.nameless import Nameless
from researchskills.marking.overrides import Override
from researchskills.marking.results import note_file, read_note, results
from researchskills.marking.review.clean import clean
from researchskills.marking.room import NOTEBOOK, default_room, look_at
from researchskills.marking.written import codes, given, opened, questions_of


@dataclass(frozen=True)
class Automatic:
    """An answer to a question that the course marks.

    Attributes
    ----------
    id : str
        For `RoomDesk.override`: whose answer, and which.
    question : Question
        The question.
    html : str
        The answer as it is shown; safe HTML.
    points : float or None
        Those that count; None as long as there are none.
    course_points : float or None
        Those that the course's check gave.
    why : str
        What the check says about the answer; HTML.
    override : Override or None
        Points that a mentor gave in place of the course's, if they count.
    remark : str
        A sentence where something else was given, that does not count or came from elsewhere; else empty.
    """

    id: str
    question: Question
    html: str
    points: float | None
    course_points: float | None
    why: str
    override: Override | None
    remark: str

    @property
    def revision(self) -> int:
        """What to give as `seen` when it is changed."""
        return self.override.revision if self.override else 0


@dataclass(frozen=True)
class LearnerRow:
    """One learner in the queue by learner.

    Attributes
    ----------
    id : str
        Names them in addresses; tells nothing about who it is.
    label : str
        What they are called as long as nobody asks for names, such as “Learner 3”.
    code : str
        Learner code, for who asks.
    to_mark : int
        How many answers wait for a mentor.
    points : float or None
        Points so far.
    max_points : float
        What all questions are worth.
    time : str
        When it was handed in, UTC.
    problem : str or None
        What could not be marked and why.
    remarks : tuple of str
        Worth knowing, without effect on the points.
    stopped : tuple of str
        Code in it that did not come to an end, cell by cell.
    """

    id: str
    label: str
    code: str
    to_mark: int
    points: float | None
    max_points: float
    time: str
    problem: str | None
    remarks: tuple[str, ...]
    stopped: tuple[str, ...]


class RoomDesk:
    """Answers of one module in a marking room, and the marks that count.

    Parameters
    ----------
    module : str
        Full name, such as `00-start-here`.
    room : pathlib.Path, optional
        The marking room; by default the course's own.

    Raises
    ------
    CourseError
        If nothing of the module has been marked in the room.
    """

    needs_reason = False

    def __init__(self, module: str, room: Path | None = None):
        self.module, self.room = module, (room or default_room()).absolute()
        look_at(self.room)
        questions = self.room / "questions" / module / "module.json"
        if not questions.exists():
            raise CourseError(
                f"No hand-in of {module} has been marked in {self.room} yet. Mark some first: course mark PATH", 2
            )
        authored = source.read_module(paths.course_root() / "solutions" / module)
        self.title = authored.lesson.header["title"]
        # A question that was added to the course after the hand-ins were marked cannot be marked in this room.
        known = bank.read(questions)
        self._marked = {name: one for name, one in authored.questions.items() if one.points and name in known}
        self._texts: dict[str, tuple[object, dict[str, tuple[str, str]]]] = {}
        self._nameless = Nameless(self.room, module)
        self._ids: dict[str, str] = {}
        kept.agree(self.room, module, self._learners())

    def _learners(self) -> list[str]:
        with kept.reading(self.room) as book:
            found = sorted(one.student_id for one in book.assignment_submissions(self.module))
        self._ids = {self._nameless.id(learner): learner for learner in found}
        return found

    # -- texts that a mentor marks -----------------------------------------------------------------------

    def questions(self) -> list[Question]:
        """Questions that mentors mark, in the order of the page."""
        return [one for one in self._marked.values() if one.marked_by == "mentor"]

    def scripts(self, question: str) -> list[Script]:
        """Answers of everybody who wrote something, in an order that marking does not change."""
        self._asked(question, "mentor")
        found = {learner: self._written(learner)[question] for learner in self._learners()}
        found = {learner: answer for learner, answer in found.items() if answer[0]}
        return [
            Script(self._script_id(learner, found[learner][0]), f"Answer {number}", html, text, learner)
            for learner, number in self._nameless.numbers(question, found).items()
            for text, html in [found[learner]]
        ]

    def mark(self, question: str, script: str) -> Mark | None:
        """The mark that counts for the text as it is now, if there is one."""
        self._asked(question, "mentor")
        place, text = self._place(question, script)
        return rubric.as_mark(kept.load(place).counting(text))

    def record(self, question: str, script: str, mark: Mark, seen: int) -> Mark:
        """Keep a mark; see `Desk.record`."""
        asked = self._asked(question, "mentor")
        rubric.check_levels(asked.mark_scheme["rubric"], mark.levels)
        place, text = self._place(question, script, as_seen=True)
        return rubric.give(place, asked, text, mark, seen)

    def undo(self, question: str, script: str, marker: str, seen: int) -> Mark | None:
        """Take the last mark back and return the one that counts again; see `Desk.undo`."""
        asked = self._asked(question, "mentor")
        place, text = self._place(question, script, as_seen=True)
        return rubric.take_back(place, asked, text, marker, seen)

    def beside(self, question: str, script: str) -> str:
        """Marks that were given before, and what else there is to know about the one that counts."""
        asked = self._asked(question, "mentor")
        place, text = self._place(question, script)
        found = kept.load(place)
        counts = found.counting(text)
        parts = []
        if found.standing and not counts:
            parts.append(
                "This answer was marked before, as below. The learner has handed in a different text since, so that "
                "mark is about an earlier text and does not count."
            )
        if "levels" in (counts or ()) and set(counts["levels"]) != {
            row["criterion"] for row in asked.mark_scheme["rubric"]
        }:
            parts.append("The mark that counts was given by an earlier rubric. Mark the answer again by this one.")
        held = kept.held(place, asked)
        if not found.owns(held) or "elsewhere" in (counts or ()):
            parts.append(f"{_elsewhere(held[0])} A mark that you save here takes their place.")
        before = [*found.earlier, *([found.standing] if found.standing and not counts else [])]
        return "".join(f"<p>{_html.escape(part)}</p>" for part in parts) + _history(before)

    def summary(self) -> str:
        """How much there is to do, and whose hand-ins need a look."""
        rows = self.learners()
        waiting, troubled = sum(one.to_mark for one in rows), [one for one in rows if one.problem]
        parts = [f"{number_of(len(rows), 'hand-in')}; {number_of(waiting, 'answer')} to mark."]
        if troubled:
            parts.append(f"{number_of(len(troubled), 'hand-in')} could not be marked in full; see the learners’ pages.")
        return f"<p>{_html.escape(' '.join(parts))}</p>"

    # -- by learner --------------------------------------------------------------------------------------

    def learners(self) -> list[LearnerRow]:
        """Everybody who handed in."""
        rows = {row.learner: row for row in results(self.module, self.room)}
        return [
            LearnerRow(
                self._nameless.id(learner),
                f"Learner {number}",
                learner,
                rows[learner].needs_manual_marking,
                rows[learner].points,
                rows[learner].max_points,
                rows[learner].time,
                rows[learner].problem,
                rows[learner].remarks,
                tuple(read_note(self.room, self.module, learner).get("stopped", ())),
            )
            for learner, number in self._nameless.numbers("", rows).items()
        ]

    def automatic(self, who: str) -> list[Automatic]:
        """What a learner answered to the questions that the course marks, and what came of it.

        Parameters
        ----------
        who : str
            Id of a learner, or of one of their scripts.
        """
        learner = self._learner(who)
        file = questions_of(self.room, self.module, learner)
        left_out = read_note(self.room, self.module, learner).get("not_asked", ())
        wanted = {
            name: one for name, one in bank.read(file).items() if one.marked_by == "course" and name not in left_out
        }
        submitted, autograded = (self.room / step / learner / self.module for step in ("submitted", "autograded"))
        answers = given(self.room, self.module, learner, wanted)
        code = codes(submitted / f"{NOTEBOOK}.ipynb")
        with kept.reading(self.room) as book:
            grades = {
                name: (grade.auto_score, grade.manual_score)
                for notebook in book.find_submission(self.module, learner).notebooks
                for grade in notebook.grades
                for name in [grade.name]
            }
        worked_out = {name: one for name, one in wanted.items() if one.kind == "value"}
        # What code worked out is known only after it was run; everything else is taken as it was handed in.
        with (
            opened(file, wanted, submitted) as handed_in,
            opened(file, worked_out, autograded) as run,
        ):
            return [
                self._automatic(learner, wanted[name], answer, code, answers[name][1], *grades.get(name, (None, None)))
                for name, answer in {**handed_in, **run}.items()
            ]

    def _automatic(self, learner, question, answer, code, text, course_points, manual) -> Automatic:
        found = kept.load(Place(self.room, self.module, learner, question.id))
        counts = overrides.as_override(found.counting(text))
        stands = overrides.as_override(found.standing)
        remark = ""
        if not found.owns((manual, None)):
            remark = f"{_elsewhere(manual)} Points that you give here take their place."
            counts = None
        elif stands and not counts:
            remark = overrides.set_aside(stands, question.title)
        points = manual if manual is not None else course_points
        written = code.get(question.id, ("", ""))[0] if question.kind == "value" else ""
        return Automatic(
            self._script_id(learner, text),
            question,
            (f"<pre><code>{_html.escape(written)}</code></pre>" if written else "") + _shown(answer),
            None if points is None else round(float(points), 2),
            None if course_points is None else round(float(course_points), 2),
            overrides.why(course_points, answer),
            counts,
            remark,
        )

    def override(self, question: str, answer: str, points: float, reason: str, marker: str, seen: int) -> Override:
        """Give points in place of those that the course gave.

        Parameters
        ----------
        question : str
            Id of a question that the course marks.
        answer : str
            `Automatic.id`.
        points : float
            From 0 to what the question is worth.
        reason : str
            Why; has to be said.
        marker : str
            Who gives them.
        seen : int
            `Automatic.revision` as it was on the screen.

        Raises
        ------
        ChangedError
            If somebody else has changed them since; `theirs` is an `Override` or None.
        CourseError
            If points or reason do not do, or the answer is another one now. Nothing was recorded.
        """
        asked = self._asked(question, "course")
        place, text = self._place(question, answer, as_seen=True)
        return overrides.give(place, asked, text, points, reason, marker, seen)

    def undo_override(self, question: str, answer: str, marker: str, seen: int) -> Override | None:
        """Take points back that were given in place of the course's; what counts again is returned.

        Parameters
        ----------
        question, answer, marker, seen
            As for `override`.
        """
        asked = self._asked(question, "course")
        place, text = self._place(question, answer, as_seen=True)
        return overrides.take_back(place, asked, text, marker, seen)

    # -- who and what ------------------------------------------------------------------------------------

    def _asked(self, question: str, marked_by: str) -> Question:
        asked = self._marked.get(question)
        if not asked or asked.marked_by != marked_by:
            raise CourseError(f"There is no question “{question}” to mark here. Nothing was changed.", 2)
        return asked

    def _script_id(self, learner: str, text: str) -> str:
        # With the text in it, so that nobody marks one text while another is on the screen.
        return f"{self._nameless.id(learner)}-{fingerprint(text)[:8]}"

    def _learner(self, who: str) -> str:
        wanted = who.partition("-")[0]
        if wanted not in self._ids:
            self._learners()  # it may have come since
        if wanted not in self._ids:
            raise CourseError("There is no such answer here. Nothing was changed. Choose one from the overview.", 2)
        return self._ids[wanted]

    def _place(self, question: str, script: str, as_seen: bool = False) -> tuple[Place, str]:
        """Where marks of an answer are kept, and its text; with `as_seen` only if it is still the same one."""
        learner = self._learner(script)
        if self._marked[question].marked_by == "mentor":
            text = self._written(learner)[question][0]
        else:
            text = given(self.room, self.module, learner, [question]).get(question, (None, ""))[1]
        if as_seen and script != self._script_id(learner, text):
            raise CourseError(
                "The learner has handed in a different answer since you opened this one. Nothing was recorded. "
                "Go back to the overview and open the new one."
            )
        return Place(self.room, self.module, learner, question), text

    def _written(self, learner: str) -> dict[str, tuple[str, str]]:
        """Text and HTML of what a learner wrote, by question; read once for each hand-in."""
        folder = self.room / "submitted" / learner / self.module
        # A newer hand-in takes the place of the folder as a whole; the note says what it was asked.
        key = [_stamp(one) for one in (folder, note_file(self.room, self.module, learner))]
        if learner not in self._texts or self._texts[learner][0] != key:
            file = questions_of(self.room, self.module, learner)
            known = bank.read(file)
            wanted = {one.id: one for one in self.questions() if one.id in known}
            found = {one.id: ("", "") for one in self.questions()}
            with opened(file, wanted, folder) as answers:
                found |= {name: (answer.shown(), _shown(answer)) for name, answer in answers.items()}
            self._texts[learner] = (key, found)
        return self._texts[learner][1]


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns


def _shown(answer) -> str:
    """An answer as HTML that is safe whatever came with the hand-in."""
    return clean(answer.answer_html()) if answer.is_answered else ""


def _elsewhere(points: float | None) -> str:
    what = "a comment" if points is None else overrides.in_points(points)
    return f"In nbgrader’s own pages {what} came into the gradebook, and that counts."


def _history(entries: list[dict]) -> str:
    if not entries:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{_html.escape(entry["marker"] or "in nbgrader’s own pages")}</th>'
        f"<td>{_html.escape(entry['time'].replace('T', ' ').removesuffix('Z'))}</td>"
        f"<td>{_html.escape(_levels(entry))}</td><td>{_html.plain(entry.get('comment', ''))}</td>"
        f"<td>{_html.escape(_what_became_of(entry))}</td></tr>"
        for entry in entries
    )
    return (
        f"<details><summary>Earlier marks ({len(entries)})</summary><table><caption>Earlier marks</caption><thead><tr>"
        '<th scope="col">Marker</th><th scope="col">Time (UTC)</th><th scope="col">Levels</th>'
        '<th scope="col">Comment</th><th scope="col">What became of it</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></details>"
    )


def _levels(entry: dict) -> str:
    levels = "; ".join(f"{criterion}: {level}" for criterion, level in entry.get("levels", {}).items())
    points = "no points" if entry["points"] is None else overrides.in_points(entry["points"])
    return f"{levels} ({points})" if levels else points


def _what_became_of(entry: dict) -> str:
    undone = entry.get("taken_back")
    return f"taken back by {undone['marker']}" if undone else "replaced, or about an earlier text"
