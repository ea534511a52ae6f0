# ruff: noqa
"""Asks for 64 GB at once."""

got = []
try:
    got.append(len(bytearray(64 << 30)))
except MemoryError:
    pass
print("got", got)
