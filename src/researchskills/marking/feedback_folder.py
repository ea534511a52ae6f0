"""Where feedback is written: in the marking room, and in a folder to send it from.

In the room there is one page and one Word document for each learner and module, made anew each time. A folder to
send from has a folder for each learner code, so that what goes to whom is plain, and `manifest.csv`, a list of
every file with its fingerprint. The list is also what protects people's own work: a file is replaced only when it is
still, byte for byte, one that the course wrote by the list. A file that a mentor changed since is kept, and stands in
the list as it now is, with a word that it was changed. Everything else in the folder is left alone and named.

The list is written before the files, with the old and the new fingerprint of each, and once more when all are
there. So whenever it is interrupted, the next run knows its own files again.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from researchskills import paths, saving, store
from researchskills.encodings import encoding_of
from researchskills.errors import CourseError
from researchskills.marking.collect import LEARNER
from researchskills.marking.feedback_content import feedback_on
from researchskills.marking.feedback_document import document
from researchskills.marking.feedback_page import page
from researchskills.marking.room import default_room

MANIFEST = "manifest.csv"
CHANGED = "changed since"
COLUMNS = ("learner", "module", "file", "size", "sha256", "time of the marks", "complete", CHANGED)


@dataclass(frozen=True)
class Parcel:
    """One file for one learner.

    Attributes
    ----------
    learner, module : str
        Learner code and full module name.
    name : str
        Name of the file.
    content : bytes
        The whole file.
    marked : str
        When the marks in it were last changed.
    complete : str
        `complete`, or how much is still to be marked.
    """

    learner: str
    module: str
    name: str
    content: bytes
    marked: str
    complete: str

    @property
    def place(self) -> str:
        """Where it lies in a folder to send from."""
        return f"{self.learner}/{self.name}"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of its content."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def entry(self) -> dict[str, str]:
        """Its line in the list."""
        values = (
            self.learner,
            self.module,
            self.place,
            str(len(self.content)),
            self.fingerprint,
            self.marked,
            self.complete,
            "",
        )
        return dict(zip(COLUMNS, values, strict=True))


@dataclass(frozen=True)
class LaidOut:
    """What came of putting files into a folder that people work in.

    Attributes
    ----------
    changed : tuple of str
        Places of files that somebody changed since the course wrote them; they were kept.
    in_the_way : tuple of str
        Places where something lies that the course never wrote; it was kept.
    """

    changed: tuple[str, ...] = ()
    in_the_way: tuple[str, ...] = ()


@dataclass(frozen=True)
class Written:
    """What came of writing feedback.

    Attributes
    ----------
    folder, own : pathlib.Path
        Where it is to be sent from, and where it lies in the marking room; the same without a folder to send from.
    pages, documents : tuple of pathlib.Path
        Those in `folder`, the ones that a mentor changed among them.
    incomplete : tuple of (str, int)
        Learners who have not everything marked, and how many questions are still to be marked.
    changed : tuple of str
        Files that were kept because somebody changed them since.
    problem : str
        What could not be done, in a sentence; empty when everything could.
    """

    folder: Path
    own: Path
    pages: tuple[Path, ...]
    documents: tuple[Path, ...]
    incomplete: tuple[tuple[str, int], ...]
    changed: tuple[str, ...]
    problem: str


def feedback(
    module: str,
    room: Path | None = None,
    learners: Iterable[str] | None = None,
    send_to: Path | None = None,
) -> list[Path]:
    """Write feedback: a page and a Word document for each learner.

    Parameters
    ----------
    module : str
        Full name, such as `00-start-here`.
    room : pathlib.Path, optional
        The marking room; by default the course's own.
    learners : iterable of str, optional
        By default everybody who handed in.
    send_to : pathlib.Path, optional
        A folder in which it is also laid out by learner code, ready to be sent.

    Returns
    -------
    list of pathlib.Path
        The pages: `feedback/MODULE/MODULE--LEARNER.html` in the room, or `LEARNER/MODULE--LEARNER.html` in the
        folder to send from. The document lies beside each.

    Raises
    ------
    CourseError
        If nobody's hand-in of this module has been marked in the room, if a file cannot be written, or, when
        everything else is done, if something that the course never wrote lies where a file should.
    """
    done = write(module, room, learners, send_to)
    if done.problem:
        raise CourseError(done.problem)
    return list(done.pages)


def write(
    module: str,
    room: Path | None = None,
    learners: Iterable[str] | None = None,
    send_to: Path | None = None,
) -> Written:
    """Do what `feedback` does, and tell all that came of it.

    Parameters
    ----------
    module, room, learners, send_to
        As for `feedback`.

    Raises
    ------
    CourseError
        If nobody's hand-in of this module has been marked in the room, or a file cannot be written.
    """
    room = (room or default_room()).absolute()
    if send_to is not None:
        send_to = Path(send_to).expanduser().absolute()
        _check_place(send_to, room)
    parcels, unusable, incomplete = [], [], []
    for said in feedback_on(module, room, learners):
        learner = said.row.learner
        if not LEARNER.fullmatch(learner):
            unusable.append(f"“{learner}” is no learner code")
            continue
        if said.to_mark:
            incomplete.append((learner, said.to_mark))
        for ending, content in ((".html", page(said).encode()), (".docx", document(said))):
            name = f"{module}--{learner}{ending}"
            parcels.append(Parcel(learner, module, name, content, said.marked, said.waiting or "complete"))
    own = room / "feedback" / module
    with _alone_in(room):
        _make(own)
        for parcel in parcels:
            _put(own / parcel.name, parcel.content)
        laid_out = lay_out(parcels, send_to) if send_to else LaidOut()
    told = [*unusable, *(f"at “{place}” lies something of somebody else's" for place in laid_out.in_the_way)]
    problem = (
        f"Feedback was written, but not all of it: {'; '.join(told)}. What is there was kept as it is. Move it away or "
        "rename it, then write the feedback again."
        if told
        else ""
    )
    folder = send_to or own
    files = [folder / (one.place if send_to else one.name) for one in parcels if one.place not in laid_out.in_the_way]
    pages, papers = (tuple(one for one in files if one.suffix == ending) for ending in (".html", ".docx"))
    return Written(folder, own, pages, papers, tuple(incomplete), laid_out.changed, problem)


def lay_out(parcels: Iterable[Parcel], folder: Path) -> LaidOut:
    """Put files into a folder to send from, by learner code, and list them.

    Parameters
    ----------
    parcels : iterable of Parcel
        What is to lie there.
    folder : pathlib.Path
        Made when missing.

    Returns
    -------
    LaidOut
        What was kept as it is.

    Raises
    ------
    CourseError
        If something cannot be written; whatever was there before is whole.
    """
    parcels = list(parcels)
    _make(folder)
    listed, more = _read(folder / MANIFEST)
    known: dict[str, set[str]] = {}
    for entry in listed:
        # What somebody changed stands in the list as it is, and is theirs.
        known.setdefault(entry["file"], set()).update([] if entry[CHANGED] else [entry["sha256"]])
    kept = [
        one.place for one in parcels if not _may_write(folder / one.place, {*known.get(one.place, ()), one.fingerprint})
    ]
    changed = [place for place in kept if place in known and _is_a_file(folder / place)]
    ours = {one.place: one for one in parcels if one.place not in kept}
    earlier = {entry["file"]: entry for entry in reversed(listed)}
    rest = [entry for entry in listed if entry["file"] not in ours]
    # What somebody noted in a column of their own stays with its file.
    fresh = [{**earlier.get(place, {}), **one.entry} for place, one in ours.items()]
    _put(folder / MANIFEST, _written([*listed, *(one for one in fresh if one not in listed)], more))
    for place, one in ours.items():
        _make((folder / place).parent)
        _put(folder / place, one.content)
    _put(folder / MANIFEST, _written([*_as_they_lie(rest, folder), *fresh], more))
    return LaidOut(tuple(changed), tuple(place for place in kept if place not in changed))


def _as_they_lie(entries: list[dict[str, str]], folder: Path) -> list[dict[str, str]]:
    """The list with the size and the fingerprint that each file has now, and a word where it was changed since."""
    files: dict[str, list[dict[str, str]]] = {}
    for entry in entries:
        files.setdefault(entry["file"], []).append(entry)
    found = []
    for place, of_file in files.items():
        path = folder / place
        if not _is_a_file(path):
            found += of_file
            continue
        content = path.read_bytes()
        fingerprint = hashlib.sha256(content).hexdigest()
        # After an interruption a file stands there twice, as it was and as it was to be.
        same = [one for one in of_file if one["sha256"] == fingerprint]
        now = {"size": str(len(content)), "sha256": fingerprint, CHANGED: "yes"}
        found.append(same[-1] if same else {**of_file[-1], **now})
    return found


def _check_place(folder: Path, room: Path) -> None:
    """A folder to send from is no part of the room, and none of the course's own folders."""
    file = next((one for one in (folder, *folder.parents) if one.is_file()), None)
    if file:
        raise CourseError(
            f"{file} is a file, and not a folder to send from. Nothing was written. Choose a folder; it is made when "
            "there is none.",
            exit_status=2,
        )
    place, room, root = folder.resolve(), room.resolve(), paths.course_root().resolve()
    in_course = place.is_relative_to(root) and (place == root or (root / place.relative_to(root).parts[0]).exists())
    if place.is_relative_to(room) or (in_course and not (place / MANIFEST).is_file()):
        where = "the marking room" if place.is_relative_to(room) else "the course's own folder"
        raise CourseError(
            f"{folder} belongs to {where}. Nothing was written there. Choose another folder to send from.",
            exit_status=2,
        )


@contextmanager
def _alone_in(room: Path) -> Iterator[None]:
    try:
        with FileLock(room / ".feedback.lock", timeout=2):
            yield
    except Timeout:
        raise CourseError(
            f"Somebody else is writing feedback in {room}. Nothing was changed. Wait until they have finished."
        ) from None


def _may_write(path: Path, fingerprints: set[str]) -> bool:
    """Whether nothing is there, or what is there is ours; a link is somebody's own, wherever it leads."""
    if path.parent.is_symlink() or path.is_symlink():
        return False
    if not path.parent.exists():
        return True
    if not path.parent.is_dir():
        return False
    if not path.exists():
        return True
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() in fingerprints


def _is_a_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and not path.parent.is_symlink()


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise CourseError(
            f"The folder {folder} cannot be made ({problem.strerror or problem}). Nothing that is there was changed. "
            "Choose another folder."
        ) from None


def _put(path: Path, content: bytes) -> None:
    # A program that was killed while writing leaves the beginning of a file under another name.
    for unfinished in path.parent.glob(f".{path.name}.*{store.UNFINISHED}"):
        unfinished.unlink(missing_ok=True)
    # What is the same already need not be sent or synchronised again.
    if not (path.is_file() and path.read_bytes() == content):
        saving.write(path, content)


def _read(path: Path) -> tuple[list[dict[str, str]], list[str]]:
    """Lines of a list that is there, and the columns that somebody added to it."""
    if not path.exists() and not path.is_symlink():
        return [], []
    foreign = CourseError(
        f"{path} is not a list that the course wrote. Nothing was changed. Choose another folder to send from, or "
        "rename that file."
    )
    if path.is_symlink() or not path.is_file():
        raise foreign
    try:
        text = path.read_text(encoding=encoding_of(path)[0])
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        columns, entries = list(reader.fieldnames or ()), list(reader)
    except (ValueError, csv.Error):
        raise foreign from None
    # A list of an earlier edition has not yet the column for what was changed.
    if not {*COLUMNS} - {CHANGED} <= set(columns) or any(None in entry or None in entry.values() for entry in entries):
        raise foreign
    return [{CHANGED: "", **entry} for entry in entries], [one for one in columns if one not in COLUMNS]


def _written(entries: list[dict[str, str]], more: list[str]) -> bytes:
    """A list that Excel reads as what it is."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [*COLUMNS, *more], restval="")
    writer.writeheader()
    writer.writerows(sorted(entries, key=lambda one: (one["learner"], one["module"], one["file"])))
    return text.getvalue().encode("utf-8-sig")
