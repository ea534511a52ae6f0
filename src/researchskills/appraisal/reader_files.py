"""One reader's file, as it arrives by e-mail: taken as a whole, or refused in a sentence.

`reading.read` says whether a file is an appraisal at all. Here it is looked at once more: is it one person's own, on
today's form, about sentences that the report has, and free of details that identify somebody? Two readers and a whole
cohort ask the same.
"""

import re

from researchskills import privacy, received, store
from researchskills.appraisal import forms, reading, reports
from researchskills.appraisal.designs import DESIGNS
from researchskills.appraisal.reading import Appraisal
from researchskills.errors import CourseError
from researchskills.received import NOTHING

#: Who has read, in a version that two readers agreed on.
BOTH = "both"
#: A name longer than this is no code any more.
LONGEST_NAME = 100


def report_title(key: str) -> str:
    """The title of a report of the course; a paper of one's own is called what its reader calls it."""
    return reports.report(key).title if key in reports.names() else key


def same_report(first: str, second: str) -> bool:
    """Whether two keys or short names mean one report; capitals and spaces do not count."""
    return _plain(first) == _plain(second)


def same_name(first: str, second: str) -> bool:
    """Whether two readers gave one and the same name; without a name nobody can tell."""
    return bool(_plain(first)) and _plain(first) == _plain(second)


def _plain(words: str) -> str:
    return " ".join(words.split()).casefold()


def accept(content: bytes, name: str) -> Appraisal:
    """Read one reader's file.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        What to call it in a message.

    Raises
    ------
    CourseError
        If it cannot be used, whatever it is; one sentence says why, and nothing is half read.
    """
    if len(content) > store.LARGEST_FILE:
        raise CourseError(f"{name} is far too large to be an appraisal. {NOTHING} Choose the file that the reader "
                          "exported.")
    refuse_page(content, name)
    try:
        appraisal = reading.read(_without_message(content, name), name)
        # Half a sign can be read and never be saved again.
        reading.to_json(appraisal).encode()
    except UnicodeEncodeError:
        raise CourseError(f"{name} is damaged: it holds half a sign, which no answer can. {NOTHING} Ask "
                          "for the file again.") from None
    check(appraisal, name)
    return appraisal


def refuse_page(content: bytes, name: str) -> None:
    """Refuse the page that is written beside a file to send: it bears nearly the same name and holds no data.

    Raises
    ------
    CourseError
        If the file is a web page and is called one.
    """
    page = re.match(rb"(\xef\xbb\xbf)?\s*<(!doctype html|html)", content, re.IGNORECASE)
    if page and name.casefold().strip("“”").endswith((".html", ".htm")):
        raise CourseError(f"{name} is the page to read or print. {NOTHING} Choose the other file; its name ends in "
                          ".json.")


def _without_message(content: bytes, name: str) -> bytes:
    """The appraisal alone, where a mail program has put a message before or after it."""
    text = received.text_of(content, name, "an appraisal").strip()
    if text.startswith(("{", "[")) and text.endswith(("}", "]")):
        return text.encode()
    lines = text.splitlines()
    quoted = [re.sub(r"^>+ ?", "", line) for line in lines if line.startswith(">")]
    for part in (lines, quoted):
        start = next((place for place, line in enumerate(part) if line.startswith("{")), None)
        end = next((place for place in range(len(part), 0, -1) if part[place - 1].rstrip() == "}"), None)
        if start is not None:
            return "\n".join(part[start:end]).encode()
    raise CourseError(f"{name} is another kind of file: no appraisal begins in it. {NOTHING} Choose the file that the "
                      "reader exported.")


def check(appraisal: Appraisal, name: str) -> None:
    """Refuse an appraisal that is no single reader's, or does not fit today's form and report.

    Raises
    ------
    CourseError
        With the first thing that is wrong.
    """
    form = forms.form(appraisal.form)
    if len(appraisal.report) > LONGEST_NAME:
        raise CourseError(f"{name} is damaged: what it calls the report is far too long. {NOTHING} Ask for the file "
                          "again.")
    if same_name(appraisal.reader, BOTH):
        raise CourseError(f"{name} is a version that two readers agreed on. {NOTHING} Ask for the file that one "
                          "reader exported before you talked.")
    if DESIGNS[appraisal.design].form != appraisal.form:
        raise CourseError(f"{name} is damaged: it takes the study for: {DESIGNS[appraisal.design].name}, and holds the "
                          f"form “{form.title}”, which is for other designs. {NOTHING} Ask for the file again.")
    if appraisal.form_version != form.version:
        raise CourseError(f"{name} was filled in on version {appraisal.form_version} of the form “{form.title}”; "
                          f"today’s is version {form.version}, and some questions have changed. {NOTHING} Ask the "
                          "reader to open the appraisal in the same edition of the course as yours and to export it "
                          "again.")
    written = {form.question(key).text: answer.evidence for key, answer in appraisal.answers.items()}
    for where, words in {**written, "How sure, in one sentence": appraisal.certainty,
                         "Name of the paper": appraisal.report}.items():
        if found := privacy.find(words):
            raise CourseError(f"{name} holds something that could identify a person ({found[0].kind}) at “{where}”. "
                              f"{NOTHING} Ask the reader to take it out and to export the file again.")
    if appraisal.report in reports.names():
        last = int(reports.report(appraisal.report).sentences["sentence"].max())
        for key, answer in appraisal.answers.items():
            if answer.sentences and max(answer.sentences) > last:
                raise CourseError(f"{name} marks sentence {max(answer.sentences)} for “{form.question(key).text}”, and "
                                  f"the report has {last}. {NOTHING} Make sure that both of you read the same edition "
                                  "of the report, and ask for the file again.")


def name_kept(reader: str) -> str:
    """The reader's name as it may be kept: a short name or a code, never an address or a number."""
    return "" if len(reader) > LONGEST_NAME or privacy.find(reader) else " ".join(reader.split())
