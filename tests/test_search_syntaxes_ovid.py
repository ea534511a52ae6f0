"""Ovid, typed as people type it, becomes the tree that Ovid's documentation describes."""

import pytest
from search_lines import ABSTRACT, ALL, BOTH, MAIN, TITLE, pointed_at, read, refused, words

from researchskills.evidence import syntaxes
from researchskills.evidence.query import And, Attribute, Heading, Line, Near, Not, Or, Phrase, Word


def ovid(text):
    return read(text, "ovid")


@pytest.mark.parametrize("text, tree", [
    ("exp Home Care Services/", Heading("Home Care Services", explode=True)),
    ("EXP home care services/", Heading("Home Care Services", explode=True)),
    ("Carers/", Heading("Carers")),
    ("*Carers/", Heading("Carers", focus=True)),
    ("exp *Carers/", Heading("Carers", explode=True, focus=True)),
    ("*exp Carers/", Heading("Carers", explode=True, focus=True)),
    ("Needs and Demand/", Heading("Needs and Demand")),
    ("Carers' Assessment/", Heading("Carers' Assessment")),
    ("Carers.sh.", Heading("Carers")),
    ('"Quality of Life"/', Heading("Quality of Life")),
    ('exp "Needs and Demand"/', Heading("Needs and Demand", explode=True)),
    ('*"Quality of Life"/', Heading("Quality of Life", focus=True)),
])
def test_headings_are_read_with_explosion_and_focus(text, tree):
    assert ovid(text) == tree


@pytest.mark.parametrize("text, tree", [
    ("home care", words("home care", MAIN)),
    ("home care.mp.", words("home care", MAIN)),
    ("home care.ti,ab.", words("home care", BOTH)),
    ("home care.ab, ti.", words("home care", BOTH)),
    ("home care .tw.", words("home care", BOTH)),
    ("home care.af.", words("home care", ALL)),
    ("care.hw.", words("care", ("headings",))),
    ('"health and social care".ti.', words("health and social care", TITLE)),
    ("(home or house).ti.", Or((words("home", TITLE), words("house", TITLE)))),
    ("bell j*.au.", words("bell j*", ("authors",))),
    ("care quarterly.jn.", words("care quarterly", ("journal",))),
    ("co-production.ti.", words("co production", TITLE)),
    ("carers' views.ti.", words("carers views", TITLE)),
    ("café.ti.", words("cafe", TITLE)),
    ('"care at home: a study".ti.', words("care at home a study", TITLE)),
    ("not-for-profit.ti.", words("not for profit", TITLE)),
    ("aged 65 74.ti.", words("aged 65 74", TITLE)),
    ("united kingdom.cp.", Attribute("country", ("United Kingdom",))),
    ("2015.yr.", Attribute("year", (2015, 2015))),
    ("english.lg.", Attribute("language", ("English",))),
    ("systematic review.pt.", Attribute("type", ("review",))),
])
def test_words_and_fields_are_read(text, tree):
    assert ovid(text) == tree


@pytest.mark.parametrize("text, pattern", [
    ("carer*", Word("carer*")), ("carer$", Word("carer*")), ("carer:", Word("carer*")),
    ("carer$3", Word("carer*", 3)), ("carer*2", Word("carer*", 2)), ("wom#n", Word("wom#n")),
    ("colo?r", Word("colo?r")), ("organi#ation$", Word("organi#ation*")), ("co-ordinat*", None),
])
def test_wildcards_are_read(text, pattern):
    expected = Phrase((pattern,), TITLE) if pattern else Phrase((Word("co"), Word("ordinat*")), TITLE)
    assert ovid(f"{text}.ti.") == expected


@pytest.mark.parametrize("text, between, ordered", [
    ("home adj care", 0, True), ("home adj1 care", 0, False), ("home adj3 care", 2, False),
    ("home ADJ10 care", 9, False),
])
def test_the_number_after_adj_is_one_more_than_the_words_between(text, between, ordered):
    assert ovid(text) == Near(words("home"), words("care"), between, ordered)
    tagged = Near(words("home", TITLE), words("care", TITLE), between, ordered)
    assert ovid(f"({text}).ti.") == tagged
    assert ovid(f"{text}.ti.") == tagged


def test_proximity_takes_phrases_alternatives_and_proximity_itself():
    left = Or((words("home", BOTH), words("day care", BOTH)))
    near = Near(left, words("worker*", BOTH), 2)
    assert ovid("((home or day care) adj3 worker*).ti,ab.") == near
    assert ovid("((home or day care) adj3 worker* adj2 stress).ti,ab.") == Near(near, words("stress", BOTH), 1)
    assert ovid("(stress adj2 ((home or day care) adj3 worker*)).ti,ab.") == Near(words("stress", BOTH), near, 1)


@pytest.mark.parametrize("text, tree", [
    ("1 or 2", Or((Line(1), Line(2)))),
    ("1 AND 2 not 3", And((Line(1), Not(Line(2), Line(3))))),
    ("or/1-3", Or((Line(1), Line(2), Line(3)))),
    ("and/1,4-5", And((Line(1), Line(4), Line(5)))),
    ("OR/2, 2-3", Or((Line(2), Line(3)))),
    ("or/1-2 and 3", And((Or((Line(1), Line(2))), Line(3)))),
    ("(or/1-2) and carers.ti.", And((Or((Line(1), Line(2))), words("carers", TITLE)))),
    ("4", Line(4)),
])
def test_earlier_lines_are_combined_by_number(text, tree):
    assert ovid(text) == tree


@pytest.mark.parametrize("text, values", [
    ('limit 4 to yr="2010-2020"', [Attribute("year", (2010, 2020))]),
    ('limit 4 to yr="2010 - 2020"', [Attribute("year", (2010, 2020))]),
    ('Limit 4 To yr="2010 -Current"', [Attribute("year", (2010, None))]),
    ("limit 4 to yr=2015", [Attribute("year", (2015, 2015))]),
    ("limit 4 to english language", [Attribute("language", ("English",))]),
    ("limit 4 to (english language and yr=\"2010 -Current\")",
     [Attribute("language", ("English",)), Attribute("year", (2010, None))]),
    ("limit 4 to (welsh and review articles)", [Attribute("language", ("Welsh",)), Attribute("type", ("review",))]),
])
def test_a_limit_adds_years_languages_and_types_to_a_line(text, values):
    assert ovid(text) == And((Line(4), *values))


def test_operators_bind_proximity_then_not_then_and_then_or():
    a, b, c, d = (words(one, TITLE) for one in ("home", "care", "day", "night"))
    assert ovid("home.ti. or care.ti. and day.ti. not night.ti.") == Or((a, And((b, Not(c, d)))))
    assert ovid("home.ti. not care.ti. not day.ti.") == Not(Not(a, b), c)
    assert ovid("(home.ti. or care.ti.) and day.ti.") == And((Or((a, b)), c))


@pytest.mark.parametrize("text, piece, said", [
    ("home.ti", ".ti", "two full stops"),
    ("home.ti,ab and care", ".ti,ab", "two full stops"),
    ("home.tx.", ".tx.", "no field .tx."),
    ("caregivers/", "caregivers", "The heading for this is “Carers”."),
    ("exp Carrers/", "Carrers", "Did you mean “Carers”?"),
    ("exp Zzz/", "Zzz", "list of headings"),
    ("exp Carers", "exp", "ends with a slash"),
    ("Carers/px", "/p", "no subheadings"),
    ("health/ti.", "/t", "no subheadings"),
    ("home.ti. adj3 care.ab.", ".ti.", "whole proximity search"),
    ("home adj 3 care", "adj 3", "without a space"),
    ("home adj0 care", "adj0", "1 to 99"),
    ("Carers/ adj3 home", "Carers/", "subject heading"),
    ("home adj3 Carers/", "Carers/", "subject heading"),
    ("1 adj3 home", "1", "number of a line"),
    ("(home and care) adj3 day", "home and care", "only OR"),
    ("(home or 1) adj3 day", "1", "not headings, years or lines"),
    ("(home.ti. or care).ab.", ".ti.", "words have one field"),
    ("home.ti,yr.", ".ti,yr.", "stand alone"),
    ("(1 or Carers/).ti.", "1", "belongs to words"),
    ("or/1-9", "1-9", "no line 9"),
    ("or/3-1", "3-1", "ends before it begins"),
    ("1 2", "1 2", "1 or 2"),
    ("limit 4 to abstracts", "abstracts", "years, languages and kinds"),
    ("limit 9 to english", "9", "no line 9"),
    ("limit 4", "limit 4", "what to keep"),
    ("limit home to 2010", "limit home to", "number of a line"),
    ('limit 4 to yr="2020-2010"', 'yr="2020-2010"', "ends before it begins"),
    ("..l/4 yr=2010", "..", "two full stops"),
    ("a*.ti.", "a*", "two letters"),
    ("*are.ti.", "*are", "beginning"),
    ("home {care}", "{", "means nothing"),
])
def test_a_fault_is_pointed_at_and_explained(text, piece, said):
    assert pointed_at(text, "ovid") == piece
    assert said in refused(text, "ovid").said


def test_notes_say_what_people_may_not_expect():
    assert any("(a1 or b1) " not in one and "a1 or (b1 and c1)" in one for one in
               syntaxes.notes("a1 or b1 and c1", "ovid"))
    assert any("field" in one for one in syntaxes.notes("carer* or famil*.ti.", "ovid"))
    assert any("keywords" in one for one in syntaxes.notes("stress.kw.", "ovid"))
    assert syntaxes.notes("exp Some Heading/ or carer*.ti,ab.", "ovid") == []
    assert syntaxes.notes("Needs and Demand/ or carer*.ti.", "ovid") == []
    assert any("colon" in one for one in syntaxes.notes("carer:.ti.", "ovid"))
    assert syntaxes.notes("(home", "ovid") == []
    assert words("stress", ABSTRACT) == ovid("stress.ab.")


@pytest.mark.parametrize(("line", "told"), [
    ("home care", True), ("(carer* or nurse*) and home.ti.", True), ("home adj3 care", True),
    ("home care.ti,ab.", False), ("home care.mp.", False), ("exp Carers/ and 1", False)])
def test_words_without_a_field_are_told_where_they_are_looked_for(line, told):
    notes = [one for one in syntaxes.notes(line, "ovid") if one.startswith("Words without a field")]
    assert len(notes) == told


@pytest.mark.parametrize(("line", "told"), [
    ("How do I get my patient home?", True), ("older people discharge home care", True),
    ("older people discharge home.ti,ab.", True), ("home care services", False), ('"older people at home"', False),
    ("older people or people at home alone", False), ("journal of social care research.jn.", False)])
def test_a_sentence_is_told_to_be_one_phrase(line, told):
    assert told == any("looked for as one phrase. Put OR or AND" in one for one in syntaxes.notes(line, "ovid"))
