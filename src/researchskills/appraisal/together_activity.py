"""Appraisals seen together: the judgements as signs, a summary of findings, and what is known all in all.

What was appraised in a notebook lies in its answers folder, so this reads it from there and never writes to it. Only
the sentence about all of it is saved here.
"""

from functools import cache
from pathlib import Path

from traitlets import Unicode

from researchskills import _html, own_words, saving
from researchskills._words import number_of
from researchskills.activity import Activity, here, reopened
from researchskills.appraisal import appraisal_report, findings, reports, saved_appraisals, saved_files
from researchskills.appraisal.reading import Appraisal
from researchskills.errors import CourseError
from researchskills.panel_parts import PART, alert, with_heading


class AppraisalsTogether(Activity):
    """Everything appraised in a notebook, and what it says all in all.

    Parameters
    ----------
    name : str
        For example `m03-a8-together`.
    folder : pathlib.Path, optional
        The notebook's folder.

    Attributes
    ----------
    overall : str
        What is known, how sure the learner is, and why.
    """

    overall = Unicode("").tag(saved=True)

    def __init__(self, name: str, folder: Path | None = None):
        self.folder = Path(folder) if folder else here()
        super().__init__(name, self.folder)

    def found(self) -> tuple[dict[str, Appraisal], list[str]]:
        """What has been appraised so far, under the titles of the reports, and a sentence for each damaged file."""
        saved, left_out = saved_appraisals.all_in(self.folder)
        titles = {name: _title(one.report) for name, one in saved.items()}
        several = [title for title in titles.values() if list(titles.values()).count(title) > 1]
        return {f"{titles[name]} ({name})" if titles[name] in several else titles[name]: one
                for name, one in saved.items()}, left_out

    def write_overall(self, words: str) -> None:
        """Keep the sentence about all of it.

        Raises
        ------
        CourseError
            If it could identify a person; what was held before stays.
        """
        self.overall = own_words.kept(words)

    def export(self) -> list[Path]:
        """Write the page beside the notebook, and the summary of findings as a table for a spreadsheet.

        Raises
        ------
        CourseError
            If nothing is appraised yet, or the file cannot be written.
        """
        appraisals, _ = self.found()
        if not appraisals:
            raise CourseError("There is nothing to save yet: appraise a report first. No file was written.")
        page = appraisal_report.page("Appraisals together", self._body() + self._overall_html())
        table = findings.table(appraisals).to_csv(index=False, lineterminator="\r\n")
        # Excel reads UTF-8 only when a mark stands before it.
        return [saving.write(self.folder / f"{self.name}.html", page.encode()),
                saving.write(self.folder / f"{self.name}.csv", table.encode("utf-8-sig"))]

    def shown(self) -> str:
        """The sentence about all of it."""
        return self.overall

    # -- on the screen ---------------------------------------------------------------------------

    def panel(self):
        """The signs, the summary of findings, and the sentence about all of it."""
        from ipywidgets import HTML, Button, Textarea, VBox

        again, told, shown = Button(description="Look again at what I appraised"), HTML(), HTML()
        overall = Textarea(value=self.overall, rows=4, continuous_update=False,
                           description="All in all: what is known, how sure are you, and why?")
        export, said, notice = Button(description="Save this as files"), HTML(), HTML(self.notice_html())

        def draw():
            shown.value = appraisal_report.headed(self._body(), PART)

        def looked(_button):
            draw()
            self.refresh_report()
            told.value = alert(f"<p>{number_of(len(self.found()[0]), 'appraisal')} found beside this page.</p>")

        def typed(change):
            said.value = ""
            try:
                self.write_overall(change["new"])
            except CourseError as problem:
                said.value = alert(f"<p>{_html.escape(str(problem))}</p>")

        def exported(_button):
            said.value = ""
            try:
                words = saved_files.where(self.export())
            except CourseError as problem:
                words = str(problem)
            said.value = alert(f"<p>{_html.escape(words)}</p>")

        again.on_click(looked)
        overall.observe(typed, names="value")
        export.on_click(exported)
        self.observe(lambda _: setattr(notice, "value", self.notice_html()), names="notice")
        draw()
        return VBox([HTML(with_heading(TASK)), again, told, shown, overall, export, said, notice])

    # -- as a page -------------------------------------------------------------------------------

    def _body(self) -> str:
        appraisals, left_out = self.found()
        missing = "".join(f"<li>{_html.escape(one)}</li>" for one in left_out)
        parts = [f"<p>Left out:</p><ul>{missing}</ul>"] if missing else []
        if not appraisals:
            return "".join([*parts, "<p>Nothing has been appraised beside this page yet.</p>"])
        return "".join([
            *parts, "<p><strong>Judgements, part by part</strong></p>", appraisal_report.lights_html(appraisals),
            "<p><strong>Summary of findings</strong></p>", findings.html(appraisals)])

    def _overall_html(self) -> str:
        words = _html.plain(self.overall) if self.overall else "<p>Not yet written.</p>"
        return f"<p><strong>All in all</strong></p>{words}"

    def task_html(self) -> str:
        """The task, which the plan leaves out."""
        return TASK

    def report(self) -> str:
        """The signs with their table, the summary of findings, and the sentence about all of it."""
        return (f'<section class="rs-report" aria-label="Appraisals together">{TASK}{self._body()}'
                f"{self._overall_html()}{self.notice_html()}</section>")


TASK = ("<p><strong>Your appraisals together</strong></p><p>Everything that you appraised beside this page. Reports "
        "that needed different forms have pictures of their own: their parts cannot be set beside each other. Nothing "
        "is added up; many weak studies do not make a strong one.</p>")


def _title(report: str) -> str:
    try:
        return reports.report(report).title
    except CourseError:
        # A paper of the learner's own.
        return report


def appraisals_together(name: str) -> AppraisalsTogether:
    """Everything appraised beside a notebook: traffic lights, summary of findings, and a sentence about all of it.

    Parameters
    ----------
    name : str
        The activity's name, such as `m03-a8-together`.
    """
    return reopened(_together(name, here()))


@cache
def _together(name: str, folder: Path) -> AppraisalsTogether:
    """One activity for each name and folder, however often its cell is run."""
    return AppraisalsTogether(name, folder)
