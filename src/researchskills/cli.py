"""The `course` command.

Every command here is a thin call of a function with the same name in the package; what is done
stands there. This module turns results into tables and sentences, and errors into a sentence and an exit
status: 0 done, 1 a check found something or a thing could not be done, 2 wrong usage.
"""

import json
import sys
import tempfile
import time
import traceback
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from researchskills.errors import CourseError

STOPPED = 130  # exit status of a program that was stopped with Ctrl and C
app = typer.Typer(
    name="course",
    help="Research at the Interface: run the course, hand in, mark, send feedback, build.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
data = typer.Typer(help="Look at the course's datasets.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(data, name="data")
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

WorkspaceOption = Annotated[
    Path | None, typer.Option("--workspace", help="Your own copy of the course; by default the folder “workspace”.")
]
ModuleArgument = Annotated[str, typer.Argument(help="A module, such as 00 or 00-start-here.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result for a program to read.")]
RoomOption = Annotated[
    Path | None, typer.Option("--room", help="Where marks are kept; by default the folder “marking-room”.")
]


def _workspace(chosen: Path | None) -> Path:
    from researchskills.workspace import default_workspace

    return (chosen or default_workspace()).expanduser().absolute()


def _say(sentence: str) -> None:
    # markup=False: a file name such as [c].csv must not be taken for a colour.
    out.print(sentence, markup=False, soft_wrap=True)


def _find_module(word: str) -> str:
    from researchskills.paths import find_module

    return find_module(word)


@app.command()
def start(
    workspace: WorkspaceOption = None,
    port: Annotated[int | None, typer.Option(help="Port to use, if a certain one is wanted.")] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
) -> None:
    """Open the course in the browser."""
    from researchskills.lab import launch

    launch.start(workspace=_workspace(workspace), port=port, browser=browser)


@app.command()
def learner(
    code: Annotated[str, typer.Argument(help="A code of your own choice; not your name.")],
    workspace: WorkspaceOption = None,
) -> None:
    """Choose the code under which you hand in your work."""
    from researchskills.workspace import choose_learner

    chosen = choose_learner(_workspace(workspace), code)
    _say(f"Your learner code is {chosen}. Tell it to your mentor, and to nobody else who need not know.")


@app.command()
def fresh(module: ModuleArgument, workspace: WorkspaceOption = None) -> None:
    """Get clean notebooks of a module; your answers stay, and so do the old notebooks."""
    from researchskills import workspace as copies

    for sentence in copies.fresh(_workspace(workspace), _find_module(module)):
        _say(sentence)


@app.command()
def build(
    modules: Annotated[list[str] | None, typer.Argument(help="Modules to build; by default all.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Only tell whether course/ agrees with solutions/.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Build also what has not changed.")] = False,
) -> None:
    """Make the learners' edition in course/ from the text in solutions/."""
    from researchskills import build as building

    if not check:
        built = building.build(modules or (), everything=everything, progress=_say)
        _say(f"Built: {', '.join(built)}." if built else "Everything is up to date.")
        return
    differing = building.check(modules or ())
    for name in differing:
        _say(name)
    if differing:
        raise CourseError("These files differ from what solutions/ gives. Run “course build” and commit the result.")
    _say("course/ is in step with solutions/.")


@app.command()
def check(module: ModuleArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Look through a module before you hand it in; nothing is sent."""
    from researchskills.hand_in import check_before

    findings = check_before(_workspace(workspace), _find_module(module))
    if as_json:
        print(json.dumps([vars(one) for one in findings], ensure_ascii=False, default=str))
    else:
        for one in findings:
            _say(f"• {one.where}: {one.sentence}" if one.where else f"• {one.sentence}")
        _say("Nothing was found." if not findings else "Nothing has been sent and nothing was changed.")
        _say("No program can find names and addresses: please look for those yourself.")
    if findings:
        raise typer.Exit(1)


@app.command("hand-in")
def hand_in(
    module: ModuleArgument,
    workspace: WorkspaceOption = None,
    despite_private: Annotated[
        bool, typer.Option("--despite-private", help="Hand in although something looks like personal data.")
    ] = False,
) -> None:
    """Pack your work on a module into one file for your mentor."""
    from researchskills import hand_in as handing

    receipt = handing.hand_in(_workspace(workspace), _find_module(module), despite_private=despite_private)
    _say(receipt.sentence)


@app.command()
def plan(
    workspace: WorkspaceOption = None,
    despite_private: Annotated[
        bool, typer.Option("--despite-private", help="Write it although something looks like personal data.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Gather your answers into a research plan and a record of learning, as web pages and Word documents."""
    from researchskills.plan.plan_activity import PlanChoices, PrivateDetailsError

    choices = PlanChoices(_workspace(workspace))
    try:
        files = choices.write(despite_private)
    except PrivateDetailsError as problem:
        if not as_json:
            raise CourseError(f"{problem} The option for it is --despite-private.") from None
        print(json.dumps({"private": problem.found}, ensure_ascii=False))
        raise typer.Exit(1) from None
    written = choices.plan()
    if as_json:
        print(json.dumps({"files": list(map(str, files)), "skipped": list(written.skipped),
                          "missing": [one.part.key for one in written.sections if one.missing]}, ensure_ascii=False))
        return
    for path in files:
        _say(f"Written: {path}")
    for sentence in written.skipped:
        _say(f"• {sentence}")
    for one in written.sections:
        if one.missing:
            _say(f"• {one.part.title}: {one.missing}")


@app.command()
def mark(
    paths: Annotated[list[Path], typer.Argument(help="Hand-in files, or folders with hand-ins.")],
    room: RoomOption = None,
    as_json: JsonOption = False,
) -> None:
    """Mark hand-ins into the gradebook."""
    from researchskills import marking

    result = marking.mark(paths, room, progress=not as_json)
    if as_json:
        print(json.dumps(result.as_dict(), ensure_ascii=False))
    else:
        _show_marks(result)
    if result.problems:
        raise typer.Exit(1)


def _show_marks(result) -> None:
    table = Table(title="Marks", show_lines=False)
    for heading in ("Learner", "Module", "Points", "For the mentor", "Please note"):
        table.add_column(heading)
    for row in result.rows:
        points = f"{row.points:g} of {row.max_points:g}" if row.points is not None else "–"
        waiting = f"{row.needs_manual_marking} to mark" if row.needs_manual_marking else ""
        notes = "\n".join(filter(None, [row.problem, *row.remarks]))
        table.add_row(*map(escape, (row.learner, row.module, points, waiting, notes)))
    out.print(table)


@app.command()
def feedback(module: ModuleArgument, room: RoomOption = None) -> None:
    """Write one page of feedback for each learner."""
    from researchskills import marking

    for path in marking.feedback(_find_module(module), room):
        _say(str(path))


@data.command("list")
def list_data() -> None:
    """Names of the datasets."""
    from researchskills import datasets

    for name in datasets.names():
        _say(name)


@data.command()
def describe(name: Annotated[str, typer.Argument(help="A dataset.")]) -> None:
    """What a dataset is, what it is for, and what must not be claimed from it."""
    from researchskills import datasets

    _say(str(datasets.describe(name)))


@data.command()
def codebook(name: Annotated[str, typer.Argument(help="A dataset.")]) -> None:
    """The meaning of each column."""
    from researchskills import datasets

    frame = datasets.codebook(name)
    table = Table(title=f"Codebook of {name}")
    for heading in frame.columns:
        table.add_column(str(heading))
    for row in frame.astype("object").where(frame.notna(), "").itertuples(index=False):
        table.add_row(*map(str, row))
    out.print(table)


@data.command()
def validate(name: Annotated[str, typer.Argument(help="A dataset.")]) -> None:
    """Check a dataset against its own description."""
    from researchskills import datasets

    findings = datasets.validate(name)
    for sentence in findings:
        _say(f"• {sentence}")
    if findings:
        raise typer.Exit(1)
    _say("The data agree with their description.")


@data.command("check")
def check_data(
    file: Annotated[Path, typer.Argument(help="A spreadsheet or csv file of your own. It is only read.")],
    schema: Annotated[
        Path | None, typer.Option("--schema", help="Compare with this Table Schema, for example one saved earlier.")
    ] = None,
    report: Annotated[Path | None, typer.Option("--report", help="Write the report to this .html file.")] = None,
    save_schema: Annotated[
        Path | None, typer.Option("--save-schema", help="Write the proposed schema to this .json file.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Look through a file of yours for what a careful analyst would ask about."""
    from researchskills.data import check as checking
    from researchskills.data import report as reporting

    if report:
        reporting.may_write(report, file, schema, ending=".html")
    if save_schema:
        reporting.may_write(save_schema, file, schema, ending=".json")
    with _Waiting(shown=not as_json) as waiting:
        result = checking.check_file(file, schema, progress=waiting.tell)
    if report:
        reporting.write(report, result.html())
    if save_schema:
        reporting.write(save_schema, json.dumps(result.proposed_schema, ensure_ascii=False, indent=2) + "\n")
    if as_json:
        print(json.dumps(result.as_dict(), ensure_ascii=False))
    else:
        for line in reporting.lines(result):
            _say(line)
        for path in filter(None, (report, save_schema)):
            _say(f"Written: {path}")
    if result.findings:
        raise typer.Exit(1)


class _Waiting:
    """A progress bar for whatever takes more than two seconds."""

    patience = 2.0

    def __init__(self, shown: bool):
        self.shown = shown and err.is_terminal
        self.bar = self.task = None

    def __enter__(self):
        self.began = time.monotonic()
        return self

    def __exit__(self, *_):
        if self.bar:
            self.bar.stop()

    def tell(self, words: str, share: float) -> None:
        """What is being done, and how much of it is done."""
        if not self.shown or time.monotonic() - self.began < self.patience:
            return
        if self.bar is None:
            from rich.progress import Progress

            self.bar = Progress(console=err, transient=True)
            self.bar.start()
            self.task = self.bar.add_task(words, total=1)
        self.bar.update(self.task, description=words, completed=share)


def main() -> None:
    """Run the command; problems become one sentence and an exit status."""
    try:
        app()
    except CourseError as problem:
        err.print(str(problem), markup=False, soft_wrap=True)
        sys.exit(problem.exit_status)
    except SystemExit as end:
        if end.code == STOPPED:  # typer has caught the Ctrl and C, and says nothing
            err.print("Stopped. What was finished is kept; run the command again to go on.")
        raise
    except Exception:
        err.print(
            "Something went wrong inside the course. Your work has not been changed. "
            f"What happened is written down in {_log(traceback.format_exc())}; please send that file to your trainer.",
            markup=False, soft_wrap=True,
        )
        sys.exit(1)


def _log(text: str) -> Path:
    """Keep a traceback for whoever looks after the course."""
    path = Path(tempfile.gettempdir()) / f"course-problem-{datetime.now():%Y%m%d-%H%M%S}.log"
    path.write_text(text, encoding="utf-8")
    return path


if __name__ == "__main__":
    main()
