"""Who wrote a publication and where it appeared: invented authors, journals, publishers and identifiers."""

import re
from functools import cache

from drawing import Luck, read
from facts import Facts

#: Shelves of journals by population or subject; `general` and the region's own are open to all.
SHELVES = {"older": "older", "dementia": "older", "residents": "older", "mental": "mental", "ld": "ld"}
#: Letters with accents and what stands in an identifier.
PLAIN = str.maketrans("äåöøüéèêàçñÄÅÖØ", "aaooueeeacnAAOO")


def region_names(region: str) -> str:
    return {"ie": "uk", "ca": "us", "nz": "au"}.get(region, region)


def people(facts: Facts, luck: Luck) -> list[tuple[str, list[str]]]:
    """Authors as family name and given names."""
    low, high = {
        "article": (1, 5),
        "letter": (1, 2),
        "editorial": (1, 2),
        "thesis": (1, 1),
        "conference": (2, 6),
        "local": (0, 2),
        "charity": (0, 2),
        "userled": (0, 3),
        "newsletter": (0, 1),
        "annual": (0, 0),
        "report": (0, 3),
    }[facts.form]
    if facts.form == "article" and facts.type == "primary study" and facts.year > 2004:
        high = 8
    if facts.type in {"policy"}:
        high = 0
    number = low + int((high - low + 1) * luck.random() ** 1.4)
    family, given, found = read("names")["family"], read("names")["given"]["any"], []
    local = [*family.get(region_names(facts.region), []), *(family["wales"] if facts.region == "uk" else [])]
    for _ in range(number):
        pool = local if local and luck.happens(0.25 if facts.region == "uk" else 0.7) else family["any"]
        name = luck.pick(pool).text
        if name in [each[0] for each in found]:
            continue
        first = [luck.pick(given).text]
        if luck.happens(0.38):
            first.append(luck.pick(given).text)
        found.append((name, first))
    return found


def written(authors: list[tuple[str, list[str]]], style: str) -> str:
    """Authors as a database writes them: `initials`, one `initial`, or given names in `full`."""
    texts = []
    for family, given in authors:
        if style == "full":
            texts.append(f"{family}, {given[0]}" + (f" {given[1][0]}." if len(given) > 1 else ""))
        else:
            letters = "".join(name[0] for name in given)
            texts.append(f"{family} {letters[:1] if style == 'initial' else letters}")
    return "; ".join(texts)


def plain(text: str) -> str:
    """The text without accents."""
    return text.translate(PLAIN)


@cache
def short() -> dict[str, str]:
    """Words of journal titles and their abbreviations."""
    return dict(each.text.split(" = ") for each in read("spelling")["journals"]["lines"])


def abbreviated(journal: str) -> str:
    """A journal's title as indexes shorten it."""
    words = re.sub(r"[:,]", "", journal.partition(":")[0]).split()
    small = {"of", "and", "the", "for", "in", "an", "a", "at", "de", "des", "to"}
    if len(words) == 1:
        return journal.partition(":")[0]
    return " ".join(short().get(word.lower(), word) for word in words if word.lower() not in small)


@cache
def founded(journal: str) -> int:
    """Year of volume 1, from the title alone, so that volumes agree."""
    return 1950 + sum(map(ord, journal)) % 34


def source(facts: Facts, luck: Luck) -> dict[str, str]:
    """Journal or publisher, volume, issue, pages and identifier."""
    names = read("names")
    if facts.form not in {"article", "letter", "editorial"}:
        doi = f"10.5555/report.{luck.integer(1000, 9999)}" if facts.year > 2006 and luck.happens(0.12) else ""
        pages = (
            f"{luck.integer(12, 190)} p."
            if luck.happens(0.5) and facts.form not in {"conference", "newsletter"}
            else ""
        )
        return {"journal": facts.publisher, "volume": "", "issue": "", "pages": pages, "doi": doi}
    shelves = names["journal"]
    open_to = ["general"] * 3 + ["social", "policy"]
    open_to += [SHELVES[facts.people]] * 4 if facts.people in SHELVES else ["nurse"]
    regional = region_names(facts.region)
    open_to += [regional] * 4 if regional in shelves else []
    if facts.subject in {"jointeval", "outcomes", "involvement"}:
        open_to += ["method"] * 2
    if facts.subject in {"homecare", "districtnursing", "discharge", "meds"}:
        open_to += ["nurse"] * 2
    if facts.type == "opinion" and facts.region in {"uk", "ie"}:
        open_to += ["trade"] * 2
    if facts.language in {"English"}:
        titles = [x.text for x in shelves[luck.pick(open_to)]]
        titles = [t for t in titles if not re.match("Revue|Zeitschrift", t)]
    else:
        titles = [x.text for x in shelves.get(regional, shelves["general"])]
        own = {"French": "Revue", "German": "Zeitschrift"}.get(facts.language)
        titles = [t for t in titles if own and t.startswith(own)] or [t for t in titles if " " in t]
        titles = [t for t in titles if own or not re.match("Revue|Zeitschrift", t)]
    journal = luck.pick(titles)
    issues = 4 + 2 * (sum(map(ord, journal)) % 3 == 0)
    issue = luck.integer(1, issues)
    start = 1 + (issue - 1) * 110 + luck.integer(0, 100)
    length = luck.integer(1, 2) if facts.form in {"letter", "editorial"} else luck.integer(6, 17)
    code = "".join(word[0] for word in plain(journal).lower().split() if word[0].isalpha())[:5]
    known = 0.93 if facts.year >= 2000 else 0.7
    doi = f"10.5555/{code}.{facts.year}.{issue:02d}{start:04d}" if luck.happens(known) else ""
    return {
        "journal": journal,
        "volume": str(facts.year - founded(journal) + 1),
        "issue": str(issue),
        "pages": f"{start}-{start + length}" if luck.happens(0.97) else "",
        "doi": doi,
    }
