"""Two records side by side: which fields agree, which differ, and what speaks against one publication.

Databases write the same publication in many ways: a shortened journal, initials for names, a lost subtitle, the year
of the print edition. Such differences say little. Others say much: another DOI, another language, "part 2", an
abstract about something else. Each field gets one of a few verdicts, and words for people to read.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from researchskills.charts.look import listed

#: Fields that are compared, with the words for them.
FIELDS = {"title": "title", "authors": "authors", "year": "year", "journal": "journal", "volume": "volume",
          "issue": "issue", "pages": "pages", "doi": "DOI", "abstract": "abstract", "language": "language"}
#: From this likeness on (0 to 100) two titles are the same but for a slip or a spelling.
TITLES_ALIKE = 90
#: Verdicts on a field: equal; equal but for a way of writing; the beginning of the other; not equal; only one has it.
SAME, ALIKE, SHORTER, DIFFERENT, LACKING = "same", "alike", "shorter", "different", "lacking"
#: Words that make another publication of an almost equal title.
_ANOTHER = {"protocol", "reply", "response", "erratum", "correction", "corrigendum", "retraction", "editorial",
            "summary", "commentary", "update", "interim", "part", "volume", "edition", "easy", "supplement"}
_COUNTED = {"one": "1", "two": "2", "three": "3", "four": "4", "first": "1", "second": "2", "third": "3",
            "ii": "2", "iii": "3", "iv": "4"}
_SMALL = {"of", "the", "and", "for", "in", "on", "to", "a", "an", "de", "der", "die", "und", "et"}


class Comparable:
    """A record made ready for comparing.

    Parameters
    ----------
    row : mapping
        Field → text, for each of `FIELDS`; empty where nothing is known.
    """

    def __init__(self, row: Mapping[str, str]):
        self.row = row
        self.title = plain(row["title"])
        people = [split_name(name) for name in names_of(row["authors"])]
        self.names = [plain(surname) for surname, _ in people if plain(surname)]
        self.initials = [plain(given)[:1] for surname, given in people if plain(surname)]
        self.journal = [word for word in plain(row["journal"]).split() if word not in _SMALL]
        self.year = int(found[0]) if (found := re.search(r"\d{4}", row["year"])) else None
        self.doi = doi_of(row["doi"])
        self.abstract = plain(row["abstract"])

    def marks(self) -> Counter:
        """Numbers and words in the title that tell it from an almost equal one."""
        return Counter(_COUNTED.get(word, word) for word in self.title.split()
                       if word.isdigit() or word in _COUNTED or word in _ANOTHER)


@dataclass(frozen=True)
class Likeness:
    """How two records compare.

    Attributes
    ----------
    verdicts : dict
        Field → `SAME`, `ALIKE`, `SHORTER`, `DIFFERENT`, `LACKING`, or empty where neither record has it.
    agrees, differs, against : tuple of str
        Fields that agree, those that differ, and what speaks against one publication, in plain words.
    """

    verdicts: dict[str, str]
    agrees: tuple[str, ...]
    differs: tuple[str, ...]
    against: tuple[str, ...]


def compare(one: Comparable, other: Comparable, names: tuple[str, str]) -> Likeness:
    """Compare two records field by field.

    Parameters
    ----------
    one, other : Comparable
    names : tuple of str
        What to call the two.
    """
    verdicts, agrees, differs, against = {}, [], [], []
    for field, judge in _JUDGES.items():
        verdicts[field], told, contradicts = judge(one, other)
        if verdicts[field] == SAME:
            agrees.append(FIELDS[field])
        elif verdicts[field] == LACKING:
            has, lacks = names if one.row[field] else names[::-1]
            differs.append(f"{FIELDS[field]} (only {has} has it, {lacks} has not)")
        elif verdicts[field]:
            differs.append(f"{FIELDS[field]} ({told})")
        if contradicts:
            against.append(contradicts)
    return Likeness(verdicts, tuple(agrees), tuple(differs), tuple(against))


# Each judge gives a verdict, words for the difference, and what contradicts one publication.


def _judge_title(one: Comparable, other: Comparable):
    from rapidfuzz import fuzz

    if not one.title or not other.title:
        return _gap(one.title, other.title)
    if one.title == other.title:
        return SAME, "", ""
    likeness = fuzz.ratio(one.title, other.title)
    shorter, longer = sorted((one.title, other.title), key=len)
    told = f"“{_cut(one.row['title'])}” and “{_cut(other.row['title'])}”"
    contradicts = ""
    prefix = len(shorter) >= 20 and longer.startswith(shorter + " ")
    odd: list[str] = []
    if prefix:
        # What a lost subtitle was about is no contradiction; “protocol” or a bare year behind the title is one.
        rest = longer[len(shorter) :].split()
        odd = rest if all(word.isdigit() for word in rest) else [word for word in rest if word in _ANOTHER]
    elif likeness >= TITLES_ALIKE:
        odd = sorted((one.marks() - other.marks()) + (other.marks() - one.marks()))
    if odd:
        contradicts = f"only one title has {listed([f'“{word}”' for word in odd])}"
    if likeness >= TITLES_ALIKE:
        return ALIKE, told, contradicts
    return SHORTER if prefix else DIFFERENT, told, contradicts


def _judge_authors(one: Comparable, other: Comparable):
    from rapidfuzz import fuzz

    if not one.names or not other.names:
        return _gap(one.names, other.names)
    told = f"“{_cut(one.row['authors'])}” and “{_cut(other.row['authors'])}”"
    pairs = list(zip(one.names, other.names, strict=False))
    # Without a comma a given name cannot be told from a second surname: Okafor Nneka may be Okafor N.
    alike = [fuzz.ratio(a, b) >= 80 or a.split()[0] == b.split()[0] or a.split()[-1] == b.split()[-1]
             for a, b in pairs]
    initials = [(a, b) for a, b, same in zip(one.initials, other.initials, alike, strict=False) if same and a and b]
    if not alike[0] or sum(alike) < len(alike) / 2:
        if set(one.names) & set(other.names):
            return ALIKE, told, ""
        return DIFFERENT, told, "none of the authors is the same" if not any(alike) else ""
    if any(a != b for a, b in initials):
        return ALIKE, told, "an author's initials differ"
    if one.names == other.names:
        return SAME, "", ""
    return ALIKE, told, ""


def _judge_year(one: Comparable, other: Comparable):
    if one.year is None or other.year is None:
        return _gap(one.year, other.year)
    gap = abs(one.year - other.year)
    if not gap:
        return SAME, "", ""
    told = f"{one.year} and {other.year}"
    return (ALIKE if gap == 1 else DIFFERENT), told, "" if gap == 1 else f"the years are {gap} apart"


def _judge_journal(one: Comparable, other: Comparable):
    from rapidfuzz import fuzz

    if not one.journal or not other.journal:
        return _gap(one.journal, other.journal)
    if one.journal == other.journal:
        return SAME, "", ""
    told = f"“{_cut(one.row['journal'])}” and “{_cut(other.row['journal'])}”"
    short, long = sorted((one.journal, other.journal), key=lambda words: len("".join(words)))
    initials = "".join(word[0] for word in long)
    shortened = (len(short) == len(long) and all(b.startswith(a) for a, b in zip(short, long, strict=True))) \
        or "".join(short) == initials
    if shortened:
        names = [_cut(record.row["journal"]) for record in (one, other)]
        return ALIKE, "“{}” may be short for “{}”".format(*(names if short == one.journal else names[::-1])), ""
    likeness = fuzz.ratio(" ".join(one.journal), " ".join(other.journal))
    return (ALIKE if likeness >= 85 else DIFFERENT), told, ""


def _judge_plain(name: str):
    def judge(one: Comparable, other: Comparable):
        a, b = (plain(record.row[name]) for record in (one, other))
        if not a or not b:
            return _gap(a, b)
        if a == b:
            return SAME, "", ""
        return DIFFERENT, f"{one.row[name]} and {other.row[name]}", ""

    return judge


def _judge_pages(one: Comparable, other: Comparable):
    a, b = (re.findall(r"[a-z]*\d+", record.row["pages"].casefold()) for record in (one, other))
    if not a or not b:
        return _gap(a, b)
    # 123-9 and 123-129 are the same pages; so are 123 and 123-129.
    return (SAME, "", "") if a[0] == b[0] else (DIFFERENT, f"{one.row['pages']} and {other.row['pages']}", "")


def _judge_doi(one: Comparable, other: Comparable):
    if not one.doi or not other.doi:
        return _gap(one.doi, other.doi)
    if one.doi == other.doi:
        return SAME, "", ""
    return DIFFERENT, f"{one.doi} and {other.doi}", "their DOIs differ"


def _judge_abstract(one: Comparable, other: Comparable):
    from rapidfuzz import fuzz

    if not one.abstract or not other.abstract:
        return _gap(one.abstract, other.abstract)
    length = min(len(one.abstract), len(other.abstract))
    # Some databases cut abstracts short, so the shorter one decides how much is compared.
    likeness = fuzz.ratio(one.abstract[:length], other.abstract[:length])
    if likeness >= 95 and length >= 100:
        return SAME, "", ""
    if likeness >= 80:
        return ALIKE, "almost the same words", ""
    return DIFFERENT, "other words", "their abstracts say different things" if likeness < 60 else ""


def _judge_language(one: Comparable, other: Comparable):
    verdict, told, _ = _judge_plain("language")(one, other)
    return verdict, told, f"they are in different languages ({told})" if verdict == DIFFERENT else ""


_JUDGES = {
    "title": _judge_title, "authors": _judge_authors, "year": _judge_year, "journal": _judge_journal,
    "volume": _judge_plain("volume"), "issue": _judge_plain("issue"), "pages": _judge_pages, "doi": _judge_doi,
    "abstract": _judge_abstract, "language": _judge_language,
}


def _gap(one, other):
    return (LACKING if one or other else ""), "", ""


# -- small things ------------------------------------------------------------------------------------


def text_of(value) -> str:
    """A value of a table as text; empty where it is missing."""
    return "" if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)) else str(value).strip()


def is_blank(value) -> bool:
    """Whether a value of a table is missing or empty."""
    return not text_of(value)


def plain(text: str) -> str:
    """A text without accents, case and signs."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[^\W_]+", bare.casefold()))


def doi_of(text: str) -> str:
    """The DOI in a text or an address, in lower case; empty when there is none."""
    found = re.search(r"10\.\d{4,}/\S+", text.casefold())
    return found[0].rstrip(".,;)") if found else ""


def names_of(authors: str) -> list[str]:
    """The authors one by one, without “et al.” and “anonymous”."""
    parts = [part.strip() for part in re.split(r";| and ", authors) if part.strip()]
    return [part for part in parts if plain(part) not in {"et al", "anon", "anonymous", "no author"}]


def split_name(name: str) -> tuple[str, str]:
    """Surname and given names or initials."""
    if "," in name:
        surname, given = name.split(",", 1)
        return surname.strip(), given.strip()
    words = name.split()
    if len(words) > 1 and re.fullmatch(r"(?:[A-Z]\.?-?){1,4}", words[-1]):
        return " ".join(words[:-1]), words[-1]
    return name, ""


def _cut(text: str, most: int = 80) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
