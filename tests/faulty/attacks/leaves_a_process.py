# ruff: noqa
"""Leaves a process behind that has no parent, no session, and outlives this kernel."""

import os
import subprocess
import sys

print("got []")
if not os.fork():
    os.setsid()
    if not os.fork():
        subprocess.Popen(
            ["nohup", sys.executable, "-c", "import time\nwhile True: time.sleep(1)", TARGETS["mark"]],
            start_new_session=True,
        )
        os.execvp(sys.executable, [sys.executable, "-c", "import time; time.sleep(3000)", TARGETS["mark"]])
    os._exit(0)
