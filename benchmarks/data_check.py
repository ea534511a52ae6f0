"""How long a check of a large file takes, measured: python benchmarks/data_check.py

Makes a csv file of 76,000 records and 19 columns of mixed kinds with faults in it (what a year of referrals to a
large council may look like), then measures, each in a process of its own:

- our whole check: reading, every check, the proposed schema and the report as a page;
- frictionless alone: a schema inferred from the file, and the file validated against it.

Prints seconds, peak memory and the ratio; `--json` prints them for a program to read. `--rows 1000000` measures a file
that is too large to hold and is sampled. Nothing outside a temporary folder is written.
"""

import argparse
import csv
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
from pathlib import Path

ROWS = 76_000
COLUMNS = (
    "referral_id", "person", "nhs_number", "received", "decided", "days_to_decision", "locality", "ward", "team",
    "age", "sex", "ethnicity", "living_alone", "reason", "priority", "outcome", "weekly_hours", "weekly_cost", "notes",
)

OURS = """
import resource, sys, time
began = time.perf_counter()
from researchskills.data.check import check_file
report = check_file(sys.argv[1])
page = report.html()
seconds = time.perf_counter() - began
assert not report.not_run, report.not_run
used = resource.getrusage(resource.RUSAGE_SELF)
print(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss, len(report.findings), len(report.tables[0].cells))
"""
FRICTIONLESS = """
import resource, sys, time
began = time.perf_counter()
import frictionless
from frictionless import Resource, system
system.trusted = True
source = Resource(path=sys.argv[1])
source.infer()
report = source.validate(limit_errors=1_000_000)
seconds = time.perf_counter() - began
used = resource.getrusage(resource.RUSAGE_SELF)
print(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss, report.stats["errors"], report.tasks[0].stats["rows"])
"""


def make(path: Path, rows: int) -> None:
    """Write the file: seeded, the same every time, with the faults that real exports have."""
    chance = random.Random(76_019)
    localities = ["Northmoor", "Eastfold", "Marrow Vale", "Southdene", "Westering", "Castle Hill"]
    reasons = ["fall", "discharge", "carer breakdown", "dementia", "equipment", "safeguarding", "review"]
    notes = ["", "", "", "", "rang back", "awaiting panel", "no answer; try again", "joint visit with the nurse"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number in range(rows):
            received = chance.randrange(730)
            days = min(int(chance.lognormvariate(2.9, 0.8)), 400)
            age = min(max(int(chance.gauss(76, 14)), 18), 104)
            row = [
                f"R{number - (number % 997 == 0):07}", f"LC-{chance.randrange(rows * 2 // 3):06}",
                f"{chance.randrange(4_000_000_000, 7_999_999_999)}",
                _date(received, chance), _date(received + days, chance), days, chance.choice(localities),
                f"W{chance.randrange(1, 61):02}", f"Team {chance.randrange(1, 13)}",
                age, chance.choice("FFFMM"), chance.choice(["A", "B", "C", "Z", "not known", ""]),
                chance.choice(["yes", "no", "unknown"]), chance.choice(reasons), chance.choice(["1", "2", "3"]),
                chance.choice(["no service", "short term", "long term", "signposted"]),
                f"{chance.lognormvariate(2, 0.6):.2f}", f"{chance.lognormvariate(5.5, 0.7):,.2f}", chance.choice(notes),
            ]
            fault = chance.random()
            if fault < 0.005:
                row[5] = "n/a"
            elif fault < 0.01:
                row[9] = chance.choice(["999", "-1", "unknown"])
            elif fault < 0.013:
                row[3] = "31/02/2025"
            elif fault < 0.016:
                row[6] = row[6].upper() + " "
            elif fault < 0.017:
                row[18] = f"e-mail a.person{number}@example.org"
            writer.writerow(row)
            if fault > 0.99:
                writer.writerow(row)


def _date(day: int, chance: random.Random) -> str:
    import datetime as dt

    return (dt.date(2024, 4, 1) + dt.timedelta(day)).strftime("%d/%m/%Y" if chance.random() > 0.002 else "%m/%d/%Y")


def measure(code: str, path: Path) -> dict:
    """Seconds, seconds of processor, peak memory in MB, what was found, records looked at; in a process of its own.

    On a busy computer the seconds of the clock grow, those of the processor hardly.
    """
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    seconds, processor, memory, found, rows = done.stdout.split()[-5:]
    factor = 1e6 if sys.platform == "darwin" else 1e3  # macOS counts bytes, Linux kilobytes
    return {"seconds": round(float(seconds), 2), "processor_seconds": round(float(processor), 2),
            "megabytes": round(float(memory) / factor), "found": int(float(found)), "records": int(float(rows))}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=ROWS, help=f"records in the file ({ROWS:,})")
    parser.add_argument("--without-frictionless", action="store_true", help="measure our check only")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="course check ") as folder:
        path = Path(folder) / "referrals.csv"
        make(path, options.rows)
        figures = {"rows": options.rows, "columns": len(COLUMNS), "file_megabytes": round(path.stat().st_size / 1e6, 1),
                   "ours": measure(OURS, path)}
        if not options.without_frictionless:
            figures["frictionless"] = measure(FRICTIONLESS, path)
            figures["ratio"] = round(figures["frictionless"]["seconds"] / figures["ours"]["seconds"], 2)
            figures["ratio_of_processor_time"] = round(
                figures["frictionless"]["processor_seconds"] / figures["ours"]["processor_seconds"], 2)
    figures["computer"] = (f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, "
                           f"Python {platform.python_version()}")
    if options.json:
        print(json.dumps(figures))
        return
    print(f"{figures['rows']:,} rows × {figures['columns']} columns, {figures['file_megabytes']} MB")
    for name in ("ours", "frictionless"):
        if name in figures:
            one = figures[name]
            print(f"{name:14} {one['seconds']:7.2f} s ({one['processor_seconds']:.2f} s of processor)   "
                  f"{one['megabytes']:6,} MB   {one['found']:,} found "
                  f"in {one['records']:,} records")
    if "ratio" in figures:
        print(f"frictionless takes {figures['ratio']} times as long")
    print(figures["computer"])


if __name__ == "__main__":
    main()
