"""What learners are called as long as nobody asks for names.

An id stands for a learner in addresses and in the names of drafts, and cannot be traced back without the room. A
number stands for an answer on the screen. Both stay the same for as long as the room exists: who noted “Answer 12”
finds it again after more hand-ins have come. The order has nothing to do with names, and is another one for each
question, so that nobody is always read last.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from researchskills.errors import CourseError
from researchskills.store import replace_file


class Nameless:
    """Ids and numbers for the learners of a module.

    Parameters
    ----------
    room : pathlib.Path
        The marking room.
    module : str
        Full name.

    Raises
    ------
    CourseError
        If the file that remembers them is damaged, or cannot be written.
    """

    def __init__(self, room: Path, module: str):
        self._file = room / "marks" / module / "nameless.json"
        self._content = self._read()
        if not self._content:
            with self._alone():
                self._content = self._read() or {"salt": secrets.token_hex(16), "orders": {}}
                self._write()

    def id(self, learner: str) -> str:
        """Stands for a learner."""
        return self._digest(learner)[:16]

    def numbers(self, what: str, learners: Iterable[str]) -> dict[str, int]:
        """A number from 1 for each learner.

        Parameters
        ----------
        what : str
            Id of a question, or empty for the learners themselves.
        learners : iterable of str
            Learner codes. Those that are new come behind all that have a number.
        """
        learners = set(learners)
        if not learners <= set(self._order(what)):
            with self._alone():
                self._content = self._read() or self._content
                new = learners - set(self._order(what))
                self._content["orders"][what] = self._order(what) + sorted(
                    new, key=lambda one: self._digest(f"{what} {one}")
                )
                self._write()
        return {one: number for number, one in enumerate(self._order(what), 1) if one in learners}

    def _order(self, what: str) -> list[str]:
        return self._content["orders"].get(what, [])

    def _digest(self, text: str) -> str:
        return hmac.new(self._content["salt"].encode(), text.encode(), hashlib.sha256).hexdigest()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self._file.with_name(".nameless.lock"), timeout=5):
                yield
        except OSError as problem:  # also when somebody else keeps the lock
            raise CourseError(
                f"{self._file} cannot be written ({problem.strerror or 'another program keeps it'}). Marks are "
                "untouched. Make room on the disk, or see whether the folder may be written to, and try again."
            ) from problem

    def _read(self) -> dict:
        try:
            return json.loads(self._file.read_bytes())
        except FileNotFoundError:
            return {}
        except ValueError as problem:
            raise CourseError(
                f"{self._file}, which says what answers are called, is damaged. Marks are untouched. Move it away: "
                "answers then get new numbers."
            ) from problem

    def _write(self) -> None:
        replace_file(self._file, json.dumps(self._content, indent=1).encode())
