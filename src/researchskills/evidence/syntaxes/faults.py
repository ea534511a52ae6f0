"""What can be wrong with a line before its language matters: nothing there, invisible signs, quotes, brackets.

Each fault is a `SearchError` with one or two plain sentences and the place. The order matters: a curly quote is
named before the brackets are counted, since text inside quotes is not looked at.
"""

import re
import unicodedata

from researchskills.evidence.search_error import SearchError

#: Most characters of a line; a published strategy's longest lines have about half as many.
MOST_CHARACTERS = 5_000
#: Most brackets inside each other, and most levels of the tree that is made of a line.
DEEPEST = 60
_SPACES = "\t\n\r"
_CURLY = "“”„‟«»″〝〞＂"
_QUOTED = re.compile(r'"[^"]*"')
#: ’ after a letter is an apostrophe; anywhere else such a sign was meant as a quotation mark.
_SINGLE = re.compile(r"(?<![^\W_])['‘’‚‛](?=\S)|[‘‚‛]")


def check(text: str, example: str, square: bool = False) -> None:
    """Refuse a line that no language could read.

    Parameters
    ----------
    text : str
        The line.
    example : str
        A search in the language, for somebody who typed nothing.
    square : bool
        Whether square brackets belong to the language.

    Raises
    ------
    SearchError
        At the first such fault.
    """
    if not text.strip():
        raise SearchError(f"This line is empty. Type what you look for, such as {example}", text, 0)
    if len(text) > MOST_CHARACTERS:
        raise SearchError(
            f"This line has more than {MOST_CHARACTERS:,} characters. Split it into several lines and combine "
            "them by their numbers.", text, MOST_CHARACTERS)
    for place, sign in enumerate(text):
        if sign not in _SPACES and unicodedata.category(sign)[0] == "C":
            raise SearchError(
                "There is an invisible sign here, as copying from a document leaves it. Delete it, and type the "
                "word again if need be.", text, place)
        if sign in _CURLY:
            raise SearchError(
                'This is a curly quotation mark, which word processors make. Use straight quotes: "', text, place)
    if text.count('"') % 2:
        raise SearchError("This quotation mark has no partner. Close it, or leave it out.", text, text.rfind('"'))
    outside = blanked(text)
    if single := _SINGLE.search(outside):
        raise SearchError(
            'Single quotation marks do not keep words together. Use straight double quotes: "', text, single.start())
    for found in _QUOTED.finditer(text):
        if not any(sign.isalnum() for sign in found[0]):
            raise SearchError("There is no word between these quotation marks.", text, *found.span())
    if not any(sign.isalnum() for sign in text):
        raise SearchError("There is no word in this line, only punctuation. Type at least one word.", text,
                          len(text) - len(text.lstrip()), len(text.rstrip()))
    _brackets(text, outside, square)


def offer(word: str, names: list[str]) -> str:
    """A sentence that offers the nearest of some short codes or names, or lists them all."""
    from rapidfuzz import fuzz, process

    near = process.extractOne(word[:40], names, scorer=fuzz.ratio, score_cutoff=60)
    return f" Did you mean “{near[0]}”?" if near else f" There are: {', '.join(names)}."


def short(text: str) -> str:
    """Typed text as a message repeats it."""
    return text if len(text) <= 40 else f"{text[:39]}…"


def blanked(text: str) -> str:
    """A text of the same length with nothing but spaces between its quotation marks."""
    return _QUOTED.sub(lambda found: f'"{" " * (len(found[0]) - 2)}"', text)


def _brackets(text: str, outside: str, square: bool) -> None:
    partners = {")": "(", "]": "["} if square else {")": "("}
    opened: list[tuple[str, int]] = []
    for place, sign in enumerate(outside):
        if sign in partners.values():
            opened.append((sign, place))
            if len(opened) > DEEPEST:
                raise SearchError(f"More than {DEEPEST} brackets are open here. Split the search into several "
                                  "lines and combine them by their numbers.", text, place)
        elif sign in partners:
            if not opened or opened[-1][0] != partners[sign]:
                wrong = place if not opened else opened[-1][1]
                raise SearchError("This bracket has no partner. Add the other one, or leave this one out.", text, wrong)
            opened.pop()
    if opened:
        raise SearchError("This bracket is never closed. Add the other one, or leave this one out.",
                          text, opened[-1][1])
