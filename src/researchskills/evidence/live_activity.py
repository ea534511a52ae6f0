"""Ask Europe PMC from the page: off until a box is ticked and a button pressed.

The course promises that nothing leaves the learner's computer. This is the one place where something does, so it says
beforehand what is sent and to whom, asks for a tick that is never remembered, and refuses words that could identify a
person. Where nobody can click (building, marking) it never touches the network.
"""

from functools import cache
from pathlib import Path

import pandas as pd
from traitlets import Dict, Unicode

from researchskills import _html, privacy
from researchskills.activity import Activity, here, is_static, reopened
from researchskills.errors import CourseError
from researchskills.evidence import europe_pmc
from researchskills.panel_parts import with_heading
from researchskills.tables import html_table

#: Folder beside the notebook for what came back.
KEPT_IN = "searches"
CONSENT = "Send my words to Europe PMC over the internet"
#: How many records may be fetched.
AMOUNTS = (25, 50, 100)
#: How long to wait.
PATIENCE = europe_pmc.Patience()
_SHOWN = ["title", "authors", "year", "journal"]


class LiveSearch(Activity):
    """One search at a time in Europe PMC, when the learner asks for it.

    Parameters
    ----------
    name : str
        For example `m02-a2-live`; the search is the learner's own and never handed in.
    folder : pathlib.Path, optional
        The notebook's folder.

    Attributes
    ----------
    words : str
        What was typed last.
    result : dict
        The last search that worked: `asked`, `sentence`, `files` it was kept in, and `rows` to show.
    trouble : str
        Why the last press of the button led to nothing; empty when it did not.
    """

    words = Unicode().tag(saved=True)
    result = Dict().tag(saved=True)
    trouble = Unicode()

    def __init__(self, name: str, folder: Path | None = None):
        self.folder = folder or Path.cwd()
        super().__init__(name, folder)

    # -- what happens ----------------------------------------------------------------------------

    def search(self, words: str, consent: bool, limit: int = AMOUNTS[0], progress=None) -> bool:
        """Send one search, and keep what comes back.

        Parameters
        ----------
        words : str
            As Europe PMC understands them.
        consent : bool
            Whether the box is ticked.
        limit : int, default 25
            Records to fetch.
        progress : callable, optional
            Called with records fetched and records to fetch.

        Returns
        -------
        bool
            False when nothing was found out; `trouble` then says why, and the earlier result stays.
        """
        self.trouble = self._objection(words, consent)
        if self.trouble:
            return False
        self.words = words
        try:
            found = europe_pmc.search(words, limit, patience=PATIENCE, progress=progress)
        except CourseError as problem:
            self.trouble = str(problem)
            return False
        try:
            files = [f"{KEPT_IN}/{path.name}" for path in europe_pmc.save(found, self.folder / KEPT_IN)]
        except CourseError as problem:
            files, self.trouble = [], str(problem)
        rows = found.records[_SHOWN].astype(object).where(found.records[_SHOWN].notna(), None)
        self.result = {"asked": found.asked, "sentence": found.sentence, "files": files,
                       "rows": rows.to_dict("records")}
        return True

    def _objection(self, words: str, consent: bool) -> str:
        """Why nothing may be sent; empty when it may."""
        if is_static():
            return "No search was sent: this page is being built or marked, and the internet is for people only."
        if not consent:
            return "Nothing was sent: tick the box first if your words may go to Europe PMC over the internet."
        found = privacy.find(words)
        if found:
            return (f"Nothing was sent: these words seem to hold a {found[0].kind} ({found[0].masked}). "
                    "Search with words about the topic, never about a person.")
        return ""

    def shown(self) -> str:
        """What was asked, in one sentence."""
        if not self.result:
            return ""
        return f"Asked Europe PMC for “{self.result['asked']}”. {self.result['sentence']}"

    # -- on the screen ---------------------------------------------------------------------------

    def panel(self):
        """What is sent and to whom, the words, the tick, the button, and the records below."""
        from ipywidgets import HTML, Button, Checkbox, Dropdown, Text, VBox

        words = Text(value=self.words, description="Words to search for", continuous_update=False)
        amount = Dropdown(options=[(f"up to {number} records", number) for number in AMOUNTS],
                          description="How many to fetch")
        consent = Checkbox(value=False, description=CONSENT)
        button = Button(description="Search Europe PMC now")
        status, verdict, notice = HTML(), HTML(), HTML(self.notice_html())
        results = HTML(self._result_html())

        def progress(fetched: int, wanted: int):
            status.value = f'<p role="status">Fetching: {fetched:,} of {wanted:,} records …</p>'

        def pressed(_button):
            # A fault that is said a second time is announced only when the place was empty in between.
            verdict.value = ""
            asking = '<p role="status">Asking Europe PMC. This may take up to two minutes.</p>'
            status.value = asking if consent.value else ""
            # A click that comes while it waits would be taken afterwards, and send the same words again.
            button.disabled = consent.value
            try:
                done = self.search(words.value, consent.value, amount.value, progress)
            finally:
                if button.disabled:
                    button.disabled = False
                    # A button that is switched off loses the keyboard.
                    button.focus()
            status.value = f'<p role="status">{_html.escape(self.result["sentence"])}</p>' if done else ""
            if self.trouble:
                verdict.value = f'<div role="alert"><p>{_html.escape(self.trouble)}</p></div>'
            results.value = self._result_html()

        self.observe(lambda _: setattr(notice, "value", self.notice_html()), names="notice")
        button.on_click(pressed)
        return VBox([HTML(with_heading(_INTRODUCTION)), words, amount, consent, button, status, verdict, notice,
                     results])

    # -- as a page -------------------------------------------------------------------------------

    def report(self) -> str:
        """What was asked last, when, and what came back."""
        body = self._result_html() or "<p>No search has been sent yet.</p>"
        return (f'<section class="rs-report" aria-label="Search Europe PMC">{_INTRODUCTION}{body}'
                f"{self.notice_html()}</section>")

    def _result_html(self) -> str:
        if not self.result:
            return ""
        asked, files = _html.escape(self.result["asked"]), self.result["files"]
        told = f"<p>You asked for “{asked}”. {_html.escape(self.result['sentence'])}</p>"
        if files:
            told += f"<p>Kept beside this page: {_html.escape(' and '.join(files))}.</p>"
        if not self.result["rows"]:
            return told
        table = pd.DataFrame(self.result["rows"], columns=_SHOWN)
        table["year"] = table["year"].astype("Int64")
        return told + html_table(table, f"Records from Europe PMC ({len(table)})")


_INTRODUCTION = (
    "<p><strong>Search Europe PMC</strong></p><p>This is the only place in the course that uses the internet, and only "
    "if you tick the box and press the button. Sent are the words you type and, as with any website, your computer's "
    "internet address. They go to Europe PMC, a free database of the European Bioinformatics Institute near Cambridge, "
    "which may log them. Nothing else is sent. What comes back is kept in the folder “searches” beside this page, "
    "with the date. Search for topics, never for a person. Without internet, use the course's own library.</p>"
)


def live_search(name: str) -> LiveSearch:
    """Search Europe PMC from a lesson.

    Parameters
    ----------
    name : str
        The activity's name, such as `m02-a2-live`.
    """
    return reopened(_live_search(name, here()))


@cache
def _live_search(name: str, folder: Path) -> LiveSearch:
    """One activity for each name and folder, however often its cell is run."""
    return LiveSearch(name, folder)
