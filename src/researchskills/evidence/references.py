"""Files of databases and reference managers: RIS and PubMed's .nbib read, RIS and csv written.

Every database exports RIS a little differently, and the libraries that read it are quiet about what they do not
understand: a mark at the beginning of the file, a record without its end line, and a hundred records become none.
So the lines are put into one form first, every record is counted by its first line (`TY` in RIS, `PMID` in .nbib),
and what was read is compared with that count. Where the two differ, and where something had to be mended, the
`Reading` says so and names the record and the line.

A file is recognised by what is in it, since names lie. It is only ever read.
"""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pandas as pd

from researchskills import saving
from researchskills._words import number_of
from researchskills.encodings import encoding_of, wide
from researchskills.errors import CourseError

#: Columns of the records, as `load("library")` has them.
COLUMNS = ["record", "title", "abstract", "authors", "year", "journal", "volume", "issue", "pages", "doi", "type",
           "design", "headings", "language", "country", "database"]
#: Larger files (in bytes) are refused: 50 MB hold some 15,000 records with abstracts.
LARGEST = 50_000_000
#: Places that one sentence names; the others are counted.
MOST_PLACES = 3

_UNCHANGED = "It has not been changed."
_EXPORT = "In the database or reference manager, export the records as RIS (PubMed: .nbib) and read that file."
#: Databases use the codes of ISO 639-2/B, which are the first three letters of the English name, but for a few.
_LANGUAGES = ("English", "French", "German", "Spanish", "Welsh", "Italian", "Portuguese", "Dutch", "Danish", "Swedish",
              "Norwegian", "Finnish", "Polish", "Chinese", "Russian", "Turkish", "Greek", "Hungarian", "Korean")
_OTHER_CODES = {"jpn": "Japanese", "gle": "Irish", "gla": "Scottish Gaelic", "cym": "Welsh", "deu": "German",
                "fra": "French", "en": "English", "fr": "French", "de": "German", "es": "Spanish", "cy": "Welsh"}
#: Endings of organisations that look like a person's initials.
_NOT_INITIALS = {"UK", "NI", "EU", "US", "USA", "GB", "UN", "NHS"}
#: Kinds of RIS record for the types of the course's library; everything else is written as an article.
_KINDS = {"policy": "GOVDOC", "guidance": "RPRT", "grey literature": "RPRT"}
_LABELS = {"design": "Design", "country": "Country"}


@dataclass
class Reading:
    """What was read from a file.

    Attributes
    ----------
    records : pandas.DataFrame
        One row a record, with `COLUMNS`: text, and `year` as whole number; what the file does not have is missing.
    announced : int
        Records the file begins, counted by their first lines.
    form : {"RIS", "PubMed"}
        How the file is written.
    name : str
        Name of the file.
    lost : list of str
        What could not be read, each with its place.
    mended : list of str
        What was read although the file is not quite right there, each with its place.
    """

    records: pd.DataFrame
    announced: int
    form: str
    name: str
    lost: list[str] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether every record that the file announces was read."""
        return len(self.records) == self.announced and not self.lost

    @property
    def sentence(self) -> str:
        """How many records were read, and which not."""
        read = len(self.records)
        told = (f"“{self.name}” ({self.form}): {read:,} of {number_of(self.announced, 'record')} "
                f"{'was' if read == 1 else 'were'} read")
        return f"{told}; {_some(self.lost)}." if self.lost else f"{told}."

    @property
    def remarks(self) -> list[str]:
        """One sentence about what had to be mended; empty when there was nothing."""
        return [f"Mended while reading: {_some(self.mended)}."] if self.mended else []


def _some(places: list[str]) -> str:
    told = "; ".join(places[:MOST_PLACES])
    more = len(places) - MOST_PLACES
    return f"{told}; and {more:,} more of this kind" if more > 0 else told


def read(path: Path | str) -> Reading:
    """Read a file of references, whatever it is called.

    Parameters
    ----------
    path : pathlib.Path or str
        RIS, or PubMed's own format (.nbib).

    Returns
    -------
    Reading
        Records, and how they compare with what the file announces.

    Raises
    ------
    CourseError
        If there is no such file, if it is none of the two, or if it is too large.
    """
    path = Path(path).expanduser()
    text, older = _text(path)
    lines = re.split(r"\r\n|\r|\n", text)
    first = next((form for line in lines if (form := _begins(line))), "")
    if not first:
        raise _not_references(path.name, lines)
    reading = _read_ris(lines, path.name) if first == "RIS" else _read_pubmed(lines, path.name)
    if older:
        reading.mended.append(f"letters were read in an older encoding ({older.replace('_', ' ')}), so check accents")
    return reading


# What kind of file is it? -----------------------------------------------------------------------------

def _text(path: Path) -> tuple[str, str]:
    """What the file says, and the older encoding it seems to be written in, if it is not Unicode."""
    name = path.name
    if path.is_dir():
        raise CourseError(f"“{name}” is a folder. Name one file in it.", 2)
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise CourseError(
                f"“{name}” has {size / 1e6:,.0f} MB; up to {LARGEST / 1e6:,.0f} MB can be read, which is some 15,000 "
                f"records with abstracts. {_UNCHANGED} Export the records in parts, or without full texts.", 2)
        with path.open("rb") as file:
            start = file.read(8192)
        if not start.strip(b"\x00\xef\xbb\xbf\xff\xfe \t\r\n"):
            raise CourseError(f"“{name}” is empty: there are no records in it. Was the export finished?", 2)
        if not start.startswith((b"\xff\xfe", b"\xfe\xff")) and not wide(start) and _is_binary(start):
            raise CourseError(f"“{name}” is not a text file (it may be a PDF, a workbook or a compressed file), "
                              f"whatever its name says. {_UNCHANGED} {_EXPORT}", 2)
        encoding, guessed = encoding_of(path)
        content = path.read_bytes()
    except FileNotFoundError:
        raise CourseError(f"There is no file “{path}”. Check the name and the folder; nothing was read.", 2) from None
    except OSError as problem:
        raise CourseError(f"“{name}” cannot be opened ({problem.strerror}). {_UNCHANGED} "
                          "Close it in other programs, or copy it to your own computer and try again.", 2) from None
    if guessed:
        text = "\n".join(_decoded(line, encoding) for line in re.split(rb"\r\n|\r|\n", content))
    else:
        text = content.decode(encoding, "replace")
    # A mark in the middle is left over where two files were joined.
    return text.replace("\ufeff", "").replace("\x00", ""), encoding if guessed else ""


def _decoded(line: bytes, older: str) -> str:
    # Exports of two databases may have been joined, or the last letter of a UTF-8 file cut in two.
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode(older, "replace")


def _is_binary(start: bytes) -> bool:
    strange = sum(byte < 9 or 13 < byte < 32 for byte in start)
    return start.startswith((b"%PDF", b"PK")) or b"\x00" in start or strange > 0.02 * len(start)


#: Other files that people take for RIS: how they begin, and what they are called.
_OTHERS = (
    (r"(?i)<!doctype html|<html|<head|<body|<script|<meta", "a web page (perhaps of the sign-in, or of an error)"),
    (r"(?i)<\?xml|<xml", "an XML file (perhaps EndNote's)"),
    (r"@\w+\s*\{", "a BibTeX file"),
    (r"%[0A-Z] ", "a file in EndNote's Refer format"),
    (r"FN |PT [A-Z]$", "a Web of Science plain text file"),
    (r"[\[{]", "a JSON file"),
)


def _not_references(name: str, lines: list[str]) -> CourseError:
    start = next((line.strip() for line in lines if line.strip()), "")
    what = next((words for pattern, words in _OTHERS if re.match(pattern, start)), "")
    said = f"“{name}” is {what}" if what else f"“{name}” has no line that begins a record (“TY  -” or “PMID-”)"
    return CourseError(f"{said}, so no references could be read from it. {_UNCHANGED} {_EXPORT}", 2)


# RIS: lines into records ------------------------------------------------------------------------------

_STRICT = re.compile(r"([A-Z][A-Z0-9])  - ?(.*)")
#: As some programs write it: small letters, one space, none, or a tab. Only tags that RIS knows count then.
_LENIENT = re.compile(r"\s{0,4}([A-Za-z][A-Za-z0-9])\s{0,3}-(?:\s+(.*)|$)")
_FIRST = re.compile(r"(?i)\s{0,4}TY\s{0,3}-\s*([A-Z]{2,8})\s*")
_LAST = re.compile(r"(?i)\s{0,4}ER\s{0,3}-\s*")
_FIRST_PUBMED = re.compile(r"PMID\s?- *(\S.*)")


@cache
def _tags() -> frozenset[str]:
    from rispy.config import TAG_KEY_MAPPING

    # The last two stand in older files.
    return frozenset(TAG_KEY_MAPPING) | {"BT", "L3"}


def _begins(line: str) -> str:
    """`RIS` or `PubMed` when a record begins with this line."""
    if _FIRST.fullmatch(line):
        return "RIS"
    return "PubMed" if _FIRST_PUBMED.match(line) else ""


def _tagged(line: str, lenient: bool) -> tuple[str, str]:
    """Tag and value of a line; no tag when it goes on from the line before."""
    if strict := _STRICT.match(line):
        return strict[1], strict[2].strip()
    # "do - not" may begin a line of an abstract, so this form counts only where the first line has it too.
    if lenient and (lenient := _LENIENT.match(line)) and lenient[1].upper() in _tags():
        return lenient[1].upper(), (lenient[2] or "").strip()
    return "", line.strip()


@dataclass
class _Block:
    """Lines of one record in the file."""

    number: int
    line: int
    lines: list[str] = field(default_factory=list)
    lenient: bool = False

    @property
    def place(self) -> str:
        return f"record {self.number:,} (line {self.line:,})"


def _read_ris(lines: list[str], name: str) -> Reading:
    import rispy

    blocks, lost, mended = _ris_blocks(lines)
    rows = []
    # Under their own names and all as lists: rispy keeps only the first of a tag that it expects once.
    parser = rispy.RisParser(mapping={tag: tag for tag in _tags()}, list_tags=list(_tags()),
                             delimiter_tags_mapping={}, skip_unknown_tags=True)
    for block in blocks:
        found = parser.parse_lines(iter(block.lines))
        row = _ris_row(found[0]) if found else {}
        if row.get("title") or row.get("authors") or row.get("abstract"):
            rows.append((block, row))
        else:
            lost.append(f"{block.place} has neither title nor authors nor abstract")
    return Reading(_frame(rows), len(blocks), "RIS", name, lost, mended)


def _ris_blocks(lines: list[str]) -> tuple[list[_Block], list[str], list[str]]:
    """Records in one form that every reader understands, what is lost, and what was mended."""
    blocks, lost, mended = [], [], []
    open_block = None
    stray = 0

    def close(how: str):
        if how:
            mended.append(f"{open_block.place} {how}")
        open_block.lines.append("ER  - ")
        blocks.append(open_block)

    for number, line in enumerate(lines, 1):
        if kind := _FIRST.fullmatch(line):
            if open_block:
                close("has no end line (ER) and was ended where the next begins")
            lenient = not _STRICT.match(line)
            open_block, stray = _Block(len(blocks) + 1, number, [f"TY  - {kind[1].upper()}"], lenient), 0
        elif open_block is None:
            # A record whose first line is missing would be passed over without a word.
            if line.strip() and not stray and _STRICT.match(line) and not _LAST.fullmatch(line):
                stray = number
                lost.append(_no_first_line(number, "TY"))
        elif _LAST.fullmatch(line):
            close("")
            open_block = None
        else:
            tag, value = _tagged(line, open_block.lenient)
            if tag or value:
                open_block.lines.append(f"{tag}  - {value}" if tag else value)
    if open_block:
        close("is the last and has no end line (ER): if the file was cut off, export it again")
    return blocks, lost, mended


def _no_first_line(number: int, tag: str) -> str:
    return f"lines from line {number:,} on belong to no record: a first line ({tag}) is missing"


def _ris_row(record: dict) -> dict:
    """Our columns from a record by tags; of several tags that mean the same, the first that is there counts."""
    def texts(*tags: str) -> list[str]:
        return next(([one for one in record[tag] if one] for tag in tags if any(record.get(tag, []))), [])

    def text(*tags: str) -> str:
        return " ".join(" ".join(texts(*tags)).split())

    # EBSCOhost writes the publisher's terms as a second abstract.
    abstract = [one for one in texts("AB") or texts("N2") if not one.startswith("Copyright of ")]
    row = {"id": text("ID", "AN"), "title": text("TI", "T1", "BT", "CT"), "abstract": " ".join(abstract),
           "authors": _authors(texts("AU", "A1", "A2")), "year": _year(text("PY", "Y1", "DA")),
           "journal": _journal(record["TY"], text), "volume": text("VL"), "issue": text("IS"),
           # Articles without pages have a number of their own, which Web of Science keeps in C7.
           "pages": _pages(text("SP"), text("EP")) or text("C7"),
           "doi": _doi(texts("DO") + texts("L3") + texts("M3") + texts("UR")),
           "type": _ris_type(text("M3"), record["TY"]), "headings": _headings(texts("KW")),
           "language": language_name(text("LA")), "database": "; ".join(texts("DB"))}
    for column, label in _LABELS.items():
        notes = [note for tag in ("N1", "RN") for note in record.get(tag, [])]
        row[column] = next((note[len(label) + 1:].strip() for note in notes if note.startswith(f"{label}:")), "")
    return row


def _journal(code: str, text: Callable[..., str]) -> str:
    """Of an article the longest name, since databases disagree about which tag holds the one that is written out."""
    if code in {"JOUR", "EJOUR", "JFULL", "MGZN", "NEWS", "INPR", "ABST", "GEN"}:
        return max((text(tag) for tag in ("JF", "T2", "JO", "JA", "J2")), key=len) or text("PB")
    return text("T2", "JF", "JO", "PB")


def _ris_type(said: str, code: str) -> str:
    from rispy.config import TYPE_OF_REFERENCE_MAPPING

    # M3 may hold a DOI, or in Ovid's PsycInfo a class such as "Cognitive Therapy [3311]".
    if said and not re.match(r"(?i)10\.|doi|https?:", said) and not re.search(r"\[\d+\]$", said):
        return said
    return "" if code == "GEN" else TYPE_OF_REFERENCE_MAPPING.get(code, code)


# PubMed -----------------------------------------------------------------------------------------------

def _read_pubmed(lines: list[str], name: str) -> Reading:
    from Bio import Medline

    blocks, lost = [], []
    titled = astray = False
    # Where the last empty line was: how many lines its record had, and its number in the file.
    held, empty = 0, 0
    for number, line in enumerate(lines, 1):
        title = line.startswith("TI  -")
        if _FIRST_PUBMED.match(line):
            blocks.append(_Block(len(blocks) + 1, number))
            titled = astray = False
            held, empty = 0, number - 1
        elif astray:
            continue
        elif _FIRST.fullmatch(line):
            astray = True
            lost.append(f"from line {number:,} on the file goes on in another format (RIS)")
        elif title and (titled or not blocks):
            astray = True
            if blocks and held:
                # What stands between the empty line and this title belongs to the record without a beginning.
                del blocks[-1].lines[held:]
            lost.append(_no_first_line(empty + 1, "PMID"))
        elif blocks and not line.strip():
            held, empty = len(blocks[-1].lines), number
        titled = titled or title
        # An empty line would end the record for the reader, wherever it stands.
        if blocks and line.strip() and not astray:
            blocks[-1].lines.append(line.rstrip() + "\n")
    rows = []
    for block in blocks:
        row = _pubmed_row(next(iter(Medline.parse(block.lines))))
        if row["title"] or row["authors"] or row["abstract"]:
            rows.append((block, row))
        else:
            lost.append(f"{block.place} has neither title nor authors nor abstract")
    return Reading(_frame(rows), len(blocks), "PubMed", name, lost)


def _pubmed_row(record: dict) -> dict:
    def text(*tags: str) -> str:
        held = next((record[tag] for tag in tags if record.get(tag)), "")
        return " ".join((held if isinstance(held, str) else " ".join(held)).split())

    authors = record.get("AU", []) + record.get("CN", [])
    headings = [("*" if "*" in one else "") + one.split("/")[0].lstrip("*").strip() for one in record.get("MH", [])]
    named = [one for one in [record.get("LID", ""), *record.get("AID", [])] if "[doi]" in one]
    return {"id": text("PMID"), "title": text("TI", "BTI"), "abstract": text("AB", "OAB"),
            "authors": _authors(authors or record.get("ED", [])), "year": _year(text("DP", "DEP")),
            "journal": text("JT", "TA", "BTI", "PB"), "volume": text("VI"), "issue": text("IP"), "pages": text("PG"),
            "doi": _doi(named), "type": "; ".join(record.get("PT", [])), "design": "",
            "headings": _headings(headings), "language": "; ".join(map(language_name, record.get("LA", []))),
            "country": text("PL"), "database": "PubMed"}


# Values -----------------------------------------------------------------------------------------------

def _frame(rows: list[tuple[_Block, dict]]) -> pd.DataFrame:
    """The records; each keeps its own identifier where it has one that no other has."""
    taken, held = set(), []
    for block, row in rows:
        identifier = row.pop("id")
        if not identifier or identifier in taken:
            identifier = f"R{block.number:05d}"
        taken.add(identifier)
        held.append({"record": identifier, **row})
    return as_records(held)


def as_records(rows: list[dict]) -> pd.DataFrame:
    """Rows with some of `COLUMNS` as a table of records: text, `year` as whole number, blank as missing."""
    columns = {}
    for column in COLUMNS:
        values = [row.get(column) or None for row in rows]
        columns[column] = pd.array(values, dtype="Int64") if column == "year" else pd.Series(values, dtype="str")
    return pd.DataFrame(columns)


def _authors(names: list[str]) -> str:
    return "; ".join(filter(None, map(author_name, names)))


def author_name(name: str) -> str:
    """A name as the library writes it: surname and initials without stops; a first name that is there stays.

    Examples
    --------
    >>> author_name("Okafor, N.M."), author_name("Bell, J.-P., Jr"), author_name("Okafor, Nneka M.")
    ('Okafor NM', 'Bell JP Jr', 'Okafor, Nneka M.')
    """
    # A semicolon would make two people of one.
    parts = [" ".join(part.split()) for part in name.replace(";", " ").split(",")]
    surname, given, rest = parts[0], parts[1] if len(parts) > 1 else "", parts[2:]
    if not given:
        # "Okafor N.M." is the form of some databases; "Carers UK" has no initials.
        return re.sub(r"(?<=\b[A-Z])\.(?=$|[A-Z ])", "", surname) if re.search(r" (?:[A-Z]\.)+$", surname) else surname
    words = [word for word in re.split(r"[ .\-]+", given) if word]
    capitals = "".join(words)
    # "Okafor, NM" are initials; "OKAFOR, ADA" is a name in capitals.
    short = len(capitals) <= 4 and not (surname.isupper() and len(capitals) > 2)
    if capitals.isupper() and (short or all(len(word) == 1 for word in words)):
        return " ".join(filter(None, [surname, capitals, *rest]))
    return ", ".join(filter(None, parts))


def _year(text: str) -> int | None:
    found = re.search(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)", text)
    return int(found[0]) if found else None


def _pages(start: str, end: str) -> str:
    # Some databases write a typographic hyphen.
    start, end = (one.replace("\u2010", "-").replace("\u2011", "-") for one in (start, end))
    return f"{start}-{end}" if start and end and end != start and "-" not in start else start or end


def _doi(texts: list[str]) -> str:
    found = next(filter(None, (re.search(r"10\.\d{4,9}/[^\s\"<>]+", text) for text in texts)), None)
    return found[0].rstrip(".,;") if found else ""


def _headings(words: list[str]) -> str:
    """Keywords joined by semicolons, each once."""
    single = (" ".join(part.split()) for word in words for part in word.split(";"))
    return "; ".join(dict.fromkeys(filter(None, single)))


def language_name(code: str) -> str:
    """A language's name in English for the code that databases use; what is no known code stays as it is."""
    said = code.strip()
    short = said.lower().rstrip(".")
    if short in _OTHER_CODES:
        return _OTHER_CODES[short]
    if len(short) != 3:
        return said
    return next((name for name in _LANGUAGES if name.lower().startswith(short)), said)


# Writing ----------------------------------------------------------------------------------------------

def to_ris(records: pd.DataFrame) -> str:
    """Records as RIS text, which every reference manager reads; `read` gives the same records back.

    Parameters
    ----------
    records : pandas.DataFrame
        With some of `COLUMNS`; line breaks and runs of spaces inside a value become one space, since
        RIS cannot hold a line break.

    Raises
    ------
    CourseError
        If there is no column `title`.
    """
    import rispy

    class Writer(rispy.RisWriter):
        # The standard asks for this; numbers above the records, rispy's habit, are not part of RIS.
        NEWLINE = "\r\n"

        def set_header(self, _count):
            return ""

    if "title" not in records.columns:
        raise CourseError("These are no records: they have no column “title”. Nothing was written.")
    return rispy.dumps([_ris_record(row) for row in _rows(records)], implementation=Writer, enforce_list_tags=False)


def _rows(records: pd.DataFrame) -> Iterator[dict[str, str]]:
    present = records[[column for column in COLUMNS if column in records.columns]]
    for row in present.itertuples(index=False, name=None):
        yield {column: "" if pd.isna(value) else " ".join(str(value).split())
               for column, value in zip(present.columns, row, strict=True)}


def _ris_record(row: dict[str, str]) -> dict:
    # The keys are rispy's names of the tags.
    known = {column: row.get(column, "") for column in COLUMNS}
    start, _, end = known["pages"].partition("-")
    if not (start and end) or "-" in end or start == end:
        start, end = known["pages"], ""
    kind = _KINDS.get(known["type"], "JOUR" if known["type"] else "GEN")
    report = kind in {"RPRT", "GOVDOC"}
    notes = [f"{label}: {known[column]}" for column, label in _LABELS.items() if known[column]]
    record = {
        "type_of_reference": kind, "id": known["record"], "title": known["title"],
        "authors": [_with_comma(name) for name in known["authors"].split("; ") if name], "year": known["year"],
        "publisher" if report else "journal_name": known["journal"], "volume": known["volume"],
        "number": known["issue"], "start_page": start, "end_page": end, "doi": known["doi"],
        "type_of_work": known["type"], "abstract": known["abstract"],
        "keywords": [word for word in known["headings"].split("; ") if word], "language": known["language"],
        "name_of_database": known["database"], "notes": notes,
    }
    return {key: value for key, value in record.items() if value}


def _with_comma(name: str) -> str:
    """A person's name as RIS wants it, "Okafor, N.M."; an organisation's as it is."""
    found = re.fullmatch(r"(.+?) ([^\W\d_]{1,4})((?: (?:Jr|Sr|II|III|IV))?)", name)
    if not found or not found[2].isupper() or found[2] in _NOT_INITIALS:
        return name
    suffix = f", {found[3].strip()}" if found[3] else ""
    return f"{found[1]}, {'.'.join(found[2])}.{suffix}"


def write_ris(records: pd.DataFrame, path: Path | str) -> Path:
    """Write records as a RIS file.

    Raises
    ------
    CourseError
        If they are no records, or if the file cannot be written.
    """
    return saving.write(path, to_ris(records).encode("utf-8", "replace"))


def write_csv(records: pd.DataFrame, path: Path | str) -> Path:
    """Write records as a csv file that Excel opens with the right letters.

    Raises
    ------
    CourseError
        If the file cannot be written.
    """
    text = io.StringIO(newline="")
    records.to_csv(text, index=False, lineterminator="\r\n")
    return saving.write(path, text.getvalue().encode("utf-8-sig", "replace"))
