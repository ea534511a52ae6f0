# ruff: noqa
"""Writes where it should not: beside the marker's files, over the course, into Python."""

import os
import sys

import researchskills

got = []
folders = [
    TARGETS["outside"],
    "/",
    "/usr/bin",
    "/tmp",
    "/dev",
    "/etc",
    "/run",
    "/run/kernel",
    sys.prefix,
    os.path.dirname(researchskills.__file__),
    os.environ["RESEARCHSKILLS_ROOT"],
    os.environ["MPLCONFIGDIR"],
]
for folder in folders:
    try:
        with open(os.path.join(folder, "written-by-an-attack"), "w") as file:
            file.write("x")
        got.append(folder)
    except OSError:
        pass
print("got", got)
