"""The invented library: what a searcher meets in it, counted from the text of the files.

Searches are evaluated here with regular expressions on words, written without the search engine and without
the generator's own check.
"""

import json
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from researchskills import datasets

ROOT = Path(__file__).parents[1]
HOME = ROOT / "datasets" / "library"
TOPICS = [
    *["carers-assessment", "evaluating-together", "hospital-discharge"],
    *["learning-disability-moves", "reablement-views", "teams-and-inclusion"],
]


def read(table: str) -> pd.DataFrame:
    return pd.read_csv(HOME / f"{table}.csv", dtype=str, keep_default_na=False)


def words(text: str) -> str:
    """Lower case, no accents, every sign a space."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join(re.findall("[a-z0-9]+", plain))


def pattern(word: str) -> str:
    return r"\b" + re.escape(word.lower()).replace(r"\*", "[a-z0-9]*") + r"\b"


@pytest.fixture(scope="module")
def given() -> dict:
    package = json.loads((HOME / "datapackage.json").read_text(encoding="utf-8"))
    return {entry["parameter"]: entry for entry in package["calibration"]}


@pytest.fixture(scope="module")
def records() -> pd.DataFrame:
    table = read("library").set_index("record")
    table["text"] = table["title"].map(words) + " | " + table["abstract"].map(words)
    table["given"] = table["headings"].map(lambda field: {name.strip().lstrip("*") for name in field.split(";")})
    return table


@pytest.fixture(scope="module")
def key() -> dict:
    return datasets.planted("library")


def by_text(records: pd.DataFrame, terms: list[str]) -> set:
    return set(records.index[records["text"].str.contains("|".join(map(pattern, terms)))])


def by_heading(records: pd.DataFrame, names: list[str]) -> set:
    return set(records.index[records["given"].map(lambda given: bool(given & set(names)))])


def recall(found: set, relevant: set) -> float:
    return len(found & relevant) / len(relevant)


# The file


def test_there_are_more_than_three_thousand_records_in_less_than_five_megabytes(records):
    assert len(records) >= 3000
    assert (HOME / "library.csv").stat().st_size < 5_000_000


def test_it_says_that_everything_is_invented():
    package = datasets.describe("library")
    assert package.synthetic and "invented" in package.summary
    readme = (HOME / "README.md").read_text(encoding="utf-8")
    assert "**Synthetic.**" in readme
    # Nobody can prove that no person or place of a name exists.
    for text in (readme, (HOME / "datapackage.json").read_text(encoding="utf-8")):
        assert "likeness" in text and "by chance" in text
        assert not re.search(r"\bno such\b|not? exists?\b|leads nowhere", text, re.IGNORECASE)


def test_nothing_bears_the_name_of_a_village_a_charity_or_a_researcher_that_is_known_to_be_real():
    text = (HOME / "library.csv").read_text(encoding="utf-8")
    # Saltby in Leicestershire and Dunnet in Caithness; a charity in Weymouth, a foundation in the United States, a
    # telephone service in Stoke-on-Trent.
    for name in ["Saltby", "Dunnet", "Lantern Trust", "Threshold Foundation", "Care Link", "CareLink"]:
        assert name not in text, name
    families = {name.split()[0].rstrip(",") for name in "; ".join(read("library")["authors"]).split("; ") if name}
    # People who write on learning disability, social work, health policy, evidence, mental health, carers, wounds.
    known = "Walmsley Whittaker Bevan Greenhalge Greenhalgh Entwistle Nettleton Mukherjee Hallam Hartnoll Pritchard "
    known += "Kelleher Wolstenholme Gethin Kessler Torrens Glasby Glendinning Knapp Twigg Beresford Challis Marsh "
    known += "Glanville Manthorpe Moriarty Webber Lymbery Arksey Parry-Jones Liabo Stansfield McFadden"
    assert families & set(known.split()) == set()


def test_some_records_have_no_abstract_and_some_no_headings(records, given):
    for column, parameter in [
        ("abstract", "without abstract: share of records"),
        ("headings", "not indexed: share of records"),
    ]:
        entry = given[parameter]
        assert (records[column] == "").mean() == pytest.approx(entry["value"], abs=entry["tolerance"])
    newest = records["headings"][records["year"] == "2026"]
    assert (newest == "").mean() > 0.5


def test_every_kind_of_publication_design_and_spelling_is_there(records):
    assert records["type"].value_counts().min() > 100
    assert set(records["design"][records["type"] != "primary study"]) == {""}
    assert records["design"][records["type"] == "primary study"].value_counts().min() > 20
    assert records["year"].astype(int).between(1985, 2026).all()
    assert (records["year"] >= "2006").mean() > 0.5
    assert (records["language"] != "English").mean() == pytest.approx(0.06, abs=0.03)
    assert records["title"][records["language"] != "English"].str.fullmatch(r"\[.*\]\.?").all()
    for british, american in [("organis", "organiz"), ("centre", "center"), ("programme", "program ")]:
        assert records["text"].str.contains(british).sum() > 10, british
        assert records["text"].str.contains(american).sum() > 5, american
    assert not records["text"][records["country"] == "United States"].str.contains("organis|programme|centre").any()


def test_grey_literature_has_people_who_use_services_carers_councils_students_and_charities(records):
    grey = records[records["type"] == "grey literature"]
    for publisher in ["Eastmarch Carers Together", "Sallowmere Survivors' Network", "Harrowmere Borough Council"]:
        assert (grey["journal"] == publisher).any(), publisher
    for words_in_title in ["thesis", "conference abstract", "Annual report"]:
        assert grey["title"].str.contains(words_in_title).any(), words_in_title
    assert grey["abstract"].str.contains("members who use services themselves|people who use services themselves").any()


def test_citations_hang_together(records):
    assert records["doi"][records["doi"] != ""].str.startswith("10.5555/").all()
    articles = records[records["volume"] != ""]
    assert (articles["doi"] != "").mean() > 0.7
    assert (records["doi"][records["volume"] == ""] != "").mean() < 0.15
    pages = articles["pages"].str.extract(r"^(\d+)-(\d+)$").dropna().astype(int)
    long = pages[pages[1] >= 100]
    shortened = long[0] > long[1]
    assert shortened.mean() < 0.03  # 246-57, as one of the databases writes it
    assert (pages[1] - pages[0])[~(pages[0] > pages[1])].between(1, 20).all()
    # A journal counts one volume a year; online-first dates are one off.
    founded = articles["year"].astype(int) - articles["volume"].astype(int)
    for journal, years in founded.groupby(articles["journal"]):
        assert years.max() - years.min() <= 1, journal


# The thesaurus


def test_the_thesaurus_is_a_tree_of_at_most_four_levels_with_some_second_parents():
    table = read("thesaurus").set_index("heading")
    assert 120 <= len(table) <= 200 and table.index.is_unique
    parents = table["broader"].map(lambda field: [name for name in field.split("; ") if name])

    def level(name: str, above: tuple = ()) -> int:
        assert name not in above, f"{name} is above itself"
        return 1 + max((level(parent, (*above, name)) for parent in parents[name]), default=0)

    levels = [level(name) for name in table.index]
    assert max(levels) == 4
    assert (parents.map(len) == 2).sum() >= 5
    assert (table["scope_note"] != "").sum() >= 15


def test_no_word_leads_to_two_headings():
    table = read("thesaurus")
    entries = [word for field in table["entry_terms"] for word in field.split("; ") if word]
    spellings = Counter(word.casefold() for word in [*entries, *table["heading"]])
    assert [word for word, times in spellings.items() if times > 1] == []
    assert len(entries) > 2 * len(table)


def test_records_carry_preferred_terms_only_and_no_more_than_one_twice(records):
    preferred = set(read("thesaurus")["heading"])
    for record, field in records["headings"].items():
        names = [name.lstrip("*") for name in field.split("; ") if name]
        assert set(names) <= preferred and len(set(names)) == len(names), record
    starred = records["headings"].str.count(r"\*")[records["headings"] != ""]
    assert (starred > 0).mean() > 0.5 and starred.max() <= 6
    assert records["given"].map(lambda names: "Aged" in names).mean() > 0.15
    assert records["given"].map(lambda names: "Female" in names).mean() > 0.15


# Topics


def test_topics_in_the_key_are_those_in_the_table_and_two_or_more_are_left_as_exercises(key):
    table = read("topics").set_index("topic")
    assert sorted(table.index) == sorted(key["topics"]) == TOPICS
    assert table["use"].value_counts()["exercise"] >= 2 and "lesson" in set(table["use"])


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_has_twenty_to_sixty_relevant_records(key, given, records, topic):
    low, high = given["topics: smallest and largest number of relevant records"]["value"]
    relevant = key["topics"][topic]["relevant"]
    assert low <= len(relevant) <= high and set(relevant) <= set(records.index)
    assert sum(records.loc[relevant, "abstract"] == "") >= 1


@pytest.mark.parametrize("topic", TOPICS)
def test_one_obvious_word_for_each_concept_misses_much(key, given, records, topic):
    entry = key["topics"][topic]
    found = set.intersection(*[by_text(records, [word]) for word in entry["naive"]])
    assert recall(found, set(entry["relevant"])) < given["naive search: highest recall"]["value"]


@pytest.mark.parametrize("topic", TOPICS)
def test_all_words_and_headings_find_nearly_everything_at_a_bearable_price(key, given, records, topic):
    entry = key["topics"][topic]
    relevant, concepts = set(entry["relevant"]), entry["concepts"]
    assert 2 <= len(concepts) <= 4
    text = [by_text(records, concept["words"]) for concept in concepts]
    headings = [by_heading(records, concept["headings"]) for concept in concepts]
    found = set.intersection(*[one | other for one, other in zip(text, headings)])
    least_recall, least_precision = given["thorough search: lowest recall and precision"]["value"]
    assert recall(found, relevant) >= least_recall
    assert len(found & relevant) / len(found) >= least_precision
    assert len(found - relevant) > 10  # there is something to screen
    # Neither half of the search is enough.
    assert recall(set.intersection(*text), relevant) < 0.95
    assert recall(set.intersection(*headings), relevant) < 0.8


@pytest.mark.parametrize("topic", TOPICS)
def test_every_relevant_record_can_be_explained_by_a_word_or_heading_for_each_concept(key, records, topic):
    entry = key["topics"][topic]
    for concept in entry["concepts"]:
        found = by_text(records, concept["words"]) | by_heading(records, concept["headings"])
        unexplained = set(entry["relevant"]) - found
        assert len(unexplained) <= len(entry["relevant"]) / 30, concept["name"]


def test_every_heading_of_a_concept_is_in_the_thesaurus_and_every_word_is_used(key, records):
    preferred = set(read("thesaurus")["heading"])
    for entry in key["topics"].values():
        for concept in entry["concepts"]:
            assert set(concept["headings"]) <= preferred, concept["name"]
            unused = [word for word in concept["words"] if not by_text(records, [word])]
            assert len(unused) <= 3, (concept["name"], unused)


def test_words_of_the_topics_also_stand_in_other_senses(records):
    for sense in ["wound", "armed forces|army|military"]:
        assert (records["text"].str.contains("discharge") & records["text"].str.contains(sense)).sum() >= 5, sense


# Duplicates


def test_about_four_in_a_hundred_publications_were_exported_twice(key, records, given):
    groups = key["duplicates"]
    entry = given["second exports: share of publications"]
    publications = len(records) - sum(len(group) - 1 for group in groups)
    assert len(groups) / publications == pytest.approx(entry["value"], abs=entry["tolerance"])
    assert len({record for group in groups for record in group}) == sum(map(len, groups))
    assert any(len(group) == 3 for group in groups)
    for group in groups:
        assert set(records.loc[group, "database"]) == {"Interface Index", "CareBase"}


def test_second_exports_differ_as_exports_do(key, records):
    pairs = [records.loc[list(pair)] for group in key["duplicates"] for pair in combinations(group, 2)]
    differ = {column: sum(pair[column].nunique() > 1 for pair in pairs) for column in records.columns[:13]}
    assert differ["authors"] > 0.5 * len(pairs) and differ["headings"] > 0.5 * len(pairs)
    assert min(differ[column] for column in ["title", "year", "journal", "doi", "abstract", "pages"]) >= 8
    for pair in pairs:
        years = pair["year"].astype(int)
        assert years.max() - years.min() <= 1
        families = pair["authors"].map(lambda names: re.match(r"[^,;]*?(?=,| [A-Z]+(;|$)|$)", names)[0])
        assert families.nunique() == 1
        one, other = sorted(pair["title"].map(words), key=len)
        assert other.startswith(one) or one == words(other)


def test_a_second_export_of_a_relevant_record_is_relevant_too(key):
    for entry in key["topics"].values():
        relevant = set(entry["relevant"])
        for group in key["duplicates"]:
            assert len(set(group) & relevant) in {0, len(group)}


def test_look_alikes_are_not_among_the_duplicates(key, records):
    together = {frozenset(pair) for group in key["duplicates"] for pair in combinations(group, 2)}
    kinds = Counter()
    for alike in key["alike but different"]:
        assert frozenset(alike["records"]) not in together
        assert records.loc[alike["records"], "title"].map(lambda title: words(title)[:6]).nunique() <= 2
        kinds[alike["what"]] += 1
    assert len(kinds) == 4 and min(kinds.values()) >= 5


# Screening


def test_twenty_records_were_screened_by_a_panel_and_a_fair_number_argued_about(key, records):
    screening = key["screening"]
    decided = screening["records"]
    relevant = set(key["topics"][screening["topic"]]["relevant"])
    assert read("topics").set_index("topic").loc[screening["topic"], "use"] == "lesson"
    assert len({one["record"] for one in decided}) == 20
    for one in decided:
        assert (one["decision"] == "include") == (one["record"] in relevant)
        assert one["decision"] in {"include", "exclude"} and one["reason"].endswith(".")
    # The panel sees title and abstract, not the headings: what a reason says has to stand there.
    older, leaving, home = key["topics"][screening["topic"]]["concepts"]
    for one in decided:
        text, reason = records.loc[one["record"], "text"], one["reason"]
        there = [any(re.search(pattern(word), text) for word in part["words"]) for part in (older, leaving, home)]
        assert "heading" not in reason
        if one["decision"] == "include" or "only named in passing" in reason:
            assert all(there), one
        if "home care plays no part" in reason:
            assert there == [True, True, False], one
        if "nobody is leaving hospital" in reason:
            assert there == [True, False, True], one
        for words_of_reason, words_of_record in [
            ("armed forces", "army|armed forces|military"), ("wound", "wound"), ("disabled", "disab"),
        ]:  # fmt: skip
            assert words_of_reason not in reason or re.search(words_of_record, text), one
    assert 7 <= sum(one["decision"] == "include" for one in decided) <= 13
    assert 6 <= sum(one["borderline"] for one in decided) <= 12
    assert sum(records.loc[[one["record"] for one in decided], "abstract"] == "") == 1


# Abstracts


@pytest.fixture(scope="module")
def originals(records, key) -> pd.DataFrame:
    """Every publication once, with an abstract."""
    second = [record for group in key["duplicates"] for record in group[1:]]
    once = records.drop(second)
    return once[once["abstract"] != ""]


def test_few_sentences_recur(originals):
    sentences = Counter(
        re.sub(r"\d[\d,.]*", "0", sentence)
        for abstract in originals["abstract"]
        for sentence in re.split(r"(?<=[.?!])\s+", abstract)
    )
    total = sum(sentences.values())
    assert sum(times for times in sentences.values() if times > 3) / total < 0.14
    assert sum(times for times in sentences.values() if times > 10) / total < 0.04
    assert max(sentences.values()) <= 35


def test_runs_of_eight_words_are_mostly_used_once(originals):
    runs = Counter()
    for abstract in originals["abstract"]:
        text = [re.sub(r"\d+", "0", word) for word in words(abstract).split()]
        runs.update(" ".join(text[i : i + 8]) for i in range(len(text) - 7))
    assert len(runs) / sum(runs.values()) > 0.7


def test_no_two_abstracts_are_nearly_the_same(originals):
    rng = np.random.default_rng(11)
    texts = originals["abstract"][originals["abstract"].str.len() > 300]
    sets = [set(zip(*[words(text).split()[k:] for k in range(3)])) for text in texts]
    nearest = []
    for i in rng.choice(len(sets), 150, replace=False):
        others = (len(sets[i] & sets[j]) / len(sets[i] | sets[j]) for j in range(len(sets)) if j != i)
        nearest.append(max(others))
    # Share of three-word runs in common with the nearest other abstract.
    assert np.median(nearest) < 0.25 and np.quantile(nearest, 0.95) < 0.4


def test_abstracts_begin_in_many_ways(originals):
    openings = Counter(" ".join(abstract.split()[:3]) for abstract in originals["abstract"])
    assert openings.most_common(1)[0][1] < 40 and len(openings) > 1000


def test_abstracts_do_not_contradict_design_or_year(originals):
    text, year = originals["abstract"], originals["year"].astype(int)
    asked = originals["design"].isin(["qualitative interviews", "ethnography", "survey", "case study", "mixed methods"])
    assert not text[asked].str.contains("randomi[sz]ed|odds ratio|confidence interval", case=False).any()
    trials = text[originals["design"] == "randomised trial"]
    assert trials.str.contains("random|sealed envelope|computer-generated list", case=False).all()
    assert not text[originals["design"] != "qualitative interviews"].str.contains("grounded theory", case=False).any()
    for word, first in [
        ("COVID|pandemic|lockdown", 2020), ("video call|telephone or video", 2020), ("online survey", 2001),
        ("integrated care board", 2022), ("clinical commissioning group", 2012), ("primary care trust", 2000),
        ("telecare|telemonitoring|telehealth", 1997), ("social prescribing|link worker", 1996),
        ("reablement", 2005), ("€", 1999), ("Care Act", 2014), ("personal budget", 2005), ("virtual ward", 2006),
    ]:  # fmt: skip
        early = text[text.str.contains(word) & (year < first)]
        assert early.empty, (word, list(early.index))
    late = text[text.str.contains("bed blocking|mentally handicapped|a mental handicap|home helps") & (year > 2006)]
    assert late.empty, list(late.index)
    assert not text.str.contains(r"[{}⟦⟧|]|  |(?<!\.)\.\.(?!\.)|\[(?!abstract truncated)").any()


def test_sentences_hold_no_doubled_words_and_no_wrong_articles(records):
    text = pd.concat([records["title"], records["abstract"]])
    doubled = r"\b(?!had )(\w+) \1\b"
    found = [match[0] for one in text for match in re.finditer(doubled, one, re.IGNORECASE)]
    assert found == []
    articles = r"\b[Aa] (?:a(?!nd\b)|e(?!u)|i|o(?!ne\b))\w+|\b[Aa]n [bcdfgjklmnpqrstvwz]\w+"
    assert [match[0] for one in text for match in re.finditer(articles, one)] == []


def test_no_abstract_names_years_that_had_not_come(originals):
    for row in originals[originals["type"].isin(["primary study", "review"])].itertuples():
        years = [int(found) for found in re.findall(r"\b(?:19[89]\d|20[0-2]\d)\b", row.abstract)]
        assert all(year <= int(row.year) for year in years), row.Index


#: What befalls people: nobody improves it, praises it, plans it or compares two ways of organising it.
HARM = (
    "(?:the )?(?:pandemic|(?:first )?lockdown|covid|fear of falling|falls and|loneliness|living alone|isolation"
    "|malnutrition|weight loss|(?:unplanned )?readmission|return to hospital|risk of readmission|emergency admission"
    "|neglect|dying|last weeks of life|waiting for|delays in|errors with|compulsory admission|hours of a crisis"
    "|growing old|life after stroke|year after stroke|parents who|alcohol in|inequalities|why care|pay and turnover"
    "|zero hours|family carers|unpaid carers|barriers|obstacles|tokenism)"
)
DONE_TO = (
    "(?:approach to|(?:way|ways) of organising|planned form of|intensive form of|change in|changes in|reorganising"
    "|changing|organising|improving|in praise of|in defence of|the future of|a fair deal in|good practice in"
    "|standards for)"
)


def test_nobody_improves_praises_or_organises_what_befalls_people(records):
    found = [match[0] for text in records["text"] for match in re.finditer(rf"\b{DONE_TO} {HARM}\b", text)]
    assert found == []
    for title in ["{} a slogan or a service", "{} lost in translation", "{} promise and practice"]:
        assert not records["text"].str.contains(r"^" + title.format(HARM), regex=True).any()


def test_of_the_pandemic_there_is_no_trial_no_count_of_the_dead_and_nothing_from_before_it(records):
    about = records[records["title"].str.contains("pandemic|lockdown|covid", case=False)]
    assert len(about) > 25 and about["year"].min() >= "2020"
    measured = {
        "randomised trial",
        "before-after study",
        "interrupted time series",
        "cohort study",
        "case-control study",
    }
    assert not about["design"].isin(measured).any()
    assert not about["text"].str.contains(r"\bdied\b|a hope\b|an aspiration").any()
    assert not about["abstract"].str.contains(r"\b(?:19\d\d|200\d|201\d)\b").any()


def test_intervals_of_odds_ratios_are_no_narrower_than_their_numbers_allow(originals):
    """Four cells of n people in all give the logarithm a standard error of at least 4 / root n (Woolf, 1955)."""
    checked = 0
    for row in originals[originals["design"].isin(["cohort study", "case-control study"])].itertuples():
        text = row.abstract.replace(",", "")
        pair = re.search(r"(\d+)(?: cases| people who had).*?(\d+)(?: controls| who had not)", text)
        pair = pair or re.search(r"n = (\d+)\) were compared with (\d+)", text)
        each, followed = re.search(r"each of (\d+)", text), re.search(r"(\d+) people", text)
        if pair:
            n = int(pair[1]) + int(pair[2])
        elif each:
            n = 3 * int(each[1])
        elif followed:
            n = int(followed[1])
        else:
            continue
        ratios = r"(?:odds ratio|OR)\D{0,20}?(\d\.\d\d)\D{1,40}?(?:95% )?(?:CI |confidence interval )?"
        ratios += r"(\d\.\d\d)[^\d]+(\d+\.\d\d)"
        for _, low, high in re.findall(ratios, text):
            error = np.log(float(high) / float(low)) / (2 * 1.96)
            assert error > 0.97 * 4 / n**0.5, row.Index
            checked += 1
        for sentence in re.split(r"(?<=[.?!]) ", text):
            told = re.search(ratios, sentence)
            # Who is said to have done worse has an interval above 1.
            if told and re.search(
                "more likely|did worse than|fared worse than|stood out|were higher|greater", sentence
            ):
                assert float(told[2]) >= 1.0, row.Index
    assert checked > 80


def test_money_is_of_a_size_that_fits_what_it_pays_for(originals):
    amount = r"(\d[\d,]*(?:\.\d\d)?)"
    sums = rf"[^.;]{{0,90}}?[£$€]{amount}(?: (?:and|with|to|compared with|against) [^\d.;]{{0,3}}{amount})?"
    seen = 0
    for what, most in [
        ("weekly cost per tenant", 900), ("weekly cost of support", 700), ("weekly cost of placement", 3000),
        ("charge paid each week", 200), ("cost per meal", 25), ("cost per journey", 60), ("cost per visit", 100),
        ("cost per night", 500),
    ]:  # fmt: skip
        for abstract in originals["abstract"]:
            for found in re.findall(what + sums, abstract):
                seen += 1
                assert all(float(each.replace(",", "")) <= most for each in found if each), (what, found)
    assert seen > 15


def test_verbs_agree_with_their_nouns_and_frames_with_what_fills_them(records):
    text = records["title"] + " " + records["abstract"]
    for wrong in [
        r"\b(?:bathroom|compression|guidance|the person|protective clothing|respite) (?:were|are)\b",
        r"(?<!of the )\b(?:screens|gardens|breaks|side effects|children in care|histories) (?:was|is|has)\b",
        r"\ba fifth visits\b|\b[Tt]o assess is\b|matched age|moved in at work|could not do\b",
        r"new arrangement and \w+ to the old", r"\bHealth of children in care are\b", r"sent other work",
        r"\b(?:drivers|services|breaks|visits|centres|beds|sensors|payments) (?:still matters|goes wrong|is working)\b",
        r"\bIs [\w ]*(?:drivers|services|breaks|centres|beds|sensors|payments) (?:in danger|about to)",
        r"\bmove followed .{5,40} were decided", r"\bSome (?:a third|two in five) had",
    ]:  # fmt: skip
        hits = text[text.str.contains("(?i)" + wrong)]
        # "Measurements of the bathroom were taken" is right.
        hits = hits[~hits.str.contains("(?i)measurements of the bathroom were")]
        assert hits.empty, (wrong, list(hits.index))
    assert not text.str.contains(r"in (?:five|sixteen) (?:host )?families, ").any()


def test_the_months_in_a_title_are_those_of_the_study(originals):
    counted = originals[originals["title"].str.contains(r"\bmonths on\b", case=False)]
    assert len(counted) > 3
    for row in counted.itertuples():
        months = re.search(r"(\w+) months on\b", row.title, re.IGNORECASE)[1].lower()
        named = [found.lower() for found in re.findall(r"(?:for|over|after) (\w+) months", row.abstract)]
        assert not named or months in named, row.Index


def test_only_people_who_were_asked_can_misremember_decline_or_have_years_of_service(originals):
    counted = originals["design"].isin(
        ["randomised trial", "before-after study", "interrupted time series", "cohort study", "case-control study"]
    )
    text = originals["abstract"][counted | (originals["type"] == "review")]
    assert not text.str.contains(
        "(?:Recall|Memory) may have|who declined|answers were missing|last page|Free-text"
    ).any()
    every = originals["abstract"]
    assert not every.str.contains(r"(?<!Staff )with more than \w+ years' (?:service|standing)").any()
    small = every[every.str.contains("Numbers were small|The sample was small")]
    assert not small.str.contains(r"\b\d,\d{3}(?: \w+){0,3} (?:people|took part|usable)").any()


def test_no_finding_is_told_twice_in_one_abstract(originals):
    pieces = set()
    for name in ("subjects", "subjects_of_topics"):
        part = ""
        for line in (HOME / "material" / f"{name}.txt").read_text(encoding="utf-8").splitlines():
            part = line if line.startswith(("- ", "= ")) else part
            if part == "- theme":
                pieces |= {piece.strip() for piece in re.split(r"\[[^]]*\]|\{\w+\}|@.*| \| ", line)}
    pieces = [piece for piece in pieces if len(piece) > 16 and piece.count(" ") > 1]
    assert len(pieces) > 60
    told = originals["abstract"][originals["type"] == "primary study"]
    twice = [(record, piece) for record, text in told.items() for piece in pieces if text.count(piece) > 1]
    assert twice == []


def test_headings_of_the_law_of_one_country_are_given_there_only(records):
    # Only the law of England and Wales knows this profession.
    given = records[records["headings"].str.contains("Approved Mental Health Professionals")]
    assert len(given) > 3 and set(given["country"]) == {"United Kingdom"}


def test_care_workers_are_not_followed_as_if_they_were_those_who_need_care(originals):
    measured = originals[originals["design"].isin(["cohort study", "case-control study"])]
    workers = measured["title"].str.contains(
        r"^\W*(?:\w+ ){0,3}(?:pay and turnover|why care workers|recruitment and retention|zero-hours|working conditions"
        r"|interprofessional education|shared learning)",
        case=False,
    )
    assert not workers.any()


def test_intervals_hold_the_difference_they_belong_to(originals):
    text = " ".join(originals["abstract"]).replace("−", "-").replace(",", "")
    number = r"(-?\d+(?:\.\d+)?)"
    found = re.findall(rf"difference {number}(?: (?:percentage )?points)?[; ] ?(?:95% CI )?{number} to {number}", text)
    assert len(found) > 50
    for difference, low, high in found:
        assert float(low) <= float(difference) <= float(high)


# What the read-me file says, and the large edition


def test_the_readme_gives_the_numbers_that_are_in_the_files(records, key):
    readme = (HOME / "README.md").read_text(encoding="utf-8")
    assert f"{len(records):,} invented records" in readme
    assert f"{len(read('thesaurus'))} headings" in readme
    assert f"{len(key['duplicates'])} publications were exported twice" in readme
    for topic in TOPICS:
        assert f"| `{topic}` | {len(key['topics'][topic]['relevant'])} |" in readme


def test_the_large_edition_has_as_many_records_as_asked_for_and_the_same_columns(tmp_path):
    script = ROOT / "benchmarks" / "library_50000.py"
    subprocess.run([sys.executable, script, tmp_path, "--records", "4000"], check=True, capture_output=True)
    table = pd.read_csv(tmp_path / "library_4000.csv", dtype=str, keep_default_na=False)
    assert len(table) == 4000 and table["record"].is_unique
    assert list(table.columns) == list(read("library").columns)
