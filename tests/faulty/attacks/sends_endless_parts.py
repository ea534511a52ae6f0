# ruff: noqa
"""Sends one message of many parts, each just small enough, and all together far more than a marker's memory."""

import zmq

print("got []")
part = zmq.Frame(bytes(15_000_000))
for _ in range(2000):
    get_ipython().kernel.iopub_thread.socket.send(part, zmq.SNDMORE, copy=False)
