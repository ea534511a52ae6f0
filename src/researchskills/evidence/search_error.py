"""A search that cannot be read as it was typed: what is wrong, and at which character."""

from researchskills.errors import CourseError

#: Most letters of the faulty piece that the message repeats.
_SHOWN = 60


class SearchError(CourseError):
    """A fault in a search line, with its place.

    Parameters
    ----------
    message : str
        What is wrong and what to type instead, in one or two sentences. The place is added.
    text : str
        The line as it was typed.
    start, end : int
        Where the fault lies in `text`: from `start` up to, but not including, `end`.

    Attributes
    ----------
    text, start, end
        As given; `end` is at least `start + 1`, so that there is always something to point at.
    """

    def __init__(self, message: str, text: str, start: int, end: int | None = None):
        self.text, self.start = text, max(0, min(start, len(text)))
        self.end = max(self.start + 1, end if end is not None else self.start + 1)
        self.said = message
        super().__init__(f"{self._place()}: {message}" if text.strip() else message)

    def _place(self) -> str:
        piece = self.text[self.start : self.end].strip()
        where = f"At character {self.start + 1}"
        shown = piece if len(piece) <= _SHOWN else f"{piece[: _SHOWN - 1]}…"
        return f"{where} (“{shown}”)" if piece else where
