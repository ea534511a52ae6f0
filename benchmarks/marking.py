"""Seconds that marking one hand-in takes.

    uv run python benchmarks/marking.py [NUMBER]

Marks NUMBER (by default 5) right hand-ins of the first module in a new room, with real kernels and nbgrader's
real gradebook, and prints the seconds for each. Preparing the room is counted apart: it is done once.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from faulty.hand_ins.make import REAL, Course, of_learner, repacked

from researchskills.marking import mark
from researchskills.marking.room import prepare


def main(number: int) -> None:
    """Measure and print one line of JSON."""
    with tempfile.TemporaryDirectory(prefix="benchmark-", ignore_cleanup_errors=True) as scratch:
        root = Path(scratch)
        course = Course(root / "course")
        course.answer("learner-0", {"*": "right"})
        course.code("learner-0", "people_found = 112")
        course.answer_all()
        original, inbox = course.hand_in("learner-0"), root / "inbox"
        inbox.mkdir()
        for count in range(1, number + 1):
            repacked(original, inbox / f"hand-in-{count}.zip", of_learner(f"learner-{count}"))
        started = time.perf_counter()
        prepare(REAL, root / "room")
        prepared = time.perf_counter()
        result = mark([inbox], root / "room")
        ended = time.perf_counter()
        assert not result.problems and len({row.points for row in result.rows}) == 1
    print(
        json.dumps(
            {
                "hand_ins": number,
                "seconds_to_prepare_the_room": round(prepared - started, 2),
                "seconds_per_hand_in": round((ended - prepared) / number, 2),
            }
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
