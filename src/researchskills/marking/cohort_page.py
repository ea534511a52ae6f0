"""The cohort view as a page: it opens anywhere, prints, and says beside each table how to read it.

Learner codes and what waits for a mentor stand in one part of it, and only if they are wanted. No script, no network,
and nothing that a learner or a mentor typed.
"""

from pathlib import Path

from researchskills import _html, web_page
from researchskills._html import escape
from researchskills.errors import CourseError
from researchskills.marking.cohort import TOO_FEW, Cohort, CriterionFigures, QuestionFigures
from researchskills.marking.cohort_release import Count
from researchskills.marking.feedback_content import in_full
from researchskills.marking.room import default_room
from researchskills.store import replace_file

_NOTHING = "too few"
_HOW = """
<h2 id="how">How to read the counts</h2>
<p>In a small group an exact count can tell what one person answered. So all counts of answers here follow three
rules.</p>
<ul>
<li><strong>Whole fives.</strong> People are counted in groups of five, in the order in which they handed in; the
others join when their group is full. With fewer than five, nothing is said.</li>
<li><strong>To the nearest five.</strong> A count is shown as the range that it lies in, such as “3 to 7 of 10”. The
highest range never stands for everybody alone, nor the lowest for nobody.</li>
<li><strong>Changes in whole fives.</strong> New answers and new marks are taken over for five people at once. One more
hand-in, or one more mark, changes nothing that can be seen; the day says when a row was renewed.</li>
</ul>
<p>Of texts that a mentor reads, only written ones that are marked are counted. How many were left empty is not told:
beside the number of marked ones it could give away who wrote nothing.</p>
<p>“All points, in cohorts like this” is a 95% interval (Wilson 1927, from both ends of the range): what share could be
expected with other people, if this cohort is like them. It is wide because the group is small: do not rank questions
by a few people more or less.</p>
<p>Not shown, on purpose: points in all, because sums undo the rounding; and whether a question tells strong work from
weak (its discrimination), because with so few people that figure is mostly chance.</p>
"""


def path_of(cohort: Cohort, room: Path | None = None, codes: bool = True) -> Path:
    """Where the page goes; the one without codes has a name of its own, so that nobody projects the other."""
    name = cohort.module if codes else f"{cohort.module}--without-codes"
    return (room or default_room()).absolute() / "cohort" / f"{name}.html"


def write(cohort: Cohort, room: Path | None = None, codes: bool = True) -> Path:
    """Write the page.

    Parameters
    ----------
    cohort : Cohort
        What to show.
    room : pathlib.Path, optional
        The marking room; by default the course's own.
    codes : bool, default True
        Whether learner codes are shown.

    Returns
    -------
    pathlib.Path
        `cohort/MODULE.html` in the room, or `cohort/MODULE--without-codes.html`.

    Raises
    ------
    CourseError
        If it cannot be written; an earlier page is then unharmed.
    """
    path = path_of(cohort, room, codes)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, page(cohort, codes).encode())
    except OSError as problem:
        raise CourseError(
            f"The page {path} cannot be written ({problem.strerror}). An earlier one is unharmed. Make room on the "
            "disk, or ask for the right to write there, and try again."
        ) from problem
    return path


def page(cohort: Cohort, codes: bool = True) -> str:
    """The page as HTML."""
    shown = cohort if codes else cohort.without_codes()
    parts = [
        f"<p>{escape(shown.attendance)}</p>",
        f"<p>Put together on {escape(shown.day)}. Days are in UTC.</p>",
        _people(shown) if codes else "",
    ]
    if shown.has_figures:
        parts += [_hardest(shown), _questions(shown), *(_details(one) for one in shown.questions), _HOW]
    else:
        parts.append(f'<h2 id="questions">Questions</h2><p>{escape(TOO_FEW)}</p>')
    main = "\n".join(part for part in parts if part) + "\n"
    return web_page.page(f"Cohort view: {cohort.title}", main, skip=("questions", "Skip to the questions"))


def _people(cohort: Cohort) -> str:
    rows = [
        [
            escape(one.learner),
            escape(one.first),
            escape(one.last),
            str(one.hand_ins),
            "yes" if one.marked else "not yet",
        ]
        for one in cohort.handed_in
    ]
    headings = ["Learner code", "First hand-in", "Newest hand-in", "Hand-ins", "In the gradebook"]
    parts = ["<h2>Who has handed in</h2>", _table("Hand-ins, earliest first", headings, rows)]
    for heading, found in (
        ("Not yet handed in", cohort.missing),
        ("Handed in, but not on the list", cohort.not_expected),
    ):
        if found:
            parts.append(f"<h3>{heading}</h3><ul>{''.join(f'<li>{escape(one)}</li>' for one in found)}</ul>")
    if cohort.waiting:
        waiting = [[escape(one.title), str(one.answers)] for one in cohort.waiting]
        parts += [
            "<h2>What waits for a mentor</h2>",
            _table("Answers that wait for a mentor", ["Question", "Answers"], waiting),
        ]
    return "\n".join(parts)


def _hardest(cohort: Cohort) -> str:
    if not cohort.hardest:
        return ""
    links = "; ".join(f"{_link(one)} ({one.all_points.words})" for one in cohort.hardest if one.all_points)
    return f"<p><strong>Fewest with all points:</strong> {links}.</p>"


def _questions(cohort: Cohort) -> str:
    headings = [
        "Question",
        "Points",
        "Answered",
        "Half of the points or more",
        "All points",
        "All points, in cohorts like this",
        "Mean share of points, about",
        "Renewed",
    ]
    rows = [
        [
            _link(one),
            str(one.points),
            _count(one.answered) if one.marked_by == "course" else "texts are not counted",
            _count(one.half),
            _count(one.all_points),
            f"{_percent(one.interval[0])} to {_percent(one.interval[1])}" if one.interval else _NOTHING,
            _percent(one.mean_share) if one.mean_share is not None else "not worked out" if one.half else _NOTHING,
            escape(one.day or "not yet"),
        ]
        for one in cohort.questions
    ]
    return (
        '<h2 id="questions">Questions</h2>'
        f'<p><a href="#how">How to read the counts</a>. “{_NOTHING}” means fewer than five people.</p>'
        + _table("How the cohort did in each question", headings, rows)
    )


def _details(one: QuestionFigures) -> str:
    parts = [f'<section aria-labelledby="{one.question}">', f'<h2 id="{one.question}">{escape(one.title)}</h2>']
    if one.all_points is None:
        parts.append("<p>Fewer than five people’s answers are marked, so nothing is said about them.</p>")
    elif one.criteria:
        parts += [_worst(one), *(_criterion(row) for row in one.criteria)]
    elif one.wrong_options:
        rows = [
            [escape(wrong.text), wrong.count.words, _html.markdown(wrong.reason) if wrong.reason else "no reason given"]
            for wrong in one.wrong_options
        ]
        headings = ["What was answered", "How many", "Why it is wrong"]
        parts.append(_table(f"Common wrong answers: {one.title}", headings, rows))
        parts.append("<p>Any other wrong answer was given by 0 to 2 people.</p>")
    else:
        parts.append("<p>No wrong answer that has a name was given by more than 2 people.</p>")
    return "\n".join([*parts, "</section>"])


def _worst(one: QuestionFigures) -> str:
    if not one.worst:
        return "<p>No criterion went worse than the others, as far as rounded counts tell.</p>" * (
            len(one.criteria) > 1
        )
    return f"<p><strong>Went worst:</strong> {escape(' and '.join(one.worst))}.</p>"


def _criterion(row: CriterionFigures) -> str:
    low, high = row.median
    median = str(low) if low == high else f"{low} to {high}"
    rows = [
        [f"{level} or higher", count.words, escape(in_full(list(row.levels), level))]
        for level, count in enumerate(row.reached, 1)
    ]
    people = row.reached[0].people
    return _table(
        f"{row.criterion}: {people} people, median level {median} of {len(row.reached)}",
        ["Level", "How many", "What the level means"],
        rows,
    )


def _table(caption: str, headings: list[str], rows: list[list[str]]) -> str:
    """A table of HTML cells; the first of each row is its heading.

    On a narrow screen its frame scrolls, and takes the focus so that a keyboard can scroll it too.
    """
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in headings)
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>' for first, *rest in rows
    )
    return (
        f'<div role="group" tabindex="0" aria-label="{escape(caption)}" style="overflow-x:auto">'
        f'<table style="display:table"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _link(one: QuestionFigures) -> str:
    return f'<a href="#{one.question}">{escape(one.title)}</a>'


def _count(count: Count | None) -> str:
    return count.words if count else _NOTHING


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%"
