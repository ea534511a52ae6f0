"""Data frames in a notebook can be followed with a screen reader."""

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell

from researchskills import load, tables


@pytest.fixture
def notebook():
    shell = InteractiveShell.instance()
    yield shell.display_formatter
    InteractiveShell.clear_instance()


def test_a_result_has_a_caption_and_headers_with_a_scope(notebook):
    counts = load("training_baseline")["interface_group"].value_counts().to_frame("people")
    shown = notebook.format(counts)[0]["text/html"]
    assert "<caption>Table of 4 rows</caption>" in shown
    assert '<th scope="col">interface group</th><th scope="col">people</th>' in shown
    assert shown.count('<th scope="row">') == 4


def test_a_long_table_shows_its_first_rows_and_says_so(notebook):
    shown = notebook.format(load("training_baseline"))[0]["text/html"]
    assert "First 10 of 240 rows" in shown
    assert shown.count("<tr>") == 11


def test_a_table_with_its_own_caption_keeps_it(notebook):
    load("glossary")
    table = tables.ReadableTable({"need": ["funding"]})
    table.caption = "Signposts: funding"
    assert "Signposts: funding" in notebook.format(table)[0]["text/html"]


def test_what_is_in_a_cell_never_becomes_part_of_the_page(notebook):
    load("glossary")
    shown = notebook.format(pd.DataFrame({"<b>x</b>": ["<script>"]}))[0]["text/html"]
    assert "<script>" not in shown
    assert "<b>" not in shown
