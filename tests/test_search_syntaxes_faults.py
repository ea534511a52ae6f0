"""A line that cannot be read is refused with one or two plain sentences and the place, in every language."""

import contextlib
import io
import re
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from search_lines import pointed_at, read, refused

from researchskills.errors import CourseError
from researchskills.evidence import syntaxes, terms
from researchskills.evidence.query import And, Attribute, Heading, Line, Near, Not, Or, Phrase
from researchskills.evidence.search_error import SearchError

EVERY = pytest.mark.parametrize("syntax", list(syntaxes.NAMES))
#: Words with a field, as each language has them, and sound lines to spoil.
IN_TITLE = {"ovid": "{}.ti.", "pubmed": "{}[ti]", "ebsco": "TI {}", "wos": "TI={}"}
SOUND = {
    "ovid": ['exp Carers/ or (home adj3 care$2).ti,ab. and "day care".mp. not 3', "or/1-3,5",
             'limit 4 to (english language and yr="2010 -Current")',
             "*Home Care Services/ and wom#n.tw. or colo?r.ab."],
    "pubmed": ['"Carers"[Mesh] OR (caregivers AND famil*[tiab]) NOT #3', '"home care"[tiab:~3] AND 2010:2020[dp]',
               'quality of life (bell j[au] OR review[pt]) AND eng[la]', "Young Carers[Majr:NoExp]"],
    "ebsco": ['MH "Carers+" OR TI ( home N3 care* ) AND "quality of life" NOT S3', "(S1 OR S2) AND PY 2010-2020",
              "TI wom?n W2 colo#r OR AB (day OR night) AND LA English", 'MM "Young Carers"'],
    "wos": ['TS=((home OR "day care") NEAR/3 work*) NOT #3', "(#1 OR #2) AND PY=2010-2020 AND DT=(Review)",
            "TI=(*ing colo$r wom?n) AND AU=(Bell J*)", "TS=home NEAR care"],
}
SIGNS = list("()[]\"'“”’.,;:/*$#?=-+&%\\{}<>|^~ \t\n\u00a0\u200b\u0000é½ß東") + [
    " AND ", " or ", " NOT ", " adj3 ", " N3 ", " NEAR/3 ", "TI ", "TS=", "[tiab]", ".ti,ab.", "#1", "S1", "exp ",
    'MH "', "limit 4 to ", "or/1-3", " ADN ", "10", "2010:2020[dp]", "care", "the", "[Mesh]", "/"]


def titled(text: str, syntax: str) -> str:
    return IN_TITLE[syntax].format(text)


def sentences(text: str) -> list[str]:
    """The sentences of a message; what it repeats of the typed text does not count."""
    own = re.sub(r"“[^”]*”|\[[^\]]*\]|\s\.\w[\w,]*\.(?=\s\w)", "x", text)
    return [one for one in re.split(r"(?<=[.?!])\s+", own) if one.strip()]


@EVERY
@pytest.mark.parametrize("text, piece, said", [
    ("(home", "(", "never closed"),
    ("home)", ")", "no partner"),
    ("((home) or (care)", "(", "never closed"),
    ('"home care', '"', "no partner"),
    ("“home care”", "“", "straight quotes"),
    ("„home”", "„", "straight quotes"),
    ("‘home care’", "‘", "double quotes"),
    ("'home care'", "'", "double quotes"),
    ('home ""', '""', "no word between"),
    ('home "-"', '"-"', "no word between"),
    ("home\u200bcare", "\u200b", "invisible"),
    ("home\x00", "\x00", "invisible"),
    ("soft\u00adhyphen", "\u00ad", "invisible"),
])
def test_brackets_quotes_and_invisible_signs(syntax, text, piece, said):
    assert pointed_at(text, syntax) == piece
    assert said in refused(text, syntax).said


@EVERY
@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_an_empty_line_is_told_what_to_type(syntax, text):
    error = refused(text, syntax)
    assert "empty" in str(error) and "such as" in str(error) and error.start == 0


@EVERY
@pytest.mark.parametrize("text", ["...", "(-)", "*", "?!", "—"])
def test_punctuation_alone_is_no_search(syntax, text):
    assert refused(text, syntax).said


@EVERY
def test_operators_need_something_on_both_sides(syntax):
    home, care = titled("home", syntax), titled("care", syntax)
    assert pointed_at(f"AND {home}", syntax) == "AND"
    assert "NOT takes" in refused(f"NOT {home}", syntax).said
    assert pointed_at(f"{home} OR", syntax) == "OR"
    assert pointed_at(f"{home} OR  ", syntax) == "OR"
    assert pointed_at(f"{home} AND OR {care}", syntax) == "AND OR"
    assert "NOT alone" in refused(f"{home} AND NOT {care}", syntax).said
    assert pointed_at(f"({home} AND) OR {care}", syntax) == "AND"
    assert pointed_at(f"{home} AND (OR {care})", syntax) == "OR"
    assert pointed_at(f"{home} AND ( )", syntax) == "( )"


@EVERY
@pytest.mark.parametrize("wrong, meant", [
    ("ADN", "AND"), ("ANND", "AND"), ("adn", "AND"), ("AMD", "AND"), ("ORR", "OR"), ("RO", "OR"), ("NTO", "NOT"),
    ("NOTT", "NOT"),
])
def test_a_misspelt_operator_is_no_word(syntax, wrong, meant):
    text = f"{titled('home', syntax)} {wrong} {titled('care', syntax)}"
    assert pointed_at(text, syntax) == wrong
    assert f"looks like {meant}" in refused(text, syntax).said
    # In quotes it is a word, and a name may be spelt like one.
    read(titled(f'"{wrong}"', syntax), syntax)


def test_lines_that_do_not_exist_and_a_line_that_uses_itself():
    for syntax, line in {"ovid": "{}", "pubmed": "#{}", "ebsco": "S{}", "wos": "#{}"}.items():
        assert read(line.format(5), syntax) == Line(5)
        assert "cannot use itself" in refused(line.format(6), syntax).said
        assert "The last line before this one is 5." in refused(line.format(7), syntax).said
        assert "No line comes before" in refused(line.format(3), syntax, last_line=0).said
        assert "numbered from 1" in refused(line.format(0), syntax).said


#: Signs that only one language has.
TELLING = {
    "ovid": ["carers.ti,ab.", "(home or care).mp.", "exp Carers/", "Carers/", "home adj3 care", "or/1-3",
             "limit 4 to yr=2010", "1 and 2", "carer$.tw. or stress.ab.",
             'exp "Quality of Life"/'],
    "pubmed": ["carers[tiab]", '"Carers"[Mesh]', "Carers [MeSH Terms:NoExp]", '"home care"[tiab:~2]',
               "2010:2020[dp]", "bell j[au]"],
    "ebsco": ["TI carers", "TI (home OR care)", 'MH "Carers+"', "(MM \"Carers\")", "home N3 care", "S1 AND S2",
              "stress AND TI carers"],
    "wos": ["TS=(carers)", "TI=carers", "PY=2010-2020", "ts = carers", "stress AND AU=bell"],
}


@pytest.mark.parametrize("owner, here", [(one, other) for one in TELLING for other in TELLING if one != other])
def test_another_databases_language_is_recognised(owner, here):
    for text in TELLING[owner]:
        said = refused(text, here).said
        assert said.startswith("This looks like ") and syntaxes.NAMES[owner] in said, (text, said)
        assert f"you are in {syntaxes.NAMES[here]}." in said
        # The example that it gives can be read there.
        read(said.split("for example: ")[1], here)
    for text in TELLING[owner]:
        with contextlib.suppress(SearchError):
            read(text, owner)
            continue
        assert "looks like" not in refused(text, owner).said


@pytest.mark.parametrize("here", ["ovid", "pubmed", "ebsco"])
def test_near_with_a_slash_is_recognised_outside_web_of_science(here):
    assert pointed_at("home NEAR/3 care", here) == "NEAR/3"
    assert "Web of Science" in refused("home NEAR/3 care", here).said


@pytest.mark.parametrize("here", ["ovid", "ebsco"])
def test_line_numbers_with_a_hash_are_recognised(here):
    assert "PubMed or Web of Science" in refused("#1 AND #2", here).said


@EVERY
def test_text_in_quotes_is_no_sign_of_another_language(syntax):
    for text in ('"TS=home"', '"home adj3 care"', '"S1 AND S2"', '"[tiab] or ADN and NEAR/3"'):
        read(titled(text, syntax), syntax)


@EVERY
def test_a_very_long_line_and_a_very_deep_one_are_refused(syntax):
    assert "5,000" in refused(titled("home", syntax) + " " * 5_000, syntax).said
    assert refused("(" * 500 + titled("home", syntax) + ")" * 500, syntax).said
    home, care = titled("home", syntax), titled("care", syntax)
    assert "several lines" in refused(home + f" NOT {care} NOT {home}" * 100, syntax).said
    deep = "(" * 59 + home + ")" * 59
    assert isinstance(read(deep, syntax), Phrase)
    assert len(read(" OR ".join([home] * 300), syntax).parts) == 300


@EVERY
def test_every_message_is_one_or_two_sentences_that_a_person_can_read(syntax):
    for line in SOUND[syntax]:
        for cut in range(len(line)):
            with contextlib.suppress(SearchError):
                read(line[:cut], syntax)
                continue
            said = refused(line[:cut], syntax).said
            assert 1 <= len(sentences(said)) <= 2, said
            assert not re.search(r"Traceback|Token|None|object at|Tree\(|LPAR|TERM", said), said


def _is_tree(node) -> bool:
    if isinstance(node, And | Or):
        return len(node.parts) > 1 and all(map(_is_tree, node.parts))
    if isinstance(node, Not | Near):
        return _is_tree(node.left) and _is_tree(node.right)
    if isinstance(node, Phrase):
        return bool(node.words) and bool(node.fields) and all(word.pattern for word in node.words)
    return isinstance(node, Heading | Line | Attribute)


def _proved(text: str, syntax: str) -> None:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            node = read(text, syntax)
        except SearchError as error:
            assert 0 <= error.start < error.end <= len(text) + 1, (error.start, error.end, text)
            assert 1 <= len(sentences(error.said)) <= 2, error.said
        else:
            assert _is_tree(node), node
        assert all(isinstance(note, str) for note in syntaxes.notes(text, syntax))
    assert printed.getvalue() == ""


@EVERY
@settings(max_examples=300)
@given(text=st.text(max_size=60))
def test_any_text_is_read_or_refused(syntax, text):
    _proved(text, syntax)


@EVERY
@settings(max_examples=300)
@given(pieces=st.lists(st.sampled_from(SIGNS), max_size=14))
def test_any_heap_of_signs_is_read_or_refused(syntax, pieces):
    _proved("".join(pieces), syntax)


@EVERY
@settings(max_examples=400)
@given(data=st.data())
def test_any_spoilt_search_is_read_or_refused(syntax, data):
    text = data.draw(st.sampled_from([line for lines in SOUND.values() for line in lines]))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 6)))
        text = text[:start] + data.draw(st.sampled_from(["", *SIGNS])) + text[end:]
    _proved(text, syntax)


@pytest.mark.parametrize("syntax, line", [
    ("ovid", "home adj{} care"), ("ovid", "or/1-{}"), ("ovid", "limit {} to english"), ("ovid", "{} or 1"),
    ("pubmed", '"home care"[tiab:~{}]'), ("pubmed", "#{}"), ("pubmed", "{}[dp]"), ("ebsco", "home N{} care"),
    ("ebsco", "S{} OR S1"), ("ebsco", "PY {}"), ("wos", "TS=(home NEAR/{} care)"), ("wos", "#{}"),
])
def test_a_number_of_thousands_of_digits_is_read_or_refused(syntax, line):
    _proved(line.format("9" * 4_900), syntax)


def test_a_language_that_nobody_knows_is_named():
    with pytest.raises(CourseError, match="no search language “scopus” here"):
        syntaxes.read("home", "scopus", None)


def test_the_sound_lines_are_sound():
    for syntax, lines in SOUND.items():
        for line in lines:
            assert _is_tree(read(line, syntax)), line


def test_reading_a_line_takes_milliseconds_and_no_page_waits_for_the_parsers():
    for syntax, lines in SOUND.items():
        for line in lines:
            read(line, syntax)
        started = time.process_time()
        for line in lines * 5:
            read(line, syntax)
        assert (time.process_time() - started) / (5 * len(lines)) < 0.02
    code = ("import sys; from researchskills.evidence.syntaxes import NAMES, differences; "
            "print([one for one in ('lark', 'search_query', 'pandas', 'rapidfuzz') if one in sys.modules])")
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_every_value_of_the_library_can_be_typed():
    from researchskills.datasets import load

    library = load("library")
    for field, typed in {"type": "{}[pt]", "language": "{}[la]", "country": "{}[pl]"}.items():
        for value in library[field].dropna().unique():
            assert read(typed.format(value), "pubmed") == Attribute(field, (value,))
    assert read(f"{library['year'].min()}:{library['year'].max()}[dp]", "pubmed")


def test_every_heading_of_the_library_can_be_typed_and_other_words_lead_to_it():
    from researchskills.datasets import load
    from researchskills.evidence.thesaurus import Thesaurus

    frame = load("library", "thesaurus")
    thesaurus = Thesaurus.from_frame(frame)
    typed = {"ovid": "exp {}/ or home.ti.", "pubmed": '"{}"[Mesh] OR home[ti]', "ebsco": 'MH "{}+" OR TI home'}
    for syntax, line in typed.items():
        for name in frame["heading"]:
            tree = syntaxes.read(line.format(name), syntax, thesaurus)
            assert tree.parts[0] == Heading(name, explode=True), (syntax, name)
    other_words = {other for cell in frame["entry_terms"].fillna("") for other in cell.split("; ") if other}
    assert len(other_words) > 100
    for other in other_words:
        try:
            tree = syntaxes.read(f'MH "{other}"', "ebsco", thesaurus)
        except SearchError as error:
            assert f"The heading for this is “{thesaurus.find(other)}”." in error.said
        else:
            # Only signs differ, such as an apostrophe.
            assert terms.words(tree.name) == terms.words(other)
