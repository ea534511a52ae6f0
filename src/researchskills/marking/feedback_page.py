"""Feedback as a page: it opens anywhere, prints, and can be followed by ear.

The page is a single file of plain HTML with headings and one table of points, so that a screen reader can walk through
it. What the mentor wrote stands first, then what went well and what is worth most next. Whatever a learner or a mentor
typed is text on it and never markup, it holds no script, and its own policy forbids a browser to run or to fetch
anything. Links lead to places on the page itself; parts of the lesson are named in words.
"""

from collections.abc import Iterable

from researchskills import _html, web_page
from researchskills._html import escape
from researchskills.marking.feedback_content import MOST_NAMED, Feedback, Item, Level, in_full, quoted

__all__ = ["from_mentor", "in_full", "introduction", "notes", "page", "places", "points_table"]


def page(said: Feedback) -> str:
    """The whole page.

    Parameters
    ----------
    said : Feedback
        What is to be said.
    """
    questions = "".join(_section(one) for one in said.items)
    main = f"{introduction(said)}\n{_short(said)}\n{notes(said)}\n{points_table(said)}\n{questions}"
    return web_page.page(said.heading, main)


def introduction(said: Feedback) -> str:
    """A greeting, whose it is, and what is still open."""
    lines = [
        f"<p>Hello! This is feedback on your work on “{escape(said.title)}”, handed in {escape(said.handed_in)} under "
        f"the learner code <strong>{escape(said.row.learner)}</strong>.</p>"
    ]
    if said.waiting:
        lines.append(f"<p>{said.waiting}; the points below are those so far.</p>")
    return "\n".join(lines)


def notes(said: Feedback) -> str:
    """What could not be marked; empty when all could."""
    if not said.notes:
        return ""
    items = "".join(f"<li>{escape(one)}</li>" for one in said.notes)
    told = "what was written down for your mentor when it was marked:"
    return f"<p><strong>Please note</strong> {told}</p><ul>{items}</ul>"


def from_mentor(said: Feedback) -> str:
    """What the mentor wrote, question by question; empty where nothing was written."""
    return "".join(
        f'<p>On <a href="#{one.mark.question}">question {one.number}, {escape(quoted(one.mark.title))}</a>:</p>'
        f"<blockquote>{_html.plain(one.comment)}{_html.plain(one.changed.in_short) if one.changed else ''}</blockquote>"
        for one in said.from_mentor
    )


def _short(said: Feedback) -> str:
    parts = ['<section aria-labelledby="short"><h2 id="short">In short</h2>']
    if said.from_mentor:
        parts.append(f"<h3>From your mentor</h3>{from_mentor(said)}")
    if said.went_well:
        items = "".join(f"<li>{escape(one)}</li>" for one in said.went_well)
        parts.append(f"<h3>What went well</h3><ul>{items}</ul>")
    if said.is_there:
        parts.append(f"<h3>What is there</h3><p>{escape(said.is_there)}</p>")
    if said.next_steps:
        items = "".join(f"<li>{escape(step.words)} {places(step.items)}</li>" for step in said.next_steps)
        parts.append(f"<h3>Worth most next</h3><ol>{items}</ol>")
    if said.unanswered:
        words = f"{escape(said.unanswered.words)} {places(said.unanswered.items)}"
        parts.append(f"<h3>Not answered yet</h3><p>{words}</p>")
    if said.next_steps or said.unanswered:
        parts.append(
            "<p>To find a unit, open the lesson of this module and choose its heading in Contents. The questions that "
            "the course checks can be tried again as often as you like; new points count when you hand in again.</p>"
        )
    elif said.row.points == said.row.max_points:
        parts.append("<p>You have all points of this module. Nothing needs another look.</p>")
    return "\n".join(parts) + "</section>"


def places(items: tuple[Item, ...]) -> str:
    """Where to read on: the questions on the page, and the parts of the lesson, as a sentence in HTML."""
    if len(items) > MOST_NAMED:
        return "The table of points shows which."
    links = ", ".join(f'<a href="#{one.mark.question}">question {one.number}</a>' for one in items)
    parts = list(dict.fromkeys(part for one in items for part in one.units))
    return f"See {links}{f' and, in the lesson, {_in_words(parts)}' if parts else ''}."


def _in_words(parts: Iterable[str]) -> str:
    *others, last = (f"“{escape(one)}”" for one in parts)
    return f"{', '.join(others)} and {last}" if others else last


def _again(one: Item) -> str:
    where = f"In the lesson: {_in_words(one.units)}." if one.units else "This question draws on the whole lesson."
    return f"<h3>Look at it again</h3><p>{where}</p>"


def points_table(said: Feedback, links: bool = True) -> str:
    """Points of every question.

    Parameters
    ----------
    said : Feedback
    links : bool
        Whether titles lead to their questions.
    """
    rows = "".join(
        f'<tr><th scope="row">{one.number}. {_title(one, links)}</th>'
        f'<td class="points">{_points(one.mark.points)}</td><td class="points">{one.mark.max_points:g}</td>'
        f"<td>{one.verdict}</td></tr>"
        for one in said.items
    )
    return (
        '<section aria-labelledby="points"><h2 id="points">Points</h2>'
        '<table><caption>Points for each question</caption><thead><tr><th scope="col">Question</th>'
        '<th scope="col">Your points</th><th scope="col">Out of</th><th scope="col">In words</th></tr></thead>'
        f'<tbody>{rows}</tbody><tfoot><tr><th scope="row">All</th><td class="points">{_points(said.row.points)}</td>'
        f'<td class="points">{said.row.max_points:g}</td><td>{said.waiting or "all marked"}</td></tr></tfoot></table>'
        "</section>"
    )


def _title(one: Item, links: bool) -> str:
    title = escape(one.mark.title)
    return f'<a href="#{one.mark.question}">{title}</a>' if links else title


def _points(points: float | None) -> str:
    return "–" if points is None else f"{points:g}"


def _section(one: Item) -> str:
    points = "not marked yet" if one.mark.points is None else f"{one.mark.points:g} out of {one.mark.max_points:g}"
    parts = [
        f'<section id="{one.mark.question}" aria-labelledby="{one.mark.question}-title">',
        f'<h2 id="{one.mark.question}-title">{one.number}. {escape(one.mark.title)}</h2>',
        f"<blockquote>{_html.markdown(one.prompt)}</blockquote>",
        f"<p><strong>Points:</strong> {points}</p>",
        "<h3>Your answer</h3>",
        _code(one.code),
        one.answer,
        "" if one.is_answered else "<p>No answer came with your hand-in, or none that could be read.</p>",
        _reading(one),
        _again(one) if one.missing else "",
    ]
    return "\n".join(filter(None, parts)) + "\n</section>\n"


def _code(code: str) -> str:
    # A long line is continued below: a line to be scrolled is out of reach of the keyboard, and cut off in print.
    return f'<pre style="white-space:pre-wrap"><code>{escape(code)}</code></pre>' if code else ""


def _reading(one: Item) -> str:
    """What was made of an answer: the mentor's words, and the reason or the levels."""
    parts = []
    if one.comment:
        parts.append(f"<h3>Your mentor’s comment</h3>{_html.plain(one.comment)}")
    if one.changed:
        parts.append(f"<h3>Your mentor changed the points</h3>{_html.plain(one.changed.beside_check)}")
    if one.reason:
        parts.append(f"<h3>{'What the check says' if one.changed else 'Why'}</h3>{one.reason}")
    if one.levels:
        parts.append("<h3>How it was read</h3>")
        parts += map(_level, one.levels)
    return "\n".join(parts)


def _level(given: Level) -> str:
    above = "".join(f"<p><strong>{name}:</strong> {escape(words)}</p>" for name, words in given.towards)
    return (
        f"<h4>{escape(given.criterion)}: level {given.level} of {given.highest}</h4>"
        f"<p><strong>What that means:</strong> {escape(given.words)}</p>"
        f"{above or '<p>This is the highest level.</p>'}"
    )
