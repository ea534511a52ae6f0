"""The room in which the course happens: JupyterLab, made plain.

`launch` starts it, `handlers` answers the home page, `config` says what is switched off, and
`labextensions` holds the page, menus and behaviour that we add.
"""

import os
from pathlib import Path

#: Where Jupyter finds the kernel specification of `course start --warm`.
WARM = Path(__file__).parent / "warm"


def _jupyter_server_extension_points() -> list[dict]:
    return [{"module": "researchskills.lab"}]


def _load_jupyter_server_extension(server) -> None:
    from researchskills.lab.handlers import add_handlers

    add_handlers(server)
    if str(WARM) in os.environ.get("JUPYTER_PATH", "").split(os.pathsep):
        from researchskills.kernels import for_lab

        for_lab.WARMTH.prepare()
    # Nobody here builds JupyterLab, and looking whether it needs building costs seconds of the first minute.
    server.web_app.settings.setdefault("page_config_data", {}).update(buildCheck=False, buildAvailable=False)
