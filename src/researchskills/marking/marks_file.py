"""Marks that one person keeps in a file of their own, away from any gradebook.

A mentor who practises, and one who marks somebody else's answers without knowing the first marks, write into one JSON
file each. It is written whole after every mark, and whatever was given before stays in it. Two pages that are open on
the same file cannot replace each other's marks without a word: a mark carries a revision, and whoever saves says which
one was on the screen.
"""

import json
from collections.abc import Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType

from filelock import FileLock, Timeout

from researchskills import received, saving
from researchskills.bank import Question
from researchskills.errors import CourseError
from researchskills.marking import rubric
from researchskills.marking.desk import ChangedError, Mark
from researchskills.marking.kept import marker_name, typed
from researchskills.store import now

VERSION = 1


def same_person(one: str, other: str) -> bool:
    """Whether two spellings mean one marker: case and spaces do not count."""
    return _plain(one) == _plain(other)


def in_file_names(marker: str) -> str:
    """A marker's name as it stands in the names of files: the same for every spelling of it."""
    return saving.in_a_file_name(_plain(marker))


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


class MarksFile:
    """A file of marks.

    Parameters
    ----------
    path : pathlib.Path
        Made with the first mark; its folder as well.
    what : str
        What the file says it holds.
    marker : str
        Whose marks they are.
    about : mapping
        Further entries that a new file gets, and that a file which is there must have.

    Raises
    ------
    CourseError
        If the file that is there is damaged, or is somebody else's, or about something else.
    """

    def __init__(self, path: Path, what: str, marker: str, about: Mapping):
        self.path = path
        self.head = {"what": what, "version": VERSION, "marker": marker_name(marker), **about}
        self.read()

    @property
    def marker(self) -> str:
        """Whose marks they are."""
        return self.head["marker"]

    def read(self) -> dict:
        """What the file holds; without marks when there is none yet."""
        if not self.path.exists():
            return {**self.head, "marks": {}}
        try:
            content = content_of(self.path, self.head["what"])
            for scripts in content["marks"].values():
                for entry in scripts.values():
                    _ = standing(entry), entry["revision"], entry["earlier"]
        except (CourseError, KeyError, TypeError, AttributeError):
            raise CourseError(
                f"{self.path}, where your marks are kept, is damaged or another kind of file. It was not touched. Give "
                "it another name, then open this again: new marks get a new file."
            ) from None
        if not same_person(str(content.get("marker")), self.marker):
            raise CourseError(
                f"{self.path} holds the marks of {content.get('marker')}. It was not touched. "
                "Give another name after --marker, so that yours get a file of their own."
            )
        if any(content.get(name) != value for name, value in self.head.items() if name not in ("marker", "version")):
            raise CourseError(
                f"{self.path} holds marks of other answers. It was not touched. Move it to another folder, then open "
                "these answers again."
            )
        return content

    def mark(self, question: str, script: str) -> Mark | None:
        """The mark that stands, if there is one."""
        return standing(self.read()["marks"].get(question, {}).get(script))

    def record(self, question: Question, script: str, mark: Mark, seen: int) -> Mark:
        """Keep a mark; as `Desk.record`."""
        rubric.check_levels(question.mark_scheme["rubric"], mark.levels)
        with self._writing() as content:
            entry = content["marks"].setdefault(question.id, {}).setdefault(script, _empty())
            kept = Mark(
                {row["criterion"]: mark.levels[row["criterion"]] for row in question.mark_scheme["rubric"]},
                typed(mark.comment, "comment"),
                self.marker,
                now(),
                revision=entry["revision"] + 1,
            )
            there = standing(entry)
            if there and there.revision != seen and (there.levels, there.comment) == (kept.levels, kept.comment):
                # The same thing sent twice, as by a second press of the button.
                return there
            before = self._unchanged(entry, seen)
            entry.update(
                standing=asdict(kept),
                revision=kept.revision,
                earlier=entry["earlier"] + ([asdict(before)] if before else []),
            )
        return kept

    def undo(self, question: str, script: str, seen: int) -> Mark | None:
        """Take the last mark back; as `Desk.undo`."""
        with self._writing() as content:
            entry = content["marks"].setdefault(question, {}).setdefault(script, _empty())
            last = self._unchanged(entry, seen)
            if last is None:
                raise CourseError("There is no mark to take back. Nothing was changed.")
            again = next((one for one in reversed(entry["earlier"]) if not one.get("undone")), None)
            rest = [one for one in entry["earlier"] if one is not again]
            # The count goes on, so that a page which still shows the mark that was taken back is found out.
            entry["revision"] += 1
            entry["earlier"] = [*rest, {**asdict(last), "undone": now()}]
            entry["standing"] = {**again, "revision": entry["revision"]} if again else None
            return standing(entry)

    def _unchanged(self, entry: dict, seen: int) -> Mark | None:
        there = standing(entry)
        if (there.revision if there else 0) != seen:
            raise ChangedError("This script was marked on another page in the meantime. Nothing was replaced.", there)
        return there

    @contextmanager
    def _writing(self):
        """The content, to be changed; it is written when nothing went wrong."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self.path.with_name(f".{self.path.stem}.lock"), timeout=5):
                content = self.read()
                yield content
                saving.write(self.path, as_bytes({**content, "saved": now()}))
        except Timeout:
            raise CourseError(f"Another program is holding {self.path}. Nothing was changed. Try again.") from None
        except OSError as problem:
            raise CourseError(
                f"{self.path} could not be written ({problem.strerror or problem}). The marks that are there are "
                "untouched. Choose a folder that you may write in."
            ) from None


def standing(entry: dict | None) -> Mark | None:
    """The mark that stands in an entry of a file."""
    return Mark(**entry["standing"]) if entry and entry["standing"] else None


def content_of(path: Path, what: str, mistaken: Mapping[str, str] = MappingProxyType({})) -> dict:
    """What a file of the course's own holds.

    Parameters
    ----------
    path : pathlib.Path
    what : str
        What it must say it holds.
    mistaken : mapping of str to str
        Other files that people may take for it: what they say they hold, and what to do instead.

    Raises
    ------
    CourseError
        If there is no such file, it cannot be read, or it is another kind of file or of another edition.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise CourseError(f"There is no file {path}. {received.NOTHING}", exit_status=2) from None
    except OSError as problem:
        why = problem.strerror or problem
        raise CourseError(f"{path} cannot be opened ({why}). {received.NOTHING}", exit_status=2) from None
    text = received.text_of(content, path.name, what)
    for other, instead in mistaken.items():
        # A file that is damaged or no JSON at all is refused further down.
        with suppress(ValueError, RecursionError, AttributeError):
            if json.loads(text).get("what") == other:
                raise CourseError(f"{path.name} is another file. {received.NOTHING} {instead}")
    return received.json_of(text, path.name, what, VERSION, "Ask for it to be made with the edition you have.")


def put(path: Path, content: bytes) -> Path:
    """Write a file whole, in a folder that is made when missing.

    Raises
    ------
    CourseError
        If it cannot be written; an older file of that name is then as it was.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise CourseError(
            f"The folder {path.parent} cannot be made ({problem.strerror or problem}). Nothing was written. See "
            "whether there is a file of that name, and whether you may write there."
        ) from None
    return saving.write(path, content)


def as_bytes(content: dict) -> bytes:
    """A file's content, for people to read as well."""
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _empty() -> dict:
    return {"standing": None, "revision": 0, "earlier": []}
