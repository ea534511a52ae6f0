"""What protection this computer offers against the code in hand-ins: `course mark --doctor`.

Nothing is taken on trust. A kernel is shut in and tries what hand-ins might: to reach a listener on this
computer, to read a file of the marker's, to write where it should not. What it managed is what is told.
"""

import json
import os
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path

import nbformat

from researchskills import running
from researchskills.kernels import shut_in
from researchskills.kernels.provisioner import ForkedKernelManager
from researchskills.kernels.sandbox import ForkServer, NotShutInError

_SECRET = "RESEARCHSKILLS_SECRET_OF_THE_MARKER"
#: What each thing that was tried is called, when it is kept in and when it is not.
_SENTENCES = {
    "network": ("It reaches no network, not even this computer's own.", "It reaches the network."),
    "files": ("It sees no file of yours.", "It can read your files."),
    "writing": ("It can write only in a scratch folder of its own.", "It can write outside its own folder."),
    "processes": ("It sees and stops no other program.", "It sees other programs that run here."),
    "environment": ("It sees no environment variable of yours.", "It sees your environment variables."),
    "rights": ("It has no special rights and can get none.", "It can get special rights."),
    "memory": ("Its memory is limited.", "Its memory is not limited."),
    "number": ("The number of its processes is limited.", "It can start processes without end."),
    "disk": ("What it writes is limited.", "It can fill the disk."),
}
_TRIAL = """
import contextlib, json, os, resource, socket
wanted = json.loads(open("wanted.json").read())
held = {}
def fails(what):
    try:
        what()
    except (OSError, MemoryError):
        return True
    return False
def datagram():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.sendto(b"x", ("127.0.0.1", wanted["port"]))
held["network"] = fails(lambda: socket.create_connection(("127.0.0.1", wanted["port"]), 2)) and fails(datagram)
held["files"] = fails(lambda: open(wanted["file"]).read())
held["writing"] = all(fails(lambda: open(os.path.join(folder, "x"), "w")) for folder in wanted["folders"])
held["processes"] = fails(lambda: os.kill(wanted["process"], 0))
held["environment"] = wanted["variable"] not in os.environ
status = {}
with contextlib.suppress(OSError):
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
held["rights"] = fails(lambda: os.setuid(0)) and int(status.get("CapEff", "0"), 16) == 0
held["memory"] = fails(lambda: bytearray(64 << 30))
held["number"] = resource.getrlimit(resource.RLIMIT_NPROC)[0] > 0
usage = os.statvfs(".")
held["disk"] = usage.f_frsize * usage.f_blocks <= wanted["disk"]
print(json.dumps(held))
"""


@dataclass(frozen=True)
class Finding:
    """One thing that a hand-in might try.

    Attributes
    ----------
    what : str
        A word for it.
    is_held : bool
        Whether it is kept in.
    sentence : str
        What that means.
    """

    what: str
    is_held: bool
    sentence: str


@dataclass(frozen=True)
class Protection:
    """What protection there is.

    Attributes
    ----------
    findings : tuple of Finding
        What was tried; empty when nothing can be shut in.
    problem : str
        Why nothing can be shut in; empty otherwise.
    """

    findings: tuple[Finding, ...] = ()
    problem: str = ""

    @property
    def is_active(self) -> bool:
        """Whether a hand-in is kept in, whatever it tries of all this."""
        return bool(self.findings) and all(one.is_held for one in self.findings)

    @property
    def sentence(self) -> str:
        """In one or two sentences, what that means for marking."""
        if self.is_active:
            return "Hand-ins are shut in on this computer: nothing that was tried from inside came out."
        if self.problem:
            return (
                f"Hand-ins cannot be shut in on this computer: {self.problem} “course mark” refuses to run their code "
                "here unless you add --trust. Mark on a computer with Linux and bubblewrap, or only what comes from "
                "people you know."
            )
        return "Hand-ins are shut in only in part. Mark only what comes from people you know."

    def as_dict(self) -> dict:
        """For `--json`."""
        return {
            "active": self.is_active,
            "sentence": self.sentence,
            "findings": [vars(one) for one in self.findings],
        }


def examine(environment: dict[str, str]) -> Protection:
    """Shut a kernel in and see what it can do.

    Parameters
    ----------
    environment : dict of str to str
        Environment variables that kernels get.
    """
    try:
        server = ForkServer(True, environment)
    except NotShutInError as problem:
        return Protection(problem=str(problem))
    os.environ[_SECRET] = "x"
    try:
        with server, tempfile.NamedTemporaryFile(dir=Path.home()) as secret, socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            wanted = {
                "port": listener.getsockname()[1],
                "file": secret.name,
                "folders": [
                    "/",
                    "/usr",
                    "/run/kernel",
                    str(server.door.folder),
                    *environment["PATH"].split(os.pathsep)[:1],
                ],
                "process": os.getppid(),
                "variable": _SECRET,
                "disk": shut_in.Limits().disk,
            }
            held = _try(server, environment, {"wanted.json": json.dumps(wanted).encode()})
    finally:
        del os.environ[_SECRET]
    return Protection(tuple(Finding(what, held[what], words[not held[what]]) for what, words in _SENTENCES.items()))


def _try(server: ForkServer, environment: dict[str, str], files: dict[str, bytes]) -> dict[str, bool]:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(_TRIAL)])
    client = running.Bounded(
        notebook,
        timeout=30,
        allow_errors=True,
        shutdown_kernel="immediate",
        kernel_environment=environment,
        new_manager=lambda: ForkedKernelManager(server=server.door, files=files),
    )
    client.execute()
    try:
        return json.loads(notebook.cells[0].outputs[0].text)
    except (AttributeError, IndexError, ValueError):
        return dict.fromkeys(_SENTENCES, False)
