"""From a question to lines: suggestions, written lines, marked words, known items."""

import math

import pytest
from small_library import RELEVANT, small_library  # noqa: F401

from researchskills.errors import CourseError
from researchskills.evidence import index, lines, strategy, terms
from researchskills.evidence.history import History
from researchskills.evidence.query import And, Heading, Line, Near, Not, Or, Phrase, Word
from researchskills.evidence.strategy import Block

DISCHARGE = Block("leaving hospital", ("discharge*", "delayed transfer"), ("Patient Discharge",))
CARERS = Block("carers", ("carer*", "caregiver*"), ("Carers",))


@pytest.fixture
def library(small_library):  # noqa: F811
    return index.library()


@pytest.fixture
def history(library):
    made = History(library)
    for text in ["exp Patient Discharge/", "discharge*.ti,ab.", "1 or 2", "carer*.ti,ab.", "3 and 4"]:
        made.add(text, "ovid")
    return made


# -- the words of a search ----------------------------------------------------------------------


def phrase(text, *fields):
    return terms.as_phrase(text, fields or terms.READ)


@pytest.mark.parametrize(("pattern", "word", "matches"), [
    ("carer*", "carers", True), ("carer*", "carer", True), ("carer*", "careers", False), ("wom#n", "women", True),
    ("wom#n", "womn", False), ("colo?r", "color", True), ("colo?r", "colour", True), ("*care", "homecare", True),
    ("care", "carer", False),
])
def test_a_pattern_catches_what_its_signs_stand_for(pattern, word, matches):
    assert bool(terms.expression(Word(pattern)).fullmatch(word)) == matches


def test_a_truncation_can_be_limited_to_some_letters():
    assert terms.expression(Word("care*", most=1)).fullmatch("carer")
    assert not terms.expression(Word("care*", most=1)).fullmatch("carers")


def test_leaves_are_found_through_line_numbers_and_never_behind_not():
    trees = {1: Or((phrase("home care"), Heading("Carers"))), 2: And((Line(1), Near(phrase("a"), phrase("b"), 2)))}
    node = Not(Line(2), phrase("child*"))
    assert terms.leaves(node, trees) == [phrase("home care"), Heading("Carers"), phrase("a"), phrase("b")]
    assert terms.lines_used(Not(Line(2), Line(3))) == {2, 3}


def test_ideas_are_what_the_last_line_joins_by_and():
    trees = {1: phrase("a"), 2: phrase("b"), 3: And((Line(1), Line(2)))}
    assert terms.ideas(Line(3), trees) == [phrase("a"), phrase("b")]
    assert terms.ideas(And((Line(3), phrase("c"))), trees) == [phrase("a"), phrase("b"), phrase("c")]


def test_the_words_looked_for_are_marked_not_by_colour_alone():
    html = terms.marked("Home care, and a carer’s HOME CARE.", [phrase("home care"), phrase("carer*")])
    assert html == ("<mark><strong>Home care</strong></mark>, and a <mark><strong>carer</strong></mark>’s "
                    "<mark><strong>HOME CARE</strong></mark>.")


def test_accents_make_no_difference_and_nothing_of_a_record_becomes_part_of_the_page():
    html = terms.marked("<b>Naïve</b> & \"cafés\"", [phrase("naive"), phrase("cafes")])
    assert "<b>" not in html
    assert "&lt;b&gt;<mark><strong>Naïve</strong></mark>&lt;/b&gt; &amp; " in html


def test_marks_agree_with_what_the_index_finds(library):
    for text in ["carer*", "hospital discharge", "co ordination", "letter", "care"]:
        found = library.find(phrase(text))
        for record, row in library.records.iterrows():
            has_mark = any("<mark>" in terms.marked(row[field], [phrase(text)]) for field in terms.READ
                           if isinstance(row[field], str))
            assert has_mark == (record in found), (text, record)


def test_the_vocabulary_counts_records_not_words(library):
    assert terms.vocabulary(library)["carers"] == sum(
        "carers" in terms.words(text) for text in terms.texts(library))
    assert terms.words_caught(library, Word("careful*")) == [("careful", 1)]


# -- suggestions --------------------------------------------------------------------------------


def test_the_thesaurus_suggests_the_heading_other_words_and_narrower_ones(library):
    found = strategy.from_thesaurus(["domiciliary care"], library.thesaurus)
    assert (found[0].text, found[0].kind) == ("Home Care Services", "heading")
    assert "domiciliary care" in found[0].why
    texts = [one.text for one in found if one.kind == "word"]
    assert {"home care services", "home care", "domiciliary care", "home help services"} <= set(texts)
    assert next(one for one in found if one.text == "home help services").why == "narrower than Home Care Services"


def test_what_a_block_has_is_not_suggested_again_even_by_truncation(library):
    block = Block("carers", ("caregiver*", "carer*"), ("Carers",))
    found = strategy.from_thesaurus(["carers"], library.thesaurus, block)
    assert not {"caregivers", "carers", "Carers"} & {one.text for one in found}
    assert "family carers" in {one.text for one in found}


def test_a_heading_turned_round_is_suggested_as_people_say_it(library):
    assert "caring relatives" in {one.text for one in strategy.from_thesaurus(["carers"], library.thesaurus)}


def test_the_weight_of_a_word_is_that_of_robertson_and_sparck_jones():
    # By hand: N = 100, R = 10, n = 20, r = 8: log[(8.5 · 78.5) / (12.5 · 2.5)].
    # 100 − 20 − 10 + 8 + ½ = 78.5; 20 − 8 + ½ = 12.5; 10 − 8 + ½ = 2.5.
    assert strategy.weight(8, 20, 10, 100) == pytest.approx(math.log(8.5 * 78.5 / (12.5 * 2.5)))
    # A word that is as frequent among the relevant as elsewhere weighs next to nothing.
    assert abs(strategy.weight(2, 20, 10, 100)) < 0.15


def test_words_of_relevant_records_come_before_those_that_stand_everywhere(library):
    found = strategy.from_records(library, ["LB00001", "LB00002", "LB00003"])
    texts = [one.text for one in found]
    assert "family carers" in texts
    assert "the" not in texts
    first = found[texts.index("family carers")]
    # By eye: it stands in LB00001 and LB00003 and nowhere else.
    assert first.why == "in 2 of the 3 you marked, 2 of 12 in all"


def test_headings_of_relevant_records_are_suggested_too(library):
    found = [one for one in strategy.from_records(library, ["LB00001", "LB00002", "LB00003"]) if one.kind == "heading"]
    # By eye: Carers is on all three and on LB00004, 10 and 12; Patient Discharge on two of them and on five in all.
    assert (found[0].text, found[0].why) == ("Carers", "on 3 of the 3 you marked, 6 of 12 in all")
    assert not [one for one in strategy.from_records(library, RELEVANT, [CARERS]) if one.text == "Carers"]


def test_suggestions_from_records_are_the_same_in_any_order_and_need_three(library):
    chosen = ["LB00001", "LB00002", "LB00003", "LB00004"]
    assert strategy.from_records(library, chosen) == strategy.from_records(library, chosen[::-1])
    assert strategy.from_records(library, chosen[:2]) == []
    assert strategy.from_records(library, ["LB00001", "gone", "gone too"]) == []


def test_a_word_that_a_block_has_is_not_suggested_from_records(library):
    blocks = [Block("carers", ("family carer*",)), Block("discharge", ("hospital discharge", "discharge"))]
    texts = {one.text for one in strategy.from_records(library, RELEVANT, blocks)}
    assert not texts & {"family carers", "hospital discharge", "discharge"}


def test_a_single_word_that_stands_everywhere_is_no_suggestion_but_a_pair_with_it_is(library, monkeypatch):
    before = {one.text for one in strategy.from_records(library, {"LB00001", "LB00003", "LB00004"})}
    monkeypatch.setattr(strategy, "COMMON_FROM", 0)
    found = strategy.from_records(library, {"LB00001", "LB00003", "LB00004"})
    # One of twelve records is more than 5 %.
    assert before and any(" " not in text for text in before)
    assert all(" " in one.text for one in found if one.kind == "word")


def test_common_words_are_those_of_more_than_one_record_in_twenty():
    # By hand: 5 % of 3,355 is 167.75.
    assert not strategy.is_common(167, 3355)
    assert strategy.is_common(168, 3355)
    # In a small library 5 % would be a handful.
    assert not strategy.is_common(5, 12)


# -- lines from blocks --------------------------------------------------------------------------


def test_lines_are_written_as_ovid_wants_them(library):
    assert strategy.written_lines([DISCHARGE, CARERS], "ovid", library.thesaurus) == [
        "exp Patient Discharge/", "(discharge* or delayed transfer).ti,ab.", "1 or 2",
        "Carers/", "(carer* or caregiver*).ti,ab.", "4 or 5", "3 and 6"]


@pytest.mark.parametrize(("syntax", "wanted"), [
    ("pubmed", ['"Patient Discharge"[Mesh]', 'discharge*[tiab] OR "delayed transfer"[tiab]', "#11 OR #12"]),
    ("ebsco", ['MH "Patient Discharge+"', 'TI (discharge* OR "delayed transfer") OR AB (discharge* OR "delayed '
               'transfer")', "S11 OR S12"]),
    ("wos", ['TS=(discharge* OR "delayed transfer" OR "patient discharge")', "TS=(carer* OR caregiver*)",
             "#11 AND #12"]),
])
def test_lines_are_written_in_the_other_languages_and_go_on_from_the_last_number(library, syntax, wanted):
    assert strategy.written_lines([DISCHARGE, CARERS], syntax, library.thesaurus, after=10)[:3] == wanted


@pytest.mark.parametrize("syntax", ["ovid", "pubmed", "ebsco", "wos"])
@pytest.mark.parametrize("odd", [
    ["health and social care", "not in education"], ["carer's", "carers’ breaks"], ["co-ordinat*"], ['"home care"'],
    ["(bracket", "a/b", "x:y;z,w", "#tag", "50%"], ["near", "adj3 something"], ["Angehörige", "façade"],
    ["home   care"], ["24/7", "24-7 care"], ["<script>alert</script>"], ["social work*"], ["2020"],
    ["self-directed support*"],
])
def test_whatever_words_are_collected_the_lines_can_be_read(library, syntax, odd):
    made = History(library)
    for text in strategy.written_lines([Block("odd", tuple(odd)), CARERS], syntax, library.thesaurus):
        made.add(text, syntax)
    assert made.entries


@pytest.mark.parametrize("syntax", ["ovid", "pubmed", "ebsco"])
def test_written_lines_find_the_same_in_every_language_that_has_headings(library, syntax):
    made = History(library)
    for text in strategy.written_lines([DISCHARGE, CARERS], syntax, library.thesaurus):
        made.add(text, syntax)
    # By eye: discharge or its narrower heading in 1, 2, 3, 4, 8, 9, 10; carers in 1, 2, 3, 4, 10, 12.
    assert made.entries[-1].ids == {"LB00001", "LB00002", "LB00003", "LB00004", "LB00010"}


@pytest.mark.parametrize("syntax", ["ovid", "ebsco", "wos"])
def test_the_sign_for_one_letter_or_none_is_written_as_each_language_has_it(library, syntax):
    # EBSCOhost would take a question mark at the end of a word away, Web of Science would want a letter there.
    [line] = strategy.written_lines([Block("carers", ("carer?",))], syntax, library.thesaurus)
    found = History(library).add(line, syntax).ids
    # By eye: carer or carers in title or abstract of 1, 3, 4, 10 and 12; no other record has the heading only.
    assert found - {"LB00002"} == {"LB00001", "LB00003", "LB00004", "LB00010", "LB00012"}


def test_a_block_with_words_only_or_without_anything_makes_no_superfluous_line(library):
    blocks = [Block("words", ("discharge",)), Block("empty"), Block("headings", (), ("Carers",))]
    assert strategy.written_lines(blocks, "ovid", library.thesaurus) == ["(discharge).ti,ab.", "Carers/", "1 and 2"]
    assert strategy.written_lines([Block("empty")], "ovid", library.thesaurus) == []


# -- reading, and what is known -----------------------------------------------------------------


def test_records_are_read_newest_first(library):
    assert strategy.reading_order(library, ["LB00003", "LB00001", "LB00002"]) == ["LB00001", "LB00002", "LB00003"]


def test_known_records_are_found_by_title_number_or_part_of_a_sentence(history):
    found = strategy.known_items(
        ["carers and the day of discharge.", " lb00004 ", "Going home from hospital: what caregivers say",
         "Delayed transfer of care and their families", "Something quite different, 1999", ""], history, 5)
    assert [(one.record, one.found) for one in found] == [
        ("LB00001", True), ("LB00004", True), ("LB00002", False), ("", False), ("", False)]
    # "caregivers" is not caught by carer*, and LB00002 has no other word for it.
    assert found[2].lacking == (4,)
    assert "Delayed transfer of care and the family" in found[3].near
    assert found[4].near == ""


def test_the_lines_that_lack_a_known_record_are_named_through_nested_ands(library):
    made = History(library)
    for text in ["discharge.ti,ab.", "carer*.ti,ab.", "1 and 2", "letter.ti,ab.", "3 and 4"]:
        made.add(text, "ovid")
    [one] = strategy.known_items(["LB00002"], made, 5)
    assert one.lacking == (2, 4)


# -- the list of lines --------------------------------------------------------------------------


class Kept:
    """A list somewhere else, as an activity keeps it."""

    def __init__(self, *texts):
        self.lines = [{"text": text, "syntax": "ovid", "count": 0} for text in texts]
        self.list = lines.Lines(lambda: self.lines, lambda changed: setattr(self, "lines", changed))


def test_lines_are_added_changed_combined_and_deleted_and_the_numbers_follow(library):
    kept = Kept()
    assert kept.list.run("discharge.ti,ab.", "ovid").count == 6
    kept.list.run("carer*.ti,ab.", "ovid")
    assert kept.list.combine("1, 2", "AND").count == len({"LB00001", "LB00004", "LB00010"})
    kept.list.run("(carer* or caregiver*).ti,ab.", "ovid", place=2)
    # The line that uses it is counted anew: LB00002 comes in.
    assert [line["count"] for line in kept.lines] == [6, 6, 4]
    kept.list.run("letter.ti,ab.", "ovid")
    kept.list.combine("3-4", "OR")
    with pytest.raises(CourseError, match="Line 2 is used by line 3"):
        kept.list.delete(2)
    kept.list.delete(5)
    kept.list.delete(4)
    assert [line["text"] for line in kept.lines] == ["discharge.ti,ab.", "(carer* or caregiver*).ti,ab.", "1 and 2"]


def test_a_line_that_cannot_be_read_leaves_the_list_as_it_was(library):
    kept = Kept()
    kept.list.run("discharge.ti,ab.", "ovid")
    before = list(kept.lines)
    for text in ["(carer*.ti,ab.", "1 and 7", "   ", "exp Hme Care Services/"]:
        with pytest.raises(CourseError):
            kept.list.run(text, "ovid")
        with pytest.raises(CourseError):
            kept.list.run(text, "ovid", place=1)
    assert kept.lines == before


def test_a_line_of_5000_letters_and_200_lines_are_kept_and_more_than_fits_is_refused(library):
    kept = Kept()
    long = f"({' or '.join(f'word{number}' for number in range(460))}).ti,ab."
    assert 4900 < len(long) <= 5000
    kept.list.run(long, "ovid")
    with pytest.raises(CourseError, match="Split it into several lines"):
        kept.list.run(f"{long} or {long}", "ovid")
    for _ in range(199):
        kept.list.run("carer*.ti,ab.", "ovid")
    assert len(kept.lines) == 200
    with pytest.raises(CourseError, match="too long to be kept"):
        kept.list.run("x" * lines.MOST_LETTERS, "ovid")
    assert len(kept.lines) == 200


def test_a_line_is_not_moved_to_another_database_by_changing_it(library):
    kept = Kept("discharge.ti,ab.")
    with pytest.raises(CourseError, match="typed for Ovid"):
        kept.list.run("discharge[tiab]", "pubmed", place=1)


@pytest.mark.parametrize(("typed", "wanted"), [
    ("1, 2", [1, 2]), ("1 and 3", [1, 3]), ("1-3", [1, 2, 3]), ("#1 #2", [1, 2]), ("S1–S3", [1, 2, 3]),
    ("2, 2, 1", [2, 1])])
def test_line_numbers_are_read_as_people_type_them(typed, wanted):
    assert lines.numbers(typed, 4) == wanted


@pytest.mark.parametrize(("typed", "words"), [
    ("", "at least two"), ("3", "at least two"), ("1, 9", "There is no line 9. The last line is 4."),
    ("1-99999999", "no line 5"), ("0 and 1", "no line 0"), ("two", "at least two"),
])
def test_line_numbers_that_make_no_sense_are_refused(typed, words):
    with pytest.raises(CourseError, match=words):
        lines.numbers(typed, 4)


def test_an_error_repeats_the_line_with_its_place_marked_as_text(library):
    with pytest.raises(CourseError) as caught:
        Kept().list.run("(carer* and <b>.ti,ab.", "ovid")
    html = lines.error_html(caught.value)
    assert "▶" in html
    assert "◀" in html
    assert "<b>" not in html
    assert "▶" in lines.error_text(caught.value)


def test_of_a_long_line_only_the_surroundings_of_the_fault_are_repeated(library):
    text = f"({' or '.join(['carer*'] * 700)}).ti,ab. ADN discharge.ti,ab."
    with pytest.raises(CourseError) as caught:
        Kept().list.run(text, "ovid")
    assert len(lines.error_html(caught.value)) < 1200


@pytest.mark.parametrize("damaged", [
    "text", [1], [{"text": "x"}], [{"text": "x", "syntax": "bing"}], [{"text": 3, "syntax": "ovid"}],
    [{"text": "x", "syntax": "ovid", "count": "many"}], [{"text": "x", "syntax": "ovid", "more": 1}]])
def test_what_is_no_list_of_lines_is_not_taken_for_one(damaged):
    assert not lines.well_formed(damaged)
    assert lines.well_formed([{"text": "x", "syntax": "ovid", "count": 3}])


def test_phrases_of_headings_alone_are_not_marked_in_abstracts(library):
    made = History(library)
    made.add("exp Carers/", "ovid")
    assert strategy.looked_for(made.trees[1], made.trees) == []
    assert strategy.looked_for(Or((Phrase((Word("x"),), ("authors",)), phrase("y"))), {}) == [phrase("y")]
