"""Kernels that are forked ready instead of started cold, and may be shut in.

Starting a kernel costs seconds, most of them for importing pandas and seaborn. A *fork server* imports them
once; each kernel is a copy of it that begins where the imports ended. On Linux such a copy can be shut in: no
network, nothing to write but a small scratch folder, no sight of anything that is not the course's.

    server.py         the fork server: a process that waits and forks
    forked_kernel.py  turns the copy into a kernel that cannot be told from one that was started cold
    cells.py          runs cells in such a copy without a kernel, where nobody waits for their outputs
    shut_in.py        the walls around one kernel: namespaces, mounts, limits, a watchman
    sandbox.py        the walls around the fork server (bubblewrap), and what protection this computer offers
    provisioner.py    how Jupyter asks for such a kernel
"""
