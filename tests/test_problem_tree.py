"""The problem tree: its order and numbers, what may be moved where, what rules see, and the picture."""

import json
import re
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg

from researchskills.errors import CourseError
from researchskills.questions import tree_picture
from researchskills.questions.kinds import KINDS
from researchskills.questions.tree import (
    EXAMPLES,
    MOST_LETTERS,
    MOST_LEVELS,
    MOST_QUESTIONS,
    SPLITS,
    Node,
    Tree,
    left_out,
    remarks,
    sentence,
    whys,
    worded,
)
from researchskills.questions.tree_report import as_text, outline_html

FAULTY = Path(__file__).parent / "faulty" / "trees"


def grown(outline: str) -> Tree:
    """A tree from lines that are set in by two blanks a level; the id of each is its first word."""
    tree, above = Tree(), []
    for line in outline.strip().splitlines():
        level = (len(line) - len(line.lstrip())) // 2
        name = line.split()[0]
        tree = tree.beneath(above[level - 1] if level else "", name, line.strip())
        above[level:] = [name]
    return tree


def outline(tree: Tree) -> str:
    """The tree as `grown` reads it, worked out from ids and parents alone."""
    def below(parent: str, level: int) -> list[str]:
        return [line for node in tree.nodes if node.parent == parent
                for line in ["  " * level + node.id, *below(node.id, level + 1)]]

    return "\n".join(below("", 0))


def numbers(tree: Tree) -> dict[str, str]:
    return {node.id: tree.number(node.id) for node in tree.nodes}


PARTNERSHIP = grown("""
w is partnership a good thing?
  a for whom?
    a1 what do carers say?
    a2 what do staff say?
  b what does it cost?
    b1 how often is something typed twice?
  c since when?
""")


# -- order and numbers -------------------------------------------------------------------------------


def test_questions_are_numbered_as_in_an_outline():
    assert numbers(PARTNERSHIP) == {"w": "", "a": "1", "a1": "1.1", "a2": "1.2", "b": "2", "b1": "2.1", "c": "3"}
    assert [node.id for node in PARTNERSHIP.leaves()] == ["a1", "a2", "b1", "c"]
    assert PARTNERSHIP.level("w") == 1
    assert PARTNERSHIP.level("a2") == 3


def test_the_whole_alone_is_no_leaf():
    assert grown("w is it good?").leaves() == ()


def test_a_question_beneath_comes_last_there_and_one_beside_comes_next():
    tree = PARTNERSHIP.beneath("a", "a3", "what do managers say?").beside("a", "n", "where?")
    assert outline(tree).split() == ["w", "a", "a1", "a2", "a3", "n", "b", "b1", "c"]
    assert tree.number("a3") == "1.3"
    assert tree.number("n") == "2"


@pytest.mark.parametrize(("move", "name", "order"), [
    ("moved_up", "b", "w b b1 a a1 a2 c"), ("moved_down", "a", "w b b1 a a1 a2 c"),
    ("moved_up", "a2", "w a a2 a1 b b1 c"), ("moved_in", "b", "w a a1 a2 b b1 c"),
    ("moved_out", "a1", "w a a2 a1 b b1 c"), ("moved_out", "b1", "w a a1 a2 b b1 c"),
    ("moved_in", "c", "w a a1 a2 b b1 c"),
])
def test_a_question_moves_with_everything_beneath_it(move, name, order):
    tree = getattr(PARTNERSHIP, move)(name)
    assert [node.id for node in tree.nodes] == order.split()
    assert outline(tree).split() == order.split()
    assert {node.id: node.text for node in tree.nodes} == {node.id: node.text for node in PARTNERSHIP.nodes}


def test_moving_in_and_out_changes_the_question_it_hangs_on():
    assert PARTNERSHIP.moved_in("b").number("b1") == "1.3.1"
    assert PARTNERSHIP.moved_out("a1").number("a1") == "2"


@pytest.mark.parametrize(("move", "name", "why"), [
    ("moved_up", "a", "cannot go further up"), ("moved_down", "c", "cannot go further down"),
    ("moved_in", "a", "nothing to put it beneath"), ("moved_out", "b", "cannot go further out"),
    ("moved_up", "w", "The whole stays"), ("moved_out", "w", "The whole stays"), ("moved_up", "gone", "Choose a"),
])
def test_a_move_that_cannot_be_made_says_why_and_changes_nothing(move, name, why):
    before = outline(PARTNERSHIP)
    with pytest.raises(CourseError, match=why) as refused:
        getattr(PARTNERSHIP, move)(name)
    assert "Nothing was changed" in str(refused.value)
    assert outline(PARTNERSHIP) == before


def test_nothing_stands_beside_the_whole():
    with pytest.raises(CourseError, match="beside the whole"):
        PARTNERSHIP.beside("w", "n", "what else?")


def test_a_tree_takes_sixty_questions_and_six_levels_and_not_one_more():
    deep = Tree().beneath("", "q1", "level 1")
    for level in range(2, MOST_LEVELS + 1):
        deep = deep.beneath(f"q{level - 1}", f"q{level}", f"level {level}")
    assert deep.number(f"q{MOST_LEVELS}") == "1.1.1.1.1"
    with pytest.raises(CourseError, match="at most 6 levels"):
        deep.beneath(f"q{MOST_LEVELS}", "n", "too deep?")
    # A branch may be too deep for a place although its first question is not.
    two = deep.beside("q2", "m2", "another?").beneath("m2", "m3", "and?")
    assert two.moved_in("m2").level("m3") == 4
    with pytest.raises(CourseError, match="at most 6 levels"):
        deep.beside("q3", "n3", "beside?").moved_up("n3").moved_in("q3")
    wide = Tree().beneath("", "w", "whole?")
    for place in range(MOST_QUESTIONS - 1):
        wide = wide.beneath("w", f"p{place}", f"part {place}?")
    with pytest.raises(CourseError, match="60 questions"):
        wide.beneath("w", "n", "one more?")
    with pytest.raises(CourseError, match="60 questions"):
        wide.beside("p3", "n", "one more?")


def test_a_deleted_branch_goes_back_to_its_place_or_as_near_as_there_is():
    branch = PARTNERSHIP.branch("b")
    assert [node.id for node in branch] == ["b", "b1"]
    rest = PARTNERSHIP.without("b")
    assert outline(rest).split() == ["w", "a", "a1", "a2", "c"]
    assert rest.with_branch(branch, "a") == PARTNERSHIP
    first = PARTNERSHIP.without("a").with_branch(PARTNERSHIP.branch("a"), "")
    assert first == PARTNERSHIP
    # The question above is gone: the branch hangs on the whole, and nothing of it is lost.
    leaf = PARTNERSHIP.branch("b1")
    assert rest.with_branch(leaf, "").number("b1") == "1"


def test_a_branch_that_no_longer_fits_stays_where_it_is_kept():
    branch = PARTNERSHIP.branch("b")
    deep = PARTNERSHIP.without("b")
    branch = (Node("b", "d4", "cost?"), *branch[1:])
    for above, new in (("c", "d2"), ("d2", "d3"), ("d3", "d4")):
        deep = deep.beneath(above, new, f"{new}?")
    with pytest.raises(CourseError, match="too deep"):
        deep.with_branch(branch, "")


@given(st.lists(st.tuples(st.sampled_from(["beneath", "beside", "up", "down", "in", "out", "delete"]),
                          st.integers(0, 99)), max_size=60))
def test_whatever_is_done_the_tree_hangs_together(steps):
    tree = Tree().beneath("", "w", "whole?")
    for place, (step, which) in enumerate(steps):
        name = tree.nodes[which % len(tree.nodes)].id
        before = tree
        try:
            if step in {"beneath", "beside"}:
                tree = getattr(tree, step)(name, f"n{place}", f"question {place}?")
                assert len(tree.nodes) == len(before.nodes) + 1
            elif step == "delete":
                if name != "w":
                    branch, near = tree.branch(name), tree.children(tree.node(name).parent)
                    at = [node.id for node in near].index(name)
                    tree = tree.without(name)
                    assert tree.with_branch(branch, near[at - 1].id if at else "") == before
            else:
                tree = getattr(tree, f"moved_{step}")(name)
                back = {"up": "moved_down", "down": "moved_up", "in": "moved_out"}.get(step)
                assert back is None or getattr(tree, back)(name) == before
                assert sorted(node.id for node in tree.nodes) == sorted(node.id for node in before.nodes)
        except CourseError:
            assert tree == before
        # Two ways to the same order: as it is kept, and from the parents alone.
        assert outline(tree).split() == [node.id for node in tree.nodes]
        assert Tree.from_list(tree.as_list()) == tree


# -- words ---------------------------------------------------------------------------------------------


def test_words_are_kept_on_one_line_without_signs_that_cannot_be_seen():
    assert worded("  Who\n\tdecides\x00\u202e, and\u00a0when? ") == "Who decides, and when?"
    assert worded("Beth sy’n newid? 世界 😀") == "Beth sy’n newid? 世界 😀"


@pytest.mark.parametrize("empty", ["", "   \n", "\x00\u202e"])
def test_a_question_needs_words(empty):
    with pytest.raises(CourseError, match="needs words"):
        PARTNERSHIP.beneath("a", "n", empty)
    with pytest.raises(CourseError, match="needs words"):
        PARTNERSHIP.changed("a", text=empty)
    assert PARTNERSHIP.changed("a", leaves_out=empty).node("a").leaves_out == ""


def test_a_question_that_is_too_long_is_refused_and_not_cut():
    assert PARTNERSHIP.changed("a", text="x" * MOST_LETTERS).node("a").text == "x" * MOST_LETTERS
    with pytest.raises(CourseError, match="401 letters long; 400 fit"):
        PARTNERSHIP.changed("a", text="x" * (MOST_LETTERS + 1))


@pytest.mark.parametrize("file", sorted(FAULTY.glob("*.json")), ids=lambda file: file.stem)
def test_what_is_no_tree_is_refused(file):
    with pytest.raises(ValueError, match=r"\w"):
        Tree.from_list(json.loads(file.read_text(encoding="utf-8")))


# -- what rules see ------------------------------------------------------------------------------------


def seen(tree: Tree) -> dict[str, tuple]:
    return {one.rule: one.ids for one in remarks(tree)}


def complete() -> Tree:
    tree = PARTNERSHIP.beneath("b", "b2", "what do two systems cost?")
    for place, leaf in enumerate(tree.leaves()):
        tree = tree.changed(leaf.id, kind="why", leaves_out=f"thing {place}")
    return tree


def test_a_tree_in_which_everything_is_there_gets_no_remark():
    assert remarks(complete()) == []


def test_leaves_without_a_kind_or_without_what_they_leave_out_are_named():
    tree = complete().changed("a1", kind="").changed("c", kind="").changed("b2", leaves_out=" ")
    assert seen(tree) == {"kind": ("a1", "c"), "leaves_out": ("b2",)}
    words = {one.rule: one.words for one in remarks(tree)}
    assert words["kind"].startswith("Leaves 1.1 and 3 do not say")
    assert words["leaves_out"].startswith("Leaf 2.2 does not say")


def test_a_question_with_a_single_one_beneath_is_named():
    assert seen(complete().without("b2")) == {"single": ("b",)}


def test_fewer_than_four_leaves_are_counted():
    tree = complete().without("b")
    assert seen(tree) == {"leaves": ("a1", "a2", "c")}
    assert seen(tree.beside("c", "d", "d?")).keys() == {"kind", "leaves_out"}


def test_the_same_words_twice_are_found_whatever_their_case_and_stops():
    tree = complete().changed("c", text="A1, WHAT do carers say").changed("a2", text="???").changed("b2", text="!!!")
    assert seen(tree) == {"twice": ("a1", "c")}


def test_an_unsplit_whole_gets_one_remark_only():
    assert list(seen(grown("w is it good?"))) == ["split"]
    assert remarks(Tree()) == []


def test_what_only_an_inner_question_lacks_is_no_remark():
    assert PARTNERSHIP.node("a").kind == ""
    assert "a" not in seen(PARTNERSHIP)["kind"]


# -- reading it back -----------------------------------------------------------------------------------


def test_the_five_whys_backwards_lead_from_a_question_to_the_whole():
    assert whys(PARTNERSHIP, "b1") == ["To find out: b what does it cost?",
                                       "To find out: w is partnership a good thing? That is the whole."]
    assert whys(PARTNERSHIP, "w") == []


def test_what_the_leaves_leave_out_is_listed_once_with_the_leaves_that_do():
    tree = PARTNERSHIP.changed("a1", leaves_out="Money.").changed("b1", leaves_out="carers").changed(
        "c", leaves_out="money").changed("a", leaves_out="said of a question that was split since")
    assert left_out(tree) == [("Money.", "1.1 and 3"), ("carers", "2.1")]


def test_the_text_outline_has_numbers_kinds_and_what_is_left_out():
    text = as_text(PARTNERSHIP.changed("a1", kind="experience", leaves_out="money"), "a1", "People first.")
    assert "\n  1.1 a1 what do carers say?\n      Kind of question: How do people experience it?" in text
    assert "Leaves out: money\n      I go on with this one." in text
    assert "- money (1.1)" in text
    assert text.endswith("Never to be forgotten: People first.\n")


def test_the_html_outline_is_a_list_within_a_list_and_shows_typed_tags_as_words():
    page = outline_html(PARTNERSHIP.changed("a1", text="<script>alert(1)</script>", kind="why"))
    assert "<script" not in page
    assert "1.1 &lt;script&gt;" in page
    assert page.count("<ul") == page.count("</ul>") == 3
    # A list stands inside the entry that it belongs to.
    assert re.search(r"<li[^>]*>1 a for whom\?<ul[^>]*><li[^>]*>1\.1", page)


def test_the_examples_say_that_they_are_invented_and_quote_no_more_than_twelve_words():
    assert len(EXAMPLES) == 3
    assert all("nvented" in one.story for one in EXAMPLES.values())
    source = EXAMPLES["partnership"]
    assert source.question == "Is partnership a good thing or a bad thing?"
    assert len(source.question.split()) <= 12
    assert "Joe Godden" in source.story


def test_there_are_four_ways_to_split_each_with_something_to_try():
    assert list(SPLITS) == ["whom", "step", "seen", "sector"]
    assert all(len(one.parts) >= 4 and one.ask for one in SPLITS.values())


# -- the picture ---------------------------------------------------------------------------------------

HOSTILE = ("W" * 399, "$\\frac{1$ is no formula {braces} \\n", "世界 😀 Ünïcödé Łódź",
           "a" * 40 + " https://" + "m" * 90)


def drawn(tree: Tree, chosen: str = ""):
    with warnings.catch_warnings():
        # A letter that the font lacks makes matplotlib warn and draw an empty box.
        warnings.simplefilter("error")
        ax = tree_picture.draw(tree, chosen)
        FigureCanvasAgg(ax.figure).draw()
    return ax


def inches(ax, artist):
    box = artist.get_window_extent(ax.figure.canvas.get_renderer())
    dpi = ax.figure.dpi
    return box.x0 / dpi, box.y0 / dpi, box.x1 / dpi, box.y1 / dpi


def assert_readable(ax):
    """Every word in its box, no box on another, nothing outside the picture."""
    boxes = [inches(ax, patch) for patch in ax.patches]
    for place, (left, low, right, high) in enumerate(boxes):
        assert left >= 0
        assert low >= 0
        assert right <= ax.figure.get_figwidth()
        assert high <= ax.figure.get_figheight()
        for other in boxes[:place]:
            assert right <= other[0] or other[2] <= left or high <= other[1] or other[3] <= low
    for text in ax.texts:
        left, low, right, high = inches(ax, text)
        assert any(left >= box[0] and right <= box[2] and low >= box[1] and high <= box[3] for box in boxes), text


@pytest.mark.parametrize("levels", range(1, MOST_LEVELS + 1))
def test_words_stay_in_their_boxes_and_boxes_apart_at_every_depth(levels):
    tree = Tree().beneath("", "q1", "Is partnership a good thing or a bad thing?")
    for level in range(2, levels + 1):
        tree = tree.beneath(f"q{level - 1}", f"q{level}", HOSTILE[level % 4])
        for place in range(3):
            tree = tree.beneath(f"q{level - 1}", f"q{level}-{place}", "How often is something typed twice? " * place
                                + "And?").changed(f"q{level}-{place}", kind=list(KINDS)[place])
    ax = drawn(tree, f"q{levels}")
    assert len(ax.patches) == len(tree.nodes)
    assert_readable(ax)


def test_sixty_long_questions_can_be_drawn():
    tree = Tree().beneath("", "w", "w" * MOST_LETTERS)
    for place in range(MOST_QUESTIONS - 1):
        tree = tree.beneath("w" if place % 4 == 0 else f"p{place - 1}", f"p{place}", f"{place} long words " * 25)
    assert_readable(drawn(tree))


def test_the_picture_says_each_kind_what_is_not_said_and_which_one_was_chosen():
    ax = drawn(PARTNERSHIP.changed("a1", kind="works"), "a1")
    words = " ".join(text.get_text() for text in ax.texts)
    assert "1.1 a1 what do carers say?" in words
    assert words.count("Does it work?") == 1
    assert words.count("Kind not said yet.") == 3
    assert words.count("▶ I go on with this one") == 1
    assert words.index("Does it work?") < words.index("▶")


def test_every_child_is_joined_to_its_question():
    ax = drawn(PARTNERSHIP)
    ends = {(round(float(line.get_xdata()[-1]), 3), round(float(line.get_ydata()[-1]), 3)) for line in ax.lines}
    middles = {(round(float(patch.get_x()), 3), round(float(patch.get_y() + patch.get_height() / 2), 3))
               for patch in ax.patches[1:]}
    assert middles <= ends


def test_a_question_stands_in_the_middle_of_what_hangs_on_it():
    ax = drawn(PARTNERSHIP)
    middle = {node.id: patch.get_y() + patch.get_height() / 2
              for node, patch in zip(PARTNERSHIP.nodes, ax.patches, strict=True)}
    assert middle["a"] == pytest.approx((middle["a1"] + middle["a2"]) / 2)
    assert middle["w"] == pytest.approx((middle["a"] + middle["c"]) / 2)


def test_signs_of_a_formula_are_drawn_as_they_were_typed():
    tree = grown("w is $x_1$ more than $\\frac{1$?")
    assert "$x_1$ more than $\\frac{1$?" in " ".join(text.get_text() for text in drawn(tree).texts)


def test_the_same_tree_gives_the_same_picture():
    tree = complete()
    assert tree_picture.figure(tree, "a1").png() == tree_picture.figure(complete(), "a1").png()
    assert tree_picture.figure(tree, "a1").png() != tree_picture.figure(tree, "a2").png()


def test_the_picture_comes_with_words_and_a_table_that_has_everything():
    tree = complete().changed("a1", text="What do carers in <Larkshire> say?")
    page = tree_picture.figure(tree, "a1")._repr_html_()
    alt = re.search(r'alt="([^"]*)"', page)[1]
    assert "8 questions" in alt
    assert "3 branches" in alt
    assert "1 “a for whom?”, with 2 leaves" in alt
    assert "Leaf 1.1 is the one to go on with" in alt
    table = page[page.index("<table"):]
    for node in tree.nodes[1:]:
        assert f'<th scope="row">{tree.number(node.id)} ' in table
    assert "What do carers in &lt;Larkshire&gt; say?" in table
    assert "Why, or how does it come about? Leaves out: thing 0" in table


def test_an_unsplit_whole_can_be_drawn_and_described():
    tree = grown("w is it good?")
    assert_readable(drawn(tree))
    assert "Nothing stands beneath it yet" in tree_picture.alt_text(tree)
    assert sentence(tree) == "“w is it good?” is not split yet."
