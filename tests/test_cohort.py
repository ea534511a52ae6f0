"""The cohort view: what it says is right, and nobody's answer can be worked out from it.

(`test_cohort_of_readers.py` is about something else: appraisals by many readers.)

One room is made from six real hand-ins of the real first module. Its figures are those of the five who come first:
three of them gave a wrong answer to everything, one gave none and one a right one. 3 of 5 lies in the range 3 to 5,
and 1 of 5 in 0 to 2.
"""

import itertools
import json
import os
import shutil
import sqlite3
import zipfile
from collections import defaultdict

import pytest
from faulty.hand_ins.make import HERE, REAL, Course, repacked

from researchskills import ask, checks, marking
from researchskills.data.protect_question import small
from researchskills.errors import CourseError
from researchskills.marking import cohort_page
from researchskills.marking.cohort import TOO_FEW, cohort
from researchskills.marking.cohort_answers import ALL, ANSWERED, HALF, at_least, result_of, wrong_options
from researchskills.marking.cohort_release import Count, Release, renewed
from researchskills.marking.results import QuestionMark
from researchskills.marking.room import gradebook
from researchskills.source import read_module

TEXT, CODE = "m00-q14-fit", "m00-q8-run"
WRONG, EMPTY, RIGHT = ("a-wren", "b-wren", "c-wren"), ("d-wren",), ("e-wren", "f-wren")
EVERYBODY = (*WRONG, *EMPTY, *RIGHT)
SECRETS = ("secrettext", "secretcode", "secretcomment", "secretreason")
FEW, MANY = {"least": 0, "most": 2, "people": 5}, {"least": 3, "most": 5, "people": 5}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    before = os.environ.get("RESEARCHSKILLS_ROOT")
    made = Course(tmp_path_factory.mktemp("course"))
    for learner in WRONG + RIGHT:
        manner = "wrong" if learner in WRONG else "right"
        made.answer(learner, {"*": manner, TEXT: f"SecretText {learner}: we count the same visits twice."})
    made.workspace(EMPTY[0])
    made.answer_all()
    for learner in WRONG:
        made.code(learner, "people_found = 44  # SecretCode")
    for learner in RIGHT:
        made.code(learner, "people_found = 112")
    yield made
    os.environ.pop("RESEARCHSKILLS_ROOT")
    if before:
        os.environ["RESEARCHSKILLS_ROOT"] = before


@pytest.fixture(scope="module")
def marked(course):
    """A room in which the course has marked all hand-ins, and a mentor none."""
    room = course.root / "marked"
    result = marking.mark([course.hand_in(one) for one in EVERYBODY], room)
    assert not result.problems
    return room


@pytest.fixture
def room(marked, tmp_path):
    """A copy of the marked room, of which nothing has been shown yet."""
    copy = tmp_path / "room"
    shutil.copytree(marked, copy)
    (copy / "questions" / REAL / "cohort.json").unlink(missing_ok=True)
    return copy


@pytest.fixture(scope="module")
def questions(course):
    return read_module(course.root / "solutions" / REAL).questions


@pytest.fixture(scope="module")
def view(marked, questions):
    """What is shown before a mentor has marked anything, and after they have marked five."""
    before = cohort(REAL, marked).as_dict()
    for learner in (*WRONG, *RIGHT):
        record(marked, learner, questions, good=learner in RIGHT)
    return {"before": before, "after": cohort(REAL, marked).as_dict()}


def record(room, learner, questions, good):
    """All levels but the first criterion's are the top ones; that one is 0, or 1 where it is good."""
    rubric = questions[TEXT].mark_scheme["rubric"]
    levels = {row["criterion"]: len(row["levels"]) - 1 for row in rubric}
    levels[rubric[0]["criterion"]] = int(good)
    marking.record(room, learner, REAL, TEXT, levels, "SecretComment", "SecretReason")


def of(shown, question):
    return next(one for one in shown["questions"] if one["question"] == question)


def named(shown, question):
    return {one["option"]: one for one in of(shown, question)["wrong_options"]}


def test_who_has_handed_in_and_what_waits_is_told_by_code(view):
    shown = view["before"]
    assert [one["learner"] for one in shown["handed_in"]] == list(EVERYBODY)
    assert all(one["first"] == one["last"] <= shown["day"] and one["hand_ins"] == 1 for one in shown["handed_in"])
    assert [(one["question"], one["answers"]) for one in shown["waiting"]] == [(TEXT, 5)]
    assert view["after"]["waiting"] == []


def test_every_question_that_the_course_marks_has_the_figures_of_the_first_five(view, questions):
    for one in view["before"]["questions"]:
        if one["marked_by"] == "course":
            assert one["answered"] == MANY, one["title"]
            assert one["not_attempted"] == FEW
            assert one["all_points"] == FEW
            assert one["points"] == questions[one["question"]].points
    assert of(view["before"], CODE)["mean_share_about"] is None, "a mean of rounded counts says too little of so few"
    # Wilson 1927, by hand: 0 of 5 begins at 0; 2 of 5 ends at (0.4 + 0.384 + 0.558) / 1.768 = 0.769.
    assert of(view["before"], CODE)["all_points_interval_95"] == pytest.approx([0, 0.769], abs=0.002)


def test_common_wrong_options_have_the_words_and_reasons_of_the_question_bank(view, questions):
    gap = next(one for one in questions["m00-q9-gap"].content["options"] if "Qualitative interviewing" in one["text"])
    found = named(view["before"], "m00-q9-gap")
    assert list(found) == [gap["text"]]
    assert found[gap["text"]]["reason"].startswith("122 is the largest count, but out of 234")
    assert found[gap["text"]]["count"] == MANY
    seven = next(iter(option for option in questions["m00-q7-trent"].content["options"]))["text"]
    several = named(view["before"], "m00-q7-trent")
    assert f"Ticked: {seven}" in several
    assert sum(option.startswith("Not ticked: ") for option in several) == 3
    mistake = named(view["before"], CODE)
    assert list(mistake) == ["44"]
    assert mistake["44"]["reason"].startswith("44 people rated themselves 1.")


def test_a_wrong_match_and_a_wrong_order_are_named(view, questions):
    match, order = questions["m00-q1-groups"], questions["m00-q5-barriers-order"]
    pairs = named(view["before"], "m00-q1-groups")
    assert len(pairs) == len(match.content["items"])
    farah = next(one for one in pairs if one.startswith("Farah"))
    assert " → T2 " in farah, "the helper gives each item the first target that is wrong"
    assert pairs[farah]["reason"].startswith("She decides where a request goes")
    # The helper puts the first step at the end and keeps the order of the others.
    swapped = named(view["before"], "m00-q5-barriers-order")
    texts = {step["key"]: step["text"] for step in order.content["steps"]}
    assert list(swapped) == [f"{texts[order.key['order'][1]]} — placed before — {texts[order.key['order'][0]]}"]


def test_the_criterion_that_went_worst_is_named_once_five_are_marked(view, questions):
    assert of(view["before"], TEXT)["criteria"] == []
    rubric = questions[TEXT].mark_scheme["rubric"]
    shown = of(view["after"], TEXT)
    assert shown["went_worst"] == [rubric[0]["criterion"]]
    worst, best = shown["criteria"][0], shown["criteria"][1]
    assert worst["median"] == [0, 0] and worst["reached"][0] == FEW
    assert best["median"] == [len(rubric[1]["levels"]) - 1] * 2
    assert all(count == MANY for count in best["reached"])
    assert shown["answered"] is None, "beside the number that is marked it could tell who wrote nothing"


@pytest.mark.slow
def test_one_more_hand_in_or_mark_changes_nothing_that_is_shown(course, room, questions, tmp_path):
    before = cohort(REAL, room).as_dict()["questions"]
    record(room, WRONG[0], questions, good=True)
    assert cohort(REAL, room).as_dict()["questions"] == before
    right = course.hand_in(RIGHT[0])

    def all_right(files):
        with zipfile.ZipFile(right) as archive:
            files.update({name: archive.read(name) for name in files if name.startswith("answers/")})

    marking.mark([repacked(course.hand_in(WRONG[1]), tmp_path / f"{REAL}--{WRONG[1]}.zip", all_right)], room)
    again = cohort(REAL, room).as_dict()
    assert again["questions"] == before
    second = next(one for one in again["handed_in"] if one["learner"] == WRONG[1])
    assert second["hand_ins"] == 2, "the hand-in itself is seen"


def test_no_free_text_and_without_codes_no_code_comes_out(course, marked, view, tmp_path):
    expected = tmp_path / "expected.txt"
    expected.write_text("a-wren\nz-wren\n")
    shown = cohort(REAL, marked, expected)
    assert shown.missing == ("z-wren",) and set(shown.not_expected) == {*EVERYBODY} - {"a-wren"}
    whole = [cohort_page.page(shown), json.dumps(shown.as_dict()), "\n".join(shown.lines())]
    assert all("wren" in one for one in whole)
    hidden = shown.without_codes()
    projected = [cohort_page.page(shown, codes=False), json.dumps(hidden.as_dict()), "\n".join(hidden.lines())]
    assert not any("wren" in one for one in projected)
    assert "Of the 2 on the list, 1 has not." in projected[0]
    for text in whole + projected:
        assert not [secret for secret in SECRETS if secret in text.lower()]
    # The marks and texts are there: what is looked for could have come out.
    kept = "".join(path.read_text(errors="ignore") for path in marked.rglob("*.json")).lower()
    assert all(secret in kept for secret in ("secrettext", "secretcomment", "secretreason"))


def test_with_fewer_than_five_nothing_is_said_about_answers(room):
    with gradebook(room) as book:
        for learner in RIGHT:
            book.remove_submission(REAL, learner)
    shown = cohort(REAL, room)
    assert shown.hand_in_count == 6 and shown.not_marked == 2
    assert not shown.has_figures and TOO_FEW in shown.lines()
    assert all(one["all_points"] is None and not one["wrong_options"] for one in shown.as_dict()["questions"])
    assert "2 is not marked yet" in shown.attendance


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfLearner code\r\nA-Wren\r\n\r\nz-wren\r\na-wren\r\n",
        "code;team\na-wren;north\nz-wren;south\n".encode("utf-16"),
        b"# spring group\na-wren\n  z-wren  ",
        b"a-wren,1\nz-wren,2",
    ],
)
def test_a_list_of_codes_may_come_from_any_program(marked, tmp_path, content):
    file = tmp_path / "list.csv"
    file.write_bytes(content)
    shown = cohort(REAL, marked, file)
    assert (shown.expected, shown.missing) == (2, ("z-wren",))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a-wren\nZo\xc3\xab Smith\n", "Line 2 of list.txt has an entry that is no learner code"),
        (b" \r\n", "empty"),
        (b"# nobody yet\n", "holds no learner code"),
        (b"PK\x03\x04rest", "workbook"),
    ],
)
def test_a_list_that_is_none_is_refused_in_a_sentence_and_names_are_not_repeated(marked, tmp_path, content, words):
    file = tmp_path / "list.txt"
    file.write_bytes(content)
    with pytest.raises(CourseError, match=words) as problem:
        cohort(REAL, marked, file)
    assert "Smith" not in str(problem.value)
    with pytest.raises(CourseError, match="cannot be opened"):
        cohort(REAL, marked, tmp_path / "no such list.txt")


def test_a_room_that_is_missing_unmarked_or_damaged_is_told_in_a_sentence(course, room, tmp_path):
    with pytest.raises(CourseError, match="no marking room"):
        cohort(REAL, tmp_path / "nowhere")
    with pytest.raises(CourseError, match="No hand-in of 99-sound has been marked"):
        cohort("99-sound", room)
    cohort(REAL, room)
    state = room / "questions" / REAL / "cohort.json"
    state.write_text(state.read_text()[:100])
    with pytest.raises(CourseError, match="Put back an earlier copy"):
        cohort(REAL, room)
    state.unlink()
    (room / "gradebook.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(CourseError, match="file is not a database"):
        cohort(REAL, room)
    (room / "gradebook.db").unlink()
    with pytest.raises(CourseError, match="Nothing has been marked"):
        cohort(REAL, room)


def test_a_gradebook_that_somebody_holds_is_told_in_a_sentence(room):
    held = sqlite3.connect(room / "gradebook.db", isolation_level=None)
    held.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(CourseError, match="Another program is using the gradebook"):
            cohort(REAL, room)
    finally:
        held.close()


def test_what_cannot_be_kept_is_not_shown(room, monkeypatch):
    """Else the next view could differ from this one by a single person."""
    from researchskills.marking import cohort_release

    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cohort_release, "replace_file", full)
    with pytest.raises(CourseError, match="No space left on device"):
        cohort(REAL, room)


# -- every kind of question -------------------------------------------------------------------------------


def given(question, answer, folder):
    """What an answer of the real course counts towards, given through its own activity."""
    asked = ask.shown_as(question.kind)(question, folder)
    asked.answer = answer
    points = float(question.points)
    return result_of(asked, QuestionMark(question.id, question.title, points, points, "course", False), [], None)


def all_questions(modules):
    for module in modules:
        for question in read_module(HERE / "solutions" / module).questions.values():
            if question.marked_by == "course":
                yield question


def test_the_model_answer_of_every_question_holds_no_wrong_option(tmp_path):
    modules = [path.name for path in sorted((HERE / "solutions").glob("0*"))]
    kinds = set()
    for question in all_questions(modules):
        answer = checks.model_answer(question)
        answer = repr(answer) if question.kind == "value" else answer
        held = given(question, answer, tmp_path / question.id)
        assert held >= {ANSWERED, HALF, ALL}
        assert wrong_options(question), question.id
        assert not held & set(wrong_options(question)), question.id
        kinds.add(question.kind)
    assert kinds >= {
        *("choice", "several", "match", "order", "number", "value", "rate", "rule", "protect", "screen", "search")
    }


def test_wrong_options_of_the_subjects_own_kinds_are_named(tmp_path):
    one = {}
    for question in all_questions(["02-finding-evidence", "03-appraising-evidence", "04-checking-data",
                                   "06-presenting-data"]):  # fmt: skip
        one.setdefault(question.kind, question)
    rate, screen, protect, search = (one[kind] for kind in ("rate", "screen", "protect", "search"))
    top, right = len(rate.content["scale"]), one["rule"].key["right"]["conditions"][0]
    answers = {
        "rate": {item["key"]: dict.fromkeys(rate.content["criteria"], top) for item in rate.content["items"]},
        "screen": dict.fromkeys(screen.content["records"], "include"),
        "protect": small(protect.content)[:1],
        "rule": {"joined": "and", "conditions": [{**right, "field": right["other"], "other": right["field"]}]},
        "search": {"lines": [{"text": "older people", "syntax": search.content["syntaxes"][0]}], "line": 0},
        "number": str(one["number"].key["mistakes"][0]["value"]),
    }
    found = {
        kind: [wrong_options(one[kind])[name] for name in given(one[kind], answer, tmp_path / kind)
               if name in wrong_options(one[kind])]
        for kind, answer in answers.items()
    }  # fmt: skip
    assert all("rated higher than by the panel" in each.text for each in found["rate"]) and found["rate"]
    out = [record for record, held in screen.key["panel"].items() if held["decision"] == "exclude"]
    assert len(found["screen"]) == len(out) and all("(exclude)" in each.text for each in found["screen"])
    assert any("still shown" in each.text for each in found["protect"])
    assert any("can be worked out" in each.text for each in found["protect"])
    assert "The rule also flags sound rows" in [each.text for each in found["rule"]]
    assert found["search"]
    assert [each.reason for each in found["number"]] == [one["number"].key["mistakes"][0]["reason"]]


# -- what a reader can work out, by trying every possible cohort -----------------------------------------


def history(views):
    """All that a reader sees who looks after every step."""
    shown, seen = Release(), []
    for day, view in enumerate(views):
        shown = renewed(shown, {str(person): held for person, held in enumerate(view) if held is not None}, str(day))
        seen.append((shown.people, shown.day, tuple(sorted(shown.counts.items()))))
    return tuple(seen)


def known(worlds):
    """Answers that a reader is certain of: nobody's own, and those of others to somebody who knows their own.

    `worlds` are pairs of what each person brought and of what was seen.
    """
    same = defaultdict(list)
    for world, seen in worlds:
        same[seen].append(world)
    outside = inside = 0
    for possible in same.values():
        people = range(len(possible[0]))
        outside += sum(_certain(possible, one) for one in people)
        for reader in people:
            for own in {world[reader] for world in possible}:
                left = [world for world in possible if world[reader] == own]
                inside += sum(_certain(left, one) for one in people if one != reader)
    return outside, inside


def _certain(possible, person):
    """Whether one of a person's answers, of those given one after another, is the same in every possible cohort."""
    return any(len({world[person][turn] for world in possible}) == 1 for turn in range(len(possible[0][person])))


def arrivals(options, people):
    """People come one after the other; everybody looks after each of them."""
    for world in itertools.product(options, repeat=people):
        views = [[*world[:come], *[None] * (people - come)] for come in range(people + 1)]
        yield [(one,) for one in world], history(views)


NOTHING = frozenset()
A, B = frozenset({ANSWERED, "option a"}), frozenset({ANSWERED, "option b"})
R = frozenset({ANSWERED, ALL, HALF})


@pytest.mark.parametrize(
    ("options", "people"), [((A, R), 5), ((A, R), 10), ((A, R), 11), ((NOTHING, A, R), 7), ((NOTHING, A, B, R), 5)]
)
def test_no_run_of_views_tells_what_one_person_chose(options, people):
    assert known(arrivals(options, people)) == (0, 0)


@pytest.mark.parametrize(("items", "people"), [(2, 6), (3, 5)])
def test_the_parts_of_a_question_together_tell_nothing_more(items, people):
    def held(rights):
        found = {f"{'right' if right else 'wrong'} {item}" for item, right in enumerate(rights)}
        return frozenset(found | ({HALF} if sum(rights) >= items / 2 else set()) | ({ALL} if all(rights) else set()))

    assert known(arrivals([held(rights) for rights in itertools.product((0, 1), repeat=items)], people)) == (0, 0)


@pytest.mark.parametrize("people", [5, 6])
def test_no_run_of_views_tells_what_somebody_changed(people):
    def worlds():
        for world in itertools.product(itertools.product((A, R), repeat=2), repeat=people):
            views = [[one[place < turn] for place, one in enumerate(world)] for turn in range(people + 1)]
            yield world, history(views)

    assert known(worlds()) == (0, 0)


def test_one_who_changes_among_five_who_come_is_not_given_away():
    """With six changes at once, a count that rises by two ranges would tell all of them."""

    def worlds():
        for first, later, *others in itertools.product((A, R), repeat=11):
            views = [[first, *others[:4]], *([later, *others[:come]] for come in range(4, 10))]
            yield [(first, later), *((one,) for one in others)], history(views)

    assert known(worlds()) == (0, 0)


@pytest.mark.parametrize("people", [5, 7])
def test_marks_given_one_after_the_other_tell_neither_a_level_nor_who_wrote_nothing(people):
    low, high = frozenset(), frozenset({at_least(0, 1), HALF, ALL})

    def worlds():
        for world in itertools.product((None, low, high), repeat=people):
            views = [[one if place < turn else None for place, one in enumerate(world)] for turn in range(people + 1)]
            yield [(one,) for one in world], history(views)

    same = defaultdict(list)
    for world, seen in worlds():
        same[seen].append(world)
    for possible in same.values():
        for reader in range(people):
            for own in {world[reader] for world in possible}:
                left = [world for world in possible if world[reader] == own]
                for other in set(range(people)) - {reader}:
                    assert len({world[other] for world in left}) > 1


def test_exact_counts_would_give_answers_away():
    """The search can fail: without rounding, or with every change at once, it finds people."""

    def exact(world):
        return [(one,) for one in world], tuple(sum(one == A for one in world[:come]) for come in range(len(world) + 1))

    assert known(exact(world) for world in itertools.product((A, R), repeat=5))[0] > 0


def test_the_ends_of_a_count_are_what_rounds_to_it():
    for people in (5, 10, 15):
        for exact in range(people + 1):
            shown = renewed(Release(), {str(n): {"x"} if n < exact else set() for n in range(people)}, "").count("x")
            assert shown.least <= exact <= shown.most
            assert shown.least != people and shown.most != 0
    assert (Count(5, 10).least, Count(5, 10).most) == (3, 7)
