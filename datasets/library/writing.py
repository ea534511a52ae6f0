"""Words for a record's facts: title and abstract.

An author picks a word for each thing (home help, homecare, domiciliary care …), as people of that country
and year would, and mostly keeps to it. Figures are drawn first and then reported, so that a difference
agrees with its interval and a verdict with both.
"""

import math
import re

from drawing import Line, Luck, choices, fitting, line, read, sentence_case
from facts import ASKS_PEOPLE, Facts, span, subjects

WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
TEENS = ["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"]
SLOT = re.compile(r"\{(\w+)\}")
#: Publishers that have a place in their name, and how the place is written.
PUBLISHERS = {
    "Harrowmere": "Harrowmere",
    "Sallowmere": "Sallowmere and district",
    "Eastmarch": "the Eastmarch area",
    "Calderbourne": "Calderbourne",
    "Kingsholt": "Kingsholt",
    "Thornmouth": "Thornmouth",
    "Great Ashmere": "Great Ashmere",
    "Skarrin": "the Upper Skarrin valley",
}
RURAL = re.compile(
    "rural|isles|valley|west of|north|south|midland|prairies|island|jutland|canton|kerala", re.IGNORECASE
)
#: Headings of structured abstracts: style, first year, regions or none, and the moves under each heading.
STRUCTURES = [
    (
        1996,
        None,
        [("Background", "bg"), ("Methods", "method aside"), ("Results", "findings"), ("Conclusions", "close")],
    ),
    (1996, None, [("Background", "bg aim"), ("Method", "method"), ("Findings", "findings"), ("Conclusion", "close")]),
    (1994, None, [("Objectives", "aim"), ("Design", "method"), ("Results", "findings"), ("Conclusions", "close")]),
    (
        1992,
        {"us", "ca"},
        [("OBJECTIVES", "aim"), ("METHODS", "method"), ("RESULTS", "findings"), ("CONCLUSIONS", "close")],
    ),
    (
        2000,
        None,
        [
            ("Aim", "aim"),
            ("Background", "bg"),
            ("Methods", "method"),
            ("Findings", "findings"),
            ("Relevance to practice", "close"),
        ],
    ),
    (
        2005,
        None,
        [
            ("Purpose –", "aim"),
            ("Design/methodology/approach –", "method"),
            ("Findings –", "findings"),
            ("Practical implications –", "close"),
        ],
    ),
    (
        2008,
        None,
        [
            ("Introduction", "bg aim"),
            ("Methods", "method"),
            ("Results", "findings"),
            ("Strengths and limitations", "limit"),
            ("Conclusions", "close"),
        ],
    ),
    (
        2003,
        None,
        [
            ("What we asked", "aim"),
            ("What we did", "method"),
            ("What we found", "findings"),
            ("What it means", "close"),
        ],
    ),
]


class Writer:
    """Finds words for one record."""

    def __init__(self, facts: Facts, luck: Luck):
        self.facts, self.luck = facts, luck
        self.known = subjects()
        self.parts = [self.known[name] for name in (facts.subject, facts.second) if name]
        self.terms: dict[str, str] = {}
        self.pools: dict[str, list] = {}
        self.numbers: dict[str, str] = {}
        #: While results are told, people who were named before may be called participants.
        self.reporting = False
        self.said: set[tuple[str, str]] = set()
        self.repeats = False
        #: While a sentence is written that only a service fits.
        self.wanted = False
        self.staff = self.one_of("staff")
        self.setting = self.one_of("settings")

    def one_of(self, key: str) -> str:
        """One of the staff or settings of the first subject, of that country and year."""
        items = [line(item.strip()) for item in self.parts[0][key].split(";")]
        return self.luck.pick([x for x in items if x.fits(self.facts.region, self.facts.year)] or items).text

    # Filling slots

    def say(self, text: str) -> str:
        """The text with choices decided and slots filled, as deep as they go."""
        for _ in range(6):
            text = choices(text, self.luck)
            if "{" not in text:
                break
            text = SLOT.sub(lambda found: self.fill(found[1]), text)
        return text

    def fill(self, slot: str) -> str:
        """Words for a slot."""
        name = slot if slot in self.numbers else slot.lower()
        if name in self.numbers:
            return self.numbers[name]
        if name.rstrip("123456789") in {"theme", "so", "bg"}:
            return self.take(name.rstrip("123456789"))
        if hasattr(self, f"_fill_{name}"):
            return getattr(self, f"_fill_{name}")()
        if name in read("vocabulary"):
            return self.term(name)
        raise KeyError(f"no words for {{{slot}}}")

    def term(self, name: str) -> str:
        """The word this author uses for a thing; now and then another one."""
        key = name
        if name in self.terms and self.luck.happens(0.15):
            key = name + " again"
        if key not in self.terms:
            self.terms[key] = self.drawn(name)
            first = read("vocabulary")[name]["lines"][0]
            if self.facts.plain and key == name and first.fits(self.facts.region, self.facts.year):
                self.terms[key] = first.text
        return self.terms[key]

    def drawn(self, name: str) -> str:
        """A word for a thing, by how common it is in the region and year."""
        lines, weights = fitting("vocabulary", name, "lines", self.facts.region, self.facts.year)
        if not lines:
            lines, weights = fitting("vocabulary", name, "lines", "uk", max(self.facts.year, 1998))
        return self.luck.lean(lines, weights).text

    def take(self, part: str) -> str:
        """The next unused sentence or clause about the subject."""
        if part not in self.pools:
            pool = []
            for i, _ in enumerate(self.parts):
                name = (self.facts.subject, self.facts.second)[i]
                source = "subjects_of_topics" if name in read("subjects_of_topics") else "subjects"
                lines, _ = fitting(source, name, part, self.facts.region, self.facts.year)
                # People who use a service do not report what only those who work in it can know.
                silent = bool(self.facts.voices) and "staff" not in self.facts.voices
                lines = [each for each in lines if not (silent and "staff" in each.marks)] or lines
                pool.append(self.luck.shuffled([each.text for each in lines]))
            # Turn about, so that both subjects are heard.
            longest = max(map(len, pool))
            self.pools[part] = [each[i] for i in range(longest) for each in pool if i < len(each)]
        pool = self.pools[part]
        text = pool.pop(0)
        pool.append(text)
        self.repeats = self.repeats or (part, text) in self.said
        self.said.add((part, text))
        return text

    def frame(self, name: str, block: str, part: str) -> str:
        """A sentence from a list of frames, filled."""
        lines, weights = fitting(name, block, part, self.facts.region, self.facts.year)
        kept = [(x, w) for x, w in zip(lines, weights, strict=True) if self.allowed(x)]
        lines, weights = [x for x, _ in kept], [w for _, w in kept]
        used = self.pools.setdefault("used", [])
        fresh = [i for i, each in enumerate(lines) if each.text not in used] or range(len(lines))
        for _ in range(4):
            one = self.luck.lean([lines[i] for i in fresh], [weights[i] for i in fresh])
            self.repeats = False
            before, self.wanted = self.wanted, self.wanted or "service" in one.marks
            text = self.say(one.text)
            self.wanted = before
            if not self.repeats:
                break
        used.append(one.text)
        return text

    def allowed(self, one: Line) -> bool:
        """Whether a sentence fits what this record is about and how its study was made."""
        facts, marks = self.facts, one.marks
        if facts.people == "" and "{people}" in one.text:
            return False
        if "staff" in marks and "staff" not in facts.voices and (facts.voices or facts.type == "primary study"):
            return False
        if "service" in marks and not all(self.phrases(i, "np", wanted=True) for i in range(len(self.parts))):
            return False
        since = max(span(name)[0] for name in (facts.subject, facts.second) if name)
        if ("{earlier}" in one.text and since > facts.year - 9) or ("{early}" in one.text and since > facts.year - 3):
            return False
        asking = facts.design in ASKS_PEOPLE or bool(facts.voices)
        if ("asked" in marks and not asking) or ("counted" in marks and asking):
            return False
        return not ("small" in marks and self.n1 + self.n2 > 150)

    def _fill_people(self) -> str:
        return self.term(self.facts.people) if self.facts.people else "people who use services"

    def _fill_about(self) -> str:
        if "np" not in self.pools:
            self.pools["np"] = self.luck.shuffled(self.phrases(0, "np"))
        pool = self.pools["np"]
        fit = self.phrases(0, "np", self.wanted)
        pool.append(pool.pop(next(i for i, text in enumerate(pool) if text in fit)))
        return pool[-1]

    def phrases(self, subject: int, part: str, wanted: bool = False) -> list[str]:
        """All phrases of one kind for one of the subjects; those `wanted` name what people plan or improve."""
        lines = self.parts[subject][part]
        lines = [x for x in lines if x.fits(self.facts.region, self.facts.year)] or lines[:1]
        return [x.text for x in lines if not (wanted and "harm" in x.marks)]

    def _fill_subject(self) -> str:
        text = self._fill_about()
        join = self.parts[0].get("join", "for")
        if len(self.parts) > 1:
            other = self.luck.pick(self.phrases(1, "np", self.wanted))
            if join in {"supporting", "serving"}:
                return f"{text} {join} {{people}} and {other}"
            text, join = f"{text} and {other}", "among" if join == "among" else "for"
        return f"{text} {join} {{people}}" if self.facts.people else text

    def _fill_join(self) -> str:
        return self.parts[0].get("join", "for")

    def _fill_voices(self) -> str:
        if "voices" not in self.terms:
            named = [{"users": self._fill_people(), "carers": "{carers}"}.get(v, self.staff) for v in self.facts.voices]
            self.terms["voices"] = " and ".join(named or [self.staff])
        elif self.reporting and self.luck.happens(0.55):
            return self.luck.pick(
                ["participants", "those interviewed", "people we spoke to", "informants"]
                if self.facts.design != "survey"
                else ["respondents", "those who replied"]
            )
        return self.terms["voices"]

    def _fill_staff(self) -> str:
        return self.staff

    def _fill_setting(self) -> str:
        return self.setting

    def _fill_place(self) -> str:
        if "place" not in self.terms:
            places = [each.text for each in read("names")["place"][self.facts.country]]
            own = [place for name, place in PUBLISHERS.items() if name in self.facts.publisher]
            places = own or places
            if self.facts.subject == "rural":
                places = [p for p in places if RURAL.search(p)] or places
            self.terms["place"] = choices(self.luck.pick(places), self.luck)
        return self.terms["place"]

    def _fill_predictor(self) -> str:
        return self.frame("frames", "predictors", "lines")

    def _fill_organisation(self) -> str:
        return self.facts.publisher

    def _fill_aim(self) -> str:
        return self.frame("frames", "aims", "study") + " "

    def _fill_aim2(self) -> str:
        return self.frame("frames", "aims", "study") + " "

    # Figures

    def _fill_p(self) -> str:
        return str(self.luck.integer(41, 88))

    def _fill_p2(self) -> str:
        return str(self.luck.integer(14, 40))

    def _fill_psmall(self) -> str:
        return str(self.luck.integer(17, 44))

    def _fill_pbig(self) -> str:
        return str(self.luck.integer(52, 81))

    def figures(self) -> None:
        """Numbers of the study, drawn once so that they agree wherever they are named."""
        luck, year = self.luck, self.facts.year
        large = luck.lean(
            [80, 200, 450, 1200, 8000],
            [
                # What goes with a poor outcome cannot be seen in small groups.
                0 if self.facts.design in {"cohort study", "case-control study"} else 3,
                *[4, 3, 2, 0.7 if self.facts.design != "randomised trial" else 0],
            ],
        )
        n = int(large * (0.55 + 0.9 * luck.random()))
        response = luck.integer(28, 84)
        few = luck.integer(9, 46)
        n1 = int(n * (0.44 + 0.12 * luck.random()))
        # Nobody studied a thing before it was there.
        since = max(span(name)[0] for name in (self.facts.subject, self.facts.second) if name)
        back = min(luck.integer(1, 3), year - since)
        hits = luck.integer(240, 6400)
        k = luck.integer(9, 74)
        months = luck.pick([3, 6, 6, 9, 12, 12, 12, 18, 24])
        month = luck.pick(["January", "March", "April", "May", "September", "October", "November"])
        smd, half = 0.08 + 0.3 * luck.random(), 0.06 + 0.16 * luck.random()
        self.numbers |= {
            "n": f"{n:,}",
            "n1": f"{n1:,}",
            "n2": f"{n - n1:,}",
            "nn": f"{round(n * 100 / response):,}",
            "response": str(response),
            "few": self.count(few),
            "fewsmall": self.count(luck.integer(4, 11)),
            "groups": self.count(luck.integer(3, 9)),
            "sites": self.count(luck.integer(3, 12)),
            "months": self.count(months),
            "weeks": str(luck.pick([36, 48, 48, 60, 72])),
            "kept": str(luck.integer(61, 93)),
            "hours": str(luck.integer(45, 380)),
            "years2": self.count(luck.integer(3, 9)),
            "hits": f"{hits:,}",
            "k": str(k),
            "kk": self.count(max(3, k // luck.integer(2, 5))),
            "early": str(max(1966, year - luck.integer(9, 24), since if since > 2000 else 0)),
            "yearbefore": str(max(year - 1, since)),
            "when": luck.pick(
                [
                    f"in {year - back}",
                    f"in {year - back}",
                    f"between {month} {max(since, year - back - 1)} and the end of {year - back}"
                    if since > year - back - 1
                    else f"between {month} {year - back - 1} and the "
                    f"{luck.pick(['spring', 'summer', 'end'])} of {year - back}",
                    f"during {year - back}",
                    f"in the {luck.pick(['winter', 'spring', 'summer', 'autumn'])} of {year - back}",
                ]
            ),
            "when0": f"{month} {max(since, year - back - 2)}",
            "year": str(year),
            "year0": str(year - 1),
            "yearplus": str(year + 3),
            "yearplus1": str(year + 1),
            "earlier": str(year - luck.integer(3, 8)),
            "a": str(luck.integer(6, 58)),
            "smd": f"{smd:.2f}",
            "slo": f"{smd - half:.2f}".replace("-", "−"),
            "shi": f"{smd + half:.2f}",
        }
        self.n1, self.n2 = n1, n - n1

    def count(self, number: int) -> str:
        """A count as authors write it: in words up to ten or twenty, or in figures."""
        if number <= 12:
            return WORDS[number]
        if number <= 20 and self.luck.happens(0.5):
            return TEENS[number - 13]
        return str(number)

    def measure(self) -> tuple[str, int, str]:
        """Kind, direction that is better, and words of the next measure."""
        text = self.take("measure")
        kind, _, words = text.partition(": ")
        kind, _, typical = kind.partition(" ~")
        self.typical = float(typical or 0)
        return kind[:-1], 1 if kind[-1] == "+" else -1, self.say(words)

    def _fill_measurenoun(self) -> str:
        kind, _, words = self.measure()
        return f"how many {words}" if kind == "pct" else words

    _fill_measure = _fill_measurenoun

    def two_groups(self, before: bool = False) -> str:
        """One measure in two groups, or before and after, with its interval."""
        kind, better, words = self.measure()
        gain = self.luck.lean([0.0, 0.35, 0.9, -0.25], [3, 3, 2, 0.7]) * better
        if kind == "pct":
            b = 0.12 + 0.6 * self.luck.random()
            a = min(max(b + 0.16 * gain + 0.025 * self.luck.normal(), 0.03), 0.96)
            error = (a * (1 - a) / self.n1 + b * (1 - b) / self.n2) ** 0.5
            a100, b100 = round(100 * a), round(100 * b)
            d, half = a100 - b100, 196 * error
            given = {"a": a100, "b": b100, "d": signed(d), "lo": signed(round(d - half)), "hi": signed(round(d + half))}
            clear = (d - half > 0.5) or (d + half < -0.5)
            given["verb"] = words
        else:
            mean, spread, form = self.scale(kind, words)
            sd = mean * spread
            b = mean
            a = mean + sd * 0.55 * gain + sd * 0.06 * self.luck.normal()
            error = sd * (1 / self.n1 + 1 / self.n2) ** 0.5
            a, b = max(a, mean * 0.1), b
            step = form(1.0)[1]
            ra, rb = round(a / step) * step, round(b / step) * step
            d, half = ra - rb, 1.96 * error
            given = {
                "a": form(ra)[0],
                "b": form(rb)[0],
                "d": signed(d, step),
                "lo": signed(d - half, step),
                "hi": signed(d + half, step),
            }
            clear = (d - half > step / 2) or (d + half < -step / 2)
            given["noun"] = words
        if before:
            part = ("pct" if kind == "pct" else "mean") + "-before"
        else:
            part = ("pct" if kind == "pct" else "mean") + ("-clear" if clear else "-unclear")
        return self.with_numbers(given, "comparisons", part)

    def scale(self, kind: str, words: str):
        """A plausible mean, spread, and the way to write figures of that kind."""
        luck = self.luck
        if kind == "days":
            mean = self.typical * (0.7 + 0.6 * luck.random()) if self.typical else 3 + 22 * luck.random()
            return mean, 0.9, lambda x: (f"{x:.1f}", 0.1)
        if kind == "cost":
            sign = {"uk": "£", "us": "$", "ca": "C$", "au": "A$", "nz": "NZ$", "asia": "US$"}.get(
                self.facts.region, "€"
            )
            if sign == "€" and self.facts.year < 1999:
                sign = "£" if self.facts.region == "ie" else "US$"
            # The typical amounts are of 2015; forty years earlier things cost about a third.
            prices = 0.4 + 0.6 * (self.facts.year - 1985) / 30
            mean = self.typical * prices * (0.7 + 0.6 * luck.random())
            if mean < 30:
                return mean, 0.5, lambda x: (f"{sign}{x:.2f}", 0.1)
            return mean, 0.8, lambda x: (f"{sign}{x:,.0f}", 1 if mean < 1000 else 10)
        if kind == "num":
            mean = self.typical * (0.7 + 0.6 * luck.random()) if self.typical else 2 + 11 * luck.random()
            return mean, 0.6, lambda x: (f"{x:.1f}", 0.1)
        top = luck.pick([24, 30, 40, 60, 100])
        return top * (0.35 + 0.3 * luck.random()), 0.35, lambda x: (f"{x:.1f}", 0.1)

    def with_numbers(self, given: dict, block: str, part: str) -> str:
        """A frame filled with figures that hold for it alone."""
        kept = dict(self.numbers)
        self.numbers |= {key: str(value) for key, value in given.items()}
        self.numbers.pop("A", None)
        text = self.frame("frames", block, part)
        self.numbers = kept
        return text

    def one_group(self) -> str:
        """One measure in one group."""
        kind, better, words = self.measure()
        if kind == "pct":
            share = self.luck.integer(34, 83) if better > 0 else self.luck.integer(7, 41)
            return self.with_numbers({"a": share, "verb": words}, "comparisons", "share")
        mean, _, form = self.scale(kind, words)
        return self.with_numbers({"a": form(mean)[0], "noun": words}, "comparisons", "level")

    def series(self) -> str:
        """One measure in an interrupted time series."""
        for _ in range(4):
            kind, better, words = self.measure()
            if kind != "pct":
                break
        else:
            words = f"the share who {words}"
        d = better * self.luck.lean([2, 8, 15], [2, 2, 1]) + round(1.5 * self.luck.normal())
        half = self.luck.integer(3, 9)
        return self.with_numbers(
            {"d": signed(d), "lo": signed(d - half), "hi": signed(d + half), "noun": words}, "comparisons", "series"
        )

    def association(self) -> str:
        """Who had a worse result, with the odds ratio and an interval as wide as the numbers of people make it.

        The standard error of the logarithm is the root of the summed reciprocals of the four cells (Woolf, 1955).
        """
        luck = self.luck
        ratio = math.exp(0.2 + 0.75 * luck.random())
        exposed, poor = 0.25 + 0.3 * luck.random(), 0.2 + 0.3 * luck.random()
        if self.facts.design == "case-control study":
            among = exposed * ratio / (1 - exposed + exposed * ratio)
            cells = [self.n1 * among, self.n1 * (1 - among), self.n2 * exposed, self.n2 * (1 - exposed)]
        else:
            n, worse = self.n1 + self.n2, poor * ratio / (1 - poor + poor * ratio)
            with_it, without = n * exposed, n * (1 - exposed)
            cells = [with_it * worse, with_it * (1 - worse), without * poor, without * (1 - poor)]
        # Adjustment for other things widens an interval a little.
        wide = math.exp(1.96 * 1.05 * sum(1 / cell for cell in cells) ** 0.5)
        given = {"or": f"{ratio:.2f}", "lo": f"{ratio / wide:.2f}", "hi": f"{ratio * wide:.2f}"}
        return self.with_numbers(given, "findings", "assoc" if ratio / wide > 1.005 else "assoc-unclear")

    # Abstracts

    def moves(self) -> dict[str, list[str]]:
        """What each part of a study's abstract says."""
        facts, luck = self.facts, self.luck
        self.figures()
        design = facts.design
        aim = {
            "randomised trial": "trial",
            "before-after study": "trial",
            "interrupted time series": "trial",
            "cohort study": "assoc",
            "case-control study": "assoc",
        }
        part = aim.get(design, "study")
        asking = {"qualitative interviews": 0.7, "ethnography": 0.4, "mixed methods": 0.45, "survey": 0.4}
        if facts.voices and luck.happens(asking.get(design, 0)):
            part = "qual"
        if part in {"assoc", "trial"} and not facts.people:
            part = "study"
        if facts.type == "review":
            part = "review"
        method = self.frame("frames", "methods", design or "review")
        found = []
        self.reporting = facts.type == "primary study"

        def say(part: str) -> str:
            """A finding; after the first, nothing where all that could be said has been said."""
            text = self.frame("frames", "findings", part)
            told.append(text)
            return "" if self.repeats and len(told) > 1 else text

        told: list[str] = []
        if facts.type == "review":
            pooled = "eta-analysis" in method
            for _ in range(luck.integer(3, 5)):
                text = self.frame("frames", "reviews", "found")
                found += [] if self.repeats else [text]
            # Only a meta-analysis pools.
            found = [text for text in found if pooled or "mean difference" not in text]
        elif design in {"randomised trial", "before-after study"}:
            found = [self.two_groups(design.startswith("before")) for _ in range(luck.integer(2, 4))]
            if luck.happens(0.25):
                found.append(say("limits"))
        elif design == "interrupted time series":
            found = [self.series() for _ in range(luck.integer(1, 2))]
        elif design == "cohort study":
            found = [self.one_group() for _ in range(luck.integer(1, 2))]
            found += [self.association() for _ in range(luck.integer(1, 2))]
        elif design == "case-control study":
            found = [self.association() for _ in range(luck.integer(2, 3))]
        elif design == "survey":
            found = [say("lead-survey") for _ in range(luck.integer(2, 3))]
            found += [say("more-survey")] if luck.happens(0.4) else []
        elif design == "ethnography":
            found = [say("lead-ethno") for _ in range(luck.integer(1, 2))]
            found += [say("more-qual")] if luck.happens(0.6) else []
        elif design == "case study":
            found = [say("lead-case") for _ in range(luck.integer(1, 2))]
            found += [say("more-qual")] if luck.happens(0.4) else []
        elif design == "mixed methods":
            found = [self.one_group() if luck.happens(0.5) else say("lead-survey"), say("lead-qual")]
            found += [say("more-qual")] if luck.happens(0.4) else []
        else:
            found = [say("lead-qual") for _ in range(luck.integer(2, 3))]
            found += [say("more-qual") for _ in range(luck.integer(0, 2))]
        self.reporting = False
        closing = "close"
        if design in {"randomised trial", "before-after study"} and luck.happens(0.4):
            closing = "close-trial"
        close = self.frame("frames", "findings", closing)
        if facts.type == "review":
            close = self.frame("frames", "reviews", "close")
        return {
            "bg": [self.say(self.take("bg"))],
            "aim": [self.frame("frames", "aims", part)],
            "method": [method],
            "findings": found,
            "limit": [self.frame("frames", "reviews" if facts.type == "review" else "findings", "limits")],
            "aside": self.passing(),
            "close": [close],
        }

    def study(self) -> str:
        """An abstract of a primary study or review."""
        luck, moves = self.luck, self.moves()
        styles = [s for s in STRUCTURES if s[0] <= self.facts.year and (not s[1] or self.facts.region in s[1])]
        likely = min(0.62, max(0.0, (self.facts.year - 1990) * 0.028))
        if self.facts.design in {"ethnography", "case study"}:
            likely *= 0.4
        if styles and luck.happens(likely):
            sections = luck.lean(styles, [0.25 if s[2][0][0] == "What we asked" else 1.0 for s in styles])[2]
            capitals = luck.happens(0.15)
            texts = []
            moves["findings"] += moves["aside"] if "aside" not in str(sections) else []
            for label, names in sections:
                words = " ".join(sentence for name in names.split() for sentence in moves[name])
                label = label.upper() if capitals else label
                texts.append(
                    f"{label} {sentence_case(words)}" if label.endswith("–") else f"{label}: {sentence_case(words)}"
                )
            return " ".join(texts)
        order = luck.lean(
            [
                ["bg", "aim", "method", "findings", "close"],
                ["aim", "method", "findings", "close"],
                ["bg", "method", "findings", "close"],
                ["method", "findings", "limit", "close"],
                ["aim", "method", "findings"],
                ["bg", "bg2", "aim", "method", "findings", "close"],
                ["findings", "method", "close"],
                ["bg", "aim", "method", "findings", "limit", "close"],
            ],
            [5, 2.5, 3, 1, 1, 3.5, 0.8, 4],
        )
        self.repeats = False
        second = self.say(self.take("bg"))
        moves["bg2"] = [] if self.repeats else [second]
        order.insert(luck.integer(max(1, len(order) - 2), len(order)), "aside")
        return sentence_case(" ".join(sentence for name in order for sentence in moves[name]))

    def passing(self) -> list[str]:
        """A sentence that names something the record is not about, where the record has one."""
        if not self.facts.aside:
            return []
        return [self.frame("asides", self.facts.aside, "lines")]

    def sentences(self, block: str, part: str, low: int, high: int) -> list[str]:
        """Sentences for a paper, none of which says again what another said."""
        texts = []
        for _ in range(self.luck.integer(low, high)):
            text = self.frame("papers", block, part)
            if not self.repeats or not texts:
                texts.append(text)
        return texts

    def abstract(self) -> str:
        """The abstract, blank where the record has none."""
        facts, luck = self.facts, self.luck
        if facts.blank:
            return ""
        if facts.type in {"primary study", "review"}:
            return self.study()
        self.figures()
        if facts.form in {"letter", "editorial"}:
            return sentence_case(" ".join(self.sentences(facts.form, "text", 1, 2)))
        if facts.type == "opinion":
            texts = self.sentences("opinion", "open", 1, 1)
            texts += [self.say(self.take("bg"))] if luck.happens(0.6) else []
            texts += self.sentences("opinion", "argue", 1, 3)
            texts += self.sentences("opinion", "close", 0, 1)
        elif facts.type in {"policy", "guidance"}:
            texts = self.sentences(facts.type, "open", 1, 1)
            texts += [self.say(self.take("bg"))] if luck.happens(0.3) else []
            texts += self.sentences(facts.type, "body", 1, 4)
        else:
            block = {"local": "localreport"}.get(facts.form, facts.form)
            high = {"thesis": 4, "userled": 5, "charity": 4, "conference": 1, "annual": 3}.get(block, 4)
            if block == "conference":
                verbs = [words for kind, _, words in (self.measure() for _ in range(8)) if kind == "pct"]
                self.numbers["verb"] = verbs[0] if verbs else "had been reached"
            texts = self.sentences(block, "text", min(2, high), high)
            if luck.happens(0.3):
                texts.insert(0, self.say(self.take("bg")))
        texts += self.passing()
        return sentence_case(" ".join(texts))

    # Titles

    def title(self) -> str:
        """The title of the publication."""
        facts, luck = self.facts, self.luck
        if facts.type == "primary study":
            part = {"qualitative interviews": "qual", "ethnography": "qual"}.get(facts.design, "study")
            part = "trial" if facts.design == "randomised trial" else part
            if facts.design in {"survey", "cohort study", "case-control study", "interrupted time series"}:
                part = luck.pick(["study", "figures"])
        else:
            part = {"article": facts.type, "report": facts.type}.get(facts.form, facts.form)
        if "few" not in self.numbers:
            self.figures()
        text = self.frame("titles", part, "lines")
        text = re.sub(r"\s+", " ", text).strip()
        text = re.sub(r"([?!])\s*:", r"\1", text)
        text = re.sub(r"\b(for|in|how|why|help) \1\b", r"\1", text, flags=re.IGNORECASE)
        text = re.sub(r"([?] )(\w)", lambda m: m[1] + m[2].upper(), text)
        return re.sub(r"^([‘“']?)(\w)", lambda m: m[1] + m[2].upper(), text)

    def _fill_quote(self) -> str:
        return "‘" + self.say(self.luck.pick(self.phrases(0, "quote"))) + "’"

    def _fill_designwords(self) -> str:
        return self.luck.pick(DESIGN_WORDS[self.facts.design])


DESIGN_WORDS = {
    "randomised trial": ["a randomised controlled trial", "randomised trial", "a pragmatic randomised trial"],
    "before-after study": ["a before-and-after study", "before and after a change", "an uncontrolled evaluation"],
    "interrupted time series": ["an interrupted time series", "interrupted time series analysis"],
    "cohort study": ["a cohort study", "a follow-up study", "a longitudinal study", "{months} months on"],
    "case-control study": ["a case-control study", "case-control study"],
    "survey": ["a survey", "a national survey", "results of a questionnaire", "a cross-sectional study"],
    "qualitative interviews": ["a qualitative study", "an interview study", "a thematic analysis"],
    "ethnography": ["an ethnographic study", "an ethnography", "an observational account"],
    "mixed methods": ["a mixed-methods study", "a study in two parts", "mixed methods"],
    "case study": ["a case study", "case studies", "lessons from one place"],
}


def signed(number: float, step: float = 1) -> str:
    """A number with a true minus sign."""
    text = f"{abs(number):,.0f}" if step >= 1 else f"{abs(number):.1f}"
    return f"−{text}" if number < 0 and text.strip("0.,") else text
