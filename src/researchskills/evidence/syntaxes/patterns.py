"""Words as typed, with a language's wildcards, turned into the words of `query`.

Hyphens, apostrophes and other signs cut a word in two, in what is typed as in what is searched; the halves stay
beside each other, so that `co-ordination` finds "co-ordination" and "co ordination", but not "coordination".
"""

import re
from dataclasses import dataclass

from researchskills.evidence.query import Word
from researchskills.evidence.syntaxes.faults import short
from researchskills.evidence.terms import plain

_PIECE = re.compile(r"(?:[^\W_]|[*?#$])+")
_WILD = re.compile(r"[*?#$]")
_LIMITED = re.compile(r"(.*?)[$*](\d{1,2})")
_NUMBERS = {2: "two", 3: "three", 4: "four"}


@dataclass(frozen=True)
class Wildcards:
    """What the signs of one language stand for.

    Attributes
    ----------
    signs : dict of str to str
        From the sign typed to the sign of `query.Word`: `*` any, `#` one, `?` one or none.
    said : str
        A sentence on them.
    before : int
        Fewest letters before a truncation sign.
    short : str
        What to say when there are fewer.
    inside : int
        Fewest letters before a `*` inside a word.
    left : int
        Fewest letters after a `*` at the beginning; 0 where none may stand there.
    limited : bool
        Whether a number after the sign limits it (`$3`).
    all_short : bool
        Whether `before` holds for every sign at the end, not for truncation alone.
    """

    signs: dict
    said: str
    before: int
    short: str
    inside: int = 2
    left: int = 0
    limited: bool = False
    all_short: bool = False


def words_of(typed: str, wildcards: Wildcards, names: bool, fail) -> tuple[Word, ...]:
    """The words of one typed piece, or of the text between two quotes.

    Parameters
    ----------
    typed : str
        Without quotes.
    wildcards : Wildcards
        Of the language.
    names : bool
        Whether these are names of people or journals, where one letter may be truncated.
    fail : callable
        Takes a sentence and raises it.

    Returns
    -------
    tuple of query.Word
        At least one.
    """
    found, typed_letters = [], 0
    for run in typed.split():
        # Letters are counted over a whole typed word: co-ordinat* has ten before the sign, not eight.
        typed_letters = 0
        for piece in _PIECE.findall(plain(run)):
            found.append(_word(piece, typed_letters, wildcards, names, fail))
            typed_letters += len(_WILD.sub("", piece))
    if not found:
        fail(f"There is no word in “{short(typed)}”. Leave the sign out, or type a word.")
    return tuple(found)


def _word(piece: str, letters_before: int, wildcards: Wildcards, names: bool, fail) -> Word:
    if not _WILD.search(piece):
        return Word(piece)
    for sign in _WILD.findall(piece):
        if sign not in wildcards.signs:
            fail(f"The sign “{sign}” means nothing here. {wildcards.said}")
    if not _WILD.sub("", piece):
        fail(f"A wildcard stands for letters of a word, so a word must be with it. {wildcards.said}")
    most = None
    if wildcards.limited and (limited := _LIMITED.fullmatch(piece)):
        piece, most = f"{limited[1]}*", int(limited[2])
        if not _WILD.sub("", piece):
            fail("Letters must stand before a wildcard. " + wildcards.said)
        if most == 0:
            fail("The number after the sign says how many letters may follow, so it is at least 1.")
    pattern = re.sub(r"\*+", "*", "".join(wildcards.signs.get(sign, sign) for sign in piece))
    if pattern[0] in "*?#":
        _beginning(pattern, wildcards, names, fail)
    if not names:
        _enough(pattern, letters_before, wildcards, fail)
    return Word(pattern, most)


def _beginning(pattern: str, wildcards: Wildcards, names: bool, fail) -> None:
    if pattern[0] != "*" or not wildcards.left or names:
        fail(f"No wildcard can stand at the beginning of a word here. {wildcards.said}")
    if len(re.match(r"\*([^*?#]*)", pattern)[1]) < wildcards.left:
        fail(f"At least {_NUMBERS[wildcards.left]} letters must follow a * at the beginning of a word.")


def _enough(pattern: str, letters_before: int, wildcards: Wildcards, fail) -> None:
    def letters(part: str) -> int:
        return letters_before + len(re.sub(r"[*?#]", "", part))

    at_end = "*?#" if wildcards.all_short else "*"
    if pattern[-1] in at_end and pattern[0] != "*" and letters(pattern) < wildcards.before:
        fail(wildcards.short)
    inside = pattern.find("*", 1)
    if 0 < inside < len(pattern) - 1 and letters(pattern[:inside]) < wildcards.inside:
        least = _NUMBERS[wildcards.inside].capitalize()
        fail(f"{least} letters must stand before a wildcard inside a word. With fewer it would match far too many "
             "words.")
    if letters(pattern) < 2:
        fail("A word with a wildcard needs at least two letters of its own. With fewer it would match far too many "
             "words.")
