"""One answer, one small file.

An activity's state lives in `answers/<name>.json` beside the notebook, because everything else
in a notebook can vanish: widget state is gone when the page is reopened, variables are gone when
the kernel stops. So every change is written at once, and written whole: to a temporary file that
then takes the old one's place. A lock keeps two browser tabs from writing at the same moment, and
a revision number tells one tab that the other has written in between.

Nothing that a person typed is ever thrown away here. A file that cannot be used is set aside under
another name; an answer that is replaced by another tab, or that a changed question no longer
offers, is kept in the file's `earlier` list.
"""

import json
import os
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

#: A learner's answer is text; a file beyond this size (in bytes) is not one of ours.
LARGEST_FILE = 2_000_000
#: Ending of a file that is still being written.
UNFINISHED = ".tmp"


def now() -> str:
    """The time in UTC, to the second, as ISO 8601 text."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class NotSavedError(Exception):
    """An answer could not be written; the message says why in one sentence."""


@dataclass
class Saved:
    """What an answer file holds.

    Attributes
    ----------
    state : dict
        Trait names and their values.
    shown : str
        The answer in plain words, as the learner saw it.
    schema : int
        Version of the activity's state.
    revision : int
        Counts the writes to this file.
    saved : str
        UTC time of the last write.
    earlier : list of dict
        Answers that were replaced: each has `state`, `shown`, `saved` and `why`.
    """

    state: dict = field(default_factory=dict)
    shown: str = ""
    schema: int = 1
    revision: int = 0
    saved: str = ""
    earlier: list = field(default_factory=list)


class AnswerFile:
    """The file behind one activity.

    Parameters
    ----------
    path : pathlib.Path
        `answers/<name>.json`.
    activity : str
        Class name of the activity that owns it.
    schema : int
        The newest version of the state that this activity understands.
    """

    def __init__(self, path: Path, activity: str, schema: int):
        self.path = Path(path)
        self.activity = activity
        self.schema = schema
        self.may_write = True

    def read(self) -> tuple[Saved | None, str]:
        """What was saved, and a sentence when something was wrong.

        A damaged file, a file of another activity or one made by a newer edition is renamed, so
        that it is neither used nor overwritten.

        Returns
        -------
        saved : Saved or None
            None when there is nothing that can be used.
        notice : str
            Empty, or a sentence for the learner.
        """
        try:
            if not self.path.exists():
                return None, ""
            if self.path.stat().st_size > LARGEST_FILE:
                return None, self._set_aside("too-large", "is far too large to be an answer")
            content = json.loads(self.path.read_bytes())
        except OSError as problem:
            self.may_write = False
            return None, (
                f"Your saved answer in {self._where()} cannot be opened ({problem.strerror}). "
                "It has not been touched, and nothing will be saved here until it can be opened. "
                "Close other programs that use the folder, then open this page again."
            )
        except ValueError:
            return None, self._set_aside("damaged", "is damaged and cannot be read")
        if not _well_formed(content):
            return None, self._set_aside("damaged", "is damaged and cannot be read")
        if content["activity"] != self.activity or content["name"] != self.path.stem:
            return None, self._set_aside("other", "belongs to a different question")
        if content["schema"] > self.schema:
            return None, self._set_aside("newer", "was made by a newer edition of the course")
        return Saved(**{name: content[name] for name in Saved.__dataclass_fields__}), ""

    def write(self, changes: dict, seen: Saved, shown: str) -> Saved:
        """Put changed values into the file and leave the others as they are on disk.

        Parameters
        ----------
        changes : dict
            Trait names and new values.
        seen : Saved
            What the activity knew before the change; when the file has moved on since, the other
            tab's values are kept, and a value that both changed goes to `earlier`.
        shown : str
            The answer in plain words after the change.

        Returns
        -------
        Saved
            The file's new content.

        Raises
        ------
        NotSavedError
            If the file cannot be written. The old file is then still whole.
        """
        if not self.may_write:
            raise NotSavedError("the file that is there cannot be opened")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self.path.with_name(f".{self.path.stem}.lock"), timeout=5):
                disk, _ = self.read()
                # Somebody removed the file while the page was open: what this tab knows goes back into it.
                disk = disk or seen
                result = _merged(disk, seen, changes)
                result.shown, result.schema, result.saved = shown, self.schema, now()
                content = self._as_bytes(result)
                # What could be written and never be read again would be lost.
                if len(content) > LARGEST_FILE:
                    raise NotSavedError("it is far too long for an answer")
                replace_file(self.path, content)
        except Timeout:
            raise NotSavedError("another program is holding the file") from None
        except OSError as problem:
            raise NotSavedError(problem.strerror or str(problem)) from problem
        return result

    def _as_bytes(self, saved: Saved) -> bytes:
        content = {"activity": self.activity, "name": self.path.stem, **vars(saved)}
        return json.dumps(content, ensure_ascii=False, indent=1).encode()

    def _set_aside(self, label: str, trouble: str) -> str:
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        kept = self.path.with_name(f"{self.path.stem}.{label}-{stamp}.json")
        count = 1
        while kept.exists():
            count += 1
            kept = self.path.with_name(f"{self.path.stem}.{label}-{stamp}-{count}.json")
        try:
            self.path.rename(kept)
        except OSError:
            self.may_write = False
            return (
                f"The saved answer in {self._where()} {trouble}, and it could not be moved out of the "
                "way. It has not been touched and nothing will be saved here. Ask whoever looks after "
                "your computer to check the folder."
            )
        return (
            f"The saved answer in {self._where()} {trouble}. It was kept as “{kept.name}” "
            "and you can answer again here; show that file to your mentor if you need it back."
        )

    def _where(self) -> str:
        return f"“{self.path.parent.name}/{self.path.name}”"


def _well_formed(content: object) -> bool:
    kinds = {"activity": str, "name": str, "schema": int, "state": dict, "shown": str, "revision": int,
             "saved": str, "earlier": list}
    return isinstance(content, dict) and all(isinstance(content.get(k), t) for k, t in kinds.items())


def _merged(disk: Saved, seen: Saved, changes: dict) -> Saved:
    earlier = list(disk.earlier)
    # What this tab has set aside since it last read the file (a choice that is no longer offered) stays.
    earlier += [entry for entry in seen.earlier if entry not in earlier]
    if disk.revision != seen.revision:
        lost = {
            name: disk.state[name]
            for name, value in changes.items()
            if name in disk.state and disk.state[name] not in (value, seen.state.get(name))
        }
        if lost:
            earlier.append({"state": lost, "shown": disk.shown, "saved": disk.saved,
                            "why": "replaced from another tab"})
    return Saved(state={**disk.state, **changes}, revision=disk.revision + 1, earlier=earlier)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that it is at any moment either the old one or the new one, whole.

    On Windows a virus scanner or a file synchroniser may hold the old file for an instant, so the
    replacement is tried a few times.

    Raises
    ------
    OSError
        If the folder cannot be written to or the disk is full; the old file is unharmed.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}{UNFINISHED}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        for attempt in range(5):
            try:
                os.replace(temporary, path)
                break
            except PermissionError:
                if attempt == 4:
                    raise
                time.sleep(0.05 * 2**attempt)
    finally:
        temporary.unlink(missing_ok=True)
