"""A second evaluator of search trees, written from `evidence/query.py` alone, to prove the first one exact.

Plain loops over plain lists: no SQLite, no numpy, no regular expressions, and nothing of the package but the names of
the nodes. It is slow and meant to be read beside the specification.
"""

import unicodedata
from itertools import product

from researchskills.evidence.query import And, Attribute, Heading, Line, Near, Not, Or, Phrase


def find(records, thesaurus_frame, node, lines=None) -> frozenset:
    """Ids of the records that a tree finds.

    Parameters
    ----------
    records : pandas.DataFrame
        With the columns of `load("library")`.
    thesaurus_frame : pandas.DataFrame
        With the columns of `load("library", "thesaurus")`.
    node : query.Node
    lines : mapping of int to frozenset of str, optional
        The sets of earlier lines.
    """
    held = _read(records)
    narrower = _narrower(thesaurus_frame)
    return frozenset(record["id"] for record in held if _matches(record, node, narrower, lines or {}))


def words(text) -> list[str]:
    """A text cut into words: longest runs of letters and digits, in lower case and without accents."""
    found, current = [], ""
    for sign in unicodedata.normalize("NFD", text) + " ":
        kind = unicodedata.category(sign)
        if kind == "Mn":
            continue
        if kind[0] in "LN":
            for part in unicodedata.normalize("NFD", sign.casefold()):
                if unicodedata.category(part) != "Mn":
                    current += part
        elif current:
            found.append(current)
            current = ""
    return found


def fits(word: str, pattern: str, most=None) -> bool:
    """Whether a word matches a pattern, sign by sign."""
    if not pattern:
        return not word
    first, rest = pattern[0], pattern[1:]
    if first == "*":
        longest = len(word) if most is None or rest else min(most, len(word))
        return any(fits(word[taken:], rest, most) for taken in range(longest + 1))
    if first == "#":
        return bool(word) and fits(word[1:], rest, most)
    if first == "?":
        return fits(word, rest, most) or (bool(word) and fits(word[1:], rest, most))
    return word[:1] == first and fits(word[1:], rest, most)


_FITTING: dict = {}
_READ: dict = {}


def _fits(word: str, wanted) -> bool:
    # The same few words are asked for again and again.
    key = word, wanted.pattern, wanted.most
    if key not in _FITTING:
        _FITTING[key] = fits(*key)
    return _FITTING[key]


def _read(records) -> list[dict]:
    """Each record with its words, field by field, and a list of passages for each field."""
    if id(records) not in _READ:
        # The frame is kept too, so that no other can get its number.
        _READ[id(records)] = records, [_read_one(row) for row in records.to_dict("records")]
    return _READ[id(records)][1]


def _read_one(row: dict) -> dict:
    record = {"id": row["record"], "headings": set(), "main": set(), "values": {}, "passages": {}}
    for field in ("title", "abstract", "authors", "journal"):
        record["passages"][field] = [words(row[field])] if isinstance(row[field], str) else []
    record["passages"]["headings"] = []
    for piece in (row["headings"] if isinstance(row["headings"], str) else "").split(";"):
        piece = piece.strip()
        name = piece[1:].strip() if piece[:1] == "*" else piece
        if name:
            record["headings"].add(name.lower())
            record["passages"]["headings"].append(words(name))
            if piece[:1] == "*":
                record["main"].add(name.lower())
    for field in ("year", "type", "language", "country"):
        value = row[field]
        record["values"][field] = None if value is None or value != value or str(value) == "<NA>" else value
    return record


def _narrower(frame) -> dict[str, set[str]]:
    below: dict[str, set[str]] = {}
    for name, above in zip(frame["heading"], frame["broader"]):
        for one in (above if isinstance(above, str) else "").split(";"):
            below.setdefault(one.strip().lower(), set()).add(name.lower())
    return below


def _matches(record: dict, node, narrower: dict, lines: dict) -> bool:
    if isinstance(node, And):
        return all(_matches(record, part, narrower, lines) for part in node.parts)
    if isinstance(node, Or):
        return any(_matches(record, part, narrower, lines) for part in node.parts)
    if isinstance(node, Not):
        return _matches(record, node.left, narrower, lines) and not _matches(record, node.right, narrower, lines)
    if isinstance(node, Line):
        return record["id"] in lines[node.number]
    if isinstance(node, Heading):
        return _has_heading(record, node, narrower)
    if isinstance(node, Attribute):
        return _has_value(record, node)
    return any(_stretches(passage, field, node)
               for field, passages in record["passages"].items() for passage in passages)


def _has_heading(record: dict, node: Heading, narrower: dict) -> bool:
    wanted = {node.name.lower()}
    while node.explode:
        more = set().union(*(narrower.get(name, set()) for name in wanted)) - wanted
        if not more:
            break
        wanted |= more
    return bool(wanted & record["main" if node.focus else "headings"])


def _has_value(record: dict, node: Attribute) -> bool:
    value = record["values"][node.field]
    if value is None:
        return False
    if node.field == "year":
        first, last = node.values
        return (first is None or value >= first) and (last is None or value <= last)
    return value.lower() in [one.lower() for one in node.values]


def _stretches(passage: list[str], field: str, node) -> set[tuple[int, int]]:
    """First and last place of everything that matches within one passage of one field."""
    if isinstance(node, Or):
        return set().union(*(_stretches(passage, field, part) for part in node.parts)) if node.parts else set()
    if isinstance(node, Phrase):
        if field not in node.fields:
            return set()
        length = len(node.words)
        return {(start, start + length - 1) for start in range(len(passage) - length + 1)
                if all(_fits(word, wanted) for word, wanted in zip(passage[start:], node.words))}
    assert isinstance(node, Near), node
    left = _stretches(passage, field, node.left)
    right = _stretches(passage, field, node.right) if left else set()
    found = set()
    for one, other in product(left, right):
        if one[1] < other[0] and other[0] - one[1] - 1 <= node.between:
            found.add((one[0], other[1]))
        if not node.ordered and other[1] < one[0] and one[0] - other[1] - 1 <= node.between:
            found.add((other[0], one[1]))
    return found
