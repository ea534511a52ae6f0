# ruff: noqa
"""Reaches a listener on this computer and one far away, by TCP."""

import socket

got = []
for place in (("127.0.0.1", TARGETS["tcp"]), ("1.1.1.1", 80)):
    try:
        with socket.create_connection(place, 2) as one:
            one.sendall(b"I am out")
        got.append(place)
    except OSError:
        pass
print("got", got)
