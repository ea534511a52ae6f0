"""Research at the Interface: the names that the course's notebooks use.

They are imported when first used, so that a page opens fast: a lesson that asks a question does not
wait for pandas. In a notebook, using one of them also makes errors speak plain words.
"""

from importlib import import_module

_HOME = {
    "question": "ask",
    "check": "ask",
    "load": "datasets",
    "codebook": "datasets",
    "describe": "datasets",
    "signposts": "signposting",
    "figure": "charts",
    "bars": "charts",
    "intervals": "charts",
}
__all__ = list(_HOME)


def __getattr__(name: str):
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import_module("researchskills.plain_errors").install()
    return getattr(import_module(f"researchskills.{_HOME[name]}"), name)
