"""How a group of readers answered each question, the most divided first: a picture with its table."""

import textwrap

import pandas as pd
from matplotlib.patches import Patch

from researchskills.appraisal.cohort import SIDES, Division, counted, share
from researchskills.appraisal.forms import ANSWERS
from researchskills.appraisal.reading import SECTORS
from researchskills.charts import ExplainedFigure, axes, figure, look

#: Answer → letter, colour, pattern; each of them says the same. Dark letters keep 4.5 : 1 on each colour.
SIGNS = {"yes": ("Y", "#9CCBEB", ""), "partly": ("P", "#F0E442", "//"), "no": ("N", "#F2A66F", "xx"),
         "unclear": ("?", "#FFFFFF", "..")}
_INK = "#222222"
_LETTERS_OF_LINE = 44


def counts(division: Division) -> pd.DataFrame:
    """How many gave each answer, and how many pairs of readers disagree."""
    rows = division.table
    pairs = [share(one, of, len(division.readers)) for one, of in zip(rows["disagreeing"], rows["pairs"], strict=True)]
    return rows[["question", *ANSWERS]].rename(columns=ANSWERS).assign(**{"pairs that disagree": pairs})


def sides(division: Division) -> pd.DataFrame:
    """What readers from health and from social care answered, side by side."""
    return division.table[["question", *SIDES]].rename(columns={side: SECTORS[side] for side in SIDES})


def draw(division: Division) -> ExplainedFigure:
    """One bar for each question, as long as people answered it, parted by answer.

    Parameters
    ----------
    division : Division
        With at least one question.
    """
    rows = division.table
    ax = axes(9.0, 1.3 + 0.55 * len(rows))
    with look():
        for place, row in enumerate(rows.to_dict("records")):
            start = 0
            for answer, (letter, colour, pattern) in SIGNS.items():
                if row[answer]:
                    ax.barh(place, row[answer], left=start, height=0.7, color=colour, edgecolor=_INK, hatch=pattern)
                    ax.annotate(f"{letter} {row[answer]}", (start + row[answer] / 2, place), ha="center", va="center",
                                fontsize=10, bbox={"facecolor": colour, "edgecolor": "none", "pad": 2})
                    start += row[answer]
        ax.set_yticks(range(len(rows)), [textwrap.fill(text, _LETTERS_OF_LINE) for text in rows["question"]],
                      fontsize=9)
        ax.invert_yaxis()
        ax.xaxis.get_major_locator().set_params(integer=True)
        ax.set_xlabel("readers")
        keys = [Patch(facecolor=colour, edgecolor=_INK, hatch=pattern, label=f"{letter}: {ANSWERS[answer].lower()}")
                for answer, (letter, colour, pattern) in SIGNS.items()]
        ax.figure.legend(handles=keys, loc="outside upper center", ncols=len(keys), frameon=False)
    first, last = rows.iloc[0], rows.iloc[-1]
    alt = (f"Stacked bars, one for each of {len(rows)} questions, the most divided on top. On top: "
           f"“{first['question']}” ({counted(first)}); at the bottom: “{last['question']}” ({counted(last)}).")
    return figure(ax, title=division.sentence(), alt=alt, table=counts(division),
                  source="Files of the readers of this group")
