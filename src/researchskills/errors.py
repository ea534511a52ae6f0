"""The one kind of error that people see.

Everything that can go wrong for a learner, mentor or author is raised as a `CourseError`
whose message is written for them: what happened, what was left untouched, what to do next.
The command line and the notebook print that message and keep the traceback for the log.
"""


class CourseError(Exception):
    """A problem described in one or two plain sentences.

    Parameters
    ----------
    message : str
        What happened, what is untouched and what to do next.
    exit_status : int, default 1
        Exit status of the `course` command: 1 when a check found something or a thing
        could not be done, 2 when the command was used wrongly.
    """

    def __init__(self, message: str, exit_status: int = 1):
        super().__init__(message)
        self.exit_status = exit_status

    def _render_traceback_(self) -> list[str]:
        # IPython asks an exception how to show itself: a learner reads the sentence, not the code.
        return [str(self)]
