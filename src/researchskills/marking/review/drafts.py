"""What a mentor has typed and not saved yet: one small file for each marker, answer and question.

They lie in `drafts/` in the room, under names that tell nothing, and go when the mark is saved.
"""

import hashlib
import json
from pathlib import Path

from researchskills.store import now, replace_file

#: Characters in all fields of a form together; what is longer was not typed.
LARGEST = 200_000


class Drafts:
    """The drafts of one desk.

    Parameters
    ----------
    folder : pathlib.Path
        Made with the first draft.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        # Pages whose mark is saved. A message that such a page sent while it was being left may come in late.
        self._done: set[str] = set()

    def read(self, marker: str, path: str) -> dict[str, str] | None:
        """The fields as they were typed last, if anything was; a file that cannot be read counts as none and stays.

        Parameters
        ----------
        marker : str
            Who typed.
        path : str
            Names the form.
        """
        try:
            typed = json.loads(self._file(marker, path).read_bytes())["typed"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return {str(name): str(value) for name, value in typed.items()} if isinstance(typed, dict) else None

    def keep(self, marker: str, path: str, typed: dict[str, str]) -> None:
        """Keep what was typed; its field `page` names the page it was typed on.

        Raises
        ------
        OSError
            If it cannot be written; what was kept before is unharmed.
        """
        if typed.get("page") in self._done:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        content = {"form": path, "marker": marker, "time": now(), "typed": typed}
        replace_file(self._file(marker, path), json.dumps(content, ensure_ascii=False, indent=1).encode())

    def drop(self, marker: str, path: str, page: str) -> None:
        """Forget a draft: what was typed on the page is saved, or no longer wanted."""
        if page:
            self._done.add(page)
        self._file(marker, path).unlink(missing_ok=True)

    def _file(self, marker: str, path: str) -> Path:
        # A marker's name is free text, and no file name.
        name = hashlib.sha256("\0".join((marker, path)).encode()).hexdigest()[:32]
        return self.folder / f"{name}.json"
