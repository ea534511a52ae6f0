"""Reading what authors write, and saying exactly where it is wrong.

A module is text in `solutions/NN-name/`: `lesson.md` and `exercises.md` in MyST Markdown with
`{code-cell}` and `{question}` blocks, and `workshop.md` and `supervisor.md` as plain Markdown.
This module reads them into pages and checks them against the house rules (STYLE.md's page order,
accessible headings and images, at most three visible lines of code). Every fault carries its file and
line, and all faults are found in one go, so that an author does not mend them one run at a time.
"""

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from researchskills import bank
from researchskills.errors import CourseError
from researchskills.plan.parts import PARTS

#: Order of the second-level headings of a lesson; `Unit` stands for two to five units.
PAGE_ORDER = (
    "Why this matters", "You will be able to", "Unit", "Seen from the other side", "Discuss together",
    "Common traps", "Key points", "Use it tomorrow",
)
#: What a code cell may be tagged: a worked example, something to try, or an activity without a question.
TAGS = {"worked", "try", "activity"}
HEADER = {"lesson": {"title", "summary", "minutes"}, "exercises": {"title"}}
#: What the header of a page may have besides: what the module contributes to the research plan.
ALSO = {"lesson": {"plan"}, "exercises": set()}
MOST_VISIBLE_LINES = 3
ROLE = re.compile(r"\{then\}`([^`]+)`")


@dataclass(frozen=True, order=True)
class Fault:
    """Something wrong in a source file."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}, line {self.line}: {self.message}"


class SourceError(CourseError):
    """A module cannot be built; `faults` says where and why."""

    def __init__(self, faults: list[Fault]):
        self.faults = sorted(set(faults))
        super().__init__("\n".join(map(str, self.faults)))


@dataclass
class Cell:
    """One cell of a page: `kind` is markdown, code or question."""

    kind: str
    text: str
    line: int
    tags: list[str] = field(default_factory=list)
    question: bank.Question | None = None


@dataclass
class Page:
    """A lesson or a page of exercises, as written."""

    path: Path
    where: str
    header: dict = field(default_factory=dict)
    cells: list[Cell] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def questions(self) -> list[Cell]:
        """The cells that ask a question."""
        return [cell for cell in self.cells if cell.question]


@dataclass
class Module:
    """All that an author wrote for one module."""

    name: str
    lesson: Page
    exercises: Page
    supervisor: str
    contributions: list[dict] = field(default_factory=list)

    @property
    def questions(self) -> dict[str, bank.Question]:
        """Questions of both pages by id, in the order in which they stand."""
        cells = self.lesson.questions + self.exercises.questions
        return {cell.question.id: cell.question for cell in cells}


def read_module(folder: Path) -> Module:
    """Read and check a module's source.

    Parameters
    ----------
    folder : pathlib.Path
        For example `solutions/00-start-here`.

    Raises
    ------
    SourceError
        With every fault that was found.
    """
    needed = [folder / name for name in ("lesson.md", "exercises.md", "workshop.md", "supervisor.md")]
    absent = [Fault(path, 1, "the file is missing; every module has one") for path in needed if not path.exists()]
    if absent:
        raise SourceError(absent)
    lesson, exercises = read_page(needed[0], "lesson"), read_page(needed[1], "exercises")
    contributions, wrong = plan_entries(lesson, exercises)
    faults = lesson.faults + exercises.faults + wrong
    faults += _order_faults(lesson) + _id_faults(folder.name, lesson, exercises)
    for path in needed[2:]:
        text = path.read_text(encoding="utf-8")
        faults += _markdown_faults(path, text)
    trainers = needed[2]
    for number, line in enumerate(trainers.read_text(encoding="utf-8").splitlines(), 1):
        if ROLE.search(line):
            faults.append(Fault(trainers, number, "{then} works only where the build writes the page; "
                                                  "trainers read this file as it is, so write the words out"))
    supervisor, unknown = expand_roles(needed[3].read_text(encoding="utf-8"), needed[3], 1)
    faults += unknown
    if faults:
        raise SourceError(faults)
    return Module(folder.name, lesson, exercises, supervisor, contributions)


def read_page(path: Path, where: str) -> Page:
    """Read one page; its faults are collected in the page.

    Parameters
    ----------
    path : pathlib.Path
        A MyST Markdown file.
    where : str
        `lesson` or `exercises`.
    """
    from jupytext import myst

    page = Page(path, where)
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    try:
        # A question travels through jupytext as a raw cell, which it leaves alone.
        notebook = myst.myst_to_notebook(text, raw_directive="{question}", add_source_map=True)
    except (myst.MystMetadataParsingError, AssertionError) as problem:
        page.faults.append(Fault(path, 1, f"cannot be read as MyST Markdown: {problem}"))
        return page
    page.header = dict(notebook.metadata)
    starts = page.header.pop("source_map")
    page.header.pop("jupytext", None)
    _check_header(page)
    page.faults += _markdown_faults(path, text)
    for cell, start in zip(notebook.cells, starts, strict=True):
        if cell.cell_type == "markdown":
            # jupytext strips blank lines, but counts the cell from where they began.
            blank = next(number for number, one in enumerate(lines[start:]) if one.strip())
            _add_markdown(page, cell, start + blank + 1)
        elif cell.cell_type == "code":
            _add_code(page, cell, start)
        else:
            _add_question(page, cell.source, lines[start - 1], start)
    return page


def _check_header(page: Page) -> None:
    wanted = HEADER[page.where]
    for name in sorted(wanted - set(page.header)):
        page.faults.append(Fault(page.path, 1, f"the header has no “{name}”"))
    for name in sorted(set(page.header) - wanted - ALSO[page.where]):
        page.faults.append(Fault(page.path, 1, f"unknown metadata “{name}” in the header"))


def plan_entries(*pages: Page) -> tuple[list[dict], list[Fault]]:
    """What a module contributes to the learner's research plan, as its lesson's header says.

    Each entry of `plan` there has `from`, the id of a question or the name of an activity of the module, `part`, a
    part of the plan, and if wished `as`, a title, and `private: true` for what is left out unless the learner
    ticks it. How an activity is called is read from its cell, so nobody writes it twice.

    Parameters
    ----------
    *pages : Page
        The lesson first.

    Returns
    -------
    entries : list of dict
        `from`, `part`, `title`, `private`, and for an activity `call`: `function`, `args` and `kwargs`.
    faults : list of Fault
    """
    entries, faults, listed = [], [], pages[0].header.get("plan") or []
    asked = {cell.question.id: cell.question for page in pages for cell in page.questions}
    calls = {call["args"][0]: call for page in pages for cell in page.cells for call in _calls(cell)}
    for entry in listed if isinstance(listed, list) else [None]:
        if not isinstance(entry, dict) or not {"from", "part"} <= set(entry) <= {"from", "part", "as", "private"}:
            faults.append(Fault(pages[0].path, 1, "an entry of “plan” in the header has “from” and “part”, and may "
                                                  "have “as” and “private”"))
            continue
        name, part = entry["from"], entry["part"]
        if part not in PARTS:
            faults.append(Fault(pages[0].path, 1, f"the plan has no part “{part}”; its parts are {', '.join(PARTS)}"))
        elif name in asked:
            entries.append({"from": name, "part": part, "title": entry.get("as") or asked[name].title,
                            "private": asked[name].private or bool(entry.get("private"))})
        elif name in calls and entry.get("as"):
            entries.append({"from": name, "part": part, "title": entry["as"], "private": bool(entry.get("private")),
                            "call": calls[name]})
        else:
            faults.append(Fault(pages[0].path, 1, f"“{name}” contributes to the plan, but " + (
                "an activity needs a title there (“as”)" if name in calls else
                "no question or activity of this module is called that")))
    return entries, faults


def _calls(cell: Cell) -> list[dict]:
    """Calls in a code cell whose first argument is the name of an activity."""
    if cell.kind != "code":
        return []
    try:
        tree = ast.parse(cell.text)
    except SyntaxError:
        return []
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            try:
                args = [ast.literal_eval(one) for one in node.args]
                kwargs = {one.arg: ast.literal_eval(one.value) for one in node.keywords if one.arg}
            except ValueError:
                continue
            if args and isinstance(args[0], str):
                found.append({"function": node.func.id, "args": args, "kwargs": kwargs})
    return found


def outcomes(lesson: Page) -> list[str]:
    """The outcomes of a lesson: the numbered list under “You will be able to”, without bold print and italics."""
    for cell in lesson.cells:
        if cell.kind == "markdown" and "## You will be able to" in cell.text:
            part = cell.text.partition("## You will be able to")[2].partition("\n## ")[0]
            return [one.replace("*", "").strip() for one in re.findall(r"(?m)^\d+\. (.+)$", part)]
    return []


def _add_markdown(page: Page, cell, line: int) -> None:
    for name in cell.metadata:
        page.faults.append(Fault(page.path, line, f"unknown metadata “{name}” behind +++"))
    text, wrong = expand_roles(cell.source, page.path, line)
    page.faults += wrong
    page.cells.append(Cell("markdown", text, line))


def _add_code(page: Page, cell, line: int) -> None:
    tags = list(cell.metadata.pop("tags", []))
    for name in cell.metadata:
        page.faults.append(Fault(page.path, line, f"unknown metadata “{name}”; a code cell has only “tags”"))
    if len(tags) != 1 or tags[0] not in TAGS:
        page.faults.append(Fault(page.path, line, f"a code cell has one tag out of {', '.join(sorted(TAGS))}"))
    visible = [one for one in cell.source.splitlines() if one.strip()]
    if "activity" not in tags and len(visible) > MOST_VISIBLE_LINES:
        page.faults.append(Fault(page.path, line, f"{len(visible)} lines of code are visible; "
                                                  f"{MOST_VISIBLE_LINES} is the most a learner should meet"))
    if "BEGIN SOLUTION" in cell.source or "BEGIN HIDDEN" in cell.source:
        page.faults.append(Fault(page.path, line, "an answer would be left in the release; use a {question} block"))
    page.cells.append(Cell("code", cell.source, line, tags))


def _add_question(page: Page, text: str, fence: str, line: int) -> None:
    identifier = fence.partition("{question}")[2].strip()
    try:
        source = yaml.safe_load(text)
        if not isinstance(source, dict):
            raise bank.QuestionError("the block is empty")
        source, wrong = _expanded(source, page.path, line)
        page.faults += wrong
        question = bank.parse(identifier, source, page.where)
    except yaml.YAMLError as problem:
        trouble = getattr(problem, "problem", problem)
        page.faults.append(Fault(page.path, line + 1 + _yaml_line(problem),
                                 f"the question “{identifier}” is not valid YAML: {trouble}"))
    except (bank.QuestionError, KeyError, TypeError, AttributeError, ValueError) as problem:
        page.faults.append(Fault(page.path, line, f"the question “{identifier}”: {problem}"))
    else:
        page.cells.append(Cell("question", text, line, question=question))
        page.faults += _question_faults(page.path, line, question)


def _yaml_line(problem: yaml.YAMLError) -> int:
    mark = getattr(problem, "problem_mark", None)
    if mark and "end of stream" in (problem.problem or ""):
        # A quotation mark that is never closed is found at the end; the author must go to its start.
        mark = problem.context_mark
    return mark.line if mark else 0


def _question_faults(path: Path, line: int, question: bank.Question) -> list[Fault]:
    faults = _inline_faults(path, question.prompt, line)
    if question.kind == "value":
        solution = question.mark_scheme["solution"].splitlines()
        for stub in question.content["stub"].splitlines():
            pattern = ".*".join(re.escape(part) for part in stub.split("..."))
            if not any(re.fullmatch(pattern, one) for one in solution):
                faults.append(Fault(path, line, f"the question “{question.id}”: the stub's line “{stub}” "
                                                "is missing from the solution"))
        if len([one for one in question.content["stub"].splitlines() if one.strip()]) > MOST_VISIBLE_LINES:
            faults.append(Fault(path, line, f"the question “{question.id}”: more than {MOST_VISIBLE_LINES} "
                                            "lines of code are visible"))
    return faults


def _id_faults(module: str, *pages: Page) -> list[Fault]:
    faults, seen = [], {}
    pattern = re.compile(rf"m{module[:2]}-[qp]\d+-[a-z0-9-]+")
    for page in pages:
        for cell in page.questions:
            identifier = cell.question.id
            if not pattern.fullmatch(identifier):
                faults.append(Fault(page.path, cell.line, f"the id “{identifier}” should look like "
                                                          f"m{module[:2]}-q1-name (marked) or -p1-name (practice)"))
            if identifier in seen:
                faults.append(Fault(page.path, cell.line, f"the id “{identifier}” is used twice, first in "
                                                          f"{seen[identifier]}"))
            seen.setdefault(identifier, f"{page.path.name}, line {cell.line}")
    return faults


def _order_faults(lesson: Page) -> list[Fault]:
    expected = list(PAGE_ORDER)
    found = [(title, line) for level, title, line in _headings(lesson.path) if level == 2]
    units = [title for title, _ in found if title.startswith("Unit ")]
    faults = []
    place = 0
    order = f"the order is: {' · '.join(expected)}"
    for title, line in found:
        name = "Unit" if title.startswith("Unit ") else title
        if name not in expected:
            faults.append(Fault(lesson.path, line, f"“{title}” is no part of a lesson; {order}"))
        elif expected.index(name) < place:
            faults.append(Fault(lesson.path, line, f"“{title}” stands too late; {order}"))
        else:
            place = expected.index(name)
    present = {"Unit" if title.startswith("Unit ") else title for title, _ in found}
    for name in expected:
        if name not in present:
            faults.append(Fault(lesson.path, 1, f"the part “{name}” is missing"))
    if units and not 2 <= len(units) <= 5:
        faults.append(Fault(lesson.path, 1, f"a lesson has two to five units, this has {len(units)}"))
    return faults


def _parsed(text: str):
    from markdown_it import MarkdownIt
    from mdit_py_plugins.front_matter import front_matter_plugin

    return MarkdownIt("commonmark").enable("table").use(front_matter_plugin).parse(text)


def _headings(path: Path) -> list[tuple[int, str, int]]:
    tokens = _parsed(path.read_text(encoding="utf-8"))
    return [
        (int(token.tag[1]), tokens[index + 1].content, token.map[0] + 1)
        for index, token in enumerate(tokens) if token.type == "heading_open"
    ]


def _markdown_faults(path: Path, text: str) -> list[Fault]:
    faults, last = [], 0
    headings = _headings(path)
    if not headings or headings[0][0] != 1:
        faults.append(Fault(path, headings[0][2] if headings else 1, "a page begins with a first-level heading (#)"))
    for level, title, line in headings:
        if last and level > last + 1:
            faults.append(Fault(path, line, f"the heading “{title}” skips a level (from {last} to {level})"))
        if level == 1 and last:
            faults.append(Fault(path, line, f"“{title}” is a second first-level heading"))
        last = level
    return faults + _inline_faults(path, text, 1)


def _inline_faults(path: Path, text: str, line: int) -> list[Fault]:
    faults = []
    for block in _parsed(text):
        at = line + block.map[0] if block.map else line
        for token in block.children or []:
            if token.type == "image" and not token.content.strip():
                faults.append(Fault(path, at, f"the image “{token.attrs['src']}” has no alt text"))
            if token.type == "text" and "$" in token.content:
                faults.append(Fault(path, at, "a notebook takes what stands between two dollar signs for a formula; "
                                              "put the words with $ between backticks"))
        if block.type in {"html_block", "inline"} and re.search(r"<img(?![^>]*\balt=\"[^\"]+\")", block.content):
            faults.append(Fault(path, at, "an image has no alt text"))
    return faults


def _expanded(value, path: Path, line: int):
    """Expand the roles in every text of a question."""
    if isinstance(value, str):
        return expand_roles(value, path, line)
    if not isinstance(value, (dict, list)):
        return value, []
    faults = []
    expanded = value.copy()
    for place in value if isinstance(value, dict) else range(len(value)):
        expanded[place], wrong = _expanded(value[place], path, line)
        faults += wrong
    return expanded, faults


def expand_roles(text: str, path: Path, line: int) -> tuple[str, list[Fault]]:
    """Put the then/now pair of an old name in place of each {then} role.

    Returns
    -------
    text : str
        With every role replaced.
    faults : list of Fault
        One for each name that the glossary does not know.
    """
    faults = []

    def pair(found: re.Match) -> str:
        from researchskills.glossary import now_term

        try:
            return now_term(found[1])
        except CourseError as problem:
            faults.append(Fault(path, line + text[: found.start()].count("\n"), str(problem)))
            return found[1]

    return ROLE.sub(pair, text), faults
