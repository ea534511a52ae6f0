"""Columns of numbers: what is not written as one, what cannot be, what is unlikely beside the others.

Unlikely values are found with the median and the median absolute deviation, which a wild value cannot pull towards
itself, on a logarithmic scale where the column is skewed (waits, costs and populations are). Iglewicz and Hoaglin
(1993, How to detect and handle outliers) call 3.5 such units unusual; we speak up at 7, since a file has many columns
and a false alarm costs trust.
"""

import re

import numpy as np

from researchskills.data.checks import words
from researchskills.data.checks.columns import Column, Columns, columns_of, spread
from researchskills.data.finding import STRUCTURE, TIDINESS, VALUES, Finding
from researchskills.data.table import Table

#: Robust units from the median beyond which a value is reported.
FAR = 7.0
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
        re.compile(r"[-+]?\d+,\d{1,2}"),
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
                or (form == "two numbers" and share > 0.3)
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
                places=[columns.place(column, column.rows(which)[0]) for column, which in other],
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


# What cannot be ------------------------------------------------------------------------------------------

_CHANGE = {
    "change",
    "difference",
    "diff",
    "net",
    "balance",
    "score",
    "z",
    "temperature",
    "effect",
    "gain",
    "variance",
    "deviation",
    "gap",
    "trend",
    "index",
    "log",
    "longitude",
    "latitude",
    "easting",
    "northing",
    "residual",
    "coefficient",
    "estimate",
    "growth",
    "adjustment",
    "profit",
    "surplus",
    "x",
    "y",
}
_COUNTED = {
    "number",
    "count",
    "n",
    "people",
    "referrals",
    "visits",
    "clients",
    "patients",
    "deaths",
    "beds",
    "days",
    "wait",
    "waits",
    "weeks",
    "hours",
    "minutes",
    "age",
    "los",
    "stay",
    "population",
    "numerator",
    "denominator",
    "total",
    "discharges",
    "admissions",
    "requests",
    "respondents",
    "cost",
    "delay",
    "delayed",
    "length",
    "duration",
    "users",
    "carers",
    "staff",
    "nurses",
    "doctors",
    "caseload",
    "volume",
}
_NOT_AGE = {"band", "group", "average", "mean", "median", "standardised", "population", "days", "code", "range"}


def impossible(table: Table) -> list[Finding]:
    """Numbers that cannot be: ages over 120, negative counts, more hours than a week has, months after December."""
    columns, found = columns_of(table), []
    for column in columns.of("number"):
        name, values = column.words, column.values
        if column.number_count < 3:
            continue
        if "age" in name and not name & _NOT_AGE:
            found += _outside(columns, column, (values < 0) | (values > 120), "an age below 0 or over 120")
        elif (name & _COUNTED and not name & _CHANGE and not {"%", "percent", "percentage"} & name) or _like_counts(
            column
        ):
            found += _outside(columns, column, values < 0, "a number below zero where something was counted or timed")
        if {"hours", "week"} <= name or {"hours", "weekly"} <= name:
            found += _outside(columns, column, values > 168, "more hours than a week has (168)")
        if "month" in name and np.nanmax(values) <= 100 and np.nanmedian(values) <= 12 and not name & {"months", "per"}:
            found += _outside(columns, column, (values < 1) | (values > 12), "a month that is not 1 to 12")
        if "year" in name and not name & {"per", "of"} and 1950 <= np.nanmedian(values) <= 2050:
            found += _outside(columns, column, (values < 1900) | (values > 2100), "a year outside 1900 to 2100")
    return found


def _like_counts(column: Column) -> bool:
    """Whole numbers, hardly any of them below zero, in a column whose name does not speak of a change."""
    if column.words & (_CHANGE | {"margin", "code", "rating", "points"}) or column.number_count < 50:
        return False
    known = column.values[~np.isnan(column.values)]
    below = (known < 0).mean()
    return (
        0 < below <= 0.02 and bool((known % 1 == 0).all()) and not np.isin(known[known < 0], (-1, -9, -99, -999)).all()
    )


def _outside(columns: Columns, column: Column, which: np.ndarray, what: str) -> list[Finding]:
    rows = np.flatnonzero(which & ~np.isnan(column.values) & ~np.isin(column.values, (-99, -999, -9, 999)))
    if not len(rows) or len(rows) > 0.2 * column.number_count:
        return []
    return [
        columns.finding(
            "impossible numbers",
            f"{words.named([column])} holds {what} in {words.count(len(rows), 'row')}.",
            why="It cannot be true, and it moves every average.",
            usual="People look the record up at the source; where that fails they read it as missing and log it.",
            certainty="certain",
            rank=VALUES,
            places=spread(columns, column, rows),
            count=len(rows),
            columns=[column],
        )
    ]


# What is unlikely ----------------------------------------------------------------------------------------


def robust_units(values: np.ndarray) -> np.ndarray:
    """Distance from the median in robust units, 0.6745 · |x − median| / MAD (Iglewicz and Hoaglin, 1993).

    Parameters
    ----------
    values : numpy.ndarray
        Numbers, may hold NaN, shape (n,). All above zero and skewed to the right: taken on a logarithmic scale.

    Returns
    -------
    numpy.ndarray
        Units, signed, shape (n,); all NaN where more than half of the values are the same.
    """
    known = values[~np.isnan(values)]
    if len(known) == 0:
        return np.full(len(values), np.nan)
    low, middle, high = np.quantile(known, [0.1, 0.5, 0.9])
    if (known > 0).all() and middle - low > 0 and (high - middle) > 1.3 * (middle - low):
        values = np.log(values)
    elif (known >= 0).all() and high - middle > 2 * max(middle - low, 0):
        # Waits and delays have zeros; one is added so that their logarithm exists.
        values = np.log1p(values)
    centre = np.nanmedian(values)
    spread_ = np.nanmedian(np.abs(values - centre))
    # Rounded values give a spread that is too small, so the quartiles have a say.
    quarters = np.subtract(*np.nanquantile(values, [0.75, 0.25])) / 2
    spread_ = max(spread_, quarters)
    if spread_ <= 0:
        return np.full(len(values), np.nan)
    return 0.6745 * (values - centre) / spread_


_SIZES = {
    "respondents",
    "numerator",
    "denominator",
    "population",
    "n",
    "base",
    "volume",
    "beds",
    "discharges",
    "days",
    "people",
    "residents",
    "staff",
    "doctors",
    "nurses",
    "count",
    "numbers",
}


def unlikely(table: Table) -> list[Finding]:
    """Numbers far from all others of their column."""
    columns, found = columns_of(table), []
    pairs = {margin.name for margin, _ in _margins(columns)}
    for column in columns.of("number"):
        if (
            column.number_count < 20
            or column.name in pairs
            or column.identifies
            or column.words & {"code", "year", "rank"}
            or len(column.texts) < 10
        ):
            continue
        # Sizes differ from place to place (the City of London is a council): only the extreme is worth a word.
        size = bool(column.words & _SIZES)
        values = np.where(
            columns.larger | np.isin(column.values, (-9, -99, -999, 999, 9999, 99999)) | (size & (column.values == 0)),
            np.nan,
            column.values,
        )
        units = robust_units(values)
        far = np.flatnonzero(np.abs(units) > FAR * (2 if size else 1))
        if not len(far) or len(far) > max(5, 0.01 * column.number_count):
            continue
        # The last of a long tail is no surprise: there must be a gap between the far values and the rest.
        inner = np.abs(np.delete(units, far))
        inner = inner[~np.isnan(inner)]
        if np.abs(units[far]).min() - inner.max() < 1.0:
            continue
        worst = far[np.argsort(-np.abs(units[far]))]
        more = f" and {words.count(len(far) - 1, 'other value')} as far out" if len(far) > 1 else ""
        usual_low, usual_high = np.nanquantile(np.delete(values, far), [0.05, 0.95])
        certainty = "likely" if np.abs(units[far]).max() > 2 * FAR * (2 if size else 1) else "possible"
        found.append(
            (
                column,
                worst,
                certainty,
                f"{words.named([column])} holds {_value(column, worst[0])} for {columns.naming(worst[0])}{more}, "
                f"while nine in ten values lie between {words.number(usual_low)} and {words.number(usual_high)}",
            )
        )
    # Many columns of the same thing (one for each year) get one finding.
    parts = [found] if len(found) > 3 else [[one] for one in found]
    return [
        columns.finding(
            "unlikely numbers",
            part[0][3]
            + (
                f"; {words.count(len(part) - 1, 'other column')} of this table also {_holds(len(part) - 1)} "
                "values far out."
                if len(part) > 1
                else "."
            ),
            why="A slip of the key or of the unit looks like this; so does a remarkable truth.",
            usual="People look the record up before they decide; they do not delete it for being far out.",
            certainty=part[0][2],
            rank=VALUES,
            places=[
                columns.place(column, row)
                for column, worst, *_ in part
                for row in (worst if len(part) == 1 else worst[:1])
            ],
            count=sum(len(worst) for _, worst, *_ in part),
            columns=[column for column, *_ in part],
        )
        for part in parts
        if part
    ]


def _holds(number: int) -> str:
    return "holds" if number == 1 else "hold"


def _value(column: Column, row: int) -> str:
    return f"“{column.stripped[column.codes[row]]}”"


def _margins(columns: Columns) -> list[tuple[Column, Column]]:
    """Columns of margins of error with the column that says how many people answered."""
    pairs = []
    for margin in columns.of("number"):
        if {"margin", "error"} <= margin.words or "moe" in margin.words:
            stem = re.sub(r"margin of error|moe", "", margin.name, flags=re.IGNORECASE).strip(" -_:").casefold()
            for size in columns.of("number"):
                if (
                    size is not margin
                    and size.words & {"respondents", "base", "sample", "n"}
                    and stem in size.name.casefold()
                ):
                    pairs.append((margin, size))
                    break
    return pairs


def margins_of_error(table: Table) -> list[Finding]:
    """Margins of error that do not fit the number of people who answered.

    A margin of error is 1.96 · SD / √n, so margin · √n is nearly the same for all who asked the same question.
    """
    columns, found = columns_of(table), []
    for margin, size in _margins(columns):
        with np.errstate(invalid="ignore", divide="ignore"):
            implied = margin.values * np.sqrt(size.values)
        implied = np.where(columns.larger | (margin.values <= 0), np.nan, implied)
        if (~np.isnan(implied)).sum() < 20:
            continue
        ratio = implied / np.nanmedian(implied)
        units = robust_units(np.log(implied))
        far = np.flatnonzero((np.abs(units) > FAR) & ((ratio > 2.5) | (ratio < 0.2)))
        for row in far[np.argsort(-np.abs(units[far]))][:3]:
            times = f"{ratio[row]:.1f} times" if ratio[row] > 1 else f"only {ratio[row]:.2f} times"
            found.append(
                columns.finding(
                    "margins of error that do not fit",
                    f"{columns.naming(row)} has {words.number(margin.values[row])} in {words.named([margin])} with "
                    f"{words.number(size.values[row])} people answering: {times} what others with as many answers "
                    "have.",
                    why=(
                        "The margin of error says how far a result can be trusted; a wrong one misleads about "
                        "that result only."
                    ),
                    usual="People ask the publisher, and leave the comparison with this one out until it is clear.",
                    certainty="likely",
                    rank=VALUES,
                    places=[columns.place(margin, row), columns.place(size, row)],
                    count=1,
                    columns=[margin, size],
                )
            )
    return found


def rounded(table: Table) -> list[Finding]:
    """Counts that are all rounded to five or ten."""
    columns, tens, fives = columns_of(table), [], []
    for column in columns.of("number"):
        known = column.values[~np.isnan(column.values)]
        if len(known) >= 40 and len(np.unique(known)) >= 15 and (known % 1 == 0).all() and not column.identifies:
            if (known % 10 == 0).mean() > 0.98:
                tens.append(column)
            elif (known % 5 == 0).mean() > 0.98:
                fives.append(column)
    return [
        columns.finding(
            "rounded counts",
            f"Nearly all numbers in {words.named(group)} are multiples of {base}: they were rounded.",
            why="Sums of rounded numbers miss the true sum, and small differences between them mean nothing.",
            usual="People say so in the note and do not work out shares from small rounded numbers.",
            certainty="likely",
            rank=TIDINESS,
            places=[columns.whole(column) for column in group],
            count=len(group),
            columns=group,
        )
        for base, group in ((10, tens), (5, fives))
        if group
    ]


_WHO_ENTERS = {
    "team",
    "site",
    "service",
    "source",
    "area",
    "locality",
    "office",
    "hospital",
    "provider",
    "organisation",
    "org",
    "clinic",
    "ward",
    "system",
    "worker",
    "agency",
    "district",
    "region",
    "trust",
    "council",
    "hub",
    "base",
}


def another_unit(table: Table) -> list[Finding]:
    """One team whose numbers are several times those of all others, as when weeks are entered as days."""
    columns, found = columns_of(table), []
    # Urgent cases are quicker than others, and should be; a team that is seven times quicker is another matter.
    groups = [
        column
        for column in columns.all
        if column.categorical and int(column._known.sum()) <= 60 and column.words & _WHO_ENTERS
    ]
    for column in columns.of("number"):
        if column.number_count < 60 or column.identifies or column.words & {"population", "code", "year"}:
            continue
        if not column.words & {
            "days",
            "wait",
            "waited",
            "weeks",
            "hours",
            "minutes",
            "delay",
            "duration",
            "time",
            "length",
            "los",
            "stay",
            "cost",
            "age",
            "mileage",
            "score",
        } or column.words & {"volume", "perc", "percent", "percentage", "%", "share", "beddays", "count", "number"}:
            continue
        best = None
        for group in groups:
            if group is column:
                continue
            order = np.argsort(group.codes, kind="stable")
            parts = np.split(column.values[order], np.cumsum(np.bincount(group.codes, minlength=len(group.texts)))[:-1])
            parts = [part[~np.isnan(part)] for part in parts]
            sized = [index for index, part in enumerate(parts) if len(part) >= 15 and group._known[index]]
            if len(sized) < 3:
                continue
            middle = np.array([np.median(parts[index]) for index in sized])
            if (middle <= 0).any():
                continue
            for place, index in enumerate(sized):
                others = np.delete(middle, place)
                ratio = middle[place] / np.median(others)
                alone = middle[place] < 0.5 * others.min() or middle[place] > 2 * others.max()
                if (
                    alone
                    and (ratio < 0.29 or ratio > 3.5)
                    and (best is None or abs(np.log(ratio)) > abs(np.log(best[0])))
                ):
                    best = (ratio, group, index, middle[place], float(np.median(others)))
        if best:
            ratio, group, index, own, usual = best
            rows = np.flatnonzero((group.codes == index) & ~np.isnan(column.values))
            guess = " (a week has 7 days)" if 5 <= max(ratio, 1 / ratio) <= 9.5 else ""
            found.append(
                columns.finding(
                    "one group in another unit",
                    f"In {words.named([column])} the middle value is {words.number(own)} where "
                    f"{words.named([group])} is "
                    f"“{columns.shown(group, group.stripped[index])}”, and about {words.number(usual)} "
                    f"elsewhere{guess}: "
                    "it may be in another unit.",
                    why="That group would look far quicker or slower than it is.",
                    usual=(
                        "People ask that group how it enters the item, and turn its values into the common unit "
                        "with a logged rule."
                    ),
                    certainty="likely" if guess else "possible",
                    rank=STRUCTURE,
                    places=[columns.place(column, row) for row in rows[:5]],
                    count=len(rows),
                    columns=[column, group],
                )
            )
    return found
