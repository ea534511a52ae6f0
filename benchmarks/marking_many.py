"""Whether marking hundreds of hand-ins takes more and more: memory, open files, threads and temporary files.

    uv run python benchmarks/marking_many.py [--hand-ins 300] [--json]

All hand-ins are of the small module of tests/faulty/sources/sound and marked in one run, shut in where this computer
can. The figures are taken when about a sixth, a half and nearly all are done. Memory is what belongs to a process
alone, in megabytes: of the marker, of its workers (the largest), and of the fork server, without its kernels. On
stderr is told every tenth hand-in.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from marker import Marker, fill, points
from small_room import CODE, course_in, handed_in


def look(marker: Marker) -> dict[str, int]:
    """What a marker holds now."""
    process, found = psutil.Process(marker.process.pid), {}
    found["marker_mb"] = _megabytes(process)
    workers = [one for one in process.children() if one.name() != "bwrap"]
    found["worker_mb"] = max(map(_megabytes, workers), default=0)
    found["server_mb"] = max(map(_megabytes, marker.kernels()["server"]), default=0)
    found["open_files"], found["threads"] = process.num_fds(), process.num_threads()
    found["temporary_files"] = len(list(marker.temporary.rglob("*")))
    return found


def _megabytes(process: psutil.Process) -> int:
    with suppress(psutil.Error, OSError):
        return round(process.memory_full_info().uss / 1e6)
    return 0


def main(number: int, as_json: bool) -> None:
    """Make hand-ins, mark them, look now and then, and print."""
    seen: dict[int, dict] = {}
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder, course_in(Path(folder) / "course") as root:
        base = handed_in(root, "base-hand-in", True, "Two people keep the rota.", "total = 7")
        codes = ("total = 7", "total = 8", "import pandas as pd\npd.DataFrame({'n': range(50)})\ntotal = 7", "1 / 0")
        inbox = fill(
            root / "inbox", base, {f"learner-{count:04}": codes[count % len(codes)] for count in range(number)}
        )
        room, began = root / "room", time.perf_counter()
        # Nobody reads what it says, and a pipe that is full would stop it.
        with Marker(inbox, room, output=subprocess.DEVNULL) as marker:
            while marker.process.poll() is None:
                done = len(list(room.glob("marks/*/*/hand-in.json")))
                if 5 <= done < number - 5 and done // 10 not in {one // 10 for one in seen}:
                    with suppress(psutil.Error, OSError):
                        seen[done] = look(marker)
                        print(done, seen[done], file=sys.stderr)
                time.sleep(0.2)
            seconds = time.perf_counter() - began
            left = marker.left_behind()
        scores = [one[CODE][0] for one in points(room).values()]
    at = {share: min(seen, key=lambda done, share=share: abs(done - share * number)) for share in (1 / 6, 1 / 2, 0.96)}
    figures = {
        "hand_ins": number,
        "seconds_each": round(seconds / number, 2),
        "all_right": scores.count(1.0) == sum(1 for n in range(number) if n % 4 in (0, 2)) and len(scores) == number,
        "left_behind": len(left),
        **{f"after_{done}": seen[done] for done in at.values()},
    }
    if as_json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name.replace('_', ' ')}: {value}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--hand-ins", type=int, default=300)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    main(chosen.hand_ins, chosen.json)
