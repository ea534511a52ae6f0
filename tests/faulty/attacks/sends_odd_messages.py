# ruff: noqa
"""Sends messages of no form: lists for contents, things for texts, characters that are none."""

kernel = get_ipython().kernel
print("got []")
parent = kernel.get_parent("shell")
deep = []
for _ in range(300):
    deep = [deep]
for kind, content in (
    ("stream", ["x"]),
    ("stream", {"name": {"a": 1}, "text": ["x"]}),
    ("display_data", {"data": ["x"], "metadata": 3}),
    ("display_data", {"data": {"text/plain": deep, "image/png": 7}, "metadata": {}}),
    ("execute_result", {}),
    ("error", {"ename": 1, "evalue": None, "traceback": "x"}),
    ("status", {"execution_state": ["idle"]}),
    ("status", 7),
    ("execute_input", {"execution_count": deep}),
    ("nothing", {"execution_count": {"a": deep}}),
):
    kernel.session.send(kernel.iopub_socket, kind, content, parent=parent)
kept = kernel.session.pack
kernel.session.pack = lambda value: kept(value).replace(b"SURROGATE", b"\\ud800")
kernel.session.send(kernel.iopub_socket, "stream", {"name": "stdout", "text": "SURROGATE"}, parent=parent)
kernel.session.pack = kept
