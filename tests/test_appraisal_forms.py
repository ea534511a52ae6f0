"""Appraisal forms: what every form asks, in which words, and what an author is told about a file that is broken."""

import re
from collections import Counter
from pathlib import Path

import pytest

from researchskills.appraisal import forms
from researchskills.appraisal.designs import DESIGNS
from researchskills.errors import CourseError

FAULTY = Path(__file__).parent / "faulty" / "forms"
ALL = [forms.form(key) for key in forms.names()]
EACH = pytest.mark.parametrize("form", ALL, ids=lambda form: form.key)

#: Words that often turn a question round, so that yes becomes the answer that worries.
TURNING = re.compile(r"\b(not?|nobody|never|without|lack\w*|missing|only|fail\w*|rather than|left out|disagree"
                     r"|ruled out|keep from|stayed|worst|fear)\b")
#: Questions with such a word that were read once more, and to which yes is still the reassuring answer.
READ_ONCE_MORE = {
    ("trial", "measured"), ("trial", "missing"), ("comparison", "missing"), ("before_after", "ordinary"),
    ("before_after", "steady"), ("before_after", "other_events"), ("before_after", "missing"), ("cohort", "exposed"),
    ("cohort", "missing"), ("case_control", "missing"), ("survey", "freely"), ("survey", "missing"),
    ("survey", "claims"), ("qualitative", "fits"), ("qualitative", "against"), ("qualitative", "missing"),
    ("mixed", "clash"), ("mixed", "missing"), ("review", "unpublished"), ("review", "differ"), ("review", "missing"),
}
#: Questions that one form may share with another word for word: they ask for the same.
SHARED = {"question", "told", "lost", "chosen", "planned", "missing", "my_place"}


def sentences(text: str) -> list[str]:
    return [one for one in re.split(r"(?<=[.?!])\s+", text) if one]


# -- the ten forms ------------------------------------------------------------------------------


def test_there_is_a_form_for_every_design_and_no_other():
    files = {path.stem for path in (Path(forms.__file__).parent / "forms").iterdir()}
    assert files == set(forms.names()) == {design.form for design in DESIGNS.values()}
    assert len(files) == 10


@EACH
def test_a_form_begins_with_two_or_three_screening_questions_and_goes_on_in_domains(form):
    assert 2 <= len(form.of_domain("")) <= 3
    assert [one.screening for one in form.questions] == sorted((one.screening for one in form.questions), reverse=True)
    assert 4 <= len(form.domains) <= 6
    assert 6 <= sum(len(form.of_domain(domain)) for domain in form.domains) <= 10
    assert sum(len(form.of_domain(domain)) for domain in ["", *form.domains]) == len(form.questions)


@EACH
def test_a_form_shows_its_questions_in_the_order_of_its_domains(form):
    met = [one.domain for one in form.questions if one.domain]
    assert list(dict.fromkeys(met)) == list(form.domains)


def test_grey_literature_is_judged_by_its_six_established_headings():
    assert list(forms.form("grey").domains) == ["authority", "accuracy", "coverage", "objectivity", "date",
                                                "significance"]


@EACH
def test_every_form_asks_who_chose_the_outcomes_who_is_missing_and_whether_it_holds_here(form):
    assert re.search(r"people who draw on care, or carers", form.question("chosen").text)
    assert re.search(r"left out|missing|other side", form.question("missing").text)
    assert re.search(r"your place|like yours", form.question("my_place").text)
    assert not any(form.question(one).screening for one in ("chosen", "missing", "my_place"))


@EACH
def test_yes_is_the_reassuring_answer(form):
    turning = {(form.key, one.key) for one in form.questions if TURNING.search(one.text.lower())}
    assert turning == {one for one in READ_ONCE_MORE if one[0] == form.key}


@EACH
def test_a_form_asks_for_the_direction_where_a_fault_pushes_the_result(form):
    asks = {one.key for one in form.questions if one.direction}
    assert 2 <= len(asks) < len(form.questions)
    # Whether a result holds elsewhere, and what nobody measured, does not push it to either side.
    assert not asks & {"question", "told", "chosen", "my_place"}


@EACH
def test_the_questions_are_plain_at_first_reading(form):
    for one in form.questions:
        assert one.text.endswith("?")
        assert len(sentences(one.text)) == 1
        assert len(one.text.split()) <= 20, one.text
        assert max(len(part.split()) for part in sentences(one.why)) <= 25, one.why
        assert len(sentences(one.why)) <= 4, one.why
    words = [part for one in form.questions for part in (*sentences(one.text), *sentences(one.why))]
    assert sum(len(part.split()) for part in words) / len(words) <= 15


@EACH
def test_no_form_uses_a_word_of_the_trade_without_saying_what_it_means(form):
    text = " ".join(f"{one.text} {one.why}" for one in form.questions)
    for word, told in (("regression to the mean", "this is called"), ("confounding", "this is called"),
                       ("protocol", "a plan with a date")):
        assert word not in text or told in text
    assert not re.search(r"\b(confounders?|allocat\w+|blind\w*|attrition|heterogeneity|reflexiv\w+|intention|validity"
                         r"|baseline|cohort|recall bias|triangulat\w+)\b", text)
    assert ("outcome" in text) <= ("outcome)" in text or form.key in ("review", "grey"))


def test_no_two_forms_say_the_same_without_need():
    texts = Counter((one.key, one.text) for form in ALL for one in form.questions)
    assert {key for (key, _), times in texts.items() if times > 1} <= SHARED
    assert max(Counter(one.why for form in ALL for one in form.questions).values()) == 1


def test_a_question_of_one_wording_has_one_key_so_that_forms_can_be_compared():
    keys: dict[str, set[str]] = {}
    for form in ALL:
        for one in form.questions:
            keys.setdefault(one.text, set()).add(one.key)
    assert all(len(held) == 1 for held in keys.values())


# -- what an author is told ---------------------------------------------------------------------


@pytest.mark.parametrize(("file", "said"), [
    ("answers_as_text.yaml", "the form has “questions: Did chance decide?”, which should be a list"),
    ("broken_yaml.yaml", "it is not valid YAML near line 10"),
    ("direction_in_words.yaml", "the question “chance” has “direction: both ways”, which should be true or false"),
    ("domain_without_question.yaml", "the domain “lost” has no question"),
    ("domain_without_words.yaml", "the domain “allocation” has no words"),
    ("empty.yaml", "the form is not written as entries"),
    ("key_of_another_form.yaml", "its key is “cohort”; key and file name are the same"),
    ("latin_1.yaml", "not saved as UTF-8"),
    ("no_screening_question.yaml", "it does not begin with a screening question"),
    ("question_as_text.yaml", "question 2 is not written as entries"),
    ("question_twice.yaml", "the question “chance” stands twice"),
    ("question_without_key.yaml", "question 2 has no “key”"),
    ("question_without_why.yaml", "the question “chance” has no “why”"),
    ("screening_question_too_late.yaml", "the question “told” has no domain"),
    ("title_missing.yaml", "the form has no “title”"),
    ("unknown_domain.yaml", "the question “chance” is in the unknown domain “alocation”; use allocation"),
    ("unknown_entry.yaml", "the question “chance” has the unknown entry “score”"),
    ("version_half.yaml", "the form has “version: 1.5”, which should be a whole number"),
    ("version_nought.yaml", "the version is a whole number from 1"),
    ("version_true.yaml", "the form has “version: True”, which should be a whole number"),
    ("yes_as_a_key.yaml", "question 2 has “key: True”, which should be words"),
])
def test_a_broken_form_is_refused_in_one_clear_sentence(file, said):
    with pytest.raises(CourseError) as refused:
        forms.read((FAULTY / file).read_bytes(), "trial.yaml")
    told = str(refused.value)
    assert said in told
    assert told.startswith("The appraisal form “trial.yaml” cannot be used: ")
    assert told.count(". ") == 0


def test_every_broken_form_is_tested_and_the_sound_one_they_were_made_from_is_read():
    text = Path(__file__).read_text(encoding="utf-8")
    assert all(f'"{path.name}"' in text for path in FAULTY.iterdir())
    sound = forms.read((FAULTY / "sound.yaml").read_bytes(), "trial.yaml")
    assert [one.key for one in sound.questions] == ["question", "chance"]
    assert sound.questions[1].direction


def test_a_form_that_is_not_there_is_said_with_the_nearest_name():
    with pytest.raises(CourseError, match=r"no appraisal form “cohorts”. Did you mean “cohort”\?"):
        forms.form("cohorts")
    with pytest.raises(CourseError, match="no appraisal form"):
        forms.form("../designs")
