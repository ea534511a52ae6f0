"""Shares and their parts: numerator and denominator, percentages, shares that add up to a hundred."""

import numpy as np

from researchskills.data.checks import parts, words
from researchskills.data.checks.columns import Column, Columns, columns_of, spread
from researchskills.data.checks.parts import SHARE
from researchskills.data.finding import VALUES, Certainty, Finding
from researchskills.data.table import Table


def parts_above_wholes(table: Table) -> list[Finding]:
    """A numerator above its denominator, and a rate that is not their quotient."""
    columns, found = columns_of(table), []
    above, off = [], []
    for top, bottom, result in parts.triples(columns):
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
    for top, bottom, result, base in parts.quotients(columns):
        with np.errstate(invalid="ignore", divide="ignore"):
            expected = base * top.values / np.where(bottom.values > 0, bottom.values, np.nan)
        # Half a point in a hundred is a matter of rounding.
        off += [
            (result, row, expected[row]) for row in np.flatnonzero(np.abs(result.values - expected) > 0.0051 * base)
        ]
    if above:
        found.append(_above(columns, above, "a numerator is above its denominator", "certain"))
    for top, bottom, certainty in parts.nested(columns):
        rows = np.flatnonzero(top.values > bottom.values)
        found.append(_above(columns, [(top, bottom, row) for row in rows], "a part is above its whole", certainty))
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


def _above(columns: Columns, cells: list[tuple[Column, Column, int]], what: str, certainty: Certainty) -> Finding:
    top, bottom, row = cells[0]
    return columns.finding(
        "part above the whole",
        f"In {words.count(len(cells), 'row')} {what}, as for {columns.naming(row)}: "
        f"{words.number(top.values[row])} in {words.named([top])}, {words.number(bottom.values[row])} in "
        f"{words.named([bottom])}.",
        why="A share above 100 % is impossible, so one of the two counts something else.",
        usual="People ask how both were counted, and publish no share until it is clear.",
        certainty=certainty,
        rank=VALUES,
        places=[columns.place(top, row) for top, _, row in cells],
        count=len(cells),
        columns=[top, bottom],
    )


def _all_fives(column: Column, which: np.ndarray | None = None) -> bool:
    values = column.values if which is None else column.values[which]
    values = values[~np.isnan(values)]
    return bool(len(values) and (values % 5 == 0).mean() > 0.95)


def percentages(table: Table) -> list[Finding]:
    """Percentages below 0 or above 100, and many units at exactly 100 or 0."""
    columns, found = columns_of(table), []
    shares = [column for column in columns.of("number") if _is_percentage(columns, column)]
    for column in shares:
        found += _two_scales(columns, column)
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
                    certainty="likely" if top == 100 and column.words & (SHARE - {"rate"}) else "possible",
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


def _two_scales(columns: Columns, column: Column) -> list[Finding]:
    """Shares such as 0.65 in a column that writes the others as 65%."""
    signed = np.array([text.endswith("%") for text in column.stripped], dtype=bool)[column.codes]
    bare = ~signed & (column.values > 0) & (column.values <= 1)
    if not 0 < bare.sum() < 0.5 * signed.sum() or np.nanmedian(column.values[signed]) <= 1:
        return []
    rows = np.flatnonzero(bare)
    return [
        columns.finding(
            "shares on two scales",
            f"{words.named([column])} holds {words.count(len(rows), 'share')} from 0 to 1 among percentages.",
            why="0.65 is read as less than one per cent beside 65%.",
            usual="People turn them into per cent, after a look at the source.",
            certainty="likely",
            rank=VALUES,
            places=spread(columns, column, rows),
            count=len(rows),
            columns=[column],
        )
    ]


def _is_percentage(columns: Columns, column: Column) -> bool:
    if column.number_count < 5:
        return False
    if column.words & SHARE and not column.words & {"per", "000", "100000", "1000", "population"}:
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
        if (
            len(known) >= 5
            and np.quantile(known, 0.05) >= 0
            and np.quantile(known, 0.95) <= 100.5
            and not column.identifies
        ):
            run.append(column)
        else:
            runs, run = runs + [run], []
    runs.append(run)
    found = []
    for run in runs:
        shares = [column for column in run if column.words & SHARE]
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
