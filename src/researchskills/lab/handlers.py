"""What the home page and the toolbar ask of the server.

Every answer is a JSON object. What goes wrong in a way that people should read comes back as
`{"error": "…"}`, the sentence of a `CourseError`; anything else goes to the log and the page says
that the course is not answering. Checking and packing run cells and take seconds, so they happen
in a thread and the notebook stays responsive.
"""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from researchskills import home, paths
from researchskills import workspace as copies
from researchskills.errors import CourseError

_SHOWN = ("sentence", "where", "kind", "cell")


class CourseHandler(APIHandler):
    """Shared by all: where the workspace is, and how to answer."""

    @property
    def workspace(self) -> Path:
        """The folder the server was started for."""
        return Path(self.settings["server_root_dir"]).expanduser()

    def body(self) -> dict:
        """What was sent, which must be a JSON object."""
        try:
            body = json.loads(self.request.body or b"{}")
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise web.HTTPError(400)
        return body

    async def answer(self, work, *arguments, **named) -> None:
        """Do the work in a thread and send its result, or the sentence that says why not."""
        try:
            result = await asyncio.to_thread(work, *arguments, **named)
        except CourseError as problem:
            self.set_status(409)
            result = {"error": str(problem)}
        self.finish(json.dumps(result))


class HomeHandler(CourseHandler):
    """Where the learner is and what comes next."""

    @web.authenticated
    async def get(self) -> None:  # noqa: D102
        await self.answer(home.home, self.workspace)


class LearnerHandler(CourseHandler):
    """Choose or change the learner code."""

    @web.authenticated
    async def post(self) -> None:  # noqa: D102
        await self.answer(_choose_learner, self.workspace, str(self.body().get("code", "")))


class CheckHandler(CourseHandler):
    """What to look at before handing in."""

    @web.authenticated
    async def post(self) -> None:  # noqa: D102
        await self.answer(_check, self.workspace, self.body())


class HandInHandler(CourseHandler):
    """Pack the work of a module."""

    @web.authenticated
    async def post(self) -> None:  # noqa: D102
        await self.answer(_hand_in, self.workspace, self.body())


class FeedbackHandler(CourseHandler):
    """Feedback pages that have come back."""

    @web.authenticated
    async def get(self) -> None:  # noqa: D102
        await self.answer(_feedback, self.workspace)


class PlanHandler(CourseHandler):
    """Write the research plan and the record of learning."""

    @web.authenticated
    async def post(self) -> None:  # noqa: D102
        await self.answer(_plan, self.workspace, self.body())


def add_handlers(server) -> None:
    """Put the course's addresses into the server."""
    base = server.web_app.settings["base_url"]
    places = {
        "home": HomeHandler,
        "learner": LearnerHandler,
        "check": CheckHandler,
        "hand-in": HandInHandler,
        "feedback": FeedbackHandler,
        "plan": PlanHandler,
    }
    server.web_app.add_handlers(
        ".*$", [(url_path_join(base, "researchskills", name), handler) for name, handler in places.items()]
    )


def _choose_learner(workspace: Path, code: str) -> dict:
    return {"learner": copies.choose_learner(workspace, code)}


def _check(workspace: Path, asked: dict) -> dict:
    from researchskills import hand_in

    findings = hand_in.check_before(workspace, _module(asked))
    return {"findings": [{name: getattr(finding, name, None) for name in _SHOWN} for finding in findings]}


def _hand_in(workspace: Path, asked: dict) -> dict:
    from researchskills import hand_in

    if copies.learner(workspace) is None:
        raise CourseError("Choose a learner code on the home page first. Nothing was handed in yet.")
    receipt = hand_in.hand_in(workspace, _module(asked), despite_private=asked.get("despite_private") is True)
    path = Path(receipt.path)
    return {
        "path": str(path),
        "sentence": receipt.sentence,
        "title": home.title(workspace, _module(asked)),
        "file": path.name,
        "folder": str(path.parent),
    }


def _feedback(workspace: Path) -> dict:
    return {"pages": home.feedback(workspace), "folder": str(workspace / "feedback")}


def _plan(workspace: Path, asked: dict) -> dict:
    # A process of its own: activities read from the current folder, and the server has only one.
    words = [sys.executable, "-m", "researchskills.cli", "plan", "--json", "--workspace", str(workspace)]
    if asked.get("despite_private") is True:
        words.append("--despite-private")
    done = subprocess.run(words, capture_output=True, encoding="utf-8", env={**os.environ, "PYTHONIOENCODING": "utf-8"},
                          check=False)
    try:
        said = json.loads(done.stdout)
    except ValueError:
        raise CourseError(done.stderr.strip() or "The plan could not be written. Your answers are safe.") from None
    if "private" in said:
        return said
    files = [Path(path) for path in said["files"]]
    return {**said, "files": [path.name for path in files], "folder": str(files[0].parent),
            "page": files[0].relative_to(workspace).as_posix()}


def _module(asked: dict) -> str:
    return paths.find_module(str(asked.get("module", "")))
