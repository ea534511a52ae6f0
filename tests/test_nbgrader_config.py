"""nbgrader's own commands, pointed at the course: the same gradebook, and no script from a hand-in."""

from pathlib import Path

import nbformat
from nbconvert import HTMLExporter
from traitlets.config import PyFileConfigLoader

ROOT = Path(__file__).parents[1]


def config():
    return PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()


def test_it_uses_the_marking_rooms_gradebook():
    assert config().CourseDirectory.db_url.endswith("marking-room/gradebook.db")


def test_a_script_in_a_hand_in_does_not_reach_the_mentors_browser():
    text = "<script>alert('marks')</script>\n\nHello <b onclick='alert(1)'>mentor</b>"
    notebook = nbformat.v4.new_notebook(cells=[
        nbformat.v4.new_markdown_cell(text),
        nbformat.v4.new_code_cell("1", outputs=[nbformat.v4.new_output("display_data", {"text/html": text})]),
    ])
    page, _ = HTMLExporter(config=config()).from_notebook_node(notebook)
    body = page[page.index("<body") :]
    assert "<script>alert" not in body
    assert "onclick" not in body
    assert "Hello" in body
