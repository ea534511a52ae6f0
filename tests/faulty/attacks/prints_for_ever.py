# ruff: noqa
"""Prints small lines without end."""

while True:
    print("all work and no play")
