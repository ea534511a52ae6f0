"""A flow diagram whose boxes add up, after PRISMA 2020, or that says which ones do not.

A reader follows the records from left to right and from top to bottom: found, minus duplicates, screened, minus
excluded, sought, minus not retrieved, assessed, minus excluded for a reason, included. Each box is a sum of
boxes before it. In practice one number is corrected late and the others are not, and the diagram contradicts
itself where everybody can see it. prisma-flow checks those sums, as far as its model goes; the sums below check
them again in words people use, and add what it leaves out: a part larger than its whole, reports lost among the
other sources, more studies than reports.

The boxes are those of M. Page et al., The PRISMA 2020 statement, BMJ 372 (2021) n71 (CC BY 4.0).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from researchskills._words import number_of
from researchskills.errors import CourseError

#: More records than any search finds: what is above is a slip of the finger.
MOST = 10_000_000
SOURCE = ("Boxes after PRISMA 2020: Page MJ, McKenzie JE, Bossuyt PM, et al. The PRISMA 2020 statement. "
          "BMJ 2021;372:n71 (CC BY 4.0)")
#: The boxes with the words for them, in reading order; `excluded_why` and `other_excluded_why` hold reasons.
BOXES = {
    "databases": "Records from databases",
    "registers": "Records from registers",
    "duplicates": "Duplicates removed",
    "removed_other": "Removed before screening for other reasons",
    "screened": "Records screened",
    "excluded": "Records excluded",
    "sought": "Reports sought",
    "not_retrieved": "Reports not retrieved",
    "assessed": "Reports assessed",
    "other": "Records from other sources",
    "other_sought": "Reports sought from other sources",
    "other_not_retrieved": "Reports from other sources not retrieved",
    "other_assessed": "Reports from other sources assessed",
    "reports": "Reports included",
    "studies": "Studies included",
}
#: Boxes that count as 0 when nothing is written in them.
MAY_BE_BLANK = ("registers", "removed_other", "other", "other_sought", "other_not_retrieved", "other_assessed")
#: Lists of reasons, each with a number.
REASONS = {"excluded_why": "Reports excluded", "other_excluded_why": "Reports from other sources excluded"}


@dataclass(frozen=True)
class Flow:
    """The numbers of a flow diagram.

    Attributes
    ----------
    databases, registers : int
        Records found in databases, and in registers of studies.
    duplicates, removed_other : int
        Records removed before anybody screened them.
    screened, excluded : int
        Records whose title and abstract were read, and those excluded by it.
    sought, not_retrieved, assessed : int
        Reports (full texts) looked for, not obtained, and read.
    excluded_why : dict
        Reason → reports excluded for it after reading.
    other, other_sought, other_not_retrieved, other_assessed : int
        The same for websites, organisations, people and reference lists, which have a column of their own.
    other_excluded_why : dict
        Reason → reports from other sources excluded for it.
    reports, studies : int
        What is included: reports, and the studies that they are about.
    """

    databases: int
    duplicates: int
    screened: int
    excluded: int
    sought: int
    not_retrieved: int
    assessed: int
    reports: int
    studies: int
    registers: int = 0
    removed_other: int = 0
    excluded_why: Mapping[str, int] = field(default_factory=dict)
    other: int = 0
    other_sought: int = 0
    other_not_retrieved: int = 0
    other_assessed: int = 0
    other_excluded_why: Mapping[str, int] = field(default_factory=dict)

    @property
    def has_other(self) -> bool:
        """Whether anything stands in the column of other sources."""
        return bool(self.other or self.other_sought or self.other_not_retrieved or self.other_assessed
                    or self.other_excluded_why)

    def excluded_for(self, reasons: str) -> int:
        """How many reports a list of reasons adds up to."""
        return sum(getattr(self, reasons).values())


@dataclass(frozen=True)
class Fault:
    """A box that does not follow from the others.

    Attributes
    ----------
    box : str
        Name of the box, as in `BOXES`.
    sentence : str
        What is wrong, and by how much.
    off_by : int
        What stands in the box minus what should.
    """

    box: str
    sentence: str
    off_by: int


@dataclass(frozen=True)
class _Sum:
    """A box that is the first of its parts minus the others."""

    box: str
    plus: tuple[str, ...]
    minus: tuple[str, ...]
    words: str


_SUMS = (
    _Sum("screened", ("databases", "registers"), ("duplicates", "removed_other"),
         "records found minus duplicates"),
    _Sum("sought", ("screened",), ("excluded",), "records screened minus records excluded"),
    _Sum("assessed", ("sought",), ("not_retrieved",), "reports sought minus reports not retrieved"),
    _Sum("other_sought", ("other",), (), "all records from other sources"),
    _Sum("other_assessed", ("other_sought",), ("other_not_retrieved",),
         "reports sought from other sources minus those not retrieved"),
    _Sum("reports", ("assessed", "other_assessed"), ("excluded_why", "other_excluded_why"),
         "reports assessed minus reports excluded"),
)
#: The part must not be larger than the whole.
_PARTS = (("duplicates", ("databases", "registers"), "records found"), ("excluded", ("screened",), "records screened"),
          ("not_retrieved", ("sought",), "reports sought"), ("excluded_why", ("assessed",), "reports assessed"),
          ("other_not_retrieved", ("other_sought",), "reports sought from other sources"),
          ("other_excluded_why", ("other_assessed",), "reports from other sources assessed"))


def held(flow: Flow, name: str) -> int:
    """What stands in a box; for a list of reasons what they add up to."""
    return flow.excluded_for(name) if name in REASONS else getattr(flow, name)


def label(name: str) -> str:
    """The words for a box or a list of reasons."""
    return BOXES.get(name) or REASONS[name]


# -- reading numbers ---------------------------------------------------------------------------------


def whole_number(typed, what: str, blank: int | None = None) -> int:
    """A count as somebody typed it.

    Parameters
    ----------
    typed : str or int
        Spaces and thousands commas are allowed.
    what : str
        The box, for the message.
    blank : int, optional
        What an empty box counts as; by default it must not be empty.

    Raises
    ------
    CourseError
        If it is no whole number from 0 to `MOST`.
    """
    text = str(typed if typed is not None else "").strip().replace("−", "-")
    if not text:
        if blank is None:
            raise CourseError(f"“{what}” is still empty. Write 0 if there were none.")
        return blank
    bare = re.sub(r"[ \u00a0\u202f]|,(?=\d{3}(?!\d))", "", text)
    if re.fullmatch(r"-\d+(?:\.\d+)?", bare):
        raise CourseError(f"“{what}” is {_short(text)}. There cannot be fewer than none: write the count itself, "
                          "without a sign.")
    if re.fullmatch(r"\d*\.\d+", bare) and float(f"0.{bare.split('.')[1]}"):
        raise CourseError(f"“{what}” is {_short(text)}. Records and reports are counted, so it must be a whole number.")
    found = re.fullmatch(r"(\d+)(?:\.0*)?", bare)
    if not found:
        raise CourseError(f"“{what}” holds “{_short(text)}”, which is no number. Use digits, such as 415.")
    digits = found[1].lstrip("0")
    if len(digits) > len(str(MOST)) or int(digits or "0") > MOST:
        raise CourseError(f"“{what}” is {_short(text)}, more than any search finds. Look for a digit too many.")
    return int(digits or "0")


def _short(text: str) -> str:
    return text if len(text) <= 20 else f"{text[:17]}…"


def reasons_from(typed: str, what: str = "Reports excluded") -> dict[str, int]:
    """Reasons with their numbers, typed a line each: `Not about carers: 12`.

    Parameters
    ----------
    typed : str
        The number stands at the end of its line, behind a colon, a comma, an equals sign or a space.
    what : str
        The list, for the message.

    Raises
    ------
    CourseError
        If a line has no number or no reason, or a reason stands twice.
    """
    found: dict[str, int] = {}
    for number, line in enumerate(typed.splitlines(), 1):
        if not line.strip():
            continue
        match = re.fullmatch(r"\s*(?P<reason>.*?)(?:\s*[:=;\t]\s*|\s*,\s+|\s+)(?P<count>[-−]?\d[\d.,]*)\s*", line)
        reason = (match["reason"] if match else "").strip(" ,:;=–-").strip()
        if not match or not reason:
            raise CourseError(f"{what}, line {number} (“{_short(line.strip())}”): write the reason first and its "
                              "number last, such as “Not about carers: 12”.")
        if reason.casefold() in {one.casefold() for one in found}:
            raise CourseError(f"{what}: the reason “{_short(reason)}” stands twice. Put its numbers together.")
        found[reason] = whole_number(match["count"], f"{what}: {_short(reason)}")
    return found


def read(typed: Mapping[str, object]) -> tuple[Flow | None, list[str]]:
    """The numbers of a form.

    Parameters
    ----------
    typed : mapping
        Name of a box, or of a list of reasons → what stands in it.

    Returns
    -------
    flow : Flow or None
        None while something cannot be read.
    problems : list of str
        A sentence for each box that cannot be read.
    """
    values, problems = {}, []
    for name, words in BOXES.items():
        try:
            values[name] = whole_number(typed.get(name, ""), words, 0 if name in MAY_BE_BLANK else None)
        except CourseError as problem:
            problems.append(str(problem))
    for name, words in REASONS.items():
        try:
            values[name] = reasons_from(str(typed.get(name, "")), words)
        except CourseError as problem:
            problems.append(str(problem))
    return (None if problems else Flow(**values)), problems


# -- checking ----------------------------------------------------------------------------------------


def check(flow: Flow) -> list[Fault]:
    """The boxes that do not follow from the others, in reading order; empty when all add up.

    prisma-flow is asked as well. What it finds and the sums do not would be a fault of the sums, and is shown in
    its own words rather than left out.

    Raises
    ------
    CourseError
        If a number is negative, not whole, or more than any search finds.
    """
    _checked(flow)
    faults = []
    for one in _SUMS:
        should, is_ = _should(flow, one), held(flow, one.box)
        if is_ != should:
            faults.append(Fault(one.box, _sum_sentence(flow, one, should, is_), is_ - should))
    for part, whole, words in _PARTS:
        is_, most = held(flow, part), sum(held(flow, name) for name in whole)
        if is_ > most:
            faults.append(Fault(part, f"{label(part)} ({is_:,}) cannot be more than the {most:,} {words}.",
                                is_ - most))
    if flow.studies > flow.reports:
        faults.append(Fault("studies", f"Studies included ({flow.studies:,}) cannot be more than the {flow.reports:,} "
                            "reports about them: each study has at least one report.", flow.studies - flow.reports))
    if flow.reports and not flow.studies:
        faults.append(Fault("studies", "Studies included is 0, though reports are included "
                            f"({flow.reports:,}), and each report is about a study.", -1))
    known = {fault.box for fault in faults}
    faults += [fault for fault in _found_by_prisma_flow(flow) if fault.box not in known]
    order = [*BOXES, *REASONS]
    return sorted(faults, key=lambda fault: order.index(fault.box))


def _checked(flow: Flow) -> None:
    for name, words in BOXES.items():
        whole_number(_typed(getattr(flow, name)), words)
    for name, words in REASONS.items():
        for reason, count in getattr(flow, name).items():
            if not str(reason).strip():
                raise CourseError(f"{words}: a reason has no words. Say in a few words why.")
            whole_number(_typed(count), f"{words}: {_short(str(reason))}")


def _typed(value) -> str:
    # True and 3.0 would pass for whole numbers; the first is a slip, the second is none.
    return "" if value is None or isinstance(value, bool) else str(value)


def _should(flow: Flow, one: _Sum) -> int:
    return sum(held(flow, name) for name in one.plus) - sum(held(flow, name) for name in one.minus)


def _sum_sentence(flow: Flow, one: _Sum, should: int, is_: int) -> str:
    first, *more = [held(flow, name) for name in one.plus if len(one.plus) == 1 or held(flow, name)] or [0]
    shown = f"{first:,}" + "".join(f" + {value:,}" for value in more)
    taken = [held(flow, name) for name in one.minus]
    # A part that is 0 only clutters the sum, unless nothing else is taken away.
    for value in [value for value in taken if value] or taken[:1]:
        shown += f" − {value:,}"
    gap = abs(is_ - should)
    result = f"{should:,}" if should >= 0 else f"−{-should:,}"
    sum_ = f"{shown} = {result}" if " " in shown else shown
    words = one.words
    if one.box == "screened" and flow.removed_other:
        words += " and those removed for other reasons"
    return (f"{label(one.box)} ({is_:,}) should be {words}: {sum_}. It is {gap:,} too "
            f"{'many' if is_ > should else 'few'}.")


def single_box(flow: Flow) -> tuple[str, int] | None:
    """The one box that, given another number, would make all sums right; None when there is none or several.

    Parameters
    ----------
    flow : Flow

    Returns
    -------
    tuple of str and int, or None
        Name of the box, and the number that mends everything.
    """
    faults = check(flow)
    if not faults:
        return None
    mended = {}
    for fault_sum in _SUMS:
        for name in (fault_sum.box, *fault_sum.plus, *fault_sum.minus):
            if name in mended:
                continue
            value = _mending(flow, name)
            if value is not None:
                mended[name] = value
    return next(iter(mended.items())) if len(mended) == 1 else None


def _mending(flow: Flow, name: str) -> int | None:
    """The number in one box that makes every sum right, or None."""
    for one in _SUMS:
        off = held(flow, one.box) - _should(flow, one)
        if not off:
            continue
        sign = 1 if name == one.box else -1 if name in one.plus else 1 if name in one.minus else 0
        value = held(flow, name) - sign * off
        if not sign or not 0 <= value <= MOST:
            return None
        # Which of the reasons is wrong nobody can tell; all together they make one box.
        changed = Flow(**{**vars(flow), name: {"all reasons": value} if name in REASONS else value})
        return value if not check(changed) else None
    return None


def _found_by_prisma_flow(flow: Flow) -> list[Fault]:
    """What prisma-flow's own check says, in its words; its warnings about studies are for people to judge."""
    from prismaflow import PrismaFlow

    # It is told reports where it asks for studies, since it compares that box with reports.
    report = PrismaFlow.new_review(
        records_identified_databases=flow.databases, records_identified_registers=flow.registers,
        records_removed_duplicates=flow.duplicates, records_removed_automation=0,
        records_removed_other=flow.removed_other, records_screened=flow.screened, records_excluded=flow.excluded,
        reports_sought=flow.sought, reports_not_retrieved=flow.not_retrieved, reports_assessed=flow.assessed,
        reports_excluded=dict(flow.excluded_why), website_results=flow.other,
        other_sought_reports=flow.other_sought, other_notretrieved_reports=flow.other_not_retrieved,
        other_assessed=flow.other_assessed, other_excluded=dict(flow.other_excluded_why),
        studies_included=flow.reports, reports_included=flow.reports,
    ).validate(strict_included=True)
    faults = []
    for message in report.errors:
        box = _PRISMA_FLOW[message.field]
        off = (message.found or 0) - (message.expected or 0)
        faults.append(Fault(box, f"{label(box)}: it is {message.found:,} and should be {message.expected:,}.", off))
    return faults


_PRISMA_FLOW = {
    "screening.records_screened": "screened", "eligibility.reports_sought": "sought",
    "eligibility.reports_assessed": "assessed", "eligibility.other_sought_reports": "other_sought",
    "eligibility.other_assessed": "other_assessed", "included.studies_included": "reports",
}


def verdict(flow: Flow) -> str:
    """Whether the boxes add up, and which do not, in plain words."""
    faults = check(flow)
    if not faults:
        return "All boxes add up."
    told = f"{number_of(len(faults), 'thing does', 'things do')} not add up. " + \
        " ".join(fault.sentence for fault in faults)
    one = single_box(flow)
    if one:
        told += f" If only one box is wrong, it is “{label(one[0])}”: with {one[1]:,} everything would add up."
    return told


# -- showing -----------------------------------------------------------------------------------------


def table(flow: Flow) -> pd.DataFrame:
    """The boxes in reading order: `stage`, `box`, `number`, and `remark` where a box does not add up."""
    remarks = {}
    for fault in check(flow):
        remarks.setdefault(fault.box, fault.sentence)
    rows = []
    for stage, names in _STAGES.items():
        for name in names:
            if name.startswith("other") and not flow.has_other:
                continue
            if name in ("registers", "removed_other") and not held(flow, name) and name not in remarks:
                continue
            rows.append({"stage": stage, "box": label(name), "number": held(flow, name),
                         "remark": remarks.get(name, "")})
            if name in REASONS:
                rows += [{"stage": stage, "box": f"{label(name)}, because: {reason}", "number": count, "remark": ""}
                         for reason, count in getattr(flow, name).items()]
    return pd.DataFrame(rows)


_STAGES = {
    "Found": ("databases", "registers", "other"),
    "Removed before screening": ("duplicates", "removed_other"),
    "Screened": ("screened", "excluded"),
    "Sought": ("sought", "not_retrieved", "other_sought", "other_not_retrieved"),
    "Assessed": ("assessed", "excluded_why", "other_assessed", "other_excluded_why"),
    "Included": ("reports", "studies"),
}


def sentence(flow: Flow) -> str:
    """The whole diagram in two sentences."""
    found = flow.databases + flow.registers + flow.other
    read_ = flow.assessed + flow.other_assessed
    return (f"Of {number_of(found, 'record')} found, {flow.screened:,} were screened and "
            f"{number_of(read_, 'report')} read in full; {number_of(flow.studies, 'study', 'studies')} in "
            f"{number_of(flow.reports, 'report')} {'is' if flow.studies == 1 else 'are'} included.")


def alt_text(flow: Flow) -> str:
    """What the picture shows, box by box, for people who do not see it."""
    rows = table(flow)
    told = "; ".join(f"{row.box.lower()} {row.number:,}" for row in rows.itertuples())
    faults = check(flow)
    wrong = number_of(len({fault.box for fault in faults}), "box is", "boxes are")
    end = f"{wrong} marked with “does not add up”." if faults else "All boxes add up."
    return f"Flow diagram after PRISMA 2020, read from top to bottom: {told}. {end}"


def diagram(flow: Flow):
    """The flow diagram as picture, sentence and table.

    Parameters
    ----------
    flow : Flow
        May hold boxes that do not add up; they are drawn with a broken frame and say so.

    Returns
    -------
    ExplainedFigure
        Shown by a notebook; `png()` gives the picture.
    """
    from researchskills import charts
    from researchskills.evidence import flow_picture

    shown = table(flow)
    if not (shown["remark"] != "").any():
        shown = shown.drop(columns="remark")
    return charts.figure(flow_picture.draw(flow), title=sentence(flow), alt=alt_text(flow), table=shown, source=SOURCE)
