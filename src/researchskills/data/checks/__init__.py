"""What a careful analyst looks for in a table, one small module for each family of questions.

Every check is a function of a `Table` that returns findings and changes nothing. `ALL` lists them in the order in
which they are run, each with words for what it looked for, because a report that finds nothing must say what it
sought. A check speaks up seldom: its limits are set so that a tidy file gives next to nothing.
"""

from collections.abc import Callable

from researchskills.data.checks import (
    categories,
    dates,
    identifiers,
    missing,
    near_duplicates,
    number_forms,
    numbers,
    outliers,
    people,
    repeats,
    shape,
    shares,
    time,
    totals,
    units,
)
from researchskills.data.finding import Finding
from researchskills.data.table import Table

Check = tuple[str, str, Callable[[Table], list[Finding]]]

_MODULES: dict[str, list[Callable[[Table], list[Finding]]]] = {
    "identifying details": [identifiers.identifying, identifiers.check_digits],
    "records that repeat": [
        repeats.rows,
        repeats.identifiers,
        near_duplicates.near,
        people.comes_back,
        near_duplicates.one_unit_two_names,
        repeats.same_columns,
    ],
    "missing values": [
        missing.codes,
        missing.several_ways,
        missing.stand_ins,
        missing.almost_empty,
        missing.one_group_missing,
        missing.one_year_missing,
        missing.unknown_answers,
    ],
    "numbers": [
        number_forms.written_as_text,
        numbers.stored_as_text,
        numbers.impossible,
        outliers.unlikely,
        outliers.outside_the_scale,
        outliers.margins_of_error,
        units.another_unit,
        numbers.rounded,
    ],
    "dates": [dates.several_forms, dates.impossible, dates.wrong_order, dates.days_do_not_fit],
    "categories": [categories.spellings, categories.in_the_course_of_time, categories.dominant],
    "sums and shares": [
        shares.parts_above_wholes,
        shares.percentages,
        shares.hundred,
        totals.sums,
        totals.middles_and_extremes,
        totals.larger_areas,
    ],
    "periods": [time.gaps, time.units_that_stop],
    "form": [shape.spaces, shape.broken_letters, shape.formulas, shape.scientific],
}


def _looked_for(check: Callable) -> str:
    return check.__doc__.strip().splitlines()[0]


#: All checks: (family, what it looked for in words, function).
ALL: list[Check] = [(family, _looked_for(check), check) for family, group in _MODULES.items() for check in group]

__all__ = ["ALL", "Check"]
