"""The problem tree as an activity: what is kept, what is refused, what is said, and what leaves the page."""

import json
import os
import re
import signal
import subprocess
import sys

import ipywidgets
import pytest
from panels import alert, controls, everything, named, words
from traitlets import TraitError

from researchskills.errors import CourseError
from researchskills.questions.kinds import KINDS
from researchskills.questions.tree import MOST_LETTERS
from researchskills.questions.tree_activity import ProblemTree, chosen_of, leaves_of, problem_tree

NAME = "m01-a1-tree"
QUESTION = "Is partnership a good thing or a bad thing?"


def saved(folder) -> dict:
    return json.loads((folder / "answers" / f"{NAME}.json").read_text(encoding="utf-8"))


def grown(folder) -> ProblemTree:
    """A tree with two parts; the first has two leaves of its own."""
    tree = ProblemTree(NAME, folder)
    whole = tree.begin(QUESTION)
    first = tree.add_beneath(whole, "For whom?")
    tree.add_beneath(whole, "What is typed twice?")
    for text in ("What do carers say?", "What do staff say?"):
        tree.add_beneath(first, text)
    return tree


def numbered(tree: ProblemTree) -> dict[str, str]:
    return {tree.tree.called(node.id): node.text for node in tree.tree.nodes}


def at(tree: ProblemTree, number: str) -> str:
    return next(node.id for node in tree.tree.nodes if tree.tree.called(node.id) == number)


def pick(panel, number: str):
    outline = named(panel)["Questions of the tree"]
    outline.value = next(name for label, name in outline.options if label.strip().startswith(f"{number} "))
    return outline


# -- kept ------------------------------------------------------------------------------------------------


def test_everything_is_there_when_the_page_is_opened_again(tmp_path):
    tree = grown(tmp_path)
    leaf = at(tree, "1.1")
    tree.change(leaf, kind="experience", leaves_out="what it costs")
    tree.choose(leaf)
    tree.remember("Whom it is for.")
    tree.keep_draft("Who never comes?")
    again = ProblemTree(NAME, tmp_path)
    assert numbered(again) == numbered(tree) == {
        "the whole": QUESTION, "1": "For whom?", "1.1": "What do carers say?", "1.2": "What do staff say?",
        "2": "What is typed twice?"}
    assert again.tree == tree.tree
    assert again.chosen_leaf() == (leaf, "1.1", "What do carers say?", "experience")
    assert (again.never_forget, again.draft) == ("Whom it is for.", "Who never comes?")
    assert again.shown() == (f"“{QUESTION}” is split into 2 parts and 3 leaves. I go on with 1.1: What do carers say?")


def test_a_process_that_is_killed_while_it_works_leaves_a_whole_tree(tmp_path):
    code = ("import sys; from pathlib import Path\n"
            "from researchskills.questions.tree_activity import ProblemTree\n"
            f"tree = ProblemTree({NAME!r}, Path(sys.argv[1])); whole = tree.begin('whole?')\n"
            "for place in range(10_000):\n"
            "    new = tree.add_beneath(whole, f'part {place}?'); print(place, flush=True)\n"
            "    if place % 3 == 2: tree.delete(new)\n"
            "    if place % 6 == 5: tree.put_back(); tree.delete(new)\n")
    running = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    for _ in range(25):
        done = int(running.stdout.readline())
    os.kill(running.pid, signal.SIGKILL)
    running.wait(timeout=30)
    tree = ProblemTree(NAME, tmp_path)
    assert tree.notice == ""
    texts = [node.text for node in tree.tree.nodes] + [
        node["text"] for one in tree.deleted for node in one["nodes"]]
    # What had been added is in the tree; what was deleted last can be put back.
    for place in range(done + 1):
        assert place % 3 == 2 or f"part {place}?" in texts
    assert any(place % 3 == 2 and f"part {place}?" in texts for place in range(done - 5, done + 1))


def test_a_damaged_file_is_kept_and_said_and_a_new_tree_can_be_begun(tmp_path):
    grown(tmp_path)
    file = tmp_path / "answers" / f"{NAME}.json"
    file.write_bytes(file.read_bytes()[:-200])
    cut = file.read_bytes()
    tree = ProblemTree(NAME, tmp_path)
    assert "is damaged" in tree.notice
    [kept] = (tmp_path / "answers").glob("*damaged*")
    assert kept.read_bytes() == cut
    assert "is damaged" in words(tree.panel())
    tree.begin("Another?")
    assert saved(tmp_path)["state"]["nodes"][0]["text"] == "Another?"


def test_a_saved_state_that_is_no_tree_is_set_aside_and_not_lost(tmp_path):
    grown(tmp_path)
    file = tmp_path / "answers" / f"{NAME}.json"
    content = saved(tmp_path)
    content["state"]["nodes"][1]["parent"] = "nowhere"
    content["state"]["deleted"] = [{"nodes": [], "after": ""}]
    file.write_text(json.dumps(content), encoding="utf-8")
    tree = ProblemTree(NAME, tmp_path)
    assert tree.nodes == []
    assert "Your earlier answer was" in tree.notice
    tree.begin("Another?")
    assert saved(tmp_path)["earlier"][-1]["state"]["nodes"] == content["state"]["nodes"]


@pytest.mark.parametrize("value", [[{"nodes": 7, "after": ""}], [{"nodes": []}], ["branch"],
                                   [{"nodes": [{"id": "a"}], "after": ""}]])
def test_only_branches_can_be_kept_for_putting_back(tmp_path, value):
    with pytest.raises(TraitError):
        ProblemTree(NAME, tmp_path).deleted = value


# -- deleting and putting back ----------------------------------------------------------------------------


def test_a_deleted_branch_comes_back_to_its_place_even_on_another_day(tmp_path):
    tree = grown(tmp_path)
    before = tree.tree
    assert tree.delete(at(tree, "1")) == at(tree, "1")  # the next one took its place
    assert list(numbered(tree)) == ["the whole", "1"]
    again = ProblemTree(NAME, tmp_path)
    again.put_back()
    assert again.tree == before
    with pytest.raises(CourseError, match="nothing to put back"):
        again.put_back()


def test_several_deletions_are_put_back_newest_first(tmp_path):
    tree = grown(tmp_path)
    before = tree.tree
    for number in ("1.2", "1.1", "1"):
        tree.delete(at(tree, number))
    for _ in range(3):
        tree.put_back()
    assert tree.tree == before


def test_the_chosen_leaf_is_chosen_again_when_it_comes_back(tmp_path):
    tree = grown(tmp_path)
    tree.choose(at(tree, "1.1"))
    tree.delete(at(tree, "1"))
    assert tree.chosen_leaf() is None
    tree.put_back()
    assert tree.chosen_leaf().number == "1.1"


def test_two_whole_trees_change_places(tmp_path):
    tree = grown(tmp_path)
    old = tree.tree
    tree.delete(at(tree, "1.2"))
    assert tree.delete(at(tree, "the whole")) == ""
    tree.begin("Another big one?")
    tree.put_back()
    assert tree.tree.whole.text == QUESTION
    tree.put_back()
    assert tree.tree == old
    tree.put_back()
    assert tree.tree.whole.text == "Another big one?"


# -- refused ------------------------------------------------------------------------------------------------

PRIVATE = "Ring 07700 900123 about her"


@pytest.mark.parametrize("act", [
    lambda tree, leaf: tree.add_beneath(leaf, PRIVATE), lambda tree, leaf: tree.add_beside(leaf, PRIVATE),
    lambda tree, leaf: tree.change(leaf, text=PRIVATE), lambda tree, leaf: tree.change(leaf, leaves_out=PRIVATE),
    lambda tree, leaf: tree.remember(PRIVATE), lambda tree, leaf: tree.keep_draft(PRIVATE),
])
def test_what_could_identify_somebody_is_refused_and_nowhere_saved(tmp_path, act):
    tree = grown(tmp_path)
    before = saved(tmp_path)
    with pytest.raises(CourseError, match="telephone number") as refused:
        act(tree, at(tree, "1.1"))
    assert "900123" not in str(refused.value)
    assert saved(tmp_path) == before


def test_a_private_detail_in_the_first_question_is_refused(tmp_path):
    with pytest.raises(CourseError, match="telephone number"):
        ProblemTree(NAME, tmp_path).begin(PRIVATE)
    assert not (tmp_path / "answers" / f"{NAME}.json").exists()


def test_only_a_leaf_can_be_chosen(tmp_path):
    tree = grown(tmp_path)
    for number in ("the whole", "1"):
        with pytest.raises(CourseError, match="Go on with a leaf"):
            tree.choose(at(tree, number))
    with pytest.raises(CourseError, match="Choose a question"):
        tree.choose("gone")
    assert tree.chosen == ""


def test_a_second_tree_is_not_begun_over_the_first(tmp_path):
    tree = grown(tmp_path)
    with pytest.raises(CourseError, match="There is a tree already"):
        tree.begin("Another?")
    assert len(tree.nodes) == 5


# -- on the screen ----------------------------------------------------------------------------------------------


def test_every_control_has_a_name_of_its_own_and_is_of_a_known_good_kind(tmp_path):
    panel = grown(tmp_path).panel()
    shown = list(controls(panel))
    names = [one.description for one in shown]
    assert all(names)
    assert len(set(names)) == len(names)
    for one in shown:
        assert isinstance(one, ipywidgets.Dropdown | ipywidgets.Select | ipywidgets.Textarea | ipywidgets.Button)


def test_a_tree_is_begun_from_an_example_and_grows(tmp_path):
    tree = ProblemTree(NAME, tmp_path)
    panel = tree.panel()
    use = named(panel)
    use["Begin with"].value = "partnership"
    assert "Joe Godden" in words(panel)
    use["Begin the tree"].click()
    assert "The tree has begun" in alert(panel)
    assert "Joe Godden" not in words(panel)
    use["New question"].value = "For whom?"
    use["Add a question beneath"].click()
    assert "Added 1. You are still at the whole." in alert(panel)
    assert use["New question"].value == ""
    pick(panel, "1")
    use["New question"].value = "Since when?"
    use["Add a question beside"].click()
    assert "Added 2. You are there now." in alert(panel)
    assert use["Wording of the question"].value == "Since when?"
    assert numbered(tree) == {"the whole": QUESTION, "1": "For whom?", "2": "Since when?"}


def test_a_question_of_ones_own_can_be_the_whole(tmp_path):
    tree = ProblemTree(NAME, tmp_path)
    use = named(tree.panel())
    use["Begin the tree"].click()
    assert tree.nodes == []
    use["Your big question, as people ask it where you work"].value = "Why does nobody ring back?"
    use["Begin the tree"].click()
    assert tree.tree.whole.text == "Why does nobody ring back?"
    assert tree.draft == ""


def test_a_question_that_stands_in_the_tree_already_is_taken_and_named(tmp_path):
    tree = grown(tmp_path)
    panel = tree.panel()
    use = named(panel)
    pick(panel, "2")
    use["New question"].value = "what do STAFF say"
    use["Add a question beneath"].click()
    assert "Added 2.1. This question stands in the tree already, as 1.2. You are still at 2." in alert(panel)
    use["New question"].value = "What do staff say?"
    use["Add a question beside"].click()
    assert "Added 3. This question stands in the tree already, as 1.2 and 2.1. You are there now." in alert(panel)
    use["Wording of the question"].value = "What is typed twice?"
    assert "Saved for 3. This question stands in the tree already, as 2." in alert(panel)
    use["Wording of the question"].value = "Who is told?"
    assert "already" not in alert(panel)
    assert list(numbered(tree).values()).count("What do staff say?") == 1 and len(tree.nodes) == 7


def test_what_cannot_be_added_stays_in_the_box(tmp_path):
    tree = grown(tmp_path)
    panel = tree.panel()
    use = named(panel)
    use["New question"].value = "why " * 150
    use["Add a question beneath"].click()
    assert f"{MOST_LETTERS} fit" in alert(panel)
    assert use["New question"].value == "why " * 150
    use["New question"].value = PRIVATE
    assert "telephone number" in alert(panel)
    use["Add a question beneath"].click()
    assert use["New question"].value == PRIVATE
    use["New question"].value = "Beside what?"
    pick(panel, "Whole:")
    use["Add a question beside"].click()
    assert "Nothing stands beside the whole" in alert(panel)
    assert use["New question"].value == "Beside what?"
    assert len(tree.nodes) == 5


def test_the_fields_follow_the_list_and_only_leaves_have_a_kind(tmp_path):
    tree = grown(tmp_path)
    panel = tree.panel()
    use = named(panel)
    pick(panel, "1.1")
    use["Kind of question"].value = "experience"
    assert KINDS["experience"].asks in words(panel)
    use["What of the whole does it leave out?"].value = "what it costs"
    assert "what it costs (1.1)" in words(panel)
    pick(panel, "1.2")
    assert (use["Kind of question"].value, use["What of the whole does it leave out?"].value) == ("", "")
    pick(panel, "1")
    for name in ("Kind of question", "What of the whole does it leave out?", "Go on with this question"):
        assert use[name].layout.display == "none"
    pick(panel, "1.1")
    assert use["Kind of question"].layout.display is None
    assert use["Kind of question"].value == "experience"
    use["Wording of the question"].value = "How do carers live with it?"
    assert numbered(tree)["1.1"] == "How do carers live with it?"
    assert any("How do carers live with it?" in label for label, _ in use["Questions of the tree"].options)


def test_buttons_move_the_question_and_say_where_it_is_now(tmp_path):
    tree = grown(tmp_path)
    panel = tree.panel()
    use = named(panel)
    outline = pick(panel, "1.2")
    moved = outline.value
    for button, said in (("Move up", "1.2 is now 1.1."), ("Move down", "1.1 is now 1.2."),
                         ("Move in, beneath the one above", "1.2 is now 1.1.1."),
                         ("Move out, one level up", "1.1.1 is now 1.2."), ("Move out, one level up", "1.2 is now 2."),
                         ("Move out, one level up", "2 stands directly beneath the whole")):
        use[button].click()
        assert said in alert(panel)
        assert outline.value == moved
    assert numbered(tree)["2"] == "What do staff say?"


def test_deleting_is_said_with_how_much_went_and_can_be_undone(tmp_path):
    tree = grown(tmp_path)
    panel = tree.panel()
    use = named(panel)
    assert use["Put back what was deleted"].layout.display == "none"
    pick(panel, "1")
    use["Delete with everything beneath"].click()
    assert "Deleted: 1 and 2 questions beneath it." in alert(panel)
    assert "You are now at 1, “What is typed twice?”." in alert(panel)
    assert use["Wording of the question"].value == "What is typed twice?"
    use["Put back what was deleted"].click()
    assert "Put back: 1." in alert(panel)
    assert use["Wording of the question"].value == "For whom?"
    pick(panel, "Whole:")
    use["Delete with everything beneath"].click()
    assert tree.nodes == []
    assert "4 questions beneath it" in alert(panel)
    use["Put back what was deleted"].click()
    assert len(tree.nodes) == 5


def test_the_ladder_and_the_ways_to_split_follow_the_question(tmp_path):
    panel = grown(tmp_path).panel()
    use = named(panel)
    pick(panel, "1.1")
    use["Help to split"].value = "whys"
    assert re.search(r"What do carers say\?.*To find out: For whom\?.*That is the whole", words(panel))
    pick(panel, "Whole:")
    assert "what would I have to know first?" in words(panel)
    use["Help to split"].value = "whom"
    assert "people who never come to us" in words(panel)


def test_another_tab_may_delete_the_question_that_is_open_here(tmp_path):
    here = grown(tmp_path)
    panel = here.panel()
    pick(panel, "1.1")
    there = ProblemTree(NAME, tmp_path)
    there.delete(at(there, "1"))
    here.reload()
    assert named(panel)["Wording of the question"].value == QUESTION
    assert [label.split()[0] for label, _ in named(panel)["Questions of the tree"].options] == ["Whole:", "1"]


def test_what_is_typed_never_becomes_part_of_the_page(tmp_path):
    tree = grown(tmp_path)
    bad = '<img src=x onerror="alert(1)">'
    tree.change(at(tree, "1.1"), text=bad, leaves_out=bad)
    tree.change(at(tree, "the whole"), text=bad)
    tree.remember(bad)
    tree.choose(at(tree, "1.1"))
    panel = tree.panel()
    named(panel)["Help to split"].value = "whys"
    for page in (tree.report(), tree.contribution(), words(panel), tree.export("html").read_text(encoding="utf-8")):
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page


# -- leaving the page ---------------------------------------------------------------------------------------------


def test_the_report_has_the_outline_what_is_missing_and_the_picture(tmp_path):
    tree = ProblemTree(NAME, tmp_path)
    assert "Not begun yet" in tree.report()
    assert (tree.shown(), tree.contribution(), tree.picture_html()) == ("", "", "")
    report = grown(tmp_path).report()
    assert ">1.1 What do carers say?<br>" in report
    assert "Leaves 1.1, 1.2 and 2 do not say yet what kind" in report
    assert 'alt="Tree diagram with 5 questions' in report
    assert not re.search("<h[1-6]|<script", report)


def test_the_research_plan_gets_the_answer_without_the_task(tmp_path):
    tree = grown(tmp_path)
    tree.change(at(tree, "1.1"), kind="experience", leaves_out="what it costs")
    tree.choose(at(tree, "1.1"))
    tree.remember("Whom it is for.")
    part = tree.contribution()
    for words_ in (QUESTION, "What is typed twice?", "How do people experience it?", "what it costs", "Whom it is for.",
                   "1.1 What do carers say?"):
        assert words_ in part
    assert "Split it into smaller ones" not in part
    assert "still missing" not in part
    assert not re.search("<h[1-6]", part)
    assert "<caption>" in part


def test_the_plan_reads_it_into_a_word_document(tmp_path):
    import datetime

    from researchskills import documents

    document = documents.blank("Plan", "Test", datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    tree = grown(tmp_path)
    documents.add_html(document, tree.contribution())
    documents.add_html(document, tree.report())
    assert len(document.inline_shapes) == 2
    assert any("1.1 What do carers say?" in one.text for one in document.paragraphs)


def test_the_tree_is_saved_as_a_web_page_and_as_a_text(tmp_path):
    tree = grown(tmp_path)
    panel = tree.panel()
    named(panel)["Save the tree as a web page"].click()
    assert f"Saved as “{NAME}.html” in the folder “{tmp_path / 'exports'}”." in alert(panel)
    page = (tmp_path / "exports" / f"{NAME}.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert '<html lang="en-GB">' in page
    assert "1.2 What do staff say?" in page
    named(panel)["Save the tree as a text"].click()
    text = (tmp_path / "exports" / f"{NAME}.txt").read_text(encoding="utf-8")
    assert text.startswith(f"{QUESTION}\n\n1 For whom?\n  1.1 What do carers say?\n")


def test_a_file_that_cannot_be_written_is_said_and_harms_nothing(tmp_path):
    tree = grown(tmp_path)
    (tmp_path / "exports").write_text("a file where the folder should be")
    panel = tree.panel()
    named(panel)["Save the tree as a text"].click()
    assert "cannot be made" in alert(panel)
    assert (tmp_path / "exports").read_text() == "a file where the folder should be"
    with pytest.raises(CourseError, match="no tree yet"):
        ProblemTree("m01-a9-tree", tmp_path).export("txt")


# -- for others ------------------------------------------------------------------------------------------------------


def test_other_activities_get_the_leaves_and_the_chosen_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert leaves_of(NAME) == []
    assert chosen_of(NAME, tmp_path.resolve()) is None
    tree = problem_tree(NAME)
    assert problem_tree(NAME) is tree
    first = tree.add_beneath(tree.begin("whole?"), "part?")
    tree.change(first, kind="why")
    assert leaves_of(NAME) == [(first, "1", "part?", "why")]
    assert leaves_of(NAME, tmp_path.resolve())[0].number == "1"
    tree.choose(first)
    assert chosen_of(NAME).text == "part?"
    # Another tab goes on; the next look sees it.
    other = ProblemTree(NAME, tmp_path)
    other.add_beneath(first, "and beneath?")
    assert [leaf.number for leaf in leaves_of(NAME)] == ["1.1"]
    assert chosen_of(NAME) is None


def test_two_panels_of_one_tree_show_the_same(tmp_path):
    tree = grown(tmp_path)
    one, other = tree.panel(), tree.panel()
    named(one)["New question"].value = "Since when?"
    named(one)["Add a question beneath"].click()
    labels = [label for label, _ in named(other)["Questions of the tree"].options]
    assert labels[-1].strip() == "3 Since when?"
    assert sum(isinstance(each, ipywidgets.Select) for each in everything(other)) == 1
