"""What a search strategy shows: its ideas, figures, remarks and other sources as HTML that needs no script."""

import datetime

import pandas as pd

from researchskills import _html
from researchskills._words import number_of
from researchskills.evidence.peer_review import ELEMENTS
from researchskills.evidence.search_activity import JUDGEMENTS
from researchskills.evidence.strategy import Block
from researchskills.tables import html_table


def percent(share: float | None) -> str:
    """A share in words; a search that finds nothing has no precision."""
    if share is None:
        return "not defined"
    # 99.8 % is not “100 %”: only a whole is called one.
    text = f"{100 * share:.0f}"
    return f"{100 * share:.1f} %" if text in {"0", "100"} and 0 < share < 1 else f"{text} %"


def day_words(when: str) -> str:
    """The day of a moment, such as “29 November 2026”; what is no moment stays as it is."""
    try:
        day = datetime.date.fromisoformat(when[:10])
    except ValueError:
        return when
    return f"{day.day} {day:%B %Y}"


def commit_words(one: dict) -> str:
    """What somebody said is the search, in a sentence."""
    told = (f"On {day_words(one['when'])} you said that line {one['line']} is your search: "
            f"{number_of(one['found'], 'record')}")
    if "recall" in one:
        told += f", recall {percent(one['recall'])}, precision {percent(one['precision'])}"
    return told + "."


def commits_html(commits: list[dict]) -> str:
    """What was committed, with recall and precision where they can be known."""
    if not commits:
        return ""
    last = commits[-1]
    parts = [f"<p><strong>Your search: line {last['line']}</strong></p>"]
    if "recall" in last:
        missed = last["relevant"] - last["hits"]
        parts.append(f"<p>Chosen on {_html.escape(day_words(last['when']))}. Of {last['relevant']} relevant records "
                     f"you found {last['hits']} and missed {missed} (recall {percent(last['recall'])}). Of the "
                     f"{last['found']:,} that you would have to read, {last['hits']} are relevant (precision "
                     f"{percent(last['precision'])}).</p>")
        if last.get("missed"):
            table = pd.DataFrame([[title, lacking] for _, title, lacking in last["missed"]],
                                 columns=["Record that was missed", "Words in it that would have caught it"])
            parts.append(html_table(table, "Missed records"))
    else:
        parts.append(f"<p>{_html.escape(commit_words(last))} This is a question of your own, so nobody has counted the "
                     "relevant records and recall cannot be known. What you can ask: does the search find the records "
                     "that you know already?</p>")
    if len(commits) > 1:
        table = pd.DataFrame([{"when": one["when"].replace("T", " ").rstrip("Z"), "line": str(one["line"]),
                               "records": f"{one['found']:,}",
                               "recall": percent(one["recall"]) if "recall" in one else "not known",
                               "precision": percent(one["precision"]) if "precision" in one else "not known"}
                              for one in commits])
        parts.append(html_table(table, "Each time you said which line is your search (times in UTC)"))
    return "".join(parts)


def known_html(checked: list[dict]) -> str:
    """Which of the records known before were found."""
    if not checked:
        return ""
    items = []
    for one in checked:
        if not one["there"]:
            told = f"“{one['asked']}” is not in this library, so no search could find it here.{one['near']}"
        elif one["found"]:
            told = f"Found: “{one['title']}”."
        else:
            lacking = ", ".join(map(str, one["lacking"]))
            why = f" It is not in line {lacking}: which word does it use instead?" if lacking else ""
            told = f"Not found: “{one['title']}”.{why}"
        items.append(f"<li>{_html.escape(told)}</li>")
    there = [one for one in checked if one["there"]]
    hits = sum(one["found"] for one in there)
    return (f"<p>Of {number_of(len(there), 'record')} that you knew and that the library has, your search finds {hits}."
            f"</p><ul>{''.join(items)}</ul>")


def element_html(element: str, remarks: dict) -> str:
    """One of the six checks: what to ask, and what the rules saw."""
    about = ELEMENTS[element]
    seen = [one for one in remarks.get("found", []) if one["element"] == element]
    items = "".join(f"<li>{_remark_words(one)}</li>" for one in seen)
    told = f"<ul>{items}</ul>" if items else (
        "<p>The rules see nothing here. They cannot judge everything: what do you see?</p>" if remarks else "")
    number = list(ELEMENTS).index(element) + 1
    return f"<p><strong>{number}. {about.title}.</strong> {_html.escape(about.ask)}</p>{told}"


def _remark_words(one: dict) -> str:
    kind = "Seen" if one["sure"] else "A question"
    where = f", line {one['line']}" if one.get("line") else ""
    return f"<strong>{kind}{where}:</strong> {_html.escape(one['text'])}"


def note_html(note: str) -> str:
    """The learner's note on one of the six, or nothing."""
    return f"<p>Your note:</p>{_html.plain(note)}" if note.strip() else ""


def blocks_html(blocks: list[Block]) -> str:
    """The plan as a table: one row for each idea."""
    rows = [{"idea": one.name or "(no name yet)", "words, joined by OR": ", ".join(one.words) or "none yet",
             "subject headings": ", ".join(one.headings) or "none yet"} for one in blocks]
    return html_table(pd.DataFrame(rows), "Ideas, joined by AND")


def others_html(others: list[dict]) -> str:
    """The other sources as a table."""
    rows = [{"source": one["name"], "searched": one.get("searched", ""), "what was typed or opened": one["typed"],
             "records": "" if one.get("found") is None else f"{one['found']:,}", "notes": one.get("notes", "")}
            for one in others]
    return html_table(pd.DataFrame(rows), "Other sources")


def judged_words(judged: dict) -> str:
    """How many records look how."""
    counts = [(words, sum(one == key for one in judged.values())) for key, words in JUDGEMENTS.items()]
    return "Records skimmed: " + ", ".join(f"{count} {words}" for words, count in counts if count) + "."
