"""The questions of a module: what they say, and what counts as right.

Authors write a question once, as YAML inside the module's text. `parse` turns that into a
`Question`, the build writes the learners' part of it to `module.json`, and a notebook cell such as
`question("m00-q1-boundary")` finds it there by its id.

What counts as right, and the reason given for each wrong answer, travels *sealed*: compressed and
scrambled, so that nobody reads it by accident while looking around. It is not secret. Trying again
is unlimited in this course, and a check that works offline has to carry what it checks against.
What must stay with mentors (rubrics, model answers, solutions of code) is never in `module.json`.
"""

import base64
import hashlib
import json
import os
import random
import re
import zlib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from researchskills import kinds
from researchskills.errors import CourseError
from researchskills.paths import course_root, suggestion

#: For each kind of question: the fields an author must give, those that are optional, and which of
#: them a learner sees. The others are sealed or stay in solutions/.
KINDS = {
    "choice": ({"options"}, {"why"}),
    "several": ({"options"}, {"why"}),
    "match": ({"items", "targets"}, {"why"}),
    "order": ({"steps", "reason"}, {"why"}),
    "number": ({"answer", "reason"}, {"tolerance", "unit", "mistakes", "why"}),
    "value": ({"variable", "stub", "solution", "answer", "reason"}, {"tolerance", "unit", "mistakes", "why"}),
    "text": (set(), {"words", "rubric", "example"}),
    "form": ({"fields"}, set()),
}
COMMON_REQUIRED = {"kind", "title", "prompt"}
COMMON_OPTIONAL = {"points", "private"}


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes
    ----------
    id : str
        For example `m00-q1-boundary` (marked) or `m00-p1-groups` (practice).
    kind : str
        One of `KINDS`, or of those that a subject brings along (`kinds`).
    title, prompt : str
        Short name, and the task in Markdown.
    points : int
        What it is worth; 0 for practice.
    where : str
        `lesson` or `exercises`.
    content : dict
        What the learner sees, by kind (options, items, targets, steps, unit, fields, …).
    key : dict
        What counts as right and the reasons; empty where nothing does.
    mark_scheme : dict
        Rubric, model answer and solution; only known from `solutions/`.
    private : bool
        Whether the answer is left out of the hand-in, and of the research plan unless the learner ticks it.
    """

    id: str
    kind: str
    title: str
    prompt: str
    points: int = 0
    where: str = "lesson"
    content: dict = field(default_factory=dict)
    key: dict = field(default_factory=dict)
    mark_scheme: dict = field(default_factory=dict)
    private: bool = False

    @property
    def marked_by(self) -> str | None:
        """`course` when a check decides, `mentor` when a person does, None for practice."""
        if not self.points:
            return None
        return "mentor" if self.kind == "text" else "course"

    @property
    def can_be_checked(self) -> bool:
        """Whether there is a right answer at all."""
        return bool(self.key)

    def released(self) -> dict:
        """The learners' part, as it is written to `module.json`."""
        return {
            "id": self.id, "kind": self.kind, "title": self.title, "prompt": self.prompt,
            "points": self.points, "where": self.where, "marked_by": self.marked_by,
            "content": self.content, "private": self.private,
            "sealed": seal(self.id, self.key) if self.key else "",
        }

    @classmethod
    def from_released(cls, entry: dict) -> "Question":
        """The question that `released` wrote."""
        names = ("id", "kind", "title", "prompt", "points", "where", "content", "private")
        key = unseal(entry["id"], entry["sealed"]) if entry["sealed"] else {}
        return cls(**{name: entry[name] for name in names}, key=key)


def seal(identifier: str, key: dict) -> str:
    """Scramble what counts as right, so that it cannot be read by accident."""
    packed = zlib.compress(json.dumps(key, ensure_ascii=False, sort_keys=True).encode(), 9)
    return base64.b85encode(_scrambled(identifier, packed)).decode()


def unseal(identifier: str, sealed: str) -> dict:
    """The inverse of `seal`."""
    return json.loads(zlib.decompress(_scrambled(identifier, base64.b85decode(sealed))))


def _scrambled(identifier: str, content: bytes) -> bytes:
    stream = hashlib.shake_256(identifier.encode()).digest(len(content))
    return (int.from_bytes(content) ^ int.from_bytes(stream)).to_bytes(len(content))


def read(path: Path) -> dict[str, Question]:
    """The questions in a `module.json`.

    Raises
    ------
    CourseError
        If the file is missing or damaged.
    """
    try:
        return dict(_released(Path(path).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, zlib.error) as problem:
        raise CourseError(
            f"The questions of this module cannot be read from “{path}”. Your answers are safe. "
            "Close the course and start it again: a damaged copy is then replaced."
        ) from problem


@lru_cache(maxsize=8)
def _released(text: str) -> dict[str, Question]:
    # A page asks for its questions one by one, and a mentor's computer for those of hundreds of hand-ins.
    return {name: Question.from_released(entry) for name, entry in json.loads(text)["questions"].items()}


def find(identifier: str, folder: Path | None = None) -> Question:
    """The question with this id.

    Looked for in the file that `RESEARCHSKILLS_QUESTIONS` names (a mentor's own copy, while
    marking), else beside the notebook, else in the course.

    Raises
    ------
    CourseError
        If there is none; the message offers the nearest id.
    """
    trusted = os.environ.get("RESEARCHSKILLS_QUESTIONS")
    beside = (folder or Path.cwd()) / "module.json"
    if trusted:
        path = Path(trusted)
    elif beside.exists():
        path = beside
    else:
        number = identifier[1:3]
        path = next((course_root() / "course").glob(f"{number}-*/module.json"), beside)
    questions = read(path)
    if identifier not in questions:
        raise CourseError(f"There is no question “{identifier}”.{suggestion(identifier, list(questions))}")
    return questions[identifier]


class QuestionError(Exception):
    """A question is written wrongly; the message says what and how to mend it."""


def parse(identifier: str, source: dict, where: str) -> Question:
    """Make a question from what its author wrote.

    Parameters
    ----------
    identifier : str
        The id behind `{question}`.
    source : dict
        The YAML under it.
    where : str
        `lesson` or `exercises`.

    Raises
    ------
    QuestionError
        If a field is missing, unknown or contradicts another.
    """
    kind = source.get("kind")
    if kind not in KINDS and kind not in kinds.NAMES:
        raise QuestionError(f"kind “{kind}” is unknown; use one of {', '.join([*KINDS, *kinds.NAMES])}")
    required, optional, split = _definition(kind)
    missing = sorted((COMMON_REQUIRED | required) - set(source))
    if missing:
        raise QuestionError(f"{', '.join(missing)} missing")
    unknown = sorted(set(source) - COMMON_REQUIRED - COMMON_OPTIONAL - required - optional)
    if unknown:
        raise QuestionError(f"unknown field {', '.join(unknown)}")
    content, key, mark_scheme = split(identifier, source)
    if key and source.get("why"):
        key["why"] = source["why"].strip()
    question = Question(
        id=identifier, kind=kind, title=source["title"].strip(), prompt=source["prompt"].strip(),
        points=source.get("points", 0), where=where, content=content, key=key, mark_scheme=mark_scheme,
        private=bool(source.get("private", False)),
    )
    _check_points(question)
    return question


def _definition(kind: str):
    """Fields a kind needs, fields it allows, and what sorts them into content, key and mark scheme."""
    if kind in KINDS:
        return *KINDS[kind], _SPLIT[kind]
    own = kinds.module(kind)
    return own.REQUIRED, own.OPTIONAL, own.split


def _check_points(question: Question) -> None:
    marked = "-q" in question.id[3:5]
    if not isinstance(question.points, int) or question.points < 0:
        raise QuestionError("points must be a whole number")
    if marked and (question.where != "exercises" or not question.points):
        raise QuestionError("a question numbered q… is marked: it stands in exercises.md and has points")
    if not marked and question.points:
        raise QuestionError("only questions numbered q… have points")
    if question.points and question.kind == "form":
        raise QuestionError("a form is never marked")
    if question.points and question.kind == "text":
        top = sum(len(row["levels"]) - 1 for row in question.mark_scheme.get("rubric", []))
        if not top:
            raise QuestionError("a marked text needs a rubric")
        if top != question.points:
            raise QuestionError(f"points is {question.points}, but the rubric's top levels add up to {top}")


def _option_key(text: str) -> str:
    """A short key that follows the wording: a reworded option is a new option."""
    return hashlib.sha256(text.strip().encode()).hexdigest()[:8]


#: *so*, **so** or `so`; the star that ends a search word is another thing.
_MARKED = re.compile(r"(?<!\w)\*{1,2}[^*\s](?:[^*]*[^*\s])?\*{1,2}(?!\w)|`")


def _check_label(text: str) -> None:
    """Lists and labels show plain text: a sign of Markdown would stand there as it is."""
    if _MARKED.search(text):
        raise QuestionError(f"“{text.strip()}” is shown as plain text; use quotation marks instead of * or `")


def _keyed(entries: list, what: str) -> list[tuple[str, dict]]:
    for entry in entries:
        _check_label(entry["text"])
    keyed = [(entry.get("key") or _option_key(entry["text"]), entry) for entry in entries]
    if len({key for key, _ in keyed}) < len(keyed):
        raise QuestionError(f"two {what} are the same")
    return keyed


def _split_options(identifier: str, source: dict):
    options = _keyed(source["options"], "options")
    right = [key for key, option in options if option.get("right")]
    if source["kind"] == "choice" and len(right) != 1:
        raise QuestionError(f"a choice has exactly one right option, this has {len(right)}")
    if not right or len(options) < 2:
        raise QuestionError("at least two options are needed, one of them right")
    for _, option in options:
        if not option.get("reason"):
            raise QuestionError(f"the option “{option['text']}” has no reason")
    content = {"options": [{"key": key, "text": option["text"].strip()} for key, option in options]}
    reasons = {key: option["reason"].strip() for key, option in options}
    return content, {"right": right, "reasons": reasons}, {}


def _split_match(identifier: str, source: dict):
    targets = {str(key): str(text).strip() for key, text in source["targets"].items()}
    for text in targets.values():
        _check_label(text)
    items = _keyed(source["items"], "items")
    for _, item in items:
        if str(item.get("to")) not in targets:
            raise QuestionError(f"the item “{item['text']}” goes to “{item.get('to')}”, which is no target")
        if not item.get("reason"):
            raise QuestionError(f"the item “{item['text']}” has no reason")
        strange = (set(map(str, item.get("reasons", {}))) | set(map(str, item.get("also", [])))) - set(targets)
        if strange:
            raise QuestionError(f"the item “{item['text']}” has a reason or “also” for “{strange.pop()}”, which is no "
                                "target")
    content = {"items": [{"key": key, "text": item["text"].strip()} for key, item in items], "targets": targets}
    pairs = {key: str(item["to"]) for key, item in items}
    reasons = {
        key: {"": item["reason"].strip(), **{str(t): r.strip() for t, r in item.get("reasons", {}).items()}}
        for key, item in items
    }
    key = {"pairs": pairs, "reasons": reasons}
    # A second reading that can be defended counts as well; the first is what the course would say.
    if also := {one: list(map(str, item["also"])) for one, item in items if item.get("also")}:
        key["also"] = also
    return content, key, {}


def _split_order(identifier: str, source: dict):
    steps = _keyed([{"text": step} for step in source["steps"]], "steps")
    order = [key for key, _ in steps]
    shuffled = list(steps)
    # Seeded by the id, so that the same source always gives the same page; never shown solved.
    shuffler = random.Random(identifier)
    while len(steps) > 1 and [key for key, _ in shuffled] == order:
        shuffler.shuffle(shuffled)
    content = {"steps": [{"key": key, "text": step["text"].strip()} for key, step in shuffled]}
    return content, {"order": order, "reason": source["reason"].strip()}, {}


def _number_key(source: dict) -> dict:
    mistakes = [
        {"value": float(m["value"]), "tolerance": float(m.get("tolerance", 0)), "reason": m["reason"].strip()}
        for m in source.get("mistakes", [])
    ]
    key = {"answer": float(source["answer"]), "tolerance": float(source.get("tolerance", 0)),
           "mistakes": mistakes, "reason": source["reason"].strip()}
    for mistake in mistakes:
        if abs(mistake["value"] - key["answer"]) <= key["tolerance"]:
            raise QuestionError(f"the mistake {mistake['value']:g} lies within the right answer's tolerance")
    return key


def _split_number(identifier: str, source: dict):
    return {"unit": source.get("unit", "")}, _number_key(source), {}


def _split_value(identifier: str, source: dict):
    content = {"unit": source.get("unit", ""), "variable": source["variable"], "stub": source["stub"].strip()}
    return content, _number_key(source), {"solution": source["solution"].strip()}


def _split_text(identifier: str, source: dict):
    words = source.get("words", [1, 400])
    rubric = source.get("rubric", [])
    for row in rubric:
        if not row.get("criterion") or len(row.get("levels", [])) < 2:
            raise QuestionError("each row of a rubric has a criterion and at least two levels")
    if rubric and not source.get("example"):
        raise QuestionError("a marked text needs an example answer for mentors")
    scheme = {"rubric": rubric, "example": source["example"].strip()} if rubric else {}
    return {"words": words, "criteria": [row["criterion"] for row in rubric]}, {}, scheme


def _split_form(identifier: str, source: dict):
    fields = []
    for entry in source["fields"]:
        if entry.get("kind") not in {"choice", "several", "text", "number"}:
            raise QuestionError(f"the field “{entry.get('name')}” has the unknown kind “{entry.get('kind')}”")
        if entry["kind"] in {"choice", "several"} and not entry.get("options"):
            raise QuestionError(f"the field “{entry['name']}” has no options")
        if not entry.get("label"):
            raise QuestionError(f"the field “{entry.get('name')}” has no label")
        _check_label(entry["label"])
        options = {str(key): str(text) for key, text in (entry.get("options") or {}).items()}
        fields.append({"name": entry["name"], "label": entry["label"], "kind": entry["kind"], "options": options})
    for what in ("name", "label"):
        # A screen reader says the label and nothing else.
        if len({entry[what] for entry in fields}) < len(fields):
            raise QuestionError(f"two fields have the same {what}")
    return {"fields": fields}, {}, {}


_SPLIT = {
    "choice": _split_options, "several": _split_options, "match": _split_match, "order": _split_order,
    "number": _split_number, "value": _split_value, "text": _split_text, "form": _split_form,
}
