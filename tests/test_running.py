"""Running code that misbehaves: every cell that can run does, and nothing grows without end."""

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from researchskills import running

CELLS = {
    "remember": "x = 1",
    "flood": "for _ in range(100): print('y' * 1_000_000)",
    "after the flood": "x + 1",
    "loop": "while True: pass",
    "still there": "x + 2",
    "stubborn": "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
    "new kernel": "'x' in globals()",
    "kill": "import os; os._exit(1)",
    "newer kernel": "3 + 4",
    "meddle": "from IPython.display import update_display as u\ndisplay(1, display_id='a')\nu(2, display_id='a')",
}


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = new_notebook(cells=[new_code_cell(source) for source in CELLS.values()], metadata=metadata)
    troubles = running.run(notebook, tmp_path_factory.mktemp("run"), timeout=6)
    return {
        "troubles": {list(CELLS)[index]: trouble for index, trouble in troubles.items()},
        **{name: cell.outputs for name, cell in zip(CELLS, notebook.cells, strict=True)},
    }


def result(outputs, name):
    return [one.data["text/plain"] for one in outputs[name] if one.output_type == "execute_result"]


def test_cells_that_do_not_end_are_named_with_the_reason(outputs):
    expected = {"loop": running.TOO_LONG, "stubborn": running.TOO_LONG, "kill": running.DIED}
    assert outputs["troubles"] == expected


def test_the_cells_after_a_loop_go_on_and_keep_what_was_worked_out(outputs):
    assert result(outputs, "after the flood") == ["2"]
    assert result(outputs, "still there") == ["3"]


def test_a_kernel_that_does_not_let_go_is_replaced(outputs):
    assert result(outputs, "new kernel") == ["False"]
    assert result(outputs, "newer kernel") == ["7"]


def test_output_is_cut_as_it_arrives(outputs):
    text = "".join(one.text for one in outputs["flood"])
    assert 1_000_000 <= len(text) < 1_000_200
    assert text.endswith("The rest of this output was left out.")


def test_a_shown_result_cannot_be_changed_afterwards(outputs):
    assert [one.data["text/plain"] for one in outputs["meddle"] if "data" in one] == ["1"]


def test_many_small_outputs_are_cut_too(tmp_path):
    notebook = new_notebook(cells=[new_code_cell("for number in range(300): display(number)"), new_code_cell("5")])
    client = running.Bounded(
        notebook, timeout=20, largest_output=20_000, resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    assert len(notebook.cells[0].outputs) == 101
    assert "left out" in notebook.cells[0].outputs[-1].text
    assert notebook.cells[1].outputs[0].data["text/plain"] == "5"


def test_what_comes_after_patience_is_at_an_end_is_skipped(tmp_path):
    notebook = new_notebook(cells=[new_code_cell("import time; time.sleep(0.5)"), new_code_cell("1")])
    client = running.Bounded(notebook, timeout=20, patience=0.2, resources={"metadata": {"path": str(tmp_path)}})
    client.allow_errors = True
    client.execute()
    assert client.troubles == {1: running.SKIPPED}
    assert notebook.cells[1].outputs[0].evalue == "the cells before it took too long"
