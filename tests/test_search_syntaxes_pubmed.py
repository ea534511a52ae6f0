"""PubMed, typed as people type it, becomes the tree that PubMed's documentation describes."""

import pytest
from search_lines import ABSTRACT, ALL, BOTH, MAIN, TITLE, pointed_at, read, refused, words

from researchskills.evidence import syntaxes
from researchskills.evidence.query import And, Attribute, Heading, Line, Near, Not, Or


def pubmed(text):
    return read(text, "pubmed")


def every(text):
    return And(tuple(words(one, ALL) for one in text.split()))


@pytest.mark.parametrize("text, tree", [
    ("carers[tiab]", words("carers", BOTH)),
    ("carers [Title/Abstract]", words("carers", BOTH)),
    ("carers[TI]", words("carers", TITLE)),
    ("carers[ab]", words("carers", ABSTRACT)),
    ("carers[tw]", words("carers", MAIN)),
    ("carers[Text Word]", words("carers", MAIN)),
    ("carers[all]", words("carers", ALL)),
    ("home care[tiab]", words("home care", BOTH)),
    ('"home care"[tiab]', words("home care", BOTH)),
    ('"quality of care"[ti]', words("quality of care", TITLE)),
    ("self-care[ti]", words("self care", TITLE)),
    ("famil*[tiab]", words("famil*", BOTH)),
    ('"care worker*"[ti]', words("care worker*", TITLE)),
    ("care quarterly[ta]", words("care quarterly", ("journal",))),
    ("bell j[au]", words("bell j*", ("authors",))),
    ('"bell j"[au]', words("bell j", ("authors",))),
    ("bell[au]", words("bell", ("authors",))),
    ('"home care"', words("home care", ALL)),
    ("english[la]", Attribute("language", ("English",))),
    ("eng[Language]", Attribute("language", ("English",))),
    ("systematic review[pt]", Attribute("type", ("review",))),
    ("2015[dp]", Attribute("year", (2015, 2015))),
    ("2010:2020[dp]", Attribute("year", (2010, 2020))),
    ("2010/01/01:2020/12/31[dp]", Attribute("year", (2010, 2020))),
    ('("2010"[Date - Publication] : "3000"[Date - Publication])', Attribute("year", (2010, None))),
])
def test_terms_and_tags_are_read(text, tree):
    assert pubmed(text) == tree


@pytest.mark.parametrize("text, tree", [
    ('"Carers"[Mesh]', Heading("Carers", explode=True)),
    ("carers[mh]", Heading("Carers", explode=True)),
    ('"Carers"[Mesh:NoExp]', Heading("Carers")),
    ("carers[MeSH Terms:noexp]", Heading("Carers")),
    ("carers[majr]", Heading("Carers", explode=True, focus=True)),
    ("Carers[MeSH Major Topic]", Heading("Carers", explode=True, focus=True)),
    ("carers[Majr:NoExp]", Heading("Carers", focus=True)),
    ("needs and demand[mh]", Heading("Needs and Demand", explode=True)),
])
def test_headings_are_exploded_unless_noexp_says_otherwise(text, tree):
    assert pubmed(text) == tree


def test_words_without_a_tag_are_joined_by_and_in_all_fields():
    assert pubmed("respite stress") == every("respite stress")
    assert pubmed("respite") == words("respite", ALL)
    assert pubmed('respite "short break"') == And((words("respite", ALL), words("short break", ALL)))
    assert pubmed("stress (respite OR relief)") == And(
        (words("stress", ALL), Or((words("respite", ALL), words("relief", ALL)))))


def test_a_word_without_a_tag_that_means_a_heading_brings_the_heading_too():
    carers = Or((Heading("Carers", explode=True), words("caregivers", ALL), words("carers", ALL)))
    assert pubmed("caregivers") == carers
    assert pubmed("caregivers stress") == And((carers, words("stress", ALL)))
    assert pubmed("home care") == Or(
        (Heading("Home Care Services", explode=True), every("home care"), every("home care services")))
    assert pubmed("quality of life") == Or((Heading("Quality of Life", explode=True), every("quality life")))
    # Quotes, tags and truncation turn it off.
    assert pubmed('"caregivers"') == words("caregivers", ALL)
    assert pubmed("caregiver*") == words("caregiver*", ALL)
    assert pubmed("caregivers[all]") == words("caregivers", ALL)


def test_the_longest_stretch_of_words_that_is_a_heading_wins():
    tree = pubmed("young carers stress")
    assert tree == And((Or((Heading("Young Carers", explode=True), every("young carers"))), words("stress", ALL)))


def test_very_common_words_are_dropped_where_they_stand_alone():
    assert pubmed("stress of the respite") == every("stress respite")
    assert pubmed('"stress of the respite"[ti]') == words("stress of the respite", TITLE)


def test_operators_are_worked_out_from_left_to_right():
    a, b, c, d = (words(one, TITLE) for one in ("home", "care", "day", "night"))
    assert pubmed("home[ti] OR care[ti] AND day[ti]") == And((Or((a, b)), c))
    assert pubmed("home[ti] AND care[ti] OR day[ti] NOT night[ti]") == Not(Or((And((a, b)), c)), d)
    assert pubmed("home[ti] NOT care[ti] AND day[ti]") == And((Not(a, b), c))
    assert pubmed("home[ti] OR (care[ti] AND day[ti])") == Or((a, And((b, c))))
    assert pubmed("home[ti] OR care[ti] day[ti]") == And((Or((a, b)), c))
    assert pubmed("#1 AND #2 NOT #3") == Not(And((Line(1), Line(2))), Line(3))


def test_proximity_finds_all_words_in_any_order():
    home, care, day = (words(one, BOTH) for one in ("home", "care", "day"))
    assert pubmed('"home care"[tiab:~3]') == Near(home, care, 3)
    assert pubmed('"home care"[Title/Abstract:~0]') == Near(home, care, 0)
    assert pubmed('"care of the home"[tiab:~2]') == Near(care, home, 2)
    tree = pubmed('"home care day"[tiab:~1]')
    assert isinstance(tree, Or) and len(tree.parts) == 6
    assert Near(Near(day, home, 1, True), care, 1, True) in tree.parts


@pytest.mark.parametrize("text, piece, said", [
    ("home[tiba]", "[tiba]", "Did you mean “tiab”?"),
    ("home[xyz]", "[xyz]", "There are: tiab"),
    ("home[ti] and care[ti]", "and", "in capitals only"),
    ("home or care", "or", "in capitals only"),
    ("(home[ti] OR care[ti])not day[ti]", "not", "in capitals only"),
    ("health and social care[tiab]", "and", "in quotes"),
    ("(home OR care)[tiab]", "[tiab]", "every term"),
    ("car*[ti]", "car*", "four letters"),
    ("*carers[ti]", "*carers", "beginning"),
    ("car*ers[ti]", "car*ers", "Four letters must stand before a wildcard inside a word"),
    ("wom?n[ti]", "wom?n", "one wildcard"),
    ("carer$[ti]", "carer$", "one wildcard"),
    ("caregivers[mh]", "caregivers", "The heading for this is “Carers”."),
    ("Carer[mh]", "Carer", "Did you mean"),
    ('"Carers/psychology"[Mesh]', '/psychology"', "no subheadings"),
    ("home care[tiab:~3]", "home care", "in quotes"),
    ('"home"[tiab:~3]', '"home"', "two words"),
    ('"home care*"[tiab:~3]', '"home care*"', "no * in a proximity"),
    ('"home care"[mh:~3]', "[mh:~3]", "titles and abstracts"),
    ("2020:2010[dp]", "2020:2010", "ends before it begins"),
    ("999[dp]", "999", "no year"),
    ("9999[dp]", "9999", "no publications of the year 9999"),
    ("english[pt]", "english", "kind of publication"),
    ("the of", "the of", "very common words"),
    ("[tiab]", "[tiab]", "no words before"),
    ("home[ti][ab]", "[ti][ab]", "two fields in a row"),
    ("#1[ti]", "[ti]", "number of a line"),
    ("#9", "#9", "no line 9"),
    ("home[ti", "[", "never closed"),
])
def test_a_fault_is_pointed_at_and_explained(text, piece, said):
    assert pointed_at(text, "pubmed") == piece
    assert said in refused(text, "pubmed").said


def test_notes_say_what_people_may_not_expect():
    assert any("(a1[ti] OR b1[ti]) AND c1[ti]" in one for one in
               syntaxes.notes("a1[ti] OR b1[ti] AND c1[ti]", "pubmed"))
    assert any("heading" in one for one in syntaxes.notes("caregivers", "pubmed"))
    assert any("of" in one for one in syntaxes.notes("quality of life", "pubmed"))
    assert any("phrase" in one for one in syntaxes.notes("home care[tiab]", "pubmed"))
    assert any("truncation" in one for one in syntaxes.notes("carer[ti] OR carers[ti]", "pubmed"))
    assert syntaxes.notes('"home care"[tiab]', "pubmed") == []
