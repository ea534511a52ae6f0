"""What lessons call: check a file, clean with a log, match two systems.

Each gives an activity that saves itself under its name. Activities whose name has `-a` and a number in its
second place, such as `m04-a1-own-file`, are the learner's own and are never handed in.
"""

from researchskills.activity import here, reopened
from researchskills.data.cleaning_activity import Cleaning, cleaning
from researchskills.data.file_check_activity import FileCheck, file_check
from researchskills.data.match_activity import MatchUp, matching
from researchskills.errors import CourseError

__all__ = ["Cleaning", "FileCheck", "MatchUp", "check_data", "clean", "match_up"]


def check_data(name: str, example: str | None = None) -> FileCheck:
    """Choose a file, read what was found, decide about each finding.

    Parameters
    ----------
    name : str
        The activity's name, such as `m04-a1-own-file`.
    example : str, optional
        The course's file that is offered first, as `package/resource`.
    """
    return reopened(file_check(name, example, here()))


def clean(name: str, dataset: str, resource: str | None = None) -> Cleaning:
    """Clean a table of the course with a change log.

    Parameters
    ----------
    name : str
        The activity's name, such as `m04-a2-log`.
    dataset : str
        Name of the data package.
    resource : str, optional
        Which of its tables; by default the first.

    Raises
    ------
    CourseError
        If there is no such table.
    """
    return reopened(cleaning(name, dataset, resource, here()))


def match_up(name: str, dataset: str = "two_systems") -> MatchUp:
    """Explain the differences between two extracts of the same people.

    Parameters
    ----------
    name : str
        The activity's name, such as `m04-a3-two-systems`.
    dataset : str
        The package with the two extracts.

    Raises
    ------
    CourseError
        If the package does not hold two extracts.
    """
    if dataset != "two_systems":
        raise CourseError(f"The data package “{dataset}” does not hold two extracts of the same people; "
                          "use “two_systems”.", exit_status=2)
    return reopened(matching(name, here()))
