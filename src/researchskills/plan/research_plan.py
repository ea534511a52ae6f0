"""A research plan: its parts with what was gathered for each, what is missing, and what a supervisor should know.

Nothing is invented: a part holds what the learner made and wrote, or says which module fills it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from researchskills import privacy
from researchskills.plan.gather import Contribution, Gathered
from researchskills.plan.parts import PARTS, Part


@dataclass(frozen=True)
class Section:
    """A part of the plan as it is written.

    Attributes
    ----------
    part : Part
    words : str
        What the learner wrote for this part in the plan itself; may be empty.
    contributions : tuple of Contribution
        What is included.
    missing : str
        When there is neither: a sentence that says what fills this part.
    """

    part: Part
    words: str
    contributions: tuple[Contribution, ...]
    missing: str


@dataclass(frozen=True)
class ResearchPlan:
    """A plan, ready to be shown or written.

    Attributes
    ----------
    title : str
    sections : tuple of Section
        All parts, in order.
    left_out : tuple of str
        Titles of what the learner chose to leave out.
    skipped : tuple of str
        Sentences about answers that could not be read.
    """

    title: str
    sections: tuple[Section, ...]
    left_out: tuple[str, ...]
    skipped: tuple[str, ...]

    @property
    def question(self) -> str:
        """The question as it stands now: the latest one that an activity for it holds; empty while there is none."""
        held = [one for section in self.sections for one in section.contributions if one.headline]
        return max(held, key=lambda one: one.saved).headline if held else ""

    def private_details(self) -> list[str]:
        """A sentence for each detail in the plan that could identify a person; looked for before it is written."""
        return private_details([
            ("the title", self.title),
            *((section.part.title, section.words) for section in self.sections),
            *((one.title, f"{one.shown}\n{privacy.plain_text(one.html)}")
              for section in self.sections for one in section.contributions)])


def private_details(texts: Iterable[tuple[str, str]]) -> list[str]:
    """A sentence for each detail that could identify a person.

    Parameters
    ----------
    texts : iterable of tuple of str
        Where a text stands, and the text.
    """
    found = []
    for where, text in texts:
        for match in privacy.find(text):
            found.append(f"“{where}” holds what looks like {match.described}.")
    return list(dict.fromkeys(found))


def is_included(one: Contribution, ticked: Mapping[str, bool]) -> bool:
    """Whether something goes into the plan: as the learner ticked it, else all but what is private."""
    return ticked.get(one.name, not one.private)


def assemble(gathered: Gathered, title: str = "", ticked: Mapping[str, bool] | None = None,
             words: Mapping[str, str] | None = None) -> ResearchPlan:
    """Put what was gathered in order.

    Parameters
    ----------
    gathered : Gathered
    title : str, optional
        By default “My research plan”.
    ticked : mapping, optional
        Name of a contribution → whether it goes in; the others as `is_included` says.
    words : mapping, optional
        Part → what the learner wrote for it in the plan itself.
    """
    ticked, words = ticked or {}, words or {}
    included = [one for one in gathered.contributions if is_included(one, ticked)]
    sections = []
    for key, part in PARTS.items():
        own, held = words.get(key, "").strip(), tuple(one for one in included if one.part == key)
        sections.append(Section(part, own, held, "" if own or held else _missing(key, gathered)))
    left_out = tuple(one.title for one in gathered.contributions if not is_included(one, ticked))
    return ResearchPlan(title.strip() or "My research plan", tuple(sections), left_out, tuple(gathered.skipped))


def _missing(part: str, gathered: Gathered) -> str:
    """Which module fills a part; of modules that are not in this edition yet, the name says it."""
    fillers = gathered.fillers.get(part)
    if fillers:
        return f"Nothing yet. These modules fill this part: {'; '.join(fillers)}."
    named = "; ".join(_spoken(name) for name in PARTS[part].modules)
    return f"Nothing yet. It will be filled by {named}, which this edition of the course does not have yet."


def _spoken(module: str) -> str:
    number, _, title = module.partition("-")
    return f"module {int(number)} ({title.replace('-', ' ')})"
