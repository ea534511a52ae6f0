"""The report on a file: as lines for the terminal, as a part of a notebook and as a page of its own.

The page needs no script and no network, can be printed, and can be followed by ear: headings in order, captions, row
and column headers. How sure the tool is stands there in words, never in colour alone.
"""

import json
from pathlib import Path

from researchskills import web_page
from researchskills._html import escape
from researchskills._words import number_of
from researchskills.data.check import FileReport, Group
from researchskills.data.finding import GROUPS, IDENTIFIERS
from researchskills.data.masks import safe
from researchskills.errors import CourseError
from researchskills.store import replace_file

#: So many findings of one kind are written out; the others are counted.
MOST_OF_A_KIND = 3
#: Tables that are listed one by one in the terminal.
MOST_TABLES = 12

_SURE = {"certain": "certain", "likely": "likely", "possible": "possible, look for yourself"}
_UNCHANGED = "The file was only read; nothing in it was changed."
_NO_PROMISE = (
    "No program can tell whether data are right. What is not listed here was not looked for; "
    "names and addresses in free text are found only in part."
)
_ADVICE = (
    "Before anything else: make sure that the file may be where it is, and take out or replace what the question does "
    "not need. Values are hidden in this report."
)


def page(report: FileReport) -> str:
    """A whole HTML page."""
    footer = f"<p>{escape(_UNCHANGED)} Its checksum (SHA-256) is {report.sha256}.</p>"
    return web_page.page(f"Check of {report.file}", _body(report, 2), footer, ("findings", "Go to the findings"))


def fragment(report: FileReport) -> str:
    """The same for a notebook, below its headings."""
    return f'<section aria-label="{escape(f"Check of {report.file}")}">{_body(report, 3)}<p>{_UNCHANGED}</p></section>'


def _body(report: FileReport, level: int) -> str:
    parts = [f"<p><strong>{escape(report.sentence)}</strong></p>"]
    samples = dict.fromkeys(table.sampled for table in report.tables if table.sampled)
    parts += [f"<p>{escape(sample)}</p>" for sample in samples]
    rank = None
    parts.append('<div id="findings">')
    for group in report.groups():
        if group.rank != rank:
            rank = group.rank
            parts.append(f"<h{level}>{escape(GROUPS[rank])}</h{level}>")
            if rank == IDENTIFIERS:
                parts.append(f"<p>{escape(_ADVICE)}</p>")
        parts.append(_article(report, group, level + 1))
    parts.append("</div>")
    if report.not_run:
        parts.append(f"<p>{escape(_broken_off(report))}</p>")
    parts.append(f"<h{level}>What was read</h{level}>{_tables(report)}")
    if report.without_table:
        names = ", ".join(f"“{safe(name)}”" for name in report.without_table[:20])
        parts.append(f"<p>Sheets without a table: {escape(names)}.</p>")
    looked = "".join(f"<li>{escape(words[:1].upper() + words[1:])}</li>" for words in report.looked_for)
    parts.append(f"<h{level}>What was looked for</h{level}><ul>{looked}</ul><p>{escape(_NO_PROMISE)}</p>\n")
    return "\n".join(parts)


def _article(report: FileReport, group: Group, level: int) -> str:
    several = len(report.tables) > 1
    said = [
        f"<p>{escape(_where(one, several))}{escape(one.sentence)}</p>{_places(one)}"
        for one in group.findings[:MOST_OF_A_KIND]
    ]
    return (
        f"<article><h{level}>{escape(_title(group.check))}</h{level}>{''.join(said)}"
        f"{''.join(f'<p>{escape(line)}</p>' for line in _further(group))}"
        f"<dl><dt>Why it matters:</dt><dd>{escape(group.why)}</dd>"
        f"<dt>What people usually do:</dt><dd>{escape(group.usual)}</dd>"
        f"<dt>How sure:</dt><dd>{_SURE[group.certainty]}</dd></dl></article>"
    )


def _broken_off(report: FileReport) -> str:
    return f"These checks broke off and say nothing: {', '.join(report.not_run)}."


def _title(check: str) -> str:
    return check[:1].upper() + check[1:]


def _where(finding, several: bool) -> str:
    return f"{finding.table}: " if several and finding.table else ""


def _further(group: Group) -> list[str]:
    rest = group.findings[MOST_OF_A_KIND:]
    if not rest:
        return []
    tables = list(dict.fromkeys(one.table for one in rest if one.table))
    names = ", ".join(tables[:4]) + (f" and {len(tables) - 4:,} more" if len(tables) > 4 else "")
    return [f"{number_of(len(rest), 'more finding')} of this kind" + (f", in {names}." if tables else ".")]


def _places(finding) -> str:
    if not finding.places:
        return ""
    heads = [("Sheet", any(place.sheet for place in finding.places)), ("Row", True), ("Column", True),
             ("Value", any(place.value for place in finding.places))]
    head = "".join(f'<th scope="col">{name}</th>' for name, shown in heads if shown)
    rows = []
    for place in finding.places:
        column = f"{place.column} ({place.letter})" if place.column and place.letter else place.column or place.letter
        cells = {"Sheet": place.sheet or "", "Row": "all" if place.row is None else f"{place.row:,}",
                 "Column": column or "all", "Value": place.value}
        shown = [cells[name] for name, used in heads if used]
        first = f'<th scope="row">{escape(shown[0])}</th>'
        rows.append(f"<tr>{first}{''.join(f'<td>{escape(text)}</td>' for text in shown[1:])}</tr>")
    more = finding.count > len(finding.places)
    caption = "Where, for example" if more else "Where"
    return (f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{''.join(rows)}</tbody></table>")


def _tables(report: FileReport) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(safe(table.name))}</th><td>{table.length:,}</td><td>{len(table.columns):,}</td>'
        f"<td>{', '.join(map(str, table.header_rows)) or 'none'}</td></tr>"
        for table in report.tables
    )
    return (
        '<table><caption>Tables found in the file</caption><thead><tr><th scope="col">Table</th>'
        '<th scope="col">Records</th><th scope="col">Columns</th><th scope="col">Header in row</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def lines(report: FileReport) -> list[str]:
    """The report as plain lines, for the terminal and for `print`."""
    several = len(report.tables) > 1
    said = [report.sentence]
    said += dict.fromkeys(table.sampled for table in report.tables if table.sampled)
    if report.not_run:
        said.append(_broken_off(report))
    rank = None
    for group in report.groups():
        if group.rank != rank:
            rank = group.rank
            said += ["", GROUPS[rank].upper()]
            if rank == IDENTIFIERS:
                said.append(_ADVICE)
        said.append(f"• {_title(group.check)} ({_SURE[group.certainty]})")
        for one in group.findings[:MOST_OF_A_KIND]:
            said.append(f"  {_where(one, several)}{one.sentence}")
            words = [place.words() for place in one.places[:2 if several else 3]]
            said += [f"    {word}" for word in words if word]
        said += [f"  {line}" for line in _further(group)]
        said += [f"  Why: {group.why}", f"  Usually: {group.usual}"]
    said += ["", "What was read"]
    for table in report.tables[:MOST_TABLES]:
        said.append(f"• {safe(table.name)}: {number_of(table.length, 'record')}, "
                    f"{number_of(len(table.columns), 'column')}")
    if len(report.tables) > MOST_TABLES:
        said.append(f"• and {len(report.tables) - MOST_TABLES:,} more tables")
    said += ["", "What was looked for", *(f"• {words[:1].upper() + words[1:]}" for words in report.looked_for)]
    return [*said, "", _NO_PROMISE, _UNCHANGED]


# Writing ----------------------------------------------------------------------------------------------

def may_write(target: Path, file: Path, schema: Path | None, *, ending: str) -> None:
    """Refuse a target that would overwrite the data, the schema in use or a file of another kind.

    Parameters
    ----------
    target : pathlib.Path
        Where the report (`.html`) or the proposed schema (`.json`) is to be written.
    file : pathlib.Path
        The file that is checked.
    schema : pathlib.Path or None
        The schema it is compared with.
    ending : str
        `.html` or `.json`.

    Raises
    ------
    CourseError
        With what to do instead. Nothing has been written.
    """
    target = target.expanduser()
    for other in filter(None, (file, schema)):
        other = other.expanduser()
        same = target.absolute() == other.absolute()
        if same or (target.exists() and other.exists() and target.samefile(other)):
            raise CourseError(f"“{target.name}” is the file that is read; it is not overwritten. Use another name.", 2)
    if target.suffix.lower() != ending:
        raise CourseError(f"“{target.name}” must end in {ending}. Nothing was written.", 2)
    if target.is_dir() or not target.absolute().parent.is_dir():
        raise CourseError(f"There is no folder for “{target}”, or it is a folder itself. Nothing was written.", 2)
    if target.exists() and not _is_ours(target, ending):
        raise CourseError(
            f"“{target.name}” is there already and was not written by this command, so it is left as it is. "
            "Choose another name.", 2,
        )


def _is_ours(target: Path, ending: str) -> bool:
    try:
        if ending == ".html":
            with target.open(encoding="utf-8") as file:
                return "<title>Check of " in file.read(2000)
        return "fields" in json.loads(target.read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        return False


def write(target: Path, content: str) -> None:
    """Write a report or a schema, whole or not at all."""
    try:
        replace_file(target.expanduser(), content.encode())
    except OSError as problem:
        raise CourseError(
            f"“{target.name}” could not be written ({problem.strerror}). The file that was checked is unchanged. "
            "Choose another folder."
        ) from None
