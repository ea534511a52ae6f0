# ruff: noqa
"""Sends what is no message: too few parts, a wrong signature, no JSON, very deep JSON."""

socket = get_ipython().kernel.iopub_thread.socket
print("got []")
session = get_ipython().kernel.session
for parts in (
    [b"x"],
    [b"<IDS|MSG>", b"wrong", b"{}", b"{}", b"{}", b"{}"],
    [b"<IDS|MSG>", session.sign([b"{", b"{}", b"{}", b"{}"]), b"{", b"{}", b"{}", b"{}"],
    [b"<IDS|MSG>", session.sign([b"[" * 100_000, b"{}", b"{}", b"{}"]), b"[" * 100_000, b"{}", b"{}", b"{}"],
):
    socket.send_multipart(parts)
