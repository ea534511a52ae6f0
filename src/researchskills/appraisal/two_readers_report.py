"""How two readers' comparison reads: differences first, then agreement, then what is not compared. HTML, no script."""

from collections.abc import Mapping

import pandas as pd

from researchskills import _html
from researchskills.appraisal import appraisal_report, forms, reader_files, reports, settling
from researchskills.appraisal.designs import DESIGNS
from researchskills.appraisal.forms import ANSWERS, DIRECTIONS
from researchskills.appraisal.reading import SECTORS, Answer, Appraisal
from researchskills.appraisal.sentence_numbers import written
from researchskills.appraisal.settling import Agreement
from researchskills.appraisal.stacked_tables import stacked_table
from researchskills.appraisal.two_readers import GAVE_WAY, KINDS, PROMPTS, STILL_DIFFER, Comparison, Difference
from researchskills.tables import html_table


def who(appraisal: Appraisal, otherwise: str) -> str:
    """A reader's name and sector, as far as they are known."""
    told = appraisal.reader or otherwise
    return f"{told} ({SECTORS[appraisal.sector].lower()})" if appraisal.sector else told


def agreed_words(difference: Difference, agreement: Agreement) -> str:
    """What was settled, in words."""
    return "we still differ" if agreement.value == STILL_DIFFER else difference.options.get(
        agreement.value, agreement.value)


def settled_words(difference: Difference, agreement: Agreement, gave_way: Mapping[str, str] = GAVE_WAY) -> str:
    """What was settled and who gave way, in words."""
    together = agreement.how and agreement.value != STILL_DIFFER
    who_gave_way = agreement.how if together else difference.gave_way(agreement.value)
    return f"{agreed_words(difference, agreement)} ({gave_way[who_gave_way]})"


def card(comparison: Comparison, difference: Difference, agreement: Agreement | None) -> str:
    """One difference: what each said and why, what to ask each other, and where it stands."""
    number = comparison.differences.index(difference) + 1
    sides = (difference.my_answer, difference.their_answer)
    if None in sides:
        rows = {"Said": [difference.said(difference.mine), difference.said(difference.theirs)]}
    else:
        rows = {"Answer": [ANSWERS[one.answer] for one in sides],
                "Direction": [DIRECTIONS.get(one.direction, "not said") for one in sides],
                "Sentences": [_sentences(comparison.own.report, one) for one in sides],
                "In own words": [one.evidence or "nothing" for one in sides]}
    table = pd.DataFrame([[what, *said] for what, said in rows.items()], columns=["What", "You", "Partner"])
    return (f"<p><strong>Difference {number} of {len(comparison.differences)}: {KINDS[difference.kind]}</strong></p>"
            f"<p>{_html.escape(difference.about)}</p>{stacked_table(table, 'What each of you said')}"
            f"<p>To talk about: {_html.escape(PROMPTS[difference.kind])}</p>{_standing(difference, agreement)}")


def _standing(difference: Difference, agreement: Agreement | None) -> str:
    if agreement is None:
        return "<p>Not settled yet.</p>"
    told = agreed_words(difference, agreement)
    if not settling.fits(difference, agreement):
        return (f"<p><strong>To be looked at again:</strong> you settled this (“{_html.escape(told)}”) when you said "
                f"“{_html.escape(difference.said(agreement.mine))}” and your partner "
                f"“{_html.escape(difference.said(agreement.theirs))}”. One of you answers otherwise now. Choose once "
                "more.</p>")
    why = f" Why: {_html.escape(agreement.why)}" if agreement.why else ""
    return f"<p>Settled: {_html.escape(settled_words(difference, agreement))}.{why}</p>"


def _sentences(report: str, answer: Answer) -> str:
    if not answer.sentences:
        return "none"
    if report not in reports.names():
        return written(answer.sentences)
    text = reports.report(report)
    return " ".join(f"[{number}] {text.sentence(number)}" for number in sorted(answer.sentences))


def comparison_html(comparison: Comparison, agreements: Mapping[str, Agreement]) -> str:
    """The whole comparison: what differs and how it was settled, how far they agree, what is not compared."""
    parts = [f"<p>{_html.escape(comparison.sentence())}</p>"]
    if comparison.differences:
        parts.append(stacked_table(differences_table(comparison, agreements), "Where you differ"))
    parts.append(lapsed_html(comparison, agreements))
    parts.append(agreement_html(comparison))
    return "".join(parts)


def differences_table(comparison: Comparison, agreements: Mapping[str, Agreement],
                      called: tuple[str, str] = ("you", "your partner"),
                      gave_way: Mapping[str, str] = GAVE_WAY) -> pd.DataFrame:
    """One row for each difference: what each said, what was settled, who gave way and why."""
    states = settling.standing(comparison, agreements)
    rows = []
    for one in comparison.differences:
        held = agreements.get(one.key)
        settled = {"open": "not yet", "lapsed": "an answer changed: look again"}.get(states[one.key])
        if settled is None:
            settled = settled_words(one, held, gave_way) + (f". Why: {held.why}" if held.why else "")
        rows.append([f"{one.about} ({KINDS[one.kind]})", one.said(one.mine), one.said(one.theirs), settled])
    return pd.DataFrame(rows, columns=["about", *called, "settled"])


def lapsed_html(comparison: Comparison, agreements: Mapping[str, Agreement]) -> str:
    """Agreements on what is no difference any more; nothing when there are none."""
    gone = [key for key in agreements if comparison.find(key) is None]
    if not gone:
        return ""
    items = "".join(f"<li>{_html.escape(_about(key, agreements[key]))}</li>" for key in gone)
    return ("<p>You settled these before an answer changed. They are no difference now, or cannot be compared. What "
            f"you settled is kept, and is not in the agreed version:</p><ul>{items}</ul>")


def _about(key: str, agreement: Agreement) -> str:
    """What an agreement was about, and why it was made."""
    what, _, part = key.partition(":")
    if what == "design":
        about = "What kind of study is it?"
    else:
        form = forms.form(agreement.form)
        about = form.domains.get(part, part) if what == "judgement" else next(
            (one.text for one in form.questions if one.key == part), part)
    return f"{about} ({agreement.why})" if agreement.why else about


def agreement_html(comparison: Comparison) -> str:
    """How far they agree, what to be careful about, and what was not compared."""
    parts = []
    if comparison.agreement is not None:
        parts.append(comparison.agreement._repr_html_())
    else:
        parts.append(f"<p>There is no kappa. {_html.escape(comparison.without_kappa)}</p>")
    if comparison.notes:
        parts.append(f"<ul>{''.join(f'<li>{_html.escape(one)}</li>' for one in comparison.notes)}</ul>")
    if comparison.lacking:
        rows = [{"what": about, "you": "answered" if mine else "no answer",
                 "your partner": "answered" if theirs else "no answer"} for about, mine, theirs in comparison.lacking]
        parts.append(stacked_table(pd.DataFrame(rows), "Not compared, because an answer is missing"))
    if comparison.own.certainty or comparison.other.certainty:
        rows = [{"reader": name, "how sure": one.certainty or "not said"}
                for name, one in (("You", comparison.own), ("Your partner", comparison.other))]
        parts.append(html_table(pd.DataFrame(rows), "How sure each of you is of the main finding"))
    return "".join(parts)


def agreed_page(comparison: Comparison, agreements: Mapping[str, Agreement], certainty: str) -> str:
    """The agreed version as a page that stands on its own.

    Raises
    ------
    CourseError
        If there is no agreed version yet.
    """
    # Whoever reads the page later is neither of the two.
    first, second = "the first reader", "the second reader"
    agreed, unsettled = settling.agreed_version(comparison, agreements, certainty, (first, second))
    title = reader_files.report_title(agreed.report)
    open_ = "".join(f"<li>{_html.escape(one)}</li>" for one in unsettled)
    parts = [f"<p>Read separately by {_html.escape(who(comparison.own, 'one person'))}, called the first reader here, "
             f"and {_html.escape(who(comparison.other, 'another person'))}, called the second reader. Then they "
             "compared and talked.</p>",
             f"<p>Design: {_html.escape(DESIGNS[agreed.design].name)}.</p>",
             "<p><strong>What we agree on</strong></p>",
             appraisal_report.answers_html(agreed) if agreed.answers else "<p>No answer yet.</p>",
             appraisal_report.lights_html({title: agreed}) if agreed.judgements else "",
             appraisal_report.certainty_html(agreed.certainty),
             "<p><strong>What remains unsettled</strong></p>", f"<ul>{open_}</ul>" if open_ else "<p>Nothing.</p>",
             "<p><strong>Where we differed, and who gave way</strong></p>"]
    table = differences_table(comparison, agreements, (first, second), {
        **GAVE_WAY, "me": f"{first} gave way", "partner": f"{second} gave way"})
    parts.append("<p>Nowhere.</p>" if table.empty else stacked_table(table, "What each reader said before the talk"))
    return appraisal_report.page(f"Agreed appraisal: {title}", "".join(parts))
