"""Practice before marking: scripts with agreed levels, marked without seeing these, then laid beside them.

A mentor marks each script once. Only then do the agreed levels and their reasons appear beside it, and from then on the
mark stands: a level that was changed after the answer was seen says nothing about how somebody marks. Whoever wants to
try again starts another run, which has a file of its own, so that the figures of the first one stay:

    marking-room/practice/MODULE/MARKER.json
    marking-room/practice/MODULE/MARKER.run-2.json
"""

import hashlib
from pathlib import Path

from researchskills import _html, paths, source
from researchskills._html import escape
from researchskills._words import number_of
from researchskills.bank import Question
from researchskills.errors import CourseError
from researchskills.marking.agreement import NOTE, Agreement, compare
from researchskills.marking.calibration import Scripted, calibrations
from researchskills.marking.desk import Mark, Script
from researchskills.marking.kept import marker_name
from researchskills.marking.marks_file import MarksFile, in_file_names
from researchskills.marking.room import default_room
from researchskills.statistics.estimate import in_brief

WHAT = "practice marks"


class PracticeDesk:
    """Scripts to practise on, as a desk.

    Parameters
    ----------
    module : str
        Full name, such as `00-start-here`.
    marker : str
        Who practises.
    room : pathlib.Path, optional
        The marking room; by default the course's own.
    again : bool
        Start another run, if the last one has a mark in it.

    Attributes
    ----------
    marker : str
        Who practises.

    Raises
    ------
    CourseError
        If the module has no scripts to practise on, or the mentor's file cannot be used.
    """

    needs_reason = False
    #: The page stays with a script that was marked, since there is now something to read beside it.
    tells_after_saving = True
    #: The page offers neither a second mark nor to take one back.
    marks_once = True

    def __init__(self, module: str, marker: str, room: Path | None = None, again: bool = False):
        self._scripts = {one.question: {script.id: script for script in one.scripts} for one in calibrations(module)}
        if not self._scripts:
            raise CourseError(
                f"{module} has no scripts to practise on yet. Nothing was opened; choose another module.", exit_status=2
            )
        authored = source.read_module(paths.course_root() / "solutions" / module)
        self._questions = {name: authored.questions[name] for name in self._scripts}
        self.marker = marker_name(marker)
        self._runs = _runs((room or default_room()).absolute() / "practice" / module, module, self.marker, again)
        # Pages are told apart by their titles, and so are the drafts of what is typed on them.
        who = self.marker if self.run == 1 else f"{self.marker}, run {self.run}"
        self.title = f"Practice in marking: {authored.lesson.header['title']} ({who})"

    @property
    def run(self) -> int:
        """Which run this is, from 1."""
        return len(self._runs)

    def questions(self) -> list[Question]:
        """Questions that have scripts, in the order of the page."""
        return list(self._questions.values())

    def scripts(self, question: str) -> list[Script]:
        """The scripts, always in the same order."""
        return [
            Script(one.id, f"Script {number}", _html.plain(one.text), one.text)
            for number, one in enumerate(self._scripts[question].values(), 1)
        ]

    def mark(self, question: str, script: str) -> Mark | None:
        """What the mentor gave in this run."""
        return self._mark(self._runs[-1], question, self._scripts[question][script])

    def _mark(self, run: MarksFile, question: str, script: Scripted) -> Mark | None:
        return run.mark(question, self._key(question, script))

    def record(self, question: str, script: str, mark: Mark, seen: int) -> Mark:
        """Keep a mark, once for each script; as `Desk.record`."""
        if seen:
            raise CourseError(_STANDS)
        held = self._scripts[question][script]
        return self._runs[-1].record(self._questions[question], self._key(question, held), mark, seen)

    def undo(self, question: str, script: str, marker: str, seen: int) -> Mark | None:
        """Never done here: the agreed levels have been seen.

        Raises
        ------
        CourseError
            Always.
        """
        raise CourseError(_STANDS)

    def _key(self, question: str, script: Scripted) -> str:
        # A mark is about a text and a rubric: where the course has changed one of them, the script is marked afresh.
        read = [script.text, *map(str, self._questions[question].mark_scheme["rubric"])]
        return f"{script.id}-{hashlib.sha256(chr(0).join(read).encode()).hexdigest()[:12]}"

    def beside(self, question: str, script: str) -> str:
        """Agreed levels and reasons, differences first; nothing before the script is marked."""
        mark = self.mark(question, script)
        if mark is None:
            return ""
        held = self._scripts[question][script]
        gaps = {criterion: mark.levels[criterion] - level for criterion, level in held.levels.items()}
        rows = "".join(
            f'<tr><th scope="row">{escape(criterion)}</th><td>{mark.levels[criterion]}</td>'
            f"<td>{held.levels[criterion]}</td><td>{_gap(gaps[criterion])}</td>"
            f"<td>{escape(held.reasons[criterion])}</td></tr>"
            for criterion in sorted(gaps, key=lambda one: -abs(gaps[one]))
        )
        differing = sum(gap != 0 for gap in gaps.values())
        told = (
            f"You differ from the agreed levels on {differing} of {number_of(len(gaps), 'criterion', 'criteria')}."
            if differing
            else "You gave the agreed level on every criterion."
        )
        return (
            f"<p>{told} Agreed levels can be wrong as well: where the reason does not persuade you, talk about it "
            "with another mentor.</p><table><caption>Your levels and the agreed ones, differences first</caption>"
            '<thead><tr><th scope="col">Criterion</th><th scope="col">You</th><th scope="col">Agreed</th>'
            '<th scope="col">Difference</th><th scope="col">Reason for the agreed level</th></tr></thead>'
            f"<tbody>{rows}</tbody></table>"
        )

    def agreement(self, question: str, run: int | None = None) -> Agreement | None:
        """Agreement with the agreed levels.

        Parameters
        ----------
        question : str
            Its id.
        run : int, optional
            From 1; by default this one.

        Returns
        -------
        Agreement or None
            None as long as a script of the question is not marked.
        """
        held = self._scripts[question].values()
        marks = [self._mark(self._runs[(run or self.run) - 1], question, one) for one in held]
        if None in marks:
            return None
        rubric = self._questions[question].mark_scheme["rubric"]
        return compare(rubric, [one.levels for one in held], [mark.levels for mark in marks])

    def summary(self) -> str:
        """How near the mentor came to the agreed levels, question by question, and in earlier runs."""
        told = f"<p>This is run {self.run} of your practice; the figures of earlier runs are kept.</p>"
        return (told if self.run > 1 else "") + "".join(map(self._section, self.questions()))

    def _section(self, question: Question) -> str:
        held = self._scripts[question.id]
        marked = sum(self.mark(question.id, one) is not None for one in held)
        found = self.agreement(question.id)
        if found is None:
            body = (
                f"<p>{marked} of {number_of(len(held), 'script')} marked. How near you came to the agreed levels is "
                "worked out when all are marked.</p>"
            )
        else:
            body = found.html("the agreed levels", "you", "You and the agreed levels, by criterion") + NOTE
        earlier = [(run, self.agreement(question.id, run)) for run in range(1, self.run)]
        rows = "".join(
            f'<tr><th scope="row">Run {run}</th><td>{one.same} of {one.levels}</td>'
            f"<td>{in_brief(one.kappa) if one.kappa else f'none: {escape(one.without_kappa)}'}</td></tr>"
            for run, one in earlier
            if one
        )
        if rows:
            body += (
                '<table><caption>Your earlier runs</caption><thead><tr><th scope="col">Run</th>'
                '<th scope="col">Levels the same</th><th scope="col">Weighted kappa (95% confidence interval)</th>'
                f"</tr></thead><tbody>{rows}</tbody></table><p>The scripts were the same, so a better figure may show "
                "a good memory.</p>"
            )
        return f"<section><h3>{escape(question.title)}</h3>{body}</section>"


_STANDS = (
    "The agreed levels of this script have been shown, so your mark stands and nothing was changed. To try again, "
    "start another run with --again; the figures of this one are kept."
)


def _gap(levels: int) -> str:
    if not levels:
        return "the same"
    return f"you {number_of(abs(levels), 'level')} {'higher' if levels > 0 else 'lower'}"


def _runs(folder: Path, module: str, marker: str, again: bool) -> list[MarksFile]:
    """The mentor's files, the current one last."""
    stem = in_file_names(marker)

    def opened(number: int) -> MarksFile:
        # A dot never comes from a name, so nobody's first run has the name of somebody else's second.
        name = f"{stem}.json" if number == 1 else f"{stem}.run-{number}.json"
        return MarksFile(folder / name, WHAT, marker, {"module": module})

    runs = [opened(1)]
    while (following := opened(len(runs) + 1)).path.exists():
        runs.append(following)
    if again and runs[-1].read()["marks"]:
        runs.append(opened(len(runs) + 1))
    return runs
