"""One look for every figure, and no figure on its own.

A picture alone shuts out everyone who cannot see it, and even those who can often leave with the wrong
number. So `figure` shows four things together: a sentence that says what was found, the picture with its
alternative text, the numbers as a table, and the source. It refuses to show a picture without them.
Each chart brings the table it was drawn from and a first draft of its alternative text (`alt_text`), so
that nobody has to copy numbers by hand; the finding can only come from the author.

Charts are drawn on figures of their own, outside pyplot: nothing is shown twice, and no chart depends
on what was drawn before. The picture's bytes depend only on what is drawn: fixed size, resolution and
font, no date and no program version inside.
"""

from researchskills.charts.comparing import bars, dots, intervals
from researchskills.charts.explained import ExplainedFigure, alt_text, figure
from researchskills.charts.forest import forest
from researchskills.charts.look import axes, look
from researchskills.charts.over_time import control_chart, lines
from researchskills.charts.spread import funnel, histogram

__all__ = [
    "ExplainedFigure",
    "alt_text",
    "axes",
    "bars",
    "control_chart",
    "dots",
    "figure",
    "forest",
    "funnel",
    "histogram",
    "intervals",
    "lines",
    "look",
]
