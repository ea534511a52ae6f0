"""Two readers' appraisals of one report: differences first, agreement, and the version that both stand behind."""

from dataclasses import replace

import pytest
from faulty.appraisals import make
from faulty.appraisals.make import FORM, NOT_A_PARTNERS, OWN, PARTNER, QUESTIONS, SOUND, UNREADABLE

from researchskills.appraisal import forms, reader_files, reading, settling, two_readers
from researchskills.appraisal.reading import Answer, Appraisal
from researchskills.appraisal.two_readers import GAVE_WAY, PROMPTS, STILL_DIFFER, compare
from researchskills.errors import CourseError

FILES = make.files()


def with_answer(one: Appraisal, key: str, **changed) -> Appraisal:
    return replace(one, answers={**one.answers, key: replace(one.answers[key], **changed)})


def settle_all(comparison, **chosen) -> dict:
    """Agreements on the differences whose key is given, with `:` written as two underscores."""
    return {key.replace("__", ":"): settling.settle(comparison.find(key.replace("__", ":")), value, "we read it again")
            for key, value in chosen.items()}


# -- files --------------------------------------------------------------------------------------


@pytest.mark.parametrize("through", [
    lambda text: text.encode(),
    lambda text: ("\ufeff" + text).encode(),
    lambda text: text.encode("utf-16"),
    lambda text: text.replace("\n", "\r\n").encode(),
    lambda text: "\n".join(f"> {line}" for line in text.splitlines()).encode(),
    lambda text: "\n".join(f">> {line}" for line in text.splitlines()).encode(),
    lambda text: ("Dear Heron,\n\nhere it is {at last}.\n\n" + text + "\n-- \nKestrel\n").encode(),
    lambda text: ("Thanks!\n\n" + "\n".join(f"> {line}" for line in text.splitlines()) + "\n\nHeron").encode(),
    lambda text: text.replace("\n", "").replace("  ", "").encode(),
], ids=["as exported", "mark", "utf-16", "windows", "answered", "answered twice", "under a message",
        "answered under a message", "one line"])
def test_a_partners_file_survives_the_mail(through):
    assert reader_files.accept(through(SOUND), "x") == PARTNER


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_nobody_can_use_is_refused_in_one_clear_sentence(name):
    with pytest.raises(CourseError) as refused:
        reader_files.accept(FILES[name], f"“{name}”")
    told = str(refused.value)
    assert UNREADABLE[name] in told
    assert told.startswith(f"“{name}”")
    assert "Nothing was taken over." in told
    assert told.count(". ") <= 2


@pytest.mark.parametrize("name", NOT_A_PARTNERS)
def test_a_sound_file_that_does_not_belong_here_is_refused_in_one_clear_sentence(name):
    other = reader_files.accept(FILES[name], f"“{name}”")
    with pytest.raises(CourseError) as refused:
        compare(OWN, other, f"“{name}”")
    assert NOT_A_PARTNERS[name] in str(refused.value)
    assert "Nothing was taken over." in str(refused.value)


def test_every_file_that_is_made_is_one_that_is_tested():
    assert set(FILES) == set(UNREADABLE) | set(NOT_A_PARTNERS)


def test_the_page_to_read_is_told_apart_from_the_file_to_send():
    page = b"<!DOCTYPE html>\n<html lang='en-GB'><body><h1>Appraisal</h1></body></html>"
    with pytest.raises(CourseError) as problem:
        reader_files.accept(page, "“appraisal-x.html”")
    assert str(problem.value) == ("“appraisal-x.html” is the page to read or print. Nothing was taken over. Choose the "
                                  "other file; its name ends in .json.")


def test_the_refusal_of_a_personal_detail_does_not_repeat_it():
    with pytest.raises(CourseError) as refused:
        reader_files.accept(FILES["e_mail_address_in_the_evidence.json"], "x")
    assert "council.example" not in str(refused.value)


def test_of_a_readers_name_an_address_is_not_kept():
    assert reader_files.name_kept("sam@council.example.org") == ""
    assert reader_files.name_kept(" kestrel  7 ") == "kestrel 7"


def test_the_short_name_of_a_paper_may_differ_in_capitals_and_spaces():
    mine, theirs = replace(OWN, report="Smith 2019"), replace(PARTNER, report=" smith  2019")
    assert compare(mine, theirs).alike == 9


# -- differences --------------------------------------------------------------------------------


def test_differences_come_first_and_plain_contradictions_before_shades():
    found = compare(OWN, PARTNER)
    assert [(one.key.partition(":")[2], one.kind) for one in found.differences] == [
        ("lost", "opposed"), ("planned", "opposed"), ("my_place", "opposed"), ("told", "degree")]
    assert found.sentence().startswith("You differ in 4 places. Talk about these first. You gave the same answer to 9 "
                                       "of the 13 questions that both of you answered (69")


def test_each_kind_of_difference_is_seen_and_has_something_to_talk_about():
    mine = with_answer(with_answer(OWN, "chance", direction="flatters"), "measured", sentences=(4, 5))
    mine = with_answer(replace(mine, judgements={"lost": "low", "people": "some"}), "told", answer="unclear")
    theirs = with_answer(with_answer(PARTNER, "chance", direction="hides"), "measured", sentences=(9,))
    theirs = replace(theirs, judgements={"lost": "high", "people": "some"})
    found = compare(mine, theirs)
    assert {one.key: one.kind for one in found.differences if one.kind != "opposed"} == {
        "judgement:lost": "judgement", "answer:told": "unsure", "direction:chance": "direction",
        "evidence:measured": "evidence"}
    kinds = [one.kind for one in found.differences]
    assert kinds == sorted(kinds, key=list(PROMPTS).index)
    assert all(len(PROMPTS[kind]) > 60 for kind in kinds)
    evidence = found.find("evidence:measured")
    assert (evidence.said(evidence.mine), evidence.said(evidence.theirs)) == ("sentences 4–5", "sentence 9")


def test_evidence_differs_only_when_no_sentence_is_shared_and_both_marked_some():
    theirs = with_answer(PARTNER, "chance", sentences=(4, 9))
    assert compare(OWN, theirs).find("evidence:chance") is None
    assert compare(OWN, with_answer(PARTNER, "chance", sentences=())).find("evidence:chance") is None
    assert compare(OWN, with_answer(PARTNER, "chance", sentences=(9,))).find("evidence:chance").theirs == "9"


def test_a_direction_that_only_one_gave_is_no_difference():
    assert compare(with_answer(OWN, "chance", direction="hides"), PARTNER).find("direction:chance") is None


def test_another_form_is_the_first_difference_and_nothing_is_compared_question_by_question():
    survey = forms.form("survey")
    theirs = replace(PARTNER, design="survey", form="survey", form_version=survey.version,
                     answers={survey.questions[0].key: Answer("yes")})
    found = compare(OWN, theirs)
    assert [one.key for one in found.differences] == ["design"]
    assert (found.both, found.agreement, found.one_form) == ((), None, False)
    assert "first difference to talk about" in found.sentence()
    assert "until both of you have chosen one form" in found.sentence()
    with pytest.raises(CourseError, match="filled in different forms"):
        settling.agreed_version(found, settle_all(found, design="survey"))


def test_two_designs_on_one_form_are_a_difference_and_the_answers_are_compared_all_the_same():
    form = forms.form("comparison")
    held = {one.key: Answer("yes") for one in form.questions}
    mine = Appraisal("joint-team", "controlled_before_after", "comparison", form.version, "heron", "health", held)
    theirs = replace(mine, design="non_randomised_comparison", reader="kestrel", sector="social_care")
    found = compare(mine, theirs)
    assert found.differences[0].key == "design"
    assert found.alike == len(form.questions)
    with pytest.raises(CourseError, match="settle first what kind of study"):
        settling.agreed_version(found, {})
    agreed, _ = settling.agreed_version(found, settle_all(found, design="controlled_before_after"))
    assert agreed.design == "controlled_before_after"


# -- what is said about it ----------------------------------------------------------------------


def test_a_half_filled_file_is_compared_on_what_both_answered_and_says_so():
    theirs = make.appraisal("kestrel", "social_care", "yyyn---------")
    found = compare(OWN, theirs)
    assert found.both == tuple(QUESTIONS[:4])
    assert "Your partner has answered 4 of the 13 questions; the other 9 are not compared." in found.notes
    assert (FORM.question("lost").text, True, False) in found.lacking
    assert "With so few, a single answer moves that by 25 percentage points." in found.sentence()


def test_a_half_filled_appraisal_of_ones_own_is_told_as_well():
    found = compare(make.appraisal("heron", "health", "yypnupnnyyyn-"), PARTNER)
    assert "You have answered 12 of the 13 questions; the other one is not compared." in found.notes
    assert (FORM.question("my_place").text, False, True) in found.lacking


def test_agreement_is_cohens_kappa_worked_out_by_hand():
    # Both gave the same answer 9 times of 13. Answers yes/partly/no/cannot tell: mine 6, 2, 4, 1; theirs 6, 1, 5, 1.
    # By chance (36 + 2 + 20 + 1) / 169 = 59/169; observed 117/169; kappa (117 - 59) / (169 - 59) = 58/110.
    found = compare(OWN, PARTNER)
    assert found.agreement.value == pytest.approx(58 / 110)
    assert found.agreement.low < 58 / 110 < found.agreement.high
    assert any("Only 13 things were judged by both" in one for one in found.agreement.cautions)


def test_categories_that_nobody_used_are_mentioned():
    found = compare(make.appraisal("a", "health", "yynnyynnyynny"), make.appraisal("b", "social_care", "yynnyynnyynnn"))
    assert any("2 of 4 categories were used by nobody" in one for one in found.agreement.cautions)


def test_where_kappa_cannot_be_told_a_sentence_says_why():
    found = compare(make.appraisal("a", "health", "y" * 13), make.appraisal("b", "social_care", "y" * 13))
    assert found.agreement is None
    assert "nothing to tell apart" in found.without_kappa
    assert found.sentence().startswith("You differ nowhere")
    one = compare(make.appraisal("a", "health", "y" + "-" * 12), make.appraisal("b", "social_care", "n" * 13))
    assert "Fewer than two things" in one.without_kappa


def test_two_readers_of_one_sector_are_told_and_not_refused():
    notes = compare(OWN, replace(PARTNER, sector="health")).notes
    assert any("the same sector (health)" in one for one in notes)
    assert not any("sector" in one for one in compare(OWN, PARTNER).notes)


def test_a_file_that_repeats_everything_under_another_name_is_compared_with_a_warning():
    found = compare(OWN, replace(OWN, reader="kestrel", sector="social_care"))
    assert any("not your own file" in one for one in found.notes)


def test_without_names_identical_files_are_taken_for_ones_own_and_others_are_compared():
    nameless = replace(OWN, reader="")
    with pytest.raises(CourseError, match="is your own"):
        compare(nameless, nameless)
    assert compare(nameless, replace(PARTNER, reader="")).alike == 9


def test_comparing_changes_neither_appraisal():
    before = reading.to_json(OWN), reading.to_json(PARTNER)
    compare(OWN, PARTNER)
    assert (reading.to_json(OWN), reading.to_json(PARTNER)) == before


# -- after talking ------------------------------------------------------------------------------


def test_who_gave_way_follows_from_what_was_chosen():
    lost = compare(OWN, PARTNER).find("answer:lost")
    assert (lost.mine, lost.theirs) == ("no", "yes")
    assert {value: lost.gave_way(value) for value in ("no", "yes", "partly", STILL_DIFFER)} == {
        "no": "partner", "yes": "me", "partly": "both", STILL_DIFFER: "neither"}
    assert set(GAVE_WAY) == {"me", "partner", "both", "neither", "again"}
    with pytest.raises(CourseError, match="Nothing was changed"):
        settling.settle(lost, "perhaps")


def test_the_agreed_version_has_what_both_said_or_settled_and_lists_the_rest():
    found = compare(OWN, PARTNER)
    held = settle_all(found, answer__lost="yes", answer__told="partly", answer__planned=STILL_DIFFER)
    agreed, unsettled = settling.agreed_version(found, held, " It may be so. ")
    assert (agreed.reader, agreed.sector, agreed.certainty) == ("both", "both", "It may be so.")
    assert agreed.answers["lost"].answer == "yes"
    assert agreed.answers["told"].answer == "partly"
    assert set(QUESTIONS) - set(agreed.answers) == {"planned", "my_place"}
    assert [one.partition("?")[0] for one in unsettled[:2]] == [FORM.question(key).text[:-1]
                                                                for key in ("planned", "my_place")]
    assert unsettled[2].startswith("Nobody answered: “Judgement: ")
    assert len(unsettled) == 3


def test_what_only_one_answered_is_in_no_agreed_version_and_listed_by_who_did():
    agreed, unsettled = settling.agreed_version(
        compare(make.appraisal("a", "health", "yypnupnnyyyn-"), make.appraisal("b", "health", "-ypnupnnyyyny")),
        {}, "So it is.", ("Ann", "Bo"))
    assert set(QUESTIONS) - set(agreed.answers) == {"question", "my_place"}
    assert f"Only Ann answered: “{FORM.question('question').text}”." in unsettled
    assert f"Only Bo answered: “{FORM.question('my_place').text}”." in unsettled


def test_the_agreed_version_is_a_file_that_reads_back_and_is_no_readers_own():
    agreed, _ = settling.agreed_version(compare(OWN, PARTNER), {})
    content = reading.to_json(agreed).encode()
    assert reading.read(content, "x") == agreed
    with pytest.raises(CourseError, match="two readers agreed on"):
        reader_files.accept(content, "x")


def test_evidence_comes_from_whoever_gave_the_answer_that_was_agreed_on():
    mine = with_answer(OWN, "lost", sentences=(2, 3), evidence="mine", direction="hides")
    theirs = with_answer(PARTNER, "lost", sentences=(8,), evidence="theirs")
    found = compare(mine, theirs)
    for value, expected in (("no", Answer("no", (2, 3), "mine", "hides")), ("yes", Answer("yes", (8,), "theirs", "")),
                            ("partly", Answer("partly", (2, 3, 8), "mine / theirs", "hides"))):
        agreed, _ = settling.agreed_version(found, settle_all(found, answer__lost=value))
        assert agreed.answers["lost"] == expected


def test_directions_sentences_and_judgements_are_settled_each_for_itself():
    mine = with_answer(with_answer(OWN, "chance", direction="flatters"), "measured", sentences=(4, 5))
    theirs = with_answer(with_answer(PARTNER, "chance", direction="hides"), "measured", sentences=(9,))
    found = compare(replace(mine, judgements={"lost": "low", "people": "some"}),
                    replace(theirs, judgements={"lost": "high", "people": "some"}))
    agreed, unsettled = settling.agreed_version(found, {})
    assert (agreed.answers["chance"].direction, agreed.judgements) == ("", {"people": "some"})
    assert agreed.answers["measured"].sentences == (4, 5, 9)
    assert sum("makes the service look" in one for one in unsettled) == 1
    held = settle_all(found, direction__chance="either", evidence__measured="theirs", judgement__lost="high")
    agreed, _ = settling.agreed_version(found, held)
    assert agreed.answers["chance"].direction == "either"
    assert agreed.answers["measured"].sentences == (9,)
    assert agreed.judgements == {"people": "some", "lost": "high"}


def test_an_agreement_no_longer_fits_when_an_answer_changes_and_is_kept():
    found = compare(OWN, PARTNER)
    held = settle_all(found, answer__lost="yes", answer__told="yes")
    assert settling.standing(found, held) == {"answer:lost": "settled", "answer:told": "settled",
                                              "answer:planned": "open", "answer:my_place": "open"}
    later = compare(with_answer(with_answer(OWN, "lost", answer="partly"), "told", answer="yes"), PARTNER)
    assert settling.standing(later, held) == {"answer:lost": "lapsed", "answer:told": "lapsed",
                                              "answer:planned": "open", "answer:my_place": "open"}
    agreed, _ = settling.agreed_version(later, held)
    assert "lost" not in agreed.answers
    assert agreed.answers["told"].answer == "yes"
    assert set(held) == {"answer:lost", "answer:told"}


def test_an_agreement_on_one_form_does_not_fit_a_question_of_the_same_key_on_another():
    lost = compare(OWN, PARTNER).find("answer:lost")
    held = settling.settle(lost, "yes")
    assert settling.fits(lost, held)
    assert not settling.fits(replace(lost, form="cohort"), held)
    assert not settling.fits(None, held)


def test_progress_is_told_in_words():
    found = compare(OWN, PARTNER)
    held = settle_all(found, answer__lost="yes", answer__told=STILL_DIFFER)
    assert settling.progress(found, held) == \
        "1 of 4 differences settled; 1 on which you still differ; 2 not talked about yet."
    assert settling.progress(compare(OWN, replace(OWN, reader="b")), {}) == "There is no difference to settle."


def test_the_prompts_and_the_kinds_belong_together():
    assert list(two_readers.KINDS) == list(PROMPTS)
