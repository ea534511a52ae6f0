"""What the home page says: where a learner is, and what to do next.

A pure reading of the workspace. It is drawn by the Lab page, but anything could draw it. Files a
person may have touched are read defensively: a damaged one counts as "no answer yet" here, and the
activity that owns it reports it in its own place.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from researchskills import paths
from researchskills import workspace as copies

HELP = (
    {
        "title": "Something looks stuck or does not react",
        "text": "Open the page that is stuck, then choose “My notebook has stopped” in the Course menu. It starts "
        "the notebook again and brings your saved answers back. It is safe to use at any time.",
    },
    {
        "title": "I closed the window by mistake",
        "text": "Nothing is lost. Start the course again in the same way as the first time; your answers are on your "
        "own computer and come back.",
    },
    {
        "title": "I changed a notebook and want a clean one",
        "text": "Ask your mentor to run “course fresh” with you. Your old notebook is kept under another name and "
        "your answers stay.",
    },
    {
        "title": "Who can see what I write?",
        "text": "Nobody, until you choose Hand in and send the file yourself. Never write names, NHS numbers, "
        "addresses or anything that could identify a person.",
    },
)


def home(workspace: Path) -> dict[str, Any]:
    """Everything the home page shows.

    Parameters
    ----------
    workspace : pathlib.Path
        The learner's folder.

    Returns
    -------
    dict
        `learner` (code or None), `suggested` (a code to offer), `modules` (in teaching order), `next`
        (`sentence`, `label`, `action`, `target`) and `help` (what to do when something goes wrong).
    """
    modules = [
        _module(folder, workspace) for folder in sorted(workspace.glob("[0-9][0-9]-*")) if folder.is_dir()
    ]
    modules = [module for module in modules if module]
    code = copies.learner(workspace)
    return {
        "learner": code,
        "suggested": copies.suggest_learner(),
        "modules": modules,
        "next": _next(modules, code),
        "help": list(HELP),
    }


def feedback(workspace: Path, module: str | None = None) -> list[dict[str, str]]:
    """Feedback pages that came back from a mentor, newest first.

    Parameters
    ----------
    workspace : pathlib.Path
        The learner's folder.
    module : str, optional
        Only pages whose name contains this module's name.

    Returns
    -------
    list of dict
        `name` to show, `path` relative to the workspace, `when` in ISO time.
    """
    pages = [
        page for page in (workspace / "feedback").rglob("*.html") if module is None or module in page.name
    ]
    return [
        {"name": page.stem, "path": page.relative_to(workspace).as_posix(), "when": _when(page)}
        for page in sorted(pages, key=lambda page: page.stat().st_mtime, reverse=True)
    ]


def title(workspace: Path, module: str) -> str:
    """What people call a module; the name of its folder if nothing else is known."""
    return str(_read(workspace / module / "module.json").get("title") or module)


def _module(folder: Path, workspace: Path) -> dict[str, Any] | None:
    about = _read(folder / "module.json")
    if not about:
        return None
    questions = _questions(about)
    graded = [question for question in questions if question.get("where") == "exercises"]
    practice = [question for question in questions if question.get("where") != "exercises"]
    module = {
        "module": folder.name,
        "number": int(folder.name[:2]),
        "title": str(about.get("title") or folder.name),
        "summary": str(about.get("summary") or ""),
        "minutes": about.get("minutes"),
        "lesson": _page(folder, "lesson"),
        "exercises": _page(folder, "exercises"),
        "guide": f"{folder.name}/supervisor.md" if (folder / "supervisor.md").exists() else None,
        "questions": len(graded),
        "answered": sum(_answered(question, folder) for question in graded),
        "practice": len(practice),
        "practised": sum(_answered(question, folder) for question in practice),
        "handed_in": _handed_in(folder.name, workspace),
        "feedback": feedback(workspace, folder.name),
    }
    return module | {"state": _state(module)}


def _state(module: dict[str, Any]) -> str:
    if module["feedback"]:
        return "Feedback is here"
    if module["handed_in"]:
        return "Handed in"
    if module["questions"] and module["answered"] == module["questions"]:
        return "Ready to hand in"
    return "Under way" if module["answered"] or module["practised"] else "Not started"


def _next(modules: list[dict[str, Any]], code: str | None) -> dict[str, Any]:
    """One sentence, and the one button that goes with it."""
    if not code:
        return {
            "sentence": "Choose a learner code. It stands for you, so that your name is never needed.",
            "label": "Choose a learner code",
            "action": "learner",
            "target": None,
        }
    for module in modules:
        name = f"module {module['number']}, {module['title']}"
        if module["state"] == "Not started":
            sentence, label, page = f"Begin with the lesson of {name}.", "Open the lesson", "lesson"
        elif module["state"] == "Under way":
            page = "exercises" if module["practised"] == module["practice"] else "lesson"
            sentence = f"Go on with {name}: {_progress(module)}."
            label = f"Open the {page}"
        elif module["state"] == "Ready to hand in":
            return {
                "sentence": f"You have answered every question of {name}. Check your work, then hand it in.",
                "label": "Check my work",
                "action": "check",
                "target": module["module"],
            }
        else:
            continue
        return {
            "sentence": sentence,
            "label": label,
            "action": "open",
            "target": module[page] or module["lesson"],
        }
    pages = [page for module in modules for page in module["feedback"]]
    if pages:
        return {
            "sentence": "Everything is handed in, and feedback has come back for you.",
            "label": "Read the feedback",
            "action": "feedback",
            "target": pages[0]["path"],
        }
    return {
        "sentence": "Everything is handed in. Send your hand-in files to your mentor if you have not done so yet.",
        "label": None,
        "action": None,
        "target": None,
    }


def _progress(module: dict[str, Any]) -> str:
    done, of = module["answered"] + module["practised"], module["questions"] + module["practice"]
    return f"{done} of {of} questions answered"


def _questions(about: dict[str, Any]) -> list[dict[str, Any]]:
    questions = about.get("questions")
    entries = questions.items() if isinstance(questions, dict) else ()
    return [{"id": name, **entry} for name, entry in entries if isinstance(entry, dict)]


def _answered(question: dict[str, Any], folder: Path) -> bool:
    if question.get("kind") == "value":
        return _code_changed(str(question["id"]), folder)
    saved = _read(folder / "answers" / f"{question['id']}.json")
    shown = saved.get("shown")
    if isinstance(shown, str):
        return bool(shown.strip())
    state = saved.get("state")
    return isinstance(state, dict) and any(value not in (None, "", [], {}, False) for value in state.values())


def _code_changed(name: str, folder: Path) -> bool:
    """Whether a code answer differs from the stub that was delivered."""
    delivered = _code(paths.course_root() / "course" / folder.name / "exercises.ipynb", name)
    current = _code(folder / "exercises.ipynb", name)
    return current is not None and delivered is not None and current.strip() != delivered.strip()


def _code(notebook: Path, name: str) -> str | None:
    cells = _read(notebook).get("cells")
    for cell in cells if isinstance(cells, list) else ():
        grading = cell.get("metadata", {}).get("nbgrader", {}) if isinstance(cell, dict) else {}
        if grading.get("solution") and grading.get("grade_id", "").startswith(name):
            source = cell.get("source", "")
            return source if isinstance(source, str) else "".join(source)
    return None


def _page(folder: Path, page: str) -> str | None:
    return f"{folder.name}/{page}.ipynb" if (folder / f"{page}.ipynb").exists() else None


def _handed_in(module: str, workspace: Path) -> dict[str, str] | None:
    files = sorted((workspace / "hand-ins").glob(f"{module}--*.zip"), key=lambda file: file.stat().st_mtime)
    if not files:
        return None
    return {
        "path": files[-1].relative_to(workspace).as_posix(),
        "file": str(files[-1]),
        "when": _when(files[-1]),
    }


def _when(file: Path) -> str:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _read(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
