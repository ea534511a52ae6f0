"""Whose hand-in it is: nobody's work is replaced by somebody who writes their code into a file.

Hand-ins are made by real workspaces; the others are those with another receipt.
"""

import json
import stat
import zipfile

import pytest
from faulty.hand_ins import make
from faulty.hand_ins.make import SMALL, Course

from researchskills import marking, workspace
from researchskills.errors import CourseError
from researchskills.marking import collect, identity

WREN = "quiet-wren"
#: Later than any hand-in that these tests make, and not in the future.
LATER = "2026-01-02T10:00:00Z"
FIRST = "2026-01-01T10:00:00Z"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RESEARCHSKILLS_ROOT", "")
        made = Course(tmp_path_factory.mktemp("course"), only_small=True)
        for learner in (WREN, "other-wren"):
            made.answer(learner, {"m99-q1-piles": "right", "m99-q3-words": f"Words by {learner}."}, SMALL)
        made.answer_all()
        yield made


@pytest.fixture(scope="module")
def own(course):
    """The learner's own hand-in."""
    return course.hand_in(WREN, SMALL)


@pytest.fixture(scope="module")
def theirs(course):
    """A hand-in from another workspace."""
    return course.hand_in("other-wren", SMALL)


@pytest.fixture
def made(own, theirs, tmp_path):
    """Hand-ins under the learner's code: `made(name, own=False, …changes)`."""

    def make_one(name, *changes, foreign=False, time=FIRST):
        source = theirs if foreign else own
        both = make.changed(make.with_receipt(learner=WREN, time=time), *changes)
        return make.repacked(source, tmp_path / f"{name}.zip", both)

    return make_one


@pytest.fixture
def room(tmp_path):
    return tmp_path / "room"


def counting(room):
    """The text that counts for the learner."""
    folder = collect.newest(room, WREN, SMALL)
    return folder and json.loads((folder / "answers" / "m99-q3-words.json").read_bytes())["shown"]


def kept(room):
    return len(list((room / "hand-ins" / WREN / SMALL).iterdir()))


def test_a_seal_is_the_same_for_one_workspace_and_code_and_tells_nothing(course, own):
    place = course.workspace(WREN)
    secret = place / ".course" / "secret"
    seal = workspace.seal(place, WREN)
    assert seal == workspace.seal(place, WREN)
    assert len({seal, workspace.seal(place, "new-code"), workspace.seal(course.workspace("other-wren"), WREN)}) == 3
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    with zipfile.ZipFile(own) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert secret.read_bytes() not in everything
    assert json.loads(zipfile.ZipFile(own).read("receipt.json"))["seal"] == seal


def test_a_damaged_secret_is_made_anew_and_does_not_keep_anybody_from_handing_in(course):
    place = course.workspace("torn-wren")
    before = workspace.seal(place, "torn-wren")
    (place / ".course" / "secret").write_bytes(b"")
    after = workspace.seal(place, "torn-wren")
    assert len(after) == len(before) and after != before
    assert after == workspace.seal(place, "torn-wren")


def test_a_later_hand_in_from_another_workspace_never_replaces_somebodys_work(made, room):
    collect.collect([made("first")], room)
    found, refused = collect.collect([made("claim", foreign=True, time=LATER)], room)
    assert found == {}
    [one] = refused
    assert one.path.name == "claim.zip" and one.module == SMALL
    assert WREN in one.sentence and "same workspace" in one.sentence and "earlier work still counts" in one.sentence
    assert f"course mark FILE --same-person {WREN}" in one.sentence and "new code" in one.sentence
    assert counting(room) == f"Words by {WREN}."
    assert kept(room) == 2, "what does not count is kept all the same"


def test_a_claim_in_the_same_batch_as_later_own_work_costs_nothing(made, room):
    collect.collect([made("first")], room)
    newer = made("newer", make.with_words("Better words."), time=LATER)
    found, refused = collect.collect([newer, made("claim", foreign=True, time=LATER)], room)
    assert list(found) == [(SMALL, WREN)]
    assert [one.path.name for one in refused] == ["claim.zip"]
    assert counting(room) == "Better words."


def test_a_claim_is_told_again_each_time_it_is_given(made, room):
    batch = [made("first")]
    collect.collect(batch, room)
    batch.append(made("claim", foreign=True, time=LATER))
    first = collect.collect(batch, room)
    assert collect.collect(batch, room) == first
    assert kept(room) == 2


def test_a_mentor_can_accept_a_new_workspace_of_the_same_person(made, room):
    collect.collect([made("first")], room)
    claim = made("claim", foreign=True, time=LATER)
    collect.collect([claim], room)
    found, refused = collect.collect([claim], room, same_person=WREN)
    assert refused == [] and list(found) == [(SMALL, WREN)]
    assert counting(room) == "Words by other-wren."
    # From now on both workspaces are the learner's.
    found, refused = collect.collect([made("again", make.with_words("More."), foreign=True, time=LATER)], room)
    assert refused == []


def test_accepting_needs_one_hand_in_of_this_code(made, room):
    first, claim = made("first"), made("claim", foreign=True, time=LATER)
    collect.collect([first], room)
    for given, words in (([first], "somebody-else"), ([first, claim], WREN)):
        with pytest.raises(CourseError, match="Nothing was accepted") as caught:
            collect.collect(given, room, same_person=words)
        assert caught.value.exit_status == 2
    assert counting(room) == f"Words by {WREN}."


def test_two_workspaces_with_one_code_in_the_first_batch_both_wait_for_the_mentor(made, room):
    batch = [made("one"), made("two", foreign=True, time=LATER)]
    found, refused = collect.collect(batch, room)
    assert found == {}
    assert [one.path.name for one in refused] == ["one.zip", "two.zip"]
    for one in refused:
        assert "one.zip and two.zip" in one.sentence and "none counts yet" in one.sentence
    assert counting(room) is None

    # Giving one of them alone does not decide it; a mentor does.
    found, refused = collect.collect(batch[1:], room)
    assert found == {} and len(refused) == 1
    found, refused = collect.collect(batch[:1], room, same_person=WREN)
    assert list(found) == [(SMALL, WREN)]
    found, refused = collect.collect(batch, room)
    assert [one.path.name for one in refused] == ["two.zip"]
    assert counting(room) == f"Words by {WREN}."


def test_a_first_batch_that_was_stopped_half_way_is_judged_as_a_whole(made, room):
    one, two = made("one"), made("two", foreign=True, time=LATER)
    collect.keep(collect.read(one), room)  # and then the power failed
    found, refused = collect.collect([one, two], room)
    assert found == {} and len(refused) == 2


def test_without_a_receipt_the_first_counts_and_is_not_replaced_unseen(own, tmp_path, room):
    folder = tmp_path / "inbox"
    folder.mkdir()

    def by_hand(name, *changes):
        return make.repacked(own, folder / f"{SMALL}--{WREN}{name}.zip", make.changed(make.without_receipt, *changes))

    found, refused = collect.collect([by_hand("")], room)
    assert refused == []
    [(_, hand_in)] = found[SMALL, WREN]
    assert "no receipt" in " ".join(hand_in.remarks)

    found, refused = collect.collect([by_hand("--2", make.with_words("Other words."))], room)
    assert found == {} and "earlier work still counts" in refused[0].sentence
    found, refused = collect.collect([by_hand(" (1)")], room)
    assert refused == [], "the same work packed once more is the same hand-in"
    assert counting(room) == f"Words by {WREN}."

    found, refused = collect.collect([own], room)
    assert found == {} and "it cannot be seen to come from the same workspace" in refused[0].sentence
    collect.collect([own], room, same_person=WREN)
    found, refused = collect.collect([by_hand("--3", make.with_words("Yet others."))], room)
    assert found == {}, "once a seal is known, nothing without one counts"


def test_in_a_room_from_before_seals_earlier_work_goes_on_counting(made, room):
    before = made("before", make.with_receipt(seal=None))
    older = made("older", make.with_receipt(seal=None), make.with_words("Older."), time="2025-12-01T10:00:00Z")
    for path in (before, older):
        hand_in = collect.read(path)
        folder = f"{hand_in.time:%Y-%m-%dT%H%M%SZ}-{hand_in.digest}"
        collect.write_files(room / "hand-ins" / WREN / SMALL / folder, hand_in.files)

    found, refused = collect.collect([before, older, made("sealed", make.with_words("New."), time=LATER)], room)
    assert [one.path.name for one in refused] == ["sealed.zip"], "a seal is not taken over by itself"
    assert len(found[SMALL, WREN]) == 2
    assert counting(room) == f"Words by {WREN}."


def test_a_seal_that_no_workspace_makes_is_no_seal(made, room):
    collect.collect([made("first")], room)
    for number, seal in enumerate([7, "", "../../x", "A" * 32, ["0" * 32], {"0": 1}]):
        _, refused = collect.collect([made(f"odd{number}", make.with_receipt(seal=seal), time=LATER)], room)
        assert len(refused) == 1
    assert counting(room) == f"Words by {WREN}."


def test_a_damaged_record_of_seals_is_said_and_lets_nobody_in(made, theirs, room):
    collect.collect([made("first")], room)
    file = room / "hand-ins" / WREN / "seals.json"
    file.write_text('{"accepted": [')
    found, refused = collect.collect([made("claim", foreign=True), theirs], room)
    assert list(found) == [(SMALL, "other-wren")], "nobody else has to wait"
    assert "seals.json is damaged" in refused[0].sentence and "Nothing was changed" in refused[0].sentence
    assert file.read_text() == '{"accepted": ['


def test_two_people_with_different_codes_are_no_trouble(own, theirs, room):
    found, refused = collect.collect([own, theirs], room)
    assert refused == [] and {learner for _, learner in found} == {WREN, "other-wren"}
    assert identity.counts(room, WREN, collect.newest(room, WREN, SMALL))


def test_a_claim_is_a_row_without_points_and_leaves_the_gradebook_as_it_is(made, room):
    """By the real marking: the first question is worth 1 and was answered right; the claim has lost the answer."""

    def worse(files):
        del files["answers/m99-q1-piles.json"]

    [first] = marking.mark([made("first")], room, trust=True).rows
    assert (first.learner, first.points) == (WREN, 1)
    claim = made("claim", worse, foreign=True, time=LATER)
    result = marking.mark([claim], room, trust=True)
    [row] = result.rows
    assert (row.learner, row.module, row.hand_in, row.points) == ("", SMALL, str(claim), None)
    assert "earlier work still counts" in row.problem and result.exit_status == 1
    assert marking.results(SMALL, room) == [first]
    [row] = marking.mark([claim], room, trust=True, same_person=WREN).rows
    assert (row.learner, row.points, row.problem) == (WREN, 0, None)


def test_an_acceptance_that_was_a_mistake_can_be_taken_back(made, room):
    own = made("first")
    claim = made("claim", foreign=True, time=LATER)
    collect.collect([own], room)
    collect.collect([claim], room, same_person=WREN)
    found, refused = collect.collect([claim], room, other_person=WREN)
    assert [one.path.name for one in refused] == ["claim.zip"]
    ((folder, _),) = found[SMALL, WREN]
    assert folder == collect.newest(room, WREN, SMALL), "what counted before is marked again at once"
    assert counting(room) == f"Words by {WREN}."
    with pytest.raises(CourseError, match="Nothing was changed"):
        collect.collect([own], room, other_person=WREN)
