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
    warm: Annotated[bool, typer.Option("--warm", help="Open notebooks faster, for more memory (Linux).")] = False,
) -> None:
    """Open the course in the browser."""
    from researchskills.lab import launch

    launch.start(workspace=_workspace(workspace), port=port, browser=browser, warm=warm)


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
        print(
            json.dumps(
                {
                    "files": list(map(str, files)),
                    "skipped": list(written.skipped),
                    "missing": [one.part.key for one in written.sections if one.missing],
                },
                ensure_ascii=False,
            )
        )
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
    paths: Annotated[list[Path] | None, typer.Argument(help="Hand-in files, or folders with hand-ins.")] = None,
    room: RoomOption = None,
    same_person: Annotated[
        str | None, typer.Option(help="A learner code: you have asked, and the hand-in is by the same person.")
    ] = None,
    other_person: Annotated[
        str | None, typer.Option(help="A learner code: the hand-in is somebody else's; what counted before does again.")
    ] = None,
    trust: Annotated[
        bool, typer.Option("--trust", help="Go on where hand-ins cannot be shut in: you know who made them.")
    ] = False,
    doctor: Annotated[
        bool, typer.Option("--doctor", help="Only say what this computer is protected from while marking.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Mark hand-ins into the gradebook."""
    from researchskills import marking

    if doctor:
        _show_protection(as_json)
        return
    if not paths:
        raise CourseError("Name the hand-ins, or the folder that they lie in: course mark FOLDER", exit_status=2)
    result = marking.mark(
        paths, room, progress=not as_json, trust=trust, same_person=same_person, other_person=other_person
    )
    if as_json:
        print(json.dumps(result.as_dict(), ensure_ascii=False))
    else:
        _show_marks(result)
        if result.why_open:
            _say(f"Not shut in: {result.why_open} The code in these hand-ins ran with your own rights (--trust).")
    if result.problems:
        raise typer.Exit(1)


def _show_protection(as_json: bool) -> None:
    from researchskills.kernels.doctor import examine
    from researchskills.kernels.shut_in import HOME
    from researchskills.marking.places import environment

    protection = examine(environment(str(HOME)))
    if as_json:
        print(json.dumps(protection.as_dict(), ensure_ascii=False))
    else:
        if protection.findings:
            _say("A hand-in's code, as it was just tried on this computer:")
        for one in protection.findings:
            _say(f"{'✓' if one.is_held else 'NOT PROTECTED:'} {one.sentence}")
        _say(protection.sentence)
    if not protection.is_active:
        raise typer.Exit(1)


def _show_marks(result) -> None:
    table = Table(title="Marks", show_lines=False)
    for heading in ("Learner, or file", "Module", "Points", "For the mentor", "Please note"):
        table.add_column(heading)
    for row in result.rows:
        points = f"{row.points:g} of {row.max_points:g}" if row.points is not None else "–"
        waiting = f"{row.needs_manual_marking} to mark" if row.needs_manual_marking else ""
        notes = "\n".join(filter(None, [row.problem, *row.remarks]))
        who = row.learner or Path(row.hand_in).name
        table.add_row(*map(escape, (who, row.module, points, waiting, notes)))
    out.print(table)


@app.command()
def feedback(
    module: ModuleArgument,
    room: RoomOption = None,
    send_to: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="A folder to lay it out in by learner code, ready to be sent."),
    ] = None,
) -> None:
    """Write a page and a Word document of feedback for each learner."""
    from researchskills._words import number_of
    from researchskills.marking.feedback_folder import MANIFEST, write

    done = write(_find_module(module), room, send_to=send_to)
    for path in done.pages:
        _say(str(path))
    _say(
        f"{number_of(len(done.pages), 'page')} and {number_of(len(done.documents), 'Word file')} are in {done.folder}; "
        "each Word file lies beside its page, under the same name."
    )
    if send_to:
        _say(f"All files are listed in {done.folder / MANIFEST}.")
    elif done.pages:
        _say("To have them laid out by learner code, ready to be sent, add: --send-to FOLDER")
    if done.changed:
        _say("Kept as you changed them since, without what may be new in the marks:")
        for place in done.changed:
            _say(f"• {place}")
        _say(f"The course's own are in {done.own}.")
    if done.incomplete:
        _say(f"Not complete yet; to go on marking: course review {module}{f' --room {room}' if room else ''}")
        for learner, to_mark in done.incomplete:
            _say(f"• {learner}: {number_of(to_mark, 'question')} still to be marked")
    if done.pages:
        _say("Read one before you send them.")
    if done.problem:
        raise CourseError(done.problem)


@app.command()
def review(
    what: Annotated[str, typer.Argument(metavar="MODULE|FILE", help="A module, or a file for second marking.")],
    room: RoomOption = None,
    marker: Annotated[str | None, typer.Option("--marker", help="Your name; it goes with your marks.")] = None,
    port: Annotated[int | None, typer.Option(help="Port of the page; by default a free one.")] = None,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
) -> None:
    """Open the page on which a mentor reads answers and gives levels."""
    from researchskills.marking.review import review as open_page
    from researchskills.marking.room import default_room

    room = room or default_room()
    if Path(what).is_file():
        from researchskills.marking.second_marking import SecondDesk

        if not marker:
            raise CourseError(
                "Say who marks: course review FILE --marker YOUR-NAME. Nothing was opened.", exit_status=2
            )
        desk = SecondDesk(Path(what), marker)
    elif what.endswith(".json"):
        raise CourseError(f"There is no file {what} here. Nothing was opened.", exit_status=2)
    else:
        from researchskills.marking.room_desk import RoomDesk

        desk = RoomDesk(_find_module(what), room)
    open_page(desk, room, marker, port, browser)


@app.command()
def calibrate(
    module: ModuleArgument,
    marker: Annotated[str, typer.Option("--marker", help="Your name; your practice is kept under it.")],
    again: Annotated[bool, typer.Option("--again", help="Start another run; earlier figures are kept.")] = False,
    room: RoomOption = None,
) -> None:
    """Practise marking on scripts with agreed levels, and see how near you come to these."""
    from researchskills.marking.practice import PracticeDesk
    from researchskills.marking.review import review as open_page
    from researchskills.marking.room import default_room

    room = room or default_room()
    open_page(PracticeDesk(_find_module(module), marker, room, again), room, marker)


@app.command("second-marking")
def second_marking(
    module: ModuleArgument,
    to: Annotated[Path, typer.Option("--to", help="File to write, ending in .json, or a folder to put it in.")],
    share: Annotated[float, typer.Option(help="Which part of the marked answers is drawn, rounded up.")] = 0.10,
    least: Annotated[int, typer.Option(help="How many are drawn at least for each question.")] = 3,
    seed: Annotated[int | None, typer.Option(help="Draw the same sample again.")] = None,
    marker: Annotated[str, typer.Option("--marker", help="Draw only from answers that this person marked.")] = "",
    room: RoomOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a sample of marked answers to a file, for another mentor to mark without your marks."""
    from researchskills.marking.second_marking import export

    written = export(_find_module(module), room, to, share, least, seed, marker)
    if as_json:
        print(json.dumps(written.as_dict(), ensure_ascii=False))
        return
    for sentence in written.sentences:
        _say(f"• {sentence}")


@app.command()
def moderate(
    module: ModuleArgument,
    files: Annotated[
        list[Path] | None, typer.Argument(help="Files of marks that came back; earlier ones are still in the room.")
    ] = None,
    open_page: Annotated[bool, typer.Option("--open", help="Open the page on which levels are agreed.")] = False,
    marker: Annotated[str | None, typer.Option("--marker", help="Your name, for --open.")] = None,
    room: RoomOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lay second marks beside the first ones: differences first, then how far the markers agree."""
    from researchskills.marking import moderation

    result = moderation.moderate(_find_module(module), files or (), room)
    if as_json:
        print(json.dumps(result.as_dict(), ensure_ascii=False))
    else:
        _say(result.text())
        _say(f"Written: {result.report}")
    if open_page:
        from researchskills.marking.review import review

        review(moderation.ModerationDesk(result), result.room, marker)
    if result.exit_status:
        raise typer.Exit(result.exit_status)


@app.command()
def cohort(
    module: ModuleArgument,
    room: RoomOption = None,
    expected: Annotated[
        Path | None, typer.Option(help="A text file with the learner codes of those who should hand in.")
    ] = None,
    without_codes: Annotated[
        bool, typer.Option("--without-codes", help="Leave learner codes out, for a screen that learners see.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show who has handed in, which questions were hard and what went wrong most; nobody's answer can be worked out."""
    from researchskills.marking import cohort_page
    from researchskills.marking.cohort import cohort as view

    with _Waiting(shown=not as_json) as waiting:
        found = view(_find_module(module), room, expected, waiting.tell)
    shown = found.without_codes() if without_codes else found
    if as_json:
        print(json.dumps(shown.as_dict(), ensure_ascii=False))
        return
    for line in shown.lines():
        _say(line)
    _say(f"Written: {cohort_page.write(found, room, codes=not without_codes)}")


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
            markup=False,
            soft_wrap=True,
        )
        sys.exit(1)


def _log(text: str) -> Path:
    """Keep a traceback for whoever looks after the course."""
    path = Path(tempfile.gettempdir()) / f"course-problem-{datetime.now():%Y%m%d-%H%M%S}.log"
    path.write_text(text, encoding="utf-8")
    return path


if __name__ == "__main__":
    main()
