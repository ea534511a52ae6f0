"""A change log: what was changed in a file, by which rule, by whom, when and why.

Cleaning is not deleting, and it is not typing over cells until the file looks right. A change log
keeps the file that came out of the system exactly as it was (a SHA-256 sum of its bytes proves it)
and holds the changes beside it as rules. The cleaned table is made by replaying the rules on the raw
file, so anybody can repeat it, question one rule, or take it back.

Each entry of the log has the rule and its field, the rows it touched with their values before and
after, who did it, when, and why. Rows are named by their number in the file (the header is row 1),
which stays the same however many rows are dropped.
"""

import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from researchskills import web_page
from researchskills._html import escape
from researchskills.data import conditions as where_
from researchskills.data.completeness import Completeness, completeness
from researchskills.data.headline import STATISTICS, Headline
from researchskills.data.raw import read_bytes, text_table
from researchskills.data.rules import ACTIONS, MISSING_CODES, Rule
from researchskills.errors import CourseError
from researchskills.paths import suggestion
from researchskills.store import now, replace_file
from researchskills.tables import html_table

__all__ = ["ACTIONS", "MISSING_CODES", "ChangeLog", "Completeness", "Entry", "Headline", "Rule", "completeness"]

#: Version of the saved form.
_FORMAT = 1


@dataclass
class Entry:
    """One line of the log.

    Attributes
    ----------
    rule : Rule
        What was done.
    rows : list of int
        Row numbers in the raw file.
    ids : list of str
        The identifiers of those rows, where the log knows which column holds them.
    before, after : list
        Values of the field; for a dropped row the whole row before, and None after.
    who, when, why : str
        Role or initials; ISO date or time; the reason in words.
    """

    rule: Rule
    rows: list[int]
    ids: list[str]
    before: list
    after: list
    who: str
    when: str
    why: str

    def as_dict(self) -> dict:
        """The entry as plain values."""
        return {**vars(self), "rule": self.rule.as_dict()}

    @classmethod
    def from_dict(cls, entry: dict) -> "Entry":
        """The entry that `as_dict` gave; who, when and why may be lacking, which `completeness` tells."""
        told = {name: str(entry.get(name) or "") for name in ("who", "when", "why")}
        lists = {name: list(entry[name]) for name in ("rows", "ids", "before", "after")}
        if not len(lists["rows"]) == len(lists["before"]) == len(lists["after"]):
            raise ValueError("an entry has lists of different lengths")
        return cls(Rule.from_dict(entry["rule"]), **lists, **told)


class ChangeLog:
    """The changes to one raw file.

    Parameters
    ----------
    raw : pathlib.Path or str
        A csv file, or a workbook whose first table is meant. It is read and never written.
    who : str, optional
        Role or initials of the person who makes the changes.
    id_field : str, optional
        Column that identifies a row; its values are kept in the log beside the row numbers.

    Attributes
    ----------
    entries : list of Entry
        The log.
    frame : pandas.DataFrame
        The table after all changes: every cell a text, the index the row number in the file.
    sha256 : str
        Sum of the raw file's bytes when the log was begun.

    Raises
    ------
    CourseError
        If the file cannot be read as a table.
    """

    def __init__(self, raw: Path | str, who: str = "", id_field: str | None = None):
        self.path = Path(raw)
        self.who, self.id_field = who, id_field
        content = read_bytes(self.path)
        self.sha256 = hashlib.sha256(content).hexdigest()
        self._raw = text_table(self.path, content)
        if id_field is not None and id_field not in self._raw.columns:
            raise CourseError(f"There is no column “{id_field}” in “{self.path.name}”."
                              f"{suggestion(id_field, list(self._raw.columns))} The file is untouched.")
        self.entries: list[Entry] = []
        self.frame = self._raw.copy()

    @property
    def raw(self) -> pd.DataFrame:
        """The table as it came, a copy."""
        return self._raw.copy()

    def check_raw(self) -> None:
        """Prove that the raw file is still the one that the log was begun with.

        Raises
        ------
        CourseError
            If it has changed or is gone.
        """
        if hashlib.sha256(read_bytes(self.path)).hexdigest() != self.sha256:
            raise CourseError(
                f"The raw file “{self.path.name}” has changed since this log was begun, so the log no longer tells "
                "what was done to it. Nothing was applied and the log is untouched. Put the original file back, or "
                "begin a new log for the new file."
            )

    def preview(self, rule: Rule) -> list[int]:
        """Row numbers that a rule would touch as the table is now: for a change, only cells that would differ."""
        mask = rule.rows(self.frame)
        if rule.action in {"drop", "flag"}:
            return [int(row) for row in self.frame.index[mask]]
        before = self.frame.loc[mask, rule.field]
        return [int(row) for row in before.index[rule.after(before) != before]]

    def apply(self, rule: Rule, *, why: str, who: str | None = None, when: str | None = None) -> Entry:
        """Apply a rule and log it.

        Parameters
        ----------
        rule : Rule
            What to do.
        why : str
            The reason, for a reader who was not there.
        who : str, optional
            By default the log's.
        when : str, optional
            ISO date or time; by default the clock's, in UTC. Give it where a page must not vary.

        Returns
        -------
        Entry
            The new line of the log; `frame` holds the changed table.

        Raises
        ------
        CourseError
            If reason or person is lacking, if the rule touches nothing or cannot be used, or if the raw file
            has changed. Nothing is then changed.
        """
        who = (self.who if who is None else who).strip()
        if not who or not why.strip():
            what = "who made it" if not who else "why"
            raise CourseError(f"A change that nobody can explain helps nobody: say {what}. Nothing was changed.")
        self.check_raw()
        entry, frame = self._made(self.frame, rule)
        if not entry.rows:
            raise CourseError("This rule touches no row as the table is now. Nothing was changed or logged.")
        entry.who, entry.when, entry.why = who, when or now(), why.strip()
        self.entries.append(entry)
        self.frame = frame
        return entry

    def _made(self, frame: pd.DataFrame, rule: Rule) -> tuple[Entry, pd.DataFrame]:
        """What a rule does to a table: the entry (without who, when, why), and a new table."""
        mask = rule.rows(frame)
        if rule.action == "drop":
            touched = frame[mask]
            before = touched.to_dict("records")
            after, result = [None] * len(before), frame[~mask].copy()
        else:
            cells = frame.loc[mask, rule.field]
            new = rule.after(cells)
            if rule.action != "flag":
                cells, new = cells[new != cells], new[new != cells]
            result = frame.copy()
            result.loc[cells.index, rule.field] = new
            before, after, touched = cells.tolist(), new.tolist(), frame.loc[cells.index]
        ids = touched[self.id_field].tolist() if self.id_field else []
        return Entry(rule, [int(row) for row in touched.index], ids, before, after, "", "", ""), result

    def undo(self) -> Entry:
        """Take the last entry back.

        Raises
        ------
        CourseError
            If the log is empty.
        """
        if not self.entries:
            raise CourseError("There is no change to take back. Nothing was changed.")
        frame = self._replayed(self.entries[:-1])
        last = self.entries.pop()
        self.frame = frame
        return last

    def replay(self, raw: Path | str | None = None) -> pd.DataFrame:
        """Make the changed table again, from the raw file and the rules alone.

        Parameters
        ----------
        raw : pathlib.Path or str, optional
            The raw file, where it has moved.

        Raises
        ------
        CourseError
            If the raw file is not the one the log was begun with, or a rule does something else than the log
            says.
        """
        if raw is not None:
            self.path = Path(raw)
        self.check_raw()
        return self._replayed(self.entries)

    def _replayed(self, entries: list[Entry]) -> pd.DataFrame:
        frame = self._raw.copy()
        for number, entry in enumerate(entries, 1):
            again, frame = self._made(frame, entry.rule)
            if (again.rows, again.before, again.after) != (entry.rows, entry.before, entry.after):
                raise CourseError(
                    f"Entry {number} of the change log does not do today what it says: it touches "
                    f"{len(again.rows)} rows and the log names {len(entry.rows)}, or other values. "
                    "The raw file is untouched. Somebody may have edited the log; use the copy you saved before.")
        return frame

    def flagged(self) -> pd.DataFrame:
        """Rows that were flagged: row, id, rule and reason."""
        lines = [
            {"row": row, "id": entry.ids[place] if entry.ids else "", "rule": entry.rule.words, "why": entry.why}
            for entry in self.entries if entry.rule.action == "flag" for place, row in enumerate(entry.rows)
        ]
        return pd.DataFrame(lines, columns=["row", "id", "rule", "why"])

    def missing_codes(self) -> set[str]:
        """Texts that count as missing when a figure is worked out."""
        used = {entry.rule.value for entry in self.entries if entry.rule.action == "missing"}
        return {"", *MISSING_CODES, *used}

    def headline(self, statistic, column: str = "", value: str | float = "", name: str = "") -> Headline:
        """A figure with the changes and without them.

        Parameters
        ----------
        statistic : str or callable
            One of `STATISTICS`, or a function from a table of texts to a number.
        column : str, optional
            The field it is worked out from.
        value : str or float, optional
            The limit of `per cent above`, the category of `per cent that is`.
        name : str, optional
            What to call it; by default the statistic and the column.

        Raises
        ------
        CourseError
            If there is no such statistic or column.
        """
        compute = self._computing(statistic, column, value)
        frame = self._raw.copy()
        lines = [{"step": "raw file", "rows": len(frame), "figure": compute(frame)}]
        for number, entry in enumerate(self.entries, 1):
            _, frame = self._made(frame, entry.rule)
            lines.append({"step": f"after change {number}", "rows": len(frame), "figure": compute(frame)})
        doubtful = frame.index.isin(self.flagged()["row"])
        without = compute(frame[~doubtful]) if doubtful.any() else None
        if without is not None:
            lines.append({"step": "without the flagged rows", "rows": int((~doubtful).sum()), "figure": without})
        told = name or " ".join(map(str, [getattr(statistic, "__name__", statistic), *filter(
            None, [f"of {column}" if column else "", str(value)])]))
        return Headline(told[:1].upper() + told[1:], lines[0]["figure"], compute(frame), without, pd.DataFrame(lines))

    def _computing(self, statistic, column, value):
        codes = self.missing_codes()
        if callable(statistic):
            return lambda table: float(statistic(table))
        if statistic not in STATISTICS:
            raise CourseError(f"There is no figure called “{statistic}”.{suggestion(statistic, list(STATISTICS))}")
        if statistic != "number of rows" and column not in self._raw.columns:
            raise CourseError(f"There is no column “{column}” in “{self.path.name}”."
                              f"{suggestion(column, list(self._raw.columns))}")
        if statistic == "per cent above" and where_.as_number(str(value)) is None:
            raise CourseError(f"“{value}” cannot be read as a number; “per cent above” needs one, such as 28.")
        return lambda table: float(STATISTICS[statistic](table, column, value, codes))

    def completeness(self, frame: pd.DataFrame | None = None) -> Completeness:
        """Whether each changed cell has a rule, a who, a when and a why.

        Parameters
        ----------
        frame : pandas.DataFrame, optional
            A cleaned table with the raw file's row numbers as its index; a cell that differs from the raw
            file and stands in no entry is then told too.
        """
        log = self.to_table()
        log = log[log["action"] != "flag"]
        if frame is not None:
            log = pd.concat([log, self._unlogged(frame)], ignore_index=True)
        return completeness(log)

    def _unlogged(self, frame: pd.DataFrame) -> pd.DataFrame:
        mine = self._replayed(self.entries)
        blank = dict.fromkeys(("rule", "who", "when", "why"), "")
        lines = [{"row": int(row), "field": "(whole row)", **blank} for row in mine.index.difference(frame.index)]
        common = mine.index.intersection(frame.index)
        for column in mine.columns.intersection(frame.columns):
            differs = mine.loc[common, column] != frame.loc[common, column].fillna("").astype(str)
            lines += [{"row": int(row), "field": column, **blank} for row in common[differs]]
        return pd.DataFrame(lines, columns=["row", "field", *blank])

    def to_table(self) -> pd.DataFrame:
        """The log as a table: one line for each changed cell, dropped row or flag."""
        columns = ["change", "rule", "action", "field", "row", "id", "before", "after", "who", "when", "why"]
        lines = [
            (number, entry.rule.words, entry.rule.action, "(whole row)" if after is None else entry.rule.field, row,
             entry.ids[place] if entry.ids else "", _cell(before), "row dropped" if after is None else after,
             entry.who, entry.when, entry.why)
            for number, entry in enumerate(self.entries, 1)
            for place, (row, before, after) in enumerate(zip(entry.rows, entry.before, entry.after, strict=True))
        ]
        return pd.DataFrame(lines, columns=columns)

    def summary(self) -> pd.DataFrame:
        """The log as a short table: one line for each rule."""
        lines = [
            {"change": number, "rule": entry.rule.words, "rows": len(entry.rows), "who": entry.who,
             "when": entry.when, "why": entry.why}
            for number, entry in enumerate(self.entries, 1)
        ]
        return pd.DataFrame(lines, columns=["change", "rule", "rows", "who", "when", "why"])

    def __repr__(self) -> str:
        changes = f"{len(self.entries)} change{'' if len(self.entries) == 1 else 's'}"
        return f"Change log of {self.path.name}: {changes}. {self.completeness().sentence}"

    def html(self, headlines: tuple[Headline, ...] = ()) -> str:
        """The log as a report: the raw file, each rule with examples, completeness, and figures.

        Parameters
        ----------
        headlines : sequence of Headline, optional
            Figures to show with and without the changes.
        """
        parts = [
            '<section aria-label="Change log"><p><strong>Change log of '
            f"{escape(self.path.name)}</strong></p>"
            f"<p>Raw file: {len(self._raw):,} rows, {len(self._raw.columns)} columns, untouched; SHA-256 "
            f"<code>{self.sha256[:16]}…</code>. After the changes: {len(self.frame):,} rows.</p>"
        ]
        if self.entries:
            parts.append(html_table(self.summary(), "Changes, in the order in which they were made"))
            cells = self.to_table().groupby("change").head(3)[["change", "field", "row", "before", "after"]]
            parts.append(html_table(cells, "Up to three examples of each change"))
        parts.append(f"<p>{escape(self.completeness().sentence)}</p>")
        parts += [one._repr_html_() for one in headlines]
        return "".join(parts) + "</section>"

    _repr_html_ = html

    def save(self, path: Path | str) -> None:
        """Write the log to a JSON file, whole or not at all.

        Raises
        ------
        CourseError
            If the folder cannot be written to.
        """
        content = {"format": _FORMAT, "raw": self.path.name, "sha256": self.sha256, "id_field": self.id_field,
                   "who": self.who, "entries": [entry.as_dict() for entry in self.entries]}
        _write(Path(path), json.dumps(content, ensure_ascii=False, indent=1).encode())

    def export(self, path: Path | str, headlines: tuple[Headline, ...] = ()) -> None:
        """Write the report beside the data: as a table when the name ends in .csv, else as a page.

        Raises
        ------
        CourseError
            If the folder cannot be written to.
        """
        path = Path(path)
        if path.suffix.lower() == ".csv":
            text = io.StringIO(newline="")
            self.to_table().to_csv(text, index=False, lineterminator="\r\n")
            # With a byte order mark, or Excel shows “ as â€œ.
            _write(path, text.getvalue().encode("utf-8-sig"))
        else:
            page = web_page.page(f"Change log of {self.path.name}", self.html(headlines))
            _write(path, page.encode())

    @classmethod
    def load(cls, path: Path | str, raw: Path | str | None = None) -> "ChangeLog":
        """The log that `save` wrote, with its changes replayed.

        Parameters
        ----------
        path : pathlib.Path or str
            The JSON file.
        raw : pathlib.Path or str, optional
            The raw file; by default the one of that name beside the log.

        Raises
        ------
        CourseError
            If the log is damaged, or the raw file is not the one it was made for.
        """
        path = Path(path)
        try:
            content = json.loads(read_bytes(path))
            entries = [Entry.from_dict(entry) for entry in content["entries"]]
            sha256, name, id_field, who = (content[key] for key in ("sha256", "raw", "id_field", "who"))
            if content["format"] > _FORMAT:
                raise CourseError(f"The change log “{path.name}” was made by a newer edition of the course. It is "
                                  "untouched. Update the course and open it again.")
        except (ValueError, KeyError, TypeError, AttributeError):
            raise CourseError(
                f"The change log “{path.name}” is damaged and cannot be read. It is untouched, and so is the raw "
                "file. Open the copy you saved before, or begin a new log.") from None
        log = cls(raw or path.with_name(Path(name).name), who, None)
        if log.sha256 != sha256:
            log.sha256 = sha256
            log.check_raw()
        log.id_field, log.entries = id_field, entries
        log.frame = log._replayed(entries)
        return log


def _cell(value) -> str:
    return "; ".join(f"{name}: {text}" for name, text in value.items()) if isinstance(value, dict) else value


def _write(path: Path, content: bytes) -> None:
    try:
        replace_file(path, content)
    except OSError as problem:
        raise CourseError(f"“{path.name}” could not be written ({problem.strerror}). Your log is untouched. Check that "
                          "the folder can be written to, then try again.") from None
