"""The flow diagram: which boxes do not add up, said in words, and the picture that says the same."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismaflow import PrismaFlow

from researchskills.errors import CourseError
from researchskills.evidence import flow
from researchskills.evidence.flow import Flow

# By hand: 430 − 15 = 415; 415 − 370 = 45; 45 − 3 = 42; other 5 − 1 = 4; 42 + 4 − (20 + 8) − 1 = 17.
SOUND = Flow(databases=430, duplicates=15, screened=415, excluded=370, sought=45, not_retrieved=3, assessed=42,
             excluded_why={"Not about carers": 20, "Another setting": 8}, other=5, other_sought=5,
             other_not_retrieved=1, other_assessed=4, other_excluded_why={"No original data": 1}, reports=17,
             studies=15)
PLAIN = Flow(databases=430, duplicates=15, screened=415, excluded=370, sought=45, not_retrieved=3, assessed=42,
             excluded_why={"Not about carers": 28}, reports=14, studies=14)


def boxes(numbers: Flow) -> list[str]:
    return [fault.box for fault in flow.check(numbers)]


# -- sums ---------------------------------------------------------------------------------------


def test_boxes_that_add_up_have_no_fault():
    for numbers in (SOUND, PLAIN, Flow(0, 0, 0, 0, 0, 0, 0, 0, 0)):
        assert flow.check(numbers) == []
        assert flow.verdict(numbers) == "All boxes add up."


def test_a_wrong_box_is_named_with_its_sum_and_the_gap():
    [first, second] = flow.check(replace(PLAIN, screened=412))
    assert first.sentence == ("Records screened (412) should be records found minus duplicates: 430 − 15 = 415. "
                              "It is 3 too few.")
    assert (first.box, first.off_by) == ("screened", -3)
    assert second.sentence == ("Reports sought (45) should be records screened minus records excluded: "
                               "412 − 370 = 42. It is 3 too many.")


@pytest.mark.parametrize(("changes", "box", "words"), [
    ({"registers": 7, "removed_other": 2, "screened": 421, "excluded": 376}, "screened",
     "Records screened (421) should be records found minus duplicates and those removed for other reasons: "
     "430 + 7 − 15 − 2 = 420. It is 1 too many."),
    ({"assessed": 40, "reports": 15, "studies": 15}, "assessed",
     "Reports assessed (40) should be reports sought minus reports not retrieved: 45 − 3 = 42. It is 2 too few."),
    ({"other_sought": 4, "other_not_retrieved": 0}, "other_sought",
     "Reports sought from other sources (4) should be all records from other sources: 5. It is 1 too few."),
    ({"other_assessed": 5, "reports": 18}, "other_assessed", "5 − 1 = 4. It is 1 too many."),
    ({"reports": 18}, "reports", "reports assessed minus reports excluded: 42 + 4 − 28 − 1 = 17. It is 1 too many."),
    ({"studies": 18}, "studies", "Studies included (18) cannot be more than the 17 reports about them"),
    ({"studies": 0}, "studies", "Studies included is 0, though reports are included (17)"),
])
def test_each_box_is_checked_in_its_own_words(changes, box, words):
    faults = flow.check(replace(SOUND, **changes))
    assert [fault.box for fault in faults] == [box]
    assert words in faults[0].sentence


def test_a_part_larger_than_its_whole_is_said_so():
    faults = {fault.box: fault.sentence for fault in flow.check(replace(PLAIN, duplicates=500))}
    assert faults["duplicates"] == "Duplicates removed (500) cannot be more than the 430 records found."
    assert "430 − 500 = −70. It is 485 too many." in faults["screened"]


def test_when_one_box_alone_can_be_wrong_it_is_named():
    assert flow.single_box(replace(PLAIN, screened=412)) == ("screened", 415)
    assert flow.single_box(replace(SOUND, sought=47)) == ("sought", 45)
    assert "If only one box is wrong, it is “Records screened”: with 415 everything" in \
        flow.verdict(replace(PLAIN, screened=412))
    assert flow.single_box(replace(PLAIN, excluded=371)) == ("excluded", 370)
    # The last box may be wrong, or one of the reasons; the first sum may be wrong in any of its parts.
    assert flow.single_box(replace(PLAIN, reports=13, studies=13)) is None
    assert flow.single_box(replace(PLAIN, duplicates=16)) is None
    assert flow.single_box(PLAIN) is None
    assert flow.single_box(replace(PLAIN, screened=412, assessed=12)) is None


COUNT = st.integers(0, 60)


@st.composite
def flows(draw) -> Flow:
    values = {name: draw(COUNT) for name in flow.BOXES}
    # Most of them nearly right, so that single slips are met as well as chaos.
    if draw(st.booleans()):
        values["databases"] = values["duplicates"] + values["removed_other"] + 60
        values["registers"] = 0
        values["screened"] = 60
        values["excluded"] = draw(st.integers(0, 60))
        values["sought"] = 60 - values["excluded"]
        values["not_retrieved"] = draw(st.integers(0, values["sought"]))
        values["assessed"] = values["sought"] - values["not_retrieved"] + draw(st.sampled_from([0, 0, 1]))
    why = {f"reason {number}": draw(COUNT) for number in range(draw(st.integers(0, 3)))}
    return Flow(**values, excluded_why=why, other_excluded_why={"late": draw(COUNT)} if draw(st.booleans()) else {})


@settings(max_examples=300)
@given(flows())
def test_prisma_flow_finds_no_fault_that_the_sums_overlook(numbers):
    """A second, independent check: whatever prisma-flow calls an error stands in a box that is named."""
    report = PrismaFlow.new_review(
        records_identified_databases=numbers.databases, records_identified_registers=numbers.registers,
        records_removed_duplicates=numbers.duplicates, records_removed_automation=0,
        records_removed_other=numbers.removed_other, records_screened=numbers.screened,
        records_excluded=numbers.excluded, reports_sought=numbers.sought,
        reports_not_retrieved=numbers.not_retrieved, reports_assessed=numbers.assessed,
        reports_excluded=numbers.excluded_why, citations_results=numbers.other,
        other_sought_reports=numbers.other_sought, other_notretrieved_reports=numbers.other_not_retrieved,
        other_assessed=numbers.other_assessed, other_excluded=numbers.other_excluded_why,
        studies_included=numbers.reports).validate(strict_included=True)
    gaps = {message.field.split(".")[1]: message.found - message.expected for message in report.errors}
    ours = {fault.box: fault.off_by for fault in flow.check(numbers) if "should be" in fault.sentence}
    names = {"records_screened": "screened", "reports_sought": "sought", "reports_assessed": "assessed",
             "other_sought_reports": "other_sought", "other_assessed": "other_assessed",
             "studies_included": "reports"}
    assert {names[field]: gap for field, gap in gaps.items()} == ours


@settings(max_examples=100)
@given(flows())
def test_the_box_that_is_named_as_the_only_wrong_one_really_mends_everything(numbers):
    found = flow.single_box(numbers)
    if found:
        box, value = found
        assert flow.check(replace(numbers, **{box: {"all": value} if box in flow.REASONS else value})) == []


# -- numbers as people type them ----------------------------------------------------------------


@pytest.mark.parametrize(("typed", "value"), [
    ("415", 415), (" 1,204 ", 1204), ("12 500", 12500), ("12\u00a0500", 12500), ("0", 0), ("007", 7), ("12.0", 12),
    (415, 415),
])
def test_whole_numbers_are_read_as_people_write_them(typed, value):
    assert flow.whole_number(typed, "Records screened") == value


@pytest.mark.parametrize(("typed", "words"), [
    ("", "“Records screened” is still empty"), (None, "still empty"), ("  ", "still empty"),
    ("-3", "cannot be fewer than none"), ("−3", "cannot be fewer than none"), ("12.5", "must be a whole number"),
    (12.5, "must be a whole number"), ("twelve", "is no number"), ("1,2", "is no number"), ("1e9", "is no number"),
    ("12 or so", "is no number"), ("99999999", "more than any search"), ("9" * 5000, "more than any search"),
    ("<b>", "is no number"), (float("nan"), "is no number"), (float("inf"), "is no number"),
])
def test_what_is_no_whole_number_is_said_in_plain_words(typed, words):
    with pytest.raises(CourseError) as refused:
        flow.whole_number(typed, "Records screened")
    assert words in str(refused.value)
    assert len(str(refused.value)) < 140


def test_reasons_are_typed_a_line_each_with_the_number_last():
    typed = "Not about carers: 12\n\nPublished before 2020, 1,204\nWrong setting 3\nNo abstract = 0"
    assert flow.reasons_from(typed) == {"Not about carers": 12, "Published before 2020": 1204, "Wrong setting": 3,
                                        "No abstract": 0}


@pytest.mark.parametrize(("typed", "words"), [
    ("12", "line 1 (“12”): write the reason first"), ("Late\n", "write the reason first"),
    ("A: 3\na: 4", "the reason “a” stands twice"), ("A: -3", "fewer than none"), ("A: 2.5", "whole number"),
])
def test_reasons_that_cannot_be_read_are_said_with_their_line(typed, words):
    with pytest.raises(CourseError) as refused:
        flow.reasons_from(typed)
    assert words in str(refused.value)


def test_all_boxes_that_cannot_be_read_are_told_at_once():
    numbers, problems = flow.read({"databases": "430", "duplicates": "-1", "screened": "many"})
    assert numbers is None
    told = " ".join(problems)
    for box in ("Duplicates removed” is -1", "Records screened” holds “many”", "Records excluded” is still empty"):
        assert box in told
    assert "registers" not in told


def test_numbers_that_never_were_typed_are_checked_too():
    for changes, words in (({"screened": -1}, "fewer than none"), ({"screened": 1.5}, "whole number"),
                           ({"screened": True}, "still empty"), ({"excluded_why": {"": 3}}, "has no words")):
        with pytest.raises(CourseError, match=words):
            flow.check(replace(PLAIN, **changes))


# -- the picture --------------------------------------------------------------------------------


def drawn(numbers: Flow) -> list[str]:
    return [text.get_text() for text in flow.diagram(numbers).picture.axes[0].texts if text.get_text()]


def test_the_picture_says_every_number_and_comes_with_sentence_table_and_alternative_text():
    shown = flow.diagram(SOUND)
    # Where a line ends does not matter.
    words = " ".join(" ".join(drawn(SOUND)).split())
    for piece in ("Records from databases: 430", "Duplicates removed: 15", "– Not about carers: 20",
                  "Reports sought: 5", "Studies included: 15 Reports included: 17", "Other sources",
                  "Records found: 5"):
        assert piece in words
    assert shown.title == "Of 435 records found, 415 were screened and 46 reports read in full; 15 studies in 17 " \
                          "reports are included."
    assert shown.alt.endswith("All boxes add up.")
    assert "PRISMA 2020" in shown.source
    assert set(shown.table.columns) == {"stage", "box", "number"}
    html = shown._repr_html_()
    assert 'alt="Flow diagram after PRISMA 2020' in html
    assert "<script" not in html
    assert shown.png() == flow.diagram(SOUND).png()


def test_without_other_sources_their_column_is_not_drawn():
    assert "Other sources" not in drawn(PLAIN)
    assert "other" not in " ".join(flow.table(PLAIN)["box"])


def test_a_box_that_does_not_add_up_says_so_in_words_and_in_the_table():
    wrong = replace(PLAIN, screened=412)
    marked = [text for text in drawn(wrong) if "does not add up" in text]
    assert len(marked) == 2
    table = flow.diagram(wrong).table.set_index("box")
    assert "It is 3 too few" in table.loc["Records screened", "remark"]
    assert "2 boxes are marked" in flow.alt_text(wrong)


def test_every_word_lies_inside_its_box():
    long = replace(PLAIN, excluded_why={"Not about people who give or receive unpaid care at home or elsewhere": 28})
    for numbers in (SOUND, long, replace(SOUND, screened=412, registers=7, removed_other=3)):
        picture = flow.diagram(numbers).picture
        picture.draw_without_rendering()
        [ax] = picture.axes
        frames = [patch.get_window_extent() for patch in ax.patches if hasattr(patch, "get_width")]
        for text in ax.texts:
            if text.get_text() in ("", "Databases and registers", "Other sources"):
                continue
            area = text.get_window_extent()
            assert any(frame.x0 <= area.x0 and area.x1 <= frame.x1 and frame.y0 <= area.y0 and area.y1 <= frame.y1
                       for frame in frames), text.get_text()
