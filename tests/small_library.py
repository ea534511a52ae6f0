"""A library so small that every count in a test can be checked by eye, as a data package of its own.

Twelve records, one topic, one duplicate of nothing. The real library is many times larger and may be made anew.
"""

import json
from pathlib import Path

import pandas as pd
import pytest

from researchskills import bank

COLUMNS = ["record", "title", "abstract", "authors", "year", "journal", "volume", "issue", "pages", "doi", "type",
           "design", "headings", "language", "country", "database"]
_RECORDS = [
    # id, title, abstract, year, headings, language
    ("LB00001", "Carers and the day of discharge", "Family carers wait for a discharge letter. Hospital discharge "
     "without notice costs carers sleep.", 2021, "*Patient Discharge; Carers", "English"),
    ("LB00002", "Going home from hospital: what caregivers say", "Caregivers were told late about hospital discharge.",
     2019, "*Patient Discharge; *Carers", "English"),
    ("LB00003", "Delayed transfer of care and the family", "Relatives describe a delayed transfer as limbo. Family "
     "carers came last.", 2015, "Delayed Transfer; Carers", "English"),
    ("LB00004", "A letter for the carer", "A carer’s diary of hospital discharge and home care.", 2012,
     "Patient Discharge; Carers; Home Care Services", "English"),
    ("LB00005", "Careers in home care", "Care workers speak of careers, careful planning and home care.", 2020,
     "*Home Care Services", "English"),
    ("LB00006", "Domiciliary care in rural counties", "Domiciliary care is organised by the council.", 2008,
     "Home Care Services; Rural Services", "English"),
    ("LB00007", "Organizing help at home", "Home help is organized by programs of the state.", 2016,
     "Home Help Services", "English"),
    ("LB00008", "Discharge planning meetings", "A planning meeting before discharge. Coordination was weak.", 2018,
     "Patient Discharge", "English"),
    ("LB00009", "Co-ordination between wards and teams", "Co-ordination of hospital discharge by telephone.", 2017,
     "*Patient Discharge", "English"),
    ("LB00010", "Entlassung und Angehörige", "Angehörige und die Entlassung (hospital discharge, carers).", 2014,
     "Patient Discharge; Carers", "German"),
    ("LB00011", "Budgets <b>of</b> teams & wards", "A budget of a team. No <script>alert(1)</script> here.", 2011, "",
     "English"),
    ("LB00012", "Carers’ breaks", "", 2010, "Carers", "English"),
]
_THESAURUS = [
    # heading, broader, entry terms, scope note
    ("Community Services", "", "", "Care outside hospital"),
    ("Home Care Services", "Community Services", "domiciliary care; home care", "Help with daily life at home"),
    ("Home Help Services", "Home Care Services", "home help", "Help with the household"),
    ("Rural Services", "Community Services", "", "Services in the country"),
    ("Carers", "", "caregivers; family carers; relatives, caring", "People who look after somebody unpaid"),
    ("Patient Discharge", "", "hospital discharge; discharge planning", "Leaving hospital"),
    ("Delayed Transfer", "Patient Discharge", "delayed discharge", "Ready to leave and still there"),
]
#: By hand: the records about carers at discharge.
RELEVANT = ["LB00001", "LB00002", "LB00003", "LB00004", "LB00010"]
_KEY = {"topics": {"carers-discharge": {
    "relevant": RELEVANT,
    "concepts": [
        {"name": "discharge", "words": ["discharge", "delayed transfer"],
         "headings": ["Patient Discharge", "Delayed Transfer"]},
        {"name": "carers", "words": ["carer*", "caregiver*", "relatives"], "headings": ["Carers"]},
    ]}}, "duplicates": [], "screening": {}}


def records() -> pd.DataFrame:
    """The twelve records, typed as `load` gives them."""
    rows = [{**dict.fromkeys(COLUMNS, ""), "record": record, "title": title, "abstract": abstract,
             "authors": "Okafor N; Bell JM", "year": str(year), "journal": "Journal of Made-up Care",
             "type": "primary study", "headings": headings, "language": language, "country": "United Kingdom",
             "database": "Interface Index"} for record, title, abstract, year, headings, language in _RECORDS]
    return pd.DataFrame(rows)[COLUMNS]


def write(root: Path) -> Path:
    """A course folder whose `library` this is."""
    folder = root / "datasets" / "library"
    folder.mkdir(parents=True)
    tables = {
        "records": records(),
        "thesaurus": pd.DataFrame(_THESAURUS, columns=["heading", "broader", "entry_terms", "scope_note"]),
        "topics": pd.DataFrame([("carers-discharge", "Carers at discharge", "What do carers need when somebody leaves "
                                 "hospital?", "lesson")], columns=["topic", "title", "question", "use"]),
    }
    described = []
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
        fields = [{"name": one, "type": "integer" if one == "year" else "string"} for one in table.columns]
        described.append({"name": name, "path": f"{name}.csv", "schema": {"fields": fields}})
    (folder / "datapackage.json").write_text(json.dumps({"name": "library", "resources": described}), encoding="utf-8")
    (folder / "planted.sealed").write_text(bank.seal("library", _KEY), encoding="utf-8")
    return root


def forget() -> None:
    """Let go of what is kept of a library in memory."""
    from researchskills.evidence import index, measures, strategy_activity

    for kept in (index.library, measures._key, measures._concepts, strategy_activity.topics):
        kept.cache_clear()


@pytest.fixture
def small_library(tmp_path_factory, monkeypatch):
    """The small library in the place of the course's own."""
    root = write(tmp_path_factory.mktemp("small library"))
    monkeypatch.setenv("RESEARCHSKILLS_ROOT", str(root))
    forget()
    yield root
    forget()
