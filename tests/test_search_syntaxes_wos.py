"""Web of Science, typed as people type it, becomes the tree that Clarivate's documentation describes."""

import pytest
from search_lines import ABSTRACT, ALL, MAIN, TITLE, pointed_at, read, refused, words

from researchskills.evidence import syntaxes
from researchskills.evidence.query import And, Attribute, Line, Near, Not, Or


def wos(text):
    return read(text, "wos")


@pytest.mark.parametrize("text, tree", [
    ("TS=carers", words("carers", MAIN)),
    ("ts = (carers)", words("carers", MAIN)),
    ("TI=carers", words("carers", TITLE)),
    ("AB=(carers)", words("carers", ABSTRACT)),
    ("ALL=carers", words("carers", ALL)),
    ('TS="home care"', words("home care", MAIN)),
    ("TS=(home care)", And((words("home", MAIN), words("care", MAIN)))),
    ("TI=home care", And((words("home", TITLE), words("care", TITLE)))),
    ('TI=("home care" workers)', And((words("home care", TITLE), words("workers", TITLE)))),
    ("TI=not-for-profit", words("not for profit", TITLE)),
    ("TI=(n95 masks)", And((words("n95", TITLE), words("masks", TITLE)))),
    ("TI=(care care)", words("care", TITLE)),
    ("TI=home-care", words("home care", TITLE)),
    ("AU=O'Brien", words("o brien", ("authors",))),
    ("AU=(Bell J*)", words("bell j*", ("authors",))),
    ("SO=Journal of Care", words("journal of care", ("journal",))),
    ("TS=(home or house)", Or((words("home", MAIN), words("house", MAIN)))),
    ("PY=2010-2020", Attribute("year", (2010, 2020))),
    ("PY=(2015)", Attribute("year", (2015, 2015))),
    ("LA=English", Attribute("language", ("English",))),
    ("DT=(Review OR Editorial Material)", Or((Attribute("type", ("review",)), Attribute("type", ("opinion",))))),
    ("#1 AND #2", And((Line(1), Line(2)))),
    ("#1 NOT TI=care", Not(Line(1), words("care", TITLE))),
])
def test_words_and_fields_are_read(text, tree):
    assert wos(text) == tree


@pytest.mark.parametrize("text, between", [
    ("home NEAR/3 care", 3), ("home near/0 care", 0), ("home NEAR care", 15), ("home Near care", 15),
])
def test_the_number_is_that_of_the_words_between_and_fifteen_without_one(text, between):
    tree = Near(words("home", MAIN), words("care", MAIN), between)
    assert wos(f"TS=({text})") == tree
    assert wos(f"TS={text}") == tree


def test_proximity_takes_phrases_alternatives_and_proximity_itself():
    home = Or((words("home", TITLE), words("day care", TITLE)))
    inner = Near(words("quality", TITLE), words("life", TITLE), 1)
    assert wos('TI=((home OR "day care") NEAR/3 (quality NEAR/1 life))') == Near(home, inner, 3)
    assert wos('TI=((home OR "day care") NEAR/3 quality NEAR/1 life)') == Near(
        Near(home, words("quality", TITLE), 3), words("life", TITLE), 1)


@pytest.mark.parametrize("text, pattern", [
    ("carer*", "carer*"), ("wom?n", "wom#n"), ("colo$r", "colo?r"), ("l?chee$", "l#chee?"), ("*ploid", "*ploid"),
    ("s*food", "s*food"), ("enzym*", "enzym*"),
])
def test_wildcards_are_read(text, pattern):
    assert wos(f"TI={text}") == words(pattern, TITLE)


def test_operators_bind_proximity_then_not_then_and_then_or_in_any_case():
    # Clarivate's own example: copper OR lead AND algae.
    copper, lead, algae, fish = (words(one, MAIN) for one in ("copper", "lead", "algae", "fish"))
    assert wos("TS=(copper OR lead AND algae)") == Or((copper, And((lead, algae))))
    assert wos("TS=((copper or lead) and algae not fish)") == And((Or((copper, lead)), Not(algae, fish)))


@pytest.mark.parametrize("text, piece, said", [
    ("carers", "carers", "no field"),
    ("TS=home AND care", "care", "no field"),
    ("ZZ=home", "ZZ=", "no field ZZ="),
    ("TZ=home", "TZ=", "no field TZ="),
    ("TS=", "TS=", "no words after"),
    ("TS=()", "()", "nothing between"),
    ("TS=(home OR ())", "()", "nothing between"),
    ("TS=(TI=home)", "TI=", "words have one field"),
    ("TS=home TI=care", "home TI=", "no operator between"),
    ("TS=(home care NEAR/2 day)", "home care", "in quotes"),
    ("TS=(home NEAR/3 TI=care)", "TI=", "within one field"),
    ("TS=(home NEAR/3 (care AND day))", "care AND day", "only OR"),
    ("#1 NEAR/3 TS=home", "#1", "number of a line"),
    ("TS=(home SAME care)", "SAME", "no addresses"),
    ("TS=home NEAR3 care", "NEAR3", "with a slash"),
    ("TS=(home NEAR/999 care)", "NEAR/999", "at most 255"),
    ("TS=ca*", "ca*", "three letters"),
    ("TS=ca$", "ca$", "three letters"),
    ("TS=*ca", "*ca", "three letters"),
    ("TS=?are", "?are", "beginning"),
    ("TS=wom#n", "wom#n", "In Web of Science"),
    ("PY=201*", "201*", "no year"),
    ("PY=2020-2010", "2020-2010", "ends before it begins"),
    ("DT=Poem", "Poem", "kind of publication"),
    ("#9 OR #1", "#9", "no line 9"),
])
def test_a_fault_is_pointed_at_and_explained(text, piece, said):
    assert said in refused(text, "wos").said
    assert pointed_at(text, "wos") == piece


def test_notes_say_what_people_may_not_expect():
    assert any("joined by AND" in one for one in syntaxes.notes("TS=(home care)", "wos"))
    assert any("fifteen" in one for one in syntaxes.notes("TS=(home NEAR care)", "wos"))
    assert any("a1 OR (b1 AND c1)" in one for one in syntaxes.notes("TS=(a1 OR b1 AND c1)", "wos"))
    assert syntaxes.notes('TS="home care"', "wos") == []
