"""A whole group of readers: files taken whole or refused, and the question that divides the group."""

from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import pytest
from faulty.appraisals import make
from faulty.appraisals.make import FORM, OWN, PARTNER, QUESTIONS, UNREADABLE, appraisal

from researchskills.appraisal import cohort, cohort_figure, forms, reading
from researchskills.appraisal.forms import ANSWERS
from researchskills.appraisal.reading import Answer
from researchskills.errors import CourseError

FILES = make.files()
WREN = appraisal("wren", "social_care", "yynnupnyynyny")
FINCH = appraisal("finch", "health", "yypnupynyyynn")


def file(one) -> bytes:
    return reading.to_json(one).encode()


def group(*readers) -> tuple[cohort.Reader, ...]:
    taken = cohort.take([(f"{place}.json", file(one)) for place, one in enumerate(readers)])
    assert taken.refused == ()
    return taken.readers


# -- which question divides us ------------------------------------------------------------------


@pytest.mark.parametrize("letters", ["yy", "yn", "yynn", "yyynpu", "ynpu", "nnnnn", "yyyyyyyyyyn"])
def test_pairs_that_disagree_are_those_that_one_counts_by_hand(letters):
    pairs = list(combinations(letters, 2))
    assert cohort.pairs_that_disagree(letters) == (sum(a != b for a, b in pairs), len(pairs))


def test_the_most_divided_question_comes_first():
    found = cohort.divide(group(OWN, PARTNER, WREN, FINCH))
    disagree = list(found.table["disagreeing"] / found.table["pairs"])
    assert disagree == sorted(disagree, reverse=True)
    # Answers in the order heron, kestrel, wren, finch. "told": p y n p differs in 5 of 6 pairs.
    first = found.table.iloc[0]
    assert (first["key"], first["disagreeing"], first["pairs"]) == ("told", 5, 6)
    assert found.sentence() == (f"“{FORM.question('told').text}” divides you most: 5 of 6 pairs of readers disagree "
                                "(yes 1, partly 2, no 1).")


def test_questions_that_divide_alike_keep_the_order_of_the_form_and_are_mentioned():
    found = cohort.divide(group(OWN, PARTNER))
    assert list(found.table["key"][:4]) == [key for key in QUESTIONS if key in
                                            {"told", "lost", "planned", "my_place"}]
    assert "divides you most: the two of you differ (" in found.sentence()
    assert found.sentence().endswith("Another 3 questions divide you just as much.")


def test_a_question_that_fewer_than_half_answered_does_not_come_first():
    # Of five readers two answered the last question, and disagree; all answered the first one, and one differs.
    found = cohort.divide(group(*(appraisal(f"r{place}", "health", ("n" if place == 0 else "y") + "u" * 11 + last)
                                  for place, last in enumerate("yn---"))))
    assert (found.table.iloc[0]["key"], found.table.iloc[-1]["key"]) == ("question", "my_place")
    assert "4 of 10 pairs of readers disagree (yes 4, no 1)" in found.sentence()


def test_counts_are_whole_numbers_and_each_sector_stands_beside_the_other():
    found = cohort.divide(group(OWN, PARTNER, WREN, FINCH))
    row = found.table.set_index("key").loc["lost"]
    assert [row[one] for one in ANSWERS] == [2, 0, 2, 0]
    assert (row["health"], row["social_care"]) == ("yes 1, no 1", "yes 1, no 1")
    assert "%" not in found.sentence()


def test_from_ten_readers_on_there_is_a_percentage():
    readers = [appraisal(f"r{place}", "health", ("y" if place < 5 else "n") + "y" * 12) for place in range(10)]
    # 5 against 5: 25 of 45 pairs.
    assert "25 of 45 (55.6%) pairs of readers disagree (yes 5, no 5)" in cohort.divide(group(*readers)).sentence()
    assert "%" not in cohort.divide(group(*readers[:9])).sentence()


def test_when_nobody_differs_that_is_said_and_a_kappa_that_cannot_be_told_is_explained():
    found = cohort.divide(group(appraisal("a", "health", "y" * 13), appraisal("b", "social_care", "y" * 13)))
    assert found.sentence().startswith("No question divides you: on each of the 13 questions")
    assert found.agreement is None
    assert "one and the same category" in found.without_kappa


def test_agreement_of_the_group_is_fleiss_kappa_by_its_definition():
    readers = [OWN, PARTNER, WREN, FINCH]
    counts = [[sum(one.answers[key].answer == answer for one in readers) for answer in ANSWERS] for key in QUESTIONS]
    # Fleiss 1971: mean agreement of pairs, against that of drawing answers at random.
    seen = sum(Fraction(sum(n * (n - 1) for n in row), 12) for row in counts) / len(counts)
    chance = sum(Fraction(sum(column), 4 * len(counts)) ** 2 for column in zip(*counts))
    found = cohort.divide(group(*readers)).agreement
    assert found.value == pytest.approx(float((seen - chance) / (1 - chance)))
    assert any("13 things were judged" in one for one in found.cautions)


def test_kappa_rests_on_questions_that_everybody_answered():
    found = cohort.divide(group(OWN, PARTNER, appraisal("wren", "social_care", "yyn----------")))
    assert found.agreement.n == 3
    assert any("Not every question is answered by Reader 3" in one for one in found.notes)
    none = cohort.divide(group(OWN, appraisal("b", "health", "y------------")))
    assert "Fewer than two questions" in none.without_kappa


def test_readers_of_another_form_are_named_and_not_compared_but_their_design_counts():
    survey = forms.form("survey")
    other = replace(WREN, design="survey", form="survey", form_version=survey.version,
                    answers={survey.questions[0].key: Answer("yes")})
    found = cohort.divide(group(OWN, other, PARTNER))
    assert found.designs == {"randomised trial": 2, "cross-sectional survey": 1}
    assert len(found.readers) == 2
    assert any(one.startswith("Reader 2 took the study for another design") for one in found.notes)


def test_a_single_reader_of_a_sector_is_pointed_out_and_a_missing_side_too():
    single, missing = (cohort.divide(group(*readers)).notes for readers in ((OWN, FINCH, WREN), (OWN, FINCH)))
    assert any("Only one reader is from social care" in one for one in single)
    assert any("Nobody here reads from the side of social care" in one for one in missing)


def test_one_reader_is_no_group():
    with pytest.raises(CourseError, match="two readers or more"):
        cohort.divide(group(OWN))


def test_the_picture_has_its_sentence_alternative_text_and_numbers():
    found = cohort.divide(group(OWN, PARTNER, WREN, FINCH))
    drawn = cohort_figure.draw(found)
    html = drawn._repr_html_()
    assert drawn.title == found.sentence()
    assert FORM.question("told").text in drawn.alt
    assert list(drawn.table["question"]) == list(found.table["question"])
    assert list(drawn.table.iloc[0][1:]) == [1, 2, 1, 0, "5 of 6"]
    assert "<table" in html
    assert list(cohort_figure.sides(found).iloc[0]) == [FORM.question("told").text, "partly 2", "yes 1, no 1"]
    [ax] = drawn.picture.axes
    written = [text.get_text() for text in ax.texts]
    # Each part of a bar carries letter and number, so that colour is not the only sign.
    assert written[:3] == ["Y 1", "P 2", "N 1"]
    assert len({sign[0] for sign in cohort_figure.SIGNS.values()}) == len({sign[2] for sign in
                                                                        cohort_figure.SIGNS.values()}) == 4


# -- files --------------------------------------------------------------------------------------


def test_every_faulty_file_is_refused_with_its_name_and_the_sound_ones_are_taken():
    faulty = [(name, FILES[name]) for name in UNREADABLE]
    taken = cohort.take([("a.json", file(OWN)), *faulty, ("b.json", file(PARTNER))])
    assert [one.code for one in taken.readers] == ["Reader 1", "Reader 2"]
    assert len(taken.refused) == len(UNREADABLE)
    for name, words in UNREADABLE.items():
        [told] = [one for one in taken.refused if one.startswith(f"“{name}”")]
        assert words in told and "Nothing was taken over." in told


def test_a_file_about_another_report_is_refused_by_what_most_are_about_or_what_was_set():
    other = replace(WREN, report="meals-at-home")
    files = [("c.json", file(other)), ("a.json", file(OWN)), ("b.json", file(PARTNER))]
    taken = cohort.take(files)
    assert (taken.report, len(taken.readers)) == ("discharge-visits", 2)
    assert taken.refused[0].startswith("“c.json” is about “Meals at home")
    assert len(cohort.take(files, report="meals-at-home").readers) == 1


def test_a_file_without_any_answer_is_refused():
    taken = cohort.take([("a.json", FILES["nothing_answered.json"])])
    assert "holds no answer" in taken.refused[0]
    assert (taken.readers, taken.report) == ((), "")


def test_two_differing_files_of_one_reader_are_both_refused_because_nobody_can_tell_which_counts():
    later = replace(OWN, answers={**OWN.answers, "told": Answer("no")})
    taken = cohort.take([("a.json", file(OWN)), ("b.json", file(later)), ("c.json", file(PARTNER))])
    assert [one.sector for one in taken.readers] == ["social_care"]
    assert len(taken.refused) == 2
    assert all("by the same reader and differ" in one for one in taken.refused)


def test_what_a_reader_said_about_another_report_does_not_count_against_the_file_on_this_one():
    elsewhere = replace(OWN, report="carers-coaching")
    taken = cohort.take([("elsewhere.json", file(elsewhere)), ("own.json", file(OWN)), ("b.json", file(PARTNER))],
                        "discharge-visits")
    assert [one.number for one in taken.readers] == [1, 2]
    [refused] = taken.refused
    assert refused.startswith("“elsewhere.json” is about") and "same reader" not in refused


def test_the_same_file_twice_counts_once():
    taken = cohort.take([("a.json", file(OWN)), ("copy of a.json", file(OWN))])
    assert len(taken.readers) == 1
    assert "holds the same as the file of Reader 1" in taken.refused[0]


def test_a_later_file_of_a_reader_who_is_there_takes_nobodys_place():
    before = group(OWN, PARTNER)
    later = replace(OWN, reader=" HERON ", answers={**OWN.answers, "told": Answer("no")})
    taken = cohort.take([("new.json", file(later))], "discharge-visits", before)
    assert taken.readers == before
    assert "by the same reader as Reader 1" in taken.refused[0]
    assert "take Reader 1 out first" in taken.refused[0]


def test_readers_without_a_name_are_told_apart_by_what_they_say():
    nameless = [replace(one, reader="") for one in (OWN, PARTNER, OWN)]
    taken = cohort.take([(f"{place}.json", file(one)) for place, one in enumerate(nameless)])
    assert (len(taken.readers), len(taken.refused)) == (2, 1)


def test_of_a_file_only_what_is_needed_is_kept_and_the_name_is_apart():
    taken = cohort.take([("a.json", file(OWN))])
    assert "heron" not in repr(taken.readers) and "as it says there" not in repr(taken.readers)
    assert taken.names == {1: "heron"}
