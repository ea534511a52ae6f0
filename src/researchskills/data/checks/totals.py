"""Sums and shares that must agree: numerator and denominator, percentages, totals."""

import re

import numpy as np

from researchskills.data.checks import words
from researchskills.data.checks.columns import Column, Columns, columns_of, spread
from researchskills.data.finding import STRUCTURE, VALUES, Finding
from researchskills.data.table import Table

_HIGHEST, _LOWEST = {"longest", "maximum", "max", "highest"}, {"shortest", "minimum", "min", "lowest"}
_SHARE = {"%", "percent", "percentage", "perc", "pct", "share", "proportion", "rate"}


def _stem(name: str, word: str) -> str:
    return re.sub(r"[\W_]+", " ", re.sub(word, " ", name, flags=re.IGNORECASE)).strip().casefold()


def _triples(columns: Columns) -> list[tuple[Column, Column, Column | None]]:
    """Columns named numerator and denominator (and outcome) of the same thing."""
    numbers = columns.of("number")
    bottoms = {_stem(c.name, "denominator|denom"): c for c in numbers if {"denominator", "denom"} & c.words}
    results = {
        _stem(c.name, "outcome|percentage|percent|rate|value|%"): c
        for c in numbers
        if {"outcome", "percentage", "percent", "rate", "value", "%"} & c.words
    }
    found = []
    for top in numbers:
        if {"numerator", "num"} & top.words:
            stem = _stem(top.name, "numerator|num")
            if stem in bottoms:
                found.append((top, bottoms[stem], results.get(stem)))
    return found


def parts_above_wholes(table: Table) -> list[Finding]:
    """A numerator above its denominator, and a rate that is not their quotient."""
    columns, found = columns_of(table), []
    above, off = [], []
    for top, bottom, result in _triples(columns):
        rows = np.flatnonzero(top.values > bottom.values)
        above += [(top, bottom, row) for row in rows]
        if result is None:
            continue
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = np.where(bottom.values > 0, top.values / bottom.values, np.nan)
            scale = result.values / ratio
        if np.isnan(scale).all():
            continue
        middle = float(np.nanmedian(scale[np.isfinite(scale)])) if np.isfinite(scale).any() else 0.0
        base = min((1, 100, 1000, 10_000, 100_000), key=lambda one: abs(np.log(max(middle, 1e-9) / one)))
        expected = ratio * base
        # The parts may be rounded to five, the result to as many places as it shows.
        places = max(
            (len(text.split(".")[1]) if "." in text else 0 for text in result.stripped[~np.isnan(result.plain)]),
            default=0,
        )
        step = 5.0 if _all_fives(top) or (columns.larger.any() and _all_fives(top, columns.larger)) else 0.0
        with np.errstate(invalid="ignore", divide="ignore"):
            slack = base * (step / 2 * (1 + ratio)) / bottom.values if step else 0.0
        allowed = 0.51 * 10.0 ** -min(places, 1) + slack + 0.002 * np.abs(expected)
        wrong = np.flatnonzero(np.abs(result.values - expected) > allowed)
        known = int((~np.isnan(expected) & ~np.isnan(result.values)).sum())
        if known >= 5 and len(wrong) <= 0.2 * known:
            off += [(result, row, expected[row]) for row in wrong]
    if above:
        places = [columns.place(top, row) for top, _, row in above]
        top, bottom, row = above[0]
        found.append(
            columns.finding(
                "part above the whole",
                f"In {words.count(len(above), 'row')} a numerator is above its denominator, as for "
                f"{columns.naming(row)}: "
                f"{words.number(top.values[row])} in {words.named([top])}, {words.number(bottom.values[row])} in "
                f"{words.named([bottom])}.",
                why="A share above 100 % is impossible, so one of the two counts something else.",
                usual="People ask how both were counted, and publish no share until it is clear.",
                certainty="certain",
                rank=VALUES,
                places=places,
                count=len(above),
                columns=[top, bottom],
            )
        )
    if off:
        result, row, expected = off[0]
        found.append(
            columns.finding(
                "shares that do not follow from their parts",
                f"In {words.count(len(off), 'row')} the result is not numerator by denominator, as for "
                f"{columns.naming(row)}: "
                f"{words.number(result.values[row])} in {words.named([result])} where the parts give "
                f"{words.number(expected)}.",
                why="One of the three figures is wrong, or the parts were rounded more than the result.",
                usual="People read the notes on rounding, and use the published result rather than their own.",
                certainty="likely",
                rank=VALUES,
                places=[columns.place(result, row) for result, row, _ in off],
                count=len(off),
                columns=list(dict.fromkeys(result for result, _, _ in off)),
            )
        )
    return found


def _all_fives(column: Column, which: np.ndarray | None = None) -> bool:
    values = column.values if which is None else column.values[which]
    values = values[~np.isnan(values)]
    return bool(len(values) and (values % 5 == 0).mean() > 0.95)


def percentages(table: Table) -> list[Finding]:
    """Percentages below 0 or above 100, and many units at exactly 100 or 0."""
    columns, found = columns_of(table), []
    shares = [column for column in columns.of("number") if _is_percentage(columns, column)]
    for column in shares:
        high, middle = np.nanquantile(column.values, [0.98, 0.5])
        top = 1.0 if np.nanmax(column.values) <= 1 or (high <= 1 and middle > 0.05) else 100.0
        signed = (
            column.words & {"change", "difference", "diff", "growth", "increase"}
            or (column.values < 0).sum() > 0.05 * column.number_count
        )
        if signed or (column.words & {"rate"} and np.nanmax(column.values) > 130):
            continue
        out = np.flatnonzero((column.values < 0) | (column.values > top + 1e-9))
        if len(out) and len(out) <= 0.1 * column.number_count:
            found.append(
                columns.finding(
                    "percentages outside 0 to 100",
                    f"{words.named([column])} holds {words.count(len(out), 'share')} outside 0 to {top:g}.",
                    why="A share of a whole cannot be more than all of it.",
                    usual="People check whether the parts and the whole were counted alike.",
                    certainty="likely" if top == 100 and column.words & (_SHARE - {"rate"}) else "possible",
                    rank=VALUES,
                    places=spread(columns, column, out),
                    count=len(out),
                    columns=[column],
                )
            )
        units = ~columns.larger & ~np.isnan(column.values)
        n = int(units.sum())
        for edge in (top, 0.0):
            at = np.flatnonzero(units & (column.values == edge))
            between = int((units & (column.values > 0) & (column.values < top)).sum())
            # Zero is an ordinary share of something rare; all is not.
            spike = len(at) >= 8 and 0.15 * n <= len(at) < 0.95 * n and between >= 10 and n >= 30
            beyond = np.abs(np.where(units, column.values, np.nan) - edge)
            near = int((beyond[~np.isnan(beyond)] <= 0.02 * top).sum()) - len(at)
            if spike and edge == top and len(at) > near / 2 and len(column.texts) > 10:
                found.append(
                    columns.finding(
                        "many units at exactly 100 %",
                        f"{len(at):,} of {n:,} rows have exactly {edge:g} in {words.named([column])}; the others "
                        "spread down to "
                        f"{words.number(float(np.nanmin(np.where(units, column.values, np.nan))))}.",
                        why=(
                            "So many perfect results suggest that a field is filled in by default or defined "
                            "differently."
                        ),
                        usual="People ask how the item is recorded before they rank anybody by it.",
                        certainty="likely",
                        rank=VALUES,
                        places=[columns.place(column, row) for row in at],
                        count=len(at),
                        columns=[column],
                    )
                )
    return found


def _is_percentage(columns: Columns, column: Column) -> bool:
    if column.number_count < 5:
        return False
    if column.words & _SHARE and not column.words & {"per", "000", "100000", "1000", "population"}:
        return True
    if any("%" in text for text in column.stripped[~np.isnan(column.plain)][:20]):
        return True
    if column.words & {"outcome", "value", "result"}:
        known = column.values[~np.isnan(column.values)]
        title = columns.table.title.casefold()
        said = "%" in title or "percent" in title or "proportion" in title
        return bool(said and len(known) and known.max() <= 130 and known.min() >= 0)
    return False


def hundred(table: Table) -> list[Finding]:
    """Shares side by side that add up to 100 in most rows, but not in all."""
    columns, found = columns_of(table), []
    for group in _runs(columns):
        total = np.sum([column.values for column in group], axis=0)
        known = ~np.isnan(total)
        if known.sum() < 8:
            continue
        for whole, slack in ((100.0, 0.11 * len(group)), (1.0, 0.0011 * len(group))):
            fits = np.abs(total - whole) <= slack
            if fits[known].mean() >= 0.7:
                rows = np.flatnonzero(known & (np.abs(total - whole) > 3 * slack))
                if len(rows):
                    found.append(
                        columns.finding(
                            "shares that do not add up",
                            f"In {words.count(len(rows), 'row')} of {int(known.sum()):,} the shares in "
                            f"{words.named(group)} do not "
                            f"add up to {whole:g}, as for {columns.naming(rows[0])}: {words.number(total[rows[0]])}.",
                            why="A group is missing, counted twice or mistyped.",
                            usual="People add up the counts behind the shares.",
                            certainty="likely",
                            rank=VALUES,
                            places=[columns.place(group[0], row) for row in rows],
                            count=len(rows),
                            columns=group,
                        )
                    )
                break
    return found


def _runs(columns: Columns) -> list[list[Column]]:
    """Runs of at least three neighbouring columns of shares whose rows add up to about 1 or 100."""
    runs, run = [], []
    for column in columns.all:
        known = column.values[~np.isnan(column.values)] if column.kind == "number" else np.zeros(0)
        if len(known) >= 5 and known.min() >= 0 and known.max() <= 100.5 and not column.identifies:
            run.append(column)
        else:
            runs, run = runs + [run], []
    runs.append(run)
    found = []
    for run in runs:
        shares = [column for column in run if column.words & _SHARE]
        start = 0
        while len(shares) - start >= 3 and len(shares) <= 40:
            for end in range(len(shares), start + 2, -1):
                group = shares[start:end]
                total = np.sum([column.values for column in group], axis=0)
                total = total[~np.isnan(total)]
                if len(total) >= 8 and (
                    (np.abs(total - 100) < 0.5).mean() >= 0.7 or (np.abs(total - 1) < 0.005).mean() >= 0.7
                ):
                    found.append(group)
                    start = end
                    break
            else:
                start += 1
    return found


def sums(table: Table) -> list[Finding]:
    """A total row or column that is not the sum of its parts."""
    columns = columns_of(table)
    return _total_rows(columns) + _total_columns(columns)


def _total_rows(columns: Columns) -> list[Finding]:
    table, found, wrong = columns.table, [], []
    if not len(table.totals):
        return []
    for position in range(len(table.totals)):
        label = " ".join(
            str(value) for value in table.totals.iloc[position] if not re.search(r"\d", str(value))
        ).casefold()
        if re.search(r"average|mean|median|%|rate", label):
            continue
        for column in columns.of("number"):
            text = str(table.totals[column.name].iat[position]).strip().replace(",", "")
            if not re.fullmatch(r"[-+]?\d+(?:\.\d+)?", text) or not _adds_up(column):
                continue
            # With subtotals between, each adds up the rows since the one before.
            above = table.rows < table.total_rows[position]
            earlier = list(table.total_rows[:position])
            since = above & (table.rows > max(earlier, default=0))
            known = ~np.isnan(column.values)
            parts = [above, since, ~above, *_of_its_group(columns, position)]
            sums_ = {float(column.values[known & part].sum()) for part in parts if (known & part).any()}
            stated = float(text)
            if (
                sums_
                and min(abs(stated - one) for one in sums_) > 0.5 + 1e-6 * abs(stated)
                and column.number_count >= 2
            ):
                wrong.append((column, position, stated, min(sums_, key=lambda one: abs(stated - one))))
    # Hidden cells explain a total above the sum of what is shown.
    wrong = [item for item in wrong if not (item[0].missing_rows.any() and item[2] >= item[3])]
    # A row of averages or rates is no sum: it misses by far in every column.
    wrong = [item for item in wrong if item[3] and 0.5 < item[2] / item[3] < 2]
    for column, position, stated, added in wrong[:3]:
        rounded = "; hidden or rounded cells may explain it" if column.missing_rows.any() else ""
        found.append(
            columns.finding(
                "totals that do not add up",
                f"The total row says {words.number(stated)} in {words.named([column])}; the rows add up to "
                f"{words.number(added)}"
                f"{rounded}.",
                why="Either a row is missing or the total is of another day.",
                usual="People find out which of the two is right before they quote either.",
                certainty="possible" if rounded else "likely",
                rank=STRUCTURE,
                places=[_total_place(columns, column, position)],
                count=1,
                columns=[column],
            )
        )
    return found


def _of_its_group(columns: Columns, position: int):
    """Rows that share a word with the total row: "Northmoor, all" adds up the rows of Northmoor."""
    for column in columns.of("text"):
        same = column.stripped == str(columns.table.totals[column.name].iat[position]).strip()
        if same.any():
            yield same[column.codes]


def _total_place(columns: Columns, column: Column, position: int):
    from researchskills.data.finding import Place

    table = columns.table
    return Place(
        table.sheet,
        int(table.total_rows[position]),
        column.name,
        str(table.totals[column.name].iat[position]),
        column.letter,
    )


def _adds_up(column: Column) -> bool:
    return not column.words & (
        _SHARE | {"average", "mean", "median", "score", "age", "year", "code", "outcome", "days"}
    )


def _total_columns(columns: Columns) -> list[Finding]:
    found = []
    numbers = [column for column in columns.of("number") if _adds_up(column)]
    for index, total in enumerate(numbers):
        if not total.words & {"total", "all", "sum", "overall", "volume"} and index:
            continue
        for parts in _parts(numbers, index):
            with np.errstate(invalid="ignore"):
                added = np.sum([column.values for column in parts], axis=0)
            both = ~np.isnan(added) & ~np.isnan(total.values)
            if both.sum() < 8:
                continue
            fits = np.abs(added - total.values) <= 0.5
            if fits[both].mean() < 0.7:
                continue
            rows = np.flatnonzero(both & ~fits)
            if len(rows):
                found.append(
                    columns.finding(
                        "totals that do not add up",
                        f"In {words.count(len(rows), 'row')} of {int(both.sum()):,} {words.named([total])} is not "
                        "the sum of "
                        f"{words.named(parts, 2)}, as for {columns.naming(rows[0])}: "
                        f"{words.number(total.values[rows[0]])}, "
                        f"and the parts give {words.number(added[rows[0]])}.",
                        why="Part of what is counted in the total is missing in the parts, or the other way round.",
                        usual="People go back to the records behind both.",
                        certainty="likely",
                        rank=VALUES,
                        places=[columns.place(total, row) for row in rows],
                        count=len(rows),
                        columns=[total, *parts],
                    )
                )
            break
    return found


def _parts(numbers: list[Column], index: int):
    """Runs of at least two columns right before or after a total that could be its parts."""
    after, before = numbers[index + 1 :], numbers[:index]
    for length in range(min(len(after), 12), 1, -1):
        for start in range(0, min(len(after) - length, 3) + 1):
            yield after[start : start + length]
    for length in range(min(len(before), 12), 1, -1):
        yield before[-length:]


def middles_and_extremes(table: Table) -> list[Finding]:
    """A median or mean above the longest, or below the shortest."""
    columns, found = columns_of(table), []
    middles = [c for c in columns.of("number") if c.words & {"median", "mean", "average"}]
    for middle in middles:
        own = middle.words - {"median", "mean", "average"}
        extremes = [
            column
            for column in columns.of("number")
            if column.words & (_HIGHEST | _LOWEST)
            and len(own & column.words) >= max(1, 0.6 * len(own))
            and {word for word in own ^ column.words if word.isdigit()} == set()
        ]
        # The one that is named most alike: "median wait for start" goes with "longest wait for start".
        for extreme in sorted(extremes, key=lambda column: -len(own & column.words))[:1]:
            high = extreme.words & _HIGHEST
            rows = np.flatnonzero(middle.values > extreme.values if high else middle.values < extreme.values)
            if 0 < len(rows) <= 0.1 * middle.number_count:
                found.append(
                    columns.finding(
                        "middle beyond the extreme",
                        f"In {words.count(len(rows), 'row')} {words.named([middle])} is {'above' if high else 'below'} "
                        f"{words.named([extreme])}, as for {columns.naming(rows[0])}.",
                        why="No average can lie outside its own data.",
                        usual="People ask which of the two was mistyped.",
                        certainty="likely",
                        rank=VALUES,
                        places=[columns.place(middle, row) for row in rows],
                        count=len(rows),
                        columns=[middle, extreme],
                    )
                )
    return found


def larger_areas(table: Table) -> list[Finding]:
    """Rows for England, regions or totals among rows for councils, teams or wards."""
    columns = columns_of(table)
    rows = np.flatnonzero(columns.larger)
    if not len(rows) or columns.count < 8:
        return []
    label = max(
        (column for column in columns.all[:4] if np.isin(column.lower[column.codes[rows[0]]], words.LARGER_AREAS)),
        key=lambda column: sum(len(column.stripped[column.codes[row]]) for row in rows),
    )
    names = dict.fromkeys(label.stripped[label.codes[row]] for row in rows)
    shown = words.listed([f"“{name}”" for name in names if name], 3, "name")
    return [
        columns.finding(
            "larger areas among the rows",
            f"{words.count(len(rows), 'row')} {'stands' if len(rows) == 1 else 'stand'} for a larger area or a "
            "total, not for one "
            f"unit: {shown}.",
            why="Adding up or averaging the column counts the same people twice.",
            usual="People set them apart before they analyse and use them only to compare.",
            certainty="likely",
            rank=STRUCTURE,
            places=[columns.place(label, row) for row in rows],
            count=len(rows),
            columns=[label],
        )
    ]
