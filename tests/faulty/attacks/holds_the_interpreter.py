# ruff: noqa
"""Waits in C and lets no other thread run."""

import ctypes

ctypes.PyDLL(None).sleep(100_000)
