"""Screening titles and abstracts: include, exclude for a reason, or unsure, by one person and by a second.

Screening decides what a review can find, and it is done tired, at speed, on a few lines of text. Three habits
keep it honest. A reason for each exclusion comes from a list that was fixed beforehand, so that the same record
would go for the same reason tomorrow. Who is unsure says so, and the record goes on: the full text decides.
And a second person screens the same list without seeing the first one's decisions. What the two then talk about
are the records where they differ; a number for their agreement comes second.

A second screener's decisions arrive as a file, often by e-mail and through somebody's spreadsheet. Such a file is
read only when all of it can be understood and belongs to the same list. Else one sentence says why, and nothing
is taken over.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from researchskills import received
from researchskills._words import number_of
from researchskills.errors import CourseError
from researchskills.received import NOTHING

INCLUDE, EXCLUDE, UNSURE = "include", "exclude", "unsure"
DECISIONS = {INCLUDE: "Include", EXCLUDE: "Exclude", UNSURE: "Unsure"}
#: Reasons to exclude, in the order in which they are asked; the first that fits counts.
REASONS = {
    "question": "It is not about our question",
    "people": "It is about other people",
    "setting": "It is about another setting or country",
    "kind": "It is not a kind of publication that we look for",
    "years": "It is older or newer than the years that we look at",
    "language": "It is in a language that none of us reads",
}
ORDERS = {"found": "as they were found", "newest": "newest first", "mixed": "mixed, in the same way for everybody"}
#: What a file of decisions says it is.
WHAT, VERSION = "screening decisions", 1
_COLUMNS = ["record", "title", "decision", "reason", "screener"]
_WORDS = {"include": INCLUDE, "included": INCLUDE, "exclude": EXCLUDE, "excluded": EXCLUDE, "unsure": UNSURE,
          "maybe": UNSURE}
_LONGEST_REASON = 200


@dataclass(frozen=True)
class Decision:
    """What somebody decided about a record.

    Attributes
    ----------
    decision : str
        `INCLUDE`, `EXCLUDE` or `UNSURE`.
    reason : str
        Key of a reason, for an exclusion; a file may hold other words, and an exclusion in it may lack one.
    """

    decision: str
    reason: str = ""

    @property
    def goes_on(self) -> bool:
        """Whether the full text is looked at; who is unsure keeps the record."""
        return self.decision != EXCLUDE

    def words(self, reasons: Mapping[str, str] = REASONS) -> str:
        """The decision and its reason, as people read them."""
        shown = DECISIONS[self.decision]
        return f"{shown}: {reasons.get(self.reason, self.reason)}" if self.reason else shown


@dataclass(frozen=True)
class Sheet:
    """One person's decisions about a list of records.

    Attributes
    ----------
    screener : str
        The name or code the person screens under; may be empty.
    decisions : dict
        Record id → `Decision`.
    """

    screener: str
    decisions: Mapping[str, Decision]


def decide(decision: str, reason: str = "", reasons: Mapping[str, str] = REASONS) -> Decision:
    """A decision that is complete.

    Raises
    ------
    CourseError
        If there is no such decision, or an exclusion has no reason from the list.
    """
    if decision not in DECISIONS:
        raise CourseError(f"“{decision}” is not a decision; choose include, exclude or unsure. Nothing was changed.")
    if decision == EXCLUDE and reason not in reasons:
        raise CourseError("Choose the reason for the exclusion in the list first. Nothing was changed.")
    return Decision(decision, reason if decision == EXCLUDE else "")


def ordered(records: pd.DataFrame, by: str = "found") -> list[str]:
    """Ids of the records in the order in which they are screened.

    Parameters
    ----------
    records : pandas.DataFrame
        With the column `record`; for `newest` also `year`.
    by : {"found", "newest", "mixed"}
        `mixed` depends on nothing but the ids, so two screeners meet the records in one order, and neither
        database always comes last, when both are tired.

    Raises
    ------
    CourseError
        If there is no such order.
    """
    ids = list(records["record"].astype(str))
    if by not in ORDERS:
        raise CourseError(f"There is no order “{by}”; there are: {', '.join(ORDERS)}.")
    if by == "mixed":
        return sorted(ids, key=lambda one: hashlib.sha256(one.encode()).hexdigest())
    if by == "newest":
        years = pd.to_numeric(records["year"], errors="coerce").astype(float).fillna(0)
        return [ids[place] for place in (-years.reset_index(drop=True)).sort_values(kind="stable").index]
    return ids


def remaining(ids: Iterable[str], decisions: Mapping[str, Decision]) -> list[str]:
    """Records without a decision, in their order."""
    return [one for one in ids if one not in decisions]


def next_undecided(ids: list[str], decisions: Mapping[str, Decision], after: str = "") -> str:
    """The next record without a decision, beginning again from the top; empty when there is none."""
    start = ids.index(after) + 1 if after in ids else 0
    return next(iter(remaining([*ids[start:], *ids[:start]], decisions)), "")


def progress(ids: list[str], decisions: Mapping[str, Decision]) -> str:
    """How far somebody is, in words."""
    done = [decisions[one] for one in ids if one in decisions]
    counts = [(name, sum(one.decision == key for one in done)) for key, name in
              ((INCLUDE, "included"), (EXCLUDE, "excluded"), (UNSURE, "unsure"))]
    told = f"{len(done):,} of {number_of(len(ids), 'record')} decided: " + \
        ", ".join(f"{count:,} {name}" for name, count in counts) + "."
    return told + (" None is left." if len(done) == len(ids) else f" {len(ids) - len(done):,} to go.")


def counts(ids: list[str], decisions: Mapping[str, Decision], reasons: Mapping[str, str] = REASONS) -> dict:
    """The numbers for the flow diagram: `screened`, `excluded`, `sought`, `undecided`, and `reasons` with counts."""
    done = [decisions[one] for one in ids if one in decisions]
    out = [one for one in done if not one.goes_on]
    named = [reasons.get(one.reason, one.reason or "no reason given") for one in out]
    return {"screened": len(done), "excluded": len(out), "sought": len(done) - len(out),
            "undecided": len(ids) - len(done), "reasons": {name: named.count(name) for name in dict.fromkeys(named)}}


# -- files -------------------------------------------------------------------------------------------


def to_json(sheet: Sheet, records: pd.DataFrame) -> str:
    """Decisions as a JSON file for a second screener; undecided records are in it with an empty decision."""
    return json.dumps({"what": WHAT, "version": VERSION, "screener": sheet.screener,
                       "decisions": [{key: row[key] for key in ("record", "decision", "reason")}
                                     for row in _rows(sheet, records)]}, ensure_ascii=False, indent=1) + "\n"


def to_csv(sheet: Sheet, records: pd.DataFrame) -> str:
    """Decisions as a CSV file that a spreadsheet opens; undecided records are in it with an empty decision."""
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(_rows(sheet, records))
    return out.getvalue()


def _rows(sheet: Sheet, records: pd.DataFrame) -> list[dict]:
    rows = []
    titles = records["title"] if "title" in records else [""] * len(records)
    for identifier, title in zip(records["record"].astype(str), titles, strict=True):
        made = sheet.decisions.get(identifier)
        rows.append({"record": identifier, "title": "" if pd.isna(title) else title,
                     "decision": made.decision if made else "", "reason": made.reason if made else "",
                     "screener": sheet.screener})
    return rows


def read(content: bytes, name: str = "the file") -> Sheet:
    """Read a file of decisions, JSON or CSV, as it was exported or as it came through mail and spreadsheet.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        What to call it in a message.

    Returns
    -------
    Sheet
        Records whose decision is empty are left out: nobody has decided about them.

    Raises
    ------
    CourseError
        If the file is empty, damaged, of another kind, names a record twice, or holds a decision that cannot
        be understood. One sentence or two say which; nothing is half read.
    """
    text = received.text_of(content, name, "decisions")
    try:
        rows, screener = _from_json(text, name) if text.lstrip().startswith(("{", "[")) else _from_csv(text, name)
    except csv.Error:
        raise CourseError(f"{name} is damaged: a cell of it does not end. {NOTHING} Ask for the file again.") from None
    decisions: dict[str, Decision] = {}
    seen: set[str] = set()
    for where, row in rows:
        record, word = row["record"].strip(), row["decision"].strip()
        if not record:
            raise CourseError(f"{name}, {where}: the id of the record is missing. {NOTHING} Ask for the file again.")
        if record in seen:
            raise CourseError(f"{name}, {where}: the record {record} stands twice in the file. {NOTHING} Ask the "
                              "second screener which of the two decisions counts.")
        seen.add(record)
        if not word:
            continue
        if word.casefold() not in _WORDS:
            raise CourseError(f"{name}, {where}: “{word[:40]}” is not a decision; it can be include, exclude or "
                              f"unsure. {NOTHING}")
        decision = _WORDS[word.casefold()]
        reason = row["reason"].strip()[:_LONGEST_REASON] if decision == EXCLUDE else ""
        decisions[record] = Decision(decision, reason)
    if not decisions:
        raise CourseError(f"{name} holds {number_of(len(seen), 'record')} and not a single decision. {NOTHING} The "
                          "second screener may have sent the file before beginning.")
    return Sheet(screener, decisions)


def _from_json(text: str, name: str) -> tuple[list[tuple[str, dict]], str]:
    content = received.json_of(text, name, WHAT, VERSION, "Ask for the CSV file instead.")
    listed, screener = content.get("decisions"), content.get("screener", "")
    well_formed = isinstance(listed, list) and isinstance(screener, str) and all(
        isinstance(row, dict) and all(isinstance(row.get(key, ""), str) for key in _COLUMNS)
        and {"record", "decision"} <= set(row) for row in listed)
    if not well_formed:
        raise CourseError(f"{name} is damaged: its list of decisions is not as the course writes it. {NOTHING} Ask "
                          "for the file again.")
    return [(f"entry {number}", {"reason": "", **row}) for number, row in enumerate(listed, 1)], screener.strip()


def _from_csv(text: str, name: str) -> tuple[list[tuple[str, dict]], str]:
    lines = text.splitlines(keepends=True)
    for start, line in enumerate(lines):
        for sign in (",", ";", "\t"):
            header = [cell.strip().casefold() for cell in next(csv.reader([line], delimiter=sign), [])]
            if {"record", "decision"} <= set(header):
                return _rows_below(lines, start, header, sign, name)
    raise CourseError(f"{name} is another kind of file: it has no line with the columns “record” and “decision”. "
                      f"{NOTHING} Choose the file that the second screener exported.")


def _rows_below(lines, start: int, header: list[str], sign: str, name: str):
    if len(set(filter(None, header))) < len(list(filter(None, header))):
        raise CourseError(f"{name} has two columns of the same name. {NOTHING} Ask for the file again.")
    rows, screeners = [], set()
    reader = csv.reader(lines[start + 1 :], delimiter=sign)
    for cells in reader:
        line = start + 1 + reader.line_num
        if not any(cell.strip() for cell in cells):
            continue
        # Spreadsheets add empty cells at the end of a line, never in the middle.
        while len(cells) > len(header) and not cells[-1].strip():
            cells.pop()
        if len(cells) != len(header):
            raise CourseError(f"{name}, line {line}: it has {number_of(len(cells), 'cell')} where the first line has "
                              f"{len(header)}, so the file is damaged or cut off. {NOTHING} Ask for it again, "
                              "attached and not pasted.")
        row = dict(zip(header, cells, strict=True))
        rows.append((f"line {line}", {key: row.get(key, "") for key in ("record", "decision", "reason")}))
        screeners.add(row.get("screener", "").strip())
    if len(screeners) > 1:
        named = ", ".join(sorted(f"“{one}”" if one else "somebody without a name" for one in screeners))
        raise CourseError(f"{name} holds the decisions of more than one person ({named}). {NOTHING} Ask for one file "
                          "from each.")
    return rows, screeners.pop() if screeners else ""


# -- two screeners -----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two people's decisions side by side.

    Attributes
    ----------
    differences : pandas.DataFrame
        Records on which they differ, those where one would throw the record out first: `record`, `title`,
        `yours`, `theirs`, `matters`.
    both : int
        Records that both decided.
    agreement : Estimate or None
        Cohen's kappa with its interval and cautions; None when it cannot be worked out.
    notes : tuple of str
        What to know about the comparison, a sentence each.
    """

    differences: pd.DataFrame
    both: int
    agreement: object
    notes: tuple[str, ...]

    @property
    def alike(self) -> int:
        """Records on which both decided the same."""
        return self.both - len(self.differences)

    def sentence(self) -> str:
        """Differences first, then observed agreement, then kappa."""
        from researchskills.statistics.estimate import percent

        if self.differences.empty:
            told = f"You decided alike on all {number_of(self.both, 'record')} that both of you screened."
        else:
            lost = int((self.differences["matters"] != "").sum())
            told = (f"You differ on {len(self.differences)} of the {number_of(self.both, 'record')} that both of you "
                    f"screened; on {lost} of them one of you would lose the record. Talk about these first. ")
            told += f"You decided alike on {self.alike} of {self.both} ({percent(self.alike / self.both)}%)."
        return f"{told} {self.agreement.sentence()}" if self.agreement is not None else told


def compare(own: Sheet, other: Sheet, records: pd.DataFrame, reasons: Mapping[str, str] = REASONS) -> Comparison:
    """Lay a second screener's decisions beside one's own.

    Parameters
    ----------
    own, other : Sheet
        Yours, and the second screener's.
    records : pandas.DataFrame
        The list that both screen, with the columns `record` and `title`.
    reasons : mapping
        Reason → words for it.

    Returns
    -------
    Comparison
        Neither sheet is changed, and nothing is merged.

    Raises
    ------
    CourseError
        If both sheets are the same person's, the second belongs to another list, or no record was decided by
        both.
    """
    from researchskills.statistics.agreement import kappa

    ids = list(records["record"].astype(str))
    who = f"“{other.screener}”" if other.screener else "the second screener"
    if own.screener and own.screener.casefold() == other.screener.casefold():
        raise CourseError(f"The file holds the decisions of {who}, and that is the name you screen under yourself. "
                          f"{NOTHING} Choose the other person's file, or give the two of you different names.")
    strange = [one for one in other.decisions if one not in set(ids)]
    if strange:
        raise CourseError(
            f"The file is about another list: {number_of(len(strange), 'of its records is', 'of its records are')} "
            f"not among your {len(ids):,}, such as {strange[0]}. {NOTHING} Make sure that both of you screen the same "
            "records.")
    both = [one for one in ids if one in own.decisions and one in other.decisions]
    if not both:
        raise CourseError(f"There is no record that both you and {who} have decided about, so there is nothing to "
                          f"compare yet. {NOTHING}")
    titles = dict(zip(ids, records["title"], strict=True)) if "title" in records else {}
    rows = [{"record": one, "title": titles.get(one, ""), "yours": own.decisions[one].words(reasons),
             "theirs": other.decisions[one].words(reasons),
             "matters": "one of you would lose it" if own.decisions[one].goes_on != other.decisions[one].goes_on
             else ""}
            for one in both if own.decisions[one].decision != other.decisions[one].decision]
    rows.sort(key=lambda row: not row["matters"])
    notes = _notes(own, other, ids, both, who)
    yours, theirs = ([sheet.decisions[one].decision for one in both] for sheet in (own, other))
    try:
        agreement = kappa(yours, theirs)
    except CourseError as problem:
        agreement = None
        notes.append(str(problem))
    return Comparison(pd.DataFrame(rows, columns=["record", "title", "yours", "theirs", "matters"]), len(both),
                      agreement, tuple(notes))


def _notes(own: Sheet, other: Sheet, ids: list[str], both: list[str], who: str) -> list[str]:
    notes = []
    for name, sheet, verb in (("You", own, "have"), (who[:1].upper() + who[1:], other, "has")):
        left = len(remaining(ids, sheet.decisions))
        if left:
            notes.append(f"{name} {verb} decided about {len(ids) - left:,} of {len(ids):,} records; the other {left:,} "
                         "are not compared.")
    unexplained = sum(one.decision == EXCLUDE and not one.reason for one in other.decisions.values())
    if unexplained:
        notes.append(f"{number_of(unexplained, 'exclusion')} of {who} {'has' if unexplained == 1 else 'have'} no "
                     "reason.")
    out = [one for one in both if not own.decisions[one].goes_on and not other.decisions[one].goes_on]
    reasons = sum(own.decisions[one].reason != other.decisions[one].reason for one in out)
    if reasons:
        notes.append(f"On {number_of(reasons, 'record')} you both exclude for different reasons; the flow diagram "
                     "needs one.")
    if len(both) >= 10 and all(own.decisions[one] == other.decisions[one] for one in both):
        notes.append("Every decision and every reason is the same as yours. Make sure that this is not your own file.")
    return notes


def settle(own: Sheet, other: Sheet, agreed: Mapping[str, Decision], ids: Iterable[str]) -> dict[str, Decision]:
    """What holds after both have talked: decisions alike, and those agreed on where they differed.

    Parameters
    ----------
    own, other : Sheet
        Both people's decisions.
    agreed : mapping
        Record → what both agreed on.
    ids : iterable of str
        The records of the list.

    Returns
    -------
    dict
        Record → `Decision`; a record on which they differ and have not agreed is not in it.
    """
    settled = {}
    for one in ids:
        mine, theirs = own.decisions.get(one), other.decisions.get(one)
        if one in agreed:
            settled[one] = agreed[one]
        elif mine and theirs and mine.decision == theirs.decision:
            settled[one] = mine
    return settled
