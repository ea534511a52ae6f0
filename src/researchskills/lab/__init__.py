"""The room in which the course happens: JupyterLab, made plain.

`launch` starts it, `handlers` answers the home page, `config` says what is switched off, and
`labextensions` holds the page, menus and behaviour that we add.
"""


def _jupyter_server_extension_points() -> list[dict]:
    return [{"module": "researchskills.lab"}]


def _load_jupyter_server_extension(server) -> None:
    from researchskills.lab.handlers import add_handlers

    add_handlers(server)
    # Nobody here builds JupyterLab, and looking whether it needs building costs seconds of the first minute.
    server.web_app.settings.setdefault("page_config_data", {}).update(buildCheck=False, buildAvailable=False)
