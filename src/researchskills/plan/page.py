"""The plan and the CPD record as pages and as Word documents, one text for both."""

import datetime
import re

from researchskills import _html, documents, web_page
from researchskills._html import escape
from researchskills.plan.cpd import CpdRecord
from researchskills.plan.research_plan import ResearchPlan, Section
from researchskills.tables import html_table

_MADE_OF = ("Put together from what was saved in the course. What comes from an exercise with invented records is "
            "practice and no evidence.")


def html(plan: ResearchPlan, made: datetime.datetime) -> str:
    """The plan as a page of its own.

    Parameters
    ----------
    plan : ResearchPlan
    made : datetime.datetime
        Day that stands on the page.
    """
    parts = [f'<section aria-labelledby="{one.part.key}"><h2 id="{one.part.key}">{escape(one.part.title)}</h2>'
             f"{_section(one)}</section>" for one in plan.sections]
    contents = "".join(f'<li><a href="#{one.part.key}">{escape(one.part.title)}</a>'
                       f"{' (nothing yet)' if one.missing else ''}</li>" for one in plan.sections)
    return web_page.page(plan.title, f'<p>{_made(made)}</p><nav aria-label="Contents"><ol>{contents}</ol></nav>'
                                     f"{_in_short(plan, 2)}{''.join(parts)}", f"<p>{escape(_MADE_OF)}</p>",
                         (plan.sections[0].part.key, "Go to the plan"))


def word(plan: ResearchPlan, made: datetime.datetime):
    """The same as a Word document.

    Returns
    -------
    docx.document.Document
    """
    document = documents.blank(plan.title, "A research plan", made)
    document.add_heading(documents.printable(plan.title), level=0)
    documents.add_html(document, f"<p>{_made(made)}</p>{_in_short(plan, 1)}", level=0)
    for section in plan.sections:
        document.add_heading(section.part.title, level=1)
        documents.add_html(document, _section(section), level=1)
    documents.add_html(document, f"<p><em>{escape(_MADE_OF)}</em></p>")
    return document


def cpd_html(record: CpdRecord, made: datetime.datetime) -> str:
    """The CPD record as a page of its own."""
    return web_page.page(record.title, f"<p>{_made(made)}</p>{_cpd(record)}")


def cpd_word(record: CpdRecord, made: datetime.datetime):
    """The CPD record as a Word document."""
    document = documents.blank(record.title, "A record of learning", made)
    document.add_heading(record.title, level=0)
    documents.add_html(document, f"<p>{_made(made)}</p>{_cpd(record)}", level=1)
    return document


def _cpd(record: CpdRecord) -> str:
    parts = [html_table(record.summary(), "Modules, hours and how much was done"), f"<p>{escape(record.note)}</p>"]
    for one in record.entries:
        parts.append(f"<h2>{escape(one.title)}</h2>")
        for heading, words in one.headings().items():
            parts.append(f"<h3>{escape(heading)}</h3>")
            parts.append("<ul>" + "".join(f"<li>{escape(each)}</li>" for each in words) + "</ul>"
                         if isinstance(words, list) else _html.plain(words or "Not written yet."))
    return "".join(parts)


def _made(made: datetime.datetime) -> str:
    return f"{made.day} {made:%B %Y}"


def _in_short(plan: ResearchPlan, level: int) -> str:
    """What somebody who has one minute needs: the question, what is asked of them, and what is not there yet."""
    by_part = {one.part.key: one for one in plan.sections}
    asked = by_part["supervisor"].words
    empty = [one.part.title for one in plan.sections if one.missing]
    lines = [("The question", plan.question or _see(by_part["question"], "Not put into a frame yet.")),
             ("What I need from my supervisor", asked or _see(by_part["supervisor"], "Not written yet.")),
             ("Still empty", "; ".join(empty) or "Nothing: every part holds something.")]
    told = "".join(f"<p><strong>{label}:</strong> {escape(words)}</p>" for label, words in lines)
    notes = "".join(f"<li>{escape(one)}</li>" for one in plan.skipped)
    return f"<h{level}>In short</h{level}>{told}" + (f"<ul>{notes}</ul>" if notes else "")


def _see(section: Section, otherwise: str) -> str:
    """Where it stands, when it does not stand in one sentence."""
    titles = "; ".join(f"“{one.title}”" for one in section.contributions)
    return f"See {titles} below." if titles else otherwise


def _section(section: Section) -> str:
    parts = [f"<p>{escape(section.part.about)}</p>", _html.plain(section.words)]
    if section.missing:
        parts.append(f"<p><em>{escape(section.missing)}</em></p>")
    for one in section.contributions:
        # A part with one contribution of the same name needs no second heading.
        heading = f"<h3>{escape(one.title)}</h3>" if one.title != section.part.title else ""
        parts.append(f"{heading}{_beneath(one.html)}")
    return "".join(parts)


def _beneath(html: str) -> str:
    """Headings in a contribution follow below that of the contribution itself."""
    return re.sub(r"<(/?)h[1-6]\b", r"<\1h4", html)
