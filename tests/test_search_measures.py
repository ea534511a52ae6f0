"""Recall, precision, and the word that would have caught a missed record."""

import pytest

from researchskills import datasets
from researchskills.errors import CourseError
from researchskills.evidence import measures, syntaxes
from researchskills.evidence.index import library
from researchskills.evidence.query import And, Heading, Line, Not, Or, Phrase, Word

TOPIC = "hospital-discharge"


@pytest.fixture(scope="module")
def key():
    return datasets.planted("library")["topics"][TOPIC]


@pytest.fixture(scope="module")
def index():
    return library()


def word(text: str) -> Phrase:
    return Phrase(tuple(map(Word, text.split())), ("title", "abstract"))


def test_the_key_is_told_by_topic(key):
    assert measures.relevant(TOPIC) == frozenset(key["relevant"])
    assert set(measures.topics()) == set(datasets.load("library", "topics")["topic"])
    with pytest.raises(CourseError, match="Did you mean “hospital-discharge”"):
        measures.relevant("hospital discharges")


def test_recall_precision_and_number_needed_to_read_by_hand(key, index):
    wanted = sorted(key["relevant"])
    noise = sorted(index.all - set(wanted))[:30]
    result = measures.evaluate({*wanted[:10], *noise}, TOPIC)
    assert (result.hits, result.found, result.relevant) == (10, 40, len(wanted))
    assert result.recall == 10 / len(wanted)
    assert result.precision == 10 / 40
    assert result.number_needed_to_read == 4
    assert [one.record for one in result.missed] == wanted[10:]


def test_precision_is_undefined_when_nothing_was_found():
    result = measures.evaluate([], TOPIC)
    assert (result.recall, result.precision, result.number_needed_to_read) == (0, None, None)
    assert len(result.missed) == result.relevant


def test_nothing_relevant_among_those_found(index):
    result = measures.evaluate(sorted(index.all - measures.relevant(TOPIC))[:5], TOPIC)
    assert (result.recall, result.precision, result.number_needed_to_read) == (0, 0, None)


def test_everything_found_leaves_nothing_missed(index):
    result = measures.evaluate(index.all, TOPIC)
    assert result.recall == 1 and result.missed == []


def test_a_record_that_the_library_does_not_have_is_refused():
    with pytest.raises(CourseError, match="no record LB99999"):
        measures.evaluate({"LB99999"}, TOPIC)


def test_the_words_named_stand_in_the_missed_record_and_would_have_caught_it(key, index):
    named = 0
    for missed in measures.evaluate([], TOPIC).missed:
        assert [name for name, _ in missed.lacking] == [concept["name"] for concept in key["concepts"]]
        for _, words in missed.lacking:
            for one in words:
                node = Heading(one.removesuffix(" (heading)")) if one.endswith(" (heading)") else word(one)
                assert missed.record in index.find(node)
                named += 1
    assert named > 100


def test_no_word_of_the_key_is_forgotten(key, index):
    # Second method: every word of the key, looked for in every missed record.
    for missed in measures.evaluate([], TOPIC).missed[:20]:
        for (_, words), concept in zip(missed.lacking, key["concepts"], strict=True):
            expected = [one for one in concept["words"] if missed.record in index.find(word(one))]
            expected += [f"{one} (heading)" for one in concept["headings"] if missed.record in index.find(Heading(one))]
            assert list(words) == expected


def blocks() -> list:
    return [
        Or((word("older"), word("aged"), word("elder*"), Heading("Aged", explode=True))),
        Or((word("discharge*"),)),
        Or((word("home care"), Heading("Home Care Services", explode=True))),
    ]


def test_with_the_blocks_only_those_that_lack_the_record_are_named(key, index):
    names = [concept["name"] for concept in key["concepts"]]
    found = index.find(And(tuple(blocks())))
    result = measures.evaluate(found, TOPIC, blocks=blocks())
    assert result.missed
    for missed in result.missed:
        lacking = [name for name, block in zip(names, blocks(), strict=True) if missed.record not in index.find(block)]
        assert [name for name, _ in missed.lacking] == lacking


def test_blocks_may_be_sets_trees_or_lines_in_any_order(index):
    found = index.find(And(tuple(blocks())))
    sets = [index.find(block) for block in blocks()]
    expected = measures.evaluate(found, TOPIC, blocks=blocks())
    assert measures.evaluate(found, TOPIC, blocks=sets[::-1]) == expected
    lines = dict(enumerate(sets, start=1))
    assert measures.evaluate(found, TOPIC, lines, blocks=[Line(1), Line(2), Line(3)]) == expected


def test_a_concept_that_was_not_asked_for_is_no_reason(key, index):
    names = [concept["name"] for concept in key["concepts"]]
    found = index.find(And(tuple(blocks()[1:])))
    result = measures.evaluate(found, TOPIC, blocks=blocks()[1:])
    assert result.missed and all(names[0] not in dict(missed.lacking) for missed in result.missed)


def test_a_record_lost_to_not_has_no_concept_to_blame(index):
    whole = And(tuple(blocks()))
    lost = sorted(index.find(whole) & measures.relevant(TOPIC))[0]
    found = index.find(Not(whole, Line(1)), {1: frozenset({lost})})
    missed = {one.record: one for one in measures.evaluate(found, TOPIC, blocks=blocks()).missed}
    assert missed[lost].lacking == []
    assert missed[lost].title == index.records.at[lost, "title"]


def test_a_block_that_was_widened_far_keeps_its_own_concept(index):
    # “care” makes the block on home care so large that it resembles the block on older people more than its own.
    older = index.find(syntaxes.read("exp Aged/ or (older or elderly).ti,ab.", "ovid", index.thesaurus))
    leaving = index.find(syntaxes.read("exp Patient Discharge/ or discharge*.ti,ab.", "ovid", index.thesaurus))
    wide = index.find(syntaxes.read("Home Care Services/ or care.ti,ab.", "ovid", index.thesaurus))
    result = measures.evaluate(older & leaving & wide, "hospital-discharge", blocks=[older, leaving, wide])
    assert result.missed
    for missed in result.missed:
        lost_by = sum(missed.record not in block for block in (older, leaving, wide))
        assert len(missed.lacking) == lost_by, missed
