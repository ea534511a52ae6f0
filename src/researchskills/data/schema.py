"""A Table Schema for a file: proposed from what is seen, or checked against.

A proposal is a draft. It writes down what the columns look like today, so that the person who knows the service can
correct it, save it, and have next month's file checked against it. It never holds an identifying value: no examples,
and no list of allowed values for a column that could point to a person.

Checking against a schema is done by frictionless, which reads every cell as text, so nothing is coerced away before
it is looked at; `researchskills.table_errors` turns what it finds into sentences.
"""

import json
import re
from pathlib import Path

import numpy as np

from researchskills import table_errors
from researchskills.data.checks import words
from researchskills.data.checks.columns import Column, Columns, columns_of, spread
from researchskills.data.checks.missing import stand_ins
from researchskills.data.finding import MOST_PLACES, STRUCTURE, VALUES, Finding, Place
from researchskills.data.table import Table
from researchskills.errors import CourseError

#: A column of more different words than this gets no list of allowed values.
MOST_VALUES = 25
#: A word must occur so often to be put on a list; a rarer one could point to one person.
SELDOM = 5
#: A column is given a type that so many of its filled cells fit; the others are then reported.
_NEARLY_ALL = 0.95
_BARE = re.compile(r"[-+]?(?:0|[1-9]\d*)?(?:\.\d+)?(?:[eE][-+]?\d+)?")
_TRUE_FALSE = [({"yes", "no"}, ["yes"], ["no"]), ({"true", "false"}, ["true"], ["false"]), ({"y", "n"}, ["y"], ["n"])]
_WHY = "The file is not as it was agreed, so a program that relies on the agreement goes wrong."
_USUAL = "People correct the file at its source, or the description where the agreement has changed."


def propose(table: Table) -> dict:
    """A Table Schema that fits the table as it is.

    Parameters
    ----------
    table : Table
        As read from a file.

    Returns
    -------
    dict
        A Table Schema descriptor (Frictionless Data, Table Schema 1): `fields` with name, title, type, constraints as
        seen and missing-value codes; `missingValues`. No value of a column that could identify somebody is in it.
    """
    columns = columns_of(table)
    missing = {""}
    for column in columns.all:
        coded = column.coded | (column.lettered if column.kind == "number" else False)
        if column.kind in ("number", "date", "month"):
            coded = coded | column.worded
        missing |= set(column.stripped[coded])
    # A 99 for "not known" must not widen the limits; as a code for missing it would hide true 99s elsewhere.
    stands: dict[str, set[float]] = {}
    for finding in stand_ins(table):
        for place in finding.places:
            if re.fullmatch(r"-?\d+", place.value):
                stands.setdefault(place.column, set()).add(float(place.value))
    return {
        "fields": [_field(columns, column, stands) for column in columns.all],
        "missingValues": sorted(missing, key=lambda code: (code != "", code)),
    }


def _field(columns: Columns, column: Column, stands: dict[str, set[float]]) -> dict:
    personal = column.name in columns.personal
    field = {
        "name": column.name,
        "title": column.name.replace("_", " "),
        "type": "string",
        "description": "Identifying: say who may see it and why it is needed." if personal else "",
    }
    rules: dict = {}
    if column.kind == "number" and not personal:
        numbers = ~np.isnan(column.plain)
        bare = np.array([bool(_BARE.fullmatch(text)) for text in column.stripped], dtype=bool) & numbers
        if column.counts[bare].sum() >= _NEARLY_ALL * column.counts[column._known & ~column.lettered].sum():
            text = column.stripped[bare]
            whole = not any("." in one or "e" in one.casefold() for one in text)
            field["type"] = "integer" if whole else "number"
            kept = column.plain[bare & ~np.isin(column.plain, list(stands.get(column.name, ())))]
            if not column.identifies and len(kept):
                rules |= {"minimum": _plain(kept.min(), whole), "maximum": _plain(kept.max(), whole)}
    elif column.kind == "date" and not personal:
        form = _date_format(column)
        if form:
            field["type"] = "date"
            if form != "default":
                field["format"] = form
    elif column.kind == "text" and not personal and not column.free_text:
        answers = set(column.texts[~column.blank & ~column.coded])
        for both, true, false in _TRUE_FALSE:
            if answers == both:
                field |= {"type": "boolean", "trueValues": true, "falseValues": false}
        if field["type"] == "string" and _listable(column):
            rules["enum"] = sorted(answers - {str(int(one)) for one in stands.get(column.name, ())})
    if not column.missing_rows.any() and column.filled:
        rules["required"] = True
    if column.identifies and column.filled == columns.count and column.distinct_share == 1 and columns.count > 1:
        rules["unique"] = True
    if rules:
        field["constraints"] = rules
    return {key: value for key, value in field.items() if value != ""}


def _plain(value: float, whole: bool):
    return int(value) if whole else float(value)


def _listable(column: Column) -> bool:
    """Whether the different words may be listed: few, each used often enough, none of them telling."""
    from researchskills import privacy

    used = column.counts[column._known]
    texts = column.stripped[column._known]
    return (
        column.categorical
        and 2 <= len(used) <= MOST_VALUES
        and used.min() >= SELDOM
        and not column.identifies
        and not any(privacy.find(text) for text in texts)
        and max(map(len, texts)) <= 80
    )


_DATE_FORMATS = [
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%d-%m-%Y",
    "%d.%m.%Y",
    "%m/%d/%Y",
    "%d/%m/%y",
    "%d %b %Y",
    "%d-%b-%Y",
    "%d %B %Y",
    "%d-%b-%y",
    "%Y/%m/%d",
]


def _date_format(column: Column) -> str:
    """The format that reads all dates of the column, "default" for year-month-day, "" where none does."""
    known = column._known & (column.forms != "")
    texts, counts = column.texts[known], column.counts[known]
    order = _DATE_FORMATS[4:5] + _DATE_FORMATS if column.month_first else _DATE_FORMATS
    for form in order:
        fits = np.array([_reads(text, form) for text in texts], dtype=bool)
        if counts[fits].sum() >= _NEARLY_ALL * column.filled:
            return "default" if form == "%Y-%m-%d" else form
    return ""


def _reads(text: str, form: str) -> bool:
    from datetime import datetime

    try:
        datetime.strptime(text, form)
    except ValueError:
        return False
    return True


def load(source: dict | Path | str) -> dict:
    """A Table Schema that somebody saved or edited.

    Parameters
    ----------
    source : dict or path-like
        A Table Schema; a JSON file that holds one, by itself or in a data package of one table.

    Returns
    -------
    dict
        The descriptor, known to be one that can be checked against.

    Raises
    ------
    CourseError
        If the file is missing, is not JSON or is no Table Schema.
    """
    schema, name = source, "the schema"
    if not isinstance(source, dict):
        path = Path(source).expanduser()
        schema, name = _from_file(path), path.name
    if isinstance(schema, dict) and isinstance(schema.get("resources"), list) and len(schema["resources"]) == 1:
        schema = schema["resources"][0]
    if isinstance(schema, dict) and isinstance(schema.get("schema"), dict):
        schema = schema["schema"]
    _sound(schema, name)
    return schema


def _from_file(path: Path):
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as problem:
        missing = isinstance(problem, FileNotFoundError)
        said = f"There is no schema file “{path}”" if missing else f"The schema file “{path.name}” cannot be opened"
        raise CourseError(
            f"{said}. Nothing was checked. Look at the name, or leave --schema out to have one proposed.", exit_status=2
        ) from None
    except (ValueError, RecursionError) as problem:
        where = f" (line {problem.lineno})" if isinstance(problem, json.JSONDecodeError) else ""
        raise CourseError(
            f"The schema file “{path.name}” cannot be read: it is not valid JSON{where}. Your data are untouched "
            "and nothing was checked. Mend that line, or have a new schema proposed.",
            exit_status=2,
        ) from problem


def _sound(schema, name: str = "the schema"):
    """The schema as frictionless understands it.

    Raises
    ------
    CourseError
        If it is no Table Schema.
    """
    from frictionless import FrictionlessException, Schema

    called = f"“{name}”" if name != "the schema" else name
    fields = schema.get("fields") if isinstance(schema, dict) else None
    named = isinstance(fields, list) and all(isinstance(f, dict) and isinstance(f.get("name"), str) for f in fields)
    if not named or not fields:
        raise CourseError(
            f"{called[0].upper() + called[1:]} is not a Table Schema: it needs a list “fields”, each with a "
            "“name”. Your data "
            "are untouched and nothing was checked. Have a schema proposed and start from that.",
            exit_status=2,
        )
    names = [field["name"] for field in fields]
    twice = next((one for one in names if names.count(one) > 1), None)
    if twice is not None:
        raise CourseError(
            f"{called[0].upper() + called[1:]} describes the column “{twice}” twice. Your data are untouched and "
            "nothing was "
            "checked. Take one of the two out.",
            exit_status=2,
        )
    at = ""
    try:
        sound = Schema.from_descriptor(schema)
        for field in sound.fields:
            # Limits of another type and patterns that are none show only when a cell is read.
            at = field.name
            read = field.create_cell_reader()
            for probe in ("", "1", "2026-02-28", "a"):
                read(probe)
            form = field.format or "default"
            timed = field.type in ("date", "datetime", "time") and "%" in form
            if timed and not (_example(form) != form and _reads(_example(form), form)):
                raise ValueError
        return sound
    except FrictionlessException as problem:
        reason = (problem.reasons or [problem.error])[0]
        raise CourseError(
            f"{called[0].upper() + called[1:]} is not a valid Table Schema ({reason.note.rstrip('.')}). Your data are "
            "untouched and nothing was checked. Mend that entry, or have a new schema proposed.",
            exit_status=2,
        ) from problem
    except (ValueError, TypeError, re.error) as problem:
        raise CourseError(
            f"{called[0].upper() + called[1:]} cannot be used: a format, a pattern or a limit of the column “{at}” "
            "does not fit its type. Your data are untouched and nothing was checked. Mend that entry, or have a new "
            "schema proposed.",
            exit_status=2,
        ) from problem
    except Exception as problem:  # frictionless lets errors of Python through where a descriptor has the wrong shape
        raise CourseError(
            f"{called[0].upper() + called[1:]} is not a valid Table Schema. Your data are untouched and nothing "
            "was checked. "
            "Have a schema proposed and start from that.",
            exit_status=2,
        ) from problem


def against(table: Table, schema: dict) -> list[Finding]:
    """Check a table against a Table Schema.

    Columns are matched by name, so their order does not matter. frictionless reads each *different* value of a column
    with the field's own reader; the verdict holds for every row with that value.

    Parameters
    ----------
    table : Table
        As read from a file; every cell is text.
    schema : dict
        A Table Schema descriptor.

    Returns
    -------
    list of Finding
        One for each kind of fault in each column, with the number of rows and up to five places. Empty when the
        table is as described.

    Raises
    ------
    CourseError
        If the schema is broken.
    """
    sound = _sound(schema)
    columns = columns_of(table)
    by_name = {column.name: column for column in columns.all}
    found = _labels(columns, [field["name"] for field in schema["fields"]])
    for descriptor, field in zip(schema["fields"], sound.fields, strict=True):
        if field.name in by_name:
            found += _cells(columns, by_name[field.name], descriptor, field)
    key = schema.get("primaryKey", [])
    found += _primary_key(columns, [key] if isinstance(key, str) else key, schema)
    return sorted(found, key=lambda finding: finding.rank)


def _labels(columns: Columns, expected: list[str]) -> list[Finding]:
    """Columns that are missing, and columns that the description does not know."""
    table, found = columns.table, []
    for name in expected:
        if name not in table.columns:
            words_ = table_errors.sentence({"type": "missing-label", "fieldName": name, "labels": table.columns})
            found.append(_fault(columns, "missing label", words_, [Place(table.sheet, None, name, "")], 1, STRUCTURE))
    for number, name in enumerate(table.columns, start=1):
        if name not in expected:
            error = {"type": "extra-label", "label": name, "fieldNumber": number, "labels": table.columns}
            found.append(
                _fault(
                    columns,
                    "extra label",
                    table_errors.sentence(error),
                    [table.place(None, name, "")],
                    1,
                    STRUCTURE,
                    name,
                )
            )
    return found


def _cells(columns: Columns, column: Column, descriptor: dict, field) -> list[Finding]:
    """Values of one column that are not of the agreed type or break a rule."""
    read = field.create_cell_reader()
    faults: dict[str, np.ndarray] = {}
    empty = np.zeros(len(column.texts), dtype=bool)
    for index, text in enumerate(column.texts):
        value, notes = read(text)
        empty[index] = value is None and not (notes or {}).get("type")
        for rule in notes or {}:
            faults.setdefault(rule, np.zeros(len(column.texts), dtype=bool))[index] = True
    if descriptor.get("constraints", {}).get("unique"):
        twice = ~empty & (column.counts > 1)
        if twice.any():
            faults["unique"] = twice
    found = []
    for rule, which in faults.items():
        kind = "type-error" if rule == "type" else "constraint-error"
        error = {"type": kind, "note": f'constraint "{rule}" is broken', "fieldName": column.name}
        rows = column.rows(which)
        number = words.count(len(rows), "row")
        reason = table_errors.sentence(error, {column.name: descriptor}).split(": ", 1)[1]
        if (
            rule == "type"
            and descriptor.get("format", "default") != "default"
            and descriptor["type"] in ("date", "datetime")
        ):
            reason = f"this should be a date written like {_example(descriptor['format'])}."
        # A long list of allowed values belongs in the schema, not in a sentence.
        reason = words.short(reason, 300)
        found.append(
            _fault(
                columns,
                kind.replace("-", " "),
                f"{number} of “{words.short(column.name)}”: {reason}",
                spread(columns, column, rows),
                len(rows),
                STRUCTURE if rule == "unique" else VALUES,
                column.name,
            )
        )
    return found


def _example(form: str) -> str:
    """A date in the agreed form; odd directives are left as they are."""
    from datetime import datetime

    return datetime(2026, 2, 28, 9, 30).strftime(form)


def _primary_key(columns: Columns, names: list[str], schema: dict) -> list[Finding]:
    """Rows whose primary key is empty or has been there before."""
    by_name = {column.name: column for column in columns.all}
    unique = [field["name"] for field in schema["fields"] if field.get("constraints", {}).get("unique")]
    if not names or any(name not in by_name for name in names) or names == unique[:1]:
        return []
    codes = np.column_stack([by_name[name].codes for name in names])
    _, first, group = np.unique(codes, axis=0, return_index=True, return_inverse=True)
    again = np.flatnonzero(first[group.ravel()] != np.arange(columns.count))
    empty = np.flatnonzero(np.all([by_name[name].blank[by_name[name].codes] for name in names], axis=0))
    found = []
    for rows, note in ((again, "it is the same as in an earlier row"), (empty, "it is empty")):
        if len(rows):
            reason = table_errors.sentence({"type": "primary-key", "note": note})
            found.append(
                _fault(
                    columns,
                    "primary key",
                    f"{words.count(len(rows), 'row')}: {reason}",
                    [columns.place(by_name[names[0]], row) for row in rows[:MOST_PLACES]],
                    len(rows),
                    STRUCTURE,
                    *names,
                )
            )
    return found


def _fault(
    columns: Columns, kind: str, sentence: str, places: list[Place], count: int, rank: int, *names: str
) -> Finding:
    return Finding(
        f"not as described: {kind}",
        sentence[0].upper() + sentence[1:],
        _WHY,
        _USUAL,
        "certain",
        tuple(places),
        count,
        rank,
        columns.table.name,
        names,
    )
