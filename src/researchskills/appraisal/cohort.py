"""A whole group of readers, one report: which question divides us?

Each reader sends a file. Of a file only what is needed is kept: the answers, the design that the reader named, and the
reader's sector. Readers are called Reader 1, Reader 2 and so on.

A question divides a group as far as pairs of its readers disagree about it: of all pairs that can be made of those who
answered, how many gave two different answers. It is one minus the agreement of pairs in J. Fleiss, Psychol. Bull. 76
(1971) 378-382. Groups are small, so pairs are counted, and there is no percentage for fewer than ten readers.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from researchskills._words import number_of
from researchskills.appraisal import forms, reader_files
from researchskills.appraisal.designs import DESIGNS
from researchskills.appraisal.forms import ANSWERS
from researchskills.appraisal.reading import SECTORS, Appraisal
from researchskills.errors import CourseError
from researchskills.received import NOTHING

#: Sectors that are set side by side.
SIDES = ("health", "social_care")
#: With fewer readers there is no percentage.
FEW = 10


@dataclass(frozen=True)
class Reader:
    """What is kept of one reader's file.

    Attributes
    ----------
    number : int
        Shown as the reader's code.
    sector, design, form : str
    version : int
        Of the form.
    answers : dict
        Key of a question → key of `forms.ANSWERS`.
    mark : str
        Tells one reader from another and says nothing about them.
    content : str
        Tells one file from another.
    """

    number: int
    sector: str
    design: str
    form: str
    version: int
    answers: Mapping[str, str]
    mark: str
    content: str

    @property
    def code(self) -> str:
        """What the reader is called."""
        return f"Reader {self.number}"


@dataclass(frozen=True)
class Taken:
    """What became of a handful of files.

    Attributes
    ----------
    report : str
        The report that the readers have in common.
    readers : tuple of Reader
        Those there were, and the new ones.
    names : dict
        Number of a new reader → the name in the file, if there is one; for whoever asks to see it, never kept.
    refused : tuple of str
        A sentence for each file that was not taken.
    """

    report: str
    readers: tuple[Reader, ...]
    names: dict[int, str] = field(default_factory=dict)
    refused: tuple[str, ...] = ()


def take(files: Iterable[tuple[str, bytes]], report: str = "", held: Iterable[Reader] = ()) -> Taken:
    """Take readers' files over, each one whole or not at all.

    Parameters
    ----------
    files : iterable of (str, bytes)
        Name and content.
    report : str
        The report that they must be about; if empty, the one that most of them are about.
    held : iterable of Reader
        Readers who are there already.

    Returns
    -------
    Taken
    """
    read, refused = {}, []
    for name, content in files:
        try:
            read[name] = reader_files.accept(content, f"“{name}”")
            if not read[name].answers:
                del read[name]
                raise CourseError(f"“{name}” holds no answer to any question. {NOTHING} The reader may have sent it "
                                  "before beginning.")
        except CourseError as problem:
            refused.append(str(problem))
    readers = list(held)
    report = report or _most_common(one.report for one in read.values())
    # What somebody said about another report contradicts nothing here.
    of_report = {name: one for name, one in read.items() if reader_files.same_report(one.report, report)}
    by_mark: dict[str, list[str]] = {}
    for name, appraisal in of_report.items():
        by_mark.setdefault(_mark(appraisal), []).append(name)
    names = {}
    for name, appraisal in read.items():
        others = [one for one in by_mark.get(_mark(appraisal), []) if one != name]
        problem = _misfit(name, appraisal, report, readers, {one: read[one] for one in others})
        if problem:
            refused.append(problem)
            continue
        number = max((one.number for one in readers), default=0) + 1
        readers.append(Reader(number, appraisal.sector, appraisal.design, appraisal.form, appraisal.form_version,
                              {key: one.answer for key, one in appraisal.answers.items()}, _mark(appraisal),
                              _content(appraisal)))
        if reader_files.name_kept(appraisal.reader):
            names[number] = reader_files.name_kept(appraisal.reader)
    return Taken(report if readers else "", tuple(readers), names, tuple(refused))


def _misfit(name: str, appraisal: Appraisal, report: str, readers: list[Reader],
            others: Mapping[str, Appraisal]) -> str:
    """Why a sound file does not belong to these, in a sentence; empty when it does."""
    if not reader_files.same_report(appraisal.report, report):
        return (f"“{name}” is about “{reader_files.report_title(appraisal.report)}”, and the others are about "
                f"“{reader_files.report_title(report)}”. {NOTHING}")
    same = next((one for one in readers if one.mark == _mark(appraisal)), None)
    if same and same.content == _content(appraisal):
        return f"“{name}” holds the same as the file of {same.code}. {NOTHING}"
    if same:
        return (f"“{name}” is by the same reader as {same.code} and says something else. {NOTHING} Ask which one "
                f"counts; if it is this one, take {same.code} out first and choose the file again. If two people have "
                "that name, one of them changes it and exports again.")
    differing = [other for other, held in others.items() if _content(held) != _content(appraisal)]
    if differing:
        # Which of the two is the newer one cannot be told from here.
        return (f"“{name}” and “{differing[0]}” are by the same reader and differ. {NOTHING} Ask which one counts, "
                "and choose that one alone. If two people have that name, one of them changes it and exports again.")
    return ""


def _mark(appraisal: Appraisal) -> str:
    """Who it is, so that nobody is counted twice; without a name, the content has to do."""
    name = " ".join(appraisal.reader.split()).casefold()
    return hashlib.sha256(name.encode()).hexdigest()[:12] if name else _content(appraisal)


def _content(appraisal: Appraisal) -> str:
    said = repr((appraisal.design, appraisal.form, appraisal.sector, sorted(appraisal.judgements.items()),
                 appraisal.certainty, sorted(appraisal.answers.items())))
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def _most_common(values: Iterable[str]) -> str:
    return next((value for value, _ in Counter(values).most_common(1)), "")


# -- which question divides us -----------------------------------------------------------------------


def pairs_that_disagree(answers: Iterable[str]) -> tuple[int, int]:
    """How many pairs of readers gave two different answers, and how many pairs there are.

    Notes
    -----
    One minus the agreement of pairs in J. Fleiss, Psychol. Bull. 76 (1971) 378-382, as counts.

    Examples
    --------
    >>> pairs_that_disagree(["yes", "yes", "no"])
    (2, 3)
    """
    counts = Counter(answers)
    n = sum(counts.values())
    return (n * n - sum(one * one for one in counts.values())) // 2, n * (n - 1) // 2


@dataclass(frozen=True, eq=False)
class Division:
    """What divides a group of readers.

    Attributes
    ----------
    form : str
        The form that is compared: the one that most of them filled in.
    readers : tuple of Reader
        Those who filled it in.
    designs : dict
        Name of a design → how many of all the readers took the study for it.
    table : pandas.DataFrame
        One row for each question that two or more answered, the most divided first, those that fewer than half
        answered last: `key`, `question`, one column for each answer, `answered`, `disagreeing` and `pairs`, `health`
        and `social_care` (answers in words).
    notes : tuple of str
        What to know about it, a sentence each.
    """

    form: str
    readers: tuple[Reader, ...]
    designs: Mapping[str, int]
    table: pd.DataFrame
    notes: tuple[str, ...]

    @cached_property
    def _kappa(self) -> tuple[object, str]:
        from researchskills.statistics.agreement import fleiss_kappa

        everybody = self.table[self.table["answered"] == len(self.readers)]
        if len(everybody) < 2:
            return None, "Fewer than two questions were answered by everybody, so there is no kappa for the group."
        try:
            return fleiss_kappa(everybody[list(ANSWERS)].to_numpy()), ""
        except CourseError as problem:
            return None, str(problem)

    @property
    def agreement(self):
        """Fleiss' kappa of the questions that everybody answered; None where it cannot be worked out."""
        return self._kappa[0]

    @property
    def without_kappa(self) -> str:
        """Why there is no kappa, in a sentence; empty where there is one."""
        return self._kappa[1]

    def sentence(self) -> str:
        """The question that divides the group most, or that none does."""
        if self.table.empty:
            return "No question was answered by two readers, so there is nothing to compare yet."
        first = self.table.iloc[0]
        if not first["disagreeing"]:
            return (f"No question divides you: on each of the {number_of(len(self.table), 'question')}, all who "
                    "answered said the same.")
        alike = self.table["disagreeing"] * first["pairs"] == self.table["pairs"] * first["disagreeing"]
        level = int((alike & (2 * self.table["answered"] >= len(self.readers))).sum())
        if first["pairs"] == 1:
            apart = "the two of you differ"
        else:
            pairs = share(first["disagreeing"], first["pairs"], len(self.readers))
            apart = f"{pairs} pairs of readers disagree"
        told = f"“{first['question']}” divides you most: {apart} ({counted(first)})."
        if level == 2:
            told += " Another question divides you just as much."
        elif level > 2:
            told += f" Another {level - 1} questions divide you just as much."
        return told


def counted(answers: Mapping) -> str:
    """Counts by answer in words, without those that nobody gave."""
    return ", ".join(f"{words.lower()} {answers[key]}" for key, words in ANSWERS.items() if answers.get(key))


def share(part: int, whole: int, readers: int) -> str:
    """Pairs as whole numbers, and from ten readers on as a percentage too."""
    from researchskills.statistics.estimate import percent

    return f"{part} of {whole}" + (f" ({percent(part / whole)}%)" if readers >= FEW and whole else "")


def divide(readers: Iterable[Reader]) -> Division:
    """Which question divides a group of readers.

    Parameters
    ----------
    readers : iterable of Reader
        Of one report.

    Raises
    ------
    CourseError
        If there are fewer than two.
    """
    readers = list(readers)
    if len(readers) < 2:
        raise CourseError("It takes the files of two readers or more to see what divides them.")
    key = _most_common(one.form for one in readers)
    form = forms.form(key)
    of_form = [one for one in readers if one.form == key and one.version == form.version]
    rows = []
    for question in form.questions:
        answering = [one for one in of_form if question.key in one.answers]
        said = [one.answers[question.key] for one in answering]
        if len(said) < 2:
            continue
        disagreeing, pairs = pairs_that_disagree(said)
        by_side = {side: counted(Counter(one.answers[question.key] for one in answering if one.sector == side))
                   or "nobody" for side in SIDES}
        rows.append({"key": question.key, "question": question.text,
                     **{answer: said.count(answer) for answer in ANSWERS},
                     "answered": len(said), "disagreeing": disagreeing, "pairs": pairs, **by_side})
    # Two who disagree on what nobody else answered do not divide a group. The sort is stable: questions that divide
    # alike stay in the order of the form.
    rows.sort(key=lambda row: (2 * row["answered"] < len(of_form), -row["disagreeing"] / row["pairs"],
                               -row["answered"]))
    columns = ["key", "question", *ANSWERS, "answered", "disagreeing", "pairs", *SIDES]
    designs = Counter(DESIGNS[one.design].name for one in readers)
    return Division(key, tuple(of_form), dict(designs.most_common()), pd.DataFrame(rows, columns=columns),
                    tuple(_notes(readers, of_form, form)))


def _notes(readers: list[Reader], of_form: list[Reader], form: forms.Form) -> list[str]:
    notes = []
    other = [one for one in readers if one.form != form.key]
    if other:
        notes.append(f"{', '.join(one.code for one in other)} took the study for another design and filled in another "
                     f"form. Here only answers on the form “{form.title}” are compared; the design is the first thing "
                     "to talk about.")
    older = [one for one in readers if one.form == form.key and one not in of_form]
    if older:
        notes.append(f"{', '.join(one.code for one in older)} answered an older version of the form and cannot be "
                     "compared. Ask for the file again.")
    gaps = [one for one in of_form if len(one.answers) < len(form.questions)]
    if gaps:
        notes.append(f"Not every question is answered by {', '.join(one.code for one in gaps)}; each question counts "
                     "those who answered it.")
    for side in SIDES:
        count = sum(one.sector == side for one in of_form)
        if not count:
            notes.append(f"Nobody here reads from the side of {SECTORS[side].lower()}.")
        elif count == 1:
            notes.append(f"Only one reader is from {SECTORS[side].lower()}, so everybody can tell whose answers these "
                         "are. Ask before you show them.")
    return notes
