"""Run cells that nobody waits for, in a copy of the fork server that is no kernel.

The course's own cells need no page and no conversation: they are run one after the other, and what they show is
returned at the end. That costs half of what a kernel with its sockets costs.
"""

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from researchskills.kernels import forked_kernel


def run(sources: list[str], environment: dict[str, str], wanted: list[str]) -> dict:
    """Run cells in the current folder.

    Parameters
    ----------
    sources : list of str
        The cells.
    environment : dict of str to str
        All of the environment variables.
    wanted : list of str
        Names of text files that are read afterwards.

    Returns
    -------
    dict
        `outputs`, a list for each cell, as a notebook has them, and `files`, the text of those that are there.
    """
    forked_kernel.decide_again(environment)
    from IPython.core.displayhook import CapturingDisplayHook
    from IPython.core.displaypub import CapturingDisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    # Nobody will ask for what was typed, and there is no place to keep it.
    shell = InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
    outputs = []
    for source in sources:
        shown, results, said = CapturingDisplayPublisher(), [], io.StringIO()
        shell.display_pub = shown
        hook = CapturingDisplayHook(shell=shell, outputs=results)
        before, sys.displayhook = sys.displayhook, hook
        shell.display_trap.hook = hook
        try:
            with redirect_stdout(said), redirect_stderr(said):
                outcome = shell.run_cell(source)
        finally:
            sys.displayhook = before
        outputs.append(_outputs(outcome, shown.outputs, results, said.getvalue()))
    files = {name: Path(name).read_text(encoding="utf-8") for name in wanted if Path(name).is_file()}
    return {"outputs": outputs, "files": files}


def _outputs(outcome, shown: list, results: list, said: str) -> list[dict]:
    from ipykernel.jsonutil import encode_images, json_clean

    found = [{"output_type": "stream", "name": "stdout", "text": said}] if said else []
    for kind, all_of_it in (("display_data", shown), ("execute_result", results)):
        # What shows itself, as activities do, leaves an empty result behind.
        for one in (each for each in all_of_it if each["data"]):
            output = {"output_type": kind, "data": encode_images(one["data"]), "metadata": one["metadata"] or {}}
            found.append(json_clean(output | ({"execution_count": None} if kind == "execute_result" else {})))
    problem = outcome.error_before_exec or outcome.error_in_exec
    if problem is not None:
        found.append({"output_type": "error", "ename": type(problem).__name__, "evalue": str(problem), "traceback": []})
    return found
