# ruff: noqa
"""Twenty processes that a second thread forks, each with as much memory as it can get."""

import os
import threading
import time


def many():
    for _ in range(20):
        if not os.fork():
            held = []
            try:
                while True:
                    held.append(b"x" * (32 << 20))
            except MemoryError:
                time.sleep(1000)


one = threading.Thread(target=many)
one.start()
one.join()
time.sleep(1000)
