"""What the pages say that depends on the desk: who reads a comment, and what comes when everything is marked."""

import shlex
from dataclasses import dataclass
from pathlib import Path

from researchskills.marking.desk import Desk
from researchskills.marking.room import default_room
from researchskills.marking.room_desk import RoomDesk

FOR_LEARNER = ("Comment for the learner", "The learner reads it together with the levels.")


@dataclass(frozen=True)
class Step:
    """Something to do when everything is marked.

    Attributes
    ----------
    sentence : str
        What to do, and what comes of it.
    command : str
        What to type for it; may be empty.
    """

    sentence: str
    command: str = ""


def comment_words(desk: Desk) -> tuple[str, str]:
    """Label of the field for a comment, and a sentence on who reads it."""
    from researchskills.marking.practice import PracticeDesk
    from researchskills.marking.second_marking import SecondDesk

    if isinstance(desk, PracticeDesk):
        return "Comment, if you like", "It is for yourself: nobody handed this script in, so no learner reads it."
    if isinstance(desk, SecondDesk):
        return (
            "Comment for the other marker",
            "It goes back with your levels, to whoever lays both marks side by side. The learner does not get it.",
        )
    return FOR_LEARNER


def next_steps(desk: Desk) -> list[Step]:
    """What comes when everything is marked."""
    # Here, because a page on hand-ins needs none of them.
    from researchskills.marking.moderation import ModerationDesk
    from researchskills.marking.practice import PracticeDesk
    from researchskills.marking.second_marking import SecondDesk

    if isinstance(desk, PracticeDesk):
        return [
            Step("Read below how near you came to the agreed levels, criterion by criterion."),
            Step("Where you differ most, open the script again: the reason for the agreed level is beside it."),
            Step(
                "To practise once more, stop the page (Ctrl and C in the window where you started it) and start it "
                "with --again at the end of the command; the figures of this run are kept."
            ),
        ]
    if isinstance(desk, SecondDesk):
        return [
            Step(
                f"Send the file {desk.marks.name} back to whoever asked you. It has your marks, and lies in the folder "
                f"{desk.marks.parent}."
            ),
            Step("They lay your marks beside theirs; until then, do not talk about single answers."),
        ]
    if isinstance(desk, ModerationDesk):
        moderation = desk.moderation
        return [
            Step("Read below how far the markers agree. Agreed levels count from now on."),
            Step(
                "Feedback that was written before still has the earlier levels. Write it anew, with a folder of your "
                "choice in place of FOLDER:",
                feedback_command(moderation.module, moderation.room),
            ),
        ]
    if isinstance(desk, RoomDesk):
        return [
            Step(
                "Write the feedback, with a folder of your choice in place of FOLDER. Type this in the window where "
                "you started the page, after Ctrl and C there:",
                feedback_command(desk.module, desk.room),
            ),
            Step(
                "Read one of the Word documents in that folder before you send any of them: it is what the learner "
                "gets."
            ),
        ]
    return []


def feedback_command(module: str, room: Path) -> str:
    """What to type to lay out the feedback of a module."""
    elsewhere = [] if room.absolute() == default_room().absolute() else ["--room", str(room)]
    return f"{shlex.join(['course', 'feedback', module, *elsewhere])} --send-to FOLDER"
