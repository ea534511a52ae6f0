"""Fifty thousand invented records for benchmarks of searching: python benchmarks/library_50000.py FOLDER

Writes `library_50000.csv` and `thesaurus.csv` with the generator of the data package `library`, so the words,
headings and lengths of abstracts are those that learners search, only more of them. Seeded: the same bytes every
time. Other benchmarks import `records`.
"""

import argparse
import sys
import time
from pathlib import Path

RECORDS = 50_000
GENERATOR = Path(__file__).parents[1] / "datasets" / "library"


def records(number: int = RECORDS):
    """Records as the data package has them, and the thesaurus.

    Parameters
    ----------
    number : int
        How many records; second exports of the same publication are among them.

    Returns
    -------
    tuple of pandas.DataFrame
        Records with the columns of `load("library")` (text, the year as a number), and the thesaurus.
    """
    sys.path.insert(0, str(GENERATOR))
    try:
        import generate
        import indexing
    finally:
        sys.path.remove(str(GENERATOR))
    table, _ = generate.library(number)
    return table.head(number), indexing.tree()


def make(folder: Path, number: int = RECORDS) -> Path:
    """Write both tables into `folder`.

    Returns
    -------
    pathlib.Path
        The file with the records.
    """
    table, thesaurus = records(number)
    path = folder / f"library_{number}.csv"
    table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
    thesaurus.to_csv(folder / "thesaurus.csv", index=False, lineterminator="\n", encoding="utf-8")
    return path


def main() -> None:
    """Write the files and say how long it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where to write")
    parser.add_argument("--records", type=int, default=RECORDS, help=f"how many ({RECORDS:,})")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    path = make(options.folder, options.records)
    size, seconds = path.stat().st_size / 1e6, time.perf_counter() - began
    print(f"{options.records:,} records, {size:.1f} MB, {seconds:.1f} s: {path}")


if __name__ == "__main__":
    main()
