"""Missing values, however they are written.

Blank is only one way to say that nothing is known. A nine, a dash, a date in 1900 and "not held" say it too, and each
of them is counted as something real by a program that does not know.
"""

import re

import numpy as np

from researchskills.data.checks import words
from researchskills.data.checks.columns import Column, Columns, among, columns_of, spread
from researchskills.data.finding import STRUCTURE, TIDINESS, VALUES, Finding
from researchskills.data.table import Table

_NINES = (9, 99, 999, 9999, 99999, 999999, 88, 888, -1, -9, -99, -999, -9999)
_YEAR = re.compile(r"(?:19|20)\d\d(?:\s*(?:-|/|to|–)\s*(?:19|20)?\d\d)?")


def codes(table: Table) -> list[Finding]:
    """Codes and words for missing values in columns of numbers and dates, and symbols anywhere."""
    columns = columns_of(table)
    symbols: dict[str, int] = {}
    wording: dict[str, int] = {}
    cells, spoken = [], []
    for column in columns.all:
        measured = column.kind in ("number", "date", "month")
        # Failed formulas are a finding of their own; #N/A is both.
        failed = among(column.lower, set(words.SPREADSHEET_ERRORS) - {"#n/a"})
        marks = (column.coded & ~failed) | (column.lettered if column.kind == "number" else False)
        said = column.worded & measured & ~marks
        for which, counts, places in ((marks, symbols, cells), (said, wording, spoken)):
            for index in np.flatnonzero(which):
                text = column.stripped[index]
                counts[text] = counts.get(text, 0) + int(column.counts[index])
            if which.any():
                places.append((column, which))
    found = []
    if symbols:
        found.append(
            _coded(
                columns,
                symbols,
                cells,
                "codes for missing values",
                "{cells} {hold} a code instead of a value: {list}.",
                "It is unclear to a program what is missing, hidden or not applicable, and a column with a code "
                "in it is read as text.",
                "People write down what each code means, and read all of them as missing, never as zero.",
            )
        )
    if wording:
        found.append(
            _coded(
                columns,
                wording,
                spoken,
                "words for missing values",
                "{cells} of numbers or dates {hold} words instead of a value: {list}.",
                "Each wording says why a value is missing, and that gets lost when it is made blank; some "
                "programs drop the whole column.",
                "People keep the reason in a column of its own and leave the number blank.",
            )
        )
    return found


_NO_REASON = [*(code for code in words.MISSING_ANYWHERE if not code.startswith(("[", "#"))), *words.UNKNOWN]


def _coded(columns: Columns, counts: dict, cells: list, check: str, sentence: str, why: str, usual: str) -> Finding:
    total = sum(counts.values())
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    listing = words.listed([f"“{words.short(code)}” {number:,}" for code, number in ordered], 6, "code")
    places = []
    used = {column.name for column, _ in cells}
    # One example of each code, the commonest first.
    for code, _ in ordered[:5]:
        for column, which in cells:
            hits = which & (column.stripped == code)
            if hits.any():
                places.append(columns.place(column, column.rows(hits)[0]))
                break
    count = words.count(total, "cell") + (f" in {words.count(len(used), 'column')}" if len(columns.all) > 1 else "")
    return columns.finding(
        check,
        sentence.format(cells=count, hold="holds" if total == 1 else "hold", list=listing),
        why=why,
        usual=usual,
        certainty="certain" if check.startswith("words") else "likely",
        rank=VALUES,
        places=places,
        count=total,
        columns=[column for column, _ in cells],
    )


def several_ways(table: Table) -> list[Finding]:
    """Several ways of writing "missing" in the same column."""
    columns, mixed, places, worst = columns_of(table), [], [], []
    for column in columns.all:
        # [c] and [x], or "not held" and "cost exceeded", give different reasons; these give none.
        ways = column.blank | among(column.lower, _NO_REASON)
        if not (ways & ~column.blank).any():
            continue
        forms = [("blank" if not text else f"“{text}”") for text in dict.fromkeys(column.stripped[ways])]
        if len(forms) >= 2 and column.filled:
            mixed.append(column)
            worst.append((len(forms), column, forms))
            places += [
                columns.place(column, column.rows(ways & (column.stripped == text))[0])
                for text in dict.fromkeys(column.stripped[ways])
            ]
    if not mixed:
        return []
    _, column, forms = max(worst, key=lambda item: item[0])
    more = (
        ""
        if len(mixed) == 1
        else f"; {words.count(len(mixed) - 1, 'other column')} also {'mixes' if len(mixed) == 2 else 'mix'} them"
    )
    return [
        columns.finding(
            "several ways of writing missing",
            f"{words.named([column])} writes a missing value in {len(forms)} ways "
            f"({words.listed(forms, 6, 'way')}){more}.",
            why="Whoever filters on one of them still counts the others as answers.",
            usual="People decide on one code for each reason, and write it into the codebook.",
            certainty="likely",
            rank=VALUES,
            places=places,
            count=len(mixed),
            columns=mixed,
        )
    ]


def stand_ins(table: Table) -> list[Finding]:
    """Numbers and dates that stand for a missing value (9, 99, 999, −1; 1900-01-01)."""
    columns, found = columns_of(table), []
    for column in columns.of("number"):
        if column.words & words.IDENTIFIER or column.number_count < 20:
            continue
        for nine in _NINES:
            hit = column.plain == nine
            count = int(column.counts[hit].sum())
            others = column.values[~np.isnan(column.values) & ~np.isin(column.values, _NINES) & ~columns.larger]
            if count < 2 or count > 0.5 * column.number_count or len(others) < 10:
                continue
            low, high = others.min(), others.max()
            above = nine > high and nine >= 1.5 * high and nine - high > 0.3 * (high - low)
            below = nine < 0 <= low
            # 99 inside the range, but far oftener than its neighbours (ages up to 104, and forty people of 99).
            near = ((others >= nine - 8) & (others <= nine + 8)).sum() / 16
            spike = nine in (99, 999) and low <= nine <= high and count >= 5 and count > 8 * max(near, 0.5)
            if above or below or spike:
                rows = column.rows(hit)
                found.append(
                    columns.finding(
                        "numbers that stand for missing",
                        f"{words.named([column])} holds {nine:,} in {words.count(count, 'row')}; the other values lie "
                        f"between {words.number(low)} and {words.number(high)}, so it may stand for “not known”.",
                        why="It would be averaged as if it had been measured.",
                        usual="People look into the codebook or ask the service, and then read it as missing.",
                        certainty="likely" if count >= 3 and not spike else "possible",
                        rank=VALUES,
                        places=[columns.place(column, row) for row in rows],
                        count=count,
                        columns=[column],
                    )
                )
    found += _figures_among_words(columns)
    for column in columns.all:
        dates = _filler_dates(column)
        count = int(column.counts[dates].sum())
        if count:
            texts = words.listed([f"“{text}”" for text in column.stripped[dates]], 3, "date")
            found.append(
                columns.finding(
                    "dates that stand for missing",
                    f"{words.named([column])} holds {texts} in {words.count(count, 'row')}: what computers write when "
                    "there is no date.",
                    why="Ages and waits worked out from it are wrong by a century.",
                    usual="People read it as missing.",
                    certainty="likely",
                    rank=VALUES,
                    # Shown also where the column is of birth dates: this one is nobody's.
                    places=[columns.table.place(int(row), column.name, column.texts[column.codes[row]])
                            for row in column.rows(dates)],
                    count=count,
                    columns=[column],
                )
            )
    return found


def _figures_among_words(columns: Columns) -> list[Finding]:
    """A 9 or 99 in a column whose other values are words."""
    group, listing, places, total = [], [], [], 0
    for column in columns.of("text"):
        if column.free_text or column.identifies:
            continue
        figures = np.array([text in _NINE_TEXTS for text in column.stripped], dtype=bool)
        digits = (
            np.array([text[:1].isdigit() or text[:1] == "-" for text in column.stripped], dtype=bool) & column._known
        )
        count = int(column.counts[figures].sum())
        if count and not (digits & ~figures).any() and count <= 0.5 * column.filled and len(column.texts) >= 3:
            group.append(column)
            total += count
            listing += [f"“{column.stripped[i]}” {int(column.counts[i]):,}" for i in np.flatnonzero(figures)]
            places.append(columns.place(column, column.rows(figures)[0]))
    if not group:
        return []
    return [
        columns.finding(
            "figures that stand for missing",
            f"{words.named(group)} {'holds' if len(group) == 1 else 'hold'} figures among words: "
            f"{words.listed(listing, 4, 'figure')}; they may stand for “not known”.",
            why="They would be shown as a group of their own.",
            usual="People look into the codebook or ask the service, and then read them as missing.",
            certainty="likely",
            rank=VALUES,
            places=places,
            count=total,
            columns=group,
        )
    ]


_NINE_TEXTS = {str(nine) for nine in _NINES} | {"0", "00"}
#: Dates that computers write when there is none.
FILLERS = {
    np.datetime64(day)
    for day in (
        "1900-01-01",
        "1899-12-30",
        "1899-12-31",
        "1970-01-01",
        "1901-01-01",
        "9999-12-31",
        "9999-01-01",
        "2099-12-31",
        "1753-01-01",
        "1111-11-11",
    )
}
_DAY_NOUGHT = re.compile(r"0?0/0?[01]/1900|1900-0[01]-00|0000-00-00")


def _filler_dates(column: Column) -> np.ndarray:
    """Which different values are a date that a computer writes when it knows none."""
    if column.kind != "date":
        return np.zeros(len(column.texts), dtype=bool)
    filler = np.isin(column.days, list(FILLERS)) & (column.forms != "serial")
    return filler | np.array([bool(_DAY_NOUGHT.match(text)) for text in column.stripped], dtype=bool)


def almost_empty(table: Table) -> list[Finding]:
    """Columns that are empty or almost empty."""
    columns = columns_of(table)
    if columns.count < 5:
        return []
    empty, nearly = [], []
    for column in columns.all:
        share = column.missing_rows.mean()
        if not column.filled:
            empty.append(column)
        elif share >= 0.95 and columns.count >= 20:
            nearly.append(column)
    found = []
    for group, what in ((empty, "nothing at all, or only codes for missing"), (nearly, "almost nothing")):
        if group:
            few = group[0]
            detail = (
                ""
                if group is empty or len(group) > 1
                else f": {words.count(few.filled, 'value')} in {columns.count:,} rows"
            )
            found.append(
                columns.finding(
                    "empty columns" if group is empty else "columns almost empty",
                    f"{words.named(group)} {'holds' if len(group) == 1 else 'hold'} {what}{detail}.",
                    why="A figure from it would speak for a few records, not for the service.",
                    usual=(
                        "People find out why (not collected, not exported, not applicable) and leave it out of "
                        "the analysis."
                    ),
                    certainty="certain",
                    rank=TIDINESS if group is empty else VALUES,
                    places=[columns.whole(column) for column in group],
                    count=len(group),
                    columns=group,
                )
            )
    return found


def one_group_missing(table: Table) -> list[Finding]:
    """A column that one team, area or year leaves out while the others fill it in."""
    columns = columns_of(table)
    if columns.count < 20:
        return []
    groups = [column for column in columns.all if _groups(column)]
    left_out: dict[tuple[str, int], list] = {}
    for column in columns.all:
        unknown = (column.missing | column.worded | _filler_dates(column)) & ~among(column.lower, words.NOT_DUE)
        gone = unknown[column.codes]
        if not 0.005 * len(gone) < gone.sum() < 0.6 * len(gone):
            continue
        best = None
        for group in groups:
            if group is column:
                continue
            size = group.counts
            share = np.bincount(group.codes, weights=gone, minlength=len(size)) / np.maximum(size, 1)
            for index in np.flatnonzero((share >= 0.8) & (size >= 8) & group._known):
                rest = (gone.sum() - share[index] * size[index]) / max(len(gone) - size[index], 1)
                if rest <= 0.15 and (best is None or share[index] - rest > best[0]):
                    best = (share[index] - rest, group, int(index), rest)
        if best:
            _, group, index, rest = best
            rows = np.flatnonzero(gone & (group.codes == index))
            left_out.setdefault((group.name, index), []).append((column, group, rest, rows))
    found = []
    for (_, index), items in left_out.items():
        group, most = items[0][1], max(items, key=lambda item: len(item[3]))
        found.append(
            columns.finding(
                "one group leaves a column out",
                f"{words.named([item[0] for item in items])} {'is' if len(items) == 1 else 'are'} missing in "
                f"{len(most[3]):,} of {int(group.counts[index]):,} rows where {words.named([group])} is "
                f"“{columns.shown(group, group.stripped[index])}”, and in {most[2]:.0%} of all other rows.",
                why="What is missing is then not a matter of chance: results leave that group out without saying so.",
                usual="People ask that group whether it records the item, and report results without it.",
                certainty="certain" if len(most[3]) >= 20 else "likely",
                rank=VALUES,
                places=[
                    columns.place(item[0], row) for item in items for row in item[3][: 5 if len(items) == 1 else 1]
                ],
                count=sum(len(item[3]) for item in items),
                columns=[*(item[0] for item in items), group],
            )
        )
    return found


def _groups(column: Column) -> bool:
    if column.kind == "number":
        return bool(column.words & {"year", "month", "quarter", "week"}) and len(column.texts) <= 60
    # Who is still waiting has no date yet: a status explains its own gaps.
    return column.categorical and int(column._known.sum()) <= 60 and not column.words & {"status", "stage", "state"}


def one_year_missing(table: Table) -> list[Finding]:
    """A year (or month) that is almost empty among columns that repeat for each year."""
    columns = columns_of(table)
    families: dict[str, list[tuple[str, Column]]] = {}
    for column in columns.all:
        year = _YEAR.search(column.name)
        if year:
            families.setdefault(_YEAR.sub("…", column.name, count=1).casefold(), []).append((year[0], column))
    years: dict[str, list[Column]] = {}
    usual_share: dict[str, float] = {}
    for family in families.values():
        if len(family) < 4:
            continue
        shares = np.array([column.missing_rows.mean() for _, column in family])
        normal = float(np.median(shares))
        for (year, column), share in zip(family, shares, strict=True):
            if share - normal >= 0.5 and share >= 0.6:
                years.setdefault(year, []).append(column)
                usual_share[year] = normal
    found = []
    for year, gone in years.items():
        share = float(np.mean([column.missing_rows.mean() for column in gone]))
        found.append(
            columns.finding(
                "one year almost empty",
                f"{words.short(year)} is missing in {share:.0%} of rows in {words.named(gone, 2)}; in the other "
                "years about "
                f"{usual_share[year]:.0%} {'is' if usual_share[year] == 0 else 'are'} missing.",
                why="There is a break in the series: those who did report that year are not like the rest.",
                usual="People say so under the chart and leave a gap instead of joining the line.",
                certainty="certain",
                rank=STRUCTURE,
                places=[columns.whole(column) for column in gone],
                count=len(gone),
                columns=gone,
            )
        )
    return found


def unknown_answers(table: Table) -> list[Finding]:
    """Columns of categories in which "unknown" is a large share."""
    columns, many = columns_of(table), []
    for column in columns.all:
        if column.kind == "text" and not column.free_text and column.worded.any():
            share = column.counts[among(column.lower, words.UNKNOWN)].sum() / max(columns.count, 1)
            if share >= 0.2 and columns.count >= 20:
                many.append((share, column))
    if not many:
        return []
    many.sort(key=lambda item: -item[0])
    share, column = many[0]
    rest = f"; {words.named([c for _, c in many[1:]])} too" if len(many) > 1 else ""
    return [
        columns.finding(
            "unknown is a large group",
            f"In {words.named([column])} {share:.0%} of rows say that it is not known{rest}.",
            why="Shares of the known answers then speak for fewer people than they seem to.",
            usual="People show “not known” as a group of its own and give the number it leaves.",
            certainty="certain",
            rank=VALUES,
            places=spread(columns, column, column.rows(among(column.lower, words.UNKNOWN))),
            count=len(many),
            columns=[c for _, c in many],
        )
    ]
