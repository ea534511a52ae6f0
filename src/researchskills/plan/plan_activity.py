"""The plan on the screen: what goes in, what is still missing, and a button that writes it.

The learner's choices are saved in the folder `plan` of the workspace, so that every module, the home page and the
command show one plan.
"""

import datetime
from functools import cache
from pathlib import Path

from traitlets import Dict, TraitError, Unicode, validate

from researchskills import documents, saving
from researchskills._html import escape
from researchskills.activity import Activity, here, is_static, reopened
from researchskills.errors import CourseError
from researchskills.plan import page
from researchskills.plan.cpd import CpdRecord, cpd_record
from researchskills.plan.gather import Gathered, gather
from researchskills.plan.parts import PARTS
from researchskills.plan.research_plan import ResearchPlan, assemble

NAME, FOLDER = "research-plan", "plan"
#: More hours than this for one module are a slip of the finger.
MOST_HOURS = 200


class PrivateDetailsError(CourseError):
    """The plan was not written because something in it may identify a person; `found` says what, a sentence each."""

    def __init__(self, found: list[str], message: str):
        self.found = found
        super().__init__(message)


class PlanChoices(Activity):
    """What goes into the plan, and what the learner wrote in it.

    Parameters
    ----------
    workspace : pathlib.Path
        The learner's folder.

    Attributes
    ----------
    title : str
    ticked : dict
        Name of a contribution → whether it goes in; what is not there follows `research_plan.is_included`.
    words : dict
        Part → what the learner wrote.
    hours : dict
        Module → hours.
    reflections : dict
        Module → key of `cpd.REFLECTIONS` → words.
    """

    title = Unicode().tag(saved=True)
    ticked = Dict().tag(saved=True)
    words = Dict().tag(saved=True)
    hours = Dict().tag(saved=True)
    reflections = Dict().tag(saved=True)

    def __init__(self, workspace: Path):
        self.workspace = Path(workspace)
        super().__init__(NAME, self.workspace / FOLDER)

    @validate("hours")
    def _counted(self, proposal):
        for one in proposal["value"].values():
            if isinstance(one, bool) or not isinstance(one, int | float) or not 0 <= one <= MOST_HOURS:
                raise TraitError("these are no hours")
        return proposal["value"]

    @validate("words", "ticked", "reflections")
    def _written(self, proposal):
        kind = {"words": str, "ticked": bool, "reflections": dict}[proposal["trait"].name]
        if not all(isinstance(one, kind) for one in proposal["value"].values()):
            raise TraitError("this is not what the plan holds")
        return proposal["value"]

    def gathered(self) -> Gathered:
        """What the modules contribute, read anew."""
        return gather(self.workspace)

    def plan(self, gathered: Gathered | None = None) -> ResearchPlan:
        """The plan as it is now."""
        return assemble(gathered or self.gathered(), self.title, self.ticked, self.words)

    def cpd(self) -> CpdRecord:
        """The CPD record as it is now."""
        return cpd_record(self.workspace, self.hours, self.reflections)

    def write(self, despite_private: bool = False, made: datetime.datetime | None = None) -> list[Path]:
        """Write plan and CPD record, each as a page and as a Word document, the record also as CSV.

        Parameters
        ----------
        despite_private : bool
            The learner has looked at the private details that were found and wants them in.
        made : datetime.datetime, optional
            By default now.

        Raises
        ------
        PrivateDetailsError
            If something looks private.
        CourseError
            If there is no workspace, or a file cannot be written.
        """
        if not self.workspace.is_dir():
            raise CourseError(f"There is no folder “{self.workspace}”. Start the course once, or name the folder of "
                              "your own copy with --workspace. Nothing was written.")
        made = made or datetime.datetime.now(datetime.UTC)
        plan, record = self.plan(), self.cpd()
        private = [*plan.private_details(), *record.private_details()]
        if private and not despite_private:
            raise PrivateDetailsError(private, f"Nothing was written. {' '.join(private)} Take it out where you wrote "
                                      "it. If it is meant to be there, say so and write the plan again.")
        folder = self.workspace / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        return [
            saving.write(folder / "research-plan.html", page.html(plan, made).encode()),
            documents.write(page.word(plan, made), folder / "research-plan.docx"),
            saving.write(folder / "cpd-record.html", page.cpd_html(record, made).encode()),
            documents.write(page.cpd_word(record, made), folder / "cpd-record.docx"),
            # Excel reads UTF-8 only when a mark stands before it.
            saving.write(folder / "cpd-record.csv", record.to_csv().encode("utf-8-sig")),
        ]

    def shown(self) -> str:
        """Which parts the learner wrote in, in a sentence."""
        written = [PARTS[part].title for part, words in self.words.items() if part in PARTS and words.strip()]
        return f"Written in the plan itself: {'; '.join(written)}." if written else ""

    def panel(self):
        """What goes in, part by part, and a button that writes the plan."""
        from researchskills.plan.plan_panel import PlanPanel

        return PlanPanel(self).panel()

    def report(self) -> str:
        """The parts, what each holds, and what fills those that are empty."""
        if is_static() and not self.workspace_has_answers():
            body = "<p>Your plan grows here from what you save in any module.</p>"
        else:
            body = "".join(
                f"<dt>{escape(one.part.title)}</dt><dd>{escape(one.missing or _held(one))}</dd>"
                for one in self.plan().sections)
            body = f"<dl>{body}</dl>"
        return (f'<section class="rs-report" aria-label="My research plan"><p><strong>My research plan</strong></p>'
                f"{body}{self.notice_html()}</section>")

    def workspace_has_answers(self) -> bool:
        """Whether anything was saved in any module."""
        return any(self.workspace.glob("[0-9][0-9]-*/answers/*.json"))


def _held(section) -> str:
    titles = [one.title for one in section.contributions]
    return "; ".join([*titles, *(["your own words"] if section.words else [])])


def research_plan() -> PlanChoices:
    """The learner's research plan, gathered from all modules.

    It belongs to the whole workspace, so it is the same one wherever it is opened.
    """
    return reopened(_choices(here().parent))


@cache
def _choices(workspace: Path) -> PlanChoices:
    return PlanChoices(workspace)
