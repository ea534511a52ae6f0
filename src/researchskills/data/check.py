"""Check a file: everything that a careful analyst would ask about, the most important first.

A file is read, each table is looked through by every check, and what was found is put in order. The report never says
that a file is clean: it says what it looked for. It never repeats a value that could identify somebody, whichever
check came across it. And the file is only ever read.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from researchskills._words import number_of
from researchskills.data.finding import GROUPS, IDENTIFIERS, Finding
from researchskills.data.masks import Masks, safe
from researchskills.data.reading import read_all
from researchskills.data.table import Table

_CERTAINTY = {"certain": 0, "likely": 1, "possible": 2}

#: What reading looks for, before the checks begin.
LAYOUT = (
    "header rows, title rows, notes and totals around a table; several tables on a sheet; blank, merged, hidden and "
    "repeated rows and columns; formulas; rows that are too long or too short; the encoding of a text file"
)


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
        # Silence of a check that broke off must not be taken for good news.
        broken = f" Some checks broke off and say nothing: {', '.join(self.not_run)}." if self.not_run else ""
        if not self.findings:
            return (
                f"In “{self.file}” ({what}) nothing was found. That does not show that the data are right: "
                f"this check looked for what is listed below, and for nothing else.{broken}"
            )
        groups = self.groups()
        sentence = f"In “{self.file}” ({what}) there {'is' if len(groups) == 1 else 'are'} " \
                   f"{number_of(len(groups), 'kind of thing', 'kinds of things')} to look at."
        private = sum(group.rank == IDENTIFIERS for group in groups)
        if private:
            sentence += f" {number_of(private, 'of them concerns', 'of them concern')} details that could identify " \
                        "a person."
        return sentence + broken

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
            "proposed_schema": self._shown_schema(),
        }

    def _shown_schema(self) -> dict:
        """The schema with names of people among the columns' names cut to initials."""
        fields = [
            {key: safe(value) if key in ("name", "title") else value for key, value in one.items()}
            for one in self.proposed_schema.get("fields", [])
        ]
        return {**self.proposed_schema, **({"fields": fields} if fields else {})}

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
    agreed = None
    if schema is not None:
        from researchskills.data import schema as schemas

        agreed = schemas.load(schema)
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
        say("Comparing with the schema", 0)
        findings += schemas.against(main, agreed)
        looked_for.append("what the schema says: names, order and kind of the columns, and the limits of their values")
    proposed = agreed or _proposed(main, not_run)
    say("Putting the findings in order", 1)
    masks = Masks(tables, findings)
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


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
