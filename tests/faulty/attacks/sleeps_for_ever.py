# ruff: noqa
"""Sleeps."""

import time

time.sleep(10_000_000)
