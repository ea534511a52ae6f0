"""Read what people hand in, whatever it turns out to be.

A hand-in comes by e-mail or from a shared drive, and is then a zip file, a zip file packed again by
hand, an unpacked folder, or a Word file. It is read without unpacking it anywhere: only the members that
a hand-in may have are looked at, up to a size, and everything else is ignored. Names that point outside,
links and doubled names are refused, because nobody makes them by accident.

Every hand-in that can be used is kept in the room under its learner, module and time and is never
overwritten. Of those that come from the learner as far as can be told (see `identity`), the newest one counts.

Clocks are wrong more often than people cheat. A time in the future, or from before there was a course, is not
believed: the date of the file stands for it, and never a later one than now. Otherwise a clock that is a day
fast would keep a better hand-in from counting for a day, or for ever.
"""

import hashlib
import json
import os
import re
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

from researchskills import paths, store
from researchskills.build import GRADEBOOK
from researchskills.errors import CourseError
from researchskills.hand_in import ANSWER, NOTEBOOKS, RECEIPT
from researchskills.marking import identity

LARGEST_ZIP = 60_000_000
LARGEST_NOTEBOOK = 20_000_000
LARGEST_ANSWER = store.LARGEST_FILE
LARGEST_HAND_IN = 100_000_000
MOST_MEMBERS = 5000
#: Nobody handed in before this.
EARLIEST = datetime(2025, 1, 1, tzinfo=UTC)
LEARNER = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FILE_NAME = re.compile(r"(?P<module>\d\d-[a-z0-9-]+?)--(?P<learner>[a-z0-9]+(?:-[a-z0-9]+)*)(?:--.*)?")
#: Ending of a folder that is still being written.
UNFINISHED = ".unfinished"
_JUNK = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", ".ipynb_checkpoints")


class UnusableError(Exception):
    """Something is no hand-in, or one that cannot be used; the message is one plain sentence."""


@dataclass(frozen=True)
class HandIn:
    """One hand-in.

    Attributes
    ----------
    path : pathlib.Path
        Where it was found.
    module, learner : str
        What it is for and whose it is.
    time : datetime.datetime
        When it was made, in UTC.
    files : dict of str to bytes
        Notebooks, answers and receipt; nothing else.
    problems : tuple of str
        Parts that could not be used, one sentence each.
    remarks : tuple of str
        Worth knowing, without effect on the points.
    """

    path: Path
    module: str
    learner: str
    time: datetime
    files: dict[str, bytes] = field(repr=False)
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Fingerprint of the files."""
        return identity.fingerprint(self.files)[:16]

    @property
    def name(self) -> str:
        """Name of the file or folder, as it can be shown and written down."""
        return shown(self.path.name)

    @property
    def key(self) -> str:
        """What tells where it comes from (see `identity`)."""
        return identity.key_of(self.module, self.files)


def shown(path: Path | str) -> str:
    """A path in characters that can be printed: on some systems a name may hold bytes that are none."""
    return os.fsencode(path).decode("utf-8", "replace")


def candidates(given: Iterable[Path]) -> Iterator[Path]:
    """Files and folders that may be hand-ins.

    Parameters
    ----------
    given : iterable of pathlib.Path
        Hand-ins, or folders that hold some, at any depth.

    Raises
    ------
    CourseError
        If one of them does not exist (wrong usage).
    """
    given = list(given)
    for path in given:
        if not _is_there(path):
            raise CourseError(f"There is no file or folder {shown(path)}. Nothing was marked.", exit_status=2)
    for path in given:
        yield from _inside(path, 0)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name longer than any file's, or a folder that may not be looked into
        return False


def _inside(path: Path, depth: int) -> Iterator[Path]:
    if not path.is_dir() or path.is_symlink() or depth > 5:
        yield path
        return
    try:
        children = sorted(child for child in path.iterdir() if not _is_junk(child.name))
    except OSError:
        yield path  # reading it says why
        return
    if any(child.name == GRADEBOOK for child in children):
        return  # a marking room: what lies in it was handed in before
    if not children or any(child.name in (RECEIPT, *NOTEBOOKS, "answers") for child in children):
        yield path
        return
    for child in children:
        yield from _inside(child, depth + 1)


def _is_junk(name: str) -> bool:
    return name in _JUNK or name.startswith((".", "~$"))


def read(path: Path) -> HandIn:
    """Read one hand-in without unpacking it.

    Parameters
    ----------
    path : pathlib.Path
        A zip file or a folder.

    Raises
    ------
    UnusableError
        With one sentence for the mentor.
    """
    try:
        # Opening a pipe, or another thing that is no file, would wait for ever.
        if not path.is_dir() and path.exists() and not path.is_file():
            raise UnusableError("This is not a file.")
        members = _folder_members(path) if path.is_dir() else _zip_members(path)
        files, problems = _taken(members)
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        NotImplementedError,
        ValueError,
    ) as problem:
        raise UnusableError("The file is damaged or incomplete. Please ask for it to be sent again.") from problem
    except RuntimeError as problem:  # zipfile's word for a password
        raise UnusableError("The file is locked with a password. Please ask for it without one.") from problem
    except OSError as problem:
        raise UnusableError(f"It could not be read ({problem.strerror or problem}).") from problem
    if not any(name in NOTEBOOKS or ANSWER.fullmatch(name) for name in files):
        if any(member.name.lower().endswith(".zip") for member in members):
            raise UnusableError(
                "There are other zip files in it. Please unpack it and mark the folder that comes of it."
            )
        if path.is_dir() and not any(path.iterdir()):
            raise UnusableError("The folder is empty.")
        raise UnusableError("This is not a hand-in: there are no exercises and no answers in it.")
    return _described(path, files, problems)


# -- members -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Member:
    name: str
    size: int
    content: object  # callable: limit → bytes


def _zip_members(path: Path) -> list[_Member]:
    if not zipfile.is_zipfile(path):
        if path.suffix.lower() == ".zip":
            raise UnusableError("The file is damaged or incomplete. Please ask for it to be sent again.")
        raise UnusableError("This is not a hand-in. A hand-in is the zip file that “course hand-in” makes.")
    if path.stat().st_size > LARGEST_ZIP:
        raise UnusableError(f"The file has {_megabytes(path.stat().st_size)}, far more than a hand-in can have.")
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if len(entries) > MOST_MEMBERS:
            raise UnusableError(f"There are {len(entries)} files in it, far more than a hand-in can have.")
        if any(stat.S_ISLNK(entry.external_attr >> 16) for entry in entries):
            raise UnusableError("There is a link to another file in it. Nothing of it was opened.")

        def reader(entry):
            def content(limit: int) -> bytes:
                with zipfile.ZipFile(path) as again, again.open(entry) as stream:
                    return stream.read(limit)

            return content

        return [_Member(entry.filename, entry.file_size, reader(entry)) for entry in entries if not entry.is_dir()]


def _folder_members(folder: Path) -> list[_Member]:
    members = []
    for name in (*NOTEBOOKS, RECEIPT, "answers"):
        if (folder / name).is_symlink():
            raise UnusableError("There is a link to another file in it. Nothing of it was opened.")
    for file in [
        *(folder / name for name in (*NOTEBOOKS, RECEIPT)),
        *sorted((folder / "answers").glob("*.json")),
    ]:
        if file.is_symlink():
            raise UnusableError("There is a link to another file in it. Nothing of it was opened.")
        if file.is_file():

            def content(limit: int, file=file) -> bytes:
                with file.open("rb") as stream:
                    return stream.read(limit)

            members.append(_Member(file.relative_to(folder).as_posix(), file.stat().st_size, content))
    return members


def _taken(members: list[_Member]) -> tuple[dict[str, bytes], list[str]]:
    """Content of the members that belong to a hand-in, and what had to be left out."""
    named = [(_plain_name(member.name), member) for member in members]
    named = _without_wrapper([(name, member) for name, member in named if not _is_junk(name.split("/")[0])])
    files: dict[str, bytes] = {}
    problems: list[str] = []
    for name, member in named:
        if name not in (*NOTEBOOKS, RECEIPT) and not ANSWER.fullmatch(name):
            continue
        if name in files:
            raise UnusableError(f"It holds two files called {name}, so it is not clear which one counts.")
        limit = LARGEST_ANSWER if name.startswith("answers/") else LARGEST_NOTEBOOK
        content = member.content(limit + 1) if member.size <= limit else None
        if content is not None and len(content) <= limit:
            files[name] = content
        elif name.startswith("answers/"):
            problems.append(
                f"The answer {name} has {_megabytes(member.size)}, too much for an answer; it was left out."
            )
        else:
            raise UnusableError(
                f"{name} has {_megabytes(member.size)}, too much to be opened. Nothing of it was opened."
            )
        if sum(map(len, files.values())) > LARGEST_HAND_IN:
            raise UnusableError("It holds far more than a hand-in can have. Nothing of it was kept.")
    return files, problems


def _plain_name(name: str) -> str:
    # Some Windows programs write backslashes, which the zip standard does not allow but everybody reads.
    name = name.replace("\\", "/")
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:", name):
        raise UnusableError("There is a file in it that would be written outside its own folder. Nothing was opened.")
    return "/".join(parts)


def _without_wrapper(named: list[tuple[str, _Member]]) -> list[tuple[str, _Member]]:
    """Take off one folder around everything, as it comes when people pack a folder again."""
    tops = {name.split("/")[0] for name, _ in named}
    if len(tops) == 1 and tops != {"answers"} and all("/" in name for name, _ in named):
        return [(name.split("/", 1)[1], member) for name, member in named]
    return named


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


# -- whose, what and when ----------------------------------------------------------------------------


def _described(path: Path, files: dict[str, bytes], problems: list[str]) -> HandIn:
    remarks = []
    receipt = _json(files.get(RECEIPT, b""))
    notebook = _json(files.get("exercises.ipynb", b""))
    marks = _dict(_dict(notebook.get("metadata")).get("researchskills"))
    named = _FILE_NAME.fullmatch(path.name if path.is_dir() else re.sub(r"( ?\(\d+\))?\.zip$", "", path.name))
    module = receipt.get("module") or marks.get("module") or (named and named["module"])
    learner = receipt.get("learner") or (named and named["learner"])
    if not receipt:
        remarks.append("There is no receipt in it, so the date of the file was taken as its time.")
    if not isinstance(learner, str) or not LEARNER.fullmatch(learner) or not 3 <= len(learner) <= 32:
        raise UnusableError("It does not say whose it is. Please ask for the zip file that “course hand-in” makes.")
    if named and named["learner"] != learner:
        raise UnusableError(
            f"Its name says that it is by {named['learner']}, its receipt that it is by {learner}. "
            "Please find out whose it is."
        )
    known = [folder.name for folder in sorted((paths.course_root() / "solutions").glob("[0-9][0-9]-*"))]
    if module not in known:
        raise UnusableError(f"It is for a module “{str(module)[:60]}”, which this course does not have.")
    for other in (marks.get("module"), named and named["module"]):
        if other and other != module:
            raise UnusableError(f"Its receipt is for {module}, but its content is for {str(other)[:60]}.")
    changed = [
        name
        for name, digest in _dict(receipt.get("files")).items()
        if name in files and hashlib.sha256(files[name]).hexdigest() != digest
    ]
    if changed:
        remarks.append(f"Changed after the receipt was written: {', '.join(sorted(changed))}.")
    for name in [name for name in files if name.startswith("answers/")]:
        if not _is_answer(name, _json(files[name])):
            problems.append(f"The answer {name} is damaged; it was left out.")
            del files[name]
    return HandIn(path, module, learner, _time(path, receipt, remarks), files, tuple(problems), tuple(remarks))


def _time(path: Path, receipt: dict, remarks: list[str]) -> datetime:
    now = datetime.now(UTC).replace(microsecond=0)
    stated = stated_time(receipt)
    if stated and EARLIEST <= stated <= now:
        return stated
    # Clocks of two computers differ by a little; that is not worth a word.
    if stated and not EARLIEST <= stated <= now + timedelta(minutes=10):
        when = "in the future" if stated > now else f"in {stated.year}"
        remarks.append(f"Its receipt is dated {when}, so the date of the file was taken as its time.")
    return min(max(_arrived(path), datetime(1980, 1, 1, tzinfo=UTC)), now)


def _arrived(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(microsecond=0)
    except (OverflowError, ValueError, OSError):  # a date that no calendar has
        return datetime(1980, 1, 1, tzinfo=UTC)


def stated_time(receipt: dict) -> datetime | None:
    """When a hand-in was made, as its receipt has it, in UTC; None when it does not say."""
    try:
        stated = datetime.fromisoformat(receipt["time"])
        # A time without a zone is read as UTC: everything the course writes is.
        stated = stated if stated.tzinfo else stated.replace(tzinfo=UTC)
        return stated.astimezone(UTC).replace(microsecond=0)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _json(content: bytes) -> dict:
    try:
        value = json.loads(content)
        # Half of a character can be spelled in JSON, and can be written nowhere.
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return {}
    return _dict(value)


def _dict(value: object) -> dict:
    return value if isinstance(value, dict) else {}


def _is_answer(name: str, content: dict) -> bool:
    return isinstance(content.get("state"), dict) and content.get("name") == ANSWER.fullmatch(name)[1]


# -- keeping -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Refused:
    """A file that is not marked.

    Attributes
    ----------
    path : pathlib.Path
        Where it was found.
    sentence : str
        Why, for the mentor.
    module : str
        What it is for, if that is known.
    """

    path: Path
    sentence: str
    module: str = ""


def collect(
    given: Iterable[Path], room: Path, same_person: str | None = None, other_person: str | None = None
) -> tuple[dict[tuple[str, str], list[tuple[Path, HandIn]]], list[Refused]]:
    """Read hand-ins, keep them in the room, and settle whose they are.

    Parameters
    ----------
    given : iterable of pathlib.Path
        See `candidates`.
    room : pathlib.Path
        The marking room; nobody else may be marking in it.
    same_person : str, optional
        A learner code: the hand-in by this code among those given is the learner's own, from a new workspace.
    other_person : str, optional
        A learner code: the hand-in by this code among those given is somebody else's; what counted before it
        counts again.

    Returns
    -------
    found : dict
        Hand-ins that may be marked, by module and learner: each with its folder in the room, and without its files,
        because a batch of them need not fill the memory.
    refused : list of Refused
        What is no hand-in, or does not count.

    Raises
    ------
    CourseError
        If nothing, or too much, is given for `same_person`. Nothing was accepted then.
    """
    sweep(room)
    read_in: list[tuple[Path, HandIn, str]] = []
    refused = []
    for path in given:
        try:
            hand_in = read(path)
        except UnusableError as problem:
            refused.append(Refused(path, str(problem)))
        else:
            read_in.append((keep(hand_in, room), replace(hand_in, files={}), hand_in.key))
    if same_person:
        identity.accept(room, same_person, {key for _, hand_in, key in read_in if hand_in.learner == same_person})
    if other_person:
        identity.reject(room, other_person, {key for _, hand_in, key in read_in if hand_in.learner == other_person})
        for module in sorted({hand_in.module for _, hand_in, _ in read_in if hand_in.learner == other_person}):
            folder = newest(room, other_person, module)
            if folder:
                hand_in = read(folder)
                read_in.append((folder, replace(hand_in, files={}), hand_in.key))
    found: dict[tuple[str, str], list[tuple[Path, HandIn]]] = {}
    for learner in sorted({hand_in.learner for _, hand_in, _ in read_in}):
        theirs = [(folder, hand_in) for folder, hand_in, _ in read_in if hand_in.learner == learner]
        try:
            identity.judge(room, learner)
            counting = {folder for folder, _ in theirs if identity.counts(room, learner, folder)}
            claims = [hand_in for folder, hand_in in theirs if folder not in counting]
            sentence = identity.claim(room, learner, sorted({one.name for one in claims})) if claims else ""
        except CourseError as problem:
            counting, claims, sentence = set(), [hand_in for _, hand_in in theirs], str(problem)
        refused += [Refused(one.path, sentence, one.module) for one in claims]
        for folder, hand_in in theirs:
            if folder in counting:
                found.setdefault((hand_in.module, learner), []).append((folder, hand_in))
    return found, refused


def keep(hand_in: HandIn, room: Path) -> Path:
    """Put a hand-in into the room, unless the same one is there already.

    Whether it counts is decided afterwards, when all that came together is there: `identity.judge`.

    Returns
    -------
    pathlib.Path
        Its folder.
    """
    identity.begin(room, hand_in.learner)
    shelf = room / "hand-ins" / hand_in.learner / hand_in.module
    there = next(iter(sorted(shelf.glob(f"*-{hand_in.digest}"))), None) or _same_again(hand_in, shelf)
    if there:
        return there
    folder = shelf / f"{hand_in.time:%Y-%m-%dT%H%M%SZ}-{hand_in.digest}"
    write_files(folder, hand_in.files)
    return folder


def _same_again(hand_in: HandIn, shelf: Path) -> Path | None:
    """The hand-in just before or after this one in time, if it is the same work, asked and made in the same way."""
    receipt = _json(hand_in.files.get(RECEIPT, b""))
    made = hand_in.time, stated_time(receipt) or hand_in.time
    folders = in_order(shelf)
    place = sum(_order(folder) < made for folder in folders)
    for folder in reversed(folders[max(place - 1, 0) : place + 1]):
        files, other = identity.read_files(folder), receipt_of(folder)
        if (
            identity.without_receipt(files) == identity.without_receipt(hand_in.files)
            and identity.key_of(hand_in.module, files) == hand_in.key
            # Somebody may confirm the same answers to questions that have changed.
            and all(receipt.get(what) == other.get(what) for what in ("edition", "questions"))
        ):
            return folder
    return None


def in_order(shelf: Path) -> list[Path]:
    """Folders with hand-ins of one learner and module, oldest first."""
    return sorted(identity.kept(shelf), key=lambda folder: (*_order(folder), folder.name))


def _order(folder: Path) -> tuple[datetime, datetime]:
    # Two that were not believed and came on the same day keep the order in which they say that they were made.
    time = datetime.strptime(folder.name.rpartition("-")[0], "%Y-%m-%dT%H%M%SZ").replace(tzinfo=UTC)
    return time, stated_time(receipt_of(folder)) or time


def receipt_of(folder: Path) -> dict:
    """The receipt of a hand-in in the room; empty when it has none."""
    try:
        return _json((folder / RECEIPT).read_bytes())
    except OSError:
        return {}


def write_files(folder: Path, files: dict[str, bytes]) -> None:
    """Write a folder so that it is there whole or not at all; an old one is replaced."""
    unfinished = folder.with_name(f".{folder.name}.{os.getpid()}{UNFINISHED}")
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        for name, content in files.items():
            target = unfinished / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        if folder.exists():
            shutil.rmtree(folder)
        unfinished.rename(folder)
    except OSError:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def sweep(room: Path) -> None:
    """Remove what an earlier run, stopped half-way, left unfinished; nobody else may be marking in the room."""
    for leftover in (*room.glob(f"hand-ins/*/*/.*{UNFINISHED}"), *room.glob(f"submitted/*/.*{UNFINISHED}")):
        shutil.rmtree(leftover, ignore_errors=True)
    for leftover in (*room.glob(f".*{store.UNFINISHED}"), *room.glob(f"hand-ins/*/.*{store.UNFINISHED}")):
        leftover.unlink(missing_ok=True)


def newest(room: Path, learner: str, module: str) -> Path | None:
    """Folder of the hand-in that counts; None when it is not settled whose any of them is."""
    shelf = room / "hand-ins" / learner / module
    folders = [folder for folder in in_order(shelf) if identity.counts(room, learner, folder)]
    return folders[-1] if folders else None
