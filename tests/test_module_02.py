"""Module 02: what its pages say is true of the library, and every sum, set and flow on them adds up.

Everything is counted here a second time, from the text of the csv files and without the course's own search
engine: a small evaluator of a few lines reads titles and abstracts, sentences are put together from its counts
and looked up in the pages, and the keys of the questions are compared with them.
"""

import contextlib
import csv
import re
import statistics
import unicodedata
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from researchskills import checks
from researchskills.datasets import planted
from researchskills.evidence import index, syntaxes
from researchskills.evidence.history import History
from researchskills.evidence.search_error import SearchError
from researchskills.source import Module, read_module

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "solutions" / "02-finding-evidence"
DATA = ROOT / "datasets"
WORDS = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
         "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"]


def read(name: str) -> list[dict]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def page(name: str) -> str:
    """Text of a page with every run of white space made one space."""
    return " ".join((FOLDER / name).read_text(encoding="utf-8").split())


def table_rows(text: str, columns: int) -> list[list[str]]:
    """Cells of the lines of Markdown tables that have so many columns, without heads and rulers."""
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.splitlines()
            if line.strip().startswith("|")]
    return [row for row in rows if len(row) == columns and not set("".join(row)) <= set("-: ")]


@pytest.fixture(scope="module")
def module() -> Module:
    return read_module(FOLDER)


@pytest.fixture(scope="module")
def records() -> list[dict]:
    return read("library/library")


@pytest.fixture(scope="module")
def thesaurus() -> list[dict]:
    return read("library/thesaurus")


# A search engine of twenty lines


@cache
def words_of(text: str) -> tuple[str, ...]:
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return tuple(re.findall(r"[^\W_]+", plain.lower()))


@cache
def spaced(text: str) -> str:
    return f" {' '.join(words_of(text))} "


@cache
def pattern_of(term: str) -> re.Pattern:
    words = re.findall(r"[^\W_]+\*?", term)
    return re.compile(f" {' '.join(words)} ".replace("*", "[^ ]*"))


def holds(text: str, term: str) -> bool:
    """Whether the words of a term (a star for any ending) stand side by side in a text."""
    return bool(pattern_of(term).search(spaced(text)))


def found(records: list[dict], *terms: str) -> set[str]:
    """Ids of the records that hold at least one of the terms in title or abstract."""
    return {row["record"] for row in records
            if any(holds(row[field], term) for field in ("title", "abstract") for term in terms)}


def near(records: list[dict], left: str, right: str, between: int) -> set[str]:
    """Ids of the records in which two words stand close to each other, in either order."""
    hits = set()
    for row in records:
        for field in ("title", "abstract"):
            listed = words_of(row[field])
            places = {word: [place for place, one in enumerate(listed) if one == word] for word in (left, right)}
            if any(0 < abs(a - b) <= between + 1 for a in places[left] for b in places[right]):
                hits.add(row["record"])
    return hits


def indexed(records: list[dict], *names: str) -> set[str]:
    """Ids of the records to which one of the headings was given, as a main point or not."""
    return {row["record"] for row in records
            if {name.lstrip("*") for name in row["headings"].split("; ")} & set(names)}


def exploded(thesaurus: list[dict], name: str) -> set[str]:
    """A heading and all that are narrower, at any depth."""
    below = {row["heading"] for row in thesaurus if name in row["broader"].split("; ")}
    return {name}.union(*(exploded(thesaurus, one) for one in below))


def years(records: list[dict], term: str) -> list[int]:
    hits = found(records, term)
    return sorted(int(row["year"]) for row in records if row["record"] in hits and row["year"])


def from_country(records: list[dict], term: str, country: str) -> int:
    hits = found(records, term)
    return sum(row["record"] in hits and row["country"] == country for row in records)


# Sentences that the pages must hold

HOME_CARE = ("home care", "domiciliary care", "home help*", "help at home", "homemaker*")
#: The groups of the library that are led by the people concerned; an independent list.
LED = {
    "Eastmarch Carers Together", "Sallowmere Survivors' Network", "Our Own Voice",
    "Harrowmere Disabled People's Alliance", "Nothing About Us Collective", "Carers' Kitchen Table",
    "Thornmouth User Forum", "Speak Up Calderbourne", "The Grey Matters Group of Older Residents",
    "Peer Research Workshop", "Self-Advocates of the Lake Counties", "Users' Assembly North",
}
ASSESSMENT = ("carer* assessment*", "carer's assessment*", "caregiver assessment*", "carer needs assessment*",
              "assessing family caregivers", "assessment of carers", "separate assessment*",
              "asking relatives what they need")


def lesson_facts(records: list[dict], thesaurus: list[dict]) -> dict:
    """Every number in the lesson that comes from the library or the reference list, by a short name."""
    home, domiciliary = found(records, "home care"), found(records, "domiciliary care")
    together = found(records, "discharge*") & found(records, "home*")
    lost = together & found(records, "dementia")
    relevant = set(planted("library")["topics"]["hospital-discharge"]["relevant"])
    narrower = {"Nursing Homes", "Residential Homes", "Group Homes"}
    assert exploded(thesaurus, "Residential Facilities") == {"Residential Facilities"} | narrower
    plain = indexed(records, "Residential Facilities")
    with_narrower = plain | indexed(records, *narrower)
    naive = found(records, "older people") & found(records, "discharge") & home
    listed = read("reference_list/reference_list")
    led = [row for row in records if row["journal"] in LED]
    led_gold = sorted((row for row in led if row["record"] in relevant), key=lambda row: row["year"])
    assert {row["journal"] for row in led} == LED
    assert {row["type"] for row in led} == {"grey literature"}
    assert len(naive & relevant) > 0.5 * len(naive)  # “most of what it finds is to the point”
    assert len(naive & relevant) < 0.5 * len(relevant)  # “more than half of what matters is missed”
    return {
        "total": f"{len(records):,}",
        "hc_any": len(found(records, *HOME_CARE)), "hc": len(home), "dc": len(domiciliary),
        "hc_or": len(home | domiciliary), "hc_and": len(home & domiciliary), "hc_not": len(home - domiciliary),
        "el_mid": statistics.median_low(years(records, "elderly")),
        "op_mid": statistics.median_low(years(records, "older people")),
        "cg": len(found(records, "caregivers")), "ca": len(found(records, "carers")),
        "cg_us": from_country(records, "caregivers", "United States"),
        "cg_uk": from_country(records, "caregivers", "United Kingdom"),
        "ca_us": from_country(records, "carers", "United States"),
        "ca_uk": from_country(records, "carers", "United Kingdom"),
        "Not_lost": count_word(len(lost)).capitalize(), "not_gold": count_word(len(lost & relevant)),
        "care_share": f"{len(found(records, 'care*')):,}",
        "adj_more": len(near(records, "home", "care", 2)) - len(home),
        "exp_more": len(with_narrower - plain), "words_more": len(found(records, "care home*") - with_narrower),
        "naive_gold": len(naive & relevant), "gold": len(relevant),
        "R_n": count_word(sum(row["kind"] == "journal article" for row in listed)).capitalize(), "refs": len(listed),
        "led": len(led), "groups": count_word(len(LED)),
        "led_gold": count_word(len(led_gold)), "Led_gold": count_word(len(led_gold)).capitalize(),
        "led_titles": "\n".join(f"- *{row['title']}* ({row['journal']}, {row['year']})" for row in led_gold),
    }


def count_word(number: int) -> str:
    return WORDS[number] if 0 < number < len(WORDS) else f"{number:,}"


def exercise_facts(records: list[dict], thesaurus: list[dict]) -> dict:
    """Every number in the exercises that comes from the library, by a short name."""
    x, y = found(records, "discharge*"), found(records, "home care")

    def without_doi(kind: str) -> str:
        chosen = [row for row in records if row["type"] == kind]
        return f"{100 * sum(not row['doi'] for row in chosen) / len(chosen):.1f}"

    led = [row for row in records if row["journal"] in LED]
    e1, e2 = indexed(records, *exploded(thesaurus, "Carers' Assessment")), found(records, *ASSESSMENT)
    e4 = indexed(records, *exploded(thesaurus, "Persons with Dementia"))
    e5 = found(records, "dementia", "alzheimer*", "elderly mentally infirm")
    return {
        "x": len(x), "y": len(y), "x_or_y": len(x | y), "x_and_y": len(x & y), "x_not_y": len(x - y),
        "y_not_x": len(y - x), "one_only": len(x ^ y), "x_plus_y": len(x) + len(y),
        "doi_grey": without_doi("grey literature"), "doi_primary": without_doi("primary study"),
        "doi_policy": without_doi("policy"), "led": len(led), "led_no_doi": sum(not row["doi"] for row in led),
        "e1": len(e1), "e2": len(e2), "e3": len(e1 | e2), "e4": len(e4), "e5": len(e5), "e6": len(e4 | e5),
        "e7": len((e1 | e2) & (e4 | e5)),
    }


PAGES = {
    "lesson.md": (lesson_facts, (
        "A library of {total} invented records",
        "At least one of the five stands in {hc_any} records.",
        "Whoever types *home care* and stops there sees {hc} of them.",
        "For *elderly* the middle year is about {el_mid}, for *older people* about {op_mid}.",
        "Of the {cg} records with *caregivers*, {cg_us} come from the United States and {cg_uk} from the United "
        "Kingdom.",
        "With *carers* it is {ca_us} and {ca_uk}, of {ca}.",
        "In the library, {hc} records hold *home care* in title or abstract, and {dc} hold *domiciliary care*.",
        "{hc_or} records, {hc_not} and {hc_and}. Two names for one thing",
        "{Not_lost} records have gone, and {not_gold} of them answer",
        "`care*` stands in {care_share} of {total} records",
        "`home adj3 care` finds {adj_more} more records than the phrase",
        "Exploding adds {exp_more} records, which an indexer put only under a narrower heading",
        "The words add {words_more} more that have none of these headings.",
        "knows that {gold} of its records answer the question. This line finds {naive_gold} of the {gold}.",
        "{R_n} of the {refs} entries are journal articles.",
        "In the library, {groups} invented groups are led by the people concerned",
        "All {led} records of the {groups} groups are grey literature.",
        "{Led_gold} of their reports answer",
    )),
    "exercises.md": (exercise_facts, (
        "*discharge* (with any ending) stands in {x} records and *home care* in {y}. At least one of the two stands in "
        "{x_or_y}.",
        'n{x_and_y}: "{x_and_y} records" n{y_not_x}: "{y_not_x} records" n{x_not_y}: "{x_not_y} records" '
        'n{one_only}: "{one_only} records" n{x_or_y}: "{x_or_y} records" n{x_plus_y}: "{x_plus_y} records"',
        '"discharge* and home care" to: n{x_and_y} reason: "{x} and {y} are {x_plus_y}, and only {x_or_y} records are',
        '"discharge* not home care" to: n{x_not_y} reason: "Take the {x} records, and leave out those',
        '"home care not discharge*" to: n{y_not_x} reason: "Take the {y} records, and leave out those',
        'not (discharge* and home care)" to: n{one_only} reason: "Take all {x_or_y}, and leave out those',
        'why: "{x} and {y} are {x_plus_y}, and only {x_or_y} records are there: {x_and_y} were counted twice',
        "In primary studies it is {doi_primary}%.", "with it {led_no_doi} of the {led} records of user-led groups.",
        "exp Carers' Assessment/ ({e1})", "asking relatives what they need).ti,ab. ({e2})", "1 or 2 ({e3})",
        "exp Persons with Dementia/ ({e4})", "elderly mentally infirm).ti,ab. ({e5})", "4 or 5 ({e6})",
        "3 and 6 ({e7})",
    )),
}


@pytest.mark.parametrize("name", PAGES)
def test_every_number_that_a_page_states_is_the_one_counted_from_the_csv_files(name, records, thesaurus):
    count, sentences = PAGES[name]
    facts, text = count(records, thesaurus), page(name)
    assert [one for one in sentences if one.format(**facts) not in text] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_library_with_one_more_record_would_contradict_every_page(name, records, thesaurus):
    """The look-up can fail: add a record that holds the words in question."""
    more = {**records[0], "record": "LB99999", "type": "grey literature", "journal": "Thornmouth User Forum", "doi": "",
            "year": "1984", "country": "United States", "title": "Home care, carers and caregivers after discharge",
            "abstract": "Dementia; a caregiver assessment; delayed transfer.", "headings": "Carers' Assessment"}
    count, sentences = PAGES[name]
    facts, text = count([*records, more], thesaurus), page(name)
    assert len([one for one in sentences if one.format(**facts) not in text]) >= 8


def test_the_small_evaluator_and_the_search_engine_of_the_course_agree(records, thesaurus):
    from researchskills import search

    pairs = [
        ("home care.ti,ab.", found(records, "home care")),
        ("(discharge* or carer* assessment*).ti,ab.", found(records, "discharge*", "carer* assessment*")),
        ("(home adj3 care).ti,ab.", near(records, "home", "care", 2)),
        ("exp Patient Discharge/", indexed(records, *exploded(thesaurus, "Patient Discharge"))),
        ("discharge*.ti,ab. not home care.ti,ab.", found(records, "discharge*") - found(records, "home care")),
    ]
    for line, ids in pairs:
        assert set(search(line).records["record"]) == ids, line


def test_words_that_rest_on_counts_are_true_of_the_library(records, thesaurus):
    four = [found(records, term) for term in ("home care", "domiciliary care", "home help", "leaving hospital")]
    assert not set.intersection(*four)  # Gareth's line found nothing
    assert found(records, "care at home") & near(records, "home", "care", 2) - found(records, "home care")
    facts = lesson_facts(records, thesaurus)
    assert facts["hc_or"] > facts["hc_not"] > facts["hc_and"]
    assert facts["hc_and"] < 0.1 * facts["hc_or"]  # “very little”
    assert facts["ca_uk"] > facts["ca_us"]
    assert facts["cg_us"] > facts["cg_uk"]
    assert facts["el_mid"] + 10 < facts["op_mid"]
    scope = {row["heading"]: row["scope_note"] for row in thesaurus}
    assert "offensive" in scope["Delayed Discharge"]  # “The thesaurus says that it is offensive”


def test_the_bodies_that_brought_out_most_of_the_grey_records_are_those_that_the_lesson_speaks_of(records):
    counted = Counter(row["journal"] for row in records if row["type"] == "grey literature")
    twelve = {name for name, _ in counted.most_common(12)}
    assert "Lifelong Neighbours" in twelve - LED  # “a charity, or the neighbours themselves?”
    for kind in ("Congress", "University", "Charity|Trust|Fund|Alliance|Hearthside", "Board|Office|Council"):
        assert any(re.search(kind, name) for name in twelve), kind
    assert len(twelve & LED) >= 2
    assert not any("Carer" in name for name in twelve)  # the lesson names no carers' group there


def test_the_twelve_records_of_the_screening_are_those_that_the_lesson_speaks_of(records):
    from researchskills import search

    text = (FOLDER / "lesson.md").read_text(encoding="utf-8")
    names: dict = {"search": search}
    exec(re.search(r"^twelve = .+$", text, re.MULTILINE)[0], names)
    chosen = dict(names["twelve"][["record", "title"]].to_numpy())
    assert len(chosen) == len(set(chosen.values())) == 12
    kept = {title for record, title in chosen.items()
            if record in planted("library")["topics"]["carers-assessment"]["relevant"]}
    why = text.partition("And the twelve records of the screening?")[2].partition("\n\n")[0]
    spoken_of = re.findall(r"\*(.+?)(?: …)?\*", why)
    assert [sum(title.startswith(one) for title in chosen.values()) for one in spoken_of] == [1, 1, 1, 1]
    assert len(kept) == 3
    assert all(title.startswith(tuple(spoken_of[:3])) for title in kept)
    (last,) = (record for record, title in chosen.items() if title == spoken_of[3])
    assert next(row["abstract"] for row in records if row["record"] == last) == ""


# Tasks on paper


#: Paper 2: each line as a test of one title.
BREAKS = ("respite", "short breaks", "time off", "replacement care", "sitting service", "days off")
CONDITION = ("dementia", "alzheimer*", "memory loss")


def some(title: str, terms: tuple[str, ...]) -> bool:
    return any(holds(title, term) for term in terms)


PAPER_LINES = [
    lambda title: holds(title, "respite"),
    lambda title: holds(title, "care*"),
    lambda title: some(title, BREAKS),
    lambda title: some(title, BREAKS) and holds(title, "dementia"),
    lambda title: some(title, BREAKS) and some(title, CONDITION),
    lambda title: some(title, BREAKS) and some(title, CONDITION) and not holds(title, "children"),
]


def test_the_library_of_twelve_cards_gives_what_trainers_are_told():
    text = (FOLDER / "workshop.md").read_text(encoding="utf-8")
    paper = text.partition("### Paper 2")[2].partition("\n### ")[0]
    cards = {int(number): title for number, title in table_rows(paper, 2) if number.isdigit()}
    assert sorted(cards) == list(range(1, 13))
    relevant = {int(one) for one in re.findall(r"\d+", re.search(r"Six cards are relevant: (.*)\.", paper)[1])}
    assert len(relevant) == 6
    told = [row for row in table_rows(paper, 4) if row[0] != "Line"]
    assert len(told) == len(PAPER_LINES)
    for (line, listed, recall, precision), search in zip(told, PAPER_LINES, strict=True):
        hits = {number for number, title in cards.items() if search(title)}
        assert hits == {int(one) for one in re.findall(r"\d+", listed)}, line
        assert recall == f"{len(hits & relevant)} of 6", line
        assert precision == f"{len(hits & relevant)} of {len(hits)}", line
    for term in (*BREAKS, *CONDITION):
        assert term in paper


#: Boxes of a flow in the order of the tables: what each should be, by the others.
def adds_up(first: int, second: int, duplicates: int, screened: int, out: int, sought: int, lost: int, read_: int,
            reasons: int, included: int) -> bool:
    return (first + second - duplicates == screened and screened - out == sought and sought - lost == read_
            and read_ - reasons == included)


def mending(boxes: list[int]) -> list[tuple[int, int]]:
    """Every change of a single box that makes a flow add up: its place and its new number."""
    return [(place, value) for place in range(len(boxes)) for value in range(500)
            if adds_up(*boxes[:place], value, *boxes[place + 1 :])]


def test_the_flow_on_paper_can_be_mended_in_one_box_only_and_it_is_the_one_that_trainers_are_told():
    text = (FOLDER / "workshop.md").read_text(encoding="utf-8")
    paper = text.partition("### Paper 4")[2].partition("\n### ")[0]
    rows = [row for row in table_rows(paper, 2) if row[1].isdigit()]
    (place, value), = mending([int(row[1]) for row in rows])
    assert rows[place][0] == "Reports assessed (read in full)"
    assert f'"Reports assessed" should be {value}' in paper


def test_the_flow_of_the_exercise_can_be_mended_in_one_box_only_and_it_is_the_right_answer(module):
    question = module.questions["m02-q13-box"]
    rows = [row for row in table_rows(question.prompt, 2) if row[1].isdigit()]
    numbers = [int(row[1]) for row in rows]
    boxes = [*numbers[:8], sum(numbers[8:11]), numbers[11]]
    assert numbers[11] + numbers[12] == numbers[13]
    (place, value), = mending(boxes)
    texts = {option["key"]: option["text"] for option in question.content["options"]}
    assert rows[place][0] == texts[question.key["right"][0]]
    assert f"With {value} in this box" in question.key["reasons"][question.key["right"][0]]


def test_the_flow_that_learners_fill_in_comes_to_the_nine_reports_of_the_case_and_is_not_given_away():
    text = (FOLDER / "lesson.md").read_text(encoding="utf-8")
    cell = text.partition('flow_diagram("m02-a6-flow", start=')[2].partition(")\n```")[0]
    start = eval(cell)
    left_out = sum(int(line.rpartition(": ")[2]) for line in start["excluded_why"].splitlines())
    screened = start["databases"] - start["duplicates"]
    sought = screened - start["excluded"]
    assessed = sought - start["not_retrieved"]
    given = page("supervisor.md")
    assert f"You looked at {screened} records" in given
    assert not re.search(rf"\b({screened}|{sought}|{assessed})\b", text)
    assert WORDS[assessed - left_out] in re.search(r"350 records to the (\w+) reports", text)[0]
    exported = re.search(r"exports (\d+) records from one database, and Nadia (\d+) from another", text)
    assert sum(map(int, exported.groups())) == start["databases"]


def publications(rows: list[list[str]]) -> list[set[str]]:
    """Rows of the export put together by a rule of their own: same first surname and same title, letters only."""
    groups: dict[tuple[str, str], set[str]] = {}
    for number, authors, _, title, *_ in rows:
        surname = words_of(authors)[:2] if authors.startswith("Larkshire") else words_of(authors)[:1]
        key = (" ".join(surname), " ".join(words_of(re.sub(r"\bprogram\b", "programme", title))))
        groups.setdefault(key, set()).add(number)
    return list(groups.values())


def test_the_number_of_publications_is_that_of_the_rows_put_together(module):
    question = module.questions["m02-q12-unique"]
    rows = [row for row in table_rows(question.prompt, 6) if row[0].isdigit()]
    assert len(rows) == 12
    groups = publications(rows)
    assert question.key["answer"] == len(groups)
    pairs = [group for group in groups if len(group) > 1]
    assert sorted(map(sorted, pairs)) == sorted(map(sorted, ({"1", "2"}, {"4", "5"}, {"7", "8"}, {"10", "11"})))
    dois = Counter(row[5] for row in rows if row[5])
    assert [count for count in dois.values() if count > 1] == [2]  # “A shared DOI would have found one”


def test_the_recall_of_the_exercise_is_that_of_its_own_numbers(module):
    question = module.questions["m02-q7-known"]
    named, total, hit, relevant = (int(re.search(pattern, question.prompt)[1]) for pattern in (
        r"have named (\d+)", r"finds (\d+) records", r"(\d+) of the \d+ are among", r"(\d+) turn out to be relevant"))
    assert question.key["answer"] == 100 * hit / named
    mistakes = [100 * relevant / total, 100 * hit / total, hit / named, 100 * hit / relevant,
                100 * (named - hit) / named, hit]
    assert len(mistakes) == len(question.key["mistakes"])
    for place, value in enumerate(mistakes):
        outcome = checks.assess(question, round(value, 2))
        assert (outcome.status, outcome.message) == ("not yet", question.key["mistakes"][place]["reason"])


def doctor_lines(text: str) -> dict[int, str]:
    return {int(number): line.strip("`") for number, line in table_rows(text, 2) if number.isdigit()}


@pytest.mark.parametrize("where", ["exercise", "paper"])
def test_the_six_planted_faults_are_where_the_key_says(where, module):
    if where == "exercise":
        text = module.questions["m02-q6-doctor"].prompt
        question = module.questions["m02-q6-doctor"]
        items = {item["key"]: item["text"] for item in question.content["items"]}
        key = {re.split(":", items[one])[0]: int(to[1:]) for one, to in question.key["pairs"].items()}
    else:
        text = (FOLDER / "workshop.md").read_text(encoding="utf-8").partition("### Paper 3")[2].partition("\n### ")[0]
        key = {name: int(number) for name, number in re.findall(
            r"^([A-Z][A-Za-z, ]+): line (\d+)", text.partition("*For trainers.*")[2], re.MULTILINE)}
    lines = doctor_lines(text)
    assert sorted(lines) == list(range(1, 13))
    assert len(set(key.values())) == 6
    assert re.fullmatch(r"\d+ and \d+", lines[key["AND, OR and NOT"]])
    plain = [number for number, line in lines.items() if line.endswith("/") and not line.startswith("exp ")]
    assert plain == [key["Subject headings"]]
    limits = [number for number, line in lines.items() if line.startswith("limit")]
    assert limits == [key["Limits"]]
    assert re.search("hosptal|domicilary", lines[key["Spelling and line numbers"]])
    final = lines[11]
    if where == "exercise":
        assert f"and {key['The question']}" in final  # the block that nobody asked for is joined
    else:
        assert key["The question"] == 11
        assert "9" not in re.findall(r"\d+", final)  # the falls are not


def test_each_line_is_read_by_the_database_that_the_key_names_and_by_no_other(module):
    thesaurus = index.library().thesaurus
    for line, name in pairs(module, "m02-q4-languages").items():
        read_by = []
        for syntax in syntaxes.NAMES:
            with contextlib.suppress(SearchError):
                syntaxes.read(line, syntax, thesaurus)
                read_by.append(syntax)
        assert read_by == ([] if name == "none" else [name]), line


@pytest.mark.parametrize("where", ["exercise", "paper"])
def test_the_searches_with_planted_faults_can_be_typed_and_only_the_misspelt_word_finds_nothing(where, module):
    text = module.questions["m02-q6-doctor"].prompt if where == "exercise" else (
        (FOLDER / "workshop.md").read_text(encoding="utf-8").partition("### Paper 3")[2].partition("\n### ")[0])
    history = History(index.library())
    for line in doctor_lines(text).values():
        history.add(line, "ovid")
    assert len(history.entries) == 12
    for word in ("hosptal$", "domicilary"):
        assert history.add(f"{word}.ti,ab.", "ovid").count == 0


def test_the_headings_that_the_search_doctor_speaks_of_stand_below_each_other(thesaurus):
    broader = {row["heading"]: row["broader"].split("; ") for row in thesaurus}
    assert "Patient Discharge" in broader["Delayed Discharge"]
    for name in ("Meals Services", "Night Sitting Services"):
        assert "Home Care Services" in broader[name]
    for name in ("Young Carers", "Parent Carers", "Spouse Carers"):
        assert "Carers" in broader[name]
    assert {"Shared Decision Making", "Aged", "Accidental Falls"} <= set(broader)


# Keys of the questions


def pairs(module: Module, name: str) -> dict[str, str]:
    question = module.questions[name]
    return {item["text"]: question.key["pairs"][item["key"]] for item in question.content["items"]}


def test_the_sizes_of_the_sets_are_those_in_the_library(module, records, thesaurus):
    facts = exercise_facts(records, thesaurus)
    targets = module.questions["m02-q2-sets"].content["targets"]
    sizes = [int(targets[to].removesuffix(" records")) for to in pairs(module, "m02-q2-sets").values()]
    assert sizes == [facts[name] for name in ("x_and_y", "x_not_y", "y_not_x", "one_only")]
    left = {int(text.removesuffix(" records")) for text in targets.values()} - set(sizes)
    assert left == {facts["x_or_y"], facts["x_plus_y"]}  # “Two numbers are left over.”


def test_the_share_without_a_doi_is_accepted_and_each_counted_mistake_gets_its_own_reason(module, records, thesaurus):
    question, facts = module.questions["m02-q16-doi"], exercise_facts(records, thesaurus)
    assert checks.assess(question, float(facts["doi_grey"])).status == "correct"
    for place, name in enumerate(("doi_primary", "doi_policy")):
        outcome = checks.assess(question, float(facts[name]))
        assert (outcome.status, outcome.message) == ("not yet", question.key["mistakes"][place]["reason"])


def test_the_solution_of_the_cell_question_gives_its_key(module):
    question, names = module.questions["m02-q16-doi"], {}
    exec(f"from researchskills import load\n{question.mark_scheme['solution']}", names)
    assert checks.assess(question, float(names[question.content["variable"]])).status == "correct"


def ovid(*lines: str) -> dict:
    return {"lines": [{"text": line, "syntax": "ovid"} for line in lines], "line": 0}


@pytest.mark.parametrize("lines", [
    ("learning disabilities.ti,ab.", "care coordination.ti,ab.", "transition.ti,ab.", "1 and 2 and 3"),
    ("learning disabilit*.ti,ab.",),
    ("exp Persons with Learning Disabilities/",),
    ("(care plan* or care coordinat*).ti,ab. and (move or moves or moving).ti,ab.",),
])
def test_a_search_that_many_try_first_does_not_pass(lines, module):
    outcome = checks.assess(module.questions["m02-q5-search"], ovid(*lines))
    assert outcome.status == "not yet"
    assert outcome.fraction < 1


def test_the_words_of_the_question_as_they_stand_find_nothing(module, records):
    why = module.questions["m02-q5-search"].key["why"]
    words = re.findall(r"\*(.+?)\*", why)
    assert words == ["learning disabilities", "co-ordinated", "move"]
    assert not set.intersection(*(found(records, one) for one in words))


def test_each_right_line_of_the_block_on_carers_adds_records_and_words_that_stand_there_add_none(module):
    from researchskills import search

    question, start = module.questions["m02-q3-words"], "(carer or carers or family carer).ti,ab."
    assert start in question.prompt
    for option in question.content["options"]:
        text = option["text"]
        line = text if text.endswith("/") else f"({text}).ti,ab."
        more = search(f"{start} or {line}").count - search(start).count
        if option["key"] in question.key["right"]:
            assert more > 20, text
        elif text in {"Carers", "family carers", "carers and support"}:
            assert more == 0, text


def test_the_plain_line_finds_no_report_of_the_groups_and_their_own_words_find_each(records):
    text = (FOLDER / "lesson.md").read_text(encoding="utf-8").partition("**Add their words to a search.**")[2]
    listed = set(re.findall(r"^- \*(.+)\* \(", text.partition("```")[0], re.MULTILINE))
    relevant = set(planted("library")["topics"]["hospital-discharge"]["relevant"])
    theirs = {row["record"]: row for row in records if row["journal"] in LED and row["record"] in relevant}
    assert {row["title"] for row in theirs.values()} == listed
    groups = eval(re.search(r"^groups = (.+)$", text, re.MULTILINE)[1])
    assert {row["journal"] for row in theirs.values()} == set(groups)
    plain = re.findall(r"\(([a-z ]+)\)", re.search(r'^line = "(.+)"$', text, re.MULTILINE)[1])
    added = re.findall(r"\*or (.+?)\*", text.partition("```")[0])
    assert len(plain) == len(added) == 3
    assert not set.intersection(*(found(records, one) for one in plain)) & set(theirs)
    both = set.intersection(*(found(records, *two) for two in zip(plain, added, strict=True)))
    assert set(theirs) <= both


def test_the_topic_of_the_marked_search_is_kept_for_the_exercises_and_that_of_the_lesson_is_not():
    use = {row["topic"]: row["use"] for row in read("library/topics")}
    assert use["learning-disability-moves"] == "exercise"
    assert use["hospital-discharge"] == "lesson"


def test_whoever_keeps_every_record_does_not_pass_the_calibration(module):
    question = module.questions["m02-q15-screen"]
    assert len(question.content["records"]) == 20
    for decision in ("include", "exclude", "unsure"):
        assert checks.assess(question, dict.fromkeys(question.content["records"], decision)).status == "not yet"


def test_the_references_to_mend_are_printed_as_the_reference_list_has_them(module):
    listed = {row["item"]: row for row in read("reference_list/reference_list")}
    question = module.questions["m02-q14-references"]
    texts = [item["text"] for item in question.content["items"]]
    for item, field in (("R23", "title"), ("R02", "title"), ("R27", "container"), ("R11", "url"), ("R17", "container")):
        assert any(listed[item][field] in text for text in texts), item
    slips = {(one["item"], one["field"]) for one in planted("reference_list")["slips"]}
    assert {("R23", "title"), ("R27", "container"), ("R11", "url")} <= slips


def test_the_headings_of_the_marked_search_and_of_the_lesson_exist(thesaurus):
    text, names = page("lesson.md") + page("exercises.md"), {row["heading"] for row in thesaurus}
    typed = set(re.findall(r"\bexp ([A-Z][A-Za-z' ,-]*?)/", text))
    assert typed
    assert typed <= names


# Times, tables and tasks


def test_the_times_that_the_lesson_plans_add_up(module):
    text = page("lesson.md")
    units = [int(minutes) for minutes in re.findall(r"## Unit \d: [^#]*?\b(\d+) minutes\.", text)]
    assert len(units) == 5
    sittings = [part for minutes in units for part in ([minutes] if minutes <= 40 else [minutes / 2] * 2)]
    assert (len(sittings), max(sittings)) == (6, 40)
    assert min(sittings) >= 25
    assert "## Seen from the other side Fifteen minutes" in text
    assert sum(units) + 15 == module.lesson.header["minutes"] == 220
    assert "220 minutes: six sittings of 25 to 40 minutes (Unit 3 takes two), with a last step of 15" in text
    assert "220 minutes in six sittings and a last step" in page("supervisor.md")
    tomorrow = text.partition("## Use it tomorrow")[2]
    assert sum(map(int, re.findall(r"\((\d+) minutes\)", tomorrow))) == 20
    together = text.partition("## Discuss together")[2].partition("## ")[0]
    assert sum(map(int, re.findall(r"\((\d+) minutes\)", together))) == 25


def test_every_outcome_is_taught_practised_and_assessed_by_questions_that_exist(module):
    text = (FOLDER / "workshop.md").read_text(encoding="utf-8").partition("## Outcomes")[2].partition("\n## ")[0]
    table = [row for row in table_rows(text, 5) if row[0] != "Outcome"]
    assert len(table) == 9  # eight of the curriculum, and the step of every module
    activities = set(re.findall(r'"(m02-a\d-[a-z0-9-]+)"', page("lesson.md")))
    named = set()
    for outcome, taught, practised, assessed, session in table:
        assert taught, outcome
        assert session, outcome
        for cell, letter in ((practised, "[pa]"), (assessed, "q")):
            ids = re.findall(rf"`(m02-{letter}\d+-[a-z0-9-]+)`", cell)
            assert ids, outcome
            named |= set(ids)
    assert named <= set(module.questions) | activities
    assert activities <= named
    assert {name for name, question in module.questions.items() if question.points} <= named


def test_the_exercises_say_how_many_questions_the_course_and_the_mentor_mark(module):
    marked = Counter(question.marked_by for question in module.questions.values() if question.points)
    assert (f"{WORDS[marked['course']].title()} questions that the course checks at once, and "
            f"{WORDS[marked['mentor']]} that a mentor reads" in page("exercises.md"))


@pytest.mark.parametrize("letter", ["p", "q"])
def test_questions_are_numbered_in_the_order_of_the_page(letter, module):
    numbers = [int(re.match(rf"m02-{letter}(\d+)-", name)[1]) for name in module.questions
               if name.startswith(f"m02-{letter}")]
    assert numbers[0] == 1
    assert all(after == before + 1 for before, after in pairwise(numbers))


def test_each_misconception_of_the_curriculum_is_answered_in_the_lesson_and_the_run_sheet():
    lesson = page("lesson.md").partition("## Common traps")[2].partition("## Key points")[0]
    sheet = page("workshop.md")
    for belief in ("One search box is enough", "More terms with AND find", "NOT is safe", "No hits means no evidence",
                   "The first page is the best", "AI summary"):
        assert belief in lesson, belief
        assert belief in sheet, belief


def test_the_task_for_week_12_comes_out_as_the_trainers_are_told():
    text = page("workshop.md").partition("**Unseen task")[2].partition("## Paper set")[0]
    known, total, hit, relevant = (int(re.search(pattern, text)[1]) for pattern in (
        r"knows of (\d+) studies", r"found (\d+) records", r"and (\d+) of the \d+ are among",
        r"records, (\d+) are about"))
    assert f"{hit} of {known}, which is {100 * hit / known:g}%" in text
    assert f"{relevant} of {total}, which is {100 * relevant / total:g}%" in text
    assert f"{WORDS[known - hit].title()} of {known} known studies were missed" in text


def test_fifteen_items_are_to_be_told_apart_and_every_type_occurs(module):
    question = module.questions["m02-q8-types"]
    assert len(question.key["pairs"]) == 15
    assert set(question.key["pairs"].values()) == set(question.content["targets"])
    real = [item["text"] for item in question.content["items"] if item["text"].startswith("Real:")]
    assert f"{WORDS[len(real)].title()} of the fifteen are real" in question.prompt
