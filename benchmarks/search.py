"""How fast searches are, measured: python benchmarks/search.py

Makes 50,000 records with the library's own generator (half a minute), then measures

- how long it takes to build the index of the course's own library, of 5,000 records and of 50,000;
- every kind of search on 5,000 and on 50,000: the first time, and the median of several more (warm);
- the same searches, where they can be asked at all, with tantivy (a search library written in Rust) and with pandas'
  `str.contains`, in the same run.

The counts are shown beside the times: where they differ, the peers mean something else. `str.contains` does not see
where the title ends and the abstract begins; tantivy's slop is no distance between two words, since words may change
places only at a price. Ours gives the ids of the records; tantivy is spared that and only counts.

Prints a table; `--json` prints the figures for a program to read. Nothing of the course folder is changed.
"""

import argparse
import json
import os
import platform
import statistics
import time
from collections.abc import Callable

import pandas as pd
from library_50000 import records

from researchskills.datasets import load
from researchskills.evidence.index import Index
from researchskills.evidence.query import And, Attribute, Heading, Line, Near, Not, Or, Phrase, Word
from researchskills.evidence.thesaurus import Thesaurus

SMALL, LARGE = 5_000, 50_000
#: What must hold: seconds to build the large index; milliseconds of a warm search.
TARGETS = {"build_seconds": 20, SMALL: 50, LARGE: 400}
TEXT = ("title", "abstract")


def phrase(text: str) -> Phrase:
    """Words beside each other in title or abstract; `home` alone is one word."""
    return Phrase(tuple(map(Word, text.split())), TEXT)


def any_of(text: str) -> Or:
    """Alternatives, parted by a bar."""
    return Or(tuple(phrase(one.strip()) for one in text.split("|")))


def searches(many: list[str]) -> dict[str, tuple]:
    """For every kind of search: our tree, tantivy's query, and a regular expression; None where it cannot be asked."""
    home, care = r"\bhome\b", r"\bcare\b"
    apart = r"\W+(?:\w+\W+){0,4}?"
    return {
        "word": (phrase("care"), '(title:care OR abstract:care)', care),
        "phrase": (phrase("home care"), '(title:"home care" OR abstract:"home care")', r"\bhome\W+care\b"),
        "truncation": (phrase("discharg*"), ("discharg.*",), r"\bdischarg"),
        "truncation, one letter": (phrase("c*"), ("c.*",), r"\bc"),
        "wildcard in the middle": (phrase("organi#ation*"), ("organi.ation.*",), r"\borgani\wation"),
        "truncation on the left": (phrase("*ing"), (".*ing",), r"\w*ing\b"),
        "heading": (Heading("Home Care Services"), 'headings:"Home Care Services"', None),
        "exploded heading": (Heading("Health Services", explode=True), None, None),
        "exploded heading in focus": (Heading("Health Services", explode=True, focus=True), None, None),
        "near": (Near(phrase("home"), phrase("care"), 4), '(title:"home care"~4 OR abstract:"home care"~4)',
                 f"{home}{apart}{care}|{care}{apart}{home}"),
        "near, nested": (Near(Near(phrase("older"), phrase("people"), 2), phrase("home"), 10), None, None),
        "near, with alternatives": (
            Near(any_of("home | domiciliary | community"), any_of("care* | help* | support* | service*"), 4), None,
            rf"\b(?:home|domiciliary|community)\b{apart}(?:care|help|support|service)|"
            rf"\b(?:care|help|support|service)\w*{apart}(?:home|domiciliary|community)\b"),
        "near, truncated widely": (Near(phrase("c*"), phrase("s*"), 9), None, None),
        "and": (And((phrase("care"), phrase("discharge"), any_of("older | aged"))),
                "(title:care OR abstract:care) AND (title:discharge OR abstract:discharge) AND "
                "(title:older OR abstract:older OR title:aged OR abstract:aged)", None),
        "or of 200 words": (Or(tuple(map(phrase, many))), " OR ".join(f"title:{one} OR abstract:{one}" for one in many),
                            rf"\b(?:{'|'.join(many)})\b"),
        "not": (Not(phrase("care"), phrase("home")), "(title:care OR abstract:care) NOT (title:home OR abstract:home)",
                None),
        "limit of years": (And((phrase("care"), Attribute("year", (2010, 2015)))),
                           "(title:care OR abstract:care) AND year:[2010 TO 2015]", None),
        "lines combined": (Not(And((Line(1), Line(2))), Line(3)), None, None),
    }


def timed(work: Callable, repeats: int) -> tuple[float, float, object]:
    """Milliseconds of the first time, median of the others, and what came out."""
    taken = []
    for _ in range(repeats + 1):
        began = time.perf_counter()
        result = work()
        taken.append(1000 * (time.perf_counter() - began))
    return round(taken[0], 2), round(statistics.median(taken[1:]), 2), result


def ours(frame: pd.DataFrame, thesaurus: Thesaurus, asked: dict, repeats: int) -> dict:
    """Our own figures."""
    began = time.perf_counter()
    index = Index(frame, thesaurus)
    figures = {"build_seconds": round(time.perf_counter() - began, 2), "searches": {}}
    lines = {number: index.find(phrase(word)) for number, word in enumerate(("care", "home", "hospital"), start=1)}
    for kind, (tree, _, _) in asked.items():
        first, warm, found = timed(lambda tree=tree: index.find(tree, lines), repeats)
        figures["searches"][kind] = {"first": first, "warm": warm, "count": len(found)}
    return figures


def tantivys(frame: pd.DataFrame, asked: dict, repeats: int) -> dict:
    """Tantivy's figures."""
    import tantivy

    began = time.perf_counter()
    builder = tantivy.SchemaBuilder()
    for name in TEXT:
        builder.add_text_field(name)
    builder.add_text_field("headings", tokenizer_name="raw")
    builder.add_integer_field("year", indexed=True)
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer()
    for row in frame[[*TEXT, "headings", "year"]].fillna({"abstract": "", "headings": ""}).itertuples():
        headings = [name.strip("* ") for name in row.headings.split(";")]
        year = {} if pd.isna(row.year) else {"year": int(row.year)}
        writer.add_document(tantivy.Document(title=row.title, abstract=row.abstract, headings=headings, **year))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    figures = {"build_seconds": round(time.perf_counter() - began, 2), "searches": {}}
    searcher = index.searcher()
    for kind, (_, typed, _) in asked.items():
        if typed is None:
            continue

        def work(typed=typed):
            if isinstance(typed, str):
                query = index.parse_query(typed)
            else:
                either = [tantivy.Query.regex_query(schema, name, typed[0]) for name in TEXT]
                query = tantivy.Query.boolean_query([(tantivy.Occur.Should, one) for one in either])
            # All hits are asked for, as a set needs them.
            return searcher.search(query, limit=len(frame)).count

        first, warm, count = timed(work, repeats)
        figures["searches"][kind] = {"first": first, "warm": warm, "count": count}
    return figures


def pandas_s(frame: pd.DataFrame, asked: dict, repeats: int) -> dict:
    """The figures of `str.contains`, on title and abstract joined to one lower-case text."""
    began = time.perf_counter()
    texts = (frame["title"].fillna("") + " | " + frame["abstract"].fillna("")).str.lower()
    figures = {"build_seconds": round(time.perf_counter() - began, 2), "searches": {}}
    for kind, (_, _, pattern) in asked.items():
        if pattern is not None:
            first, warm, found = timed(lambda pattern=pattern: texts.str.contains(pattern, regex=True), repeats)
            figures["searches"][kind] = {"first": first, "warm": warm, "count": int(found.sum())}
    return figures


def measure(repeats: int) -> dict:
    """All figures."""
    library = load("library")
    thesaurus = Thesaurus.from_frame(load("library", "thesaurus"))
    began = time.perf_counter()
    Index(library, thesaurus)
    figures = {"library": {"records": len(library), "build_seconds": round(time.perf_counter() - began, 2)}}
    large = records(LARGE)[0]
    frequent = large["abstract"].dropna().str.lower().str.findall(r"\b[a-z]{5,}\b").explode().value_counts()
    asked = searches(frequent.index[100:300].tolist())
    for size in (SMALL, LARGE):
        part = large.head(size)
        figures[str(size)] = {
            "ours": ours(part, thesaurus, asked, repeats),
            "tantivy": tantivys(part, asked, repeats),
            # A single search takes long enough there to be measured with fewer repeats.
            "pandas": pandas_s(part, asked, min(repeats, 3)),
        }
    slowest = {size: max(one["warm"] for one in figures[str(size)]["ours"]["searches"].values())
               for size in (SMALL, LARGE)}
    figures["slowest_warm_milliseconds"] = {str(size): slowest[size] for size in slowest}
    figures["targets_met"] = (figures[str(LARGE)]["ours"]["build_seconds"] < TARGETS["build_seconds"]
                              and all(slowest[size] < TARGETS[size] for size in slowest))
    figures["computer"] = (f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, "
                           f"Python {platform.python_version()}")
    return figures


def show(figures: dict) -> None:
    """Print the figures as tables."""
    library = figures["library"]
    print(f"Index of the course's library ({library['records']:,} records): {library['build_seconds']} s")
    for size in (SMALL, LARGE):
        peers = figures[str(size)]
        built = ", ".join(f"{name} {one['build_seconds']} s" for name, one in peers.items())
        print(f"\n{size:,} records. Building: {built}")
        print(f"{'milliseconds':26}{'ours: first':>12}{'warm':>9}{'found':>8}"
              f"{'tantivy: warm':>16}{'found':>8}{'pandas: warm':>15}{'found':>8}")
        for kind, one in peers["ours"]["searches"].items():
            line = f"{kind:26}{one['first']:12.2f}{one['warm']:9.2f}{one['count']:8,}"
            for name, width in (("tantivy", 16), ("pandas", 15)):
                other = peers[name]["searches"].get(kind)
                line += f"{other['warm']:{width}.2f}{other['count']:8,}" if other else f"{'–':>{width}}{'–':>8}"
            print(line)
    slowest = figures["slowest_warm_milliseconds"]
    print(f"\nSlowest warm search: {slowest[str(SMALL)]} ms on {SMALL:,} (target {TARGETS[SMALL]}), "
          f"{slowest[str(LARGE)]} ms on {LARGE:,} (target {TARGETS[LARGE]})")
    print(f"All targets met: {'yes' if figures['targets_met'] else 'no'}")
    print(figures["computer"])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=15, help="how often each search is repeated, warm (15)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    figures = measure(max(1, options.repeats))
    if options.json:
        print(json.dumps(figures))
        return
    show(figures)


if __name__ == "__main__":
    main()
