"""How often the rules of `researchable` are right, counted on questions that were held out.

The questions are those of the data package `research_questions`, with what a careful reader says of each. A rule is
*precise* when the faults that it sees are faults, and its *recall* is the share of the faults that it sees. Rules were
written with one half of the questions in sight; only the other half counts here. Some were mended after it had been
seen (the README of the package says which), so the figures are kinder than they would be on new questions.

The counts are kept as a small table, because a lesson that asks eight rules should not first read 160 questions.
`count` makes the table anew, and a test compares both.
"""

from dataclasses import dataclass

from researchskills.questions.frames import Framed
from researchskills.questions.researchable import RULES, check

#: A rule that is wrong more often asks instead of telling.
MOST_WRONG = 0.1


@dataclass(frozen=True)
class Counts:
    """What a rule saw in the held-out questions.

    Attributes
    ----------
    right : int
        Faults that the rule saw and a careful reader sees as well.
    seen : int
        Faults that the rule saw.
    there : int
        Faults that a careful reader sees.
    """

    right: int
    seen: int
    there: int


#: As counted with `count()`.
HELD_OUT = {
    "population": Counts(7, 7, 8),
    "outcome": Counts(7, 8, 10),
    "comparison": Counts(11, 12, 11),
    "time": Counts(14, 14, 14),
    "single": Counts(13, 14, 13),
    "neutral": Counts(16, 16, 16),
    "reach": Counts(7, 8, 10),
    "feasible": Counts(8, 8, 10),
}


@dataclass(frozen=True)
class Measured:
    """How good a rule is: two proportions with their intervals (`statistics.proportion`)."""

    precision: object
    recall: object


def asks(rule: str) -> bool:
    """Whether a rule is wrong too often to tell, and therefore asks."""
    held = HELD_OUT[rule]
    return held.seen == 0 or held.seen - held.right > MOST_WRONG * held.seen


def measured() -> dict[str, Measured]:
    """Precision and recall of each rule on the held-out questions, with 95% intervals.

    Returns
    -------
    dict
        Key of `RULES` → `Measured`. Score intervals (Wilson 1927), which hold for small numbers.
    """
    from researchskills.statistics.estimates import proportion

    return {rule: Measured(proportion(held.right, held.seen, what=f"Precision of “{RULES[rule].title}”"),
                           proportion(held.right, held.there, what=f"Recall of “{RULES[rule].title}”"))
            for rule, held in HELD_OUT.items()}


def rules_measured():
    """The same as a table for readers.

    Returns
    -------
    pandas.DataFrame
        One row a rule: rule, precision, recall, how it speaks.
    """
    import pandas as pd

    rows = [{"rule": RULES[rule].title, "seen rightly": _told(held.right, held.seen, one.precision),
             "found of those there": _told(held.right, held.there, one.recall),
             "shown as": "a question" if asks(rule) else "a finding"}
            for (rule, one), held in zip(measured().items(), HELD_OUT.values(), strict=True)]
    return pd.DataFrame(rows)


def _told(some: int, of: int, share) -> str:
    return f"{some} of {of} ({share.low:.0%} to {share.high:.0%})"


def questions(part: str) -> dict[str, Framed]:
    """Questions of the data package: number → question in its frame.

    Parameters
    ----------
    part : {"building", "held out"}
    """
    from researchskills.datasets import load

    slots: dict[str, dict] = {}
    for row in load("research_questions", "slots").itertuples():
        slots.setdefault(row.question, {})[row.slot] = row.text
    table = load("research_questions").astype({"kind": str, "frame": str, "part": str})
    table = table[table["part"] == part].fillna({"role": "", "data": ""})
    return {row.question: Framed(row.text, row.kind, row.frame, slots.get(row.question, {}), row.role, row.data,
                                 None if row.weeks != row.weeks else row.weeks)
            for row in table.itertuples()}


def count(part: str = "held out") -> dict[str, Counts]:
    """Ask the rules about the questions of a half, and compare with the sealed judgements.

    What a careful reader cannot tell counts as no fault, so a rule that sees one there is wrong.
    """
    from researchskills.datasets import planted

    key = planted("research_questions")["questions"]
    pairs = {rule: [] for rule in RULES}
    for number, framed in questions(part).items():
        for remark in check(framed):
            pairs[remark.rule].append((remark.fault is True, key[number][remark.rule]["fault"] == "yes"))
    return {rule: Counts(sum(seen and there for seen, there in held), sum(seen for seen, _ in held),
                         sum(there for _, there in held)) for rule, held in pairs.items()}
