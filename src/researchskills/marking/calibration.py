"""Scripts to practise marking on: invented answers with agreed levels, and the reason for each.

New mentors mark them before they mark anybody's work, and passages of them stand beside the levels of a rubric as
examples. Each question that mentors mark has one file, `solutions/NN-name/calibration/QUESTION.yaml`, which the build
never copies to learners:

    question: m99-q3-words
    scripts:
      - id: s1                 s1, s2, …; six at least
        text: |
          The answer, as a learner might really write it …
        levels: {Concreteness: 2, Tone: 0}      one for every criterion of the rubric
        reasons:
          Concreteness: "What in the text makes it this level, and not the one above or below."
          Tone: "…"
        anchors:               passages that show their level, word for word from the text; as many as help
          Concreteness: "a passage"

A rubric is learnt from seeing every level of it. So each level of each criterion is given to one script at least, and
has a passage that shows it; only a lowest level that says that something is absent may do without, since nobody can
point to what is not there. All faults are found in one go and carry file and line, like those of a module's text.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import yaml

from researchskills import paths, source
from researchskills.bank import Question
from researchskills.errors import CourseError
from researchskills.source import Fault, SourceError

#: Fewer do not show a mentor where the lines run, and give an agreement that is mostly chance.
FEWEST_SCRIPTS = 6
_TOP = {"question": str, "scripts": list}
_SCRIPT = {"id": str, "text": str, "levels": dict, "reasons": dict}
_ALSO = {"anchors": dict}
#: How an author calls what stands behind an entry.
_KINDS = {str: "words", list: "a list", dict: "entries such as “Criterion: …”"}
_NOTHING = (None, "", [], {})
#: A lowest level with such a word says that something is absent.
_ABSENT = re.compile(r"\b(no|none|not|nobody|nothing|neither)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Scripted:
    """An invented answer with the levels that were agreed for it.

    Attributes
    ----------
    id : str
        Such as `s1`.
    text : str
        The answer.
    levels : dict of str to int
        A level for every criterion of the rubric, in the rubric's order.
    reasons : dict of str to str
        Why it is this level, for every criterion.
    anchors : dict of str to str
        A passage of the text that shows the level, for some of the criteria.
    """

    id: str
    text: str
    levels: dict[str, int]
    reasons: dict[str, str]
    anchors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Anchor:
    """An example of a level: a passage of a script, and why it has this level.

    Attributes
    ----------
    script : str
        The script's id.
    passage : str
        Word for word from the script; empty where the level says that something is absent.
    reason : str
        Why the script has this level.
    """

    script: str
    passage: str
    reason: str


@dataclass(frozen=True)
class Calibration:
    """The scripts of one question.

    Attributes
    ----------
    module, question : str
        Full module name and id of a question that mentors mark.
    scripts : tuple of Scripted
        In the order of the file.
    """

    module: str
    question: str
    scripts: tuple[Scripted, ...]

    def anchored(self, criterion: str, level: int) -> list[Anchor]:
        """Examples of a level.

        Parameters
        ----------
        criterion : str
            A criterion of the rubric.
        level : int
            From 0.

        Returns
        -------
        list of Anchor
            Those with a passage; where the level has none, the reasons of the scripts that were given it.
        """
        given = [
            Anchor(one.id, one.anchors.get(criterion, ""), one.reasons[criterion])
            for one in self.scripts
            if one.levels.get(criterion) == level
        ]
        return [one for one in given if one.passage] or given


def calibration_of(module: str, question: str) -> Calibration:
    """The scripts of one question; read from the file each time, so keep them where they are needed often.

    Parameters
    ----------
    module : str
        Full module name, such as `04-checking-data`.
    question : str
        Id of a question that mentors mark.

    Raises
    ------
    CourseError
        If there is no such question, mentors do not mark it, or nobody has written scripts for it.
    SourceError
        If its file does not fit the rubric.
    """
    folder, marked = _marked(module)
    if question not in marked:
        raise CourseError(
            f"{module} has no question “{question}” that mentors mark.{paths.suggestion(question, list(marked))}",
            exit_status=2,
        )
    path = _path(folder, question)
    if not path.exists():
        raise CourseError(f"There are no scripts to practise on for “{question}” yet: {path} is missing.")
    return _sound(path, marked)


def calibrations(module: str) -> list[Calibration]:
    """The scripts of all questions of a module that have some, in the order of the questions.

    Parameters
    ----------
    module : str
        Full module name.

    Raises
    ------
    CourseError
        If there is no such module.
    SourceError
        If a file does not fit its rubric.
    """
    folder, marked = _marked(module)
    files = [_path(folder, question) for question in marked]
    return [_sound(path, marked) for path in files if path.exists()]


def faults(folder: Path, questions: Mapping[str, Question]) -> list[Fault]:
    """All that is wrong with the scripts of a module, for the build.

    Parameters
    ----------
    folder : pathlib.Path
        The module's source, such as `solutions/04-checking-data`.
    questions : mapping of str to Question
        Its questions by id.
    """
    marked = _by_mentors(questions)
    files = [path for path in sorted((folder / "calibration").glob("*")) if not path.name.startswith(".")]
    return [fault for path in files for fault in _read(path, marked)[1]]


def _marked(module: str) -> tuple[Path, dict[str, Question]]:
    """Folder of a module's source, and its questions that mentors mark."""
    folder = paths.course_root() / "solutions" / module
    if not (folder / "exercises.md").exists():
        names = [path.name for path in sorted(folder.parent.glob("[0-9][0-9]-*"))]
        raise CourseError(f"There is no module “{module}”.{paths.suggestion(module, names)}", exit_status=2)
    return folder, _by_mentors(source.read_module(folder).questions)


def _by_mentors(questions: Mapping[str, Question]) -> dict[str, Question]:
    return {name: one for name, one in questions.items() if one.marked_by == "mentor"}


def _path(folder: Path, question: str) -> Path:
    return folder / "calibration" / f"{question}.yaml"


def _sound(path: Path, marked: Mapping[str, Question]) -> Calibration:
    scripts, wrong = _read(path, marked)
    if wrong:
        raise SourceError(wrong)
    return Calibration(path.parents[1].name, path.stem, scripts)


# -- one file -----------------------------------------------------------------------------------


def _read(path: Path, marked: Mapping[str, Question]) -> tuple[tuple[Scripted, ...], list[Fault]]:
    """The scripts of a file, and what is wrong with it."""
    if path.suffix != ".yaml" or path.stem not in marked:
        wanted = ", ".join(f"{name}.yaml" for name in marked) or "there is none"
        return (), [Fault(path, 1, f"it is not named after a question that mentors mark here: {wanted}")]
    question = marked[path.stem]
    try:
        text = path.read_bytes().decode("utf-8")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        held = yaml.safe_load(text)
    except UnicodeDecodeError:
        return (), [Fault(path, 1, "it is not saved as UTF-8 text")]
    # A date that no calendar has is a ValueError for YAML.
    except (yaml.YAMLError, ValueError) as problem:
        mark = getattr(problem, "problem_mark", None)
        advice = "look for a colon inside a sentence, which needs quotation marks around the whole of it, or for a "
        advice += "line that is indented wrongly"
        return (), [Fault(path, mark.line + 1 if mark else 1, f"it is not valid YAML; {advice}")]
    wrong = [(1, one) for one in _entry_faults("the file", held, _TOP)]
    if not wrong:
        wrong = _doubled(node)
        if held["question"] != path.stem:
            wrong.append((1, f"its question is “{held['question']}”; question and file name are the same"))
        scripts = list(zip(_starts(node, len(held["scripts"])), held["scripts"], strict=True))
        for number, (line, one) in enumerate(scripts, 1):
            wrong += [(line, sentence) for sentence in _script_faults(number, one, question)]
    if not wrong:
        # What is missing in a broken script would be missed in the whole, too; so this waits until all are mended.
        wrong = _set_faults(scripts, question)
    if wrong:
        return (), [Fault(path, line, _squeezed(sentence)) for line, sentence in wrong]
    return tuple(_scripted(one, question) for _, one in scripts), []


def _entry_faults(what: str, held, needed: dict, also: Mapping = MappingProxyType({})) -> list[str]:
    """Whether entries are there, known, and of the right kind."""
    kinds = {**needed, **also}
    if not isinstance(held, dict):
        return [f"{what} is not written as entries such as “{next(iter(needed))}: …”, a line each"]
    found = [f"{what} has no “{name}”" for name in needed if held.get(name) in _NOTHING]
    for name, value in held.items():
        if name not in kinds:
            found.append(f"{what} has the unknown entry “{name}”; use {', '.join(kinds)}")
        elif value not in _NOTHING and type(value) is not kinds[name]:
            found.append(f"{what} has “{name}: {str(value)[:40]}”, which should be {_KINDS[kinds[name]]}")
    return found


def _script_faults(number: int, held, question: Question) -> list[str]:
    """What is wrong with one script."""
    called = _called(held) if isinstance(held, dict) and isinstance(held.get("id"), str) else f"script {number}"
    found = _entry_faults(called, held, _SCRIPT, _ALSO)
    if found:
        return found
    rubric = _rubric(question)
    if not re.fullmatch(r"s[1-9]\d*", held["id"]):
        found.append(f"{called}: ids are s1, s2 and so on")
    if not held["text"].strip():
        found.append(f"{called} has no “text”")
    if _squeezed(held["text"]) == _squeezed(question.mark_scheme["example"]):
        found.append(f"{called} is the example that stands under the question, which mentors know already")
    for entry in ("levels", "reasons", "anchors"):
        for criterion in held.get(entry) or {}:
            if not isinstance(criterion, str):
                found.append(
                    f"{called}: put quotation marks around the criterion {criterion} under “{entry}”, "
                    "because it is a word"
                )
            elif criterion not in rubric:
                found.append(f"{called}: the rubric has no criterion “{criterion}”; use {', '.join(rubric)}")
    for criterion, top in rubric.items():
        level = held["levels"].get(criterion)
        if level is None:
            found.append(f"{called} has no level for “{criterion}”")
        # In Python true is a whole number, too.
        elif type(level) is not int or not 0 <= level <= top:
            found.append(f"{called}: the level of “{criterion}” is {level}; use a whole number from 0 to {top}")
        if not _has_words(held["reasons"].get(criterion)):
            found.append(f"{called} has no reason for “{criterion}”")
    for criterion, passage in (held.get("anchors") or {}).items():
        if not _has_words(passage):
            found.append(f"{called} has an anchor for “{criterion}” without a passage")
        elif _squeezed(passage) not in _squeezed(held["text"]):
            found.append(
                f"{called}: the anchor for “{criterion}” does not stand word for word in its text: "
                f"“{_squeezed(passage)[:60]}”"
            )
    return found


def _set_faults(scripts: list[tuple[int, dict]], question: Question) -> list[tuple[int, str]]:
    """What is wrong with sound scripts together."""
    found = []
    ids = Counter(one["id"] for _, one in scripts)
    texts = Counter(_squeezed(one["text"]) for _, one in scripts)
    for line, one in scripts:
        if ids[one["id"]] > 1:
            found.append((line, f"the id “{one['id']}” stands twice"))
        if texts[_squeezed(one["text"])] > 1:
            found.append((line, f"{_called(one)} has the same text as another"))
    if len(scripts) < FEWEST_SCRIPTS:
        found.append((1, f"it has {len(scripts)} scripts; {FEWEST_SCRIPTS} is the fewest"))
    for row in question.mark_scheme["rubric"]:
        criterion = row["criterion"]
        for level, words in enumerate(row["levels"]):
            having = [one for _, one in scripts if one["levels"][criterion] == level]
            absent = level == 0 and _ABSENT.search(words)
            if not having:
                found.append((1, f"no script has level {level} of “{criterion}”"))
            elif not absent and not any(criterion in (one.get("anchors") or {}) for one in having):
                found.append(
                    (
                        1,
                        f"no script has an anchor for level {level} of “{criterion}”, though that level is "
                        "not about something absent",
                    )
                )
    return found


def _scripted(held: dict, question: Question) -> Scripted:
    order = _rubric(question)
    return Scripted(
        held["id"],
        held["text"].strip(),
        {name: held["levels"][name] for name in order},
        {name: _squeezed(held["reasons"][name]) for name in order},
        {name: _squeezed(passage) for name, passage in (held.get("anchors") or {}).items()},
    )


def _starts(node: yaml.MappingNode, count: int) -> list[int]:
    """The line on which each script begins."""
    # Of two lists YAML keeps the second; one that was merged in from elsewhere has no lines of its own.
    lists = [value.value for key, value in node.value if key.value == "scripts"]
    return [one.start_mark.line + 1 for one in lists[-1]] if lists else [1] * count


def _doubled(node: yaml.Node) -> list[tuple[int, str]]:
    """Entries that stand twice in one place: of two levels YAML keeps the second and says nothing."""
    found, waiting, met = [], [node], set()
    while waiting:
        one = waiting.pop()
        # A node can hold itself, by way of an alias.
        if id(one) in met:
            continue
        met.add(id(one))
        if isinstance(one, yaml.MappingNode):
            names = [key.value for key, _ in one.value]
            found += [
                (key.start_mark.line + 1, f"the entry “{key.value}” stands twice in one place")
                for number, (key, _) in enumerate(one.value)
                if names[number] in names[:number]
            ]
            waiting += [value for _, value in one.value]
        elif isinstance(one, yaml.SequenceNode):
            waiting += one.value
    return found


def _called(held: dict) -> str:
    return f"the script “{held['id']}”"


def _rubric(question: Question) -> dict[str, int]:
    """Criteria with their highest level."""
    return {row["criterion"]: len(row["levels"]) - 1 for row in question.mark_scheme["rubric"]}


def _has_words(value) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _squeezed(text: str) -> str:
    """Words with one space between them: where a line ends is for the author's eyes."""
    return " ".join(text.split())
