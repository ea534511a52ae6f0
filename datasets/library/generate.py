"""Makes the files of the library: invented publications about where health and social care meet.

How it works. Each record is first a set of facts (`facts.py`): who, which service, who was asked, design,
country, year. Then words are found for the facts (`writing.py`) from the vocabularies of that country
and year, an indexer gives it headings from the thesaurus (`indexing.py`), and it gets invented authors and
an invented journal or publisher (`citing.py`). Whether a record belongs to one of the six topics
(`topics.py`) is decided by its facts. Records that a topic needs, and records that look like it and are
not, are planned (`plans.py`); the rest is drawn. At last some records are exported a second time from the
other database, with the differences that exports have (`copies.py`).

Run `python generate.py` to write beside this file, `python generate.py FOLDER` to write elsewhere.
The same bytes come out every time.
"""

import re
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
import citing  # noqa: E402
import copies  # noqa: E402
import indexing  # noqa: E402
import making  # noqa: E402
import plans  # noqa: E402
import topics  # noqa: E402
from drawing import Luck, read  # noqa: E402
from facts import Facts, draw  # noqa: E402
from writing import Writer  # noqa: E402

SEED = 402
COLUMNS = [
    *["record", "title", "abstract", "authors", "year", "journal", "volume", "issue", "pages", "doi", "type"],
    *["design", "headings", "language", "country", "database"],
]
DATABASES = ("Interface Index", "CareBase")


@cache
def american() -> tuple[re.Pattern, dict]:
    """British spellings with their American counterparts."""
    pairs = dict(each.text.split(" = ") for each in read("spelling")["american"]["lines"])
    return re.compile("|".join(sorted(pairs, key=len, reverse=True)), re.IGNORECASE), pairs


def spelled(text: str, facts: Facts, luck: Luck) -> str:
    """The text in the spelling its authors use."""
    likely = {"us": 1.0, "ca": 0.4, "asia": 0.6, "eu": 0.35, "nord": 0.25}.get(facts.region, 0.0)
    if not luck.happens(likely):
        return text
    pattern, pairs = american()

    def change(found: re.Match) -> str:
        new = pairs[found[0].lower()]
        return new[0].upper() + new[1:] if found[0][0].isupper() else new

    return pattern.sub(change, text)


def record(facts: Facts, luck: Luck) -> dict:
    """One publication in words."""
    writer = Writer(facts, luck)
    abstract = writer.abstract()
    title = writer.title()
    spelling = Luck(SEED, 1, facts.number)
    same = spelling.block[0]
    title, abstract = (_spelled_alike(text, facts, same) for text in (title, abstract))
    title = title.replace("⟦", "[").replace("⟧", "]")
    if facts.language != "English":
        title = f"[{title.replace('[', '(').replace(']', ')')}]"
    authors = citing.people(facts, luck)
    database = DATABASES[luck.happens(0.44)]
    style = "full" if database == DATABASES[1] and luck.happens(0.3) else "initials"
    row = {
        "title": title,
        "abstract": abstract,
        "authors": citing.written(authors, style),
        "year": facts.year,
        **citing.source(facts, luck),
        "type": facts.type,
        "design": facts.design,
        "headings": indexing.headings(facts, luck, title),
        "language": facts.language,
        "country": facts.country,
        "database": database,
    }
    if database == DATABASES[1] and luck.happens(0.25) and facts.form == "article":
        row["journal"] = citing.abbreviated(row["journal"])
    row["_authors"] = authors
    return row


def _spelled_alike(text: str, facts: Facts, point: float) -> str:
    luck = Luck(0)
    luck.block = [point]
    return spelled(text, facts, luck)


def expressed(row: dict, concept: topics.Concept) -> bool:
    """Whether some word or heading of the concept stands in the record."""
    given = {name.strip().lstrip("*") for name in row["headings"].split(";")}
    return bool(given & set(concept.headings)) or said(row, concept)


def said(row: dict, concept: topics.Concept) -> bool:
    """Whether a word for the concept stands in title or abstract."""
    text = words(row["title"]) + " | " + words(row["abstract"])
    return any(re.search(pattern(word), text) for word in concept.words)


def words(text: str) -> str:
    """Text as the search engine cuts it: lower case, signs as spaces."""
    return " ".join(re.findall(r"[^\W_]+", citing.plain(text).lower()))


@cache
def pattern(word: str) -> str:
    return r"\b" + re.escape(word).replace(r"\*", r"[a-z0-9]*") + r"\b"


def gold(facts: Facts) -> list[topics.Topic]:
    return [topic for topic in topics.TOPICS if topic.holds(facts)]


def findable(facts: Facts, row: dict) -> bool:
    """Whether each concept of each topic that the record answers can be found somewhere in it."""
    return all(expressed(row, concept) for topic in gold(facts) for concept in topic.concepts)


def publication(number: int, given: dict) -> tuple[Facts, dict]:
    """Facts and words; a relevant record is reworded until each concept of its topic can be found in it."""
    facts = draw(number, Luck(SEED, number), **given)
    # Authors find other words, or an indexer helps: a record that says nothing anywhere can be found by nobody.
    for attempt in range(40):
        row = record(facts, Luck(SEED, number, attempt + 2))
        if findable(facts, row):
            break
    else:
        raise ValueError(f"no words say what record {number} is about: {facts}")
    return facts, row


def draft(size: int, planned: list[dict]) -> list[tuple[Facts, dict]]:
    """Publications: the planned ones first, then drawn ones up to `size`, no two with the same title."""
    made, titles = [], set()
    number = 0
    while len(made) < size:
        given = planned[len(made)] if len(made) < len(planned) else {}
        while True:
            facts, row = publication(number, given)
            number += 1
            if given and facts.form == "annual":
                continue  # what a year's report of an organisation is about is no answer to a question
            if row["title"].lower() not in titles or facts.form in {"annual", "editorial"}:
                break
        titles.add(row["title"].lower())
        made.append((facts, row))
    return made


def library(size: int | None = None) -> tuple[pd.DataFrame, dict]:
    """The records, and what was planted in them.

    Parameters
    ----------
    size : int, optional
        Publications, not counting those made to look like another and second exports; by default as many as
        `calibration` in `datapackage.json` says.
    """
    given = making.calibration(HERE)
    made = draft(size or given["publications drawn"], plans.planned())
    extra, alike = copies.decoys(made, publication)
    made += extra
    second, of = copies.second_exports(made, DATABASES, findable, given["second exports: share of publications"])
    rows = [row for _, row in made] + second
    order = np.random.default_rng([SEED, 7]).permutation(len(rows))
    place = {int(old): f"LB{new + 1:05d}" for new, old in enumerate(order)}
    table = pd.DataFrame([rows[i] for i in order])
    table.insert(0, "record", [f"LB{i + 1:05d}" for i in range(len(rows))])
    groups: dict[int, list[int]] = {}
    for i, original in enumerate(of):
        groups.setdefault(original, [original]).append(len(made) + i)
    copied = {original: members[1:] for original, members in groups.items()}
    sealed = {}
    for topic in topics.TOPICS:
        found = [i for i, (facts, _) in enumerate(made) if topic.holds(facts)]
        found += [copy for i in found for copy in copied.get(i, [])]
        sealed[topic.name] = {
            "relevant": sorted(place[i] for i in found),
            "concepts": [
                {"name": c.name, "words": list(c.words), "headings": list(c.headings)} for c in topic.concepts
            ],
            "naive": list(topic.naive),
        }
    planted = {
        "topics": sealed,
        "duplicates": sorted(sorted(place[i] for i in members) for members in groups.values()),
        "alike but different": [{"records": [place[i], place[j]], "what": what} for i, j, what in alike],
        "screening": plans.screening(
            made,
            place,
            topics.TOPICS[0].holds,
            lambda row: {concept.name for concept in topics.TOPICS[0].concepts if said(row, concept)},
        ),
    }
    return table[COLUMNS], planted


def generate() -> tuple[dict[str, pd.DataFrame], dict]:
    """The three tables as they stand in the files, and the sealed key."""
    records, planted = library()
    asked = pd.DataFrame(
        [(t.name, t.title, t.question, t.use) for t in topics.TOPICS], columns=["topic", "title", "question", "use"]
    )
    return {"library": records, "thesaurus": indexing.tree(), "topics": asked}, planted


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    made, hidden = generate()
    making.write(folder, "library", made, hidden)
