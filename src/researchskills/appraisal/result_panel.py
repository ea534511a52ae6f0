"""The screen of reading a result: controls that keep their place while the words and the picture change."""

from ipywidgets import HTML, Button, Dropdown, Text, VBox

from researchskills import _html
from researchskills.appraisal import reports
from researchskills.appraisal.result_activity import CHOSEN, GROUPS, OWN, SENTENCE, TASK, TYPED
from researchskills.ask import CHOOSE
from researchskills.errors import CourseError
from researchskills.panel_parts import PART, alert, show_if, status, with_heading

_SUBGROUPS = ("<p><strong>Two groups of people</strong></p><p>Does it do more for one group than for another? Type the "
              "results of two groups that share nobody, such as women and men, in the unit of the result above. Two "
              "intervals side by side, or two p values, cannot tell: only their difference can.</p>")


class Panel:
    """Choice of the result, its picture, the questions, the remarks, and two groups of people.

    Parameters
    ----------
    activity : ReadResult
    """

    def __init__(self, activity):
        self.activity, self._drawing, self._draws = activity, False, []
        notice = HTML()
        self._draws.append(lambda: setattr(notice, "value", activity.notice_html()))
        parts = [HTML(with_heading(TASK)), *self._choosing(), *self._answering(), notice, *self._two_groups()]
        self._draw()
        activity.observe(self._draw, names=[*activity.saved_traits(), "notice"])
        self.widget = VBox(parts)

    def _draw(self, _change=None) -> None:
        """Bring everything on the screen in line with the state."""
        if self._drawing:
            return
        self._drawing = True
        try:
            for draw in self._draws:
                draw()
        finally:
            self._drawing = False

    def _attempt(self, act, said) -> None:
        """Do something; or say why it cannot be done, which leaves what was typed where it is."""
        try:
            told = act()
        except CourseError as problem:
            told = str(problem)
        said.value = alert(f"<p>{_html.escape(told)}</p>") if told else ""

    def _bound(self, widget, act, said):
        """Let a control do something when somebody, and not the drawing, has changed it."""
        def changed(change):
            if not self._drawing:
                self._attempt(lambda: act(change["new"]), said)

        widget.observe(changed, names="value")
        return widget

    def _choosing(self) -> list:
        activity, said, card, picture = self.activity, HTML(), HTML(), HTML()
        titles = [(reports.report(key).title, key) for key in activity.keys]
        source = self._bound(Dropdown(options=[*titles, ("Numbers of my own", OWN)], value=activity.chosen,
                                      description="Report"), activity.look_at, said)
        which = self._bound(Dropdown(description="Result"),
                            lambda words: activity.look_at(activity.chosen, words), said)
        own = {key: Text(description=words, continuous_update=False) for key, words in TYPED.items()}
        own |= {key: Dropdown(options=list(options.items()), description=words)
                for key, (words, options) in CHOSEN.items()}
        for key, widget in own.items():
            self._bound(widget, lambda words, key=key: activity.type_own("own", key, words), said)

        def draw():
            source.value = activity.chosen
            which.options = outcomes = [one.outcome for one in activity.results()]
            which.value = activity.plain_result().outcome if outcomes else None
            show_if(source, activity.fixed is None)
            show_if(which, len(outcomes) > 1)
            is_share = activity.own.get("scale") == "share"
            for key, widget in own.items():
                widget.value = activity.own.get(key) or (next(iter(CHOSEN[key][1].values())) if key in CHOSEN else "")
                show_if(widget, activity.chosen == OWN and not (is_share and key in {"better", "made"}))
            card.value, picture.value = with_heading(activity.card_html(), PART), activity.picture_html()

        self._draws.append(draw)
        return [source, which, *own.values(), said, card, picture]

    def _answering(self) -> list:
        activity, said, listed, remarks = self.activity, HTML(), HTML(), HTML()
        fields = {
            "important": Text(description="Smallest change that would matter to people", continuous_update=False),
            "who": Text(description="Who says so?", continuous_update=False),
            **{key: Dropdown(options=[(CHOOSE, "")], description=question)
               for key, (question, _) in activity.questions().items()},
            "sentence": Dropdown(options=[(CHOOSE, "")], description=SENTENCE),
        }
        for key, widget in fields.items():
            self._bound(widget, lambda words, key=key: activity.answer(key, words), said)
        compare = Button(description="Compare my reading")
        compare.on_click(lambda _: self._attempt(activity.compare, said))
        *first, sentence = fields.values()

        def draw():
            held, choices = activity.reading(), [one.key for one in activity.sentences()]
            listed.value = activity.sentences_html()
            sentence.options = [(CHOOSE, ""), *((f"Sentence {letter}", key)
                                               for letter, key in zip("ABCDE", choices, strict=False))]
            for key, (question, options) in activity.questions().items():
                fields[key].description = question
                # New options take the place in an open list away.
                if (choices_now := ((CHOOSE, ""), *((words, one) for one, words in options.items()))) \
                        != fields[key].options:
                    fields[key].options = choices_now
            for key, widget in fields.items():
                widget.value = held[key] if key != "sentence" or held[key] in choices else ""
            remarks.value = activity.remarks_html()

        self._draws.append(draw)
        return [*first, listed, sentence, compare, said, remarks]

    def _two_groups(self) -> list:
        activity, said, told = self.activity, HTML(), HTML()
        fields = {(which, key): Text(description=words, continuous_update=False)
                  for which, named in GROUPS.items() for key, words in named.items()}
        for (which, key), widget in fields.items():
            self._bound(widget, lambda words, which=which, key=key: activity.type_own(which, key, words), said)

        def draw():
            for (which, key), widget in fields.items():
                widget.value = getattr(activity, which).get(key, "")
            html = activity.subgroups_html()
            told.value = f'<div role="status">{html}</div>' if html else status("No groups yet.")

        self._draws.append(draw)
        return [HTML(with_heading(_SUBGROUPS, PART)), *fields.values(), said, told]
