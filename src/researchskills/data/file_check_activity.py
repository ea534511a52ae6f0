"""Check a file and decide what to do about each finding: the activity.

A learner may bring a file from work. It stays where it is: what is saved beside the notebook, and what an
exported page shows, is which kind of finding there was, how many places it has, and what was decided. No value
of a cell, no name of a column and not the name of the file is kept. Files that come with the course are
invented, so their findings are kept in full.
"""

import tempfile
from functools import cache
from pathlib import Path

from traitlets import Dict, Unicode

from researchskills import _html, privacy
from researchskills.activity import Activity, is_static
from researchskills.data.finding import GROUPS
from researchskills.errors import CourseError
from researchskills.tables import html_table

#: What can be done about a finding.
DECISIONS = {
    "source": "Mend it at the source: the form, the system or the supplier",
    "copy": "Mend it in a copy, with a change log",
    "leave": "Leave it, and say so beside the figures",
    "ask": "Ask somebody who knows the service",
}
#: Folder of the workspace for files of the learner's own.
OWN_FOLDER = "my-data"
#: Findings that are read at a time.
AT_A_TIME = 10
_KINDS = {".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}
_CHOOSE = "Choose …"
_EXAMPLE, _FOLDER, _UPLOAD = "example", "folder", "upload"


def examples() -> dict[str, Path]:
    """Tables that come with the course: `package/resource` → file."""
    from researchskills import datasets

    found = {}
    for name in datasets.names():
        for table in datasets._package(name)["resources"]:
            found[f"{name}/{table['name']}"] = datasets._home() / name / table["path"]
    return found


def own_home(folder: Path) -> Path:
    """Where a learner may put files of their own: `my-data` beside the folder of the module."""
    return folder.resolve().parent / OWN_FOLDER


def own_files(folder: Path) -> list[Path]:
    """Files of the learner's own, in `my-data`."""
    home = own_home(folder)
    if not home.is_dir():
        return []
    return sorted(path for path in home.iterdir()
                  if path.suffix.lower() in _KINDS and not path.name.startswith((".", "~")))


class FileCheck(Activity):
    """Choose a file, read what was found, decide on each.

    Parameters
    ----------
    name : str
        For example `m04-a1-own-file`.
    example : str, optional
        `package/resource` of the course's file that is offered first.
    folder : pathlib.Path, optional
        The notebook's folder.

    Attributes
    ----------
    checked : dict
        What was checked last, without its content: `kind` of source, `label`, number of `findings`, and
        a `mark` that tells files apart.
    decisions : dict
        Key of a finding → `what` it is, `count` of places, `decision`, `note`.
    """

    checked = Dict().tag(saved=True)
    decisions = Dict().tag(saved=True)
    trouble = Unicode()

    def __init__(self, name: str, example: str | None = None, folder: Path | None = None):
        self.folder = folder or Path.cwd()
        self.example = example
        self.found = None
        super().__init__(name, folder)

    # -- what happens ----------------------------------------------------------------------------

    def check(self, path: Path, kind: str, label: str, progress=None) -> bool:
        """Check a file; what was decided before stays.

        Parameters
        ----------
        path : pathlib.Path
            The file; it is only read.
        kind : {"example", "folder", "upload"}
            Where it comes from.
        label : str
            What to call it, if it is a file of the course.
        progress : callable, optional
            Called with a sentence and a share.

        Returns
        -------
        bool
            False when it could not be checked; `trouble` then says why.
        """
        from researchskills.data.check import check_file

        self.trouble = ""
        try:
            report = check_file(path, progress=progress)
        except CourseError as problem:
            self.trouble = str(problem)
            return False
        except Exception as problem:
            # Whatever odd file it is, the page goes on and the learner is told.
            self.trouble = (f"Something about this file could not be handled ({type(problem).__name__}). The file is "
                            "untouched and nothing was lost. Try a smaller part of it, saved as csv.")
            return False
        self.found = report
        own = kind != _EXAMPLE
        # Four digits of the checksum tell two files apart and say nothing about what is in them.
        now = {"kind": kind, "label": "a file of your own" if own else label, "findings": len(report.groups()),
               "mark": report.sha256[:4]}
        if self.decisions and self.checked.get("mark") != now["mark"]:
            self._keep_earlier()
        self.checked = now
        return True

    def _keep_earlier(self) -> None:
        """Decisions belong to their file: those about another one go to the list of earlier answers."""
        self._saved.earlier.append({"state": {"decisions": dict(self.decisions)}, "shown": self.shown(),
                                    "saved": self._saved.saved, "why": "another file was checked"})
        self.decisions = {}

    def check_upload(self, name: str, content: bytes, progress=None) -> bool:
        """Check a file that was handed over in the browser; it is on the disk only while it is being read."""
        with tempfile.TemporaryDirectory(prefix="check-") as folder:
            path = Path(folder) / (Path(name).name or "file")
            path.write_bytes(content)
            return self.check(path, _UPLOAD, "", progress)

    def findings(self) -> list[tuple[str, object]]:
        """Findings of the file that is open now, with their keys, most important first."""
        keyed, seen = [], {}
        for group in self.found.groups() if self.found else []:
            # Made of the check's name alone, so that the key says nothing about the file.
            seen[group.check] = seen.get(group.check, 0) + 1
            keyed.append((f"{group.check} {seen[group.check]}", group))
        return keyed

    def decide(self, key: str, decision: str | None = None, note: str | None = None) -> None:
        """Keep what was decided about a finding of the open file.

        Raises
        ------
        KeyError
            If the open file has no such finding.
        """
        group = dict(self.findings())[key]
        held = self.decisions.get(key, {"decision": "", "note": ""})
        own = self.checked.get("kind") != _EXAMPLE
        count = sum(one.count for one in group.findings)
        entry = {
            "what": group.check if own else group.findings[0].sentence,
            "count": count,
            "decision": held["decision"] if decision is None else decision,
            "note": held["note"] if note is None else note.strip()[:600],
        }
        others = {one: value for one, value in self.decisions.items() if one != key}
        # Written only when something was decided: reading is not an answer.
        self.decisions = {**others, key: entry} if entry["decision"] or entry["note"] else others

    def shown(self) -> str:
        """What was decided, in one sentence."""
        decided = [one for one in self.decisions.values() if one["decision"]]
        if not decided:
            return f"Checked: {self.checked['label']}; nothing decided yet" if self.checked else ""
        counts = [(words, sum(one["decision"] == key for one in decided)) for key, words in DECISIONS.items()]
        told = "; ".join(f"{count} × {words.split(':')[0].split(',')[0].lower()}" for words, count in counts if count)
        return f"{len(decided)} of {self.checked.get('findings', len(decided))} findings decided ({told})"

    # -- on the screen ---------------------------------------------------------------------------

    def panel(self):
        """Lists to choose a file, a button, and the findings ten at a time."""
        from ipywidgets import HTML, Button, Dropdown, FileUpload, VBox

        shipped, mine = examples(), {}
        where = Dropdown(options=[("an example of the course", _EXAMPLE), (f"my folder “{OWN_FOLDER}”", _FOLDER),
                                  ("another file on this computer", _UPLOAD)], description="Where the file is")
        example = Dropdown(options=[(_CHOOSE, ""), *((_label(one), one) for one in shipped)],
                           value=self.example if self.example in shipped else "", description="Example")
        own = Dropdown(description=f"File in “{OWN_FOLDER}”")
        upload = FileUpload(accept=",".join(sorted(_KINDS)), multiple=False, description="Choose a file")
        button = Button(description="Check this file")
        status, verdict, notice, name = HTML(), HTML(), HTML(self.notice_html()), HTML()
        results = VBox([])
        pages = Dropdown(description="Findings to read")
        pages.layout.display = "none"
        chosen = {_EXAMPLE: example, _FOLDER: own, _UPLOAD: upload}

        def look():
            # Looked up anew each time: the file may have been put there a moment ago.
            mine.clear()
            mine.update((path.name, path) for path in own_files(self.folder))
            options = [(_CHOOSE if mine else f"There is no file in “{OWN_FOLDER}” yet", ""),
                       *((one, one) for one in mine)]
            if tuple(options) != tuple(own.options):
                held = own.value
                own.options = options
                own.value = held if held in mine else ""

        def arrange(_change=None):
            look()
            for kind, widget in chosen.items():
                widget.layout.display = None if kind == where.value else "none"
            name.layout.display = None if where.value == _UPLOAD else "none"

        def picked(_change=None):
            named = upload.value[0]["name"] if upload.value else ""
            name.value = f'<p role="status">Chosen: {_html.escape(named)}</p>' if named else ""

        def show(start: int):
            results.children = self._result_widgets(start, turned)

        def turned(start: int):
            # The list above the findings is where reading goes on, for the eyes and for the keyboard.
            pages.value = start
            pages.focus()

        def progress(words: str, share: float):
            status.value = f'<p role="status">{_html.escape(words)} … {100 * min(share, 1):.0f} %</p>'

        def paged(change):
            if change["new"] is not None:
                show(change["new"])

        def no_file() -> str:
            if where.value != _FOLDER or mine:
                return "Choose a file first."
            return (f"There is no file in “{OWN_FOLDER}” yet. Put a copy of yours into the folder "
                    f"{own_home(self.folder)} (make it if it is not there) and choose the button again, or choose "
                    "“another file on this computer” in the list above.")

        def pressed(_button):
            look()
            # What was found in another file must not stand below this one's name.
            verdict.value, results.children, pages.layout.display = "", [], "none"
            status.value = '<p role="status">Reading the file …</p>'
            if where.value == _EXAMPLE and example.value:
                done = self.check(shipped[example.value], _EXAMPLE, example.value, progress)
            elif where.value == _FOLDER and own.value:
                done = self.check(mine[own.value], _FOLDER, "", progress)
            elif where.value == _UPLOAD and upload.value:
                [file] = upload.value
                done = self.check_upload(file["name"], bytes(file["content"]), progress)
            else:
                status.value = ""
                verdict.value = f'<div role="alert"><p>{_html.escape(no_file())}</p></div>'
                return
            status.value = ""
            told = self.found.sentence if done else self.trouble
            verdict.value = f'<div role="alert"><p>{_html.escape(told)}</p></div>'
            if done:
                many = len(self.findings())
                pages.unobserve(paged, names="value")
                pages.options = [(_span(start, many), start) for start in range(0, many, AT_A_TIME)] or [(_CHOOSE, 0)]
                pages.value = 0
                pages.observe(paged, names="value")
                pages.layout.display = None if many > AT_A_TIME else "none"
                show(0)
                self.refresh_report()

        where.observe(arrange, names="value")
        upload.observe(picked, names="value")
        pages.observe(paged, names="value")
        self.observe(lambda _: setattr(notice, "value", self.notice_html()), names="notice")
        button.on_click(pressed)
        arrange()
        return VBox([HTML(_INTRODUCTION), where, example, own, upload, name, button, status, verdict, notice, pages,
                     results])

    def _result_widgets(self, start: int, turned) -> list:
        """The findings from one place on, with their controls, and buttons that call `turned` to go on and back."""
        from ipywidgets import HTML, Button, HBox

        keyed = self.findings()
        widgets = []
        for place in range(start, min(start + AT_A_TIME, len(keyed))):
            key, group = keyed[place]
            widgets += [HTML(_finding_html(place + 1, group)), *self._decision_widgets(place + 1, key, group)]
        turns = []

        def turn(words: str, to: int):
            button = Button(description=words)
            button.on_click(lambda _button: turned(to))
            turns.append(button)

        if start > 0:
            turn(f"Back to findings {_span(start - AT_A_TIME, len(keyed))}", start - AT_A_TIME)
        if start + AT_A_TIME < len(keyed):
            turn(f"On to findings {_span(start + AT_A_TIME, len(keyed))}", start + AT_A_TIME)
        shown = f"<p>Findings {_span(start, len(keyed))} of {len(keyed)}.</p>" if keyed else ""
        looked = "".join(f"<li>{_html.escape(one)}</li>" for one in self.found.looked_for)
        end = HTML(f"<details><summary>What was looked for</summary><ul>{looked}</ul></details>")
        return [HTML(shown), *widgets, HBox(turns), end]

    def _decision_widgets(self, number: int, key: str, group) -> list:
        from ipywidgets import HTML, Dropdown, Text

        held = self.decisions.get(key, {"decision": "", "note": ""})
        choice = Dropdown(options=[(_CHOOSE, ""), *((words, one) for one, words in DECISIONS.items())],
                          value=held["decision"], description=f"What to do about {number}, {group.check}")
        note = Text(value=held["note"], description=f"Note on {number}: who, by when, or why",
                    continuous_update=False)
        warning = HTML()

        def noted(change):
            found = privacy.find(change["new"])
            self.decide(key, note="" if found else change["new"])
            warning.value = "" if not found else (
                f'<div role="alert"><p>This note seems to hold a {_html.escape(found[0].kind)} '
                f"({_html.escape(found[0].masked)}) and was not saved. Write it without anything that could "
                "identify a person.</p></div>")

        choice.observe(lambda change: self.decide(key, decision=change["new"]), names="value")
        note.observe(noted, names="value")
        return [choice, note, warning]

    # -- as a page -------------------------------------------------------------------------------

    def task_html(self) -> str:
        """The task, which the plan leaves out."""
        return _INTRODUCTION

    def report(self) -> str:
        """What was checked and decided; for a file of one's own, kinds and counts only."""
        parts = ['<section class="rs-report" aria-label="Check a file">', _INTRODUCTION]
        if not self.checked and is_static() and self.example:
            parts.append(self._example_html())
        elif not self.checked:
            parts.append("<p>No file has been checked yet.</p>")
        else:
            own = self.checked["kind"] != _EXAMPLE
            kept = " Only kinds of findings, counts and decisions are kept here." if own else ""
            parts.append(f"<p>Last checked: {_html.escape(self.checked['label'])}; "
                         f"{self.checked['findings']} kinds of findings.{kept}</p>")
            parts.append(f"<p><strong>Your decisions</strong></p>{self._decisions_html()}")
        return "".join(parts) + self.notice_html() + "</section>"

    def _decisions_html(self) -> str:
        import pandas as pd

        if not self.decisions:
            return "<p>None yet.</p>"
        lines = [{"finding": one["what"], "places": one["count"],
                  "decision": DECISIONS.get(one["decision"], "not decided yet"), "note": one["note"]}
                 for one in self.decisions.values()]
        return f"<p>{_html.escape(self.shown())}.</p>" + html_table(pd.DataFrame(lines), "Findings and decisions")

    def _example_html(self) -> str:
        """The first findings in the course's example, for a page that nobody can click on."""
        path = examples().get(self.example)
        if path is None or not self.check_quietly(path):
            return "<p>No file has been checked yet.</p>"
        items = "".join(_finding_html(number, group)
                        for number, (_, group) in enumerate(self.findings()[:AT_A_TIME], 1))
        return (f"<p>Example: {_html.escape(_label(self.example))}. {_html.escape(self.found.sentence)} "
                f"The first findings:</p>{items}")

    def check_quietly(self, path: Path) -> bool:
        """Check a file for showing only; nothing is saved."""
        from researchskills.data.check import check_file

        try:
            self.found = self.found or check_file(path)
        except CourseError:
            return False
        return True


_INTRODUCTION = (
    "<p><strong>Check a file</strong></p><p>Choose a file, read what was found, and decide about each finding. The "
    "file is only read, on this computer. Of a file of your own nothing is kept but kinds of findings, counts and "
    "your decisions. Make sure that you may use it: your information governance lead knows.</p>"
)


def _label(example: str) -> str:
    package, resource = example.split("/")
    words = [package.replace("_", " "), resource.replace("_", " ")]
    label = words[0] if words[0] == words[1] else ": ".join(words)
    return label[:1].upper() + label[1:]


def _span(start: int, many: int) -> str:
    return f"{start + 1} to {min(start + AT_A_TIME, many)}"


def _finding_html(number: int, group) -> str:
    sentences = "".join(f"<li>{_html.escape(one.sentence)}</li>" for one in group.findings[:3])
    more = len(group.findings) - 3
    beyond = f"<p>And {more} more of this kind.</p>" if more > 0 else ""
    places = [place.words() for one in group.findings for place in one.places][:5]
    looked = "".join(f"<li>{_html.escape(one)}</li>" for one in places)
    where = f"<p>For example:</p><ul>{looked}</ul>" if looked else ""
    title = group.check[:1].upper() + group.check[1:]
    return (f"<p><strong>{number}. {_html.escape(title)}</strong> ({_html.escape(GROUPS[group.rank])}; "
            f"{group.certainty})</p><ul>{sentences}</ul>{beyond}{where}"
            f"<p>Why it matters: {_html.escape(group.why)}</p>"
            f"<p>What people usually do: {_html.escape(group.usual)}</p>")


@cache
def file_check(name: str, example: str | None, folder: Path) -> FileCheck:
    """One activity for each name and folder, however often its cell is run."""
    return FileCheck(name, example, folder)
