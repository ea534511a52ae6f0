"""Which records may belong together: pairs from bib-dedupe, from equal DOIs, and from titles that are nearly the same.

bib-dedupe (G. Wagner) blocks records by what they share and matches what it has blocked. It prints, warns and, given
columns it does not expect, stops; none of that may reach a learner's page. DOIs and titles are compared here as well:
they catch what blocking misses when several fields differ at once.
"""

import contextlib
import io
import warnings
from itertools import combinations

import pandas as pd

from researchskills.evidence.record_likeness import TITLES_ALIKE, Comparable, doi_of, names_of, split_name

#: bib-dedupe's label for two records of one publication.
DUPLICATE = "duplicate"


def judged(records: dict[str, Comparable]) -> dict[tuple[str, str], str]:
    """Pairs of ids that bib-dedupe lines up, and its label for each: `duplicate` or `maybe`.

    Parameters
    ----------
    records : dict
        Id → record.

    Raises
    ------
    Exception
        Whatever bib-dedupe raises on records it cannot cope with.
    """
    if len(records) < 2:
        return {}
    rows = [one.row for one in records.values()]
    frame = pd.DataFrame({
        # Everything as an article, since for a book bib-dedupe takes the title for the journal, too.
        "ID": list(records), "ENTRYTYPE": "article", "title": [row["title"] for row in rows],
        # Without a comma it cannot tell a surname from initials.
        "author": [" and ".join(map(_with_comma, names_of(row["authors"]))) for row in rows],
        "year": [row["year"] for row in rows], "journal": [row["journal"] for row in rows],
        "volume": [row["volume"] for row in rows], "number": [row["issue"] for row in rows],
        "pages": [row["pages"] for row in rows], "abstract": [row["abstract"] for row in rows],
        "doi": [doi_of(row["doi"]) for row in rows],
    })
    with _silence():
        from bib_dedupe.bib_dedupe import block, match, prep

        # One process: starting others costs more than it saves here, and forks the notebook's kernel.
        blocked = block(prep(frame, verbosity_level=0, cpu=1), verbosity_level=0, cpu=1)
        matched = match(blocked, verbosity_level=0, cpu=1) if len(blocked) else pd.DataFrame()
    if matched.empty:
        return {}
    return dict(zip(zip(matched["ID_1"].astype(str), matched["ID_2"].astype(str), strict=True),
                    matched["duplicate_label"], strict=True))


@contextlib.contextmanager
def _silence():
    """Keep what bib-dedupe prints, and its warnings about pandas, from the learner's page."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), \
            contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def alike(records: dict[str, Comparable]) -> set[tuple[str, str]]:
    """Pairs of ids with the same DOI, or with titles that are nearly the same.

    Parameters
    ----------
    records : dict
        Id → record.
    """
    import numpy as np
    from rapidfuzz import fuzz, process

    found = set()
    by_doi: dict[str, list[str]] = {}
    for identifier, record in records.items():
        if record.doi:
            by_doi.setdefault(record.doi, []).append(identifier)
    for same in by_doi.values():
        found |= set(combinations(same, 2))
    titled = [identifier for identifier, record in records.items() if record.title]
    titles = [records[identifier].title for identifier in titled]
    # In slices, so that 50,000 records do not need a table of 50,000 by 50,000.
    for start in range(0, len(titled), 500):
        near = process.cdist(titles[start : start + 500], titles[start:], scorer=fuzz.ratio,
                             score_cutoff=TITLES_ALIKE, dtype=np.uint8)
        for row, column in np.argwhere(near):
            if column > row:
                found.add((titled[start + row], titled[start + column]))
    return found


def _with_comma(name: str) -> str:
    surname, given = split_name(name)
    return f"{surname}, {given}" if given else surname
