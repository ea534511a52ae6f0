# ruff: noqa
"""Reaches listeners that have no port: unix sockets with and without a path, and kinds that know no namespace."""

import socket

got = []
for place in (TARGETS["unix"], "\0" + TARGETS["abstract"], "/run/docker.sock", "/run/systemd/notify"):
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.connect(place)
        got.append(place)
    except OSError:
        pass
for family in (socket.AF_VSOCK, socket.AF_ALG, 31):  # 31: Bluetooth
    try:
        socket.socket(family, socket.SOCK_STREAM if family != socket.AF_ALG else socket.SOCK_SEQPACKET).close()
        got.append(family)
    except OSError:
        pass
print("got", got)
