"""Feedback: one page for each learner that opens anywhere and says what was marked, how and why.

The page is a single file of plain HTML with headings and tables, so that a screen reader can walk through it
and a printer can print it. It shows the learner's answer, the points, the reason that the check gives, the
level of each criterion and the mentor's words. It shows no check code and no example answer. Whatever a learner
or a mentor typed is text on it and never markup, it holds no script, and its own policy forbids a browser
to run or to fetch anything.
"""

import re
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from researchskills import _html, checks, paths, source, web_page
from researchskills._html import escape
from researchskills.ask import Asked
from researchskills.bank import Question
from researchskills.errors import CourseError
from researchskills.marking import rubric
from researchskills.marking.results import QuestionMark, Row, results
from researchskills.marking.room import NOTEBOOK, default_room, gradebook
from researchskills.marking.written import opened
from researchskills.store import replace_file


def feedback(module: str, room: Path | None = None, learners: Iterable[str] | None = None) -> list[Path]:
    """Write feedback pages.

    Parameters
    ----------
    module : str
        Full name, such as `00-start-here`.
    room : pathlib.Path, optional
        The marking room; by default the course's own.
    learners : iterable of str, optional
        By default everybody who handed in.

    Returns
    -------
    list of pathlib.Path
        The pages, `feedback/MODULE/MODULE--LEARNER.html` in the room.

    Raises
    ------
    CourseError
        If nobody's hand-in of this module has been marked in the room.
    """
    room = (room or default_room()).absolute()
    if not (room / "questions" / module / "module.json").exists():
        raise CourseError(f"No hand-in of {module} has been marked in {room} yet. Mark some first: course mark PATH")
    authored = source.read_module(paths.course_root() / "solutions" / module)
    folder = room / "feedback" / module
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for row in results(module, room, learners):
        path = folder / f"{module}--{row.learner}.html"
        replace_file(path, _page(authored, room, row).encode())
        written.append(path)
    return written


def _page(authored: source.Module, room: Path, row: Row) -> str:
    title = f"Feedback on {authored.lesson.header['title']}"
    submitted, autograded = (room / step / row.learner / row.module for step in ("submitted", "autograded"))
    questions = {mark.question: authored.questions[mark.question] for mark in row.questions}
    comments = _comments(room, row)
    codes = _codes(submitted / f"{NOTEBOOK}.ipynb")
    results_of_code = {name: question for name, question in questions.items() if question.kind == "value"}
    file = room / "questions" / row.module / "module.json"
    # What code worked out is known only after it was run; everything else is taken as it was handed in.
    with opened(file, results_of_code, autograded) as values, opened(file, questions, submitted) as answers:
        answers = {**answers, **values}
        sections = "".join(
            _section(
                number,
                mark,
                questions[mark.question],
                answers[mark.question],
                codes.get(mark.question),
                rubric.read(room, row.module, row.learner, mark.question),
                comments.get(mark.question, ""),
            )
            for number, mark in enumerate(row.questions, 1)
        )
    return web_page.page(f"{title}: {row.learner}", f"{_summary(row)}\n{sections}")


def _summary(row: Row) -> str:
    lines = [f"<p>For <strong>{escape(row.learner)}</strong>, handed in on {escape(_date(row.time))}.</p>"]
    waiting = row.needs_manual_marking
    if waiting:
        what = "1 question is" if waiting == 1 else f"{waiting} questions are"
        lines.append(f"<p>{what} still to be marked; the points below are those so far.</p>")
    if row.problem:
        lines.append(f"<p><strong>Please note:</strong> {escape(row.problem)}</p>")
    rows = "".join(
        f'<tr><th scope="row"><a href="#{mark.question}">{escape(mark.title)}</a></th>'
        f'<td class="points">{_points(mark.points)}</td><td class="points">{mark.max_points:g}</td></tr>'
        for mark in row.questions
    )
    return (
        "\n".join(lines) + '\n<table><caption>Points</caption><thead><tr><th scope="col">Question</th>'
        '<th scope="col">Your points</th><th scope="col">Out of</th></tr></thead>'
        f'<tbody>{rows}</tbody><tfoot><tr><th scope="row">All</th><td class="points">{_points(row.points)}</td>'
        f'<td class="points">{row.max_points:g}</td></tr></tfoot></table>'
    )


def _section(
    number: int,
    mark: QuestionMark,
    question: Question,
    answer: Asked,
    code: str | None,
    given: dict,
    comment: str,
) -> str:
    parts = [
        f'<section id="{mark.question}" aria-labelledby="{mark.question}-title">',
        f'<h2 id="{mark.question}-title">{number}. {escape(mark.title)}</h2>',
        f"<blockquote>{_html.markdown(question.prompt)}</blockquote>",
        f"<p><strong>Points:</strong> {_points(mark.points)} out of {mark.max_points:g}</p>",
        "<h3>Your answer</h3>",
        f"<pre><code>{escape(code)}</code></pre>" if code else "",
        answer.answer_html() if answer.is_answered else "" if code else
        "<p>No answer came with your hand-in, or none that could be read.</p>",
    ]
    if question.marked_by == "mentor":
        parts.append(_levels(mark, question, given))
    else:
        parts += ["<h3>Why</h3>", _reason(mark, answer)]
    if comment:
        parts += ["<h3>Your mentor’s comment</h3>", _html.plain(comment)]
    return "\n".join(part for part in parts if part) + "\n</section>\n"


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


def _levels(mark: QuestionMark, question: Question, given: dict) -> str:
    # A mark that was changed in nbgrader itself, or that is about an earlier text, has no levels to show.
    if not given or mark.points is None or mark.points != given["points"]:
        return ""
    rows = ""
    for row in question.mark_scheme["rubric"]:
        level = given["levels"][row["criterion"]]
        words = in_full(row["levels"], level)
        rows += (
            f'<tr><th scope="row">{escape(row["criterion"])}</th>'
            f"<td>{level} of {len(row['levels']) - 1}</td><td>{escape(words)}</td></tr>"
        )
    return (
        '<table><caption>How it was read</caption><thead><tr><th scope="col">Criterion</th><th scope="col">Level</th>'
        f'<th scope="col">What that means</th></tr></thead><tbody>{rows}</tbody></table>'
    )


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


def _comments(room: Path, row: Row) -> dict[str, str]:
    with gradebook(room) as book:
        submission = book.find_submission(row.module, row.learner)
        return {
            comment.name: comment.manual_comment
            for notebook in submission.notebooks
            for comment in notebook.comments
            if comment.manual_comment
        }


def _codes(path: Path) -> dict[str, str]:
    """The learner's code, by question."""
    if not path.exists():
        return {}
    cells: list[NotebookNode] = nbformat.read(path, as_version=4).cells
    marks = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    return {grade_id.removesuffix("-answer"): text for grade_id, text in marks.items()}


def _points(points: float | None) -> str:
    return "not marked yet" if points is None else f"{points:g}"


def _date(time: str) -> str:
    return f"{time[:10]} at {time[11:16]} UTC" if time else "an unknown date"
