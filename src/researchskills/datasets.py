"""Data that describe themselves.

Each folder in `datasets/` is a Frictionless data package: `datapackage.json` holds the codebook
(Table Schema) and what a teacher needs to know, the CSV files hold the records. Reading a package takes
only that JSON file and pandas, because frictionless itself is slow to import; it is loaded when
somebody asks for `validate`.

Packages are found from the course's own folder, so the same call works in a learner's workspace,
while building and while marking.
"""

import json
import zlib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from researchskills import paths
from researchskills._html import escape
from researchskills.errors import CourseError


def names() -> list[str]:
    """Names of the data packages that come with the course, in alphabetical order."""
    return sorted(path.parent.name for path in _home().glob("*/datapackage.json"))


def load(name: str, resource: str | None = None):
    """Read a data package into a typed data frame.

    Parameters
    ----------
    name : str
        Name of the package, as in `names()`.
    resource : str, optional
        Which of its tables; by default the first.

    Returns
    -------
    pandas.DataFrame
        One column for each field of the schema. Lists of allowed values become categories (ordered
        where the schema says so), whole numbers `Int64`, yes/no `boolean`, dates `datetime64`, and
        every missing-value code a missing value.

    Raises
    ------
    CourseError
        If there is no such package or table, or if the files are damaged.

    Examples
    --------
    >>> load("training_baseline").shape
    (240, 27)
    """
    from researchskills.tables import make_frames_readable

    make_frames_readable()
    table, path = _table(name, resource)
    if not path.exists():
        raise _damaged(name, f"the file {path.name} is missing")
    # Lessons load the same table in cell after cell.
    return _frame(name, path, path.stat().st_mtime_ns, json.dumps(table)).copy()


@lru_cache(maxsize=32)
def _frame(name: str, path: Path, changed: int, described: str):
    import pandas as pd

    table = json.loads(described)
    schema = table["schema"]
    try:
        raw = pd.read_csv(
            path,
            dtype=str,
            keep_default_na=False,
            skip_blank_lines=False,
            encoding=table.get("encoding", "utf-8"),
        )
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise _damaged(name, f"the file {path.name} cannot be read as a table ({str(error).strip()})") from error
    expected = [spec["name"] for spec in schema["fields"]]
    # Rows longer than the header would make pandas take the first column for row names.
    if list(raw.columns) != expected or not isinstance(raw.index, pd.RangeIndex):
        raise _damaged(name, f"the columns of {path.name} are not those in its description")
    codes = schema.get("missingValues", [""])
    columns = {}
    for spec in schema["fields"]:
        text, missing = raw[spec["name"]], raw[spec["name"]].isin(codes)
        column, bad = _typed(text, missing, spec)
        if bad.any():
            row = int(bad.to_numpy().argmax())
            held = f"holds “{text.iloc[row]}”" if pd.notna(text.iloc[row]) else "has nothing"
            raise _damaged(name, f"row {row + 2} of {path.name} {held} in the column {spec['name']}")
        columns[spec["name"]] = column
    return pd.DataFrame(columns)


def _typed(text, missing, spec: dict):
    """A column converted to the type of its field, and where the conversion failed."""
    import pandas as pd

    known = text.mask(missing)
    kind, rules = spec["type"], spec.get("constraints", {})
    if kind in {"integer", "year"}:
        whole = known.str.fullmatch(r"[+-]?\d+").fillna(False).astype(bool)
        return pd.to_numeric(known.where(whole)).astype("Int64"), ~missing & ~whole
    if kind == "number":
        column = pd.to_numeric(known, errors="coerce").astype(float)
    elif kind == "boolean":
        words = dict.fromkeys(spec.get("trueValues", ["true", "True", "TRUE", "1"]), True)
        words |= dict.fromkeys(spec.get("falseValues", ["false", "False", "FALSE", "0"]), False)
        column = known.map(words).astype("boolean")
    elif kind in {"date", "datetime"}:
        form = "%Y-%m-%d" if kind == "date" else "ISO8601"
        column = pd.to_datetime(known, format=form, errors="coerce")
    elif "enum" in rules:
        order = pd.CategoricalDtype(rules["enum"], ordered=spec.get("categoriesOrdered", False))
        inside = known.isin(rules["enum"])
        return known.where(inside).astype(order), ~missing & ~inside
    else:
        column = known
    return column, ~missing & column.isna()


def codebook(name: str, resource: str | None = None):
    """What each column of a table means.

    Parameters
    ----------
    name : str
        Name of the package.
    resource : str, optional
        Which of its tables; by default the first.

    Returns
    -------
    pandas.DataFrame
        One row for each field: field, title, description, type, unit, allowed values, missing codes.
        In a notebook it shows every word.
    """
    from researchskills.tables import ReadableTable

    table, _ = _table(name, resource)
    schema = table["schema"]
    rows = [
        {
            "field": spec["name"],
            "title": spec.get("title", ""),
            "description": spec.get("description", ""),
            "type": _kind(spec),
            "unit": spec.get("unit", ""),
            "allowed values": _allowed(spec),
            "missing codes": _missing(spec, schema),
        }
        for spec in schema["fields"]
    ]
    book = ReadableTable(rows)
    book.caption = f"Codebook of {table.get('title', table['name'])}"
    return book


def _kind(spec: dict) -> str:
    if "enum" in spec.get("constraints", {}) and spec["type"] == "string":
        return "ordered category" if spec.get("categoriesOrdered") else "category"
    words = {"integer": "whole number", "string": "text", "boolean": "yes or no"}
    return words.get(spec["type"], spec["type"])


def _allowed(spec: dict) -> str:
    rules, labels = spec.get("constraints", {}), spec.get("labels", {})
    if labels:
        return "; ".join(f"{value} = {label}" for value, label in labels.items())
    if spec["type"] == "boolean":
        words = [*spec.get("trueValues", ["true"]), *spec.get("falseValues", ["false"])]
        return "; ".join(word for word in words if rules.get("enum") != [True] or word in spec["trueValues"])
    if "enum" in rules:
        return "; ".join(map(str, rules["enum"]))
    if "minimum" in rules or "maximum" in rules:
        return f"{rules.get('minimum', '…')} to {rules.get('maximum', '…')}"
    return f"written as {rules['pattern']}" if "pattern" in rules else ""


def _missing(spec: dict, schema: dict) -> str:
    if spec.get("constraints", {}).get("required"):
        return "never missing"
    meaning = {**schema.get("missing_codes", {}), **spec.get("missing_codes", {})}
    return "; ".join(f"{code or 'blank'} = {words}" for code, words in meaning.items())


@dataclass(frozen=True)
class Description:
    """What a package is, for a person: readable in a notebook, in a terminal and in an exported page."""

    name: str
    title: str
    summary: str
    synthetic: bool
    unit_of_observation: str
    teaching_move: str
    designed_feature: str
    misconception: str
    must_not_claim: str
    licence: str
    tables: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)

    def _for_all(self) -> list[tuple[str, str]]:
        origin = "Synthetic: every record was invented." if self.synthetic else "Compiled from sources."
        return [
            ("Origin", origin),
            ("What one row is", self.unit_of_observation),
            ("What must not be claimed", self.must_not_claim),
            ("Tables", "; ".join(self.tables)),
            ("Licence", self.licence),
            ("Sources", "; ".join(self.sources)),
        ]

    def _for_teachers(self) -> list[tuple[str, str]]:
        return [
            ("What it teaches", self.teaching_move),
            ("What was built into it", self.designed_feature),
            ("Misconception to bring up", self.misconception),
        ]

    def __str__(self) -> str:
        lines = [f"{self.title} ({self.name})", self.summary]
        told = self._for_all() + self._for_teachers()
        return "\n".join(lines + [f"{label}: {words}" for label, words in told])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return (
            f'<section aria-label="About the data"><p><b>{escape(self.title)}</b> '
            f"(<code>{escape(self.name)}</code>)</p><p>{escape(self.summary)}</p>"
            f"{_definitions(self._for_all())}"
            # Folded, because it gives away what learners are about to find out.
            f"<details><summary>For those who teach with it</summary>{_definitions(self._for_teachers())}"
            "</details></section>"
        )


def _definitions(pairs: list[tuple[str, str]]) -> str:
    items = "".join(f"<dt><b>{label}</b></dt><dd>{escape(words)}</dd>" for label, words in pairs)
    return f"<dl>{items}</dl>"


def describe(name: str) -> Description:
    """What a data package is, what it teaches and what must not be claimed from it.

    Parameters
    ----------
    name : str
        Name of the package.
    """
    package = _package(name)
    about = {key: package.get(key, "not stated") for key in _TOLD}
    return Description(
        name=name,
        title=package.get("title", name),
        summary=package.get("description", ""),
        synthetic=package.get("synthetic", False),
        licence="; ".join(licence.get("title", licence["name"]) for licence in package.get("licenses", [])),
        tables=[f"{table['name']} ({table['path']})" for table in package["resources"]],
        sources=[source["title"] for source in package.get("sources", [])],
        **about,
    )


_TOLD = ["unit_of_observation", "teaching_move", "designed_feature", "misconception", "must_not_claim"]


def validate(name: str) -> list[str]:
    """Check a package's files against its description.

    Parameters
    ----------
    name : str
        Name of the package.

    Returns
    -------
    list of str
        One plain sentence for each fault, with file, row, field and value; empty when all is well.
    """
    package = _package(name)
    from frictionless import FrictionlessException, Package

    from researchskills.table_errors import sentence, sentences

    try:
        report = Package(str(_home() / name / "datapackage.json")).validate()
    except FrictionlessException as problem:
        found = problem.reasons or [problem.error]
        return [f"datapackage.json: {error.note}." for error in found]
    findings = [sentence(error.to_descriptor()) for error in report.errors]
    for task, table in zip(report.tasks, package["resources"], strict=True):
        fields = {spec["name"]: spec for spec in table["schema"]["fields"]}
        errors = [error.to_descriptor() for error in task.errors]
        findings += sentences(errors, fields, table["path"])
    return findings


def planted(name: str) -> dict:
    """What was planted in a package for learners to find: the key that is sealed beside the files.

    Parameters
    ----------
    name : str
        Name of the package.

    Returns
    -------
    dict
        As the package's generator wrote it. Row numbers count as in a spreadsheet: the header is row 1.

    Raises
    ------
    CourseError
        If there is no such package, if nothing was planted in it, or if the key is damaged.
    """
    from researchskills.bank import unseal

    _package(name)
    path = _home() / name / "planted.sealed"
    try:
        return unseal(name, path.read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        raise CourseError(f"Nothing was planted in the data package “{name}”.", exit_status=2) from None
    except (ValueError, zlib.error) as error:
        raise _damaged(name, "the key planted.sealed cannot be read") from error


def _home() -> Path:
    return paths.course_root() / "datasets"


def _package(name: str) -> dict:
    """The descriptor of a package, checked as far as reading needs it."""
    if name not in names():
        if (_home() / name).is_dir():
            raise _damaged(name, "its description, datapackage.json, is missing")
        raise CourseError(f"There is no data package “{name}”.{paths.suggestion(name, names())}", exit_status=2)
    try:
        package = json.loads((_home() / name / "datapackage.json").read_text(encoding="utf-8"))
        for table in package["resources"]:
            _ = table["name"], table["path"], [spec["type"] for spec in table["schema"]["fields"]]
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(name, "its description, datapackage.json, cannot be read") from error
    return package


def _table(name: str, resource: str | None) -> tuple[dict, Path]:
    """Description and path of one table of a package."""
    tables = {table["name"]: table for table in _package(name)["resources"]}
    if resource is not None and resource not in tables:
        hint = paths.suggestion(resource, list(tables))
        raise CourseError(f"The data package “{name}” has no table “{resource}”.{hint}", exit_status=2)
    table = tables[resource] if resource is not None else next(iter(tables.values()))
    return table, _home() / name / table["path"]


def _damaged(name: str, what: str) -> CourseError:
    return CourseError(
        f"The data package “{name}” is damaged: {what}. "
        "Your answers are untouched. A fresh copy of the course puts it right."
    )
