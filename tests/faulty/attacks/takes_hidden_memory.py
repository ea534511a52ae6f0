# ruff: noqa
"""Takes memory that belongs to no process: shared memory of old, files in memory, queues."""

import ctypes
import os

library = ctypes.CDLL(None, use_errno=True)
got = []
try:
    got.append(os.memfd_create("x"))
except OSError:
    pass
if library.shmget(0, 1 << 20, 0o1600) >= 0:
    got.append("shared memory")
if library.msgget(0, 0o1600) >= 0:
    got.append("a queue")
if library.mq_open(b"/queue", os.O_CREAT | os.O_RDWR, 0o600, None) >= 0:
    got.append("another queue")
print("got", got)
