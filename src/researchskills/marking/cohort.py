"""A cohort as trainers and mentors see it: who has handed in, which questions were hard, what went wrong most.

Two things are for those who mark and remind: who has handed in, by learner code, and how many answers wait. Both are
left out for a screen that learners see (`without_codes`). Everything else is about the whole cohort and is protected
(see `cohort_release`): in whole fives, to the nearest five, changed for five people at once. What anybody typed is
never part of it: no text, no comment, no reason.

Left out on purpose. *Points in all*: they are sums of what the questions show, and sums undo rounding. *Discrimination*
of a question (whether those who did well elsewhere did well here): with 30 people a correlation of 0.3 has a 95%
interval from below 0 to 0.6, so a table of them would rank questions by chance; and it ties one person's answers
together, which nothing else here does.
"""

import csv
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from researchskills import bank, paths, received, source
from researchskills._words import number_of
from researchskills.ask import Asked
from researchskills.bank import Question
from researchskills.errors import CourseError
from researchskills.marking import cohort_answers as answers_
from researchskills.marking import cohort_release as releases
from researchskills.marking import identity, rubric
from researchskills.marking.cohort_release import FIVE, Count, Release
from researchskills.marking.collect import LEARNER
from researchskills.marking.results import QuestionMark, Row, results
from researchskills.marking.room import default_room
from researchskills.marking.written import opened

#: First lines of a list of learner codes that are a heading and no code.
_HEADINGS = ("learner", "learners", "code", "codes", "learner code", "learner codes", "learner_code")


#: So many common wrong answers are told in the terminal.
_MOST_IN_TERMINAL = 3


#: Under so many people a mean of counts to the nearest five can be far from the mean: 2 of 5 would become 0%.
_FEWEST_FOR_A_MEAN = 20


@dataclass(frozen=True)
class HandedIn:
    """One learner's hand-ins of the module.

    Attributes
    ----------
    learner : str
        Learner code.
    first, last : str
        Day of the first and of the newest hand-in (UTC).
    hand_ins : int
        How many there are.
    marked : bool
        Whether they are in the gradebook.
    """

    learner: str
    first: str
    last: str
    hand_ins: int
    marked: bool


@dataclass(frozen=True)
class Waiting:
    """Answers to a question that wait for a mentor.

    Attributes
    ----------
    question, title : str
        From the question bank.
    answers : int
        How many; exact, for whoever marks them reads them.
    """

    question: str
    title: str
    answers: int


@dataclass(frozen=True)
class WrongOption:
    """A wrong option that several people hold.

    Attributes
    ----------
    text : str
        The option's own words.
    reason : str
        Why it is wrong, in Markdown, from the question bank.
    count : Count
        How many hold it.
    """

    text: str
    reason: str
    count: Count


@dataclass(frozen=True)
class CriterionFigures:
    """How a cohort did in one criterion.

    Attributes
    ----------
    criterion : str
        Its name.
    levels : tuple of str
        Words of the levels, from level 0.
    reached : tuple of Count
        How many reached level 1 or more, 2 or more, and so on.
    median : tuple of int
        Smallest and largest median level that the counts allow.
    mean_share : float
        Mean level as a share of the highest, from the rounded counts.
    """

    criterion: str
    levels: tuple[str, ...]
    reached: tuple[Count, ...]
    median: tuple[int, int]
    mean_share: float


@dataclass(frozen=True)
class QuestionFigures:
    """How a cohort did in one question.

    Attributes
    ----------
    question, title, kind, marked_by : str
        From the question bank.
    points : int
        What it is worth.
    answered : Count or None
        How many gave an answer, of those whom the course has marked; None for a text, of which only written ones are
        marked.
    half, all_points : Count or None
        How many have half of the points or more, and how many have all; None with fewer than five people.
    interval : tuple of float or None
        Share with all points to be expected in cohorts like this one (95%).
    mean_share : float or None
        Mean share of the points, from the rounded counts; None where these do not give it.
    wrong_options : tuple of WrongOption
        Those that about five people or more hold, the commonest first.
    criteria : tuple of CriterionFigures
        For a question that a mentor marks.
    day : str
        When the figures were renewed last.
    """

    question: str
    title: str
    kind: str
    marked_by: str
    points: int
    answered: Count | None = None
    half: Count | None = None
    all_points: Count | None = None
    interval: tuple[float, float] | None = None
    mean_share: float | None = None
    wrong_options: tuple[WrongOption, ...] = ()
    criteria: tuple[CriterionFigures, ...] = ()
    day: str = ""

    @property
    def worst(self) -> tuple[str, ...]:
        """The criterion that went worst; several where they cannot be told apart, none where all are alike."""
        shares = {one.criterion: one.mean_share for one in self.criteria}
        lowest = tuple(name for name, share in shares.items() if share == min(shares.values()))
        return lowest if len(lowest) < len(shares) else ()

    def as_dict(self) -> dict:
        """For `--json`."""
        return {
            "question": self.question,
            "title": self.title,
            "kind": self.kind,
            "marked_by": self.marked_by,
            "points": self.points,
            "answered": _as_dict(self.answered),
            "not_attempted": _as_dict(self.answered and self.answered.others()),
            "half_of_the_points_or_more": _as_dict(self.half),
            "all_points": _as_dict(self.all_points),
            "all_points_interval_95": self.interval and [round(end, 3) for end in self.interval],
            "mean_share_about": self.mean_share,
            "wrong_options": [
                {"option": one.text, "reason": one.reason, "count": one.count.as_dict()} for one in self.wrong_options
            ],
            "criteria": [
                {
                    "criterion": one.criterion,
                    "levels": list(one.levels),
                    "reached": [count.as_dict() for count in one.reached],
                    "median": list(one.median),
                    "mean_share_about": one.mean_share,
                }
                for one in self.criteria
            ],
            "went_worst": list(self.worst),
            "figures_of": self.day,
        }


@dataclass(frozen=True)
class Cohort:
    """A cohort and a module.

    Attributes
    ----------
    module, title : str
        Full name of the module, and its title.
    day : str
        When this was put together (UTC).
    handed_in : tuple of HandedIn
        In the order of the first hand-in; empty without codes.
    hand_in_count : int
        How many people have handed in.
    not_marked : int
        How many of them are not in the gradebook.
    waiting : tuple of Waiting
        What waits for a mentor; empty without codes, because watching it tells who wrote nothing.
    expected : int or None
        How many were expected to hand in; None without a list.
    missing, not_expected : tuple of str
        Codes on the list that have not handed in, and the other way round; empty without codes.
    missing_count, not_expected_count : int
        How many those are.
    questions : tuple of QuestionFigures
        In the order of the page.
    """

    module: str
    title: str
    day: str
    handed_in: tuple[HandedIn, ...]
    hand_in_count: int
    not_marked: int
    waiting: tuple[Waiting, ...]
    expected: int | None
    missing: tuple[str, ...]
    missing_count: int
    not_expected: tuple[str, ...]
    not_expected_count: int
    questions: tuple[QuestionFigures, ...]

    def without_codes(self) -> "Cohort":
        """The same, for a screen that learners see."""
        return replace(self, handed_in=(), waiting=(), missing=(), not_expected=())

    @property
    def has_figures(self) -> bool:
        """Whether anything is said about answers."""
        return any(one.all_points for one in self.questions)

    @property
    def attendance(self) -> str:
        """Who has handed in, in a sentence or two without codes."""
        told = f"{number_of(self.hand_in_count, 'person has', 'people have')} handed in."
        if self.expected is not None:
            told += f" Of the {self.expected} on the list, {self.missing_count} {_have(self.missing_count)} not."
            if self.not_expected_count:
                told += f" {self.not_expected_count} {_have(self.not_expected_count)} handed in without being on it."
        if self.not_marked:
            told += (
                f" The work of {self.not_marked} is not marked yet and is left out of the figures below: "
                "course mark PATH"
            )
        return told

    @property
    def hardest(self) -> tuple[QuestionFigures, ...]:
        """Up to three questions in which the fewest have all points, where that tells them apart."""
        known = [one for one in self.questions if one.all_points]
        shares = sorted({one.all_points.about / one.all_points.people for one in known})
        if len(shares) < 2:
            return ()
        lowest = [one for one in known if one.all_points.about / one.all_points.people == shares[0]]
        return tuple(lowest) if len(lowest) <= 3 else ()

    def as_dict(self) -> dict:
        """For `--json`."""
        return {
            "module": self.module,
            "title": self.title,
            "day": self.day,
            "hand_in_count": self.hand_in_count,
            "not_marked": self.not_marked,
            "handed_in": [asdict(one) for one in self.handed_in],
            "waiting": [asdict(one) for one in self.waiting],
            "expected": self.expected,
            "missing": list(self.missing),
            "missing_count": self.missing_count,
            "not_expected": list(self.not_expected),
            "not_expected_count": self.not_expected_count,
            "questions": [one.as_dict() for one in self.questions],
        }

    def lines(self) -> list[str]:
        """The short of it, for the terminal."""
        said = [f"{self.title}: {self.attendance}"]
        if self.missing:
            said.append(f"Not yet handed in: {', '.join(self.missing)}.")
        if self.waiting:
            # Without numbers: beside the number of hand-ins they tell who left a text empty.
            listed = "; ".join(f"“{one.title}”" for one in self.waiting)
            said.append(f"Answers wait for a mentor to: {listed}.")
        if not self.has_figures:
            return [*said, TOO_FEW]
        said += [
            f"Fewest with all points: {one.title} ({one.all_points.words})." for one in self.hardest if one.all_points
        ]
        said += [f"Went worst in “{one.title}”: {' and '.join(one.worst)}." for one in self.questions if one.worst]
        # Of each question the commonest, so that one hard question does not hide the others.
        common = sorted(
            ((one.title, one.wrong_options[0]) for one in self.questions if one.wrong_options),
            key=lambda pair: -pair[1].count.about / pair[1].count.people,
        )
        said += [
            f"Common in “{title}”: {wrong.text} ({wrong.count.words})." for title, wrong in common[:_MOST_IN_TERMINAL]
        ]
        if (more := sum(len(one.wrong_options) for one in self.questions) - _MOST_IN_TERMINAL) > 0:
            said.append(f"The page has {number_of(more, 'more common wrong answer')}, with the reasons.")
        return [*said, "Counts are in whole fives and to the nearest five, so that nobody’s answer can be worked out."]


#: Said instead of figures.
TOO_FEW = (
    f"Nothing is said about answers, because fewer than {FIVE} people’s work is marked: with so few, everybody’s "
    "answers could be guessed. The marking page shows each answer to its mentor."
)


def cohort(
    module: str,
    room: Path | None = None,
    expected: Path | Iterable[str] | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Cohort:
    """What can be said about everybody who handed in a module.

    What is said about answers is kept in the room (`questions/MODULE/cohort.json`), so that the next time nothing
    changes by fewer than five people.

    Parameters
    ----------
    module : str
        Full name, such as `00-start-here`.
    room : pathlib.Path, optional
        The marking room; by default the course's own.
    expected : pathlib.Path or iterable of str, optional
        Learner codes of those who should hand in, or a text file with one on each line.
    progress : callable, optional
        Told what is being done, and which share of it is done.

    Raises
    ------
    CourseError
        If nobody's hand-in has been marked in the room, the gradebook or the list cannot be read, or what is about to
        be shown cannot be kept.
    """
    room = (room or default_room()).absolute()
    if not room.is_dir():
        raise CourseError(
            f"There is no marking room {room}. No page was written. Name another (--room), or mark hand-ins first: "
            "course mark PATH",
            exit_status=2,
        )
    if not (room / "questions" / module / "module.json").exists():
        raise CourseError(
            f"No hand-in of {module} has been marked in {room} yet. No page was written. Mark some first: "
            "course mark PATH",
            exit_status=2,
        )
    wanted = None if expected is None else _expected(expected)
    rows = {row.learner: row for row in results(module, room)}
    people = _handed_in(module, room, rows)
    if not people:
        raise CourseError(f"Nobody has handed in {module} in {room}. No page was written. Mark hand-ins first: "
                          "course mark PATH")  # fmt: skip
    authored = source.read_module(paths.course_root() / "solutions" / module)
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    present = {one.learner for one in people}
    marked = [rows[one.learner] for one in people if one.marked]
    questions, waiting = _questions(room, module, authored, marked, day, progress or (lambda what, share: None))
    missing = tuple(one for one in wanted or () if one not in present)
    extra = tuple(one.learner for one in people if wanted is not None and one.learner not in wanted)
    return Cohort(
        module=module,
        title=authored.lesson.header["title"],
        day=day,
        handed_in=people,
        hand_in_count=len(people),
        not_marked=sum(not one.marked for one in people),
        waiting=waiting,
        expected=None if wanted is None else len(wanted),
        missing=missing,
        missing_count=len(missing),
        not_expected=extra,
        not_expected_count=len(extra),
        questions=questions,
    )


# -- who ---------------------------------------------------------------------------------------------


def _expected(given: Path | Iterable[str]) -> list[str]:
    """Learner codes that somebody listed, each once."""
    if not isinstance(given, str | Path):
        return list(dict.fromkeys(_code(one, "The list") for one in given))
    path = Path(given)
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise CourseError(
            f"The list of learner codes {path} cannot be opened ({problem.strerror}). No page was written. Give the "
            "name of a text file with one code on each line.",
            exit_status=2,
        ) from problem
    text = received.text_of(content, path.name, "learner codes")
    codes = []
    for number, line in enumerate(text.splitlines(), 1):
        # Out of a sheet that was saved as CSV, the first column is taken.
        first = next(iter(next(csv.reader([re.sub(r"[;\t]", ",", line)]), [])), "").strip()
        if not first or first.startswith("#") or (not codes and first.casefold() in _HEADINGS):
            continue
        codes.append(_code(first, f"Line {number} of {path.name}"))
    if not codes:
        raise CourseError(
            f"{path.name} holds no learner code. No page was written. Put one code on each line.", exit_status=2
        )
    return list(dict.fromkeys(codes))


def _code(word: str, where: str) -> str:
    code = word.strip().lower()
    if not LEARNER.fullmatch(code):
        # It may be somebody's name, and is not repeated.
        raise CourseError(
            f"{where} has an entry that is no learner code: small letters, digits and single hyphens. No page was "
            "written. Put one code on each line.",
            exit_status=2,
        )
    return code


def _handed_in(module: str, room: Path, rows: dict[str, Row]) -> tuple[HandedIn, ...]:
    found = []
    shelves = {shelf.parent.name: shelf for shelf in sorted(room.glob(f"hand-ins/*/{module}"))}
    for learner in sorted({*rows, *shelves}):
        folders = identity.kept(shelves[learner]) if learner in shelves else []
        own = [folder.name.rpartition("-")[0] for folder in folders if identity.counts(room, learner, folder)]
        # Without a folder the gradebook still knows of the hand-in that it was marked from.
        times = own or ([rows[learner].time] if learner in rows else [])
        if times:
            found.append((times[0], HandedIn(learner, times[0][:10], times[-1][:10], len(times), learner in rows)))
    return tuple(one for _, one in sorted(found, key=lambda pair: (pair[0], pair[1].learner)))


# -- answers -----------------------------------------------------------------------------------------


def _questions(
    room: Path,
    module: str,
    authored: source.Module,
    rows: list[Row],
    day: str,
    tell: Callable[[str, float], None],
) -> tuple[tuple[QuestionFigures, ...], tuple[Waiting, ...]]:
    known = {name: one for name, one in bank.read(room / "questions" / module / "module.json").items() if one.points}
    rubrics = {
        name: authored.questions[name].mark_scheme["rubric"]
        for name, one in known.items()
        if one.marked_by == "mentor" and name in authored.questions
    }
    brought = {}
    for number, row in enumerate(rows):
        tell("Reading answers", number / len(rows))
        brought[row.learner] = _brought(room, row, known, rubrics)
    file = room / "questions" / module / "cohort.json"
    before = releases.read(file)
    shown, figures, waiting = {}, [], []
    for name, question in known.items():
        own = {learner: of_learner[name] for learner, of_learner in brought.items() if name in of_learner}
        # Another wording is another question, and what was said about the first says nothing about it.
        wording = hashlib.sha256(repr((question.content, question.key, rubrics.get(name))).encode()).hexdigest()[:16]
        marked = {learner: one.result for learner, one in own.items() if one.result is not None}
        key = f"{name} {wording}"
        shown[key] = releases.renewed(before.get(key, Release()), marked, day)
        if many := sum(one.waits for one in own.values()):
            waiting.append(Waiting(name, question.title, many))
        figures.append(_figures(question, rubrics.get(name, []), shown[key]))
    if any(before.get(key, Release()) != one for key, one in shown.items()):
        _keep(file, {**before, **shown})
    return tuple(figures), tuple(waiting)


def _keep(file: Path, shown: dict[str, Release]) -> None:
    try:
        releases.write(file, shown)
    except OSError as problem:
        raise CourseError(
            f"What would be shown cannot be kept in {file} ({problem.strerror}), so nothing is shown. Nothing was "
            "changed. Make room on the disk, or ask for the right to write there, and try again."
        ) from problem


@dataclass(frozen=True)
class _Brought:
    """What one learner brings to a question; `result` as `cohort_answers.result_of` gives it."""

    waits: bool
    result: set[str] | None


def _brought(room: Path, row: Row, known: dict[str, Question], rubrics: dict[str, list[dict]]) -> dict[str, _Brought]:
    marks = {mark.question: mark for mark in row.questions if mark.question in known}
    wanted = {name: known[name] for name in marks}
    worked_out = {name: one for name, one in wanted.items() if one.kind == "value"}
    file = room / "questions" / row.module / "module.json"
    submitted, autograded = (room / step / row.learner / row.module for step in ("submitted", "autograded"))
    found = {}
    # What code worked out is known only after it was run; everything else is taken as it was handed in.
    with opened(file, wanted, submitted) as given, opened(file, worked_out, autograded) as values:
        for name, asked in {**given, **values}.items():
            mark, criteria = marks[name], rubrics.get(name, [])
            levels = _levels(room, row, asked, mark) if criteria else None
            result = answers_.result_of(asked, mark, criteria, levels)
            found[name] = _Brought(mark.needs_manual_marking, result)
    return found


def _levels(room: Path, row: Row, asked: Asked, mark: QuestionMark) -> dict[str, int] | None:
    if not rubric.is_about(room, row.module, row.learner, mark.question, asked.shown()):
        return None
    given = rubric.read(room, row.module, row.learner, mark.question)
    # Points that were changed in nbgrader itself have no levels.
    return given["levels"] if given.get("points") == mark.points else None


def _figures(question: Question, rubric_rows: list[dict], result: Release) -> QuestionFigures:
    figures = QuestionFigures(question.id, question.title, question.kind, question.marked_by, question.points)
    everything = result.count(answers_.ALL)
    if everything is None:
        return figures
    named = answers_.wrong_options(question)
    wrong = [
        WrongOption(named[name].text, named[name].reason, Count(about, result.people))
        for name, about in result.counts.items()
        if name in named
    ]
    criteria = tuple(_criterion(number, row, result) for number, row in enumerate(rubric_rows))
    return replace(
        figures,
        answered=None if criteria else result.count(answers_.ANSWERED),
        half=result.count(answers_.HALF),
        all_points=everything,
        interval=_interval(everything),
        mean_share=_mean_share(question, result, criteria),
        wrong_options=tuple(sorted(wrong, key=lambda one: (-one.count.about, one.text))),
        criteria=criteria,
        day=result.day,
    )


def _criterion(number: int, row: dict, result: Release) -> CriterionFigures:
    reached = tuple(
        Count(result.counts.get(answers_.at_least(number, level), 0), result.people)
        for level in range(1, len(row["levels"]))
    )
    # The median is a level that half of the people or more reach.
    lowest = sum(2 * one.least >= one.people for one in reached)
    highest = sum(2 * one.most >= one.people for one in reached)
    share = sum(one.about for one in reached) / (result.people * len(reached))
    return CriterionFigures(row["criterion"], tuple(row["levels"]), reached, (lowest, highest), round(share, 2))


def _mean_share(question: Question, result: Release, criteria: tuple[CriterionFigures, ...]) -> float | None:
    if result.people < _FEWEST_FOR_A_MEAN:
        return None
    if criteria:
        tops = [len(one.reached) for one in criteria]
        total = sum(count.about for one in criteria for count in one.reached)
        return round(total / (result.people * sum(tops)), 2)
    parts = answers_.right_parts(question)
    total = sum(result.counts.get(part, 0) for part in parts)
    return round(total / (result.people * len(parts)), 2) if parts else None


def _interval(count: Count) -> tuple[float, float]:
    """Wilson's limits (1927) for every count that is rounded to this one."""
    from researchskills.statistics.limits import wilson_limits

    return wilson_limits(count.least, count.people)[0], wilson_limits(count.most, count.people)[1]


def _as_dict(count: Count | None) -> dict | None:
    return count.as_dict() if count else None


def _have(number: int) -> str:
    return "has" if number == 1 else "have"
