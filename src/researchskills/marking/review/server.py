"""Start the marking page on this computer.

It is a Jupyter server with nothing of Jupyter's left to reach: no files, kernels, terminals or settings, only the
pages of this folder. It reads no settings but its own, and what it writes lies in `review/` in the room: the token
that lets a browser in, the secret that signs its cookies, and a note of where a running server is.
"""

import asyncio
import contextlib
import hashlib
import http.client
import json
import logging
import os
import re
import secrets
import signal
import socket
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout
from jupyter_server.serverapp import ServerApp
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from traitlets.config import Config

from researchskills.errors import CourseError
from researchskills.lab.launch import free_port
from researchskills.marking.desk import Desk
from researchskills.marking.review import handlers
from researchskills.marking.review.drafts import Drafts
from researchskills.marking.review.page import SIGN
from researchskills.marking.review.reviewing import Reviewing
from researchskills.store import replace_file

_HERE = Path(__file__).parent
_PORTS = range(20_000, 32_000)
_LARGEST_FORM = 2_000_000  # bytes; what is longer was not typed


@dataclass(frozen=True)
class Place:
    """Where the page is to be had, and what lets a browser in."""

    port: int
    token: str

    @property
    def address(self) -> str:
        """What to open in a browser; whoever has it is let in."""
        return f"http://127.0.0.1:{self.port}/?token={self.token}"


def review(desk: Desk, room: Path, marker: str | None = None, port: int | None = None, browser: bool = True) -> None:
    """Open the marking page; returns when it is stopped.

    Parameters
    ----------
    desk : Desk
        What there is to mark.
    room : pathlib.Path
        A folder for drafts, and for what lets a browser in; usually the marking room.
    marker : str, optional
        Who marks; otherwise the page asks.
    port : int, optional
        Use this port or fail; by default the one of last time, or one that few programs use.
    browser : bool, default True
        Open the page in the person's browser. The address is always printed.

    Raises
    ------
    CourseError
        If the room cannot be written to, or the port is taken.
    """
    folder = Path(room).absolute() / "review"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        token = _kept_token(folder / "token.txt")
    except OSError as problem:
        raise CourseError(
            f"The page cannot be opened, because nothing can be written in {room} ({problem.strerror}). "
            "No mark was changed. Choose another folder (--room) or free some space."
        ) from problem
    name = _name(desk)
    sign = _sign(token, name)
    note = folder / f"{name}.json"
    with _alone(folder / f".{name}.lock"):
        running = _running(note, token, sign)
        if running is None:
            work = Reviewing(desk, Drafts(folder.parent / "drafts" / name), marker)
            last = _last_port(note)
            server = _server(folder, work, token, sign, port, last)
            replace_file(note, json.dumps({"port": server.port, "marker": marker}).encode())
    if running is not None:
        already = _noted(note).get("marker") or ""
        if marker and already and marker.strip() != already:
            raise CourseError(
                f"The page is already open, and {already} marks on it. Nothing was changed. Stop it where it was "
                "started (Ctrl and C), then start it again under your name."
            )
        print("The page is already open in another window. Going there.")
        _show(running, browser)
        return
    if last not in (None, server.port):
        print(
            "The page has another address than last time: in a window that is still open, nothing can be saved. If "
            "something that you typed is not saved, copy it there and paste it into the page that opens now."
        )
    _show(Place(server.port, token), browser)
    print("Leave this window open while you mark. To stop, press Ctrl and C here.", flush=True)
    _stay(server)


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One start at a time: who starts twice is taken to the page that is there."""
    try:
        with FileLock(lock, timeout=30):
            yield
    except Timeout:
        raise CourseError(
            "The page is being opened in another window and does not come up. No mark was changed. "
            "Close that window and start again."
        ) from None


class ReviewServer(ServerApp):
    """A Jupyter server without Jupyter's addresses, and without anybody's Jupyter settings."""

    name = "course-review"
    default_services = ()
    sockets = ()

    def load_config_file(self, suppress_errors: bool = True) -> None:
        """No file is looked for: neither the person's own Jupyter nor a stray file beside the work decides here."""

    def migrate_config(self) -> None:
        """Nothing is carried over from an older Jupyter."""

    def init_signal(self) -> None:
        """Ctrl and C stops the server at once; Jupyter would ask back."""

    def init_httpserver(self) -> None:
        """Listen where `sockets` do, which are there already."""
        self._http_server = HTTPServer(self.web_app, max_body_size=_LARGEST_FORM, max_buffer_size=2 * _LARGEST_FORM)
        self._http_server.add_sockets(self.sockets)

    def init_webapp(self) -> None:
        """Take out whatever Jupyter serves by itself, and put the pages in its place."""
        super().init_webapp()
        self.web_app.wildcard_router.rules.clear()
        self.web_app.default_router.rules[:] = [
            rule for rule in self.web_app.default_router.rules if rule.target is self.web_app.wildcard_router
        ]
        self.web_app.add_handlers(".*$", handlers.PLACES)


def _server(folder: Path, work: Reviewing, token: str, sign: str, wanted: int | None, last: int | None) -> ReviewServer:
    sockets, port = _sockets(wanted, last or _own_port(sign))
    own = folder / "jupyter"
    settings = Config()
    settings.IdentityProvider.token = token
    settings.IdentityProvider.cookie_options = {"samesite": "Strict"}
    server = ReviewServer(
        config=settings,
        config_dir=str(own / "config"),
        data_dir=str(own / "data"),
        runtime_dir=str(own / "runtime"),
        ip="127.0.0.1",
        port=port,
        port_retries=0,
        base_url="/",
        default_url="/",
        root_dir=str(_made(own / "nothing")),
        allow_root=True,
        allow_remote_access=False,
        allow_unauthenticated_access=False,
        disable_check_xsrf=False,
        open_browser=False,
        record_http_request_metrics=False,
        extra_template_paths=[str(_HERE / "pages")],
        tornado_settings={
            "reviewing": work,
            "review_sign": sign,
            # Cookies know no ports: another Jupyter on this computer would otherwise exchange this one for its own.
            "xsrf_cookie_name": f"_xsrf-review-{port}",
            "xsrf_cookie_kwargs": {"samesite": "Strict", "httponly": True},
            "default_handler_class": handlers.NowhereHandler,
        },
    )
    _log_to(folder / "log.txt", server.log)
    _made(own / "runtime")
    server.sockets = sockets
    server.initialize(argv=[], find_extensions=False)
    return server


def _sockets(wanted: int | None, usual: int) -> tuple[list[socket.socket], int]:
    """The port, held from now on: Jupyter would take it only later, and say nothing when it is gone by then."""
    # A page that is still open goes on only if the server is where it was.
    first = wanted or usual
    for _ in range(20):
        try:
            port = free_port(first)
        except CourseError:
            if wanted or first is None:
                raise
            first = None
            continue
        try:
            return bind_sockets(port, "127.0.0.1"), port
        except OSError:
            # Taken since the look; the next look says so, or finds another.
            time.sleep(0.05)
    raise CourseError("No free port was found. No mark was changed. Restart the computer and try again.")


def _own_port(sign: str) -> int:
    """A port for this desk that others hardly ask for: below those that systems hand out, and not where Jupyter begins.

    Whatever else is started while the page is closed would otherwise be where an open window looks for it.
    """
    return _PORTS[int(sign, 16) % len(_PORTS)]


def _stay(server: ReviewServer) -> None:
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    beat = None
    try:
        if os.name == "nt":
            # There a waiting server hears Ctrl and C only when something happens.
            from tornado.ioloop import PeriodicCallback

            beat = PeriodicCallback(lambda: None, 500)
            beat.start()
        server.io_loop.start()
    except KeyboardInterrupt:
        print("\nThe page is closed. Marks and drafts are saved. Start it again whenever you like.", flush=True)
    finally:
        if beat:
            beat.stop()
        server.http_server.stop()
        server.io_loop.asyncio_loop.run_until_complete(_last_words(server))


async def _last_words(server: ReviewServer) -> None:
    """Let requests that have come in be answered."""
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(server.http_server.close_all_connections(), 3)


def _log_to(file: Path, log: logging.Logger) -> None:
    """What the server says goes to a file; the screen keeps a few plain sentences."""
    writer = logging.FileHandler(file, mode="w", encoding="utf-8", delay=True)
    writer.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.handlers[:] = [writer]
    log.setLevel(logging.WARNING)


def _kept_token(file: Path) -> str:
    """The room's token: the same each time, so that an open page outlives the server it came from."""
    # Of this room: a copy of it has a page of its own, or marks would go into the wrong one.
    place = hashlib.sha256(str(file.resolve()).encode()).hexdigest()[:16]
    if file.exists():
        kept, _, of = file.read_text(encoding="ascii", errors="replace").strip().partition(" ")
        if len(kept) >= 32 and of == place:
            return kept
    token = secrets.token_urlsafe(32)
    # Nobody else on this computer may read it, not even for the moment between making and filling it.
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as out:
        out.write(f"{token} {place}")
    file.chmod(0o600)
    return token


def _name(desk: Desk) -> str:
    """Names a desk in the room: one room can hold several, and each has its own drafts."""
    digest = hashlib.sha256(f"{type(desk).__name__}\0{desk.title}".encode()).hexdigest()[:8]
    return f"{re.sub(r'[^a-z0-9]+', '-', desk.title.casefold()).strip('-')[:40]}-{digest}"


def _sign(token: str, name: str) -> str:
    """By what an open page knows its server again, also when it was started anew; nobody finds the token from it."""
    return hashlib.sha256(f"{token}\0{name}".encode()).hexdigest()[:32]


def _noted(note: Path) -> dict:
    """What was written down about the server when it started."""
    try:
        found = json.loads(note.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _last_port(note: Path) -> int | None:
    port = _noted(note).get("port")
    return port if isinstance(port, int) else None


def _running(note: Path, token: str, sign: str) -> Place | None:
    """The server that holds this desk, if it answers."""
    port = _last_port(note)
    if port is None:
        return None
    # Workplaces send web traffic through a proxy, which cannot know this computer's own addresses.
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        # Without the token, which is nobody else's business: our own server turns this away, with its sign.
        with direct.open(f"http://127.0.0.1:{port}/alive", timeout=5) as answer:
            found = answer.headers.get(SIGN)
    except urllib.error.HTTPError as refused:
        found = refused.headers.get(SIGN)
    except (OSError, http.client.HTTPException):
        return None
    return Place(port, token) if found == sign else None


def _show(place: Place, browser: bool) -> None:
    opened = browser and webbrowser.open(place.address)
    print("The page is open in your browser. If you do not see it, open this address:" if opened
          else "Open this address in your browser:")  # fmt: skip
    print(f"  {place.address}", flush=True)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
