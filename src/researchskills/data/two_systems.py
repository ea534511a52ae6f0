"""The package `two_systems`: the trust's extract in the council's words, and the two compared.

Codes, units and ways of writing dates are translations, not differences, so they are set aside first;
what is left are differences about people, and each of them has a cause.
"""

import pandas as pd

from researchskills.data.reconcile import Reconciliation, reconcile

#: What the council calls the trust's columns, and under which heading `words` translates their codes.
_COLUMNS = {
    "shared_key": ("shared_key", ""), "yob": ("birth_year", ""), "sex": ("gender", "gender or sex"),
    "ward_name": ("ward", ""), "care_type": ("service", "care"), "started": ("start_date", ""),
    "state": ("status", "status"), "closed": ("end_date", ""), "minutes_per_week": ("hours_per_week", ""),
    "source": ("from_hospital", "from hospital"), "discharge_ready": ("ready_date", ""),
    "discharge_delay": ("delayed", "delayed"), "last_contact": ("updated", ""),
}
NAMES = ("council", "NHS")
#: What is compared; when a record was last changed is evidence, not a difference.
COMPARED = ["birth_year", "gender", "ward", "service", "start_date", "status", "end_date", "hours_per_week",
            "from_hospital", "ready_date", "delayed"]
#: What tells a person apart where the key is blank or mistyped.
LIKELY = ["birth_year", "gender", "ward", "start_date"]


def in_council_words(nhs: pd.DataFrame, words: pd.DataFrame, wards: pd.DataFrame) -> pd.DataFrame:
    """The trust's extract with the council's column names, words and units.

    Parameters
    ----------
    nhs : pandas.DataFrame
        The resource `nhs` of `two_systems`.
    words : pandas.DataFrame
        Its resource `words`: about, council_says, nhs_says.
    wards : pandas.DataFrame
        With ward and ward_name, such as `area_profile`.

    Returns
    -------
    pandas.DataFrame
        One row for each row of `nhs`, with its `nhs_trust_id`.
    """
    result = nhs[["nhs_trust_id"]].copy()
    for theirs, (ours, about) in _COLUMNS.items():
        column = nhs[theirs]
        if about:
            known = words[words["about"] == about]
            column = column.astype(object).map(dict(zip(known["nhs_says"], known["council_says"], strict=True)))
        result[ours] = column
    result["ward"] = nhs["ward_name"].astype(object).map(dict(zip(wards["ward_name"], wards["ward"], strict=True)))
    result["hours_per_week"] = nhs["minutes_per_week"].astype(float) / 60
    return result


def compare(causes=None) -> Reconciliation:
    """The two extracts, translated and compared.

    Parameters
    ----------
    causes : mapping or list of pairs, optional
        As in `reconcile`.
    """
    from researchskills.datasets import load

    council = load("two_systems", "council")
    nhs = in_council_words(load("two_systems", "nhs"), load("two_systems", "words"), load("area_profile"))
    return reconcile(council, nhs, "shared_key", COMPARED, names=NAMES, likely=LIKELY, causes=causes)


def sealed_causes(found: Reconciliation) -> dict[int, str]:
    """The true cause of each case, from the package's key; a case that the key does not know is left out."""
    from researchskills.datasets import planted

    known = {}
    for record in planted("two_systems")["records"]:
        for name in ("shared_key", "council_id", "nhs_trust_id"):
            if record[name]:
                known[record[name]] = record["cause"]
    result = {}
    for _, case in found.cases.iterrows():
        marks = [case["key"]]
        for side, column, name in (("left_row", "council_id", NAMES[0]), ("right_row", "nhs_trust_id", NAMES[1])):
            if pd.notna(case[side]):
                marks.append(found.record(name, case[side])[column])
        cause = next((known[mark] for mark in marks if mark in known), None)
        if cause:
            result[int(case["case"])] = cause
    return result
