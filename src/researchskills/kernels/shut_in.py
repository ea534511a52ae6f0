"""The walls around one kernel.

A copy of the fork server becomes three processes. The *watchman* stays outside and ends everything when
limits are passed. The *keeper* is the first process of a new process namespace: when it goes, the system ends
whatever the kernel left behind, detached or not. The *kernel* has no right to anything, sees no process but its
own, and can write only in a small scratch folder in memory.

bubblewrap has already taken away the network and every file that is not the course's (see `sandbox`); here
each kernel is kept from the others.
"""

import contextlib
import ctypes
import os
import resource
import select
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from researchskills.kernels import filter

#: Where a kernel finds its files, where it keeps what it needs besides, and its sockets.
FOLDER = Path("/hand-in")
HOME = Path("/scratch")
SOCKETS = Path("/run/kernel")

_NEW_USER, _NEW_MOUNTS, _NEW_PIDS, _NEW_NETWORK, _NEW_IPC = 0x10000000, 0x20000, 0x20000000, 0x40000000, 0x8000000
_READ_ONLY, _NO_SUID, _NO_DEVICES, _NO_PROGRAMS, _REMOUNT, _BIND, _RECURSIVE, _PRIVATE = (
    1, 2, 4, 8, 32, 4096, 16384, 1 << 18,
)  # fmt: skip
_DEATH_SIGNAL, _DUMPABLE, _DROP_FROM_BOUNDS, _NO_NEW_PRIVILEGES = 1, 4, 24, 38


@dataclass(frozen=True)
class Limits:
    """What one kernel may use.

    Attributes
    ----------
    memory : int
        Bytes: of address space that one process may add to what it was born with, and of memory that all its
        processes may hold together.
    processes : int
        Processes and threads.
    disk : int
        Bytes in its folder.
    """

    memory: int = 2 << 30
    processes: int = 64
    disk: int = 128 << 20


def enter(sockets: Path, others: Path, files: dict[str, bytes], limits: Limits) -> "Door":
    """Shut this process in; only the kernel comes back from this call.

    Parameters
    ----------
    sockets : pathlib.Path
        Folder for this kernel's sockets, seen by it as `SOCKETS`.
    others : pathlib.Path
        Folder with the sockets of all kernels, which is hidden from it.
    files : dict of str to bytes
        What lies in its folder at the beginning.
    limits : Limits
        What it may use.

    Returns
    -------
    Door
        To be closed as soon as the sockets are there.
    """
    user, group = os.getuid(), os.getgid()
    # A process that has changed its user may not write in its own /proc otherwise.
    _call("prctl", _DUMPABLE, 1, 0, 0, 0)
    _call("unshare", _NEW_USER | _NEW_MOUNTS | _NEW_PIDS | _NEW_NETWORK | _NEW_IPC)
    for name, text in (("setgroups", "deny"), ("uid_map", f"1000 {user} 1"), ("gid_map", f"1000 {group} 1")):
        Path(f"/proc/self/{name}").write_text(text)
    die_with_parent()
    # Seen from inside there will be another /proc, for the watchman too.
    processes = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)
    keeper = os.fork()
    if keeper:
        _watch(keeper, limits, processes)
    os.close(processes)
    die_with_parent()
    _furnish(sockets, others, files, limits)
    ours, theirs = os.pipe(), os.pipe()
    kernel = os.fork()
    if kernel:
        os.close(ours[1])
        os.close(theirs[0])
        _keep(kernel, ours[0], theirs[1])
    os.close(ours[0])
    os.close(theirs[1])
    _give_up_rights()
    _limit(limits)
    _say_nothing()
    os.chdir(FOLDER)
    return Door(ours[1], theirs[0])


@dataclass(frozen=True)
class Door:
    """Tells the keeper that the kernel has its sockets; from then on their folder cannot be written to."""

    out: int
    back: int

    def close(self) -> None:
        """Have the folder of sockets made unwritable."""
        os.write(self.out, b".")
        os.read(self.back, 1)
        os.close(self.out)
        os.close(self.back)


# -- the watchman ------------------------------------------------------------------------------------


def _watch(keeper: int, limits: Limits, processes: int) -> None:
    """Stay outside until all is over; pass an interrupt on, and end what takes too much."""
    signal.signal(signal.SIGINT, lambda *_: _send(keeper, signal.SIGINT))
    signal.signal(signal.SIGTERM, lambda *_: _send(keeper, signal.SIGKILL))
    ended = os.pidfd_open(keeper)
    while not select.select([ended], [], [], 0.1)[0]:
        held = list(_memory_of(keeper, processes))
        if len(held) > limits.processes or sum(held) > limits.memory + (1 << 30):
            _send(keeper, signal.SIGKILL)
    _, status = os.waitpid(keeper, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _memory_of(process: int, processes: int) -> Iterator[int]:
    """Bytes in memory of a process and all below it, read in an open folder like /proc."""
    waiting = [process]
    while waiting:
        one = waiting.pop()
        # A process may end while it is looked at.
        with contextlib.suppress(OSError, ValueError, IndexError):
            yield int(_text(f"{one}/statm", processes).split()[1]) * 4096
            threads = os.open(f"{one}/task", os.O_RDONLY | os.O_DIRECTORY, dir_fd=processes)
            try:
                # Each thread has children of its own.
                for thread in [entry.name for entry in os.scandir(threads)]:
                    waiting += map(int, _text(f"{thread}/children", threads).split())
            finally:
                os.close(threads)


def _text(name: str, folder: int) -> str:
    with os.fdopen(os.open(name, os.O_RDONLY, dir_fd=folder)) as file:
        return file.read()


def _send(process: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, number)


# -- the keeper --------------------------------------------------------------------------------------


def _furnish(sockets: Path, others: Path, files: dict[str, bytes], limits: Limits) -> None:
    _mount(None, "/", None, _RECURSIVE | _PRIVATE)
    _mount(str(sockets), str(SOCKETS), None, _BIND)
    _mount("none", str(others), "tmpfs", _NO_SUID | _NO_DEVICES | _READ_ONLY, "size=4k")
    for place, size in ((FOLDER, limits.disk), (HOME, limits.disk), (Path("/dev/shm"), 16 << 20)):
        _mount("none", str(place), "tmpfs", _NO_SUID | _NO_DEVICES, f"size={size},mode=0700,nr_inodes=20000")
    try:
        _mount("proc", "/proc", "proc", _NO_SUID | _NO_DEVICES | _NO_PROGRAMS)
        # One wall less to climb over: no further namespaces inside this one.
        with contextlib.suppress(OSError):
            Path("/proc/sys/user/max_user_namespaces").write_text("0")
    except OSError:
        # In some containers nobody may mount it; then there is none to be seen.
        _mount("none", "/proc", "tmpfs", _NO_SUID | _NO_DEVICES | _READ_ONLY, "size=4k")
    for name, content in files.items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _keep(kernel: int, told: int, answer: int) -> None:
    """First process inside: collect what has ended, and end with the kernel."""
    signal.signal(signal.SIGINT, lambda *_: _send(kernel, signal.SIGINT))
    if os.read(told, 1):
        kept = {os.ST_NOSUID: _NO_SUID, os.ST_NODEV: _NO_DEVICES, os.ST_NOEXEC: _NO_PROGRAMS}
        flags = os.statvfs(SOCKETS).f_flag
        also = sum(ours for theirs, ours in kept.items() if flags & theirs)
        _mount(None, str(SOCKETS), None, _REMOUNT | _BIND | _READ_ONLY | also)
        os.write(answer, b".")
    _give_up_rights()
    # It belongs to the same user as the kernel, which must not look into it or change it.
    _call("prctl", _DUMPABLE, 0, 0, 0, 0)
    while True:
        ended, status = os.wait()
        if ended == kernel:
            os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


# -- the kernel --------------------------------------------------------------------------------------


def _give_up_rights() -> None:
    _call("prctl", _NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    for number in range(64):
        with contextlib.suppress(OSError):  # the highest number differs from system to system
            _call("prctl", _DROP_FROM_BOUNDS, number, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _call("capset", header, nothing)
    filter.set_filter()


def _say_nothing() -> None:
    """Let go of the fork server's log, which is a file outside."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    os.close(nowhere)


def _limit(limits: Limits) -> None:
    born_with = int(Path("/proc/self/statm").read_text().split()[0]) * 4096 if Path("/proc/self").exists() else 2 << 30
    for what, most in (
        (resource.RLIMIT_AS, born_with + limits.memory),
        (resource.RLIMIT_NPROC, limits.processes),
        (resource.RLIMIT_FSIZE, limits.disk),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        resource.setrlimit(what, (most, most))


# -- the C library -----------------------------------------------------------------------------------


def die_with_parent() -> None:
    """Have the system end this process as soon as the one that started it has ended (Linux)."""
    _call("prctl", _DEATH_SIGNAL, int(signal.SIGKILL), 0, 0, 0)


def _mount(source: str | None, target: str, kind: str | None, flags: int, options: str | None = None) -> None:
    _call("mount", *(one and one.encode() for one in (source, target, kind)), flags, options and options.encode())


def _call(name: str, *arguments) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    wide = [ctypes.c_ulong(one) if isinstance(one, int) else one for one in arguments]
    if getattr(library, name)(*wide):
        number = ctypes.get_errno()
        raise OSError(number, f"{os.strerror(number)} ({name})", sys.argv[0])
