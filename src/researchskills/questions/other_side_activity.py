"""The same question from the other side, on the screen: written anew in two voices, side by side, and what changed.

The question comes from the activity in which it was framed, or is typed. It is kept together with what was written
about it, so that the answer still makes sense when the question has moved on, and in the plan, where it stands alone.
"""

from functools import cache
from pathlib import Path

import pandas as pd
from traitlets import Dict, List, TraitError, Unicode, validate

from researchskills import _html
from researchskills.activity import Activity, here, reopened
from researchskills.own_words import field
from researchskills.panel_parts import PART, alert, with_heading
from researchskills.questions import other_side as rules
from researchskills.questions.other_side import CHANGED, CHECK, PROMPTS, SIDES
from researchskills.tables import html_table


def other_side(name: str, question: str | None = None) -> "OtherSide":
    """Write a question anew in the words of a person who draws on care, and of a carer.

    Parameters
    ----------
    name : str
        The activity's name, such as `m01-a6-other-side`.
    question : str, optional
        Name of the activity in which the question was framed; else the learner types the question.
    """
    return reopened(_other_side(name, question, here()))


@cache
def _other_side(name: str, question: str | None, folder: Path) -> "OtherSide":
    return OtherSide(name, question, folder)


class OtherSide(Activity):
    """A question in the words of the people whom it is about.

    Parameters
    ----------
    name : str
    source : str, optional
        Name of the activity in which the question was framed.
    folder : pathlib.Path, optional
        The notebook's folder.

    Attributes
    ----------
    typed : str
        The question, when the learner typed one.
    written_for : str
        The question as it was when something was last written here.
    sides : dict
        Key of `SIDES` → key of `PROMPTS` → the learner's words.
    changed : list of str
        Keys of `CHANGED`.
    why : str
        What changed, in words.
    check : dict
        Key of `CHECK` → words.
    """

    typed = Unicode().tag(saved=True)
    written_for = Unicode().tag(saved=True)
    sides = Dict().tag(saved=True)
    changed = List(Unicode()).tag(saved=True)
    why = Unicode().tag(saved=True)
    check = Dict().tag(saved=True)

    def __init__(self, name: str, source: str | None = None, folder: Path | None = None):
        self.source, self.folder = source, folder or Path.cwd()
        super().__init__(name, folder)

    @validate("sides")
    def _has_sides(self, proposal):
        if not all(key in SIDES and isinstance(held, dict) and _all_words(held, PROMPTS)
                   for key, held in proposal["value"].items()):
            raise TraitError("these are not the words of the two sides")
        return proposal["value"]

    @validate("changed")
    def _can_change(self, proposal):
        if not set(proposal["value"]) <= set(CHANGED):
            raise TraitError("this is not on the list")
        return proposal["value"]

    @validate("check")
    def _can_check(self, proposal):
        if not _all_words(proposal["value"], CHECK):
            raise TraitError("these are not words about who could check")
        return proposal["value"]

    # -- what happens ----------------------------------------------------------------------------

    def framed(self) -> str:
        """The question of the activity in which it was framed, as it stands now; empty when there is none."""
        if self.source is None:
            return ""
        from researchskills.questions.frame_activity import framed_of

        found = framed_of(self.source, self.folder)
        return found.text.strip() if found else ""

    def question(self) -> str:
        """The professional version that is written anew."""
        return self.typed or self.framed() or self.written_for

    def write(self, side: str, prompt: str, words: str) -> None:
        """Keep what somebody of a side would say."""
        held = {**self.sides.get(side, {}), prompt: words}
        self._remember()
        self.sides = {**self.sides, side: held}

    def tick(self, key: str, ticked: bool) -> None:
        """Keep whether something changed."""
        self._remember()
        self.changed = [one for one in CHANGED if (ticked if one == key else one in self.changed)]

    def say_why(self, words: str) -> None:
        """Keep what changed, in words."""
        self._remember()
        self.why = words

    def plan_check(self, key: str, words: str) -> None:
        """Keep who could check the words, how, by when, and what they get."""
        self._remember()
        self.check = {**self.check, key: words}

    def _remember(self) -> None:
        if question := self.question():
            self.written_for = question

    def moved_on(self) -> str:
        """The question that the words were written for, when it is another one now."""
        return self.written_for if self._written() and self.written_for != self.question() else ""

    def ask_back(self) -> list[str]:
        """What to ask the learner, a sentence each."""
        return rules.ask_back(self.question(), self.sides, self.changed, self.why, self.check)

    def _written(self) -> bool:
        return bool(self.changed or self.why or any(self.check.values())
                    or any(words for held in self.sides.values() for words in held.values()))

    def shown(self) -> str:
        """The versions in plain words; empty while nothing is written."""
        if not self._written():
            return self.typed and f"The question: {self.typed}"
        told = [f"The question: {self.question()}"] if self.question() else []
        told += [f"{who}: {held}" for key, who in SIDES.items() if (held := self.sides.get(key, {}).get("question"))]
        told += [f"Changed: {', '.join(CHANGED[key].lower() for key in self.changed)}"] if self.changed else []
        return "\n".join(told) or "Begun"

    # -- on the screen ---------------------------------------------------------------------------

    def panel(self):
        """The question, two columns of prompts one after the other, what changed, and who could check."""
        from ipywidgets import HTML, Button, Checkbox, Textarea, VBox

        notice, now, said = HTML(self.notice_html()), HTML(), HTML()
        side_by_side, asked_back = HTML(), HTML()

        def draw(*_):
            now.value = self._question_html()
            side_by_side.value = self.versions_html()
            asked_back.value = self._ask_back_html()

        own = field(Textarea, "Another question instead" if self.source else "Your question", self.typed,
                    lambda text: setattr(self, "typed", text), said, rows=2)
        again = Button(description="Look at my question again")
        seen, moved = [self.framed()], HTML()

        def look_again(_):
            # A sentence that comes a second time is announced only when the place was empty in between.
            moved.value = ""
            draw()
            before, seen[0] = seen[0], self.framed()
            moved.value = alert(f"<p>{_html.escape(self._moved(before))}</p>")

        again.on_click(look_again)
        parts = [HTML(with_heading(_TASK)), now, *([again, moved] if self.source else []), own, said]
        for side, who in SIDES.items():
            told = HTML()
            parts.append(HTML(with_heading(f"<p><strong>In the words of a {who.lower()}</strong></p>", PART)))
            parts += [field(Textarea, f"{who}: {prompt[0].lower()}{prompt[1:]}", self.sides.get(side, {}).get(key, ""),
                            lambda text, side=side, key=key: self.write(side, key, text), told, rows=2)
                      for key, prompt in PROMPTS.items()]
            parts.append(told)
        parts.append(side_by_side)
        parts.append(HTML(with_heading("<p><strong>What changed?</strong></p><p>Tick what is no longer the same.</p>",
                                       PART)))
        for key, words in CHANGED.items():
            box = Checkbox(value=key in self.changed, indent=False,
                           description=f"{words}, because …" if key == "nothing" else words)
            box.observe(lambda change, key=key: self.tick(key, change["new"]), names="value")
            parts.append(box)
        told = HTML()
        parts += [field(Textarea, "What changed, or why nothing did, in your words", self.why, self.say_why, told,
                        rows=3), told,
                  HTML(with_heading("<p><strong>Who could check these words?</strong></p><p>So far they are your "
                                    "guess. Name a role or a group, never a person.</p>", PART))]
        told = HTML()
        parts += [field(Textarea, words, self.check.get(key, ""),
                        lambda text, key=key: self.plan_check(key, text), told, rows=2)
                  for key, words in CHECK.items()]
        draw()
        self.observe(draw, names=[*self.saved_traits(), "notice"])
        self.observe(lambda _: setattr(notice, "value", self.notice_html()), names="notice")
        return VBox([*parts, told, asked_back, notice])

    # -- words -----------------------------------------------------------------------------------

    def _moved(self, before: str) -> str:
        """What has become of the question since it was looked at last."""
        now = self.framed()
        if not now:
            return "There is no question in the activity with the frames yet."
        told = f"It is still the same: “{now}”" if now == before else f"Your question is now: “{now}”"
        return f"{told} Here stands another question instead, which you typed; it is kept." \
            if self.typed and self.typed != now else told

    def _question_html(self) -> str:
        question = self.question()
        if not question:
            if self.source:
                return ("<p>There is no question yet. Write one in the activity with the frames and choose “Look at my "
                        "question again”, or type it here.</p>")
            return "<p>Type the question that you would like to write anew.</p>"
        told = f"<p>The question, in professional words: <strong>{_html.escape(question)}</strong></p>"
        if before := self.moved_on():
            told += (f"<p>You wrote the words below for an earlier question: “{_html.escape(before)}”. Do they still "
                     "fit? They are kept as they are.</p>")
        return told

    def versions_html(self) -> str:
        """The question in three voices as a table; empty while the voices have not said anything."""
        rows = []
        for key, prompt in PROMPTS.items():
            held = [self.sides.get(side, {}).get(key, "") for side in SIDES]
            professional = self.question() if key == "question" else ""
            if any(held):
                rows.append([prompt, professional or "–", *(one or "not written yet" for one in held)])
        table = pd.DataFrame(rows, columns=["", "Professional", *SIDES.values()]).rename(columns={"": "Asked"})
        return html_table(table, "The same question, side by side") if rows else ""

    def _changes_html(self) -> str:
        ticked = "".join(f"<li>{_html.escape(CHANGED[key])}</li>" for key in self.changed)
        return (f"<p>What changed:</p><ul>{ticked}</ul>" if ticked else "") + _html.plain(self.why)

    def _check_html(self) -> str:
        rows = [(words, held) for key, words in CHECK.items() if (held := self.check.get(key))]
        return html_table(pd.DataFrame(rows, columns=["About the check", "Answer"]),
                          "Who could check these words") if rows else ""

    def _ask_back_html(self) -> str:
        if not self._written():
            return ""
        asked = self.ask_back()
        if not asked:
            return ("<p>Everything is there. Whether a person or a carer would say it so, nobody can tell from here: "
                    "that is what the check is for.</p>")
        items = "".join(f"<li>{_html.escape(one)}</li>" for one in asked)
        return f"<p>Questions back to you; none of them means that something is wrong:</p><ul>{items}</ul>"

    def contribution(self) -> str:
        """The versions, what changed and who will check; the plan's reader has not seen the task."""
        if not self._written():
            return f"<p>{_html.escape(self.typed)}</p>" if self.typed else ""
        table = self.versions_html() or (f"<p>{_html.escape(self.question())}</p>" if self.question() else "")
        return f"{table}{self._changes_html()}{self._check_html()}"

    def report(self) -> str:
        """The task, the versions side by side, what changed, who could check, and what is asked back."""
        return (f'<section class="rs-report" aria-label="The same question from the other side">{_TASK}'
                f"{self._question_html()}{self.versions_html()}{self._changes_html()}{self._check_html()}"
                f"{self._ask_back_html()}{self.notice_html()}</section>")


_TASK = ("<p><strong>The same question from the other side</strong></p><p>Write your question anew, in the words of a "
         "person who draws on care and in those of a carer. They need not want the same. Then say what changed, and "
         "who could tell you whether you heard them right.</p>")


def _all_words(held: dict, keys) -> bool:
    return all(key in keys and isinstance(words, str) for key, words in held.items())
