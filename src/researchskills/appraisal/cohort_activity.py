"""A whole group of readers on the screen: many files at once, and the question that divides the group.

Files come from the browser or from the folder `readers` beside the notebook. Each is taken whole or refused with its
name and a sentence. Readers are shown as Reader 1, Reader 2 and so on; their names are shown only to whoever asks,
straight after the files were chosen, and are never saved.
"""

from collections.abc import Iterable
from dataclasses import asdict, fields
from functools import cache
from pathlib import Path

import pandas as pd
from traitlets import List, TraitError, Unicode, validate

from researchskills import _html, store
from researchskills._words import number_of
from researchskills.activity import Activity, here, reopened
from researchskills.appraisal import cohort, forms, reader_files, reports
from researchskills.appraisal.cohort import Division, Reader
from researchskills.appraisal.designs import DESIGNS
from researchskills.appraisal.reading import SECTORS
from researchskills.appraisal.stacked_tables import stacked_table
from researchskills.ask import CHOOSE
from researchskills.errors import CourseError
from researchskills.panel_parts import alert, show_if, status, with_heading
from researchskills.paths import suggestion
from researchskills.tables import html_table

#: Folder beside the notebook for readers' files.
FOLDER = "readers"
_TASK = ("<p><strong>Which question divides us?</strong></p><p>Everybody appraises the same report alone and saves the "
         f"appraisal as a file. Choose all the files at once, or put them into a folder “{FOLDER}” beside this page. "
         "Of each file only the answers, the design and the sector are kept. Readers are shown by number.</p>")


class ReadersTogether(Activity):
    """What divides a group of readers.

    Parameters
    ----------
    name : str
        For example `m03-a4-readers`.
    set_report : str, optional
        Key of the report that all must have read; by default the one that most files are about.
    folder : pathlib.Path, optional
        The notebook's folder.

    Attributes
    ----------
    about : str
        The report that the files have in common.
    readers : list of dict
        What is kept of each file; see `cohort.Reader`.
    names : dict
        Number of a reader → name, only while this page is open.
    """

    about = Unicode().tag(saved=True)
    readers = List().tag(saved=True)

    def __init__(self, name: str, set_report: str | None = None, folder: Path | None = None):
        self.folder = folder or Path.cwd()
        self.set_report = set_report or ""
        self.names: dict[int, str] = {}
        self._undo: list[tuple[str, list, dict]] = []
        self._drawn: tuple[list, str] = ([], "")
        super().__init__(name, folder)

    @validate("readers")
    def _are_readers(self, proposal):
        if not all(map(_is_reader, proposal["value"])):
            raise TraitError("this is no reader")
        return proposal["value"]

    # -- what happens ----------------------------------------------------------------------------

    @property
    def group(self) -> list[Reader]:
        """The readers whose files were taken."""
        return [Reader(**one) for one in self.readers]

    def take(self, files: Iterable[tuple[str, bytes]]) -> list[str]:
        """Take files over, each whole or not at all; gives what became of them, a sentence each."""
        taken = cohort.take(files, self.about or self.set_report, self.group)
        new = len(taken.readers) - len(self.readers)
        if new:
            self._change(taken.report, [asdict(one) for one in taken.readers], {**self.names, **taken.names})
        told = f"{number_of(new, 'file')} taken, {len(taken.refused)} refused. "
        told += f"There {'is' if len(self.readers) == 1 else 'are'} {number_of(len(self.readers), 'reader')} now."
        return [told, *taken.refused]

    def take_folder(self) -> list[str]:
        """Take all files of the folder `readers`; gives what became of them, a sentence each.

        Raises
        ------
        CourseError
            If there is no such folder, or nothing in it.
        """
        home = self.folder / FOLDER
        paths = sorted(path for path in home.iterdir() if path.is_file() and not path.name.startswith((".", "~"))) \
            if home.is_dir() else []
        if not paths:
            raise CourseError(f"There is no file in a folder “{FOLDER}” beside this page. Make the folder {home}, put "
                              "the readers’ files into it, and choose the button again.")
        files, refused = [], []
        for path in paths:
            try:
                # One byte more than is allowed is enough to refuse it.
                with path.open("rb") as file:
                    files.append((path.name, file.read(store.LARGEST_FILE + 1)))
            except OSError as problem:
                refused.append(f"“{path.name}” cannot be opened ({problem.strerror}). Nothing was taken over.")
        return self.take(files) + refused

    def take_out(self, number: int) -> None:
        """Take a reader out again."""
        others = [one for one in self.readers if one["number"] != number]
        self._change(self.about if others else "", others,
                     {one: name for one, name in self.names.items() if one != number})

    def _change(self, about: str, readers: list, names: dict[int, str]) -> None:
        self._undo.append((self.about, self.readers, self.names))
        self.about, self.readers, self.names = about, readers, names

    def undo(self) -> bool:
        """Take the last step back; False when there is none."""
        if not self._undo:
            return False
        self.about, self.readers, self.names = self._undo.pop()
        return True

    def division(self) -> Division | None:
        """What divides the readers; None while there are fewer than two."""
        return cohort.divide(self.group) if len(self.readers) > 1 else None

    # -- words and screen ------------------------------------------------------------------------

    def shown(self) -> str:
        """How many readers there are and what divides them most."""
        if not self.readers:
            return ""
        division = self.division()
        told = f"{number_of(len(self.readers), 'reader')} of “{reader_files.report_title(self.about)}”."
        return f"{told} {division.sentence()}" if division else told

    def panel(self):
        """Choose files, read what divides the group, take a reader out."""
        from ipywidgets import HTML, Button, Checkbox, Dropdown, FileUpload, VBox

        upload = FileUpload(accept=".json,.txt", multiple=True, description="Files of the readers")
        take, folder, out, undo = (Button(description=words) for words in (
            "Take these files", f"Take all files of the folder “{FOLDER}”", "Take this reader out",
            "Take the last step back"))
        who = Dropdown(description="A reader")
        named = Checkbox(value=False, description="Show the readers’ names", indent=False)
        chosen, verdict, names, shown, notice = HTML(), HTML(), HTML(), HTML(), HTML(self.notice_html())

        def draw():
            who.options = [(CHOOSE, 0), *((self._reader_words(one), one.number) for one in self.group)]
            who.value = 0
            shown.value = self._result_html()
            names.value = self._names_html() if named.value else ""
            for control in (who, out):
                show_if(control, bool(self.readers))
            show_if(named, bool(self.names))

        def told(sentences: Iterable[str]):
            first, *others = map(_html.escape, sentences)
            items = "".join(f"<li>{one}</li>" for one in others)
            verdict.value = alert(f"<p>{first}</p>" + (f"<ul>{items}</ul>" if items else ""))
            draw()

        def picked(_change):
            chosen.value = status(f"Chosen: {number_of(len(upload.value), 'file')}") if upload.value else ""

        def take_pressed(_button):
            if not upload.value:
                told(["Choose the readers’ files first."])
                return
            files = [(file["name"], bytes(file["content"])) for file in upload.value]
            upload.value = ()
            sentences = self.take(files)
            taken = [name for name, _ in files if not any(one.startswith(f"“{name}”") for one in sentences)]
            # The button counts what is chosen, and goes back to 0 once it was taken.
            chosen.value = status(f"Taken: {', '.join(taken)}") if taken else ""
            told(sentences)

        def folder_pressed(_button):
            try:
                told(self.take_folder())
            except CourseError as problem:
                told([str(problem)])

        def out_pressed(_button):
            if not who.value:
                told(["Choose a reader first."])
                return
            number = who.value
            self.take_out(number)
            if not self.readers:
                # The list and its button go away; the keyboard goes on from the button that brings readers.
                take.focus()
            told([f"Reader {number} is taken out."])

        def undo_pressed(_button):
            told(["Taken back." if self.undo() else "There is no step to take back."])

        upload.observe(picked, names="value")
        take.on_click(take_pressed)
        folder.on_click(folder_pressed)
        out.on_click(out_pressed)
        undo.on_click(undo_pressed)
        named.observe(lambda _: draw(), names="value")
        self.observe(lambda _: setattr(notice, "value", self.notice_html()), names="notice")
        draw()
        return VBox([HTML(with_heading(_TASK)), upload, chosen, take, folder, verdict, notice, who, out, undo, named,
                     names, shown])

    def _reader_words(self, one: Reader) -> str:
        sector = SECTORS[one.sector].lower() if one.sector else "no sector given"
        return f"{one.code} ({sector}; {DESIGNS[one.design].name})"

    def _names_html(self) -> str:
        """The readers' names, for whoever asked to see them."""
        if not self.names:
            return ""
        rows = [{"reader": one.code, "name": self.names.get(one.number, "not given")} for one in self.group]
        return (status("The names are shown until this page is closed. They are not saved.")
                + html_table(pd.DataFrame(rows), "Names of the readers"))

    def _result_html(self) -> str:
        if not self.readers:
            return "<p>No file taken yet.</p>"
        parts = [f"<p>Report: {_html.escape(reader_files.report_title(self.about))}.</p>"]
        if len(self.readers) < 2:
            parts.append("<p>It takes two readers or more to see what divides them.</p>")
        else:
            # The picture takes a while, and panel and report show the same one.
            if self._drawn[0] != self.readers:
                self._drawn = (self.readers, division_html(self.division()))
            parts.append(self._drawn[1])
        return "".join(parts)

    def report(self) -> str:
        """What divides the group, without names."""
        return (f'<section class="rs-report" aria-label="Readers together">{_TASK}{self._result_html()}'
                f"{self.notice_html()}</section>")


def division_html(division: Division) -> str:
    """What divides a group: the question first, the picture with its table, then a number for the whole."""
    from researchskills.appraisal.cohort_figure import draw, sides

    parts = []
    if len(division.designs) > 1:
        said = ", ".join(f"{name} {count}" for name, count in division.designs.items())
        parts.append(f"<p>You took the design for different things: {_html.escape(said)}. Talk about this first.</p>")
    if division.table.empty:
        parts.append(f"<p>{_html.escape(division.sentence())}</p>")
    else:
        parts += [draw(division)._repr_html_(),
                  stacked_table(sides(division), "Health and social care side by side")]
    parts.append(division.agreement._repr_html_() if division.agreement is not None
                 else f"<p>There is no kappa. {_html.escape(division.without_kappa)}</p>")
    notes = "".join(f"<li>{_html.escape(one)}</li>" for one in division.notes)
    return "".join([*parts, f"<ul>{notes}</ul>" if notes else ""])


def _is_reader(held) -> bool:
    return (isinstance(held, dict) and set(held) == {one.name for one in fields(Reader)}
            and all(isinstance(held[key], str) for key in ("sector", "design", "form", "mark", "content"))
            and held["sector"] in {"", *SECTORS} and held["design"] in DESIGNS and held["form"] in forms.names()
            and type(held["number"]) is int and type(held["version"]) is int and isinstance(held["answers"], dict)
            and all(isinstance(one, str) and one in forms.ANSWERS for one in held["answers"].values()))


def readers_together(name: str, report: str | None = None) -> ReadersTogether:
    """See which question divides a group of readers.

    Parameters
    ----------
    name : str
        The activity's name, such as `m03-a4-readers`.
    report : str, optional
        Key of the report that all have read; by default the one that most files are about.

    Raises
    ------
    CourseError
        If there is no such report.
    """
    if report is not None and report not in reports.names():
        raise CourseError(f"There is no report “{report}”.{suggestion(report, reports.names())}", exit_status=2)
    return reopened(_readers_together(name, report, here()))


# One object for each name and folder, however often its cell is run.


@cache
def _readers_together(name: str, report: str | None, folder: Path) -> ReadersTogether:
    return ReadersTogether(name, report, folder)
