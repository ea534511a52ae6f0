"""The table of differences says what the readers do: every row is proved by example."""

import pytest
from search_lines import ABSTRACT, ALL, BOTH, MAIN, TITLE, read, refused, words

from researchskills.evidence import syntaxes
from researchskills.evidence.query import And, Attribute, Heading, Line, Near, Not, Or, Phrase, Word
from researchskills.evidence.syntaxes import differences

OVID, PUBMED, EBSCO, WOS = syntaxes.NAMES
HOME, CARE, DAY = (words(one, TITLE) for one in ("home", "care", "day"))


def _fails(text, syntax, said):
    return said in refused(text, syntax).said


def order():
    for syntax, text in {OVID: "home.ti. or care.ti. and day.ti.", EBSCO: "TI home OR TI care AND TI day",
                         WOS: "TI=home OR TI=care AND TI=day"}.items():
        yield read(text, syntax) == Or((HOME, And((CARE, DAY))))
        yield read(text.replace("and day", "not day").replace("AND TI", "NOT TI"), syntax) == Or((HOME, Not(CARE, DAY)))
    yield read("home[ti] OR care[ti] AND day[ti]", PUBMED) == And((Or((HOME, CARE)), DAY))


def small_letters():
    yield read("home.ti. or care.ti.", OVID) == read("TI home or TI care", EBSCO) == read("TI=home or TI=care", WOS)
    yield _fails("home[ti] or care[ti]", PUBMED, "capitals")


def near():
    home, care = words("home", BOTH), words("care", BOTH)
    yield read("(home adj3 care).ti,ab.", OVID) == Near(home, care, 2)
    yield read('"home care"[tiab:~3]', PUBMED) == Near(home, care, 3)
    yield read("TI home N3 care", EBSCO) == Near(HOME, CARE, 3)
    yield read("TS=(home NEAR/3 care)", WOS) == Near(words("home", MAIN), words("care", MAIN), 3)


def near_in_order():
    yield read("(home adj care).ti.", OVID) == Near(HOME, CARE, 0, True)
    yield read('"home care"[ti]', PUBMED) == words("home care", TITLE)
    yield read("TI home W3 care", EBSCO) == Near(HOME, CARE, 3, True)
    yield read('TI="home care"', WOS) == words("home care", TITLE)


def near_without_number():
    yield read("(home adj care).ti.", OVID) == Near(HOME, CARE, 0, True)
    yield _fails('"home care"[tiab:~]', PUBMED, "number")
    yield _fails("home N care", EBSCO, "number")
    yield read("TI=(home NEAR care)", WOS) == Near(HOME, CARE, 15)


def beside():
    yield read("home care.ti.", OVID) == words("home care", TITLE)
    yield read("home care[tiab]", PUBMED) == words("home care", BOTH)
    untagged = read("home care", PUBMED)
    yield untagged.parts[:2] == (Heading("Home Care Services", explode=True),
                                 And((words("home", ALL), words("care", ALL))))
    yield read("TI home care", EBSCO) == Near(HOME, CARE, 5)
    yield read("TI=(home care)", WOS) == And((HOME, CARE))


def other_forms():
    for text, syntax in {"carer.ti.": OVID, "carer[ti]": PUBMED, "TI carer": EBSCO, "TI=carer": WOS}.items():
        yield read(text, syntax) == words("carer", TITLE)


def any_ending():
    for text, syntax in {"carer*.ti.": OVID, "carer$.ti.": OVID, "carer*[ti]": PUBMED, "TI carer*": EBSCO,
                         "TI=(carer*)": WOS}.items():
        yield read(text, syntax) == words("carer*", TITLE)


def limited_ending():
    yield read("care$3.ti.", OVID) == Phrase((Word("care*", 3),), TITLE)
    yield _fails("care$3[ti]", PUBMED, "one wildcard")
    yield _fails("TI care$3", EBSCO, "In EBSCOhost")
    # In Web of Science the sign means something else, so the number is part of the word.
    yield read("TI=care$3", WOS) == words("care?3", TITLE)


def one_letter():
    yield (read("organi#ation.ti.", OVID) == read("TI organi?ation", EBSCO) == read("TI=organi?ation", WOS)
           == words("organi#ation", TITLE))
    yield _fails("organi?ation[ti]", PUBMED, "one wildcard")
    yield read("organi*ation[ti]", PUBMED) == words("organi*ation", TITLE)


def one_letter_or_none():
    yield read("colo?r.ti.", OVID) == read("TI colo#r", EBSCO) == read("TI=colo$r", WOS) == words("colo?r", TITLE)
    yield _fails("colo?r[ti]", PUBMED, "one wildcard")


def any_beginning():
    for text, syntax in {"*care.ti.": OVID, "*care[ti]": PUBMED, "TI *care": EBSCO}.items():
        yield _fails(text, syntax, "beginning")
    yield read("TI=*care", WOS) == words("*care", TITLE)
    yield _fails("TI=*ca", WOS, "three")


def fewest_letters():
    for least, text, syntax in ((2, "{}*.ti.", OVID), (4, "{}*[ti]", PUBMED), (2, "TI {}*", EBSCO), (3, "TI={}*", WOS)):
        yield read(text.format("carer"[:least]), syntax) == words("carer"[:least] + "*", TITLE)
        yield _fails(text.format("carer"[: least - 1]), syntax, "too short")


def heading():
    for text, syntax in {"Carers/": OVID, '"Carers"[Mesh:NoExp]': PUBMED, 'MH "Carers"': EBSCO}.items():
        yield read(text, syntax) == Heading("Carers")
    yield _fails("MH=Carers", WOS, "no field MH=")


def heading_exploded():
    for text, syntax in {"exp Carers/": OVID, '"Carers"[Mesh]': PUBMED, 'MH "Carers+"': EBSCO}.items():
        yield read(text, syntax) == Heading("Carers", explode=True)
    yield _fails("exp Carers/", WOS, "Ovid")


def heading_focused():
    for text, syntax in {"*Carers/": OVID, '"Carers"[Majr:NoExp]': PUBMED, 'MM "Carers"': EBSCO}.items():
        yield read(text, syntax) == Heading("Carers", focus=True)
    yield _fails('MM "Carers"', WOS, "EBSCOhost")


def title_or_abstract():
    yield read("carers.ti,ab.", OVID) == read("carers[tiab]", PUBMED) == words("carers", BOTH)
    either = Or((words("carers", TITLE), words("carers", ABSTRACT)))
    yield read("TI carers OR AB carers", EBSCO) == read("TI=carers OR AB=carers", WOS) == either


def without_field():
    yield read("stress", OVID) == words("stress", MAIN)
    yield read("stress", PUBMED) == read("stress", EBSCO) == words("stress", ALL)
    yield _fails("stress", WOS, "no field")


def one_field_for_several():
    both = Or((words("carers", TITLE), words("families", TITLE)))
    yield read("(carers or families).ti.", OVID) == read("TI (carers OR families)", EBSCO) == both
    yield read("TI=(carers OR families)", WOS) == both
    yield _fails("(carers OR families)[ti]", PUBMED, "every term")
    yield read("carers[ti] OR families[ti]", PUBMED) == both


def common_words():
    yield read("quality of care.ti.", OVID) == read('TI="quality of care"', WOS) == words("quality of care", TITLE)
    yield read("stress of care", PUBMED) == And((words("stress", ALL), words("care", ALL)))
    yield read('"quality of care"[ti]', PUBMED) == words("quality of care", TITLE)
    yield read('TI "quality of care"', EBSCO) == words("quality * care", TITLE)
    yield read("TI quality of care", EBSCO) == Near(words("quality", TITLE), CARE, 5)


def hyphens():
    for text, syntax in {"{}.ti.": OVID, "{}[ti]": PUBMED, "TI {}": EBSCO, "TI={}": WOS}.items():
        yield read(text.format("co-production"), syntax) == words("co production", TITLE)
        yield read(text.format("carer's"), syntax) == words("carer s", TITLE)
        yield read(text.format("carer’s"), syntax) == words("carer s", TITLE)


def earlier_lines():
    for text, syntax in {"1 or 2": OVID, "or/1-2": OVID, "#1 OR #2": PUBMED, "S1 OR S2": EBSCO,
                         "#1 OR #2 ": WOS}.items():
        yield read(text, syntax) == Or((Line(1), Line(2)))


def years():
    for text, syntax in {'limit 1 to yr="2010-2020"': OVID, "#1 AND 2010:2020[dp]": PUBMED,
                         "S1 AND PY 2010-2020": EBSCO, "#1 AND PY=2010-2020": WOS}.items():
        yield read(text, syntax) == And((Line(1), Attribute("year", (2010, 2020))))


PROVED = dict(zip([one.feature for one in differences.DIFFERENCES], (
    order, small_letters, near, near_in_order, near_without_number, beside, other_forms, any_ending, limited_ending,
    one_letter, one_letter_or_none, any_beginning, fewest_letters, heading, heading_exploded, heading_focused,
    title_or_abstract, without_field, one_field_for_several, common_words, hyphens, earlier_lines, years), strict=True))


@pytest.mark.parametrize("feature", PROVED)
def test_a_row_of_the_table_is_what_the_readers_do(feature):
    outcomes = list(PROVED[feature]())
    assert len(outcomes) >= 2 and all(outcomes), outcomes


#: Rows whose cells explain and show nothing that could be typed.
EXPLAINED = (order, small_letters, near_without_number, other_forms, without_field, common_words)


def test_what_the_table_shows_can_be_typed():
    shown = 0
    for one in differences.DIFFERENCES:
        for syntax in syntaxes.NAMES:
            cell = getattr(one, syntax)[0].removeprefix("not possible: ")
            if PROVED[one.feature] in EXPLAINED or cell.startswith(("not possible", "has no", "two", "three", "four")):
                continue
            for typed in cell.replace(" or carer$", "; carer$").split("; "):
                typed = typed.split(": ")[0]
                read(f"TS=({typed})" if syntax == WOS and "=" not in typed and "#" not in typed else typed, syntax)
                shown += 1
    assert shown > 50


def test_the_table_has_a_column_for_each_language_and_a_source_for_every_cell():
    table, sources = differences.table(), differences.sources()
    assert list(table.columns) == ["What you want", *syntaxes.NAMES.values()] == list(sources.columns)
    assert len(table) == len(sources) == len(differences.DIFFERENCES) and table["What you want"].is_unique
    assert table.map(bool).all(axis=None) and sources.map(bool).all(axis=None)
