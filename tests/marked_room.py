"""A course of one small module, learners who hand in a text, and a room in which a mentor has marked it.

Everything is real: workspace, hand-in, nbgrader and its gradebook. The question has two criteria, of four and of three
levels, and six scripts to practise on.
"""

import shutil
from pathlib import Path

import yaml

from researchskills import build, hand_in, marking, workspace
from researchskills.ask import answered

MODULE, QUESTION = "99-sound", "m99-q3-words"
FIRST = "Ann Lee"
COMMENT = "You could name the form."
SOUND = Path(__file__).parent / "faulty" / "sources" / "sound"
_POINTS = "kind: text\ntitle: In your own words\npoints: 3"
_RUBRIC = '  - criterion: Concreteness\n    levels: ["0 no reason is given", "1 a reason in general", '
_TONE = '  - criterion: Tone\n    levels: ["0 somebody is blamed", "1 neutral", "2 fair"]\n'
#: Levels that were agreed for the scripts.
AGREED = [(0, 0), (1, 1), (2, 2), (3, 1), (2, 0), (1, 2)]
_WORDS = ("a count", "people differ", "journeys against people", "journeys against people, so we need one form")
_TONES = ("they are careless", "it happens", "both mean well")


def text_of(concreteness: int, tone: int) -> str:
    """An answer for these levels."""
    return f"Two people, {_WORDS[concreteness]}: {_TONES[tone]}."


def course(root: Path) -> Path:
    """Write a course whose module has a question with two criteria, and scripts for it."""
    folder = root / "solutions" / MODULE
    shutil.copytree(SOUND, folder)
    exercises = folder / "exercises.md"
    text = exercises.read_text(encoding="utf-8")
    assert _POINTS in text
    assert _RUBRIC in text
    text = text.replace(_POINTS, _POINTS.replace("points: 3", "points: 5")).replace(_RUBRIC, _TONE + _RUBRIC)
    exercises.write_text(text, encoding="utf-8")
    write_scripts(root)
    (root / "datasets").mkdir()
    build.build(root=root)
    return root


def write_scripts(root: Path, agreed=AGREED, more: str = "") -> None:
    """Write the scripts to practise on; `more` is added to the first one's text."""
    scripts = [
        {
            "id": f"s{number}",
            "text": f"Script {number}. {text_of(*levels)}{more if number == 1 else ''}\n",
            "levels": {"Concreteness": levels[0], "Tone": levels[1]},
            "reasons": {"Concreteness": f"It says “{_WORDS[levels[0]]}”.", "Tone": f"Note <{_TONES[levels[1]]}>."},
            "anchors": {"Concreteness": _WORDS[levels[0]], "Tone": _TONES[levels[1]]},
        }
        for number, levels in enumerate(agreed, 1)
    ]
    file = root / "solutions" / MODULE / "calibration" / f"{QUESTION}.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(yaml.safe_dump({"question": QUESTION, "scripts": scripts}, allow_unicode=True), encoding="utf-8")


def handed_in(root: Path, learner: str, text: str) -> Path:
    """The hand-in of a learner who wrote this."""
    place = root / "learners" / learner
    if not place.exists():
        workspace.refresh(place, root)
        workspace.choose_learner(place, learner)
    answered(QUESTION, place / MODULE).answer = text
    return hand_in.hand_in(place, MODULE, despite_private=True).path


def room_of(root: Path, answers: dict[str, str], marks: dict[str, tuple[int, int]]) -> Path:
    """A marking room with these answers and a mentor's levels for them."""
    room = root / "marking-room"
    marking.mark([handed_in(root, learner, text) for learner, text in answers.items()], room)
    for learner, levels in marks.items():
        give(room, learner, levels)
    return room


def give(room: Path, learner: str, levels: tuple[int, int], marker: str = FIRST) -> None:
    """Record a mentor's mark."""
    marking.record(room, learner, MODULE, QUESTION, in_words(levels), COMMENT, marker)


def in_words(levels: tuple[int, int]) -> dict[str, int]:
    """Levels by criterion."""
    return {"Concreteness": levels[0], "Tone": levels[1]}
