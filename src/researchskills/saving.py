"""Writing a file that somebody asked for: whole or not at all, and one sentence when it cannot be done."""

import errno
from pathlib import Path

from researchskills.errors import CourseError
from researchskills.store import replace_file

_WHY = {
    errno.EACCES: "it is open in another program such as Word, or the folder is protected",
    errno.EPERM: "it is open in another program such as Word, or the folder is protected",
    errno.EBUSY: "it is open in another program such as Word",
    errno.EROFS: "the folder can only be read",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your space on the disk is used up",
    errno.EFBIG: "there is not enough room for it",
    errno.ENOENT: "its folder does not exist",
    errno.ENOTDIR: "its folder does not exist",
    errno.EISDIR: "there is a folder of that name",
    errno.ENAMETOOLONG: "its name is too long",
}


def write(path: Path | str, content: bytes) -> Path:
    """Write a file so that it is at any moment either the old one or the new one.

    Parameters
    ----------
    path : pathlib.Path or str
        Where to; the folder must exist.
    content : bytes
        The whole file.

    Returns
    -------
    pathlib.Path
        The file that was written.

    Raises
    ------
    CourseError
        If it cannot be written; an older file of that name is then as it was.
    """
    path = Path(path).expanduser()
    try:
        replace_file(path, content)
    except OSError as problem:
        why = _WHY.get(problem.errno, problem.strerror or "the reason is not known")
        raise CourseError(
            f"“{path.name}” could not be written: {why}. Your work in the course is untouched, and so is an older "
            "file of that name. Close it in other programs, or choose another folder or name."
        ) from None
    return path


def in_a_file_name(words: str) -> str:
    """What somebody typed, as it can stand in the name of a file."""
    return "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in words)
