"""A marking room with three real hand-ins, and the marking page on it as a process of its own."""

import http.server
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import requests
import yaml
from small_room import MODULE, SOUND, TEXT, changed, handed_in

from researchskills import build, marking
from researchskills.marking.room_desk import RoomDesk

HERON, OTTER, FINCH = "quiet-heron-42", "brave-otter-7", "calm-finch-3"
EVIL = (
    "<script>document.title = 'run'</script><img src=x onerror=\"document.title = 'run'\">"
    '<a href="javascript:document.title = 1">x</a> [y](javascript:alert(1)) <style>body{display:none}</style>'
    '<svg onload="document.title = 1"></svg>'
)
TEXTS = {
    HERON: "The nurse counts journeys and the social worker counts people, so we wrote one rule down for both.",
    OTTER: f"They count different things, and nobody ever asks why that is so. {EVIL}",
    FINCH: "Because people are different from one another in general, and so are their counts.",
}
SECOND = """
  - criterion: Fairness to both
    levels: ["0: One of the two is called wrong.", "1: Both have a reason.", "2: As 1, and each reason is named."]
"""


def _scripts() -> str:
    scripts = []
    for number, levels in enumerate([(0, 0), (1, 1), (2, 2), (3, 0), (1, 1), (2, 2)], 1):
        given = dict(zip(("Concreteness", "Fairness to both"), levels, strict=True))
        passages = {name: f"{name} at level {level}, passage {number}" for name, level in given.items()}
        scripts.append(
            {
                "id": f"s{number}",
                "text": ". ".join(passages.values()),
                "levels": given,
                "reasons": {name: f"Reason {number} for {level}" for name, level in given.items()},
                "anchors": passages,
            }
        )
    return yaml.safe_dump({"question": TEXT, "scripts": scripts}, sort_keys=False)


@contextmanager
def made(root: Path):
    """A room in which three hand-ins have been marked by the course, of the small module with a second criterion."""
    before = os.environ.get("RESEARCHSKILLS_ROOT")
    os.environ["RESEARCHSKILLS_ROOT"] = str(root)
    folder = root / "solutions" / MODULE
    shutil.copytree(SOUND, folder)
    exercises = folder / "exercises.md"
    text = exercises.read_text(encoding="utf-8").replace("points: 3", "points: 5")
    exercises.write_text(text.replace("\nexample: |", f"{SECOND}example: |"), encoding="utf-8")
    (folder / "calibration").mkdir()
    (folder / "calibration" / f"{TEXT}.yaml").write_text(_scripts(), encoding="utf-8")
    (root / "datasets").mkdir()
    build.build(root=root)
    codes = {learner: "total = 3" if learner == OTTER else "total = 7" for learner in TEXTS}
    hand_ins = [handed_in(root, one, one != FINCH, text, codes[one]) for one, text in TEXTS.items()]
    result = marking.mark(hand_ins, root / "room", trust=True)
    assert result.problems == [], result.problems
    # Now, so that learners have the same ids in every copy.
    RoomDesk(MODULE, root / "room")
    yield root / "room"
    del os.environ["RESEARCHSKILLS_ROOT"]
    if before:
        os.environ["RESEARCHSKILLS_ROOT"] = before


def handed_in_anew(room: Path, learner: str, **new) -> None:
    """The learner hands in again, and the hand-in is marked, while the page is open."""
    root = Path(os.environ["RESEARCHSKILLS_ROOT"])
    first = next(root.glob(f"*{learner}*.zip"))
    again = changed(first, room.parent / first.name, 20, **new)
    assert marking.mark([again], room, trust=True).problems == []


class _Stranger(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.heard.append((self.command, self.path, str(self.headers), body.decode()))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"yes")

    do_POST = do_GET

    def log_message(self, *_):
        """Not on the screen."""


@contextmanager
def stranger(port: int):
    """Another program at a port, that says yes to everything; what it is told: method, path, headers, body."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), _Stranger) as server:
        server.heard = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.heard
        server.shutdown()


class Server:
    """`review` in a process of its own, as the command starts it."""

    def __init__(self, room: Path, desk: str = "RoomDesk(MODULE, room)", env: dict | None = None, options: str = ""):
        self.room = room
        program = (
            "import sys; from pathlib import Path\n"
            "from researchskills.marking.review import review\n"
            "from researchskills.marking.room_desk import RoomDesk\n"
            "from researchskills.marking.practice import PracticeDesk\n"
            "from researchskills.marking.moderation import ModerationDesk, moderate\n"
            f"MODULE = {MODULE!r}; room = Path(sys.argv[1])\n"
            f"review({desk}, room, browser=False{options})"
        )
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, str(room)],
            env={**os.environ, **(env or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = []
        for line in self.process.stdout:
            self.said.append(line)
            if "To stop" in line:
                break
        self.address = next((line.strip() for line in self.said if "http://" in line), "")
        assert self.address, "".join(self.said)
        self.base = self.address.partition("/?")[0]

    def kill(self) -> None:
        """As a power cut does."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> str:
        """As Ctrl and C does."""
        self.process.send_signal(signal.SIGINT)
        return self.process.communicate(timeout=20)[0]


class Mentor:
    """Somebody with a browser that has no script."""

    def __init__(self, server: Server, name: str = "A. Mentor"):
        self.server, self.session = server, requests.Session()
        self.session.get(server.address)
        if name:
            self.post("/marker", marker=name, next="/")

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.server.base + path)

    def post(self, path: str, **fields) -> requests.Response:
        xsrf = re.search(r'name="_xsrf" value="([^"]+)"', self.get("/marker").text)[1]
        return self.session.post(self.server.base + path, data={"_xsrf": xsrf, **fields})

    def addresses(self) -> dict[str, str]:
        """Where the answer of each learner is."""
        return {one.writer: f"{TEXT}/{one.id}" for one in RoomDesk(MODULE, self.server.room).scripts(TEXT)}
