"""Twelve vignettes for each of three disputed words: the stories, their facts, and the panel in the sealed key."""

import re
import shutil
import subprocess
import sys
from collections import Counter
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest

from researchskills import datasets, privacy
from researchskills.statistics.agreement import kappa

FOLDER = Path(__file__).parents[1] / "datasets" / "vignettes"
WORDS = {"referral": "RF", "partnership": "PA", "delayed": "DL"}
ROLES = ["nurse", "social worker", "carer"]
EACH = pytest.mark.parametrize("term", WORDS)


@pytest.fixture(scope="module")
def key() -> dict:
    return datasets.planted("vignettes")


@pytest.fixture(scope="module")
def facts() -> pd.DataFrame:
    """One row a vignette, one column a fact, for each word's own facts."""
    return datasets.load("vignettes", "facts").pivot(index="vignette", columns="fact", values="value")


def column(key, term, part) -> list[str]:
    return [one["agreed"] if part == "agreed" else one[part] for one in key[term]["vignettes"].values()]


def decisions(key, term, who, when) -> list[str]:
    held = [one[when][who] for one in key[term]["vignettes"].values()]
    return [one["decision"] if when == "first" else one for one in held]


def test_each_word_has_twelve_stories_of_four_to_six_sentences():
    stories = datasets.load("vignettes")
    assert stories["term"].value_counts().to_dict() == dict.fromkeys(WORDS, 12)
    for row in stories.itertuples():
        assert row.vignette[:2] == WORDS[row.term]
        assert 4 <= len(re.findall(r"[.?!]”?(?= |$)", row.text)) <= 6, row.vignette
        assert 40 <= len(row.text.split()) <= 110, row.vignette
        assert not privacy.find(row.text), row.vignette
    assert stories["title"].is_unique and stories["text"].is_unique


@EACH
def test_every_story_of_a_word_has_the_same_few_facts_and_each_fact_tells_stories_apart(term):
    table = datasets.load("vignettes", "facts")
    own = table[table["vignette"].str.startswith(WORDS[term])]
    assert 6 <= own["fact"].nunique() <= 7
    assert own.groupby("vignette").size().eq(own["fact"].nunique()).all()
    assert own.groupby("fact")["value"].nunique().ge(2).all()
    assert own.groupby("fact")["label"].nunique().eq(1).all()


@EACH
def test_the_sharpened_definition_gives_what_the_panel_agreed_on(term, key, facts):
    """Written here a second time, from its words, without the rules in the key."""
    own = facts[facts.index.str.startswith(WORDS[term])]
    if term == "referral":
        yes = ((own["remit"] == "no") & (own["could_know"] == "yes")) | (own["says_why"] == "no") | (
            (own["agreed"] == "no") & (own["risk"] == "no"))
        open_ = (own["remit"] == "no") & (own["could_know"] == "not known")
    elif term == "partnership":
        parts = own[["same_aim", "both_give", "decide_together", "lasts"]]
        yes = (parts == "yes").all(axis=1)
        open_ = (parts == "not known").any(axis=1) & ~(parts == "no").any(axis=1)
    else:
        stayed = own["nights"].astype(int) >= 1
        yes, open_ = stayed & (own["own_choice"] == "no"), stayed & (own["own_choice"] == "not known")
    expected = {one: "yes" if yes[one] else "cannot_tell" if open_[one] else "no" for one in own.index}
    assert {one: held["agreed"] for one, held in key[term]["vignettes"].items()} == expected
    assert Counter(expected.values()) == {"yes": 5, "no": 6, "cannot_tell": 1}


@EACH
def test_the_naive_definition_agrees_with_the_panel_no_better_than_chance(term, key, facts):
    naive = {"referral": facts["accepted"] == "no", "partnership": facts["agreement"] == "yes",
             "delayed": facts["past_date"] == "yes"}[term]
    said = ["yes" if naive[one] else "no" for one in key[term]["vignettes"]]
    assert kappa(said, column(key, term, "agreed")).value < 0.2


@EACH
def test_the_panel_agrees_moderately_at_first_and_nearly_always_with_the_sharpened_definition(term, key):
    for pair in combinations(ROLES, 2):
        first = kappa(*(decisions(key, term, who, "first") for who in pair)).value
        later = kappa(*(decisions(key, term, who, "later") for who in pair)).value
        assert 0.4 <= first <= 0.6, pair
        assert later >= 0.8, pair


@EACH
def test_stories_are_clear_or_borderline_and_everybody_dissents_somewhere(term, key):
    split = {one: {held["first"][who]["decision"] for who in ROLES} for one, held in key[term]["vignettes"].items()}
    assert sum(len(said) == 1 for said in split.values()) == 8
    assert sum(len(said) == 3 for said in split.values()) == 1
    for who in ROLES:
        assert decisions(key, term, who, "first") != column(key, term, "agreed")


def test_each_of_the_panel_gives_a_reason_of_their_own(key):
    for term in WORDS:
        for name, one in key[term]["vignettes"].items():
            reasons = [one["first"][who]["why"] for who in ROLES] + [one["why"]]
            assert len(set(reasons)) == 4, name
            assert all(re.search(r"[.?!]$", reason) for reason in reasons), name


@EACH
def test_a_dissent_that_stays_is_kept_and_told(term, key):
    kept = {name: one for name, one in key[term]["vignettes"].items() if set(one["later"].values()) != {one["agreed"]}}
    assert len(kept) == 1
    assert "still disagrees" in next(iter(kept.values()))["why"]


def test_the_files_are_made_again_byte_for_byte_with_the_key(tmp_path):
    subprocess.run([sys.executable, str(FOLDER / "generate.py"), str(tmp_path)], check=True)
    for name in ("vignettes.csv", "facts.csv", "terms.csv", "planted.sealed"):
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name


@pytest.mark.parametrize(("old", "new", "said"), [
    ("agreed=no risk=no", "agreed=yes risk=no", "does not give what the panel agreed on"),
    (" risk=no", "", "its facts are not those of the word"),
    ("first: no yes yes", "first: yes yes yes", "nurse and social worker: kappa"),
    (" He wanted a rail, and she filled in the form of the council's occupational therapists with him. The form said "
     "what had happened, what he wanted and how to reach him.", "", "sentences"),
])
def test_a_story_that_does_not_fit_its_decisions_stops_the_generator(tmp_path, old, new, said):
    shutil.copytree(FOLDER, tmp_path / "vignettes")
    story = tmp_path / "vignettes" / "material" / "referral.txt"
    text = story.read_text(encoding="utf-8")
    assert old in text
    story.write_text(text.replace(old, new), encoding="utf-8")
    ran = subprocess.run([sys.executable, str(tmp_path / "vignettes" / "generate.py"), str(tmp_path)],
                         capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert said in ran.stderr
    assert not (tmp_path / "vignettes.csv").exists()


def test_nothing_that_learners_open_tells_what_the_panel_decided():
    for path in FOLDER.glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        assert "social worker:" not in text and "cannot_tell" not in text and "We count" not in text
