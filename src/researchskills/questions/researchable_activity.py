"""Is it researchable? on the screen: rules look at one's question, one answers them, changes it and tries again.

Findings and questions stand apart: a rule that is wrong too often only asks (`rule_quality`). Nothing is scored.
Each time somebody looks through the question, the question as it then was, what the rules said and what the learner
answered are kept as a version, so that the way to the last sentence can be read.
"""

from functools import cache
from pathlib import Path

from traitlets import Dict, List, TraitError, validate

from researchskills import _html
from researchskills._words import number_of
from researchskills.activity import Activity, here, reopened
from researchskills.errors import CourseError
from researchskills.own_words import MOST_LETTERS, kept
from researchskills.questions.finer import FINER
from researchskills.questions.frame_sentence import carried
from researchskills.questions.frames import FRAMES, Framed, weeks_of
from researchskills.questions.kinds import KINDS
from researchskills.questions.researchable import CANNOT_JUDGE, RULES, Remark, check
from researchskills.questions.rule_quality import asks, rules_measured
from researchskills.store import now

#: What a learner can say of a finding or a question.
CHOICES = {"changed": "I will change it", "kept": "I keep it as it is"}
#: Versions that are kept; the first is among them.
MOST_VERSIONS = 30
#: Fields of a question, as learners read them.
FIELDS = {"text": "Your question, as one sentence", "kind": "What it asks for", "frame": "Frame", "role": "Your role",
          "data": "Records, figures and people that you can get at", "weeks": "Weeks you have for all of it"}
_EMPTY = {"text": "", "kind": "", "frame": "", "slots": {}, "role": "", "data": "", "weeks": ""}


class IsItResearchable(Activity):
    """A question, looked through by rules, answered, changed and tried again.

    Parameters
    ----------
    name : str
        For example `m01-a4-check`.
    question : str, optional
        Name of a `frame_question` in the same folder, whose question is looked through; by default it is typed here.
    folder : pathlib.Path, optional
        The notebook's folder.

    Attributes
    ----------
    draft : dict
        The question as it stands: `text`, `kind`, `frame`, `slots`, `role`, `data`, `weeks` (as typed).
    versions : list of dict
        Each time it was looked through: `number`, `when`, `question` (like `draft`), `remarks` and `replies` (rule →
        `choice`, `because`).
    finer : dict
        Key of `FINER` → the learner's words.
    """

    draft = Dict().tag(saved=True)
    versions = List().tag(saved=True)
    finer = Dict().tag(saved=True)

    def __init__(self, name: str, question: str | None = None, folder: Path | None = None):
        self.folder = folder or Path.cwd()
        self.source = question
        super().__init__(name, folder)

    @validate("draft", "versions", "finer")
    def _can_be_shown(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        if not _ALLOWED[name](value):
            raise TraitError(f"“{name}” cannot be like that")
        return value

    def reload(self) -> None:
        """Take over what is on disk; a question that nobody has changed here is the one of the frame."""
        super().reload()
        if "draft" in self._saved.state and self.draft:
            return
        start = self.versions[-1]["question"] if self.versions else self.from_source() or _EMPTY
        # What was only taken over is no answer yet, so it is not saved.
        self._restoring = True
        self.draft = {**start, "slots": dict(start["slots"])}
        self._restoring = False

    # -- what happens ----------------------------------------------------------------------------

    def from_source(self) -> dict:
        """The question as it stands in the frame now; empty when there is none."""
        if not self.source:
            return {}
        from researchskills.questions.frame_activity import framed_of

        held = framed_of(self.source, self.folder)
        if held is None or not (held.text.strip() or any(map(str.strip, held.slots.values()))):
            return {}
        weeks = "" if held.weeks is None else f"{held.weeks:g}"
        return {"text": held.text[:MOST_LETTERS], "kind": held.kind if held.kind in KINDS else "",
                "frame": held.frame if held.frame in FRAMES else "",
                "slots": {key: text[:MOST_LETTERS] for key, text in held.slots.items()},
                "role": held.role[:MOST_LETTERS], "data": held.data[:MOST_LETTERS],
                "weeks": weeks if _is_weeks(weeks) else ""}

    def take_over(self) -> str:
        """Put the question of the frame in place of the one here; earlier versions stay. Gives a sentence.

        Raises
        ------
        CourseError
            If there is no question in the frame yet.
        """
        taken = self.from_source()
        if not taken:
            raise CourseError("There is no question in the activity with the frames yet. Fill in a frame there first, "
                              "or type your question here. Nothing was changed.")
        # What was typed here and the frame does not know stays.
        self.draft = {**taken, **{key: self.draft[key] for key in ("role", "data", "weeks") if not taken[key]}}
        return "Your question is taken over as it stands there now."

    def hand_back(self) -> str:
        """Make the newest version the question of the frame it came from, from here on; gives a sentence.

        Raises
        ------
        CourseError
            If nothing was looked through yet, or the question has been changed since.
        """
        if not self.source or not self.versions:
            raise CourseError("Look through your question first. Nothing was changed.")
        if not self.stands():
            raise CourseError("You have changed your question since you looked through it. Choose “Look through my "
                              "question” once more; then make it yours. Nothing was changed.")
        from researchskills.questions.frame_activity import frame_of, framed_of

        frame = frame_of(self.source, self.folder)
        before = frame.sharpen(self.framed())
        now_asked = frame.framed.text
        held = framed_of(self.source, self.folder)
        if held is None or held.text != now_asked:
            raise CourseError(f"It could not be saved in the activity with the frames. {frame.notice}")
        told = (f"From here on your question is: “{now_asked}” It now stands in the activity with the frames, and "
                "whatever comes after reads it there.")
        if before:
            told += f" What stood there before is kept among your earlier wordings: “{before}”"
        return told

    def put(self, part: str, typed: str) -> None:
        """Keep a field of the question, one of `FIELDS`.

        Raises
        ------
        CourseError
            If it cannot be kept; what was there stays.
        """
        text = kept(typed, FIELDS[part])
        if part == "weeks":
            weeks_of(text)
        held = {**self.draft, part: text}
        if part == "frame" and text:
            # What stood in a part for the same element goes along; the rest stays for the way back.
            before = self.draft["frame"]
            held["slots"] = {**held["slots"], **carried(FRAMES[text], {before: held["slots"]}, before)}
        self.draft = held

    def fill(self, slot: str, typed: str) -> None:
        """Keep what stands in a part of the frame.

        Raises
        ------
        CourseError
            As in `put`.
        """
        text = kept(typed, FRAMES[self.draft["frame"]].slot(slot).label)
        self.draft = {**self.draft, "slots": {**self.draft["slots"], slot: text}}

    def framed(self) -> Framed:
        """The question as the rules read it."""
        return _framed(self.draft)

    def look_through(self) -> str:
        """Ask the rules, and keep what they say as a version; gives a sentence.

        Raises
        ------
        CourseError
            If there is no question yet.
        """
        framed = self.framed()
        if not framed.text and not any(framed.slots.values()):
            raise CourseError("Type your question first, or fill in the parts of a frame.")
        if self.versions and self.versions[-1]["question"] == self.draft:
            return f"Nothing has changed since version {self.versions[-1]['number']}."
        remarks = check(framed)
        before = self.versions[-1] if self.versions else None
        made = {"number": before["number"] + 1 if before else 1, "when": now(),
                "question": {**self.draft, "slots": dict(self.draft["slots"])},
                "remarks": [{**vars(one), "evidence": list(one.evidence)} for one in remarks],
                "replies": _still_hold(before, remarks)}
        self.versions = [*self.versions[:1], *self.versions[1:][-(MOST_VERSIONS - 2):], made]
        return f"Version {made['number']}: {told(remarks)}"

    def remarks(self) -> list[Remark]:
        """What the rules said last."""
        return _remarks(self.versions[-1]) if self.versions else []

    def stands(self) -> bool:
        """Whether what was looked through last is what stands here now."""
        return bool(self.versions) and self.versions[-1]["question"] == self.draft

    def reply(self, rule: str, choice: str | None = None, because: str | None = None) -> None:
        """Keep what the learner says to a finding or a question of the last version.

        Raises
        ------
        CourseError
            If the words cannot be kept.
        """
        last = self.versions[-1]
        held = {"choice": "", "because": "", **last["replies"].get(rule, {})}
        if choice is not None:
            held["choice"] = choice
        if because is not None:
            held["because"] = kept(because, f"{RULES[rule].title}: because …")
        self.versions = [*self.versions[:-1], {**last, "replies": {**last["replies"], rule: held}}]

    def reflect(self, criterion: str, typed: str) -> None:
        """Keep what the learner writes on one of FINER.

        Raises
        ------
        CourseError
            If it cannot be kept.
        """
        self.finer = {**self.finer, criterion: kept(typed, FINER[criterion].name)}

    def headline(self) -> str:
        """The question as it stands here now; empty while nothing was done here."""
        return self.draft["text"].strip() if self.shown() else ""

    def shown(self) -> str:
        """The question, what the rules said and what the learner says to it."""
        if not self.versions and not any(self.finer.values()) and not self._is_own():
            return ""
        parts = [self.draft["text"]]
        if self.versions:
            last = self.versions[-1]
            parts.append(f"Version {last['number']}: {told(self.remarks())}")
            parts += [f"{RULES[rule].title}: {reply_words(held)}" for rule, held in last["replies"].items()]
        parts += [f"{FINER[key].name}: {words}" for key, words in self.finer.items() if words]
        return "\n".join(filter(None, parts))

    def _is_own(self) -> bool:
        """Whether something was typed here, rather than taken over."""
        return "draft" in self._saved.state and self.draft != _EMPTY

    # -- on the screen ---------------------------------------------------------------------------

    def panel(self):
        """The question, what the rules see, one's answers, the versions and FINER."""
        from researchskills.questions.researchable_panel import Panel

        return Panel(self).widget

    # -- as a page -------------------------------------------------------------------------------

    def report(self) -> str:
        """The task, the question, what was said on it, its versions and FINER."""
        return (f'<section class="rs-report" aria-label="Is it researchable?">{TASK}'
                f"{self._answer_html() or '<p>Nothing has been looked through yet.</p>'}"
                f"{history_html(self.versions)}{self.notice_html()}</section>")

    def contribution(self) -> str:
        """The question, what is within reach, what was decided, and FINER in the learner's words."""
        return self._answer_html()

    def _answer_html(self) -> str:
        if not self.shown():
            return ""
        parts = [_html.plain(self.draft["text"]), _within_reach_html(self.draft)]
        if self.versions:
            parts.append(decisions_html(self.versions[-1]))
            if not self.stands():
                parts.append("<p>The question has been changed since; it has not been looked through again.</p>")
        parts.append(finer_html(self.finer))
        return "".join(parts)


TASK = ("<p><strong>Is it researchable?</strong></p><p>Eight rules look at what your question names. They do not look "
        "at style, and nothing is scored. You say to each what you do about it; then change your question and look "
        "through it again.</p>")


def told(remarks: list[Remark]) -> str:
    """How many findings and questions there are, as a sentence."""
    faults = [one for one in remarks if one.fault]
    questions = sum(asks(one.rule) for one in faults)
    unknown = sum(one.fault is None for one in remarks)
    parts = [number_of(len(faults) - questions, "finding"), f"{number_of(questions, 'question')} to you"]
    if unknown:
        parts.append(f"{number_of(unknown, 'rule')} that cannot judge yet")
    return f"{', '.join(parts)}."


def remark_sentence(remark: Remark) -> str:
    """A remark as it is said: as a question where the rule is not sure enough."""
    if remark.fault and asks(remark.rule):
        return f"{RULES[remark.rule].asks} {remark.sentence}"
    return remark.sentence


def reply_words(held: dict) -> str:
    """What the learner says, in words."""
    words = CHOICES.get(held["choice"], "")
    if held["because"]:
        return f"{words}, because: {held['because']}" if words else held["because"]
    return words


def decisions_html(version: dict) -> str:
    """What the rules said of a version and what the learner says to it, as a table and two sentences."""
    remarks = _remarks(version)
    rows = [{"looked for": RULES[one.rule].title, "seen": remark_sentence(one),
             "as": "a question" if asks(one.rule) else "a finding",
             "what I do about it": reply_words(version["replies"].get(one.rule, {"choice": "", "because": ""}))
             or "no answer yet"} for one in remarks if one.fault]
    parts = [_table(rows, f"What was seen in version {version['number']}, and what I do about it")]
    for fault, words in ((False, "Nothing amiss was seen under"), (None, "Could not be judged")):
        titles = [RULES[one.rule].title.lower() for one in remarks if one.fault is fault]
        if titles:
            parts.append(f"<p>{words}: {_html.escape('; '.join(titles))}.</p>")
    return "".join(parts)


def history_html(versions: list[dict]) -> str:
    """The versions, newest first, and which parts each changed."""
    rows = [{"version": one["number"], "day (UTC)": one["when"][:10], "question": one["question"]["text"],
             "changed": ", ".join(changed_parts(before["question"], one["question"])) if before else "",
             "seen": told(_remarks(one))}
            for before, one in zip([None, *versions], versions, strict=False)]
    return _table(rows[::-1], "Versions of the question, newest first")


def changed_parts(before: dict, after: dict) -> list[str]:
    """Names of the fields and parts of the frame in which two versions differ."""
    fields = [words for key, words in FIELDS.items() if before[key] != after[key]]
    frame = FRAMES.get(after["frame"])
    return fields + [slot.label for slot in (frame.slots if frame else ())
                     if before["slots"].get(slot.key, "") != after["slots"].get(slot.key, "")]


def finer_html(finer: dict) -> str:
    """What the learner wrote on FINER."""
    rows = [{"criterion": one.name, "my thoughts": finer[key]} for key, one in FINER.items() if finer.get(key)]
    return _table(rows, "Feasible, interesting, novel, ethical, relevant")


def _within_reach_html(question: dict) -> str:
    rows = [{"what": label, "in my words": question[key]} for key, label in
            (("role", "My role"), ("data", "Records and people I can get at"), ("weeks", "Weeks I have"))
            if question[key]]
    return _table(rows, "What is within my reach")


def cannot_judge_html() -> str:
    """What no rule can tell."""
    items = "".join(f"<li>{_html.escape(one)}</li>" for one in CANNOT_JUDGE)
    return ("<p><strong>What no rule can judge</strong></p><p>These remain with you, and with the people you ask:</p>"
            f"<ul>{items}</ul>")


@cache
def quality_html() -> str:
    """How often the rules were right when they were tried out, folded."""
    from researchskills.tables import html_table

    table = html_table(rules_measured(), "Eight rules on 80 questions that they were not first made from")
    return ("<details><summary>How often the rules are right</summary><p>In brackets: where the share may lie, with "
            "95% confidence. The questions were written for this course, and some rules were mended after these had "
            "been seen; on yours they may do worse.</p>"
            f"{table}</details>")


def _table(rows: list[dict], caption: str) -> str:
    if not rows:
        return ""
    import pandas as pd

    from researchskills.tables import html_table

    return html_table(pd.DataFrame(rows), caption)


def _framed(held: dict) -> Framed:
    slots = {slot.key: held["slots"].get(slot.key, "") for slot in FRAMES[held["frame"]].slots} \
        if held["frame"] in FRAMES else {}
    return Framed(held["text"], held["kind"], held["frame"], slots, held["role"], held["data"], weeks_of(held["weeks"]))


def _remarks(version: dict) -> list[Remark]:
    return [Remark(one["rule"], one["fault"], one["sentence"], tuple(one["evidence"])) for one in version["remarks"]]


def _still_hold(before: dict | None, remarks: list[Remark]) -> dict:
    """Reasons to keep something that the rules see in the same words once more."""
    if not before:
        return {}
    same = {one.rule for one in remarks if one.fault} & {
        one.rule for one in _remarks(before) if one in remarks}
    return {rule: held for rule, held in before["replies"].items() if rule in same and held["choice"] == "kept"}


def _is_question(held) -> bool:
    return isinstance(held, dict) and set(held) == set(_EMPTY) and isinstance(held["slots"], dict) and all(
        isinstance(one, str) for key, one in held.items() if key != "slots") and all(
        isinstance(one, str) for one in held["slots"].values()) and held["kind"] in {"", *KINDS} \
        and held["frame"] in {"", *FRAMES} and _is_weeks(held["weeks"])


def _is_weeks(typed: str) -> bool:
    try:
        weeks_of(typed)
    except CourseError:
        return False
    return True


def _is_remark(held) -> bool:
    return isinstance(held, dict) and set(held) == {"rule", "fault", "sentence", "evidence"} and held["rule"] in RULES \
        and (held["fault"] is None or isinstance(held["fault"], bool)) and isinstance(held["sentence"], str) \
        and isinstance(held["evidence"], list) and all(isinstance(one, str) for one in held["evidence"])


def _are_replies(held) -> bool:
    return isinstance(held, dict) and all(
        rule in RULES and isinstance(one, dict) and set(one) == {"choice", "because"}
        and one["choice"] in {"", *CHOICES} and isinstance(one["because"], str) for rule, one in held.items())


def _is_version(held) -> bool:
    return isinstance(held, dict) and set(held) == {"number", "when", "question", "remarks", "replies"} \
        and isinstance(held["number"], int) and isinstance(held["when"], str) and _is_question(held["question"]) \
        and isinstance(held["remarks"], list) and all(map(_is_remark, held["remarks"])) \
        and _are_replies(held["replies"])


#: For each part of the state: whether a value can be shown.
_ALLOWED = {
    "draft": lambda held: held == {} or _is_question(held),
    "versions": lambda held: len(held) <= MOST_VERSIONS and all(map(_is_version, held)),
    "finer": lambda held: set(held) <= set(FINER) and all(isinstance(one, str) for one in held.values()),
}


def is_it_researchable(name: str, question: str | None = None) -> IsItResearchable:
    """Look a question through with eight rules, answer them, change it, and think it over with FINER.

    Parameters
    ----------
    name : str
        The activity's name, such as `m01-a4-check`.
    question : str, optional
        Name of a `frame_question` in the same folder, such as `m01-a2-question`; by default the question is typed
        here.
    """
    return reopened(_one(name, question, here()))


@cache
def _one(name: str, question: str | None, folder: Path) -> IsItResearchable:
    return IsItResearchable(name, question, folder)
