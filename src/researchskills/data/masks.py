"""What a report shows instead of what could identify somebody.

Whichever check came across a name, the report must not repeat it: not as a value, not in a sentence, not in the name of
a sheet or of the file.
"""

import re
from dataclasses import replace

from researchskills import privacy
from researchskills.data.checks import personal_names
from researchskills.data.checks.missing import FILLERS
from researchskills.data.finding import IDENTIFIERS, Finding, Place, hidden
from researchskills.data.table import Table

_QUOTED = re.compile(r"“([^”]+)”")
#: From this share of its cells on, a column that holds identifying details is hidden altogether.
MOSTLY = 0.2
#: In other columns a value that so many rows share is shown.
SHARED_BY = 5


def safe(text: str) -> str:
    """A title, or the name of a file, a sheet or a column, without details and with names cut to initials.

    Examples
    --------
    >>> safe("Review of Mrs Joan Smith, 943 476 5919"), safe("Victoria Road team")
    ('Review of Mrs J… S…, 94…19', 'Victoria Road team')
    """
    return personal_names.initials(_without_details(text))


def _without_details(text: str) -> str:
    """A sentence with every detail masked that the privacy check knows, and names behind a title."""
    for match in reversed(privacy.find(text)):
        text = f"{text[: match.start]}{match.masked}{text[match.end :]}"
    return personal_names.HONORIFIC.sub(personal_names.to_initials, text)


class Masks:
    """Hides what could identify somebody, whichever check quotes it.

    A column of names is recognised by one check; another may show the same name as an example of a repeated row. So the
    columns named by the first kind of finding are masked in all of them, and so is every quotation of their values.
    """

    def __init__(self, tables: list[Table], findings: list[Finding]):
        self.columns: dict[str, set[str]] = {}
        #: Values that are never shown, and common ones of free text that may be.
        self.values: set[str] = set()
        # A date such as 1900-01-01 is nobody's, in whichever way it is written.
        days = [day.item() for day in FILLERS]
        self.common = {f"{day:{form}}" for day in days for form in ("%Y-%m-%d", "%d/%m/%Y")}
        found: dict[tuple[str, str], int] = {}
        for finding in findings:
            if finding.rank == IDENTIFIERS:
                names = {*finding.columns, *(place.column for place in finding.places if place.column)}
                self.columns.setdefault(finding.table, set()).update(names)
                for name in names:
                    found[finding.table, name] = max(found.get((finding.table, name), 0), finding.count)
        for table in tables:
            for name in self.columns.get(table.name, set()) & set(table.columns):
                counts = table.cells[name].str.strip().value_counts()
                # A detail in a few cells of free text does not make a secret of the words that many rows share.
                few = found[table.name, name] < MOSTLY * counts.drop("", errors="ignore").sum()
                common = set(counts.index[counts >= SHARED_BY]) if few else set()
                self.common |= {text for text in common if not privacy.find(text)}
                self.values.update(set(counts.index) - self.common)
        labels = {name for table in tables for name in (*table.columns, table.sheet or "", table.file)}
        #: Names of sheets and columns that are names of people, and what is shown instead.
        self.labels = {name: safe(name) for name in labels if safe(name) != name}
        self.values -= {"", *(labels - set(self.labels)), *(text for text in self.values if len(text) < 2)}

    def finding(self, finding: Finding) -> Finding:
        """The finding without identifying values."""
        private = self.columns.get(finding.table, set())
        places = tuple(self._place(place, private, finding.rank == IDENTIFIERS) for place in finding.places)
        return replace(finding, sentence=self._text(finding.sentence), places=places,
                       table=safe(finding.table), columns=tuple(safe(name) for name in finding.columns))

    def _place(self, place: Place, private: set[str], masked_already: bool) -> Place:
        value = place.value.strip()
        secret = value in self.values or (place.column in private and not masked_already and value not in self.common)
        if secret and not value.startswith("hidden, "):
            value = hidden(value)
        return replace(place, value=_without_details(value), column=safe(place.column),
                       sheet=None if place.sheet is None else safe(place.sheet))

    def _text(self, text: str) -> str:
        def quoted(match: re.Match) -> str:
            if match[1] in self.labels:
                return f"“{self.labels[match[1]]}”"
            return f"“{hidden(match[1])}”" if match[1].strip() in self.values else match[0]

        return _without_details(_QUOTED.sub(quoted, text))

    def schema(self, table: Table, schema: dict) -> dict:
        """A schema that shows no value of an identifying column."""
        private = self.columns.get(table.name, set())
        fields = []
        for one in schema.get("fields", []):
            one = dict(one)
            if one.get("name") in private:
                limits = one.get("constraints", {})
                kept = {key: limits[key] for key in ("required", "unique") if key in limits}
                one = {key: one[key] for key in ("name", "title", "type", "format") if key in one}
                one |= {"constraints": kept} if kept else {}
                one["description"] = "Could identify a person: agree who may see it, or take it out."
            fields.append(one)
        return {**schema, "fields": fields} if fields else schema
