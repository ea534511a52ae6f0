"""Subject headings: one name for each idea, whatever words authors use, and which ideas lie within which.

Indexers give a record the heading "Home Care Services" whether its author wrote "domiciliary care", "home help" or
"care at home". Those other words are the heading's *entry terms*. A heading may have several broader ones, so the
thesaurus is a net and no tree; to *explode* a heading is to take it with everything below it.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property

import pandas as pd

from researchskills.evidence import terms

#: How alike two spellings must be to be offered, from 0 to 100.
ALIKE = 80


class Thesaurus:
    """Headings with what is broader, narrower and otherwise called.

    Names are found whatever their case, accents, hyphens and apostrophes, as people type them. Methods that are
    given a name nobody knows answer with nothing (`explode`: with the name itself), because a record may carry a
    heading that has left the thesaurus; whether a typed name exists is what `find` says.

    Parameters
    ----------
    broader : mapping of str to iterable of str
        Each preferred term with the terms directly above it.
    entry_terms : mapping of str to iterable of str, optional
        Other words for a preferred term.
    notes : mapping of str to str, optional
        What a heading covers, in a sentence.
    """

    def __init__(
        self,
        broader: Mapping[str, Iterable[str]],
        entry_terms: Mapping[str, Iterable[str]] | None = None,
        notes: Mapping[str, str] | None = None,
    ):
        self._broader = {name: list(above) for name, above in broader.items()}
        self._entry_terms = {name: list((entry_terms or {}).get(name, ())) for name in self._broader}
        self._notes = dict(notes or {})
        self._narrower: dict[str, list[str]] = {name: [] for name in self._broader}
        for name in sorted(self._broader):
            for above in self._broader[name]:
                self._narrower.setdefault(above, []).append(name)

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> "Thesaurus":
        """The thesaurus in a table, such as `load("library", "thesaurus")`.

        Parameters
        ----------
        frame : pandas.DataFrame
            One row for each preferred term: `heading`, `broader` and `entry_terms` (each joined by "; "),
            `scope_note`.
        """
        names = frame["heading"].tolist()
        broader, other, notes = (frame[column].fillna("").tolist() for column in
                                 ("broader", "entry_terms", "scope_note"))
        return cls(dict(zip(names, map(split, broader), strict=True)),
                   dict(zip(names, map(split, other), strict=True)),
                   dict(zip(names, notes, strict=True)))

    def names(self) -> list[str]:
        """All preferred terms, in alphabetical order."""
        return sorted(self._broader)

    def find(self, text: str) -> str | None:
        """The preferred term that somebody means by a heading or an entry term; None when it is neither."""
        return self._known.get(_key(text))

    def narrower(self, name: str) -> list[str]:
        """Headings directly below a heading, in alphabetical order."""
        return list(self._narrower.get(self._preferred(name), ()))

    def broader(self, name: str) -> list[str]:
        """Headings directly above a heading."""
        return list(self._broader.get(self._preferred(name), ()))

    def entry_terms(self, name: str) -> list[str]:
        """Other words for a heading."""
        return list(self._entry_terms.get(self._preferred(name), ()))

    def scope_note(self, name: str) -> str:
        """What a heading covers; empty when nothing is said."""
        return self._notes.get(self._preferred(name), "")

    def explode(self, name: str) -> set[str]:
        """A heading and all headings below it, at any depth."""
        found: set[str] = set()
        waiting = [self._preferred(name)]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += self._narrower.get(one, ())
        return found

    def suggestions(self, text: str, limit: int = 8) -> list[tuple[str, str]]:
        """Headings that somebody may mean, best first.

        Parameters
        ----------
        text : str
            A word or phrase; `*` at the end of a word is passed over.
        limit : int
            Most headings.

        Returns
        -------
        list of (str, str)
            Each heading with the reason, in a few words.
        """
        key = _key(text)
        offers = []
        for name in self.names() if key else ():
            how, order, other, term = min(
                (*_likeness(_key(term), key, term != name), term) for term in (name, *self._entry_terms[name]))
            if how == _NOT and key in _key(self._notes.get(name, "")):
                how, order, other = _NOTE, (), False
            if how != _NOT:
                offers.append((how, order, name, term, other))
        offers.sort()
        # What shares a mere word is offered only where nothing fits better.
        fitting = [offer for offer in offers if offer[0] < _SHARED] or offers
        said = text.replace("*", "").strip()
        return [(name, f"also called “{term}”" if other else _WHY[how].format(said))
                for how, _, name, term, other in fitting[:limit]]

    def _preferred(self, name: str) -> str:
        return name if name in self._broader else self.find(name) or name

    @cached_property
    def _known(self) -> dict[str, str]:
        known = {_key(name): name for name in self._broader}
        for name, others in self._entry_terms.items():
            for other in others:
                known.setdefault(_key(other), name)
        return known


#: How a name can be like what was typed, best first.
_SAME, _WORDS, _BEGINNINGS, _ALIKE, _SHARED, _NOTE, _NOT = range(7)
_WHY = {
    _SAME: "a heading of this name", _WORDS: "has “{}” in its name", _BEGINNINGS: "has “{}” in its name",
    _ALIKE: "spelt much like it", _SHARED: "has a word of it in its name", _NOTE: "its note speaks of “{}”",
}


def _likeness(held: str, wanted: str, other: bool) -> tuple[int, tuple, bool]:
    """How a name is like what was typed; its place among those that are so; and whether it is an entry term."""
    from rapidfuzz import fuzz

    if held == wanted:
        return _SAME, (), other
    # One and many count as the same word here.
    words, typed = ({word.removesuffix("s") for word in text.split()} for text in (held, wanted))
    if typed <= words:
        return _WORDS, (other, len(held)), other
    if all(any(word.startswith(one) for word in words) for one in typed):
        return _BEGINNINGS, (other, len(held)), other
    if (alike := fuzz.ratio(held, wanted)) >= ALIKE:
        return _ALIKE, (other, -alike), other
    if shared := [one for one in typed & words if len(one) > 3]:
        return _SHARED, (-len("".join(shared)) / len("".join(typed | words)),), other
    return _NOT, (), other


def split(text: str) -> list[str]:
    """The parts of a cell that holds several, joined by semicolons."""
    return [part for part in map(str.strip, text.split(";")) if part]


def _key(text: str) -> str:
    return " ".join(terms.words(text))
