"""Which calls of the system a kernel may not make.

Namespaces, mounts and limits do not reach everything. Memory can be held that belongs to no process and no
folder; some kinds of socket know no namespaces; and some doors into the system are opened by no honest
exercise. Linux asks the small program made here before every call (seccomp).
"""

import ctypes
import errno
import platform
import struct

_MEMORY = ("memfd_create", "memfd_secret", "shmget", "msgget", "semget")
_KEYS = ("add_key", "request_key", "keyctl")
_DOORS = ("io_uring_setup", "io_uring_enter", "io_uring_register", "bpf", "userfaultfd", "perf_event_open")
_OTHERS = ("ptrace", "process_vm_readv", "process_vm_writev", "unshare", "setns", "mount", "umount2", "chroot")
#: Numbers of calls differ from processor to processor (from Linux, `unistd.h`).
_NUMBERS = {
    "x86_64": (
        0xC000003E,
        dict(zip(_MEMORY, (319, 447, 29, 68, 64), strict=True))
        | dict(zip(_KEYS, (248, 249, 250), strict=True))
        | dict(zip(_DOORS, (425, 426, 427, 321, 323, 298), strict=True))
        | dict(zip(_OTHERS, (101, 310, 311, 272, 308, 165, 166, 161), strict=True))
        | {"socket": 41},
    ),
    "aarch64": (
        0xC00000B7,
        dict(zip(_MEMORY, (279, 447, 194, 186, 190), strict=True))
        | dict(zip(_KEYS, (217, 218, 219), strict=True))
        | dict(zip(_DOORS, (425, 426, 427, 280, 282, 241), strict=True))
        | dict(zip(_OTHERS, (117, 270, 271, 97, 268, 40, 39, 51), strict=True))
        | {"socket": 198},
    ),
}
#: Unix, Internet 4 and 6, and asking the system about networks; all of them are kept in by namespaces.
_SOCKETS = (1, 2, 10, 16)
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
_NUMBER, _PROCESSOR, _FIRST_ARGUMENT = 0, 4, 16
_SET_FILTER, _BY_PROGRAM = 22, 2


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def program(processor: str) -> bytes:
    """The program that Linux asks; empty for a processor whose numbers are not known here.

    Parameters
    ----------
    processor : str
        As Linux calls it: `x86_64` or `aarch64`.
    """
    if processor not in _NUMBERS:
        return b""
    kind, numbers = _NUMBERS[processor]
    refused = [number for name, number in numbers.items() if name != "socket"]
    steps = [
        (_LOAD, None, None, _PROCESSOR),
        (_EQUAL, None, "refuse", kind),
        (_LOAD, None, None, _NUMBER),
        # On x86_64 each call has a second number from here on.
        (_AT_LEAST, "refuse", None, 0x40000000),
        *((_EQUAL, "refuse", None, number) for number in refused),
        (_EQUAL, None, "allow", numbers["socket"]),
        (_LOAD, None, None, _FIRST_ARGUMENT),
        *((_EQUAL, "allow", None, family) for family in _SOCKETS),
        (_RETURN, None, None, _REFUSE),
        (_RETURN, None, None, _ALLOW),
    ]
    ends = {"refuse": len(steps) - 2, "allow": len(steps) - 1}
    return b"".join(
        struct.pack("HBBI", code, *(ends[way] - place - 1 if way else 0 for way in ways), value)
        for place, (code, *ways, value) in enumerate(steps)
    )


def set_filter() -> None:
    """Refuse these calls to this process and all that it starts, for ever.

    Raises
    ------
    OSError
        If the system cannot do it.
    """
    steps = program(platform.machine())
    if not steps:
        return
    library = ctypes.CDLL(None, use_errno=True)
    given = _Program(len(steps) // 8, steps)
    nothing = ctypes.c_ulong(0)
    if library.prctl(_SET_FILTER, ctypes.c_ulong(_BY_PROGRAM), ctypes.byref(given), nothing, nothing):
        raise OSError(ctypes.get_errno(), "the calls of a kernel cannot be filtered")
