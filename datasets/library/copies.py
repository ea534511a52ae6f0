"""The same publication exported a second time from the other database, and publications that only look the same.

A second export is never quite equal: the other database shortens journals, writes authors in its own
way, leaves out what it does not hold, counts the year of the printed issue, cuts subtitles, and has its own
indexers. Part I and part II, a conference abstract and its later article, an article and its erratum, or
the annual reports of two years look as similar and are different publications.
"""

import re
from collections.abc import Callable

import citing
import indexing
from drawing import Luck
from facts import Facts, span

SEED = 402
#: Headings of structured abstracts, which one of the databases drops.
LABEL = re.compile(
    r"\b(?:Background|Introduction|Aim|Objectives|Purpose|Design|Methods?|Results|Findings|Conclusions?"
    r"|Strengths and limitations|Relevance to practice|Practical implications): ",
    re.IGNORECASE,
)
SMALL = {"a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"}

Made = list[tuple[Facts, dict]]


def second_exports(
    made: Made, databases: tuple[str, str], findable: Callable[[Facts, dict], bool], share: float
) -> tuple[list[dict], list[int]]:
    """Second (now and then third) exports, and which publication each is of.

    Parameters
    ----------
    made : list
        Facts and records.
    databases : tuple of str
        The two databases.
    findable : callable
        Whether a record still expresses every concept of the topics it belongs to.
    share : float
        Publications that are exported twice, of all.
    """
    luck = Luck(SEED, 3)
    rows, of = [], []
    fit = [i for i, (facts, _) in enumerate(made) if facts.form in {"article", "report", "thesis"} and not facts.part]
    for i in sorted(luck.shuffled(fit)[: round(share * len(made))]):
        rows.append(exported(made[i], databases, findable, i, 0))
        of.append(i)
        if luck.happens(0.05):
            rows.append(exported(made[i], databases, findable, i, 1))
            of.append(i)
    return rows, of


def exported(
    publication: tuple[Facts, dict], databases: tuple[str, str], findable: Callable, number: int, again: int
) -> dict:
    """The publication as the other database gives it out."""
    facts, row = publication
    for attempt in range(30):
        copy = _exported(facts, row, databases, Luck(SEED, 4 + again, number, attempt))
        if findable(facts, copy):
            break
    return copy


def _exported(facts: Facts, row: dict, databases: tuple[str, str], luck: Luck) -> dict:
    copy = dict(row)
    copy["database"] = databases[row["database"] == databases[0]]
    authors = row["_authors"]
    style = luck.lean(["full", "initial", "initials"], [5, 3, 2])
    copy["authors"] = citing.written(authors, style)
    if len(authors) > 4 and luck.happens(0.25):
        copy["authors"] = citing.written(authors[:3], style) + "; et al."
    if facts.form == "article":
        copy["journal"] = citing.abbreviated(row["journal"]) if luck.happens(0.75) else row["journal"]
        if luck.happens(0.15):
            copy["issue"] = ""
        first, dash, last = row["pages"].partition("-")
        if dash and luck.happens(0.35) and len(first) == len(last):
            same = next((k for k in range(len(first)) if first[k] != last[k]), 0)
            copy["pages"] = f"{first}-{last[same:]}"
    elif luck.happens(0.3):
        copy["pages"] = ""
    if luck.happens(0.55):
        copy["doi"] = ""
    if row["year"] > max(1998, span(facts.subject)[0]) and luck.happens(0.25):
        # Online first: one database counts the day it went online, the other the printed issue.
        copy["year"] = row["year"] - 1
    head, colon, _ = row["title"].partition(": ")
    way = luck.random()
    if way < 0.2 and colon and len(head.split()) > 4 and "‘" not in head:
        copy["title"] = head + ("]" if row["title"].startswith("[") else "")
    elif way < 0.5:
        copy["title"] = capitals(row["title"])
    elif way < 0.65:
        copy["title"] = row["title"].rstrip(".") + "."
    copy["headings"] = indexing.headings(facts, luck, row["title"])
    way = luck.random()
    if way < 0.14:
        copy["abstract"] = ""
    elif way < 0.3 and len(row["abstract"]) > 500:
        copy["abstract"] = row["abstract"][: row["abstract"].rfind(" ", 0, 420)] + " ... [abstract truncated]"
    elif way < 0.42:
        copy["abstract"] = LABEL.sub("", row["abstract"])
    return copy


def capitals(title: str) -> str:
    """A title with capitals on all but the small words."""
    words = title.split(" ")
    return " ".join(
        word if i and word.lower() in SMALL else re.sub(r"[^\W\d_]", lambda m: m[0].upper(), word, count=1)
        for i, word in enumerate(words)
    )


def decoys(
    made: Made, publication: Callable[[int, dict], tuple[Facts, dict]]
) -> tuple[Made, list[tuple[int, int, str]]]:
    """Publications that look like another one and are not.

    Returns
    -------
    tuple of list and list
        New publications, and pairs of places (in `made` followed by the new ones) with what they are.
    """
    luck = Luck(SEED, 6)
    extra: Made = []
    pairs: list[tuple[int, int, str]] = []

    def twin(i: int, kind: str, **changed) -> dict:
        facts, _ = made[i]
        given = {
            name: getattr(facts, name)
            for name in [
                "subject",
                "second",
                "people",
                "voices",
                "type",
                "form",
                "design",
                "country",
                "year",
                "language",
            ]
        }
        new, row = publication(1_000_000 + len(extra), {**given, "blank": False, **changed})
        row["authors"], row["_authors"], row["database"] = (made[i][1][k] for k in ["authors", "_authors", "database"])
        pairs.append((i, len(made) + len(extra), kind))
        extra.append((new, row))
        return row

    articles = luck.shuffled(
        [
            i
            for i, (f, r) in enumerate(made)
            if f.form == "article"
            and f.type == "primary study"
            and r["authors"]
            and 1990 < f.year < 2025
            and ": " not in r["title"]
            and f.language == "English"
        ]
    )
    for i in articles[:9]:
        row = twin(i, "part I and part II", part="II")
        first = made[i][1]
        made[i][0].part = "I"
        row |= {k: first[k] for k in ["journal", "volume", "issue"]}
        start = int((first["pages"] or "201-210").rpartition("-")[2]) + 1
        row["pages"] = f"{start}-{start + luck.integer(7, 13)}"
        if first["doi"]:
            row["doi"] = f"{first['doi'][:-4]}{start:04d}"
        base = first["title"].rstrip("?")
        first["title"], row["title"] = f"{base}. Part I", f"{base}. Part II"
    for i in articles[9:21]:
        first = made[i][1]
        row = twin(
            i,
            "conference abstract and later article",
            type="grey literature",
            form="conference",
            design="",
            year=max(span(made[i][0].subject)[0], made[i][0].year - luck.integer(1, 2)),
        )
        row["title"] = first["title"]
    for i in articles[21:29]:
        first = made[i][1]
        row = twin(i, "article and its erratum", blank=True, part="erratum")
        row |= {k: first[k] for k in ["journal", "volume", "headings"]}
        row["issue"] = str(int(first["issue"]) % 4 + 1)
        row["pages"] = str(luck.integer(480, 520))
        row["doi"] = first["doi"] and f"{first['doi'][:-4]}{luck.integer(500, 599):04d}"
        row["title"] = luck.pick(["Erratum: {}", "Correction to: {}", "{} (erratum)"]).format(first["title"])
        row["abstract"] = ""
    for i in [i for i, (f, _) in enumerate(made) if f.form == "annual" and f.year < 2024][:6]:
        facts, first = made[i]
        row = twin(i, "annual reports of two years", year=facts.year + 1, publisher=facts.publisher)
        row["title"] = re.sub(r"\d{4}", lambda m: str(int(m[0]) + 1), first["title"])
    return extra, pairs
