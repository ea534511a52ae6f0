# ruff: noqa
"""Answers in its kernel's name: a cell is over before it is, others show what they never showed."""

import time

kernel = get_ipython().kernel
print("got []")
parent = kernel.get_parent("shell")
name = parent["header"]["msg_id"]
start, _, number = name.rpartition("_")
identities = kernel.shell_stream.socket.identity
for ahead in range(8):
    forged = {"header": {**parent["header"], "msg_id": f"{start}_{int(number) + ahead}"}}
    send = lambda kind, content: kernel.session.send(kernel.iopub_socket, kind, content, parent=forged)
    send("execute_result", {"data": {"text/plain": "1.0"}, "metadata": {}, "execution_count": 1})
    send("stream", {"name": "stdout", "text": "forged"})
    send("update_display_data", {"data": {"text/plain": "1.0"}, "metadata": {}, "transient": {"display_id": "a"}})
    send("clear_output", {"wait": False})
    send("comm_open", {"comm_id": "a", "target_name": "jupyter.widget", "data": {"state": {}}})
    send("status", {"execution_state": "idle"})
    kernel.session.send(
        kernel.shell_stream,
        "execute_reply",
        {
            "status": "ok",
            "execution_count": 1,
            "payload": [],
            "user_expressions": {"found": {"status": "ok", "data": {"text/plain": "'7'"}, "metadata": {}}},
        },
        parent=forged,
        ident=kernel.get_parent("shell").get("identities") or [],
    )
