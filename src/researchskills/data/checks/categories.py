"""Categories: one thing under several spellings, a name that changes half-way, one value that is nearly everything."""

import re
import unicodedata

import numpy as np

from researchskills.data.checks import words
from researchskills.data.checks.columns import Column, Columns, columns_of
from researchskills.data.finding import STRUCTURE, TIDINESS, VALUES, Finding
from researchskills.data.table import Table

#: Words of which a small difference changes the meaning.
_OPPOSITES = [
    {"north", "south"},
    {"east", "west"},
    {"male", "female"},
    {"man", "woman"},
    {"men", "women"},
    {"inner", "outer"},
    {"pre", "post"},
    {"before", "after"},
    {"agree", "disagree"},
    {"satisfied", "dissatisfied"},
    {"known", "unknown"},
    {"able", "unable"},
    {"left", "right"},
    {"internal", "external"},
    {"planned", "unplanned"},
    {"paid", "unpaid"},
    {"formal", "informal"},
    {"adult", "adults"},
    {"health", "wealth"},
    {"he", "she"},
    {"with", "without"},
]


def spellings(table: Table) -> list[Finding]:
    """The same category written in several ways: capitals, spaces, spelling."""
    columns, found = columns_of(table), []
    for column in columns.of("text"):
        if column.free_text or not 2 <= len(column.texts) <= 3000 or column.name in columns.personal:
            continue
        if column.distinct_share > 0.8 and column.filled > 20 and column.identifies:
            continue
        found += _yes_and_no(columns, column) or _same_but_for_case(columns, column)
        found += _misspelt(columns, column)
    # The words that stand in a column of numbers are categories as well ("Not held", "Nor held").
    found += _misspelt_words(columns)
    return found


_YES, _NO = {"yes", "y", "true", "t", "1"}, {"no", "n", "false", "f", "0"}


def _yes_and_no(columns: Columns, column: Column) -> list[Finding]:
    """Yes and no written in several ways: "Y", "yes", "1"."""
    known = np.flatnonzero(column._known)
    forms = [column.stripped[index] for index in known]
    yes, no = ([f for f in dict.fromkeys(forms) if f.casefold() in answer] for answer in (_YES, _NO))
    if not yes or not no or len(yes) + len(no) < len(set(forms)) or max(len(yes), len(no)) < 2:
        return []
    rows = [column.rows(column.stripped == form)[0] for form in [*yes[1:], *no[1:]]]
    return [
        columns.finding(
            "yes and no in several spellings",
            f"{words.named([column])} says yes in {words.count(len(yes), 'way')} "
            f"({words.listed([f'“{form}”' for form in yes], 5, 'way')}) and no in {words.count(len(no), 'way')} "
            f"({words.listed([f'“{form}”' for form in no], 5, 'way')}).",
            why="Each way of writing it is counted as a group of its own.",
            usual="People choose one way of writing and log the rule.",
            certainty="certain",
            rank=STRUCTURE,
            places=[columns.place(column, row) for row in rows],
            count=len(yes) + len(no) - 2,
            columns=[column],
        )
    ]


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKD", text.casefold().replace("&", " and "))
    return re.sub(r"[\W_]+", "", text)


def _groups(column: Column) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = {}
    for index, text in enumerate(column.texts):
        if not column.blank[index]:
            # A figure keeps its point and sign: 1.5 is not 15.
            key = (
                _plain(text)
                if any(c.isalpha() for c in text) and not re.search(r"\d\W+\d", text)
                else text.strip().casefold()
            )
            groups.setdefault(key or text.strip(), []).append(index)
    return groups


def _same_but_for_case(columns: Columns, column: Column) -> list[Finding]:
    several = [group for group in _groups(column).values() if len({column.stripped[i] for i in group}) > 1]
    if not several:
        return []
    several.sort(key=lambda group: -int(column.counts[group].sum()))
    # Each spelling once; spaces round a word are a finding of their own.
    shown = []
    for group in several:
        counts: dict[str, int] = {}
        for index in group:
            counts[column.stripped[index]] = counts.get(column.stripped[index], 0) + int(column.counts[index])
        shown.append(
            " / ".join(
                f"“{words.short(text, 30)}” {number:,}"
                for text, number in sorted(counts.items(), key=lambda item: -item[1])
            )
        )
    rare = [min(group, key=lambda index: column.counts[index]) for group in several]
    rows = [column.rows(np.arange(len(column.texts)) == index)[0] for index in rare]
    return [
        columns.finding(
            "one category in several spellings",
            f"{words.named([column])} writes {words.count(len(several), 'category', 'categories')} in several "
            "ways that differ "
            f"only in capitals, spaces or signs: {'; '.join(shown[:4])}{'; …' if len(shown) > 4 else ''}.",
            why="Each way of writing it is counted as a group of its own.",
            usual="People choose one way of writing and log the rule.",
            certainty="certain",
            rank=STRUCTURE,
            places=[columns.place(column, row) for row in rows],
            count=len(several),
            columns=[column],
        )
    ]


def _misspelt(columns: Columns, column: Column) -> list[Finding]:
    levels: dict[str, tuple[str, int, int]] = {}
    for group in _groups(column).values():
        most = max(group, key=lambda index: column.counts[index])
        levels[column.stripped[most]] = (column.lower[most], int(column.counts[group].sum()), most)
    pairs = similar([(text, lower, count) for text, (lower, count, _) in levels.items()])
    if not pairs:
        return []
    rows = [column.rows(np.arange(len(column.texts)) == levels[rare][2])[0] for rare, _ in pairs]
    shown = "; ".join(
        f"“{words.short(rare, 30)}” {levels[rare][1]:,} beside “{words.short(usual, 30)}” {levels[usual][1]:,}"
        for rare, usual in pairs[:3]
    )
    return [
        columns.finding(
            "categories that may be misspelt",
            f"{words.named([column])} holds {words.count(len(pairs), 'rare value')} that "
            f"{'is' if len(pairs) == 1 else 'are'} almost the same as a common one: "
            f"{shown}{'; …' if len(pairs) > 3 else ''}.",
            why="A misspelt category falls out of its group.",
            usual="People correct it with a logged rule, after looking.",
            certainty="likely",
            rank=STRUCTURE,
            places=[columns.place(column, row) for row in rows],
            count=len(pairs),
            columns=[column],
        )
    ]


def _misspelt_words(columns: Columns) -> list[Finding]:
    counts: dict[str, int] = {}
    where: dict[str, tuple[Column, int]] = {}
    for column in columns.of("number", "date"):
        for index in np.flatnonzero(column._known & np.isnan(column.plain) | column.worded):
            text = column.stripped[index]
            if len(text) >= 5 and text.replace(" ", "").isalpha():
                counts[text] = counts.get(text, 0) + int(column.counts[index])
                where.setdefault(text, (column, index))
    pairs = similar([(text, text.casefold(), count) for text, count in counts.items()])
    if not pairs:
        return []
    rare, usual = pairs[0]
    places = []
    for text, _ in pairs:
        column, index = where[text]
        places.append(columns.place(column, column.rows(np.arange(len(column.texts)) == index)[0]))
    return [
        columns.finding(
            "words that may be misspelt",
            f"“{rare}” stands {words.count(counts[rare], 'time')} where “{usual}” stands {counts[usual]:,} times.",
            why="It falls out when the reasons for missing values are counted.",
            usual="People correct it with a logged rule.",
            certainty="likely",
            rank=VALUES,
            places=places,
            count=len(pairs),
            columns=[where[text][0] for text, _ in pairs],
        )
    ]


def similar(levels: list[tuple[str, str, int]]) -> list[tuple[str, str]]:
    """Rare words that are one slip away from a common one.

    Parameters
    ----------
    levels : list of (str, str, int)
        Word, the word in small letters, how often it occurs.

    Returns
    -------
    list of (str, str)
        The rare word and the common one it resembles. Words that differ in a figure, or in what they mean
        (north and south), do not count.
    """
    from rapidfuzz.distance import OSA

    common = sorted((level for level in levels if level[2] >= 5 and len(level[1]) >= 4), key=lambda level: -level[2])[
        :400
    ]
    found = []
    for text, lower, count in levels:
        if len(lower) < 4:
            continue
        allowed = 1 if len(lower) < 9 else 2
        for usual, other, many in common:
            if count > 0.2 * many or abs(len(lower) - len(other)) > allowed or lower == other:
                continue
            if re.sub(r"\D", "", lower) != re.sub(r"\D", "", other) or _opposite(lower, other):
                continue
            if OSA.distance(lower, other, score_cutoff=allowed) <= allowed and len(lower) > 2 * allowed:
                found.append((text, usual))
                break
    return found


def _opposite(one: str, other: str) -> bool:
    first, second = set(one.split()), set(other.split())
    differ = (first - second) | (second - first)
    if any(pair <= differ for pair in _OPPOSITES):
        return True
    if {"not", "no", "non"} & differ and not {"nor"} & differ:
        return True
    # "able" and "unable", "agree" and "disagree": a prefix turns the meaning round.
    left, right = sorted((one.replace(" ", ""), other.replace(" ", "")), key=len)
    if right in ("un" + left, "in" + left, "re" + left, "s" + left):
        return True
    # Codes such as T1/T2 or grades such as band A/band B differ in a single mark that is meant.
    return any(len(word) == 1 for word in differ)


# In the course of time -----------------------------------------------------------------------------------


def _main_date(columns: Columns) -> Column | None:
    dates = [
        column
        for column in columns.of("date", "month")
        if column.filled > 0.7 * columns.count and not column.words & {"birth", "dob", "born"}
    ]
    return dates[0] if dates else None


_COME_AND_GO = {"status", "state", "stage", "month", "year", "quarter", "period"}


def in_the_course_of_time(table: Table) -> list[Finding]:
    """A category that stops, or that stops when another begins (a name or code that changed)."""
    columns, found = columns_of(table), []
    date = _main_date(columns)
    if date is None or columns.count < 60:
        return []
    known = ~np.isnat(date.dates)
    days = date.dates.astype(float)
    known[known] &= np.abs(days[known] - np.median(days[known])) < 365 * 15
    if known.sum() < 60:
        return []
    low, high = np.quantile(days[known], [0.002, 0.998])
    length = high - low
    if length < 60:
        return []
    every = np.sort(days[known])
    for column in columns.all:
        # Cases that ended are older than those that go on, and a month stops when it is over: no finding.
        natural = column.kind == "month" or column.words & _COME_AND_GO
        if not column.categorical or column is date or natural or int(column._known.sum()) > 80:
            continue
        spans = {}
        for index in np.flatnonzero(column._known & (column.counts >= 12)):
            own = np.sort(days[known & (column.codes == index)])
            if len(own) < 12:
                continue
            # A few records out of place (a typing error in the date) must not hide the change.
            trim = max(1, int(0.02 * len(own))) if len(own) > 50 else 0
            spans[index] = (own[trim], own[-1 - trim], len(own))
        stops = {i: span for i, span in spans.items() if _silent(every, *span, high) and span[0] - low < 0.25 * length}
        starts = {
            i: span
            for i, span in spans.items()
            if _silent(-every[::-1], -span[1], -span[0], span[2], -low) and high - span[1] < 0.25 * length
        }
        used = set()
        for old, (_, last, many) in stops.items():
            for new, (begin, _, count) in starts.items():
                pace = (many / max(last - low, 1)) / (count / max(high - begin, 1))
                if new in used or abs(begin - last) > max(31, 0.06 * length) or not 0.4 <= pace <= 2.5:
                    continue
                used |= {old, new}
                rows = column.rows(np.arange(len(column.texts)) == new)
                found.append(
                    columns.finding(
                        "a category that changes its name",
                        f"In {words.named([column])} “{words.short(column.stripped[old])}” ({many:,} rows) stops about "
                        f"{_month(last)}, when “{words.short(column.stripped[new])}” ({count:,} rows) begins: the "
                        "same thing may "
                        "have a new name.",
                        why="A trend of either of them shows a rise or fall that did not happen.",
                        usual="People ask the service, and give both one name with a logged rule.",
                        certainty="likely",
                        rank=STRUCTURE,
                        places=[
                            columns.place(column, column.rows(np.arange(len(column.texts)) == old)[-1]),
                            columns.place(column, rows[0]),
                        ],
                        count=int(many + count),
                        columns=[column],
                    )
                )
                break
        for index, (_, last, many) in stops.items():
            if index not in used:
                found.append(
                    columns.finding(
                        "a group that stops",
                        f"In {words.named([column])} "
                        f"“{words.short(columns.shown(column, column.stripped[index]))}` has {many:,} rows "
                        f"up to about {_month(last)} and none after it.".replace("`", "”"),
                        why="A total over the whole period then leaves part of the service out without saying so.",
                        usual="People ask whether the group closed, changed its name or stopped sending records.",
                        certainty="likely",
                        rank=STRUCTURE,
                        places=[columns.place(column, column.rows(np.arange(len(column.texts)) == index)[-1])],
                        count=1,
                        columns=[column],
                    )
                )
    return found


def _silent(every: np.ndarray, first: float, last: float, count: int, end: float) -> bool:
    """Whether a group's silence after its last record is hardly chance.

    Over six weeks, when from the pace of all records about ten of its own would have been due: under a Poisson law
    none comes with a probability of 0.00005. `every` holds the days of all records in order.
    """
    before = np.searchsorted(every, last, side="right") - np.searchsorted(every, first)
    after = len(every) - np.searchsorted(every, last, side="right")
    absent = end - last
    return absent > 45 and absent > 0.05 * (end - first) and count * after / max(before, 1) >= 10


def _month(day: float) -> str:
    return str(np.datetime64(int(day), "D").astype("datetime64[M]"))


# Shares --------------------------------------------------------------------------------------------------


#: Share of a column from which one value dominates it: of words, and of numbers.
_MOST = (0.97, 0.95)


def dominant(table: Table) -> list[Finding]:
    """One value that fills nearly the whole column, and columns that never change."""
    columns = columns_of(table)
    if columns.count < 20:
        return []
    constant, heavy = [], []
    for column in columns.all:
        if column.filled < 20 or column.name in columns.personal:
            continue
        top = int(column.counts[column._known].max())
        if top == column.filled:
            # A box that is ticked or left blank does change.
            if column.filled == columns.count:
                constant.append(column)
        elif column.filled >= 50 and not column.free_text and top >= _MOST[column.kind == "number"] * column.filled:
            heavy.append((top / column.filled, column))
    found = []
    if constant:
        found.append(
            columns.finding(
                "columns that never change",
                f"{words.named(constant)} {'holds' if len(constant) == 1 else 'hold'} the same value in every row.",
                why="It tells about the file as a whole, not about its rows; or something failed to be exported.",
                usual="People note the value once and leave the column out of the analysis.",
                certainty="certain",
                rank=TIDINESS,
                places=[
                    columns.place(column, int(np.flatnonzero(column._known[column.codes])[0])) for column in constant
                ],
                count=len(constant),
                columns=constant,
            )
        )
    if heavy:
        heavy.sort(key=lambda item: -item[0])
        share, column = heavy[0]
        top = int(np.argmax(np.where(column._known, column.counts, 0)))
        more = "" if len(heavy) == 1 else f"; {words.named([c for _, c in heavy[1:]])} likewise"
        found.append(
            columns.finding(
                "one value dominates",
                f"In {words.named([column])} {_share(share)} of the filled rows say “"
                f"{words.short(columns.shown(column, column.stripped[top]))}”{more}.",
                why="It may be what the screen shows before anybody chooses, so it says little about the cases.",
                usual="People ask whether it is the default of the form.",
                certainty="possible",
                rank=VALUES,
                places=[
                    columns.place(c, int(np.flatnonzero(c.codes == np.argmax(np.where(c._known, c.counts, 0)))[0]))
                    for _, c in heavy
                ],
                count=len(heavy),
                columns=[c for _, c in heavy],
            )
        )
    return found


def _share(share: float) -> str:
    return f"{share:.1%}" if share > 0.99 else f"{share:.0%}"
