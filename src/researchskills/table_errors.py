"""What frictionless finds in a table, said in plain sentences.

frictionless reads every cell as text before anything is coerced, so it knows the row of the file, the
field and the value as typed. Its own messages are for programmers; here each kind of error gets one
sentence for the person who keeps the file. A kind that has no sentence here keeps the original note,
so nothing is ever left out.
"""

_KIND_OF_VALUE = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "one of the words for yes and no",
    "date": "a date written year-month-day, such as 2026-02-02",
    "datetime": "a date and time",
    "time": "a time of day",
    "year": "a year of four digits",
    "string": "text of the agreed form",
}

_CONSTRAINTS = {
    "required": "the field must be filled in, and it is empty",
    "unique": "the value must not occur twice",
    "minimum": "the value is below the lowest allowed, {limit}",
    "maximum": "the value is above the highest allowed, {limit}",
    "minLength": "the text is shorter than the {limit} characters needed",
    "maxLength": "the text is longer than the {limit} characters allowed",
    "pattern": "the value is not written in the agreed form, {limit}",
    "enum": "the value is not on the list of allowed values: {limit}",
}

_SENTENCES = {
    "blank-header": "the first line must hold the names of the columns, and it is blank",
    "blank-label": "column {fieldNumber} has no name; it should be “{fieldName}”",
    "duplicate-label": "column {fieldNumber} is called “{label}”, as another column is already",
    "incorrect-label": "column {fieldNumber} is called “{label}”; the description expects “{fieldName}”",
    "missing-label": "the column “{fieldName}” is missing",
    "extra-label": "column {fieldNumber}, “{label}”, is not in the description",
    "unmatched-header": "none of the columns in the description is in the file",
    "blank-row": "the row is blank",
    "extra-cell": "the row has more values than there are columns",
    "missing-cell": "the row ends before this field",
    "unique-error": "the value must not occur twice; it is {note}",
    "primary-key": "the row needs an identifier of its own: {note}",
    "source-error": "the file cannot be read as a table: {note}",
    "format-error": "the file cannot be read as a table: {note}",
    "scheme-error": "the file is named in the description but cannot be opened",
    "encoding-error": "the file is not written in the agreed character encoding; save it as “CSV UTF-8”",
    "row-count": "the file has a different number of rows from the description: {note}",
    "field-count": "the file has a different number of columns from the description: {note}",
    "byte-count": "the file has changed since it was described: its size differs",
    "hash-count": "the file has changed since it was described: its checksum differs",
}

_ROW_ALREADY_NAMED = {"unique-error", "blank-row", "constraint-error"}


def sentence(error: dict, fields: dict | None = None, file: str = "") -> str:
    """One error as `file · row · field · value: what is wrong`.

    Parameters
    ----------
    error : dict
        frictionless's own description of the error (`error.to_descriptor()`).
    fields : dict, optional
        Table Schema fields by name, for naming the limit that was passed.
    file : str, optional
        Name of the file, to begin with.
    """
    place = [file] if file else []
    if "rowNumber" in error:
        place.append(f"row {error['rowNumber']}")
    # For labels the sentence itself names the column.
    if error.get("fieldName") and "labels" not in error:
        place.append(f"field “{error['fieldName']}”")
    if error.get("cell"):
        place.append(f"value “{error['cell']}”")
    words = _reason(error, (fields or {}).get(error.get("fieldName"), {}))
    return f"{' · '.join(place)}: {words}." if place else f"{words}."


def _reason(error: dict, field: dict) -> str:
    if error["type"] == "type-error":
        kind = _KIND_OF_VALUE.get(field.get("type"), "a value of the agreed type")
        return f"this should be {kind}"
    if error["type"] == "constraint-error":
        rule = error["note"].split('"')[1]
        limit = field.get("constraints", {}).get(rule, "")
        limit = ", ".join(map(str, limit)) if isinstance(limit, list) else limit
        return _CONSTRAINTS.get(rule, error["note"]).format(limit=limit)
    if error["type"] == "foreign-key":
        values = ", ".join(f"“{value}”" for value in error["fieldCells"])
        return f"{values} in {', '.join(error['fieldNames'])} is not in the table “{error['referenceName']}”"
    note = error.get("note", "").replace("the row at position", "row")
    note = note.replace('cells composing the primary keys are all "None"', "it is empty")
    template = _SENTENCES.get(error["type"])
    return template.format(**{**error, "note": note}) if template else error.get("message", error["type"])


def sentences(errors: list[dict], fields: dict | None = None, file: str = "") -> list[str]:
    """All errors of a table as sentences, each fault once.

    frictionless reports a blank or repeated identifier a second time as a broken primary key;
    the second report is dropped.
    """
    named = {error.get("rowNumber") for error in errors if error["type"] in _ROW_ALREADY_NAMED}
    return [
        sentence(error, fields, file)
        for error in errors
        if not (error["type"] == "primary-key" and error.get("rowNumber") in named)
    ]
