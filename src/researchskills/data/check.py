"""Check a file: everything that a careful analyst would ask about, the most important first.

A file is read, each table is looked through by every check, and what was found is put in order. The report never says
that a file is clean: it says what it looked for. It never repeats a value that could identify somebody, whichever
check came across it. And the file is only ever read.
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from researchskills import privacy
from researchskills.data.finding import GROUPS, IDENTIFIERS, Finding, Place, hidden
from researchskills.data.reading import read_all
from researchskills.data.structure import number_of
from researchskills.data.table import Table
from researchskills.errors import CourseError

_CERTAINTY = {"certain": 0, "likely": 1, "possible": 2}
_QUOTED = re.compile(r"“([^”]+)”")

#: What reading looks for, before the checks begin.
LAYOUT = (
    "header rows, title rows, notes and totals around a table; several tables on a sheet; blank, merged, hidden and "
    "repeated rows and columns; formulas; rows that are too long or too short; the encoding of a text file"
)

#: From this share of its cells on, a column that holds identifying details is hidden altogether.
MOSTLY = 0.2
#: In other columns a value that so many rows share is shown.
SHARED_BY = 5

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Group:
    """Findings of one kind, from one table or many.

    Attributes
    ----------
    check, why, usual, certainty, rank
        As in `Finding`; the certainty is the surest of them.
    findings : tuple of Finding
        The largest first.
    """

    check: str
    why: str
    usual: str
    certainty: str
    rank: int
    findings: tuple[Finding, ...]


@dataclass
class FileReport:
    """What was found in a file, and what was looked for.

    Attributes
    ----------
    file : str
        Name of the file, without its folder.
    sha256 : str
        Checksum of the file that was checked.
    tables : list of Table
        The tables in it, as text.
    findings : list of Finding
        The most important first; identifying values are masked.
    looked_for : list of str
        In words, one for each kind of check.
    proposed_schema : dict
        A Table Schema for the largest table, to be saved, edited and checked against next time.
    schema_table : str
        Name of the table to which the schema belongs.
    not_run : list of str
        Checks that broke off, if any.
    without_table : list of str
        Sheets that hold no table.
    against : bool
        Whether the file was compared with a schema that somebody wrote.
    """

    file: str
    sha256: str
    tables: list[Table]
    findings: list[Finding]
    looked_for: list[str]
    proposed_schema: dict = field(default_factory=dict)
    schema_table: str = ""
    not_run: list[str] = field(default_factory=list)
    without_table: list[str] = field(default_factory=list)
    against: bool = False

    @property
    def sentence(self) -> str:
        """The whole report in one or two sentences."""
        records = sum(table.length for table in self.tables)
        what = f"{number_of(len(self.tables), 'table')} with {number_of(records, 'record')}"
        if not self.findings:
            return (
                f"In “{self.file}” ({what}) nothing was found. That does not show that the data are right: "
                "this check looked for what is listed below, and for nothing else."
            )
        groups = self.groups()
        sentence = f"In “{self.file}” ({what}) there {'is' if len(groups) == 1 else 'are'} " \
                   f"{number_of(len(groups), 'kind of thing', 'kinds of things')} to look at."
        private = sum(group.rank == IDENTIFIERS for group in groups)
        if private:
            sentence += f" {number_of(private, 'of them concerns', 'of them concern')} details that could identify " \
                        "a person."
        return sentence

    def groups(self) -> list[Group]:
        """The findings, those of one kind together, in order of importance."""
        kinds: dict[tuple, list[Finding]] = {}
        for finding in self.findings:
            kinds.setdefault((finding.rank, finding.check, finding.why), []).append(finding)
        return [
            Group(check, why, same[0].usual, min((one.certainty for one in same), key=_CERTAINTY.get), rank,
                  tuple(same))
            for (rank, check, why), same in kinds.items()
        ]

    def as_dict(self) -> dict:
        """Everything for a program to read."""
        return {
            "file": self.file,
            "sha256": self.sha256,
            "sentence": self.sentence,
            "tables": [
                {
                    "name": safe(table.name), "sheet": safe(table.sheet) if table.sheet else None,
                    "region": table.region, "rows": table.length, "rows_checked": len(table.cells),
                    "columns": [safe(column) for column in table.columns], "header_rows": table.header_rows,
                    "title": safe(table.title), "sampled": table.sampled,
                }
                for table in self.tables
            ],
            "sheets_without_table": [safe(name) for name in self.without_table],
            "findings": [
                {
                    "rank": finding.rank, "group": GROUPS[finding.rank], "check": finding.check,
                    "sentence": finding.sentence, "why": finding.why, "usual": finding.usual,
                    "certainty": finding.certainty, "count": finding.count, "table": finding.table,
                    "columns": list(finding.columns),
                    "places": [vars(place) for place in finding.places],
                }
                for finding in self.findings
            ],
            "looked_for": self.looked_for,
            "not_run": self.not_run,
            "compared_with_schema": self.against,
            "schema_table": self.schema_table,
            "proposed_schema": self.proposed_schema,
        }

    def html(self) -> str:
        """The report as a page that needs nothing else."""
        from researchskills.data.report import page

        return page(self)

    def _repr_html_(self) -> str:
        from researchskills.data.report import fragment

        return fragment(self)

    def __repr__(self) -> str:
        from researchskills.data.report import lines

        return "\n".join(lines(self))


def check_file(path: Path | str, schema: dict | Path | str | None = None, *,
               progress: Progress | None = None) -> FileReport:
    """Look through a file and say what a careful analyst would ask about.

    Parameters
    ----------
    path : path-like
        csv, xlsx, xlsm, xlsb, xls or ods. It is only read.
    schema : dict or path-like, optional
        A Table Schema, or the file that holds one; the table is then compared with it too.
    progress : callable, optional
        Called with what is being done and how much of it is done, from 0 to 1.

    Returns
    -------
    FileReport
        Findings in order of importance, what was looked for, and a schema that can be saved and edited.

    Raises
    ------
    CourseError
        With one sentence, when the file or the schema cannot be used.
    """
    path = Path(path).expanduser()
    agreed = None if schema is None else read_schema(schema)
    say = progress or (lambda words, share: None)
    reading = read_all(path, progress=lambda done, whole: say("Reading the file", done / max(whole, 1)))
    tables = reading.tables
    findings = [note for table in tables for note in table.notes]
    checks = _checks()
    not_run: dict[str, str] = {}
    for number, table in enumerate(tables):
        for step, (_, words, function) in enumerate(checks):
            say("Looking through the table", (number + step / len(checks)) / len(tables))
            try:
                findings += function(table)
            except Exception as problem:
                # One check that stumbles over an odd file must not take the others with it; it is said in the report.
                not_run.setdefault(words, f"{words.rstrip('.')} ({type(problem).__name__})")
    main = _table_for(tables, agreed)
    looked_for = [LAYOUT, *(words.rstrip(".") for _, words, _ in checks)]
    if agreed is not None:
        from researchskills.data import schema as schemas

        say("Comparing with the schema", 0)
        findings += schemas.against(main, agreed)
        looked_for.append("what the schema says: names, order and kind of the columns, and the limits of their values")
    proposed = agreed or _proposed(main, not_run)
    say("Putting the findings in order", 1)
    masks = _Masks(tables, findings)
    findings = [masks.finding(one) for one in findings]
    findings.sort(key=lambda one: (one.rank, _CERTAINTY[one.certainty], -one.count))
    return FileReport(
        file=safe(path.name), sha256=_checksum(path), tables=tables, findings=findings, looked_for=looked_for,
        proposed_schema=masks.schema(main, proposed) if agreed is None else proposed, schema_table=safe(main.name),
        not_run=list(not_run.values()), without_table=reading.without_table, against=agreed is not None,
    )


def _checks() -> list[tuple]:
    from researchskills.data import checks

    return list(checks.ALL)


def _proposed(table: Table, not_run: dict) -> dict:
    from researchskills.data import schema

    try:
        return schema.propose(table)
    except Exception as problem:
        not_run["schema"] = f"a proposal for a schema ({type(problem).__name__})"
        return {}


def _table_for(tables: list[Table], schema: dict | None) -> Table:
    """The table a schema is about: the one that shares most of its names, else the largest."""
    names = {one.get("name") for one in (schema or {}).get("fields", [])}
    return max(tables, key=lambda one: (len(names & set(one.columns)), one.length * len(one.columns)))


def read_schema(source: dict | Path | str) -> dict:
    """A Table Schema from a file, or as given.

    Raises
    ------
    CourseError
        When it is not one.
    """
    if isinstance(source, dict):
        content, name = source, "The schema"
    else:
        path = Path(source).expanduser()
        name = f"“{path.name}”"
        try:
            content = json.loads(path.read_text(encoding="utf-8-sig"))
        except OSError:
            raise CourseError(
                f"The schema {name} cannot be opened. Nothing was checked. Look for its name and its folder.", 2
            ) from None
        except ValueError:
            raise CourseError(
                f"{name} is not a schema: it is no valid JSON. Nothing was checked. "
                "Leave --schema out and use --save-schema to get one to begin with.", 2,
            ) from None
    if isinstance(content, dict) and isinstance(content.get("schema"), dict):
        content = content["schema"]
    fields = content.get("fields") if isinstance(content, dict) else None
    if not isinstance(fields, list) or not fields or not all(
        isinstance(one, dict) and isinstance(one.get("name"), str) for one in fields
    ):
        raise CourseError(
            f"{name} is not a Table Schema: it needs a list “fields”, each with a name. Nothing was checked. "
            "Leave --schema out and use --save-schema to get one to begin with.", 2,
        )
    return content


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# Masks ------------------------------------------------------------------------------------------------

def safe(text: str) -> str:
    """A text with every detail masked that the privacy check knows."""
    for match in reversed(privacy.find(text)):
        text = f"{text[:match.start]}{match.masked}{text[match.end:]}"
    return text


class _Masks:
    """Hides what could identify somebody, whichever check quotes it.

    A column of names is recognised by one check; another may show the same name as an example of a repeated row. So the
    columns named by the first kind of finding are masked in all of them, and so is every quotation of their values.
    """

    def __init__(self, tables: list[Table], findings: list[Finding]):
        self.columns: dict[str, set[str]] = {}
        #: Values that are never shown, and common ones of free text that may be.
        self.values: set[str] = set()
        self.common: set[str] = set()
        found: dict[tuple[str, str], int] = {}
        for finding in findings:
            if finding.rank == IDENTIFIERS:
                names = {*finding.columns, *(place.column for place in finding.places if place.column)}
                self.columns.setdefault(finding.table, set()).update(names)
                for name in names:
                    found[finding.table, name] = max(found.get((finding.table, name), 0), finding.count)
        for table in tables:
            for name in self.columns.get(table.name, set()) & set(table.columns):
                counts = table.cells[name].str.strip().value_counts()
                # A detail in a few cells of free text does not make a secret of the words that many rows share.
                few = found[table.name, name] < MOSTLY * counts.drop("", errors="ignore").sum()
                common = set(counts.index[counts >= SHARED_BY]) if few else set()
                self.common |= {text for text in common if not privacy.find(text)}
                self.values.update(set(counts.index) - self.common)
        labels = {name for table in tables for name in (*table.columns, table.sheet or "", table.file)}
        self.values -= {"", *labels, *(text for text in self.values if len(text) < 2)}

    def finding(self, finding: Finding) -> Finding:
        """The finding without identifying values."""
        private = self.columns.get(finding.table, set())
        places = tuple(self._place(place, private, finding.rank == IDENTIFIERS) for place in finding.places)
        return replace(finding, sentence=self._text(finding.sentence), places=places,
                       table=safe(finding.table), columns=tuple(safe(name) for name in finding.columns))

    def _place(self, place: Place, private: set[str], masked_already: bool) -> Place:
        value = place.value.strip()
        secret = value in self.values or (place.column in private and not masked_already and value not in self.common)
        if secret and not value.startswith("hidden, "):
            value = hidden(value)
        return replace(place, value=safe(value), column=safe(place.column),
                       sheet=None if place.sheet is None else safe(place.sheet))

    def _text(self, text: str) -> str:
        def quoted(match: re.Match) -> str:
            return f"“{hidden(match[1])}”" if match[1].strip() in self.values else match[0]

        return safe(_QUOTED.sub(quoted, text))

    def schema(self, table: Table, schema: dict) -> dict:
        """A schema that shows no value of an identifying column."""
        private = self.columns.get(table.name, set())
        fields = []
        for one in schema.get("fields", []):
            one = dict(one)
            if one.get("name") in private:
                limits = one.get("constraints", {})
                kept = {key: limits[key] for key in ("required", "unique") if key in limits}
                one = {key: one[key] for key in ("name", "title", "type", "format") if key in one}
                one |= {"constraints": kept} if kept else {}
                one["description"] = "Could identify a person: agree who may see it, or take it out."
            fields.append(one)
        return {**schema, "fields": fields} if fields else schema


