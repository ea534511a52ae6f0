"""The learner's own copy of the course.

People write into their notebooks, leave, and come back after the course has been corrected. So a
workspace is a copy that remembers, for every file, the checksum of what was delivered. Whatever
still has that checksum may be replaced by a newer edition; whatever differs is the learner's work
and is never touched: the newer edition is then laid beside it. `answers/` is not even looked at.

Every write goes to a temporary file that then takes the place of the old one, and the checksum is
noted after the file is in place. Stopped at any moment, the next run finds a file that equals the
course's edition and goes on.
"""

import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from researchskills import paths
from researchskills.errors import CourseError
from researchskills.store import UNFINISHED, replace_file

_NOT_DELIVERED = {"answers", "__pycache__", ".ipynb_checkpoints"}
# Windows cannot make a folder with one of these names, and a mentor's marking room has a folder per learner.
_RESERVED = {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(10)}
_FIRST = "amber brave bright calm clear early gentle golden green kind light lively patient quiet silver steady warm"
_SECOND = "badger beech birch curlew finch hazel heron kestrel lark linnet maple otter plover robin rowan swift wren"


def default_workspace() -> Path:
    """Folder used when nobody names one: `workspace` beside the course."""
    return paths.course_root() / "workspace"


def refresh(workspace: Path, root: Path | None = None) -> list[str]:
    """Create the learner's copy, or bring it up to date without touching their work.

    Parameters
    ----------
    workspace : pathlib.Path
        The learner's folder; made when missing.
    root : pathlib.Path, optional
        Course folder; by default `paths.course_root()`.

    Returns
    -------
    list of str
        One plain sentence for every newer edition that was laid beside the learner's own file.

    Raises
    ------
    CourseError
        If the folder cannot be made or written, or there is no course to copy.
    """
    modules = paths.modules(root)
    if not modules:
        raise CourseError(
            f"There are no modules in {(root or paths.course_root()) / 'course'}. Your work is untouched. "
            "Download the course again, or ask the person who gave it to you."
        )
    with _writing(workspace):
        _sweep(workspace)
        return [notice for module in modules for notice in _refresh_module(module, workspace)]


def fresh(workspace: Path, module: str, root: Path | None = None) -> list[str]:
    """Give a module clean notebooks; the old ones are kept under a dated name, answers stay.

    Parameters
    ----------
    workspace : pathlib.Path
        The learner's folder.
    module : str
        Any name that `paths.find_module` understands.
    root : pathlib.Path, optional
        Course folder; by default `paths.course_root()`.

    Returns
    -------
    list of str
        What was done, one sentence each.
    """
    name = paths.find_module(module, root)
    source = (root or paths.course_root()) / "course" / name
    done = []
    with _writing(workspace):
        delivered = _delivered(workspace)
        for notebook in sorted((workspace / name).glob("*.ipynb")):
            relative = _relative(notebook, workspace)
            if not (source / notebook.name).exists():
                if _checksum(notebook) == delivered.get(relative):
                    notebook.unlink()
            elif _checksum(notebook) not in {delivered.get(relative), _checksum(source / notebook.name)}:
                kept = _dated(notebook)
                notebook.replace(kept)
                done.append(f"Your earlier {notebook.name} is kept as “{kept.name}”.")
        done += _refresh_module(source, workspace)
    return [*done, f"Module {name} has clean notebooks. Your saved answers are still there."]


def learner(workspace: Path) -> str | None:
    """Learner code chosen in this workspace, or None when there is none yet."""
    return _read_json(workspace / ".course" / "learner.json").get("learner")


def choose_learner(workspace: Path, code: str) -> str:
    """Set the learner code; an earlier one stays in the file's history.

    Parameters
    ----------
    workspace : pathlib.Path
        The learner's folder.
    code : str
        3 to 32 letters, digits and single hyphens. Capitals are made small, so that the same
        person is not two people in a mentor's list.

    Returns
    -------
    str
        The code as stored.

    Raises
    ------
    CourseError
        If the code is too short, too long, holds other characters or could identify a person.
    """
    code = code.strip().lower()
    problem = _problem_with(code)
    if problem:
        raise CourseError(f"{problem} Nothing was changed. A code such as “{suggest_learner()}” works well.")
    with _writing(workspace):
        file = workspace / ".course" / "learner.json"
        before = _read_json(file)
        if before.get("learner") == code:
            return code
        earlier = list(before.pop("earlier", []))
        if before.get("learner"):
            earlier.append(before)
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        _write_json(file, {"learner": code, "chosen": now, "earlier": earlier})
    return code


def seal(workspace: Path, code: str) -> str:
    """What shows that hand-ins come from one workspace and learner code, and tells nothing about the person.

    It is derived from a random secret that is made once, stays in `.course/` and is never packed. Another code gives
    another seal, and nobody sees that the two belong together.

    Parameters
    ----------
    workspace : pathlib.Path
        The learner's folder.
    code : str
        Learner code.

    Raises
    ------
    CourseError
        If the secret cannot be read, or made.
    """
    with _writing(workspace):
        file = workspace / ".course" / "secret"
        # A damaged secret is lost: the mentor is asked whether the new seal is the same person's.
        secret = file.read_bytes() if file.exists() else b""
        if len(secret) != 64:
            secret = secrets.token_hex(32).encode()
            _write_for_owner(file, secret)
        return hmac.new(secret, code.encode(), "sha256").hexdigest()[:32]


def editions(workspace: Path, module: str) -> list[str]:
    """Editions of a module that this workspace has had, oldest first; an edition's name does not tell its age."""
    known = _read_json(workspace / ".course" / "editions.json").get(module, [])
    return [one for one in known if isinstance(one, str)] if isinstance(known, list) else []


def suggest_learner() -> str:
    """A code that says nothing about anybody, such as quiet-heron-42."""
    return f"{secrets.choice(_FIRST.split())}-{secrets.choice(_SECOND.split())}-{secrets.randbelow(90) + 10}"


def _problem_with(code: str) -> str | None:
    if "@" in code:
        return "That looks like an e-mail address, and a learner code must not show who you are."
    # Spaces and hyphens are how people write an NHS number, so they must not hide one.
    if re.search(r"\d{10}", re.sub(r"[\s-]", "", code)):
        return "That looks like an NHS number, and a learner code must not identify anybody."
    if not 3 <= len(code) <= 32:
        return f"A learner code has 3 to 32 characters; this one has {len(code)}."
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code):
        return "A learner code has only the letters a to z, digits, and single hyphens between them."
    if code in _RESERVED:
        return f"Windows keeps the name “{code}” for itself."
    return None


def _refresh_module(source: Path, workspace: Path) -> Iterator[str]:
    delivered = _delivered(workspace)
    for file in sorted(source.rglob("*")):
        parts = file.relative_to(source).parts
        if file.is_dir() or _NOT_DELIVERED & set(parts) or any(part.startswith(".") for part in parts):
            continue
        notice = _deliver(file, workspace / source.name / Path(*parts), workspace, delivered)
        if notice:
            yield notice
    _note_edition(source, workspace)


def _note_edition(source: Path, workspace: Path) -> None:
    edition = _read_json(source / "module.json").get("edition")
    known = editions(workspace, source.name)
    if edition and known[-1:] != [edition]:
        file = workspace / ".course" / "editions.json"
        _write_json(file, {**_read_json(file), source.name: [*(one for one in known if one != edition), edition]})


def _deliver(source: Path, target: Path, workspace: Path, delivered: dict[str, str]) -> str | None:
    """Put one file of the course in the workspace; return a sentence if it had to go beside."""
    new = source.read_bytes()
    edition = hashlib.sha256(new).hexdigest()
    for place in _places(target):
        relative = _relative(place, workspace)
        known = delivered.get(relative)
        if place.is_dir():
            raise CourseError(
                f"There is a folder where the course needs the file {place}. Nothing in it was touched. "
                "Rename that folder and start again."
            )
        if not place.exists():
            if place != target and known == edition:
                return None  # the learner looked at this edition and removed it
            _write(place, new)
        else:
            current = _checksum(place)
            if current not in {edition, known}:
                if target.name == "module.json":
                    # Nobody writes in it, and notebooks cannot work with a damaged one.
                    place.replace(_dated(place))
                elif known == edition:
                    return None  # their work is already based on this edition
                else:
                    continue
            if current != edition:
                _write(place, new)
        if known != edition:
            delivered[relative] = edition
            _write_json(workspace / ".course" / "delivered.json", delivered)
            if place != target:
                return (
                    f"There is a newer edition of {target.parent.name}/{target.name}. You have written in yours, so "
                    f"yours is untouched and the newer one is beside it as “{place.name}”."
                )
        return None
    return None


def _places(target: Path) -> Iterator[Path]:
    """Where a file may go: its own name first, then names beside it."""
    yield target
    yield target.with_name(f"{target.stem} (new edition){target.suffix}")
    for number in range(2, 100):
        yield target.with_name(f"{target.stem} (new edition {number}){target.suffix}")


def _dated(file: Path) -> Path:
    """Free name beside a file that says when it was put aside; Windows allows no colon in it."""
    stem = f"{file.stem} (kept {datetime.now().astimezone():%Y-%m-%d at %H.%M.%S})"
    kept, number = file.with_name(stem + file.suffix), 2
    while kept.exists():
        kept, number = file.with_name(f"{stem} {number}{file.suffix}"), number + 1
    return kept


def _relative(file: Path, workspace: Path) -> str:
    return file.relative_to(workspace).as_posix()


def _checksum(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _delivered(workspace: Path) -> dict[str, str]:
    return _read_json(workspace / ".course" / "delivered.json")


def _read_json(file: Path) -> dict:
    # A damaged note means "nothing known": every file then counts as the learner's, which is safe.
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _write_json(file: Path, content: dict) -> None:
    _write(file, json.dumps(content, indent=1, ensure_ascii=False).encode("utf-8") + b"\n")


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    replace_file(file, content)


def _write_for_owner(file: Path, content: bytes) -> None:
    """Write a file that nobody else on the computer may read, not even for a moment."""
    unfinished = file.with_name(f".{file.name}.{os.getpid()}{UNFINISHED}")
    unfinished.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def _sweep(workspace: Path) -> None:
    """Remove what an earlier run, stopped half-way, left unfinished."""
    for folder in (workspace / ".course", *workspace.glob("[0-9][0-9]-*")):
        for leftover in folder.glob(f".*{UNFINISHED}"):
            leftover.unlink(missing_ok=True)


@contextmanager
def _writing(workspace: Path) -> Iterator[None]:
    """Hold the workspace while it is changed, and turn what the system says into plain words."""
    for folder in (workspace, *workspace.parents):
        if folder.exists() and not folder.is_dir():
            raise CourseError(
                f"{folder} is a file, and your work needs a folder there. Choose another place."
            )
    try:
        (workspace / ".course").mkdir(parents=True, exist_ok=True)
        with FileLock(workspace / ".course" / "workspace.lock", timeout=30):
            yield
    except Timeout:
        raise CourseError(
            f"Another window is preparing {workspace} and has not finished. Your work is untouched. "
            "Close the other window and try again."
        ) from None
    except OSError as problem:
        what = problem.strerror or "the system refused"
        raise CourseError(
            f"The course cannot write in {workspace} ({what}). Your work is untouched. "
            "Free some space, or choose a folder of your own."
        ) from problem
