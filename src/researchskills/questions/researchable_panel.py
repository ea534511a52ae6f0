"""Is it researchable? The controls; what they do is in `researchable_activity`.

Every control is made once. Which frame is chosen changes the names of the fields for its parts, and what the rules
see shows or hides the fields to answer it; nothing that has the focus is ever replaced.
"""

from researchskills import _html
from researchskills.ask import CHOOSE
from researchskills.errors import CourseError
from researchskills.panel_parts import PART, alert, show_if, status, with_heading
from researchskills.questions.finer import FINER
from researchskills.questions.frames import FRAMES
from researchskills.questions.kinds import KINDS
from researchskills.questions.researchable import RULES
from researchskills.questions.researchable_activity import (
    CHOICES,
    FIELDS,
    TASK,
    cannot_judge_html,
    history_html,
    quality_html,
    remark_sentence,
)
from researchskills.questions.rule_quality import asks

_MOST_SLOTS = max(len(frame.slots) for frame in FRAMES.values())


class Panel:
    """The controls of one activity."""

    def __init__(self, activity):
        from ipywidgets import HTML, VBox

        self.activity, self.filling = activity, False
        notice = HTML(activity.notice_html())
        activity.observe(lambda _: setattr(notice, "value", activity.notice_html()), names="notice")
        self.widget = VBox([HTML(with_heading(TASK)), *self._question(), *self._answers(), *self._finer(), notice])
        self._fill()
        self._show()

    # -- the question ----------------------------------------------------------------------------

    def _question(self) -> list:
        from ipywidgets import HTML, Button, Dropdown, Text, Textarea

        self.warning, self.said, self.handed, self.fits, self.elsewhere = (HTML() for _ in range(5))
        self.take = Button(description="Take over my question as it stands in the frame now")
        self.text = Textarea(rows=2, continuous_update=False, description=FIELDS["text"])
        self.kind = Dropdown(options=[(CHOOSE, ""), *((one.name, key) for key, one in KINDS.items())],
                             description=FIELDS["kind"])
        self.frame = Dropdown(options=[(CHOOSE, ""), *((one.name, key) for key, one in FRAMES.items())],
                              description=FIELDS["frame"])
        self.slots = [Text(continuous_update=False, description=f"Part {number}")
                      for number in range(1, _MOST_SLOTS + 1)]
        self.role = Text(continuous_update=False, description=FIELDS["role"])
        self.data = Textarea(rows=2, continuous_update=False, description=FIELDS["data"])
        self.weeks = Text(continuous_update=False, description=FIELDS["weeks"])
        self.look = Button(description="Look through my question")
        self.hand_back = Button(description="Make this my question from here on")
        for part in FIELDS:
            getattr(self, part).observe(lambda change, part=part: self._typed(part, change["new"]), names="value")
        for place, field in enumerate(self.slots):
            field.observe(lambda change, place=place: self._slot_typed(place, change["new"]), names="value")
        self.take.on_click(lambda _: self._attempt(self._taken))
        self.look.on_click(lambda _: self._attempt(self.activity.look_through))
        self.hand_back.on_click(lambda _: self._attempt(self._handed_back, self.handed))
        show_if(self.take, bool(self.activity.source))
        return [self.elsewhere, self.take, self.text, self.kind, self.frame, self.fits, *self.slots, self.role,
                self.data, self.weeks, self.warning, self.look, self.said]

    def _fill(self) -> None:
        """Bring the fields in step with the activity."""
        self.filling = True
        for part in FIELDS:
            getattr(self, part).value = self.activity.draft[part]
        self._name_slots()
        self.filling = False
        self._tell_elsewhere()

    def _tell_elsewhere(self) -> None:
        there = self.activity.from_source()
        self.elsewhere.value = status(f"In the activity with the frames your question is now: “{there['text']}”") \
            if there and there["text"] != self.activity.draft["text"] else ""

    def _name_slots(self) -> None:
        frame = FRAMES.get(self.activity.draft["frame"])
        self.fits.value = "<p>Without a frame, rules can judge little. Choose one to fill in its parts.</p>" \
            if frame is None else f"<p>{_html.escape(frame.fits)}</p>"
        before, self.filling = self.filling, True
        for place, field in enumerate(self.slots):
            used = frame is not None and place < len(frame.slots)
            show_if(field, used)
            slot = frame.slots[place] if used else None
            field.description = f"{slot.label}: {slot.hint}" if used else f"Part {place + 1}"
            field.value = self.activity.draft["slots"].get(slot.key, "") if used else ""
        self.filling = before

    def _typed(self, part: str, typed: str) -> None:
        self._keep(lambda: self.activity.put(part, typed))
        if part == "frame" and not self.filling:
            self._name_slots()

    def _slot_typed(self, place: int, typed: str) -> None:
        frame = FRAMES.get(self.activity.draft["frame"])
        if frame is not None and place < len(frame.slots):
            self._keep(lambda: self.activity.fill(frame.slots[place].key, typed))

    def _keep(self, act) -> None:
        if self.filling:
            return
        try:
            act()
        except CourseError as problem:
            self.warning.value = alert(f"<p>{_html.escape(problem)}</p>")
            return
        self.warning.value = ""
        self._stale()

    def _taken(self) -> str:
        told = self.activity.take_over()
        self._fill()
        return told

    def _handed_back(self) -> str:
        told = self.activity.hand_back()
        self._tell_elsewhere()
        return told

    def _attempt(self, act, place=None) -> None:
        place = place or self.said
        # A sentence that comes a second time is announced only when the place was empty in between.
        self.said.value = self.handed.value = ""
        try:
            said = act()
        except CourseError as problem:
            said = str(problem)
        self._show()
        place.value = alert(f"<p>{_html.escape(said)}</p>")

    # -- what the rules see ----------------------------------------------------------------------

    def _answers(self) -> list:
        from ipywidgets import HTML, Dropdown, Textarea, VBox

        self.stale, self.unmarked, self.history, self.reply_said = HTML(), HTML(), HTML(), HTML()
        self.seen, self.blocks, self.headings = {}, {}, {}
        for rule in RULES.values():
            seen = HTML()
            choice = Dropdown(options=[(CHOOSE, ""), *((words, key) for key, words in CHOICES.items())],
                              description=f"{rule.title}: what do you do about it?")
            because = Textarea(rows=2, continuous_update=False, description=f"{rule.title}: because …")
            choice.observe(lambda change, rule=rule.key: self._replied(rule, choice=change["new"]), names="value")
            because.observe(lambda change, rule=rule.key: self._replied(rule, because=change["new"]), names="value")
            self.seen[rule.key] = (seen, choice, because)
            self.blocks[rule.key] = VBox([seen, choice, because])
        groups = []
        for asking, title, about in (
                (False, "Findings", "When these rules were tried out on 80 questions, they were right at least nine "
                 "times in ten."),
                (True, "Questions to you", "When these rules were tried out, they were wrong more than one time in "
                 "ten. So they only ask.")):
            heading = HTML(with_heading(f"<p><strong>{title}</strong></p><p>{about}</p>", PART))
            self.headings[asking] = heading
            groups += [heading, *(block for rule, block in self.blocks.items() if asks(rule) is asking)]
        self.limits = HTML()
        return [self.stale, *groups, self.reply_said, self.unmarked, self.limits, self.history, self.hand_back,
                self.handed]

    def _stale(self) -> None:
        changed = bool(self.activity.versions) and not self.activity.stands()
        self.stale.value = status("You have changed your question since. Look through it again to see what that "
                                  "did.") if changed else ""

    def _show(self) -> None:
        activity = self.activity
        self._stale()
        remarks = {one.rule: one for one in activity.remarks()}
        replies = activity.versions[-1]["replies"] if activity.versions else {}
        self.filling = True
        for rule, (seen, choice, because) in self.seen.items():
            remark = remarks.get(rule)
            show_if(self.blocks[rule], bool(remark and remark.fault))
            held = replies.get(rule, {"choice": "", "because": ""})
            choice.value, because.value = held["choice"], held["because"]
            seen.value = "" if remark is None else (
                f"<p><strong>{_html.escape(RULES[rule].title)}.</strong> {_html.escape(remark_sentence(remark))}</p>")
        self.filling = False
        for asking, heading in self.headings.items():
            show_if(heading, any(one.fault and asks(rule) is asking for rule, one in remarks.items()))
        self.limits.value = with_heading(cannot_judge_html(), PART) + quality_html() if remarks else ""
        self.unmarked.value = unmarked_html(remarks.values())
        self.history.value = history_html(activity.versions)
        show_if(self.hand_back, bool(activity.source and activity.versions))

    def _replied(self, rule: str, choice: str | None = None, because: str | None = None) -> None:
        if self.filling:
            return
        try:
            self.activity.reply(rule, choice, because)
            self.reply_said.value = ""
        except CourseError as problem:
            self.reply_said.value = alert(f"<p>{_html.escape(RULES[rule].title)}: {_html.escape(problem)}</p>")

    # -- FINER -----------------------------------------------------------------------------------

    def _finer(self) -> list:
        from ipywidgets import HTML, Textarea

        self.finer_said = HTML()
        made = [HTML(with_heading("<p><strong>Think it over: FINER</strong></p><p>In your own words, as much or as "
                                  "little as helps you. Nobody scores it.</p>", PART))]
        for key, one in FINER.items():
            prompts = "".join(f"<li>{_html.escape(prompt)}</li>" for prompt in one.prompts)
            field = Textarea(value=self.activity.finer.get(key, ""), rows=3, continuous_update=False,
                             description=f"{one.name}: your thoughts")
            field.observe(lambda change, key=key: self._reflected(key, change["new"]), names="value")
            made += [HTML(f"<p><strong>{one.name}</strong></p><ul>{prompts}</ul>"), field]
        return [*made, self.finer_said]

    def _reflected(self, key: str, typed: str) -> None:
        try:
            self.activity.reflect(key, typed)
            self.finer_said.value = ""
        except CourseError as problem:
            self.finer_said.value = alert(f"<p>{FINER[key].name}: {_html.escape(problem)}</p>")


def unmarked_html(remarks) -> str:
    """What the rules found in order, and what they could not judge and why."""
    parts = []
    for fault, title in ((False, "Nothing amiss was seen"), (None, "Cannot be judged yet")):
        items = "".join(f"<li><strong>{_html.escape(RULES[one.rule].title)}.</strong> {_html.escape(one.sentence)}"
                        f"{_evidence(one) if fault is False else ''}</li>" for one in remarks if one.fault is fault)
        if items:
            parts.append(with_heading(f"<p><strong>{title}</strong></p><ul>{items}</ul>", PART))
    return "".join(parts)


def _evidence(remark) -> str:
    words = ", ".join(f"“{one[:80]}”" for one in remark.evidence)
    return f" Seen: {_html.escape(words)}." if words else ""
