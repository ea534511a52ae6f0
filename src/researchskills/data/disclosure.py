"""Disclosure control: what a table gives away, and how to stop it.

One door to four modules: `suppression` hides cells, `audit` works out what a reader can still recover, `rounding`
blurs counts and percentages, `identifiability` finds people who stand out in a file of persons.
"""

from researchskills.data.audit import Audit, Difference, Interval, difference_tables, recoverable
from researchskills.data.identifiability import Combinations, matching, unique_combinations
from researchskills.data.rounding import Percentages, Rounded, counts_behind, round_counts, safe_percentages
from researchskills.data.suppression import Suppression, suppress

__all__ = [
    "Audit", "Combinations", "Difference", "Interval", "Percentages", "Rounded", "Suppression", "counts_behind",
    "difference_tables", "matching", "recoverable", "round_counts", "safe_percentages", "suppress",
    "unique_combinations",
]  # fmt: skip
