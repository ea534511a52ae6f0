# ruff: noqa
"""Sends replies to nobody without end, so that whoever waits for one never comes to look at the clock."""

import threading

kernel = get_ipython().kernel
print("got []")
parent = kernel.get_parent("shell")


def flood():
    while True:
        try:
            kernel.shell_stream.socket.send_multipart([parent["header"]["session"].encode(), b"<IDS|MSG>", *rest])
        except Exception:
            pass


message = kernel.session.msg("execute_reply", {"status": "ok"}, parent={"msg_id": "nobody"})
parts = [kernel.session.pack(message[name]) for name in ("header", "parent_header", "metadata", "content")]
rest = [kernel.session.sign(parts), *parts]
flood()
