"""Dates: written in several ways, impossible, in the future, in the wrong order."""

import datetime

import numpy as np

from researchskills.data.checks import words
from researchskills.data.checks.columns import FORM_WORDS, Column, Columns, columns_of, spread
from researchskills.data.checks.missing import _filler_dates
from researchskills.data.finding import STRUCTURE, VALUES, Finding
from researchskills.data.table import Table

_PLANNED = {
    "due",
    "planned",
    "review",
    "next",
    "expiry",
    "expires",
    "end",
    "target",
    "appointment",
    "renewal",
    "deadline",
    "expected",
    "until",
    "scheduled",
}
_LATER = [
    "decided",
    "decision",
    "discharged",
    "discharge",
    "assessed",
    "completed",
    "closed",
    "ended",
    "end",
    "outcome",
    "finished",
    "left",
    "died",
    "death",
    "started",
    "start",
]
_EARLIER = [
    "received",
    "requested",
    "referred",
    "referral",
    "request",
    "ready",
    "admitted",
    "admission",
    "opened",
    "start",
    "started",
    "birth",
    "dob",
    "born",
    "begin",
]


def several_forms(table: Table) -> list[Finding]:
    """Dates written in several ways in the same column, American dates among British ones, Excel's day numbers."""
    columns, found = columns_of(table), []
    for column in columns.of("number"):
        if column.words & (set(_EARLIER) | set(_LATER) | {"date", "dob", "birth"}) and _day_numbers(column):
            found.append(_form(columns, column, "serial", column.number_count, "likely", ~np.isnan(column.plain)))
    for column in columns.of("date"):
        # A date that stands for "not known" is reported as such, not for its form.
        sound = ~_filler_dates(column)
        counts = {form: int(column.counts[sound & (column.forms == form)].sum()) for form in FORM_WORDS}
        main = max(counts, key=counts.get)
        for form, certainty in (("US", "likely"), ("serial", "certain")):
            if form != main and counts[form]:
                found.append(_form(columns, column, form, counts[form], certainty))
        first, second = column._parsed["first"].to_numpy(), column._parsed["second"].to_numpy()
        if main == "US":
            british = (column._forms == "day first") & (first > 12) & (second <= 12)
            count = int(column.counts[british].sum())
            if count:
                found.append(_form(columns, column, "day first", count, "likely", british))
        rest = {form: number for form, number in counts.items() if number and form not in ("US", "serial")}
        if main in rest and len(rest) > 1:
            listing = words.listed(
                [f"{FORM_WORDS[form]} {number:,}" for form, number in sorted(rest.items(), key=lambda item: -item[1])],
                4,
                "way",
            )
            other = sound & (column.forms != "") & (column.forms != main)
            found.append(
                columns.finding(
                    "dates in several forms",
                    f"{words.named([column])} writes dates in {len(rest)} ways: {listing}.",
                    why="A program reads one of the forms and drops or turns round the others.",
                    usual="People write all of them as year-month-day.",
                    certainty="certain",
                    rank=VALUES,
                    places=spread(columns, column, column.rows(other)),
                    count=int(column.counts[other].sum()),
                    columns=[column],
                )
            )
        short = np.array(
            [
                len(text.split()[0].replace(".", "/").replace("-", "/").split("/")[-1]) == 2 if text else False
                for text in column.stripped
            ]
        ) & np.isin(column.forms, ("day first", "US"))
        if 0 < column.counts[short].sum() < 0.5 * column.filled:
            count = int(column.counts[short].sum())
            found.append(
                columns.finding(
                    "years of two figures",
                    f"{words.named([column])} writes the year with two figures in {words.count(count, 'row')}.",
                    why="“30” may be 1930 or 2030, and programs do not agree on it.",
                    usual="People write out all four.",
                    certainty="certain",
                    rank=VALUES,
                    places=spread(columns, column, column.rows(short)),
                    count=count,
                    columns=[column],
                )
            )
    return found


def _day_numbers(column: Column) -> bool:
    """Whether a column holds nothing but the numbers that Excel gives to the days from 1927 to 2064."""
    known = column.values[~np.isnan(column.values)]
    return len(known) >= 3 and bool(((known >= 10_000) & (known <= 60_000) & (known % 1 == 0)).mean() > 0.95)


def _form(columns: Columns, column: Column, form: str, count: int, certainty: str, which=None) -> Finding:
    which = column.forms == form if which is None else which
    told = {
        "US": (
            "American dates among British ones",
            f"{words.named([column])} holds {words.count(count, 'date')} written month/day/year among "
            "day/month/year: the "
            "second figure is over 12.",
            "Others of the same origin with a day up to 12 look right and are not: 03/04 may be 4 March.",
            "People find out which system wrote them and turn round all dates of that system, not only those "
            "that show.",
        ),
        "day first": (
            "British dates among American ones",
            f"{words.named([column])} holds {words.count(count, 'date')} written day/month/year among month/day/year.",
            "Others of the same origin with a day up to 12 look right and are not: 03/04 may be 4 March.",
            "People find out which system wrote them and turn round all dates of that system.",
        ),
        "serial": (
            "Excel's day numbers among dates",
            f"{words.named([column])} holds {words.count(count, 'number')} "
            f"{'among its' if column.kind == 'date' else 'instead of'} dates: most likely the number that Excel gives "
            "to a day.",
            "Read as a number it is no date, and it falls out of every month.",
            "People turn it back into a date (days since 30 December 1899).",
        ),
    }[form]
    return columns.finding(
        told[0],
        told[1],
        why=told[2],
        usual=told[3],
        certainty=certainty,
        rank=STRUCTURE if form != "serial" else VALUES,
        places=spread(columns, column, column.rows(which)),
        count=count,
        columns=[column],
    )


def impossible(table: Table) -> list[Finding]:
    """Dates that no calendar has, dates in the future, dates far from all others, words among dates."""
    columns, found = columns_of(table), []
    today = np.datetime64(datetime.date.today())
    for column in columns.of("date"):
        filler = _filler_dates(column)
        none = (column.forms != "") & np.isnat(column.days) & ~filler
        if column.month_first:
            first, second = column._parsed["first"].to_numpy(), column._parsed["second"].to_numpy()
            none &= ~((first > 12) & (second <= 12))
        count = int(column.counts[none].sum())
        if count:
            found.append(
                columns.finding(
                    "impossible dates",
                    f"{words.named([column])} holds {words.count(count, 'date')} that no calendar has.",
                    why="Programs drop it or move it to another month.",
                    usual="People look it up at the source.",
                    certainty="certain",
                    rank=VALUES,
                    places=spread(columns, column, column.rows(none)),
                    count=count,
                    columns=[column],
                )
            )
        no_date = (column.forms == "") & column._known & ~filler
        count = int(column.counts[no_date].sum())
        if count:
            found.append(
                columns.finding(
                    "text among dates",
                    f"{words.named([column])}, otherwise dates, holds {words.count(count, 'other value')}.",
                    why="A program reads the whole column as text, or drops the row.",
                    usual="People look each one up and put a date or a code for missing in its place.",
                    certainty="certain",
                    rank=VALUES,
                    places=spread(columns, column, column.rows(no_date)),
                    count=count,
                    columns=[column],
                )
            )
        known = ~np.isnat(column.days) & ~filler
        late = known & (column.days > today)
        count = int(column.counts[late].sum())
        if count and count <= 0.2 * column.filled and not column.words & _PLANNED:
            found.append(
                columns.finding(
                    "dates in the future",
                    f"{words.named([column])} holds {words.count(count, 'date')} in the future.",
                    why="It has not happened yet: the year or the month is a slip.",
                    usual="People look it up at the source.",
                    certainty="likely",
                    rank=VALUES,
                    places=spread(columns, column, column.rows(late)),
                    count=count,
                    columns=[column],
                )
            )
        found += _far(columns, column, known & ~late)
    return found


def _far(columns: Columns, column: Column, known: np.ndarray) -> list[Finding]:
    rows = np.flatnonzero(known[column.codes])
    if len(rows) < 20:
        return []
    days = column.dates[rows].astype(int)
    low, middle, high = np.quantile(days, [0.02, 0.5, 0.98])
    reach = 2 * max(high - low, 365)
    far = rows[(days < middle - reach) | (days > middle + reach)]
    if not len(far) or len(far) > 0.02 * len(rows):
        return []
    near = np.setdiff1d(column.dates[rows], column.dates[far])
    # The first and the last date of birth are those of two people.
    unit = "Y" if column.name in columns.personal else "D"
    first, last = near.min().astype(f"datetime64[{unit}]"), near.max().astype(f"datetime64[{unit}]")
    return [
        columns.finding(
            "dates far from the others",
            f"{words.named([column])} holds {words.count(len(far), 'date')} far from all others, which lie between "
            f"{first} and {last}.",
            why="A slip in the year puts a record outside the period that is counted.",
            usual="People look it up at the source.",
            certainty="likely",
            rank=VALUES,
            places=spread(columns, column, far),
            count=len(far),
            columns=[column],
        )
    ]


def wrong_order(table: Table) -> list[Finding]:
    """Something that ends before it begins: a decision before the request, a discharge before the admission."""
    columns, found = columns_of(table), []
    dates = [column for column in columns.of("date") if column.filled >= 10]
    for index, one in enumerate(dates):
        for other in dates[index + 1 :]:
            first, second = _in_order(one, other)
            both = ~(_filler_dates(first)[first.codes] | _filler_dates(second)[second.codes])
            both &= ~(np.isnat(first.dates) | np.isnat(second.dates))
            n = int(both.sum())
            if n < 10:
                continue
            bad = np.flatnonzero(both & (second.dates < first.dates))
            named = _named_order(one, other) is not None
            mixed = any({"US", "day first"} <= set(column.forms[column._known]) for column in (one, other))
            if not len(bad) or len(bad) > (0.25 if named else 0.03) * n:
                continue
            found.append(
                columns.finding(
                    "dates in the wrong order",
                    f"In {words.count(len(bad), 'row')} of {n:,} {words.named([second])} is before "
                    f"{words.named([first])}.",
                    why="A wait below zero is impossible, and it shortens the average.",
                    usual="People look at both dates at the source: often the day and the month changed places.",
                    # Where American dates hide among British ones, the order is only as sure as the reading of them.
                    certainty="certain" if named and not mixed else "likely",
                    rank=VALUES,
                    places=[columns.place(second, row) for row in bad],
                    count=len(bad),
                    columns=[first, second],
                )
            )
    return found


def _named_order(one: Column, other: Column):
    def rank(column):
        early = [word for word in _EARLIER if word in column.words]
        late = [word for word in _LATER if word in column.words]
        return 0 if early and not late else 1 if late and not early else None

    a, b = rank(one), rank(other)
    if a is None or b is None or a == b:
        return None
    return (one, other) if a < b else (other, one)


def _in_order(one: Column, other: Column) -> tuple[Column, Column]:
    """The two columns, the one that comes first in time before the other."""
    named = _named_order(one, other)
    if named:
        return named
    with np.errstate(invalid="ignore"):
        gap = (other.dates - one.dates).astype(float)
    gap = gap[~(np.isnat(one.dates) | np.isnat(other.dates))]
    return (one, other) if len(gap) == 0 or (gap >= 0).mean() >= 0.5 else (other, one)


def days_do_not_fit(table: Table) -> list[Finding]:
    """Waits and ages that differ from what the dates beside them give."""
    columns, found = columns_of(table), []
    dates = [column for column in columns.of("date") if column.filled >= 10]
    for column in columns.of("number"):
        if not column.words & {"days", "day", "wait", "waited", "los", "stay", "delay", "length", "duration", "weeks"}:
            continue
        best = None
        for one in dates:
            for other in dates:
                if one is other:
                    continue
                both = ~(np.isnat(one.dates) | np.isnat(other.dates) | np.isnan(column.values))
                both &= ~(_filler_dates(one)[one.codes] | _filler_dates(other)[other.codes])
                n = int(both.sum())
                if n < 20:
                    continue
                gap = (other.dates - one.dates).astype("timedelta64[D]").astype(float)
                fits = np.abs(gap - column.values) <= 1
                share = fits[both].mean()
                if share >= 0.7 and (best is None or share > best[0]):
                    best = (share, one, other, both & ~fits, n, gap)
        if best and best[3].any():
            _, one, other, bad, n, gap = best
            weeks = bad & (gap >= 7) & (np.abs(column.values - gap / 7) <= 0.75) & (column.values < 0.3 * gap)
            if weeks.sum() >= 5 and weeks.sum() >= 0.1 * bad.sum():
                found.append(_weeks(columns, column, weeks, one, other))
                bad = bad & ~weeks
            rows = np.flatnonzero(bad)
            if not len(rows):
                continue
            found.append(
                columns.finding(
                    "days that do not fit their dates",
                    f"In {words.count(len(rows), 'row')} of {n:,} {words.named([column])} is not the number of "
                    "days from "
                    f"{words.named([one])} to {words.named([other])}.",
                    why="One of the three is wrong: a day and month that changed places, or a number in weeks.",
                    usual="People work the number out anew from dates that they have checked.",
                    certainty="certain",
                    rank=VALUES,
                    places=[columns.place(column, row) for row in rows],
                    count=len(rows),
                    columns=[column, one, other],
                )
            )
    return found


def _weeks(columns: Columns, column: Column, weeks: np.ndarray, one: Column, other: Column) -> Finding:
    rows = np.flatnonzero(weeks)
    where, best = "", 0.0
    for group in columns.all:
        if group.categorical and group.words & {
            "team",
            "service",
            "source",
            "locality",
            "hospital",
            "site",
            "worker",
            "office",
        }:
            counts = np.bincount(group.codes[rows], minlength=len(group.texts))
            top = int(counts.argmax())
            share = counts[top] / group.counts[top]
            if counts[top] >= 0.8 * len(rows) and share > best:
                best = share
                where = (
                    f", {'all' if counts[top] == len(rows) else f'{counts[top]:,}'} of them where "
                    f"{words.named([group])} is "
                    f"“{columns.shown(group, group.stripped[top])}”"
                )
    return columns.finding(
        "weeks among days",
        f"In {words.count(len(rows), 'row')} {words.named([column])} is the number of weeks, not of days, from "
        f"{words.named([one])} to {words.named([other])}{where}.",
        why="These waits look seven times shorter than they were.",
        usual="People work the number out anew from the dates, with a logged rule, and tell the team.",
        certainty="likely",
        rank=STRUCTURE,
        places=[columns.place(column, row) for row in rows],
        count=len(rows),
        columns=[column, one, other],
    )
