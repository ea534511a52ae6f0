"""What feedback says to one learner, whichever file it is written in.

A learner gets their own answer, its points, the reason that the check gives, the level of each criterion with what a
full answer has, and what the mentor wrote. They never get check code, an example answer, a mark that was replaced, or
anything about another learner. What is praised is what is in the answer, and it is named; where nothing was handed in
nothing is praised. Points that a mentor gave in place of the check's are told as given, never as right.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from researchskills import _html, bank, checks, paths, source
from researchskills._words import number_of
from researchskills.ask import Asked
from researchskills.bank import Question
from researchskills.errors import CourseError
from researchskills.marking import kept, overrides, rubric
from researchskills.marking.editions import questions_file
from researchskills.marking.results import QuestionMark, Row, note_file, read_note, results
from researchskills.marking.room import NOTEBOOK
from researchskills.marking.units import units
from researchskills.marking.written import codes, opened

#: How many things a learner is asked to look at first.
MOST_NEXT = 3
#: How many questions are named where several did well.
MOST_NAMED = 3
_PATH = re.compile(r"(?:^|[\s“\"'(])(?:/|~/|[A-Za-z]:[\\/]|\\\\)[^\s/\\]+[/\\]")


@dataclass(frozen=True)
class Level:
    """What was given for one criterion.

    Attributes
    ----------
    criterion : str
        What was looked at.
    level : int
        From 0.
    wordings : tuple of str
        Words of every level, as the rubric has them.
    """

    criterion: str
    level: int
    wordings: tuple[str, ...]

    @property
    def highest(self) -> int:
        """The highest level there is."""
        return len(self.wordings) - 1

    @property
    def words(self) -> str:
        """What the level means."""
        return self._words_of(self.level)

    @property
    def full_words(self) -> str:
        """What a full answer has: the words of the highest level."""
        return self._words_of(self.highest)

    @property
    def is_strength(self) -> bool:
        """Whether its words say what the text has, and not what it lacks."""
        return self._says_what_is_there(self.level)

    @property
    def towards(self) -> tuple[tuple[str, str], ...]:
        """What lies above it, each with its name: the next level and a full answer; empty at the highest.

        A next level that describes a lack comes last, under a name by which it cannot be taken for the aim.
        """
        following = self.level + 1
        if following > self.highest:
            return ()
        if following == self.highest:
            return (("A full answer, the next level, has", self.full_words),)
        full, words = ("A full answer has", self.full_words), self._words_of(following)
        if self._says_what_is_there(following):
            return (f"The next level, {following} of {self.highest}, has", words), full
        return full, (f"Level {following} of {self.highest} still falls short of that", words)

    def _words_of(self, level: int) -> str:
        return in_full(list(self.wordings), level)

    def _says_what_is_there(self, level: int) -> bool:
        # Rubrics describe in their lower half what an answer does not yet do ("a wish, without a date").
        return 2 * level > self.highest and not re.search(r"\bis missing\W*$", self._words_of(level))


@dataclass(frozen=True)
class Changed:
    """Points that a mentor gave in place of those of the check.

    Attributes
    ----------
    points : float
        What the mentor gave.
    by_check : float or None
        What the check gives; None when it gives nothing.
    reason : str
        The mentor's words; empty for points that came from nbgrader's own pages.
    """

    points: float
    by_check: float | None
    reason: str

    @property
    def in_short(self) -> str:
        """The points with the reason, as text in paragraphs."""
        given = f"Your mentor gave {number_of_points(self.points)} for this"
        return f"{given}: {self.reason}" if self.reason else f"{given}."

    @property
    def beside_check(self) -> str:
        """The same beside what the check says."""
        check = "no points" if self.by_check is None else number_of_points(self.by_check)
        sentence = f"Your mentor gave {number_of_points(self.points)} where the check gives {check}."
        return f"{sentence}\n\n{self.reason}" if self.reason else sentence


@dataclass(frozen=True)
class Item:
    """What is said about one question.

    Attributes
    ----------
    number : int
        Its place on the page.
    mark : QuestionMark
        Points.
    prompt : str
        The task, in Markdown.
    is_answered : bool
        Whether there is an answer that could be read.
    answer, code : str
        The answer as HTML, and the code that was written as text; empty where there is none.
    reason : str
        Why, as HTML; empty where a mentor marks.
    units : tuple of str
        Parts of the lesson that it draws on; empty for the whole lesson.
    levels : tuple of Level
        Empty as long as no mentor has marked it.
    comment : str
        The mentor's words.
    changed : Changed or None
        Points that a mentor gave in place of those of the check.
    """

    number: int
    mark: QuestionMark
    prompt: str
    is_answered: bool
    answer: str
    code: str
    reason: str
    units: tuple[str, ...]
    levels: tuple[Level, ...]
    comment: str
    changed: Changed | None

    @property
    def missing(self) -> float:
        """Points that could still be gained; none as long as it is not marked."""
        return 0 if self.mark.points is None else round(self.mark.max_points - self.mark.points, 2)

    @property
    def is_empty(self) -> bool:
        """Whether there is neither an answer nor a point."""
        return not self.is_answered and self.mark.points == 0

    @property
    def verdict(self) -> str:
        """What came of it, in two or three words."""
        if self.mark.points is None:
            return "not marked yet"
        if self.changed:
            return "points given by your mentor"
        if not self.missing:
            return "all points"
        if self.is_empty:
            return "no answer yet"
        return "part of the points" if self.mark.points else "look at it again"


@dataclass(frozen=True)
class Step:
    """Something that is worth doing next.

    Attributes
    ----------
    words : str
        Plain text.
    items : tuple of Item
        The questions that it is about.
    """

    words: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Feedback:
    """All that is said to one learner about one module.

    Attributes
    ----------
    row : Row
        Points of the whole.
    title : str
        Name of the module.
    items : tuple of Item
        In the order of the page.
    notes : tuple of str
        What could not be marked and why.
    marked : str
        When the marks were last changed, UTC.
    """

    row: Row
    title: str
    items: tuple[Item, ...]
    notes: tuple[str, ...]
    marked: str

    @property
    def heading(self) -> str:
        """Name of the page."""
        return f"Feedback on {self.title}"

    @property
    def handed_in(self) -> str:
        """When, in words."""
        try:
            time = datetime.fromisoformat(self.row.time)
        except ValueError:
            return "on an unknown date"
        return f"on {time.day} {time:%B %Y} at {time:%H:%M} UTC"

    @property
    def to_mark(self) -> int:
        """How many questions are still to be marked."""
        return sum(one.mark.needs_manual_marking or one.mark.points is None for one in self.items)

    @property
    def waiting(self) -> str:
        """How much is still to be marked; empty when all is."""
        return f"{number_of(self.to_mark, 'question is', 'questions are')} still to be marked" if self.to_mark else ""

    @property
    def from_mentor(self) -> list[Item]:
        """Questions on which the mentor wrote something, or gave points in place of the check's."""
        return [one for one in self.items if one.comment or one.changed]

    @property
    def went_well(self) -> list[str]:
        """What is in the answers and was found good, in sentences; empty where nothing was."""
        sentences = []
        checked = [one for one in self.items if one.mark.marked_by == "course" and one.mark.points is not None]
        # What a mentor gave points for was not found right by the check; the mentor's words say what it is.
        right = [one for one in checked if not one.missing and not one.changed]
        partly = [one for one in checked if one.mark.points and one.missing and not one.changed]
        if right:
            best = sorted(right, key=lambda one: -one.mark.max_points)[:MOST_NAMED]
            named = _listed([one.mark.title for one in sorted(best, key=lambda one: one.number)])
            among = ", among them" if len(right) > len(best) else ":"
            questions = number_of(len(checked), "question")
            sentences.append(f"You have {len(right)} of {questions} that the course checks right{among} {named}.")
        elif partly:
            sentences.append(f"You have a part of {_listed([one.mark.title for one in partly[:MOST_NAMED]])} right.")
        strengths = [(one, level) for one in self.items for level in one.levels if level.is_strength]
        # Sorting keeps the order of the page among those that are equally far.
        strengths.sort(key=lambda both: -both[1].level / both[1].highest)
        sentences += [
            f"In {quoted(one.mark.title)}, under {quoted(level.criterion)} (level {level.level} of {level.highest}): "
            f"{level.words}"
            for one, level in strengths[:MOST_NAMED]
        ]
        if len(strengths) > MOST_NAMED:
            more = number_of(len(strengths) - MOST_NAMED, "more strength stands", "more strengths stand")
            sentences.append(f"{more} below, with the levels.")
        return sentences

    @property
    def is_there(self) -> str:
        """What was answered, as a sentence, for those of whom nothing better can be said yet; else empty."""
        answered = [one for one in self.items if one.is_answered]
        if self.went_well or not answered:
            return ""
        among = ", among them" if len(answered) > MOST_NAMED else ":"
        named = _listed([one.mark.title for one in answered[:MOST_NAMED]])
        return f"You have answered {len(answered)} of {number_of(len(self.items), 'question')}{among} {named}."

    @property
    def next_steps(self) -> list[Step]:
        """The two or three answers that are worth most, those with most points to gain first."""
        answered = [one for one in self.items if one.missing and not one.is_empty]
        # Sorting keeps the order of the page among those that are worth the same.
        return [_step(one) for one in sorted(answered, key=lambda one: -one.missing)[:MOST_NEXT]]

    @property
    def unanswered(self) -> Step | None:
        """The questions without an answer, together; None where there are none."""
        empty = [one for one in self.items if one.is_empty]
        if not empty:
            return None
        worth = number_of_points(sum(one.missing for one in empty))
        if not any(one.is_answered for one in self.items):
            words = (
                "No answers came with this hand-in, or none that could be read. If you had answered, please hand in "
                f"again. If not, begin with whichever question you like: {worth} can still be gained."
            )
            return Step(words, tuple(empty))
        named = _listed([one.mark.title for one in empty[:MOST_NAMED]])
        if len(empty) > MOST_NAMED:
            named = f"{len(empty)} questions, {named} among them,"
        can = "has no answer yet and can" if len(empty) == 1 else "have no answer yet and can"
        return Step(f"{named} {can} still be answered: {worth}.", tuple(empty))


def _step(one: Item) -> Step:
    points = f"{quoted(one.mark.title)}: {one.mark.points:g} of {number_of_points(one.mark.max_points)}."
    if one.changed and one.changed.reason:
        return Step(f"{points} Read what your mentor says about it, then try it again.", (one,))
    if one.reason:
        return Step(f"{points} Read the reason, then try it again.", (one,))
    if not one.levels:
        return Step(f"{points} Ask your mentor what the next step would be.", (one,))
    lowest = max(one.levels, key=lambda given: given.highest - given.level)
    words = (
        f"{points} Most is to be gained under {quoted(lowest.criterion)}, now at level {lowest.level} of "
        f"{lowest.highest}. A full answer has: {lowest.full_words}"
    )
    return Step(words, (one,))


def feedback_on(module: str, room: Path, learners: Iterable[str] | None = None) -> list[Feedback]:
    """What is to be said, learner by learner.

    Parameters
    ----------
    module : str
        Full name.
    room : pathlib.Path
        The marking room.
    learners : iterable of str, optional
        By default everybody who handed in.

    Raises
    ------
    CourseError
        If nobody's hand-in of this module has been marked in the room.
    """
    if not (room / "questions" / module / "module.json").exists():
        raise CourseError(f"No hand-in of {module} has been marked in {room} yet. Mark some first: course mark PATH")
    authored = source.read_module(paths.course_root() / "solutions" / module)
    return [_feedback(authored, room, row) for row in results(module, room, learners)]


def _feedback(authored: source.Module, room: Path, row: Row) -> Feedback:
    submitted, autograded = (room / step / row.learner / row.module for step in ("submitted", "autograded"))
    note = read_note(room, row.module, row.learner)
    # What was asked decides, also when a question has been changed or taken out of the course since.
    file = questions_file(room, row.module, note.get("fingerprint", ""))
    asked = {name: one for name, one in bank.read(file).items() if name in {mark.question for mark in row.questions}}
    results_of_code = {name: question for name, question in asked.items() if question.kind == "value"}
    about = _About(authored, room, row, _given(room, row), codes(submitted / f"{NOTEBOOK}.ipynb"), units(authored))
    # What code worked out is known only after it was run; everything else is taken as it was handed in.
    with opened(file, results_of_code, autograded) as values, opened(file, asked, submitted) as answers:
        answers = {**answers, **values}
        items = tuple(
            about.item(number, mark, asked[mark.question], answers[mark.question])
            for number, mark in enumerate(row.questions, 1)
        )
    problems = note.get("problems", [])
    title = authored.lesson.header["title"]
    return Feedback(row, title, items, tuple(map(_for_the_learner, problems)), about.marked())


@dataclass(frozen=True)
class _Given:
    """What the gradebook holds for a question: the check's points, a person's points, and a person's comment."""

    by_check: float | None
    by_person: float | None
    comment: str


@dataclass(frozen=True)
class _About:
    """All that is needed to say something about one learner's questions."""

    authored: source.Module
    room: Path
    row: Row
    given: dict[str, _Given]
    codes: dict[str, tuple[str, str]]
    units: dict[str, tuple[str, ...]]

    def item(self, number: int, mark: QuestionMark, question: Question, answer: Asked) -> Item:
        by_mentor = question.marked_by == "mentor"
        code, _ = self.codes.get(mark.question, ("", ""))
        # The lines that were there already are no answer.
        code = "" if code.strip() == question.content.get("stub", "").strip() else code
        return Item(
            number,
            mark,
            question.prompt,
            answer.is_answered or bool(code),
            answer.answer_html() if answer.is_answered else "",
            code,
            "" if by_mentor else _reason(mark, answer),
            self.units.get(mark.question, ()),
            self._levels(mark) if by_mentor else (),
            self.given[mark.question].comment,
            None if by_mentor else self._changed(mark),
        )

    def _levels(self, mark: QuestionMark) -> tuple[Level, ...]:
        recorded = rubric.read(self.room, self.row.module, self.row.learner, mark.question)
        # A mark that was changed in nbgrader itself, or that is about an earlier text, has no levels to show.
        if not recorded or mark.points is None or mark.points != recorded["points"]:
            return ()
        known = self.authored.questions.get(mark.question)
        rows = known.mark_scheme.get("rubric", []) if known else []
        levels = recorded["levels"]
        # Neither has one whose rubric was written anew since.
        tops = {row["criterion"]: len(row["levels"]) - 1 for row in rows}
        if set(tops) != set(levels) or any(levels[one] > top for one, top in tops.items()):
            return ()
        return tuple(Level(row["criterion"], levels[row["criterion"]], tuple(row["levels"])) for row in rows)

    def _changed(self, mark: QuestionMark) -> Changed | None:
        given = self.given[mark.question]
        override = overrides.read(self.room, self.row.module, self.row.learner, mark.question)
        if given.by_person is None:
            return None
        # Points that came from nbgrader's own pages have no reason.
        is_ours = override is not None and override.points == given.by_person
        return Changed(given.by_person, given.by_check, override.reason if is_ours else "")

    def marked(self) -> str:
        """When the marks were last changed."""
        note = note_file(self.room, self.row.module, self.row.learner)
        places = [
            kept.Place(self.room, self.row.module, self.row.learner, mark.question) for mark in self.row.questions
        ]
        times = [(kept.load(place).standing or {}).get("time", "") for place in places]
        if note.exists():
            times.append(f"{datetime.fromtimestamp(note.stat().st_mtime, UTC):%Y-%m-%dT%H:%M:%SZ}")
        return max(times, default="")


def _given(room: Path, row: Row) -> dict[str, _Given]:
    with kept.reading(room) as book:
        submission = book.find_submission(row.module, row.learner)
        notebooks = [one for one in submission.notebooks if one.name == NOTEBOOK]
        comments = {one.name: one.manual_comment or "" for notebook in notebooks for one in notebook.comments}
        return {
            one.name: _Given(one.auto_score, one.manual_score, comments.get(one.name, ""))
            for notebook in notebooks
            for one in notebook.grades
        }


def _reason(mark: QuestionMark, answer: Asked) -> str:
    if mark.points is None:
        return "<p>This has not been marked yet.</p>"
    outcome = answer.outcome()
    if outcome.status == checks.NOT_ATTEMPTED:
        return "<p>There was no answer to look at. If you had answered, please hand in again.</p>"
    if outcome.status == checks.ERROR:
        # This message repeats what was typed, and may therefore not be read as Markdown.
        return _html.plain(outcome.message)
    return _html.markdown(outcome.message)


def _for_the_learner(problem: str) -> str:
    """What went wrong while marking; a mentor's folders are no business of the learner's."""
    if _PATH.search(problem):
        return "Something in your hand-in could not be marked. Your mentor knows and will look at it."
    return problem


def in_full(levels: list[str], level: int) -> str:
    """The words of a level; where they begin with “As 2”, those of level 2 stand behind it, which the reader needs.

    Examples
    --------
    >>> in_full(["0: Nothing.", "1: A sentence.", "2: As 1, with a date."], 2)
    'As 1 (“A sentence.”), with a date.'
    """
    words = [one.removeprefix(str(number)).lstrip(": ").strip() for number, one in enumerate(levels)]
    earlier = re.match(r"As (\d)\b", words[level])
    if not earlier or int(earlier[1]) >= level:
        return words[level]
    return words[level].replace(earlier[0], f"{earlier[0]} (“{words[int(earlier[1])]}”)", 1)


def number_of_points(points: float) -> str:
    """Points with their noun."""
    return f"{points:g} point{'' if points == 1 else 's'}"


def quoted(title: str) -> str:
    """A title in quotation marks, once."""
    return title if title.startswith("“") and title.endswith("”") else f"“{title}”"


def _listed(titles: list[str]) -> str:
    *others, last = map(quoted, titles)
    return f"{', '.join(others)} and {last}" if others else last
