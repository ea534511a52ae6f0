# ruff: noqa
"""Shows one text of as much memory as can be had."""

text = "x" * (700 << 20)
print(text)
