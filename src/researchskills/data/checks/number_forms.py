"""Numbers that are not written as one: commas, footnote marks, units, two in a cell, ranges, words.

A person reads "c. 20", "1,200*" and "3 weeks" without noticing; a program takes each of them for a word.
"""

import re

import numpy as np

from researchskills.data.checks import words
from researchskills.data.checks.columns import Column, Columns, columns_of, spread
from researchskills.data.finding import STRUCTURE, TIDINESS, VALUES, Finding
from researchskills.data.table import Table

_NUMBER = r"[-+]?£?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_UNIT = (
    r"(?:days?|d|weeks?|wks?|w|months?|mths?|hours?|hrs?|h|minutes?|mins?|years?|yrs?|y|people|clients?|"
    r"kg|miles?|km|p|pw|per week|pcm|k|m|wte|fte)"
)
_FORMS = {
    "thousands commas": (
        re.compile(r"[-+]?£?\d{1,3}(?:,\d{3})+(?:\.\d+)?%?"),
        "numbers with commas between the thousands",
        "Some programs read “1,200” as text, others as 1 and 200.",
        "People take the commas out, keeping the file as it came beside it.",
        TIDINESS,
        "certain",
    ),
    "two numbers": (
        re.compile(rf"{_NUMBER} ?\((?:{_NUMBER}|[:.*\-xcz])\)"),
        "two numbers in one cell",
        "No program can add them up, and the two numbers do not mean the same thing.",
        "People read the note on what each means and split them into two columns.",
        STRUCTURE,
        "certain",
    ),
    "footnote marks": (
        re.compile(rf"{_NUMBER} ?(?:[*†‡§¹²³^#]+|\[(?:note )?\w{{1,2}}\]|\((?:r|p|e|prov|rev)\)|[rpe])", re.IGNORECASE),
        "numbers with a footnote mark",
        "The whole cell is read as text, so the number is left out of every sum.",
        "People move the mark into a column of notes.",
        VALUES,
        "likely",
    ),
    "units": (
        re.compile(rf"{_NUMBER} ?{_UNIT}\.?(?: (?:and )?\d+ ?{_UNIT})?", re.IGNORECASE),
        "numbers with their unit in the cell",
        "The cell is text to a program, and two units in one column cannot be compared.",
        "People put the unit into the column's name and turn all values into the same one.",
        VALUES,
        "certain",
    ),
    "limits": (
        re.compile(
            rf"(?:[<>≤≥]|under|over|less than|more than|fewer than|up to) ?{_NUMBER}%?|{_NUMBER}\+", re.IGNORECASE
        ),
        "limits instead of numbers (such as “<5”)",
        "The true number is hidden or unknown; it is neither zero nor the limit.",
        "People treat it as missing with a known limit and say so.",
        VALUES,
        "certain",
    ),
    "ranges": (
        re.compile(rf"{_NUMBER} ?(?:-|–|to) ?{_NUMBER}", re.IGNORECASE),
        "ranges instead of numbers",
        "A range has no single value, so a program leaves it out.",
        "People ask for the exact number or make bands of all values.",
        VALUES,
        "certain",
    ),
    "rough numbers": (
        re.compile(rf"(?:c\.?|ca\.?|circa|about|approx\.?|approximately|around|~|≈) ?{_NUMBER}", re.IGNORECASE),
        "rough numbers (such as “c. 20”)",
        "The cell is text to a program, and the doubt gets lost when the word is taken away.",
        "People keep the number and mark it as an estimate in another column.",
        VALUES,
        "certain",
    ),
    "letters for digits": (
        re.compile(r"(?=.*\d)(?=.*[OolI])[\dOolI]+(?:\.\d+)?"),
        "a letter where a digit should be (O for 0, l for 1)",
        "The cell is text to a program.",
        "People look the value up at the source.",
        VALUES,
        "likely",
    ),
    "decimal commas": (
        re.compile(r"[-+]?[£€]? ?(?:\d{1,3}(?:[. ]\d{3})+|\d+),\d{1,2}"),
        "a comma where the decimal point should be",
        "“12,5” is read as text or as 125.",
        "People check against the source which it is.",
        VALUES,
        "likely",
    ),
}


def written_as_text(table: Table) -> list[Finding]:
    """Numbers that are not written as plain numbers: commas, footnote marks, units, two in a cell, ranges, words."""
    columns = columns_of(table)
    hits: dict[str, list[tuple[Column, np.ndarray]]] = {}
    other: list[tuple[Column, np.ndarray]] = []
    for column in columns.all:
        if column.kind not in ("number", "text") or column.free_text or column.words & {"note", "notes", "comment"}:
            continue
        measured = column.kind == "number"
        strange = column._known & np.isnan(column.plain) & ~(column.lettered if measured else False)
        if measured:
            commas = column._known & ~np.isnan(column.plain) & np.array([text.count(",") > 0 for text in column.texts])
            if commas.any():
                hits.setdefault("thousands commas", []).append((column, commas))
        if not strange.any():
            continue
        taken, loose = np.zeros(len(column.texts), dtype=bool), {}
        where = np.flatnonzero(strange)
        if not measured:
            # A column of words is looked at only when figures lead its commonest values.
            first = where[np.argsort(-column.counts[where], kind="stable")[:200]]
            if np.mean([column.stripped[i][:1] in "0123456789£<>~-+" for i in first]) < 0.5:
                continue
        for index in where:
            for form, (pattern, *_) in _FORMS.items():
                if pattern.fullmatch(column.stripped[index]):
                    loose.setdefault(form, np.zeros(len(column.texts), dtype=bool))[index] = True
                    taken[index] = True
                    break
        for form, which in loose.items():
            share = column.counts[which].sum() / max(column.filled, 1)
            # Bands such as 18-64 or codes such as 3p are categories, unless most of the column is numbers.
            numeric = column.number_count + sum(int(column.counts[w].sum()) for w in loose.values())
            if (
                measured
                or (form in ("two numbers", "decimal commas") and share > 0.3)
                or (
                    form in ("units", "footnote marks")
                    and share > 0.1
                    and numeric > 0.8 * column.filled
                    and len(column.texts) > 8
                )
            ):
                hits.setdefault(form, []).append((column, which))
        if measured and (strange & ~taken).any():
            other.append((column, strange & ~taken))
    found = []
    for form, group in hits.items():
        _, what, why, usual, rank, certainty = _FORMS[form]
        count = sum(int(column.counts[which].sum()) for column, which in group)
        places = [place for column, which in group for place in spread(columns, column, column.rows(which))[:3]]
        example = words.listed(
            [f"“{column.stripped[np.flatnonzero(which)[0]]}”" for column, which in group[:1]], 1, "value"
        )
        example = "" if columns.table and group[0][0].name in columns.personal else f", for example {example}"
        found.append(
            columns.finding(
                form if form != "units" else "units in cells",
                f"{words.count(count, 'cell')} of {words.named([column for column, _ in group])} "
                f"{'holds' if count == 1 else 'hold'} {what}{example}.",
                why=why,
                usual=usual,
                certainty=certainty,
                rank=rank,
                places=places,
                count=count,
                columns=[column for column, _ in group],
            )
        )
        if form == "units":
            found += _several_units(columns, group)
    if other:
        count = sum(int(column.counts[which].sum()) for column, which in other)
        texts = dict.fromkeys(
            f"“{words.short(columns.shown(column, column.stripped[i]), 30)}”"
            for column, which in other
            for i in np.flatnonzero(which)
        )
        found.append(
            columns.finding(
                "text in columns of numbers",
                f"{words.count(count, 'cell')} of {words.named([column for column, _ in other])}, otherwise numbers, "
                f"{'holds' if count == 1 else 'hold'} text: {words.listed(list(texts), 5, 'text')}.",
                why="One word makes a program read the whole column as text, or drop the row.",
                usual="People look each one up and put a number or a code for missing in its place.",
                certainty="certain",
                rank=VALUES,
                places=[
                    place
                    for column, which in other
                    for place in spread(columns, column, column.rows(which))[: 5 if len(other) == 1 else 2]
                ],
                count=count,
                columns=[column for column, _ in other],
            )
        )
    return found


def _several_units(columns: Columns, group: list) -> list[Finding]:
    found = []
    for column, which in group:
        units = {}
        for index in np.flatnonzero(which):
            unit = re.sub(r"[\d.,£+ -]", "", column.stripped[index]).casefold().rstrip("s") or "?"
            units[unit] = units.get(unit, 0) + int(column.counts[index])
        if len(units) > 1:
            listing = words.listed(
                [f"“{unit}” {number:,}" for unit, number in sorted(units.items(), key=lambda u: -u[1])], 4, "unit"
            )
            found.append(
                columns.finding(
                    "several units in a column",
                    f"{words.named([column])} mixes units: {listing}.",
                    why="A wait of 3 weeks would count as shorter than one of 5 days.",
                    usual="People turn all values into the same unit and log the rule.",
                    certainty="certain",
                    rank=STRUCTURE,
                    places=spread(columns, column, column.rows(which)),
                    count=sum(units.values()),
                    columns=[column],
                )
            )
    return found
