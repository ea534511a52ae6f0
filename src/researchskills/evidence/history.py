"""The numbered lines of a search, as every database keeps them.

A line may use the lines above it, by number. So a change has consequences, and this module sees to all of them: when a
line is edited, the lines that use it are worked out again; when one is deleted, the numbers of those below it move up
and what is typed in them follows. What would leave a line without its sense is refused, and then nothing is changed:
a line that uses itself or a later one, or deleting a line that others use.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from researchskills.errors import CourseError
from researchskills.evidence import terms
from researchskills.evidence.index import Index
from researchskills.evidence.query import And, Line, Node, Not, Or, Phrase
from researchskills.evidence.search_error import SearchError


@dataclass(frozen=True)
class Entry:
    """One line.

    Attributes
    ----------
    number : int
        From 1.
    text : str
        As typed; the numbers of lines in it follow when lines above are deleted.
    syntax : str
        One of `syntaxes.NAMES`.
    count : int
        How many records it finds.
    ids : frozenset of str
        Which.
    notes : tuple of str
        Gentle remarks on how it was read.
    """

    number: int
    text: str
    syntax: str
    count: int
    ids: frozenset[str]
    notes: tuple[str, ...] = ()


class History:
    """Numbered lines, each an exact set of records.

    Parameters
    ----------
    index : index.Index
        What is searched.
    """

    def __init__(self, index: Index):
        self.index = index
        self._lines: list[tuple[Entry, Node]] = []

    @property
    def entries(self) -> list[Entry]:
        """The lines, in order."""
        return [entry for entry, _ in self._lines]

    @property
    def trees(self) -> dict[int, Node]:
        """What each line asks for, by number."""
        return {entry.number: node for entry, node in self._lines}

    def add(self, text: str, syntax: str) -> Entry:
        """Search, and keep the line.

        Parameters
        ----------
        text : str
            As typed.
        syntax : str
            One of `syntaxes.NAMES`.

        Raises
        ------
        SearchError
            If the line cannot be read. The history stays as it was.
        """
        from researchskills.evidence import syntaxes

        node = syntaxes.read(text, syntax, self.index.thesaurus, last_line=len(self._lines))
        entry = self._found(len(self._lines) + 1, text, syntax, node, self._lines)
        self._lines.append((entry, node))
        return entry

    def edit(self, number: int, text: str) -> Entry:
        """Replace what is typed in a line, and work out again the lines that use it.

        Parameters
        ----------
        number : int
            Which line.
        text : str
            The new words, in the language the line was in.

        Raises
        ------
        SearchError
            If they cannot be read, or use this line itself or a later one. The history stays as it was.
        CourseError
            If there is no such line.
        """
        from researchskills.evidence import syntaxes

        syntax = self._entry(number).syntax
        node = syntaxes.read(text, syntax, self.index.thesaurus, last_line=len(self._lines))
        if below := sorted(used for used in terms.lines_used(node) if used >= number):
            what = "itself" if below[0] == number else f"line {below[0]}, which comes after it"
            start, end = _place(text, syntax, below[0])
            raise SearchError(f"Line {number} cannot use {what}; a line can use only the lines above it. "
                              f"Line {number} stays as it was.", text, start, end)
        lines = list(self._lines)
        lines[number - 1] = (self._found(number, text, syntax, node, lines[: number - 1]), node)
        changed = {number}
        for place in range(number, len(lines)):
            entry, tree = lines[place]
            if terms.lines_used(tree) & changed:
                changed.add(entry.number)
                lines[place] = (self._found(entry.number, entry.text, entry.syntax, tree, lines[:place]), tree)
        self._lines = lines
        return lines[number - 1][0]

    def delete(self, number: int) -> None:
        """Take out a line; those below move up, and the numbers that are typed in them follow.

        Parameters
        ----------
        number : int
            Which line.

        Raises
        ------
        CourseError
            If there is no such line, or if others use it; the message names them. The history stays as it was.
        """
        self._entry(number)
        users = [entry.number for entry, node in self._lines if number in terms.lines_used(node)]
        if users:
            named = " and ".join(filter(None, [", ".join(map(str, users[:-1])), str(users[-1])]))
            raise CourseError(
                f"Line {number} is used by {'lines' if len(users) > 1 else 'line'} {named}. "
                f"Nothing was deleted: change or delete {'those' if len(users) > 1 else 'that line'} first.")
        mapping = {old: old - 1 for old in range(number + 1, len(self._lines) + 1)}
        moved = [self._moved(entry, node, mapping) for entry, node in self._lines[number:]]
        self._lines = self._lines[: number - 1] + moved

    def combine(self, numbers: Iterable[int], operator: str, syntax: str | None = None) -> Entry:
        """Add a line that joins others.

        Parameters
        ----------
        numbers : iterable of int
            Two lines or more.
        operator : {"AND", "OR"}
            Records in all of them, or in at least one.
        syntax : str, optional
            The language to write it in; by default that of the last of these lines.

        Raises
        ------
        CourseError
            If fewer than two lines are named, or one that does not exist.
        """
        chosen = list(dict.fromkeys(numbers))
        if len(chosen) < 2:
            raise CourseError("Choose at least two lines to combine. The history stays as it was.")
        if operator.upper() not in {"AND", "OR"}:
            raise CourseError(f"Lines are combined with AND or with OR, not with “{operator}”.")
        last = [self._entry(number) for number in chosen][-1]
        syntax = syntax or last.syntax
        return self.add(combined(chosen, operator, syntax), syntax)

    def as_state(self) -> dict:
        """The history as plain values that can be saved as JSON."""
        return {"lines": [{"text": entry.text, "syntax": entry.syntax} for entry in self.entries]}

    @classmethod
    def from_state(cls, index: Index, state: Mapping) -> "History":
        """The history that `as_state` gave, worked out again.

        Parameters
        ----------
        index : index.Index
        state : mapping

        Raises
        ------
        CourseError
            If it is damaged, or holds a line that can no longer be read.
        """
        history = cls(index)
        try:
            lines = [(str(line["text"]), str(line["syntax"])) for line in state["lines"]]
        except (KeyError, TypeError) as error:
            raise CourseError("The saved search cannot be read. The file it came from is untouched.") from error
        for number, (text, syntax) in enumerate(lines, start=1):
            try:
                history.add(text, syntax)
            except CourseError as error:
                raise CourseError(f"Line {number}: {error}") from error
        return history

    def _entry(self, number: int) -> Entry:
        if not 1 <= number <= len(self._lines):
            there = f"There are lines 1 to {len(self._lines)}." if self._lines else "There are no lines yet."
            raise CourseError(f"There is no line {number}. {there}")
        return self._lines[number - 1][0]

    def _found(self, number: int, text: str, syntax: str, node: Node, above: list) -> Entry:
        from researchskills.evidence import syntaxes

        ids = self.index.find(node, {entry.number: entry.ids for entry, _ in above})
        notes = syntaxes.notes(text, syntax)
        if not ids:
            notes.append(self._why_nothing(node, {entry.number: tree for entry, tree in above}))
        return Entry(number, text, syntax, len(ids), ids, tuple(notes))

    def _why_nothing(self, node: Node, above: Mapping[int, Node]) -> str:
        """A sentence for a line that finds no record: a slip in a word looks the same as a lack of evidence."""
        words = [word for leaf in terms.leaves(node, above) if isinstance(leaf, Phrase) for word in leaf.words]
        absent = [f"“{pattern}”" for pattern in dict.fromkeys(
            word.pattern for word in words if not self.index.has_word(word))]
        if absent:
            return f"No record here holds {' or '.join(absent)}. Is it spelt as others do? What else is it called?"
        return "No record fits the whole line. Try one part alone, or give a part more words, joined by OR."

    def _moved(self, entry: Entry, node: Node, mapping: Mapping[int, int]) -> tuple[Entry, Node]:
        from researchskills.evidence import syntaxes

        number = mapping[entry.number]
        text = renumbered(entry.text, entry.syntax, mapping)
        meant = _with_numbers(node, mapping)
        # What is typed must go on meaning what was found: read once more to be sure.
        if syntaxes.read(text, entry.syntax, self.index.thesaurus, last_line=number - 1) != meant:
            raise CourseError(f"Nothing was deleted, because it is not certain which numbers in line {entry.number} "
                              "stand for lines. Put brackets round each line number there and try again.")
        return replace(entry, number=number, text=text), meant


def _with_numbers(node: Node, mapping: Mapping[int, int]) -> Node:
    match node:
        case Line(number):
            return Line(mapping.get(number, number))
        case And(parts) | Or(parts):
            return type(node)(tuple(_with_numbers(part, mapping) for part in parts))
        case Not(left, right):
            return Not(_with_numbers(left, mapping), _with_numbers(right, mapping))
    return node


# -- how line numbers are written ---------------------------------------------------------------

_SIGN = {"ovid": "", "pubmed": "#", "ebsco": "S", "wos": "#"}
#: What is in quotation marks is never a line number.
_QUOTED = r"\"[^\"]*\"|“[^”]*”|(?<!\w)'[^']*'"
_NUMBERS = {
    "pubmed": r"(?<![\w#])#(\d+)\b",
    "wos": r"(?<![\w#])#(\d+)\b",
    "ebsco": r"(?<![\w#])[sS](\d+)(?![\w*?#])",
}
#: Ovid writes a bare number where a word or a bracket could stand, a list after `or/`, and a line to be limited.
_OVID_LIST = r"\b(?:and|or)/\s*([\d\s,-]+)"
_OVID_LIMIT = r"^\s*limit\s+(\d+)\b"
_OVID_BARE = r"(?:(?<=^)|(?<=\()|(?<=\band)|(?<=\bor)|(?<=\bnot))(\s*)(\d+)(?=\s*(?:$|\)|\b(?:and|or|not)\b))"


def combined(numbers: Iterable[int], operator: str, syntax: str) -> str:
    """A line that joins others, as it is typed in a language.

    Examples
    --------
    >>> combined([1, 2], "AND", "ebsco"), combined([1, 2], "OR", "ovid")
    ('S1 AND S2', '1 or 2')
    """
    word = operator.lower() if syntax == "ovid" else operator.upper()
    return f" {word} ".join(f"{_SIGN[syntax]}{number}" for number in numbers)


def renumbered(text: str, syntax: str, mapping: Mapping[int, int]) -> str:
    """A line with other numbers for the lines it uses.

    Parameters
    ----------
    text : str
        As typed.
    syntax : str
        One of `syntaxes.NAMES`.
    mapping : mapping of int to int
        Old number → new number; others stay.

    Examples
    --------
    >>> renumbered("or/2-4", "ovid", {2: 1, 3: 2, 4: 3})
    'or/1-3'
    """
    for start, end in reversed(line_numbers(text, syntax)):
        number = int(text[start:end])
        text = f"{text[:start]}{mapping.get(number, number)}{text[end:]}"
    return text


def line_numbers(text: str, syntax: str) -> list[tuple[int, int]]:
    """Where a line names other lines: start and end of the digits of each, in order.

    Parameters
    ----------
    text : str
        As typed.
    syntax : str
        One of `syntaxes.NAMES`.
    """
    # Blanked out and not cut out, so that the places stay.
    bare = re.sub(_QUOTED, lambda quoted: "_" * len(quoted[0]), text)
    if syntax != "ovid":
        return [found.span(1) for found in re.finditer(_NUMBERS[syntax], bare)]
    places = [found.span(1) for found in re.finditer(_OVID_LIMIT, bare, re.IGNORECASE)]
    for listed in re.finditer(_OVID_LIST, bare, re.IGNORECASE):
        places += [(listed.start(1) + one.start(), listed.start(1) + one.end())
                   for one in re.finditer(r"\d+", listed[1])]
    places += [found.span(2) for found in re.finditer(_OVID_BARE, bare, re.IGNORECASE)]
    return sorted(set(places))


def _place(text: str, syntax: str, number: int) -> tuple[int, int]:
    """Where a line is named; the whole text when it stands in a range such as `or/1-4`."""
    for start, end in line_numbers(text, syntax):
        if int(text[start:end]) == number:
            return start, end
    return 0, len(text)
