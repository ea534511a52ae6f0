# ruff: noqa
"""Looks for secrets of the marker: variables, other programs, their memory."""

import glob
import os

got = [name for name in os.environ if "TOKEN" in name or "SECRET" in name or "PASSWORD" in name]
for file in [*glob.glob("/proc/[0-9]*/environ"), *glob.glob("/proc/[0-9]*/cmdline")]:
    try:
        content = open(file, "rb").read()
    except OSError:
        continue
    if TARGETS["secret"].encode() in content or file.endswith("cmdline") and b"pytest" in content:
        got.append(file)
for file in (
    f"/proc/{TARGETS['marker']}/environ",
    f"/proc/{TARGETS['marker']}/root/etc/passwd",
    "/etc/passwd",
    "/etc/hostname",
    "/root/.bashrc",
    os.path.join(TARGETS["home"], ".bashrc"),
):
    try:
        got.append(open(file, "rb").read(5))
    except OSError:
        pass
print("got", got)
