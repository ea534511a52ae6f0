"""An operational definition: written down, applied to twelve vignettes, and compared with what others decide.

A disputed word is not settled by agreeing to a sentence. Two people can sign the same definition and count different
cases; so a definition is tried on cases, by one person and by another who does not see the first one's decisions.
What the two then talk about are the cases where they differ. A number for agreement comes second, and says nothing
about who is right: three people can agree on a definition that leaves out what matters to a fourth. “Cannot tell by my
definition” is a decision of its own, because it says that the definition, or the record, does not reach so far.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache

import pandas as pd

from researchskills._words import number_of
from researchskills.errors import CourseError
from researchskills.paths import suggestion
from researchskills.received import NOTHING

YES, NO, CANNOT_TELL = "yes", "no", "cannot_tell"
DECISIONS = {YES: "Yes", NO: "No", CANNOT_TELL: "Cannot tell by my definition"}
#: The same in tables, whoever's definition it is.
IN_SHORT = {YES: "Yes", NO: "No", CANNOT_TELL: "Cannot tell"}
SECTORS = {"health": "Health", "social": "Social care", "voluntary": "Voluntary or community sector",
           "experience": "Drawing on care, or a carer", "other": "Another sector"}
#: The lines of a definition beside its sentence and its criteria.
LINES = {
    "leaves_out": "What I leave out, though others may count it",
    "decides": "Who decides in practice",
    "record": "From which record it can be read",
}
MOST_CRITERIA = 5
ON_TWELVE = ("Twelve cases are few, and these were chosen to divide people. What you see here is something to talk "
             "about; it does not say how often you would agree at work.")


# -- the words and their vignettes -------------------------------------------------------------------


@dataclass(frozen=True)
class Vignette:
    """An invented case.

    Attributes
    ----------
    key, title, text : str
    facts : dict
        Fact in words → `yes`, `no`, `not known` or a number, as text.
    """

    key: str
    title: str
    text: str
    facts: Mapping[str, str]

    def facts_table(self) -> pd.DataFrame:
        """The facts as people read them."""
        return pd.DataFrame(self.facts.items(), columns=["Fact", "In this case"])


@dataclass(frozen=True)
class Term:
    """A disputed word.

    Attributes
    ----------
    key, word : str
        Its short name, and the word itself.
    question : str
        What is asked of each vignette.
    dispute : str
        Who means what by it.
    vignettes : dict
        Key → `Vignette`, in their order.
    """

    key: str
    word: str
    question: str
    dispute: str
    vignettes: Mapping[str, Vignette]

    @property
    def edition(self) -> str:
        """A mark that changes when a word of a vignette does."""
        told = json.dumps([asdict(one) for one in self.vignettes.values()], ensure_ascii=False)
        return hashlib.sha256(told.encode()).hexdigest()[:12]


@cache
def terms() -> dict[str, Term]:
    """The disputed words by their short names, each with twelve vignettes."""
    from researchskills.datasets import load

    facts = {vignette: dict(zip(rows["label"], rows["value"], strict=True))
             for vignette, rows in load("vignettes", "facts").groupby("vignette")}
    stories = load("vignettes")
    found = {}
    for row in load("vignettes", "terms").itertuples():
        held = {one.vignette: Vignette(one.vignette, one.title, one.text, facts[one.vignette])
                for one in stories[stories["term"] == row.term].itertuples()}
        found[str(row.term)] = Term(str(row.term), row.word, row.question, row.dispute, held)
    return found


def term(key: str) -> Term:
    """A disputed word.

    Raises
    ------
    CourseError
        If there is no such word.
    """
    if key not in terms():
        raise CourseError(f"There is no disputed word “{key}”; there are: {', '.join(terms())}."
                          f"{suggestion(str(key), list(terms()))}", exit_status=2)
    return terms()[key]


# -- a definition and its decisions ------------------------------------------------------------------


@dataclass(frozen=True)
class Definition:
    """An operational definition.

    Attributes
    ----------
    text : str
        “I count it as … when …”.
    criteria : tuple of str
        What must hold, a line each; lines may be empty.
    leaves_out, decides, record : str
        See `LINES`.
    """

    text: str = ""
    criteria: tuple[str, ...] = ()
    leaves_out: str = ""
    decides: str = ""
    record: str = ""

    @property
    def is_stated(self) -> bool:
        """Whether it says when the word holds."""
        return bool(self.text.strip() or any(one.strip() for one in self.criteria))

    def rows(self) -> list[tuple[str, str]]:
        """Its filled lines, with their names."""
        criteria = "; ".join(one for one in self.criteria if one.strip())
        rows = [("I count it when", self.text), ("Criteria", criteria),
                *((label, getattr(self, key)) for key, label in LINES.items())]
        return [(label, words) for label, words in rows if words.strip()]

    def in_brief(self) -> str:
        """The sentence and the criteria, in one line."""
        return "; ".join(filter(None, [self.text.strip(), *(one.strip() for one in self.criteria)]))

    def as_dict(self) -> dict:
        """Itself as JSON keeps it."""
        return {**asdict(self), "criteria": list(self.criteria)}

    @classmethod
    def from_dict(cls, held: Mapping) -> "Definition":
        """The definition that `as_dict` made a dict of."""
        return cls(**{**held, "criteria": tuple(held.get("criteria", ()))})


def is_definition(held) -> bool:
    """Whether something read from a file is a definition."""
    return (isinstance(held, dict) and set(held) <= {"text", "criteria", *LINES}
            and isinstance(held.get("criteria", []), list | tuple)
            and all(isinstance(one, str)
                    for one in [*held.get("criteria", []), *(held.get(key, "") for key in ("text", *LINES))]))


@dataclass(frozen=True)
class Choice:
    """What somebody decided about a vignette.

    Attributes
    ----------
    decision : str
        Key of `DECISIONS`.
    why : str
        The reason, in their words; may be empty.
    """

    decision: str
    why: str = ""


@dataclass(frozen=True)
class Sheet:
    """One person's definition and decisions.

    Attributes
    ----------
    term : str
    definition : Definition
    choices : dict
        Vignette → `Choice`.
    who : str
        Name or code.
    sector : str
        Key of `SECTORS`; may be empty.
    round : int
        Which of their rounds it is.
    author : str
        A mark, drawn at random, by which an activity knows its own files; it says nothing about a person.
    """

    term: str
    definition: Definition
    choices: Mapping[str, Choice]
    who: str = ""
    sector: str = ""
    round: int = 1
    author: str = ""

    def as_dict(self) -> dict:
        """Itself as JSON keeps it."""
        return {**asdict(self), "definition": self.definition.as_dict()}

    @classmethod
    def from_dict(cls, held: Mapping) -> "Sheet":
        """The sheet that `as_dict` made a dict of."""
        return cls(**{**held, "definition": Definition.from_dict(held["definition"]),
                      "choices": {one: Choice(**said) for one, said in held["choices"].items()}})

    def is_complete(self) -> bool:
        """Whether every vignette of the word has a decision."""
        return set(terms()[self.term].vignettes) <= set(self.choices)

    def is_like(self, other: "Sheet") -> bool:
        """Whether definition, decisions and reasons are the same, whoever's they are."""
        return (self.definition, dict(self.choices)) == (other.definition, dict(other.choices))


def next_undecided(keys: list[str], choices: Mapping[str, Choice], after: str = "") -> str:
    """The next vignette without a decision, beginning again from the top; empty when there is none."""
    start = keys.index(after) + 1 if after in keys else 0
    return next((one for one in [*keys[start:], *keys[:start]] if one not in choices), "")


def progress(keys: list[str], choices: Mapping[str, Choice]) -> str:
    """How far somebody is, in words."""
    done = [choices[one].decision for one in keys if one in choices]
    told = (f"{len(done)} of {number_of(len(keys), 'story', 'stories')} decided: {done.count(YES)} yes, "
            f"{done.count(NO)} no, {done.count(CANNOT_TELL)} cannot tell.")
    return f"{told} {len(keys) - len(done)} to go." if len(done) < len(keys) else told


# -- comparing ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Comparison:
    """Two sets of decisions about the same vignettes.

    Attributes
    ----------
    differences : tuple of str
        Vignettes decided differently, in order.
    both : int
        Vignettes that both decided.
    agreement : Estimate or None
        Cohen's kappa with its interval and cautions; None when it cannot be worked out.
    notes : tuple of str
        What to know about the comparison, a sentence each.
    """

    differences: tuple[str, ...]
    both: int
    agreement: object
    notes: tuple[str, ...]

    @property
    def alike(self) -> int:
        """Vignettes that both decided the same."""
        return self.both - len(self.differences)

    def share(self) -> str:
        """Observed agreement, as a count and a percentage."""
        from researchskills.statistics.estimate import percent

        return f"{self.alike} of {self.both} ({percent(self.alike / self.both)}%)"

    def sentence(self) -> str:
        """Differences first, then observed agreement, then kappa or why there is none."""
        told = (f"You differ on {number_of(len(self.differences), 'story', 'stories')}; talk about "
                f"{'it' if len(self.differences) == 1 else 'these'} first. " if self.differences else "")
        told += f"You decided alike on {self.share()}."
        return f"{told} {self.agreement.sentence()}" if self.agreement is not None else f"{told} {self.notes[0]}"


def compare(own: Mapping[str, Choice], other: Mapping[str, Choice]) -> Comparison:
    """Lay two sets of decisions beside each other; “cannot tell” counts as a decision of its own.

    Raises
    ------
    CourseError
        If there is no vignette that both decided.
    """
    from researchskills.statistics.agreement import kappa

    both = [one for one in own if one in other]
    if not both:
        raise CourseError("There is no story that both have decided about, so there is nothing to compare yet.")
    differ = sorted(one for one in both if own[one].decision != other[one].decision)
    notes = [ON_TWELVE]
    try:
        agreement = kappa([own[one].decision for one in both], [other[one].decision for one in both])
    except CourseError as problem:
        agreement, notes = None, [str(problem), *notes]
    return Comparison(tuple(differ), len(both), agreement, tuple(notes))


def check_partner(own: Sheet, other: Sheet) -> None:
    """Refuse a partner's sheet that cannot be compared with one's own.

    Raises
    ------
    CourseError
        If the file is one's own, or one's own decisions are not complete: who has read the other's reasons no longer
        decides alone.
    """
    if not own.is_complete():
        raise CourseError(f"Decide about all {len(terms()[own.term].vignettes)} stories first, then look at your "
                          f"partner’s file; else you no longer decide alone. {NOTHING}")
    if own.author and own.author == other.author:
        raise CourseError(f"This is your own file: it was saved here, in round {other.round}. {NOTHING} Choose the "
                          "file that your partner sent.")
    if own.who and own.who.casefold() == other.who.casefold():
        raise CourseError(f"The file was saved by “{other.who}”, and that is the name you gave for yourself. {NOTHING} "
                          "Choose your partner’s file, or give the two of you different names.")


def compare_with_partner(own: Sheet, other: Sheet) -> Comparison:
    """Lay a partner's decisions beside one's own; neither sheet is changed, and nothing is merged."""
    found = compare(own.choices, other.choices)
    notes = list(found.notes)
    if own.sector and own.sector == other.sector:
        notes.append("Both of you gave the same sector. Look for a partner from another one as well: that is where "
                     "words part.")
    if own.is_like(other):
        notes.append("Definition, decisions and reasons are all the same as yours. Make sure that this is not your own "
                     "file from another computer.")
    elif own.definition == other.definition:
        notes.append("Your two definitions are the same word for word, so the differences come from reading them, or "
                     "the stories, differently.")
    return Comparison(found.differences, found.both, found.agreement, tuple(notes))


# -- the panel ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Panel:
    """An invented panel of three, and what they made of a word.

    Attributes
    ----------
    agreed : dict
        Vignette → `Choice` that they agreed on after talking.
    first, later : dict
        Role → vignette → `Choice`, before they talked and with their sharpened definition.
    definition, naive : str
        Their definition, and one that is often heard.
    naive_choices : dict
        Vignette → what the naive definition gives.
    """

    agreed: Mapping[str, Choice]
    first: Mapping[str, Mapping[str, Choice]]
    later: Mapping[str, Mapping[str, Choice]]
    definition: str
    naive: str
    naive_choices: Mapping[str, Choice]

    def said_first(self, vignette: str) -> list[tuple[str, Choice]]:
        """What each of them decided at first, and why."""
        return [(role, held[vignette]) for role, held in self.first.items()]

    def agreement(self) -> pd.DataFrame:
        """Observed agreement and kappa of each pair, at first and later."""
        from itertools import combinations

        from researchskills.statistics.estimate import in_brief

        rows = []
        for one, two in combinations(self.first, 2):
            found = [compare(when[one], when[two]) for when in (self.first, self.later)]
            rows.append([f"{one} and {two}", *(text for each in found
                                               for text in (each.share(), in_brief(each.agreement)))])
        return pd.DataFrame(rows, columns=["Pair", "Alike at first", "Kappa at first (95% interval)",
                                           "Alike with the sharpened definition", "Kappa then (95% interval)"])


@cache
def panel(key: str) -> Panel:
    """What the panel made of a word; look at it only when the learner has decided."""
    from researchskills.datasets import planted

    held = planted("vignettes")[key]
    each = held["vignettes"]
    roles = next(iter(each.values()))["first"]
    return Panel(
        {one: Choice(said["agreed"], said["why"]) for one, said in each.items()},
        {role: {one: Choice(**said["first"][role]) for one, said in each.items()} for role in roles},
        {role: {one: Choice(said["later"][role]) for one, said in each.items()} for role in roles},
        held["definitions"]["panel"]["text"], held["definitions"]["naive"]["text"],
        {one: Choice(said["naive"]) for one, said in each.items()})


# -- what to ask -------------------------------------------------------------------------------------

#: How many of the decisions must follow one fact before it is asked about.
_FOLLOWS = 11


def one_fact(key: str, choices: Mapping[str, Choice]) -> str:
    """A fact that alone tells a learner's yes from their no, or nothing.

    Returns
    -------
    str
        The fact in words; empty when there is none, or not all vignettes are decided.
    """
    vignettes = terms()[key].vignettes
    said = {one: choices[one].decision for one in vignettes if one in choices}
    if len(said) < len(vignettes) or not {YES, NO} <= set(said.values()):
        return ""
    for fact in next(iter(vignettes.values())).facts:
        values = {one: vignettes[one].facts[fact] for one in said}
        for way in ({YES: "yes", NO: "no"}, {YES: "no", NO: "yes"}):
            if sum(way.get(said[one]) == values[one] for one in said) >= _FOLLOWS:
                return fact
    return ""


def prompts(own: Sheet, other: Mapping[str, Choice], differences: Iterable[str]) -> list[str]:
    """Questions to the learner that the differences raise; none says that something is wrong."""
    differences = list(differences)
    mine = {one: own.choices[one].decision for one in differences}
    asked = []
    wide = [one for one in differences if mine[one] == YES and other[one].decision == NO]
    narrow = [one for one in differences if mine[one] == NO and other[one].decision == YES]
    if wide:
        asked.append(f"You count {_listed(wide)} and the other side does not. Which line of your definition made it "
                     "count, and would you want it to at work?")
    if narrow:
        asked.append(f"You do not count {_listed(narrow)} and the other side does. Is that in what you leave out, or "
                     "did your definition not think of it?")
    open_ = [one for one in own.choices if own.choices[one].decision == CANNOT_TELL]
    if open_:
        asked.append(f"Your definition leaves {_listed(open_)} open. Which fact would decide, and does any record "
                     "hold it?")
    if fact := one_fact(own.term, own.choices):
        asked.append(f"Your decisions follow one fact nearly alone: “{fact}”. Is that what you mean by the word?")
    missing = [f"“{label}”" for key, label in LINES.items() if not getattr(own.definition, key).strip()]
    if missing:
        asked.append(f"Your definition says nothing yet under {_listed(missing)}. Could a stranger apply it all the "
                     "same?")
    return asked


def _listed(keys: list[str]) -> str:
    return keys[0] if len(keys) == 1 else f"{', '.join(keys[:-1])} and {keys[-1]}"
