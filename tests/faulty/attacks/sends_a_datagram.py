# ruff: noqa
"""Sends what it knows by UDP, to this computer and to a server of names."""

import socket

got = []
for place in (("127.0.0.1", TARGETS["udp"]), ("8.8.8.8", 53)):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        try:
            one.sendto(b"I am out", place)
            got.append(place)
        except OSError:
            pass
print("got", got)
