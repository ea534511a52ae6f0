"""An appraisal as HTML: what stands in an exported notebook, and a page of its own to print or send."""

from importlib.resources import files

import pandas as pd

from researchskills._html import escape, plain
from researchskills._words import number_of
from researchskills.appraisal import forms, risk_of_bias, sentence_numbers, summary
from researchskills.appraisal.designs import DESIGNS
from researchskills.appraisal.forms import ANSWERS, DIRECTIONS, judgements
from researchskills.appraisal.reading import SECTORS, Appraisal
from researchskills.appraisal.stacked_tables import stacked_table
from researchskills.errors import CourseError

TASK = ("<p><strong>Appraise a report</strong></p><p>Read it, name its design, answer the questions for that design, "
        "judge each part, and say in one sentence how sure you are. There is no score: a study is more than a sum of "
        "ticks.</p>")
#: A word that is longer than a narrow screen breaks rather than make the page wider than it.
_NARROW = "@media (max-width: 40rem) { th, td { padding: .25em .3em; overflow-wrap: break-word; } }\n"
NOT_THE_TRUTH = ("The panel is not the truth. It is a few people who read the report with care and talked about it; "
                 "where you differ, go back to the sentences and decide.")


def body(activity) -> str:
    """Everything that was done with a report.

    Parameters
    ----------
    activity : appraise_activity.Appraise
    """
    parts = [f"<p>Report: {escape(activity.title())}.</p>" if activity.subject else "<p>No report chosen yet.</p>"]
    if who := _who(activity.reader, activity.sector):
        parts.append(f"<p>{who}</p>")
    appraisal = activity.appraisal
    if appraisal is None:
        return "".join([*parts, "<p>No design has been named yet.</p>" if activity.subject else ""])
    parts += [design_html(appraisal.design), f"<p>{escape(activity.progress())}</p>"]
    if appraisal.answers:
        parts.append(summary_html(appraisal))
    parts.append(certainty_html(appraisal.certainty))
    if appraisal.judgements:
        parts.append(lights_html({activity.title(): appraisal}))
    if appraisal.answers:
        marked = sorted({number for one in appraisal.answers.values() for number in one.sentences})
        shown = marked_html(activity, marked)
        parts += [answers_html(appraisal), f"<p>The sentences that you marked:</p>{shown}" if shown else ""]
    if notes := activity.panel_notes():
        parts.append(panel_html(appraisal, notes))
    return "".join(parts)


def design_html(key: str) -> str:
    """A design: what was done, what it can and what it cannot say."""
    design = DESIGNS[key]
    return (f"<p><strong>Design: {escape(design.name)}</strong></p><p>{escape(design.means)}</p>"
            f"<ul><li>What a sound study of this kind can say: {_lower(design.can_say)}</li>"
            f"<li>What even a sound one cannot say: {_lower(design.cannot_say)}</li></ul>")


def answers_html(appraisal: Appraisal) -> str:
    """Each answered question with its evidence, as a table."""
    form = forms.form(appraisal.form)
    rows = []
    for question in form.questions:
        answer = appraisal.answers.get(question.key)
        if answer is not None:
            numbers = sentence_numbers.written(answer.sentences)
            told = [numbers and f"{_sentences(numbers)} {numbers}.", answer.evidence,
                    f"It {DIRECTIONS[answer.direction]}." if answer.direction else ""]
            rows.append({"question": question.text, "answer": ANSWERS[answer.answer],
                         "where it stands, and which way it pushes": " ".join(filter(None, told))})
    return stacked_table(pd.DataFrame(rows), f"Answers on the form “{form.title}”")


def marked_html(activity, numbers) -> str:
    """Marked sentences of the report, so that a wrong number is seen at once."""
    try:
        report = activity.text()
        told = [f"[{number}] {report.sentence(number)}" for number in numbers] if report else []
    except CourseError:
        # The report cannot be opened, or had more sentences in an earlier edition.
        return ""
    return f"<blockquote>{''.join(f'<p>{escape(one)}</p>' for one in told)}</blockquote>" if told else ""


def summary_html(appraisal: Appraisal) -> str:
    """Strong points, main threats and what cannot be told."""
    told = summary.summarise(appraisal)
    parts = [_list("Strong points", told.strong, "No question has been answered with yes."),
             _list("Main threats", told.threats, "No question has been answered with no or partly."),
             f"<p>{escape(told.directions)}</p>" if told.directions else "",
             _list("What cannot be told", told.unclear, "")]
    if told.open:
        parts.append(_list("Not answered yet", told.open, ""))
    return "".join(parts)


def lights_html(appraisals: dict[str, Appraisal]) -> str:
    """The risk of bias by domain, a picture with its table for each form."""
    return "".join(one._repr_html_() for one in risk_of_bias.traffic_lights(appraisals))


def certainty_html(words: str) -> str:
    """The sentence about certainty."""
    held = plain(words) if words.strip() else "<p>Not yet written.</p>"
    return f"<p><strong>How sure, in one sentence</strong></p>{held}"


def panel_html(appraisal: Appraisal, notes: dict) -> str:
    """What the panel noted on what the reader has answered; where both differ comes first.

    The rest is only named, so that what was left for another day can still be read alone.
    """
    form, complete = forms.form(appraisal.form), not appraisal.unanswered
    theirs = DESIGNS[notes["design"]]
    parts = [f"<p><strong>What the panel noted</strong></p><p>{NOT_THE_TRUTH}</p>"]
    same = "You named the same design." if notes["design"] == appraisal.design else \
        f"You took it for: {DESIGNS[appraisal.design].name}. {theirs.means}"
    parts.append(f"<p>Design: {escape(theirs.name)}. {escape(same)}</p>")
    same_form = theirs.form == appraisal.form
    if same_form:
        parts += [_compared(appraisal, notes), _judged(appraisal, notes)]
    else:
        title = forms.form(theirs.form).title
        parts.append(f"<p>The panel used another form, “{escape(title)}”, so its answers cannot stand beside yours. "
                     "Should its reason convince you, change the design in step 2; your answers are kept.</p>")
    threats = [one for one in notes["threats"] if complete or (same_form and all(
        question.key in appraisal.answers for question in form.of_domain(one["domain"])))]
    parts.append(_list("Threats that the panel saw", [_noted(one) for one in threats], ""))
    if complete:
        parts += [_list("Strengths that the panel saw", [_noted(one) for one in notes["strengths"]], ""),
                  f"<p>Its sentence about certainty: {escape(notes['certainty'])}</p>"]
    more = len(notes["threats"]) - len(threats)
    waiting = [question.text for question in form.questions if question.key not in appraisal.answers]
    waiting += [f"Judgement of the part “{words}”" for domain, words in form.domains.items()
                if domain not in appraisal.judgements] if same_form else []
    waiting += [f"{number_of(more, 'threat')} that the panel saw"] if more else []
    waiting += [] if complete else ["Strengths that the panel saw, and its sentence about certainty"]
    return "".join([*parts, _list("Open; shown when you have answered", waiting, "")])


def page(title: str, content: str) -> str:
    """A whole HTML page that needs nothing else: no script, no network.

    Parameters
    ----------
    title : str
        Becomes its heading.
    content : str
        HTML without headings; paragraphs that are bold as a whole become headings.
    """
    style = (files("researchskills") / "lab" / "templates" / "course" / "page.css").read_text(encoding="utf-8")
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return (
        f'<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{style}{_NARROW}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{escape(title)}</h1>\n{headed(content, 2)}</main>\n</body>\n</html>\n"
    )


def headed(content: str, level: int) -> str:
    """The same HTML with every paragraph that is bold as a whole as a heading."""
    parts = content.split("<p><strong>")
    return parts[0] + "".join(_as_heading(part, level) for part in parts[1:])


def _as_heading(part: str, level: int) -> str:
    words, sign, rest = part.partition("</strong></p>")
    return f"<h{level}><strong>{words}</strong></h{level}>{rest}" if sign else f"<p><strong>{part}"


def _compared(appraisal: Appraisal, notes: dict) -> str:
    form, differing, alike, why = forms.form(appraisal.form), [], [], {}
    for question in form.questions:
        mine, panel = appraisal.answers.get(question.key), notes["answers"].get(question.key)
        if mine is not None and panel is not None:
            row = {"question": question.text, "you": ANSWERS[mine.answer], "the panel": ANSWERS[panel["answer"]]}
            (alike if row["you"] == row["the panel"] else differing).append(row)
            why[question.text] = _noted({"text": panel["why"], "sentences": panel["sentences"]})
    table = stacked_table(pd.DataFrame(differing + alike), "What you have answered; where you differ comes first")
    reasons = [[f"{one['question']} {one['the panel']}. {why[one['question']]}" for one in rows]
               for rows in (differing, alike)]
    folded = _items(reasons[1])
    return (table + _list("Why the panel answered otherwise", reasons[0], "")
            + (f"<details><summary>Why it answered like you</summary>{folded}</details>" if folded else ""))


def _judged(appraisal: Appraisal, notes: dict) -> str:
    said = judgements(appraisal.form)
    rows = [{"part": words, "you": said[appraisal.judgements[domain]], "the panel": said[notes["judgements"][domain]]}
            for domain, words in forms.form(appraisal.form).domains.items()
            if domain in notes["judgements"] and domain in appraisal.judgements]
    rows.sort(key=lambda one: one["you"] == one["the panel"])
    return stacked_table(pd.DataFrame(rows), "What you have judged; where you differ comes first") if rows else ""


def _noted(one: dict) -> str:
    numbers = sentence_numbers.written(one.get("sentences", ()))
    where = f" ({_sentences(numbers)} {numbers}.)" if numbers else ""
    direction = one.get("direction", "")
    return f"{one['text']}{where}" + (f" This {DIRECTIONS[direction]}." if direction else "")


def _sentences(numbers: str) -> str:
    return "Sentence" if numbers.isdecimal() else "Sentences"


def _who(reader: str, sector: str) -> str:
    told = [f"Read by {reader}" if reader else "", f"{SECTORS[sector]}" if sector else ""]
    return escape(", ".join(filter(None, told))) + "." if reader or sector else ""


def _list(title: str, items: list[str], none: str) -> str:
    if not items:
        return f"<p><strong>{title}</strong></p><p>{none}</p>" if none else ""
    return f"<p><strong>{title}</strong></p>{_items(items)}"


def _items(items: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(one)}</li>' for one in items)}</ul>" if items else ""


def _lower(words: str) -> str:
    return escape(words[:1].lower() + words[1:])
