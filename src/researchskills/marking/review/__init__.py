"""The page a mentor works in: answers beside the rubric, one after the other.

A small web server on the mentor's own computer, reached by its token only. Pages are made on the server and work
without script; the one script there is adds keys for levels, inserts sentence beginnings and keeps what is being
typed. Every answer is opened from a `Desk`, and what is given goes back to it: the pages know no gradebook.

Nothing that a mentor typed is lost. It goes to `drafts/` in the room a moment after typing stops, and into the
browser's own memory when the server is gone; a server that is started again has the same token and, if it is free,
the same port, so that an open page goes on as if nothing had happened.
"""

__all__ = ["review"]


def __getattr__(name: str):
    # The server is loaded when it is started: whoever only cleans an answer need not wait for it.
    if name != "review":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from researchskills.marking.review.server import review

    return review
