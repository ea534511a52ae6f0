"""Risk of bias by domain, as a table and as a picture with a sign for each judgement.

A sign has a letter, a shape and a colour, each of which says the same (L in a circle, S in a triangle, H in a square,
? in a diamond). Reports that were appraised with different forms have different domains, so each form has a picture
of its own; a column that meant another thing in each row would invite comparing what cannot be compared.
"""

import textwrap
from collections.abc import Mapping

import pandas as pd

from researchskills.appraisal import forms
from researchskills.appraisal.forms import Form
from researchskills.appraisal.reading import Appraisal
from researchskills.charts import ExplainedFigure, figure

#: Judgement → letter, marker, colour of the shape, colour of the letter. Letters have a contrast of at least 4.5 : 1
#: on their shape (WCAG 2.2, 1.4.3); blue, yellow and dark orange stay apart for colour-blind people (Okabe and Ito
#: 2008; the orange is darkened for the sake of the letter).
SIGNS = {
    "low": ("L", "o", "#0072B2", "#FFFFFF"),
    "some": ("S", "^", "#F0E442", "#222222"),
    "high": ("H", "s", "#A63C00", "#FFFFFF"),
    "unclear": ("?", "D", "#FFFFFF", "#222222"),
}
#: Letters of the forms whose words for the judgements are others: few, some, serious.
_LETTERS = {"qualitative": {"low": "F", "high": "!"}}
NOT_YET = "not judged yet"
_NAME, _COLUMN, _ROW, _LINE = 2.6, 1.65, 0.5, 0.18  # widths and heights in inches
_LETTERS_OF_NAME, _LETTERS_OF_HEAD, _LETTERS_OF_WORDS = 30, 19, 11
_SIZE = 19  # of a sign, in points


def table(appraisals: Mapping[str, Appraisal], form: Form) -> pd.DataFrame:
    """Domains × reports, judgements in words.

    Parameters
    ----------
    appraisals : mapping
        What a report is called → its appraisal; all with this form.
    form : Form

    Returns
    -------
    pandas.DataFrame
        `part of the form`, then one column for each report; of a single report, `judgement`.
    """
    return pd.DataFrame([
        {"part of the form": words, **{name if len(appraisals) > 1 else "judgement":
                                       _words(form, one.judgements.get(domain, ""))
                                       for name, one in appraisals.items()}}
        for domain, words in form.domains.items()])


def _words(form: Form, judgement: str) -> str:
    return forms.judgements(form.key).get(judgement, NOT_YET)


def by_form(appraisals: Mapping[str, Appraisal]) -> dict[str, dict[str, Appraisal]]:
    """Form → the appraisals made with it, in the order of the forms."""
    found = {key: {name: one for name, one in appraisals.items() if one.form == key} for key in forms.names()}
    return {key: of_form for key, of_form in found.items() if of_form}


def traffic_lights(appraisals: Mapping[str, Appraisal]) -> list[ExplainedFigure]:
    """One picture with its table for each form.

    Parameters
    ----------
    appraisals : mapping
        What a report is called → its appraisal.

    Returns
    -------
    list of ExplainedFigure
    """
    return [figure(draw(of_form, forms.form(key)), title=finding(of_form, forms.form(key)),
                   alt=_alt(of_form, forms.form(key)), table=table(of_form, forms.form(key)),
                   source="judgements of one reader")
            for key, of_form in by_form(appraisals).items()]


def finding(appraisals: Mapping[str, Appraisal], form: Form) -> str:
    """Where the reader saw a high risk, or serious concerns, in a sentence."""
    of_words = forms.judgements(form.key)["high"] != forms.JUDGEMENTS["high"]
    was_seen = "serious concerns were seen" if of_words else "a high risk of bias was seen"
    seen = {words: [name for name, one in appraisals.items() if one.judgements.get(domain) == "high"]
            for domain, words in form.domains.items()}
    high = [f"“{words}”" + (f" ({', '.join(names)})" if len(appraisals) > 1 else "")
            for words, names in seen.items() if names]
    if high:
        return f"{form.title}: {was_seen} in {'; '.join(high)}"
    if not any(one.judgements for one in appraisals.values()):
        return f"{form.title}: no part has been judged yet"
    judged = "raised serious concerns" if of_words else "was judged to be at high risk of bias"
    return f"{form.title}: no part {judged} so far"


def draw(appraisals: Mapping[str, Appraisal], form: Form):
    """Draw the signs: one row for each domain, one column for each report, and the judgement in words beside it.

    Parameters
    ----------
    appraisals : mapping
        What a report is called → its appraisal; all with this form.
    form : Form

    Returns
    -------
    matplotlib.axes.Axes
        On a figure of its own.
    """
    from researchskills import charts
    from researchskills.charts.look import INK, look

    heads = [textwrap.wrap(name, _LETTERS_OF_HEAD, max_lines=5, placeholder=" …") for name in appraisals]
    top = max(map(len, heads)) * _LINE + 0.15
    wide, tall = _NAME + len(heads) * _COLUMN + 0.1, top + len(form.domains) * _ROW + 0.05
    with look():
        ax = charts.axes(wide, tall)
        ax.set_xlim(0, wide)
        ax.set_ylim(tall, 0)
        ax.axis("off")
        # One inch of the picture is one unit of the axes; a layout engine would shrink places but not words.
        ax.figure.set_layout_engine("none")
        ax.set_position([0, 0, 1, 1])
        for column, lines in enumerate(heads):
            ax.text(_NAME + column * _COLUMN, top - 0.08, "\n".join(lines), va="bottom", fontsize=9.5,
                    fontweight="bold")
        for row, (domain, words) in enumerate(form.domains.items()):
            middle = top + (row + 0.5) * _ROW
            ax.plot([0.05, wide - 0.05], [top + row * _ROW] * 2, color=INK, linewidth=0.6)
            ax.text(0.05, middle, textwrap.fill(words, _LETTERS_OF_NAME), va="center", fontsize=10)
            for column, one in enumerate(appraisals.values()):
                _sign(ax, _NAME + column * _COLUMN + 0.2, middle, one.judgements.get(domain, ""), form)
    return ax


def _sign(ax, x: float, y: float, judgement: str, form: Form) -> None:
    """Letter, shape and colour of a judgement, with its words beside it."""
    from researchskills.charts.look import INK

    ax.text(x + 0.25, y, textwrap.fill(_words(form, judgement), _LETTERS_OF_WORDS), va="center",
            fontsize=9.5)
    if not judgement:
        return
    letter, marker, colour, ink = SIGNS[judgement]
    letter = _LETTERS.get(form.key, {}).get(judgement, letter)
    size = _SIZE * {"^": 1.3, "D": 0.85}.get(marker, 1)
    ax.plot([x], [y], marker=marker, markersize=size, markerfacecolor=colour, markeredgecolor=INK,
            markeredgewidth=1.2)
    # The middle of a triangle lies below the middle of the box around it.
    ax.text(x, y + (0.05 if marker == "^" else 0), letter, ha="center", va="center", fontsize=0.55 * _SIZE,
            fontweight="bold", color=ink)


def _alt(appraisals: Mapping[str, Appraisal], form: Form) -> str:
    rows = []
    for name, one in appraisals.items():
        told = [f"{words}: {_words(form, one.judgements.get(domain, '')).lower()}"
                for domain, words in form.domains.items()]
        rows.append(f"{name}. {'; '.join(told)}.")
    return (f"A grid of signs, one row for each part of the form “{form.title}” and one column for each report. "
            + " ".join(rows))
