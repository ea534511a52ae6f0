"""Files that were written for somebody: where they are, in words."""

from collections.abc import Iterable
from pathlib import Path


def where(paths: Iterable[Path]) -> str:
    """Names and folder of files that were just written, a sentence.

    Parameters
    ----------
    paths : iterable of pathlib.Path
        All of one folder.
    """
    paths = list(paths)
    names = " and ".join(f"“{path.name}”" for path in paths)
    return f"Saved beside this page, in the folder {paths[0].resolve().parent}: {names}."


def nameless(paths: Iterable[Path], name: str) -> str:
    """A sentence when files saved before a name was given still lie there; else empty.

    Parameters
    ----------
    paths : iterable of pathlib.Path
        Files that were just written with the name at the end of theirs.
    name : str
        As it stands in the names of the files; may be empty.
    """
    older = name and any(path.with_name(f"{path.stem.removesuffix(f'-{name}')}{path.suffix}").exists()
                         for path in paths)
    return "The earlier file without a name may be deleted." if older else ""
