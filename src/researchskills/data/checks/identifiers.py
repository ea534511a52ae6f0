"""Details that could identify a person, before anything else.

The patterns are those of the privacy check (`researchskills.privacy`): strict ones, because a checker that cries wolf
over every column of figures is soon ignored. A column of ten-digit figures passes the check digit by chance in one
case of eleven, so a whole column of them counts only when most of it passes. Values are masked always.
"""

import re

import numpy as np

from researchskills.data.checks import personal_names, words
from researchskills.data.checks.columns import Column, Columns, columns_of
from researchskills.data.finding import IDENTIFIERS, VALUES, Finding
from researchskills.data.table import Table

_WORTH_A_LOOK = re.compile(
    r"@|(?:\d\D{0,3}){9}|[a-z]{2}\W?\d\d\W?\d\d\W?\d\d\W?[a-d]\b|"
    r"\b[a-z]{1,2}\d[a-z\d]?\s{0,2}\d[a-z]{2}\b|born|birth|d\.?o\.?b|bfpo",
    re.IGNORECASE,
)
_SHAPE = str.maketrans("123456789bcdefghijklmnopqrstuvwxyzBCDEFGHIJKLMNOPQRSTUVWXYZ", "000000000" + "a" * 25 + "A" * 25)
_TEN = re.compile(r"\d{3}[ -]?\d{3}[ -]?\d{4}")
_STREET = re.compile(
    r"\b\d{1,4}[a-z]?,? [A-Z][\w'’-]+(?: [A-Z][\w'’-]+)? "
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Close|Drive|Crescent|Terrace|Gardens|Grove|Way|Place|Court|Mews)\b"
)
_NAME_WORDS = {"surname", "forename", "firstname", "lastname", "fullname", "nickname"}
_OF_A_PERSON = {
    "client",
    "patient",
    "person",
    "carer",
    "user",
    "customer",
    "resident",
    "tenant",
    "first",
    "last",
    "given",
    "family",
    "full",
    "known",
    "preferred",
    "relative",
    "parent",
    "child",
    "next",
    "kin",
    "nok",
    "adult",
}
_BIRTH = {"dob", "birth", "birthdate", "birthday", "born"}
_USUAL = {
    "NHS number": "People replace it with a key that only the service can turn back, and keep the keys elsewhere.",
    "National Insurance number": "People take the column out: analysis never needs it.",
    "e-mail address": "People take it out unless it is the address of an office.",
    "telephone number": "People take it out unless it is the number of an office.",
    "date of birth": "People keep age in years or an age band instead.",
    "postcode": "People keep the first half, the ward or the deprivation decile instead.",
}
_WHY = "With it a record can be tied to one person, so the file may only be where and with whom that is agreed."


def identifying(table: Table) -> list[Finding]:
    """NHS numbers, National Insurance numbers, postcodes, e-mail, telephone, dates of birth, names, addresses."""
    columns = columns_of(table)
    found: list[Finding] = []
    for column in columns.all:
        found += _by_name(columns, column)
        for kind, (values, masks) in _matches(column).items():
            found.append(_finding(columns, column, kind, values, masks))
        if column.kind == "text":
            found += _names_and_addresses(columns, column)
    return found + _people_as_columns(columns)


def _people_as_columns(columns: Columns) -> list[Finding]:
    """Names of people at the head of columns, as in a rota."""
    people = [column for column in columns.all if personal_names.initials(column.name) != column.name]
    if len(people) < 2:
        return []
    return [
        columns.finding(
            "identifying: name",
            f"{words.count(len(people), 'column')} may be called after people: "
            f"{words.listed([column.letter for column in people], 6, 'column')}.",
            why=_WHY,
            usual="People put a code in place of each name, and keep the list of codes elsewhere.",
            certainty="possible",
            rank=IDENTIFIERS,
            count=len(people),
        )
    ]


def check_digits(table: Table) -> list[Finding]:
    """NHS numbers whose check digit is wrong."""
    columns, found = columns_of(table), []
    for column in columns.all:
        ten, valid = _ten_digits(column)
        if not ten.any() or column.counts[valid].sum() < 0.5 * column.filled:
            continue
        wrong = ~valid & column._known
        count = int(column.counts[wrong].sum())
        if not count:
            continue
        places = [
            columns.table.place(int(row), column.name, _hidden(column.texts[column.codes[row]]))
            for row in column.rows(wrong)[:5]
        ]
        found.append(
            columns.finding(
                "NHS numbers with a wrong check digit",
                f"{words.named([column])} holds NHS numbers, and {words.count(count, 'value')} "
                f"{'is' if count == 1 else 'are'} not valid: the check digit does not fit, or it has not ten digits.",
                why="A mistyped number links the record to nobody, or to somebody else.",
                usual="People look the number up at the source; they do not mend it by guessing.",
                certainty="certain",
                rank=VALUES,
                places=places,
                count=count,
                columns=[column],
            )
        )
    return found


def personal_columns(columns: Columns) -> set[str]:
    """Names of columns of which every value must be masked."""
    found = set()
    for column in columns.all:
        if _kind_by_name(column) or (
            column.kind == "text" and (personal_names.is_names(column) or _share(column, _STREET) > 0.3)
        ):
            found.add(column.name)
            continue
        hit = sum(int(column.counts[values].sum()) for values, _ in _matches(column).values())
        if hit > 0.2 * max(column.filled, 1):
            found.add(column.name)
    return found


def _hidden(text: str) -> str:
    from researchskills.data.finding import hidden

    return hidden(text)


def _ten_digits(column: Column) -> tuple[np.ndarray, np.ndarray]:
    """Which different values are ten digits and nothing else, and which of these pass the check.

    The check digit (NHS Data Dictionary: weights 10 to 2, eleven less the remainder by eleven) is worked out for all of
    them at once, because a column may hold a hundred thousand.
    """
    if "ten_digits" in column.__dict__:
        return column.__dict__["ten_digits"]
    ten = np.array(
        [10 <= len(text) <= 12 and text[0].isdigit() and bool(_TEN.fullmatch(text)) for text in column.stripped],
        dtype=bool,
    )
    valid = np.zeros(len(ten), dtype=bool)
    if ten.any():
        joined = "".join(column.stripped[index].replace(" ", "").replace("-", "") for index in np.flatnonzero(ten))
        digits = np.array([int(sign) for sign in joined]).reshape(-1, 10)
        check = (11 - digits[:, :9] @ np.arange(10, 1, -1) % 11) % 11
        # One digit ten times passes the check and is a filler, never a person.
        valid[ten] = (check == digits[:, 9]) & (digits != digits[:, :1]).any(axis=1)
    column.__dict__["ten_digits"] = ten, valid
    return ten, valid


def _candidates(column: Column) -> list[int]:
    """Different values that are worth the exact patterns.

    Codes are looked at by their shape (R000123 is A000000), since thousands of them share one.
    """
    found, shapes = [], {}
    words_only = np.isnan(column.plain).tolist()
    for index, text in enumerate(column.stripped):
        if len(text) < 5:
            continue
        # A plain number is an NHS or telephone number only when it is nine to twelve figures and nothing else.
        if not words_only[index]:
            if 9 <= len(text) <= 12 and text.isdigit():
                found.append(index)
        elif len(text) <= 16 and " " not in text:
            shape = text.translate(_SHAPE)
            if shape not in shapes:
                shapes[shape] = bool(_WORTH_A_LOOK.search(shape))
            if shapes[shape]:
                found.append(index)
        elif _WORTH_A_LOOK.search(text):
            found.append(index)
    return found


def _matches(column: Column) -> dict[str, tuple[np.ndarray, list[str]]]:
    """For each kind of detail: the different values that hold it, and the masked detail in each."""
    if "matches" in column.__dict__:
        return column.__dict__["matches"]
    from researchskills import privacy

    found: dict[str, tuple[list[int], list[str]]] = {}
    if column.kind not in ("date", "month", "blank"):
        ten, valid = _ten_digits(column)
        if valid.any():
            which = np.flatnonzero(valid)
            masks = [privacy.mask(privacy.NHS_NUMBER, column.stripped[index]) for index in which]
            found[privacy.NHS_NUMBER] = (which.tolist(), masks)
        for index in _candidates(column):
            # Ten digits are settled by the check digit; only those that begin with 0 may be a telephone number.
            if ten[index] and (valid[index] or column.stripped[index][0] != "0"):
                continue
            for match in privacy.find(column.stripped[index]):
                values, masks = found.setdefault(match.kind, ([], []))
                values.append(index)
                masks.append(match.masked)
    result = {kind: (np.array(values), masks) for kind, (values, masks) in found.items()}
    if privacy.NHS_NUMBER in result:
        ten, valid = _ten_digits(column)
        # One ten-digit figure in eleven passes by chance: a column of other figures must not count.
        if ten.sum() >= 8 and valid.sum() < 0.5 * ten.sum():
            keep = ~np.isin(result[privacy.NHS_NUMBER][0], np.flatnonzero(ten))
            values = result[privacy.NHS_NUMBER][0][keep]
            masks = [mask for mask, stays in zip(result[privacy.NHS_NUMBER][1], keep, strict=True) if stays]
            result[privacy.NHS_NUMBER] = (values, masks)
            if not len(values):
                del result[privacy.NHS_NUMBER]
    column.__dict__["matches"] = result
    return result


def _finding(columns: Columns, column: Column, kind: str, values: np.ndarray, masks: list[str]) -> Finding:
    values, first = np.unique(values, return_index=True)
    which = np.zeros(len(column.texts), dtype=bool)
    which[values] = True
    count = int(column.counts[which].sum())
    mask_of = {int(value): masks[index] for value, index in zip(values, first, strict=True)}
    rows = column.rows(which)[:5]
    places = [columns.table.place(int(row), column.name, mask_of[int(column.codes[row])]) for row in rows]
    most = count > 0.5 * column.filled
    office = kind in ("telephone number", "postcode", "e-mail address")
    where = (
        f"Most cells of {words.named([column])} hold what looks like an identifying detail ({kind}): {count:,} of "
        f"{column.filled:,}."
        if most
        else f"{words.count(count, 'cell')} of {words.named([column])} "
        f"{'holds' if count == 1 else 'hold'} what looks like an identifying detail ({kind})."
    )
    return columns.finding(
        f"identifying: {kind}",
        where,
        why=_WHY,
        usual=_USUAL[kind],
        certainty="certain" if most and kind != "telephone number" else "possible" if office and not most else "likely",
        rank=IDENTIFIERS,
        places=places,
        count=count,
        columns=[column],
    )


def _kind_by_name(column: Column) -> str:
    """What the name of a column promises, when its values do not contradict it."""
    name = column.words
    if (
        name & _BIRTH
        and column.kind in ("date", "text")
        and column.filled
        and not name & {"place", "weight", "country"}
    ):
        return "date of birth"
    if column.kind == "text" and not name & personal_names.PLACES:
        if name & _NAME_WORDS or ("name" in name and name & _OF_A_PERSON):
            return "name"
        if ("address" in name and "ip" not in name) or name >= {"house", "number"}:
            return "address"
    if {"nhs", "number"} <= name or {"nhs", "no"} <= name:
        return "NHS number"
    return _kind_by_name_and_form(column)


#: What a column is called, the form most of its values must have, and what it is then taken for.
_NAMED_FORMS = (
    ({"postcode", "postcodes", "pcode"}, re.compile(r"[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}", re.IGNORECASE), "postcode"),
    (
        {"nino", "nin", "ni", "insurance"},
        re.compile(r"[a-z]{2} ?\d\d ?\d\d ?\d\d ?[a-d]?", re.IGNORECASE),
        "National Insurance number",
    ),
    (
        {"telephone", "phone", "mobile", "tel", "landline"},
        re.compile(r"(?:\+|00)?[\d(][\d ()-]{7,15}\d"),
        "telephone number",
    ),
    ({"email", "mail"}, re.compile(r"\S+@\S+"), "e-mail address"),
)


def _kind_by_name_and_form(column: Column) -> str:
    """Details of invented or mistyped values, which the strict patterns let pass: the name of the column tells."""
    name = column.words | ({"postcode"} if {"post", "code"} <= column.words else set())
    used = column.stripped[column._known][:200]
    for called, form, kind in _NAMED_FORMS:
        if name & called and len(used) and np.mean([bool(form.fullmatch(text)) for text in used]) > 0.5:
            return kind
    return ""


def _by_name(columns: Columns, column: Column) -> list[Finding]:
    kind = _kind_by_name(column)
    if not kind or kind in _matches(column):
        return []
    sure = column.kind == "date" and kind == "date of birth"
    usual = {
        **_USUAL,
        "name": "People take the column out before they analyse, and keep a key that only the service can turn back.",
        "address": "People keep the ward or the deprivation decile instead.",
    }[kind]
    return [
        columns.finding(
            f"identifying: {kind}",
            f"The column {words.named([column])} is named like one that holds an identifying detail ({kind}); "
            f"it is filled in {words.count(column.filled, 'row')}.",
            why=_WHY,
            usual=usual,
            certainty="certain" if sure else "likely",
            rank=IDENTIFIERS,
            places=[columns.whole(column)],
            count=column.filled,
            columns=[column],
        )
    ]


def _share(column: Column, pattern: re.Pattern) -> float:
    """Share of filled cells in which a pattern occurs, by up to 400 different values."""
    used = np.flatnonzero(column._known)[:400]
    hits = [index for index in used if pattern.search(column.stripped[index])]
    total = int(column.counts[used].sum())
    return float(column.counts[hits].sum() / total) if total and hits else 0.0


def _names_and_addresses(columns: Columns, column: Column) -> list[Finding]:
    found = []
    if not _kind_by_name(column) and personal_names.is_names(column):
        found.append(
            columns.finding(
                "identifying: name",
                f"The column {words.named([column])} may hold people's names: {words.count(column.filled, 'row')} "
                "that read like one.",
                why=_WHY,
                usual="People take the column out if these are persons; names of places may stay.",
                certainty="possible",
                rank=IDENTIFIERS,
                places=[columns.whole(column)],
                count=column.filled,
                columns=[column],
            )
        )
    for holds, what, usual in (
        (
            personal_names.in_notes,
            "name",
            "People take names out of notes, or leave the notes where they are and code them there.",
        ),
        (_STREET.search, "address", "People keep the ward or the deprivation decile instead."),
    ):
        if _kind_by_name(column) == what:
            continue
        hits = np.array([" " in text and bool(holds(text)) for text in column.stripped], dtype=bool)
        count = int(column.counts[hits].sum())
        if count:
            places = [columns.table.place(int(row), column.name, "hidden") for row in column.rows(hits)[:5]]
            found.append(
                columns.finding(
                    f"identifying: {what}",
                    f"{words.count(count, 'cell')} of {words.named([column])} "
                    f"{'holds' if count == 1 else 'hold'} what looks like a person's {what}.",
                    why=_WHY,
                    usual=usual,
                    certainty="possible",
                    rank=IDENTIFIERS,
                    places=places,
                    count=count,
                    columns=[column],
                )
            )
    return found
