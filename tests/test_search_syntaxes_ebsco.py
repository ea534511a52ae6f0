"""EBSCOhost, typed as people type it, becomes the tree that EBSCO's documentation describes."""

import pytest
from search_lines import ABSTRACT, ALL, TITLE, pointed_at, read, refused, words

from researchskills.evidence import syntaxes
from researchskills.evidence.query import And, Attribute, Heading, Line, Near, Not, Or, Phrase, Word


def ebsco(text):
    return read(text, "ebsco")


@pytest.mark.parametrize("text, tree", [
    ("TI carers", words("carers", TITLE)),
    ("TI ( carers )", words("carers", TITLE)),
    ('AB "home care"', words("home care", ABSTRACT)),
    ("TX carers", words("carers", ALL)),
    ("carers", words("carers", ALL)),
    ("SU carers", words("carers", ("headings",))),
    ("AU Bell J", words("bell j", ("authors",))),
    ('SO "Care Quarterly"', words("care quarterly", ("journal",))),
    ("TI x1 OR AB x1", Or((words("x1", TITLE), words("x1", ABSTRACT)))),
    ("TI (home OR house)", Or((words("home", TITLE), words("house", TITLE)))),
    ("TI(home OR house)", Or((words("home", TITLE), words("house", TITLE)))),
    ("TI carers OR stress", Or((words("carers", TITLE), words("stress", ALL)))),
    ("TI co-production", words("co production", TITLE)),
    ('SO "not-for-profit care"', words("not for profit care", ("journal",))),
    ("TI carer's", words("carer s", TITLE)),
    ("PY 2010-2020", Attribute("year", (2010, 2020))),
    ("PY 2015", Attribute("year", (2015, 2015))),
    ("LA English", Attribute("language", ("English",))),
    ("PT (Review OR Guideline)", Or((Attribute("type", ("review",)), Attribute("type", ("guidance",))))),
])
def test_words_and_field_codes_are_read(text, tree):
    assert ebsco(text) == tree


@pytest.mark.parametrize("text, tree", [
    ('MH "Home Care Services"', Heading("Home Care Services")),
    ('MH "Home Care Services+"', Heading("Home Care Services", explode=True)),
    ('(MH "Carers+")', Heading("Carers", explode=True)),
    ('MM "Carers"', Heading("Carers", focus=True)),
    ('MM "Carers+"', Heading("Carers", explode=True, focus=True)),
    ("MH Carers+", Heading("Carers", explode=True)),
    ('MH ("Carers" OR "Young Carers")', Or((Heading("Carers"), Heading("Young Carers")))),
])
def test_headings_are_read_with_explosion_and_focus(text, tree):
    assert ebsco(text) == tree


@pytest.mark.parametrize("text, between, ordered", [
    ("home N3 care", 3, False), ("home n3 care", 3, False), ("home W3 care", 3, True), ("home N0 care", 0, False),
    ("home care", 5, False),
])
def test_the_number_is_that_of_the_words_between_and_a_field_holds_for_all(text, between, ordered):
    assert ebsco(text) == Near(words("home", ALL), words("care", ALL), between, ordered)
    tagged = Near(words("home", TITLE), words("care", TITLE), between, ordered)
    assert ebsco(f"TI {text}") == tagged
    assert ebsco(f"TI ( {text} )") == tagged
    assert ebsco(f"TI {text} AND stress") == And((tagged, words("stress", ALL)))


def test_proximity_takes_alternatives_and_proximity_itself():
    home = Or((words("home", TITLE), words("day care", TITLE)))
    inner = Near(words("worker", TITLE), words("stress", TITLE), 2, True)
    assert ebsco('TI (home OR "day care") N3 (worker W2 stress)') == Near(home, inner, 3)
    assert ebsco('TI ((home OR "day care") N3 worker W2 stress)') == Near(
        Near(home, words("worker", TITLE), 3), words("stress", TITLE), 2, True)


@pytest.mark.parametrize("text, pattern", [
    ("carer*", "carer*"), ("wom?n", "wom#n"), ("colo#r", "colo?r"), ("carer#", "carer?"), ("carer?", "carer"),
])
def test_wildcards_are_read(text, pattern):
    assert ebsco(f"TI {text}") == words(pattern, TITLE)


def test_very_common_words_are_dropped_and_any_word_stands_for_them_in_a_phrase():
    assert ebsco("TI quality of life") == Near(words("quality", TITLE), words("life", TITLE), 5)
    assert ebsco('TI "quality of life"') == Phrase((Word("quality"), Word("*"), Word("life")), TITLE)
    assert ebsco('TI "the quality of the life"') == Phrase(
        (Word("quality"), Word("*"), Word("*"), Word("life")), TITLE)


def test_earlier_lines_are_combined_by_number():
    assert ebsco("S1 AND s2 NOT S3") == And((Line(1), Not(Line(2), Line(3))))
    assert ebsco("(S1 OR S2) AND PY 2010-2020") == And((Or((Line(1), Line(2))), Attribute("year", (2010, 2020))))


def test_operators_bind_proximity_then_not_then_and_then_or_in_any_case():
    a, b, c, d = (words(one, TITLE) for one in ("home", "care", "day", "night"))
    assert ebsco("TI home or TI care and TI day not TI night") == Or((a, And((b, Not(c, d)))))


@pytest.mark.parametrize("text, piece, said", [
    ("ti carers", "ti", "in capitals"),
    ('XX "home"', "XX", "no field code XX"),
    ("TI", "TI", "no words after"),
    ("TI AND carers", "TI", "no words after"),
    ("TI AB carers", "TI", "no words after"),
    ("carers TI stress", "carers TI", "no operator between"),
    ("(home) (care)", ") (", "no operator between"),
    ("TI (home OR (AB care))", "AB", "words have one field"),
    ("home N3 TI care", "TI", "within one field"),
    ("TI home N3 (care OR (AB day))", "AB", "one field"),
    ("PY (home N3 care)", "home N3 care", "Only words"),
    ("home N care", "N", "number beside it"),
    ("home N/3 care", "N/3", "without a slash"),
    ("home N999 care", "N999", "at most 255"),
    ("N3 care", "N3", "both sides"),
    ("(home AND care) N3 day", "home AND care", "only OR"),
    ("S1 N3 home", "S1", "number of a line"),
    ("a*", "a*", "two letters"),
    ("*carers", "*carers", "beginning"),
    ("carer$", "carer$", "In EBSCOhost"),
    ('MH "Caregivers"', '"Caregivers"', "The heading for this is “Carers”."),
    ('MH "Carer+"', '"Carer+"', "Did you mean"),
    ("the", "the", "very common words"),
    ("LA Englsh", "Englsh", "Did you mean “English”?"),
    ("PY 2020-2010", "2020-2010", "ends before it begins"),
    ("S9", "S9", "no line 9"),
    ("S6", "S6", "line 6 itself"),
])
def test_a_fault_is_pointed_at_and_explained(text, piece, said):
    assert pointed_at(text, "ebsco") == piece
    assert said in refused(text, "ebsco").said


def test_notes_say_what_people_may_not_expect():
    assert any("N5" in one for one in syntaxes.notes("home care", "ebsco"))
    assert any("any single word" in one for one in syntaxes.notes('TI "quality of life"', "ebsco"))
    assert any("question mark" in one for one in syntaxes.notes("carer?", "ebsco"))
    assert any("round all of them" in one for one in syntaxes.notes("TI carer* OR stress", "ebsco"))
    assert any("a1 OR (b1 AND c1)" in one for one in syntaxes.notes("a1 OR b1 AND c1", "ebsco"))
    assert syntaxes.notes('TI "home care"', "ebsco") == []
