"""Whose hand-in it is.

A hand-in names a learner code, and anybody can write any code into it. So it also carries a *seal* that only the
learner's own workspace can make (see `workspace.seal`). The room remembers which seals came with a code. The first is
trusted. Whatever comes later with another seal, or with none, is kept but never counts and never replaces anything,
until a mentor has asked and says that it is the same person.

- Two seals for one code in the very first batch: nobody can tell who chose the code first, so neither counts.
- No seal (packed by hand, or with an edition of the course that had none): it can be recognised only by what is in
  it. The first one for a module counts as long as no seal is known for the code; it cannot be replaced unseen.
- A room from before there were seals: what counts there goes on counting. The first seal that comes is *not* taken
  over by itself, because that is exactly how somebody else's hand-in would take a learner's place.

What this cannot do: whoever has another person's whole zip file has their seal too, and could hand in other work with
it. The seal keeps people from being mixed up and from claiming a code that they know; hand-ins themselves must go to
the mentor alone.

`hand-ins/LEARNER/seals.json` in the room holds the keys that were `accepted`, and those that only `claim` the code. It
is written before the first hand-in of a code is kept. So a run that was stopped is not taken for an older room.
"""

import hashlib
import json
import re
from pathlib import Path

from researchskills.errors import CourseError
from researchskills.hand_in import RECEIPT
from researchskills.store import replace_file

_SEAL = re.compile(r"[0-9a-f]{32}")
#: Time and digest.
_FOLDER = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z-[0-9a-f]{16}")


def key_of(module: str, files: dict[str, bytes]) -> str:
    """What a hand-in is recognised by: its seal, or else its module and content.

    Parameters
    ----------
    module : str
        Module.
    files : dict of str to bytes
        The hand-in.
    """
    try:
        seal = json.loads(files.get(RECEIPT, b""))["seal"]
    except (ValueError, KeyError, TypeError, RecursionError):
        seal = None
    if isinstance(seal, str) and _SEAL.fullmatch(seal):
        return seal
    return f"{module}/{fingerprint(without_receipt(files))[:32]}"


def fingerprint(files: dict[str, bytes]) -> str:
    """A digest of names and contents."""
    total = hashlib.sha256()
    for name, content in sorted(files.items()):
        total.update(f"{name}\0{len(content)}\0".encode() + content)
    return total.hexdigest()


def without_receipt(files: dict[str, bytes]) -> dict[str, bytes]:
    """The work in a hand-in: what is the same when it is packed once more."""
    return {name: content for name, content in files.items() if name != RECEIPT}


def kept(shelf: Path) -> list[Path]:
    """Folders with hand-ins of one learner and module in the room."""
    return [folder for folder in sorted(shelf.glob("[0-9]*")) if _FOLDER.fullmatch(folder.name)]


def read_files(folder: Path) -> dict[str, bytes]:
    """Files of a hand-in in the room, by name."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def begin(room: Path, learner: str) -> None:
    """Before a hand-in is kept: see to it that there is a record for its learner code."""
    if not _file(room, learner).exists():
        # Hand-ins without a record come from a room that had none: they were accepted then.
        _write(room, learner, accepted=_kept(room, learner), claims=set())


def judge(room: Path, learner: str) -> None:
    """After all hand-ins of a batch are kept: decide which of them count.

    Parameters
    ----------
    room : pathlib.Path
        The marking room.
    learner : str
        A learner code that hand-ins name.
    """
    accepted, claims = _read(room, learner)
    known = accepted | claims
    new = _kept(room, learner) - known
    if not new:
        return
    seals = {key for key in new | known if _is_seal(key)}
    if not known and len(seals) == len(new) == 1:
        fine = new
    elif seals:
        fine = set()
    else:
        alone = [key for key in new if sum(_module(other) == _module(key) for other in new | known) == 1]
        fine = set(alone)
    _write(room, learner, accepted | fine, claims | (new - fine))


def accept(room: Path, learner: str, keys: set[str]) -> None:
    """A mentor has found out that hand-ins are the learner's own, from a new workspace.

    Parameters
    ----------
    room : pathlib.Path
        The marking room.
    learner : str
        Learner code.
    keys : set of str
        Of the hand-ins (`HandIn.key`) that were named together with the code.

    Raises
    ------
    CourseError
        If there is not exactly one key: nothing was accepted.
    """
    if not keys:
        raise CourseError(
            f"None of the files that you named is a hand-in by {learner}. Nothing was accepted.", exit_status=2
        )
    if len(keys) > 1:
        raise CourseError(
            f"The files that you named for {learner} come from several workspaces. Nothing was accepted. "
            "Name the one that you have asked about.",
            exit_status=2,
        )
    begin(room, learner)
    accepted, claims = _read(room, learner)
    _write(room, learner, accepted | keys, claims - keys)


def reject(room: Path, learner: str, keys: set[str]) -> None:
    """A mentor has found out that hand-ins are somebody else's, also after they were accepted.

    Parameters
    ----------
    room, learner, keys
        As for `accept`.

    Raises
    ------
    CourseError
        If there is no key, or nothing else of the learner's would be left. Nothing was changed.
    """
    accepted, claims = _read(room, learner)
    if not keys or not accepted - keys:
        why = "is a hand-in by" if not keys else "can be turned away, because nothing else counts for"
        raise CourseError(f"None of the files that you named {why} {learner}. Nothing was changed.", exit_status=2)
    _write(room, learner, accepted - keys, claims | keys)


def counts(room: Path, learner: str, folder: Path) -> bool:
    """Whether a hand-in in the room is the learner's own, as far as can be told.

    Parameters
    ----------
    room, learner
        The marking room and the learner code.
    folder : pathlib.Path
        A hand-in's folder.
    """
    accepted, _ = _read(room, learner)
    return _key_in(folder) in accepted


def claim(room: Path, learner: str, names: list[str]) -> str:
    """For the mentor: why a hand-in does not count, and what to do.

    Parameters
    ----------
    room, learner : pathlib.Path, str
        The room, and whose the hand-in says it is.
    names : list of str
        All files of the batch that name this code and do not count; told when nothing of the code counts yet.
    """
    accepted, _ = _read(room, learner)
    command = f"course mark FILE --same-person {learner}"
    if accepted:
        return (
            f"It says that it is by {learner}, but it cannot be seen to come from the same workspace: it was kept and "
            f"not marked, and the earlier work still counts. If it is the same person, accept it ({command}); "
            "otherwise ask them to choose a new code."
        )
    those = f"{' and '.join(names)} say" if len(names) > 1 else "Several hand-ins say"
    return (
        f"{those} that they are by {learner}, but they cannot be seen to come from one workspace: they were kept, and "
        f"none counts yet. Find out whose code it is and accept theirs ({command}); ask anybody else to choose a new "
        "code."
    )


def _is_seal(key: str) -> bool:
    return bool(_SEAL.fullmatch(key))


def _module(key: str) -> str:
    return key.partition("/")[0]


def _kept(room: Path, learner: str) -> set[str]:
    shelves = (room / "hand-ins" / learner).glob("[0-9]*")
    return {_key_in(folder) for shelf in shelves for folder in kept(shelf)}


def _key_in(folder: Path) -> str:
    module, receipt = folder.parent.name, folder / RECEIPT
    # With a seal, the receipt alone is enough; notebooks are large.
    known = key_of(module, {RECEIPT: receipt.read_bytes()}) if receipt.is_file() else ""
    return known if _is_seal(known) else key_of(module, read_files(folder))


def _file(room: Path, learner: str) -> Path:
    return room / "hand-ins" / learner / "seals.json"


def _read(room: Path, learner: str) -> tuple[set[str], set[str]]:
    file = _file(room, learner)
    try:
        content = json.loads(file.read_bytes())
        return set(map(str, content["accepted"])), set(map(str, content["claims"]))
    except FileNotFoundError:
        return set(), set()
    except (ValueError, KeyError, TypeError) as problem:
        # Guessing here would let somebody else's work count.
        raise CourseError(
            f"{file} is damaged, so it is not known whose the hand-ins of {learner} are. Nothing was changed. "
            "Bring the file back from a copy of the room, or delete it to accept all that is kept there."
        ) from problem


def _write(room: Path, learner: str, accepted: set[str], claims: set[str]) -> None:
    file = _file(room, learner)
    file.parent.mkdir(parents=True, exist_ok=True)
    content = {"accepted": sorted(accepted), "claims": sorted(claims)}
    replace_file(file, json.dumps(content, indent=1).encode() + b"\n")
