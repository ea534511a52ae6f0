"""What a learner reads when a cell fails, in a real kernel."""

import os

import pytest
from jupyter_client.manager import start_new_kernel

MACHINE_TALK = ("Traceback", "In[", "\x1b[", "----", "site-packages")


class Kernel:
    def __init__(self, client):
        self.client = client

    def run(self, code: str) -> tuple[dict, dict | None]:
        """The reply, and the error that the page shows."""
        errors = []
        reply = self.client.execute_interactive(
            code, timeout=60, allow_stdin=False,
            output_hook=lambda message: message["msg_type"] == "error" and errors.append(message["content"]),
        )  # fmt: skip
        return reply["content"], errors[0] if errors else None

    def error(self, code: str) -> tuple[dict, str]:
        reply, error = self.run(code)
        assert reply["status"] == "error"
        assert error is not None
        assert (reply["ename"], reply["evalue"]) == (error["ename"], error["evalue"])
        return error, "\n".join(error["traceback"])


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("workspace") / "00-start-here"
    folder.mkdir()
    (folder.parent / ".course").mkdir()
    manager, client = start_new_kernel(cwd=str(folder), env={**os.environ, "RESEARCHSKILLS_STATIC": ""})
    running = Kernel(client)
    running.folder = folder
    assert running.run("from researchskills import check, load, question")[0]["status"] == "ok"
    assert running.run('survey = load("training_baseline")\nhours = 3\nsector = "health"')[0]["status"] == "ok"
    yield running
    client.stop_channels()
    manager.shutdown_kernel(now=True)


CASES = {
    "quotation mark": ('x = 1\ny = "health', "SyntaxError", ["Line 2: a quotation mark is missing"]),
    "bracket": ('load("training_baseline"', "SyntaxError", ["Line 1: a closing bracket", "Add the )"]),
    "bracket, second line": ('x = 1\nload("training_baseline"\n', "SyntaxError", ["Line 2: a closing bracket"]),
    "three quotation marks": ('x = """abc', "SyntaxError", ["a quotation mark is missing"]),
    "nothing after a colon": ("if hours:", "SyntaxError", ["nothing stands below this line"]),
    "too many brackets": ('len("abc"))', "SyntaxError", ["Count the brackets"]),
    "colon": ("if hours > 2\n    print(hours)", "SyntaxError", ["a colon is missing"]),
    "curly": ("x = “health”", "SyntaxError", ["Word-style quotation marks", "Type straight ones"]),
    "curly singles": ("x = ‘health’", "SyntaxError", ["Word-style quotation marks"]),
    "half curly": ('x = "health”', "SyntaxError", ["Word-style quotation marks"]),
    "pound": ("cost = £50", "SyntaxError", ["the sign £"]),
    "no-break space": ("x = 1\u00a0+ 2", "SyntaxError", ["an invisible sign"]),
    "unit": ("x = 112 people", "SyntaxError", ["straight after a number (112 people)", "Leave only the number, 112"]),
    "unit, no space": ("x = 112people", "SyntaxError", ["straight after a number"]),
    "per cent": ("x = 27%", "SyntaxError", ["straight after a number (27%)"]),
    "name with a space": ("my hours = 3", "SyntaxError", ["a space in the name"]),
    "number named": ("3 = hours", "SyntaxError", ["the left of the sign ="]),
    "two words": ("hello there", "SyntaxError", ["Often a quotation mark, a comma or a bracket"]),
    "indented": ("x = 1\n  y = 2", "IndentationError", ["Line 2: the line begins with spaces or a Tab", "Remove"]),
    "not indented": ("for x in [1]:\nprint(x)", "IndentationError", ["Line 2", "Type four spaces"]),
    "word": ("x = 1\nsector = wonderful", "NameError", ["Line 2", '"wonderful"', "run the cells"]),
    "near word": ("survy.head()", "NameError", ["Did you mean survey?"]),
    "capital": ("Print(hours)", "NameError", ["Did you mean print?"]),
    "true": ("x = true", "NameError", ["Did you mean True?"]),
    "column": ('survey["secter"]', "KeyError", ["no column called secter", "sector"]),
    "columns": ('survey[["sector", "rolle"]]', "KeyError", ["no column called rolle"]),
    "group": ('survey.groupby("sectr").size()', "KeyError", ["no column called sectr", "sector"]),
    "entry": ('{"a": 1}["b"]', "KeyError", ["no entry called b"]),
    "words and numbers": ('"3" + 4', "TypeError", ["words and numbers are mixed"]),
    "dots": ("... + 1", "TypeError", ["three dots"]),
    "called": ('survey("sector")', "TypeError", ["square brackets"]),
    "argument": ("load()", "TypeError", ["what stands between the brackets"]),
    "not a number": ('float("twelve")', "ValueError", ["a number is needed"]),
    "ambiguous": ("survey[survey.sector == 'health' and hours > 2]", "ValueError", ["round brackets", "&"]),
    "zero": ("hours / 0", "ZeroDivisionError", ["divides by zero"]),
    "module": ("import seaborm", "ModuleNotFoundError", ["nothing called seaborm"]),
    "query word": ('survey.query("sector == health")', "UndefinedVariableError",
                   ["health, which is no column", "quotation marks inside"]),
    "query column": ('survey.query("secter == 1")', "UndefinedVariableError", ["Did you mean the column sector?"]),
    "query result": ('survey.query("sector == @secter")', "UndefinedVariableError", ["Did you mean @sector?"]),
    "query": ('survey.query("sector ==")', "SyntaxError", ["Line 1: the condition inside the quotation marks"]),
    "attribute": ("survey.heads()", "AttributeError", ["heads is not known", "Did you mean head?"]),
    "place": ("[1, 2][5]", "IndexError", ["a place in a list"]),
    "file": ('open("nothing.csv")', "FileNotFoundError", ["no file of that name"]),
    "anything": ('raise RuntimeError("odd")', "RuntimeError", ["Line 1: this could not be carried out"]),
    "interrupt": ("raise KeyboardInterrupt", "KeyboardInterrupt", ["Stopped, as you asked."]),
}  # fmt: skip


@pytest.mark.parametrize(("code", "name", "words"), CASES.values(), ids=CASES)
def test_a_failing_cell_is_explained(kernel, code, name, words):
    error, text = kernel.error(code)
    assert error["ename"] == name
    for part in [*words, "Nothing is broken."]:
        assert part in text
    for part in MACHINE_TALK:
        assert part not in text
    assert ("Python's own words: " in text) == (name != "KeyboardInterrupt")


def test_the_courses_own_sentences_stay_as_they_are(kernel):
    error, text = kernel.error('load("training_basline")')
    assert error["ename"] == "CourseError"
    assert text == error["evalue"]


def test_an_error_of_the_course_is_nobodys_fault_and_is_written_down(kernel):
    kernel.run("import researchskills.ask, researchskills.bank as b\nkept, b.find = b.find, lambda *_: 1 / 0")
    _, text = kernel.error('question("m00-p9-broken")')
    kernel.run("b.find = kept")
    assert "it is nothing that you did" in text
    assert "Python's own words: ZeroDivisionError" in text
    written = (kernel.folder.parent / ".course" / "errors.txt").read_text(encoding="utf-8")
    assert "Traceback" in written
    assert "ask.py" in written


def test_a_trainer_can_see_the_whole_traceback(kernel):
    kernel.error("hours / 0")
    _, error = kernel.run("%tb")
    assert "Traceback" in "\n".join(error["traceback"])


def test_a_cell_after_an_error_works(kernel):
    kernel.error("hours / 0")
    assert kernel.run("hours + 1")[0]["status"] == "ok"


def test_building_and_marking_see_pythons_own_tracebacks(tmp_path):
    manager, client = start_new_kernel(cwd=str(tmp_path), env={**os.environ, "RESEARCHSKILLS_STATIC": "1"})
    try:
        _, text = Kernel(client).error("from researchskills import load\n1 / 0")
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert "Traceback" in text
