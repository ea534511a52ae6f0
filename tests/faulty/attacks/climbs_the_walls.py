# ruff: noqa
"""Traces the process above it, makes namespaces, mounts, calls programs with special rights, keys, the clock."""

import ctypes
import os
import subprocess
import time

library = ctypes.CDLL(None, use_errno=True)
zero = ctypes.c_void_p(0)
got = []


def tries(what, call):
    try:
        if call() in (0, None):
            got.append(what)
    except (OSError, PermissionError, FileNotFoundError):
        pass


tries("trace", lambda: library.ptrace(16, os.getppid(), zero, zero))
tries("memory above", lambda: open(f"/proc/{os.getppid()}/mem", "r+b").close())
for name, flag in (("user", 0x10000000), ("mounts", 0x20000), ("network", 0x40000000), ("processes", 0x20000000)):
    tries(f"namespace {name}", lambda flag=flag: library.unshare(flag))
tries("unshare", lambda: subprocess.run(["unshare", "-Urm", "true"], capture_output=True).returncode)
tries("mount", lambda: library.mount(b"none", b"/hand-in", b"tmpfs", 0, zero))
tries("unmount", lambda: library.umount2(b"/tmp", 2))
tries("root", lambda: os.chroot("/hand-in"))
tries("user", lambda: os.setuid(0))
for command in (
    ["su", "-c", "id"],
    ["sudo", "-n", "id"],
    ["mount", "-t", "tmpfs", "none", "/hand-in"],
    ["fusermount", "-u", "/tmp"],
    ["bwrap", "--ro-bind", "/", "/", "true"],
):
    tries(
        command[0],
        lambda command=command: (
            subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=3).returncode
        ),
    )
if os.uname().machine == "x86_64":
    calls = {"key": 248, "ring": 425, "bpf": 321, "fault": 323, "events": 298, "memory file": 319}
    for what, number in calls.items():
        answer = library.syscall(
            number, ctypes.create_string_buffer(256), ctypes.create_string_buffer(256), zero, 0, -2
        )
        if answer >= 0:
            got.append(what)
tries("clock", lambda: time.clock_settime(time.CLOCK_REALTIME, 0))
tries("nice", lambda: os.setpriority(os.PRIO_PROCESS, 0, -5))
print("got", got)
