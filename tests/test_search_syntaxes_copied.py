"""Lines as people really paste them, numbered, counted and with slips: none finds nothing in silence."""

import pytest
from search_lines import BOTH, TITLE, pointed_at, read, refused, words

from researchskills.evidence import syntaxes
from researchskills.evidence.query import And, Heading, Line, Or

EVERY = pytest.mark.parametrize("syntax", list(syntaxes.NAMES))
IN_TITLE = {"ovid": "home.ti.", "pubmed": "home[ti]", "ebsco": "TI home", "wos": "TI=home"}
LINE = {"ovid": "{}", "pubmed": "#{}", "ebsco": "S{}", "wos": "#{}"}


@EVERY
@pytest.mark.parametrize("number", ["1.", "12.", "1)", "#1.", "S3.", "1:"])
def test_the_number_of_a_copied_line_is_no_word(syntax, number):
    text = f"{number} {IN_TITLE[syntax]}"
    assert pointed_at(text, syntax) == number
    assert "copied along" in refused(text, syntax).said
    assert pointed_at(f"1\t{IN_TITLE[syntax]}", syntax) == "1"


@pytest.mark.parametrize("syntax, text", [
    ("ovid", "1 exp Carers/"), ("ovid", "3     1 or 2"), ("ovid", "3 or/1-2"), ("ovid", "7     carer*.ti,ab."),
    ("ovid", "1 *Carers/"), ("ovid", "1 (home or care).ti."),
    ("pubmed", "1 (home[ti] OR care[ti])"), ("ebsco", '1 MH "Carers+"'), ("ebsco", 'S1 (MH "Carers+")'),
    ("ebsco", "S3 S1 AND S2"), ("wos", "1 TS=(home)"), ("wos", "#1 TS=(home)"), ("wos", "#3 #1 AND #2"),
])
def test_a_number_before_what_can_only_begin_a_line_is_one_too(syntax, text):
    assert pointed_at(text, syntax).strip() == text.split()[0]
    assert "copied along" in refused(text, syntax).said


@EVERY
@pytest.mark.parametrize("behind", [". ", ".\t", "\t", "     "])
@pytest.mark.parametrize("between", ["\n", " "])
def test_a_whole_strategy_is_to_be_typed_line_by_line(syntax, behind, between):
    text = between.join(f"{number}{behind}{IN_TITLE[syntax]}" for number in (1, 2, 3))
    assert "several lines at once" in refused(text, syntax).said
    assert pointed_at(text, syntax).startswith("1")
    # The number of records at the end is another thing.
    assert "several" not in refused(f"1{behind}{IN_TITLE[syntax]} 2", syntax).said


@EVERY
def test_a_number_that_belongs_to_the_search_stays(syntax):
    line = LINE[syntax]
    assert read(f"{line.format(1)} OR {line.format(2)}", syntax) == Or((Line(1), Line(2)))
    assert read(f"{line.format(1)}\tOR\t{line.format(2)}", syntax) == Or((Line(1), Line(2)))
    hours = {"ovid": "24 hour care.ti.", "pubmed": "24 hour care[ti]", "ebsco": 'TI "24 hour care"',
             "wos": 'TI="24 hour care"'}[syntax]
    assert read(hours, syntax) == words("24 hour care", TITLE)


def test_a_number_that_may_be_that_of_a_copied_line_is_noted():
    for text, syntax in {"1 carer*.ti,ab.": "ovid", "1 carer*[tiab]": "pubmed", "1 carer*": "ebsco"}.items():
        assert any("copied along" in note for note in syntaxes.notes(text, syntax))
    assert not any("copied" in note for note in syntaxes.notes("carer*.ti. or 1", "ovid"))


@EVERY
@pytest.mark.parametrize("count", ["1,234", "(1,234)", "(321)", "(12,345)"])
def test_a_number_of_records_behind_a_line_is_no_word(syntax, count):
    home = {"ovid": "home.ti.", "pubmed": "home[ti]", "ebsco": "(TI home)", "wos": "TI=(home)"}[syntax]
    assert pointed_at(f"{home} {count}", syntax) == count
    assert "number of records" in refused(f"{home} {count}", syntax).said


@EVERY
def test_a_number_in_brackets_can_be_searched_for(syntax):
    text = {"ovid": '("65").ti.', "pubmed": "(65[ti])", "ebsco": "TI (65)", "wos": "TI=(65)"}[syntax]
    assert read(text, syntax) == words("65", TITLE)


@pytest.mark.parametrize("syntax, text, piece", [
    ("ovid", "carer*.mp. [mp=title, abstract, subject heading word]", "[mp=title, abstract, subject heading word]"),
    ("pubmed", "carers[tiab] Filters: English", "Filters:"),
    ("pubmed", "carers[tiab] Sort by: Most Recent", "Sort by:"),
    ("pubmed", "Search: carers[tiab]", "Search:"), ("pubmed", "Search (carers[tiab])", "Search"),
    ("ebsco", "(TI carers) Limiters - Published Date: 20100101-", "Limiters -"),
    ("wos", "TS=(carers) Indexes=SCI-EXPANDED, SSCI Timespan=All years", "Indexes="),
])
def test_what_a_database_prints_beside_a_line_is_no_part_of_it(syntax, text, piece):
    assert pointed_at(text, syntax) == piece
    assert "database prints" in refused(text, syntax).said


@EVERY
@pytest.mark.parametrize("sign, meant", [("&", "AND"), ("+", "AND"), ("|", "OR"), ("||", "OR")])
def test_a_sign_for_an_operator_is_told_which(syntax, sign, meant):
    text = f"({IN_TITLE[syntax]}) {sign} ({IN_TITLE[syntax]})"
    assert pointed_at(text, syntax) == sign
    assert refused(text, syntax).said.endswith(f"Type {meant}.")


@EVERY
def test_a_full_stop_at_the_end_is_to_be_left_out(syntax):
    text = {"ovid": "exp Carers/.", "pubmed": "home[ti].", "ebsco": "(TI home).", "wos": "TI=(home)."}[syntax]
    assert pointed_at(text, syntax) == "."
    assert "Leave it out" in refused(text, syntax).said


@pytest.mark.parametrize("syntax, text, piece", [
    ("ovid", "1 or2", "or2"), ("ovid", "1or 2", "1or"),
    ("pubmed", "#1 AND#2", "AND#2"), ("pubmed", "#1AND #2", "#1AND"),
    ("ebsco", "S1AND S2", "S1AND"), ("ebsco", "S1 notS2", "notS2"), ("wos", "#1AND #2", "#1AND"),
])
def test_a_missing_space_beside_a_line_number_is_named(syntax, text, piece):
    assert pointed_at(text, syntax) == piece
    assert "space is missing" in refused(text, syntax).said


@pytest.mark.parametrize("syntax, text, piece, said", [
    ("ovid", "1 or 2 or 3-4", "3-4", "or/3-4"), ("ovid", "or/1–4", "1–4", "or/1-3,5"),
    ("ovid", "or / 1-4", "or / 1-4", "or/1-4"), ("pubmed", "#1-#3", "#1-#3", "#1 OR #2"),
    ("ebsco", "S1-S3", "S1-S3", "S1 OR S2"), ("wos", "#1-#3", "#1-#3", "#1 OR #2"),
    ("pubmed", "# 1 AND # 2", "# 1", "right before"), ("ebsco", "S 1 AND S 2", "S 1", "right before"),
    ("wos", "# 1 AND # 2", "# 1", "right before"),
    ("pubmed", "#1 OR 2", "2", "sign before it"), ("ebsco", "S1 OR 2", "2", "sign before it"),
])
def test_line_numbers_that_would_be_searched_as_words_are_refused(syntax, text, piece, said):
    assert pointed_at(text, syntax) == piece
    assert said in refused(text, syntax).said


@EVERY
def test_a_comma_or_slash_between_words_is_noted_and_a_heading_with_a_comma_is_not(syntax):
    # In Ovid a slash ends a heading, and anywhere else it is refused.
    for between in (", ", "; ", *(() if syntax == "ovid" else ("/",))):
        text = {"ovid": "(carer*{}families).ti.", "pubmed": "carers{}families[ti]", "ebsco": "TI (carer*{}families)",
                "wos": "TI=(carer*{}families)"}[syntax].format(between)
        assert any("type OR" in note for note in syntaxes.notes(text, syntax)), text
    for text in ("care 24,7", "carers,"):
        line = {"ovid": "{}.ti.", "pubmed": "{}[ti]", "ebsco": "TI {}", "wos": "TI={}"}[syntax].format(text)
        assert not any("type OR" in note for note in syntaxes.notes(line, syntax))
    heading = {"ovid": "Aged, 80 and over/", "pubmed": "Aged, 80 and over[Mesh]", "ebsco": 'MH "Aged, 80 and over"',
               "wos": 'TI="aged, 80 and over"'}[syntax]
    assert not any("type OR" in note for note in syntaxes.notes(heading, syntax))


@EVERY
def test_a_word_cut_in_two_by_a_line_break_is_noted(syntax):
    text = {"ovid": "caregiv-\ners.ti.", "pubmed": "caregiv-\ners[ti]", "ebsco": "TI (caregiv- ers)",
            "wos": "TI=(caregiv- ers)"}[syntax]
    assert any("Join the halves" in note for note in syntaxes.notes(text, syntax))
    # A hyphen that hangs before "and" is meant.
    assert not any("Join the halves" in note for note in syntaxes.notes(IN_TITLE[syntax].replace(
        "home", '"short- and long-term"'), syntax))
    assert not any("Join the halves" in note for note in syntaxes.notes("(short- and long-term).ti.", "ovid"))


@pytest.mark.parametrize("text, piece", [
    ("carer*,ti,ab.", ",ti,ab."), ("carer*:ti,ab", ":ti,ab"), ("(home or care) ti,ab.", "ti,ab."),
    ("carers ti,ab.", "ti,ab."),
])
def test_an_ovid_field_without_its_full_stops_is_no_word(text, piece):
    assert pointed_at(text, "ovid") == piece
    assert "between two full stops: carer*.ti,ab." in refused(text, "ovid").said


def test_other_slips_in_ovid():
    assert "one by one: .ti,ab." in refused("carer*.tiab.", "ovid").said
    assert pointed_at("home adj-2 care", "ovid") == "adj-2"
    assert pointed_at("exp Carers/and home.ti.", "ovid") == "/and"
    assert pointed_at('"home care.ti,ab."', "ovid") == ".ti,ab."
    assert pointed_at("(home near2 care).ti.", "ovid") == "near2"
    assert "in quotes" in refused("(4 or night).ti.", "ovid").said
    assert "brackets" in refused("TI=(#1)", "wos").said
    assert "Type a space instead" in refused("24/7.ti.", "ovid").said
    for text in ("remove duplicates from 1", "dedup 1", "1 use ppez", "from 1 keep 1-10"):
        assert "command of Ovid" in refused(text, "ovid").said
    assert read("home from hospital.ti.", "ovid") == words("home from hospital", TITLE)


@pytest.mark.parametrize("text, piece", [
    ("carer*(tiab)", "(tiab)"), ("carer*.tiab", "carer*.tiab"), ("ti:carers", "ti:carers"),
    ("title:carers", "title:carers"), ("carers:ti,ab", "carers:ti,ab"),
])
def test_a_pubmed_tag_without_square_brackets_is_no_word(text, piece):
    assert pointed_at(text, "pubmed") == piece
    assert "square brackets" in refused(text, "pubmed").said


def test_other_slips_in_pubmed():
    assert "2010:2020[dp]" in refused("2010:2020", "pubmed").said
    assert pointed_at('"home care[tiab]"', "pubmed") == "[tiab]"
    assert read("home[Title / Abstract]", "pubmed") == words("home", BOTH)
    assert any("2015[dp]" in note for note in syntaxes.notes("carers 2015", "pubmed"))
    assert read("2010 : 2020 [dp]", "pubmed") == read("2010:2020[dp]", "pubmed")
    # “:NoExp” would be the opposite of what is meant.
    assert "noexp" not in refused('"Carers"[mh:exp]', "pubmed").said
    assert "english[la]" in refused("home[ti] AND english[Filter]", "pubmed").said
    assert read("english[lang]", "pubmed") == read("english[la]", "pubmed")
    notes = syntaxes.notes("home[ti] caregivers[ti]", "pubmed")
    assert any("“(caregivers”" in note for note in syntaxes.notes("home[ti] (caregivers OR day)", "pubmed"))
    assert any("“caregivers”" in note and "by AND" in note for note in notes)
    # Quotes are no way round PubMed's index of phrases.
    [note] = syntaxes.notes("home care[tiab]", "pubmed")
    assert note.endswith("joins them by AND, even within quotes.")


def test_other_slips_in_ebscohost():
    assert pointed_at("TI,AB carer*", "ebsco") == "TI,AB"
    assert pointed_at("EM 2010-", "ebsco") == "EM"
    assert 'MH "Needs and Demand"' in refused("MH Needs and Demand", "ebsco").said
    assert read('MH "Carers"+', "ebsco") == Heading("Carers", explode=True)
    # Headings have their field always: that is no slip.
    assert not any("field code" in note for note in syntaxes.notes('MH "Carers" OR carer*', "ebsco"))
    assert any("field code" in note for note in syntaxes.notes("TI carer* OR caregiver*", "ebsco"))


def test_other_slips_in_web_of_science():
    for text in ("TS: carer*", "TS(carer*)", "TS carer*", "TOPIC: (carer*)"):
        assert "an equals sign" in refused(text, "wos").said
    assert pointed_at("TI,AB=(carer*)", "wos") == "TI,AB="
    assert pointed_at("TS=(home PRE/3 care)", "wos") == "PRE/3"
    assert pointed_at("TS=(home NEAR 3 care)", "wos") == "NEAR 3"
    assert any("exactly one letter" in note for note in syntaxes.notes("TS=(what helps carers?)", "wos"))
    assert read("PY=(2010 - 2020)", "wos") == read("PY 2010 - 2020", "ebsco") == read("PY=2010-2020", "wos")
    assert refused("CU=England", "wos").said.endswith("Type UK.")


@EVERY
def test_the_sign_between_years_is_named(syntax):
    text = {"ovid": 'limit 1 to yr="2010–2020"', "pubmed": "2010-2020[dp]", "ebsco": "PY 2010–2020",
            "wos": "PY=2010:2020"}[syntax]
    assert ("2010:2020" if syntax == "pubmed" else "2010-2020") in refused(text, syntax).said


def test_andnot_is_a_slip():
    for text, syntax in {"home.ti. andnot care.ti.": "ovid", "TI home ANDNOT TI care": "ebsco",
                         "TI=home andnot TI=care": "wos"}.items():
        assert "looks like NOT" in refused(text, syntax).said


def test_non_breaking_spaces_tabs_and_wrapped_lines_are_spaces():
    assert read("home[tiab]\u00a0OR\tcare[tiab]\nAND day[tiab]", "pubmed") == And(
        (Or((words("home", BOTH), words("care", BOTH))), words("day", BOTH)))
