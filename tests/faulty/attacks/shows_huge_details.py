# ruff: noqa
"""Hides much where nobody measures: in what is told about an output, in lists, in names of errors."""

from IPython.display import display

for _ in range(15):
    display({"text/plain": "x"}, raw=True, metadata={"about": "x" * 9_000_000})
    display({"application/json": ["x" * 9_000_000]}, raw=True)
raise type("x" * 9_000_000, (Exception,), {})("y" * 9_000_000)
