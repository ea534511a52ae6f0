"""Questions: what is shown, what counts as right, and the reason that each wrong answer gets."""

import json

import ipywidgets
import nbformat
import pytest
import yaml
from nbconvert import HTMLExporter
from panels import words

from researchskills import ask, bank, checks

SOURCES = {
    "choice": """
kind: choice
title: Which piles count?
prompt: Which beads belong to the **total**?
options:
  - {text: Those in the first pile, reason: The second pile would be left out.}
  - {text: Those in both piles, right: true, reason: All beads count.}
  - {text: Those on the floor, reason: They were never counted.}
why: A total has everything in it.
""",
    "several": """
kind: several
title: Which are barriers?
prompt: Tick all.
options:
  - {text: No time, right: true, reason: It is one.}
  - {text: No praise, right: true, reason: It is one too.}
  - {text: Good coffee, reason: Coffee helps.}
""",
    "match": """
kind: match
title: Who does what?
prompt: Match.
targets: {t1: Handles referrals, t2: Assesses}
items:
  - {text: A duty desk, to: t1, reason: It passes things on., reasons: {t2: It does not assess.}}
  - {text: A first visit, to: t2, reason: It finds out what is needed.}
""",
    "order": """
kind: order
title: In which order?
prompt: Order.
steps: [Ask, Look, Count, Tell]
reason: Ask before you look.
""",
    "number": """
kind: number
title: What share?
prompt: 30 of 120.
answer: 25
tolerance: 0.5
unit: "%"
mistakes:
  - {value: 30, reason: That is the count.}
reason: Divide by all who answered.
""",
}
PRACTICE = {kind: bank.parse(f"m99-p{n}-{kind}", yaml.safe_load(text), "lesson")
            for n, (kind, text) in enumerate(SOURCES.items(), 1)}


def key_of(asked: bank.Question, text: str) -> str:
    entries = asked.content.get("options") or asked.content.get("items") or asked.content.get("steps")
    return next(entry["key"] for entry in entries if entry["text"] == text)


def activity(kind: str, folder) -> ask.Asked:
    return ask.shown_as(kind)(PRACTICE[kind], folder)


@pytest.mark.parametrize("kind", SOURCES)
def test_the_model_answer_is_correct_and_nothing_is_not_attempted(kind, tmp_path):
    one = activity(kind, tmp_path)
    assert one.check().status == "not attempted"
    one.answer = checks.model_answer(PRACTICE[kind])
    outcome = one.check()
    assert (outcome.status, outcome.fraction) == ("correct", 1.0)
    assert one.shown()


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        ("Those in the first pile", "not yet", "left out"),
        ("Those on the floor", "not yet", "never counted"),
        ("Those in both piles", "correct", "All beads count.\n\nA total has everything"),
    ],
)
def test_each_option_of_a_choice_has_its_own_reason(text, status, words, tmp_path):
    one = activity("choice", tmp_path)
    one.answer = key_of(PRACTICE["choice"], text)
    outcome = one.check()
    assert outcome.status == status
    assert words in outcome.message


@pytest.mark.parametrize(
    ("ticked", "fraction", "words"),
    [
        (["No time"], 0.5, "1 answer that applies is not ticked yet"),
        (["No time", "No praise", "Good coffee"], 0.5, "Coffee helps"),
        (["Good coffee"], 0.0, "2 answers that apply are not ticked yet"),
    ],
)
def test_several_gives_a_share_and_takes_off_for_a_wrong_tick(ticked, fraction, words, tmp_path):
    one = activity("several", tmp_path)
    one.answer = [key_of(PRACTICE["several"], text) for text in ticked]
    outcome = one.check()
    assert outcome.fraction == fraction
    assert words in outcome.message


def test_a_wrong_match_says_why_for_that_very_target(tmp_path):
    one = activity("match", tmp_path)
    one.answer = {key_of(PRACTICE["match"], "A duty desk"): "t2"}
    outcome = one.check()
    assert "0 of 2 are right. 1 is still empty." in outcome.message
    assert "It does not assess." in outcome.message
    assert outcome.fraction == 0


def test_a_second_reading_that_the_author_accepts_counts_as_right(tmp_path):
    source = {"kind": "match", "title": "T", "prompt": "P",
              "targets": {"a": "Reversed", "b": "Overstated", "c": "Agrees"},
              "items": [{"text": "One", "to": "a", "also": ["b"], "reason": "Read it again."}]}
    one = ask.Match(bank.parse("m99-p9-also", source, "lesson"), tmp_path)
    for target, fraction in (("a", 1.0), ("b", 1.0), ("c", 0.0)):
        one.answer = {one.asked.content["items"][0]["key"]: target}
        assert one.check().fraction == fraction
    source["items"][0]["also"] = ["nothing"]
    with pytest.raises(bank.QuestionError, match="also"):
        bank.parse("m99-p9-also", source, "lesson")


def test_the_signs_of_a_search_are_still_there_in_the_verdict(tmp_path):
    source = {"kind": "match", "title": "T", "prompt": "P", "targets": {"a": "PubMed", "b": "Ovid"}, "items": [
        {"text": "TI (carer* adj3 break*).ti,ab.", "to": "b", "reason": "It has a field at the end."},
        {"text": "carer*[tiab]", "to": "a", "reason": "It has a tag."}]}
    one = ask.Match(bank.parse("m99-p8-stars", source, "lesson"), tmp_path)
    one.answer = {item["key"]: "a" for item in one.asked.content["items"]}
    one.check()
    assert "TI (carer* adj3 break*).ti,ab.</strong>" in one.report()


def test_an_order_with_a_place_used_twice_is_explained(tmp_path):
    one = activity("order", tmp_path)
    places = checks.model_answer(PRACTICE["order"])
    one.answer = {**places, key_of(PRACTICE["order"], "Tell"): 1}
    assert "Place 1 is used more than once" in one.check().message
    one.answer = {key_of(PRACTICE["order"], "Tell"): 4}
    assert "3 lines have no place yet" in one.check().message


def test_an_order_is_never_shown_solved():
    shown = [step["key"] for step in PRACTICE["order"].content["steps"]]
    assert shown != PRACTICE["order"].key["order"]


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ("25", "correct"), (" 25 % ", "correct"), ("25.5", "correct"), ("24.5 per cent", "correct"),
        ("25.51", "not yet"), ("30", "not yet"), ("abc", "error"), ("25 or 26", "error"),
        ("nan", "error"), ("1e999", "error"), ("", "not attempted"),
    ],
)
def test_a_number_is_read_as_people_type_it(typed, status, tmp_path):
    one = activity("number", tmp_path)
    one.answer = typed
    assert one.check().status == status


@pytest.mark.parametrize(("typed", "value"), [
    ("£1,250", 1250), ("-3.5", -3.5), ("−3.5", -3.5), (".5", 0.5), ("8 hours", 8), ("1,25", None), ("1,2,3", None),
])
def test_as_number(typed, value):
    assert checks.as_number(typed) == value


def test_a_known_mistake_gets_its_own_reason(tmp_path):
    one = activity("number", tmp_path)
    one.answer = "30"
    assert one.check().message == "That is the count."


def test_the_first_try_is_remembered_and_later_tries_are_counted(tmp_path):
    one = activity("number", tmp_path)
    for typed in ("30", "25", "25"):
        one.answer = typed
        one.check()
    assert (one.right_first, one.tries) == (False, 2)


@pytest.mark.parametrize("kind", SOURCES)
def test_every_control_has_a_name_a_screen_reader_can_say(kind, tmp_path):
    def controls(widget):
        for child in getattr(widget, "children", ()):
            yield from controls(child)
        if isinstance(widget, ipywidgets.DOMWidget) and hasattr(widget, "description") \
                and not isinstance(widget, ipywidgets.HTML):
            yield widget

    found = list(controls(activity(kind, tmp_path).panel()))
    assert found
    for control in found:
        assert control.description.strip()
        assert not isinstance(control, (ipywidgets.RadioButtons, ipywidgets.ToggleButtons))


@pytest.mark.parametrize("kind", SOURCES)
def test_choosing_in_the_panel_is_the_answer(kind, tmp_path):
    one = activity(kind, tmp_path)
    fields = [w for w in one.controls() if not isinstance(w, ipywidgets.HTML)]
    if kind == "several":
        fields[0].value = True
    elif kind == "number":
        fields[0].value = "25"
    else:
        fields[0].value = fields[0].options[1][1]
    assert activity(kind, tmp_path).answer == one.answer
    assert one.is_answered


def test_what_a_learner_types_never_becomes_part_of_the_page(tmp_path):
    asked = bank.parse("m99-p9-text", {"kind": "text", "title": "T", "prompt": "<b>P</b>"}, "lesson")
    one = ask.ShortText(asked, tmp_path)
    one.answer = "<script>alert(1)</script>\n\nsecond & third"
    assert "<script>" not in one.report()
    assert "&lt;script&gt;" in one.report()
    assert "<b>" not in one.report()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ({"kind": "guess"}, "unknown"),
        ({"kind": "number", "title": "t", "prompt": "p", "answer": 1, "tolerance": 2, "reason": "r",
          "mistakes": [{"value": 2, "reason": "x"}]}, "within the right answer's tolerance"),
        ({"kind": "match", "title": "t", "prompt": "p", "targets": {"a": "A"},
          "items": [{"text": "i", "to": "b", "reason": "r"}]}, "no target"),
        ({"kind": "form", "title": "t", "prompt": "p", "fields": [{"name": "n", "kind": "slider", "label": "l"}]},
         "unknown kind"),
    ],
)
def test_a_question_that_contradicts_itself_is_refused(source, words):
    with pytest.raises(bank.QuestionError, match=words):
        bank.parse("m99-p1-x", source, "lesson")


def test_sealing_keeps_everything_and_shows_nothing():
    key = PRACTICE["choice"].key
    sealed = bank.seal("m99-p1-x", key)
    assert bank.unseal("m99-p1-x", sealed) == key
    assert "left out" not in sealed
    assert bank.Question.from_released(PRACTICE["match"].released()) == PRACTICE["match"]


def test_an_exported_page_shows_every_answer_without_script_or_network(tmp_path, monkeypatch):
    """Run a page in a real kernel as a learner does, export it with nbconvert and read it."""
    from nbclient import NotebookClient

    (tmp_path / "module.json").write_text(
        json.dumps({"questions": {q.id: q.released() for q in PRACTICE.values()}}), encoding="utf-8"
    )
    for kind, asked in PRACTICE.items():
        activity(kind, tmp_path).answer = checks.model_answer(asked)
    notebook = nbformat.v4.new_notebook(cells=[
        nbformat.v4.new_code_cell(f"from researchskills import question\nquestion('{asked.id}')")
        for asked in PRACTICE.values()
    ])
    monkeypatch.delenv("RESEARCHSKILLS_STATIC", raising=False)
    client = NotebookClient(notebook, resources={"metadata": {"path": str(tmp_path)}}, store_widget_state=False)
    client.extra_arguments = ["--log-level=40"]
    client.execute()
    exporter = HTMLExporter(exclude_input=True, embed_images=True)
    page, _ = exporter.from_notebook_node(notebook)
    for asked in PRACTICE.values():
        for line in activity(asked.kind, tmp_path).shown().splitlines():
            for part in line.split(" → "):
                assert part in page
    body = page[page.index("<body") :]
    assert body.count('class="rs-report"') == len(PRACTICE)
    assert "<script" not in body


VALUE = """
kind: value
title: Let the notebook add
prompt: Put the second pile in place of the dots.
variable: total
stub: total = 3 + ...
solution: total = 3 + 4
answer: 7
reason: The second pile has four beads.
"""


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """A shell in which cells are run, in a folder of its own."""
    from IPython.core.interactiveshell import InteractiveShell

    monkeypatch.chdir(tmp_path)
    shell = InteractiveShell.instance()
    yield shell
    InteractiveShell.clear_instance()


@pytest.mark.parametrize(
    ("cells", "status", "words"),
    [
        ([], "not attempted", "Run the cell above first"),
        (["total = ..."], "not attempted", "still three dots"),
        (["total = 7"], "correct", "That is right"),
        (["total = 8"], "not yet", "When the cell last ran, `total` was 8."),
        (["total = 7", "total = 7 +"], "not attempted", "stopped with a message"),
        (["total = 'seven'"], "error", "cannot be read as a number"),
        (["total = float('nan')"], "error", "nothing was found to count"),
        (["from researchskills import proportion", "total = proportion(7, 9)"], "error", "Put `.value`, `.low`"),
    ],
)
def test_a_result_of_code_is_judged_as_the_learner_sees_it(cells, status, words, notebook, tmp_path, capsys):
    asked = bank.parse("m99-p8-value", yaml.safe_load(VALUE), "lesson")
    for cell in cells:
        notebook.run_cell(cell, store_history=True)
    outcome = ask.Value(asked, tmp_path).check()
    assert outcome.status == status
    assert words in outcome.message


def test_reasons_of_a_match_come_in_the_order_of_the_lines(tmp_path):
    one = activity("match", tmp_path)
    keys = [item["key"] for item in PRACTICE["match"].content["items"]]
    one.answer = {keys[0]: "t2", keys[1]: "t1"}
    message = one.check().message
    assert message.index("1. A duty desk") < message.index("2. A first visit")


def test_two_fields_of_a_form_never_sound_the_same():
    fields = [{"name": name, "kind": "text", "label": "How they would hear of it"} for name in ("a", "b")]
    with pytest.raises(bank.QuestionError, match="the same label"):
        bank.parse("m99-p1-x", {"kind": "form", "title": "t", "prompt": "p", "fields": fields}, "lesson")


def test_a_private_detail_in_a_text_is_asked_about_at_once_and_never_shown_whole(tmp_path):
    source = {"kind": "form", "title": "T", "prompt": "P", "fields": [{"name": "who", "label": "Who", "kind": "text"}]}
    one = ask.Form(bank.parse("m99-p7-who", source, "lesson"), tmp_path)
    panel = one.panel()
    assert "could identify" not in words(panel)
    one.answer = {"who": "ring Mrs A on 07700 900123"}
    assert "could identify a person (telephone number: 07…23)" in words(panel)
    one.answer = {"who": "ring the daughter"}
    assert "could identify" not in words(panel)
