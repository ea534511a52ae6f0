"""Errors of a learner's own cell, said in plain words.

Somebody who meets code for the first time reads a traceback as "I broke it". In a notebook of the
course a failing cell says instead what happened and on which line, what to do next, and that nothing
is broken; Python's own last line follows, for a trainer. To Jupyter it stays the same error: name,
message and status are untouched, so running on, handing in and marking notice it as before.

`%tb` in a new cell shows the whole traceback. Where nobody is there to read (`RESEARCHSKILLS_STATIC=1`:
building, checking, marking) nothing is changed. An error of the course itself is also written in full
to `.course/errors.txt` in the workspace.
"""

import builtins
import contextlib
import linecache
import re
import sys
import traceback
from pathlib import Path

_COURSE = str(Path(__file__).parent)
#: The parts that run without the learner; an error there is never the learner's.
_MACHINERY = {"ask.py", "activity.py", "bank.py", "store.py", "checks.py", "_html.py", "signposting.py"}
_CURLY = "“”„‘’‚‹›«»"
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_AGAIN = "then run the cell again"
_LARGEST_LOG = 500_000


def install() -> None:
    """Show errors in plain words from now on; does nothing outside a notebook or a second time."""
    if "IPython" not in sys.modules:
        return
    from IPython import get_ipython

    from researchskills.activity import is_static

    shell = get_ipython()
    if shell is None or is_static() or getattr(shell, "course_explains_errors", False):
        return
    shell.course_explains_errors = True
    # The one place that every error passes, mistakes in the writing (SyntaxError) included;
    # IPython's `set_custom_exc` would replace the reporting to Jupyter as well.
    report = shell._showtraceback
    shown = None

    def explain(kind, error, lines):
        nonlocal shown
        again, shown = error is shown, error
        # The same error a second time: somebody has asked for all of it with %tb.
        if not (again or hasattr(error, "_render_traceback_")):
            with contextlib.suppress(Exception):  # explaining must never hide the error
                lines = explained(error, shell)
        report(kind, error, lines)

    shell._showtraceback = explain


def explained(error: BaseException, shell) -> list[str]:
    """The lines that a learner reads.

    Parameters
    ----------
    error : BaseException
        What a cell raised.
    shell : IPython.core.interactiveshell.InteractiveShell
        Knows which code came from cells, and which names exist.
    """
    if isinstance(error, KeyboardInterrupt):
        return ["Stopped, as you asked. Nothing is broken."]
    place = _Place(error, shell)
    if place.in_machinery:
        _write_down(error)
        told = [
            "The course itself could not do this; it is nothing that you did.",
            "Nothing is broken, and your answers are kept. Please show this message to your trainer.",
        ]
    else:
        if place.written_wrongly:
            error = _clearer(error)
        happened, next_step = _told(error, place)
        told = [f"{place.begin}{happened}", next_step, "Nothing is broken."]
    words = error.msg if isinstance(error, SyntaxError) else str(error)
    own = f"{type(error).__name__}: {words}".strip().rstrip(":")
    own = re.sub(r"\x1b\[[0-9;]*m", "", own)
    return [*told, "", f"Python's own words: {own[:1000]}"]


class _Place:
    """Where in the learner's cell an error arose, and what is known there."""

    def __init__(self, error: BaseException, shell):
        self.names = shell.user_ns
        self.frames = list(traceback.walk_tb(error.__traceback__))
        self.line = self.text = None
        files = [frame.f_code.co_filename for frame, _ in self.frames]
        cells = [file for file in files if shell.compile.format_code_name(file)]
        self.written_wrongly = (
            isinstance(error, SyntaxError) and bool(error.filename)
            and shell.compile.format_code_name(error.filename) is not None
        )  # fmt: skip
        if self.written_wrongly:
            error = _clearer(error)
            self.line, self.text = error.lineno, error.text or ""
        elif cells:
            # The cell that was run, also where it uses a function from another cell.
            self.line = [number for (_, number), file in zip(self.frames, files, strict=True) if file == cells[0]][-1]
            self.text = linecache.getline(cells[0], self.line)
        self.in_machinery = any(
            file.startswith(_COURSE) and Path(file).name in _MACHINERY for file in files
        )
        self.in_query = any("computation" in Path(file).parts and "pandas" in Path(file).parts for file in files)

    @property
    def begin(self) -> str:
        return f"Line {self.line}: " if self.line else ""

    def columns(self) -> list[str]:
        """Columns of the table that the failing call was about."""
        import pandas as pd

        for frame, _ in reversed(self.frames):
            for name in ("self", "obj", "data", "frame"):
                held = frame.f_locals.get(name)
                held = getattr(held, "obj", held) if not isinstance(held, pd.Index) else held
                if isinstance(held, pd.DataFrame):
                    return [str(one) for one in held.columns]
        return []


def _told(error: BaseException, place: _Place) -> tuple[str, str]:
    """What happened, and what to do next."""
    for kind, tell in _TELLERS:
        if isinstance(error, kind):
            return tell(error, place)
    if type(error).__name__ == "UndefinedVariableError":
        return _unknown_in_query(error, place)
    return ("this could not be carried out.",
            f"Compare it with the example above, change it to match, {_AGAIN}.")  # fmt: skip


def _near(word: str, known, limit: int = 1, least: int = 80) -> list[str]:
    from rapidfuzz import fuzz, process, utils

    found = process.extract(word, [one for one in known if one != word], scorer=fuzz.ratio,
                            processor=utils.default_process, limit=limit, score_cutoff=least)  # fmt: skip
    return [one for one, _, _ in found]


def _clearer(error: SyntaxError) -> SyntaxError:
    """What Python says when asked anew; IPython makes it say no more than “incomplete input”."""
    if error.msg != "incomplete input":
        return error
    try:
        compile("".join(linecache.getlines(error.filename)), error.filename, "exec")
    except SyntaxError as clearer:
        return clearer
    return error


def _syntax(error: SyntaxError, place: _Place) -> tuple[str, str]:
    message, text = error.msg or "", place.text or ""
    if not place.written_wrongly:
        if place.in_query:
            return ("the condition inside the quotation marks cannot be read.",
                    f"Use == for “is the same as” and put words in quotation marks of the other kind, {_AGAIN}.")
        return "a part of this cannot be read.", f"Compare it with the example above, {_AGAIN}."
    odd = re.search(r"invalid (?:non-printable )?character (?:'(.)' )?\(?U\+([0-9A-F]+)", message)
    if (odd and chr(int(odd[2], 16)) in _CURLY) or ("unterminated" in message and set(text) & set(_CURLY)):
        return ("these are Word-style quotation marks (curly ones), which Python cannot read.",
                f"Type straight ones instead, \" or ', {_AGAIN}.")
    if odd:
        sign = chr(int(odd[2], 16))
        named = f"the sign {sign}" if sign.isprintable() and not sign.isspace() else "an invisible sign"
        return (f"there is {named}, which Python cannot read here.",
                f"Remove it or type it again on the keyboard, {_AGAIN}.")
    if "unterminated" in message:
        return ("a quotation mark is missing.",
                f"Words stand between two quotation marks, one before and one after; add the missing one, {_AGAIN}.")
    if "was never closed" in message:
        opening = message[1]
        return (f"a closing bracket is missing: {opening} is opened and never closed.",
                f"Add the {_CLOSING[opening]} that belongs to it, {_AGAIN}.")
    if "unmatched" in message or "does not match opening" in message:
        return ("there is a closing bracket without an opening one of the same kind.",
                f"Count the brackets, add or remove one, {_AGAIN}.")
    if "expected ':'" in message:
        return "a colon is missing at the end of the line.", f"Type : there, {_AGAIN}."
    bare = re.sub(r"\"[^\"]*\"|'[^']*'", '""', text.split("#")[0])
    number = re.search(r"(?<![\w.])(\d[\d.,]*)\s*([^\W\d_]\w*|%(?!\s*\w)|£|€)", bare)
    if number:
        return (f"there is a word or sign straight after a number ({number[0].strip()}).",
                f"Leave only the number, {number[1]}, {_AGAIN}.")
    if "cannot assign" in message or "Maybe you meant '=='" in message:
        return ("something else than a name stands to the left of the sign =.",
                f"To give a name to a value, write the name first, as in hours = 3; to compare, write ==; {_AGAIN}.")
    if re.search(r"^\s*[^\W\d]\w*(\s+[^\W\d]\w*)+\s*=", bare):
        return ("there is a space in the name before the sign =.",
                f"Write the name as one word, with _ in place of the space, {_AGAIN}.")
    return ("Python cannot read what is written here.",
            "Often a quotation mark, a comma or a bracket is missing, here or on the line above. "
            f"Compare it with the example above, put it right, {_AGAIN}.")


def _indentation(error: IndentationError, place: _Place) -> tuple[str, str]:
    if "expected an indented block" in (error.msg or ""):
        if error.msg.endswith(f"on line {error.lineno}"):
            return ("nothing stands below this line, which ends with a colon.",
                    f"Write below it what is to be done, beginning with four spaces, {_AGAIN}.")
        return ("this line belongs to the line above that ends with a colon.",
                f"Type four spaces at the beginning of this line, {_AGAIN}.")
    return ("the line begins with spaces or a Tab.",
            f"Remove them, so that it begins where the line above begins, {_AGAIN}.")


def _name(error: NameError, place: _Place) -> tuple[str, str]:
    if type(error).__name__ == "UndefinedVariableError":
        return _unknown_in_query(error, place)
    word = error.name or re.sub(r".*'(.+)'.*", r"\1", str(error))
    skip = {"In", "Out", "exit", "quit", "open", "get_ipython"}
    known = [name for name in [*place.names, *dir(builtins)] if not name.startswith("_") and name not in skip]
    near = _near(word, known)
    if near:
        return (f"Python does not know the word {word}.",
                f"Did you mean {near[0]}? Capital letters count. Change it, {_AGAIN}.")
    return (f"Python does not know the word {word}.",
            f'If it is meant as a word, put it in straight quotation marks: "{word}". '
            "If it is the name of a result, run the cells above first, from the top, "
            f"{_AGAIN}.")


def _unknown_in_query(error: Exception, place: _Place) -> tuple[str, str]:
    word = re.sub(r".*'(.+)'.*", r"\1", str(error))
    if "local variable" in str(error):
        near = _near(word, [name for name in place.names if not name.startswith("_")])
        hint = f"Did you mean @{near[0]}?" if near else f"Run the cell above in which {word} gets its value."
        return f"in the condition there is no result called {word}.", f"{hint} Change it, {_AGAIN}."
    near = _near(word, place.columns())
    hint = f"Did you mean the column {near[0]}? " if near else ""
    return (f"the condition mentions {word}, which is no column of this table.",
            f"{hint}If it is a word to look for, put it in quotation marks inside the others, as in "
            f"\"sector == 'health'\", {_AGAIN}.")


def _key(error: KeyError, place: _Place) -> tuple[str, str]:
    key = error.args[0] if error.args else ""
    listed = re.search(r"\[(.*?)\](?:, dtype=.*?)?\]? (?:are|is|not) ", str(key))
    word = re.sub(r"^Index\(\[|['\"\[\]]", "", listed[1]) if listed else str(key)
    columns = place.columns()
    if not columns:
        return f"there is no entry called {word}.", f"Check the spelling; capital letters count. Change it, {_AGAIN}."
    near = _near(word.split(",")[0], columns, limit=3, least=60)
    hint = f"The nearest are: {', '.join(near)}." if near else f"There are: {', '.join(columns[:8])}" + (
        " and more." if len(columns) > 8 else ".")  # fmt: skip
    return f"this table has no column called {word}.", f"{hint} Change the name, {_AGAIN}."


def _attribute(error: AttributeError, place: _Place) -> tuple[str, str]:
    word = error.name or ""
    near = _near(word, [one for one in dir(error.obj) if not one.startswith("_")]) if word else []
    hint = f"Did you mean {near[0]}?" if near else "Check the spelling after the full stop."
    return f"{word or 'the word after the full stop'} is not known here.", f"{hint} Change it, {_AGAIN}."


def _type(error: TypeError, place: _Place) -> tuple[str, str]:
    message = str(error).lower()
    if "ellipsis" in message:
        return "the three dots ... are still there.", f"Put your answer in their place, {_AGAIN}."
    if "not callable" in message:
        return ("round brackets stand after something that takes none.",
                f"Columns are named in square brackets, [ ]; change or remove the round ones, {_AGAIN}.")
    if "argument" in message:
        return ("what stands between the brackets is not what is needed: something is missing, too much or "
                "has another name.", f"Compare it with the example above, {_AGAIN}.")
    if "str" in message and re.search("unsupported operand|not supported|concatenate|could not convert", message):
        return ("words and numbers are mixed, and Python cannot calculate with words.",
                f"A number stands without quotation marks; change it, {_AGAIN}.")
    return "this kind of value cannot be used here.", f"Compare it with the example above, {_AGAIN}."


def _value(error: ValueError, place: _Place) -> tuple[str, str]:
    message = str(error)
    if "could not convert" in message or "invalid literal" in message:
        return ("a number is needed, and there is something else.",
                f"Write it with digits only, such as 12 or 12.5, {_AGAIN}.")
    if "ambiguous" in message:
        return ("two conditions for a whole table are joined with “and”, “or” or “not”.",
                f"Put each one in round brackets and join them with & or |, {_AGAIN}.")
    return "a value is not one that can be used here.", f"Compare it with the example above, {_AGAIN}."


def _module(error: ImportError, place: _Place) -> tuple[str, str]:
    return (f"there is nothing called {error.name or 'that'} to import.",
            f"The course needs no more than it brings along. Remove the line or check the spelling, {_AGAIN}.")


def _fixed(happened: str, next_step: str):
    return lambda _error, _place: (happened, f"{next_step}, {_AGAIN}.")


#: The first kind that fits is told; narrower kinds stand first.
_TELLERS = [
    (IndentationError, _indentation),
    (SyntaxError, _syntax),
    (NameError, _name),
    (ImportError, _module),
    (AttributeError, _attribute),
    (KeyError, _key),
    (IndexError, _fixed("this asks for a place in a list that is not there.",
                        "Use a smaller number; counting starts at 0")),
    (TypeError, _type),
    (UnicodeError, _fixed("a file contains signs that cannot be read.", "Ask your trainer about the file")),
    (ValueError, _value),
    (ZeroDivisionError, _fixed("this divides by zero, which has no result.",
                               "Check the number after the sign /, change it")),
    (FileNotFoundError, _fixed("there is no file of that name in this folder.",
                               "Check the name and its ending, change it")),
]  # fmt: skip


def _write_down(error: BaseException) -> None:
    """Keep the whole traceback of an error of the course itself for whoever looks after it."""
    folder = Path.cwd().parent / ".course"
    log = folder / "errors.txt"
    with contextlib.suppress(OSError):
        if folder.is_dir() and (not log.exists() or log.stat().st_size < _LARGEST_LOG):
            with log.open("a", encoding="utf-8") as out:
                out.write("".join(traceback.format_exception(error)) + "\n")
