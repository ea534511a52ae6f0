"""Material in, words out: how a sentence with choices in it becomes a sentence of one record.

The words of the library stand in `material/*.txt`, where a person can read and correct them. A line is
a sentence or a term. `[a|b]` in it is a choice, `{slot}` is filled from the record's facts, and what
follows ` @ ` says where and when the line may be used: regions, years such as `1985-2004`, a weight `x3`,
or a mark (`MARKS`).

Luck is drawn for each record from a generator of its own, in one block, because single draws from
numpy are slow and fifty thousand records are wanted for benchmarks. So a record changes only when its
own facts or material change, never because another record did.
"""

import re
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path

import numpy as np

MATERIAL = Path(__file__).parent / "material"
CHOICE = re.compile(r"\[([^\[\]]*)\]")
SLOT = re.compile(r"\{(\w+)\}")
TERMS = re.compile(r"^(?P<text>.*?)(?: @ (?P<terms>[^@]*))?$")
#: "24 the elderly" is what a count in front of such a group would give.
GROUP = re.compile(
    r"(\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty)) "
    r"the (elderly mentally infirm|elderly|long-term mentally ill)\b",
    re.IGNORECASE,
)
PERIOD = re.compile(r"(\d{4})?-(\d{4})?$")
#: `staff`: only those who work there would say it. `harm`: names what nobody wants, so nobody improves, praises or
#: plans it; `service`: a sentence that only something people plan or improve fits. `asked` and `counted`: of studies
#: in which people answered, or records were counted. `small`: of small studies.
MARKS = {"staff", "harm", "service", "asked", "counted", "small"}


@dataclass(frozen=True)
class Line:
    """A sentence or term, the regions and years it belongs to, its weight, and its marks."""

    text: str
    regions: frozenset = frozenset()
    first: int = 0
    last: int = 9999
    weight: float = 1.0
    marks: frozenset = frozenset()

    def fits(self, region: str, year: int) -> bool:
        """Whether somebody in that region could have written it in that year."""
        return self.first <= year <= self.last and (not self.regions or region in self.regions)


def line(text: str) -> Line:
    """A line of material: its words, and what stands behind ` @ ` or before ` | `."""
    if text.startswith("@"):
        terms, _, words = text[1:].partition(" | ")
    else:
        found = TERMS.match(text)
        words, terms = found["text"], found["terms"] or ""
    regions, first, last, weight = set(), 0, 9999, 1.0
    for term in terms.split():
        period = PERIOD.match(term)
        if period:
            first, last = int(period[1] or 0), int(period[2] or 9999)
        elif re.fullmatch(r"x[\d.]+", term):
            weight = float(term[1:])
        elif term not in MARKS:
            regions.add(term)
    return Line(words.strip(), frozenset(regions), first, last, weight, MARKS & set(terms.split()))


@cache
def read(name: str) -> dict[str, dict]:
    """Blocks (`= name`) of a file of material, each with its keys (`key: value`) and lists (`- name`)."""
    blocks: dict[str, dict] = {}
    block: dict = {}
    part: list | None = None
    for raw in (MATERIAL / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if not raw.strip() or raw.startswith("#"):
            continue
        if raw.startswith("= "):
            part = None
            block = blocks.setdefault(raw[2:].strip(), {"lines": []})
        elif raw.startswith("- "):
            part = block.setdefault(raw[2:].strip(), [])
        elif part is None and re.match(r"[a-z]+: ", raw):
            key, _, value = raw.partition(": ")
            block[key] = value.strip()
        else:
            (block["lines"] if part is None else part).append(line(raw))
    return blocks


def weighted(text: str) -> tuple[list[str], list[float]]:
    """Names and weights out of a list such as `older x6, stroke`."""
    names, weights = [], []
    for item in filter(None, (item.strip() for item in text.split(","))):
        found = re.fullmatch(r"(.*?)(?: x([\d.]+))?", item)
        names.append(found[1])
        weights.append(float(found[2] or 1))
    return names, weights


class Luck:
    """The chances of one record."""

    def __init__(self, *seed: int):
        self.rng = np.random.default_rng(seed)
        self.block = self.rng.random(400).tolist()
        self.at = 0

    def random(self) -> float:
        """A number from 0 up to, not including, 1."""
        if self.at == len(self.block):
            self.block, self.at = self.rng.random(400).tolist(), 0
        self.at += 1
        return self.block[self.at - 1]

    def happens(self, chance: float) -> bool:
        """True with that chance."""
        return self.random() < chance

    def integer(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self.random() * (high - low + 1))

    def pick(self, things):
        """One of a sequence, each as likely."""
        return things[int(self.random() * len(things))]

    def lean(self, things, weights):
        """One of a sequence, by weight."""
        sums = list(accumulate(weights))
        point = self.random() * sums[-1]
        return next(thing for thing, upper in zip(things, sums, strict=True) if point < upper)

    def shuffled(self, things) -> list:
        """The same things in another order."""
        return [thing for _, thing in sorted(((self.random(), i), thing) for i, thing in enumerate(things))]

    def normal(self) -> float:
        """Roughly a standard normal number: twelve uniform ones less six (central limit theorem)."""
        return sum(self.random() for _ in range(12)) - 6


@cache
def fitting(name: str, block: str, part: str, region: str, year: int) -> tuple[list[Line], list[float]]:
    """The lines of a list that may be used in that region and year, with their weights."""
    lines = [each for each in read(name)[block].get(part, []) if each.fits(region, year)]
    return lines, [each.weight for each in lines]


def choices(text: str, luck: Luck) -> str:
    """The text with each `[a|b]` decided."""
    while True:
        found = CHOICE.search(text)
        if not found:
            return text
        text = text[: found.start()] + luck.pick(found[1].split("|")) + text[found.end() :]


def sentence_case(text: str) -> str:
    """The first letter of every sentence as a capital, doubled spaces and stops mended."""
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"\s+([.,;:?])", r"\1", text)
    text = re.sub(r"([.?!])\.", r"\1", text)
    text = re.sub(r"\b(for|in|how|why|help) \1\b", r"\1", text)
    text = GROUP.sub(r"\1 \2 people", text)
    return re.sub(r"(^|[.?!]\s+)([\"“‘']?)([a-zà-ÿ])", lambda m: m[1] + m[2] + m[3].upper(), text)
