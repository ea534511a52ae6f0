# ruff: noqa
"""Makes every silent question slow, in many cells."""

import time

print("got []")
get_ipython().events.register("pre_execute", lambda: time.sleep(2))
