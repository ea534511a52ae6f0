"""The fork server: imports the course's libraries once, then waits and forks.

    python -m researchskills.kernels.server SOCKET [--shut-in [USER]]

Each connection to the socket is one request, a JSON object, and gets one answer: the number of the process. Where cells
were to be run (`cells`), the process itself adds what they showed. The server never runs anything itself, so what a
kernel does cannot spoil the next one. Nor does it read what is asked: that would stay in its memory, of which every
later kernel is a copy. It ends with the process that started it, which holds the other end of its standard input: the
system's own way to end with a parent fails where that parent may not send signals, as bubblewrap may not when root
started it.
"""

import base64
import contextlib
import gc
import json
import os
import select
import shutil
import signal
import socket
import struct
import sys
import threading
import traceback
from pathlib import Path

from researchskills.kernels import cells, forked_kernel, shut_in


def main(path: str, is_shut_in: bool, user: int | None) -> None:
    """Import, then serve until stopped."""
    # The current folder, which Python looks into first, is for kernels to choose and not for this process.
    del sys.path[0]
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    forked_kernel.warm_up()
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    if is_shut_in:
        _try(Path(path).parent)
    # What is there now is no kernel's garbage; looking through it would copy it for each of them.
    gc.collect()
    gc.freeze()
    # Its children are watched by whoever asked for them; here nobody waits for them.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(path)
        door.listen(64)
        while sys.stdin not in select.select([door, sys.stdin], [], [])[0]:
            visitor, _ = door.accept()
            with visitor:
                _serve(visitor, door)
    if not is_shut_in:
        # Whoever made the folder may have been killed.
        shutil.rmtree(Path(path).parent, ignore_errors=True)
    # At once: its kernels end with it, and taking the interpreter apart takes a while.
    os._exit(0)


def _try(folder: Path) -> None:
    """Shut one process in, so that a computer that cannot do it says so before anything depends on it."""
    sockets = folder / "trial"
    sockets.mkdir()
    process = os.fork()
    if not process:
        try:
            shut_in.enter(sockets, folder, {"trial": b"x"}, shut_in.Limits()).close()
            os._exit(0)
        except BaseException as problem:
            print(problem, flush=True)
            os._exit(1)
    if os.waitpid(process, 0)[1]:
        sys.exit(1)


def _serve(visitor: socket.socket, door: socket.socket) -> None:
    process = os.fork()
    if process:
        with contextlib.suppress(OSError):  # a visitor may be gone
            send(visitor, {"process": process})
        return
    try:
        door.close()
        request = receive(visitor)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        if "cells" in request:
            _run_cells(request, visitor)
        visitor.close()
        _start(request)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    sys.exit()


def _run_cells(request: dict, visitor: socket.socket) -> None:
    """Run cells of the course, which need no walls of their own; send what they showed, and end."""
    shut_in.die_with_parent()
    os.chdir(request["folder"])
    gc.disable()
    send(visitor, cells.run(request["cells"], request["environment"], request["wanted"]))
    os._exit(0)


def _files(request: dict) -> dict[str, bytes]:
    return {name: base64.b64decode(content) for name, content in request["files"].items()}


def _start(request: dict) -> None:
    info, environment, arguments = request["connection"], request["environment"], request["arguments"]
    if "until" in request:
        # Somebody's own: it goes on without this server, and ends as Python does, with everything written down.
        _end_with(request["until"])
        os.chdir(request["folder"])
        forked_kernel.become(request["connection_file"], environment, arguments, forked_kernel.find_own_settings)
        return
    if request["limits"] is None:
        shut_in.die_with_parent()
        os.chdir(request["folder"])
        forked_kernel.become(request["connection_file"], environment, arguments, lambda: None)
        os._exit(0)
    sockets = Path(info["ip"]).parent
    door = shut_in.enter(sockets, sockets.parent, _files(request), shut_in.Limits(**request["limits"]))
    file = shut_in.HOME / "kernel.json"
    file.write_text(json.dumps({**info, "ip": str(shut_in.SOCKETS / Path(info["ip"]).name)}))
    forked_kernel.become(str(file), environment, arguments, door.close)
    # Taking the interpreter apart costs more than all the rest of a short life.
    os._exit(0)


def _end_with(process: int) -> None:
    """End this process as soon as another one has ended, whatever becomes of the one that forked it."""
    ended = os.pidfd_open(process)

    def wait() -> None:
        select.select([ended], [], [])
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def send(link: socket.socket, message: dict) -> None:
    """Send one message over a stream."""
    content = json.dumps(message).encode()
    link.sendall(struct.pack("!I", len(content)) + content)


def receive(link: socket.socket) -> dict:
    """Read one message.

    Raises
    ------
    ValueError
        If it is not complete.
    """
    (size,) = struct.unpack("!I", _exactly(link, 4))
    return json.loads(_exactly(link, size))


def _exactly(link: socket.socket, size: int) -> bytes:
    content = bytearray()
    while len(content) < size:
        part = link.recv(min(1 << 20, size - len(content)))
        if not part:
            raise ValueError("the message ends too early")
        content += part
    return bytes(content)


if __name__ == "__main__":
    main(sys.argv[1], "--shut-in" in sys.argv, int(sys.argv[3]) if len(sys.argv) > 3 else None)
