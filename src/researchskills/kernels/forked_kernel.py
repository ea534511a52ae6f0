"""Turn a copy of the fork server into a kernel that behaves like one that was started cold.

What a library decides when it is imported was decided in the fork server, once, for a process that is no
kernel. Everything of that kind which shows in a notebook is decided again here.
"""

import functools
import importlib
import os
import random
import signal
import sys
import tempfile
from collections.abc import Callable

import researchskills
from researchskills import datasets

#: What is imported before anybody asks. `matplotlib_inline` is not: it ties itself to the kernel it meets.
LIBRARIES = (
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "encodings.idna",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "ipykernel_launcher",
    "ipywidgets",
    "markdown_it.main",
    "pygments.formatters.terminal256",
    "pygments.lexers.python",
    "matplotlib.pyplot",
    "pandas",
    "scipy.stats",
    "seaborn",
    "sqlite3",
    "tornado.locks",
    "tornado.platform.asyncio",
    "tornado.queues",
    "xmlrpc.server",
    "researchskills.kinds",
    "researchskills.plain_errors",
    "researchskills.tables",
)

#: Environment variables that libraries set when they are imported.
_set_by_libraries: dict[str, str] = {}


def warm_up() -> None:
    """Import, and do once what every kernel would do for itself."""
    before = dict(os.environ)
    for name in LIBRARIES:
        importlib.import_module(name)
    from IPython.core.ultratb import AutoFormattedTB
    from jupyter_client import localinterfaces
    from PIL import Image

    localinterfaces.localhost()
    Image.preinit()
    # What lessons ask for by name, and the modules that it is loaded from when it is wanted.
    for name, home in researchskills._HOME.items():
        getattr(importlib.import_module(f"researchskills.{home}"), name)
    for name in datasets.names():
        datasets.load(name)
    try:
        raise ValueError
    except ValueError:
        AutoFormattedTB(mode="Context").structured_traceback(*sys.exc_info())
    _set_by_libraries.update({name: value for name, value in os.environ.items() if before.get(name) != value})


def become(connection_file: str, environment: dict[str, str], arguments: list[str], ready: Callable[[], None]) -> None:
    """Run a kernel until it is told to end.

    Parameters
    ----------
    connection_file : str
        Where Jupyter wrote how to reach it.
    environment : dict of str to str
        All of its environment variables.
    arguments : list of str
        Further arguments for the kernel.
    ready : callable
        Called when its sockets are there, before anything is run.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    decide_again(environment)
    import ipywidgets
    from ipykernel.kernelapp import IPKernelApp

    arguments = ["-f", connection_file, *arguments]
    sys.argv = [sys.modules["ipykernel_launcher"].__file__ or "", *arguments]
    app = IPKernelApp.instance()
    app.initialize(arguments)
    # The page asks for widgets that it knows from before; they are offered on import, if there is a kernel then.
    ipywidgets.register_comm_target()
    ready()
    app.start()
    sys.stdout.flush()
    sys.stderr.flush()


def find_own_settings() -> None:
    """Have matplotlib use the folders and settings of the person whose kernel this is, not the fork server's."""
    import matplotlib

    for name in ("get_configdir", "get_cachedir"):
        setattr(matplotlib, name, functools.cache(getattr(matplotlib, name).__wrapped__))
    settings = matplotlib.matplotlib_fname()
    if not settings.startswith(matplotlib.get_data_path()):
        matplotlib.rc_file(settings)


def decide_again(environment: dict[str, str]) -> None:
    """Decide anew what libraries decided on import, and what must differ from copy to copy.

    Parameters
    ----------
    environment : dict of str to str
        All of the environment variables, but for those that libraries set when they are imported.
    """
    import numpy as np
    import pandas as pd

    os.environ.clear()
    os.environ.update(_set_by_libraries | environment)
    random.seed()
    np.random.seed()
    tempfile.tempdir = None
    # pandas shows all columns when it is imported outside a kernel.
    pd.set_option("display.max_columns", 20)
