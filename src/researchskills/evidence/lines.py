"""Numbered lines as somebody keeps them: what is saved, and the history behind it.

What is saved of a line is its text, the language it was typed in and how many records it found then. That is enough
to show the lines again without opening the library; the sets themselves are worked out anew when they are needed.
Every change goes through a `history.History`, so a line that cannot be read never becomes part of the list.
"""

import re
from collections.abc import Callable, Sequence

from researchskills._html import escape
from researchskills.errors import CourseError
from researchskills.evidence.search_error import SearchError

#: Letters of all lines together: an answer stays small enough to be saved and sent.
MOST_LETTERS = 200_000
#: Letters before and after a fault that are shown of a long line.
_AROUND = 60
#: Signs round the place that is wrong; a screen reader says them, and the sentence names the place too.
_OPEN, _CLOSE = "▶", "◀"


class Lines:
    """A list of lines, kept by somebody else.

    Parameters
    ----------
    get : callable
        Gives the saved lines: dicts with `text`, `syntax`, `count`, and `written` where a line was not typed but
        written from a plan.
    put : callable
        Takes the changed ones.
    """

    def __init__(self, get: Callable[[], list[dict]], put: Callable[[list[dict]], None]):
        self._get, self._put = get, put
        self._history = None
        self._held: list = []

    @property
    def saved(self) -> list[dict]:
        """The lines as they are saved; the library is not needed."""
        return list(self._get())

    def history(self):
        """The history behind the lines.

        Raises
        ------
        CourseError
            If the library cannot be opened, or a saved line cannot be read any more; the message says which.
        """
        texts = [(line["text"], line["syntax"]) for line in self._get()]
        if self._history is None or texts != self._held:
            self._history, self._held = opened(self._get()), texts
        return self._history

    @property
    def entries(self) -> Sequence:
        """The lines with their sets."""
        return self.history().entries

    def run(self, text: str, syntax: str, place: int = 0, written: bool = False):
        """Add a line, or put one in place of another.

        Parameters
        ----------
        text : str
            As typed.
        syntax : str
            One of `syntaxes.NAMES`.
        place : int
            Number of the line to replace; 0 for a new one.
        written : bool
            Whether it comes from a plan; a line that somebody changes counts as typed from then on.

        Returns
        -------
        history.Entry

        Raises
        ------
        CourseError
            If the line cannot be read; the list is then as it was.
        """
        text = " ".join(text.split("\n")).strip()
        if sum(len(line["text"]) for line in self._get()) + len(text) > MOST_LETTERS:
            raise CourseError("These lines together are too long to be kept. Nothing was changed. Delete lines that "
                              "you no longer need.")
        history, marks = self.history(), self._marks()
        if not place:
            entry = history.add(text, syntax)
            marks.append(written)
        else:
            if self._get()[place - 1]["syntax"] != syntax:
                self._must_be_of_its_syntax(place)
            entry = history.edit(place, text)
            marks[place - 1] = written
        self._keep(marks)
        return entry

    def _must_be_of_its_syntax(self, place: int) -> None:
        from researchskills.evidence import syntaxes

        named = syntaxes.NAMES[self._get()[place - 1]["syntax"]]
        raise CourseError(f"Line {place} was typed for {named}. Choose {named} in the list of databases, or add a new "
                          "line instead. Nothing was changed.")

    def delete(self, number: int) -> None:
        """Delete a line; the numbers in later lines follow.

        Raises
        ------
        CourseError
            If there is no such line, or another one uses it.
        """
        self.history().delete(number)
        marks = self._marks()
        del marks[number - 1]
        self._keep(marks)

    def delete_written(self) -> list[int]:
        """Delete the lines that were written from a plan, but for those that lead to a line which somebody typed.

        Returns
        -------
        list of int
            Numbers, after the deletion, of written lines that stay because a typed one uses them.

        Raises
        ------
        CourseError
            If the numbers in a line that stays cannot be followed for certain; lines may have gone by then.
        """
        from researchskills.evidence import terms

        marks, trees = self._marks(), self.history().trees
        needed: set[int] = set()
        # From the last line up: a line can use only lines above it.
        for number in range(len(marks), 0, -1):
            if not marks[number - 1] or number in needed:
                needed |= terms.lines_used(trees[number])
        for number in range(len(marks), 0, -1):
            if marks[number - 1] and number not in needed:
                self.delete(number)
        return [number for number, mark in enumerate(self._marks(), 1) if mark]

    def combine(self, typed: str, operator: str):
        """Join lines that are there.

        Parameters
        ----------
        typed : str
            Their numbers, such as `1, 2` or `1-3`.
        operator : {"AND", "OR"}

        Returns
        -------
        history.Entry

        Raises
        ------
        CourseError
            If the numbers cannot be read or a line does not exist.
        """
        entry = self.history().combine(numbers(typed, len(self._get())), operator)
        self._keep([*self._marks(), False])
        return entry

    def _marks(self) -> list[bool]:
        return [line.get("written", False) for line in self._get()]

    def _keep(self, marks: Sequence[bool]) -> None:
        entries = self._history.entries
        self._held = [(entry.text, entry.syntax) for entry in entries]
        self._put([{"text": entry.text, "syntax": entry.syntax, "count": entry.count,
                    **({"written": True} if mark else {})} for entry, mark in zip(entries, marks, strict=True)])


def library_is_open() -> bool:
    """Whether searching starts at once, or opens the library first, which takes a moment."""
    from researchskills.evidence import index

    return index.library.cache_info().currsize > 0


def opened(saved: Sequence[dict]):
    """A history with some lines, each worked out anew.

    Raises
    ------
    CourseError
        If one of them cannot be read; the message says which line.
    """
    from researchskills.evidence import index
    from researchskills.evidence.history import History

    return History.from_state(index.library(), {"lines": saved})


def numbers(typed: str, last: int) -> list[int]:
    """The line numbers that somebody typed.

    Parameters
    ----------
    typed : str
        Numbers with commas, spaces or words between them; `2-4` stands for 2, 3 and 4. A `#` or `S` before a number
        is allowed.
    last : int
        Number of the last line.

    Raises
    ------
    CourseError
        If fewer than two lines are named, or one that does not exist.
    """
    found: list[int] = []
    for first, _, to in re.findall(r"(\d+)(\s*[-–]\s*[#sS]?(\d+))?", typed[:2000]):
        start, end = int(first), int(to or first)
        if end - start > last:
            end = start + last
        found += range(start, end + 1)
    found = list(dict.fromkeys(found))
    wrong = next((one for one in found if not 1 <= one <= last), None)
    if wrong is not None:
        there = f"The last line is {last}." if last else "There is no line yet."
        raise CourseError(f"There is no line {wrong}. {there} Nothing was changed.")
    if len(found) < 2:
        raise CourseError("Type the numbers of at least two lines, such as 1, 2 or 1-3. Nothing was changed.")
    return found


def error_html(problem: CourseError) -> str:
    """An error as HTML: the sentence, and the line again with the faulty piece between two signs.

    A line is repeated as text, not as a picture of it, so that it can be heard and copied.
    """
    before, piece, after = _pointed(problem)
    if not piece:
        return f"<p>{escape(problem)}</p>"
    return (f"<p>{escape(problem)}</p><p>Your line, with the place between {_OPEN} and {_CLOSE}:<br>"
            f"<code>{escape(before)}<strong>{_OPEN}{escape(piece)}{_CLOSE}</strong>{escape(after)}</code></p>")


def error_text(problem: CourseError) -> str:
    """The same as plain text."""
    before, piece, after = _pointed(problem)
    if not piece:
        return str(problem)
    return f"{problem} Your line, with the place between {_OPEN} and {_CLOSE}: {before}{_OPEN}{piece}{_CLOSE}{after}"


def _pointed(problem: CourseError) -> tuple[str, str, str]:
    """What stands before the fault, the fault, and what comes after; nothing where there is no place to point at."""
    text = getattr(problem, "text", "")
    if not isinstance(problem, SearchError) or not text.strip():
        return "", "", ""
    end = min(problem.end, max(len(text), problem.start + 1))
    # The end of the line can be the fault: then there is a sign for it.
    before, piece, after = text[: problem.start], text[problem.start : end] or " ", text[end:]
    return (f"…{before[-_AROUND:]}" if len(before) > 2 * _AROUND else before,
            f"{piece[:_AROUND]}…" if len(piece) > 2 * _AROUND else piece,
            f"{after[:_AROUND]}…" if len(after) > 2 * _AROUND else after)


def table_html(saved: Sequence[dict], caption: str = "Your search so far") -> str:
    """The lines with their numbers and counts as a table."""
    from researchskills.evidence import syntaxes

    if not saved:
        return ""
    several = len({line["syntax"] for line in saved}) > 1
    head = ["Line", "Search", *(["Typed for"] if several else []), "Records"]
    rows = []
    for number, line in enumerate(saved, 1):
        named = f"<td>{escape(syntaxes.NAMES.get(line['syntax'], line['syntax']))}</td>" if several else ""
        rows.append(f'<tr><th scope="row">{number}</th><td><code>{escape(line["text"])}</code></td>{named}'
                    f'<td>{escape(_count(line))}</td></tr>')
    heads = "".join(f'<th scope="col">{one}</th>' for one in head)
    return (f"<table><caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead>"
            f"<tbody>{''.join(rows)}</tbody></table>")


def _count(line: dict) -> str:
    count = line.get("count")
    return f"{count:,}" if isinstance(count, int) else ""


def well_formed(saved) -> bool:
    """Whether something is a list of lines as they are saved."""
    from researchskills.evidence import syntaxes

    return isinstance(saved, list) and all(
        isinstance(line, dict) and isinstance(line.get("text"), str) and line.get("syntax") in syntaxes.NAMES
        and isinstance(line.get("count", 0), int) and line.get("written", True) is True
        and set(line) <= {"text", "syntax", "count", "written"} for line in saved)
