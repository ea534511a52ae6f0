"""The problem tree in a real browser, with the keyboard alone; a kernel dies on the way."""

import pytest
from conftest import accessibility_faults, kill_kernels, ready, wait_until
from one_lesson import focused, opened, running_lesson, state, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TREE = "m00-a1-tree"


@pytest.fixture(scope="module")
def growing(tmp_path_factory):
    """A running course whose one lesson has a problem tree."""
    with running_lesson(tmp_path_factory.mktemp("growing"),
                        f'questions.tree_activity.problem_tree("{TREE}")') as running:
        yield running


@pytest.fixture(scope="module")
def page(browser, growing):
    with opened(browser, growing, "Begin with") as page:
        yield page


def texts(course) -> list[str]:
    return [one["text"] for one in state(course, TREE).get("nodes", [])]


def told(page, words: str) -> None:
    page.locator(".rs-panel").get_by_role("alert").filter(has_text=words).wait_for()


def entries(page) -> list[str]:
    return page.get_by_label("Questions of the tree").evaluate("one => [...one.options].map(each => each.text.trim())")


def add(page, text: str) -> None:
    tab_to(page, "New question", back=focused(page) != "TEXTAREA")
    page.keyboard.type(text)
    tab_to(page, "Add a question beneath")
    page.keyboard.press("Enter")
    page.wait_for_function("text => [...document.querySelectorAll('.rs-panel select option')]"
                           ".some(one => one.text.replaceAll('\\u00a0', ' ').includes(text))", arg=text)
    assert focused(page) == "Add a question beneath"


def test_a_tree_is_begun_from_an_example_and_split_with_the_keyboard_alone(page, growing):
    page.get_by_label("Begin with").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_text("In Larkshire the council").wait_for()
    tab_to(page, "Begin the tree")
    page.keyboard.press("Enter")
    told(page, "The tree has begun")
    wait_until(page, lambda: focused(page) == "Questions of the tree")
    tab_to(page, "New question")
    for text in ("What do people who draw on care notice?", "What is typed twice?", "How long is the wait?"):
        add(page, text)
    assert texts(growing) == ["Is partnership a good thing or a bad thing?", "What do people who draw on care notice?",
                              "What is typed twice?", "How long is the wait?"]
    tab_to(page, "Questions of the tree", back=True)
    page.keyboard.press("End")
    tab_to(page, "Move in")
    page.keyboard.press("Enter")
    told(page, "3 is now 2.1.")
    assert focused(page).startswith("Move in")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    assert focused(page) == "Move up"
    page.keyboard.press("Enter")
    told(page, "cannot go further up")
    tab_to(page, "Move out")
    page.keyboard.press("Enter")
    told(page, "2.1 is now 3.")
    assert [one.split()[0] for one in entries(page)] == ["Whole:", "1", "2", "3"]


def test_a_leaf_gets_its_kind_and_what_it_leaves_out_and_is_chosen(page, growing):
    tab_to(page, "Kind of question", back=True)
    page.keyboard.press("ArrowDown")
    page.get_by_text("It asks for a count").wait_for()
    tab_to(page, "What of the whole does it leave out?")
    page.keyboard.type("what waiting is like")
    tab_to(page, "Go on with this question")
    page.keyboard.press("Enter")
    told(page, "You go on with 3.")
    assert focused(page) == "Go on with this question"
    leaf = state(growing, TREE)["nodes"][3]
    assert (leaf["kind"], leaf["leaves_out"]) == ("how_many", "what waiting is like")
    assert state(growing, TREE)["chosen"] == leaf["id"]
    page.get_by_text("what waiting is like (3)").first.wait_for()
    tab_to(page, "What of the whole must never be forgotten?")
    page.keyboard.type("Whom it is for.")
    page.keyboard.press("Tab")
    wait_until(page, lambda: state(growing, TREE).get("never_forget") == "Whom it is for.")


def test_a_branch_is_deleted_and_put_back(page, growing):
    before = state(growing, TREE)["nodes"]
    tab_to(page, "Questions of the tree", back=True)
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    page.get_by_role("heading", name="Question 1, a leaf").wait_for()
    tab_to(page, "Delete with everything beneath")
    page.keyboard.press("Enter")
    told(page, "Deleted: 1.")
    assert focused(page) == "Delete with everything beneath"
    assert len(texts(growing)) == 3
    page.keyboard.press("Tab")
    assert focused(page) == "Put back what was deleted"
    page.keyboard.press("Enter")
    told(page, "Put back: 1.")
    # The button has gone, and the keyboard is where work goes on.
    wait_until(page, lambda: focused(page) == "Questions of the tree")
    assert state(growing, TREE)["nodes"] == before


def test_every_control_has_a_name_and_enough_contrast_and_the_picture_its_words(page):
    assert accessibility_faults(page) == []
    picture = page.locator(".rs-panel img")
    assert "3 branches" in picture.get_attribute("alt")
    page.locator(".rs-panel").get_by_role(
        "cell", name="How many, how often, how long? Leaves out: what waiting is like").wait_for()


def test_on_a_narrow_screen_nothing_is_cut_off(page):
    page.set_viewport_size({"width": 360, "height": 800})
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_killed_kernel_loses_nothing_not_even_a_question_that_was_not_added_yet(page, growing):
    tab_to(page, "New question")
    page.keyboard.type("Who never comes to us?")
    page.keyboard.press("Tab")
    wait_until(page, lambda: state(growing, TREE).get("draft") == "Who never comes to us?")
    before = state(growing, TREE)
    kill_kernels(growing)
    ready(page, "started again")
    page.reload()
    page.wait_for_selector(".rs-live")
    ready(page)
    page.get_by_label("Questions of the tree").wait_for()
    assert page.get_by_label("New question").input_value() == "Who never comes to us?"
    assert len(entries(page)) == 4
    assert state(growing, TREE) == before
    page.get_by_label("Questions of the tree").focus()
    tab_to(page, "Add a question beneath")
    page.keyboard.press("Enter")
    told(page, "Added 4.")
    assert texts(growing)[-1] == "Who never comes to us?"
